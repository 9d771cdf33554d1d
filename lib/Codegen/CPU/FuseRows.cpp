//===- FuseRows.cpp - Softmax and normalization, row by row -------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/CPU/Passes.h"
#include "MiniTorch/Codegen/Kernels/RowGroup.h"
#include "Target.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/TileUsingInterface.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace minitorch {
#define GEN_PASS_DEF_MTCPUFUSEROWSPASS
#include "MiniTorch/Codegen/CPU/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;

/// Marks the ops that move into the loop over rows, through their clones.
static constexpr StringLiteral kMemberAttr = "mt.row_member";

namespace {

struct FuseRows : minitorch::impl::MtCPUFuseRowsPassBase<FuseRows> {
  void runOnOperation() override {
    // Last consumers first: their groups are the largest.
    SmallVector<linalg::GenericOp> roots;
    getOperation().walk([&](linalg::GenericOp op) { roots.push_back(op); });
    DenseSet<Operation *> done;
    SmallVector<Operation *> dead;
    for (linalg::GenericOp op : llvm::reverse(roots)) {
      if (done.contains(op) || !RowGroup::isRoot(op))
        continue;
      RowGroup group(op);
      if (!group.isWorthwhile())
        continue;
      done.insert(group.members.begin(), group.members.end());
      if (failed(tile(group)))
        return signalPassFailure();
      ++numGroups;
      llvm::append_range(dead, group.members);
    }
    for (Operation *op : dead)
      if (isOpTriviallyDead(op))
        op->erase();
    getOperation().walk([](Operation *op) { op->removeAttr(kMemberAttr); });

    RewritePatternSet patterns(&getContext());
    tensor::populateFoldTensorEmptyPatterns(patterns);
    tensor::ExtractSliceOp::getCanonicalizationPatterns(patterns,
                                                        &getContext());
    (void)applyPatternsGreedily(getOperation(), std::move(patterns));
  }

private:
  LogicalResult tile(RowGroup &group) {
    IRRewriter rewriter(&getContext());
    for (Operation *op : group.members) {
      op->setAttr(kMemberAttr, rewriter.getUnitAttr());
      for (Value init : cast<linalg::GenericOp>(op).getDpsInits())
        if (auto fill = init.getDefiningOp<linalg::FillOp>())
          fill->setAttr(kMemberAttr, rewriter.getUnitAttr());
    }
    SmallVector<int64_t> sizes(group.isRow.begin(), group.isRow.end());
    scf::SCFTileAndFuseOptions options;
    options.tilingOptions.setTileSizes(
        getAsIndexOpFoldResult(&getContext(), sizes));
    if (isWorthSharing(cast<linalg::LinalgOp>(group.root.getOperation())))
      options.tilingOptions.setLoopType(
          scf::SCFTilingOptions::LoopType::ForallOp);
    options.setFusionControlFn(
        [](tensor::ExtractSliceOp, OpResult producer,
           bool) -> std::optional<scf::SCFTileAndFuseOptions::ControlFnResult> {
          if (!producer.getOwner()->hasAttr(kMemberAttr))
            return std::nullopt;
          return scf::SCFTileAndFuseOptions::ControlFnResult{};
        });
    rewriter.setInsertionPoint(group.root);
    auto result = scf::tileConsumerAndFuseProducersUsingSCF(
        rewriter, cast<TilingInterface>(group.root.getOperation()), options);
    if (failed(result))
      return group.root->emitError("internal error: cannot be tiled by rows");
    for (auto [from, to] : result->replacements)
      rewriter.replaceAllUsesWith(from, to);
    return success();
  }
};

} // namespace
