//===- Factorizations.cpp - Solving by factorizations -----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What follows from LU, Cholesky, QR and LDL factors, which LAPACK computes
// (lib/Conversion/MtToRuntime/Numerics.cpp).
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Matrices.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include <limits>

using namespace mlir;

// Source: the definitions on the operators' pages of PyTorch's documentation.

namespace minitorch::mt {

//===----------------------------------------------------------------------===//
// Matrices.h
//===----------------------------------------------------------------------===//

bool isComplex(Value x) { return isa_and_present<ComplexType>(getDtype(x)); }

Type getRealDtype(Value x) {
  Type dtype = getDtype(x);
  auto complex = dyn_cast_if_present<ComplexType>(dtype);
  return complex ? complex.getElementType() : dtype;
}

bool hasLapackDtype(Value x) {
  Type real = getRealDtype(x);
  return real && (real.isF32() || real.isF64());
}

bool isMatrix(Value x) {
  return getRank(x).value_or(0) >= 2 && hasLapackDtype(x);
}

double getEpsilon(Type dtype) {
  return dtype.isF64() ? std::numeric_limits<double>::epsilon()
                       : std::numeric_limits<float>::epsilon();
}

Value conjugate(TensorBuilder &b, Value x) {
  return isComplex(x) ? b.call("aten::conj_physical", x) : x;
}
Value transpose(TensorBuilder &b, Value x) { return b.transpose(x, -2, -1); }
Value adjoint(TensorBuilder &b, Value x) {
  return conjugate(b, transpose(b, x));
}

Value identity(TensorBuilder &b, Value n, Value m, Type dtype) {
  Value number = b.constant(*getScalarTypeNumber(dtype));
  return b.create<AtenEyeMOp>({n, m, number, b.none(), b.none(), b.none()});
}

Value diagonal(TensorBuilder &b, Value x) {
  return b.create<AtenDiagonalOp>({x, b.constant(int64_t(0)),
                                   b.constant(int64_t(-2)),
                                   b.constant(int64_t(-1))});
}

Value triangle(TensorBuilder &b, Value x, bool upper, int64_t offset) {
  Value from = b.constant(offset);
  return upper ? b.create<AtenTriuOp>({x, from})
               : b.create<AtenTrilOp>({x, from});
}

Value matmul(TensorBuilder &b, Value x, Value y) {
  return b.create<AtenMatmulOp>({x, y});
}

Value nothing(TensorBuilder &b, Type dtype) {
  return b.zeros(b.constant(int64_t(0)), dtype);
}

Value item(TensorBuilder &b, Value x, int64_t i, bool keepDim) {
  Value start = b.constant(i);
  if (!keepDim)
    return b.select(x, -1, start);
  Value end = i == -1 ? b.size(x, -1) : b.constant(i + 1);
  return b.slice(x, -1, start, end);
}

void checkInfo(TensorBuilder &b, Value info, StringRef message) {
  Value isZero = b.create<AtenEqScalarOp>({info, b.constant(int64_t(0))});
  b.raiseUnless(b.itemBool(b.create<AtenAllOp>({isZero})), message);
}

bool isVectorOf(Value matrices, Value right) {
  int64_t rank = getRank(matrices).value_or(0);
  int64_t rightRank = getRank(right).value_or(0);
  if (rightRank == 1)
    return true;
  if (rank - 1 != rightRank)
    return false;
  for (int64_t dim = 0; dim < rightRank; ++dim) {
    std::optional<int64_t> size = getStaticSize(right, dim);
    std::optional<int64_t> other = getStaticSize(matrices, dim);
    if (size && other && size != other)
      return false;
  }
  return true;
}

//===----------------------------------------------------------------------===//
// LU
//===----------------------------------------------------------------------===//

namespace {
struct LuFactors {
  Value lu, pivots, info;
};
} // namespace

static LuFactors factorLu(TensorBuilder &b, Value a) {
  Operation *op = b.callMulti("aten::linalg_lu_factor_ex",
                              {a, b.constant(true), b.constant(false)}, 3);
  return {op->getResult(0), op->getResult(1), op->getResult(2)};
}

static Value solveLu(TensorBuilder &b, const LuFactors &factors, Value right,
                     Value left) {
  return b.call("aten::linalg_lu_solve",
                {factors.lu, factors.pivots, right, left, b.constant(false)});
}

std::pair<Value, Value> inverse(TensorBuilder &b, Value x) {
  LuFactors factors = factorLu(b, x);
  Value n = b.size(x, -1);
  Value one = identity(b, n, n, getDtype(x));
  return {solveLu(b, factors, one, b.constant(true)), factors.info};
}

static constexpr llvm::StringLiteral singularInverse =
    "linalg.inv: The diagonal element is zero, the inversion could not be "
    "completed because the input matrix is singular.";

static FormulaResult inv(TensorBuilder &b, ValueRange in) {
  if (!isMatrix(in[0]))
    return std::nullopt;
  auto [result, info] = inverse(b, in[0]);
  checkInfo(b, info, singularInverse);
  return {{result}};
}

static FormulaResult invEx(TensorBuilder &b, ValueRange in) {
  std::optional<bool> checks = getConstantBool(in[1]);
  if (!isMatrix(in[0]) || !checks)
    return std::nullopt;
  auto [result, info] = inverse(b, in[0]);
  if (*checks)
    checkInfo(b, info, singularInverse);
  return {{result, info}};
}

/// The sign of the permutation: -1 for each row that was swapped.
static Value permutationSign(TensorBuilder &b, const LuFactors &factors) {
  Type i32 = b.getRewriter().getI32Type();
  Value order = b.addScalar(b.arange(b.size(factors.pivots, -1), i32),
                            b.constant(int64_t(1)));
  Value swapped = b.create<AtenNeTensorOp>({factors.pivots, order});
  Value count = b.sum(swapped, {-1}, /*keepDim=*/false);
  Value odd = b.create<AtenBitwiseAndScalarOp>({count, b.constant(int64_t(1))});
  // 1 - 2 * odd
  Value sign = b.create<AtenRsubScalarOp>(
      {odd, b.constant(int64_t(1)), b.constant(int64_t(2))});
  return b.toDtype(sign, getDtype(factors.lu));
}

static Value prod(TensorBuilder &b, Value x) {
  return b.create<AtenProdDimIntOp>(
      {x, b.constant(int64_t(-1)), b.constant(false), b.none()});
}

/// det(A): the sign of P times the product of U's diagonal
static Value determinant(TensorBuilder &b, const LuFactors &factors) {
  return b.mul(permutationSign(b, factors), prod(b, diagonal(b, factors.lu)));
}

static FormulaResult det(TensorBuilder &b, ValueRange in) {
  if (!isMatrix(in[0]))
    return std::nullopt;
  return {{determinant(b, factorLu(b, in[0]))}};
}

static FormulaResult detWithFactors(TensorBuilder &b, ValueRange in) {
  if (!isMatrix(in[0]))
    return std::nullopt;
  LuFactors factors = factorLu(b, in[0]);
  return {{determinant(b, factors), factors.lu, factors.pivots}};
}

namespace {
struct LogDeterminant {
  Value sign, logarithm;
  LuFactors factors;
};
} // namespace

/// slogdet(A): sgn(det(A)) and log|det(A)|
static LogDeterminant logDeterminant(TensorBuilder &b, Value a) {
  LuFactors factors = factorLu(b, a);
  Value d = diagonal(b, factors.lu);
  Value sign =
      b.mul(permutationSign(b, factors), prod(b, b.create<AtenSgnOp>({d})));
  Value logs = b.create<AtenLogOp>({b.create<AtenAbsOp>({d})});
  return {sign, b.sum(logs, {-1}, /*keepDim=*/false), factors};
}

static FormulaResult slogdet(TensorBuilder &b, ValueRange in) {
  if (!isMatrix(in[0]))
    return std::nullopt;
  LogDeterminant result = logDeterminant(b, in[0]);
  return {{result.sign, result.logarithm}};
}

static FormulaResult slogdetWithFactors(TensorBuilder &b, ValueRange in) {
  if (!isMatrix(in[0]))
    return std::nullopt;
  LogDeterminant result = logDeterminant(b, in[0]);
  return {{result.sign, result.logarithm, result.factors.lu,
           result.factors.pivots}};
}

/// logdet(A): NaN where det(A) < 0
static FormulaResult logdet(TensorBuilder &b, ValueRange in) {
  if (!isMatrix(in[0]))
    return std::nullopt;
  LogDeterminant result = logDeterminant(b, in[0]);
  if (isComplex(in[0]))
    return {{b.add(result.logarithm, b.create<AtenLogOp>({result.sign}))}};
  Value isNegative =
      b.create<AtenLtScalarOp>({result.sign, b.constant(int64_t(0))});
  return {{b.create<AtenMaskedFillScalarOp>(
      {result.logarithm, isNegative,
       b.constant(std::numeric_limits<double>::quiet_NaN())})}};
}

/// lu_factor, lu_factor_ex where it checks: no zero on U's diagonal
static FormulaResult luFactor(TensorBuilder &b, ValueRange in) {
  if (!isMatrix(in[0]) || getConstantBool(in[1]) != true)
    return std::nullopt;
  LuFactors factors = factorLu(b, in[0]);
  checkInfo(b, factors.info,
            "torch.linalg.lu_factor: U has a zero on its diagonal, and using "
            "it on lu_solve would result in a division by zero.");
  return {{factors.lu, factors.pivots}};
}

/// The older name, without the check.
static FormulaResult luWithInfo(TensorBuilder &b, ValueRange in) {
  if (!isMatrix(in[0]) || getConstantBool(in[1]) != true)
    return std::nullopt;
  LuFactors factors = factorLu(b, in[0]);
  return {{factors.lu, factors.pivots, factors.info}};
}

/// L and U out of both in one.
static std::pair<Value, Value> splitLu(TensorBuilder &b, Value lu) {
  Value m = b.size(lu, -2), n = b.size(lu, -1), k = b.minInt(m, n);
  Value zero = b.constant(int64_t(0));
  Value lower = triangle(b, b.narrow(lu, -1, zero, k), false, -1);
  Value upper = triangle(b, b.narrow(lu, -2, zero, k), true);
  return {b.add(lower, identity(b, m, k, getDtype(lu))), upper};
}

/// P from pivots: row swaps applied to an identity, which is what solving with
/// the factors L = U = I does.
static Value permutation(TensorBuilder &b, Value lu, Value pivots) {
  Value m = b.size(lu, -2), k = b.size(pivots, -1);
  Value one = identity(b, m, m, getDtype(lu));
  // Rows beyond the last pivot stay.
  Type i32 = b.getRewriter().getI32Type();
  Value all = b.addScalar(b.arange(m, i32), b.constant(int64_t(1)));
  Value rest = b.narrow(all, 0, k, b.subInt(m, k));
  SmallVector<Value> sizes = b.sizes(pivots);
  sizes.back() = b.subInt(m, k);
  Value order = b.cat({pivots, b.expand(rest, sizes)}, -1);
  sizes.back() = m;
  sizes.push_back(m);
  LuFactors swaps{b.expand(one, sizes), order, Value()};
  // Solving P X = I gives the transpose.
  return transpose(b, solveLu(b, swaps, one, b.constant(true)));
}

static FormulaResult luUnpack(TensorBuilder &b, ValueRange in) {
  std::optional<bool> data = getConstantBool(in[2]);
  std::optional<bool> pivots = getConstantBool(in[3]);
  if (!isMatrix(in[0]) || !getRank(in[1]) || !data || !pivots)
    return std::nullopt;
  Type dtype = getDtype(in[0]);
  Value p = *pivots ? permutation(b, in[0], in[1]) : nothing(b, dtype);
  if (!*data)
    return {{p, nothing(b, dtype), nothing(b, dtype)}};
  auto [lower, upper] = splitLu(b, in[0]);
  return {{p, lower, upper}};
}

static FormulaResult lu(TensorBuilder &b, ValueRange in) {
  if (!isMatrix(in[0]) || getConstantBool(in[1]) != true)
    return std::nullopt;
  LuFactors factors = factorLu(b, in[0]);
  auto [lower, upper] = splitLu(b, factors.lu);
  return {{permutation(b, factors.lu, factors.pivots), lower, upper}};
}

/// lu_solve(B, LU, pivots)
static FormulaResult luSolve(TensorBuilder &b, ValueRange in) {
  if (!isMatrix(in[0]) || !isMatrix(in[1]))
    return std::nullopt;
  return {{solveLu(b, {in[1], in[2], Value()}, in[0], b.constant(true))}};
}

namespace {
struct Solution {
  Value x;
  LuFactors factors;
};
} // namespace

/// A X = B, or X A = B
static std::optional<Solution> solveSystem(TensorBuilder &b, Value a,
                                           Value right, Value left) {
  std::optional<bool> isLeft = getConstantBool(left);
  if (!isMatrix(a) || !isLeft || !getRank(right) || !getDtype(right))
    return std::nullopt;
  bool isVector = *isLeft && isVectorOf(a, right);
  Value matrix = isVector ? b.unsqueeze(right, -1) : right;
  LuFactors factors = factorLu(b, a);
  Value x = solveLu(b, factors, matrix, left);
  return Solution{isVector ? b.squeeze(x, -1) : x, factors};
}

static constexpr llvm::StringLiteral singularSystem =
    "torch.linalg.solve: The solver failed because the input matrix is "
    "singular.";

static FormulaResult solve(TensorBuilder &b, ValueRange in) {
  std::optional<Solution> solution = solveSystem(b, in[0], in[1], in[2]);
  if (!solution)
    return std::nullopt;
  checkInfo(b, solution->factors.info, singularSystem);
  return {{solution->x}};
}

/// solve_ex; with the factors for _linalg_solve_ex
template <bool withFactors>
static FormulaResult solveEx(TensorBuilder &b, ValueRange in) {
  std::optional<bool> checks = getConstantBool(in[3]);
  if (!checks)
    return std::nullopt;
  std::optional<Solution> solution = solveSystem(b, in[0], in[1], in[2]);
  if (!solution)
    return std::nullopt;
  const LuFactors &factors = solution->factors;
  if (*checks)
    checkInfo(b, factors.info, singularSystem);
  if (!withFactors)
    return {{solution->x, factors.info}};
  return {{solution->x, factors.lu, factors.pivots, factors.info}};
}

/// tensorinv: the inverse of the matrix that the first `ind` dimensions and the
/// others make
static FormulaResult tensorinv(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> rank = getRank(in[0]), ind = getConstantInt(in[1]);
  if (!rank || !ind || *ind <= 0 || *ind > *rank || !hasLapackDtype(in[0]))
    return std::nullopt;
  SmallVector<Value> sizes = b.sizes(in[0]);
  ArrayRef<Value> first = ArrayRef(sizes).take_front(*ind);
  ArrayRef<Value> second = ArrayRef(sizes).drop_front(*ind);
  Value rows = b.constant(int64_t(1)), columns = rows;
  for (Value size : first)
    rows = b.mulInt(rows, size);
  for (Value size : second)
    columns = b.mulInt(columns, size);
  Value matrix = b.reshape(in[0], {rows, columns});
  SmallVector<Value> turned(second);
  turned.append(first.begin(), first.end());
  return {{b.reshape(b.call("aten::linalg_inv", matrix), turned)}};
}

/// tensorsolve: A X = B, where B's sizes come first in A's, after `dims` were
/// moved to the end
static FormulaResult tensorsolve(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> rank = getRank(in[0]), other = getRank(in[1]);
  if (!rank || !other || *other > *rank || !hasLapackDtype(in[0]))
    return std::nullopt;
  Value a = in[0];
  if (!isNone(in[2])) {
    std::optional<SmallVector<int64_t>> dims = getIntList(in[2]);
    if (!dims || llvm::any_of(*dims, ShapedType::isDynamic))
      return std::nullopt;
    SmallVector<int64_t> order;
    for (int64_t &dim : *dims)
      dim = wrapDim(dim, *rank).value_or(0);
    for (int64_t dim = 0; dim < *rank; ++dim)
      if (!llvm::is_contained(*dims, dim))
        order.push_back(dim);
    order.append(*dims);
    a = b.permute(a, order);
  }
  SmallVector<Value> sizes = b.sizes(a);
  SmallVector<Value> result(llvm::drop_begin(sizes, *other));
  Value count = b.constant(int64_t(1));
  for (Value size : result)
    count = b.mulInt(count, size);
  Value matrix = b.reshape(a, {count, count});
  Value vector = b.reshape(in[1], {count});
  Value x = b.call("aten::linalg_solve", {matrix, vector, b.constant(true)});
  return {{b.reshape(x, result)}};
}

//===----------------------------------------------------------------------===//
// Cholesky and triangular systems
//===----------------------------------------------------------------------===//

static FormulaResult cholesky(TensorBuilder &b, ValueRange in) {
  if (!isMatrix(in[0]))
    return std::nullopt;
  Operation *op = b.callMulti("aten::linalg_cholesky_ex",
                              {in[0], in[1], b.constant(false)}, 2);
  checkInfo(b, op->getResult(1),
            "linalg.cholesky: The factorization could not be completed because "
            "the input is not positive-definite.");
  return {{op->getResult(0)}};
}

static Value solveTriangle(TensorBuilder &b, Value a, Value right, bool upper,
                           Value unit) {
  return b.call("aten::linalg_solve_triangular",
                {a, right, b.constant(upper), b.constant(true), unit});
}

/// L L^H X = B, or U^H U X = B
static Value solveCholesky(TensorBuilder &b, Value factor, Value right,
                           bool upper) {
  Value other = adjoint(b, factor), unit = b.constant(false);
  Value first = upper ? other : factor, second = upper ? factor : other;
  Value y = solveTriangle(b, first, right, /*upper=*/false, unit);
  return solveTriangle(b, second, y, /*upper=*/true, unit);
}

static FormulaResult choleskySolve(TensorBuilder &b, ValueRange in) {
  std::optional<bool> upper = getConstantBool(in[2]);
  if (!isMatrix(in[0]) || !isMatrix(in[1]) || !upper)
    return std::nullopt;
  return {{solveCholesky(b, in[1], in[0], *upper)}};
}

static FormulaResult choleskyInverse(TensorBuilder &b, ValueRange in) {
  std::optional<bool> upper = getConstantBool(in[1]);
  if (!isMatrix(in[0]) || !upper)
    return std::nullopt;
  Value n = b.size(in[0], -1);
  Value one = identity(b, n, n, getDtype(in[0]));
  return {{solveCholesky(b, in[0], one, *upper)}};
}

/// triangular_solve(B, A): X, and A with the batch of both
static FormulaResult triangularSolve(TensorBuilder &b, ValueRange in) {
  std::optional<bool> upper = getConstantBool(in[2]);
  std::optional<bool> transposes = getConstantBool(in[3]);
  if (!isMatrix(in[0]) || !isMatrix(in[1]) || !upper || !transposes)
    return std::nullopt;
  Value a = *transposes ? transpose(b, in[1]) : in[1];
  Value x = solveTriangle(b, a, in[0], *upper != *transposes, in[4]);
  SmallVector<Value> sizes = b.sizes(x);
  sizes.pop_back();
  sizes.push_back(sizes.back());
  return {{x, b.expand(in[1], sizes)}};
}

//===----------------------------------------------------------------------===//
// QR and LDL
//===----------------------------------------------------------------------===//

enum class QrMode { Reduced, Complete, R };

static FormulaResult createQr(TensorBuilder &b, Value a, QrMode mode) {
  if (!isMatrix(a))
    return std::nullopt;
  Value m = b.size(a, -2), n = b.size(a, -1), k = b.minInt(m, n);
  Value zero = b.constant(int64_t(0));
  Operation *op = b.callMulti("aten::geqrf", a, 2);
  Value qr = op->getResult(0), tau = op->getResult(1);
  Type dtype = getDtype(a);
  if (mode == QrMode::Complete) {
    // Zero columns for the reflectors that are missing.
    SmallVector<Value> sizes = b.sizes(qr);
    sizes.back() = b.subInt(m, k);
    Value wide = b.cat({b.narrow(qr, -1, zero, k), b.zeros(sizes, dtype)}, -1);
    return {{b.call("aten::linalg_householder_product", {wide, tau}),
             triangle(b, qr, /*upper=*/true)}};
  }
  Value r = triangle(b, b.narrow(qr, -2, zero, k), /*upper=*/true);
  if (mode == QrMode::R)
    return {{nothing(b, dtype), r}};
  return {{b.call("aten::linalg_householder_product",
                  {b.narrow(qr, -1, zero, k), tau}),
           r}};
}

static FormulaResult linalgQr(TensorBuilder &b, ValueRange in) {
  std::optional<StringRef> mode = getConstantStr(in[1]);
  if (!mode)
    return std::nullopt;
  return createQr(b, in[0],
                  *mode == "complete" ? QrMode::Complete
                  : *mode == "r"      ? QrMode::R
                                      : QrMode::Reduced);
}

static FormulaResult qr(TensorBuilder &b, ValueRange in) {
  std::optional<bool> some = getConstantBool(in[1]);
  if (!some)
    return std::nullopt;
  return createQr(b, in[0], *some ? QrMode::Reduced : QrMode::Complete);
}

static FormulaResult orgqr(TensorBuilder &b, ValueRange in) {
  return {{b.call("aten::linalg_householder_product", in)}};
}

static FormulaResult ldlFactor(TensorBuilder &b, ValueRange in) {
  if (!isMatrix(in[0]))
    return std::nullopt;
  Operation *op = b.callMulti("aten::linalg_ldl_factor_ex",
                              {in[0], in[1], b.constant(false)}, 3);
  checkInfo(b, op->getResult(2),
            "torch.linalg.ldl_factor_ex: The factorization has a zero on D's "
            "diagonal.");
  return {{op->getResult(0), op->getResult(1)}};
}

/// lstsq of vectors by matrices of one column
static FormulaResult lstsqOfVectors(TensorBuilder &b, ValueRange in) {
  if (!isMatrix(in[0]) || !getRank(in[1]) || !isVectorOf(in[0], in[1]))
    return std::nullopt;
  Operation *op = b.callMulti("aten::linalg_lstsq",
                              {in[0], b.unsqueeze(in[1], -1), in[2], in[3]}, 4);
  return {{b.squeeze(op->getResult(0), -1), op->getResult(1), op->getResult(2),
           op->getResult(3)}};
}

static constexpr NamedFormula formulas[] = {
    {"aten::_linalg_det", detWithFactors},
    {"aten::_linalg_slogdet", slogdetWithFactors},
    {"aten::_linalg_solve_ex", solveEx<true>},
    {"aten::_lu_with_info", luWithInfo},
    {"aten::cholesky", cholesky},
    {"aten::cholesky_inverse", choleskyInverse},
    {"aten::cholesky_solve", choleskySolve},
    {"aten::det", det},
    {"aten::inverse", inv},
    {"aten::linalg_cholesky", cholesky},
    {"aten::linalg_det", det},
    {"aten::linalg_inv", inv},
    {"aten::linalg_inv_ex", invEx},
    {"aten::linalg_ldl_factor", ldlFactor},
    {"aten::linalg_lstsq", lstsqOfVectors},
    {"aten::linalg_lu", lu},
    {"aten::linalg_lu_factor", luFactor},
    {"aten::linalg_qr", linalgQr},
    {"aten::linalg_slogdet", slogdet},
    {"aten::linalg_solve", solve},
    {"aten::linalg_solve_ex", solveEx<false>},
    {"aten::linalg_tensorinv", tensorinv},
    {"aten::linalg_tensorsolve", tensorsolve},
    {"aten::logdet", logdet},
    {"aten::lu_solve", luSolve},
    {"aten::lu_unpack", luUnpack},
    {"aten::orgqr", orgqr},
    {"aten::qr", qr},
    {"aten::slogdet", slogdet},
    {"aten::triangular_solve", triangularSolve},
};

void populateFactorizationDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
}

} // namespace minitorch::mt
