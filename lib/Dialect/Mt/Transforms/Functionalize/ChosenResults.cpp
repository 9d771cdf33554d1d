//===- ChosenResults.cpp - Results that may be arguments --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChosenResults.h"

#include "AliasAnalysis.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace minitorch::mt;

/// The operand that `value` is the same object as, or `value`.
static Value stripSame(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (auto cast = dyn_cast<PrimUncheckedCastOp>(op)) {
      if (!AliasAnalysis::isTensor(cast.getValue().getType()))
        return value;
      value = cast.getValue();
      continue;
    }
    // What an in-place operator returns.
    const Schema *schema = lookupSchema(op);
    unsigned number = cast<OpResult>(value).getResultNumber();
    if (!schema || number >= schema->results.size() ||
        !schema->results[number].isWrite)
      return value;
    Value same;
    for (auto [operand, argument] :
         llvm::zip(op->getOperands(), schema->arguments))
      if (argument.isWrite &&
          argument.aliasSet == schema->results[number].aliasSet)
        same = operand;
    if (!same)
      return value;
    value = same;
  }
  return value;
}

static void collectChoices(Value value, llvm::SmallPtrSetImpl<void *> &seen,
                           SmallVectorImpl<Value> &choices) {
  value = stripSame(value);
  if (!AliasAnalysis::isTensor(value.getType()) ||
      !seen.insert(value.getAsOpaquePointer()).second)
    return;
  if (auto ifOp = value.getDefiningOp<PrimIfOp>()) {
    unsigned number = cast<OpResult>(value).getResultNumber();
    collectChoices(ifOp.thenYield().getValues()[number], seen, choices);
    collectChoices(ifOp.elseYield().getValues()[number], seen, choices);
    return;
  }
  auto loop = value.getDefiningOp<PrimLoopOp>();
  unsigned number = loop ? cast<OpResult>(value).getResultNumber() : 0;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    loop = dyn_cast<PrimLoopOp>(argument.getOwner()->getParentOp());
    number = argument.getArgNumber() - 1;
  }
  if (!loop)
    return choices.push_back(value);
  collectChoices(loop.getInits()[number], seen, choices);
  collectChoices(loop.getTerminator().getValues()[number], seen, choices);
}

SmallVector<Value> minitorch::mt::getChoices(Value value) {
  SmallVector<Value> choices;
  llvm::SmallPtrSet<void *, 8> seen;
  collectChoices(value, seen, choices);
  return choices;
}

namespace {
class Chooser {
public:
  explicit Chooser(func::FuncOp func) : func(func) {
    auto state = func->getAttrOfType<ArrayAttr>("mt.state");
    firstState = func.getNumArguments() - (state ? state.size() : 0);
  }

  /// Visits a result, and what it contains.
  void visit(Value value);
  SmallVector<Value> tensors;

  bool isDecided(Value value);
  /// The number of `value`, at the insertion point of `builder`.
  Value choose(OpBuilder &builder, Value value);

private:
  std::optional<int64_t> getArgument(Value value);
  bool mayBeArgument(Value value);
  /// The results of a branch or loop that may be arguments.
  SmallVector<unsigned> getOpen(Operation *op);
  /// These give their numbers, too. Returns what takes its place.
  Operation *chooseOfIf(PrimIfOp op);
  Operation *chooseOfLoop(PrimLoopOp op);
  Operation *replace(Operation *from, Operation *to, ArrayRef<unsigned> open);

  func::FuncOp func;
  unsigned firstState;
  /// Results of branches and loops, and what these carry.
  llvm::DenseMap<Value, Value> chosen;
};
} // namespace

void Chooser::visit(Value value) {
  if (AliasAnalysis::isTensor(value.getType()))
    return tensors.push_back(value);
  Operation *op = value.getDefiningOp();
  if (isa_and_nonnull<PrimTupleConstructOp, PrimListConstructOp,
                      PrimDictConstructOp, PrimUncheckedCastOp>(op))
    for (Value operand : op->getOperands())
      visit(operand);
}

std::optional<int64_t> Chooser::getArgument(Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument || argument.getOwner() != &func.getBody().front() ||
      argument.getArgNumber() >= firstState)
    return std::nullopt;
  return argument.getArgNumber();
}

bool Chooser::mayBeArgument(Value value) {
  return llvm::any_of(getChoices(value),
                      [&](Value choice) { return getArgument(choice); });
}

bool Chooser::isDecided(Value value) {
  value = stripSame(value);
  return !getArgument(value) && mayBeArgument(value);
}

SmallVector<unsigned> Chooser::getOpen(Operation *op) {
  SmallVector<unsigned> open;
  for (OpResult result : op->getResults()) {
    if (mayBeArgument(result))
      open.push_back(result.getResultNumber());
  }
  return open;
}

