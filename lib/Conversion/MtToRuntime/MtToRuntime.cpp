//===- MtToRuntime.cpp - Boxed lists to runtime calls -----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/MtToRuntime.h"
#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "MiniTorch/Conversion/Lowering/ScalarMath.h"
#include "MiniTorch/Dialect/Mt/IR/AtenOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "RuntimeCalls.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Func/Transforms/FuncConversions.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Patterns.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include <limits>

namespace minitorch {
#define GEN_PASS_DEF_CONVERTMTTORUNTIMEPASS
#include "MiniTorch/Conversion/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;
using namespace minitorch::mt;

namespace {
bool isStorable(Type type) {
  return isa<RankedTensorType>(type) || type.isF64() ||
         type.isSignlessInteger(64) || type.isSignlessInteger(1);
}

/// [a, b] => a new runtime list with its elements appended
struct ListConstructConversion
    : public OpConversionPattern<PrimListConstructOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(PrimListConstructOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    for (Value element : adaptor.getElements())
      if (!isStorable(element.getType()))
        return rewriter.notifyMatchFailure(
            op, "elements of this type are not in runtime lists yet");
    RuntimeCalls calls(rewriter, op);
    Value list = calls.callInt("mtrt_list_new", {});
    for (Value element : adaptor.getElements())
      calls.append(list, element);
    rewriter.replaceOp(op, list);
    return success();
  }
};

/// Operators on lists => calls.
struct ListOperatorConversion : public OpConversionPattern<OperatorOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(OperatorOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    StringRef name = op.getName();
    ValueRange in = adaptor.getInputs();
    if (in.empty() || !isa<ListType>(op.getInputs()[0].getType()))
      return rewriter.notifyMatchFailure(op, "does not work on a list");
    RuntimeCalls calls(rewriter, op);
    Value list = in[0];
    auto replaceWithList = [&] {
      rewriter.replaceOp(op, SmallVector<Value>(op.getNumResults(), list));
      return success();
    };
    if (name == "aten::append.t") {
      if (!isStorable(in[1].getType()))
        return rewriter.notifyMatchFailure(op, "cannot store this type");
      calls.append(list, in[1]);
      return replaceWithList();
    }
    if (name == "aten::insert.t" && isa<RankedTensorType>(in[2].getType())) {
      calls.store("mtrt_list_insert", {list, in[1]}, in[2]);
      return replaceWithList();
    }
    if (name == "aten::_set_item.t") {
      if (!isStorable(in[2].getType()))
        return rewriter.notifyMatchFailure(op, "cannot store this type");
      calls.store("mtrt_list_set", {list, in[1]}, in[2]);
      return replaceWithList();
    }
    if (name == "aten::extend.t" || name == "aten::add_.t") {
      calls.call("mtrt_list_extend", {list, in[1]});
      return replaceWithList();
    }
    if (name == "aten::clear.t") {
      calls.call("mtrt_list_clear", {list});
      return replaceWithList();
    }
    if (name == "aten::reverse.t") {
      calls.call("mtrt_list_reverse", {list});
      return replaceWithList();
    }
    if (name == "aten::list.t" || name == "aten::copy.t") {
      rewriter.replaceOp(op, calls.callInt("mtrt_list_copy", {list}));
      return success();
    }
    if (name == "aten::slice.t") {
      // Bounds that are left out are those that no index reaches.
      Value step = in[3];
      Value isBack = arith::CmpIOp::create(rewriter, op.getLoc(),
                                           arith::CmpIPredicate::slt, step,
                                           calls.integer(0));
      auto bound = [&](unsigned i, int64_t forwards, int64_t back) -> Value {
        if (!isNone(op.getInputs()[i]))
          return in[i];
        return arith::SelectOp::create(rewriter, op.getLoc(), isBack,
                                       calls.integer(back),
                                       calls.integer(forwards));
      };
      constexpr int64_t first = std::numeric_limits<int64_t>::min();
      constexpr int64_t last = std::numeric_limits<int64_t>::max();
      rewriter.replaceOp(
          op, calls.callInt("mtrt_list_slice", {list, bound(1, first, last),
                                                bound(2, last, first), step}));
      return success();
    }
    if (name == "aten::sort.int" || name == "aten::sort.float") {
      Value reverse = arith::ExtUIOp::create(rewriter, op.getLoc(),
                                             rewriter.getI64Type(), in[1]);
      calls.call(name == "aten::sort.int" ? "mtrt_list_sort_int"
                                          : "mtrt_list_sort_float",
                 {list, reverse});
      return replaceWithList();
    }
    if (name == "aten::sorted.int" || name == "aten::sorted.float") {
      Value sorted = calls.callInt("mtrt_list_copy", {list});
      calls.call(name == "aten::sorted.int" ? "mtrt_list_sort_int"
                                            : "mtrt_list_sort_float",
                 {sorted, calls.integer(0)});
      rewriter.replaceOp(op, sorted);
      return success();
    }
    bool contains = name == "aten::__contains__.int_list" ||
                    name == "aten::__contains__.float_list";
    if (contains || name == "aten::count.int" || name == "aten::count.float") {
      Value count =
          calls.callInt(in[1].getType().isF64() ? "mtrt_list_count_float"
                                                : "mtrt_list_count_int",
                        {list, in[1]});
      if (contains)
        count = arith::CmpIOp::create(rewriter, op.getLoc(),
                                      arith::CmpIPredicate::ne, count,
                                      calls.integer(0));
      rewriter.replaceOp(op, count);
      return success();
    }
    if (name == "aten::add.t") {
      Value sum = calls.callInt("mtrt_list_copy", {list});
      calls.call("mtrt_list_extend", {sum, in[1]});
      rewriter.replaceOp(op, sum);
      return success();
    }
    if (name == "aten::len.t") {
      rewriter.replaceOp(op, calls.callInt("mtrt_list_len", {list}));
      return success();
    }
    if (name == "aten::__getitem__.t" || name == "aten::pop.t") {
      Type type = op.getResult(0).getType();
      if (!isStorable(type))
        return rewriter.notifyMatchFailure(op, "cannot load this type");
      Value value = calls.load(list, in[1], type);
      if (name == "aten::pop.t")
        calls.call("mtrt_list_remove", {list, in[1]});
      rewriter.replaceOp(op, value);
      return success();
    }
    if (name == "aten::Delete.t") {
      calls.call("mtrt_list_remove", {list, in[1]});
      rewriter.eraseOp(op);
      return success();
    }
    return rewriter.notifyMatchFailure(op, "the runtime has no such function");
  }
};

