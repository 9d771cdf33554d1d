//===- BoxedValues.cpp - Objects of the runtime as values ---------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/ExecutionEngine/BoxedValues.h"

#include "llvm/ADT/bit.h"

using namespace llvm;
using namespace minitorch;

Value BoxedReader::read(mtrt_object *object) {
  // The results of the call, 0, are copies for the caller.
  if (owner != 0 &&
      (object->kind == MTRT_KIND_LIST || object->kind == MTRT_KIND_DICT))
    isShared |= owners.try_emplace(object, owner).first->second != owner;
  switch (object->kind) {
  case MTRT_KIND_STR: {
    auto *str = reinterpret_cast<mtrt_str *>(object);
    return Value::ofStr(std::string(str->data, str->size));
  }
  case MTRT_KIND_LIST: {
    Value list = Value::ofKind(Value::Kind::List);
    for (int64_t i = 0, size = mtrt_list_size(object); i < size; ++i) {
      mtrt_value item = mtrt_list_item(object, i);
      list.items.push_back(read(item));
      mtrt_value_release(item.tag, item.bits);
    }
    return list;
  }
  case MTRT_KIND_DICT: {
    Value dict = Value::ofKind(Value::Kind::Dict);
    mtrt_value key, value;
    for (int64_t i = 0; mtrt_dict_entry(object, i, &key, &value); ++i) {
      dict.items.push_back(read(key));
      dict.items.push_back(read(value));
    }
    return dict;
  }
  case MTRT_KIND_TUPLE: {
    auto *tuple = reinterpret_cast<mtrt_tuple *>(object);
    Value result = Value::ofKind(Value::Kind::Tuple);
    for (int64_t i = 0; i < tuple->size; ++i)
      result.items.push_back(read(tuple->items[i]));
    return result;
  }
  case MTRT_KIND_COMPLEX: {
    Value result = Value::ofKind(Value::Kind::Complex);
    auto *number = reinterpret_cast<mtrt_complex_object *>(object);
    result.real = number->value.re;
    result.imaginary = number->value.im;
    return result;
  }
  case MTRT_KIND_TENSOR: {
    TensorRef tensor = tensors.read(object);
    return tensor ? Value::ofTensor(std::move(tensor)) : Value::none();
  }
  default:
    return Value::none();
  }
}

