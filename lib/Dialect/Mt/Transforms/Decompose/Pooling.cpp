//===- Pooling.cpp - Adaptive and 1-d pooling decomposed --------*- C++ -*-===//
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

/// Reduces the windows of dimension `dim` to `count` elements. Window i is
/// [floor(i * size / count), ceil((i + 1) * size / count)).
/// Source: "Adaptive average pooling" in PyTorch's torch.nn page and its
/// definition in terms of start and end indices.
using Reduce = function_ref<Value(Value window, int64_t dim)>;
Value poolAdaptively(TensorBuilder &b, Value x, int64_t dim, int64_t count,
                     Reduce reduce) {
  Value size = b.size(x, dim);
  if (getConstantInt(size) == count)
    return x;
  if (count == 1)
    return reduce(x, dim);
  SmallVector<Value> parts;
  Value total = b.constant(count);
  for (int64_t i = 0; i < count; ++i) {
    Value start = b.floorDivInt(b.mulInt(b.constant(i), size), total);
    Value end = b.ceilDivInt(b.mulInt(b.constant(i + 1), size), total);
    parts.push_back(reduce(b.slice(x, dim, start, end), dim));
  }
  return b.cat(parts, dim);
}

/// The output sizes of an adaptive pooling; None keeps the input's size, which
/// is then null.
std::optional<SmallVector<std::optional<int64_t>>>
getOutputSizes(Value list, unsigned count) {
  SmallVector<std::optional<int64_t>> sizes;
  std::optional<SmallVector<Value>> values = getIntValues(list);
  if (!values)
    return std::nullopt;
  for (Value value : *values) {
    std::optional<int64_t> size = getConstantInt(value);
    if (!size && !isNone(value))
      return std::nullopt;
    sizes.push_back(size);
  }
  if (sizes.size() == 1)
    sizes.resize(count, sizes.front());
  if (sizes.size() != count)
    return std::nullopt;
  return sizes;
}

/// Largest number of windows that are written out one by one.
constexpr int64_t kMaxWindows = 64;

/// adaptive_avg_pool1d, 2d: the mean of each window, one dimension after the
/// other (the windows are products of intervals). To 1x1 it is the mean.
template <typename OpTy, unsigned count>
struct AdaptiveAvgPoolDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getSelf();
    std::optional<int64_t> rank = getRank(x);
    auto sizes = getOutputSizes(op.getOutputSize(), count);
    Type dtype = getDtype(x);
    if (!rank || *rank < count || !sizes || !dtype)
      return rewriter.notifyMatchFailure(op, "sizes or rank are not known");
    for (std::optional<int64_t> size : *sizes)
      if (size && (*size < 1 || *size > kMaxWindows))
        return rewriter.notifyMatchFailure(op, "the output is too large");
    TensorBuilder b(rewriter, op.getLoc());
    Value y = b.toDtype(x, getAccumulationDtype(dtype));
    if (llvm::all_of(*sizes, [](auto size) { return size == 1; })) {
      SmallVector<int64_t> dims =
          llvm::to_vector(llvm::seq<int64_t>(*rank - count, *rank));
      y = b.mean(y, dims, /*keepDim=*/true);
    } else {
      for (unsigned i = 0; i < count; ++i)
        if ((*sizes)[i])
          y = poolAdaptively(b, y, *rank - count + i, *(*sizes)[i],
                             [&](Value window, int64_t dim) {
                               return b.mean(window, {dim}, true);
                             });
    }
    b.replace(op, b.toDtype(y, dtype));
    return success();
  }
};

/// adaptive_max_pool2d whose indices are not used: the maximum of each window.
struct AdaptiveMaxPoolDecomposition
    : OpRewritePattern<AtenAdaptiveMaxPool2dOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenAdaptiveMaxPool2dOp op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getSelf();
    std::optional<int64_t> rank = getRank(x);
    auto sizes = getOutputSizes(op.getOutputSize(), 2);
    if (!rank || *rank < 2 || !sizes)
      return rewriter.notifyMatchFailure(op, "sizes or rank are not known");
    if (!op->getResult(1).use_empty())
      return rewriter.notifyMatchFailure(op, "its indices are used");
    for (std::optional<int64_t> size : *sizes)
      if (size && (*size < 1 || *size > kMaxWindows))
        return rewriter.notifyMatchFailure(op, "the output is too large");
    TensorBuilder b(rewriter, op.getLoc());
    Value y = x;
    for (unsigned i = 0; i < 2; ++i)
      if ((*sizes)[i])
        y = poolAdaptively(b, y, *rank - 2 + i, *(*sizes)[i],
                           [&](Value window, int64_t dim) {
                             return b.amax(window, {dim}, true);
                           });
    rewriter.replaceAllUsesWith(op->getResult(0), y);
    rewriter.eraseOp(op);
    return success();
  }
};

