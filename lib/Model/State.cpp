//===- State.cpp - Values in attributes ---------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "State.h"

#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/ExecutionEngine/Constants.h"
#include "MiniTorch/ExecutionEngine/Signature.h"

#include <cstring>

using namespace mlir;
using namespace minitorch;

static minitorch::Value tensorOf(ElementsAttr elements) {
  auto dtype = toDType(elements.getElementType());
  AlignedCopy copy(nullptr, std::free);
  auto data = constantData(elements, copy);
  if (!dtype || !data) {
    if (!data)
      llvm::consumeError(data.takeError());
    return minitorch::Value::absent();
  }
  TensorRef tensor =
      Tensor::allocate(*dtype, elements.getShapedType().getShape());
  if (!tensor)
    return minitorch::Value::absent();
  std::memcpy(tensor->data, *data, tensor->numElements() * byteSize(*dtype));
  return minitorch::Value::ofTensor(std::move(tensor));
}

minitorch::Value minitorch::valueOf(Attribute attribute) {
  if (!attribute)
    return minitorch::Value::absent();
  if (isa<UnitAttr>(attribute))
    return minitorch::Value::none();
  if (auto boolean = dyn_cast<BoolAttr>(attribute))
    return minitorch::Value::ofBool(boolean.getValue());
  if (auto integer = dyn_cast<IntegerAttr>(attribute))
    return minitorch::Value::ofInt(integer.getInt());
  if (auto real = dyn_cast<FloatAttr>(attribute))
    return minitorch::Value::ofFloat(real.getValueAsDouble());
  if (auto text = dyn_cast<StringAttr>(attribute))
    return minitorch::Value::ofStr(text.str());
  if (auto elements = dyn_cast<ElementsAttr>(attribute))
    return tensorOf(elements);
  if (auto array = dyn_cast<ArrayAttr>(attribute)) {
    auto list = minitorch::Value::ofKind(minitorch::Value::Kind::List);
    for (Attribute item : array) {
      list.items.push_back(valueOf(item));
      if (list.items.back().kind == minitorch::Value::Kind::Absent)
        return minitorch::Value::absent();
    }
    return list;
  }
  return minitorch::Value::absent();
}

minitorch::Value minitorch::attributeOfRoot(ModuleOp module,
                                            llvm::StringRef path) {
  mt::ObjectOp object;
  for (auto each : module.getOps<mt::ObjectOp>())
    if (each.getRoot())
      object = each;
  SymbolTable symbols(module);
  while (object) {
    auto [name, rest] = path.split('.');
    Attribute value = object.getValues().get(name);
    if (rest.empty())
      return valueOf(value);
    auto reference = dyn_cast_or_null<FlatSymbolRefAttr>(value);
    object = reference ? symbols.lookup<mt::ObjectOp>(reference.getAttr())
                       : mt::ObjectOp();
    path = rest;
  }
  return minitorch::Value::absent();
}
