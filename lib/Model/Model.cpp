//===- Model.cpp - A model that runs ------------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Model/Model.h"

#include "Functions.h"
#include "InputTypes.h"
#include "State.h"
#include "Variables.h"

#include "MiniTorch/Dialect/Mt/IR/MtAttributes.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeNames.h"
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
                  return function->hasAttr(mt::signatureAttrName);
                });
}

std::unique_ptr<Model> Model::create(std::shared_ptr<mlir::MLIRContext> context,
                                     mlir::OwningOpRef<mlir::ModuleOp> module,
                                     ModelOptions options) {
  installFunctionCaller();
  std::unique_ptr<Model> model(new Model);
  model->phase = getReachedPhase(*module);
  model->isTyped = model->phase >= Phase::Contract ||
                   (model->phase == Phase::Functions && hasInputTypes(*module));
  model->context = std::move(context);
  model->source = std::move(module);
  model->options = std::move(options);
  model->options.jit.owner = model->context;
  model->objectState = std::make_shared<ObjectState>();
  model->shared = std::make_shared<SharedTensors>();
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

/// The root object's class; null if there is no such object.
static Expected<mt::ClassOp> findRootClass(mlir::ModuleOp module) {
  for (auto object : module.getOps<mt::ObjectOp>()) {
    if (!object.getRoot())
      continue;
    mlir::SymbolTable symbols(module);
    if (auto type =
            symbols.lookup<mt::ClassOp>(object.getClassNameAttr().getAttr()))
      return type;
    return createStringError("the class of the model's root object is not in "
                             "the file");
  }
  return mt::ClassOp();
}

static std::vector<std::string> methodNames(mlir::ModuleOp module,
                                            mt::ClassOp rootClass) {
  std::vector<std::string> names;
  if (rootClass) {
    for (auto method : rootClass.getBody().getOps<mt::MethodOp>())
      names.push_back(method.getName().str());
    return names;
  }
  for (auto function : module.getOps<mlir::func::FuncOp>())
    if (function.isPublic() && !function.isExternal())
      names.push_back(function.getName().str());
  return names;
}

/// A method of the root object, or a public function.
static Expected<Method> findMethod(mlir::ModuleOp module, StringRef name) {
  auto rootClass = findRootClass(module);
  if (!rootClass)
    return rootClass.takeError();
  std::vector<std::string> names = methodNames(module, *rootClass);
  if (is_contained(names, name)) {
    mlir::SymbolTable symbols(module);
    StringRef symbol =
        *rootClass ? rootClass->getMethod(name).getValue() : name;
    if (auto function = symbols.lookup<mlir::func::FuncOp>(symbol))
      return Method{function, *rootClass ? 1u : 0u};
  }
  return noMethod(name, names);
}

std::vector<std::string> Model::methods() {
  std::lock_guard<std::mutex> guard(compiling);
  auto rootClass = findRootClass(*source);
  if (rootClass)
    return methodNames(*source, *rootClass);
  consumeError(rootClass.takeError());
  return {};
}

Expected<std::vector<Model::Parameter>> Model::parameters(StringRef name) {
  std::lock_guard<std::mutex> guard(compiling);
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
    result.push_back({name ? name.str() : "", *type,
                      mt::getTypeName(function.getArgumentTypes()[i])});
  }
  return result;
}

Expected<std::shared_ptr<Session>> Model::prepare(const CallRequest &request,
                                                  Matching matching) {
  if (isTyped)
    return prepareTyped(request);
  auto compiled = prepareMemory(request, matching);
  if (!compiled)
    return compiled.takeError();
  return (*compiled)->prepare();
}

Expected<Model::CompiledMethod *>
Model::prepareMemory(const CallRequest &request, Matching matching) {
  auto compiled = prepareMethod(request, matching);
  if (compiled && (*compiled)->session->isForOtherMemory(
                      request.args, request.kwargs, matching))
    return prepareMethod(request, matching, /*givesMemory=*/true);
  return compiled;
}

Expected<std::shared_ptr<Session>>
Model::prepareTyped(const CallRequest &request) {
  std::shared_ptr<Session> &session = typed[request.method];
  if (session)
    return session;
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
  return session;
}

namespace {
/// How the arguments of a call are described to a typed form.
struct TypedChoice {
  bool isDynamic, fixNumbers;
};
} // namespace

