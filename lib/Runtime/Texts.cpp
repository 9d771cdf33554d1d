//===- Texts.cpp - The texts of values ------------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One place for str, print, format and the messages of errors: a text does not
// depend on who asks for it.
//
//===----------------------------------------------------------------------===//

#include "Objects.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <iterator>

using namespace mtrt;

void mtrt::putInt(std::string &out, int64_t value) {
  char text[24];
  out.append(text, std::to_chars(text, std::end(text), value).ptr);
}

void mtrt::putFloat(std::string &out, double value) {
  char text[40];
  // Whole numbers that an int holds are written as such, with a bare point.
  if (value >= -0x1p63 && value < 0x1p63 && value == std::trunc(value)) {
    putInt(out, static_cast<int64_t>(value));
    out += '.';
  } else if (std::isnan(value)) {
    out += std::signbit(value) ? "-nan" : "nan";
  } else {
    out.append(text, std::to_chars(text, std::end(text), value,
                                   std::chars_format::general, 17)
                         .ptr);
  }
}

void mtrt::putComplex(std::string &out, mtrt_complex value) {
  putFloat(out, value.re);
  // The sign apart from the size, which shows where the size is 2^63.
  out += value.im >= 0 ? '+' : '-'; // NaN has a minus
  putFloat(out, std::fabs(value.im));
  out += 'j';
}

static void putDevice(std::string &out, int64_t bits) {
  static const char *const names[] = {
      "cpu",  "cuda", "mkldnn", "opengl", "opencl", "ideep", "hip",
      "fpga", "maia", "xla",    "vulkan", "metal",  "xpu",   "mps",
      "meta", "hpu",  "ve",     "lazy",   "ipu",    "mtia",  "privateuseone"};
  uint64_t type = static_cast<uint64_t>(bits) >> 8;
  out += type < std::size(names) ? names[type] : "unknown";
  if (int64_t index = bits & 255) {
    out += ':';
    putInt(out, index - 1);
  }
}

static void putItems(std::string &out, const mtrt_value *items, int64_t size) {
  for (int64_t i = 0; i < size; ++i) {
    if (i)
      out += ", ";
    putValue(out, items[i]);
  }
}

static void putList(std::string &out, const mtrt_list *list) {
  out += '[';
  for (int64_t i = 0; i < list->size; ++i) {
    if (i)
      out += ", ";
    mtrt_value item = boxedItem(list, i);
    Ref owner(objectOf(item));
    putValue(out, item);
  }
  out += ']';
}

static void putDict(std::string &out, mtrt_object *dict) {
  out += '{';
  mtrt_value key, value;
  for (int64_t i = 0; mtrt_dict_entry(dict, i, &key, &value); ++i) {
    if (i)
      out += ", ";
    putValue(out, key);
    out += ": ";
    putValue(out, value);
  }
  out += '}';
}

/// The name of a class without its modules.
static std::string_view lastName(std::string_view name) {
  size_t dot = name.rfind('.');
  return dot == name.npos ? name : name.substr(dot + 1);
}

static void putObject(std::string &out, mtrt_object *object) {
  switch (object->kind) {
  case MTRT_KIND_STR:
    out += textOf(object);
    return;
  case MTRT_KIND_COMPLEX:
    return putComplex(out,
                      reinterpret_cast<mtrt_complex_object *>(object)->value);
  case MTRT_KIND_LIST:
    return putList(out, toList(object));
  case MTRT_KIND_DICT:
    return putDict(out, object);
  case MTRT_KIND_TUPLE: {
    auto *tuple = reinterpret_cast<mtrt_tuple *>(object);
    out += '(';
    putItems(out, tuple->items, tuple->size);
    out += tuple->size == 1 ? ",)" : ")";
    return;
  }
  case MTRT_KIND_ENUM:
    out += "Enum<";
    out += lastName(mtrt_type_name(object->type));
    out += '.';
    out += textOf(reinterpret_cast<mtrt_enum *>(object)->name);
    out += '>';
    return;
  case MTRT_KIND_TENSOR:
    return putTensorObject(out, object);
  default: {
    char address[32];
    std::snprintf(address, sizeof(address), " object at %p>",
                  static_cast<void *>(object));
    out += '<';
    out += mtrt_type_name(object->type);
    out += address;
  }
  }
}

void mtrt::putValue(std::string &out, mtrt_value value) {
  switch (value.tag) {
  case MTRT_TAG_NONE:
    out += "None";
    return;
  case MTRT_TAG_BOOL:
    out += value.bits ? "True" : "False";
    return;
  case MTRT_TAG_INT:
    return putInt(out, value.bits);
  case MTRT_TAG_FLOAT:
    return putFloat(out, toFloat(value));
  case MTRT_TAG_DEVICE:
    return putDevice(out, value.bits);
  default:
    return putObject(out, objectOf(value));
  }
}

mtrt_object *mtrt_value_str(int64_t tag, int64_t bits) {
  std::string out;
  putValue(out, {tag, bits});
  return makeStr(out);
}

void mtrt_print_values(int64_t count, const mtrt_value *values) {
  std::string out;
  for (int64_t i = 0; i < count; ++i) {
    if (i)
      out += ' ';
    putValue(out, values[i]);
  }
  out += '\n';
  mtrt_print(out.data(), static_cast<int64_t>(out.size()));
}

void mtrt_raise_exception(mtrt_object *message, mtrt_object *type) {
  std::string text;
  if (type) {
    text += textOf(type);
    text += ": ";
  }
  text += textOf(message);
  mtrt_raise(text.c_str());
}
