//===- Convolution.cpp - Every convolution as aten::convolution -*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "TensorBuilder.h"

using namespace mlir;

// One canonical form reaches the conversion: aten::convolution of a batched
// input with two or three spatial dimensions, not transposed, with one int a
// spatial dimension.

namespace minitorch::mt {
namespace {

struct ConvolutionParameters {
  SmallVector<int64_t> stride, padding, dilation, outputPadding;
  bool transposed = false;
  Value groups;
};

/// The convolution of a batched input; 1-d by 2-d, transposed by the ordinary
/// one.
Value convolve(TensorBuilder &b, Value input, Value weight, Value bias,
               ConvolutionParameters p);

/// A transposed convolution is the ordinary one of the input with stride - 1
/// zeros between elements, by the weight turned around, where
/// padding' = dilation * (kernel - 1) - padding.
/// Source: "A guide to convolution arithmetic for deep learning", section 4.6.
Value convolveTransposed(TensorBuilder &b, Value input, Value weight,
                         Value bias, const ConvolutionParameters &p) {
  int64_t count = p.stride.size();
  Type dtype = getDtype(input);
  Value zero = b.constant(int64_t(0)), one = b.constant(int64_t(1));

  // The weight [I, O / G, k...] -> [O, I / G, k...], flipped.
  SmallVector<int64_t> spatial =
      llvm::to_vector(llvm::seq<int64_t>(2, 2 + count));
  SmallVector<Value> sizes = b.sizes(weight);
  Value flipped = b.create<AtenFlipOp>({weight, b.intList(spatial)});
  if (getConstantInt(p.groups) == 1) {
    flipped = b.transpose(flipped, 0, 1);
  } else {
    Value perGroup = b.floorDivInt(sizes[0], p.groups);
    SmallVector<Value> grouped{p.groups, perGroup, sizes[1]};
    grouped.append(sizes.begin() + 2, sizes.end());
    SmallVector<Value> joined{b.mulInt(p.groups, sizes[1]), perGroup};
    joined.append(sizes.begin() + 2, sizes.end());
    flipped = b.reshape(b.transpose(b.reshape(flipped, grouped), 1, 2), joined);
  }

  // The input with its zeros: room for every tap, then written in strides.
  // size' = (size - 1) * stride + 1 + low + high
  SmallVector<Value> roomSizes{b.size(input, 0), b.size(input, 1)};
  SmallVector<Value> starts, ends;
  SmallVector<std::pair<Value, Value>> crops;
  bool needsCrop = false;
  for (int64_t i = 0; i < count; ++i) {
    Value reach =
        b.mulInt(b.constant(p.dilation[i]), b.subInt(sizes[2 + i], one));
    Value low = b.subInt(reach, b.constant(p.padding[i]));
    Value high = b.addInt(low, b.constant(p.outputPadding[i]));
    // A padding larger than the kernel's reach crops instead.
    Value lowRoom = b.maxInt(low, zero), highRoom = b.maxInt(high, zero);
    Value extent = b.addInt(
        b.mulInt(b.subInt(b.size(input, 2 + i), one), b.constant(p.stride[i])),
        one);
    Value total = b.addInt(extent, b.addInt(lowRoom, highRoom));
    roomSizes.push_back(total);
    starts.push_back(lowRoom);
    ends.push_back(b.addInt(lowRoom, extent));
    Value cropLow = b.subInt(lowRoom, low);
    Value cropHigh = b.subInt(highRoom, high);
    crops.push_back({cropLow, b.subInt(total, cropHigh)});
    needsCrop |= getConstantInt(cropLow) != 0 || getConstantInt(cropHigh) != 0;
  }
  // One dimension after the other: a strided write covers one.
  Value stuffed = input;
  for (int64_t i = 0; i < count; ++i) {
    SmallVector<Value> partSizes = b.sizes(stuffed);
    partSizes[2 + i] = roomSizes[2 + i];
    stuffed = b.sliceScatter(b.zeros(partSizes, dtype), stuffed, 2 + i,
                             starts[i], ends[i], p.stride[i]);
  }
  if (needsCrop)
    for (int64_t i = 0; i < count; ++i)
      stuffed = b.slice(stuffed, 2 + i, crops[i].first, crops[i].second);

  ConvolutionParameters ordinary;
  ordinary.stride.assign(count, 1);
  ordinary.padding.assign(count, 0);
  ordinary.outputPadding.assign(count, 0);
  ordinary.dilation = p.dilation;
  ordinary.groups = p.groups;
  return convolve(b, stuffed, flipped, bias, ordinary);
}

Value convolve(TensorBuilder &b, Value input, Value weight, Value bias,
               ConvolutionParameters p) {
  if (p.transposed)
    return convolveTransposed(b, input, weight, bias, p);
  bool isFlat = p.stride.size() == 1;
  if (isFlat) {
    // [N, C, W] is [N, C, 1, W].
    input = b.unsqueeze(input, 2);
    weight = b.unsqueeze(weight, 2);
    p.stride.insert(p.stride.begin(), 1);
    p.padding.insert(p.padding.begin(), 0);
    p.dilation.insert(p.dilation.begin(), 1);
  }
  SmallVector<int64_t> outputPadding(p.stride.size(), 0);
  Value result = b.create<AtenConvolutionOp>(
      {input, weight, bias, b.intList(p.stride), b.intList(p.padding),
       b.intList(p.dilation), b.constant(false), b.intList(outputPadding),
       p.groups});
  return isFlat ? b.squeeze(result, 2) : result;
}

/// Replaces `op`, whose input may lack the batch dimension.
LogicalResult replaceConvolution(PatternRewriter &rewriter, Operation *op,
                                 Value input, Value weight, Value bias,
                                 Value stride, Value padding, Value dilation,
                                 bool transposed, Value outputPadding,
                                 Value groups) {
  std::optional<int64_t> rank = getRank(input), weightRank = getRank(weight);
  if (!weightRank || !rank || *weightRank < 3 || *weightRank > 5)
    return rewriter.notifyMatchFailure(op,
                                       "ranks are not known, or not 3 to 5");
  unsigned count = *weightRank - 2;
  if (*rank != *weightRank && *rank != *weightRank - 1)
    return rewriter.notifyMatchFailure(
        op, "the ranks of input and weight do not match");
  auto strides = getInts(stride, count), paddings = getInts(padding, count),
       dilations = getInts(dilation, count);
  auto outputPaddings = outputPadding
                            ? getInts(outputPadding, count)
                            : std::optional(SmallVector<int64_t>(count, 0));
  if (!strides || !paddings || !dilations || !outputPaddings)
    return rewriter.notifyMatchFailure(
        op, "stride, padding or dilation is not constant");
  TensorBuilder b(rewriter, op->getLoc());
  bool isBatched = *rank == *weightRank;
  if (!isBatched)
    input = b.unsqueeze(input, 0);
  ConvolutionParameters p{*strides,        *paddings,  *dilations,
                          *outputPaddings, transposed, groups};
  Value result = convolve(b, input, weight, bias, p);
  b.replace(op, isBatched ? result : b.squeeze(result, 0));
  return success();
}

/// conv1d, conv2d, conv3d
template <typename OpTy> struct ConvNdDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    return replaceConvolution(rewriter, op, op.getInput(), op.getWeight(),
                              op.getBias(), op.getStride(), op.getPadding(),
                              op.getDilation(), /*transposed=*/false, Value(),
                              op.getGroups());
  }
};

