//===- PanelCopy.cpp - Ops that lay out B at run time ---------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/Kernels/PanelCopy.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace minitorch;

bool minitorch::isMove(linalg::GenericOp op) {
  if (op.getNumDpsInputs() != 1 || op.getNumDpsInits() != 1 ||
      !op.getBody()->without_terminator().empty())
    return false;
  auto yield = cast<linalg::YieldOp>(op.getBody()->getTerminator());
  return yield.getOperand(0) == op.getBody()->getArgument(0) &&
         op.getIndexingMapsArray().front().isProjectedPermutation();
}

/// The body's argument that is `value` or, times a constant, is `value`.
static BlockArgument matchScaled(Value value, int64_t &scale) {
  scale = 1;
  if (auto mul = value.getDefiningOp<arith::MulIOp>())
    if (std::optional<int64_t> factor = getConstantIntValue(mul.getRhs())) {
      scale = *factor;
      value = mul.getLhs();
    }
  return dyn_cast<BlockArgument>(value);
}

std::optional<Windows> minitorch::matchWindows(Operation *operation) {
  auto op = dyn_cast_or_null<linalg::GenericOp>(operation);
  if (!op || op.getNumLoops() < 2 || op.getNumDpsInputs() != 2 ||
      op.getNumDpsInits() != 1 || op.getNumReductionLoops() != 0)
    return std::nullopt;
  unsigned p = op.getNumLoops() - 1, k = p - 1;
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  if (!maps.back().isIdentity() || !llvm::all_of(maps, [](AffineMap map) {
        return map.isProjectedPermutation(/*allowZeroInResults=*/true);
      }))
    return std::nullopt;

  Block *body = op.getBody();
  Operation *read = body->getTerminator()->getOperand(0).getDefiningOp();
  if (!isa_and_nonnull<tensor::ExtractOp, memref::LoadOp>(read) ||
      read->getBlock() != body || read->getNumOperands() != 2)
    return std::nullopt;
  auto sum = read->getOperand(1).getDefiningOp<arith::AddIOp>();
  if (!sum || sum->getBlock() != body)
    return std::nullopt;
  Windows windows;
  windows.image = read->getOperand(0);
  // One operand of the sum depends on p, the other on k.
  for (auto [tap, pixel] : {std::pair(sum.getLhs(), sum.getRhs()),
                            std::pair(sum.getRhs(), sum.getLhs())}) {
    auto tapArg = dyn_cast<BlockArgument>(tap);
    BlockArgument pixelArg = matchScaled(pixel, windows.stride);
    if (!tapArg || !pixelArg || tapArg == pixelArg ||
        tapArg.getOwner() != body || pixelArg.getOwner() != body ||
        tapArg.getArgNumber() > 1 || pixelArg.getArgNumber() > 1)
      continue;
    AffineMap taps = maps[tapArg.getArgNumber()];
    AffineMap pixels = maps[pixelArg.getArgNumber()];
    if (taps.isFunctionOfDim(p) || !taps.isFunctionOfDim(k) ||
        pixels.isFunctionOfDim(k) || pixels.getNumResults() == 0 ||
        pixels.getResults().back() != getAffineDimExpr(p, op.getContext()))
      continue;
    windows.taps = op.getDpsInputOperand(tapArg.getArgNumber());
    windows.pixels = op.getDpsInputOperand(pixelArg.getArgNumber());
    return windows;
  }
  return std::nullopt;
}

linalg::GenericOp minitorch::getPanelCopy(const Contraction &c) {
  auto op = c.rhs->get().getDefiningOp<linalg::GenericOp>();
  return op && op->hasOneUse() && (isMove(op) || matchWindows(op)) ? op
                                                                   : nullptr;
}
