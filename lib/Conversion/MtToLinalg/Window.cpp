//===- Window.cpp - Sliding windows of convolution and pooling --*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Window.h"
#include "MiniTorch/Conversion/Lowering/Slices.h"
#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace minitorch;

//===----------------------------------------------------------------------===//
// Arithmetic on sizes
//===----------------------------------------------------------------------===//

/// Folds constants, else builds `OpTy` on index values.
template <typename OpTy, typename Fold>
static OpFoldResult combine(OpBuilder &b, Location loc, OpFoldResult x,
                            OpFoldResult y, Fold fold) {
  auto left = getConstantIntValue(x), right = getConstantIntValue(y);
  if (left && right)
    return b.getIndexAttr(fold(*left, *right));
  return OpTy::create(b, loc, toIndex(b, loc, x), toIndex(b, loc, y))
      .getResult();
}

OpFoldResult minitorch::addSizes(OpBuilder &b, Location loc, OpFoldResult x,
                                 OpFoldResult y) {
  if (isConstantIntValue(y, 0))
    return x;
  return combine<arith::AddIOp>(b, loc, x, y, std::plus<int64_t>());
}

OpFoldResult minitorch::subtractSizes(OpBuilder &b, Location loc,
                                      OpFoldResult x, OpFoldResult y) {
  if (isConstantIntValue(y, 0))
    return x;
  return combine<arith::SubIOp>(b, loc, x, y, std::minus<int64_t>());
}

OpFoldResult minitorch::scaleSize(OpBuilder &b, Location loc, OpFoldResult x,
                                  int64_t factor) {
  if (factor == 1)
    return x;
  return combine<arith::MulIOp>(b, loc, x, b.getIndexAttr(factor),
                                std::multiplies<int64_t>());
}

OpFoldResult minitorch::divideSize(OpBuilder &b, Location loc, OpFoldResult x,
                                   int64_t divisor) {
  if (divisor == 1)
    return x;
  return combine<arith::FloorDivSIOp>(
      b, loc, x, b.getIndexAttr(divisor),
      [](int64_t n, int64_t d) { return llvm::divideFloorSigned(n, d); });
}

OpFoldResult minitorch::maxSize(OpBuilder &b, Location loc, OpFoldResult x,
                                OpFoldResult y) {
  return combine<arith::MaxSIOp>(
      b, loc, x, y, [](int64_t x, int64_t y) { return std::max(x, y); });
}

//===----------------------------------------------------------------------===//
// Windows
//===----------------------------------------------------------------------===//

std::optional<SmallVector<int64_t>>
minitorch::getWindowInts(const AtenLowering &a, StringRef name, unsigned count,
                         ArrayRef<int64_t> fallback) {
  std::optional<SmallVector<int64_t>> ints = a.getConstantInts(name);
  if (!ints)
    return std::nullopt;
  if (ints->empty())
    return SmallVector<int64_t>(fallback);
  if (ints->size() == 1)
    ints->resize(count, int64_t(ints->front()));
  if (ints->size() != count)
    return std::nullopt;
  return ints;
}

/// dilation * (kernel - 1) + 1: how far a window reaches.
static OpFoldResult getReach(OpBuilder &b, Location loc, const Window &window,
                             unsigned i) {
  OpFoldResult one = b.getIndexAttr(1);
  OpFoldResult steps = subtractSizes(b, loc, window.kernel[i], one);
  return addSizes(b, loc, scaleSize(b, loc, steps, window.dilation[i]), one);
}

SmallVector<OpFoldResult> minitorch::getWindowCounts(const AtenLowering &a,
                                                     Value input,
                                                     const Window &window) {
  OpBuilder &b = a.b;
  Location loc = a.loc;
  int64_t first =
      cast<RankedTensorType>(input.getType()).getRank() - window.getRank();
  OpFoldResult one = b.getIndexAttr(1);
  SmallVector<OpFoldResult> counts;
  for (unsigned i = 0; i < window.getRank(); ++i) {
    int64_t stride = window.stride[i], padding = window.padding[i];
    OpFoldResult size = getSize(b, loc, input, first + i);
    OpFoldResult room = subtractSizes(
        b, loc, addSizes(b, loc, size, b.getIndexAttr(2 * padding)),
        getReach(b, loc, window, i));
    if (!window.ceilMode) {
      counts.push_back(addSizes(b, loc, divideSize(b, loc, room, stride), one));
      continue;
    }
    OpFoldResult up = addSizes(b, loc, room, b.getIndexAttr(stride - 1));
    OpFoldResult last = divideSize(b, loc, up, stride);
    // The number of positions that start before size + padding.
    OpFoldResult starts = divideSize(
        b, loc, addSizes(b, loc, size, b.getIndexAttr(padding + stride - 1)),
        stride);
    // min(last + 1, starts) = -max(-(last + 1), -starts)
    OpFoldResult count =
        maxSize(b, loc, scaleSize(b, loc, addSizes(b, loc, last, one), -1),
                scaleSize(b, loc, starts, -1));
    counts.push_back(scaleSize(b, loc, count, -1));
  }
  return counts;
}

