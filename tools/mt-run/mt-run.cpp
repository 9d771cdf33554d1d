//===- mt-run.cpp - Runs a model on inputs from a file ------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Options.h"
#include "Profile.h"

#include "MiniTorch-c/Runtime.h"
#include "MiniTorch/Model/Model.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IR/Module.h"

#include <algorithm>
#include <csignal>
#include <map>
#include <unistd.h>

using namespace llvm;
using namespace minitorch;

//===----------------------------------------------------------------------===//
// Exit status
//===----------------------------------------------------------------------===//

enum ExitStatus {
  Done = 0,
  ProgramRaised = 1,
  BadInput = 2,
  CannotCompile = 3,
  InternalError = 70,
};

static int report(Error error) {
  int status = error.isA<CompileError>() ? CannotCompile : BadInput;
  std::string text = toString(std::move(error));
  if (!StringRef(text).contains("error: "))
    errs() << "error: ";
  errs() << text << "\n";
  return status;
}

static void reportRaised(const Exception &exception) {
  errs() << exception.type << ": " << exception.message << "\n";
  SmallVector<StringRef> lines;
  StringRef(exception.location).split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef line : lines)
    errs() << "  at " << line << "\n";
}

/// Whatever ends the process now is a defect of ours, not of the input.
static void onSignal(int) {
  static const char text[] = "mt-run: internal error; please report it\n";
  [[maybe_unused]] ssize_t written = write(2, text, sizeof(text) - 1);
  _exit(InternalError);
}

static void installHandlers() {
  static char stack[64 * 1024];
  stack_t alternate = {};
  alternate.ss_sp = stack;
  alternate.ss_size = sizeof(stack);
  sigaltstack(&alternate, nullptr);
  struct sigaction action = {};
  action.sa_handler = onSignal;
  action.sa_flags = SA_ONSTACK;
  for (int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT})
    sigaction(signal, &action, nullptr);
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

static Options options;
static Profile profile;

/// Values have the names that the source gives them.
static mlir::OpPrintingFlags withNames() {
  return mlir::OpPrintingFlags().printNameLocAsPrefix();
}

/// Options of the compiler, with what watches it.
static ModelOptions modelOptions() {
  ModelOptions result;
  result.isDynamic = options.isDynamic;
  result.allowsFallback = options.allowsFallback;
  result.onFallback = [](StringRef name, StringRef place) {
    static StringSet<> known;
    if (!known.insert(name).second)
      return;
    if (!place.empty())
      errs() << place << ": ";
    errs() << "warning: '" << name
           << "' has no lowering; PyTorch runs it (--no-fallback refuses it)\n";
  };
  result.afterPhase = [](Phase phase, mlir::ModuleOp module) {
    profile.mark(("compile: " + getPhaseName(phase)).str());
    if (options.dumpStage == getPhaseName(phase))
      module->print(outs(), withNames());
  };
  result.jit.beforeOptimization = [](const Module &module) {
    profile.mark("compile: llvm-ir");
    if (options.dumpStage == "llvm-ir")
      outs() << module;
  };
  result.jit.afterOptimization = [](const Module &module) {
    profile.mark("compile: llvm-ir-optimized");
    if (options.dumpStage == "llvm-ir-optimized")
      outs() << module;
  };
  return result;
}

/// Copies values with their tensors, as a program may change its arguments;
/// what is one tensor stays one.
namespace {
class Copier {
public:
  minitorch::Value copy(const minitorch::Value &value) {
    minitorch::Value result = value;
    if (value.isTensor())
      result.tensor = copy(value.tensor);
    for (minitorch::Value &item : result.items)
      item = copy(item);
    return result;
  }

private:
  TensorRef copy(const TensorRef &tensor) {
    TensorRef &result = copies[tensor.get()];
    if (result)
      return result;
    result = Tensor::allocate(tensor->dtype, tensor->sizes);
    if (result)
      result->copyFrom(*tensor);
    else
      result = tensor;
    return result;
  }

  std::map<const Tensor *, TensorRef> copies;
};
} // namespace

