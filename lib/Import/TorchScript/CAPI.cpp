//===- CAPI.cpp - The importer as a library to load -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The host of this library and the library may each have a copy of the mt
// dialect. So the import happens in a context of the library's own and crosses
// over as bytecode; weights cross as pointers.
//
//===----------------------------------------------------------------------===//

#include "Importer.h"
#include "MiniTorch-c/Import.h"
#include "MiniTorch/Import/TorchScript.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/CAPI/IR.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/Parser/Parser.h"
#include <atomic>

using namespace mlir;
using namespace minitorch;

namespace {
/// The resources of a module by name, and the name each has on the way: one
/// that no context has seen, so that reading the bytecode renames none.
struct Resources {
  struct Entry {
    std::string name;
    std::shared_ptr<AsmResourceBlob> blob;
  };
  llvm::StringMap<Entry> entries;
};
} // namespace

/// Gives every resource of `module` a name of its own and takes out its blob.
static Resources detachResources(ModuleOp module) {
  static std::atomic<unsigned> counter = 0;
  Resources resources;
  llvm::DenseMap<Attribute, Attribute> renamed;
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](DenseResourceElementsAttr attr) -> Attribute {
    Attribute &other = renamed[attr];
    if (other)
      return other;
    std::string key = "minitorch-import-" + std::to_string(counter++);
    AsmResourceBlob *blob = attr.getRawHandle().getBlob();
    resources.entries[key] = {
        attr.getRawHandle().getKey().str(),
        std::make_shared<AsmResourceBlob>(std::move(*blob))};
    auto &manager =
        DenseResourceElementsHandle::getManagerInterface(attr.getContext());
    other = DenseResourceElementsAttr::get(attr.getType(), manager.insert(key));
    return other;
  });
  replacer.recursivelyReplaceElementsIn(module, /*replaceAttrs=*/true,
                                        /*replaceLocs=*/false,
                                        /*replaceTypes=*/false);
  return resources;
}

/// Puts the blobs back, under the names that they had.
static void attachResources(ModuleOp module, Resources &resources) {
  llvm::DenseMap<Attribute, Attribute> renamed;
  AttrTypeReplacer replacer;
  replacer.addReplacement([&](DenseResourceElementsAttr attr) -> Attribute {
    Attribute &other = renamed[attr];
    if (other)
      return other;
    auto it = resources.entries.find(attr.getRawHandle().getKey());
    if (it == resources.entries.end())
      return other = attr;
    std::shared_ptr<AsmResourceBlob> blob = it->second.blob;
    other = DenseResourceElementsAttr::get(
        attr.getType(), it->second.name,
        AsmResourceBlob(
            blob->getData(), blob->getDataAlignment(),
            [blob](void *, size_t, size_t) {}, /*dataIsMutable=*/false));
    return other;
  });
  replacer.recursivelyReplaceElementsIn(module, /*replaceAttrs=*/true,
                                        /*replaceLocs=*/false,
                                        /*replaceTypes=*/false);
}

static LogicalResult repeatDiagnostic(MLIRContext *context,
                                      Diagnostic &diagnostic) {
  auto convert = [&](Location loc) -> Location {
    if (auto place = loc->findInstanceOf<FileLineColLoc>())
      return FileLineColLoc::get(context, place.getFilename().getValue(),
                                 place.getLine(), place.getColumn());
    return UnknownLoc::get(context);
  };
  Diagnostic copy(convert(diagnostic.getLocation()), diagnostic.getSeverity());
  copy << diagnostic.str();
  for (Diagnostic &note : diagnostic.getNotes())
    copy.attachNote(convert(note.getLocation())) << note.str();
  context->getDiagEngine().emit(std::move(copy));
  return success();
}

static bool
importInto(MLIRContext *host, MlirModule *result,
           llvm::function_ref<OwningOpRef<ModuleOp>(MLIRContext *)> import) {
  *result = MlirModule{nullptr};
  if (!host->getOrLoadDialect("mt")) {
    emitError(UnknownLoc::get(host))
        << "the mt dialect is not registered with this context";
    return false;
  }
  for (StringRef dialect : {"arith", "complex", "func"})
    host->getOrLoadDialect(dialect);

  MLIRContext own;
  std::string bytecode;
  Resources resources;
  {
    ScopedDiagnosticHandler repeat(&own, [&](Diagnostic &diagnostic) {
      return repeatDiagnostic(host, diagnostic);
    });
    OwningOpRef<ModuleOp> module = import(&own);
    if (!module)
      return false;
    resources = detachResources(*module);
    llvm::raw_string_ostream stream(bytecode);
    if (failed(writeBytecodeToFile(*module, stream)))
      return false;
  }
  OwningOpRef<ModuleOp> module =
      parseSourceString<ModuleOp>(bytecode, ParserConfig(host));
  if (!module)
    return false;
  attachResources(*module, resources);
  *result = wrap(module.release());
  return true;
}

extern "C" bool minitorchImportTorchScript(MlirContext context,
                                           const char *path,
                                           MlirModule *result) {
  return importInto(unwrap(context), result, [&](MLIRContext *own) {
    return importTorchScript(own, path);
  });
}

extern "C" bool minitorchImportTorchScriptModule(MlirContext context,
                                                 const void *torchJitModule,
                                                 MlirModule *result) {
  return importInto(unwrap(context), result, [&](MLIRContext *own) {
    return importTorchScriptModule(own, torchJitModule);
  });
}

extern "C" const char *minitorchTorchScriptPlatform() {
  return getTorchScriptPlatform();
}

extern "C" const void *minitorchTorchScriptModuleTypeInfo() {
  return &getTorchScriptModuleTypeInfo();
}
