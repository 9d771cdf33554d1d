//===- Numerics.cpp - Linear algebra and FFT by library calls ---*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The few operators that the others decompose into, one function of
// MiniTorch-c/Numerics.h each.
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/AtenLowering.h"
#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "MiniTorch/Conversion/MtToRuntime.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "RuntimeCalls.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/ADT/StringSwitch.h"
#include <limits>

using namespace mlir;
using namespace minitorch;

namespace {
/// The call of one kernel while it is put together.
class Kernel {
public:
  Kernel(const AtenLowering &l, StringRef name)
      : l(l), calls(l.b, l.op), name(name) {}

  void add(int64_t number) { numbers.push_back(calls.integer(number)); }
  void add(Value number) {
    if (number.getType().isSignlessInteger(1))
      number = arith::ExtUIOp::create(l.b, l.loc, l.b.getI64Type(), number);
    numbers.push_back(number);
  }
  /// A bool operand of the operator.
  void addFlag(StringRef operand) { add(l.get(operand).value); }
  void addInput(const DtypedValue &input) {
    if (inputs.empty())
      numbers.insert(numbers.begin(),
                     calls.integer(*mt::getScalarTypeNumber(input.dtype)));
    inputs.push_back(input.value);
  }
  void addResult(ArrayRef<OpFoldResult> batch, ArrayRef<OpFoldResult> core,
                 Type elementType) {
    SmallVector<OpFoldResult> sizes(batch);
    sizes.append(core.begin(), core.end());
    results.push_back({sizes, elementType});
  }
  SmallVector<Value> create() {
    return calls.callKernel(name, numbers, inputs, results);
  }
  LogicalResult replace() { return l.replace(create()); }

private:
  const AtenLowering &l;
  RuntimeCalls calls;
  StringRef name;
  SmallVector<Value> numbers, inputs;
  SmallVector<NewTensor> results;
};

/// A tensor of matrices: its batch, and its matrices' sizes.
struct Matrices {
  DtypedValue value;
  SmallVector<OpFoldResult> batch;
  OpFoldResult rows, columns;
};
} // namespace

static Type getRealDtype(Type dtype) {
  auto complex = dyn_cast<ComplexType>(dtype);
  return complex ? complex.getElementType() : dtype;
}

static Type getComplexDtype(Type dtype) {
  return isa<ComplexType>(dtype) ? dtype : ComplexType::get(dtype);
}

/// Operand `name`, which has to have a dtype of LAPACK, and `coreRank` dims
/// after its batch.
static FailureOr<Matrices> getMatrices(const AtenLowering &l, StringRef name,
                                       int64_t coreRank = 2) {
  Matrices result;
  result.value = l.get(name);
  if (!result.value || !result.value.isTensor())
    return l.fail("'" + name + "' is not a tensor");
  Type real = getRealDtype(result.value.dtype);
  if (!real.isF32() && !real.isF64() && coreRank == 2)
    return l.fail("linear algebra of this dtype");
  if (result.value.getRank() < coreRank)
    return l.fail("'" + name + "' has too few dims");
  result.batch = getSizes(l.b, l.loc, result.value.value);
  if (coreRank == 2)
    result.columns = result.batch.pop_back_val();
  result.rows = result.batch.pop_back_val();
  return result;
}

static void checkEqual(const AtenLowering &l, OpFoldResult x, OpFoldResult y,
                       const Twine &message) {
  l.check(createSizesEqual(l.b, l.loc, x, y), "RuntimeError",
          l.getName() + ": " + message);
}

static FailureOr<Matrices> getSquare(const AtenLowering &l, StringRef name) {
  FailureOr<Matrices> a = getMatrices(l, name);
  if (succeeded(a))
    checkEqual(l, a->rows, a->columns, "A must be batches of square matrices");
  return a;
}