/// cat and stack of a runtime list => one call that fills the result
template <typename Op> struct JoinConversion : public OpConversionPattern<Op> {
  using OpConversionPattern<Op>::OpConversionPattern;

  LogicalResult
  matchAndRewrite(Op op, typename Op::Adaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    constexpr bool isStack = std::is_same_v<Op, AtenStackOp>;
    auto type = dyn_cast<RankedTensorType>(op.getType());
    std::optional<int64_t> dim = getConstantInt(op.getDim());
    if (!type || !dim)
      return rewriter.notifyMatchFailure(op, "rank or dim is not known");
    if (*dim < 0)
      *dim += type.getRank();
    RuntimeCalls calls(rewriter, op);
    Value list = adaptor.getTensors();
    Value result = calls.callFilling(
        isStack ? "mtrt_list_stack" : "mtrt_list_cat",
        {list, calls.integer(*dim)}, type, [&](int64_t i) -> Value {
          if (i == *dim)
            return isStack ? calls.callInt("mtrt_list_len", {list})
                           : calls.callInt("mtrt_list_cat_size",
                                           {list, calls.integer(*dim)});
          int64_t itemDim = isStack && i > *dim ? i - 1 : i;
          return calls.callInt("mtrt_list_dim", {list, calls.integer(0),
                                                 calls.integer(itemDim)});
        });
    rewriter.replaceOp(op, result);
    return success();
  }
};

/// The numbers of a list that a tensor is made of; null for other items.
Type getNumberType(AtenTensorOp op) {
  auto list = dyn_cast<ListType>(op->getOperand(0).getType());
  auto type = dyn_cast<RankedTensorType>(op.getType());
  if (!list || !type || type.getRank() != 1 ||
      type.getElementType().isUnsignedInteger())
    return {};
  Type item = list.getElementType();
  return item.isF64() || item.isSignlessInteger(64) || item.isSignlessInteger(1)
             ? item
             : Type();
}

/// tensor(numbers) of a runtime list => a loop over it
struct TensorOfListConversion : public OpConversionPattern<AtenTensorOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(AtenTensorOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Type item = getNumberType(op);
    if (!item)
      return rewriter.notifyMatchFailure(op, "not a list of numbers");
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getType());
    RuntimeCalls calls(rewriter, op);
    Value list = adaptor.getOperands()[0];
    Value length =
        arith::IndexCastOp::create(rewriter, loc, rewriter.getIndexType(),
                                   calls.callInt("mtrt_list_len", {list}));
    Value zero = arith::ConstantIndexOp::create(rewriter, loc, 0);
    Value one = arith::ConstantIndexOp::create(rewriter, loc, 1);
    Value empty = tensor::EmptyOp::create(
        rewriter, loc, ArrayRef<OpFoldResult>{length}, type.getElementType());
    auto loop = scf::ForOp::create(rewriter, loc, zero, length, one, empty);
    rewriter.setInsertionPointToStart(loop.getBody());
    Value i = loop.getInductionVar();
    Value number = calls.load(
        list,
        arith::IndexCastOp::create(rewriter, loc, rewriter.getI64Type(), i),
        item);
    Value element =
        castNumber(rewriter, loc, number, item, type.getElementType());
    Value filled = tensor::InsertOp::create(rewriter, loc, element,
                                            loop.getRegionIterArg(0), i);
    scf::YieldOp::create(rewriter, loc, filled);
    rewriter.setInsertionPointAfter(loop);
    rewriter.replaceOp(
        op, tensor::CastOp::create(rewriter, loc, type, loop.getResult(0)));
    return success();
  }
};

