//===- TorchScriptModule.h - Import of a module in memory -------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The only public header with PyTorch's types in it.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_IMPORT_TORCHSCRIPTMODULE_H
#define MINITORCH_IMPORT_TORCHSCRIPTMODULE_H

#include "MiniTorch/Import/TorchScript.h"
#include <torch/csrc/jit/api/module.h>

namespace minitorch {

/// Imports a scripted or traced module of this process. Weights are not
/// copied: the resources keep the module's tensors alive.
mlir::OwningOpRef<mlir::ModuleOp>
importTorchScriptModule(mlir::MLIRContext *context,
                        const torch::jit::Module &module,
                        const ImportOptions &options = {});

} // namespace minitorch

#endif // MINITORCH_IMPORT_TORCHSCRIPTMODULE_H
