//===- Linear.cpp - Contractions --------------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "Patterns.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace minitorch;

namespace {
/// C[batch, m, n] += A[batch, m, k] * B[batch, k, n] as one linalg.generic.
/// Each operand names the iteration dims of its own dims; one that is in the
/// result is parallel, the others are reduced.
class Contraction {
public:
  Contraction(const AtenLowering &l, Type dtype)
      : l(l), b(l.b), loc(l.loc), dtype(dtype),
        accumulator(getComputeDtype(dtype)) {}

  /// A new iteration dim of `size`.
  unsigned addDim(OpFoldResult size, bool isReduced = false) {
    sizes.push_back(size);
    iterators.push_back(isReduced ? utils::IteratorType::reduction
                                  : utils::IteratorType::parallel);
    return sizes.size() - 1;
  }

  void addOperand(const DtypedValue &operand, ArrayRef<unsigned> dims) {
    operands.push_back(operand);
    operandDims.push_back(llvm::to_vector(dims));
  }

  /// The product, in the accumulator's dtype: f32 for f16 and bf16.
  Value create() {
    unsigned rank = sizes.size();
    SmallVector<AffineMap> maps;
    SmallVector<Value> inputs;
    for (auto [operand, dims] : llvm::zip(operands, operandDims)) {
      SmallVector<AffineExpr> exprs;
      for (unsigned dim : dims)
        exprs.push_back(b.getAffineDimExpr(dim));
      maps.push_back(AffineMap::get(rank, 0, exprs, b.getContext()));
      inputs.push_back(operand.value);
    }
    SmallVector<AffineExpr> resultExprs;
    SmallVector<OpFoldResult> resultSizes;
    for (auto [dim, size] : llvm::enumerate(sizes)) {
      if (iterators[dim] == utils::IteratorType::reduction)
        continue;
      resultExprs.push_back(b.getAffineDimExpr(dim));
      resultSizes.push_back(size);
    }
    maps.push_back(AffineMap::get(rank, 0, resultExprs, b.getContext()));
    ScalarMath outer(b, loc, accumulator);
    Value init = createFilled(b, loc, resultSizes, outer.constantInt(0));
    // An empty sum, or no sum at all.
    if (llvm::any_of(sizes, isZeroInteger))
      return init;
    auto generic = linalg::GenericOp::create(
        b, loc, init.getType(), inputs, init, maps, iterators,
        [&](OpBuilder &nested, Location, ValueRange arguments) {
          ScalarMath m(nested, loc, accumulator);
          Value product = m.mul(m.cast(arguments[0], operands[0].dtype),
                                m.cast(arguments[1], operands[1].dtype));
          linalg::YieldOp::create(nested, loc, m.add(arguments[2], product));
        });
    return generic.getResult(0);
  }

  Type getAccumulatorDtype() const { return accumulator; }

private:
  const AtenLowering &l;
  OpBuilder &b;
  Location loc;
  Type dtype, accumulator;
  SmallVector<OpFoldResult> sizes;
  SmallVector<utils::IteratorType> iterators;
  SmallVector<DtypedValue> operands;
  SmallVector<SmallVector<unsigned>> operandDims;
};
} // namespace

/// Raises as the kernel that PyTorch takes for these ranks does, unless `x` of
/// `a` and `y` of `b`, which are summed over, are equal. `columns` is b's other
/// dim, if it has one.
static void checkInnerSizes(const AtenLowering &l, Value a, Value b,
                            OpFoldResult x, OpFoldResult y,
                            OpFoldResult columns) {
  SmallVector<OpFoldResult> sizesA = getSizes(l.b, l.loc, a);
  int64_t rankA = sizesA.size();
  int64_t rankB = cast<RankedTensorType>(b.getType()).getRank();
  SmallVector<Value> values;
  auto describe = [&](ArrayRef<OpFoldResult> sizes,
                      StringRef separator = ", ") {
    return describeSizes(l.b, l.loc, sizes, values, separator);
  };
  Value isEqual = createSizesEqual(l.b, l.loc, x, y);
  std::string message;
  if (rankA == 1 && rankB == 1) {
    message = "inconsistent tensor size, expected tensor [" + describe(x) + "]";
    message += " and src [" + describe(y) + "]";
    message += " to have the same number of elements, but got " + describe(x);
    message += " and " + describe(y) + " elements respectively";
  } else if (rankA == 2 && rankB == 1) {
    message = "size mismatch, got input (" + describe(sizesA[0]) + ")";
    message += ", mat (" + describe(sizesA, "x") + ")";
    message += ", vec (" + describe(y) + ")";
  } else if (rankA > 2 && rankB > 2) {
    OpFoldResult count =
        multiplySizes(l.b, l.loc, ArrayRef(sizesA).drop_back(2));
    message = "Expected size for first two dimensions of batch2 tensor to be: "
              "[" +
              describe({count, x}) + "] but got: [";
    message += describe({count, y}) + "].";
  } else {
    OpFoldResult rows = multiplySizes(l.b, l.loc, ArrayRef(sizesA).drop_back());
    message = "mat1 and mat2 shapes cannot be multiplied (" +
              describe({rows, x}, "x") + " and ";
    message += describe({y, columns}, "x") + ")";
  }
  l.check(isEqual, "RuntimeError", message, values);
}

