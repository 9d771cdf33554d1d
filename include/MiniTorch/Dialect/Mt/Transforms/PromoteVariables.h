//===- PromoteVariables.h - Variables to SSA values -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_TRANSFORMS_PROMOTEVARIABLES_H
#define MINITORCH_DIALECT_MT_TRANSFORMS_PROMOTEVARIABLES_H

#include "mlir/IR/Block.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/SmallVector.h"

namespace minitorch::mt {

/// The operations that read a variable (their one result is its value) and
/// those that write it (their last operand, as mt.prim.set_attr's is).
struct VariableAccesses {
  llvm::SmallVector<mlir::Operation *> reads, writes;
  /// One of them; null where there is none.
  mlir::Operation *getFirst() const {
    return !reads.empty()    ? reads.front()
           : !writes.empty() ? writes.front()
                             : nullptr;
  }
};

/// Replaces a variable by SSA values through mt.prim.if and mt.prim.loop:
/// regions that write it yield its value. `init` is its value at the start of
/// `block`; the value at the block's end is returned. All accesses are erased.
mlir::Value promoteVariable(mlir::Block &block,
                            const VariableAccesses &accesses, mlir::Value init);

} // namespace minitorch::mt

#endif // MINITORCH_DIALECT_MT_TRANSFORMS_PROMOTEVARIABLES_H
