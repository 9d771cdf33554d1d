//===- StringCases.cpp - Strings: letters, padding, numbers ---------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Strings.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>

using namespace mtrt;

//===----------------------------------------------------------------------===//
// Letters: those of ASCII, as in the C locale
//===----------------------------------------------------------------------===//

static bool isUpper(char c) { return c >= 'A' && c <= 'Z'; }
static bool isLower(char c) { return c >= 'a' && c <= 'z'; }
static bool isAlpha(char c) { return isUpper(c) || isLower(c); }
static bool isDigit(char c) { return c >= '0' && c <= '9'; }
static bool isAlnum(char c) { return isAlpha(c) || isDigit(c); }
static bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static bool isPrintable(char c) { return c >= ' ' && c <= '~'; }
static char toUpper(char c) { return isLower(c) ? c - 'a' + 'A' : c; }
static char toLower(char c) { return isUpper(c) ? c - 'A' + 'a' : c; }

/// Each byte by `change(byte, the one before or 0)`.
template <typename Change>
static mtrt_object *map(mtrt_object *object, Change change) {
  std::string_view text = textOf(object);
  mtrt_str *str = makeStrOf(static_cast<int64_t>(text.size()));
  for (size_t i = 0; i < text.size(); ++i)
    str->data[i] = change(text[i], i ? text[i - 1] : '\0');
  return &str->object;
}

mtrt_object *mtrt_str_upper(mtrt_object *str) {
  return map(str, [](char c, char) { return toUpper(c); });
}
mtrt_object *mtrt_str_lower(mtrt_object *str) {
  return map(str, [](char c, char) { return toLower(c); });
}
mtrt_object *mtrt_str_swapcase(mtrt_object *str) {
  return map(str,
             [](char c, char) { return isUpper(c) ? toLower(c) : toUpper(c); });
}
mtrt_object *mtrt_str_capitalize(mtrt_object *str) {
  bool isFirst = true;
  return map(str, [&](char c, char) {
    return std::exchange(isFirst, false) ? toUpper(c) : toLower(c);
  });
}
mtrt_object *mtrt_str_title(mtrt_object *str) {
  return map(str, [](char c, char before) {
    return isAlpha(before) ? toLower(c) : toUpper(c);
  });
}

template <typename Is> static bool all(mtrt_object *str, Is is) {
  std::string_view text = textOf(str);
  return !text.empty() && std::all_of(text.begin(), text.end(), is);
}
static bool hasLetter(mtrt_object *str) {
  std::string_view text = textOf(str);
  return std::any_of(text.begin(), text.end(), isAlpha);
}

int64_t mtrt_str_isupper(mtrt_object *str) {
  return hasLetter(str) && all(str, [](char c) { return !isLower(c); });
}
int64_t mtrt_str_islower(mtrt_object *str) {
  return hasLetter(str) && all(str, [](char c) { return !isUpper(c); });
}
int64_t mtrt_str_istitle(mtrt_object *str) {
  char before = '\0';
  return hasLetter(str) && all(str, [&](char c) {
           bool isInside = isAlpha(std::exchange(before, c));
           return isInside ? !isUpper(c) : !isLower(c);
         });
}
int64_t mtrt_str_isalpha(mtrt_object *str) { return all(str, isAlpha); }
int64_t mtrt_str_isalnum(mtrt_object *str) { return all(str, isAlnum); }
int64_t mtrt_str_isdigit(mtrt_object *str) { return all(str, isDigit); }
int64_t mtrt_str_isspace(mtrt_object *str) { return all(str, isSpace); }
int64_t mtrt_str_isidentifier(mtrt_object *str) {
  // Without underscores.
  return all(str, isAlnum) && !isDigit(textOf(str)[0]);
}
int64_t mtrt_str_isprintable(mtrt_object *str) {
  return textOf(str).empty() || all(str, isPrintable);
}

//===----------------------------------------------------------------------===//
// Padding
//===----------------------------------------------------------------------===//

