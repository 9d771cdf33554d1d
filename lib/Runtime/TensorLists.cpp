//===- TensorLists.cpp - Lists whose length is known at run time --------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// An item is immutable once it is in a list (set replaces it), so copies of a
// list share items and count references.
//
//===----------------------------------------------------------------------===//

#include "Frame.h"
#include "MemRefs.h"

#include <algorithm>
#include <cmath>
#include <vector>

using namespace mtrt;

namespace {

/// A tensor, or a number when `elementSize` is 0. Sizes and then, from the next
/// multiple of 64 bytes on, the elements follow in the same buffer.
struct Item {
  int64_t refs;
  int64_t elementSize;
  int64_t rank;
  union {
    int64_t integer;
    double real;
  };

  int64_t *sizes() { return reinterpret_cast<int64_t *>(this + 1); }
  char *data() { return reinterpret_cast<char *>(this) + dataOffset(rank); }
  static size_t dataOffset(int64_t rank) {
    return (sizeof(Item) + rank * sizeof(int64_t) + 63) / 64 * 64;
  }
};

void release(Item *item) {
  if (--item->refs == 0)
    mtrt_buffer_free(item);
}

struct List : Object {
  ~List() override { clear(); }
  void clear() {
    for (Item *item : items)
      release(item);
    items.clear();
  }
  std::vector<Item *> items;
};

List *toList(mtrt_handle handle) {
  if (!handle)
    raise("RuntimeError", "use of a list that was released");
  return static_cast<List *>(reinterpret_cast<Object *>(handle));
}

mtrt_handle toHandle(List *list) {
  return reinterpret_cast<mtrt_handle>(static_cast<Object *>(list));
}

/// The position of item `index`; `extra` is 1 where the end is one, too.
size_t position(List *list, int64_t index, const char *what) {
  int64_t size = list->items.size();
  int64_t at = index < 0 ? index + size : index;
  if (at < 0 || at >= size)
    raise("IndexError", "%s index out of range", what);
  return at;
}

/// Row-major strides of `sizes`. Ranks are small.
constexpr int64_t kMaxRank = 64;
struct Strides {
  Strides(int64_t rank, const int64_t *sizes) {
    for (int64_t i = rank - 1, stride = 1; i >= 0; stride *= sizes[i--])
      values[i] = stride;
  }
  int64_t values[kMaxRank];
};

Item *makeTensor(int64_t elementSize, int64_t rank, void *descriptor) {
  if (rank > kMaxRank)
    raise("RuntimeError", "a tensor of rank %lld is not supported",
          static_cast<long long>(rank));
  View view(rank, descriptor);
  int64_t count = 1;
  for (int64_t i = 0; i < rank; ++i)
    count *= view.sizes[i];
  auto *item = static_cast<Item *>(
      mtrt_buffer_alloc(Item::dataOffset(rank) + count * elementSize));
  item->refs = 1;
  item->elementSize = elementSize;
  item->rank = rank;
  std::copy_n(view.sizes, rank, item->sizes());
  copyStrided(elementSize, rank, view.sizes, view.data(elementSize),
              view.strides, item->data(), Strides(rank, view.sizes).values);
  return item;
}

Item *makeNumber() {
  auto *item = static_cast<Item *>(mtrt_buffer_alloc(sizeof(Item)));
  item->refs = 1;
  item->elementSize = 0;
  item->rank = 0;
  return item;
}

void replace(List *list, size_t at, Item *item) {
  release(list->items[at]);
  list->items[at] = item;
}

int64_t wrapDim(int64_t dim, int64_t rank) {
  int64_t wrapped = dim < 0 ? dim + rank : dim;
  if (wrapped < 0 || wrapped >= rank)
    raise("IndexError",
          "Dimension out of range (expected to be in range of [%lld, %lld], "
          "but got %lld)",
          static_cast<long long>(-rank), static_cast<long long>(rank - 1),
          static_cast<long long>(dim));
  return wrapped;
}

} // namespace

mtrt_handle mtrt_list_new(void) {
  auto *list = new List;
  adopt(list);
  return toHandle(list);
}

mtrt_handle mtrt_list_copy(mtrt_handle handle) {
  List *list = toList(handle);
  mtrt_handle copy = mtrt_list_new();
  mtrt_list_extend(copy, toHandle(list));
  return copy;
}

int64_t mtrt_list_len(mtrt_handle list) { return toList(list)->items.size(); }

void mtrt_list_append(mtrt_handle list, int64_t elementSize, int64_t rank,
                      void *descriptor) {
  List *target = toList(list);
  target->items.push_back(makeTensor(elementSize, rank, descriptor));
}

