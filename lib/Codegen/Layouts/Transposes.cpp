//===- Transposes.cpp - Operands in the order of the loops ----------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Transposes.h"
#include "TransposeConstant.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;
using namespace minitorch;

linalg::TransposeOp minitorch::getTranspose(Value value) {
  auto op = value.getDefiningOp<linalg::TransposeOp>();
  return op && op.hasPureTensorSemantics() ? op : nullptr;
}

Value minitorch::createTranspose(OpBuilder &b, Location loc, Value tensor,
                                 ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> order(permutation);
  if (linalg::TransposeOp inner = getTranspose(tensor)) {
    order = applyPermutation(inner.getPermutation(), order);
    tensor = inner.getInput();
  }
  if (isIdentityPermutation(order))
    return tensor;
  if (auto constant = tensor.getDefiningOp<arith::ConstantOp>())
    if (auto elements = dyn_cast<ElementsAttr>(constant.getValue()))
      if (ElementsAttr moved = transposeConstant(elements, order))
        return arith::ConstantOp::create(b, constant.getLoc(),
                                         cast<TypedAttr>(moved));
  SmallVector<OpFoldResult> sizes = applyPermutation(
      ArrayRef<OpFoldResult>(tensor::getMixedSizes(b, loc, tensor)), order);
  Value empty = tensor::EmptyOp::create(b, loc, sizes,
                                        getElementTypeOrSelf(tensor.getType()));
  return linalg::TransposeOp::create(b, loc, tensor, empty, order)
      ->getResult(0);
}

SmallVector<int64_t> minitorch::getLoopOrder(AffineMap map) {
  SmallVector<std::pair<unsigned, int64_t>> keys;
  unsigned last = 0;
  for (auto [i, expr] : llvm::enumerate(map.getResults())) {
    for (unsigned dim = 0; dim < map.getNumDims(); ++dim)
      if (expr.isFunctionOfDim(dim)) {
        last = dim;
        break;
      }
    keys.push_back({last, i});
  }
  llvm::stable_sort(keys);
  return llvm::map_to_vector(keys, [](auto &key) { return key.second; });
}

/// `map` with its results in another order.
static AffineMap permuteResults(AffineMap map, ArrayRef<int64_t> permutation) {
  return AffineMap::get(map.getNumDims(), map.getNumSymbols(),
                        applyPermutation(map.getResults(), permutation),
                        map.getContext());
}

void minitorch::permuteOperand(RewriterBase &rewriter, linalg::GenericOp op,
                               OpOperand &operand,
                               ArrayRef<int64_t> permutation) {
  if (isIdentityPermutation(permutation))
    return;
  AffineMap map = op.getMatchingIndexingMap(&operand);
  rewriter.setInsertionPoint(op);
  Value moved =
      createTranspose(rewriter, op.getLoc(), operand.get(), permutation);
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  maps[operand.getOperandNumber()] = permuteResults(map, permutation);
  rewriter.modifyOpInPlace(op, [&] {
    operand.set(moved);
    op.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
  });
}

linalg::GenericOp minitorch::sortResults(RewriterBase &rewriter,
                                         linalg::GenericOp op) {
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  SmallVector<int64_t> order = getLoopOrder(map);
  if (isIdentityPermutation(order))
    return op;
  rewriter.setInsertionPoint(op);
  Location loc = op.getLoc();
  SmallVector<Value> inits;
  for (OpOperand &init : op.getDpsInitsMutable()) {
    SmallVector<OpFoldResult> sizes =
        applyPermutation(ArrayRef<OpFoldResult>(
                             tensor::getMixedSizes(rewriter, loc, init.get())),
                         order);
    Type type = getElementTypeOrSelf(init.get().getType());
    auto fill = init.get().getDefiningOp<linalg::FillOp>();
    if (!op.payloadUsesValueFromOperand(&init)) {
      inits.push_back(tensor::EmptyOp::create(rewriter, loc, sizes, type));
    } else if (fill) {
      Value empty = tensor::EmptyOp::create(rewriter, loc, sizes, type);
      inits.push_back(
          linalg::FillOp::create(rewriter, loc, fill.getInputs(), empty)
              .getResult(0));
    } else {
      inits.push_back(createTranspose(rewriter, loc, init.get(), order));
    }
  }
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  for (AffineMap &resultMap :
       MutableArrayRef(maps).drop_front(op.getNumDpsInputs()))
    resultMap = permuteResults(map, order);
  auto sorted = linalg::GenericOp::create(
      rewriter, loc, ValueRange(inits).getTypes(), op.getDpsInputs(), inits,
      maps, op.getIteratorTypesArray());
  rewriter.inlineRegionBefore(op.getRegion(), sorted.getRegion(),
                              sorted.getRegion().begin());
  SmallVector<Value> results;
  for (Value result : sorted.getResults())
    results.push_back(
        createTranspose(rewriter, loc, result, invertPermutationVector(order)));
  rewriter.replaceOp(op, results);
  return sorted;
}
