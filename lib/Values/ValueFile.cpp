//===- ValueFile.cpp - Calls and results in files -----------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Values/ValueFile.h"

#include "MiniTorch/Values/Npz.h"
#include "ValueJSON.h"

#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace minitorch;

//===----------------------------------------------------------------------===//
// Full form
//===----------------------------------------------------------------------===//

static Expected<CallRequest> readCall(const json::Value &json,
                                      ValueReader &reader) {
  const json::Object *object = json.getAsObject();
  if (!object)
    return createStringError("a call is not an object");
  CallRequest call;
  call.method = object->getString("method").value_or("forward").str();
  if (const json::Value *args = object->get("args")) {
    const json::Array *array = args->getAsArray();
    if (!array)
      return createStringError("'args' is not an array");
    for (const json::Value &arg : *array) {
      auto value = reader.read(arg);
      if (!value)
        return value.takeError();
      call.args.push_back(std::move(*value));
    }
  }
  if (const json::Value *kwargs = object->get("kwargs")) {
    const json::Object *table = kwargs->getAsObject();
    if (!table)
      return createStringError("'kwargs' is not an object");
    for (const auto &[name, arg] : *table) {
      auto value = reader.read(arg);
      if (!value)
        return value.takeError();
      call.kwargs.emplace_back(name.str(), std::move(*value));
    }
  }
  return call;
}

static Expected<Requests> readFull(const ZipEntries &entries,
                                   StringRef manifest) {
  auto json = parseJSON(manifest);
  if (!json)
    return json.takeError();
  const json::Object *object = json->getAsObject();
  const json::Array *calls = object ? object->getArray("calls") : nullptr;
  if (!calls)
    return createStringError("no array 'calls'");
  Requests requests;
  requests.isFull = true;
  ValueReader reader(entries);
  for (const json::Value &each : *calls) {
    auto call = readCall(each, reader);
    if (!call)
      return call.takeError();
    requests.calls.push_back(std::move(*call));
  }
  if (const json::Array *wanted = object->getArray("want_state"))
    for (const json::Value &path : *wanted)
      requests.wantState.push_back(path.getAsString().value_or("").str());
  return requests;
}

Error minitorch::writeResponses(StringRef path, const Responses &responses) {
  ZipWriter archive;
  ValueWriter writer(archive);
  json::Array calls;
  json::Object inputsAfter, state;
  for (auto [number, call] : enumerate(responses.calls)) {
    json::Object object{{"stdout", json::fixUTF8(call.output)}};
    if (call.exception)
      object["exception"] =
          json::Object{{"type", json::fixUTF8(call.exception->type)},
                       {"message", json::fixUTF8(call.exception->message)}};
    else
      object["result"] = writer.write(call.result);
    calls.push_back(std::move(object));
  }
  for (auto [number, call] : enumerate(responses.calls))
    for (const auto &[place, tensor] : call.changed)
      inputsAfter[std::to_string(number) + "." + json::fixUTF8(place)] =
          writer.write(Value::ofTensor(tensor));
  for (const auto &[name, value] : responses.state)
    state[json::fixUTF8(name)] = writer.write(value);
  json::Object manifest{{"calls", std::move(calls)},
                        {"inputs_after", std::move(inputsAfter)},
                        {"state", std::move(state)}};
  std::string text;
  raw_string_ostream(text) << json::Value(std::move(manifest));
  archive.addText("manifest.json", std::move(text));
  return archive.write(path);
}

//===----------------------------------------------------------------------===//
// Plain form
//===----------------------------------------------------------------------===//

static constexpr size_t kMaxArguments = 100000;

/// Puts a tensor where "0.2.1" says, into nested tuples.
static Error place(std::vector<Value> &args, ArrayRef<StringRef> indices,
                   TensorRef tensor) {
  size_t index;
  if (indices[0].getAsInteger(10, index) || index >= kMaxArguments)
    return createStringError("not an argument index");
  if (index >= args.size())
    args.resize(index + 1, Value::absent());
  Value &slot = args[index];
  if (indices.size() == 1) {
    if (slot.kind != Value::Kind::Absent)
      return createStringError("the argument is given twice");
    slot = Value::ofTensor(std::move(tensor));
    return Error::success();
  }
  if (slot.kind == Value::Kind::Absent)
    slot = Value::ofKind(Value::Kind::Tuple);
  if (slot.kind != Value::Kind::Tuple)
    return createStringError("the argument is given twice");
  return place(slot.items, indices.drop_front(), std::move(tensor));
}