/// conv1d.padding, conv2d.padding: "valid" pads nothing; "same" pads
/// dilation * (kernel - 1), the odd one at the end.
template <typename OpTy>
struct ConvPaddingModeDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    Value input = op.getInput(), weight = op.getWeight();
    std::optional<StringRef> mode = getConstantStr(op.getPadding());
    std::optional<int64_t> weightRank = getRank(weight);
    if (!mode || (*mode != "valid" && *mode != "same") || !weightRank ||
        *weightRank < 3)
      return rewriter.notifyMatchFailure(op, "mode or rank is not known");
    int64_t count = *weightRank - 2;
    auto dilations = getInts(op.getDilation(), count);
    if (!dilations)
      return rewriter.notifyMatchFailure(op, "dilation is not constant");
    TensorBuilder b(rewriter, op.getLoc());
    SmallVector<int64_t> padding(count, 0), rest;
    if (*mode == "same") {
      for (int64_t i = 0; i < count; ++i) {
        std::optional<int64_t> kernel = getStaticSize(weight, 2 + i);
        if (!kernel)
          return rewriter.notifyMatchFailure(op, "the kernel size is dynamic");
        int64_t total = (*dilations)[i] * (*kernel - 1);
        padding[i] = total / 2;
        // constant_pad_nd counts from the last dimension.
        rest.insert(rest.begin(), {0, total % 2});
      }
      if (llvm::any_of(rest, [](int64_t size) { return size != 0; }))
        input = b.create<AtenConstantPadNdOp>(
            {input, b.intList(rest), b.constant(0.0)});
    }
    return replaceConvolution(rewriter, op, input, weight, op.getBias(),
                              op.getStride(), b.intList(padding),
                              op.getDilation(), /*transposed=*/false, Value(),
                              op.getGroups());
  }
};

/// conv_transpose1d, conv_transpose2d
template <typename OpTy>
struct ConvTransposeDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    return replaceConvolution(rewriter, op, op.getInput(), op.getWeight(),
                              op.getBias(), op.getStride(), op.getPadding(),
                              op.getDilation(), /*transposed=*/true,
                              op.getOutputPadding(), op.getGroups());
  }
};

/// _convolution, and convolution in a form that is not the canonical one.
template <typename OpTy>
struct ConvolutionDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    std::optional<bool> transposed = getConstantBool(op.getTransposed());
    if (!transposed)
      return rewriter.notifyMatchFailure(op, "transposed is not a constant");
    if constexpr (std::is_same_v<OpTy, AtenConvolutionOp>) {
      std::optional<int64_t> rank = getRank(op.getInput());
      std::optional<int64_t> weightRank = getRank(op.getWeight());
      if (!*transposed && rank == weightRank && rank.value_or(0) > 3)
        return rewriter.notifyMatchFailure(op, "it is canonical");
    }
    return replaceConvolution(rewriter, op, op.getInput(), op.getWeight(),
                              op.getBias(), op.getStride(), op.getPadding(),
                              op.getDilation(), *transposed,
                              op.getOutputPadding(), op.getGroups());
  }
};

} // namespace

void populateConvolutionDecompositions(RewritePatternSet &patterns) {
  patterns
      .add<ConvNdDecomposition<AtenConv1dOp>, ConvNdDecomposition<AtenConv2dOp>,
           ConvNdDecomposition<AtenConv3dOp>,
           ConvPaddingModeDecomposition<AtenConv1dPaddingOp>,
           ConvPaddingModeDecomposition<AtenConv2dPaddingOp>,
           ConvTransposeDecomposition<AtenConvTranspose1dOp>,
           ConvTransposeDecomposition<AtenConvTranspose2dInputOp>,
           ConvolutionDecomposition<AtenConvolutionOp>,
           ConvolutionDecomposition<AtenPrivConvolutionOp>,
           ConvolutionDecomposition<AtenPrivConvolutionDeprecatedOp>>(
          patterns.getContext());
}

} // namespace minitorch::mt
