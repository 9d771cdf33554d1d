//===- MtToRuntime.cpp - Operators on boxed values to calls -----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/MtToRuntime.h"
#include "Instances.h"
#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "MiniTorch/Conversion/Lowering/ScalarMath.h"
#include "MiniTorch/Dialect/Mt/IR/AtenOps.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"
#include "MiniTorch/Dialect/Mt/IR/RuntimeTable.h"
#include "MiniTorch/Dialect/Mt/IR/TypeNames.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "MiniTorch/Dialect/Mt/IR/ValueForms.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "RuntimeCalls.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/WalkPatternRewriteDriver.h"

namespace minitorch {
#define GEN_PASS_DEF_CONVERTMTTORUNTIMEPASS
#include "MiniTorch/Conversion/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;
using namespace minitorch::mt;

//===----------------------------------------------------------------------===//
// Operators of the table
//===----------------------------------------------------------------------===//

namespace {
/// An operator of RuntimeOps.txt => a call of its function
struct TableConversion : public OpRewritePattern<OperatorOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(OperatorOp op,
                                PatternRewriter &rewriter) const override;
};
} // namespace

/// Whether RuntimeCalls passes a value of `type` by that letter.
static bool canPass(Type type, char letter) {
  // As a value of unknown type, a complex number is an object.
  return isPassedAs(type, letter) ||
         (isa<ComplexType>(type) && (letter == 'v' || letter == '.'));
}
/// Whether a value of `type` can be passed as a value of unknown type.
static bool hasTag(Type type) { return canPass(type, 'v'); }

LogicalResult
TableConversion::matchAndRewrite(OperatorOp op,
                                 PatternRewriter &rewriter) const {
  StringRef name = op.getName();
  // Its operand does not say which overload it is.
  if (name.starts_with("prim::EnumValue.") && op->getNumResults() == 1) {
    Type type = op->getResult(0).getType();
    name = isa<StrType>(type) ? "prim::EnumValue.str"
           : type.isF64()     ? "prim::EnumValue.float"
                              : "prim::EnumValue.int";
  }
  const RuntimeOp *entry = lookupRuntimeOp(name);
  if (!entry)
    return rewriter.notifyMatchFailure(op, "the runtime has no such function");
  // Identity that TorchScript does not define (see mt-infer-types).
  if (entry->symbol.starts_with("mtrt_value_is") && op->hasAttr(reasonAttrName))
    return rewriter.notifyMatchFailure(op, "it is known why not");
  RuntimeFunction function;
  function.parameters = entry->parameters.str();
  function.returns = entry->results.str();
  function.raises = entry->raises;

  // {T} and `t` are the class of the first operand's elements.
  char letter = 0;
  if (auto list = op.getInputs().empty()
                      ? ListType()
                      : dyn_cast<ListType>(op.getInputs()[0].getType()))
    letter = getElementLetter(list.getElementType());
  if (entry->symbol.contains("{T}") && !letter)
    return rewriter.notifyMatchFailure(op, "no list holds such elements");
  function.symbol = expandSymbol(entry->symbol, letter);
  if (!entry->taking.empty())
    function.taking = expandSymbol(entry->taking, letter);
  for (std::string *letters : {&function.parameters, &function.returns})
    llvm::replace(*letters, 't', letter);
  if (op.getInputs().size() + 1 < function.parameters.size())
    return rewriter.notifyMatchFailure(op, "operands are missing");
  for (auto [i, input] : llvm::enumerate(op.getInputs())) {
    char passed = i < function.parameters.size() ? function.parameters[i] : '.';
    if (!canPass(input.getType(), passed))
      return rewriter.notifyMatchFailure(op, [&](Diagnostic &diagnostic) {
        diagnostic << "the function does not take " << input.getType();
      });
  }
  if (function.returns != "=")
    for (auto [type, returned] :
         llvm::zip(op.getResultTypes(), function.returns))
      if (!canPass(type, returned))
        return rewriter.notifyMatchFailure(op, [&](Diagnostic &diagnostic) {
          diagnostic << "the function does not return " << type;
        });
  if (entry->isTyped) {
    function.container = getContainerWord(op.getResult(0).getType());
    if (!function.container)
      return rewriter.notifyMatchFailure(op,
                                         "no container holds such elements");
    function.type = getTypeName(op.getResult(0).getType());
  }

  RuntimeCalls calls(rewriter, op);
  if (function.returns != "=") {
    rewriter.replaceOp(
        op, calls.callBoxed(function, op.getInputs(), op.getResultTypes()));
    return success();
  }
  // The result is the first operand.
  function.returns.clear();
  calls.callBoxed(function, op.getInputs(), TypeRange());
  SmallVector<Value> results;
  for (Type type : op.getResultTypes())
    results.push_back(calls.castBoxed(op.getInputs()[0], type));
  rewriter.replaceOp(op, results);
  return success();
}

