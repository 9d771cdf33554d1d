//===- ConvertParallelCalls.cpp - Parallel loops for the runtime *- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/CPU/Passes.h"
#include "MiniTorch/Dialect/Mt/IR/MtKernelOps.h"

#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/SymbolTable.h"

namespace minitorch {
#define GEN_PASS_DEF_MTCPUCONVERTPARALLELCALLSPASS
#include "MiniTorch/Codegen/CPU/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;

static constexpr StringLiteral kParallelFor = "mtrt_parallel_for";

namespace {
struct ConvertParallelCalls
    : minitorch::impl::MtCPUConvertParallelCallsPassBase<ConvertParallelCalls> {
  void runOnOperation() override {
    SmallVector<mt::ParallelCallOp> calls;
    getOperation().walk([&](mt::ParallelCallOp op) { calls.push_back(op); });
    if (calls.empty())
      return;
    SymbolTable symbols(getOperation());
    LLVMTypeConverter types(&getContext());
    pointer = LLVM::LLVMPointerType::get(&getContext());
    declare(symbols);
    // By part: what the runtime calls. Its calls hand the same types.
    llvm::DenseMap<Attribute, func::FuncOp> bodies;
    for (mt::ParallelCallOp call : calls) {
      SmallVector<Type> fields;
      for (Type type : call.getInputs().getTypes())
        fields.push_back(types.convertType(type));
      auto context = LLVM::LLVMStructType::getLiteral(&getContext(), fields);
      func::FuncOp &body = bodies[call.getPartAttr()];
      if (!body)
        body = createBody(call, context, symbols);
      replace(call, context, body);
    }
  }

private:
  void declare(SymbolTable &symbols) {
    if (symbols.lookup(kParallelFor))
      return;
    OpBuilder b(getOperation().getBodyRegion());
    auto type =
        LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(&getContext()),
                                    {pointer, pointer, b.getI64Type()});
    symbols.insert(LLVM::LLVMFuncOp::create(b, getOperation().getLoc(),
                                            kParallelFor, type));
  }

  static Value cast(ImplicitLocOpBuilder &b, Type type, Value value) {
    if (value.getType() == type)
      return value;
    return UnrealizedConversionCastOp::create(b, type, value).getResult(0);
  }

  /// A function of the context and the part, which calls the part's function.
  func::FuncOp createBody(mt::ParallelCallOp call, LLVM::LLVMStructType context,
                          SymbolTable &symbols) {
    ImplicitLocOpBuilder b(call.getLoc(), &getContext());
    Type i64 = b.getI64Type();
    auto body =
        func::FuncOp::create(b, (call.getPart() + "_body").str(),
                             b.getFunctionType({pointer, i64, i64}, {}));
    body.setPrivate();
    symbols.insert(body);
    Block *block = body.addEntryBlock();
    b.setInsertionPointToStart(block);
    SmallVector<Value> operands;
    for (BlockArgument bound : block->getArguments().drop_front())
      operands.push_back(
          arith::IndexCastOp::create(b, b.getIndexType(), bound));
    Value all = LLVM::LoadOp::create(b, context, block->getArgument(0));
    for (auto [number, type] : llvm::enumerate(call.getInputs().getTypes()))
      operands.push_back(
          cast(b, type, LLVM::ExtractValueOp::create(b, all, number)));
    func::CallOp::create(b, call.getPart(), TypeRange(), operands);
    func::ReturnOp::create(b);
    return body;
  }

  void replace(mt::ParallelCallOp call, LLVM::LLVMStructType context,
               func::FuncOp body) {
    ImplicitLocOpBuilder b(call.getLoc(), call);
    // Once a call of the function, whatever loop this is in.
    Block &entry = call->getParentOfType<func::FuncOp>().getBody().front();
    Value memory;
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(&entry);
      Value one =
          LLVM::ConstantOp::create(b, b.getI64Type(), b.getI64IntegerAttr(1));
      memory = LLVM::AllocaOp::create(b, pointer, context, one);
    }
    Value all = LLVM::UndefOp::create(b, context);
    for (auto [number, input] : llvm::enumerate(call.getInputs()))
      all = LLVM::InsertValueOp::create(
          b, all, cast(b, context.getBody()[number], input), number);
    LLVM::StoreOp::create(b, all, memory);
    Value function = func::ConstantOp::create(b, body.getFunctionType(),
                                              FlatSymbolRefAttr::get(body));
    Value count =
        arith::IndexCastOp::create(b, b.getI64Type(), call.getCount());
    LLVM::CallOp::create(b, TypeRange(), kParallelFor,
                         ValueRange{cast(b, pointer, function), memory, count});
    call.erase();
  }

  LLVM::LLVMPointerType pointer;
};
} // namespace
