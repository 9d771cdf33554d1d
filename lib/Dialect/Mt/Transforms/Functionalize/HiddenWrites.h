//===- HiddenWrites.h - Writes that schemas do not say ----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_HIDDENWRITES_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_HIDDENWRITES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace minitorch::mt {

/// Operands of batch_norm, native_batch_norm and instance_norm; whether the
/// batch's statistics are used is `training` or `use_input_stats`.
namespace NormOperand {
enum : unsigned {
  Input,
  Weight,
  Bias,
  RunningMean,
  RunningVar,
  UsesBatch,
  Momentum,
  Eps
};
} // namespace NormOperand

/// Whether `op` is one of these: it writes to its running statistics where it
/// has some and uses the batch's.
bool isNormWithStatistics(mlir::Operation *op);

/// Lets `cov` say that it sets one observation with weights of one kind to
/// zero. Does nothing where it was done before.
void exposeCovarianceWrites(mlir::func::FuncOp func);

/// Replaces normalizations that write to their running statistics by operators
/// whose schemas say so. Reports those of which it is not known whether they
/// write.
mlir::LogicalResult exposeHiddenWrites(mlir::func::FuncOp func);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_HIDDENWRITES_H
