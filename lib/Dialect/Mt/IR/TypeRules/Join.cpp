//===- Join.cpp - Type rules of joining, splitting and padding --*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operands.h"
#include <numeric>

using namespace mlir;

namespace minitorch::mt::type_rules {

//===----------------------------------------------------------------------===//
// Joining
//===----------------------------------------------------------------------===//

/// The promoted dtype of a list's tensors.
static Type promoteList(const TypeRuleContext &context, StringRef name) {
  std::optional<llvm::SmallVector<Value>> elements =
      getListElements(context.getOperand(name));
  return elements ? promoteTypes(*elements)
                  : getElementShape(context, name).dtype;
}

/// A tensor of shape [0] takes no part in a concatenation.
static bool mayBeLegacyEmpty(const TensorShape &shape) {
  return shape.getRank() == 1 &&
         (shape.sizes[0] == 0 || isDynamic(shape.sizes[0]));
}

LogicalResult cat(const TypeRuleContext &context) {
  Type dtype = promoteList(context, "tensors");
  std::optional<llvm::SmallVector<TensorShape>> tensors =
      getTensorList(context, "tensors");
  bool known = tensors.has_value();
  if (!known)
    tensors = {getElementShape(context, "tensors")};
  if (tensors->empty())
    return context.fail("torch.cat(): expected a non-empty list of Tensors");

  // The rank is that of any tensor that is not the legacy empty one.
  int64_t rank = -1;
  bool allRanked = true;
  for (auto [i, tensor] : llvm::enumerate(*tensors)) {
    if (!tensor.hasRank) {
      allRanked = false;
      continue;
    }
    if (tensor.getRank() == 0)
      return context.fail("zero-dimensional tensor (at position " + Twine(i) +
                          ") cannot be concatenated");
    if (rank == -1 || (rank == 1 && tensor.getRank() != 1))
      rank = tensor.getRank();
  }
  if (rank == -1 || (rank == 1 && !allRanked))
    return context.setResult(getUnranked(dtype));
  FailureOr<int64_t> dim = getDim(context, "dim", rank);
  if (failed(dim))
    return failure();

  TensorShape result = getDynamic(rank, dtype);
  int64_t total = 0;
  for (auto [number, tensor] : llvm::enumerate(*tensors)) {
    if (!tensor.hasRank) {
      total = kDynamic;
      continue;
    }
    if (tensor.getRank() != rank) {
      if (mayBeLegacyEmpty(tensor))
        continue;
      return context.fail("Tensors must have same number of dimensions: got " +
                          Twine(rank) + " and " + Twine(tensor.getRank()));
    }
    if (isDynamic(*dim))
      continue;
    for (int64_t i = 0; i < rank; ++i)
      if (i != *dim && !mergeSize(result.sizes[i], tensor.sizes[i]))
        return context.fail("Sizes of tensors must match except in dimension " +
                            Twine(*dim) + ". Expected size " +
                            Twine(result.sizes[i]) + " but got size " +
                            Twine(tensor.sizes[i]) + " for tensor number " +
                            Twine(number) + " in the list.");
    total = addSizes(total, tensor.sizes[*dim]);
  }
  if (!isDynamic(*dim))
    result.sizes[*dim] = known ? total : kDynamic;
  return context.setResult(result);
}

// Sequences [length, rest...] of any lengths as one tensor: [longest, batch,
// rest...], or the batch first.
LogicalResult padSequence(const TypeRuleContext &context) {
  std::optional<llvm::SmallVector<TensorShape>> sequences =
      getTensorList(context, "sequences");
  int64_t count = sequences ? sequences->size() : kDynamic;
  if (!sequences)
    sequences = {getElementShape(context, "sequences")};
  if (sequences->empty())
    return context.fail("pad_sequence of an empty list");
  TensorShape result = sequences->front();
  if (!result.hasRank || result.getRank() == 0)
    return context.setResult(getUnranked(result.dtype));
  int64_t longest = 0;
  for (const TensorShape &sequence : *sequences) {
    bool isKnown = !isDynamic(longest) && sequence.hasRank &&
                   sequence.getRank() > 0 && !isDynamic(sequence.sizes[0]);
    longest = isKnown ? std::max(longest, sequence.sizes[0]) : kDynamic;
  }
  if (isDynamic(count))
    longest = kDynamic;
  std::optional<bool> isBatchFirst = getFlag(context, "batch_first");
  if (!isBatchFirst)
    count = longest = kDynamic;
  else if (*isBatchFirst)
    std::swap(count, longest);
  result.sizes[0] = longest;
  result.sizes.insert(result.sizes.begin() + 1, count);
  return context.setResult(result);
}

LogicalResult stack(const TypeRuleContext &context) {
  Type dtype = promoteList(context, "tensors");
  std::optional<llvm::SmallVector<TensorShape>> tensors =
      getTensorList(context, "tensors");
  int64_t count = tensors ? tensors->size() : kDynamic;
  if (!tensors)
    tensors = {getElementShape(context, "tensors")};
  if (tensors->empty())
    return context.fail("stack expects a non-empty TensorList");

  TensorShape common;
  for (auto [i, tensor] : llvm::enumerate(*tensors)) {
    if (!tensor.hasRank)
      continue;
    if (!common.hasRank) {
      common = tensor;
      continue;
    }
    bool same = tensor.getRank() == common.getRank();
    TensorShape before = common;
    for (int64_t dim = 0; same && dim < common.getRank(); ++dim)
      same = mergeSize(common.sizes[dim], tensor.sizes[dim]);
    if (!same)
      return context.fail(
          "stack expects each tensor to be equal size, but got " +
          describe(before) + " at entry 0 and " + describe(tensor) +
          " at entry " + Twine(i));
  }
  if (!common.hasRank)
    return context.setResult(getUnranked(dtype));
  FailureOr<int64_t> dim = getDim(context, "dim", common.getRank() + 1);
  if (failed(dim))
    return failure();
  if (isDynamic(*dim))
    return context.setResult(getDynamic(common.getRank() + 1, dtype));
  common.sizes.insert(common.sizes.begin() + *dim, count);
  return setResult(context, common, dtype);
}

//===----------------------------------------------------------------------===//
// Splitting
//===----------------------------------------------------------------------===//

/// `size` where every part of `total` has that many elements.
static int64_t getCommonPart(int64_t total, int64_t size) {
  if (isDynamic(total) || isDynamic(size) || size <= 0)
    return kDynamic;
  if (total <= size)
    return total;
  return total % size == 0 ? size : kDynamic;
}

/// The size that all parts have in the split dimension of `total` elements.
static int64_t getPartSize(const TypeRuleContext &context, int64_t total) {
  StringRef name = getSchemaName(context);
  if (name == "aten::split.Tensor")
    return getCommonPart(total, getInt(context, "split_size"));
  if (name == "aten::chunk") {
    int64_t chunks = getInt(context, "chunks");
    if (isDynamic(chunks) || isDynamic(total) || chunks <= 0)
      return kDynamic;
    return getCommonPart(total, total / chunks + (total % chunks != 0));
  }
  if (name == "aten::tensor_split.sections") {
    int64_t sections = getInt(context, "sections");
    if (isDynamic(sections) || isDynamic(total) || sections <= 0 ||
        total % sections != 0)
      return kDynamic;
    return total / sections;
  }
  if (name == "aten::split_with_sizes") {
    std::optional<Sizes> sizes = getInts(context, "split_sizes");
    if (sizes && !sizes->empty() && llvm::all_equal(*sizes))
      return sizes->front();
  }
  return kDynamic;
}

/// Fails where the listed sizes of the parts of a dim of `total` elements,
/// which is number `dim`, are known not to fit.
static LogicalResult checkPartSizes(const TypeRuleContext &context, int64_t dim,
                                    int64_t total) {
  StringRef name = getSchemaName(context);
  std::optional<Sizes> sizes;
  if (name == "aten::split_with_sizes")
    sizes = getInts(context, "split_sizes");
  else if (name == "aten::split.sizes")
    sizes = getInts(context, "split_size");
  if (!sizes || llvm::is_contained(*sizes, kDynamic))
    return success();
  std::string listed = describe(*sizes);
  if (llvm::any_of(*sizes, [](int64_t size) { return size < 0; }))
    return context.fail("split_with_sizes expects split_sizes have only "
                        "non-negative entries, but got split_sizes=" +
                        listed);
  int64_t sum = std::accumulate(sizes->begin(), sizes->end(), int64_t(0));
  if (isDynamic(total) || sum == total)
    return success();
  return context.fail(
      "split_with_sizes expects split_sizes to sum exactly to " + Twine(total) +
      " (input tensor's size at dimension " + Twine(dim) +
      "), but got split_sizes=" + listed);
}

/// The list has one element type: what all the parts have in common.
LogicalResult splitList(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0), part = self;
  bool dropsDim = getSchemaName(context) == "aten::unbind.int";
  if (self.hasRank) {
    if (self.getRank() == 0)
      return context.fail("a tensor of rank 0 cannot be split");
    FailureOr<int64_t> dim = getDim(context, "dim", self.getRank());
    if (failed(dim))
      return failure();
    if (isDynamic(*dim))
      part = getDynamic(self.getRank() - dropsDim, self.dtype);
    else if (dropsDim)
      part.sizes.erase(part.sizes.begin() + *dim);
    else if (failed(checkPartSizes(context, *dim, self.sizes[*dim])))
      return failure();
    else
      part.sizes[*dim] = getPartSize(context, self.sizes[*dim]);
  }
  for (int64_t size : part.sizes)
    if (size < 0 && !isDynamic(size))
      return context.fail("a part would have a negative size, " + Twine(size));
  return context.setType(ListType::get(part.getBoxed(context.getContext())));
}

