//===- Activation.cpp - Softmax, dropout and other activations --*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"
#include "TensorBuilder.h"
#include <limits>

using namespace mlir;

namespace minitorch::mt {
namespace {

/// What the softmax family shares: x - max(x) in the dtype to compute in.
struct Shifted {
  Value value, max;
  int64_t dim;
};
FailureOr<Shifted> shiftByMax(PatternRewriter &rewriter, Operation *op, Value x,
                              Value dimOperand, Type dtype) {
  std::optional<int64_t> dim = getConstantInt(dimOperand);
  std::optional<int64_t> rank = getRank(x);
  if (!dim || !rank || !dtype)
    return rewriter.notifyMatchFailure(op, "dim, rank or dtype is not known");
  std::optional<int64_t> wrapped = wrapDim(*dim, *rank);
  if (!wrapped)
    return rewriter.notifyMatchFailure(op, "dim is out of range");
  TensorBuilder b(rewriter, op->getLoc());
  Value wide = b.toDtype(x, getAccumulationDtype(dtype));
  // A 0-d tensor is reduced over all of its no dimensions.
  SmallVector<int64_t> dims;
  if (*rank > 0)
    dims.push_back(*wrapped);
  Value max = b.amaxOrLowest(wide, dims, /*keepDim=*/true);
  return Shifted{b.sub(wide, max), max, *wrapped};
}

/// softmax(x) = exp(x - max(x)) / sum(exp(x - max(x)))
LogicalResult decomposeSoftmax(PatternRewriter &rewriter, Operation *op,
                               Value x, Value dim, Type dtype) {
  auto shifted = shiftByMax(rewriter, op, x, dim, dtype);
  if (failed(shifted))
    return failure();
  TensorBuilder b(rewriter, op->getLoc());
  Value exps = b.create<AtenExpOp>({shifted->value});
  SmallVector<int64_t> dims;
  if (*getRank(x) > 0)
    dims.push_back(shifted->dim);
  Value y = b.div(exps, b.sum(exps, dims, /*keepDim=*/true));
  b.replace(op, b.toDtype(y, dtype));
  return success();
}

/// log_softmax(x) = (x - max(x)) - log(sum(exp(x - max(x))))
LogicalResult decomposeLogSoftmax(PatternRewriter &rewriter, Operation *op,
                                  Value x, Value dim, Type dtype) {
  auto shifted = shiftByMax(rewriter, op, x, dim, dtype);
  if (failed(shifted))
    return failure();
  TensorBuilder b(rewriter, op->getLoc());
  Value exps = b.create<AtenExpOp>({shifted->value});
  SmallVector<int64_t> dims;
  if (*getRank(x) > 0)
    dims.push_back(shifted->dim);
  Value sum = b.sum(exps, dims, /*keepDim=*/true);
  // Along the last dimension PyTorch keeps the sum and its logarithm in half
  // precision.
  if (shifted->dim == *getRank(x) - 1)
    sum = b.toDtype(sum, dtype);
  Value logSum = b.create<AtenLogOp>({sum});
  b.replace(op, b.toDtype(b.sub(shifted->value, logSum), dtype));
  return success();
}

using SoftmaxFunction = LogicalResult (*)(PatternRewriter &, Operation *, Value,
                                          Value, Type);

/// softmax.int and log_softmax.int: `dtype` is what the input is converted to.
template <typename OpTy, SoftmaxFunction decompose>
struct SoftmaxDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    std::optional<Type> dtype =
        getOptionalDtype(op->getOperand(2), getDtype(op.getSelf()));
    if (!dtype || !*dtype)
      return rewriter.notifyMatchFailure(op, "the dtype is not known");
    return decompose(rewriter, op, op.getSelf(), op->getOperand(1), *dtype);
  }
};

/// _softmax and _log_softmax: half_to_float gives float32 for a half input.
template <typename OpTy, SoftmaxFunction decompose>
struct InnerSoftmaxDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    std::optional<bool> toFloat = getConstantBool(op->getOperand(2));
    if (!toFloat)
      return rewriter.notifyMatchFailure(op, "half_to_float is not a constant");
    Type dtype = *toFloat ? rewriter.getF32Type() : getDtype(op.getSelf());
    return decompose(rewriter, op, op.getSelf(), op->getOperand(1), dtype);
  }
};

