//===- Functions.cpp - Functions compiled on first use ------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Functions.h"

#include "Layouts.h"

#include "MiniTorch-c/Functions.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/TypeNames.h"
#include "MiniTorch/ExecutionEngine/BoxedValues.h"
#include "MiniTorch/ExecutionEngine/DirectCall.h"
#include "MiniTorch/Model/Model.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/StringMap.h"

#include <array>
#include <atomic>
#include <cmath>
#include <cstring>
#include <limits>
#include <mutex>

using namespace llvm;
using namespace minitorch;

namespace {
/// A function at one level of optimization: a model, which compiles it for the
/// types of each call.
struct Code {
  /// For any sizes, and for those of each call.
  std::unique_ptr<Model> dynamic, fixed;
  /// Of the forms that were called so far; a reader sees the first `numDirect`.
  std::array<std::unique_ptr<DirectCall>, 16> direct;
  std::atomic<unsigned> numDirect = 0;
  std::mutex adding;

  const DirectCall *findDirect(ArrayRef<mtrt_value> operands) const;
  void addDirect(const std::shared_ptr<Session> &session);
};

/// A function on boxed values.
struct Function {
  std::string text;
  /// For calls that compute little, of which compiling is most of the work;
  /// and for others. Which it is depends on the sizes alone: the same call
  /// gives the same bits.
  Code quick, thorough;
  /// TorchScript's names.
  std::vector<std::string> resultTypes;
  ResultLayout layout;
  /// Arguments that are read before anything is written: numbers.
  SmallVector<size_t> numbers;
};

/// All that were called in this process, by their text.
class Functions {
public:
  Expected<Function *> find(StringRef text);
  /// The code for a call.
  Expected<std::shared_ptr<Session>> prepare(const CallRequest &request,
                                             Code &code, bool isDynamic);

private:
  /// The compiler works for one caller at a time.
  std::mutex mutex;
  std::shared_ptr<mlir::MLIRContext> context;
  StringMap<std::unique_ptr<Function>> functions;
};
} // namespace

const DirectCall *Code::findDirect(ArrayRef<mtrt_value> operands) const {
  for (unsigned i = 0, count = numDirect.load(std::memory_order_acquire);
       i < count; ++i)
    if (direct[i]->fits(operands))
      return direct[i].get();
  return nullptr;
}

void Code::addDirect(const std::shared_ptr<Session> &session) {
  auto made = DirectCall::create(session);
  std::lock_guard<std::mutex> guard(adding);
  unsigned count = numDirect;
  if (!made || count == direct.size())
    return;
  direct[count] = std::move(made);
  numDirect.store(count + 1, std::memory_order_release);
}

/// The arguments of its operator that are numbers in tensors of rank 0.
static SmallVector<size_t> findNumbers(mlir::func::FuncOp func) {
  SmallVector<size_t> numbers;
  if (mlir::Operation *op = getOperator(func))
    for (auto [operand, argument] :
         zip(op->getOperands(), mt::lookupSchema(op)->arguments))
      if (auto value = dyn_cast<mlir::BlockArgument>(operand);
          value && argument.name == "value")
        numbers.push_back(value.getArgNumber());
  return numbers;
}

Expected<Function *> Functions::find(StringRef text) {
  std::lock_guard<std::mutex> guard(mutex);
  std::unique_ptr<Function> &function = functions[text];
  if (function)
    return function.get();
  if (!context)
    context = createContext();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, context.get());
  if (!module)
    return createStringError("the text of a function is malformed");
  auto made = std::make_unique<Function>();
  made->text = text.str();
  for (auto func : module->getOps<mlir::func::FuncOp>()) {
    for (mlir::Type type : func.getResultTypes())
      made->resultTypes.push_back(mt::getTypeName(type));
    made->layout = ResultLayout(func);
    made->numbers = findNumbers(func);
  }
  for (auto [code, optLevel] :
       {std::pair(&made->quick, 1), std::pair(&made->thorough, 3)}) {
    ModelOptions options;
    // It is the boxed form that calls.
    options.allowsBoxed = false;
    options.jit.optLevel = optLevel;
    auto create = [&](bool isDynamic) {
      options.isDynamic = isDynamic;
      mlir::OwningOpRef<mlir::ModuleOp> copy(module->clone());
      return Model::create(context, std::move(copy), options);
    };
    code->fixed = create(/*isDynamic=*/false);
    code->dynamic = create(/*isDynamic=*/true);
  }
  function = std::move(made);
  return function.get();
}

