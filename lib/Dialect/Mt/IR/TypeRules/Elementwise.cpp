//===- Elementwise.cpp - Type rules of pointwise operators ------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/DtypeErrors.h"
#include "Operands.h"

using namespace mlir;

namespace minitorch::mt::type_rules {

//===----------------------------------------------------------------------===//
// Unary
//===----------------------------------------------------------------------===//

LogicalResult unaryFloat(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  return setResult(context, self, toFloatDtype(self.dtype));
}

LogicalResult unarySame(const TypeRuleContext &context) {
  return context.setResult(context.getTensor(0));
}

LogicalResult unaryAbs(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (auto complex = dyn_cast_or_null<ComplexType>(self.dtype))
    self.dtype = complex.getElementType();
  return context.setResult(self);
}

// The argument of a complex number; 0 or pi of a real one.
LogicalResult unaryAngle(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (auto complex = dyn_cast_or_null<ComplexType>(self.dtype))
    self.dtype = complex.getElementType();
  return setResult(context, self, toFloatDtype(self.dtype));
}

// polygamma(n, self)
LogicalResult polygamma(const TypeRuleContext &context) {
  TensorShape self = getTensor(context, "self");
  return setResult(context, self, toFloatDtype(self.dtype));
}

// A mantissa and an exponent.
LogicalResult frexp(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0), exponent = self;
  exponent.dtype = IntegerType::get(context.getContext(), 32);
  return failure(failed(context.setResult(self)) ||
                 failed(context.setResult(exponent)));
}

LogicalResult unaryBool(const TypeRuleContext &context) {
  return setResult(context, context.getTensor(0), getBool(context));
}

/// Whether each element of the first operand is one of the second.
LogicalResult isIn(const TypeRuleContext &context) {
  return unaryBool(context);
}

// x ** 2, where 2 is a Python int.
LogicalResult square(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (self.dtype && self.dtype.isSignlessInteger(1))
    self.dtype = getInt64(context);
  return context.setResult(self);
}

LogicalResult clampScalar(const TypeRuleContext &context) {
  return setResult(context, context.getTensor(0),
                   promoteTypes(context.getOperation()->getOperands()));
}

LogicalResult clampTensor(const TypeRuleContext &context) {
  return setBroadcast(context, {0, 1, 2},
                      promoteTypes(context.getOperation()->getOperands()));
}

//===----------------------------------------------------------------------===//
// Binary and ternary
//===----------------------------------------------------------------------===//

/// Promotion of operands `start` up to `start + count`.
static Type promote(const TypeRuleContext &context, unsigned start,
                    unsigned count) {
  return promoteTypes(
      context.getOperation()->getOperands().slice(start, count));
}

/// Whether PyTorch takes the factor `name` for numbers of `dtype`.
static LogicalResult checkFactor(const TypeRuleContext &context, StringRef name,
                                 Type dtype) {
  Value factor = context.getOperand(name);
  if (!dtype || !factor)
    return success();
  if (factor.getType().isSignlessInteger(1) && !dtype.isSignlessInteger(1))
    return context.fail("Boolean " + name +
                        " only supported for Boolean results.");
  if (isa<FloatType>(factor.getType()) && !isFloatOrComplex(dtype))
    return context.fail("For integral input tensors, argument " + name +
                        " must not be a floating point number.");
  return success();
}

/// lerp does not promote; a weight of rank 0 is a number.
static LogicalResult checkLerp(const TypeRuleContext &context) {
  Type dtype = context.getTensor(0).dtype;
  for (StringRef name : {"end", "weight"}) {
    std::optional<TensorShape> other =
        TensorShape::of(context.getOperand(name).getType());
    bool isNumber =
        name == "weight" && other && !(other->hasRank && other->getRank() > 0);
    if (other && !isNumber && dtype && other->dtype && other->dtype != dtype)
      return context.fail("expected dtype " + getDtypeTypeName(dtype) +
                          " for `" + name + "` but got dtype " +
                          getDtypeTypeName(other->dtype));
  }
  return success();
}

LogicalResult binaryPromote(const TypeRuleContext &context) {
  StringRef name = getSchemaName(context);
  if (name == "aten::lerp.Scalar" && failed(checkLerp(context)))
    return failure();
  if (failed(checkFactor(context, "alpha", promote(context, 0, 2))))
    return failure();
  if (name == "aten::sub.Scalar" || name == "aten::rsub.Scalar") {
    Type dtype = context.getTensor(0).dtype;
    if ((dtype && dtype.isSignlessInteger(1)) ||
        context.getOperand(1).getType().isSignlessInteger(1))
      return context.fail(
          "Subtraction, the `-` operator, with a bool tensor is not supported. "
          "If you are trying to invert a mask, use the `~` or `logical_not()` "
          "operator instead.");
  }
  return setBroadcast(context, {0, 1}, promote(context, 0, 2));
}

