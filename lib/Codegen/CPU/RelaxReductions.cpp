//===- RelaxReductions.cpp - Reassociation of reductions ----------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/CPU/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace minitorch {
#define GEN_PASS_DEF_MTCPURELAXREDUCTIONSPASS
#include "MiniTorch/Codegen/CPU/Passes.h.inc"
} // namespace minitorch

using namespace mlir;

namespace {

struct RelaxReductions
    : minitorch::impl::MtCPURelaxReductionsPassBase<RelaxReductions> {
  void runOnOperation() override {
    getOperation()->walk([](linalg::LinalgOp op) {
      if (op.getNumReductionLoops() == 0)
        return;
      for (Operation &inner : op.getBlock()->without_terminator()) {
        if (!isa<arith::AddFOp, arith::MulFOp>(inner))
          continue;
        auto iface = cast<arith::ArithFastMathInterface>(inner);
        auto flags = iface.getFastMathFlagsAttr().getValue() |
                     arith::FastMathFlags::reassoc |
                     arith::FastMathFlags::contract;
        inner.setAttr(iface.getFastMathAttrName(),
                      arith::FastMathFlagsAttr::get(inner.getContext(), flags));
      }
    });
  }
};

} // namespace
