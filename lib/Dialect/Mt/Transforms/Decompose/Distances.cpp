//===- Distances.cpp - Distances and the losses of them ---------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"
#include "Loss.h"

using namespace mlir;

// Source: the "Distance Functions" and "Loss Functions" sections of PyTorch's
// torch.nn page.

namespace minitorch::mt {
namespace {

bool isFloat(Value x) { return isa_and_present<FloatType>(getDtype(x)); }

Value atLeast(TensorBuilder &b, Value x, Value least) {
  return b.create<AtenClampMinOp>({x, least});
}

/// `value` where `mask` holds, 0 elsewhere.
Value only(TensorBuilder &b, Value value, Value mask) {
  return b.create<AtenMaskedFillScalarOp>(
      {value, b.create<AtenLogicalNotOp>({mask}), b.constant(0.0)});
}

/// pairwise_distance(x, y, p, eps, keepdim): the p-norm of x - y + eps
Value getDistance(TensorBuilder &b, Value x, Value y, Value p, Value eps,
                  Value keepDim) {
  Value difference = b.addScalar(b.sub(x, y), eps);
  // A norm of complex numbers is that of their magnitudes.
  if (isa_and_present<ComplexType>(getDtype(difference)))
    difference = b.create<AtenAbsOp>({difference});
  return b.create<AtenNormScalarOptDimOp>(
      {difference, p, b.intList(ArrayRef<int64_t>{-1}), keepDim});
}
FormulaResult pairwiseDistance(TensorBuilder &b, ValueRange in) {
  if (!getRank(in[0]) || !getRank(in[1]) || !getDtype(in[0]) ||
      !getDtype(in[1]) || !isFloatOrComplex(getDtype(in[0])) ||
      !isFloatOrComplex(getDtype(in[1])))
    return std::nullopt;
  return {{getDistance(b, in[0], in[1], in[2], in[3], in[4])}};
}

/// cosine_similarity(x, y, dim, eps): the sum of x / |x| * y / |y|, norms at
/// least eps
FormulaResult cosineSimilarity(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> dim = getConstantInt(in[2]);
  std::optional<int64_t> rank = getRank(in[0]), other = getRank(in[1]);
  if (!dim || !rank || !other || !isFloat(in[0]) || !isFloat(in[1]))
    return std::nullopt;
  // The dimension is one of the operands' common shape.
  std::optional<int64_t> wrapped = wrapDim(*dim, std::max(*rank, *other));
  if (!wrapped)
    return std::nullopt;
  int64_t fromEnd = *wrapped - std::max<int64_t>(std::max(*rank, *other), 1);
  Type dtype = promoteDtypes(getDtype(in[0]), getDtype(in[1]));
  SmallVector<Value> operands;
  for (Value x : in.take_front(2)) {
    x = b.toDtype(x, dtype);
    std::optional<int64_t> own = getRank(x);
    while (getRank(x) < -fromEnd && *own > 0)
      x = b.unsqueeze(x, 0);
    operands.push_back(x);
  }
  Value common;
  if (*rank > 0 && *other > 0)
    common = b.broadcastInt(b.size(operands[0], fromEnd),
                            b.size(operands[1], fromEnd));
  Value product;
  for (Value x : operands) {
    // The norms are those of the broadcast operands.
    if (common) {
      SmallVector<Value> sizes(*getRank(x), b.constant(int64_t(-1)));
      sizes[sizes.size() + fromEnd] = common;
      x = b.expand(x, sizes);
    }
    Value norm = b.create<AtenLinalgVectorNormOp>(
        {x, b.constant(int64_t(2)), b.intList(ArrayRef<int64_t>{fromEnd}),
         b.constant(true), b.none()});
    Value unit = b.div(x, atLeast(b, norm, in[3]));
    product = product ? b.mul(product, unit) : unit;
  }
  return {{b.sum(product, {fromEnd}, /*keepDim=*/false)}};
}

/// cosine_embedding_loss(x, y, target, margin): 1 - cos(x, y) where the target
/// is 1, max(0, cos(x, y) - margin) where it is -1
FormulaResult cosineEmbedding(TensorBuilder &b, ValueRange in) {
  std::optional<Reduction> reduction = getReduction(in[4]);
  Value x = in[0], y = in[1], target = in[2];
  std::optional<int64_t> rank = getRank(target);
  if (!reduction || !rank || !getRank(x) || !getRank(y) || !getDtype(x) ||
      !getDtype(y))
    return std::nullopt;
  const double least = 1e-12;
  auto dot = [&](Value p, Value q) {
    return b.sum(b.mul(p, q), {*rank}, /*keepDim=*/false);
  };
  auto square = [&](Value p) {
    return b.addScalar(dot(p, p), b.constant(least));
  };
  Value cosine =
      b.div(dot(x, y), b.create<AtenSqrtOp>({b.mul(square(x), square(y))}));
  Value near = b.create<AtenRsubScalarOp>(
      {cosine, b.constant(1.0), b.constant(int64_t(1))});
  Value minus = b.create<AtenNegOp>(
      {b.create<AtenRsubScalarOp>({cosine, in[3], b.constant(int64_t(1))})});
  Value far = atLeast(b, minus, b.constant(0.0));
  Value isOne = b.create<AtenEqScalarOp>({target, b.constant(int64_t(1))});
  Value isMinusOne =
      b.create<AtenEqScalarOp>({target, b.constant(int64_t(-1))});
  Value loss = b.add(only(b, near, isOne), only(b, far, isMinusOne));
  return {{reduce(b, loss, *reduction)}};
}

/// triplet_margin_loss(a, positive, negative, margin, p, eps, swap):
/// max(0, margin + d(a, positive) - d(a, negative)), or with the distance of
/// the other two where that is smaller
FormulaResult tripletMargin(TensorBuilder &b, ValueRange in) {
  std::optional<bool> swap = getConstantBool(in[6]);
  std::optional<Reduction> reduction = getReduction(in[7]);
  if (!swap || !reduction)
    return std::nullopt;
  for (Value x : in.take_front(3))
    if (!getRank(x) || !getDtype(x))
      return std::nullopt;
  auto distance = [&](Value x, Value y) {
    return getDistance(b, x, y, in[4], in[5], b.constant(false));
  };
  Value near = distance(in[0], in[1]), far = distance(in[0], in[2]);
  if (*swap)
    far = b.create<AtenMinimumOp>({far, distance(in[1], in[2])});
  Value loss =
      atLeast(b, b.addScalar(b.sub(near, far), in[3]), b.constant(0.0));
  return {{reduce(b, loss, *reduction)}};
}

/// multi_margin_loss(x, y, p, margin, weight): over the classes i other than y,
/// the mean of w[y] * max(0, margin - x[y] + x[i])^p
FormulaResult multiMargin(TensorBuilder &b, ValueRange in) {
  Value x = in[0], target = in[1];
  std::optional<int64_t> rank = getRank(x), targetRank = getRank(target);
  std::optional<Value> weight = getOptionalTensor(in[4]);
  std::optional<Reduction> reduction = getReduction(in[5]);
  if (!rank || *rank > 2 || !targetRank || !isFloat(x) || !weight || !reduction)
    return std::nullopt;
  bool isBatch = *rank == 2;
  if (*targetRank > 1 || (isBatch && *targetRank != 1))
    return std::nullopt;
  while (*getRank(x) < 2)
    x = b.unsqueeze(x, 0);
  Value count = b.size(x, 1), all = b.constant(int64_t(-1));
  Value column = b.reshape(target, {all, b.constant(int64_t(1))});
  Value own = b.create<AtenGatherOp>({x, all, column, b.constant(false)});
  Value terms = atLeast(b, b.addScalar(b.sub(x, own), in[3]), b.constant(0.0));
  terms = b.create<AtenPowTensorScalarOp>({terms, in[2]});
  if (*weight) {
    Value flat = b.reshape(target, {all});
    Value weights =
        b.create<AtenIndexSelectOp>({*weight, b.constant(int64_t(0)), flat});
    terms = b.mul(terms, b.unsqueeze(weights, 1));
  }
  Value isOwn = b.create<AtenEqTensorOp>(
      {b.arange(count, b.getRewriter().getI64Type()), column});
  terms = b.create<AtenMaskedFillScalarOp>({terms, isOwn, b.constant(0.0)});
  Value loss = b.divScalar(b.sum(terms, {1}, /*keepDim=*/false), count);
  if (*targetRank == 0)
    loss = b.squeeze(loss, 0);
  return {{reduce(b, loss, *reduction)}};
}

/// multilabel_margin_loss(x, y): the targets of a row are those before its
/// first -1; over each target j and each other class i, the sum of
/// max(0, 1 - x[y[j]] + x[i]) by the number of classes
FormulaResult multilabelMargin(TensorBuilder &b, ValueRange in) {
  Value x = in[0], target = in[1];
  std::optional<int64_t> rank = getRank(x);
  std::optional<Reduction> reduction = getReduction(in[2]);
  if (!rank || *rank > 2 || getRank(target) != rank || !isFloat(x) ||
      !reduction)
    return std::nullopt;
  Type i64 = b.getRewriter().getI64Type();
  Value last = b.constant(int64_t(-1)), zero = b.constant(int64_t(0));
  for (Value *tensor : {&x, &target})
    while (*getRank(*tensor) < 2)
      *tensor = b.unsqueeze(*tensor, 0);
  Value count = b.size(x, 1);
  Value isTarget = b.toDtype(b.create<AtenGeScalarOp>({target, zero}), i64);
  isTarget = b.toDtype(b.create<AtenCumprodOp>({isTarget, last, b.none()}),
                       b.getRewriter().getI1Type());
  Value index = b.create<AtenMaskedFillScalarOp>(
      {target, b.create<AtenLogicalNotOp>({isTarget}), zero});
  // [row, target, class]
  Value isClass = b.create<AtenLogicalAndOp>(
      {b.create<AtenEqTensorOp>({b.unsqueeze(index, 2), b.arange(count, i64)}),
       b.unsqueeze(isTarget, 2)});
  Value isAnyClass = b.create<AtenAnyDimOp>(
      {isClass, b.constant(int64_t(1)), b.constant(true)});
  Value own = b.create<AtenGatherOp>({x, last, index, b.constant(false)});
  Value terms = b.addScalar(b.sub(b.unsqueeze(x, 1), b.unsqueeze(own, 2)),
                            b.constant(1.0));
  Value counts = b.create<AtenLogicalAndOp>(
      {b.unsqueeze(isTarget, 2), b.create<AtenLogicalNotOp>({isAnyClass})});
  terms = only(b, atLeast(b, terms, b.constant(0.0)), counts);
  Value loss = b.divScalar(b.sum(terms, {1, 2}, /*keepDim=*/false), count);
  if (*rank < 2)
    loss = b.squeeze(loss, 0);
  return {{reduce(b, loss, *reduction)}};
}

constexpr NamedFormula formulas[] = {
    {"aten::cosine_embedding_loss", cosineEmbedding},
    {"aten::cosine_similarity", cosineSimilarity},
    {"aten::multi_margin_loss", multiMargin},
    {"aten::multilabel_margin_loss", multilabelMargin},
    {"aten::pairwise_distance", pairwiseDistance},
    {"aten::triplet_margin_loss", tripletMargin},
};

} // namespace

void populateDistanceDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
}

} // namespace minitorch::mt
