//===- Resampling.cpp - Resampling of images to linalg ----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "Patterns.h"
#include "Sampling.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include <numbers>

using namespace mlir;
using namespace minitorch;
using namespace minitorch::detail;

// Coordinates are computed in the dtype that elements are computed in, as
// PyTorch does: the results depend on it.
// Source: torch.nn.Upsample and torch.nn.functional.interpolate.

namespace {
/// One resampled dimension.
struct Axis {
  OpFoldResult inputSize, outputSize;
  /// The scale factor that the program gave, if it did.
  std::optional<double> factor;
};

/// [N, C, spatial...] while it is being resampled.
struct Resampling {
  DtypedValue input;
  /// What is computed in.
  Type dtype;
  bool alignCorners = false;
  /// Whether weights are rounded to the input's dtype: where that is half
  /// precision, PyTorch's CPU kernels do, but for bilinear ones.
  bool roundsWeights = false;
  SmallVector<Axis> axes;

  Value round(const ScalarMath &m, Value weight) const {
    if (!roundsWeights)
      return weight;
    return m.cast(castScalar(m.b, m.loc, weight, m.dtype, input.dtype),
                  input.dtype);
  }

  SmallVector<OpFoldResult> getOutputSizes(OpBuilder &b, Location loc) const {
    SmallVector<OpFoldResult> sizes{getSize(b, loc, input.value, 0),
                                    getSize(b, loc, input.value, 1)};
    for (const Axis &axis : axes)
      sizes.push_back(axis.outputSize);
    return sizes;
  }
};
} // namespace

/// The spatial dimensions of a resampling: output sizes, or scale factors to
/// multiply the input's sizes by.
static FailureOr<Resampling> readResampling(const AtenLowering &a) {
  OpBuilder &b = a.b;
  Location loc = a.loc;
  Resampling resampling;
  resampling.input = a.get(0u);
  StringRef name = a.getName();
  unsigned count = name.contains("1d") ? 1 : name.contains("2d") ? 2 : 3;
  if (resampling.input.getRank() != count + 2)
    return a.fail("the input has not a batch, channels and the image's rank");
  if (a.get("align_corners")) {
    std::optional<bool> alignCorners = a.getBool("align_corners");
    if (!alignCorners)
      return a.fail("align_corners is not constant");
    resampling.alignCorners = *alignCorners;
  }
  // Weights of bytes are computed in double before they are rounded.
  Type dtype = resampling.input.dtype;
  resampling.dtype = isa<FloatType>(dtype)      ? getComputeDtype(dtype)
                     : name.contains("nearest") ? Type(b.getF32Type())
                                                : Type(b.getF64Type());

  resampling.roundsWeights = isa<FloatType>(dtype) &&
                             dtype != resampling.dtype &&
                             !name.contains("bilinear");

  SmallVector<Axis> &axes = resampling.axes;
  axes.resize(count);
  SmallVector<StringRef> factorNames{"scales_d", "scales_h", "scales_w"};
  if (count == 1)
    factorNames.back() = "scales";
  for (auto [i, axis] : llvm::enumerate(axes)) {
    StringRef factorName = ArrayRef(factorNames).take_back(count)[i];
    axis.inputSize = getSize(b, loc, resampling.input.value, 2 + i);
    axis.factor = a.getFloat(factorName);
    if (!axis.factor && !a.isNone(factorName))
      return a.fail("a scale factor is not constant");
  }
  if (!a.isNone("scale_factors")) {
    auto factors = a.getList("scale_factors");
    if (!factors || factors->size() != count)
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
    if (!sizes || sizes->size() != count)
      return a.fail("the output sizes are not known");
    for (auto [axis, size] : llvm::zip(axes, *sizes))
      axis.outputSize = toSize(b, loc, size.value);
    return resampling;
  }
  for (Axis &axis : axes) {
    if (!axis.factor)
      return a.fail("there are neither output sizes nor scale factors");
    if (std::optional<int64_t> size = getConstantIntValue(axis.inputSize)) {
      axis.outputSize =
          b.getIndexAttr(static_cast<int64_t>(*size * *axis.factor));
      continue;
    }
    ScalarMath m(b, loc, b.getF64Type());
    Value size = fromIndex(m, toIndex(b, loc, axis.inputSize));
    axis.outputSize =
        toSize(b, loc,
               castScalar(b, loc, m.mul(size, m.constant(*axis.factor)),
                          m.dtype, b.getI64Type()));
  }
  return resampling;
}

