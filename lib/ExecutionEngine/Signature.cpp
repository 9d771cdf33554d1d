//===- Signature.cpp - What a compiled function takes and gives ---------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/ExecutionEngine/Signature.h"

#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace minitorch;

using Kind = ValueType::Kind;

bool ValueType::isLeaf() const {
  switch (kind) {
  case Kind::Tensor:
    return !relation;
  case Kind::Int:
  case Kind::Float:
  case Kind::Bool:
    return !constant;
  case Kind::Boxed:
    return true;
  default:
    return false;
  }
}

std::string minitorch::describe(const ValueType &type) {
  if (type.constant)
    return describe(*type.constant) + " (fixed when compiling)";
  switch (type.kind) {
  case Kind::Tensor: {
    std::string shape = describe(type.dtype, type.shape);
    StringRef name = toTorchName(type.dtype);
    return (name + " tensor of shape " +
            StringRef(shape).substr(name.size() + 1))
        .str();
  }
  case Kind::Int:
    return "int";
  case Kind::Float:
    return "float";
  case Kind::Bool:
    return "bool";
  case Kind::Complex:
    return "complex";
  case Kind::None:
    return "None";
  case Kind::Str:
    return "str";
  case Kind::Enum:
    return "enum";
  case Kind::Tuple:
    return "tuple of " + std::to_string(type.items.size());
  case Kind::Boxed:
    return type.typeName;
  case Kind::List:
    return "list of " + std::to_string(type.items.size());
  case Kind::Dict:
    return "dict of " + std::to_string(type.items.size());
  }
  return "";
}

static constexpr std::pair<Kind, const char *> kindNames[] = {
    {Kind::Tensor, "tensor"},   {Kind::Int, "int"},     {Kind::Float, "float"},
    {Kind::Bool, "bool"},       {Kind::None, "none"},   {Kind::Str, "str"},
    {Kind::Tuple, "tuple"},     {Kind::List, "list"},   {Kind::Dict, "dict"},
    {Kind::Complex, "complex"}, {Kind::Boxed, "boxed"}, {Kind::Enum, "enum"},
};

//===----------------------------------------------------------------------===//
// Parsing
//===----------------------------------------------------------------------===//

static Error malformed(const Twine &what) {
  return createStringError("malformed signature: " + what);
}

/// A constant, or a dict's key: a bare JSON value, or one with a tag.
static std::optional<Value> parseConstant(const json::Value &json) {
  if (const json::Object *object = json.getAsObject()) {
    const json::Value *inner = object->get("v");
    if (!inner || inner->getAsObject())
      return std::nullopt;
    auto value = parseConstant(*inner);
    if (value && object->getString("t") == "float" &&
        value->kind == Value::Kind::Int)
      return Value::ofFloat(value->integer);
    return value;
  }
  if (auto boolean = json.getAsBoolean())
    return Value::ofBool(*boolean);
  if (auto integer = json.getAsInteger())
    return Value::ofInt(*integer);
  if (auto number = json.getAsNumber())
    return Value::ofFloat(*number);
  if (auto text = json.getAsString())
    return Value::ofStr(text->str());
  return std::nullopt;
}

static Error parseScalarConstant(const json::Value &json, ValueType &type) {
  auto constant = parseConstant(json);
  if (!constant)
    return malformed("a constant of a wrong kind");
  if (type.kind == Kind::Float && constant->kind == Value::Kind::Int)
    constant = Value::ofFloat(constant->integer);
  if (type.kind == Kind::Float && constant->kind == Value::Kind::Str)
    constant = Value::ofFloat(std::strtod(constant->text.c_str(), nullptr));
  type.constant = std::move(*constant);
  return Error::success();
}

static constexpr std::pair<ValueType::Relation::Kind, const char *>
    relationNames[] = {{ValueType::Relation::Kind::Same, "same"},
                       {ValueType::Relation::Kind::Alias, "alias"},
                       {ValueType::Relation::Kind::View, "view"}};

