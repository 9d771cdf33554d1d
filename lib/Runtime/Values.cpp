//===- Values.cpp - Tuples, instances, enums, complex numbers, types ------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Objects.h"

#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

using namespace mtrt;

//===----------------------------------------------------------------------===//
// Tuples and instances
//===----------------------------------------------------------------------===//

static mtrt_tuple *toTuple(mtrt_object *object) {
  return reinterpret_cast<mtrt_tuple *>(object);
}

static mtrt_tuple *makeFields(uint16_t kind, int64_t type, int64_t size) {
  auto *tuple = makeObject<mtrt_tuple>(kind, type, size * sizeof(mtrt_value));
  tuple->size = size;
  return tuple;
}

mtrt_object *mtrt_tuple_make(int64_t type, int64_t size,
                             const mtrt_value *items) {
  mtrt_tuple *tuple = makeFields(MTRT_KIND_TUPLE, type, size);
  for (int64_t i = 0; i < size; ++i) {
    mtrt_object_retain(objectOf(items[i]));
    tuple->items[i] = items[i];
  }
  return &tuple->object;
}

mtrt_object *mtrt_instance_make(int64_t type, int64_t size) {
  // Zero is None.
  return &makeFields(MTRT_KIND_INSTANCE, type, size)->object;
}

mtrt_value mtrt_field_get(mtrt_object *object, int64_t index) noexcept {
  Guard guard(object);
  mtrt_value value = toTuple(object)->items[index];
  mtrt_object_retain(objectOf(value));
  return value;
}

void mtrt_field_set(mtrt_object *object, int64_t index, int64_t tag,
                    int64_t bits) noexcept {
  mtrt_value value = {tag, bits}, old;
  mtrt_object_retain(objectOf(value));
  publish(object, objectOf(value));
  {
    Guard guard(object);
    old = std::exchange(toTuple(object)->items[index], value);
  }
  mtrt_object_release(objectOf(old));
}

//===----------------------------------------------------------------------===//
// Enums and complex numbers
//===----------------------------------------------------------------------===//

static mtrt_enum *toEnum(mtrt_object *object) {
  return reinterpret_cast<mtrt_enum *>(object);
}

mtrt_object *mtrt_enum_make(int64_t type, mtrt_object *name, int64_t tag,
                            int64_t bits) {
  auto *member = makeObject<mtrt_enum>(MTRT_KIND_ENUM, type);
  mtrt_object_retain(name);
  mtrt_value_retain(tag, bits);
  member->name = name;
  member->value = {tag, bits};
  return &member->object;
}

mtrt_object *mtrt_enum_name(mtrt_object *member) noexcept {
  mtrt_object_retain(toEnum(member)->name);
  return toEnum(member)->name;
}
int64_t mtrt_enum_value_i(mtrt_object *member) noexcept {
  return toEnum(member)->value.bits;
}
double mtrt_enum_value_f(mtrt_object *member) noexcept {
  return toFloat(toEnum(member)->value);
}
mtrt_object *mtrt_enum_value_o(mtrt_object *member) noexcept {
  mtrt_object *value = objectOf(toEnum(member)->value);
  mtrt_object_retain(value);
  return value;
}

mtrt_object *mtrt_complex_make(double re, double im) {
  auto *number = makeObject<mtrt_complex_object>(MTRT_KIND_COMPLEX, 0);
  number->value = {re, im};
  return &number->object;
}

int64_t mtrt_value_is(int64_t leftTag, int64_t leftBits, int64_t rightTag,
                      int64_t rightBits) noexcept {
  return leftTag == rightTag && leftBits == rightBits;
}
int64_t mtrt_value_is_not(int64_t leftTag, int64_t leftBits, int64_t rightTag,
                          int64_t rightBits) noexcept {
  return !mtrt_value_is(leftTag, leftBits, rightTag, rightBits);
}

int64_t mtrt_is(mtrt_object *left, mtrt_object *right) noexcept {
  return left == right;
}
int64_t mtrt_is_not(mtrt_object *left, mtrt_object *right) noexcept {
  return left != right;
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

namespace {
struct Type {
  std::string name;
  std::vector<uint32_t> elements;
  mtrt_less less = nullptr;
};

struct Types {
  std::mutex mutex;
  /// Number 0 is no type. A deque, since names must stay where they are.
  std::deque<Type> all{Type()};
  std::unordered_map<std::string, uint32_t> numbers;
};

/// Never destroyed: objects may outlive static destructors.
Types &types() {
  static Types *instance = new Types;
  return *instance;
}
} // namespace

/// Runs `body` on a type, if there is one of that number.
template <typename Body> static void withType(uint32_t type, Body body) {
  std::lock_guard<std::mutex> guard(types().mutex);
  if (type != 0 && type < types().all.size())
    body(types().all[type]);
}

uint32_t mtrt_type_intern(const char *name, int64_t size) {
  std::lock_guard<std::mutex> guard(types().mutex);
  auto [entry, isNew] = types().numbers.try_emplace(
      std::string(name, size), static_cast<uint32_t>(types().all.size()));
  if (isNew)
    types().all.push_back({entry->first, {}, nullptr});
  return entry->second;
}

int64_t mtrt_value_type(int64_t tag, int64_t bits) noexcept {
  mtrt_object *object = objectOf({tag, bits});
  return object ? object->type : 0;
}

const char *mtrt_type_name(uint32_t type) {
  const char *name = "";
  withType(type, [&](Type &found) { name = found.name.c_str(); });
  return name;
}

void mtrt_type_set_elements(uint32_t type, int64_t count,
                            const uint32_t *elements) {
  withType(type, [&](Type &found) {
    found.elements.assign(elements, elements + count);
  });
}

void mtrt_type_set_less(uint32_t type, mtrt_less less) {
  withType(type, [&](Type &found) { found.less = less; });
}

uint32_t mtrt::elementType(uint32_t type, int64_t index) {
  uint32_t element = 0;
  withType(type, [&](Type &found) {
    if (index < static_cast<int64_t>(found.elements.size()))
      element = found.elements[index];
  });
  return element;
}

mtrt_less mtrt::lessOf(uint32_t type) {
  mtrt_less less = nullptr;
  withType(type, [&](Type &found) { less = found.less; });
  return less;
}