/// How far the source moves when the output moves by one: input / output, or
/// what the scale factor says; (input - 1) / (output - 1) with aligned corners.
static Value getScale(const ScalarMath &m, const Resampling &resampling,
                      const Axis &axis) {
  OpBuilder &b = m.b;
  Value in = toIndex(b, m.loc, axis.inputSize);
  Value out = toIndex(b, m.loc, axis.outputSize);
  if (!resampling.alignCorners) {
    if (axis.factor && *axis.factor > 0)
      return m.constant(1.0 / *axis.factor);
    return m.div(fromIndex(m, in), fromIndex(m, out));
  }
  Value one = arith::ConstantIndexOp::create(b, m.loc, 1);
  in = arith::SubIOp::create(b, m.loc, in, one);
  out = arith::SubIOp::create(b, m.loc, out, one);
  // One output point is the first input point.
  Value isSingle =
      arith::CmpIOp::create(b, m.loc, arith::CmpIPredicate::slt, out, one);
  Value scale = m.div(fromIndex(m, in), fromIndex(m, out));
  return m.select(isSingle, m.constant(0), scale);
}

/// The source point: position * scale with aligned corners, else
/// (position + 0.5) * scale - 0.5.
static Value getSource(const ScalarMath &m, const Resampling &resampling,
                       Value scale, Value position) {
  Value at = fromIndex(m, position);
  if (resampling.alignCorners)
    return m.mul(scale, at);
  Value half = m.constant(0.5);
  return m.sub(m.mul(scale, m.add(at, half)), half);
}

using GetTaps = Taps (*)(const ScalarMath &, const Resampling &, const Axis &,
                         Value scale, Value position);

/// Nearest: floor(position * scale), or of the pixels' centers,
/// floor((position + 0.5) * scale).
template <bool isExact>
static Taps getNearest(const ScalarMath &m, const Resampling &,
                       const Axis &axis, Value scale, Value position) {
  Value at = fromIndex(m, position);
  if (isExact)
    at = m.add(at, m.constant(0.5));
  return {{clampToIndex(m, m.mul(at, scale), axis.inputSize), {}, {}}};
}

/// Linear: the two neighbours of the source point. An axis whose size stays is
/// copied whatever the scale factor was.
static Taps getLinear(const ScalarMath &m, const Resampling &resampling,
                      const Axis &axis, Value scale, Value position) {
  OpBuilder &b = m.b;
  Value zero = m.constant(0), one = m.constant(1);
  Value at = getSource(m, resampling, scale, position);
  at = m.select(m.lt(at, zero), zero, at);
  Value stays = createSizesEqual(b, m.loc, axis.inputSize, axis.outputSize);
  Value low = arith::SelectOp::create(b, m.loc, stays, position,
                                      clampToIndex(m, at, axis.inputSize));
  Value fraction = m.min(m.sub(at, fromIndex(m, low)), one);
  fraction = resampling.round(m, m.select(stays, zero, fraction));
  Value unit = arith::ConstantIndexOp::create(b, m.loc, 1);
  Value last =
      arith::SubIOp::create(b, m.loc, toIndex(b, m.loc, axis.inputSize), unit);
  Value high = arith::MinSIOp::create(
      b, m.loc, arith::AddIOp::create(b, m.loc, low, unit), last);
  Value rest = resampling.round(m, m.sub(one, fraction));
  return {{low, rest, {}}, {high, fraction, {}}};
}

