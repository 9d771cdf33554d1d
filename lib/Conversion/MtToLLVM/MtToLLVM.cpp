//===- MtToLLVM.cpp - Boxed values to LLVM's types --------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/MtToLLVM.h"
#include "CountingHelpers.h"
#include "MiniTorch/Dialect/Mt/IR/MtCountingOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "RuntimeCalls.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/ControlFlow/Transforms/StructuralTypeConversions.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Func/Transforms/FuncConversions.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Patterns.h"
#include "mlir/Dialect/UB/IR/UBOps.h"

namespace minitorch {
#define GEN_PASS_DEF_CONVERTMTTOLLVMPASS
#include "MiniTorch/Conversion/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;
using namespace minitorch::mt;

BoxedTypeConverter::BoxedTypeConverter(MLIRContext *context) {
  addConversion([](Type type) { return type; });
  addConversion([context](Type type, SmallVectorImpl<Type> &results)
                    -> std::optional<LogicalResult> {
    std::optional<ValueForm> form = getValueForm(type);
    if (!form)
      return std::nullopt;
    Type i64 = IntegerType::get(context, 64);
    switch (*form) {
    case ValueForm::Nothing:
      break;
    case ValueForm::Integer:
      results.push_back(i64);
      break;
    case ValueForm::Pointer:
      results.push_back(LLVM::LLVMPointerType::get(context));
      break;
    case ValueForm::Tagged:
      results.append(2, i64);
      break;
    }
    return success();
  });
}

//===----------------------------------------------------------------------===//
// Operations that work the same on every boxed value
//===----------------------------------------------------------------------===//

/// Null, 0, tag None: what a value that is never read may be released as.
static SmallVector<Value> createZeros(OpBuilder &b, Location loc,
                                      TypeRange types) {
  return llvm::map_to_vector(types, [&](Type type) -> Value {
    return LLVM::ZeroOp::create(b, loc, type);
  });
}

namespace {
/// mt.constant.none => no value
struct NoneConversion : public OpConversionPattern<ConstantNoneOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(ConstantNoneOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithMultiple(op, {ValueRange()});
    return success();
  }
};

/// A boxed value that is never read => zeros
template <typename OpTy>
struct UnsetConversion : public OpConversionPattern<OpTy> {
  using OpConversionPattern<OpTy>::OpConversionPattern;
  using OneToNOpAdaptor = typename OpConversionPattern<OpTy>::OneToNOpAdaptor;

  LogicalResult
  matchAndRewrite(OpTy op, OneToNOpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    SmallVector<Type> types;
    if (failed(this->getTypeConverter()->convertType(op.getType(), types)))
      return rewriter.notifyMatchFailure(op, "the type has no form");
    SmallVector<Value> zeros = createZeros(rewriter, op.getLoc(), types);
    rewriter.replaceOpWithMultiple(op, {zeros});
    return success();
  }
};

/// arith.select => one for each part
struct SelectConversion : public OpConversionPattern<arith::SelectOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(arith::SelectOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    SmallVector<Value> parts;
    for (auto [left, right] :
         llvm::zip_equal(adaptor.getTrueValue(), adaptor.getFalseValue()))
      parts.push_back(arith::SelectOp::create(rewriter, op.getLoc(),
                                              op.getCondition(), left, right));
    rewriter.replaceOpWithMultiple(op, {parts});
    return success();
  }
};

/// mt.prim.unchecked_cast between types of one form => the same parts; else by
/// way of a tagged value
struct CastConversion : public OpConversionPattern<PrimUncheckedCastOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(PrimUncheckedCastOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    std::optional<ValueForm> from = getValueForm(op.getValue().getType());
    std::optional<ValueForm> to = getValueForm(op.getType());
    if (from && from == to) {
      rewriter.replaceOpWithMultiple(op, {adaptor.getValue()});
      return success();
    }
    if (to == ValueForm::Nothing) {
      rewriter.replaceOpWithMultiple(op, {ValueRange()});
      return success();
    }
    if (from == ValueForm::Nothing && to == ValueForm::Pointer) {
      rewriter.replaceOpWithNewOp<LLVM::ZeroOp>(
          op, LLVM::LLVMPointerType::get(op.getContext()));
      return success();
    }
    SmallVector<Value> parts;
    auto tagged = createTagged(rewriter, op.getLoc(), op.getValue().getType(),
                               adaptor.getValue());
    if (!tagged || failed(createUntagged(rewriter, op.getLoc(), op.getType(),
                                         tagged->first, tagged->second, parts)))
      return rewriter.notifyMatchFailure(op, "the type does not fit a value");
    rewriter.replaceOpWithMultiple(op, {parts});
    return success();
  }
};

