//===- Folding.cpp - Batch normalization of constant statistics -*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "TensorBuilder.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include <cmath>

using namespace mlir;

namespace minitorch::mt {
namespace {

/// The numbers of a constant tensor of f32 or f64, without a copy.
class ConstantFloats {
public:
  static std::optional<ConstantFloats> of(Value value) {
    while (auto cast = value.getDefiningOp<PrimUncheckedCastOp>())
      value = cast.getValue();
    auto constant = value.getDefiningOp<ConstantTensorOp>();
    if (!constant)
      return std::nullopt;
    ElementsAttr attr = constant.getValue();
    Type dtype = attr.getElementType();
    if (!dtype.isF32() && !dtype.isF64())
      return std::nullopt;
    ConstantFloats floats;
    floats.type = cast<RankedTensorType>(attr.getShapedType());
    if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr)) {
      AsmResourceBlob *blob = resource.getRawHandle().getBlob();
      if (!blob)
        return std::nullopt;
      floats.data = blob->getData();
    } else if (auto dense = dyn_cast<DenseElementsAttr>(attr)) {
      floats.isSplat = dense.isSplat();
      floats.data = dense.getRawData();
    } else {
      return std::nullopt;
    }
    size_t width = dtype.isF32() ? sizeof(float) : sizeof(double);
    size_t count = floats.isSplat ? 1 : floats.type.getNumElements();
    if (floats.data.size() != count * width)
      return std::nullopt;
    return floats;
  }

  RankedTensorType getType() const { return type; }
  int64_t size() const { return type.getNumElements(); }
  double operator[](int64_t i) const {
    if (isSplat)
      i = 0;
    // A blob need not be aligned to its elements.
    if (type.getElementType().isF64()) {
      double value;
      std::memcpy(&value, data.data() + i * sizeof(value), sizeof(value));
      return value;
    }
    float value;
    std::memcpy(&value, data.data() + i * sizeof(value), sizeof(value));
    return value;
  }

private:
  RankedTensorType type;
  ArrayRef<char> data;
  bool isSplat = false;
};

/// A new constant tensor whose element i is `element(i)`.
template <typename T>
ElementsAttr createFloats(RankedTensorType type, StringRef name,
                          llvm::function_ref<double(int64_t)> element) {
  int64_t count = type.getNumElements();
  AsmResourceBlob blob = HeapAsmResourceBlob::allocate(
      count * sizeof(T), /*align=*/64, /*dataIsMutable=*/true);
  auto *values = reinterpret_cast<T *>(blob.getMutableData().data());
  for (int64_t i = 0; i < count; ++i)
    values[i] = static_cast<T>(element(i));
  return DenseResourceElementsAttr::get(type, name, std::move(blob));
}

Value createConstant(TensorBuilder &b, RankedTensorType type, StringRef name,
                     llvm::function_ref<double(int64_t)> element) {
  ElementsAttr attr = type.getElementType().isF64()
                          ? createFloats<double>(type, name, element)
                          : createFloats<float>(type, name, element);
  return ConstantTensorOp::create(b.getRewriter(), b.getLoc(),
                                  TensorType::getBoxed(type), attr);
}

/// Batch normalization in evaluation as x * scale[c] + shift[c]:
///   scale = weight / sqrt(var + eps), shift = bias - mean * scale
struct ScaleAndShift {
  SmallVector<double> scale, shift;
};
FailureOr<ScaleAndShift> getScaleAndShift(PatternRewriter &rewriter,
                                          AtenBatchNormOp op) {
  auto mean = ConstantFloats::of(op.getRunningMean());
  auto variance = ConstantFloats::of(op.getRunningVar());
  std::optional<double> eps = getConstantFloat(op.getEps());
  if (getConstantBool(op.getTraining()) != false || !mean || !variance || !eps)
    return rewriter.notifyMatchFailure(op, "its statistics are not constants");
  auto weight = ConstantFloats::of(op.getWeight());
  auto bias = ConstantFloats::of(op.getBias());
  if ((!weight && !isNone(op.getWeight())) || (!bias && !isNone(op.getBias())))
    return rewriter.notifyMatchFailure(op, "its parameters are not constants");
  int64_t count = mean->size();
  if (variance->size() != count || (weight && weight->size() != count) ||
      (bias && bias->size() != count))
    return rewriter.notifyMatchFailure(op, "its parameters differ in size");
  ScaleAndShift result;
  for (int64_t i = 0; i < count; ++i) {
    double scale = 1.0 / std::sqrt((*variance)[i] + *eps);
    if (weight)
      scale *= (*weight)[i];
    result.scale.push_back(scale);
    result.shift.push_back((bias ? (*bias)[i] : 0.0) - (*mean)[i] * scale);
  }
  return result;
}

