//===- Calls.h - Calls of C functions from lowerings ------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_CONVERSION_MTTOLINALG_CALLS_H
#define MINITORCH_LIB_CONVERSION_MTTOLINALG_CALLS_H

#include "MiniTorch/Conversion/Lowering/StructuredOps.h"

namespace minitorch::detail {

/// A C function on numbers: of the C library, or of MiniTorch-c. It depends on
/// its operands alone and changes nothing. It is declared when this is made, so
/// that a loop's body can call it while it is built.
class FunctionCall {
public:
  FunctionCall(const AtenLowering &l, llvm::StringRef name,
               llvm::ArrayRef<mlir::Type> operands, mlir::Type result);
  mlir::Value create(mlir::OpBuilder &b, mlir::Location loc,
                     mlir::ValueRange operands) const;

private:
  llvm::StringRef name;
  mlir::Type result;
};

} // namespace minitorch::detail

#endif // MINITORCH_LIB_CONVERSION_MTTOLINALG_CALLS_H
