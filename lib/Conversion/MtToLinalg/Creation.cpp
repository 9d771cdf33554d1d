//===- Creation.cpp - New tensors -------------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "Patterns.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace minitorch;
using namespace minitorch::detail;

//===----------------------------------------------------------------------===//
// Filled tensors
//===----------------------------------------------------------------------===//

/// zeros, ones, full, empty (which is zeros: nobody can rely on less), and
/// their new_ forms.
static LogicalResult lowerFill(const AtenLowering &l) {
  FailureOr<SmallVector<OpFoldResult>> sizes = l.getSizes("size");
  if (failed(sizes))
    return failure();
  Type dtype = l.getResultDtype();
  ScalarMath m(l.b, l.loc, dtype);
  Value fill = m.constantInt(l.getName().ends_with("ones") ? 1 : 0);
  if (DtypedValue value = l.get("fill_value"))
    fill = castNumber(l.b, l.loc, value.value, value.dtype, dtype);
  return l.replace(createFilled(l.b, l.loc, *sizes, fill));
}

/// zeros_like, ones_like, full_like, empty_like
static LogicalResult lowerFillLike(const AtenLowering &l) {
  Type dtype = l.getResultDtype();
  ScalarMath m(l.b, l.loc, dtype);
  Value fill = m.constantInt(l.getName() == "ones_like" ? 1 : 0);
  if (DtypedValue value = l.get("fill_value"))
    fill = castNumber(l.b, l.loc, value.value, value.dtype, dtype);
  return l.replace(createFilled(
      l.b, l.loc, getSizes(l.b, l.loc, l.get("self").value), fill));
}

/// scalar_tensor, tensor.int, ...: a number as a 0-d tensor.
static LogicalResult lowerScalarTensor(const AtenLowering &l) {
  DtypedValue number = l.get(0u);
  if (number.isTensor() || l.getResultType().getRank() != 0)
    return l.fail("not a number");
  Value value =
      castNumber(l.b, l.loc, number.value, number.dtype, l.getResultDtype());
  return l.replace(
      tensor::FromElementsOp::create(l.b, l.loc, l.getResultType(), value)
          .getResult());
}

/// tensor([a, b, ...]): a list of numbers, or a nest of lists.
static LogicalResult lowerTensorOfList(const AtenLowering &l) {
  RankedTensorType type = l.getResultType();
  if (!type.hasStaticShape())
    return l.fail("a list of unknown length");
  SmallVector<DtypedValue> numbers;
  SmallVector<Value> pending = {l.op->getOperand(0)};
  while (!pending.empty()) {
    Value value = pending.pop_back_val();
    if (isa<IntegerType, FloatType, ComplexType>(value.getType())) {
      Value remapped = l.b.getRemappedValue(value);
      numbers.push_back({remapped ? remapped : value, value.getType()});
      continue;
    }
    std::optional<SmallVector<Value>> elements = mt::getListElements(value);
    if (!elements)
      return l.fail("a list of unknown structure");
    pending.append(elements->rbegin(), elements->rend());
  }
  if (static_cast<int64_t>(numbers.size()) != type.getNumElements())
    return l.fail("lists of different lengths");
  if (numbers.empty())
    return l.replace(tensor::EmptyOp::create(l.b, l.loc, type.getShape(),
                                             type.getElementType())
                         .getResult());
  SmallVector<Value> elements;
  for (const DtypedValue &number : numbers)
    elements.push_back(
        castNumber(l.b, l.loc, number.value, number.dtype, l.getResultDtype()));
  return l.replace(
      tensor::FromElementsOp::create(l.b, l.loc, type, elements).getResult());
}

//===----------------------------------------------------------------------===//
// Ranges
//===----------------------------------------------------------------------===//

