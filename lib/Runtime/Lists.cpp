//===- Lists.cpp - Lists: items of one class in a vector ------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Objects.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

using namespace mtrt;

/// Calls `body.template operator()<Class>()` with the class of a list's items.
template <typename Body> static auto dispatch(int elementClass, Body body) {
  switch (elementClass) {
  case MTRT_CLASS_INT:
    return body.template operator()<MTRT_CLASS_INT>();
  case MTRT_CLASS_FLOAT:
    return body.template operator()<MTRT_CLASS_FLOAT>();
  case MTRT_CLASS_BOOL:
    return body.template operator()<MTRT_CLASS_BOOL>();
  case MTRT_CLASS_COMPLEX:
    return body.template operator()<MTRT_CLASS_COMPLEX>();
  case MTRT_CLASS_OBJECT:
    return body.template operator()<MTRT_CLASS_OBJECT>();
  default:
    return body.template operator()<MTRT_CLASS_VALUE>();
  }
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

size_t mtrt::sizeOfClass(int elementClass) {
  return dispatch(elementClass, []<int Class>() {
    return sizeof(typename Element<Class>::Item);
  });
}

void mtrt::reserve(mtrt_list *list, int64_t size) {
  if (size <= list->capacity)
    return;
  // Half as much again, so that appending is cheap on average.
  int64_t capacity = std::max({size, list->capacity * 3 / 2, int64_t(4)});
  list->items =
      resizeBlock(list->items, capacity * sizeOfClass(classOf(&list->object)));
  list->capacity = capacity;
}

void mtrt::freeList(mtrt_object *object) { std::free(toList(object)->items); }

/// A list of another list's class and type, with room for `size` items.
static mtrt_list *makeLike(const mtrt_object *other, int64_t size) {
  auto *list = makeObject<mtrt_list>(MTRT_KIND_LIST, other->type, 0,
                                     static_cast<uint16_t>(classOf(other)));
  Ref owner(&list->object);
  reserve(list, size);
  owner.take();
  return list;
}

/// Appends `size` items that lie apart from the list's; retains them.
static void appendItems(mtrt_list *list, const void *items, int64_t size) {
  reserve(list, list->size + size);
  dispatch(classOf(&list->object), [&]<int Class>() {
    auto *from = static_cast<const typename Element<Class>::Item *>(items);
    for (int64_t i = 0; i < size; ++i) {
      Element<Class>::retain(from[i]);
      itemsOf<Class>(list)[list->size++] = from[i];
      if constexpr (Class == MTRT_CLASS_OBJECT)
        publish(&list->object, from[i]);
      if constexpr (Class == MTRT_CLASS_VALUE)
        publish(&list->object, objectOf(from[i]));
    }
  });
}

mtrt_object *mtrt_list_make(int64_t type, int64_t size, const void *items) {
  auto *list = makeObject<mtrt_list>(MTRT_KIND_LIST, type, 0,
                                     static_cast<uint16_t>(type >> 32 & 7));
  Ref owner(&list->object);
  if (items)
    appendItems(list, items, size);
  else if (size)
    reserve(list, size);
  return owner.take();
}

mtrt_value mtrt::boxedItem(const mtrt_list *list, int64_t index) {
  return dispatch(classOf(&list->object), [&]<int Class>() {
    return Element<Class>::box(
        itemsOf<Class>(const_cast<mtrt_list *>(list))[index]);
  });
}

mtrt_value mtrt_list_item(mtrt_object *list, int64_t index) {
  Guard guard(list);
  return boxedItem(toList(list), index);
}

void mtrt::appendValue(mtrt_list *list, mtrt_value value) {
  dispatch(classOf(&list->object), [&]<int Class>() {
    auto item = Element<Class>::unbox(value);
    appendItems(list, &item, 1);
  });
}

void mtrt_list_add(mtrt_object *list, int64_t tag, int64_t bits) {
  mtrt_value value{tag, bits};
  publish(list, objectOf(value));
  Guard guard(list);
  appendValue(toList(list), value);
}

//===----------------------------------------------------------------------===//
// One item
//===----------------------------------------------------------------------===//

/// Where item `index` is, which may count from the end.
static int64_t position(const mtrt_list *list, int64_t index) {
  int64_t at = index < 0 ? index + list->size : index;
  if (at < 0 || at >= list->size)
    raise("RuntimeError", "list index out of range");
  return at;
}

namespace {
template <int Class> struct Items {
  using E = Element<Class>;
  using Item = typename E::Item;

  static void insert(mtrt_object *object, int64_t index, Item item) {
    E::retain(item);
    if constexpr (Class >= MTRT_CLASS_OBJECT)
      publish(object, objectOf(toBorrowed(item)));
    Guard guard(object);
    mtrt_list *list = toList(object);
    if (index < 0)
      index = std::max<int64_t>(0, index + list->size);
    index = std::min(index, list->size);
    reserve(list, list->size + 1);
    Item *at = itemsOf<Class>(list) + index;
    std::memmove(at + 1, at, (list->size - index) * sizeof(Item));
    *at = item;
    ++list->size;
  }

  static Item get(mtrt_object *object, int64_t index) {
    Guard guard(object);
    mtrt_list *list = toList(object);
    Item item = itemsOf<Class>(list)[position(list, index)];
    E::retain(item);
    return item;
  }

  static void set(mtrt_object *object, int64_t index, Item item) {
    Item old;
    {
      Guard guard(object);
      mtrt_list *list = toList(object);
      int64_t at = position(list, index);
      E::retain(item);
      if constexpr (Class >= MTRT_CLASS_OBJECT)
        publish(object, objectOf(toBorrowed(item)));
      old = std::exchange(itemsOf<Class>(list)[at], item);
    }
    E::release(old);
  }

  static Item pop(mtrt_object *object, int64_t index) {
    Guard guard(object);
    mtrt_list *list = toList(object);
    if (list->size == 0)
      raise("RuntimeError", "pop from empty list");
    return removeAt(list, position(list, index));
  }

  /// Takes an item out; owned.
  static Item removeAt(mtrt_list *list, int64_t index) {
    Item *at = itemsOf<Class>(list) + index, item = *at;
    --list->size;
    std::memmove(at, at + 1, (list->size - index) * sizeof(Item));
    return item;
  }

  static mtrt_value toBorrowed(Item item) {
    if constexpr (Class == MTRT_CLASS_OBJECT)
      return toValue(item);
    else
      return item;
  }

  static bool equal(Item left, Item right) {
    if constexpr (Class == MTRT_CLASS_COMPLEX)
      return left.re == right.re && left.im == right.im;
    else if constexpr (Class < MTRT_CLASS_OBJECT)
      return left == right;
    else
      return isEqual(toBorrowed(left), toBorrowed(right));
  }

  static int64_t find(mtrt_object *object, Item item) {
    mtrt_list *list = toList(object);
    for (int64_t i = 0; i < list->size; ++i)
      if (equal(itemsOf<Class>(list)[i], item))
        return i;
    return -1;
  }

  static int64_t index(mtrt_object *object, Item item) {
    int64_t at = find(object, item);
    if (at >= 0)
      return at;
    std::string text = "'";
    if constexpr (Class == MTRT_CLASS_BOOL)
      putInt(text, item);
    else if constexpr (Class < MTRT_CLASS_COMPLEX)
      putValue(text, E::box(item));
    else if constexpr (Class >= MTRT_CLASS_OBJECT)
      putValue(text, toBorrowed(item));
    raiseText(text + "' is not in list");
  }

  static void remove(mtrt_object *object, Item item) {
    int64_t at = find(object, item);
    if (at < 0)
      raise("RuntimeError", "list.remove(x): x not in list");
    E::release(removeAt(toList(object), at));
  }

  static int64_t count(mtrt_object *object, Item item) {
    mtrt_list *list = toList(object);
    int64_t count = 0;
    for (int64_t i = 0; i < list->size; ++i)
      count += equal(itemsOf<Class>(list)[i], item);
    return count;
  }
};
} // namespace

/// How an item comes as arguments and leaves as a result.
#define PARAM_INT int64_t item
#define PARAM_FLOAT double item
#define PARAM_BOOL int64_t item
#define PARAM_COMPLEX double re, double im
#define PARAM_OBJECT mtrt_object *item
#define PARAM_VALUE int64_t tag, int64_t bits
#define ITEM_INT item
#define ITEM_FLOAT item
#define ITEM_BOOL static_cast<uint8_t>(item != 0)
#define ITEM_COMPLEX (mtrt_complex{re, im})
#define ITEM_OBJECT item
#define ITEM_VALUE (mtrt_value{tag, bits})

#define ONE_ITEM_FUNCTIONS(letter, Name, Result)                               \
  void mtrt_list_append_##letter(mtrt_object *list, PARAM_##Name) {            \
    Items<MTRT_CLASS_##Name>::insert(list, INT64_MAX, ITEM_##Name);            \
  }                                                                            \
  void mtrt_list_insert_##letter(mtrt_object *list, int64_t index,             \
                                 PARAM_##Name) {                               \
    Items<MTRT_CLASS_##Name>::insert(list, index, ITEM_##Name);                \
  }                                                                            \
  void mtrt_list_set_##letter(mtrt_object *list, int64_t index,                \
                              PARAM_##Name) {                                  \
    Items<MTRT_CLASS_##Name>::set(list, index, ITEM_##Name);                   \
  }                                                                            \
  Result mtrt_list_get_##letter(mtrt_object *list, int64_t index) {            \
    return Items<MTRT_CLASS_##Name>::get(list, index);                         \
  }                                                                            \
  Result mtrt_list_pop_##letter(mtrt_object *list, int64_t index) {            \
    return Items<MTRT_CLASS_##Name>::pop(list, index);                         \
  }                                                                            \
  void mtrt_list_delete_##letter(mtrt_object *list, int64_t index) {           \
    if (toList(list)->size == 0)                                               \
      raise("RuntimeError", "pop index out of range");                         \
    Element<MTRT_CLASS_##Name>::release(Items<MTRT_CLASS_##Name>::removeAt(    \
        toList(list), position(toList(list), index)));                         \
  }

