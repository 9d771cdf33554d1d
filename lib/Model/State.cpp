//===- State.cpp - Values in attributes ---------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "State.h"

#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"
#include "MiniTorch/ExecutionEngine/Constants.h"
#include "MiniTorch/ExecutionEngine/Signature.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <algorithm>
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
  // Of nothing there may be no data.
  std::copy_n(static_cast<const char *>(*data),
              tensor->numElements() * byteSize(*dtype), tensor->data);
  return minitorch::Value::ofTensor(std::move(tensor));
}

/// An object with its attributes. Its identity is that of the loaded one.
static minitorch::Value objectOf(StringAttr symbol, Type type,
                                 ModuleOp objects) {
  auto lookup = [&](auto op, StringAttr name) {
    return dyn_cast_or_null<decltype(op)>(
        SymbolTable::lookupSymbolIn(objects, name));
  };
  mt::ObjectOp object =
      objects ? lookup(mt::ObjectOp(), symbol) : mt::ObjectOp();
  mt::ClassOp classOp =
      object ? lookup(mt::ClassOp(), object.getClassNameAttr().getAttr())
             : mt::ClassOp();
  if (!classOp)
    return minitorch::Value::absent();
  auto result = minitorch::Value::ofKind(minitorch::Value::Kind::Object);
  // Which one of the modules that an interface stands for.
  auto declared = dyn_cast_or_null<mt::ObjectType>(type);
  if (auto interface =
          declared ? lookup(mt::ClassOp(), declared.getClassName().getAttr())
                   : mt::ClassOp();
      interface && interface.getInterface()) {
    result.text = "@" + symbol.str();
    return result;
  }
  result.text = classOp.getSymName().str();
  result.identity = reinterpret_cast<uintptr_t>(symbol.getAsOpaquePointer());
  for (auto attr : classOp.getBody().getOps<mt::AttrOp>()) {
    result.fields.push_back(attr.getName().str());
    result.items.push_back(valueOf(object.getValues().get(attr.getName()),
                                   attr.getType(), objects));
    if (result.items.back().kind == minitorch::Value::Kind::Absent)
      return minitorch::Value::absent();
  }
  return result;
}

minitorch::Value minitorch::valueOf(Attribute attribute, Type type,
                                    ModuleOp objects) {
  if (auto optional = dyn_cast_or_null<mt::OptionalType>(type))
    type = optional.getElementType();
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
  if (auto text = dyn_cast<StringAttr>(attribute)) {
    auto result = minitorch::Value::ofStr(text.str());
    if (isa_and_nonnull<mt::DeviceType>(type))
      result.kind = minitorch::Value::Kind::Device;
    return result;
  }
  if (auto number = dyn_cast<complex::NumberAttr>(attribute)) {
    auto result = minitorch::Value::ofKind(minitorch::Value::Kind::Complex);
    result.real = number.getReal().convertToDouble();
    result.imaginary = number.getImag().convertToDouble();
    return result;
  }
  if (auto elements = dyn_cast<ElementsAttr>(attribute))
    return tensorOf(elements);
  if (auto symbol = dyn_cast<FlatSymbolRefAttr>(attribute))
    return objectOf(symbol.getAttr(), type, objects);
  if (auto member = mt::EnumMember::of(attribute))
    return minitorch::Value::ofMember(member->className.str(),
                                      member->name.str(),
                                      valueOf(member->value, Type()));
  if (auto array = dyn_cast<ArrayAttr>(attribute)) {
    auto list = dyn_cast_or_null<mt::ListType>(type);
    auto tuple = dyn_cast_or_null<mt::TupleType>(type);
    auto dict = dyn_cast_or_null<mt::DictType>(type);
    auto result =
        minitorch::Value::ofKind(dict    ? minitorch::Value::Kind::Dict
                                 : tuple ? minitorch::Value::Kind::Tuple
                                         : minitorch::Value::Kind::List);
    for (auto [i, item] : llvm::enumerate(array)) {
      auto pair = dict ? dyn_cast<ArrayAttr>(item) : ArrayAttr();
      if (pair && pair.size() == 2) {
        result.items.push_back(valueOf(pair[0], dict.getKeyType(), objects));
        result.items.push_back(valueOf(pair[1], dict.getValueType(), objects));
      } else {
        result.items.push_back(valueOf(item,
                                       list ? list.getElementType()
                                       : tuple && i < tuple.getTypes().size()
                                           ? tuple.getTypes()[i]
                                           : Type(),
                                       objects));
      }
    }
    if (llvm::any_of(result.items, [](const minitorch::Value &item) {
          return item.kind == minitorch::Value::Kind::Absent;
        }))
      return minitorch::Value::absent();
    return result;
  }
  return minitorch::Value::absent();
}

