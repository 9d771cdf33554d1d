//===- Elementwise.cpp - Pointwise operators of several tensors -*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "Patterns.h"
#include "Pointwise.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace minitorch;
using namespace minitorch::detail;

//===----------------------------------------------------------------------===//
// The table's driver
//===----------------------------------------------------------------------===//

static Type getCommonDtype(const AtenLowering &l) {
  SmallVector<Value> operands;
  for (Value operand : l.op->getOperands())
    if (isa<RankedTensorType, FloatType, IntegerType, ComplexType>(
            operand.getType()))
      operands.push_back(operand);
  return mt::promoteTypes(operands);
}

LogicalResult
minitorch::detail::replaceByFormula(const AtenLowering &l,
                                    ArrayRef<DtypedValue> operands,
                                    Computes computes, ScalarFormula formula) {
  Type resultDtype = l.getResultDtype();
  Type computeDtype =
      computes == Computes::Result ? resultDtype : getCommonDtype(l);
  if (!computeDtype)
    return l.fail("operands without a common dtype");
  computeDtype = getComputeDtype(computeDtype);
  Type formulaDtype =
      computes == Computes::Result ? computeDtype : Type(l.b.getI1Type());
  return l.replace(createElementwise(l.b, l.loc, operands,
                                     l.getResultType().getRank(), computeDtype,
                                     formulaDtype, resultDtype, formula));
}

/// Raises where an element of an integer divisor is 0: before the division, so
/// that the loop has no checks.
static void checkDivisor(const AtenLowering &l, DtypedValue divisor) {
  if (!isa<IntegerType>(l.getResultDtype()))
    return;
  ScalarMath m(l.b, l.loc, divisor.dtype);
  Value isNonzero;
  if (divisor.isTensor()) {
    ScalarMath boolean(l.b, l.loc, l.b.getI1Type());
    Value all = createReduction(
                    l.b, l.loc, divisor.value,
                    llvm::to_vector(llvm::seq<int64_t>(0, divisor.getRank())),
                    boolean.constantInt(1),
                    [&](OpBuilder &b, Value element, ValueRange accumulators) {
                      ScalarMath inner(b, l.loc, divisor.dtype);
                      return SmallVector<Value>{arith::AndIOp::create(
                          b, l.loc, accumulators[0], inner.isNonzero(element))};
                    })
                    .front();
    isNonzero = tensor::ExtractOp::create(l.b, l.loc, all, ValueRange());
  } else {
    if (matchPattern(divisor.value, m_NonZero()))
      return;
    isNonzero = m.isNonzero(divisor.value);
  }
  l.check(isNonzero, "RuntimeError", "ZeroDivisionError");
}

void minitorch::detail::addPointwiseOperators(
    RewritePatternSet &patterns, const TypeConverter &converter,
    ArrayRef<PointwiseOperator> operators) {
  for (const PointwiseOperator &entry : operators) {
    addAtenLowering(patterns, converter, entry.names,
                    [&entry](const AtenLowering &l) -> LogicalResult {
                      SmallVector<DtypedValue> operands;
                      for (StringRef name : entry.operands) {
                        DtypedValue operand = l.get(name);
                        if (!operand || l.isNone(name))
                          return l.fail("operand '" + name + "' is missing");
                        if (!entry.isComplex && isa<ComplexType>(operand.dtype))
                          return l.fail("no formula for complex numbers");
                        operands.push_back(operand);
                      }
                      if (entry.isDivision)
                        checkDivisor(l, operands.back());
                      return replaceByFormula(l, operands, entry.computes,
                                              entry.formula);
                    });
  }
}

//===----------------------------------------------------------------------===//
// Formulas
//===----------------------------------------------------------------------===//

/// y * alpha, where alpha is mostly the constant 1.
static Value scaled(const ScalarMath &m, Value y, Value alpha) {
  if (matchPattern(alpha, m_One()) || matchPattern(alpha, m_OneFloat()))
    return y;
  return m.mul(alpha, y);
}

