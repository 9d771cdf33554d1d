//===- HideSizes.cpp - Sizes that bufferization does not follow -*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/CPU/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace minitorch {
#define GEN_PASS_DEF_MTCPUHIDESIZESPASS
#include "MiniTorch/Codegen/CPU/Passes.h.inc"
} // namespace minitorch

using namespace mlir;

namespace {
struct HideSizes : minitorch::impl::MtCPUHideSizesPassBase<HideSizes> {
  void runOnOperation() override {
    SmallVector<Value> sizes;
    getOperation()->walk([&](Operation *op) {
      if (!isa<tensor::DimOp, arith::SelectOp, scf::IfOp>(op))
        return;
      for (Value result : op->getResults())
        if (result.getType().isIndex())
          sizes.push_back(result);
    });
    for (Value size : sizes) {
      OpBuilder builder(&getContext());
      builder.setInsertionPointAfterValue(size);
      auto there = arith::IndexCastOp::create(builder, size.getLoc(),
                                              builder.getI64Type(), size);
      Value back = arith::IndexCastOp::create(builder, size.getLoc(),
                                              builder.getIndexType(), there);
      size.replaceAllUsesExcept(back, there);
    }
  }
};
} // namespace
