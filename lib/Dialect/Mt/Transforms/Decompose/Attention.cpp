//===- Attention.cpp - Scaled dot product attention -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"
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

/// What nn.MultiheadAttention does, as one operator.
struct MultiHeadAttention {
  Value query, key, value;
  Value width, numHeads;
  /// Of query, key and value, one below the other: [3 * width, width].
  Value inWeight, inBias;
  Value outWeight, outBias;
  Value mask, maskType;
};

bool isKnown(const MultiHeadAttention &op) {
  std::optional<Value> mask = getOptionalTensor(op.mask);
  if (!mask || getRank(op.query) != 3 || getRank(op.key) != 3 ||
      getRank(op.value) != 3 || getRank(op.inWeight) != 2 ||
      getRank(op.inBias) != 1 ||
      !isa_and_nonnull<FloatType>(getDtype(op.query)))
    return false;
  if (!*mask)
    return true;
  std::optional<int64_t> type = getConstantInt(op.maskType);
  return getDtype(*mask) && type && *type >= 0 && *type <= 2 &&
         getRank(*mask) == (*type == 2 ? 4 : 2);
}

/// The output, and the weights of every head, [batch, heads, query, key]:
/// softmax(q @ k^T / sqrt(d)) of each head. The mask is true, or not 0, at what
/// is hidden. Its type says what it is over: 0 query and key, 1 batch and key,
/// 2 everything.
/// Source: torch.nn.MultiheadAttention's page, and the meaning that its
/// merge_masks gives the types.
std::pair<Value, Value> attend(TensorBuilder &b, const MultiHeadAttention &op) {
  Value headWidth = b.floorDivInt(op.width, op.numHeads);

  // [batch, heads, length, head width] of query, key and value.
  auto splitHeads = [&](Value x) {
    return b.transpose(
        b.reshape(x, {b.size(x, 0), b.size(x, 1), op.numHeads, headWidth}), 1,
        2);
  };
  Value sources[3] = {op.query, op.key, op.value}, heads[3];
  bool isSelf = op.query == op.key && op.key == op.value;
  Value packed =
      isSelf ? b.create<AtenLinearOp>({op.query, op.inWeight, op.inBias})
             : Value();
  for (auto [i, source] : llvm::enumerate(sources)) {
    Value start = b.mulInt(op.width, b.constant(static_cast<int64_t>(i)));
    heads[i] = splitHeads(
        isSelf ? b.narrow(packed, 2, start, op.width)
               : b.create<AtenLinearOp>(
                     {source, b.narrow(op.inWeight, 0, start, op.width),
                      b.narrow(op.inBias, 0, start, op.width)}));
  }
  auto &[q, k, v] = heads;

  Value scale =
      b.create<AtenRsqrtOp>({b.full({}, headWidth, getDtype(op.query))});
  Value scores =
      b.create<AtenMatmulOp>({b.mul(q, scale), b.transpose(k, -2, -1)});
  if (!isNone(op.mask)) {
    Value hidden =
        b.toDtype(*getOptionalTensor(op.mask), b.getRewriter().getI1Type());
    if (getConstantInt(op.maskType) == 1)
      hidden = b.unsqueeze(b.unsqueeze(hidden, 1), 1);
    scores = b.create<AtenMaskedFillScalarOp>(
        {scores, hidden, b.constant(-std::numeric_limits<double>::infinity())});
  }
  Value weights =
      b.create<AtenSoftmaxIntOp>({scores, b.constant(int64_t(-1)), b.none()});
  Value joined =
      b.reshape(b.transpose(b.create<AtenMatmulOp>({weights, v}), 1, 2),
                {b.size(op.query, 0), b.size(op.query, 1), op.width});
  return {b.create<AtenLinearOp>({joined, op.outWeight, op.outBias}), weights};
}

