//===- ControlFlow.cpp - Types through branches and loops -------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InferTypes.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

/// Whether control never leaves the block by its end: it raises.
static bool alwaysRaises(Block &block) {
  for (Operation &op : block) {
    if (isa<PrimRaiseOp>(op))
      return true;
    if (auto ifOp = dyn_cast<PrimIfOp>(op))
      if (alwaysRaises(ifOp.getThenRegion().front()) &&
          alwaysRaises(ifOp.getElseRegion().front()))
        return true;
  }
  return false;
}

//===----------------------------------------------------------------------===//
// If
//===----------------------------------------------------------------------===//

void TypeInference::inlineBranch(PrimIfOp op, Region &region) {
  Block &branch = region.front();
  auto yield = cast<PrimYieldOp>(branch.getTerminator());
  op.replaceAllUsesWith(yield.getValues());
  yield.erase();
  op->getBlock()->getOperations().splice(op->getIterator(),
                                         branch.getOperations());
  op.erase();
}

LogicalResult TypeInference::visitIf(PrimIfOp op) {
  if (std::optional<bool> condition = getConstantBool(op.getCondition())) {
    inlineBranch(op, *condition ? op.getThenRegion() : op.getElseRegion());
    return success();
  }
  if (flattenTuples(op))
    return success(); // visited again in its new form
  materializeLists(op);
  if (failed(run(op.getThenRegion().front())) ||
      failed(run(op.getElseRegion().front())))
    return failure();
  bool thenRaises = alwaysRaises(op.getThenRegion().front());
  bool elseRaises = alwaysRaises(op.getElseRegion().front());
  for (auto [i, result] : llvm::enumerate(op.getResults())) {
    Type thenType = contribution(op.thenYield().getValues()[i]);
    Type elseType = contribution(op.elseYield().getValues()[i]);
    if (thenRaises && !elseRaises)
      thenType = {};
    if (elseRaises && !thenRaises)
      elseType = {};
    if (Type joined = joinTypes(thenType, elseType))
      result.setType(refine(joined, result.getType()));
  }
  // Values of a branch that raises are never read.
  for (auto [raises, yield] : {std::pair(thenRaises, op.thenYield()),
                               std::pair(elseRaises, op.elseYield())}) {
    if (!raises)
      continue;
    OpBuilder builder(yield);
    for (auto [i, operand] : llvm::enumerate(yield->getOpOperands()))
      if (operand.get().getType() != op.getResult(i).getType())
        operand.set(PrimUninitializedOp::create(builder, yield.getLoc(),
                                                op.getResult(i).getType()));
  }
  for (PrimYieldOp yield : {op.thenYield(), op.elseYield()})
    giveTypes(yield->getOpOperands(), op.getResultTypes());
  return success();
}

//===----------------------------------------------------------------------===//
// Loop
//===----------------------------------------------------------------------===//

/// A loop that picks elements out of lists of objects, tuples or tensors by its
/// turn's number, where each turn may see other types; that carries what is
/// None at first and mostly something else later; or that builds a list of
/// numbers, which are mostly sizes.
bool TypeInference::needsUnrolling(PrimLoopOp op) {
  if (llvm::any_of(op.getInits().getTypes(), llvm::IsaPred<mt::NoneType>))
    return true;
  return op.getBody()
      .walk([&](Operation *nested) {
        auto generic = dyn_cast<OperatorOp>(nested);
        if (!generic || generic.getInputs().empty())
          return WalkResult::advance();
        Value list = generic.getInputs()[0];
        if (generic.getName() == "aten::append.t" && lists.contains(list) &&
            generic.getInputs()[1].getType().isIntOrFloat())
          return WalkResult::interrupt();
        if (generic.getName() != "aten::__getitem__.t")
          return WalkResult::advance();
        return lists.contains(list) && !getConstantInt(generic.getInputs()[1])
                   ? WalkResult::interrupt()
                   : WalkResult::advance();
      })
      .wasInterrupted();
}

/// A tensor whose rank or dtype is not known.
static bool isUnknownTensor(Value value) {
  auto shape = TensorShape::of(value.getType());
  return shape && (!shape->hasRank || !shape->dtype);
}

