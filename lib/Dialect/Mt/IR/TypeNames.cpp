//===- TypeNames.cpp - Types as TorchScript spells them ---------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/TypeNames.h"
#include "MiniTorch/Dialect/Mt/IR/MtDialect.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

static std::string nameAll(StringRef word, TypeRange types) {
  return (word + "[" +
          llvm::join(llvm::map_range(types, mt::getTypeName), ", ") + "]")
      .str();
}

/// "NamedTuple[__torch__.Point, x: int, y: int]"
static std::string nameFields(mt::TupleType tuple) {
  std::string name = "NamedTuple[" + tuple.getName().str();
  for (auto [i, type] : llvm::enumerate(tuple.getTypes()))
    name += ", " +
            (i < tuple.getFieldNames().size()
                 ? tuple.getFieldNames()[i].str() + ": "
                 : "") +
            mt::getTypeName(type);
  return name + "]";
}

std::string mt::getTypeName(Type type) {
  return llvm::TypeSwitch<Type, std::string>(type)
      .Case([](Float64Type) { return "float"; })
      .Case([](ComplexType) { return "complex"; })
      .Case([](IntegerType integer) {
        return integer.getWidth() == 1 ? "bool" : "int";
      })
      .Case<mt::TensorType, RankedTensorType>([](Type) { return "Tensor"; })
      .Case([](StrType) { return "str"; })
      .Case([](mt::NoneType) { return "None"; })
      .Case([](DeviceType) { return "Device"; })
      .Case([](AnyType) { return "Any"; })
      .Case([](NumberType) { return "number"; })
      .Case(
          [](ListType list) { return nameAll("List", list.getElementType()); })
      .Case([](OptionalType optional) {
        return nameAll("Optional", optional.getElementType());
      })
      .Case([](DictType dict) {
        return nameAll("Dict", {dict.getKeyType(), dict.getValueType()});
      })
      .Case([](UnionType each) { return nameAll("Union", each.getTypes()); })
      .Case([](mt::TupleType tuple) {
        return tuple.getName() ? nameFields(tuple)
                               : nameAll("Tuple", tuple.getTypes());
      })
      .Case([](EnumType type) {
        return ("Enum[" + type.getClassName().getValue() + "]").str();
      })
      .Case([](ObjectType object) {
        return object.getClassName().getValue().str();
      })
      .Default([](Type other) {
        std::string text;
        llvm::raw_string_ostream(text) << other;
        return text;
      });
}

bool mt::isNumberType(Type type) {
  return type.isSignlessInteger(64) || type.isF64() ||
         type.isSignlessInteger(1);
}

bool mt::isPassedBoxed(Type type) {
  return llvm::TypeSwitch<Type, bool>(type)
      .Case<Float64Type, ComplexType, IntegerType, mt::TensorType,
            RankedTensorType, StrType, mt::NoneType, DeviceType, AnyType,
            NumberType, EnumType, ObjectType>([](Type) { return true; })
      .Case([](ListType list) { return isPassedBoxed(list.getElementType()); })
      .Case([](OptionalType optional) {
        return isPassedBoxed(optional.getElementType());
      })
      .Case([](DictType dict) {
        return isPassedBoxed(dict.getKeyType()) &&
               isPassedBoxed(dict.getValueType());
      })
      .Case([](UnionType each) {
        return llvm::all_of(each.getTypes(), isPassedBoxed);
      })
      .Case([](mt::TupleType tuple) {
        return llvm::all_of(tuple.getTypes(), isPassedBoxed);
      })
      .Default(false);
}