static Value logicalXor(const ScalarMath &m, Value x, Value y) {
  return arith::XOrIOp::create(m.b, m.loc, x, y);
}
static Value logicalAnd(const ScalarMath &m, Value x, Value y) {
  return arith::AndIOp::create(m.b, m.loc, x, y);
}
static Value logicalOr(const ScalarMath &m, Value x, Value y) {
  return arith::OrIOp::create(m.b, m.loc, x, y);
}

/// A shift as PyTorch defines it: by more than the width, or by a negative
/// number, everything is shifted out.
static Value shift(const ScalarMath &m, Value x, Value y, bool isLeft) {
  unsigned width = m.type.getIntOrFloatBitWidth();
  Value zero = m.constantInt(0);
  Value tooFar = arith::CmpIOp::create(m.b, m.loc, arith::CmpIPredicate::uge, y,
                                       m.constantInt(width));
  Value amount = m.select(tooFar, m.constantInt(width - 1), y);
  if (isLeft)
    return m.select(tooFar, zero, arith::ShLIOp::create(m.b, m.loc, x, amount));
  if (!m.isUnsigned())
    return arith::ShRSIOp::create(m.b, m.loc, x, amount);
  return m.select(tooFar, zero, arith::ShRUIOp::create(m.b, m.loc, x, amount));
}

/// The operand that is not NaN.
static Value preferNumber(const ScalarMath &m, Value x, Value y, Value chosen) {
  if (!m.isFloat())
    return chosen;
  return m.select(m.isNan(x), y, m.select(m.isNan(y), x, chosen));
}

static Value lerp(const ScalarMath &m, Value start, Value end, Value weight) {
  Value difference = m.sub(end, start);
  Value one = m.constant(1), isSmall;
  if (m.isComplex()) {
    ScalarMath part = m.getPart();
    Value re = m.re(weight), im = m.im(weight);
    isSmall = part.lt(part.add(part.mul(re, re), part.mul(im, im)),
                      part.constant(0.25));
  } else {
    isSmall = m.lt(m.abs(weight), m.constant(0.5));
  }
  return m.select(isSmall, m.add(start, m.mul(weight, difference)),
                  m.sub(end, m.mul(difference, m.sub(one, weight))));
}

