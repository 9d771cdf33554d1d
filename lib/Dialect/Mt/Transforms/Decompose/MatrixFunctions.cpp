//===- MatrixFunctions.cpp - Functions of matrices by products --*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Matrices.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include <cmath>

using namespace mlir;

// Source: the definitions on the operators' pages of PyTorch's documentation.

namespace minitorch::mt {

/// exp(A) = exp(A / 2^s)^(2^s), where s brings the 1-norm below 1 and the
/// inner exponential is a Taylor polynomial in Horner's form,
/// I + X (I + X / 2 (I + X / 3 (...))): its rest is below 1 / (degree + 1)!.
static FormulaResult matrixExp(TensorBuilder &b, ValueRange in) {
  if (!isMatrix(in[0]))
    return std::nullopt;
  // In double precision: each squaring doubles the error.
  auto &rewriter = b.getRewriter();
  Type dtype = getDtype(in[0]), wide = rewriter.getF64Type();
  if (isa<ComplexType>(dtype))
    wide = ComplexType::get(wide);
  Value a = b.toDtype(in[0], wide);
  Value norm = b.amax(vectorNorm(b, a, 1, {-2}, /*keepDim=*/false), {-1},
                      /*keepDim=*/false);
  Value exponent = b.create<AtenCeilOp>({b.create<AtenLog2Op>({norm})});
  exponent = b.create<AtenClampMinOp>({exponent, b.constant(0.0)});
  Value factor = b.create<AtenExp2Op>({b.create<AtenNegOp>({exponent})});
  auto perMatrix = [&](Value x) { return b.unsqueeze(b.unsqueeze(x, -1), -1); };
  Value x = b.mul(a, perMatrix(factor));

  Value n = b.size(a, -1);
  Value one = identity(b, n, n, getDtype(a));
  Value start = b.expand(one, b.sizes(a));
  constexpr int64_t degree = 18;
  Value taylor =
      b.loop(b.constant(degree), start, [&](Value i, ValueRange carried) {
        Value k = b.subInt(b.constant(degree), i);
        Value divisor = rewriter.createOrFold<arith::SIToFPOp>(
            b.getLoc(), rewriter.getF64Type(), k);
        Value product = matmul(b, x, carried[0]);
        return SmallVector<Value>{b.add(b.divScalar(product, divisor), one)};
      })[0];

  Value count = b.toDtype(exponent, rewriter.getI64Type());
  Value total = b.constant(int64_t(1));
  for (Value size : b.sizes(count))
    total = b.mulInt(total, size);
  // With a zero, for a batch of no matrices.
  Value all = b.cat({b.reshape(count, total),
                     b.zeros(b.constant(int64_t(1)), rewriter.getI64Type())},
                    0);
  Value most = b.itemInt(b.amax(all, {0}, /*keepDim=*/false));
  Value result = b.loop(most, taylor, [&](Value i, ValueRange carried) {
    Value isLeft = b.create<AtenGtScalarOp>({perMatrix(count), i});
    Value squared = matmul(b, carried[0], carried[0]);
    return SmallVector<Value>{
        b.create<AtenWhereSelfOp>({isLeft, squared, carried[0]})};
  })[0];
  return {{b.toDtype(result, dtype)}};
}

/// A^n by squaring; of the inverse for n < 0
static FormulaResult matrixPower(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> n = getConstantInt(in[1]);
  Value a = in[0];
  if (!n || getRank(a).value_or(0) < 2 || !getDtype(a) ||
      (*n < 0 && !isMatrix(a)))
    return std::nullopt;
  if (*n == 0) {
    Value size = b.size(a, -1);
    return {{b.expand(identity(b, size, size, getDtype(a)), b.sizes(a))}};
  }
  if (*n < 0)
    a = b.call("aten::linalg_inv", a);
  Value result;
  for (uint64_t rest = std::abs(*n); rest; rest /= 2) {
    if (rest % 2)
      result = result ? matmul(b, result, a) : a;
    if (rest > 1)
      a = matmul(b, a, a);
  }
  return {{result}};
}

/// cross(a, b)[i] = a[i + 1] b[i + 2] - a[i + 2] b[i + 1], indices modulo 3
static FormulaResult createCross(TensorBuilder &b, Value x, Value y,
                                 int64_t dim) {
  auto shifted = [&](Value tensor, int64_t by) {
    return b.create<AtenRollOp>({tensor, b.intList({-by}), b.intList({dim})});
  };
  return {{b.sub(b.mul(shifted(x, 1), shifted(y, 2)),
                 b.mul(shifted(x, 2), shifted(y, 1)))}};
}

static FormulaResult linalgCross(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> dim = getConstantInt(in[2]);
  if (!dim || !getRank(in[0]) || getRank(in[0]) != getRank(in[1]))
    return std::nullopt;
  return createCross(b, in[0], in[1], *dim);
}

/// Without a dim, along the first of size 3.
static FormulaResult cross(TensorBuilder &b, ValueRange in) {
  if (!isNone(in[2]))
    return linalgCross(b, in);
  std::optional<int64_t> rank = getRank(in[0]);
  if (!rank || rank != getRank(in[1]))
    return std::nullopt;
  for (int64_t dim = 0; dim < *rank; ++dim) {
    std::optional<int64_t> size = getStaticSize(in[0], dim);
    if (!size)
      return std::nullopt;
    if (*size == 3)
      return createCross(b, in[0], in[1], dim);
  }
  return std::nullopt;
}

/// kron(A, B)[i * p + k, j * q + l] = A[i, j] * B[k, l], in any rank
static FormulaResult kron(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> x = getRank(in[0]), y = getRank(in[1]);
  if (!x || !y)
    return std::nullopt;
  int64_t rank = std::max(*x, *y);
  Value one = b.constant(int64_t(1));
  SmallVector<Value> sizesX(rank - *x, one), sizesY(rank - *y, one);
  llvm::append_range(sizesX, b.sizes(in[0]));
  llvm::append_range(sizesY, b.sizes(in[1]));
  SmallVector<Value> wideX, wideY, result;
  for (auto [sizeX, sizeY] : llvm::zip(sizesX, sizesY)) {
    wideX.append({sizeX, one});
    wideY.append({one, sizeY});
    result.push_back(b.mulInt(sizeX, sizeY));
  }
  return {{b.reshape(b.mul(b.reshape(in[0], wideX), b.reshape(in[1], wideY)),
                     result)}};
}

//===----------------------------------------------------------------------===//
// Distances
//===----------------------------------------------------------------------===//

/// cdist(x, y)[..., i, j]: the p-norm of x[..., i, :] - y[..., j, :]
static Value distances(TensorBuilder &b, Value x, Value y, double p) {
  Value difference = b.sub(b.unsqueeze(x, -2), b.unsqueeze(y, -3));
  return vectorNorm(b, difference, p, {-1}, /*keepDim=*/false);
}

static bool isFloat(Value x) { return isa_and_present<FloatType>(getDtype(x)); }

static FormulaResult cdist(TensorBuilder &b, ValueRange in) {
  std::optional<double> p = getConstantFloat(in[2]);
  if (!p || !isFloat(in[0]) || !isFloat(in[1]) ||
      getRank(in[0]).value_or(0) < 2 || getRank(in[1]).value_or(0) < 2)
    return std::nullopt;
  return {{distances(b, in[0], in[1], *p)}};
}

/// pdist: what is above the diagonal of cdist(x, x), row by row
static FormulaResult pdist(TensorBuilder &b, ValueRange in) {
  std::optional<double> p = getConstantFloat(in[1]);
  if (!p || !isFloat(in[0]) || getRank(in[0]) != 2)
    return std::nullopt;
  Value n = b.size(in[0], 0);
  Type i1 = b.getRewriter().getI1Type();
  Value isAbove =
      triangle(b, b.full({n, n}, b.constant(true), i1), /*upper=*/true, 1);
  Value all =
      b.create<AtenMaskedSelectOp>({distances(b, in[0], in[0], *p), isAbove});
  Value pairs = b.mulInt(n, b.subInt(n, b.constant(int64_t(1))));
  Value count = b.floorDivInt(pairs, b.constant(int64_t(2)));
  return {{b.narrow(all, 0, b.constant(int64_t(0)), count)}};
}

static constexpr NamedFormula formulas[] = {
    {"aten::_cdist_forward", cdist},
    {"aten::_euclidean_dist",
     [](TensorBuilder &b, ValueRange in) {
       return cdist(b, {in[0], in[1], b.constant(2.0)});
     }},
    {"aten::_pdist_forward", pdist},
    {"aten::cdist", cdist},
    {"aten::cross", cross},
    {"aten::kron", kron},
    {"aten::linalg_cross", linalgCross},
    {"aten::linalg_matrix_exp", matrixExp},
    {"aten::linalg_matrix_power", matrixPower},
    {"aten::matrix_exp", matrixExp},
    {"aten::matrix_power", matrixPower},
    {"aten::pdist", pdist},
};

void populateMatrixFunctionDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
}

} // namespace minitorch::mt
