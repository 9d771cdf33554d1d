//===- Generalize.cpp - One form for structured ops -----------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/CPU/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace minitorch {
#define GEN_PASS_DEF_MTCPUGENERALIZEPASS
#include "MiniTorch/Codegen/CPU/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;

namespace {

struct Generalize : minitorch::impl::MtCPUGeneralizePassBase<Generalize> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) { ops.push_back(op); });
    for (Operation *op : ops) {
      rewriter.setInsertionPoint(op);
      if (auto softmax = dyn_cast<linalg::SoftmaxOp>(op)) {
        if (failed(decompose(rewriter, softmax)))
          return signalPassFailure();
        continue;
      }
      auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
      if (!linalgOp || isa<linalg::GenericOp, linalg::FillOp>(op))
        continue;
      if (failed(linalg::generalizeNamedOp(rewriter, linalgOp))) {
        op->emitError("internal error: has no generic form");
        return signalPassFailure();
      }
    }
  }

private:
  static LogicalResult decompose(IRRewriter &rewriter, linalg::SoftmaxOp op) {
    // Upstream's parts are on tensors, whatever the operands are.
    if (!op.hasPureTensorSemantics())
      return op->emitError("works on buffers; softmax is decomposed before "
                           "bufferization");
    FailureOr<SmallVector<Value>> parts = op.decomposeOperation(rewriter);
    if (failed(parts))
      return op->emitError("internal error: cannot be decomposed");
    rewriter.replaceOp(op, *parts);
    return success();
  }
};

} // namespace
