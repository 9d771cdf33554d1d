//===- TensorReshapes.cpp - Other sizes of the same elements --------------===//
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

static constexpr const char *runtimeError = "RuntimeError";

/// Puts a number in the place of -1. `before` goes before a message.
static Dims inferSizes(const Dims &given, int64_t count,
                       const char *before = "") {
  Dims sizes = given;
  uint64_t unsignedProduct = 1;
  int64_t *open = nullptr;
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] == -1) {
      check(!open, before, "only one dimension can be inferred");
      open = &sizes[i];
      continue;
    }
    check(sizes[i] >= 0, before, "invalid shape dimension ", sizes[i],
          " at index ", static_cast<int64_t>(i), " of shape ", given);
    unsignedProduct *= static_cast<uint64_t>(sizes[i]);
  }
  auto product = static_cast<int64_t>(unsignedProduct);
  bool isAnyNumber = open && product == 0 && count == 0;
  check(!isAnyNumber, before, "cannot reshape tensor of 0 elements into shape ",
        given,
        " because the unspecified dimension size -1 can be any value and is "
        "ambiguous");
  if (open && product > 0 && count % product == 0)
    *open = count / product;
  else
    check(!open && count == product, before, "shape '", given,
          "' is invalid for input of size ", count);
  checkCount(sizes);
  return sizes;
}

bool mtrt::stridesOfView(const Dims &sizes, const Dims &strides,
                         const Dims &newSizes, Dims &newStrides) {
  newStrides.assign(newSizes.size(), 1);
  if (sizes.empty())
    return true;
  if (countOf(sizes) == 0) {
    newStrides = sizes == newSizes ? strides : contiguousStrides(newSizes);
    return true;
  }
  // Dimensions that lie behind each other are a block; each one is cut into
  // new dimensions.
  auto next = static_cast<int64_t>(newSizes.size()) - 1;
  int64_t innermost = strides.back(), block = 1, taken = 1;
  for (auto dim = static_cast<int64_t>(sizes.size()) - 1; dim >= 0; --dim) {
    block *= sizes[dim];
    if (dim > 0 &&
        (sizes[dim - 1] == 1 || strides[dim - 1] == block * innermost))
      continue;
    for (; next >= 0 && (taken < block || newSizes[next] == 1); --next) {
      newStrides[next] = taken * innermost;
      taken *= newSizes[next];
    }
    if (taken != block)
      return false;
    if (dim > 0)
      innermost = strides[dim - 1];
    block = taken = 1;
  }
  return next == -1;
}

static mtrt_object *view(const mtrt_tensor *tensor, Dims sizes) {
  Geometry geometry = geometryOf(tensor);
  sizes = inferSizes(sizes, countOf(tensor));
  Dims strides;
  check(stridesOfView(geometry.sizes, geometry.strides, sizes, strides),
        "view size is not compatible with input tensor's size and stride (at "
        "least one dimension spans across two contiguous subspaces). Use "
        ".reshape(...) instead.");
  return makeView(tensor,
                  {std::move(sizes), std::move(strides), geometry.offset});
}

static mtrt_object *reshape(const mtrt_tensor *tensor, Dims sizes) {
  Geometry geometry = geometryOf(tensor);
  sizes = inferSizes(sizes, countOf(tensor));
  Dims strides;
  if (stridesOfView(geometry.sizes, geometry.strides, sizes, strides))
    return makeView(tensor,
                    {std::move(sizes), std::move(strides), geometry.offset});
  Ref copy = cloneOf(tensor, tensor->dtype, Contiguous);
  return view(toTensor(copy.get()), std::move(sizes));
}

mtrt_object *mtrt_tensor_view_sizes(mtrt_object *self, mtrt_object *sizes) {
  return view(toTensor(self), dimsIn(sizes));
}
mtrt_object *mtrt_tensor_view_as(mtrt_object *self, mtrt_object *other) {
  return view(toTensor(self), sizesIn(other));
}
mtrt_object *mtrt_tensor_reshape(mtrt_object *self, mtrt_object *sizes) {
  return reshape(toTensor(self), dimsIn(sizes));
}
mtrt_object *mtrt_tensor_reshape_as(mtrt_object *self, mtrt_object *other) {
  return reshape(toTensor(self), sizesIn(other));
}

