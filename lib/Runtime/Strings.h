//===- Strings.h - Strings, for the runtime itself ------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_RUNTIME_STRINGS_H
#define MINITORCH_LIB_RUNTIME_STRINGS_H

#include "Objects.h"

#include <string>

namespace mtrt {

/// A string of `size` bytes, to be filled in, with room for `capacity` of them
/// where it is to grow.
mtrt_str *makeStrOf(int64_t size, int64_t capacity = 0);

/// A new list of strings.
class StrList {
public:
  explicit StrList(int64_t type) : list(mtrt_list_make(type, 0, nullptr)) {}
  void reserve(int64_t size) { mtrt::reserve(toList(list.get()), size); }
  void add(std::string_view text);
  mtrt_object *get() const { return list.get(); }
  mtrt_object *take() { return list.take(); }

private:
  Ref list;
};

} // namespace mtrt

#endif // MINITORCH_LIB_RUNTIME_STRINGS_H
