//===- Normalization.cpp - Normalization by its formulas --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

// Half precision inputs are normalized in float32, as PyTorch's kernels do; the
// result has the input's dtype.
// Source: the "Normalization Layers" section of PyTorch's torch.nn page.

namespace minitorch::mt {
namespace {

/// (x - mean) * rsqrt(var + eps) over `dims`, with the biased variance.
struct Normalized {
  Value value, mean, rstd, variance;
};
/// Where there is a dtype `rounded`, mean and rstd are rounded to it before
/// they are used.
Normalized normalize(TensorBuilder &b, Value x, ArrayRef<int64_t> dims,
                     Value eps, Type rounded = Type()) {
  Value mean = b.mean(x, dims, /*keepDim=*/true);
  Value centered = b.sub(x, mean);
  Value variance = b.mean(b.mul(centered, centered), dims, /*keepDim=*/true);
  Value rstd = b.create<AtenRsqrtOp>({b.addScalar(variance, eps)});
  Type dtype = getDtype(x);
  if (!rounded || rounded == dtype)
    return {b.mul(centered, rstd), mean, rstd, variance};
  auto round = [&](Value v) { return b.toDtype(b.toDtype(v, rounded), dtype); };
  return {b.mul(b.sub(x, round(mean)), round(rstd)), mean, rstd, variance};
}

/// A per-channel vector as a tensor that broadcasts against [N, C, ...].
Value alongChannels(TensorBuilder &b, Value vector, int64_t rank) {
  for (int64_t dim = 2; dim < rank; ++dim)
    vector = b.unsqueeze(vector, -1);
  return vector;
}

Type getByte(TensorBuilder &b) {
  return IntegerType::get(b.getRewriter().getContext(), 8,
                          IntegerType::Unsigned);
}

/// The dtype of statistics that are results: of half precision, float32 where a
/// parameter (or null) has another dtype than `x`.
Type getStatisticsDtype(Value x, ArrayRef<Value> parameters) {
  Type dtype = getDtype(x);
  for (Value parameter : parameters)
    if (parameter && getDtype(parameter) != dtype)
      return getAccumulationDtype(dtype);
  return dtype;
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
  return llvm::to_vector(llvm::seq<int64_t>(first, std::max(first, rank)));
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

/// What a batch normalization used, a value a channel.
struct BatchNorm {
  Value value, mean, rstd;
  /// The biased variance; null with the running statistics.
  Value variance;
};

/// y = (x - mean[c]) / sqrt(var[c] + eps) * weight[c] + bias[c], with the
/// batch's statistics where there are no running ones.
/// With the running statistics it is one multiplication and one addition:
///   scale = weight * rsqrt(var + eps);  y = x * scale + (bias - mean * scale)
/// The batch's statistics are rounded to `statistics` before they are used.
std::optional<BatchNorm> normalizeBatch(TensorBuilder &b, Value x, Value weight,
                                        Value bias, Value runningMean,
                                        Value runningVar, Value eps,
                                        Type statistics) {
  std::optional<int64_t> rank = getRank(x);
  Type dtype = getDtype(x);
  if (!rank || *rank < 2 || !isa_and_present<FloatType>(dtype))
    return std::nullopt;
  Type wide = getAccumulationDtype(dtype);
  auto widen = [&](Value value) {
    return value ? b.toDtype(value, wide) : value;
  };
  weight = widen(weight), bias = widen(bias);
  if (runningMean && runningVar) {
    Value mean = widen(runningMean);
    Value rstd = b.create<AtenRsqrtOp>({b.addScalar(widen(runningVar), eps)});
    Value scale = weight ? b.mul(rstd, weight) : rstd;
    Value shift = b.mul(mean, scale);
    shift = bias ? b.sub(bias, shift) : b.create<AtenNegOp>({shift});
    Value scaled = b.mul(widen(x), alongChannels(b, scale, *rank));
    Value y = b.add(scaled, alongChannels(b, shift, *rank));
    return BatchNorm{b.toDtype(y, dtype), mean, rstd, Value()};
  }
  SmallVector<int64_t> dims{0};
  llvm::append_range(dims, dimsFrom(2, *rank));
  Normalized result = normalize(b, widen(x), dims, eps, statistics);
  if (weight)
    weight = alongChannels(b, weight, *rank);
  if (bias)
    bias = alongChannels(b, bias, *rank);
  Value y = affine(b, result.value, weight, bias);
  Value channels = b.intList({b.size(x, 1)});
  auto flatten = [&](Value statistic) {
    return b.create<AtenReshapeOp>({statistic, channels});
  };
  return BatchNorm{b.toDtype(y, dtype), flatten(result.mean),
                   flatten(result.rstd), flatten(result.variance)};
}

/// The operands of the forms of batch_norm that its results depend on.
struct BatchNormOperands {
  Value input, weight, bias, runningMean, runningVar;
  bool isTraining;
  Value eps;
};

std::optional<BatchNormOperands>
readBatchNorm(Value input, Value weight, Value bias, Value runningMean,
              Value runningVar, std::optional<bool> isTraining, Value eps) {
  if (!isTraining)
    return std::nullopt;
  for (Value *operand : {&weight, &bias, &runningMean, &runningVar}) {
    std::optional<Value> tensor = getOptionalTensor(*operand);
    if (!tensor)
      return std::nullopt;
    *operand = *tensor;
  }
  return BatchNormOperands{input,      weight,      bias, runningMean,
                           runningVar, *isTraining, eps};
}

std::optional<BatchNorm> normalizeBatch(TensorBuilder &b,
                                        const BatchNormOperands &in) {
  bool useBatch = in.isTraining || !in.runningMean || !in.runningVar;
  // A vector has no elements, and no channels; the reshape raises otherwise.
  bool isVector = getRank(in.input) == 1;
  Value x = in.input, length = isVector ? b.size(x, 0) : Value();
  if (isVector)
    x = b.reshape(x, {length, b.constant(int64_t(0))});
  std::optional<BatchNorm> norm = normalizeBatch(
      b, x, in.weight, in.bias, useBatch ? Value() : in.runningMean,
      useBatch ? Value() : in.runningVar, in.eps,
      getStatisticsDtype(in.input,
                         {in.weight, in.bias, in.runningMean, in.runningVar}));
  if (norm && isVector)
    norm->value = b.reshape(norm->value, {length});
  return norm;
}

/// The results of native_batch_norm: with the batch's statistics while training
/// and empty ones in evaluation.
FormulaResult getNativeResults(TensorBuilder &b, const BatchNormOperands &in,
                               const BatchNorm &norm) {
  Type dtype = getStatisticsDtype(
      in.input, {in.weight, in.bias, in.runningMean, in.runningVar});
  if (!in.isTraining) {
    Value empty = b.zeros({b.constant(int64_t(0))}, dtype);
    return {{norm.value, empty, empty}};
  }
  return {
      {norm.value, b.toDtype(norm.mean, dtype), b.toDtype(norm.rstd, dtype)}};
}

/// Training moves the running statistics by `momentum` towards the batch's,
/// with the unbiased variance n / (n - 1) * var; a batch of nothing does not.
std::array<Value, 2> moveStatistics(TensorBuilder &b,
                                    const BatchNormOperands &in,
                                    const BatchNorm &norm, Value momentum) {
  if (!in.isTraining)
    return {in.runningMean, in.runningVar};
  Type wide = getDtype(norm.mean);
  Value count = b.size(in.input, 0);
  for (int64_t dim : dimsFrom(2, *getRank(in.input)))
    count = b.mulInt(count, b.size(in.input, dim));
  Value n = b.full({}, count, wide);
  Value unbiased =
      b.mul(norm.variance, b.div(n, b.addScalar(n, b.constant(-1.0))));
  std::optional<int64_t> known = getConstantInt(count);
  Value isBatch;
  if (!known || *known == 0)
    isBatch = b.create<AtenGtScalarOp>({n, b.constant(int64_t(0))});
  auto move = [&](Value running, Value batch) {
    Value old = b.toDtype(running, wide);
    Value rest = b.getRewriter().createOrFold<arith::SubFOp>(
        b.getLoc(), b.constant(1.0), momentum);
    Value moved = b.add(b.mulScalar(batch, momentum), b.mulScalar(old, rest));
    if (isBatch)
      moved = b.create<AtenWhereSelfOp>({isBatch, moved, old});
    return b.toDtype(moved, getDtype(running));
  };
  return {move(in.runningMean, norm.mean), move(in.runningVar, unbiased)};
}

/// batch_norm and native_batch_norm. What training does to the running
/// statistics is not a value: mt-functionalize makes it one.
template <typename OpTy>
struct BatchNormDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    auto in = readBatchNorm(op.getInput(), op.getWeight(), op.getBias(),
                            op.getRunningMean(), op.getRunningVar(),
                            getConstantBool(op.getTraining()), op.getEps());
    if (!in)
      return rewriter.notifyMatchFailure(op, "operands are not known enough");
    if (in->isTraining && (in->runningMean || in->runningVar))
      return rewriter.notifyMatchFailure(
          op, "training updates the running statistics, which is not a value");
    TensorBuilder b(rewriter, op.getLoc());
    std::optional<BatchNorm> norm = normalizeBatch(b, *in);
    if (!norm)
      return rewriter.notifyMatchFailure(op, "rank or dtype is not known");
    FormulaResult results = getNativeResults(b, *in, *norm);
    results->resize(op->getNumResults());
    b.replace(op, *results);
    return success();
  }
};

/// _native_batch_norm_legit_functional: also the moved running statistics.
FormulaResult batchNormFunctional(TensorBuilder &b, ValueRange v) {
  auto in =
      readBatchNorm(v[0], v[1], v[2], v[3], v[4], getConstantBool(v[5]), v[7]);
  if (!in || !in->runningMean || !in->runningVar || !getDtype(v[3]) ||
      !getDtype(v[4]))
    return std::nullopt;
  std::optional<BatchNorm> norm = normalizeBatch(b, *in);
  if (!norm)
    return std::nullopt;
  FormulaResult results = getNativeResults(b, *in, *norm);
  llvm::append_range(*results, moveStatistics(b, *in, *norm, v[6]));
  return results;
}

/// _batch_norm_with_update_functional: in training, and with a reserve that is
/// nothing on a CPU.
FormulaResult batchNormWithUpdate(TensorBuilder &b, ValueRange v) {
  auto in = readBatchNorm(v[0], v[1], v[2], v[3], v[4], true, v[6]);
  if (!in || !in->runningMean || !in->runningVar || !getDtype(v[3]) ||
      !getDtype(v[4]))
    return std::nullopt;
  std::optional<BatchNorm> norm = normalizeBatch(b, *in);
  if (!norm)
    return std::nullopt;
  FormulaResult results = getNativeResults(b, *in, *norm);
  results->push_back(b.zeros({b.constant(int64_t(0))}, getByte(b)));
  llvm::append_range(*results, moveStatistics(b, *in, *norm, v[5]));
  return results;
}

/// _native_batch_norm_legit.no_stats: the batch's statistics.
FormulaResult batchNormNoStatistics(TensorBuilder &b, ValueRange v) {
  Value none = b.none();
  auto in =
      readBatchNorm(v[0], v[1], v[2], none, none, getConstantBool(v[3]), v[5]);
  std::optional<BatchNorm> norm =
      in ? normalizeBatch(b, *in) : std::optional<BatchNorm>();
  if (!norm)
    return std::nullopt;
  in->isTraining = true;
  return getNativeResults(b, *in, *norm);
}

/// _native_batch_norm_legit_no_training, and _batch_norm_no_update with its
/// reserve.
template <bool hasReserve>
FormulaResult batchNormEvaluation(TensorBuilder &b, ValueRange v) {
  auto in = readBatchNorm(v[0], v[1], v[2], v[3], v[4], false, v[6]);
  std::optional<BatchNorm> norm =
      in ? normalizeBatch(b, *in) : std::optional<BatchNorm>();
  if (!norm)
    return std::nullopt;
  FormulaResult results = getNativeResults(b, *in, *norm);
  if (hasReserve)
    results->push_back(b.zeros({b.constant(int64_t(0))}, getByte(b)));
  return results;
}

/// Raises unless the last sizes of `x` are those of `normalizedShape`.
void checkNormalizedShape(TensorBuilder &b, Value x, Value normalizedShape,
                          StringRef prefix) {
  std::optional<SmallVector<Value>> wanted = getListElements(normalizedShape);
  auto shape = TensorShape::of(x.getType());
  if (!wanted)
    return;
  auto describe = [](ArrayRef<int64_t> sizes) {
    std::string text;
    for (int64_t size : sizes)
      text += (text.empty() ? "" : ", ") +
              (ShapedType::isDynamic(size) ? "?" : std::to_string(size));
    return text;
  };
  std::string normalized = describe(*getIntList(normalizedShape));
  std::string message = "Given normalized_shape=[" + normalized +
                        "], expected input with shape [" + prefix.str() +
                        normalized + "], but got input of size[" +
                        describe(shape->sizes) + "]";
  int64_t first = shape->getRank() - static_cast<int64_t>(wanted->size());
  for (auto [i, size] : llvm::enumerate(*wanted)) {
    int64_t dim = first + static_cast<int64_t>(i);
    if (getConstantInt(size) == shape->sizes[dim])
      continue;
    b.raiseUnless(arith::CmpIOp::create(b.getRewriter(), b.getLoc(),
                                        arith::CmpIPredicate::eq,
                                        b.size(x, dim), size),
                  message);
  }
}

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
  checkNormalizedShape(b, x, normalizedShape, "*, ");
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

/// native_layer_norm also gives the mean and the rstd.
struct NativeLayerNormDecomposition : OpRewritePattern<AtenNativeLayerNormOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenNativeLayerNormOp op,
                                PatternRewriter &rewriter) const override {
    auto results =
        normalizeLayer(rewriter, op, op.getInput(), op.getNormalizedShape(),
                       op.getWeight(), op.getBias(), op.getEps());
    if (failed(results))
      return failure();
    TensorBuilder b(rewriter, op.getLoc());
    Type dtype = getStatisticsDtype(
        op.getInput(), {getOptionalTensor(op.getWeight()).value_or(Value()),
                        getOptionalTensor(op.getBias()).value_or(Value())});
    (*results)[1] = b.toDtype((*results)[1], dtype);
    (*results)[2] = b.toDtype((*results)[2], dtype);
    b.replace(op, *results);
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
    Type dtype = getDtype(x);
    if (!weight || !shape || !rank || !dtype || isa<IntegerType>(dtype) ||
        static_cast<int64_t>(shape->size()) > *rank)
      return rewriter.notifyMatchFailure(op, "operands are not known enough");
    TensorBuilder b(rewriter, op.getLoc());
    checkNormalizedShape(b, x, op.getNormalizedShape(), "*");
    Type wide = getAccumulationDtype(dtype);
    auto complex = dyn_cast<ComplexType>(wide);
    auto real = cast<FloatType>(complex ? complex.getElementType() : wide);
    Value eps = op.getEps();
    if (isNone(eps))
      // 2^(1 - precision) of the dtype that is computed in.
      eps = b.constant(std::ldexp(
          1.0, 1 - static_cast<int>(llvm::APFloat::semanticsPrecision(
                       real.getFloatSemantics()))));
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
/// `roundsStatistics` where they have the dtype of results before they are
/// used.
std::optional<std::array<Value, 3>> normalizeGroups(TensorBuilder &b, Value x,
                                                    Value groups, Value weight,
                                                    Value bias, Value eps,
                                                    bool roundsStatistics) {
  for (Value *parameter : {&weight, &bias}) {
    std::optional<Value> tensor = getOptionalTensor(*parameter);
    if (!tensor)
      return std::nullopt;
    *parameter = *tensor;
  }
  std::optional<int64_t> rank = getRank(x);
  Type dtype = getDtype(x);
  if (!rank || *rank < 2 || !dtype)
    return std::nullopt;
  Type wide = getAccumulationDtype(dtype);
  SmallVector<Value> sizes = b.sizes(x);
  Value rest = b.floorDivInt(sizes[1], groups);
  for (int64_t dim = 2; dim < *rank; ++dim)
    rest = b.mulInt(rest, sizes[dim]);
  Value grouped = b.reshape(b.toDtype(x, wide), {sizes[0], groups, rest});
  Type statistics = getStatisticsDtype(x, {weight, bias});
  Normalized result =
      normalize(b, grouped, {2}, eps, roundsStatistics ? statistics : Type());
  Value y = b.reshape(result.value, sizes);
  auto channels = [&](Value v) {
    return v ? alongChannels(b, b.toDtype(v, wide), *rank) : v;
  };
  y = affine(b, y, channels(weight), channels(bias));
  return std::array<Value, 3>{b.toDtype(y, dtype),
                              b.toDtype(b.squeeze(result.mean, 2), statistics),
                              b.toDtype(b.squeeze(result.rstd, 2), statistics)};
}

/// native_group_norm also gives the mean and the rstd of each group.
FormulaResult nativeGroupNorm(TensorBuilder &b, ValueRange in) {
  auto results = normalizeGroups(b, in[0], in[6], in[1], in[2], in[7],
                                 /*roundsStatistics=*/false);
  if (!results)
    return std::nullopt;
  return {{(*results)[0], (*results)[1], (*results)[2]}};
}

struct GroupNormDecomposition : OpRewritePattern<AtenGroupNormOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenGroupNormOp op,
                                PatternRewriter &rewriter) const override {
    TensorBuilder b(rewriter, op.getLoc());
    auto results = normalizeGroups(b, op.getInput(), op.getNumGroups(),
                                   op.getWeight(), op.getBias(), op.getEps(),
                                   /*roundsStatistics=*/false);
    if (!results)
      return rewriter.notifyMatchFailure(op, "operands are not known enough");
    b.replace(op, results->front());
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
    auto results = normalizeGroups(b, op.getInput(), b.size(op.getInput(), 1),
                                   op.getWeight(), op.getBias(), op.getEps(),
                                   /*roundsStatistics=*/true);
    if (!results)
      return rewriter.notifyMatchFailure(op, "operands are not known enough");
    b.replace(op, results->front());
    return success();
  }
};

