//===- Numbers.cpp - Arithmetic of numbers of any type --------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What `x.item()` gives is an int, a float, a bool or a complex number as the
// program runs: ints stay ints, a float makes floats, a complex number complex
// ones. The formulas are those of TorchScript's interpreter.
//
//===----------------------------------------------------------------------===//

#include "Objects.h"

#include <algorithm>
#include <cmath>
#include <complex>

using namespace mtrt;

namespace {
enum class Kind { Int, Float, Complex };

struct Number {
  Kind kind;
  int64_t integer;
  std::complex<double> number;
};
} // namespace

static Number read(int64_t tag, int64_t bits) {
  mtrt_value value = {tag, bits};
  if (tag == MTRT_TAG_FLOAT)
    return {Kind::Float, 0, toFloat(value)};
  if (isKind(value, MTRT_KIND_COMPLEX)) {
    mtrt_complex parts = mtrt_complex_of_v(tag, bits);
    return {Kind::Complex, 0, {parts.re, parts.im}};
  }
  return {Kind::Int, bits, static_cast<double>(bits)};
}

static mtrt_value give(std::complex<double> number) {
  return mtrt_complex_value(number.real(), number.imag());
}

static Kind join(const Number &a, const Number &b) {
  return std::max(a.kind, b.kind);
}

template <typename OnInts, typename OnFloats, typename OnComplex>
static auto compute(const Number &a, const Number &b, OnInts onInts,
                    OnFloats onFloats, OnComplex onComplex) {
  switch (join(a, b)) {
  case Kind::Int:
    return onInts(a.integer, b.integer);
  case Kind::Float:
    return onFloats(a.number.real(), b.number.real());
  case Kind::Complex:
    break;
  }
  return onComplex(a.number, b.number);
}

/// Of overflowing ints, the bits that fit.
static int64_t wrap(uint64_t value) { return static_cast<int64_t>(value); }

[[noreturn]] static void refuseComplex() {
  raise("RuntimeError", "unsupported operand types for complex numbers");
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

#define ARITHMETIC(name, op)                                                   \
  mtrt_value mtrt_number_##name(int64_t aTag, int64_t aBits, int64_t bTag,     \
                                int64_t bBits) {                               \
    return compute(                                                            \
        read(aTag, aBits), read(bTag, bBits),                                  \
        [](int64_t a, int64_t b) {                                             \
          return toValue(                                                      \
              wrap(static_cast<uint64_t>(a) op static_cast<uint64_t>(b)));     \
        },                                                                     \
        [](double a, double b) { return toValue(a op b); },                    \
        [](auto a, auto b) { return give(a op b); });                          \
  }
ARITHMETIC(add, +)
ARITHMETIC(sub, -)
ARITHMETIC(mul, *)
#undef ARITHMETIC

double mtrt_number_div(int64_t aTag, int64_t aBits, int64_t bTag,
                       int64_t bBits) {
  Number a = read(aTag, aBits), b = read(bTag, bBits);
  if (join(a, b) == Kind::Complex)
    refuseComplex();
  if (b.number.real() == 0)
    raise("RuntimeError", "division by zero");
  return a.number.real() / b.number.real();
}

/// Rounded down; by -1 without overflow.
static int64_t floorDivide(int64_t a, int64_t b) {
  if (b == 0)
    raise("RuntimeError", "division by 0");
  if (b == -1)
    return wrap(-static_cast<uint64_t>(a));
  int64_t quotient = a / b;
  return a % b != 0 && (a % b < 0) != (b < 0) ? quotient - 1 : quotient;
}

mtrt_value mtrt_number_floordiv(int64_t aTag, int64_t aBits, int64_t bTag,
                                int64_t bBits) {
  return compute(
      read(aTag, aBits), read(bTag, bBits),
      [](int64_t a, int64_t b) { return toValue(floorDivide(a, b)); },
      [](double a, double b) {
        if (b == 0)
          raise("RuntimeError", "division by 0");
        return toValue(std::floor(a / b));
      },
      [](auto, auto) -> mtrt_value { refuseComplex(); });
}

mtrt_value mtrt_number_remainder(int64_t aTag, int64_t aBits, int64_t bTag,
                                 int64_t bBits) {
  return compute(
      read(aTag, aBits), read(bTag, bBits),
      [](int64_t a, int64_t b) {
        if (b == 0)
          raise("RuntimeError", "modulo by zero");
        return toValue(wrap(static_cast<uint64_t>(a) -
                            static_cast<uint64_t>(floorDivide(a, b)) *
                                static_cast<uint64_t>(b)));
      },
      [](double a, double b) {
        return toValue(std::fmod(b + std::fmod(a, b), b));
      },
      [](auto, auto) -> mtrt_value { refuseComplex(); });
}

mtrt_value mtrt_number_neg(int64_t tag, int64_t bits) {
  Number a = read(tag, bits);
  return a.kind == Kind::Int     ? toValue(wrap(-static_cast<uint64_t>(bits)))
         : a.kind == Kind::Float ? toValue(-a.number.real())
                                 : give(-a.number);
}

mtrt_value mtrt_number_abs(int64_t tag, int64_t bits) {
  Number a = read(tag, bits);
  if (a.kind == Kind::Int)
    return toValue(bits < 0 ? wrap(-static_cast<uint64_t>(bits)) : bits);
  return toValue(std::abs(a.number));
}

//===----------------------------------------------------------------------===//
// Comparisons
//===----------------------------------------------------------------------===//

#define COMPARISON(name, op, complex)                                          \
  int64_t mtrt_number_##name(int64_t aTag, int64_t aBits, int64_t bTag,        \
                             int64_t bBits) {                                  \
    return compute(                                                            \
        read(aTag, aBits), read(bTag, bBits),                                  \
        [](int64_t a, int64_t b) { return static_cast<int64_t>(a op b); },     \
        [](double a, double b) { return static_cast<int64_t>(a op b); },       \
        [](auto a, auto b) -> int64_t { complex; });                           \
  }
COMPARISON(eq, ==, return a == b)
COMPARISON(ne, !=, return a != b)
COMPARISON(lt, <, refuseComplex())
COMPARISON(le, <=, refuseComplex())
COMPARISON(gt, >, refuseComplex())
COMPARISON(ge, >=, refuseComplex())
#undef COMPARISON

#define EXTREME(name, isBeaten)                                                \
  mtrt_value mtrt_number_##name(int64_t aTag, int64_t aBits, int64_t bTag,     \
                                int64_t bBits) {                               \
    return compute(                                                            \
        read(aTag, aBits), read(bTag, bBits),                                  \
        [](int64_t a, int64_t b) { return toValue(std::name(a, b)); },         \
        [](double a, double b) { return toValue(isBeaten ? b : a); },          \
        [](auto, auto) -> mtrt_value { refuseComplex(); });                    \
  }
EXTREME(min, a > b)
// Not greater: of NaN, the second one.
EXTREME(max, !(a > b))
#undef EXTREME