Expected<Model::CompiledMethod *>
Model::prepareMethod(const CallRequest &request, Matching matching,
                     bool givesMemory, bool onlyBoxed) {
  auto method = findMethod(*source, request.method);
  if (!method)
    return method.takeError();
  const TypedChoice choices[] = {
      {options.isDynamic, /*fixNumbers=*/false},
      // A program whose ranks depend on a number's value can only be compiled
      // for that value.
      {options.isDynamic, /*fixNumbers=*/true},
      // A program that raises for these sizes does so when it runs.
      {/*isDynamic=*/true, /*fixNumbers=*/false},
      {/*isDynamic=*/true, /*fixNumbers=*/true}};
  FormOptions formOptions;
  formOptions.numTyped = onlyBoxed ? 0 : std::size(choices);
  formOptions.allowsBoxed = options.allowsBoxed;
  formOptions.allowsFallback = options.allowsFallback;
  std::vector<Refusal> refusals;
  StringSet<> tried;
  for (const Form &form : orderForms(formOptions)) {
    if (!isAvailable(form))
      continue;
    const MethodOptions &how = form.options;
    InputTypeOptions typeOptions;
    typeOptions.isDynamic = how.isBoxed || choices[form.choice].isDynamic;
    typeOptions.fixNumbers = !how.isBoxed && choices[form.choice].fixNumbers;
    typeOptions.matching = matching;
    typeOptions.givesMemory = givesMemory;
    typeOptions.isBoxed = how.isBoxed;
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
                      (how.allowsFallback ? " with fallback" : "") +
                      (how.isBoxed ? " boxed" : "") +
                      (how.raisesUnsupported ? " raising" : "");
    if (!tried.insert(key).second)
      continue;
    Specialization &specialization = specializations[key];
    if (specialization.compiled) {
      auto session = specialization.compiled->prepare();
      if (!session)
        return session.takeError();
    } else if (specialization.reasons.empty()) {
      auto compiled = compile(request.method, *types, how);
      if (compiled) {
        specialization.compiled = std::move(*compiled);
        specialization.compiled->refusals = refusals;
      } else {
        Error error = compiled.takeError();
        if (!error.isA<CompileError>())
          return std::move(error);
        specialization.reasons = toString(std::move(error));
      }
    }
    if (specialization.compiled)
      return specialization.compiled.get();
    refusals.push_back({form, *types, specialization.reasons});
  }
  return make_error<CompileError>(getBestReasons(refusals).str());
}

//===----------------------------------------------------------------------===//
// Compiling and calling
//===----------------------------------------------------------------------===//

Expected<std::unique_ptr<Model::CompiledMethod>>
Model::compile(StringRef method, StringRef inputs, MethodOptions how) {
  std::unique_ptr<CompiledMethod> compiled(
      new CompiledMethod(*this, method.str(), inputs.str(), how));
  std::lock_guard<std::mutex> guard(compiling);
  if (Error error = recompile(*compiled))
    return std::move(error);
  return std::move(compiled);
}

Expected<std::unique_ptr<Model::CompiledMethod>>
Model::compileFirst(StringRef method, const FormInputs &inputs) {
  FormOptions formOptions;
  formOptions.numTyped = inputs.typed.size();
  formOptions.allowsBoxed = inputs.boxed.has_value();
  formOptions.allowsFallback = inputs.allowsFallback;
  formOptions.allowsRaising = inputs.allowsRaising;
  std::vector<Refusal> refusals;
  for (const Form &form : orderForms(formOptions)) {
    if (!isAvailable(form))
      continue;
    const std::string &types =
        form.options.isBoxed ? *inputs.boxed : inputs.typed[form.choice];
    auto compiled = compile(method, types, form.options);
    if (compiled) {
      (*compiled)->refusals = std::move(refusals);
      return std::move(*compiled);
    }
    refusals.push_back({form, types, toString(compiled.takeError())});
  }
  return make_error<CompileError>(getBestReasons(refusals).str());
}

