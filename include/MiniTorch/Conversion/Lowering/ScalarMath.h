//===- ScalarMath.h - Scalar formulas in arith and math ---------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A dtype is an element type as PyTorch means it: ui8 is uint8, i1 is bool. Its
// values are signless from the conversions on, so signedness is a fact of the
// dtype and never of the value.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CONVERSION_LOWERING_SCALARMATH_H
#define MINITORCH_CONVERSION_LOWERING_SCALARMATH_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"

namespace minitorch {

/// The type that holds values of `dtype`: ui8 is held in i8.
mlir::Type getStorageType(mlir::Type dtype);
/// Whether arithmetic on `dtype` is unsigned: uint8 and bool.
bool isUnsignedDtype(mlir::Type dtype);
/// The dtype PyTorch computes `dtype` in: f32 for f16 and bf16.
mlir::Type getComputeDtype(mlir::Type dtype);

/// Builds scalar operations on values of one dtype. Every function takes and
/// returns values of the dtype's storage type; comparisons return i1.
class ScalarMath {
public:
  ScalarMath(mlir::OpBuilder &b, mlir::Location loc, mlir::Type dtype);

  mlir::OpBuilder &b;
  mlir::Location loc;
  mlir::Type dtype;
  /// The storage type of `dtype`.
  mlir::Type type;

  bool isFloat() const;
  bool isComplex() const;
  bool isBool() const;
  bool isInteger() const { return !isFloat() && !isComplex(); }
  bool isUnsigned() const { return isUnsignedDtype(dtype); }

  mlir::Value constant(double value) const;
  mlir::Value constantInt(int64_t value) const;
  /// The least and the greatest value; infinities for floats.
  mlir::Value lowest() const;
  mlir::Value highest() const;

  mlir::Value add(mlir::Value x, mlir::Value y) const;
  mlir::Value sub(mlir::Value x, mlir::Value y) const;
  mlir::Value mul(mlir::Value x, mlir::Value y) const;
  /// True division of floats, division towards zero of integers (where a zero
  /// divisor counts as one: the caller has checked it).
  mlir::Value div(mlir::Value x, mlir::Value y) const;
  /// Division towards minus infinity.
  mlir::Value floorDiv(mlir::Value x, mlir::Value y) const;
  /// x - y * floor(x / y), with the sign of y.
  mlir::Value remainder(mlir::Value x, mlir::Value y) const;
  /// C's fmod, with the sign of x.
  mlir::Value fmod(mlir::Value x, mlir::Value y) const;
  mlir::Value pow(mlir::Value x, mlir::Value y) const;
  /// The greatest common divisor of integers, which is not negative.
  mlir::Value gcd(mlir::Value x, mlir::Value y) const;
  mlir::Value neg(mlir::Value x) const;
  mlir::Value abs(mlir::Value x) const;

  /// NaN wherever an operand is NaN, as PyTorch's max and clamp.
  mlir::Value max(mlir::Value x, mlir::Value y) const;
  mlir::Value min(mlir::Value x, mlir::Value y) const;

  mlir::Value eq(mlir::Value x, mlir::Value y) const;
  mlir::Value ne(mlir::Value x, mlir::Value y) const;
  mlir::Value lt(mlir::Value x, mlir::Value y) const;
  mlir::Value le(mlir::Value x, mlir::Value y) const;
  mlir::Value gt(mlir::Value x, mlir::Value y) const { return lt(y, x); }
  mlir::Value ge(mlir::Value x, mlir::Value y) const { return le(y, x); }
  mlir::Value isNan(mlir::Value x) const;
  mlir::Value isInf(mlir::Value x) const;
  mlir::Value isNonzero(mlir::Value x) const;
  mlir::Value select(mlir::Value c, mlir::Value x, mlir::Value y) const;

  /// Arithmetic on the parts of complex numbers, and the parts.
  ScalarMath getPart() const;
  mlir::Value re(mlir::Value x) const;
  mlir::Value im(mlir::Value x) const;
  mlir::Value fromParts(mlir::Value re, mlir::Value im) const;

  /// `x` of dtype `from` as this dtype.
  mlir::Value cast(mlir::Value x, mlir::Type from) const;

  mlir::Value exp(mlir::Value x) const;
  mlir::Value log(mlir::Value x) const;
  mlir::Value sqrt(mlir::Value x) const;
  mlir::Value tanh(mlir::Value x) const;
  mlir::Value floor(mlir::Value x) const;
  mlir::Value trunc(mlir::Value x) const;
  /// 1 / (1 + exp(-x))
  mlir::Value sigmoid(mlir::Value x) const;

private:
  mlir::Value compare(mlir::Value x, mlir::Value y,
                      mlir::arith::CmpFPredicate f,
                      mlir::arith::CmpIPredicate s,
                      mlir::arith::CmpIPredicate u) const;
  mlir::Value integerPow(mlir::Value x, mlir::Value y) const;
};

/// A number (not an element) of dtype `from` as dtype `to`; constants stay so.
mlir::Value castNumber(mlir::OpBuilder &b, mlir::Location loc,
                       mlir::Value value, mlir::Type from, mlir::Type to);

/// `value` of dtype `from` as dtype `to`.
mlir::Value castScalar(mlir::OpBuilder &b, mlir::Location loc,
                       mlir::Value value, mlir::Type from, mlir::Type to);

} // namespace minitorch

#endif // MINITORCH_CONVERSION_LOWERING_SCALARMATH_H
