//===- Scatter.cpp - Scatters along a dim -----------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Indexing.h"
#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "Patterns.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace minitorch;
using namespace minitorch::detail;

static void checkNoLarger(const AtenLowering &l, OpFoldResult size,
                          OpFoldResult limit, const Twine &message) {
  if (areSizesEqual(size, limit))
    return;
  l.check(arith::CmpIOp::create(l.b, l.loc, arith::CmpIPredicate::sle,
                                toIndex(l.b, l.loc, size),
                                toIndex(l.b, l.loc, limit)),
          "RuntimeError", message);
}

/// An operand's element, cast to the dtype of `m`; or the number itself.
static Value getElement(const ScalarMath &m, DtypedValue operand,
                        ValueRange indices) {
  Value value = operand.value;
  if (operand.isTensor())
    value = tensor::ExtractOp::create(
        m.b, m.loc, value, operand.getRank() == 0 ? ValueRange() : indices);
  return m.cast(value, operand.dtype);
}

/// How a scatter joins an element with what is in its place.
using Join = Value (*)(const ScalarMath &, Value there, Value value);

static Value replaceElement(const ScalarMath &, Value, Value value) {
  return value;
}
static Value addElement(const ScalarMath &m, Value there, Value value) {
  return m.add(there, value);
}

static FailureOr<Join> getJoin(const AtenLowering &l) {
  if (l.getName().ends_with("_add"))
    return Join(addElement);
  if (!l.get("reduce"))
    return Join(replaceElement);
  std::optional<StringRef> reduce = l.getStr("reduce");
  if (!reduce)
    return l.fail("'reduce' is not a constant");
  if (l.get("include_self") && l.getBool("include_self") != true)
    return l.fail("'include_self' is not a constant");
  bool isOrdered = !isa<ComplexType>(l.get("self").dtype);
  auto join =
      llvm::StringSwitch<Join>(*reduce)
          .Cases({"add", "sum"}, addElement)
          .Cases({"multiply", "prod"}, [](const ScalarMath &m, Value x,
                                          Value y) { return m.mul(x, y); })
          .Default(nullptr);
  if (isOrdered && *reduce == "amax")
    join = [](const ScalarMath &m, Value x, Value y) { return m.max(x, y); };
  if (isOrdered && *reduce == "amin")
    join = [](const ScalarMath &m, Value x, Value y) { return m.min(x, y); };
  if (!join)
    return l.fail("no formula for this 'reduce'");
  return join;
}

/// `tensor` with `value` put at `place`.
static Value joinElement(const ScalarMath &m, Join join, Value tensor,
                         ValueRange place, Value value) {
  if (join != replaceElement)
    value =
        join(m, tensor::ExtractOp::create(m.b, m.loc, tensor, place), value);
  return tensor::InsertOp::create(m.b, m.loc, value, tensor, place);
}

/// Scalars as tensors of one element.
static void flattenScalars(const AtenLowering &l,
                           ArrayRef<DtypedValue *> operands) {
  for (DtypedValue *operand : operands)
    if (operand->isTensor() && operand->getRank() == 0)
      operand->value = flatten(l.b, l.loc, operand->value);
}

/// scatter, scatter_add, scatter_reduce:
/// self[index[i, j], j] (+)= src[i, j] for dim 0, in order.
static LogicalResult lowerScatter(const AtenLowering &l) {
  DtypedValue self = l.get("self"), index = l.get("index");
  DtypedValue src = l.get("src") ? l.get("src") : l.get("value");
  FailureOr<int64_t> dim = l.getDim("dim", self.getRank());
  FailureOr<Join> join = getJoin(l);
  if (failed(dim) || failed(join))
    return failure();
  bool isScalar = self.getRank() == 0;
  flattenScalars(l, {&self, &index, &src});
  int64_t rank = self.getRank();
  OpBuilder &b = l.b;
  if (index.getRank() != rank || (src.isTensor() && src.getRank() != rank)) {
    checkEmpty(l, index, "self and src");
    return l.replace(isScalar ? dropUnitDims(b, l.loc, self.value, 0)
                              : self.value);
  }
  SmallVector<OpFoldResult> sizes = getSizes(b, l.loc, index.value);
  for (int64_t other = 0; other < rank; ++other) {
    if (other != *dim)
      checkNoLarger(l, sizes[other], getSize(b, l.loc, self.value, other),
                    "Expected index to be no larger than self apart from "
                    "dimension " +
                        Twine(*dim));
    if (src.isTensor())
      checkNoLarger(l, sizes[other], getSize(b, l.loc, src.value, other),
                    "Expected index to be no larger size than src");
  }
  OpFoldResult limit = getSize(b, l.loc, self.value, *dim);
  checkIndices(l, index, limit, /*allowNegative=*/false,
               "index {} is out of bounds for dimension " + Twine(*dim) +
                   " with size {}");
  Value result =
      createLoopNest(
          b, l.loc, sizes, self.value,
          [&](OpBuilder &nested, ValueRange indices, ValueRange carried) {
            ScalarMath m(nested, l.loc, self.dtype);
            SmallVector<Value> place(indices);
            place[*dim] = toOffset(
                nested, l.loc,
                tensor::ExtractOp::create(nested, l.loc, index.value, indices),
                index.dtype, limit);
            return SmallVector<Value>{joinElement(m, *join, carried[0], place,
                                                  getElement(m, src, indices))};
          })
          .front();
  return l.replace(isScalar ? dropUnitDims(b, l.loc, result, 0) : result);
}

