//===- Import.h - C API of the importer -----------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_C_IMPORT_H
#define MINITORCH_C_IMPORT_H

#include "mlir-c/IR.h"

#ifdef __cplusplus
extern "C" {
#endif

/// What libMiniTorchImportTorchScript exports, to be loaded with dlopen by
/// programs that need no PyTorch otherwise.
///
/// Imports the TorchScript archive at `path`. On success sets `*result`, which
/// the caller destroys, and returns true; else emits diagnostics on `context`
/// and returns false. The mt dialect must be registered with `context`; which
/// library of the process registered it does not matter.
bool minitorchImportTorchScript(MlirContext context, const char *path,
                                MlirModule *result);

/// The same for a `torch::jit::Module` in this process. Weights are not copied:
/// the result's resources keep the module's tensors alive.
bool minitorchImportTorchScriptModule(MlirContext context,
                                      const void *torchJitModule,
                                      MlirModule *result);

/// How Python finds the `torch::jit::Module` behind a `torch.ScriptModule`: the
/// arguments of its method `_pybind11_conduit_v1_`, which are the platform's
/// name (bytes) and, in a capsule, `&typeid(torch::jit::Module)`. The capsule's
/// name is `typeid(std::type_info).name()`.
const char *minitorchTorchScriptPlatform(void);
const void *minitorchTorchScriptModuleTypeInfo(void);

/// The names of these functions, for dlsym.
#define MINITORCH_IMPORT_TORCHSCRIPT_SYMBOL "minitorchImportTorchScript"
#define MINITORCH_IMPORT_TORCHSCRIPT_MODULE_SYMBOL                             \
  "minitorchImportTorchScriptModule"
#define MINITORCH_TORCHSCRIPT_PLATFORM_SYMBOL "minitorchTorchScriptPlatform"
#define MINITORCH_TORCHSCRIPT_MODULE_TYPE_INFO_SYMBOL                          \
  "minitorchTorchScriptModuleTypeInfo"
#define MINITORCH_IMPORT_TORCHSCRIPT_LIBRARY "libMiniTorchImportTorchScript.so"

#ifdef __cplusplus
}
#endif

#endif /* MINITORCH_C_IMPORT_H */
