//===- RequireResults.cpp - Operators that are run for their errors -------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Functionalize/AliasAnalysis.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "Splits.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace minitorch::mt {
#define GEN_PASS_DEF_MTREQUIRERESULTSPASS
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"
} // namespace minitorch::mt

using namespace mlir;
using namespace minitorch::mt;
using llvm::StringRef;

namespace {
/// What is asked of a value. What nobody asks anything of, PyTorch does not run
/// either.
enum class Demand { Nothing, Measures, Contents };
} // namespace

/// Of a tensor, or of a list of the parts of one, whose length and elements may
/// be asked for.
static Demand getDemand(Value value) {
  Demand demand = Demand::Nothing;
  for (OpOperand &use : value.getUses()) {
    Operation *user = use.getOwner();
    const Schema *schema = lookupSchema(user);
    StringRef name = schema ? StringRef(schema->name) : StringRef();
    Demand of = Demand::Contents;
    if (AliasAnalysis::isTensor(value.getType())) {
      if (readsOnlyMetadata(use))
        of = Demand::Measures;
    } else if (name == "aten::len.t") {
      of = Demand::Measures;
    } else if (isa<PrimListUnpackOp>(user) || name == "aten::__getitem__.t") {
      of = Demand::Nothing;
      for (Value element : user->getResults())
        of = std::max(of, AliasAnalysis::isTensor(element.getType())
                              ? getDemand(element)
                              : Demand::Contents);
    }
    demand = std::max(demand, of);
  }
  return demand;
}

/// Whether `op` takes an element of a list or dict, which may be missing. What
/// is one itself is left alone: who uses it decides what is known of it.
static bool takesElement(Operation *op) {
  const Schema *schema = lookupSchema(op);
  return schema && op->getNumResults() == 1 &&
         StringRef(schema->name).starts_with("aten::__getitem__.") &&
         !isa<ListType, DictType, minitorch::mt::TupleType, OptionalType,
              AnyType, UnionType, ObjectType>(op->getResult(0).getType());
}

/// Whether an operator would go away that PyTorch runs.
static bool isOnlyMeasured(Value value) {
  bool isPossible = AliasAnalysis::isTensor(value.getType()) ||
                    getSplitOperand(value.getDefiningOp()) >= 0;
  return isPossible && getDemand(value) == Demand::Measures;
}

/// Whether something may read what is written to `value`, as far as it can be
/// seen here: not where all that is done to it, to what it is a view of and to
/// other views of that is to write and to measure.
static bool mayBeRead(Value value, llvm::SmallPtrSetImpl<Value> &seen) {
  if (!seen.insert(value).second)
    return false;
  Operation *op = value.getDefiningOp();
  // Also of a loop.
  if (!op)
    return true;
  auto aliases = [](const SchemaArgument &a, const SchemaArgument &b) {
    return a.aliasSet && a.aliasSet == b.aliasSet;
  };
  if (const Schema *schema = lookupSchema(op))
    for (auto [operand, argument] :
         llvm::zip(op->getOperands(), schema->arguments))
      if (!schema->results.empty() && aliases(argument, schema->results[0]) &&
          AliasAnalysis::isTensor(operand.getType()) &&
          mayBeRead(operand, seen))
        return true;
  return llvm::any_of(value.getUses(), [&](OpOperand &use) {
    Operation *user = use.getOwner();
    unsigned i = use.getOperandNumber();
    const Schema *schema = lookupSchema(user);
    if (readsOnlyMetadata(use))
      return false;
    if (!schema || i >= schema->arguments.size() || schema->results.empty() ||
        !aliases(schema->arguments[i], schema->results[0]))
      return true;
    return llvm::any_of(user->getResults(), [&](Value result) {
      return !AliasAnalysis::isTensor(result.getType()) ||
             mayBeRead(result, seen);
    });
  });
}

/// The tensor that an operator writes to for nobody: PyTorch writes, and may
/// raise.
static Value getLostWrite(Operation *op) {
  const Schema *schema = lookupSchema(op);
  if (!schema || !schema->isMutating() || op->getNumResults() != 1 ||
      !op->getResult(0).use_empty() ||
      !AliasAnalysis::isTensor(op->getResult(0).getType()))
    return {};
  llvm::SmallPtrSet<Value, 8> seen;
  return mayBeRead(op->getResult(0), seen) ? Value() : op->getResult(0);
}

