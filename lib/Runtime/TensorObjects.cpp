//===- TensorObjects.cpp - Tensors as objects: views of a storage ---------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Objects.h"

#include "Printing.h"

#include <algorithm>

using namespace mtrt;

//===----------------------------------------------------------------------===//
// Storages
//===----------------------------------------------------------------------===//

void mtrt::freeStorage(mtrt_object *object) {
  auto *storage = reinterpret_cast<mtrt_storage *>(object);
  if (storage->free)
    storage->free(storage->owner);
}

mtrt_object *mtrt_storage_make(void *data, int64_t bytes,
                               void (*free)(void *owner), void *owner) {
  auto *storage = makeObject<mtrt_storage>(MTRT_KIND_STORAGE, 0);
  storage->data = data;
  storage->bytes = bytes;
  storage->free = free;
  storage->owner = owner;
  return &storage->object;
}

mtrt_object *mtrt_storage_allocate(int64_t bytes) {
  // The object first: if there is no memory for it, nothing is to be freed.
  Ref storage(mtrt_storage_make(nullptr, bytes, nullptr, nullptr));
  auto *made = reinterpret_cast<mtrt_storage *>(storage.get());
  made->data = made->owner = allocateShared(static_cast<size_t>(bytes));
  made->free = mtrt_buffer_free;
  return storage.take();
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

static mtrt_tensor *toTensor(mtrt_object *object) {
  return reinterpret_cast<mtrt_tensor *>(object);
}

mtrt_object *mtrt_tensor_make(mtrt_object *storage, int64_t dtype, int64_t rank,
                              int64_t offset, const int64_t *sizes,
                              const int64_t *strides) {
  auto *tensor =
      makeObject<mtrt_tensor>(MTRT_KIND_TENSOR, 0, 2 * rank * sizeof(int64_t));
  mtrt_object_retain(storage);
  tensor->storage = reinterpret_cast<mtrt_storage *>(storage);
  tensor->offset = offset;
  tensor->dtype = static_cast<int32_t>(dtype);
  tensor->rank = static_cast<int32_t>(rank);
  std::copy_n(sizes, rank, tensor->dims);
  std::copy_n(strides, rank, tensor->dims + rank);
  return &tensor->object;
}

mtrt_object *mtrt_tensor_view(mtrt_object *tensor, int64_t rank, int64_t offset,
                              const int64_t *sizes, const int64_t *strides) {
  return mtrt_tensor_make(&toTensor(tensor)->storage->object,
                          toTensor(tensor)->dtype, rank, offset, sizes,
                          strides);
}

void mtrt_tensor_describe(mtrt_object *object, void *descriptor) noexcept {
  mtrt_tensor *tensor = toTensor(object);
  auto *words = static_cast<int64_t *>(descriptor);
  words[0] = words[1] = reinterpret_cast<int64_t>(tensor->storage->data);
  words[2] = tensor->offset;
  std::copy_n(tensor->dims, 2 * tensor->rank, words + 3);
}

/// Where the first element is, as a descriptor has it.
static View viewOf(const mtrt_tensor *tensor, std::vector<int64_t> &words) {
  words.resize(3 + 2 * tensor->rank);
  mtrt_tensor_describe(const_cast<mtrt_object *>(&tensor->object),
                       words.data());
  return View(tensor->rank, words.data());
}

double mtrt::onlyElement(const mtrt_object *object) {
  auto *tensor = reinterpret_cast<const mtrt_tensor *>(object);
  int64_t count = 1;
  for (int32_t i = 0; i < tensor->rank; ++i)
    count *= tensor->dims[i];
  if (count != 1)
    raise("RuntimeError", "Boolean value of Tensor with %s is ambiguous",
          count ? "more than one value" : "no values");
  std::vector<int64_t> words;
  View view = viewOf(tensor, words);
  return elementAt(tensor->dtype, view.data(sizeOfDtype(tensor->dtype)));
}

void mtrt::putTensorObject(std::string &out, const mtrt_object *object) {
  auto *tensor = reinterpret_cast<const mtrt_tensor *>(object);
  std::vector<int64_t> words;
  View view = viewOf(tensor, words);
  putTensor(out, tensor->dtype, sizeOfDtype(tensor->dtype), view);
}
