//===- MiniTorch-c/Math.h - Special functions ---------------------*- C -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// What compiled code calls where the C library has no such function. All in
// double, to its precision; other types are converted. A function is NaN where
// it is not defined, and of NaN. Any thread may call any of them.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_C_MATH_H
#define MINITORCH_C_MATH_H

#include "MiniTorch-c/Runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Modified Bessel functions of the first kind; `e` with exp(-|x|).
MTRT_EXPORT double mtrt_i0(double x);
MTRT_EXPORT double mtrt_i0e(double x);
MTRT_EXPORT double mtrt_i1(double x);
MTRT_EXPORT double mtrt_i1e(double x);
/// Those of the second kind; `e` with exp(x).
MTRT_EXPORT double mtrt_k0(double x);
MTRT_EXPORT double mtrt_k0e(double x);
MTRT_EXPORT double mtrt_k1(double x);
MTRT_EXPORT double mtrt_k1e(double x);
MTRT_EXPORT double mtrt_airy_ai(double x);
MTRT_EXPORT double mtrt_spherical_bessel_j0(double x);

MTRT_EXPORT double mtrt_digamma(double x);
/// Hurwitz' zeta function.
MTRT_EXPORT double mtrt_zeta(double s, double q);
/// The regularized incomplete gamma functions: lower and upper.
MTRT_EXPORT double mtrt_igamma(double a, double x);
MTRT_EXPORT double mtrt_igammac(double a, double x);

/// exp(x^2) erfc(x)
MTRT_EXPORT double mtrt_erfcx(double x);
MTRT_EXPORT double mtrt_erfinv(double y);
/// The normal distribution's quantile, and the logarithm of its function.
MTRT_EXPORT double mtrt_ndtri(double p);
MTRT_EXPORT double mtrt_log_ndtr(double x);

/// Polynomials of degree n in x: Chebyshev's of four kinds, the physicist's and
/// the probabilist's Hermite, Laguerre's, Legendre's.
MTRT_EXPORT double mtrt_chebyshev_t(double x, double n);
MTRT_EXPORT double mtrt_chebyshev_u(double x, double n);
MTRT_EXPORT double mtrt_chebyshev_v(double x, double n);
MTRT_EXPORT double mtrt_chebyshev_w(double x, double n);
MTRT_EXPORT double mtrt_hermite_h(double x, double n);
MTRT_EXPORT double mtrt_hermite_he(double x, double n);
MTRT_EXPORT double mtrt_laguerre(double x, double n);
MTRT_EXPORT double mtrt_legendre(double x, double n);

/// x ** y in single precision, whose last digits depend on every step between:
/// the real part's bits, and above them those of the imaginary part. A complex
/// float is returned in other registers on every machine.
MTRT_EXPORT uint64_t mtrt_pow_c64(float re, float im, float exponentRe,
                                  float exponentIm);

#ifdef __cplusplus
}
#endif

#endif // MINITORCH_C_MATH_H
