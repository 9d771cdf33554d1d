//===- OutlineKernels.cpp - Repeated loop nests as functions --------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/CPU/Passes.h"
#include "MiniTorch/Codegen/Kernels/Outlining.h"
#include "MiniTorch/Dialect/Mt/IR/MtKernelOps.h"

#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"

namespace minitorch {
#define GEN_PASS_DEF_MTCPUOUTLINEKERNELSPASS
#include "MiniTorch/Codegen/CPU/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;

namespace {
/// A loop nest, and the function that it could be.
struct Kernel {
  Operation *op;
  SmallVector<Value> operands;
  func::FuncOp function;
};

struct OutlineKernels
    : minitorch::impl::MtCPUOutlineKernelsPassBase<OutlineKernels> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<Operation *> ops;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal() && !function->hasAttr(mt::kernelAttrName))
        collect(function.getBody(), ops);

    // Same hash first, then op by op.
    llvm::MapVector<llvm::hash_code, SmallVector<SmallVector<Kernel>>> groups;
    for (Operation *op : ops) {
      Kernel kernel = outline(op);
      auto &candidates = groups[hashCode(kernel.function)];
      auto *same = llvm::find_if(candidates, [&](ArrayRef<Kernel> group) {
        return isSameCode(group.front().function, kernel.function);
      });
      if (same == candidates.end()) {
        candidates.push_back({kernel});
        continue;
      }
      kernel.function.erase();
      kernel.function = same->front().function;
      same->push_back(kernel);
    }

    bool isLarge = ops.size() > maxInline;
    SymbolTable symbols(getOperation());
    for (auto &[key, candidates] : groups)
      for (ArrayRef<Kernel> group : candidates)
        replace(group, isLarge, symbols);
    // A number that one kernel gives may be an operand of another.
    for (Operation *op : replaced)
      op->erase();
    replaced.clear();
    results.clear();
  }

private:
  /// Whether `op` touches nothing but memory: it may stand in a function of its
  /// own. Loops that allocate, raise, call, or work on boxed values are the
  /// program's.
  static bool isKernel(Operation *op) {
    if (!isa<scf::ForOp, linalg::LinalgOp>(op))
      return false;
    if (llvm::any_of(op->getResultTypes(), llvm::IsaPred<ShapedType>))
      return false;
    return !op->walk([](Operation *nested) {
                if (isa<func::CallOp, cf::AssertOp, scf::WhileOp,
                        memref::AllocOp, memref::DeallocOp,
                        memref::GetGlobalOp>(nested) ||
                    nested->getName().getDialectNamespace() == "mt")
                  return WalkResult::interrupt();
                return WalkResult::advance();
              }).wasInterrupted();
  }

  /// The outermost kernels of a region, in program order.
  static void collect(Region &region, SmallVectorImpl<Operation *> &ops) {
    for (Block &block : region)
      for (Operation &op : block) {
        if (isKernel(&op))
          ops.push_back(&op);
        else
          for (Region &nested : op.getRegions())
            collect(nested, ops);
      }
  }

  /// A function with a copy of `op`: what it uses are the arguments, and
  /// constants stay with it.
  static Kernel outline(Operation *op) {
    UsedValues used(op);
    Kernel kernel{op, std::move(used.inputs), {}};
    OpBuilder builder(op->getContext());
    Location loc = op->getLoc();
    kernel.function = func::FuncOp::create(
        builder, loc, "kernel",
        builder.getFunctionType(TypeRange(ValueRange(kernel.operands)),
                                op->getResultTypes()));
    kernel.function.setPrivate();
    kernel.function->setAttr("passthrough",
                             builder.getStrArrayAttr({"noinline"}));
    Block *body = kernel.function.addEntryBlock();
    builder.setInsertionPointToStart(body);
    IRMapping mapping;
    mapping.map(kernel.operands, body->getArguments());
    for (Operation *constant : used.constants)
      builder.clone(*constant, mapping);
    Operation *copy = builder.clone(*op, mapping);
    func::ReturnOp::create(builder, loc, copy->getResults());
    return kernel;
  }

  void replace(ArrayRef<Kernel> group, bool isLarge, SymbolTable &symbols) {
    func::FuncOp function = group.front().function;
    if (group.size() == 1 && !isLarge) {
      function.erase();
      return;
    }
    symbols.insert(function);
    ++numKernels;
    for (const Kernel &kernel : group) {
      ++numCalls;
      OpBuilder builder(kernel.op);
      SmallVector<Value> operands;
      for (Value operand : kernel.operands)
        operands.push_back(results.lookupOrDefault(operand));
      auto call = func::CallOp::create(builder, kernel.op->getLoc(), function,
                                       operands);
      results.map(kernel.op->getResults(), call.getResults());
      kernel.op->replaceAllUsesWith(call);
      replaced.push_back(kernel.op);
    }
  }

  /// Kernels whose calls stand in their places, and what their results are now.
  SmallVector<Operation *> replaced;
  IRMapping results;
};
} // namespace
