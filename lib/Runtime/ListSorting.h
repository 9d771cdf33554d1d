//===- ListSorting.h - Sorting as PyTorch does ------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// PyTorch sorts lists with `std::sort`: where items are equal, or a comparison
// is no order (NaN, a program's `__lt__`), what comes out follows from the
// algorithm. This is the same one, introsort, but stays within the list where
// such a comparison would lead it out.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_RUNTIME_LISTSORTING_H
#define MINITORCH_LIB_RUNTIME_LISTSORTING_H

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>

namespace mtrt {

/// Sorts items in place. `isBefore` may be anything, and may throw: then the
/// items are in some order, of which one may be lost and another twice.
template <typename T, typename Compare> class ListSorter {
public:
  ListSorter(T *items, int64_t size, Compare isBefore)
      : begin(items), end(items + size), isBefore(isBefore) {}

  void sort() {
    auto size = static_cast<uint64_t>(end - begin);
    if (size == 0)
      return;
    sortCoarsely(begin, end, 2 * (std::bit_width(size) - 1));
    T *sorted = begin + std::min<int64_t>(end - begin, fewItems);
    for (T *item = begin + 1; item < sorted; ++item)
      insert(item, /*isFirst=*/isBefore(*item, *begin));
    for (T *item = sorted; item < end; ++item)
      insert(item, /*isFirst=*/false);
  }

private:
  /// Shorter parts are left to the insertions in the end.
  static constexpr int64_t fewItems = 16;

  /// Puts `item` into the sorted ones before it.
  void insert(T *item, bool isFirst) {
    T value = *item;
    for (; item > begin && (isFirst || isBefore(value, item[-1])); --item)
      *item = item[-1];
    *item = value;
  }

  /// Leaves parts of few items, each of which belongs before the next one's.
  void sortCoarsely(T *first, T *last, int64_t depth) {
    while (last - first > fewItems) {
      if (depth-- == 0) {
        std::make_heap(first, last, isBefore);
        std::sort_heap(first, last, isBefore);
        return;
      }
      T *cut = partition(first, last);
      sortCoarsely(cut, last, depth);
      last = cut;
    }
  }

  /// Parts the items by one in the middle, which comes first.
  T *partition(T *first, T *last) {
    std::swap(*first,
              *middleOf(first + 1, first + (last - first) / 2, last - 1));
    T *low = first + 1, *high = last;
    while (true) {
      while (low < end && isBefore(*low, *first))
        ++low;
      while (--high > begin && isBefore(*first, *high)) {
      }
      if (low >= high)
        return low;
      std::swap(*low++, *high);
    }
  }

  T *middleOf(T *a, T *b, T *c) {
    if (isBefore(*a, *b))
      return isBefore(*b, *c) ? b : isBefore(*a, *c) ? c : a;
    return isBefore(*a, *c) ? a : isBefore(*b, *c) ? c : b;
  }

  T *begin, *end;
  Compare isBefore;
};

} // namespace mtrt

#endif // MINITORCH_LIB_RUNTIME_LISTSORTING_H