static void collectTensors(minitorch::Value &value,
                           SmallVectorImpl<TensorRef *> &tensors) {
  if (value.isTensor())
    tensors.push_back(&value.tensor);
  for (minitorch::Value &item : value.items)
    collectTensors(item, tensors);
}

void SharedTensors::place(minitorch::Value &value, ArrayAttr places) {
  SmallVector<TensorRef *> found;
  collectTensors(value, found);
  // Keys of a dict that are tensors have no places.
  if (found.size() != places.size())
    return;
  for (auto [tensor, place] : llvm::zip(found, places))
    if (TensorRef shared = get(*tensor, cast<DictionaryAttr>(place)))
      *tensor = std::move(shared);
}

TensorRef SharedTensors::get(const TensorRef &contents, DictionaryAttr place) {
  auto integer = [&](llvm::StringRef name) {
    auto attribute = place.getAs<IntegerAttr>(name);
    return attribute ? std::optional(attribute.getInt()) : std::nullopt;
  };
  auto strides = place.getAs<DenseI64ArrayAttr>("strides");
  auto number = integer("tensor"), memory = integer("memory");
  auto offset = integer("offset"), bytes = integer("bytes");
  if (!number || !memory || !offset || !bytes || !strides || *offset < 0 ||
      *bytes < 0 || size_t(strides.size()) != contents->sizes.size())
    return nullptr;
  if (TensorRef known = tensors[*number])
    return known;
  TensorRef &base = memories[*memory];
  if (!base)
    base = Tensor::allocate(DType::UI8, *bytes);
  int64_t last = *offset;
  for (auto [size, stride] : llvm::zip(contents->sizes, strides.asArrayRef())) {
    if (stride < 0)
      return nullptr;
    last += std::max<int64_t>(size - 1, 0) * stride;
  }
  int64_t width = byteSize(contents->dtype);
  if (!base || (last + 1) * width > base->numElements())
    return nullptr;
  auto tensor = std::make_shared<Tensor>(*contents);
  tensor->strides.assign(strides.asArrayRef().begin(),
                         strides.asArrayRef().end());
  tensor->data = base->data + *offset * width;
  tensor->storageOffset = *offset;
  tensor->memoryBytes = *bytes;
  tensor->storage = base->storage;
  tensor->copyFrom(*contents);
  return tensors[*number] = std::move(tensor);
}

static Type elementTypeOf(Builder builder, DType dtype) {
  switch (dtype) {
  case DType::F16:
    return builder.getF16Type();
  case DType::BF16:
    return builder.getBF16Type();
  case DType::F32:
    return builder.getF32Type();
  case DType::F64:
    return builder.getF64Type();
  case DType::I1:
    return builder.getI1Type();
  case DType::I8:
    return builder.getIntegerType(8);
  case DType::I16:
    return builder.getIntegerType(16);
  case DType::I32:
    return builder.getIntegerType(32);
  case DType::I64:
    return builder.getIntegerType(64);
  case DType::UI8:
    return builder.getIntegerType(8, /*isSigned=*/false);
  case DType::UI16:
    return builder.getIntegerType(16, /*isSigned=*/false);
  case DType::C32:
    return ComplexType::get(builder.getF16Type());
  case DType::C64:
    return ComplexType::get(builder.getF32Type());
  case DType::C128:
    return ComplexType::get(builder.getF64Type());
  }
  return {};
}

/// The reverse of valueOf, for what a program's state can be.
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
  case minitorch::Value::Kind::None:
    return builder.getUnitAttr();
  case minitorch::Value::Kind::Complex:
    return complex::NumberAttr::get(ComplexType::get(builder.getF64Type()),
                                    value.real, value.imaginary);
  case minitorch::Value::Kind::Str:
  case minitorch::Value::Kind::Device:
    return builder.getStringAttr(value.text);
  case minitorch::Value::Kind::Enum: {
    if (value.fields.size() != 1 || value.items.size() != 1)
      return {};
    Attribute inner = attributeOf(context, value.items[0], {});
    return inner ? builder.getDictionaryAttr(
                       {builder.getNamedAttr("class",
                                             builder.getStringAttr(value.text)),
                        builder.getNamedAttr(
                            "name", builder.getStringAttr(value.fields[0])),
                        builder.getNamedAttr("value", inner)})
                 : DictionaryAttr();
  }
  case minitorch::Value::Kind::List:
  case minitorch::Value::Kind::Tuple:
  case minitorch::Value::Kind::NamedTuple:
  case minitorch::Value::Kind::Dict: {
    SmallVector<Attribute> items;
    for (const minitorch::Value &item : value.items) {
      items.push_back(attributeOf(context, item, {}));
      if (!items.back())
        return {};
    }
    if (value.kind != minitorch::Value::Kind::Dict)
      return builder.getArrayAttr(items);
    SmallVector<Attribute> pairs;
    for (size_t i = 0; i + 1 < items.size(); i += 2)
      pairs.push_back(builder.getArrayAttr({items[i], items[i + 1]}));
    return builder.getArrayAttr(pairs);
  }
  case minitorch::Value::Kind::Tensor:
    break;
  default:
    return {};
  }
  auto elements = dyn_cast_or_null<ElementsAttr>(old);
  TensorRef tensor = makeContiguous(value.tensor);
  if (!tensor)
    return {};
  // A program may give an attribute a tensor of another dtype.
  Type elementType = elements ? elements.getElementType() : Type();
  if (!elementType || toDType(elementType) != tensor->dtype)
    elementType = elementTypeOf(builder, tensor->dtype);
  auto type = RankedTensorType::get(tensor->sizes, elementType);
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

