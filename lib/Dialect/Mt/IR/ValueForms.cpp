//===- ValueForms.cpp - What a boxed value is at run time -------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/ValueForms.h"
#include "MiniTorch/Dialect/Mt/IR/MtDialect.h"
#include "MiniTorch/Dialect/Mt/IR/RuntimeTable.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace minitorch::mt;

std::optional<ValueForm> minitorch::mt::getValueForm(Type type) {
  return llvm::TypeSwitch<Type, std::optional<ValueForm>>(type)
      .Case([](minitorch::mt::NoneType) { return ValueForm::Nothing; })
      .Case([](DeviceType) { return ValueForm::Integer; })
      .Case<StrType, minitorch::mt::TensorType, ListType, DictType,
            minitorch::mt::TupleType, ObjectType, FutureType, GeneratorType,
            EnumType>([](Type) { return ValueForm::Pointer; })
      .Case([](OptionalType optional) {
        return getValueForm(optional.getElementType()) == ValueForm::Pointer
                   ? ValueForm::Pointer
                   : ValueForm::Tagged;
      })
      .Case<UnionType, AnyType, NumberType>(
          [](Type) { return ValueForm::Tagged; })
      .Default(std::nullopt);
}

bool minitorch::mt::isHeldAlike(Type a, Type b) {
  char letter = getElementLetter(a);
  return letter ? letter == getElementLetter(b) : a == b;
}

bool minitorch::mt::isCounted(Type type) {
  // Members of an enum are immortal. A complex number does not fit the bits of
  // a tagged value: there it is an object.
  auto mayBeObject = [](Type type) {
    return isa<ComplexType>(type) || isCounted(type);
  };
  return llvm::TypeSwitch<Type, bool>(type)
      .Case<StrType, minitorch::mt::TensorType, ListType, DictType,
            minitorch::mt::TupleType, ObjectType, FutureType, GeneratorType,
            AnyType, NumberType>([](Type) { return true; })
      .Case([&](OptionalType optional) {
        return mayBeObject(optional.getElementType());
      })
      .Case([&](UnionType type) {
        return llvm::any_of(type.getTypes(), mayBeObject);
      })
      .Default(false);
}