/// `to` has the results of `from`, then a number for each of `open`.
Operation *Chooser::replace(Operation *from, Operation *to,
                            ArrayRef<unsigned> open) {
  for (auto [before, after] : llvm::zip(from->getResults(), to->getResults())) {
    llvm::replace(tensors, Value(before), Value(after));
    before.replaceAllUsesWith(after);
  }
  for (auto [i, number] :
       llvm::zip(open, to->getResults().take_back(open.size())))
    chosen[to->getResult(i)] = number;
  from->erase();
  return to;
}

Operation *Chooser::chooseOfIf(PrimIfOp op) {
  SmallVector<unsigned> open = getOpen(op);
  SmallVector<Value> onTrue, onFalse;
  OpBuilder atTrue(op.thenYield()), atFalse(op.elseYield());
  for (unsigned i : open) {
    onTrue.push_back(choose(atTrue, op.thenYield().getValues()[i]));
    onFalse.push_back(choose(atFalse, op.elseYield().getValues()[i]));
  }
  op.thenYield().getValuesMutable().append(onTrue);
  op.elseYield().getValuesMutable().append(onFalse);
  OpBuilder builder(op);
  SmallVector<Type> types(op.getResultTypes());
  types.append(open.size(), builder.getI64Type());
  auto merged =
      PrimIfOp::create(builder, op.getLoc(), types, op.getCondition());
  merged->setAttrs(op->getAttrs());
  merged.getThenRegion().takeBody(op.getThenRegion());
  merged.getElseRegion().takeBody(op.getElseRegion());
  return replace(op, merged, open);
}

Operation *Chooser::chooseOfLoop(PrimLoopOp op) {
  SmallVector<unsigned> open = getOpen(op);
  OpBuilder builder(op);
  SmallVector<Value> inits;
  for (unsigned i : open)
    inits.push_back(choose(builder, op.getInits()[i]));
  Block &body = op.getBody().front();
  for (unsigned i : open)
    chosen[op.getCarried()[i]] =
        body.addArgument(builder.getI64Type(), op.getLoc());
  SmallVector<Value> next;
  OpBuilder atEnd(op.getTerminator());
  for (unsigned i : open)
    next.push_back(choose(atEnd, op.getTerminator().getValues()[i]));
  op.getTerminator().getValuesMutable().append(next);
  builder.setInsertionPoint(op);
  SmallVector<Type> types(op.getResultTypes());
  types.append(open.size(), builder.getI64Type());
  inits.insert(inits.begin(), op.getInits().begin(), op.getInits().end());
  auto merged =
      PrimLoopOp::create(builder, op.getLoc(), types, op.getMaxTripCount(),
                         op.getInitialCondition(), inits);
  merged->setAttrs(op->getAttrs());
  merged.getBody().takeBody(op.getBody());
  return replace(op, merged, open);
}

Value Chooser::choose(OpBuilder &builder, Value value) {
  value = stripSame(value);
  if (Value known = chosen.lookup(value))
    return known;
  std::optional<int64_t> argument = getArgument(value);
  if (!argument && mayBeArgument(value)) {
    // Of a loop around this, what it carries is known by now.
    Operation *op = value.getDefiningOp();
    unsigned number = cast<OpResult>(value).getResultNumber();
    op = isa<PrimIfOp>(op) ? chooseOfIf(cast<PrimIfOp>(op))
                           : chooseOfLoop(cast<PrimLoopOp>(op));
    return chosen.lookup(op->getResult(number));
  }
  return arith::ConstantIntOp::create(builder, value.getLoc(),
                                      argument.value_or(-1), 64);
}

ChosenResults minitorch::mt::chooseResults(func::FuncOp func) {
  ChosenResults results;
  auto returnOp =
      dyn_cast<func::ReturnOp>(func.getBody().front().getTerminator());
  if (!returnOp || !func->hasAttr(signatureAttrName))
    return results;
  Chooser chooser(func);
  // Behind the results: state, and what arguments become.
  ValueRange operands = returnOp.getOperands();
  if (auto state = func->getAttrOfType<ArrayAttr>("mt.state"))
    operands = operands.drop_back(state.size());
  if (auto rebound = func->getAttrOfType<DenseI64ArrayAttr>(reboundAttrName))
    operands = operands.drop_back(rebound.size());
  for (Value result : operands)
    chooser.visit(result);
  OpBuilder builder(returnOp);
  // By number: others are replaced meanwhile.
  SmallVector<Value> numbers(chooser.tensors.size());
  for (unsigned i = 0; i < numbers.size(); ++i)
    if (chooser.isDecided(chooser.tensors[i]))
      numbers[i] = chooser.choose(builder, chooser.tensors[i]);
  for (auto [tensor, number] : llvm::zip(chooser.tensors, numbers))
    if (number)
      results[tensor] = number;
  return results;
}