// roll(shifts, dims): of nothing in `dims`, all elements are one row.
LogicalResult roll(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  std::optional<Sizes> shifts = getInts(context, "shifts");
  std::optional<Sizes> dims = getInts(context, "dims");
  if (shifts && shifts->empty())
    return context.fail("`shifts` required");
  if (shifts && dims && shifts->size() != dims->size() &&
      !(dims->empty() && shifts->size() == 1))
    return context.fail(
        "shifts and dimensions must align. shifts: " + Twine(shifts->size()) +
        ", dims:" + Twine(dims->size()));
  if (!dims || !self.hasRank)
    return context.setResult(self);
  for (int64_t dim : *dims) {
    if (isDynamic(dim))
      continue;
    if (self.getRank() == 0)
      return context.fail("Dimension specified as " + Twine(dim) +
                          " but tensor has no dimensions");
    if (!wrapDim(dim, self.getRank()))
      return failDim(context, dim, self.getRank());
  }
  return context.setResult(self);
}

//===----------------------------------------------------------------------===//
// Repeating and padding
//===----------------------------------------------------------------------===//

// repeat(repeats), and tile(dims), which may be shorter than the rank.
LogicalResult repeat(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  bool isTile = getSchemaName(context) == "aten::tile";
  std::optional<Sizes> repeats = getInts(context, isTile ? "dims" : "repeats");
  if (!repeats || (isTile && !self.hasRank))
    return context.setResult(getUnranked(self.dtype));
  if (!self.hasRank)
    return context.setResult(getDynamic(repeats->size(), self.dtype));
  int64_t missing = self.getRank() - static_cast<int64_t>(repeats->size());
  if (missing > 0) {
    if (!isTile)
      return context.fail("Number of dimensions of repeat dims can not be "
                          "smaller than number of dimensions of tensor");
    repeats->insert(repeats->begin(), missing, 1);
  }
  int64_t added = repeats->size() - self.getRank();
  Sizes sizes;
  for (auto [i, count] : llvm::enumerate(*repeats)) {
    if (count < 0 && !isDynamic(count))
      return context.fail("Trying to create tensor with negative dimension " +
                          Twine(count) + ": " + describe(*repeats));
    int64_t present =
        static_cast<int64_t>(i) < added ? 1 : self.sizes[i - added];
    sizes.push_back(multiplySizes(present, count));
  }
  return context.setResult(sizes, self.dtype);
}

