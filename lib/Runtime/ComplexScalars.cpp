//===- ComplexScalars.cpp - Operators on complex numbers ------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// As PyTorch's interpreter computes them: with the functions of <complex>.
//
//===----------------------------------------------------------------------===//

#include "Objects.h"

#include <cmath>
#include <complex>

using namespace mtrt;
using Complex = std::complex<double>;

static mtrt_complex give(Complex value) { return {value.real(), value.imag()}; }

/// Smith's method, as c10::complex divides: no overflow between.
static Complex divide(Complex x, Complex y) {
  double a = x.real(), b = x.imag(), c = y.real(), d = y.imag();
  if (std::fabs(c) >= std::fabs(d)) {
    if (c == 0 && d == 0)
      return {a / std::fabs(c), b / std::fabs(d)};
    double ratio = d / c, scale = 1.0 / (c + d * ratio);
    return {(a + b * ratio) * scale, (b - a * ratio) * scale};
  }
  double ratio = c / d, scale = 1.0 / (d + c * ratio);
  return {(a * ratio + b) * scale, (b * ratio - a) * scale};
}

//===----------------------------------------------------------------------===//
// Making
//===----------------------------------------------------------------------===//

#define MAKE(suffix, X, Y)                                                     \
  mtrt_complex mtrt_complex_of_##suffix(X x, Y y) {                            \
    return {static_cast<double>(x), static_cast<double>(y)};                   \
  }                                                                            \
  mtrt_complex mtrt_complex_polar_##suffix(X x, Y y) {                         \
    return {x * std::cos(static_cast<double>(y)),                              \
            x * std::sin(static_cast<double>(y))};                             \
  }
MAKE(ii, int64_t, int64_t)
MAKE(if, int64_t, double)
MAKE(fi, double, int64_t)
MAKE(ff, double, double)
#undef MAKE

mtrt_complex mtrt_complex_of_oo(mtrt_object *x, mtrt_object *y) {
  double re = mtrt_tensor_to_float(x);
  return {re, mtrt_tensor_to_float(y)};
}
mtrt_complex mtrt_complex_of_oi(mtrt_object *x, int64_t y) {
  return {mtrt_tensor_to_float(x), static_cast<double>(y)};
}
mtrt_complex mtrt_complex_of_of(mtrt_object *x, double y) {
  return {mtrt_tensor_to_float(x), y};
}
mtrt_complex mtrt_complex_of_io(int64_t x, mtrt_object *y) {
  return {static_cast<double>(x), mtrt_tensor_to_float(y)};
}
mtrt_complex mtrt_complex_of_fo(double x, mtrt_object *y) {
  return {x, mtrt_tensor_to_float(y)};
}

mtrt_value mtrt_complex_value(double re, double im) {
  return toValue(mtrt_complex_make(re, im));
}

mtrt_complex mtrt_complex_of_v(int64_t tag, int64_t bits) {
  mtrt_value value = {tag, bits};
  if (isKind(value, MTRT_KIND_COMPLEX))
    return Element<MTRT_CLASS_COMPLEX>::unbox(value);
  return {tag == MTRT_TAG_FLOAT ? toFloat(value) : static_cast<double>(bits),
          0};
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

#define BINARY(name, op)                                                       \
  mtrt_complex mtrt_complex_##name##_cc(double a, double b, double c,          \
                                        double d) {                            \
    return give(Complex(a, b) op Complex(c, d));                               \
  }                                                                            \
  mtrt_complex mtrt_complex_##name##_cf(double a, double b, double c) {        \
    return give(Complex(a, b) op c);                                           \
  }                                                                            \
  mtrt_complex mtrt_complex_##name##_ci(double a, double b, int64_t c) {       \
    return give(Complex(a, b) op static_cast<double>(c));                      \
  }                                                                            \
  mtrt_complex mtrt_complex_##name##_fc(double a, double c, double d) {        \
    return give(a op Complex(c, d));                                           \
  }                                                                            \
  mtrt_complex mtrt_complex_##name##_ic(int64_t a, double c, double d) {       \
    return give(static_cast<double>(a) op Complex(c, d));                      \
  }
BINARY(add, +)
BINARY(sub, -)
BINARY(mul, *)
#undef BINARY

mtrt_complex mtrt_complex_div(double a, double b, double c, double d) {
  return give(divide({a, b}, {c, d}));
}
mtrt_complex mtrt_complex_pow_cc(double a, double b, double c, double d) {
  return give(std::pow(Complex(a, b), Complex(c, d)));
}
mtrt_complex mtrt_complex_pow_cf(double a, double b, double c) {
  return give(std::pow(Complex(a, b), c));
}
mtrt_complex mtrt_complex_pow_fc(double a, double c, double d) {
  return give(std::pow(a, Complex(c, d)));
}

int64_t mtrt_complex_eq_cc(double a, double b, double c, double d) {
  return a == c && b == d;
}
int64_t mtrt_complex_eq_cf(double a, double b, double c) {
  return a == c && b == 0;
}
int64_t mtrt_complex_eq_fc(double a, double c, double d) {
  return a == c && d == 0;
}
int64_t mtrt_complex_ne_cc(double a, double b, double c, double d) {
  return !mtrt_complex_eq_cc(a, b, c, d);
}
int64_t mtrt_complex_ne_cf(double a, double b, double c) {
  return !mtrt_complex_eq_cf(a, b, c);
}
int64_t mtrt_complex_ne_fc(double a, double c, double d) {
  return !mtrt_complex_eq_fc(a, c, d);
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

#define UNARY(name)                                                            \
  mtrt_complex mtrt_complex_##name(double a, double b) {                       \
    return give(std::name(Complex(a, b)));                                     \
  }
UNARY(acos)
UNARY(acosh)
UNARY(asin)
UNARY(asinh)
UNARY(atan)
UNARY(atanh)
UNARY(cos)
UNARY(cosh)
UNARY(exp)
UNARY(log)
UNARY(log10)
UNARY(sin)
UNARY(sinh)
UNARY(sqrt)
UNARY(tan)
UNARY(tanh)
#undef UNARY

mtrt_complex mtrt_complex_neg(double a, double b) { return {-a, -b}; }
double mtrt_complex_abs(double a, double b) { return std::abs(Complex(a, b)); }
double mtrt_complex_angle(double a, double b) {
  return std::arg(Complex(a, b));
}
int64_t mtrt_complex_isfinite(double a, double b) {
  return std::isfinite(a) && std::isfinite(b);
}
int64_t mtrt_complex_isinf(double a, double b) {
  return std::isinf(a) || std::isinf(b);
}
int64_t mtrt_complex_isnan(double a, double b) {
  return std::isnan(a) || std::isnan(b);
}

/// log(x) / log(base)
mtrt_complex mtrt_complex_log_cc(double a, double b, double c, double d) {
  return give(divide(std::log(Complex(a, b)), std::log(Complex(c, d))));
}
mtrt_complex mtrt_complex_log_cf(double a, double b, double c) {
  return give(std::log(Complex(a, b)) / std::log(c));
}
mtrt_complex mtrt_complex_log_ci(double a, double b, int64_t c) {
  return mtrt_complex_log_cf(a, b, static_cast<double>(c));
}
mtrt_complex mtrt_complex_log_fc(double a, double c, double d) {
  return give(divide(std::log(a), std::log(Complex(c, d))));
}
mtrt_complex mtrt_complex_log_ic(int64_t a, double c, double d) {
  return mtrt_complex_log_fc(static_cast<double>(a), c, d);
}