/// logsumexp(x) = log(sum(exp(x - m))) + m with m = max(x), of complex numbers
/// the largest real part, 0 where that is infinite, so that inf - inf does not
/// arise.
struct LogSumExpDecomposition : OpRewritePattern<AtenLogsumexpOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenLogsumexpOp op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getSelf();
    std::optional<bool> keepDim = getConstantBool(op.getKeepdim());
    std::optional<SmallVector<int64_t>> dims = getIntList(op.getDim());
    Type dtype = toFloatDtype(getDtype(x));
    if (!keepDim || !dims || llvm::any_of(*dims, ShapedType::isDynamic) ||
        !dtype)
      return rewriter.notifyMatchFailure(op, "operands are not known enough");
    TensorBuilder b(rewriter, op.getLoc());
    Value wide = b.toDtype(x, getAccumulationDtype(dtype));
    Value real = isa<ComplexType>(dtype) ? b.call("aten::real", {wide}) : wide;
    Value max = b.amaxOrLowest(real, *dims, /*keepDim=*/true);
    Value infinite = b.create<AtenIsinfOp>({max});
    max = b.create<AtenMaskedFillScalarOp>({max, infinite, b.constant(0.0)});
    Value exps = b.create<AtenExpOp>({b.sub(wide, max)});
    Value y =
        b.add(b.create<AtenLogOp>({b.sum(exps, *dims, /*keepDim=*/true)}), max);
    if (!*keepDim)
      // The dimensions have size 1: summing drops them.
      y = b.sum(y, *dims, /*keepDim=*/false);
    b.replace(op, b.toDtype(y, dtype));
    return success();
  }
};

/// glu(x) = a * sigmoid(b), where a and b are the halves of x along dim.
struct GluDecomposition : OpRewritePattern<AtenGluOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenGluOp op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getSelf();
    std::optional<int64_t> dim = getConstantInt(op.getDim());
    std::optional<int64_t> rank = getRank(x);
    if (!dim || !rank || !wrapDim(*dim, *rank))
      return rewriter.notifyMatchFailure(op, "dim or rank is not known");
    TensorBuilder b(rewriter, op.getLoc());
    dim = wrapDim(*dim, *rank);
    Value size = b.size(x, *dim);
    Value half = b.floorDivInt(size, b.constant(int64_t(2)));
    Value first = b.slice(x, *dim, b.constant(int64_t(0)), half);
    Value second = b.slice(x, *dim, half, size);
    b.replace(op, b.mul(first, b.create<AtenSigmoidOp>({second})));
    return success();
  }
};

/// _safe_softmax: softmax, and 0 in rows that are minus infinity throughout.
FormulaResult safeSoftmax(TensorBuilder &b, ValueRange in) {
  std::optional<Type> dtype = getOptionalDtype(in[2], getDtype(in[0]));
  std::optional<int64_t> dim = getConstantInt(in[1]), rank = getRank(in[0]);
  if (!dtype || !isa_and_present<FloatType>(*dtype) || !dim || !rank ||
      !wrapDim(*dim, *rank))
    return std::nullopt;
  Value x = b.toDtype(in[0], *dtype);
  Value isMasked = b.create<AtenEqScalarOp>(
      {x, b.constant(-std::numeric_limits<double>::infinity())});
  isMasked = b.create<AtenAllDimOp>({isMasked, in[1], b.constant(true)});
  Value y = b.create<AtenSoftmaxIntOp>({x, in[1], b.none()});
  return {{b.create<AtenMaskedFillScalarOp>({y, isMasked, b.constant(0.0)})}};
}

/// _softmax_backward_data(g, y, dim, dtype) = y (g - sum(g y))
FormulaResult softmaxBackward(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> dim = getConstantInt(in[2]), rank = getRank(in[1]);
  std::optional<Type> dtype = getOptionalDtype(in[3], Type());
  if (!dim || !rank || !wrapDim(*dim, *rank) || !dtype || !*dtype ||
      !getDtype(in[0]) || !getDtype(in[1]))
    return std::nullopt;
  Type wide = getAccumulationDtype(getDtype(in[1]));
  Value gradient = b.toDtype(in[0], wide), y = b.toDtype(in[1], wide);
  SmallVector<int64_t> dims;
  if (*rank > 0)
    dims.push_back(*dim);
  Value total = b.sum(b.mul(gradient, y), dims, /*keepDim=*/true);
  return {{b.toDtype(b.mul(y, b.sub(gradient, total)), *dtype)}};
}

/// native_dropout_backward(g, mask, scale) = g * mask * scale
FormulaResult dropoutBackward(TensorBuilder &b, ValueRange in) {
  if (!getDtype(in[0]))
    return std::nullopt;
  Value kept = b.toDtype(in[1], getDtype(in[0]));
  return {{b.mulScalar(b.mul(in[0], kept), in[2])}};
}

constexpr NamedFormula formulas[] = {
    {"aten::_safe_softmax", safeSoftmax},
    {"aten::_softmax_backward_data", softmaxBackward},
    {"aten::native_dropout_backward", dropoutBackward},
};

} // namespace

void populateActivationDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
  patterns
      .add<SoftmaxDecomposition<AtenSoftmaxIntOp, decomposeSoftmax>,
           SoftmaxDecomposition<AtenLogSoftmaxIntOp, decomposeLogSoftmax>,
           InnerSoftmaxDecomposition<AtenPrivSoftmaxOp, decomposeSoftmax>,
           InnerSoftmaxDecomposition<AtenPrivLogSoftmaxOp, decomposeLogSoftmax>,
           LogSumExpDecomposition, GluDecomposition>(patterns.getContext());
}

} // namespace minitorch::mt
