//===- View.cpp - Type rules of views ---------------------------*- C++ -*-===//
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

//===----------------------------------------------------------------------===//
// Views by sizes
//===----------------------------------------------------------------------===//

static LogicalResult failSizes(const TypeRuleContext &context,
                               ArrayRef<int64_t> sizes, int64_t total) {
  if (getSchemaName(context) == "aten::unflatten.int") {
    TensorShape self = context.getTensor(0);
    return context.fail("unflatten: Provided sizes " + describe(sizes) +
                        " don't multiply up to the size of dim " +
                        Twine(*getDim(context, "dim", self.getRank())) + " (" +
                        Twine(total) + ") in the input tensor");
  }
  return context.fail("shape '" + describe(sizes) +
                      "' is invalid for input of size " + Twine(total));
}

/// The number of elements that `sizes` must still be multiplied by, given
/// `total`; kDynamic where that is not known. Fails if `total` is no multiple.
static FailureOr<int64_t> getMissingFactor(const TypeRuleContext &context,
                                           ArrayRef<int64_t> given,
                                           ArrayRef<int64_t> sizes,
                                           int64_t total) {
  int64_t known = 1;
  for (int64_t size : sizes)
    if (size >= 0)
      known = multiplySizes(known, size);
  if (isDynamic(total) || isDynamic(known) || known == 0)
    return kDynamic;
  if (total % known != 0)
    return failSizes(context, given, total);
  return total / known;
}

/// Finds the size given as -1 and, if everything else is known, the one that
/// is not known.
static FailureOr<Sizes> inferSizes(const TypeRuleContext &context, Sizes sizes,
                                   int64_t total) {
  Sizes given = sizes;
  int64_t unknown = 0, inferred = 0;
  for (int64_t size : sizes) {
    if (size < -1 && !isDynamic(size))
      return context.fail("invalid shape dimension " + Twine(size));
    inferred += size == -1;
    unknown += isDynamic(size);
  }
  if (inferred > 1)
    return context.fail("only one dimension can be inferred");
  for (int64_t &size : sizes)
    if (size == -1)
      size = kDynamic;
  if (unknown + inferred == 1) {
    FailureOr<int64_t> missing = getMissingFactor(context, given, sizes, total);
    if (failed(missing))
      return failure();
    *llvm::find(sizes, kDynamic) = *missing;
  } else if (unknown + inferred == 0) {
    int64_t product = multiplySizes(sizes);
    if (!isDynamic(product) && !isDynamic(total) && product != total)
      return failSizes(context, given, total);
  }
  return sizes;
}

static int64_t getElementCount(const TensorShape &shape) {
  return shape.hasRank ? multiplySizes(shape.sizes) : kDynamic;
}

/// `self` viewed as `sizes`; nullopt for sizes of unknown number.
static LogicalResult setView(const TypeRuleContext &context,
                             const TensorShape &self,
                             const std::optional<Sizes> &sizes) {
  if (!sizes)
    return context.setResult(getUnranked(self.dtype));
  FailureOr<Sizes> inferred =
      inferSizes(context, *sizes, getElementCount(self));
  if (failed(inferred))
    return failure();
  return context.setResult(*inferred, self.dtype);
}

LogicalResult viewSizes(const TypeRuleContext &context) {
  std::optional<Sizes> sizes;
  if (context.getNumOperands() > 1)
    sizes = getIntList(context.getOperand(1));
  return setView(context, context.getTensor(0), sizes);
}

LogicalResult reshapeAs(const TypeRuleContext &context) {
  TensorShape other = context.getTensor(1);
  std::optional<Sizes> sizes;
  if (other.hasRank)
    sizes = other.sizes;
  return setView(context, context.getTensor(0), sizes);
}

// Takes any sizes: what they address is the strides' business.
LogicalResult asStrided(const TypeRuleContext &context) {
  Type dtype = context.getTensor(0).dtype;
  std::optional<Sizes> sizes = getInts(context, "size");
  if (!sizes)
    return context.setResult(getUnranked(dtype));
  return context.setResult(*sizes, dtype);
}

LogicalResult resizeAs(const TypeRuleContext &context) {
  TensorShape other = context.getTensor(1);
  other.dtype = context.getTensor(0).dtype;
  return context.setResult(other);
}

