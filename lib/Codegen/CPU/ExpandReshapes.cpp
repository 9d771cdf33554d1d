//===- ExpandReshapes.cpp - Reshapes upstream cannot expand -----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/CPU/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace minitorch {
#define GEN_PASS_DEF_MTCPUEXPANDRESHAPESPASS
#include "MiniTorch/Codegen/CPU/Passes.h.inc"
} // namespace minitorch

using namespace mlir;

/// Whether some group has more than one size that is not static: upstream's
/// expand-strided-metadata computes the one from the others.
static bool hasManyDynamicSizes(memref::ExpandShapeOp op) {
  MemRefType type = op.getResultType();
  return llvm::any_of(op.getReassociationIndices(), [&](auto &group) {
    return llvm::count_if(
               group, [&](int64_t dim) { return type.isDynamicDim(dim); }) > 1;
  });
}

static void expand(memref::ExpandShapeOp op) {
  OpBuilder b(op);
  Location loc = op.getLoc();
  MemRefType type = op.getResultType();
  auto source = memref::ExtractStridedMetadataOp::create(b, loc, op.getSrc());
  SmallVector<OpFoldResult> sizes = op.getMixedOutputShape();
  auto [staticStrides, staticOffset] = type.getStridesAndOffset();
  SmallVector<OpFoldResult> strides(sizes.size());
  for (auto [dim, group] : llvm::enumerate(op.getReassociationIndices())) {
    // The last dim of a group has the source's stride, each before it that
    // times the sizes behind it.
    Value stride = source.getStrides()[dim];
    for (int64_t i : llvm::reverse(group)) {
      strides[i] = ShapedType::isDynamic(staticStrides[i])
                       ? OpFoldResult(stride)
                       : OpFoldResult(b.getIndexAttr(staticStrides[i]));
      Value size = getValueOrCreateConstantIndexOp(b, loc, sizes[i]);
      stride = arith::MulIOp::create(b, loc, stride, size);
    }
  }
  OpFoldResult offset = ShapedType::isDynamic(staticOffset)
                            ? OpFoldResult(source.getOffset())
                            : OpFoldResult(b.getIndexAttr(staticOffset));
  Value result = memref::ReinterpretCastOp::create(
      b, loc, type, source.getBaseBuffer(), offset, sizes, strides);
  op.replaceAllUsesWith(result);
  op.erase();
}

namespace {
struct ExpandReshapes
    : minitorch::impl::MtCPUExpandReshapesPassBase<ExpandReshapes> {
  void runOnOperation() override {
    getOperation()->walk([](memref::ExpandShapeOp op) {
      if (hasManyDynamicSizes(op))
        expand(op);
    });
  }
};
} // namespace
