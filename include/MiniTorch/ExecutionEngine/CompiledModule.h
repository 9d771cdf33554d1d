//===- CompiledModule.h - LLVM dialect to code in process ---------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_EXECUTIONENGINE_COMPILEDMODULE_H
#define MINITORCH_EXECUTIONENGINE_COMPILEDMODULE_H

#include "MiniTorch-c/Runtime.h"
#include "MiniTorch/ExecutionEngine/Signature.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace llvm {
class Module;
namespace orc {
class LLJIT;
} // namespace orc
} // namespace llvm

namespace minitorch {

struct JITOptions {
  /// 0 to 3, as the compiler driver means it.
  unsigned optLevel = 3;
  /// Preferred width of vectors in bits; 0: the widest that the host has.
  unsigned vectorWidth = 0;
  /// Called with the LLVM IR before and after its optimization.
  std::function<void(const llvm::Module &)> beforeOptimization;
  std::function<void(const llvm::Module &)> afterOptimization;
  /// Functions that the module may call, besides those of the runtime and of
  /// the process.
  std::vector<std::pair<std::string, void *>> symbols;
  /// Kept alive as long as the code. Constants are used where they lie, so this
  /// should own the MLIR context that holds them.
  std::shared_ptr<void> owner;
};

/// The code of a module in the LLVM dialect, ready to be called.
///
/// Each public function @f that has a C interface (`llvm.emit_c_interface`)
/// gets an entry `mt_invoke_f`, see MiniTorch-c/Runtime.h. The module attribute
/// `mt.constants` = {symbol = elements} says which data an external global
/// stands for; `mt.fallback`, which operators of PyTorch the module calls.
class CompiledModule {
public:
  /// Translates, optimizes and links `module` for this machine. The module is
  /// not needed afterwards, its context is (see JITOptions::owner).
  static llvm::Expected<std::unique_ptr<CompiledModule>>
  create(mlir::ModuleOp module, const JITOptions &options = {});
  ~CompiledModule();

  /// The entry of a public function; or an error that names those there are.
  llvm::Expected<mtrt_entry> lookup(llvm::StringRef function) const;

  /// What the function takes and gives; null where it has no `mt.signature`.
  const Signature *signature(llvm::StringRef function) const;

  /// Operators that PyTorch runs for this module, each with the place of its
  /// first use ("file:line:column").
  using Fallbacks = std::vector<std::pair<std::string, std::string>>;
  const Fallbacks &fallbacks() const { return calledFallbacks; }

  /// The names of the public functions, in the module's order.
  llvm::ArrayRef<std::string> functions() const { return names; }

private:
  struct Function {
    std::optional<Signature> signature;
    mtrt_entry entry = nullptr;
  };
  CompiledModule() = default;

  std::shared_ptr<void> owner;
  /// Constants that could not be used where they lie.
  std::vector<std::unique_ptr<char, void (*)(void *)>> copies;
  std::unique_ptr<llvm::orc::LLJIT> jit;
  Fallbacks calledFallbacks;
  std::vector<std::string> names;
  llvm::StringMap<Function> table;
};

/// Registers the translations to LLVM IR that CompiledModule needs.
void registerExecutionEngineTranslations(mlir::DialectRegistry &registry);

} // namespace minitorch

#endif // MINITORCH_EXECUTIONENGINE_COMPILEDMODULE_H