static Error parseRelation(const json::Object &tensor, ValueType &type) {
  for (auto [kind, name] : relationNames) {
    const json::Object *object = tensor.getObject(name);
    if (!object)
      continue;
    ValueType::Relation relation;
    relation.kind = kind;
    std::optional<int64_t> argument = object->getInteger("arg");
    std::optional<int64_t> result = object->getInteger("result");
    if (!argument == !result)
      return malformed(Twine("'") + name + "' names no tensor");
    relation.isOfResult = result.has_value();
    relation.index = result ? *result : *argument;
    relation.offset = object->getInteger("offset").value_or(0);
    if (const json::Array *strides = object->getArray("strides"))
      for (const json::Value &stride : *strides)
        relation.strides.push_back(stride.getAsInteger().value_or(-1));
    relation.isPlaced = kind == ValueType::Relation::Kind::View &&
                        !object->get("strides") && !object->get("offset");
    if (relation.isPlaced) {
      type.items.resize(1 + 2 * type.shape.size());
      for (ValueType &number : type.items)
        number.kind = Kind::Int;
    }
    if (kind == ValueType::Relation::Kind::View && !relation.isPlaced &&
        (relation.strides.size() != type.shape.size() || relation.offset < 0 ||
         is_contained(type.shape, -1) ||
         any_of(relation.strides, [](int64_t stride) { return stride < 0; })))
      return malformed("a 'view' needs sizes, strides and an offset");
    type.relation = std::move(relation);
  }
  return Error::success();
}

static Expected<ValueType> parseType(const json::Value *json,
                                     unsigned depth = 0) {
  const json::Object *object = json ? json->getAsObject() : nullptr;
  auto tag = object ? object->getString("t") : std::nullopt;
  if (!tag)
    return malformed("a type has no 't'");
  if (depth > 200)
    return malformed("types are nested too deeply");
  ValueType type;
  auto *kind =
      find_if(kindNames, [&](auto each) { return each.second == *tag; });
  if (kind == std::end(kindNames))
    return malformed("unknown type '" + *tag + "'");
  type.kind = kind->first;
  const json::Value *v = object->get("v");

  switch (type.kind) {
  case Kind::None:
    return type;
  case Kind::Boxed:
    type.typeName = object->getString("type").value_or("Any").str();
    type.isTagged = object->getBoolean("tagged").value_or(false);
    return type;
  case Kind::Tensor: {
    auto dtype = parseDType(object->getString("dtype").value_or(""));
    const json::Array *shape = object->getArray("shape");
    if (!dtype || !shape)
      return malformed("a tensor needs 'dtype' and 'shape'");
    type.dtype = *dtype;
    for (const json::Value &size : *shape) {
      auto integer = size.getAsInteger();
      if (!integer)
        return malformed("a size is not a number");
      type.shape.push_back(*integer < 0 ? -1 : *integer);
    }
    if (const json::Array *strides = object->getArray("strides"))
      for (const json::Value &stride : *strides)
        type.strides.push_back(stride.getAsInteger().value_or(-1));
    if (!type.strides.empty() && type.strides.size() != type.shape.size())
      return malformed("a tensor has not as many strides as sizes");
    if (Error error = parseRelation(*object, type))
      return std::move(error);
    if (object->getBoolean("either").value_or(false)) {
      if (type.relation)
        return malformed("a tensor that is known has no 'either'");
      type.items.resize(1);
      type.items[0].kind = Kind::Int;
    }
    return type;
  }
  case Kind::Enum: {
    auto className = object->getString("class"),
         name = object->getString("name");
    const json::Object *real = v ? v->getAsObject() : nullptr;
    auto value = real && real->getNumber("float")
                     ? std::optional(Value::ofFloat(*real->getNumber("float")))
                 : v && !real ? parseConstant(*v)
                              : std::nullopt;
    if (!className || !name || !value)
      return malformed("an enum needs 'class', 'name' and 'v'");
    type.constant =
        Value::ofMember(className->str(), name->str(), std::move(*value));
    return type;
  }
  case Kind::Str:
    if (!v)
      return malformed("a str has no value");
    [[fallthrough]];
  case Kind::Int:
  case Kind::Float:
  case Kind::Bool:
    type.isExact = object->getBoolean("exact").value_or(false);
    if (v)
      if (Error error = parseScalarConstant(*v, type))
        return std::move(error);
    return type;
  case Kind::Complex:
  case Kind::Tuple:
  case Kind::List:
  case Kind::Dict:
    break;
  }

  const json::Array *items = v ? v->getAsArray() : nullptr;
  if (!items)
    return malformed("a " + *tag + " has no items");
  for (const json::Value &item : *items) {
    const json::Value *itemType = &item;
    if (type.kind == Kind::Dict) {
      const json::Array *pair = item.getAsArray();
      auto key =
          pair && pair->size() == 2 ? parseConstant((*pair)[0]) : std::nullopt;
      if (!key)
        return malformed("an item of a dict is not a pair with a constant key");
      type.keys.push_back(std::move(*key));
      itemType = &(*pair)[1];
    }
    auto parsed = parseType(itemType, depth + 1);
    if (!parsed)
      return parsed.takeError();
    type.items.push_back(std::move(*parsed));
  }
  if (type.kind == Kind::Complex &&
      (type.items.size() != 2 || any_of(type.items, [](const ValueType &part) {
         return part.kind != Kind::Float;
       })))
    return malformed("a complex number has not two float parts");
  type.name = object->getString("name").value_or("").str();
  if (const json::Array *fields = object->getArray("fields"))
    for (const json::Value &field : *fields)
      type.fields.push_back(field.getAsString().value_or("").str());
  if (!type.fields.empty() && type.fields.size() != type.items.size())
    return malformed("a tuple has not as many fields as items");
  return type;
}