#define SEARCH_FUNCTIONS(letter, Name)                                         \
  int64_t mtrt_list_index_##letter(mtrt_object *list, PARAM_##Name) {          \
    return Items<MTRT_CLASS_##Name>::index(list, ITEM_##Name);                 \
  }                                                                            \
  void mtrt_list_remove_##letter(mtrt_object *list, PARAM_##Name) {            \
    Items<MTRT_CLASS_##Name>::remove(list, ITEM_##Name);                       \
  }                                                                            \
  int64_t mtrt_list_count_##letter(mtrt_object *list, PARAM_##Name) {          \
    return Items<MTRT_CLASS_##Name>::count(list, ITEM_##Name);                 \
  }

#define CONTAINS_FUNCTION(letter, Name)                                        \
  int64_t mtrt_list_contains_##letter(mtrt_object *list, PARAM_##Name) {       \
    return Items<MTRT_CLASS_##Name>::find(list, ITEM_##Name) >= 0;             \
  }

ONE_ITEM_FUNCTIONS(i, INT, int64_t)
ONE_ITEM_FUNCTIONS(f, FLOAT, double)
ONE_ITEM_FUNCTIONS(b, BOOL, int64_t)
ONE_ITEM_FUNCTIONS(c, COMPLEX, mtrt_complex)
ONE_ITEM_FUNCTIONS(o, OBJECT, mtrt_object *)
ONE_ITEM_FUNCTIONS(v, VALUE, mtrt_value)
SEARCH_FUNCTIONS(i, INT)
SEARCH_FUNCTIONS(f, FLOAT)
SEARCH_FUNCTIONS(b, BOOL)
SEARCH_FUNCTIONS(o, OBJECT)
CONTAINS_FUNCTION(i, INT)
CONTAINS_FUNCTION(f, FLOAT)
CONTAINS_FUNCTION(o, OBJECT)