/// What upstream's structural patterns leave out: scf operations whose regions
/// have no arguments.
template <typename OpTy>
struct RegionsConversion : public OpConversionPattern<OpTy> {
  using OpConversionPattern<OpTy>::OpConversionPattern;
  using OneToNOpAdaptor = typename OpConversionPattern<OpTy>::OneToNOpAdaptor;

  LogicalResult
  matchAndRewrite(OpTy op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    SmallVector<Type> types;
    SmallVector<size_t> ends;
    for (Type type : op->getResultTypes()) {
      if (failed(this->getTypeConverter()->convertType(type, types)))
        return rewriter.notifyMatchFailure(op, "a type has no form");
      ends.push_back(types.size());
    }
    OperationState state(op.getLoc(), op->getName());
    for (ValueRange operand : adaptor.getOperands())
      state.addOperands(operand);
    state.addTypes(types);
    state.addAttributes(op->getAttrDictionary().getValue());
    for (size_t i = 0; i < op->getNumRegions(); ++i)
      state.addRegion();
    Operation *made = rewriter.create(state);
    for (auto [from, to] :
         llvm::zip_equal(op->getRegions(), made->getRegions()))
      rewriter.inlineRegionBefore(from, to, to.end());
    SmallVector<ValueRange> results;
    size_t begin = 0;
    for (size_t end : ends) {
      results.push_back(made->getResults().slice(begin, end - begin));
      begin = end;
    }
    rewriter.replaceOpWithMultiple(op, results);
    return success();
  }
};
} // namespace

void minitorch::populateMtToLLVMPatterns(const BoxedTypeConverter &converter,
                                         RewritePatternSet &patterns) {
  patterns.add<
      CastConversion, NoneConversion, RegionsConversion<scf::ExecuteRegionOp>,
      RegionsConversion<scf::IndexSwitchOp>, SelectConversion,
      UnsetConversion<PrimUninitializedOp>, UnsetConversion<ub::PoisonOp>>(
      converter, patterns.getContext());
}

//===----------------------------------------------------------------------===//
// Counting
//===----------------------------------------------------------------------===//

namespace {
/// The frames of the module's functions, on the stack.
class RootFrames {
public:
  RootFrames(ModuleOp module, CountingHelpers &helpers)
      : module(module), helpers(helpers) {}

  /// Lowers what has no boxed operand.
  LogicalResult lower();
  /// The address of a slot of the frame of the function around `op`.
  Value getSlot(OpBuilder &b, Operation *op, int64_t slot) const;

private:
  struct Frame {
    Value address;
    Type type;
    int64_t size;
  };
  LogicalResult enter(EnterRootsOp op);
  LogicalResult checkSlot(Operation *op, int64_t slot) const;
  const Frame *find(Operation *op) const {
    auto frame = frames.find(op->getParentOfType<func::FuncOp>());
    return frame == frames.end() ? nullptr : &frame->second;
  }

  ModuleOp module;
  CountingHelpers &helpers;
  llvm::DenseMap<Operation *, Frame> frames;
};
} // namespace

