//===- Enums.cpp - Which member of an enum is which -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// In TorchScript every mention of a member in the source, and every argument,
// is an object of its own, so `c is Color.RED` does not hold. At run time there
// is one object for a member: the question has to be answered here.
//
//===----------------------------------------------------------------------===//

#include "InlineObjects.h"
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

void mt::resolveEnumIdentity(func::FuncOp entry) {
  auto state = entry->getAttrOfType<ArrayAttr>("mt.state");
  unsigned numArguments = entry.getNumArguments() - (state ? state.size() : 0);
  // An object that no other value of these is.
  auto isDistinct = [&](Value value) {
    auto argument = dyn_cast<BlockArgument>(value);
    if (!argument)
      return isa<ConstantEnumOp>(value.getDefiningOp());
    return argument.getOwner() == &entry.getBody().front() &&
           argument.getArgNumber() < numArguments;
  };
  SmallVector<OperatorOp> questions;
  entry.walk([&](OperatorOp op) {
    if ((op.getName() == "aten::__is__" || op.getName() == "aten::__isnot__") &&
        op.getInputs().size() == 2)
      questions.push_back(op);
  });
  for (OperatorOp op : questions) {
    Value a = stripCasts(op.getInputs()[0]), b = stripCasts(op.getInputs()[1]);
    if (!isa<EnumType>(a.getType()) || !isa<EnumType>(b.getType()) ||
        (a != b && !(isDistinct(a) && isDistinct(b))))
      continue;
    OpBuilder builder(op);
    bool holds = (a == b) == (op.getName() == "aten::__is__");
    op.replaceAllUsesWith(ValueRange(Value(arith::ConstantOp::create(
        builder, op.getLoc(), builder.getBoolAttr(holds)))));
    op.erase();
  }
}
