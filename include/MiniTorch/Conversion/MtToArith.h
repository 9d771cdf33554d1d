//===- MtToArith.h - mt to arith and math -----------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CONVERSION_MTTOARITH_H
#define MINITORCH_CONVERSION_MTTOARITH_H

#include "mlir/IR/PatternMatch.h"
#include "mlir/Pass/Pass.h"

namespace minitorch {

#define GEN_PASS_DECL_CONVERTMTTOARITHPASS
#include "MiniTorch/Conversion/Passes.h.inc"

/// Patterns that turn operators on numbers into arith and math.
void populateMtToArithPatterns(mlir::RewritePatternSet &patterns);

} // namespace minitorch

#endif // MINITORCH_CONVERSION_MTTOARITH_H
