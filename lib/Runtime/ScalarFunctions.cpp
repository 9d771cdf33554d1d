//===- ScalarFunctions.cpp - Functions of Python numbers ------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What TorchScript's `math` has and no instruction or libm name is for. The
// formulas, rounding and errors are those of its interpreter.
//
//===----------------------------------------------------------------------===//

#include "Objects.h"

#include <cmath>
#include <cstdlib>

using namespace mtrt;

int64_t mtrt_gcd(int64_t a, int64_t b) {
  while (b != 0) {
    // The one remainder that overflows is 0.
    int64_t rest = b == -1 ? 0 : a % b;
    a = b;
    b = rest;
  }
  return a < 0 ? static_cast<int64_t>(-static_cast<uint64_t>(a)) : a;
}

int64_t mtrt_factorial(int64_t n) {
  if (n < 0)
    raise("RuntimeError", "factorial() not defined for negative values");
  uint64_t product = 1;
  for (int64_t i = 1; i <= n && product != 0; ++i)
    product *= static_cast<uint64_t>(i);
  return static_cast<int64_t>(product);
}

void mtrt_divmod_ii(int64_t a, int64_t b, mtrt_value *results) {
  if (b == 0)
    raise("RuntimeError",
          "ZeroDivisionError: integer division or modulo by zero");
  if (b == -1) {
    results[0] = toValue(static_cast<int64_t>(-static_cast<uint64_t>(a)));
    results[1] = toValue(int64_t(0));
    return;
  }
  int64_t quotient = a / b, rest = a % b;
  if (rest && (a < 0) != (b < 0)) {
    --quotient;
    rest += b;
  }
  results[0] = toValue(quotient);
  results[1] = toValue(rest);
}

void mtrt_divmod_ff(double a, double b, mtrt_value *results) {
  if (b == 0)
    raise("RuntimeError", "ZeroDivisionError: float divmod()");
  double rest = std::fmod(a, b);
  if (rest != 0 && (a < 0) != (b < 0))
    rest += b;
  results[0] = toValue((a - rest) / b);
  results[1] = toValue(rest);
}

/// Of an int and a float the interpreter computes with C's int and float.
template <typename Left, typename Right>
static void divmodMixed(Left a, Right b, mtrt_value *results) {
  if (b == 0)
    raise("RuntimeError", "ZeroDivisionError: float divmod()");
  double quotient = std::floor(a / b);
  results[0] = toValue(quotient);
  results[1] = toValue(a - quotient * b);
}
void mtrt_divmod_fi(double a, int64_t b, mtrt_value *results) {
  divmodMixed(static_cast<float>(a), static_cast<int32_t>(b), results);
}
void mtrt_divmod_if(int64_t a, double b, mtrt_value *results) {
  divmodMixed(static_cast<int32_t>(a), static_cast<float>(b), results);
}

void mtrt_frexp(double x, mtrt_value *results) {
  int exponent = 0;
  results[0] = toValue(std::frexp(x, &exponent));
  results[1] = toValue(int64_t(exponent));
}

void mtrt_modf(double x, mtrt_value *results) {
  double whole = 0;
  results[0] = toValue(std::modf(x, &whole));
  results[1] = toValue(whole);
}

double mtrt_ldexp(double x, int64_t exponent) {
  return std::ldexp(x, static_cast<int>(exponent));
}

double mtrt_gamma_f(double x) { return std::tgamma(x); }
double mtrt_gamma_i(int64_t x) { return std::tgamma(static_cast<double>(x)); }
double mtrt_lgamma_f(double x) { return std::lgamma(x); }
double mtrt_lgamma_i(int64_t x) { return std::lgamma(static_cast<double>(x)); }

double mtrt_remainder_ff(double a, double b) { return std::remainder(a, b); }
double mtrt_remainder_fi(double a, int64_t b) {
  return std::remainder(a, static_cast<double>(b));
}
double mtrt_remainder_if(int64_t a, double b) {
  return std::remainder(static_cast<double>(a), b);
}
double mtrt_remainder_ii(int64_t a, int64_t b) {
  return std::remainder(static_cast<double>(a), static_cast<double>(b));
}

//===----------------------------------------------------------------------===//
// Numbers whose kind is known at run time
//===----------------------------------------------------------------------===//

int64_t mtrt_scalar_to_int(int64_t tag, int64_t bits) {
  if (tag != MTRT_TAG_FLOAT) {
    if (isKind({tag, bits}, MTRT_KIND_COMPLEX))
      raiseText("value cannot be converted to type int64_t without overflow");
    return bits;
  }
  double value = toFloat({tag, bits});
  // What the conversion gives on x86-64 for a number that does not fit.
  if (!(value >= -0x1p63 && value < 0x1p63))
    return INT64_MIN;
  return static_cast<int64_t>(value);
}

double mtrt_scalar_to_float(int64_t tag, int64_t bits) {
  if (isKind({tag, bits}, MTRT_KIND_COMPLEX))
    raiseText("value cannot be converted to type double without overflow");
  return tag == MTRT_TAG_FLOAT ? toFloat({tag, bits})
                               : static_cast<double>(bits);
}
