//===- DecomposeOps.cpp - The pass of the same name -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose/Decompose.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/Transforms/Decompositions.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "llvm/ADT/StringSet.h"

namespace minitorch::mt {
#define GEN_PASS_DEF_MTDECOMPOSEOPSPASS
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"
} // namespace minitorch::mt

using namespace mlir;
using namespace minitorch::mt;

static void populateDecompositions(RewritePatternSet &patterns) {
  populateActivationDecompositions(patterns);
  populateAliasDecompositions(patterns);
  populateAttentionDecompositions(patterns);
  populateCTCLossDecompositions(patterns);
  populateConvolutionDecompositions(patterns);
  populateCreationDecompositions(patterns);
  populateDiagonalDecompositions(patterns);
  populateDistanceDecompositions(patterns);
  populateEinsumDecompositions(patterns);
  populateEmbeddingDecompositions(patterns);
  populateFactorizationDecompositions(patterns);
  populateFoldingDecompositions(patterns);
  populateFourierDecompositions(patterns);
  populateIndexingDecompositions(patterns);
  populateJoinDecompositions(patterns);
  populateLinearDecompositions(patterns);
  populateListDecompositions(patterns);
  populateLossDecompositions(patterns);
  populateMatrixFunctionDecompositions(patterns);
  populateNormalizationDecompositions(patterns);
  populatePointwiseDecompositions(patterns);
  populatePoolingDecompositions(patterns);
  populatePrintDecompositions(patterns);
  populateQuantizationDecompositions(patterns);
  populateRandomDecompositions(patterns);
  populateRecurrentDecompositions(patterns);
  populateReductionDecompositions(patterns);
  populateShuffleDecompositions(patterns);
  populateSortingDecompositions(patterns);
  populateSpectrumDecompositions(patterns);
  populateStatisticsDecompositions(patterns);
  populateStridedDecompositions(patterns);
  populateViewDecompositions(patterns);
  populateWindowDecompositions(patterns);
}

bool minitorch::mt::hasDecomposition(StringRef schemaName,
                                     MLIRContext *context) {
  // Names are of static tables: the same for every context.
  static const llvm::StringSet<> names = [&] {
    llvm::StringSet<> all;
    RewritePatternSet patterns(context);
    populateDecompositions(patterns);
    for (const auto &pattern : patterns.getNativePatterns())
      for (StringRef label : pattern->getDebugLabels())
        all.insert(label);
    return all;
  }();
  return names.contains(schemaName);
}

namespace {
/// The checks of an operator that made a list are operations of their own.
struct RequiredList : OpRewritePattern<OperatorOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(OperatorOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getName() != requireResultName ||
        !isa<ListType>(op->getOperand(0).getType()))
      return rewriter.notifyMatchFailure(op, "it requires no list");
    if (isa_and_nonnull<SchemaOpInterface>(op->getOperand(0).getDefiningOp()))
      return rewriter.notifyMatchFailure(op, "the list is not decomposed yet");
    rewriter.eraseOp(op);
    return success();
  }
};

class MtDecomposeOpsPass
    : public minitorch::mt::impl::MtDecomposeOpsPassBase<MtDecomposeOpsPass> {
public:
  using Base::Base;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateTypeRefinements(patterns);
    populateDecompositions(patterns);
    patterns.add<RequiredList>(&getContext());

    GreedyRewriteConfig config;
    config.setUseTopDownTraversal(true);
    config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
    // An operator that a pattern leaves is the conversion's to refuse.
    (void)applyPatternsGreedily(getOperation(), std::move(patterns), config);

    RewritePatternSet last(&getContext());
    populateTypeRefinements(last);
    populateRuntimeListDecompositions(last);
    last.add<RequiredList>(&getContext());
    (void)applyPatternsGreedily(getOperation(), std::move(last), config);
  }
};
} // namespace
