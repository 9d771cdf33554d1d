//===- Core.cpp - The Python extension minitorch._core ----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KnownTensors.h"
#include "MiniTorch-c/Functions.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/ExecutionEngine/CompiledModule.h"
#include "MiniTorch/ExecutionEngine/Session.h"
#include "MiniTorch/Fallback/Fallback.h"
#include "MiniTorch/Import/TorchScript.h"
#include "MiniTorch/Model/Diagnostics.h"
#include "MiniTorch/Model/Model.h"
#include "MiniTorch/Pipelines/Pipelines.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AsmState.h"
#include <cstring>
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/function.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/unique_ptr.h>
#include <nanobind/stl/vector.h>
#include <unordered_map>

namespace nb = nanobind;
using namespace minitorch;

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

namespace {
/// An exception class of minitorch/__init__.py, raised with a text.
[[noreturn]] void raise(const char *name, const std::string &text) {
  nb::object type = nb::module_::import_("minitorch._errors").attr(name);
  PyErr_SetString(type.ptr(), text.c_str());
  throw nb::python_error();
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

nb::dlpack::dtype toDLPack(DType dtype) {
  using nb::dlpack::dtype_code;
  auto make = [](dtype_code code, int bits) {
    return nb::dlpack::dtype{static_cast<uint8_t>(code),
                             static_cast<uint8_t>(bits), 1};
  };
  switch (dtype) {
  case DType::F16:
    return make(dtype_code::Float, 16);
  case DType::BF16:
    return make(dtype_code::Bfloat, 16);
  case DType::F32:
    return make(dtype_code::Float, 32);
  case DType::F64:
    return make(dtype_code::Float, 64);
  case DType::I8:
    return make(dtype_code::Int, 8);
  case DType::I16:
    return make(dtype_code::Int, 16);
  case DType::I32:
    return make(dtype_code::Int, 32);
  case DType::I64:
    return make(dtype_code::Int, 64);
  case DType::UI8:
    return make(dtype_code::UInt, 8);
  case DType::UI16:
    return make(dtype_code::UInt, 16);
  case DType::I1:
    return make(dtype_code::Bool, 8);
  case DType::C32:
    return make(dtype_code::Complex, 32);
  case DType::C64:
    return make(dtype_code::Complex, 64);
  case DType::C128:
    return make(dtype_code::Complex, 128);
  }
  return make(dtype_code::Float, 32);
}

std::optional<DType> fromDLPack(nb::dlpack::dtype dtype) {
  for (DType candidate :
       {DType::F16, DType::BF16, DType::F32, DType::F64, DType::I8, DType::I16,
        DType::I32, DType::I64, DType::UI8, DType::I1, DType::C32, DType::C64,
        DType::C128})
    if (toDLPack(candidate) == dtype)
      return candidate;
  return std::nullopt;
}

using Array = nb::ndarray<nb::device::cpu>;

/// A tensor of PyTorch's, and what is passed for it.
struct TorchTensor {
  nb::object object;
  TensorRef tensor;
  /// Its memory; the tensor may get another.
  std::shared_ptr<void> storage;
};

/// Calls `visit` with every array in a value, until it returns false.
template <typename Visit>
static bool visitArrays(PyObject *object, Visit visit, int depth = 0) {
  if (PyLong_Check(object) || PyFloat_Check(object) ||
      PyUnicode_Check(object) || depth > 64)
    return true;
  if (PyList_Check(object) || PyTuple_Check(object)) {
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(object); ++i)
      if (!visitArrays(PySequence_Fast_GET_ITEM(object, i), visit, depth + 1))
        return false;
    return true;
  }
  if (PyDict_Check(object)) {
    PyObject *key, *value;
    for (Py_ssize_t at = 0; PyDict_Next(object, &at, &key, &value);)
      if (!visitArrays(value, visit, depth + 1))
        return false;
    return true;
  }
  return !nb::hasattr(object, "shape") || !nb::hasattr(object, "dtype") ||
         visit(nb::handle(object));
}

/// Whether results are torch tensors: unless only NumPy arrays came in.
static bool usesTorch(nb::handle arguments) {
  bool hasTorch = false, hasOther = false;
  visitArrays(arguments.ptr(), [&](nb::handle array) {
    auto module = nb::cast<std::string>(array.type().attr("__module__"));
    hasTorch = llvm::StringRef(module).split('.').first == "torch";
    hasOther |= !hasTorch;
    return !hasTorch;
  });
  return hasTorch ||
         (!hasOther &&
          nb::cast<nb::dict>(nb::module_::import_("sys").attr("modules"))
              .contains("torch"));
}

/// Converts the values of one call both ways, so that a tensor that comes back
/// is the same object.
class Converter {
public:
  /// `torch` says which kind of array new tensors become; `known`, of a program
  /// that depends on where a tensor lies, changes its shape or keeps it, which
  /// tensors of PyTorch it has seen.
  explicit Converter(bool torch, KnownTensors *known = nullptr)
      : torch(torch), known(known) {}

