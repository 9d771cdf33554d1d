//===- TileAndFuse.cpp - Loops around contractions ----------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/CPU/Passes.h"
#include "MiniTorch/Codegen/Kernels/Contraction.h"
#include "MiniTorch/Codegen/Kernels/PanelCopy.h"
#include "Target.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/TileUsingInterface.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace minitorch {
#define GEN_PASS_DEF_MTCPUTILEANDFUSEPASS
#include "MiniTorch/Codegen/CPU/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;

/// Marks the ops of the group that is being tiled, through their clones. The op
/// that lays out B belongs into the loop over panels, not into the one over
/// rows.
static constexpr StringLiteral kRootAttr = "mt.tile_root";
static constexpr StringLiteral kMemberAttr = "mt.tile_member";
static constexpr StringLiteral kPanelAttr = "mt.tile_panel";

/// Lets the epilogue overwrite the contraction's result: no second buffer.
static linalg::GenericOp makeInPlace(IRRewriter &rewriter, Value contraction,
                                     linalg::GenericOp op) {
  Block *body = op.getBody();
  BlockArgument init = body->getArguments().back();
  if (!init.use_empty())
    return op;
  // The sum grows where the result will be.
  auto sum = contraction.getDefiningOp<linalg::GenericOp>();
  if (auto fill = sum.getDpsInits()[0].getDefiningOp<linalg::FillOp>();
      fill && fill->hasOneUse() && isa<BlockArgument>(op.getDpsInits()[0]) &&
      fill.getType(0) == op.getDpsInits()[0].getType())
    fill.getDpsInitsMutable()[0].set(op.getDpsInits()[0]);
  unsigned position = 0;
  for (OpOperand *operand : op.getDpsInputOperands())
    if (operand->get() == contraction)
      position = operand->getOperandNumber();
  SmallVector<Value> inputs(op.getDpsInputs());
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  inputs.erase(inputs.begin() + position);
  maps.erase(maps.begin() + position);
  rewriter.setInsertionPoint(op);
  auto inPlace = linalg::GenericOp::create(
      rewriter, op.getLoc(), op->getResultTypes(), inputs,
      ValueRange(contraction), maps, op.getIteratorTypesArray());
  Region &region = inPlace.getRegion();
  rewriter.inlineRegionBefore(op.getRegion(), region, region.begin());
  Block &block = region.front();
  rewriter.replaceAllUsesWith(block.getArgument(position),
                              block.getArguments().back());
  block.eraseArgument(position);
  rewriter.replaceOp(op, inPlace.getResults());
  return inPlace;
}

/// The op below `scope` that carries the mark.
static TilingInterface findMarked(Operation *scope, StringRef mark) {
  TilingInterface found;
  scope->walk([&](TilingInterface op) {
    if (op->hasAttr(mark))
      found = op;
  });
  return found;
}

/// Gives the copy of one panel a buffer of its own with a constant row stride.
/// A copy between tensors of the same shape is none to upstream: it says which
/// elements there are, not where, and folds away.
static void placePanel(IRRewriter &rewriter, linalg::GenericOp copy,
                       int64_t columns) {
  rewriter.setInsertionPoint(copy);
  Location loc = copy.getLoc();
  Value init = copy.getDpsInits()[0];
  auto type = cast<RankedTensorType>(init.getType());
  auto slice = init.getDefiningOp<tensor::ExtractSliceOp>();
  SmallVector<OpFoldResult> sizes =
      slice ? slice.getMixedSizes()
            : tensor::getMixedSizes(rewriter, loc, init);
  SmallVector<OpFoldResult> full(sizes);
  if (type.isDynamicDim(type.getRank() - 1))
    full.back() = rewriter.getIndexAttr(columns);
  auto [shape, dynamicSizes] = decomposeMixedValues(full);
  Value panel = bufferization::AllocTensorOp::create(
      rewriter, loc, RankedTensorType::get(shape, type.getElementType()),
      dynamicSizes);
  if (panel.getType() != type) {
    SmallVector<OpFoldResult> offsets(sizes.size(), rewriter.getIndexAttr(0));
    SmallVector<OpFoldResult> strides(sizes.size(), rewriter.getIndexAttr(1));
    panel = tensor::ExtractSliceOp::create(rewriter, loc, type, panel, offsets,
                                           sizes, strides);
  }
  if (isMove(copy) && llvm::all_equal(copy.getIndexingMapsArray()))
    rewriter.replaceOpWithNewOp<bufferization::MaterializeInDestinationOp>(
        copy, copy.getDpsInputs()[0], panel);
  else
    copy.getDpsInitsMutable()[0].assign(panel);
}

