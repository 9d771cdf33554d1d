//===- Comparisons.cpp - Equality, order and hashes of values -------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Objects.h"

#include <cstring>
#include <functional>

using namespace mtrt;

//===----------------------------------------------------------------------===//
// Equality
//===----------------------------------------------------------------------===//

static bool isEqualList(const mtrt_list *left, const mtrt_list *right) {
  if (left->size != right->size)
    return false;
  int elementClass = classOf(&left->object);
  for (int64_t i = 0; i < left->size; ++i) {
    switch (elementClass) {
    case MTRT_CLASS_INT:
      if (static_cast<int64_t *>(left->items)[i] !=
          static_cast<int64_t *>(right->items)[i])
        return false;
      break;
    case MTRT_CLASS_BOOL:
      if (static_cast<uint8_t *>(left->items)[i] !=
          static_cast<uint8_t *>(right->items)[i])
        return false;
      break;
    case MTRT_CLASS_OBJECT:
      if (!isEqual(toValue(static_cast<mtrt_object **>(left->items)[i]),
                   toValue(static_cast<mtrt_object **>(right->items)[i])))
        return false;
      break;
    case MTRT_CLASS_VALUE:
      if (!isEqual(static_cast<mtrt_value *>(left->items)[i],
                   static_cast<mtrt_value *>(right->items)[i]))
        return false;
      break;
    case MTRT_CLASS_FLOAT:
      if (static_cast<double *>(left->items)[i] !=
          static_cast<double *>(right->items)[i])
        return false;
      break;
    default: {
      mtrt_complex a = static_cast<mtrt_complex *>(left->items)[i];
      mtrt_complex b = static_cast<mtrt_complex *>(right->items)[i];
      if (a.re != b.re || a.im != b.im)
        return false;
    }
    }
  }
  return true;
}

/// Same keys, with equal values, in any order.
static bool isEqualDict(mtrt_object *left, mtrt_object *right) {
  if (toDict(left)->size != toDict(right)->size)
    return false;
  mtrt_value key, value;
  for (int64_t i = 0; mtrt_dict_entry(left, i, &key, &value); ++i) {
    if (!mtrt_dict_contains(right, key.tag, key.bits))
      return false;
    mtrt_value other = mtrt_dict_find(right, key.tag, key.bits);
    Ref owner(objectOf(other));
    if (!isEqual(value, other))
      return false;
  }
  return true;
}

bool mtrt::isEqual(mtrt_value left, mtrt_value right) {
  if (left.tag != right.tag)
    return false;
  if (left.tag == MTRT_TAG_FLOAT)
    return toFloat(left) == toFloat(right);
  mtrt_object *a = objectOf(left), *b = objectOf(right);
  if (!a)
    return left.bits == right.bits;
  if (a->kind != b->kind)
    return false;
  switch (a->kind) {
  case MTRT_KIND_STR:
    return a == b || textOf(a) == textOf(b);
  case MTRT_KIND_COMPLEX: {
    mtrt_complex x = reinterpret_cast<mtrt_complex_object *>(a)->value;
    mtrt_complex y = reinterpret_cast<mtrt_complex_object *>(b)->value;
    return x.re == y.re && x.im == y.im;
  }
  case MTRT_KIND_LIST:
    return classOf(a) == classOf(b) && isEqualList(toList(a), toList(b));
  case MTRT_KIND_DICT:
    return isEqualDict(a, b);
  case MTRT_KIND_TUPLE: {
    auto *x = reinterpret_cast<mtrt_tuple *>(a);
    auto *y = reinterpret_cast<mtrt_tuple *>(b);
    if (x->size != y->size)
      return false;
    for (int64_t i = 0; i < x->size; ++i)
      if (!isEqual(x->items[i], y->items[i]))
        return false;
    return true;
  }
  case MTRT_KIND_TENSOR:
    return onlyElement(a) == onlyElement(b);
  default:
    return a == b;
  }
}

