//===- Activation.cpp - Pointwise functions of one tensor -------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Patterns.h"
#include "Pointwise.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace minitorch;
using namespace minitorch::detail;

/// The formula that is one operation of the math dialect.
template <typename MathOp>
static Value function(const ScalarMath &m, ValueRange x) {
  return MathOp::create(m.b, m.loc, x[0]);
}

static Value clampBetween(const ScalarMath &m, Value x, double low,
                          double high) {
  return m.min(m.max(x, m.constant(low)), m.constant(high));
}

/// log(1 + exp(x))
static Value softplus(const ScalarMath &m, Value x) {
  return math::Log1pOp::create(m.b, m.loc, m.exp(x));
}

static Value scaleNegative(const ScalarMath &m, Value x, Value positive,
                           Value negative) {
  return m.select(m.gt(x, m.constant(0)), positive, negative);
}

static Value expm1(const ScalarMath &m, Value x) {
  return math::ExpM1Op::create(m.b, m.loc, x);
}

/// |x| < inf is false for NaN too.
static Value isFinite(const ScalarMath &m, ValueRange x) {
  if (m.isComplex()) {
    ScalarMath part = m.getPart();
    return arith::AndIOp::create(m.b, m.loc, isFinite(part, m.re(x[0])),
                                 isFinite(part, m.im(x[0])));
  }
  if (!m.isFloat())
    return arith::ConstantIntOp::create(m.b, m.loc, 1, 1);
  return m.lt(m.abs(x[0]), m.constant(std::numeric_limits<double>::infinity()));
}

