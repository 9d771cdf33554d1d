//===- Batch.h - The matrices of strided tensors ----------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LAPACK wants column-major matrices and overwrites them, so each is copied
// into scratch memory and its results are copied out. The running call's frame
// owns scratch memory until it is freed, so a call that raises leaks nothing.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_NUMERICS_BATCH_H
#define MINITORCH_LIB_NUMERICS_BATCH_H

#include "MiniTorch-c/Numerics.h"

#include <algorithm>
#include <complex>

namespace mtrt {

using Complex64 = std::complex<float>;
using Complex128 = std::complex<double>;

/// The real dtype of a dtype's parts, and the complex one that holds it.
template <typename T> struct Parts {
  using Real = T;
  using Complex = std::complex<T>;
};
template <typename T> struct Parts<std::complex<T>> {
  using Real = T;
  using Complex = std::complex<T>;
};
template <typename T> using RealOf = typename Parts<T>::Real;
template <typename T> using ComplexOf = typename Parts<T>::Complex;
template <typename T>
inline constexpr bool isComplex = !std::is_same_v<T, RealOf<T>>;

/// One matrix in strided memory; a vector is one of one column.
template <typename T> struct Matrix {
  T *data;
  int64_t rows, columns, rowStride, columnStride;

  T &operator()(int64_t i, int64_t j) const {
    return data[i * rowStride + j * columnStride];
  }
  /// Copies from and to column-major memory.
  void load(T *target, int64_t leading) const {
    for (int64_t j = 0; j < columns; ++j)
      for (int64_t i = 0; i < rows; ++i)
        target[i + j * leading] = (*this)(i, j);
  }
  void store(const T *source, int64_t leading) const {
    for (int64_t j = 0; j < columns; ++j)
      for (int64_t i = 0; i < rows; ++i)
        (*this)(i, j) = source[i + j * leading];
  }
};

/// A tensor whose last `coreRank` dims are a matrix (2), a vector (1) or a
/// number (0), and whose other dims are a batch.
template <typename T> class Batch {
public:
  Batch(int64_t rank, void *descriptor, int64_t coreRank)
      : batchRank(rank - coreRank), coreRank(coreRank) {
    struct Head {
      T *allocated, *aligned;
      int64_t offset;
    };
    auto *head = static_cast<Head *>(descriptor);
    data = head->aligned + head->offset;
    sizes = reinterpret_cast<int64_t *>(head + 1);
    strides = sizes + rank;
  }

  int64_t rows() const { return coreRank > 0 ? sizes[batchRank] : 1; }
  int64_t columns() const { return coreRank > 1 ? sizes[batchRank + 1] : 1; }
  /// How many matrices there are.
  int64_t count() const {
    int64_t total = 1;
    for (int64_t i = 0; i < batchRank; ++i)
      total *= sizes[i];
    return total;
  }

  /// Matrix `index` of the batch of `whole`, to which this one broadcasts.
  template <typename U>
  Matrix<T> get(int64_t index, const Batch<U> &whole) const {
    int64_t offset = 0;
    for (int64_t i = whole.batchRank - 1, j = batchRank - 1; i >= 0; --i, --j) {
      int64_t at = index % whole.sizes[i];
      index /= whole.sizes[i];
      if (j >= 0 && sizes[j] != 1)
        offset += at * strides[j];
    }
    return {data + offset, rows(), columns(),
            coreRank > 0 ? strides[batchRank] : 0,
            coreRank > 1 ? strides[batchRank + 1] : 0};
  }
  Matrix<T> get(int64_t index) const { return get(index, *this); }

private:
  template <typename U> friend class Batch;
  int64_t batchRank, coreRank;
  T *data;
  const int64_t *sizes, *strides;
};

/// Scratch memory for `count` elements, at least one.
template <typename T> T *allocate(int64_t count) {
  return static_cast<T *>(
      mtrt_buffer_alloc(sizeof(T) * std::max<int64_t>(count, 1)));
}
inline void release(void *buffer) { mtrt_buffer_free(buffer); }

/// LAPACK's leading dimension of matrices with so many rows.
inline int leadingOf(int64_t rows) {
  return static_cast<int>(std::max<int64_t>(rows, 1));
}

/// Calls `function` with a value of the element type that `dtype` names.
template <typename Function> void dispatch(int64_t dtype, Function function) {
  switch (dtype) {
  case MTRT_FLOAT32:
    return function(float());
  case MTRT_FLOAT64:
    return function(double());
  case MTRT_COMPLEX64:
    return function(Complex64());
  case MTRT_COMPLEX128:
    return function(Complex128());
  default:
    mtrt_raise("RuntimeError: linear algebra of an unknown dtype");
  }
}

} // namespace mtrt

#endif // MINITORCH_LIB_NUMERICS_BATCH_H
