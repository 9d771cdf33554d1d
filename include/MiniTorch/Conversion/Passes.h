//===- Passes.h - Conversions of the mt dialect -----------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CONVERSION_PASSES_H
#define MINITORCH_CONVERSION_PASSES_H

#include "MiniTorch/Conversion/MtToArith.h"
#include "MiniTorch/Conversion/MtToLLVM.h"
#include "MiniTorch/Conversion/MtToLinalg.h"
#include "MiniTorch/Conversion/MtToRuntime.h"
#include "MiniTorch/Conversion/MtToSCF.h"
#include "MiniTorch/Conversion/MtToTensor.h"

namespace minitorch {

#define GEN_PASS_REGISTRATION
#include "MiniTorch/Conversion/Passes.h.inc"

} // namespace minitorch

#endif // MINITORCH_CONVERSION_PASSES_H
