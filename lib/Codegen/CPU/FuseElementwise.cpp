//===- FuseElementwise.cpp - Chains of elementwise operations -----------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/CPU/Passes.h"
#include "MiniTorch/Codegen/Kernels/Contraction.h"
#include "MiniTorch/Codegen/Kernels/PanelCopy.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace minitorch {
#define GEN_PASS_DEF_MTCPUFUSEELEMENTWISEPASS
#include "MiniTorch/Codegen/CPU/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;

/// Whether a move changes which dimension is contiguous.
static bool isTransposing(linalg::GenericOp op) {
  if (!isMove(op))
    return false;
  AffineMap from = op.getIndexingMapsArray().front(),
            to = op.getIndexingMapsArray().back();
  if (to.getNumResults() == 0 || from.getNumResults() == 0)
    return false;
  AffineExpr last = to.getResults().back();
  return from.getResults().back() != last &&
         llvm::is_contained(from.getResults(), last);
}

static bool isFusionWanted(OpOperand *operand) {
  auto producer = operand->get().getDefiningOp<linalg::GenericOp>();
  auto consumer = dyn_cast<linalg::GenericOp>(operand->getOwner());
  if (!producer || !consumer)
    return false;
  // The windows of a convolution read tables, and keep their form.
  if (matchWindows(producer) || matchWindows(consumer))
    return false;
  // The contraction's kernel reads operands through any permutation, but
  // computes nothing on the way in.
  if (std::optional<Contraction> c = matchContraction(consumer)) {
    // A window would be scattered over the image.
    bool isScattered =
        c->isWindowed() && operand == c->lhs && isTransposing(producer);
    return isMove(producer) && !isScattered;
  }
  // Read across its rows, a tensor is one element at a time; two transposes
  // may be none.
  if (isTransposing(producer) != isTransposing(consumer))
    return false;
  // Not once for each position of a window.
  AffineMap map = consumer.getMatchingIndexingMap(operand);
  if (consumer.getNumReductionLoops() > 0 && !map.isProjectedPermutation())
    return false;
  // Moving on the way in costs nothing, computing twice does.
  return llvm::all_equal(llvm::map_range(
             producer->getUsers(), [](Operation *user) { return user; })) ||
         (isMove(producer) &&
          producer.getNumParallelLoops() == consumer.getNumParallelLoops());
}

/// Whether the op is a contraction or elementwise on top of one.
static bool isOnContraction(Operation *op) {
  for (unsigned depth = 0; op && depth < 8; ++depth) {
    if (matchContraction(op))
      return true;
    auto generic = dyn_cast<linalg::GenericOp>(op);
    if (!generic || generic.getNumReductionLoops() > 0)
      return false;
    Operation *next = nullptr;
    for (Value input : generic.getDpsInputs())
      if (Operation *producer = input.getDefiningOp();
          producer && isa<linalg::GenericOp>(producer))
        next = producer;
    op = next;
  }
  return false;
}

/// Whether the elementwise consumer of an expanded contraction should rather
/// be expanded itself, to stay its epilogue.
static bool isCollapsingWanted(OpOperand *operand) {
  auto expand = operand->get().getDefiningOp<tensor::ExpandShapeOp>();
  auto consumer = dyn_cast<linalg::GenericOp>(operand->getOwner());
  return expand && consumer && consumer.getNumReductionLoops() == 0 &&
         isOnContraction(expand.getSrc().getDefiningOp());
}

namespace {

/// An op that calls functions and whose results nobody uses: MLIR keeps it, as
/// a call may do anything, unless the function is known to do nothing but
/// compute.
struct EraseDeadCalls : OpRewritePattern<linalg::GenericOp> {
  EraseDeadCalls(MLIRContext *context)
      : OpRewritePattern(context, /*benefit=*/2) {}

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || !op->use_empty())
      return rewriter.notifyMatchFailure(op, "it is used");
    for (Operation &inner : *op.getBody())
      if (!isMemoryEffectFree(&inner) && !callsPureFunction(&inner))
        return rewriter.notifyMatchFailure(op, "it has other effects");
    rewriter.eraseOp(op);
    return success();
  }

private:
  static bool callsPureFunction(Operation *op) {
    auto call = dyn_cast<func::CallOp>(op);
    if (!call)
      return false;
    auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
        op, call.getCalleeAttr());
    return callee && callee->hasAttr(LLVM::LLVMDialect::getReadnoneAttrName());
  }
};

struct FuseElementwise
    : minitorch::impl::MtCPUFuseElementwisePassBase<FuseElementwise> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    linalg::populateElementwiseOpsFusionPatterns(patterns, isFusionWanted);
    patterns.add<EraseDeadCalls>(context);
    // What follows a convolution runs along its pixels as one dimension.
    linalg::populateFoldReshapeOpsByCollapsingPatterns(patterns,
                                                       isCollapsingWanted);
    linalg::GenericOp::getCanonicalizationPatterns(patterns, context);
    tensor::EmptyOp::getCanonicalizationPatterns(patterns, context);
    tensor::ExpandShapeOp::getCanonicalizationPatterns(patterns, context);
    tensor::CollapseShapeOp::getCanonicalizationPatterns(patterns, context);
    context->getLoadedDialect<linalg::LinalgDialect>()
        ->getCanonicalizationPatterns(patterns);
    if (failed(applyPatternsGreedily(
            getOperation(), std::move(patterns),
            GreedyRewriteConfig().setUseTopDownTraversal())))
      signalPassFailure();
  }
};

} // namespace
