//===- Loss.cpp - Loss functions by their formulas --------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Loss.h"
#include "Decompose.h"
#include "Formula.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include <numbers>

using namespace mlir;

// Source: the "Loss Functions" section of PyTorch's torch.nn page.

namespace minitorch::mt {

std::optional<Reduction> getReduction(Value operand) {
  std::optional<int64_t> reduction = getConstantInt(operand);
  if (!reduction || *reduction < None || *reduction > Sum)
    return std::nullopt;
  return static_cast<Reduction>(*reduction);
}

static Value sumAll(TensorBuilder &b, Value x) {
  return b.create<AtenSumOp>({x, b.none()});
}

Value reduce(TensorBuilder &b, Value loss, Reduction reduction) {
  switch (reduction) {
  case None:
    return loss;
  case Mean:
    return b.create<AtenMeanOp>({loss, b.none()});
  case Sum:
    return sumAll(b, loss);
  }
  llvm_unreachable("all reductions are covered");
}

namespace {

/// A loss that is a formula of the elements of input and target, then reduced.
template <typename OpTy, Value (*formula)(TensorBuilder &, OpTy)>
struct ElementLossDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    std::optional<Reduction> reduction = getReduction(op.getReduction());
    if (!reduction)
      return rewriter.notifyMatchFailure(op, "the reduction is not a constant");
    // A distance of complex numbers is real.
    Type dtype = getDtype(op.getSelf());
    bool isDistance = std::is_same_v<OpTy, AtenL1LossOp>;
    if (!isa_and_present<FloatType>(dtype) &&
        !(isDistance && isa_and_present<ComplexType>(dtype)))
      return rewriter.notifyMatchFailure(op, "the input is not of floats");
    TensorBuilder b(rewriter, op.getLoc());
    b.replace(op, reduce(b, formula(b, op), *reduction));
    return success();
  }
};

/// mse_loss: (x - y)^2
Value squaredError(TensorBuilder &b, AtenMseLossOp op) {
  Value difference = b.sub(op.getSelf(), op.getTarget());
  return b.mul(difference, difference);
}

/// l1_loss: |x - y|
Value absoluteError(TensorBuilder &b, AtenL1LossOp op) {
  return b.create<AtenAbsOp>({b.sub(op.getSelf(), op.getTarget())});
}

/// `factor` times a float.
Value scale(TensorBuilder &b, double factor, Value number) {
  return b.getRewriter().createOrFold<arith::MulFOp>(
      b.getLoc(), b.constant(factor), number);
}

/// smooth_l1_loss: d^2 / (2 beta) where d = |x - y| < beta, d - beta / 2
/// elsewhere.
Value smoothAbsoluteError(TensorBuilder &b, AtenSmoothL1LossOp op) {
  Value distance = b.create<AtenAbsOp>({b.sub(op.getSelf(), op.getTarget())});
  Value beta = op.getBeta();
  if (getConstantFloat(beta) == 0.0)
    return distance;
  Value square = b.divScalar(
      b.mulScalar(b.mul(distance, distance), b.constant(0.5)), beta);
  Value line = b.addScalar(distance, scale(b, -0.5, beta));
  Value isNear = b.create<AtenLtScalarOp>({distance, beta});
  return b.create<AtenWhereSelfOp>({isNear, square, line});
}

/// huber_loss: d^2 / 2 where d = |x - y| <= delta, delta * (d - delta / 2)
/// elsewhere.
Value huberError(TensorBuilder &b, AtenHuberLossOp op) {
  Type dtype = promoteTypes({op.getSelf(), op.getTarget()});
  Value distance = b.create<AtenAbsOp>(
      {b.sub(b.toDtype(op.getSelf(), getAccumulationDtype(dtype)),
             b.toDtype(op.getTarget(), getAccumulationDtype(dtype)))});
  Value delta = op.getDelta();
  Value square = b.mulScalar(b.mul(distance, distance), b.constant(0.5));
  Value line = b.mulScalar(b.addScalar(distance, scale(b, -0.5, delta)), delta);
  Value isNear = b.create<AtenLeScalarOp>({distance, delta});
  return b.toDtype(b.create<AtenWhereSelfOp>({isNear, square, line}), dtype);
}

