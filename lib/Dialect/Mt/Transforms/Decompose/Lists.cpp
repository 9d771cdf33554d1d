//===- Lists.cpp - Operators that make lists of tensors ---------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "TensorBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace minitorch::mt {
namespace {

/// What splitting asks of its operands: the wrapped dim and the size there.
struct SplitDim {
  int64_t dim;
  std::optional<int64_t> size;
};
FailureOr<SplitDim> getSplitDim(PatternRewriter &rewriter, Operation *op,
                                Value x, Value dimOperand) {
  std::optional<int64_t> dim = getConstantInt(dimOperand);
  std::optional<int64_t> rank = getRank(x);
  if (!dim || !rank || *rank == 0 || !wrapDim(*dim, *rank))
    return rewriter.notifyMatchFailure(op, "dim or rank is not known");
  dim = wrapDim(*dim, *rank);
  return SplitDim{*dim, getStaticSize(x, *dim)};
}

/// [x[bounds[0]:bounds[1]], x[bounds[1]:bounds[2]], ...] along dim.
void replaceBySlices(PatternRewriter &rewriter, Operation *op, Value x,
                     int64_t dim, ValueRange bounds) {
  TensorBuilder b(rewriter, op->getLoc());
  SmallVector<Value> parts;
  for (size_t i = 0; i + 1 < bounds.size(); ++i)
    parts.push_back(b.slice(x, dim, bounds[i], bounds[i + 1]));
  b.replace(op, b.tensorList(parts));
}

/// How many values the one user that takes the list apart expects.
std::optional<int64_t> getUnpackedCount(Value list) {
  if (!list.hasOneUse())
    return std::nullopt;
  auto unpack = dyn_cast<PrimListUnpackOp>(*list.user_begin());
  if (!unpack)
    return std::nullopt;
  return unpack.getNumResults();
}

/// Raises unless there are as many pieces as the program unpacks.
void checkUnpacked(TensorBuilder &b, Value found, int64_t wanted) {
  b.raiseUnless(
      b.getRewriter().createOrFold<arith::CmpIOp>(
          b.getLoc(), arith::CmpIPredicate::eq, found, b.constant(wanted)),
      "Expected " + std::to_string(wanted) + " elements in a list but found {}",
      found);
}

/// Pieces of `step`, the last one smaller. The number of pieces is
/// ceil(size / step): known, or what the program unpacks; then a check stays.
LogicalResult splitBySteps(PatternRewriter &rewriter, Operation *op, Value x,
                           SplitDim split, Value step) {
  TensorBuilder b(rewriter, op->getLoc());
  std::optional<int64_t> constantStep = getConstantInt(step);
  std::optional<int64_t> count;
  if (split.size && constantStep) {
    if (*constantStep < 0 || (*constantStep == 0 && *split.size != 0))
      return rewriter.notifyMatchFailure(op, "the split size is not positive");
    count = *constantStep == 0
                ? 1
                : std::max<int64_t>(
                      llvm::divideCeilSigned(*split.size, *constantStep), 1);
  } else {
    count = getUnpackedCount(op->getResult(0));
  }
  if (!count)
    return rewriter.notifyMatchFailure(
        op, "the number of pieces is not known, and nothing unpacks them");
  Value size = b.size(x, split.dim);
  if (!split.size || !constantStep) {
    Value one = b.constant(int64_t(1));
    checkUnpacked(b, b.maxInt(b.ceilDivInt(size, b.maxInt(step, one)), one),
                  *count);
  }
  SmallVector<Value> bounds;
  for (int64_t i = 0; i <= *count; ++i)
    bounds.push_back(b.minInt(b.mulInt(b.constant(i), step), size));
  // Where the count is what the program unpacks, the last piece is the rest.
  bounds.back() = size;
  replaceBySlices(rewriter, op, x, split.dim, bounds);
  return success();
}

/// split.Tensor(x, n): pieces of n.
struct SplitDecomposition : OpRewritePattern<AtenSplitTensorOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenSplitTensorOp op,
                                PatternRewriter &rewriter) const override {
    auto split = getSplitDim(rewriter, op, op.getSelf(), op.getDim());
    if (failed(split))
      return failure();
    return splitBySteps(rewriter, op, op.getSelf(), *split, op.getSplitSize());
  }
};

/// chunk(x, n): pieces of ceil(size / n), which can be fewer than n.
struct ChunkDecomposition : OpRewritePattern<AtenChunkOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenChunkOp op,
                                PatternRewriter &rewriter) const override {
    auto split = getSplitDim(rewriter, op, op.getSelf(), op.getDim());
    if (failed(split))
      return failure();
    if (getConstantInt(op.getChunks()).value_or(0) < 1)
      return rewriter.notifyMatchFailure(
          op, "the number of chunks is not a positive constant");
    TensorBuilder b(rewriter, op.getLoc());
    Value step = b.ceilDivInt(b.size(op.getSelf(), split->dim), op.getChunks());
    if (split->size == 0) {
      // Any number of pieces makes up nothing: there are as many as asked for.
      SmallVector<Value> bounds(*getConstantInt(op.getChunks()) + 1,
                                b.constant(int64_t(0)));
      replaceBySlices(rewriter, op, op.getSelf(), split->dim, bounds);
      return success();
    }
    return splitBySteps(rewriter, op, op.getSelf(), *split, step);
  }
};