static ArrayRef<PointwiseOperator> getOperators() {
  using M = const ScalarMath &;
  using V = ValueRange;
  const Computes result = Computes::Result, predicate = Computes::Predicate;
  static const PointwiseOperator table[] = {
      {{"add.Tensor", "add.Scalar"},
       {"self", "other", "alpha"},
       result,
       [](M m, V x) { return m.add(x[0], scaled(m, x[1], x[2])); },
       true},
      {{"sub.Tensor", "sub.Scalar"},
       {"self", "other", "alpha"},
       result,
       [](M m, V x) { return m.sub(x[0], scaled(m, x[1], x[2])); },
       true},
      {{"rsub.Tensor", "rsub.Scalar"},
       {"self", "other", "alpha"},
       result,
       [](M m, V x) { return m.sub(x[1], scaled(m, x[0], x[2])); },
       true},
      {{"mul.Tensor", "mul.Scalar"},
       {"self", "other"},
       result,
       [](M m, V x) { return m.mul(x[0], x[1]); },
       true},
      {{"div.Tensor", "div.Scalar", "true_divide.Tensor"},
       {"self", "other"},
       result,
       [](M m, V x) { return m.div(x[0], x[1]); },
       true},
      {{"remainder.Tensor", "remainder.Scalar", "remainder.Scalar_Tensor"},
       {"self", "other"},
       result,
       [](M m, V x) { return m.remainder(x[0], x[1]); },
       false,
       true},
      {{"fmod.Tensor", "fmod.Scalar"},
       {"self", "other"},
       result,
       [](M m, V x) { return m.fmod(x[0], x[1]); },
       false,
       true},
      {{"pow.Tensor_Tensor", "pow.Scalar"},
       {"self", "exponent"},
       result,
       [](M m, V x) { return m.pow(x[0], x[1]); }},
      {{"maximum", "max.other"},
       {"self", "other"},
       result,
       [](M m, V x) { return m.max(x[0], x[1]); }},
      {{"minimum", "min.other"},
       {"self", "other"},
       result,
       [](M m, V x) { return m.min(x[0], x[1]); }},
      {{"fmax"},
       {"self", "other"},
       result,
       [](M m, V x) { return preferNumber(m, x[0], x[1], m.max(x[0], x[1])); }},
      {{"fmin"},
       {"self", "other"},
       result,
       [](M m, V x) { return preferNumber(m, x[0], x[1], m.min(x[0], x[1])); }},
      {{"atan2"},
       {"self", "other"},
       result,
       [](M m, V x) -> Value {
         return math::Atan2Op::create(m.b, m.loc, x[0], x[1]);
       }},
      {{"bitwise_and.Tensor", "bitwise_and.Scalar", "__and__.Tensor",
        "__and__.Scalar", "bitwise_and.Scalar_Tensor"},
       {"self", "other"},
       result,
       [](M m, V x) { return logicalAnd(m, x[0], x[1]); }},
      {{"bitwise_or.Tensor", "bitwise_or.Scalar", "__or__.Tensor",
        "__or__.Scalar", "bitwise_or.Scalar_Tensor"},
       {"self", "other"},
       result,
       [](M m, V x) { return logicalOr(m, x[0], x[1]); }},
      {{"bitwise_xor.Tensor", "bitwise_xor.Scalar", "__xor__.Tensor",
        "__xor__.Scalar", "bitwise_xor.Scalar_Tensor"},
       {"self", "other"},
       result,
       [](M m, V x) { return logicalXor(m, x[0], x[1]); }},
      {{"bitwise_left_shift.Tensor", "bitwise_left_shift.Tensor_Scalar",
        "bitwise_left_shift.Scalar_Tensor", "__lshift__.Tensor",
        "__lshift__.Scalar"},
       {"self", "other"},
       result,
       [](M m, V x) { return shift(m, x[0], x[1], /*isLeft=*/true); }},
      {{"bitwise_right_shift.Tensor", "bitwise_right_shift.Tensor_Scalar",
        "bitwise_right_shift.Scalar_Tensor", "__rshift__.Tensor",
        "__rshift__.Scalar"},
       {"self", "other"},
       result,
       [](M m, V x) { return shift(m, x[0], x[1], /*isLeft=*/false); }},
      {{"gcd"},
       {"self", "other"},
       result,
       [](M m, V x) { return m.gcd(x[0], x[1]); }},
      {{"lcm"},
       {"self", "other"},
       result,
       [](M m, V x) {
         // |x / gcd * y|; the gcd is 0 where both are.
         Value divisor = m.gcd(x[0], x[1]);
         return m.abs(m.mul(m.div(x[0], divisor), x[1]));
       }},
      {{"eq.Tensor", "eq.Scalar"},
       {"self", "other"},
       predicate,
       [](M m, V x) { return m.eq(x[0], x[1]); },
       true},
      {{"ne.Tensor", "ne.Scalar"},
       {"self", "other"},
       predicate,
       [](M m, V x) { return m.ne(x[0], x[1]); },
       true},
      {{"lt.Tensor", "lt.Scalar"},
       {"self", "other"},
       predicate,
       [](M m, V x) { return m.lt(x[0], x[1]); }},
      {{"le.Tensor", "le.Scalar"},
       {"self", "other"},
       predicate,
       [](M m, V x) { return m.le(x[0], x[1]); }},
      {{"gt.Tensor", "gt.Scalar"},
       {"self", "other"},
       predicate,
       [](M m, V x) { return m.gt(x[0], x[1]); }},
      {{"ge.Tensor", "ge.Scalar"},
       {"self", "other"},
       predicate,
       [](M m, V x) { return m.ge(x[0], x[1]); }},
      {{"logical_and"},
       {"self", "other"},
       predicate,
       [](M m, V x) {
         return logicalAnd(m, m.isNonzero(x[0]), m.isNonzero(x[1]));
       },
       true},
      {{"logical_or"},
       {"self", "other"},
       predicate,
       [](M m, V x) {
         return logicalOr(m, m.isNonzero(x[0]), m.isNonzero(x[1]));
       },
       true},
      {{"logical_xor"},
       {"self", "other"},
       predicate,
       [](M m, V x) {
         return logicalXor(m, m.isNonzero(x[0]), m.isNonzero(x[1]));
       },
       true},
      {{"addcmul"},
       {"self", "tensor1", "tensor2", "value"},
       result,
       [](M m, V x) { return m.add(x[0], m.mul(scaled(m, x[1], x[3]), x[2])); },
       true},
      {{"addcdiv"},
       {"self", "tensor1", "tensor2", "value"},
       result,
       [](M m, V x) { return m.add(x[0], m.div(scaled(m, x[1], x[3]), x[2])); },
       true},
      {{"lerp.Scalar", "lerp.Tensor"},
       {"self", "end", "weight"},
       result,
       [](M m, V x) { return lerp(m, x[0], x[1], x[2]); },
       true},
      // NaN goes through: a bound or an element that is NaN gives NaN.
      {{"clamp_min"},
       {"self", "min"},
       result,
       [](M m, V x) { return m.max(x[0], x[1]); }},
      {{"clamp_max"},
       {"self", "max"},
       result,
       [](M m, V x) { return m.min(x[0], x[1]); }},
      // The source is read, the destination gives its shape and dtype.
      {{"copy"}, {"self", "src"}, result, [](M, V x) { return x[1]; }, true},
  };
  return table;
}

