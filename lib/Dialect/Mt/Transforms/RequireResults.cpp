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
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace minitorch::mt {
#define GEN_PASS_DEF_MTREQUIRERESULTSPASS
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"
} // namespace minitorch::mt

using namespace mlir;
using namespace minitorch::mt;

/// Whether only sizes and the like are asked of a tensor. What nobody asks
/// anything of, PyTorch does not run either.
static bool isOnlyMeasured(Value value) {
  return AliasAnalysis::isTensor(value.getType()) && !value.use_empty() &&
         llvm::all_of(value.getUses(), readsOnlyMetadata);
}

namespace {
class MtRequireResultsPass
    : public minitorch::mt::impl::MtRequireResultsPassBase<
          MtRequireResultsPass> {
public:
  using Base::Base;
  void runOnOperation() override {
    getOperation().walk([&](Operation *op) {
      if (!isa<SchemaOpInterface>(op))
        return;
      for (Value result : op->getResults()) {
        if (!isOnlyMeasured(result))
          continue;
        OpBuilder builder(op->getContext());
        builder.setInsertionPointAfter(op);
        OperatorOp::create(builder, op->getLoc(), TypeRange(),
                           requireResultName, result);
        ++numRequired;
      }
    });
  }
};
} // namespace