void mtrt_list_insert(mtrt_handle list, int64_t index, int64_t elementSize,
                      int64_t rank, void *descriptor) {
  List *target = toList(list);
  int64_t size = target->items.size();
  // As in Python, an index out of range means an end.
  int64_t at = std::clamp(index < 0 ? index + size : index, int64_t(0), size);
  Item *item = makeTensor(elementSize, rank, descriptor);
  target->items.insert(target->items.begin() + at, item);
}

void mtrt_list_set(mtrt_handle list, int64_t index, int64_t elementSize,
                   int64_t rank, void *descriptor) {
  List *target = toList(list);
  size_t at = position(target, index, "list");
  replace(target, at, makeTensor(elementSize, rank, descriptor));
}

void mtrt_list_remove(mtrt_handle list, int64_t index) {
  List *target = toList(list);
  size_t at = position(target, index, "pop");
  release(target->items[at]);
  target->items.erase(target->items.begin() + at);
}

void mtrt_list_clear(mtrt_handle list) { toList(list)->clear(); }

void mtrt_list_reverse(mtrt_handle list) {
  std::vector<Item *> &items = toList(list)->items;
  std::reverse(items.begin(), items.end());
}

void mtrt_list_extend(mtrt_handle list, mtrt_handle other) {
  std::vector<Item *> &target = toList(list)->items;
  std::vector<Item *> &source = toList(other)->items;
  // By index: a list may extend itself.
  for (size_t i = 0, size = source.size(); i < size; ++i) {
    Item *item = source[i];
    ++item->refs;
    target.push_back(item);
  }
}

mtrt_handle mtrt_list_slice(mtrt_handle list, int64_t start, int64_t end,
                            int64_t step) {
  if (step == 0)
    raise("ValueError", "slice step cannot be zero");
  std::vector<Item *> &source = toList(list)->items;
  int64_t size = source.size();
  // Backwards from the last item to the place in front of the first.
  bool back = step < 0;
  auto bound = [&](int64_t i) {
    return std::clamp(i < 0 ? i + size : i, int64_t(back ? -1 : 0),
                      back ? size - 1 : size);
  };
  start = bound(start);
  end = bound(end);
  // A longer step takes the first item, too.
  step = std::clamp(step, -size - 1, size + 1);
  mtrt_handle slice = mtrt_list_new();
  std::vector<Item *> &target = toList(slice)->items;
  for (int64_t i = start; back ? i > end : i < end; i += step) {
    ++source[i]->refs;
    target.push_back(source[i]);
  }
  return slice;
}

//===----------------------------------------------------------------------===//
// Reading items
//===----------------------------------------------------------------------===//

static Item *tensorAt(mtrt_handle list, int64_t index) {
  List *source = toList(list);
  Item *item = source->items[position(source, index, "list")];
  if (item->elementSize == 0)
    raise("RuntimeError", "expected a tensor in the list, got a number");
  return item;
}

int64_t mtrt_list_rank(mtrt_handle list, int64_t index) {
  return tensorAt(list, index)->rank;
}

int64_t mtrt_list_dim(mtrt_handle list, int64_t index, int64_t dim) {
  Item *item = tensorAt(list, index);
  return item->sizes()[wrapDim(dim, item->rank)];
}

/// Raises unless `item` has the element size of `view`'s program and, but for
/// `skipped` of the view's dimensions, its sizes.
static void checkFits(Item *item, int64_t elementSize, const View &view,
                      int64_t index, int64_t skipped, bool isStack) {
  bool fits = item->elementSize == elementSize &&
              item->rank + (isStack ? 1 : 0) == view.rank;
  for (int64_t i = 0, j = 0; fits && i < view.rank; ++i) {
    if (i != skipped)
      fits = item->sizes()[j] == view.sizes[i];
    j += !(isStack && i == skipped);
  }
  if (!fits)
    raise("RuntimeError",
          "item %lld of the list does not have the expected rank, sizes and "
          "dtype",
          static_cast<long long>(index));
}

void mtrt_list_get(mtrt_handle list, int64_t index, int64_t elementSize,
                   int64_t rank, void *descriptor) {
  Item *item = tensorAt(list, index);
  View view(rank, descriptor);
  checkFits(item, elementSize, view, index, /*skipped=*/-1, /*isStack=*/false);
  copyStrided(elementSize, rank, item->sizes(), item->data(),
              Strides(rank, item->sizes()).values, view.data(elementSize),
              view.strides);
}

int64_t mtrt_list_cat_size(mtrt_handle list, int64_t dim) {
  int64_t total = 0;
  for (int64_t i = 0, size = mtrt_list_len(list); i < size; ++i)
    total += mtrt_list_dim(list, i, dim);
  return total;
}