//===----------------------------------------------------------------------===//
// Operators with attributes
//===----------------------------------------------------------------------===//

/// min(max(self, min), max), where either bound may be None.
static LogicalResult lowerClamp(const AtenLowering &l) {
  SmallVector<DtypedValue> operands = {l.get("self")};
  bool hasMin = !l.isNone("min"), hasMax = !l.isNone("max");
  if (hasMin)
    operands.push_back(l.get("min"));
  if (hasMax)
    operands.push_back(l.get("max"));
  return replaceByFormula(l, operands, Computes::Result,
                          [&](const ScalarMath &m, ValueRange x) {
                            Value value = x[0];
                            if (hasMin)
                              value = m.max(value, x[1]);
                            return hasMax ? m.min(value, x.back()) : value;
                          });
}

/// Computed in the result's dtype itself, half precision included, as PyTorch
/// does: a quotient that rounds up to a whole number is that number.
static LogicalResult lowerRoundedDivision(const AtenLowering &l,
                                          std::optional<StringRef> mode) {
  SmallVector<DtypedValue> operands = {l.get("self"), l.get("other")};
  Type dtype = l.getResultDtype();
  for (const DtypedValue &operand : operands)
    if (isa<ComplexType>(operand.dtype) && mode)
      return l.fail("complex numbers have no order");
  if (mode)
    checkDivisor(l, operands.back());
  return l.replace(createElementwise(
      l.b, l.loc, operands, l.getResultType().getRank(), dtype, dtype, dtype,
      [&](const ScalarMath &m, ValueRange x) {
        if (!mode)
          return m.div(x[0], x[1]);
        if (*mode == "floor")
          return m.floorDiv(x[0], x[1]);
        return m.trunc(m.div(x[0], x[1]));
      }));
}

static LogicalResult lowerDivMode(const AtenLowering &l) {
  std::optional<StringRef> mode = l.getStr("rounding_mode");
  if (!mode && !l.isNone("rounding_mode"))
    return l.fail("'rounding_mode' is not a constant");
  return lowerRoundedDivision(l, mode);
}

static LogicalResult lowerFloorDivide(const AtenLowering &l) {
  return lowerRoundedDivision(l, StringRef("floor"));
}

