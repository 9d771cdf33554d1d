//===- SeparateResults.cpp - One buffer for each loop result ----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/CPU/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace minitorch {
#define GEN_PASS_DEF_MTCPUSEPARATERESULTSPASS
#include "MiniTorch/Codegen/CPU/Passes.h.inc"
} // namespace minitorch

using namespace mlir;

/// The tensor whose buffer `tensor` is a part of, or all.
static Value getBase(Value tensor) {
  while (Operation *op = tensor.getDefiningOp()) {
    if (!isa<tensor::CastOp, tensor::ExtractSliceOp, tensor::ExpandShapeOp,
             tensor::CollapseShapeOp, tensor::ReshapeOp>(op))
      break;
    tensor = op->getOperand(0);
  }
  return tensor;
}

namespace {
struct SeparateResults
    : minitorch::impl::MtCPUSeparateResultsPassBase<SeparateResults> {
  void runOnOperation() override {
    getOperation()->walk([](Operation *op) {
      if (auto loop = dyn_cast<scf::ForOp>(op)) {
        separate(loop.getBody()->getTerminator(), 0);
      } else if (auto loop = dyn_cast<scf::WhileOp>(op)) {
        separate(loop.getYieldOp(), 0);
        // After the condition.
        separate(loop.getConditionOp(), 1);
      }
    });
  }

private:
  static void separate(Operation *terminator, unsigned first) {
    llvm::SmallDenseSet<Value> seen;
    OpBuilder builder(terminator);
    for (OpOperand &operand : terminator->getOpOperands().drop_front(first)) {
      auto type = dyn_cast<RankedTensorType>(operand.get().getType());
      if (!type || seen.insert(getBase(operand.get())).second)
        continue;
      operand.set(bufferization::AllocTensorOp::create(
          builder, terminator->getLoc(), type, ValueRange(), operand.get()));
    }
  }
};
} // namespace
