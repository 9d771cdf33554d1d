//===- Random.cpp - The state of random numbers -------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch-c/Objects.h"
#include "MiniTorch-c/Runtime.h"

#include <atomic>

/// The seed that PyTorch starts with.
static std::atomic<uint64_t> key{67280421310721};
static std::atomic<uint64_t> next{0};

void mtrt_random_seed(uint64_t seed) {
  key = seed;
  next = 0;
}

void mtrt_manual_seed(int64_t seed) noexcept {
  mtrt_random_seed(static_cast<uint64_t>(seed));
}

int64_t mtrt_random_key(void) { return static_cast<int64_t>(key.load()); }

int64_t mtrt_random_reserve(int64_t count) {
  return static_cast<int64_t>(next.fetch_add(static_cast<uint64_t>(count)));
}