Error Model::recompile(CompiledMethod &compiled) {
  ObjectState values;
  Variables known;
  uint64_t compiledAt;
  {
    std::lock_guard<std::mutex> guard(running);
    values = *objectState;
    known = variables;
    compiledAt = calls;
  }
  // A program may need the value of an attribute (a flag, a dim) to be
  // compiled: then it has it as a constant until it is written again.
  bool takesVariables = true;
  auto code = generate(compiled, known, values, takesVariables);
  if (!code && !known.empty()) {
    consumeError(code.takeError());
    takesVariables = false;
    code = generate(compiled, known, values, takesVariables);
  }
  // State has become what only the boxed form takes: a tensor of another rank.
  if (!code && compiled.wasCompiled && !compiled.options.isBoxed &&
      options.allowsBoxed) {
    compiled.options.isBoxed = true;
    takesVariables = !known.empty();
    auto boxed = generate(compiled, known, values, takesVariables);
    if (boxed) {
      compiled.refusals.push_back(
          {{}, compiled.givenInputs, toString(code.takeError())});
      code = std::move(boxed);
    } else {
      consumeError(boxed.takeError());
      compiled.options.isBoxed = false;
    }
  }
  if (!code)
    return code.takeError();
  auto session = Session::create(*code, compiled.method, objectState);
  if (!session)
    return session.takeError();
  if (!compiled.session) {
    reportFallbacks(**code);
    compiled.calledFallbacks = (*code)->fallbacks();
  }
  std::lock_guard<std::mutex> guard(running);
  compiled.session = std::move(*session);
  compiled.wasCompiled = true;
  compiled.knownVariables = known.size();
  compiled.takesVariables = takesVariables;
  compiled.compiledAt = compiledAt;
  addVariables(compiled.session->signature());
  return Error::success();
}

/// Takes the source with the present values as far as `options.compileTo`.
Expected<mlir::OwningOpRef<mlir::ModuleOp>>
Model::lower(const CompiledMethod &compiled, const Variables &known,
             const ObjectState &values, bool takesVariables,
             CompileOptions compileOptions) {
  // The weights are resources of the context, which a clone shares.
  mlir::OwningOpRef<mlir::ModuleOp> module(source->clone());
  VariableSizes taken;
  for (const auto &[path, variable] : known) {
    if (variable.writtenAt)
      setAttributeOfRoot(*module, path, values.at(path));
    if (takesVariables)
      taken[path] = variable.sizes;
  }
  if (!taken.empty()) {
    auto method = findMethod(*module, compiled.method);
    if (!method)
      return method.takeError();
    writeBack(*module, method->function, taken);
  }
  compileOptions.method = compiled.method;
  compileOptions.inputs = compiled.givenInputs;
  compileOptions.vectorBits = options.vectorBits;
  compileOptions.fallback = compiled.options.allowsFallback;
  compileOptions.boxed = compiled.options.isBoxed;
  compileOptions.raisesUnsupported = compiled.options.raisesUnsupported;
  auto isSupported = mlir::success();
  auto afterPhase = std::move(compileOptions.afterPhase);
  compileOptions.afterPhase = [&](Phase phase, mlir::ModuleOp current) {
    if (phase == Phase::Functions) {
      takeInitialState(current);
      keepVariables(current, taken);
    }
    if (phase == Phase::Contract)
      isSupported = checkStateTypes(current);
    if (afterPhase)
      afterPhase(phase, current);
  };
  DiagnosticCollector diagnostics(context.get());
  if (failed(compileModule(*module, compileOptions)) || failed(isSupported))
    return make_error<CompileError>(
        diagnostics.text("error: the compilation failed"));
  return std::move(module);
}

Expected<std::shared_ptr<const CompiledModule>>
Model::generate(const CompiledMethod &compiled, const Variables &known,
                const ObjectState &values, bool takesVariables) {
  CompileOptions compileOptions;
  compileOptions.afterPhase = options.afterPhase;
  auto module =
      lower(compiled, known, values, takesVariables, std::move(compileOptions));
  if (!module)
    return module.takeError();
  auto code = CompiledModule::create(**module, options.jit);
  if (!code)
    return notCompiled(code.takeError());
  return std::move(*code);
}

