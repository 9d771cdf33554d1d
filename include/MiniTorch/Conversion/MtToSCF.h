//===- MtToSCF.h - mt to scf ------------------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CONVERSION_MTTOSCF_H
#define MINITORCH_CONVERSION_MTTOSCF_H

#include "mlir/IR/PatternMatch.h"
#include "mlir/Pass/Pass.h"

namespace minitorch {

#define GEN_PASS_DECL_CONVERTMTTOSCFPASS
#include "MiniTorch/Conversion/Passes.h.inc"

/// Patterns that turn mt.prim.if and mt.prim.loop into scf.
void populateMtToSCFPatterns(mlir::RewritePatternSet &patterns);

} // namespace minitorch

#endif // MINITORCH_CONVERSION_MTTOSCF_H