/// Only results have numbers that say where, or which, they are.
static bool hasPlacedView(const ValueType &type) {
  return (type.relation && type.relation->isPlaced) || type.isEither() ||
         any_of(type.items, hasPlacedView);
}

static Error parseNamed(const json::Object &object, StringRef list,
                        StringRef nameKey,
                        std::vector<Signature::Named> &result) {
  const json::Array *array = object.getArray(list);
  if (!array)
    return object.get(list) ? malformed("'" + list + "' is not an array")
                            : Error::success();
  for (const json::Value &each : *array) {
    const json::Object *entry = each.getAsObject();
    auto name = entry ? entry->getString(nameKey) : std::nullopt;
    if (!name)
      return malformed("an entry of '" + list + "' has no '" + nameKey + "'");
    auto type = parseType(entry->get("type"));
    if (!type)
      return type.takeError();
    if (hasPlacedView(*type))
      return malformed("an argument has no place in a result");
    ValueType after = *type;
    after.relation.reset();
    if (Error error = parseRelation(*entry, after))
      return error;
    if (hasPlacedView(after))
      return malformed("a 'view' needs sizes, strides and an offset");
    result.push_back({name->str(), std::move(*type), std::move(after.relation),
                      entry->getBoolean("written").value_or(false)});
  }
  return Error::success();
}

static Error parseClasses(const json::Object &object, ClassTable &classes) {
  const json::Object *table = object.getObject("classes");
  for (const auto &[name, fields] : table ? *table : json::Object()) {
    const json::Array *array = fields.getAsArray();
    if (!array)
      return malformed("the fields of a class are not an array");
    ClassFields &parsed = classes[name.str()];
    for (const json::Value &field : *array) {
      const json::Array *pair = field.getAsArray();
      auto fieldName =
          pair && pair->size() == 2 ? (*pair)[0].getAsString() : std::nullopt;
      auto type = fieldName ? (*pair)[1].getAsString() : std::nullopt;
      if (!type)
        return malformed("a field of a class is no name and type");
      parsed.emplace_back(fieldName->str(), type->str());
    }
  }
  return Error::success();
}

