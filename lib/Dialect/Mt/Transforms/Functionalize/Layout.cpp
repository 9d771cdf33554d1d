//===- Layout.cpp - Strides of tensor values --------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Layout.h"
#include "../Splits.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;
using namespace minitorch::mt;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::StringRef;

static std::optional<SmallVector<int64_t>> getStaticSizes(Type type) {
  std::optional<TensorShape> shape = TensorShape::of(type);
  if (!shape || !shape->hasRank || ShapedType::isDynamicShape(shape->sizes))
    return std::nullopt;
  return shape->sizes;
}

static SmallVector<int64_t> getContiguousStrides(ArrayRef<int64_t> sizes) {
  SmallVector<int64_t> strides(sizes.size(), 1);
  for (int64_t i = static_cast<int64_t>(sizes.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * std::max<int64_t>(sizes[i + 1], 1);
  return strides;
}

/// Strides of sizes of one do not matter, nor do any of an empty tensor.
static bool areContiguous(ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides) {
  if (llvm::is_contained(sizes, 0))
    return true;
  int64_t expected = 1;
  for (int64_t i = static_cast<int64_t>(sizes.size()) - 1; i >= 0; --i) {
    if (sizes[i] != 1 && strides[i] != expected)
      return false;
    expected *= sizes[i];
  }
  return true;
}

/// The strides with which a tensor can be seen at other sizes, or nullopt where
/// it has to be copied: every run of dims that are adjacent in memory must be
/// split and joined by itself.
static std::optional<SmallVector<int64_t>>
getViewStrides(ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides,
               ArrayRef<int64_t> newSizes) {
  if (llvm::is_contained(sizes, 0))
    return sizes == newSizes ? SmallVector<int64_t>(strides)
                             : getContiguousStrides(newSizes);
  SmallVector<int64_t> newStrides(newSizes.size(), 1);
  if (sizes.empty())
    return newStrides;
  int64_t viewDim = static_cast<int64_t>(newSizes.size()) - 1;
  int64_t chunkStride = strides.back();
  int64_t chunkSize = 1, viewSize = 1;
  for (int64_t dim = static_cast<int64_t>(sizes.size()) - 1; dim >= 0; --dim) {
    chunkSize *= sizes[dim];
    bool ends = dim == 0 || (sizes[dim - 1] != 1 &&
                             strides[dim - 1] != chunkSize * chunkStride);
    if (!ends)
      continue;
    while (viewDim >= 0 && (viewSize < chunkSize || newSizes[viewDim] == 1)) {
      newStrides[viewDim] = viewSize * chunkStride;
      viewSize *= newSizes[viewDim];
      --viewDim;
    }
    if (viewSize != chunkSize)
      return std::nullopt;
    if (dim > 0) {
      chunkStride = strides[dim - 1];
      chunkSize = 1;
      viewSize = 1;
    }
  }
  if (viewDim != -1)
    return std::nullopt;
  return newStrides;
}

//===----------------------------------------------------------------------===//
// Alias or copy
//===----------------------------------------------------------------------===//

ResultRelation LayoutAnalysis::classify(SchemaOpInterface op,
                                        unsigned operand) {
  Value source = op->getOperand(operand);
  Layout layout = lookup(source);
  std::optional<SmallVector<int64_t>> sizes = getStaticSizes(source.getType());
  auto isContiguous = [&]() -> std::optional<bool> {
    // Other orders are not followed.
    int format = op.getSchema()->getArgumentIndex("memory_format");
    if (format >= 0 && getConstantInt(op->getOperand(format)) != 0)
      return std::nullopt;
    if (layout.contiguous)
      return true;
    return layout.strides && sizes ? std::optional(false) : std::nullopt;
  };
  auto isViewable = [&]() -> std::optional<bool> {
    if (layout.contiguous)
      return true;
    auto newSizes = getStaticSizes(op->getResult(0).getType());
    if (!layout.strides || !sizes || !newSizes)
      return std::nullopt;
    return getViewStrides(*sizes, *layout.strides, *newSizes).has_value();
  };
  return op.getResultRelation(
      operand, [&](FactCondition condition) -> std::optional<bool> {
        if (condition == FactCondition::Contiguous)
          return isContiguous();
        if (condition == FactCondition::Viewable)
          return isViewable();
        return std::nullopt;
      });
}

//===----------------------------------------------------------------------===//
// Layouts of results
//===----------------------------------------------------------------------===//

void LayoutAnalysis::setContiguous(Value value) {
  Layout layout;
  layout.contiguous = layout.standard = true;
  layout.offset = 0;
  if (std::optional<SmallVector<int64_t>> sizes =
          getStaticSizes(value.getType()))
    layout.strides = getContiguousStrides(*sizes);
  layouts[value] = layout;
}

void LayoutAnalysis::setStrides(Value value, ArrayRef<int64_t> strides) {
  Layout layout;
  std::optional<SmallVector<int64_t>> sizes = getStaticSizes(value.getType());
  if (sizes && sizes->size() == strides.size() &&
      !ShapedType::isDynamicShape(strides)) {
    layout.strides = SmallVector<int64_t>(strides);
    layout.contiguous = areContiguous(*sizes, strides);
    layout.offset = 0;
  }
  layouts[value] = layout;
  settleStandard(value);
}

/// Where a slice of a dim of size `size` begins, or nullopt.
static std::optional<int64_t> getSliceStart(Value start, int64_t size) {
  if (isNone(start))
    return 0;
  std::optional<int64_t> from = getConstantInt(start);
  if (!from)
    return std::nullopt;
  if (*from < 0)
    *from += size;
  return std::clamp<int64_t>(*from, 0, size);
}

Layout LayoutAnalysis::getViewLayout(Operation *op, StringRef name,
                                     Value source) {
  Layout from = lookup(source), to;
  to.offset = from.offset;
  auto sourceShape = TensorShape::of(source.getType());
  auto newShape = TensorShape::of(op->getResult(0).getType());
  // Elements of another dtype have other places.
  if (!sourceShape || !newShape || sourceShape->dtype != newShape->dtype)
    return Layout();
  bool changesSizesOnly = llvm::is_contained(
      {"view", "view_as", "_unsafe_view", "unflatten", "squeeze", "unsqueeze",
       "reshape", "reshape_as", "flatten", "ravel"},
      name);
  std::optional<SmallVector<int64_t>> sizes = getStaticSizes(source.getType());
  std::optional<SmallVector<int64_t>> newSizes =
      getStaticSizes(op->getResult(0).getType());
  if (name == "as_strided") {
    auto strides = getIntList(op->getOperand(2));
    if (!isNone(op->getOperand(3)))
      to.offset = getConstantInt(op->getOperand(3));
    if (!strides || !newSizes || strides->size() != newSizes->size() ||
        ShapedType::isDynamicShape(*strides)) {
      to.offset.reset();
      return to;
    }
    to.contiguous = areContiguous(*newSizes, *strides);
    to.strides = std::move(strides);
    return to;
  }
  // Seeing contiguous elements at other sizes leaves them contiguous.
  if (from.contiguous && changesSizesOnly) {
    to.contiguous = true;
    to.standard = from.standard;
    if (newSizes && from.standard)
      to.strides = getContiguousStrides(*newSizes);
    if (from.standard || !from.strides || !sizes || !newSizes)
      return to;
  }
  if (!from.strides || !sizes || !newSizes) {
    to.offset.reset();
    return to;
  }
  int64_t rank = sizes->size();
  ArrayRef<int64_t> strides = *from.strides;
  // A dim operand, counted from the front.
  auto dimOf = [&](unsigned operand) -> std::optional<int64_t> {
    std::optional<int64_t> dim = getConstantInt(op->getOperand(operand));
    return dim ? wrapDim(*dim, rank) : std::nullopt;
  };
  auto advance = [&](std::optional<int64_t> index, int64_t dim) {
    if (to.offset && index)
      *to.offset += *index * strides[dim];
    else
      to.offset.reset();
  };
  std::optional<SmallVector<int64_t>> result;
  if (name == "select") {
    if (std::optional<int64_t> dim = dimOf(1)) {
      std::optional<int64_t> index = getConstantInt(op->getOperand(2));
      if (index && *index < 0)
        *index += (*sizes)[*dim];
      advance(index, *dim);
      result = llvm::to_vector(strides);
      result->erase(result->begin() + *dim);
    }
  } else if (name == "slice") {
    std::optional<int64_t> dim = dimOf(1);
    std::optional<int64_t> step = getConstantInt(op->getOperand(4));
    if (dim && step) {
      advance(getSliceStart(op->getOperand(2), (*sizes)[*dim]), *dim);
      result = llvm::to_vector(strides);
      (*result)[*dim] *= *step;
    }
  } else if (name == "narrow") {
    if (std::optional<int64_t> dim = dimOf(1)) {
      advance(getSliceStart(op->getOperand(2), (*sizes)[*dim]), *dim);
      result = llvm::to_vector(strides);
    }
  } else if (llvm::is_contained({"transpose", "swapaxes", "swapdims"}, name)) {
    std::optional<int64_t> a = dimOf(1), b = dimOf(2);
    if (a && b) {
      result = llvm::to_vector(strides);
      if (rank > 0)
        std::swap((*result)[*a], (*result)[*b]);
    }
  } else if (name == "t" || name == "numpy_T") {
    result = llvm::to_vector(llvm::reverse(strides));
  } else if (name == "mT" && rank >= 2) {
    result = llvm::to_vector(strides);
    std::swap((*result)[rank - 1], (*result)[rank - 2]);
  } else if (name == "permute") {
    if (std::optional<SmallVector<int64_t>> dims =
            getIntList(op->getOperand(1))) {
      result.emplace();
      for (int64_t dim : *dims) {
        std::optional<int64_t> wrapped = wrapDim(dim, rank);
        if (!wrapped || ShapedType::isDynamic(dim))
          return Layout();
        result->push_back(strides[*wrapped]);
      }
    }
  } else if (StringRef(lookupSchema(op)->name).ends_with("dim.int")) {
    // movedim: takes one dim out and puts it in elsewhere.
    std::optional<int64_t> a = dimOf(1), b = dimOf(2);
    if (a && b && rank > 0) {
      result = llvm::to_vector(strides);
      int64_t moved = (*result)[*a];
      result->erase(result->begin() + *a);
      result->insert(result->begin() + *b, moved);
    }
  } else if (name == "diagonal") {
    std::optional<int64_t> by = getConstantInt(op->getOperand(1));
    std::optional<int64_t> a = dimOf(2), b = dimOf(3);
    if (by && a && b && *a != *b) {
      // A diagonal outside of the tensor begins where the tensor does.
      if (newSizes->empty() || newSizes->back() != 0)
        advance(std::abs(*by), *by >= 0 ? *b : *a);
      result.emplace();
      for (int64_t i = 0; i < rank; ++i)
        if (i != *a && i != *b)
          result->push_back(strides[i]);
      result->push_back(strides[*a] + strides[*b]);
    }
  } else if (name == "expand" || name == "expand_as" ||
             name == "broadcast_to") {
    result.emplace(newSizes->size(), 0);
    int64_t added = static_cast<int64_t>(newSizes->size()) - rank;
    for (int64_t i = 0; added >= 0 && i < rank; ++i)
      if ((*sizes)[i] == (*newSizes)[i + added])
        (*result)[i + added] = strides[i];
    // A new dim of size one gets the stride that it would have in a new tensor.
    for (int64_t i = added - 1; i >= 0; --i)
      if ((*newSizes)[i] == 1)
        (*result)[i] = i + 1 < static_cast<int64_t>(newSizes->size())
                           ? (*newSizes)[i + 1] * (*result)[i + 1]
                           : 1;
  } else if (name == "unfold") {
    std::optional<int64_t> dim = dimOf(1);
    std::optional<int64_t> step = getConstantInt(op->getOperand(3));
    if (dim && step && rank > 0) {
      result = llvm::to_vector(strides);
      result->push_back(strides[*dim]);
      (*result)[*dim] *= *step;
    }
  } else if (name == "unsqueeze") {
    std::optional<int64_t> dim = getConstantInt(op->getOperand(1));
    dim = dim ? wrapDim(*dim, rank + 1) : std::nullopt;
    if (dim) {
      result = llvm::to_vector(strides);
      result->insert(result->begin() + *dim,
                     *dim < rank ? (*sizes)[*dim] * strides[*dim] : 1);
    }
  } else if (name == "squeeze") {
    std::optional<SmallVector<int64_t>> dims =
        op->getNumOperands() == 1 ? llvm::to_vector(llvm::seq<int64_t>(0, rank))
                                  : getIntList(op->getOperand(1));
    if (!dims && op->getNumOperands() == 2)
      if (std::optional<int64_t> dim = dimOf(1))
        dims = {*dim};
    if (dims) {
      llvm::SmallDenseSet<int64_t> dropped;
      for (int64_t dim : *dims)
        if (std::optional<int64_t> wrapped = wrapDim(dim, rank))
          if (rank > 0 && (*sizes)[*wrapped] == 1)
            dropped.insert(*wrapped);
      result.emplace();
      for (int64_t i = 0; i < rank; ++i)
        if (!dropped.contains(i))
          result->push_back(strides[i]);
    }
  } else if (changesSizesOnly) {
    result = getViewStrides(*sizes, strides, *newSizes);
  }
  if (!result || result->size() != newSizes->size())
    return Layout();
  to.contiguous = areContiguous(*newSizes, *result);
  to.strides = std::move(result);
  return to;
}

void LayoutAnalysis::recordElement(Value element, Operation *split,
                                   int64_t index) {
  forget(element);
  settleSmall(element);
  Value source = split->getOperand(0);
  Layout from = lookup(source);
  std::optional<SmallVector<int64_t>> sizes = getStaticSizes(source.getType());
  int dimIndex = lookupSchema(split)->getArgumentIndex("dim");
  if (!from.strides || !from.offset || !sizes || dimIndex < 0 || index < 0)
    return;
  std::optional<int64_t> dim = getConstantInt(split->getOperand(dimIndex));
  dim = dim ? wrapDim(*dim, sizes->size()) : std::nullopt;
  std::optional<SmallVector<int64_t>> newSizes =
      getStaticSizes(element.getType());
  if (!dim || !newSizes)
    return;
  Layout to = from;
  std::optional<int64_t> start;
  if (getSplitName(split) == "unbind") {
    start = index;
    to.strides->erase(to.strides->begin() + *dim);
  } else {
    start = getSplitStart(split, index, (*sizes)[*dim]);
  }
  if (!start || to.strides->size() != newSizes->size())
    return;
  *to.offset += *start * (*from.strides)[*dim];
  to.contiguous = areContiguous(*newSizes, *to.strides);
  layouts[element] = to;
  settleStandard(element);
}

std::optional<StridedView> LayoutAnalysis::getStridedView(Value value,
                                                          Value root) const {
  Layout layout = lookup(value), base = lookup(root);
  std::optional<SmallVector<int64_t>> sizes = getStaticSizes(value.getType());
  if (!base.contiguous || base.offset != 0 || !layout.strides ||
      !layout.offset || !sizes || !getStaticSizes(root.getType()))
    return std::nullopt;
  return StridedView{*sizes, *layout.strides, *layout.offset};
}

/// Calls `each` with the position of every element, in order of the indices.
static void forEachPosition(ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides,
                            int64_t offset,
                            llvm::function_ref<void(int64_t)> each) {
  if (llvm::is_contained(sizes, 0))
    return;
  SmallVector<int64_t> index(sizes.size(), 0);
  int64_t at = offset;
  while (true) {
    each(at);
    int64_t dim = static_cast<int64_t>(sizes.size()) - 1;
    for (; dim >= 0; --dim) {
      at += strides[dim];
      if (++index[dim] < sizes[dim])
        break;
      at -= index[dim] * strides[dim];
      index[dim] = 0;
    }
    if (dim < 0)
      return;
  }
}

/// Tensors of up to this many elements are compared element by element.
static constexpr int64_t kSmallTensor = 1 << 20;

static bool isSmall(ArrayRef<int64_t> sizes) {
  int64_t count = 1;
  for (int64_t size : sizes)
    count = std::min(count * size, kSmallTensor + 1);
  return count <= kSmallTensor;
}

bool StridedView::overlapsItself() const {
  if (!isSmall(sizes))
    return true;
  llvm::DenseSet<int64_t> seen;
  bool overlaps = false;
  forEachPosition(sizes, strides, offset,
                  [&](int64_t at) { overlaps |= !seen.insert(at).second; });
  return overlaps;
}

/// The strides of a view that is broadcast to `sizes`; nullopt where it does
/// not.
static std::optional<SmallVector<int64_t>>
getBroadcastStrides(ArrayRef<int64_t> from, ArrayRef<int64_t> strides,
                    ArrayRef<int64_t> sizes) {
  if (from.size() > sizes.size())
    return std::nullopt;
  SmallVector<int64_t> result(sizes.size(), 0);
  size_t added = sizes.size() - from.size();
  for (size_t i = 0; i < from.size(); ++i) {
    if (from[i] == sizes[i + added])
      result[i + added] = strides[i];
    else if (from[i] != 1)
      return std::nullopt;
  }
  return result;
}

Overlap LayoutAnalysis::compare(Value a, Value b, bool samePlaces) const {
  if (a == b)
    return Overlap::Full;
  Layout first = lookup(a), second = lookup(b);
  std::optional<SmallVector<int64_t>> sizesA = getStaticSizes(a.getType());
  std::optional<SmallVector<int64_t>> sizesB = getStaticSizes(b.getType());
  if (!first.strides || !second.strides || !first.offset || !second.offset ||
      !sizesA || !sizesB)
    return Overlap::Unknown;
  auto getSpan = [](const Layout &layout, ArrayRef<int64_t> sizes) {
    int64_t last = *layout.offset;
    for (auto [size, stride] : llvm::zip(sizes, *layout.strides))
      last += (size - 1) * stride;
    return std::pair<int64_t, int64_t>(*layout.offset, last);
  };
  if (llvm::is_contained(*sizesA, 0) || llvm::is_contained(*sizesB, 0))
    return Overlap::None;
  auto [beginA, endA] = getSpan(first, *sizesA);
  auto [beginB, endB] = getSpan(second, *sizesB);
  if (endA < beginB || endB < beginA)
    return Overlap::None;
  if (*sizesA == *sizesB && beginA == beginB) {
    bool equal = true;
    for (auto [size, x, y] :
         llvm::zip(*sizesA, *first.strides, *second.strides))
      equal &= size == 1 || x == y;
    if (equal)
      return Overlap::Full;
  }
  if (!isSmall(*sizesA) || !isSmall(*sizesB))
    return Overlap::Unknown;
  llvm::DenseMap<int64_t, int64_t> places;
  int64_t place = 0;
  forEachPosition(*sizesA, *first.strides, *first.offset,
                  [&](int64_t at) { places[at] = place++; });
  bool shared = false, moved = false;
  std::optional<SmallVector<int64_t>> broadcast =
      samePlaces ? getBroadcastStrides(*sizesB, *second.strides, *sizesA)
                 : std::nullopt;
  place = 0;
  forEachPosition(broadcast ? *sizesA : *sizesB,
                  broadcast ? *broadcast : *second.strides, *second.offset,
                  [&](int64_t at) {
                    auto it = places.find(at);
                    shared |= it != places.end();
                    moved |= it != places.end() && it->second != place;
                    ++place;
                  });
  if (broadcast && shared && !moved)
    return Overlap::Full;
  return shared ? Overlap::Partial : Overlap::None;
}

/// Whether the result is a copy only where the operand is not contiguous.
static bool isContiguousEitherWay(SchemaOpInterface op) {
  return op.getResultLayout() == NewLayout::Any && op.dependsOnLayout() &&
         llvm::all_of(
             op.getSchema()->facts->results, [](const ResultFact &fact) {
               return llvm::all_of(fact.steps, [](const ResultStep &step) {
                 return step.relation == ResultRelation::New ||
                        step.condition == FactCondition::Contiguous;
               });
             });
}

void LayoutAnalysis::record(SchemaOpInterface op, ResultRelation relation,
                            unsigned operand) {
  for (Value result : op->getResults())
    forget(result);
  if (!op.getSchema() || op->getNumResults() != 1)
    return;
  Value result = op->getResult(0);
  StringRef name = op.getSchemaName().split('.').first;
  name.consume_front("aten::");
  auto isKnownStandard = [&](Value input) {
    if (TensorShape::of(input.getType()))
      return lookup(input).standard;
    auto list = input.getDefiningOp<PrimListConstructOp>();
    return !isa<ListType>(input.getType()) ||
           (list && llvm::all_of(list.getOperands(), [&](Value element) {
              return !TensorShape::of(element.getType()) ||
                     lookup(element).standard;
            }));
  };
  switch (relation) {
  case ResultRelation::Itself:
    setSame(result, op->getOperand(operand));
    break;
  case ResultRelation::View:
    layouts[result] = getViewLayout(op, name, op->getOperand(operand));
    break;
  case ResultRelation::Unknown:
    layouts[result].contiguous = isContiguousEitherWay(op);
    break;
  case ResultRelation::New:
    layouts[result].offset = 0;
    NewLayout layout = op.getResultLayout();
    if (layout == NewLayout::Any ||
        (layout == NewLayout::Kept &&
         llvm::all_of(op->getOperands(), isKnownStandard)))
      setContiguous(result);
    break;
  }
  settleStandard(result);
  settleSmall(result);
}

/// One element, or none, lies in any order.
void LayoutAnalysis::settleSmall(Value value) {
  std::optional<SmallVector<int64_t>> sizes = getStaticSizes(value.getType());
  if (!sizes || llvm::any_of(*sizes, [](int64_t size) { return size > 1; }))
    return;
  Layout &layout = layouts[value];
  layout.contiguous = true;
  if (!layout.strides)
    layout.strides = getContiguousStrides(*sizes);
  settleStandard(value);
}

/// Strides that are known, are those of a new tensor or are not.
void LayoutAnalysis::settleStandard(Value value) {
  std::optional<SmallVector<int64_t>> sizes = getStaticSizes(value.getType());
  Layout &layout = layouts[value];
  if (sizes && layout.strides)
    layout.standard = *layout.strides == getContiguousStrides(*sizes);
}
