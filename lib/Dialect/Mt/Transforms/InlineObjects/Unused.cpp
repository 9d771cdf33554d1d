//===- Unused.cpp - What PyTorch does not run -----------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A method of a saved archive has lost what has no side effects and whose
// results nobody uses, also what would raise; one that was just scripted has
// not. What becomes unused later, because compilation knows more, raises.
//
//===----------------------------------------------------------------------===//

#include "InlineObjects.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

/// Whether nothing happens but that results are computed.
static bool onlyComputes(Operation *op) {
  if (isa<PrimYieldOp, PrimLoopConditionOp, PrimGetAttrOp>(op))
    return true;
  // What one turn makes of the turn before is used by the next.
  if (isa<PrimLoopOp>(op) && op->getNumResults() > 0)
    return false;
  if (isa<PrimIfOp, PrimLoopOp>(op))
    return llvm::all_of(op->getRegions(), [](Region &region) {
      return llvm::all_of(region.getOps(), [](Operation &inner) {
        return onlyComputes(&inner);
      });
    });
  if (isa<SchemaOpInterface>(op)) {
    const Schema *schema = lookupSchema(op);
    // Statistics are written by what says nothing of it.
    return schema && !schema->results.empty() &&
           llvm::none_of(op->getOpOperands(), [](OpOperand &operand) {
             return writesOperand(operand.getOwner(),
                                  operand.getOperandNumber());
           });
  }
  return isMemoryEffectFree(op) || wouldOpBeTriviallyDead(op);
}

/// Erases what is unused in a region, the last first; whether there was any.
static bool eraseUnusedIn(Region &region) {
  bool changed = false;
  for (Block &block : region)
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
      for (Region &inner : op.getRegions())
        changed |= eraseUnusedIn(inner);
      if (!op.use_empty() || op.hasTrait<OpTrait::IsTerminator>() ||
          !onlyComputes(&op))
        continue;
      op.erase();
      changed = true;
    }
  return changed;
}

void mt::eraseUnused(func::FuncOp function) {
  while (eraseUnusedIn(function.getBody())) {
  }
}
