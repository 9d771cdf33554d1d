//===- Sorting.cpp - Sorted rows of tensors -----------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Elements are compared by integer keys in the same order: both zeros are one
// key, and all NaNs are the greatest. Values are then read at the places that
// were found, bit by bit.
//
//===----------------------------------------------------------------------===//

#include "Frame.h"
#include "MemRefs.h"
#include "TensorObjects.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>
#include <limits>

using namespace mtrt;

//===----------------------------------------------------------------------===//
// Keys
//===----------------------------------------------------------------------===//

/// The key of a float of type `Float`, whose bits are `Key`'s.
template <typename Key, typename Float> static Key keyOf(Float x) {
  if (x != x)
    return std::numeric_limits<Key>::max();
  // Negative numbers are ordered the other way round; -0 + 0 is 0.
  auto bits = std::bit_cast<Key>(x + Float(0));
  return bits < 0 ? bits ^ std::numeric_limits<Key>::max() : bits;
}

namespace {
template <typename T> struct Number {
  using Key = std::conditional_t<sizeof(T) == 8, int64_t, int32_t>;
  static constexpr size_t size = sizeof(T);
  static Key load(const char *at) {
    T x;
    std::memcpy(&x, at, sizeof(T));
    if constexpr (std::is_floating_point_v<T>)
      return keyOf<Key>(x);
    else
      return x;
  }
};

struct HalfNumber {
  using Key = int32_t;
  static constexpr size_t size = 2;
  static Key load(const char *at) {
    uint16_t bits;
    std::memcpy(&bits, at, sizeof(bits));
    return keyOf<Key>(
        halfToFloat(std::bit_cast<float>(static_cast<uint32_t>(bits))));
  }
};

struct BrainNumber {
  using Key = int32_t;
  static constexpr size_t size = 2;
  static Key load(const char *at) {
    uint16_t bits;
    std::memcpy(&bits, at, sizeof(bits));
    return keyOf<Key>(std::bit_cast<float>(static_cast<uint32_t>(bits) << 16));
  }
};
} // namespace

