//===- Sampling.cpp - Weighted elements of a tensor -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Sampling.h"

using namespace mlir;
using namespace minitorch;
using namespace minitorch::detail;

static Value sampleFrom(const ScalarMath &m, const DtypedValue &input,
                        SmallVector<Value> &indices, ArrayRef<Taps> axes) {
  if (axes.empty()) {
    Value element = tensor::ExtractOp::create(m.b, m.loc, input.value, indices);
    return m.cast(element, input.dtype);
  }
  Value sum;
  for (const Tap &tap : axes.front()) {
    indices.push_back(tap.index);
    Value term = sampleFrom(m, input, indices, axes.drop_front());
    indices.pop_back();
    if (tap.weight)
      term = m.mul(term, tap.weight);
    if (tap.counts)
      term = m.select(tap.counts, term, m.constant(0));
    sum = sum ? m.add(sum, term) : term;
  }
  return sum;
}

Value minitorch::detail::sample(const ScalarMath &m, const DtypedValue &input,
                                ValueRange leading, ArrayRef<Taps> axes) {
  SmallVector<Value> indices(leading);
  return sampleFrom(m, input, indices, axes);
}

/// Adds the products of `axes` to `sum`, given the taps of the axes before.
static void addProducts(const ScalarMath &m, const DtypedValue &input,
                        ValueRange leading, SmallVector<Tap> &taps,
                        ArrayRef<Taps> axes, Value &sum) {
  if (!axes.empty()) {
    for (const Tap &tap : axes.front()) {
      taps.push_back(tap);
      addProducts(m, input, leading, taps, axes.drop_front(), sum);
      taps.pop_back();
    }
    return;
  }
  SmallVector<Value> indices(leading);
  for (const Tap &tap : taps)
    indices.push_back(tap.index);
  Value element = tensor::ExtractOp::create(m.b, m.loc, input.value, indices);
  element = m.cast(element, input.dtype);
  Value weight;
  for (const Tap &tap : llvm::reverse(taps)) {
    if (tap.counts)
      element = m.select(tap.counts, element, m.constant(0));
    if (tap.weight)
      weight = weight ? m.mul(weight, tap.weight) : tap.weight;
  }
  Value term = weight ? m.mul(element, weight) : element;
  sum = sum ? m.add(sum, term) : term;
}

Value minitorch::detail::sampleByProducts(const ScalarMath &m,
                                          const DtypedValue &input,
                                          ValueRange leading,
                                          ArrayRef<Taps> axes) {
  SmallVector<Tap> taps;
  Value sum;
  addProducts(m, input, leading, taps, axes, sum);
  return sum;
}

SmallVector<Value, 4> minitorch::detail::getCubicWeights(const ScalarMath &m,
                                                         Value fraction) {
  constexpr double a = -0.75;
  auto scale = [&](double factor, Value x) {
    return m.mul(m.constant(factor), x);
  };
  // Of a neighbour at distance x <= 1: ((a + 2) x - (a + 3)) x^2 + 1
  auto near = [&](Value x) {
    Value inner = m.sub(scale(a + 2, x), m.constant(a + 3));
    return m.add(m.mul(m.mul(inner, x), x), m.constant(1));
  };
  // Of one at distance 1 <= x <= 2: ((a x - 5 a) x + 8 a) x - 4 a
  auto far = [&](Value x) {
    Value inner = m.sub(scale(a, x), m.constant(5 * a));
    inner = m.add(m.mul(inner, x), m.constant(8 * a));
    return m.sub(m.mul(inner, x), m.constant(4 * a));
  };
  Value one = m.constant(1), rest = m.sub(one, fraction);
  return {far(m.add(fraction, one)), near(fraction), near(rest),
          far(m.add(rest, one))};
}

Value minitorch::detail::fromIndex(const ScalarMath &m, Value index) {
  Type i64 = m.b.getI64Type();
  return m.cast(arith::IndexCastOp::create(m.b, m.loc, i64, index), i64);
}

Value minitorch::detail::clampToIndex(const ScalarMath &m, Value number,
                                      OpFoldResult size) {
  Value last =
      arith::SubIOp::create(m.b, m.loc, toIndex(m.b, m.loc, size),
                            arith::ConstantIndexOp::create(m.b, m.loc, 1));
  // Before the conversion, which is not defined for what does not fit. A number
  // that is not positive, NaN included, is 0.
  Value zero = m.constant(0);
  number = m.select(m.gt(number, zero), number, zero);
  Value highest = fromIndex(m, last);
  number = m.select(m.lt(number, highest), number, highest);
  Value index = arith::IndexCastOp::create(
      m.b, m.loc, m.b.getIndexType(),
      castScalar(m.b, m.loc, number, m.dtype, m.b.getI64Type()));
  // The last index may have been rounded up.
  return arith::MinSIOp::create(m.b, m.loc, index, last);
}
