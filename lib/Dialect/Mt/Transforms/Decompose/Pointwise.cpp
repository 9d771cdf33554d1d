//===- Pointwise.cpp - Pointwise functions by simpler ones ------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"
#include <cmath>
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

static bool isReal(Value x) {
  return getDtype(x) && !isa<ComplexType>(getDtype(x));
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

/// xlogy(x, y) = x * log(y), 0 where x is 0 and y is not NaN
template <typename LogOp>
static FormulaResult xTimesLog(TensorBuilder &b, ValueRange in) {
  if (!isReal(in[0]) || !isReal(in[1]))
    return std::nullopt;
  Value product = b.mul(in[0], b.create<LogOp>({in[1]}));
  Value isZero = b.create<AtenEqScalarOp>({in[0], b.constant(0.0)});
  Value isNumber = b.create<AtenLogicalNotOp>({b.create<AtenIsnanOp>({in[1]})});
  return {
      {fill(b, product, b.create<AtenLogicalAndOp>({isZero, isNumber}), 0.0)}};
}

/// hypot(x, y) = m * sqrt((x / m)^2 + (y / m)^2), m the larger of |x| and |y|
static FormulaResult hypot(TensorBuilder &b, ValueRange in) {
  if (!isa_and_present<FloatType>(getDtype(in[0])) ||
      !isa_and_present<FloatType>(getDtype(in[1])))
    return std::nullopt;
  Value x = b.create<AtenAbsOp>({in[0]}), y = b.create<AtenAbsOp>({in[1]});
  Value large = b.create<AtenMaximumOp>({x, y});
  Value small = b.create<AtenMinimumOp>({x, y});
  Value ratio = b.div(small, large);
  Value root =
      b.create<AtenSqrtOp>({b.addScalar(b.mul(ratio, ratio), b.constant(1.0))});
  Value isZero = b.create<AtenEqScalarOp>({large, b.constant(0.0)});
  Value result = fill(b, b.mul(large, root), isZero, 0.0);
  Value isInfinite = b.create<AtenIsinfOp>({large});
  return {{where(b, isInfinite, large, result)}};
}

/// sinc(x) = sin(pi x) / (pi x), 1 at 0
static FormulaResult sinc(TensorBuilder &b, ValueRange in) {
  if (!isReal(in[0]))
    return std::nullopt;
  Value angle =
      b.mulScalar(toFloat(b, in[0]), b.constant(double(std::numbers::pi)));
  Value isZero = b.create<AtenEqScalarOp>({angle, b.constant(0.0)});
  return {{fill(b, b.div(b.create<AtenSinOp>({angle}), angle), isZero, 1.0)}};
}

/// logaddexp(x, y) = m + log1p(exp(-|x - y|)), m the larger; equal infinities
/// give themselves. With base two the difference is scaled by log(2).
template <bool isBaseTwo>
static FormulaResult logAddExp(TensorBuilder &b, ValueRange in) {
  if (!isa_and_present<FloatType>(getDtype(in[0])) ||
      !isa_and_present<FloatType>(getDtype(in[1])))
    return std::nullopt;
  Value large = b.create<AtenMaximumOp>({in[0], in[1]});
  Value distance = b.create<AtenAbsOp>({b.sub(in[0], in[1])});
  double base = std::log(2.0);
  Value tail = b.create<AtenLog1pOp>({b.create<AtenExpOp>(
      {b.mulScalar(distance, b.constant(isBaseTwo ? -base : -1.0))})});
  if (isBaseTwo)
    tail = b.divScalar(tail, b.constant(base));
  Value isSame = b.create<AtenEqTensorOp>({in[0], in[1]});
  Value isInfinite =
      b.create<AtenLogicalAndOp>({isSame, b.create<AtenIsinfOp>({large})});
  return {{where(b, isInfinite, large, b.add(large, tail))}};
}

/// frac(x) = x - trunc(x)
static FormulaResult frac(TensorBuilder &b, ValueRange in) {
  return {{b.sub(in[0], b.create<AtenTruncOp>({in[0]}))}};
}

/// ldexp(x, n) = x * 2^n
static FormulaResult ldexp(TensorBuilder &b, ValueRange in) {
  if (!isReal(in[0]) || !isReal(in[1]))
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
  if (!isReal(in[0]) || !isReal(in[1]) || !equalNan)
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
  Value value = in.size() > 1 ? in[1] : b.constant(int64_t(0));
  return {{b.full(b.sizes(in[0]), value, getDtype(in[0]))}};
}

/// float_power: pow in float64
static FormulaResult floatPowerScalar(TensorBuilder &b, ValueRange in) {
  if (!isReal(in[0]))
    return std::nullopt;
  Value x = b.toDtype(in[0], b.getRewriter().getF64Type());
  return {{b.create<AtenPowTensorScalarOp>({x, in[1]})}};
}
static FormulaResult floatPower(TensorBuilder &b, ValueRange in) {
  if (!isReal(in[0]) || !isReal(in[1]))
    return std::nullopt;
  Type f64 = b.getRewriter().getF64Type();
  return {{b.create<AtenPowTensorTensorOp>(
      {b.toDtype(in[0], f64), b.toDtype(in[1], f64)})}};
}

static constexpr NamedFormula formulas[] = {
    {"aten::deg2rad", multiplied<degree>},
    {"aten::fill.Scalar", fillAll},
    {"aten::float_power.Tensor_Scalar", floatPowerScalar},
    {"aten::float_power.Tensor_Tensor", floatPower},
    {"aten::frac", frac},
    {"aten::heaviside", heaviside},
    {"aten::hypot", hypot},
    {"aten::isclose", isClose},
    {"aten::isneginf", isSignedInf<AtenLtScalarOp>},
    {"aten::isposinf", isSignedInf<AtenGtScalarOp>},
    {"aten::ldexp.Tensor", ldexp},
    {"aten::logaddexp", logAddExp<false>},
    {"aten::logaddexp2", logAddExp<true>},
    {"aten::logit", logit},
    {"aten::rad2deg", multiplied<radian>},
    {"aten::sinc", sinc},
    {"aten::special_logit", logit},
    {"aten::special_sinc", sinc},
    {"aten::special_xlog1py", xTimesLog<AtenLog1pOp>},
    {"aten::special_xlogy", xTimesLog<AtenLogOp>},
    {"aten::xlogy.Tensor", xTimesLog<AtenLogOp>},
    {"aten::zero", fillAll},
};

void populatePointwiseDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
}

} // namespace minitorch::mt