Expected<std::shared_ptr<Session>>
Functions::prepare(const CallRequest &request, Code &code, bool isDynamic) {
  std::lock_guard<std::mutex> guard(mutex);
  return (isDynamic ? code.dynamic : code.fixed)->prepare(request);
}

/// How many elements the call may have to do with: those of its tensors, and
/// those of which its numbers are the sizes.
static double countElements(ArrayRef<mtrt_value> operands) {
  double count = 1, sizes = 1;
  for (mtrt_value value : operands) {
    if (value.tag == MTRT_TAG_INT)
      sizes *= std::max<double>(1, std::abs(static_cast<double>(value.bits)));
    auto *object = value.tag == MTRT_TAG_OBJECT
                       ? reinterpret_cast<mtrt_object *>(value.bits)
                       : nullptr;
    if (!object)
      continue;
    if (object->kind == MTRT_KIND_LIST)
      return std::numeric_limits<double>::infinity();
    if (object->kind != MTRT_KIND_TENSOR)
      continue;
    auto *tensor = reinterpret_cast<mtrt_tensor *>(object);
    double elements = 1;
    for (int64_t size : ArrayRef(tensor->dims, tensor->rank))
      elements *= static_cast<double>(size);
    count += elements;
  }
  return std::max(count, sizes);
}

/// Behind these, better code is worth its compilation.
static constexpr double kManyElements = 4096;

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

/// Makes objects what the call made of their tensors: other sizes.
static void updateObjects(const CallResult &result, BoxedTensors &tensors) {
  for (const auto &[path, tensor] : result.changed) {
    mtrt_object *object = tensors.write(tensor);
    if (!object)
      continue;
    auto *known = reinterpret_cast<mtrt_tensor *>(object);
    if (ArrayRef(known->dims, known->rank) != ArrayRef(tensor->sizes)) {
      mtrt_object *now = tensors.write(std::make_shared<Tensor>(*tensor));
      mtrt_tensor_set_in_place(object, now);
      mtrt_object_release(now);
    }
    mtrt_object_release(object);
  }
}

/// How PyTorch sees that a written tensor and another one share memory.
enum class Overlap { None, Full, Partial, Unknown };

/// As at::get_overlap_status: what is not dense is not looked into.
static Overlap getOverlap(const Tensor &a, const Tensor &b) {
  if (!shareMemory(a, b))
    return Overlap::None;
  if (!isDense(a) || !isDense(b))
    return Overlap::Unknown;
  return a.data == b.data && a.numElements() == b.numElements() &&
                 a.strides == b.strides
             ? Overlap::Full
             : Overlap::Partial;
}

static TensorRef copyOf(const Tensor &tensor) {
  TensorRef copy = Tensor::allocate(tensor.dtype, tensor.sizes);
  if (copy)
    copy->copyFrom(tensor);
  return copy;
}

namespace {
/// A tensor in which several elements are one in memory, and the copy that a
/// function is given to write to.
struct Repeated {
  TensorRef tensor, copy;

  void takeChanges() const;
  /// Makes a value that is the copy the tensor.
  void putBack(Value &value) const {
    if (value.tensor == copy)
      value.tensor = tensor;
  }
};
} // namespace