/// x * weight, where there is one.
Value weigh(TensorBuilder &b, Value x, Value weightOperand) {
  std::optional<Value> weight = getOptionalTensor(weightOperand);
  return weight && *weight ? b.mul(x, *weight) : x;
}

/// Probabilities are from 0 to 1.
void raiseUnlessFractions(TensorBuilder &b, Value x, StringRef name) {
  Value isPositive = b.create<AtenGeScalarOp>({x, b.constant(0.0)});
  Value isBelow = b.create<AtenLeScalarOp>({x, b.constant(1.0)});
  b.raiseUnlessAll(
      b.create<AtenLogicalAndOp>({isPositive, isBelow}),
      ("all elements of " + name + " should be between 0 and 1").str());
}

/// binary_cross_entropy: -(y * log(x) + (1 - y) * log(1 - x)), logarithms at
/// least -100.
Value binaryCrossEntropy(TensorBuilder &b, AtenBinaryCrossEntropyOp op) {
  Value x = op.getSelf(), y = op.getTarget();
  raiseUnlessFractions(b, x, "input");
  raiseUnlessFractions(b, y, "target");
  Value minusOne = b.constant(-1.0);
  auto atLeast = [&](Value value) {
    return b.create<AtenClampMinOp>({value, b.constant(-100.0)});
  };
  // (y - 1) * log(1 - x) - y * log(x)
  Value logX = atLeast(b.create<AtenLogOp>({x}));
  Value logRest = atLeast(b.create<AtenLog1pOp>({b.create<AtenNegOp>({x})}));
  Value loss = b.sub(b.mul(b.addScalar(y, minusOne), logRest), b.mul(y, logX));
  return weigh(b, loss, op.getWeight());
}

/// binary_cross_entropy_with_logits, with s = log(sigmoid(x)):
///   (1 - y) * x - (1 + (p - 1) * y) * s, where p is pos_weight, 1 by default.
Value binaryCrossEntropyWithLogits(TensorBuilder &b,
                                   AtenBinaryCrossEntropyWithLogitsOp op) {
  Value x = op.getSelf(), y = op.getTarget();
  Value one = b.constant(1.0), minusOne = b.constant(-1.0);
  Value logSigmoid = b.create<AtenLogSigmoidOp>({x});
  std::optional<Value> positive = getOptionalTensor(op.getPosWeight());
  if (positive && *positive)
    logSigmoid =
        b.mul(logSigmoid,
              b.addScalar(b.mul(b.addScalar(*positive, minusOne), y), one));
  Value rest = b.addScalar(b.mulScalar(y, minusOne), one);
  return weigh(b, b.sub(b.mul(rest, x), logSigmoid), op.getWeight());
}

/// kl_div: y * (log(y) - x), 0 where y is 0; with log_target, exp(y) * (y - x).
Value divergence(TensorBuilder &b, AtenKlDivOp op) {
  Value x = op.getSelf(), y = op.getTarget();
  auto ofLogTarget = [&] {
    return b.mul(b.create<AtenExpOp>({y}), b.sub(y, x));
  };
  auto ofTarget = [&] {
    Value entropy = b.mul(y, b.create<AtenLogOp>({y}));
    Value isZero = b.create<AtenEqScalarOp>({y, b.constant(0.0)});
    entropy =
        b.create<AtenMaskedFillScalarOp>({entropy, isZero, b.constant(0.0)});
    return b.sub(entropy, b.mul(y, x));
  };
  if (std::optional<bool> isLog = getConstantBool(op.getLogTarget()))
    return *isLog ? ofLogTarget() : ofTarget();
  Value isLog = b.full({}, op.getLogTarget(), b.getRewriter().getI1Type());
  return b.create<AtenWhereSelfOp>({isLog, ofLogTarget(), ofTarget()});
}