LogicalResult binaryFloat(const TypeRuleContext &context) {
  return setBroadcast(context, {0, 1}, toFloatDtype(promote(context, 0, 2)));
}

// In double precision, real or complex.
LogicalResult floatPower(const TypeRuleContext &context) {
  Type dtype = promote(context, 0, 2);
  if (dtype) {
    Type f64 = Float64Type::get(context.getContext());
    dtype = isa<ComplexType>(dtype) ? ComplexType::get(f64) : f64;
  }
  return setBroadcast(context, {0, 1}, dtype);
}

LogicalResult divMode(const TypeRuleContext &context) {
  Type dtype = promote(context, 0, 2);
  if (auto mode = getConstantStr(context.getOperand("rounding_mode"));
      mode && *mode != "trunc" && *mode != "floor")
    return context.fail("div expected rounding_mode to be one of None, "
                        "'trunc', or 'floor' but found '" +
                        *mode + "'");
  // Without rounding it is true division.
  if (isNone(context, "rounding_mode"))
    dtype = toFloatDtype(dtype);
  else if (!getConstantStr(context.getOperand("rounding_mode")) && dtype &&
           !isFloatOrComplex(dtype))
    dtype = Type();
  return setBroadcast(context, {0, 1}, dtype);
}

LogicalResult compare(const TypeRuleContext &context) {
  if (getSchemaName(context) == "aten::isclose" &&
      failed(checkSameDtypes(context)))
    return failure();
  return setBroadcast(context, {0, 1}, getBool(context));
}

LogicalResult where(const TypeRuleContext &context) {
  Type condition = context.getTensor(0).dtype;
  if (condition && !condition.isSignlessInteger(1) &&
      !condition.isUnsignedInteger(8))
    return context.fail("where expected condition to be a boolean tensor, but "
                        "got a tensor with dtype " +
                        getDtypeName(condition));
  return setBroadcast(context, {0, 1, 2}, promote(context, 1, 2));
}

LogicalResult maskedFill(const TypeRuleContext &context) {
  TensorShape value = getTensor(context, "value");
  if (value.hasRank && value.getRank() > 0)
    return context.fail("masked_fill_ only supports a 0-dimensional value "
                        "tensor, but got tensor with " +
                        Twine(value.getRank()) + " dimension(s).");
  return setBroadcast(context, {0, 1}, context.getTensor(0).dtype);
}

LogicalResult addcmul(const TypeRuleContext &context) {
  if (getSchemaName(context) == "aten::lerp.Tensor" &&
      failed(checkLerp(context)))
    return failure();
  return setBroadcast(context, {0, 1, 2}, promote(context, 0, 3));
}

//===----------------------------------------------------------------------===//
// Conversion and copies
//===----------------------------------------------------------------------===//

LogicalResult sameAsInput(const TypeRuleContext &context) {
  return context.setResult(context.getTensor(0));
}

/// The same elements in another order.
LogicalResult reordered(const TypeRuleContext &context) {
  return sameAsInput(context);
}

/// New elements in the order of the old ones: without gaps.
LogicalResult orderedAsInput(const TypeRuleContext &context) {
  return sameAsInput(context);
}

/// A copy with the same strides, of which a part is written.
LogicalResult stridedAsInput(const TypeRuleContext &context) {
  return sameAsInput(context);
}

/// Matrices, of which the result lies column by column.
LogicalResult columnsAsInput(const TypeRuleContext &context) {
  return sameAsInput(context);
}

/// An image, whose result lies in memory as it does.
LogicalResult normalizedImage(const TypeRuleContext &context) {
  return sameAsInput(context);
}

LogicalResult sameAsSecond(const TypeRuleContext &context) {
  return context.setResult(context.getTensor(1));
}

LogicalResult copyInto(const TypeRuleContext &context) {
  return context.setResult(context.getTensor(0));
}

// A tensor like the first one, and a mask of it.
LogicalResult withMask(const TypeRuleContext &context) {
  if (failed(sameAsInput(context)))
    return failure();
  return unaryBool(context);
}

/// Every form of `to` has a dtype; None keeps the tensor's.
LogicalResult toDtype(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  return setResult(context, self, getDtype(context, self.dtype));
}

LogicalResult toDtypeLayout(const TypeRuleContext &context) {
  return toDtype(context);
}

LogicalResult toDevice(const TypeRuleContext &context) {
  return toDtype(context);
}

LogicalResult toPrimDevice(const TypeRuleContext &context) {
  return toDtype(context);
}

LogicalResult toPrimDtype(const TypeRuleContext &context) {
  return toDtype(context);
}

LogicalResult typeAs(const TypeRuleContext &context) {
  return setResult(context, context.getTensor(0), context.getTensor(1).dtype);
}

} // namespace minitorch::mt::type_rules
