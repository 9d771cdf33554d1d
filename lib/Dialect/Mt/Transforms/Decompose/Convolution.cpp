//===- Convolution.cpp - Every convolution as aten::convolution -*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"

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

/// A convolution whose input may lack the batch dimension; nothing where its
/// operands are not known enough.
FormulaResult createConvolution(TensorBuilder &b, Value input, Value weight,
                                Value bias, Value stride, Value padding,
                                Value dilation, bool transposed,
                                Value outputPadding, Value groups) {
  std::optional<int64_t> rank = getRank(input), weightRank = getRank(weight);
  if (!weightRank || !rank || *weightRank < 3 || *weightRank > 5)
    return std::nullopt;
  unsigned count = *weightRank - 2;
  if (*rank != *weightRank && *rank != *weightRank - 1)
    return std::nullopt;
  auto strides = getInts(stride, count), paddings = getInts(padding, count),
       dilations = getInts(dilation, count);
  auto outputPaddings = outputPadding
                            ? getInts(outputPadding, count)
                            : std::optional(SmallVector<int64_t>(count, 0));
  if (!strides || !paddings || !dilations || !outputPaddings)
    return std::nullopt;
  bool isBatched = *rank == *weightRank;
  if (!isBatched)
    input = b.unsqueeze(input, 0);
  ConvolutionParameters p{*strides,        *paddings,  *dilations,
                          *outputPaddings, transposed, groups};
  Value result = convolve(b, input, weight, bias, p);
  return {{isBatched ? result : b.squeeze(result, 0)}};
}

// (input, weight, bias, stride, padding, dilation, groups)
FormulaResult convNd(TensorBuilder &b, ValueRange in) {
  return createConvolution(b, in[0], in[1], in[2], in[3], in[4], in[5],
                           /*transposed=*/false, Value(), in[6]);
}

// (input, weight, bias, stride, padding, output_padding, groups, dilation)
FormulaResult convTranspose(TensorBuilder &b, ValueRange in) {
  return createConvolution(b, in[0], in[1], in[2], in[3], in[4], in[7],
                           /*transposed=*/true, in[5], in[6]);
}

/// padding="valid" pads nothing; "same" pads dilation * (kernel - 1), the odd
/// one at the end. (input, weight, bias, stride, padding, dilation, groups)
FormulaResult convPaddingMode(TensorBuilder &b, ValueRange in) {
  Value input = in[0], weight = in[1];
  std::optional<StringRef> mode = getConstantStr(in[4]);
  std::optional<int64_t> rank = getRank(weight);
  if (!mode || (*mode != "valid" && *mode != "same") || !rank || *rank < 3 ||
      !getRank(input))
    return std::nullopt;
  int64_t count = *rank - 2;
  auto dilations = getInts(in[5], count);
  if (!dilations)
    return std::nullopt;
  SmallVector<int64_t> padding(count, 0);
  if (*mode == "same") {
    // What is the same at both sides of a static kernel is the convolution's
    // padding.
    Value zero = b.constant(int64_t(0)), one = b.constant(int64_t(1));
    SmallVector<Value> rest;
    for (int64_t i = 0; i < count; ++i) {
      Value total = b.mulInt(b.constant((*dilations)[i]),
                             b.subInt(b.size(weight, 2 + i), one));
      Value low = b.floorDivInt(total, b.constant(int64_t(2)));
      Value high = b.subInt(total, low);
      if (std::optional<int64_t> both = getConstantInt(low)) {
        padding[i] = *both;
        high = b.subInt(high, low);
        low = zero;
      }
      // constant_pad_nd counts from the last dimension.
      rest.insert(rest.begin(), {low, high});
    }
    if (llvm::any_of(rest, [](Value v) { return getConstantInt(v) != 0; })) {
      Value fill = isa_and_present<FloatType>(getDtype(input))
                       ? b.constant(0.0)
                       : b.constant(int64_t(0));
      input = b.create<AtenConstantPadNdOp>({input, b.intList(rest), fill});
    }
  }
  return createConvolution(b, input, weight, in[2], in[3], b.intList(padding),
                           in[5], /*transposed=*/false, Value(), in[6]);
}

// (input, weight, bias, stride, padding, dilation, transposed, output_padding,
// groups, ...)
FormulaResult convolution(TensorBuilder &b, ValueRange in) {
  std::optional<bool> transposed = getConstantBool(in[6]);
  if (!transposed)
    return std::nullopt;
  return createConvolution(b, in[0], in[1], in[2], in[3], in[4], in[5],
                           *transposed, in[7], in[8]);
}

/// convolution in a form that is not the canonical one.
FormulaResult convolutionToCanonical(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> rank = getRank(in[0]), weightRank = getRank(in[1]);
  if (getConstantBool(in[6]) == false && rank == weightRank &&
      rank.value_or(0) > 3)
    return std::nullopt;
  return convolution(b, in);
}

/// conv_tbc: conv1d where time is the first dim, batch the second. (input,
/// weight [kernel, channels, results], bias, pad)
FormulaResult convOfTimes(TensorBuilder &b, ValueRange in) {
  if (getRank(in[0]) != 3 || getRank(in[1]) != 3)
    return std::nullopt;
  Value one = b.constant(int64_t(1)), zero = b.constant(int64_t(0));
  FormulaResult result = createConvolution(
      b, b.permute(in[0], {1, 2, 0}), b.permute(in[1], {2, 1, 0}), in[2],
      b.intList(ValueRange{one}), b.intList(ValueRange{in[3]}),
      b.intList(ValueRange{one}), /*transposed=*/false,
      b.intList(ValueRange{zero}), one);
  if (!result)
    return std::nullopt;
  return {{b.permute(result->front(), {2, 0, 1})}};
}

constexpr NamedFormula formulas[] = {
    {"aten::_convolution", convolution},
    {"aten::_convolution.deprecated", convolution},
    {"aten::_convolution_mode", convPaddingMode},
    {"aten::conv1d", convNd},
    {"aten::conv1d.padding", convPaddingMode},
    {"aten::conv2d", convNd},
    {"aten::conv2d.padding", convPaddingMode},
    {"aten::conv3d", convNd},
    {"aten::conv3d.padding", convPaddingMode},
    {"aten::conv_tbc", convOfTimes},
    {"aten::conv_transpose1d", convTranspose},
    {"aten::conv_transpose2d.input", convTranspose},
    {"aten::conv_transpose3d.input", convTranspose},
    {"aten::convolution", convolutionToCanonical},
};

} // namespace

void populateConvolutionDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
}

} // namespace minitorch::mt
