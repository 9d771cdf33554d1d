//===- Normalization.cpp - Normalization by its formulas --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "TensorBuilder.h"

using namespace mlir;

// Half precision inputs are normalized in float32, as PyTorch's kernels do; the
// result has the input's dtype.
// Source: the "Normalization Layers" section of PyTorch's torch.nn page.

namespace minitorch::mt {
namespace {

/// (x - mean) * rsqrt(var + eps) over `dims`, with the biased variance.
struct Normalized {
  Value value, mean, rstd;
};
Normalized normalize(TensorBuilder &b, Value x, ArrayRef<int64_t> dims,
                     Value eps) {
  Value mean = b.mean(x, dims, /*keepDim=*/true);
  Value centered = b.sub(x, mean);
  Value variance = b.mean(b.mul(centered, centered), dims, /*keepDim=*/true);
  Value rstd = b.create<AtenRsqrtOp>({b.addScalar(variance, eps)});
  return {b.mul(centered, rstd), mean, rstd};
}

/// A per-channel vector as a tensor that broadcasts against [N, C, ...].
Value alongChannels(TensorBuilder &b, Value vector, int64_t rank) {
  for (int64_t dim = 2; dim < rank; ++dim)
    vector = b.unsqueeze(vector, -1);
  return vector;
}

/// weight * x + bias, both optional.
Value affine(TensorBuilder &b, Value x, Value weight, Value bias) {
  if (weight)
    x = b.mul(x, weight);
  if (bias)
    x = b.add(x, bias);
  return x;
}

/// Dimensions 2, 3, ... rank - 1, after `first`.
SmallVector<int64_t> dimsFrom(int64_t first, int64_t rank) {
  return llvm::to_vector(llvm::seq<int64_t>(first, rank));
}

/// The `Tensor?` operands that a pattern needs, or a reason why not.
template <size_t count>
FailureOr<std::array<Value, count>>
getOptionals(PatternRewriter &rewriter, Operation *op,
             std::array<Value, count> operands) {
  for (Value &operand : operands) {
    std::optional<Value> tensor = getOptionalTensor(operand);
    if (!tensor)
      return rewriter.notifyMatchFailure(
          op, "an optional operand is not known to be None or a tensor");
    operand = *tensor;
  }
  return operands;
}

/// batch_norm: y = (x - mean[c]) / sqrt(var[c] + eps) * weight[c] + bias[c].
/// With the running statistics it is one multiplication and one addition:
///   scale = weight * rsqrt(var + eps);  y = x * scale + (bias - mean * scale)
/// Training uses the batch's statistics; what it does to the running ones is
/// not a value, so only the form without them is a formula.
/// Gives the result, the mean and the rstd that it used.
FailureOr<std::array<Value, 3>>
normalizeBatch(PatternRewriter &rewriter, Operation *op, Value x, Value weight,
               Value bias, Value runningMean, Value runningVar, Value training,
               Value eps) {
  auto optionals =
      getOptionals<4>(rewriter, op, {weight, bias, runningMean, runningVar});
  if (failed(optionals))
    return failure();
  std::tie(weight, bias, runningMean, runningVar) = std::tuple_cat(*optionals);
  std::optional<int64_t> rank = getRank(x);
  Type dtype = getDtype(x);
  if (!rank || *rank < 2 || !dtype)
    return rewriter.notifyMatchFailure(op, "rank or dtype is not known");
  std::optional<bool> isTraining = getConstantBool(training);
  if (!isTraining)
    return rewriter.notifyMatchFailure(op, "training is not a constant");

  TensorBuilder b(rewriter, op->getLoc());
  Type wide = getAccumulationDtype(dtype);
  auto widen = [&](Value value) {
    return value ? b.toDtype(value, wide) : value;
  };
  weight = widen(weight), bias = widen(bias);
  if (!*isTraining && runningMean && runningVar) {
    Value mean = widen(runningMean);
    Value rstd = b.create<AtenRsqrtOp>({b.addScalar(widen(runningVar), eps)});
    Value scale = weight ? b.mul(rstd, weight) : rstd;
    Value shift = b.mul(mean, scale);
    shift = bias ? b.sub(bias, shift) : b.create<AtenNegOp>({shift});
    Value scaled = b.mul(widen(x), alongChannels(b, scale, *rank));
    Value y = b.add(scaled, alongChannels(b, shift, *rank));
    return std::array<Value, 3>{b.toDtype(y, dtype), mean, rstd};
  }
  if (runningMean || runningVar)
    return rewriter.notifyMatchFailure(
        op, "training updates the running statistics, which is not a value");
  SmallVector<int64_t> dims{0};
  llvm::append_range(dims, dimsFrom(2, *rank));
  Normalized result = normalize(b, widen(x), dims, eps);
  if (weight)
    weight = alongChannels(b, weight, *rank);
  if (bias)
    bias = alongChannels(b, bias, *rank);
  Value y = affine(b, result.value, weight, bias);
  Value channels = b.intList({b.size(x, 1)});
  return std::array<Value, 3>{b.toDtype(y, dtype),
                              b.create<AtenReshapeOp>({result.mean, channels}),
                              b.create<AtenReshapeOp>({result.rstd, channels})};
}

struct BatchNormDecomposition : OpRewritePattern<AtenBatchNormOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenBatchNormOp op,
                                PatternRewriter &rewriter) const override {
    auto results = normalizeBatch(
        rewriter, op, op.getInput(), op.getWeight(), op.getBias(),
        op.getRunningMean(), op.getRunningVar(), op.getTraining(), op.getEps());
    if (failed(results))
      return failure();
    TensorBuilder(rewriter, op.getLoc()).replace(op, results->front());
    return success();
  }
};

