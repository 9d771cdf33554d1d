//===- Spectra.cpp - Singular values and eigenvalues --------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lapack.h"

using namespace mtrt;

/// The first columns of an identity.
template <typename T> static void storeIdentity(const Matrix<T> &matrix) {
  for (int64_t i = 0; i < matrix.rows; ++i)
    for (int64_t j = 0; j < matrix.columns; ++j)
      matrix(i, j) = T(i == j ? 1 : 0);
}

//===----------------------------------------------------------------------===//
// Singular values
//===----------------------------------------------------------------------===//

/// Column-major A [m, n] to S and, unless they are null, U and V^H. Returns
/// LAPACK's info.
template <typename T>
static int decompose(int m, int n, T *a, RealOf<T> *s, T *u, int columnsU,
                     T *vh, int rowsVh) {
  int64_t low = std::min(m, n), high = std::max(m, n);
  int leading = leadingOf(m), leadingU = leadingOf(m);
  int leadingVh = leadingOf(rowsVh), code = 0;
  bool isFull = u && (columnsU != low || rowsVh != low);
  const char *job = !u ? "N" : isFull ? "A" : "S";
  int *integers = allocate<int>(8 * low);
  if constexpr (isComplex<T>) {
    int64_t size = !u ? 7 * low
                      : std::max(5 * low * low + 5 * low,
                                 2 * high * low + 2 * low * low + low);
    RealOf<T> *real = allocate<RealOf<T>>(size);
    withWorkspace<T>([&](T *work, int size) {
      Lapack<T>::gesdd(job, &m, &n, a, &leading, s, u, &leadingU, vh,
                       &leadingVh, work, &size, real, integers, &code, 1);
    });
    release(real);
  } else {
    withWorkspace<T>([&](T *work, int size) {
      Lapack<T>::gesdd(job, &m, &n, a, &leading, s, u, &leadingU, vh,
                       &leadingVh, work, &size, integers, &code, 1);
    });
  }
  release(integers);
  return code;
}

static void checkSvd(int code) {
  // LAPACK calls a NaN an illegal argument.
  if (code < 0)
    mtrt_raise("torch._C._LinAlgError: linalg.svd: The algorithm failed to "
               "converge because the input matrix contained non-finite "
               "values.");
  if (code > 0)
    mtrt_raise("torch._C._LinAlgError: linalg.svd: The algorithm failed to "
               "converge because the input matrix is ill-conditioned or has "
               "too many repeated singular values.");
}

void mtrt_linalg_svd(int64_t dtype, MTRT_TENSOR(a), MTRT_TENSOR(u),
                     MTRT_TENSOR(s), MTRT_TENSOR(vh)) {
  dispatch(dtype, [&](auto element) {
    using T = decltype(element);
    Batch<T> in(aRank, a, 2), left(uRank, u, 2), right(vhRank, vh, 2);
    Batch<RealOf<T>> values(sRank, s, 1);
    int64_t m = in.rows(), n = in.columns(), low = std::min(m, n);
    T *matrix = allocate<T>(m * n);
    RealOf<T> *singular = allocate<RealOf<T>>(low);
    T *columns = allocate<T>(m * left.columns());
    T *rows = allocate<T>(right.rows() * n);
    for (int64_t i = 0, count = left.count(); i < count; ++i) {
      if (low == 0) {
        storeIdentity(left.get(i));
        storeIdentity(right.get(i, left));
        continue;
      }
      in.get(i, left).load(matrix, m);
      checkSvd(decompose(m, n, matrix, singular, columns, left.columns(), rows,
                         right.rows()));
      values.get(i, left).store(singular, low);
      left.get(i).store(columns, m);
      right.get(i, left).store(rows, right.rows());
    }
    release(rows);
    release(columns);
    release(singular);
    release(matrix);
  });
}

