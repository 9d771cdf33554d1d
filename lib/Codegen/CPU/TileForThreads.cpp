//===- TileForThreads.cpp - Parts of loops for several threads ------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/CPU/Passes.h"
#include "Target.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/TileUsingInterface.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace minitorch {
#define GEN_PASS_DEF_MTCPUTILEFORTHREADSPASS
#include "MiniTorch/Codegen/CPU/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;

namespace {

struct TileForThreads
    : minitorch::impl::MtCPUTileForThreadsPassBase<TileForThreads> {
  void runOnOperation() override {
    // What is in a loop already is a part.
    SmallVector<linalg::GenericOp> work;
    for (auto op : getOperation().getOps<linalg::GenericOp>())
      if (op.hasPureTensorSemantics() && op->getNumResults() > 0 &&
          isWorthSharing(cast<linalg::LinalgOp>(op.getOperation())))
        work.push_back(op);
    for (linalg::GenericOp op : work)
      if (failed(tile(op)))
        return signalPassFailure();
  }

private:
  LogicalResult tile(linalg::GenericOp op) {
    IRRewriter rewriter(op);
    SmallVector<OpFoldResult> sizes = getTileSizes(rewriter, op);
    if (llvm::all_of(sizes, [](OpFoldResult size) {
          return isConstantIntValue(size, 0);
        }))
      return success();
    scf::SCFTilingOptions options;
    options.setTileSizes(sizes);
    options.setLoopType(scf::SCFTilingOptions::LoopType::ForallOp);
    FailureOr<scf::SCFTilingResult> tiled = scf::tileUsingSCF(
        rewriter, cast<TilingInterface>(op.getOperation()), options);
    if (failed(tiled))
      return op->emitError("internal error: cannot be tiled");
    rewriter.replaceOp(op, tiled->replacements);
    ++numTiled;
    return success();
  }

  /// As many turns of each loop as make a part: one, if what is inside of it is
  /// one already. 0 for a loop that is never more than a part.
  static SmallVector<OpFoldResult> getTileSizes(OpBuilder &b,
                                                linalg::GenericOp op) {
    Location loc = op.getLoc();
    auto linalgOp = cast<linalg::LinalgOp>(op.getOperation());
    SmallVector<OpFoldResult> ranges;
    for (Range range : linalgOp.createLoopRanges(b, loc))
      ranges.push_back(range.size);
    auto kinds = op.getIteratorTypesArray();
    AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
    std::optional<unsigned> innermost;
    if (map.getNumResults() > 0)
      if (auto dim = dyn_cast<AffineDimExpr>(map.getResults().back()))
        innermost = dim.getPosition();

    // Turns of everything inside of a loop.
    OpFoldResult inside = b.getIndexAttr(1);
    for (auto [size, kind] : llvm::zip_equal(ranges, kinds))
      if (kind == utils::IteratorType::reduction)
        inside = multiply(b, loc, inside, size);
    SmallVector<OpFoldResult> tiles(ranges.size(), b.getIndexAttr(0));
    for (unsigned dim = ranges.size(); dim-- > 0;) {
      if (kinds[dim] != utils::IteratorType::parallel)
        continue;
      OpFoldResult tile = divide(b, loc, kPart, inside);
      // Rows of the result stay long enough for vectors.
      if (dim == innermost)
        tile = atLeast(b, loc, tile, kRow);
      std::optional<int64_t> known = getConstantIntValue(tile),
                             size = getConstantIntValue(ranges[dim]);
      if (!known || !size || *known < *size)
        tiles[dim] = tile;
      inside = multiply(b, loc, inside, ranges[dim]);
    }
    return tiles;
  }

  static Value asValue(OpBuilder &b, Location loc, OpFoldResult value) {
    return getValueOrCreateConstantIndexOp(b, loc, value);
  }
  /// An empty loop counts as one turn: nothing is divided by zero.
  static OpFoldResult multiply(OpBuilder &b, Location loc, OpFoldResult inside,
                               OpFoldResult size) {
    std::optional<int64_t> x = getConstantIntValue(inside),
                           y = getConstantIntValue(size);
    if (x && y)
      return b.getIndexAttr(*x * std::max<int64_t>(*y, 1));
    Value turns = asValue(b, loc, atLeast(b, loc, size, 1));
    return arith::MulIOp::create(b, loc, asValue(b, loc, inside), turns)
        .getResult();
  }
  static OpFoldResult divide(OpBuilder &b, Location loc, int64_t part,
                             OpFoldResult inside) {
    if (std::optional<int64_t> known = getConstantIntValue(inside))
      return b.getIndexAttr(llvm::divideCeil(part, *known));
    return arith::CeilDivUIOp::create(
               b, loc, arith::ConstantIndexOp::create(b, loc, part),
               asValue(b, loc, inside))
        .getResult();
  }
  static OpFoldResult atLeast(OpBuilder &b, Location loc, OpFoldResult tile,
                              int64_t least) {
    if (std::optional<int64_t> known = getConstantIntValue(tile))
      return b.getIndexAttr(std::max(*known, least));
    return arith::MaxUIOp::create(b, loc, asValue(b, loc, tile),
                                  arith::ConstantIndexOp::create(b, loc, least))
        .getResult();
  }

  /// Elements of a part, and of its rows at least.
  static constexpr int64_t kPart = 1 << 14, kRow = 1024;
};

} // namespace
