//===- Values.cpp - TorchScript values to attributes ------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Importer.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include <ATen/ATen.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>

using namespace mlir;
using namespace minitorch;
using namespace minitorch::torchscript;

/// Compiled code reads weights with aligned vector loads.
static constexpr size_t kAlignment = 64;

static Type getElementType(Builder &builder, at::ScalarType type) {
  switch (type) {
  case at::kByte:
    return builder.getIntegerType(8, /*isSigned=*/false);
  case at::kChar:
    return builder.getI8Type();
  case at::kShort:
    return builder.getI16Type();
  case at::kInt:
    return builder.getI32Type();
  case at::kLong:
    return builder.getI64Type();
  case at::kBool:
    return builder.getI1Type();
  case at::kHalf:
    return builder.getF16Type();
  case at::kBFloat16:
    return builder.getBF16Type();
  case at::kFloat:
    return builder.getF32Type();
  case at::kDouble:
    return builder.getF64Type();
  case at::kComplexHalf:
    return ComplexType::get(builder.getF16Type());
  case at::kComplexFloat:
    return ComplexType::get(builder.getF32Type());
  case at::kComplexDouble:
    return ComplexType::get(builder.getF64Type());
  default:
    return {};
  }
}

/// A resource over the tensor's own memory, which it keeps alive. One byte an
/// element for bool.
static ElementsAttr makeResource(RankedTensorType type, at::Tensor tensor,
                                 StringRef name) {
  auto data = ArrayRef<char>(static_cast<const char *>(tensor.const_data_ptr()),
                             tensor.nbytes());
  auto keepAlive = [tensor](void *, size_t, size_t) {};
  return DenseResourceElementsAttr::get(
      type, name,
      AsmResourceBlob(data, kAlignment, keepAlive, /*dataIsMutable=*/false));
}

ElementsAttr Importer::convertTensor(const at::Tensor &tensor,
                                     const std::string &path) {
  if (tensor.layout() != at::kStrided || tensor.is_quantized() ||
      tensor.is_meta() || tensor.unsafeGetTensorImpl()->is_python_dispatch())
    return {};
  Type elementType = getElementType(builder, tensor.scalar_type());
  if (!elementType)
    return {};
  TensorKey key(tensor.const_data_ptr(), tensor.scalar_type(),
                tensor.sizes().vec(), tensor.strides().vec());
  if (tensor.numel() > 0)
    if (auto it = tensors.find(key); it != tensors.end())
      return it->second;

  auto type = RankedTensorType::get(
      ArrayRef<int64_t>(tensor.sizes().data(), tensor.dim()), elementType);
  at::Tensor dense =
      tensor.detach().cpu().resolve_conj().resolve_neg().contiguous();
  ElementsAttr result;
  if (dense.nbytes() > options.maxInlineTensorBytes) {
    if (reinterpret_cast<uintptr_t>(dense.const_data_ptr()) % kAlignment != 0)
      dense = dense.clone();
    result = makeResource(type, dense, path);
  } else if (elementType.isInteger(1)) {
    result = DenseElementsAttr::get(
        type, ArrayRef<bool>(dense.const_data_ptr<bool>(), dense.numel()));
  } else {
    result = DenseElementsAttr::getFromRawBuffer(
        type, ArrayRef<char>(static_cast<const char *>(dense.const_data_ptr()),
                             dense.nbytes()));
  }
  if (tensor.numel() > 0)
    tensors.emplace(std::move(key), result);
  return result;
}

Attribute Importer::convertValue(const c10::IValue &value,
                                 const std::string &path) {
  auto convertAll = [&](const auto &elements) -> Attribute {
    SmallVector<Attribute> attributes;
    for (const c10::IValue &element : elements)
      attributes.push_back(convertValue(
          element, path + "." + std::to_string(attributes.size())));
    return builder.getArrayAttr(attributes);
  };
  if (value.isNone())
    return builder.getUnitAttr();
  if (value.isTensor()) {
    if (!value.toTensor().defined())
      return builder.getUnitAttr();
    if (auto elements = convertTensor(value.toTensor(), path))
      return elements;
  }
  if (value.isInt())
    return builder.getI64IntegerAttr(value.toInt());
  if (value.isDouble())
    return builder.getF64FloatAttr(value.toDouble());
  if (value.isBool())
    return builder.getBoolAttr(value.toBool());
  if (value.isComplexDouble()) {
    c10::complex<double> number = value.toComplexDouble();
    return complex::NumberAttr::get(ComplexType::get(builder.getF64Type()),
                                    number.real(), number.imag());
  }
  if (value.isString())
    return builder.getStringAttr(value.toStringRef());
  if (value.isDevice())
    return builder.getStringAttr(value.toDevice().str());
  if (value.isList())
    return convertAll(value.toListRef());
  if (value.isTuple())
    return convertAll(value.toTupleRef().elements());
  // Pairs, for the order and for keys that are no strings.
  if (value.isGenericDict()) {
    SmallVector<Attribute> pairs;
    for (const auto &entry : value.toGenericDict()) {
      std::string place = path + "." + std::to_string(pairs.size());
      Attribute key = convertValue(entry.key(), place + ".key");
      Attribute item = convertValue(entry.value(),
                                    entry.key().isString()
                                        ? path + "." + entry.key().toStringRef()
                                        : place);
      pairs.push_back(builder.getArrayAttr({key, item}));
    }
    return builder.getArrayAttr(pairs);
  }
  if (value.isObject())
    return getObjectSymbol(value.toObject(), path);
  if (value.isEnum()) {
    auto holder = value.toEnumHolder();
    return builder.getDictionaryAttr(
        {builder.getNamedAttr(
             "class", builder.getStringAttr(holder->qualifiedClassName())),
         builder.getNamedAttr("name", builder.getStringAttr(holder->name())),
         builder.getNamedAttr("value", convertValue(holder->value(), path))});
  }
  // A sparse tensor, a packed quantized weight, a generator: kept by name, so
  // that a program which does not use it is compiled all the same.
  return builder.getDictionaryAttr({builder.getNamedAttr(
      "opaque", builder.getStringAttr(value.type()->repr_str()))});
}
