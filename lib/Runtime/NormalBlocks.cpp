//===- NormalBlocks.cpp - Normal numbers by sixteen -----------------------===//
//-*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The Box-Muller transform of numbers 0 to 7 with numbers 8 to 15. PyTorch
// computes floats by S. L. Moshier's polynomials (Cephes, logf and sinf) eight
// at a time (avx_mathfun.h), and so does this, operation by operation: all
// digits agree.
//
//===----------------------------------------------------------------------===//

#include "Random.h"

#include <cmath>
#include <numbers>

using namespace mtrt;

// Much of it is instructions that multiply and add, where there are such. What
// is inlined has them, too. The choice is made before the thread sanitizer
// runs.
#if defined(__x86_64__) && defined(__ELF__) && !defined(__SANITIZE_THREAD__)
#define MTRT_CLONES __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define MTRT_CLONES
#endif
#define MTRT_INLINE inline __attribute__((always_inline))

/// The polynomial in x with these coefficients, by Horner's rule.
template <typename... Floats>
static MTRT_INLINE float evaluate(float x, float first, Floats... others) {
  ((first = std::fma(first, x, others)), ...);
  return first;
}

/// log(x) of a normal positive number: with x = 2^e m and m near 1, of the
/// polynomial in m - 1 and of e log(2), in two parts.
static MTRT_INLINE float logOf(float x) {
  auto bits = __builtin_bit_cast(uint32_t, x);
  float e = static_cast<float>(static_cast<int32_t>(bits >> 23) - 126);
  float m = __builtin_bit_cast(float, (bits & 0x007fffff) | 0x3f000000);
  float isSmall = m < 0.707106781186547524f ? 1.0f : 0.0f;
  float t = m - 1 + m * isSmall;
  e -= isSmall;
  float square = t * t;
  float y = evaluate(t, 7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f,
                     -1.2420140846e-1f, 1.4249322787e-1f, -1.6668057665e-1f,
                     2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f);
  y = std::fma(y * t, square, e * -2.12194440e-4f);
  y = std::fma(square, -0.5f, y);
  return std::fma(e, 0.693359375f, t + y);
}

/// -x if `sign` is 4, x if it is 0; without a branch.
static MTRT_INLINE float withSign(float x, uint32_t sign) {
  auto bits = __builtin_bit_cast(uint32_t, x);
  return __builtin_bit_cast(float, bits ^ sign << 29);
}

/// sin(x) and cos(x) of x >= 0: by polynomials in what is left of x without
/// multiples of pi / 4, which are subtracted in three parts.
static MTRT_INLINE void sinCosOf(float x, float &sine, float &cosine) {
  auto octant = (static_cast<int32_t>(x * 1.27323954473516f) + 1) & ~1;
  auto multiple = static_cast<float>(octant);
  x = std::fma(multiple, -0.78515625f, x);
  x = std::fma(multiple, -2.4187564849853515625e-4f, x);
  x = std::fma(multiple, -3.77489497744594108e-8f, x);
  float square = x * x;
  float c = evaluate(square, 2.443315711809948e-5f, -1.388731625493765e-3f,
                     4.166664568298827e-2f);
  c = std::fma(c * square, square, square * -0.5f) + 1;
  float s =
      evaluate(square, -1.9515295891e-4f, 8.3321608736e-3f, -1.6666654611e-1f);
  s = std::fma(s * square, x, x);
  bool isSwapped = octant & 2;
  sine = withSign(isSwapped ? c : s, octant & 4);
  cosine = withSign(isSwapped ? s : c, ~(octant - 2) & 4);
}

MTRT_CLONES void mtrt::makeNormal(float *numbers, float mean, float deviation) {
  const float twoPi = 2 * std::numbers::pi_v<float>;
  for (int i = 0; i < 8; ++i) {
    float radius = std::sqrt(-2 * logOf(1 - numbers[i]));
    float sine, cosine;
    sinCosOf(twoPi * numbers[i + 8], sine, cosine);
    numbers[i] = std::fma(radius * cosine, deviation, mean);
    numbers[i + 8] = std::fma(radius * sine, deviation, mean);
  }
}

MTRT_CLONES void mtrt::makeNormal(double *numbers, double mean,
                                  double deviation) {
  for (int i = 0; i < 8; ++i) {
    double radius = std::sqrt(-2 * std::log(1 - numbers[i]));
    double angle = 2 * std::numbers::pi * numbers[i + 8];
    numbers[i] = std::fma(radius * std::cos(angle), deviation, mean);
    numbers[i + 8] = std::fma(radius * std::sin(angle), deviation, mean);
  }
}