static OpFoldResult min(const AtenLowering &l, OpFoldResult x, OpFoldResult y) {
  std::optional<int64_t> a = getConstantIntValue(x), b = getConstantIntValue(y);
  if (a && b)
    return l.b.getIndexAttr(std::min(*a, *b));
  return arith::MinSIOp::create(l.b, l.loc, toIndex(l.b, l.loc, x),
                                toIndex(l.b, l.loc, y))
      .getResult();
}

static OpFoldResult max(const AtenLowering &l, OpFoldResult x, OpFoldResult y) {
  std::optional<int64_t> a = getConstantIntValue(x), b = getConstantIntValue(y);
  if (a && b)
    return l.b.getIndexAttr(std::max(*a, *b));
  return arith::MaxSIOp::create(l.b, l.loc, toIndex(l.b, l.loc, x),
                                toIndex(l.b, l.loc, y))
      .getResult();
}

/// The batch to which those of `a` and `b` broadcast.
static SmallVector<OpFoldResult>
joinBatches(const AtenLowering &l, const Matrices &a, const Matrices &b) {
  return broadcastSizes(l.b, l.loc, {a.batch, b.batch});
}

//===----------------------------------------------------------------------===//
// Factorizations
//===----------------------------------------------------------------------===//

static LogicalResult lowerLuFactor(const AtenLowering &l) {
  FailureOr<Matrices> a = getMatrices(l, "A");
  if (failed(a))
    return failure();
  if (l.getBool("pivot") != true)
    return l.fail("LU without pivoting");
  Kernel kernel(l, "mtrt_linalg_lu_factor");
  kernel.addInput(a->value);
  Type i32 = l.b.getI32Type();
  kernel.addResult(a->batch, {a->rows, a->columns}, a->value.dtype);
  kernel.addResult(a->batch, min(l, a->rows, a->columns), i32);
  kernel.addResult(a->batch, {}, i32);
  return kernel.replace();
}

static LogicalResult lowerCholesky(const AtenLowering &l) {
  FailureOr<Matrices> a = getSquare(l, "self");
  if (failed(a))
    return failure();
  Kernel kernel(l, "mtrt_linalg_cholesky");
  kernel.addFlag("upper");
  kernel.addInput(a->value);
  kernel.addResult(a->batch, {a->rows, a->columns}, a->value.dtype);
  kernel.addResult(a->batch, {}, l.b.getI32Type());
  return kernel.replace();
}

static LogicalResult lowerLdlFactor(const AtenLowering &l) {
  FailureOr<Matrices> a = getSquare(l, "self");
  if (failed(a))
    return failure();
  Kernel kernel(l, "mtrt_linalg_ldl_factor");
  kernel.addFlag("hermitian");
  kernel.addInput(a->value);
  Type i32 = l.b.getI32Type();
  kernel.addResult(a->batch, {a->rows, a->columns}, a->value.dtype);
  kernel.addResult(a->batch, a->rows, i32);
  kernel.addResult(a->batch, {}, i32);
  return kernel.replace();
}

static LogicalResult lowerGeqrf(const AtenLowering &l) {
  FailureOr<Matrices> a = getMatrices(l, "self");
  if (failed(a))
    return failure();
  Kernel kernel(l, "mtrt_linalg_geqrf");
  kernel.addInput(a->value);
  kernel.addResult(a->batch, {a->rows, a->columns}, a->value.dtype);
  kernel.addResult(a->batch, min(l, a->rows, a->columns), a->value.dtype);
  return kernel.replace();
}

static LogicalResult lowerHouseholderProduct(const AtenLowering &l) {
  FailureOr<Matrices> a = getMatrices(l, "input");
  FailureOr<Matrices> tau = getMatrices(l, "tau", 1);
  if (failed(a) || failed(tau))
    return failure();
  l.check(arith::CmpIOp::create(l.b, l.loc, arith::CmpIPredicate::sge,
                                toIndex(l.b, l.loc, a->rows),
                                toIndex(l.b, l.loc, a->columns)),
          "RuntimeError",
          "torch.linalg.householder_product: input.shape[-2] must be greater "
          "than or equal to input.shape[-1]");
  l.check(arith::CmpIOp::create(l.b, l.loc, arith::CmpIPredicate::sge,
                                toIndex(l.b, l.loc, a->columns),
                                toIndex(l.b, l.loc, tau->rows)),
          "RuntimeError",
          "torch.linalg.householder_product: input.shape[-1] must be greater "
          "than or equal to tau.shape[-1]");
  Kernel kernel(l, "mtrt_linalg_householder_product");
  kernel.addInput(a->value);
  kernel.addInput(tau->value);
  kernel.addResult(a->batch, {a->rows, a->columns}, a->value.dtype);
  return kernel.replace();
}