LogicalResult RootFrames::enter(EnterRootsOp op) {
  auto func = op->getParentOfType<func::FuncOp>();
  if (!func || op->getBlock() != &func.getBody().front())
    return op.emitError("belongs in the entry block of a function");
  if (frames.contains(func))
    return op.emitError("a function has one frame of root slots");
  OpBuilder b(op);
  Location loc = op.getLoc();
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  int64_t size = op.getSize();
  Type type = LLVM::LLVMStructType::getLiteral(
      b.getContext(),
      {pointer, b.getI64Type(), LLVM::LLVMArrayType::get(pointer, size)});
  Value one =
      LLVM::ConstantOp::create(b, loc, b.getI32Type(), b.getI32IntegerAttr(1));
  Value address = LLVM::AllocaOp::create(b, loc, pointer, type, one);
  frames[func] = {address, type, size};

  Value count = LLVM::ConstantOp::create(b, loc, b.getI64Type(),
                                         b.getI64IntegerAttr(size));
  LLVM::CallOp::create(
      b, loc,
      helpers.getRuntime(counting::enterRoots, {pointer, b.getI64Type()}),
      ValueRange{address, count});
  op.erase();
  return success();
}

Value RootFrames::getSlot(OpBuilder &b, Operation *op, int64_t slot) const {
  const Frame *frame = find(op);
  return LLVM::GEPOp::create(
      b, op->getLoc(), frame->address.getType(), frame->type, frame->address,
      ArrayRef<LLVM::GEPArg>{0, 2, static_cast<int32_t>(slot)});
}

LogicalResult RootFrames::checkSlot(Operation *op, int64_t slot) const {
  const Frame *frame = find(op);
  if (!frame)
    return op->emitError("needs the frame of 'mt.enter_roots'");
  if (slot >= frame->size)
    return op->emitError() << "slot " << slot << " of a frame of "
                           << frame->size;
  return success();
}

LogicalResult RootFrames::lower() {
  bool ok = true;
  module.walk([&](EnterRootsOp op) { ok &= succeeded(enter(op)); });
  module.walk([&](RootOp op) { ok &= succeeded(checkSlot(op, op.getSlot())); });
  module.walk(
      [&](UnrootOp op) { ok &= succeeded(checkSlot(op, op.getSlot())); });
  module.walk(
      [&](LeaveRootsOp op) { ok &= succeeded(checkSlot(op, /*slot=*/0)); });
  if (!ok)
    return failure();
  module.walk([&](UnrootOp op) {
    OpBuilder b(op);
    Value slot = getSlot(b, op, op.getSlot());
    LLVM::StoreOp::create(b, op.getLoc(),
                          LLVM::ZeroOp::create(b, op.getLoc(), slot.getType()),
                          slot);
    op.erase();
  });
  auto pointer = LLVM::LLVMPointerType::get(module.getContext());
  module.walk([&](LeaveRootsOp op) {
    OpBuilder b(op);
    LLVM::CallOp::create(b, op.getLoc(),
                         helpers.getRuntime(counting::leaveRoots, pointer),
                         find(op)->address);
    op.erase();
  });
  return success();
}

namespace {
/// mt.retain, mt.release => a call of the function with the fast path
template <typename OpTy, auto forObject, auto forValue>
struct CountConversion : public OpConversionPattern<OpTy> {
  CountConversion(const TypeConverter &converter, MLIRContext *context,
                  CountingHelpers &helpers)
      : OpConversionPattern<OpTy>(converter, context), helpers(helpers) {}
  using OneToNOpAdaptor = typename OpConversionPattern<OpTy>::OneToNOpAdaptor;

  LogicalResult
  matchAndRewrite(OpTy op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ValueRange parts = adaptor.getValue();
    LLVM::LLVMFuncOp helper =
        parts.size() == 1 ? (helpers.*forObject)() : (helpers.*forValue)();
    LLVM::CallOp::create(rewriter, op.getLoc(), helper, parts);
    rewriter.eraseOp(op);
    return success();
  }

  CountingHelpers &helpers;
};
using RetainConversion =
    CountConversion<RetainOp, &CountingHelpers::getRetainObject,
                    &CountingHelpers::getRetainValue>;
using ReleaseConversion =
    CountConversion<ReleaseOp, &CountingHelpers::getReleaseObject,
                    &CountingHelpers::getReleaseValue>;

/// mt.root => the pointer, if it is one, stored in the slot
struct RootConversion : public OpConversionPattern<RootOp> {
  RootConversion(const TypeConverter &converter, MLIRContext *context,
                 const RootFrames &frames)
      : OpConversionPattern(converter, context), frames(frames) {}

