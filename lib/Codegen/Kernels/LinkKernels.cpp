//===- LinkKernels.cpp - Launches become calls ------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/Kernels/Passes.h"
#include "MiniTorch/Dialect/Mt/IR/MtKernelOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/SymbolTable.h"

namespace minitorch {
#define GEN_PASS_DEF_MTLINKKERNELSPASS
#include "MiniTorch/Codegen/Kernels/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;

namespace {
struct LinkKernels : minitorch::impl::MtLinkKernelsPassBase<LinkKernels> {
  void runOnOperation() override {
    ModuleOp program = getOperation();
    SymbolTableCollection tables;
    SmallVector<mt::LaunchOp> launches;
    program.walk([&](mt::LaunchOp op) { launches.push_back(op); });
    DenseMap<StringAttr, unsigned> calls;
    for (mt::LaunchOp launch : launches) {
      if (failed(call(launch, tables)))
        return signalPassFailure();
      ++calls[launch.getKernelAttr().getLeafReference()];
    }
    // Nobody launches any more.
    SmallVector<ModuleOp> modules(program.getOps<ModuleOp>());
    SymbolTable symbols(program);
    for (mt::LaunchOp launch : launches)
      launch.erase();
    for (ModuleOp module : modules)
      merge(module, symbols, calls);
  }

private:
  static LogicalResult call(mt::LaunchOp launch,
                            SymbolTableCollection &tables) {
    if (launch->getNumResults() != 0)
      return launch.emitOpError("is on tensors; bufferize first");
    func::FuncOp kernel = launch.lookupKernel(tables);
    OpBuilder builder(launch);
    SmallVector<Value> operands;
    for (auto [operand, type] :
         llvm::zip_equal(launch.getOperands(), kernel.getArgumentTypes())) {
      if (operand.getType() != type)
        return launch.emitOpError("hands a ")
               << operand.getType() << " to an argument of type " << type;
      operands.push_back(operand);
    }
    func::CallOp::create(builder, launch.getLoc(),
                         launch.getKernelAttr().getLeafReference().strref(),
                         TypeRange(), operands);
    return success();
  }

  void merge(ModuleOp module, SymbolTable &symbols,
             const DenseMap<StringAttr, unsigned> &calls) {
    SmallVector<func::FuncOp> functions(module.getOps<func::FuncOp>());
    if (!llvm::any_of(functions, [](func::FuncOp function) {
          return function->hasAttr(mt::kernelAttrName);
        }))
      return;
    for (func::FuncOp function : functions)
      function->remove();
    symbols.erase(module);
    for (func::FuncOp function : functions) {
      // What kernels call is the program's, too.
      if (!function->hasAttr(mt::kernelAttrName)) {
        if (symbols.lookup(function.getSymName()))
          function.erase();
        else
          symbols.insert(function);
        continue;
      }
      function.setPrivate();
      // Code that is called twice is there once.
      if (calls.lookup(function.getSymNameAttr()) > 1)
        function->setAttr("passthrough",
                          Builder(&getContext()).getStrArrayAttr({"noinline"}));
      symbols.insert(function);
    }
  }
};
} // namespace