static LogicalResult lowerOrmqr(const AtenLowering &l) {
  FailureOr<Matrices> a = getMatrices(l, "self"), c = getMatrices(l, "input3");
  FailureOr<Matrices> tau = getMatrices(l, "input2", 1);
  if (failed(a) || failed(c) || failed(tau))
    return failure();
  std::optional<bool> left = l.getBool("left");
  if (!left)
    return l.fail("'left' is not a constant");
  checkEqual(l, a->rows, *left ? c->rows : c->columns,
             "the sizes of the matrices differ");
  l.check(arith::CmpIOp::create(l.b, l.loc, arith::CmpIPredicate::sge,
                                toIndex(l.b, l.loc, a->columns),
                                toIndex(l.b, l.loc, tau->rows)),
          "RuntimeError",
          "ormqr: tau has more elements than there are columns");
  Kernel kernel(l, "mtrt_linalg_ormqr");
  kernel.addFlag("left");
  kernel.addFlag("transpose");
  kernel.addInput(a->value);
  kernel.addInput(tau->value);
  kernel.addInput(c->value);
  kernel.addResult(c->batch, {c->rows, c->columns}, c->value.dtype);
  return kernel.replace();
}

//===----------------------------------------------------------------------===//
// Spectra
//===----------------------------------------------------------------------===//

static LogicalResult lowerSvd(const AtenLowering &l) {
  FailureOr<Matrices> a = getMatrices(l, "A");
  if (failed(a))
    return failure();
  std::optional<bool> full = l.getBool("full_matrices");
  if (!full || l.getBool("compute_uv") != true)
    return l.fail("which singular vectors are wanted is not a constant");
  OpFoldResult k = min(l, a->rows, a->columns);
  Type dtype = a->value.dtype;
  Kernel kernel(l, "mtrt_linalg_svd");
  kernel.addInput(a->value);
  kernel.addResult(a->batch, {a->rows, *full ? a->rows : k}, dtype);
  kernel.addResult(a->batch, k, getRealDtype(dtype));
  kernel.addResult(a->batch, {*full ? a->columns : k, a->columns}, dtype);
  return kernel.replace();
}

static LogicalResult lowerSvdvals(const AtenLowering &l) {
  FailureOr<Matrices> a = getMatrices(l, "A");
  if (failed(a))
    return failure();
  Kernel kernel(l, "mtrt_linalg_svdvals");
  kernel.addInput(a->value);
  kernel.addResult(a->batch, min(l, a->rows, a->columns),
                   getRealDtype(a->value.dtype));
  return kernel.replace();
}

/// `UPLO`: whether it says the upper triangle.
static std::optional<bool> isUpper(const AtenLowering &l) {
  std::optional<StringRef> triangle = l.getStr("UPLO");
  if (!triangle)
    return std::nullopt;
  return triangle->equals_insensitive("U");
}

static LogicalResult lowerEigh(const AtenLowering &l) {
  bool wantsVectors = l.op->getNumResults() == 2;
  FailureOr<Matrices> a = getSquare(l, wantsVectors ? "A" : "self");
  if (failed(a))
    return failure();
  std::optional<bool> upper = isUpper(l);
  if (!upper)
    return l.fail("'UPLO' is not a constant");
  Type dtype = a->value.dtype;
  Kernel kernel(l, wantsVectors ? "mtrt_linalg_eigh" : "mtrt_linalg_eigvalsh");
  kernel.add(*upper);
  kernel.addInput(a->value);
  kernel.addResult(a->batch, a->rows, getRealDtype(dtype));
  if (wantsVectors)
    kernel.addResult(a->batch, {a->rows, a->columns}, dtype);
  return kernel.replace();
}

