//===- ScalarMath.cpp - Scalar formulas in arith and math -------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/ScalarMath.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"
#include <limits>

using namespace mlir;
using namespace minitorch;

Type minitorch::getStorageType(Type dtype) {
  if (auto type = dyn_cast<IntegerType>(dtype); type && !type.isSignless())
    return IntegerType::get(dtype.getContext(), type.getWidth());
  return dtype;
}

bool minitorch::isUnsignedDtype(Type dtype) {
  return dtype.isUnsignedInteger() || dtype.isInteger(1);
}

Type minitorch::getComputeDtype(Type dtype) {
  if (dtype.isF16() || dtype.isBF16())
    return Float32Type::get(dtype.getContext());
  if (auto complexType = dyn_cast<ComplexType>(dtype))
    return ComplexType::get(getComputeDtype(complexType.getElementType()));
  return dtype;
}

ScalarMath::ScalarMath(OpBuilder &b, Location loc, Type dtype)
    : b(b), loc(loc), dtype(dtype), type(getStorageType(dtype)) {}

bool ScalarMath::isFloat() const { return isa<FloatType>(type); }
bool ScalarMath::isComplex() const { return isa<ComplexType>(type); }
bool ScalarMath::isBool() const { return type.isInteger(1); }

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

Value ScalarMath::constant(double value) const {
  if (auto complexType = dyn_cast<ComplexType>(type)) {
    Type part = complexType.getElementType();
    return complex::ConstantOp::create(
        b, loc, type,
        b.getArrayAttr({b.getFloatAttr(part, value), b.getFloatAttr(part, 0)}));
  }
  if (isFloat())
    return arith::ConstantOp::create(b, loc, b.getFloatAttr(type, value));
  return constantInt(static_cast<int64_t>(value));
}

Value ScalarMath::constantInt(int64_t value) const {
  if (!isInteger())
    return constant(static_cast<double>(value));
  APInt bits(type.getIntOrFloatBitWidth(), value, /*isSigned=*/true,
             /*implicitTrunc=*/true);
  return arith::ConstantOp::create(b, loc, b.getIntegerAttr(type, bits));
}

Value ScalarMath::lowest() const {
  if (isFloat())
    return constant(-std::numeric_limits<double>::infinity());
  unsigned width = type.getIntOrFloatBitWidth();
  APInt bits =
      isUnsigned() ? APInt::getZero(width) : APInt::getSignedMinValue(width);
  return arith::ConstantOp::create(b, loc, b.getIntegerAttr(type, bits));
}

