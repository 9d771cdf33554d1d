//===- Checks.cpp - Conditions that are tested at run time ------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checks.h"
#include "MiniTorch/Dialect/Mt/IR/AtenOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace minitorch::mt;

void minitorch::mt::raiseUnless(OpBuilder &builder, Location loc,
                                Value condition, StringRef message,
                                StringRef exception, ValueRange numbers) {
  auto ifOp = PrimIfOp::create(builder, loc, TypeRange(), condition);
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&ifOp.getThenRegion());
  PrimYieldOp::create(builder, loc, ValueRange());
  builder.createBlock(&ifOp.getElseRegion());
  auto str = [&](StringRef text) -> Value {
    return ConstantStrOp::create(builder, loc,
                                 StrType::get(builder.getContext()), text);
  };
  Value text = str(message);
  if (!numbers.empty()) {
    SmallVector<Value> operands{text};
    llvm::append_range(operands, numbers);
    text = OperatorOp::create(builder, loc, text.getType(), "aten::format",
                              operands)
               .getResult(0);
  }
  PrimRaiseOp::create(builder, loc, text, str(exception));
  PrimYieldOp::create(builder, loc, ValueRange());
}

bool minitorch::mt::raiseUnlessSameSizes(OpBuilder &builder, Location loc,
                                         Value a, Value b, StringRef message) {
  auto first = TensorShape::of(a.getType());
  auto second = TensorShape::of(b.getType());
  if (!first || !second || !first->hasRank || !second->hasRank ||
      first->getRank() != second->getRank())
    return false;
  SmallVector<int64_t> unknown;
  for (int64_t dim = 0; dim < first->getRank(); ++dim) {
    int64_t x = first->sizes[dim], y = second->sizes[dim];
    if (ShapedType::isDynamic(x) || ShapedType::isDynamic(y))
      unknown.push_back(dim);
    else if (x != y)
      return false;
  }
  Value same;
  for (int64_t dim : unknown) {
    Value index = arith::ConstantIntOp::create(builder, loc, dim, 64);
    auto size = [&](Value tensor) -> Value {
      return AtenSizeIntOp::create(builder, loc, builder.getI64Type(),
                                   ValueRange{tensor, index});
    };
    Value equal = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                        size(a), size(b));
    same =
        same ? Value(arith::AndIOp::create(builder, loc, same, equal)) : equal;
  }
  if (same)
    raiseUnless(builder, loc, same, message);
  return true;
}