void mtrt_list_cat(mtrt_handle list, int64_t dim, int64_t elementSize,
                   int64_t rank, void *descriptor) {
  View view(rank, descriptor);
  dim = wrapDim(dim, rank);
  char *target = view.data(elementSize);
  int64_t room = view.sizes[dim];
  for (int64_t i = 0, size = mtrt_list_len(list); i < size; ++i) {
    Item *item = tensorAt(list, i);
    checkFits(item, elementSize, view, i, dim, /*isStack=*/false);
    room -= item->sizes()[dim];
    if (room < 0)
      break;
    copyStrided(elementSize, rank, item->sizes(), item->data(),
                Strides(rank, item->sizes()).values, target, view.strides);
    target += item->sizes()[dim] * view.strides[dim] * elementSize;
  }
  if (room != 0)
    raise("RuntimeError", "the items of the list do not add up to size %lld",
          static_cast<long long>(view.sizes[dim]));
}

void mtrt_list_stack(mtrt_handle list, int64_t dim, int64_t elementSize,
                     int64_t rank, void *descriptor) {
  View view(rank, descriptor);
  dim = wrapDim(dim, rank);
  int64_t size = mtrt_list_len(list);
  if (size == 0)
    raise("RuntimeError", "stack expects a non-empty TensorList");
  if (size != view.sizes[dim])
    raise("RuntimeError", "cannot stack %lld tensors into size %lld",
          static_cast<long long>(size),
          static_cast<long long>(view.sizes[dim]));
  if (rank > kMaxRank)
    raise("RuntimeError", "a tensor of rank %lld is not supported",
          static_cast<long long>(rank));
  int64_t strides[kMaxRank];
  for (int64_t i = 0, j = 0; i < rank; ++i)
    if (i != dim)
      strides[j++] = view.strides[i];
  for (int64_t i = 0; i < size; ++i) {
    Item *item = tensorAt(list, i);
    checkFits(item, elementSize, view, i, dim, /*isStack=*/true);
    char *target = view.data(elementSize) + i * view.strides[dim] * elementSize;
    copyStrided(elementSize, rank - 1, item->sizes(), item->data(),
                Strides(rank - 1, item->sizes()).values, target, strides);
  }
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

void mtrt_list_append_int(mtrt_handle list, int64_t value) {
  List *target = toList(list);
  Item *item = makeNumber();
  item->integer = value;
  target->items.push_back(item);
}

void mtrt_list_append_float(mtrt_handle list, double value) {
  List *target = toList(list);
  Item *item = makeNumber();
  item->real = value;
  target->items.push_back(item);
}

void mtrt_list_set_int(mtrt_handle list, int64_t index, int64_t value) {
  List *target = toList(list);
  size_t at = position(target, index, "list");
  Item *item = makeNumber();
  item->integer = value;
  replace(target, at, item);
}

void mtrt_list_set_float(mtrt_handle list, int64_t index, double value) {
  List *target = toList(list);
  size_t at = position(target, index, "list");
  Item *item = makeNumber();
  item->real = value;
  replace(target, at, item);
}

static Item *numberAt(mtrt_handle list, int64_t index) {
  List *source = toList(list);
  Item *item = source->items[position(source, index, "list")];
  if (item->elementSize != 0)
    raise("RuntimeError", "expected a number in the list, got a tensor");
  return item;
}

int64_t mtrt_list_get_int(mtrt_handle list, int64_t index) {
  return numberAt(list, index)->integer;
}

double mtrt_list_get_float(mtrt_handle list, int64_t index) {
  return numberAt(list, index)->real;
}

/// Sorts by the items' numbers.
template <typename Less>
static void sortNumbers(mtrt_handle list, int64_t reverse, Less less) {
  // Only numbers compare.
  for (int64_t i = 0, size = mtrt_list_len(list); i < size; ++i)
    numberAt(list, i);
  std::vector<Item *> &items = toList(list)->items;
  std::stable_sort(items.begin(), items.end(), [&](Item *a, Item *b) {
    return reverse ? less(b, a) : less(a, b);
  });
}

void mtrt_list_sort_int(mtrt_handle list, int64_t reverse) {
  sortNumbers(list, reverse,
              [](Item *a, Item *b) { return a->integer < b->integer; });
}

void mtrt_list_sort_float(mtrt_handle list, int64_t reverse) {
  sortNumbers(list, reverse, [](Item *a, Item *b) {
    return a->real < b->real || (std::isnan(b->real) && !std::isnan(a->real));
  });
}

int64_t mtrt_list_count_int(mtrt_handle list, int64_t value) {
  int64_t count = 0;
  for (int64_t i = 0, size = mtrt_list_len(list); i < size; ++i)
    count += numberAt(list, i)->integer == value;
  return count;
}

int64_t mtrt_list_count_float(mtrt_handle list, double value) {
  int64_t count = 0;
  for (int64_t i = 0, size = mtrt_list_len(list); i < size; ++i)
    count += numberAt(list, i)->real == value;
  return count;
}
