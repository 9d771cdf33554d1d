//===- Passes.h - Kernels ---------------------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CODEGEN_KERNELS_PASSES_H
#define MINITORCH_CODEGEN_KERNELS_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace minitorch {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "MiniTorch/Codegen/Kernels/Passes.h.inc"

} // namespace minitorch

#endif // MINITORCH_CODEGEN_KERNELS_PASSES_H
