//===- Indexing.cpp - Gathers and scatters ------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "Patterns.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace minitorch;

static Value createIndex(OpBuilder &b, Location loc, int64_t value) {
  return arith::ConstantIndexOp::create(b, loc, value);
}

/// `value`, an integer element, as an index.
static Value toIndexValue(OpBuilder &b, Location loc, Value value) {
  return arith::IndexCastOp::create(b, loc, b.getIndexType(), value);
}

/// Raises unless every element of `indices` is in [low, size). One reduction in
/// front of the gather: no check is made inside a parallel loop.
static void checkIndices(const AtenLowering &l, Value indices, Value size,
                         bool allowsNegative, StringRef exception,
                         StringRef message) {
  OpBuilder &b = l.b;
  auto type = cast<RankedTensorType>(indices.getType());
  SmallVector<int64_t> dims;
  for (int64_t i = 0; i < type.getRank(); ++i)
    dims.push_back(i);
  Value yes = arith::ConstantOp::create(b, l.loc, b.getBoolAttr(true));
  SmallVector<Value> ok = createReduction(
      b, l.loc, indices, dims, {yes},
      [&](OpBuilder &nested, Value element,
          ValueRange accumulators) -> SmallVector<Value> {
        Value index = toIndexValue(nested, l.loc, element);
        Value low = allowsNegative
                        ? Value(arith::SubIOp::create(
                              nested, l.loc, createIndex(nested, l.loc, 0),
                              size))
                        : createIndex(nested, l.loc, 0);
        Value above = arith::CmpIOp::create(
            nested, l.loc, arith::CmpIPredicate::sge, index, low);
        Value below = arith::CmpIOp::create(
            nested, l.loc, arith::CmpIPredicate::slt, index, size);
        Value fits = arith::AndIOp::create(nested, l.loc, above, below);
        return {arith::AndIOp::create(nested, l.loc, accumulators[0], fits)};
      });
  Value all = ok[0];
  if (isa<RankedTensorType>(all.getType()))
    all = tensor::ExtractOp::create(b, l.loc, all, ValueRange());
  l.check(all, exception, message);
}

/// A negative index counted from the end.
static Value wrapIndex(OpBuilder &b, Location loc, Value index, Value size) {
  Value negative = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt,
                                         index, createIndex(b, loc, 0));
  Value wrapped = arith::AddIOp::create(b, loc, index, size);
  return arith::SelectOp::create(b, loc, negative, wrapped, index);
}

/// result[i..., j] = weight[indices[i...], j]
static LogicalResult convertEmbedding(const AtenLowering &l) {
  OpBuilder &b = l.b;
  Value weight = l.get("weight").value, indices = l.get("indices").value;
  int64_t rank = l.get("indices").getRank();
  Value rows = toIndex(b, l.loc, getSize(b, l.loc, weight, 0));
  checkIndices(l, indices, rows, /*allowsNegative=*/false, "IndexError",
               "index out of range in self");
  SmallVector<OpFoldResult> sizes = getSizes(b, l.loc, indices);
  sizes.push_back(getSize(b, l.loc, weight, 1));
  Value result = createFromIndices(
      b, l.loc, sizes, l.getResultDtype(),
      [&](OpBuilder &nested, ValueRange at) -> Value {
        Value row = tensor::ExtractOp::create(nested, l.loc, indices,
                                              at.take_front(rank));
        return tensor::ExtractOp::create(
            nested, l.loc, weight,
            ValueRange{toIndexValue(nested, l.loc, row), at.back()});
      });
  return l.replace(result);
}

/// result[.., i, ..] = self[.., index[i], ..]
static LogicalResult convertIndexSelect(const AtenLowering &l) {
  OpBuilder &b = l.b;
  DtypedValue self = l.get("self"), index = l.get("index");
  FailureOr<int64_t> dim = l.getDim("dim", self.getRank());
  if (failed(dim))
    return failure();
  if (self.getRank() == 0 || index.getRank() > 1)
    return l.fail("self has no dims, or index more than one");
  Value size = toIndex(b, l.loc, getSize(b, l.loc, self.value, *dim));
  checkIndices(l, index.value, size, false, "IndexError",
               "index out of range in self");
  SmallVector<OpFoldResult> sizes = getSizes(b, l.loc, self.value);
  sizes[*dim] = index.getRank() ? getSize(b, l.loc, index.value, 0)
                                : OpFoldResult(b.getIndexAttr(1));
  Value result = createFromIndices(
      b, l.loc, sizes, l.getResultDtype(),
      [&](OpBuilder &nested, ValueRange at) -> Value {
        SmallVector<Value> place(at);
        Value taken = tensor::ExtractOp::create(
            nested, l.loc, index.value,
            index.getRank() ? ValueRange{at[*dim]} : ValueRange());
        place[*dim] = toIndexValue(nested, l.loc, taken);
        return tensor::ExtractOp::create(nested, l.loc, self.value, place);
      });
  return l.replace(result);
}

