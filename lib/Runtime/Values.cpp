//===- Values.cpp - Tuples, instances, enums, complex numbers -------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Objects.h"

#include <mutex>
#include <string>
#include <unordered_map>

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
  // Of a branch that gives none, where nobody looks at it.
  if (!object)
    return {MTRT_TAG_NONE, 0};
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

/// What is the same for one member only.
static std::string keyOf(int64_t type, mtrt_object *name, mtrt_value value) {
  std::string key = std::to_string(type) + ' ' + std::to_string(value.tag) +
                    ' ' + std::string(textOf(name)) + '\0';
  if (mtrt_object *object = objectOf(value))
    return key + std::string(textOf(object));
  return key + std::to_string(value.bits);
}

mtrt_object *mtrt_enum_member(int64_t type, mtrt_object *name, int64_t tag,
                              int64_t bits) {
  // Never destroyed: objects may outlive static destructors.
  static auto *mutex = new std::mutex;
  static auto *members = new std::unordered_map<std::string, mtrt_object *>;
  std::lock_guard<std::mutex> guard(*mutex);
  mtrt_object *&member = (*members)[keyOf(type, name, {tag, bits})];
  if (!member) {
    // Its strings may be somebody else's, who counts them.
    Ref ownName(makeStr(textOf(name)));
    mtrt_value value = {tag, bits};
    mtrt_object *text = objectOf(value);
    Ref ownValue(text ? makeStr(textOf(text)) : nullptr);
    if (text)
      value = toValue(ownValue.get());
    mtrt_object *made =
        mtrt_enum_make(type, ownName.get(), value.tag, value.bits);
    mtrt_object_immortalize(made);
    member = made;
  }
  return member;
}

mtrt_object *mtrt_enum_name(mtrt_object *member) {
  mtrt_object_retain(toEnum(member)->name);
  return toEnum(member)->name;
}
int64_t mtrt_enum_value_i(mtrt_object *member) {
  return toEnum(member)->value.bits;
}
double mtrt_enum_value_f(mtrt_object *member) {
  return toFloat(toEnum(member)->value);
}
mtrt_object *mtrt_enum_value_o(mtrt_object *member) {
  mtrt_object *value = objectOf(toEnum(member)->value);
  mtrt_object_retain(value);
  return value;
}

mtrt_object *mtrt_complex_make(double re, double im) {
  auto *number = makeObject<mtrt_complex_object>(MTRT_KIND_COMPLEX, 0);
  number->value = {re, im};
  return &number->object;
}

mtrt_value mtrt_value_unwrap(int64_t tag, int64_t bits) {
  if (tag == MTRT_TAG_NONE)
    raise("RuntimeError", "Unwrapping null optional");
  mtrt_value_retain(tag, bits);
  return {tag, bits};
}

int64_t mtrt_value_is(int64_t leftTag, int64_t leftBits, int64_t rightTag,
                      int64_t rightBits) {
  return leftTag == rightTag && leftBits == rightBits;
}
int64_t mtrt_value_is_not(int64_t leftTag, int64_t leftBits, int64_t rightTag,
                          int64_t rightBits) {
  return !mtrt_value_is(leftTag, leftBits, rightTag, rightBits);
}

int64_t mtrt_is(mtrt_object *left, mtrt_object *right) { return left == right; }
int64_t mtrt_is_not(mtrt_object *left, mtrt_object *right) {
  return left != right;
}

int64_t mtrt_value_type(int64_t tag, int64_t bits) noexcept {
  mtrt_object *object = objectOf({tag, bits});
  return object ? object->type : 0;
}
