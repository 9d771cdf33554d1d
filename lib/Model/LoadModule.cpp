//===- LoadModule.cpp - Model files by what is in them ------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Model/Diagnostics.h"
#include "MiniTorch/Model/Model.h"

#include "MiniTorch-c/Import.h"
#include "MiniTorch/Fallback/Fallback.h"
#include "MiniTorch/InitAllDialects.h"
#include "mlir/CAPI/IR.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/SourceMgr.h"

#include <dlfcn.h>

using namespace llvm;
using namespace minitorch;

std::shared_ptr<mlir::MLIRContext> minitorch::createContext() {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  minitorch::registerAllDialects(registry);
  registerExecutionEngineTranslations(registry);
  // A model is mostly one function, and nobody asked for threads.
  auto context = std::make_shared<mlir::MLIRContext>(
      registry, mlir::MLIRContext::Threading::DISABLED);
  // Messages name operators and source lines; the IR is not the user's.
  context->printOpOnDiagnostic(false);
  return context;
}

static Expected<void *> openImporter() {
  std::string reason;
  if (void *library =
          openOptionalLibrary(MINITORCH_IMPORT_TORCHSCRIPT_LIBRARY, reason))
    return library;
  if (reason.empty())
    reason = "this build has no importer (MINITORCH_ENABLE_LIBTORCH)";
  return createStringError("TorchScript files cannot be read: " + reason);
}

/// The function `symbol` of the importer's library, as a `Function`.
template <typename Function>
static Expected<Function *> getImporter(const char *symbol) {
  auto library = openImporter();
  if (!library)
    return library.takeError();
  if (void *address = dlsym(*library, symbol))
    return reinterpret_cast<Function *>(address);
  return createStringError("TorchScript files cannot be read: " +
                           Twine(dlerror()));
}

static Expected<mlir::OwningOpRef<mlir::ModuleOp>>
importArchive(mlir::MLIRContext *context, StringRef path) {
  auto import = getImporter<decltype(minitorchImportTorchScript)>(
      MINITORCH_IMPORT_TORCHSCRIPT_SYMBOL);
  if (!import)
    return import.takeError();
  DiagnosticCollector diagnostics(context);
  MlirModule module = {nullptr};
  if (!(*import)(wrap(context), path.str().c_str(), &module))
    return createStringError(
        diagnostics.text(("'" + path + "' cannot be imported").str()));
  return mlir::OwningOpRef<mlir::ModuleOp>(unwrap(module));
}

Expected<mlir::OwningOpRef<mlir::ModuleOp>>
minitorch::importScriptModule(mlir::MLIRContext *context,
                              FindScriptModule find) {
  auto platform = getImporter<decltype(minitorchTorchScriptPlatform)>(
      MINITORCH_TORCHSCRIPT_PLATFORM_SYMBOL);
  if (!platform)
    return platform.takeError();
  auto typeInfo = getImporter<decltype(minitorchTorchScriptModuleTypeInfo)>(
      MINITORCH_TORCHSCRIPT_MODULE_TYPE_INFO_SYMBOL);
  if (!typeInfo)
    return typeInfo.takeError();
  auto import = getImporter<decltype(minitorchImportTorchScriptModule)>(
      MINITORCH_IMPORT_TORCHSCRIPT_MODULE_SYMBOL);
  if (!import)
    return import.takeError();
  const void *script = find((*platform)(), (*typeInfo)());
  if (!script)
    return createStringError("not a scripted module of this PyTorch");
  DiagnosticCollector diagnostics(context);
  MlirModule module = {nullptr};
  if (!(*import)(wrap(context), script, &module))
    return createStringError(diagnostics.text("the module cannot be imported"));
  return mlir::OwningOpRef<mlir::ModuleOp>(unwrap(module));
}

Expected<mlir::OwningOpRef<mlir::ModuleOp>>
minitorch::loadModule(mlir::MLIRContext *context, StringRef path) {
  auto buffer = MemoryBuffer::getFileOrSTDIN(path);
  if (std::error_code code = buffer.getError())
    return createStringError(code,
                             "cannot read '" + path + "': " + code.message());
  StringRef contents = (*buffer)->getBuffer();
  if (contents.starts_with("PK"))
    return importArchive(context, path);
  if (contents.starts_with("\x7f"
                           "ELF"))
    return createStringError("'" + path +
                             "': compiled models cannot be loaded yet");
  DiagnosticCollector diagnostics(context);
  SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(*buffer), SMLoc());
  auto module = mlir::parseSourceFile<mlir::ModuleOp>(sources, context);
  if (!module)
    return createStringError(
        diagnostics.text(("'" + path + "' is not an MLIR file").str()));
  return module;
}