static LogicalResult lowerEig(const AtenLowering &l) {
  bool wantsVectors = l.op->getNumResults() == 2;
  FailureOr<Matrices> a = getSquare(l, "self");
  if (failed(a))
    return failure();
  Type complex = getComplexDtype(a->value.dtype);
  Kernel kernel(l, wantsVectors ? "mtrt_linalg_eig" : "mtrt_linalg_eigvals");
  kernel.addInput(a->value);
  kernel.addResult(a->batch, a->rows, complex);
  if (wantsVectors)
    kernel.addResult(a->batch, {a->rows, a->columns}, complex);
  return kernel.replace();
}

//===----------------------------------------------------------------------===//
// Solvers
//===----------------------------------------------------------------------===//

static LogicalResult lowerLuSolve(const AtenLowering &l) {
  FailureOr<Matrices> lu = getSquare(l, "LU"), b = getMatrices(l, "B");
  if (failed(lu) || failed(b))
    return failure();
  std::optional<bool> left = l.getBool("left");
  if (!left)
    return l.fail("'left' is not a constant");
  checkEqual(l, lu->rows, *left ? b->rows : b->columns,
             "Incompatible shapes of A and B for the equation");
  Kernel kernel(l, "mtrt_linalg_lu_solve");
  kernel.addFlag("left");
  kernel.addFlag("adjoint");
  kernel.addInput(lu->value);
  kernel.addInput(l.get("pivots"));
  kernel.addInput(b->value);
  kernel.addResult(joinBatches(l, *lu, *b), {b->rows, b->columns},
                   b->value.dtype);
  return kernel.replace();
}

static LogicalResult lowerLdlSolve(const AtenLowering &l) {
  FailureOr<Matrices> ld = getSquare(l, "LD"), b = getMatrices(l, "B");
  if (failed(ld) || failed(b))
    return failure();
  checkEqual(l, ld->rows, b->rows, "Incompatible shapes of LD and B");
  Kernel kernel(l, "mtrt_linalg_ldl_solve");
  kernel.addFlag("hermitian");
  kernel.addInput(ld->value);
  kernel.addInput(l.get("pivots"));
  kernel.addInput(b->value);
  kernel.addResult(joinBatches(l, *ld, *b), {b->rows, b->columns},
                   b->value.dtype);
  return kernel.replace();
}

static LogicalResult lowerSolveTriangular(const AtenLowering &l) {
  FailureOr<Matrices> a = getSquare(l, "self"), b = getMatrices(l, "B");
  if (failed(a) || failed(b))
    return failure();
  std::optional<bool> left = l.getBool("left");
  if (!left)
    return l.fail("'left' is not a constant");
  checkEqual(l, a->rows, *left ? b->rows : b->columns,
             "Incompatible shapes of A and B for the equation");
  Kernel kernel(l, "mtrt_linalg_solve_triangular");
  kernel.addFlag("upper");
  kernel.addFlag("left");
  kernel.addFlag("unitriangular");
  kernel.addInput(a->value);
  kernel.addInput(b->value);
  kernel.addResult(joinBatches(l, *a, *b), {b->rows, b->columns},
                   b->value.dtype);
  return kernel.replace();
}

/// [offset, offset + size) of a tensor's rows, its last dim but one.
static Value sliceRows(const AtenLowering &l, Value x, OpFoldResult offset,
                       OpFoldResult size) {
  SmallVector<OpFoldResult> sizes = getSizes(l.b, l.loc, x);
  SmallVector<OpFoldResult> offsets(sizes.size(), l.b.getIndexAttr(0));
  SmallVector<OpFoldResult> strides(sizes.size(), l.b.getIndexAttr(1));
  offsets[sizes.size() - 2] = offset;
  sizes[sizes.size() - 2] = size;
  return tensor::ExtractSliceOp::create(l.b, l.loc, x, offsets, sizes, strides);
}