/// Raises where an index is none of `classes`, and says the first one.
void raiseUnlessClasses(TensorBuilder &b, Value index, Value classes) {
  Value zero = b.constant(int64_t(0));
  auto isOutside = [&](Value index) {
    return b.create<AtenLogicalOrOp>(
        {b.create<AtenLtScalarOp>({index, zero}),
         b.create<AtenGeScalarOp>({index, classes})});
  };
  // One more, which none may be.
  Value flat = b.reshape(index, {b.constant(int64_t(-1))});
  Value padded = b.cat({flat, b.full({b.constant(int64_t(1))}, zero,
                                     b.getRewriter().getI64Type())},
                       0);
  Value first = b.create<AtenArgmaxOp>(
      {b.toDtype(isOutside(padded), b.getRewriter().getI64Type()), b.none(),
       b.constant(false)});
  Value worst = b.create<AtenIndexSelectOp>(
      {padded, zero, b.reshape(first, {b.constant(int64_t(1))})});
  b.raiseUnlessAll(b.create<AtenLogicalNotOp>({isOutside(index)}),
                   "Target {} is out of bounds.", b.itemInt(worst));
}

/// The rows of a loss over class indices: a 1 or the class's weight each,
/// nothing for rows whose target is ignored.
struct ClassRows {
  Value index; // Inside also where ignored, which may be no index at all.
  Value ignored;
  Value weights;
};
ClassRows getClassRows(TensorBuilder &b, Value target, Value ignoreIndex,
                       Value weight, Type dtype, Value classes) {
  Value zero = b.constant(int64_t(0));
  target = b.toDtype(target, b.getRewriter().getI64Type());
  Value ignored = b.create<AtenEqScalarOp>({target, ignoreIndex});
  Value index = b.create<AtenMaskedFillScalarOp>({target, ignored, zero});
  raiseUnlessClasses(b, index, classes);
  Value weights;
  if (weight) {
    Value flat = b.reshape(index, {b.constant(int64_t(-1))});
    weights = b.create<AtenIndexSelectOp>({weight, zero, flat});
    weights = b.reshape(weights, b.sizes(index));
  } else {
    weights = b.full(b.sizes(index), b.constant(1.0), dtype);
  }
  weights = b.create<AtenMaskedFillScalarOp>({weights, ignored, zero});
  return {index, ignored, weights};
}

/// The negative log likelihood of class indices: of each row, -w[t] * x[t],
/// nothing for rows whose target is ignored. The mean is over the weights.
LogicalResult decomposeNll(PatternRewriter &rewriter, Operation *op, Value x,
                           Value target, Value weightOperand,
                           Value reductionOperand, Value ignoreIndex) {
  std::optional<Reduction> reduction = getReduction(reductionOperand);
  std::optional<Value> weight = getOptionalTensor(weightOperand);
  std::optional<int64_t> rank = getRank(x), targetRank = getRank(target);
  auto dtype = dyn_cast_if_present<FloatType>(getDtype(x));
  if (!reduction || !weight || !rank || !targetRank || !dtype)
    return rewriter.notifyMatchFailure(op, "operands are not known enough");
  if (*rank < 1 || *targetRank != *rank - 1 ||
      !isa_and_present<IntegerType>(getDtype(target)))
    return rewriter.notifyMatchFailure(op, "the target is not class indices");
  TensorBuilder b(rewriter, op->getLoc());
  int64_t classDim = *rank == 1 ? 0 : 1;
  auto [index, ignored, weights] =
      getClassRows(b, target, ignoreIndex, *weight, dtype, b.size(x, classDim));
  Value column = b.unsqueeze(index, classDim);
  Value picked = b.squeeze(b.create<AtenGatherOp>({x, b.constant(classDim),
                                                   column, b.constant(false)}),
                           classDim);
  Value loss = b.create<AtenNegOp>({b.mul(picked, weights)});
  loss = b.create<AtenMaskedFillScalarOp>({loss, ignored, b.constant(0.0)});
  if (*reduction == Mean)
    loss = b.div(sumAll(b, loss), sumAll(b, weights));
  else
    loss = reduce(b, loss, *reduction);
  b.replace(op, loss);
  return success();
}