// Definitions: https://docs.pytorch.org/docs/stable/nn.functional.html and
// torch.html, operator by operator.
static ArrayRef<PointwiseOperator> getFunctions() {
  using M = const ScalarMath &;
  using V = ValueRange;
  const Computes result = Computes::Result, predicate = Computes::Predicate;
  static const PointwiseOperator table[] = {
      {{"exp"}, {"self"}, result, [](M m, V x) { return m.exp(x[0]); }},
      {{"exp2"}, {"self"}, result, function<math::Exp2Op>},
      {{"expm1"}, {"self"}, result, function<math::ExpM1Op>},
      {{"log"}, {"self"}, result, [](M m, V x) { return m.log(x[0]); }},
      {{"log1p"}, {"self"}, result, function<math::Log1pOp>},
      {{"log2"}, {"self"}, result, function<math::Log2Op>},
      {{"log10"}, {"self"}, result, function<math::Log10Op>},
      {{"sqrt"}, {"self"}, result, [](M m, V x) { return m.sqrt(x[0]); }},
      {{"rsqrt"},
       {"self"},
       result,
       [](M m, V x) { return m.div(m.constant(1), m.sqrt(x[0])); }},
      {{"sin"}, {"self"}, result, function<math::SinOp>},
      {{"cos"}, {"self"}, result, function<math::CosOp>},
      {{"tan"}, {"self"}, result, function<math::TanOp>},
      {{"asin"}, {"self"}, result, function<math::AsinOp>},
      {{"acos"}, {"self"}, result, function<math::AcosOp>},
      {{"atan"}, {"self"}, result, function<math::AtanOp>},
      {{"sinh"}, {"self"}, result, function<math::SinhOp>},
      {{"cosh"}, {"self"}, result, function<math::CoshOp>},
      {{"tanh"}, {"self"}, result, [](M m, V x) { return m.tanh(x[0]); }},
      {{"asinh"}, {"self"}, result, function<math::AsinhOp>},
      {{"acosh"}, {"self"}, result, function<math::AcoshOp>},
      {{"atanh"}, {"self"}, result, function<math::AtanhOp>},
      {{"erf"}, {"self"}, result, function<math::ErfOp>},
      {{"erfc"}, {"self"}, result, function<math::ErfcOp>},
      {{"sigmoid"}, {"self"}, result, [](M m, V x) { return m.sigmoid(x[0]); }},
      {{"reciprocal"},
       {"self"},
       result,
       [](M m, V x) { return m.div(m.constant(1), x[0]); },
       true},
      // min(x, 0) - log(1 + exp(-|x|))
      {{"log_sigmoid"},
       {"self"},
       result,
       [](M m, V x) {
         return m.sub(m.min(x[0], m.constant(0)),
                      softplus(m, m.neg(m.abs(x[0]))));
       }},
      {{"neg"}, {"self"}, result, [](M m, V x) { return m.neg(x[0]); }, true},
      {{"positive"}, {"self"}, result, [](M, V x) { return x[0]; }, true},
      {{"square"},
       {"self"},
       result,
       [](M m, V x) { return m.mul(x[0], x[0]); },
       true},
      {{"floor"}, {"self"}, result, [](M m, V x) { return m.floor(x[0]); }},
      {{"ceil"},
       {"self"},
       result,
       [](M m, V x) -> Value {
         return m.isFloat() ? math::CeilOp::create(m.b, m.loc, x[0]).getResult()
                            : x[0];
       }},
      {{"round"},
       {"self"},
       result,
       [](M m, V x) -> Value {
         return m.isFloat()
                    ? math::RoundEvenOp::create(m.b, m.loc, x[0]).getResult()
                    : x[0];
       }},
      {{"trunc"}, {"self"}, result, [](M m, V x) { return m.trunc(x[0]); }},
      // (x > 0) - (x < 0)
      {{"sign", "sgn"},
       {"self"},
       result,
       [](M m, V x) {
         Value zero = m.constantInt(0);
         if (m.isUnsigned())
           return m.cast(m.ne(x[0], zero), m.b.getI1Type());
         return m.sub(m.cast(m.gt(x[0], zero), m.b.getI1Type()),
                      m.cast(m.lt(x[0], zero), m.b.getI1Type()));
       }},
      // -x log(x), 0 at 0
      {{"special_entr"},
       {"self"},
       result,
       [](M m, V x) {
         Value zero = m.constant(0);
         Value value = m.neg(m.mul(x[0], m.log(x[0])));
         value = m.select(m.eq(x[0], zero), zero, value);
         return m.select(m.lt(x[0], zero), m.lowest(), value);
       }},
      {{"bitwise_not"},
       {"self"},
       result,
       [](M m, V x) -> Value {
         return arith::XOrIOp::create(m.b, m.loc, x[0], m.constantInt(-1));
       }},
      {{"relu"},
       {"self"},
       result,
       [](M m, V x) { return m.max(x[0], m.constantInt(0)); }},
      {{"relu6"},
       {"self"},
       result,
       [](M m, V x) { return clampBetween(m, x[0], 0, 6); }},
      {{"hardtanh"},
       {"self", "min_val", "max_val"},
       result,
       [](M m, V x) { return m.min(m.max(x[0], x[1]), x[2]); }},
      {{"silu"},
       {"self"},
       result,
       [](M m, V x) {
         return m.div(x[0], m.add(m.constant(1), m.exp(m.neg(x[0]))));
       }},
      {{"mish"},
       {"self"},
       result,
       [](M m, V x) { return m.mul(x[0], m.tanh(softplus(m, x[0]))); }},
      {{"hardsigmoid"},
       {"self"},
       result,
       [](M m, V x) {
         return m.div(clampBetween(m, m.add(x[0], m.constant(3)), 0, 6),
                      m.constant(6));
       }},
      {{"hardswish"},
       {"self"},
       result,
       [](M m, V x) {
         Value gate = clampBetween(m, m.add(x[0], m.constant(3)), 0, 6);
         return m.div(m.mul(x[0], gate), m.constant(6));
       }},
      {{"leaky_relu"},
       {"self", "negative_slope"},
       result,
       [](M m, V x) {
         return scaleNegative(m, x[0], x[0], m.mul(x[0], x[1]));
       }},
      {{"elu"},
       {"self", "alpha", "scale", "input_scale"},
       result,
       [](M m, V x) {
         Value negative = m.mul(expm1(m, m.mul(x[0], x[3])), m.mul(x[1], x[2]));
         return scaleNegative(m, x[0], m.mul(x[0], x[2]), negative);
       }},
      {{"selu"},
       {"self"},
       result,
       [](M m, V x) {
         const double alpha = 1.6732632423543772848170429916717;
         const double scale = 1.0507009873554804934193349852946;
         return scaleNegative(m, x[0], m.mul(x[0], m.constant(scale)),
                              m.mul(expm1(m, x[0]), m.constant(alpha * scale)));
       }},
      {{"celu"},
       {"self", "alpha"},
       result,
       [](M m, V x) {
         return scaleNegative(m, x[0], x[0],
                              m.mul(expm1(m, m.div(x[0], x[1])), x[1]));
       }},
      {{"softplus"},
       {"self", "beta", "threshold"},
       result,
       [](M m, V x) {
         Value scaled = m.mul(x[0], x[1]);
         return m.select(m.gt(scaled, x[2]), x[0],
                         m.div(softplus(m, scaled), x[1]));
       }},
      {{"hardshrink"},
       {"self", "lambd"},
       result,
       [](M m, V x) -> Value {
         Value inside = arith::AndIOp::create(
             m.b, m.loc, m.ge(x[0], m.neg(x[1])), m.le(x[0], x[1]));
         return m.select(inside, m.constant(0), x[0]);
       }},
      // x * 0 keeps a NaN.
      {{"softshrink"},
       {"self", "lambd"},
       result,
       [](M m, V x) {
         Value below = m.select(m.lt(x[0], m.neg(x[1])), m.add(x[0], x[1]),
                                m.mul(x[0], m.constant(0)));
         return m.select(m.gt(x[0], x[1]), m.sub(x[0], x[1]), below);
       }},
      {{"threshold"},
       {"self", "threshold", "value"},
       result,
       [](M m, V x) { return m.select(m.le(x[0], x[1]), x[2], x[0]); }},
      {{"logical_not"},
       {"self"},
       predicate,
       [](M m, V x) -> Value {
         return m.isBool()
                    ? arith::XOrIOp::create(m.b, m.loc, x[0], m.constantInt(1))
                          .getResult()
                    : m.eq(x[0], m.constantInt(0));
       },
       true},
      {{"isnan"},
       {"self"},
       predicate,
       [](M m, V x) { return m.isNan(x[0]); },
       true},
      {{"isinf"},
       {"self"},
       predicate,
       [](M m, V x) { return m.isInf(x[0]); },
       true},
      {{"isfinite"}, {"self"}, predicate, isFinite, true},
      {{"isreal"},
       {"self"},
       predicate,
       [](M m, V x) -> Value {
         if (!m.isComplex())
           return arith::ConstantIntOp::create(m.b, m.loc, 1, 1);
         ScalarMath part = m.getPart();
         return part.eq(m.im(x[0]), part.constant(0));
       },
       true},
  };
  return table;
}

