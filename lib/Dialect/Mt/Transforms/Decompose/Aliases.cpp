//===- Aliases.cpp - Other names of operators -------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"

using namespace mlir;

namespace minitorch::mt {

/// AtenAliases.txt.
static constexpr Alias aliases[] = {
#include "MiniTorch/Dialect/Mt/IR/AtenAliases.cpp.inc"
};

void populateAliasDecompositions(RewritePatternSet &patterns) {
  addAliases(patterns, aliases);
}

} // namespace minitorch::mt