/// nll_loss, nll_loss_nd
template <typename OpTy> struct NllLossDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    return decomposeNll(rewriter, op, op.getSelf(), op.getTarget(),
                        op.getWeight(), op.getReduction(), op.getIgnoreIndex());
  }
};

/// cross_entropy_loss = nll_loss of log_softmax over the C classes; of
/// probabilities y, -sum(w * y * log_softmax(x)) over the classes, whose mean
/// is over the rows. Smoothing by s takes 1 - s of each label and gives s / C
/// to every class.
struct CrossEntropyDecomposition : OpRewritePattern<AtenCrossEntropyLossOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenCrossEntropyLossOp op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getSelf(), target = op.getTarget();
    std::optional<int64_t> rank = getRank(x), targetRank = getRank(target);
    std::optional<Reduction> reduction = getReduction(op.getReduction());
    std::optional<Value> weight = getOptionalTensor(op.getWeight());
    std::optional<double> smoothing = getConstantFloat(op.getLabelSmoothing());
    if (!rank || *rank < 1 || !targetRank || !reduction || !weight ||
        !smoothing || !getDtype(x) || !getDtype(target))
      return rewriter.notifyMatchFailure(op, "operands are not known enough");
    TensorBuilder b(rewriter, op.getLoc());
    int64_t classDim = *rank == 1 ? 0 : 1;
    Value logs =
        b.create<AtenLogSoftmaxIntOp>({x, b.constant(classDim), b.none()});
    Value column = *weight;
    if (column)
      for (int64_t i = classDim + 1; i < *rank; ++i)
        column = b.unsqueeze(column, -1);
    auto sumClasses = [&](Value terms) {
      terms = column ? b.mul(terms, column) : terms;
      return b.create<AtenNegOp>({b.sum(terms, {classDim}, /*keepDim=*/false)});
    };
    Value classes = b.size(x, classDim);
    Value kept = b.constant(1.0 - *smoothing), spread = b.constant(*smoothing);
    if (*targetRank == *rank) {
      if (*smoothing > 0)
        target =
            b.add(b.mulScalar(target, kept),
                  b.divScalar(b.full({}, spread, getDtype(target)), classes));
      b.replace(op, reduce(b, sumClasses(b.mul(logs, target)), *reduction));
      return success();
    }
    Value loss = b.create<AtenNllLossNdOp>(
        {logs, target, op.getWeight(), op.getReduction(), op.getIgnoreIndex()});
    if (*smoothing > 0) {
      ClassRows rows = getClassRows(b, target, op.getIgnoreIndex(), *weight,
                                    getDtype(x), classes);
      Value uniform = b.create<AtenMaskedFillScalarOp>(
          {sumClasses(logs), rows.ignored, b.constant(0.0)});
      uniform = *reduction == Mean
                    ? b.div(sumAll(b, uniform), sumAll(b, rows.weights))
                    : reduce(b, uniform, *reduction);
      loss = b.add(b.mulScalar(loss, kept),
                   b.mulScalar(b.divScalar(uniform, classes), spread));
    }
    b.replace(op, loss);
    return success();
  }
};

/// soft_margin_loss: log(1 + exp(-y * x))
FormulaResult softMargin(TensorBuilder &b, ValueRange in) {
  std::optional<Reduction> reduction = getReduction(in[2]);
  if (!reduction)
    return std::nullopt;
  Value margin = b.create<AtenNegOp>({b.mul(in[1], in[0])});
  Value loss = b.create<AtenLog1pOp>({b.create<AtenExpOp>({margin})});
  return {{reduce(b, loss, *reduction)}};
}

/// margin_ranking_loss: max(0, -y * (x1 - x2) + margin)
FormulaResult marginRanking(TensorBuilder &b, ValueRange in) {
  std::optional<Reduction> reduction = getReduction(in[4]);
  if (!reduction)
    return std::nullopt;
  Value margin = b.create<AtenNegOp>({b.mul(in[2], b.sub(in[0], in[1]))});
  Value loss =
      b.create<AtenClampMinOp>({b.addScalar(margin, in[3]), b.constant(0.0)});
  return {{reduce(b, loss, *reduction)}};
}

