//===- TensorQueries.cpp - What a tensor is -------------------------------===//
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

//===----------------------------------------------------------------------===//
// Sizes and strides
//===----------------------------------------------------------------------===//

static mtrt_object *makeInts(const int64_t *ints, int64_t count) {
  Ref list(mtrt_list_make(int64_t(MTRT_CLASS_INT) << 32, 0, nullptr));
  reserve(toList(list.get()), count);
  std::copy_n(ints, count, itemsOf<MTRT_CLASS_INT>(toList(list.get())));
  toList(list.get())->size = count;
  return list.take();
}

mtrt_object *mtrt_tensor_sizes(mtrt_object *self) {
  return makeInts(sizesOf(toTensor(self)), toTensor(self)->rank);
}
mtrt_object *mtrt_tensor_strides(mtrt_object *self) {
  return makeInts(stridesOf(toTensor(self)), toTensor(self)->rank);
}
int64_t mtrt_tensor_size_of_dim(mtrt_object *self, int64_t dim) {
  const mtrt_tensor *tensor = toTensor(self);
  return sizesOf(tensor)[wrapExistingDim(dim, tensor->rank)];
}
int64_t mtrt_tensor_stride_of_dim(mtrt_object *self, int64_t dim) {
  const mtrt_tensor *tensor = toTensor(self);
  return stridesOf(tensor)[wrapExistingDim(dim, tensor->rank)];
}
int64_t mtrt_tensor_length(mtrt_object *self) {
  check(toTensor(self)->rank > 0, "len() of a 0-d tensor");
  return *sizesOf(toTensor(self));
}
int64_t mtrt_tensor_rank(mtrt_object *self) { return toTensor(self)->rank; }
int64_t mtrt_tensor_count(mtrt_object *self) { return countOf(toTensor(self)); }
int64_t mtrt_tensor_offset(mtrt_object *self) { return toTensor(self)->offset; }
int64_t mtrt_tensor_is_contiguous(mtrt_object *self) {
  return isContiguous(toTensor(self));
}
int64_t mtrt_tensor_is_contiguous_as(mtrt_object *self, int64_t format) {
  return isContiguous(toTensor(self), format);
}

//===----------------------------------------------------------------------===//
// Dtype and place
//===----------------------------------------------------------------------===//

int64_t mtrt_tensor_dtype(mtrt_object *self) { return toTensor(self)->dtype; }
int64_t mtrt_tensor_element_size(mtrt_object *self) {
  return sizeOfDtype(toTensor(self)->dtype);
}
int64_t mtrt_tensor_bytes(mtrt_object *self) {
  return countOf(toTensor(self)) * sizeOfDtype(toTensor(self)->dtype);
}
int64_t mtrt_tensor_is_floating_point(mtrt_object *self) {
  return isFloating(toTensor(self)->dtype);
}
int64_t mtrt_tensor_is_complex(mtrt_object *self) {
  return isComplex(toTensor(self)->dtype);
}
int64_t mtrt_tensor_is_signed(mtrt_object *self) {
  int64_t dtype = toTensor(self)->dtype;
  return dtype != U8 && dtype != Bool;
}
/// The CPU, and strided.
int64_t mtrt_tensor_device(mtrt_object *) { return 0; }
int64_t mtrt_tensor_layout(mtrt_object *) { return 0; }
int64_t mtrt_tensor_device_index(mtrt_object *) { return -1; }
int64_t mtrt_tensor_always(mtrt_object *) { return 1; }
int64_t mtrt_tensor_never(mtrt_object *) { return 0; }

//===----------------------------------------------------------------------===//
// What dtypes become
//===----------------------------------------------------------------------===//

namespace {
/// Dtypes of tensors, of tensors of rank 0, and of numbers, which count less
/// and less; -1 where there is none.
class ResultType {
public:
  void add(const mtrt_tensor *tensor) {
    add(tensor->rank > 0 ? Dims : Zero, tensor->dtype);
  }
  void add(mtrt_value number) {
    add(Number, number.tag == MTRT_TAG_FLOAT        ? F32
                : number.tag == MTRT_TAG_BOOL       ? Bool
                : isKind(number, MTRT_KIND_COMPLEX) ? C64
                                                    : I64);
  }
  int64_t get() const {
    return combine(dtypes[Dims], combine(dtypes[Zero], dtypes[Number]));
  }

private:
  enum Rank { Dims, Zero, Number };
  int64_t dtypes[3] = {-1, -1, -1};

  void add(Rank rank, int64_t dtype) {
    dtypes[rank] = both(dtypes[rank], dtype);
  }
  static int64_t both(int64_t first, int64_t second) {
    return first < 0 ? second : second < 0 ? first : promote(first, second);
  }
  /// The lower one changes the category alone.
  static int64_t combine(int64_t higher, int64_t lower) {
    if (higher < 0 || lower < 0)
      return both(higher, lower);
    if (isFloating(higher) && isComplex(lower))
      return higher == F64 ? C128 : C64;
    bool keeps = isComplex(higher) || isFloating(higher) ||
                 (higher != Bool && !isFloating(lower) && !isComplex(lower));
    return keeps ? higher : promote(higher, lower);
  }
};
} // namespace

