//===- GridSampling.cpp - Images at points that a tensor gives --*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "Patterns.h"
#include "Sampling.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace minitorch;
using namespace minitorch::detail;

// Half precision is computed in half precision, as PyTorch's CPU kernels do:
// the order of operations is theirs.
// Source: torch.nn.functional.grid_sample.

namespace {
/// In the order of the operator's numbers.
enum class Mode { Linear, Nearest, Cubic };
enum class Padding { Zeros, Border, Reflection };

/// One axis of the image.
struct GridAxis {
  OpFoldResult size;
  Padding padding;
  bool alignCorners;
  /// Whether it is one of two axes, not of three.
  bool isPlanar;
};
} // namespace

/// Coordinates count in pixels: -1 and 1 are the centers of the first and the
/// last pixel with aligned corners, else their outer borders.
static Value toPixels(const ScalarMath &m, const GridAxis &axis,
                      Value coordinate) {
  Value size = fromIndex(m, toIndex(m.b, m.loc, axis.size));
  Value one = m.constant(1), half = m.constant(0.5);
  Value shifted = m.add(coordinate, one);
  if (axis.alignCorners)
    return m.mul(shifted, m.mul(m.sub(size, one), half));
  return m.sub(m.mul(shifted, m.mul(size, half)), half);
}

/// `at` mirrored at low and high = low + span until it is between them.
static Value reflect(const ScalarMath &m, Value at, Value low, Value span) {
  Value zero = m.constant(0);
  Value distance = m.abs(m.sub(at, low));
  Value extra = m.fmod(distance, span);
  Value flips = m.floor(m.div(distance, span));
  Value isEven =
      m.eq(m.mul(m.floor(m.mul(flips, m.constant(0.5))), m.constant(2)), flips);
  Value inside = m.add(m.select(isEven, extra, m.sub(span, extra)), low);
  return m.select(m.eq(span, zero), zero, inside);
}

/// The same by periods of twice the span.
static Value reflectByPeriods(const ScalarMath &m, Value at, Value low,
                              Value span) {
  Value zero = m.constant(0), period = m.mul(m.constant(2), span);
  Value distance = m.abs(m.sub(at, low));
  Value periods = m.trunc(m.div(distance, period));
  Value extra = m.sub(distance, m.mul(periods, period));
  Value inside = m.add(m.min(extra, m.sub(period, extra)), low);
  return m.select(m.eq(span, zero), zero, inside);
}

/// Where padding finds the pixel coordinate `at`.
static Value pad(const ScalarMath &m, const GridAxis &axis, Value at) {
  if (axis.padding == Padding::Zeros)
    return at;
  Value size = fromIndex(m, toIndex(m.b, m.loc, axis.size));
  Value zero = m.constant(0), last = m.sub(size, m.constant(1));
  if (axis.padding == Padding::Reflection) {
    auto mirror = axis.isPlanar ? reflectByPeriods : reflect;
    at = axis.alignCorners ? mirror(m, at, zero, last)
                           : mirror(m, at, m.constant(-0.5), size);
  }
  // NaN is at the border.
  at = m.select(m.gt(at, zero), at, zero);
  return m.select(m.lt(at, last), at, last);
}

/// The whole pixel coordinate `at`; it counts where it is in the image.
static Tap getTap(const ScalarMath &m, const GridAxis &axis, Value at,
                  Value weight) {
  Value size = fromIndex(m, toIndex(m.b, m.loc, axis.size));
  Value counts = arith::AndIOp::create(m.b, m.loc, m.ge(at, m.constant(0)),
                                       m.lt(at, size));
  return {clampToIndex(m, at, axis.size), weight, counts};
}

