//===- Reduction.cpp - Reductions -------------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "Patterns.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include <limits>

using namespace mlir;
using namespace minitorch;

//===----------------------------------------------------------------------===//
// What reductions share
//===----------------------------------------------------------------------===//

namespace {
/// The dims that an operator reduces, and whether its result keeps them.
struct ReducedDims {
  SmallVector<int64_t> dims;
  bool keep = false;
};
} // namespace

/// From the schema's `dim` and `keepdim`; without `dim`, every dim.
static FailureOr<ReducedDims> getReducedDims(const AtenLowering &l,
                                             DtypedValue self) {
  FailureOr<SmallVector<int64_t>> dims = l.getDims("dim", self.getRank());
  if (failed(dims))
    return failure();
  ReducedDims result{*dims};
  if (l.get("keepdim")) {
    std::optional<bool> keep = l.getBool("keepdim");
    if (!keep)
      return l.fail("'keepdim' is not a constant");
    result.keep = *keep;
  }
  return result;
}

/// Puts the reduced dims back as size 1 where they are kept.
static Value finishDims(const AtenLowering &l, Value value,
                        const ReducedDims &reduced) {
  return reduced.keep ? insertUnitDims(l.b, l.loc, value, reduced.dims) : value;
}

/// The number of elements that are reduced to one.
static OpFoldResult getReducedCount(const AtenLowering &l, DtypedValue self,
                                    ArrayRef<int64_t> dims) {
  SmallVector<OpFoldResult> sizes;
  for (int64_t dim : dims)
    sizes.push_back(getSize(l.b, l.loc, self.value, dim));
  return multiplySizes(l.b, l.loc, sizes);
}

/// Raises where there is nothing to reduce and no value to give for it.
static void checkNotEmpty(const AtenLowering &l, DtypedValue self,
                          ArrayRef<int64_t> dims, StringRef exception) {
  OpFoldResult count = getReducedCount(l, self, dims);
  std::optional<int64_t> constant = getConstantIntValue(count);
  if (constant && *constant > 0)
    return;
  Value zero = arith::ConstantIndexOp::create(l.b, l.loc, 0);
  l.check(arith::CmpIOp::create(l.b, l.loc, arith::CmpIPredicate::ne,
                                toIndex(l.b, l.loc, count), zero),
          exception,
          l.getName() + "(): a reduction without identity needs at least one "
                        "element along the reduced dimensions");
}

using Combine =
    llvm::function_ref<Value(const ScalarMath &, Value accumulated, Value x)>;

/// Reduces `self`, cast to `dtype`, from `init` on. The accumulator has dtype
/// `dtype`, too.
static Value reduce(const AtenLowering &l, DtypedValue self,
                    ArrayRef<int64_t> dims, Type dtype, Value init,
                    Combine combine) {
  return createReduction(
             l.b, l.loc, self.value, dims, init,
             [&](OpBuilder &b, Value element, ValueRange accumulators) {
               ScalarMath m(b, l.loc, dtype);
               return SmallVector<Value>{
                   combine(m, accumulators[0], m.cast(element, self.dtype))};
             })
      .front();
}

/// An elementwise step after a reduction, in the reduction's dtype.
static Value
mapReduced(const AtenLowering &l, Value value, Type dtype,
           llvm::function_ref<Value(const ScalarMath &, Value)> formula) {
  int64_t rank = cast<RankedTensorType>(value.getType()).getRank();
  return createElementwise(
      l.b, l.loc, DtypedValue{value, dtype}, rank, dtype, dtype, dtype,
      [&](const ScalarMath &m, ValueRange x) { return formula(m, x[0]); });
}

static LogicalResult replaceReduced(const AtenLowering &l, Value value,
                                    Type dtype, const ReducedDims &reduced) {
  value = castElements(l.b, l.loc, {value, dtype}, l.getResultDtype());
  return l.replace(finishDims(l, value, reduced));
}

//===----------------------------------------------------------------------===//
// Sums, products, extremes
//===----------------------------------------------------------------------===//

static Value createSum(const AtenLowering &l, DtypedValue self,
                       ArrayRef<int64_t> dims, Type dtype) {
  ScalarMath m(l.b, l.loc, dtype);
  return reduce(l, self, dims, dtype, m.constantInt(0),
                [](const ScalarMath &m, Value accumulated, Value x) {
                  return m.add(accumulated, x);
                });
}

static LogicalResult lowerSum(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<ReducedDims> reduced = getReducedDims(l, self);
  if (failed(reduced))
    return failure();
  Type dtype = getComputeDtype(l.getResultDtype());
  return replaceReduced(l, createSum(l, self, reduced->dims, dtype), dtype,
                        *reduced);
}

