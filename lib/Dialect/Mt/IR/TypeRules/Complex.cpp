//===- Complex.cpp - Type rules between complex and real --------*- C++ -*-===//
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

// One more dimension, of the real and the imaginary part.
LogicalResult viewAsReal(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (self.dtype) {
    auto complex = dyn_cast<ComplexType>(self.dtype);
    if (!complex)
      return context.fail("view_as_real takes a complex tensor");
    self.dtype = complex.getElementType();
  }
  if (self.hasRank)
    self.sizes.push_back(2);
  return context.setResult(self);
}

LogicalResult viewAsComplex(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (self.dtype) {
    if (!self.dtype.isF16() && !self.dtype.isF32() && !self.dtype.isF64())
      return context.fail("view_as_complex takes a tensor of floats");
    self.dtype = ComplexType::get(self.dtype);
  }
  if (self.hasRank) {
    if (self.getRank() == 0 || !mergeSize(self.sizes.back(), 2))
      return context.fail("view_as_complex takes a last dimension of size 2");
    self.sizes.pop_back();
  }
  return context.setResult(self);
}

// complex(real, imag), polar(abs, angle)
LogicalResult fromParts(const TypeRuleContext &context) {
  Type part = context.getTensor(0).dtype, other = context.getTensor(1).dtype;
  auto isPart = [](Type type) {
    return type.isF16() || type.isF32() || type.isF64();
  };
  Type dtype;
  if (part && other) {
    if (!isPart(part) || !isPart(other))
      return context.fail("Expected both inputs to be Half, Float or Double "
                          "tensors but got " +
                          getDtypeName(part) + " and " + getDtypeName(other));
    if (part != other)
      return context.fail("Expected object of scalar type " +
                          getDtypeName(part) + " but got scalar type " +
                          getDtypeName(other) + " for second argument");
    dtype = ComplexType::get(part);
  }
  return setBroadcast(context, {0, 1}, dtype);
}

} // namespace minitorch::mt::type_rules
