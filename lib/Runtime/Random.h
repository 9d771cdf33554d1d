//===- Random.h - The generator of random numbers ---------------*- C++ -*-===//
//-*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_RUNTIME_RANDOM_H
#define MINITORCH_LIB_RUNTIME_RANDOM_H

#include "MiniTorch-c/Runtime.h"

namespace mtrt {

/// The process's generator. While this lives, no other thread draws from it.
class Generator {
public:
  Generator();
  ~Generator();
  Generator(const Generator &) = delete;
  Generator &operator=(const Generator &) = delete;

  void seed(uint64_t seed);
  /// 32 random bits, and 64, of which the upper ones are drawn first.
  uint32_t word() {
    if (--state->left == 0)
      makeWords();
    uint32_t y = state->words[state->next++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680;
    y ^= y << 15 & 0xefc60000;
    return y ^ y >> 18;
  }
  uint64_t longWord() {
    uint64_t high = word();
    return high << 32 | word();
  }

  /// Uniform in [0, 1): 24 bits of one word, or 53 of two.
  template <typename Float> Float unit();
  /// A standard normal number. They come in pairs, of which the second is kept
  /// for the next call.
  double normal();

private:
  void makeWords();

  const mtrt_generator *source;
  mtrt_random_state copy;
  mtrt_random_state *state;
};

template <> inline float Generator::unit<float>() {
  return static_cast<float>(word() & 0xffffff) * 0x1p-24f;
}
template <> inline double Generator::unit<double>() {
  return static_cast<double>(longWord() & ((uint64_t(1) << 53) - 1)) * 0x1p-53;
}

/// Makes normal numbers of sixteen that are uniform in [0, 1).
void makeNormal(float *numbers, float mean, float deviation);
void makeNormal(double *numbers, double mean, double deviation);

} // namespace mtrt

#endif // MINITORCH_LIB_RUNTIME_RANDOM_H