/// Calls again and prints the times; what these calls do is not kept.
static Error timeCall(Model &model, CallRequest request, Matching matching) {
  unsigned count = options.repetitions;
  Copier copier;
  for (minitorch::Value &argument : request.args)
    argument = copier.copy(argument);
  for (auto &argument : request.kwargs)
    argument.second = copier.copy(argument.second);
  ObjectState kept = model.state();
  std::vector<double> times;
  for (unsigned i = 0; i < count; ++i) {
    auto start = std::chrono::steady_clock::now();
    auto result = model.call(request, matching);
    auto end = std::chrono::steady_clock::now();
    if (!result)
      return result.takeError();
    times.push_back(
        std::chrono::duration<double, std::milli>(end - start).count());
  }
  model.setState(std::move(kept));
  llvm::sort(times);
  errs() << format("time of %s: median %.4f ms, min %.4f ms, max %.4f ms (%u "
                   "calls)\n",
                   request.method.c_str(), times[count / 2], times.front(),
                   times.back(), count);
  return Error::success();
}

static Error write(const Requests &requests, const Responses &responses) {
  if (options.output.empty())
    return Error::success();
  // An exception has no plain form.
  bool isPlain = !requests.isFull && !responses.calls[0].exception;
  return isPlain ? writePlainResult(options.output, responses.calls[0].result)
                 : writeResponses(options.output, responses);
}

static Expected<int> run(Model &model, const Requests &requests) {
  Matching matching = requests.isFull ? Matching::Strict : Matching::Plain;
  Responses responses;
  int status = Done;
  for (const CallRequest &request : requests.calls) {
    auto session = model.prepare(request, matching);
    if (!session)
      return session.takeError();
    profile.mark("compile: code");
    auto result = model.call(request, matching);
    if (!result)
      return result.takeError();
    profile.mark("call: " + request.method);
    // As they are now; later calls may change them again. A result may be an
    // argument.
    for (auto &[place, tensor] : result->changed)
      tensor = Copier().copy(minitorch::Value::ofTensor(tensor)).tensor;
    result->result = Copier().copy(result->result);
    // The text of a program that the file has no place for is its output.
    if (!requests.isFull)
      outs() << result->output;
    if (result->exception) {
      reportRaised(*result->exception);
      status = ProgramRaised;
    } else if (options.repetitions) {
      if (Error error = timeCall(model, request, matching))
        return std::move(error);
      profile.mark("timing");
    }
    responses.calls.push_back(std::move(*result));
  }
  for (const std::string &path : requests.wantState) {
    minitorch::Value value = model.attribute(path);
    if (value.kind == minitorch::Value::Kind::Absent)
      return createStringError("the model has no attribute '" + path + "'");
    responses.state.emplace_back(path, std::move(value));
  }
  if (Error error = write(requests, responses))
    return std::move(error);
  profile.mark("write");
  return status;
}

static Expected<int> runTool() {
  auto model = Model::load(options.model, modelOptions());
  if (!model)
    return model.takeError();
  profile.mark("load");
  scope_exit explainBoxed([&] {
    if (options.explainsBoxed)
      errs() << (*model)->explain();
  });
  if (options.inputs.empty()) {
    // Nothing to specialize for: what the file has.
    CallRequest request;
    request.method = options.method;
    if (options.dumpStage == "import") {
      (*model)->module()->print(outs(), withNames());
      return Done;
    }
    auto session = (*model)->prepare(request);
    return session ? Expected<int>(Done) : session.takeError();
  }
  auto requests = readRequests(options.inputs, options.method);
  if (!requests)
    return requests.takeError();
  profile.mark("read inputs");
  return run(**model, *requests);
}

int main(int argc, char **argv) {
  installHandlers();
  auto parsed = Options::parse(argc, argv);
  if (!parsed)
    return report(parsed.takeError());
  options = std::move(*parsed);
  if (options.showHelp) {
    printHelp(outs());
    return Done;
  }
  mtrt_set_threads(static_cast<int>(options.threads));
  auto status = runTool();
  if (options.showProfile)
    profile.print(errs());
  return status ? *status : report(status.takeError());
}
