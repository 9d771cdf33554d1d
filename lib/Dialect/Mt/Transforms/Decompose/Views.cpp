//===- Views.cpp - Views and copies in their base forms ---------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "TensorBuilder.h"

using namespace mlir;

namespace minitorch::mt {
namespace {

/// view_as, reshape_as: the other tensor's sizes.
template <typename OpTy>
struct ReshapeAsDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    if (!getRank(op.getOther()))
      return rewriter.notifyMatchFailure(op, "the other rank is not known");
    TensorBuilder b(rewriter, op.getLoc());
    b.replace(op, b.reshape(op.getSelf(), b.sizes(op.getOther())));
    return success();
  }
};

/// expand_as: expand to the other tensor's sizes.
struct ExpandAsDecomposition : OpRewritePattern<AtenExpandAsOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenExpandAsOp op,
                                PatternRewriter &rewriter) const override {
    if (!getRank(op.getOther()))
      return rewriter.notifyMatchFailure(op, "the other rank is not known");
    TensorBuilder b(rewriter, op.getLoc());
    b.replace(op, b.expand(op.getSelf(), b.sizes(op.getOther())));
    return success();
  }
};

/// type_as, to.other: to the other tensor's dtype.
template <typename OpTy> struct TypeAsDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    Type dtype = getDtype(op.getOther());
    if (!dtype)
      return rewriter.notifyMatchFailure(op, "the other dtype is not known");
    TensorBuilder b(rewriter, op.getLoc());
    b.replace(op, b.toDtype(op.getSelf(), dtype));
    return success();
  }
};

/// flatten: dimensions start..end become one.
struct FlattenDecomposition : OpRewritePattern<AtenFlattenUsingIntsOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenFlattenUsingIntsOp op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getSelf();
    std::optional<int64_t> rank = getRank(x);
    auto start = getConstantInt(op.getStartDim());
    auto end = getConstantInt(op.getEndDim());
    if (!rank || !start || !end)
      return rewriter.notifyMatchFailure(op, "rank or dims are not known");
    start = wrapDim(*start, *rank);
    end = wrapDim(*end, *rank);
    if (!start || !end || *start > *end)
      return rewriter.notifyMatchFailure(op, "a dim is out of range");
    TensorBuilder b(rewriter, op.getLoc());
    SmallVector<Value> sizes = b.sizes(x), flat;
    for (int64_t dim = 0; dim < *rank; ++dim) {
      if (dim > *start && dim <= *end)
        flat.back() = b.mulInt(flat.back(), sizes[dim]);
      else
        flat.push_back(sizes[dim]);
    }
    if (*rank == 0)
      flat.push_back(b.constant(int64_t(1)));
    b.replace(op, b.reshape(x, flat));
    return success();
  }
};

/// unflatten: dimension `dim` becomes `sizes`; one of them may be -1.
struct UnflattenDecomposition : OpRewritePattern<AtenUnflattenIntOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenUnflattenIntOp op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getSelf();
    std::optional<int64_t> rank = getRank(x);
    auto dim = getConstantInt(op.getDim());
    std::optional<SmallVector<Value>> parts = getIntValues(op.getSizes());
    if (!rank || *rank == 0 || !dim || !wrapDim(*dim, *rank) || !parts)
      return rewriter.notifyMatchFailure(op, "rank, dim or sizes not known");
    TensorBuilder b(rewriter, op.getLoc());
    SmallVector<Value> sizes = b.sizes(x);
    dim = wrapDim(*dim, *rank);
    // The one -1 is what the others leave of the dimension.
    Value rest;
    for (Value part : *parts)
      if (getConstantInt(part) != -1)
        rest = rest ? b.mulInt(rest, part) : part;
    for (Value &part : *parts)
      if (getConstantInt(part) == -1)
        part = rest ? b.floorDivInt(sizes[*dim], rest) : sizes[*dim];
    sizes.erase(sizes.begin() + *dim);
    sizes.insert(sizes.begin() + *dim, parts->begin(), parts->end());
    b.replace(op, b.reshape(x, sizes));
    return success();
  }
};

