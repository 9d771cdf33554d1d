//===- MtToRuntime.h - mt to calls of the runtime ---------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CONVERSION_MTTORUNTIME_H
#define MINITORCH_CONVERSION_MTTORUNTIME_H

#include "mlir/Pass/Pass.h"
#include "mlir/Transforms/DialectConversion.h"

namespace minitorch {

#define GEN_PASS_DECL_CONVERTMTTOFALLBACKCALLSPASS
#define GEN_PASS_DECL_CONVERTMTTENSORSTORUNTIMEPASS
#define GEN_PASS_DECL_CONVERTMTTORUNTIMEPASS
#include "MiniTorch/Conversion/Passes.h.inc"

/// Patterns that turn operators on boxed values into `mt.call_runtime`: each is
/// a line of include/MiniTorch/Conversion/RuntimeOps.txt. Tensors go in and
/// come out by copy.
void populateMtToRuntimePatterns(mlir::RewritePatternSet &patterns);

/// Patterns that turn the operators of linear algebra and the Fourier
/// transforms that have no formula into calls of MiniTorch-c/Numerics.h.
/// `converter` is a BuiltinTensorConverter.
void populateNumericsPatterns(const mlir::TypeConverter &converter,
                              mlir::RewritePatternSet &patterns);

/// Patterns that turn the drawing of random numbers into calls of
/// MiniTorch-c/Runtime.h. `converter` is a BuiltinTensorConverter.
void populateRandomPatterns(const mlir::TypeConverter &converter,
                            mlir::RewritePatternSet &patterns);

/// Patterns that turn sorting into calls of MiniTorch-c/Runtime.h. `converter`
/// is a BuiltinTensorConverter.
void populateSortingPatterns(const mlir::TypeConverter &converter,
                             mlir::RewritePatternSet &patterns);

} // namespace minitorch

#endif // MINITORCH_CONVERSION_MTTORUNTIME_H
