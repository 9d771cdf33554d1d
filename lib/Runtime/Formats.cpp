//===- Formats.cpp - format and % -----------------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Objects.h"

#include <cstdio>

using namespace mtrt;

mtrt_object *mtrt_format(mtrt_object *format, int64_t count,
                         const mtrt_value *values) {
  std::string_view text = textOf(format);
  std::string out;
  size_t start = 0;
  int64_t used = 0;
  // Nothing else in braces is understood; what is left over is not missed.
  for (size_t at; (at = text.find("{}", start)) != text.npos; start = at + 2) {
    if (used == count)
      raiseText("Too few arguments for format string: " + std::string(text));
    out += text.substr(start, at - start);
    putValue(out, values[used++]);
  }
  out += text.substr(start);
  return makeStr(out);
}

/// PyTorch's name for what a value is.
static const char *kindName(mtrt_value value) {
  switch (value.tag) {
  case MTRT_TAG_NONE:
    return "None";
  case MTRT_TAG_BOOL:
    return "Bool";
  case MTRT_TAG_INT:
    return "Int";
  case MTRT_TAG_FLOAT:
    return "Double";
  case MTRT_TAG_DEVICE:
    return "Device";
  default:
    break;
  }
  switch (objectOf(value)->kind) {
  case MTRT_KIND_STR:
    return "String";
  case MTRT_KIND_LIST:
    return "GenericList";
  case MTRT_KIND_DICT:
    return "GenericDict";
  case MTRT_KIND_TUPLE:
    return "Tuple";
  case MTRT_KIND_ENUM:
    return "Enum";
  case MTRT_KIND_TENSOR:
    return "Tensor";
  case MTRT_KIND_COMPLEX:
    return "ComplexDouble";
  default:
    return "Object";
  }
}

/// A number for %d, %f, %e. Bools and complex numbers pass TorchScript's first
/// check and fail its second.
static double numberOf(mtrt_value value, char key) {
  if (value.tag == MTRT_TAG_INT)
    return static_cast<double>(value.bits);
  if (value.tag == MTRT_TAG_FLOAT)
    return toFloat(value);
  if (value.tag == MTRT_TAG_BOOL || isKind(value, MTRT_KIND_COMPLEX))
    raise("RuntimeError", "%%%c: expected double", key);
  raise("RuntimeError", "%%%c requires a number for formatting, but got %s",
        key, kindName(value));
}

/// What a conversion from double to a C int gives on x86: the smallest where
/// it does not fit.
static int32_t truncated(double value) {
  return value > -2147483649.0 && value < 2147483648.0
             ? static_cast<int32_t>(value)
             : INT32_MIN;
}

static void putFormatted(std::string &out, char key, mtrt_value value) {
  char text[64];
  switch (key) {
  case 'd':
  case 'i':
    if (value.tag == MTRT_TAG_INT)
      return putInt(out, value.bits);
    return putInt(out, truncated(numberOf(value, key)));
  case 'e':
  case 'E':
  case 'f':
  case 'F': {
    // Rounded to a float first.
    float number = static_cast<float>(numberOf(value, key));
    // %F does not write in capitals.
    const char format[] = {'%', '.', '6', key == 'F' ? 'f' : key, '\0'};
    std::snprintf(text, sizeof(text), format, static_cast<double>(number));
    out += text;
    return;
  }
  case 'c':
    if (value.tag == MTRT_TAG_INT) {
      out += static_cast<char>(value.bits);
      return;
    }
    if (isKind(value, MTRT_KIND_STR) && textOf(objectOf(value)).size() == 1) {
      out += textOf(objectOf(value));
      return;
    }
    raise("RuntimeError",
          "%%c requires an int or char for formatting, but got %s",
          kindName(value));
  case 's':
    return putValue(out, value);
  default:
    raise("RuntimeError",
          "The specifier %%%c is not supported in TorchScript format strings",
          key);
  }
}

mtrt_object *mtrt_percent_format(mtrt_object *format, int64_t count,
                                 const mtrt_value *values) {
  std::string_view text = textOf(format);
  // One tuple is its items.
  if (count == 1 && isKind(values[0], MTRT_KIND_TUPLE)) {
    auto *tuple = reinterpret_cast<mtrt_tuple *>(objectOf(values[0]));
    count = tuple->size;
    values = tuple->items;
  }
  std::string out;
  size_t start = 0;
  int64_t used = 0;
  for (size_t at; (at = text.find('%', start)) != text.npos; start = at + 2) {
    if (at + 1 == text.size())
      raise("RuntimeError", "Incomplete format specifier");
    out += text.substr(start, at - start);
    if (text[at + 1] == '%') {
      out += '%';
      continue;
    }
    if (used == count)
      raise("RuntimeError", "Too few arguments for format string");
    putFormatted(out, text[at + 1], values[used++]);
  }
  if (used < count)
    raise("RuntimeError", "Too many arguments for format string");
  out += text.substr(start);
  return makeStr(out);
}
