//===- Random.cpp - The generator of random numbers -----------------------===//
//-*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// M. Matsumoto and T. Nishimura: Mersenne Twister, a 623-dimensionally
// equidistributed uniform pseudo-random number generator; ACM TOMACS 8, 1998.
// With the initialization of 2002, which PyTorch gives the seed's lower half.
// std::mt19937 gives the same words, but not its state.
//
//===----------------------------------------------------------------------===//

#include "Random.h"
#include "MiniTorch-c/Objects.h"

#include <atomic>
#include <cmath>
#include <mutex>
#include <numbers>

using namespace mtrt;

static constexpr uint32_t numWords = 624, distance = 397;

static void seedState(mtrt_random_state &state, uint64_t seed) {
  state.seed = seed;
  state.left = 1;
  state.next = 0;
  state.has_normal = 0;
  state.words[0] = static_cast<uint32_t>(seed);
  for (uint32_t i = 1; i < numWords; ++i) {
    uint32_t last = state.words[i - 1];
    state.words[i] = 1812433253 * (last ^ last >> 30) + i;
  }
}

namespace {
/// The runtime's own.
struct OwnState {
  /// PyTorch's default seed.
  OwnState() { seedState(state, 67280421310721); }
  std::mutex mutex;
  mtrt_random_state state;
};
} // namespace

static OwnState &getOwnState() {
  static OwnState own;
  return own;
}

static std::atomic<const mtrt_generator *> followed = nullptr;

void mtrt_set_generator(const mtrt_generator *generator) {
  followed = generator;
}

Generator::Generator() : source(followed) {
  if (source) {
    source->acquire(&copy);
    state = &copy;
  } else {
    getOwnState().mutex.lock();
    state = &getOwnState().state;
  }
}

Generator::~Generator() {
  if (source)
    source->release(&copy);
  else
    getOwnState().mutex.unlock();
}

void Generator::seed(uint64_t seed) { seedState(*state, seed); }

void Generator::makeWords() {
  uint32_t *words = state->words;
  auto twist = [](uint32_t high, uint32_t low) {
    uint32_t mixed = (high & 0x80000000) | (low & 0x7fffffff);
    return mixed >> 1 ^ (low & 1 ? 0x9908b0df : 0);
  };
  for (uint32_t i = 0; i < numWords - distance; ++i)
    words[i] = words[i + distance] ^ twist(words[i], words[i + 1]);
  for (uint32_t i = numWords - distance; i < numWords - 1; ++i)
    words[i] = words[i + distance - numWords] ^ twist(words[i], words[i + 1]);
  words[numWords - 1] =
      words[distance - 1] ^ twist(words[numWords - 1], words[0]);
  state->left = numWords;
  state->next = 0;
}

// The Box-Muller transform; PyTorch's at::normal_distribution<double>.
double Generator::normal() {
  if (state->has_normal) {
    state->has_normal = 0;
    return state->normal;
  }
  double u = unit<double>(), v = unit<double>();
  double radius = std::sqrt(-2 * std::log1p(-v));
  double angle = 2 * std::numbers::pi * u;
  state->normal = radius * std::sin(angle);
  state->has_normal = 1;
  return radius * std::cos(angle);
}

void mtrt_random_seed(uint64_t seed) { Generator().seed(seed); }

void mtrt_manual_seed(int64_t seed) {
  mtrt_random_seed(static_cast<uint64_t>(seed));
}
