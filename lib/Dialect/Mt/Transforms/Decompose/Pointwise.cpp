//===- Pointwise.cpp - Pointwise functions by simpler ones ------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include <cmath>
#include <limits>
#include <numbers>

using namespace mlir;

// Source: the definitions on the operators' pages of PyTorch's documentation.

namespace minitorch::mt {

static Value where(TensorBuilder &b, Value condition, Value x, Value y) {
  return b.create<AtenWhereSelfOp>({condition, x, y});
}

static Value fill(TensorBuilder &b, Value x, Value mask, double value) {
  return b.create<AtenMaskedFillScalarOp>({x, mask, b.constant(value)});
}

/// Integers as the default float.
static Value toFloat(TensorBuilder &b, Value x) {
  return b.toDtype(x, toFloatDtype(getDtype(x)));
}

/// In the dtype that PyTorch computes such a formula in: half precision in f32.
static Value widen(TensorBuilder &b, Value x) {
  return b.toDtype(x, getAccumulationDtype(getDtype(x)));
}

static bool isReal(Value x) {
  return getDtype(x) && !isa<ComplexType>(getDtype(x));
}

static bool isNumberOrReal(Value x) {
  return isReal(x) || isa<FloatType, IntegerType>(x.getType());
}

/// A factor: deg2rad(x) = x * pi / 180
template <double (*factor)()>
static FormulaResult multiplied(TensorBuilder &b, ValueRange in) {
  if (!isReal(in[0]))
    return std::nullopt;
  return {{b.mulScalar(toFloat(b, in[0]), b.constant(factor()))}};
}
static double degree() { return std::numbers::pi / 180.0; }
static double radian() { return 180.0 / std::numbers::pi; }

/// logit(x) = log(x / (1 - x)), x clamped to [eps, 1 - eps]
static FormulaResult logit(TensorBuilder &b, ValueRange in) {
  if (!isReal(in[0]))
    return std::nullopt;
  Value x = toFloat(b, in[0]);
  if (!isNone(in[1])) {
    std::optional<double> eps = getConstantFloat(in[1]);
    if (!eps)
      return std::nullopt;
    x = b.create<AtenClampOp>({x, b.constant(*eps), b.constant(1.0 - *eps)});
  }
  Value rest =
      b.create<AtenRsubScalarOp>({x, b.constant(1.0), b.constant(int64_t(1))});
  return {{b.create<AtenLogOp>({b.div(x, rest)})}};
}

/// A number as a 0-d tensor, which promotes as the number does: of its kind's
/// default dtype.
static Value toTensor(TensorBuilder &b, Value x) {
  if (isa<TensorType>(x.getType()))
    return x;
  Type dtype =
      x.getType().isF64() ? Type(b.getRewriter().getF32Type()) : x.getType();
  return b.full({}, x, dtype);
}

/// xlogy(x, y) = x * log(y), 0 where x is 0 and y is not NaN. Either may be a
/// number.
template <typename LogOp>
static FormulaResult xTimesLog(TensorBuilder &b, ValueRange in) {
  if (!isNumberOrReal(in[0]) || !isNumberOrReal(in[1]))
    return std::nullopt;
  Value x = toTensor(b, in[0]), y = toTensor(b, in[1]);
  Value product = b.mul(x, b.create<LogOp>({y}));
  Value isZero = b.create<AtenEqScalarOp>({x, b.constant(0.0)});
  Value isNumber = b.create<AtenLogicalNotOp>({b.create<AtenIsnanOp>({y})});
  return {
      {fill(b, product, b.create<AtenLogicalAndOp>({isZero, isNumber}), 0.0)}};
}

/// hypot(x, y) = m * sqrt((x / m)^2 + (y / m)^2), m the larger of |x| and |y|
static FormulaResult hypot(TensorBuilder &b, ValueRange in) {
  if (!isa_and_present<FloatType>(getDtype(in[0])) ||
      !isa_and_present<FloatType>(getDtype(in[1])))
    return std::nullopt;
  Value x = b.create<AtenAbsOp>({in[0]}), y = b.create<AtenAbsOp>({in[1]});
  // Infinity and NaN is infinity, anything else and NaN is NaN.
  Value large = b.create<AtenFmaxOp>({x, y});
  Value small = b.create<AtenMinimumOp>({x, y});
  Value ratio = b.div(small, large);
  Value root =
      b.create<AtenSqrtOp>({b.addScalar(b.mul(ratio, ratio), b.constant(1.0))});
  Value isZero = b.create<AtenEqScalarOp>({b.add(x, y), b.constant(0.0)});
  Value result = fill(b, b.mul(large, root), isZero, 0.0);
  Value isInfinite = b.create<AtenIsinfOp>({large});
  return {{where(b, isInfinite, large, result)}};
}

/// sinc(x) = sin(pi x) / (pi x), 1 at 0
static FormulaResult sinc(TensorBuilder &b, ValueRange in) {
  if (!getDtype(in[0]))
    return std::nullopt;
  Value x = toFloat(b, in[0]);
  Value angle = b.mulScalar(widen(b, x), b.constant(double(std::numbers::pi)));
  Value isZero = b.create<AtenEqScalarOp>({angle, b.constant(0.0)});
  Value y = fill(b, b.div(b.create<AtenSinOp>({angle}), angle), isZero, 1.0);
  return {{b.toDtype(y, getDtype(x))}};
}

/// log(exp(x) + exp(y)) = m + log1p(exp(n - m)), m the one with the larger real
/// part.
static Value complexLogAddExp(TensorBuilder &b, Value x, Value y) {
  Value isFirst = b.create<AtenGeTensorOp>(
      {b.call("aten::real", {x}), b.call("aten::real", {y})});
  Value large = where(b, isFirst, x, y), small = where(b, isFirst, y, x);
  Value tail =
      b.create<AtenLog1pOp>({b.create<AtenExpOp>({b.sub(small, large)})});
  Value isSame = b.create<AtenLogicalAndOp>(
      {b.create<AtenEqTensorOp>({x, y}), b.create<AtenIsinfOp>({large})});
  return where(b, isSame, large, b.add(large, tail));
}

/// logaddexp(x, y) = m + log1p(exp(-|x - y|)), m the larger; equal infinities
/// give themselves. With base two the difference is scaled by log(2).
template <bool isBaseTwo>
static FormulaResult logAddExp(TensorBuilder &b, ValueRange in) {
  if (!isBaseTwo && isa_and_present<ComplexType>(getDtype(in[0])) &&
      isa_and_present<ComplexType>(getDtype(in[1])))
    return {{complexLogAddExp(b, in[0], in[1])}};
  if (!isa_and_present<FloatType>(getDtype(in[0])) ||
      !isa_and_present<FloatType>(getDtype(in[1])))
    return std::nullopt;
  Type dtype = promoteDtypes(getDtype(in[0]), getDtype(in[1]));
  Value x = widen(b, in[0]), y = widen(b, in[1]);
  Value large = b.create<AtenMaximumOp>({x, y});
  Value distance = b.create<AtenAbsOp>({b.sub(x, y)});
  double base = std::log(2.0);
  Value tail = b.create<AtenLog1pOp>({b.create<AtenExpOp>(
      {b.mulScalar(distance, b.constant(isBaseTwo ? -base : -1.0))})});
  if (isBaseTwo)
    tail = b.divScalar(tail, b.constant(base));
  Value isSame = b.create<AtenEqTensorOp>({x, y});
  Value isInfinite =
      b.create<AtenLogicalAndOp>({isSame, b.create<AtenIsinfOp>({large})});
  return {{b.toDtype(where(b, isInfinite, large, b.add(large, tail)), dtype)}};
}

/// frac(x) = x - trunc(x)
static FormulaResult frac(TensorBuilder &b, ValueRange in) {
  return {{b.sub(in[0], b.create<AtenTruncOp>({in[0]}))}};
}

/// ldexp(x, n) = x * 2^n
static FormulaResult ldexp(TensorBuilder &b, ValueRange in) {
  if (!getDtype(in[0]) || !getDtype(in[1]))
    return std::nullopt;
  return {{b.mul(in[0], b.create<AtenExp2Op>({in[1]}))}};
}

/// heaviside(x, v): v at 0, 1 above, 0 elsewhere
static FormulaResult heaviside(TensorBuilder &b, ValueRange in) {
  Type dtype = getDtype(in[0]);
  if (!isReal(in[0]) || dtype != getDtype(in[1]))
    return std::nullopt;
  Value step =
      b.toDtype(b.create<AtenGtScalarOp>({in[0], b.constant(0.0)}), dtype);
  Value isZero = b.create<AtenEqScalarOp>({in[0], b.constant(0.0)});
  return {{where(b, isZero, in[1], step)}};
}

/// isposinf(x) = isinf(x) and x > 0; isneginf with <
template <typename CompareOp>
static FormulaResult isSignedInf(TensorBuilder &b, ValueRange in) {
  if (!isReal(in[0]))
    return std::nullopt;
  Value sign = b.create<CompareOp>({in[0], b.constant(0.0)});
  return {{b.create<AtenLogicalAndOp>({b.create<AtenIsinfOp>({in[0]}), sign})}};
}

/// isclose(x, y): |x - y| <= atol + rtol * |y| where that is finite, or x == y;
/// two NaNs where equal_nan.
static FormulaResult isClose(TensorBuilder &b, ValueRange in) {
  std::optional<bool> equalNan = getConstantBool(in[4]);
  if (!getDtype(in[0]) || !getDtype(in[1]) || !equalNan)
    return std::nullopt;
  Value x = in[0], y = in[1];
  Value isEqual = b.create<AtenEqTensorOp>({x, y});
  if (*equalNan)
    isEqual = b.create<AtenLogicalOrOp>(
        {isEqual, b.create<AtenLogicalAndOp>({b.create<AtenIsnanOp>({x}),
                                              b.create<AtenIsnanOp>({y})})});
  Value allowed = b.addScalar(
      b.create<AtenAbsOp>({b.mulScalar(toFloat(b, y), in[2])}), in[3]);
  Value error = b.create<AtenAbsOp>({b.sub(toFloat(b, x), toFloat(b, y))});
  Value isNear =
      b.create<AtenLogicalAndOp>({b.create<AtenIsfiniteOp>({error}),
                                  b.create<AtenLeTensorOp>({error, allowed})});
  return {{b.create<AtenLogicalOrOp>({isEqual, isNear})}};
}

/// fill(x, v), zero(x): every element v.
static FormulaResult fillAll(TensorBuilder &b, ValueRange in) {
  if (!getRank(in[0]) || !getDtype(in[0]))
    return std::nullopt;
  if (in.size() > 1 && isa<TensorType>(in[1].getType())) {
    Value value = b.toDtype(in[1], getDtype(in[0]));
    return {{b.expand(value, b.sizes(in[0]))}};
  }
  Value value = in.size() > 1 ? in[1] : b.constant(int64_t(0));
  return {{b.full(b.sizes(in[0]), value, getDtype(in[0]))}};
}

/// float_power: pow in double precision, where either may be a number.
static FormulaResult floatPower(TensorBuilder &b, ValueRange in) {
  Type dtype = promoteTypes(in);
  if (!dtype)
    return std::nullopt;
  Type wide = b.getRewriter().getF64Type();
  if (isa<ComplexType>(dtype))
    wide = ComplexType::get(wide);
  auto widen = [&](Value x) {
    return isa<TensorType>(x.getType()) ? b.toDtype(x, wide) : x;
  };
  Value x = widen(in[0]), y = widen(in[1]);
  if (!isa<TensorType>(y.getType()))
    return {{b.create<AtenPowTensorScalarOp>({x, y})}};
  if (!isa<TensorType>(x.getType()))
    return {{b.create<AtenPowScalarOp>({x, y})}};
  return {{b.create<AtenPowTensorTensorOp>({x, y})}};
}

/// mvlgamma(x, p) = p (p - 1) / 4 log(pi) + sum over j < p of lgamma(x - j / 2)
static FormulaResult multivariateLgamma(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> p = getConstantInt(in[1]);
  if (!isReal(in[0]) || !p || *p < 1)
    return std::nullopt;
  Value x = toFloat(b, in[0]), sum;
  for (int64_t j = 0; j < *p; ++j) {
    Value term =
        b.call("aten::lgamma", {b.addScalar(x, b.constant(-0.5 * double(j)))});
    sum = sum ? b.add(sum, term) : term;
  }
  double offset = 0.25 * double(*p * (*p - 1)) * std::log(std::numbers::pi);
  return {{b.addScalar(sum, b.constant(offset))}};
}

/// polygamma(n, x): digamma and its derivatives, (-1)^(n+1) n! zeta(n + 1, x).
/// The first is reflected below 1/2, where zeta's terms cancel:
/// (pi / sin(pi x))^2 - zeta(2, 1 - x).
static FormulaResult polygamma(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> n = getConstantInt(in[0]);
  if (!isReal(in[1]) || !n || *n < 0)
    return std::nullopt;
  Value x = toFloat(b, in[1]);
  if (*n == 0)
    return {{b.call("aten::digamma", {x})}};
  Type dtype = getDtype(x);
  x = widen(b, x);
  auto zeta = [&](Value q) {
    return b.call("aten::special_zeta.self_scalar",
                  {b.constant(double(*n + 1)), q});
  };
  if (*n > 1) {
    double factor = std::tgamma(double(*n + 1)) * (*n % 2 == 0 ? -1 : 1);
    return {{b.toDtype(b.mulScalar(zeta(x), b.constant(factor)), dtype)}};
  }
  Value isLow = b.create<AtenLtScalarOp>({x, b.constant(0.5)});
  Value mirrored =
      b.create<AtenRsubScalarOp>({x, b.constant(1.0), b.constant(int64_t(1))});
  Value sine = b.create<AtenSinOp>(
      {b.mulScalar(x, b.constant(double(std::numbers::pi)))});
  Value square = b.constant(std::numbers::pi * std::numbers::pi);
  Value terms = zeta(where(b, isLow, mirrored, x));
  Value isInfinite = b.create<AtenEqScalarOp>(
      {x, b.constant(std::numeric_limits<double>::infinity())});
  terms = fill(b, terms, isInfinite, 0.0);
  Value reflected = b.sub(
      b.mulScalar(b.create<AtenReciprocalOp>({b.mul(sine, sine)}), square),
      terms);
  return {{b.toDtype(where(b, isLow, reflected, terms), dtype)}};
}

/// special_ndtr(x) = (1 + erf(x / sqrt(2))) / 2
static FormulaResult normalDistribution(TensorBuilder &b, ValueRange in) {
  if (!isReal(in[0]))
    return std::nullopt;
  Value scaled = b.divScalar(toFloat(b, in[0]), b.constant(std::sqrt(2.0)));
  Value sum = b.addScalar(b.create<AtenErfOp>({scaled}), b.constant(1.0));
  return {{b.mulScalar(sum, b.constant(0.5))}};
}

/// add, sub of half precision with alpha: the product is rounded first.
template <typename OpTy>
static FormulaResult addScaled(TensorBuilder &b, ValueRange in) {
  Type dtype = promoteTypes(in.take_front(2));
  std::optional<double> alpha = getConstantFloat(in[2]);
  if (!dtype || getAccumulationDtype(dtype) == dtype || !alpha || *alpha == 1.0)
    return std::nullopt;
  Value scaled = b.mulScalar(b.toDtype(in[1], dtype), in[2]);
  return {{b.create<OpTy>({in[0], scaled, b.constant(int64_t(1))})}};
}

/// rsub of half precision: the number it is subtracted from is rounded first.
static FormulaResult reversedSub(TensorBuilder &b, ValueRange in) {
  Type dtype = getDtype(in[0]);
  if (!dtype || getAccumulationDtype(dtype) == dtype)
    return std::nullopt;
  return {
      {b.create<AtenSubTensorOp>({b.full({}, in[1], dtype), in[0], in[2]})}};
}

/// _add_relu(x, y, a): relu(x + a y)
template <typename AddOp>
static FormulaResult addRelu(TensorBuilder &b, ValueRange in) {
  Value sum = b.create<AddOp>({in[0], in[1], in[2]});
  return {{b.create<AtenReluOp>({sum})}};
}

/// isin(x, tests): whether any of them is equal.
static FormulaResult isIn(TensorBuilder &b, ValueRange in) {
  std::optional<bool> invert = getConstantBool(in[3]);
  if (!isNumberOrReal(in[0]) || !isNumberOrReal(in[1]) || !invert ||
      (isa<TensorType>(in[0].getType()) && !getRank(in[0])))
    return std::nullopt;
  Value x = toTensor(b, in[0]), isEqual;
  if (isa<TensorType>(in[1].getType())) {
    Value tests = b.reshape(in[1], {b.constant(int64_t(-1))});
    isEqual = b.create<AtenEqTensorOp>({b.unsqueeze(x, -1), tests});
    isEqual = b.create<AtenAnyDimOp>(
        {isEqual, b.constant(int64_t(-1)), b.constant(false)});
  } else {
    isEqual = b.create<AtenEqScalarOp>({x, in[1]});
  }
  if (*invert)
    isEqual = b.create<AtenLogicalNotOp>({isEqual});
  return {{isEqual}};
}

/// The truth of all of a tensor of bools.
static Value allOf(TensorBuilder &b, Value x) {
  return b.itemBool(b.create<AtenAllOp>({x}));
}

/// allclose: whether all are close.
static FormulaResult allClose(TensorBuilder &b, ValueRange in) {
  FormulaResult close = isClose(b, in);
  if (!close)
    return std::nullopt;
  return {{allOf(b, close->front())}};
}

/// equal: the same shape, and every element.
static FormulaResult equal(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> rank = getRank(in[0]), other = getRank(in[1]);
  if (!rank || !other || !getDtype(in[0]) || !getDtype(in[1]))
    return std::nullopt;
  if (*rank != *other)
    return {{b.constant(false)}};
  OpBuilder &builder = b.getRewriter();
  Location loc = b.getLoc();
  Value sameSizes;
  for (int64_t dim = 0; dim < *rank; ++dim) {
    std::optional<int64_t> size = getStaticSize(in[0], dim);
    std::optional<int64_t> otherSize = getStaticSize(in[1], dim);
    if (size && otherSize && *size != *otherSize)
      return {{b.constant(false)}};
    if (size && otherSize)
      continue;
    Value same = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                       b.size(in[0], dim), b.size(in[1], dim));
    sameSizes =
        sameSizes ? arith::AndIOp::create(builder, loc, sameSizes, same) : same;
  }
  auto compare = [&] {
    return allOf(b, b.create<AtenEqTensorOp>({in[0], in[1]}));
  };
  if (!sameSizes)
    return {{compare()}};
  // Other sizes may not broadcast.
  auto ifOp =
      PrimIfOp::create(builder, loc, TypeRange(builder.getI1Type()), sameSizes);
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&ifOp.getThenRegion());
  PrimYieldOp::create(builder, loc, compare());
  builder.createBlock(&ifOp.getElseRegion());
  PrimYieldOp::create(builder, loc, b.constant(false));
  return {{ifOp.getResult(0)}};
}

