//===- Pooling.cpp - Type rules of pooling and resampling -------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operands.h"

using namespace mlir;

namespace minitorch::mt::type_rules {

/// Output size of one spatial dimension of a pooling window.
/// Source: the "Shape" section of torch.nn.MaxPool2d; in ceil mode a window
/// must start inside the input or its left padding.
static int64_t getPooledSize(int64_t input, int64_t kernel, int64_t stride,
                             int64_t padding, int64_t dilation,
                             std::optional<bool> ceilMode) {
  if (!llvm::all_of(ArrayRef<int64_t>{input, kernel, stride, padding, dilation},
                    isUsable) ||
      stride <= 0)
    return kDynamic;
  int64_t span = input + 2 * padding - dilation * (kernel - 1) - 1;
  // Rounds towards minus infinity: a kernel larger than its input gives no
  // window, not one.
  auto divideFloor = [](int64_t a, int64_t b) {
    return a >= 0 ? a / b : -((-a + b - 1) / b);
  };
  int64_t floor = divideFloor(span, stride) + 1;
  int64_t ceil = divideFloor(span + stride - 1, stride) + 1;
  if ((ceil - 1) * stride >= input + padding)
    --ceil;
  if (!ceilMode)
    return floor == ceil ? floor : kDynamic;
  return *ceilMode ? ceil : floor;
}

/// The result of a pooling with `count` spatial dimensions; the input may come
/// without a batch.
static FailureOr<TensorShape> getPooled(const TypeRuleContext &context) {
  int64_t count = getSpatialRank(context);
  TensorShape self = context.getTensor(0);
  FailureOr<Sizes> kernel = getWindow(context, "kernel_size", count);
  FailureOr<Sizes> stride = getWindow(context, "stride", count);
  FailureOr<Sizes> padding = getWindow(context, "padding", count);
  if (failed(kernel) || failed(stride) || failed(padding))
    return failure();
  Sizes dilation(count, 1);
  if (context.getOperand("dilation")) {
    FailureOr<Sizes> read = getWindow(context, "dilation", count);
    if (failed(read))
      return failure();
    if (!read->empty())
      dilation = *read;
  }
  if (kernel->empty())
    return context.fail("kernel_size is empty");
  if (stride->empty())
    stride = kernel;
  if (padding->empty())
    padding->assign(count, 0);
  for (const Sizes &sizes : {*kernel, *stride, dilation})
    for (int64_t value : sizes)
      if (!isDynamic(value) && value <= 0)
        return context.fail(
            "kernel_size, stride and dilation must be positive; got " +
            Twine(value));
  for (auto [pad, size] : llvm::zip(*padding, *kernel))
    if (!isDynamic(pad) && !isDynamic(size) && (pad < 0 || pad > size / 2))
      return context.fail("padding must be at most half of kernel_size; got " +
                          Twine(pad) + " and " + Twine(size));
  if (!self.hasRank)
    return self;
  if (self.getRank() != count + 1 && self.getRank() != count + 2)
    return context.fail("the input must have rank " + Twine(count + 1) +
                        " or " + Twine(count + 2) + "; got shape " +
                        describe(self));
  std::optional<bool> ceilMode = getFlag(context, "ceil_mode");
  TensorShape result = self;
  for (int64_t i = 0; i < count; ++i) {
    int64_t &size = result.sizes[self.getRank() - count + i];
    size = getPooledSize(size, (*kernel)[i], (*stride)[i], (*padding)[i],
                         dilation[i], ceilMode);
    if (!isDynamic(size) && size < 1)
      return context.fail("the pooling window " + describe(*kernel) +
                          " is too large for an input of shape " +
                          describe(self));
  }
  return result;
}

LogicalResult pool(const TypeRuleContext &context) {
  FailureOr<TensorShape> result = getPooled(context);
  if (failed(result))
    return failure();
  return context.setResult(*result);
}

LogicalResult poolWithIndices(const TypeRuleContext &context) {
  FailureOr<TensorShape> result = getPooled(context);
  if (failed(result) || failed(context.setResult(*result)))
    return failure();
  return setResult(context, *result, getInt64(context));
}

/// The input with its last sizes replaced by the operand `output_size`.
static FailureOr<TensorShape> getAdapted(const TypeRuleContext &context) {
  int64_t count = getSpatialRank(context);
  TensorShape self = context.getTensor(0);
  FailureOr<Sizes> output = getWindow(context, "output_size", count);
  if (failed(output))
    return failure();
  if (output->empty())
    return context.fail("output_size is empty");
  if (!self.hasRank)
    return self;
  if (self.getRank() != count + 1 && self.getRank() != count + 2)
    return context.fail("the input must have rank " + Twine(count + 1) +
                        " or " + Twine(count + 2) + "; got shape " +
                        describe(self));
  std::copy(output->begin(), output->end(), self.sizes.end() - count);
  return self;
}

LogicalResult adaptivePool(const TypeRuleContext &context) {
  FailureOr<TensorShape> result = getAdapted(context);
  if (failed(result))
    return failure();
  return context.setResult(*result);
}

LogicalResult adaptivePoolIndices(const TypeRuleContext &context) {
  FailureOr<TensorShape> result = getAdapted(context);
  if (failed(result) || failed(context.setResult(*result)))
    return failure();
  return setResult(context, *result, getInt64(context));
}

/// The same, in row-major order whatever the order of its input is.
LogicalResult fractionalPool(const TypeRuleContext &context) {
  return adaptivePoolIndices(context);
}

//===----------------------------------------------------------------------===//
// Upsampling
//===----------------------------------------------------------------------===//

/// The input's batch and channels with `output` as spatial sizes.
static LogicalResult setUpsampled(const TypeRuleContext &context,
                                  ArrayRef<int64_t> output) {
  TensorShape self = context.getTensor(0);
  int64_t rank = output.size() + 2;
  if (self.hasRank && self.getRank() != rank)
    return context.fail("the input must have rank " + Twine(rank) +
                        "; got shape " + describe(self));
  if (!self.hasRank)
    self = getDynamic(rank, self.dtype);
  std::copy(output.begin(), output.end(), self.sizes.begin() + 2);
  return context.setResult(self);
}

LogicalResult upsample(const TypeRuleContext &context) {
  FailureOr<Sizes> output =
      getWindow(context, "output_size", getSpatialRank(context));
  if (failed(output))
    return failure();
  if (output->empty())
    return context.fail("output_size is empty");
  return setUpsampled(context, *output);
}

// The sizes themselves, or factors to multiply the input's by.
LogicalResult upsampleVec(const TypeRuleContext &context) {
  int64_t count = getSpatialRank(context);
  if (!isNone(context, "output_size")) {
    FailureOr<Sizes> output = getWindow(context, "output_size", count);
    if (failed(output))
      return failure();
    // Unless the operand is known not to be None, the factors might count.
    if (output->empty())
      return context.fail("output_size is empty");
    return setUpsampled(context, *output);
  }
  Sizes output(count, kDynamic);
  TensorShape self = context.getTensor(0);
  Value factors = context.getOperand("scale_factors");
  std::optional<llvm::SmallVector<Value>> elements =
      factors ? getListElements(factors) : std::nullopt;
  if (elements && static_cast<int64_t>(elements->size()) != count)
    return context.fail("scale_factors has " + Twine(elements->size()) +
                        " elements; expected " + Twine(count));
  if (elements && self.hasRank && self.getRank() == count + 2) {
    for (int64_t i = 0; i < count; ++i) {
      std::optional<double> factor = getConstantFloat((*elements)[i]);
      int64_t size = self.sizes[2 + i];
      if (!factor || !isUsable(size))
        continue;
      double scaled = static_cast<double>(size) * *factor;
      if (scaled >= 0 && scaled < 2147483648.0)
        output[i] = static_cast<int64_t>(scaled);
    }
  }
  return setUpsampled(context, output);
}

// [N, C, image...] at a grid [N, positions..., point]: [N, C, positions...].
LogicalResult gridSampler(const TypeRuleContext &context) {
  TensorShape input = context.getTensor(0), grid = context.getTensor(1);
  if (!input.hasRank)
    return context.setResult(
        grid.hasRank ? getDynamic(grid.getRank(), input.dtype) : input);
  if (input.getRank() < 3 ||
      (grid.hasRank && grid.getRank() != input.getRank()))
    return context.fail("the input of shape " + describe(input) +
                        " and the grid of shape " + describe(grid) +
                        " must have the same rank, of at least 3");
  TensorShape result = getDynamic(input.getRank(), input.dtype);
  result.sizes[0] = input.sizes[0];
  result.sizes[1] = input.sizes[1];
  if (grid.hasRank) {
    if (!mergeSize(result.sizes[0], grid.sizes[0]))
      return context.fail("the input of shape " + describe(input) +
                          " and the grid of shape " + describe(grid) +
                          " differ in their batch size");
    std::copy(grid.sizes.begin() + 1, grid.sizes.end() - 1,
              result.sizes.begin() + 2);
  }
  return context.setResult(result);
}

// The windows of [N, C, H, W] as columns: [N, C * window, positions].
LogicalResult im2col(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (!self.hasRank)
    return context.setResult(self);
  if (self.getRank() != 3 && self.getRank() != 4)
    return context.fail("the input must have rank 3 or 4; got shape " +
                        describe(self));
  Sizes windows[4];
  StringRef names[] = {"kernel_size", "stride", "padding", "dilation"};
  for (auto [sizes, name] : llvm::zip(windows, names)) {
    FailureOr<Sizes> read = getWindow(context, name, 2);
    if (failed(read))
      return failure();
    if (read->size() != 2)
      return context.fail(name + " is empty");
    sizes = *read;
  }
  auto &[kernel, stride, padding, dilation] = windows;
  int64_t channels = self.getRank() - 3, positions = 1;
  TensorShape result = self;
  result.sizes.pop_back();
  for (int64_t i = 0; i < 2; ++i) {
    result.sizes[channels] = multiplySizes(result.sizes[channels], kernel[i]);
    positions = multiplySizes(
        positions, getPooledSize(self.sizes[channels + 1 + i], kernel[i],
                                 stride[i], padding[i], dilation[i], false));
  }
  result.sizes[channels + 1] = positions;
  return context.setResult(result);
}

// Columns added up to an image: [N, C * window, positions] to [N, C, H, W].
LogicalResult col2im(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  FailureOr<Sizes> output = getWindow(context, "output_size", 2);
  FailureOr<Sizes> kernel = getWindow(context, "kernel_size", 2);
  if (failed(output) || failed(kernel))
    return failure();
  if (output->size() != 2 || kernel->size() != 2)
    return context.fail("output_size or kernel_size is empty");
  if (!self.hasRank)
    return context.setResult(self);
  if (self.getRank() != 2 && self.getRank() != 3)
    return context.fail("the input must have rank 2 or 3; got shape " +
                        describe(self));
  int64_t window = multiplySizes((*kernel)[0], (*kernel)[1]);
  TensorShape result = self;
  result.sizes.pop_back();
  int64_t &channels = result.sizes.back();
  channels = isDynamic(channels) || isDynamic(window) || window <= 0
                 ? kDynamic
                 : channels / window;
  llvm::append_range(result.sizes, *output);
  return context.setResult(result);
}

} // namespace minitorch::mt::type_rules