LogicalResult flatten(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (!self.hasRank)
    return context.setResult(getUnranked(self.dtype));
  if (self.getRank() == 0)
    return context.setResult({1}, self.dtype);
  FailureOr<int64_t> start = getDim(context, "start_dim", self.getRank());
  FailureOr<int64_t> end = getDim(context, "end_dim", self.getRank());
  if (failed(start) || failed(end))
    return failure();
  if (isDynamic(*start) || isDynamic(*end))
    return context.setResult(getUnranked(self.dtype));
  if (*start > *end)
    return context.fail(
        "flatten() has invalid args: start_dim cannot come after "
        "end_dim");
  ArrayRef<int64_t> all(self.sizes);
  Sizes sizes(all.take_front(*start));
  sizes.push_back(multiplySizes(all.slice(*start, *end - *start + 1)));
  sizes.append(all.begin() + *end + 1, all.end());
  return context.setResult(sizes, self.dtype);
}

LogicalResult unflatten(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  std::optional<Sizes> inner = getInts(context, "sizes");
  if (!self.hasRank || !inner)
    return context.setResult(getUnranked(self.dtype));
  if (self.getRank() == 0)
    return context.fail("Dimension specified as " +
                        Twine(getInt(context, "dim")) +
                        " but tensor has no dimensions");
  FailureOr<int64_t> dim = getDim(context, "dim", self.getRank());
  if (failed(dim))
    return failure();
  if (isDynamic(*dim))
    return context.setResult(
        getDynamic(self.getRank() - 1 + inner->size(), self.dtype));
  FailureOr<Sizes> inferred = inferSizes(context, *inner, self.sizes[*dim]);
  if (failed(inferred))
    return failure();
  Sizes sizes = self.sizes;
  sizes.erase(sizes.begin() + *dim);
  sizes.insert(sizes.begin() + *dim, inferred->begin(), inferred->end());
  return context.setResult(sizes, self.dtype);
}

//===----------------------------------------------------------------------===//
// Permutations
//===----------------------------------------------------------------------===//

LogicalResult transposeDims(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (!self.hasRank)
    return context.setResult(self);
  FailureOr<int64_t> dim0 = getDim(context, "dim0", self.getRank());
  FailureOr<int64_t> dim1 = getDim(context, "dim1", self.getRank());
  if (failed(dim0) || failed(dim1))
    return failure();
  if (self.getRank() == 0)
    return context.setResult(self);
  if (isDynamic(*dim0) || isDynamic(*dim1))
    return context.setResult(getDynamic(self.getRank(), self.dtype));
  std::swap(self.sizes[*dim0], self.sizes[*dim1]);
  return context.setResult(self);
}

LogicalResult transpose2d(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (self.hasRank && self.getRank() > 2)
    return context.fail("t() expects a tensor with <= 2 dimensions, but self "
                        "is " +
                        Twine(self.getRank()) + "D");
  std::reverse(self.sizes.begin(), self.sizes.end());
  return context.setResult(self);
}

LogicalResult transposeAll(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  std::reverse(self.sizes.begin(), self.sizes.end());
  return context.setResult(self);
}

LogicalResult permute(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  std::optional<Sizes> dims = getInts(context, "dims");
  if (!dims)
    return context.setResult(self.hasRank
                                 ? getDynamic(self.getRank(), self.dtype)
                                 : getUnranked(self.dtype));
  int64_t rank = dims->size();
  if (self.hasRank && self.getRank() != rank)
    return context.fail(
        "permute(sparse_coo): number of dimensions in the tensor input does "
        "not "
        "match the length of the desired ordering of dimensions i.e. "
        "input.dim() = " +
        Twine(self.getRank()) + " is not equal to len(dims) = " + Twine(rank));
  TensorShape result = getDynamic(rank, self.dtype);
  llvm::SmallVector<bool> seen(rank, false);
  bool known = self.hasRank;
  for (auto [i, dim] : llvm::enumerate(*dims)) {
    if (isDynamic(dim)) {
      known = false;
      continue;
    }
    std::optional<int64_t> wrapped = wrapDim(dim, rank);
    if (!wrapped)
      return failDim(context, dim, rank);
    if (seen[*wrapped])
      return context.fail("permute(): duplicate dims are not allowed.");
    seen[*wrapped] = true;
    if (self.hasRank)
      result.sizes[i] = self.sizes[*wrapped];
  }
  return context.setResult(known ? result : getDynamic(rank, self.dtype));
}

