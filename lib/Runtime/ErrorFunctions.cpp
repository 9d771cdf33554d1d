//===- ErrorFunctions.cpp - erfcx and inverses of erf -------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Chebyshev.h"
#include "MiniTorch-c/Math.h"

#include <cmath>
#include <limits>

using namespace mtrt;

static constexpr double infinity = std::numeric_limits<double>::infinity();
static constexpr double notANumber = std::numeric_limits<double>::quiet_NaN();
static constexpr double pi = 3.141592653589793;

// (1 + 2x) erfcx(x) for x >= 0 in (x - 3.75) / (x + 3.75): the form of Shepherd
// and Laframboise, Math. Comp. 36 (1981). The coefficients are those of the
// interpolation at 80 Chebyshev nodes in 40 digits.
static constexpr double erfcxSeries[] = {
    1.1775789345674017,     -0.004590054580646478,  -0.08424913336651792,
    0.05920993999819189,    -0.026658668435305753,  0.009074997670705265,
    -0.002413163540417608,  0.0004907758365258086,  -6.916973302501207e-05,
    4.13902798607301e-06,   7.74038306619849e-07,   -2.1886401049234397e-07,
    1.076499946567091e-08,  4.521959811218287e-09,  -7.754400208831351e-10,
    -6.318088340886684e-11, 2.86879501093067e-11,   1.94558685457774e-13,
    -9.65469674843343e-13,  3.252548148148898e-14,  3.347811948287014e-14,
    -1.864562880416744e-15, -1.250795053065837e-15, 7.418235256969802e-17,
    5.0681489051815133e-17};

double mtrt_erfcx(double x) {
  if (std::isnan(x))
    return x;
  if (x < 0)
    return 2 * std::exp(x * x) - mtrt_erfcx(-x);
  if (std::isinf(x))
    return 0;
  return chebyshev(erfcxSeries, (x - 3.75) / (x + 3.75)) / (1 + 2 * x);
}

/// The x > 0 with erfc(x) = q, where 0 < q <= 1: Halley's method from the
/// estimate of Abramowitz & Stegun, 26.2.22.
static double inverseErfc(double q) {
  double t = std::sqrt(-2 * std::log(q / 2));
  double x = (t - (2.30753 + t * 0.27061) / (1 + t * (0.99229 + t * 0.04481))) *
             0.70710678118654752;
  for (int i = 0; i < 3; ++i) {
    // (erfc(x) - q) over erfc's slope
    double step = (std::erfc(x) - q) / (-2 / std::sqrt(pi) * std::exp(-x * x));
    x -= step / (1 + x * step);
  }
  return x;
}

double mtrt_erfinv(double y) {
  double magnitude = std::abs(y);
  if (!(magnitude <= 1))
    return notANumber;
  if (magnitude == 1)
    return std::copysign(infinity, y);
  if (magnitude > 0.5)
    return std::copysign(inverseErfc(1 - magnitude), y);
  // Near zero 1 - y has no digits of y: Halley's method on erf itself.
  double square = y * y;
  double x = y * std::sqrt(pi) / 2 * (1 + square * pi / 12);
  for (int i = 0; i < 3; ++i) {
    double step = (std::erf(x) - y) / (2 / std::sqrt(pi) * std::exp(-x * x));
    x -= step / (1 + x * step);
  }
  return x;
}

double mtrt_ndtri(double p) {
  if (!(p >= 0 && p <= 1))
    return notANumber;
  if (p == 0 || p == 1)
    return p == 0 ? -infinity : infinity;
  const double root = 1.41421356237309505;
  if (p > 0.25 && p < 0.75)
    return root * mtrt_erfinv(2 * p - 1);
  return p < 0.5 ? -root * inverseErfc(2 * p) : root * inverseErfc(2 * (1 - p));
}

double mtrt_log_ndtr(double x) {
  double t = x * 0.70710678118654752;
  if (x < -1)
    return std::log(mtrt_erfcx(-t) / 2) - t * t;
  return std::log1p(-std::erfc(t) / 2);
}
