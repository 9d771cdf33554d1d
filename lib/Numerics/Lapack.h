//===- Lapack.h - The routines of LAPACK that are called --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LAPACK's Fortran interface: arguments by address, and the length of each
// string after them. Lapack<T>::getrf is sgetrf_ for float, and so on.
// Source: the routines' pages in LAPACK's documentation.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_NUMERICS_LAPACK_H
#define MINITORCH_LIB_NUMERICS_LAPACK_H

#include "Batch.h"

namespace mtrt {

template <typename T> struct Lapack;

// `p` is the type's letter, `q` what an orthogonal matrix is called, `h` a
// symmetric or Hermitian one. `RWORK` is the argument that complex types have.
#define MTRT_COMMA ,
#define MTRT_LAPACK(T, R, p, q, h, RWORK)                                      \
  extern "C" {                                                                 \
  void p##getrf_(const int *m, const int *n, T *a, const int *lda, int *ipiv,  \
                 int *info);                                                   \
  void p##getrs_(const char *trans, const int *n, const int *nrhs, const T *a, \
                 const int *lda, const int *ipiv, T *b, const int *ldb,        \
                 int *info, size_t);                                           \
  void p##potrf_(const char *uplo, const int *n, T *a, const int *lda,         \
                 int *info, size_t);                                           \
  void p##sytrf_(const char *uplo, const int *n, T *a, const int *lda,         \
                 int *ipiv, T *work, const int *lwork, int *info, size_t);     \
  void p##h##trf_(const char *uplo, const int *n, T *a, const int *lda,        \
                  int *ipiv, T *work, const int *lwork, int *info, size_t);    \
  void p##sytrs_(const char *uplo, const int *n, const int *nrhs, const T *a,  \
                 const int *lda, const int *ipiv, T *b, const int *ldb,        \
                 int *info, size_t);                                           \
  void p##h##trs_(const char *uplo, const int *n, const int *nrhs, const T *a, \
                  const int *lda, const int *ipiv, T *b, const int *ldb,       \
                  int *info, size_t);                                          \
  void p##geqrf_(const int *m, const int *n, T *a, const int *lda, T *tau,     \
                 T *work, const int *lwork, int *info);                        \
  void p##q##gqr_(const int *m, const int *n, const int *k, T *a,              \
                  const int *lda, const T *tau, T *work, const int *lwork,     \
                  int *info);                                                  \
  void p##q##mqr_(const char *side, const char *trans, const int *m,           \
                  const int *n, const int *k, const T *a, const int *lda,      \
                  const T *tau, T *c, const int *ldc, T *work,                 \
                  const int *lwork, int *info, size_t, size_t);                \
  void p##trsm_(const char *side, const char *uplo, const char *trans,         \
                const char *diag, const int *m, const int *n, const T *alpha,  \
                const T *a, const int *lda, T *b, const int *ldb, size_t,      \
                size_t, size_t, size_t);                                       \
  void p##gesdd_(const char *jobz, const int *m, const int *n, T *a,           \
                 const int *lda, R *s, T *u, const int *ldu, T *vt,            \
                 const int *ldvt, T *work, const int *lwork, RWORK int *iwork, \
                 int *info, size_t);                                           \
  void p##gels_(const char *trans, const int *m, const int *n,                 \
                const int *nrhs, T *a, const int *lda, T *b, const int *ldb,   \
                T *work, const int *lwork, int *info, size_t);                 \
  }                                                                            \
  template <> struct Lapack<T> {                                               \
    static constexpr auto getrf = &p##getrf_;                                  \
    static constexpr auto getrs = &p##getrs_;                                  \
    static constexpr auto potrf = &p##potrf_;                                  \
    static constexpr auto sytrf = &p##sytrf_;                                  \
    static constexpr auto hetrf = &p##h##trf_;                                 \
    static constexpr auto sytrs = &p##sytrs_;                                  \
    static constexpr auto hetrs = &p##h##trs_;                                 \
    static constexpr auto geqrf = &p##geqrf_;                                  \
    static constexpr auto orgqr = &p##q##gqr_;                                 \
    static constexpr auto ormqr = &p##q##mqr_;                                 \
    static constexpr auto trsm = &p##trsm_;                                    \
    static constexpr auto gesdd = &p##gesdd_;                                  \
    static constexpr auto gels = &p##gels_;                                    \
    static constexpr auto evd = &p##h##evd_;                                   \
    static constexpr auto geev = &p##geev_;                                    \
    static constexpr auto gelsy = &p##gelsy_;                                  \
    static constexpr auto gelsd = &p##gelsd_;                                  \
    static constexpr auto gelss = &p##gelss_;                                  \
  };

