//===- Joins.cpp - Joins, repeats and pads ----------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "MiniTorch/Conversion/Lowering/Slices.h"
#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "Patterns.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include <cmath>

using namespace mlir;
using namespace minitorch;

static Value createIndex(const AtenLowering &l, int64_t value) {
  return arith::ConstantIndexOp::create(l.b, l.loc, value);
}

static OpFoldResult addSizes(const AtenLowering &l, OpFoldResult x,
                             OpFoldResult y) {
  std::optional<int64_t> a = getConstantIntValue(x), c = getConstantIntValue(y);
  if (a && c)
    return l.b.getIndexAttr(*a + *c);
  if (a == 0)
    return y;
  if (c == 0)
    return x;
  return arith::AddIOp::create(l.b, l.loc, toIndex(l.b, l.loc, x),
                               toIndex(l.b, l.loc, y))
      .getResult();
}

static OpFoldResult subtractSizes(const AtenLowering &l, OpFoldResult x,
                                  OpFoldResult y) {
  std::optional<int64_t> a = getConstantIntValue(x), c = getConstantIntValue(y);
  if (a && c)
    return l.b.getIndexAttr(*a - *c);
  return arith::SubIOp::create(l.b, l.loc, toIndex(l.b, l.loc, x),
                               toIndex(l.b, l.loc, y))
      .getResult();
}

//===----------------------------------------------------------------------===//
// Joins
//===----------------------------------------------------------------------===//

/// The parts of one tensor are compared with each other when it gets a buffer,
/// which takes their number to the power of three: more are joined in groups.
static constexpr size_t maxParts = 32;

/// `tensors`, all of one rank and dtype, one after the other along `dim`.
static Value concatenate(const AtenLowering &l, ArrayRef<Value> tensors,
                         int64_t dim, Type dtype) {
  OpBuilder &b = l.b;
  if (tensors.size() > maxParts) {
    SmallVector<Value> groups;
    auto width = static_cast<size_t>(std::ceil(std::sqrt(tensors.size())));
    for (ArrayRef<Value> rest = tensors; !rest.empty();
         rest = rest.drop_front(std::min(width, rest.size())))
      groups.push_back(concatenate(
          l, rest.take_front(std::min(width, rest.size())), dim, dtype));
    return concatenate(l, groups, dim, dtype);
  }
  SmallVector<OpFoldResult> sizes = getSizes(b, l.loc, tensors.front());
  SmallVector<OpFoldResult> offsets(sizes.size(), b.getIndexAttr(0));
  SmallVector<OpFoldResult> strides(sizes.size(), b.getIndexAttr(1));
  SmallVector<OpFoldResult> starts;
  OpFoldResult end = b.getIndexAttr(0);
  for (auto [number, tensor] : llvm::enumerate(tensors)) {
    starts.push_back(end);
    end = addSizes(l, end, getSize(b, l.loc, tensor, dim));
    for (auto [other, size] : llvm::enumerate(sizes)) {
      if (static_cast<int64_t>(other) == dim)
        continue;
      OpFoldResult own = getSize(b, l.loc, tensor, other);
      SmallVector<Value> values;
      Value isEqual = createSizesEqual(b, l.loc, size, own);
      std::string text = "Sizes of tensors must match except in dimension " +
                         std::to_string(dim) + ". Expected size " +
                         describeSizes(b, l.loc, size, values);
      text += " but got size " + describeSizes(b, l.loc, own, values) +
              " for tensor number " + std::to_string(number) + " in the list.";
      l.check(isEqual, "RuntimeError", text, values);
      // The same size everywhere, static where any of them is.
      if (!getConstantIntValue(size) && getConstantIntValue(own))
        size = own;
    }
  }
  sizes[dim] = end;
  Value result = createEmpty(b, l.loc, sizes, dtype);
  for (auto [tensor, start] : llvm::zip(tensors, starts)) {
    offsets[dim] = start;
    SmallVector<OpFoldResult> part = getSizes(b, l.loc, tensor);
    result = insertSlice(b, l.loc, tensor, result, offsets, part, strides);
  }
  return result;
}