/// batch_norm(convolution(x, W, b)) = convolution(x, W', b'), where
/// W' = scale * W and b' = scale * b + shift, channel by channel.
struct FoldBatchNormIntoConvolution : OpRewritePattern<AtenBatchNormOp> {
  FoldBatchNormIntoConvolution(MLIRContext *context)
      : OpRewritePattern(context, /*benefit=*/3) {}
  LogicalResult matchAndRewrite(AtenBatchNormOp op,
                                PatternRewriter &rewriter) const override {
    auto conv = op.getInput().getDefiningOp<AtenConvolutionOp>();
    if (!conv || !conv->hasOneUse())
      return rewriter.notifyMatchFailure(
          op, "its input is not a convolution that only it uses");
    if (getConstantBool(conv.getTransposed()) != false)
      return rewriter.notifyMatchFailure(op, "the convolution is transposed");
    auto weight = ConstantFloats::of(conv.getWeight());
    auto bias = ConstantFloats::of(conv.getBias());
    if (!weight || (!bias && !isNone(conv.getBias())))
      return rewriter.notifyMatchFailure(
          op, "the convolution's parameters are not constants");
    FailureOr<ScaleAndShift> norm = getScaleAndShift(rewriter, op);
    if (failed(norm))
      return failure();
    RankedTensorType type = weight->getType();
    int64_t channels = type.getDimSize(0);
    if (static_cast<int64_t>(norm->scale.size()) != channels ||
        (bias && bias->size() != channels) || channels == 0)
      return rewriter.notifyMatchFailure(
          op, "the convolution has another number of channels");
    TensorBuilder b(rewriter, op.getLoc());
    int64_t perChannel = type.getNumElements() / channels;
    Value newWeight = createConstant(b, type, "folded_weight", [&](int64_t i) {
      return (*weight)[i] * norm->scale[i / perChannel];
    });
    Value newBias = createConstant(
        b, RankedTensorType::get({channels}, type.getElementType()),
        "folded_bias", [&](int64_t i) {
          return (bias ? (*bias)[i] * norm->scale[i] : 0.0) + norm->shift[i];
        });
    SmallVector<Value> operands(conv->getOperands());
    operands[1] = newWeight;
    operands[2] = newBias;
    b.replace(op, b.create<AtenConvolutionOp>(operands));
    return success();
  }
};

/// Anywhere else, scale and shift are constants.
struct FoldBatchNormParameters : OpRewritePattern<AtenBatchNormOp> {
  FoldBatchNormParameters(MLIRContext *context)
      : OpRewritePattern(context, /*benefit=*/2) {}
  LogicalResult matchAndRewrite(AtenBatchNormOp op,
                                PatternRewriter &rewriter) const override {
    FailureOr<ScaleAndShift> norm = getScaleAndShift(rewriter, op);
    if (failed(norm))
      return failure();
    std::optional<int64_t> rank = getRank(op.getInput());
    Type dtype = getDtype(op.getInput());
    if (!rank || *rank < 2 || !dtype || (!dtype.isF32() && !dtype.isF64()))
      return rewriter.notifyMatchFailure(op, "rank or dtype is not known");
    TensorBuilder b(rewriter, op.getLoc());
    // [C, 1, 1, ...]
    SmallVector<int64_t> shape(*rank - 1, 1);
    shape[0] = norm->scale.size();
    auto type = RankedTensorType::get(shape, dtype);
    Value scale = createConstant(b, type, "scale",
                                 [&](int64_t i) { return norm->scale[i]; });
    Value shift = createConstant(b, type, "shift",
                                 [&](int64_t i) { return norm->shift[i]; });
    b.replace(op, b.add(b.mul(op.getInput(), scale), shift));
    return success();
  }
};

} // namespace

void populateFoldingDecompositions(RewritePatternSet &patterns) {
  patterns.add<FoldBatchNormIntoConvolution, FoldBatchNormParameters>(
      patterns.getContext());
}

} // namespace minitorch::mt
