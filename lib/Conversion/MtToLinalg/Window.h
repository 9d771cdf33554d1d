//===- Window.h - Sliding windows of convolution and pooling ----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_CONVERSION_MTTOLINALG_WINDOW_H
#define MINITORCH_LIB_CONVERSION_MTTOLINALG_WINDOW_H

#include "MiniTorch/Conversion/Lowering/AtenLowering.h"
#include "MiniTorch/Conversion/Lowering/ScalarMath.h"
#include "mlir/IR/AffineMap.h"

namespace minitorch {

/// A window over the last dimensions of a tensor, one entry a dimension.
struct Window {
  llvm::SmallVector<mlir::OpFoldResult> kernel;
  llvm::SmallVector<int64_t> stride, padding, dilation;
  bool ceilMode = false;

  unsigned getRank() const { return stride.size(); }
};

/// `count` ints of operand `name`; one stands for all, and an empty list for
/// `fallback`.
std::optional<llvm::SmallVector<int64_t>>
getWindowInts(const AtenLowering &a, llvm::StringRef name, unsigned count,
              llvm::ArrayRef<int64_t> fallback);

/// Number of positions of `window` in each of the last dimensions of `input`:
///   floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
/// in ceil mode rounded up, where the last window must start inside the input
/// or its left padding.
/// Source: the "Shape" sections of torch.nn.Conv2d and torch.nn.MaxPool2d.
llvm::SmallVector<mlir::OpFoldResult>
getWindowCounts(const AtenLowering &a, mlir::Value input, const Window &window);

/// `input` with `value` around its last dimensions, so that `counts` positions
/// of the window fit.
mlir::Value padForWindow(const AtenLowering &a, mlir::Value input,
                         mlir::Value value, const Window &window,
                         llvm::ArrayRef<mlir::OpFoldResult> counts);

/// The element `position * stride + offset * dilation`, as an expression.
mlir::AffineExpr getWindowExpr(mlir::AffineExpr position,
                               mlir::AffineExpr offset, int64_t stride,
                               int64_t dilation);

/// One step of a search for the maximum and its index, which is -1 before the
/// first: the accumulators with `element`, at `index`, where it `counts`. The
/// first of equal elements wins, and NaN wins over everything.
llvm::SmallVector<mlir::Value>
takeMaximum(const ScalarMath &m, mlir::Value element, mlir::Value index,
            mlir::Value counts, mlir::ValueRange accumulators);

// Arithmetic on sizes; constants stay constants.
mlir::OpFoldResult addSizes(mlir::OpBuilder &b, mlir::Location loc,
                            mlir::OpFoldResult x, mlir::OpFoldResult y);
mlir::OpFoldResult subtractSizes(mlir::OpBuilder &b, mlir::Location loc,
                                 mlir::OpFoldResult x, mlir::OpFoldResult y);
mlir::OpFoldResult scaleSize(mlir::OpBuilder &b, mlir::Location loc,
                             mlir::OpFoldResult x, int64_t factor);
/// Rounded towards minus infinity.
mlir::OpFoldResult divideSize(mlir::OpBuilder &b, mlir::Location loc,
                              mlir::OpFoldResult x, int64_t divisor);
mlir::OpFoldResult maxSize(mlir::OpBuilder &b, mlir::Location loc,
                           mlir::OpFoldResult x, mlir::OpFoldResult y);

} // namespace minitorch

#endif // MINITORCH_LIB_CONVERSION_MTTOLINALG_WINDOW_H
