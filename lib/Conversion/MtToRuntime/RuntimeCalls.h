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
#include <string>

namespace minitorch {

/// A tensor that a function of the runtime fills.
struct NewTensor {
  llvm::SmallVector<mlir::OpFoldResult> sizes;
  mlir::Type elementType;
};

/// A function on boxed values, as `mt.call_runtime` wants it.
struct RuntimeFunction {
  std::string symbol, parameters, returns;
  bool raises = false;
  std::string taking = {};
  std::optional<int64_t> container = {};
  /// The name of the container's type.
  std::string type = {};
};

/// Builds calls of the runtime, declaring each function at its first call. A
/// function that takes tensors has one symbol an element type, that of the
/// first: `mtrt_tensor_box_f32`.
class RuntimeCalls {
public:
  RuntimeCalls(mlir::RewriterBase &b, mlir::Operation *op)
      : b(b), loc(op->getLoc()), module(op->getParentOfType<mlir::ModuleOp>()) {
  }

  mlir::Value integer(int64_t value);
  /// The runtime's number of a type, with the flags of a container of it.
  mlir::Value typeWord(mlir::Type type, int64_t flags = 0);
  /// The address of `text`, which is a constant of the module.
  mlir::Value text(llvm::StringRef text);

  /// Tensors among the operands are only read.
  mlir::Value call(llvm::StringRef name, mlir::ValueRange operands,
                   mlir::Type result = {});
  mlir::Value callInt(llvm::StringRef name, mlir::ValueRange operands) {
    return call(name, operands, b.getI64Type());
  }

  /// Passes a tensor with its element size.
  mlir::Value callWithTensor(llvm::StringRef name,
                             llvm::ArrayRef<mlir::Value> operands,
                             mlir::Value tensor, mlir::Type result = {});
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
  // Boxed values
  //===--------------------------------------------------------------------===//

  /// A new tensor object with the contents of `tensor`.
  mlir::Value box(mlir::Value tensor);
  /// A tensor object over the memory of a constant.
  mlir::Value refer(mlir::ElementsAttr elements);
  /// The contents of a tensor object now.
  mlir::Value unbox(mlir::Value object, mlir::RankedTensorType type);

  /// `mt.call_runtime`; builtin tensors among operands and results are boxed
  /// and unboxed.
  llvm::SmallVector<mlir::Value> callBoxed(const RuntimeFunction &function,
                                           mlir::ValueRange operands,
                                           mlir::TypeRange results);
  /// The same, with one result.
  mlir::Value callBoxed(const RuntimeFunction &function,
                        mlir::ValueRange operands, mlir::Type result) {
    return callBoxed(function, operands, mlir::TypeRange(result))[0];
  }
  /// The length of a list.
  mlir::Value callLength(mlir::Value list) {
    return callBoxed({"mtrt_list_size", "o", "i"}, list, b.getI64Type());
  }
  /// An element of a list of elements of `type`.
  mlir::Value callItem(mlir::Value list, mlir::Value index, mlir::Type type);
  /// `value` by another boxed type.
  mlir::Value castBoxed(mlir::Value value, mlir::Type type);

private:
  mlir::Value elementSize(mlir::Type element);
  /// `tensor` with elements of another signedness.
  mlir::Value castTo(mlir::RankedTensorType type, mlir::Value tensor);
  /// A tensor of any rank with the elements of `tensor`.
  mlir::Value toUnranked(mlir::Value tensor);
  mlir::Value allocate(mlir::MemRefType type, mlir::ValueRange sizes);
  mlir::Value toTensor(mlir::Value buffer);

  mlir::RewriterBase &b;
  mlir::Location loc;
  mlir::ModuleOp module;
};

} // namespace minitorch

#endif // MINITORCH_LIB_CONVERSION_MTTORUNTIME_RUNTIMECALLS_H
