//===- Calls.cpp - Functions of the C library and the runtime ---*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Functions that the math dialect lacks. Real ones are computed in double,
// whatever the dtype: there is one function, and it is precise to the last
// digit of the narrower types. So are complex ones, whose overflow, branch cuts
// and infinities are then those of C99's Annex G, as they are in PyTorch.
//
//===----------------------------------------------------------------------===//

#include "Calls.h"
#include "Patterns.h"
#include "Pointwise.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <cmath>

using namespace mlir;
using namespace minitorch;
using namespace minitorch::detail;

FunctionCall::FunctionCall(const AtenLowering &l, StringRef name,
                           ArrayRef<Type> operands, Type result)
    : name(name), result(result) {
  auto module = l.op->getParentOfType<ModuleOp>();
  if (module.lookupSymbol(name))
    return;
  OpBuilder::InsertionGuard guard(l.b);
  l.b.setInsertionPointToStart(module.getBody());
  auto function = func::FuncOp::create(l.b, l.loc, name,
                                       l.b.getFunctionType(operands, result));
  function.setPrivate();
  // errno, which nobody reads here, does not count.
  function->setAttr("llvm.readnone", l.b.getUnitAttr());
}

Value FunctionCall::create(OpBuilder &b, Location loc,
                           ValueRange operands) const {
  return func::CallOp::create(b, loc, name, result, operands).getResult(0);
}

//===----------------------------------------------------------------------===//
// Real functions
//===----------------------------------------------------------------------===//

namespace {
struct RealFunction {
  SmallVector<StringRef, 3> names;
  SmallVector<StringRef, 2> operands;
  StringRef symbol;
};
} // namespace

static ArrayRef<RealFunction> getRealFunctions() {
  static const RealFunction table[] = {
      {{"lgamma", "special_gammaln"}, {"self"}, "lgamma"},
      {{"digamma", "special_digamma", "special_psi"}, {"self"}, "mtrt_digamma"},
      {{"igamma", "special_gammainc"}, {"self", "other"}, "mtrt_igamma"},
      {{"igammac", "special_gammaincc"}, {"self", "other"}, "mtrt_igammac"},
      {{"special_zeta", "special_zeta.self_scalar",
        "special_zeta.other_scalar"},
       {"self", "other"},
       "mtrt_zeta"},
      {{"erfinv", "special_erfinv"}, {"self"}, "mtrt_erfinv"},
      {{"special_erfcx"}, {"self"}, "mtrt_erfcx"},
      {{"special_ndtri"}, {"self"}, "mtrt_ndtri"},
      {{"special_log_ndtr"}, {"self"}, "mtrt_log_ndtr"},
      {{"i0", "special_i0", "special_modified_bessel_i0"}, {"self"}, "mtrt_i0"},
      {{"special_i0e"}, {"self"}, "mtrt_i0e"},
      {{"special_i1", "special_modified_bessel_i1"}, {"self"}, "mtrt_i1"},
      {{"special_i1e"}, {"self"}, "mtrt_i1e"},
      {{"special_modified_bessel_k0"}, {"self"}, "mtrt_k0"},
      {{"special_modified_bessel_k1"}, {"self"}, "mtrt_k1"},
      {{"special_scaled_modified_bessel_k0"}, {"x"}, "mtrt_k0e"},
      {{"special_scaled_modified_bessel_k1"}, {"x"}, "mtrt_k1e"},
      {{"special_bessel_j0"}, {"self"}, "j0"},
      {{"special_bessel_j1"}, {"self"}, "j1"},
      {{"special_bessel_y0"}, {"self"}, "y0"},
      {{"special_bessel_y1"}, {"self"}, "y1"},
      {{"special_spherical_bessel_j0"}, {"x"}, "mtrt_spherical_bessel_j0"},
      {{"special_airy_ai"}, {"x"}, "mtrt_airy_ai"},
  };
  return table;
}

/// special_<name>, with a number on either side; shifted, of 2x - 1.
static constexpr struct {
  StringLiteral name, symbol;
} polynomials[] = {
    {"chebyshev_polynomial_t", "mtrt_chebyshev_t"},
    {"chebyshev_polynomial_u", "mtrt_chebyshev_u"},
    {"chebyshev_polynomial_v", "mtrt_chebyshev_v"},
    {"chebyshev_polynomial_w", "mtrt_chebyshev_w"},
    {"hermite_polynomial_h", "mtrt_hermite_h"},
    {"hermite_polynomial_he", "mtrt_hermite_he"},
    {"laguerre_polynomial_l", "mtrt_laguerre"},
    {"legendre_polynomial_p", "mtrt_legendre"},
};