/// Sums of |x|^2 over the rows.
static Value sumSquares(const AtenLowering &l, const DtypedValue &x) {
  Type real = getRealDtype(x.dtype);
  ScalarMath m(l.b, l.loc, real);
  return createReduction(
             l.b, l.loc, x.value, x.getRank() - 2, m.constantInt(0),
             [&](OpBuilder &b, Value element, ValueRange accumulators) {
               ScalarMath inner(b, l.loc, real);
               Value sum = accumulators[0];
               if (!isa<ComplexType>(x.dtype))
                 return SmallVector<Value>{
                     inner.add(sum, inner.mul(element, element))};
               Value re = complex::ReOp::create(b, l.loc, element);
               Value im = complex::ImOp::create(b, l.loc, element);
               sum = inner.add(sum, inner.mul(re, re));
               return SmallVector<Value>{inner.add(sum, inner.mul(im, im))};
             })
      .front();
}

/// Whether every element of `ranks` is `n`.
static Value areAllEqual(const AtenLowering &l, Value ranks, OpFoldResult n) {
  Value wanted = toInt(l.b, l.loc, n);
  int64_t rank = cast<RankedTensorType>(ranks.getType()).getRank();
  Value all =
      createReduction(
          l.b, l.loc, ranks, llvm::to_vector(llvm::seq<int64_t>(0, rank)),
          ScalarMath(l.b, l.loc, l.b.getI1Type()).constantInt(1),
          [&](OpBuilder &b, Value element, ValueRange accumulators) {
            Value equal = arith::CmpIOp::create(
                b, l.loc, arith::CmpIPredicate::eq, element, wanted);
            return SmallVector<Value>{
                arith::AndIOp::create(b, l.loc, accumulators[0], equal)};
          })
          .front();
  return tensor::ExtractOp::create(l.b, l.loc, all, ValueRange());
}

/// Which results there are depends on the driver; the others have no elements.
static LogicalResult lowerLstsq(const AtenLowering &l) {
  FailureOr<Matrices> a = getMatrices(l, "self"), b = getMatrices(l, "b");
  if (failed(a) || failed(b))
    return failure();
  StringRef driver = "gelsy";
  if (!l.isNone("driver")) {
    std::optional<StringRef> name = l.getStr("driver");
    if (!name)
      return l.fail("'driver' is not a constant");
    driver = *name;
  }
  Type dtype = a->value.dtype, real = getRealDtype(dtype);
  OpFoldResult large = max(l, a->rows, a->columns);
  Value rcond = l.get("rcond").value;
  if (l.isNone("rcond")) {
    double epsilon = real.isF64() ? std::numeric_limits<double>::epsilon()
                                  : std::numeric_limits<float>::epsilon();
    Value size = arith::SIToFPOp::create(l.b, l.loc, l.b.getF64Type(),
                                         toInt(l.b, l.loc, large));
    rcond = arith::MulFOp::create(
        l.b, l.loc, size,
        arith::ConstantOp::create(l.b, l.loc, l.b.getF64FloatAttr(epsilon)));
  }
  checkEqual(l, a->rows, b->rows, "the matrices' rows differ");
  SmallVector<OpFoldResult> batch = joinBatches(l, *a, *b);
  Kernel kernel(l, "mtrt_linalg_lstsq");
  kernel.add(llvm::StringSwitch<int64_t>(driver)
                 .Case("gels", 0)
                 .Case("gelsy", 1)
                 .Case("gelsd", 2)
                 .Default(3));
  kernel.add(rcond);
  kernel.addInput(a->value);
  kernel.addInput(b->value);
  kernel.addResult(batch, {large, b->columns}, dtype);
  kernel.addResult(batch, {}, l.b.getI64Type());
  kernel.addResult(batch, min(l, a->rows, a->columns), real);
  SmallVector<Value> results = kernel.create();

  auto nothing = [&](Type elementType) {
    OpFoldResult zero = l.b.getIndexAttr(0);
    return createEmpty(l.b, l.loc, zero, elementType);
  };
  std::optional<int64_t> m = getConstantIntValue(a->rows);
  std::optional<int64_t> n = getConstantIntValue(a->columns);
  Value residuals = nothing(real);
  if (driver != "gelsy" && !(m && n && *m <= *n)) {
    if (!batch.empty() && (!m || !n))
      return l.fail("whether there are residuals is not known");
    Value count = toIndex(l.b, l.loc, large);
    Value columns = toIndex(l.b, l.loc, a->columns);
    Value below = arith::SubIOp::create(l.b, l.loc, count, columns);
    residuals = sumSquares(
        l, {sliceRows(l, results[0], a->columns, getAsOpFoldResult(below)),
            dtype});
    // There are none unless the matrices are tall and of full rank.
    Value isThere = arith::CmpIOp::create(l.b, l.loc, arith::CmpIPredicate::sgt,
                                          count, columns);
    if (driver != "gels")
      isThere = arith::AndIOp::create(l.b, l.loc, isThere,
                                      areAllEqual(l, results[1], a->columns));
    if (batch.empty()) {
      OpFoldResult zero = l.b.getIndexAttr(0), one = l.b.getIndexAttr(1);
      Value size = arith::SelectOp::create(l.b, l.loc, isThere,
                                           toIndex(l.b, l.loc, b->columns),
                                           toIndex(l.b, l.loc, zero));
      residuals = tensor::ExtractSliceOp::create(l.b, l.loc, residuals, zero,
                                                 getAsOpFoldResult(size), one);
    } else {
      // As they would be of another rank.
      l.check(isThere, "RuntimeError",
              "linalg.lstsq: residuals of matrices without full rank");
    }
  }
  results[0] = sliceRows(l, results[0], l.b.getIndexAttr(0), a->columns);
  if (driver == "gels")
    results[1] = nothing(l.b.getI64Type());
  if (driver == "gels" || driver == "gelsy")
    results[2] = nothing(real);
  return l.replace({results[0], residuals, results[1], results[2]});
}

