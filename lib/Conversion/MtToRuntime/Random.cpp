//===- Random.cpp - Random numbers by calls of the runtime ------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One call fills a tensor, since each number depends on those before it. The
// calls stay in the program's order: nothing is known of them but that they
// write.
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/AtenLowering.h"
#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "MiniTorch/Conversion/MtToRuntime.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "RuntimeCalls.h"

using namespace mlir;
using namespace minitorch;

/// Replaces the operator by a new tensor of `sizes`, which `function` fills
/// with a distribution that has these parameters.
static LogicalResult fill(const AtenLowering &l, ArrayRef<OpFoldResult> sizes,
                          const Twine &function, ArrayRef<Value> parameters) {
  if (isa<ComplexType>(l.getResultDtype()))
    return l.fail("complex random numbers have two parts");
  RuntimeCalls calls(l.b, l.op);
  SmallVector<Value> operands(parameters);
  operands.push_back(
      calls.integer(*mt::getScalarTypeNumber(l.getResultDtype())));
  return l.replace(calls.callFilling(
      ("mtrt_random_" + function).str(), operands, l.getResultType(),
      [&](int64_t dim) { return toInt(l.b, l.loc, sizes[dim]); }));
}

static Value real(const AtenLowering &l, double value) {
  return arith::ConstantOp::create(l.b, l.loc, l.b.getF64FloatAttr(value));
}

/// rand, randn: operands size, dtype, ...
static LogicalResult lowerStandard(const AtenLowering &l, StringRef function) {
  FailureOr<SmallVector<OpFoldResult>> sizes = l.getSizes("size");
  if (failed(sizes))
    return failure();
  if (!isa<FloatType>(l.getResultDtype()))
    return l.fail("random numbers of this dtype have no distribution");
  return fill(l, *sizes, function, {real(l, 0), real(l, 1)});
}

static LogicalResult fillBetween(const AtenLowering &l,
                                 ArrayRef<OpFoldResult> sizes, Value low,
                                 Value high) {
  l.check(
      arith::CmpIOp::create(l.b, l.loc, arith::CmpIPredicate::slt, low, high),
      "RuntimeError",
      "random_ expects 'from' to be less than 'to', but got "
      "from={} >= to={}",
      {low, high});
  return fill(l, sizes, "between", {low, high});
}

/// randint, randint.low
static LogicalResult lowerRandint(const AtenLowering &l) {
  FailureOr<SmallVector<OpFoldResult>> sizes = l.getSizes("size");
  if (failed(sizes))
    return failure();
  Value low =
      l.get("low") ? l.get("low").value : RuntimeCalls(l.b, l.op).integer(0);
  return fillBetween(l, *sizes, low, l.get("high").value);
}

static LogicalResult lowerRandperm(const AtenLowering &l) {
  OpFoldResult n = toSize(l.b, l.loc, l.get("n").value);
  return fill(l, n, "permutation", {});
}

/// Those that take the sizes and the dtype of a tensor: the function, and the
/// operands that are its parameters.
static LogicalResult lowerLike(const AtenLowering &l, StringRef function,
                               ArrayRef<StringRef> parameters) {
  if (!l.isNone("generator"))
    return l.fail("a generator of its own");
  SmallVector<Value> values;
  for (StringRef name : parameters)
    values.push_back(l.get(name).value);
  return fill(l, getSizes(l.b, l.loc, l.get("self").value), function, values);
}

/// random, random.to, random.from: without bounds, the integers that the dtype
/// holds exactly.
static LogicalResult lowerRandom(const AtenLowering &l) {
  if (l.isNone("to"))
    return l.get("from") ? lowerLike(l, "from", {"from"})
                         : lowerLike(l, "integer", {});
  if (!l.isNone("generator"))
    return l.fail("a generator of its own");
  Value low =
      l.get("from") ? l.get("from").value : RuntimeCalls(l.b, l.op).integer(0);
  return fillBetween(l, getSizes(l.b, l.loc, l.get("self").value), low,
                     l.get("to").value);
}

/// rrelu while training: elements that are not positive times random slopes.
static LogicalResult lowerRrelu(const AtenLowering &l) {
  if (l.getBool("training") != true || !l.isNone("generator"))
    return l.fail("not while training, or a generator of its own");
  DtypedValue self = l.get("self");
  RuntimeCalls calls(l.b, l.op);
  SmallVector<Value> numbers = {
      calls.integer(*mt::getScalarTypeNumber(self.dtype))};
  for (StringRef name : {"lower", "upper"}) {
    DtypedValue bound = l.get(name);
    numbers.push_back(
        castNumber(l.b, l.loc, bound.value, bound.dtype, l.b.getF64Type()));
  }
  return l.replace(
      calls.callKernel("mtrt_random_rrelu", numbers, self.value,
                       NewTensor{getSizes(l.b, l.loc, self.value),
                                 self.getTensorType().getElementType()}));
}

namespace {
struct Distribution {
  StringRef name, function;
  SmallVector<StringRef, 2> parameters;
};
} // namespace

void minitorch::populateRandomPatterns(const TypeConverter &converter,
                                       RewritePatternSet &patterns) {
  static const Distribution distributions[] = {
      {"bernoulli.p", "bernoulli", {"p"}},
      {"cauchy", "cauchy", {"median", "sigma"}},
      {"exponential", "exponential", {"lambd"}},
      {"geometric", "geometric", {"p"}},
      {"log_normal", "log_normal", {"mean", "std"}},
      {"normal_functional", "normal", {"mean", "std"}},
      {"uniform", "uniform", {"from", "to"}},
  };
  for (const Distribution &each : distributions)
    addAtenLowering(patterns, converter, each.name,
                    [&each](const AtenLowering &l) {
                      return lowerLike(l, each.function, each.parameters);
                    });
  addAtenLowering(patterns, converter, {"rand"}, [](const AtenLowering &l) {
    return lowerStandard(l, "uniform");
  });
  addAtenLowering(patterns, converter, {"randn"}, [](const AtenLowering &l) {
    return lowerStandard(l, "normal");
  });
  addAtenLowering(patterns, converter, {"randint", "randint.low"},
                  lowerRandint);
  addAtenLowering(patterns, converter, {"random", "random.from", "random.to"},
                  lowerRandom);
  addAtenLowering(patterns, converter, {"randperm"}, lowerRandperm);
  addAtenLowering(patterns, converter, {"rrelu"}, lowerRrelu);
}
