//===- Fills.h - Sums that start in registers -------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_CODEGEN_CPU_FILLS_H
#define MINITORCH_LIB_CODEGEN_CPU_FILLS_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace minitorch {

/// If `buffer` is filled with one value before `op`, and nothing reads or
/// writes memory in between: erases the linalg.fill and returns the value. Null
/// otherwise.
mlir::Value takeFill(mlir::Operation *op, mlir::Value buffer);

} // namespace minitorch

#endif // MINITORCH_LIB_CODEGEN_CPU_FILLS_H
