//===- Devices.cpp - Operators on devices ---------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A device is type << 8 | (index + 1), as MTRT_TAG_DEVICE says.
//
//===----------------------------------------------------------------------===//

#include "Objects.h"

#include <string>

using namespace mtrt;

/// Raises for what is no device of these types.
static int64_t numberOf(std::string_view type, int64_t index) {
  if (type != "cpu" && type != "cuda")
    raiseText("Expected one of cpu, cuda device type at start of device "
              "string: " +
              std::string(type));
  return static_cast<int64_t>(type == "cuda") << 8 | (index + 1);
}

int64_t mtrt_device_of(mtrt_object *text) {
  std::string_view name = textOf(text);
  size_t colon = name.find(':');
  if (colon == std::string_view::npos)
    return numberOf(name, -1);
  std::string_view digits = name.substr(colon + 1);
  int64_t index = 0;
  bool isNumber = !digits.empty() && digits.size() < 4;
  for (char digit : digits) {
    isNumber &= digit >= '0' && digit <= '9';
    index = 10 * index + (digit - '0');
  }
  if (!isNumber || index > 127)
    raiseText("Invalid device string: '" + std::string(name) + "'");
  return numberOf(name.substr(0, colon), index);
}

int64_t mtrt_device_with_index(mtrt_object *type, int64_t index) {
  if (index < -1 || index > 127)
    raiseText("Device index must be between 0 and 127, got " +
              std::to_string(index));
  return numberOf(textOf(type), index);
}

mtrt_object *mtrt_device_type(int64_t device) {
  return makeStr(device >> 8 ? "cuda" : "cpu");
}

mtrt_value mtrt_device_index(int64_t device) {
  if ((device & 0xff) == 0)
    return {MTRT_TAG_NONE, 0};
  return toValue((device & 0xff) - 1);
}

int64_t mtrt_device_eq(int64_t left, int64_t right) { return left == right; }

int64_t mtrt_device_ne(int64_t left, int64_t right) { return left != right; }
