//===- LinearAlgebra.cpp - Type rules of factorizations ---------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operands.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace minitorch::mt::type_rules {

namespace {
/// A tensor of matrices. No batch where the rank is not known.
struct Matrices {
  std::optional<Sizes> batch;
  int64_t rows = kDynamic, columns = kDynamic;
  Type dtype;
};
} // namespace

static FailureOr<Matrices> getMatrices(const TypeRuleContext &context,
                                       unsigned operand) {
  TensorShape shape = context.getTensor(operand);
  Matrices result;
  result.dtype = shape.dtype;
  if (!shape.hasRank)
    return result;
  if (shape.getRank() < 2)
    return context.fail("expected matrices; got shape " + describe(shape));
  result.columns = shape.sizes.pop_back_val();
  result.rows = shape.sizes.pop_back_val();
  result.batch = shape.sizes;
  return result;
}

static FailureOr<Matrices> getSquare(const TypeRuleContext &context,
                                     unsigned operand) {
  FailureOr<Matrices> a = getMatrices(context, operand);
  if (succeeded(a) && !mergeSize(a->rows, a->columns))
    return context.fail("expected square matrices; got shape " +
                        describe(context.getTensor(operand)));
  if (succeeded(a))
    mergeSize(a->columns, a->rows);
  return a;
}

/// A result with the batch of `a`.
static LogicalResult setMatrices(const TypeRuleContext &context,
                                 const std::optional<Sizes> &batch,
                                 ArrayRef<int64_t> core, Type dtype) {
  if (!batch)
    return context.setResult(getUnranked(dtype));
  Sizes sizes = *batch;
  sizes.append(core.begin(), core.end());
  return context.setResult(sizes, dtype);
}

static int64_t minSize(int64_t a, int64_t b) {
  if (a == 0 || b == 0)
    return 0;
  return isDynamic(a) || isDynamic(b) ? kDynamic : std::min(a, b);
}

static Type toRealDtype(Type dtype) {
  auto complex = dyn_cast_if_present<ComplexType>(dtype);
  return complex ? complex.getElementType() : dtype;
}

static Type toComplexDtype(Type dtype) {
  return isa_and_present<FloatType>(dtype) ? ComplexType::get(dtype) : dtype;
}

static Type getInt32(const TypeRuleContext &context) {
  return IntegerType::get(context.getContext(), 32);
}

//===----------------------------------------------------------------------===//
// Factorizations
//===----------------------------------------------------------------------===//

// LU, pivots and, where there is one, info.
LogicalResult luFactor(const TypeRuleContext &context) {
  FailureOr<Matrices> a = getMatrices(context, 0);
  if (failed(a) ||
      failed(setMatrices(context, a->batch, {a->rows, a->columns}, a->dtype)) ||
      failed(setMatrices(context, a->batch, minSize(a->rows, a->columns),
                         getInt32(context))))
    return failure();
  if (context.getOperation()->getNumResults() == 2)
    return success();
  return setMatrices(context, a->batch, {}, getInt32(context));
}

// A factor of square matrices, and info.
LogicalResult choleskyFactor(const TypeRuleContext &context) {
  FailureOr<Matrices> a = getSquare(context, 0);
  if (failed(a) ||
      failed(setMatrices(context, a->batch, {a->rows, a->columns}, a->dtype)))
    return failure();
  return setMatrices(context, a->batch, {}, getInt32(context));
}

// LD, pivots and, where there is one, info.
LogicalResult ldlFactor(const TypeRuleContext &context) {
  if (failed(getSquare(context, 0)))
    return failure();
  return luFactor(context);
}

// The reflectors, and their factors.
LogicalResult reflectors(const TypeRuleContext &context) {
  FailureOr<Matrices> a = getMatrices(context, 0);
  if (failed(a) ||
      failed(setMatrices(context, a->batch, {a->rows, a->columns}, a->dtype)))
    return failure();
  return setMatrices(context, a->batch, minSize(a->rows, a->columns), a->dtype);
}

LogicalResult reflectedProduct(const TypeRuleContext &context) {
  return context.setResult(context.getTensor(2));
}

// Of square matrices, their own shape.
LogicalResult squareSame(const TypeRuleContext &context) {
  FailureOr<Matrices> a = getSquare(context, 0);
  if (failed(a))
    return failure();
  return setMatrices(context, a->batch, {a->rows, a->columns}, a->dtype);
}

// The same of what lies column by column: factors and inverses.
LogicalResult squareFactor(const TypeRuleContext &context) {
  return squareSame(context);
}