namespace {

struct TileAndFuse : minitorch::impl::MtCPUTileAndFusePassBase<TileAndFuse> {
  using Base::Base;

  void runOnOperation() override {
    target = CPUTarget::get(vectorBits, registers);
    SmallVector<Contraction> contractions;
    SmallVector<linalg::GenericOp> windows;
    getOperation()->walk([&](linalg::GenericOp op) {
      if (!op.hasPureTensorSemantics())
        return;
      if (std::optional<Contraction> c = matchContraction(op))
        contractions.push_back(*c);
      else if (isWindowReduction(op))
        windows.push_back(op);
    });
    for (Contraction &c : contractions)
      if (failed(tile(c)))
        return signalPassFailure();
    for (linalg::GenericOp op : windows)
      if (failed(tileWindows(op)))
        return signalPassFailure();
    clean();
  }

private:
  LogicalResult tile(Contraction &c) {
    MLIRContext *context = &getContext();
    IRRewriter rewriter(context);
    if (linalg::GenericOp copy = getPanelCopy(c))
      copy->setAttr(kPanelAttr, rewriter.getUnitAttr());
    linalg::GenericOp root = markGroup(rewriter, c.op);
    // Positions of C's dimensions among the loops of the root: the epilogue's
    // loops are C's dimensions, in order.
    AffineMap accMap = c.getMap(c.acc);
    auto position = [&](unsigned dim) {
      return root == c.op
                 ? dim
                 : *accMap.getResultPosition(getAffineDimExpr(dim, context));
    };

    int64_t columns = c.panelColumns ? c.panelColumns
                                     : target.panelColumns(c.getElementType());
    SmallVector<int64_t> outer(root.getNumLoops());
    SmallVector<int64_t> order;
    for (unsigned dim : c.batch) {
      outer[position(dim)] = 1;
      order.push_back(position(dim));
    }
    // Few enough rows of an image for them to stay in the cache while the
    // panels pass by.
    for (auto [dim, size] : getRowBlocks(c)) {
      outer[position(dim)] = size;
      order.push_back(position(dim));
    }
    outer[position(c.n)] = columns;
    order.push_back(position(c.n));
    auto scope = root->getParentOfType<func::FuncOp>();
    if (failed(tileOnce(
            rewriter, cast<TilingInterface>(root.getOperation()), outer, order,
            isWorthSharing(cast<linalg::LinalgOp>(c.op.getOperation())))))
      return failure();
    TilingInterface tiled = findMarked(scope, kRootAttr);
    if (TilingInterface copy = findMarked(scope, kPanelAttr)) {
      copy->removeAttr(kPanelAttr);
      if (copy->getBlock() == tiled->getBlock())
        placePanel(rewriter, cast<linalg::GenericOp>(copy.getOperation()),
                   columns);
    }
    removeMarks(scope);
    ++numGroups;
    return success();
  }

  static void removeMarks(Operation *scope) {
    scope->walk([&](Operation *op) {
      op->removeAttr(kRootAttr);
      op->removeAttr(kMemberAttr);
    });
  }

  /// Rows of results that stay in the cache until the epilogue has read them.
  LogicalResult tileWindows(linalg::GenericOp op) {
    IRRewriter rewriter(&getContext());
    AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
    auto linalgOp = cast<linalg::LinalgOp>(op.getOperation());
    bool isShared = isWorthSharing(linalgOp);
    SmallVector<int64_t> ranges = linalgOp.getStaticLoopRanges();
    linalg::GenericOp root = markGroup(rewriter, op);
    SmallVector<int64_t> outer(root.getNumLoops());
    int64_t elements = 1;
    for (int64_t i = map.getNumResults() - 1; i >= 0; --i) {
      unsigned dim = map.getDimPosition(i);
      int64_t size =
          ShapedType::isDynamic(ranges[dim]) ? kTypicalSide : ranges[dim];
      // Vectors run along the innermost dimension.
      if (size * elements > kBlockElements && i + 1 < map.getNumResults())
        outer[root == op ? dim : i] =
            std::max<int64_t>(1, kBlockElements / elements);
      elements *= size;
    }
    auto scope = root->getParentOfType<func::FuncOp>();
    bool isTiled = llvm::any_of(outer, [](int64_t size) { return size > 0; });
    if (isTiled &&
        failed(tileOnce(rewriter, cast<TilingInterface>(root.getOperation()),
                        outer, {}, isShared)))
      return failure();
    removeMarks(scope);
    ++numGroups;
    return success();
  }

