//===- MtToSCF.cpp - Control flow to scf ------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/MtToSCF.h"
#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "MiniTorch/Dialect/Mt/IR/ValueForms.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

namespace minitorch {
#define GEN_PASS_DEF_CONVERTMTTOSCFPASS
#include "MiniTorch/Conversion/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;
using namespace minitorch::mt;

/// Whether a value of `from` can be given where one of `to` is expected.
static bool canCast(Type from, Type to) {
  if (from == to)
    return true;
  auto fromTensor = dyn_cast<RankedTensorType>(from);
  auto toTensor = dyn_cast<RankedTensorType>(to);
  if (fromTensor && toTensor)
    return tensor::CastOp::areCastCompatible(fromTensor, toTensor);
  std::optional<ValueForm> fromForm = getValueForm(from),
                           toForm = getValueForm(to);
  // What lists hold is part of how they hold it.
  auto fromList = dyn_cast<ListType>(from), toList = dyn_cast<ListType>(to);
  if (fromList && toList)
    return isHeldAlike(fromList.getElementType(), toList.getElementType());
  if (toForm == ValueForm::Pointer)
    return fromForm == ValueForm::Pointer || fromForm == ValueForm::Nothing ||
           (fromTensor && isa<mt::TensorType, OptionalType>(to));
  return toForm == ValueForm::Tagged &&
         (fromForm || fromTensor || from.isF64() || from.isSignlessInteger(1) ||
          from.isSignlessInteger(64));
}

/// `value` as `type`; null where it cannot be.
static Value castTo(OpBuilder &b, Location loc, Value value, Type type) {
  if (value.getType() == type)
    return value;
  if (!canCast(value.getType(), type))
    return {};
  if (isa<RankedTensorType>(type))
    return tensor::CastOp::create(b, loc, type, value);
  return PrimUncheckedCastOp::create(b, loc, type, value);
}

static LogicalResult castAll(OpBuilder &b, Location loc, ValueRange values,
                             TypeRange types, SmallVectorImpl<Value> &out) {
  for (auto [value, type] : llvm::zip(values, types)) {
    Value cast = castTo(b, loc, value, type);
    if (!cast)
      return failure();
    out.push_back(cast);
  }
  return success();
}

/// A cast of a loop's first value, kept from the rest: scf's canonicalization
/// would give every turn the first one's sizes, which a carried tensor that
/// grows does not keep.
static Value hideSizes(OpBuilder &b, Location loc, Value value) {
  if (!value.getDefiningOp<tensor::CastOp>())
    return value;
  return bufferization::AllocTensorOp::create(
      b, loc, cast<RankedTensorType>(value.getType()), ValueRange(),
      /*copy=*/value);
}

static bool canCastAll(ValueRange values, TypeRange types) {
  return llvm::all_of(llvm::zip(values, types), [](auto pair) {
    return canCast(std::get<0>(pair).getType(), std::get<1>(pair));
  });
}

namespace {
/// mt.prim.if => scf.if
struct IfConversion : public OpRewritePattern<PrimIfOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PrimIfOp op,
                                PatternRewriter &rewriter) const override {
    for (PrimYieldOp yield : {op.thenYield(), op.elseYield()})
      if (!canCastAll(yield.getValues(), op.getResultTypes()))
        return rewriter.notifyMatchFailure(
            op, "the branches yield types that have no common form");
    auto ifOp = scf::IfOp::create(rewriter, op.getLoc(), op.getResultTypes(),
                                  op.getCondition(), /*withElse=*/true);
    auto move = [&](Region &from, Region &to) {
      auto yield = cast<PrimYieldOp>(from.front().getTerminator());
      rewriter.setInsertionPoint(yield);
      SmallVector<Value> values;
      (void)castAll(rewriter, yield.getLoc(), yield.getValues(),
                    op.getResultTypes(), values);
      rewriter.replaceOpWithNewOp<scf::YieldOp>(yield, values);
      if (!to.empty())
        rewriter.eraseBlock(&to.front());
      rewriter.inlineRegionBefore(from, to, to.end());
    };
    move(op.getThenRegion(), ifOp.getThenRegion());
    move(op.getElseRegion(), ifOp.getElseRegion());
    rewriter.replaceOp(op, ifOp);
    return success();
  }
};

