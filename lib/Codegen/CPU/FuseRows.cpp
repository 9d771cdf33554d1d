//===- FuseRows.cpp - Softmax and normalization, row by row -------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Contraction.h"
#include "MiniTorch/Codegen/CPU/Passes.h"

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

/// Whether the op can be computed a row at a time.
static bool isCandidate(linalg::GenericOp op) {
  return op && op.hasPureTensorSemantics() && op.getNumDpsInits() == 1 &&
         !matchContraction(op) &&
         op.getIndexingMapMatchingResult(op->getResult(0))
             .isProjectedPermutation();
}

namespace {

/// The elementwise op `root` and the producers that serve it alone. Each of
/// their loops follows one loop of the root, or runs in full.
class RowGroup {
public:
  explicit RowGroup(linalg::GenericOp root) : root(root) {
    unsigned loops = root.getNumLoops();
    isRow.assign(loops, true);
    members.insert(root);
    for (unsigned dim = 0; dim < loops; ++dim)
      follows[root].push_back(dim);
    // Consumers come before producers, so a member is complete when visited.
    for (unsigned i = 0; i < members.size(); ++i)
      visit(cast<linalg::GenericOp>(members[i]));
    dropRowless();
  }

  bool isWorthwhile() {
    bool hasRow = llvm::is_contained(isRow, true);
    return hasRow && !isRow.back() && llvm::any_of(members, [](Operation *op) {
             return cast<linalg::GenericOp>(op).getNumReductionLoops() > 0;
           });
  }

  linalg::GenericOp root;
  llvm::SetVector<Operation *> members;
  SmallVector<bool> isRow;

private:
  static constexpr int kFull = -1;

  void visit(linalg::GenericOp op) {
    for (OpOperand &operand : op->getOpOperands()) {
      auto producer = operand.get().getDefiningOp<linalg::GenericOp>();
      if (!isCandidate(producer) || members.contains(producer))
        continue;
      // All consumers have to be in the group, and to be known by now.
      bool isPrivate = producer->getBlock() == root->getBlock() &&
                       llvm::all_of(producer->getUsers(), [&](Operation *user) {
                         return members.contains(user);
                       });
      if (isPrivate && follow(producer))
        members.insert(producer);
    }
  }

  /// Finds which loop of the root each loop of the producer follows.
  bool follow(linalg::GenericOp producer) {
    AffineMap out =
        producer.getIndexingMapMatchingResult(producer->getResult(0));
    SmallVector<std::optional<int>> found(producer.getNumLoops());
    for (OpOperand &use : producer->getResult(0).getUses()) {
      auto consumer = cast<linalg::GenericOp>(use.getOwner());
      AffineMap map = consumer.getMatchingIndexingMap(&use);
      for (auto [position, expr] : llvm::enumerate(map.getResults())) {
        int loop = kFull;
        if (auto dim = dyn_cast<AffineDimExpr>(expr))
          loop = follows[consumer][dim.getPosition()];
        else if (!isa<AffineConstantExpr>(expr))
          return false;
        std::optional<int> &known = found[out.getDimPosition(position)];
        if (known && *known != loop) {
          // Different consumers need different parts: all of it, then.
          disallow(*known);
          disallow(loop);
          loop = kFull;
        }
        known = loop;
      }
    }
    SmallVector<int> &result = follows[producer];
    for (std::optional<int> loop : found)
      result.push_back(loop.value_or(kFull));
    return true;
  }

  void disallow(int loop) {
    if (loop != kFull)
      isRow[loop] = false;
  }

  /// Drops what does not depend on the row: it would be computed once for each.
  void dropRowless() {
    llvm::SetVector<Operation *> kept;
    for (Operation *op : members) {
      bool isComplete = true;
      for (unsigned dim = 0; dim < isRow.size(); ++dim)
        isComplete &= !isRow[dim] || llvm::is_contained(follows[op], int(dim));
      bool isReached = op == root || llvm::all_of(op->getUsers(), [&](auto *u) {
                         return kept.contains(u);
                       });
      if (isComplete && isReached)
        kept.insert(op);
    }
    members = std::move(kept);
  }

  DenseMap<Operation *, SmallVector<int>> follows;
};

struct FuseRows : minitorch::impl::MtCPUFuseRowsPassBase<FuseRows> {
  void runOnOperation() override {
    // Last consumers first: their groups are the largest.
    SmallVector<linalg::GenericOp> roots;
    getOperation().walk([&](linalg::GenericOp op) { roots.push_back(op); });
    DenseSet<Operation *> done;
    SmallVector<Operation *> dead;
    for (linalg::GenericOp op : llvm::reverse(roots)) {
      if (done.contains(op) || !isCandidate(op) ||
          op.getNumReductionLoops() > 0 ||
          !op.getIndexingMapMatchingResult(op->getResult(0)).isIdentity())
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