/// result[i..] = self[i.. with index[i..] at dim]
static LogicalResult convertGather(const AtenLowering &l) {
  OpBuilder &b = l.b;
  DtypedValue self = l.get("self"), index = l.get("index");
  FailureOr<int64_t> dim = l.getDim("dim", self.getRank());
  if (failed(dim))
    return failure();
  if (self.getRank() == 0)
    return l.fail("self has no dims");
  Value size = toIndex(b, l.loc, getSize(b, l.loc, self.value, *dim));
  checkIndices(l, index.value, size, false, "RuntimeError",
               "index out of bounds in gather");
  Value result = createFromIndices(
      b, l.loc, getSizes(b, l.loc, index.value), l.getResultDtype(),
      [&](OpBuilder &nested, ValueRange at) -> Value {
        SmallVector<Value> place(at);
        Value taken =
            tensor::ExtractOp::create(nested, l.loc, index.value, at);
        place[*dim] = toIndexValue(nested, l.loc, taken);
        return tensor::ExtractOp::create(nested, l.loc, self.value, place);
      });
  return l.replace(result);
}

namespace {
/// What `self[a, :, b]` indexes with: integer tensors, broadcast, at dims.
struct TensorIndices {
  SmallVector<int64_t> dims;    // of self
  SmallVector<Value> values;    // integer tensors, fitted to `sizes`
  SmallVector<SmallVector<int64_t>> keptDims; // of `sizes`, a dim of the value
  SmallVector<OpFoldResult> sizes;
  /// Where the broadcast dims stand in the result.
  int64_t position = 0;
};
} // namespace

/// Reads the optional tensors of `indices`; fails on masks.
static LogicalResult readIndices(const AtenLowering &l, const DtypedValue &self,
                                 TensorIndices &result) {
  OpBuilder &b = l.b;
  std::optional<SmallVector<DtypedValue>> list = l.getList("indices");
  if (!list)
    return l.fail("the indices are not a list of known length");
  SmallVector<DtypedValue> tensors;
  for (auto [i, index] : llvm::enumerate(*list)) {
    if (!index.value || !index.isTensor())
      continue; // None: the whole dim
    if (index.dtype.isInteger(1) || index.dtype.isUnsignedInteger(8))
      return l.fail("indexing by a mask, whose result's size depends on data");
    result.dims.push_back(i);
    tensors.push_back(index);
  }
  if (tensors.empty())
    return l.fail("no tensor among the indices");
  SmallVector<SmallVector<OpFoldResult>> shapes;
  int64_t rank = 0;
  for (const DtypedValue &index : tensors) {
    shapes.push_back(getSizes(b, l.loc, index.value));
    rank = std::max(rank, index.getRank());
  }
  result.sizes = broadcastSizes(b, l.loc, shapes);
  for (auto [i, index] : llvm::enumerate(tensors)) {
    Value size =
        toIndex(b, l.loc, getSize(b, l.loc, self.value, result.dims[i]));
    checkIndices(l, index.value, size, true, "IndexError",
                 "index is out of bounds for dimension " +
                     std::to_string(result.dims[i]));
    Value value = index.value;
    int64_t missing = rank - index.getRank();
    SmallVector<int64_t> kept = fitToSizes(
        b, l.loc, value, ArrayRef(result.sizes).drop_front(missing));
    for (int64_t &dim : kept)
      dim += missing;
    result.values.push_back(value);
    result.keptDims.push_back(kept);
  }
  // Adjacent indices stay in place, others come first.
  bool adjacent = result.dims.back() - result.dims.front() + 1 ==
                  int64_t(result.dims.size());
  result.position = adjacent ? result.dims.front() : 0;
  return success();
}

