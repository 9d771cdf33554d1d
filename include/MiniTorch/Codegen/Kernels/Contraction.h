//===- Contraction.h - Sums of products -------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CODEGEN_KERNELS_CONTRACTION_H
#define MINITORCH_CODEGEN_KERNELS_CONTRACTION_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace minitorch {

/// C[batch, m, n] += A[batch, m, k] * B[batch, k, n] with one n and any number
/// of k, m and batch dimensions. n is the innermost dimension of C: the one
/// that vectors run along. A may be read in windows: its indices are sums of
/// multiples of dimensions, m + 2 * k say, as in a convolution.
struct Contraction {
  mutable mlir::linalg::GenericOp op;
  mlir::OpOperand *lhs, *rhs, *acc;
  /// Loop dimensions. `batch` holds every parallel dimension of C that is
  /// neither n nor in A alone.
  unsigned n;
  /// Loop dimensions, in the order of the loops.
  llvm::SmallVector<unsigned> k, m, batch;
  /// The columns of a panel if B is packed, that is if it is indexed as
  /// (..., n floordiv columns, k..., n mod columns); else 0.
  int64_t panelColumns = 0;

  mlir::Type getElementType() const;
  mlir::AffineMap getMap(mlir::OpOperand *operand) const;
  /// Static size of a loop or ShapedType::kDynamic.
  int64_t getSize(unsigned dim) const;
  /// The row dimension to tile: the innermost that has more than one row.
  std::optional<unsigned> getRowDim() const;
  /// Whether A is read in windows.
  bool isWindowed() const { return !getMap(lhs).isProjectedPermutation(); }
  /// Whether B's innermost dimension is n, without gaps.
  bool isRhsRowMajor() const;
};

/// Recognizes a contraction of f32 or f64, on tensors or on buffers.
std::optional<Contraction> matchContraction(mlir::Operation *op);

/// Whether `op` reduces small windows to their elements' sum, maximum or the
/// like, one result a window and channel: a pooling, a depthwise convolution.
bool isWindowReduction(mlir::linalg::GenericOp op);

/// The elementwise op that alone consumes the contraction or window reduction
/// and that can be computed on its tile, or null.
mlir::linalg::GenericOp getEpilogue(mlir::linalg::GenericOp op);

} // namespace minitorch

#endif // MINITORCH_CODEGEN_KERNELS_CONTRACTION_H