/// Writes the elements that the function wrote, in their order: what others of
/// the same memory kept must not undo it.
void Repeated::takeChanges() const {
  TensorRef before = copyOf(*tensor);
  if (!before)
    return;
  int64_t size = byteSize(tensor->dtype);
  SmallVector<int64_t> index(tensor->sizes.size());
  for (int64_t i = 0, count = tensor->numElements(); i < count; ++i) {
    const char *now = copy->data + i * size;
    if (std::memcmp(now, before->data + i * size, size) != 0) {
      int64_t place = 0;
      for (auto [position, stride] : zip(index, tensor->strides))
        place += position * stride;
      std::memcpy(tensor->data + place * size, now, size);
    }
    for (size_t dim = index.size(); dim-- > 0;) {
      if (++index[dim] < tensor->sizes[dim])
        break;
      index[dim] = 0;
    }
  }
}

/// Gives the function copies of what shares memory with a tensor that it
/// writes: it computes before it writes. Also of what it writes, where several
/// elements are one. False where PyTorch would raise.
static bool separate(const Signature &signature, ArrayRef<size_t> numbers,
                     std::vector<Value> &args,
                     SmallVectorImpl<Repeated> &repeated) {
  SmallVector<size_t> argumentOfLeaf;
  for (auto [i, argument] : enumerate(signature.args))
    if (argument.type.isLeaf())
      argumentOfLeaf.push_back(i);
  for (int64_t leaf : signature.mutated)
    for (size_t i = 0; i < args.size(); ++i) {
      size_t written = argumentOfLeaf[leaf];
      if (i == written || !args[i].isTensor() || !args[written].isTensor())
        continue;
      Overlap overlap = getOverlap(*args[written].tensor, *args[i].tensor);
      if (overlap == Overlap::Partial && !is_contained(numbers, i))
        return false;
      if (overlap == Overlap::None)
        continue;
      if (TensorRef copy = copyOf(*args[i].tensor))
        args[i] = Value::ofTensor(std::move(copy));
    }
  for (int64_t leaf : signature.mutated) {
    Value &arg = args[argumentOfLeaf[leaf]];
    if (!arg.isTensor() || !arg.tensor->repeatsElements())
      continue;
    TensorRef copy = copyOf(*arg.tensor);
    if (!copy)
      continue;
    repeated.push_back({arg.tensor, copy});
    arg = Value::ofTensor(std::move(copy));
  }
  return true;
}

/// Moves a new result to memory in which it lies as PyTorch's. That is an
/// object's: memory of other tensors would end with the calling program.
static void layOut(Value &result, unsigned number, const ResultLayout &layout,
                   ArrayRef<Value> args, BoxedTensors &tensors) {
  if (!result.isTensor() || any_of(args, [&](const Value &arg) {
        return arg.tensor == result.tensor;
      }))
    return;
  const Tensor &source = *result.tensor;
  auto strides = layout.getStrides(number, source.sizes, args);
  if (strides == source.strides)
    return;
  // There may be gaps.
  int64_t reach = source.numElements() > 0;
  for (auto [size, stride] : zip(source.sizes, strides))
    reach = reach ? reach + (size - 1) * stride : 0;
  mtrt_object *storage = mtrt_storage_allocate(reach * byteSize(source.dtype));
  mtrt_object *object =
      mtrt_tensor_make(storage, getNumber(source.dtype), source.sizes.size(), 0,
                       source.sizes.data(), strides.data());
  mtrt_object_release(storage);
  TensorRef moved = tensors.read(object);
  mtrt_object_release(object);
  moved->copyFrom(source);
  result.tensor = std::move(moved);
}