// Q and R of a mode, or of whether there are only some columns.
LogicalResult qrFactors(const TypeRuleContext &context) {
  FailureOr<Matrices> a = getMatrices(context, 0);
  if (failed(a))
    return failure();
  std::optional<StringRef> mode;
  if (context.getOperand("some")) {
    if (std::optional<bool> some = getFlag(context, "some"))
      mode = *some ? "reduced" : "complete";
  } else {
    mode = getConstantStr(context.getOperand("mode"));
  }
  if (!mode)
    return context.unknown();
  int64_t k = minSize(a->rows, a->columns);
  if (*mode == "complete")
    k = a->rows;
  LogicalResult first =
      *mode == "r" ? context.setResult({0}, a->dtype)
                   : setMatrices(context, a->batch, {a->rows, k}, a->dtype);
  if (failed(first))
    return failure();
  return setMatrices(context, a->batch, {k, a->columns}, a->dtype);
}

// The inverse of a tensor taken as a matrix: its first `ind` dims, and the
// rest.
LogicalResult tensorInverse(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  int64_t ind = getInt(context, "ind");
  if (!self.hasRank)
    return context.setResult(self);
  if (isDynamic(ind))
    return context.setResult(getDynamic(self.getRank(), self.dtype));
  if (ind <= 0)
    return context.fail("Expected a strictly positive integer for 'ind'");
  if (ind < self.getRank())
    std::rotate(self.sizes.begin(), self.sizes.begin() + ind, self.sizes.end());
  return context.setResult(self);
}

// A number a square matrix.
LogicalResult squareScalar(const TypeRuleContext &context) {
  FailureOr<Matrices> a = getSquare(context, 0);
  if (failed(a))
    return failure();
  return setMatrices(context, a->batch, {}, a->dtype);
}

// The sign and the logarithm of a determinant.
LogicalResult signAndLog(const TypeRuleContext &context) {
  FailureOr<Matrices> a = getSquare(context, 0);
  if (failed(a) || failed(setMatrices(context, a->batch, {}, a->dtype)))
    return failure();
  return setMatrices(context, a->batch, {}, toRealDtype(a->dtype));
}

//===----------------------------------------------------------------------===//
// Spectra
//===----------------------------------------------------------------------===//

// U, S and V^H, which are square where all of them are wanted.
LogicalResult svdFactors(const TypeRuleContext &context) {
  FailureOr<Matrices> a = getMatrices(context, 0);
  if (failed(a))
    return failure();
  std::optional<bool> full = getFlag(context, "full_matrices");
  std::optional<bool> wantsVectors = true;
  if (context.getOperand("compute_uv"))
    wantsVectors = getFlag(context, "compute_uv");
  if (wantsVectors != true)
    return context.unknown();
  int64_t k = minSize(a->rows, a->columns);
  auto side = [&](int64_t whole) {
    return !full ? kDynamic : *full ? whole : k;
  };
  if (failed(
          setMatrices(context, a->batch, {a->rows, side(a->rows)}, a->dtype)) ||
      failed(setMatrices(context, a->batch, k, toRealDtype(a->dtype))))
    return failure();
  return setMatrices(context, a->batch, {side(a->columns), a->columns},
                     a->dtype);
}

// U, S and V, without an argument that makes V its conjugate transpose.
LogicalResult svdWithV(const TypeRuleContext &context) {
  FailureOr<Matrices> a = getMatrices(context, 0);
  std::optional<bool> some = getFlag(context, "some");
  if (failed(a))
    return failure();
  if (getFlag(context, "compute_uv") != true)
    return context.unknown();
  int64_t k = minSize(a->rows, a->columns);
  auto side = [&](int64_t whole) {
    return !some ? kDynamic : *some ? k : whole;
  };
  if (failed(
          setMatrices(context, a->batch, {a->rows, side(a->rows)}, a->dtype)) ||
      failed(setMatrices(context, a->batch, k, toRealDtype(a->dtype))))
    return failure();
  return setMatrices(context, a->batch, {a->columns, side(a->columns)},
                     a->dtype);
}

LogicalResult singularValues(const TypeRuleContext &context) {
  FailureOr<Matrices> a = getMatrices(context, 0);
  if (failed(a))
    return failure();
  return setMatrices(context, a->batch, minSize(a->rows, a->columns),
                     toRealDtype(a->dtype));
}

/// Values of dtype `valueDtype` and, where there are two results, vectors.
static LogicalResult setEigen(const TypeRuleContext &context, const Matrices &a,
                              Type valueDtype, Type vectorDtype) {
  if (failed(setMatrices(context, a.batch, a.rows, valueDtype)))
    return failure();
  if (context.getOperation()->getNumResults() == 1)
    return success();
  return setMatrices(context, a.batch, {a.rows, a.columns}, vectorDtype);
}