//===----------------------------------------------------------------------===//
// What is made, and what is taken apart
//===----------------------------------------------------------------------===//

namespace {
/// [a, b] => a new list to which the elements are appended
struct ListConstructConversion : public OpRewritePattern<PrimListConstructOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PrimListConstructOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<int64_t> container = getContainerWord(op.getType());
    if (!container)
      return rewriter.notifyMatchFailure(op, "no list holds such elements");
    char letter =
        getElementLetter(cast<ListType>(op.getType()).getElementType());
    RuntimeCalls calls(rewriter, op);
    Value null = ConstantNoneOp::create(
        rewriter, op.getLoc(), mt::NoneType::get(rewriter.getContext()));
    Value list = calls.callBoxed({"mtrt_list_make", "iio", "o"},
                                 {calls.typeWord(op.getType(), *container),
                                  calls.integer(op.getElements().size()), null},
                                 op.getType());
    for (Value element : op.getElements())
      calls.callBoxed(
          {expandSymbol("mtrt_list_append_{T}", letter), {'o', letter}, ""},
          {list, element}, TypeRange());
    rewriter.replaceOp(op, list);
    return success();
  }
};

/// {k: v} => a new dict in which the values are set
struct DictConstructConversion : public OpRewritePattern<PrimDictConstructOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PrimDictConstructOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<int64_t> container = getContainerWord(op.getType());
    if (!container || !llvm::all_of(op->getOperandTypes(), hasTag))
      return rewriter.notifyMatchFailure(op, "no dict holds such elements");
    RuntimeCalls calls(rewriter, op);
    Value dict =
        calls.callBoxed({"mtrt_dict_make", "i", "o"},
                        calls.typeWord(op.getType(), *container), op.getType());
    OperandRange elements = op.getElements();
    for (unsigned i = 0; i + 1 < elements.size(); i += 2)
      calls.callBoxed({"mtrt_dict_set", "ovv", ""},
                      {dict, elements[i], elements[i + 1]}, TypeRange());
    rewriter.replaceOp(op, dict);
    return success();
  }
};

/// (a, b) => a new tuple
struct TupleConstructConversion
    : public OpRewritePattern<PrimTupleConstructOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PrimTupleConstructOp op,
                                PatternRewriter &rewriter) const override {
    if (!llvm::all_of(op->getOperandTypes(), hasTag))
      return rewriter.notifyMatchFailure(op, "no tuple holds such elements");
    RuntimeCalls calls(rewriter, op);
    // Others are what is in them.
    bool isNamed = cast<mt::TupleType>(op.getType()).getName() != nullptr;
    SmallVector<Value> operands{isNamed ? calls.typeWord(op.getType())
                                        : calls.integer(0)};
    llvm::append_range(operands, op.getElements());
    rewriter.replaceOp(op, calls.callBoxed({"mtrt_tuple_make", "i.", "o"},
                                           operands, op.getType()));
    return success();
  }
};

