//===- OutArguments.h - Results that go into out= arguments -----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_CONVERSION_MTTORUNTIME_OUTARGUMENTS_H
#define MINITORCH_LIB_CONVERSION_MTTORUNTIME_OUTARGUMENTS_H

#include "MiniTorch/Dialect/Mt/IR/MtOps.h"

namespace minitorch {

/// Whether what `op` computes goes into its out= arguments, all of it.
bool hasOutArguments(mlir::Operation *op);

/// The operator that computes what `op` puts into its out= arguments, in its
/// place; a call of the runtime behind it gives these the result's sizes and
/// elements.
mlir::Operation *expandOutArguments(mlir::Operation *op);

} // namespace minitorch

#endif // MINITORCH_LIB_CONVERSION_MTTORUNTIME_OUTARGUMENTS_H
