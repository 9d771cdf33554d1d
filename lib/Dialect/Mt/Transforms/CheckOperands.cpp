//===- CheckOperands.cpp - Operands that are tested when they come --------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checks.h"
#include "Functionalize/InPlace.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "OperandChecks.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace minitorch::mt {
#define GEN_PASS_DEF_MTCHECKOPERANDSPASS
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"
} // namespace minitorch::mt

using namespace mlir;
using namespace minitorch::mt;

namespace {
class MtCheckOperandsPass
    : public minitorch::mt::impl::MtCheckOperandsPassBase<MtCheckOperandsPass> {
public:
  using Base::Base;
  void runOnOperation() override {
    if (writes)
      return checkWrites();
    SmallVector<Operation *> operators;
    getOperation().walk([&](Operation *op) {
      if (isa<SchemaOpInterface>(op))
        operators.push_back(op);
    });
    for (Operation *op : operators)
      if (const Schema *schema = lookupSchema(op))
        for (const OperandCheck &check : getOperandChecks(*schema))
          insert(op, *schema, check);
  }

private:
  void checkWrites() {
    SmallVector<OperatorOp> checks;
    getOperation().walk([&](OperatorOp op) {
      if (op.getName() == checkWriteName)
        checks.push_back(op);
    });
    for (OperatorOp op : checks)
      numChecks += expandWriteCheck(op);
  }

  void insert(Operation *op, const Schema &schema, const OperandCheck &check) {
    if (holds(op, schema, check.conditions) == false)
      return;
    OpBuilder builder(op);
    Location loc = op->getLoc();
    Value fails = createCheckConditions(builder, op, check);
    if (!fails)
      return;
    auto ifOp = PrimIfOp::create(builder, loc, TypeRange(), fails);
    builder.createBlock(&ifOp.getThenRegion());
    Value text = createCheckMessage(builder, op, check);
    Value exception = ConstantStrOp::create(
        builder, loc, StrType::get(op->getContext()), check.exception);
    PrimRaiseOp::create(builder, loc, text, exception);
    PrimYieldOp::create(builder, loc, ValueRange());
    builder.createBlock(&ifOp.getElseRegion());
    PrimYieldOp::create(builder, loc, ValueRange());
    ++numChecks;
  }
};
} // namespace
