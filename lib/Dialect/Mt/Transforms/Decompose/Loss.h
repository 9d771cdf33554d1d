//===- Loss.h - What decompositions of losses share -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_DECOMPOSE_LOSS_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_DECOMPOSE_LOSS_H

#include "TensorBuilder.h"

namespace minitorch::mt {

/// The `reduction` operand.
enum Reduction : int64_t { None = 0, Mean = 1, Sum = 2 };

/// Nullopt where it is not a constant.
std::optional<Reduction> getReduction(mlir::Value operand);
mlir::Value reduce(TensorBuilder &b, mlir::Value loss, Reduction reduction);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_DECOMPOSE_LOSS_H