LogicalResult eigenHermitian(const TypeRuleContext &context) {
  FailureOr<Matrices> a = getSquare(context, 0);
  if (failed(a))
    return failure();
  if (context.getOperand("compute_v") && getFlag(context, "compute_v") != true)
    return context.unknown();
  return setEigen(context, *a, toRealDtype(a->dtype), a->dtype);
}

LogicalResult eigenGeneral(const TypeRuleContext &context) {
  FailureOr<Matrices> a = getSquare(context, 0);
  if (failed(a))
    return failure();
  Type complex = toComplexDtype(a->dtype);
  return setEigen(context, *a, complex, complex);
}

LogicalResult pseudoInverse(const TypeRuleContext &context) {
  FailureOr<Matrices> a = getMatrices(context, 0);
  if (failed(a))
    return failure();
  return setMatrices(context, a->batch, {a->columns, a->rows}, a->dtype);
}

LogicalResult matrixRank(const TypeRuleContext &context) {
  FailureOr<Matrices> a = getMatrices(context, 0);
  if (failed(a))
    return failure();
  return setMatrices(context, a->batch, {}, getInt64(context));
}

LogicalResult conditionNumber(const TypeRuleContext &context) {
  FailureOr<Matrices> a = getMatrices(context, 0);
  if (failed(a))
    return failure();
  return setMatrices(context, a->batch, {}, toRealDtype(a->dtype));
}

//===----------------------------------------------------------------------===//
// Solvers
//===----------------------------------------------------------------------===//

/// A X = B, or X A = B: the shape of B with the batch of both.
static LogicalResult setSolution(const TypeRuleContext &context,
                                 unsigned matrixOperand, unsigned rightOperand,
                                 std::optional<bool> left) {
  FailureOr<Matrices> a = getSquare(context, matrixOperand);
  FailureOr<Matrices> b = getMatrices(context, rightOperand);
  if (failed(a) || failed(b))
    return failure();
  if (left && !mergeSize(*left ? b->rows : b->columns, a->rows))
    return context.fail("the system's matrices of shapes " +
                        describe(context.getTensor(matrixOperand)) + " and " +
                        describe(context.getTensor(rightOperand)) +
                        " do not fit");
  if (!a->batch || !b->batch)
    return context.setResult(getUnranked(b->dtype));
  FailureOr<TensorShape> batch = broadcastShapes(
      TensorShape(*a->batch, Type()), TensorShape(*b->batch, Type()));
  if (failed(batch))
    return context.fail("the batches of " +
                        describe(context.getTensor(matrixOperand)) + " and " +
                        describe(context.getTensor(rightOperand)) +
                        " do not broadcast");
  return setMatrices(context, batch->sizes, {b->rows, b->columns}, b->dtype);
}

LogicalResult luSolve(const TypeRuleContext &context) {
  return setSolution(context, 0, 2, getFlag(context, "left"));
}

LogicalResult ldlSolve(const TypeRuleContext &context) {
  return setSolution(context, 0, 2, true);
}

LogicalResult solveTriangular(const TypeRuleContext &context) {
  return setSolution(context, 0, 1, getFlag(context, "left"));
}

// The right side, the factors and the pivots.
LogicalResult luSolveOld(const TypeRuleContext &context) {
  return setSolution(context, 1, 0, true);
}

// Matrices A and B, or a B that is vectors where it has a dim less; and info.
LogicalResult linearSystem(const TypeRuleContext &context) {
  TensorShape a = context.getTensor(0), b = context.getTensor(1);
  if (!a.hasRank || !b.hasRank || a.getRank() < 2 || b.getRank() < 1)
    return context.unknown();
  ArrayRef<int64_t> rows = ArrayRef<int64_t>(a.sizes).drop_back();
  bool areVectors = b.getRank() == 1 || ArrayRef<int64_t>(b.sizes) == rows;
  if (!areVectors && b.getRank() == a.getRank() - 1 &&
      (llvm::any_of(rows, isDynamic) || llvm::any_of(b.sizes, isDynamic)))
    return context.unknown();
  if (areVectors) {
    if (failed(context.setResult(rows, b.dtype)))
      return failure();
  } else if (failed(setSolution(context, 0, 1, getFlag(context, "left")))) {
    return failure();
  }
  if (context.getOperation()->getNumResults() == 1)
    return success();
  return context.setResult(ArrayRef<int64_t>(a.sizes).drop_back(2),
                           getInt32(context));
}

