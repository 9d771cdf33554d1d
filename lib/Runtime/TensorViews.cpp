//===- TensorViews.cpp - Other sizes and strides of one memory ------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Stride arithmetic, by PyTorch's rules and with its messages. What PyTorch
// gives back as the same object is the same object here.
//
//===----------------------------------------------------------------------===//

#include "Printing.h"
#include "TensorObjects.h"

#include <algorithm>

using namespace mtrt;

static constexpr const char *runtimeError = "RuntimeError";

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

static Geometry selected(Geometry geometry, int64_t dim, int64_t index) {
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

static Geometry unsqueezed(Geometry geometry, int64_t dim) {
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
mtrt_object *mtrt_tensor_squeeze(mtrt_object *self) noexcept {
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
void mtrt_tensor_squeeze_in_place(mtrt_object *self) noexcept {
  setGeometry(toTensor(self), squeezed(self));
}
void mtrt_tensor_squeeze_dim_in_place(mtrt_object *self, int64_t dim) {
  setGeometry(toTensor(self), squeezed(self, dim));
}
void mtrt_tensor_squeeze_dims_in_place(mtrt_object *self, mtrt_object *dims) {
  setGeometry(toTensor(self), squeezed(self, dims));
}

//===----------------------------------------------------------------------===//
// The order of dimensions
//===----------------------------------------------------------------------===//

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

mtrt_object *mtrt_tensor_reverse_dims(mtrt_object *self) noexcept {
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
  return rank == 0 ? mtrt_tensor_reverse_dims(self)
                   : mtrt_tensor_transpose(self, -2, -1);
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
  return mtrt_tensor_reverse_dims(self);
}

//===----------------------------------------------------------------------===//
// Other sizes of the same elements
//===----------------------------------------------------------------------===//

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

mtrt_object *mtrt_tensor_atleast_1d(mtrt_object *self) noexcept {
  const mtrt_tensor *tensor = toTensor(self);
  return tensor->rank == 0 ? reshape(tensor, {1}) : retained(self);
}
mtrt_object *mtrt_tensor_atleast_2d(mtrt_object *self) noexcept {
  const mtrt_tensor *tensor = toTensor(self);
  return tensor->rank == 0   ? reshape(tensor, {1, 1})
         : tensor->rank == 1 ? mtrt_tensor_unsqueeze(self, 0)
                             : retained(self);
}
mtrt_object *mtrt_tensor_atleast_3d(mtrt_object *self) noexcept {
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
mtrt_object *mtrt_tensors_atleast_1d(mtrt_object *list) noexcept {
  return mapTensors(list, mtrt_tensor_atleast_1d);
}
mtrt_object *mtrt_tensors_atleast_2d(mtrt_object *list) noexcept {
  return mapTensors(list, mtrt_tensor_atleast_2d);
}
mtrt_object *mtrt_tensors_atleast_3d(mtrt_object *list) noexcept {
  return mapTensors(list, mtrt_tensor_atleast_3d);
}

//===----------------------------------------------------------------------===//
// Broadcasts
//===----------------------------------------------------------------------===//

Geometry mtrt::expandedGeometry(const mtrt_tensor *tensor, const Dims &sizes) {
  Geometry from = geometryOf(tensor), result;
  result.offset = from.offset;
  auto rank = static_cast<int64_t>(sizes.size());
  if (rank < from.rank())
    fail(runtimeError, "expand(torch.", nameOfDtype(tensor->dtype), "Tensor{",
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
        fail(runtimeError, "The expanded size of the tensor (", wanted,
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
void mtrt_tensor_as_strided_in_place(mtrt_object *self, mtrt_object *sizes,
                                     mtrt_object *strides, int64_t offsetTag,
                                     int64_t offset) {
  mtrt_tensor *tensor = toTensor(self);
  setGeometry(tensor,
              stridedGeometry(tensor, sizes, strides,
                              intOr(offsetTag, offset, tensor->offset)));
}

mtrt_object *mtrt_tensor_alias(mtrt_object *self) noexcept {
  return makeView(toTensor(self), geometryOf(toTensor(self)));
}
mtrt_object *mtrt_tensor_self(mtrt_object *self) noexcept {
  return retained(self);
}
void mtrt_tensor_keep(mtrt_object *) noexcept {}
void mtrt_tensor_require_grad(mtrt_object *, int64_t) noexcept {}

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

mtrt_object *mtrt_tensor_real(mtrt_object *self) noexcept {
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
