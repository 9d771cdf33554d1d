//===- runtime_loops.cpp - Parallel loops of several callers --------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Eight threads run parallel loops on one pool: loops in loops, loops of few and
// of many parts, loops that allocate, and some that raise. Each turn has to be
// taken once, whoever has the pool. `scripts/sanitize thread` runs it under the
// thread sanitizer; by itself it says what was wrong.
//
//===----------------------------------------------------------------------===//

#include "MiniTorch-c/Runtime.h"

#include <atomic>
#include <cstdio>
#include <cstring>
#include <thread>
#include <vector>

namespace {
struct Context {
  std::vector<int> *counts;
  int64_t raisesAt;
  bool nests;
};
} // namespace

static std::atomic<int> wrong{0};

static void part(void *pointer, int64_t from, int64_t to) {
  auto &context = *static_cast<Context *>(pointer);
  void *scratch = mtrt_buffer_alloc(256);
  for (int64_t turn = from; turn < to; ++turn) {
    if (turn == context.raisesAt)
      mtrt_raise("ValueError: this turn");
    std::memset(scratch, int(turn), 256);
    ++(*context.counts)[turn];
  }
  mtrt_buffer_free(scratch);
  if (context.nests) {
    std::vector<int> inner(10);
    Context nested{&inner, -1, false};
    mtrt_parallel_for(part, &nested, 10);
    for (int count : inner)
      wrong += count != 1;
  }
}

/// slots: the number of turns, and the context.
static void call(void **slots) {
  mtrt_parallel_for(part, slots[1], *static_cast<int64_t *>(slots[0]));
}

static void runMany(int seed) {
  mtrt_set_threads(1 + seed % 5);
  mtrt_frame *frame = mtrt_frame_create();
  for (int round = 0; round < 300; ++round) {
    int64_t sizes[] = {0, 1, 2, 7, 63, 64, 1000};
    int64_t size = sizes[(round + seed) % 7];
    std::vector<int> counts(size);
    bool raises = round % 10 == 9 && size > 0;
    Context context{&counts, raises ? size / 2 : -1, round % 3 == 0};
    void *slots[] = {&size, &context};
    int status = mtrt_frame_call(frame, call, slots);
    if (raises) {
      wrong += status != MTRT_RAISED ||
               std::strcmp(mtrt_error_type(mtrt_frame_error(frame)),
                           "ValueError") != 0;
      continue;
    }
    wrong += status != MTRT_OK;
    for (int count : counts)
      wrong += count != 1;
  }
  mtrt_frame_destroy(frame);
}

int main() {
  size_t before = mtrt_buffer_live_count();
  std::vector<std::thread> callers;
  for (int seed = 0; seed < 8; ++seed)
    callers.emplace_back(runMany, seed);
  for (std::thread &caller : callers)
    caller.join();
  size_t left = mtrt_buffer_live_count() - before;
  std::printf("%d wrong, %zu buffers are left\n", wrong.load(), left);
  return wrong != 0 || left != 0;
}
