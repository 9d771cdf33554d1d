//===- RuntimeCheck.h - Checks made when the program runs -------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CONVERSION_LOWERING_RUNTIMECHECK_H
#define MINITORCH_CONVERSION_LOWERING_RUNTIMECHECK_H

#include "mlir/IR/Builders.h"

namespace minitorch {

/// The source position in `loc` as "\n  at file:line:col", innermost first; ""
/// where there is none.
std::string formatSourcePosition(mlir::Location loc);

/// What an error says that the exception of a class is, which TorchScript knows
/// by its qualified name, empty where a program names none: "ValueError",
/// "RuntimeError", "package.OwnError".
llvm::StringRef getExceptionName(llvm::StringRef qualifiedName);

/// Raises `exception` (a Python exception's name) with `message` and the source
/// position of `loc` unless `condition` holds. Nothing is built for a condition
/// that is a constant true. `values` (of i64, f64 or i1) take the places of the
/// message's "{}".
void createRuntimeCheck(mlir::OpBuilder &b, mlir::Location loc,
                        mlir::Value condition, llvm::StringRef exception,
                        const llvm::Twine &message,
                        mlir::ValueRange values = {});

/// `2, {}`: sizes for such a message, where those that are known only at run
/// time go to `values`.
std::string describeSizes(mlir::OpBuilder &b, mlir::Location loc,
                          llvm::ArrayRef<mlir::OpFoldResult> sizes,
                          llvm::SmallVectorImpl<mlir::Value> &values,
                          llvm::StringRef separator = ", ");

/// The operator that notes a value for the message of a check (see
/// convert-mt-to-runtime).
inline constexpr llvm::StringLiteral messageValueName = "prim::message_value";

} // namespace minitorch

#endif // MINITORCH_CONVERSION_LOWERING_RUNTIMECHECK_H
