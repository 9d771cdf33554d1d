//===- ChosenResults.h - Results that may be arguments ----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_CHOSENRESULTS_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_CHOSENRESULTS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"

namespace minitorch::mt {

/// For each returned tensor that a branch or loop decides, and that may be an
/// argument (no state): an i64, the argument's number, -1 for another tensor.
/// Branches and loops yield these numbers, too.
using ChosenResults = llvm::DenseMap<mlir::Value, mlir::Value>;
ChosenResults chooseResults(mlir::func::FuncOp func);

/// The tensors that `value`, the result of branches and loops, is one of;
/// itself if it is no such result.
llvm::SmallVector<mlir::Value> getChoices(mlir::Value value);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_CHOSENRESULTS_H
