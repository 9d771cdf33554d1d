//===- ComplexFunctions.cpp - Complex functions in single precision -----===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch-c/Math.h"

#include <bit>
#include <complex>

uint64_t mtrt_pow_c64(float re, float im, float exponentRe, float exponentIm) {
  std::complex<float> value =
      std::pow(std::complex(re, im), std::complex(exponentRe, exponentIm));
  return uint64_t(std::bit_cast<uint32_t>(value.imag())) << 32 |
         std::bit_cast<uint32_t>(value.real());
}
