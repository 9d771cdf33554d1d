//===- Loss.cpp - Type rules of losses --------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operands.h"

using namespace mlir;

namespace minitorch::mt::type_rules {

/// Sets `shape` where the losses are not reduced, and a scalar where they are.
static LogicalResult setLoss(const TypeRuleContext &context,
                             const TensorShape &shape, Type dtype) {
  int64_t reduction = getInt(context, "reduction");
  if (isDynamic(reduction))
    return context.setResult(getUnranked(dtype));
  if (reduction != 0) // 1: mean, 2: sum
    return context.setResult(ArrayRef<int64_t>(), dtype);
  return setResult(context, shape, dtype);
}

/// A loss of each pair of elements, in their promoted dtype or, for a
/// distance, its real one.
static LogicalResult inferPair(const TypeRuleContext &context,
                               bool isDistance) {
  TensorShape self = context.getTensor(0), target = context.getTensor(1);
  FailureOr<TensorShape> both = broadcastShapes(self, target);
  if (failed(both))
    return failBroadcast(context, self, target);
  Type dtype =
      promoteTypes(context.getOperation()->getOperands().take_front(2));
  if (auto complex = dyn_cast_or_null<ComplexType>(dtype))
    if (isDistance)
      dtype = complex.getElementType();
  return setLoss(context, *both, dtype);
}

LogicalResult lossPair(const TypeRuleContext &context) {
  return inferPair(context, /*isDistance=*/false);
}

LogicalResult lossAbsolute(const TypeRuleContext &context) {
  return inferPair(context, /*isDistance=*/true);
}

// The input's shape without its classes: dimension 1, or the only one.
LogicalResult lossClass(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (self.hasRank) {
    if (self.getRank() == 0)
      return context.fail("the loss takes a tensor of at least rank 1");
    self.sizes.erase(self.sizes.begin() + (self.getRank() == 1 ? 0 : 1));
  }
  return setLoss(context, self, self.dtype);
}

} // namespace minitorch::mt::type_rules
