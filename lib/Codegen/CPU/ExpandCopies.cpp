//===- ExpandCopies.cpp - Strided copies as structured ops --------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/CPU/Passes.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace minitorch {
#define GEN_PASS_DEF_MTCPUEXPANDCOPIESPASS
#include "MiniTorch/Codegen/CPU/Passes.h.inc"
} // namespace minitorch

using namespace mlir;

namespace {

struct ExpandCopies : minitorch::impl::MtCPUExpandCopiesPassBase<ExpandCopies> {
  void runOnOperation() override {
    getOperation()->walk([](memref::CopyOp op) {
      auto source = dyn_cast<MemRefType>(op.getSource().getType());
      auto target = dyn_cast<MemRefType>(op.getTarget().getType());
      if (!source || !target || (isContiguous(source) && isContiguous(target)))
        return;
      OpBuilder builder(op);
      linalg::CopyOp::create(builder, op.getLoc(), op.getSource(),
                             op.getTarget());
      op.erase();
    });
  }

private:
  /// What upstream lowers to memcpy.
  static bool isContiguous(MemRefType type) {
    return type.getLayout().isIdentity() &&
           !(type.hasStaticShape() && type.getNumElements() == 0);
  }
};

} // namespace
