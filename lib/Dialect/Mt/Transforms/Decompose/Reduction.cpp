//===- Reduction.cpp - Variance and what follows from it --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "TensorBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace minitorch::mt {
namespace {

/// var(x) = sum((x - mean(x))^2) / max(n - correction, 0); std is its root.
LogicalResult decomposeVariance(PatternRewriter &rewriter, Operation *op,
                                Value x, Value dimOperand,
                                std::optional<double> correction,
                                std::optional<bool> keepDim, bool isStd) {
  std::optional<int64_t> rank = getRank(x);
  auto dtype = dyn_cast_if_present<FloatType>(getDtype(x));
  if (!rank || !dtype || !correction || !keepDim)
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
  Value wide = b.toDtype(x, getAccumulationDtype(dtype));
  Value centered = b.sub(wide, b.mean(wide, dims, /*keepDim=*/true));
  Value sum = b.sum(b.mul(centered, centered), dims, *keepDim);
  Value count = b.constant(int64_t(1));
  for (int64_t dim : dims)
    count = b.mulInt(count, b.size(x, dim));
  Type f64 = rewriter.getF64Type();
  Value number = rewriter.createOrFold<arith::SIToFPOp>(op->getLoc(), f64,
                                                        count);
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

} // namespace

void populateReductionDecompositions(RewritePatternSet &patterns) {
  patterns.add<VarianceDecomposition<AtenVarOp, false>,
               VarianceDecomposition<AtenStdOp, true>,
               VarianceDimDecomposition<AtenVarDimOp, false>,
               VarianceDimDecomposition<AtenStdDimOp, true>,
               VarianceCorrectionDecomposition<AtenVarCorrectionOp, false>,
               VarianceCorrectionDecomposition<AtenStdCorrectionOp, true>>(
      patterns.getContext());
}

} // namespace minitorch::mt