int64_t mtrt_result_type_of_tensors(mtrt_object *first, mtrt_object *second) {
  ResultType type;
  type.add(toTensor(first));
  type.add(toTensor(second));
  return type.get();
}
int64_t mtrt_result_type_with_number(mtrt_object *tensor, int64_t tag,
                                     int64_t bits) {
  ResultType type;
  type.add(toTensor(tensor));
  type.add({tag, bits});
  return type.get();
}
int64_t mtrt_result_type_of_number(int64_t tag, int64_t bits,
                                   mtrt_object *tensor) {
  return mtrt_result_type_with_number(tensor, tag, bits);
}
int64_t mtrt_result_type_of_numbers(int64_t tag, int64_t bits, int64_t otherTag,
                                    int64_t otherBits) {
  ResultType type;
  type.add({tag, bits});
  type.add({otherTag, otherBits});
  return type.get();
}
int64_t mtrt_result_type_of_dtypes(int64_t first, int64_t second) {
  return promote(first, second);
}

//===----------------------------------------------------------------------===//
// Two tensors
//===----------------------------------------------------------------------===//

int64_t mtrt_tensor_is_same_size(mtrt_object *self, mtrt_object *other) {
  return sizesIn(self) == sizesIn(other);
}

int64_t mtrt_tensor_is_set_to(mtrt_object *self, mtrt_object *other) {
  const mtrt_tensor *left = toTensor(self), *right = toTensor(other);
  return left->storage == right->storage && left->offset == right->offset &&
         left->rank == right->rank &&
         std::equal(left->dims, left->dims + 2 * left->rank, right->dims);
}

int64_t mtrt_tensor_equal(mtrt_object *self, mtrt_object *other) {
  const mtrt_tensor *left = toTensor(self), *right = toTensor(other);
  if (sizesIn(self) != sizesIn(other))
    return 0;
  int64_t dtype = promote(left->dtype, right->dtype), size = sizeOfDtype(dtype);
  Ref first = cloneOf(left, dtype, Contiguous),
      second = cloneOf(right, dtype, Contiguous);
  int64_t count = countOf(left);
  const char *a = dataOf(toTensor(first.get()), size);
  const char *b = dataOf(toTensor(second.get()), size);
  if (!isFloating(dtype) && !isComplex(dtype))
    return std::equal(a, a + count * size, b);
  for (int64_t i = 0; i < count; ++i) {
    Scalar x = scalarAt(dtype, a + i * size), y = scalarAt(dtype, b + i * size);
    if (x.re != y.re || x.im != y.im)
      return 0;
  }
  return 1;
}

//===----------------------------------------------------------------------===//
// The number in a tensor of one element
//===----------------------------------------------------------------------===//

static Scalar elementOf(const mtrt_object *self) {
  const mtrt_tensor *tensor = toTensor(self);
  int64_t count = countOf(tensor);
  check(count == 1, "a Tensor with ", count,
        " elements cannot be converted to Scalar");
  return scalarAt(tensor->dtype, dataOf(tensor, sizeOfDtype(tensor->dtype)));
}

template <typename T>
static T elementAs(const mtrt_object *self, int64_t dtype) {
  T value;
  putScalar(elementOf(self), dtype, reinterpret_cast<char *>(&value));
  return value;
}

mtrt_value mtrt_tensor_item(mtrt_object *self) {
  return valueOf(elementOf(self));
}
int64_t mtrt_tensor_to_int(mtrt_object *self) {
  return elementAs<int64_t>(self, I64);
}
double mtrt_tensor_to_float(mtrt_object *self) {
  return elementAs<double>(self, F64);
}
mtrt_complex mtrt_tensor_to_complex(mtrt_object *self) {
  return elementAs<mtrt_complex>(self, C128);
}
int64_t mtrt_tensor_to_bool(mtrt_object *self) {
  int64_t count = countOf(toTensor(self));
  check(count == 1, "Boolean value of Tensor with ",
        count ? "more than one value" : "no values", " is ambiguous");
  Scalar scalar = elementOf(self);
  return scalar.integer != 0 || scalar.re != 0 || scalar.im != 0;
}

/// What TorchScript converts without being asked: a tensor of rank 0.
static void checkImplicit(const mtrt_object *self) {
  check(toTensor(self)->rank == 0, "Cannot input a tensor of dimension other "
                                   "than 0 as a scalar argument");
}
int64_t mtrt_tensor_implicit_int(mtrt_object *self) {
  checkImplicit(self);
  check(toTensor(self)->dtype <= I64, "Cannot input a tensor of type ",
        nameOfDtype(toTensor(self)->dtype), " as an integral argument");
  return mtrt_tensor_to_int(self);
}
double mtrt_tensor_implicit_float(mtrt_object *self) {
  checkImplicit(self);
  return mtrt_tensor_to_float(self);
}
mtrt_complex mtrt_tensor_implicit_complex(mtrt_object *self) {
  checkImplicit(self);
  return mtrt_tensor_to_complex(self);
}
mtrt_value mtrt_tensor_implicit_scalar(mtrt_object *self) {
  checkImplicit(self);
  return mtrt_tensor_item(self);
}
