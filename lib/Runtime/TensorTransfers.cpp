//===- TensorTransfers.cpp - Tensors into objects and out of them ---------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MemRefs.h"
#include "TensorObjects.h"

#include <algorithm>
#include <string>
#include <vector>

using namespace mtrt;

static void copyOut(const mtrt_tensor *tensor, int64_t elementSize,
                    char *target, const int64_t *targetStrides) {
  copyStrided(elementSize, tensor->rank, sizesOf(tensor),
              dataOf(tensor, elementSize), stridesOf(tensor), target,
              targetStrides);
}

mtrt_object *mtrt_tensor_box(int64_t dtype, int64_t elementSize, int64_t rank,
                             void *descriptor) {
  View view(rank, descriptor);
  std::vector<int64_t> strides(rank);
  int64_t count = 1;
  for (int64_t i = rank - 1; i >= 0; --i) {
    strides[i] = count;
    count *= std::max<int64_t>(view.sizes[i], 1);
  }
  Ref storage(mtrt_storage_allocate(count * elementSize));
  copyStrided(elementSize, rank, view.sizes, view.data(elementSize),
              view.strides,
              static_cast<char *>(
                  reinterpret_cast<mtrt_storage *>(storage.get())->data),
              strides.data());
  return mtrt_tensor_make(storage.get(), dtype, rank, 0, view.sizes,
                          strides.data());
}

mtrt_object *mtrt_tensor_refer(int64_t dtype, int64_t elementSize, int64_t rank,
                               void *descriptor) {
  View view(rank, descriptor);
  int64_t count = 1;
  for (int64_t i = 0; i < rank; ++i)
    count *= view.sizes[i];
  Ref storage(mtrt_storage_make(view.data(elementSize), count * elementSize,
                                nullptr, nullptr));
  storage.get()->extra = MTRT_STORAGE_CONSTANT;
  return mtrt_tensor_make(storage.get(), dtype, rank, 0, view.sizes,
                          view.strides);
}

int64_t mtrt_tensor_size(mtrt_object *object, int64_t dim) noexcept {
  return sizesOf(toTensor(object))[dim];
}

void mtrt_tensor_read(mtrt_object *object, int64_t dtype, int64_t elementSize,
                      int64_t rank, void *descriptor) {
  View view(rank, descriptor);
  const mtrt_tensor *tensor = toTensor(object);
  // The compiler relies on a type that it inferred.
  if (tensor->rank != rank || tensor->dtype != dtype ||
      !std::equal(view.sizes, view.sizes + rank, sizesOf(tensor)))
    raise(MTRT_ASSUMPTION, "a tensor has not the sizes or the dtype that the "
                           "program was compiled for");
  copyOut(tensor, elementSize, view.data(elementSize), view.strides);
}

//===----------------------------------------------------------------------===//
// Lists of tensors
//===----------------------------------------------------------------------===//

static const mtrt_tensor *tensorAt(mtrt_object *list, int64_t index) {
  if (index >= toList(list)->size)
    raise("IndexError", "list index out of range");
  return toTensor(itemsOf<MTRT_CLASS_OBJECT>(toList(list))[index]);
}

/// Raises what PyTorch raises for a tensor that cannot be joined to the first.
static void checkJoins(mtrt_object *list, int64_t index, int64_t dim) {
  const mtrt_tensor *first = tensorAt(list, 0), *tensor = tensorAt(list, index);
  if (tensor->rank != first->rank)
    raise("RuntimeError",
          "Tensors must have same number of dimensions: got %d "
          "and %d",
          first->rank, tensor->rank);
  for (int64_t i = 0; i < tensor->rank; ++i)
    if (i != dim && sizesOf(tensor)[i] != sizesOf(first)[i])
      raise("RuntimeError",
            "Sizes of tensors must match except in dimension %lld. Expected "
            "size %lld but got size %lld for tensor number %lld in the list.",
            static_cast<long long>(dim),
            static_cast<long long>(sizesOf(first)[i]),
            static_cast<long long>(sizesOf(tensor)[i]),
            static_cast<long long>(index));
}
static void checkStacks(mtrt_object *list, int64_t index) {
  const mtrt_tensor *first = tensorAt(list, 0), *tensor = tensorAt(list, index);
  if (tensor->rank != first->rank ||
      !std::equal(sizesOf(tensor), stridesOf(tensor), sizesOf(first)))
    fail("RuntimeError", "stack expects each tensor to be equal size, but got ",
         geometryOf(first).sizes, " at entry 0 and ", geometryOf(tensor).sizes,
         " at entry ", index);
}

int64_t mtrt_list_item_size(mtrt_object *list, int64_t index, int64_t dim) {
  const mtrt_tensor *tensor = tensorAt(list, index);
  int64_t rank = tensor->rank, wrapped = dim < 0 ? dim + rank : dim;
  if (wrapped < 0 || wrapped >= rank)
    raise("IndexError",
          "Dimension out of range (expected to be in range of [%lld, %lld], "
          "but got %lld)",
          static_cast<long long>(-rank), static_cast<long long>(rank - 1),
          static_cast<long long>(dim));
  return sizesOf(tensor)[wrapped];
}

/// The compiler relies on types that it inferred.
static void checkType(mtrt_object *list, int64_t index, int64_t dtype,
                      int64_t rank) {
  const mtrt_tensor *tensor = tensorAt(list, index);
  if (tensor->dtype != dtype || tensor->rank != rank)
    raise(MTRT_ASSUMPTION, "a tensor of a list has not the rank or the dtype "
                           "that the program was compiled for");
}

int64_t mtrt_list_cat_size(mtrt_object *list, int64_t dim) {
  int64_t total = 0;
  for (int64_t i = 0; i < toList(list)->size; ++i)
    total += mtrt_list_item_size(list, i, dim);
  return total;
}

void mtrt_list_cat(mtrt_object *list, int64_t dim, int64_t dtype,
                   int64_t elementSize, int64_t rank, void *descriptor) {
  View view(rank, descriptor);
  char *target = view.data(elementSize);
  int64_t room = view.sizes[dim];
  for (int64_t i = 0; i < toList(list)->size; ++i) {
    const mtrt_tensor *tensor = tensorAt(list, i);
    checkJoins(list, i, dim);
    checkType(list, i, dtype, rank);
    room -= sizesOf(tensor)[dim];
    if (room < 0)
      break;
    copyOut(tensor, elementSize, target, view.strides);
    target += sizesOf(tensor)[dim] * view.strides[dim] * elementSize;
  }
  if (room != 0)
    raise("RuntimeError", "the items of the list do not add up to size %lld",
          static_cast<long long>(view.sizes[dim]));
}

void mtrt_list_stack(mtrt_object *list, int64_t dim, int64_t dtype,
                     int64_t elementSize, int64_t rank, void *descriptor) {
  View view(rank, descriptor);
  int64_t size = toList(list)->size;
  if (size != view.sizes[dim])
    raise("RuntimeError", "cannot stack %lld tensors into size %lld",
          static_cast<long long>(size),
          static_cast<long long>(view.sizes[dim]));
  std::vector<int64_t> strides;
  for (int64_t i = 0; i < rank; ++i)
    if (i != dim)
      strides.push_back(view.strides[i]);
  for (int64_t i = 0; i < size; ++i) {
    const mtrt_tensor *tensor = tensorAt(list, i);
    checkStacks(list, i);
    checkType(list, i, dtype, rank - 1);
    copyOut(tensor, elementSize,
            view.data(elementSize) + i * view.strides[dim] * elementSize,
            strides.data());
  }
}
