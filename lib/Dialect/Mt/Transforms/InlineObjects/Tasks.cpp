//===- Tasks.cpp - Functions that the run time calls back -------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InlineObjects.h"
#include "MiniTorch/Dialect/Mt/IR/MtTaskOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

bool mt::isFork(Operation *op) {
  auto generic = dyn_cast<OperatorOp>(op);
  return generic && (generic.getName() == "prim::fork" ||
                     generic.getName() == "prim::awaitable");
}

Operation *mt::convertAwaitable(OperatorOp op) {
  if (op.getName() == "prim::awaitable_wait")
    op.setName("aten::wait");
  if (op.getName() != "prim::awaitable_nowait" || op.getInputs().size() != 1 ||
      op->getNumResults() != 1)
    return op;
  OpBuilder b(op);
  auto done = ForkOp::create(b, op.getLoc(), op->getResultTypes(),
                             /*lazy=*/UnitAttr());
  b.createBlock(&done.getBody());
  TaskYieldOp::create(b, op.getLoc(), op.getInputs()[0]);
  op.replaceAllUsesWith(done->getResults());
  op.erase();
  return done;
}

FailureOr<Operation *> mt::inlineTask(OperatorOp op, SymbolTable &symbols) {
  auto name = op->getAttrOfType<FlatSymbolRefAttr>("Subgraph");
  auto callee =
      name ? symbols.lookup<func::FuncOp>(name.getAttr()) : func::FuncOp();
  if (!callee || callee.isExternal() || op->getNumResults() != 1 ||
      callee.getNumResults() != 1 ||
      callee.getNumArguments() != op.getInputs().size())
    return op.emitError() << "forks a task whose function is not known";
  OpBuilder builder(op);
  auto fork = ForkOp::create(
      builder, op.getLoc(), op->getResultTypes(),
      op.getName() == "prim::awaitable" ? builder.getUnitAttr() : UnitAttr());
  IRMapping mapping;
  Block &body = callee.getBody().front();
  mapping.map(body.getArguments(), op.getInputs());
  builder.createBlock(&fork.getBody());
  for (Operation &inner : body.without_terminator())
    builder.clone(inner, mapping);
  Location caller = withoutName(op.getLoc());
  fork->walk([&](Operation *inner) {
    if (inner != fork)
      inner->setLoc(CallSiteLoc::get(inner->getLoc(), caller));
  });
  TaskYieldOp::create(
      builder, op.getLoc(),
      mapping.lookupOrDefault(body.getTerminator()->getOperand(0)));
  op.replaceAllUsesWith(fork->getResults());
  op.erase();
  return fork.getOperation();
}

bool mt::isSortOfObjects(Operation *op) {
  auto generic = dyn_cast<OperatorOp>(op);
  if (!generic || generic.getInputs().empty() ||
      !(generic.getName().starts_with("aten::sort.") ||
        generic.getName().starts_with("aten::sorted.")))
    return false;
  auto list = dyn_cast<ListType>(generic.getInputs()[0].getType());
  return list && isa<ObjectType>(list.getElementType());
}

Operation *mt::convertSort(OperatorOp op) {
  OpBuilder b(op);
  Location loc = op.getLoc();
  Value list = op.getInputs()[0];
  Value reverse = op.getInputs().size() > 1
                      ? op.getInputs()[1]
                      : Value(arith::ConstantIntOp::create(b, loc, 0, 1));
  if (op->getNumResults() == 1) {
    OperationState copy(loc, OperatorOp::getOperationName());
    copy.addAttribute("name", b.getStringAttr("aten::copy.t"));
    copy.addOperands(list);
    copy.addTypes(list.getType());
    list = b.create(copy)->getResult(0);
    op->getResult(0).replaceAllUsesWith(list);
  }
  auto sort = SortByOp::create(b, loc, list, reverse);
  Type item = cast<ListType>(list.getType()).getElementType();
  Block *body = b.createBlock(&sort.getBody(), {}, {item, item}, {loc, loc});
  auto isLess = PrimCallMethodOp::create(
      b, loc, TypeRange(b.getI1Type()), body->getArgument(0),
      b.getStringAttr("__lt__"), ValueRange(body->getArgument(1)));
  TaskYieldOp::create(b, loc, isLess.getResult(0));
  op.erase();
  return sort;
}
