//===- CompiledModule.cpp - LLVM dialect to code in process -------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/ExecutionEngine/CompiledModule.h"

#include "HostCode.h"
#include "MiniTorch-c/Numerics.h"
#include "MiniTorch/Conversion/MtToLLVM.h"
#include "MiniTorch/Dialect/Mt/IR/MtTaskOps.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "MiniTorch/ExecutionEngine/Constants.h"
#include "MiniTorch/Fallback/Fallback.h"
#include "PackedEntries.h"
#include "PerfMap.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/OpenMP/OpenMPToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ExecutionEngine/Orc/CompileUtils.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/DynamicLibrary.h"

using namespace llvm;
using namespace minitorch;

void minitorch::registerExecutionEngineTranslations(
    mlir::DialectRegistry &registry) {
  mlir::registerBuiltinDialectTranslation(registry);
  mlir::registerLLVMDialectTranslation(registry);
  mlir::registerOpenMPDialectTranslation(registry);
}

CompiledModule::~CompiledModule() = default;

/// Collects what MLIR says while it lives, so that it becomes part of an Error.
namespace {
class DiagnosticText {
public:
  explicit DiagnosticText(mlir::MLIRContext *context)
      : handler(context, [this](mlir::Diagnostic &diagnostic) {
          if (diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error) {
            text += text.empty() ? "" : "\n";
            text += diagnostic.str();
          }
          return mlir::success();
        }) {}
  std::string text;

private:
  mlir::ScopedDiagnosticHandler handler;
};
} // namespace

static Expected<orc::ThreadSafeModule> translate(mlir::ModuleOp module) {
  mlir::DialectRegistry registry;
  registerExecutionEngineTranslations(registry);
  module->getContext()->appendDialectRegistry(registry);
  DiagnosticText diagnostics(module->getContext());
  auto context = std::make_unique<LLVMContext>();
  auto translated = mlir::translateModuleToLLVMIR(module, *context);
  if (!translated)
    return createStringError("translation to LLVM IR failed: " +
                             diagnostics.text);
  return orc::ThreadSafeModule(std::move(translated), std::move(context));
}

/// Name to address of everything the module may refer to.
using SymbolTable = StringMap<const void *>;

static Error
addConstants(mlir::ModuleOp module, SymbolTable &symbols,
             std::vector<std::unique_ptr<char, void (*)(void *)>> &copies) {
  mlir::Attribute attribute = module->getAttr("mt.constants");
  if (!attribute)
    return Error::success();
  auto constants = dyn_cast<mlir::DictionaryAttr>(attribute);
  if (!constants)
    return createStringError("'mt.constants' is not a dictionary");
  for (mlir::NamedAttribute constant : constants) {
    StringRef name = constant.getName().strref();
    auto elements = dyn_cast<mlir::ElementsAttr>(constant.getValue());
    if (!elements)
      return createStringError("'mt.constants' has no elements for '" + name +
                               "'");
    AlignedCopy copy(nullptr, std::free);
    auto data = constantData(elements, copy);
    if (!data)
      return joinErrors(createStringError("constant '" + name + "':"),
                        data.takeError());
    if (copy)
      copies.push_back(std::move(copy));
    symbols[name] = *data;
  }
  return Error::success();
}

/// Adds a name to a list for a message.
static void addQuoted(std::string &list, StringRef name) {
  if (!list.empty())
    list += ", ";
  list += ("'" + name + "'").str();
}

/// Loads what runs the operators of `mt.fallback`; says which the module needs
/// where it cannot.
static Error prepareFallbacks(mlir::ModuleOp module,
                              CompiledModule::Fallbacks &fallbacks) {
  auto places =
      module->getAttrOfType<mlir::DictionaryAttr>(mt::fallbackAttrName);
  if (!places)
    return Error::success();
  std::string names;
  for (mlir::NamedAttribute entry : places) {
    addQuoted(names, entry.getName());
    auto place = dyn_cast<mlir::StringAttr>(entry.getValue());
    fallbacks.emplace_back(entry.getName().str(), place ? place.str() : "");
  }
  auto library = loadFallback();
  if (!library)
    return joinErrors(
        createStringError("the module calls operators of PyTorch: " + names),
        library.takeError());
  mtrt_set_fallback(*library);
  return Error::success();
}

/// Names every function and global that nobody provides, instead of failing on
/// the first when linking.
static Error checkProvided(const Module &module, const SymbolTable &symbols) {
  static bool opened = sys::DynamicLibrary::LoadLibraryPermanently(nullptr);
  (void)opened;
  std::string missing;
  for (const GlobalValue &value : module.global_values()) {
    StringRef name = value.getName();
    if (!value.isDeclaration() || value.use_empty() || value.isInterposable() ||
        name.starts_with("llvm.") || symbols.contains(name) ||
        sys::DynamicLibrary::SearchForAddressOfSymbol(name.str()))
      continue;
    addQuoted(missing, name);
  }
  if (missing.empty())
    return Error::success();
  return createStringError("the module refers to what nobody provides: " +
                           missing);
}

/// Turns the globals of `mt.constants` into references to data elsewhere.
static void refer(Module &module, mlir::ModuleOp source) {
  auto constants = source->getAttrOfType<mlir::DictionaryAttr>("mt.constants");
  for (GlobalVariable &global : module.globals()) {
    if (!constants || !constants.get(global.getName()))
      continue;
    // A private global without a value was translated to an undefined one.
    global.setInitializer(nullptr);
    global.setLinkage(GlobalValue::ExternalLinkage);
    global.setDSOLocal(false);
    global.setConstant(true);
    global.setAlignment(Align(64));
  }
}

