//===- Queries.cpp - Sizes and numbers of tensors ---------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "Patterns.h"

using namespace mlir;
using namespace minitorch;

static Value createInt(const AtenLowering &l, int64_t value) {
  return arith::ConstantIntOp::create(l.b, l.loc, value, 64);
}

static LogicalResult lowerSizeInt(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  if (self.getRank() == 0)
    return l.fail("size of a dim of a scalar");
  FailureOr<int64_t> dim = l.getDim("dim", self.getRank());
  if (failed(dim))
    return failure();
  return l.replace(toInt(l.b, l.loc, getSize(l.b, l.loc, self.value, *dim)));
}

/// size() => the list of the sizes
static LogicalResult lowerSize(const AtenLowering &l) {
  SmallVector<Value> sizes;
  for (OpFoldResult size : getSizes(l.b, l.loc, l.get("self").value))
    sizes.push_back(toInt(l.b, l.loc, size));
  auto list = mt::PrimListConstructOp::create(
      l.b, l.loc, l.op->getResult(0).getType(), sizes);
  return l.replace(list->getResults());
}

static LogicalResult lowerDim(const AtenLowering &l) {
  return l.replace(createInt(l, l.get("self").getRank()));
}

static LogicalResult lowerNumel(const AtenLowering &l) {
  return l.replace(
      toInt(l.b, l.loc, getNumElements(l.b, l.loc, l.get("self").value)));
}

static LogicalResult lowerLen(const AtenLowering &l) {
  Value self = l.get(0u).value;
  if (l.get(0u).getRank() == 0)
    return l.fail("len() of a 0-d tensor");
  return l.replace(toInt(l.b, l.loc, getSize(l.b, l.loc, self, 0)));
}

static LogicalResult lowerIsFloatingPoint(const AtenLowering &l) {
  bool isFloat = isa<FloatType>(l.get("self").dtype);
  return l.replace(
      arith::ConstantIntOp::create(l.b, l.loc, isFloat, 1).getResult());
}

/// item, int(), float(), bool(): the one element.
static LogicalResult lowerItem(const AtenLowering &l) {
  DtypedValue self = l.get(0u);
  OpFoldResult elements = getNumElements(l.b, l.loc, self.value);
  l.check(createSizesEqual(l.b, l.loc, elements, l.b.getIndexAttr(1)),
          "RuntimeError",
          "a Tensor with more or less than one element cannot be converted to "
          "Scalar");
  Value zero = arith::ConstantIndexOp::create(l.b, l.loc, 0);
  Value element = tensor::ExtractOp::create(
      l.b, l.loc, self.value, SmallVector<Value>(self.getRank(), zero));
  Type type = l.op->getResult(0).getType();
  if (!isa<FloatType, IntegerType, ComplexType>(type))
    return l.fail("the type of the number is not known");
  return l.replace(castScalar(l.b, l.loc, element, self.dtype, type));
}

void minitorch::detail::populateQueryPatterns(const TypeConverter &converter,
                                              RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter, {"size.int"}, lowerSizeInt);
  addAtenLowering(patterns, converter, {"size"}, lowerSize);
  addAtenLowering(patterns, converter, {"dim"}, lowerDim);
  addAtenLowering(patterns, converter, {"numel"}, lowerNumel);
  addAtenLowering(patterns, converter, {"len.Tensor"}, lowerLen);
  addAtenLowering(patterns, converter, {"is_floating_point"},
                  lowerIsFloatingPoint);
  addAtenLowering(patterns, converter,
                  {"item", "Int.Tensor", "Float.Tensor", "Bool.Tensor",
                   "IntImplicit", "FloatImplicit", "ScalarImplicit"},
                  lowerItem);
}
