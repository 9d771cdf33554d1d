//===- Slices.cpp - Views of a part -----------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/Slices.h"
#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "Patterns.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/TypeUtilities.h"
#include <limits>

using namespace mlir;
using namespace minitorch;

namespace {
/// Offsets, sizes and strides of a part of a tensor: at first, all of it.
struct Part {
  Part(const AtenLowering &l, Value tensor)
      : offsets(cast<RankedTensorType>(tensor.getType()).getRank(),
                l.b.getIndexAttr(0)),
        sizes(getSizes(l.b, l.loc, tensor)),
        strides(offsets.size(), l.b.getIndexAttr(1)) {}

  SmallVector<OpFoldResult> offsets, sizes, strides;
};
} // namespace

static Value createIndex(const AtenLowering &l, int64_t value) {
  return arith::ConstantIndexOp::create(l.b, l.loc, value);
}

/// `index` counted from the end where it is negative, clamped to [low, size].
static OpFoldResult clampIndex(const AtenLowering &l, OpFoldResult index,
                               OpFoldResult size, OpFoldResult low) {
  std::optional<int64_t> constant = getConstantIntValue(index);
  std::optional<int64_t> constantSize = getConstantIntValue(size);
  std::optional<int64_t> constantLow = getConstantIntValue(low);
  if (constant && constantSize && constantLow) {
    int64_t value = *constant < 0 ? *constant + *constantSize : *constant;
    return l.b.getIndexAttr(
        std::max(*constantLow, std::min(value, *constantSize)));
  }
  if (constant == 0 && constantLow == 0)
    return index;
  if (constant == std::numeric_limits<int64_t>::max())
    return size;
  OpBuilder &b = l.b;
  Value value = toIndex(b, l.loc, index), end = toIndex(b, l.loc, size);
  Value wrapped = arith::AddIOp::create(b, l.loc, value, end);
  if (constant) {
    value = *constant < 0 ? wrapped : value;
  } else {
    Value isNegative = arith::CmpIOp::create(
        b, l.loc, arith::CmpIPredicate::slt, value, createIndex(l, 0));
    value = arith::SelectOp::create(b, l.loc, isNegative, wrapped, value);
  }
  value = arith::MinSIOp::create(b, l.loc, value, end);
  value = arith::MaxSIOp::create(b, l.loc, value, toIndex(b, l.loc, low));
  return value;
}

/// (end - start) / step, rounded up
static OpFoldResult getLength(const AtenLowering &l, OpFoldResult start,
                              OpFoldResult end, OpFoldResult step) {
  std::optional<int64_t> first = getConstantIntValue(start);
  std::optional<int64_t> last = getConstantIntValue(end);
  std::optional<int64_t> stride = getConstantIntValue(step);
  if (first && last && stride)
    return l.b.getIndexAttr((*last - *first + *stride - 1) / *stride);
  if (first == 0 && stride == 1)
    return end;
  OpBuilder &b = l.b;
  Value length = arith::SubIOp::create(b, l.loc, toIndex(b, l.loc, end),
                                       toIndex(b, l.loc, start));
  if (stride == 1)
    return length;
  return arith::CeilDivSIOp::create(b, l.loc, length, toIndex(b, l.loc, step))
      .getResult();
}

/// The part that slice(dim, start, end, step) means.
static FailureOr<Part> getSlice(const AtenLowering &l, DtypedValue self) {
  FailureOr<int64_t> dim = l.getDim("dim", self.getRank());
  if (failed(dim))
    return failure();
  if (self.getRank() == 0)
    return l.fail("slice() cannot be applied to a 0-dim tensor");
  Part part(l, self.value);
  OpFoldResult size = part.sizes[*dim];
  OpFoldResult zero = l.b.getIndexAttr(0), start = zero, end = size;
  if (!l.isNone("start"))
    start = clampIndex(l, toSize(l.b, l.loc, l.get("start").value), size, zero);
  if (!l.isNone("end"))
    end = clampIndex(l, toSize(l.b, l.loc, l.get("end").value), size, start);
  else if (!isConstantIntValue(start, 0))
    end = clampIndex(l, size, size, start);
  OpFoldResult step = toSize(l.b, l.loc, l.get("step").value);
  if (std::optional<int64_t> constant = getConstantIntValue(step)) {
    if (*constant <= 0)
      return l.fail("slice step must be positive");
  } else {
    l.check(arith::CmpIOp::create(l.b, l.loc, arith::CmpIPredicate::sgt,
                                  cast<Value>(step), createIndex(l, 0)),
            "RuntimeError", "slice step must be positive");
  }
  part.offsets[*dim] = start;
  part.sizes[*dim] = getLength(l, start, end, step);
  part.strides[*dim] = step;
  return part;
}