  /// A Python value as the compiled program takes it; tensors are not copied.
  Value toValue(nb::handle object, int depth = 0);
  nb::object fromValue(const Value &value);

  /// Makes the caller's object for a tensor that was not given, if it has one,
  /// what a call made of the tensor.
  void updateKnown(const TensorRef &tensor);

  /// Tensors of PyTorch's that were given, if the program looks at memory.
  std::vector<TorchTensor> given;
  /// Those whose memory holds the negatives or conjugates of their elements,
  /// and the copies that were passed for them.
  std::vector<std::pair<nb::object, nb::object>> copies;

private:
  nb::object fromTensor(const TensorRef &tensor);
  nb::object makeTensor(const TensorRef &tensor);
  nb::object makeArray(const TensorRef &owner, DType dtype, char *data,
                       llvm::ArrayRef<int64_t> sizes,
                       llvm::ArrayRef<int64_t> strides);

  bool torch;
  KnownTensors *known;
  std::unordered_map<const Tensor *, nb::object> objects;
  std::unordered_map<PyObject *, TensorRef> ofObject;
  /// A key has to stay one tensor's.
  std::vector<TensorRef> tensors;
};

/// The number of a `torch.dtype`, which TorchScript takes for one; nullopt for
/// any other object.
static std::optional<int64_t> getDtypeNumber(nb::handle object) {
  // c10::ScalarType, in its order.
  static constexpr const char *names[] = {
      "uint8",   "int8",    "int16",     "int32",     "int64",      "float16",
      "float32", "float64", "complex32", "complex64", "complex128", "bool",
      "qint8",   "quint8",  "qint32",    "bfloat16"};
  if (std::strcmp(Py_TYPE(object.ptr())->tp_name, "torch.dtype") != 0)
    return std::nullopt;
  std::string text = nb::str(object).c_str();
  for (auto [number, name] : llvm::enumerate(names))
    if (text == std::string("torch.") + name)
      return static_cast<int64_t>(number);
  return std::nullopt;
}

/// Whether an object is a member of an enum, which may be an int or a str, too.
static bool isMember(nb::handle object) {
  PyTypeObject *meta = Py_TYPE(Py_TYPE(object.ptr()));
  if (meta == &PyType_Type)
    return false;
  // Kept for as long as the process lives.
  static PyObject *enumMeta =
      nb::object(nb::module_::import_("enum").attr("EnumMeta")).release().ptr();
  return PyType_IsSubtype(meta, reinterpret_cast<PyTypeObject *>(enumMeta));
}

/// Whether a tensor of PyTorch's has other elements than its memory, of which
/// DLPack says nothing: their negatives or conjugates.
static bool hasOtherElements(nb::handle object, DType dtype) {
  // Every tensor of every call is asked: the methods are looked up once.
  static PyObject *tensorType = nullptr, *isNeg, *isConj;
  if (!tensorType) {
    PyObject *torch = PyDict_GetItemString(PyImport_GetModuleDict(), "torch");
    if (!torch || !nb::hasattr(torch, "Tensor"))
      return false;
    nb::object type = nb::handle(torch).attr("Tensor");
    isNeg = nb::object(type.attr("is_neg")).release().ptr();
    isConj = nb::object(type.attr("is_conj")).release().ptr();
    tensorType = type.release().ptr();
  }
  if (dtype == DType::I1 ||
      !PyType_IsSubtype(Py_TYPE(object.ptr()),
                        reinterpret_cast<PyTypeObject *>(tensorType)))
    return false;
  auto says = [&](PyObject *method) {
    nb::object said = nb::steal(PyObject_CallOneArg(method, object.ptr()));
    if (!said.is_valid())
      throw nb::python_error();
    return said.ptr() == Py_True;
  };
  bool isComplex =
      dtype == DType::C32 || dtype == DType::C64 || dtype == DType::C128;
  return says(isNeg) || (isComplex && says(isConj));
}

/// The value of an int.
static int64_t toInt64(nb::handle object) {
  int overflows = 0;
  int64_t value = PyLong_AsLongLongAndOverflow(object.ptr(), &overflows);
  if (overflows)
    raise("InputError", "an argument has an int that does not fit 64 bits");
  return value;
}

/// Makes `value` the number or text of Python's own types that an object is, as
/// most items of long lists are: in its place, which is half of the time.
static bool fillPlain(Value &value, PyObject *object) {
  if (PyLong_CheckExact(object)) {
    value.kind = Value::Kind::Int;
    value.integer = toInt64(object);
  } else if (PyFloat_CheckExact(object)) {
    value.kind = Value::Kind::Float;
    value.real = PyFloat_AS_DOUBLE(object);
  } else if (PyUnicode_CheckExact(object)) {
    value.kind = Value::Kind::Str;
    value.text = nb::cast<std::string>(nb::handle(object));
  } else {
    return false;
  }
  return true;
}

Value Converter::toValue(nb::handle object, int depth) {
  if (depth > 64)
    raise("InputError", "an argument is nested too deeply");
  Value plain;
  if (fillPlain(plain, object.ptr()))
    return plain;
  if (object.is_none())
    return Value::none();
  if (isMember(object)) {
    nb::object parts =
        nb::module_::import_("minitorch._enums").attr("parts_of")(object);
    Value member = Value::ofMember(nb::cast<std::string>(parts[0]),
                                   nb::cast<std::string>(parts[1]),
                                   toValue(nb::object(parts[2]), depth + 1));
    member.integer = nb::cast<bool>(parts[3]);
    return member;
  }
  if (nb::isinstance<nb::bool_>(object))
    return Value::ofBool(nb::cast<bool>(object));
  if (nb::isinstance<nb::int_>(object))
    return Value::ofInt(toInt64(object));
  if (nb::isinstance<nb::float_>(object))
    return Value::ofFloat(nb::cast<double>(object));
  if (nb::isinstance<nb::str>(object))
    return Value::ofStr(nb::cast<std::string>(object));
  if (PyComplex_Check(object.ptr())) {
    Value value = Value::ofKind(Value::Kind::Complex);
    value.real = PyComplex_RealAsDouble(object.ptr());
    value.imaginary = PyComplex_ImagAsDouble(object.ptr());
    return value;
  }
  if (std::strcmp(Py_TYPE(object.ptr())->tp_name, "torch.device") == 0) {
    Value value = Value::ofKind(Value::Kind::Device);
    value.text = nb::str(object).c_str();
    return value;
  }
  if (nb::isinstance<nb::tuple>(object) || nb::isinstance<nb::list>(object)) {
    std::vector<Value> items;
    items.reserve(nb::len(object));
    for (nb::handle item : object)
      if (Value &value = items.emplace_back(); !fillPlain(value, item.ptr()))
        value = toValue(item, depth + 1);
    return Value::ofItems(nb::isinstance<nb::list>(object) ? Value::Kind::List
                                                           : Value::Kind::Tuple,
                          std::move(items));
  }
  if (nb::isinstance<nb::dict>(object)) {
    std::vector<Value> items;
    for (auto [key, value] : nb::borrow<nb::dict>(object)) {
      items.push_back(toValue(key, depth + 1));
      items.push_back(toValue(value, depth + 1));
    }
    return Value::ofItems(Value::Kind::Dict, std::move(items));
  }
  if (std::optional<int64_t> number = getDtypeNumber(object))
    return Value::ofInt(*number);
  if (nb::object parts =
          nb::module_::import_("minitorch._objects").attr("parts_of")(object);
      !parts.is_none()) {
    Value value = Value::ofKind(Value::Kind::Object);
    value.text = nb::cast<std::string>(parts[0]);
    // What is no value of TorchScript is no attribute of its class.
    for (auto [name, item] : nb::cast<nb::dict>(parts[1]))
      try {
        Value attribute = toValue(item, depth + 1);
        value.fields.push_back(nb::cast<std::string>(name));
        value.items.push_back(std::move(attribute));
      } catch (nb::python_error &) {
      }
    return value;
  }
  // One object is one tensor.
  auto same = ofObject.find(object.ptr());
  if (same != ofObject.end())
    return Value::ofTensor(same->second);
  Array array;
  if (!nb::try_cast(object, array))
    raise(
        "InputError",
        "an argument is neither a CPU tensor nor an array nor a plain value: " +
            std::string(nb::str(object.type()).c_str()));
  std::optional<DType> dtype = fromDLPack(array.dtype());
  if (!dtype)
    raise("InputError",
          "an argument has an element type that is not supported");
  // What lies where the program reads and writes.
  nb::object memory = nb::borrow(object);
  if (hasOtherElements(object, *dtype)) {
    memory =
        nb::module_::import_("minitorch._tensors").attr("resolved")(object);
    array = nb::cast<Array>(memory);
    copies.emplace_back(nb::borrow(object), memory);
  }
  bool isTorch = known && nb::hasattr(object, "storage_offset");
  TensorRef tensor = isTorch ? known->find(memory) : nullptr;
  if (!tensor)
    tensor = std::make_shared<Tensor>();
  tensor->dtype = *dtype;
  tensor->sizes.clear();
  tensor->strides.clear();
  for (size_t i = 0; i < array.ndim(); ++i) {
    tensor->sizes.push_back(array.shape(i));
    tensor->strides.push_back(array.stride(i));
  }
  // The owner of memory stands for it.
  if (!tensor->storage || tensor->data != array.data())
    tensor->storage = std::make_shared<Array>(array);
  tensor->data = static_cast<char *>(array.data());
  objects[tensor.get()] = nb::borrow(object);
  ofObject[object.ptr()] = tensor;
  tensors.push_back(tensor);
  if (isTorch) {
    tensor->storageOffset = nb::cast<int64_t>(memory.attr("storage_offset")());
    // DLPack hands on other strides where a size is one.
    for (size_t i = 0; nb::handle stride : memory.attr("stride")())
      tensor->strides[i++] = nb::cast<int64_t>(stride);
    given.push_back({memory, tensor, tensor->storage});
    known->add(memory, tensor);
  }
  return Value::ofTensor(tensor);
}

nb::object Converter::makeArray(const TensorRef &owner, DType dtype, char *data,
                                llvm::ArrayRef<int64_t> sizes,
                                llvm::ArrayRef<int64_t> strides) {
  nb::capsule capsule(new TensorRef(owner), [](void *p) noexcept {
    delete static_cast<TensorRef *>(p);
  });
  std::vector<size_t> shape(sizes.begin(), sizes.end());
  if (torch)
    return nb::cast(nb::ndarray<nb::pytorch>(
        data, shape.size(), shape.data(), capsule, strides.data(),
        toDLPack(dtype), nb::device::cpu::value, 0));
  return nb::cast(nb::ndarray<nb::numpy>(
      data, shape.size(), shape.data(), capsule, strides.data(),
      toDLPack(dtype), nb::device::cpu::value, 0));
}

/// A new object, in the torch storage of others that are known to have the
/// tensor's memory.
nb::object Converter::makeTensor(const TensorRef &value) {
  const Tensor &tensor = *value;
  int64_t width = byteSize(tensor.dtype);
  nb::object object;
  if (torch && known) {
    object = known->makeBeside(tensor);
    // Others may be views of the same memory: its torch storage is all of it.
    if (!object.is_valid() && tensor.memoryBytes > tensor.numElements() * width)
      object = KnownTensors::makeBeside(
          makeArray(value, DType::UI8,
                    tensor.data - tensor.storageOffset * width,
                    tensor.memoryBytes, 1),
          tensor);
  }
  return object.is_valid() ? object
                           : makeArray(value, tensor.dtype, tensor.data,
                                       tensor.sizes, tensor.strides);
}

nb::object Converter::fromTensor(const TensorRef &value) {
  if (!torch || !known)
    return makeTensor(value);
  nb::object object = known->find(value);
  if (!object.is_valid()) {
    object = makeTensor(value);
    known->add(object, value);
  }
  return object;
}

void Converter::updateKnown(const TensorRef &value) {
  nb::object object = torch && known ? known->find(value) : nb::object();
  if (!object.is_valid())
    return;
  object.attr("set_")(makeTensor(value));
  known->add(object, value);
}

nb::object Converter::fromValue(const Value &value) {
  auto each = [&](auto &&put) {
    for (const Value &item : value.items)
      put(fromValue(item));
  };
  switch (value.kind) {
  case Value::Kind::Bool:
    return nb::bool_(value.integer != 0);
  case Value::Kind::Int:
  case Value::Kind::DType:
    return nb::int_(value.integer);
  case Value::Kind::Float:
    return nb::float_(value.real);
  case Value::Kind::Complex:
    return nb::steal(PyComplex_FromDoubles(value.real, value.imaginary));
  case Value::Kind::Device:
    if (torch)
      return nb::module_::import_("torch").attr("device")(value.text);
    return nb::str(value.text.c_str(), value.text.size());
  case Value::Kind::Str: {
    // Bytes that are no text raise what they raise of PyTorch's.
    PyObject *text =
        PyUnicode_DecodeUTF8(value.text.data(), value.text.size(), nullptr);
    if (!text)
      throw nb::python_error();
    return nb::steal(text);
  }
  case Value::Kind::List: {
    nb::object list = nb::steal(PyList_New(value.items.size()));
    for (auto [i, item] : llvm::enumerate(value.items))
      PyList_SET_ITEM(list.ptr(), i,
                      item.kind == Value::Kind::Int
                          ? PyLong_FromLongLong(item.integer)
                          : fromValue(item).release().ptr());
    return list;
  }
  case Value::Kind::NamedTuple:
  case Value::Kind::Tuple: {
    nb::list list;
    each([&](nb::object item) { list.append(item); });
    nb::object tuple = nb::steal(PyList_AsTuple(list.ptr()));
    if (value.kind == Value::Kind::Tuple)
      return tuple;
    nb::list fields;
    for (const std::string &field : value.fields)
      fields.append(nb::str(field.c_str()));
    return nb::module_::import_("collections")
        .attr("namedtuple")(nb::str(value.text.c_str()), fields)
        .attr("_make")(tuple);
  }
  case Value::Kind::Enum:
    return nb::module_::import_("minitorch._enums")
        .attr("member_of")(value.text, value.fields.at(0),
                           fromValue(value.items.at(0)));
  case Value::Kind::Object: {
    nb::dict attributes;
    for (auto [name, item] : llvm::zip_equal(value.fields, value.items))
      attributes[nb::str(name.c_str())] = fromValue(item);
    return nb::module_::import_("minitorch._objects")
        .attr("object_of")(value.text, attributes);
  }
  case Value::Kind::Dict: {
    nb::dict dict;
    for (size_t i = 0; i + 1 < value.items.size(); i += 2)
      dict[fromValue(value.items[i])] = fromValue(value.items[i + 1]);
    return dict;
  }
  case Value::Kind::Tensor: {
    auto [known, isNew] = objects.try_emplace(value.tensor.get());
    if (isNew) {
      known->second = fromTensor(value.tensor);
      tensors.push_back(value.tensor);
    }
    return known->second;
  }
  default:
    return nb::none();
  }
}

/// Makes a tensor of PyTorch's what a call made of `tensor`, which was its
/// memory then.
void update(const TorchTensor &of, const Tensor &tensor) {
  auto tuple = [](llvm::ArrayRef<int64_t> values) {
    nb::list list;
    for (int64_t value : values)
      list.append(value);
    return nb::steal(PyList_AsTuple(list.ptr()));
  };
  if (tensor.storage == of.storage) {
    of.object.attr("as_strided_")(tuple(tensor.sizes), tuple(tensor.strides),
                                  tensor.storageOffset);
    return;
  }
  of.object.attr("resize_")(tuple(tensor.sizes));
  of.object.attr("copy_")(
      Converter(/*torch=*/true).fromValue(Value::ofTensor(of.tensor)));
}

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

/// A compiled method.
class Compiled {
public:
  std::unique_ptr<Model::CompiledMethod> method;
  /// As it was compiled first; other state may need another one.
  MethodOptions form;
  /// Of the program.
  std::shared_ptr<KnownTensors> known;
  /// On how many threads its loops run; 0: as many as there are cores.
  int threads = 1;

