//===- TensorWrites.cpp - Tensors that get other contents or memory -------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch-c/Functions.h"
#include "Printing.h"
#include "TensorObjects.h"

#include <algorithm>

using namespace mtrt;

//===----------------------------------------------------------------------===//
// Contents
//===----------------------------------------------------------------------===//

/// Refuses, as PyTorch does, to read what is being written, unless it is the
/// same elements and these may be. Where strides leave gaps, PyTorch does not
/// look.
static void checkOverlap(const mtrt_tensor *target, const mtrt_tensor *source,
                         bool allowsSame = true) {
  int64_t size = sizeOfDtype(target->dtype) * countOf(target);
  int64_t other = sizeOfDtype(source->dtype) * countOf(source);
  if (size == 0 || other == 0 || !isDense(target) || !isDense(source))
    return;
  const char *begin = dataOf(target, sizeOfDtype(target->dtype));
  const char *from = dataOf(source, sizeOfDtype(source->dtype));
  bool areSame =
      begin == from && size == other && target->rank == source->rank &&
      std::equal(stridesOf(target), stridesOf(target) + target->rank,
                 stridesOf(source), stridesOf(source) + source->rank);
  check((areSame && allowsSame) || begin + size <= from ||
            from + other <= begin,
        "unsupported operation: some elements of the input tensor and the "
        "written-to tensor refer to a single memory location. Please clone() "
        "the tensor before performing the operation.");
}

void mtrt_tensor_check_overlap(mtrt_object *target, mtrt_object *source,
                               int64_t same) {
  checkOverlap(toTensor(target), toTensor(source), same != 0);
}

void mtrt_tensor_check_writable(mtrt_object *target) {
  checkWritable(toTensor(target));
}

/// Raises where the source cannot be broadcast to the target.
static void checkBroadcast(const Dims &target, const Dims &source) {
  auto rank = static_cast<int64_t>(std::max(target.size(), source.size()));
  Dims both(rank);
  for (int64_t i = rank - 1; i >= 0; --i) {
    auto sizeIn = [&](const Dims &sizes) {
      int64_t dim = i - (rank - static_cast<int64_t>(sizes.size()));
      return dim < 0 ? 1 : sizes[dim];
    };
    int64_t a = sizeIn(target), b = sizeIn(source);
    check(a == b || a == 1 || b == 1, "The size of tensor a (", a,
          ") must match the size of tensor b (", b,
          ") at non-singleton dimension ", i);
    both[i] = a == 1 ? b : a;
  }
  check(both == target, "output with shape ", target,
        " doesn't match the broadcast shape ", both);
}

static void copyInto(mtrt_object *self, mtrt_object *source) {
  if (self == source)
    return;
  mtrt_tensor *target = toTensor(self);
  checkWritable(target);
  checkOverlap(target, toTensor(source));
  checkBroadcast(sizesIn(self), sizesIn(source));
  Geometry from = expandedGeometry(toTensor(source), sizesIn(self));
  copyElements(target, toTensor(source), from.strides, from.offset);
}

void mtrt_tensor_copy_in_place(mtrt_object *self, mtrt_object *source,
                               int64_t) {
  copyInto(self, source);
}
void mtrt_tensor_assign(mtrt_object *self, mtrt_object *source) {
  copyInto(self, source);
}

/// Elements that share memory get the same number.
void mtrt_tensor_fill_in_place(mtrt_object *self, int64_t tag, int64_t bits) {
  fill(toTensor(self), scalarOf(tag, bits));
}
void mtrt_tensor_fill_int(mtrt_object *self, int64_t value) {
  mtrt_tensor_fill_in_place(self, MTRT_TAG_INT, value);
}
void mtrt_tensor_fill_float(mtrt_object *self, double value) {
  mtrt_tensor_fill_in_place(self, MTRT_TAG_FLOAT, toValue(value).bits);
}
void mtrt_tensor_fill_with(mtrt_object *self, mtrt_object *value) {
  check(toTensor(value)->rank == 0,
        "fill_ only supports 0-dimension value tensor but got tensor with ",
        toTensor(value)->rank, " dimensions.");
  // A number, which may be one of those that are written.
  Ref number = cloneOf(toTensor(value), toTensor(value)->dtype, Contiguous);
  copyInto(self, number.get());
}
void mtrt_tensor_zero_in_place(mtrt_object *self) {
  mtrt_tensor_fill_in_place(self, MTRT_TAG_INT, 0);
}

