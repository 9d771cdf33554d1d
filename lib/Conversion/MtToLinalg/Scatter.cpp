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

/// scatter.src, scatter.value, scatter_add:
/// self[index[i, j], j] (+)= src[i, j] for dim 0, in order.
static LogicalResult lowerScatter(const AtenLowering &l) {
  DtypedValue self = l.get("self"), index = l.get("index");
  DtypedValue src = l.get("src") ? l.get("src") : l.get("value");
  FailureOr<int64_t> dim = l.getDim("dim", self.getRank());
  if (failed(dim))
    return failure();
  int64_t rank = self.getRank();
  if (rank == 0 || index.getRank() != rank ||
      (src.isTensor() && src.getRank() != rank))
    return l.fail("index, src and self have different ranks, or none");
  bool isSum = l.getName() == "scatter_add";
  OpBuilder &b = l.b;
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
               "index is out of bounds for dimension " + Twine(*dim));
  return l.replace(createLoopNest(
      b, l.loc, sizes, self.value,
      [&](OpBuilder &nested, ValueRange indices, ValueRange carried) {
        ScalarMath m(nested, l.loc, self.dtype);
        SmallVector<Value> place(indices);
        place[*dim] = toOffset(
            nested, l.loc,
            tensor::ExtractOp::create(nested, l.loc, index.value, indices),
            index.dtype, limit);
        Value value = getElement(m, src, indices);
        if (isSum)
          value =
              m.add(tensor::ExtractOp::create(nested, l.loc, carried[0], place),
                    value);
        return SmallVector<Value>{
            tensor::InsertOp::create(nested, l.loc, value, carried[0], place)};
      }));
}

/// index_add, index_copy, index_fill: whole slices, self[index[i], j] (+)=
/// source[i, j] for dim 0, in order.
static LogicalResult lowerIndexSlices(const AtenLowering &l) {
  DtypedValue self = l.get("self"), index = l.get("index");
  DtypedValue source = l.get("source") ? l.get("source") : l.get("value");
  FailureOr<int64_t> dim = l.getDim("dim", self.getRank());
  if (failed(dim))
    return failure();
  bool isFill = l.getName() == "index_fill";
  // Scalars are tensors of one element here.
  bool isScalar = self.getRank() == 0;
  for (DtypedValue *operand : {&self, &index, &source})
    if (operand->getRank() == 0 && operand->isTensor())
      operand->value = flatten(l.b, l.loc, operand->value);
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
  checkIndices(l, index, limit, /*allowNegative=*/isFill,
               "index out of range in self");
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
              value = m.add(
                  tensor::ExtractOp::create(nested, l.loc, carried[0], place),
                  m.mul(value, castNumber(nested, l.loc, alpha.value,
                                          alpha.dtype, self.dtype)));
            return SmallVector<Value>{tensor::InsertOp::create(
                nested, l.loc, value, carried[0], place)};
          })
          .front();
  return l.replace(isScalar ? dropUnitDims(b, l.loc, result, 0) : result);
}

void minitorch::detail::populateScatterPatterns(const TypeConverter &converter,
                                                RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter,
                  {"scatter.src", "scatter.value", "scatter_add"},
                  lowerScatter);
  addAtenLowering(patterns, converter,
                  {"index_add", "index_copy", "index_fill.int_Scalar"},
                  lowerIndexSlices);
}
