//===- Indexing.cpp - Gathers and scatters by simpler ones ------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"
#include "MiniTorch/Dialect/Mt/IR/DtypeErrors.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/StringSwitch.h"
#include <limits>

using namespace mlir;

// Source: the operators' pages of PyTorch's documentation.

namespace minitorch::mt {
namespace {

Value flatten(TensorBuilder &b, Value x) {
  return b.reshape(x, {b.constant(int64_t(-1))});
}

/// put: index_put of everything in one dim
FormulaResult put(TensorBuilder &b, ValueRange in) {
  if (!getRank(in[0]) || !getRank(in[1]) || !getRank(in[2]))
    return std::nullopt;
  Value result = b.create<AtenIndexPutOp>({flatten(b, in[0]),
                                           b.tensorList({flatten(b, in[1])}),
                                           flatten(b, in[2]), in[3]});
  return {{b.reshape(result, b.sizes(in[0]))}};
}

/// masked_scatter: the elements where the mask is true from the first ones of
/// the source, in order. Mask and tensor broadcast to each other.
FormulaResult maskedScatter(TensorBuilder &b, ValueRange in) {
  Value x = in[0], mask = in[1];
  if (!getRank(x) || !getRank(mask) || !getRank(in[2]))
    return std::nullopt;
  if (getRank(x) != getRank(mask) ||
      !llvm::all_of(llvm::seq<int64_t>(0, *getRank(x)), [&](int64_t dim) {
        return getStaticSize(x, dim) &&
               getStaticSize(x, dim) == getStaticSize(mask, dim);
      })) {
    x = b.create<AtenWhereSelfOp>({mask, x, x});
    Value isSet = b.create<AtenNeScalarOp>({x, b.constant(int64_t(0))});
    Value isAny =
        b.create<AtenLogicalOrOp>({isSet, b.create<AtenLogicalNotOp>({isSet})});
    mask = b.create<AtenLogicalAndOp>({mask, isAny});
  }
  Value count = b.itemInt(b.create<AtenSumOp>({mask, b.none()}));
  Value source = b.narrow(flatten(b, in[2]), 0, b.constant(int64_t(0)), count);
  return {{b.create<AtenIndexPutOp>(
      {x, b.tensorList({mask}), source, b.constant(false)})}};
}

/// nonzero_numpy: nonzero's columns as a list; a scalar counts as a vector
FormulaResult nonzeroColumns(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> rank = getRank(in[0]);
  if (!rank)
    return std::nullopt;
  Value x = *rank == 0 ? b.unsqueeze(in[0], 0) : in[0];
  Value places = b.create<AtenNonzeroOp>({x});
  SmallVector<Value> columns;
  for (int64_t dim = 0; dim < std::max<int64_t>(*rank, 1); ++dim)
    columns.push_back(b.select(places, 1, b.constant(dim)));
  return {{b.tensorList(columns)}};
}

/// nonzero_static: the first rows of nonzero, filled up
FormulaResult nonzeroStatic(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> rank = getRank(in[0]);
  if (!rank)
    return std::nullopt;
  Value found = b.create<AtenNonzeroOp>({in[0]});
  Value zero = b.constant(int64_t(0));
  Value count = b.minInt(b.size(found, 0), in[1]);
  Value filled =
      b.full({in[1], b.constant(*rank)}, in[2], b.getRewriter().getI64Type());
  return {{b.sliceScatter(filled, b.narrow(found, 0, zero, count), 0, zero,
                          count)}};
}

/// Indices that may be out of bounds where their mask is false, put back in.
std::optional<Value> clampIndices(TensorBuilder &b, Value x, Value list) {
  std::optional<SmallVector<Value>> indices = getListElements(list);
  std::optional<int64_t> rank = getRank(x);
  if (!indices || !rank || static_cast<int64_t>(indices->size()) > *rank)
    return std::nullopt;
  Value zero = b.constant(int64_t(0)), one = b.constant(int64_t(1));
  for (auto [dim, index] : llvm::enumerate(*indices)) {
    if (isNone(index))
      continue;
    if (!getRank(index))
      return std::nullopt;
    Value size = b.size(x, dim);
    index = b.create<AtenClampOp>(
        {index, b.subInt(zero, size), b.subInt(size, one)});
  }
  return b.list(*indices, cast<ListType>(list.getType()).getElementType());
}

/// _unsafe_masked_index: x[indices] where the mask is true, else `fill`
FormulaResult maskedIndex(TensorBuilder &b, ValueRange in) {
  std::optional<Value> indices = clampIndices(b, in[0], in[2]);
  if (!indices || !getRank(in[1]))
    return std::nullopt;
  Value values = b.create<AtenIndexTensorOp>({in[0], *indices});
  return {{b.create<AtenMaskedFillScalarOp>(
      {values, b.create<AtenLogicalNotOp>({in[1]}), in[3]})}};
}

/// _unsafe_masked_index_put_accumulate: x[indices] += values where the mask is
/// true
FormulaResult maskedIndexPut(TensorBuilder &b, ValueRange in) {
  std::optional<Value> indices = clampIndices(b, in[0], in[2]);
  if (!indices || !getRank(in[1]) || !getRank(in[3]))
    return std::nullopt;
  Value values = b.create<AtenMaskedFillScalarOp>(
      {in[3], b.create<AtenLogicalNotOp>({in[1]}), b.constant(int64_t(0))});
  return {
      {b.create<AtenIndexPutOp>({in[0], *indices, values, b.constant(true)})}};
}

//===----------------------------------------------------------------------===//
// Scatters that reduce
//===----------------------------------------------------------------------===//

/// The value that changes nothing in a reduction of `dtype`.
Value getIdentity(TensorBuilder &b, Type dtype, StringRef reduce) {
  if (reduce == "sum" || reduce == "mean")
    return b.constant(int64_t(0));
  if (reduce == "prod")
    return b.constant(int64_t(1));
  bool isMax = reduce == "amax";
  if (isa<FloatType>(dtype)) {
    double infinity = std::numeric_limits<double>::infinity();
    return b.constant(isMax ? -infinity : infinity);
  }
  unsigned width = dtype.getIntOrFloatBitWidth();
  if (dtype.isUnsignedInteger() || dtype.isInteger(1))
    return b.constant(isMax ? int64_t(0) : (int64_t(1) << width) - 1);
  return b.constant(isMax ? llvm::minIntN(width) : llvm::maxIntN(width));
}

/// scatter_reduce and index_reduce differ in what an index stands for: one
/// element, or a slice.
struct ReducingScatter {
  Value dim, index, source;
  bool isSlices;