mtrt_object *mtrt_tensor_flatten(mtrt_object *self, int64_t start,
                                 int64_t end) {
  const mtrt_tensor *tensor = toTensor(self);
  int64_t rank = tensor->rank;
  start = wrapDim(start, rank);
  end = wrapDim(end, rank);
  check(start <= end,
        "flatten() has invalid args: start_dim cannot come after end_dim");
  if (rank == 0)
    return reshape(tensor, {1});
  if (start == end)
    return retained(self);
  Dims sizes = sizesIn(self);
  int64_t product = countOf(sizes.data() + start, end - start + 1);
  sizes.erase(sizes.begin() + start, sizes.begin() + end);
  sizes[start] = product;
  return reshape(tensor, std::move(sizes));
}

mtrt_object *mtrt_tensor_unflatten(mtrt_object *self, int64_t dim,
                                   mtrt_object *parts) {
  const mtrt_tensor *tensor = toTensor(self);
  dim = wrapDim(dim, tensor->rank);
  Dims sizes = sizesIn(self), inner = dimsIn(parts);
  check(!inner.empty(), "unflatten: sizes must be non-empty");
  const char *before = "unflatten got an unexpected error:\n";
  check(tensor->rank > 0, before,
        "Dimension specified as 0 but tensor has no dimensions");
  int64_t product = 1, open = 0;
  bool isPlain = true;
  for (int64_t size : inner) {
    open += size == -1;
    isPlain &= size >= -1;
    product *= size == -1 ? 1 : size;
  }
  bool fits = open == 0      ? product == sizes[dim]
              : product == 0 ? sizes[dim] == 0
                             : sizes[dim] % product == 0;
  if (open < 2 && isPlain && !fits)
    fail(runtimeError, "unflatten: Provided sizes ", inner,
         " don't multiply up to the size of dim ", dim, " (", sizes[dim],
         ") in the input tensor");
  inner = inferSizes(inner, sizes[dim], before);
  sizes.erase(sizes.begin() + dim);
  sizes.insert(sizes.begin() + dim, inner.begin(), inner.end());
  return view(tensor, std::move(sizes));
}

mtrt_object *mtrt_tensor_contiguous(mtrt_object *self, int64_t format) {
  const mtrt_tensor *tensor = toTensor(self);
  if (isContiguous(tensor, format))
    return retained(self);
  check(format != Preserve,
        "preserve memory format is unsupported by the contiguous operator");
  return cloneOf(tensor, tensor->dtype, format).take();
}

mtrt_object *mtrt_tensor_ravel(mtrt_object *self) {
  Ref flat(mtrt_tensor_contiguous(self, Contiguous));
  return view(toTensor(flat.get()), {countOf(toTensor(self))});
}

mtrt_object *mtrt_tensor_atleast_1d(mtrt_object *self) {
  const mtrt_tensor *tensor = toTensor(self);
  return tensor->rank == 0 ? reshape(tensor, {1}) : retained(self);
}
mtrt_object *mtrt_tensor_atleast_2d(mtrt_object *self) {
  const mtrt_tensor *tensor = toTensor(self);
  return tensor->rank == 0   ? reshape(tensor, {1, 1})
         : tensor->rank == 1 ? mtrt_tensor_unsqueeze(self, 0)
                             : retained(self);
}
mtrt_object *mtrt_tensor_atleast_3d(mtrt_object *self) {
  const mtrt_tensor *tensor = toTensor(self);
  if (tensor->rank == 0)
    return reshape(tensor, {1, 1, 1});
  if (tensor->rank == 1)
    return makeView(tensor, unsqueezed(unsqueezed(geometryOf(tensor), 0), -1));
  return tensor->rank == 2 ? mtrt_tensor_unsqueeze(self, -1) : retained(self);
}

static mtrt_object *mapTensors(mtrt_object *list,
                               mtrt_object *(*of)(mtrt_object *)) {
  Ref result = makeTensorList();
  for (mtrt_tensor *tensor : tensorsIn(list))
    append(result, Ref(of(&tensor->object)));
  return result.take();
}
mtrt_object *mtrt_tensors_atleast_1d(mtrt_object *list) {
  return mapTensors(list, mtrt_tensor_atleast_1d);
}
mtrt_object *mtrt_tensors_atleast_2d(mtrt_object *list) {
  return mapTensors(list, mtrt_tensor_atleast_2d);
}
mtrt_object *mtrt_tensors_atleast_3d(mtrt_object *list) {
  return mapTensors(list, mtrt_tensor_atleast_3d);
}