/// norm_except_dim(v, p, dim): the norm over every dimension but `dim`, of
/// size 1 in the result; over all of them where it is -1.
Value normExcept(TensorBuilder &b, Value v, Value p, int64_t dim) {
  if (dim == -1)
    return b.call("aten::norm.Scalar", {v, p});
  SmallVector<int64_t> dims;
  for (int64_t i = 0, rank = *getRank(v); i < rank; ++i)
    if (i != dim)
      dims.push_back(i);
  // Of no dimensions would be of all.
  if (dims.empty())
    return b.create<AtenAbsOp>({v});
  return b.call("aten::norm.ScalarOpt_dim",
                {v, p, b.intList(dims), b.constant(true)});
}
bool hasNormExcept(Value v, std::optional<int64_t> dim) {
  std::optional<int64_t> rank = getRank(v);
  return rank && isa_and_nonnull<FloatType>(getDtype(v)) && dim && *dim >= -1 &&
         *dim < *rank;
}
FormulaResult normExceptDim(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> dim = getConstantInt(in[2]);
  if (!hasNormExcept(in[0], dim))
    return std::nullopt;
  return {{normExcept(b, in[0], in[1], *dim)}};
}

/// _weight_norm_interface(v, g, dim) = v * g / norm_except_dim(v, 2, dim), and
/// the norm, in float32 for half precision; _weight_norm is the first of them
/// Source: torch.nn.utils.weight_norm's page.
FormulaResult weightNorm(TensorBuilder &b, ValueRange in) {
  Value v = in[0], g = in[1];
  std::optional<int64_t> dim = getConstantInt(in[2]);
  if (!hasNormExcept(v, dim) || !isa_and_nonnull<FloatType>(getDtype(g)))
    return std::nullopt;
  Type wide = getAccumulationDtype(getDtype(v));
  Value x = b.toDtype(v, wide);
  Value norms = normExcept(b, x, b.constant(int64_t(2)), *dim);
  Value scaled = b.mul(x, b.div(b.toDtype(g, wide), norms));
  return {{b.toDtype(scaled, getDtype(v)), norms}};
}
FormulaResult weightNormOnly(TensorBuilder &b, ValueRange in) {
  FormulaResult results = weightNorm(b, in);
  if (results)
    results->pop_back();
  return results;
}

constexpr NamedFormula formulas[] = {
    {"aten::_weight_norm", weightNormOnly},
    {"aten::_weight_norm_interface", weightNorm},
    {"aten::norm_except_dim", normExceptDim},
    {"aten::_batch_norm_no_update", batchNormEvaluation<true>},
    {"aten::_batch_norm_with_update_functional", batchNormWithUpdate},
    {"aten::_native_batch_norm_legit.no_stats", batchNormNoStatistics},
    {"aten::_native_batch_norm_legit_functional", batchNormFunctional},
    {"aten::_native_batch_norm_legit_no_training", batchNormEvaluation<false>},
    {"aten::native_group_norm", nativeGroupNorm},
};

} // namespace

void populateNormalizationDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
  patterns.add<BatchNormDecomposition<AtenBatchNormOp>,
               BatchNormDecomposition<AtenNativeBatchNormOp>,
               LayerNormDecomposition, NativeLayerNormDecomposition,
               RmsNormDecomposition, GroupNormDecomposition,
               InstanceNormDecomposition>(patterns.getContext());
}

} // namespace minitorch::mt
