//===- Convolution.cpp - Type rules of convolutions -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/DtypeErrors.h"
#include "Operands.h"

using namespace mlir;

namespace minitorch::mt::type_rules {

namespace {
/// A convolution's parameters, one value a spatial dimension.
struct Convolution {
  Sizes stride, padding, dilation, outputPadding;
  int64_t groups = 1;
  std::optional<bool> transposed = false;
};
} // namespace

/// Output size of one spatial dimension.
/// Source: the "Shape" sections of torch.nn.Conv2d and ConvTranspose2d.
static int64_t getOutputSize(const Convolution &conv, size_t i, int64_t input,
                             int64_t kernel) {
  int64_t stride = conv.stride[i], padding = conv.padding[i];
  int64_t dilation = conv.dilation[i];
  int64_t extra = *conv.transposed ? conv.outputPadding[i] : 0;
  if (!llvm::all_of(
          ArrayRef<int64_t>{input, kernel, stride, padding, dilation, extra},
          isUsable))
    return kDynamic;
  if (*conv.transposed)
    return (input - 1) * stride - 2 * padding + dilation * (kernel - 1) +
           extra + 1;
  return (input + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
}

/// Whether the padded input is at least as large as the dilated kernel.
static bool kernelFits(const Convolution &conv, size_t i, int64_t input,
                       int64_t kernel) {
  if (!llvm::all_of(
          ArrayRef<int64_t>{input, kernel, conv.padding[i], conv.dilation[i]},
          isUsable))
    return true;
  return input + 2 * conv.padding[i] >= conv.dilation[i] * (kernel - 1) + 1;
}

/// Sets the result of a convolution with `count` spatial dimensions. The input
/// may come without a batch.
static LogicalResult setConvolution(const TypeRuleContext &context,
                                    const Convolution &conv, int64_t count) {
  TensorShape input = context.getTensor(0), weight = context.getTensor(1);
  Type dtype = input.dtype ? input.dtype : weight.dtype;
  if (input.dtype && weight.dtype && input.dtype != weight.dtype)
    return context.fail("expected the input and the weight to have the same "
                        "dtype, but got " +
                        describeDtypes(input.dtype, weight.dtype));
  if (weight.hasRank && weight.getRank() != count + 2)
    return context.fail("the weight must have rank " + Twine(count + 2) +
                        "; got shape " + describe(weight));
  if (input.hasRank && input.getRank() != count + 2 &&
      input.getRank() != count + 1)
    return context.fail("the input must have rank " + Twine(count + 1) +
                        " or " + Twine(count + 2) + "; got shape " +
                        describe(input));
  for (const Sizes *sizes : {&conv.stride, &conv.dilation})
    for (int64_t value : *sizes)
      if (!isDynamic(value) && value <= 0)
        return context.fail("stride and dilation must be positive; got " +
                            Twine(value));
  if (!isDynamic(conv.groups) && conv.groups <= 0)
    return context.fail("groups must be positive; got " + Twine(conv.groups));
  if (!input.hasRank)
    return context.setResult(getUnranked(dtype));
  if (!weight.hasRank)
    weight = getDynamic(count + 2, dtype);
  if (!conv.transposed) {
    TensorShape result = getDynamic(input.getRank(), dtype);
    if (input.getRank() == count + 2)
      result.sizes[0] = input.sizes[0];
    return context.setResult(result);
  }

  // The weight is [out, in / groups, ...], transposed [in, out / groups, ...].
  int64_t firstSpatial = input.getRank() - count;
  int64_t channels = input.sizes[firstSpatial - 1];
  int64_t expected = *conv.transposed
                         ? weight.sizes[0]
                         : multiplySizes(weight.sizes[1], conv.groups);
  if (!isDynamic(expected) && !isDynamic(channels) && expected != channels)
    return context.fail("the input's shape " + describe(input) + " has " +
                        Twine(channels) + " channels; the weight's, " +
                        describe(weight) + ", expects " + Twine(expected));
  Sizes sizes;
  if (firstSpatial == 2)
    sizes.push_back(input.sizes[0]);
  sizes.push_back(*conv.transposed ? multiplySizes(weight.sizes[1], conv.groups)
                                   : weight.sizes[0]);
  for (int64_t i = 0; i < count; ++i) {
    int64_t in = input.sizes[firstSpatial + i], kernel = weight.sizes[2 + i];
    if (!*conv.transposed && !kernelFits(conv, i, in, kernel))
      return context.fail("the kernel of the weight " + describe(weight) +
                          " is larger than the padded input of shape " +
                          describe(input));
    sizes.push_back(getOutputSize(conv, i, in, kernel));
  }
  return context.setResult(sizes, dtype);
}

/// Reads the parameters that every form of convolution has.
static LogicalResult readConvolution(const TypeRuleContext &context,
                                     int64_t count, Convolution &conv) {
  Type input = context.getTensor(0).dtype;
  for (StringRef name : {"weight", "bias"})
    if (Type dtype = getTensor(context, name).dtype;
        input && dtype && input != dtype)
      return context.fail("Input type (" + getDtypeTypeName(input) + ") and " +
                          name + " type (" + getDtypeTypeName(dtype) +
                          ") should be the same");
  FailureOr<Sizes> stride = getWindow(context, "stride", count);
  FailureOr<Sizes> dilation = getWindow(context, "dilation", count);
  if (failed(stride) || failed(dilation))
    return failure();
  conv.stride = *stride;
  conv.dilation = *dilation;
  conv.padding = conv.outputPadding = Sizes(count, 0);
  conv.groups = getInt(context, "groups");
  for (Sizes *sizes : {&conv.stride, &conv.dilation})
    if (sizes->empty())
      sizes->assign(count, 1);
  return success();
}

static LogicalResult readPadding(const TypeRuleContext &context, int64_t count,
                                 StringRef name, Sizes &padding) {
  FailureOr<Sizes> read = getWindow(context, name, count);
  if (failed(read))
    return failure();
  if (!read->empty())
    padding = *read;
  for (int64_t value : padding)
    if (!isDynamic(value) && value < 0)
      return context.fail(Twine(name) + " must not be negative; got " +
                          Twine(value));
  return success();
}

LogicalResult convolutionNd(const TypeRuleContext &context) {
  int64_t count = getSpatialRank(context);
  Convolution conv;
  if (failed(readConvolution(context, count, conv)) ||
      failed(readPadding(context, count, "padding", conv.padding)))
    return failure();
  return setConvolution(context, conv, count);
}

// padding="valid" pads nothing, "same" so that the sizes stay.
LogicalResult convolutionPaddingMode(const TypeRuleContext &context) {
  int64_t count = getSpatialRank(context);
  Convolution conv;
  if (failed(readConvolution(context, count, conv)))
    return failure();
  std::optional<StringRef> mode = getConstantStr(context.getOperand("padding"));
  if (mode == "valid")
    return setConvolution(context, conv, count);
  if (mode && *mode != "same")
    return context.fail("padding must be 'valid' or 'same'; got '" +
                        Twine(*mode) + "'");
  for (int64_t stride : conv.stride)
    if (mode && !isDynamic(stride) && stride != 1)
      return context.fail("padding='same' needs a stride of 1");
  conv.padding.assign(count, kDynamic);
  llvm::SmallVector<Type> types;
  std::string reason;
  TypeRuleContext inner(context.getOperation(), types, reason);
  if (failed(setConvolution(inner, conv, count)))
    return context.fail(reason);
  TensorShape result = *TensorShape::of(types.front());
  TensorShape input = context.getTensor(0);
  if (mode && result.hasRank)
    for (int64_t i = 1; i <= count; ++i)
      result.sizes[result.getRank() - i] = input.sizes[input.getRank() - i];
  return context.setResult(result);
}

LogicalResult convolution(const TypeRuleContext &context) {
  TensorShape input = context.getTensor(0), weight = context.getTensor(1);
  int64_t count;
  if (weight.hasRank)
    count = weight.getRank() - 2;
  else if (input.hasRank)
    count = input.getRank() - 2;
  else
    return context.setResult(getUnranked(input.dtype));
  if (count < 1)
    return context.fail("a convolution needs a spatial dimension; got an input "
                        "of shape " +
                        describe(input) + " and a weight of shape " +
                        describe(weight));
  Convolution conv;
  if (failed(readConvolution(context, count, conv)) ||
      failed(readPadding(context, count, "padding", conv.padding)) ||
      failed(readPadding(context, count, "output_padding", conv.outputPadding)))
    return failure();
  conv.transposed = getFlag(context, "transposed");
  return setConvolution(context, conv, count);
}

LogicalResult convTranspose(const TypeRuleContext &context) {
  int64_t count = getSpatialRank(context);
  Convolution conv;
  conv.transposed = true;
  if (failed(readConvolution(context, count, conv)) ||
      failed(readPadding(context, count, "padding", conv.padding)) ||
      failed(readPadding(context, count, "output_padding", conv.outputPadding)))
    return failure();
  return setConvolution(context, conv, count);
}

// Time, batch and channels; the kernel's time, channels and the result's ones.
LogicalResult convTbc(const TypeRuleContext &context) {
  TensorShape input = context.getTensor(0), weight = context.getTensor(1);
  TensorShape bias = context.getTensor(2);
  for (const TensorShape *shape : {&input, &weight})
    if (shape->hasRank && shape->getRank() != 3)
      return context.fail(Twine(shape == &input
                                    ? "Input must have 3 dims: time, batch, "
                                      "in_channel"
                                    : "Weight tensor must have 3 dims: "
                                      "kernel_width, in_channels, "
                                      "out_channels."));
  if (!input.hasRank || !weight.hasRank)
    return context.setResult(getDynamic(3, input.dtype));
  if (!mergeSize(input.sizes[2], weight.sizes[1]))
    return context.fail("Input dim 2 (input channels) is not == dim 1 in the "
                        "weight tensor");
  if (bias.hasRank && bias.getRank() == 1 &&
      !mergeSize(weight.sizes[2], bias.sizes[0]))
    return context.fail("Bias size must equal dim 2 in the weight tensor "
                        "(output channels).");
  int64_t pad = getInt(context, "pad"), time = kDynamic;
  if (!isDynamic(pad) && !isDynamic(input.sizes[0]) &&
      !isDynamic(weight.sizes[0]))
    time = std::max<int64_t>(input.sizes[0] + 2 * pad - weight.sizes[0] + 1, 0);
  return context.setResult({time, input.sizes[1], weight.sizes[2]},
                           input.dtype);
}

} // namespace minitorch::mt::type_rules
