//===- Complex.cpp - Between complex numbers and their parts ----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Complex/IR/Complex.h"
#include "Patterns.h"
#include "Pointwise.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <numbers>

using namespace mlir;
using namespace minitorch;
using namespace minitorch::detail;

/// A real tensor of `formula` of the complex elements of `self`.
static LogicalResult replaceByReal(
    const AtenLowering &l,
    llvm::function_ref<Value(const ScalarMath &, Value re, Value im)> formula) {
  DtypedValue self = l.get("self");
  Type part = cast<ComplexType>(self.dtype).getElementType();
  return l.replace(createElementwise(
      l.b, l.loc, self, self.getRank(), self.dtype, part, l.getResultDtype(),
      [&](const ScalarMath &m, ValueRange x) {
        ScalarMath real(m.b, m.loc, part);
        return formula(real, m.re(x[0]), m.im(x[0]));
      }));
}

static LogicalResult lowerReal(const AtenLowering &l) {
  if (!isa<ComplexType>(l.get("self").dtype))
    return l.replace(l.get("self").value);
  return replaceByReal(l,
                       [](const ScalarMath &, Value re, Value) { return re; });
}

static LogicalResult lowerImag(const AtenLowering &l) {
  if (!isa<ComplexType>(l.get("self").dtype))
    return l.fail("a real tensor has no imaginary part");
  return replaceByReal(l,
                       [](const ScalarMath &, Value, Value im) { return im; });
}

/// The argument: of a real number 0 or pi.
static LogicalResult lowerAngle(const AtenLowering &l) {
  if (isa<ComplexType>(l.get("self").dtype))
    return replaceByReal(l,
                         [](const ScalarMath &m, Value re, Value im) -> Value {
                           return math::Atan2Op::create(m.b, m.loc, im, re);
                         });
  return replaceByFormula(l, l.get("self"), Computes::Result,
                          [](const ScalarMath &m, ValueRange x) {
                            Value angle = m.select(m.lt(x[0], m.constant(0)),
                                                   m.constant(std::numbers::pi),
                                                   m.constant(0));
                            return m.select(m.isNan(x[0]), x[0], angle);
                          });
}

/// re - i im; a real number is its own conjugate.
static LogicalResult lowerConj(const AtenLowering &l) {
  if (!isa<ComplexType>(l.get("self").dtype))
    return l.replace(l.get("self").value);
  return replaceByFormula(l, l.get("self"), Computes::Result,
                          [](const ScalarMath &m, ValueRange x) -> Value {
                            return complex::ConjOp::create(m.b, m.loc, x[0]);
                          });
}

/// complex(real, imag), polar(abs, angle)
static LogicalResult lowerFromParts(const AtenLowering &l) {
  auto dtype = dyn_cast<ComplexType>(l.getResultDtype());
  if (!dtype)
    return l.fail("the result is not complex");
  bool isPolar = l.getName() == "polar";
  return l.replace(createElementwise(
      l.b, l.loc, {l.get(0u), l.get(1u)}, l.getResultType().getRank(),
      dtype.getElementType(), dtype, dtype,
      [&](const ScalarMath &m, ValueRange x) -> Value {
        Value re = x[0], im = x[1];
        if (isPolar) {
          re = m.mul(x[0], math::CosOp::create(m.b, m.loc, x[1]));
          im = m.mul(x[0], math::SinOp::create(m.b, m.loc, x[1]));
        }
        return complex::CreateOp::create(m.b, m.loc, dtype, re, im);
      }));
}

/// [..., 2]: the real and the imaginary parts.
static LogicalResult lowerViewAsReal(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  if (!isa<ComplexType>(self.dtype))
    return l.fail("not a complex tensor");
  SmallVector<OpFoldResult> sizes = getSizes(l.b, l.loc, self.value);
  sizes.push_back(l.b.getIndexAttr(2));
  return l.replace(createFromIndices(
      l.b, l.loc, sizes, l.getResultDtype(),
      [&](OpBuilder &b, ValueRange indices) {
        Value element = tensor::ExtractOp::create(b, l.loc, self.value,
                                                  indices.drop_back());
        ScalarMath m(b, l.loc, self.dtype);
        Value zero = arith::ConstantIndexOp::create(b, l.loc, 0);
        Value isReal = arith::CmpIOp::create(b, l.loc, arith::CmpIPredicate::eq,
                                             indices.back(), zero);
        return m.select(isReal, m.re(element), m.im(element));
      }));
}

static LogicalResult lowerViewAsComplex(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  auto dtype = dyn_cast<ComplexType>(l.getResultDtype());
  if (!dtype || self.getRank() == 0)
    return l.fail("not a tensor of pairs");
  SmallVector<OpFoldResult> sizes = getSizes(l.b, l.loc, self.value);
  Value two = arith::ConstantIndexOp::create(l.b, l.loc, 2);
  if (!getConstantIntValue(sizes.back()))
    l.check(arith::CmpIOp::create(l.b, l.loc, arith::CmpIPredicate::eq,
                                  toIndex(l.b, l.loc, sizes.back()), two),
            "RuntimeError", "Tensor must have a last dimension of size 2");
  sizes.pop_back();
  return l.replace(createFromIndices(
      l.b, l.loc, sizes, dtype, [&](OpBuilder &b, ValueRange indices) -> Value {
        Value parts[2];
        for (int64_t i = 0; i < 2; ++i) {
          SmallVector<Value> position(indices);
          position.push_back(arith::ConstantIndexOp::create(b, l.loc, i));
          parts[i] = tensor::ExtractOp::create(b, l.loc, self.value, position);
        }
        return complex::CreateOp::create(b, l.loc, dtype, parts[0], parts[1]);
      }));
}

void minitorch::detail::populateComplexPatterns(const TypeConverter &converter,
                                                RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter, {"real"}, lowerReal);
  addAtenLowering(patterns, converter, {"imag"}, lowerImag);
  addAtenLowering(patterns, converter, {"angle"}, lowerAngle);
  // No tensor here is conjugated lazily.
  addAtenLowering(patterns, converter,
                  {"conj", "_conj", "conj_physical", "_conj_physical"},
                  lowerConj);
  addAtenLowering(patterns, converter, {"complex", "polar"}, lowerFromParts);
  addAtenLowering(patterns, converter, {"view_as_real"}, lowerViewAsReal);
  addAtenLowering(patterns, converter, {"view_as_complex"}, lowerViewAsComplex);
}
