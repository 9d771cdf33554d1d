//===- Creation.cpp - New tensors and numbers out of tensors ------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "Patterns.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace minitorch;

/// The sizes that an int[] argument gives; a negative one raises.
static FailureOr<SmallVector<OpFoldResult>> getSizeList(const AtenLowering &l,
                                                        StringRef name) {
  std::optional<SmallVector<DtypedValue>> list = l.getList(name);
  if (!list)
    return l.fail("the sizes are not a list of known length");
  SmallVector<OpFoldResult> sizes;
  for (const DtypedValue &size : *list) {
    sizes.push_back(toSize(l.b, l.loc, size.value));
    if (getConstantIntValue(sizes.back()))
      continue;
    Value zero =
        arith::ConstantOp::create(l.b, l.loc, l.b.getI64IntegerAttr(0));
    l.check(arith::CmpIOp::create(l.b, l.loc, arith::CmpIPredicate::sge,
                                  size.value, zero),
            "RuntimeError", "Trying to create tensor with negative dimension");
  }
  return sizes;
}

/// A tensor of `sizes` full of a number.
static LogicalResult fill(const AtenLowering &l, ArrayRef<OpFoldResult> sizes,
                          DtypedValue number) {
  Value scalar = castNumber(l.b, l.loc, number.value, number.dtype,
                            l.getResultDtype());
  return l.replace(createFilled(l.b, l.loc, sizes, scalar));
}

static DtypedValue constantOf(const AtenLowering &l, double value) {
  ScalarMath math(l.b, l.loc, l.getResultDtype());
  return {math.constant(value), l.getResultDtype()};
}

/// zeros, ones, empty and new_* of a list of sizes. PyTorch leaves `empty`
/// without contents; zeros are as good as any.
static AtenLoweringFn createOfSizes(double value) {
  return [value](const AtenLowering &l) -> LogicalResult {
    FailureOr<SmallVector<OpFoldResult>> sizes = getSizeList(l, "size");
    if (failed(sizes))
      return failure();
    return fill(l, *sizes, constantOf(l, value));
  };
}

static LogicalResult createFull(const AtenLowering &l) {
  FailureOr<SmallVector<OpFoldResult>> sizes = getSizeList(l, "size");
  if (failed(sizes))
    return failure();
  return fill(l, *sizes, l.get("fill_value"));
}

static AtenLoweringFn createLike(double value) {
  return [value](const AtenLowering &l) -> LogicalResult {
    return fill(l, getSizes(l.b, l.loc, l.get("self").value),
                constantOf(l, value));
  };
}

static LogicalResult createFullLike(const AtenLowering &l) {
  DtypedValue number = l.get("fill_value");
  if (number.isTensor())
    return l.fail("the fill value is a tensor");
  return fill(l, getSizes(l.b, l.loc, l.get("self").value), number);
}

/// start + i * step, for i in [0, ceil((end - start) / step))
static LogicalResult createArange(const AtenLowering &l) {
  OpBuilder &b = l.b;
  Type dtype = l.getResultDtype();
  Type f64 = b.getF64Type(), i64 = b.getI64Type();
  DtypedValue start = l.get("start"), end = l.get("end"), step = l.get("step");
  Value one = arith::ConstantOp::create(b, l.loc, b.getI64IntegerAttr(1));
  Value zero = arith::ConstantOp::create(b, l.loc, b.getI64IntegerAttr(0));
  if (!start)
    start = {zero, i64};
  if (!step)
    step = {one, i64};
  bool isInteger = start.value.getType().isInteger(64) &&
                   end.value.getType().isInteger(64) &&
                   step.value.getType().isInteger(64);
  Value length;
  if (isInteger) {
    Value span = arith::SubIOp::create(b, l.loc, end.value, start.value);
    length = arith::CeilDivSIOp::create(b, l.loc, span, step.value);
    length = arith::MaxSIOp::create(b, l.loc, length, zero);
  } else {
    Value s = castNumber(b, l.loc, start.value, start.dtype, f64);
    Value e = castNumber(b, l.loc, end.value, end.dtype, f64);
    Value d = castNumber(b, l.loc, step.value, step.dtype, f64);
    Value span = arith::SubFOp::create(b, l.loc, e, s);
    Value turns = math::CeilOp::create(
        b, l.loc, arith::DivFOp::create(b, l.loc, span, d));
    length = arith::FPToSIOp::create(b, l.loc, i64, turns);
  }
  RankedTensorType type = l.getResultType();
  OpFoldResult size = type.isDynamicDim(0)
                          ? toSize(b, l.loc, length)
                          : OpFoldResult(b.getIndexAttr(type.getDimSize(0)));
  // PyTorch computes in the accumulation type and rounds each element.
  Type compute = isa<FloatType>(dtype)
                     ? (dtype.isF64() ? dtype : Type(b.getF64Type()))
                     : Type(i64);
  Value first = castNumber(b, l.loc, start.value, start.dtype, compute);
  Value stride = castNumber(b, l.loc, step.value, step.dtype, compute);
  Value result = createFromIndices(
      b, l.loc, {size}, dtype, [&](OpBuilder &nested, ValueRange indices) {
        Value i = arith::IndexCastOp::create(nested, l.loc, i64, indices[0]);
        ScalarMath math(nested, l.loc, compute);
        Value value = math.add(first, math.mul(math.cast(i, i64), stride));
        return ScalarMath(nested, l.loc, dtype).cast(value, compute);
      });
  return l.replace(result);
}

