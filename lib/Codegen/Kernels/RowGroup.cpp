//===- RowGroup.cpp - Softmax and normalization -----------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/Kernels/RowGroup.h"

#include "MiniTorch/Codegen/Kernels/Contraction.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"

using namespace mlir;
using namespace minitorch;

/// A loop that runs in full for each row.
static constexpr int kFull = -1;

/// Whether the op can be computed a row at a time.
static bool isCandidate(linalg::GenericOp op) {
  return op && op.hasPureTensorSemantics() && op.getNumDpsInits() == 1 &&
         !matchContraction(op) &&
         op.getIndexingMapMatchingResult(op->getResult(0))
             .isProjectedPermutation();
}

bool RowGroup::isRoot(linalg::GenericOp op) {
  return isCandidate(op) && op.getNumReductionLoops() == 0 &&
         op.getIndexingMapMatchingResult(op->getResult(0)).isIdentity();
}

RowGroup::RowGroup(linalg::GenericOp root) : root(root) {
  unsigned loops = root.getNumLoops();
  isRow.assign(loops, true);
  members.insert(root);
  for (unsigned dim = 0; dim < loops; ++dim)
    follows[root].push_back(dim);
  // Consumers come before producers, so a member is complete when visited.
  for (unsigned i = 0; i < members.size(); ++i)
    visit(cast<linalg::GenericOp>(members[i]));
  keepSharedRows();
  dropRowless();
}

bool RowGroup::isWorthwhile() const {
  return llvm::is_contained(isRow, true) && !isRow.back() &&
         llvm::any_of(members, [](Operation *op) {
           return cast<linalg::GenericOp>(op).getNumReductionLoops() > 0;
         });
}

void RowGroup::visit(linalg::GenericOp op) {
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
bool RowGroup::follow(linalg::GenericOp producer) {
  AffineMap out = producer.getIndexingMapMatchingResult(producer->getResult(0));
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

/// What one member reduces and another one goes through is read as a row, too:
/// the second time it is in the first cache.
void RowGroup::keepSharedRows() {
  for (Operation *op : members) {
    auto reduction = cast<linalg::GenericOp>(op);
    if (reduction.getNumReductionLoops() == 0)
      continue;
    for (OpOperand *input : reduction.getDpsInputOperands()) {
      AffineMap map = reduction.getMatchingIndexingMap(input);
      for (OpOperand &use : input->get().getUses()) {
        if (use.getOwner() == op || !members.contains(use.getOwner()))
          continue;
        auto other = dyn_cast<linalg::GenericOp>(use.getOwner());
        AffineMap otherMap = other.getMatchingIndexingMap(&use);
        for (auto [mine, its] :
             llvm::zip_equal(map.getResults(), otherMap.getResults())) {
          auto dim = dyn_cast<AffineDimExpr>(mine);
          auto otherDim = dyn_cast<AffineDimExpr>(its);
          if (dim && otherDim &&
              linalg::isReductionIterator(
                  reduction.getIteratorTypesArray()[dim.getPosition()]))
            disallow(follows[other][otherDim.getPosition()]);
        }
      }
    }
  }
}

void RowGroup::disallow(int loop) {
  if (loop != kFull)
    isRow[loop] = false;
}

/// Drops what does not depend on the row: it would be computed once for each.
void RowGroup::dropRowless() {
  llvm::SetVector<Operation *> kept;
  for (Operation *op : members) {
    bool isComplete = true;
    for (unsigned dim = 0; dim < isRow.size(); ++dim)
      isComplete &= !isRow[dim] || llvm::is_contained(follows[op], int(dim));
    bool isReached =
        op == root || llvm::all_of(op->getUsers(), [&](Operation *user) {
          return kept.contains(user);
        });
    if (isComplete && isReached)
      kept.insert(op);
  }
  members = std::move(kept);
}
