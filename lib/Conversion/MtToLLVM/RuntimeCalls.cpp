//===- RuntimeCalls.cpp - How boxed values are passed to C ------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The layouts are those of MiniTorch-c/Objects.h.
//
//===----------------------------------------------------------------------===//

#include "RuntimeCalls.h"
#include "MiniTorch-c/Objects.h"
#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "mlir/Dialect/Complex/IR/Complex.h"

using namespace mlir;
using namespace minitorch;
using namespace minitorch::mt;

static Value createI64(OpBuilder &b, Location loc, int64_t value) {
  return LLVM::ConstantOp::create(b, loc, b.getI64Type(),
                                  b.getI64IntegerAttr(value));
}

static LLVM::LLVMPointerType getPointer(OpBuilder &b) {
  return LLVM::LLVMPointerType::get(b.getContext());
}

//===----------------------------------------------------------------------===//
// Tag and bits
//===----------------------------------------------------------------------===//

std::optional<std::pair<Value, Value>>
minitorch::createTagged(OpBuilder &b, Location loc, Type type,
                        ValueRange parts) {
  Type i64 = b.getI64Type();
  // One after the other: the order of a call's arguments is the compiler's.
  auto pair = [&](int64_t tag, llvm::function_ref<Value()> getBits) {
    Value made = createI64(b, loc, tag);
    return std::pair(made, getBits());
  };
  auto tag = [&](int64_t value) { return createI64(b, loc, value); };
  if (type.isSignlessInteger(1))
    return pair(MTRT_TAG_BOOL, [&]() -> Value {
      return LLVM::ZExtOp::create(b, loc, i64, parts[0]);
    });
  if (type.isSignlessInteger(64))
    return pair(MTRT_TAG_INT, [&] { return parts[0]; });
  if (type.isF64())
    return pair(MTRT_TAG_FLOAT, [&]() -> Value {
      return LLVM::BitcastOp::create(b, loc, i64, parts[0]);
    });
  std::optional<ValueForm> form = getValueForm(type);
  if (!form)
    return std::nullopt;
  switch (*form) {
  case ValueForm::Nothing:
    return pair(MTRT_TAG_NONE, [&] { return tag(0); });
  case ValueForm::Integer:
    return pair(MTRT_TAG_DEVICE, [&] { return parts[0]; });
  case ValueForm::Tagged:
    return std::pair(parts[0], parts[1]);
  case ValueForm::Pointer:
    break;
  }
  Value objectTag = tag(MTRT_TAG_OBJECT);
  if (isa<OptionalType>(type)) {
    Value null = LLVM::ZeroOp::create(b, loc, getPointer(b));
    Value isNone =
        LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::eq, parts[0], null);
    Value noneTag = tag(MTRT_TAG_NONE);
    objectTag = LLVM::SelectOp::create(b, loc, isNone, noneTag, objectTag);
  }
  Value bits = LLVM::PtrToIntOp::create(b, loc, i64, parts[0]);
  return std::pair(objectTag, bits);
}

