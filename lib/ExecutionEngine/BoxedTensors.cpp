//===- BoxedTensors.cpp - Tensor objects of one call --------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/ExecutionEngine/BoxedTensors.h"

#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace minitorch;

std::optional<DType> minitorch::getDType(int64_t number) {
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

int64_t minitorch::getNumber(DType dtype) {
  for (int64_t number = 0; number <= 15; ++number)
    if (getDType(number) == dtype)
      return number;
  return -1;
}

//===----------------------------------------------------------------------===//
// Memory of one side that the other one holds
//===----------------------------------------------------------------------===//

namespace {
/// Ends a tensor's hold on the storage of an object. By it, memory that comes
/// back is known again.
struct ReleaseStorage {
  void operator()(void *storage) const {
    mtrt_object_release(static_cast<mtrt_object *>(storage));
  }
};
} // namespace

using Holder = std::shared_ptr<void>;

static void dropHolder(void *holder) { delete static_cast<Holder *>(holder); }

/// Bytes of the tensor's memory, from its beginning to the last element.
static int64_t countBytes(const Tensor &tensor) {
  // Of nothing there may be no memory.
  if (tensor.numElements() == 0)
    return 0;
  int64_t elements = tensor.storageOffset + 1;
  for (auto [size, stride] : zip(tensor.sizes, tensor.strides))
    elements += std::max<int64_t>(size - 1, 0) * stride;
  return elements * byteSize(tensor.dtype);
}

mtrt_object *BoxedTensors::getStorage(const Tensor &tensor, int64_t &offset) {
  if (std::get_deleter<ReleaseStorage>(tensor.storage)) {
    auto *storage = static_cast<mtrt_storage *>(tensor.storage.get());
    offset = (tensor.data - static_cast<char *>(storage->data)) /
             byteSize(tensor.dtype);
    mtrt_object_retain(&storage->object);
    return &storage->object;
  }
  offset = tensor.storageOffset;
  char *memory = tensor.data - offset * byteSize(tensor.dtype);
  // A tensor that shrinks keeps its memory.
  int64_t bytes = std::max(tensor.memoryBytes, countBytes(tensor));
  auto make = [&] {
    return mtrt_storage_make(memory, bytes, dropHolder,
                             new Holder(tensor.storage));
  };
  if (tensor.numElements() == 0)
    return make();
  // What is one memory is one storage.
  mtrt_object *&known = storages[memory];
  if (known && reinterpret_cast<mtrt_storage *>(known)->bytes != bytes)
    return make();
  if (!known)
    known = make();
  mtrt_object_retain(known);
  return known;
}

static Holder holdStorage(mtrt_storage *storage) {
  if (storage->free == dropHolder)
    return *static_cast<Holder *>(storage->owner);
  mtrt_object_retain(&storage->object);
  return Holder(static_cast<void *>(storage), ReleaseStorage());
}

static void describe(Tensor &tensor, const mtrt_tensor *object, DType dtype) {
  tensor.dtype = dtype;
  tensor.sizes.assign(object->dims, object->dims + object->rank);
  tensor.strides.assign(object->dims + object->rank,
                        object->dims + 2 * object->rank);
  tensor.storageOffset = object->offset;
  tensor.data = static_cast<char *>(object->storage->data) +
                object->offset * byteSize(dtype);
  tensor.memoryBytes = object->storage->bytes;
  tensor.storage = holdStorage(object->storage);
}

//===----------------------------------------------------------------------===//
// BoxedTensors
//===----------------------------------------------------------------------===//

BoxedTensors::~BoxedTensors() {
  for (const auto &entry : tensors)
    mtrt_object_release(entry.first);
  for (const auto &entry : storages)
    mtrt_object_release(entry.second);
}

mtrt_object *BoxedTensors::write(const TensorRef &tensor) {
  auto known = objects.find(tensor.get());
  if (known != objects.end()) {
    mtrt_object_retain(known->second);
    return known->second;
  }
  int64_t number = getNumber(tensor->dtype);
  if (number < 0)
    return nullptr;
  int64_t offset;
  mtrt_object *storage = getStorage(*tensor, offset);
  mtrt_object *object =
      mtrt_tensor_make(storage, number, tensor->sizes.size(), offset,
                       tensor->sizes.data(), tensor->strides.data());
  mtrt_object_release(storage);
  objects[tensor.get()] = object;
  tensors[object] = tensor;
  tensor->isShared = true;
  mtrt_object_retain(object);
  return object;
}

TensorRef BoxedTensors::read(mtrt_object *object) {
  auto known = tensors.find(object);
  if (known != tensors.end())
    return known->second;
  auto *source = reinterpret_cast<mtrt_tensor *>(object);
  std::optional<DType> dtype = getDType(source->dtype);
  if (!dtype)
    return nullptr;
  auto tensor = std::make_shared<Tensor>();
  describe(*tensor, source, *dtype);
  if (source->storage->object.extra == MTRT_STORAGE_CONSTANT) {
    TensorRef copy = Tensor::allocate(*dtype, tensor->sizes);
    if (!copy)
      return nullptr;
    copy->copyFrom(*tensor);
    tensor = std::move(copy);
  }
  mtrt_object_retain(object);
  objects[tensor.get()] = object;
  tensors[object] = tensor;
  tensor->isShared = true;
  return tensor;
}

SmallVector<TensorRef> BoxedTensors::update() {
  SmallVector<TensorRef> changed;
  for (auto &[object, tensor] : tensors) {
    auto *source = reinterpret_cast<mtrt_tensor *>(object);
    ArrayRef<int64_t> sizes(source->dims, source->rank);
    ArrayRef<int64_t> strides(source->dims + source->rank, source->rank);
    char *data = static_cast<char *>(source->storage->data) +
                 source->offset * byteSize(tensor->dtype);
    bool isConstant = source->storage->object.extra == MTRT_STORAGE_CONSTANT;
    if (isConstant ||
        (sizes == ArrayRef(tensor->sizes) &&
         strides == ArrayRef(tensor->strides) && data == tensor->data))
      continue;
    // Its memory may be known by another tensor's storage: it keeps its own.
    const char *memory =
        tensor->data - tensor->storageOffset * byteSize(tensor->dtype);
    Holder own = tensor->storage;
    describe(*tensor, source, tensor->dtype);
    if (source->storage->data == memory)
      tensor->storage = std::move(own);
    changed.push_back(tensor);
  }
  return changed;
}
