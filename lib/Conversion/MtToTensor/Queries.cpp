//===- Queries.cpp - Sizes and numbers of tensors ---------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "MiniTorch/Dialect/Mt/IR/DtypeErrors.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "Patterns.h"
#include "mlir/Dialect/Complex/IR/Complex.h"

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

/// Raises where `value` of type `from` is no number of type `to`.
static void checkFits(const AtenLowering &l, Value value, Type from, Type to) {
  OpBuilder &b = l.b;
  auto number = [&](double x, Type type) -> Value {
    return arith::ConstantOp::create(b, l.loc, b.getFloatAttr(type, x));
  };
  auto check = [&](Value fits) {
    l.check(fits, "RuntimeError",
            "value cannot be converted to type " +
                Twine(to.isF64() ? "double" : "int64_t") + " without overflow");
  };
  if (to.isInteger(1) || isa<ComplexType>(to))
    return;
  if (auto complexType = dyn_cast<ComplexType>(from)) {
    Type part = complexType.getElementType();
    Value imaginary = complex::ImOp::create(b, l.loc, part, value);
    check(arith::CmpFOp::create(b, l.loc, arith::CmpFPredicate::OEQ, imaginary,
                                number(0, part)));
    from = part;
    value = complex::ReOp::create(b, l.loc, part, value);
  }
  if (!isa<FloatType>(from) || !isa<IntegerType>(to))
    return;
  if (!from.isF64())
    value = castScalar(b, l.loc, value, from, b.getF64Type());
  Value above = arith::CmpFOp::create(b, l.loc, arith::CmpFPredicate::OGE,
                                      value, number(-0x1p63, b.getF64Type()));
  Value below = arith::CmpFOp::create(b, l.loc, arith::CmpFPredicate::OLT,
                                      value, number(0x1p63, b.getF64Type()));
  check(arith::AndIOp::create(b, l.loc, above, below));
}

/// item, int(), float(), bool(): the one element.
static LogicalResult lowerItem(const AtenLowering &l) {
  DtypedValue self = l.get(0u);
  OpFoldResult elements = getNumElements(l.b, l.loc, self.value);
  auto hasCount = [&](int64_t count) {
    return createSizesEqual(l.b, l.loc, elements, l.b.getIndexAttr(count));
  };
  if (l.getName().ends_with("Implicit")) {
    Value never = arith::ConstantIntOp::create(l.b, l.loc, 0, 1);
    if (self.getRank() != 0)
      l.check(never, "RuntimeError",
              "Cannot input a tensor of dimension other than 0 as a scalar "
              "argument");
    else if (l.getName() == "IntImplicit" && !isa<IntegerType>(self.dtype))
      l.check(never, "RuntimeError",
              "Cannot input a tensor of type " + mt::getDtypeName(self.dtype) +
                  " as an integral argument");
  } else if (l.getName() == "Bool") {
    Value no = arith::ConstantIntOp::create(l.b, l.loc, 1, 1);
    l.check(arith::XOrIOp::create(l.b, l.loc, hasCount(0), no), "RuntimeError",
            "Boolean value of Tensor with no values is ambiguous");
    l.check(hasCount(1), "RuntimeError",
            "Boolean value of Tensor with more than one value is ambiguous");
  } else if (std::optional<int64_t> count = getConstantIntValue(elements)) {
    l.check(hasCount(1), "RuntimeError",
            "a Tensor with " + Twine(*count) +
                " elements cannot be converted to Scalar");
  } else {
    l.check(hasCount(1), "RuntimeError",
            "a Tensor with {} elements cannot be converted to Scalar",
            toInt(l.b, l.loc, elements));
  }
  Value zero = arith::ConstantIndexOp::create(l.b, l.loc, 0);
  Value element = tensor::ExtractOp::create(
      l.b, l.loc, self.value, SmallVector<Value>(self.getRank(), zero));
  Type type = l.op->getResult(0).getType();
  if (!isa<FloatType, IntegerType, ComplexType>(type))
    return l.fail("the type of the number is not known");
  checkFits(l, element, self.dtype, type);
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
