//===- Random.cpp - Distributions by few of them ----------------*- C++ -*-===//
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

// Source: PyTorch's documentation, and what its operators draw on the CPU: the
// same numbers of the generator in the same order make the same results.

namespace minitorch::mt {
namespace {

//===----------------------------------------------------------------------===//
// What the others are made of
//===----------------------------------------------------------------------===//

/// A tensor that is drawn over: only its sizes and dtype count.
Value toFill(TensorBuilder &b, ValueRange sizes, Type dtype) {
  return b.full(sizes, b.constant(int64_t(0)), dtype);
}

/// Independent numbers, uniform in [0, 1).
Value rand(TensorBuilder &b, ValueRange sizes, Type dtype) {
  Value none = b.none();
  return b.create<AtenRandOp>({b.intList(sizes),
                               b.constant(*getScalarTypeNumber(dtype)), none,
                               none, none});
}

Value normal(TensorBuilder &b, ValueRange sizes, Type dtype, Value mean,
             Value deviation) {
  return b.call("aten::normal_functional",
                {toFill(b, sizes, dtype), mean, deviation, b.none()});
}

Value standardNormal(TensorBuilder &b, ValueRange sizes, Type dtype) {
  return normal(b, sizes, dtype, b.constant(0.0), b.constant(1.0));
}

Value bernoulli(TensorBuilder &b, ValueRange sizes, Type dtype,
                Value probability) {
  return b.call("aten::bernoulli.p",
                {toFill(b, sizes, dtype), probability, b.none()});
}

/// Complex numbers whose parts `draw` draws, one after the other.
Value inParts(TensorBuilder &b, ValueRange sizes, ComplexType dtype,
              llvm::function_ref<Value(ValueRange, Type)> draw) {
  SmallVector<Value> all(sizes);
  all.push_back(b.constant(int64_t(2)));
  return b.call("aten::view_as_complex", draw(all, dtype.getElementType()));
}

//===----------------------------------------------------------------------===//
// Uniform and normal numbers
//===----------------------------------------------------------------------===//

/// rand, randn of `dtype`; complex ones have parts of variance 1/2 each.
template <bool isNormal>
Value standard(TensorBuilder &b, ValueRange sizes, Type dtype) {
  if (auto complex = dyn_cast<ComplexType>(dtype))
    return inParts(b, sizes, complex, [&](ValueRange all, Type part) {
      return isNormal ? normal(b, all, part, b.constant(0.0),
                               b.constant(1 / std::numbers::sqrt2))
                      : rand(b, all, part);
    });
  return isNormal ? standardNormal(b, sizes, dtype) : rand(b, sizes, dtype);
}

/// rand_like, randn_like: operands self, dtype, ...
template <bool isNormal> FormulaResult like(TensorBuilder &b, ValueRange in) {
  std::optional<Type> dtype = getOptionalDtype(in[1], getDtype(in[0]));
  if (!getRank(in[0]) || !dtype || !isFloatOrComplex(*dtype))
    return std::nullopt;
  return {{standard<isNormal>(b, b.sizes(in[0]), *dtype)}};
}

/// rand, randn of complex numbers: operands size, dtype, ...
template <bool isNormal>
FormulaResult ofSizes(TensorBuilder &b, ValueRange in) {
  std::optional<SmallVector<Value>> sizes = getIntValues(in[0]);
  std::optional<Type> dtype =
      getOptionalDtype(in[1], b.getRewriter().getF32Type());
  if (!sizes || !dtype || !isa_and_present<ComplexType>(*dtype))
    return std::nullopt;
  return {{standard<isNormal>(b, *sizes, *dtype)}};
}

/// uniform, normal_functional of complex numbers: operands self, and two
/// parameters. The variance of normal numbers is that of both parts.
template <bool isNormal>
FormulaResult filledInParts(TensorBuilder &b, ValueRange in) {
  auto dtype = dyn_cast_if_present<ComplexType>(getDtype(in[0]));
  if (!getRank(in[0]) || !dtype || !isNone(in[3]))
    return std::nullopt;
  return {{inParts(b, b.sizes(in[0]), dtype, [&](ValueRange all, Type part) {
    if (!isNormal)
      return b.call("aten::uniform",
                    {toFill(b, all, part), in[1], in[2], in[3]});
    Value half = b.getRewriter().createOrFold<arith::DivFOp>(
        b.getLoc(), in[2], b.constant(double(std::numbers::sqrt2)));
    return normal(b, all, part, in[1], half);
  })}};
}

/// normal.Tensor_Tensor, Tensor_float, float_Tensor: 0 + std z, or z std, and
/// the mean added at the end.
FormulaResult normalOfTensors(TensorBuilder &b, ValueRange in) {
  Value mean = in[0], deviation = in[1];
  Value known = getRank(mean) ? mean : deviation;
  Type dtype = getDtype(known);
  if (!getRank(known) || !dtype || !isa<FloatType>(dtype) || !isNone(in[2]))
    return std::nullopt;
  if (!isa<TensorType>(deviation.getType())) {
    Value z = normal(b, b.sizes(mean), dtype, b.constant(0.0), deviation);
    return {{b.add(z, mean)}};
  }
  if (isa<TensorType>(mean.getType())) {
    if (!getRank(mean) || !getRank(deviation) || !getDtype(deviation))
      return std::nullopt;
    // Of the operands' common shape.
    known = b.add(mean, deviation);
    if (!getRank(known))
      return std::nullopt;
  }
  Value z = standardNormal(b, b.sizes(known), dtype);
  z = b.toDtype(b.mul(z, deviation), dtype);
  return {{isa<TensorType>(mean.getType()) ? b.add(z, mean)
                                           : b.addScalar(z, mean)}};
}

/// normal.float_float(mean, std, size, generator, dtype, ...)
FormulaResult normalOfSizes(TensorBuilder &b, ValueRange in) {
  std::optional<SmallVector<Value>> sizes = getIntValues(in[2]);
  std::optional<Type> dtype =
      getOptionalDtype(in[4], b.getRewriter().getF32Type());
  if (!sizes || !dtype || !isFloatOrComplex(*dtype) || !isNone(in[3]))
    return std::nullopt;
  return {{normal(b, *sizes, *dtype, in[0], in[1])}};
}

/// randint_like(self, [low,] high, dtype, ...)
template <bool hasLow>
FormulaResult randintLike(TensorBuilder &b, ValueRange in) {
  std::optional<Type> dtype =
      getOptionalDtype(in[hasLow ? 3 : 2], getDtype(in[0]));
  if (!getRank(in[0]) || !dtype || !*dtype || isa<ComplexType>(*dtype))
    return std::nullopt;
  Value low = hasLow ? in[1] : b.constant(int64_t(0)), none = b.none();
  return {
      {b.call("aten::randint.low",
              {low, in[hasLow ? 2 : 1], b.intList(b.sizes(in[0])),
               b.constant(*getScalarTypeNumber(*dtype)), none, none, none})}};
}

//===----------------------------------------------------------------------===//
// Choices
//===----------------------------------------------------------------------===//

/// bernoulli(self), bernoulli.Tensor(self, p): a uniform number of p's dtype
/// for each element, 16-bit ones in float.
template <unsigned probability>
FormulaResult bernoulliOfTensor(TensorBuilder &b, ValueRange in) {
  Value p = in[probability];
  Type dtype = getDtype(in[0]), own = getDtype(p);
  if (!getRank(in[0]) || !getRank(p) || !dtype || !own ||
      !isa<FloatType>(own) || !isNone(in.back()))
    return std::nullopt;
  Type wide = getAccumulationDtype(own);
  Value u = rand(b, b.sizes(in[0]), wide);
  return {
      {b.toDtype(b.create<AtenLtTensorOp>({u, b.toDtype(p, wide)}), dtype)}};
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

/// multinomial(self, num_samples, replacement): without replacement, and of one
/// sample, the largest of w / e with exponential e (Efraimidis and Spirakis,
/// 2006); else the first sum of weights that is not below a uniform number.
FormulaResult multinomial(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> rank = getRank(in[0]);
  std::optional<bool> replacement = getConstantBool(in[2]);
  Type dtype = getDtype(in[0]);
  if (!rank || *rank < 1 || !replacement || !dtype || !isa<FloatType>(dtype) ||
      !isNone(in[3]))
    return std::nullopt;
  Value last = b.constant(int64_t(-1)), yes = b.constant(true);
  bool isOne = getConstantInt(in[1]) == 1, isSorted = !*replacement || isOne;
  Type wide = getAccumulationDtype(dtype);
  checkWeights(b, b.toDtype(in[0], wide), isSorted);
  if (isSorted) {
    Value e = b.call("aten::exponential", {toFill(b, b.sizes(in[0]), dtype),
                                           b.constant(1.0), b.none()});
    Value q = b.div(in[0], e);
    if (isOne)
      return {{b.create<AtenArgmaxOp>({q, last, yes})}};
    Operation *top = b.createMulti<AtenTopkOp>({q, in[1], last, yes, yes}, 2);
    return {{top->getResult(1)}};
  }
  Value sums = b.create<AtenCumsumOp>({b.toDtype(in[0], wide), last, b.none()});
  Value end = b.subInt(b.size(in[0], -1), b.constant(int64_t(1)));
  Value total = b.narrow(sums, *rank - 1, end, b.constant(int64_t(1)));
  Type f64 = b.getRewriter().getF64Type();
  sums = b.toDtype(b.div(sums, total), f64);
  SmallVector<Value> sizes = b.sizes(in[0]);
  sizes.back() = in[1];
  Value u = rand(b, sizes, f64);
  Value isBelow = b.create<AtenLtTensorOp>(
      {b.unsqueeze(sums, *rank - 1), b.unsqueeze(u, *rank)});
  return {{b.sum(isBelow, {*rank}, /*keepDim=*/false)}};
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
  if (*p == 1.0 && isFloatOrComplex(dtype))
    return {{b.mulScalar(in[0], b.constant(0.0))}};
  // Other complex tensors than empty ones raise before.
  if (isa<ComplexType>(dtype))
    return {{b.create<AtenCloneOp>({in[0], b.none()})}};
  if (!isa<FloatType>(dtype))
    return std::nullopt;
  Value kept = bernoulli(b, getMaskSizes(b, in[0], ofFeatures), dtype,
                         b.constant(1.0 - *p));
  if (!isAlpha)
    return {{b.mul(in[0], b.divScalar(kept, b.constant(1.0 - *p)))}};
  // -scale * alpha of selu.
  const double alpha = 1.7580993408473766;
  double a = 1.0 / std::sqrt((alpha * alpha * *p + 1) * (1.0 - *p));
  // x a where it is kept; an offset that is a alpha p, less a alpha elsewhere.
  Value offset = b.mulScalar(b.addScalar(kept, b.constant(int64_t(-1))),
                             b.constant(alpha * a));
  offset = b.addScalar(offset, b.constant(alpha * a * *p));
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
  Type i1 = b.getRewriter().getI1Type();
  if (!*train)
    return {{in[0], b.full(sizes, b.constant(true), i1)}};
  Value kept = bernoulli(b, sizes, i1, b.constant(1.0 - *p));
  double scale = *p == 1.0 ? 0.0 : 1.0 / (1.0 - *p);
  Value factor = b.mulScalar(b.toDtype(kept, dtype), b.constant(scale));
  return {{b.mul(in[0], factor), kept}};
}

/// rrelu(x, lower, upper, training): outside of training, the slope is the
/// mean.
FormulaResult rrelu(TensorBuilder &b, ValueRange in) {
  std::optional<double> lower = getConstantFloat(in[1]);
  std::optional<double> upper = getConstantFloat(in[2]);
  if (!lower || !upper || getConstantBool(in[3]) != false || !getRank(in[0]))
    return std::nullopt;
  return {
      {b.create<AtenLeakyReluOp>({in[0], b.constant((*lower + *upper) / 2)})}};
}

constexpr NamedFormula formulas[] = {
    {"aten::alpha_dropout", dropout<false, true>},
    {"aten::bernoulli", bernoulliOfTensor<0>},
    {"aten::bernoulli.Tensor", bernoulliOfTensor<1>},
    {"aten::dropout", dropout<false, false>},
    {"aten::feature_alpha_dropout", dropout<true, true>},
    {"aten::feature_dropout", dropout<true, false>},
    {"aten::multinomial", multinomial},
    {"aten::native_dropout", nativeDropout},
    {"aten::normal.Tensor_Tensor", normalOfTensors},
    {"aten::normal.Tensor_float", normalOfTensors},
    {"aten::normal.float_Tensor", normalOfTensors},
    {"aten::normal.float_float", normalOfSizes},
    {"aten::normal_functional", filledInParts<true>},
    {"aten::rand", ofSizes<false>},
    {"aten::rand_like", like<false>},
    {"aten::randint_like", randintLike<false>},
    {"aten::randint_like.low_dtype", randintLike<true>},
    {"aten::randn", ofSizes<true>},
    {"aten::randn_like", like<true>},
    {"aten::rrelu", rrelu},
    {"aten::uniform", filledInParts<false>},
};

} // namespace

void populateRandomDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
}

} // namespace minitorch::mt