static void collectLeaves(const ValueType &type,
                          std::vector<const ValueType *> &leaves) {
  if (type.isLeaf())
    leaves.push_back(&type);
  for (const ValueType &item : type.items)
    collectLeaves(item, leaves);
}

static Error parseLeaves(const json::Object &object, StringRef list,
                         size_t count, std::vector<int64_t> &leaves) {
  const json::Array *array = object.getArray(list);
  for (const json::Value &index : array ? *array : json::Array()) {
    auto integer = index.getAsInteger();
    if (!integer || *integer < 0 || *integer >= static_cast<int64_t>(count))
      return malformed("'" + list + "' names no argument");
    leaves.push_back(*integer);
  }
  return Error::success();
}

static Error parseReshaped(const json::Value &json,
                           ArrayRef<const ValueType *> leaves,
                           std::vector<Signature::Reshaped> &result) {
  using Reshape = Signature::Reshaped;
  const json::Object *object = json.getAsObject();
  auto leaf = object ? object->getInteger("leaf") : std::nullopt;
  if (!leaf || *leaf < 0 || *leaf >= static_cast<int64_t>(leaves.size()) ||
      leaves[*leaf]->kind != Kind::Tensor)
    return malformed("'reshaped' names no argument that is a tensor");
  Reshape reshape;
  reshape.leaf = *leaf;
  auto parseInts = [&](StringRef key, std::vector<int64_t> &ints) {
    const json::Array *array = object->getArray(key);
    for (const json::Value &each : array ? *array : json::Array())
      ints.push_back(each.getAsInteger().value_or(-2));
    return array != nullptr;
  };
  int64_t rank = leaves[*leaf]->shape.size();
  if (parseInts("dims", reshape.dims)) {
    if (any_of(reshape.dims,
               [&](int64_t dim) { return dim < -1 || dim >= rank; }))
      return malformed("'reshaped' names no dim");
  } else if (parseInts("sizes", reshape.sizes)) {
    reshape.kind = Reshape::Kind::Strided;
    parseInts("strides", reshape.strides);
    reshape.offset = object->getInteger("offset").value_or(0);
    auto isNegative = [](int64_t each) { return each < 0; };
    if (reshape.sizes.size() != reshape.strides.size() ||
        any_of(reshape.sizes, isNegative) ||
        any_of(reshape.strides, isNegative) || reshape.offset < 0)
      return malformed("'reshaped' has strides that do not fit");
  } else {
    reshape.kind = Reshape::Kind::Replaced;
    reshape.rank = object->getInteger("rank").value_or(-1);
    if (reshape.rank < 0)
      return malformed("'reshaped' does not say how");
  }
  result.push_back(std::move(reshape));
  return Error::success();
}

static int64_t countTensors(const ValueType &type) {
  int64_t count = type.kind == Kind::Tensor;
  for (const ValueType &item : type.items)
    count += countTensors(item);
  return count;
}

static bool isRelationValid(const std::optional<ValueType::Relation> &relation,
                            int64_t arguments, int64_t results) {
  return !relation ||
         (relation->index >= 0 &&
          relation->index < (relation->isOfResult ? results : arguments));
}

/// Whether tensors that are related to another one name one of `arguments`
/// leaves of arguments, or of `results` tensors of the result.
static bool areRelationsValid(const ValueType &type, int64_t arguments,
                              int64_t results) {
  return isRelationValid(type.relation, arguments, results) &&
         all_of(type.items, [&](const ValueType &item) {
           return areRelationsValid(item, arguments, results);
         });
}

static bool hasStrides(const ValueType &type) {
  return !type.strides.empty() || any_of(type.items, hasStrides);
}

