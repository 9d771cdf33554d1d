//===- Model.h - A model that runs --------------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_MODEL_MODEL_H
#define MINITORCH_MODEL_MODEL_H

#include "MiniTorch/ExecutionEngine/CompiledModule.h"
#include "MiniTorch/ExecutionEngine/Session.h"
#include "MiniTorch/Pipelines/Pipelines.h"
#include "mlir/IR/OwningOpRef.h"

namespace minitorch {

/// The model cannot be compiled: every reason, one a line, each with its source
/// line. (Any other error is about a file or about arguments.)
class CompileError : public llvm::ErrorInfo<CompileError> {
public:
  static char ID;
  explicit CompileError(std::string reasons) : reasons(std::move(reasons)) {}
  void log(llvm::raw_ostream &os) const override { os << reasons; }
  std::error_code convertToErrorCode() const override {
    return llvm::inconvertibleErrorCode();
  }

private:
  std::string reasons;
};

struct ModelOptions {
  /// Compile for any sizes instead of for those of the inputs.
  bool isDynamic = false;
  /// Let PyTorch run operators without a lowering, where a method cannot be
  /// compiled otherwise.
  bool allowsFallback = false;
  /// Width of vectors in bits; 0: the host's.
  unsigned vectorBits = 0;
  /// Called for each operator that PyTorch runs for compiled code, with the
  /// place of its first use ("file:line:column"), once a compilation.
  std::function<void(llvm::StringRef name, llvm::StringRef place)> onFallback;
  /// Called after each phase of each compilation, with its time in seconds.
  std::function<void(Phase, mlir::ModuleOp)> afterPhase;
  JITOptions jit;
};

/// A module at any phase. What has input types is compiled as it is; a method
/// of an imported object is compiled on its first call, for the types of the
/// arguments that come, and again for others. All calls share the object's
/// state.
class Model {
public:
  /// Takes `module`, which lives in `context`.
  static std::unique_ptr<Model>
  create(std::shared_ptr<mlir::MLIRContext> context,
         mlir::OwningOpRef<mlir::ModuleOp> module, ModelOptions options = {});

  /// Reads a file (see loadModule) and makes a model of it.
  static llvm::Expected<std::unique_ptr<Model>> load(llvm::StringRef path,
                                                     ModelOptions options = {});

  /// Calls a method. An exception of the program is part of the result.
  llvm::Expected<CallResult> call(const CallRequest &request,
                                  Matching matching = Matching::Strict);

  /// Compiles what a call with these arguments would, if it is not compiled.
  llvm::Expected<Session *> prepare(const CallRequest &request,
                                    Matching matching = Matching::Strict);

  /// Compiles a method for arguments of the given types (as in mt-specialize);
  /// the session shares this model's state. Not kept.
  llvm::Expected<std::unique_ptr<Session>> compile(llvm::StringRef method,
                                                   llvm::StringRef inputs,
                                                   bool fallback = false);

  /// A parameter of a method, and the type (as in mt-specialize) that it has
  /// when it is not given.
  struct Parameter {
    std::string name, fallback;
  };
  llvm::Expected<std::vector<Parameter>> parameters(llvm::StringRef method);

  /// The object's attributes that methods change, by path: as far as methods
  /// were compiled.
  ObjectState &state() { return *objectState; }
  /// The value of any attribute by path; Absent if there is no such attribute.
  Value attribute(llvm::StringRef path);

  mlir::ModuleOp module() { return *source; }

private:
  struct Specialization {
    std::unique_ptr<Session> session;
    /// How many calls had ended when it was compiled.
    uint64_t compiledAt = 0;
    /// Why it cannot be compiled, if that is so.
    std::string reasons;
  };

  Model() = default;
  llvm::Expected<Session *> prepareTyped(const CallRequest &request);
  llvm::Expected<Session *> prepareMethod(const CallRequest &request,
                                          Matching matching,
                                          bool givesMemory = false);
  void reportFallbacks(const CompiledModule &compiled) const;
  void takeInitialState(mlir::ModuleOp compiled);
  bool isCurrent(const Specialization &specialization) const;

  std::shared_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> source;
  ModelOptions options;
  /// What the module was given as; compiling changes a module that has input
  /// types.
  Phase phase = Phase::LLVM;
  bool isTyped = true;
  std::shared_ptr<ObjectState> objectState;
  /// Of a module with input types: compiled as a whole.
  std::shared_ptr<const CompiledModule> whole;
  /// By method and types of the arguments.
  std::map<std::string, Specialization> sessions;
  /// Attributes that calls wrote, with the number of the last such call. Code
  /// has the values of attributes that its method does not write as constants.
  std::map<std::string, uint64_t> written;
  uint64_t calls = 0;
};

/// A context with every dialect that a module may contain.
std::shared_ptr<mlir::MLIRContext> createContext();

/// Reads MLIR text or bytecode ("-" is standard input) or a TorchScript
/// archive, by what is in it. Archives need the importer's library.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
loadModule(mlir::MLIRContext *context, llvm::StringRef path);

/// Gives the `torch::jit::Module` of a caller that has PyTorch in its process,
/// from the two values that MiniTorch-c/Import.h describes; null if it has
/// none.
using FindScriptModule = llvm::function_ref<const void *(const char *platform,
                                                         const void *typeInfo)>;

/// Imports a scripted or traced module of this process; its weights are not
/// copied.
llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
importScriptModule(mlir::MLIRContext *context, FindScriptModule find);

} // namespace minitorch

#endif // MINITORCH_MODEL_MODEL_H