std::string Model::explain(const CompiledMethod &compiled) {
  std::lock_guard<std::mutex> guard(compiling);
  ObjectState values;
  Variables known;
  bool takesVariables;
  {
    std::lock_guard<std::mutex> guard(running);
    values = *objectState;
    known = variables;
    takesVariables = compiled.takesVariables;
  }
  std::string text = explainForm(compiled.method, compiled.givenInputs,
                                 compiled.options, compiled.refusals);
  CompileOptions compileOptions;
  compileOptions.compileTo = Phase::Linalg;
  compileOptions.explainsBoxed = true;
  DiagnosticCollector remarks(context.get(), mlir::DiagnosticSeverity::Remark);
  auto module =
      lower(compiled, known, values, takesVariables, std::move(compileOptions));
  // Other values of attributes may need another form, as the next call will
  // find out.
  if (!module)
    consumeError(module.takeError());
  std::string found =
      remarks.text(compiled.options.isBoxed ? "every tensor is an object"
                                            : "no value is an object");
  SmallVector<StringRef> lines;
  StringRef(found).split(lines, '\n');
  for (StringRef line : lines)
    text += ("  " + line + "\n").str();
  return text;
}

std::string Model::explain() {
  if (isTyped)
    return "the file has input types: compiled as it is\n";
  std::string text;
  for (const auto &[key, specialization] : specializations)
    if (specialization.compiled)
      text += explain(*specialization.compiled);
  return text;
}

Error Model::print(raw_ostream &os, const CompileOptions &compileOptions,
                   const mlir::OpPrintingFlags &flags) {
  std::lock_guard<std::mutex> guard(compiling);
  mlir::OwningOpRef<mlir::ModuleOp> module(source->clone());
  DiagnosticCollector diagnostics(context.get());
  if (failed(compileModule(*module, compileOptions)))
    return make_error<CompileError>(
        diagnostics.text("the program cannot be compiled"));
  (*module)->print(os, flags);
  return Error::success();
}

void Model::reportFallbacks(const CompiledModule &compiled) const {
  if (options.onFallback)
    for (const auto &[name, place] : compiled.fallbacks())
      options.onFallback(name, place);
}

//===----------------------------------------------------------------------===//
// State
//===----------------------------------------------------------------------===//

void Model::takeInitialState(mlir::ModuleOp compiled) {
  std::lock_guard<std::mutex> guard(running);
  compiled.walk([&](mlir::FunctionOpInterface function) {
    auto state = function->getAttrOfType<mlir::ArrayAttr>("mt.state");
    ArrayRef<mlir::Attribute> entries =
        state ? state.getValue() : ArrayRef<mlir::Attribute>();
    auto types = function.getArgumentTypes();
    if (types.size() < entries.size())
      return;
    for (auto [entry, type] : zip(entries, types.take_back(entries.size()))) {
      auto attribute = dyn_cast<mlir::DictionaryAttr>(entry);
      auto path = attribute ? attribute.getAs<mlir::StringAttr>("path")
                            : mlir::StringAttr();
      // What an earlier call left stays.
      if (!path || objectState->count(path.str()))
        continue;
      // The function may take it as something wider.
      mlir::Type declared = attributeTypeOfRoot(*source, path);
      Value value =
          valueOf(attribute.get("value"), declared ? declared : type, *source);
      if (auto places = attribute.getAs<mlir::ArrayAttr>("places"))
        shared->place(value, places);
      initialState[path.str()] = value;
      (*objectState)[path.str()] = std::move(value);
    }
  });
}

void Model::addVariables(const Signature &signature) {
  for (const Signature::Named &attribute : signature.state) {
    auto [found, isNew] = variables.try_emplace(attribute.name);
    Variable &variable = found->second;
    if (isNew)
      variable.number = variables.size() - 1;
    if (attribute.type.kind == ValueType::Kind::Tensor)
      joinSizes(variable.sizes, attribute.type.shape);
  }
}

/// Whether the code takes and returns the attribute.
static bool takes(const Session &session, StringRef path) {
  return any_of(session.signature().state,
                [&](const Signature::Named &attribute) {
                  return attribute.name == path;
                });
}

bool Model::isCurrent(const CompiledMethod &compiled) const {
  return compiled.session && all_of(variables, [&](const auto &entry) {
           const Variable &variable = entry.second;
           return variable.writtenAt <= compiled.compiledAt ||
                  (compiled.takesVariables &&
                   variable.number < compiled.knownVariables) ||
                  takes(*compiled.session, entry.first);
         });
}