/// The place in self that element `at` of the indexed result is.
static SmallVector<Value> findPlace(OpBuilder &b, const AtenLowering &l,
                                    const DtypedValue &self,
                                    const TensorIndices &indices,
                                    ValueRange at, ArrayRef<Value> selfSizes) {
  int64_t count = indices.sizes.size();
  SmallVector<Value> broadcast(at.slice(indices.position, count));
  SmallVector<Value> others(at.take_front(indices.position));
  llvm::append_range(others, at.drop_front(indices.position + count));
  SmallVector<Value> place;
  unsigned next = 0;
  for (int64_t dim = 0; dim < self.getRank(); ++dim) {
    const auto *found = llvm::find(indices.dims, dim);
    if (found == indices.dims.end()) {
      place.push_back(others[next++]);
      continue;
    }
    unsigned i = found - indices.dims.begin();
    SmallVector<Value> where;
    for (int64_t kept : indices.keptDims[i])
      where.push_back(broadcast[kept]);
    Value taken =
        tensor::ExtractOp::create(b, l.loc, indices.values[i], where);
    place.push_back(wrapIndex(b, l.loc, toIndexValue(b, l.loc, taken),
                              selfSizes[dim]));
  }
  return place;
}

static SmallVector<OpFoldResult> getIndexedSizes(const AtenLowering &l,
                                                 const DtypedValue &self,
                                                 const TensorIndices &indices) {
  SmallVector<OpFoldResult> sizes;
  for (int64_t dim = 0; dim < self.getRank(); ++dim)
    if (!llvm::is_contained(indices.dims, dim))
      sizes.push_back(getSize(l.b, l.loc, self.value, dim));
  sizes.insert(sizes.begin() + indices.position, indices.sizes.begin(),
               indices.sizes.end());
  return sizes;
}

static SmallVector<Value> getSizeValues(const AtenLowering &l, Value tensor) {
  SmallVector<Value> values;
  for (OpFoldResult size : getSizes(l.b, l.loc, tensor))
    values.push_back(toIndex(l.b, l.loc, size));
  return values;
}

static LogicalResult convertIndexTensor(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  TensorIndices indices;
  if (failed(readIndices(l, self, indices)))
    return failure();
  SmallVector<Value> selfSizes = getSizeValues(l, self.value);
  Value result = createFromIndices(
      l.b, l.loc, getIndexedSizes(l, self, indices), l.getResultDtype(),
      [&](OpBuilder &nested, ValueRange at) -> Value {
        return tensor::ExtractOp::create(
            nested, l.loc, self.value,
            findPlace(nested, l, self, indices, at, selfSizes));
      });
  return l.replace(result);
}

/// Loops over `sizes` in order, carrying a tensor: later writes win.
static Value
loopOver(const AtenLowering &l, ArrayRef<OpFoldResult> sizes, Value init,
         llvm::function_ref<Value(OpBuilder &, ValueRange, Value)> body) {
  OpBuilder &b = l.b;
  SmallVector<Value> low, high, step;
  for (OpFoldResult size : sizes) {
    low.push_back(createIndex(b, l.loc, 0));
    high.push_back(toIndex(b, l.loc, size));
    step.push_back(createIndex(b, l.loc, 1));
  }
  if (sizes.empty())
    return body(b, {}, init);
  scf::LoopNest nest = scf::buildLoopNest(
      b, l.loc, low, high, step, {init},
      [&](OpBuilder &nested, Location, ValueRange at,
          ValueRange carried) -> scf::ValueVector {
        return {body(nested, at, carried[0])};
      });
  return nest.results[0];
}

/// A copy of `value` that may be written: the loop's first write must not
/// reach the operand.
static Value copyOf(const AtenLowering &l, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  Value empty = createEmpty(l.b, l.loc, getSizes(l.b, l.loc, value),
                            type.getElementType());
  return linalg::CopyOp::create(l.b, l.loc, value, empty).getResult(0);
}

