//===- PromoteVariables.cpp - Variables to SSA values -----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/Transforms/PromoteVariables.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtTaskOps.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

namespace {
class Promoter {
public:
  explicit Promoter(const VariableAccesses &accesses) {
    reads.insert(accesses.reads.begin(), accesses.reads.end());
    writes.insert(accesses.writes.begin(), accesses.writes.end());
  }

  Value run(Block &block, Value current) {
    for (Operation &op : llvm::make_early_inc_range(block)) {
      if (reads.contains(&op)) {
        op.getResult(0).replaceAllUsesWith(current);
        op.erase();
      } else if (writes.contains(&op)) {
        current = op.getOperands().back();
        op.erase();
      } else if (auto ifOp = dyn_cast<PrimIfOp>(op)) {
        current = runIf(ifOp, current);
      } else if (auto loop = dyn_cast<PrimLoopOp>(op)) {
        current = runLoop(loop, current);
      } else if (isa<ForkOp, BeginWithOp, SortByOp>(op)) {
        // Variables that tasks write are no values.
        run(op.getRegion(0).front(), current);
      }
    }
    return current;
  }

private:
  bool isWrittenIn(Operation *op) {
    return op
        ->walk([&](Operation *nested) {
          return writes.contains(nested) ? WalkResult::interrupt()
                                         : WalkResult::advance();
        })
        .wasInterrupted();
  }

  Value runIf(PrimIfOp op, Value current) {
    bool written = isWrittenIn(op);
    Value thenValue = run(op.getThenRegion().front(), current);
    Value elseValue = run(op.getElseRegion().front(), current);
    if (!written)
      return current;
    op.thenYield().getValuesMutable().append(thenValue);
    op.elseYield().getValuesMutable().append(elseValue);
    SmallVector<Type> types(op.getResultTypes());
    types.push_back(current.getType());
    OpBuilder builder(op);
    auto wider =
        PrimIfOp::create(builder, op.getLoc(), types, op.getCondition());
    wider.getThenRegion().takeBody(op.getThenRegion());
    wider.getElseRegion().takeBody(op.getElseRegion());
    op.replaceAllUsesWith(wider.getResults().drop_back());
    op.erase();
    return wider.getResults().back();
  }

  Value runLoop(PrimLoopOp op, Value current) {
    if (!isWrittenIn(op)) {
      run(op.getBody().front(), current);
      return current;
    }
    Block &body = op.getBody().front();
    Value carried = body.addArgument(current.getType(), current.getLoc());
    Value last = run(body, carried);
    op.getTerminator().getValuesMutable().append(last);
    SmallVector<Value> inits(op.getInits());
    inits.push_back(current);
    SmallVector<Type> types(op.getResultTypes());
    types.push_back(current.getType());
    OpBuilder builder(op);
    auto wider =
        PrimLoopOp::create(builder, op.getLoc(), types, op.getMaxTripCount(),
                           op.getInitialCondition(), inits);
    wider.getBody().takeBody(op.getBody());
    op.replaceAllUsesWith(wider.getResults().drop_back());
    op.erase();
    return wider.getResults().back();
  }

  llvm::SmallPtrSet<Operation *, 8> reads, writes;
};
} // namespace

Value minitorch::mt::promoteVariable(Block &block,
                                     const VariableAccesses &accesses,
                                     Value init) {
  return Promoter(accesses).run(block, init);
}
