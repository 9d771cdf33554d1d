//===- Patterns.h - Pattern sets of convert-mt-to-linalg --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_CONVERSION_MTTOLINALG_PATTERNS_H
#define MINITORCH_LIB_CONVERSION_MTTOLINALG_PATTERNS_H

#include "mlir/Transforms/DialectConversion.h"

namespace minitorch::detail {

// One set a file, in the order in which populateMtToLinalgPatterns adds them.
void populateActivationPatterns(const mlir::TypeConverter &converter,
                                mlir::RewritePatternSet &patterns);
void populateAdaptivePoolingPatterns(const mlir::TypeConverter &converter,
                                     mlir::RewritePatternSet &patterns);
void populateCallPatterns(const mlir::TypeConverter &converter,
                          mlir::RewritePatternSet &patterns);
void populateColumnPatterns(const mlir::TypeConverter &converter,
                            mlir::RewritePatternSet &patterns);
void populateComplexPatterns(const mlir::TypeConverter &converter,
                             mlir::RewritePatternSet &patterns);
void populateConvolutionPatterns(const mlir::TypeConverter &converter,
                                 mlir::RewritePatternSet &patterns);
void populateCreationPatterns(const mlir::TypeConverter &converter,
                              mlir::RewritePatternSet &patterns);
void populateElementwisePatterns(const mlir::TypeConverter &converter,
                                 mlir::RewritePatternSet &patterns);
void populateFloatBitsPatterns(const mlir::TypeConverter &converter,
                               mlir::RewritePatternSet &patterns);
void populateGridSamplingPatterns(const mlir::TypeConverter &converter,
                                  mlir::RewritePatternSet &patterns);
void populateIndexingPatterns(const mlir::TypeConverter &converter,
                              mlir::RewritePatternSet &patterns);
void populateLinearPatterns(const mlir::TypeConverter &converter,
                            mlir::RewritePatternSet &patterns);
void populatePoolingPatterns(const mlir::TypeConverter &converter,
                             mlir::RewritePatternSet &patterns);
void populateReductionPatterns(const mlir::TypeConverter &converter,
                               mlir::RewritePatternSet &patterns);
void populateResamplingPatterns(const mlir::TypeConverter &converter,
                                mlir::RewritePatternSet &patterns);
void populateScanPatterns(const mlir::TypeConverter &converter,
                          mlir::RewritePatternSet &patterns);
void populateScatterPatterns(const mlir::TypeConverter &converter,
                             mlir::RewritePatternSet &patterns);
void populateSearchingPatterns(const mlir::TypeConverter &converter,
                               mlir::RewritePatternSet &patterns);

} // namespace minitorch::detail

#endif // MINITORCH_LIB_CONVERSION_MTTOLINALG_PATTERNS_H