/// `product` of dtype `from`, plus a bias that broadcasts, in the result's
/// dtype. The sum is an operation of its own that code generation fuses.
static Value addBias(const AtenLowering &l, Value product, Type from,
                     DtypedValue bias) {
  Type dtype = l.getResultDtype();
  int64_t rank = cast<RankedTensorType>(product.getType()).getRank();
  if (!bias)
    return castElements(l.b, l.loc, {product, from}, dtype);
  return createElementwise(
      l.b, l.loc, {{product, from}, bias}, rank, from, from, dtype,
      [](const ScalarMath &m, ValueRange x) { return m.add(x[0], x[1]); });
}

/// input[..., k] * weight[n, k] + bias[n], for any leading dims; or weight[k].
static LogicalResult lowerLinear(const AtenLowering &l) {
  DtypedValue input = l.get("input"), weight = l.get("weight");
  DtypedValue bias = l.isNone("bias") ? DtypedValue() : l.get("bias");
  int64_t rank = input.getRank();
  if (rank == 0 || weight.getRank() == 0 || weight.getRank() > 2)
    return l.fail("linear of a scalar");
  OpFoldResult inner = getSize(l.b, l.loc, input.value, rank - 1);
  OpFoldResult weightInner =
      getSize(l.b, l.loc, weight.value, weight.getRank() - 1);
  // The weight is transposed.
  checkInnerSizes(l, input.value, weight.value, inner, weightInner,
                  weight.getRank() == 2 ? getSize(l.b, l.loc, weight.value, 0)
                                        : OpFoldResult(l.b.getIndexAttr(1)));

  Contraction contraction(l, l.getResultDtype());
  SmallVector<unsigned> inputDims, weightDims;
  for (int64_t dim = 0; dim < rank - 1; ++dim)
    inputDims.push_back(
        contraction.addDim(getSize(l.b, l.loc, input.value, dim)));
  if (weight.getRank() == 2)
    weightDims.push_back(
        contraction.addDim(getSize(l.b, l.loc, weight.value, 0)));
  unsigned k = contraction.addDim(inner, /*isReduced=*/true);
  inputDims.push_back(k);
  weightDims.push_back(k);
  contraction.addOperand(input, inputDims);
  contraction.addOperand(weight, weightDims);
  Value product = contraction.create();
  return l.replace(
      addBias(l, product, contraction.getAccumulatorDtype(), bias));
}

