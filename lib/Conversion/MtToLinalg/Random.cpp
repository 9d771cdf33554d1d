//===- Random.cpp - Random numbers by counters ------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Philox-4x32-10 (Salmon, Moraes, Dror and Shaw: Parallel Random Numbers: As
// Easy as 1, 2, 3; SC 2011). An operator reserves one counter an element from
// the runtime, and each element is a function of the seed and of its counter:
// no order of evaluation changes it. Distributions other than the uniform ones
// are decompositions.
//
//===----------------------------------------------------------------------===//

#include "Calls.h"
#include "Creation.h"
#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "Patterns.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <cmath>

using namespace mlir;
using namespace minitorch;
using namespace minitorch::detail;

namespace {
struct Generator {
  Value key, counter;
};
} // namespace

static Value constant(OpBuilder &b, Location loc, uint64_t value,
                      unsigned width) {
  return arith::ConstantOp::create(
      b, loc, b.getIntegerAttr(b.getIntegerType(width), APInt(width, value)));
}

/// The seed, and the first of one counter for each of the elements.
static Generator reserve(const AtenLowering &l, ArrayRef<OpFoldResult> sizes) {
  OpBuilder &b = l.b;
  Type integer = b.getI64Type();
  Value count = arith::ConstantIndexOp::create(b, l.loc, 1);
  for (OpFoldResult size : sizes)
    count = arith::MulIOp::create(b, l.loc, count, toIndex(b, l.loc, size));
  count = arith::IndexCastOp::create(b, l.loc, integer, count);
  FunctionCall key(l, "mtrt_random_key", {}, integer, /*isPure=*/false);
  FunctionCall next(l, "mtrt_random_reserve", {integer}, integer,
                    /*isPure=*/false);
  return {key.create(b, l.loc, {}), next.create(b, l.loc, count)};
}

/// 64 random bits.
static Value createBits(OpBuilder &b, Location loc, Value key, Value counter) {
  Type word = b.getI32Type();
  auto split = [&](Value wide) {
    Value high = arith::ShRUIOp::create(b, loc, wide, constant(b, loc, 32, 64));
    return std::pair<Value, Value>(arith::TruncIOp::create(b, loc, word, wide),
                                   arith::TruncIOp::create(b, loc, word, high));
  };
  auto [key0, key1] = split(key);
  auto [x0, x1] = split(counter);
  Value x2 = constant(b, loc, 0, 32), x3 = x2;
  Value factor0 = constant(b, loc, 0xD2511F53, 32);
  Value factor1 = constant(b, loc, 0xCD9E8D57, 32);
  for (int round = 0; round < 10; ++round) {
    auto product0 = arith::MulUIExtendedOp::create(b, loc, x0, factor0);
    auto product1 = arith::MulUIExtendedOp::create(b, loc, x2, factor1);
    auto mix = [&](Value high, Value x, Value k) -> Value {
      return arith::XOrIOp::create(b, loc,
                                   arith::XOrIOp::create(b, loc, high, x), k);
    };
    x0 = mix(product1.getHigh(), x1, key0);
    x1 = product1.getLow();
    x2 = mix(product0.getHigh(), x3, key1);
    x3 = product0.getLow();
    key0 =
        arith::AddIOp::create(b, loc, key0, constant(b, loc, 0x9E3779B9, 32));
    key1 =
        arith::AddIOp::create(b, loc, key1, constant(b, loc, 0xBB67AE85, 32));
  }
  Type wide = b.getI64Type();
  Value high =
      arith::ShLIOp::create(b, loc, arith::ExtUIOp::create(b, loc, wide, x0),
                            constant(b, loc, 32, 64));
  return arith::OrIOp::create(b, loc, high,
                              arith::ExtUIOp::create(b, loc, wide, x1));
}