void mtrt_linalg_svdvals(int64_t dtype, MTRT_TENSOR(a), MTRT_TENSOR(s)) {
  dispatch(dtype, [&](auto element) {
    using T = decltype(element);
    Batch<T> in(aRank, a, 2);
    Batch<RealOf<T>> values(sRank, s, 1);
    int64_t m = in.rows(), n = in.columns(), low = std::min(m, n);
    if (low == 0)
      return;
    T *matrix = allocate<T>(m * n);
    RealOf<T> *singular = allocate<RealOf<T>>(low);
    for (int64_t i = 0, count = values.count(); i < count; ++i) {
      in.get(i, values).load(matrix, m);
      checkSvd(decompose<T>(m, n, matrix, singular, nullptr, 0, nullptr, 0));
      values.get(i).store(singular, low);
    }
    release(singular);
    release(matrix);
  });
}

//===----------------------------------------------------------------------===//
// Eigenvalues of Hermitian matrices
//===----------------------------------------------------------------------===//

/// Eigenvalues of column-major A, and its eigenvectors in place of it.
template <typename T>
static int decomposeHermitian(int n, T *a, RealOf<T> *values, bool upper,
                              bool wantsVectors) {
  const char *job = wantsVectors ? "V" : "N", *triangle = upper ? "U" : "L";
  int leading = leadingOf(n), code = 0, query = -1, wantedInt = 0;
  T wanted{};
  RealOf<T> wantedReal{};
  auto call = [&](T *work, int size, RealOf<T> *real, int realSize,
                  int *integers, int integersSize) {
    if constexpr (isComplex<T>)
      Lapack<T>::evd(job, triangle, &n, a, &leading, values, work, &size, real,
                     &realSize, integers, &integersSize, &code, 1, 1);
    else
      Lapack<T>::evd(job, triangle, &n, a, &leading, values, work, &size,
                     integers, &integersSize, &code, 1, 1);
  };
  call(&wanted, query, &wantedReal, query, &wantedInt, query);
  int size = workspaceSize(wanted), realSize = workspaceSize(wantedReal);
  wantedInt = std::max(1, wantedInt);
  T *work = allocate<T>(size);
  RealOf<T> *real = allocate<RealOf<T>>(realSize);
  int *integers = allocate<int>(wantedInt);
  call(work, size, real, realSize, integers, wantedInt);
  release(integers);
  release(real);
  release(work);
  return code;
}

static void checkEigh(int code) {
  if (code != 0)
    mtrt_raise("torch._C._LinAlgError: linalg.eigh: The algorithm failed to "
               "converge because the input matrix is ill-conditioned or has "
               "too many repeated eigenvalues.");
}

/// `vectors` may be null.
template <typename T>
static void eigh(const Batch<T> &in, const Batch<RealOf<T>> &values,
                 const Batch<T> *vectors, bool upper) {
  int64_t n = in.rows();
  T *matrix = allocate<T>(n * n);
  RealOf<T> *eigenvalues = allocate<RealOf<T>>(n);
  for (int64_t i = 0, count = n == 0 ? 0 : values.count(); i < count; ++i) {
    in.get(i, values).load(matrix, n);
    checkEigh(decomposeHermitian(n, matrix, eigenvalues, upper, vectors));
    values.get(i).store(eigenvalues, n);
    if (vectors)
      vectors->get(i, values).store(matrix, n);
  }
  release(eigenvalues);
  release(matrix);
}

void mtrt_linalg_eigh(int64_t dtype, int64_t upper, MTRT_TENSOR(a),
                      MTRT_TENSOR(values), MTRT_TENSOR(vectors)) {
  dispatch(dtype, [&](auto element) {
    using T = decltype(element);
    Batch<T> columns(vectorsRank, vectors, 2);
    eigh<T>({aRank, a, 2}, {valuesRank, values, 1}, &columns, upper);
  });
}