/// sum / count
static LogicalResult lowerMean(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<ReducedDims> reduced = getReducedDims(l, self);
  if (failed(reduced))
    return failure();
  Type dtype = getComputeDtype(l.getResultDtype());
  Value sum = createSum(l, self, reduced->dims, dtype);
  Value count = toInt(l.b, l.loc, getReducedCount(l, self, reduced->dims));
  Value divisor = castNumber(l.b, l.loc, count, l.b.getI64Type(), dtype);
  Value mean = mapReduced(l, sum, dtype, [&](const ScalarMath &m, Value x) {
    return m.div(x, divisor);
  });
  return replaceReduced(l, mean, dtype, *reduced);
}

static LogicalResult lowerProd(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<ReducedDims> reduced = getReducedDims(l, self);
  if (failed(reduced))
    return failure();
  Type dtype = getComputeDtype(l.getResultDtype());
  ScalarMath m(l.b, l.loc, dtype);
  Value product = reduce(l, self, reduced->dims, dtype, m.constantInt(1),
                         [](const ScalarMath &m, Value accumulated, Value x) {
                           return m.mul(accumulated, x);
                         });
  return replaceReduced(l, product, dtype, *reduced);
}

/// amax, amin, max, min: NaN if any element is.
static LogicalResult lowerExtreme(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  if (isa<ComplexType>(self.dtype))
    return l.fail("complex numbers have no order");
  FailureOr<ReducedDims> reduced = getReducedDims(l, self);
  if (failed(reduced))
    return failure();
  if (!l.op->hasAttr("mt.allow_empty"))
    checkNotEmpty(l, self, reduced->dims,
                  l.get("dim") ? "IndexError" : "RuntimeError");
  bool isMax = l.getName().ends_with("max");
  ScalarMath m(l.b, l.loc, self.dtype);
  Value init = isMax ? m.lowest() : m.highest();
  Value extreme =
      reduce(l, self, reduced->dims, self.dtype, init,
             [&](const ScalarMath &m, Value accumulated, Value x) {
               return isMax ? m.max(accumulated, x) : m.min(accumulated, x);
             });
  return replaceReduced(l, extreme, self.dtype, *reduced);
}

/// any, all
static LogicalResult lowerTruth(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<ReducedDims> reduced = getReducedDims(l, self);
  if (failed(reduced))
    return failure();
  bool isAll = l.getName() == "all";
  Type boolean = l.b.getI1Type();
  ScalarMath m(l.b, l.loc, boolean);
  Value truth =
      reduce(l, self, reduced->dims, boolean, m.constantInt(isAll ? 1 : 0),
             [&](const ScalarMath &m, Value accumulated, Value x) {
               return isAll ? m.mul(accumulated, x) : m.add(accumulated, x);
             });
  return replaceReduced(l, truth, boolean, *reduced);
}

//===----------------------------------------------------------------------===//
// Extremes with their places
//===----------------------------------------------------------------------===//

/// Reduces one dim to the extreme and its first index; the first NaN wins.
static std::pair<Value, Value> createArgExtreme(const AtenLowering &l,
                                                DtypedValue self, int64_t dim,
                                                bool isMax) {
  ScalarMath outer(l.b, l.loc, self.dtype);
  Value init = isMax ? outer.lowest() : outer.highest();
  Value first = arith::ConstantIntOp::create(l.b, l.loc, 0, 64);
  SmallVector<Value> results = createReduction(
      l.b, l.loc, self.value, dim, {init, first},
      [&](OpBuilder &b, Value x, ValueRange accumulators) {
        ScalarMath m(b, l.loc, self.dtype);
        Value best = accumulators[0], place = accumulators[1];
        Value index = arith::IndexCastOp::create(
            b, l.loc, b.getI64Type(), linalg::IndexOp::create(b, l.loc, dim));
        Value wins = isMax ? m.gt(x, best) : m.lt(x, best);
        if (m.isFloat()) {
          Value isNan = m.isNan(x), bestIsNan = m.isNan(best);
          Value one = arith::ConstantIntOp::create(b, l.loc, 1, 1);
          wins = arith::AndIOp::create(
              b, l.loc, arith::OrIOp::create(b, l.loc, wins, isNan),
              arith::XOrIOp::create(b, l.loc, bestIsNan, one));
        }
        return SmallVector<Value>{m.select(wins, x, best),
                                  m.select(wins, index, place)};
      });
  return {results[0], results[1]};
}

/// max.dim, min.dim
static LogicalResult lowerExtremeWithIndices(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<ReducedDims> reduced = getReducedDims(l, self);
  if (failed(reduced))
    return failure();
  if (isa<ComplexType>(self.dtype))
    return l.fail("complex numbers have no order");
  if (self.getRank() == 0) {
    ScalarMath m(l.b, l.loc, l.b.getI64Type());
    return l.replace(
        {self.value, createFilled(l.b, l.loc, {}, m.constantInt(0))});
  }
  checkNotEmpty(l, self, reduced->dims, "IndexError");
  auto [values, indices] =
      createArgExtreme(l, self, reduced->dims.front(), l.getName() == "max");
  return l.replace(
      {finishDims(l, values, *reduced), finishDims(l, indices, *reduced)});
}

