//===- Outlining.h - Code in functions of its own ---------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CODEGEN_KERNELS_OUTLINING_H
#define MINITORCH_CODEGEN_KERNELS_OUTLINING_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace minitorch {

/// What an op uses: values that a function with a copy of it takes as
/// arguments, and constants that it has copies of.
struct UsedValues {
  explicit UsedValues(mlir::Operation *op);
  llvm::SmallVector<mlir::Value> inputs;
  llvm::SmallVector<mlir::Operation *> constants;
};

/// Functions that differ in nothing but their name, attributes and locations,
/// and a hash that is the same for them.
bool isSameCode(mlir::func::FuncOp a, mlir::func::FuncOp b);
llvm::hash_code hashCode(mlir::func::FuncOp function);

} // namespace minitorch

#endif // MINITORCH_CODEGEN_KERNELS_OUTLINING_H