/// _native_multi_head_attention(query, key, value, embed_dim, num_head,
/// qkv_weight, qkv_bias, proj_weight, proj_bias, mask, need_weights,
/// average_attn_weights, mask_type)
FormulaResult multiHeadAttention(TensorBuilder &b, ValueRange in) {
  std::optional<bool> needsWeights = getConstantBool(in[10]);
  std::optional<bool> areAveraged = getConstantBool(in[11]);
  MultiHeadAttention op{in[0], in[1], in[2], in[3], in[4], in[5],
                        in[6], in[7], in[8], in[9], in[12]};
  if (!needsWeights || !areAveraged || !isKnown(op))
    return std::nullopt;
  auto [output, weights] = attend(b, op);
  if (!*needsWeights)
    weights = b.none();
  else if (*areAveraged)
    weights = b.mean(weights, {1}, /*keepDim=*/false);
  return {{output, weights}};
}

/// _transformer_encoder_layer_fwd(src, embed_dim, num_heads, qkv_weight,
/// qkv_bias, proj_weight, proj_bias, use_gelu, norm_first, eps, norm_weight_1,
/// norm_bias_1, norm_weight_2, norm_bias_2, ffn_weight_1, ffn_bias_1,
/// ffn_weight_2, ffn_bias_2, mask, mask_type): attention and a feed forward
/// network, each with a residual and normalized before or after.
/// Source: torch.nn.TransformerEncoderLayer's forward.
FormulaResult encoderLayer(TensorBuilder &b, ValueRange in) {
  std::optional<bool> usesGelu = getConstantBool(in[7]);
  std::optional<bool> normsFirst = getConstantBool(in[8]);
  MultiHeadAttention attention{in[0], in[0], in[0], in[1],  in[2], in[3],
                               in[4], in[5], in[6], in[18], in[19]};
  if (!usesGelu || !normsFirst || !isKnown(attention))
    return std::nullopt;
  auto norm = [&](Value x, Value weight, Value bias) {
    return b.create<AtenLayerNormOp>(
        {x, b.intList({in[1]}), weight, bias, in[9], b.constant(false)});
  };
  auto residual = [&](Value x, Value weight, Value bias,
                      llvm::function_ref<Value(Value)> function) {
    Value y = b.add(x, function(*normsFirst ? norm(x, weight, bias) : x));
    return *normsFirst ? y : norm(y, weight, bias);
  };
  Value x = residual(in[0], in[10], in[11], [&](Value x) {
    attention.query = attention.key = attention.value = x;
    return attend(b, attention).first;
  });
  return {{residual(x, in[12], in[13], [&](Value x) {
    Value y = b.create<AtenLinearOp>({x, in[14], in[15]});
    Value none = ConstantStrOp::create(b.getRewriter(), b.getLoc(),
                                       StrType::get(x.getContext()), "none");
    y = *usesGelu ? b.create<AtenGeluOp>({y, none}) : b.create<AtenReluOp>({y});
    return b.create<AtenLinearOp>({y, in[16], in[17]});
  })}};
}

/// Whether the true elements of each row come first.
FormulaResult isLeftAligned(TensorBuilder &b, ValueRange in) {
  Value mask = in[1];
  if (getRank(mask) != 2 || !getDtype(mask))
    return std::nullopt;
  Type i64 = b.getRewriter().getI64Type();
  Value bits = b.toDtype(mask, b.getRewriter().getI1Type());
  Value counts = b.sum(b.toDtype(bits, i64), {1}, /*keepDim=*/true);
  Value places = b.unsqueeze(b.arange(b.size(mask, 1), i64), 0);
  Value first = b.create<AtenLtTensorOp>({places, counts});
  Value same = b.create<AtenEqTensorOp>({bits, first});
  return {{b.itemBool(b.create<AtenAllOp>({same}))}};
}

constexpr NamedFormula formulas[] = {
    {"aten::_native_multi_head_attention", multiHeadAttention},
    {"aten::_nested_tensor_from_mask_left_aligned", isLeftAligned},
    {"aten::_transformer_encoder_layer_fwd", encoderLayer},
};

} // namespace

void populateAttentionDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
  patterns.add<AttentionDecomposition>(patterns.getContext());
}

} // namespace minitorch::mt
