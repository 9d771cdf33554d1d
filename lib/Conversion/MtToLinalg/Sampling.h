//===- Sampling.h - Weighted elements of a tensor ---------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Resampling and grid sampling read the same way: a sample is a weighted sum of
// elements, and its elements and weights are a product of those of the axes.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_CONVERSION_MTTOLINALG_SAMPLING_H
#define MINITORCH_LIB_CONVERSION_MTTOLINALG_SAMPLING_H

#include "MiniTorch/Conversion/Lowering/StructuredOps.h"

namespace minitorch::detail {

/// One position that a sample reads along one axis.
struct Tap {
  /// An index that is inside of the axis in any case.
  mlir::Value index;
  /// Of the dtype that is computed in; null is one.
  mlir::Value weight;
  /// Whether the tap counts; null is always.
  mlir::Value counts;
};
using Taps = llvm::SmallVector<Tap, 4>;

/// The sum over the products of `axes` of weights times elements of `input`,
/// whose leading indices are `leading`. In the dtype of `m`.
mlir::Value sample(const ScalarMath &m, const DtypedValue &input,
                   mlir::ValueRange leading, llvm::ArrayRef<Taps> axes);

/// The weights of the four neighbours of a point by cubic convolution, where
/// `fraction` is its distance from the second one.
/// Source: R. Keys, "Cubic convolution interpolation for digital image
/// processing", 1981, with a = -0.75.
llvm::SmallVector<mlir::Value, 4> getCubicWeights(const ScalarMath &m,
                                                  mlir::Value fraction);

/// `number`, a float of the dtype of `m`, as an index inside of `size`; what is
/// outside (or NaN) as the nearest one (or 0).
mlir::Value clampToIndex(const ScalarMath &m, mlir::Value number,
                         mlir::OpFoldResult size);
/// An index as a float of the dtype of `m`.
mlir::Value fromIndex(const ScalarMath &m, mlir::Value index);

/// The same, where the weights of an element are multiplied first, from the
/// last axis on, and all products are added up one after the other.
mlir::Value sampleByProducts(const ScalarMath &m, const DtypedValue &input,
                             mlir::ValueRange leading,
                             llvm::ArrayRef<Taps> axes);

} // namespace minitorch::detail

#endif // MINITORCH_LIB_CONVERSION_MTTOLINALG_SAMPLING_H