/// The operand list [1, x] or [0, x] of a 2-d pooling for [x] of a 1-d one; an
/// empty stride stays empty.
std::optional<Value> widenList(TensorBuilder &b, Value list, int64_t first) {
  std::optional<SmallVector<Value>> values = getIntValues(list);
  if (!values || values->size() > 1)
    return std::nullopt;
  if (!values->empty())
    values->insert(values->begin(), b.constant(first));
  return b.intList(*values);
}

/// max_pool1d(x) = max_pool2d of x as an image of height one.
struct MaxPool1dDecomposition : OpRewritePattern<AtenMaxPool1dOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenMaxPool1dOp op,
                                PatternRewriter &rewriter) const override {
    TensorBuilder b(rewriter, op.getLoc());
    auto kernel = widenList(b, op.getKernelSize(), 1);
    auto stride = widenList(b, op.getStride(), 1);
    auto padding = widenList(b, op.getPadding(), 0);
    auto dilation = widenList(b, op.getDilation(), 1);
    if (!kernel || !stride || !padding || !dilation)
      return rewriter.notifyMatchFailure(op, "parameters are not known");
    Value y = b.create<AtenMaxPool2dOp>({b.unsqueeze(op.getSelf(), -2), *kernel,
                                         *stride, *padding, *dilation,
                                         op.getCeilMode()});
    b.replace(op, b.squeeze(y, -2));
    return success();
  }
};

/// avg_pool1d(x) = avg_pool2d of x as an image of height one.
struct AvgPool1dDecomposition : OpRewritePattern<AtenAvgPool1dOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenAvgPool1dOp op,
                                PatternRewriter &rewriter) const override {
    TensorBuilder b(rewriter, op.getLoc());
    auto kernel = widenList(b, op.getKernelSize(), 1);
    auto stride = widenList(b, op.getStride(), 1);
    auto padding = widenList(b, op.getPadding(), 0);
    if (!kernel || !stride || !padding)
      return rewriter.notifyMatchFailure(op, "parameters are not known");
    Value y = b.create<AtenAvgPool2dOp>({b.unsqueeze(op.getSelf(), -2), *kernel,
                                         *stride, *padding, op.getCeilMode(),
                                         op.getCountIncludePad(), b.none()});
    b.replace(op, b.squeeze(y, -2));
    return success();
  }
};

/// max_pool2d_with_indices whose indices are not used is max_pool2d.
struct UnusedIndicesDecomposition
    : OpRewritePattern<AtenMaxPool2dWithIndicesOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenMaxPool2dWithIndicesOp op,
                                PatternRewriter &rewriter) const override {
    if (!op->getResult(1).use_empty())
      return rewriter.notifyMatchFailure(op, "its indices are used");
    TensorBuilder b(rewriter, op.getLoc());
    Value y = b.create<AtenMaxPool2dOp>(op->getOperands());
    rewriter.replaceAllUsesWith(op->getResult(0), y);
    rewriter.eraseOp(op);
    return success();
  }
};

/// An image without its batch dimension gets one.
template <typename OpTy, int64_t spatialRank>
struct PoolBatchDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    if (getRank(op.getSelf()) != spatialRank + 1)
      return rewriter.notifyMatchFailure(op, "it has a batch dimension");
    TensorBuilder b(rewriter, op.getLoc());
    SmallVector<Value> operands(op->getOperands());
    operands[0] = b.unsqueeze(op.getSelf(), 0);
    unsigned count = op->getNumResults();
    Operation *batched = b.createMulti<OpTy>(operands, count);
    SmallVector<Value> results;
    for (Value result : batched->getResults())
      results.push_back(b.squeeze(result, 0));
    b.replace(op, results);
    return success();
  }
};

} // namespace

void populatePoolingDecompositions(RewritePatternSet &patterns) {
  patterns.add<AdaptiveAvgPoolDecomposition<AtenAdaptiveAvgPool1dOp, 1>,
               AdaptiveAvgPoolDecomposition<AtenAdaptiveAvgPool2dOp, 2>,
               AdaptiveMaxPoolDecomposition, MaxPool1dDecomposition,
               AvgPool1dDecomposition, UnusedIndicesDecomposition,
               PoolBatchDecomposition<AtenMaxPool2dOp, 2>,
               PoolBatchDecomposition<AtenMaxPool3dOp, 3>,
               PoolBatchDecomposition<AtenMaxPool2dWithIndicesOp, 2>,
               PoolBatchDecomposition<AtenAvgPool2dOp, 2>,
               PoolBatchDecomposition<AtenAvgPool3dOp, 3>>(
      patterns.getContext());
}

} // namespace minitorch::mt
