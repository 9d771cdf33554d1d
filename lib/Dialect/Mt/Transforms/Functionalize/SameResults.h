//===- SameResults.h - Results that are tensors of the caller ---*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_SAMERESULTS_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_SAMERESULTS_H

#include "AliasAnalysis.h"
#include "ChosenResults.h"

namespace minitorch::mt {

/// Notes in `mt.same_results` which tensors of the result, and of the state
/// afterwards, are arguments, or earlier tensors of the result, themselves.
/// Fails where it is not known of what the call leaves. Of those in `chosen`,
/// it is told when the program runs.
mlir::LogicalResult markSameResults(mlir::func::FuncOp func,
                                    AliasAnalysis &aliases,
                                    const ChosenResults &chosen);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_SAMERESULTS_H