/// The dtypes that dtypes.json gives by name.
static Expected<std::map<std::string, DType>>
readDTypes(const ZipEntries &entries) {
  std::map<std::string, DType> result;
  auto found = entries.find("dtypes.json");
  if (found == entries.end())
    return result;
  auto json = parseJSON(found->second.str());
  if (!json)
    return json.takeError();
  const json::Object *object = json->getAsObject();
  if (!object)
    return createStringError("dtypes.json is not an object");
  for (const auto &[name, value] : *object) {
    auto dtype = parseDType(value.getAsString().value_or(""));
    if (!dtype)
      return createStringError("dtypes.json has no valid dtype for '" +
                               name.str() + "'");
    result[name.str()] = *dtype;
  }
  return result;
}

static Expected<Requests> readPlain(const ZipEntries &entries,
                                    StringRef method) {
  auto dtypes = readDTypes(entries);
  if (!dtypes)
    return dtypes.takeError();
  CallRequest call;
  call.method = method.str();
  for (const auto &[entry, bytes] : entries) {
    StringRef name = entry;
    if (name == "dtypes.json")
      continue;
    StringRef indices = name;
    if (!indices.consume_back(".npy") || !indices.consume_front("arg"))
      return createStringError("unknown entry '" + name +
                               "' (arguments are arg0, arg1, ...)");
    auto tensor = parseNpy(bytes);
    if (!tensor)
      return createStringError("in '" + name +
                               "': " + toString(tensor.takeError()));
    auto dtype = dtypes->find(("arg" + indices).str());
    if (dtype != dtypes->end() && dtype->second != (*tensor)->dtype) {
      if (dtype->second != DType::BF16 || (*tensor)->dtype != DType::UI16)
        return createStringError(
            "'" + name + "' holds " + toTorchName((*tensor)->dtype) +
            ", not the bits of " + toTorchName(dtype->second));
      (*tensor)->dtype = DType::BF16;
    }
    SmallVector<StringRef> parts;
    indices.split(parts, '.');
    if (parts.size() > 64)
      return createStringError("'" + name + "' is nested too deeply");
    if (Error error = place(call.args, parts, *tensor))
      return createStringError("in '" + name +
                               "': " + toString(std::move(error)));
  }
  Requests requests;
  requests.calls.push_back(std::move(call));
  return requests;
}

Expected<Requests> minitorch::readRequests(StringRef path, StringRef method) {
  auto entries = readZip(path);
  if (!entries)
    return entries.takeError();
  auto manifest = entries->find("manifest.json");
  auto requests = manifest == entries->end()
                      ? readPlain(*entries, method)
                      : readFull(*entries, manifest->second.str());
  if (!requests)
    return createStringError("in '" + path +
                             "': " + toString(requests.takeError()));
  return requests;
}

/// A number as a tensor of rank 0.
template <typename T> static TensorRef scalar(DType dtype, T value) {
  TensorRef tensor = Tensor::allocate(dtype, {});
  if (tensor)
    *reinterpret_cast<T *>(tensor->data) = value;
  return tensor;
}

static Error collectLeaves(const Value &value, std::vector<TensorRef> &leaves) {
  switch (value.kind) {
  case Value::Kind::Tensor:
    leaves.push_back(value.tensor);
    return Error::success();
  case Value::Kind::Bool:
    leaves.push_back(scalar<uint8_t>(DType::I1, value.integer != 0));
    return Error::success();
  case Value::Kind::Int:
    leaves.push_back(scalar<int64_t>(DType::I64, value.integer));
    return Error::success();
  case Value::Kind::Float:
    leaves.push_back(scalar<double>(DType::F64, value.real));
    return Error::success();
  case Value::Kind::Complex: {
    TensorRef tensor = Tensor::allocate(DType::C128, {});
    if (tensor) {
      auto *parts = reinterpret_cast<double *>(tensor->data);
      parts[0] = value.real;
      parts[1] = value.imaginary;
    }
    leaves.push_back(tensor);
    return Error::success();
  }
  case Value::Kind::None:
  case Value::Kind::Absent:
    return Error::success();
  case Value::Kind::List:
  case Value::Kind::Tuple:
  case Value::Kind::NamedTuple:
    for (const Value &item : value.items)
      if (Error error = collectLeaves(item, leaves))
        return error;
    return Error::success();
  case Value::Kind::Dict:
    for (size_t i = 1; i < value.items.size(); i += 2)
      if (Error error = collectLeaves(value.items[i], leaves))
        return error;
    return Error::success();
  default:
    return createStringError("a result (" + describe(value) +
                             ") has no plain form; give the inputs in the full "
                             "form");
  }
}

Error minitorch::writePlainResult(StringRef path, const Value &result) {
  std::vector<TensorRef> leaves;
  if (Error error = collectLeaves(result, leaves))
    return error;
  ZipWriter archive;
  for (auto [number, leaf] : enumerate(leaves)) {
    if (!leaf)
      return createStringError("out of memory for a number");
    archive.addArray("out" + std::to_string(number), leaf);
  }
  return archive.write(path);
}
