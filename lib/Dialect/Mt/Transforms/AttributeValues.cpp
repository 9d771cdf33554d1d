//===- AttributeValues.cpp - Values of attributes as operations -*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttributeValues.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

Value mt::createFromAttribute(OpBuilder &builder, Location loc, Attribute value,
                              Type type, const SymbolTable &symbols) {
  MLIRContext *context = builder.getContext();
  if (auto optional = dyn_cast<OptionalType>(type)) {
    if (!value || isa<UnitAttr>(value))
      return ConstantNoneOp::create(builder, loc, mt::NoneType::get(context));
    type = optional.getElementType();
  }
  if (auto elements = dyn_cast<ElementsAttr>(value)) {
    auto ranked = cast<RankedTensorType>(elements.getType());
    return ConstantTensorOp::create(builder, loc,
                                    mt::TensorType::getBoxed(ranked), elements);
  }
  if (isa<IntegerAttr, FloatAttr>(value))
    return arith::ConstantOp::create(builder, loc, cast<TypedAttr>(value));
  if (auto str = dyn_cast<StringAttr>(value)) {
    if (isa<DeviceType>(type))
      return ConstantDeviceOp::create(builder, loc, DeviceType::get(context),
                                      str);
    return ConstantStrOp::create(builder, loc, StrType::get(context), str);
  }
  if (auto number = dyn_cast<complex::NumberAttr>(value)) {
    auto part = [&](const APFloat &part) {
      return builder.getF64FloatAttr(part.convertToDouble());
    };
    return complex::ConstantOp::create(
        builder, loc, number.getType(),
        builder.getArrayAttr({part(number.getReal()), part(number.getImag())}));
  }
  if (isa<UnitAttr>(value))
    return ConstantNoneOp::create(builder, loc, mt::NoneType::get(context));
  if (auto member = EnumMember::of(value)) {
    auto className = StringAttr::get(context, member->className);
    auto enumType = dyn_cast<EnumType>(type);
    // A wider type may be declared.
    if (!enumType || enumType.getClassName() != className)
      enumType = EnumType::get(context, className,
                               isa<StringAttr>(member->value)
                                   ? Type(StrType::get(context))
                                   : cast<TypedAttr>(member->value).getType());
    return ConstantEnumOp::create(builder, loc, enumType,
                                  cast<DictionaryAttr>(value));
  }
  if (auto symbol = dyn_cast<FlatSymbolRefAttr>(value)) {
    auto object = symbols.lookup<ObjectOp>(symbol.getAttr());
    if (!object)
      return {};
    return ConstantObjectOp::create(
        builder, loc, ObjectType::get(context, object.getClassNameAttr()),
        symbol);
  }
  if (auto array = dyn_cast<ArrayAttr>(value)) {
    SmallVector<Value> elements;
    if (auto dict = dyn_cast<DictType>(type)) {
      for (Attribute item : array) {
        auto pair = cast<ArrayAttr>(item);
        elements.push_back(createFromAttribute(builder, loc, pair[0],
                                               dict.getKeyType(), symbols));
        elements.push_back(createFromAttribute(builder, loc, pair[1],
                                               dict.getValueType(), symbols));
      }
      if (!llvm::all_of(elements, [](Value v) { return v != nullptr; }))
        return {};
      return PrimDictConstructOp::create(builder, loc, type, elements);
    }
    for (auto [i, element] : llvm::enumerate(array)) {
      Type elementType = AnyType::get(context);
      if (auto list = dyn_cast<ListType>(type))
        elementType = list.getElementType();
      else if (auto tuple = dyn_cast<mt::TupleType>(type))
        elementType = tuple.getTypes()[i];
      Value v =
          createFromAttribute(builder, loc, element, elementType, symbols);
      if (!v)
        return {};
      elements.push_back(v);
    }
    if (isa<ListType>(type))
      return PrimListConstructOp::create(builder, loc, type, elements);
    if (isa<mt::TupleType>(type))
      return PrimTupleConstructOp::create(builder, loc, type, elements);
  }
  return {};
}