/// a, b = tuple => its fields
struct TupleUnpackConversion : public OpRewritePattern<PrimTupleUnpackOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PrimTupleUnpackOp op,
                                PatternRewriter &rewriter) const override {
    if (!llvm::all_of(op.getResultTypes(), hasTag))
      return rewriter.notifyMatchFailure(op, "no tuple holds such elements");
    RuntimeCalls calls(rewriter, op);
    SmallVector<Value> fields;
    for (auto [i, type] : llvm::enumerate(op.getResultTypes()))
      fields.push_back(calls.callBoxed({"mtrt_field_get", "oi", "v"},
                                       {op.getTuple(), calls.integer(i)},
                                       type));
    rewriter.replaceOp(op, fields);
    return success();
  }
};

/// tuple[i] => the field
struct TupleIndexConversion : public OpRewritePattern<PrimTupleIndexOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PrimTupleIndexOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<int64_t> index = getConstantInt(op.getIndex());
    int64_t size =
        cast<mt::TupleType>(op.getTuple().getType()).getTypes().size();
    if (!index || *index < -size || *index >= size || !hasTag(op.getType()))
      return rewriter.notifyMatchFailure(op, "no such field");
    RuntimeCalls calls(rewriter, op);
    rewriter.replaceOp(
        op,
        calls.callBoxed(
            {"mtrt_field_get", "oi", "v"},
            {op.getTuple(), calls.integer(*index < 0 ? *index + size : *index)},
            op.getType()));
    return success();
  }
};

/// a, b = list => a check of its length, and its elements
struct ListUnpackConversion : public OpRewritePattern<PrimListUnpackOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PrimListUnpackOp op,
                                PatternRewriter &rewriter) const override {
    if (!getContainerWord(op.getList().getType()))
      return rewriter.notifyMatchFailure(op, "no list holds such elements");
    RuntimeCalls calls(rewriter, op);
    Location loc = op.getLoc();
    Value length = calls.callLength(op.getList());
    Value fits =
        arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::eq, length,
                              calls.integer(op.getNumResults()));
    createRuntimeCheck(rewriter, loc, fits, "RuntimeError",
                       "Expected " + Twine(op.getNumResults()) +
                           " elements in a list but found {}",
                       length);
    SmallVector<Value> elements;
    for (auto [i, type] : llvm::enumerate(op.getResultTypes()))
      elements.push_back(calls.callItem(op.getList(), calls.integer(i), type));
    rewriter.replaceOp(op, elements);
    return success();
  }
};

/// isinstance => a call for each type that the value may be of
struct IsInstanceConversion : public OpRewritePattern<OperatorOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(OperatorOp op,
                                PatternRewriter &rewriter) const override {
    auto types = op->getAttrOfType<ArrayAttr>("types");
    if (op.getName() != "prim::isinstance" || !types)
      return rewriter.notifyMatchFailure(op, "not an isinstance");
    Value value = op.getInputs()[0];
    if (!hasTag(value.getType()))
      return rewriter.notifyMatchFailure(op, "the value has no tag");
    // "list" and "tuple" stand for any of these.
    SmallVector<StringAttr> names;
    for (Attribute type : types) {
      auto name = dyn_cast<StringAttr>(type);
      auto typeAttr = dyn_cast<TypeAttr>(type);
      if (typeAttr && isPassedBoxed(typeAttr.getValue()))
        name = rewriter.getStringAttr(getTypeName(typeAttr.getValue()));
      if (!name)
        return rewriter.notifyMatchFailure(op, "a type has no name");
      names.push_back(name);
    }
    RuntimeCalls calls(rewriter, op);
    Value answer;
    for (StringAttr name : names) {
      Value number = TypeNumberOp::create(rewriter, op.getLoc(),
                                          rewriter.getI64Type(), name);
      Value is = calls.callBoxed(
          {"mtrt_value_is_instance", "vi", "b", /*raises=*/true},
          {value, number}, rewriter.getI1Type());
      answer =
          answer ? arith::OrIOp::create(rewriter, op.getLoc(), answer, is) : is;
    }
    if (!answer)
      return rewriter.notifyMatchFailure(op, "no types");
    rewriter.replaceOp(op, answer);
    return success();
  }
};