static LogicalResult lowerCat(const AtenLowering &l) {
  std::optional<SmallVector<DtypedValue>> list = l.getList("tensors");
  if (!list)
    return l.fail("a list of tensors of unknown length");
  int64_t rank = l.getResultType().getRank();
  FailureOr<int64_t> dim = l.getDim("dim", rank);
  if (failed(dim))
    return failure();
  Type dtype = l.getResultDtype();
  SmallVector<Value> tensors;
  for (const DtypedValue &tensor : *list) {
    if (!tensor.isTensor())
      return l.fail("a list with a boxed element");
    // PyTorch skips empty tensors of rank 1 whatever the others' rank is.
    if (tensor.getRank() == 1 && tensor.getTensorType().getDimSize(0) == 0)
      continue;
    if (tensor.getRank() == 1 && rank != 1) {
      l.check(createSizesEqual(l.b, l.loc, getSize(l.b, l.loc, tensor.value, 0),
                               l.b.getIndexAttr(0)),
              "RuntimeError",
              "Tensors must have same number of dimensions: got " +
                  Twine(rank) + " and 1");
      continue;
    }
    if (tensor.getRank() != rank)
      return l.fail("tensors of different ranks");
    tensors.push_back(castElements(l.b, l.loc, tensor, dtype));
  }
  if (tensors.empty())
    return l.replace(
        createEmpty(l.b, l.loc, {OpFoldResult(l.b.getIndexAttr(0))}, dtype));
  if (tensors.size() == 1)
    return l.replace(tensors.front());
  return l.replace(concatenate(l, tensors, *dim, dtype));
}

/// stack: cat along a new dim.
static LogicalResult lowerStack(const AtenLowering &l) {
  std::optional<SmallVector<DtypedValue>> list = l.getList("tensors");
  if (!list || list->empty())
    return l.fail("a list of tensors of unknown length, or empty");
  FailureOr<int64_t> dim = l.getDim("dim", l.getResultType().getRank());
  if (failed(dim))
    return failure();
  Type dtype = l.getResultDtype();
  SmallVector<Value> tensors;
  SmallVector<OpFoldResult> first;
  for (auto [number, tensor] : llvm::enumerate(*list)) {
    if (!tensor.isTensor() ||
        tensor.getRank() + 1 != l.getResultType().getRank())
      return l.fail("a list with a boxed element, or of different ranks");
    SmallVector<OpFoldResult> sizes = getSizes(l.b, l.loc, tensor.value);
    if (number == 0)
      first = sizes;
    for (auto [size, other] : llvm::zip(first, sizes)) {
      Value isEqual = createSizesEqual(l.b, l.loc, size, other);
      SmallVector<Value> values;
      std::string text = "stack expects each tensor to be equal size, but got "
                         "[" +
                         describeSizes(l.b, l.loc, first, values) + "]";
      text += " at entry 0 and [" + describeSizes(l.b, l.loc, sizes, values) +
              "] at entry " + std::to_string(number);
      l.check(isEqual, "RuntimeError", text, values);
    }
    Value value = castElements(l.b, l.loc, tensor, dtype);
    tensors.push_back(insertUnitDims(l.b, l.loc, value, *dim));
  }
  return l.replace(concatenate(l, tensors, *dim, dtype));
}

//===----------------------------------------------------------------------===//
// Repeats
//===----------------------------------------------------------------------===//

/// Each dim `counts[i]` times: broadcast to [count, size] a dim, then
/// collapsed. With `inner`, every element `count` times in a row.
static Value repeatDims(const AtenLowering &l, Value value,
                        ArrayRef<OpFoldResult> counts, bool inner) {
  OpBuilder &b = l.b;
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<OpFoldResult> sizes;
  SmallVector<AffineExpr> exprs;
  SmallVector<ReassociationIndices> groups;
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    OpFoldResult size = getSize(b, l.loc, value, dim);
    ReassociationIndices group;
    auto addDim = [&](OpFoldResult dimSize) {
      group.push_back(sizes.size());
      sizes.push_back(dimSize);
    };
    bool isRepeated = !isConstantIntValue(counts[dim], 1);
    if (isRepeated && !inner)
      addDim(counts[dim]);
    exprs.push_back(b.getAffineDimExpr(sizes.size()));
    addDim(size);
    if (isRepeated && inner)
      addDim(counts[dim]);
    groups.push_back(group);
  }
  if (static_cast<int64_t>(sizes.size()) == type.getRank())
    return value;
  int64_t rank = sizes.size();
  Value init = createEmpty(b, l.loc, sizes, type.getElementType());
  auto generic = linalg::GenericOp::create(
      b, l.loc, init.getType(), value, init,
      {AffineMap::get(rank, 0, exprs, b.getContext()),
       b.getMultiDimIdentityMap(rank)},
      SmallVector<utils::IteratorType>(rank, utils::IteratorType::parallel),
      [](OpBuilder &nested, Location loc, ValueRange arguments) {
        linalg::YieldOp::create(nested, loc, arguments[0]);
      });
  return tensor::CollapseShapeOp::create(b, l.loc, generic.getResult(0),
                                         groups);
}

