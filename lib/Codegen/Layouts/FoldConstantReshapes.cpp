//===- FoldConstantReshapes.cpp - Constants in another shape --------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/Layouts/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

namespace minitorch {
#define GEN_PASS_DEF_MTFOLDCONSTANTRESHAPESPASS
#include "MiniTorch/Codegen/Layouts/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;

namespace {

/// reshape(constant) => constant, of the same bytes.
template <typename ReshapeOp>
struct FoldConstantReshape : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern<ReshapeOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto constant = op.getSrc().template getDefiningOp<arith::ConstantOp>();
    auto type = dyn_cast<RankedTensorType>(op.getType());
    if (!constant || !type || !type.hasStaticShape())
      return rewriter.notifyMatchFailure(op, "it reshapes no constant");
    TypedAttr reshaped;
    if (auto dense = dyn_cast<DenseElementsAttr>(constant.getValue()))
      reshaped = dense.reshape(type);
    else if (auto resource =
                 dyn_cast<DenseResourceElementsAttr>(constant.getValue()))
      reshaped = DenseResourceElementsAttr::get(type, resource.getRawHandle());
    if (!reshaped)
      return rewriter.notifyMatchFailure(op, "its elements are not at hand");
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(op, reshaped);
    return success();
  }
};

struct FoldConstantReshapes
    : minitorch::impl::MtFoldConstantReshapesPassBase<FoldConstantReshapes> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FoldConstantReshape<tensor::CollapseShapeOp>,
                 FoldConstantReshape<tensor::ExpandShapeOp>>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};

} // namespace
