//===- InPlace.h - Functional forms of operators that write -----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_INPLACE_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_INPLACE_H

#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "mlir/IR/Builders.h"

namespace minitorch::mt {

/// What an operator that writes becomes.
struct FunctionalForm {
  /// Operand number and new contents of each tensor that is written.
  llvm::SmallVector<std::pair<unsigned, mlir::Value>> written;
  /// A value for each result that is a new tensor; null for those that are
  /// the written tensor.
  llvm::SmallVector<mlir::Value> results;
};

/// Computes what `op` writes. Fails, with `reason` set, where there is no
/// functional form.
mlir::FailureOr<FunctionalForm> createFunctionalForm(mlir::OpBuilder &builder,
                                                     mlir::Operation *op,
                                                     const Schema &schema,
                                                     std::string &reason);

/// The tests that a prim::check_write stands for, in its place; false where the
/// types are not known yet.
bool expandWriteCheck(OperatorOp op);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_INPLACE_H
