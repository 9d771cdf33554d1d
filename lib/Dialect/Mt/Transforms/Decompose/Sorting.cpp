//===- Sorting.cpp - What follows from sorting ------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

// Source: the operators' pages of PyTorch's documentation; for what these leave
// open (ties, NaNs), the results of its CPU kernels.

namespace minitorch::mt {
namespace {

/// A tensor sorted along `dim`, NaNs last, and where the elements were.
struct Sorted {
  Value values, places;
};
Sorted sort(TensorBuilder &b, Value x, int64_t dim) {
  Operation *op =
      b.createMulti<AtenSortOp>({x, b.constant(dim), b.constant(false)}, 2);
  return {op->getResult(0), op->getResult(1)};
}

Value flatten(TensorBuilder &b, Value x) {
  return b.reshape(x, {b.constant(int64_t(-1))});
}

Value gather(TensorBuilder &b, Value x, int64_t dim, Value index) {
  return b.create<AtenGatherOp>({x, b.constant(dim), index, b.constant(false)});
}

/// 0, 1, ... along `dim` of a tensor of `rank`, 1 elsewhere.
Value countAlong(TensorBuilder &b, Value length, int64_t dim, int64_t rank) {
  SmallVector<Value> sizes(rank, b.constant(int64_t(1)));
  sizes[dim] = length;
  return b.reshape(b.arange(length, b.getRewriter().getI64Type()), sizes);
}

/// What the operators that pick an element along a dim take.
struct Pick {
  Value x;
  int64_t dim;
  bool keepDim;
};
std::optional<Pick> getPick(Value x, Value dim, Value keepDim) {
  std::optional<int64_t> rank = getRank(x), constant = getConstantInt(dim);
  std::optional<bool> keep = getConstantBool(keepDim);
  if (!rank || !constant || !keep || !wrapDim(*constant, *rank) ||
      !getDtype(x) || isa<ComplexType>(getDtype(x)))
    return std::nullopt;
  return Pick{x, *wrapDim(*constant, *rank), *keep};
}

/// The elements at `index`, of size 1 along the dim, and where they were.
SmallVector<Value> pickAt(TensorBuilder &b, const Pick &pick, Sorted sorted,
                          Value index) {
  SmallVector<Value> results{gather(b, sorted.values, pick.dim, index),
                             gather(b, sorted.places, pick.dim, index)};
  if (!pick.keepDim)
    for (Value &result : results)
      result = b.squeeze(result, pick.dim);
  return results;
}

/// A scalar is the only element that can be picked.
SmallVector<Value> pickScalar(TensorBuilder &b, Value x) {
  return {x, b.zeros({}, b.getRewriter().getI64Type())};
}

/// The shape of `x` with 1 along `dim`, filled with an int.
Value fullAlong(TensorBuilder &b, Value x, int64_t dim, Value number) {
  SmallVector<Value> sizes = b.sizes(x);
  sizes[dim] = b.constant(int64_t(1));
  return b.full(sizes, number, b.getRewriter().getI64Type());
}

FormulaResult msort(TensorBuilder &b, ValueRange in) {
  if (!getRank(in[0]))
    return std::nullopt;
  return {{sort(b, in[0], 0).values}};
}

/// argsort.stable: the operands in another order; all sorts are stable.
FormulaResult argsortStable(TensorBuilder &b, ValueRange in) {
  return {{b.create<AtenArgsortOp>({in[0], in[2], in[3]})}};
}

/// kthvalue: element k - 1 of the sorted ones
FormulaResult kthvalue(TensorBuilder &b, ValueRange in) {
  std::optional<Pick> pick = getPick(in[0], in[2], in[3]);
  std::optional<int64_t> k = getConstantInt(in[1]);
  if (!pick || !k)
    return std::nullopt;
  bool isScalar = *getRank(pick->x) == 0;
  Value size = isScalar ? b.constant(int64_t(1)) : b.size(pick->x, pick->dim);
  // As unsigned, a k of zero is out of range too.
  Value isInside = arith::CmpIOp::create(b.getRewriter(), b.getLoc(),
                                         arith::CmpIPredicate::ult,
                                         b.constant(*k - 1), size);
  b.raiseUnless(isInside,
                "kthvalue(): selected number k out of range for dimension " +
                    std::to_string(pick->dim));
  if (isScalar)
    return pickScalar(b, pick->x);
  Value index = fullAlong(b, pick->x, pick->dim, b.constant(*k - 1));
  return pickAt(b, *pick, sort(b, pick->x, pick->dim), index);
}

/// The place of the median along `dim` of sorted elements: the lower one of
/// two; the first NaN unless NaNs are ignored.
template <bool ignoresNan>
Value getMedianIndex(TensorBuilder &b, Value x, int64_t dim) {
  Value one = b.constant(int64_t(1)), two = b.constant(int64_t(2));
  Value size = b.size(x, dim);
  if (!isa<FloatType>(getDtype(x)))
    return fullAlong(b, x, dim, b.floorDivInt(b.subInt(size, one), two));
  Value nans = b.sum(b.create<AtenIsnanOp>({x}), {dim}, /*keepDim=*/true);
  Value numbers = b.create<AtenRsubScalarOp>({nans, size, one});
  if (ignoresNan) {
    Value last =
        b.create<AtenClampMinOp>({b.addScalar(numbers, b.constant(int64_t(-1))),
                                  b.constant(int64_t(0))});
    return b.create<AtenFloorDivideScalarOp>({last, two});
  }
  Value hasNan = b.create<AtenGtScalarOp>({nans, b.constant(int64_t(0))});
  Value middle = fullAlong(b, x, dim, b.floorDivInt(b.subInt(size, one), two));
  return b.create<AtenWhereSelfOp>({hasNan, numbers, middle});
}

template <bool ignoresNan>
FormulaResult medianAlong(TensorBuilder &b, ValueRange in) {
  std::optional<Pick> pick = getPick(in[0], in[1], in[2]);
  if (!pick)
    return std::nullopt;
  if (*getRank(pick->x) == 0)
    return pickScalar(b, pick->x);
  Value index = getMedianIndex<ignoresNan>(b, pick->x, pick->dim);
  return pickAt(b, *pick, sort(b, pick->x, pick->dim), index);
}

template <bool ignoresNan>
FormulaResult median(TensorBuilder &b, ValueRange in) {
  if (!getRank(in[0]) || !getDtype(in[0]) || isa<ComplexType>(getDtype(in[0])))
    return std::nullopt;
  Value x = flatten(b, in[0]);
  Value index = getMedianIndex<ignoresNan>(b, x, 0);
  return {{b.squeeze(gather(b, sort(b, x, 0).values, 0, index), 0)}};
}

/// mode: the most frequent value, the least of several; its last place. In a
/// sorted row, the count of equal elements so far is the distance to the last
/// place where the value changed.
FormulaResult mode(TensorBuilder &b, ValueRange in) {
  std::optional<Pick> pick = getPick(in[0], in[1], in[2]);
  if (!pick)
    return std::nullopt;
  int64_t rank = *getRank(pick->x), dim = pick->dim;
  if (rank == 0)
    return pickScalar(b, pick->x);
  Sorted sorted = sort(b, pick->x, dim);
  Value zero = b.constant(int64_t(0)), one = b.constant(int64_t(1));
  Value size = b.size(pick->x, dim);
  Value high = b.slice(sorted.values, dim, one, size);
  Value low = b.slice(sorted.values, dim, zero, b.constant(int64_t(-1)));
  Value changes = b.create<AtenNeTensorOp>({high, low});
  Value places = countAlong(b, size, dim, rank);
  Value starts = b.mul(b.slice(places, dim, one, size), changes);
  starts = b.cat({fullAlong(b, pick->x, dim, zero), starts}, dim);
  starts =
      b.callMulti("aten::cummax", {starts, b.constant(dim)}, 2)->getResult(0);
  Value index = b.create<AtenArgmaxOp>(
      {b.sub(places, starts), b.constant(dim), b.constant(true)});
  return pickAt(b, *pick, sorted, index);
}

//===----------------------------------------------------------------------===//
// Quantiles
//===----------------------------------------------------------------------===//

/// quantile(x, q): the sorted elements at q * (n - 1), by interpolation of the
/// two nearest ones. A NaN makes the result NaN unless NaNs are ignored.
template <bool ignoresNan>
FormulaResult quantile(TensorBuilder &b, ValueRange in) {
  Value x = in[0], q = in[1];
  std::optional<int64_t> rank = getRank(x);
  std::optional<bool> keepDim = getConstantBool(in[3]);
  std::optional<StringRef> interpolation = getConstantStr(in[4]);
  Type dtype = getDtype(x);
  if (!rank || !keepDim || !interpolation || !isa_and_present<FloatType>(dtype))
    return std::nullopt;
  bool isNumber = !isa<TensorType>(q.getType());
  if (!isNumber && (!getRank(q) || *getRank(q) > 1))
    return std::nullopt;
  bool isOne = isNumber || *getRank(q) == 0;

  // The reduced dim last.
  bool reducesAll = isNone(in[2]) || *rank == 0;
  int64_t dim = 0;
  if (reducesAll) {
    x = flatten(b, x);
  } else {
    std::optional<int64_t> constant = getConstantInt(in[2]);
    if (!constant || !wrapDim(*constant, *rank))
      return std::nullopt;
    dim = *wrapDim(*constant, *rank);
    x = b.create<AtenMovedimIntOp>(
        {x, b.constant(dim), b.constant(int64_t(-1))});
  }
  int64_t last = *getRank(x) - 1;
  Value sorted = sort(b, x, last).values;

  // The ranks, as [rest of x, number of quantiles].
  Value one = b.constant(int64_t(1));
  SmallVector<Value> sizes = b.sizes(x);
  if (isNumber)
    q = b.full({one}, q, dtype);
  else if (isOne)
    q = b.reshape(q, {one});
  sizes.back() = b.size(q, 0);
  q = b.expand(q, sizes);
  Value isNan = b.create<AtenIsnanOp>({sorted});
  Value end = b.subInt(b.size(x, last), one);
  Value ranks;
  if (ignoresNan) {
    Value numbers = b.sum(b.create<AtenLogicalNotOp>({isNan}), {last},
                          /*keepDim=*/true);
    ranks = b.create<AtenClampMinOp>(
        {b.mul(q, b.addScalar(numbers, b.constant(int64_t(-1)))),
         b.constant(0.0)});
  } else {
    Value hasNan =
        b.create<AtenAnyDimOp>({isNan, b.constant(last), b.constant(true)});
    ranks =
        b.create<AtenMaskedFillScalarOp>({b.mulScalar(q, end), hasNan, end});
  }
  if (*interpolation == "lower")
    ranks = b.create<AtenFloorOp>({ranks});
  else if (*interpolation == "higher")
    ranks = b.create<AtenCeilOp>({ranks});
  else if (*interpolation == "nearest")
    ranks = b.create<AtenRoundOp>({ranks});
  Type i64 = b.getRewriter().getI64Type();
  Value below = b.toDtype(ranks, i64);
  Value result = gather(b, sorted, last, below);
  bool isLinear = *interpolation == "linear";
  if (isLinear || *interpolation == "midpoint") {
    Value above =
        gather(b, sorted, last, b.toDtype(b.create<AtenCeilOp>({ranks}), i64));
    if (isLinear)
      result = b.create<AtenLerpTensorOp>({result, above, b.sub(ranks, below)});
    else
      result = b.create<AtenLerpScalarOp>({result, above, b.constant(0.5)});
  }

  // The quantiles come first, or not at all.
  if (isOne)
    result = b.select(result, last, b.constant(int64_t(0)));
  else
    result = b.create<AtenMovedimIntOp>(
        {result, b.constant(last), b.constant(int64_t(0))});
  if (*keepDim) {
    int64_t first = isOne ? 0 : 1;
    if (!reducesAll)
      result = b.unsqueeze(result, first + dim);
    else
      for (int64_t i = 0; i < *rank; ++i)
        result = b.unsqueeze(result, first);
  }
  return {{result}};
}

//===----------------------------------------------------------------------===//
// Distinct elements
//===----------------------------------------------------------------------===//

/// Runs of equal elements (or slices) along dim 0.
struct Runs {
  Value isFirst; // bool, where one begins
  Value number;  // i64, of the run that an element is in
};
Runs getRuns(TensorBuilder &b, Value x) {
  Value zero = b.constant(int64_t(0)), one = b.constant(int64_t(1));
  Value size = b.size(x, 0);
  Value changes = b.create<AtenNeTensorOp>(
      {b.slice(x, 0, one, size), b.slice(x, 0, zero, b.constant(int64_t(-1)))});
  for (int64_t rank = *getRank(x); rank > 1; --rank)
    changes = b.create<AtenAnyDimOp>(
        {changes, b.constant(int64_t(1)), b.constant(false)});
  // The first element, of which an empty tensor has none.
  Value first = b.full({b.minInt(size, one)}, b.constant(true),
                       b.getRewriter().getI1Type());
  Value isFirst = b.cat({first, changes}, 0);
  Value number = b.create<AtenCumsumOp>({isFirst, zero, b.none()});
  return {isFirst, b.addScalar(number, b.constant(int64_t(-1)))};
}

/// How many elements each of `count` runs has.
Value countRuns(TensorBuilder &b, Runs runs, Value count) {
  Type i64 = b.getRewriter().getI64Type();
  Value one = b.constant(int64_t(1));
  Value ones = b.full({b.size(runs.number, 0)}, one, i64);
  return b.create<AtenIndexAddOp>(
      {b.zeros({count}, i64), b.constant(int64_t(0)), runs.number, ones, one});
}

Value getFirsts(TensorBuilder &b, Value x, Runs runs) {
  return b.create<AtenIndexTensorOp>({x, b.tensorList({runs.isFirst})});
}

Value nothing(TensorBuilder &b) {
  return b.zeros({b.constant(int64_t(0))}, b.getRewriter().getI64Type());
}

/// The results of unique and its kin: values, the run that each element is in
/// (not computed unless asked for), and counts.
std::optional<SmallVector<Value>> getUnique(TensorBuilder &b, Value values,
                                            Runs runs, Value inverse,
                                            Value wantsInverse,
                                            Value wantsCounts) {
  std::optional<bool> asksInverse = getConstantBool(wantsInverse);
  std::optional<bool> asksCounts = getConstantBool(wantsCounts);
  if (!asksInverse || !asksCounts)
    return std::nullopt;
  Value counts = *asksCounts ? countRuns(b, runs, b.size(values, 0)) : Value();
  return SmallVector<Value>{values, *asksInverse ? inverse : nothing(b),
                            counts ? counts : nothing(b)};
}

/// The run of each element in the order before sorting.
Value unsort(TensorBuilder &b, Value number, Value places) {
  return b.create<AtenScatterSrcOp>(
      {b.create<AtenZerosLikeOp>(
           {number, b.none(), b.none(), b.none(), b.none(), b.none()}),
       b.constant(int64_t(0)), places, number});
}

/// _unique2: the sorted elements that differ from the one before
FormulaResult unique(TensorBuilder &b, ValueRange in) {
  Value x = in[0];
  if (!getRank(x) || !getDtype(x) || isa<ComplexType>(getDtype(x)))
    return std::nullopt;
  Sorted sorted = sort(b, flatten(b, x), 0);
  Runs runs = getRuns(b, sorted.values);
  Value inverse = b.reshape(unsort(b, runs.number, sorted.places), b.sizes(x));
  return getUnique(b, getFirsts(b, sorted.values, runs), runs, inverse, in[2],
                   in[3]);
}

/// unique_consecutive: the elements, or slices, that differ from the one before
FormulaResult uniqueConsecutive(TensorBuilder &b, ValueRange in) {
  Value x = in[0];
  std::optional<int64_t> rank = getRank(x);
  if (!rank || !getDtype(x))
    return std::nullopt;
  if (isNone(in[3]) || *rank == 0) {
    Value flat = flatten(b, x);
    Runs runs = getRuns(b, flat);
    return getUnique(b, getFirsts(b, flat, runs), runs,
                     b.reshape(runs.number, b.sizes(x)), in[1], in[2]);
  }
  std::optional<int64_t> dim = getConstantInt(in[3]);
  if (!dim || !wrapDim(*dim, *rank))
    return std::nullopt;
  dim = wrapDim(*dim, *rank);
  Value zero = b.constant(int64_t(0));
  Value front = b.create<AtenMovedimIntOp>({x, b.constant(*dim), zero});
  Runs runs = getRuns(b, front);
  auto results =
      getUnique(b, getFirsts(b, front, runs), runs, runs.number, in[1], in[2]);
  if (!results)
    return std::nullopt;
  results->front() =
      b.create<AtenMovedimIntOp>({results->front(), zero, b.constant(*dim)});
  return results;
}

/// unique_dim: the slices sorted by their first element, then by their second
/// one ...: a stable sort by each of them, the last one first.
FormulaResult uniqueDim(TensorBuilder &b, ValueRange in) {
  Value x = in[0];
  std::optional<int64_t> rank = getRank(x), dim = getConstantInt(in[1]);
  if (!rank || *rank == 0 || !dim || !wrapDim(*dim, *rank) || !getDtype(x) ||
      isa<ComplexType>(getDtype(x)))
    return std::nullopt;
  dim = wrapDim(*dim, *rank);
  Type i64 = b.getRewriter().getI64Type();
  Value zero = b.constant(int64_t(0)), one = b.constant(int64_t(1));
  Value front = b.create<AtenMovedimIntOp>({x, b.constant(*dim), zero});
  Value count = b.size(front, 0), width = one;
  for (int64_t i = 1; i < *rank; ++i)
    width = b.mulInt(width, b.size(front, i));
  Value rows = b.reshape(front, {count, width});
  Value order =
      b.loop(width, {b.arange(count, i64)}, [&](Value i, ValueRange carried) {
         Value column = b.select(rows, 1, b.subInt(b.subInt(width, one), i));
         Value keys =
             b.create<AtenIndexSelectOp>({column, zero, carried.front()});
         return SmallVector<Value>{b.create<AtenIndexSelectOp>(
             {carried.front(), zero, sort(b, keys, 0).places})};
       }).front();
  Value sorted = b.create<AtenIndexSelectOp>({front, zero, order});
  Runs runs = getRuns(b, sorted);
  auto results = getUnique(b, getFirsts(b, sorted, runs), runs,
                           unsort(b, runs.number, order), in[3], in[4]);
  if (!results)
    return std::nullopt;
  results->front() =
      b.create<AtenMovedimIntOp>({results->front(), zero, b.constant(*dim)});
  return results;
}

/// isin: any(x[..., None] == test)
FormulaResult isin(TensorBuilder &b, ValueRange in) {
  std::optional<bool> invert = getConstantBool(in[3]);
  auto toTensor = [&](Value value) {
    if (isa<TensorType>(value.getType()))
      return value;
    Type type = value.getType();
    Type dtype = isa<FloatType>(type) ? b.getRewriter().getF32Type() : type;
    return b.full({}, value, dtype);
  };
  Value x = toTensor(in[0]), test = toTensor(in[1]);
  if (!invert || !getRank(x) || !getRank(test))
    return std::nullopt;
  Value equal =
      b.create<AtenEqTensorOp>({b.unsqueeze(x, -1), flatten(b, test)});
  Value found = b.create<AtenAnyDimOp>(
      {equal, b.constant(int64_t(-1)), b.constant(false)});
  if (*invert)
    found = b.create<AtenLogicalNotOp>({found});
  return {{found}};
}

/// bucketize: searchsorted with the operands the other way round
FormulaResult bucketize(TensorBuilder &b, ValueRange in) {
  StringRef name = isa<TensorType>(in[0].getType())
                       ? "aten::searchsorted.Tensor"
                       : "aten::searchsorted.Scalar";
  return {{b.call(name, {in[1], in[0], in[2], in[3], b.none(), b.none()})}};
}

constexpr NamedFormula formulas[] = {
    {"aten::_unique2", unique},
    {"aten::argsort.stable", argsortStable},
    {"aten::bucketize.Scalar", bucketize},
    {"aten::bucketize.Tensor", bucketize},
    {"aten::isin.Scalar_Tensor", isin},
    {"aten::isin.Tensor_Scalar", isin},
    {"aten::isin.Tensor_Tensor", isin},
    {"aten::kthvalue", kthvalue},
    {"aten::median", median<false>},
    {"aten::median.dim", medianAlong<false>},
    {"aten::mode", mode},
    {"aten::msort", msort},
    {"aten::nanmedian", median<true>},
    {"aten::nanmedian.dim", medianAlong<true>},
    {"aten::nanquantile", quantile<true>},
    {"aten::nanquantile.scalar", quantile<true>},
    {"aten::quantile", quantile<false>},
    {"aten::quantile.scalar", quantile<false>},
    {"aten::unique_consecutive", uniqueConsecutive},
    {"aten::unique_dim", uniqueDim},
};

} // namespace

void populateSortingDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
}

} // namespace minitorch::mt