// Routines whose arguments differ between real and complex types.
#define MTRT_LAPACK_REAL(T, p)                                                 \
  extern "C" {                                                                 \
  void p##syevd_(const char *jobz, const char *uplo, const int *n, T *a,       \
                 const int *lda, T *w, T *work, const int *lwork, int *iwork,  \
                 const int *liwork, int *info, size_t, size_t);                \
  void p##geev_(const char *jobvl, const char *jobvr, const int *n, T *a,      \
                const int *lda, T *wr, T *wi, T *vl, const int *ldvl, T *vr,   \
                const int *ldvr, T *work, const int *lwork, int *info, size_t, \
                size_t);                                                       \
  void p##gelsy_(const int *m, const int *n, const int *nrhs, T *a,            \
                 const int *lda, T *b, const int *ldb, int *jpvt,              \
                 const T *rcond, int *rank, T *work, const int *lwork,         \
                 int *info);                                                   \
  void p##gelsd_(const int *m, const int *n, const int *nrhs, T *a,            \
                 const int *lda, T *b, const int *ldb, T *s, const T *rcond,   \
                 int *rank, T *work, const int *lwork, int *iwork, int *info); \
  void p##gelss_(const int *m, const int *n, const int *nrhs, T *a,            \
                 const int *lda, T *b, const int *ldb, T *s, const T *rcond,   \
                 int *rank, T *work, const int *lwork, int *info);             \
  }                                                                            \
  MTRT_LAPACK(T, T, p, or, sy, )

#define MTRT_LAPACK_COMPLEX(T, R, p)                                           \
  extern "C" {                                                                 \
  void p##heevd_(const char *jobz, const char *uplo, const int *n, T *a,       \
                 const int *lda, R *w, T *work, const int *lwork, R *rwork,    \
                 const int *lrwork, int *iwork, const int *liwork, int *info,  \
                 size_t, size_t);                                              \
  void p##geev_(const char *jobvl, const char *jobvr, const int *n, T *a,      \
                const int *lda, T *w, T *vl, const int *ldvl, T *vr,           \
                const int *ldvr, T *work, const int *lwork, R *rwork,          \
                int *info, size_t, size_t);                                    \
  void p##gelsy_(const int *m, const int *n, const int *nrhs, T *a,            \
                 const int *lda, T *b, const int *ldb, int *jpvt,              \
                 const R *rcond, int *rank, T *work, const int *lwork,         \
                 R *rwork, int *info);                                         \
  void p##gelsd_(const int *m, const int *n, const int *nrhs, T *a,            \
                 const int *lda, T *b, const int *ldb, R *s, const R *rcond,   \
                 int *rank, T *work, const int *lwork, R *rwork, int *iwork,   \
                 int *info);                                                   \
  void p##gelss_(const int *m, const int *n, const int *nrhs, T *a,            \
                 const int *lda, T *b, const int *ldb, R *s, const R *rcond,   \
                 int *rank, T *work, const int *lwork, R *rwork, int *info);   \
  }                                                                            \
  MTRT_LAPACK(T, R, p, un, he, R *rwork MTRT_COMMA)

MTRT_LAPACK_REAL(float, s)
MTRT_LAPACK_REAL(double, d)
MTRT_LAPACK_COMPLEX(Complex64, float, c)
MTRT_LAPACK_COMPLEX(Complex128, double, z)

#undef MTRT_LAPACK_COMPLEX
#undef MTRT_LAPACK_REAL
#undef MTRT_LAPACK
#undef MTRT_COMMA

/// The size of workspace that a query put into `work`.
template <typename T> int workspaceSize(T work) {
  return std::max(1, static_cast<int>(std::real(work)));
}

/// Calls `routine(work, lwork)` twice: to ask how much workspace it wants, and
/// with so much.
template <typename T, typename Routine> void withWorkspace(Routine routine) {
  T wanted{};
  routine(&wanted, -1);
  int size = workspaceSize(wanted);
  T *work = allocate<T>(size);
  routine(work, size);
  release(work);
}

} // namespace mtrt

#endif // MINITORCH_LIB_NUMERICS_LAPACK_H
