//===- TensorViews.cpp - Other sizes and strides of one memory ------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Stride arithmetic, by PyTorch's rules and with its messages. What PyTorch
// gives back as the same object is the same object here. Others by theme:
// TensorTransposes.cpp, TensorReshapes.cpp, TensorBroadcasts.cpp,
// TensorBytes.cpp.
//
//===----------------------------------------------------------------------===//

#include "TensorViews.h"
#include "Printing.h"

#include <algorithm>

using namespace mtrt;

//===----------------------------------------------------------------------===//
// Parts of a dimension
//===----------------------------------------------------------------------===//

/// self[start:end:step] of one dimension, by Python's rules.
static Geometry sliced(Geometry geometry, int64_t dim, int64_t start,
                       int64_t end, int64_t step) {
  int64_t size = geometry.sizes[dim];
  auto clamp = [size](int64_t bound) {
    return std::clamp<int64_t>(bound < 0 ? bound + size : bound, 0, size);
  };
  start = clamp(start);
  end = std::max(clamp(end), start);
  geometry.offset += start * geometry.strides[dim];
  geometry.sizes[dim] = end == start ? 0 : (end - start - 1) / step + 1;
  // A step beyond the end is a stride that nobody takes.
  geometry.strides[dim] =
      static_cast<int64_t>(static_cast<uint64_t>(geometry.strides[dim]) *
                           static_cast<uint64_t>(step));
  return geometry;
}

static Ref slice(const mtrt_tensor *tensor, int64_t dim, int64_t start,
                 int64_t end) {
  return Ref(makeView(tensor, sliced(geometryOf(tensor), dim, start, end, 1)));
}

Geometry mtrt::selected(Geometry geometry, int64_t dim, int64_t index) {
  geometry.offset += index * geometry.strides[dim];
  geometry.erase(dim);
  return geometry;
}

mtrt_object *mtrt_tensor_select(mtrt_object *self, int64_t dim, int64_t index) {
  const mtrt_tensor *tensor = toTensor(self);
  checkIndex(tensor->rank > 0, "select() cannot be applied to a 0-dim tensor.");
  dim = wrapDim(dim, tensor->rank);
  int64_t size = sizesOf(tensor)[dim];
  if (index < -size || index >= size)
    fail("IndexError", "select(): index ", index,
         " out of range for tensor of size ", sizesIn(self), " at dimension ",
         dim);
  return makeView(tensor, selected(geometryOf(tensor), dim,
                                   index < 0 ? index + size : index));
}

mtrt_object *mtrt_tensor_slice(mtrt_object *self, int64_t dim, int64_t startTag,
                               int64_t start, int64_t endTag, int64_t end,
                               int64_t step) {
  const mtrt_tensor *tensor = toTensor(self);
  checkIndex(tensor->rank > 0, "slice() cannot be applied to a 0-dim tensor.");
  dim = wrapDim(dim, tensor->rank);
  check(step > 0, "slice step must be positive");
  return makeView(tensor,
                  sliced(geometryOf(tensor), dim, intOr(startTag, start, 0),
                         intOr(endTag, end, INT64_MAX), step));
}

mtrt_object *mtrt_tensor_narrow(mtrt_object *self, int64_t dim, int64_t start,
                                int64_t length) {
  const mtrt_tensor *tensor = toTensor(self);
  check(tensor->rank > 0, "narrow() cannot be applied to a 0-dim tensor.");
  check(length >= 0, "narrow(): length must be non-negative.");
  dim = wrapDim(dim, tensor->rank);
  int64_t size = sizesOf(tensor)[dim];
  checkIndex(-size <= start && start <= size,
             "start out of range (expected to be in range of [", -size, ", ",
             size, "], but got ", start, ")");
  start = start < 0 ? start + size : start;
  check(length <= size - start, "start (", start, ") + length (", length,
        ") exceeds dimension size (", size, ").");
  return slice(tensor, dim, start, start + length).take();
}

