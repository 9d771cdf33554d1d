//===- HalfFloats.cpp - Conversions that processors lack ----------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// LLVM's code generator calls these by the names of the compiler's support
// library, which not every process has. A 16-bit number travels in the lower
// half of a float's register.
//
//===----------------------------------------------------------------------===//

#include "Frame.h"

#include <bit>

using namespace mtrt;

/// Rounds to the nearest number of `Exponent` and `Mantissa` bits, ties to
/// even.
template <int Exponent, int Mantissa> static uint16_t round(double value) {
  auto bits = std::bit_cast<uint64_t>(value);
  auto sign = static_cast<uint16_t>(bits >> 63 << (Exponent + Mantissa));
  constexpr int maxExponent = (1 << Exponent) - 1;
  constexpr uint16_t infinity = maxExponent << Mantissa;
  uint64_t fraction = bits & ((uint64_t(1) << 52) - 1);
  int exponent = static_cast<int>(bits >> 52 & 0x7ff);
  if (exponent == 0x7ff) {
    uint16_t quiet = fraction ? 1 << (Mantissa - 1) : 0;
    return sign | infinity | quiet |
           static_cast<uint16_t>(fraction >> (52 - Mantissa));
  }
  exponent += (maxExponent >> 1) - 1023;
  if (exponent >= maxExponent)
    return sign | infinity;
  uint64_t significand = fraction | uint64_t(1) << 52;
  int shift = 52 - Mantissa;
  if (exponent <= 0) { // subnormal
    shift += 1 - exponent;
    exponent = 1;
    significand = shift > 54 ? 0 : significand;
    shift = shift > 54 ? 54 : shift;
  }
  uint64_t kept = significand >> shift;
  uint64_t rest = significand & ((uint64_t(1) << shift) - 1);
  uint64_t half = uint64_t(1) << (shift - 1);
  kept += rest > half || (rest == half && (kept & 1));
  // The leading bit of `kept` adds one to the exponent; so may a carry.
  return sign |
         static_cast<uint16_t>((uint64_t(exponent - 1) << Mantissa) + kept);
}

static float inRegister(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits));
}

float mtrt::doubleToHalf(double value) {
  return inRegister(round<5, 10>(value));
}
float mtrt::floatToHalf(float value) { return inRegister(round<5, 10>(value)); }
float mtrt::doubleToBrain(double value) {
  return inRegister(round<8, 7>(value));
}
float mtrt::floatToBrain(float value) { return inRegister(round<8, 7>(value)); }

float mtrt::halfToFloat(float halfInRegister) {
  auto bits = static_cast<uint16_t>(std::bit_cast<uint32_t>(halfInRegister));
  uint32_t sign = uint32_t(bits >> 15) << 31;
  uint32_t exponent = bits >> 10 & 0x1f, fraction = bits & 0x3ff;
  if (exponent == 0x1f)
    return std::bit_cast<float>(sign | 0x7f800000 | fraction << 13);
  if (exponent == 0) { // zero and subnormals, exactly
    float magnitude = static_cast<float>(fraction) * 0x1p-24f;
    return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(magnitude));
  }
  return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
}

double mtrt::halfToDouble(float halfInRegister) {
  return halfToFloat(halfInRegister);
}