// The solution, and the matrices with the batch of both.
LogicalResult triangularSolve(const TypeRuleContext &context) {
  TensorShape b = context.getTensor(0), a = context.getTensor(1);
  if (failed(setSolution(context, 1, 0, true)))
    return failure();
  if (!a.hasRank || !b.hasRank)
    return context.setResult(getUnranked(a.dtype));
  FailureOr<TensorShape> batch = broadcastShapes(
      TensorShape(ArrayRef<int64_t>(a.sizes).drop_back(2), Type()),
      TensorShape(ArrayRef<int64_t>(b.sizes).drop_back(2), Type()));
  if (failed(batch))
    return failure();
  return setMatrices(context, batch->sizes, ArrayRef(a.sizes).take_back(2),
                     a.dtype);
}

// The right side, then the factor.
LogicalResult choleskySolve(const TypeRuleContext &context) {
  return setSolution(context, 1, 0, true);
}

// Solution, residuals, rank and singular values, of which the driver decides
// which there are.
LogicalResult leastSquares(const TypeRuleContext &context) {
  FailureOr<Matrices> a = getMatrices(context, 0);
  TensorShape right = context.getTensor(1);
  if (failed(a))
    return failure();
  std::optional<StringRef> driver = StringRef("gelsy");
  if (!isNone(context, "driver"))
    driver = getConstantStr(context.getOperand("driver"));
  // Vectors become matrices first.
  if (!driver || !a->batch || !right.hasRank ||
      right.getRank() != int64_t(a->batch->size()) + 2)
    return context.unknown();
  FailureOr<Matrices> b = getMatrices(context, 1);
  FailureOr<TensorShape> batch =
      failed(b) ? FailureOr<TensorShape>(failure())
                : broadcastShapes(TensorShape(*a->batch, Type()),
                                  TensorShape(*b->batch, Type()));
  if (failed(batch) || !mergeSize(a->rows, b->rows))
    return context.fail("the problem's matrices of shapes " +
                        describe(context.getTensor(0)) + " and " +
                        describe(right) + " do not fit");
  // Residuals are there where the matrices are tall and of full rank.
  bool isTall = a->rows > a->columns;
  bool isKnown = !isDynamic(a->rows) && !isDynamic(a->columns);
  bool hasResiduals = *driver != "gelsy" && !(isKnown && !isTall);
  int64_t residuals = isKnown && *driver == "gels" ? b->columns : kDynamic;
  if (hasResiduals && !batch->sizes.empty()) {
    if (!isKnown)
      return context.unknown();
    residuals = b->columns;
  }
  bool hasRank = *driver != "gels";
  bool hasValues = *driver == "gelsd" || *driver == "gelss";
  Type real = toRealDtype(a->dtype);
  std::optional<Sizes> nothing = Sizes{0}, sizes = batch->sizes;
  auto setIf = [&](bool isThere, ArrayRef<int64_t> core, Type dtype) {
    return isThere ? setMatrices(context, sizes, core, dtype)
                   : setMatrices(context, nothing, {}, dtype);
  };
  if (failed(setIf(true, {a->columns, b->columns}, a->dtype)) ||
      failed(setIf(hasResiduals, residuals, real)) ||
      failed(setIf(hasRank, {}, getInt64(context))))
    return failure();
  return setIf(hasValues, minSize(a->rows, a->columns), real);
}

//===----------------------------------------------------------------------===//
// Fourier transforms
//===----------------------------------------------------------------------===//

// One of the sizes, that of the last dim in `dim`, is another.
LogicalResult fourier(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  StringRef name = getSchemaName(context);
  self.dtype = name == "aten::_fft_c2r" ? toRealDtype(self.dtype)
                                        : toComplexDtype(self.dtype);
  std::optional<Sizes> dims = getInts(context, "dim");
  if (!self.hasRank || name == "aten::_fft_c2c" || (dims && dims->empty()))
    return context.setResult(self);
  if (!dims || isDynamic(dims->back()))
    return context.setResult(getDynamic(self.getRank(), self.dtype));
  std::optional<int64_t> last = wrapDim(dims->back(), self.getRank());
  if (!last || self.getRank() == 0)
    return context.fail("a transform's dim is out of range");
  int64_t &size = self.sizes[*last];
  if (name == "aten::_fft_c2r") {
    size = getInt(context, "last_dim_size");
    return context.setResult(self);
  }
  std::optional<bool> onesided = getFlag(context, "onesided");
  if (!onesided)
    size = kDynamic;
  else if (*onesided && !isDynamic(size))
    size = size / 2 + 1;
  return context.setResult(self);
}

} // namespace minitorch::mt::type_rules
