//===- BufferizeKernels.cpp - How operands of kernels lie -------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/Kernels/Passes.h"
#include "MiniTorch/Dialect/Mt/IR/MtKernelOps.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"

namespace minitorch {
#define GEN_PASS_DEF_MTBUFFERIZEKERNELSPASS
#include "MiniTorch/Codegen/Kernels/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;

namespace {
struct BufferizeKernels
    : minitorch::impl::MtBufferizeKernelsPassBase<BufferizeKernels> {
  void runOnOperation() override {
    ModuleOp program = getOperation();
    SymbolTable symbols(program);
    SymbolTableCollection tables;
    // By kernel: each way in which it is launched.
    using Types = SmallVector<Type>;
    llvm::MapVector<func::FuncOp,
                    SmallVector<std::pair<Types, SmallVector<mt::LaunchOp>>>>
        ways;
    WalkResult walked = program.walk([&](mt::LaunchOp launch) {
      if (launch->getNumResults() != 0) {
        launch.emitOpError("is on tensors; bufferize the program first");
        return WalkResult::interrupt();
      }
      Types types(launch->getOperandTypes());
      auto &known = ways[launch.lookupKernel(tables)];
      auto *same =
          llvm::find_if(known, [&](auto &way) { return way.first == types; });
      if (same == known.end()) {
        known.push_back({types, {}});
        same = std::prev(known.end());
      }
      same->second.push_back(launch);
      return WalkResult::advance();
    });
    if (walked.wasInterrupted())
      return signalPassFailure();

    // Nobody wants what they compute any more.
    for (auto module : llvm::make_early_inc_range(program.getOps<ModuleOp>())) {
      auto kernels = llvm::make_filter_range(
          module.getOps<func::FuncOp>(), [](func::FuncOp function) {
            return function->hasAttr(mt::kernelAttrName);
          });
      if (!kernels.empty() && !ways.contains(*kernels.begin()))
        symbols.erase(module);
    }
    for (auto &[kernel, known] : ways) {
      // Copies first: of what is on tensors.
      for (auto &[types, launches] : llvm::drop_begin(known)) {
        auto module = cast<ModuleOp>(kernel->getParentOp()->clone());
        symbols.insert(module);
        auto copy = *llvm::find_if(
            module.getOps<func::FuncOp>(), [](func::FuncOp function) {
              return function->hasAttr(mt::kernelAttrName);
            });
        StringAttr name = module.getSymNameAttr();
        copy.setSymNameAttr(name);
        for (mt::LaunchOp launch : launches)
          launch.setKernelAttr(
              SymbolRefAttr::get(name, {FlatSymbolRefAttr::get(name)}));
        convert(copy, types, launches.front());
      }
      convert(kernel, known.front().first, known.front().second.front());
    }
  }

private:
  static void convert(func::FuncOp kernel, ArrayRef<Type> types,
                      mt::LaunchOp launch) {
    Block &body = kernel.getBody().front();
    OpBuilder builder = OpBuilder::atBlockBegin(&body);
    unsigned firstOut = launch.getInputs().size();
    SmallVector<Value> outs;
    for (auto [argument, type] : llvm::zip_equal(body.getArguments(), types)) {
      if (!isa<TensorType>(argument.getType()))
        continue;
      Type tensor = argument.getType();
      argument.setType(type);
      bool isOut = argument.getArgNumber() >= firstOut;
      auto read = bufferization::ToTensorOp::create(
          builder, argument.getLoc(), tensor, argument, /*restrict=*/true,
          /*writable=*/isOut);
      argument.replaceAllUsesExcept(read.getResult(), read);
      if (isOut)
        outs.push_back(argument);
    }
    auto end = cast<func::ReturnOp>(body.getTerminator());
    builder.setInsertionPoint(end);
    for (auto [result, out] : llvm::zip_equal(end.getOperands(), outs))
      bufferization::MaterializeInDestinationOp::create(
          builder, end.getLoc(), TypeRange(), result, out, /*restrict=*/true,
          /*writable=*/true);
    end->setOperands({});
    kernel.setFunctionType(builder.getFunctionType(types, {}));
  }
};
} // namespace
