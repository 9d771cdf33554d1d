//===- Functions.cpp - Functions compiled on first use ------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Functions.h"

#include "MiniTorch-c/Functions.h"
#include "MiniTorch/Dialect/Mt/IR/TypeNames.h"
#include "MiniTorch/ExecutionEngine/BoxedValues.h"
#include "MiniTorch/Model/Model.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringMap.h"

#include <cstring>
#include <mutex>

using namespace llvm;
using namespace minitorch;

namespace {
/// A function on boxed values: a model, which compiles it for the types of each
/// call.
struct Function {
  std::unique_ptr<Model> model;
  /// TorchScript's names.
  std::vector<std::string> resultTypes;
};

/// All that were called in this process, by their text.
class Functions {
public:
  /// The code for a call; fills `function`.
  Expected<std::shared_ptr<Session>>
  prepare(StringRef text, const CallRequest &request, Function *&function);

private:
  Expected<Function *> find(StringRef text);

  /// The compiler works for one caller at a time.
  std::mutex mutex;
  std::shared_ptr<mlir::MLIRContext> context;
  StringMap<std::unique_ptr<Function>> functions;
};
} // namespace

Expected<Function *> Functions::find(StringRef text) {
  std::unique_ptr<Function> &function = functions[text];
  if (function)
    return function.get();
  if (!context)
    context = createContext();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, context.get());
  if (!module)
    return createStringError("the text of a function is malformed");
  auto made = std::make_unique<Function>();
  for (auto func : module->getOps<mlir::func::FuncOp>())
    for (mlir::Type type : func.getResultTypes())
      made->resultTypes.push_back(mt::getTypeName(type));
  ModelOptions options;
  // One form for all sizes.
  options.isDynamic = true;
  // It is the boxed form that calls.
  options.allowsBoxed = false;
  made->model = Model::create(context, std::move(module), options);
  function = std::move(made);
  return function.get();
}

Expected<std::shared_ptr<Session>>
Functions::prepare(StringRef text, const CallRequest &request,
                   Function *&function) {
  std::lock_guard<std::mutex> guard(mutex);
  auto found = find(text);
  if (!found)
    return found.takeError();
  function = *found;
  return function->model->prepare(request);
}

static char *copyText(StringRef text) {
  auto *copy = static_cast<char *>(std::malloc(text.size() + 1));
  if (copy) {
    std::memcpy(copy, text.data(), text.size());
    copy[text.size()] = 0;
  }
  return copy;
}

static int fail(mtrt_function_error *error, StringRef type, StringRef message) {
  error->type = copyText(type);
  error->message = copyText(message);
  return MTRT_RAISED;
}

/// Whether the call would write to a constant of the program.
static bool writesConstant(const CallResult &result, BoxedTensors &tensors) {
  return any_of(result.changed, [&](const auto &entry) {
    mtrt_object *object = tensors.write(entry.second);
    auto *tensor = reinterpret_cast<mtrt_tensor *>(object);
    bool isConstant =
        object && tensor->storage->object.extra == MTRT_STORAGE_CONSTANT;
    mtrt_object_release(object);
    return isConstant;
  });
}

static int callFunction(mtrt_object *text, int64_t count,
                        const mtrt_value *operands, int64_t numResults,
                        mtrt_value *results, mtrt_function_error *error) {
  // Never destroyed: code may run until the process ends.
  static Functions &functions = *new Functions;
  auto *str = reinterpret_cast<mtrt_str *>(text);
  BoxedTensors tensors;
  BoxedReader reader(tensors);
  CallRequest request;
  request.method = "forward";
  for (int64_t i = 0; i < count; ++i)
    request.args.push_back(reader.read(operands[i]));
  Function *function = nullptr;
  auto session = functions.prepare(
      StringRef(str->data, static_cast<size_t>(str->size)), request, function);
  if (!session)
    return fail(error, "CompileError", toString(session.takeError()));
  auto result = (*session)->call(request.args);
  if (!result)
    return fail(error, "RuntimeError", toString(result.takeError()));
  if (result->exception)
    return fail(error, result->exception->type, result->exception->message);
  if (writesConstant(*result, tensors))
    return fail(error, "RuntimeError",
                "the program writes to a tensor that is a constant of the "
                "model, which is not supported");
  if (numResults == 0)
    return MTRT_OK;
  bool isOne = function->resultTypes.size() == 1;
  for (auto [i, type] : enumerate(function->resultTypes)) {
    auto value = BoxedWriter("a result", tensors)
                     .write(type, isOne ? result->result
                                        : result->result.items[i]);
    if (!value) {
      for (size_t j = 0; j < i; ++j)
        mtrt_value_release(results[j].tag, results[j].bits);
      return fail(error, "RuntimeError", toString(value.takeError()));
    }
    results[i] = *value;
  }
  return MTRT_OK;
}

void minitorch::installFunctionCaller() {
  mtrt_set_function_caller(callFunction);
}