static Value extractPart(const AtenLowering &l, Value tensor, const Part &part,
                         ArrayRef<int64_t> dropped = {}) {
  return extractSlice(l.b, l.loc, tensor, part.offsets, part.sizes,
                      part.strides, dropped);
}

static LogicalResult lowerSlice(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<Part> part = getSlice(l, self);
  if (failed(part))
    return failure();
  if (llvm::equal(part->sizes, getSizes(l.b, l.loc, self.value)) &&
      llvm::all_of(part->offsets, isZeroInteger) &&
      llvm::all_of(part->strides, isOneInteger))
    return l.replace(self.value);
  return l.replace(extractPart(l, self.value, *part));
}

static LogicalResult lowerNarrow(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<int64_t> dim = l.getDim("dim", self.getRank());
  if (failed(dim))
    return failure();
  if (self.getRank() == 0)
    return l.fail("narrow() cannot be applied to a 0-dim tensor");
  Part part(l, self.value);
  OpBuilder &b = l.b;
  OpFoldResult size = part.sizes[*dim];
  OpFoldResult start = clampIndex(l, toSize(b, l.loc, l.get("start").value),
                                  size, b.getIndexAttr(0));
  OpFoldResult length = toSize(b, l.loc, l.get("length").value);
  Value end = arith::AddIOp::create(b, l.loc, toIndex(b, l.loc, start),
                                    toIndex(b, l.loc, length));
  Value isInside = arith::AndIOp::create(
      b, l.loc,
      arith::CmpIOp::create(b, l.loc, arith::CmpIPredicate::sle, end,
                            toIndex(b, l.loc, size)),
      arith::CmpIOp::create(b, l.loc, arith::CmpIPredicate::sge,
                            toIndex(b, l.loc, length), createIndex(l, 0)));
  l.check(isInside, "RuntimeError",
          "start + length exceeds the size of the dimension");
  part.offsets[*dim] = start;
  part.sizes[*dim] = length;
  return l.replace(extractPart(l, self.value, part));
}

/// The offset of select(dim, index) of a tensor of `sizes`, checked.
static OpFoldResult getSelected(const AtenLowering &l,
                                ArrayRef<OpFoldResult> sizes, int64_t dim) {
  OpBuilder &b = l.b;
  OpFoldResult size = sizes[dim];
  OpFoldResult index = toSize(b, l.loc, l.get("index").value);
  std::optional<int64_t> constant = getConstantIntValue(index);
  std::optional<int64_t> constantSize = getConstantIntValue(size);
  if (constant && constantSize && *constant >= -*constantSize &&
      *constant < *constantSize)
    return b.getIndexAttr(*constant < 0 ? *constant + *constantSize
                                        : *constant);
  Value value = toIndex(b, l.loc, index), end = toIndex(b, l.loc, size);
  Value zero = createIndex(l, 0);
  Value isNegative =
      arith::CmpIOp::create(b, l.loc, arith::CmpIPredicate::slt, value, zero);
  value = arith::SelectOp::create(
      b, l.loc, isNegative, arith::AddIOp::create(b, l.loc, value, end), value);
  // What PyTorch says: the index as it was given, and all sizes.
  std::string places;
  auto toNumber = [&](OpFoldResult number) -> Value {
    return arith::IndexCastOp::create(b, l.loc, b.getI64Type(),
                                      toIndex(b, l.loc, number));
  };
  SmallVector<Value> values{toNumber(index)};
  for (OpFoldResult each : sizes) {
    places += places.empty() ? "{}" : ", {}";
    values.push_back(toNumber(each));
  }
  // As unsigned, a negative index is out of range too.
  l.check(
      arith::CmpIOp::create(b, l.loc, arith::CmpIPredicate::ult, value, end),
      "IndexError",
      "select(): index {} out of range for tensor of size [" + places +
          "] at dimension " + Twine(dim),
      values);
  return value;
}

