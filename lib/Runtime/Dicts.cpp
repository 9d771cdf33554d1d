//===- Dicts.cpp - Dicts: entries in order, indices beside them -----------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Objects.h"

#include <algorithm>
#include <cstdlib>

using namespace mtrt;

/// The layout of CPython's: a table of 32-bit positions, searched by hash, into
/// a vector of entries in order of insertion. A removed entry stays as a hole
/// until the table grows.
namespace {
constexpr int32_t kNever = -1, kRemoved = -2;
constexpr int64_t kHole = -1;
} // namespace

static bool isHole(const DictEntry &entry) { return entry.key.tag == kHole; }

void mtrt::freeDict(mtrt_object *object) {
  std::free(toDict(object)->entries);
  std::free(toDict(object)->index);
}

mtrt_object *mtrt_empty_dict(int64_t type) { return mtrt_dict_make(type); }

mtrt_object *mtrt_dict_make(int64_t type) {
  auto *dict = makeObject<Dict>(MTRT_KIND_DICT, type, 0,
                                static_cast<uint16_t>(type >> 32 & 63));
  return &dict->object;
}

static mtrt_object *makeLike(mtrt_object *dict) {
  return mtrt_dict_make(static_cast<int64_t>(flagsOf(dict) & 63) << 32 |
                        dict->type);
}

/// Keys of one dict have one type. Numbers are compared as C++ does: NaN is
/// never found, and -0.0 is 0.0.
static bool isSameKey(mtrt_value left, mtrt_value right) {
  if (left.tag != MTRT_TAG_OBJECT)
    return left.tag == MTRT_TAG_FLOAT ? toFloat(left) == toFloat(right)
                                      : left.bits == right.bits;
  return left.bits == right.bits ||
         (!isKind(left, MTRT_KIND_TENSOR) && isEqual(left, right));
}

/// Spreads the hash over the table: an int's is the int.
static uint64_t firstSlot(const Dict *dict, uint64_t hash) {
  return (hash * 0x9e3779b97f4a7c15u >> 32) & (dict->slots - 1);
}

/// The slot in `index` of a key, or -1.
static int64_t findSlot(const Dict *dict, mtrt_value key, uint64_t hash) {
  if (dict->size == 0)
    return -1;
  for (uint64_t slot = firstSlot(dict, hash);;
       slot = (slot + 1) & (dict->slots - 1)) {
    int32_t at = dict->index[slot];
    if (at == kNever)
      return -1;
    if (at >= 0 && dict->entries[at].hash == hash &&
        isSameKey(dict->entries[at].key, key))
      return static_cast<int64_t>(slot);
  }
}

static DictEntry *find(Dict *dict, mtrt_value key) {
  int64_t slot = findSlot(dict, key, hashOf(key));
  return slot < 0 ? nullptr : &dict->entries[dict->index[slot]];
}

static void insertIndex(Dict *dict, int64_t at) {
  uint64_t slot = firstSlot(dict, dict->entries[at].hash);
  while (dict->index[slot] >= 0)
    slot = (slot + 1) & (dict->slots - 1);
  dict->index[slot] = static_cast<int32_t>(at);
}

/// Makes room for one entry: closes holes, and doubles what is more than half
/// full.
static void grow(Dict *dict) {
  if (dict->used < dict->capacity)
    return;
  if (dict->size >= INT32_MAX / 4)
    raise("RuntimeError", "a dict has too many entries");
  int64_t slots = std::max<int64_t>(dict->slots, 8);
  while (slots < dict->size * 3 + 3)
    slots *= 2;
  dict->index =
      static_cast<int32_t *>(resizeBlock(dict->index, slots * sizeof(int32_t)));
  std::fill_n(dict->index, slots, kNever);
  dict->slots = slots;
  dict->used =
      std::remove_if(dict->entries, dict->entries + dict->used, isHole) -
      dict->entries;
  // Room for the entries that the table takes before it is two thirds full.
  dict->capacity = slots * 2 / 3;
  dict->first = 0;
  dict->entries = static_cast<DictEntry *>(
      resizeBlock(dict->entries, dict->capacity * sizeof(DictEntry)));
  for (int64_t i = 0; i < dict->used; ++i)
    insertIndex(dict, i);
}

static void retain(mtrt_value value) { mtrt_object_retain(objectOf(value)); }
static void release(mtrt_value value) { mtrt_object_release(objectOf(value)); }

/// Adds an entry whose key is not there; retains both.
static void add(Dict *dict, mtrt_value key, mtrt_value value, uint64_t hash) {
  grow(dict);
  retain(key);
  retain(value);
  publish(&dict->object, objectOf(key));
  publish(&dict->object, objectOf(value));
  dict->entries[dict->used] = {hash, key, value};
  insertIndex(dict, dict->used++);
  ++dict->size;
}

