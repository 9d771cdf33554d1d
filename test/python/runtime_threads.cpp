//===- runtime_threads.cpp - Objects that several threads use ------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Four threads use the same list, dict, instance and tensor; every tenth call
// raises. `scripts/sanitize thread` runs it under the thread sanitizer; by
// itself it says whether all objects are freed.
//
//===----------------------------------------------------------------------===//

#include "MiniTorch-c/Objects.h"
#include "MiniTorch-c/Runtime.h"
#include "MiniTorch-c/RuntimeOps.h"

#include <cstdio>
#include <string>
#include <thread>
#include <vector>

static mtrt_object *sharedList, *sharedDict, *sharedInstance, *sharedTensor;
static thread_local int turn;

static mtrt_object *str(const std::string &text) {
  return mtrt_str_make(text.data(), static_cast<int64_t>(text.size()));
}
static void release(mtrt_value value) {
  mtrt_value_release(value.tag, value.bits);
}
static int64_t bitsOf(mtrt_object *object) {
  return reinterpret_cast<int64_t>(object);
}

static void useDict(int k) {
  mtrt_object *key = str("key " + std::to_string((turn + k) % 17));
  mtrt_dict_set(sharedDict, MTRT_TAG_OBJECT, bitsOf(key), MTRT_TAG_INT, turn);
  release(mtrt_dict_get_default(sharedDict, MTRT_TAG_OBJECT, bitsOf(key),
                                MTRT_TAG_NONE, 0));
  mtrt_object_release(key);
}

static void useList(int k) {
  mtrt_object *item = str("item " + std::to_string(k));
  mtrt_list_append_o(sharedList, item);
  mtrt_object_release(item);
  if (mtrt_list_size(sharedList) <= 50)
    return;
  mtrt_object_release(
      mtrt_list_slice_items(sharedList, MTRT_TAG_INT, -3, MTRT_TAG_NONE, 0, 1));
  mtrt_list_clear_items(sharedList);
}

static void useInstance() {
  mtrt_object *value = str("value");
  mtrt_field_set(sharedInstance, 0, MTRT_TAG_OBJECT, bitsOf(value));
  mtrt_object_release(value);
  release(mtrt_field_get(sharedInstance, 0));
}

static void useOwn() {
  mtrt_object *text = str("a"), *more = str("bc");
  for (int i = 0; i < 20; ++i)
    text = mtrt_str_concat_taking(text, more);
  mtrt_object_release(text);
  mtrt_object_release(more);
}

static void useTables() {
  std::string type = "List[" + std::to_string(turn % 7) + "]";
  mtrt_object *name = str("MEMBER");
  mtrt_object_release(mtrt_enum_member(
      mtrt_type_intern(type.data(), static_cast<int64_t>(type.size())), name,
      MTRT_TAG_INT, turn % 3));
  mtrt_object_release(name);
}

static void call(void **) {
  for (int k = 0; k < 20; ++k) {
    useDict(k);
    useList(k);
    useInstance();
    useOwn();
    useTables();
    mtrt_object_release(mtrt_tensor_alias(sharedTensor));
  }
  if (turn % 10 == 9)
    mtrt_list_get_o(sharedList, 100'000);
}

int main() {
  int64_t before = mtrt_object_live_count();
  int64_t sizes[] = {2, 3}, strides[] = {3, 1};
  mtrt_object *storage = mtrt_storage_allocate(24);
  sharedList = mtrt_list_make(int64_t(MTRT_CLASS_OBJECT) << 32, 0, nullptr);
  sharedDict = mtrt_dict_make(
      (int64_t(MTRT_CLASS_OBJECT) | int64_t(MTRT_CLASS_VALUE) << 3) << 32);
  sharedInstance = mtrt_instance_make(/*type=*/3, /*size=*/2);
  sharedTensor = mtrt_tensor_make(storage, /*dtype=*/6, 2, 0, sizes, strides);
  mtrt_object_release(storage);
  mtrt_object *shared[] = {sharedList, sharedDict, sharedInstance,
                           sharedTensor};
  for (mtrt_object *object : shared)
    mtrt_object_share(object);

  std::vector<int> errors(4);
  std::vector<std::thread> threads;
  for (int &count : errors)
    threads.emplace_back([&] {
      mtrt_frame *frame = mtrt_frame_create();
      for (turn = 0; turn < 2000; ++turn) {
        void *slots[] = {nullptr};
        count += mtrt_frame_call(frame, call, slots) != MTRT_OK;
      }
      mtrt_frame_destroy(frame);
    });
  for (std::thread &thread : threads)
    thread.join();
  for (mtrt_object *object : shared)
    mtrt_object_release(object);

  int64_t left = mtrt_object_live_count() - before;
  std::printf("%lld objects are left; errors:", static_cast<long long>(left));
  bool good = left == 0;
  for (int count : errors) {
    std::printf(" %d", count);
    good &= count == 200;
  }
  std::printf("\n");
  return !good;
}