static bool isBoxedTensor(const ValueType &type) {
  return (type.kind == ValueType::Kind::Boxed &&
          StringRef(type.typeName).contains("Tensor")) ||
         any_of(type.items, isBoxedTensor);
}

bool Signature::takesBoxedTensors() const {
  return any_of(args, [](const Named &arg) { return isBoxedTensor(arg.type); });
}

bool Signature::dependsOnMemory() const {
  return takesBoxedTensors() || !contiguous.empty() || !whole.empty() ||
         !reshaped.empty() ||
         any_of(args, [](const Named &arg) { return hasStrides(arg.type); });
}

Expected<Signature> Signature::parse(StringRef text) {
  auto json = json::parse(text);
  if (!json)
    return malformed(toString(json.takeError()));
  const json::Object *object = json->getAsObject();
  if (!object)
    return malformed("not an object");
  Signature signature;
  if (Error error = parseNamed(*object, "args", "name", signature.args))
    return std::move(error);
  if (Error error = parseNamed(*object, "state", "path", signature.state))
    return std::move(error);
  if (Error error = parseClasses(*object, signature.classes))
    return std::move(error);
  auto result = parseType(object->get("result"));
  if (!result)
    return result.takeError();
  signature.result = std::move(*result);
  std::vector<const ValueType *> leaves;
  for (const Named &arg : signature.args) {
    collectLeaves(arg.type, leaves);
    if (!areRelationsValid(arg.type, leaves.size(), 0))
      return malformed("a tensor is that of no earlier argument");
  }
  int64_t arguments = leaves.size() + signature.state.size();
  int64_t tensors = countTensors(signature.result);
  if (!areRelationsValid(signature.result, arguments, tensors))
    return malformed("a tensor is that of no argument or result");
  for (const Named &attribute : signature.state) {
    if (!isRelationValid(attribute.after, arguments, tensors))
      return malformed("an attribute becomes no argument or result");
    tensors += attribute.type.kind == Kind::Tensor;
  }
  if (Error error =
          parseLeaves(*object, "mutated", leaves.size(), signature.mutated))
    return std::move(error);
  if (Error error = parseLeaves(*object, "contiguous", leaves.size(),
                                signature.contiguous))
    return std::move(error);
  if (Error error =
          parseLeaves(*object, "whole", leaves.size(), signature.whole))
    return std::move(error);
  if (const json::Array *distinct = object->getArray("distinct"))
    for (const json::Value &entry : *distinct) {
      const json::Array *pair = entry.getAsArray();
      auto first =
          pair && pair->size() == 2 ? (*pair)[0].getAsInteger() : std::nullopt;
      auto second = first ? (*pair)[1].getAsInteger() : std::nullopt;
      if (!second || *first < 0 || *first >= arguments || *second < 0 ||
          *second >= arguments)
        return malformed("an entry of 'distinct' is no pair of leaves");
      signature.distinct.push_back({*first, *second});
    }
  if (const json::Array *reshaped = object->getArray("reshaped"))
    for (const json::Value &entry : *reshaped)
      if (Error error = parseReshaped(entry, leaves, signature.reshaped))
        return std::move(error);
  return signature;
}

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

static json::Value printConstant(const Value &value) {
  switch (value.kind) {
  case Value::Kind::Bool:
    return value.integer != 0;
  case Value::Kind::Int:
    return value.integer;
  case Value::Kind::Float:
    if (value.real - value.real != 0) // JSON has no infinities
      return std::to_string(value.real);
    return value.real;
  default:
    return json::fixUTF8(value.text);
  }
}

static void printRelation(const std::optional<ValueType::Relation> &relation,
                          json::Object &object) {
  if (!relation)
    return;
  json::Object source{
      {relation->isOfResult ? "result" : "arg", relation->index}};
  if (relation->kind == ValueType::Relation::Kind::View &&
      !relation->isPlaced) {
    source["offset"] = relation->offset;
    source["strides"] = json::Array(relation->strides);
  }
  for (auto [kind, name] : relationNames)
    if (kind == relation->kind)
      object[name] = std::move(source);
}

