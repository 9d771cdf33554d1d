//===- ConvertConvToChannelsLast.cpp - Images of pixels -------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/Layouts/Passes.h"
#include "Transposes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace minitorch {
#define GEN_PASS_DEF_MTCONVERTCONVTOCHANNELSLASTPASS
#include "MiniTorch/Codegen/Layouts/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;

/// Whether the op is a convolution of real floats, and of which dimensions.
static std::optional<linalg::ConvolutionDimensions>
matchConvolution(linalg::LinalgOp op) {
  if (!op.hasPureTensorSemantics() || op.getNumDpsInputs() != 2 ||
      op.getNumDpsInits() != 1)
    return std::nullopt;
  Type type = getElementTypeOrSelf(op.getDpsInits().front().getType());
  if ((!type.isF32() && !type.isF64()) ||
      llvm::any_of(op->getOperandTypes(), [&](Type operand) {
        return getElementTypeOrSelf(operand) != type;
      }))
    return std::nullopt;
  FailureOr<linalg::ConvolutionDimensions> dims =
      linalg::inferConvolutionDims(op);
  // A pooling has no channels in its window.
  if (failed(dims) || dims->outputImage.empty() ||
      dims->outputChannel.size() > 1 || dims->inputChannel.size() > 1 ||
      dims->outputChannel.size() != dims->inputChannel.size() ||
      (dims->outputChannel.empty() && dims->depth.empty()))
    return std::nullopt;
  return *dims;
}

namespace {

struct ConvertConvToChannelsLast
    : minitorch::impl::MtConvertConvToChannelsLastPassBase<
          ConvertConvToChannelsLast> {
  using Base::Base;

  void runOnOperation() override {
    SmallVector<std::pair<linalg::LinalgOp, linalg::ConvolutionDimensions>>
        work;
    getOperation()->walk([&](linalg::LinalgOp op) {
      std::optional<linalg::ConvolutionDimensions> dims = matchConvolution(op);
      if (dims && hasEnoughChannels(op, *dims))
        work.push_back({op, *dims});
    });
    // On its own, a product of matrices is one in either layout.
    if (work.size() == 1 &&
        isPointwise(work.front().first, work.front().second))
      return;
    IRRewriter rewriter(&getContext());
    for (auto &[op, dims] : work) {
      rewriter.setInsertionPoint(op);
      FailureOr<linalg::GenericOp> generic = getGeneric(rewriter, op);
      if (failed(generic)) {
        op->emitError("internal error: has no generic form");
        return signalPassFailure();
      }
      convert(rewriter, *generic, dims);
      ++numConverted;
    }
  }

private:
  bool hasEnoughChannels(linalg::LinalgOp op,
                         const linalg::ConvolutionDimensions &dims) {
    const auto &channels =
        dims.outputChannel.empty() ? dims.depth : dims.outputChannel;
    int64_t size = op.getStaticLoopRanges()[channels.back()];
    return ShapedType::isDynamic(size) || size >= minChannels;
  }

  /// Whether every window is one element, and every element one window.
  static bool isPointwise(linalg::LinalgOp op,
                          const linalg::ConvolutionDimensions &dims) {
    SmallVector<int64_t> ranges = op.getStaticLoopRanges();
    return dims.depth.empty() &&
           llvm::all_of(dims.filterLoop,
                        [&](unsigned loop) { return ranges[loop] == 1; }) &&
           llvm::all_of(dims.strides,
                        [](int64_t stride) { return stride == 1; });
  }

  static FailureOr<linalg::GenericOp> getGeneric(RewriterBase &rewriter,
                                                 linalg::LinalgOp op) {
    if (auto generic = dyn_cast<linalg::GenericOp>(op.getOperation()))
      return generic;
    return linalg::generalizeNamedOp(rewriter, op);
  }

  static void convert(RewriterBase &rewriter, linalg::GenericOp op,
                      const linalg::ConvolutionDimensions &dims) {
    // Pixels, then channels; in a window, too.
    SmallVector<unsigned> order(dims.batch.begin(), dims.batch.end());
    llvm::append_range(order, dims.outputImage);
    llvm::append_range(order, dims.depth);
    llvm::append_range(order, dims.outputChannel);
    llvm::append_range(order, dims.filterLoop);
    llvm::append_range(order, dims.inputChannel);
    FailureOr<linalg::GenericOp> interchanged =
        linalg::interchangeGenericOp(rewriter, op, order);
    // There is nothing to interchange if the order is right already.
    if (succeeded(interchanged))
      op = *interchanged;
    OpOperand &image = *op.getDpsInputOperand(0);
    permuteOperand(rewriter, op, image,
                   getLoopOrder(op.getMatchingIndexingMap(&image)));
    // Weights that are contracted are packed later, whatever their order is.
    if (dims.outputChannel.empty()) {
      OpOperand &weights = *op.getDpsInputOperand(1);
      AffineMap map = op.getMatchingIndexingMap(&weights);
      auto inOrder = llvm::to_vector(llvm::seq<int64_t>(map.getNumResults()));
      std::stable_partition(inOrder.begin(), inOrder.end(), [&](int64_t i) {
        unsigned loop = cast<AffineDimExpr>(map.getResult(i)).getPosition();
        return op.getIteratorTypesArray()[loop] ==
               utils::IteratorType::reduction;
      });
      permuteOperand(rewriter, op, weights, inOrder);
    }
    sortResults(rewriter, op);
  }
};

} // namespace
