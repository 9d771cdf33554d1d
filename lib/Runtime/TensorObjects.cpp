//===- TensorObjects.cpp - Tensors as objects: views of a storage ---------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorObjects.h"

#include "Printing.h"

#include <algorithm>
#include <cstdlib>

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

void mtrt::freeTensor(mtrt_object *object) {
  if (toTensor(object)->capacity)
    std::free(toTensor(object)->dims);
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
  tensor->dims = reinterpret_cast<int64_t *>(tensor + 1);
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

mtrt_object *mtrt::makeView(const mtrt_tensor *tensor,
                            const Geometry &geometry) {
  return mtrt_tensor_make(&tensor->storage->object, tensor->dtype,
                          geometry.rank(), geometry.offset,
                          geometry.sizes.data(), geometry.strides.data());
}

void mtrt::checkSizes(const Dims &sizes) {
  for (int64_t size : sizes)
    check(size >= 0, "Trying to create tensor with negative dimension ", size,
          ": ", sizes);
}

Ref mtrt::makeTensor(int64_t dtype, const Dims &sizes) {
  int64_t bytes = sizeOfDtype(dtype);
  bool overflows = false;
  for (int64_t size : sizes)
    overflows |= size > 0 && __builtin_mul_overflow(bytes, size, &bytes);
  check(!overflows, "Storage size calculation overflowed with sizes=", sizes);
  return makeTensor(dtype, sizes, contiguousStrides(sizes));
}

Ref mtrt::makeTensor(int64_t dtype, Dims sizes, Dims strides) {
  nameOfDtype(dtype); // raises for one that is not known
  checkSizes(sizes);
  Geometry geometry = {std::move(sizes), std::move(strides), 0};
  Ref storage(mtrt_storage_allocate(bytesOf(geometry, sizeOfDtype(dtype))));
  return Ref(mtrt_tensor_make(storage.get(), dtype, geometry.rank(), 0,
                              geometry.sizes.data(), geometry.strides.data()));
}

void mtrt::setGeometry(mtrt_tensor *tensor, const Geometry &geometry) {
  int64_t words = 2 * geometry.rank();
  // The object stays where it is: a higher rank moves the sizes out of it.
  if (words > std::max<int64_t>(2 * tensor->rank, tensor->capacity)) {
    tensor->dims = static_cast<int64_t *>(resizeBlock(
        tensor->capacity ? tensor->dims : nullptr, words * sizeof(int64_t)));
    tensor->capacity = words;
  }
  tensor->rank = static_cast<int32_t>(geometry.rank());
  tensor->offset = geometry.offset;
  std::copy(geometry.sizes.begin(), geometry.sizes.end(), tensor->dims);
  std::copy(geometry.strides.begin(), geometry.strides.end(),
            tensor->dims + tensor->rank);
}

//===----------------------------------------------------------------------===//
// Dtypes
//===----------------------------------------------------------------------===//

const char *mtrt::nameOfDtype(int64_t dtype) {
  switch (dtype) {
  case U8:
    return "Byte";
  case I8:
    return "Char";
  case I16:
    return "Short";
  case I32:
    return "Int";
  case I64:
    return "Long";
  case F16:
    return "Half";
  case F32:
    return "Float";
  case F64:
    return "Double";
  case C64:
    return "ComplexFloat";
  case C128:
    return "ComplexDouble";
  case Bool:
    return "Bool";
  case BF16:
    return "BFloat16";
  default:
    fail("RuntimeError", "tensors of dtype number ", dtype,
         " are not supported");
  }
}

int64_t mtrt::promote(int64_t left, int64_t right) {
  if (left == right)
    return left;
  auto category = [](int64_t dtype) {
    return isComplex(dtype) ? 3 : isFloating(dtype) ? 2 : dtype == Bool ? 0 : 1;
  };
  int lower = category(left), higher = category(right);
  if (lower > higher) {
    std::swap(lower, higher);
    std::swap(left, right);
  }
  if (lower != higher)
    return left == F64 ? C128 : right;
  if (lower == 3)
    return C128;
  if (lower == 2) // neither 16-bit format holds the other
    return left == F64 || right == F64 ? F64 : F32;
  if (left == U8 || right == U8)
    return std::max<int64_t>(left + right, I16);
  return std::max(left, right);
}

//===----------------------------------------------------------------------===//
// Strides
//===----------------------------------------------------------------------===//

int64_t mtrt::countOf(const int64_t *sizes, int64_t rank) {
  int64_t count = 1;
  for (int64_t i = 0; i < rank; ++i)
    count *= sizes[i];
  return count;
}

/// The dimensions of a format that is not row-major, innermost first.
static Dims orderOf(int64_t format) {
  return format == ChannelsLast ? Dims{1, 3, 2, 0} : Dims{1, 4, 3, 2, 0};
}

Dims mtrt::contiguousStrides(const Dims &sizes, int64_t format) {
  auto rank = static_cast<int64_t>(sizes.size());
  Dims strides(rank);
  int64_t stride = 1;
  auto take = [&](int64_t dim) {
    strides[dim] = stride;
    // Sizes may be such that nobody can allocate them; bytesOf says so.
    stride = static_cast<int64_t>(
        static_cast<uint64_t>(stride) *
        static_cast<uint64_t>(std::max<int64_t>(sizes[dim], 1)));
  };
  if (format == ChannelsLast || format == ChannelsLast3d) {
    Dims order = orderOf(format);
    check(order.size() == sizes.size(), "required rank ",
          static_cast<int64_t>(order.size()), " tensor to use channels_last",
          format == ChannelsLast ? "" : "_3d", " format");
    for (int64_t dim : order)
      take(dim);
    return strides;
  }
  for (int64_t dim = rank - 1; dim >= 0; --dim)
    take(dim);
  return strides;
}

bool mtrt::isContiguous(const mtrt_tensor *tensor, int64_t format) {
  const int64_t *sizes = sizesOf(tensor), *strides = stridesOf(tensor);
  int64_t expected = 1;
  auto fits = [&](int64_t dim) {
    bool fit = sizes[dim] == 1 || strides[dim] == expected;
    expected *= sizes[dim];
    return fit;
  };
  if (format == ChannelsLast || format == ChannelsLast3d) {
    Dims order = orderOf(format);
    return static_cast<int64_t>(order.size()) == tensor->rank &&
           std::all_of(order.begin(), order.end(), fits);
  }
  if (countOf(tensor) == 0)
    return true;
  for (int64_t dim = tensor->rank - 1; dim >= 0; --dim)
    if (!fits(dim))
      return false;
  return true;
}

bool mtrt::isDense(const mtrt_tensor *tensor) {
  if (isContiguous(tensor))
    return true;
  const int64_t *sizes = sizesOf(tensor), *strides = stridesOf(tensor);
  Dims order;
  for (int64_t dim = 0; dim < tensor->rank; ++dim)
    if (sizes[dim] > 1)
      order.push_back(dim);
  std::sort(order.begin(), order.end(),
            [&](int64_t a, int64_t b) { return strides[a] < strides[b]; });
  int64_t expected = 1;
  for (int64_t dim : order) {
    if (strides[dim] != expected)
      return false;
    expected *= sizes[dim];
  }
  return true;
}

int64_t mtrt::suggestedFormat(const mtrt_tensor *tensor) {
  const int64_t *sizes = sizesOf(tensor), *strides = stridesOf(tensor);
  if (tensor->rank != 4 && tensor->rank != 5)
    return Contiguous;
  int64_t format = tensor->rank == 4 ? ChannelsLast : ChannelsLast3d;
  int64_t least = 0;
  if (strides[1] == 0)
    return Contiguous;
  for (int64_t dim : orderOf(format)) {
    // Ambiguous ones, as where all dimensions but the first have size 1, are
    // row-major.
    if (sizes[dim] == 0 || strides[dim] < least ||
        (dim == 0 && least == strides[1]))
      return Contiguous;
    least = strides[dim] * std::max<int64_t>(sizes[dim], 1);
  }
  return format;
}

/// Dense strides in the order of the given ones, as TensorIterator sorts them.
static Dims denseStrides(const int64_t *sizes, const int64_t *strides,
                         int64_t rank) {
  Dims order(rank), result(rank);
  for (int64_t i = 0; i < rank; ++i)
    order[i] = rank - 1 - i;
  // Dimensions of stride 0 stay where they are, so this is no order that
  // std::sort would take.
  auto compare = [&](int64_t a, int64_t b) {
    if (strides[a] == 0 || strides[b] == 0)
      return 0;
    if (strides[a] != strides[b])
      return strides[a] < strides[b] ? -1 : 1;
    return sizes[a] > sizes[b] ? 1 : 0;
  };
  for (int64_t i = 1; i < rank; ++i)
    for (int64_t at = i, before = i - 1; before >= 0; --before) {
      int order01 = compare(order[before], order[at]);
      if (order01 > 0) {
        std::swap(order[before], order[at]);
        at = before;
      } else if (order01 < 0) {
        break;
      }
    }
  int64_t stride = 1;
  for (int64_t dim : order) {
    result[dim] = stride;
    stride *= std::max<int64_t>(sizes[dim], 1);
  }
  return result;
}

Dims mtrt::stridesOfCopy(const mtrt_tensor *tensor, int64_t format) {
  const int64_t *sizes = sizesOf(tensor), *strides = stridesOf(tensor);
  if (format != Preserve)
    return contiguousStrides(Dims(sizes, strides), format);
  return isDense(tensor) ? Dims(strides, strides + tensor->rank)
                         : denseStrides(sizes, strides, tensor->rank);
}

int64_t mtrt::bytesOf(const Geometry &geometry, int64_t elementSize) {
  int64_t last = 0, span = 0, bytes = 0;
  bool overflows = false;
  for (int64_t i = 0; i < geometry.rank(); ++i) {
    if (geometry.sizes[i] == 0)
      return 0;
    overflows |= __builtin_mul_overflow(geometry.sizes[i] - 1,
                                        geometry.strides[i], &span) ||
                 __builtin_add_overflow(last, span, &last);
  }
  overflows |= __builtin_add_overflow(last, 1, &last) ||
               __builtin_mul_overflow(last, elementSize, &bytes);
  check(!overflows,
        "Storage size calculation overflowed with sizes=", geometry.sizes,
        " and strides=", geometry.strides);
  return bytes;
}

void mtrt::checkCount(const Dims &sizes) {
  int64_t product = 1;
  bool fits = true;
  for (int64_t size : sizes)
    fits &= size >= 0 && !__builtin_mul_overflow(product, size, &product);
  check(fits, "numel: integer multiplication overflow");
}

void mtrt::checkInStorage(const Geometry &geometry, int64_t elementSize,
                          const mtrt_storage *storage) {
  int64_t bytes = bytesOf(geometry, elementSize), end = 0;
  bool overflows = __builtin_mul_overflow(geometry.offset, elementSize, &end) ||
                   __builtin_add_overflow(end, bytes, &end);
  check(!overflows,
        "Storage size calculation overflowed with sizes=", geometry.sizes,
        " and strides=", geometry.strides);
  check(bytes == 0 || end <= storage->bytes, "setStorage: sizes ",
        geometry.sizes, ", strides ", geometry.strides, ", storage offset ",
        geometry.offset, ", and itemsize ", elementSize,
        " requiring a storage size of ", end,
        " are out of bounds for storage of size ", storage->bytes);
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

int64_t mtrt::wrapDim(int64_t dim, int64_t rank) {
  int64_t bound = std::max<int64_t>(rank, 1);
  checkIndex(-bound <= dim && dim < bound,
             "Dimension out of range (expected to be in range of [", -bound,
             ", ", bound - 1, "], but got ", dim, ")");
  return dim < 0 ? dim + bound : dim;
}

int64_t mtrt::wrapExistingDim(int64_t dim, int64_t rank) {
  checkIndex(rank > 0, "Dimension specified as ", dim,
             " but tensor has no dimensions");
  return wrapDim(dim, rank);
}

void mtrt::putPart(std::string &out, const Dims &part) {
  out += "[";
  for (size_t i = 0; i < part.size(); ++i) {
    out += i ? ", " : "";
    out += std::to_string(part[i]);
  }
  out += "]";
}

Dims mtrt::dimsIn(const mtrt_object *list) {
  auto *items = static_cast<const int64_t *>(toList(list)->items);
  return Dims(items, items + toList(list)->size);
}

std::vector<mtrt_tensor *> mtrt::tensorsIn(mtrt_object *list) {
  std::vector<mtrt_tensor *> tensors;
  for (int64_t i = 0; i < toList(list)->size; ++i)
    tensors.push_back(toTensor(itemsOf<MTRT_CLASS_OBJECT>(toList(list))[i]));
  return tensors;
}

Ref mtrt::makeTensorList() {
  constexpr int64_t type = int64_t(MTRT_CLASS_OBJECT) << 32;
  return Ref(mtrt_list_make(type, 0, nullptr));
}

void mtrt::append(const Ref &list, Ref tensor) {
  appendValue(toList(list.get()), toValue(tensor.get()));
}

void mtrt::checkPlace(int64_t layoutTag, int64_t layout, int64_t deviceTag,
                      int64_t device) {
  check(layoutTag == MTRT_TAG_NONE || layout == 0,
        "only strided tensors are supported");
  check(deviceTag == MTRT_TAG_NONE || device >> 8 == 0,
        "only tensors on the CPU are supported");
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

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
