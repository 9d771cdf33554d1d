//===- TensorBytes.cpp - The same bytes as other elements -----------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Printing.h"
#include "TensorViews.h"

#include <algorithm>

using namespace mtrt;

/// The same bytes as elements of another size.
static Geometry resized(const mtrt_tensor *tensor, int64_t dtype) {
  Geometry geometry = geometryOf(tensor);
  int64_t from = sizeOfDtype(tensor->dtype), to = sizeOfDtype(dtype);
  std::string what = std::string(" to view ") + nameOfDtype(tensor->dtype) +
                     " as " + nameOfDtype(dtype) + " (different element sizes)";
  if (from == to)
    return geometry;
  int64_t last = geometry.rank() - 1;
  check(last >= 0, "self.dim() cannot be 0", what);
  int64_t ratio = std::max(from, to) / std::min(from, to);
  auto checkStride = [&] {
    check(geometry.strides[last] == 1, "self.stride(-1) must be 1", what,
          ", but got ", geometry.strides[last]);
  };
  if (from > to) {
    checkStride();
    for (int64_t dim = 0; dim < last; ++dim)
      geometry.strides[dim] *= ratio;
    geometry.sizes[last] *= ratio;
    geometry.offset *= ratio;
    return geometry;
  }
  check(geometry.sizes[last] % ratio == 0,
        "self.size(-1) must be divisible by ", ratio, what, ", but got ",
        geometry.sizes[last]);
  check(geometry.offset % ratio == 0,
        "self.storage_offset() must be divisible by ", ratio, what,
        ", but got ", geometry.offset);
  checkStride();
  for (int64_t dim = 0; dim < last; ++dim) {
    check(geometry.strides[dim] % ratio == 0, "self.stride(", dim,
          ") must be divisible by ", ratio, what, ", but got ",
          geometry.strides[dim]);
    geometry.strides[dim] /= ratio;
  }
  geometry.sizes[last] /= ratio;
  geometry.offset /= ratio;
  return geometry;
}

static mtrt_object *makeViewAs(const mtrt_tensor *tensor, int64_t dtype,
                               const Geometry &geometry) {
  return mtrt_tensor_make(&tensor->storage->object, dtype, geometry.rank(),
                          geometry.offset, geometry.sizes.data(),
                          geometry.strides.data());
}

mtrt_object *mtrt_tensor_view_dtype(mtrt_object *self, int64_t dtype) {
  const mtrt_tensor *tensor = toTensor(self);
  return makeViewAs(tensor, dtype, resized(tensor, dtype));
}

/// Real and imaginary parts as a last dimension.
static Geometry parts(const mtrt_tensor *tensor) {
  Geometry geometry = geometryOf(tensor);
  for (int64_t &stride : geometry.strides)
    stride *= 2;
  geometry.offset *= 2;
  geometry.insert(geometry.rank(), 2, 1);
  return geometry;
}
static int64_t realDtype(int64_t dtype) { return dtype == C64 ? F32 : F64; }

mtrt_object *mtrt_tensor_view_as_real(mtrt_object *self) {
  const mtrt_tensor *tensor = toTensor(self);
  check(isComplex(tensor->dtype),
        "view_as_real is only supported for complex tensors");
  return makeViewAs(tensor, realDtype(tensor->dtype), parts(tensor));
}

mtrt_object *mtrt_tensor_view_as_complex(mtrt_object *self) {
  const mtrt_tensor *tensor = toTensor(self);
  Geometry geometry = geometryOf(tensor);
  int64_t last = geometry.rank() - 1;
  check(tensor->dtype == F32 || tensor->dtype == F64 || tensor->dtype == F16,
        "view_as_complex is only supported for half, float and double tensors, "
        "but got a tensor of scalar type: ",
        nameOfDtype(tensor->dtype));
  check(tensor->dtype != F16, "tensors of ComplexHalf are not supported");
  check(last >= 0, "Input tensor must have one or more dimensions");
  check(geometry.sizes[last] == 2,
        "Tensor must have a last dimension of size 2");
  check(geometry.strides[last] == 1,
        "Tensor must have a last dimension with stride 1");
  for (int64_t dim = 0; dim < last; ++dim) {
    check(geometry.strides[dim] % 2 == 0, "Tensor must have a stride divisible "
                                          "by 2 for all but last dimension");
    geometry.strides[dim] /= 2;
  }
  check(geometry.offset % 2 == 0,
        "Tensor must have a storage_offset divisible by 2");
  geometry.offset /= 2;
  geometry.erase(last);
  return makeViewAs(tensor, tensor->dtype == F32 ? C64 : C128, geometry);
}

mtrt_object *mtrt_tensor_real(mtrt_object *self) {
  const mtrt_tensor *tensor = toTensor(self);
  if (!isComplex(tensor->dtype))
    return retained(self);
  return makeViewAs(tensor, realDtype(tensor->dtype),
                    selected(parts(tensor), tensor->rank, 0));
}
mtrt_object *mtrt_tensor_imag(mtrt_object *self) {
  const mtrt_tensor *tensor = toTensor(self);
  check(isComplex(tensor->dtype),
        "imag is not implemented for tensors with non-complex dtypes.");
  return makeViewAs(tensor, realDtype(tensor->dtype),
                    selected(parts(tensor), tensor->rank, 1));
}