/// repeat, tile: each dimension as [1, n] expanded to [r, n], then joined.
/// repeat wants at least one count a dimension; tile fills missing ones with 1.
template <typename OpTy> struct RepeatDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getSelf();
    std::optional<int64_t> rank = getRank(x);
    std::optional<SmallVector<Value>> counts = getIntValues(op->getOperand(1));
    if (!rank || !counts)
      return rewriter.notifyMatchFailure(op, "rank or counts are not known");
    TensorBuilder b(rewriter, op.getLoc());
    Value one = b.constant(int64_t(1));
    if constexpr (std::is_same_v<OpTy, AtenTileOp>)
      while (static_cast<int64_t>(counts->size()) < *rank)
        counts->insert(counts->begin(), one);
    int64_t added = static_cast<int64_t>(counts->size()) - *rank;
    if (added < 0)
      return rewriter.notifyMatchFailure(
          op, "there are fewer counts than dimensions");
    SmallVector<Value> sizes(added, one);
    llvm::append_range(sizes, b.sizes(x));
    SmallVector<Value> split, expanded, joined;
    for (auto [size, count] : llvm::zip(sizes, *counts)) {
      if (getConstantInt(count) != 1) {
        split.push_back(one);
        expanded.push_back(count);
      }
      split.push_back(size);
      expanded.push_back(size);
      joined.push_back(b.mulInt(size, count));
    }
    Value y = b.expand(b.reshape(x, split), expanded);
    b.replace(op, b.reshape(y, joined));
    return success();
  }
};

/// repeat_interleave(x, r, dim): [n] as [n, 1] expanded to [n, r], then joined.
struct RepeatInterleaveDecomposition
    : OpRewritePattern<AtenRepeatInterleaveSelfIntOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenRepeatInterleaveSelfIntOp op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getSelf(), count = op.getRepeats();
    std::optional<int64_t> rank = getRank(x);
    if (!rank || (!isNone(op.getDim()) && !getConstantInt(op.getDim())))
      return rewriter.notifyMatchFailure(op, "rank or dim is not known");
    TensorBuilder b(rewriter, op.getLoc());
    int64_t dim = 0;
    if (isNone(op.getDim())) {
      // Without a dim the input is flattened.
      Value total = b.constant(int64_t(1));
      for (Value size : b.sizes(x))
        total = b.mulInt(total, size);
      x = b.reshape(x, {total});
    } else {
      std::optional<int64_t> wrapped =
          wrapDim(*getConstantInt(op.getDim()), *rank);
      if (!wrapped || *rank == 0)
        return rewriter.notifyMatchFailure(op, "dim is out of range");
      dim = *wrapped;
    }
    SmallVector<Value> sizes = b.sizes(x), expanded = sizes;
    expanded.insert(expanded.begin() + dim + 1, count);
    sizes[dim] = b.mulInt(sizes[dim], count);
    Value y = b.expand(b.unsqueeze(x, dim + 1), expanded);
    b.replace(op, b.reshape(y, sizes));
    return success();
  }
};

/// pixel_shuffle: [*, C * r * r, H, W] -> [*, C, H * r, W * r], where the
/// channels are (c, i, j) and the results rows (h, i), columns (w, j).
struct PixelShuffleDecomposition : OpRewritePattern<AtenPixelShuffleOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenPixelShuffleOp op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getSelf(), r = op.getUpscaleFactor();
    std::optional<int64_t> rank = getRank(x);
    if (!rank || *rank < 3)
      return rewriter.notifyMatchFailure(op, "the rank is not known");
    TensorBuilder b(rewriter, op.getLoc());
    SmallVector<Value> sizes = b.sizes(x);
    int64_t n = *rank - 3;
    Value channels = b.floorDivInt(sizes[n], b.mulInt(r, r));
    SmallVector<Value> split(sizes.begin(), sizes.begin() + n), joined = split;
    split.append({channels, r, r, sizes[n + 1], sizes[n + 2]});
    joined.append(
        {channels, b.mulInt(sizes[n + 1], r), b.mulInt(sizes[n + 2], r)});
    SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(0, n));
    order.append({n, n + 3, n + 1, n + 4, n + 2});
    b.replace(op, b.reshape(b.permute(b.reshape(x, split), order), joined));
    return success();
  }
};

/// movedim: a permutation.
struct MovedimDecomposition : OpRewritePattern<AtenMovedimIntOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenMovedimIntOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<int64_t> rank = getRank(op.getSelf());
    auto source = getConstantInt(op.getSource());
    auto destination = getConstantInt(op.getDestination());
    if (!rank || *rank == 0 || !source || !destination)
      return rewriter.notifyMatchFailure(op, "rank or dims are not known");
    source = wrapDim(*source, *rank);
    destination = wrapDim(*destination, *rank);
    if (!source || !destination)
      return rewriter.notifyMatchFailure(op, "a dim is out of range");
    SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(0, *rank));
    order.erase(order.begin() + *source);
    order.insert(order.begin() + *destination, *source);
    TensorBuilder b(rewriter, op.getLoc());
    b.replace(op, b.permute(op.getSelf(), order));
    return success();
  }
};

