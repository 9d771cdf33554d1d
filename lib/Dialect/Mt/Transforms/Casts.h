//===- Casts.h - Values through casts ---------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_CASTS_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_CASTS_H

#include "MiniTorch/Dialect/Mt/IR/MtOps.h"

namespace minitorch::mt {

/// What `value` is through casts.
inline mlir::Value stripCasts(mlir::Value value) {
  while (auto cast = value.getDefiningOp<PrimUncheckedCastOp>())
    value = cast.getValue();
  return value;
}

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_CASTS_H