/// self ** exponent. The exponents that PyTorch computes without pow, too.
static LogicalResult lowerPowScalar(const AtenLowering &l) {
  DtypedValue self = l.get("self"), exponent = l.get("exponent");
  if (isa<ComplexType>(l.getResultDtype()))
    return l.b.notifyMatchFailure(l.op, "it is complex");
  std::optional<double> constant = l.getFloat("exponent");
  return replaceByFormula(l, {self, exponent}, Computes::Result,
                          [&](const ScalarMath &m, ValueRange operands) {
                            Value x = operands[0], one = m.constant(1);
                            if (constant && *constant == 2)
                              return m.mul(x, x);
                            if (constant && *constant == 3)
                              return m.mul(m.mul(x, x), x);
                            if (constant && *constant == 1)
                              return x;
                            if (constant && m.isFloat()) {
                              if (*constant == 0.5)
                                return m.sqrt(x);
                              if (*constant == -0.5)
                                return m.div(one, m.sqrt(x));
                              if (*constant == -1)
                                return m.div(one, x);
                              if (*constant == -2)
                                return m.div(one, m.mul(x, x));
                            }
                            return m.pow(x, operands[1]);
                          });
}

/// condition ? self : other; the condition keeps its own dtype.
static LogicalResult lowerSelect(const AtenLowering &l, DtypedValue condition,
                                 DtypedValue onTrue, DtypedValue onFalse) {
  Type dtype = l.getResultDtype();
  for (DtypedValue *choice : {&onTrue, &onFalse})
    if (!choice->isTensor())
      *choice = {castNumber(l.b, l.loc, choice->value, choice->dtype, dtype),
                 dtype};
  return l.replace(createElementwise(
      l.b, l.loc, {condition, onTrue, onFalse}, l.getResultType().getRank(),
      /*computeDtype=*/Type(), dtype, dtype,
      [&](const ScalarMath &m, ValueRange x) {
        Value bit =
            castScalar(m.b, m.loc, x[0], condition.dtype, m.b.getI1Type());
        return m.select(bit, m.cast(x[1], onTrue.dtype),
                        m.cast(x[2], onFalse.dtype));
      }));
}

static LogicalResult lowerWhere(const AtenLowering &l) {
  return lowerSelect(l, l.get("condition"), l.get("self"), l.get("other"));
}

static LogicalResult lowerMaskedFill(const AtenLowering &l) {
  return lowerSelect(l, l.get("mask"), l.get("value"), l.get("self"));
}

//===----------------------------------------------------------------------===//
// Casts and identities
//===----------------------------------------------------------------------===//

/// The first operand in the result's dtype.
static LogicalResult lowerCast(const AtenLowering &l) {
  return l.replace(castElements(l.b, l.loc, l.get(0u), l.getResultDtype()));
}

/// Dropout without training.
static LogicalResult lowerDropout(const AtenLowering &l) {
  if (l.getBool("train") != false)
    return l.fail("dropout draws random numbers while training");
  return l.replace(l.get(0u).value);
}

void minitorch::detail::populateElementwisePatterns(
    const TypeConverter &converter, RewritePatternSet &patterns) {
  addPointwiseOperators(patterns, converter, getOperators());
  addAtenLowering(patterns, converter, {"clamp", "clamp.Tensor"}, lowerClamp);
  addAtenLowering(patterns, converter, {"div.Tensor_mode", "div.Scalar_mode"},
                  lowerDivMode);
  addAtenLowering(patterns, converter, {"floor_divide", "floor_divide.Scalar"},
                  lowerFloorDivide);
  addAtenLowering(patterns, converter, {"pow.Tensor_Scalar"}, lowerPowScalar);
  addAtenLowering(
      patterns, converter,
      {"where.self", "where.ScalarSelf", "where.ScalarOther", "where.Scalar"},
      lowerWhere);
  addAtenLowering(patterns, converter,
                  {"masked_fill.Scalar", "masked_fill.Tensor"},
                  lowerMaskedFill);
  addAtenLowering(patterns, converter,
                  {"to.dtype", "to.dtype_layout", "to.device", "to.other",
                   "to.prim_Device", "to.prim_dtype", "type_as", "_to_copy",
                   "clone", "contiguous", "detach", "alias"},
                  lowerCast);
  addAtenLowering(patterns, converter,
                  {"dropout", "feature_dropout", "alpha_dropout"},
                  lowerDropout);
}
