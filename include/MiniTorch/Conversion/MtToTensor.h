//===- MtToTensor.h - Convert mt operators to tensor ------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CONVERSION_MTTOTENSOR_H
#define MINITORCH_CONVERSION_MTTOTENSOR_H

#include "mlir/Pass/Pass.h"

namespace mlir {
class RewritePatternSet;
class TypeConverter;
} // namespace mlir

namespace minitorch {

#define GEN_PASS_DECL_CONVERTMTTOTENSORPASS
#include "MiniTorch/Conversion/Passes.h.inc"

/// Patterns from views, joins and size queries of builtin tensors to the tensor
/// dialect. `converter` is a BuiltinTensorConverter.
void populateMtToTensorPatterns(const mlir::TypeConverter &converter,
                                mlir::RewritePatternSet &patterns);

} // namespace minitorch

#endif // MINITORCH_CONVERSION_MTTOTENSOR_H
