//===- Contraction.cpp - Sums of products -------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/Kernels/Contraction.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace minitorch;

Type Contraction::getElementType() const {
  return getElementTypeOrSelf(acc->get().getType());
}

AffineMap Contraction::getMap(OpOperand *operand) const {
  auto linalgOp = cast<linalg::LinalgOp>(op.getOperation());
  return linalgOp.getMatchingIndexingMap(operand);
}

int64_t Contraction::getSize(unsigned dim) const {
  return cast<linalg::LinalgOp>(op.getOperation()).getStaticLoopRanges()[dim];
}

std::optional<unsigned> Contraction::getRowDim() const {
  for (unsigned dim : llvm::reverse(m))
    if (getSize(dim) != 1)
      return dim;
  if (m.empty())
    return std::nullopt;
  return m.back();
}

bool Contraction::isRhsRowMajor() const {
  return getMap(rhs).getResults().back() ==
         getAffineDimExpr(n, op.getContext());
}

/// Whether the body is acc + a * b, with operands in any order.
static bool isMultiplyAdd(Block *body) {
  auto yield = cast<linalg::YieldOp>(body->getTerminator());
  auto add = yield.getOperand(0).getDefiningOp<arith::AddFOp>();
  if (!add || !llvm::hasNItems(body->without_terminator(), 2))
    return false;
  Value acc = body->getArgument(2), product = add.getLhs();
  if (product == acc)
    product = add.getRhs();
  else if (add.getRhs() != acc)
    return false;
  auto mul = product.getDefiningOp<arith::MulFOp>();
  if (!mul)
    return false;
  Value a = body->getArgument(0), b = body->getArgument(1);
  return (mul.getLhs() == a && mul.getRhs() == b) ||
         (mul.getLhs() == b && mul.getRhs() == a);
}

/// The panel width if `map` ends in (n floordiv w, k, n mod w), else 0.
static int64_t matchPanels(AffineMap map, unsigned n, unsigned k) {
  if (map.getNumResults() < 3)
    return 0;
  auto results = map.getResults().take_back(3);
  auto panel = dyn_cast<AffineBinaryOpExpr>(results[0]);
  auto column = dyn_cast<AffineBinaryOpExpr>(results[2]);
  AffineExpr nExpr = getAffineDimExpr(n, map.getContext());
  if (!panel || !column || panel.getKind() != AffineExprKind::FloorDiv ||
      column.getKind() != AffineExprKind::Mod || panel.getLHS() != nExpr ||
      column.getLHS() != nExpr || panel.getRHS() != column.getRHS() ||
      results[1] != getAffineDimExpr(k, map.getContext()))
    return 0;
  auto width = dyn_cast<AffineConstantExpr>(panel.getRHS());
  if (!width)
    return 0;
  for (AffineExpr leading : map.getResults().drop_back(3))
    if (!isa<AffineDimExpr>(leading))
      return 0;
  return width.getValue();
}

std::optional<Contraction> minitorch::matchContraction(Operation *operation) {
  auto op = dyn_cast_or_null<linalg::GenericOp>(operation);
  if (!op || op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1 ||
      op.getNumReductionLoops() != 1 || !isMultiplyAdd(op.getBody()))
    return std::nullopt;
  Contraction c;
  c.op = op;
  c.acc = op.getDpsInitOperand(0);
  Type type = c.getElementType();
  if (!type.isF32() && !type.isF64())
    return std::nullopt;
  SmallVector<unsigned> reductions;
  op.getReductionDims(reductions);
  c.k = reductions.front();
  AffineMap accMap = c.getMap(c.acc);
  if (accMap.getNumResults() == 0 || !accMap.isProjectedPermutation() ||
      accMap.getNumResults() != op.getNumParallelLoops())
    return std::nullopt;
  c.n = accMap.getDimPosition(accMap.getNumResults() - 1);

  // B is the operand that n indexes; A must not depend on it.
  c.lhs = op.getDpsInputOperand(0);
  c.rhs = op.getDpsInputOperand(1);
  if (!c.getMap(c.rhs).isFunctionOfDim(c.n))
    std::swap(c.lhs, c.rhs);
  AffineMap lhsMap = c.getMap(c.lhs), rhsMap = c.getMap(c.rhs);
  if (lhsMap.isFunctionOfDim(c.n) || !rhsMap.isFunctionOfDim(c.n) ||
      !lhsMap.isFunctionOfDim(c.k) || !rhsMap.isFunctionOfDim(c.k) ||
      !lhsMap.isProjectedPermutation())
    return std::nullopt;
  if (!rhsMap.isProjectedPermutation()) {
    c.panelColumns = matchPanels(rhsMap, c.n, c.k);
    if (c.panelColumns == 0)
      return std::nullopt;
  }
  for (AffineExpr expr : accMap.getResults().drop_back()) {
    unsigned dim = cast<AffineDimExpr>(expr).getPosition();
    if (lhsMap.isFunctionOfDim(dim) && !rhsMap.isFunctionOfDim(dim))
      c.m.push_back(dim);
    else
      c.batch.push_back(dim);
  }
  return c;
}

linalg::GenericOp minitorch::getEpilogue(const Contraction &c) {
  Value result = c.op.getResult(0);
  if (!result.hasOneUse())
    return nullptr;
  OpOperand &use = *result.getUses().begin();
  auto op = dyn_cast<linalg::GenericOp>(use.getOwner());
  if (!op || op->getBlock() != c.op->getBlock() || op.getNumDpsInits() != 1 ||
      op.getNumReductionLoops() != 0 || !op.isDpsInput(&use))
    return nullptr;
  // The tile of the result must be the tile of the contraction.
  AffineMap map = op.getMatchingIndexingMap(&use);
  AffineMap resultMap = op.getIndexingMapMatchingResult(op->getResult(0));
  if (map != resultMap || !map.isIdentity() ||
      getElementTypeOrSelf(result) != getElementTypeOrSelf(op.getType(0)))
    return nullptr;
  for (OpOperand *operand : op.getDpsInputOperands())
    if (!op.getMatchingIndexingMap(operand).isProjectedPermutation(
            /*allowZeroInResults=*/true))
      return nullptr;
  return op;
}
