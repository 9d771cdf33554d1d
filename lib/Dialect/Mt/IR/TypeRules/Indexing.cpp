//===- Indexing.cpp - Type rules of indexing --------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/DtypeErrors.h"
#include "Operands.h"

using namespace mlir;

namespace minitorch::mt::type_rules {

// indices.shape + [weight.shape[1]]
LogicalResult embedding(const TypeRuleContext &context) {
  TensorShape weight = context.getTensor(0), indices = context.getTensor(1);
  if (weight.hasRank && weight.getRank() != 2)
    return context.fail("embedding's weight must have rank 2; got rank " +
                        Twine(weight.getRank()));
  if (!indices.hasRank)
    return context.setResult(getUnranked(weight.dtype));
  indices.sizes.push_back(weight.hasRank ? weight.sizes[1] : kDynamic);
  return context.setResult(indices.sizes, weight.dtype);
}

// The data with its axis as long as there are segments: one a length, or one
// less than there are offsets.
LogicalResult segmentReduce(const TypeRuleContext &context) {
  TensorShape data = context.getTensor(0);
  if (!data.hasRank)
    return context.setResult(data);
  FailureOr<int64_t> axis = getDim(context, "axis", data.getRank());
  if (failed(axis))
    return failure();
  if (isDynamic(*axis) || data.getRank() == 0)
    return context.setResult(getDynamic(data.getRank(), data.dtype));
  bool byOffsets = isNone(context, "lengths");
  TensorShape bounds = getTensor(context, byOffsets ? "offsets" : "lengths");
  int64_t count =
      bounds.hasRank && bounds.getRank() > 0 ? bounds.sizes.back() : kDynamic;
  data.sizes[*axis] = byOffsets ? addSizes(count, -1) : count;
  return context.setResult(data);
}

LogicalResult indexSelect(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  TensorShape index = getTensor(context, "index");
  if (index.hasRank && index.getRank() > 1)
    return context.fail("index_select's index must have at most rank 1; got "
                        "rank " +
                        Twine(index.getRank()));
  if (!self.hasRank)
    return context.setResult(self);
  FailureOr<int64_t> dim = getDim(context, "dim", self.getRank());
  if (failed(dim))
    return failure();
  if (self.getRank() == 0)
    return context.setResult(self);
  if (isDynamic(*dim))
    return context.setResult(getDynamic(self.getRank(), self.dtype));
  self.sizes[*dim] = index.hasRank ? multiplySizes(index.sizes) : kDynamic;
  return context.setResult(self);
}

// gather and take: the index's shape, the tensor's dtype.
LogicalResult likeIndex(const TypeRuleContext &context) {
  return setResult(context, getTensor(context, "index"),
                   context.getTensor(0).dtype);
}

LogicalResult maskedSelect(const TypeRuleContext &context) {
  return context.setResult({kDynamic}, context.getTensor(0).dtype);
}

LogicalResult nonzero(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  return context.setResult({kDynamic, self.hasRank ? self.getRank() : kDynamic},
                           getInt64(context));
}

LogicalResult oneHot(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (!self.hasRank)
    return context.setResult(getUnranked(getInt64(context)));
  // -1 asks for as many classes as the largest index needs.
  int64_t classes = getInt(context, "num_classes");
  self.sizes.push_back(classes == -1 ? kDynamic : classes);
  return context.setResult(self.sizes, getInt64(context));
}

static bool isMask(const TensorShape &index) {
  return index.dtype.isSignlessInteger(1) || index.dtype.isUnsignedInteger(8);
}

/// Whether PyTorch takes so many indices, also where a mask of rank 0 would
/// take no dimension.
static LogicalResult checkCount(const TypeRuleContext &context,
                                const TensorShape &self, size_t count) {
  if (!self.hasRank || static_cast<int64_t>(count) <= self.getRank())
    return success();
  return context.fail("too many indices for tensor of dimension " +
                      Twine(self.getRank()) + " (got " + Twine(count) + ")");
}

// x[i, :, j]. A mask of rank k stands for k index tensors of one dimension. The
// index tensors' common shape replaces the indexed dimensions where these are
// adjacent, and comes first where they are not.
// Source: NumPy's "Combining advanced and basic indexing", which PyTorch keeps.
static FailureOr<TensorShape> getIndexed(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  std::optional<llvm::SmallVector<Value>> indices =
      getListElements(context.getOperand("indices"));
  if (!indices || !self.hasRank)
    return getUnranked(self.dtype);
  if (failed(checkCount(context, self, indices->size())))
    return failure();

  TensorShape common(ArrayRef<int64_t>(), self.dtype);
  Sizes kept;            // dimensions that are not indexed
  int64_t dim = 0;       // next dimension of `self`
  int64_t position = -1; // of the first indexed one, among those kept
  bool adjacent = true, previousIndexed = false;
  for (Value value : *indices) {
    if (mt::isNone(value)) {
      if (dim >= self.getRank())
        return context.fail("too many indices for tensor of dimension " +
                            Twine(self.getRank()) + " (got " +
                            Twine(indices->size()) + ")");
      kept.push_back(self.sizes[dim++]);
      previousIndexed = false;
      continue;
    }
    std::optional<TensorShape> index = TensorShape::of(value.getType());
    if (!index || !index->hasRank || !index->dtype)
      return getUnranked(self.dtype);
    if (!llvm::is_contained({0, 3, 4, 11}, *getScalarTypeNumber(index->dtype)))
      return context.fail("tensors used as indices must be long, int, byte or "
                          "bool tensors");
    int64_t consumed = 1;
    TensorShape shape = *index;
    if (isMask(*index)) {
      consumed = index->getRank();
      // What PyTorch says where nothing is left that indexes.
      if (consumed == 0 && indices->size() == 1)
        return context.fail("ntensor >= 3 INTERNAL ASSERT FAILED");
      shape = TensorShape({kDynamic}, self.dtype);
      for (int64_t i = 0; i < consumed && dim + i < self.getRank(); ++i) {
        int64_t size = self.sizes[dim + i];
        if (!mergeSize(size, index->sizes[i]))
          return context.fail(
              "The shape of the mask " + describe(*index) + " at index " +
              Twine(i) + " does not match the shape of the indexed tensor " +
              describe(self) + " at index " + Twine(dim + i));
      }
    }
    if (dim + consumed > self.getRank() && consumed > 1)
      return failDim(context, self.getRank(), self.getRank());
    if (dim + consumed > self.getRank())
      return context.fail("too many indices for tensor of dimension " +
                          Twine(self.getRank()) + " (got " +
                          Twine(dim + consumed) + ")");
    dim += consumed;
    if (position == -1)
      position = kept.size();
    else
      adjacent &= previousIndexed;
    previousIndexed = true;
    FailureOr<TensorShape> both = broadcastShapes(common, shape);
    if (failed(both))
      return context.fail("shape mismatch: indexing tensors could not be "
                          "broadcast together with shapes " +
                          describe(common) + ", " + describe(shape));
    common = *both;
  }
  kept.append(self.sizes.begin() + dim, self.sizes.end());
  if (position == -1)
    return self;
  if (!adjacent)
    position = 0;
  kept.insert(kept.begin() + position, common.sizes.begin(),
              common.sizes.end());
  return TensorShape(kept, self.dtype);
}

/// x[i], where i is the only index.
static std::optional<TensorShape> getOnlyIndex(const TypeRuleContext &context) {
  auto indices = getListElements(context.getOperand("indices"));
  if (!indices)
    return std::nullopt;
  llvm::erase_if(*indices, [](Value index) { return mt::isNone(index); });
  auto index = indices->size() == 1
                   ? TensorShape::of(indices->front().getType())
                   : std::nullopt;
  return index && index->hasRank && index->dtype ? index : std::nullopt;
}

/// x[mask] = one element, where the mask has no dims: all or nothing of x.
static bool isFill(const TypeRuleContext &context) {
  std::optional<TensorShape> mask = getOnlyIndex(context);
  TensorShape values = getTensor(context, "values");
  TensorShape self = context.getTensor(0);
  return mask && isMask(*mask) && mask->sizes.empty() && values.hasRank &&
         self.hasRank && !self.sizes.empty() &&
         getFlag(context, "accumulate") == false &&
         llvm::all_of(values.sizes, [](int64_t size) { return size == 1; });
}

/// x[mask] = one element: PyTorch fills, whatever its dtype and rank. Where it
/// is open whether it is one, a program of another dtype raises if it is not
/// (mt-decompose-ops).
static bool isMaskedFill(const TypeRuleContext &context,
                         const TensorShape &values) {
  if (!values.hasRank || getFlag(context, "accumulate") != false ||
      llvm::any_of(values.sizes, [](int64_t size) {
        return size != 1 && !ShapedType::isDynamic(size);
      }))
    return false;
  if (context.getTensor(0).dtype == values.dtype &&
      ShapedType::isDynamicShape(values.sizes))
    return false;
  std::optional<TensorShape> mask = getOnlyIndex(context);
  return mask && isMask(*mask);
}

static LogicalResult setPut(const TypeRuleContext &context,
                            const TensorShape &indexed) {
  TensorShape self = context.getTensor(0);
  TensorShape values = getTensor(context, "values");
  if (isMaskedFill(context, values))
    return context.setResult(self);
  if (self.dtype && values.dtype && self.dtype != values.dtype)
    return context.fail("Index put requires the source and destination dtypes "
                        "match, got " +
                        getDtypeName(self.dtype) + " for the destination and " +
                        getDtypeName(values.dtype) + " for the source.");
  if (indexed.hasRank && values.hasRank) {
    int64_t offset = indexed.getRank() - values.getRank();
    bool fits = offset >= 0;
    for (size_t i = 0; fits && i < values.sizes.size(); ++i) {
      int64_t target = indexed.sizes[offset + i];
      fits = values.sizes[i] == 1 || mergeSize(target, values.sizes[i]);
    }
    if (!fits)
      return context.fail("shape mismatch: value tensor of shape " +
                          describe(values) +
                          " cannot be broadcast to indexing result of shape " +
                          describe(indexed));
  }
  return context.setResult(self);
}

// What is indexed; or, of index_put, the tensor itself, if the values broadcast
// to what is indexed.
LogicalResult indexTensor(const TypeRuleContext &context) {
  bool isPut = getSchemaName(context) == "aten::index_put";
  if (isPut && isFill(context))
    return context.setResult(context.getTensor(0));
  FailureOr<TensorShape> indexed = getIndexed(context);
  if (failed(indexed))
    return failure();
  if (isPut)
    return setPut(context, *indexed);
  return context.setResult(*indexed);
}

} // namespace minitorch::mt::type_rules
