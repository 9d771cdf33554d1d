//===- MiniTorch-c/Numerics.h - Linear algebra and FFT ------------*- C -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What compiled code calls for linear algebra (LAPACK) and Fourier transforms
// (kissfft). A library of its own: a program that calls none of it links
// neither.
//
// A tensor comes as an unranked memref spread over two arguments, (rank,
// descriptor); inputs first, then results, which the callee fills. Any strides
// are fine. `dtype` names the element type of the first tensor; the others have
// the same, or what their comments say. Leading dims are a batch, and an
// input's batch broadcasts to the results'. `info` gets LAPACK's, one a matrix:
// 0 for success. Where there is none, a failure raises.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_C_NUMERICS_H
#define MINITORCH_C_NUMERICS_H

#include "MiniTorch-c/Runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Values of `dtype`: PyTorch's numbers.
enum {
  MTRT_FLOAT32 = 6,
  MTRT_FLOAT64 = 7,
  MTRT_COMPLEX64 = 9,
  MTRT_COMPLEX128 = 10
};

#define MTRT_TENSOR(name) int64_t name##Rank, void *name

//===----------------------------------------------------------------------===//
// Factorizations. Names and results are those of torch.linalg.
//===----------------------------------------------------------------------===//

/// P @ L @ U = A. `pivots` (int32) are LAPACK's, counted from 1.
MTRT_EXPORT void mtrt_linalg_lu_factor(int64_t dtype, MTRT_TENSOR(a),
                                       MTRT_TENSOR(lu), MTRT_TENSOR(pivots),
                                       MTRT_TENSOR(info));
/// L @ L^H = A, or U^H @ U = A where `upper`; the other triangle is zero.
MTRT_EXPORT void mtrt_linalg_cholesky(int64_t dtype, int64_t upper,
                                      MTRT_TENSOR(a), MTRT_TENSOR(factor),
                                      MTRT_TENSOR(info));
/// L @ D @ L^T = A, or L @ D @ L^H where `hermitian`.
MTRT_EXPORT void mtrt_linalg_ldl_factor(int64_t dtype, int64_t hermitian,
                                        MTRT_TENSOR(a), MTRT_TENSOR(ld),
                                        MTRT_TENSOR(pivots), MTRT_TENSOR(info));
/// R above the diagonal, Householder vectors below it, their factors in `tau`.
MTRT_EXPORT void mtrt_linalg_geqrf(int64_t dtype, MTRT_TENSOR(a),
                                   MTRT_TENSOR(qr), MTRT_TENSOR(tau));
/// The first columns of the Q that Householder vectors stand for.
MTRT_EXPORT void mtrt_linalg_householder_product(int64_t dtype, MTRT_TENSOR(a),
                                                 MTRT_TENSOR(tau),
                                                 MTRT_TENSOR(q));
/// Q @ C; C @ Q where not `left`; with Q^H where `transpose`.
MTRT_EXPORT void mtrt_linalg_ormqr(int64_t dtype, int64_t left,
                                   int64_t transpose, MTRT_TENSOR(a),
                                   MTRT_TENSOR(tau), MTRT_TENSOR(c),
                                   MTRT_TENSOR(result));

//===----------------------------------------------------------------------===//
// Spectra
//===----------------------------------------------------------------------===//

/// U @ diag(S) @ Vh = A, S real. Whether U and Vh are square shows in their
/// sizes.
MTRT_EXPORT void mtrt_linalg_svd(int64_t dtype, MTRT_TENSOR(a), MTRT_TENSOR(u),
                                 MTRT_TENSOR(s), MTRT_TENSOR(vh));
MTRT_EXPORT void mtrt_linalg_svdvals(int64_t dtype, MTRT_TENSOR(a),
                                     MTRT_TENSOR(s));
/// Of a Hermitian matrix, of which one triangle is read; `values` are real.
MTRT_EXPORT void mtrt_linalg_eigh(int64_t dtype, int64_t upper, MTRT_TENSOR(a),
                                  MTRT_TENSOR(values), MTRT_TENSOR(vectors));
MTRT_EXPORT void mtrt_linalg_eigvalsh(int64_t dtype, int64_t upper,
                                      MTRT_TENSOR(a), MTRT_TENSOR(values));
/// Of any square matrix; the results are complex.
MTRT_EXPORT void mtrt_linalg_eig(int64_t dtype, MTRT_TENSOR(a),
                                 MTRT_TENSOR(values), MTRT_TENSOR(vectors));
MTRT_EXPORT void mtrt_linalg_eigvals(int64_t dtype, MTRT_TENSOR(a),
                                     MTRT_TENSOR(values));

//===----------------------------------------------------------------------===//
// Solvers
//===----------------------------------------------------------------------===//

/// A @ X = B by the LU factors of A; X @ A = B where not `left`; with A^H where
/// `adjoint`.
MTRT_EXPORT void mtrt_linalg_lu_solve(int64_t dtype, int64_t left,
                                      int64_t adjoint, MTRT_TENSOR(lu),
                                      MTRT_TENSOR(pivots), MTRT_TENSOR(b),
                                      MTRT_TENSOR(x));
MTRT_EXPORT void mtrt_linalg_ldl_solve(int64_t dtype, int64_t hermitian,
                                       MTRT_TENSOR(ld), MTRT_TENSOR(pivots),
                                       MTRT_TENSOR(b), MTRT_TENSOR(x));
MTRT_EXPORT void mtrt_linalg_solve_triangular(int64_t dtype, int64_t upper,
                                              int64_t left, int64_t unit,
                                              MTRT_TENSOR(a), MTRT_TENSOR(b),
                                              MTRT_TENSOR(x));

/// LAPACK's drivers of least squares.
enum { MTRT_GELS = 0, MTRT_GELSY = 1, MTRT_GELSD = 2, MTRT_GELSS = 3 };
/// min |A @ X - B|. `x` has max(m, n) rows: below the n of the solution is what
/// the residuals are the norms of (not for GELSY). `rank` is int64, `s` real.
MTRT_EXPORT void mtrt_linalg_lstsq(int64_t dtype, int64_t driver, double rcond,
                                   MTRT_TENSOR(a), MTRT_TENSOR(b),
                                   MTRT_TENSOR(x), MTRT_TENSOR(rank),
                                   MTRT_TENSOR(s));

//===----------------------------------------------------------------------===//
// Fourier transforms along one dim, times `scale`
//===----------------------------------------------------------------------===//

/// exp(-2 pi i k n / N) where `forward`, its inverse elsewhere.
MTRT_EXPORT void mtrt_fft_c2c(int64_t dtype, int64_t dim, int64_t forward,
                              double scale, MTRT_TENSOR(x), MTRT_TENSOR(y));
/// The first n / 2 + 1 of a real tensor's.
MTRT_EXPORT void mtrt_fft_r2c(int64_t dtype, int64_t dim, double scale,
                              MTRT_TENSOR(x), MTRT_TENSOR(y));
/// The inverse of r2c, for n elements of `y`.
MTRT_EXPORT void mtrt_fft_c2r(int64_t dtype, int64_t dim, double scale,
                              MTRT_TENSOR(x), MTRT_TENSOR(y));

/// As mtrt_symbols: every function above, with the first tensor's dtype after
/// its name (mtrt_linalg_svd_f32), as a declaration in compiled code has one
/// type.
MTRT_EXPORT const mtrt_symbol *mtrt_numerics_symbols(void);

#ifdef __cplusplus
}
#endif

#endif // MINITORCH_C_NUMERICS_H