void mtrt_linalg_eigvalsh(int64_t dtype, int64_t upper, MTRT_TENSOR(a),
                          MTRT_TENSOR(values)) {
  dispatch(dtype, [&](auto element) {
    using T = decltype(element);
    eigh<T>({aRank, a, 2}, {valuesRank, values, 1}, nullptr, upper);
  });
}

//===----------------------------------------------------------------------===//
// Eigenvalues of any square matrix
//===----------------------------------------------------------------------===//

/// Eigenvalues of column-major A and, where wanted, its right eigenvectors.
template <typename T>
static int decomposeSquare(int n, T *a, ComplexOf<T> *values,
                           ComplexOf<T> *vectors) {
  int leading = leadingOf(n), one = 1, code = 0;
  const char *job = vectors ? "V" : "N";
  if constexpr (isComplex<T>) {
    RealOf<T> *real = allocate<RealOf<T>>(2 * int64_t(n));
    withWorkspace<T>([&](T *work, int size) {
      Lapack<T>::geev("N", job, &n, a, &leading, values, nullptr, &one, vectors,
                      &leading, work, &size, real, &code, 1, 1);
    });
    release(real);
  } else {
    int64_t count = n;
    T *parts = allocate<T>(2 * count), *columns = allocate<T>(count * count);
    withWorkspace<T>([&](T *work, int size) {
      Lapack<T>::geev("N", job, &n, a, &leading, parts, parts + n, nullptr,
                      &one, columns, &leading, work, &size, &code, 1, 1);
    });
    for (int64_t j = 0; j < count; ++j)
      values[j] = {parts[j], parts[count + j]};
    // A pair of conjugate eigenvalues has the real and the imaginary part of
    // its vectors in two columns.
    for (int64_t j = 0; vectors && j < count; ++j) {
      bool isPair = parts[count + j] > 0 && j + 1 < count;
      for (int64_t i = 0; i < count; ++i) {
        T re = columns[i + j * count];
        T im = isPair ? columns[i + (j + 1) * count] : T(0);
        vectors[i + j * count] = {re, im};
        if (isPair)
          vectors[i + (j + 1) * count] = {re, -im};
      }
      j += isPair;
    }
    release(columns);
    release(parts);
  }
  return code;
}

/// `vectors` may be null.
template <typename T>
static void eig(const Batch<T> &in, const Batch<ComplexOf<T>> &values,
                const Batch<ComplexOf<T>> *vectors) {
  int64_t n = in.rows();
  T *matrix = allocate<T>(n * n);
  ComplexOf<T> *eigenvalues = allocate<ComplexOf<T>>(n);
  ComplexOf<T> *columns = vectors ? allocate<ComplexOf<T>>(n * n) : nullptr;
  for (int64_t i = 0, count = n == 0 ? 0 : values.count(); i < count; ++i) {
    in.get(i, values).load(matrix, n);
    if (decomposeSquare(n, matrix, eigenvalues, columns) != 0)
      mtrt_raise("torch._C._LinAlgError: linalg.eig: The algorithm failed to "
                 "converge because the input matrix is ill-conditioned or has "
                 "too many repeated eigenvalues.");
    values.get(i).store(eigenvalues, n);
    if (vectors)
      vectors->get(i, values).store(columns, n);
  }
  release(columns);
  release(eigenvalues);
  release(matrix);
}

void mtrt_linalg_eig(int64_t dtype, MTRT_TENSOR(a), MTRT_TENSOR(values),
                     MTRT_TENSOR(vectors)) {
  dispatch(dtype, [&](auto element) {
    using T = decltype(element);
    Batch<ComplexOf<T>> columns(vectorsRank, vectors, 2);
    eig<T>({aRank, a, 2}, {valuesRank, values, 1}, &columns);
  });
}

void mtrt_linalg_eigvals(int64_t dtype, MTRT_TENSOR(a), MTRT_TENSOR(values)) {
  dispatch(dtype, [&](auto element) {
    using T = decltype(element);
    eig<T>({aRank, a, 2}, {valuesRank, values, 1}, nullptr);
  });
}
