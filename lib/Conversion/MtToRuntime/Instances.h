//===- Instances.h - Instances to calls of the runtime ----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_CONVERSION_MTTORUNTIME_INSTANCES_H
#define MINITORCH_LIB_CONVERSION_MTTORUNTIME_INSTANCES_H

#include "mlir/IR/PatternMatch.h"

namespace minitorch {

/// What mt-inline-objects left of objects => calls.
void populateInstancePatterns(mlir::RewritePatternSet &patterns);

} // namespace minitorch

#endif // MINITORCH_LIB_CONVERSION_MTTORUNTIME_INSTANCES_H
