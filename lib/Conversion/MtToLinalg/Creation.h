//===- Creation.h - What lowerings of new tensors share ---------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_CONVERSION_MTTOLINALG_CREATION_H
#define MINITORCH_LIB_CONVERSION_MTTOLINALG_CREATION_H

#include "MiniTorch/Conversion/Lowering/AtenLowering.h"

namespace minitorch::detail {

/// The sizes of a list operand; static where the result's type says so.
llvm::FailureOr<llvm::SmallVector<mlir::OpFoldResult>>
getSizeOperands(const AtenLowering &l, llvm::StringRef name);

} // namespace minitorch::detail

#endif // MINITORCH_LIB_CONVERSION_MTTOLINALG_CREATION_H
