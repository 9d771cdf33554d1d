//===- Polynomials.cpp - Orthogonal polynomials -------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// p(n, x) by the recurrences of Abramowitz & Stegun, 22.7. The degree is what
// is left of a number without its fraction; a negative one gives 0.
//
//===----------------------------------------------------------------------===//

#include "MiniTorch-c/Math.h"

#include <cmath>
#include <cstdint>
#include <limits>

/// p(k + 1) = next(k, p(k), p(k - 1)), from p(0) = 1 and p(1) = `first`.
template <typename Next>
static double recur(double degree, double first, Next next) {
  if (std::isnan(degree) || degree <= -1)
    return 0;
  // Where the degree is astronomical, the value has long overflown or settled.
  auto n = static_cast<int64_t>(std::fmin(degree, 1 << 24));
  double previous = 1, current = first;
  if (n == 0)
    return previous;
  for (int64_t k = 1; k < n; ++k) {
    double following = next(static_cast<double>(k), current, previous);
    previous = current;
    current = following;
    if (std::isnan(current))
      break;
  }
  return current;
}

/// The four kinds of Chebyshev polynomials differ in p(1) alone.
static double chebyshevFrom(double first, double x, double n) {
  return recur(n, first, [x](double, double p, double before) {
    return 2 * x * p - before;
  });
}

/// Below 1 the first kind is cos(n acos(x)), in a time that does not grow
/// with n; the others are quotients of such.
double mtrt_chebyshev_t(double x, double n) {
  if (n > 6 && std::abs(x) < 1)
    return std::cos(std::trunc(n) * std::acos(x));
  return chebyshevFrom(x, x, n);
}

double mtrt_chebyshev_u(double x, double n) {
  double angle = std::acos(x), sine = std::sin(angle);
  if (n > 8 && std::abs(x) < 1 && sine != 0)
    return std::sin((std::trunc(n) + 1) * angle) / sine;
  return chebyshevFrom(2 * x, x, n);
}

double mtrt_chebyshev_v(double x, double n) {
  double half = std::acos(x) / 2, cosine = std::cos(half);
  if (n > 8 && std::abs(x) < 1 && cosine != 0)
    return std::cos((2 * std::trunc(n) + 1) * half) / cosine;
  return chebyshevFrom(2 * x - 1, x, n);
}

double mtrt_chebyshev_w(double x, double n) {
  double half = std::acos(x) / 2, sine = std::sin(half);
  if (n > 8 && std::abs(x) < 1 && sine != 0)
    return std::sin((2 * std::trunc(n) + 1) * half) / sine;
  return chebyshevFrom(2 * x + 1, x, n);
}

double mtrt_hermite_h(double x, double n) {
  return recur(n, 2 * x, [x](double k, double p, double before) {
    return 2 * x * p - 2 * k * before;
  });
}

double mtrt_hermite_he(double x, double n) {
  return recur(n, x, [x](double k, double p, double before) {
    return x * p - k * before;
  });
}

double mtrt_laguerre(double x, double n) {
  return recur(n, 1 - x, [x](double k, double p, double before) {
    return ((2 * k + 1 - x) * p - k * before) / (k + 1);
  });
}

double mtrt_legendre(double x, double n) {
  return recur(n, x, [x](double k, double p, double before) {
    return ((2 * k + 1) * x * p - k * before) / (k + 1);
  });
}