/// Calls `function` with a value of a type of the above.
template <typename Function>
static void dispatch(int64_t dtype, Function function) {
  switch (dtype) {
  case U8:
  case Bool:
    return function(Number<uint8_t>());
  case I8:
    return function(Number<int8_t>());
  case I16:
    return function(Number<int16_t>());
  case I32:
    return function(Number<int32_t>());
  case I64:
    return function(Number<int64_t>());
  case F16:
    return function(HalfNumber());
  case F32:
    return function(Number<float>());
  case F64:
    return function(Number<double>());
  case BF16:
    return function(BrainNumber());
  default:
    raise("RuntimeError", "sorting numbers that have no order");
  }
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

namespace {
/// One strided row of memory.
struct Row {
  char *data;
  int64_t step;
  char *at(int64_t i) const { return data + i * step; }
};

/// The rows of a tensor along `dim`.
class Rows {
public:
  Rows(int64_t rank, void *descriptor, int64_t dim, int64_t elementSize)
      : view(rank, descriptor), dim(dim), elementSize(elementSize) {}

  int64_t length() const { return view.sizes[dim]; }
  int64_t count() const {
    int64_t total = 1;
    for (int64_t i = 0; i < view.rank; ++i)
      total *= i == dim ? 1 : view.sizes[i];
    return total;
  }
  Row get(int64_t index) const {
    int64_t offset = 0;
    for (int64_t i = view.rank - 1; i >= 0; --i) {
      if (i == dim)
        continue;
      offset += index % view.sizes[i] * view.strides[i];
      index /= view.sizes[i];
    }
    return {view.data(elementSize) + offset * elementSize,
            view.strides[dim] * elementSize};
  }

private:
  View view;
  int64_t dim, elementSize;
};

/// Memory of the running call, which frees it should something raise.
template <typename T> class Scratch {
public:
  explicit Scratch(int64_t count)
      : data(static_cast<T *>(
            mtrt_buffer_alloc(sizeof(T) * std::max<int64_t>(count, 1)))) {}
  ~Scratch() { mtrt_buffer_free(data); }
  Scratch(const Scratch &) = delete;
  T *data;
};

/// A key and where it was.
template <typename Key> struct Place {
  Key key;
  int64_t index;
};

/// Whether `x` has to stand before `y`.
struct Ascending {
  template <typename Item> bool operator()(const Item &x, const Item &y) const {
    return x.key < y.key;
  }
};
struct Descending {
  template <typename Item> bool operator()(const Item &x, const Item &y) const {
    return y.key < x.key;
  }
};
} // namespace

/// Writes `count` elements of `row` in the order of `places`.
template <size_t size, typename Key>
static void store(Row row, const Place<Key> *places, int64_t count, Row values,
                  Row indices) {
  for (int64_t i = 0; i < count; ++i) {
    std::memcpy(values.at(i), row.at(places[i].index), size);
    std::memcpy(indices.at(i), &places[i].index, sizeof(int64_t));
  }
}

//===----------------------------------------------------------------------===//
// sort
//===----------------------------------------------------------------------===//

/// A stable sort of a row that is short.
template <typename T, typename Compare>
static void insertionSort(T *begin, int64_t count, Compare compare) {
  for (int64_t i = 1; i < count; ++i) {
    T item = begin[i];
    int64_t at = i;
    for (; at > 0 && compare(item, begin[at - 1]); --at)
      begin[at] = begin[at - 1];
    begin[at] = item;
  }
}

/// A stable sort: merges runs of `run` elements, to and from `other`.
template <typename T, typename Compare>
static T *mergeSort(T *places, T *other, int64_t count, Compare compare) {
  constexpr int64_t run = 16;
  for (int64_t low = 0; low < count; low += run)
    insertionSort(places + low, std::min(run, count - low), compare);
  for (int64_t width = run; width < count; width *= 2) {
    for (int64_t low = 0; low < count; low += 2 * width) {
      T *middle = places + std::min(low + width, count);
      T *high = places + std::min(low + 2 * width, count);
      std::merge(places + low, middle, middle, high, other + low, compare);
    }
    std::swap(places, other);
  }
  return places;
}

template <typename Element, typename Compare>
static void sortRows(const Rows &in, const Rows &values, const Rows &indices,
                     Compare compare) {
  using Item = Place<typename Element::Key>;
  int64_t length = in.length();
  // Rows of nothing may have no memory.
  if (length == 0)
    return;
  Scratch<Item> first(length), second(length);
  for (int64_t i = 0, count = in.count(); i < count; ++i) {
    Row row = in.get(i);
    for (int64_t j = 0; j < length; ++j)
      first.data[j] = {Element::load(row.at(j)), j};
    const Item *sorted = mergeSort(first.data, second.data, length, compare);
    store<Element::size>(row, sorted, length, values.get(i), indices.get(i));
  }
}

void mtrt_sort(int64_t dtype, int64_t dim, int64_t descending, int64_t xRank,
               void *x, int64_t valuesRank, void *values, int64_t indicesRank,
               void *indices) {
  dispatch(dtype, [&](auto element) {
    using Element = decltype(element);
    Rows in(xRank, x, dim, Element::size);
    Rows sorted(valuesRank, values, dim, Element::size);
    Rows places(indicesRank, indices, dim, sizeof(int64_t));
    if (descending)
      sortRows<Element>(in, sorted, places, Descending());
    else
      sortRows<Element>(in, sorted, places, Ascending());
  });
}

//===----------------------------------------------------------------------===//
// topk
//===----------------------------------------------------------------------===//

namespace {
/// The elements of a row in turn, as an algorithm reads them.
template <typename Element> class Reader {
public:
  using iterator_category = std::input_iterator_tag;
  using value_type = Place<typename Element::Key>;
  using difference_type = int64_t;
  using pointer = const value_type *;
  using reference = value_type;

  Reader(Row row, int64_t index) : row(row), index(index) {}
  value_type operator*() const { return {Element::load(row.at(index)), index}; }
  Reader &operator++() {
    ++index;
    return *this;
  }
  bool operator==(const Reader &other) const { return index == other.index; }
  bool operator!=(const Reader &other) const { return index != other.index; }

private:
  Row row;
  int64_t index;
};
} // namespace

/// The first `k` of each row, in the order in which PyTorch's kernel leaves
/// them: of equal elements, which ones and in which order, is a matter of the
/// algorithm. A partial sort looks only at a heap of k elements and at the next
/// one, so that nothing else needs to be stored.
template <typename Element, typename Compare>
static void selectRows(const Rows &in, const Rows &values, const Rows &indices,
                       bool sorted, Compare compare) {
  using Item = Place<typename Element::Key>;
  int64_t length = in.length(), k = indices.length();
  if (k == 0)
    return;
  bool isSmall = k * 64 <= length;
  Scratch<Item> scratch(isSmall ? k : length);
  Item *begin = scratch.data, *last = begin + k - 1;
  for (int64_t i = 0, count = indices.count(); i < count; ++i) {
    Row row = in.get(i);
    Reader<Element> first(row, 0), end(row, length);
    if (isSmall) {
      std::partial_sort_copy(first, end, begin, begin + k, compare);
    } else {
      for (int64_t j = 0; j < length; ++j, ++first)
        begin[j] = *first;
      std::nth_element(begin, last, begin + length, compare);
      if (sorted)
        std::sort(begin, last, compare);
    }
    store<Element::size>(row, begin, k, values.get(i), indices.get(i));
  }
}

void mtrt_topk(int64_t dtype, int64_t dim, int64_t largest, int64_t sorted,
               int64_t xRank, void *x, int64_t valuesRank, void *values,
               int64_t indicesRank, void *indices) {
  dispatch(dtype, [&](auto element) {
    using Element = decltype(element);
    Rows in(xRank, x, dim, Element::size);
    Rows found(valuesRank, values, dim, Element::size);
    Rows places(indicesRank, indices, dim, sizeof(int64_t));
    if (largest)
      selectRows<Element>(in, found, places, sorted, Descending());
    else
      selectRows<Element>(in, found, places, sorted, Ascending());
  });
}