/// Takes an entry out; the caller owns key and value.
static DictEntry removeSlot(Dict *dict, int64_t slot) {
  DictEntry &entry = dict->entries[dict->index[slot]];
  DictEntry taken = entry;
  entry.key = {kHole, 0};
  entry.value = {MTRT_TAG_NONE, 0};
  dict->index[slot] = kRemoved;
  if (--dict->size == 0) {
    // No holes are left to pass by.
    std::fill_n(dict->index, dict->slots, kNever);
    dict->used = dict->first = 0;
  }
  return taken;
}

[[noreturn]] static void raiseKeyError(mtrt_value key) {
  std::string text = "KeyError: ";
  putValue(text, key);
  raiseText(std::move(text));
}

//===----------------------------------------------------------------------===//
// One entry
//===----------------------------------------------------------------------===//

mtrt_value mtrt_dict_get(mtrt_object *dict, int64_t tag, int64_t bits) {
  Guard guard(dict);
  DictEntry *entry = find(toDict(dict), {tag, bits});
  if (!entry)
    raiseKeyError({tag, bits});
  retain(entry->value);
  return entry->value;
}

mtrt_value mtrt_dict_get_default(mtrt_object *dict, int64_t tag, int64_t bits,
                                 int64_t otherwiseTag, int64_t otherwise) {
  Guard guard(dict);
  DictEntry *entry = find(toDict(dict), {tag, bits});
  mtrt_value value = entry ? entry->value : mtrt_value{otherwiseTag, otherwise};
  retain(value);
  return value;
}

mtrt_value mtrt_dict_find(mtrt_object *dict, int64_t tag, int64_t bits) {
  return mtrt_dict_get_default(dict, tag, bits, MTRT_TAG_NONE, 0);
}

int64_t mtrt_dict_contains(mtrt_object *dict, int64_t tag, int64_t bits) {
  Guard guard(dict);
  return find(toDict(dict), {tag, bits}) != nullptr;
}

void mtrt_dict_set(mtrt_object *dict, int64_t keyTag, int64_t keyBits,
                   int64_t tag, int64_t bits) {
  mtrt_value key = {keyTag, keyBits}, value = {tag, bits}, old;
  uint64_t hash = hashOf(key);
  {
    Guard guard(dict);
    int64_t slot = findSlot(toDict(dict), key, hash);
    if (slot < 0)
      return add(toDict(dict), key, value, hash);
    retain(value);
    publish(dict, objectOf(value));
    DictEntry &entry = toDict(dict)->entries[toDict(dict)->index[slot]];
    old = std::exchange(entry.value, value);
  }
  release(old);
}

mtrt_value mtrt_dict_set_default(mtrt_object *dict, int64_t keyTag,
                                 int64_t keyBits, int64_t tag, int64_t bits) {
  Guard guard(dict);
  mtrt_value key = {keyTag, keyBits}, value = {tag, bits};
  if (DictEntry *entry = find(toDict(dict), key))
    value = entry->value;
  else
    add(toDict(dict), key, value, hashOf(key));
  retain(value);
  return value;
}

/// The value of a removed entry, or nothing.
static bool pop(mtrt_object *dict, mtrt_value key, mtrt_value &value) {
  Guard guard(dict);
  int64_t slot = findSlot(toDict(dict), key, hashOf(key));
  if (slot < 0)
    return false;
  DictEntry entry = removeSlot(toDict(dict), slot);
  release(entry.key);
  value = entry.value;
  return true;
}

mtrt_value mtrt_dict_pop(mtrt_object *dict, int64_t tag, int64_t bits) {
  mtrt_value value;
  if (!pop(dict, {tag, bits}, value))
    raiseKeyError({tag, bits});
  return value;
}

mtrt_value mtrt_dict_pop_default(mtrt_object *dict, int64_t tag, int64_t bits,
                                 int64_t otherwiseTag, int64_t otherwise) {
  mtrt_value value = {otherwiseTag, otherwise};
  if (!pop(dict, {tag, bits}, value))
    retain(value);
  return value;
}

void mtrt_dict_delete(mtrt_object *dict, int64_t tag, int64_t bits) {
  release(mtrt_dict_pop(dict, tag, bits));
}