/// Cubic: the four neighbours of the source point, the outermost ones repeated
/// at the borders.
static Taps getCubic(const ScalarMath &m, const Resampling &resampling,
                     const Axis &axis, Value scale, Value position) {
  Value at = getSource(m, resampling, scale, position);
  Value floor = m.floor(at);
  SmallVector<Value, 4> weights = getCubicWeights(m, m.sub(at, floor));
  Taps taps;
  for (auto [i, weight] : llvm::enumerate(weights))
    taps.push_back(
        {clampToIndex(m, m.add(floor, m.constant(static_cast<double>(i) - 1)),
                      axis.inputSize),
         resampling.round(m, weight),
         {}});
  return taps;
}

//===----------------------------------------------------------------------===//
// With anti-aliasing
//===----------------------------------------------------------------------===//

/// A filter of the distance to the source point, 0 from `support` on.
namespace {
struct Filter {
  double support;
  Value (*getWeight)(const ScalarMath &m, Value distance);
};
} // namespace

static Value getTriangle(const ScalarMath &m, Value x) {
  Value one = m.constant(1), zero = m.constant(0);
  return m.select(m.lt(x, one), m.sub(one, x), zero);
}

/// Cubic convolution with a = -0.5.
static Value getCubicKernel(const ScalarMath &m, Value x) {
  Value square = m.mul(x, x);
  // 1.5 x^3 - 2.5 x^2 + 1 up to 1, -0.5 x^3 + 2.5 x^2 - 4 x + 2 up to 2
  Value near =
      m.add(m.mul(m.sub(m.mul(m.constant(1.5), x), m.constant(2.5)), square),
            m.constant(1));
  Value far = m.sub(m.mul(m.constant(-0.5), x), m.constant(-2.5));
  far = m.sub(m.mul(far, x), m.constant(4));
  far = m.add(m.mul(far, x), m.constant(2));
  Value inner = m.lt(x, m.constant(1)), outer = m.lt(x, m.constant(2));
  return m.select(inner, near, m.select(outer, far, m.constant(0)));
}

/// sinc(x) sinc(x / 3), where sinc(x) = sin(pi x) / (pi x).
static Value getLanczosKernel(const ScalarMath &m, Value x) {
  auto sinc = [&](Value x) {
    Value angle = m.mul(x, m.constant(std::numbers::pi));
    Value isZero = m.lt(x, m.constant(std::numeric_limits<float>::min()));
    Value divisor = m.select(isZero, m.constant(1), angle);
    Value ratio =
        m.div(math::SinOp::create(m.b, m.loc, divisor).getResult(), divisor);
    return m.select(isZero, m.constant(1), ratio);
  };
  Value weight = m.mul(sinc(x), sinc(m.div(x, m.constant(3))));
  return m.select(m.lt(x, m.constant(3)), weight, m.constant(0));
}

/// The [output, input] weights of one axis: of each output position those that
/// the filter, widened by the scale, gives the inputs that it covers, over
/// their sum.
/// Source: the resampling filters of Pillow, which PyTorch follows.
static Value getFilterWeights(OpBuilder &b, Location loc,
                              const Resampling &resampling, const Axis &axis,
                              const Filter &filter) {
  ScalarMath m(b, loc, resampling.dtype);
  Value scale = getScale(m, resampling, axis);
  Value isDown = m.ge(scale, m.constant(1));
  Value widening = m.select(isDown, scale, m.constant(1));
  Value support = m.mul(m.constant(filter.support), widening);
  Value shrinking =
      m.select(isDown, m.div(m.constant(1), scale), m.constant(1));
  SmallVector<OpFoldResult> sizes{axis.outputSize, axis.inputSize};
  Value weights = createFromIndices(
      b, loc, sizes, resampling.dtype,
      [&](OpBuilder &nested, ValueRange indices) {
        ScalarMath m(nested, loc, resampling.dtype);
        Value half = m.constant(0.5);
        Value center = m.mul(scale, m.add(fromIndex(m, indices[0]), half));
        Value at = fromIndex(m, indices[1]);
        // The first and the end of what is covered, as whole numbers.
        Value first = m.trunc(m.add(m.sub(center, support), half));
        Value end = m.trunc(m.add(m.add(center, support), half));
        Value covers =
            arith::AndIOp::create(nested, loc, m.ge(at, first), m.lt(at, end));
        Value distance =
            m.abs(m.mul(m.add(m.sub(at, center), half), shrinking));
        return m.select(covers, filter.getWeight(m, distance), m.constant(0));
      });
  Value sum =
      createReduction(b, loc, weights, {1}, m.constant(0),
                      [&](OpBuilder &nested, Value element, ValueRange sums) {
                        ScalarMath m(nested, loc, resampling.dtype);
                        return SmallVector<Value>{m.add(sums[0], element)};
                      })
          .front();
  DtypedValue column{insertUnitDims(b, loc, sum, {1}), resampling.dtype};
  return createElementwise(
      b, loc, {{weights, resampling.dtype}, column}, 2, resampling.dtype,
      resampling.dtype, resampling.dtype,
      [](const ScalarMath &m, ValueRange x) { return m.div(x[0], x[1]); });
}

