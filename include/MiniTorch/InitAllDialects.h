//===- InitAllDialects.h - Registration of every dialect --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_INITALLDIALECTS_H
#define MINITORCH_INITALLDIALECTS_H

#include "MiniTorch/Codegen/Kernels/BufferizableOpInterfaceImpl.h"
#include "MiniTorch/Dialect/Mt/IR/MtDialect.h"
#include "MiniTorch/Fallback/TypeOracle.h"
#include "mlir/IR/DialectRegistry.h"

namespace minitorch {

/// Registers every MiniTorch dialect, and who knows types that they do not.
inline void registerAllDialects(mlir::DialectRegistry &registry) {
  registry.insert<mt::MtDialect>();
  registerFallbackTypes(registry);
  registerLaunchBufferization(registry);
}

} // namespace minitorch

#endif // MINITORCH_INITALLDIALECTS_H
