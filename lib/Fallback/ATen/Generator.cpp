//===- Generator.cpp - PyTorch's generator of random numbers --------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch-c/Fallback.h"

#include <ATen/CPUGeneratorImpl.h>
#include <algorithm>

/// The one that `torch.manual_seed` seeds.
static at::CPUGeneratorImpl &getGenerator() {
  return *at::detail::getDefaultCPUGenerator().get<at::CPUGeneratorImpl>();
}

static void acquire(mtrt_random_state *state) {
  at::CPUGeneratorImpl &generator = getGenerator();
  generator.mutex_.lock();
  at::mt19937_data_pod data = generator.engine().data();
  state->seed = data.seed_;
  state->left = data.left_;
  state->next = data.next_;
  std::copy(data.state_.begin(), data.state_.end(), state->words);
  std::optional<double> normal = generator.next_double_normal_sample();
  state->has_normal = normal.has_value();
  state->normal = normal.value_or(0);
}

static void release(const mtrt_random_state *state) {
  at::CPUGeneratorImpl &generator = getGenerator();
  at::mt19937_data_pod data{};
  data.seed_ = state->seed;
  data.left_ = state->left;
  data.seeded_ = true;
  data.next_ = state->next;
  std::copy(std::begin(state->words), std::end(state->words),
            data.state_.begin());
  at::mt19937 engine;
  engine.set_data(data);
  generator.set_engine(engine);
  generator.set_next_double_normal_sample(
      state->has_normal ? std::optional(state->normal) : std::nullopt);
  generator.mutex_.unlock();
}

extern "C" MTRT_EXPORT const mtrt_generator *mtrt_generator_library(void) {
  static const mtrt_generator table = {acquire, release};
  return &table;
}
