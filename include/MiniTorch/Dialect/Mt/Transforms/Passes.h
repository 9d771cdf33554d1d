//===- Passes.h - Passes on the mt dialect ----------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_TRANSFORMS_PASSES_H
#define MINITORCH_DIALECT_MT_TRANSFORMS_PASSES_H

#include "MiniTorch/Dialect/Mt/IR/MtDialect.h"
#include "mlir/Pass/Pass.h"

namespace minitorch::mt {

/// On an operator: why it cannot be compiled, as far as a pass found out.
inline constexpr llvm::StringLiteral reasonAttrName = "mt.reason";

#define GEN_PASS_DECL
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"

} // namespace minitorch::mt

#endif // MINITORCH_DIALECT_MT_TRANSFORMS_PASSES_H
