//===- Facts.h - What schemas do not say of operators -----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// PyTorch's schemas say what an operator writes and which results are views.
// Where they do not, what holds of PyTorch 2.13 on a CPU stands here, once.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_FACTS_H
#define MINITORCH_DIALECT_MT_IR_FACTS_H

#include "MiniTorch/Dialect/Mt/IR/Schema.h"

namespace minitorch::mt {

/// On an mt.object: of each attribute that shares memory with another, or holds
/// some twice, how its tensors lie, in the order in which they are found in it:
/// `[{tensor = 0, memory = 0, offset = 4, strides = array<i64: 1>, bytes =
/// 64}]` are the numbers of the tensor object and of its memory in the program,
/// where in the memory it begins and its strides (in elements), and the
/// memory's size.
inline constexpr llvm::StringLiteral sharedAttrName = "mt.shared";

/// Whether `op` writes to its operand `i`: by its schema, or, as running
/// statistics in training, although its schema does not say so. Where it is not
/// known whether an operator trains, it writes. (`cov` of one observation with
/// weights of one kind sets it to zero, which is a mistake of PyTorch's.)
bool writesOperand(mlir::Operation *op, unsigned i);

/// The argument that a result of the operator may share its memory with
/// although its schema has no alias set for it; -1 where there is none. For a
/// list: its elements.
int getHiddenAlias(llvm::StringRef schemaName);

/// The operand that `op` returns, the object itself; null where it is not known
/// to do so (although it may).
mlir::Value getReturnedOperand(mlir::Operation *op);

/// Whether a result of `op` may be the very object that it was given, by its
/// schema (not what it writes to) or as a hidden alias.
bool mayReturnOperand(mlir::Operation *op);

/// The operator `(value, name)` after each write to what the caller sees: the
/// attribute of the model that `name`, a text, is the path of, or the argument
/// that it is the number of ("#0"). If the call raises, `value` is what it
/// leaves there.
inline constexpr llvm::StringLiteral keepContentsName = "prim::keep_contents";

/// The operator `(value)`: the operator that makes the value runs, for the
/// errors that it may raise. Goes away when these are checks of their own.
inline constexpr llvm::StringLiteral requireResultName = "prim::require_result";

/// Whether an operator keeps a list, dict or tuple (or those in it) that is
/// operand number `operand` in the container that is its first: `append`.
bool keepsOperand(mlir::Operation *op, unsigned operand);

/// Whether something in the function may write to `container`, a list, dict or
/// tuple, or to one that it may be, hold or come out of again: under any name,
/// behind branches, loops and other containers.
bool mayBeWritten(mlir::Value container);

} // namespace minitorch::mt

#endif // MINITORCH_DIALECT_MT_IR_FACTS_H
