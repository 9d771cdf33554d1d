//===- OperandChecks.h - Checks of operands in a program --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_OPERANDCHECKS_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_OPERANDCHECKS_H

#include "MiniTorch/Dialect/Mt/IR/OperandErrors.h"
#include "mlir/IR/Builders.h"

namespace minitorch::mt {

/// The message of a check of `op`, a str.
mlir::Value createCheckMessage(mlir::OpBuilder &builder, mlir::Operation *op,
                               const OperandCheck &check);

/// Whether the conditions of a check hold, an i1; null where the running
/// program does not know it either.
mlir::Value createCheckConditions(mlir::OpBuilder &builder, mlir::Operation *op,
                                  const OperandCheck &check);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_OPERANDCHECKS_H
