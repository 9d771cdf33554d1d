//===- InputParser.cpp - Types of arguments as text -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InputParser.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeNames.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "MiniTorch/Dialect/Mt/IR/ValueForms.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;
namespace json = llvm::json;

bool InputParser::parseSequence(StringRef close,
                                llvm::function_ref<Type(unsigned)> declared,
                                SmallVectorImpl<Value> &values,
                                SmallVectorImpl<SlotAttr> &slots) {
  if (consume(close))
    return true;
  do {
    Value value = parse(declared(values.size()), slots.emplace_back());
    if (!value)
      return false;
    values.push_back(value);
  } while (consume(","));
  if (!consume(close)) {
    fail("expected '" + close + "'");
    return false;
  }
  return true;
}

static Type joinAll(ArrayRef<Value> values, MLIRContext *context) {
  if (values.empty())
    return AnyType::get(context);
  Type joined;
  bool hasNone = false;
  for (Value value : values) {
    Type type = value.getType();
    if (isa<mt::NoneType>(type)) {
      hasNone = true;
      continue;
    }
    if (joined && joined != type)
      type = isa<mt::TensorType>(joined) && isa<mt::TensorType>(type)
                 ? Type(mt::TensorType::getUnknown(context))
                 : Type(AnyType::get(context));
    joined = type;
  }
  if (!joined)
    return mt::NoneType::get(context);
  return hasNone && !isa<AnyType>(joined) ? Type(OptionalType::get(joined))
                                          : joined;
}

/// What a value that is given is declared to be, if it is not None.
static Type stripOptional(Type type) {
  auto optional = dyn_cast_or_null<OptionalType>(type);
  return optional ? optional.getElementType() : type;
}

/// The element type of a list of `values`, or of what a dict holds, that is
/// declared `declared`; an argument of type Any is what is in it.
static Type getDeclaredElement(Type declared, ArrayRef<Value> values,
                               MLIRContext *context) {
  Type joined = joinAll(values, context);
  if (!declared || isa<AnyType>(declared))
    return joined;
  return TensorShape::of(declared) && TensorShape::of(joined) ? joined
                                                              : declared;
}

Value InputParser::parseBoxed(Type declared, SlotAttr &slot) {
  if (isNumberType(declared)) {
    slot = NumberSlotAttr::get(declared);
    return leaf(declared);
  }
  std::optional<ValueForm> form = getValueForm(declared);
  bool isNumber = isa<ComplexType, DeviceType>(declared);
  if ((!form && !isNumber) || !isPassedBoxed(declared))
    return fail("an argument of type " + getTypeName(declared) +
                " cannot be passed boxed");
  if (isNumber) {
    MLIRContext *context = builder.getContext();
    slot = BoxedSlotAttr::get(context,
                              builder.getStringAttr(getTypeName(declared)),
                              /*isTagged=*/true);
    return PrimUncheckedCastOp::create(builder, loc, declared,
                                       leaf(AnyType::get(context)));
  }
  slot = BoxedSlotAttr::get(declared);
  return leaf(isa<mt::TensorType>(declared)
                  ? Type(mt::TensorType::getUnknown(builder.getContext()))
                  : declared);
}

/// What stands between quotes, as in JSON, of which the first is behind us.
std::optional<std::string> InputParser::parseText() {
  size_t end = 0;
  while (end < rest.size() && rest[end] != '"')
    end += rest[end] == '\\' ? 2 : 1;
  if (end >= rest.size()) {
    fail("a str that does not end");
    return std::nullopt;
  }
  llvm::Expected<json::Value> parsed =
      json::parse(("\"" + rest.take_front(end) + "\"").str());
  if (!parsed) {
    fail(llvm::toString(parsed.takeError()));
    return std::nullopt;
  }
  rest = rest.drop_front(end + 1);
  return parsed->getAsString()->str();
}

/// The text has [class, name, value, whether it is a str or an int, too] as
/// JSON; a float is {"float": value}.
Value InputParser::parseEnum(Type declared, SlotAttr &slot) {
  std::optional<std::string> text = parseText();
  if (!text)
    return {};
  llvm::Expected<json::Value> parsed = json::parse(*text);
  json::Array *fields = parsed ? parsed->getAsArray() : nullptr;
  if (!parsed)
    llvm::consumeError(parsed.takeError());
  auto className =
      fields && fields->size() == 4 ? (*fields)[0].getAsString() : std::nullopt;
  auto name = className ? (*fields)[1].getAsString() : std::nullopt;
  if (!name)
    return fail("not a member of an enum");
  const json::Value &member = (*fields)[2];
  TypedAttr value;
  auto type = dyn_cast_or_null<EnumType>(declared);
  if (auto string = member.getAsString())
    value = builder.getStringAttr(*string);
  else if (auto integer = member.getAsInteger())
    value = builder.getI64IntegerAttr(*integer);
  else if (const json::Object *real = member.getAsObject();
           real && real->getNumber("float"))
    value = builder.getF64FloatAttr(*real->getNumber("float"));
  else
    return fail("the value of a member of an enum is no number and no str");
  // TorchScript takes it for one where it does not ask for the enum.
  if (!type && (*fields)[3].getAsBoolean().value_or(true))
    return fail("a member of an enum that is a str or an int, where no enum is "
                "declared");
  auto lastName = [](StringRef name) {
    return name.substr(name.rfind('.') + 1);
  };
  if (type && lastName(type.getClassName()) != lastName(*className))
    return fail("a member of '" + *className + "' where " + getTypeName(type) +
                " is declared");
  if (type)
    className = type.getClassName().getValue();
  else
    type = EnumType::get(
        builder.getContext(), builder.getStringAttr(*className),
        isa<StringAttr>(value) ? Type(StrType::get(builder.getContext()))
                               : value.getType());
  slot =
      EnumSlotAttr::get(builder.getContext(), builder.getStringAttr(*className),
                        builder.getStringAttr(*name), value);
  return ConstantEnumOp::create(
      builder, loc, type,
      builder.getDictionaryAttr(
          {builder.getNamedAttr("class", builder.getStringAttr(*className)),
           builder.getNamedAttr("name", builder.getStringAttr(*name)),
           builder.getNamedAttr("value", value)}));
}