static Taps getTaps(const ScalarMath &m, const GridAxis &axis, Mode mode,
                    Value coordinate) {
  Value at = toPixels(m, axis, coordinate);
  if (mode == Mode::Nearest) {
    Value padded = pad(m, axis, at);
    return {getTap(m, axis,
                   math::RoundEvenOp::create(m.b, m.loc, padded).getResult(),
                   {})};
  }
  if (mode == Mode::Linear) {
    at = pad(m, axis, at);
    Value low = m.floor(at), fraction = m.sub(at, low), one = m.constant(1);
    return {getTap(m, axis, low, m.sub(one, fraction)),
            getTap(m, axis, m.add(low, one), fraction)};
  }
  // Here each neighbour is padded, not the point.
  Value low = m.floor(at);
  SmallVector<Value, 4> weights = getCubicWeights(m, m.sub(at, low));
  Taps taps;
  for (auto [i, weight] : llvm::enumerate(weights)) {
    Value neighbour = m.add(low, m.constant(static_cast<double>(i) - 1));
    taps.push_back(getTap(m, axis, m.trunc(pad(m, axis, neighbour)), weight));
  }
  return taps;
}

/// grid_sampler of an image [N, C, spatial...] and a grid [N, positions...,
/// point], whose points name the last axis first.
static LogicalResult lowerGridSampler(const AtenLowering &a) {
  OpBuilder &b = a.b;
  Location loc = a.loc;
  DtypedValue input = a.get("input"), grid = a.get("grid");
  int64_t count = input.getRank() - 2;
  if (count < 1 || grid.getRank() != input.getRank() ||
      !isa<FloatType>(input.dtype) || grid.dtype != input.dtype)
    return a.fail("the image and the grid do not fit");
  std::optional<int64_t> mode = a.getInt("interpolation_mode");
  std::optional<int64_t> padding = a.getInt("padding_mode");
  std::optional<bool> alignCorners = a.getBool("align_corners");
  if (!mode || !padding || !alignCorners || *mode < 0 || *mode > 2 ||
      *padding < 0 || *padding > 2)
    return a.fail("a mode is not constant, or not one of three");
  a.check(createSizesEqual(b, loc, getSize(b, loc, input.value, 0),
                           getSize(b, loc, grid.value, 0)),
          "RuntimeError",
          "grid_sampler(): expected grid and input to have same batch size");
  a.check(createSizesEqual(b, loc, getSize(b, loc, grid.value, count + 1),
                           b.getIndexAttr(count)),
          "RuntimeError",
          "grid_sampler(): expected grid to have size " + Twine(count) +
              " in last dimension");
  SmallVector<GridAxis> axes;
  SmallVector<OpFoldResult> sizes{getSize(b, loc, input.value, 0),
                                  getSize(b, loc, input.value, 1)};
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  for (int64_t i = 0; i < count; ++i) {
    OpFoldResult size = getSize(b, loc, input.value, 2 + i);
    axes.push_back({size, static_cast<Padding>(*padding), *alignCorners,
                    /*isPlanar=*/count == 2});
    sizes.push_back(getSize(b, loc, grid.value, 1 + i));
    a.check(arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sgt,
                                  toIndex(b, loc, size), zero),
            "RuntimeError",
            "grid_sampler(): expected input to have non-empty spatial "
            "dimensions");
  }
  Type dtype = input.dtype;
  auto sampleTaps =
      static_cast<Mode>(*mode) == Mode::Cubic ? sample : sampleByProducts;
  return a.replace(createFromIndices(
      b, loc, sizes, input.dtype, [&](OpBuilder &nested, ValueRange indices) {
        ScalarMath m(nested, loc, dtype);
        SmallVector<Value> place{indices[0]};
        llvm::append_range(place, indices.drop_front(2));
        place.push_back(Value());
        SmallVector<Taps> taps;
        for (auto [i, axis] : llvm::enumerate(axes)) {
          place.back() =
              arith::ConstantIndexOp::create(nested, loc, count - 1 - i);
          Value coordinate =
              tensor::ExtractOp::create(nested, loc, grid.value, place);
          taps.push_back(getTaps(m, axis, static_cast<Mode>(*mode),
                                 m.cast(coordinate, grid.dtype)));
        }
        return sampleTaps(m, input, indices.take_front(2), taps);
      }));
}

void minitorch::detail::populateGridSamplingPatterns(
    const TypeConverter &converter, RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter,
                  {"grid_sampler", "grid_sampler_2d", "grid_sampler_3d"},
                  lowerGridSampler);
}
