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

/// Whether an operator would go away that PyTorch runs.
static bool isOnlyMeasured(Value value) {
  bool isPossible = AliasAnalysis::isTensor(value.getType()) ||
                    getSplitOperand(value.getDefiningOp()) >= 0;
  return isPossible && getDemand(value) == Demand::Measures;
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

namespace {
class MtRequireResultsPass
    : public minitorch::mt::impl::MtRequireResultsPassBase<
          MtRequireResultsPass> {
public:
  using Base::Base;
  void runOnOperation() override {
    getOperation().walk([&](Operation *op) {
      if (auto loop = dyn_cast<PrimLoopOp>(op))
        for (Value value : getCycles(loop))
          require(OpBuilder(loop.getTerminator()), value);
      if (!isa<SchemaOpInterface>(op))
        return;
      for (Value result : op->getResults()) {
        if (!isOnlyMeasured(result))
          continue;
        OpBuilder builder(op->getContext());
        builder.setInsertionPointAfter(op);
        require(builder, result);
      }
    });
  }

private:
  void require(OpBuilder builder, Value value) {
    OperatorOp::create(builder, value.getLoc(), TypeRange(), requireResultName,
                       value);
    ++numRequired;
  }
};
} // namespace
