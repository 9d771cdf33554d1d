//===- BoxedValues.cpp - Objects of the runtime as values ---------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/ExecutionEngine/BoxedValues.h"

#include "llvm/ADT/bit.h"

#include <atomic>

using namespace llvm;
using namespace minitorch;

//===----------------------------------------------------------------------===//
// Names of types
//===----------------------------------------------------------------------===//

namespace {
/// A parsed name: "Dict[str, List[int]]" has two parts. Those of a named tuple
/// are its class and its fields.
struct NamedType {
  StringRef word;
  std::vector<NamedType> parts = {};
  /// The names of the parts, "" for those that have none.
  std::vector<StringRef> fields = {};

  bool is(StringRef name) const { return word == name; }
};
} // namespace

static NamedType parseName(StringRef &text) {
  NamedType type;
  type.word =
      text.take_while([](char c) { return !StringRef("[],: ").contains(c); });
  text = text.drop_front(type.word.size());
  if (!text.consume_front("[") || text.consume_front("]"))
    return type;
  do {
    text = text.ltrim();
    StringRef field;
    size_t end = text.find_first_of("[],: ");
    if (text.substr(end).starts_with(": ")) {
      field = text.take_front(end);
      text = text.drop_front(end + 2);
    }
    type.fields.push_back(field);
    type.parts.push_back(parseName(text));
  } while (text.consume_front(","));
  text.consume_front("]");
  return type;
}

/// The name of a type, as mtrt_type_intern takes it.
static std::string nameOf(const NamedType &type) {
  std::string name = type.word.str();
  if (type.parts.empty())
    return type.is("Tuple") ? name + "[]" : name;
  for (auto [i, part] : enumerate(type.parts)) {
    StringRef field = i < type.fields.size() ? type.fields[i] : StringRef();
    name += (i ? ", " : "[") + field.str() + (field.empty() ? "" : ": ") +
            nameOf(part);
  }
  return name + "]";
}

