//===- BoxedReasons.h - Why a value stays an object -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_BOXEDREASONS_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_BOXEDREASONS_H

#include "mlir/IR/Operation.h"
#include <string>

namespace minitorch::mt {

/// On what makes a value, a NameLoc: why it stays an object of the runtime, and
/// where that is decided. For mt-explain-boxed; passes with the option
/// `explain` leave it.
inline constexpr llvm::StringLiteral boxedByAttrName = "mt.boxed_by";

/// What an operation is called in messages: `aten::append.t`.
llvm::StringRef getOperatorName(mlir::Operation *op);

/// "a list holds it", "'aten::append.t' takes it": what `user` does with a
/// value that it uses.
std::string describeUse(mlir::Operation *user);

/// Notes on `maker` that it makes an object because of `cause`.
void noteBoxed(mlir::Operation *maker, const llvm::Twine &reason,
               mlir::Operation *cause);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_BOXEDREASONS_H