static LogicalResult lowerRepeat(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  std::optional<SmallVector<DtypedValue>> list =
      l.getList(l.getName() == "tile" ? "dims" : "repeats");
  if (!list)
    return l.fail("counts that are not a list of known length");
  SmallVector<OpFoldResult> counts;
  for (const DtypedValue &count : *list)
    counts.push_back(toSize(l.b, l.loc, count.value));
  int64_t rank = l.getResultType().getRank();
  if (static_cast<int64_t>(counts.size()) < self.getRank() &&
      l.getName() != "tile")
    return l.fail("fewer counts than dims");
  counts.insert(counts.begin(), rank - counts.size(), l.b.getIndexAttr(1));
  SmallVector<int64_t> added =
      llvm::to_vector(llvm::seq<int64_t>(0, rank - self.getRank()));
  Value value = insertUnitDims(l.b, l.loc, self.value, added);
  return l.replace(repeatDims(l, value, counts, /*inner=*/false));
}

static LogicalResult lowerRepeatInterleave(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  Value value = self.value;
  int64_t dim = 0;
  if (l.isNone("dim")) {
    value = flatten(l.b, l.loc, value);
  } else {
    FailureOr<int64_t> constant = l.getDim("dim", self.getRank());
    if (failed(constant))
      return failure();
    dim = *constant;
  }
  SmallVector<OpFoldResult> counts(
      cast<RankedTensorType>(value.getType()).getRank(), l.b.getIndexAttr(1));
  if (counts.empty())
    return l.fail("a 0-dim tensor with a dim");
  counts[dim] = toSize(l.b, l.loc, l.get("repeats").value);
  return l.replace(repeatDims(l, value, counts, /*inner=*/true));
}

//===----------------------------------------------------------------------===//
// Elements from other places
//===----------------------------------------------------------------------===//

/// A tensor of `sizes` whose element at `indices` is that of `self` at
/// `source(indices)`.
static Value gatherElements(
    const AtenLowering &l, DtypedValue self, ArrayRef<OpFoldResult> sizes,
    llvm::function_ref<void(OpBuilder &, MutableArrayRef<Value>)> source) {
  return createFromIndices(l.b, l.loc, sizes, self.dtype,
                           [&](OpBuilder &nested, ValueRange indices) -> Value {
                             SmallVector<Value> from(indices);
                             source(nested, from);
                             return tensor::ExtractOp::create(nested, l.loc,
                                                              self.value, from);
                           });
}

static LogicalResult lowerFlip(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  if (l.getConstantInts("dims") == SmallVector<int64_t>())
    return l.replace(self.value);
  FailureOr<SmallVector<int64_t>> dims = l.getDims("dims", self.getRank());
  if (failed(dims))
    return failure();
  SmallVector<OpFoldResult> sizes = getSizes(l.b, l.loc, self.value);
  DenseMap<int64_t, Value> last;
  for (int64_t dim : *dims)
    last[dim] = arith::SubIOp::create(
        l.b, l.loc, toIndex(l.b, l.loc, sizes[dim]), createIndex(l, 1));
  return l.replace(gatherElements(
      l, self, sizes, [&](OpBuilder &b, MutableArrayRef<Value> from) {
        for (int64_t dim : *dims)
          from[dim] = arith::SubIOp::create(b, l.loc, last[dim], from[dim]);
      }));
}

