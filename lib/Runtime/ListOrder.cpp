//===- ListOrder.cpp - Lists: comparing, sorting, sums --------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ListSorting.h"
#include "Objects.h"

#include <algorithm>
#include <numeric>
#include <vector>

using namespace mtrt;

//===----------------------------------------------------------------------===//
// Comparing
//===----------------------------------------------------------------------===//

int64_t mtrt_list_eq(mtrt_object *left, mtrt_object *right) {
  return isEqual(toValue(left), toValue(right));
}
int64_t mtrt_list_ne(mtrt_object *left, mtrt_object *right) {
  return !isEqual(toValue(left), toValue(right));
}

/// Whether `left` is the one of two lists of numbers that comes first by
/// `Order`, item by item; of equal ones, the right one is.
template <typename T, typename Order>
static bool isFirst(const mtrt_list *left, const mtrt_list *right) {
  auto *a = static_cast<const T *>(left->items);
  auto *b = static_cast<const T *>(right->items);
  for (int64_t i = 0, e = std::min(left->size, right->size); i < e; ++i)
    if (!(a[i] == b[i]))
      return Order()(a[i], b[i]);
  return Order()(left->size, right->size);
}

template <typename Order>
static mtrt_object *getFirst(mtrt_object *left, mtrt_object *right) {
  auto isFirst = [&](auto zero) {
    return ::isFirst<decltype(zero), Order>(toList(left), toList(right));
  };
  int32_t itemClass = classOf(left);
  mtrt_object *first = (itemClass == MTRT_CLASS_FLOAT  ? isFirst(double())
                        : itemClass == MTRT_CLASS_BOOL ? isFirst(uint8_t())
                                                       : isFirst(int64_t()))
                           ? left
                           : right;
  mtrt_object_retain(first);
  return first;
}

mtrt_object *mtrt_list_lesser(mtrt_object *left, mtrt_object *right) {
  return getFirst<std::less<>>(left, right);
}
mtrt_object *mtrt_list_greater(mtrt_object *left, mtrt_object *right) {
  return getFirst<std::greater<>>(left, right);
}

/// The least by `<`, or the greatest; the first of equal ones.
template <int Class> static auto extreme(mtrt_object *object, bool least) {
  mtrt_list *list = toList(object);
  if (list->size == 0)
    raise("RuntimeError", "%s() arg is an empty sequence",
          least ? "min" : "max");
  auto *items = itemsOf<Class>(list);
  auto best = items[0];
  for (int64_t i = 1; i < list->size; ++i)
    if (least ? items[i] < best : items[i] > best)
      best = items[i];
  return best;
}