/// Whether what is given has the form of what is declared. Numbers and tensors
/// may stand for each other.
static bool fits(Type given, Type declared) {
  if (auto each = dyn_cast<UnionType>(declared))
    return llvm::any_of(each.getTypes(), [&](Type type) {
      return getTypeName(type) == getTypeName(given);
    });
  if (auto optional = dyn_cast<OptionalType>(declared))
    return isa<mt::NoneType>(given) || fits(given, optional.getElementType());
  if (auto type = dyn_cast<EnumType>(declared))
    return given == type;
  auto tuple = dyn_cast<mt::TupleType>(declared);
  if (auto other = dyn_cast<mt::TupleType>(given); tuple && other)
    return tuple.getTypes().size() == other.getTypes().size();
  if (isa<mt::NoneType>(given))
    return isa<mt::NoneType, AnyType>(declared);
  bool isBoxed = isa<ListType, DictType, mt::TupleType, StrType>(declared);
  return isBoxed ? declared.getTypeID() == given.getTypeID()
                 : !isa<EnumType>(given) || isa<AnyType>(declared);
}

static SlotAttr makeExact(SlotAttr slot) {
  if (auto constant = dyn_cast<ConstantSlotAttr>(slot))
    return ConstantSlotAttr::get(slot.getContext(), constant.getValue(),
                                 /*isExact=*/true);
  return NumberSlotAttr::get(slot.getContext(),
                             cast<NumberSlotAttr>(slot).getType(),
                             /*isExact=*/true);
}

Value InputParser::parse(Type declared, SlotAttr &slot) {
  Value value = parseValue(declared, slot);
  // Where any type may be given, it matters which one is.
  Type inner = stripOptional(declared);
  if (value && value.getType().isIntOrFloat() &&
      (!inner || isa<AnyType, UnionType, NumberType>(inner)))
    slot = makeExact(slot);
  if (value && declared && !fits(value.getType(), declared))
    return fail(getTypeName(value.getType()) + " is given where " +
                getTypeName(declared) + " is declared");
  return value;
}