/// index_add, index_copy, index_fill, index_reduce: whole slices,
/// self[index[i], j] (+)= source[i, j] for dim 0, in order.
static LogicalResult lowerIndexSlices(const AtenLowering &l) {
  DtypedValue self = l.get("self"), index = l.get("index");
  DtypedValue source = l.get("source") ? l.get("source") : l.get("value");
  FailureOr<int64_t> dim = l.getDim("dim", self.getRank());
  FailureOr<Join> join = getJoin(l);
  if (failed(dim) || failed(join))
    return failure();
  bool isFill = l.getName() == "index_fill";
  bool isScalar = self.getRank() == 0;
  flattenScalars(l, {&self, &index});
  if (!isFill)
    flattenScalars(l, &source);
  int64_t rank = self.getRank();
  if (index.getRank() != 1 || (!isFill && source.getRank() != rank))
    return l.fail("index, source and self have unexpected ranks");
  OpBuilder &b = l.b;
  SmallVector<OpFoldResult> sizes = getSizes(b, l.loc, self.value);
  OpFoldResult limit = sizes[*dim];
  sizes[*dim] = getSize(b, l.loc, index.value, 0);
  if (!isFill)
    for (int64_t other = 0; other < rank; ++other)
      l.check(createSizesEqual(b, l.loc, sizes[other],
                               getSize(b, l.loc, source.value, other)),
              "RuntimeError",
              l.getName() + "(): source has another size than self and index "
                            "have");
  // PyTorch's kernels differ.
  std::string prefix =
      l.getName() == "index_copy" ? "index_copy_(): index {}" : "index {}";
  if (rank == 1 && !isFill && l.getName() != "index_copy")
    checkIndices(l, index, limit, /*allowNegative=*/false,
                 "index out of range in self");
  else
    checkIndices(l, index, limit, /*allowNegative=*/isFill,
                 prefix + " is out of bounds for dimension " + Twine(*dim) +
                     " with size {}");
  Value result =
      createLoopNest(
          b, l.loc, sizes, self.value,
          [&](OpBuilder &nested, ValueRange indices, ValueRange carried) {
            ScalarMath m(nested, l.loc, self.dtype);
            SmallVector<Value> place(indices);
            place[*dim] =
                toOffset(nested, l.loc,
                         tensor::ExtractOp::create(nested, l.loc, index.value,
                                                   indices[*dim]),
                         index.dtype, limit);
            Value value = getElement(m, source, indices);
            if (DtypedValue alpha = l.get("alpha"))
              value = m.mul(value, castNumber(nested, l.loc, alpha.value,
                                              alpha.dtype, self.dtype));
            return SmallVector<Value>{
                joinElement(m, *join, carried[0], place, value)};
          })
          .front();
  return l.replace(isScalar ? dropUnitDims(b, l.loc, result, 0) : result);
}

void minitorch::detail::populateScatterPatterns(const TypeConverter &converter,
                                                RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter,
                  {"scatter.src", "scatter.value", "scatter.reduce",
                   "scatter.value_reduce", "scatter_add", "scatter_reduce.two"},
                  lowerScatter);
  addAtenLowering(patterns, converter,
                  {"index_add", "index_copy", "index_fill.int_Scalar",
                   "index_fill.int_Tensor", "index_reduce"},
                  lowerIndexSlices);
}