/// |x|: of a complex tensor, a real one.
static LogicalResult lowerAbs(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  if (!isa<ComplexType>(self.dtype))
    return replaceByFormula(
        l, self, Computes::Result,
        [](const ScalarMath &m, ValueRange x) { return m.abs(x[0]); });
  Type real = l.getResultDtype();
  return l.replace(
      createElementwise(l.b, l.loc, self, self.getRank(), self.dtype, real,
                        real, [&](const ScalarMath &m, ValueRange x) -> Value {
                          return complex::AbsOp::create(m.b, m.loc, real, x[0]);
                        }));
}

/// Rounded to multiples of 10^-decimals, by the nearest power of ten that
/// floats hold exactly.
static LogicalResult lowerRoundDecimals(const AtenLowering &l) {
  std::optional<int64_t> decimals = l.getInt("decimals");
  if (!decimals)
    return l.fail("'decimals' is not a constant");
  if (!isa<FloatType>(l.getResultDtype())) {
    if (*decimals != 0)
      return l.fail("integers are rounded to no decimals");
    return l.replace(l.get("self").value);
  }
  return replaceByFormula(
      l, l.get("self"), Computes::Result,
      [&](const ScalarMath &m, ValueRange x) {
        auto round = [&](Value value) -> Value {
          return math::RoundEvenOp::create(m.b, m.loc, value);
        };
        if (*decimals == 0)
          return round(x[0]);
        Value power = m.constant(std::pow(10.0, std::abs(*decimals)));
        if (*decimals < 0)
          return m.mul(round(m.div(x[0], power)), power);
        return m.div(round(m.mul(x[0], power)), power);
      });
}

/// x / |x|, 0 where x is 0, of a complex number.
static LogicalResult lowerComplexSign(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  if (!isa<ComplexType>(self.dtype))
    return l.b.notifyMatchFailure(l.op, "it is not complex");
  return replaceByFormula(
      l, self, Computes::Result, [](const ScalarMath &m, ValueRange x) {
        ScalarMath part = m.getPart();
        Value size = complex::AbsOp::create(m.b, m.loc, part.type, x[0]);
        Value sign =
            m.fromParts(part.div(m.re(x[0]), size), part.div(m.im(x[0]), size));
        return m.select(part.eq(size, part.constant(0)), m.constant(0), sign);
      });
}