/// mt.prim.loop => scf.for where the trip count is fixed at entry, else
/// scf.while that carries the turn's number and the condition.
struct LoopConversion : public OpRewritePattern<PrimLoopOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PrimLoopOp op,
                                PatternRewriter &rewriter) const override {
    Block &body = op.getBody().front();
    PrimLoopConditionOp terminator = op.getTerminator();
    SmallVector<Type> types(TypeRange(ValueRange(op.getCarried())));
    if (!canCastAll(op.getInits(), types) ||
        !canCastAll(terminator.getValues(), types))
      return rewriter.notifyMatchFailure(
          op, "the turns carry types that have no common form");
    Location loc = op.getLoc();
    SmallVector<Value> inits;
    (void)castAll(rewriter, loc, op.getInits(), types, inits);
    for (Value &init : inits)
      init = hideSizes(rewriter, loc, init);
    bool forLike = op.isForLike();

    rewriter.setInsertionPoint(terminator);
    SmallVector<Value> yielded;
    (void)castAll(rewriter, terminator.getLoc(), terminator.getValues(), types,
                  yielded);
    rewriter.setInsertionPoint(op);
    if (forLike) {
      Type index = rewriter.getIndexType();
      Value zero = arith::ConstantIndexOp::create(rewriter, loc, 0);
      Value one = arith::ConstantIndexOp::create(rewriter, loc, 1);
      // scf.for takes no turns where the bound is negative.
      Value turns = arith::IndexCastOp::create(rewriter, loc, index,
                                               op.getMaxTripCount());
      auto loop = scf::ForOp::create(rewriter, loc, zero, turns, one, inits);
      Block *to = loop.getBody();
      rewriter.setInsertionPointToStart(to);
      Value turn = arith::IndexCastOp::create(
          rewriter, loc, rewriter.getI64Type(), loop.getInductionVar());
      SmallVector<Value> arguments{turn};
      llvm::append_range(arguments, loop.getRegionIterArgs());
      if (to->mightHaveTerminator())
        rewriter.eraseOp(to->getTerminator());
      rewriter.setInsertionPoint(terminator);
      rewriter.replaceOpWithNewOp<scf::YieldOp>(terminator, yielded);
      rewriter.mergeBlocks(&body, to, arguments);
      rewriter.replaceOp(op, loop.getResults());
      return success();
    }

    Value zero =
        arith::ConstantOp::create(rewriter, loc, rewriter.getI64IntegerAttr(0));
    SmallVector<Value> whileInits{zero, op.getInitialCondition()};
    llvm::append_range(whileInits, inits);
    SmallVector<Type> whileTypes{rewriter.getI64Type(), rewriter.getI1Type()};
    llvm::append_range(whileTypes, types);
    SmallVector<Location> locs(2, loc);
    for (BlockArgument argument : body.getArguments().drop_front())
      locs.push_back(argument.getLoc());
    auto loop = scf::WhileOp::create(rewriter, loc, whileTypes, whileInits);
    Block *before =
        rewriter.createBlock(&loop.getBefore(), {}, whileTypes, locs);
    rewriter.setInsertionPointToStart(before);
    Value more =
        arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::slt,
                              before->getArgument(0), op.getMaxTripCount());
    Value go =
        arith::AndIOp::create(rewriter, loc, more, before->getArgument(1));
    scf::ConditionOp::create(rewriter, loc, go, before->getArguments());
    Block *after = rewriter.createBlock(&loop.getAfter(), {}, whileTypes, locs);
    rewriter.setInsertionPoint(terminator);
    Value one =
        arith::ConstantOp::create(rewriter, loc, rewriter.getI64IntegerAttr(1));
    Value nextTurn =
        arith::AddIOp::create(rewriter, loc, after->getArgument(0), one);
    SmallVector<Value> next{nextTurn, terminator.getCondition()};
    llvm::append_range(next, yielded);
    rewriter.replaceOpWithNewOp<scf::YieldOp>(terminator, next);
    SmallVector<Value> arguments{after->getArgument(0)};
    llvm::append_range(arguments, after->getArguments().drop_front(2));
    rewriter.mergeBlocks(&body, after, arguments);
    rewriter.replaceOp(op, loop.getResults().drop_front(2));
    return success();
  }
};

