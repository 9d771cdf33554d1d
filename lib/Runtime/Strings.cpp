//===- Strings.cpp - Strings: making, comparing, cutting ------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Texts are bytes, as in TorchScript: a length is one of bytes, and cutting may
// leave what is no UTF-8.
//
//===----------------------------------------------------------------------===//

#include "Strings.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

using namespace mtrt;

mtrt_str *mtrt::makeStrOf(int64_t size, int64_t capacity) {
  size_t bytes = sizeof(mtrt_str) + std::max(size, capacity);
  auto *str = static_cast<mtrt_str *>(
      allocateObject(bytes, sizeof(mtrt_str), MTRT_KIND_STR, /*type=*/0));
  str->size = size;
  str->data = reinterpret_cast<char *>(str + 1);
  str->capacity = capacity;
  return str;
}

static bool hasOwnBlock(const mtrt_str *str) {
  return str->data != reinterpret_cast<const char *>(str + 1);
}

void mtrt::freeStr(mtrt_object *object) {
  auto *str = reinterpret_cast<mtrt_str *>(object);
  if (hasOwnBlock(str))
    std::free(str->data);
}

mtrt_object *mtrt_str_make(const char *data, int64_t size) {
  mtrt_str *str = makeStrOf(size);
  if (size)
    std::memcpy(str->data, data, size);
  return &str->object;
}

//===----------------------------------------------------------------------===//
// Joining
//===----------------------------------------------------------------------===//

static mtrt_object *concat(std::string_view left, std::string_view right,
                           int64_t capacity) {
  mtrt_str *str =
      makeStrOf(static_cast<int64_t>(left.size() + right.size()), capacity);
  std::copy(left.begin(), left.end(), str->data);
  std::copy(right.begin(), right.end(), str->data + left.size());
  return &str->object;
}

mtrt_object *mtrt_str_concat(mtrt_object *left, mtrt_object *right) {
  return concat(textOf(left), textOf(right), /*capacity=*/0);
}

/// Room for a text of `size` that has grown, and may again.
static int64_t withRoom(int64_t size) { return size + size / 2 + 16; }

mtrt_object *mtrt_str_concat_taking(mtrt_object *left, mtrt_object *right) {
  std::string_view more = textOf(right);
  auto *str = reinterpret_cast<mtrt_str *>(left);
  int64_t size = str->size + static_cast<int64_t>(more.size());
  if (left->count != 1 || left == right) {
    Ref owned(left);
    return concat(textOf(left), more, withRoom(size));
  }
  if (size > str->capacity) {
    int64_t capacity = withRoom(size);
    bool isOwn = hasOwnBlock(str);
    auto *data =
        static_cast<char *>(resizeBlock(isOwn ? str->data : nullptr, capacity));
    if (!isOwn)
      std::memcpy(data, str->data, str->size);
    str->data = data;
    str->capacity = capacity;
  }
  std::copy(more.begin(), more.end(), str->data + str->size);
  str->size = size;
  str->object.extra = 0;
  return left;
}

mtrt_object *mtrt_str_join(mtrt_object *separator, mtrt_object *parts) {
  Guard guard(parts);
  auto *items = itemsOf<MTRT_CLASS_OBJECT>(toList(parts));
  std::string_view between = textOf(separator);
  std::string out;
  for (int64_t i = 0; i < toList(parts)->size; ++i) {
    if (i)
      out += between;
    out += textOf(items[i]);
  }
  return makeStr(out);
}

//===----------------------------------------------------------------------===//
// Comparing
//===----------------------------------------------------------------------===//

int64_t mtrt_str_size(mtrt_object *str) {
  return reinterpret_cast<mtrt_str *>(str)->size;
}
int64_t mtrt_str_eq(mtrt_object *left, mtrt_object *right) {
  return textOf(left) == textOf(right);
}
int64_t mtrt_str_ne(mtrt_object *left, mtrt_object *right) {
  return textOf(left) != textOf(right);
}
int64_t mtrt_str_lt(mtrt_object *left, mtrt_object *right) {
  return textOf(left) < textOf(right);
}
int64_t mtrt_str_le(mtrt_object *left, mtrt_object *right) {
  return textOf(left) <= textOf(right);
}
int64_t mtrt_str_gt(mtrt_object *left, mtrt_object *right) {
  return textOf(left) > textOf(right);
}
int64_t mtrt_str_ge(mtrt_object *left, mtrt_object *right) {
  return textOf(left) >= textOf(right);
}

//===----------------------------------------------------------------------===//
// Cutting
//===----------------------------------------------------------------------===//

mtrt_object *mtrt_str_get(mtrt_object *str, int64_t index) {
  std::string_view text = textOf(str);
  uint64_t at =
      static_cast<uint64_t>(index < 0 ? index + mtrt_str_size(str) : index);
  if (at >= text.size())
    raise("RuntimeError",
          "basic_string::at: __n (which is %llu) >= this->size() (which is "
          "%zu)",
          static_cast<unsigned long long>(at), text.size());
  return makeStr(text.substr(at, 1));
}