LogicalResult repeatInterleave(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  int64_t repeats = getInt(context, "repeats");
  if (!isDynamic(repeats) && repeats < 0)
    return context.fail("repeat_interleave has a negative count, " +
                        Twine(repeats));
  if (isNone(context, "dim")) {
    int64_t total = self.hasRank ? multiplySizes(self.sizes) : kDynamic;
    return context.setResult({multiplySizes(total, repeats)}, self.dtype);
  }
  if (!self.hasRank)
    return context.setResult(self);
  FailureOr<int64_t> dim = getDim(context, "dim", self.getRank());
  if (failed(dim))
    return failure();
  if (isDynamic(*dim) || self.getRank() == 0)
    return context.setResult(getUnranked(self.dtype));
  self.sizes[*dim] = multiplySizes(self.sizes[*dim], repeats);
  return context.setResult(self);
}

// Pairs of counts, before and after, from the last dimension on.
LogicalResult padNd(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (!self.hasRank)
    return context.setResult(self);
  std::optional<Sizes> pads;
  if (context.getNumOperands() > 1)
    pads = getIntList(context.getOperand(1));
  if (!pads)
    return context.setResult(getDynamic(self.getRank(), self.dtype));
  if (pads->size() % 2 != 0)
    return context.fail("Padding length must be divisible by 2");
  if (static_cast<int64_t>(pads->size()) > 2 * self.getRank())
    return context.fail("Padding length should be less than or equal to two "
                        "times the input dimension but got padding length " +
                        Twine(pads->size()) + " and input of dimension " +
                        Twine(self.getRank()));
  for (size_t i = 0; i < pads->size(); i += 2) {
    int64_t &size = self.sizes[self.getRank() - 1 - i / 2];
    size = addSizes(size, addSizes((*pads)[i], (*pads)[i + 1]));
  }
  return context.setResult(self);
}

