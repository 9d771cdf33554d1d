//===- TensorTransposes.cpp - Dimensions in another order -----------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Printing.h"
#include "TensorObjects.h"

#include <algorithm>

using namespace mtrt;

static Geometry permuted(const Geometry &geometry, const Dims &order) {
  Geometry result;
  result.offset = geometry.offset;
  for (int64_t dim : order)
    result.insert(result.rank(), geometry.sizes[dim], geometry.strides[dim]);
  return result;
}

static Geometry transposed(const mtrt_object *self, int64_t dim0,
                           int64_t dim1) {
  Geometry geometry = geometryOf(toTensor(self));
  int64_t first = wrapDim(dim0, geometry.rank());
  int64_t second = wrapDim(dim1, geometry.rank());
  if (first != second) {
    std::swap(geometry.sizes[first], geometry.sizes[second]);
    std::swap(geometry.strides[first], geometry.strides[second]);
  }
  return geometry;
}

static Geometry transposedMatrix(const mtrt_object *self, const char *name) {
  int64_t rank = toTensor(self)->rank;
  check(rank <= 2, name, " expects a tensor with <= 2 dimensions, but self is ",
        rank, "D");
  return transposed(self, 0, rank < 2 ? 0 : 1);
}

mtrt_object *mtrt_tensor_transpose(mtrt_object *self, int64_t dim0,
                                   int64_t dim1) {
  return makeView(toTensor(self), transposed(self, dim0, dim1));
}
void mtrt_tensor_transpose_in_place(mtrt_object *self, int64_t dim0,
                                    int64_t dim1) {
  setGeometry(toTensor(self), transposed(self, dim0, dim1));
}
mtrt_object *mtrt_tensor_t(mtrt_object *self) {
  return makeView(toTensor(self), transposedMatrix(self, "t()"));
}
void mtrt_tensor_t_in_place(mtrt_object *self) {
  setGeometry(toTensor(self), transposedMatrix(self, "t_()"));
}

mtrt_object *mtrt_tensor_permute(mtrt_object *self, mtrt_object *dims) {
  Geometry geometry = geometryOf(toTensor(self));
  Dims order = dimsIn(dims);
  check(order.size() == geometry.sizes.size(),
        "permute(sparse_coo): number of dimensions in the tensor input does "
        "not match the length of the desired ordering of dimensions i.e. "
        "input.dim() = ",
        geometry.rank(),
        " is not equal to len(dims) = ", static_cast<int64_t>(order.size()));
  std::vector<bool> seen(order.size());
  for (int64_t &dim : order) {
    dim = wrapDim(dim, geometry.rank());
    check(!seen[dim], "permute(): duplicate dims are not allowed.");
    seen[dim] = true;
  }
  return makeView(toTensor(self), permuted(geometry, order));
}

static mtrt_object *moveDims(mtrt_object *self, const Dims &from,
                             const Dims &to) {
  Geometry geometry = geometryOf(toTensor(self));
  int64_t rank = geometry.rank();
  check(from.size() == to.size(),
        "movedim: Invalid source or destination dims: source (", from,
        " dims) should contain the same number of dims as destination (", to,
        " dims)");
  auto wrapped = [rank](Dims dims) {
    for (int64_t &dim : dims)
      dim = wrapDim(dim, rank);
    return dims;
  };
  Dims source = wrapped(from), target = wrapped(to);
  auto repeats = [](Dims dims) {
    std::sort(dims.begin(), dims.end());
    return std::adjacent_find(dims.begin(), dims.end()) != dims.end();
  };
  check(!repeats(source), "movedim: repeated dim in `source` (", from, ")");
  check(!repeats(target), "movedim: repeated dim in `destination` (", to, ")");
  if (rank == 0)
    return makeView(toTensor(self), geometry);
  Dims order(rank, -1);
  std::vector<bool> isMoved(rank);
  for (size_t i = 0; i < source.size(); ++i) {
    order[target[i]] = source[i];
    isMoved[source[i]] = true;
  }
  int64_t next = 0;
  for (int64_t &dim : order) {
    if (dim >= 0)
      continue;
    while (isMoved[next])
      ++next;
    dim = next++;
  }
  return makeView(toTensor(self), permuted(geometry, order));
}

mtrt_object *mtrt_tensor_move_dim(mtrt_object *self, int64_t source,
                                  int64_t target) {
  return moveDims(self, {source}, {target});
}
mtrt_object *mtrt_tensor_move_dims(mtrt_object *self, mtrt_object *source,
                                   mtrt_object *target) {
  return moveDims(self, dimsIn(source), dimsIn(target));
}

mtrt_object *mtrt_tensor_reverse_dims(mtrt_object *self) {
  Geometry geometry = geometryOf(toTensor(self));
  std::reverse(geometry.sizes.begin(), geometry.sizes.end());
  std::reverse(geometry.strides.begin(), geometry.strides.end());
  return makeView(toTensor(self), geometry);
}

/// Conjugate views are not a matter of strides.
static void checkReal(const mtrt_object *self, const char *name) {
  check(!isComplex(toTensor(self)->dtype), name,
        " of a complex tensor is not supported");
}

mtrt_object *mtrt_tensor_matrix_transpose(mtrt_object *self) {
  int64_t rank = toTensor(self)->rank;
  check(rank != 1, "tensor.mT is only supported on matrices or batches of "
                   "matrices. Got 1-D tensor.");
  return rank == 0 ? retained(self) : mtrt_tensor_transpose(self, -2, -1);
}
static mtrt_object *adjoint(mtrt_object *self, const char *name) {
  check(toTensor(self)->rank != 1, "tensor.", name,
        " is only supported on matrices or batches of matrices. Got 1-D "
        "tensor.");
  checkReal(self, "the adjoint");
  return mtrt_tensor_matrix_transpose(self);
}
mtrt_object *mtrt_tensor_mh(mtrt_object *self) { return adjoint(self, "mH"); }
mtrt_object *mtrt_tensor_adjoint(mtrt_object *self) {
  return adjoint(self, "adjoint()");
}
mtrt_object *mtrt_tensor_hermitian(mtrt_object *self) {
  int64_t rank = toTensor(self)->rank;
  check(rank == 0 || rank == 2,
        "tensor.H is only supported on matrices (2-D tensors). Got ", rank,
        "-D tensor.",
        rank > 2 ? " For batches of matrices, consider using tensor.mH" : "");
  checkReal(self, "the adjoint");
  return rank == 0 ? retained(self) : mtrt_tensor_reverse_dims(self);
}