//===----------------------------------------------------------------------===//
// All items
//===----------------------------------------------------------------------===//

int64_t mtrt_list_size(mtrt_object *list) {
  Guard guard(list);
  return toList(list)->size;
}

void mtrt_list_clear_items(mtrt_object *object) {
  mtrt_list *list = toList(object);
  mtrt_list old;
  {
    Guard guard(object);
    old = *list;
    list->items = nullptr;
    list->size = list->capacity = 0;
  }
  dispatch(classOf(object), [&]<int Class>() {
    for (int64_t i = 0; i < old.size; ++i)
      Element<Class>::release(itemsOf<Class>(&old)[i]);
  });
  std::free(old.items);
}

mtrt_object *mtrt_list_clone(mtrt_object *object) {
  Guard guard(object);
  mtrt_list *copy = makeLike(object, toList(object)->size);
  appendItems(copy, toList(object)->items, toList(object)->size);
  return &copy->object;
}

mtrt_object *mtrt_list_slice_items(mtrt_object *object, int64_t startTag,
                                   int64_t start, int64_t endTag, int64_t end,
                                   int64_t step) {
  Guard guard(object);
  mtrt_list *list = toList(object);
  int64_t at, count = adjustSlice(list->size, {startTag, start}, {endTag, end},
                                  step, at);
  mtrt_list *slice = makeLike(object, count);
  size_t size = sizeOfClass(classOf(object));
  for (int64_t i = 0; i < count; ++i)
    appendItems(slice,
                static_cast<char *>(list->items) + (at + i * step) * size, 1);
  return &slice->object;
}

