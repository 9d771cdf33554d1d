//===- Factorizations.cpp - LU, Cholesky, LDL and QR --------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lapack.h"

using namespace mtrt;

/// Zeroes what is above the diagonal where `upper`, elsewhere what is below.
template <typename T>
static void clearTriangle(T *matrix, int64_t n, int64_t leading, bool upper) {
  for (int64_t j = 0; j < n; ++j)
    for (int64_t i = 0; i < n; ++i)
      if (upper ? i < j : i > j)
        matrix[i + j * leading] = T();
}

void mtrt_linalg_lu_factor(int64_t dtype, MTRT_TENSOR(a), MTRT_TENSOR(lu),
                           MTRT_TENSOR(pivots), MTRT_TENSOR(info)) {
  dispatch(dtype, [&](auto element) {
    using T = decltype(element);
    Batch<T> in(aRank, a, 2), out(luRank, lu, 2);
    Batch<int> pivot(pivotsRank, pivots, 1), status(infoRank, info, 0);
    int m = in.rows(), n = in.columns(), leading = leadingOf(m);
    T *work = allocate<T>(int64_t(leading) * n);
    int *order = allocate<int>(std::min(m, n));
    for (int64_t i = 0, count = out.count(); i < count; ++i) {
      in.get(i, out).load(work, leading);
      int code = 0;
      Lapack<T>::getrf(&m, &n, work, &leading, order, &code);
      out.get(i).store(work, leading);
      pivot.get(i, out).store(order, 1 + std::min(m, n));
      status.get(i, out)(0, 0) = code;
    }
    release(order);
    release(work);
  });
}

void mtrt_linalg_cholesky(int64_t dtype, int64_t upper, MTRT_TENSOR(a),
                          MTRT_TENSOR(factor), MTRT_TENSOR(info)) {
  dispatch(dtype, [&](auto element) {
    using T = decltype(element);
    Batch<T> in(aRank, a, 2), out(factorRank, factor, 2);
    Batch<int> status(infoRank, info, 0);
    int n = in.rows(), leading = leadingOf(n);
    T *work = allocate<T>(int64_t(leading) * n);
    for (int64_t i = 0, count = out.count(); i < count; ++i) {
      in.get(i, out).load(work, leading);
      int code = 0;
      Lapack<T>::potrf(upper ? "U" : "L", &n, work, &leading, &code, 1);
      clearTriangle(work, n, leading, !upper);
      out.get(i).store(work, leading);
      status.get(i, out)(0, 0) = code;
    }
    release(work);
  });
}

void mtrt_linalg_ldl_factor(int64_t dtype, int64_t hermitian, MTRT_TENSOR(a),
                            MTRT_TENSOR(ld), MTRT_TENSOR(pivots),
                            MTRT_TENSOR(info)) {
  dispatch(dtype, [&](auto element) {
    using T = decltype(element);
    Batch<T> in(aRank, a, 2), out(ldRank, ld, 2);
    Batch<int> pivot(pivotsRank, pivots, 1), status(infoRank, info, 0);
    int n = in.rows(), leading = leadingOf(n);
    T *matrix = allocate<T>(int64_t(leading) * n);
    int *order = allocate<int>(n);
    auto factor = hermitian ? Lapack<T>::hetrf : Lapack<T>::sytrf;
    for (int64_t i = 0, count = out.count(); i < count; ++i) {
      in.get(i, out).load(matrix, leading);
      int code = 0;
      withWorkspace<T>([&](T *work, int size) {
        factor("L", &n, matrix, &leading, order, work, &size, &code, 1);
      });
      // LAPACK leaves it as it was.
      clearTriangle(matrix, n, leading, /*upper=*/true);
      out.get(i).store(matrix, leading);
      pivot.get(i, out).store(order, 1 + n);
      status.get(i, out)(0, 0) = code;
    }
    release(order);
    release(matrix);
  });
}

void mtrt_linalg_geqrf(int64_t dtype, MTRT_TENSOR(a), MTRT_TENSOR(qr),
                       MTRT_TENSOR(tau)) {
  dispatch(dtype, [&](auto element) {
    using T = decltype(element);
    Batch<T> in(aRank, a, 2), out(qrRank, qr, 2), factors(tauRank, tau, 1);
    int m = in.rows(), n = in.columns(), leading = leadingOf(m);
    T *matrix = allocate<T>(int64_t(leading) * n);
    T *reflectors = allocate<T>(std::min(m, n));
    for (int64_t i = 0, count = out.count(); i < count; ++i) {
      in.get(i, out).load(matrix, leading);
      int code = 0;
      withWorkspace<T>([&](T *work, int size) {
        Lapack<T>::geqrf(&m, &n, matrix, &leading, reflectors, work, &size,
                         &code);
      });
      out.get(i).store(matrix, leading);
      factors.get(i, out).store(reflectors, 1 + std::min(m, n));
    }
    release(reflectors);
    release(matrix);
  });
}

void mtrt_linalg_householder_product(int64_t dtype, MTRT_TENSOR(a),
                                     MTRT_TENSOR(tau), MTRT_TENSOR(q)) {
  dispatch(dtype, [&](auto element) {
    using T = decltype(element);
    Batch<T> in(aRank, a, 2), factors(tauRank, tau, 1), out(qRank, q, 2);
    int m = in.rows(), n = in.columns(), k = factors.rows();
    int leading = leadingOf(m);
    T *matrix = allocate<T>(int64_t(leading) * n);
    T *reflectors = allocate<T>(k);
    for (int64_t i = 0, count = out.count(); i < count; ++i) {
      in.get(i, out).load(matrix, leading);
      factors.get(i, out).load(reflectors, 1 + k);
      int code = 0;
      withWorkspace<T>([&](T *work, int size) {
        Lapack<T>::orgqr(&m, &n, &k, matrix, &leading, reflectors, work, &size,
                         &code);
      });
      out.get(i).store(matrix, leading);
    }
    release(reflectors);
    release(matrix);
  });
}

void mtrt_linalg_ormqr(int64_t dtype, int64_t left, int64_t transpose,
                       MTRT_TENSOR(a), MTRT_TENSOR(tau), MTRT_TENSOR(c),
                       MTRT_TENSOR(result)) {
  dispatch(dtype, [&](auto element) {
    using T = decltype(element);
    Batch<T> in(aRank, a, 2), factors(tauRank, tau, 1), other(cRank, c, 2);
    Batch<T> out(resultRank, result, 2);
    int m = out.rows(), n = out.columns(), k = factors.rows();
    int leadingA = leadingOf(in.rows()), leading = leadingOf(m);
    T *matrix = allocate<T>(int64_t(leadingA) * in.columns());
    T *reflectors = allocate<T>(k);
    T *product = allocate<T>(int64_t(leading) * n);
    const char *operation = !transpose ? "N" : isComplex<T> ? "C" : "T";
    for (int64_t i = 0, count = out.count(); i < count; ++i) {
      in.get(i, out).load(matrix, leadingA);
      factors.get(i, out).load(reflectors, 1 + k);
      other.get(i, out).load(product, leading);
      int code = 0;
      withWorkspace<T>([&](T *work, int size) {
        Lapack<T>::ormqr(left ? "L" : "R", operation, &m, &n, &k, matrix,
                         &leadingA, reflectors, product, &leading, work, &size,
                         &code, 1, 1);
      });
      out.get(i).store(product, leading);
    }
    release(product);
    release(reflectors);
    release(matrix);
  });
}
