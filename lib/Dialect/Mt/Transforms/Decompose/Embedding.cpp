//===- Embedding.cpp - Look-ups of embeddings -------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"
#include "mlir/IR/BuiltinTypes.h"
#include <limits>

using namespace mlir;

namespace minitorch::mt {
namespace {

/// embedding_renorm: rows that are looked up and whose norm is larger are
/// scaled to max_norm.
FormulaResult embeddingRenorm(TensorBuilder &b, ValueRange in) {
  Value weight = in[0], maxNorm = in[2];
  Type dtype = getDtype(weight);
  if (getRank(weight) != 2 || !getRank(in[1]) ||
      !isa_and_present<FloatType>(dtype))
    return std::nullopt;
  Type wide = getAccumulationDtype(dtype);
  Value rows = b.reshape(in[1], {b.constant(int64_t(-1))});
  Value none = b.zeros({b.size(weight, 0)}, wide);
  Value used = b.create<AtenIndexFillIntScalarOp>(
      {none, b.constant(int64_t(0)), rows, b.constant(1.0)});
  used = b.create<AtenGtScalarOp>({b.unsqueeze(used, 1), b.constant(0.0)});
  Value norm = b.create<AtenLinalgVectorNormOp>(
      {b.toDtype(weight, wide), in[3], b.intList(ArrayRef<int64_t>{1}),
       b.constant(true), b.none()});
  Value scaled = b.create<AtenLogicalAndOp>(
      {used, b.create<AtenGtScalarOp>({norm, maxNorm})});
  // The small number keeps PyTorch's result below max_norm.
  Value scale = b.mulScalar(
      b.create<AtenReciprocalOp>({b.addScalar(norm, b.constant(1e-7))}),
      maxNorm);
  Value kept = b.create<AtenLogicalNotOp>({scaled});
  scale = b.create<AtenMaskedFillScalarOp>({scale, kept, b.constant(1.0)});
  return {{b.toDtype(b.mul(weight, b.toDtype(scale, wide)), dtype)}};
}

constexpr NamedFormula formulas[] = {
    {"aten::embedding_renorm", embeddingRenorm},
};

/// embedding_bag: the sum, mean or maximum of the rows that the indices of each
/// bag look up, 0 of an empty bag. An index of the padding does not count.
/// Source: torch.nn.EmbeddingBag.
struct EmbeddingBagDecomposition : OpRewritePattern<OperatorOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(OperatorOp op,
                                PatternRewriter &rewriter) const override {
    StringRef name = op.getName().split('.').first;
    if (name != "aten::embedding_bag" && name != "aten::_embedding_bag" &&
        name != "aten::_embedding_bag_forward_only")
      return rewriter.notifyMatchFailure(op, "it is no embedding_bag");
    if (llvm::any_of(op->getResults().drop_front(),
                     [](Value result) { return !result.use_empty(); }))
      return rewriter.notifyMatchFailure(
          op, "what it keeps for its gradient is used");
    ValueRange in = op.getInputs();
    Value weight = in[0], indices = in[1], offsets = in[2];
    std::optional<int64_t> mode = getConstantInt(in[4]);
    std::optional<Value> factors = getOptionalTensor(in[6]);
    std::optional<bool> hasLast = getConstantBool(in[7]);
    auto dtype = dyn_cast_if_present<FloatType>(getDtype(weight));
    if (!dtype || getRank(weight) != 2 || getRank(indices) != 1 ||
        getRank(offsets) != 1 || !mode || *mode < 0 || *mode > 2 || !factors ||
        !hasLast)
      return rewriter.notifyMatchFailure(op, "operands are not known enough");
    std::optional<int64_t> padding;
    if (in.size() > 8 && !isNone(in[8])) {
      padding = getConstantInt(in[8]);
      if (!padding)
        return rewriter.notifyMatchFailure(op, "the padding is not constant");
      // In the inner forms a negative index is none.
      if (*padding < 0 && name != "aten::embedding_bag")
        padding.reset();
    }

    TensorBuilder b(rewriter, op.getLoc());
    Type i64 = rewriter.getI64Type(), wide = getAccumulationDtype(dtype);
    indices = b.toDtype(indices, i64);
    offsets = b.toDtype(offsets, i64);
    if (!*hasLast)
      offsets = b.cat(
          {offsets, b.full(b.constant(int64_t(1)), b.size(indices, 0), i64)},
          0);
    Value rows =
        b.create<AtenIndexSelectOp>({weight, b.constant(int64_t(0)), indices});
    rows = b.toDtype(rows, wide);
    if (*factors)
      rows = b.mul(rows, b.unsqueeze(b.toDtype(*factors, wide), 1));
    Value isPadding;
    if (padding) {
      Value index = b.constant(*padding);
      if (*padding < 0)
        index = b.addInt(index, b.size(weight, 0));
      isPadding = b.create<AtenEqScalarOp>({indices, index});
    }
    bool isMax = *mode == 2;
    double identity = isMax ? -std::numeric_limits<double>::infinity() : 0.0;
    auto reduce = [&](Value values, StringRef reduction) {
      Value name =
          ConstantStrOp::create(rewriter, op.getLoc(),
                                StrType::get(rewriter.getContext()), reduction);
      return b.call("aten::segment_reduce",
                    {values, name, b.none(), b.none(), offsets,
                     b.constant(int64_t(0)), b.constant(true),
                     b.constant(isMax ? identity : 0.0)});
    };
    if (isPadding)
      rows = b.create<AtenMaskedFillScalarOp>(
          {rows, b.unsqueeze(isPadding, 1), b.constant(identity)});
    Value y = reduce(rows, isMax ? "max" : "sum");
    if (*mode != 0) {
      // How many indices of each bag count.
      Value ones = b.full({b.size(indices, 0)}, b.constant(1.0), wide);
      if (isPadding)
        ones = b.create<AtenMaskedFillScalarOp>(
            {ones, isPadding, b.constant(0.0)});
      isMax = false;
      Value counts = b.unsqueeze(reduce(ones, "sum"), 1);
      if (*mode == 1)
        y = b.div(y, b.create<AtenClampMinOp>({counts, b.constant(1.0)}));
      else
        y = b.create<AtenMaskedFillScalarOp>(
            {y, b.create<AtenEqScalarOp>({counts, b.constant(0.0)}),
             b.constant(0.0)});
    }
    y = b.toDtype(y, dtype);
    rewriter.replaceAllUsesWith(op->getResult(0),
                                b.cast(y, op->getResult(0).getType()));
    rewriter.eraseOp(op);
    return success();
  }
};

} // namespace

void populateEmbeddingDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
  patterns.addWithLabel<EmbeddingBagDecomposition>(
      {"aten::embedding_bag", "aten::embedding_bag.padding_idx",
       "aten::_embedding_bag", "aten::_embedding_bag_forward_only"},
      patterns.getContext());
}

} // namespace minitorch::mt
