//===- Types.cpp - TorchScript types to mt types ----------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Importer.h"
#include <ATen/core/jit_type.h>

using namespace mlir;
using namespace minitorch;
using namespace minitorch::torchscript;

Type Importer::convertType(const c10::Type &type) {
  using c10::TypeKind;
  switch (type.kind()) {
  // What a graph says of a tensor's shape is what a trace or a profile saw, an
  // example and not a fact; shapes are inferred later, from the program.
  case TypeKind::TensorType:
    return mt::TensorType::getUnknown(context);
  case TypeKind::IntType:
  case TypeKind::SymIntType:
  case TypeKind::ScalarTypeType:
  case TypeKind::LayoutType:
  case TypeKind::MemoryFormatType:
  case TypeKind::QSchemeType:
    return builder.getI64Type();
  case TypeKind::FloatType:
  case TypeKind::SymFloatType:
    return builder.getF64Type();
  case TypeKind::BoolType:
  case TypeKind::SymBoolType:
    return builder.getI1Type();
  case TypeKind::ComplexType:
    return ComplexType::get(builder.getF64Type());
  case TypeKind::NumberType:
    return mt::NumberType::get(context);
  case TypeKind::StringType:
    return mt::StrType::get(context);
  case TypeKind::NoneType:
    return mt::NoneType::get(context);
  case TypeKind::DeviceObjType:
    return mt::DeviceType::get(context);
  case TypeKind::GeneratorType:
    return mt::GeneratorType::get(context);
  case TypeKind::FunctionType:
    return mt::FunctionType::get(context);
  case TypeKind::ListType:
    return mt::ListType::get(
        convertType(*type.expectRef<c10::ListType>().getElementType()));
  case TypeKind::OptionalType:
    return mt::OptionalType::get(
        convertType(*type.expectRef<c10::OptionalType>().getElementType()));
  case TypeKind::FutureType:
    return mt::FutureType::get(
        convertType(*type.expectRef<c10::FutureType>().getElementType()));
  // An awaitable is a future whose work starts when it is waited for.
  case TypeKind::AwaitType:
    return mt::FutureType::get(
        convertType(*type.expectRef<c10::AwaitType>().getElementType()));
  case TypeKind::DictType: {
    const auto &dict = type.expectRef<c10::DictType>();
    return mt::DictType::get(context, convertType(*dict.getKeyType()),
                             convertType(*dict.getValueType()));
  }
  case TypeKind::TupleType: {
    const auto &tuple = type.expectRef<c10::TupleType>();
    SmallVector<Type> elements;
    for (const c10::TypePtr &element : tuple.elements())
      elements.push_back(convertType(*element));
    StringAttr name;
    SmallVector<StringAttr> fields;
    if (tuple.name() && tuple.schema()) {
      name = builder.getStringAttr(tuple.name()->qualifiedName());
      for (const c10::Argument &field : tuple.schema()->arguments())
        fields.push_back(builder.getStringAttr(field.name()));
    }
    return mt::TupleType::get(context, elements, name, fields);
  }
  case TypeKind::UnionType: {
    SmallVector<Type> members;
    for (const c10::TypePtr &member :
         type.expectRef<c10::UnionType>().containedTypes())
      members.push_back(convertType(*member));
    return mt::UnionType::get(context, members);
  }
  case TypeKind::EnumType: {
    const auto &enumType = type.expectRef<c10::EnumType>();
    return mt::EnumType::get(
        context,
        builder.getStringAttr(enumType.qualifiedClassName().qualifiedName()),
        convertType(*enumType.getValueType()));
  }
  case TypeKind::ClassType:
  case TypeKind::InterfaceType:
    return mt::ObjectType::get(
        context, getClassSymbol(static_cast<const c10::NamedType &>(type)));
  // Type variables, Python objects, streams and the like: a value about which
  // nothing is known.
  default:
    return mt::AnyType::get(context);
  }
}
