//===- Spectra.cpp - What follows from singular values ----------*- C++ -*-===//
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
#include <limits>

using namespace mlir;

// Source: the definitions on the operators' pages of PyTorch's documentation.

namespace minitorch::mt {

//===----------------------------------------------------------------------===//
// Singular values and eigenvalues
//===----------------------------------------------------------------------===//

namespace {
struct Svd {
  Value u, s, vh;
};
struct Eigh {
  Value values, vectors;
};
} // namespace

static Svd createSvd(TensorBuilder &b, Value a, Value full) {
  Operation *op = b.callMulti("aten::_linalg_svd",
                              {a, full, b.constant(true), b.none()}, 3);
  return {op->getResult(0), op->getResult(1), op->getResult(2)};
}

static Value singularValues(TensorBuilder &b, Value a) {
  return b.call("aten::linalg_svdvals", {a, b.none()});
}

static Value lowerTriangle(TensorBuilder &b) {
  return ConstantStrOp::create(b.getRewriter(), b.getLoc(),
                               StrType::get(b.getRewriter().getContext()), "L");
}

static Eigh createEigh(TensorBuilder &b, Value a, Value triangle) {
  Operation *op =
      b.callMulti("aten::_linalg_eigh", {a, triangle, b.constant(true)}, 2);
  return {op->getResult(0), op->getResult(1)};
}

static FormulaResult linalgSvd(TensorBuilder &b, ValueRange in) {
  if (!isMatrix(in[0]) || !getConstantBool(in[1]))
    return std::nullopt;
  Svd svd = createSvd(b, in[0], in[1]);
  return {{svd.u, svd.s, svd.vh}};
}

/// svd: with V in place of V^H; without vectors, zeros
static FormulaResult svd(TensorBuilder &b, ValueRange in) {
  std::optional<bool> some = getConstantBool(in[1]);
  std::optional<bool> wantsVectors = getConstantBool(in[2]);
  if (!isMatrix(in[0]) || !some || !wantsVectors)
    return std::nullopt;
  if (*wantsVectors) {
    Svd result = createSvd(b, in[0], b.constant(!*some));
    return {{result.u, result.s, adjoint(b, result.vh)}};
  }
  SmallVector<Value> sizes = b.sizes(in[0]);
  Value n = sizes.pop_back_val(), m = sizes.back();
  sizes.push_back(m);
  Type dtype = getDtype(in[0]);
  Value u = b.zeros(sizes, dtype);
  sizes.pop_back_n(2);
  sizes.append({n, n});
  return {{u, singularValues(b, in[0]), b.zeros(sizes, dtype)}};
}

static FormulaResult eigh(TensorBuilder &b, ValueRange in) {
  if (!isMatrix(in[0]) || !getConstantStr(in[1]))
    return std::nullopt;
  Eigh result = createEigh(b, in[0], in[1]);
  return {{result.values, result.vectors}};
}

static FormulaResult eigvals(TensorBuilder &b, ValueRange in) {
  return {{b.call("aten::linalg_eigvals", in)}};
}

//===----------------------------------------------------------------------===//
// Rank and pseudoinverse
//===----------------------------------------------------------------------===//

namespace {
/// What singular values have to exceed: max(atol, rtol * the largest). Each is
/// a number or a tensor.
struct Tolerance {
  Value absolute, relative;
};
} // namespace

static bool isNumber(Value x) { return x.getType().isF64(); }

/// rtol of a matrix where none is given: eps * max(m, n); but 0 where atol is
/// positive.
static Tolerance getTolerance(TensorBuilder &b, Value a, Value absolute,
                              Value relative) {
  auto &rewriter = b.getRewriter();
  Value zero = b.constant(0.0);
  bool hasAbsolute = !isNone(absolute);
  if (!hasAbsolute)
    absolute = zero;
  if (!isNone(relative))
    return {absolute, relative};
  Value size = b.maxInt(b.size(a, -2), b.size(a, -1));
  Value number = rewriter.createOrFold<arith::SIToFPOp>(
      b.getLoc(), rewriter.getF64Type(), size);
  Value standard = rewriter.createOrFold<arith::MulFOp>(
      b.getLoc(), number, b.constant(getEpsilon(getRealDtype(a))));
  if (!hasAbsolute)
    return {absolute, standard};
  if (isNumber(absolute)) {
    Value isPositive = rewriter.createOrFold<arith::CmpFOp>(
        b.getLoc(), arith::CmpFPredicate::OGT, absolute, zero);
    return {absolute, rewriter.createOrFold<arith::SelectOp>(
                          b.getLoc(), isPositive, zero, standard)};
  }
  Value isPositive = b.create<AtenGtScalarOp>({absolute, zero});
  return {absolute, b.create<AtenWhereScalarOp>({isPositive, zero, standard})};
}

/// Which of `values` (absolute, the largest in `largest`) exceed the tolerance.
static Value exceeds(TensorBuilder &b, Value values, Value largest,
                     const Tolerance &tolerance) {
  Value bound = isNumber(tolerance.relative)
                    ? b.mulScalar(largest, tolerance.relative)
                    : b.mul(b.unsqueeze(tolerance.relative, -1), largest);
  bound = isNumber(tolerance.absolute)
              ? b.create<AtenClampMinOp>({bound, tolerance.absolute})
              : b.create<AtenMaximumOp>(
                    {bound, b.unsqueeze(tolerance.absolute, -1)});
  return b.create<AtenGtTensorOp>({values, bound});
}

/// The operand forms of pinv and matrix_rank.
enum class ToleranceForm { Relative, Absolute, Both };

static std::optional<std::pair<Value, Value>>
getToleranceOperands(TensorBuilder &b, ValueRange in, ToleranceForm form) {
  Value absolute, relative;
  if (form == ToleranceForm::Both) {
    absolute = in[1];
    relative = in[2];
  } else {
    bool isRelative = form == ToleranceForm::Relative;
    absolute = isRelative ? b.none() : in[1];
    relative = isRelative ? in[1] : b.constant(0.0);
  }
  for (Value operand : {absolute, relative})
    if (!isNone(operand) && !isNumber(operand) && !getRank(operand))
      return std::nullopt;
  return std::make_pair(absolute, relative);
}

/// The largest of the absolute values of eigenvalues in ascending order.
static Value largestAbsolute(TensorBuilder &b, Value values) {
  Value first = b.create<AtenAbsOp>({item(b, values, 0, /*keepDim=*/true)});
  Value last = b.create<AtenAbsOp>({item(b, values, -1, /*keepDim=*/true)});
  return b.create<AtenMaximumOp>({first, last});
}

/// pinv(A) = V * diag(1 / s) * U^H, where s exceeds the tolerance, 0 elsewhere;
/// of a Hermitian matrix by its eigenvalues.
template <ToleranceForm form>
static FormulaResult pinv(TensorBuilder &b, ValueRange in) {
  std::optional<bool> hermitian = getConstantBool(in.back());
  if (!isMatrix(in[0]) || !hermitian)
    return std::nullopt;
  auto operands = getToleranceOperands(b, in, form);
  if (!operands)
    return std::nullopt;
  Tolerance tolerance =
      getTolerance(b, in[0], operands->first, operands->second);
  Value values, absolute, largest, left, right;
  if (*hermitian) {
    Eigh eigh = createEigh(b, in[0], lowerTriangle(b));
    values = eigh.values;
    absolute = b.create<AtenAbsOp>({values});
    largest = largestAbsolute(b, values);
    left = eigh.vectors;
    right = adjoint(b, eigh.vectors);
  } else {
    Svd svd = createSvd(b, in[0], b.constant(false));
    values = absolute = svd.s;
    largest = item(b, values, 0, /*keepDim=*/true);
    left = adjoint(b, svd.vh);
    right = adjoint(b, svd.u);
  }
  Value isKept = exceeds(b, absolute, largest, tolerance);
  Value inverse = b.create<AtenReciprocalOp>({values});
  inverse = b.create<AtenMaskedFillScalarOp>(
      {inverse, b.create<AtenLogicalNotOp>({isKept}), b.constant(0.0)});
  Value scaled = b.mul(left, b.unsqueeze(inverse, -2));
  return {{matmul(b, scaled, right)}};
}

static FormulaResult pinverse(TensorBuilder &b, ValueRange in) {
  return {{b.call("aten::linalg_pinv", {in[0], in[1], b.constant(false)})}};
}

/// matrix_rank: how many singular values exceed the tolerance
template <ToleranceForm form>
static FormulaResult matrixRank(TensorBuilder &b, ValueRange in) {
  std::optional<bool> hermitian = getConstantBool(in.back());
  if (!isMatrix(in[0]) || !hermitian)
    return std::nullopt;
  auto operands = getToleranceOperands(b, in, form);
  if (!operands)
    return std::nullopt;
  Tolerance tolerance =
      getTolerance(b, in[0], operands->first, operands->second);
  Value values, largest;
  if (*hermitian) {
    Value eigenvalues =
        b.call("aten::linalg_eigvalsh", {in[0], lowerTriangle(b)});
    values = b.create<AtenAbsOp>({eigenvalues});
    largest = largestAbsolute(b, eigenvalues);
  } else {
    values = singularValues(b, in[0]);
    largest = item(b, values, 0, /*keepDim=*/true);
  }
  return {{b.sum(exceeds(b, values, largest, tolerance), {-1},
                 /*keepDim=*/false)}};
}

//===----------------------------------------------------------------------===//
// Norms and condition numbers
//===----------------------------------------------------------------------===//

Value vectorNorm(TensorBuilder &b, Value x, double order,
                 ArrayRef<int64_t> dims, bool keepDim) {
  return b.create<AtenLinalgVectorNormOp>(
      {x, b.constant(order), b.intList(dims), b.constant(keepDim), b.none()});
}

namespace {
/// What a matrix norm is asked for.
struct NormRequest {
  Value x;
  int64_t rows, columns; // dims
  bool keepDim;
};
} // namespace

/// Two dims and `keepdim`, where they are known; `x` in another dtype where
/// asked for.
static std::optional<NormRequest> getNormRequest(TensorBuilder &b, Value x,
                                                 ArrayRef<int64_t> dims,
                                                 Value keepDim, Value dtype) {
  std::optional<int64_t> rank = getRank(x);
  std::optional<bool> keeps = getConstantBool(keepDim);
  if (!rank || !keeps || dims.size() != 2 ||
      !isa_and_present<FloatType, ComplexType>(getDtype(x)))
    return std::nullopt;
  std::optional<Type> wanted = getOptionalDtype(dtype, getDtype(x));
  std::optional<int64_t> rows = wrapDim(dims[0], *rank);
  std::optional<int64_t> columns = wrapDim(dims[1], *rank);
  if (!wanted || !rows || !columns || rows == columns || *rank < 2)
    return std::nullopt;
  return NormRequest{b.toDtype(x, *wanted), *rows, *columns, *keeps};
}

static Value amin(TensorBuilder &b, Value x, ArrayRef<int64_t> dims,
                  bool keepDim) {
  return b.create<AtenAminOp>({x, b.intList(dims), b.constant(keepDim)});
}

/// The singular values along a new last dimension, those of a norm in place.
static Value singularValuesOf(TensorBuilder &b, const NormRequest &request) {
  SmallVector<int64_t> order;
  for (int64_t dim = 0, rank = *getRank(request.x); dim < rank; ++dim)
    if (dim != request.rows && dim != request.columns)
      order.push_back(dim);
  order.append({request.rows, request.columns});
  return singularValues(b, b.permute(request.x, order));
}

/// `reduced` without the two dimensions: with them of size 1 where they stay.
static Value restoreDims(TensorBuilder &b, const NormRequest &request,
                         Value reduced) {
  if (!request.keepDim)
    return reduced;
  int64_t low = std::min(request.rows, request.columns);
  int64_t high = std::max(request.rows, request.columns);
  return b.unsqueeze(b.unsqueeze(reduced, low), high);
}

static FormulaResult nuclearNormOf(TensorBuilder &b,
                                   const NormRequest &request) {
  if (!hasLapackDtype(request.x))
    return std::nullopt;
  Value s = singularValuesOf(b, request);
  return {{restoreDims(b, request, b.sum(s, {-1}, /*keepDim=*/false))}};
}

/// `x` with a zero after its elements along `dim` unless it is known to have
/// some: the largest of no absolute values is 0.
static Value withZero(TensorBuilder &b, Value x, int64_t dim) {
  if (getStaticSize(x, dim).value_or(0) > 0)
    return x;
  SmallVector<Value> sizes = b.sizes(x);
  sizes[*wrapDim(dim, sizes.size())] = b.constant(int64_t(1));
  return b.cat({x, b.zeros(sizes, getDtype(x))}, dim);
}

/// Norms of order 1, 2, infinity, and their negatives with min for max: of the
/// columns' sums, of the singular values, of the rows' sums.
static FormulaResult matrixNormOf(TensorBuilder &b, const NormRequest &request,
                                  double order) {
  bool isMax = order > 0;
  double absolute = std::abs(order);
  auto reduce = [&](Value x, int64_t dim, bool keepDim) {
    return isMax ? b.amax(x, {dim}, keepDim) : amin(b, x, {dim}, keepDim);
  };
  if (absolute == 2) {
    if (!hasLapackDtype(request.x))
      return std::nullopt;
    Value s = singularValuesOf(b, request);
    if (isMax)
      s = withZero(b, s, -1);
    return {{restoreDims(b, request, reduce(s, -1, /*keepDim=*/false))}};
  }
  if (absolute != 1 && !std::isinf(absolute))
    return std::nullopt;
  int64_t summed = absolute == 1 ? request.rows : request.columns;
  int64_t kept = absolute == 1 ? request.columns : request.rows;
  Value sums = vectorNorm(b, request.x, 1, {summed}, request.keepDim);
  if (!request.keepDim && summed < kept)
    --kept;
  if (isMax)
    sums = withZero(b, sums, kept);
  return {{reduce(sums, kept, request.keepDim)}};
}

static FormulaResult frobeniusNormOf(TensorBuilder &b,
                                     const NormRequest &request) {
  return {{vectorNorm(b, request.x, 2, {request.rows, request.columns},
                      request.keepDim)}};
}

static FormulaResult namedNormOf(TensorBuilder &b, const NormRequest &request,
                                 StringRef name) {
  if (name == "nuc")
    return nuclearNormOf(b, request);
  if (name == "fro")
    return frobeniusNormOf(b, request);
  return std::nullopt;
}

static FormulaResult matrixNorm(TensorBuilder &b, ValueRange in) {
  std::optional<double> order = getConstantFloat(in[1]);
  std::optional<SmallVector<int64_t>> dims = getIntList(in[2]);
  if (!order || !dims || llvm::any_of(*dims, ShapedType::isDynamic))
    return std::nullopt;
  auto request = getNormRequest(b, in[0], *dims, in[3], in[4]);
  return request ? matrixNormOf(b, *request, *order) : std::nullopt;
}

static FormulaResult matrixNormNamed(TensorBuilder &b, ValueRange in) {
  std::optional<StringRef> name = getConstantStr(in[1]);
  std::optional<SmallVector<int64_t>> dims = getIntList(in[2]);
  if (!name || !dims || llvm::any_of(*dims, ShapedType::isDynamic))
    return std::nullopt;
  auto request = getNormRequest(b, in[0], *dims, in[3], in[4]);
  return request ? namedNormOf(b, *request, *name) : std::nullopt;
}

/// linalg_norm: of vectors or of matrices, by how many dims there are; without
/// dims and order, of all elements.
static FormulaResult norm(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> rank = getRank(in[0]);
  if (!rank || !getDtype(in[0]))
    return std::nullopt;
  bool hasOrder = !isNone(in[1]), hasDims = !isNone(in[2]);
  SmallVector<int64_t> dims;
  if (hasDims) {
    std::optional<SmallVector<int64_t>> known = getIntList(in[2]);
    if (!known || llvm::any_of(*known, ShapedType::isDynamic))
      return std::nullopt;
    dims = *known;
  } else {
    dims = llvm::to_vector(llvm::seq<int64_t>(0, *rank));
  }
  if (std::optional<StringRef> name = getConstantStr(in[1])) {
    auto request = getNormRequest(b, in[0], dims, in[3], in[4]);
    return request ? namedNormOf(b, *request, *name) : std::nullopt;
  }
  if (hasOrder && dims.size() == 2) {
    std::optional<double> order = getConstantFloat(in[1]);
    if (!order)
      return std::nullopt;
    auto request = getNormRequest(b, in[0], dims, in[3], in[4]);
    return request ? matrixNormOf(b, *request, *order) : std::nullopt;
  }
  Value order = hasOrder ? in[1] : b.constant(2.0);
  Value list = hasDims ? in[2] : b.none();
  return {
      {b.create<AtenLinalgVectorNormOp>({in[0], order, list, in[3], in[4]})}};
}

static FormulaResult nuclearNorm(TensorBuilder &b, ValueRange in) {
  std::optional<SmallVector<int64_t>> dims = SmallVector<int64_t>{0, 1};
  if (in.size() == 3)
    dims = getIntList(in[1]);
  if (!dims || llvm::any_of(*dims, ShapedType::isDynamic))
    return std::nullopt;
  auto request = getNormRequest(b, in[0], *dims, in.back(), b.none());
  return request ? nuclearNormOf(b, *request) : std::nullopt;
}

/// cond(A) = norm(A) * norm(inv(A)); in the 2-norm, of the singular values. A
/// singular matrix has an infinite one.
static FormulaResult
conditionNumber(TensorBuilder &b, Value a,
                llvm::function_ref<FormulaResult(const NormRequest &)> norm) {
  auto request = getNormRequest(b, a, {-2, -1}, b.constant(false), b.none());
  if (!request)
    return std::nullopt;
  FormulaResult first = norm(*request);
  if (!first)
    return std::nullopt;
  auto [inverted, info] = inverse(b, a);
  Value failed = b.create<AtenGtScalarOp>({info, b.constant(int64_t(0))});
  inverted = b.create<AtenMaskedFillScalarOp>(
      {inverted, b.unsqueeze(b.unsqueeze(failed, -1), -1),
       b.constant(std::numeric_limits<double>::infinity())});
  request->x = inverted;
  return {{b.mul(first->front(), norm(*request)->front())}};
}

static FormulaResult cond(TensorBuilder &b, ValueRange in) {
  if (!isMatrix(in[0]))
    return std::nullopt;
  std::optional<double> order =
      isNone(in[1]) ? std::optional<double>(2.0) : getConstantFloat(in[1]);
  if (!order)
    return std::nullopt;
  if (std::abs(*order) == 2) {
    Value s = singularValues(b, in[0]);
    Value large = item(b, s, 0, false), small = item(b, s, -1, false);
    return {{*order > 0 ? b.div(large, small) : b.div(small, large)}};
  }
  return conditionNumber(b, in[0], [&](const NormRequest &request) {
    return matrixNormOf(b, request, *order);
  });
}

static FormulaResult condNamed(TensorBuilder &b, ValueRange in) {
  std::optional<StringRef> name = getConstantStr(in[1]);
  if (!isMatrix(in[0]) || !name)
    return std::nullopt;
  return conditionNumber(b, in[0], [&](const NormRequest &request) {
    return namedNormOf(b, request, *name);
  });
}

static constexpr NamedFormula formulas[] = {
    {"aten::_linalg_eigvals", eigvals},
    {"aten::linalg_cond", cond},
    {"aten::linalg_cond.p_str", condNamed},
    {"aten::linalg_eigh", eigh},
    {"aten::linalg_matrix_norm", matrixNorm},
    {"aten::linalg_matrix_norm.str_ord", matrixNormNamed},
    {"aten::linalg_matrix_rank", matrixRank<ToleranceForm::Absolute>},
    {"aten::linalg_matrix_rank.atol_rtol_float",
     matrixRank<ToleranceForm::Both>},
    {"aten::linalg_matrix_rank.atol_rtol_tensor",
     matrixRank<ToleranceForm::Both>},
    {"aten::linalg_matrix_rank.tol_tensor",
     matrixRank<ToleranceForm::Absolute>},
    {"aten::linalg_norm", norm},
    {"aten::linalg_norm.ord_str", norm},
    {"aten::linalg_pinv", pinv<ToleranceForm::Relative>},
    {"aten::linalg_pinv.atol_rtol_float", pinv<ToleranceForm::Both>},
    {"aten::linalg_pinv.atol_rtol_tensor", pinv<ToleranceForm::Both>},
    {"aten::linalg_pinv.rcond_tensor", pinv<ToleranceForm::Relative>},
    {"aten::linalg_svd", linalgSvd},
    {"aten::nuclear_norm", nuclearNorm},
    {"aten::nuclear_norm.dim", nuclearNorm},
    {"aten::pinverse", pinverse},
    {"aten::svd", svd},
};

void populateSpectrumDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
}

} // namespace minitorch::mt