/// t swaps the dimensions of a matrix and leaves vectors; numpy_T reverses all.
template <typename OpTy>
struct TransposeAllDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    std::optional<int64_t> rank = getRank(op.getSelf());
    if (!rank)
      return rewriter.notifyMatchFailure(op, "the rank is not known");
    TensorBuilder b(rewriter, op.getLoc());
    if (*rank < 2) {
      b.replace(op, op.getSelf());
      return success();
    }
    SmallVector<int64_t> order =
        llvm::to_vector(llvm::reverse(llvm::seq<int64_t>(0, *rank)));
    b.replace(op, *rank == 2 ? b.transpose(op.getSelf(), 0, 1)
                             : b.permute(op.getSelf(), order));
    return success();
  }
};

/// Copies of values: contiguous, clone, detach, alias, _to_copy of nothing.
template <typename OpTy> struct IdentityDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    TensorBuilder(rewriter, op.getLoc()).replace(op, op.getSelf());
    return success();
  }
};

/// diagonal_scatter(x, y, o, a, b): x with x[r, c] = y for the rows
/// r = max(-o, 0) + 0, 1, ... and the columns c = max(o, 0) + 0, 1, ... of dims
/// a and b, which are put first for it.
struct DiagonalScatterDecomposition : OpRewritePattern<AtenDiagonalScatterOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenDiagonalScatterOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<int64_t> rank = getRank(op.getSelf());
    std::optional<int64_t> sourceRank = getRank(op.getSrc());
    std::optional<int64_t> offset = getConstantInt(op.getOffset());
    std::optional<int64_t> dim1 = getConstantInt(op.getDim1());
    std::optional<int64_t> dim2 = getConstantInt(op.getDim2());
    if (!rank || !sourceRank || *rank < 2 || *sourceRank != *rank - 1 ||
        !offset || !dim1 || !dim2)
      return rewriter.notifyMatchFailure(
          op, "a rank, the offset or a dim is not known");
    dim1 = wrapDim(*dim1, *rank);
    dim2 = wrapDim(*dim2, *rank);
    if (!dim1 || !dim2 || *dim1 == *dim2)
      return rewriter.notifyMatchFailure(op, "the dims are not two of it");
    SmallVector<int64_t> order{*dim1, *dim2}, inverse(*rank);
    for (int64_t i = 0; i < *rank; ++i)
      if (i != *dim1 && i != *dim2)
        order.push_back(i);
    for (auto [i, dim] : llvm::enumerate(order))
      inverse[dim] = i;
    // The source has the diagonal as its last dim.
    SmallVector<int64_t> sourceOrder{*sourceRank - 1};
    for (int64_t i = 0; i + 1 < *sourceRank; ++i)
      sourceOrder.push_back(i);

    TensorBuilder b(rewriter, op.getLoc());
    Value length = b.size(op.getSrc(), *sourceRank - 1);
    Value steps = b.arange(length, rewriter.getI64Type());
    auto from = [&](int64_t start) {
      return start ? b.addScalar(steps, b.constant(start)) : steps;
    };
    Value indices = b.tensorList({from(std::max<int64_t>(-*offset, 0)),
                                  from(std::max<int64_t>(*offset, 0))});
    Value result = b.create<AtenIndexPutOp>(
        {b.permute(op.getSelf(), order), indices,
         b.permute(op.getSrc(), sourceOrder), b.constant(false)});
    b.replace(op, b.permute(result, inverse));
    return success();
  }
};

} // namespace

void populateViewDecompositions(RewritePatternSet &patterns) {
  patterns.add<
      DiagonalScatterDecomposition, ReshapeAsDecomposition<AtenViewAsOp>,
      ReshapeAsDecomposition<AtenReshapeAsOp>, ExpandAsDecomposition,
      TypeAsDecomposition<AtenTypeAsOp>, TypeAsDecomposition<AtenToOtherOp>,
      FlattenDecomposition, UnflattenDecomposition,
      RepeatDecomposition<AtenRepeatOp>, RepeatDecomposition<AtenTileOp>,
      RepeatInterleaveDecomposition, PixelShuffleDecomposition,
      MovedimDecomposition, TransposeAllDecomposition<AtenTOp>,
      TransposeAllDecomposition<AtenNumpyTOp>,
      IdentityDecomposition<AtenContiguousOp>,
      IdentityDecomposition<AtenCloneOp>, IdentityDecomposition<AtenDetachOp>,
      IdentityDecomposition<AtenAliasOp>>(patterns.getContext());
}

} // namespace minitorch::mt