/// The matrix product of `self` and `other`, batches broadcast, vectors
/// extended, by the rules of torch.matmul. Null after a failure.
static FailureOr<std::pair<Value, Type>>
createMatmul(const AtenLowering &l, DtypedValue self, DtypedValue other) {
  int64_t rank = self.getRank(), otherRank = other.getRank();
  if (rank == 0 || otherRank == 0)
    return l.fail("both arguments need to be at least 1D");
  OpFoldResult inner = getSize(l.b, l.loc, self.value, rank - 1);
  OpFoldResult otherInner =
      getSize(l.b, l.loc, other.value, otherRank == 1 ? 0 : otherRank - 2);
  checkInnerSizes(l, self.value, other.value, inner, otherInner,
                  otherRank > 1
                      ? getSize(l.b, l.loc, other.value, otherRank - 1)
                      : OpFoldResult(l.b.getIndexAttr(1)));

  // Read before an operand's batch dims change.
  OpFoldResult rows, columns;
  if (rank > 1)
    rows = getSize(l.b, l.loc, self.value, rank - 2);
  if (otherRank > 1)
    columns = getSize(l.b, l.loc, other.value, otherRank - 1);

  SmallVector<OpFoldResult> shape = getSizes(l.b, l.loc, self.value);
  SmallVector<OpFoldResult> otherShape = getSizes(l.b, l.loc, other.value);
  shape.pop_back_n(std::min<int64_t>(rank, 2));
  otherShape.pop_back_n(std::min<int64_t>(otherRank, 2));
  SmallVector<OpFoldResult> batch =
      broadcastSizes(l.b, l.loc, {shape, otherShape});
  Contraction contraction(l, l.getResultDtype());
  for (OpFoldResult size : batch)
    contraction.addDim(size);
  auto fit = [&](DtypedValue &operand, size_t count) {
    size_t offset = batch.size() - count;
    SmallVector<unsigned> dims;
    for (int64_t dim : fitToSizes(l.b, l.loc, operand.value,
                                  ArrayRef(batch).drop_front(offset)))
      dims.push_back(dim + offset);
    return dims;
  };
  SmallVector<unsigned> dims = fit(self, shape.size());
  SmallVector<unsigned> otherDims = fit(other, otherShape.size());
  if (rank > 1)
    dims.push_back(contraction.addDim(rows));
  std::optional<unsigned> n;
  if (otherRank > 1)
    n = contraction.addDim(columns);
  unsigned k = contraction.addDim(inner, /*isReduced=*/true);
  dims.push_back(k);
  otherDims.push_back(k);
  if (n)
    otherDims.push_back(*n);
  contraction.addOperand(self, dims);
  contraction.addOperand(other, otherDims);
  return std::make_pair(contraction.create(),
                        contraction.getAccumulatorDtype());
}

static LogicalResult lowerMatmul(const AtenLowering &l) {
  DtypedValue self = l.get(0u), other = l.get(1u);
  FailureOr<std::pair<Value, Type>> product = createMatmul(l, self, other);
  if (failed(product))
    return failure();
  return l.replace(castElements(l.b, l.loc, {product->first, product->second},
                                l.getResultDtype()));
}

/// beta * self + alpha * (a @ b)
static LogicalResult lowerAddMatmul(const AtenLowering &l) {
  DtypedValue self = l.get(0u);
  FailureOr<std::pair<Value, Type>> product =
      createMatmul(l, l.get(1u), l.get(2u));
  if (failed(product))
    return failure();
  auto [value, dtype] = *product;
  int64_t rank = l.getResultType().getRank();
  bool ignoresSelf = l.getFloat("beta") == 0;
  bool isPlain = l.getFloat("beta") == 1 && l.getFloat("alpha") == 1;
  SmallVector<DtypedValue> operands = {{value, dtype}};
  if (!ignoresSelf)
    operands.push_back(self);
  if (!isPlain)
    operands.append({l.get("alpha"), l.get("beta")});
  return l.replace(createElementwise(
      l.b, l.loc, operands, rank, dtype, dtype, l.getResultDtype(),
      [&](const ScalarMath &m, ValueRange x) {
        if (isPlain)
          return m.add(x[0], x[1]);
        if (ignoresSelf)
          return m.mul(x[0], x[1]);
        return m.add(m.mul(x[0], x[2]), m.mul(x[1], x[3]));
      }));
}

/// self[m] * vec2[n]
static LogicalResult lowerOuter(const AtenLowering &l) {
  DtypedValue self = l.get("self"), other = l.get("vec2");
  self.value = insertUnitDims(l.b, l.loc, self.value, 1);
  Type dtype = getComputeDtype(l.getResultDtype());
  return l.replace(createElementwise(
      l.b, l.loc, {self, other}, 2, dtype, dtype, l.getResultDtype(),
      [](const ScalarMath &m, ValueRange x) { return m.mul(x[0], x[1]); }));
}

void minitorch::detail::populateLinearPatterns(const TypeConverter &converter,
                                               RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter, {"linear"}, lowerLinear);
  addAtenLowering(patterns, converter, {"matmul", "mm", "bmm", "mv", "dot"},
                  lowerMatmul);
  addAtenLowering(patterns, converter, {"addmm", "baddbmm", "addmv"},
                  lowerAddMatmul);
  addAtenLowering(patterns, converter, {"outer"}, lowerOuter);
}