/// A diagonal of ones.
static LogicalResult createEye(const AtenLowering &l) {
  OpBuilder &b = l.b;
  OpFoldResult rows = toSize(b, l.loc, l.get("n").value);
  OpFoldResult columns =
      l.get("m") ? toSize(b, l.loc, l.get("m").value) : rows;
  Value result = createFromIndices(
      b, l.loc, {rows, columns}, l.getResultDtype(),
      [&](OpBuilder &nested, ValueRange indices) -> Value {
        ScalarMath math(nested, l.loc, l.getResultDtype());
        Value same = arith::CmpIOp::create(
            nested, l.loc, arith::CmpIPredicate::eq, indices[0], indices[1]);
        return math.select(same, math.constant(1), math.constant(0));
      });
  return l.replace(result);
}

/// A 0-d tensor of a number.
static LogicalResult createScalar(const AtenLowering &l) {
  DtypedValue number = l.get(0u);
  return fill(l, {}, number);
}

/// torch.tensor([a, b, ...]) of numbers.
static LogicalResult createFromList(const AtenLowering &l) {
  std::optional<SmallVector<DtypedValue>> list = l.getList("data");
  RankedTensorType type = l.getResultType();
  if (!list || type.getRank() != 1)
    return l.fail("not a list of numbers of known length");
  SmallVector<Value> elements;
  for (const DtypedValue &number : *list)
    elements.push_back(castNumber(l.b, l.loc, number.value, number.dtype,
                                  l.getResultDtype()));
  Type storage = getStorageType(l.getResultDtype());
  return l.replace(Value(tensor::FromElementsOp::create(
      l.b, l.loc,
      RankedTensorType::get({int64_t(elements.size())}, storage), elements)));
}

/// The one element of a tensor as a number of the program.
static LogicalResult takeItem(const AtenLowering &l) {
  OpBuilder &b = l.b;
  DtypedValue self = l.get(0u);
  OpFoldResult count = getNumElements(b, l.loc, self.value);
  l.check(createSizesEqual(b, l.loc, count, b.getIndexAttr(1)), "RuntimeError",
          "a Tensor with more or less than one element cannot be converted to "
          "a number");
  Value zero = arith::ConstantIndexOp::create(b, l.loc, 0);
  SmallVector<Value> indices(self.getRank(), zero);
  Value element = tensor::ExtractOp::create(b, l.loc, self.value, indices);
  Type to = l.op->getResult(0).getType();
  if (!to.isIntOrFloat())
    return l.fail("the number's type is not known");
  return l.replace(castScalar(b, l.loc, element, self.dtype, to));
}

/// The same elements at another dtype.
static LogicalResult convertDtype(const AtenLowering &l) {
  return l.replace(castElements(l.b, l.loc, l.get(0u), l.getResultDtype()));
}

/// tril keeps what is on or below the diagonal, triu on or above.
static AtenLoweringFn createTriangle(bool lower) {
  return [lower](const AtenLowering &l) -> LogicalResult {
    OpBuilder &b = l.b;
    DtypedValue self = l.get("self");
    int64_t rank = self.getRank();
    if (rank < 2)
      return l.fail("needs at least two dims");
    Value diagonal = l.get("diagonal").value;
    Value result = createFromIndices(
        b, l.loc, getSizes(b, l.loc, self.value), l.getResultDtype(),
        [&](OpBuilder &nested, ValueRange indices) -> Value {
          Value row = arith::IndexCastOp::create(
              nested, l.loc, nested.getI64Type(), indices[rank - 2]);
          Value column = arith::IndexCastOp::create(
              nested, l.loc, nested.getI64Type(), indices[rank - 1]);
          Value edge = arith::AddIOp::create(nested, l.loc, row, diagonal);
          Value keep = arith::CmpIOp::create(
              nested, l.loc,
              lower ? arith::CmpIPredicate::sle : arith::CmpIPredicate::sge,
              column, edge);
          Value element =
              tensor::ExtractOp::create(nested, l.loc, self.value, indices);
          ScalarMath math(nested, l.loc, l.getResultDtype());
          return math.select(keep, element, math.constant(0));
        });
    return l.replace(result);
  };
}

void minitorch::detail::populateCreationPatterns(const TypeConverter &converter,
                                                 RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter,
                  {"zeros", "empty.memory_format", "new_zeros", "new_empty"},
                  createOfSizes(0));
  addAtenLowering(patterns, converter, {"ones", "new_ones"}, createOfSizes(1));
  addAtenLowering(patterns, converter, {"full", "new_full"}, createFull);
  addAtenLowering(patterns, converter, {"zeros_like", "empty_like"},
                  createLike(0));
  addAtenLowering(patterns, converter, {"ones_like"}, createLike(1));
  addAtenLowering(patterns, converter, {"full_like"}, createFullLike);
  addAtenLowering(patterns, converter,
                  {"arange", "arange.start", "arange.start_step"},
                  createArange);
  addAtenLowering(patterns, converter, {"eye", "eye.m"}, createEye);
  addAtenLowering(patterns, converter,
                  {"scalar_tensor", "tensor.int", "tensor.float",
                   "tensor.bool"},
                  createScalar);
  addAtenLowering(patterns, converter, {"tensor"}, createFromList);
  addAtenLowering(patterns, converter,
                  {"item", "Int.Tensor", "Float.Tensor", "Bool.Tensor",
                   "IntImplicit", "FloatImplicit", "ScalarImplicit"},
                  takeItem);
  addAtenLowering(patterns, converter,
                  {"to.dtype", "to.dtype_layout", "to.device", "to.other",
                   "to.prim_Device", "to.prim_dtype", "type_as", "_to_copy"},
                  convertDtype);
  addAtenLowering(patterns, converter, {"tril"}, createTriangle(true));
  addAtenLowering(patterns, converter, {"triu"}, createTriangle(false));
}