/// native_batch_norm also gives the batch's statistics; empty in evaluation.
struct NativeBatchNormDecomposition : OpRewritePattern<AtenNativeBatchNormOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenNativeBatchNormOp op,
                                PatternRewriter &rewriter) const override {
    auto results = normalizeBatch(
        rewriter, op, op.getInput(), op.getWeight(), op.getBias(),
        op.getRunningMean(), op.getRunningVar(), op.getTraining(), op.getEps());
    if (failed(results))
      return failure();
    TensorBuilder b(rewriter, op.getLoc());
    if (getConstantBool(op.getTraining()) == false) {
      Type dtype = getDtype((*results)[1]);
      (*results)[1] = b.zeros({b.constant(int64_t(0))}, dtype);
      (*results)[2] = b.zeros({b.constant(int64_t(0))}, dtype);
    }
    b.replace(op, *results);
    return success();
  }
};

/// layer_norm: the last k dimensions normalized together,
///   y = (x - mean) / sqrt(var + eps) * weight + bias
FailureOr<std::array<Value, 3>>
normalizeLayer(PatternRewriter &rewriter, Operation *op, Value x,
               Value normalizedShape, Value weight, Value bias, Value eps) {
  auto optionals = getOptionals<2>(rewriter, op, {weight, bias});
  if (failed(optionals))
    return failure();
  std::tie(weight, bias) = std::tuple_cat(*optionals);
  std::optional<SmallVector<int64_t>> shape = getIntList(normalizedShape);
  std::optional<int64_t> rank = getRank(x);
  Type dtype = getDtype(x);
  if (!shape || !rank || !dtype)
    return rewriter.notifyMatchFailure(op, "rank or dtype is not known");
  int64_t count = shape->size();
  if (count < 1 || count > *rank)
    return rewriter.notifyMatchFailure(
        op, "normalized_shape has more dimensions than the input");

  TensorBuilder b(rewriter, op->getLoc());
  Type wide = getAccumulationDtype(dtype);
  Normalized result =
      normalize(b, b.toDtype(x, wide), dimsFrom(*rank - count, *rank), eps);
  Value y = affine(b, result.value, weight ? b.toDtype(weight, wide) : Value(),
                   bias ? b.toDtype(bias, wide) : Value());
  return std::array<Value, 3>{b.toDtype(y, dtype), result.mean, result.rstd};
}

struct LayerNormDecomposition : OpRewritePattern<AtenLayerNormOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenLayerNormOp op,
                                PatternRewriter &rewriter) const override {
    auto results =
        normalizeLayer(rewriter, op, op.getInput(), op.getNormalizedShape(),
                       op.getWeight(), op.getBias(), op.getEps());
    if (failed(results))
      return failure();
    TensorBuilder(rewriter, op.getLoc()).replace(op, results->front());
    return success();
  }
};

/// native_layer_norm also gives the mean and the rstd, in float32 for half
/// precision.
struct NativeLayerNormDecomposition : OpRewritePattern<AtenNativeLayerNormOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenNativeLayerNormOp op,
                                PatternRewriter &rewriter) const override {
    auto results =
        normalizeLayer(rewriter, op, op.getInput(), op.getNormalizedShape(),
                       op.getWeight(), op.getBias(), op.getEps());
    if (failed(results))
      return failure();
    TensorBuilder(rewriter, op.getLoc()).replace(op, *results);
    return success();
  }
};