/// argmax, argmin; without a dim, of the flattened tensor.
static LogicalResult lowerArgExtreme(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<ReducedDims> reduced = getReducedDims(l, self);
  if (failed(reduced))
    return failure();
  if (isa<ComplexType>(self.dtype))
    return l.fail("complex numbers have no order");
  checkNotEmpty(l, self, reduced->dims, "IndexError");
  DtypedValue source = self;
  int64_t dim = 0;
  if (l.isNone("dim") || self.getRank() == 0)
    source.value = flatten(l.b, l.loc, self.value);
  else
    dim = reduced->dims.front();
  Value indices =
      createArgExtreme(l, source, dim, l.getName() == "argmax").second;
  return l.replace(finishDims(l, indices, *reduced));
}

//===----------------------------------------------------------------------===//
// Norms
//===----------------------------------------------------------------------===//

static DtypedValue getAbsoluteValues(const AtenLowering &l, DtypedValue self) {
  auto complexType = dyn_cast<ComplexType>(self.dtype);
  if (!complexType)
    return self;
  Type part = complexType.getElementType();
  return {createElementwise(l.b, l.loc, self, self.getRank(), /*computeDtype=*/
                            Type(), part, part,
                            [&](const ScalarMath &m, ValueRange x) -> Value {
                              return complex::AbsOp::create(m.b, m.loc, x[0]);
                            }),
          part};
}

/// sum(|x|^p)^(1/p), and its limits for p = 0, inf and -inf.
static LogicalResult lowerNorm(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  if (isa<IntegerType>(self.dtype) || !isa<FloatType>(l.getResultDtype()))
    return l.fail("norm of a tensor that is not of floats");
  // Of complex numbers, the norm of their absolute values.
  self = getAbsoluteValues(l, self);
  FailureOr<ReducedDims> reduced = getReducedDims(l, self);
  if (failed(reduced))
    return failure();
  double p = 2;
  for (StringRef name : {"ord", "p"}) {
    if (l.isNone(name))
      continue;
    std::optional<double> constant = l.getFloat(name);
    if (!constant)
      return l.fail("the order of the norm is not a constant");
    p = *constant;
  }
  const double inf = std::numeric_limits<double>::infinity();
  Type dtype = getComputeDtype(l.getResultDtype());
  ScalarMath outer(l.b, l.loc, dtype);
  if (p == -inf)
    checkNotEmpty(l, self, reduced->dims, "RuntimeError");
  Value norm = reduce(l, self, reduced->dims, dtype,
                      p == -inf ? outer.highest() : outer.constant(0),
                      [&](const ScalarMath &m, Value accumulated, Value x) {
                        if (p == inf)
                          return m.max(accumulated, m.abs(x));
                        if (p == -inf)
                          return m.min(accumulated, m.abs(x));
                        Value term;
                        if (p == 0)
                          term =
                              m.cast(m.ne(x, m.constant(0)), m.b.getI1Type());
                        else if (p == 1)
                          term = m.abs(x);
                        else if (p == 2)
                          term = m.mul(x, x);
                        else
                          term = m.pow(m.abs(x), m.constant(p));
                        return m.add(accumulated, term);
                      });
  if (p == 2)
    norm = mapReduced(l, norm, dtype,
                      [](const ScalarMath &m, Value x) { return m.sqrt(x); });
  else if (p != inf && p != -inf && p != 0 && p != 1)
    norm = mapReduced(l, norm, dtype, [&](const ScalarMath &m, Value x) {
      return m.pow(x, m.constant(1 / p));
    });
  return replaceReduced(l, norm, dtype, *reduced);
}

void minitorch::detail::populateReductionPatterns(
    const TypeConverter &converter, RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter, {"sum", "sum.dim_IntList"}, lowerSum);
  addAtenLowering(patterns, converter, {"mean", "mean.dim"}, lowerMean);
  addAtenLowering(patterns, converter, {"prod", "prod.dim_int"}, lowerProd);
  addAtenLowering(patterns, converter, {"amax", "amin", "max", "min"},
                  lowerExtreme);
  addAtenLowering(patterns, converter,
                  {"any", "any.dim", "any.dims", "all", "all.dim", "all.dims"},
                  lowerTruth);
  addAtenLowering(patterns, converter, {"max.dim", "min.dim"},
                  lowerExtremeWithIndices);
  addAtenLowering(patterns, converter, {"argmax", "argmin"}, lowerArgExtreme);
  addAtenLowering(patterns, converter,
                  {"linalg_vector_norm", "norm.ScalarOpt_dim", "norm.Scalar",
                   "norm.ScalarOpt_dtype", "norm.ScalarOpt_dim_dtype",
                   "frobenius_norm.dim"},
                  lowerNorm);
}
