//===- Decompositions.h - Which operators have formulas ---------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_TRANSFORMS_DECOMPOSITIONS_H
#define MINITORCH_DIALECT_MT_TRANSFORMS_DECOMPOSITIONS_H

#include "mlir/IR/MLIRContext.h"

namespace minitorch::mt {

/// Whether mt-decompose-ops has a formula, or another name, for an operator:
/// it may want to know more of the operands than a program tells.
bool hasDecomposition(llvm::StringRef schemaName, mlir::MLIRContext *context);

} // namespace minitorch::mt

#endif // MINITORCH_DIALECT_MT_TRANSFORMS_DECOMPOSITIONS_H