/// As PyTorch, by strides: with `wrap`, again behind as many rows as there are
/// columns.
void mtrt_tensor_fill_diagonal_in_place(mtrt_object *self, int64_t tag,
                                        int64_t bits, int64_t wrap) {
  mtrt_tensor *tensor = toTensor(self);
  check(tensor->rank >= 2, "dimensions must larger than 1");
  const int64_t *sizes = sizesOf(tensor), *strides = stridesOf(tensor);
  for (int64_t dim = 1; tensor->rank > 2 && dim < tensor->rank; ++dim)
    check(sizes[dim] == sizes[0],
          "all dimensions of input must be of equal length");
  int64_t height = sizes[0], width = sizes[1], stride = 0;
  for (int64_t dim = 0; dim < tensor->rank; ++dim)
    stride += strides[dim];
  auto fillPart = [&](int64_t count, int64_t offset) {
    Geometry diagonal;
    diagonal.offset = tensor->offset + offset;
    diagonal.insert(0, count, stride);
    Ref part(makeView(tensor, diagonal));
    mtrt_tensor_fill_in_place(part.get(), tag, bits);
  };
  int64_t size = std::min(height, width), step = width + 1;
  fillPart(size, 0);
  if (wrap && tensor->rank == 2 && height > step)
    fillPart((countOf(tensor) + step - 1) / step - size, strides[0] * step);
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// All views of the storage move with it.
static void growStorage(mtrt_storage *storage, int64_t bytes) {
  if (bytes <= storage->bytes)
    return;
  void *data = allocateShared(static_cast<size_t>(bytes));
  // An empty one may have no memory.
  std::copy_n(static_cast<const char *>(storage->data), storage->bytes,
              static_cast<char *>(data));
  if (storage->free)
    storage->free(storage->owner);
  storage->data = storage->owner = data;
  storage->free = mtrt_buffer_free;
  storage->bytes = bytes;
}

static void resize(mtrt_tensor *tensor, const Dims &sizes, int64_t formatTag,
                   int64_t format) {
  checkCount(sizes);
  check(formatTag == MTRT_TAG_NONE || format != Preserve,
        "Unsupported memory formatPreserve");
  Geometry geometry = geometryOf(tensor);
  bool isNew = geometry.sizes != sizes;
  if (!isNew && formatTag == MTRT_TAG_NONE)
    return;
  geometry.sizes = sizes;
  geometry.strides =
      contiguousStrides(sizes, intOr(formatTag, format, Contiguous));
  int64_t elementSize = sizeOfDtype(tensor->dtype), end = 0;
  bool overflows = __builtin_add_overflow(bytesOf(geometry, elementSize),
                                          geometry.offset * elementSize, &end);
  check(!overflows, "Storage size calculation overflowed with sizes=", sizes);
  if (isNew)
    growStorage(tensor->storage, end);
  setGeometry(tensor, geometry);
}

void mtrt_tensor_resize_in_place(mtrt_object *self, mtrt_object *sizes,
                                 int64_t formatTag, int64_t format) {
  resize(toTensor(self), dimsIn(sizes), formatTag, format);
}
void mtrt_tensor_resize_as_in_place(mtrt_object *self, mtrt_object *other,
                                    int64_t formatTag, int64_t format) {
  if (formatTag != MTRT_TAG_NONE && format == Preserve)
    format = suggestedFormat(toTensor(other));
  resize(toTensor(self), sizesIn(other), formatTag, format);
}

void mtrt_tensor_write_out(mtrt_object *self, mtrt_object *source) {
  mtrt_tensor *tensor = toTensor(self);
  // Only towards the more general kind.
  auto generality = [](int64_t dtype) {
    return isComplex(dtype) ? 3 : isFloating(dtype) ? 2 : dtype != Bool ? 1 : 0;
  };
  int64_t from = toTensor(source)->dtype;
  if (generality(from) > generality(tensor->dtype))
    raiseText(std::string("result type ") + nameOfDtype(from) +
              " can't be cast to the desired output type " +
              nameOfDtype(tensor->dtype));
  resize(tensor, sizesIn(source), MTRT_TAG_NONE, Contiguous);
  copyInto(self, source);
}

void mtrt_tensor_check_out(mtrt_object *self, mtrt_object *result,
                           mtrt_object *operand) {
  Dims sizes = sizesIn(self), others = sizesIn(result);
  check(self != operand || sizes == others, "output with shape ", sizes,
        " doesn't match the broadcast shape ", others);
}

void mtrt_tensor_set_in_place(mtrt_object *self, mtrt_object *source) {
  mtrt_tensor *tensor = toTensor(self);
  const mtrt_tensor *other = toTensor(source);
  Geometry geometry = geometryOf(other);
  // The dtype stays, so that the memory may be too small.
  checkInStorage(geometry, sizeOfDtype(tensor->dtype), other->storage);
  mtrt_object *storage = &other->storage->object;
  mtrt_object_retain(storage);
  publish(self, storage);
  mtrt_object_release(&std::exchange(tensor->storage, other->storage)->object);
  setGeometry(tensor, geometry);
}
