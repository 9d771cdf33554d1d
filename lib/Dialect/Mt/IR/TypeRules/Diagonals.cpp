//===- Diagonals.cpp - Type rules of diagonals ------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operands.h"

using namespace mlir;

namespace minitorch::mt::type_rules {

/// The two dimensions, of a tensor of rank `rank`, that a diagonal has;
/// kDynamic where they are not known. A tensor of less than two has none.
static FailureOr<std::pair<int64_t, int64_t>>
getPlane(const TypeRuleContext &context, int64_t rank) {
  FailureOr<int64_t> dim1 = getDim(context, "dim1", rank);
  FailureOr<int64_t> dim2 = getDim(context, "dim2", rank);
  if (failed(dim1) || failed(dim2))
    return failure();
  bool isKnown = !isDynamic(*dim1) && !isDynamic(*dim2);
  if ((isKnown && *dim1 == *dim2) || (!isKnown && rank < 2))
    return context.fail("diagonal dimensions cannot be identical " +
                        Twine(getInt(context, "dim1")) + ", " +
                        Twine(getInt(context, "dim2")));
  return std::pair(*dim1, *dim2);
}

/// diag_embed: the last dimension becomes the diagonal of two new ones.
static LogicalResult setEmbedded(const TypeRuleContext &context,
                                 TensorShape self) {
  int64_t rank = self.getRank() + 1;
  FailureOr<std::pair<int64_t, int64_t>> plane = getPlane(context, rank);
  if (failed(plane))
    return failure();
  auto [dim1, dim2] = *plane;
  if (isDynamic(dim1) || isDynamic(dim2))
    return context.setResult(getDynamic(rank, self.dtype));
  int64_t offset = getInt(context, "offset");
  int64_t side = isUsable(offset)
                     ? addSizes(self.sizes.pop_back_val(), std::abs(offset))
                     : (self.sizes.pop_back(), kDynamic);
  self.sizes.insert(self.sizes.begin() + std::min(dim1, dim2), side);
  self.sizes.insert(self.sizes.begin() + std::max(dim1, dim2), side);
  return context.setResult(self);
}

LogicalResult diagonal(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (!self.hasRank)
    return context.setResult(self);
  if (getSchemaName(context) == "aten::diag_embed")
    return setEmbedded(context, self);
  int64_t rank = self.getRank();
  FailureOr<std::pair<int64_t, int64_t>> plane = getPlane(context, rank);
  if (failed(plane))
    return failure();
  auto [dim1, dim2] = *plane;
  if (isDynamic(dim1) || isDynamic(dim2))
    return context.setResult(getDynamic(rank - 1, self.dtype));
  int64_t offset = getInt(context, "offset");
  int64_t size1 = self.sizes[dim1], size2 = self.sizes[dim2];
  int64_t length = kDynamic;
  constexpr int64_t limit = int64_t(1) << 40;
  if (!isDynamic(offset) && !isDynamic(size1) && !isDynamic(size2) &&
      std::abs(offset) < limit)
    length =
        std::max<int64_t>(0, offset >= 0 ? std::min(size1, size2 - offset)
                                         : std::min(size1 + offset, size2));
  self.sizes.erase(self.sizes.begin() + std::max(dim1, dim2));
  self.sizes.erase(self.sizes.begin() + std::min(dim1, dim2));
  self.sizes.push_back(length);
  return context.setResult(self);
}

} // namespace minitorch::mt::type_rules