int64_t mtrt_list_min_i(mtrt_object *list) {
  return extreme<MTRT_CLASS_INT>(list, /*least=*/true);
}
double mtrt_list_min_f(mtrt_object *list) {
  return extreme<MTRT_CLASS_FLOAT>(list, /*least=*/true);
}
int64_t mtrt_list_min_b(mtrt_object *list) {
  return extreme<MTRT_CLASS_BOOL>(list, /*least=*/true);
}
int64_t mtrt_list_max_i(mtrt_object *list) {
  return extreme<MTRT_CLASS_INT>(list, /*least=*/false);
}
double mtrt_list_max_f(mtrt_object *list) {
  return extreme<MTRT_CLASS_FLOAT>(list, /*least=*/false);
}
int64_t mtrt_list_max_b(mtrt_object *list) {
  return extreme<MTRT_CLASS_BOOL>(list, /*least=*/false);
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

int64_t mtrt_list_sum_i(mtrt_object *object) {
  uint64_t sum = 0; // wraps around
  for (int64_t i = 0; i < toList(object)->size; ++i)
    sum += static_cast<uint64_t>(itemsOf<MTRT_CLASS_INT>(toList(object))[i]);
  return static_cast<int64_t>(sum);
}
double mtrt_list_sum_f(mtrt_object *object) {
  double sum = 0;
  for (int64_t i = 0; i < toList(object)->size; ++i)
    sum += itemsOf<MTRT_CLASS_FLOAT>(toList(object))[i];
  return sum;
}
int64_t mtrt_list_sum_b(mtrt_object *object) {
  int64_t sum = 0;
  for (int64_t i = 0; i < toList(object)->size; ++i)
    sum += itemsOf<MTRT_CLASS_BOOL>(toList(object))[i];
  return sum;
}
mtrt_complex mtrt_list_sum_c(mtrt_object *object) {
  mtrt_complex sum = {0, 0};
  for (int64_t i = 0; i < toList(object)->size; ++i) {
    mtrt_complex item = itemsOf<MTRT_CLASS_COMPLEX>(toList(object))[i];
    sum = {sum.re + item.re, sum.im + item.im};
  }
  return sum;
}

static bool isTrue(mtrt_list *list, int64_t index) {
  switch (classOf(&list->object)) {
  case MTRT_CLASS_FLOAT:
    return itemsOf<MTRT_CLASS_FLOAT>(list)[index] != 0;
  case MTRT_CLASS_BOOL:
    return itemsOf<MTRT_CLASS_BOOL>(list)[index];
  case MTRT_CLASS_OBJECT: // strings
    return !textOf(itemsOf<MTRT_CLASS_OBJECT>(list)[index]).empty();
  default:
    return itemsOf<MTRT_CLASS_INT>(list)[index] != 0;
  }
}

int64_t mtrt_list_any(mtrt_object *object) {
  for (int64_t i = 0; i < toList(object)->size; ++i)
    if (isTrue(toList(object), i))
      return true;
  return false;
}
int64_t mtrt_list_all(mtrt_object *object) {
  for (int64_t i = 0; i < toList(object)->size; ++i)
    if (!isTrue(toList(object), i))
      return false;
  return true;
}

//===----------------------------------------------------------------------===//
// Sorting
//===----------------------------------------------------------------------===//

static bool isSortable(mtrt_value value) {
  mtrt_object *object = objectOf(value);
  if (!object)
    return value.tag == MTRT_TAG_INT || value.tag == MTRT_TAG_FLOAT ||
           value.tag == MTRT_TAG_BOOL;
  switch (object->kind) {
  case MTRT_KIND_STR:
  case MTRT_KIND_TENSOR:
    return true;
  case MTRT_KIND_INSTANCE:
    return lessOf(object->type);
  case MTRT_KIND_TUPLE: {
    auto *tuple = reinterpret_cast<mtrt_tuple *>(object);
    return std::all_of(tuple->items, tuple->items + tuple->size, isSortable);
  }
  default:
    return false;
  }
}

/// A type as schemas write it: (float, int[]) for Tuple[float, List[int]].
static std::string toSchemaName(const std::string &name) {
  size_t open = name.find('[');
  if (open == std::string::npos || name.back() != ']')
    return name;
  std::string joined, part;
  int depth = 0;
  for (char c : name.substr(open + 1, name.size() - open - 2)) {
    depth += (c == '[') - (c == ']');
    if (depth == 0 && c == ',') {
      joined += toSchemaName(part) + ", ";
      part.clear();
    } else if (c != ' ' || !part.empty()) {
      part += c;
    }
  }
  joined += toSchemaName(part);
  std::string kind = name.substr(0, open);
  return kind == "List"       ? joined + "[]"
         : kind == "Optional" ? joined + "?"
         : kind == "Tuple"    ? "(" + joined + ")"
                              : kind + "(" + joined + ")";
}

/// The type of what a value is, as TorchScript names it.
static std::string getTypeName(mtrt_value value) {
  mtrt_object *object = objectOf(value);
  if (!object)
    return value.tag == MTRT_TAG_INT     ? "int"
           : value.tag == MTRT_TAG_FLOAT ? "float"
           : value.tag == MTRT_TAG_BOOL  ? "bool"
                                         : "NoneType";
  switch (object->kind) {
  case MTRT_KIND_STR:
    return "str";
  case MTRT_KIND_TENSOR:
    return "Tensor";
  case MTRT_KIND_COMPLEX:
    return "complex";
  case MTRT_KIND_TUPLE: {
    auto *tuple = reinterpret_cast<mtrt_tuple *>(object);
    std::string items;
    for (int64_t i = 0; i < tuple->size; ++i)
      items += (i ? ", " : "") + getTypeName(tuple->items[i]);
    return "Tuple[" + items + "]";
  }
  default:
    return mtrt_type_name(object->type);
  }
}

[[noreturn]] static void raiseUnsortable(const std::string &type) {
  raiseText("Only list of Tensors, ints, floats, bools, strs, a User Defined "
            "Class that defines the __lt__ compare method or Tuples of "
            "aforementioned types can be sorted, got list of " +
            type);
}

/// Raises what TorchScript does for items, item `i` is get(i), that have no
/// order: it looks at what the first is. What is declared to be this or that
/// has none.
template <typename Get> static void checkSortable(mtrt_object *list, Get get) {
  std::string declared = mtrt_type_name(elementType(list->type, 0));
  auto mentions = [&](const char *word) {
    return declared.find(word) != std::string::npos;
  };
  bool isOneOf = declared == "Any" || declared.starts_with("Optional[") ||
                 declared.starts_with("Union[");
  std::string type = getTypeName(get(0));
  if (mentions("Any") || mentions("Optional[") || mentions("Union["))
    for (int64_t i = 1; i < toList(list)->size; ++i)
      if (std::string other = getTypeName(get(i)); other != type)
        raiseText("Only values of same type can be compared. Found " + type +
                  " and " + other);
  if (!isOneOf && isSortable(get(0)))
    return;
  if (isKind(get(0), MTRT_KIND_TUPLE))
    raiseText("Contained elements in " + toSchemaName(type) +
              " are not sortable. Only Int, Bool, Float, String, Tensor, a "
              "User Defined Class with __lt__ method defined or Tuples of "
              "aforementioned types can be sorted.");
  raiseUnsortable(type);
}

/// Numbers, and tensors of one: what is not less comes first in reverse.
template <typename T, typename Same, typename Less>
static void sortNumbers(T *items, int64_t size, bool isReverse, Same isSame,
                        Less isLess) {
  ListSorter(items, size, [&](T a, T b) {
    return !isSame(a, b) && isLess(a, b) != isReverse;
  }).sort();
}

template <typename T>
static void sortNumbers(T *items, int64_t size, bool isReverse) {
  sortNumbers(items, size, isReverse, std::equal_to<T>(), std::less<T>());
}

/// What else has an order.
static void sortObjects(mtrt_object **items, int64_t size, bool isReverse) {
  auto isBefore = [](mtrt_object *a, mtrt_object *b) {
    return a != b && isLess(toValue(a), toValue(b));
  };
  if (size > 0 && isKind(toValue(items[0]), MTRT_KIND_TENSOR))
    return sortNumbers(items, size, isReverse, std::equal_to<mtrt_object *>(),
                       isBefore);
  ListSorter(items, size, [&](mtrt_object *a, mtrt_object *b) {
    return isReverse ? isBefore(b, a) : isBefore(a, b);
  }).sort();
}

/// Sorts by the digits of what numbers have above the least of them, the lowest
/// digit first. False, and nothing done, where comparing is as fast: there are
/// few, or they have many digits.
static bool sortByDigits(int64_t *items, int64_t size, bool isReverse) {
  constexpr int kDigit = 11, kMaxDigits = 3;
  if (size < 512)
    return false;
  auto [least, greatest] = std::minmax_element(items, items + size);
  uint64_t from = static_cast<uint64_t>(isReverse ? *greatest : *least);
  uint64_t range = static_cast<uint64_t>(*greatest) - *least;
  int digits = (std::bit_width(range) + kDigit - 1) / kDigit;
  if (digits > kMaxDigits)
    return false;
  auto distance = [&](int64_t item) {
    uint64_t value = static_cast<uint64_t>(item);
    return isReverse ? from - value : value - from;
  };
  std::vector<int64_t> other(size), starts(int64_t(1) << kDigit);
  int64_t *source = items, *target = other.data();
  for (int shift = 0; shift < digits * kDigit; shift += kDigit) {
    auto digit = [&](int64_t item) {
      return distance(item) >> shift & (starts.size() - 1);
    };
    std::fill(starts.begin(), starts.end(), 0);
    for (int64_t i = 0; i < size; ++i)
      ++starts[digit(source[i])];
    std::exclusive_scan(starts.begin(), starts.end(), starts.begin(),
                        int64_t(0));
    for (int64_t i = 0; i < size; ++i)
      target[starts[digit(source[i])]++] = source[i];
    std::swap(source, target);
  }
  if (source != items)
    std::copy(source, source + size, items);
  return true;
}

void mtrt_list_sort(mtrt_object *object, int64_t isReverse) {
  mtrt_list *list = toList(object);
  int64_t size = list->size;
  if (size == 0)
    return;
  switch (classOf(object)) {
  case MTRT_CLASS_INT:
    if (sortByDigits(itemsOf<MTRT_CLASS_INT>(list), size, isReverse))
      return;
    return sortNumbers(itemsOf<MTRT_CLASS_INT>(list), size, isReverse);
  case MTRT_CLASS_BOOL:
    return sortNumbers(itemsOf<MTRT_CLASS_BOOL>(list), size, isReverse);
  case MTRT_CLASS_FLOAT:
    return sortNumbers(itemsOf<MTRT_CLASS_FLOAT>(list), size, isReverse);
  case MTRT_CLASS_COMPLEX:
    raiseUnsortable("complex");
  case MTRT_CLASS_VALUE:
    return checkSortable(
        object, [&](int64_t i) { return itemsOf<MTRT_CLASS_VALUE>(list)[i]; });
  default:
    break;
  }
  mtrt_object **items = itemsOf<MTRT_CLASS_OBJECT>(list);
  checkSortable(object, [&](int64_t i) { return toValue(items[i]); });
  // A comparison may raise, when items are lost and doubled: what is sorted is
  // pointers without references. It may also change the list, so a copy holds
  // the references meanwhile.
  Ref owner(mtrt_list_clone(object));
  mtrt_list *copy = toList(owner.get());
  mtrt_object **kept = itemsOf<MTRT_CLASS_OBJECT>(copy);
  std::vector<mtrt_object *> sorted(kept, kept + copy->size);
  sortObjects(sorted.data(), copy->size, isReverse);
  std::copy(sorted.begin(), sorted.end(), kept);
  Guard guard(object);
  std::swap(list->items, copy->items);
  std::swap(list->size, copy->size);
  std::swap(list->capacity, copy->capacity);
}

mtrt_object *mtrt_list_sorted(mtrt_object *list) {
  Ref copy(mtrt_list_clone(list));
  mtrt_list_sort(copy.get(), /*isReverse=*/false);
  return copy.take();
}
