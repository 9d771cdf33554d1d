//===- Solvers.cpp - Systems of equations -------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lapack.h"

using namespace mtrt;

/// The conjugate transpose of a square column-major matrix, in place; of any
/// other, from `source`.
template <typename T>
static void conjugateTranspose(const T *source, int64_t rows, int64_t columns,
                               T *target) {
  for (int64_t j = 0; j < columns; ++j)
    for (int64_t i = 0; i < rows; ++i) {
      if constexpr (isComplex<T>)
        target[j + i * columns] = std::conj(source[i + j * rows]);
      else
        target[j + i * columns] = source[i + j * rows];
    }
}

void mtrt_linalg_lu_solve(int64_t dtype, int64_t left, int64_t adjoint,
                          MTRT_TENSOR(lu), MTRT_TENSOR(pivots), MTRT_TENSOR(b),
                          MTRT_TENSOR(x)) {
  dispatch(dtype, [&](auto element) {
    using T = decltype(element);
    Batch<T> factors(luRank, lu, 2), right(bRank, b, 2), out(xRank, x, 2);
    Batch<int> pivot(pivotsRank, pivots, 1);
    int n = factors.rows(), leading = leadingOf(n);
    int64_t rows = out.rows(), columns = out.columns();
    int systems = left ? columns : rows;
    T *matrix = allocate<T>(int64_t(leading) * n);
    T *solution = allocate<T>(rows * columns);
    T *turned = allocate<T>(rows * columns);
    int *order = allocate<int>(n);
    // X @ A = B is A^H @ X^H = B^H.
    bool isAdjoint = left ? adjoint : !adjoint;
    const char *operation = !isAdjoint ? "N" : isComplex<T> ? "C" : "T";
    for (int64_t i = 0, count = out.count(); i < count; ++i) {
      factors.get(i, out).load(matrix, leading);
      pivot.get(i, out).load(order, 1 + n);
      right.get(i, out).load(solution, rows);
      if (!left)
        conjugateTranspose(solution, rows, columns, turned);
      T *unknown = left ? solution : turned;
      int code = 0;
      Lapack<T>::getrs(operation, &n, &systems, matrix, &leading, order,
                       unknown, &leading, &code, 1);
      if (!left)
        conjugateTranspose(turned, columns, rows, solution);
      out.get(i).store(solution, rows);
    }
    release(order);
    release(turned);
    release(solution);
    release(matrix);
  });
}

void mtrt_linalg_ldl_solve(int64_t dtype, int64_t hermitian, MTRT_TENSOR(ld),
                           MTRT_TENSOR(pivots), MTRT_TENSOR(b),
                           MTRT_TENSOR(x)) {
  dispatch(dtype, [&](auto element) {
    using T = decltype(element);
    Batch<T> factors(ldRank, ld, 2), right(bRank, b, 2), out(xRank, x, 2);
    Batch<int> pivot(pivotsRank, pivots, 1);
    int n = factors.rows(), leading = leadingOf(n), systems = out.columns();
    T *matrix = allocate<T>(int64_t(leading) * n);
    T *solution = allocate<T>(int64_t(leading) * systems);
    int *order = allocate<int>(n);
    auto solve = hermitian ? Lapack<T>::hetrs : Lapack<T>::sytrs;
    for (int64_t i = 0, count = out.count(); i < count; ++i) {
      factors.get(i, out).load(matrix, leading);
      pivot.get(i, out).load(order, 1 + n);
      right.get(i, out).load(solution, leading);
      int code = 0;
      solve("L", &n, &systems, matrix, &leading, order, solution, &leading,
            &code, 1);
      out.get(i).store(solution, leading);
    }
    release(order);
    release(solution);
    release(matrix);
  });
}

void mtrt_linalg_solve_triangular(int64_t dtype, int64_t upper, int64_t left,
                                  int64_t unit, MTRT_TENSOR(a), MTRT_TENSOR(b),
                                  MTRT_TENSOR(x)) {
  dispatch(dtype, [&](auto element) {
    using T = decltype(element);
    Batch<T> triangle(aRank, a, 2), right(bRank, b, 2), out(xRank, x, 2);
    int m = out.rows(), n = out.columns(), leading = leadingOf(m);
    int64_t size = triangle.rows();
    int leadingA = leadingOf(size);
    T *matrix = allocate<T>(int64_t(leadingA) * size);
    T *solution = allocate<T>(int64_t(leading) * n);
    T one(1);
    for (int64_t i = 0, count = out.count(); i < count; ++i) {
      triangle.get(i, out).load(matrix, leadingA);
      right.get(i, out).load(solution, leading);
      Lapack<T>::trsm(left ? "L" : "R", upper ? "U" : "L", "N",
                      unit ? "U" : "N", &m, &n, &one, matrix, &leadingA,
                      solution, &leading, 1, 1, 1, 1);
      out.get(i).store(solution, leading);
    }
    release(solution);
    release(matrix);
  });
}

//===----------------------------------------------------------------------===//
// Least squares
//===----------------------------------------------------------------------===//

