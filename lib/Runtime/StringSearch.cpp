//===- StringSearch.cpp - Strings: finding and replacing ------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Objects.h"

#include <algorithm>

using namespace mtrt;

/// What C++'s substr says, as TorchScript passes it on.
static std::string_view cut(std::string_view text, int64_t start, int64_t end) {
  if (static_cast<uint64_t>(start) > text.size())
    raise("RuntimeError",
          "basic_string::substr: __pos (which is %llu) > this->size() (which "
          "is %zu)",
          static_cast<unsigned long long>(start), text.size());
  // An end before the start means the rest.
  return text.substr(start, static_cast<uint64_t>(end - start));
}

/// Bounds from the end count as in TorchScript: -1 is behind the last byte as
/// an end, and the last byte as a start.
static void wrap(std::string_view text, int64_t &start, int64_t &end) {
  auto size = static_cast<int64_t>(text.size());
  if (start < 0)
    start = std::max<int64_t>(0, size + start);
  if (end < 0)
    end = std::max<int64_t>(0, size + end + 1);
}

static int64_t find(mtrt_object *str, mtrt_object *part, int64_t start,
                    int64_t end, bool isLast) {
  std::string_view text = textOf(str), what = textOf(part);
  wrap(text, start, end);
  text = end > start ? cut(text, start, end) : std::string_view("");
  size_t at = isLast ? text.rfind(what) : text.find(what);
  return at == text.npos ? -1 : static_cast<int64_t>(at) + start;
}

static int64_t found(int64_t at) {
  if (at < 0)
    raise("RuntimeError", "ValueError: substring not found");
  return at;
}

int64_t mtrt_str_find(mtrt_object *str, mtrt_object *part, int64_t start,
                      int64_t end) {
  return find(str, part, start, end, /*isLast=*/false);
}
int64_t mtrt_str_rfind(mtrt_object *str, mtrt_object *part, int64_t start,
                       int64_t end) {
  return find(str, part, start, end, /*isLast=*/true);
}
int64_t mtrt_str_index(mtrt_object *str, mtrt_object *part, int64_t start,
                       int64_t end) {
  return found(find(str, part, start, end, /*isLast=*/false));
}
int64_t mtrt_str_rindex(mtrt_object *str, mtrt_object *part, int64_t start,
                        int64_t end) {
  return found(find(str, part, start, end, /*isLast=*/true));
}

int64_t mtrt_str_count(mtrt_object *str, mtrt_object *part, int64_t start,
                       int64_t end) {
  std::string_view text = textOf(str), what = textOf(part);
  if (start > static_cast<int64_t>(text.size()))
    return 0;
  wrap(text, start, end);
  int64_t count = 0;
  for (size_t at = start; (at = text.find(what, at)) != text.npos &&
                          static_cast<int64_t>(at) < end;
       at += what.size()) {
    // TorchScript does not return then.
    if (what.empty())
      raise("RuntimeError", "ValueError: cannot count an empty substring");
    ++count;
  }
  return count;
}

int64_t mtrt_str_startswith(mtrt_object *str, mtrt_object *part, int64_t start,
                            int64_t end) {
  wrap(textOf(str), start, end);
  return cut(textOf(str), start, end).starts_with(textOf(part));
}

int64_t mtrt_str_endswith(mtrt_object *str, mtrt_object *part, int64_t start,
                          int64_t end) {
  wrap(textOf(str), start, end);
  return cut(textOf(str), start, end).ends_with(textOf(part));
}

mtrt_object *mtrt_str_replace(mtrt_object *str, mtrt_object *part,
                              mtrt_object *by, int64_t max) {
  std::string_view text = textOf(str), what = textOf(part);
  // TorchScript does not return then.
  if (what.empty() && max < 0)
    raise("RuntimeError", "ValueError: cannot replace an empty substring");
  std::string out;
  size_t start = 0;
  for (size_t at; max != 0 && (at = text.find(what, start)) != text.npos;
       --max) {
    out += text.substr(start, at - start);
    out += textOf(by);
    start = at + what.size();
  }
  out += text.substr(start);
  return makeStr(out);
}

static mtrt_object *strip(mtrt_object *str, mtrt_object *chars, bool left,
                          bool right) {
  std::string_view text = textOf(str), what = textOf(chars);
  if (left)
    text.remove_prefix(std::min(text.find_first_not_of(what), text.size()));
  if (right)
    text = text.substr(0, text.find_last_not_of(what) + 1);
  return makeStr(text);
}

mtrt_object *mtrt_str_strip(mtrt_object *str, mtrt_object *chars) {
  return strip(str, chars, /*left=*/true, /*right=*/true);
}
mtrt_object *mtrt_str_lstrip(mtrt_object *str, mtrt_object *chars) {
  return strip(str, chars, /*left=*/true, /*right=*/false);
}
mtrt_object *mtrt_str_rstrip(mtrt_object *str, mtrt_object *chars) {
  return strip(str, chars, /*left=*/false, /*right=*/true);
}
