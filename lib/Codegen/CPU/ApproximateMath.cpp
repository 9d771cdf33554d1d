//===- ApproximateMath.cpp - Vectorizable transcendentals ---------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/CPU/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace minitorch {
#define GEN_PASS_DEF_MTCPUAPPROXIMATEMATHPASS
#include "MiniTorch/Codegen/CPU/Passes.h.inc"
} // namespace minitorch

using namespace mlir;

namespace {

/// erf(x) = x + x p(x^2) below 1, and sign(x) (1 - exp(q(|x|))) from there on.
/// p and q are minimax fits of erf(x) / x - 1 on [0, 1] and of log(erfc(x)) on
/// [1, 4], both weighted for the absolute error of erf: 7e-8 in f32.
struct ErfApproximation : OpRewritePattern<math::ErfOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(math::ErfOp op,
                                PatternRewriter &rewriter) const override {
    if (!getElementTypeOrSelf(op.getType()).isF32())
      return rewriter.notifyMatchFailure(op, "only f32 is approximated");
    constexpr float p[] = {0.128379158f,   -0.37612606f,   0.112834302f,
                           -0.0268485947f, 0.00517975612f, -0.000794241596f,
                           7.64732189e-5f};
    constexpr float q[] = {-0.000353804371f, -1.1270397f,   -0.638226219f,
                           -0.103036912f,    0.0218051068f, -0.00293955628f,
                           0.000185569004f};
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    Type type = op.getType();
    Value x = op.getOperand(), one = constant(b, type, 1.0f);
    Value magnitude = math::AbsFOp::create(b, x);

    Value square = arith::MulFOp::create(b, x, x);
    Value small = math::FmaOp::create(b, polynomial(b, type, p, square), x, x);

    // minimumf keeps NaN, and beyond 4 the result rounds to 1 anyway.
    Value clamped =
        arith::MinimumFOp::create(b, magnitude, constant(b, type, 4.0f));
    Value tail = math::ExpOp::create(b, polynomial(b, type, q, clamped));
    Value large =
        math::CopySignOp::create(b, arith::SubFOp::create(b, one, tail), x);

    Value isSmall =
        arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, magnitude, one);
    rewriter.replaceOpWithNewOp<arith::SelectOp>(op, isSmall, small, large);
    return success();
  }

private:
  static Value constant(ImplicitLocOpBuilder &b, Type type, float value) {
    FloatAttr scalar = b.getF32FloatAttr(value);
    if (auto shaped = dyn_cast<ShapedType>(type))
      return arith::ConstantOp::create(b,
                                       DenseElementsAttr::get(shaped, scalar));
    return arith::ConstantOp::create(b, scalar);
  }

  /// Horner's scheme.
  static Value polynomial(ImplicitLocOpBuilder &b, Type type,
                          ArrayRef<float> coefficients, Value x) {
    Value result = constant(b, type, coefficients.back());
    for (float c : llvm::reverse(coefficients.drop_back()))
      result = math::FmaOp::create(b, result, x, constant(b, type, c));
    return result;
  }
};

/// Functions of doubles near a point where 1 + x loses x. Source: Higham,
/// Accuracy and Stability of Numerical Algorithms, section 1.14.1 (Kahan).
template <typename OpType> struct AccurateDouble : OpRewritePattern<OpType> {
  using OpRewritePattern<OpType>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpType op,
                                PatternRewriter &rewriter) const override {
    Type type = op.getType();
    if (!getElementTypeOrSelf(type).isF64())
      return rewriter.notifyMatchFailure(op, "only of f64");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    auto constant = [&](double value) -> Value {
      FloatAttr scalar = b.getF64FloatAttr(value);
      if (auto shaped = dyn_cast<ShapedType>(type))
        return arith::ConstantOp::create(
            b, DenseElementsAttr::get(shaped, scalar));
      return arith::ConstantOp::create(b, scalar);
    };
    auto areEqual = [&](Value x, Value y) -> Value {
      return arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, x, y);
    };
    Value x = op.getOperand(), one = constant(1);
    Value result;
    if constexpr (std::is_same_v<OpType, math::Log1pOp>) {
      // log(u) x / (u - 1) for u = 1 + x, rounded.
      Value u = arith::AddFOp::create(b, one, x);
      Value log = math::LogOp::create(b, u);
      Value scaled = arith::MulFOp::create(
          b, log,
          arith::DivFOp::create(b, x, arith::SubFOp::create(b, u, one)));
      result = arith::SelectOp::create(b, areEqual(u, x), log, scaled);
      result = arith::SelectOp::create(b, areEqual(u, one), x, result);
    } else {
      // (u - 1) x / log(u) for u = exp(x), rounded.
      Value u = math::ExpOp::create(b, x);
      Value growth = arith::SubFOp::create(b, u, one);
      Value scaled = arith::MulFOp::create(
          b, growth, arith::DivFOp::create(b, x, math::LogOp::create(b, u)));
      Value isPlain = arith::OrIOp::create(
          b, areEqual(growth, constant(-1)),
          areEqual(u, constant(std::numeric_limits<double>::infinity())));
      result = arith::SelectOp::create(b, isPlain, growth, scaled);
      result = arith::SelectOp::create(b, areEqual(u, one), x, result);
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

struct ApproximateMath
    : minitorch::impl::MtCPUApproximateMathPassBase<ApproximateMath> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ErfApproximation, AccurateDouble<math::Log1pOp>,
                 AccurateDouble<math::ExpM1Op>>(&getContext(), /*benefit=*/2);
    populateMathPolynomialApproximationPatterns(patterns, [](StringRef name) {
      return llvm::is_contained(
          {"math.exp", "math.expm1", "math.log", "math.log1p", "math.tanh"},
          name);
    });
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
