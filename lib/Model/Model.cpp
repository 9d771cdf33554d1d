//===- Model.cpp - A model that runs ------------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Model/Model.h"

#include "InputTypes.h"
#include "State.h"

#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Fallback/Fallback.h"
#include "MiniTorch/Model/Diagnostics.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace llvm;
using namespace minitorch;

char CompileError::ID = 0;

static Error notCompiled(Error error) {
  std::string reasons = "error: ";
  reasons += toString(std::move(error));
  return make_error<CompileError>(std::move(reasons));
}

static bool hasInputTypes(mlir::ModuleOp module) {
  return any_of(module.getOps<mlir::func::FuncOp>(),
                [](mlir::func::FuncOp function) {
                  return function->hasAttr("mt.signature");
                });
}

std::unique_ptr<Model> Model::create(std::shared_ptr<mlir::MLIRContext> context,
                                     mlir::OwningOpRef<mlir::ModuleOp> module,
                                     ModelOptions options) {
  std::unique_ptr<Model> model(new Model);
  model->phase = getReachedPhase(*module);
  model->isTyped = model->phase >= Phase::Contract ||
                   (model->phase == Phase::Functions && hasInputTypes(*module));
  model->context = std::move(context);
  model->source = std::move(module);
  model->options = std::move(options);
  model->options.jit.owner = model->context;
  model->objectState = std::make_shared<ObjectState>();
  return model;
}

Expected<std::unique_ptr<Model>> Model::load(StringRef path,
                                             ModelOptions options) {
  std::shared_ptr<mlir::MLIRContext> context = createContext();
  auto module = loadModule(context.get(), path);
  if (!module)
    return module.takeError();
  return create(std::move(context), std::move(*module), std::move(options));
}

//===----------------------------------------------------------------------===//
// Finding what to call
//===----------------------------------------------------------------------===//

namespace {
struct Method {
  mlir::func::FuncOp function;
  /// Arguments that are not parameters: self.
  unsigned skipped = 0;
};
} // namespace

static Error noMethod(StringRef name, ArrayRef<std::string> known) {
  return createStringError("the model has no method '" + name +
                           "'; it has: " + join(known, ", "));
}

/// A method of the root object, or a public function.
static Expected<Method> findMethod(mlir::ModuleOp module, StringRef name) {
  std::vector<std::string> known;
  mt::ObjectOp root;
  for (auto object : module.getOps<mt::ObjectOp>())
    if (object.getRoot())
      root = object;
  mlir::SymbolTable symbols(module);
  if (root) {
    auto type = symbols.lookup<mt::ClassOp>(root.getClassNameAttr().getAttr());
    if (!type)
      return createStringError("the class of the model's root object is not in "
                               "the file");
    if (auto reference = type.getMethod(name))
      if (auto function =
              symbols.lookup<mlir::func::FuncOp>(reference.getAttr()))
        return Method{function, 1};
    for (auto method : type.getBody().getOps<mt::MethodOp>())
      known.push_back(method.getName().str());
    return noMethod(name, known);
  }
  for (auto function : module.getOps<mlir::func::FuncOp>()) {
    if (!function.isPublic() || function.isExternal())
      continue;
    if (function.getName() == name)
      return Method{function, 0};
    known.push_back(function.getName().str());
  }
  return noMethod(name, known);
}

Expected<std::vector<Model::Parameter>> Model::parameters(StringRef name) {
  auto method = findMethod(*source, name);
  if (!method)
    return method.takeError();
  std::vector<Parameter> result;
  mlir::func::FuncOp function = method->function;
  for (unsigned i = method->skipped; i < function.getNumArguments(); ++i) {
    auto type = defaultType(function, i);
    if (!type)
      return type.takeError();
    auto name = function.getArgAttrOfType<mlir::StringAttr>(i, "mt.name");
    result.push_back({name ? name.str() : "", *type});
  }
  return result;
}