mtrt_object *mtrt_tensor_narrow_at(mtrt_object *self, int64_t dim,
                                   mtrt_object *start, int64_t length) {
  const mtrt_tensor *at = toTensor(start);
  check(at->rank == 0 && at->dtype <= I64,
        "start must be an 0-dim integral Tensor.");
  return mtrt_tensor_narrow(
      self, dim,
      scalarAt(at->dtype, dataOf(at, sizeOfDtype(at->dtype))).integer, length);
}

mtrt_object *mtrt_tensor_diagonal(mtrt_object *self, int64_t offset,
                                  int64_t dim1, int64_t dim2) {
  Geometry geometry = geometryOf(toTensor(self));
  int64_t first = wrapDim(dim1, geometry.rank());
  int64_t second = wrapDim(dim2, geometry.rank());
  check(first != second, "diagonal dimensions cannot be identical ", dim1, ", ",
        dim2);
  int64_t rows = geometry.sizes[first], columns = geometry.sizes[second];
  int64_t rowStride = geometry.strides[first],
          columnStride = geometry.strides[second];
  int64_t size = std::max<int64_t>(
      offset >= 0 ? std::min(rows, columns - std::min(offset, columns))
                  : std::min(rows + std::max(offset, -rows), columns),
      0);
  if (size > 0)
    geometry.offset +=
        offset >= 0 ? offset * columnStride : -offset * rowStride;
  geometry.erase(std::max(first, second));
  geometry.erase(std::min(first, second));
  geometry.insert(geometry.rank(), size, rowStride + columnStride);
  return makeView(toTensor(self), geometry);
}

mtrt_object *mtrt_tensor_unfold(mtrt_object *self, int64_t dim, int64_t size,
                                int64_t step) {
  Geometry geometry = geometryOf(toTensor(self));
  int64_t rank = geometry.rank();
  dim = wrapDim(dim, rank);
  int64_t most = rank == 0 ? 1 : geometry.sizes[dim];
  check(size >= 0, "size is ", size, " but must be >= 0");
  check(size <= most, "maximum size for tensor at dimension ", dim, " is ",
        most, " but size is ", size);
  check(step > 0, "step is ", step, " but must be > 0");
  geometry.insert(rank, size, rank == 0 ? 1 : geometry.strides[dim]);
  if (dim < rank) {
    geometry.sizes[dim] = (most - size) / step + 1;
    geometry.strides[dim] *= step;
  }
  return makeView(toTensor(self), geometry);
}

//===----------------------------------------------------------------------===//
// Dimensions of size 1
//===----------------------------------------------------------------------===//

Geometry mtrt::unsqueezed(Geometry geometry, int64_t dim) {
  int64_t rank = geometry.rank();
  dim = wrapDim(dim, rank + 1);
  geometry.insert(dim, 1,
                  dim < rank ? geometry.sizes[dim] * geometry.strides[dim] : 1);
  return geometry;
}

/// Drops those of the dimensions `isMeant` that have size 1.
template <typename Predicate>
static Geometry squeezedWhere(const mtrt_object *self, Predicate isMeant) {
  Geometry geometry = geometryOf(toTensor(self));
  for (int64_t dim = geometry.rank() - 1; dim >= 0; --dim)
    if (geometry.sizes[dim] == 1 && isMeant(dim))
      geometry.erase(dim);
  return geometry;
}
static Geometry squeezed(const mtrt_object *self) {
  return squeezedWhere(self, [](int64_t) { return true; });
}
static Geometry squeezed(const mtrt_object *self, int64_t dim) {
  dim = wrapDim(dim, toTensor(self)->rank);
  return squeezedWhere(self, [dim](int64_t other) { return other == dim; });
}
static Geometry squeezed(const mtrt_object *self, const mtrt_object *dims) {
  int64_t rank = toTensor(self)->rank;
  std::vector<bool> meant(std::max<int64_t>(rank, 1));
  for (int64_t dim : dimsIn(dims)) {
    dim = wrapDim(dim, rank);
    check(!meant[dim], "dim ", dim,
          " appears multiple times in the list of "
          "dims");
    meant[dim] = true;
  }
  return squeezedWhere(self, [&](int64_t dim) { return meant[dim]; });
}