/// Whether the result is a view, which functionalization makes again, later, if
/// what it is a view of is written meanwhile: it would raise too late.
static bool isViewInTime(Value value) {
  Operation *op = value.getDefiningOp();
  const Schema *schema = lookupSchema(op);
  unsigned number = cast<OpResult>(value).getResultNumber();
  return schema && number < schema->results.size() &&
         schema->results[number].aliasSet && !schema->results[number].isWrite &&
         op->getNumOperands() > 1 && AliasAnalysis::isTensor(value.getType()) &&
         !value.use_empty();
}

/// Whether a tensor goes into a list or dict, of which perhaps nobody takes it.
static bool isKept(Value value) {
  return AliasAnalysis::isTensor(value.getType()) &&
         llvm::any_of(value.getUses(), [](OpOperand &use) {
           return isa<PrimListConstructOp, PrimDictConstructOp>(
                      use.getOwner()) ||
                  keepsOperand(use.getOwner(), use.getOperandNumber());
         });
}

/// Values of a loop that nobody wants in the end, but that one turn makes of
/// those of the turn before: PyTorch computes them.
static SmallVector<Value> getCycles(PrimLoopOp loop) {
  SmallVector<Value> cycles;
  for (auto [result, carried, next] :
       llvm::zip(loop.getResults(), loop.getCarried(),
                 loop.getTerminator().getValues()))
    if (result.use_empty() && !carried.use_empty() && next != carried &&
        AliasAnalysis::isTensor(next.getType()))
      cycles.push_back(next);
  return cycles;
}

/// The number that decides how a loop or branch goes, if an operator takes it
/// out of a tensor, which may raise: that it is left out when nothing happens
/// there is no reason for PyTorch not to ask.
static Value getDecision(Operation *op) {
  Value decision;
  if (auto loop = dyn_cast<PrimLoopOp>(op))
    decision = loop.getMaxTripCount();
  else if (auto ifOp = dyn_cast<PrimIfOp>(op))
    decision = ifOp.getCondition();
  Operation *source = decision ? decision.getDefiningOp() : nullptr;
  bool asksTensor =
      isa_and_nonnull<SchemaOpInterface>(source) &&
      llvm::any_of(source->getOperandTypes(), AliasAnalysis::isTensor);
  return asksTensor ? decision : Value();
}

namespace {
class MtRequireResultsPass
    : public minitorch::mt::impl::MtRequireResultsPassBase<
          MtRequireResultsPass> {
public:
  using Base::Base;
  void runOnOperation() override {
    SmallVector<Operation *> elements;
    getOperation().walk([&](Operation *op) {
      if (takesElement(op) && !op->use_empty())
        elements.push_back(op);
    });
    if (!onlyElements)
      requireOperators();
    // Of what is computed from them, nothing may be left in the end.
    for (Operation *op : elements) {
      OpBuilder builder(op->getContext());
      builder.setInsertionPointAfter(op);
      require(builder, op->getResult(0));
    }
  }

private:
  void requireOperators() {
    bool writes = getOperation()
                      ->walk([](Operation *op) {
                        const Schema *schema = lookupSchema(op);
                        return schema && schema->isMutating()
                                   ? WalkResult::interrupt()
                                   : WalkResult::advance();
                      })
                      .wasInterrupted();
    getOperation().walk([&](Operation *op) {
      if (auto loop = dyn_cast<PrimLoopOp>(op))
        for (Value value : getCycles(loop))
          require(OpBuilder(loop.getTerminator()), value);
      if (Value decision = getDecision(op))
        require(OpBuilder(op), decision);
      if (!isa<SchemaOpInterface>(op))
        return;
      for (Value result : op->getResults()) {
        if (takesElement(op))
          continue;
        if (!isOnlyMeasured(result) && result != getLostWrite(op) &&
            !(writes && isViewInTime(result)) && !isKept(result))
          continue;
        OpBuilder builder(op->getContext());
        builder.setInsertionPointAfter(op);
        require(builder, result);
      }
    });
  }

  void require(OpBuilder builder, Value value) {
    OperatorOp::create(builder, value.getLoc(), TypeRange(), requireResultName,
                       value);
    ++numRequired;
  }
};
} // namespace