LogicalResult pixelShuffle(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  int64_t factor = getInt(context, "upscale_factor");
  if (!isDynamic(factor) && factor <= 0)
    return context.fail("pixel_shuffle's factor must be positive; got " +
                        Twine(factor));
  if (!self.hasRank)
    return context.setResult(self);
  int64_t rank = self.getRank();
  if (rank < 3)
    return context.fail("pixel_shuffle takes a tensor of at least rank 3; got "
                        "rank " +
                        Twine(rank));
  int64_t &channels = self.sizes[rank - 3];
  int64_t area = multiplySizes(factor, factor);
  if (isDynamic(channels) || isDynamic(area))
    channels = kDynamic;
  else if (channels % area != 0)
    return context.fail("pixel_shuffle's " + Twine(channels) +
                        " channels are no multiple of " + Twine(area));
  else
    channels /= area;
  for (int64_t i : {rank - 2, rank - 1})
    self.sizes[i] = multiplySizes(self.sizes[i], factor);
  return context.setResult(self);
}

LogicalResult pixelUnshuffle(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  int64_t factor = getInt(context, "downscale_factor");
  if (!self.hasRank || self.getRank() < 3)
    return context.setResult(self);
  int64_t rank = self.getRank();
  self.sizes[rank - 3] =
      multiplySizes(self.sizes[rank - 3], multiplySizes(factor, factor));
  for (int64_t i : {rank - 2, rank - 1})
    self.sizes[i] = isDynamic(factor) || isDynamic(self.sizes[i]) || factor <= 0
                        ? kDynamic
                        : self.sizes[i] / factor;
  return context.setResult(self);
}

LogicalResult rot90(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (!self.hasRank)
    return context.setResult(self);
  int64_t turns = getInt(context, "k");
  std::optional<Sizes> dims = getInts(context, "dims");
  if (isDynamic(turns) || !dims || dims->size() != 2 ||
      llvm::any_of(*dims, isDynamic))
    return context.setResult(getDynamic(self.getRank(), self.dtype));
  std::optional<int64_t> first = wrapDim((*dims)[0], self.getRank()),
                         second = wrapDim((*dims)[1], self.getRank());
  if (first && second && turns % 2 != 0)
    std::swap(self.sizes[*first], self.sizes[*second]);
  return context.setResult(self);
}

} // namespace minitorch::mt::type_rules