  nb::object call(nb::args args, nb::kwargs kwargs, bool torch) {
    std::shared_ptr<Session> session;
    std::optional<Converter> converter;
    std::optional<CallResult> result;
    // Again where another thread's call changed what the code was made for.
    while (!result) {
      session = prepare();
      const Signature &signature = session->signature();
      if (!torch && !signature.reshaped.empty())
        raise("InputError",
              "the program changes the shape of an argument, which has to be a "
              "tensor of PyTorch for that");
      bool knowsTensors =
          signature.dependsOnMemory() || !signature.state.empty();
      converter.emplace(torch, knowsTensors ? known.get() : nullptr);
      result = call(session, args, kwargs, *converter);
    }
    const Signature &signature = session->signature();
    if (!result->output.empty())
      nb::print(nb::str(result->output.c_str()), nb::str(""));
    if (!signature.reshaped.empty() || signature.takesBoxedTensors())
      for (const TorchTensor &given : converter->given)
        if (llvm::any_of(result->changed, [&](const auto &entry) {
              return entry.second == given.tensor;
            }))
          update(given, *given.tensor);
    for (const auto &[path, tensor] : result->changed)
      if (llvm::none_of(converter->given, [&](const TorchTensor &given) {
            return given.tensor == tensor;
          }))
        converter->updateKnown(tensor);
    for (const auto &[object, copy] : converter->copies)
      nb::module_::import_("minitorch._tensors")
          .attr("write_back")(object, copy);
    if (result->exception) {
      const Exception &e = *result->exception;
      std::string text = e.type + ": " + e.message;
      if (!e.location.empty())
        text += "\n" + e.location;
      raise("ProgramError", text);
    }
    return converter->fromValue(result->result);
  }

private:
  std::shared_ptr<Session> prepare() {
    auto session = [&] {
      nb::gil_scoped_release release;
      return method->prepare();
    }();
    if (!session)
      raise("CompileError", llvm::toString(session.takeError()));
    return std::move(*session);
  }