/// mt.box => a new object
struct BoxConversion : public OpRewritePattern<BoxOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(BoxOp op,
                                PatternRewriter &rewriter) const override {
    RuntimeCalls calls(rewriter, op);
    rewriter.replaceOp(op,
                       calls.castBoxed(calls.box(op.getValue()), op.getType()));
    return success();
  }
};

/// mt.unbox => the object's contents
struct UnboxConversion : public OpRewritePattern<UnboxOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(UnboxOp op,
                                PatternRewriter &rewriter) const override {
    RuntimeCalls calls(rewriter, op);
    rewriter.replaceOp(
        op, calls.unbox(op.getValue(), cast<RankedTensorType>(op.getType())));
    return success();
  }
};

/// A constant that is still a tensor object => an object over its memory
struct ConstantTensorConversion : public OpRewritePattern<ConstantTensorOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ConstantTensorOp op,
                                PatternRewriter &rewriter) const override {
    RuntimeCalls calls(rewriter, op);
    rewriter.replaceOp(op, calls.refer(op.getValue()));
    return success();
  }
};

/// A cast from or to a builtin tensor or a complex number => what the object
/// holds, or a new object
struct CastConversion : public OpRewritePattern<PrimUncheckedCastOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PrimUncheckedCastOp op,
                                PatternRewriter &rewriter) const override {
    Value value = op.getValue();
    auto from = dyn_cast<RankedTensorType>(value.getType());
    auto to = dyn_cast<RankedTensorType>(op.getType());
    bool fromComplex = isa<ComplexType>(value.getType());
    bool toComplex = isa<ComplexType>(op.getType());
    RuntimeCalls calls(rewriter, op);
    Type number = NumberType::get(rewriter.getContext());
    if (fromComplex != toComplex) {
      rewriter.replaceOp(
          op, toComplex ? calls.callBoxed({"mtrt_complex_of_v", "v", "c"},
                                          calls.castBoxed(value, number),
                                          op.getType())
                        : calls.castBoxed(
                              calls.callBoxed({"mtrt_complex_value", "c", "v"},
                                              value, number),
                              op.getType()));
      return success();
    }
    if (!from == !to)
      return rewriter.notifyMatchFailure(op, "boxes nothing");
    rewriter.replaceOp(op,
                       to ? calls.unbox(value, to)
                          : calls.castBoxed(calls.box(value), op.getType()));
    return success();
  }
};

/// A raise with a text that is only known now => a call that raises
struct RaiseConversion : public OpRewritePattern<PrimRaiseOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PrimRaiseOp op,
                                PatternRewriter &rewriter) const override {
    RuntimeCalls calls(rewriter, op);
    Type str = StrType::get(rewriter.getContext());
    auto text = [&](StringRef text) {
      return ConstantStrOp::create(rewriter, op.getLoc(), str, text);
    };
    Value exception =
        text(getExceptionName(getConstantStr(op.getException()).value_or("")));
    Value message = op.getMessage();
    if (std::string place = formatSourcePosition(op.getLoc()); !place.empty())
      message = calls.callBoxed({"mtrt_str_concat", "oo", "o"},
                                {message, text(place)}, str);
    calls.callBoxed({"mtrt_raise_exception", "oo", "", /*raises=*/true},
                    {message, exception}, TypeRange());
    rewriter.eraseOp(op);
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Tensors of lists
//===----------------------------------------------------------------------===//

/// cat and stack of a list => one call that fills the result
template <typename Op> struct JoinConversion : public OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    constexpr bool isStack = std::is_same_v<Op, AtenStackOp>;
    auto type = dyn_cast<RankedTensorType>(op.getType());
    std::optional<int64_t> dim = getConstantInt(op.getDim());
    if (!type || !dim || getListElements(op.getTensors()))
      return rewriter.notifyMatchFailure(op, "rank or dim is not known");
    if (*dim < 0)
      *dim += type.getRank();
    RuntimeCalls calls(rewriter, op);
    Type i64 = rewriter.getI64Type();
    Value list = calls.castBoxed(
        op.getTensors(),
        ListType::get(mt::TensorType::getUnknown(op.getContext())));
    Value isFilled =
        arith::CmpIOp::create(rewriter, op.getLoc(), arith::CmpIPredicate::sgt,
                              calls.callLength(list), calls.integer(0));
    createRuntimeCheck(rewriter, op.getLoc(), isFilled, "RuntimeError",
                       isStack ? "stack expects a non-empty TensorList"
                               : "torch.cat(): expected a non-empty list of "
                                 "Tensors");
    Value result = calls.callFilling(
        isStack ? "mtrt_list_stack" : "mtrt_list_cat",
        {list, calls.integer(*dim),
         calls.integer(*getScalarTypeNumber(type.getElementType()))},
        type, [&](int64_t i) -> Value {
          if (i == *dim)
            return isStack ? calls.callLength(list)
                           : calls.callBoxed({"mtrt_list_cat_size", "oi", "i",
                                              /*raises=*/true},
                                             {list, calls.integer(*dim)}, i64);
          int64_t itemDim = isStack && i > *dim ? i - 1 : i;
          return calls.callBoxed(
              {"mtrt_list_item_size", "oii", "i", /*raises=*/true},
              {list, calls.integer(0), calls.integer(itemDim)}, i64);
        });
    rewriter.replaceOp(op, result);
    return success();
  }
};
} // namespace