mtrt_object *mtrt_tensor_unsqueeze(mtrt_object *self, int64_t dim) {
  return makeView(toTensor(self), unsqueezed(geometryOf(toTensor(self)), dim));
}
mtrt_object *mtrt_tensor_squeeze(mtrt_object *self) {
  return makeView(toTensor(self), squeezed(self));
}
mtrt_object *mtrt_tensor_squeeze_dim(mtrt_object *self, int64_t dim) {
  return makeView(toTensor(self), squeezed(self, dim));
}
mtrt_object *mtrt_tensor_squeeze_dims(mtrt_object *self, mtrt_object *dims) {
  return makeView(toTensor(self), squeezed(self, dims));
}

void mtrt_tensor_unsqueeze_in_place(mtrt_object *self, int64_t dim) {
  setGeometry(toTensor(self), unsqueezed(geometryOf(toTensor(self)), dim));
}
void mtrt_tensor_squeeze_in_place(mtrt_object *self) {
  setGeometry(toTensor(self), squeezed(self));
}
void mtrt_tensor_squeeze_dim_in_place(mtrt_object *self, int64_t dim) {
  setGeometry(toTensor(self), squeezed(self, dim));
}
void mtrt_tensor_squeeze_dims_in_place(mtrt_object *self, mtrt_object *dims) {
  setGeometry(toTensor(self), squeezed(self, dims));
}

//===----------------------------------------------------------------------===//
// The memory itself
//===----------------------------------------------------------------------===//

/// Raises where memory outside of the storage would be read.
static Geometry stridedGeometry(const mtrt_tensor *tensor,
                                const mtrt_object *sizes,
                                const mtrt_object *strides, int64_t offset) {
  Geometry geometry = {dimsIn(sizes), dimsIn(strides), offset};
  check(geometry.sizes.size() == geometry.strides.size(),
        "mismatch in length of strides and shape");
  for (int64_t stride : geometry.strides)
    check(stride >= 0,
          "as_strided: Negative strides are not supported at the moment, got "
          "strides: ",
          geometry.strides);
  for (int64_t size : geometry.sizes)
    check(size >= 0,
          "Storage size calculation overflowed with sizes=", geometry.sizes,
          " and strides=", geometry.strides);
  checkInStorage(geometry, sizeOfDtype(tensor->dtype), tensor->storage);
  check(offset >= 0, "Tensor: invalid storage offset ", offset);
  return geometry;
}

mtrt_object *mtrt_tensor_as_strided(mtrt_object *self, mtrt_object *sizes,
                                    mtrt_object *strides, int64_t offsetTag,
                                    int64_t offset) {
  const mtrt_tensor *tensor = toTensor(self);
  return makeView(tensor,
                  stridedGeometry(tensor, sizes, strides,
                                  intOr(offsetTag, offset, tensor->offset)));
}
mtrt_object *mtrt_tensor_reshape_alias(mtrt_object *self, mtrt_object *sizes,
                                       mtrt_object *strides) {
  return mtrt_tensor_as_strided(self, sizes, strides, MTRT_TAG_NONE, 0);
}
void mtrt_tensor_as_strided_in_place(mtrt_object *self, mtrt_object *sizes,
                                     mtrt_object *strides, int64_t offsetTag,
                                     int64_t offset) {
  mtrt_tensor *tensor = toTensor(self);
  setGeometry(tensor,
              stridedGeometry(tensor, sizes, strides,
                              intOr(offsetTag, offset, tensor->offset)));
}

mtrt_object *mtrt_tensor_alias(mtrt_object *self) {
  return makeView(toTensor(self), geometryOf(toTensor(self)));
}
mtrt_object *mtrt_tensor_self(mtrt_object *self) { return retained(self); }
void mtrt_tensor_keep(mtrt_object *) {}
void mtrt_tensor_require_grad(mtrt_object *, int64_t) {}
