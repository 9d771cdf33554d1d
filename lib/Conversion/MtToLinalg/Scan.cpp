//===- Scan.cpp - Running sums, products and extremes -----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/Slices.h"
#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "Patterns.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include <limits>

using namespace mlir;
using namespace minitorch;

namespace {
/// A value that a scan carries, and the result that keeps each of its states.
struct Running {
  Value init;
  /// The dtype of `init` and of the result.
  Type dtype, resultDtype;
};
} // namespace

/// The next state, from the state before, an element and its index (an i64).
using ScanStep = llvm::function_ref<SmallVector<Value>(
    OpBuilder &, ValueRange state, Value x, Value index)>;

/// Goes along `dim`, slice by slice, each from the one before. Every result has
/// the sizes of `self`.
static SmallVector<Value> createScan(const AtenLowering &l, DtypedValue self,
                                     int64_t dim, ArrayRef<Running> running,
                                     ScanStep step) {
  OpBuilder &b = l.b;
  Location loc = l.loc;
  size_t count = running.size();
  SmallVector<OpFoldResult> sizes = getSizes(b, loc, self.value);
  SmallVector<OpFoldResult> sliceSizes = sizes, rest = sizes;
  sliceSizes[dim] = b.getIndexAttr(1);
  rest.erase(rest.begin() + dim);
  SmallVector<OpFoldResult> strides(sizes.size(), b.getIndexAttr(1));
  int64_t rank = rest.size();

  // The states, then the results.
  SmallVector<Value> inits;
  for (const Running &value : running)
    inits.push_back(createFilled(b, loc, rest, value.init));
  for (const Running &value : running)
    inits.push_back(createEmpty(b, loc, sizes, value.resultDtype));
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  auto loop = scf::ForOp::create(
      b, loc, zero, toIndex(b, loc, sizes[dim]), one, inits,
      [&](OpBuilder &nested, Location, Value i, ValueRange carried) {
        SmallVector<OpFoldResult> offsets(sizes.size(), b.getIndexAttr(0));
        offsets[dim] = i;
        Value slice = extractSlice(nested, loc, self.value, offsets, sliceSizes,
                                   strides, dim);
        Value index =
            arith::IndexCastOp::create(nested, loc, b.getI64Type(), i);
        SmallVector<Value> inputs(carried.take_front(count)), outs;
        inputs.push_back(slice);
        SmallVector<Type> types;
        for (const Running &value : running) {
          outs.push_back(createEmpty(nested, loc, rest, value.dtype));
          types.push_back(outs.back().getType());
        }
        SmallVector<AffineMap> maps(inputs.size() + outs.size(),
                                    b.getMultiDimIdentityMap(rank));
        SmallVector<utils::IteratorType> iterators(
            rank, utils::IteratorType::parallel);
        auto generic = linalg::GenericOp::create(
            nested, loc, types, inputs, outs, maps, iterators,
            [&](OpBuilder &body, Location, ValueRange arguments) {
              linalg::YieldOp::create(body, loc,
                                      step(body, arguments.take_front(count),
                                           arguments[count], index));
            });
        SmallVector<Value> next;
        for (auto [state, value] : llvm::zip(generic.getResults(), carried))
          next.push_back(state.getType() == value.getType()
                             ? Value(state)
                             : Value(tensor::CastOp::create(
                                   nested, loc, value.getType(), state)));
        for (size_t j = 0; j < count; ++j) {
          Value stored = castElements(nested, loc, {next[j], running[j].dtype},
                                      running[j].resultDtype);
          next.push_back(insertSlice(nested, loc, stored, carried[count + j],
                                     offsets, sliceSizes, strides, dim));
        }
        scf::YieldOp::create(nested, loc, next);
      });
  return llvm::to_vector_of<Value>(loop.getResults().drop_front(count));
}

/// A scan of one value, whose state has the dtype that PyTorch computes in.
static LogicalResult
lowerScan(const AtenLowering &l,
          llvm::function_ref<Value(const ScalarMath &)> init,
          llvm::function_ref<Value(const ScalarMath &, Value, Value)> step) {
  DtypedValue self = l.get("self");
  FailureOr<int64_t> dim = l.getDim("dim", self.getRank());
  if (failed(dim))
    return failure();
  Type resultDtype = l.getResultDtype();
  if (self.getRank() == 0)
    return l.replace(castElements(l.b, l.loc, self, resultDtype));
  Type dtype = getComputeDtype(resultDtype);
  Running running{init(ScalarMath(l.b, l.loc, dtype)), dtype, resultDtype};
  return l.replace(createScan(
      l, self, *dim, running,
      [&](OpBuilder &b, ValueRange state, Value x, Value) {
        ScalarMath m(b, l.loc, dtype);
        return SmallVector<Value>{step(m, state[0], m.cast(x, self.dtype))};
      }));
}