Value ScalarMath::highest() const {
  if (isFloat())
    return constant(std::numeric_limits<double>::infinity());
  unsigned width = type.getIntOrFloatBitWidth();
  APInt bits = isUnsigned() ? APInt::getMaxValue(width)
                            : APInt::getSignedMaxValue(width);
  return arith::ConstantOp::create(b, loc, b.getIntegerAttr(type, bits));
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

Value ScalarMath::add(Value x, Value y) const {
  if (isComplex())
    return complex::AddOp::create(b, loc, x, y);
  if (isFloat())
    return arith::AddFOp::create(b, loc, x, y);
  if (isBool())
    return arith::OrIOp::create(b, loc, x, y);
  return arith::AddIOp::create(b, loc, x, y);
}

Value ScalarMath::sub(Value x, Value y) const {
  if (isComplex())
    return complex::SubOp::create(b, loc, x, y);
  if (isFloat())
    return arith::SubFOp::create(b, loc, x, y);
  return arith::SubIOp::create(b, loc, x, y);
}

Value ScalarMath::mul(Value x, Value y) const {
  if (isComplex())
    return complex::MulOp::create(b, loc, x, y);
  if (isFloat())
    return arith::MulFOp::create(b, loc, x, y);
  if (isBool())
    return arith::AndIOp::create(b, loc, x, y);
  return arith::MulIOp::create(b, loc, x, y);
}

/// A divisor with which arith's integer divisions are defined: x / 0 and
/// min / -1 are not.
static Value getSafeDivisor(const ScalarMath &m, Value x, Value y) {
  Value one = m.constantInt(1);
  Value bad = m.eq(y, m.constantInt(0));
  if (!m.isUnsigned()) {
    Value overflows = arith::AndIOp::create(m.b, m.loc, m.eq(x, m.lowest()),
                                            m.eq(y, m.constantInt(-1)));
    bad = arith::OrIOp::create(m.b, m.loc, bad, overflows);
  }
  return m.select(bad, one, y);
}

Value ScalarMath::div(Value x, Value y) const {
  if (isComplex())
    return complex::DivOp::create(b, loc, x, y);
  if (isFloat())
    return arith::DivFOp::create(b, loc, x, y);
  Value divisor = getSafeDivisor(*this, x, y);
  if (isUnsigned())
    return arith::DivUIOp::create(b, loc, x, divisor);
  return arith::DivSIOp::create(b, loc, x, divisor);
}

Value ScalarMath::floorDiv(Value x, Value y) const {
  if (isFloat()) {
    // Python's floor division: exact where floor(x / y) would round up.
    Value mod = fmod(x, y);
    Value zero = constant(0), one = constant(1);
    Value quotient = div(sub(x, mod), y);
    Value adjust = arith::AndIOp::create(
        b, loc, ne(mod, zero),
        arith::XOrIOp::create(b, loc, lt(y, zero), lt(mod, zero)));
    quotient = select(adjust, sub(quotient, one), quotient);
    Value floored = floor(quotient);
    floored = select(gt(sub(quotient, floored), constant(0.5)),
                     add(floored, one), floored);
    return select(eq(y, zero), div(x, y), floored);
  }
  Value divisor = getSafeDivisor(*this, x, y);
  if (isUnsigned())
    return arith::DivUIOp::create(b, loc, x, divisor);
  Value quotient = arith::DivSIOp::create(b, loc, x, divisor);
  Value rest = arith::RemSIOp::create(b, loc, x, divisor);
  Value zero = constantInt(0);
  Value adjust = arith::AndIOp::create(
      b, loc, ne(rest, zero),
      arith::XOrIOp::create(b, loc, lt(divisor, zero), lt(rest, zero)));
  return select(adjust, sub(quotient, constantInt(1)), quotient);
}

Value ScalarMath::fmod(Value x, Value y) const {
  if (isFloat())
    return arith::RemFOp::create(b, loc, x, y);
  Value divisor = getSafeDivisor(*this, x, y);
  if (isUnsigned())
    return arith::RemUIOp::create(b, loc, x, divisor);
  return arith::RemSIOp::create(b, loc, x, divisor);
}

Value ScalarMath::remainder(Value x, Value y) const {
  Value rest = fmod(x, y);
  if (isUnsigned())
    return rest;
  Value zero = constantInt(0);
  Value adjust = arith::AndIOp::create(
      b, loc, ne(rest, zero),
      arith::XOrIOp::create(b, loc, lt(y, zero), lt(rest, zero)));
  return select(adjust, add(rest, y), rest);
}

Value ScalarMath::pow(Value x, Value y) const {
  if (isComplex())
    return complex::PowOp::create(b, loc, x, y);
  if (isFloat())
    return math::PowFOp::create(b, loc, x, y);
  return integerPow(x, y);
}

/// Square and multiply. A negative exponent gives the integer part of the exact
/// value: 1 for base 1, +-1 for base -1, else 0.
Value ScalarMath::integerPow(Value x, Value y) const {
  Value zero = constantInt(0), one = constantInt(1);
  auto loop = scf::WhileOp::create(
      b, loc, TypeRange{type, type, type}, ValueRange{one, x, y},
      [&](OpBuilder &nested, Location, ValueRange state) {
        ScalarMath m(nested, loc, dtype);
        Value more = m.ne(state[2], m.constantInt(0));
        if (!isUnsigned())
          more = m.gt(state[2], m.constantInt(0));
        scf::ConditionOp::create(nested, loc, more, state);
      },
      [&](OpBuilder &nested, Location, ValueRange state) {
        ScalarMath m(nested, loc, dtype);
        Value odd =
            m.ne(arith::AndIOp::create(nested, loc, state[2], m.constantInt(1)),
                 m.constantInt(0));
        Value product = m.select(odd, m.mul(state[0], state[1]), state[0]);
        Value square = m.mul(state[1], state[1]);
        // The exponent is positive here, so a logical shift halves it.
        Value half = arith::ShRUIOp::create(
            nested, loc, state[2], isBool() ? state[2] : m.constantInt(1));
        if (isBool())
          half = m.constantInt(0);
        scf::YieldOp::create(nested, loc, ValueRange{product, square, half});
      });
  Value result = loop.getResult(0);
  if (isUnsigned())
    return result;
  Value odd = ne(arith::AndIOp::create(b, loc, y, one), zero);
  Value minusOne = constantInt(-1);
  Value inverse =
      select(eq(x, one), one,
             select(eq(x, minusOne), select(odd, minusOne, one), zero));
  return select(lt(y, zero), inverse, result);
}

/// Euclid's algorithm.
Value ScalarMath::gcd(Value x, Value y) const {
  auto loop = scf::WhileOp::create(
      b, loc, TypeRange{type, type}, ValueRange{abs(x), abs(y)},
      [&](OpBuilder &nested, Location, ValueRange state) {
        ScalarMath m(nested, loc, dtype);
        scf::ConditionOp::create(nested, loc, m.isNonzero(state[1]), state);
      },
      [&](OpBuilder &nested, Location, ValueRange state) {
        Value rest = arith::RemUIOp::create(nested, loc, state[0], state[1]);
        scf::YieldOp::create(nested, loc, ValueRange{state[1], rest});
      });
  return loop.getResult(0);
}

Value ScalarMath::neg(Value x) const {
  if (isComplex())
    return complex::NegOp::create(b, loc, x);
  if (isFloat())
    return arith::NegFOp::create(b, loc, x);
  return sub(constantInt(0), x);
}

Value ScalarMath::abs(Value x) const {
  if (isFloat())
    return math::AbsFOp::create(b, loc, x);
  if (isUnsigned())
    return x;
  return math::AbsIOp::create(b, loc, x);
}

Value ScalarMath::max(Value x, Value y) const {
  if (isFloat())
    return arith::MaximumFOp::create(b, loc, x, y);
  if (isUnsigned())
    return arith::MaxUIOp::create(b, loc, x, y);
  return arith::MaxSIOp::create(b, loc, x, y);
}

Value ScalarMath::min(Value x, Value y) const {
  if (isFloat())
    return arith::MinimumFOp::create(b, loc, x, y);
  if (isUnsigned())
    return arith::MinUIOp::create(b, loc, x, y);
  return arith::MinSIOp::create(b, loc, x, y);
}

//===----------------------------------------------------------------------===//
// Comparisons
//===----------------------------------------------------------------------===//

Value ScalarMath::compare(Value x, Value y, arith::CmpFPredicate f,
                          arith::CmpIPredicate s,
                          arith::CmpIPredicate u) const {
  if (isFloat())
    return arith::CmpFOp::create(b, loc, f, x, y);
  return arith::CmpIOp::create(b, loc, isUnsigned() ? u : s, x, y);
}

Value ScalarMath::eq(Value x, Value y) const {
  if (isComplex())
    return complex::EqualOp::create(b, loc, x, y);
  return compare(x, y, arith::CmpFPredicate::OEQ, arith::CmpIPredicate::eq,
                 arith::CmpIPredicate::eq);
}

Value ScalarMath::ne(Value x, Value y) const {
  if (isComplex())
    return complex::NotEqualOp::create(b, loc, x, y);
  return compare(x, y, arith::CmpFPredicate::UNE, arith::CmpIPredicate::ne,
                 arith::CmpIPredicate::ne);
}

Value ScalarMath::lt(Value x, Value y) const {
  return compare(x, y, arith::CmpFPredicate::OLT, arith::CmpIPredicate::slt,
                 arith::CmpIPredicate::ult);
}

Value ScalarMath::le(Value x, Value y) const {
  return compare(x, y, arith::CmpFPredicate::OLE, arith::CmpIPredicate::sle,
                 arith::CmpIPredicate::ule);
}

Value ScalarMath::isNan(Value x) const {
  if (isComplex())
    return arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNO, re(x),
                                 im(x));
  if (isFloat())
    return arith::CmpFOp::create(b, loc, arith::CmpFPredicate::UNO, x, x);
  return arith::ConstantIntOp::create(b, loc, 0, 1);
}

