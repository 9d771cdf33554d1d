//===- Activation.cpp - Type rules of activations with shapes ---*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operands.h"

using namespace mlir;

namespace minitorch::mt::type_rules {

// glu: one half of `dim` gates the other.
LogicalResult halveDim(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (!self.hasRank)
    return context.setResult(self);
  FailureOr<int64_t> dim = getDim(context, "dim", self.getRank());
  if (failed(dim))
    return failure();
  if (self.getRank() == 0)
    return context.fail("glu takes a tensor of at least rank 1");
  if (isDynamic(*dim))
    return context.setResult(getDynamic(self.getRank(), self.dtype));
  int64_t &size = self.sizes[*dim];
  if (isDynamic(size))
    return context.setResult(self);
  if (size % 2 != 0)
    return context.fail("glu halves a dimension; its size is " + Twine(size));
  size /= 2;
  return context.setResult(self);
}

} // namespace minitorch::mt::type_rules