/// Element i comes from (i - shift) mod size.
static LogicalResult lowerRoll(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  std::optional<SmallVector<DtypedValue>> shifts = l.getList("shifts");
  std::optional<SmallVector<int64_t>> dims = l.getConstantInts("dims");
  if (!shifts || !dims)
    return l.fail("how many 'shifts' there are, or which 'dims', is not known");
  DtypedValue source = self;
  bool isFlat = dims->empty();
  if (isFlat) {
    source.value = flatten(l.b, l.loc, self.value);
    dims = SmallVector<int64_t>{0};
  }
  if (dims->size() != shifts->size())
    return l.fail("as many shifts as dims are needed");
  SmallVector<OpFoldResult> sizes = getSizes(l.b, l.loc, source.value);
  SmallVector<Value> moves;
  for (const DtypedValue &shift : *shifts)
    moves.push_back(toIndex(l.b, l.loc, toSize(l.b, l.loc, shift.value)));
  Value rolled = gatherElements(
      l, source, sizes, [&](OpBuilder &b, MutableArrayRef<Value> from) {
        for (auto [move, dim] : llvm::zip(moves, *dims)) {
          int64_t own = dim < 0 ? dim + source.getRank() : dim;
          Value size = toIndex(b, l.loc, sizes[own]);
          Value moved = arith::SubIOp::create(b, l.loc, from[own], move);
          Value rest = arith::RemSIOp::create(b, l.loc, moved, size);
          Value isNegative = arith::CmpIOp::create(
              b, l.loc, arith::CmpIPredicate::slt, rest, createIndex(l, 0));
          from[own] = arith::SelectOp::create(
              b, l.loc, isNegative, arith::AddIOp::create(b, l.loc, rest, size),
              rest);
        }
      });
  if (!isFlat)
    return l.replace(rolled);
  if (self.getRank() == 0)
    return l.replace(self.value);
  if (self.getRank() == 1)
    return l.replace(rolled);
  SmallVector<ReassociationIndices> groups = {
      llvm::to_vector_of<int64_t, 2>(llvm::seq<int64_t>(0, self.getRank()))};
  return l.replace(
      tensor::ExpandShapeOp::create(l.b, l.loc, self.getTensorType(), rolled,
                                    groups, getSizes(l.b, l.loc, self.value))
          .getResult());
}

//===----------------------------------------------------------------------===//
// Pads
//===----------------------------------------------------------------------===//

namespace {
/// Pad widths by dim; PyTorch lists them from the last dim, low then high.
struct PadWidths {
  SmallVector<OpFoldResult> low, high;
};
} // namespace

static FailureOr<PadWidths> getPadWidths(const AtenLowering &l, StringRef name,
                                         int64_t rank) {
  std::optional<SmallVector<DtypedValue>> widths = l.getList(name);
  if (!widths || widths->size() % 2 != 0 ||
      static_cast<int64_t>(widths->size()) > 2 * rank)
    return l.fail("pad widths that are not known, or too many");
  SmallVector<OpFoldResult> zeros(rank, l.b.getIndexAttr(0));
  PadWidths result{zeros, zeros};
  for (size_t i = 0; i < widths->size() / 2; ++i) {
    result.low[rank - 1 - i] = toSize(l.b, l.loc, (*widths)[2 * i].value);
    result.high[rank - 1 - i] = toSize(l.b, l.loc, (*widths)[2 * i + 1].value);
  }
  return result;
}

/// max(width, 0)
static OpFoldResult getAdded(const AtenLowering &l, OpFoldResult width) {
  if (std::optional<int64_t> known = getConstantIntValue(width))
    return l.b.getIndexAttr(std::max<int64_t>(*known, 0));
  return arith::MaxSIOp::create(l.b, l.loc, toIndex(l.b, l.loc, width),
                                createIndex(l, 0))
      .getResult();
}

/// max(-width, 0)
static OpFoldResult getCropped(const AtenLowering &l, OpFoldResult width) {
  if (std::optional<int64_t> known = getConstantIntValue(width))
    return l.b.getIndexAttr(std::max<int64_t>(-*known, 0));
  Value negative = arith::SubIOp::create(l.b, l.loc, createIndex(l, 0),
                                         toIndex(l.b, l.loc, width));
  return arith::MaxSIOp::create(l.b, l.loc, negative, createIndex(l, 0))
      .getResult();
}

