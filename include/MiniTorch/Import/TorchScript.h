//===- TorchScript.h - Import of TorchScript archives -----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_IMPORT_TORCHSCRIPT_H
#define MINITORCH_IMPORT_TORCHSCRIPT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <typeinfo>

namespace minitorch {

/// How an archive is imported.
struct ImportOptions {
  /// A tensor attribute of more bytes than this is a `dense_resource` over
  /// PyTorch's own memory; a smaller one is printed in place.
  size_t maxInlineTensorBytes = 64;
};

/// Imports the TorchScript archive at `path`: its classes, objects and methods
/// in the mt dialect, nothing interpreted. Loads the dialects that it needs
/// into `context`. Never throws: what is wrong with the archive is emitted as
/// a diagnostic, and the result is null.
mlir::OwningOpRef<mlir::ModuleOp>
importTorchScript(mlir::MLIRContext *context, llvm::StringRef path,
                  const ImportOptions &options = {});

/// The same for an archive in memory. Messages name it by the buffer's
/// identifier.
mlir::OwningOpRef<mlir::ModuleOp>
importTorchScript(mlir::MLIRContext *context, llvm::MemoryBufferRef archive,
                  const ImportOptions &options = {});

/// The same for the `torch::jit::Module` of this process at `torchJitModule`,
/// for callers that have no PyTorch headers. Weights are not copied: the
/// resources keep the module's tensors alive.
mlir::OwningOpRef<mlir::ModuleOp>
importTorchScriptModule(mlir::MLIRContext *context, const void *torchJitModule,
                        const ImportOptions &options = {});

/// How Python finds the `torch::jit::Module` behind a `torch.ScriptModule`: the
/// arguments of its method `_pybind11_conduit_v1_` (MiniTorch-c/Import.h).
const char *getTorchScriptPlatform();
const std::type_info &getTorchScriptModuleTypeInfo();

} // namespace minitorch

#endif // MINITORCH_IMPORT_TORCHSCRIPT_H
