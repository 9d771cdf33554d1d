//===- Instances.cpp - Instances to calls of the runtime --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Instances.h"
#include "MiniTorch/Dialect/Mt/IR/Instances.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"
#include "RuntimeCalls.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace minitorch;
using namespace minitorch::mt;

namespace {
/// The numbers of types, by their texts, made once a function where it begins:
/// they are numbers of the process.
class TypeNumbers {
public:
  Value get(PatternRewriter &rewriter, Operation *op, StringAttr name) {
    auto func = op->getParentOfType<FunctionOpInterface>();
    Value &number = numbers[{func, name}];
    if (number)
      return number;
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointToStart(&func.getFunctionBody().front());
    return number = TypeNumberOp::create(rewriter, op->getLoc(),
                                         rewriter.getI64Type(), name);
  }

private:
  llvm::DenseMap<std::pair<Operation *, Attribute>, Value> numbers;
};

/// mt.prim.create_object => a new instance
struct CreateConversion : public OpRewritePattern<PrimCreateObjectOp> {
  CreateConversion(MLIRContext *context, std::shared_ptr<TypeNumbers> numbers)
      : OpRewritePattern(context), numbers(std::move(numbers)) {}

  LogicalResult matchAndRewrite(PrimCreateObjectOp op,
                                PatternRewriter &rewriter) const override {
    auto count = op->getAttrOfType<IntegerAttr>(fieldsAttrName);
    auto type = op->getAttrOfType<StringAttr>(typeAttrName);
    if (!count || !type || !op->getParentOfType<FunctionOpInterface>())
      return rewriter.notifyMatchFailure(op, "no instance of the run time");
    RuntimeCalls calls(rewriter, op);
    Value number = numbers->get(rewriter, op, type);
    rewriter.replaceOp(op,
                       calls.callBoxed({"mtrt_instance_make", "ii", "o"},
                                       {number, calls.integer(count.getInt())},
                                       op.getType()));
    return success();
  }

  std::shared_ptr<TypeNumbers> numbers;
};

/// object.name => its field
struct GetConversion : public OpRewritePattern<PrimGetAttrOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PrimGetAttrOp op,
                                PatternRewriter &rewriter) const override {
    auto field = op->getAttrOfType<IntegerAttr>(fieldAttrName);
    if (!field || !isPassedAs(op.getType(), 'v') ||
        !isPassedAs(op.getObject().getType(), 'o'))
      return rewriter.notifyMatchFailure(op, "no field holds such a value");
    RuntimeCalls calls(rewriter, op);
    rewriter.replaceOp(
        op, calls.callBoxed({"mtrt_field_get", "oi", "v"},
                            {op.getObject(), calls.integer(field.getInt())},
                            op.getType()));
    return success();
  }
};

/// object.name = value => a write of the field
struct SetConversion : public OpRewritePattern<PrimSetAttrOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PrimSetAttrOp op,
                                PatternRewriter &rewriter) const override {
    auto field = op->getAttrOfType<IntegerAttr>(fieldAttrName);
    if (!field || !isPassedAs(op.getValue().getType(), 'v') ||
        !isPassedAs(op.getObject().getType(), 'o'))
      return rewriter.notifyMatchFailure(op, "no field holds such a value");
    RuntimeCalls calls(rewriter, op);
    calls.callBoxed(
        {"mtrt_field_set", "oiv", ""},
        {op.getObject(), calls.integer(field.getInt()), op.getValue()},
        TypeRange());
    rewriter.eraseOp(op);
    return success();
  }
};

/// Whether a value is of a type => a comparison of numbers
struct IsClassConversion : public OpRewritePattern<OperatorOp> {
  IsClassConversion(MLIRContext *context, std::shared_ptr<TypeNumbers> numbers)
      : OpRewritePattern(context), numbers(std::move(numbers)) {}

  LogicalResult matchAndRewrite(OperatorOp op,
                                PatternRewriter &rewriter) const override {
    auto type = op->getAttrOfType<StringAttr>("type");
    if (op.getName() != isClassName || !type || op.getInputs().size() != 1 ||
        !op->getParentOfType<FunctionOpInterface>())
      return rewriter.notifyMatchFailure(op, "asks for no class");
    Value value = op.getInputs()[0];
    if (!isPassedAs(value.getType(), 'v'))
      return rewriter.notifyMatchFailure(op, "a value without a tag");
    RuntimeCalls calls(rewriter, op);
    Value own = calls.callBoxed({"mtrt_value_type", "v", "i"}, value,
                                rewriter.getI64Type());
    rewriter.replaceOpWithNewOp<arith::CmpIOp>(
        op, arith::CmpIPredicate::eq, own, numbers->get(rewriter, op, type));
    return success();
  }

  std::shared_ptr<TypeNumbers> numbers;
};
} // namespace

void minitorch::populateInstancePatterns(RewritePatternSet &patterns) {
  auto numbers = std::make_shared<TypeNumbers>();
  patterns.add<CreateConversion, IsClassConversion>(patterns.getContext(),
                                                    numbers);
  patterns.add<GetConversion, SetConversion>(patterns.getContext());
}
