//===- Linear.cpp - addmm and its kin by matmul -----------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "TensorBuilder.h"

using namespace mlir;

namespace minitorch::mt {
namespace {

/// x * number, without the multiplication by one.
Value scale(TensorBuilder &b, Value x, Value number) {
  if (getConstantFloat(number) == 1.0)
    return x;
  return b.mulScalar(x, number);
}

/// addmm, addmv, baddbmm: beta * self + alpha * (a @ b). With beta = 0, self is
/// not read: its NaNs do not count.
template <typename OpTy>
struct AddMatmulDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    std::optional<double> beta = getConstantFloat(op.getBeta());
    if (!beta)
      return rewriter.notifyMatchFailure(op, "beta is not a constant");
    TensorBuilder b(rewriter, op.getLoc());
    Value product =
        b.create<AtenMatmulOp>({op->getOperand(1), op->getOperand(2)});
    product = scale(b, product, op.getAlpha());
    if (*beta != 0.0)
      product = b.add(product, scale(b, op.getSelf(), op.getBeta()));
    b.replace(op, product);
    return success();
  }
};

/// outer(a, b)[i, j] = a[i] * b[j]
struct OuterDecomposition : OpRewritePattern<AtenOuterOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenOuterOp op,
                                PatternRewriter &rewriter) const override {
    TensorBuilder b(rewriter, op.getLoc());
    b.replace(op, b.mul(b.unsqueeze(op.getSelf(), 1),
                        b.unsqueeze(op.getVec2(), 0)));
    return success();
  }
};

/// bilinear: y[..., o] = sum_ij x1[..., i] * W[o, i, j] * x2[..., j] + bias[o],
/// as sum_j (x1 @ W)[..., o, j] * x2[..., j].
struct BilinearDecomposition : OpRewritePattern<AtenBilinearOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenBilinearOp op,
                                PatternRewriter &rewriter) const override {
    Value x1 = op.getInput1(), x2 = op.getInput2(), weight = op.getWeight();
    std::optional<Value> bias = getOptionalTensor(op.getBias());
    std::optional<int64_t> rank = getRank(x1);
    if (!bias || !rank || *rank < 1)
      return rewriter.notifyMatchFailure(op, "operands are not known enough");
    TensorBuilder b(rewriter, op.getLoc());
    Value out = b.size(weight, 0), in1 = b.size(weight, 1),
          in2 = b.size(weight, 2);
    // [O, I, J] -> [I, O * J]
    Value matrix = b.reshape(b.permute(weight, {1, 0, 2}),
                             {in1, b.mulInt(out, in2)});
    SmallVector<Value> sizes = b.sizes(x1);
    sizes.back() = out;
    sizes.push_back(in2);
    Value inner =
        b.reshape(b.create<AtenMatmulOp>({x1, matrix}), sizes);
    Value y = b.sum(b.mul(inner, b.unsqueeze(x2, -2)), {-1}, false);
    if (*bias)
      y = b.add(y, *bias);
    b.replace(op, y);
    return success();
  }
};

} // namespace

void populateLinearDecompositions(RewritePatternSet &patterns) {
  patterns.add<AddMatmulDecomposition<AtenAddmmOp>,
               AddMatmulDecomposition<AtenAddmvOp>,
               AddMatmulDecomposition<AtenBaddbmmOp>, OuterDecomposition,
               BilinearDecomposition>(patterns.getContext());
}

} // namespace minitorch::mt