/// `input` with axis `dim` contracted with `weights`, [output, input].
static Value contractAxis(OpBuilder &b, Location loc, Value input, int64_t dim,
                          Value weights, Type dtype) {
  int64_t rank = cast<RankedTensorType>(input.getType()).getRank();
  SmallVector<OpFoldResult> sizes = getSizes(b, loc, input);
  sizes[dim] = getSize(b, loc, weights, 0);
  Value init =
      createFilled(b, loc, sizes, ScalarMath(b, loc, dtype).constant(0));
  SmallVector<AffineExpr> output, source;
  for (int64_t i = 0; i < rank; ++i)
    output.push_back(b.getAffineDimExpr(i));
  source = output;
  source[dim] = b.getAffineDimExpr(rank);
  MLIRContext *context = b.getContext();
  SmallVector<AffineMap> maps{
      AffineMap::get(rank + 1, 0, source, context),
      AffineMap::get(rank + 1, 0, {output[dim], source[dim]}, context),
      AffineMap::get(rank + 1, 0, output, context)};
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  iterators.push_back(utils::IteratorType::reduction);
  return linalg::GenericOp::create(
             b, loc, init.getType(), ValueRange{input, weights}, init, maps,
             iterators,
             [&](OpBuilder &nested, Location, ValueRange arguments) {
               ScalarMath m(nested, loc, dtype);
               Value product = m.mul(arguments[0], arguments[1]);
               linalg::YieldOp::create(nested, loc,
                                       m.add(arguments[2], product));
             })
      .getResult(0);
}

//===----------------------------------------------------------------------===//
// Bytes
//===----------------------------------------------------------------------===//

// Bytes are resampled one axis after the other, in integers: the weights of an
// axis are numbers of 16 bits, the largest multiples 2^precision of the real
// ones, and after each axis the result is rounded and clamped.
// Source: the comment "Weights computation for uint8_t and multiplication
// trick" of PyTorch's UpSampleKernel.cpp.

namespace {
/// The weights of an axis, [output, input], and the largest one.
struct AxisWeights {
  Value weights, largest;
};
} // namespace

static Value reduceToLargest(OpBuilder &b, Location loc, Value tensor,
                             Type dtype) {
  int64_t rank = cast<RankedTensorType>(tensor.getType()).getRank();
  Value result =
      createReduction(b, loc, tensor,
                      llvm::to_vector(llvm::seq<int64_t>(0, rank)),
                      ScalarMath(b, loc, dtype).constant(0),
                      [&](OpBuilder &nested, Value element, ValueRange state) {
                        ScalarMath m(nested, loc, dtype);
                        return SmallVector<Value>{m.max(state[0], element)};
                      })
          .front();
  return tensor::ExtractOp::create(b, loc, result, ValueRange());
}

