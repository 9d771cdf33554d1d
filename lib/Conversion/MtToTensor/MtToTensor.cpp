//===- MtToTensor.cpp - Convert mt operators to tensor ----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/MtToTensor.h"
#include "MiniTorch/Conversion/Lowering/BuiltinTensorConverter.h"
#include "Patterns.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"

namespace minitorch {
#define GEN_PASS_DEF_CONVERTMTTOTENSORPASS
#include "MiniTorch/Conversion/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;

void minitorch::populateMtToTensorPatterns(const TypeConverter &converter,
                                           RewritePatternSet &patterns) {
  detail::populateJoinPatterns(converter, patterns);
  detail::populateQueryPatterns(converter, patterns);
  detail::populateReshapePatterns(converter, patterns);
  detail::populateSlicePatterns(converter, patterns);
  detail::populateTransposePatterns(converter, patterns);
}

namespace {
struct ConvertMtToTensorPass
    : public minitorch::impl::ConvertMtToTensorPassBase<ConvertMtToTensorPass> {
  void runOnOperation() override {
    BuiltinTensorConverter converter;
    RewritePatternSet patterns(&getContext());
    populateMtToTensorPatterns(converter, patterns);
    if (failed(convertBuiltinTensors(getOperation(), converter,
                                     std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
