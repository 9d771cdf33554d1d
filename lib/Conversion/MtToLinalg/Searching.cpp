//===- Searching.cpp - Binary search ----------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Indexing.h"
#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "Patterns.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace minitorch;
using namespace minitorch::detail;

/// searchsorted: for each value the number of elements of its row that are less
/// (with `right`, not greater), found by bisection. NaN is the greatest value.
static LogicalResult lowerSearchsorted(const AtenLowering &l) {
  DtypedValue sequence = l.get("sorted_sequence"), self = l.get("self");
  std::optional<bool> right = l.getBool("right");
  if (!l.isNone("side")) {
    std::optional<StringRef> side = l.getStr("side");
    if (!side)
      return l.fail("'side' is not a constant");
    right = right == true || *side == "right";
  }
  if (!right)
    return l.fail("'right' is not a constant");
  if (isa<ComplexType>(sequence.dtype))
    return l.fail("complex numbers have no order");
  DtypedValue sorter;
  if (!l.isNone("sorter"))
    sorter = l.get("sorter");
  int64_t rank = self.getRank(), rowDims = sequence.getRank() - 1;
  // A row for all values, or one for each row of values.
  if (rowDims < 0 || (rowDims > 0 && rowDims != rank - 1))
    return l.fail("sequence and values have different ranks");
  OpBuilder &b = l.b;
  SmallVector<OpFoldResult> sizes;
  if (self.isTensor())
    sizes = getSizes(b, l.loc, self.value);
  for (int64_t dim = 0; dim < rowDims; ++dim)
    l.check(createSizesEqual(b, l.loc, sizes[dim],
                             getSize(b, l.loc, sequence.value, dim)),
            "RuntimeError",
            "boundaries tensor and input value tensor must have the same size "
            "in all but the last dimension");
  Value end = toIndex(b, l.loc, getSize(b, l.loc, sequence.value, rowDims));
  Type resultDtype = l.getResultDtype();
  Type dtype = self.isTensor() ? self.dtype : sequence.dtype;
  // Different dtypes are compared exactly where one holds the other.
  if (self.isTensor() && self.dtype != sequence.dtype) {
    dtype = mt::promoteDtypes(self.dtype, sequence.dtype);
    if (!dtype)
      return l.fail("values and sequence have no common dtype");
  }
  return l.replace(createFromIndices(
      b, l.loc, sizes, resultDtype,
      [&](OpBuilder &nested, ValueRange indices) -> Value {
        ScalarMath m(nested, l.loc, dtype);
        Value value = self.value;
        if (self.isTensor())
          value = tensor::ExtractOp::create(nested, l.loc, value, indices);
        value = m.cast(value, self.dtype);
        Value zero = arith::ConstantIndexOp::create(nested, l.loc, 0);
        Value one = arith::ConstantIndexOp::create(nested, l.loc, 1);
        auto bisect = scf::WhileOp::create(
            nested, l.loc, TypeRange{zero.getType(), end.getType()},
            ValueRange{zero, end},
            [&](OpBuilder &test, Location, ValueRange state) {
              Value isOpen = arith::CmpIOp::create(
                  test, l.loc, arith::CmpIPredicate::slt, state[0], state[1]);
              scf::ConditionOp::create(test, l.loc, isOpen, state);
            },
            [&](OpBuilder &step, Location, ValueRange state) {
              Value sum =
                  arith::AddIOp::create(step, l.loc, state[0], state[1]);
              Value middle = arith::ShRUIOp::create(step, l.loc, sum, one);
              SmallVector<Value> place(indices.take_front(rowDims));
              place.push_back(middle);
              if (sorter) {
                Value index =
                    tensor::ExtractOp::create(step, l.loc, sorter.value, place);
                place.back() = arith::IndexCastOp::create(
                    step, l.loc, step.getIndexType(), index);
              }
              ScalarMath inner(step, l.loc, dtype);
              Value element = inner.cast(
                  tensor::ExtractOp::create(step, l.loc, sequence.value, place),
                  sequence.dtype);
              Value isAtEnd =
                  *right ? inner.gt(element, value) : inner.ge(element, value);
              Value next = arith::AddIOp::create(step, l.loc, middle, one);
              scf::YieldOp::create(
                  step, l.loc,
                  ValueRange{arith::SelectOp::create(step, l.loc, isAtEnd,
                                                     state[0], next),
                             arith::SelectOp::create(step, l.loc, isAtEnd,
                                                     middle, state[1])});
            });
        Type type = getStorageType(resultDtype);
        return arith::IndexCastOp::create(nested, l.loc, type,
                                          bisect.getResult(0));
      }));
}

void minitorch::detail::populateSearchingPatterns(
    const TypeConverter &converter, RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter,
                  {"searchsorted.Tensor", "searchsorted.Scalar"},
                  lowerSearchsorted);
}
