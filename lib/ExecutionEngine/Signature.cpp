//===- Signature.cpp - What a compiled function takes and gives ---------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/ExecutionEngine/Signature.h"

#include "MiniTorch/Dialect/Mt/IR/MtAttributes.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace llvm;
using namespace minitorch;

using Kind = ValueType::Kind;

bool ValueType::isLeaf() const {
  switch (kind) {
  case Kind::Tensor:
    return !relation;
  case Kind::Int:
  case Kind::Float:
  case Kind::Bool:
    return !constant;
  case Kind::Boxed:
    return true;
  default:
    return false;
  }
}

std::string minitorch::describe(const ValueType &type) {
  if (type.constant)
    return describe(*type.constant) + " (fixed when compiling)";
  switch (type.kind) {
  case Kind::Tensor: {
    std::string shape = describe(type.dtype, type.shape);
    StringRef name = toTorchName(type.dtype);
    return (name + " tensor of shape " +
            StringRef(shape).substr(name.size() + 1))
        .str();
  }
  case Kind::Int:
    return "int";
  case Kind::Float:
    return "float";
  case Kind::Bool:
    return "bool";
  case Kind::Complex:
    return "complex";
  case Kind::None:
    return "None";
  case Kind::Str:
    return "str";
  case Kind::Enum:
    return "enum";
  case Kind::Tuple:
    return "tuple of " + std::to_string(type.items.size());
  case Kind::Boxed:
    return type.typeName;
  case Kind::List:
    return "list of " + std::to_string(type.items.size());
  case Kind::Dict:
    return "dict of " + std::to_string(type.items.size());
  }
  return "";
}

static bool hasStrides(const ValueType &type) {
  return !type.strides.empty() || any_of(type.items, hasStrides);
}

static bool isBoxedTensor(const ValueType &type) {
  return (type.kind == ValueType::Kind::Boxed &&
          StringRef(type.typeName).contains("Tensor")) ||
         any_of(type.items, isBoxedTensor);
}

bool Signature::takesBoxedTensors() const {
  return any_of(args, [](const Named &arg) { return isBoxedTensor(arg.type); });
}

bool Signature::dependsOnMemory() const {
  return takesBoxedTensors() || !contiguous.empty() || !whole.empty() ||
         !reshaped.empty() ||
         any_of(args, [](const Named &arg) { return hasStrides(arg.type); });
}

//===----------------------------------------------------------------------===//
// From the attribute
//===----------------------------------------------------------------------===//

/// -1 for a size or stride that is not known.
static std::vector<int64_t> convertSizes(ArrayRef<int64_t> sizes) {
  std::vector<int64_t> result = sizes.vec();
  for (int64_t &size : result)
    if (mlir::ShapedType::isDynamic(size))
      size = -1;
  return result;
}

static ValueType ofKind(Kind kind) {
  ValueType type;
  type.kind = kind;
  return type;
}

static Value convertConstant(mlir::Attribute attribute) {
  if (auto text = dyn_cast<mlir::StringAttr>(attribute))
    return Value::ofStr(text.str());
  if (auto real = dyn_cast<mlir::FloatAttr>(attribute))
    return Value::ofFloat(real.getValueAsDouble());
  auto integer = cast<mlir::IntegerAttr>(attribute);
  if (integer.getType().isInteger(1))
    return Value::ofBool(integer.getValue().getBoolValue());
  return Value::ofInt(integer.getInt());
}

/// None for a tensor that is a new one, or an argument instead.
static std::optional<ValueType::Relation>
convertRelation(mt::RelationAttr attribute) {
  if (!attribute || attribute.getKind() == mt::RelationKind::Either)
    return std::nullopt;
  ValueType::Relation relation;
  relation.kind = attribute.getKind() == mt::RelationKind::Same
                      ? ValueType::Relation::Kind::Same
                  : attribute.getKind() == mt::RelationKind::Alias
                      ? ValueType::Relation::Kind::Alias
                      : ValueType::Relation::Kind::View;
  relation.isOfResult = attribute.getIsOfResult();
  relation.index = attribute.getIndex();
  relation.offset = attribute.getOffset();
  relation.strides = attribute.getStrides().vec();
  relation.isPlaced = attribute.getKind() == mt::RelationKind::Placed;
  return relation;
}

static ValueType convertTensor(mt::TensorSlotAttr slot) {
  ValueType type = ofKind(Kind::Tensor);
  // The attribute's verifier takes only types that are one.
  type.dtype = toDType(slot.getDtype()).value_or(DType::F32);
  type.shape = convertSizes(slot.getShape());
  type.strides = convertSizes(slot.getStrides());
  mt::RelationAttr relation = slot.getRelation();
  type.relation = convertRelation(relation);
  // Numbers that say where, or which, it is.
  if (relation && relation.getKind() == mt::RelationKind::Placed)
    type.items.resize(1 + 2 * type.shape.size(), ofKind(Kind::Int));
  if (relation && relation.getKind() == mt::RelationKind::Either)
    type.items.resize(1, ofKind(Kind::Int));
  return type;
}

