//===- Storage.h - Operators that see the memory of a tensor ----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_STORAGE_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_STORAGE_H

#include "AliasAnalysis.h"

namespace minitorch::mt {

/// Whether an operator in `func` depends on how its operand lies in memory, not
/// only on its elements.
bool seesMemory(mlir::func::FuncOp func);

/// Gives such operators the tensor whose elements, in order, are that memory:
/// `as_strided` of a view becomes `as_strided` of what it is a view of, with an
/// offset. Arguments that this relies on are marked `mt.contiguous` or
/// `mt.whole`. Reports the operators whose memory is not known.
mlir::LogicalResult resolveMemory(mlir::func::FuncOp func,
                                  const AliasAnalysis &aliases);

/// Whether `value` is an argument of `func` that is the model's state.
bool isState(mlir::func::FuncOp func, mlir::Value value);

/// Marks `argument`, unless it is the model's state, with `attrName`.
void relyOnMemory(mlir::func::FuncOp func, mlir::BlockArgument argument,
                  llvm::StringRef attrName);

/// Marks the argument that `tensor` is or is a view of with `attrName`; or,
/// with `mt.contiguous`, those in whose order it was made. How some lie, is
/// told.
void relyOnOrder(mlir::func::FuncOp func, const AliasAnalysis &aliases,
                 mlir::Value tensor, llvm::StringRef attrName);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_STORAGE_H
