//===- Sorting.cpp - Sorting ------------------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Indexing.h"
#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "MiniTorch/Conversion/Lowering/Slices.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "Patterns.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace minitorch;
using namespace minitorch::detail;

/// Whether x must stand before y. NaN counts as the greatest value.
static Value standsBefore(const ScalarMath &m, Value x, Value y,
                          bool descending) {
  if (descending)
    std::swap(x, y);
  Value isLess = m.lt(x, y);
  if (!m.isFloat())
    return isLess;
  Value one = arith::ConstantIntOp::create(m.b, m.loc, 1, 1);
  Value isNumber = arith::XOrIOp::create(m.b, m.loc, m.isNan(x), one);
  Value beforeNan = arith::AndIOp::create(m.b, m.loc, m.isNan(y), isNumber);
  return arith::OrIOp::create(m.b, m.loc, isLess, beforeNan);
}

namespace {
/// A stable merge sort along one dim, bottom up: every pass merges runs of
/// `width` elements pairwise into new tensors.
class MergeSort {
public:
  MergeSort(const AtenLowering &l, DtypedValue self, int64_t dim,
            bool descending)
      : b(l.b), loc(l.loc), self(self), dim(dim), descending(descending),
        sizes(getSizes(l.b, l.loc, self.value)),
        length(toIndex(l.b, l.loc, sizes[dim])) {}

  /// The sorted values and where each of them was.
  std::pair<Value, Value> create() {
    Type integer = b.getI64Type();
    Value places = createFromIndices(
        b, loc, sizes, integer, [&](OpBuilder &nested, ValueRange indices) {
          return arith::IndexCastOp::create(nested, loc, integer, indices[dim])
              .getResult();
        });
    Value one = arith::ConstantIndexOp::create(b, loc, 1);
    SmallVector<Value> inits = {one, self.value, places};
    auto loop = scf::WhileOp::create(
        b, loc, TypeRange(ValueRange(inits)), inits,
        [&](OpBuilder &nested, Location, ValueRange state) {
          Value isUnsorted = arith::CmpIOp::create(
              nested, loc, arith::CmpIPredicate::slt, state[0], length);
          scf::ConditionOp::create(nested, loc, isUnsorted, state);
        },
        [&](OpBuilder &nested, Location, ValueRange state) {
          auto [values, indices] =
              createPass(nested, state[0], state[1], state[2]);
          Value width = arith::AddIOp::create(nested, loc, state[0], state[0]);
          scf::YieldOp::create(
              nested, loc,
              ValueRange{width, cast(nested, values, state[1].getType()),
                         cast(nested, indices, state[2].getType())});
        });
    return {loop.getResult(1), loop.getResult(2)};
  }

private:
  Value cast(OpBuilder &nested, Value value, Type type) {
    if (value.getType() == type)
      return value;
    return tensor::CastOp::create(nested, loc, type, value);
  }

  /// Merges all pairs of runs.
  std::pair<Value, Value> createPass(OpBuilder &nested, Value width,
                                     Value values, Value places) {
    Value newValues = createEmpty(nested, loc, sizes, self.dtype);
    Value newPlaces = createEmpty(nested, loc, sizes, nested.getI64Type());
    SmallVector<OpFoldResult> rows = sizes;
    rows[dim] = nested.getIndexAttr(1);
    Value zero = arith::ConstantIndexOp::create(nested, loc, 0);
    Value twice = arith::AddIOp::create(nested, loc, width, width);
    SmallVector<Value> results = createLoopNest(
        nested, loc, rows, {newValues, newPlaces},
        [&](OpBuilder &row, ValueRange at, ValueRange carried) {
          auto pairs = scf::ForOp::create(
              row, loc, zero, length, twice, carried,
              [&](OpBuilder &pair, Location, Value low, ValueRange tensors) {
                Value middle = getEnd(pair, low, width);
                Value high = getEnd(pair, low, twice);
                scf::YieldOp::create(pair, loc,
                                     createMerge(pair, at, low, middle, high,
                                                 values, places, tensors));
              });
          return llvm::to_vector_of<Value>(pairs.getResults());
        });
    return {results[0], results[1]};
  }

  Value getEnd(OpBuilder &nested, Value low, Value width) {
    Value end = arith::AddIOp::create(nested, loc, low, width);
    return arith::MinSIOp::create(nested, loc, end, length);
  }

