//===- Rebinding.h - Arguments that become other tensors --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_REBINDING_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_REBINDING_H

#include "AliasAnalysis.h"

namespace minitorch::mt {

/// Takes the tensors that arguments become (`mt.rebound`) off the operands of
/// `end`, which returns them last, and says in `mt.reshaped` what they are to
/// the argument. Returns those that are no views of it: to be returned.
mlir::FailureOr<llvm::SmallVector<mlir::Value>>
takeRebound(mlir::func::FuncOp func, mlir::func::ReturnOp end,
            const AliasAnalysis &aliases);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_REBINDING_H