int64_t mtrt::adjustSlice(int64_t size, mtrt_value start, mtrt_value end,
                          int64_t step, int64_t &first) {
  if (step == 0)
    raise("RuntimeError", "List slice should have non-zero step");
  // The last step of the smallest number would not fit.
  step = std::max(step, -INT64_MAX);
  bool isForward = step > 0;
  auto bound = [&](mtrt_value value, int64_t otherwise) {
    if (value.tag == MTRT_TAG_NONE)
      return otherwise;
    int64_t at = value.bits;
    if (at < 0)
      at = std::max(at + size, isForward ? 0 : int64_t(-1));
    return std::min(at, isForward ? size : size - 1);
  };
  first = bound(start, isForward ? 0 : size - 1);
  int64_t last = bound(end, isForward ? size : -1);
  if (isForward)
    return first < last ? (last - first - 1) / step + 1 : 0;
  return last < first ? (first - last - 1) / -step + 1 : 0;
}

mtrt_object *mtrt_str_slice(mtrt_object *object, int64_t startTag,
                            int64_t start, int64_t endTag, int64_t end,
                            int64_t step) {
  std::string_view text = textOf(object);
  int64_t at, count = adjustSlice(mtrt_str_size(object), {startTag, start},
                                  {endTag, end}, step, at);
  mtrt_str *str = makeStrOf(count);
  for (int64_t i = 0; i < count; ++i)
    str->data[i] = text[at + i * step];
  return &str->object;
}

mtrt_object *mtrt_str_list(mtrt_object *str, int64_t type) {
  std::string_view text = textOf(str);
  StrList list(type);
  list.reserve(mtrt_str_size(str));
  for (size_t i = 0; i < text.size(); ++i)
    list.add(text.substr(i, 1));
  return list.take();
}

void mtrt::StrList::add(std::string_view text) {
  mtrt_list *strings = toList(list.get());
  Ref str(makeStr(text));
  mtrt::reserve(strings, strings->size + 1);
  itemsOf<MTRT_CLASS_OBJECT>(strings)[strings->size++] = str.take();
}

/// What ends a line or separates words: TorchScript looks for single bytes,
/// also for those that U+2028 and U+2029 consist of.
static constexpr std::string_view kLineEnds =
    "\n\r\v\f\x1c\x1d\x1e\x85\xe2\x80\xa8\xa9";
static constexpr std::string_view kSpaces =
    " \t\n\r\v\f\x1c\x1d\x1e\x85\xe2\x80\xa8\xa9";

static mtrt_object *splitWords(std::string_view text, int64_t type) {
  StrList list(type);
  for (size_t at = 0;;) {
    size_t start = text.find_first_not_of(kSpaces, at);
    if (start == text.npos)
      return list.take();
    at = std::min(text.find_first_of(kSpaces, start), text.size());
    list.add(text.substr(start, at - start));
  }
}

mtrt_object *mtrt_str_split(mtrt_object *str, mtrt_object *separator,
                            int64_t max, int64_t type) {
  std::string_view text = textOf(str);
  // `max` is not asked then.
  if (!separator)
    return splitWords(text, type);
  std::string_view by = textOf(separator);
  if (by.empty())
    raise("RuntimeError", "ValueError: empty separator");
  StrList list(type);
  size_t start = 0;
  for (size_t at; max != 0 && (at = text.find(by, start)) != text.npos; --max) {
    list.add(text.substr(start, at - start));
    start = at + by.size();
  }
  list.add(text.substr(start));
  return list.take();
}

mtrt_object *mtrt_str_rsplit(mtrt_object *str, mtrt_object *separator,
                             int64_t max, int64_t type) {
  std::string_view text = textOf(str), by = textOf(separator);
  // TorchScript does not return then.
  if (by.empty() && max < 0)
    raise("RuntimeError", "ValueError: empty separator");
  StrList list(type);
  size_t end = text.size();
  for (; max != 0; --max) {
    size_t at = by.size() > end ? text.npos : text.rfind(by, end - by.size());
    if (at == text.npos)
      break;
    list.add(text.substr(at + by.size(), end - at - by.size()));
    end = at;
  }
  list.add(text.substr(0, end));
  mtrt_list_reverse_items(list.get());
  return list.take();
}

mtrt_object *mtrt_str_splitlines(mtrt_object *str, int64_t keepEnds,
                                 int64_t type) {
  std::string_view text = textOf(str);
  StrList list(type);
  size_t start = 0;
  for (size_t at; (at = text.find_first_of(kLineEnds, start)) != text.npos;
       start = at + 1) {
    list.add(text.substr(start, at - start));
    if (keepEnds) // as an item of its own
      list.add(text.substr(at, 1));
  }
  if (start != text.size())
    list.add(text.substr(start));
  return list.take();
}

void mtrt_str_partition(mtrt_object *str, mtrt_object *separator,
                        mtrt_value *results) {
  std::string_view text = textOf(str), by = textOf(separator);
  size_t at = text.find(by);
  bool found = at != text.npos;
  results[0] = toValue(makeStr(text.substr(0, at)));
  results[1] = toValue(makeStr(found ? by : ""));
  results[2] = toValue(makeStr(found ? text.substr(at + by.size()) : ""));
}

void mtrt_str_rpartition(mtrt_object *str, mtrt_object *separator,
                         mtrt_value *results) {
  std::string_view text = textOf(str), by = textOf(separator);
  size_t at = text.rfind(by);
  bool found = at != text.npos;
  results[0] = toValue(makeStr(found ? text.substr(0, at) : ""));
  results[1] = toValue(makeStr(found ? by : ""));
  results[2] = toValue(makeStr(found ? text.substr(at + by.size()) : text));
}