/// ceil((end - start) / step) in the numbers' own type, as PyTorch counts.
static OpFoldResult getRangeLength(const AtenLowering &l, DtypedValue start,
                                   DtypedValue end, DtypedValue step) {
  OpBuilder &b = l.b;
  bool isFloat = isa<FloatType>(start.dtype) || isa<FloatType>(end.dtype) ||
                 isa<FloatType>(step.dtype);
  Type dtype = isFloat ? Type(b.getF64Type()) : Type(b.getI64Type());
  ScalarMath m(b, l.loc, dtype);
  auto number = [&](DtypedValue value) {
    return castNumber(b, l.loc, value.value, value.dtype, dtype);
  };
  Value first = number(start), last = number(end), stride = number(step);
  Value zero = m.constantInt(0);
  Value isUp =
      arith::AndIOp::create(b, l.loc, m.gt(stride, zero), m.ge(last, first));
  Value isDown =
      arith::AndIOp::create(b, l.loc, m.lt(stride, zero), m.le(last, first));
  l.check(m.ne(stride, zero), "RuntimeError", "step must be nonzero");
  if (isFloat) {
    // Zero times a number is zero, unless it is infinite or NaN.
    Value isFinite =
        arith::AndIOp::create(b, l.loc, m.eq(m.mul(first, zero), zero),
                              m.eq(m.mul(last, zero), zero));
    l.check(isFinite, "RuntimeError", "unsupported range: {} -> {}",
            {first, last});
  }
  l.check(arith::OrIOp::create(b, l.loc, isUp, isDown), "RuntimeError",
          "upper bound and lower bound inconsistent with step sign");
  Value distance = m.sub(last, first), length;
  if (isFloat) {
    length = arith::FPToSIOp::create(
        b, l.loc, b.getI64Type(),
        math::CeilOp::create(b, l.loc, m.div(distance, stride)));
  } else {
    Value safe = m.select(m.eq(stride, zero), m.constantInt(1), stride);
    length = arith::CeilDivSIOp::create(b, l.loc, distance, safe);
  }
  return toSize(b, l.loc, length);
}

/// arange: start + i * step
static LogicalResult lowerArange(const AtenLowering &l) {
  OpBuilder &b = l.b;
  Type integer = b.getI64Type();
  auto constant = [&](int64_t value) {
    return DtypedValue{arith::ConstantIntOp::create(b, l.loc, value, 64),
                       integer};
  };
  DtypedValue start = l.get("start") ? l.get("start") : constant(0);
  DtypedValue step = l.get("step") ? l.get("step") : constant(1);
  DtypedValue end = l.get("end");
  RankedTensorType type = l.getResultType();
  OpFoldResult length;
  if (!type.isDynamicDim(0))
    length = b.getIndexAttr(type.getDimSize(0));
  else
    length = getRangeLength(l, start, end, step);
  Type dtype = l.getResultDtype();
  // Floats in double, as PyTorch's CPU kernel accumulates.
  Type computeDtype = isa<FloatType>(dtype) ? Type(b.getF64Type()) : integer;
  Value first = castNumber(b, l.loc, start.value, start.dtype, computeDtype);
  Value stride = castNumber(b, l.loc, step.value, step.dtype, computeDtype);
  return l.replace(createFromIndices(
      b, l.loc, length, dtype, [&](OpBuilder &nested, ValueRange indices) {
        ScalarMath m(nested, l.loc, computeDtype);
        Value i =
            arith::IndexCastOp::create(nested, l.loc, integer, indices.front());
        Value value = m.add(first, m.mul(m.cast(i, integer), stride));
        return castScalar(nested, l.loc, value, computeDtype, dtype);
      }));
}

/// linspace: from start in the first half, back from end in the second. The
/// bounds are numbers or 0-d tensors; the parts of complex ones go their own
/// ways. Half precision rounds every step, as PyTorch does.
static LogicalResult lowerLinspace(const AtenLowering &l) {
  OpBuilder &b = l.b;
  Type integer = b.getI64Type(), dtype = l.getResultDtype();
  auto complex = dyn_cast<ComplexType>(dtype);
  Type part = complex ? complex.getElementType() : dtype;
  Type computeDtype = isa<FloatType>(part) ? part : b.getF64Type();
  ScalarMath m(b, l.loc, computeDtype), n(b, l.loc, integer);
  // The parts of a bound.
  auto getBound = [&](StringRef name) -> FailureOr<SmallVector<Value>> {
    DtypedValue bound = l.get(name);
    if (bound.isTensor()) {
      if (bound.getRank() != 0)
        return l.fail("a bound is not a number");
      bound.value = tensor::ExtractOp::create(b, l.loc, bound.value);
    }
    if (!complex) {
      // A bound is of the result's dtype.
      Value number = castNumber(b, l.loc, bound.value, bound.dtype, part);
      return SmallVector<Value>{
          castNumber(b, l.loc, number, part, computeDtype)};
    }
    Type wide = ComplexType::get(computeDtype);
    Value value = castScalar(b, l.loc, bound.value, bound.dtype, wide);
    ScalarMath complexMath(b, l.loc, wide);
    return SmallVector<Value>{complexMath.re(value), complexMath.im(value)};
  };
  FailureOr<SmallVector<Value>> first = getBound("start");
  FailureOr<SmallVector<Value>> last = getBound("end");
  if (failed(first) || failed(last))
    return failure();
  Value steps = l.get("steps").value;
  Value one = n.constantInt(1);
  Value intervals = n.max(n.sub(steps, one), one);
  SmallVector<Value> strides;
  for (auto [from, to] : llvm::zip(*first, *last))
    strides.push_back(m.div(m.sub(to, from), m.cast(intervals, integer)));
  RankedTensorType type = l.getResultType();
  OpFoldResult length = type.isDynamicDim(0)
                            ? toSize(b, l.loc, steps)
                            : OpFoldResult(b.getIndexAttr(type.getDimSize(0)));
  return l.replace(createFromIndices(
      b, l.loc, length, dtype, [&](OpBuilder &nested, ValueRange indices) {
        ScalarMath m(nested, l.loc, computeDtype), n(nested, l.loc, integer);
        Value i =
            arith::IndexCastOp::create(nested, l.loc, integer, indices.front());
        Value isFirstHalf = n.le(n.add(i, i), intervals);
        Value fromFirst = m.cast(i, integer);
        Value fromLast = m.cast(n.sub(intervals, i), integer);
        SmallVector<Value> parts;
        for (auto [from, to, stride] : llvm::zip(*first, *last, strides)) {
          Value forward = m.add(from, m.mul(stride, fromFirst));
          Value backward = m.sub(to, m.mul(stride, fromLast));
          parts.push_back(castScalar(nested, l.loc,
                                     m.select(isFirstHalf, forward, backward),
                                     computeDtype, part));
        }
        if (!complex)
          return parts.front();
        return ScalarMath(nested, l.loc, dtype).fromParts(parts[0], parts[1]);
      }));
}