  Value fill(TensorBuilder &b, Value x, Value number) const {
    if (isSlices)
      return b.create<AtenIndexFillIntScalarOp>({x, dim, index, number});
    return b.create<AtenScatterValueOp>({x, dim, index, number});
  }
  Value add(TensorBuilder &b, Value x, Value values) const {
    if (isSlices)
      return b.create<AtenIndexAddOp>(
          {x, dim, index, values, b.constant(int64_t(1))});
    return b.create<AtenScatterAddOp>({x, dim, index, values});
  }
};

/// An index without elements may be of a dtype that is none
/// (OperandErrors.txt); then it counts as integers.
std::optional<Value> toLongIndex(TensorBuilder &b, Value index) {
  Type dtype = getDtype(index);
  if (!dtype || !isa<FloatType, ComplexType>(dtype))
    return std::nullopt;
  Type i64 = IntegerType::get(dtype.getContext(), 64);
  return b.zeros(b.sizes(index), i64);
}

/// gather, scatter: (x, dim, index, ...)
template <typename OpTy>
FormulaResult withLongIndex(TensorBuilder &b, ValueRange in) {
  std::optional<Value> index =
      getRank(in[2]) ? toLongIndex(b, in[2]) : std::nullopt;
  if (!index)
    return std::nullopt;
  SmallVector<Value> operands(in);
  operands[2] = *index;
  return {{b.create<OpTy>(operands)}};
}

/// Sums as scatter_add and index_add; means as sums divided by counts; and
/// without self, what is written starts at the identity.
template <bool isSlices>
FormulaResult reduceScatter(TensorBuilder &b, ValueRange in) {
  Value x = in[0];
  std::optional<StringRef> reduce = getConstantStr(in[4]);
  std::optional<bool> includesSelf = getConstantBool(in[5]);
  Type dtype = getDtype(x);
  if (!reduce || !includesSelf || !dtype || isa<ComplexType>(dtype) ||
      !getRank(x) || !getRank(in[3]) || !getRank(in[2]))
    return std::nullopt;
  if (!isSlices)
    if (std::optional<Value> index = toLongIndex(b, in[2]))
      return {{b.call("aten::scatter_reduce.two",
                      {x, in[1], *index, in[3], in[4], in[5]})}};
  bool isMean = *reduce == "mean", isSum = *reduce == "sum";
  if (*includesSelf && !isMean && !isSum)
    return std::nullopt;
  ReducingScatter scatter{in[1], in[2], in[3], isSlices};
  if (!*includesSelf)
    x = scatter.fill(b, x, getIdentity(b, dtype, *reduce));
  if (isSum || isMean)
    x = scatter.add(b, x, scatter.source);
  else
    x = b.call(isSlices ? "aten::index_reduce" : "aten::scatter_reduce.two",
               {x, in[1], in[2], in[3], in[4], b.constant(true)});
  if (!isMean)
    return {{x}};
  Value one = b.constant(int64_t(1));
  Value start = b.constant(int64_t(*includesSelf ? 1 : 0));
  Value counts = scatter.add(b, b.full(b.sizes(x), start, dtype),
                             b.full(b.sizes(in[3]), one, dtype));
  counts = b.create<AtenClampMinOp>({counts, one});
  if (isa<FloatType>(dtype))
    return {{b.div(x, counts)}};
  return {{b.create<AtenFloorDivideOp>({x, counts})}};
}

/// segment_reduce(data, reduce, lengths, indices, offsets, axis, unsafe,
/// initial): the segment of an element is the place of its index among the ends
/// of all segments.
FormulaResult segmentReduce(TensorBuilder &b, ValueRange in) {
  Value x = in[0];
  std::optional<StringRef> reduce = getConstantStr(in[1]);
  auto lengths = getOptionalTensor(in[2]), offsets = getOptionalTensor(in[4]);
  std::optional<int64_t> rank = getRank(x), axis = getConstantInt(in[5]);
  auto dtype = dyn_cast_if_present<FloatType>(getDtype(x));
  if (!reduce || !lengths || !offsets || !rank || *rank == 0 || !axis || !dtype)
    return std::nullopt;
  axis = wrapDim(*axis, *rank);
  Value given = *lengths ? *lengths : *offsets;
  if (!axis || !given || getRank(given) != *axis + 1)
    return std::nullopt;
  Value zero = b.constant(int64_t(0)), one = b.constant(int64_t(1));
  Value minusOne = b.constant(int64_t(-1));
  Value ends, counts = given;
  if (*lengths) {
    ends = b.create<AtenCumsumOp>({given, b.constant(*axis), b.none()});
  } else {
    ends = b.slice(given, *axis, one, b.none());
    counts = b.sub(ends, b.slice(given, *axis, zero, minusOne));
  }

  // The segment of every element; what is in none goes to one more.
  SmallVector<Value> sizes = b.sizes(x);
  SmallVector<Value> places(sizes.begin(), sizes.begin() + *axis + 1);
  Value index = b.arange(sizes[*axis], b.getRewriter().getI64Type());
  index = b.call("aten::searchsorted.Tensor",
                 {ends, b.expand(index, places), b.constant(false),
                  b.constant(true), b.none(), b.none()});
  for (int64_t dim = *axis + 1; dim < *rank; ++dim)
    index = b.unsqueeze(index, -1);
  index = b.expand(index, sizes);

  StringRef name = llvm::StringSwitch<StringRef>(*reduce)
                       .Case("max", "amax")
                       .Case("min", "amin")
                       .Default(*reduce);
  bool isMean = name == "mean";
  Value initial = isNone(in[7]) ? getIdentity(b, dtype, name) : in[7];
  Value count = b.size(ends, *axis);
  sizes[*axis] = b.addInt(count, one);
  Value reduceOperand = ConstantStrOp::create(
      b.getRewriter(), b.getLoc(), in[1].getType(), isMean ? "sum" : name);
  Value result = b.call("aten::scatter_reduce.two",
                        {b.full(sizes, initial, dtype), b.constant(*axis),
                         index, x, reduceOperand, b.constant(true)});
  result = b.narrow(result, *axis, zero, count);
  if (!isMean)
    return {{result}};
  for (int64_t dim = *axis + 1; dim < *rank; ++dim)
    counts = b.unsqueeze(counts, -1);
  result = b.div(result, b.create<AtenClampMinOp>({counts, one}));
  if (isNone(in[7])) {
    Value isEmpty = b.create<AtenEqScalarOp>({counts, zero});
    result = b.create<AtenMaskedFillScalarOp>(
        {result, isEmpty,
         b.constant(std::numeric_limits<double>::quiet_NaN())});
  }
  return {{result}};
}

//===----------------------------------------------------------------------===//
// Sizes that depend on the data
//===----------------------------------------------------------------------===//

/// Index i `repeats[i]` times: the place of 0, 1, ... among the sums so far.
Value repeatIndices(TensorBuilder &b, Value repeats) {
  Value zero = b.constant(int64_t(0));
  Type i64 = b.getRewriter().getI64Type();
  Value ends = b.create<AtenCumsumOp>({repeats, zero, b.none()});
  Value total = b.itemInt(b.create<AtenSumOp>({repeats, b.none()}));
  return b.call("aten::searchsorted.Tensor",
                {ends, b.arange(total, i64), b.constant(false),
                 b.constant(true), b.none(), b.none()});
}

/// repeat_interleave(repeats)
FormulaResult repeatIndex(TensorBuilder &b, ValueRange in) {
  if (!getRank(in[0]) || *getRank(in[0]) != 1 || !getDtype(in[0]))
    return std::nullopt;
  return {{b.toDtype(repeatIndices(b, in[0]), getDtype(in[0]))}};
}

/// repeat_interleave(x, repeats): index i of a dim `repeats[i]` times
FormulaResult repeatInterleave(TensorBuilder &b, ValueRange in) {
  Value x = in[0], repeats = in[1];
  std::optional<int64_t> rank = getRank(x), repeatsRank = getRank(repeats);
  if (!rank || !repeatsRank || *repeatsRank > 1)
    return std::nullopt;
  int64_t dim = 0;
  if (isNone(in[2]) || *rank == 0) {
    x = flatten(b, x);
  } else {
    std::optional<int64_t> constant = getConstantInt(in[2]);
    if (!constant || !wrapDim(*constant, *rank))
      return std::nullopt;
    dim = *wrapDim(*constant, *rank);
  }
  // One count stands for all.
  Value one = b.constant(int64_t(1));
  if (*repeatsRank == 0)
    repeats = b.reshape(repeats, {one});
  repeats = b.expand(repeats, {b.size(x, dim)});
  return {{b.create<AtenIndexSelectOp>(
      {x, b.constant(dim), repeatIndices(b, repeats)})}};
}

/// bincount: how often 0, 1, ... occur, or the sum of their weights
FormulaResult bincount(TensorBuilder &b, ValueRange in) {
  Value x = in[0];
  std::optional<Value> weights = getOptionalTensor(in[1]);
  if (!weights || !getRank(x) || *getRank(x) != 1 ||
      (*weights && !getDtype(*weights)))
    return std::nullopt;
  Type i64 = b.getRewriter().getI64Type();
  Value zero = b.constant(int64_t(0)), one = b.constant(int64_t(1));
  x = b.toDtype(x, i64);
  b.raiseUnlessAll(b.create<AtenGeScalarOp>({x, zero}),
                   "bincount only supports 1-d non-negative integral inputs.");
  // There may be no element.
  Value padded = b.cat({x, b.full({one}, b.constant(int64_t(-1)), i64)}, 0);
  Value count = b.addInt(b.itemInt(b.create<AtenMaxOp>({padded})), one);
  count = b.maxInt(count, in[2]);
  Value values = *weights;
  if (!values)
    values = b.full({b.size(x, 0)}, one, i64);
  else if (!getDtype(values).isF32())
    values = b.toDtype(values, b.getRewriter().getF64Type());
  return {{b.create<AtenIndexAddOp>(
      {b.zeros({count}, getDtype(values)), zero, x, values, one})}};
}

/// x[mask] = values where the mask has no dims, and so is no index; or where
/// the values are of another dtype and of open sizes: they have to be one
/// element.
FormulaResult fillByMask(TensorBuilder &b, ValueRange in) {
  Type dtype = getDtype(in[0]), other = getDtype(in[2]);
  auto shape = TensorShape::of(in[2].getType());
  std::optional<SmallVector<Value>> indices = getListElements(in[1]);
  if (indices && indices->size() == 1 && getRank(indices->front()) == 0 &&
      getRank(in[0]).value_or(0) > 0 &&
      getDtype(indices->front()).isInteger(1) && shape->hasRank &&
      llvm::all_of(shape->sizes, [](int64_t size) { return size == 1; }) &&
      getConstantBool(in[3]) == false)
    return {{b.create<AtenMaskedFillTensorOp>(
        {in[0], indices->front(),
         b.toDtype(b.reshape(in[2], ValueRange()), dtype)})}};
  if (!dtype || !other || dtype == other || !shape->hasRank ||
      !ShapedType::isDynamicShape(shape->sizes))
    return std::nullopt;
  Value count = b.constant(int64_t(1));
  for (Value size : b.sizes(in[2]))
    count = b.mulInt(count, size);
  OpBuilder &builder = b.getRewriter();
  b.raiseUnless(
      arith::CmpIOp::create(builder, count.getLoc(), arith::CmpIPredicate::eq,
                            count, b.constant(int64_t(1))),
      "Index put requires the source and destination dtypes match, got " +
          getDtypeName(dtype).str() + " for the destination and " +
          getDtypeName(other).str() + " for the source.");
  Value element = b.toDtype(b.reshape(in[2], ValueRange()), dtype);
  return {{b.create<AtenIndexPutOp>({in[0], in[1], element, in[3]})}};
}

constexpr NamedFormula formulas[] = {
    {"aten::_unsafe_masked_index", maskedIndex},
    {"aten::_unsafe_masked_index_put_accumulate", maskedIndexPut},
    {"aten::bincount", bincount},
    {"aten::gather", withLongIndex<AtenGatherOp>},
    {"aten::index_put", fillByMask},
    {"aten::index_reduce", reduceScatter<true>},
    {"aten::masked_scatter", maskedScatter},
    {"aten::nonzero_numpy", nonzeroColumns},
    {"aten::nonzero_static", nonzeroStatic},
    {"aten::put", put},
    {"aten::repeat_interleave.Tensor", repeatIndex},
    {"aten::repeat_interleave.self_Tensor", repeatInterleave},
    {"aten::scatter.src", withLongIndex<AtenScatterSrcOp>},
    {"aten::scatter.value", withLongIndex<AtenScatterValueOp>},
    {"aten::scatter_add", withLongIndex<AtenScatterAddOp>},
    {"aten::scatter_reduce.two", reduceScatter<false>},
    {"aten::segment_reduce", segmentReduce},
};

} // namespace

void populateIndexingDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
}

} // namespace minitorch::mt
