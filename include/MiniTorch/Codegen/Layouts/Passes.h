//===- Passes.h - Layouts ---------------------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CODEGEN_LAYOUTS_PASSES_H
#define MINITORCH_CODEGEN_LAYOUTS_PASSES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace minitorch {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "MiniTorch/Codegen/Layouts/Passes.h.inc"

} // namespace minitorch

#endif // MINITORCH_CODEGEN_LAYOUTS_PASSES_H
