//===- TensorBroadcasts.cpp - Elements that are seen several times ------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Printing.h"
#include "TensorObjects.h"

#include <algorithm>
#include <utility>

using namespace mtrt;

Geometry mtrt::expandedGeometry(const mtrt_tensor *tensor, const Dims &sizes) {
  Geometry from = geometryOf(tensor), result;
  result.offset = from.offset;
  auto rank = static_cast<int64_t>(sizes.size());
  if (rank < from.rank())
    fail("RuntimeError", "expand(torch.", nameOfDtype(tensor->dtype), "Tensor{",
         from.sizes, "}, size=", sizes, "): the number of sizes provided (",
         rank,
         ") must be greater or equal to the number of dimensions in the tensor "
         "(",
         from.rank(), ")");
  for (int64_t i = rank - 1; i >= 0; --i) {
    int64_t dim = i - (rank - from.rank()), wanted = sizes[i];
    if (from.rank() == 0) {
      result.insert(0, wanted, 0);
      continue;
    }
    int64_t size = dim < 0 ? 1 : from.sizes[dim];
    int64_t stride = dim >= 0 ? from.strides[dim]
                     : result.sizes.empty()
                         ? 1
                         : result.sizes[0] * result.strides[0];
    if (wanted == -1) {
      check(dim >= 0, "The expanded size of the tensor (", wanted,
            ") isn't allowed in a leading, non-existing dimension ", i);
      wanted = size;
    }
    if (size != wanted) {
      if (size != 1)
        fail("RuntimeError", "The expanded size of the tensor (", wanted,
             ") must match the existing size (", size,
             ") at non-singleton dimension ", i, ".  Target sizes: ", sizes,
             ".  Tensor sizes: ", from.sizes);
      stride = 0;
    }
    result.insert(0, wanted, stride);
  }
  checkCount(result.sizes);
  return result;
}

mtrt_object *mtrt_tensor_expand(mtrt_object *self, mtrt_object *sizes,
                                int64_t) {
  return makeView(toTensor(self),
                  expandedGeometry(toTensor(self), dimsIn(sizes)));
}
mtrt_object *mtrt_tensor_broadcast_to(mtrt_object *self, mtrt_object *sizes) {
  return mtrt_tensor_expand(self, sizes, 0);
}
mtrt_object *mtrt_tensor_expand_as(mtrt_object *self, mtrt_object *other) {
  return makeView(toTensor(self),
                  expandedGeometry(toTensor(self), sizesIn(other)));
}

/// Makes `sizes` the common sizes with `others`.
static void joinSizes(Dims &sizes, const int64_t *others, int64_t count) {
  auto rank = static_cast<int64_t>(sizes.size());
  if (rank < count)
    sizes.insert(sizes.begin(), count - rank, 1);
  rank = static_cast<int64_t>(sizes.size());
  for (int64_t i = count - 1; i >= 0; --i) {
    int64_t dim = rank - count + i, size = others[i];
    check(size == sizes[dim] || size == 1 || sizes[dim] == 1,
          "The size of tensor a (", sizes[dim],
          ") must match the size of tensor b (", size,
          ") at non-singleton dimension ", dim);
    if (sizes[dim] == 1)
      sizes[dim] = size;
  }
}

mtrt_object *mtrt_infer_size(mtrt_object *left, mtrt_object *right) {
  const int64_t *items = itemsOf<MTRT_CLASS_INT>(toList(left));
  Dims sizes(items, items + toList(left)->size);
  joinSizes(sizes, itemsOf<MTRT_CLASS_INT>(toList(right)),
            toList(right)->size);
  return mtrt_list_make(int64_t(classOf(left)) << 32 | left->type,
                        static_cast<int64_t>(sizes.size()), sizes.data());
}

mtrt_object *mtrt_tensors_broadcast(mtrt_object *list) {
  std::vector<mtrt_tensor *> tensors = tensorsIn(list);
  Dims sizes;
  for (const mtrt_tensor *tensor : tensors)
    joinSizes(sizes, sizesOf(tensor), tensor->rank);
  Ref result = makeTensorList();
  for (mtrt_tensor *tensor : tensors)
    append(result,
           Ref(sizesIn(&tensor->object) == sizes
                   ? retained(&tensor->object)
                   : makeView(tensor, expandedGeometry(tensor, sizes))));
  return result.take();
}

/// Tensor i along dimension i; where `indexing` says "xy", the first two change
/// places, so that rows are y.
static mtrt_object *meshgrid(mtrt_object *list, std::string_view indexing) {
  std::vector<mtrt_tensor *> tensors = tensorsIn(list);
  check(!tensors.empty(), "meshgrid expects a non-empty TensorList");
  for (const mtrt_tensor *tensor : tensors)
    check(tensor->dtype == tensors[0]->dtype,
          "meshgrid expects all tensors to have the same dtype");
  check(indexing == "xy" || indexing == "ij",
        "torch.meshgrid: indexing must be one of \"xy\" or \"ij\", but "
        "received: ",
        std::string(indexing));
  bool swaps = indexing == "xy" && tensors.size() > 1;
  if (swaps)
    std::swap(tensors[0], tensors[1]);
  Dims sizes;
  for (const mtrt_tensor *tensor : tensors) {
    check(tensor->rank <= 1,
          "torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got "
          "one of rank ",
          tensor->rank);
    sizes.push_back(countOf(tensor));
  }
  std::vector<Ref> grids;
  for (size_t i = 0; i < tensors.size(); ++i) {
    Geometry geometry = geometryOf(tensors[i]);
    Dims along(tensors.size(), 1), strides;
    along[i] = sizes[i];
    stridesOfView(geometry.sizes, geometry.strides, along, strides);
    Ref column(makeView(tensors[i], {along, strides, geometry.offset}));
    grids.emplace_back(
        makeView(tensors[i], expandedGeometry(toTensor(column.get()), sizes)));
  }
  if (swaps)
    std::swap(grids[0], grids[1]);
  Ref result = makeTensorList();
  for (Ref &grid : grids)
    append(result, std::move(grid));
  return result.take();
}

mtrt_object *mtrt_tensors_meshgrid(mtrt_object *list) {
  return meshgrid(list, "ij");
}

mtrt_object *mtrt_tensors_meshgrid_indexed(mtrt_object *list,
                                           mtrt_object *indexing) {
  return meshgrid(list, textOf(indexing));
}