LogicalResult movedim(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (!self.hasRank || self.getRank() == 0)
    return context.setResult(self);
  FailureOr<int64_t> source = getDim(context, "source", self.getRank());
  FailureOr<int64_t> destination =
      getDim(context, "destination", self.getRank());
  if (failed(source) || failed(destination))
    return failure();
  if (isDynamic(*source) || isDynamic(*destination))
    return context.setResult(getDynamic(self.getRank(), self.dtype));
  int64_t size = self.sizes[*source];
  self.sizes.erase(self.sizes.begin() + *source);
  self.sizes.insert(self.sizes.begin() + *destination, size);
  return context.setResult(self);
}

//===----------------------------------------------------------------------===//
// Dimensions of size one
//===----------------------------------------------------------------------===//

LogicalResult unsqueeze(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (!self.hasRank)
    return context.setResult(self);
  FailureOr<int64_t> dim = getDim(context, "dim", self.getRank() + 1);
  if (failed(dim))
    return failure();
  if (isDynamic(*dim))
    return context.setResult(getDynamic(self.getRank() + 1, self.dtype));
  self.sizes.insert(self.sizes.begin() + *dim, 1);
  return context.setResult(self);
}

/// Drops the dimensions of size one that `mayDrop` names. One of unknown size
/// makes the rank unknown.
static LogicalResult setSqueezed(const TypeRuleContext &context,
                                 llvm::function_ref<bool(int64_t)> mayDrop) {
  TensorShape self = context.getTensor(0);
  if (!self.hasRank)
    return context.setResult(self);
  Sizes sizes;
  for (auto [i, size] : llvm::enumerate(self.sizes)) {
    if (mayDrop(i)) {
      if (isDynamic(size))
        return context.setResult(getUnranked(self.dtype));
      if (size == 1)
        continue;
    }
    sizes.push_back(size);
  }
  return context.setResult(sizes, self.dtype);
}

LogicalResult squeezeAll(const TypeRuleContext &context) {
  return setSqueezed(context, [](int64_t) { return true; });
}

LogicalResult squeezeDim(const TypeRuleContext &context) {
  return squeezeDims(context);
}

LogicalResult squeezeDims(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  std::optional<Sizes> dims = getInts(context, "dim");
  if (!dims || llvm::is_contained(*dims, kDynamic) || !self.hasRank)
    return context.setResult(getUnranked(self.dtype));
  for (int64_t &dim : *dims) {
    std::optional<int64_t> wrapped = wrapDim(dim, self.getRank());
    if (!wrapped)
      return failDim(context, dim, self.getRank());
    dim = *wrapped;
  }
  return setSqueezed(context,
                     [&](int64_t i) { return llvm::is_contained(*dims, i); });
}

/// `self` expanded to `sizes`, where -1 keeps a size.
static LogicalResult setExpanded(const TypeRuleContext &context,
                                 const TensorShape &self,
                                 ArrayRef<int64_t> sizes) {
  TensorShape result = getDynamic(sizes.size(), self.dtype);
  int64_t added = self.hasRank ? result.getRank() - self.getRank() : 0;
  if (added < 0)
    return context.fail("expand(torch." + getDtypeName(self.dtype) + "Tensor{" +
                        describe(self) + "}, size=" + describe(sizes) +
                        "): the number of sizes provided (" +
                        Twine(sizes.size()) +
                        ") must be greater or equal to the number of "
                        "dimensions in the tensor (" +
                        Twine(self.getRank()) + ")");
  for (auto [i, wanted] : llvm::enumerate(sizes)) {
    int64_t &size = result.sizes[i];
    bool isNew = static_cast<int64_t>(i) < added;
    int64_t present = self.hasRank && !isNew ? self.sizes[i - added] : kDynamic;
    if (wanted == -1 && !isNew)
      size = present;
    else if (isDynamic(wanted)) // -1, or the size itself unless it is 1
      size = present == 1 ? kDynamic : present;
    else if (wanted < 0)
      return context.fail("The expanded size of the tensor (" + Twine(wanted) +
                          ") isn't allowed in a leading, non-existing "
                          "dimension " +
                          Twine(i));
    else if (isDynamic(present) || present == 1 || present == wanted)
      size = wanted;
    else
      return context.fail("The expanded size of the tensor (" + Twine(wanted) +
                          ") must match the existing size (" + Twine(present) +
                          ") at non-singleton dimension " + Twine(i) +
                          ".  Target sizes: " + describe(sizes) +
                          ".  Tensor sizes: " + describe(self));
  }
  return context.setResult(result);
}