//===----------------------------------------------------------------------===//
// Fourier transforms
//===----------------------------------------------------------------------===//

/// What `normalization` says the sum is multiplied by: 1, 1 / sqrt(n), 1 / n,
/// n the product of the transformed sizes. Null where it is not known.
static Value createScale(const AtenLowering &l, ArrayRef<OpFoldResult> sizes) {
  Type f64 = l.b.getF64Type();
  Value one = arith::ConstantOp::create(l.b, l.loc, l.b.getF64FloatAttr(1.0));
  std::optional<int64_t> normalization = l.getInt("normalization");
  if (!normalization || *normalization < 0 || *normalization > 2)
    return {};
  if (*normalization == 0)
    return one;
  Value count = toInt(l.b, l.loc, multiplySizes(l.b, l.loc, sizes));
  Value number = arith::SIToFPOp::create(l.b, l.loc, f64, count);
  if (*normalization == 1)
    number = ScalarMath(l.b, l.loc, f64).sqrt(number);
  return arith::DivFOp::create(l.b, l.loc, one, number);
}

/// One dim after the other; the scale goes with the first call. A transform
/// between real and complex comes first or last, along the last of the dims.
static LogicalResult lowerFft(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  std::optional<SmallVector<int64_t>> dims = l.getConstantInts("dim");
  Type real = getRealDtype(self.dtype);
  if (!dims || dims->empty() || !l.getInt("normalization"))
    return l.fail("the dims are not constant");
  if (!real.isF32() && !real.isF64())
    return l.fail("a Fourier transform of this dtype");
  for (int64_t &dim : *dims)
    if (dim < 0)
      dim += self.getRank();
  bool isC2c = l.getName() == "_fft_c2c", isR2c = l.getName() == "_fft_r2c";
  std::optional<bool> forward = isC2c ? l.getBool("forward") : isR2c;
  if (!forward || (isR2c && l.getBool("onesided") != true))
    return l.fail("the direction is not a constant, or two-sided");

  int64_t last = dims->back();
  SmallVector<OpFoldResult> sizes = getSizes(l.b, l.loc, self.value);
  SmallVector<OpFoldResult> transformed;
  OpFoldResult lastSize = sizes[last];
  if (!isC2c && !isR2c)
    lastSize = toSize(l.b, l.loc, l.get("last_dim_size").value);
  for (int64_t dim : *dims)
    transformed.push_back(dim == last ? lastSize : sizes[dim]);
  Value scale = createScale(l, transformed);
  if (!scale)
    return l.fail("'normalization' is not a constant that there is");

  auto transform = [&](StringRef name, int64_t dim) {
    Kernel kernel(l, name);
    kernel.add(dim);
    bool isComplexBoth = name == "mtrt_fft_c2c";
    if (isComplexBoth)
      kernel.add(*forward);
    kernel.add(scale);
    scale = arith::ConstantOp::create(l.b, l.loc, l.b.getF64FloatAttr(1.0));
    kernel.addInput(self);
    Type dtype = self.dtype;
    if (name == "mtrt_fft_r2c") {
      // n / 2 + 1
      std::optional<int64_t> known = getConstantIntValue(sizes[dim]);
      if (known) {
        sizes[dim] = l.b.getIndexAttr(*known / 2 + 1);
      } else {
        Value two = arith::ConstantIndexOp::create(l.b, l.loc, 2);
        Value one = arith::ConstantIndexOp::create(l.b, l.loc, 1);
        Value half = arith::DivSIOp::create(
            l.b, l.loc, toIndex(l.b, l.loc, sizes[dim]), two);
        sizes[dim] = arith::AddIOp::create(l.b, l.loc, half, one).getResult();
      }
      dtype = getComplexDtype(dtype);
    } else if (!isComplexBoth) {
      sizes[dim] = lastSize;
      dtype = getRealDtype(dtype);
    }
    kernel.addResult(sizes, {}, dtype);
    self = {kernel.create().front(), dtype};
  };
  if (isR2c)
    transform("mtrt_fft_r2c", last);
  for (int64_t dim : isC2c ? ArrayRef(*dims) : ArrayRef(*dims).drop_back())
    transform("mtrt_fft_c2c", dim);
  if (!isR2c && !isC2c)
    transform("mtrt_fft_c2r", last);
  return l.replace(self.value);
}

