//===- SplitDestinations.cpp - A destination for each op ----------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/CPU/Passes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace minitorch {
#define GEN_PASS_DEF_MTCPUSPLITDESTINATIONSPASS
#include "MiniTorch/Codegen/CPU/Passes.h.inc"
} // namespace minitorch

using namespace mlir;

namespace {

struct SplitDestinations
    : minitorch::impl::MtCPUSplitDestinationsPassBase<SplitDestinations> {
  void runOnOperation() override {
    // Fills first: a fill that is cloned needs an empty tensor of its own.
    split<linalg::FillOp>();
    split<tensor::EmptyOp>();
  }

private:
  template <typename OpTy> void split() {
    SmallVector<OpTy> ops;
    getOperation()->walk([&](OpTy op) {
      if (op->getNumResults() == 1 && !op->hasOneUse())
        ops.push_back(op);
    });
    for (OpTy op : ops) {
      for (OpOperand &use :
           llvm::make_early_inc_range(op->getResult(0).getUses())) {
        OpBuilder builder(use.getOwner());
        use.set(builder.clone(*op)->getResult(0));
      }
      op.erase();
    }
  }
};

} // namespace
