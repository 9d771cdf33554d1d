//===- Normalization.cpp - Type rules of norms and attention ----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operands.h"

using namespace mlir;

namespace minitorch::mt::type_rules {

/// The dtype of statistics: of half precision, float32 where a parameter has
/// another dtype than the input. Null where that is not known.
static Type getStatisticsDtype(const TypeRuleContext &context, Type input) {
  if (!input || (!input.isF16() && !input.isBF16()))
    return input;
  for (StringRef name : {"weight", "bias", "running_mean", "running_var"}) {
    Value parameter = context.getOperand(name);
    if (!parameter || mt::isNone(parameter))
      continue;
    Type dtype = getTensor(context, name).dtype;
    if (!dtype)
      return Type();
    if (dtype != input)
      return Float32Type::get(context.getContext());
  }
  return input;
}

// (normalized, mean, rstd): the statistics have ones for normalized sizes.
LogicalResult nativeLayerNorm(const TypeRuleContext &context) {
  TensorShape input = context.getTensor(0);
  if (failed(context.setResult(input)))
    return failure();
  std::optional<Sizes> normalized = getInts(context, "normalized_shape");
  TensorShape statistics =
      getUnranked(getStatisticsDtype(context, input.dtype));
  if (input.hasRank && normalized) {
    int64_t count = normalized->size();
    if (count > input.getRank())
      return context.fail("normalized_shape " + describe(*normalized) +
                          " does not fit an input of shape " + describe(input));
    for (int64_t i = 0; i < count; ++i) {
      int64_t size = input.sizes[input.getRank() - count + i];
      if (!mergeSize(size, (*normalized)[i]))
        return context.fail("Given normalized_shape=" + describe(*normalized) +
                            ", expected input with shape [*, " +
                            StringRef(describe(*normalized)).drop_front() +
                            ", but got input of size" + describe(input));
    }
    statistics = TensorShape(input.sizes, statistics.dtype);
    std::fill(statistics.sizes.end() - count, statistics.sizes.end(), 1);
  }
  if (failed(context.setResult(statistics)))
    return failure();
  return context.setResult(statistics);
}

/// (normalized, mean, invstd): the statistics are per channel while training
/// and empty otherwise. A vector may come if it has no elements.
static LogicalResult setBatchNorm(const TypeRuleContext &context,
                                  std::optional<bool> training) {
  TensorShape input = context.getTensor(0);
  bool isVector = input.hasRank && input.getRank() == 1;
  if (input.hasRank && input.getRank() < 2 &&
      !(isVector && (input.sizes[0] == 0 || input.sizes[0] == kDynamic)))
    return context.fail("batch norm takes a tensor of at least rank 2; got "
                        "shape " +
                        describe(input));
  int64_t count = kDynamic;
  if (training)
    count = !*training || isVector ? 0
            : input.hasRank        ? input.sizes[1]
                                   : kDynamic;
  Type dtype = getStatisticsDtype(context, input.dtype);
  if (failed(context.setResult(input)) ||
      failed(context.setResult({count}, dtype)))
    return failure();
  return context.setResult({count}, dtype);
}

LogicalResult nativeBatchNorm(const TypeRuleContext &context) {
  return setBatchNorm(context, getFlag(context, "training"));
}

// The statistics are the input's where there are no running ones.
LogicalResult batchNormNoStatistics(const TypeRuleContext &context) {
  return setBatchNorm(context, true);
}

LogicalResult batchNormEvaluation(const TypeRuleContext &context) {
  return setBatchNorm(context, false);
}

/// What the running statistics become.
static LogicalResult setMovedStatistics(const TypeRuleContext &context) {
  if (failed(context.setResult(getTensor(context, "running_mean"))))
    return failure();
  return context.setResult(getTensor(context, "running_var"));
}

LogicalResult batchNormFunctional(const TypeRuleContext &context) {
  if (failed(nativeBatchNorm(context)))
    return failure();
  return setMovedStatistics(context);
}

// With a reserve for the gradient, which is empty on a CPU.
LogicalResult batchNormWithUpdate(const TypeRuleContext &context) {
  Type byte = IntegerType::get(context.getContext(), 8, IntegerType::Unsigned);
  if (failed(setBatchNorm(context, true)) ||
      failed(context.setResult({0}, byte)))
    return failure();
  return setMovedStatistics(context);
}

// (normalized, mean, rstd): a value for each group of each sample.
LogicalResult nativeGroupNorm(const TypeRuleContext &context) {
  TensorShape input = context.getTensor(0);
  Type dtype = getStatisticsDtype(context, input.dtype);
  Sizes sizes{getInt(context, "N"), getInt(context, "group")};
  if (failed(context.setResult(input)) ||
      failed(context.setResult(sizes, dtype)))
    return failure();
  return context.setResult(sizes, dtype);
}

// softmax(query @ key.T) @ value: [..., L, E], [..., S, E], [..., S, Ev].
LogicalResult attention(const TypeRuleContext &context) {
  TensorShape query = context.getTensor(0), key = context.getTensor(1);
  TensorShape value = context.getTensor(2);
  for (const TensorShape &tensor : {query, key, value})
    if (tensor.hasRank && tensor.getRank() < 2)
      return context.fail("attention takes tensors of at least rank 2; got "
                          "shape " +
                          describe(tensor));
  if (query.hasRank && key.hasRank) {
    int64_t width = query.sizes.back();
    if (!mergeSize(width, key.sizes.back()))
      return context.fail("attention's query " + describe(query) + " and key " +
                          describe(key) + " differ in their last size");
  }
  if (key.hasRank && value.hasRank) {
    int64_t length = key.sizes[key.getRank() - 2];
    if (!mergeSize(length, value.sizes[value.getRank() - 2]))
      return context.fail("attention's key " + describe(key) + " and value " +
                          describe(value) + " differ in their length");
  }
  if (!query.hasRank || !value.hasRank)
    return context.setResult(getUnranked(query.dtype));
  auto getBatch = [](const TensorShape &tensor) {
    if (!tensor.hasRank)
      return TensorShape();
    return TensorShape(ArrayRef<int64_t>(tensor.sizes).drop_back(2), Type());
  };
  // With grouped heads the key's heads repeat to the query's.
  TensorShape batch = getBatch(query);
  if (getFlag(context, "enable_gqa") == false) {
    for (const TensorShape &tensor : {key, value}) {
      FailureOr<TensorShape> both = broadcastShapes(batch, getBatch(tensor));
      if (failed(both))
        return context.fail("the batches of attention's query " +
                            describe(query) + " and " + describe(tensor) +
                            " do not broadcast");
      batch = *both;
    }
  }
  if (!batch.hasRank)
    return context.setResult(getUnranked(query.dtype));
  batch.sizes.push_back(query.sizes[query.getRank() - 2]);
  batch.sizes.push_back(value.sizes.back());
  return context.setResult(batch.sizes, query.dtype);
}

// _native_multi_head_attention: the output has the query's shape; the weights
// are of every head, or of their average, or None.
LogicalResult multiHeadAttention(const TypeRuleContext &context) {
  TensorShape query = context.getTensor(0), key = context.getTensor(1);
  for (TensorShape *tensor : {&query, &key}) {
    if (!tensor->hasRank)
      *tensor = getDynamic(3, tensor->dtype);
    if (tensor->getRank() != 3)
      return context.fail(
          "expected a batch of sequences of rank 3; got shape " +
          describe(*tensor));
  }
  if (failed(context.setResult(query)))
    return failure();
  std::optional<bool> needsWeights = getFlag(context, "need_weights");
  std::optional<bool> areAveraged = getFlag(context, "average_attn_weights");
  if (needsWeights == false)
    return context.setType(mt::NoneType::get(context.getContext()));
  if (!needsWeights || !areAveraged)
    return context.setResult(getUnranked(query.dtype));
  Sizes sizes{query.sizes[0], query.sizes[1], key.sizes[1]};
  if (!*areAveraged)
    sizes.insert(sizes.begin() + 1, getInt(context, "num_head"));
  return context.setResult(sizes, query.dtype);
}

// The weight, and the norms that it was divided by, in float32 for half
// precision.
LogicalResult weightNorm(const TypeRuleContext &context) {
  TensorShape norms = context.getTensor(1);
  if (isa_and_nonnull<Float16Type, BFloat16Type>(norms.dtype))
    norms.dtype = Float32Type::get(context.getContext());
  if (failed(context.setResult(context.getTensor(0))))
    return failure();
  return context.setResult(norms);
}

} // namespace minitorch::mt::type_rules
