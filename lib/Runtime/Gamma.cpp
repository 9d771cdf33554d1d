//===- Gamma.cpp - Gamma and zeta functions -----------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch-c/Math.h"

#include <cmath>
#include <limits>

static constexpr double infinity = std::numeric_limits<double>::infinity();
static constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
static constexpr double epsilon = std::numeric_limits<double>::epsilon();
static constexpr double pi = 3.141592653589793;

// B(2), B(4), ...: Abramowitz & Stegun, table 23.2.
static constexpr double bernoulli[] = {
    1. / 6,       -1. / 30,       1. / 42,       -1. / 30,
    5. / 66,      -691. / 2730,   7. / 6,        -3617. / 510,
    43867. / 798, -174611. / 330, 854513. / 138, -236364091. / 2730};

/// Abramowitz & Stegun, 6.3: reflection, recurrence up to 10, and from there
/// the asymptotic series log(x) - 1/(2x) - sum B(2k) / (2k x^(2k)).
double mtrt_digamma(double x) {
  if (x == 0)
    return std::copysign(infinity, -x);
  double result = 0;
  if (x < 0) {
    if (x == std::floor(x))
      return notANumber;
    // Taken off its whole part, so that the angle is exact.
    result = -pi / std::tan(pi * (x - std::floor(x)));
    x = 1 - x;
  }
  for (; x < 10; x += 1)
    result -= 1 / x;
  if (std::isinf(x))
    return x;
  double square = 1 / (x * x), power = square, series = 0;
  for (int k = 1; k <= 8; ++k, power *= square)
    series += bernoulli[k - 1] / (2 * k) * power;
  return result + std::log(x) - 0.5 / x - series;
}

/// The sum of (k + q)^-s: nine terms or more, then the Euler-Maclaurin formula
/// (Abramowitz & Stegun, 23.1.30).
double mtrt_zeta(double s, double q) {
  if (s == 1)
    return infinity;
  if (s < 1 || std::isnan(q))
    return notANumber;
  if (q <= 0) {
    if (q == std::floor(q))
      return infinity;
    if (s != std::floor(s))
      return notANumber;
  }
  if (std::isnan(s))
    return notANumber;
  double sum = 0, term = 0;
  int count = 0;
  for (; count < 10 || q <= 10; ++count, q += 1) {
    term = std::pow(q, -s);
    sum += term;
    if (q > 0 && std::abs(term) < epsilon / 8 * std::abs(sum))
      return sum;
  }
  term = std::pow(q, -s);
  sum += term * q / (s - 1) + term / 2;
  // B(2k) / (2k)! * s (s + 1) ... (s + 2k - 2) / q^(s + 2k - 1)
  double factor = s * term / q / 2;
  for (int k = 1; k <= 12; ++k) {
    double part = bernoulli[k - 1] * factor;
    sum += part;
    if (std::abs(part) < epsilon / 8 * std::abs(sum))
      break;
    factor *=
        (s + 2 * k - 1) * (s + 2 * k) / ((2 * k + 1) * (2 * k + 2) * q * q);
  }
  return sum;
}

//===----------------------------------------------------------------------===//
// Incomplete gamma functions
//===----------------------------------------------------------------------===//

/// x^a exp(-x) / gamma(a + 1), without the cancellation of large logarithms:
/// near x = a by Stirling's formula and log(1 + (x - a) / a).
static double incompleteFactor(double a, double x) {
  if (a < 20)
    return std::exp(a * std::log(x) - x - std::lgamma(a + 1));
  double u = (x - a) / a;
  double exponent = std::abs(u) < 0.5 ? std::log1p(u) - u : std::log(x / a) - u;
  double square = 1 / (a * a);
  double stirling =
      (1. / 12 - square * (1. / 360 - square * (1. / 1260 - square / 1680))) /
      a;
  return std::exp(a * exponent - stirling) / std::sqrt(2 * pi * a);
}

/// Abramowitz & Stegun, 6.5.29: the lower part by its power series.
static double lowerSeries(double a, double x) {
  double term = 1, sum = 1;
  for (double k = a + 1; term > epsilon / 4 * sum && k < a + 100000; k += 1) {
    term *= x / k;
    sum += term;
  }
  return sum * incompleteFactor(a, x);
}

/// Abramowitz & Stegun, 6.5.31: the upper part by its continued fraction, by
/// Lentz's method.
static double upperFraction(double a, double x) {
  const double tiny = 1e-300;
  double b = x + 1 - a, c = 1 / tiny, d = 1 / b, h = d;
  for (int i = 1; i < 100000; ++i) {
    double numerator = -i * (i - a);
    b += 2;
    d = numerator * d + b;
    d = 1 / (std::abs(d) < tiny ? tiny : d);
    c = b + numerator / c;
    c = std::abs(c) < tiny ? tiny : c;
    h *= c * d;
    if (std::abs(c * d - 1) < epsilon)
      break;
  }
  return h * incompleteFactor(a, x) * a;
}

double mtrt_igamma(double a, double x) {
  if (std::isnan(a) || std::isnan(x) || x < 0 || a < 0)
    return notANumber;
  if (a == 0)
    return x > 0 ? 1 : notANumber;
  if (x == 0)
    return 0;
  if (std::isinf(a))
    return std::isinf(x) ? notANumber : 0;
  if (std::isinf(x))
    return 1;
  return x <= 1 || x <= a ? lowerSeries(a, x) : 1 - upperFraction(a, x);
}

double mtrt_igammac(double a, double x) {
  if (std::isnan(a) || std::isnan(x) || x < 0 || a < 0)
    return notANumber;
  if (a == 0)
    return x > 0 ? 0 : notANumber;
  if (x == 0)
    return 1;
  if (std::isinf(a))
    return std::isinf(x) ? notANumber : 1;
  if (std::isinf(x))
    return 0;
  return x <= 1 || x <= a ? 1 - lowerSeries(a, x) : upperFraction(a, x);
}
