//===- Reduction.cpp - Type rules of reductions and softmax -----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operands.h"

using namespace mlir;

namespace minitorch::mt::type_rules {

namespace {
/// The dimensions that a reduction's operand names.
struct ReducedDims {
  /// All of them: None, and, for most reductions, an empty list.
  bool all = false;
  /// Whether `dims` are known; if not, how many there are, or -1.
  bool known = true;
  int64_t count = -1;
  Sizes dims;
};
} // namespace

/// Reads operand `name`, an int or a list of ints or None. Sets no `dims` if
/// the rank is unknown.
static FailureOr<ReducedDims> getReducedDims(const TypeRuleContext &context,
                                             StringRef name,
                                             const TensorShape &self,
                                             bool emptyMeansAll = true) {
  ReducedDims reduced;
  if (isNone(context, name)) {
    reduced.all = true;
    return reduced;
  }
  std::optional<Sizes> dims = getInts(context, name);
  if (!dims) {
    reduced.known = false;
    return reduced;
  }
  if (dims->empty() && emptyMeansAll) {
    reduced.all = true;
    return reduced;
  }
  reduced.count = dims->size();
  reduced.known = self.hasRank;
  for (int64_t dim : *dims) {
    if (isDynamic(dim) || !self.hasRank) {
      reduced.known = false;
      continue;
    }
    std::optional<int64_t> wrapped = wrapDim(dim, self.getRank());
    if (!wrapped)
      return failDim(context, dim, self.getRank());
    if (llvm::is_contained(reduced.dims, *wrapped))
      return context.fail("dim " + Twine(*wrapped) +
                          " appears multiple times in the list of dims");
    reduced.dims.push_back(*wrapped);
  }
  return reduced;
}

/// The shape of `self` without `reduced`, or with ones in their places.
static TensorShape getReducedShape(const TensorShape &self,
                                   const ReducedDims &reduced,
                                   std::optional<bool> keepdim, Type dtype) {
  if (self.hasRank && self.getRank() == 0)
    return TensorShape(ArrayRef<int64_t>(), dtype);
  if (reduced.all && keepdim == false)
    return TensorShape(ArrayRef<int64_t>(), dtype);
  if (!self.hasRank)
    return getUnranked(dtype);
  if (!keepdim)
    return reduced.known && !reduced.all && reduced.dims.empty()
               ? TensorShape(self.sizes, dtype)
               : getUnranked(dtype);
  if (reduced.all)
    return TensorShape(Sizes(self.getRank(), 1), dtype);
  if (!reduced.known) {
    if (*keepdim)
      return getDynamic(self.getRank(), dtype);
    if (reduced.count >= 0 && reduced.count <= self.getRank())
      return getDynamic(self.getRank() - reduced.count, dtype);
    return getUnranked(dtype);
  }
  Sizes sizes;
  for (auto [i, size] : llvm::enumerate(self.sizes)) {
    if (!llvm::is_contained(reduced.dims, static_cast<int64_t>(i)))
      sizes.push_back(size);
    else if (*keepdim)
      sizes.push_back(1);
  }
  return TensorShape(sizes, dtype);
}

static LogicalResult setAll(const TypeRuleContext &context, Type dtype) {
  return context.setResult(ArrayRef<int64_t>(), dtype);
}

/// A result reduced over the operand `dim`, with the operand `keepdim`.
static LogicalResult setReduced(const TypeRuleContext &context, Type dtype,
                                bool emptyMeansAll = true) {
  TensorShape self = context.getTensor(0);
  FailureOr<ReducedDims> reduced =
      getReducedDims(context, "dim", self, emptyMeansAll);
  if (failed(reduced))
    return failure();
  return context.setResult(
      getReducedShape(self, *reduced, getFlag(context, "keepdim"), dtype));
}

//===----------------------------------------------------------------------===//
// Result dtypes
//===----------------------------------------------------------------------===//

/// Sums of integers and bools are int64 unless the operand `dtype` is given.
static Type getSumDtype(const TypeRuleContext &context) {
  Type dtype = context.getTensor(0).dtype;
  return getDtype(
      context, isa_and_nonnull<IntegerType>(dtype) ? getInt64(context) : dtype);
}

static Type toRealDtype(Type dtype) {
  if (auto complex = dyn_cast_or_null<ComplexType>(dtype))
    return complex.getElementType();
  return dtype;
}

/// `any` and `all` are bool, but for uint8.
static Type getLogicalDtype(const TypeRuleContext &context) {
  Type dtype = context.getTensor(0).dtype;
  if (!dtype)
    return dtype;
  return dtype.isUnsignedInteger(8) ? dtype : getBool(context);
}

/// Fails for a mean of integers without a dtype to take it in.
static LogicalResult checkMeanDtype(const TypeRuleContext &context) {
  Type dtype = getDtype(context, context.getTensor(0).dtype);
  if (isa_and_nonnull<IntegerType>(dtype) &&
      getSchemaName(context).starts_with("aten::mean"))
    return context.fail("the mean of an integer or bool tensor needs a "
                        "floating point dtype");
  return success();
}

//===----------------------------------------------------------------------===//
// Rules
//===----------------------------------------------------------------------===//

LogicalResult sumAll(const TypeRuleContext &context) {
  return setAll(context, getSumDtype(context));
}

LogicalResult sumDims(const TypeRuleContext &context) {
  return setReduced(context, getSumDtype(context));
}

LogicalResult meanAll(const TypeRuleContext &context) {
  if (failed(checkMeanDtype(context)))
    return failure();
  return setAll(context,
                toFloatDtype(getDtype(context, context.getTensor(0).dtype)));
}

LogicalResult meanDims(const TypeRuleContext &context) {
  if (failed(checkMeanDtype(context)))
    return failure();
  return setReduced(
      context, toFloatDtype(getDtype(context, context.getTensor(0).dtype)));
}

LogicalResult varAll(const TypeRuleContext &context) {
  return setAll(context, toRealDtype(context.getTensor(0).dtype));
}

LogicalResult varDims(const TypeRuleContext &context) {
  return setReduced(context, toRealDtype(context.getTensor(0).dtype));
}

LogicalResult reduceDims(const TypeRuleContext &context) {
  return setReduced(context, context.getTensor(0).dtype);
}

LogicalResult reduceAllSame(const TypeRuleContext &context) {
  return setAll(context, context.getTensor(0).dtype);
}

LogicalResult reduceWithIndices(const TypeRuleContext &context) {
  if (failed(setReduced(context, context.getTensor(0).dtype)))
    return failure();
  return setReduced(context, getInt64(context));
}

LogicalResult argReduce(const TypeRuleContext &context) {
  return setReduced(context, getInt64(context));
}

LogicalResult boolAll(const TypeRuleContext &context) {
  return setAll(context, getLogicalDtype(context));
}

LogicalResult boolDim(const TypeRuleContext &context) {
  return setReduced(context, getLogicalDtype(context));
}

// An empty list of dimensions reduces nothing here.
LogicalResult boolDims(const TypeRuleContext &context) {
  return setReduced(context, getLogicalDtype(context),
                    /*emptyMeansAll=*/false);
}

LogicalResult cumulative(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (self.hasRank && failed(getDim(context, "dim", self.getRank())))
    return failure();
  return setResult(context, self, getSumDtype(context));
}

LogicalResult vectorNorm(const TypeRuleContext &context) {
  return setReduced(context,
                    toRealDtype(getDtype(context, context.getTensor(0).dtype)));
}

LogicalResult normAll(const TypeRuleContext &context) {
  return setAll(context,
                toRealDtype(getDtype(context, context.getTensor(0).dtype)));
}

LogicalResult normDims(const TypeRuleContext &context) {
  return setReduced(context,
                    toRealDtype(getDtype(context, context.getTensor(0).dtype)));
}

LogicalResult softmax(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (self.hasRank && failed(getDim(context, "dim", self.getRank())))
    return failure();
  return setResult(context, self, getDtype(context, self.dtype));
}

LogicalResult softmaxHalf(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (self.hasRank && failed(getDim(context, "dim", self.getRank())))
    return failure();
  std::optional<bool> halfToFloat = getFlag(context, "half_to_float");
  if (!halfToFloat)
    self.dtype = Type();
  else if (*halfToFloat)
    self.dtype = getDefaultDtype(context);
  return context.setResult(self);
}

} // namespace minitorch::mt::type_rules
