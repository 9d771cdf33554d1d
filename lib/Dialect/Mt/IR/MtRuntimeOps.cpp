//===- MtRuntimeOps.cpp - Calls of the runtime ------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"

#define GET_OP_CLASSES
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.cpp.inc"

using namespace mlir;
using namespace minitorch::mt;

bool minitorch::mt::isPassedAs(Type type, char letter) {
  if (isa<RankedTensorType>(type))
    return letter == 'o' || letter == 'v' || letter == '.';
  std::optional<ValueForm> form = getValueForm(type);
  switch (letter) {
  case 'i':
    return type.isSignlessInteger(64) || form == ValueForm::Integer;
  case 'f':
    return type.isF64();
  case 'b':
    return type.isSignlessInteger(1);
  case 'c':
    return isa<ComplexType>(type);
  case 'o':
    return form == ValueForm::Pointer || form == ValueForm::Nothing;
  case 'v':
  case '.':
    return form || type.isF64() || type.isSignlessInteger(64) ||
           type.isSignlessInteger(1);
  default:
    return false;
  }
}

static LogicalResult verifyLetters(Operation *op, StringRef what,
                                   StringRef letters, TypeRange types) {
  bool isOpen = letters.ends_with(".");
  if (letters.drop_back(isOpen).contains('.'))
    return op->emitOpError() << "has '.' in front of other " << what;
  if (isOpen ? types.size() + 1 < letters.size()
             : types.size() != letters.size())
    return op->emitOpError() << "has " << types.size() << " " << what
                             << ", and letters for " << letters.size();
  for (auto [i, type] : llvm::enumerate(types)) {
    char letter = i < letters.size() ? letters[i] : '.';
    if (isa<RankedTensorType>(type) || !isPassedAs(type, letter))
      return op->emitOpError()
             << "cannot pass " << type << " as '" << Twine(letter) << "'";
  }
  return success();
}

std::optional<EnumMember> EnumMember::of(Attribute attribute) {
  auto fields = dyn_cast_or_null<DictionaryAttr>(attribute);
  auto className = fields ? fields.getAs<StringAttr>("class") : StringAttr();
  auto name = fields ? fields.getAs<StringAttr>("name") : StringAttr();
  Attribute value = fields ? fields.get("value") : Attribute();
  auto typed = dyn_cast_or_null<TypedAttr>(value);
  if (!className || !name || !typed)
    return std::nullopt;
  Type type = typed.getType();
  if (!isa<StringAttr>(value) && !type.isSignlessInteger(64) &&
      !type.isSignlessInteger(1) && !type.isF64())
    return std::nullopt;
  return EnumMember{className, name, value};
}

std::optional<EnumMember> minitorch::mt::getConstantEnum(Value value) {
  auto constant = value.getDefiningOp<ConstantEnumOp>();
  return constant ? EnumMember::of(constant.getValue()) : std::nullopt;
}

OpFoldResult ConstantEnumOp::fold(FoldAdaptor) { return getValueAttr(); }

LogicalResult ConstantEnumOp::verify() {
  std::optional<EnumMember> member = EnumMember::of(getValue());
  if (!member)
    return emitOpError("needs a class, a name, and a number or string");
  auto type = dyn_cast<EnumType>(getType());
  if (!type || type.getClassName() != member->className)
    return emitOpError() << "is a member of '" << member->className << "', got "
                         << getType();
  return success();
}

LogicalResult CallRuntimeOp::verify() {
  if (getType() && !getContainer())
    return emitOpError("has a type for no container");
  if (getReturns().contains('.'))
    return emitOpError("returns an unknown number of values");
  if ((getTakes() || getTaking()) && !getParameters().starts_with("o"))
    return emitOpError("takes no object");
  if (failed(verifyLetters(*this, "operands", getParameters(),
                           getInputs().getTypes())))
    return failure();
  return verifyLetters(*this, "results", getReturns(), getResultTypes());
}
