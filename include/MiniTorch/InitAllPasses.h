//===- InitAllPasses.h - Registration of every pass -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_INITALLPASSES_H
#define MINITORCH_INITALLPASSES_H

#include "MiniTorch/Codegen/CPU/Passes.h"
#include "MiniTorch/Codegen/Kernels/Passes.h"
#include "MiniTorch/Codegen/Layouts/Passes.h"
#include "MiniTorch/Conversion/Passes.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "MiniTorch/Pipelines/Pipelines.h"

namespace minitorch {

/// Registers every MiniTorch pass and pipeline. One line a library, in
/// alphabetical order.
inline void registerAllPasses() {
  registerMiniTorchConversionPasses();
  registerMtCPUCodegenPasses();
  registerMtCPUPipelines();
  registerMtKernelsPasses();
  registerMtLayoutsPasses();
  registerMtPipelines();
  mt::registerMtTransformsPasses();
}

} // namespace minitorch

#endif // MINITORCH_INITALLPASSES_H