/// The numbers of a list that a tensor is made of; null for other items.
static Type getNumberType(AtenTensorOp op) {
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

/// Constants that conversions made where an operator stood have its place, and
/// not its name.
static void dropNamesOfConstants(Operation *root) {
  root->walk([](Operation *op) {
    auto named = dyn_cast<NameLoc>(op->getLoc());
    if (named && op->hasTrait<OpTrait::ConstantLike>())
      op->setLoc(named.getChildLoc());
  });
}

namespace {
/// tensor(numbers) of a list => a loop over it
struct TensorOfListConversion : public OpRewritePattern<AtenTensorOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AtenTensorOp op,
                                PatternRewriter &rewriter) const override {
    Type item = getNumberType(op);
    Value list = op->getOperand(0);
    if (!item || getListElements(list))
      return rewriter.notifyMatchFailure(op, "not a list of numbers");
    Location loc = op.getLoc();
    auto type = cast<RankedTensorType>(op.getType());
    RuntimeCalls calls(rewriter, op);
    Value length = arith::IndexCastOp::create(
        rewriter, loc, rewriter.getIndexType(), calls.callLength(list));
    Value zero = arith::ConstantIndexOp::create(rewriter, loc, 0);
    Value one = arith::ConstantIndexOp::create(rewriter, loc, 1);
    Value empty = tensor::EmptyOp::create(
        rewriter, loc, ArrayRef<OpFoldResult>{length}, type.getElementType());
    auto loop = scf::ForOp::create(rewriter, loc, zero, length, one, empty);
    rewriter.setInsertionPointToStart(loop.getBody());
    Value i = loop.getInductionVar();
    Value number = calls.callItem(
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

/// prim::tolist => a call that makes the lists
struct ToListConversion : public OpRewritePattern<OperatorOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(OperatorOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getName() != "prim::tolist" || op.getInputs().size() != 3)
      return rewriter.notifyMatchFailure(op, "not tolist");
    RuntimeCalls calls(rewriter, op);
    rewriter.replaceOp(op, calls.callBoxed({"mtrt_tensor_to_list", "oii", "v",
                                            /*raises=*/true},
                                           op.getInputs(),
                                           op.getResult(0).getType()));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Output
//===----------------------------------------------------------------------===//

/// A piece of output => a call that writes it.
struct WriteConversion : public OpRewritePattern<PrimWriteOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PrimWriteOp op,
                                PatternRewriter &rewriter) const override {
    RuntimeCalls calls(rewriter, op);
    Value value = op.getValue();
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
struct MessageValueConversion : public OpRewritePattern<OperatorOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(OperatorOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getName() != messageValueName)
      return rewriter.notifyMatchFailure(op, "not a value of a message");
    RuntimeCalls calls(rewriter, op);
    Value value = op.getInputs()[0];
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

/// What a write leaves if the call raises => a call that copies it.
struct KeepConversion : public OpRewritePattern<OperatorOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(OperatorOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getName() != keepContentsName)
      return rewriter.notifyMatchFailure(op, "keeps nothing");
    Value value = op.getInputs()[0];
    Type type = value.getType();
    std::optional<StringRef> name = getConstantStr(op.getInputs()[1]);
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (name && getValueForm(type)) {
      RuntimeCalls calls(rewriter, op);
      calls.callBoxed({"mtrt_keep_value", "ov", ""}, {op.getInputs()[1], value},
                      TypeRange());
      rewriter.eraseOp(op);
      return success();
    }
    if (!name || !(tensor || type.isF64() || type.isSignlessInteger(64) ||
                   type.isSignlessInteger(1)))
      return rewriter.notifyMatchFailure(op, "cannot keep this type");
    RuntimeCalls calls(rewriter, op);
    SmallVector<Value> operands{calls.text(*name), calls.integer(name->size())};
    if (tensor) {
      operands.push_back(
          calls.integer(*getScalarTypeNumber(tensor.getElementType())));
      calls.callWithTensor("mtrt_keep_tensor", operands, value);
      rewriter.eraseOp(op);
      return success();
    }
    if (type.isSignlessInteger(1))
      value = arith::ExtUIOp::create(rewriter, op.getLoc(),
                                     rewriter.getI64Type(), value);
    operands.push_back(value);
    calls.call(type.isF64()                 ? "mtrt_keep_float"
               : type.isSignlessInteger(64) ? "mtrt_keep_int"
                                            : "mtrt_keep_bool",
               operands);
    rewriter.eraseOp(op);
    return success();
  }
};

/// What is left of the dialect has a form in LLVM's types.
bool isDone(Operation *op) {
  if (isa<CallRuntimeOp>(op) ||
      (op->hasTrait<OpTrait::ConstantLike>() && !isa<ConstantTensorOp>(op)))
    return true;
  auto isBuiltin = [](Type type) {
    return isa<RankedTensorType, ComplexType>(type);
  };
  if (isa<TypeNumberOp>(op))
    return true;
  return isa<PrimUncheckedCastOp, PrimUninitializedOp>(op) &&
         llvm::none_of(op->getOperandTypes(), isBuiltin) &&
         llvm::none_of(op->getResultTypes(), isBuiltin);
}

/// Reports every operator that no conversion takes.
LogicalResult reportUnconverted(ModuleOp module) {
  bool ok = true;
  module.walk([&](Operation *op) {
    if (!isa_and_nonnull<MtDialect>(op->getDialect()) || isDone(op))
      return;
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
    RewritePatternSet patterns(&getContext());
    populateMtToRuntimePatterns(patterns);
    walkAndApplyPatterns(getOperation(), std::move(patterns));
    // Calls that may raise stay by themselves.
    getOperation().walk([](OperatorOp op) {
      if (op.getName() == requireResultName)
        op.erase();
    });
    // A check that was made above may have values of its own.
    RewritePatternSet messages(&getContext());
    messages.add<MessageValueConversion>(&getContext());
    walkAndApplyPatterns(getOperation(), std::move(messages));
    if (failed(reportUnconverted(getOperation())))
      return signalPassFailure();
    dropNamesOfConstants(getOperation());
  }
};
} // namespace

void minitorch::populateMtToRuntimePatterns(RewritePatternSet &patterns) {
  patterns.add<BoxConversion, CastConversion, ConstantTensorConversion,
               DictConstructConversion, IsInstanceConversion,
               JoinConversion<AtenCatOp>, JoinConversion<AtenStackOp>,
               KeepConversion, ListConstructConversion, ListUnpackConversion,
               MessageValueConversion, RaiseConversion, TableConversion,
               TensorOfListConversion, ToListConversion,
               TupleConstructConversion, TupleIndexConversion,
               TupleUnpackConversion, UnboxConversion, WriteConversion>(
      patterns.getContext());
  populateInstancePatterns(patterns);
}