Value BoxedReader::read(mtrt_value value) {
  switch (value.tag) {
  case MTRT_TAG_BOOL:
    return Value::ofBool(value.bits != 0);
  case MTRT_TAG_INT:
    return Value::ofInt(value.bits);
  case MTRT_TAG_FLOAT:
    return Value::ofFloat(llvm::bit_cast<double>(value.bits));
  case MTRT_TAG_OBJECT:
    return read(reinterpret_cast<mtrt_object *>(value.bits));
  case MTRT_TAG_DEVICE: {
    Value device = Value::ofKind(Value::Kind::Device);
    device.text = value.bits >> 8 ? "cuda" : "cpu";
    if (int64_t index = value.bits & 0xff)
      device.text += ":" + std::to_string(index - 1);
    return device;
  }
  default:
    return Value::none();
  }
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

namespace {
/// A parsed name: "Dict[str, List[int]]" has two parts.
struct NamedType {
  StringRef word;
  std::vector<NamedType> parts;

  bool is(StringRef name) const { return word == name; }
};
} // namespace

static NamedType parseName(StringRef &text) {
  NamedType type;
  type.word =
      text.take_while([](char c) { return !StringRef("[], ").contains(c); });
  text = text.drop_front(type.word.size());
  if (!text.consume_front("["))
    return type;
  do {
    text = text.ltrim();
    type.parts.push_back(parseName(text));
  } while (text.consume_front(","));
  text.consume_front("]");
  return type;
}

/// How a container holds values of a type: MTRT_CLASS_*.
static int64_t getClass(const NamedType &type) {
  if (type.is("int"))
    return MTRT_CLASS_INT;
  if (type.is("float"))
    return MTRT_CLASS_FLOAT;
  if (type.is("bool"))
    return MTRT_CLASS_BOOL;
  if (type.is("complex"))
    return MTRT_CLASS_COMPLEX;
  if (type.is("str") || type.is("Tensor") || type.is("List") ||
      type.is("Dict") || type.is("Tuple"))
    return MTRT_CLASS_OBJECT;
  // None is a null pointer.
  if (type.is("Optional") && getClass(type.parts[0]) == MTRT_CLASS_OBJECT)
    return MTRT_CLASS_OBJECT;
  return MTRT_CLASS_VALUE;
}

static mtrt_value toValue(mtrt_object *object) {
  return {MTRT_TAG_OBJECT, reinterpret_cast<int64_t>(object)};
}

static std::optional<mtrt_value> make(BoxedTensors &tensors, const NamedType &type,
                                      const Value &value);

static std::optional<mtrt_value> makeList(BoxedTensors &tensors, const NamedType &type,
                                          const Value &value) {
  mtrt_object *list = mtrt_list_make(getClass(type.parts[0]) << 32, 0, nullptr);
  for (const Value &item : value.items) {
    std::optional<mtrt_value> made = make(tensors, type.parts[0], item);
    if (!made) {
      mtrt_object_release(list);
      return std::nullopt;
    }
    mtrt_list_add(list, made->tag, made->bits);
    mtrt_value_release(made->tag, made->bits);
  }
  return toValue(list);
}

static std::optional<mtrt_value> makeDict(BoxedTensors &tensors, const NamedType &type,
                                          const Value &value) {
  mtrt_object *dict = mtrt_dict_make(
      (getClass(type.parts[0]) | getClass(type.parts[1]) << 3) << 32);
  for (size_t i = 0; i + 1 < value.items.size(); i += 2) {
    std::optional<mtrt_value> key = make(tensors, type.parts[0], value.items[i]);
    std::optional<mtrt_value> item = make(tensors, type.parts[1], value.items[i + 1]);
    if (key && item)
      mtrt_dict_set(dict, key->tag, key->bits, item->tag, item->bits);
    for (const auto &part : {key, item})
      if (part)
        mtrt_value_release(part->tag, part->bits);
    if (!key || !item) {
      mtrt_object_release(dict);
      return std::nullopt;
    }
  }
  return toValue(dict);
}

static std::optional<mtrt_value> makeTuple(BoxedTensors &tensors, const NamedType &type,
                                           const Value &value) {
  if (type.parts.size() != value.items.size())
    return std::nullopt;
  std::vector<mtrt_value> items;
  for (auto [part, item] : llvm::zip(type.parts, value.items)) {
    std::optional<mtrt_value> made = make(tensors, part, item);
    if (!made)
      break;
    items.push_back(*made);
  }
  std::optional<mtrt_value> tuple;
  if (items.size() == value.items.size())
    tuple = toValue(mtrt_tuple_make(0, items.size(), items.data()));
  for (mtrt_value item : items)
    mtrt_value_release(item.tag, item.bits);
  return tuple;
}

/// What a value of type Any is as TorchScript sees it.
static NamedType typeOf(const Value &value) {
  auto all = [](StringRef word, std::vector<NamedType> parts) {
    return NamedType{word, std::move(parts)};
  };
  switch (value.kind) {
  case Value::Kind::Bool:
    return {"bool", {}};
  case Value::Kind::Int:
    return {"int", {}};
  case Value::Kind::Float:
    return {"float", {}};
  case Value::Kind::Complex:
    return {"complex", {}};
  case Value::Kind::Str:
    return {"str", {}};
  case Value::Kind::Tensor:
    return {"Tensor", {}};
  case Value::Kind::List:
    return value.items.empty() ? NamedType()
                               : all("List", {typeOf(value.items[0])});
  case Value::Kind::Tuple: {
    std::vector<NamedType> parts;
    for (const Value &item : value.items)
      parts.push_back(typeOf(item));
    return all("Tuple", std::move(parts));
  }
  case Value::Kind::Dict:
    return value.items.empty()
               ? NamedType()
               : all("Dict", {typeOf(value.items[0]), typeOf(value.items[1])});
  default:
    return {};
  }
}

/// Nullopt for a value of another type.
static std::optional<mtrt_value> make(BoxedTensors &tensors, const NamedType &type,
                                      const Value &value) {
  using VK = Value::Kind;
  if (type.is("Optional"))
    return value.kind == VK::None ? mtrt_value{MTRT_TAG_NONE, 0}
                                  : make(tensors, type.parts[0], value);
  if (type.is("Any")) {
    if (value.kind == VK::None)
      return mtrt_value{MTRT_TAG_NONE, 0};
    return make(tensors, typeOf(value), value);
  }
  // The first that it is.
  if (type.is("Union")) {
    for (const NamedType &part : type.parts)
      if (auto made = make(tensors, part, value))
        return made;
    return std::nullopt;
  }
  switch (value.kind) {
  case VK::None:
    if (type.is("None"))
      return mtrt_value{MTRT_TAG_NONE, 0};
    return std::nullopt;
  case VK::Bool:
    if (type.is("bool") || type.is("number"))
      return mtrt_value{MTRT_TAG_BOOL, value.integer};
    if (type.is("int"))
      return mtrt_value{MTRT_TAG_INT, value.integer};
    return std::nullopt;
  case VK::Int:
    if (type.is("int") || type.is("number"))
      return mtrt_value{MTRT_TAG_INT, value.integer};
    if (type.is("float"))
      return mtrt_value{MTRT_TAG_FLOAT,
                        llvm::bit_cast<int64_t>(double(value.integer))};
    return std::nullopt;
  case VK::Float:
    if (type.is("float") || type.is("number"))
      return mtrt_value{MTRT_TAG_FLOAT, llvm::bit_cast<int64_t>(value.real)};
    return std::nullopt;
  case VK::Complex:
    if (type.is("complex") || type.is("number"))
      return toValue(mtrt_complex_make(value.real, value.imaginary));
    return std::nullopt;
  case VK::Str:
    if (type.is("str"))
      return toValue(mtrt_str_make(value.text.data(), value.text.size()));
    return std::nullopt;
  case VK::Tensor:
    if (type.is("Tensor"))
      if (mtrt_object *tensor = tensors.write(value.tensor))
        return toValue(tensor);
    return std::nullopt;
  case VK::List:
    return type.is("List") ? makeList(tensors, type, value) : std::nullopt;
  case VK::Tuple:
  case VK::NamedTuple:
    return type.is("Tuple") ? makeTuple(tensors, type, value) : std::nullopt;
  case VK::Dict:
    return type.is("Dict") ? makeDict(tensors, type, value) : std::nullopt;
  default:
    return std::nullopt;
  }
}

Expected<mtrt_value> BoxedWriter::write(StringRef type, const Value &value) {
  StringRef rest = type;
  NamedType parsed = parseName(rest);
  if (std::optional<mtrt_value> made = make(tensors, parsed, value))
    return *made;
  return createStringError(where + ": expected " + type + ", got " +
                           describe(value));
}