LogicalResult minitorch::createUntagged(OpBuilder &b, Location loc, Type type,
                                        Value tag, Value bits,
                                        SmallVectorImpl<Value> &parts) {
  if (type.isSignlessInteger(1)) {
    parts.push_back(LLVM::TruncOp::create(b, loc, type, bits));
    return success();
  }
  if (type.isSignlessInteger(64)) {
    parts.push_back(bits);
    return success();
  }
  if (type.isF64()) {
    parts.push_back(LLVM::BitcastOp::create(b, loc, type, bits));
    return success();
  }
  std::optional<ValueForm> form = getValueForm(type);
  if (!form)
    return failure();
  switch (*form) {
  case ValueForm::Nothing:
    break;
  case ValueForm::Integer:
    parts.push_back(bits);
    break;
  case ValueForm::Tagged:
    parts.append({tag, bits});
    break;
  case ValueForm::Pointer:
    // The bits of None are those of a null pointer.
    parts.push_back(LLVM::IntToPtrOp::create(b, loc, getPointer(b), bits));
    break;
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Around the calls
//===----------------------------------------------------------------------===//

static constexpr int64_t wordsPerValue = sizeof(mtrt_value) / sizeof(int64_t);

/// How many values the call passes by pointer, and gets by pointer.
static std::pair<int64_t, int64_t> countBuffered(CallRuntimeOp op) {
  StringRef parameters = op.getParameters();
  int64_t passed = 0;
  if (parameters.ends_with("."))
    passed = static_cast<int64_t>(op.getInputs().size() + 1) -
             static_cast<int64_t>(parameters.size());
  return {passed, op.getNumResults() > 1 ? op.getNumResults() : 0};
}

RuntimeCallSites::RuntimeCallSites(ModuleOp module)
    : module(module), symbols(module) {
  module.walk([&](CallRuntimeOp op) { declare(op); });
  module.walk([&](ConstantStrOp op) { makeLiteral(op.getValue()); });
  module.walk([&](TypeNumberOp op) { makeTypeNumber(op.getType()); });
  module.walk([&](CallRuntimeOp op) {
    if (op.getType())
      makeTypeNumber(*op.getType());
  });
  module.walk([&](ConstantEnumOp op) { makeMember(op.getValue()); });
  makeBuffers();
  makePlaces();
}

void RuntimeCallSites::declare(CallRuntimeOp op) {
  LLVM::LLVMFuncOp &callee = callees[op.getCallee()];
  if (callee || (callee = symbols.lookup<LLVM::LLVMFuncOp>(op.getCallee())))
    return;
  OpBuilder b = OpBuilder::atBlockBegin(module.getBody());
  Type i64 = b.getI64Type(), f64 = b.getF64Type(), pointer = getPointer(b);
  SmallVector<Type> types;
  for (char letter : op.getParameters()) {
    if (letter == 'f')
      types.push_back(f64);
    else if (letter == 'c')
      types.append({f64, f64});
    else if (letter == 'o')
      types.push_back(pointer);
    else if (letter == 'v')
      types.append({i64, i64});
    else if (letter == '.')
      types.append({i64, pointer});
    else
      types.push_back(i64);
  }
  StringRef returns = op.getReturns();
  if (returns.size() > 1)
    types.push_back(pointer);
  if (op.getContainer())
    types.push_back(i64);
  Type result = LLVM::LLVMVoidType::get(b.getContext());
  if (returns.size() == 1) {
    char letter = returns[0];
    result = letter == 'f'   ? f64
             : letter == 'o' ? pointer
             : letter == 'c'
                 ? LLVM::LLVMStructType::getLiteral(b.getContext(), {f64, f64})
             : letter == 'v'
                 ? LLVM::LLVMStructType::getLiteral(b.getContext(), {i64, i64})
                 : i64;
  }
  callee = LLVM::LLVMFuncOp::create(b, module.getLoc(), op.getCallee(),
                                    LLVM::LLVMFunctionType::get(result, types));
  if (!op.getRaises())
    callee.setNoUnwind(true);
  symbols.insert(callee);
}

/// One buffer a function: it is free again when the call returns.
void RuntimeCallSites::makeBuffers() {
  module.walk([&](FunctionOpInterface func) {
    int64_t size = 0;
    func.walk([&](CallRuntimeOp op) {
      auto [passed, returned] = countBuffered(op);
      size = std::max(size, passed + returned);
    });
    if (size == 0)
      return;
    OpBuilder b = OpBuilder::atBlockBegin(&func.getFunctionBody().front());
    Value words = createI64(b, func.getLoc(), size * wordsPerValue);
    buffers[func] = LLVM::AllocaOp::create(b, func.getLoc(), getPointer(b),
                                           b.getI64Type(), words,
                                           /*alignment=*/8);
  });
}

/// In front of each call that may raise: where the program says so, for the
/// error.
void RuntimeCallSites::makePlaces() {
  OpBuilder atStart = OpBuilder::atBlockBegin(module.getBody());
  Type pointer = getPointer(atStart);
  llvm::StringMap<LLVM::GlobalOp> texts;
  LLVM::LLVMFuncOp callee;
  module.walk([&](FunctionOpInterface func) {
    Value slot;
    func.walk([&](CallRuntimeOp op) {
      std::string position =
          op.getRaises() ? formatSourcePosition(op.getLoc()) : "";
      StringRef known = position;
      if (!known.consume_front("\n  at "))
        return;
      std::string place = known.str();
      place.push_back(0);
      LLVM::GlobalOp &text = texts[place];
      if (!text) {
        text = LLVM::GlobalOp::create(
            atStart, module.getLoc(),
            LLVM::LLVMArrayType::get(atStart.getI8Type(), place.size()),
            /*isConstant=*/true, LLVM::Linkage::Internal, "mt.place",
            atStart.getStringAttr(place));
        symbols.insert(text);
      }
      if (!callee) {
        callee =
            LLVM::LLVMFuncOp::create(atStart, module.getLoc(), "mtrt_place",
                                     LLVM::LLVMFunctionType::get(pointer, {}));
        callee.setNoUnwind(true);
        symbols.insert(callee);
      }
      if (!slot) {
        OpBuilder b = OpBuilder::atBlockBegin(&func.getFunctionBody().front());
        slot = LLVM::CallOp::create(b, func.getLoc(), callee, ValueRange())
                   .getResult();
      }
      OpBuilder b(op);
      LLVM::StoreOp::create(b, op.getLoc(),
                            LLVM::AddressOfOp::create(b, op.getLoc(), text),
                            slot);
    });
  });
}

/// An immortal mtrt_str.
void RuntimeCallSites::makeLiteral(StringRef text) {
  LLVM::GlobalOp &literal = literals[text];
  if (literal)
    return;
  OpBuilder b = OpBuilder::atBlockBegin(module.getBody());
  Location loc = module.getLoc();
  auto bytesType = LLVM::LLVMArrayType::get(b.getI8Type(), text.size());
  auto bytes = LLVM::GlobalOp::create(b, loc, bytesType, /*isConstant=*/true,
                                      LLVM::Linkage::Internal, "mt.text",
                                      b.getStringAttr(text));
  symbols.insert(bytes);
  Type i16 = b.getIntegerType(16), i32 = b.getI32Type(), i64 = b.getI64Type();
  auto type = LLVM::LLVMStructType::getLiteral(
      b.getContext(), {i32, i16, i16, i32, i32, i64, getPointer(b), i64});
  // The hash is written when somebody asks.
  literal = LLVM::GlobalOp::create(b, loc, type, /*isConstant=*/false,
                                   LLVM::Linkage::Internal, "mt.str",
                                   Attribute(), /*alignment=*/8);
  symbols.insert(literal);
  b.createBlock(&literal.getInitializerRegion());
  Value value = LLVM::ZeroOp::create(b, loc, type);
  auto set = [&](int64_t field, Value part) {
    value = LLVM::InsertValueOp::create(b, loc, value, part, field);
  };
  set(1, LLVM::ConstantOp::create(b, loc, i16,
                                  b.getI16IntegerAttr(MTRT_KIND_STR)));
  set(5, createI64(b, loc, text.size()));
  set(6, LLVM::AddressOfOp::create(b, loc, bytes));
  LLVM::ReturnOp::create(b, loc, value);
}

LLVM::LLVMFuncOp RuntimeCallSites::declareRuntime(StringRef name, Type result,
                                                  ArrayRef<Type> parameters) {
  if (auto known = symbols.lookup<LLVM::LLVMFuncOp>(name))
    return known;
  OpBuilder b = OpBuilder::atBlockBegin(module.getBody());
  auto func =
      LLVM::LLVMFuncOp::create(b, module.getLoc(), name,
                               LLVM::LLVMFunctionType::get(result, parameters));
  symbols.insert(func);
  return func;
}

/// type name() { return cache ? cache : cache = make(); }
///
/// Threads that come at once make the same: what it is not, is zero.
LLVM::LLVMFuncOp
RuntimeCallSites::makeCached(StringRef name, Type type,
                             llvm::function_ref<Value(OpBuilder &)> make) {
  OpBuilder b = OpBuilder::atBlockBegin(module.getBody());
  Location loc = module.getLoc();
  auto cache = LLVM::GlobalOp::create(
      b, loc, type, /*isConstant=*/false, LLVM::Linkage::Internal,
      (name + ".cache").str(), Attribute(), /*alignment=*/8);
  symbols.insert(cache);
  b.createBlock(&cache.getInitializerRegion());
  LLVM::ReturnOp::create(b, loc,
                         LLVM::ZeroOp::create(b, loc, type).getResult());
  b.setInsertionPointAfter(cache);
  auto func = LLVM::LLVMFuncOp::create(
      b, loc, name, LLVM::LLVMFunctionType::get(type, ArrayRef<Type>()));
  symbols.insert(func);
  func.setLinkage(LLVM::Linkage::Internal);

  Block *entry = func.addEntryBlock(b);
  Block *first = b.createBlock(&func.getBody(), func.end());
  Block *later = b.createBlock(&func.getBody(), func.end());
  b.setInsertionPointToEnd(entry);
  Value address = LLVM::AddressOfOp::create(b, loc, cache);
  Value known = LLVM::LoadOp::create(b, loc, type, address, /*alignment=*/8,
                                     /*isVolatile=*/false,
                                     /*isNonTemporal=*/false,
                                     /*isInvariant=*/false,
                                     /*isInvariantGroup=*/false,
                                     LLVM::AtomicOrdering::acquire);
  Value isFirst = LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::eq, known,
                                       LLVM::ZeroOp::create(b, loc, type));
  LLVM::CondBrOp::create(b, loc, isFirst, first, later);
  b.setInsertionPointToEnd(first);
  Value made = make(b);
  LLVM::StoreOp::create(b, loc, made, address, /*alignment=*/8,
                        /*isVolatile=*/false, /*isNonTemporal=*/false,
                        /*isInvariantGroup=*/false,
                        LLVM::AtomicOrdering::release);
  LLVM::ReturnOp::create(b, loc, made);
  b.setInsertionPointToEnd(later);
  LLVM::ReturnOp::create(b, loc, known);
  return func;
}

void RuntimeCallSites::makeTypeNumber(StringRef type) {
  if (typeNumbers.lookup(type))
    return;
  OpBuilder b = OpBuilder::atBlockBegin(module.getBody());
  Location loc = module.getLoc();
  Type i32 = b.getI32Type(), i64 = b.getI64Type(), pointer = getPointer(b);
  LLVM::LLVMFuncOp intern =
      declareRuntime("mtrt_type_intern", i32, {pointer, i64});
  auto text = LLVM::GlobalOp::create(
      b, loc, LLVM::LLVMArrayType::get(b.getI8Type(), type.size()),
      /*isConstant=*/true, LLVM::Linkage::Internal, "mt.text",
      b.getStringAttr(type));
  symbols.insert(text);
  typeNumbers[type] = makeCached("mt.type", i64, [&](OpBuilder &b) -> Value {
    Value number =
        LLVM::CallOp::create(b, loc, intern,
                             ValueRange{LLVM::AddressOfOp::create(b, loc, text),
                                        createI64(b, loc, type.size())})
            .getResult();
    return LLVM::ZExtOp::create(b, loc, i64, number);
  });
}

void RuntimeCallSites::makeMember(DictionaryAttr value) {
  std::optional<EnumMember> member = EnumMember::of(value);
  if (!member || members.lookup(value))
    return;
  makeTypeNumber(member->className);
  makeLiteral(member->name);
  auto valueText = dyn_cast<StringAttr>(member->value);
  if (valueText)
    makeLiteral(valueText.getValue());
  OpBuilder b(module.getContext());
  Location loc = module.getLoc();
  Type i64 = b.getI64Type(), pointer = getPointer(b);
  LLVM::LLVMFuncOp make =
      declareRuntime("mtrt_enum_member", pointer, {i64, pointer, i64, i64});
  members[value] = makeCached("mt.member", pointer, [&](OpBuilder &b) -> Value {
    auto addressOf = [&](StringRef text) {
      return LLVM::AddressOfOp::create(b, loc, literals[text]);
    };
    Value type = LLVM::CallOp::create(b, loc, typeNumbers[member->className],
                                      ValueRange())
                     .getResult();
    std::pair<Value, Value> tagged;
    if (valueText)
      tagged = {createI64(b, loc, MTRT_TAG_OBJECT),
                LLVM::PtrToIntOp::create(b, loc, i64,
                                         addressOf(valueText.getValue()))};
    else
      tagged = *createTagged(
          b, loc, cast<TypedAttr>(member->value).getType(),
          LLVM::ConstantOp::create(b, loc, cast<TypedAttr>(member->value))
              .getResult());
    return LLVM::CallOp::create(b, loc, make,
                                ValueRange{type, addressOf(member->name),
                                           tagged.first, tagged.second})
        .getResult();
  });
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

namespace {
/// mt.call_runtime => llvm.call
struct CallConversion : public OpConversionPattern<CallRuntimeOp> {
  CallConversion(const TypeConverter &converter, MLIRContext *context,
                 const RuntimeCallSites &sites)
      : OpConversionPattern(converter, context), sites(sites) {}

  LogicalResult
  matchAndRewrite(CallRuntimeOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override;

private:
  LogicalResult pass(OpBuilder &b, CallRuntimeOp op, OneToNOpAdaptor adaptor,
                     SmallVectorImpl<Value> &arguments) const;
  Value getPlace(OpBuilder &b, CallRuntimeOp op, int64_t word) const {
    return LLVM::GEPOp::create(
        b, op.getLoc(), getPointer(b), b.getI64Type(), sites.getBuffer(op),
        ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(word)});
  }

  const RuntimeCallSites &sites;
};
} // namespace

LogicalResult CallConversion::pass(OpBuilder &b, CallRuntimeOp op,
                                   OneToNOpAdaptor adaptor,
                                   SmallVectorImpl<Value> &arguments) const {
  Location loc = op.getLoc();
  StringRef parameters = op.getParameters();
  for (auto [i, letter] : llvm::enumerate(parameters)) {
    if (letter == '.')
      break;
    ValueRange parts = adaptor.getInputs()[i];
    Type type = op.getInputs()[i].getType();
    if (letter == 'v') {
      auto tagged = createTagged(b, loc, type, parts);
      if (!tagged)
        return failure();
      arguments.append({tagged->first, tagged->second});
    } else if (letter == 'b') {
      arguments.push_back(
          LLVM::ZExtOp::create(b, loc, b.getI64Type(), parts[0]));
    } else if (letter == 'c') {
      arguments.push_back(complex::ReOp::create(b, loc, parts[0]));
      arguments.push_back(complex::ImOp::create(b, loc, parts[0]));
    } else if (letter == 'o' && parts.empty()) {
      arguments.push_back(LLVM::ZeroOp::create(b, loc, getPointer(b)));
    } else {
      arguments.push_back(parts[0]);
    }
  }
  if (!parameters.ends_with("."))
    return success();
  size_t first = parameters.size() - 1;
  int64_t word = 0;
  for (size_t i = first; i < op.getInputs().size(); ++i) {
    auto tagged = createTagged(b, loc, op.getInputs()[i].getType(),
                               adaptor.getInputs()[i]);
    if (!tagged)
      return failure();
    for (Value part : {tagged->first, tagged->second})
      LLVM::StoreOp::create(b, loc, part, getPlace(b, op, word++));
  }
  arguments.push_back(createI64(b, loc, word / wordsPerValue));
  arguments.push_back(
      word ? sites.getBuffer(op)
           : LLVM::ZeroOp::create(b, loc, getPointer(b)).getResult());
  return success();
}

LogicalResult
CallConversion::matchAndRewrite(CallRuntimeOp op, OneToNOpAdaptor adaptor,
                                ConversionPatternRewriter &rewriter) const {
  Location loc = op.getLoc();
  SmallVector<Value> arguments;
  if (failed(pass(rewriter, op, adaptor, arguments)))
    return rewriter.notifyMatchFailure(op, "a type does not fit a value");
  int64_t firstWord = countBuffered(op).first * wordsPerValue;
  if (op.getNumResults() > 1)
    arguments.push_back(getPlace(rewriter, op, firstWord));
  if (op.getContainer()) {
    Value word = createI64(rewriter, loc, *op.getContainer());
    if (op.getType())
      word = LLVM::OrOp::create(
          rewriter, loc, word,
          LLVM::CallOp::create(rewriter, loc,
                               sites.getTypeNumber(*op.getType()), ValueRange())
              .getResult());
    arguments.push_back(word);
  }
  auto call =
      LLVM::CallOp::create(rewriter, loc, sites.getCallee(op), arguments);

  SmallVector<SmallVector<Value>> results(op.getNumResults());
  auto untag = [&](unsigned i, Value tag, Value bits) {
    return createUntagged(rewriter, loc, op.getResult(i).getType(), tag, bits,
                          results[i]);
  };
  if (op.getNumResults() > 1) {
    for (unsigned i = 0; i < op.getNumResults(); ++i) {
      Value parts[2];
      for (auto [j, part] : llvm::enumerate(parts))
        part = LLVM::LoadOp::create(
            rewriter, loc, rewriter.getI64Type(),
            getPlace(rewriter, op, firstWord + i * wordsPerValue + j));
      if (failed(untag(i, parts[0], parts[1])))
        return rewriter.notifyMatchFailure(op, "a type does not fit a value");
    }
  } else if (op.getNumResults() == 1) {
    Value result = call.getResult();
    switch (op.getReturns()[0]) {
    case 'b':
      results[0].push_back(
          LLVM::TruncOp::create(rewriter, loc, rewriter.getI1Type(), result));
      break;
    case 'c':
    case 'v': {
      Value first = LLVM::ExtractValueOp::create(rewriter, loc, result, 0);
      Value second = LLVM::ExtractValueOp::create(rewriter, loc, result, 1);
      if (op.getReturns() == "c")
        results[0].push_back(complex::CreateOp::create(
            rewriter, loc, op.getResult(0).getType(), first, second));
      else if (failed(untag(0, first, second)))
        return rewriter.notifyMatchFailure(op, "a type does not fit a value");
      break;
    }
    default:
      results[0].push_back(result);
    }
  }
  SmallVector<ValueRange> ranges(results.begin(), results.end());
  rewriter.replaceOpWithMultiple(op, ranges);
  return success();
}

namespace {
/// What asks the call sites for a symbol.
template <typename Op> struct SymbolConversion : OpConversionPattern<Op> {
  SymbolConversion(const TypeConverter &converter, MLIRContext *context,
                   const RuntimeCallSites &sites)
      : OpConversionPattern<Op>(converter, context), sites(sites) {}

  LogicalResult
  matchAndRewrite(Op op, typename OpConversionPattern<Op>::OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    replace(op, rewriter);
    return success();
  }

private:
  /// mt.constant.str => the address of the object
  void replace(ConstantStrOp op, PatternRewriter &rewriter) const {
    rewriter.replaceOpWithNewOp<LLVM::AddressOfOp>(
        op, sites.getLiteral(op.getValue()));
  }
  /// mt.type_number => a call of the function that knows it
  void replace(TypeNumberOp op, PatternRewriter &rewriter) const {
    rewriter.replaceOpWithNewOp<LLVM::CallOp>(
        op, sites.getTypeNumber(op.getType()), ValueRange());
  }
  /// mt.constant.enum => a call of the function that knows the object
  void replace(ConstantEnumOp op, PatternRewriter &rewriter) const {
    rewriter.replaceOpWithNewOp<LLVM::CallOp>(op, sites.getMember(op),
                                              ValueRange());
  }

  const RuntimeCallSites &sites;
};

/// mt.constant.device => its number
struct DeviceConversion : public OpConversionPattern<ConstantDeviceOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(ConstantDeviceOp op, OpAdaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto [type, index] = op.getValue().split(':');
    int64_t number = 0, ordinal = -1;
    if (type == "cuda")
      number = 1;
    else if (type != "cpu")
      return rewriter.notifyMatchFailure(op, "no such device");
    if (!index.empty() && index.getAsInteger(10, ordinal))
      return rewriter.notifyMatchFailure(op, "no such device");
    rewriter.replaceOp(
        op, createI64(rewriter, op.getLoc(), number << 8 | (ordinal + 1)));
    return success();
  }
};
} // namespace

void minitorch::populateRuntimeCallPatterns(const TypeConverter &converter,
                                            const RuntimeCallSites &sites,
                                            RewritePatternSet &patterns) {
  patterns.add<CallConversion, SymbolConversion<ConstantEnumOp>,
               SymbolConversion<ConstantStrOp>, SymbolConversion<TypeNumberOp>>(
      converter, patterns.getContext(), sites);
  patterns.add<DeviceConversion>(converter, patterns.getContext());
}
