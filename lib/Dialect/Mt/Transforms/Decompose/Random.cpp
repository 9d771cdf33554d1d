//===- Random.cpp - Distributions by the uniform one ------------*- C++ -*-===//
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
#include <numbers>

using namespace mlir;

// Source: the formulas on the operators' pages of PyTorch's documentation, by
// the inverse of each distribution function. aten::rand and aten::randint.low
// are the base: PyTorch's sequence of numbers is not reproduced, its
// distributions are.

namespace minitorch::mt {
namespace {

/// Independent numbers, uniform in [0, 1).
Value rand(TensorBuilder &b, ValueRange sizes, Type dtype) {
  Value none = b.none();
  return b.create<AtenRandOp>({b.intList(sizes),
                               b.constant(*getScalarTypeNumber(dtype)), none,
                               none, none});
}

/// The dtype to draw in for results of `dtype`.
Type getDrawDtype(TensorBuilder &b, Type dtype) {
  Type wide = getAccumulationDtype(dtype);
  return isa<FloatType>(wide) ? wide : Type(b.getRewriter().getF32Type());
}

/// Standard normal numbers by the Box-Muller transform:
/// sqrt(-2 log(1 - u)) cos(2 pi v)
Value randn(TensorBuilder &b, ValueRange sizes, Type dtype) {
  Value u = rand(b, sizes, dtype), v = rand(b, sizes, dtype);
  Value logs = b.create<AtenLog1pOp>({b.create<AtenNegOp>({u})});
  Value radius = b.create<AtenSqrtOp>({b.mulScalar(logs, b.constant(-2.0))});
  Value angle = b.mulScalar(v, b.constant(2 * std::numbers::pi));
  return b.mul(radius, b.create<AtenCosOp>({angle}));
}

/// A complex number's parts have variance 1/2 each.
Value randnOf(TensorBuilder &b, ValueRange sizes, Type dtype) {
  if (auto complex = dyn_cast<ComplexType>(dtype)) {
    Type part = complex.getElementType();
    Value scale = b.constant(std::numbers::sqrt2 / 2);
    Value re = b.mulScalar(randn(b, sizes, part), scale);
    Value im = b.mulScalar(randn(b, sizes, part), scale);
    return b.call("aten::complex", {re, im});
  }
  return b.toDtype(randn(b, sizes, getDrawDtype(b, dtype)), dtype);
}

/// Complex numbers are uniform in the unit square.
Value randOf(TensorBuilder &b, ValueRange sizes, Type dtype) {
  if (auto complex = dyn_cast<ComplexType>(dtype)) {
    Type part = complex.getElementType();
    Value re = rand(b, sizes, part), im = rand(b, sizes, part);
    return b.call("aten::complex", {re, im});
  }
  return rand(b, sizes, dtype);
}

using Draw = Value (*)(TensorBuilder &, ValueRange sizes, Type dtype);

/// rand_like, randn_like: operands self, dtype, ...
template <Draw draw> FormulaResult like(TensorBuilder &b, ValueRange in) {
  std::optional<Type> dtype = getOptionalDtype(in[1], getDtype(in[0]));
  if (!getRank(in[0]) || !dtype || !isFloatOrComplex(*dtype))
    return std::nullopt;
  return {{draw(b, b.sizes(in[0]), *dtype)}};
}

/// randn, and rand of complex numbers: operands size, dtype, ...
template <Draw draw, bool isBase>
FormulaResult ofSizes(TensorBuilder &b, ValueRange in) {
  std::optional<SmallVector<Value>> sizes = getIntValues(in[0]);
  std::optional<Type> dtype =
      getOptionalDtype(in[1], b.getRewriter().getF32Type());
  if (!sizes || !dtype || !isFloatOrComplex(*dtype) ||
      (isBase && !isa<ComplexType>(*dtype)))
    return std::nullopt;
  return {{draw(b, *sizes, *dtype)}};
}

//===----------------------------------------------------------------------===//
// Distributions with the shape of a tensor
//===----------------------------------------------------------------------===//

/// What the operators that fill a tensor (uniform_, ...) have in common:
/// numbers of self's shape and dtype, from uniform ones in a dtype to compute
/// in.
using Distribution = Value (*)(TensorBuilder &b, Value uniform, ValueRange in);
template <Distribution distribution, unsigned numParameters>
FormulaResult filled(TensorBuilder &b, ValueRange in) {
  Type dtype = getDtype(in[0]);
  if (!getRank(in[0]) || !dtype || isa<ComplexType>(dtype) ||
      in.size() <= numParameters || !isNone(in[numParameters + 1]))
    return std::nullopt;
  Value uniform = rand(b, b.sizes(in[0]), getDrawDtype(b, dtype));
  return {{b.toDtype(distribution(b, uniform, in), dtype)}};
}

Value subFloat(TensorBuilder &b, Value x, Value y) {
  return b.getRewriter().createOrFold<arith::SubFOp>(b.getLoc(), x, y);
}

/// from + u (to - from)
FormulaResult uniform(TensorBuilder &b, ValueRange in) {
  Type dtype = getDtype(in[0]);
  if (!getRank(in[0]) || !dtype || !isFloatOrComplex(dtype) || !isNone(in[3]))
    return std::nullopt;
  auto draw = [&](Type part) {
    Value u = rand(b, b.sizes(in[0]), getDrawDtype(b, part));
    u = b.addScalar(b.mulScalar(u, subFloat(b, in[2], in[1])), in[1]);
    return b.toDtype(u, part);
  };
  auto complex = dyn_cast<ComplexType>(dtype);
  if (!complex)
    return {{draw(dtype)}};
  Value re = draw(complex.getElementType());
  return {{b.call("aten::complex", {re, draw(complex.getElementType())})}};
}

/// -log(1 - u): at least half the distance of 1 to the number before, so that
/// it is positive.
Value standardExponential(TensorBuilder &b, Value u) {
  Value value =
      b.create<AtenNegOp>({b.create<AtenLog1pOp>({b.create<AtenNegOp>({u})})});
  double least = getDtype(u).isF64() ? 0x1p-53 : 0x1p-24;
  return b.create<AtenClampMinOp>({value, b.constant(least)});
}
Value exponentialOf(TensorBuilder &b, Value u, ValueRange in) {
  return b.divScalar(standardExponential(b, u), in[1]);
}

/// median + sigma tan(pi (u - 1/2))
Value cauchyOf(TensorBuilder &b, Value u, ValueRange in) {
  Value angle = b.mulScalar(b.addScalar(u, b.constant(-0.5)),
                            b.constant(double(std::numbers::pi)));
  return b.addScalar(b.mulScalar(b.create<AtenTanOp>({angle}), in[2]), in[1]);
}

/// The number of trials up to the first success: ceil(log(1 - u) / log(1 - p)),
/// at least 1.
FormulaResult geometric(TensorBuilder &b, ValueRange in) {
  Type dtype = getDtype(in[0]);
  std::optional<double> p = getConstantFloat(in[1]);
  if (!getRank(in[0]) || !dtype || isa<ComplexType>(dtype) || !p ||
      !isNone(in[2]))
    return std::nullopt;
  Value u = rand(b, b.sizes(in[0]), getDrawDtype(b, dtype));
  Value logs = b.create<AtenLog1pOp>({b.create<AtenNegOp>({u})});
  Value count =
      b.create<AtenCeilOp>({b.divScalar(logs, b.constant(std::log1p(-*p)))});
  return {
      {b.toDtype(b.create<AtenClampMinOp>({count, b.constant(1.0)}), dtype)}};
}

/// normal_functional, normal.float_float: mean + std z; exp of it for
/// log_normal.
Value normalOf(TensorBuilder &b, ValueRange sizes, Type dtype, Value mean,
               Value deviation) {
  Value z = randn(b, sizes, getDrawDtype(b, dtype));
  auto scale = [&](Value x, Value by) {
    return isa<FloatType>(by.getType()) ? b.mulScalar(x, by) : b.mul(x, by);
  };
  auto shift = [&](Value x, Value by) {
    return isa<FloatType>(by.getType()) ? b.addScalar(x, by) : b.add(x, by);
  };
  return shift(scale(z, deviation), mean);
}
template <bool isLog> FormulaResult normal(TensorBuilder &b, ValueRange in) {
  Type dtype = getDtype(in[0]);
  if (!getRank(in[0]) || !dtype || !isNone(in[3]))
    return std::nullopt;
  if (isa<ComplexType>(dtype) && !isLog) {
    Value z = randnOf(b, b.sizes(in[0]), dtype);
    return {{b.addScalar(b.mulScalar(z, in[2]), in[1])}};
  }
  Value value = normalOf(b, b.sizes(in[0]), dtype, in[1], in[2]);
  if (isLog)
    value = b.create<AtenExpOp>({value});
  return {{b.toDtype(value, dtype)}};
}

/// normal.Tensor_Tensor, Tensor_float, float_Tensor
FormulaResult normalOfTensors(TensorBuilder &b, ValueRange in) {
  Value mean = in[0], deviation = in[1];
  Value known = getRank(mean) ? mean : deviation;
  Type dtype = getDtype(known);
  if (!getRank(known) || !dtype || !isa<FloatType>(dtype) || !isNone(in[2]))
    return std::nullopt;
  if (isa<TensorType>(mean.getType()) && isa<TensorType>(deviation.getType())) {
    if (!getRank(mean) || !getRank(deviation) || !getDtype(deviation))
      return std::nullopt;
    // Of the operands' common shape.
    known = b.add(mean, deviation);
    if (!getRank(known))
      return std::nullopt;
  }
  Value value = normalOf(b, b.sizes(known), dtype, mean, deviation);
  return {{b.toDtype(value, dtype)}};
}

/// normal.float_float(mean, std, size, generator, dtype, ...)
FormulaResult normalOfSizes(TensorBuilder &b, ValueRange in) {
  std::optional<SmallVector<Value>> sizes = getIntValues(in[2]);
  std::optional<Type> dtype =
      getOptionalDtype(in[4], b.getRewriter().getF32Type());
  if (!sizes || !dtype || !isa<FloatType>(*dtype) || !isNone(in[3]))
    return std::nullopt;
  return {{b.toDtype(normalOf(b, *sizes, *dtype, in[0], in[1]), *dtype)}};
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

Value randint(TensorBuilder &b, Value low, Value high, ValueRange sizes,
              Type dtype) {
  Value none = b.none();
  return b.call("aten::randint.low",
                {low, high, b.intList(sizes),
                 b.constant(*getScalarTypeNumber(dtype)), none, none, none});
}

/// randint_like(self, [low,] high, dtype, ...)
template <bool hasLow>
FormulaResult randintLike(TensorBuilder &b, ValueRange in) {
  std::optional<Type> dtype =
      getOptionalDtype(in[hasLow ? 3 : 2], getDtype(in[0]));
  if (!getRank(in[0]) || !dtype || !*dtype || isa<ComplexType>(*dtype))
    return std::nullopt;
  Value low = hasLow ? in[1] : b.constant(int64_t(0));
  return {{randint(b, low, in[hasLow ? 2 : 1], b.sizes(in[0]), *dtype)}};
}

/// random.from(self, from, to, generator); without bounds, the integers that
/// the dtype holds exactly.
template <bool hasFrom, bool hasTo>
FormulaResult random(TensorBuilder &b, ValueRange in) {
  Type dtype = getDtype(in[0]);
  if (!getRank(in[0]) || !dtype || isa<ComplexType>(dtype) ||
      !isNone(in.back()))
    return std::nullopt;
  Value low = hasFrom ? in[1] : b.constant(int64_t(0)), high;
  if (hasTo && !isNone(in[hasFrom ? 2 : 1])) {
    high = in[hasFrom ? 2 : 1];
  } else {
    unsigned digits;
    if (auto floatType = dyn_cast<FloatType>(dtype))
      digits = floatType.getFPMantissaWidth();
    else
      digits = dtype.getIntOrFloatBitWidth() - dtype.isSignlessInteger();
    if (dtype.isSignlessInteger(1))
      digits = 1;
    high = b.constant(digits >= 63 ? std::numeric_limits<int64_t>::max()
                                   : int64_t(1) << digits);
  }
  return {{randint(b, low, high, b.sizes(in[0]), dtype)}};
}

/// randperm(n): the order of n random numbers.
FormulaResult randperm(TensorBuilder &b, ValueRange in) {
  std::optional<Type> dtype =
      getOptionalDtype(in[1], b.getRewriter().getI64Type());
  if (!dtype || isa<ComplexType>(*dtype))
    return std::nullopt;
  Value keys = rand(b, in[0], b.getRewriter().getF64Type());
  Value order = b.create<AtenArgsortOp>(
      {keys, b.constant(int64_t(0)), b.constant(false)});
  return {{b.toDtype(order, *dtype)}};
}

//===----------------------------------------------------------------------===//
// Choices
//===----------------------------------------------------------------------===//

/// Which of independent trials succeed, each with its probability: a number or
/// a tensor that broadcasts to `sizes`.
Value draw(TensorBuilder &b, ValueRange sizes, Value probability, Type dtype) {
  Value u = rand(b, sizes, dtype);
  if (isa<TensorType>(probability.getType()))
    return b.create<AtenLtTensorOp>({u, b.toDtype(probability, dtype)});
  return b.create<AtenLtScalarOp>({u, probability});
}

/// bernoulli(self), bernoulli.p(self, p), bernoulli.Tensor(self, p)
template <unsigned probability>
FormulaResult bernoulli(TensorBuilder &b, ValueRange in) {
  Type dtype = getDtype(in[0]);
  if (!getRank(in[0]) || !dtype || !isNone(in.back()) ||
      (isa<TensorType>(in[probability].getType()) && !getRank(in[probability])))
    return std::nullopt;
  Value trials =
      draw(b, b.sizes(in[0]), in[probability], b.getRewriter().getF64Type());
  return {{b.toDtype(trials, dtype)}};
}

/// Refuses weights as PyTorch does: in one way where it draws by sorting, which
/// is so of one sample, and in another where it adds them up.
void checkWeights(TensorBuilder &b, Value weights, bool isSorted) {
  auto holdsOfAll = [&](Value x) {
    return b.itemBool(b.create<AtenAllOp>({x}));
  };
  Value zero = b.constant(0.0);
  Value infinity = b.constant(std::numeric_limits<double>::infinity());
  Value isPositive = holdsOfAll(b.create<AtenGeScalarOp>({weights, zero}));
  Value isFinite = holdsOfAll(b.create<AtenLtScalarOp>({weights, infinity}));
  if (isSorted) {
    StringRef message =
        "probability tensor contains either `inf`, `nan` or element < 0";
    b.raiseUnless(isPositive, message);
    b.raiseUnless(isFinite, message);
  } else {
    StringRef message = "invalid multinomial distribution (encountering "
                        "probability entry ";
    b.raiseUnless(isPositive, (message + "< 0)").str());
    b.raiseUnless(isFinite, (message + "= infinity or NaN)").str());
  }
  Value sums = b.sum(weights, {-1}, /*keepDim=*/false);
  b.raiseUnless(holdsOfAll(b.create<AtenGtScalarOp>({sums, zero})),
                "invalid multinomial distribution (sum of probabilities <= 0)");
}

/// multinomial(self, num_samples, replacement): with replacement, the place of
/// a uniform number among the sums of weights; without, the largest of w / e
/// with exponential e (Efraimidis and Spirakis, 2006).
FormulaResult multinomial(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> rank = getRank(in[0]);
  std::optional<bool> replacement = getConstantBool(in[2]);
  Type dtype = getDtype(in[0]);
  if (!rank || *rank < 1 || !replacement || !dtype || !isa<FloatType>(dtype) ||
      !isNone(in[3]))
    return std::nullopt;
  Value last = b.constant(int64_t(-1)), yes = b.constant(true);
  Value weights = b.toDtype(in[0], getDrawDtype(b, dtype));
  dtype = getDtype(weights);
  checkWeights(b, weights, !*replacement || getConstantInt(in[1]) == 1);
  if (!*replacement) {
    Value e = standardExponential(b, rand(b, b.sizes(weights), dtype));
    Operation *top = b.createMulti<AtenTopkOp>(
        {b.div(weights, e), in[1], last, yes, yes}, 2);
    return {{top->getResult(1)}};
  }
  Value sums = b.create<AtenCumsumOp>({weights, last, b.none()});
  Value count = b.size(weights, -1);
  Value total =
      b.narrow(sums, *rank - 1, b.subInt(count, b.constant(int64_t(1))),
               b.constant(int64_t(1)));
  SmallVector<Value> sizes = b.sizes(weights);
  sizes.back() = in[1];
  Value u = b.mul(rand(b, sizes, dtype), total);
  Value isBelow = b.create<AtenLeTensorOp>(
      {b.unsqueeze(sums, *rank - 1), b.unsqueeze(u, *rank)});
  Value index = b.sum(isBelow, {*rank}, /*keepDim=*/false);
  // Where u * total rounds to the total.
  return {{b.create<AtenClampMaxOp>(
      {index, b.subInt(count, b.constant(int64_t(1)))})}};
}

//===----------------------------------------------------------------------===//
// Dropout
//===----------------------------------------------------------------------===//

/// What a dropout of training keeps: all of it, or whole channels, which are
/// dimensions 0 and 1.
SmallVector<Value> getMaskSizes(TensorBuilder &b, Value x, bool ofFeatures) {
  SmallVector<Value> sizes = b.sizes(x);
  if (ofFeatures)
    for (Value &size : MutableArrayRef(sizes).drop_front(2))
      size = b.constant(int64_t(1));
  return sizes;
}

/// dropout, feature_dropout: x / (1 - p) where it is kept, 0 elsewhere.
/// alpha_dropout, feature_alpha_dropout: a x + b with x = alpha where it is
/// dropped, so that mean and variance stay (Klambauer et al., 2017).
template <bool ofFeatures, bool isAlpha>
FormulaResult dropout(TensorBuilder &b, ValueRange in) {
  std::optional<bool> train = getConstantBool(in[2]);
  std::optional<double> p = getConstantFloat(in[1]);
  std::optional<int64_t> rank = getRank(in[0]);
  Type dtype = getDtype(in[0]);
  if (train == false || p == 0.0)
    return {{in[0]}};
  if (!train || !p || !rank || !dtype || (ofFeatures && *rank < 2))
    return std::nullopt;
  auto complex = dyn_cast<ComplexType>(dtype);
  Type part = complex ? complex.getElementType() : dtype;
  if (!isa<FloatType>(part))
    return std::nullopt;
  if (*p == 1.0)
    return {{b.mulScalar(in[0], b.constant(0.0))}};
  Value kept = b.toDtype(draw(b, getMaskSizes(b, in[0], ofFeatures),
                              b.constant(1.0 - *p), getDrawDtype(b, part)),
                         dtype);
  if (!isAlpha)
    return {{b.mul(in[0], b.divScalar(kept, b.constant(1.0 - *p)))}};
  // -scale * alpha of selu.
  const double alpha = 1.7580993408473766;
  double a = 1.0 / std::sqrt((alpha * alpha * *p + 1) * (1.0 - *p));
  // x a where it is kept; an offset that is a alpha p, less a alpha elsewhere.
  Value offset = b.addScalar(b.mulScalar(kept, b.constant(alpha * a)),
                             b.constant(alpha * a * (*p - 1)));
  return {{b.add(b.mul(in[0], b.mulScalar(kept, b.constant(a))), offset)}};
}

/// native_dropout(x, p, train): the result and what was kept.
FormulaResult nativeDropout(TensorBuilder &b, ValueRange in) {
  std::optional<bool> train =
      isNone(in[2]) ? std::optional(true) : getConstantBool(in[2]);
  std::optional<double> p = getConstantFloat(in[1]);
  auto dtype = dyn_cast_if_present<FloatType>(getDtype(in[0]));
  if (!train || !p || !getRank(in[0]) || !dtype)
    return std::nullopt;
  SmallVector<Value> sizes = b.sizes(in[0]);
  if (!*train)
    return {
        {in[0], b.full(sizes, b.constant(true), b.getRewriter().getI1Type())}};
  Value kept = draw(b, sizes, b.constant(1.0 - *p), getDrawDtype(b, dtype));
  double scale = *p == 1.0 ? 0.0 : 1.0 / (1.0 - *p);
  Value factor = b.mulScalar(b.toDtype(kept, dtype), b.constant(scale));
  return {{b.mul(in[0], factor), kept}};
}

/// rrelu(x, lower, upper, training): x where it is positive, x times a random
/// slope elsewhere; outside of training, the slope is the mean.
FormulaResult rrelu(TensorBuilder &b, ValueRange in) {
  std::optional<double> lower = getConstantFloat(in[1]);
  std::optional<double> upper = getConstantFloat(in[2]);
  std::optional<bool> training = getConstantBool(in[3]);
  auto dtype = dyn_cast_if_present<FloatType>(getDtype(in[0]));
  if (!lower || !upper || !training || !getRank(in[0]) || !dtype)
    return std::nullopt;
  if (!*training)
    return {{b.create<AtenLeakyReluOp>(
        {in[0], b.constant((*lower + *upper) / 2)})}};
  Value u = rand(b, b.sizes(in[0]), getDrawDtype(b, dtype));
  Value slope = b.addScalar(b.mulScalar(u, b.constant(*upper - *lower)),
                            b.constant(*lower));
  Value isNegative = b.create<AtenLeScalarOp>({in[0], b.constant(0.0)});
  return {{b.create<AtenWhereSelfOp>(
      {isNegative, b.mul(in[0], b.toDtype(slope, dtype)), in[0]})}};
}

constexpr NamedFormula formulas[] = {
    {"aten::alpha_dropout", dropout<false, true>},
    {"aten::bernoulli", bernoulli<0>},
    {"aten::bernoulli.Tensor", bernoulli<1>},
    {"aten::bernoulli.p", bernoulli<1>},
    {"aten::cauchy", filled<cauchyOf, 2>},
    {"aten::dropout", dropout<false, false>},
    {"aten::exponential", filled<exponentialOf, 1>},
    {"aten::feature_alpha_dropout", dropout<true, true>},
    {"aten::feature_dropout", dropout<true, false>},
    {"aten::geometric", geometric},
    {"aten::log_normal", normal<true>},
    {"aten::multinomial", multinomial},
    {"aten::native_dropout", nativeDropout},
    {"aten::normal.Tensor_Tensor", normalOfTensors},
    {"aten::normal.Tensor_float", normalOfTensors},
    {"aten::normal.float_Tensor", normalOfTensors},
    {"aten::normal.float_float", normalOfSizes},
    {"aten::normal_functional", normal<false>},
    {"aten::rand", ofSizes<randOf, true>},
    {"aten::rand_like", like<randOf>},
    {"aten::randint_like", randintLike<false>},
    {"aten::randint_like.low_dtype", randintLike<true>},
    {"aten::randn", ofSizes<randnOf, false>},
    {"aten::randn_like", like<randnOf>},
    {"aten::random", random<false, false>},
    {"aten::random.from", random<true, true>},
    {"aten::random.to", random<false, true>},
    {"aten::randperm", randperm},
    {"aten::rrelu", rrelu},
    {"aten::uniform", uniform},
};

} // namespace

void populateRandomDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
}

} // namespace minitorch::mt
