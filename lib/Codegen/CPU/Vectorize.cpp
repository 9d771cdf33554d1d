//===- Vectorize.cpp - Structured ops as vector code --------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoopVectorizer.h"
#include "MiniTorch/Codegen/CPU/Passes.h"
#include "Target.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace minitorch {
#define GEN_PASS_DEF_MTCPUVECTORIZEPASS
#include "MiniTorch/Codegen/CPU/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;

/// Whether loops `dim` and `dim + 1` walk the operand as one loop would.
static bool isCollapsible(linalg::GenericOp op, OpOperand &operand,
                          unsigned dim) {
  AffineMap map = op.getMatchingIndexingMap(&operand);
  MLIRContext *context = op.getContext();
  auto first = map.getResultPosition(getAffineDimExpr(dim, context));
  auto second = map.getResultPosition(getAffineDimExpr(dim + 1, context));
  if (!first && !second)
    return !map.isFunctionOfDim(dim) && !map.isFunctionOfDim(dim + 1);
  if (!first || !second || *second != *first + 1 ||
      *second + 1 != map.getNumResults() || !map.isProjectedPermutation())
    return false;
  SmallVector<ReassociationIndices> groups;
  for (unsigned i = 0; i < *first; ++i)
    groups.push_back({i});
  groups.push_back({*first, *second});
  return memref::CollapseShapeOp::isGuaranteedCollapsible(
      cast<MemRefType>(operand.get().getType()), groups);
}

/// Merges the last two loops if every operand allows it.
static linalg::GenericOp collapseLastLoops(linalg::GenericOp op) {
  unsigned loops = op.getNumLoops();
  if (loops < 2 || op.hasIndexSemantics())
    return nullptr;
  auto kinds = op.getIteratorTypesArray();
  if (kinds[loops - 1] != kinds[loops - 2])
    return nullptr;
  for (OpOperand &operand : op->getOpOperands())
    if (isa<MemRefType>(operand.get().getType()) &&
        !isCollapsible(op, operand, loops - 2))
      return nullptr;

  OpBuilder b(op);
  MLIRContext *context = op.getContext();
  AffineExpr last = getAffineDimExpr(loops - 1, context);
  SmallVector<Value> operands;
  SmallVector<AffineMap> maps;
  for (OpOperand &operand : op->getOpOperands()) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    Value value = operand.get();
    SmallVector<AffineExpr> results(map.getResults());
    if (map.getResultPosition(last)) {
      SmallVector<ReassociationIndices> groups;
      for (int64_t i = 0, e = results.size(); i < e - 1; ++i)
        groups.push_back({i});
      groups.back().push_back(results.size() - 1);
      value = memref::CollapseShapeOp::create(b, op.getLoc(), value, groups);
      results.pop_back();
    }
    operands.push_back(value);
    maps.push_back(AffineMap::get(loops - 1, 0, results, context));
  }
  kinds.pop_back();
  unsigned inputs = op.getNumDpsInputs();
  auto collapsed = linalg::GenericOp::create(
      b, op.getLoc(), TypeRange(), ValueRange(operands).take_front(inputs),
      ValueRange(operands).drop_front(inputs), maps, kinds);
  collapsed.getRegion().takeBody(op.getRegion());
  op.erase();
  return collapsed;
}

linalg::GenericOp minitorch::collapseTrailingLoops(linalg::GenericOp op) {
  while (linalg::GenericOp collapsed = collapseLastLoops(op))
    op = collapsed;
  return op;
}

namespace {

struct Vectorize : minitorch::impl::MtCPUVectorizePassBase<Vectorize> {
  using Base::Base;

  void runOnOperation() override {
    CPUTarget target = CPUTarget::get(vectorBits, registers);
    IRRewriter rewriter(&getContext());
    SmallVector<linalg::LinalgOp> work;
    getOperation()->walk([&](linalg::LinalgOp op) {
      if (op.hasPureBufferSemantics())
        work.push_back(op);
    });
    for (linalg::LinalgOp op : work) {
      auto generic = dyn_cast<linalg::GenericOp>(op.getOperation());
      if (!generic) {
        rewriter.setInsertionPoint(op);
        FailureOr<linalg::GenericOp> converted =
            linalg::generalizeNamedOp(rewriter, op);
        if (failed(converted))
          continue;
        generic = *converted;
      }
      if (succeeded(vectorizeWindows(generic, target))) {
        generic.erase();
        ++numVectorized;
        continue;
      }
      generic = collapseTrailingLoops(generic);
      if (succeeded(vectorizeTranspose(generic, target)) ||
          succeeded(vectorizeGeneric(generic, target))) {
        generic.erase();
        ++numVectorized;
      }
    }
  }
};

} // namespace
