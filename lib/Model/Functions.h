//===- Functions.h - Functions compiled on first use ------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_MODEL_FUNCTIONS_H
#define MINITORCH_LIB_MODEL_FUNCTIONS_H

namespace minitorch {

/// Makes this process's compiler the one that MiniTorch-c/Functions.h calls.
void installFunctionCaller();

} // namespace minitorch

#endif // MINITORCH_LIB_MODEL_FUNCTIONS_H