/// split_with_sizes(x, [a, b, ...]): pieces of those sizes.
struct SplitWithSizesDecomposition : OpRewritePattern<AtenSplitWithSizesOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenSplitWithSizesOp op,
                                PatternRewriter &rewriter) const override {
    auto split = getSplitDim(rewriter, op, op.getSelf(), op.getDim());
    std::optional<SmallVector<Value>> sizes = getIntValues(op.getSplitSizes());
    if (failed(split))
      return failure();
    if (!sizes)
      return rewriter.notifyMatchFailure(op, "the sizes are not known");
    TensorBuilder b(rewriter, op.getLoc());
    SmallVector<Value> bounds{b.constant(int64_t(0))};
    for (Value size : *sizes)
      bounds.push_back(b.addInt(bounds.back(), size));
    SmallVector<Value> numbers{b.size(op.getSelf(), split->dim)};
    std::string listed;
    for (Value size : *sizes) {
      listed += listed.empty() ? "{}" : ", {}";
      numbers.push_back(size);
    }
    b.raiseUnless(rewriter.createOrFold<arith::CmpIOp>(
                      op.getLoc(), arith::CmpIPredicate::eq, bounds.back(),
                      numbers.front()),
                  "split_with_sizes expects split_sizes to sum exactly to {} "
                  "(input tensor's size at dimension " +
                      std::to_string(split->dim) + "), but got split_sizes=[" +
                      listed + "]",
                  numbers);
    replaceBySlices(rewriter, op, op.getSelf(), split->dim, bounds);
    return success();
  }
};

/// tensor_split(x, n): n pieces, the first size % n of them one longer.
struct TensorSplitDecomposition : OpRewritePattern<AtenTensorSplitSectionsOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenTensorSplitSectionsOp op,
                                PatternRewriter &rewriter) const override {
    auto split = getSplitDim(rewriter, op, op.getSelf(), op.getDim());
    if (failed(split))
      return failure();
    std::optional<int64_t> count = getConstantInt(op.getSections());
    if (count.value_or(0) < 1)
      return rewriter.notifyMatchFailure(
          op, "the number of sections is not a positive constant");
    TensorBuilder b(rewriter, op.getLoc());
    Value size = b.size(op.getSelf(), split->dim);
    Value least = b.floorDivInt(size, op.getSections());
    Value longer = b.subInt(size, b.mulInt(least, op.getSections()));
    SmallVector<Value> bounds;
    for (int64_t i = 0; i <= *count; ++i) {
      Value index = b.constant(i);
      bounds.push_back(
          b.addInt(b.mulInt(index, least), b.minInt(index, longer)));
    }
    replaceBySlices(rewriter, op, op.getSelf(), split->dim, bounds);
    return success();
  }
};

/// unbind(x) = [x.select(dim, 0), x.select(dim, 1), ...]
struct UnbindDecomposition : OpRewritePattern<AtenUnbindIntOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenUnbindIntOp op,
                                PatternRewriter &rewriter) const override {
    auto split = getSplitDim(rewriter, op, op.getSelf(), op.getDim());
    if (failed(split))
      return failure();
    std::optional<int64_t> count =
        split->size ? split->size : getUnpackedCount(op->getResult(0));
    if (!count)
      return rewriter.notifyMatchFailure(op, "the size is not known");
    TensorBuilder b(rewriter, op.getLoc());
    if (!split->size)
      checkUnpacked(b, b.size(op.getSelf(), split->dim), *count);
    SmallVector<Value> parts;
    for (int64_t i = 0; i < *count; ++i)
      parts.push_back(b.select(op.getSelf(), split->dim, b.constant(i)));
    b.replace(op, b.tensorList(parts));
    return success();
  }
};

/// a, b = [x, y]: a = x, b = y.
struct ListUnpackForwarding : OpRewritePattern<PrimListUnpackOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PrimListUnpackOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<SmallVector<Value>> elements = getListElements(op.getList());
    if (!elements || elements->size() != op.getNumResults())
      return rewriter.notifyMatchFailure(op, "the list is not known");
    TensorBuilder(rewriter, op.getLoc()).replace(op, *elements);
    return success();
  }
};

/// [x, y][1] = y
struct GetItemForwarding : OpRewritePattern<OperatorOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(OperatorOp op,
                                PatternRewriter &rewriter) const override {
    const Schema *schema = lookupSchema(op);
    if (!schema || schema->name != "aten::__getitem__.t")
      return rewriter.notifyMatchFailure(op, "it takes no element of a list");
    std::optional<SmallVector<Value>> elements =
        getListElements(op->getOperand(0));
    std::optional<int64_t> index = getConstantInt(op->getOperand(1));
    if (!elements || !index)
      return rewriter.notifyMatchFailure(op, "list or index is not known");
    int64_t count = elements->size();
    int64_t i = *index < 0 ? *index + count : *index;
    if (i < 0 || i >= count)
      return rewriter.notifyMatchFailure(op, "the index is out of range");
    TensorBuilder(rewriter, op.getLoc()).replace(op, (*elements)[i]);
    return success();
  }
};

} // namespace

void populateListDecompositions(RewritePatternSet &patterns) {
  patterns.add<SplitDecomposition, ChunkDecomposition,
               SplitWithSizesDecomposition, TensorSplitDecomposition,
               UnbindDecomposition, ListUnpackForwarding, GetItemForwarding>(
      patterns.getContext());
}

} // namespace minitorch::mt
