//===- ConvertAssert.cpp - Failing checks raise an error ----------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/CPU/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/StringMap.h"

namespace minitorch {
#define GEN_PASS_DEF_MTCPUCONVERTASSERTPASS
#include "MiniTorch/Codegen/CPU/Passes.h.inc"
} // namespace minitorch

using namespace mlir;

static constexpr StringLiteral kRaise = "mtrt_raise";

namespace {

struct ConvertAssert
    : minitorch::impl::MtCPUConvertAssertPassBase<ConvertAssert> {
  void runOnOperation() override {
    SmallVector<cf::AssertOp> asserts;
    getOperation().walk([&](cf::AssertOp op) { asserts.push_back(op); });
    if (asserts.empty())
      return;

    OpBuilder builder(getOperation().getBodyRegion());
    SymbolTable symbols(getOperation());
    auto pointer = LLVM::LLVMPointerType::get(&getContext());
    declareRaise(builder, symbols, pointer);

    for (cf::AssertOp op : asserts) {
      LLVM::GlobalOp message = getMessage(builder, symbols, op.getMsg());
      Location loc = op.getLoc();
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPoint(op);
      Value yes = arith::ConstantIntOp::create(builder, loc, 1, 1);
      Value bad = arith::XOrIOp::create(builder, loc, op.getArg(), yes);
      auto ifOp = scf::IfOp::create(builder, loc, bad, /*withElse=*/false);
      builder.setInsertionPointToStart(ifOp.thenBlock());
      Value text = LLVM::AddressOfOp::create(builder, loc, message);
      LLVM::CallOp::create(builder, loc, TypeRange(), kRaise, text);
      op.erase();
    }
  }

private:
  void declareRaise(OpBuilder &builder, SymbolTable &symbols, Type pointer) {
    if (symbols.lookup(kRaise))
      return;
    auto type = LLVM::LLVMFunctionType::get(
        LLVM::LLVMVoidType::get(&getContext()), pointer);
    auto func = LLVM::LLVMFuncOp::create(builder, getOperation().getLoc(),
                                         kRaise, type);
    // Cold, so that the blocks leading to it leave the hot path.
    func.setPassthroughAttr(builder.getStrArrayAttr({"noreturn", "cold"}));
    symbols.insert(func);
  }

  /// One string constant per distinct message.
  LLVM::GlobalOp getMessage(OpBuilder &builder, SymbolTable &symbols,
                            StringRef text) {
    LLVM::GlobalOp &global = messages[text];
    if (global)
      return global;
    std::string bytes = text.str();
    bytes.push_back('\0');
    auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), bytes.size());
    global = LLVM::GlobalOp::create(
        builder, getOperation().getLoc(), type, /*isConstant=*/true,
        LLVM::Linkage::Internal, "mt.message", builder.getStringAttr(bytes));
    symbols.insert(global);
    return global;
  }

  llvm::StringMap<LLVM::GlobalOp> messages;
};

} // namespace
