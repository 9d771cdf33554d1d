//===- ValueJSON.cpp - Values in a manifest -----------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ValueJSON.h"

#include "llvm/ADT/StringSwitch.h"

#include <cmath>
#include <limits>

using namespace llvm;
using namespace minitorch;

using Kind = Value::Kind;

Expected<json::Value> minitorch::parseJSON(StringRef text) {
  // The parser and the readers recurse.
  constexpr unsigned maxDepth = 400;
  unsigned depth = 0;
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (quoted && c == '\\')
      ++i;
    else if (c == '"')
      quoted = !quoted;
    else if (!quoted && (c == '[' || c == '{') && ++depth > maxDepth)
      return createStringError("the JSON is nested too deeply");
    else if (!quoted && (c == ']' || c == '}') && depth > 0)
      --depth;
  }
  return json::parse(text);
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

static Error missing(StringRef tag, StringRef field) {
  return createStringError("a value of kind '" + tag + "' has no valid '" +
                           field + "'");
}

static std::optional<double> readNumber(const json::Value *json) {
  if (!json)
    return std::nullopt;
  if (auto number = json->getAsNumber())
    return number;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return StringSwitch<std::optional<double>>(json->getAsString().value_or(""))
      .Case("nan", std::numeric_limits<double>::quiet_NaN())
      .Case("inf", infinity)
      .Case("-inf", -infinity)
      .Default(std::nullopt);
}

static std::optional<std::vector<int64_t>> readInts(const json::Array *array) {
  if (!array)
    return std::nullopt;
  std::vector<int64_t> result;
  for (const json::Value &each : *array) {
    auto integer = each.getAsInteger();
    if (!integer || *integer < 0)
      return std::nullopt;
    result.push_back(*integer);
  }
  return result;
}

/// Lays the elements out with the given strides.
static Expected<TensorRef> restride(const Tensor &source,
                                    ArrayRef<int64_t> strides) {
  int64_t extent = 1;
  for (auto [size, stride] : zip(source.sizes, strides)) {
    int64_t reach;
    if (size == 0)
      continue;
    if (__builtin_mul_overflow(size - 1, stride, &reach) ||
        __builtin_add_overflow(extent, reach, &extent))
      return createStringError("the strides are too large");
  }
  TensorRef result = Tensor::allocate(source.dtype, {extent});
  if (!result)
    return createStringError("out of memory for a tensor");
  // Gaps are not left to chance.
  std::fill_n(result->data, extent * byteSize(source.dtype), 0);
  result->sizes = source.sizes;
  result->strides.assign(strides.begin(), strides.end());
  result->copyFrom(source);
  return result;
}

Expected<Value> ValueReader::readTensor(const json::Object &object) {
  auto npy = object.getString("npy");
  auto dtypeName = object.getString("dtype");
  auto shape = readInts(object.getArray("shape"));
  if (!npy)
    return missing("tensor", "npy");
  auto dtype = dtypeName ? parseDType(*dtypeName) : std::nullopt;
  if (!dtype)
    return missing("tensor", "dtype");
  auto entry = entries.find(npy->str());
  if (entry == entries.end())
    return createStringError("no entry '" + *npy + "'");
  auto parsed = parseNpy(entry->second);
  if (!parsed)
    return joinErrors(createStringError("in '" + *npy + "':"),
                      parsed.takeError());
  TensorRef tensor = *parsed;
  if (*dtype == DType::BF16 && tensor->dtype == DType::UI16)
    tensor->dtype = DType::BF16;
  if (tensor->dtype != *dtype)
    return createStringError("'" + *npy + "' holds " +
                             toTorchName(tensor->dtype) + " instead of " +
                             toTorchName(*dtype));
  if (object.get("shape") &&
      (!shape || ArrayRef<int64_t>(*shape) != ArrayRef(tensor->sizes)))
    return missing("tensor", "shape");
  if (object.get("stride")) {
    auto strides = readInts(object.getArray("stride"));
    if (!strides || strides->size() != tensor->sizes.size())
      return missing("tensor", "stride");
    auto result = restride(*tensor, *strides);
    if (!result)
      return result.takeError();
    tensor = *result;
  } else if (tensor->storage == entry->second.data) {
    // A program may write to it; the archive's bytes may be read again.
    TensorRef copy = Tensor::allocate(tensor->dtype, tensor->sizes);
    if (!copy)
      return createStringError("out of memory for a tensor");
    copy->copyFrom(*tensor);
    tensor = copy;
  }
  int64_t number;
  StringRef name = *npy;
  if (name.consume_front("t") && !name.consumeInteger(10, number))
    tensors[number] = tensor;
  return Value::ofTensor(tensor);
}