static Kind kindOfNumber(mlir::Type type) {
  return type.isF64()        ? Kind::Float
         : type.isInteger(1) ? Kind::Bool
                             : Kind::Int;
}

static ValueType convertFixed(mt::ConstantSlotAttr slot) {
  auto typed = dyn_cast<mlir::TypedAttr>(slot.getValue());
  ValueType type = ofKind(isa<mlir::StringAttr>(slot.getValue())
                              ? Kind::Str
                              : kindOfNumber(typed.getType()));
  type.constant = convertConstant(slot.getValue());
  type.isExact = slot.getIsExact();
  return type;
}

static ValueType convertSlot(mt::SlotAttr slot) {
  auto withItems = [&](Kind kind) {
    ValueType type = ofKind(kind);
    for (mt::SlotAttr item : slot.getItems())
      type.items.push_back(convertSlot(item));
    return type;
  };
  return TypeSwitch<mlir::Attribute, ValueType>(slot)
      .Case(convertTensor)
      .Case(convertFixed)
      .Case([](mt::NumberSlotAttr number) {
        ValueType type = ofKind(kindOfNumber(number.getType()));
        type.isExact = number.getIsExact();
        return type;
      })
      .Case([](mt::EnumSlotAttr member) {
        ValueType type = ofKind(Kind::Enum);
        type.constant = Value::ofMember(member.getClassName().str(),
                                        member.getMember().str(),
                                        convertConstant(member.getValue()));
        return type;
      })
      .Case([](mt::ComplexSlotAttr) {
        ValueType type = ofKind(Kind::Complex);
        type.items.resize(2, ofKind(Kind::Float));
        return type;
      })
      .Case([](mt::BoxedSlotAttr boxed) {
        ValueType type = ofKind(Kind::Boxed);
        type.typeName = boxed.getTypeName().str();
        type.isTagged = boxed.getIsTagged();
        return type;
      })
      .Case([&](mt::TupleSlotAttr tuple) {
        ValueType type = withItems(Kind::Tuple);
        if (tuple.getName())
          type.name = tuple.getName().str();
        for (mlir::StringAttr field : tuple.getFieldNames())
          type.fields.push_back(field.str());
        return type;
      })
      .Case([&](mt::ListSlotAttr) { return withItems(Kind::List); })
      .Case([&](mt::DictSlotAttr dict) {
        ValueType type = withItems(Kind::Dict);
        for (mlir::Attribute key : dict.getKeys())
          type.keys.push_back(convertConstant(key));
        return type;
      })
      .Default([](mlir::Attribute) { return ofKind(Kind::None); });
}

static Signature::Reshaped convertChange(mt::TensorChangeAttr attribute) {
  using Kind = Signature::Reshaped::Kind;
  Signature::Reshaped change;
  change.leaf = attribute.getLeaf();
  TypeSwitch<mlir::Attribute>(attribute)
      .Case([&](mt::PermutedChangeAttr permuted) {
        change.dims = permuted.getDims().vec();
      })
      .Case([&](mt::StridedChangeAttr strided) {
        change.kind = Kind::Strided;
        change.sizes = strided.getSizes().vec();
        change.strides = strided.getStrides().vec();
        change.offset = strided.getOffset();
      })
      .Case([&](mt::ReplacedChangeAttr replaced) {
        change.kind = Kind::Replaced;
        change.rank = replaced.getRank();
      });
  return change;
}

static ClassTable convertClasses(mlir::DictionaryAttr attribute) {
  ClassTable classes;
  for (mlir::NamedAttribute entry : attribute) {
    ClassFields &fields = classes[entry.getName().str()];
    for (auto field :
         cast<mlir::ArrayAttr>(entry.getValue()).getAsRange<mlir::ArrayAttr>())
      fields.emplace_back(cast<mlir::StringAttr>(field[0]).str(),
                          cast<mlir::StringAttr>(field[1]).str());
  }
  return classes;
}

Expected<Signature> Signature::get(mt::SignatureAttr attribute) {
  if (!attribute.getResult())
    return createStringError("the signature says nothing of results yet");
  Signature signature;
  for (mt::ArgumentAttr arg : attribute.getArgs())
    signature.args.push_back({arg.getName().str(), convertSlot(arg.getSlot())});
  for (mt::StateAttr state : attribute.getState())
    signature.state.push_back(
        {state.getPath().str(), convertSlot(state.getSlot()),
         convertRelation(state.getAfter()), state.getIsWritten()});
  signature.result = convertSlot(attribute.getResult());
  signature.mutated = attribute.getMutated().vec();
  signature.contiguous = attribute.getContiguous().vec();
  signature.whole = attribute.getWhole().vec();
  signature.distinct = attribute.getDistinct().vec();
  for (mt::TensorChangeAttr change : attribute.getReshaped())
    signature.reshaped.push_back(convertChange(change));
  if (attribute.getClasses())
    signature.classes = convertClasses(attribute.getClasses());
  return signature;
}
