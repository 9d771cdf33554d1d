//===- Checks.h - Conditions that are tested at run time --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_CHECKS_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_CHECKS_H

#include "mlir/IR/Builders.h"

namespace minitorch::mt {

/// Raises an error with `message` where `condition`, an i1, is false. Each "{}"
/// in it is the next one of `numbers`.
void raiseUnless(mlir::OpBuilder &builder, mlir::Location loc,
                 mlir::Value condition, llvm::StringRef message,
                 llvm::StringRef exception = "builtins.RuntimeError",
                 mlir::ValueRange numbers = {});

/// The same where the sizes of two tensors of one known rank differ. False, and
/// nothing built, where they differ for certain or a rank is not known.
bool raiseUnlessSameSizes(mlir::OpBuilder &builder, mlir::Location loc,
                          mlir::Value a, mlir::Value b,
                          llvm::StringRef message);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_CHECKS_H
