//===- TensorSplits.cpp - Tensors cut into lists of views -----------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorObjects.h"

#include <algorithm>

using namespace mtrt;

/// The part of `dim` between two of its indices, which Python's rules bound.
static Ref slice(const mtrt_tensor *tensor, int64_t dim, int64_t start,
                 int64_t end) {
  return Ref(mtrt_tensor_slice(const_cast<mtrt_object *>(&tensor->object), dim,
                               MTRT_TAG_INT, start, MTRT_TAG_INT, end, 1));
}

mtrt_object *mtrt_tensor_unbind(mtrt_object *self, int64_t dim) {
  dim =
      wrapExistingDim(wrapDim(dim, toTensor(self)->rank), toTensor(self)->rank);
  Ref result = makeTensorList();
  for (int64_t i = 0, size = sizesOf(toTensor(self))[dim]; i < size; ++i)
    append(result, Ref(mtrt_tensor_select(self, dim, i)));
  return result.take();
}

static int64_t sizeToSplit(const mtrt_tensor *tensor, int64_t dim) {
  check(tensor->rank != 0, "split expects at least a 1-dimensional tensor");
  return sizesOf(tensor)[wrapDim(dim, tensor->rank)];
}

mtrt_object *mtrt_tensor_split(mtrt_object *self, int64_t part, int64_t dim) {
  const mtrt_tensor *tensor = toTensor(self);
  check(tensor->rank != 0, "split expects at least a 1-dimensional tensor");
  check(part >= 0,
        "split expects split_size be non-negative, but got "
        "split_size=",
        part);
  int64_t size = sizeToSplit(tensor, dim);
  check(part > 0 || size == 0,
        "split_size can only be 0 if dimension size is 0, but got dimension "
        "size of ",
        size);
  Ref result = makeTensorList();
  int64_t start = 0;
  do {
    int64_t length = std::min(part, size - start);
    append(result, slice(tensor, dim, start, start + length));
    start += length;
  } while (start < size);
  return result.take();
}

static mtrt_object *splitSizes(const mtrt_tensor *tensor, const Dims &parts,
                               int64_t dim) {
  int64_t size = sizeToSplit(tensor, dim);
  Ref result = makeTensorList();
  int64_t start = 0;
  for (int64_t part : parts) {
    check(part >= 0,
          "split_with_sizes expects split_sizes have only "
          "non-negative entries, but got split_sizes=",
          parts);
    append(result, slice(tensor, dim, start, start + part));
    start += part;
  }
  check(start == size,
        "split_with_sizes expects split_sizes to sum exactly to ", size,
        " (input tensor's size at dimension ", dim,
        "), but got split_sizes=", parts);
  return result.take();
}

mtrt_object *mtrt_tensor_split_sizes(mtrt_object *self, mtrt_object *parts,
                                     int64_t dim) {
  return splitSizes(toTensor(self), dimsIn(parts), dim);
}

mtrt_object *mtrt_tensor_chunk(mtrt_object *self, int64_t chunks, int64_t dim) {
  const mtrt_tensor *tensor = toTensor(self);
  check(tensor->rank > 0, "chunk expects at least a 1-dimensional tensor");
  check(chunks > 0,
        "chunk expects `chunks` to be greater than 0, got: ", chunks);
  int64_t size = sizesOf(tensor)[wrapDim(dim, tensor->rank)];
  int64_t part = size == 0 ? 0 : (size - 1) / chunks + 1;
  // An empty dimension has as many empty parts as are asked for.
  return part == 0 ? splitSizes(tensor, Dims(chunks), dim)
                   : mtrt_tensor_split(self, part, dim);
}

static void checkDims(const mtrt_tensor *tensor) {
  check(tensor->rank > 0,
        "tensor_split expected at least a 1-dimensional "
        "tensor, but got a tensor with ",
        tensor->rank, " dims");
}

mtrt_object *mtrt_tensor_split_sections(mtrt_object *self, int64_t sections,
                                        int64_t dim) {
  const mtrt_tensor *tensor = toTensor(self);
  checkDims(tensor);
  dim = wrapDim(dim, tensor->rank);
  check(sections > 0, "number of sections must be larger than 0, got ",
        sections);
  int64_t size = sizesOf(tensor)[dim], start = 0;
  Ref result = makeTensorList();
  for (int64_t i = 0; i < sections; ++i) {
    int64_t end = start + size / sections + (i < size % sections);
    append(result, slice(tensor, dim, start, end));
    start = end;
  }
  return result.take();
}

mtrt_object *mtrt_tensor_split_indices(mtrt_object *self, mtrt_object *indices,
                                       int64_t dim) {
  const mtrt_tensor *tensor = toTensor(self);
  checkDims(tensor);
  dim = wrapDim(dim, tensor->rank);
  int64_t start = 0;
  Ref result = makeTensorList();
  for (int64_t end : dimsIn(indices)) {
    append(result, slice(tensor, dim, start, end));
    start = end;
  }
  append(result, slice(tensor, dim, start, sizesOf(tensor)[dim]));
  return result.take();
}

/// hsplit, vsplit and dsplit split one dimension each.
static int64_t dimOfSplit(const mtrt_tensor *tensor, const char *name,
                          int64_t least) {
  check(tensor->rank >= least, "torch.", name,
        " requires a tensor with at least ", least,
        " dimension, but got a tensor with ", tensor->rank, " dimensions!");
  return *name == 'v' ? 0 : *name == 'd' ? 2 : tensor->rank == 1 ? 0 : 1;
}

static mtrt_object *splitEvenly(mtrt_object *self, int64_t sections,
                                const char *name, int64_t least) {
  int64_t dim = dimOfSplit(toTensor(self), name, least);
  int64_t size = sizesOf(toTensor(self))[dim];
  check(sections != 0 && size % sections == 0, "torch.", name,
        " attempted to split along dimension ", dim,
        ", but the size of the dimension ", size,
        " is not divisible by the split_size ", sections, "!");
  return mtrt_tensor_split_sections(self, sections, dim);
}

mtrt_object *mtrt_tensor_hsplit(mtrt_object *self, int64_t sections) {
  return splitEvenly(self, sections, "hsplit", 1);
}
mtrt_object *mtrt_tensor_vsplit(mtrt_object *self, int64_t sections) {
  return splitEvenly(self, sections, "vsplit", 2);
}
mtrt_object *mtrt_tensor_dsplit(mtrt_object *self, int64_t sections) {
  return splitEvenly(self, sections, "dsplit", 3);
}
mtrt_object *mtrt_tensor_hsplit_indices(mtrt_object *self,
                                        mtrt_object *indices) {
  return mtrt_tensor_split_indices(self, indices,
                                   dimOfSplit(toTensor(self), "hsplit", 1));
}
mtrt_object *mtrt_tensor_vsplit_indices(mtrt_object *self,
                                        mtrt_object *indices) {
  return mtrt_tensor_split_indices(self, indices,
                                   dimOfSplit(toTensor(self), "vsplit", 2));
}
mtrt_object *mtrt_tensor_dsplit_indices(mtrt_object *self,
                                        mtrt_object *indices) {
  return mtrt_tensor_split_indices(self, indices,
                                   dimOfSplit(toTensor(self), "dsplit", 3));
}