static FormulaResult toComplexHalf(TensorBuilder &b, ValueRange in) {
  if (!getDtype(in[0]))
    return std::nullopt;
  return {{b.toDtype(in[0], ComplexType::get(b.getRewriter().getF16Type()))}};
}

static constexpr NamedFormula formulas[] = {
    {"aten::_add_relu.Scalar", addRelu<AtenAddScalarOp>},
    {"aten::_add_relu.Tensor", addRelu<AtenAddTensorOp>},
    {"aten::add.Tensor", addScaled<AtenAddTensorOp>},
    {"aten::allclose", allClose},
    {"aten::chalf", toComplexHalf},
    {"aten::deg2rad", multiplied<degree>},
    {"aten::equal", equal},
    {"aten::fill.Scalar", fillAll},
    {"aten::fill.Tensor", fillAll},
    {"aten::float_power.Scalar", floatPower},
    {"aten::float_power.Tensor_Scalar", floatPower},
    {"aten::float_power.Tensor_Tensor", floatPower},
    {"aten::frac", frac},
    {"aten::heaviside", heaviside},
    {"aten::hypot", hypot},
    {"aten::isclose", isClose},
    {"aten::isin.Scalar_Tensor", isIn},
    {"aten::isin.Tensor_Scalar", isIn},
    {"aten::isin.Tensor_Tensor", isIn},
    {"aten::isneginf", isSignedInf<AtenLtScalarOp>},
    {"aten::isposinf", isSignedInf<AtenGtScalarOp>},
    {"aten::ldexp.Tensor", ldexp},
    {"aten::logaddexp", logAddExp<false>},
    {"aten::logaddexp2", logAddExp<true>},
    {"aten::logit", logit},
    {"aten::mvlgamma", multivariateLgamma},
    {"aten::polygamma", polygamma},
    {"aten::rad2deg", multiplied<radian>},
    {"aten::rsub.Scalar", reversedSub},
    {"aten::sinc", sinc},
    {"aten::special_logit", logit},
    {"aten::special_multigammaln", multivariateLgamma},
    {"aten::special_ndtr", normalDistribution},
    {"aten::special_polygamma", polygamma},
    {"aten::special_sinc", sinc},
    {"aten::special_xlog1py", xTimesLog<AtenLog1pOp>},
    {"aten::special_xlog1py.other_scalar", xTimesLog<AtenLog1pOp>},
    {"aten::special_xlog1py.self_scalar", xTimesLog<AtenLog1pOp>},
    {"aten::special_xlogy", xTimesLog<AtenLogOp>},
    {"aten::special_xlogy.other_scalar", xTimesLog<AtenLogOp>},
    {"aten::special_xlogy.self_scalar", xTimesLog<AtenLogOp>},
    {"aten::sub.Tensor", addScaled<AtenSubTensorOp>},
    {"aten::xlogy.Scalar_Other", xTimesLog<AtenLogOp>},
    {"aten::xlogy.Scalar_Self", xTimesLog<AtenLogOp>},
    {"aten::xlogy.Tensor", xTimesLog<AtenLogOp>},
    {"aten::zero", fillAll},
};

void populatePointwiseDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
}

} // namespace minitorch::mt
