//===- Sorting.cpp - Sorting ------------------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "Patterns.h"

using namespace mlir;
using namespace minitorch;

void minitorch::detail::populateSortingPatterns(const TypeConverter &converter,
                                              RewritePatternSet &patterns) {}
