//===- ElideKeptContents.cpp - Writes that no error shows -------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/AtenOps.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtTaskOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "llvm/ADT/StringSet.h"

namespace minitorch::mt {
#define GEN_PASS_DEF_MTELIDEKEPTCONTENTSPASS
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"
} // namespace minitorch::mt

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

static OperatorOp getKeep(Operation *op) {
  auto generic = dyn_cast<OperatorOp>(op);
  return generic && generic.getName() == keepContentsName ? generic
                                                          : OperatorOp();
}

/// Whether the operation itself may raise. What is left of the dialect calls
/// the runtime.
static bool mayRaise(Operation *op) {
  if (getKeep(op) || op->hasTrait<OpTrait::ConstantLike>())
    return false;
  if (auto call = dyn_cast<CallRuntimeOp>(op))
    return call.getRaises();
  if (isa<cf::AssertOp, func::CallOp, PrimRaiseOp, PrimListUnpackOp>(op))
    return true;
  return isa<SchemaOpInterface>(op);
}

static bool containsRaise(Operation *op) {
  return op
      ->walk([](Operation *nested) {
        return mayRaise(nested) ? WalkResult::interrupt()
                                : WalkResult::advance();
      })
      .wasInterrupted();
}

namespace {
class MtElideKeptContentsPass
    : public minitorch::mt::impl::MtElideKeptContentsPassBase<
          MtElideKeptContentsPass> {
public:
  using Base::Base;
  void runOnOperation() override {
    // What raises behind a task is in another function.
    bool isTask = getOperation()->hasAttr(taskAttrName);
    for (Block &block : getOperation().getBody())
      visit(block, /*raisesLater=*/isTask);
  }

private:
  /// `raisesLater`: whether something behind the block may raise.
  void visit(Block &block, bool raisesLater) {
    // What is kept again before anything can raise.
    llvm::StringSet<> again;
    for (Operation &op :
         llvm::make_early_inc_range(llvm::reverse(block.getOperations()))) {
      if (OperatorOp keep = getKeep(&op)) {
        StringRef name = getConstantStr(keep.getInputs()[1]).value_or("");
        if (raisesLater && again.insert(name).second)
          continue;
        keep.erase();
        ++numElided;
        continue;
      }
      bool raises = containsRaise(&op);
      bool isLoop = isa<LoopLikeOpInterface>(op);
      for (Region &region : op.getRegions())
        for (Block &nested : region)
          visit(nested, raisesLater || (isLoop && raises));
      if (!raises)
        continue;
      raisesLater = true;
      again.clear();
    }
  }
};
} // namespace
