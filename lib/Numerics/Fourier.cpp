//===- Fourier.cpp - Fourier transforms ---------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every transform is one of complex doubles in contiguous memory, which rows
// are copied to and from: in floats kissfft's twiddle factors lose digits.
// kissfft takes time n * p for a prime factor p of the length n, so Bluestein's
// algorithm takes over where p is large.
//
//===----------------------------------------------------------------------===//

#include "Batch.h"
#include "kissfft/kissfft.hh"

#include <cmath>
#include <vector>

using namespace mtrt;

static size_t largestPrimeFactor(size_t n) {
  size_t largest = 1;
  for (size_t p = 2; p * p <= n; ++p)
    for (; n % p == 0; n /= p)
      largest = p;
  return std::max(largest, n);
}

namespace {
/// Transforms of one length and direction.
class Plan {
public:
  Plan(size_t length, bool forward)
      : length(length), chirps(largestPrimeFactor(length) > maxPrimeFactor),
        inner(chirps ? paddedLength(length) : length,
              chirps ? false : !forward),
        outer(chirps ? inner.size : 1, true), result(inner.size) {
    if (chirps)
      prepareChirp(forward);
  }

  const Complex128 *transform(const Complex128 *row) {
    if (!chirps) {
      inner.fft.transform(row, result.data());
      return result.data();
    }
    // x_j y_k with y = exp(-+ pi i k^2 / n): as 2jk = j^2 + k^2 - (k - j)^2, a
    // transform is a convolution with conj(y), which longer transforms do.
    std::fill(padded.begin(), padded.end(), Complex128());
    for (size_t j = 0; j < length; ++j)
      padded[j] = row[j] * chirp[j];
    inner.fft.transform(padded.data(), result.data());
    for (size_t j = 0; j < inner.size; ++j)
      result[j] *= filter[j];
    outer.fft.transform(result.data(), padded.data());
    for (size_t k = 0; k < length; ++k)
      result[k] = padded[k] * chirp[k];
    return result.data();
  }

private:
  static constexpr size_t maxPrimeFactor = 64;

  struct Transform {
    Transform(size_t size, bool inverse) : size(size), fft(size, inverse) {}
    size_t size;
    kissfft<double> fft;
  };

  static size_t paddedLength(size_t length) {
    size_t padded = 1;
    while (padded < 2 * length - 1)
      padded *= 2;
    return padded;
  }

  void prepareChirp(bool forward) {
    constexpr double pi = 3.14159265358979323846;
    padded.resize(inner.size);
    chirp.resize(length);
    filter.resize(inner.size);
    for (size_t k = 0; k < length; ++k) {
      // k^2 modulo 2n keeps the angle small, so exact.
      double angle = pi * double(k * k % (2 * length)) / double(length);
      chirp[k] = std::polar(1.0, forward ? -angle : angle);
    }
    for (size_t k = 0; k < length; ++k)
      padded[k] = padded[(inner.size - k) % inner.size] =
          std::conj(chirp[k]) / double(inner.size);
    inner.fft.transform(padded.data(), filter.data());
  }

  size_t length;
  bool chirps;
  Transform inner, outer;
  std::vector<Complex128> result, padded, chirp, filter;
};

/// The rows of a tensor along `dim`.
template <typename T> struct Rows {
  Rows(int64_t rank, void *descriptor, int64_t dim) : rank(rank), dim(dim) {
    struct Head {
      T *allocated, *aligned;
      int64_t offset;
    };
    auto *head = static_cast<Head *>(descriptor);
    data = head->aligned + head->offset;
    sizes = reinterpret_cast<int64_t *>(head + 1);
    strides = sizes + rank;
  }

  int64_t length() const { return sizes[dim]; }
  int64_t stride() const { return strides[dim]; }
  int64_t count() const {
    int64_t total = 1;
    for (int64_t i = 0; i < rank; ++i)
      total *= i == dim ? 1 : sizes[i];
    return total;
  }
  T *get(int64_t index) const {
    T *row = data;
    for (int64_t i = rank - 1; i >= 0; --i) {
      if (i == dim)
        continue;
      row += index % sizes[i] * strides[i];
      index /= sizes[i];
    }
    return row;
  }

private:
  int64_t rank, dim;
  T *data;
  const int64_t *sizes, *strides;
};
} // namespace