  std::optional<CallResult> call(const std::shared_ptr<Session> &session,
                                 const nb::args &args, const nb::kwargs &kwargs,
                                 Converter &converter) {
    std::vector<Value> values;
    for (nb::handle arg : args)
      values.push_back(converter.toValue(arg));
    NamedValues named;
    for (auto [key, value] : kwargs)
      named.push_back({nb::cast<std::string>(key), converter.toValue(value)});
    auto result = [&] {
      nb::gil_scoped_release release;
      mtrt_set_threads(threads);
      return method->call(session, values, named);
    }();
    if (result)
      return std::move(*result);
    llvm::Error error = result.takeError();
    const char *name = error.isA<ArgumentMemoryError>() ? "MemoryInputError"
                       : error.isA<AssumptionError>()   ? "AssumptionError"
                                                        : "InputError";
    raise(name, llvm::toString(std::move(error)));
  }
};

/// A loaded program. Its model has locks, which nobody may wait for while
/// holding the GIL: whoever has them may need it.
class Program {
public:
  static std::unique_ptr<Program> load(const std::string &path) {
#ifdef MINITORCH_HAS_IMPORTER
    llvm::StringRef name(path);
    if (!name.ends_with(".mlir") && !name.ends_with(".mlirbc"))
      return import([&](mlir::MLIRContext *context) {
        return importTorchScript(context, name);
      });
#endif
    auto model = Model::load(path);
    if (!model)
      raise("CompileError", llvm::toString(model.takeError()));
    auto program = std::make_unique<Program>();
    program->model = std::move(*model);
    return program;
  }

#ifdef MINITORCH_HAS_IMPORTER
  /// An archive in memory, which messages call `name`.
  static std::unique_ptr<Program> loadArchive(nb::bytes archive,
                                              const std::string &name) {
    return import([&](mlir::MLIRContext *context) {
      return importTorchScript(
          context, llvm::MemoryBufferRef(
                       llvm::StringRef(archive.c_str(), archive.size()), name));
    });
  }