/// A piece of output => a call that writes it.
struct WriteConversion : public OpConversionPattern<PrimWriteOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(PrimWriteOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    RuntimeCalls calls(rewriter, op);
    Value value = adaptor.getValue();
    Type type = value.getType();
    if (auto text = getConstantStr(op.getValue()))
      calls.call("mtrt_print",
                 {calls.text(*text), calls.integer(text->size())});
    else if (op.getDtype() && isa<RankedTensorType>(type))
      calls.callWithTensor("mtrt_print_tensor", calls.integer(*op.getDtype()),
                           value);
    else if (type.isF64())
      calls.call("mtrt_print_float", value);
    else if (type.isSignlessInteger(64))
      calls.call("mtrt_print_int", value);
    else if (type.isSignlessInteger(1))
      calls.call("mtrt_print_bool",
                 Value(arith::ExtUIOp::create(rewriter, op.getLoc(),
                                              rewriter.getI64Type(), value)));
    else
      return rewriter.notifyMatchFailure(op, "cannot write this type");
    rewriter.eraseOp(op);
    return success();
  }
};

/// A value in the message of an error => a call that notes it.
struct MessageValueConversion : public OpConversionPattern<OperatorOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(OperatorOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (op.getName() != messageValueName)
      return rewriter.notifyMatchFailure(op, "not a value of a message");
    RuntimeCalls calls(rewriter, op);
    Value value = adaptor.getInputs()[0];
    Type type = value.getType();
    if (type.isF64())
      calls.call("mtrt_message_float", value);
    else if (type.isSignlessInteger(64))
      calls.call("mtrt_message_int", value);
    else if (type.isSignlessInteger(1))
      calls.call("mtrt_message_bool",
                 Value(arith::ExtUIOp::create(rewriter, op.getLoc(),
                                              rewriter.getI64Type(), value)));
    else
      return rewriter.notifyMatchFailure(op, "cannot note this type");
    rewriter.eraseOp(op);
    return success();
  }
};

/// Casts between list types say nothing of the handle.
struct CastConversion : public OpConversionPattern<PrimUncheckedCastOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(PrimUncheckedCastOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (!isa<ListType>(op.getType()))
      return rewriter.notifyMatchFailure(op, "not a list");
    rewriter.replaceOp(op, adaptor.getValue());
    return success();
  }
};

/// Whether the runtime implements the operator, or nothing of it is left to.
bool isForRuntime(Operation *op) {
  if (isa<PrimListConstructOp, PrimWriteOp>(op))
    return true;
  auto onList = [&](unsigned i) {
    return i < op->getNumOperands() &&
           isa<ListType>(op->getOperand(i).getType()) &&
           !getListElements(op->getOperand(i));
  };
  if (isa<PrimUncheckedCastOp>(op))
    return isa<ListType>(op->getResult(0).getType());
  if (isa<AtenCatOp, AtenStackOp>(op))
    return onList(0);
  if (auto tensor = dyn_cast<AtenTensorOp>(op))
    return onList(0) && getNumberType(tensor);
  if (auto generic = dyn_cast<OperatorOp>(op))
    return generic.getName() == messageValueName ||
           (!generic.getInputs().empty() &&
            isa<ListType>(generic.getInputs()[0].getType()));
  return false;
}

/// The value that an operator of runtime lists puts into one or takes out, if
/// any; nullopt for what is no such operator.
std::optional<Type> getItemType(OperatorOp op) {
  StringRef name = op.getName();
  if (name == "aten::append.t")
    return op.getInputs()[1].getType();
  if (name == "aten::insert.t" || name == "aten::_set_item.t")
    return op.getInputs()[2].getType();
  if (name == "aten::__getitem__.t" || name == "aten::pop.t")
    return op.getResult(0).getType();
  bool isOther = llvm::is_contained(
      {StringRef("aten::extend.t"), StringRef("aten::add_.t"),
       StringRef("aten::clear.t"), StringRef("aten::reverse.t"),
       StringRef("aten::list.t"), StringRef("aten::copy.t"),
       StringRef("aten::add.t"), StringRef("aten::slice.t"),
       StringRef("aten::len.t"), StringRef("aten::Delete.t"),
       StringRef("aten::sort.int"), StringRef("aten::sort.float"),
       StringRef("aten::sorted.int"), StringRef("aten::sorted.float"),
       StringRef("aten::count.int"), StringRef("aten::count.float"),
       StringRef("aten::__contains__.int_list"),
       StringRef("aten::__contains__.float_list")},
      name);
  return isOther ? std::optional<Type>(Type()) : std::nullopt;
}

