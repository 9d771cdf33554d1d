//===- Layout.cpp - Strides of tensor values --------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Layout.h"
#include "../Splits.h"
#include "../ViewMaps.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;
using namespace minitorch::mt;
using llvm::ArrayRef;
using llvm::SmallVector;

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

namespace {
/// Strides as numbers, of static sizes and steps.
struct Integers {
  ArrayRef<int64_t> sizes, newSizes;

  int64_t constant(int64_t value) { return value; }
  int64_t value(Value value) { return *getConstantInt(value); }
  int64_t sourceSize(int64_t dim) { return sizes[dim]; }
  int64_t viewSize(int64_t dim) { return newSizes[dim]; }
  int64_t add(int64_t x, int64_t y) { return x + y; }
  int64_t mul(int64_t x, int64_t y) { return x * y; }
  int64_t selectEqual(int64_t a, int64_t b, int64_t x, int64_t y) {
    return a == b ? x : y;
  }
};
} // namespace

/// The layout of a view by strides that it is given.
static Layout getMemoryLayout(Operation *op, Layout to) {
  const Schema &schema = *lookupSchema(op);
  Value start = op->getOperand(schema.getArgumentIndex("storage_offset"));
  auto strides = getIntList(op->getOperand(schema.getArgumentIndex("stride")));
  auto sizes = getStaticSizes(op->getResult(0).getType());
  if (!isNone(start))
    to.offset = getConstantInt(start);
  if (!strides || !sizes || strides->size() != sizes->size() ||
      ShapedType::isDynamicShape(*strides)) {
    to.offset.reset();
    return to;
  }
  to.contiguous = areContiguous(*sizes, *strides);
  to.strides = std::move(strides);
  return to;
}

Layout LayoutAnalysis::getViewLayout(Operation *op, Value source) {
  Layout from = lookup(source), to;
  to.offset = from.offset;
  if (isMemoryView(op))
    return getMemoryLayout(op, to);
  if (isWholeView(op))
    return from;
  const ViewRule *rule = getViewRule(op);
  auto shape = TensorShape::of(source.getType());
  auto newShape = TensorShape::of(op->getResult(0).getType());
  // Elements of another dtype have other places.
  if (!rule || !shape || !newShape || shape->dtype != newShape->dtype)
    return Layout();
  std::optional<SmallVector<int64_t>> sizes = getStaticSizes(source.getType());
  std::optional<SmallVector<int64_t>> newSizes =
      getStaticSizes(op->getResult(0).getType());
  // Seeing contiguous elements at other sizes leaves them contiguous.
  if (from.contiguous && rule->keepsOrder) {
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
  std::optional<SmallVector<int64_t>> result;
  if (std::optional<ViewMap> map = getViewMap(op, *shape)) {
    if (llvm::any_of(map->dims, [](const ViewDim &dim) {
          return dim.step && !getConstantInt(dim.step);
        }))
      return Layout();
    for (const ViewStart &start : map->starts) {
      if (to.offset && start.index)
        *to.offset += *start.index * (*from.strides)[start.dim];
      else
        to.offset.reset();
    }
    Integers integers{*sizes, *newSizes};
    if (map->dims.size() == newSizes->size())
      result =
          getMappedStrides(*map, integers, ArrayRef<int64_t>(*from.strides));
  } else if (rule->keepsOrder) {
    result = getViewStrides(*sizes, *from.strides, *newSizes);
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

/// Whether strides are those of a new tensor whose dims are in another order.
static bool isPermuted(ArrayRef<int64_t> sizes, ArrayRef<int64_t> strides) {
  SmallVector<unsigned> order =
      llvm::to_vector(llvm::seq<unsigned>(0, sizes.size()));
  llvm::sort(order, [&](unsigned a, unsigned b) {
    return std::pair(strides[a], sizes[a]) < std::pair(strides[b], sizes[b]);
  });
  int64_t expected = 1;
  for (unsigned dim : order) {
    if (sizes[dim] != 1 && strides[dim] != expected)
      return false;
    expected *= sizes[dim];
  }
  return true;
}

/// The strides of a new tensor that lies as those it is computed from do, where
/// these all have the same ones.
std::optional<SmallVector<int64_t>>
LayoutAnalysis::getKeptStrides(SchemaOpInterface op) const {
  int format = op.getSchema()->getArgumentIndex("memory_format");
  if (!op.isPointwise() && !(format >= 0 && isNone(op->getOperand(format))))
    return std::nullopt;
  auto sizes = getStaticSizes(op->getResult(0).getType());
  std::optional<SmallVector<int64_t>> kept;
  for (Value operand : op->getOperands()) {
    if (isa<ListType>(operand.getType()))
      return std::nullopt;
    auto shape = TensorShape::of(operand.getType());
    if (!shape || (shape->hasRank && shape->sizes.empty()))
      continue;
    auto strides = lookup(operand).strides;
    if (!sizes || !strides || getStaticSizes(operand.getType()) != sizes ||
        (kept && kept != strides) || !isPermuted(*sizes, *strides))
      return std::nullopt;
    kept = strides;
  }
  return kept;
}

void LayoutAnalysis::record(SchemaOpInterface op, ResultRelation relation,
                            unsigned operand) {
  for (Value result : op->getResults())
    forget(result);
  if (!op.getSchema() || op->getNumResults() != 1)
    return;
  Value result = op->getResult(0);
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
    layouts[result] = getViewLayout(op, op->getOperand(operand));
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
    else if (layout == NewLayout::Kept)
      layouts[result].strides = getKeptStrides(op);
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