/// Whether `typed`, the loop with the types that hold in every turn, makes
/// tensors of unknown types out of what is all known where the loop begins.
static bool losesTypes(PrimLoopOp typed, PrimLoopOp loop) {
  bool loses = false, isKnown = true;
  auto note = [&](Value value) {
    if (!typed->isAncestor(value.getParentRegion()->getParentOp()))
      isKnown &= !isUnknownTensor(value);
  };
  llvm::for_each(loop.getInits(), note);
  typed.getBody().walk([&](Operation *op) {
    llvm::for_each(op->getOperands(), note);
    loses |= llvm::any_of(op->getResults(), isUnknownTensor);
  });
  return loses && isKnown;
}

void TypeInference::unroll(PrimLoopOp op, int64_t tripCount) {
  Block &body = op.getBody().front();
  SmallVector<Value> carried(op.getInits());
  OpBuilder builder(op);
  for (int64_t turn = 0; turn < tripCount; ++turn) {
    IRMapping mapping;
    mapping.map(body.getArgument(0),
                arith::ConstantOp::create(builder, op.getLoc(),
                                          builder.getI64IntegerAttr(turn)));
    for (auto [argument, value] :
         llvm::zip(body.getArguments().drop_front(), carried))
      mapping.map(argument, value);
    for (Operation &nested : body.without_terminator())
      builder.clone(nested, mapping);
    for (auto [value, next] :
         llvm::zip(carried, op.getTerminator().getValues()))
      value = mapping.lookupOrDefault(next);
  }
  op.replaceAllUsesWith(carried);
  op.erase();
}

LogicalResult TypeInference::visitLoop(PrimLoopOp op) {
  if (std::optional<bool> enter = getConstantBool(op.getInitialCondition());
      enter && !*enter) {
    op.replaceAllUsesWith(op.getInits());
    op.erase();
    return success();
  }
  if (flattenTuples(op))
    return success();
  std::optional<int64_t> tripCount = getConstantInt(op.getMaxTripCount());
  bool forLike = op.isForLike();
  if (tripCount && forLike &&
      (*tripCount <= 0 || (*tripCount <= maxUnroll && needsUnrolling(op)))) {
    unroll(op, std::max<int64_t>(*tripCount, 0));
    return success();
  }
  materializeLists(op);

  // The carried types are a fixed point: assume those of the initial values,
  // infer a copy of the body (folding makes it depend on the assumption), and
  // generalize until the next turn's types are those assumed. What a value that
  // is never read could be is no bound for what the turns make.
  SmallVector<Type> assumed;
  for (auto [init, argument] : llvm::zip(op.getInits(), op.getCarried())) {
    Type type = contribution(init);
    assumed.push_back(
        inFormOf(type ? type : argument.getType(), argument.getType()));
  }
  llvm::DenseMap<Value, KnownList> listsBefore = lists;
  llvm::DenseMap<Value, Value> renamedBefore = renamed;
  for (unsigned attempt = 0; attempt < 16; ++attempt) {
    OpBuilder builder(op);
    auto trial = cast<PrimLoopOp>(builder.clone(*op));
    for (auto [argument, type] : llvm::zip(trial.getCarried(), assumed))
      argument.setType(type);
    lists = listsBefore;
    renamed = renamedBefore;
    elementTypesChanged = false;
    if (failed(run(trial.getBody().front())))
      return failure();
    bool stable = !elementTypesChanged;
    SmallVector<Type> next;
    for (auto [type, value] :
         llvm::zip(assumed, trial.getTerminator().getValues())) {
      Type made = contribution(value);
      bool isBound =
          attempt > 0 || !made || contribution(op.getInits()[next.size()]);
      Type joined = inFormOf(isBound ? joinTypes(type, made) : made, type);
      stable &= joined == type;
      next.push_back(joined);
    }
    if (!stable) {
      trial.erase();
      assumed = next;
      continue;
    }
    // Turn by turn, more may be known.
    if (tripCount && forLike && *tripCount <= maxUnroll &&
        losesTypes(trial, op)) {
      trial.erase();
      lists = listsBefore;
      renamed = renamedBefore;
      unroll(op, *tripCount);
      return success();
    }
    for (auto [result, type] : llvm::zip(trial.getResults(), assumed))
      result.setType(type);
    giveTypes(trial->getOpOperands().drop_front(2), assumed);
    giveTypes(trial.getTerminator()->getOpOperands().drop_front(), assumed);
    op.replaceAllUsesWith(trial.getResults());
    op.erase();
    settled = trial;
    lists = listsBefore;
    renamed = renamedBefore;
    return success();
  }
  return op.emitError("the types of this loop's values do not settle");
}
