//===- Resampling.cpp - Resampling of images to linalg ----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "Patterns.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace minitorch;

// Coordinates are computed in f32, as PyTorch does: the results depend on it.
// Source: torch.nn.Upsample and torch.nn.functional.interpolate.

namespace {
/// One resampled dimension.
struct Axis {
  OpFoldResult inputSize, outputSize;
  /// The scale factor that the program gave, if it did.
  std::optional<double> factor;
};
} // namespace

/// The last two dimensions of a resampling: output sizes, or scale factors to
/// multiply the input's sizes by.
static FailureOr<SmallVector<Axis>> readAxes(const AtenLowering &a,
                                             Value input) {
  OpBuilder &b = a.b;
  Location loc = a.loc;
  SmallVector<Axis> axes(2);
  StringRef factorNames[] = {"scales_h", "scales_w"};
  for (auto [i, axis] : llvm::enumerate(axes)) {
    axis.inputSize = getSize(b, loc, input, 2 + i);
    axis.factor = a.getFloat(factorNames[i]);
    if (!axis.factor && !a.isNone(factorNames[i]))
      return a.fail("a scale factor is not constant");
  }
  if (!a.isNone("scale_factors")) {
    auto factors = a.getList("scale_factors");
    if (!factors || factors->size() != 2)
      return a.fail("the scale factors are not known");
    for (auto [axis, factor] : llvm::zip(axes, *factors)) {
      APFloat value(0.0);
      if (!matchPattern(factor.value, m_ConstantFloat(&value)))
        return a.fail("a scale factor is not constant");
      axis.factor = value.convertToDouble();
    }
  }
  if (!a.isNone("output_size")) {
    auto sizes = a.getList("output_size");
    if (!sizes || sizes->size() != 2)
      return a.fail("the output sizes are not known");
    for (auto [axis, size] : llvm::zip(axes, *sizes))
      axis.outputSize = toSize(b, loc, size.value);
    return axes;
  }
  for (Axis &axis : axes) {
    if (!axis.factor)
      return a.fail("there are neither output sizes nor scale factors");
    if (std::optional<int64_t> size = getConstantIntValue(axis.inputSize)) {
      axis.outputSize =
          b.getIndexAttr(static_cast<int64_t>(*size * *axis.factor));
      continue;
    }
    Value size = arith::IndexCastOp::create(b, loc, b.getI64Type(),
                                            toIndex(b, loc, axis.inputSize));
    Value scaled = arith::MulFOp::create(
        b, loc, arith::SIToFPOp::create(b, loc, b.getF64Type(), size),
        arith::ConstantOp::create(b, loc, b.getF64FloatAttr(*axis.factor)));
    axis.outputSize = toSize(
        b, loc,
        arith::FPToSIOp::create(b, loc, b.getI64Type(), scaled).getResult());
  }
  return axes;
}

static Value constantF32(OpBuilder &b, Location loc, double value) {
  return arith::ConstantOp::create(b, loc, b.getF32FloatAttr(value));
}

static Value indexToF32(OpBuilder &b, Location loc, Value index) {
  Value number = arith::IndexCastOp::create(b, loc, b.getI64Type(), index);
  return arith::SIToFPOp::create(b, loc, b.getF32Type(), number);
}

static Value f32ToIndex(OpBuilder &b, Location loc, Value number) {
  Value integer = arith::FPToSIOp::create(b, loc, b.getI64Type(), number);
  return arith::IndexCastOp::create(b, loc, b.getIndexType(), integer);
}

/// How far the source moves when the output moves by one: input / output, or
/// what the scale factor says.
static Value getScale(OpBuilder &b, Location loc, const Axis &axis) {
  if (axis.factor && *axis.factor > 0)
    return constantF32(b, loc, static_cast<float>(1.0 / *axis.factor));
  return arith::DivFOp::create(
      b, loc, indexToF32(b, loc, toIndex(b, loc, axis.inputSize)),
      indexToF32(b, loc, toIndex(b, loc, axis.outputSize)));
}

/// min(index, size - 1)
static Value clampToSize(OpBuilder &b, Location loc, Value index,
                         OpFoldResult size) {
  Value last = arith::SubIOp::create(b, loc, toIndex(b, loc, size),
                                     arith::ConstantIndexOp::create(b, loc, 1));
  return arith::MinSIOp::create(b, loc, index, last);
}

