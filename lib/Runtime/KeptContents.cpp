//===- KeptContents.cpp - What a call that raises has written -------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A compiled function returns the new contents of arguments and of state. Where
// it raises instead, whoever called it takes them from here.
//
//===----------------------------------------------------------------------===//

#include "Objects.h"

using namespace mtrt;

static void keep(const char *name, int64_t size, mtrt_value owned) {
  mtrt_frame *frame = currentFrame();
  while (frame && frame->isPart)
    frame = frame->outer;
  if (!frame) {
    mtrt_object_release(objectOf(owned));
    return;
  }
  std::string_view wanted(name, static_cast<size_t>(size));
  for (auto &[known, value] : frame->kept)
    if (known == wanted) {
      mtrt_object_release(objectOf(value));
      value = owned;
      return;
    }
  frame->kept.emplace_back(std::string(wanted), owned);
}

void mtrt_keep_int(const char *name, int64_t size, int64_t value) {
  keep(name, size, toValue(value));
}
void mtrt_keep_bool(const char *name, int64_t size, int64_t value) {
  keep(name, size, {MTRT_TAG_BOOL, value});
}
void mtrt_keep_float(const char *name, int64_t size, double value) {
  keep(name, size, toValue(value));
}
void mtrt_keep_tensor(const char *name, int64_t size, int64_t dtype,
                      int64_t elementSize, int64_t rank, void *descriptor) {
  keep(name, size,
       toValue(mtrt_tensor_box(dtype, elementSize, rank, descriptor)));
}

void mtrt_keep_value(mtrt_object *name, int64_t tag, int64_t bits) noexcept {
  mtrt_value_retain(tag, bits);
  std::string_view text = textOf(name);
  keep(text.data(), static_cast<int64_t>(text.size()), {tag, bits});
}

int64_t mtrt_frame_kept(const mtrt_frame *frame, int64_t index,
                        const char **name, mtrt_value *value) noexcept {
  if (index < 0 || index >= static_cast<int64_t>(frame->kept.size()))
    return 0;
  *name = frame->kept[index].first.c_str();
  *value = frame->kept[index].second;
  return 1;
}

void mtrt::forgetKept(mtrt_frame *frame) {
  for (auto &[name, value] : frame->kept)
    mtrt_object_release(objectOf(value));
  frame->kept.clear();
}
