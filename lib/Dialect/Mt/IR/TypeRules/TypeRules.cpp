//===- TypeRules.cpp - What type rules share --------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace minitorch::mt {

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

/// The value before its type was refined; not for types, which a cast knows
/// better.
static Value lookThroughCasts(Value value) {
  while (auto cast = value.getDefiningOp<PrimUncheckedCastOp>())
    value = cast.getValue();
  return value;
}

std::optional<ConstantNumber> getConstantNumber(Value value) {
  auto constant = lookThroughCasts(value).getDefiningOp<arith::ConstantOp>();
  if (!constant)
    return std::nullopt;
  if (auto number = dyn_cast<FloatAttr>(constant.getValue())) {
    llvm::APFloat wide = number.getValue();
    bool losesInfo;
    wide.convert(llvm::APFloat::IEEEdouble(),
                 llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    return ConstantNumber{ConstantNumber::Float, 0, wide.convertToDouble()};
  }
  auto number = dyn_cast<IntegerAttr>(constant.getValue());
  if (!number || number.getValue().getBitWidth() > 64)
    return std::nullopt;
  if (number.getType().isSignlessInteger(1))
    return ConstantNumber{ConstantNumber::Bool,
                          number.getValue().isZero() ? 0 : 1, 0};
  return ConstantNumber{ConstantNumber::Int, number.getValue().getSExtValue(),
                        0};
}

std::optional<int64_t> getConstantInt(Value value) {
  std::optional<ConstantNumber> number = getConstantNumber(value);
  if (!number || number->kind == ConstantNumber::Float)
    return std::nullopt;
  return number->intValue;
}

std::optional<bool> getConstantBool(Value value) {
  std::optional<int64_t> number = getConstantInt(value);
  if (!number)
    return std::nullopt;
  return *number != 0;
}

std::optional<double> getConstantFloat(Value value) {
  std::optional<ConstantNumber> number = getConstantNumber(value);
  if (!number)
    return std::nullopt;
  return number->kind == ConstantNumber::Float
             ? number->floatValue
             : static_cast<double>(number->intValue);
}

std::optional<llvm::StringRef> getConstantStr(Value value) {
  if (auto str = lookThroughCasts(value).getDefiningOp<ConstantStrOp>())
    return str.getValue();
  return std::nullopt;
}

bool isNone(Value value) {
  return isa<NoneType>(lookThroughCasts(value).getType());
}

//===----------------------------------------------------------------------===//
// Lists
//===----------------------------------------------------------------------===//

/// Whether operand `use` is only read: not written to, and not put or passed
/// where somebody else might.
static bool onlyReads(OpOperand &use) {
  Operation *user = use.getOwner();
  // What happens after the return happens after every use in this function.
  if (isa<PrimListUnpackOp, func::ReturnOp>(user))
    return true;
  if (auto cast = dyn_cast<PrimUncheckedCastOp>(user))
    return llvm::all_of(cast.getResult().getUses(), onlyReads);
  const Schema *schema = lookupSchema(user);
  // `print` and `format` take any number of values, and only read them.
  if (schema &&
      (schema->name == "prim::Print" || schema->name == "aten::format"))
    return true;
  if (!schema || use.getOperandNumber() >= schema->arguments.size())
    return false;
  const SchemaArgument &argument = schema->arguments[use.getOperandNumber()];
  if (argument.isWrite || argument.escapes)
    return false;
  // A result that is the same list could be written to.
  return !argument.aliasSet ||
         llvm::none_of(llvm::zip(user->getResultTypes(), schema->results),
                       [&](const auto &pair) {
                         return isa<ListType>(std::get<0>(pair)) &&
                                std::get<1>(pair).aliasSet == argument.aliasSet;
                       });
}

std::optional<llvm::SmallVector<Value>> getListElements(Value list) {
  list = lookThroughCasts(list);
  auto construct = list.getDefiningOp<PrimListConstructOp>();
  if (!construct || !llvm::all_of(list.getUses(), onlyReads))
    return std::nullopt;
  return llvm::to_vector(construct.getElements());
}

std::optional<llvm::SmallVector<int64_t>> getIntList(Value list) {
  list = lookThroughCasts(list);
  constexpr int64_t dynamic = ShapedType::kDynamic;
  if (list.getType().isSignlessInteger(64))
    return llvm::SmallVector<int64_t>{getConstantInt(list).value_or(dynamic)};
  // `x.size()` of a tensor of known rank.
  if (Operation *op = list.getDefiningOp()) {
    const Schema *schema = lookupSchema(op);
    if (schema && schema->name == "aten::size" && op->getNumOperands() == 1 &&
        llvm::all_of(list.getUses(), onlyReads)) {
      auto shape = TensorShape::of(op->getOperand(0).getType());
      if (shape && shape->hasRank)
        return shape->sizes;
      return std::nullopt;
    }
  }
  std::optional<llvm::SmallVector<Value>> elements = getListElements(list);
  if (!elements)
    return std::nullopt;
  llvm::SmallVector<int64_t> ints;
  for (Value element : *elements)
    ints.push_back(getConstantInt(element).value_or(dynamic));
  return ints;
}

//===----------------------------------------------------------------------===//
// TypeRuleContext
//===----------------------------------------------------------------------===//

int TypeRuleContext::getIndex(llvm::StringRef name) const {
  const Schema *schema = lookupSchema(op);
  return schema ? schema->getArgumentIndex(name) : -1;
}

Value TypeRuleContext::getOperand(llvm::StringRef name) const {
  int index = getIndex(name);
  if (index < 0 || index >= static_cast<int>(op->getNumOperands()))
    return Value();
  return op->getOperand(index);
}

TensorShape TypeRuleContext::getTensor(unsigned i) const {
  if (i >= op->getNumOperands())
    return TensorShape();
  return TensorShape::of(op->getOperand(i).getType()).value_or(TensorShape());
}

bool TypeRuleContext::isTensor(unsigned i) const {
  return i < op->getNumOperands() &&
         TensorShape::of(op->getOperand(i).getType()).has_value();
}

bool TypeRuleContext::isNone(unsigned i) const {
  return i < op->getNumOperands() && mt::isNone(op->getOperand(i));
}

LogicalResult TypeRuleContext::setResult(const TensorShape &shape) const {
  for (int64_t size : shape.sizes)
    if (size < 0 && !ShapedType::isDynamic(size))
      return fail("the result would have a negative size, " + Twine(size));
  return setType(shape.getBoxed(getContext()));
}

LogicalResult TypeRuleContext::setType(Type type) const {
  results.push_back(type);
  return success();
}

LogicalResult TypeRuleContext::unknown() const {
  results.assign(op->result_type_begin(), op->result_type_end());
  return success();
}

LogicalResult TypeRuleContext::fail(const llvm::Twine &message) const {
  reason = message.str();
  return failure();
}

//===----------------------------------------------------------------------===//
// Dtypes
//===----------------------------------------------------------------------===//

// Source: c10/core/ScalarType.h's numbering, which TorchScript files contain.
std::optional<int64_t> getScalarTypeNumber(Type dtype) {
  if (!dtype)
    return std::nullopt;
  if (auto integer = dyn_cast<IntegerType>(dtype)) {
    if (integer.isUnsigned())
      return integer.getWidth() == 8 ? std::optional<int64_t>(0) : std::nullopt;
    switch (integer.getWidth()) {
    case 1:
      return 11;
    case 8:
      return 1;
    case 16:
      return 2;
    case 32:
      return 3;
    case 64:
      return 4;
    default:
      return std::nullopt;
    }
  }
  if (dtype.isF16())
    return 5;
  if (dtype.isF32())
    return 6;
  if (dtype.isF64())
    return 7;
  if (dtype.isBF16())
    return 15;
  if (auto complex = dyn_cast<ComplexType>(dtype)) {
    if (complex.getElementType().isF16())
      return 8;
    if (complex.getElementType().isF32())
      return 9;
    if (complex.getElementType().isF64())
      return 10;
  }
  return std::nullopt;
}

Type getScalarType(MLIRContext *context, int64_t number) {
  switch (number) {
  case 0:
    return IntegerType::get(context, 8, IntegerType::Unsigned);
  case 1:
    return IntegerType::get(context, 8);
  case 2:
    return IntegerType::get(context, 16);
  case 3:
    return IntegerType::get(context, 32);
  case 4:
    return IntegerType::get(context, 64);
  case 5:
    return Float16Type::get(context);
  case 6:
    return Float32Type::get(context);
  case 7:
    return Float64Type::get(context);
  case 8:
    return ComplexType::get(Float16Type::get(context));
  case 9:
    return ComplexType::get(Float32Type::get(context));
  case 10:
    return ComplexType::get(Float64Type::get(context));
  case 11:
    return IntegerType::get(context, 1);
  case 15:
    return BFloat16Type::get(context);
  default:
    return Type();
  }
}

bool isFloatOrComplex(Type dtype) { return isa<FloatType, ComplexType>(dtype); }

Type toFloatDtype(Type dtype) {
  if (!dtype || isFloatOrComplex(dtype))
    return dtype;
  return Float32Type::get(dtype.getContext());
}

/// The complex dtype whose parts hold `dtype`.
static Type toComplexDtype(Type dtype) {
  if (isa<ComplexType>(dtype))
    return dtype;
  if (dtype.isBF16())
    return ComplexType::get(Float32Type::get(dtype.getContext()));
  return ComplexType::get(dtype);
}

Type promoteDtypes(Type a, Type b) {
  if (!a || !b)
    return Type();
  if (a == b)
    return a;
  // Kinds in the order bool < integer < float < complex.
  auto getKind = [](Type type) {
    if (isa<ComplexType>(type))
      return 3;
    if (isa<FloatType>(type))
      return 2;
    return type.isSignlessInteger(1) ? 0 : 1;
  };
  if (getKind(a) < getKind(b))
    std::swap(a, b);
  int kind = getKind(a), other = getKind(b);
  if (kind == 3) {
    // The parts hold the other's, or the other number.
    Type part = cast<ComplexType>(a).getElementType();
    if (other == 3)
      b = cast<ComplexType>(b).getElementType();
    else if (other < 2)
      return a;
    return toComplexDtype(promoteDtypes(part, b));
  }
  if (kind != other)
    return a;
  unsigned width = a.getIntOrFloatBitWidth();
  unsigned otherWidth = b.getIntOrFloatBitWidth();
  if (width != otherWidth)
    return width > otherWidth ? a : b;
  // Neither of f16 and bf16, or of ui8 and i8, holds the other.
  if (kind == 2)
    return Float32Type::get(a.getContext());
  return IntegerType::get(a.getContext(), width * 2);
}

/// A dtype that takes precedence with one that only a higher kind can change.
static Type combineClasses(Type higher, Type lower) {
  if (!higher || !lower)
    return higher ? higher : lower;
  if (isa<ComplexType>(higher))
    return higher;
  if (isa<FloatType>(higher))
    return isa<ComplexType>(lower) ? toComplexDtype(higher) : higher;
  if (higher.isSignlessInteger(1) || isFloatOrComplex(lower))
    return promoteDtypes(higher, lower);
  return higher;
}

namespace {
/// One operand of a promotion: what it may be.
struct PromotionOperand {
  enum Class { Dimensioned, ZeroDim, Number };
  llvm::SmallVector<std::pair<Class, Type>, 4> choices;
};
} // namespace

/// Nullopt where nothing is known of `value`; no choice where it takes no part.
static std::optional<PromotionOperand> getPromotionOperand(Value value) {
  MLIRContext *context = value.getContext();
  PromotionOperand operand;
  Type type = value.getType();
  Type f32 = Float32Type::get(context);
  if (auto shape = TensorShape::of(type)) {
    if (!shape->dtype)
      return std::nullopt;
    if (!shape->hasRank || shape->getRank() > 0)
      operand.choices.push_back({PromotionOperand::Dimensioned, shape->dtype});
    if (!shape->hasRank || shape->getRank() == 0)
      operand.choices.push_back({PromotionOperand::ZeroDim, shape->dtype});
    return operand;
  }
  if (isNone(value))
    return operand;
  // Numbers have the default dtype of their kind.
  if (isa<IntegerType>(type))
    operand.choices.push_back({PromotionOperand::Number, type});
  else if (isa<FloatType>(type))
    operand.choices.push_back({PromotionOperand::Number, f32});
  else if (isa<ComplexType>(type))
    operand.choices.push_back(
        {PromotionOperand::Number, ComplexType::get(f32)});
  else if (isa<NumberType>(type))
    for (Type choice : {Type(IntegerType::get(context, 1)),
                        Type(IntegerType::get(context, 64)), f32,
                        Type(ComplexType::get(f32))})
      operand.choices.push_back({PromotionOperand::Number, choice});
  else
    return std::nullopt;
  return operand;
}

Type promoteTypes(ValueRange operands) {
  llvm::SmallVector<PromotionOperand> all;
  size_t combinations = 1;
  for (Value value : operands) {
    std::optional<PromotionOperand> operand = getPromotionOperand(value);
    if (!operand)
      return Type();
    if (operand->choices.empty())
      continue;
    // Equal operands change nothing.
    if (llvm::any_of(all, [&](const PromotionOperand &other) {
          return other.choices == operand->choices && other.choices.size() == 1;
        }))
      continue;
    combinations *= operand->choices.size();
    if (combinations > 64)
      return Type();
    all.push_back(std::move(*operand));
  }
  // The answer, if every choice of what is not known gives the same.
  Type answer;
  for (size_t combination = 0; combination < combinations; ++combination) {
    Type classes[3];
    size_t rest = combination;
    for (const PromotionOperand &operand : all) {
      auto [which, dtype] = operand.choices[rest % operand.choices.size()];
      rest /= operand.choices.size();
      classes[which] =
          classes[which] ? promoteDtypes(classes[which], dtype) : dtype;
    }
    Type dtype =
        combineClasses(classes[PromotionOperand::Dimensioned],
                       combineClasses(classes[PromotionOperand::ZeroDim],
                                      classes[PromotionOperand::Number]));
    if (combination == 0)
      answer = dtype;
    if (dtype != answer)
      return Type();
  }
  return answer;
}

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

FailureOr<TensorShape> broadcastShapes(const TensorShape &a,
                                       const TensorShape &b) {
  TensorShape result;
  if (!a.hasRank || !b.hasRank)
    return result;
  const TensorShape &longer = a.getRank() >= b.getRank() ? a : b;
  const TensorShape &shorter = a.getRank() >= b.getRank() ? b : a;
  result = longer;
  int64_t offset = longer.getRank() - shorter.getRank();
  for (auto [i, size] : llvm::enumerate(shorter.sizes)) {
    int64_t &common = result.sizes[offset + i];
    if (size == common || size == 1)
      continue;
    if (common == 1) {
      common = size;
      continue;
    }
    // Only n or 1 fits n, so that an unknown size gives way to a known one.
    if (ShapedType::isDynamic(common))
      common = size;
    else if (!ShapedType::isDynamic(size))
      return failure();
  }
  return result;
}

std::optional<int64_t> wrapDim(int64_t dim, int64_t rank) {
  // A 0-d tensor takes the dimensions of a 1-d one.
  int64_t count = std::max<int64_t>(rank, 1);
  if (dim < -count || dim >= count)
    return std::nullopt;
  return dim < 0 ? dim + count : dim;
}

} // namespace minitorch::mt