/// A new tensor each of whose elements is `draw` of 64 random bits.
static Value
createRandom(const AtenLowering &l, ArrayRef<OpFoldResult> sizes, Type dtype,
             llvm::function_ref<Value(OpBuilder &, Value bits)> draw) {
  Generator generator = reserve(l, sizes);
  SmallVector<Value> lengths;
  for (OpFoldResult size : sizes)
    lengths.push_back(toIndex(l.b, l.loc, size));
  return createFromIndices(
      l.b, l.loc, sizes, dtype, [&](OpBuilder &b, ValueRange indices) {
        Value position = arith::ConstantIndexOp::create(b, l.loc, 0);
        for (auto [index, length] : llvm::zip(indices, lengths))
          position = arith::AddIOp::create(
              b, l.loc, arith::MulIOp::create(b, l.loc, position, length),
              index);
        position =
            arith::IndexCastOp::create(b, l.loc, b.getI64Type(), position);
        Value counter =
            arith::AddIOp::create(b, l.loc, generator.counter, position);
        return draw(b, createBits(b, l.loc, generator.key, counter));
      });
}

/// rand: a multiple of 2^-p in [0, 1), where p is the dtype's precision.
static LogicalResult lowerRand(const AtenLowering &l) {
  auto dtype = dyn_cast<FloatType>(l.getResultDtype());
  if (!dtype)
    return l.fail("random numbers of this dtype have no distribution");
  FailureOr<SmallVector<OpFoldResult>> sizes = getSizeOperands(l, "size");
  if (failed(sizes))
    return failure();
  unsigned precision = dtype.getFPMantissaWidth();
  return l.replace(
      createRandom(l, *sizes, dtype, [&](OpBuilder &b, Value bits) -> Value {
        // Narrow types by way of f32, which holds their integers.
        Type computeDtype = getComputeDtype(dtype);
        Value integer = arith::ShRUIOp::create(
            b, l.loc, bits, constant(b, l.loc, 64 - precision, 64));
        ScalarMath m(b, l.loc, computeDtype);
        Value whole = arith::SIToFPOp::create(b, l.loc, computeDtype, integer);
        Value value =
            m.mul(whole, m.constant(std::ldexp(1.0, -int(precision))));
        return castScalar(b, l.loc, value, computeDtype, dtype);
      }));
}

/// randint.low: low + bits mod (high - low), as PyTorch; its bias is below
/// 2^-32 for ranges of 32 bits.
static LogicalResult lowerRandint(const AtenLowering &l) {
  FailureOr<SmallVector<OpFoldResult>> sizes = getSizeOperands(l, "size");
  if (failed(sizes))
    return failure();
  OpBuilder &b = l.b;
  Type dtype = l.getResultDtype(), integer = b.getI64Type();
  if (isa<ComplexType>(dtype))
    return l.fail("random integers are not complex");
  Value high = l.get("high").value;
  Value low = l.get("low") ? l.get("low").value : constant(b, l.loc, 0, 64);
  l.check(arith::CmpIOp::create(b, l.loc, arith::CmpIPredicate::slt, low, high),
          "RuntimeError", "random_ expects 'from' to be less than 'to'");
  Value range = arith::SubIOp::create(b, l.loc, high, low);
  return l.replace(
      createRandom(l, *sizes, dtype, [&](OpBuilder &b, Value bits) {
        // The check is elsewhere, and remui of zero is not defined.
        Value divisor =
            arith::MaxUIOp::create(b, l.loc, range, constant(b, l.loc, 1, 64));
        Value rest = arith::RemUIOp::create(b, l.loc, bits, divisor);
        Value value = arith::AddIOp::create(b, l.loc, rest, low);
        return castScalar(b, l.loc, value, integer, dtype);
      }));
}

void minitorch::detail::populateRandomPatterns(const TypeConverter &converter,
                                               RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter, {"rand"}, lowerRand);
  addAtenLowering(patterns, converter, {"randint", "randint.low"},
                  lowerRandint);
}
