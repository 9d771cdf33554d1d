//===- RuntimeTable.h - Which C function runs which operator ----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_RUNTIMETABLE_H
#define MINITORCH_DIALECT_MT_IR_RUNTIMETABLE_H

#include "mlir/IR/Types.h"
#include <string>

namespace minitorch::mt {

/// A line of include/MiniTorch/Conversion/RuntimeOps.txt for one schema; the
/// generator (utils/gen_runtime_ops.py) says what the letters mean.
struct RuntimeOp {
  llvm::StringLiteral schema, symbol, parameters, results;
  bool raises, isTyped;
  llvm::StringLiteral taking;
};

/// Null where the runtime has no function for the operator.
const RuntimeOp *lookupRuntimeOp(llvm::StringRef schema);

/// Likewise for an operator on tensors that are objects, of any rank and dtype:
/// for programs in which all tensors are. No schema is in both tables.
const RuntimeOp *lookupBoxedTensorOp(llvm::StringRef schema);

/// Whether an operator without a C function is listed as one that never ends in
/// an error: on numbers, or on one tensor and numbers.
bool neverRaises(llvm::StringRef schema);

/// The letter of how a container holds a value of `type` (a builtin tensor: as
/// an object); 0 for a type that no container holds.
char getElementLetter(mlir::Type type);

/// `symbol` with the letter in the place of {T}.
std::string expandSymbol(llvm::StringRef symbol, char elementLetter);

/// What makes a container is told of its type: the classes of its elements.
/// Nullopt for what is no container, or holds what none can.
std::optional<int64_t> getContainerWord(mlir::Type type);

} // namespace minitorch::mt

#endif // MINITORCH_DIALECT_MT_IR_RUNTIMETABLE_H