  /// Marks `op`, the fill before it and its epilogue, which is in place then.
  /// Returns what is to be tiled.
  linalg::GenericOp markGroup(IRRewriter &rewriter, linalg::GenericOp op) {
    UnitAttr mark = rewriter.getUnitAttr();
    linalg::GenericOp root = op;
    // A fill is cheaper computed again than read, however many share it.
    if (auto fill = op.getDpsInits()[0].getDefiningOp<linalg::FillOp>())
      fill->setAttr(kMemberAttr, mark);
    op->setAttr(kMemberAttr, mark);
    if (linalg::GenericOp epilogue = getEpilogue(op))
      root = makeInPlace(rewriter, op.getResult(0), epilogue);
    root->setAttr(kRootAttr, mark);
    return root;
  }

  /// The row dimensions to block, and how many turns a block has.
  SmallVector<std::pair<unsigned, int64_t>>
  getRowBlocks(const Contraction &c) const {
    // One loop over all rows is a matrix product: its panels stay in the cache.
    if (c.m.size() < 2)
      return {};
    SmallVector<std::pair<unsigned, int64_t>> blocks;
    int64_t rows = 1;
    for (unsigned dim : llvm::reverse(c.m)) {
      int64_t size = c.getSize(dim);
      if (ShapedType::isDynamic(size)) {
        // The sides of an image are about so long; of a matrix nothing is
        // known.
        if (!c.isWindowed())
          return {};
        size = kTypicalSide;
      }
      if (size * rows > kBlockRows)
        blocks.push_back({dim, std::max<int64_t>(1, kBlockRows / rows)});
      rows *= size;
    }
    std::reverse(blocks.begin(), blocks.end());
    return blocks;
  }

  LogicalResult tileOnce(IRRewriter &rewriter, TilingInterface root,
                         ArrayRef<int64_t> sizes, ArrayRef<int64_t> order,
                         bool isParallel) {
    SmallVector<int64_t> interchange(order);
    for (int64_t i = 0, e = sizes.size(); i < e && !order.empty(); ++i)
      if (!llvm::is_contained(order, i))
        interchange.push_back(i);
    scf::SCFTileAndFuseOptions options;
    options.tilingOptions.setTileSizes(
        getAsIndexOpFoldResult(&getContext(), sizes));
    options.tilingOptions.setInterchange(interchange);
    if (isParallel)
      options.tilingOptions.setLoopType(
          scf::SCFTilingOptions::LoopType::ForallOp);
    options.setFusionControlFn(
        [&](tensor::ExtractSliceOp, OpResult producer, bool)
            -> std::optional<scf::SCFTileAndFuseOptions::ControlFnResult> {
          Operation *op = producer.getOwner();
          if (!op->hasAttr(kMemberAttr) && !op->hasAttr(kPanelAttr))
            return std::nullopt;
          return scf::SCFTileAndFuseOptions::ControlFnResult{};
        });
    rewriter.setInsertionPoint(root);
    FailureOr<scf::SCFTileAndFuseResult> result =
        scf::tileConsumerAndFuseProducersUsingSCF(rewriter, root, options);
    if (failed(result))
      return root->emitError("internal error: cannot be tiled");
    for (auto [from, to] : result->replacements)
      rewriter.replaceAllUsesWith(from, to);
    // What was fused is dead, and its mark must not be found again.
    for (Operation *op : llvm::concat<Operation *const>(
             SmallVector<Operation *>{root.getOperation()},
             result->fusedProducers.getArrayRef()))
      if (isOpTriviallyDead(op))
        rewriter.eraseOp(op);
    return success();
  }

  /// Folds slices of empty tensors.
  void clean() {
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    tensor::populateFoldTensorEmptyPatterns(patterns);
    tensor::ExtractSliceOp::getCanonicalizationPatterns(patterns, context);
    (void)applyPatternsGreedily(getOperation(), std::move(patterns));
  }

  static constexpr int64_t kBlockRows = 512, kBlockElements = 1 << 14,
                           kTypicalSide = 32;

  CPUTarget target{};
};

} // namespace