/// x * Phi(x), or its tanh approximation.
static LogicalResult lowerGelu(const AtenLowering &l) {
  std::optional<StringRef> approximate = l.getStr("approximate");
  if (!approximate)
    return l.fail("'approximate' is not a constant");
  bool isTanh = *approximate == "tanh";
  return replaceByFormula(
      l, l.get("self"), Computes::Result,
      [&](const ScalarMath &m, ValueRange x) {
        Value half = m.mul(m.constant(0.5), x[0]);
        if (!isTanh) {
          Value scaled = m.mul(x[0], m.constant(M_SQRT1_2));
          Value erf = math::ErfOp::create(m.b, m.loc, scaled);
          return m.mul(half, m.add(m.constant(1), erf));
        }
        Value cube = m.mul(m.mul(x[0], x[0]), x[0]);
        Value inner = m.mul(m.constant(M_2_SQRTPI * M_SQRT1_2),
                            m.add(x[0], m.mul(m.constant(0.044715), cube)));
        return m.mul(half, m.add(m.constant(1), m.tanh(inner)));
      });
}

/// x where it is positive, weight * x elsewhere; one weight, or one a channel.
static LogicalResult lowerPrelu(const AtenLowering &l) {
  DtypedValue self = l.get("self"), weight = l.get("weight");
  int64_t rank = self.getRank();
  if (weight.getRank() == 1 && rank != 1) {
    if (rank == 0 && weight.getTensorType().isDynamicDim(0)) {
      Value size = tensor::DimOp::create(l.b, l.loc, weight.value, 0);
      Value one = arith::ConstantIndexOp::create(l.b, l.loc, 1);
      l.check(arith::CmpIOp::create(l.b, l.loc, arith::CmpIPredicate::eq, size,
                                    one),
              "RuntimeError",
              "Mismatch of parameter numbers and input channel size");
      weight.value = tensor::CastOp::create(
          l.b, l.loc, weight.getTensorType().clone({int64_t(1)}), weight.value);
    }
    if (weight.getTensorType().getDimSize(0) == 1) {
      weight.value = dropUnitDims(l.b, l.loc, weight.value, 0);
    } else if (rank > 2) {
      // Aligned with dim 1.
      weight.value =
          insertUnitDims(l.b, l.loc, weight.value,
                         llvm::to_vector(llvm::seq<int64_t>(1, rank - 1)));
    }
  }
  return replaceByFormula(l, {self, weight}, Computes::Result,
                          [](const ScalarMath &m, ValueRange x) {
                            return scaleNegative(m, x[0], x[0],
                                                 m.mul(x[1], x[0]));
                          });
}

/// NaN and infinities replaced; None means 0 and the greatest finite values.
static LogicalResult lowerNanToNum(const AtenLowering &l) {
  auto type = dyn_cast<FloatType>(l.getResultDtype());
  if (!type)
    return l.replace(l.get("self").value);
  std::optional<double> values[3];
  const StringRef names[] = {"nan", "posinf", "neginf"};
  for (auto [i, name] : llvm::enumerate(names))
    if (!l.isNone(name) && !(values[i] = l.getFloat(name)))
      return l.fail("a replacement is not a constant");
  double greatest =
      APFloat::getLargest(type.getFloatSemantics()).convertToDouble();
  return replaceByFormula(
      l, l.get("self"), Computes::Result,
      [&](const ScalarMath &m, ValueRange x) {
        const double inf = std::numeric_limits<double>::infinity();
        Value value =
            m.select(m.isNan(x[0]), m.constant(values[0].value_or(0)), x[0]);
        value = m.select(m.eq(x[0], m.constant(inf)),
                         m.constant(values[1].value_or(greatest)), value);
        return m.select(m.eq(x[0], m.constant(-inf)),
                        m.constant(values[2].value_or(-greatest)), value);
      });
}

void minitorch::detail::populateActivationPatterns(
    const TypeConverter &converter, RewritePatternSet &patterns) {
  addPointwiseOperators(patterns, converter, getFunctions());
  addAtenLowering(patterns, converter, {"abs"}, lowerAbs);
  addAtenLowering(patterns, converter, {"gelu"}, lowerGelu);
  addAtenLowering(patterns, converter, {"round.decimals"}, lowerRoundDecimals);
  addAtenLowering(patterns, converter, {"sgn"}, lowerComplexSign);
  addAtenLowering(patterns, converter, {"prelu"}, lowerPrelu);
  addAtenLowering(patterns, converter, {"nan_to_num"}, lowerNanToNum);
}