void Model::setState(ObjectState state) {
  std::lock_guard<std::mutex> guard(running);
  *objectState = std::move(state);
  ++calls;
  for (auto &entry : variables)
    entry.second.writtenAt = calls;
}

Value Model::attribute(StringRef path) {
  auto found = objectState->find(path.str());
  if (found != objectState->end())
    return found->second;
  return attributeOfRoot(*source, path);
}

bool Model::isSameProgram(Model &other) {
  std::lock_guard<std::mutex> guard(compiling);
  if (!haveSameObjects(*source, *other.source))
    return false;
  // The IR refers to weights where they lie; state is a copy of what was there.
  std::lock_guard<std::mutex> stateGuard(running);
  return all_of(initialState, [&](const auto &entry) {
    return areSameBits(attributeOfRoot(*source, entry.first), entry.second);
  });
}

//===----------------------------------------------------------------------===//
// Calling
//===----------------------------------------------------------------------===//

Expected<std::shared_ptr<Session>> Model::CompiledMethod::prepare() {
  {
    std::lock_guard<std::mutex> guard(model.running);
    if (model.isCurrent(*this))
      return session;
  }
  std::lock_guard<std::mutex> guard(model.compiling);
  {
    // Another thread may have done it.
    std::lock_guard<std::mutex> guard(model.running);
    if (model.isCurrent(*this))
      return session;
  }
  if (Error error = model.recompile(*this))
    return std::move(error);
  std::lock_guard<std::mutex> stateGuard(model.running);
  return session;
}

Expected<std::optional<CallResult>>
Model::CompiledMethod::call(const std::shared_ptr<Session> &prepared,
                            ArrayRef<Value> args, const NamedValues &kwargs,
                            Matching matching) {
  std::unique_lock<std::mutex> lock(model.running);
  if (prepared != session || !model.isCurrent(*this))
    return std::nullopt;
  const std::vector<Signature::Named> &state = prepared->signature().state;
  if (state.empty()) {
    // Nothing that a call of another thread could change.
    lock.unlock();
    auto result = prepared->call(args, kwargs, matching);
    if (!result)
      return result.takeError();
    return std::move(*result);
  }

  std::vector<Value> before;
  for (const Signature::Named &attribute : state)
    before.push_back((*model.objectState)[attribute.name]);
  auto result = prepared->call(args, kwargs, matching);
  if (!result) {
    Error error = result.takeError();
    if (!error.isA<StateTypeError>() || compiledAt == model.calls)
      return std::move(error);
    // Another method wrote tensors of other sizes: compile for both.
    consumeError(std::move(error));
    for (auto [attribute, value] : zip(state, before))
      if (value.isTensor())
        joinSizes(model.variables[attribute.name].sizes, value.tensor->sizes);
    session = nullptr;
    return std::nullopt;
  }
  ++model.calls;
  // Code that has a number as a constant serves as long as it is that.
  for (auto [attribute, old] : zip(state, before))
    if (attribute.type.kind == ValueType::Kind::Tensor ||
        attribute.type.kind == ValueType::Kind::Boxed ||
        !areSameBits((*model.objectState)[attribute.name], old))
      model.variables[attribute.name].writtenAt = model.calls;
  return std::move(*result);
}

Expected<CallResult> Model::call(const CallRequest &request,
                                 Matching matching) {
  if (isTyped) {
    auto session = prepareTyped(request);
    if (!session)
      return session.takeError();
    return (*session)->call(request.args, request.kwargs, matching);
  }
  // Whatever a typed form was compiled for.
  bool isBoxed = false;
  while (true) {
    auto compiled = isBoxed ? prepareMethod(request, matching,
                                            /*givesMemory=*/false, isBoxed)
                            : prepareMemory(request, matching);
    if (!compiled)
      return compiled.takeError();
    auto session = (*compiled)->prepare();
    if (!session)
      return session.takeError();
    auto result =
        (*compiled)->call(*session, request.args, request.kwargs, matching);
    if (!result && options.allowsBoxed && !isBoxed &&
        (result.errorIsA<AssumptionError>() ||
         result.errorIsA<ArgumentMemoryError>())) {
      consumeError(result.takeError());
      isBoxed = true;
      continue;
    }
    if (!result)
      return result.takeError();
    if (*result)
      return std::move(**result);
  }
}