/// Transforms each row of `in`, which `load(row, buffer)` reads, to `out`, each
/// as long as `length`; as many elements are written as `out` has.
template <typename In, typename Out, typename Load>
static void transformRows(int64_t length, bool forward, double scale,
                          const Rows<In> &in, const Rows<Out> &out, Load load) {
  // What allocates is cleaned up before a failure is raised.
  bool failed = false;
  try {
    std::vector<Complex128> row(length);
    Plan plan(length, forward);
    for (int64_t i = 0, count = out.count(); i < count; ++i) {
      load(in.get(i), row.data());
      const Complex128 *result = plan.transform(row.data());
      Out *target = out.get(i);
      for (int64_t k = 0, size = out.length(); k < size; ++k) {
        Complex128 value = result[k] * scale;
        if constexpr (isComplex<Out>)
          target[k * out.stride()] = Out(value);
        else
          target[k * out.stride()] = Out(value.real());
      }
    }
  } catch (...) {
    failed = true;
  }
  if (failed)
    mtrt_raise("RuntimeError: the Fourier transform failed");
}

/// Calls `function` with a value of the real type that `dtype` has parts of.
template <typename Function>
static void dispatchReal(int64_t dtype, Function function) {
  if (dtype == MTRT_FLOAT64 || dtype == MTRT_COMPLEX128)
    return function(double());
  function(float());
}

void mtrt_fft_c2c(int64_t dtype, int64_t dim, int64_t forward, double scale,
                  MTRT_TENSOR(x), MTRT_TENSOR(y)) {
  dispatchReal(dtype, [&](auto element) {
    using Complex = std::complex<decltype(element)>;
    Rows<Complex> in(xRank, x, dim), out(yRank, y, dim);
    int64_t length = in.length();
    if (length == 0)
      return;
    transformRows(length, forward, scale, in, out,
                  [&](const Complex *source, Complex128 *row) {
                    for (int64_t k = 0; k < length; ++k)
                      row[k] = Complex128(source[k * in.stride()]);
                  });
  });
}

void mtrt_fft_r2c(int64_t dtype, int64_t dim, double scale, MTRT_TENSOR(x),
                  MTRT_TENSOR(y)) {
  dispatchReal(dtype, [&](auto element) {
    using T = decltype(element);
    Rows<T> in(xRank, x, dim);
    Rows<std::complex<T>> out(yRank, y, dim);
    int64_t length = in.length();
    if (length == 0)
      return;
    transformRows(length, /*forward=*/true, scale, in, out,
                  [&](const T *source, Complex128 *row) {
                    for (int64_t k = 0; k < length; ++k)
                      row[k] = source[k * in.stride()];
                  });
  });
}

void mtrt_fft_c2r(int64_t dtype, int64_t dim, double scale, MTRT_TENSOR(x),
                  MTRT_TENSOR(y)) {
  dispatchReal(dtype, [&](auto element) {
    using T = decltype(element);
    Rows<std::complex<T>> in(xRank, x, dim);
    Rows<T> out(yRank, y, dim);
    int64_t length = out.length();
    if (length == 0)
      return;
    // The other half is the conjugate, so what is its own one is real.
    transformRows(length, /*forward=*/false, scale, in, out,
                  [&](const std::complex<T> *source, Complex128 *row) {
                    for (int64_t k = 0; k <= length / 2; ++k) {
                      Complex128 value(source[k * in.stride()]);
                      row[(length - k) % length] = std::conj(value);
                      row[k] = k == 0 || 2 * k == length ? value.real() : value;
                    }
                  });
  });
}
