//===- Shuffle.cpp - Channels in another order -----------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"

using namespace mlir;

namespace minitorch::mt {
namespace {

/// pixel_unshuffle: [*, C, H * r, W * r] -> [*, C * r * r, H, W], where the
/// rows are (h, i), the columns (w, j) and the result's channels (c, i, j).
FormulaResult pixelUnshuffle(TensorBuilder &b, ValueRange in) {
  Value x = in[0], r = in[1];
  std::optional<int64_t> rank = getRank(x);
  if (!rank || *rank < 3)
    return std::nullopt;
  SmallVector<Value> sizes = b.sizes(x);
  int64_t n = *rank - 3;
  Value height = b.floorDivInt(sizes[n + 1], r);
  Value width = b.floorDivInt(sizes[n + 2], r);
  SmallVector<Value> split(sizes.begin(), sizes.begin() + n), joined = split;
  split.append({sizes[n], height, r, width, r});
  joined.append({b.mulInt(sizes[n], b.mulInt(r, r)), height, width});
  SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(0, n));
  order.append({n, n + 2, n + 4, n + 1, n + 3});
  return {{b.reshape(b.permute(b.reshape(x, split), order), joined)}};
}

/// channel_shuffle: the channels (group, c) become (c, group).
FormulaResult channelShuffle(TensorBuilder &b, ValueRange in) {
  Value x = in[0], groups = in[1];
  std::optional<int64_t> rank = getRank(x);
  if (!rank || *rank < 3)
    return std::nullopt;
  SmallVector<Value> sizes = b.sizes(x), split = sizes;
  split[1] = b.floorDivInt(sizes[1], groups);
  split.insert(split.begin() + 1, groups);
  return {{b.reshape(b.transpose(b.reshape(x, split), 1, 2), sizes)}};
}

constexpr NamedFormula formulas[] = {
    {"aten::channel_shuffle", channelShuffle},
    {"aten::native_channel_shuffle", channelShuffle},
    {"aten::pixel_unshuffle", pixelUnshuffle},
};

} // namespace

void populateShuffleDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
}

} // namespace minitorch::mt