/// `symbol` of the operands, each converted to double.
static LogicalResult lowerRealFunction(const AtenLowering &l,
                                       ArrayRef<StringRef> names,
                                       StringRef symbol,
                                       bool isShifted = false) {
  SmallVector<DtypedValue> operands;
  for (StringRef name : names) {
    DtypedValue operand = l.get(name);
    if (!operand || isa<ComplexType>(operand.dtype))
      return l.fail("it is a function of real numbers");
    operands.push_back(operand);
  }
  if (!isa<FloatType>(l.getResultDtype()))
    return l.fail("the result is not of floats");
  Type number = l.b.getF64Type();
  FunctionCall call(l, symbol, SmallVector<Type>(names.size(), number), number);
  return l.replace(createElementwise(
      l.b, l.loc, operands, l.getResultType().getRank(), number, number,
      l.getResultDtype(), [&](const ScalarMath &m, ValueRange x) {
        SmallVector<Value> arguments(x);
        if (isShifted)
          arguments[0] =
              m.sub(m.add(arguments[0], arguments[0]), m.constant(1));
        return call.create(m.b, m.loc, arguments);
      }));
}

//===----------------------------------------------------------------------===//
// Complex functions
//===----------------------------------------------------------------------===//

namespace {
/// A formula of x and of one function of C99's <complex.h>; by default that
/// function of x.
using ComplexCall = llvm::function_ref<Value(Value)>;
struct ComplexFunction {
  StringRef name;
  StringRef symbol;
  Value (*formula)(const ScalarMath &, Value x, ComplexCall call) = nullptr;
};
} // namespace

/// x * factor, part by part: infinity times 0 would be NaN.
static Value scale(const ScalarMath &m, Value x, double factor) {
  ScalarMath part = m.getPart();
  Value value = part.constant(factor);
  return m.fromParts(part.mul(m.re(x), value), part.mul(m.im(x), value));
}

static Value sigmoid(const ScalarMath &m, Value x, ComplexCall exp) {
  Value one = m.constant(1);
  return m.div(one, m.add(one, exp(m.neg(x))));
}

/// exp(x) - 1 where x is small, too: expm1(a) cos(b) - 2 sin(b / 2)^2 +
/// i exp(a) sin(b), for x = a + ib.
static Value expm1(const ScalarMath &m, Value x, ComplexCall exp) {
  ScalarMath part = m.getPart();
  Value angle = m.im(x), full = exp(x);
  Value sine =
      math::SinOp::create(m.b, m.loc, part.mul(angle, part.constant(0.5)));
  Value cosine = math::CosOp::create(m.b, m.loc, angle);
  Value growth = math::ExpM1Op::create(m.b, m.loc, m.re(x));
  Value re = part.sub(part.mul(growth, cosine),
                      part.mul(part.constant(2), part.mul(sine, sine)));
  // Where exp(a) is infinite, the formula has infinity minus infinity.
  Value isNan = part.isNan(re);
  return m.fromParts(part.select(isNan, m.re(full), re), m.im(full));
}

/// log(1 + x): log1p(a (a + 2) + b^2) / 2 + i atan2(b, 1 + a), for x = a + ib,
/// near 0, where 1 + a has lost digits of a.
static Value log1p(const ScalarMath &m, Value x, ComplexCall log) {
  ScalarMath part = m.getPart();
  Value a = m.re(x), b = m.im(x), half = part.constant(0.5);
  Value full = log(m.add(m.constant(1), x));
  Value square =
      part.add(part.mul(a, part.add(a, part.constant(2))), part.mul(b, b));
  Value near = part.mul(half, math::Log1pOp::create(m.b, m.loc, square));
  Value isNear = part.lt(part.max(part.abs(a), part.abs(b)), half);
  return m.fromParts(part.select(isNear, near, m.re(full)), m.im(full));
}

static constexpr ComplexFunction complexFunctions[] = {
    {"exp", "cexp"},
    {"log", "clog"},
    {"sqrt", "csqrt"},
    {"sin", "csin"},
    {"cos", "ccos"},
    {"tan", "ctan"},
    {"asin", "casin"},
    {"acos", "cacos"},
    {"atan", "catan"},
    {"sinh", "csinh"},
    {"cosh", "ccosh"},
    {"tanh", "ctanh"},
    {"asinh", "casinh"},
    {"acosh", "cacosh"},
    {"atanh", "catanh"},
    {"expm1", "cexp", expm1},
    {"log1p", "clog", log1p},
    {"sigmoid", "cexp", sigmoid},
    {"silu", "cexp",
     [](const ScalarMath &m, Value x, ComplexCall exp) {
       return m.mul(x, sigmoid(m, x, exp));
     }},
    {"rsqrt", "csqrt",
     [](const ScalarMath &m, Value x, ComplexCall sqrt) {
       return m.div(m.constant(1), sqrt(x));
     }},
    {"exp2", "cexp",
     [](const ScalarMath &m, Value x, ComplexCall exp) {
       return exp(scale(m, x, M_LN2));
     }},
    {"log2", "clog",
     [](const ScalarMath &m, Value x, ComplexCall log) {
       return scale(m, log(x), M_LOG2E);
     }},
    {"log10", "clog",
     [](const ScalarMath &m, Value x, ComplexCall log) {
       return scale(m, log(x), M_LOG10E);
     }},
};