/// `problems` collects what goes wrong later, when code is looked up.
static Expected<std::unique_ptr<orc::LLJIT>>
link(orc::ThreadSafeModule module, orc::JITTargetMachineBuilder host,
     const SymbolTable &symbols, std::shared_ptr<std::string> problems) {
  // The default compiler has one TargetMachine for all threads that look up.
  auto jit = orc::LLJITBuilder()
                 .setJITTargetMachineBuilder(std::move(host))
                 .setCompileFunctionCreator(
                     [](orc::JITTargetMachineBuilder builder)
                         -> Expected<
                             std::unique_ptr<orc::IRCompileLayer::IRCompiler>> {
                       return std::make_unique<orc::ConcurrentIRCompiler>(
                           std::move(builder));
                     })
                 .create();
  if (!jit)
    return jit.takeError();
  (*jit)->getExecutionSession().setErrorReporter([problems](Error error) {
    *problems += "\n";
    *problems += toString(std::move(error));
  });
  addPerfMap(**jit);
  orc::SymbolMap addresses;
  for (const auto &symbol : symbols)
    addresses[(*jit)->mangleAndIntern(symbol.getKey())] = {
        orc::ExecutorAddr::fromPtr(symbol.getValue()),
        JITSymbolFlags::Exported};
  orc::JITDylib &library = (*jit)->getMainJITDylib();
  if (auto error = library.define(orc::absoluteSymbols(std::move(addresses))))
    return std::move(error);
  if (auto error = (*jit)->addIRModule(std::move(module)))
    return std::move(error);
  return std::move(*jit);
}

/// Functions that a caller may want.
static bool isPublic(mlir::LLVM::LLVMFuncOp function) {
  StringRef name = function.getName();
  return !function.isExternal() &&
         mlir::SymbolTable::getSymbolVisibility(function) ==
             mlir::SymbolTable::Visibility::Public &&
         !name.starts_with("_mlir_") && !name.starts_with("mt_invoke_");
}

Expected<std::unique_ptr<CompiledModule>>
CompiledModule::create(mlir::ModuleOp module, const JITOptions &options) {
  std::unique_ptr<CompiledModule> result(new CompiledModule);
  result->owner = options.owner;

  SymbolTable symbols;
  for (const mtrt_symbol *table : {mtrt_symbols(), mtrt_numerics_symbols()})
    for (const mtrt_symbol *symbol = table; symbol->name; ++symbol)
      symbols[symbol->name] = symbol->address;
  for (const auto &[name, address] : options.symbols)
    symbols[name] = address;
  if (Error error = addConstants(module, symbols, result->copies))
    return std::move(error);
  if (Error error = prepareFallbacks(module, result->calledFallbacks))
    return std::move(error);

  auto translated = translate(module);
  if (!translated)
    return translated.takeError();
  auto host = detectHost(options);
  if (!host)
    return host.takeError();

  StringSet<> exported;
  std::string unusable;
  Error failed = translated->withModuleDo([&](Module &llvmModule) -> Error {
    for (auto function : module.getOps<mlir::LLVM::LLVMFuncOp>()) {
      if (!isPublic(function))
        continue;
      StringRef name = function.getName();
      std::optional<unsigned> numResults;
      if (auto count =
              function->getAttrOfType<mlir::IntegerAttr>(numResultsAttrName))
        numResults = count.getInt();
      if (Error error = addPackedEntry(llvmModule, name, numResults)) {
        unusable = toString(std::move(error));
        continue;
      }
      // The runtime calls it, by its address.
      if (function->hasAttr(mt::taskAttrName))
        continue;
      exported.insert(packedEntryName(name));
      result->names.push_back(name.str());
      Function &entry = result->table[name];
      auto attribute =
          function->getAttrOfType<mt::SignatureAttr>(mt::signatureAttrName);
      if (!attribute)
        continue;
      auto signature = Signature::get(attribute);
      if (!signature)
        return joinErrors(createStringError("function '" + name + "':"),
                          signature.takeError());
      entry.signature = std::move(*signature);
    }
    if (exported.empty())
      return createStringError(unusable.empty() ? "the module has no public "
                                                  "function"
                                                : unusable);
    refer(llvmModule, module);
    if (Error error = checkProvided(llvmModule, symbols))
      return error;
    if (options.beforeOptimization)
      options.beforeOptimization(llvmModule);
    if (Error error = optimizeForHost(llvmModule, *host, exported, options))
      return error;
    if (options.afterOptimization)
      options.afterOptimization(llvmModule);
    return Error::success();
  });
  if (failed)
    return std::move(failed);

  auto problems = std::make_shared<std::string>();
  auto jit = link(std::move(*translated), std::move(*host), symbols, problems);
  if (!jit)
    return jit.takeError();
  result->jit = std::move(*jit);
  for (const std::string &name : result->names) {
    auto address = result->jit->lookup(packedEntryName(name));
    if (!address)
      return createStringError(toString(address.takeError()) + *problems);
    result->table[name].entry = address->toPtr<mtrt_entry>();
  }
  return std::move(result);
}

Expected<mtrt_entry> CompiledModule::lookup(StringRef function) const {
  auto found = table.find(function);
  if (found != table.end())
    return found->second.entry;
  std::string all;
  for (const std::string &name : names)
    addQuoted(all, name);
  return createStringError("no function '" + function + "'; there is " + all);
}

const Signature *CompiledModule::signature(StringRef function) const {
  auto found = table.find(function);
  if (found == table.end() || !found->second.signature)
    return nullptr;
  return &*found->second.signature;
}