mtrt_object *mtrt_dict_pop_item(mtrt_object *object, int64_t type) {
  Guard guard(object);
  Dict *dict = toDict(object);
  if (dict->size == 0)
    raise("RuntimeError", "popitem(): dictionary is empty");
  // The first entry, other than in Python.
  while (isHole(dict->entries[dict->first]))
    ++dict->first;
  int64_t at = dict->first;
  mtrt_value items[] = {dict->entries[at].key, dict->entries[at].value};
  mtrt_object *tuple = mtrt_tuple_make(type, 2, items);
  uint64_t slot = firstSlot(dict, dict->entries[at].hash);
  while (dict->index[slot] != at)
    slot = (slot + 1) & (dict->slots - 1);
  removeSlot(dict, static_cast<int64_t>(slot));
  release(items[0]);
  release(items[1]);
  return tuple;
}

//===----------------------------------------------------------------------===//
// All entries
//===----------------------------------------------------------------------===//

int64_t mtrt_dict_size(mtrt_object *dict) {
  Guard guard(dict);
  return toDict(dict)->size;
}

int64_t mtrt_dict_entry(mtrt_object *object, int64_t index, mtrt_value *key,
                        mtrt_value *value) noexcept {
  Dict *dict = toDict(object);
  if (index < 0 || index >= dict->size)
    return 0;
  // Without holes an entry is at its index.
  int64_t at = dict->size == dict->used ? index : 0;
  if (dict->size != dict->used)
    for (;; ++at)
      if (!isHole(dict->entries[at]) && index-- == 0)
        break;
  *key = dict->entries[at].key;
  *value = dict->entries[at].value;
  return 1;
}

void mtrt_dict_clear(mtrt_object *object) {
  // A dict of its own that takes all, and is released.
  Ref old(makeLike(object));
  Guard guard(object);
  Dict *dict = toDict(object), *taken = toDict(old.get());
  std::swap(dict->entries, taken->entries);
  std::swap(dict->index, taken->index);
  std::swap(dict->size, taken->size);
  std::swap(dict->used, taken->used);
  std::swap(dict->capacity, taken->capacity);
  std::swap(dict->slots, taken->slots);
  dict->first = 0;
}

template <typename Visit> static void forEach(mtrt_object *dict, Visit visit) {
  for (int64_t i = 0; i < toDict(dict)->used; ++i)
    if (!isHole(toDict(dict)->entries[i]))
      visit(toDict(dict)->entries[i]);
}

mtrt_object *mtrt_dict_clone(mtrt_object *dict) {
  Guard guard(dict);
  mtrt_object *copy = makeLike(dict);
  forEach(dict, [&](const DictEntry &entry) {
    add(toDict(copy), entry.key, entry.value, entry.hash);
  });
  return copy;
}

void mtrt_dict_update(mtrt_object *dict, mtrt_object *other) {
  // A copy: the other may be the dict itself, and is not locked meanwhile.
  Ref copy(mtrt_dict_clone(other));
  forEach(copy.get(), [&](const DictEntry &entry) {
    mtrt_dict_set(dict, entry.key.tag, entry.key.bits, entry.value.tag,
                  entry.value.bits);
  });
}

mtrt_object *mtrt_dict_keys(mtrt_object *dict, int64_t type) {
  Guard guard(dict);
  mtrt_object *list = mtrt_list_make(type, toDict(dict)->size, nullptr);
  forEach(dict, [&](const DictEntry &entry) {
    appendValue(toList(list), entry.key);
  });
  return list;
}

mtrt_object *mtrt_dict_values(mtrt_object *dict, int64_t type) {
  Guard guard(dict);
  mtrt_object *list = mtrt_list_make(type, toDict(dict)->size, nullptr);
  forEach(dict, [&](const DictEntry &entry) {
    appendValue(toList(list), entry.value);
  });
  return list;
}

mtrt_object *mtrt_dict_items(mtrt_object *dict, int64_t type) {
  Guard guard(dict);
  mtrt_object *list = mtrt_list_make(type, toDict(dict)->size, nullptr);
  uint32_t tupleType = elementType(list->type, 0);
  forEach(dict, [&](const DictEntry &entry) {
    mtrt_value items[] = {entry.key, entry.value};
    Ref tuple(mtrt_tuple_make(tupleType, 2, items));
    appendValue(toList(list), toValue(tuple.get()));
  });
  return list;
}

mtrt_object *mtrt_list_to_dict(mtrt_object *list, int64_t type) {
  mtrt_object *dict = mtrt_dict_make(type);
  Guard guard(list);
  for (int64_t i = 0; i < toList(list)->size; ++i) {
    auto *tuple = reinterpret_cast<mtrt_tuple *>(
        itemsOf<MTRT_CLASS_OBJECT>(toList(list))[i]);
    mtrt_dict_set(dict, tuple->items[0].tag, tuple->items[0].bits,
                  tuple->items[1].tag, tuple->items[1].bits);
  }
  return dict;
}