static json::Value printType(const ValueType &type) {
  json::Object object;
  for (auto [kind, name] : kindNames)
    if (kind == type.kind)
      object["t"] = name;
  if (type.isExact)
    object["exact"] = true;
  if (type.kind == Kind::Tensor) {
    object["dtype"] = toWord(type.dtype).str();
    object["shape"] = json::Array(type.shape);
    if (!type.strides.empty())
      object["strides"] = json::Array(type.strides);
    printRelation(type.relation, object);
    if (type.isEither())
      object["either"] = true;
  } else if (type.kind == Kind::Enum && type.constant) {
    const Value &value = type.constant->items[0];
    object["class"] = type.constant->text;
    object["name"] = type.constant->fields[0];
    object["v"] = value.kind == Value::Kind::Float
                      ? json::Object{{"float", value.real}}
                      : printConstant(value);
  } else if (type.constant) {
    object["v"] = printConstant(*type.constant);
  } else if (type.kind == Kind::Boxed) {
    object["type"] = type.typeName;
    if (type.isTagged)
      object["tagged"] = true;
  } else if (type.kind == Kind::Tuple || type.kind == Kind::List ||
             type.kind == Kind::Dict || type.kind == Kind::Complex) {
    json::Array items;
    for (size_t i = 0; i < type.items.size(); ++i) {
      json::Value item = printType(type.items[i]);
      if (type.kind == Kind::Dict)
        items.push_back(
            json::Array{printConstant(type.keys[i]), std::move(item)});
      else
        items.push_back(std::move(item));
    }
    object["v"] = std::move(items);
    if (!type.name.empty())
      object["name"] = type.name;
    if (!type.fields.empty())
      object["fields"] = json::Array(type.fields);
  }
  return object;
}

std::string Signature::str() const {
  auto named = [](const std::vector<Named> &list, StringRef key) {
    json::Array array;
    for (const Named &each : list) {
      json::Object entry{{key, json::fixUTF8(each.name)},
                         {"type", printType(each.type)}};
      printRelation(each.after, entry);
      if (each.isWritten)
        entry["written"] = true;
      array.push_back(std::move(entry));
    }
    return array;
  };
  json::Object object{{"args", named(args, "name")},
                      {"result", printType(result)},
                      {"state", named(state, "path")},
                      {"mutated", json::Array(mutated)}};
  if (!contiguous.empty())
    object["contiguous"] = json::Array(contiguous);
  if (!whole.empty())
    object["whole"] = json::Array(whole);
  json::Array pairs;
  for (auto [first, second] : distinct)
    pairs.push_back(json::Array{first, second});
  if (!pairs.empty())
    object["distinct"] = std::move(pairs);
  if (!classes.empty()) {
    json::Object table;
    for (const auto &[name, fields] : classes) {
      json::Array array;
      for (const auto &[field, type] : fields)
        array.push_back(json::Array{json::fixUTF8(field), json::fixUTF8(type)});
      table[json::fixUTF8(name)] = std::move(array);
    }
    object["classes"] = std::move(table);
  }
  json::Array changes;
  for (const Reshaped &each : reshaped) {
    json::Object entry{{"leaf", each.leaf}};
    switch (each.kind) {
    case Reshaped::Kind::Dims:
      entry["dims"] = json::Array(each.dims);
      break;
    case Reshaped::Kind::Strided:
      entry["sizes"] = json::Array(each.sizes);
      entry["strides"] = json::Array(each.strides);
      entry["offset"] = each.offset;
      break;
    case Reshaped::Kind::Replaced:
      entry["rank"] = each.rank;
      break;
    }
    changes.push_back(std::move(entry));
  }
  if (!changes.empty())
    object["reshaped"] = std::move(changes);
  std::string text;
  raw_string_ostream(text) << json::Value(std::move(object));
  return text;
}
