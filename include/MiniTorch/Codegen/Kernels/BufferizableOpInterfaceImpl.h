//===- BufferizableOpInterfaceImpl.h - Launches -----------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CODEGEN_KERNELS_BUFFERIZABLEOPINTERFACEIMPL_H
#define MINITORCH_CODEGEN_KERNELS_BUFFERIZABLEOPINTERFACEIMPL_H

#include "mlir/IR/DialectRegistry.h"

namespace minitorch {

/// Lets upstream's bufferization convert mt.launch, without its kernel.
void registerLaunchBufferization(mlir::DialectRegistry &registry);

} // namespace minitorch

#endif // MINITORCH_CODEGEN_KERNELS_BUFFERIZABLEOPINTERFACEIMPL_H