/// Reports what an operator of runtime lists does that the runtime does not.
LogicalResult checkForRuntime(Operation *op) {
  if (auto generic = dyn_cast<OperatorOp>(op))
    if (generic.getName() == messageValueName)
      return success();
  // Lists are handles, which are ints.
  auto isItem = [](Type type) {
    return !type || isStorable(type) || isa<ListType>(type);
  };
  std::optional<Type> item = Type();
  StringRef name = op->getName().getStringRef();
  if (auto construct = dyn_cast<PrimListConstructOp>(op)) {
    for (Type type : construct.getElements().getTypes())
      if (!isItem(type))
        item = type;
  } else if (auto generic = dyn_cast<OperatorOp>(op)) {
    name = generic.getName();
    item = getItemType(generic);
  }
  if (!item)
    return op->emitError() << "'" << name
                           << "' on a list that is known only at run time "
                              "cannot be compiled";
  bool insertsNumber =
      name == "aten::insert.t" && !isa<RankedTensorType>(*item);
  if (!isItem(*item) || insertsNumber)
    return op->emitError() << "'" << name << "' of " << *item
                           << " on a list that is known only at run time "
                              "cannot be compiled";
  return success();
}

/// Reports every operator that no conversion takes.
LogicalResult reportUnconverted(ModuleOp module) {
  bool ok = true;
  module.walk([&](Operation *op) {
    if (!isa_and_nonnull<MtDialect>(op->getDialect()) ||
        op->hasTrait<OpTrait::ConstantLike>())
      return;
    if (isForRuntime(op)) {
      ok &= succeeded(checkForRuntime(op));
      return;
    }
    auto schemaOp = dyn_cast<SchemaOpInterface>(op);
    auto reason = op->getAttrOfType<StringAttr>(reasonAttrName);
    op->emitError() << "'"
                    << (schemaOp ? schemaOp.getSchemaName()
                                 : op->getName().getStringRef())
                    << "' cannot be compiled"
                    << (reason ? ": " + reason.str() : "");
    ok = false;
  });
  return success(ok);
}

class ConvertMtToRuntimePass
    : public minitorch::impl::ConvertMtToRuntimePassBase<
          ConvertMtToRuntimePass> {
public:
  using Base::Base;
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    if (failed(reportUnconverted(getOperation())))
      return signalPassFailure();
    TypeConverter converter;
    converter.addConversion([](Type type) { return type; });
    converter.addConversion([](ListType type) -> Type {
      return IntegerType::get(type.getContext(), 64);
    });
    RewritePatternSet patterns(context);
    ConversionTarget target(*context);
    populateMtToRuntimePatterns(converter, patterns);
    scf::populateSCFStructuralTypeConversionsAndLegality(converter, patterns,
                                                         target);
    target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
    auto hasList = [](Operation *op) {
      auto isList = [](Type type) { return isa<ListType>(type); };
      return llvm::any_of(op->getOperandTypes(), isList) ||
             llvm::any_of(op->getResultTypes(), isList);
    };
    target.addDynamicallyLegalOp<PrimListConstructOp, AtenCatOp, AtenStackOp,
                                 AtenTensorOp, PrimUncheckedCastOp>(
        [=](Operation *op) { return !hasList(op); });
    target.addDynamicallyLegalOp<OperatorOp>([=](OperatorOp op) {
      return !hasList(op) && op.getName() != messageValueName;
    });
    target.addIllegalOp<PrimWriteOp>();
    // A list that is returned is a handle.
    populateFunctionOpInterfaceTypeConversionPattern<func::FuncOp>(patterns,
                                                                   converter);
    populateReturnOpTypeConversionPattern(patterns, converter);
    target.addDynamicallyLegalOp<func::FuncOp>([&](func::FuncOp func) {
      return converter.isSignatureLegal(func.getFunctionType());
    });
    target.addDynamicallyLegalOp<func::ReturnOp>(
        [&](func::ReturnOp op) { return converter.isLegal(op); });
    if (failed(applyPartialConversion(getOperation(), target,
                                      std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace

void minitorch::populateMtToRuntimePatterns(TypeConverter &converter,
                                            RewritePatternSet &patterns) {
  patterns.add<ListConstructConversion, ListOperatorConversion,
               JoinConversion<AtenCatOp>, JoinConversion<AtenStackOp>,
               TensorOfListConversion, CastConversion, MessageValueConversion,
               WriteConversion>(converter, patterns.getContext());
}