  LogicalResult
  matchAndRewrite(RootOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    ValueRange parts = adaptor.getValue();
    Value slot = frames.getSlot(rewriter, op, op.getSlot());
    Value object = parts.front();
    if (parts.size() == 2) {
      Value isObject = createIsObject(rewriter, loc, parts[0]);
      Value bits =
          LLVM::IntToPtrOp::create(rewriter, loc, slot.getType(), parts[1]);
      Value null = LLVM::ZeroOp::create(rewriter, loc, slot.getType());
      object = LLVM::SelectOp::create(rewriter, loc, isObject, bits, null);
    }
    rewriter.replaceOpWithNewOp<LLVM::StoreOp>(op, object, slot);
    return success();
  }

  const RootFrames &frames;
};

class ConvertMtToLLVMPass
    : public minitorch::impl::ConvertMtToLLVMPassBase<ConvertMtToLLVMPass> {
public:
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    MLIRContext *context = &getContext();
    BoxedTypeConverter converter(context);
    // Made here: a conversion must not see symbols come and go.
    CountingHelpers helpers(module);
    RootFrames frames(module, helpers);
    RuntimeCallSites sites(module);
    if (failed(frames.lower()))
      return signalPassFailure();
    createHelpers(helpers);
    for (auto func : module.getOps<func::FuncOp>())
      for (StringRef name : {noRaiseAttrName, takesAttrName, immortalAttrName})
        func->removeAttr(name);

    noteResults(converter);
    RewritePatternSet patterns(context);
    ConversionTarget target(*context);
    populateMtToLLVMPatterns(converter, patterns);
    populateRuntimeCallPatterns(converter, sites, patterns);
    patterns.add<RetainConversion, ReleaseConversion>(converter, context,
                                                      helpers);
    patterns.add<RootConversion>(converter, context, frames);
    scf::populateSCFStructuralTypeConversionsAndLegality(converter, patterns,
                                                         target);
    cf::populateCFStructuralTypeConversionsAndLegality(converter, patterns,
                                                       target);
    populateFunctionOpInterfaceTypeConversionPattern<func::FuncOp>(patterns,
                                                                   converter);
    populateCallOpTypeConversionPattern(patterns, converter);
    populateReturnOpTypeConversionPattern(patterns, converter);
    target.addDynamicallyLegalOp<func::FuncOp>([&](func::FuncOp func) {
      return converter.isSignatureLegal(func.getFunctionType());
    });
    // Upstream takes those of other parents for legal.
    target.addDynamicallyLegalOp<scf::YieldOp>(
        [&](scf::YieldOp op) { return converter.isLegal(op); });
    target.addIllegalOp<CallRuntimeOp, TypeNumberOp, RetainOp, ReleaseOp,
                        RootOp>();
    target.markUnknownOpDynamicallyLegal(
        [&](Operation *op) { return converter.isLegal(op); });
    if (failed(applyPartialConversion(module, target, std::move(patterns))))
      signalPassFailure();
  }

private:
  /// A struct of pointers that several boxed results become is not to be taken
  /// for the descriptor of a memref.
  void noteResults(const BoxedTypeConverter &converter) {
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      SmallVector<Type> types;
      if (func.isPublic() &&
          !converter.isSignatureLegal(func.getFunctionType()) &&
          succeeded(converter.convertTypes(func.getResultTypes(), types)))
        func->setAttr(numResultsAttrName,
                      Builder(func).getI64IntegerAttr(types.size()));
    }
  }

  void createHelpers(CountingHelpers &helpers) {
    auto isTagged = [](Value value) {
      return getValueForm(value.getType()) == ValueForm::Tagged;
    };
    getOperation().walk([&](RetainOp op) {
      isTagged(op.getValue()) ? helpers.getRetainValue()
                              : helpers.getRetainObject();
    });
    getOperation().walk([&](ReleaseOp op) {
      isTagged(op.getValue()) ? helpers.getReleaseValue()
                              : helpers.getReleaseObject();
    });
  }
};
} // namespace
