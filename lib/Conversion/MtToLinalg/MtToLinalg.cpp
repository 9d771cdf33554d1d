//===- MtToLinalg.cpp - Convert mt operators to linalg ----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/MtToLinalg.h"
#include "MiniTorch/Conversion/Lowering/BuiltinTensorConverter.h"
#include "MiniTorch/Conversion/MtToRuntime.h"
#include "MiniTorch/Conversion/MtToTensor.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "Patterns.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"

namespace minitorch {
#define GEN_PASS_DEF_CONVERTMTTOLINALGPASS
#include "MiniTorch/Conversion/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;

void minitorch::populateMtToLinalgPatterns(const TypeConverter &converter,
                                           RewritePatternSet &patterns) {
  detail::populateActivationPatterns(converter, patterns);
  detail::populateAdaptivePoolingPatterns(converter, patterns);
  detail::populateCallPatterns(converter, patterns);
  detail::populateColumnPatterns(converter, patterns);
  detail::populateComplexPatterns(converter, patterns);
  detail::populateConvolutionPatterns(converter, patterns);
  detail::populateCreationPatterns(converter, patterns);
  detail::populateElementwisePatterns(converter, patterns);
  detail::populateFloatBitsPatterns(converter, patterns);
  detail::populateGridSamplingPatterns(converter, patterns);
  detail::populateIndexingPatterns(converter, patterns);
  detail::populateLinearPatterns(converter, patterns);
  detail::populatePoolingPatterns(converter, patterns);
  detail::populateReductionPatterns(converter, patterns);
  detail::populateResamplingPatterns(converter, patterns);
  detail::populateScanPatterns(converter, patterns);
  detail::populateScatterPatterns(converter, patterns);
  detail::populateSearchingPatterns(converter, patterns);
}

namespace {
struct ConvertMtToLinalgPass
    : public minitorch::impl::ConvertMtToLinalgPassBase<ConvertMtToLinalgPass> {
  void runOnOperation() override {
    BuiltinTensorConverter converter;
    RewritePatternSet patterns(&getContext());
    populateMtToLinalgPatterns(converter, patterns);
    populateMtToTensorPatterns(converter, patterns);
    populateNumericsPatterns(converter, patterns);
    populateRandomPatterns(converter, patterns);
    populateSortingPatterns(converter, patterns);
    if (failed(convertBuiltinTensors(getOperation(), converter,
                                     std::move(patterns))))
      return signalPassFailure();
    // Checks are operations of their own now, but those of the runtime's calls.
    getOperation().walk([](mt::OperatorOp op) {
      if (op.getName() != mt::requireResultName)
        return;
      Value value = op.getOperand(0);
      if (auto unbox = value.getDefiningOp<mt::UnboxOp>())
        value = unbox->getOperand(0);
      if (isa_and_nonnull<mt::SchemaOpInterface>(value.getDefiningOp()))
        op->setOperand(0, value);
      else
        op.erase();
    });
  }
};
} // namespace