Error ValueReader::readItems(const json::Object &object, Value &value) {
  const json::Array *items = object.getArray("v");
  StringRef tag = object.getString("t").value_or("");
  if (!items)
    return missing(tag, "v");
  for (const json::Value &item : *items) {
    if (value.kind == Kind::Dict) {
      const json::Array *pair = item.getAsArray();
      if (!pair || pair->size() != 2)
        return missing(tag, "v");
      for (const json::Value &half : *pair) {
        auto part = read(half);
        if (!part)
          return part.takeError();
        value.items.push_back(std::move(*part));
      }
      continue;
    }
    auto part = read(item);
    if (!part)
      return part.takeError();
    value.items.push_back(std::move(*part));
  }
  return Error::success();
}

Expected<Value> ValueReader::read(const json::Value &json) {
  const json::Object *object = json.getAsObject();
  auto tag = object ? object->getString("t") : std::nullopt;
  if (!tag)
    return createStringError("a value is not an object with a tag 't'");
  auto kind = StringSwitch<std::optional<Kind>>(*tag)
                  .Case("none", Kind::None)
                  .Case("bool", Kind::Bool)
                  .Case("int", Kind::Int)
                  .Case("float", Kind::Float)
                  .Case("complex", Kind::Complex)
                  .Case("str", Kind::Str)
                  .Case("device", Kind::Device)
                  .Case("dtype", Kind::DType)
                  .Cases({"tensor", "ref"}, Kind::Tensor)
                  .Case("list", Kind::List)
                  .Case("tuple", Kind::Tuple)
                  .Case("namedtuple", Kind::NamedTuple)
                  .Case("dict", Kind::Dict)
                  .Case("enum", Kind::Enum)
                  .Case("object", Kind::Object)
                  .Default(std::nullopt);
  if (!kind)
    return createStringError("unknown kind of value '" + *tag + "'");
  Value value = Value::ofKind(*kind);
  switch (*kind) {
  case Kind::Absent:
  case Kind::None:
    break;
  case Kind::Bool: {
    auto boolean = object->getBoolean("v");
    if (!boolean)
      return missing(*tag, "v");
    value.integer = *boolean;
    break;
  }
  case Kind::Int: {
    auto integer = object->getInteger("v");
    if (!integer)
      return missing(*tag, "v");
    value.integer = *integer;
    break;
  }
  case Kind::Float: {
    auto real = readNumber(object->get("v"));
    if (!real)
      return missing(*tag, "v");
    value.real = *real;
    break;
  }
  case Kind::Complex: {
    auto real = readNumber(object->get("re"));
    auto imaginary = readNumber(object->get("im"));
    if (!real || !imaginary)
      return missing(*tag, "re' and 'im");
    value.real = *real;
    value.imaginary = *imaginary;
    break;
  }
  case Kind::Str:
  case Kind::Device:
  case Kind::DType: {
    auto text = object->getString("v");
    if (!text)
      return missing(*tag, "v");
    value.text = text->str();
    break;
  }
  case Kind::Tensor: {
    if (*tag == "tensor")
      return readTensor(*object);
    auto number = object->getInteger("id");
    auto found = number ? tensors.find(*number) : tensors.end();
    if (found == tensors.end())
      return createStringError("a reference to a tensor that was not seen");
    value.tensor = found->second;
    break;
  }
  case Kind::NamedTuple: {
    const json::Array *fields = object->getArray("fields");
    value.text = object->getString("name").value_or("").str();
    for (size_t i = 0; fields && i < fields->size(); ++i)
      value.fields.push_back((*fields)[i].getAsString().value_or("").str());
    if (Error error = readItems(*object, value))
      return std::move(error);
    if (value.fields.size() != value.items.size())
      return missing(*tag, "fields");
    break;
  }
  case Kind::List:
  case Kind::Tuple:
  case Kind::Dict:
    if (Error error = readItems(*object, value))
      return std::move(error);
    break;
  case Kind::Enum: {
    value.text = object->getString("class").value_or("").str();
    value.fields = {object->getString("name").value_or("").str()};
    const json::Value *member = object->get("value");
    if (!member)
      return missing(*tag, "value");
    auto read = this->read(*member);
    if (!read)
      return read.takeError();
    value.items.push_back(std::move(*read));
    break;
  }
  case Kind::Object: {
    value.text = object->getString("class").value_or("").str();
    const json::Object *attrs = object->getObject("attrs");
    if (!attrs)
      return missing(*tag, "attrs");
    for (const auto &[name, attr] : *attrs) {
      auto read = this->read(attr);
      if (!read)
        return read.takeError();
      value.fields.push_back(name.str());
      value.items.push_back(std::move(*read));
    }
    break;
  }
  }
  return value;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static json::Value writeNumber(double number) {
  if (std::isnan(number))
    return "nan";
  if (std::isinf(number))
    return number > 0 ? "inf" : "-inf";
  return number;
}

/// JSON is UTF-8; a string of a program may hold any bytes.
static json::Value writeText(StringRef text) {
  return json::isUTF8(text) ? text.str() : json::fixUTF8(text);
}

json::Value ValueWriter::writeTensor(const TensorRef &tensor) {
  auto [entry, isNew] = numbers.try_emplace(tensor.get(), numbers.size());
  int64_t number = entry->second;
  if (!isNew)
    return json::Object{{"t", "ref"}, {"id", number}};
  tensors.push_back(tensor);
  std::string name = "t" + std::to_string(number);
  archive.addArray(name, tensor);
  return json::Object{{"t", "tensor"},
                      {"npy", name + ".npy"},
                      {"dtype", toTorchName(tensor->dtype).str()},
                      {"shape", json::Array(tensor->sizes)}};
}

json::Value ValueWriter::write(const Value &value) {
  auto items = [&] {
    json::Array array;
    for (const Value &item : value.items)
      array.push_back(write(item));
    return array;
  };
  switch (value.kind) {
  case Kind::Absent:
  case Kind::None:
    return json::Object{{"t", "none"}};
  case Kind::Bool:
    return json::Object{{"t", "bool"}, {"v", value.integer != 0}};
  case Kind::Int:
    return json::Object{{"t", "int"}, {"v", value.integer}};
  case Kind::Float:
    return json::Object{{"t", "float"}, {"v", writeNumber(value.real)}};
  case Kind::Complex:
    return json::Object{{"t", "complex"},
                        {"re", writeNumber(value.real)},
                        {"im", writeNumber(value.imaginary)}};
  case Kind::Str:
    return json::Object{{"t", "str"}, {"v", writeText(value.text)}};
  case Kind::Device:
    return json::Object{{"t", "device"}, {"v", writeText(value.text)}};
  case Kind::DType:
    return json::Object{{"t", "dtype"}, {"v", writeText(value.text)}};
  case Kind::Tensor:
    return writeTensor(value.tensor);
  case Kind::List:
    return json::Object{{"t", "list"}, {"v", items()}};
  case Kind::Tuple:
    return json::Object{{"t", "tuple"}, {"v", items()}};
  case Kind::NamedTuple:
    return json::Object{{"t", "namedtuple"},
                        {"name", writeText(value.text)},
                        {"fields", json::Array(value.fields)},
                        {"v", items()}};
  case Kind::Dict: {
    json::Array pairs;
    for (size_t i = 0; i + 1 < value.items.size(); i += 2)
      pairs.push_back(
          json::Array{write(value.items[i]), write(value.items[i + 1])});
    return json::Object{{"t", "dict"}, {"v", std::move(pairs)}};
  }
  case Kind::Enum:
    return json::Object{
        {"t", "enum"},
        {"class", writeText(value.text)},
        {"name", value.fields.empty() ? "" : writeText(value.fields[0])},
        {"value",
         value.items.empty() ? json::Value(nullptr) : write(value.items[0])}};
  case Kind::Object: {
    json::Object attrs;
    for (auto [name, item] : zip(value.fields, value.items))
      attrs[json::fixUTF8(name)] = write(item);
    return json::Object{{"t", "object"},
                        {"class", writeText(value.text)},
                        {"attrs", std::move(attrs)}};
  }
  }
  return nullptr;
}