Value ScalarMath::isInf(Value x) const {
  if (isComplex()) {
    ScalarMath part = getPart();
    return arith::OrIOp::create(b, loc, part.isInf(re(x)), part.isInf(im(x)));
  }
  if (isFloat())
    return eq(abs(x), constant(std::numeric_limits<double>::infinity()));
  return arith::ConstantIntOp::create(b, loc, 0, 1);
}

Value ScalarMath::isNonzero(Value x) const {
  return isBool() ? x : ne(x, constantInt(0));
}

Value ScalarMath::select(Value c, Value x, Value y) const {
  return arith::SelectOp::create(b, loc, c, x, y);
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

Value ScalarMath::exp(Value x) const {
  if (isComplex())
    return complex::ExpOp::create(b, loc, x);
  return math::ExpOp::create(b, loc, x);
}
Value ScalarMath::log(Value x) const {
  if (isComplex())
    return complex::LogOp::create(b, loc, x);
  return math::LogOp::create(b, loc, x);
}
Value ScalarMath::sqrt(Value x) const {
  if (isComplex())
    return complex::SqrtOp::create(b, loc, x);
  return math::SqrtOp::create(b, loc, x);
}
Value ScalarMath::tanh(Value x) const {
  if (isComplex())
    return complex::TanhOp::create(b, loc, x);
  return math::TanhOp::create(b, loc, x);
}
Value ScalarMath::floor(Value x) const {
  return isFloat() ? Value(math::FloorOp::create(b, loc, x)) : x;
}
Value ScalarMath::trunc(Value x) const {
  return isFloat() ? Value(math::TruncOp::create(b, loc, x)) : x;
}
Value ScalarMath::sigmoid(Value x) const {
  Value one = constant(1);
  return div(one, add(one, exp(neg(x))));
}

ScalarMath ScalarMath::getPart() const {
  return ScalarMath(b, loc, mlir::cast<ComplexType>(type).getElementType());
}
Value ScalarMath::re(Value x) const {
  return complex::ReOp::create(b, loc, getPart().type, x);
}
Value ScalarMath::im(Value x) const {
  return complex::ImOp::create(b, loc, getPart().type, x);
}
Value ScalarMath::fromParts(Value re, Value im) const {
  return complex::CreateOp::create(b, loc, type, re, im);
}

//===----------------------------------------------------------------------===//
// Casts
//===----------------------------------------------------------------------===//

Value ScalarMath::cast(Value x, Type from) const {
  return castScalar(b, loc, x, from, dtype);
}

static Value castToInteger(OpBuilder &b, Location loc, Value value, Type from,
                           Type to) {
  Type type = getStorageType(to);
  unsigned width = type.getIntOrFloatBitWidth();
  if (isa<FloatType>(from)) {
    // By way of i64 where the target is narrower, as PyTorch's CPU code wraps
    // out-of-range values instead of leaving them undefined.
    Type wide = width == 64
                    ? type
                    : Type(b.getIntegerType(isUnsignedDtype(to) ? 64 : 32));
    value = arith::FPToSIOp::create(b, loc, wide, value);
    return wide == type ? value
                        : Value(arith::TruncIOp::create(b, loc, type, value));
  }
  unsigned fromWidth = value.getType().getIntOrFloatBitWidth();
  if (width == fromWidth)
    return value;
  if (width < fromWidth)
    return arith::TruncIOp::create(b, loc, type, value);
  if (isUnsignedDtype(from))
    return arith::ExtUIOp::create(b, loc, type, value);
  return arith::ExtSIOp::create(b, loc, type, value);
}

static Value castToFloat(OpBuilder &b, Location loc, Value value, Type from,
                         Type to) {
  if (isa<FloatType>(from)) {
    unsigned width = to.getIntOrFloatBitWidth();
    unsigned fromWidth = from.getIntOrFloatBitWidth();
    if (width > fromWidth)
      return arith::ExtFOp::create(b, loc, to, value);
    if (width == fromWidth)
      // f16 and bf16: neither holds the other.
      value = arith::ExtFOp::create(b, loc, b.getF32Type(), value);
    return arith::TruncFOp::create(b, loc, to, value);
  }
  if (isUnsignedDtype(from))
    return arith::UIToFPOp::create(b, loc, to, value);
  return arith::SIToFPOp::create(b, loc, to, value);
}

Value minitorch::castScalar(OpBuilder &b, Location loc, Value value, Type from,
                            Type to) {
  if (from == to)
    return value;
  if (to.isInteger(1)) {
    ScalarMath m(b, loc, from);
    return m.isNonzero(value);
  }
  auto toComplex = dyn_cast<ComplexType>(to);
  if (auto fromComplex = dyn_cast<ComplexType>(from)) {
    Type part = fromComplex.getElementType();
    Value re = complex::ReOp::create(b, loc, part, value);
    if (!toComplex)
      return castScalar(b, loc, re, part, to);
    Value im = complex::ImOp::create(b, loc, part, value);
    Type toPart = toComplex.getElementType();
    return complex::CreateOp::create(b, loc, to,
                                     castScalar(b, loc, re, part, toPart),
                                     castScalar(b, loc, im, part, toPart));
  }
  if (toComplex) {
    Type part = toComplex.getElementType();
    Value re = castScalar(b, loc, value, from, part);
    Value im = arith::ConstantOp::create(b, loc, b.getFloatAttr(part, 0));
    return complex::CreateOp::create(b, loc, to, re, im);
  }
  if (isa<FloatType>(to))
    return castToFloat(b, loc, value, from, to);
  return castToInteger(b, loc, value, from, to);
}

Value minitorch::castNumber(OpBuilder &b, Location loc, Value value, Type from,
                            Type to) {
  ScalarMath m(b, loc, to);
  APInt integer;
  APFloat number(0.0);
  if (!to.isInteger(1) && matchPattern(value, m_ConstantInt(&integer)))
    return m.constantInt(from.isInteger(1) ? integer.getZExtValue()
                                           : integer.getSExtValue());
  if (!m.isInteger() && matchPattern(value, m_ConstantFloat(&number))) {
    bool losesInfo;
    number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                   &losesInfo);
    return m.constant(number.convertToDouble());
  }
  return m.cast(value, from);
}
