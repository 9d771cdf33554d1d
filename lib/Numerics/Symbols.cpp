//===- Symbols.cpp - What compiled code may call ------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch-c/Numerics.h"

#define MTRT_SYMBOL_OF(name, dtype)                                            \
  {#name "_" #dtype, reinterpret_cast<void *>(&name)}
#define MTRT_SYMBOL(name)                                                      \
  MTRT_SYMBOL_OF(name, f32), MTRT_SYMBOL_OF(name, f64),                        \
      MTRT_SYMBOL_OF(name, c64), MTRT_SYMBOL_OF(name, c128)

const mtrt_symbol *mtrt_numerics_symbols(void) {
  static const mtrt_symbol symbols[] = {
  // clang-format off
#ifdef MINITORCH_HAS_NUMERICS
      MTRT_SYMBOL(mtrt_fft_c2c),
      MTRT_SYMBOL(mtrt_fft_c2r),
      MTRT_SYMBOL(mtrt_fft_r2c),
      MTRT_SYMBOL(mtrt_linalg_cholesky),
      MTRT_SYMBOL(mtrt_linalg_eig),
      MTRT_SYMBOL(mtrt_linalg_eigh),
      MTRT_SYMBOL(mtrt_linalg_eigvals),
      MTRT_SYMBOL(mtrt_linalg_eigvalsh),
      MTRT_SYMBOL(mtrt_linalg_geqrf),
      MTRT_SYMBOL(mtrt_linalg_householder_product),
      MTRT_SYMBOL(mtrt_linalg_ldl_factor),
      MTRT_SYMBOL(mtrt_linalg_ldl_solve),
      MTRT_SYMBOL(mtrt_linalg_lstsq),
      MTRT_SYMBOL(mtrt_linalg_lu_factor),
      MTRT_SYMBOL(mtrt_linalg_lu_solve),
      MTRT_SYMBOL(mtrt_linalg_ormqr),
      MTRT_SYMBOL(mtrt_linalg_solve_triangular),
      MTRT_SYMBOL(mtrt_linalg_svd),
      MTRT_SYMBOL(mtrt_linalg_svdvals),
#endif
      // clang-format on
      {nullptr, nullptr},
  };
  return symbols;
}
