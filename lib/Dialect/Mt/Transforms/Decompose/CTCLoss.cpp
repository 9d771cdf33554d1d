//===- CTCLoss.cpp - Connectionist temporal classification -------*- C++
//-*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"
#include "Loss.h"
#include <limits>

using namespace mlir;

// The forward algorithm of Graves et al.: Connectionist Temporal
// Classification (ICML 2006), in logarithms. A row's labels are its targets
// with blanks around each: b t1 b t2 b. alpha[s] is the likelihood of all ways
// to read the labels up to s in the frames up to now.

namespace minitorch::mt {
namespace {

constexpr double minusInfinity = -std::numeric_limits<double>::infinity();

/// log(exp(x) + exp(y)), where both may be minus infinity.
Value logAdd(TensorBuilder &b, Value x, Value y) {
  return b.call("aten::logaddexp", {x, y});
}

/// `alpha` moved by `count` labels, minus infinity coming in.
Value shift(TensorBuilder &b, Value alpha, int64_t count) {
  Value rows = b.size(alpha, 0), labels = b.size(alpha, 1);
  Value zero = b.constant(int64_t(0)), by = b.constant(count);
  Value filled = b.full({rows, by}, b.constant(minusInfinity), getDtype(alpha));
  Value kept = b.slice(b.cat({filled, alpha}, 1), 1, zero, labels);
  return b.cast(kept, alpha.getType());
}

/// A list of ints or a tensor of them as a tensor of int64.
Value getLengths(TensorBuilder &b, Value operand) {
  Type i64 = b.getRewriter().getI64Type();
  if (isa<TensorType>(operand.getType()))
    return b.toDtype(operand, i64);
  Value none = b.none();
  return b.create<AtenTensorOp>({operand, b.constant(*getScalarTypeNumber(i64)),
                                 none, b.constant(false)});
}

/// Targets one after the other as rows: what a row has beyond its length is
/// any target.
Value splitTargets(TensorBuilder &b, Value targets, Value lengths) {
  Type i64 = b.getRewriter().getI64Type();
  Value zero = b.constant(int64_t(0)), count = b.size(targets, 0);
  Value ends = b.create<AtenCumsumOp>({lengths, zero, b.none()});
  Value index = b.add(b.unsqueeze(b.sub(ends, lengths), 1),
                      b.unsqueeze(b.arange(count, i64), 0));
  index = b.create<AtenClampMaxOp>(
      {index, b.subInt(count, b.constant(int64_t(1)))});
  Value flat = b.reshape(index, {b.constant(int64_t(-1))});
  Value picked = b.create<AtenIndexSelectOp>({targets, zero, flat});
  return b.reshape(picked, b.sizes(index));
}

/// ctc_loss(log_probs, targets, input_lengths, target_lengths, blank,
/// reduction, zero_infinity)
FormulaResult ctcLoss(TensorBuilder &b, ValueRange in) {
  Value logs = in[0], targets = in[1], blank = in[4];
  std::optional<int64_t> rank = getRank(logs), targetRank = getRank(targets);
  std::optional<Reduction> reduction = getReduction(in[5]);
  std::optional<bool> zeroInfinity = getConstantBool(in[6]);
  auto dtype = dyn_cast_if_present<FloatType>(getDtype(logs));
  if (!rank || (*rank != 2 && *rank != 3) || !targetRank || *targetRank < 1 ||
      *targetRank > 2 || !reduction || !zeroInfinity || !dtype)
    return std::nullopt;
  for (Value lengths : in.slice(2, 2)) {
    std::optional<int64_t> lengthRank = getRank(lengths);
    if (isa<TensorType>(lengths.getType()) ? !lengthRank || *lengthRank > 1
                                           : !getIntList(lengths))
      return std::nullopt;
  }
  Type i64 = b.getRewriter().getI64Type();
  Value zero = b.constant(int64_t(0)), one = b.constant(int64_t(1));
  Value all = b.constant(int64_t(-1)), no = b.constant(false);
  auto isEqual = [&](Value x, Value y) {
    return b.create<AtenEqTensorOp>({x, y});
  };
  auto maskOut = [&](Value x, Value mask) {
    return b.create<AtenMaskedFillScalarOp>(
        {x, mask, b.constant(minusInfinity)});
  };

  bool isBatch = *rank == 3;
  if (!isBatch)
    logs = b.unsqueeze(logs, 1);
  logs = b.toDtype(logs, getAccumulationDtype(dtype));
  Value inputLengths = b.reshape(getLengths(b, in[2]), {all});
  Value targetLengths = b.reshape(getLengths(b, in[3]), {all});
  targets = b.toDtype(targets, i64);
  if (*targetRank == 1)
    targets = isBatch ? splitTargets(b, targets, targetLengths)
                      : b.unsqueeze(targets, 0);

  // Labels: blanks and targets in turn, and a blank at the end.
  Value rows = b.size(logs, 1), width = b.size(targets, 1);
  Value pairs = b.stack({b.full({rows, width}, blank, i64), targets}, 2);
  Value labels =
      b.cat({b.reshape(pairs, {rows, b.mulInt(width, b.constant(int64_t(2)))}),
             b.full({rows, one}, blank, i64)},
            1);
  Value count = b.size(labels, 1);
  Value positions = b.unsqueeze(b.arange(count, i64), 0);
  // What lies beyond a row's targets may be no label at all.
  Value targetEnds =
      b.mulScalar(b.unsqueeze(targetLengths, 1), b.constant(int64_t(2)));
  Value isBeyond = b.create<AtenGtTensorOp>({positions, targetEnds});
  labels = b.create<AtenMaskedFillTensorOp>(
      {labels, isBeyond, b.full({}, blank, i64)});

  // A label may follow the one before last, unless that is the same: a blank
  // always is.
  Value before = b.slice(
      b.cat({b.full({rows, b.constant(int64_t(2))}, blank, i64), labels}, 1), 1,
      zero, count);
  Value mustNotSkip = b.create<AtenLogicalOrOp>(
      {isEqual(labels, before), b.create<AtenEqScalarOp>({labels, blank})});
  auto read = [&](Value time) {
    Value frame = b.select(logs, 0, time);
    return b.create<AtenGatherOp>({frame, one, labels, no});
  };

  Value isLate = b.create<AtenGtScalarOp>({positions, one});
  Value alpha = maskOut(maskOut(read(zero), isLate), isBeyond);
  Value steps = b.subInt(b.size(logs, 0), one);
  alpha = b.loop(steps, alpha, [&](Value step, ValueRange carried) {
             Value time = b.addInt(step, one), old = carried[0];
             Value ways = logAdd(b, old, shift(b, old, 1));
             ways = logAdd(b, ways, maskOut(shift(b, old, 2), mustNotSkip));
             Value next = maskOut(b.add(ways, read(time)), isBeyond);
             // A row that has ended stays.
             Value isOver =
                 b.unsqueeze(b.create<AtenLeScalarOp>({inputLengths, time}), 1);
             return SmallVector<Value>{
                 b.create<AtenWhereSelfOp>({isOver, old, next})};
           }).front();

  // The last target, or the blank after it.
  Value last = b.create<AtenGatherOp>({alpha, one, targetEnds, no});
  Value previous = b.create<AtenGatherOp>(
      {alpha, one,
       b.create<AtenClampMinOp>(
           {b.addScalar(targetEnds, b.constant(int64_t(-1))), zero}),
       no});
  Value isEmpty = b.create<AtenEqScalarOp>({targetEnds, zero});
  Value likelihood = b.squeeze(logAdd(b, last, maskOut(previous, isEmpty)), 1);
  Value loss = b.create<AtenNegOp>({likelihood});
  if (*zeroInfinity) {
    Value isInfinite = b.create<AtenIsinfOp>({loss});
    loss =
        b.create<AtenMaskedFillScalarOp>({loss, isInfinite, b.constant(0.0)});
  }
  if (*reduction == Mean)
    loss = b.div(loss, b.toDtype(b.create<AtenClampMinOp>({targetLengths, one}),
                                 getDtype(loss)));
  if (!isBatch && *reduction == None)
    loss = b.squeeze(loss, 0);
  return {{b.toDtype(reduce(b, loss, *reduction), dtype)}};
}

constexpr NamedFormula formulas[] = {
    {"aten::ctc_loss.IntList", ctcLoss},
    {"aten::ctc_loss.Tensor", ctcLoss},
};

} // namespace

void populateCTCLossDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
}

} // namespace minitorch::mt
