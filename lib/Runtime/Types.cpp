//===- Types.cpp - Numbers of types, and what is of which type ------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Objects.h"

#include <algorithm>
#include <cctype>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

using namespace mtrt;

namespace {
struct Type {
  std::string name;
  /// The name in front of its parts.
  std::string word;
  std::vector<uint32_t> elements;
  /// Names of the elements; "" for those that have none.
  std::vector<std::string> fields;
  mtrt_less less = nullptr;

  bool is(std::string_view other) const { return word == other; }
  bool isTuple() const { return is("Tuple") || is("NamedTuple"); }
  /// The first field of a tuple: a named one has its class in front.
  size_t firstField() const { return is("NamedTuple") ? 1 : 0; }
};

struct Types {
  std::mutex mutex;
  /// Number 0 is no type. A deque, since types must stay where they are.
  std::deque<Type> all{Type()};
  std::unordered_map<std::string, uint32_t> numbers;
};

/// Never destroyed: objects may outlive static destructors.
Types &types() {
  static Types *instance = new Types;
  return *instance;
}

/// Gives a type and its parts their numbers. The caller has the lock.
class Parser {
public:
  explicit Parser(std::string_view text) : rest(text) {}

  uint32_t parse();
  bool atEnd() const { return rest.empty(); }

private:
  bool consume(std::string_view token) {
    if (rest.substr(0, token.size()) != token)
      return false;
    rest.remove_prefix(token.size());
    return true;
  }
  std::string_view takeWord() {
    size_t size = std::min(rest.find_first_of("[],: "), rest.size());
    std::string_view word = rest.substr(0, size);
    rest.remove_prefix(size);
    return word;
  }

  std::string_view rest;
};
} // namespace

uint32_t Parser::parse() {
  const char *begin = rest.data();
  Type type;
  type.word = takeWord();
  if (consume("[") && !consume("]")) {
    do {
      consume(" ");
      std::string_view before = rest, word = takeWord();
      if (!consume(": ")) {
        rest = before;
        word = {};
      }
      type.fields.emplace_back(word);
      type.elements.push_back(parse());
    } while (consume(","));
    consume("]");
  }
  type.name.assign(begin, rest.data() - begin);
  Types &known = types();
  auto [entry, isNew] = known.numbers.try_emplace(
      type.name, static_cast<uint32_t>(known.all.size()));
  if (isNew)
    known.all.push_back(std::move(type));
  return entry->second;
}

uint32_t mtrt_type_intern(const char *name, int64_t size) {
  std::lock_guard<std::mutex> guard(types().mutex);
  std::string text(name, size);
  auto known = types().numbers.find(text);
  if (known != types().numbers.end())
    return known->second;
  Parser parser(text);
  uint32_t number = parser.parse();
  if (parser.atEnd())
    return number;
  // Not a type's text: a name all the same.
  auto [entry, isNew] = types().numbers.try_emplace(
      text, static_cast<uint32_t>(types().all.size()));
  if (isNew) {
    types().all.emplace_back();
    types().all.back().name = types().all.back().word = text;
  }
  return entry->second;
}

/// A type, or that of number 0, which is none.
static Type &getType(uint32_t number) {
  std::lock_guard<std::mutex> guard(types().mutex);
  return types().all[number < types().all.size() ? number : 0];
}

const char *mtrt_type_name(uint32_t type) { return getType(type).name.c_str(); }

void mtrt_type_set_elements(uint32_t type, int64_t count,
                            const uint32_t *elements) {
  if (type)
    getType(type).elements.assign(elements, elements + count);
}

void mtrt_type_set_less(uint32_t type, mtrt_less less) {
  if (type)
    getType(type).less = less;
}

uint32_t mtrt::elementType(uint32_t type, int64_t index) {
  const Type &found = getType(type);
  return index < static_cast<int64_t>(found.elements.size())
             ? found.elements[index]
             : 0;
}

mtrt_less mtrt::lessOf(uint32_t type) { return getType(type).less; }

//===----------------------------------------------------------------------===//
// What is of which type
//===----------------------------------------------------------------------===//

static bool isSubtype(uint32_t number, uint32_t otherNumber);