void minitorch::populateNumericsPatterns(const TypeConverter &converter,
                                         RewritePatternSet &patterns) {
  const std::pair<StringRef, AtenLoweringFn> lowerings[] = {
      {"_fft_c2c", lowerFft},
      {"_fft_c2r", lowerFft},
      {"_fft_r2c", lowerFft},
      {"_linalg_eigh", lowerEigh},
      {"_linalg_svd", lowerSvd},
      {"geqrf", lowerGeqrf},
      {"linalg_cholesky_ex", lowerCholesky},
      {"linalg_eig", lowerEig},
      {"linalg_eigvals", lowerEig},
      {"linalg_eigvalsh", lowerEigh},
      {"linalg_householder_product", lowerHouseholderProduct},
      {"linalg_ldl_factor_ex", lowerLdlFactor},
      {"linalg_ldl_solve", lowerLdlSolve},
      {"linalg_lstsq", lowerLstsq},
      {"linalg_lu_factor_ex", lowerLuFactor},
      {"linalg_lu_solve", lowerLuSolve},
      {"linalg_solve_triangular", lowerSolveTriangular},
      {"linalg_svdvals", lowerSvdvals},
      {"ormqr", lowerOrmqr},
  };
  for (const auto &[name, lowering] : lowerings) {
#ifdef MINITORCH_HAS_NUMERICS
    addAtenLowering(patterns, converter, {name}, lowering);
#else
    addAtenLowering(patterns, converter, {name}, [](const AtenLowering &l) {
      return l.fail("MiniTorch was built without MINITORCH_ENABLE_NUMERICS");
    });
#endif
  }
}
