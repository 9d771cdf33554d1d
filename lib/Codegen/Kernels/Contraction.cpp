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

/// The panel width if `map` ends in (n floordiv w, k..., n mod w), else 0.
static int64_t matchPanels(AffineMap map, unsigned n, ArrayRef<unsigned> k) {
  if (map.getNumResults() < k.size() + 2)
    return 0;
  auto results = map.getResults().take_back(k.size() + 2);
  auto panel = dyn_cast<AffineBinaryOpExpr>(results.front());
  auto column = dyn_cast<AffineBinaryOpExpr>(results.back());
  AffineExpr nExpr = getAffineDimExpr(n, map.getContext());
  if (!panel || !column || panel.getKind() != AffineExprKind::FloorDiv ||
      column.getKind() != AffineExprKind::Mod || panel.getLHS() != nExpr ||
      column.getLHS() != nExpr || panel.getRHS() != column.getRHS())
    return 0;
  for (auto [expr, dim] : llvm::zip_equal(results.drop_front().drop_back(), k))
    if (expr != getAffineDimExpr(dim, map.getContext()))
      return 0;
  auto width = dyn_cast<AffineConstantExpr>(panel.getRHS());
  if (!width)
    return 0;
  for (AffineExpr leading : map.getResults().drop_back(k.size() + 2))
    if (!isa<AffineDimExpr>(leading))
      return 0;
  return width.getValue();
}

/// Whether `expr` is a sum of positive multiples of dimensions.
static bool isWindowExpr(AffineExpr expr) {
  if (isa<AffineDimExpr>(expr))
    return true;
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return false;
  if (binary.getKind() == AffineExprKind::Add)
    return isWindowExpr(binary.getLHS()) && isWindowExpr(binary.getRHS());
  auto factor = dyn_cast<AffineConstantExpr>(binary.getRHS());
  return binary.getKind() == AffineExprKind::Mul && factor &&
         factor.getValue() > 0 && isa<AffineDimExpr>(binary.getLHS());
}

std::optional<Contraction> minitorch::matchContraction(Operation *operation) {
  auto op = dyn_cast_or_null<linalg::GenericOp>(operation);
  if (!op || op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1 ||
      op.getNumReductionLoops() == 0 || !isMultiplyAdd(op.getBody()))
    return std::nullopt;
  Contraction c;
  c.op = op;
  c.acc = op.getDpsInitOperand(0);
  Type type = c.getElementType();
  if (!type.isF32() && !type.isF64())
    return std::nullopt;
  op.getReductionDims(c.k);
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
      !llvm::all_of(c.k,
                    [&](unsigned k) {
                      return lhsMap.isFunctionOfDim(k) &&
                             rhsMap.isFunctionOfDim(k);
                    }) ||
      !llvm::all_of(lhsMap.getResults(), isWindowExpr))
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

bool minitorch::isWindowReduction(linalg::GenericOp op) {
  if (op.getNumReductionLoops() == 0 || op.getNumDpsInits() != 1 ||
      matchContraction(op))
    return false;
  AffineMap resultMap = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  if (!resultMap.isProjectedPermutation() ||
      resultMap.getNumResults() != op.getNumParallelLoops())
    return false;
  // Larger ones are rows, whose order of reading matters.
  constexpr int64_t kLargestWindow = 63;
  int64_t elements = 1;
  for (auto [size, kind] : llvm::zip_equal(
           cast<linalg::LinalgOp>(op.getOperation()).getStaticLoopRanges(),
           op.getIteratorTypesArray())) {
    if (kind == utils::IteratorType::parallel)
      continue;
    if (ShapedType::isDynamic(size) || size * elements > kLargestWindow)
      return false;
    elements *= size;
  }
  return llvm::any_of(op.getDpsInputOperands(), [&](OpOperand *input) {
    AffineMap map = op.getMatchingIndexingMap(input);
    return !map.isProjectedPermutation(/*allowZeroInResults=*/true) &&
           llvm::all_of(map.getResults(), isWindowExpr);
  });
}

linalg::GenericOp minitorch::getEpilogue(linalg::GenericOp producer) {
  Value result = producer.getResult(0);
  if (!result.hasOneUse())
    return nullptr;
  OpOperand &use = *result.getUses().begin();
  auto op = dyn_cast<linalg::GenericOp>(use.getOwner());
  if (!op || op->getBlock() != producer->getBlock() ||
      op.getNumDpsInits() != 1 || op.getNumReductionLoops() != 0 ||
      !op.isDpsInput(&use))
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