/// The element of `source` at the trailing dims of `at`: a broadcast.
static Value broadcastElement(OpBuilder &b, const AtenLowering &l,
                              Value source, ValueRange at) {
  auto type = cast<RankedTensorType>(source.getType());
  SmallVector<Value> place;
  ValueRange trailing = at.take_back(type.getRank());
  Value zero = createIndex(b, l.loc, 0);
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    if (type.getDimSize(dim) == 1) {
      place.push_back(zero);
    } else if (!type.isDynamicDim(dim)) {
      place.push_back(trailing[dim]);
    } else {
      Value size = toIndex(b, l.loc, getSize(b, l.loc, source, dim));
      Value isOne = arith::CmpIOp::create(
          b, l.loc, arith::CmpIPredicate::eq, size, createIndex(b, l.loc, 1));
      place.push_back(
          arith::SelectOp::create(b, l.loc, isOne, zero, trailing[dim]));
    }
  }
  return tensor::ExtractOp::create(b, l.loc, source, place);
}

static LogicalResult convertIndexPut(const AtenLowering &l) {
  DtypedValue self = l.get("self"), values = l.get("values");
  std::optional<bool> accumulate = l.getBool("accumulate");
  TensorIndices indices;
  if (!accumulate)
    return l.fail("accumulate is not a constant");
  if (failed(readIndices(l, self, indices)))
    return failure();
  SmallVector<Value> selfSizes = getSizeValues(l, self.value);
  Value result = loopOver(
      l, getIndexedSizes(l, self, indices), copyOf(l, self.value),
      [&](OpBuilder &nested, ValueRange at, Value carried) -> Value {
        SmallVector<Value> place =
            findPlace(nested, l, self, indices, at, selfSizes);
        Value element = broadcastElement(nested, l, values.value, at);
        ScalarMath math(nested, l.loc, self.dtype);
        element = math.cast(element, values.dtype);
        if (*accumulate)
          element = math.add(
              tensor::ExtractOp::create(nested, l.loc, carried, place),
              element);
        return tensor::InsertOp::create(nested, l.loc, element, carried, place);
      });
  return l.replace(result);
}

/// self with src (or a number) at index[i..] in dim; `adds` sums.
static AtenLoweringFn convertScatter(bool adds) {
  return [adds](const AtenLowering &l) -> LogicalResult {
    OpBuilder &b = l.b;
    DtypedValue self = l.get("self"), index = l.get("index");
    DtypedValue source = l.get("src") ? l.get("src") : l.get("value");
    FailureOr<int64_t> dim = l.getDim("dim", self.getRank());
    if (failed(dim))
      return failure();
    if (self.getRank() == 0)
      return l.fail("self has no dims");
    Value size = toIndex(b, l.loc, getSize(b, l.loc, self.value, *dim));
    checkIndices(l, index.value, size, false, "RuntimeError",
                 "index out of bounds in scatter");
    Value result = loopOver(
        l, getSizes(b, l.loc, index.value), copyOf(l, self.value),
        [&](OpBuilder &nested, ValueRange at, Value carried) -> Value {
          SmallVector<Value> place(at);
          Value taken =
              tensor::ExtractOp::create(nested, l.loc, index.value, at);
          place[*dim] = toIndexValue(nested, l.loc, taken);
          Value element =
              source.isTensor()
                  ? Value(tensor::ExtractOp::create(nested, l.loc,
                                                    source.value, at))
                  : source.value;
          ScalarMath math(nested, l.loc, self.dtype);
          element = math.cast(element, source.dtype);
          if (adds)
            element = math.add(
                tensor::ExtractOp::create(nested, l.loc, carried, place),
                element);
          return tensor::InsertOp::create(nested, l.loc, element, carried,
                                          place);
        });
    return l.replace(result);
  };
}

void minitorch::detail::populateIndexingPatterns(const TypeConverter &converter,
                                                 RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter, {"embedding"}, convertEmbedding);
  addAtenLowering(patterns, converter, {"index_select"}, convertIndexSelect);
  addAtenLowering(patterns, converter, {"gather"}, convertGather);
  addAtenLowering(patterns, converter, {"index.Tensor"}, convertIndexTensor);
  addAtenLowering(patterns, converter, {"index_put"}, convertIndexPut);
  addAtenLowering(patterns, converter, {"scatter.src", "scatter.value"},
                  convertScatter(/*adds=*/false));
  addAtenLowering(patterns, converter, {"scatter_add"},
                  convertScatter(/*adds=*/true));
}
