//===- Layouts.h - How the results of functions lie in memory ---*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiled code gives new tensors that are row-major. PyTorch gives those of
// pointwise operators the order of dimensions that the operands have.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_MODEL_LAYOUTS_H
#define MINITORCH_LIB_MODEL_LAYOUTS_H

#include "MiniTorch/Values/Value.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace minitorch {

/// Whether a tensor has neither gaps nor elements that are one.
bool isDense(const Tensor &tensor);

/// The last operator of a function, which the others make operands of; null
/// where there is none.
mlir::Operation *getOperator(mlir::func::FuncOp func);

/// How the result of a function with one operator lies.
class ResultLayout {
public:
  ResultLayout() = default;
  explicit ResultLayout(mlir::func::FuncOp func);

  /// Strides of a new result of these sizes, the operator's `index`th;
  /// row-major where nothing is known.
  llvm::SmallVector<int64_t, 4> getStrides(unsigned index,
                                           llvm::ArrayRef<int64_t> sizes,
                                           llvm::ArrayRef<Value> args) const;

  /// Whether results may lie otherwise than row-major where all arguments do.
  bool isUnusual() const {
    return isColumnMajor || columns != 0 || quantiles || turns % 4 != 0 ||
           inverted != 0;
  }

private:
  /// Of the operator's operands: the argument that it is, or a number that
  /// becomes a tensor of rank 0.
  static constexpr unsigned isNumber = ~0u;
  llvm::SmallVector<unsigned> operands;
  /// Of x[i, j]: the arguments that are indices, `isNumber` where a dim has
  /// none.
  llvm::SmallVector<unsigned> indices;
  bool isPointwise = false;
  /// Lies as its first argument does, without gaps: sorted elements.
  bool isLikeFirst = false;
  /// Channels last where its first argument is (or the second, weights).
  bool isImage = false;
  bool isVolume = false;
  /// nonzero fills column by column.
  bool isColumnMajor = false;
  /// A bit a result that is matrices that lie so, as LAPACK has them.
  unsigned columns = 0;
  /// The rows of which are the first of a taller matrix: least squares.
  bool isPartOfColumns = false;
  /// Lies as its first argument does, with its gaps.
  bool hasStridesOfFirst = false;
  /// As its first argument where it has its sizes: padded by nothing.
  bool isPadded = false;
  /// The argument that says which quantiles, which are computed last.
  std::optional<unsigned> quantiles;
  /// Quarters of a turn, and of which dims.
  int64_t turns = 0;
  llvm::SmallVector<int64_t, 2> turned;
  /// The number of dims that were the rows of an inverted matrix.
  int64_t inverted = 0;
};

} // namespace minitorch

#endif // MINITORCH_LIB_MODEL_LAYOUTS_H