Expected<Session *> Model::prepare(const CallRequest &request,
                                   Matching matching) {
  if (isTyped)
    return prepareTyped(request);
  auto session = prepareMethod(request, matching);
  if (session &&
      (*session)->isForOtherMemory(request.args, request.kwargs, matching))
    return prepareMethod(request, matching, /*givesMemory=*/true);
  return session;
}

Expected<Session *> Model::prepareTyped(const CallRequest &request) {
  std::unique_ptr<Session> &session = sessions[request.method].session;
  if (session)
    return session.get();
  if (!whole) {
    if (phase == Phase::Linalg)
      deriveSignatures(*source);
    DiagnosticCollector diagnostics(context.get());
    CompileOptions compileOptions;
    compileOptions.vectorBits = options.vectorBits;
    compileOptions.fallback = options.allowsFallback;
    compileOptions.afterPhase = options.afterPhase;
    takeInitialState(*source);
    if (failed(compileModule(*source, compileOptions)))
      return make_error<CompileError>(
          diagnostics.text("error: the compilation failed"));
    auto compiled = CompiledModule::create(*source, options.jit);
    if (!compiled)
      return notCompiled(compiled.takeError());
    whole = std::move(*compiled);
    reportFallbacks(*whole);
  }
  // A file with one function has no need of its name.
  bool exists = is_contained(whole->functions(), request.method);
  StringRef name = request.method;
  if (!exists && name == "forward" && whole->functions().size() == 1)
    name = whole->functions().front();
  else if (!exists)
    return noMethod(name, whole->functions());
  auto created = Session::create(whole, name, objectState);
  if (!created)
    return created.takeError();
  session = std::move(*created);
  return session.get();
}

namespace {
/// One way to compile a method for given arguments.
struct Attempt {
  bool isDynamic, fixNumbers, fallback = false;
};
} // namespace

Expected<Session *> Model::prepareMethod(const CallRequest &request,
                                         Matching matching, bool givesMemory) {
  auto method = findMethod(*source, request.method);
  if (!method)
    return method.takeError();
  SmallVector<Attempt> attempts = {
      {options.isDynamic, /*fixNumbers=*/false},
      // A program whose ranks depend on a number's value can only be compiled
      // for that value.
      {options.isDynamic, /*fixNumbers=*/true},
      // A program that raises for these sizes does so when it runs.
      {/*isDynamic=*/true, /*fixNumbers=*/false},
      {/*isDynamic=*/true, /*fixNumbers=*/true}};
  // What only PyTorch can run comes last: nothing loads it until then.
  if (options.allowsFallback)
    for (unsigned i = 0, count = attempts.size(); i < count; ++i) {
      Attempt attempt = attempts[i];
      attempt.fallback = true;
      attempts.push_back(attempt);
    }
  std::string reasons;
  bool triesFallback = false;
  StringSet<> tried;
  for (const Attempt &attempt : attempts) {
    if (attempt.fallback && !hasFallback())
      break;
    InputTypeOptions typeOptions;
    typeOptions.isDynamic = attempt.isDynamic;
    typeOptions.fixNumbers = attempt.fixNumbers;
    typeOptions.matching = matching;
    typeOptions.givesMemory = givesMemory;
    auto types =
        inputTypes(method->function, method->skipped, request, typeOptions);
    if (!types)
      return types.takeError();
    // Which calls one compilation serves.
    typeOptions.givesExamples = false;
    auto general =
        inputTypes(method->function, method->skipped, request, typeOptions);
    if (!general)
      return general.takeError();
    std::string key = request.method + "(" + *general + ")" +
                      (attempt.fallback ? " with fallback" : "");
    if (!tried.insert(key).second)
      continue;
    Specialization &specialization = sessions[key];
    bool isKnown = specialization.session ? isCurrent(specialization)
                                          : !specialization.reasons.empty();
    if (!isKnown) {
      specialization.session = nullptr;
      auto compiled = compile(request.method, *types, attempt.fallback);
      if (compiled) {
        specialization.session = std::move(*compiled);
        specialization.compiledAt = calls;
      } else {
        Error error = compiled.takeError();
        if (!error.isA<CompileError>())
          return std::move(error);
        specialization.reasons = toString(std::move(error));
      }
    }
    if (specialization.session)
      return specialization.session.get();
    // What is wrong with the first attempt is what the caller asked for; with
    // what PyTorch runs left out, if it runs anything.
    bool isFirst = &attempt == &attempts.front();
    if (isFirst || (attempt.fallback && !triesFallback))
      reasons = specialization.reasons;
    triesFallback |= attempt.fallback;
  }
  return make_error<CompileError>(reasons);
}

