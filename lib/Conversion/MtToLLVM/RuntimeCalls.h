//===- RuntimeCalls.h - How boxed values are passed to C --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CONVERSION_MTTOLLVM_RUNTIMECALLS_H
#define MINITORCH_CONVERSION_MTTOLLVM_RUNTIMECALLS_H

#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Transforms/DialectConversion.h"

namespace minitorch {

/// Tag and bits of a value of `type`, which is held as `parts`; nothing where
/// the bits have no room for it.
std::optional<std::pair<mlir::Value, mlir::Value>>
createTagged(mlir::OpBuilder &b, mlir::Location loc, mlir::Type type,
             mlir::ValueRange parts);

/// The parts of a value of `type` whose tag and bits these are; fails for a
/// type that does not fit them.
mlir::LogicalResult createUntagged(mlir::OpBuilder &b, mlir::Location loc,
                                   mlir::Type type, mlir::Value tag,
                                   mlir::Value bits,
                                   llvm::SmallVectorImpl<mlir::Value> &parts);

/// What calls of the runtime need around them. Made before the conversion,
/// which must not see symbols and blocks come and go.
class RuntimeCallSites {
public:
  explicit RuntimeCallSites(mlir::ModuleOp module);

  mlir::LLVM::LLVMFuncOp getCallee(mt::CallRuntimeOp op) const {
    return callees.lookup(op.getCallee());
  }
  /// Memory on the stack for the values that the call passes or gets by
  /// pointer.
  mlir::Value getBuffer(mt::CallRuntimeOp op) const {
    return buffers.lookup(op->getParentOfType<mlir::FunctionOpInterface>());
  }
  mlir::LLVM::GlobalOp getLiteral(llvm::StringRef text) const {
    return literals.lookup(text);
  }
  /// The function that returns the number of a type, which is that of the empty
  /// name where there is none.
  mlir::LLVM::LLVMFuncOp getTypeNumber(llvm::StringRef type) const {
    return typeNumbers.lookup(type);
  }
  /// The function that returns a member of an enum.
  mlir::LLVM::LLVMFuncOp getMember(mt::ConstantEnumOp op) const {
    return members.lookup(op.getValue());
  }

private:
  void declare(mt::CallRuntimeOp op);
  void makeBuffers();
  void makePlaces();
  void makeLiteral(llvm::StringRef text);
  void makeTypeNumber(llvm::StringRef type);
  void makeMember(mlir::DictionaryAttr value);
  mlir::LLVM::LLVMFuncOp declareRuntime(llvm::StringRef name, mlir::Type result,
                                        llvm::ArrayRef<mlir::Type> parameters);
  mlir::LLVM::LLVMFuncOp
  makeCached(llvm::StringRef name, mlir::Type type,
             llvm::function_ref<mlir::Value(mlir::OpBuilder &)> make);

  mlir::ModuleOp module;
  mlir::SymbolTable symbols;
  llvm::StringMap<mlir::LLVM::LLVMFuncOp> callees;
  llvm::StringMap<mlir::LLVM::GlobalOp> literals;
  llvm::StringMap<mlir::LLVM::LLVMFuncOp> typeNumbers;
  llvm::DenseMap<mlir::Attribute, mlir::LLVM::LLVMFuncOp> members;
  llvm::DenseMap<mlir::Operation *, mlir::Value> buffers;
};

/// Patterns for `mt.call_runtime` and for literals.
void populateRuntimeCallPatterns(const mlir::TypeConverter &converter,
                                 const RuntimeCallSites &sites,
                                 mlir::RewritePatternSet &patterns);

} // namespace minitorch

#endif // MINITORCH_CONVERSION_MTTOLLVM_RUNTIMECALLS_H