/// `text` between `left` and `right` times `fill`.
static mtrt_object *pad(std::string_view text, int64_t left, int64_t right,
                        char fill) {
  auto size = static_cast<int64_t>(text.size());
  mtrt_str *str = makeStrOf(left + size + right);
  char *out = std::fill_n(str->data, left, fill);
  out = std::copy(text.begin(), text.end(), out);
  std::fill_n(out, right, fill);
  return &str->object;
}

static char fillOf(mtrt_object *fill) {
  if (textOf(fill).size() != 1)
    raise("RuntimeError", "TypeError: The fill character must be exactly one "
                          "character long");
  return textOf(fill)[0];
}

static int64_t missing(mtrt_object *str, int64_t width) {
  return std::max<int64_t>(0, width - mtrt_str_size(str));
}

mtrt_object *mtrt_str_center(mtrt_object *str, int64_t width,
                             mtrt_object *fill) {
  char with = fillOf(fill);
  int64_t left = missing(str, width) / 2, right = missing(str, width) - left;
  if (width % 2)
    std::swap(left, right);
  return pad(textOf(str), left, right, with);
}
mtrt_object *mtrt_str_ljust(mtrt_object *str, int64_t width,
                            mtrt_object *fill) {
  return pad(textOf(str), 0, missing(str, width), fillOf(fill));
}
mtrt_object *mtrt_str_rjust(mtrt_object *str, int64_t width,
                            mtrt_object *fill) {
  return pad(textOf(str), missing(str, width), 0, fillOf(fill));
}
mtrt_object *mtrt_str_zfill(mtrt_object *str, int64_t width) {
  // In front of a sign, too.
  return pad(textOf(str), missing(str, width), 0, '0');
}

mtrt_object *mtrt_str_expandtabs(mtrt_object *str, int64_t size) {
  std::string out;
  // Columns do not begin anew with a line.
  for (char c : textOf(str))
    if (c != '\t')
      out += c;
    else if (size > 0)
      out.append(size - out.size() % size, ' ');
  return makeStr(out);
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

int64_t mtrt_str_ord(mtrt_object *str) {
  std::string_view text = textOf(str);
  if (text.size() != 1)
    raise("RuntimeError", "String for ord() must be 1 character, found %zu",
          text.size());
  return static_cast<unsigned char>(text[0]);
}

mtrt_object *mtrt_chr(int64_t code) {
  if (code < 0 || code > 0x10ffff)
    raise("RuntimeError", "chr() arg not in range(0x110000), found %lld",
          static_cast<long long>(code));
  char byte = static_cast<char>(code);
  return mtrt_str_make(&byte, 1);
}

static mtrt_object *digits(int64_t value, const char *prefix, int base) {
  char text[80], *out = text;
  uint64_t size = static_cast<uint64_t>(value);
  if (value < 0) {
    *out++ = '-';
    size = -size;
  }
  *out++ = prefix[0];
  *out++ = prefix[1];
  out = std::to_chars(out, std::end(text), size, base).ptr;
  return mtrt_str_make(text, out - text);
}

mtrt_object *mtrt_hex(int64_t value) { return digits(value, "0x", 16); }
mtrt_object *mtrt_oct(int64_t value) { return digits(value, "0o", 8); }
mtrt_object *mtrt_bin(int64_t value) { return digits(value, "0b", 2); }

/// A number by the C library's `parse`; `name` is what TorchScript says where
/// there is none, or one out of range.
template <typename Parse>
static auto parseNumber(mtrt_object *str, const char *name, const char *problem,
                        Parse parse) {
  std::string text(textOf(str));
  char *end = nullptr;
  errno = 0;
  auto value = parse(text.c_str(), &end);
  if (end == text.c_str() || errno == ERANGE)
    raise("RuntimeError", "%s", name);
  if (end != text.c_str() + text.size())
    raiseText(problem + text + "'");
  return value;
}

int64_t mtrt_str_to_int(mtrt_object *str) {
  return parseNumber(str, "stoll", "invalid literal for int() with base 10: '",
                     [](const char *text, char **end) -> int64_t {
                       return std::strtoll(text, end, 10);
                     });
}

double mtrt_str_to_float(mtrt_object *str) {
  return parseNumber(
      str, "stod", "could not convert string to float: '",
      [](const char *text, char **end) { return std::strtod(text, end); });
}