static SmallVector<OpFoldResult>
getPaddedSizes(const AtenLowering &l, Value value, const PadWidths &widths) {
  SmallVector<OpFoldResult> sizes = getSizes(l.b, l.loc, value);
  for (auto [size, low, high] : llvm::zip(sizes, widths.low, widths.high))
    size = addSizes(l, addSizes(l, size, low), high);
  return sizes;
}

/// A tensor full of the value into which the operand is inserted. A negative
/// width crops.
static LogicalResult padWithConstant(const AtenLowering &l, DtypedValue self,
                                     const PadWidths &widths, Value fill) {
  OpBuilder &b = l.b;
  SmallVector<OpFoldResult> padded = getPaddedSizes(l, self.value, widths);
  SmallVector<OpFoldResult> sizes = getSizes(b, l.loc, self.value);
  SmallVector<OpFoldResult> crop(sizes.size()), place(sizes.size());
  SmallVector<OpFoldResult> strides(sizes.size(), b.getIndexAttr(1));
  bool isCropped = false;
  for (auto [dim, low, high] : llvm::enumerate(widths.low, widths.high)) {
    crop[dim] = getCropped(l, low);
    place[dim] = getAdded(l, low);
    OpFoldResult cropped = addSizes(l, crop[dim], getCropped(l, high));
    if (isConstantIntValue(cropped, 0))
      continue;
    isCropped = true;
    sizes[dim] = subtractSizes(l, sizes[dim], cropped);
    if (!getConstantIntValue(padded[dim]))
      l.check(arith::CmpIOp::create(b, l.loc, arith::CmpIPredicate::sge,
                                    toIndex(b, l.loc, padded[dim]),
                                    createIndex(l, 0)),
              "RuntimeError",
              "The input size, plus negative padding, resulted in a negative "
              "output size");
  }
  Value part = self.value;
  if (isCropped)
    part = extractSlice(b, l.loc, part, crop, sizes, strides);
  Value filled = createFilled(b, l.loc, padded, fill);
  return l.replace(insertSlice(b, l.loc, part, filled, place, sizes, strides));
}

/// Raises where there are not as many elements as are repeated or mirrored.
static void checkPadWidths(const AtenLowering &l, ArrayRef<OpFoldResult> sizes,
                           const PadWidths &widths, StringRef mode) {
  OpBuilder &b = l.b;
  for (auto [size, low, high] : llvm::zip(sizes, widths.low, widths.high)) {
    if (isConstantIntValue(low, 0) && isConstantIntValue(high, 0))
      continue;
    Value count = toIndex(b, l.loc, size);
    auto check = [&](arith::CmpIPredicate predicate, Value width,
                     const Twine &text) {
      l.check(arith::CmpIOp::create(b, l.loc, predicate, width, count),
              "RuntimeError", text);
    };
    if (mode == "replicate")
      check(arith::CmpIPredicate::slt, createIndex(l, 0),
            "replicate padding of a dimension without elements");
    for (OpFoldResult width : {low, high}) {
      Value value = toIndex(b, l.loc, width);
      if (mode == "reflect")
        check(arith::CmpIPredicate::slt, value,
              "Argument #4: Padding size should be less than the corresponding "
              "input dimension");
      else if (mode == "circular")
        check(arith::CmpIPredicate::sle, value,
              "Padding value causes wrapping around more than once.");
    }
  }
}