void mtrt_list_extend_items(mtrt_object *object, mtrt_object *other) {
  // A copy: the other may be the list itself, and is not locked meanwhile.
  Ref copy(isShared(other) || object == other ? mtrt_list_clone(other)
                                              : nullptr);
  mtrt_list *from = toList(copy.get() ? copy.get() : other);
  Guard guard(object);
  appendItems(toList(object), from->items, from->size);
}

mtrt_object *mtrt_list_add_in_place(mtrt_object *list, mtrt_object *other) {
  mtrt_list_extend_items(list, other);
  mtrt_object_retain(list);
  return list;
}

void mtrt_list_reverse_items(mtrt_object *object) {
  Guard guard(object);
  mtrt_list *list = toList(object);
  dispatch(classOf(object), [&]<int Class>() {
    std::reverse(itemsOf<Class>(list), itemsOf<Class>(list) + list->size);
  });
}

mtrt_object *mtrt_list_concat(mtrt_object *left, mtrt_object *right) {
  mtrt_object *list = mtrt_list_clone(left);
  mtrt_list_extend_items(list, right);
  return list;
}

mtrt_object *mtrt_list_concat_taking(mtrt_object *left, mtrt_object *right) {
  if (left->count == 1) {
    mtrt_list_extend_items(left, right);
    return left;
  }
  Ref owned(left);
  return mtrt_list_concat(left, right);
}

/// Raises where there are more than a vector takes.
static void checkRepeat(const mtrt_list *list, int64_t count) {
  int64_t size;
  if (__builtin_mul_overflow(list->size, count, &size) || size < 0 ||
      size > INT64_MAX / 16)
    raise("RuntimeError", "vector::reserve");
}

mtrt_object *mtrt_list_repeat(mtrt_object *object, int64_t count) {
  Guard guard(object);
  mtrt_list *list = toList(object);
  checkRepeat(list, count);
  mtrt_list *repeated =
      makeLike(object, list->size * std::max<int64_t>(count, 0));
  for (int64_t i = 0; list->size && i < count; ++i)
    appendItems(repeated, list->items, list->size);
  return &repeated->object;
}

mtrt_object *mtrt_repeat_list(int64_t count, mtrt_object *list) {
  return mtrt_list_repeat(list, count);
}

void mtrt_list_repeat_in_place(mtrt_object *object, int64_t count) {
  if (count <= 0)
    return mtrt_list_clear_items(object);
  checkRepeat(toList(object), count);
  Ref copy(mtrt_list_clone(object));
  mtrt_list *from = toList(copy.get());
  Guard guard(object);
  reserve(toList(object), from->size * count);
  for (int64_t i = 1; from->size && i < count; ++i)
    appendItems(toList(object), from->items, from->size);
}

mtrt_object *mtrt_range_list(int64_t count, int64_t type) {
  if (count < 0)
    raise("RuntimeError", "vector::reserve");
  Ref list(mtrt_list_make(type, count, nullptr));
  for (int64_t i = 0; i < count; ++i)
    itemsOf<MTRT_CLASS_INT>(toList(list.get()))[i] = i;
  toList(list.get())->size = count;
  return list.take();
}