namespace {
/// One call of a driver: column-major A [m, n] and B [max(m, n), systems].
template <typename T> struct LeastSquares {
  int m, n, systems, leadingA, leadingB;
  T *a, *b;
  RealOf<T> rcond, *singular;
  int *columnOrder;
  int rank = 0, code = 0;

  void gels() {
    withWorkspace<T>([&](T *work, int size) {
      Lapack<T>::gels("N", &m, &n, &systems, a, &leadingA, b, &leadingB, work,
                      &size, &code, 1);
    });
  }

  void gelsy() {
    std::fill(columnOrder, columnOrder + n, 0);
    if constexpr (isComplex<T>) {
      RealOf<T> *real = allocate<RealOf<T>>(2 * int64_t(n));
      withWorkspace<T>([&](T *work, int size) {
        Lapack<T>::gelsy(&m, &n, &systems, a, &leadingA, b, &leadingB,
                         columnOrder, &rcond, &rank, work, &size, real, &code);
      });
      release(real);
    } else {
      withWorkspace<T>([&](T *work, int size) {
        Lapack<T>::gelsy(&m, &n, &systems, a, &leadingA, b, &leadingB,
                         columnOrder, &rcond, &rank, work, &size, &code);
      });
    }
  }

  void gelsd() {
    // Asked first: the workspaces of integers and reals have sizes of their
    // own.
    T wanted{};
    RealOf<T> wantedReal{};
    int query = -1, wantedInt = 0;
    call(&wanted, query, &wantedReal, &wantedInt);
    int size = workspaceSize(wanted);
    T *work = allocate<T>(size);
    RealOf<T> *real = allocate<RealOf<T>>(workspaceSize(wantedReal));
    int *integers = allocate<int>(wantedInt);
    call(work, size, real, integers);
    release(integers);
    release(real);
    release(work);
  }

  void gelss() {
    if constexpr (isComplex<T>) {
      RealOf<T> *real = allocate<RealOf<T>>(5 * int64_t(std::min(m, n)));
      withWorkspace<T>([&](T *work, int size) {
        Lapack<T>::gelss(&m, &n, &systems, a, &leadingA, b, &leadingB, singular,
                         &rcond, &rank, work, &size, real, &code);
      });
      release(real);
    } else {
      withWorkspace<T>([&](T *work, int size) {
        Lapack<T>::gelss(&m, &n, &systems, a, &leadingA, b, &leadingB, singular,
                         &rcond, &rank, work, &size, &code);
      });
    }
  }

private:
  void call(T *work, int size, RealOf<T> *real, int *integers) {
    if constexpr (isComplex<T>)
      Lapack<T>::gelsd(&m, &n, &systems, a, &leadingA, b, &leadingB, singular,
                       &rcond, &rank, work, &size, real, integers, &code);
    else
      Lapack<T>::gelsd(&m, &n, &systems, a, &leadingA, b, &leadingB, singular,
                       &rcond, &rank, work, &size, integers, &code);
  }
};
} // namespace

void mtrt_linalg_lstsq(int64_t dtype, int64_t driver, double rcond,
                       MTRT_TENSOR(a), MTRT_TENSOR(b), MTRT_TENSOR(x),
                       MTRT_TENSOR(rank), MTRT_TENSOR(s)) {
  dispatch(dtype, [&](auto element) {
    using T = decltype(element);
    using Real = RealOf<T>;
    Batch<T> matrix(aRank, a, 2), right(bRank, b, 2), out(xRank, x, 2);
    Batch<int64_t> ranks(rankRank, rank, 0);
    Batch<Real> values(sRank, s, 1);
    LeastSquares<T> problem;
    int m = problem.m = matrix.rows(), n = problem.n = matrix.columns();
    problem.systems = out.columns();
    problem.leadingA = leadingOf(m);
    problem.leadingB = leadingOf(out.rows());
    problem.a = allocate<T>(int64_t(problem.leadingA) * n);
    problem.b = allocate<T>(int64_t(problem.leadingB) * problem.systems);
    problem.rcond = Real(rcond);
    problem.singular = allocate<Real>(std::min(m, n));
    problem.columnOrder = allocate<int>(n);
    for (int64_t i = 0, count = out.count(); i < count; ++i) {
      matrix.get(i, out).load(problem.a, problem.leadingA);
      std::fill(problem.b,
                problem.b + int64_t(problem.leadingB) * problem.systems, T());
      right.get(i, out).load(problem.b, problem.leadingB);
      problem.rank = std::min(m, n);
      std::fill(problem.singular, problem.singular + std::min(m, n), Real());
      switch (driver) {
      case MTRT_GELS:
        problem.gels();
        break;
      case MTRT_GELSY:
        problem.gelsy();
        break;
      case MTRT_GELSD:
        problem.gelsd();
        break;
      default:
        problem.gelss();
      }
      if (problem.code != 0)
        mtrt_raise(driver == MTRT_GELS
                       ? "torch._C._LinAlgError: torch.linalg.lstsq: The least "
                         "squares solution could not be computed because the "
                         "input matrix does not have full rank."
                       : "torch._C._LinAlgError: torch.linalg.lstsq: SVD "
                         "failed to converge.");
      out.get(i).store(problem.b, problem.leadingB);
      ranks.get(i, out)(0, 0) = problem.rank;
      values.get(i, out).store(problem.singular, 1 + std::min(m, n));
    }
    release(problem.columnOrder);
    release(problem.singular);
    release(problem.b);
    release(problem.a);
  });
}
