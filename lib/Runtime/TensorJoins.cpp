//===- TensorJoins.cpp - Lists of tensors as one tensor -------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorObjects.h"

#include <algorithm>

using namespace mtrt;

/// torch.cat leaves these out, whatever the others' rank.
static bool isNothing(const mtrt_tensor *tensor) {
  return tensor->rank == 1 && *sizesOf(tensor) == 0;
}

static void checkJoins(const mtrt_tensor *first, const mtrt_tensor *tensor,
                       int64_t dim, int64_t index) {
  check(tensor->rank == first->rank,
        "Tensors must have same number of dimensions: got ", first->rank,
        " and ", tensor->rank);
  for (int64_t i = 0; i < tensor->rank; ++i)
    check(i == dim || sizesOf(tensor)[i] == sizesOf(first)[i],
          "Sizes of tensors must match except in dimension ", dim,
          ". Expected size ", sizesOf(first)[i], " but got size ",
          sizesOf(tensor)[i], " for tensor number ", index, " in the list.");
}

static Ref cat(const std::vector<mtrt_tensor *> &tensors, int64_t dim) {
  if (tensors.empty())
    fail("ValueError", "torch.cat(): expected a non-empty list of Tensors");
  const mtrt_tensor *first = nullptr;
  int64_t dtype = tensors[0]->dtype, format = suggestedFormat(tensors[0]);
  for (size_t i = 0; i < tensors.size(); ++i) {
    const mtrt_tensor *tensor = tensors[i];
    check(tensor->rank > 0, "zero-dimensional tensor (at position ",
          static_cast<int64_t>(i), ") cannot be concatenated");
    dtype = promote(dtype, tensor->dtype);
    if (suggestedFormat(tensor) != format)
      format = Contiguous;
    if (!first && !isNothing(tensor))
      first = tensor;
  }
  if (!first)
    return makeTensor(dtype, {0});
  dim = wrapDim(dim, first->rank);
  Dims sizes = geometryOf(first).sizes;
  sizes[dim] = 0;
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (isNothing(tensors[i]))
      continue;
    checkJoins(first, tensors[i], dim, static_cast<int64_t>(i));
    sizes[dim] += sizesOf(tensors[i])[dim];
  }
  Ref result = makeTensor(dtype, sizes, contiguousStrides(sizes, format));
  int64_t start = 0;
  for (const mtrt_tensor *tensor : tensors) {
    if (isNothing(tensor))
      continue;
    int64_t size = sizesOf(tensor)[dim];
    Ref part(mtrt_tensor_narrow(result.get(), dim, start, size));
    copyElements(toTensor(part.get()), tensor, geometryOf(tensor).strides,
                 tensor->offset);
    start += size;
  }
  return result;
}

mtrt_object *mtrt_tensors_cat(mtrt_object *list, int64_t dim) {
  return cat(tensorsIn(list), dim).take();
}

static std::vector<mtrt_tensor *> pointersTo(const std::vector<Ref> &refs) {
  std::vector<mtrt_tensor *> tensors;
  for (const Ref &ref : refs)
    tensors.push_back(toTensor(ref.get()));
  return tensors;
}

mtrt_object *mtrt_tensors_stack(mtrt_object *list, int64_t dim) {
  std::vector<mtrt_tensor *> tensors = tensorsIn(list);
  check(!tensors.empty(), "stack expects a non-empty TensorList");
  const mtrt_tensor *first = tensors[0];
  dim = wrapDim(dim, first->rank + 1);
  for (size_t i = 0; i < tensors.size(); ++i)
    check(geometryOf(tensors[i]).sizes == geometryOf(first).sizes,
          "stack expects each tensor to be equal size, but got ",
          geometryOf(first).sizes, " at entry 0 and ",
          geometryOf(tensors[i]).sizes, " at entry ", static_cast<int64_t>(i));
  if (dim == first->rank) {
    std::vector<Ref> columns;
    for (mtrt_tensor *tensor : tensors)
      columns.emplace_back(mtrt_tensor_unsqueeze(&tensor->object, -1));
    return cat(pointersTo(columns), dim).take();
  }
  // As PyTorch does it, for the sake of the strides: one dimension, cut in two.
  Dims sizes = geometryOf(first).sizes, strides;
  sizes.insert(sizes.begin() + dim, static_cast<int64_t>(tensors.size()));
  Ref joined = cat(tensors, dim);
  Geometry geometry = geometryOf(toTensor(joined.get()));
  stridesOfView(geometry.sizes, geometry.strides, sizes, strides);
  return makeView(toTensor(joined.get()), {sizes, strides, 0});
}

/// cat of the tensors, each of them as `of` gives it.
static mtrt_object *catOf(mtrt_object *list, const char *name,
                          mtrt_object *(*of)(mtrt_object *), int64_t dim) {
  std::vector<Ref> parts;
  for (mtrt_tensor *tensor : tensorsIn(list))
    parts.emplace_back(of(&tensor->object));
  check(!parts.empty(), name, " expects a non-empty TensorList");
  std::vector<mtrt_tensor *> tensors = pointersTo(parts);
  return cat(tensors, dim < 0 ? tensors[0]->rank > 1 : dim).take();
}
mtrt_object *mtrt_tensors_hstack(mtrt_object *list) {
  return catOf(list, "hstack", mtrt_tensor_atleast_1d, -1);
}
mtrt_object *mtrt_tensors_vstack(mtrt_object *list) {
  return catOf(list, "vstack", mtrt_tensor_atleast_2d, 0);
}
mtrt_object *mtrt_tensors_dstack(mtrt_object *list) {
  return catOf(list, "dstack", mtrt_tensor_atleast_3d, 2);
}
