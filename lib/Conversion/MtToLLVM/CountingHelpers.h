//===- CountingHelpers.h - Functions that count -----------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CONVERSION_MTTOLLVM_COUNTINGHELPERS_H
#define MINITORCH_CONVERSION_MTTOLLVM_COUNTINGHELPERS_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"

namespace minitorch {

/// The functions that a module's counting needs: private ones that LLVM
/// inlines, with the fast path, and declarations of the runtime's. Each is made
/// when it is first asked for.
class CountingHelpers {
public:
  explicit CountingHelpers(mlir::ModuleOp module)
      : module(module), symbols(module) {}

  /// `void (ptr)`.
  mlir::LLVM::LLVMFuncOp getRetainObject();
  mlir::LLVM::LLVMFuncOp getReleaseObject();
  /// `void (i64 tag, i64 bits)`.
  mlir::LLVM::LLVMFuncOp getRetainValue();
  mlir::LLVM::LLVMFuncOp getReleaseValue();
  /// A function of the runtime that returns nothing.
  mlir::LLVM::LLVMFuncOp getRuntime(llvm::StringRef name,
                                    mlir::TypeRange types);

private:
  mlir::LLVM::LLVMFuncOp lookup(llvm::StringRef name) {
    return symbols.lookup<mlir::LLVM::LLVMFuncOp>(name);
  }
  mlir::LLVM::LLVMFuncOp create(llvm::StringRef name, mlir::TypeRange types);
  mlir::LLVM::LLVMFuncOp getForObject(llvm::StringRef name, int32_t step,
                                      llvm::StringRef slow);
  mlir::LLVM::LLVMFuncOp getForValue(llvm::StringRef name,
                                     mlir::LLVM::LLVMFuncOp forObject);

  mlir::ModuleOp module;
  mlir::SymbolTable symbols;
};

/// Whether the bits of a tagged value are a pointer to an object.
mlir::Value createIsObject(mlir::OpBuilder &b, mlir::Location loc,
                           mlir::Value tag);

} // namespace minitorch

#endif // MINITORCH_CONVERSION_MTTOLLVM_COUNTINGHELPERS_H