/// The part that select(dim, index) means, with the selected dim in it.
static FailureOr<std::pair<Part, int64_t>> getSelect(const AtenLowering &l,
                                                     DtypedValue self) {
  FailureOr<int64_t> dim = l.getDim("dim", self.getRank());
  if (failed(dim))
    return failure();
  if (self.getRank() == 0)
    return l.fail("select() cannot be applied to a 0-dim tensor");
  Part part(l, self.value);
  part.offsets[*dim] = getSelected(l, part.sizes, *dim);
  part.sizes[*dim] = l.b.getIndexAttr(1);
  return std::make_pair(part, *dim);
}

/// The type of a part without dim `dropped`.
static RankedTensorType getReducedType(RankedTensorType type, const Part &part,
                                       int64_t dropped) {
  SmallVector<int64_t> shape;
  for (auto [dim, size] : llvm::enumerate(part.sizes))
    if (static_cast<int64_t>(dim) != dropped)
      shape.push_back(getConstantIntValue(size).value_or(ShapedType::kDynamic));
  return RankedTensorType::get(shape, type.getElementType());
}

static LogicalResult lowerSelect(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  auto select = getSelect(l, self);
  if (failed(select))
    return failure();
  auto &[part, dim] = *select;
  return l.replace(extractPart(l, self.value, part, dim));
}

//===----------------------------------------------------------------------===//
// Parts written back
//===----------------------------------------------------------------------===//

/// `src` in the dtype of `self`, with the shape of `type`.
static FailureOr<Value> getSource(const AtenLowering &l, DtypedValue self,
                                  RankedTensorType type) {
  DtypedValue src = l.get("src");
  Value value = castElements(l.b, l.loc, src, self.dtype);
  auto valueType = cast<RankedTensorType>(value.getType());
  if (valueType.getRank() != type.getRank())
    return l.fail("'src' has another rank than the part it replaces");
  if (failed(verifyCompatibleShape(valueType, type)))
    return l.fail("'src' has other sizes than the part it replaces");
  if (valueType != type)
    value = tensor::CastOp::create(l.b, l.loc, type, value);
  return value;
}

static LogicalResult insertPart(const AtenLowering &l, DtypedValue self,
                                const Part &part, int64_t dropped) {
  RankedTensorType type = getReducedType(self.getTensorType(), part, dropped);
  FailureOr<Value> source = getSource(l, self, type);
  if (failed(source))
    return failure();
  for (int64_t dim = 0, own = 0; dim < self.getRank(); ++dim) {
    if (dim == dropped)
      continue;
    l.check(createSizesEqual(l.b, l.loc, part.sizes[dim],
                             getSize(l.b, l.loc, *source, own++)),
            "RuntimeError",
            "expected src to have the size of the slice it replaces");
  }
  SmallVector<int64_t> dims;
  if (dropped >= 0)
    dims.push_back(dropped);
  return l.replace(insertSlice(l.b, l.loc, *source, self.value, part.offsets,
                               part.sizes, part.strides, dims));
}

static LogicalResult lowerSliceScatter(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<Part> part = getSlice(l, self);
  if (failed(part))
    return failure();
  return insertPart(l, self, *part, /*dropped=*/-1);
}

static LogicalResult lowerSelectScatter(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  auto select = getSelect(l, self);
  if (failed(select))
    return failure();
  return insertPart(l, self, select->first, select->second);
}

//===----------------------------------------------------------------------===//
// Diagonals
//===----------------------------------------------------------------------===//

