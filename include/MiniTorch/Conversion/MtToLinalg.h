//===- MtToLinalg.h - Convert mt operators to linalg ------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CONVERSION_MTTOLINALG_H
#define MINITORCH_CONVERSION_MTTOLINALG_H

#include "mlir/Pass/Pass.h"

namespace mlir {
class RewritePatternSet;
class TypeConverter;
} // namespace mlir

namespace minitorch {

#define GEN_PASS_DECL_CONVERTMTTOLINALGPASS
#include "MiniTorch/Conversion/Passes.h.inc"

/// Patterns from operators that compute on builtin tensors to linalg.generic
/// and scf. `converter` is a BuiltinTensorConverter.
void populateMtToLinalgPatterns(const mlir::TypeConverter &converter,
                                mlir::RewritePatternSet &patterns);

} // namespace minitorch

#endif // MINITORCH_CONVERSION_MTTOLINALG_H