Value InputParser::parseValue(Type declared, SlotAttr &slot) {
  MLIRContext *context = builder.getContext();
  declared = stripOptional(declared);
  if (consume("(")) {
    SmallVector<Value> values;
    SmallVector<SlotAttr> parts;
    auto tuple = dyn_cast_or_null<mt::TupleType>(declared);
    auto field = [&](unsigned i) {
      return tuple && i < tuple.getTypes().size() ? tuple.getTypes()[i]
                                                  : Type();
    };
    if (!parseSequence(")", field, values, parts))
      return {};
    slot = TupleSlotAttr::get(context, parts, StringAttr(), {});
    if (tuple && tuple.getName() && tuple.getTypes().size() == values.size())
      return PrimTupleConstructOp::create(builder, loc, tuple, values);
    return PrimTupleConstructOp::create(
        builder, loc,
        mt::TupleType::get(context,
                           llvm::to_vector(ValueRange(values).getTypes())),
        values);
  }
  if (consume("[")) {
    SmallVector<Value> values;
    SmallVector<SlotAttr> parts;
    auto list = dyn_cast_or_null<ListType>(declared);
    Type element = list ? list.getElementType() : Type();
    if (!parseSequence("]", [&](unsigned) { return element; }, values, parts))
      return {};
    // As in TorchScript: what it is a list of does not follow.
    if (isa_and_nonnull<AnyType>(declared) &&
        isa<AnyType, mt::NoneType>(joinAll(values, context)))
      return fail("a list of nothing, or of several types, where any type may "
                  "be given");
    slot = ListSlotAttr::get(context, parts);
    return PrimListConstructOp::create(
        builder, loc,
        ListType::get(getDeclaredElement(element, values, context)), values);
  }
  if (consume("{")) {
    SmallVector<Value> values, items;
    SmallVector<Attribute> keys;
    SmallVector<SlotAttr> parts;
    auto dict = dyn_cast_or_null<DictType>(declared);
    Type element = dict ? dict.getValueType() : Type();
    while (!consume("}")) {
      rest = rest.ltrim();
      auto [key, behind] = rest.split(':');
      key = key.trim();
      rest = behind;
      if (key.empty())
        return fail("expected a key");
      Value item = parse(element, parts.emplace_back());
      if (!item)
        return {};
      StringAttr name = builder.getStringAttr(key);
      values.push_back(
          ConstantStrOp::create(builder, loc, StrType::get(context), name));
      values.push_back(item);
      items.push_back(item);
      keys.push_back(name);
      consume(",");
    }
    slot = DictSlotAttr::get(context, keys, parts);
    return PrimDictConstructOp::create(
        builder, loc,
        DictType::get(context, StrType::get(context),
                      getDeclaredElement(element, items, context)),
        values);
  }

  if (consume("str:\"")) {
    std::optional<std::string> parsed = parseText();
    if (!parsed)
      return {};
    StringAttr value = builder.getStringAttr(*parsed);
    slot = ConstantSlotAttr::get(value);
    return ConstantStrOp::create(builder, loc, StrType::get(context), value);
  }

  if (consume("enum:\""))
    return parseEnum(declared, slot);

  StringRef text = word();
  auto [kind, constant] = text.split(':');
  if (kind == "none") {
    slot = NoneSlotAttr::get(context);
    return ConstantNoneOp::create(builder, loc, mt::NoneType::get(context));
  }
  if (kind == "str") {
    StringAttr value = builder.getStringAttr(constant);
    slot = ConstantSlotAttr::get(value);
    return ConstantStrOp::create(builder, loc, StrType::get(context), value);
  }
  if (kind == "int" || kind == "float" || kind == "bool") {
    Type type = kind == "int"     ? Type(builder.getI64Type())
                : kind == "float" ? Type(builder.getF64Type())
                                  : Type(builder.getI1Type());
    if (constant.empty()) {
      slot = NumberSlotAttr::get(type);
      return leaf(type);
    }
    TypedAttr value;
    int64_t integer;
    double number;
    if (kind == "float") {
      if (constant.getAsDouble(number))
        return fail("not a float: '" + constant + "'");
      value = builder.getF64FloatAttr(number);
    } else if (kind == "bool") {
      value = builder.getBoolAttr(constant == "true" || constant == "1");
    } else {
      if (constant.getAsInteger(10, integer))
        return fail("not an int: '" + constant + "'");
      value = builder.getI64IntegerAttr(integer);
    }
    slot = ConstantSlotAttr::get(value);
    return arith::ConstantOp::create(builder, loc, value);
  }

  // A tensor: sizes and dtype between `x`, strides each after `/`; the leaf
  // that it is after `@`.
  StringRef same, strideText;
  std::tie(text, same) = text.split('@');
  std::tie(text, strideText) = text.split('/');
  SmallVector<StringRef> parts;
  text.split(parts, 'x');
  Type dtype = parseDtypeWord(context, parts.back());
  if (!dtype)
    return fail("'" + text +
                "' is not a type; expected 2x?xf32, int, float, "
                "bool, none, str:..., (...), [...] or {...}");
  SmallVector<int64_t> sizes, example;
  bool isExample = false;
  for (StringRef part : ArrayRef(parts).drop_back()) {
    StringRef number = part;
    bool isDynamic = number.consume_front("?");
    int64_t size = ShapedType::kDynamic;
    if (!(isDynamic && number.empty()) &&
        (number.getAsInteger(10, size) || size < 0))
      return fail("'" + part + "' is not a size");
    example.push_back(size);
    isExample |= isDynamic;
    sizes.push_back(isDynamic ? ShapedType::kDynamic : size);
  }
  if (!isExample || llvm::is_contained(example, ShapedType::kDynamic))
    example.clear();
  SmallVector<int64_t> strides;
  while (!strideText.empty()) {
    auto [number, behind] = strideText.split('/');
    int64_t stride = ShapedType::kDynamic;
    if (number != "?" && (number.getAsInteger(10, stride) || stride < 0))
      return fail("'" + number + "' is not a stride");
    strides.push_back(stride);
    strideText = behind;
  }
  if (!strides.empty() && strides.size() != sizes.size())
    return fail("as many strides as sizes are needed");
  if (boxesTensors) {
    Type unknown = mt::TensorType::getUnknown(context);
    slot = BoxedSlotAttr::get(unknown);
    return leaf(unknown);
  }
  auto type = mt::TensorType::get(context, sizes, dtype);
  if (same.empty()) {
    slot = TensorSlotAttr::get(context, sizes, dtype, strides, RelationAttr());
    return leaf(type, example, strides);
  }
  unsigned index;
  if (same.getAsInteger(10, index) || index >= leaves.size())
    return fail("'" + same + "' is not an earlier argument");
  if (leaves[index].getType() != type)
    return fail("the tensor after '@' has another type");
  slot = TensorSlotAttr::get(context, sizes, dtype, strides,
                             RelationAttr::get(context, RelationKind::Same,
                                               /*isOfResult=*/false, index));
  return leaves[index];
}