/// Elements outside are those of the nearest place (replicate), of the mirrored
/// one (reflect), or of the other end (circular).
static LogicalResult padFromInside(const AtenLowering &l, DtypedValue self,
                                   const PadWidths &widths, StringRef mode) {
  SmallVector<OpFoldResult> sizes = getSizes(l.b, l.loc, self.value);
  checkPadWidths(l, sizes, widths, mode);
  return l.replace(gatherElements(
      l, self, getPaddedSizes(l, self.value, widths),
      [&](OpBuilder &b, MutableArrayRef<Value> from) {
        for (auto [dim, low, high] : llvm::enumerate(widths.low, widths.high)) {
          if (isConstantIntValue(low, 0) && isConstantIntValue(high, 0))
            continue;
          Value size = toIndex(b, l.loc, sizes[dim]);
          Value last = arith::SubIOp::create(b, l.loc, size, createIndex(l, 1));
          Value zero = createIndex(l, 0);
          Value inner = arith::SubIOp::create(b, l.loc, from[dim],
                                              toIndex(b, l.loc, low));
          if (mode == "reflect") {
            // |i|, then mirrored at the last element.
            Value negative = arith::SubIOp::create(b, l.loc, zero, inner);
            inner = arith::MaxSIOp::create(b, l.loc, inner, negative);
            Value mirrored = arith::SubIOp::create(
                b, l.loc, arith::AddIOp::create(b, l.loc, last, last), inner);
            inner = arith::MinSIOp::create(b, l.loc, inner, mirrored);
          } else if (mode == "circular") {
            // Negative widths cut off what then does not come round.
            OpFoldResult firstSize = getCropped(l, low);
            OpFoldResult cut = addSizes(l, firstSize, getCropped(l, high));
            Value first = toIndex(b, l.loc, firstSize);
            Value period = arith::MaxSIOp::create(
                b, l.loc, createIndex(l, 1),
                arith::SubIOp::create(b, l.loc, size, toIndex(b, l.loc, cut)));
            Value place = arith::SubIOp::create(
                b, l.loc, arith::AddIOp::create(b, l.loc, inner, period),
                first);
            inner = arith::AddIOp::create(
                b, l.loc, arith::RemSIOp::create(b, l.loc, place, period),
                first);
          }
          inner = arith::MaxSIOp::create(b, l.loc, inner, zero);
          from[dim] = arith::MinSIOp::create(b, l.loc, inner, last);
        }
      }));
}

static LogicalResult lowerConstantPad(const AtenLowering &l) {
  DtypedValue self = l.get("self"), value = l.get("value");
  FailureOr<PadWidths> widths = getPadWidths(l, "pad", self.getRank());
  if (failed(widths))
    return failure();
  return padWithConstant(
      l, self, *widths,
      castNumber(l.b, l.loc, value.value, value.dtype, self.dtype));
}

static LogicalResult lowerPad(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<PadWidths> widths = getPadWidths(l, "pad", self.getRank());
  std::optional<StringRef> mode = l.getStr("mode");
  if (failed(widths))
    return failure();
  if (!mode)
    return l.fail("'mode' is not a constant");
  if (*mode != "constant")
    return padFromInside(l, self, *widths, *mode);
  ScalarMath m(l.b, l.loc, self.dtype);
  Value fill = m.constantInt(0);
  if (!l.isNone("value"))
    fill = castNumber(l.b, l.loc, l.get("value").value, l.get("value").dtype,
                      self.dtype);
  return padWithConstant(l, self, *widths, fill);
}

static LogicalResult lowerPadFromInside(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<PadWidths> widths = getPadWidths(l, "padding", self.getRank());
  if (failed(widths))
    return failure();
  return padFromInside(l, self, *widths,
                       l.getName().starts_with("reflection") ? "reflect"
                                                             : "replicate");
}

void minitorch::detail::populateJoinPatterns(const TypeConverter &converter,
                                             RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter, {"cat"}, lowerCat);
  addAtenLowering(patterns, converter, {"stack"}, lowerStack);
  addAtenLowering(patterns, converter, {"repeat", "tile"}, lowerRepeat);
  addAtenLowering(patterns, converter, {"repeat_interleave.self_int"},
                  lowerRepeatInterleave);
  addAtenLowering(patterns, converter, {"flip"}, lowerFlip);
  addAtenLowering(patterns, converter, {"roll"}, lowerRoll);
  addAtenLowering(patterns, converter, {"constant_pad_nd"}, lowerConstantPad);
  addAtenLowering(patterns, converter, {"pad"}, lowerPad);
  addAtenLowering(patterns, converter,
                  {"reflection_pad1d", "reflection_pad2d", "replication_pad1d",
                   "replication_pad2d"},
                  lowerPadFromInside);
}
