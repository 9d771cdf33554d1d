//===- Attention.cpp - Scaled dot product attention -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "TensorBuilder.h"
#include <cmath>
#include <limits>

using namespace mlir;

namespace minitorch::mt {
namespace {

/// scaled_dot_product_attention(q, k, v) = softmax(q @ k^T * scale + mask) @ v,
/// scale = 1 / sqrt(E) by default. A bool mask is -inf where it is false;
/// is_causal masks key j for query i < j. Where a mask leaves a query nothing,
/// the result is 0. Half precision is computed in float32.
/// Source: the reference implementation on the operator's page.
struct AttentionDecomposition
    : OpRewritePattern<AtenScaledDotProductAttentionOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenScaledDotProductAttentionOp op,
                                PatternRewriter &rewriter) const override {
    Value query = op.getQuery(), key = op.getKey(), value = op.getValue();
    std::optional<Value> mask = getOptionalTensor(op.getAttnMask());
    std::optional<bool> isCausal = getConstantBool(op.getIsCausal());
    std::optional<bool> isGrouped = getConstantBool(op.getEnableGqa());
    std::optional<int64_t> rank = getRank(query);
    auto dtype = dyn_cast_if_present<FloatType>(getDtype(query));
    if (!mask || !isCausal || !isGrouped || !rank || *rank < 2 || !dtype ||
        !getRank(key) || !getRank(value))
      return rewriter.notifyMatchFailure(op, "operands are not known enough");
    std::optional<double> dropout = getConstantFloat(op.getDropoutP());
    if (!dropout)
      return rewriter.notifyMatchFailure(op, "dropout is not a constant");
    if (*mask && !getDtype(*mask))
      return rewriter.notifyMatchFailure(op, "the mask's dtype is not known");
    if (*isGrouped && *rank < 3)
      return rewriter.notifyMatchFailure(op, "grouped heads need rank 3");
    TensorBuilder b(rewriter, op.getLoc());
    Type wide = getAccumulationDtype(dtype);
    Type i64 = rewriter.getI64Type();

    if (*isGrouped) {
      // Every group of query heads shares a key head.
      auto repeatHeads = [&](Value x) -> Value {
        Value count = b.floorDivInt(b.size(query, -3), b.size(x, -3));
        if (getConstantInt(count) == 1)
          return x;
        return b.create<AtenRepeatInterleaveSelfIntOp>(
            {x, count, b.constant(int64_t(-3)), b.none()});
      };
      key = repeatHeads(key);
      value = repeatHeads(value);
    }

    query = b.toDtype(query, wide);
    key = b.toDtype(key, wide);
    value = b.toDtype(value, wide);
    Value scores = b.create<AtenMatmulOp>({query, b.transpose(key, -2, -1)});
    std::optional<int64_t> width = getStaticSize(query, -1);
    if (!isNone(op.getScale()))
      scores = b.mulScalar(scores, op.getScale());
    else if (width)
      scores = b.mulScalar(
          scores, b.constant(1.0 / std::sqrt(static_cast<double>(*width))));
    else
      scores =
          b.mul(scores, b.create<AtenRsqrtOp>(
                            {b.full(ValueRange(), b.size(query, -1), wide)}));
    Value lowest = b.constant(-std::numeric_limits<double>::infinity());
    if (*isCausal) {
      Value rows = b.unsqueeze(b.arange(b.size(query, -2), i64), 1);
      Value columns = b.unsqueeze(b.arange(b.size(key, -2), i64), 0);
      Value future = b.create<AtenGtTensorOp>({columns, rows});
      scores = b.create<AtenMaskedFillScalarOp>({scores, future, lowest});
    }
    if (*mask && getDtype(*mask).isInteger(1)) {
      Value hidden = b.create<AtenLogicalNotOp>({*mask});
      scores = b.create<AtenMaskedFillScalarOp>({scores, hidden, lowest});
    } else if (*mask) {
      scores = b.add(scores, b.toDtype(*mask, wide));
    }

    Value weights;
    if (!*mask) {
      weights = b.create<AtenSoftmaxIntOp>(
          {scores, b.constant(int64_t(-1)), b.none()});
    } else {
      // exp(-inf - 0) / 1 = 0 where everything is hidden.
      Value max = b.amax(scores, {-1}, /*keepDim=*/true);
      Value isHidden = b.create<AtenEqScalarOp>({max, lowest});
      max = b.create<AtenMaskedFillScalarOp>({max, isHidden, b.constant(0.0)});
      Value exps = b.create<AtenExpOp>({b.sub(scores, max)});
      Value sums = b.sum(exps, {-1}, /*keepDim=*/true);
      sums =
          b.create<AtenMaskedFillScalarOp>({sums, isHidden, b.constant(1.0)});
      weights = b.div(exps, sums);
    }
    if (*dropout != 0)
      weights = b.create<AtenDropoutOp>(
          {weights, op.getDropoutP(), b.constant(true)});
    b.replace(op, b.toDtype(b.create<AtenMatmulOp>({weights, value}), dtype));
    return success();
  }
};

} // namespace

void populateAttentionDecompositions(RewritePatternSet &patterns) {
  patterns.add<AttentionDecomposition>(patterns.getContext());
}

} // namespace minitorch::mt
