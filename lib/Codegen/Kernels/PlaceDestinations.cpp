//===- PlaceDestinations.cpp - Results where they are needed --------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/Kernels/Passes.h"
#include "MiniTorch/Dialect/Mt/IR/MtKernelOps.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace minitorch {
#define GEN_PASS_DEF_MTPLACEDESTINATIONSPASS
#include "MiniTorch/Codegen/Kernels/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;

namespace {

struct PlaceDestinations
    : minitorch::impl::MtPlaceDestinationsPassBase<PlaceDestinations> {
  void runOnOperation() override {
    SmallVector<tensor::PadOp> pads;
    getOperation()->walk([&](tensor::PadOp op) {
      if (op.getConstantPaddingValue())
        pads.push_back(op);
    });
    for (tensor::PadOp pad : pads)
      decompose(pad);
    SmallVector<tensor::InsertSliceOp> inserts;
    getOperation()->walk(
        [&](tensor::InsertSliceOp op) { inserts.push_back(op); });
    for (tensor::InsertSliceOp insert : inserts) {
      Operation *source = insert.getSource().getDefiningOp();
      Operation *dest = insert.getDest().getDefiningOp();
      if (!isa_and_nonnull<mt::LaunchOp>(source) || !dest ||
          source->getBlock() != dest->getBlock())
        continue;
      // No further up than that: until then others may use the memory.
      DenseSet<Operation *> seen;
      if (canPrecede(dest, source, seen))
        precede(dest, source);
    }
  }

private:
  /// pad => the source in the middle, and the value in the slabs around it.
  void decompose(tensor::PadOp pad) {
    IRRewriter rewriter(pad);
    Location loc = pad.getLoc();
    SmallVector<OpFoldResult> low = pad.getMixedLowPad(),
                              high = pad.getMixedHighPad(),
                              inner = tensor::getMixedSizes(rewriter, loc,
                                                            pad.getSource());
    AffineExpr a, b, c;
    bindSymbols(&getContext(), a, b, c);
    auto apply = [&](AffineExpr expr, ArrayRef<OpFoldResult> values) {
      return affine::makeComposedFoldedAffineApply(rewriter, loc, expr, values);
    };
    int64_t rank = inner.size();
    SmallVector<OpFoldResult> outer;
    for (int64_t i = 0; i < rank; ++i)
      outer.push_back(apply(a + b + c, {low[i], inner[i], high[i]}));
    Value value = pad.getConstantPaddingValue();
    Value dest = tensor::EmptyOp::create(rewriter, loc, outer, value.getType());
    SmallVector<OpFoldResult> strides(rank, rewriter.getIndexAttr(1));
    SmallVector<OpFoldResult> offsets(rank, rewriter.getIndexAttr(0));
    SmallVector<OpFoldResult> sizes(outer);
    for (int64_t i = 0; i < rank; ++i) {
      auto fill = [&](OpFoldResult offset, OpFoldResult size) {
        if (isConstantIntValue(size, 0))
          return;
        offsets[i] = offset;
        sizes[i] = size;
        Value slab =
            tensor::EmptyOp::create(rewriter, loc, sizes, value.getType());
        slab = linalg::FillOp::create(rewriter, loc, value, slab).getResult(0);
        dest = tensor::InsertSliceOp::create(rewriter, loc, slab, dest, offsets,
                                             sizes, strides);
      };
      fill(rewriter.getIndexAttr(0), low[i]);
      fill(apply(a + b, {low[i], inner[i]}), high[i]);
      offsets[i] = low[i];
      sizes[i] = inner[i];
    }
    Value result = tensor::InsertSliceOp::create(rewriter, loc, pad.getSource(),
                                                 dest, low, inner, strides);
    if (result.getType() != pad.getType())
      result = tensor::CastOp::create(rewriter, loc, pad.getType(), result);
    rewriter.replaceOp(pad, result);
    ++numPads;
  }

  /// Whether `op` only says where something will be.
  static bool isPlace(Operation *op) {
    return isa<tensor::EmptyOp, tensor::ExtractSliceOp, tensor::InsertSliceOp,
               tensor::DimOp, linalg::FillOp, affine::AffineApplyOp>(op) ||
           isa<arith::ArithDialect>(op->getDialect());
  }

  /// Whether `op` is before `other`, or it and what it is made of may be.
  static bool canPrecede(Operation *op, Operation *other,
                         DenseSet<Operation *> &seen) {
    if (op->getBlock() != other->getBlock() || op->isBeforeInBlock(other) ||
        !seen.insert(op).second)
      return true;
    return op != other && isPlace(op) && isPure(op) &&
           llvm::all_of(op->getOperands(), [&](Value operand) {
             Operation *def = operand.getDefiningOp();
             return !def || canPrecede(def, other, seen);
           });
  }

  static void precede(Operation *op, Operation *other) {
    if (op->getBlock() != other->getBlock() || op->isBeforeInBlock(other))
      return;
    for (Value operand : op->getOperands())
      if (Operation *def = operand.getDefiningOp())
        precede(def, other);
    op->moveBefore(other);
  }
};

} // namespace