/// `input` without what no window reaches: positions that are known to be one
/// would otherwise lose sight of how far their windows go.
static Value cropToWindow(OpBuilder &b, Location loc, Value input,
                          ArrayRef<OpFoldResult> sizes) {
  SmallVector<OpFoldResult> offsets(sizes.size(), b.getIndexAttr(0));
  SmallVector<OpFoldResult> strides(sizes.size(), b.getIndexAttr(1));
  return extractSlice(b, loc, input, offsets, sizes, strides);
}

Value minitorch::padForWindow(const AtenLowering &a, Value input, Value value,
                              const Window &window,
                              ArrayRef<OpFoldResult> counts) {
  OpBuilder &b = a.b;
  Location loc = a.loc;
  auto type = cast<RankedTensorType>(input.getType());
  int64_t first = type.getRank() - window.getRank();
  OpFoldResult zero = b.getIndexAttr(0);
  SmallVector<OpFoldResult> low(type.getRank(), zero), high = low;
  SmallVector<OpFoldResult> cropped = getSizes(b, loc, input);
  SmallVector<int64_t> shape(type.getShape());
  bool padsNothing = true, crops = false;
  for (unsigned i = 0; i < window.getRank(); ++i) {
    OpFoldResult padding = b.getIndexAttr(window.padding[i]);
    low[first + i] = high[first + i] = padding;
    // Where the last window ends, from the padded input's start.
    OpFoldResult starts =
        scaleSize(b, loc, subtractSizes(b, loc, counts[i], b.getIndexAttr(1)),
                  window.stride[i]);
    int64_t &size = shape[first + i];
    if (window.ceilMode || !ShapedType::isDynamic(size)) {
      OpFoldResult end = addSizes(b, loc, starts, getReach(b, loc, window, i));
      OpFoldResult rest = subtractSizes(
          b, loc, end,
          addSizes(b, loc, getSize(b, loc, input, first + i), padding));
      high[first + i] = maxSize(b, loc, rest, zero);
      if (std::optional<int64_t> excess = getConstantIntValue(rest);
          excess && *excess < 0 && size + *excess > 0) {
        size += *excess;
        cropped[first + i] = b.getIndexAttr(size);
        crops = true;
      }
    }
    std::optional<int64_t> highSize = getConstantIntValue(high[first + i]);
    if (ShapedType::isDynamic(size) || !highSize)
      size = ShapedType::kDynamic;
    else
      size += window.padding[i] + *highSize;
    padsNothing &= window.padding[i] == 0 && highSize == 0;
  }
  if (crops)
    input = cropToWindow(b, loc, input, cropped);
  if (padsNothing)
    return input;
  return tensor::PadOp::create(
      b, loc, RankedTensorType::get(shape, type.getElementType()), input, low,
      high, value);
}

AffineExpr minitorch::getWindowExpr(AffineExpr position, AffineExpr offset,
                                    int64_t stride, int64_t dilation) {
  return position * stride + offset * dilation;
}

SmallVector<Value> minitorch::takeMaximum(const ScalarMath &m, Value element,
                                          Value index, Value counts,
                                          ValueRange accumulators) {
  OpBuilder &b = m.b;
  Location loc = m.loc;
  Value noIndex = arith::ConstantIntOp::create(b, loc, -1, 64);
  Value wins = arith::OrIOp::create(
      b, loc,
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, accumulators[1],
                            noIndex),
      m.gt(element, accumulators[0]));
  if (m.isFloat())
    wins = arith::OrIOp::create(b, loc, wins, m.isNan(element));
  wins = arith::AndIOp::create(b, loc, wins, counts);
  Value place = arith::IndexCastOp::create(b, loc, b.getI64Type(), index);
  return {m.select(wins, element, accumulators[0]),
          arith::SelectOp::create(b, loc, wins, place, accumulators[1])};
}
