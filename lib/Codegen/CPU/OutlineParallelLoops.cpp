//===- OutlineParallelLoops.cpp - Parts of loops as functions ---*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/CPU/Passes.h"
#include "MiniTorch/Codegen/Kernels/Outlining.h"
#include "MiniTorch/Dialect/Mt/IR/MtKernelOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/SymbolTable.h"

namespace minitorch {
#define GEN_PASS_DEF_MTCPUOUTLINEPARALLELLOOPSPASS
#include "MiniTorch/Codegen/CPU/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;

namespace {
struct OutlineParallelLoops
    : minitorch::impl::MtCPUOutlineParallelLoopsPassBase<OutlineParallelLoops> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<scf::ForallOp> loops;
    for (auto function : getOperation().getOps<func::FuncOp>())
      function.walk<WalkOrder::PreOrder>([&](scf::ForallOp op) {
        // On tensors they are not loops over memory yet.
        if (op->getNumResults() == 0)
          loops.push_back(op);
        return WalkResult::skip();
      });
    for (scf::ForallOp loop : loops)
      outline(loop, symbols);
  }

private:
  void outline(scf::ForallOp loop, SymbolTable &symbols) {
    auto parent = loop->getParentOfType<func::FuncOp>();
    UsedValues used(loop);
    // The function: a loop over its turns, whose number tells the indices.
    ImplicitLocOpBuilder b(loop.getLoc(), &getContext());
    Type index = b.getIndexType();
    SmallVector<Type> types{index, index};
    llvm::append_range(types, ValueRange(used.inputs).getTypes());
    auto part = func::FuncOp::create(b, (parent.getSymName() + "_part").str(),
                                     b.getFunctionType(types, {}));
    part.setPrivate();
    if (Attribute kernel = parent->getAttr(mt::kernelAttrName))
      part->setAttr(mt::kernelAttrName, kernel);
    symbols.insert(part);
    part->moveAfter(parent);
    Block *body = part.addEntryBlock();
    b.setInsertionPointToStart(body);
    IRMapping mapping;
    mapping.map(used.inputs, body->getArguments().drop_front(2));
    for (Operation *op : used.constants)
      b.clone(*op, mapping);
    Range range = getRange(b, loop, mapping);
    Value one = arith::ConstantIndexOp::create(b, 1);
    auto turns =
        scf::ForOp::create(b, body->getArgument(0), body->getArgument(1), one);
    func::ReturnOp::create(b);
    b.setInsertionPointToStart(turns.getBody());
    Value turn = turns.getInductionVar();
    SmallVector<Value> indices(range.counts.size());
    for (unsigned i = indices.size(); i-- > 0;) {
      Value count = turn;
      if (i > 0) {
        count = arith::RemUIOp::create(b, turn, range.counts[i]);
        turn = arith::DivUIOp::create(b, turn, range.counts[i]);
      }
      Value step = arith::MulIOp::create(b, count, range.steps[i]);
      indices[i] = arith::AddIOp::create(b, range.lower[i], step);
    }
    mapping.map(loop.getInductionVars(), indices);
    for (Operation &op : loop.getBody()->without_terminator())
      b.clone(op, mapping);

    // The call.
    b.setInsertionPoint(loop);
    Value count;
    for (Value each : getRange(b, loop, IRMapping()).counts)
      count = count ? arith::MulIOp::create(b, count, each) : each;
    mt::ParallelCallOp::create(b, FlatSymbolRefAttr::get(part), count,
                               used.inputs);
    loop.erase();
    ++numOutlined;
  }

  struct Range {
    SmallVector<Value> lower, steps, counts;
  };

  /// How many turns a loop takes in each dimension.
  static Range getRange(ImplicitLocOpBuilder &b, scf::ForallOp loop,
                        const IRMapping &mapping) {
    auto values = [&](ArrayRef<OpFoldResult> numbers) {
      return llvm::map_to_vector(numbers, [&](OpFoldResult number) -> Value {
        if (auto value = dyn_cast<Value>(number))
          return mapping.lookupOrDefault(value);
        return getValueOrCreateConstantIndexOp(b, b.getLoc(), number);
      });
    };
    Range range{
        values(loop.getMixedLowerBound()), values(loop.getMixedStep()), {}};
    for (auto [lower, upper, step] : llvm::zip_equal(
             range.lower, values(loop.getMixedUpperBound()), range.steps)) {
      Value size = arith::SubIOp::create(b, upper, lower);
      range.counts.push_back(arith::CeilDivSIOp::create(b, size, step));
    }
    return range;
  }
};
} // namespace
