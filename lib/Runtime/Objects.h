//===- Objects.h - Counted objects, for the runtime itself ------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_RUNTIME_OBJECTS_H
#define MINITORCH_LIB_RUNTIME_OBJECTS_H

#include "Frame.h"
#include "MiniTorch-c/Objects.h"

#include <atomic>
#include <bit>
#include <string_view>
#include <utility>

namespace mtrt {

/// `bytes` of memory, the first `zeroed` of them zero, with a header of one
/// reference, counted as live. Raises where there is none.
void *allocateObject(size_t bytes, size_t zeroed, uint16_t kind, uint32_t type,
                     uint16_t flags = 0);
template <typename T>
T *makeObject(uint16_t kind, int64_t type, size_t extraBytes = 0,
              uint16_t flags = 0) {
  size_t bytes = sizeof(T) + extraBytes;
  return static_cast<T *>(
      allocateObject(bytes, bytes, kind, static_cast<uint32_t>(type), flags));
}

/// A block of `bytes`, from malloc. Raises where there is none.
void *resizeBlock(void *block, size_t bytes);

/// One owned reference.
class Ref {
public:
  Ref() = default;
  explicit Ref(mtrt_object *owned) : object(owned) {}
  Ref(Ref &&other) noexcept : object(std::exchange(other.object, nullptr)) {}
  Ref &operator=(Ref &&other) noexcept {
    std::swap(object, other.object);
    return *this;
  }
  ~Ref() { mtrt_object_release(object); }
  mtrt_object *get() const { return object; }
  mtrt_object *take() { return std::exchange(object, nullptr); }

private:
  mtrt_object *object = nullptr;
};

inline bool isShared(const mtrt_object *object) {
  return std::atomic_ref<int32_t>(const_cast<mtrt_object *>(object)->count)
             .load(std::memory_order_relaxed) < 0;
}

/// Holds the lock of a shared container while its elements are read or changed:
/// between loading a pointer and retaining it another thread could release it.
/// Costs a compare otherwise.
class Guard {
public:
  explicit Guard(mtrt_object *object)
      : object(isShared(object) ? object : nullptr) {
    if (this->object)
      lock();
  }
  ~Guard() {
    if (object)
      flags().fetch_and(static_cast<uint16_t>(~MTRT_FLAG_LOCKED),
                        std::memory_order_release);
  }
  Guard(const Guard &) = delete;

private:
  std::atomic_ref<uint16_t> flags() {
    return std::atomic_ref<uint16_t>(object->flags);
  }
  void lock();
  mtrt_object *object;
};

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

inline mtrt_object *objectOf(mtrt_value value) {
  return value.tag == MTRT_TAG_OBJECT
             ? reinterpret_cast<mtrt_object *>(value.bits)
             : nullptr;
}
inline mtrt_value toValue(mtrt_object *object) {
  return {object ? MTRT_TAG_OBJECT : MTRT_TAG_NONE,
          reinterpret_cast<int64_t>(object)};
}
inline mtrt_value toValue(int64_t number) { return {MTRT_TAG_INT, number}; }
inline mtrt_value toValue(double number) {
  return {MTRT_TAG_FLOAT, std::bit_cast<int64_t>(number)};
}
inline double toFloat(mtrt_value value) {
  return std::bit_cast<double>(value.bits);
}
inline bool isKind(mtrt_value value, uint16_t kind) {
  mtrt_object *object = objectOf(value);
  return object && object->kind == kind;
}
inline std::string_view textOf(const mtrt_object *object) {
  auto *str = reinterpret_cast<const mtrt_str *>(object);
  return {str->data, static_cast<size_t>(str->size)};
}
inline mtrt_object *makeStr(std::string_view text) {
  return mtrt_str_make(text.data(), static_cast<int64_t>(text.size()));
}

/// Before `part` becomes part of `whole`.
inline void publish(const mtrt_object *whole, mtrt_object *part) {
  if (part && isShared(whole))
    mtrt_object_share(part);
}

//===----------------------------------------------------------------------===//
// Classes of elements
//===----------------------------------------------------------------------===//

/// How a container stores elements of one class, and how they look as a value.
template <int Class> struct Element;

template <typename T> struct PlainElement {
  using Item = T;
  static void retain(Item) {}
  static void release(Item) {}
};
template <> struct Element<MTRT_CLASS_INT> : PlainElement<int64_t> {
  static mtrt_value box(Item item) { return toValue(item); }
  static Item unbox(mtrt_value value) { return value.bits; }
};
template <> struct Element<MTRT_CLASS_FLOAT> : PlainElement<double> {
  static mtrt_value box(Item item) { return toValue(item); }
  static Item unbox(mtrt_value value) { return toFloat(value); }
};
template <> struct Element<MTRT_CLASS_BOOL> : PlainElement<uint8_t> {
  static mtrt_value box(Item item) { return {MTRT_TAG_BOOL, item}; }
  static Item unbox(mtrt_value value) { return value.bits != 0; }
};
/// Boxes as an object: the caller owns what box returns.
template <> struct Element<MTRT_CLASS_COMPLEX> : PlainElement<mtrt_complex> {
  static mtrt_value box(Item item) {
    return toValue(mtrt_complex_make(item.re, item.im));
  }
  static Item unbox(mtrt_value value) {
    return reinterpret_cast<mtrt_complex_object *>(value.bits)->value;
  }
};
template <> struct Element<MTRT_CLASS_OBJECT> {
  using Item = mtrt_object *;
  static void retain(Item item) { mtrt_object_retain(item); }
  static void release(Item item) { mtrt_object_release(item); }
  static mtrt_value box(Item item) {
    retain(item);
    return toValue(item);
  }
  static Item unbox(mtrt_value value) { return objectOf(value); }
};
template <> struct Element<MTRT_CLASS_VALUE> {
  using Item = mtrt_value;
  static void retain(Item item) { mtrt_object_retain(objectOf(item)); }
  static void release(Item item) { mtrt_object_release(objectOf(item)); }
  static mtrt_value box(Item item) {
    retain(item);
    return item;
  }
  static Item unbox(mtrt_value value) { return value; }
};

/// Other threads may lock the object meanwhile, which is a flag, too.
inline uint16_t flagsOf(const mtrt_object *object) {
  return std::atomic_ref<uint16_t>(const_cast<mtrt_object *>(object)->flags)
      .load(std::memory_order_relaxed);
}
inline int classOf(const mtrt_object *container) {
  return flagsOf(container) & 7;
}
inline int valueClassOf(const mtrt_object *dict) {
  return flagsOf(dict) >> 3 & 7;
}

inline mtrt_list *toList(mtrt_object *object) {
  return reinterpret_cast<mtrt_list *>(object);
}
inline const mtrt_list *toList(const mtrt_object *object) {
  return reinterpret_cast<const mtrt_list *>(object);
}
template <int Class> typename Element<Class>::Item *itemsOf(mtrt_list *list) {
  return static_cast<typename Element<Class>::Item *>(list->items);
}

/// Bytes of one item of a class.
size_t sizeOfClass(int elementClass);
/// An element as a value; owned.
mtrt_value boxedItem(const mtrt_list *list, int64_t index);
/// Makes room for `size` items.
void reserve(mtrt_list *list, int64_t size);
/// Appends a value that fits the list's class; retains it.
void appendValue(mtrt_list *list, mtrt_value value);

/// A list of a list's or string's elements by Python's rules: moves the bounds
/// into range, and returns how many steps there are. `hasStart`, `hasEnd`: the
/// bound is not None. Raises for a step of 0.
int64_t adjustSlice(int64_t size, mtrt_value start, mtrt_value end,
                    int64_t step, int64_t &first);

//===----------------------------------------------------------------------===//
// Kinds
//===----------------------------------------------------------------------===//

/// Calls `visit` with each counted object that `object` holds; null is left
/// out.
template <typename Visit> void visitParts(mtrt_object *object, Visit visit);

/// Frees the memory of an object whose parts are gone.
void freeStr(mtrt_object *object);
void freeList(mtrt_object *object);
void freeDict(mtrt_object *object);
void freeStorage(mtrt_object *object);
void freeFuture(mtrt_object *object);
/// What a task returned; borrowed.
mtrt_value valueOfFuture(mtrt_object *object);
void freeTensor(mtrt_object *object);

/// A dict's entries, removed ones among them.
struct DictEntry {
  uint64_t hash;
  /// The tag of a removed entry is -1.
  mtrt_value key, value;
};
struct Dict {
  mtrt_object object;
  DictEntry *entries;
  /// Position of an entry, -1 where none ever was, -2 where one was removed.
  int32_t *index;
  int64_t size;
  int64_t used, capacity;
  /// No entry lies before this one.
  int64_t first;
  /// Positions in `index`: a power of two, or 0.
  int64_t slots;
};
inline Dict *toDict(mtrt_object *object) {
  return reinterpret_cast<Dict *>(object);
}

//===----------------------------------------------------------------------===//
// Comparisons and texts
//===----------------------------------------------------------------------===//

/// As TorchScript's == compares values of one static type.
bool isEqual(mtrt_value left, mtrt_value right);
/// What `hash` gives; raises for what has none.
uint64_t hashOf(mtrt_value value);
uint64_t hashOfStr(mtrt_object *str);
/// What sort compares with; raises for what has no order.
bool isLess(mtrt_value left, mtrt_value right);

/// Appends what `str` gives.
void putInt(std::string &out, int64_t value);
void putFloat(std::string &out, double value);
void putComplex(std::string &out, mtrt_complex value);
void putValue(std::string &out, mtrt_value value);
void putTensorObject(std::string &out, const mtrt_object *tensor);

/// The element of a tensor of one element; raises what bool(tensor) raises for
/// others.
double onlyElement(const mtrt_object *tensor);

/// The type of a container's element, or 0.
uint32_t elementType(uint32_t type, int64_t index);
mtrt_less lessOf(uint32_t type);

/// Raises an error of any length.
[[noreturn]] void raiseText(std::string message,
                            const char *type = "RuntimeError");
/// Raises what was caught before.
[[noreturn]] void raiseAgain(const mtrt_error &error);

//===----------------------------------------------------------------------===//

template <typename Visit> void visitParts(mtrt_object *object, Visit visit) {
  auto visitObject = [&](mtrt_object *part) {
    if (part)
      visit(part);
  };
  auto visitItems = [&](int elementClass, void *items, int64_t size) {
    if (elementClass == MTRT_CLASS_OBJECT)
      for (int64_t i = 0; i < size; ++i)
        visitObject(static_cast<mtrt_object **>(items)[i]);
    if (elementClass == MTRT_CLASS_VALUE)
      for (int64_t i = 0; i < size; ++i)
        visitObject(objectOf(static_cast<mtrt_value *>(items)[i]));
  };
  switch (object->kind) {
  case MTRT_KIND_LIST:
    visitItems(classOf(object), toList(object)->items, toList(object)->size);
    break;
  case MTRT_KIND_DICT: {
    Dict *dict = toDict(object);
    for (int64_t i = 0; i < dict->used; ++i) {
      visitObject(objectOf(dict->entries[i].key));
      visitObject(objectOf(dict->entries[i].value));
    }
    break;
  }
  case MTRT_KIND_TUPLE:
  case MTRT_KIND_INSTANCE: {
    auto *tuple = reinterpret_cast<mtrt_tuple *>(object);
    visitItems(MTRT_CLASS_VALUE, tuple->items, tuple->size);
    break;
  }
  case MTRT_KIND_ENUM: {
    auto *member = reinterpret_cast<mtrt_enum *>(object);
    visitObject(member->name);
    visitObject(objectOf(member->value));
    break;
  }
  case MTRT_KIND_TENSOR: {
    auto *tensor = reinterpret_cast<mtrt_tensor *>(object);
    visitObject(&tensor->storage->object);
    break;
  }
  case MTRT_KIND_FUTURE:
    visitObject(objectOf(valueOfFuture(object)));
    break;
  default:
    break;
  }
}

} // namespace mtrt

#endif // MINITORCH_LIB_RUNTIME_OBJECTS_H