//===----------------------------------------------------------------------===//
// Matrices
//===----------------------------------------------------------------------===//

static LogicalResult lowerEye(const AtenLowering &l) {
  RankedTensorType type = l.getResultType();
  Type dtype = l.getResultDtype();
  SmallVector<OpFoldResult> sizes;
  const StringRef names[] = {"n", "m"};
  for (auto [dim, name] : llvm::enumerate(names)) {
    DtypedValue size = l.get(name) ? l.get(name) : l.get("n");
    sizes.push_back(type.isDynamicDim(dim)
                        ? toSize(l.b, l.loc, size.value)
                        : OpFoldResult(l.b.getIndexAttr(type.getDimSize(dim))));
  }
  return l.replace(createFromIndices(
      l.b, l.loc, sizes, dtype, [&](OpBuilder &b, ValueRange indices) {
        Value isDiagonal = arith::CmpIOp::create(
            b, l.loc, arith::CmpIPredicate::eq, indices[0], indices[1]);
        return castScalar(b, l.loc, isDiagonal, b.getI1Type(), dtype);
      }));
}

/// triu, tril: zero on one side of a diagonal.
static LogicalResult lowerTriangle(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  int64_t rank = self.getRank();
  if (rank < 2)
    return l.fail("a triangle needs two dims");
  bool isUpper = l.getName() == "triu";
  Value diagonal =
      toIndex(l.b, l.loc, toSize(l.b, l.loc, l.get("diagonal").value));
  return l.replace(createElementwise(
      l.b, l.loc, self, rank, Type(), self.dtype, self.dtype,
      [&](const ScalarMath &m, ValueRange x) {
        Value row = linalg::IndexOp::create(m.b, m.loc, rank - 2);
        Value column = linalg::IndexOp::create(m.b, m.loc, rank - 1);
        Value edge = arith::AddIOp::create(m.b, m.loc, row, diagonal);
        Value isKept = arith::CmpIOp::create(
            m.b, m.loc,
            isUpper ? arith::CmpIPredicate::sge : arith::CmpIPredicate::sle,
            column, edge);
        return m.select(isKept, x[0], m.constantInt(0));
      }));
}

void minitorch::detail::populateCreationPatterns(const TypeConverter &converter,
                                                 RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter,
                  {"zeros", "ones", "full", "empty.memory_format", "new_zeros",
                   "new_ones", "new_empty", "new_full"},
                  lowerFill);
  addAtenLowering(patterns, converter,
                  {"zeros_like", "ones_like", "full_like", "empty_like"},
                  lowerFillLike);
  addAtenLowering(
      patterns, converter,
      {"scalar_tensor", "tensor.int", "tensor.float", "tensor.bool"},
      lowerScalarTensor);
  addAtenLowering(patterns, converter, {"tensor"}, lowerTensorOfList);
  addAtenLowering(patterns, converter,
                  {"arange", "arange.start", "arange.start_step"}, lowerArange);
  addAtenLowering(patterns, converter,
                  {"linspace", "linspace.Scalar_Tensor",
                   "linspace.Tensor_Scalar", "linspace.Tensor_Tensor"},
                  lowerLinspace);
  addAtenLowering(patterns, converter, {"eye", "eye.m"}, lowerEye);
  addAtenLowering(patterns, converter, {"triu", "tril"}, lowerTriangle);
}
