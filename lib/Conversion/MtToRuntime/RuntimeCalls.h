//===- RuntimeCalls.h - Calls of functions of the runtime -------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_CONVERSION_MTTORUNTIME_RUNTIMECALLS_H
#define MINITORCH_LIB_CONVERSION_MTTORUNTIME_RUNTIMECALLS_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Transforms/DialectConversion.h"

namespace minitorch {

/// A tensor that a function of the runtime fills.
struct NewTensor {
  llvm::SmallVector<mlir::OpFoldResult> sizes;
  mlir::Type elementType;
};

/// Builds calls of the runtime, declaring each function at its first call. A
/// function that takes tensors has one symbol an element type, that of the
/// first: `mtrt_list_append_f32`.
class RuntimeCalls {
public:
  RuntimeCalls(mlir::ConversionPatternRewriter &b, mlir::Operation *op)
      : b(b), loc(op->getLoc()), module(op->getParentOfType<mlir::ModuleOp>()) {
  }

  mlir::Value integer(int64_t value);
  /// The address of `text`, which is a constant of the module.
  mlir::Value text(llvm::StringRef text);

  /// Tensors among the operands are only read.
  mlir::Value call(llvm::StringRef name, mlir::ValueRange operands,
                   mlir::Type result = {});
  mlir::Value callInt(llvm::StringRef name, mlir::ValueRange operands) {
    return call(name, operands, b.getI64Type());
  }

  /// Passes a tensor with its element size.
  void callWithTensor(llvm::StringRef name,
                      llvm::ArrayRef<mlir::Value> operands, mlir::Value tensor);
  /// A new tensor of `type` that the function fills; `size` gives the sizes
  /// that are not static.
  mlir::Value callFilling(llvm::StringRef name,
                          llvm::ArrayRef<mlir::Value> operands,
                          mlir::RankedTensorType type,
                          llvm::function_ref<mlir::Value(int64_t)> size);
  /// A kernel: `numbers`, then tensors that it reads, then `results`, which it
  /// fills.
  llvm::SmallVector<mlir::Value> callKernel(llvm::StringRef name,
                                            llvm::ArrayRef<mlir::Value> numbers,
                                            llvm::ArrayRef<mlir::Value> inputs,
                                            llvm::ArrayRef<NewTensor> results);

  //===--------------------------------------------------------------------===//
  // Lists
  //===--------------------------------------------------------------------===//

  void append(mlir::Value list, mlir::Value element) {
    store("mtrt_list_append", {list}, element);
  }
  void store(llvm::StringRef name, llvm::ArrayRef<mlir::Value> operands,
             mlir::Value element);
  mlir::Value load(mlir::Value list, mlir::Value index, mlir::Type type);

private:
  mlir::Value elementSize(mlir::Type element);
  /// A tensor of any rank with the elements of `tensor`.
  /// `tensor` with elements of another signedness.
  mlir::Value castTo(mlir::RankedTensorType type, mlir::Value tensor);
  mlir::Value toUnranked(mlir::Value tensor);
  mlir::Value allocate(mlir::MemRefType type, mlir::ValueRange sizes);
  mlir::Value toTensor(mlir::Value buffer);

  mlir::ConversionPatternRewriter &b;
  mlir::Location loc;
  mlir::ModuleOp module;
};

} // namespace minitorch

#endif // MINITORCH_LIB_CONVERSION_MTTORUNTIME_RUNTIMECALLS_H