static int64_t numberOf(StringRef name) {
  return mtrt_type_intern(name.data(), name.size());
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

/// Makes a tuple whose type has this name a named one, if that is its type.
static void nameFields(StringRef typeName, Value &tuple) {
  if (!typeName.starts_with("NamedTuple["))
    return;
  NamedType type = parseName(typeName);
  if (!type.is("NamedTuple") || type.parts.size() != tuple.items.size() + 1)
    return;
  tuple.kind = Value::Kind::NamedTuple;
  // The class's name without its module.
  StringRef name = type.parts[0].word;
  tuple.text = name.substr(name.rfind('.') + 1).str();
  for (StringRef field : ArrayRef(type.fields).drop_front())
    tuple.fields.push_back(field.str());
}

void StateObjects::add(uint64_t identity, mtrt_object *object) {
  objects[identity] = object;
  identities[object] = identity;
}

uint64_t StateObjects::identify(mtrt_object *object) {
  // Odd: the addresses that loaded objects are known by are even.
  static std::atomic<uint64_t> next = 1;
  uint64_t &identity = identities[object];
  if (!identity)
    add(identity = next.fetch_add(2), object);
  return identity;
}

/// Makes `value` a number, if it is one.
static bool readNumber(mtrt_value from, Value &value) {
  if (from.tag == MTRT_TAG_FLOAT) {
    value.kind = Value::Kind::Float;
    value.real = llvm::bit_cast<double>(from.bits);
    return true;
  }
  if (from.tag != MTRT_TAG_INT && from.tag != MTRT_TAG_BOOL)
    return false;
  value.kind = from.tag == MTRT_TAG_INT ? Value::Kind::Int : Value::Kind::Bool;
  value.integer = from.bits;
  return true;
}

Value BoxedReader::read(mtrt_object *object) {
  Value value = readObject(object);
  if (state &&
      (object->kind == MTRT_KIND_LIST || object->kind == MTRT_KIND_DICT ||
       object->kind == MTRT_KIND_INSTANCE))
    value.identity = state->identify(object);
  return value;
}

Value BoxedReader::readObject(mtrt_object *object) {
  switch (object->kind) {
  case MTRT_KIND_STR: {
    auto *str = reinterpret_cast<mtrt_str *>(object);
    return Value::ofStr(std::string(str->data, str->size));
  }
  case MTRT_KIND_LIST: {
    Value list = Value::ofKind(Value::Kind::List);
    int64_t size = mtrt_list_size(object);
    list.items.reserve(size);
    for (int64_t i = 0; i < size; ++i) {
      mtrt_value item = mtrt_list_item(object, i);
      Value &value = list.items.emplace_back();
      // Long lists are of numbers: those are made in their place.
      if (!readNumber(item, value))
        value = read(item);
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
    nameFields(mtrt_type_name(object->type), result);
    return result;
  }
  case MTRT_KIND_INSTANCE: {
    auto *instance = reinterpret_cast<mtrt_tuple *>(object);
    Value result = Value::ofKind(Value::Kind::Object);
    result.text = mtrt_type_name(object->type);
    // One of the loaded program's.
    if (state && StringRef(result.text).starts_with("@"))
      return result;
    auto known = classes ? classes->find(result.text) : ClassTable::iterator();
    if (!classes || known == classes->end()) {
      unknownClass = result.text;
      return Value::none();
    }
    for (const auto &[name, type] : known->second) {
      result.items.push_back(read(instance->items[result.fields.size()]));
      result.fields.push_back(name);
    }
    return result;
  }
  case MTRT_KIND_ENUM: {
    auto *member = reinterpret_cast<mtrt_enum *>(object);
    return Value::ofMember(mtrt_type_name(object->type),
                           read(member->name).text, read(member->value));
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
  Value number;
  if (readNumber(value, number))
    return number;
  switch (value.tag) {
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
      type.is("Dict") || type.is("Tuple") || type.is("NamedTuple") ||
      type.is("Enum") || type.word.contains('.'))
    return MTRT_CLASS_OBJECT;
  // None is a null pointer.
  if (type.is("Optional") && getClass(type.parts[0]) == MTRT_CLASS_OBJECT)
    return MTRT_CLASS_OBJECT;
  return MTRT_CLASS_VALUE;
}

static mtrt_value toValue(mtrt_object *object) {
  return {MTRT_TAG_OBJECT, reinterpret_cast<int64_t>(object)};
}

namespace {
/// Makes the objects of one value. Nullopt is one of another type.
class ObjectMaker {
public:
  ObjectMaker(BoxedTensors &tensors, const ClassTable *classes,
              StateObjects *state)
      : tensors(tensors), classes(classes), state(state) {}

  std::optional<mtrt_value> make(const NamedType &type, const Value &value);

private:
  std::optional<mtrt_value> makeAnew(const NamedType &type, const Value &value);
  std::optional<mtrt_value> makeList(const NamedType &type, const Value &value);
  std::optional<mtrt_value> makeDict(const NamedType &type, const Value &value);
  std::optional<mtrt_value> makeTuple(const NamedType &type,
                                      const Value &value);
  std::optional<mtrt_value> makeMember(StringRef className, const Value &value);
  std::optional<mtrt_value> makeInstance(StringRef className,
                                         const Value &value);
  /// The class that an object is of, as the program calls it; empty for none.
  StringRef findClass(const Value &value);
  NamedType typeOf(const Value &value);

  BoxedTensors &tensors;
  const ClassTable *classes;
  StateObjects *state;
};
} // namespace

std::optional<mtrt_value> ObjectMaker::makeList(const NamedType &type,
                                                const Value &value) {
  mtrt_object *list =
      mtrt_list_make(getClass(type.parts[0]) << 32 | numberOf(nameOf(type)),
                     static_cast<int64_t>(value.items.size()), nullptr);
  for (const Value &item : value.items) {
    std::optional<mtrt_value> made = make(type.parts[0], item);
    if (!made) {
      mtrt_object_release(list);
      return std::nullopt;
    }
    mtrt_list_add(list, made->tag, made->bits);
    mtrt_value_release(made->tag, made->bits);
  }
  return toValue(list);
}

std::optional<mtrt_value> ObjectMaker::makeDict(const NamedType &type,
                                                const Value &value) {
  mtrt_object *dict = mtrt_dict_make(
      (getClass(type.parts[0]) | getClass(type.parts[1]) << 3) << 32 |
      numberOf(nameOf(type)));
  for (size_t i = 0; i + 1 < value.items.size(); i += 2) {
    std::optional<mtrt_value> key = make(type.parts[0], value.items[i]);
    std::optional<mtrt_value> item = make(type.parts[1], value.items[i + 1]);
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

std::optional<mtrt_value> ObjectMaker::makeTuple(const NamedType &type,
                                                 const Value &value) {
  // Plain tuples are what is in them.
  bool isNamed = type.is("NamedTuple");
  ArrayRef<NamedType> parts = ArrayRef(type.parts).drop_front(isNamed);
  if (parts.size() != value.items.size())
    return std::nullopt;
  std::vector<mtrt_value> items;
  for (auto [part, item] : llvm::zip(parts, value.items)) {
    std::optional<mtrt_value> made = make(part, item);
    if (!made)
      break;
    items.push_back(*made);
  }
  std::optional<mtrt_value> tuple;
  if (items.size() == value.items.size())
    tuple = toValue(mtrt_tuple_make(isNamed ? numberOf(nameOf(type)) : 0,
                                    items.size(), items.data()));
  for (mtrt_value item : items)
    mtrt_value_release(item.tag, item.bits);
  return tuple;
}

/// The member of an enum that is declared to be of `className`.
std::optional<mtrt_value> ObjectMaker::makeMember(StringRef className,
                                                  const Value &value) {
  if (value.fields.size() != 1 || value.items.size() != 1 ||
      !isSameClass(className, value.text))
    return std::nullopt;
  const Value &inner = value.items[0];
  StringRef word = inner.kind == Value::Kind::Bool    ? "bool"
                   : inner.kind == Value::Kind::Int   ? "int"
                   : inner.kind == Value::Kind::Float ? "float"
                                                      : "str";
  std::optional<mtrt_value> made = make({word}, inner);
  if (!made)
    return std::nullopt;
  mtrt_object *name =
      mtrt_str_make(value.fields[0].data(), value.fields[0].size());
  mtrt_object *member =
      mtrt_enum_member(numberOf(className), name, made->tag, made->bits);
  mtrt_object_release(name);
  mtrt_value_release(made->tag, made->bits);
  return toValue(member);
}

StringRef ObjectMaker::findClass(const Value &value) {
  if (!classes || value.kind != Value::Kind::Object)
    return "";
  if (auto found = classes->find(value.text); found != classes->end())
    return found->first;
  for (const auto &[name, fields] : *classes)
    if (isSameClass(name, value.text))
      return name;
  return "";
}

std::optional<mtrt_value> ObjectMaker::makeInstance(StringRef className,
                                                    const Value &value) {
  // Of whatever class it is: what counts is that it has the attributes.
  auto known = classes ? classes->find(className) : ClassTable::iterator();
  if (!classes || known == classes->end())
    return std::nullopt;
  const ClassFields &fields = known->second;
  mtrt_object *instance =
      mtrt_instance_make(numberOf(className), fields.size());
  for (auto [i, field] : enumerate(fields)) {
    auto given = find(value.fields, field.first);
    StringRef rest = field.second;
    std::optional<mtrt_value> made;
    if (given != value.fields.end())
      made = make(parseName(rest), value.items[given - value.fields.begin()]);
    if (!made) {
      mtrt_object_release(instance);
      return std::nullopt;
    }
    mtrt_field_set(instance, i, made->tag, made->bits);
    mtrt_value_release(made->tag, made->bits);
  }
  return toValue(instance);
}

/// "cpu", "cuda" or "cuda:1".
static std::optional<mtrt_value> parseDevice(StringRef text) {
  auto [name, index] = text.split(':');
  int64_t number = -1;
  if ((name != "cpu" && name != "cuda") ||
      (!index.empty() && index.getAsInteger(10, number)))
    return std::nullopt;
  return mtrt_value{MTRT_TAG_DEVICE,
                    int64_t(name == "cuda") << 8 | (number + 1)};
}

/// What all of `types` are: one type, or that or None. An empty name for none.
static NamedType joinAll(ArrayRef<NamedType> types) {
  NamedType joined;
  bool hasNone = false;
  for (const NamedType &type : types) {
    if (type.is("None")) {
      hasNone = true;
      continue;
    }
    if (!joined.word.empty() && nameOf(joined) != nameOf(type))
      return {};
    joined = type;
  }
  return hasNone && !joined.word.empty()
             ? NamedType{"Optional", {std::move(joined)}}
             : joined;
}

/// What a value of type Any is as TorchScript sees it.
NamedType ObjectMaker::typeOf(const Value &value) {
  auto all = [](StringRef word, std::vector<NamedType> parts) {
    return NamedType{word, std::move(parts)};
  };
  auto typesOf = [&](ArrayRef<Value> values) {
    std::vector<NamedType> types;
    for (const Value &each : values)
      types.push_back(typeOf(each));
    return types;
  };
  switch (value.kind) {
  case Value::Kind::Bool:
    return {"bool"};
  case Value::Kind::Int:
    return {"int"};
  case Value::Kind::Float:
    return {"float"};
  case Value::Kind::Complex:
    return {"complex"};
  case Value::Kind::Str:
    return {"str"};
  case Value::Kind::Tensor:
    return {"Tensor"};
  case Value::Kind::None:
    return {"None"};
  case Value::Kind::Device:
    return {"Device"};
  case Value::Kind::Enum:
    return value.integer && value.items.size() == 1
               ? typeOf(value.items[0])
               : all("Enum", {NamedType{value.text}});
  case Value::Kind::Object:
    return {findClass(value)};
  case Value::Kind::List: {
    NamedType item = joinAll(typesOf(value.items));
    return item.word.empty() ? NamedType() : all("List", {std::move(item)});
  }
  case Value::Kind::Tuple:
  case Value::Kind::NamedTuple: {
    std::vector<NamedType> parts = typesOf(value.items);
    for (const NamedType &part : parts)
      if (part.word.empty())
        return {};
    return all("Tuple", std::move(parts));
  }
  case Value::Kind::Dict: {
    std::vector<NamedType> parts = typesOf(value.items), keys, items;
    for (auto [i, part] : enumerate(parts))
      (i % 2 ? items : keys).push_back(part);
    NamedType key = joinAll(keys), item = joinAll(items);
    return key.word.empty() || item.word.empty()
               ? NamedType()
               : all("Dict", {std::move(key), std::move(item)});
  }
  default:
    return {};
  }
}

std::optional<mtrt_value> ObjectMaker::make(const NamedType &type,
                                            const Value &value) {
  if (!state || !value.identity)
    return makeAnew(type, value);
  if (mtrt_object *known = state->lookup(value.identity)) {
    mtrt_object_retain(known);
    return toValue(known);
  }
  std::optional<mtrt_value> made = makeAnew(type, value);
  if (made && made->tag == MTRT_TAG_OBJECT)
    state->add(value.identity, reinterpret_cast<mtrt_object *>(made->bits));
  return made;
}

std::optional<mtrt_value> ObjectMaker::makeAnew(const NamedType &type,
                                                const Value &value) {
  using VK = Value::Kind;
  if (type.is("Optional"))
    return value.kind == VK::None ? mtrt_value{MTRT_TAG_NONE, 0}
                                  : make(type.parts[0], value);
  if (type.is("Any")) {
    if (value.kind == VK::None)
      return mtrt_value{MTRT_TAG_NONE, 0};
    return make(typeOf(value), value);
  }
  // What it is by itself, if that is one of them.
  if (type.is("Union")) {
    NamedType own = typeOf(value);
    auto made = own.is("Union") ? std::nullopt : make(own, value);
    if (!made ||
        mtrt_value_is_instance(made->tag, made->bits, numberOf(nameOf(type))))
      return made;
    mtrt_value_release(made->tag, made->bits);
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
    return type.is("List") ? makeList(type, value) : std::nullopt;
  case VK::Tuple:
  case VK::NamedTuple:
    return type.is("Tuple") || type.is("NamedTuple") ? makeTuple(type, value)
                                                     : std::nullopt;
  case VK::Enum:
    if (type.is("Enum"))
      return makeMember(type.parts[0].word, value);
    // Where no enum is asked for, it is what it is besides.
    return value.integer && value.items.size() == 1 ? make(type, value.items[0])
                                                    : std::nullopt;
  case VK::Object:
    if (StringRef(value.text).starts_with("@"))
      return toValue(mtrt_instance_make(numberOf(value.text), 0));
    return makeInstance(classes && classes->count(type.word) ? type.word
                                                             : findClass(value),
                        value);
  case VK::Device:
    return type.is("Device") ? parseDevice(value.text) : std::nullopt;
  case VK::Dict:
    return type.is("Dict") ? makeDict(type, value) : std::nullopt;
  default:
    return std::nullopt;
  }
}

Expected<mtrt_value> BoxedWriter::write(StringRef type, const Value &value) {
  StringRef rest = type;
  NamedType parsed = parseName(rest);
  if (std::optional<mtrt_value> made =
          ObjectMaker(tensors, classes, state).make(parsed, value))
    return *made;
  return createStringError(where + ": expected " + type + ", got " +
                           describe(value));
}