/// Tuples are what their fields are, and a named one is also any other with
/// these names.
static bool isSubtuple(const Type &type, const Type &other) {
  size_t from = type.firstField(), to = other.firstField();
  size_t size = other.elements.size() - to;
  if (!other.isTuple() || type.elements.size() - from != size ||
      (other.is("NamedTuple") &&
       (!type.is("NamedTuple") ||
        !std::equal(type.fields.begin() + from, type.fields.end(),
                    other.fields.begin() + to, other.fields.end()))))
    return false;
  for (size_t i = 0; i < size; ++i)
    if (!isSubtype(type.elements[from + i], other.elements[to + i]))
      return false;
  return true;
}

static bool isSubtype(uint32_t number, uint32_t otherNumber) {
  const Type &type = getType(number), &other = getType(otherNumber);
  if (number == otherNumber || other.is("Any"))
    return true;
  auto isPart = [&](uint32_t part) { return isSubtype(number, part); };
  if (type.is("Optional"))
    return isSubtype(mtrt_type_intern("None", 4), otherNumber) &&
           isSubtype(type.elements[0], otherNumber);
  if (type.is("Union"))
    return std::all_of(
        type.elements.begin(), type.elements.end(),
        [&](uint32_t part) { return isSubtype(part, otherNumber); });
  if (other.is("Optional"))
    return type.is("None") || isPart(other.elements[0]);
  if (other.is("Union"))
    return std::any_of(other.elements.begin(), other.elements.end(), isPart);
  if (other.is("number"))
    return type.is("int") || type.is("float") || type.is("complex");
  if (other.is("list"))
    return type.is("List");
  if (other.is("tuple"))
    return type.isTuple();
  return type.isTuple() && isSubtuple(type, other);
}

/// A container is what it was made as.
static bool isContainer(mtrt_object *object, uint16_t kind, uint32_t type) {
  if (object->kind != kind)
    return false;
  if (object->type == 0)
    raise("RuntimeError",
          "isinstance: it is not known what the elements of this value are "
          "declared to be");
  return object->type == type;
}

static bool isTupleOf(mtrt_object *object, const Type &type) {
  if (object->kind != MTRT_KIND_TUPLE)
    return false;
  if (const Type &own = getType(object->type); own.is("NamedTuple"))
    return isSubtuple(own, type);
  auto *tuple = reinterpret_cast<mtrt_tuple *>(object);
  if (type.is("NamedTuple") ||
      tuple->size != static_cast<int64_t>(type.elements.size()))
    return false;
  for (int64_t i = 0; i < tuple->size; ++i)
    if (!mtrt_value_is_instance(tuple->items[i].tag, tuple->items[i].bits,
                                type.elements[i]))
      return false;
  return true;
}

int64_t mtrt_value_is_instance(int64_t tag, int64_t bits, int64_t number) {
  const Type &type = getType(static_cast<uint32_t>(number));
  auto isPart = [&](uint32_t part) {
    return mtrt_value_is_instance(tag, bits, part) != 0;
  };
  if (type.is("Any"))
    return true;
  if (type.is("Optional"))
    return tag == MTRT_TAG_NONE || isPart(type.elements[0]);
  if (type.is("Union"))
    return std::any_of(type.elements.begin(), type.elements.end(), isPart);
  mtrt_object *object = objectOf({tag, bits});
  if (!object)
    return type.is("None")     ? tag == MTRT_TAG_NONE
           : type.is("int")    ? tag == MTRT_TAG_INT
           : type.is("float")  ? tag == MTRT_TAG_FLOAT
           : type.is("bool")   ? tag == MTRT_TAG_BOOL
           : type.is("Device") ? tag == MTRT_TAG_DEVICE
           : type.is("number") ? tag == MTRT_TAG_INT || tag == MTRT_TAG_FLOAT
                               : false;
  if (type.is("str"))
    return object->kind == MTRT_KIND_STR;
  if (type.is("Tensor"))
    return object->kind == MTRT_KIND_TENSOR;
  if (type.is("complex") || type.is("number"))
    return object->kind == MTRT_KIND_COMPLEX;
  if (type.is("list"))
    return object->kind == MTRT_KIND_LIST;
  if (type.is("tuple"))
    return object->kind == MTRT_KIND_TUPLE;
  if (type.is("List"))
    return isContainer(object, MTRT_KIND_LIST, number);
  if (type.is("Dict"))
    return isContainer(object, MTRT_KIND_DICT, number);
  if (type.isTuple())
    return isTupleOf(object, type);
  if (type.is("Enum"))
    return object->kind == MTRT_KIND_ENUM && object->type == type.elements[0];
  return object->kind == MTRT_KIND_INSTANCE && object->type == number;
}
