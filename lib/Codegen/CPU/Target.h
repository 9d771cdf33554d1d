//===- Target.h - What the code is compiled for -----------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_CODEGEN_CPU_TARGET_H
#define MINITORCH_LIB_CODEGEN_CPU_TARGET_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace minitorch {

/// The vector unit, from which all tile sizes follow.
struct CPUTarget {
  unsigned vectorBits;
  unsigned registers;

  /// Zero stands for what the host has.
  static CPUTarget get(unsigned vectorBits, unsigned registers);

  /// Elements of `type` in one vector register.
  int64_t lanes(mlir::Type type) const {
    return vectorBits / type.getIntOrFloatBitWidth();
  }
  /// Columns of the register tile of a contraction: two vectors.
  int64_t panelColumns(mlir::Type type) const { return 2 * lanes(type); }
  /// Rows of the register tile: what leaves registers for the panel's row and
  /// a broadcast. More than 8 rows lose to cache aliasing.
  int64_t panelRows() const {
    return std::max<int64_t>(1, std::min<int64_t>(8, (registers - 4) / 2));
  }
};

/// Whether the op may be worth more than one thread: it takes longer than it
/// takes to wake one, or its sizes are not known.
bool isWorthSharing(mlir::linalg::LinalgOp op);

} // namespace minitorch

#endif // MINITORCH_LIB_CODEGEN_CPU_TARGET_H
