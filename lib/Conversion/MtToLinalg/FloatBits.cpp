//===- FloatBits.cpp - Functions of a float's bits --------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "Pointwise.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace minitorch;
using namespace minitorch::detail;

namespace {
/// A float as an integer of its width.
struct FloatBits {
  FloatBits(const ScalarMath &m)
      : type(cast<FloatType>(m.type)), width(type.getWidth()),
        fraction(type.getFPMantissaWidth() - 1),
        bias((1 << (width - fraction - 2)) - 1),
        integer(m.b, m.loc, m.b.getIntegerType(width)) {}

  Value of(Value x) const {
    return arith::BitcastOp::create(integer.b, integer.loc, integer.type, x);
  }
  Value toFloat(Value bits) const {
    return arith::BitcastOp::create(integer.b, integer.loc, type, bits);
  }
  Value bitAnd(Value x, Value y) const {
    return arith::AndIOp::create(integer.b, integer.loc, x, y);
  }
  Value constant(int64_t value) const { return integer.constantInt(value); }

  FloatType type;
  int64_t width, fraction, bias;
  ScalarMath integer;
};
} // namespace

/// The sign bit, of zeros and NaNs too.
static Value getSignBit(const ScalarMath &m, ValueRange x) {
  if (!m.isFloat())
    return m.lt(x[0], m.constantInt(0));
  FloatBits bits(m);
  return bits.integer.lt(bits.of(x[0]), bits.constant(0));
}

/// The number after x towards y: the order of floats is, on either side of
/// zero, that of their bits.
static Value getNeighbour(const ScalarMath &m, ValueRange in) {
  FloatBits bits(m);
  Value x = in[0], y = in[1], zero = m.constant(0);
  Value isAway = arith::XOrIOp::create(m.b, m.loc, m.lt(x, y), m.lt(x, zero));
  Value step = m.select(isAway, bits.constant(1), bits.constant(-1));
  Value next = bits.toFloat(bits.integer.add(bits.of(x), step));
  Value least =
      math::CopySignOp::create(m.b, m.loc, bits.toFloat(bits.constant(1)), y);
  next = m.select(m.eq(x, zero), least, next);
  next = m.select(m.eq(x, y), y, next);
  return m.select(m.isNan(y), y, m.select(m.isNan(x), x, next));
}

static LogicalResult lowerNextafter(const AtenLowering &l) {
  Type dtype = l.getResultDtype();
  if (!isa<FloatType>(dtype))
    return l.fail("the operands are not floats");
  // In the dtype itself: its neighbours are not those of f32.
  return l.replace(createElementwise(
      l.b, l.loc, {l.get("self"), l.get("other")}, l.getResultType().getRank(),
      dtype, dtype, dtype, getNeighbour));
}

/// x = mantissa * 2^exponent with 0.5 <= |mantissa| < 1. Zero, infinity and NaN
/// are their own mantissas, with exponent 0.
static LogicalResult lowerFrexp(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  if (!isa<FloatType>(self.dtype))
    return l.fail("the operand is not of floats");
  auto split = [](const ScalarMath &m, Value x, bool wantsMantissa) -> Value {
    FloatBits bits(m);
    const ScalarMath &i = bits.integer;
    // Subnormals are scaled to where they have all their digits.
    Value least = bits.toFloat(bits.constant(int64_t(1) << bits.fraction));
    Value isSmall = m.lt(m.abs(x), least);
    int64_t shift = bits.fraction + 2;
    Value scaled =
        m.select(isSmall, m.mul(x, m.constant(double(int64_t(1) << shift))), x);
    Value word = bits.of(scaled);
    Value mask =
        bits.constant((int64_t(1) << (bits.width - bits.fraction - 1)) - 1);
    Value field = bits.bitAnd(
        arith::ShRUIOp::create(m.b, m.loc, word, bits.constant(bits.fraction)),
        mask);
    // Of zero the field is 0, of infinity and NaN all ones.
    Value isSpecial = arith::OrIOp::create(m.b, m.loc, m.eq(x, m.constant(0)),
                                           i.eq(field, mask));
    if (wantsMantissa) {
      Value kept = bits.bitAnd(
          word, arith::XOrIOp::create(
                    m.b, m.loc,
                    arith::ShLIOp::create(m.b, m.loc, mask,
                                          bits.constant(bits.fraction)),
                    bits.constant(-1)));
      Value half = bits.constant((bits.bias - 1) << bits.fraction);
      Value mantissa =
          bits.toFloat(arith::OrIOp::create(m.b, m.loc, kept, half));
      return m.select(isSpecial, x, mantissa);
    }
    Value exponent = i.sub(field, bits.constant(bits.bias - 1));
    exponent =
        m.select(isSmall, i.sub(exponent, bits.constant(shift)), exponent);
    return m.select(isSpecial, bits.constant(0), exponent);
  };
  Type computeDtype = getComputeDtype(self.dtype);
  Type integer = l.b.getIntegerType(computeDtype.getIntOrFloatBitWidth());
  SmallVector<Value> results;
  for (bool wantsMantissa : {true, false})
    results.push_back(createElementwise(l.b, l.loc, self, self.getRank(),
                                        computeDtype,
                                        wantsMantissa ? computeDtype : integer,
                                        l.getResultDtype(wantsMantissa ? 0 : 1),
                                        [&](const ScalarMath &m, ValueRange x) {
                                          return split(m, x[0], wantsMantissa);
                                        }));
  return l.replace(results);
}

static ArrayRef<PointwiseOperator> getOperators() {
  static const PointwiseOperator table[] = {
      {{"signbit"}, {"self"}, Computes::Predicate, getSignBit},
      {{"copysign.Tensor", "copysign.Scalar"},
       {"self", "other"},
       Computes::Result,
       [](const ScalarMath &m, ValueRange x) -> Value {
         return math::CopySignOp::create(m.b, m.loc, x[0], x[1]);
       }},
  };
  return table;
}

void minitorch::detail::populateFloatBitsPatterns(
    const TypeConverter &converter, RewritePatternSet &patterns) {
  addPointwiseOperators(patterns, converter, getOperators());
  addAtenLowering(patterns, converter, {"nextafter"}, lowerNextafter);
  addAtenLowering(patterns, converter, {"frexp.Tensor"}, lowerFrexp);
}
