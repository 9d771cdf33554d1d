//===- Strided.cpp - as_strided and resize as indexing ----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"
#include "TensorBuilder.h"

using namespace mlir;

// mt-functionalize gave these operators the tensor that lies in memory in the
// order of its sizes.

namespace minitorch::mt {
namespace {

/// offset + sum_i index[i] * strides[i], for every index below `sizes`
FailureOr<Value> getPositions(TensorBuilder &b, Value sizeList,
                              Value strideList, Value offset) {
  std::optional<SmallVector<Value>> sizes = getListElements(sizeList);
  std::optional<SmallVector<Value>> strides = getListElements(strideList);
  if (!sizes || !strides || sizes->size() != strides->size())
    return failure();
  Type i64 = b.getRewriter().getI64Type();
  if (isNone(offset))
    offset = b.constant(int64_t(0));
  Value positions = b.full({}, offset, i64);
  int64_t rank = sizes->size();
  for (int64_t dim = 0; dim < rank; ++dim) {
    Value steps = b.mulScalar(b.arange((*sizes)[dim], i64), (*strides)[dim]);
    for (int64_t i = dim + 1; i < rank; ++i)
      steps = b.unsqueeze(steps, -1);
    positions = b.add(positions, steps);
  }
  return positions;
}

FormulaResult asStridedCopy(TensorBuilder &b, ValueRange in) {
  if (!getDtype(in[0]) || !getRank(in[0]))
    return std::nullopt;
  FailureOr<Value> positions = getPositions(b, in[1], in[2], in[3]);
  if (failed(positions))
    return std::nullopt;
  return {{b.create<AtenTakeOp>({in[0], *positions})}};
}

FormulaResult asStridedScatter(TensorBuilder &b, ValueRange in) {
  if (!getDtype(in[0]) || !getRank(in[0]))
    return std::nullopt;
  FailureOr<Value> positions = getPositions(b, in[2], in[3], in[4]);
  if (failed(positions))
    return std::nullopt;
  return {{b.call("aten::put", {in[0], *positions, in[1], b.constant(false)})}};
}

/// The first elements of `x` in order, as many as there are, and then any.
FormulaResult resizeTo(TensorBuilder &b, Value x, ValueRange sizes) {
  if (!getDtype(x) || !getRank(x))
    return std::nullopt;
  Value count = b.constant(int64_t(1)), given = count;
  for (Value size : b.sizes(x))
    given = b.mulInt(given, size);
  for (Value size : sizes)
    count = b.mulInt(count, size);
  Value missing = b.maxInt(b.subInt(count, given), b.constant(int64_t(0)));
  Value all = b.cat(
      {b.reshape(x, b.constant(int64_t(-1))), b.zeros(missing, getDtype(x))},
      0);
  Value taken = b.narrow(all, 0, b.constant(int64_t(0)), count);
  return {{b.reshape(taken, sizes)}};
}

FormulaResult resize(TensorBuilder &b, ValueRange in) {
  std::optional<SmallVector<Value>> sizes = getListElements(in[1]);
  return sizes ? resizeTo(b, in[0], *sizes) : std::nullopt;
}

FormulaResult resizeAs(TensorBuilder &b, ValueRange in) {
  if (!getRank(in[1]))
    return std::nullopt;
  return resizeTo(b, in[0], b.sizes(in[1]));
}

constexpr NamedFormula formulas[] = {
    {"aten::as_strided", asStridedCopy},
    {"aten::as_strided_copy", asStridedCopy},
    {"aten::as_strided_scatter", asStridedScatter},
    {"aten::resize", resize},
    {"aten::resize_as", resizeAs},
};

} // namespace

void populateStridedDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
}

} // namespace minitorch::mt
