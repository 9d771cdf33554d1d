//===- Indexing.cpp - Gathers -----------------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Indexing.h"
#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "Patterns.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace minitorch;
using namespace minitorch::detail;

//===----------------------------------------------------------------------===//
// What gathers and scatters share
//===----------------------------------------------------------------------===//

Value minitorch::detail::toOffset(OpBuilder &b, Location loc, Value index,
                                  Type dtype, OpFoldResult size) {
  Value offset =
      isUnsignedDtype(dtype)
          ? Value(arith::IndexCastUIOp::create(b, loc, b.getIndexType(), index))
          : arith::IndexCastOp::create(b, loc, b.getIndexType(), index)
                .getResult();
  if (isUnsignedDtype(dtype))
    return offset;
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value isNegative =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, offset, zero);
  Value wrapped = arith::AddIOp::create(b, loc, offset, toIndex(b, loc, size));
  return arith::SelectOp::create(b, loc, isNegative, wrapped, offset);
}

void minitorch::detail::checkIndices(const AtenLowering &l,
                                     const DtypedValue &index,
                                     OpFoldResult size, bool allowNegative,
                                     const Twine &message) {
  Value end = toIndex(l.b, l.loc, size);
  auto isInside = [&](OpBuilder &b, Value element) -> Value {
    Value offset =
        allowNegative
            ? toOffset(b, l.loc, element, index.dtype, size)
            : arith::IndexCastOp::create(
                  b, l.loc, b.getIndexType(),
                  castScalar(b, l.loc, element, index.dtype, b.getI64Type()))
                  .getResult();
    // As unsigned, a negative offset is out of range too.
    return arith::CmpIOp::create(b, l.loc, arith::CmpIPredicate::ult, offset,
                                 end);
  };
  using Combiner =
      llvm::function_ref<Value(OpBuilder &, Value element, Value accumulator)>;
  auto reduce = [&](Value init, Combiner combine) -> Value {
    Value reduced =
        createReduction(
            l.b, l.loc, index.value,
            llvm::to_vector(llvm::seq<int64_t>(0, index.getRank())), init,
            [&](OpBuilder &b, Value element, ValueRange accumulators) {
              return SmallVector<Value>{combine(b, element, accumulators[0])};
            })
            .front();
    return tensor::ExtractOp::create(l.b, l.loc, reduced, ValueRange());
  };
  Value allInside =
      reduce(ScalarMath(l.b, l.loc, l.b.getI1Type()).constantInt(1),
             [&](OpBuilder &b, Value element, Value accumulator) -> Value {
               return arith::AndIOp::create(b, l.loc, accumulator,
                                            isInside(b, element));
             });
  std::string text = message.str();
  if (!StringRef(text).contains("{}"))
    return l.check(allInside, "IndexError", text);
  // Only a message asks which one it was: the first.
  Type integer = l.b.getI64Type();
  auto found = scf::IfOp::create(l.b, l.loc, integer, allInside,
                                 /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(l.b);
  l.b.setInsertionPointToStart(found.thenBlock());
  Value none = ScalarMath(l.b, l.loc, integer).constantInt(0);
  scf::YieldOp::create(l.b, l.loc, none);
  l.b.setInsertionPointToStart(found.elseBlock());
  Value first = reduce(
      ScalarMath(l.b, l.loc, integer).constantInt(0),
      [&](OpBuilder &b, Value element, Value accumulator) -> Value {
        // Zero is outside of nothing but an empty dimension.
        Value zero = ScalarMath(b, l.loc, integer).constantInt(0);
        Value isOpen = arith::CmpIOp::create(b, l.loc, arith::CmpIPredicate::eq,
                                             accumulator, zero);
        Value number = castScalar(b, l.loc, element, index.dtype, integer);
        Value next = arith::SelectOp::create(b, l.loc, isInside(b, element),
                                             zero, number);
        return arith::SelectOp::create(b, l.loc, isOpen, next, accumulator);
      });
  scf::YieldOp::create(l.b, l.loc, first);
  l.b.setInsertionPointAfter(found);
  l.check(allInside, "IndexError", text,
          {found.getResult(0), toInt(l.b, l.loc, size)});
}

void minitorch::detail::checkEmpty(const AtenLowering &l,
                                   const DtypedValue &index,
                                   const Twine &others) {
  l.check(createSizesEqual(l.b, l.loc, getNumElements(l.b, l.loc, index.value),
                           l.b.getIndexAttr(0)),
          "RuntimeError",
          "Index tensor must have the same number of dimensions as " + others);
}

SmallVector<Value> minitorch::detail::createLoopNest(
    OpBuilder &b, Location loc, ArrayRef<OpFoldResult> sizes,
    ValueRange carried,
    llvm::function_ref<SmallVector<Value>(OpBuilder &, ValueRange, ValueRange)>
        body) {
  SmallVector<Value> low, high, steps;
  for (OpFoldResult size : sizes) {
    low.push_back(arith::ConstantIndexOp::create(b, loc, 0));
    high.push_back(toIndex(b, loc, size));
    steps.push_back(arith::ConstantIndexOp::create(b, loc, 1));
  }
  if (sizes.empty())
    return body(b, {}, carried);
  return scf::buildLoopNest(b, loc, low, high, steps, carried,
                            [&](OpBuilder &nested, Location, ValueRange indices,
                                ValueRange state) -> scf::ValueVector {
                              SmallVector<Value> next =
                                  body(nested, indices, state);
                              return scf::ValueVector(next.begin(), next.end());
                            })
      .results;
}

Value minitorch::detail::createNonzero(const AtenLowering &l,
                                       const DtypedValue &self) {
  OpBuilder &b = l.b;
  Location loc = l.loc;
  int64_t rank = self.getRank();
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  auto isNonzero = [&](OpBuilder &nested, Value element) {
    return castScalar(nested, loc, element, self.dtype, nested.getI1Type());
  };
  Value count =
      createReduction(
          b, loc, self.value, llvm::to_vector(llvm::seq<int64_t>(0, rank)),
          zero,
          [&](OpBuilder &nested, Value element, ValueRange accumulators) {
            Value next =
                arith::AddIOp::create(nested, loc, accumulators[0], one);
            return SmallVector<Value>{
                arith::SelectOp::create(nested, loc, isNonzero(nested, element),
                                        next, accumulators[0])};
          })
          .front();
  count = tensor::ExtractOp::create(b, loc, count, ValueRange());

  Value result =
      createEmpty(b, loc, {count, b.getIndexAttr(rank)}, b.getI64Type());
  return createLoopNest(
             b, loc, getSizes(b, loc, self.value), {result, zero},
             [&](OpBuilder &nested, ValueRange indices, ValueRange carried) {
               Value element =
                   tensor::ExtractOp::create(nested, loc, self.value, indices);
               auto store = scf::IfOp::create(
                   nested, loc, isNonzero(nested, element),
                   [&](OpBuilder &inner, Location) {
                     Value filled = carried[0];
                     for (int64_t dim = 0; dim < rank; ++dim) {
                       Value index = arith::IndexCastOp::create(
                           inner, loc, inner.getI64Type(), indices[dim]);
                       Value column =
                           arith::ConstantIndexOp::create(inner, loc, dim);
                       filled = tensor::InsertOp::create(
                           inner, loc, index, filled,
                           ValueRange{carried[1], column});
                     }
                     Value next =
                         arith::AddIOp::create(inner, loc, carried[1], one);
                     scf::YieldOp::create(inner, loc, ValueRange{filled, next});
                   },
                   [&](OpBuilder &inner, Location) {
                     scf::YieldOp::create(inner, loc, carried);
                   });
               return llvm::to_vector_of<Value>(store.getResults());
             })
      .front();
}

/// linalg.generic over `sizes` that reads `self` at offsets computed from the
/// elements of index tensors.
static Value createGather(
    const AtenLowering &l, DtypedValue self, ArrayRef<OpFoldResult> sizes,
    ArrayRef<Value> indexTensors, ArrayRef<AffineMap> indexMaps,
    llvm::function_ref<SmallVector<Value>(OpBuilder &, ValueRange elements,
                                          ValueRange indices)>
        getSource) {
  int64_t rank = sizes.size();
  Value init = createEmpty(l.b, l.loc, sizes, self.dtype);
  if (llvm::any_of(sizes, isZeroInteger))
    return init;
  SmallVector<AffineMap> maps(indexMaps);
  maps.push_back(l.b.getMultiDimIdentityMap(rank));
  auto generic = linalg::GenericOp::create(
      l.b, l.loc, init.getType(), indexTensors, init, maps,
      SmallVector<utils::IteratorType>(rank, utils::IteratorType::parallel),
      [&](OpBuilder &b, Location, ValueRange arguments) {
        SmallVector<Value> indices;
        for (int64_t dim = 0; dim < rank; ++dim)
          indices.push_back(linalg::IndexOp::create(b, l.loc, dim));
        SmallVector<Value> source =
            getSource(b, arguments.drop_back(), indices);
        linalg::YieldOp::create(
            b, l.loc,
            tensor::ExtractOp::create(b, l.loc, self.value, source)
                .getResult());
      });
  return generic.getResult(0);
}

//===----------------------------------------------------------------------===//
// Gathers
//===----------------------------------------------------------------------===//

/// embedding: row indices[...] of the weight.
static LogicalResult lowerEmbedding(const AtenLowering &l) {
  DtypedValue weight = l.get("weight"), indices = l.get("indices");
  if (weight.getRank() != 2)
    return l.fail("the weight is not a matrix");
  OpFoldResult rows = getSize(l.b, l.loc, weight.value, 0);
  checkIndices(l, indices, rows, /*allowNegative=*/false,
               "index out of range in self");
  SmallVector<OpFoldResult> sizes = getSizes(l.b, l.loc, indices.value);
  sizes.push_back(getSize(l.b, l.loc, weight.value, 1));
  int64_t rank = indices.getRank();
  AffineMap map = AffineMap::getMultiDimIdentityMap(rank + 1, l.b.getContext())
                      .getMajorSubMap(rank);
  if (rank == 0)
    map = AffineMap::get(1, 0, l.b.getContext());
  return l.replace(createGather(
      l, weight, sizes, indices.value, map,
      [&](OpBuilder &b, ValueRange elements, ValueRange out) {
        Value row =
            arith::IndexCastOp::create(b, l.loc, b.getIndexType(), elements[0]);
        return SmallVector<Value>{row, out.back()};
      }));
}

static LogicalResult lowerIndexSelect(const AtenLowering &l) {
  DtypedValue self = l.get("self"), index = l.get("index");
  FailureOr<int64_t> dim = l.getDim("dim", self.getRank());
  if (failed(dim))
    return failure();
  if (index.getRank() > 1)
    return l.fail("an index of rank 2");
  // A scalar is a tensor of one element here, and so is the result.
  bool isScalar = self.getRank() == 0;
  if (isScalar)
    self.value = flatten(l.b, l.loc, self.value);
  checkIndices(l, index, getSize(l.b, l.loc, self.value, *dim),
               /*allowNegative=*/false,
               *dim == 0 ? "index out of range in self"
                         : "INDICES element is out of DATA bounds, id={} "
                           "axis_dim={}");
  int64_t rank = self.getRank();
  SmallVector<OpFoldResult> sizes = getSizes(l.b, l.loc, self.value);
  sizes[*dim] = getNumElements(l.b, l.loc, index.value);
  AffineMap map = AffineMap::get(rank, 0, l.b.getContext());
  if (index.getRank() == 1)
    map = AffineMap::get(rank, 0, l.b.getAffineDimExpr(*dim));
  Value result =
      createGather(l, self, sizes, index.value, map,
                   [&](OpBuilder &b, ValueRange elements, ValueRange out) {
                     SmallVector<Value> source(out);
                     source[*dim] = arith::IndexCastOp::create(
                         b, l.loc, b.getIndexType(), elements[0]);
                     return source;
                   });
  if (!isScalar)
    return l.replace(result);
  l.check(createSizesEqual(l.b, l.loc, sizes[0], l.b.getIndexAttr(1)),
          "RuntimeError", "index_select of a scalar needs one index");
  Value one = tensor::CastOp::create(
      l.b, l.loc, RankedTensorType::get(1, getStorageType(self.dtype)), result);
  return l.replace(dropUnitDims(l.b, l.loc, one, 0));
}

/// gather: out[i, j] = self[index[i, j], j] for dim 0.
static LogicalResult lowerGather(const AtenLowering &l) {
  DtypedValue self = l.get("self"), index = l.get("index");
  FailureOr<int64_t> dim = l.getDim("dim", self.getRank());
  if (failed(dim))
    return failure();
  SmallVector<OpFoldResult> sizes = getSizes(l.b, l.loc, index.value);
  // A scalar counts as a vector.
  int64_t rank = std::max<int64_t>(self.getRank(), 1);
  bool isScalar = index.getRank() == 0;
  if (std::max<int64_t>(index.getRank(), 1) != rank) {
    checkEmpty(l, index, "input");
    return l.replace(createEmpty(l.b, l.loc, sizes, self.dtype));
  }
  for (DtypedValue *operand : {&self, &index})
    if (operand->getRank() == 0)
      operand->value = flatten(l.b, l.loc, operand->value);
  if (isScalar)
    sizes.push_back(l.b.getIndexAttr(1));
  for (int64_t other = 0; other < rank; ++other) {
    OpFoldResult own = getSize(l.b, l.loc, self.value, other);
    if (other == *dim || areSizesEqual(own, sizes[other]))
      continue;
    l.check(arith::CmpIOp::create(l.b, l.loc, arith::CmpIPredicate::sle,
                                  toIndex(l.b, l.loc, sizes[other]),
                                  toIndex(l.b, l.loc, own)),
            "RuntimeError",
            "Size does not match at dimension " + Twine(other) +
                ": expected index to be no larger than self apart from "
                "dimension " +
                Twine(*dim));
  }
  OpFoldResult limit = getSize(l.b, l.loc, self.value, *dim);
  checkIndices(l, index, limit, /*allowNegative=*/false,
               "index {} is out of bounds for dimension " + Twine(*dim) +
                   " with size {}");
  Value result = createGather(
      l, self, sizes, index.value, l.b.getMultiDimIdentityMap(rank),
      [&](OpBuilder &b, ValueRange elements, ValueRange out) {
        SmallVector<Value> source(out);
        source[*dim] = toOffset(b, l.loc, elements[0], index.dtype, limit);
        return source;
      });
  return l.replace(isScalar ? dropUnitDims(l.b, l.loc, result, 0) : result);
}

/// take: elements of the flattened tensor.
static LogicalResult lowerTake(const AtenLowering &l) {
  DtypedValue self = l.get("self"), index = l.get("index");
  DtypedValue source = {flatten(l.b, l.loc, self.value), self.dtype};
  OpFoldResult size = getSize(l.b, l.loc, source.value, 0);
  checkIndices(l, index, size, /*allowNegative=*/true,
               "out of range: tried to access index {} on a tensor of {} "
               "elements.");
  return l.replace(
      createGather(l, source, getSizes(l.b, l.loc, index.value), index.value,
                   l.b.getMultiDimIdentityMap(index.getRank()),
                   [&](OpBuilder &b, ValueRange elements, ValueRange) {
                     return SmallVector<Value>{
                         toOffset(b, l.loc, elements[0], index.dtype, size)};
                   }));
}

//===----------------------------------------------------------------------===//
// Sizes that depend on the data
//===----------------------------------------------------------------------===//

static LogicalResult lowerNonzero(const AtenLowering &l) {
  return l.replace(createNonzero(l, l.get("self")));
}

/// The elements where the mask is true, in row-major order.
static LogicalResult lowerMaskedSelect(const AtenLowering &l) {
  DtypedValue self = l.get("self"), mask = l.get("mask");
  int64_t rank = std::max(self.getRank(), mask.getRank());
  DtypedValue operands[] = {self, mask};
  auto broadcast = [&](unsigned which) -> DtypedValue {
    Type dtype = operands[which].dtype;
    SmallVector<OpFoldResult> sizes = getSizes(l.b, l.loc, self.value);
    SmallVector<OpFoldResult> maskSizes = getSizes(l.b, l.loc, mask.value);
    if (llvm::equal(sizes, maskSizes, areSizesEqual))
      return operands[which];
    return {createElementwise(
                l.b, l.loc, operands, rank, Type(), dtype, dtype,
                [&](const ScalarMath &, ValueRange x) { return x[which]; }),
            dtype};
  };
  DtypedValue source = broadcast(0);
  Value places = createNonzero(l, broadcast(1));
  OpFoldResult count = getSize(l.b, l.loc, places, 0);
  return l.replace(createFromIndices(
      l.b, l.loc, count, self.dtype,
      [&](OpBuilder &b, ValueRange indices) -> Value {
        SmallVector<Value> from;
        for (int64_t dim = 0; dim < rank; ++dim) {
          Value column = arith::ConstantIndexOp::create(b, l.loc, dim);
          Value place = tensor::ExtractOp::create(
              b, l.loc, places, ValueRange{indices[0], column});
          from.push_back(
              arith::IndexCastOp::create(b, l.loc, b.getIndexType(), place));
        }
        return tensor::ExtractOp::create(b, l.loc, source.value, from);
      }));
}

//===----------------------------------------------------------------------===//
// x[indices] and x[indices] = values
//===----------------------------------------------------------------------===//

namespace {
/// The indices of x[...], masks replaced by the places where they are true:
/// for each dim of x an index tensor or nothing (the whole dim).
struct AdvancedIndex {
  SmallVector<int64_t> indexedDims, wholeDims;
  SmallVector<Type> dtypes;
  BroadcastOperands broadcast;
  /// Where the broadcast dims stand in the result: in place of the indexed
  /// dims if those are adjacent, else first.
  int64_t position = 0;
  /// The result's sizes.
  SmallVector<OpFoldResult> sizes;

  int64_t getBroadcastRank() const { return broadcast.sizes.size(); }

  /// Dims of x by the indices of a result element; `elements` are the index
  /// tensors' elements.
  SmallVector<Value> getSource(OpBuilder &b, Location loc, Value self,
                               ValueRange elements, ValueRange indices) const {
    SmallVector<Value> source(indexedDims.size() + wholeDims.size());
    for (auto [i, dim] : llvm::enumerate(indexedDims))
      source[dim] =
          toOffset(b, loc, elements[i], dtypes[i], getSize(b, loc, self, dim));
    for (auto [i, dim] : llvm::enumerate(wholeDims)) {
      int64_t at = static_cast<int64_t>(i);
      source[dim] = indices[at < position ? at : at + getBroadcastRank()];
    }
    return source;
  }

  /// The maps of the index tensors over the result's dims.
  SmallVector<AffineMap> getMaps(OpBuilder &b) const {
    SmallVector<AffineMap> maps;
    for (AffineMap map : broadcast.maps)
      maps.push_back(AffineMap::get(sizes.size(), 0,
                                    map.shiftDims(position).getResults(),
                                    b.getContext()));
    return maps;
  }
};
} // namespace

static FailureOr<AdvancedIndex> getAdvancedIndex(const AtenLowering &l,
                                                 DtypedValue self) {
  std::optional<SmallVector<DtypedValue>> list = l.getList("indices");
  if (!list)
    return l.fail("a list of indices of unknown length");
  AdvancedIndex result;
  SmallVector<Value> tensors;
  int64_t dim = 0, broadcastRank = 0;
  for (const DtypedValue &index : *list) {
    if (mt::isNone(index.value)) {
      result.wholeDims.push_back(dim++);
      continue;
    }
    if (!index.isTensor())
      return l.fail("an index that is neither a tensor nor None");
    bool isMask = index.dtype.isInteger(1) || index.dtype.isUnsignedInteger(8);
    if (!isMask) {
      if (dim >= self.getRank())
        return l.fail("more indices than dims");
      checkIndices(l, index, getSize(l.b, l.loc, self.value, dim),
                   /*allowNegative=*/true,
                   "index {} is out of bounds for dimension " +
                       Twine(result.indexedDims.size()) + " with size {}");
      result.indexedDims.push_back(dim++);
      tensors.push_back(index.value);
      result.dtypes.push_back(index.dtype);
      broadcastRank = std::max(broadcastRank, index.getRank());
      continue;
    }
    int64_t rank = index.getRank();
    if (rank == 0 || dim + rank > self.getRank())
      return l.fail("a mask of rank 0, or of more dims than there are");
    Value places = createNonzero(l, index);
    OpFoldResult count = getSize(l.b, l.loc, places, 0);
    auto columnType =
        RankedTensorType::get(ShapedType::kDynamic, l.b.getI64Type());
    for (int64_t column = 0; column < rank; ++column, ++dim) {
      SmallVector<Value> noted;
      auto describe = [&](const DtypedValue &tensor) {
        return describeSizes(l.b, l.loc, getSizes(l.b, l.loc, tensor.value),
                             noted);
      };
      std::string text = "The shape of the mask [" + describe(index) +
                         "] at index " + std::to_string(column);
      text += " does not match the shape of the indexed tensor [" +
              describe(self) + "] at index " + std::to_string(dim);
      l.check(createSizesEqual(l.b, l.loc, getSize(l.b, l.loc, self.value, dim),
                               getSize(l.b, l.loc, index.value, column)),
              "IndexError", text, noted);
      OpFoldResult zero = l.b.getIndexAttr(0), one = l.b.getIndexAttr(1);
      tensors.push_back(tensor::ExtractSliceOp::create(
          l.b, l.loc, columnType, places,
          ArrayRef<OpFoldResult>{zero, l.b.getIndexAttr(column)},
          ArrayRef<OpFoldResult>{count, one},
          ArrayRef<OpFoldResult>{one, one}));
      result.indexedDims.push_back(dim);
      result.dtypes.push_back(l.b.getI64Type());
    }
    broadcastRank = std::max<int64_t>(broadcastRank, 1);
  }
  for (; dim < self.getRank(); ++dim)
    result.wholeDims.push_back(dim);
  if (tensors.empty())
    return l.fail("no index");

  bool isAdjacent =
      result.indexedDims.back() - result.indexedDims.front() + 1 ==
      static_cast<int64_t>(result.indexedDims.size());
  result.position = isAdjacent ? result.indexedDims.front() : 0;
  result.broadcast = broadcastOperands(l.b, l.loc, tensors, broadcastRank);
  for (auto [i, whole] : llvm::enumerate(result.wholeDims)) {
    if (static_cast<int64_t>(i) == result.position)
      result.sizes.append(result.broadcast.sizes);
    result.sizes.push_back(getSize(l.b, l.loc, self.value, whole));
  }
  if (static_cast<int64_t>(result.wholeDims.size()) <= result.position)
    result.sizes.append(result.broadcast.sizes);
  return result;
}

static LogicalResult lowerIndexTensor(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<AdvancedIndex> index = getAdvancedIndex(l, self);
  if (failed(index))
    return failure();
  return l.replace(createGather(
      l, self, index->sizes, index->broadcast.values, index->getMaps(l.b),
      [&](OpBuilder &b, ValueRange elements, ValueRange indices) {
        return index->getSource(b, l.loc, self.value, elements, indices);
      }));
}

/// x[mask] = number, one mask of x's shape: no places needed.
static std::optional<LogicalResult> lowerMaskedPut(const AtenLowering &l) {
  std::optional<SmallVector<DtypedValue>> list = l.getList("indices");
  DtypedValue self = l.get("self"), values = l.get("values");
  if (!list || list->size() != 1 || l.getBool("accumulate") != false ||
      values.getRank() != 0)
    return std::nullopt;
  DtypedValue mask = list->front();
  if (!mask.isTensor() || !mask.dtype.isInteger(1) ||
      !llvm::equal(getSizes(l.b, l.loc, self.value),
                   getSizes(l.b, l.loc, mask.value), areSizesEqual))
    return std::nullopt;
  return l.replace(createElementwise(
      l.b, l.loc, {self, mask, values}, self.getRank(), Type(), self.dtype,
      self.dtype, [&](const ScalarMath &m, ValueRange x) {
        return m.select(x[1], m.cast(x[2], values.dtype), x[0]);
      }));
}

static LogicalResult lowerIndexPut(const AtenLowering &l) {
  if (std::optional<LogicalResult> done = lowerMaskedPut(l))
    return *done;
  DtypedValue self = l.get("self"), values = l.get("values");
  std::optional<bool> accumulate = l.getBool("accumulate");
  if (!accumulate)
    return l.fail("'accumulate' is not a constant");
  FailureOr<AdvancedIndex> index = getAdvancedIndex(l, self);
  if (failed(index))
    return failure();
  OpBuilder &b = l.b;
  if (values.getRank() > static_cast<int64_t>(index->sizes.size())) {
    // The one element that a mask is filled with.
    auto type = cast<RankedTensorType>(values.value.getType());
    if (!type.hasStaticShape() || type.getNumElements() != 1)
      return l.fail("the values have more dims than what they replace");
    values.value = tensor::CollapseShapeOp::create(
        b, l.loc, RankedTensorType::get({}, type.getElementType()),
        values.value, ArrayRef<ReassociationIndices>());
  }
  int64_t offset = index->sizes.size() - values.getRank();
  if (offset < 0)
    return l.fail("the values have more dims than what they replace");
  SmallVector<OpFoldResult> target =
      llvm::to_vector(ArrayRef(index->sizes).drop_front(offset));
  for (auto [size, own] : llvm::zip(target, getSizes(b, l.loc, values.value))) {
    if (isConstantIntValue(own, 1))
      continue;
    Value fits = arith::OrIOp::create(
        b, l.loc, createSizesEqual(b, l.loc, own, size),
        createSizesEqual(b, l.loc, own, b.getIndexAttr(1)));
    SmallVector<Value> noted;
    std::string text =
        "shape mismatch: value tensor of shape [" +
        describeSizes(b, l.loc, getSizes(b, l.loc, values.value), noted) + "]";
    text += " cannot be broadcast to indexing result of shape [" +
            describeSizes(b, l.loc, index->sizes, noted) + "]";
    l.check(fits, "RuntimeError", text, noted);
  }
  Value source = values.value;
  SmallVector<int64_t> kept = fitToSizes(b, l.loc, source, target);
  SmallVector<AffineMap> maps = index->getMaps(b);
  Value result =
      createLoopNest(
          b, l.loc, index->sizes, self.value,
          [&](OpBuilder &nested, ValueRange indices, ValueRange carried) {
            SmallVector<Value> elements;
            for (auto [tensor, map] :
                 llvm::zip(index->broadcast.values, maps)) {
              SmallVector<Value> at;
              for (AffineExpr expr : map.getResults())
                at.push_back(indices[cast<AffineDimExpr>(expr).getPosition()]);
              elements.push_back(
                  tensor::ExtractOp::create(nested, l.loc, tensor, at));
            }
            SmallVector<Value> place =
                index->getSource(nested, l.loc, self.value, elements, indices);
            SmallVector<Value> from;
            for (int64_t dim : kept)
              from.push_back(indices[dim + offset]);
            ScalarMath m(nested, l.loc, self.dtype);
            Value value =
                m.cast(tensor::ExtractOp::create(nested, l.loc, source, from),
                       values.dtype);
            if (*accumulate)
              value = m.add(
                  tensor::ExtractOp::create(nested, l.loc, carried[0], place),
                  value);
            return SmallVector<Value>{tensor::InsertOp::create(
                nested, l.loc, value, carried[0], place)};
          })
          .front();
  return l.replace(result);
}

void minitorch::detail::populateIndexingPatterns(const TypeConverter &converter,
                                                 RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter, {"embedding"}, lowerEmbedding);
  addAtenLowering(patterns, converter, {"index_select"}, lowerIndexSelect);
  addAtenLowering(patterns, converter, {"gather"}, lowerGather);
  addAtenLowering(patterns, converter, {"take"}, lowerTake);
  addAtenLowering(patterns, converter, {"nonzero"}, lowerNonzero);
  addAtenLowering(patterns, converter, {"masked_select"}, lowerMaskedSelect);
  addAtenLowering(patterns, converter, {"index.Tensor"}, lowerIndexTensor);
  addAtenLowering(patterns, converter, {"index_put"}, lowerIndexPut);
}