std::pair<mt::ObjectOp, llvm::StringRef>
minitorch::findAttribute(ModuleOp module, llvm::StringRef path) {
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

Type minitorch::attributeTypeOfRoot(ModuleOp module, llvm::StringRef path) {
  auto [object, name] = findAttribute(module, path);
  auto classOp = object ? SymbolTable(module).lookup<mt::ClassOp>(
                              object.getClassNameAttr().getAttr())
                        : mt::ClassOp();
  return classOp ? classOp.getAttributeType(name) : Type();
}

minitorch::Value minitorch::attributeOfRoot(ModuleOp module,
                                            llvm::StringRef path) {
  auto [object, name] = findAttribute(module, path);
  if (!object)
    return minitorch::Value::absent();
  return valueOf(object.getValues().get(name),
                 attributeTypeOfRoot(module, path), module);
}

void minitorch::setAttributeOfRoot(ModuleOp module, llvm::StringRef path,
                                   const minitorch::Value &value) {
  auto [object, name] = findAttribute(module, path);
  if (!object)
    return;
  NamedAttrList values(object.getValues());
  Attribute old = values.get(name);
  if (Attribute attribute = attributeOf(module.getContext(), value, old)) {
    values.set(name, attribute);
    object.setValuesAttr(values.getDictionary(module.getContext()));
  }
}

bool minitorch::areSameBits(const minitorch::Value &a,
                            const minitorch::Value &b) {
  if (a.isTensor() && b.isTensor())
    return haveSameBits(*a.tensor, *b.tensor);
  if (a.kind == b.kind && a.kind == minitorch::Value::Kind::Float)
    return std::memcmp(&a.real, &b.real, sizeof(a.real)) == 0;
  if (a.items.empty() || a.kind == minitorch::Value::Kind::Enum)
    return isSame(a, b);
  return a.kind == b.kind && a.text == b.text && a.fields == b.fields &&
         llvm::equal(a.items, b.items, areSameBits);
}

/// Attributes of two contexts. Most weights are the same memory.
static bool areSame(Attribute a, Attribute b) {
  auto elements = dyn_cast<ElementsAttr>(a);
  auto others = dyn_cast<ElementsAttr>(b);
  auto array = dyn_cast<ArrayAttr>(a);
  auto otherArray = dyn_cast<ArrayAttr>(b);
  if (array && otherArray)
    return llvm::equal(array, otherArray, areSame);
  auto text = [](auto printed) {
    std::string result;
    llvm::raw_string_ostream(result) << printed;
    return result;
  };
  if (!elements || !others)
    return text(a) == text(b);
  if (text(elements.getType()) != text(others.getType()))
    return false;
  AlignedCopy copy(nullptr, std::free), otherCopy(nullptr, std::free);
  auto data = constantData(elements, copy);
  auto otherData = constantData(others, otherCopy);
  if (data && otherData) {
    size_t bytes = elements.getNumElements() *
                   byteSize(toDType(elements.getElementType()).value());
    return *data == *otherData || std::memcmp(*data, *otherData, bytes) == 0;
  }
  if (!data)
    llvm::consumeError(data.takeError());
  if (!otherData)
    llvm::consumeError(otherData.takeError());
  return false;
}

bool minitorch::haveSameObjects(ModuleOp a, ModuleOp b) {
  auto haveSame = [](mt::ObjectOp object, mt::ObjectOp other) {
    return object.getSymName() == other.getSymName() &&
           object.getClassName() == other.getClassName() &&
           llvm::equal(object.getValues(), other.getValues(),
                       [](NamedAttribute value, NamedAttribute otherValue) {
                         return value.getName().strref() ==
                                    otherValue.getName().strref() &&
                                areSame(value.getValue(),
                                        otherValue.getValue());
                       });
  };
  auto haveSameName = [](func::FuncOp function, func::FuncOp other) {
    return function.getName() == other.getName();
  };
  return llvm::equal(a.getOps<mt::ObjectOp>(), b.getOps<mt::ObjectOp>(),
                     haveSame) &&
         llvm::equal(a.getOps<func::FuncOp>(), b.getOps<func::FuncOp>(),
                     haveSameName);
}
