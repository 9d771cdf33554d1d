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

/// The dimensions one by one, but `first` and the one behind it as one.
static SmallVector<ReassociationIndices> groupDims(unsigned rank,
                                                   unsigned first) {
  SmallVector<ReassociationIndices> groups;
  for (unsigned i = 0; i < rank; ++i) {
    if (i == first + 1)
      groups.back().push_back(i);
    else
      groups.push_back({i});
  }
  return groups;
}

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
      !map.isProjectedPermutation())
    return false;
  return memref::CollapseShapeOp::isGuaranteedCollapsible(
      cast<MemRefType>(operand.get().getType()),
      groupDims(map.getNumResults(), *first));
}

/// Merges loops `dim` and `dim + 1` if every operand allows it.
static linalg::GenericOp collapseLoops(linalg::GenericOp op, unsigned dim) {
  auto kinds = op.getIteratorTypesArray();
  if (op.hasIndexSemantics() || kinds[dim] != kinds[dim + 1])
    return nullptr;
  for (OpOperand &operand : op->getOpOperands())
    if (isa<MemRefType>(operand.get().getType()) &&
        !isCollapsible(op, operand, dim))
      return nullptr;

  OpBuilder b(op);
  unsigned loops = op.getNumLoops();
  SmallVector<AffineExpr> names;
  for (unsigned i = 0; i < loops; ++i)
    names.push_back(b.getAffineDimExpr(i <= dim ? i : i - 1));
  SmallVector<Value> operands;
  SmallVector<AffineMap> maps;
  for (OpOperand &operand : op->getOpOperands()) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    Value value = operand.get();
    SmallVector<AffineExpr> results(map.getResults());
    if (auto first = map.getResultPosition(b.getAffineDimExpr(dim))) {
      value = memref::CollapseShapeOp::create(
          b, op.getLoc(), value, groupDims(results.size(), *first));
      results.erase(results.begin() + *first + 1);
    }
    operands.push_back(value);
    maps.push_back(AffineMap::get(loops, 0, results, op.getContext())
                       .replaceDimsAndSymbols(names, {}, loops - 1, 0));
  }
  kinds.erase(kinds.begin() + dim + 1);
  unsigned inputs = op.getNumDpsInputs();
  auto collapsed = linalg::GenericOp::create(
      b, op.getLoc(), TypeRange(), ValueRange(operands).take_front(inputs),
      ValueRange(operands).drop_front(inputs), maps, kinds);
  collapsed.getRegion().takeBody(op.getRegion());
  op.erase();
  return collapsed;
}

linalg::GenericOp minitorch::collapseLoops(linalg::GenericOp op) {
  for (unsigned dim = op.getNumLoops(); dim-- > 1;)
    if (linalg::GenericOp collapsed = ::collapseLoops(op, dim - 1))
      op = collapsed;
  return op;
}

namespace {

struct Vectorize : minitorch::impl::MtCPUVectorizePassBase<Vectorize> {
  using Base::Base;

  void runOnOperation() override {
    target = CPUTarget::get(vectorBits, registers);
    // An op may take the fill before it along.
    vectorize([](Operation *op) { return !isa<linalg::FillOp>(op); });
    vectorize([](Operation *op) { return isa<linalg::FillOp>(op); });
  }

private:
  void vectorize(llvm::function_ref<bool(Operation *)> isWanted) {
    IRRewriter rewriter(&getContext());
    SmallVector<linalg::LinalgOp> work;
    getOperation()->walk([&](linalg::LinalgOp op) {
      if (op.hasPureBufferSemantics() && isWanted(op))
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
      generic = collapseLoops(generic);
      if (succeeded(vectorizeTranspose(generic, target)) ||
          succeeded(vectorizeGeneric(generic, target))) {
        generic.erase();
        ++numVectorized;
      }
    }
  }

  CPUTarget target{};
};

} // namespace