  /// A `torch._C.ScriptModule`, whose weights are not copied.
  static std::unique_ptr<Program> ofScriptModule(nb::object module) {
    // pybind11's way to hand a C++ object to another extension.
    const char *platform = getTorchScriptPlatform();
    const std::type_info &type = getTorchScriptModuleTypeInfo();
    nb::object capsule = module.attr("_pybind11_conduit_v1_")(
        nb::bytes(platform, strlen(platform)),
        nb::steal(PyCapsule_New(const_cast<std::type_info *>(&type),
                                typeid(std::type_info).name(), nullptr)),
        nb::bytes("raw_pointer_ephemeral", strlen("raw_pointer_ephemeral")));
    if (capsule.is_none())
      raise("InputError", "the module belongs to another PyTorch than the one "
                          "that minitorch was built with");
    const void *pointer = PyCapsule_GetPointer(capsule.ptr(), type.name());
    if (!pointer)
      throw nb::python_error();
    return import([&](mlir::MLIRContext *context) {
      return importTorchScriptModule(context, pointer);
    });
  }
#endif

  /// Parameters of a method without self: names, the types of those that are
  /// not given, and TorchScript's names of their types.
  std::vector<std::tuple<std::string, std::string, std::string>>
  parameters(const std::string &method) {
    auto parameters = [&] {
      nb::gil_scoped_release release;
      return model->parameters(method);
    }();
    if (!parameters)
      raise("InputError", llvm::toString(parameters.takeError()));
    std::vector<std::tuple<std::string, std::string, std::string>> result;
    for (const Model::Parameter &parameter : *parameters)
      result.push_back({parameter.name, parameter.fallback, parameter.type});
    return result;
  }

