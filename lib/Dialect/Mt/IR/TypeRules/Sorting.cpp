//===- Sorting.cpp - Type rules of sorting ----------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operands.h"

using namespace mlir;

namespace minitorch::mt::type_rules {

/// Values of `shape` and their indices.
static LogicalResult setPair(const TypeRuleContext &context,
                             const TensorShape &shape) {
  if (failed(context.setResult(shape)))
    return failure();
  return setResult(context, shape, getInt64(context));
}

LogicalResult topk(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (!self.hasRank)
    return setPair(context, self);
  FailureOr<int64_t> dim = getDim(context, "dim", self.getRank());
  if (failed(dim))
    return failure();
  if (self.getRank() == 0)
    return setPair(context, self);
  if (isDynamic(*dim))
    return setPair(context, getDynamic(self.getRank(), self.dtype));
  int64_t k = getInt(context, "k");
  int64_t &size = self.sizes[*dim];
  if (!isDynamic(k) && (k < 0 || (!isDynamic(size) && k > size)))
    return context.fail("selected index k out of range");
  size = k;
  return setPair(context, self);
}

LogicalResult sortPair(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (self.hasRank && failed(getDim(context, "dim", self.getRank())))
    return failure();
  return setPair(context, self);
}

LogicalResult argsort(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (self.hasRank && failed(getDim(context, "dim", self.getRank())))
    return failure();
  return setResult(context, self, getInt64(context));
}

// An index for each value: `self`, which may be a number.
LogicalResult searchsorted(const TypeRuleContext &context) {
  Value operand = context.getOperand("self");
  TensorShape shape(ArrayRef<int64_t>{}, Type());
  if (std::optional<TensorShape> tensor = TensorShape::of(operand.getType()))
    shape = *tensor;
  std::optional<bool> isInt32 = getFlag(context, "out_int32");
  Type dtype;
  if (isInt32)
    dtype = IntegerType::get(context.getContext(), *isInt32 ? 32 : 64);
  return setResult(context, shape, dtype);
}

// The distinct elements, or slices along `dim`; the one that each is; how often
// each occurs. The last two are empty unless asked for.
LogicalResult unique(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  Type i64 = getInt64(context);
  bool isFlat = !context.getOperand("dim") || isNone(context, "dim") ||
                (self.hasRank && self.getRank() == 0);
  TensorShape values = getDynamic(1, self.dtype), inverse = self;
  if (!isFlat) {
    inverse = getDynamic(1, i64);
    values = self;
    FailureOr<int64_t> dim = kDynamic;
    if (self.hasRank)
      dim = getDim(context, "dim", self.getRank());
    if (failed(dim))
      return failure();
    for (auto [i, size] : llvm::enumerate(values.sizes))
      if (isDynamic(*dim) || *dim == static_cast<int64_t>(i))
        size = kDynamic;
  }
  auto setOptional = [&](StringRef flag, TensorShape shape) {
    std::optional<bool> isAsked = getFlag(context, flag);
    if (!isAsked)
      return context.setResult(getUnranked(i64));
    if (!*isAsked)
      return context.setResult({0}, i64);
    return setResult(context, shape, i64);
  };
  if (failed(context.setResult(values)) ||
      failed(setOptional("return_inverse", inverse)))
    return failure();
  return setOptional("return_counts", getDynamic(1, i64));
}

// The quantiles come first, where they are a list; a number is one.
LogicalResult quantile(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  bool isNumber = !isa<TensorType>(context.getOperand("q").getType());
  TensorShape q = isNumber ? TensorShape(ArrayRef<int64_t>(), self.dtype)
                           : getTensor(context, "q");
  std::optional<bool> keeps = getFlag(context, "keepdim");
  if (!self.hasRank || !q.hasRank || !keeps)
    return context.setResult(getUnranked(self.dtype));
  Sizes sizes = q.sizes;
  std::optional<int64_t> dim;
  bool isWhole = isNone(context, "dim");
  if (!isWhole) {
    int64_t given = getInt(context, "dim");
    bool isDropped = !*keeps && self.getRank() > 0;
    if (isDynamic(given))
      return context.setResult(
          getDynamic(q.getRank() + self.getRank() - isDropped, self.dtype));
    dim = wrapDim(given, self.getRank());
    if (!dim)
      return context.unknown();
  }
  for (auto [i, size] : llvm::enumerate(self.sizes)) {
    bool isReduced = isWhole || static_cast<int64_t>(i) == *dim;
    if (!isReduced || *keeps)
      sizes.push_back(isReduced ? 1 : size);
  }
  return context.setResult(sizes, self.dtype);
}

} // namespace minitorch::mt::type_rules