/// hinge_embedding_loss: x where y is 1, max(0, margin - x) where it is -1, in
/// the dtype of x
FormulaResult hingeEmbedding(TensorBuilder &b, ValueRange in) {
  std::optional<Reduction> reduction = getReduction(in[3]);
  Type dtype = getDtype(in[0]);
  if (!reduction || !dtype)
    return std::nullopt;
  Value x = in[0], y = in[1], zero = b.constant(int64_t(0));
  Value far =
      b.create<AtenClampMinOp>({b.sub(b.full({}, in[2], dtype), x), zero});
  Value isOne = b.create<AtenEqScalarOp>({y, b.constant(int64_t(1))});
  Value isMinusOne = b.create<AtenEqScalarOp>({y, b.constant(int64_t(-1))});
  auto only = [&](Value value, Value mask) {
    Value others = b.create<AtenLogicalNotOp>({mask});
    return b.create<AtenMaskedFillScalarOp>({value, others, zero});
  };
  // An element with another target counts for both.
  Value loss = b.add(only(far, b.create<AtenLogicalNotOp>({isOne})),
                     only(x, b.create<AtenLogicalNotOp>({isMinusOne})));
  return {{reduce(b, loss, *reduction)}};
}

/// poisson_nll_loss: exp(x) - y x, or x - y log(x + eps) of what is no
/// logarithm; in full with Stirling's y log(y) - y + log(2 pi y) / 2 where
/// y > 1.
FormulaResult poissonNll(TensorBuilder &b, ValueRange in) {
  std::optional<bool> isLog = getConstantBool(in[2]);
  std::optional<bool> isFull = getConstantBool(in[3]);
  std::optional<Reduction> reduction = getReduction(in[5]);
  if (!isLog || !isFull || !reduction)
    return std::nullopt;
  Value x = in[0], y = in[1];
  Value loss =
      *isLog ? b.sub(b.create<AtenExpOp>({x}), b.mul(y, x))
             : b.sub(x, b.mul(y, b.create<AtenLogOp>({b.addScalar(x, in[4])})));
  if (*isFull) {
    Value entropy = b.sub(b.mul(y, b.create<AtenLogOp>({y})), y);
    Value spread =
        b.create<AtenLogOp>({b.mulScalar(y, b.constant(2 * std::numbers::pi))});
    Value stirling = b.add(entropy, b.mulScalar(spread, b.constant(0.5)));
    Value isSmall = b.create<AtenLeScalarOp>({y, b.constant(1.0)});
    loss = b.add(loss, b.create<AtenMaskedFillScalarOp>(
                           {stirling, isSmall, b.constant(0.0)}));
  }
  return {{reduce(b, loss, *reduction)}};
}

constexpr NamedFormula formulas[] = {
    {"aten::hinge_embedding_loss", hingeEmbedding},
    {"aten::margin_ranking_loss", marginRanking},
    {"aten::poisson_nll_loss", poissonNll},
    {"aten::soft_margin_loss", softMargin},
};

} // namespace

void populateLossDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
  patterns.add<
      ElementLossDecomposition<AtenMseLossOp, squaredError>,
      ElementLossDecomposition<AtenL1LossOp, absoluteError>,
      ElementLossDecomposition<AtenSmoothL1LossOp, smoothAbsoluteError>,
      ElementLossDecomposition<AtenHuberLossOp, huberError>,
      ElementLossDecomposition<AtenBinaryCrossEntropyOp, binaryCrossEntropy>,
      ElementLossDecomposition<AtenBinaryCrossEntropyWithLogitsOp,
                               binaryCrossEntropyWithLogits>,
      ElementLossDecomposition<AtenKlDivOp, divergence>,
      NllLossDecomposition<AtenNllLossOp>,
      NllLossDecomposition<AtenNllLossNdOp>, CrossEntropyDecomposition>(
      patterns.getContext());
}

} // namespace minitorch::mt
