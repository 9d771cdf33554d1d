//===- Reduction.cpp - Variance and what follows from it --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace minitorch::mt {
namespace {

/// The real and the imaginary part of a complex tensor, or a real one.
SmallVector<Value> getParts(TensorBuilder &b, Value x) {
  if (!isa<ComplexType>(getDtype(x)))
    return {x};
  return {b.call("aten::real", {x}), b.call("aten::imag", {x})};
}

/// var(x) = sum((x - mean(x))^2) / max(n - correction, 0); std is its root. Of
/// complex numbers, the sum is that of both parts.
LogicalResult decomposeVariance(PatternRewriter &rewriter, Operation *op,
                                Value x, Value dimOperand,
                                std::optional<double> correction,
                                std::optional<bool> keepDim, bool isStd) {
  std::optional<int64_t> rank = getRank(x);
  Type dtype = getDtype(x);
  if (!rank || !isa_and_present<FloatType, ComplexType>(dtype) || !correction ||
      !keepDim)
    return rewriter.notifyMatchFailure(op, "operands are not known enough");
  SmallVector<int64_t> dims;
  if (dimOperand && !isNone(dimOperand)) {
    std::optional<SmallVector<int64_t>> ints = getIntList(dimOperand);
    if (!ints || llvm::any_of(*ints, ShapedType::isDynamic))
      return rewriter.notifyMatchFailure(op, "the dims are not known");
    for (int64_t dim : *ints) {
      std::optional<int64_t> wrapped = wrapDim(dim, *rank);
      if (!wrapped)
        return rewriter.notifyMatchFailure(op, "a dim is out of range");
      if (*rank > 0)
        dims.push_back(*wrapped);
    }
  }
  if (dims.empty())
    dims = llvm::to_vector(llvm::seq<int64_t>(0, *rank));

  TensorBuilder b(rewriter, op->getLoc());
  Value sum;
  for (Value part : getParts(b, x)) {
    dtype = getDtype(part);
    Value wide = b.toDtype(part, getAccumulationDtype(dtype));
    Value centered = b.sub(wide, b.mean(wide, dims, /*keepDim=*/true));
    Value squares = b.sum(b.mul(centered, centered), dims, *keepDim);
    sum = sum ? b.add(sum, squares) : squares;
  }
  Value count = b.constant(int64_t(1));
  for (int64_t dim : dims)
    count = b.mulInt(count, b.size(x, dim));
  Type f64 = rewriter.getF64Type();
  Value number =
      rewriter.createOrFold<arith::SIToFPOp>(op->getLoc(), f64, count);
  Value divisor = rewriter.createOrFold<arith::MaximumFOp>(
      op->getLoc(),
      rewriter.createOrFold<arith::SubFOp>(op->getLoc(), number,
                                           b.constant(*correction)),
      b.constant(0.0));
  Value y = b.divScalar(sum, divisor);
  if (isStd)
    y = b.create<AtenSqrtOp>({y});
  b.replace(op, b.toDtype(y, dtype));
  return success();
}

/// The correction that `unbiased` stands for.
std::optional<double> getCorrection(Value unbiased) {
  std::optional<bool> flag = getConstantBool(unbiased);
  if (!flag)
    return std::nullopt;
  return *flag ? 1.0 : 0.0;
}

/// var, std over all dimensions.
template <typename OpTy, bool isStd>
struct VarianceDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    return decomposeVariance(rewriter, op, op.getSelf(), Value(),
                             getCorrection(op.getUnbiased()), false, isStd);
  }
};

/// var.dim, std.dim
template <typename OpTy, bool isStd>
struct VarianceDimDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    return decomposeVariance(rewriter, op, op.getSelf(), op.getDim(),
                             getCorrection(op.getUnbiased()),
                             getConstantBool(op.getKeepdim()), isStd);
  }
};

/// var.correction, std.correction: 1 where it is None.
template <typename OpTy, bool isStd>
struct VarianceCorrectionDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    std::optional<double> correction = 1.0;
    if (!isNone(op.getCorrection()))
      correction = getConstantFloat(op.getCorrection());
    return decomposeVariance(rewriter, op, op.getSelf(), op.getDim(),
                             correction, getConstantBool(op.getKeepdim()),
                             isStd);
  }
};

/// std_mean, var_mean: the two by themselves, with the same operands.
template <typename VarianceOp>
FormulaResult withMean(TensorBuilder &b, ValueRange in) {
  if (!getRank(in[0]))
    return std::nullopt;
  Value variance = b.create<VarianceOp>(in);
  if (in.size() == 2)
    return {{variance, b.create<AtenMeanOp>({in[0], b.none()})}};
  // A list of no dims, or None, is every dim.
  Value dims = in[1];
  std::optional<SmallVector<int64_t>> known = getIntList(dims);
  if (isNone(dims) || (known && known->empty()))
    dims = b.intList(llvm::to_vector(llvm::seq<int64_t>(0, *getRank(in[0]))));
  return {
      {variance, b.create<AtenMeanDimOp>({in[0], dims, in.back(), b.none()})}};
}

/// nansum: sum without the NaNs
FormulaResult nansum(TensorBuilder &b, ValueRange in) {
  Value x = in[0];
  if (!isa_and_present<FloatType, IntegerType>(getDtype(x)) || !getRank(x))
    return std::nullopt;
  if (isa<FloatType>(getDtype(x)))
    x = b.create<AtenMaskedFillScalarOp>(
        {x, b.create<AtenIsnanOp>({x}), b.constant(0.0)});
  return {{b.create<AtenSumDimIntListOp>({x, in[1], in[2], in[3]})}};
}