//===----------------------------------------------------------------------===//
// Order
//===----------------------------------------------------------------------===//

bool mtrt::isLess(mtrt_value left, mtrt_value right) {
  mtrt_object *a = objectOf(left), *b = objectOf(right);
  if (!a || !b)
    return left.tag == MTRT_TAG_FLOAT ? toFloat(left) < toFloat(right)
                                      : left.bits < right.bits;
  switch (a->kind) {
  case MTRT_KIND_STR:
    return textOf(a) < textOf(b);
  case MTRT_KIND_TENSOR:
    return onlyElement(a) < onlyElement(b);
  case MTRT_KIND_TUPLE: {
    auto *x = reinterpret_cast<mtrt_tuple *>(a);
    auto *y = reinterpret_cast<mtrt_tuple *>(b);
    for (int64_t i = 0; i < x->size; ++i) {
      if (isLess(x->items[i], y->items[i]))
        return true;
      if (!isEqual(x->items[i], y->items[i]))
        return false;
    }
    return false;
  }
  default:
    if (mtrt_less less = lessOf(a->type))
      return less(a, b) != 0;
    raise("RuntimeError", "objects of this type have no order");
  }
}

//===----------------------------------------------------------------------===//
// Hashes
//===----------------------------------------------------------------------===//

uint64_t mtrt::hashOfStr(mtrt_object *str) {
  std::atomic_ref<uint32_t> cache(str->extra);
  uint32_t hash = cache.load(std::memory_order_relaxed);
  if (hash == 0) {
    size_t full = std::hash<std::string_view>()(textOf(str));
    hash = static_cast<uint32_t>(full ^ full >> 32);
    hash += hash == 0;
    cache.store(hash, std::memory_order_relaxed);
  }
  return hash;
}

static uint64_t hashFloat(double value) {
  return std::hash<double>()(value); // one for both zeros
}

/// For the tables of dicts: the hash in a string suffices there.
uint64_t mtrt::hashOf(mtrt_value value) {
  if (isKind(value, MTRT_KIND_STR))
    return hashOfStr(objectOf(value));
  return static_cast<uint64_t>(mtrt_value_hash(value.tag, value.bits));
}

static uint64_t combine(uint64_t seed, uint64_t hash) {
  return seed ^ (hash + 0x9e3779b9 + (seed << 6) + (seed >> 2));
}

int64_t mtrt_value_hash(int64_t tag, int64_t bits) {
  mtrt_value value = {tag, bits};
  if (tag == MTRT_TAG_FLOAT)
    return static_cast<int64_t>(hashFloat(toFloat(value)));
  mtrt_object *object = objectOf(value);
  if (!object) // None is 0
    return bits;
  switch (object->kind) {
  case MTRT_KIND_STR:
    return static_cast<int64_t>(std::hash<std::string_view>()(textOf(object)));
  case MTRT_KIND_COMPLEX: {
    mtrt_complex number =
        reinterpret_cast<mtrt_complex_object *>(object)->value;
    return static_cast<int64_t>(
        combine(combine(0, hashFloat(number.re)), hashFloat(number.im)));
  }
  case MTRT_KIND_TUPLE: {
    auto *tuple = reinterpret_cast<mtrt_tuple *>(object);
    uint64_t hash = 0;
    for (int64_t i = 0; i < tuple->size; ++i)
      hash = combine(hash, static_cast<uint64_t>(mtrt_value_hash(
                               tuple->items[i].tag, tuple->items[i].bits)));
    return static_cast<int64_t>(hash);
  }
  case MTRT_KIND_ENUM:
    raise("RuntimeError", "unhashable type: 'Enum<%s>'",
          mtrt_type_name(object->type));
  case MTRT_KIND_LIST:
  case MTRT_KIND_DICT:
    raise("RuntimeError", "unhashable type: '%s'",
          mtrt_type_name(object->type));
  default:
    return bits; // by identity
  }
}
