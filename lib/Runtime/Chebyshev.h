//===- Chebyshev.h - Sums of Chebyshev series -------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_RUNTIME_CHEBYSHEV_H
#define MINITORCH_LIB_RUNTIME_CHEBYSHEV_H

#include <cstddef>

namespace mtrt {

/// The sum of c[k] T_k(t) for t in [-1, 1], by Clenshaw's recurrence.
template <size_t N> double chebyshev(const double (&c)[N], double t) {
  double next = 0, afterNext = 0;
  for (size_t k = N - 1; k > 0; --k) {
    double current = 2 * t * next - afterNext + c[k];
    afterNext = next;
    next = current;
  }
  return t * next - afterNext + c[0];
}

} // namespace mtrt

#endif // MINITORCH_LIB_RUNTIME_CHEBYSHEV_H
