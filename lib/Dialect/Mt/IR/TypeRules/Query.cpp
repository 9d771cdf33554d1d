//===- Query.cpp - Type rules of what is asked of a tensor ------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operands.h"

using namespace mlir;

namespace minitorch::mt::type_rules {

LogicalResult sizeList(const TypeRuleContext &context) {
  return context.unknown();
}

// The schema says the result's type: int, float or bool.
LogicalResult scalarResult(const TypeRuleContext &context) {
  if (getSchemaName(context) == "aten::allclose" &&
      failed(checkSameDtypes(context)))
    return failure();
  return context.unknown();
}

// A Python number of the dtype's kind.
LogicalResult itemResult(const TypeRuleContext &context) {
  Type dtype = context.getTensor(0).dtype;
  MLIRContext *mlirContext = context.getContext();
  if (isa_and_nonnull<FloatType>(dtype))
    return context.setType(Float64Type::get(mlirContext));
  if (isa_and_nonnull<ComplexType>(dtype))
    return context.setType(ComplexType::get(Float64Type::get(mlirContext)));
  if (!dtype)
    return context.unknown();
  return context.setType(dtype.isSignlessInteger(1) ? dtype
                                                    : getInt64(context));
}

} // namespace minitorch::mt::type_rules