/// The weights of an axis by its taps. A border counts for the taps that it
/// repeats; what they add up to on the way may be the largest.
static AxisWeights getTapWeights(OpBuilder &b, Location loc,
                                 const Resampling &resampling, const Axis &axis,
                                 GetTaps getTaps) {
  Type dtype = resampling.dtype;
  Value scale = getScale(ScalarMath(b, loc, dtype), resampling, axis);
  Value weights = createFromIndices(
      b, loc, {axis.outputSize, axis.inputSize}, dtype,
      [&](OpBuilder &nested, ValueRange indices) {
        ScalarMath m(nested, loc, dtype);
        Value sum = m.constant(0);
        for (const Tap &tap : getTaps(m, resampling, axis, scale, indices[0])) {
          Value isHere = arith::CmpIOp::create(
              nested, loc, arith::CmpIPredicate::eq, tap.index, indices[1]);
          sum = m.select(isHere, m.add(sum, tap.weight), sum);
        }
        return sum;
      });
  Value largest = createFromIndices(
      b, loc, {axis.outputSize}, dtype,
      [&](OpBuilder &nested, ValueRange indices) {
        ScalarMath m(nested, loc, dtype);
        Value sum, last, largest = m.constant(0);
        for (const Tap &tap : getTaps(m, resampling, axis, scale, indices[0])) {
          Value repeats =
              last
                  ? Value(arith::CmpIOp::create(
                        nested, loc, arith::CmpIPredicate::eq, tap.index, last))
                  : Value();
          sum = repeats ? m.select(repeats, m.add(sum, tap.weight), tap.weight)
                        : tap.weight;
          largest = m.max(largest, sum);
          last = tap.index;
        }
        return largest;
      });
  return {weights, reduceToLargest(b, loc, largest, dtype)};
}

/// `image`, of i32, with axis `dim` resampled by real weights.
static Value contractBytes(OpBuilder &b, Location loc, Value image, int64_t dim,
                           const AxisWeights &axis, Type weightDtype) {
  ScalarMath m(b, loc, weightDtype);
  Type i32 = b.getI32Type();
  ScalarMath whole(b, loc, i32);
  // The largest precision below 22 with which the largest weight fits.
  Value power = m.constant(1), precision = whole.constantInt(0);
  for (int bit = 0; bit < 22; ++bit) {
    Value next = m.mul(axis.largest, m.constant(static_cast<double>(2 << bit)));
    Value fits =
        m.lt(m.trunc(m.add(m.constant(0.5), next)), m.constant(1 << 15));
    power = m.select(fits, m.add(power, power), power);
    precision = arith::AddIOp::create(
        b, loc, precision, arith::ExtUIOp::create(b, loc, i32, fits));
  }
  Value weights = createElementwise(
      b, loc, {{axis.weights, weightDtype}, {power, weightDtype}}, 2,
      weightDtype, i32, i32, [&](const ScalarMath &m, ValueRange x) {
        Value scaled = m.mul(x[0], x[1]), half = m.constant(0.5);
        scaled = m.select(m.lt(scaled, m.constant(0)), m.sub(scaled, half),
                          m.add(scaled, half));
        return castScalar(m.b, m.loc, scaled, m.dtype, i32);
      });
  Value sums = contractAxis(b, loc, image, dim, weights, i32);
  int64_t rank = cast<RankedTensorType>(image.getType()).getRank();
  return createElementwise(
      b, loc, {{sums, i32}, {precision, i32}}, rank, i32, i32, i32,
      [](const ScalarMath &m, ValueRange x) {
        Value one = m.constantInt(1);
        Value half = arith::ShRSIOp::create(
            m.b, m.loc, arith::ShLIOp::create(m.b, m.loc, one, x[1]), one);
        Value rounded =
            arith::ShRSIOp::create(m.b, m.loc, m.add(x[0], half), x[1]);
        return m.min(m.max(rounded, m.constantInt(0)), m.constantInt(255));
      });
}

template <typename GetWeights>
static LogicalResult lowerBytes(const AtenLowering &a,
                                const Resampling &resampling,
                                GetWeights getWeights) {
  OpBuilder &b = a.b;
  Location loc = a.loc;
  const DtypedValue &input = resampling.input;
  if (!input.dtype.isUnsignedInteger(8))
    return a.fail("only floats and bytes are interpolated");
  Type i32 = b.getI32Type();
  Value result = castElements(b, loc, input, i32);
  for (int64_t i = resampling.axes.size() - 1; i >= 0; --i)
    result = contractBytes(b, loc, result, 2 + i,
                           getWeights(resampling.axes[i]), resampling.dtype);
  return a.replace(castElements(b, loc, {result, i32}, input.dtype));
}