  /// Merges [low, middle) and [middle, high) of the row at `at`.
  SmallVector<Value> createMerge(OpBuilder &pair, ValueRange at, Value low,
                                 Value middle, Value high, Value values,
                                 Value places, ValueRange tensors) {
    Value one = arith::ConstantIndexOp::create(pair, loc, 1);
    auto merge = scf::ForOp::create(
        pair, loc, low, high, one,
        ValueRange{low, middle, tensors[0], tensors[1]},
        [&](OpBuilder &step, Location, Value out, ValueRange state) {
          Value left = state[0], right = state[1];
          auto place = [&](Value index) {
            SmallVector<Value> indices(at);
            indices[dim] = index;
            return indices;
          };
          auto isBelow = [&](Value x, Value y) -> Value {
            return arith::CmpIOp::create(step, loc, arith::CmpIPredicate::slt,
                                         x, y);
          };
          // Reads stay inside the row where a run is used up.
          Value last = arith::SubIOp::create(step, loc, length, one);
          Value safeRight = arith::MinSIOp::create(step, loc, right, last);
          Value leftValue =
              tensor::ExtractOp::create(step, loc, values, place(left));
          Value rightValue =
              tensor::ExtractOp::create(step, loc, values, place(safeRight));
          ScalarMath m(step, loc, self.dtype);
          Value leftIsUsedUp = arith::CmpIOp::create(
              step, loc, arith::CmpIPredicate::sge, left, middle);
          Value wins = arith::OrIOp::create(
              step, loc, leftIsUsedUp,
              standsBefore(m, rightValue, leftValue, descending));
          Value takesRight =
              arith::AndIOp::create(step, loc, isBelow(right, high), wins);
          Value from =
              arith::SelectOp::create(step, loc, takesRight, safeRight, left);
          Value value = arith::SelectOp::create(step, loc, takesRight,
                                                rightValue, leftValue);
          Value index =
              tensor::ExtractOp::create(step, loc, places, place(from));
          Value newValues =
              tensor::InsertOp::create(step, loc, value, state[2], place(out));
          Value newPlaces =
              tensor::InsertOp::create(step, loc, index, state[3], place(out));
          Value nextLeft = arith::AddIOp::create(step, loc, left, one);
          Value nextRight = arith::AddIOp::create(step, loc, right, one);
          scf::YieldOp::create(
              step, loc,
              ValueRange{arith::SelectOp::create(step, loc, takesRight, left,
                                                 nextLeft),
                         arith::SelectOp::create(step, loc, takesRight,
                                                 nextRight, right),
                         newValues, newPlaces});
        });
    return {merge.getResult(2), merge.getResult(3)};
  }

  OpBuilder &b;
  Location loc;
  DtypedValue self;
  int64_t dim;
  bool descending;
  SmallVector<OpFoldResult> sizes;
  Value length;
};
} // namespace

static std::pair<Value, Value> sortScalar(const AtenLowering &l,
                                          DtypedValue self) {
  ScalarMath m(l.b, l.loc, l.b.getI64Type());
  return {self.value, createFilled(l.b, l.loc, {}, m.constantInt(0))};
}

/// sort, argsort
static LogicalResult lowerSort(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<int64_t> dim = l.getDim("dim", self.getRank());
  std::optional<bool> descending = l.getBool("descending");
  if (failed(dim))
    return failure();
  if (!descending || isa<ComplexType>(self.dtype))
    return l.fail("'descending' is not a constant, or numbers have no order");
  auto [values, indices] = self.getRank() == 0
                               ? sortScalar(l, self)
                               : MergeSort(l, self, *dim, *descending).create();
  if (l.op->getNumResults() == 1)
    return l.replace(indices);
  return l.replace({values, indices});
}

/// topk: the first k of a sort.
static LogicalResult lowerTopk(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<int64_t> dim = l.getDim("dim", self.getRank());
  std::optional<bool> largest = l.getBool("largest");
  if (failed(dim))
    return failure();
  if (!largest || isa<ComplexType>(self.dtype))
    return l.fail("'largest' is not a constant, or numbers have no order");
  if (self.getRank() == 0) {
    auto [values, indices] = sortScalar(l, self);
    return l.replace({values, indices});
  }
  OpBuilder &b = l.b;
  OpFoldResult k = toSize(b, l.loc, l.get("k").value);
  SmallVector<OpFoldResult> sizes = getSizes(b, l.loc, self.value);
  std::optional<int64_t> count = getConstantIntValue(k);
  std::optional<int64_t> length = getConstantIntValue(sizes[*dim]);
  if (!count || !length || *count < 0 || *count > *length)
    // As unsigned, a negative k is out of range too.
    l.check(arith::CmpIOp::create(b, l.loc, arith::CmpIPredicate::ule,
                                  toIndex(b, l.loc, k),
                                  toIndex(b, l.loc, sizes[*dim])),
            "RuntimeError", "selected index k out of range");
  auto [values, indices] = MergeSort(l, self, *dim, *largest).create();
  SmallVector<OpFoldResult> offsets(sizes.size(), b.getIndexAttr(0));
  SmallVector<OpFoldResult> strides(sizes.size(), b.getIndexAttr(1));
  sizes[*dim] = k;
  auto take = [&](Value sorted) -> Value {
    return extractSlice(b, l.loc, sorted, offsets, sizes, strides);
  };
  return l.replace({take(values), take(indices)});
}

//===----------------------------------------------------------------------===//
// Binary search
//===----------------------------------------------------------------------===//

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

void minitorch::detail::populateSortingPatterns(const TypeConverter &converter,
                                                RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter, {"sort", "sort.stable", "argsort"},
                  lowerSort);
  addAtenLowering(patterns, converter, {"topk"}, lowerTopk);
  addAtenLowering(patterns, converter,
                  {"searchsorted.Tensor", "searchsorted.Scalar"},
                  lowerSearchsorted);
}
