//===- Patterns.h - Pattern sets of convert-mt-to-tensor --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_CONVERSION_MTTOTENSOR_PATTERNS_H
#define MINITORCH_LIB_CONVERSION_MTTOTENSOR_PATTERNS_H

#include "mlir/Transforms/DialectConversion.h"

namespace minitorch::detail {

// One set a file, in the order in which populateMtToTensorPatterns adds them.
void populateJoinPatterns(const mlir::TypeConverter &converter,
                          mlir::RewritePatternSet &patterns);
void populateQueryPatterns(const mlir::TypeConverter &converter,
                           mlir::RewritePatternSet &patterns);
void populateReshapePatterns(const mlir::TypeConverter &converter,
                             mlir::RewritePatternSet &patterns);
void populateSlicePatterns(const mlir::TypeConverter &converter,
                           mlir::RewritePatternSet &patterns);
void populateTransposePatterns(const mlir::TypeConverter &converter,
                               mlir::RewritePatternSet &patterns);

} // namespace minitorch::detail

#endif // MINITORCH_LIB_CONVERSION_MTTOTENSOR_PATTERNS_H
