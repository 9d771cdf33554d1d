//===- DecomposeOps.cpp - The pass of the same name -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose/Decompose.h"
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
class MtDecomposeOpsPass
    : public minitorch::mt::impl::MtDecomposeOpsPassBase<MtDecomposeOpsPass> {
public:
  using Base::Base;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateTypeRefinements(patterns);
    populateDecompositions(patterns);

    GreedyRewriteConfig config;
    config.setUseTopDownTraversal(true);
    config.setRegionSimplificationLevel(GreedySimplifyRegionLevel::Disabled);
    // An operator that a pattern leaves is the conversion's to refuse.
    (void)applyPatternsGreedily(getOperation(), std::move(patterns), config);

    RewritePatternSet last(&getContext());
    populateTypeRefinements(last);
    populateRuntimeListDecompositions(last);
    (void)applyPatternsGreedily(getOperation(), std::move(last), config);
  }
};
} // namespace
