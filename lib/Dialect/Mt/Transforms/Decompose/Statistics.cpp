//===- Statistics.cpp - Histograms, covariance, quadrature ------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"
#include "MiniTorch/Dialect/Mt/IR/DtypeErrors.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

// Source: the operators' pages of PyTorch's documentation, and NumPy's of the
// functions of the same names.

namespace minitorch::mt {
namespace {

/// x[..., start:end, ...], either end open, negative ones from the end.
Value slice(TensorBuilder &b, Value x, int64_t dim, int64_t start,
            std::optional<int64_t> end = std::nullopt) {
  Value last = end ? b.constant(*end) : b.none();
  return b.slice(x, dim, b.constant(start), last);
}

std::optional<int64_t> getDim(Value x, Value dim) {
  std::optional<int64_t> rank = getRank(x), constant = getConstantInt(dim);
  if (!rank || *rank == 0 || !constant)
    return std::nullopt;
  return wrapDim(*constant, *rank);
}

/// A vector along `dim` of a tensor of `rank`.
Value alignVector(TensorBuilder &b, Value x, int64_t dim, int64_t rank) {
  SmallVector<Value> sizes(rank, b.constant(int64_t(1)));
  sizes[dim] = b.constant(int64_t(-1));
  return b.reshape(x, sizes);
}

//===----------------------------------------------------------------------===//
// Quadrature and derivatives
//===----------------------------------------------------------------------===//

/// y[i] + y[i + 1]
Value addNeighbours(TensorBuilder &b, Value y, int64_t dim) {
  return b.add(slice(b, y, dim, 0, -1), slice(b, y, dim, 1));
}

Value sumAlong(TensorBuilder &b, Value x, int64_t dim, bool isCumulative) {
  if (isCumulative)
    return b.create<AtenCumsumOp>({x, b.constant(dim), b.none()});
  return b.sum(x, {dim}, /*keepDim=*/false);
}

/// trapezoid: sum((y[i] + y[i + 1]) / 2 * dx); cumulative_trapezoid: the
/// running one
template <bool isCumulative>
FormulaResult trapezoidOfSteps(TensorBuilder &b, ValueRange in) {
  Value y = in[0];
  std::optional<int64_t> dim = getDim(y, in[2]);
  if (!dim || !getDtype(y))
    return std::nullopt;
  Value half = b.constant(0.5);
  if (isCumulative || !isa<IntegerType>(getDtype(y))) {
    Value areas =
        b.mulScalar(b.mulScalar(addNeighbours(b, y, *dim), half), in[1]);
    return {{sumAlong(b, areas, *dim, isCumulative)}};
  }
  // Integers are summed in int64, where the sums of neighbours could overflow.
  Value ends = b.add(b.select(y, *dim, b.constant(int64_t(0))),
                     b.select(y, *dim, b.constant(int64_t(-1))));
  Value sum = b.sub(sumAlong(b, y, *dim, /*isCumulative=*/false),
                    b.mulScalar(ends, half));
  return {{b.mulScalar(sum, in[1])}};
}

/// The same of points at x, of as many dimensions as y.
template <bool isCumulative>
FormulaResult trapezoidOfPoints(TensorBuilder &b, ValueRange in) {
  Value y = in[0], x = in[1];
  std::optional<int64_t> dim = getDim(y, in[2]), own = getRank(x);
  if (!dim || !own || *own == 0 || *own > *getRank(y))
    return std::nullopt;
  if (*own == 1)
    x = alignVector(b, x, *dim, *getRank(y));
  else
    for (int64_t i = *own; i < *getRank(y); ++i)
      x = b.unsqueeze(x, 0);
  Value steps = b.sub(slice(b, x, *dim, 1), slice(b, x, *dim, 0, -1));
  Value areas = b.mul(steps, addNeighbours(b, y, *dim));
  return {
      {b.divScalar(sumAlong(b, areas, *dim, isCumulative), b.constant(2.0))}};
}

/// A derivative along one dim: the weights of three neighbours, inside and at
/// both ends. With edge order one, the ends have two neighbours.
struct Stencil {
  Value lowStep, highStep; // at the ends, where the edge order is one
  Value inside[3], low[3], high[3];
};

Value scaleBy(TensorBuilder &b, Value x, Value weight) {
  return isa<TensorType>(weight.getType()) ? b.mul(x, weight)
                                           : b.mulScalar(x, weight);
}

Value applyWeights(TensorBuilder &b, const Value (&weights)[3], Value x,
                   Value y, Value z) {
  return b.add(b.add(scaleBy(b, x, weights[0]), scaleBy(b, y, weights[1])),
               scaleBy(b, z, weights[2]));
}

/// The second order derivative's weights at x0 of the parabola through x0,
/// x0 + s, x0 + s + t.
void setEndWeights(TensorBuilder &b, Value s, Value t, bool isLow,
                   Value (&weights)[3]) {
  Value both = b.add(s, t), minusOne = b.constant(-1.0);
  Value first =
      b.div(b.add(b.mulScalar(s, b.constant(2.0)), t), b.mul(s, both));
  Value second = b.div(both, b.mul(s, t));
  Value third = b.div(s, b.mul(t, both));
  auto negate = [&](Value x) { return b.mulScalar(x, minusOne); };
  weights[0] = isLow ? negate(first) : third;
  weights[1] = isLow ? second : negate(second);
  weights[2] = isLow ? negate(third) : first;
}

/// Of points at the coordinates `x`, a vector.
Stencil getStencil(TensorBuilder &b, Value x, int64_t dim, int64_t rank,
                   int64_t edgeOrder) {
  Stencil stencil;
  Value steps = b.sub(slice(b, x, 0, 1), slice(b, x, 0, 0, -1));
  if (isa<IntegerType>(getDtype(steps)))
    steps = b.toDtype(steps, b.getRewriter().getF32Type());
  Value s = slice(b, steps, 0, 0, -1), t = slice(b, steps, 0, 1);
  Value both = b.add(s, t);
  Value inside[] = {b.mulScalar(b.div(t, b.mul(s, both)), b.constant(-1.0)),
                    b.div(b.sub(t, s), b.mul(s, t)), b.div(s, b.mul(t, both))};
  for (int i = 0; i < 3; ++i)
    stencil.inside[i] = alignVector(b, inside[i], dim, rank);
  auto step = [&](int64_t index) {
    return b.select(steps, 0, b.constant(index));
  };
  stencil.lowStep = step(0);
  stencil.highStep = step(-1);
  if (edgeOrder == 2) {
    setEndWeights(b, step(0), step(1), /*isLow=*/true, stencil.low);
    setEndWeights(b, step(-1), step(-2), /*isLow=*/false, stencil.high);
  }
  return stencil;
}

/// Of points at equal distances, a number.
Stencil getUniformStencil(TensorBuilder &b, Value distance) {
  Stencil stencil;
  stencil.lowStep = stencil.highStep = distance;
  double inside[] = {-0.5, 0.0, 0.5}, low[] = {-1.5, 2.0, -0.5};
  for (int i = 0; i < 3; ++i) {
    stencil.inside[i] = b.constant(inside[i]);
    stencil.low[i] = b.constant(low[i]);
    stencil.high[i] = b.constant(-low[2 - i]);
  }
  return stencil;
}

Value derive(TensorBuilder &b, Value x, int64_t dim, int64_t edgeOrder,
             Value spacing) {
  bool isUniform = !isa<TensorType>(spacing.getType());
  Stencil stencil = isUniform
                        ? getUniformStencil(b, spacing)
                        : getStencil(b, spacing, dim, *getRank(x), edgeOrder);
  auto scaled = [&](Value y) {
    return isUniform ? b.divScalar(y, spacing) : y;
  };
  Value before = slice(b, x, dim, 0, -2), after = slice(b, x, dim, 2);
  // The middle of equal distances has no weight, not even a NaN.
  Value inside =
      isUniform ? b.mulScalar(scaled(b.sub(after, before)), b.constant(0.5))
                : applyWeights(b, stencil.inside, before,
                               slice(b, x, dim, 1, -1), after);
  Value x0 = slice(b, x, dim, 0, 1), x1 = slice(b, x, dim, 1, 2);
  Value y0 = slice(b, x, dim, -2, -1), y1 = slice(b, x, dim, -1);
  Value low, high;
  if (edgeOrder == 1) {
    auto divide = [&](Value y, Value step) {
      return isUniform ? b.divScalar(y, step) : b.div(y, step);
    };
    low = divide(b.sub(x1, x0), stencil.lowStep);
    high = divide(b.sub(y1, y0), stencil.highStep);
  } else {
    low = scaled(applyWeights(b, stencil.low, x0, x1, slice(b, x, dim, 2, 3)));
    high =
        scaled(applyWeights(b, stencil.high, slice(b, x, dim, -3, -2), y0, y1));
  }
  return b.cat({low, inside, high}, dim);
}

/// gradient: the derivative along each of `dims`, as a list
FormulaResult gradient(TensorBuilder &b, Value x, Value dimsOperand,
                       Value edgeOrder, Value spacingOperand) {
  std::optional<int64_t> rank = getRank(x), order = getConstantInt(edgeOrder);
  if (!rank || !getDtype(x) || !order || (*order != 1 && *order != 2))
    return std::nullopt;
  SmallVector<int64_t> dims = llvm::to_vector(llvm::seq<int64_t>(0, *rank));
  if (!isNone(dimsOperand)) {
    std::optional<SmallVector<int64_t>> given = getIntList(dimsOperand);
    if (!given || llvm::any_of(*given, ShapedType::isDynamic))
      return std::nullopt;
    dims = *given;
  }
  SmallVector<Value> spacing(dims.size(), b.constant(1.0));
  if (spacingOperand && !isNone(spacingOperand)) {
    spacing.assign(dims.size(), spacingOperand);
    if (isa<ListType>(spacingOperand.getType())) {
      std::optional<SmallVector<Value>> given = getListElements(spacingOperand);
      if (!given || given->size() != dims.size())
        return std::nullopt;
      spacing = *given;
    }
  }
  SmallVector<Value> results;
  SmallVector<int64_t> seen;
  for (auto [dim, step] : llvm::zip(dims, spacing)) {
    std::optional<int64_t> wrapped = wrapDim(dim, *rank);
    if (wrapped && llvm::is_contained(seen, *wrapped))
      b.raiseUnless(b.constant(false),
                    "dim " + std::to_string(*wrapped) +
                        " appears multiple times in the list of dims");
    seen.push_back(wrapped.value_or(0));
    if (!wrapped || *rank == 0 ||
        (isa<TensorType>(step.getType()) &&
         (getRank(step) != 1 || !getDtype(step))))
      return std::nullopt;
    Value isLong = arith::CmpIOp::create(
        b.getRewriter(), b.getLoc(), arith::CmpIPredicate::sgt,
        b.size(x, *wrapped), b.constant(*order));
    b.raiseUnless(isLong,
                  "torch.gradient expected each dimension size to be at "
                  "least edge_order+1");
    results.push_back(derive(b, x, *wrapped, *order, step));
  }
  return {{b.tensorList(results)}};
}
FormulaResult gradientOfSteps(TensorBuilder &b, ValueRange in) {
  return gradient(b, in[0], in[2], in[3], in[1]);
}
FormulaResult gradientOfOnes(TensorBuilder &b, ValueRange in) {
  return gradient(b, in[0], in[1], in[2], Value());
}

//===----------------------------------------------------------------------===//
// Covariance
//===----------------------------------------------------------------------===//

/// cov(x): (x - avg) * w @ (x - avg)^H / n, where rows are variables, w the
/// product of the weights, avg the weighted average and n the sum of weights
/// less the correction. A matrix, where one variable gives a scalar too.
std::optional<Value> covariance(TensorBuilder &b, Value x, Value correction,
                                Value frequencies, Value weights) {
  std::optional<int64_t> rank = getRank(x);
  if (!rank || *rank > 2 || !getDtype(x))
    return std::nullopt;
  Value one = b.constant(int64_t(1)), rest = b.constant(int64_t(-1));
  if (*rank < 2)
    x = b.reshape(x, {one, rest});
  Value w = frequencies;
  if (weights)
    w = w ? b.mul(w, weights) : weights;
  Value total = w ? b.create<AtenSumOp>({w, b.none()})
                  : b.full({}, b.size(x, 1), b.getRewriter().getI64Type());
  Value average = b.div(b.sum(w ? b.mul(x, w) : x, {1}, false), total);
  Value divisor;
  if (weights && getConstantInt(correction) != 0) {
    Value lost = b.create<AtenSumOp>({b.mul(w, weights), b.none()});
    divisor = b.sub(total, b.div(b.mulScalar(lost, correction), total));
  } else {
    divisor = b.create<AtenSubScalarOp>({total, correction, one});
  }
  divisor = b.create<AtenClampMinOp>({divisor, b.constant(int64_t(0))});
  Value centered = b.sub(x, b.unsqueeze(average, 1));
  Value weighted = w ? b.mul(centered, w) : centered;
  weighted = b.transpose(weighted, 0, 1);
  if (isa<ComplexType>(getDtype(x)))
    weighted = b.call("aten::conj_physical", {weighted});
  Value product = b.create<AtenMatmulOp>({centered, weighted});
  return b.div(product, divisor);
}

/// Raises unless `weights`, which are called `name`, are one number for each of
/// the observations, and not negative.
void checkWeights(TensorBuilder &b, Value weights, Value observations,
                  const std::string &name) {
  int64_t rank = *getRank(weights);
  auto raiseUnless = [&](Value condition, const std::string &message) {
    b.raiseUnless(condition, "cov(): " + message);
  };
  if (rank > 1)
    return raiseUnless(b.constant(false),
                       "expected " + name +
                           " to have one or fewer dimensions but got " + name +
                           " with " + std::to_string(rank) + " dimensions");
  Value zero = b.constant(int64_t(0));
  Value count = rank == 0 ? b.constant(int64_t(1)) : b.size(weights, 0);
  raiseUnless(arith::CmpIOp::create(b.getRewriter(), b.getLoc(),
                                    arith::CmpIPredicate::eq, count,
                                    observations),
              "expected " + name +
                  " to have the same numel as there are observations in the "
                  "input");
  raiseUnless(b.itemBool(b.create<AtenAllOp>(
                  {b.create<AtenGeScalarOp>({weights, zero})})),
              name + " cannot be negative");
}

FormulaResult cov(TensorBuilder &b, ValueRange in) {
  auto frequencies = getOptionalTensor(in[2]),
       weights = getOptionalTensor(in[3]);
  std::optional<int64_t> rank = getRank(in[0]);
  if (!frequencies || !weights || !getConstantInt(in[1]) || !rank)
    return std::nullopt;
  if (*rank > 2) {
    b.raiseUnless(b.constant(false),
                  "cov(): expected input to have two or fewer dimensions but "
                  "got an input with " +
                      std::to_string(*rank) + " dimensions");
    return {{in[0]}};
  }
  Value observations =
      *rank == 0 ? b.constant(int64_t(1)) : b.size(in[0], *rank - 1);
  for (auto [tensor, name] :
       {std::pair(*frequencies, "fweights"), std::pair(*weights, "aweights")}) {
    if (!tensor)
      continue;
    if (!getRank(tensor) || !getDtype(tensor))
      return std::nullopt;
    bool isOfFloats = isa<FloatType>(getDtype(tensor));
    if (StringRef(name) == "aweights" && !isOfFloats) {
      b.raiseUnless(b.constant(false),
                    "cov(): expected aweights to have floating point dtype but "
                    "got aweights with " +
                        getDtypeName(getDtype(tensor)).str() + " dtype");
      return {{in[0]}};
    }
    checkWeights(b, tensor, observations, name);
    if (*getRank(tensor) > 1)
      return {{in[0]}};
  }
  std::optional<Value> result =
      covariance(b, in[0], in[1], *frequencies, *weights);
  if (!result)
    return std::nullopt;
  return {{b.create<AtenSqueezeOp>(*result)}};
}

/// corrcoef: cov(x)[i, j] / sqrt(cov(x)[i, i] * cov(x)[j, j])
FormulaResult corrcoef(TensorBuilder &b, ValueRange in) {
  std::optional<Value> c =
      covariance(b, in[0], b.constant(int64_t(1)), Value(), Value());
  if (!c || !getRank(*c))
    return std::nullopt;
  // Exactly one, or not a number.
  if (getStaticSize(*c, 0) == 1)
    return {{b.create<AtenSqueezeOp>(b.div(*c, *c))}};
  Value zero = b.constant(int64_t(0)), one = b.constant(int64_t(1));
  bool isComplex = isa<ComplexType>(getDtype(*c));
  Value variance = b.create<AtenDiagonalOp>({*c, zero, zero, one});
  if (isComplex)
    variance = b.call("aten::real", {variance});
  Value deviation = b.create<AtenSqrtOp>({variance});
  Value r =
      b.div(b.div(*c, b.unsqueeze(deviation, 1)), b.unsqueeze(deviation, 0));
  auto clamp = [&](Value x) {
    return b.create<AtenClampOp>({x, b.constant(-1.0), b.constant(1.0)});
  };
  r = isComplex ? b.call("aten::complex", {clamp(b.call("aten::real", {r})),
                                           clamp(b.call("aten::imag", {r}))})
                : clamp(r);
  return {{b.create<AtenSqueezeOp>(r)}};
}

/// renorm: slices along dim whose p-norm exceeds `maxnorm`, scaled down to it
FormulaResult renorm(TensorBuilder &b, ValueRange in) {
  Value x = in[0];
  std::optional<int64_t> dim = getDim(x, in[2]);
  Type dtype = getDtype(x);
  if (!dim || !isa_and_present<FloatType, ComplexType>(dtype))
    return std::nullopt;
  SmallVector<int64_t> others;
  for (int64_t i = 0; i < *getRank(x); ++i)
    if (i != *dim)
      others.push_back(i);
  if (others.empty())
    return std::nullopt;
  Value norm = b.create<AtenLinalgVectorNormOp>(
      {b.toDtype(x, getAccumulationDtype(dtype)), in[1], b.intList(others),
       b.constant(true), b.none()});
  Value isLong = b.create<AtenGtScalarOp>({norm, in[3]});
  Value factor = b.mulScalar(
      b.create<AtenReciprocalOp>({b.addScalar(norm, b.constant(1e-7))}), in[3]);
  factor = b.create<AtenWhereScalarOtherOp>({isLong, factor, b.constant(1.0)});
  return {{b.toDtype(b.mul(x, factor), dtype)}};
}

//===----------------------------------------------------------------------===//
// Histograms
//===----------------------------------------------------------------------===//

/// An axis of a histogram: its bins' edges, or the ends of equal bins.
struct Axis {
  Value edges;     // a vector; may be null
  Value low, high; // 0-d tensors
  Value bins;      // how many
};

/// The ends of an axis, if not given the least and the greatest element, moved
/// apart by twice `margin` where they are equal.
void setRange(TensorBuilder &b, Axis &axis, Value x, double margin) {
  Value low = axis.low, high = axis.high;
  if (!low) {
    Value minusOne = b.constant(-1.0);
    high = b.amaxOrLowest(x, {0}, /*keepDim=*/false);
    low = b.mulScalar(b.amaxOrLowest(b.mulScalar(x, minusOne), {0},
                                     /*keepDim=*/false),
                      minusOne);
    // Of nothing, from 0 to 1.
    Value isEmpty = b.create<AtenGtTensorOp>({low, high});
    low = b.create<AtenMaskedFillScalarOp>({low, isEmpty, b.constant(0.0)});
    high = b.create<AtenMaskedFillScalarOp>({high, isEmpty, b.constant(1.0)});
  }
  Value isPoint = b.create<AtenEqTensorOp>({low, high});
  axis.low = b.create<AtenWhereSelfOp>(
      {isPoint, b.addScalar(low, b.constant(-margin)), low});
  axis.high = b.create<AtenWhereSelfOp>(
      {isPoint, b.addScalar(high, b.constant(margin)), high});
}

/// The bin of each element; -1 outside, and for NaN.
Value getBins(TensorBuilder &b, Value x, const Axis &axis) {
  Type i64 = b.getRewriter().getI64Type();
  Value bin;
  if (axis.edges) {
    bin = b.call("aten::searchsorted.Tensor",
                 {axis.edges, x, b.constant(false), b.constant(true), b.none(),
                  b.none()});
    bin = b.addScalar(bin, b.constant(int64_t(-1)));
  } else {
    Value place = b.mulScalar(b.sub(x, axis.low), axis.bins);
    bin = b.toDtype(b.div(place, b.sub(axis.high, axis.low)), i64);
  }
  // The last bin includes its end.
  Value last = b.subInt(axis.bins, b.constant(int64_t(1)));
  bin = b.create<AtenClampMaxOp>({bin, last});
  Value isInside =
      b.create<AtenLogicalAndOp>({b.create<AtenGeTensorOp>({x, axis.low}),
                                  b.create<AtenLeTensorOp>({x, axis.high})});
  return b.create<AtenWhereScalarOtherOp>(
      {isInside, bin, b.constant(int64_t(-1))});
}

/// The sum of weights in each of `count` bins. What is in none goes to one
/// more, which is dropped.
Value sumBins(TensorBuilder &b, Value bin, Value count, Value weights,
              Type dtype) {
  Value zero = b.constant(int64_t(0)), one = b.constant(int64_t(1));
  Value isOutside = b.create<AtenLtScalarOp>({bin, zero});
  bin = b.create<AtenMaskedFillScalarOp>({bin, isOutside, count});
  if (!weights)
    weights = b.full({b.size(bin, 0)}, one, dtype);
  Value sums = b.create<AtenIndexAddOp>(
      {b.zeros({b.addInt(count, one)}, dtype), zero, bin, weights, one});
  return b.narrow(sums, 0, zero, count);
}

Value flatten(TensorBuilder &b, Value x) {
  return b.reshape(x, {b.constant(int64_t(-1))});
}

/// histc: counts of equal bins between min and max, or, where these are equal,
/// between the least and the greatest element
FormulaResult histc(TensorBuilder &b, ValueRange in) {
  Type dtype = getDtype(in[0]);
  auto min = getConstantFloat(in[2]), max = getConstantFloat(in[3]);
  if (!getRank(in[0]) || !isa_and_present<FloatType>(dtype) || !min || !max)
    return std::nullopt;
  Value x = flatten(b, in[0]);
  Axis axis;
  axis.bins = in[1];
  if (*min != *max) {
    axis.low = b.full({}, in[2], dtype);
    axis.high = b.full({}, in[3], dtype);
  } else {
    setRange(b, axis, x, /*margin=*/1.0);
  }
  return {{sumBins(b, getBins(b, x, axis), in[1], Value(), dtype)}};
}

/// The edges of `axis.bins` equal bins.
Value getEdges(TensorBuilder &b, const Axis &axis, Type dtype) {
  Value one = b.constant(int64_t(1));
  Value steps = b.arange(b.addInt(axis.bins, one), dtype);
  Value step =
      b.create<AtenDivScalarOp>({b.sub(axis.high, axis.low), axis.bins});
  // From the nearer end, as linspace does.
  Value fromLow = b.add(axis.low, b.mul(steps, step));
  Value fromHigh =
      b.sub(axis.high,
            b.mul(b.create<AtenRsubScalarOp>({steps, axis.bins, one}), step));
  Value half = b.floorDivInt(b.addInt(axis.bins, one), b.constant(int64_t(2)));
  Value isLow = b.create<AtenLtScalarOp>({steps, half});
  return b.create<AtenWhereSelfOp>({isLow, fromLow, fromHigh});
}

/// A histogram over all `axes`, of points that are the rows of `x`.
std::optional<Value> histogram(TensorBuilder &b, Value x,
                               MutableArrayRef<Axis> axes, Value weightOperand,
                               Value densityOperand) {
  auto weights = getOptionalTensor(weightOperand);
  std::optional<bool> isDensity = getConstantBool(densityOperand);
  if (!weights || !isDensity || (*weights && !getRank(*weights)))
    return std::nullopt;
  Type dtype = getDtype(x);
  Value total = b.constant(int64_t(1)), place;
  SmallVector<Value> sizes;
  Value isOutside;
  for (auto [i, axis] : llvm::enumerate(axes)) {
    Value column = b.select(x, 1, b.constant(int64_t(i)));
    Value bin = getBins(b, column, axis);
    Value isOut = b.create<AtenLtScalarOp>({bin, b.constant(int64_t(0))});
    isOutside =
        isOutside ? b.create<AtenLogicalOrOp>({isOutside, isOut}) : isOut;
    place = place ? b.add(b.mulScalar(place, axis.bins), bin) : bin;
    total = b.mulInt(total, axis.bins);
    sizes.push_back(axis.bins);
  }
  place = b.create<AtenMaskedFillScalarOp>(
      {place, isOutside, b.constant(int64_t(-1))});
  Value w = *weights ? flatten(b, *weights) : Value();
  Value result = b.reshape(sumBins(b, place, total, w, dtype), sizes);
  if (!*isDensity)
    return result;
  Value sum = b.create<AtenSumOp>({result, b.none()});
  result = b.div(result, sum);
  for (auto [i, axis] : llvm::enumerate(axes)) {
    Value widths =
        b.sub(slice(b, axis.edges, 0, 1), slice(b, axis.edges, 0, 0, -1));
    result = b.div(result, alignVector(b, widths, i, axes.size()));
  }
  return result;
}

/// The axes of equal bins over `ranges` (pairs of ends), or over the elements.
std::optional<SmallVector<Axis>>
getEqualBins(TensorBuilder &b, Value x, ArrayRef<Value> bins, Value ranges) {
  std::optional<SmallVector<Value>> ends;
  if (!isNone(ranges)) {
    ends = getListElements(ranges);
    if (!ends || ends->size() != 2 * bins.size())
      return std::nullopt;
  }
  Type dtype = getDtype(x);
  SmallVector<Axis> axes;
  for (auto [i, count] : llvm::enumerate(bins)) {
    Axis axis;
    axis.bins = count;
    Value column = b.select(x, 1, b.constant(int64_t(i)));
    if (ends) {
      axis.low = b.full({}, (*ends)[2 * i], dtype);
      axis.high = b.full({}, (*ends)[2 * i + 1], dtype);
    }
    setRange(b, axis, column, /*margin=*/0.5);
    axis.edges = getEdges(b, axis, dtype);
    axes.push_back(axis);
  }
  return axes;
}

/// The axis with these edges.
std::optional<Axis> getAxis(TensorBuilder &b, Value edges) {
  if (getRank(edges) != 1)
    return std::nullopt;
  Axis axis;
  axis.edges = edges;
  axis.low = b.select(edges, 0, b.constant(int64_t(0)));
  axis.high = b.select(edges, 0, b.constant(int64_t(-1)));
  axis.bins = b.subInt(b.size(edges, 0), b.constant(int64_t(1)));
  return axis;
}

/// All elements, as points of one coordinate.
std::optional<Value> getElements(TensorBuilder &b, Value x) {
  if (!getRank(x) || !isa_and_present<FloatType>(getDtype(x)))
    return std::nullopt;
  return b.reshape(x, {b.constant(int64_t(-1)), b.constant(int64_t(1))});
}

/// histogram.bin_ct(x, bins, range, weight, density)
FormulaResult histogramOfCount(TensorBuilder &b, ValueRange in) {
  std::optional<Value> x = getElements(b, in[0]);
  if (!x)
    return std::nullopt;
  auto axes = getEqualBins(b, *x, in[1], in[2]);
  if (!axes)
    return std::nullopt;
  std::optional<Value> result = histogram(b, *x, *axes, in[3], in[4]);
  if (!result)
    return std::nullopt;
  return {{*result, axes->front().edges}};
}

/// histogram.bins_tensor(x, edges, weight, density)
FormulaResult histogramOfEdges(TensorBuilder &b, ValueRange in) {
  std::optional<Value> x = getElements(b, in[0]);
  std::optional<Axis> axis = x ? getAxis(b, in[1]) : std::nullopt;
  if (!axis)
    return std::nullopt;
  std::optional<Value> result = histogram(b, *x, *axis, in[2], in[3]);
  if (!result)
    return std::nullopt;
  return {{*result, in[1]}};
}

/// The points of histogramdd: all but the last dimension number them.
std::optional<Value> getPoints(TensorBuilder &b, Value x) {
  std::optional<int64_t> rank = getRank(x);
  if (!rank || *rank < 2 || !isa_and_present<FloatType>(getDtype(x)))
    return std::nullopt;
  return b.reshape(x, {b.constant(int64_t(-1)), b.size(x, *rank - 1)});
}

FormulaResult finishHistogram(TensorBuilder &b, Value x,
                              MutableArrayRef<Axis> axes, Value weight,
                              Value density) {
  std::optional<Value> result = histogram(b, x, axes, weight, density);
  if (!result)
    return std::nullopt;
  SmallVector<Value> edges;
  for (const Axis &axis : axes)
    edges.push_back(axis.edges);
  return {{*result, b.tensorList(edges)}};
}

/// histogramdd, histogramdd.int_bins: (x, bins, range, weight, density)
FormulaResult histogramOfCounts(TensorBuilder &b, ValueRange in) {
  std::optional<Value> x = getPoints(b, in[0]);
  if (!x)
    return std::nullopt;
  SmallVector<Value> bins;
  if (isa<ListType>(in[1].getType())) {
    std::optional<SmallVector<Value>> elements = getListElements(in[1]);
    if (!elements)
      return std::nullopt;
    bins = *elements;
  } else {
    std::optional<int64_t> count = getStaticSize(*x, 1);
    if (!count)
      return std::nullopt;
    bins.assign(*count, in[1]);
  }
  auto axes = getEqualBins(b, *x, bins, in[2]);
  if (!axes)
    return std::nullopt;
  return finishHistogram(b, *x, *axes, in[3], in[4]);
}

/// histogramdd.TensorList_bins: (x, edges, range, weight, density)
FormulaResult histogramOfEdgeLists(TensorBuilder &b, ValueRange in) {
  std::optional<Value> x = getPoints(b, in[0]);
  std::optional<SmallVector<Value>> lists = getListElements(in[1]);
  if (!x || !lists)
    return std::nullopt;
  SmallVector<Axis> axes;
  for (Value edges : *lists) {
    std::optional<Axis> axis = getAxis(b, edges);
    if (!axis)
      return std::nullopt;
    axes.push_back(*axis);
  }
  return finishHistogram(b, *x, axes, in[3], in[4]);
}

constexpr NamedFormula formulas[] = {
    {"aten::corrcoef", corrcoef},
    {"aten::cov", cov},
    {"aten::cumulative_trapezoid.dx", trapezoidOfSteps<true>},
    {"aten::cumulative_trapezoid.x", trapezoidOfPoints<true>},
    {"aten::gradient.array", gradientOfOnes},
    {"aten::gradient.scalararray", gradientOfSteps},
    {"aten::gradient.scalarint", gradientOfSteps},
    {"aten::gradient.scalarrayarray", gradientOfSteps},
    {"aten::gradient.scalarrayint", gradientOfSteps},
    {"aten::gradient.tensorarray", gradientOfSteps},
    {"aten::gradient.tensorarrayint", gradientOfSteps},
    {"aten::histc", histc},
    {"aten::histogram.bin_ct", histogramOfCount},
    {"aten::histogram.bins_tensor", histogramOfEdges},
    {"aten::histogramdd", histogramOfCounts},
    {"aten::histogramdd.TensorList_bins", histogramOfEdgeLists},
    {"aten::histogramdd.int_bins", histogramOfCounts},
    {"aten::renorm", renorm},
    {"aten::trapezoid.dx", trapezoidOfSteps<false>},
    {"aten::trapezoid.x", trapezoidOfPoints<false>},
    {"aten::trapz.dx", trapezoidOfSteps<false>},
    {"aten::trapz.x", trapezoidOfPoints<false>},
};

} // namespace

void populateStatisticsDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
}

} // namespace minitorch::mt