/// mt.prim.uninitialized => anything of the type; it is never read.
struct UninitializedConversion : public OpRewritePattern<PrimUninitializedOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PrimUninitializedOp op,
                                PatternRewriter &rewriter) const override {
    Type type = op.getType();
    if (auto tensor = dyn_cast<RankedTensorType>(type)) {
      Value zero = arith::ConstantIndexOp::create(rewriter, op.getLoc(), 0);
      SmallVector<Value> sizes(tensor.getNumDynamicDims(), zero);
      rewriter.replaceOpWithNewOp<tensor::EmptyOp>(op, tensor, sizes);
      return success();
    }
    if (!type.isIntOrFloat())
      return rewriter.notifyMatchFailure(op, "a boxed value");
    rewriter.replaceOpWithNewOp<arith::ConstantOp>(
        op, type, cast<TypedAttr>(rewriter.getZeroAttr(type)));
    return success();
  }
};

namespace {
/// The text of an exception as far as it is known when compiling. A number that
/// is not stays `{}`, and is one of `values`.
struct Message {
  std::string text;
  SmallVector<Value> values;

  /// False where a part is neither a text nor a number.
  bool add(Value part);

private:
  bool addFormatted(ValueRange inputs);
};
} // namespace

bool Message::add(Value part) {
  Type type = part.getType();
  if (auto str = getConstantStr(part)) {
    text += *str;
    return true;
  }
  if (auto number = getConstantInt(part); number && type.isInteger(64)) {
    text += std::to_string(*number);
    return true;
  }
  if (type.isF64() || type.isInteger(64) || type.isInteger(1)) {
    text += "{}";
    values.push_back(part);
    return true;
  }
  auto op = part.getDefiningOp<OperatorOp>();
  if (!op)
    return false;
  if (op.getName() == "aten::format" && !op.getInputs().empty())
    return addFormatted(op.getInputs());
  if (op.getName() == "aten::add.str")
    return add(op.getInputs()[0]) && add(op.getInputs()[1]);
  return op.getName() == "aten::str" && add(op.getInputs()[0]);
}

bool Message::addFormatted(ValueRange inputs) {
  std::optional<StringRef> pattern = getConstantStr(inputs[0]);
  if (!pattern)
    return false;
  for (Value argument : inputs.drop_front()) {
    auto [before, after] = pattern->split("{}");
    text += before;
    if (!add(argument))
      return false;
    pattern = after;
  }
  text += *pattern;
  return true;
}

/// prim.raise => a check that always fails.
struct RaiseConversion : public OpRewritePattern<PrimRaiseOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PrimRaiseOp op,
                                PatternRewriter &rewriter) const override {
    Message message;
    if (!message.add(op.getMessage()))
      return rewriter.notifyMatchFailure(op, "a text that is made at run time");
    StringRef exception =
        getExceptionName(getConstantStr(op.getException()).value_or(""));
    Value never = arith::ConstantOp::create(rewriter, op.getLoc(),
                                            rewriter.getBoolAttr(false));
    createRuntimeCheck(rewriter, op.getLoc(), never, exception, message.text,
                       message.values);
    rewriter.eraseOp(op);
    return success();
  }
};

class ConvertMtToSCFPass
    : public minitorch::impl::ConvertMtToSCFPassBase<ConvertMtToSCFPass> {
public:
  using Base::Base;
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateMtToSCFPatterns(patterns);
    walkAndApplyPatterns(getOperation(), std::move(patterns));
  }
};
} // namespace

void minitorch::populateMtToSCFPatterns(RewritePatternSet &patterns) {
  patterns.add<IfConversion, LoopConversion, UninitializedConversion,
               RaiseConversion>(patterns.getContext());
}