  std::vector<std::string> methods() {
    nb::gil_scoped_release release;
    return model->methods();
  }

  std::string explain(const Compiled &compiled) {
    nb::gil_scoped_release release;
    return model->explain(*compiled.method);
  }

  bool isSame(Program &other) {
    nb::gil_scoped_release release;
    return model->isSameProgram(*other.model);
  }

  std::string print(const std::string &method, const std::string &inputs,
                    const std::string &stage, bool locations,
                    const Compiled *as) {
    std::optional<Phase> phase = parsePhase(stage);
    if (!phase)
      raise("InputError", "no stage is named '" + stage +
                              "'; the stages are import, functions, contract, "
                              "linalg, llvm");
    CompileOptions options;
    options.method = method;
    options.inputs = inputs;
    options.compileTo = *phase;
    if (as) {
      options.inputs = as->method->inputs().str();
      options.fallback = as->form.allowsFallback;
      options.boxed = as->form.isBoxed;
      options.raisesUnsupported = as->form.raisesUnsupported;
    }
    mlir::OpPrintingFlags flags;
    flags.printNameLocAsPrefix();
    flags.elideLargeElementsAttrs(16);
    flags.elideLargeResourceString(64);
    if (locations)
      flags.enableDebugInfo(true, /*prettyForm=*/true);
    std::string text;
    llvm::raw_string_ostream os(text);
    auto error = [&] {
      nb::gil_scoped_release release;
      return model->print(os, options, flags);
    }();
    if (error)
      raise("CompileError", llvm::toString(std::move(error)));
    return text;
  }