/// The diagonal of dim1 and dim2 as the last dim; `offset` above the main one.
static LogicalResult lowerDiagonal(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<int64_t> dim1 = l.getDim("dim1", self.getRank());
  FailureOr<int64_t> dim2 = l.getDim("dim2", self.getRank());
  std::optional<int64_t> offset = l.getInt("offset");
  if (failed(dim1) || failed(dim2))
    return failure();
  if (!offset || self.getRank() < 2 || *dim1 == *dim2)
    return l.fail("'offset' is not constant, or the dims are equal");
  OpBuilder &b = l.b;
  SmallVector<OpFoldResult> sizes;
  SmallVector<int64_t> kept;
  for (int64_t dim = 0; dim < self.getRank(); ++dim)
    if (dim != *dim1 && dim != *dim2) {
      kept.push_back(dim);
      sizes.push_back(getSize(b, l.loc, self.value, dim));
    }
  int64_t down = std::max<int64_t>(-*offset, 0);
  int64_t right = std::max<int64_t>(*offset, 0);
  Value zero = createIndex(l, 0);
  auto shorten = [&](int64_t dim, int64_t by) -> Value {
    Value size = toIndex(b, l.loc, getSize(b, l.loc, self.value, dim));
    return arith::SubIOp::create(b, l.loc, size, createIndex(l, by));
  };
  Value length = arith::MaxSIOp::create(
      b, l.loc, zero,
      arith::MinSIOp::create(b, l.loc, shorten(*dim1, down),
                             shorten(*dim2, right)));
  RankedTensorType type = l.getResultType();
  if (int64_t last = type.getRank() - 1; !type.isDynamicDim(last))
    sizes.push_back(b.getIndexAttr(type.getDimSize(last)));
  else
    sizes.push_back(length);
  return l.replace(createFromIndices(
      b, l.loc, sizes, self.dtype,
      [&](OpBuilder &nested, ValueRange indices) -> Value {
        SmallVector<Value> source(self.getRank());
        for (auto [i, dim] : llvm::enumerate(kept))
          source[dim] = indices[i];
        auto shifted = [&](int64_t by) -> Value {
          return arith::AddIOp::create(nested, l.loc, indices.back(),
                                       createIndex(l, by));
        };
        source[*dim1] = shifted(down);
        source[*dim2] = shifted(right);
        return tensor::ExtractOp::create(nested, l.loc, self.value, source);
      }));
}

/// unfold: windows of `size` every `step` along `dimension`, as the last dim.
static LogicalResult lowerUnfold(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<int64_t> dim = l.getDim("dimension", self.getRank());
  std::optional<int64_t> size = l.getInt("size"), step = l.getInt("step");
  if (failed(dim))
    return failure();
  if (!size || !step || *step <= 0)
    return l.fail("'size' and 'step' are not constants");
  if (self.getRank() == 0)
    return *size == 1 ? l.replace(flatten(l.b, l.loc, self.value))
                      : l.fail("a window larger than a scalar");
  OpBuilder &b = l.b;
  SmallVector<OpFoldResult> sizes = getSizes(b, l.loc, self.value);
  if (std::optional<int64_t> constant = getConstantIntValue(sizes[*dim])) {
    sizes[*dim] = b.getIndexAttr((*constant - *size) / *step + 1);
  } else {
    Value rest = arith::SubIOp::create(b, l.loc, toIndex(b, l.loc, sizes[*dim]),
                                       createIndex(l, *size));
    l.check(arith::CmpIOp::create(b, l.loc, arith::CmpIPredicate::sge, rest,
                                  createIndex(l, 0)),
            "RuntimeError",
            "maximum size for tensor at dimension " + Twine(*dim) +
                " is {} but size is " + Twine(*size),
            toInt(b, l.loc, sizes[*dim]));
    Value count = arith::DivSIOp::create(b, l.loc, rest, createIndex(l, *step));
    sizes[*dim] =
        arith::AddIOp::create(b, l.loc, count, createIndex(l, 1)).getResult();
  }
  sizes.push_back(b.getIndexAttr(*size));
  return l.replace(createFromIndices(
      b, l.loc, sizes, self.dtype,
      [&](OpBuilder &nested, ValueRange indices) -> Value {
        SmallVector<Value> source(indices.drop_back());
        Value start = arith::MulIOp::create(nested, l.loc, source[*dim],
                                            createIndex(l, *step));
        source[*dim] =
            arith::AddIOp::create(nested, l.loc, start, indices.back());
        return tensor::ExtractOp::create(nested, l.loc, self.value, source);
      }));
}

void minitorch::detail::populateSlicePatterns(const TypeConverter &converter,
                                              RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter, {"slice.Tensor"}, lowerSlice);
  addAtenLowering(patterns, converter, {"narrow"}, lowerNarrow);
  addAtenLowering(patterns, converter, {"select.int"}, lowerSelect);
  addAtenLowering(patterns, converter, {"slice_scatter"}, lowerSliceScatter);
  addAtenLowering(patterns, converter, {"select_scatter"}, lowerSelectScatter);
  addAtenLowering(patterns, converter, {"diagonal"}, lowerDiagonal);
  addAtenLowering(patterns, converter, {"unfold"}, lowerUnfold);
}
