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
#include "MiniTorch/Model/Forms.h"
#include "MiniTorch/Pipelines/Pipelines.h"
#include "mlir/IR/OperationSupport.h"
#include "mlir/IR/OwningOpRef.h"

#include <mutex>

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

struct SharedTensors;

struct ModelOptions {
  /// Compile for any sizes instead of for those of the inputs.
  bool isDynamic = false;
  /// Let PyTorch run operators without a lowering, where a method cannot be
  /// compiled otherwise.
  bool allowsFallback = false;
  /// Compile the boxed form of what cannot be compiled otherwise.
  bool allowsBoxed = true;
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
///
/// `compile`, `print`, `parameters`, `methods` and the methods that `compile`
/// gives may be used from several threads; `call` and `prepare` from one.
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
  llvm::Expected<std::shared_ptr<Session>>
  prepare(const CallRequest &request, Matching matching = Matching::Strict);

  /// A method compiled for arguments of given types. It must not outlive its
  /// model.
  ///
  /// Attributes that some method writes are passed to the code of the others.
  /// Where one was compiled before that was known, or needs the value of such
  /// an attribute as a constant, `prepare` compiles it again.
  class CompiledMethod {
  public:
    /// The code for the present state.
    llvm::Expected<std::shared_ptr<Session>> prepare();

    /// Calls `session`, which `prepare` gave. Nothing was called if there is no
    /// result: the state is not what it was compiled for, prepare again.
    llvm::Expected<std::optional<CallResult>>
    call(const std::shared_ptr<Session> &session, llvm::ArrayRef<Value> args,
         const NamedValues &kwargs = {}, Matching matching = Matching::Strict);

    /// Operators that PyTorch runs, as it was compiled first.
    const CompiledModule::Fallbacks &fallbacks() const {
      return calledFallbacks;
    }

    /// What it was compiled for, and in which form.
    llvm::StringRef inputs() const { return givenInputs; }
    const MethodOptions &form() const { return options; }

  private:
    friend class Model;
    CompiledMethod(Model &model, std::string method, std::string inputs,
                   MethodOptions options)
        : model(model), method(std::move(method)),
          givenInputs(std::move(inputs)), options(options) {}

    Model &model;
    const std::string method, givenInputs;
    MethodOptions options;
    /// Forms that were tried before.
    std::vector<Refusal> refusals;
    bool wasCompiled = false;
    CompiledModule::Fallbacks calledFallbacks;
    std::shared_ptr<Session> session;
    /// What was known when it was compiled: the first so many variables, and
    /// how many calls had ended.
    size_t knownVariables = 0;
    uint64_t compiledAt = 0;
    /// Whether it takes the variables that it reads, instead of their values
    /// then.
    bool takesVariables = false;
  };

  /// Compiles a method for arguments of the given types (as in mt-specialize).
  llvm::Expected<std::unique_ptr<CompiledMethod>>
  compile(llvm::StringRef method, llvm::StringRef inputs,
          MethodOptions options = {});

  /// Compiles a method in the first form that takes it.
  llvm::Expected<std::unique_ptr<CompiledMethod>>
  compileFirst(llvm::StringRef method, const FormInputs &inputs);

  /// Text for people: in which form a method is compiled, why in no other, and
  /// which values are objects of the runtime there, and why. Goes the front
  /// half of the way again.
  std::string explain(const CompiledMethod &compiled);
  /// The same for all methods that `call` and `prepare` compiled.
  std::string explain();

  /// Prints the module after the phases that `options` say.
  llvm::Error print(llvm::raw_ostream &os, const CompileOptions &options,
                    const mlir::OpPrintingFlags &flags);

  /// A parameter of a method, and the type (as in mt-specialize) that it has
  /// when it is not given.
  struct Parameter {
    std::string name, fallback;
    /// TorchScript's name of its type.
    std::string type;
  };
  llvm::Expected<std::vector<Parameter>> parameters(llvm::StringRef method);

  /// Names of the root object's methods, or of the public functions.
  std::vector<std::string> methods();

  /// Whether `other`, read anew from what this one was made of, is the same
  /// program with the same values of all attributes, as if nothing was called.
  bool isSameProgram(Model &other);

  /// The object's attributes that methods change, by path: as far as methods
  /// were compiled.
  const ObjectState &state() const { return *objectState; }
  /// Gives them values from an earlier `state`.
  void setState(ObjectState state);
  /// The value of any attribute by path; Absent if there is no such attribute.
  Value attribute(llvm::StringRef path);

  mlir::ModuleOp module() { return *source; }

private:
  /// By types of the arguments.
  struct Specialization {
    std::unique_ptr<CompiledMethod> compiled;
    /// Why it cannot be compiled, if that is so.
    std::string reasons;
  };

  /// An attribute that the code of some method takes and returns.
  struct Variable {
    /// Its place in the order in which they were found.
    size_t number = 0;
    /// The number of the last call that wrote it.
    uint64_t writtenAt = 0;
    /// Of a tensor: its sizes; -1 where they differ.
    std::optional<std::vector<int64_t>> sizes;
  };
  using Variables = std::map<std::string, Variable>;

  Model() = default;
  llvm::Expected<std::shared_ptr<Session>>
  prepareTyped(const CallRequest &request);
  llvm::Expected<CompiledMethod *> prepareMethod(const CallRequest &request,
                                                 Matching matching,
                                                 bool givesMemory = false,
                                                 bool onlyBoxed = false);
  llvm::Expected<CompiledMethod *> prepareMemory(const CallRequest &request,
                                                 Matching matching);
  llvm::Error recompile(CompiledMethod &compiled);
  llvm::Expected<mlir::OwningOpRef<mlir::ModuleOp>>
  lower(const CompiledMethod &compiled, const Variables &known,
        const ObjectState &values, bool takesVariables,
        CompileOptions compileOptions);
  llvm::Expected<std::shared_ptr<const CompiledModule>>
  generate(const CompiledMethod &compiled, const Variables &known,
           const ObjectState &values, bool takesVariables);
  void reportFallbacks(const CompiledModule &compiled) const;
  void takeInitialState(mlir::ModuleOp compiled);
  void addVariables(const Signature &signature);
  bool isCurrent(const CompiledMethod &compiled) const;

  std::shared_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> source;
  ModelOptions options;
  /// What the module was given as; compiling changes a module that has input
  /// types.
  Phase phase = Phase::LLVM;
  bool isTyped = true;
  /// Of a module with input types: compiled as a whole.
  std::shared_ptr<const CompiledModule> whole;
  std::map<std::string, std::shared_ptr<Session>> typed;
  /// By method and types of the arguments.
  std::map<std::string, Specialization> specializations;

  /// Held by whoever touches IR: the context has no locks. Before the other.
  std::mutex compiling;
  /// Held while code runs that takes state, and for what follows.
  std::mutex running;
  std::shared_ptr<ObjectState> objectState;
  /// The memory of what is in it by several names.
  std::shared_ptr<SharedTensors> shared;
  /// What `objectState` began with.
  ObjectState initialState;
  Variables variables;
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