  /// In the first form that takes it: the typed one for each of `typed`, the
  /// boxed one, and so on (see Forms.h).
  std::unique_ptr<Compiled> compile(const std::string &method,
                                    std::vector<std::string> typed,
                                    std::optional<std::string> boxed,
                                    bool fallback, bool raising, int threads) {
    auto compiled = [&] {
      nb::gil_scoped_release release;
      return model->compileFirst(
          method, {std::move(typed), std::move(boxed), fallback, raising});
    }();
    if (!compiled)
      raise("CompileError", llvm::toString(compiled.takeError()));
    auto result = std::make_unique<Compiled>();
    result->method = std::move(*compiled);
    result->form = result->method->form();
    result->known = known;
    result->threads = threads;
    return result;
  }

private:
  static std::unique_ptr<Program> import(
      llvm::function_ref<mlir::OwningOpRef<mlir::ModuleOp>(mlir::MLIRContext *)>
          read) {
    std::shared_ptr<mlir::MLIRContext> context = createContext();
    DiagnosticCollector diagnostics(context.get());
    auto module = read(context.get());
    if (!module)
      raise("CompileError", diagnostics.text("the model cannot be imported"));
    auto program = std::make_unique<Program>();
    program->model = Model::create(context, std::move(module));
    return program;
  }

