//===- DtypeErrors.h - Dtypes that operators refuse -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which dtypes PyTorch's kernels take is no matter of types' rules: it stands
// in DtypeErrors.txt, as PyTorch says it.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_DTYPEERRORS_H
#define MINITORCH_DIALECT_MT_IR_DTYPEERRORS_H

#include "mlir/IR/Operation.h"
#include <optional>
#include <string>

namespace minitorch::mt {

/// What an operator raises.
struct OperatorError {
  /// "RuntimeError"
  llvm::StringRef exception;
  std::string message;
};

/// What PyTorch raises for operands of these dtypes; nullopt where it computes,
/// or where a dtype is not known.
std::optional<OperatorError> getDtypeError(mlir::Operation *op);

/// PyTorch's name of a dtype: "Float" of f32. Empty for other types.
llvm::StringRef getDtypeName(mlir::Type dtype);
/// C++'s name of it, as in some messages: "float".
llvm::StringRef getDtypeTypeName(mlir::Type dtype);

} // namespace minitorch::mt

#endif // MINITORCH_DIALECT_MT_IR_DTYPEERRORS_H