/// Calls `call` on complex doubles: C passes their parts one by one.
static Value callComplex(const FunctionCall &call, const ScalarMath &m,
                         ValueRange operands) {
  SmallVector<Value> parts;
  for (Value operand : operands) {
    parts.push_back(m.re(operand));
    parts.push_back(m.im(operand));
  }
  return call.create(m.b, m.loc, parts);
}

/// Replaces an operator with a complex result by a formula in complex doubles
/// that may call `symbol`, a function of all operands.
static LogicalResult lowerComplex(
    const AtenLowering &l, ArrayRef<DtypedValue> operands, StringRef symbol,
    Value (*formula)(const ScalarMath &, Value, ComplexCall) = nullptr) {
  if (!isa<ComplexType>(l.getResultDtype()))
    return l.b.notifyMatchFailure(l.op, "it is not complex");
  Type part = l.b.getF64Type(), dtype = ComplexType::get(part);
  FunctionCall call(l, symbol, SmallVector<Type>(2 * operands.size(), part),
                    dtype);
  return l.replace(createElementwise(
      l.b, l.loc, operands, l.getResultType().getRank(), dtype, dtype,
      l.getResultDtype(), [&](const ScalarMath &m, ValueRange x) {
        if (!formula)
          return callComplex(call, m, x);
        return formula(
            m, x[0], [&](Value value) { return callComplex(call, m, value); });
      }));
}

/// x ** y: its digits are lost in exp(y log(x)), so that it is computed in the
/// dtype itself.
static LogicalResult lowerComplexPow(const AtenLowering &l) {
  SmallVector<DtypedValue> operands = {l.get("self"), l.get("exponent")};
  auto dtype = dyn_cast<ComplexType>(l.getResultDtype());
  if (!dtype || dtype.getElementType().isF64())
    return lowerComplex(l, operands, "cpow");
  Type part = dtype.getElementType(), bits = l.b.getI64Type();
  FunctionCall pow(l, "mtrt_pow_c64", {part, part, part, part}, bits);
  return l.replace(createElementwise(
      l.b, l.loc, operands, l.getResultType().getRank(), dtype, dtype, dtype,
      [&](const ScalarMath &m, ValueRange x) {
        Value both = callComplex(pow, m, x);
        Value width = arith::ConstantIntOp::create(m.b, m.loc, 32, 64);
        auto unpack = [&](Value word) -> Value {
          Value low =
              arith::TruncIOp::create(m.b, m.loc, m.b.getI32Type(), word);
          return arith::BitcastOp::create(m.b, m.loc, part, low);
        };
        Value high = arith::ShRUIOp::create(m.b, m.loc, both, width);
        return m.fromParts(unpack(both), unpack(high));
      }));
}

void minitorch::detail::populateCallPatterns(const TypeConverter &converter,
                                             RewritePatternSet &patterns) {
  for (const RealFunction &function : getRealFunctions())
    addAtenLowering(patterns, converter, function.names,
                    [&function](const AtenLowering &l) {
                      return lowerRealFunction(l, function.operands,
                                               function.symbol);
                    });
  for (const auto &[name, symbol] : polynomials)
    for (bool isShifted : {false, true}) {
      if (isShifted && !name.starts_with("chebyshev"))
        continue;
      std::string full =
          (isShifted ? "special_shifted_" : "special_") + name.str();
      for (StringRef overload : {"", ".x_scalar", ".n_scalar"})
        addAtenLowering(
            patterns, converter, {full + overload.str()},
            [symbol = StringRef(symbol), isShifted](const AtenLowering &l) {
              return lowerRealFunction(l, {"x", "n"}, symbol, isShifted);
            });
    }
  for (const ComplexFunction &function : complexFunctions)
    addAtenLowering(patterns, converter, {function.name},
                    [&function](const AtenLowering &l) {
                      return lowerComplex(l, l.get("self"), function.symbol,
                                          function.formula);
                    });
  addAtenLowering(patterns, converter,
                  {"pow.Tensor_Tensor", "pow.Tensor_Scalar", "pow.Scalar"},
                  lowerComplexPow);
}
