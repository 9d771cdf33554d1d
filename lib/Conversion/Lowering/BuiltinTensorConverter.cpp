//===- BuiltinTensorConverter.cpp - Signless element types ------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/BuiltinTensorConverter.h"
#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "MiniTorch/Conversion/Lowering/ScalarMath.h"
#include "MiniTorch/Conversion/Lowering/TensorSizes.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Func/Transforms/FuncConversions.h"
#include "mlir/Dialect/SCF/Transforms/Patterns.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace minitorch;

BuiltinTensorConverter::BuiltinTensorConverter() {
  addConversion([](Type type) { return type; });
  addConversion([](RankedTensorType type) -> Type {
    return type.clone(getStorageType(type.getElementType()));
  });
  auto materialize = [](OpBuilder &b, Type type, ValueRange inputs,
                        Location loc) -> Value {
    return UnrealizedConversionCastOp::create(b, loc, type, inputs)
        .getResult(0);
  };
  addSourceMaterialization(materialize);
  addTargetMaterialization(materialize);
}

namespace {
/// arith.constant of ui8 => the same bytes as i8
struct ConstantOpConversion : OpConversionPattern<arith::ConstantOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(arith::ConstantOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto type = getTypeConverter()->convertType<RankedTensorType>(op.getType());
    if (!type)
      return rewriter.notifyMatchFailure(op, "not a tensor");
    ElementsAttr value;
    if (auto dense = dyn_cast<DenseIntElementsAttr>(op.getValue()))
      value = dense.bitcast(type.getElementType());
    else if (auto blob = dyn_cast<DenseResourceElementsAttr>(op.getValue()))
      value = DenseResourceElementsAttr::get(type, blob.getRawHandle());
    else
      return rewriter.notifyMatchFailure(op, "elements of an unknown form");
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(op, value);
    return success();
  }
};

/// A tensor that is written to the output, in its signless form.
struct WriteOpConversion : OpConversionPattern<mt::PrimWriteOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(mt::PrimWriteOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.modifyOpInPlace(
        op, [&] { op.getValueMutable().set(adaptor.getValue()); });
    return success();
  }
};
} // namespace

LogicalResult
minitorch::convertBuiltinTensors(Operation *root,
                                 const BuiltinTensorConverter &converter,
                                 RewritePatternSet &&patterns) {
  MLIRContext *context = root->getContext();
  ConversionTarget target(*context);
  // An mt operator is neither legal nor illegal: one without a conversion
  // stays, and a later pass reports all of them.
  target.markUnknownOpDynamicallyLegal(
      [](Operation *op) -> std::optional<bool> {
        if (isa_and_nonnull<mt::MtDialect>(op->getDialect()))
          return std::nullopt;
        return true;
      });
  target.addLegalOp<mt::PrimListConstructOp>();
  target.addDynamicallyLegalOp<mt::OperatorOp>(
      [](mt::OperatorOp op) -> std::optional<bool> {
        if (op.getName() == messageValueName)
          return true;
        return std::nullopt;
      });
  auto isLegal = [&](Operation *op) { return converter.isLegal(op); };
  target.addDynamicallyLegalOp<arith::ConstantOp>(isLegal);
  target.addDynamicallyLegalOp<mt::PrimWriteOp>(isLegal);
  target.addDynamicallyLegalOp<func::CallOp>(isLegal);
  target.addDynamicallyLegalOp<func::ReturnOp>(isLegal);
  target.addDynamicallyLegalOp<func::FuncOp>([&](func::FuncOp function) {
    return converter.isSignatureLegal(function.getFunctionType()) &&
           converter.isLegal(&function.getBody());
  });
  patterns.add<ConstantOpConversion, WriteOpConversion>(converter, context);
  populateFunctionOpInterfaceTypeConversionPattern<func::FuncOp>(patterns,
                                                                 converter);
  populateReturnOpTypeConversionPattern(patterns, converter);
  populateCallOpTypeConversionPattern(patterns, converter);
  scf::populateSCFStructuralTypeConversionsAndLegality(converter, patterns,
                                                       target);

  if (failed(applyPartialConversion(root, target, std::move(patterns))))
    return failure();

  // What only the whole function shows: sizes that are compared and equal.
  root->walk([&](arith::CmpIOp compare) {
    bool isEquality = compare.getPredicate() == arith::CmpIPredicate::eq;
    if (!isEquality && compare.getPredicate() != arith::CmpIPredicate::ne)
      return;
    if (!compare.getLhs().getType().isIndex() ||
        !areSizesEqual(compare.getLhs(), compare.getRhs()))
      return;
    OpBuilder b(compare);
    compare.replaceAllUsesWith(
        arith::ConstantIntOp::create(b, compare.getLoc(), isEquality, 1)
            .getResult());
  });

  root->walk([&](Operation *op) {
    if (!isa_and_nonnull<mt::MtDialect>(op->getDialect()))
      return;
    if (StringRef reason = converter.getReason(op); !reason.empty())
      op->setAttr(mt::reasonAttrName, StringAttr::get(context, reason));
  });
  return success();
}