//===----------------------------------------------------------------------===//
// Lowerings
//===----------------------------------------------------------------------===//

/// A lowering that samples by the taps of each axis.
template <GetTaps getTaps>
static LogicalResult lowerResampling(const AtenLowering &a) {
  OpBuilder &b = a.b;
  Location loc = a.loc;
  FailureOr<Resampling> resampling = readResampling(a);
  if (failed(resampling))
    return failure();
  const DtypedValue &input = resampling->input;
  bool isNearest = a.getName().contains("nearest");
  if (!isNearest && !isa<FloatType>(input.dtype))
    return lowerBytes(a, *resampling, [&](const Axis &axis) {
      return getTapWeights(b, loc, *resampling, axis, getTaps);
    });
  SmallVector<Value> scales;
  ScalarMath m(b, loc, resampling->dtype);
  for (const Axis &axis : resampling->axes)
    scales.push_back(getScale(m, *resampling, axis));
  return a.replace(createFromIndices(
      b, loc, resampling->getOutputSizes(b, loc), input.dtype,
      [&](OpBuilder &nested, ValueRange indices) {
        ScalarMath position(nested, loc, resampling->dtype);
        SmallVector<Taps> taps;
        for (auto [i, axis] : llvm::enumerate(resampling->axes))
          taps.push_back(
              getTaps(position, *resampling, axis, scales[i], indices[2 + i]));
        Type dtype = isNearest ? input.dtype : resampling->dtype;
        ScalarMath element(nested, loc, dtype);
        return castScalar(nested, loc,
                          sample(element, input, indices.take_front(2), taps),
                          dtype, input.dtype);
      }));
}

/// _upsample_bilinear2d_aa and the like: one axis after the other, the last one
/// first.
template <int support, Value (*getWeight)(const ScalarMath &, Value)>
static LogicalResult lowerAntiAliased(const AtenLowering &a) {
  OpBuilder &b = a.b;
  Location loc = a.loc;
  FailureOr<Resampling> resampling = readResampling(a);
  if (failed(resampling))
    return failure();
  const DtypedValue &input = resampling->input;
  Filter filter{support, getWeight};
  if (!isa<FloatType>(input.dtype))
    return lowerBytes(a, *resampling, [&](const Axis &axis) {
      Value weights = getFilterWeights(b, loc, *resampling, axis, filter);
      return AxisWeights{weights,
                         reduceToLargest(b, loc, weights, resampling->dtype)};
    });
  Value result = castElements(b, loc, input, resampling->dtype);
  for (int64_t i = resampling->axes.size() - 1; i >= 0; --i)
    result = contractAxis(
        b, loc, result, 2 + i,
        getFilterWeights(b, loc, *resampling, resampling->axes[i], filter),
        resampling->dtype);
  return a.replace(
      castElements(b, loc, {result, resampling->dtype}, input.dtype));
}

void minitorch::detail::populateResamplingPatterns(
    const TypeConverter &converter, RewritePatternSet &patterns) {
  auto add = [&](ArrayRef<StringRef> names, AtenLoweringFn lowering) {
    for (StringRef name : names)
      addAtenLowering(patterns, converter, {name, (name + ".vec").str()},
                      lowering);
  };
  add({"upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d"},
      lowerResampling<getNearest<false>>);
  add({"_upsample_nearest_exact1d", "_upsample_nearest_exact2d",
       "_upsample_nearest_exact3d"},
      lowerResampling<getNearest<true>>);
  add({"upsample_linear1d", "upsample_bilinear2d", "upsample_trilinear3d"},
      lowerResampling<getLinear>);
  add({"upsample_bicubic2d"}, lowerResampling<getCubic>);
  add({"_upsample_bilinear2d_aa"}, lowerAntiAliased<1, getTriangle>);
  add({"_upsample_bicubic2d_aa"}, lowerAntiAliased<2, getCubicKernel>);
  add({"_upsample_lanczos2d_aa"}, lowerAntiAliased<3, getLanczosKernel>);
}