/// upsample_nearest2d: out[y, x] = in[floor(y * scale), floor(x * scale)]
static LogicalResult lowerNearest(const AtenLowering &a) {
  OpBuilder &b = a.b;
  Location loc = a.loc;
  DtypedValue input = a.get(0u);
  if (input.getRank() != 4)
    return a.fail("the input is not of rank 4");
  FailureOr<SmallVector<Axis>> axes = readAxes(a, input.value);
  if (failed(axes))
    return failure();
  SmallVector<OpFoldResult> sizes{getSize(b, loc, input.value, 0),
                                  getSize(b, loc, input.value, 1)};
  SmallVector<Value> scales;
  for (const Axis &axis : *axes) {
    sizes.push_back(axis.outputSize);
    scales.push_back(getScale(b, loc, axis));
  }
  return a.replace(createFromIndices(
      b, loc, sizes, input.dtype, [&](OpBuilder &nested, ValueRange indices) {
        SmallVector<Value> source(indices);
        for (auto [i, axis] : llvm::enumerate(*axes)) {
          Value at = arith::MulFOp::create(
              nested, loc, indexToF32(nested, loc, indices[2 + i]), scales[i]);
          source[2 + i] = clampToSize(nested, loc, f32ToIndex(nested, loc, at),
                                      axis.inputSize);
        }
        return tensor::ExtractOp::create(nested, loc, input.value, source);
      }));
}

/// upsample_bilinear2d: the weighted mean of the four neighbours of the source
/// point, y * (in - 1) / (out - 1) with aligned corners and
/// max((y + 0.5) * scale - 0.5, 0) without.
static LogicalResult lowerBilinear(const AtenLowering &a) {
  OpBuilder &b = a.b;
  Location loc = a.loc;
  DtypedValue input = a.get(0u);
  std::optional<bool> alignCorners = a.getBool("align_corners");
  if (input.getRank() != 4 || !isa<FloatType>(input.dtype))
    return a.fail("the input is not of rank 4, or not of floats");
  if (!alignCorners)
    return a.fail("align_corners is not constant");
  FailureOr<SmallVector<Axis>> axes = readAxes(a, input.value);
  if (failed(axes))
    return failure();
  Type dtype = getComputeDtype(input.dtype);
  SmallVector<OpFoldResult> sizes{getSize(b, loc, input.value, 0),
                                  getSize(b, loc, input.value, 1)};
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  SmallVector<Value> scales;
  for (const Axis &axis : *axes) {
    sizes.push_back(axis.outputSize);
    if (!*alignCorners) {
      scales.push_back(getScale(b, loc, axis));
      continue;
    }
    Value in =
        arith::SubIOp::create(b, loc, toIndex(b, loc, axis.inputSize), one);
    Value out =
        arith::SubIOp::create(b, loc, toIndex(b, loc, axis.outputSize), one);
    // One output point is the first input point.
    Value isSingle =
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, out, one);
    Value scale = arith::DivFOp::create(b, loc, indexToF32(b, loc, in),
                                        indexToF32(b, loc, out));
    scales.push_back(arith::SelectOp::create(b, loc, isSingle,
                                             constantF32(b, loc, 0), scale));
  }
  return a.replace(createFromIndices(
      b, loc, sizes, input.dtype, [&](OpBuilder &nested, ValueRange indices) {
        ScalarMath m(nested, loc, dtype);
        Value low[2], high[2], weight[2];
        for (auto [i, axis] : llvm::enumerate(*axes)) {
          Value at = indexToF32(nested, loc, indices[2 + i]);
          if (*alignCorners) {
            at = arith::MulFOp::create(nested, loc, at, scales[i]);
          } else {
            Value half = constantF32(nested, loc, 0.5);
            at = arith::AddFOp::create(nested, loc, at, half);
            at = arith::MulFOp::create(nested, loc, at, scales[i]);
            at = arith::SubFOp::create(nested, loc, at, half);
            at = arith::MaximumFOp::create(nested, loc, at,
                                           constantF32(nested, loc, 0));
          }
          low[i] = clampToSize(nested, loc, f32ToIndex(nested, loc, at),
                               axis.inputSize);
          high[i] = clampToSize(nested, loc,
                                arith::AddIOp::create(nested, loc, low[i], one),
                                axis.inputSize);
          Value fraction = arith::SubFOp::create(
              nested, loc, at, indexToF32(nested, loc, low[i]));
          weight[i] = m.cast(fraction, nested.getF32Type());
        }
        auto load = [&](Value y, Value x) {
          Value element = tensor::ExtractOp::create(
              nested, loc, input.value,
              ValueRange{indices[0], indices[1], y, x});
          return m.cast(element, input.dtype);
        };
        auto mix = [&](Value first, Value second, Value part) {
          Value rest = m.sub(m.constant(1), part);
          return m.add(m.mul(first, rest), m.mul(second, part));
        };
        Value top = mix(load(low[0], low[1]), load(low[0], high[1]), weight[1]);
        Value bottom =
            mix(load(high[0], low[1]), load(high[0], high[1]), weight[1]);
        return castScalar(nested, loc, mix(top, bottom, weight[0]), dtype,
                          input.dtype);
      }));
}

void minitorch::detail::populateResamplingPatterns(
    const TypeConverter &converter, RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter,
                  {"upsample_nearest2d", "upsample_nearest2d.vec"},
                  lowerNearest);
  addAtenLowering(patterns, converter,
                  {"upsample_bilinear2d", "upsample_bilinear2d.vec"},
                  lowerBilinear);
}