  std::unique_ptr<Model> model;
  std::shared_ptr<KnownTensors> known = std::make_shared<KnownTensors>();
};
} // namespace

/// Whether PyTorch, if it is there, records gradients.
static int64_t isGradEnabled() {
  nb::gil_scoped_acquire acquired;
  try {
    auto modules =
        nb::cast<nb::dict>(nb::module_::import_("sys").attr("modules"));
    return !modules.contains("torch") ||
           nb::cast<bool>(modules["torch"].attr("is_grad_enabled")());
  } catch (const std::exception &) {
    return true;
  }
}

NB_MODULE(_core, m) {
  mtrt_set_grad_mode(isGradEnabled);
  // What programs draw is what PyTorch would draw in their place.
  mtrt_set_generator(loadGenerator());
  // Functions live as long as the process here; that is no leak.
  nb::set_leak_warnings(false);
  m.doc() = "The MiniTorch compiler; use the package minitorch instead.";
  m.def("has_fallback", hasFallback);
  m.def("uses_torch", usesTorch, nb::arg("arguments"));
  m.def("dtype_number", getDtypeNumber, nb::arg("value"),
        "What TorchScript takes a torch.dtype for; None for anything else.");
  nb::class_<Compiled>(m, "Compiled")
      .def_prop_ro("fallbacks",
                   [](Compiled &self) { return self.method->fallbacks(); })
      .def_prop_ro("inputs",
                   [](Compiled &self) { return self.method->inputs().str(); })
      .def_prop_ro("is_boxed", [](Compiled &self) { return self.form.isBoxed; })
      .def("__call__", [](Compiled &self, nb::args args, nb::kwargs kwargs) {
        bool torch = true;
        if (kwargs.contains("_torch")) {
          torch = nb::cast<bool>(kwargs["_torch"]);
          nb::del(kwargs["_torch"]);
        }
        return self.call(args, kwargs, torch);
      });
  nb::class_<Program>(m, "Program")
      .def_static("load", &Program::load, nb::arg("path"))
#ifdef MINITORCH_HAS_IMPORTER
      .def_static("load_archive", &Program::loadArchive, nb::arg("archive"),
                  nb::arg("name"))
      .def_static("of_script_module", &Program::ofScriptModule,
                  nb::arg("module"))
#endif
      .def("parameters", &Program::parameters, nb::arg("method"))
      .def("methods", &Program::methods)
      .def("is_same", &Program::isSame, nb::arg("other"))
      .def("print", &Program::print, nb::arg("method"), nb::arg("inputs"),
           nb::arg("stage"), nb::arg("locations") = false,
           nb::arg("compiled") = nb::none())
      .def("explain", &Program::explain, nb::arg("compiled"))
      .def("compile", &Program::compile, nb::arg("method"), nb::arg("typed"),
           nb::arg("boxed") = nb::none(), nb::arg("fallback") = false,
           nb::arg("raising") = true, nb::arg("threads") = 1,
           nb::keep_alive<0, 1>());
}
