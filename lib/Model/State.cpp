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
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectResourceBlobManager.h"

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

/// The reverse, for what a program's state can be.
static Attribute attributeOf(MLIRContext *context,
                             const minitorch::Value &value, Attribute old) {
  Builder builder(context);
  switch (value.kind) {
  case minitorch::Value::Kind::Bool:
    return builder.getBoolAttr(value.integer != 0);
  case minitorch::Value::Kind::Int:
    return builder.getI64IntegerAttr(value.integer);
  case minitorch::Value::Kind::Float:
    return builder.getF64FloatAttr(value.real);
  case minitorch::Value::Kind::Tensor:
    break;
  default:
    return {};
  }
  auto elements = dyn_cast_or_null<ElementsAttr>(old);
  TensorRef tensor = makeContiguous(value.tensor);
  if (!elements || !tensor)
    return {};
  auto type = RankedTensorType::get(tensor->sizes, elements.getElementType());
  if (tensor->dtype == DType::I1)
    return DenseElementsAttr::get(
        type, llvm::ArrayRef(reinterpret_cast<bool *>(tensor->data),
                             tensor->numElements()));
  llvm::ArrayRef<char> bytes(tensor->data,
                             tensor->numElements() * byteSize(tensor->dtype));
  // A resource: the context keeps every dense attribute for ever.
  return DenseResourceElementsAttr::get(
      type, "state", HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, 64));
}

/// The object that holds the attribute at `path`, and its name there.
static std::pair<mt::ObjectOp, llvm::StringRef> find(ModuleOp module,
                                                     llvm::StringRef path) {
  mt::ObjectOp object;
  for (auto each : module.getOps<mt::ObjectOp>())
    if (each.getRoot())
      object = each;
  SymbolTable symbols(module);
  while (object) {
    auto [name, rest] = path.split('.');
    if (rest.empty())
      return {object, name};
    auto reference =
        dyn_cast_or_null<FlatSymbolRefAttr>(object.getValues().get(name));
    object = reference ? symbols.lookup<mt::ObjectOp>(reference.getAttr())
                       : mt::ObjectOp();
    path = rest;
  }
  return {nullptr, path};
}

minitorch::Value minitorch::attributeOfRoot(ModuleOp module,
                                            llvm::StringRef path) {
  auto [object, name] = find(module, path);
  return object ? valueOf(object.getValues().get(name))
                : minitorch::Value::absent();
}

void minitorch::setAttributeOfRoot(ModuleOp module, llvm::StringRef path,
                                   const minitorch::Value &value) {
  auto [object, name] = find(module, path);
  if (!object)
    return;
  NamedAttrList values(object.getValues());
  Attribute old = values.get(name);
  if (Attribute attribute = attributeOf(module.getContext(), value, old)) {
    values.set(name, attribute);
    object.setValuesAttr(values.getDictionary(module.getContext()));
  }
}
