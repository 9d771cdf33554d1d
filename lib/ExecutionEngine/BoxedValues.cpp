//===- BoxedValues.cpp - Objects of the runtime as values ---------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BoxedValues.h"

#include "llvm/ADT/bit.h"

using namespace llvm;
using namespace minitorch;

/// PyTorch's number of a dtype.
static std::optional<DType> getDType(int64_t number) {
  switch (number) {
  case 0:
    return DType::UI8;
  case 1:
    return DType::I8;
  case 2:
    return DType::I16;
  case 3:
    return DType::I32;
  case 4:
    return DType::I64;
  case 5:
    return DType::F16;
  case 6:
    return DType::F32;
  case 7:
    return DType::F64;
  case 8:
    return DType::C32;
  case 9:
    return DType::C64;
  case 10:
    return DType::C128;
  case 11:
    return DType::I1;
  case 15:
    return DType::BF16;
  default:
    return std::nullopt;
  }
}

Value BoxedReader::readTensor(mtrt_object *object) {
  TensorRef &known = tensors[object];
  if (!known) {
    auto *source = reinterpret_cast<mtrt_tensor *>(object);
    std::optional<DType> dtype = getDType(source->dtype);
    if (!dtype)
      return Value::none();
    known = std::make_shared<Tensor>();
    known->dtype = *dtype;
    known->sizes.assign(source->dims, source->dims + source->rank);
    known->strides.assign(source->dims + source->rank,
                          source->dims + 2 * source->rank);
    known->storageOffset = source->offset;
    known->data = static_cast<char *>(source->storage->data) +
                  source->offset * byteSize(*dtype);
    mtrt_object *storage = &source->storage->object;
    mtrt_object_retain(storage);
    known->storage = std::shared_ptr<void>(storage, [](void *kept) {
      mtrt_object_release(static_cast<mtrt_object *>(kept));
    });
  }
  return Value::ofTensor(known);
}

Value BoxedReader::read(mtrt_object *object) {
  switch (object->kind) {
  case MTRT_KIND_STR: {
    auto *str = reinterpret_cast<mtrt_str *>(object);
    return Value::ofStr(std::string(str->data, str->size));
  }
  case MTRT_KIND_LIST: {
    Value list = Value::ofKind(Value::Kind::List);
    for (int64_t i = 0, size = mtrt_list_size(object); i < size; ++i) {
      mtrt_value item = mtrt_list_item(object, i);
      list.items.push_back(read(item));
      mtrt_value_release(item.tag, item.bits);
    }
    return list;
  }
  case MTRT_KIND_DICT: {
    Value dict = Value::ofKind(Value::Kind::Dict);
    mtrt_value key, value;
    for (int64_t i = 0; mtrt_dict_entry(object, i, &key, &value); ++i) {
      dict.items.push_back(read(key));
      dict.items.push_back(read(value));
    }
    return dict;
  }
  case MTRT_KIND_TUPLE: {
    auto *tuple = reinterpret_cast<mtrt_tuple *>(object);
    Value result = Value::ofKind(Value::Kind::Tuple);
    for (int64_t i = 0; i < tuple->size; ++i)
      result.items.push_back(read(tuple->items[i]));
    return result;
  }
  case MTRT_KIND_COMPLEX: {
    Value result = Value::ofKind(Value::Kind::Complex);
    auto *number = reinterpret_cast<mtrt_complex_object *>(object);
    result.real = number->value.re;
    result.imaginary = number->value.im;
    return result;
  }
  case MTRT_KIND_TENSOR:
    return readTensor(object);
  default:
    return Value::none();
  }
}

Value BoxedReader::read(mtrt_value value) {
  switch (value.tag) {
  case MTRT_TAG_BOOL:
    return Value::ofBool(value.bits != 0);
  case MTRT_TAG_INT:
    return Value::ofInt(value.bits);
  case MTRT_TAG_FLOAT:
    return Value::ofFloat(llvm::bit_cast<double>(value.bits));
  case MTRT_TAG_OBJECT:
    return read(reinterpret_cast<mtrt_object *>(value.bits));
  case MTRT_TAG_DEVICE: {
    Value device = Value::ofKind(Value::Kind::Device);
    device.text = value.bits >> 8 ? "cuda" : "cpu";
    if (int64_t index = value.bits & 0xff)
      device.text += ":" + std::to_string(index - 1);
    return device;
  }
  default:
    return Value::none();
  }
}