/// rms_norm: y = x * rsqrt(mean(x^2) + eps) * weight over the last k
/// dimensions; eps defaults to the dtype's epsilon.
struct RmsNormDecomposition : OpRewritePattern<AtenRmsNormOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenRmsNormOp op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getInput();
    std::optional<Value> weight = getOptionalTensor(op.getWeight());
    std::optional<SmallVector<int64_t>> shape =
        getIntList(op.getNormalizedShape());
    std::optional<int64_t> rank = getRank(x);
    auto dtype = dyn_cast_if_present<FloatType>(getDtype(x));
    if (!weight || !shape || !rank || !dtype ||
        static_cast<int64_t>(shape->size()) > *rank)
      return rewriter.notifyMatchFailure(op, "operands are not known enough");
    TensorBuilder b(rewriter, op.getLoc());
    Type wide = getAccumulationDtype(dtype);
    Value eps = op.getEps();
    if (isNone(eps))
      // 2^(1 - precision) of the dtype that is computed in.
      eps = b.constant(std::ldexp(
          1.0, 1 - static_cast<int>(llvm::APFloat::semanticsPrecision(
                       cast<FloatType>(wide).getFloatSemantics()))));
    Value input = b.toDtype(x, wide);
    Value square = b.mean(b.mul(input, input),
                          dimsFrom(*rank - shape->size(), *rank), true);
    Value y = b.mul(input, b.create<AtenRsqrtOp>({b.addScalar(square, eps)}));
    if (*weight)
      y = b.mul(y, b.toDtype(*weight, wide));
    b.replace(op, b.toDtype(y, dtype));
    return success();
  }
};

/// group_norm: the C channels in groups, each normalized together with all
/// later dimensions, then scaled by channel. [N, C, *] -> [N, G, C/G * *].
FailureOr<std::array<Value, 3>> normalizeGroups(PatternRewriter &rewriter,
                                                Operation *op, Value x,
                                                Value groups, Value weight,
                                                Value bias, Value eps) {
  auto optionals = getOptionals<2>(rewriter, op, {weight, bias});
  if (failed(optionals))
    return failure();
  std::tie(weight, bias) = std::tuple_cat(*optionals);
  std::optional<int64_t> rank = getRank(x);
  Type dtype = getDtype(x);
  if (!rank || *rank < 2 || !dtype)
    return rewriter.notifyMatchFailure(op, "rank or dtype is not known");
  TensorBuilder b(rewriter, op->getLoc());
  Type wide = getAccumulationDtype(dtype);
  SmallVector<Value> sizes = b.sizes(x);
  Value rest = b.floorDivInt(sizes[1], groups);
  for (int64_t dim = 2; dim < *rank; ++dim)
    rest = b.mulInt(rest, sizes[dim]);
  Value grouped = b.reshape(b.toDtype(x, wide), {sizes[0], groups, rest});
  Normalized result = normalize(b, grouped, {2}, eps);
  Value y = b.reshape(result.value, sizes);
  auto channels = [&](Value v) {
    return v ? alongChannels(b, b.toDtype(v, wide), *rank) : v;
  };
  y = affine(b, y, channels(weight), channels(bias));
  return std::array<Value, 3>{b.toDtype(y, dtype), b.squeeze(result.mean, 2),
                              b.squeeze(result.rstd, 2)};
}

struct GroupNormDecomposition : OpRewritePattern<AtenGroupNormOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenGroupNormOp op,
                                PatternRewriter &rewriter) const override {
    auto results =
        normalizeGroups(rewriter, op, op.getInput(), op.getNumGroups(),
                        op.getWeight(), op.getBias(), op.getEps());
    if (failed(results))
      return failure();
    TensorBuilder(rewriter, op.getLoc()).replace(op, results->front());
    return success();
  }
};

/// instance_norm with the input's statistics is group_norm of C groups; with
/// the running ones it is batch_norm in evaluation.
struct InstanceNormDecomposition : OpRewritePattern<AtenInstanceNormOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenInstanceNormOp op,
                                PatternRewriter &rewriter) const override {
    TensorBuilder b(rewriter, op.getLoc());
    std::optional<bool> useInput = getConstantBool(op.getUseInputStats());
    if (!useInput)
      return rewriter.notifyMatchFailure(op,
                                         "use_input_stats is not a constant");
    if (!*useInput) {
      b.replace(op,
                b.create<AtenBatchNormOp>(
                    {op.getInput(), op.getWeight(), op.getBias(),
                     op.getRunningMean(), op.getRunningVar(), b.constant(false),
                     op.getMomentum(), op.getEps(), op.getCudnnEnabled()}));
      return success();
    }
    if (!isNone(op.getRunningMean()) || !isNone(op.getRunningVar()))
      return rewriter.notifyMatchFailure(
          op, "it updates the running statistics, which is not a value");
    if (!getRank(op.getInput()) || *getRank(op.getInput()) < 2)
      return rewriter.notifyMatchFailure(op, "the rank is not known");
    auto results =
        normalizeGroups(rewriter, op, op.getInput(), b.size(op.getInput(), 1),
                        op.getWeight(), op.getBias(), op.getEps());
    if (failed(results))
      return failure();
    b.replace(op, results->front());
    return success();
  }
};

} // namespace

void populateNormalizationDecompositions(RewritePatternSet &patterns) {
  patterns.add<BatchNormDecomposition, NativeBatchNormDecomposition,
               LayerNormDecomposition, NativeLayerNormDecomposition,
               RmsNormDecomposition, GroupNormDecomposition,
               InstanceNormDecomposition>(patterns.getContext());
}

} // namespace minitorch::mt