LogicalResult expand(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  std::optional<Sizes> sizes = getInts(context, "size");
  if (!sizes)
    return context.setResult(getUnranked(self.dtype));
  return setExpanded(context, self, *sizes);
}

LogicalResult expandSizes(const TypeRuleContext &context) {
  return expand(context);
}

LogicalResult expandAs(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0), other = context.getTensor(1);
  if (!other.hasRank)
    return context.setResult(getUnranked(self.dtype));
  return setExpanded(context, self, other.sizes);
}

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

LogicalResult select(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (!self.hasRank)
    return context.setResult(self);
  if (self.getRank() == 0)
    return context.fail("select() cannot be applied to a 0-dim tensor.");
  FailureOr<int64_t> dim = getDim(context, "dim", self.getRank());
  if (failed(dim))
    return failure();
  if (isDynamic(*dim))
    return context.setResult(getDynamic(self.getRank() - 1, self.dtype));
  self.sizes.erase(self.sizes.begin() + *dim);
  return context.setResult(self);
}

/// Length of `size` elements from `start` to `end` by `step`, as Python slices:
/// both are wrapped and clamped.
static int64_t getSliceLength(int64_t size, std::optional<int64_t> start,
                              std::optional<int64_t> end, int64_t step) {
  int64_t from = start.value_or(0), to = end.value_or(INT64_MAX);
  // Everything, and nothing, need no size.
  if (isDynamic(size) || isDynamic(from) || isDynamic(to) || isDynamic(step)) {
    if (from == 0 && to == INT64_MAX && step == 1)
      return size;
    bool sameSign =
        !isDynamic(from) && !isDynamic(to) && (from < 0) == (to < 0);
    return sameSign && to <= from ? 0 : kDynamic;
  }
  if (from < 0)
    from += size;
  if (to < 0)
    to += size;
  from = std::clamp<int64_t>(from, 0, size);
  to = std::clamp<int64_t>(to, from, size);
  return (to - from) / step + ((to - from) % step != 0);
}

LogicalResult slice(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (!self.hasRank)
    return context.setResult(self);
  if (self.getRank() == 0)
    return context.fail("slice() cannot be applied to a 0-dim tensor.");
  FailureOr<int64_t> dim = getDim(context, "dim", self.getRank());
  if (failed(dim))
    return failure();
  if (isDynamic(*dim))
    return context.setResult(getDynamic(self.getRank(), self.dtype));
  std::optional<int64_t> start, end;
  if (!isNone(context, "start"))
    start = getInt(context, "start");
  if (!isNone(context, "end"))
    end = getInt(context, "end");
  int64_t step = getInt(context, "step");
  if (!isDynamic(step) && step <= 0)
    return context.fail("slice step must be positive");
  self.sizes[*dim] = getSliceLength(self.sizes[*dim], start, end, step);
  return context.setResult(self);
}

LogicalResult narrow(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (!self.hasRank)
    return context.setResult(self);
  if (self.getRank() == 0)
    return context.fail("narrow() cannot be applied to a 0-dim tensor.");
  FailureOr<int64_t> dim = getDim(context, "dim", self.getRank());
  if (failed(dim))
    return failure();
  if (isDynamic(*dim))
    return context.setResult(getDynamic(self.getRank(), self.dtype));
  self.sizes[*dim] = getInt(context, "length");
  return context.setResult(self);
}

LogicalResult unfoldDim(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  int64_t size = getInt(context, "size"), step = getInt(context, "step");
  if (!isDynamic(step) && step <= 0)
    return context.fail("step is " + Twine(step) + " but must be > 0");
  if (!isDynamic(size) && size < 0)
    return context.fail("size is " + Twine(size) + " but must be >= 0");
  if (!self.hasRank)
    return context.setResult(self);
  FailureOr<int64_t> dim = getDim(context, "dimension", self.getRank());
  if (failed(dim))
    return failure();
  if (self.getRank() == 0)
    return context.setResult({size}, self.dtype);
  if (isDynamic(*dim))
    return context.setResult(getDynamic(self.getRank() + 1, self.dtype));
  int64_t &present = self.sizes[*dim];
  if (isDynamic(present) || isDynamic(size) || isDynamic(step))
    present = kDynamic;
  else if (size > present)
    return context.fail("maximum size for tensor at dimension " + Twine(*dim) +
                        " is " + Twine(present) + " but size is " +
                        Twine(size));
  else
    present = (present - size) / step + 1;
  self.sizes.push_back(size);
  return context.setResult(self);
}

} // namespace minitorch::mt::type_rules