static int callFunction(mtrt_object *text, int64_t count,
                        const mtrt_value *operands, int64_t numResults,
                        mtrt_value *results, mtrt_function_error *error) {
  // Never destroyed: code may run until the process ends.
  static Functions &functions = *new Functions;
  auto *str = reinterpret_cast<mtrt_str *>(text);
  StringRef source(str->data, static_cast<size_t>(str->size));
  // By the place of the text first: it may be another program's by now.
  static thread_local DenseMap<mtrt_object *, std::pair<Function *, StringRef>>
      known;
  auto &[function, knownText] = known[text];
  if (!function || knownText != source) {
    auto found = functions.find(source);
    if (!found)
      return setError(error, "CompileError", toString(found.takeError()));
    function = *found;
    knownText = function->text;
  }
  ArrayRef<mtrt_value> given(operands, count);
  Code &code = countElements(given) < kManyElements ? function->quick
                                                    : function->thorough;
  if (const DirectCall *direct = code.findDirect(given)) {
    int status = direct->call(given, results, error);
    if (status == MTRT_OK || !error->type ||
        StringRef(error->type) != MTRT_ASSUMPTION)
      return status;
    std::free(error->type);
    std::free(error->message);
    *error = {nullptr, nullptr};
  }
  BoxedTensors tensors;
  BoxedReader reader(tensors);
  CallRequest request;
  request.method = "forward";
  for (mtrt_value operand : given)
    request.args.push_back(reader.read(operand));
  auto session = functions.prepare(request, code, /*isDynamic=*/true);
  if (!session)
    return setError(error, "CompileError", toString(session.takeError()));
  auto result = (*session)->call(request.args);
  SmallVector<Repeated, 1> repeated;
  if (!result && result.errorIsA<ArgumentMemoryError>()) {
    consumeError(result.takeError());
    if (!separate((*session)->signature(), function->numbers, request.args,
                  repeated))
      return setError(
          error, "RuntimeError",
          "unsupported operation: some elements of the input tensor and "
          "the written-to tensor refer to a single memory location. "
          "Please clone() the tensor before performing the operation.");
    // Copies lie otherwise.
    session = functions.prepare(request, code, /*isDynamic=*/true);
    if (!session)
      return setError(error, "CompileError", toString(session.takeError()));
    result = (*session)->call(request.args);
  }
  if (!result && result.errorIsA<AssumptionError>()) {
    // Types of results depend on the sizes: compiled for these, then.
    consumeError(result.takeError());
    session = functions.prepare(request, code, /*isDynamic=*/false);
    if (!session)
      return setError(error, "CompileError", toString(session.takeError()));
    result = (*session)->call(request.args);
  }
  if (!result)
    return setError(error, "RuntimeError", toString(result.takeError()));
  if (result->exception)
    return setError(error, result->exception->type, result->exception->message);
  for (const Repeated &each : repeated) {
    each.takeChanges();
    for (auto &[path, tensor] : result->changed)
      if (tensor == each.copy)
        tensor = each.tensor;
    each.putBack(result->result);
    for (Value &item : result->result.items)
      each.putBack(item);
    for (Value &arg : request.args)
      each.putBack(arg);
  }
  if (writesConstant(*result, tensors))
    return setError(error, "RuntimeError",
                    "the program writes to a tensor that is a constant of the "
                    "model, which is not supported");
  updateObjects(*result, tensors);
  if (!function->layout.isUnusual() && !code.findDirect(given))
    code.addDirect(*session);
  if (numResults == 0)
    return MTRT_OK;
  bool isOne = function->resultTypes.size() == 1;
  if (isOne)
    layOut(result->result, 0, function->layout, request.args, tensors);
  else
    for (auto [i, item] : enumerate(result->result.items))
      layOut(item, i, function->layout, request.args, tensors);
  for (auto [i, type] : enumerate(function->resultTypes)) {
    const Value &item = isOne ? result->result : result->result.items[i];
    // PyTorch's undefined tensor: weights that nobody asked for.
    if (item.kind == Value::Kind::None) {
      results[i] = {MTRT_TAG_NONE, 0};
      continue;
    }
    auto value = BoxedWriter("a result", tensors).write(type, item);
    if (!value) {
      for (size_t j = 0; j < i; ++j)
        mtrt_value_release(results[j].tag, results[j].bits);
      return setError(error, "RuntimeError", toString(value.takeError()));
    }
    results[i] = *value;
  }
  return MTRT_OK;
}

void minitorch::installFunctionCaller() {
  mtrt_set_function_caller(callFunction);
}