//===----------------------------------------------------------------------===//
// Compiling and calling
//===----------------------------------------------------------------------===//

Expected<std::unique_ptr<Session>>
Model::compile(StringRef method, StringRef inputs, bool fallback) {
  for (const auto &entry : written)
    setAttributeOfRoot(*source, entry.first, (*objectState)[entry.first]);
  // The weights are resources of the context, which a clone shares.
  mlir::OwningOpRef<mlir::ModuleOp> module(source->clone());
  DiagnosticCollector diagnostics(context.get());
  CompileOptions compileOptions;
  compileOptions.method = method.str();
  compileOptions.inputs = inputs.str();
  compileOptions.vectorBits = options.vectorBits;
  compileOptions.fallback = fallback;
  compileOptions.afterPhase = [&](Phase phase, mlir::ModuleOp current) {
    if (phase == Phase::Functions)
      takeInitialState(current);
    if (options.afterPhase)
      options.afterPhase(phase, current);
  };
  if (failed(compileModule(*module, compileOptions)))
    return make_error<CompileError>(
        diagnostics.text("error: the compilation failed"));
  auto compiled = CompiledModule::create(*module, options.jit);
  if (!compiled)
    return notCompiled(compiled.takeError());
  std::shared_ptr<const CompiledModule> shared = std::move(*compiled);
  reportFallbacks(*shared);
  return Session::create(shared, method, objectState);
}

void Model::reportFallbacks(const CompiledModule &compiled) const {
  if (options.onFallback)
    for (const auto &[name, place] : compiled.fallbacks())
      options.onFallback(name, place);
}

void Model::takeInitialState(mlir::ModuleOp compiled) {
  compiled.walk([&](mlir::FunctionOpInterface function) {
    auto state = function->getAttrOfType<mlir::ArrayAttr>("mt.state");
    for (mlir::Attribute entry :
         state ? state.getValue() : ArrayRef<mlir::Attribute>()) {
      auto attribute = dyn_cast<mlir::DictionaryAttr>(entry);
      auto path = attribute ? attribute.getAs<mlir::StringAttr>("path")
                            : mlir::StringAttr();
      // What an earlier call left stays.
      if (path && !objectState->count(path.str()))
        (*objectState)[path.str()] = valueOf(attribute.get("value"));
    }
  });
}

Expected<CallResult> Model::call(const CallRequest &request,
                                 Matching matching) {
  auto session = prepare(request, matching);
  if (!session)
    return session.takeError();
  auto result = (*session)->call(request.args, request.kwargs, matching);
  ++calls;
  if (result && !result->exception)
    for (const Signature::Named &attribute : (*session)->signature().state)
      written[attribute.name] = calls;
  return result;
}

bool Model::isCurrent(const Specialization &specialization) const {
  const Signature &signature = specialization.session->signature();
  return all_of(written, [&](const auto &entry) {
    return entry.second <= specialization.compiledAt ||
           any_of(signature.state, [&](const Signature::Named &attribute) {
             return attribute.name == entry.first;
           });
  });
}

Value Model::attribute(StringRef path) {
  auto found = objectState->find(path.str());
  if (found != objectState->end())
    return found->second;
  return attributeOfRoot(*source, path);
}
