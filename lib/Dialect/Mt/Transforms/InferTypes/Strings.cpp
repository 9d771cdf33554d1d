//===- Strings.cpp - Strings that branches choose ---------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InferTypes.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace minitorch;
using namespace minitorch::mt;

static bool isLength(Operation *op) {
  auto generic = dyn_cast<OperatorOp>(op);
  return generic && generic.getName() == "aten::len.str";
}

// `if not reason:` asks for the length of a string that earlier branches chose.
// There are no strings at run time, but the length can be chosen in its place.
void minitorch::mt::chooseLengths(func::FuncOp func) {
  llvm::SetVector<Value> measured;
  func.walk([&](PrimIfOp op) {
    for (Value result : op.getResults())
      if (isa<StrType>(result.getType()))
        measured.insert(result);
  });
  // All that anyone asks of it, or of a string that it may become, is a length.
  auto isOnlyMeasured = [&](Value value) {
    return llvm::all_of(value.getUses(), [&](OpOperand &use) {
      Operation *user = use.getOwner();
      auto ifOp = dyn_cast_or_null<PrimIfOp>(user->getParentOp());
      return isLength(user) ||
             (ifOp && isa<PrimYieldOp>(user) &&
              measured.contains(ifOp.getResult(use.getOperandNumber())));
    });
  };
  while (
      measured.remove_if([&](Value value) { return !isOnlyMeasured(value); })) {
  }

  OpBuilder builder(func.getContext());
  Type i64 = builder.getI64Type();
  for (Value value : measured) {
    auto ifOp = value.getDefiningOp<PrimIfOp>();
    unsigned number = cast<OpResult>(value).getResultNumber();
    for (PrimYieldOp yield : {ifOp.thenYield(), ifOp.elseYield()}) {
      Value string = yield.getValues()[number];
      if (measured.contains(string))
        continue;
      builder.setInsertionPoint(yield);
      Value length;
      if (string.getDefiningOp<PrimUninitializedOp>())
        length = PrimUninitializedOp::create(builder, yield.getLoc(), i64);
      else
        length = OperatorOp::create(builder, yield.getLoc(), TypeRange{i64},
                                    builder.getStringAttr("aten::len.str"),
                                    ValueRange{string})
                     .getResult(0);
      yield.getValuesMutable()[number].set(length);
    }
  }
  for (Value value : measured) {
    value.setType(i64);
    for (Operation *user : llvm::make_early_inc_range(value.getUsers())) {
      if (!isLength(user))
        continue;
      user->replaceAllUsesWith(ValueRange{value});
      user->erase();
    }
  }
}
