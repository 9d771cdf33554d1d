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
  if (!isDynamic(k) && !isDynamic(size) && k > size)
    return context.fail("topk's k, " + Twine(k) +
                        ", exceeds the dimension's "
                        "size, " +
                        Twine(size));
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

} // namespace minitorch::mt::type_rules