/// nanmean: nansum divided by the count of what is not NaN
FormulaResult nanmean(TensorBuilder &b, ValueRange in) {
  FormulaResult total;
  if (isa_and_present<FloatType>(getDtype(in[0])))
    total = nansum(b, in);
  if (!total)
    return std::nullopt;
  Value isNumber = b.create<AtenLogicalNotOp>({b.create<AtenIsnanOp>({in[0]})});
  Value count =
      b.create<AtenSumDimIntListOp>({isNumber, in[1], in[2], b.none()});
  return {{b.div(total->front(), count)}};
}

/// count_nonzero: sum(x != 0)
FormulaResult countNonzero(TensorBuilder &b, ValueRange in) {
  if (!getRank(in[0]))
    return std::nullopt;
  Value counts = b.create<AtenNeScalarOp>({in[0], b.constant(int64_t(0))});
  if (isNone(in[1]))
    return {{b.create<AtenSumOp>({counts, b.none()})}};
  std::optional<SmallVector<int64_t>> dims = getIntList(in[1]);
  if (!dims || llvm::any_of(*dims, ShapedType::isDynamic))
    return std::nullopt;
  return {{b.sum(counts, *dims, /*keepDim=*/false)}};
}

/// aminmax: amin and amax
FormulaResult aminmax(TensorBuilder &b, ValueRange in) {
  std::optional<bool> keepDim = getConstantBool(in[2]);
  if (!keepDim || !getRank(in[0]))
    return std::nullopt;
  SmallVector<int64_t> dims;
  if (!isNone(in[1])) {
    std::optional<int64_t> dim = getConstantInt(in[1]);
    if (!dim)
      return std::nullopt;
    if (*getRank(in[0]) > 0)
      dims.push_back(*dim);
  }
  Value list = b.intList(dims);
  return {{b.create<AtenAminOp>({in[0], list, in[2]}),
           b.create<AtenAmaxOp>({in[0], list, in[2]})}};
}

/// cosine_similarity: sum(x * y) / (max(|x|, eps) * max(|y|, eps)) over dim
FormulaResult cosineSimilarity(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> dim = getConstantInt(in[2]);
  if (!dim || !isa_and_present<FloatType>(getDtype(in[0])) || !getRank(in[0]) ||
      !getRank(in[1]) || getRank(in[0]) != getRank(in[1]))
    return std::nullopt;
  auto normalize = [&](Value x) {
    Value norm =
        b.create<AtenSqrtOp>({b.sum(b.mul(x, x), {*dim}, /*keepDim=*/true)});
    return b.div(x, b.create<AtenClampMinOp>({norm, in[3]}));
  };
  Value product = b.mul(normalize(in[0]), normalize(in[1]));
  return {{b.sum(product, {*dim}, /*keepDim=*/false)}};
}

/// pairwise_distance: the p-norm of x - y + eps over the last dimension
FormulaResult pairwiseDistance(TensorBuilder &b, ValueRange in) {
  Value x = b.addScalar(b.sub(in[0], in[1]), in[3]);
  return {
      {b.create<AtenNormScalarOptDimOp>({x, in[2], b.intList({-1}), in[4]})}};
}

/// dist: the p-norm of x - y
FormulaResult dist(TensorBuilder &b, ValueRange in) {
  return {{b.create<AtenNormScalarOp>({b.sub(in[0], in[1]), in[2]})}};
}

/// trace: the sum of the diagonal
FormulaResult trace(TensorBuilder &b, ValueRange in) {
  Value zero = b.constant(int64_t(0)), one = b.constant(int64_t(1));
  Value diagonal = b.create<AtenDiagonalOp>({in[0], zero, zero, one});
  return {{b.create<AtenSumOp>({diagonal, b.none()})}};
}

constexpr NamedFormula formulas[] = {
    {"aten::aminmax", aminmax},
    {"aten::cosine_similarity", cosineSimilarity},
    {"aten::count_nonzero", countNonzero},
    {"aten::count_nonzero.dim_IntList", countNonzero},
    {"aten::dist", dist},
    {"aten::nanmean", nanmean},
    {"aten::nansum", nansum},
    {"aten::pairwise_distance", pairwiseDistance},
    {"aten::std_mean", withMean<AtenStdOp>},
    {"aten::std_mean.correction", withMean<AtenStdCorrectionOp>},
    {"aten::std_mean.dim", withMean<AtenStdDimOp>},
    {"aten::trace", trace},
    {"aten::var_mean", withMean<AtenVarOp>},
    {"aten::var_mean.correction", withMean<AtenVarCorrectionOp>},
    {"aten::var_mean.dim", withMean<AtenVarDimOp>},
};

} // namespace

void populateReductionDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
  patterns.add<VarianceDecomposition<AtenVarOp, false>,
               VarianceDecomposition<AtenStdOp, true>,
               VarianceDimDecomposition<AtenVarDimOp, false>,
               VarianceDimDecomposition<AtenStdDimOp, true>,
               VarianceCorrectionDecomposition<AtenVarCorrectionOp, false>,
               VarianceCorrectionDecomposition<AtenStdCorrectionOp, true>>(
      patterns.getContext());
}

} // namespace minitorch::mt