static LogicalResult lowerCumsum(const AtenLowering &l) {
  return lowerScan(
      l, [](const ScalarMath &m) { return m.constantInt(0); },
      [](const ScalarMath &m, Value sum, Value x) { return m.add(sum, x); });
}

static LogicalResult lowerCumprod(const AtenLowering &l) {
  return lowerScan(
      l, [](const ScalarMath &m) { return m.constantInt(1); },
      [](const ScalarMath &m, Value product, Value x) {
        return m.mul(product, x);
      });
}

/// cummax, cummin: the last of equal extremes wins, and every NaN.
static LogicalResult lowerCumulativeExtreme(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<int64_t> dim = l.getDim("dim", self.getRank());
  if (failed(dim))
    return failure();
  bool isMax = l.getName() == "cummax";
  ScalarMath outer(l.b, l.loc, self.dtype), place(l.b, l.loc, l.b.getI64Type());
  Value first = place.constantInt(0);
  if (self.getRank() == 0)
    return l.replace({self.value, createFilled(l.b, l.loc, {}, first)});
  if (isa<ComplexType>(self.dtype))
    return l.fail("complex numbers have no order");
  Running running[] = {
      {isMax ? outer.lowest() : outer.highest(), self.dtype, self.dtype},
      {first, place.dtype, place.dtype}};
  return l.replace(
      createScan(l, self, *dim, running,
                 [&](OpBuilder &b, ValueRange state, Value x, Value index) {
                   ScalarMath m(b, l.loc, self.dtype);
                   Value wins = isMax ? m.ge(x, state[0]) : m.le(x, state[0]);
                   if (m.isFloat())
                     wins = arith::OrIOp::create(b, l.loc, wins, m.isNan(x));
                   return SmallVector<Value>{m.select(wins, x, state[0]),
                                             m.select(wins, index, state[1])};
                 }));
}

/// log(exp(x) + exp(y)) = m + log1p(exp(n - m)), m the one with the larger real
/// part. Equal infinities give themselves.
static Value addInLogSpace(const ScalarMath &m, Value x, Value y) {
  OpBuilder &b = m.b;
  Location loc = m.loc;
  if (!m.isComplex()) {
    Value large = m.max(x, y), small = m.min(x, y);
    Value sum =
        m.add(large, math::Log1pOp::create(b, loc, m.exp(m.sub(small, large))));
    Value isOneInfinity =
        arith::AndIOp::create(b, loc, m.eq(large, small), m.isInf(large));
    return m.select(isOneInfinity, large, sum);
  }
  Type part = cast<ComplexType>(m.type).getElementType();
  ScalarMath p(b, loc, part);
  auto real = [&](Value value) -> Value {
    return complex::ReOp::create(b, loc, part, value);
  };
  Value xIsSmall = p.lt(real(x), real(y));
  Value small = m.select(xIsSmall, x, y), large = m.select(xIsSmall, y, x);
  Value sum = m.add(
      large, complex::Log1pOp::create(b, loc, m.exp(m.sub(small, large))));
  // Minus infinity is the logarithm of nothing, whatever its angle.
  Value isNothing =
      p.eq(real(small), p.constant(-std::numeric_limits<double>::infinity()));
  return m.select(isNothing, large, sum);
}

static LogicalResult lowerLogcumsumexp(const AtenLowering &l) {
  return lowerScan(
      l,
      [](const ScalarMath &m) {
        return m.constant(-std::numeric_limits<double>::infinity());
      },
      addInLogSpace);
}

void minitorch::detail::populateScanPatterns(const TypeConverter &converter,
                                             RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter, {"cumsum"}, lowerCumsum);
  addAtenLowering(patterns, converter, {"cumprod"}, lowerCumprod);
  addAtenLowering(patterns, converter, {"cummax", "cummin"},
                  lowerCumulativeExtreme);
  addAtenLowering(patterns, converter, {"logcumsumexp"}, lowerLogcumsumexp);
}
