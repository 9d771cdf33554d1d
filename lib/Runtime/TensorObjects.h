//===- TensorObjects.h - Tensors as objects, for the runtime ----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_RUNTIME_TENSOROBJECTS_H
#define MINITORCH_LIB_RUNTIME_TENSOROBJECTS_H

#include "Objects.h"

#include <string>
#include <vector>

namespace mtrt {

//===----------------------------------------------------------------------===//
// Dtypes, by PyTorch's numbers
//===----------------------------------------------------------------------===//

enum Dtype : int64_t {
  U8 = 0,
  I8 = 1,
  I16 = 2,
  I32 = 3,
  I64 = 4,
  F16 = 5,
  F32 = 6,
  F64 = 7,
  C64 = 9,
  C128 = 10,
  Bool = 11,
  BF16 = 15
};

/// PyTorch's numbers of memory formats.
enum MemoryFormat : int64_t {
  Contiguous = 0,
  Preserve = 1,
  ChannelsLast = 2,
  ChannelsLast3d = 3
};

inline bool isComplex(int64_t dtype) { return dtype == C64 || dtype == C128; }
inline bool isFloating(int64_t dtype) {
  return (dtype >= F16 && dtype <= F64) || dtype == BF16;
}
/// "Float"; raises for a dtype that is none of the above.
const char *nameOfDtype(int64_t dtype);
/// The dtype that holds what both hold.
int64_t promote(int64_t left, int64_t right);

//===----------------------------------------------------------------------===//
// Where the elements lie
//===----------------------------------------------------------------------===//

using Dims = std::vector<int64_t>;

struct Geometry {
  Dims sizes, strides;
  int64_t offset = 0;

  int64_t rank() const { return static_cast<int64_t>(sizes.size()); }
  void erase(int64_t dim) {
    sizes.erase(sizes.begin() + dim);
    strides.erase(strides.begin() + dim);
  }
  void insert(int64_t dim, int64_t size, int64_t stride) {
    sizes.insert(sizes.begin() + dim, size);
    strides.insert(strides.begin() + dim, stride);
  }
};

inline mtrt_tensor *toTensor(mtrt_object *object) {
  return reinterpret_cast<mtrt_tensor *>(object);
}
inline const mtrt_tensor *toTensor(const mtrt_object *object) {
  return reinterpret_cast<const mtrt_tensor *>(object);
}
inline const int64_t *sizesOf(const mtrt_tensor *tensor) {
  return tensor->dims;
}
inline const int64_t *stridesOf(const mtrt_tensor *tensor) {
  return tensor->dims + tensor->rank;
}
inline char *dataOf(const mtrt_tensor *tensor, int64_t elementSize) {
  return static_cast<char *>(tensor->storage->data) +
         tensor->offset * elementSize;
}
inline Geometry geometryOf(const mtrt_tensor *tensor) {
  const int64_t *sizes = sizesOf(tensor), *strides = stridesOf(tensor);
  return {Dims(sizes, strides), Dims(strides, strides + tensor->rank),
          tensor->offset};
}
inline Dims sizesIn(const mtrt_object *tensor) {
  return Dims(sizesOf(toTensor(tensor)), stridesOf(toTensor(tensor)));
}

int64_t countOf(const int64_t *sizes, int64_t rank);
inline int64_t countOf(const Dims &sizes) {
  return countOf(sizes.data(), static_cast<int64_t>(sizes.size()));
}
inline int64_t countOf(const mtrt_tensor *tensor) {
  return countOf(sizesOf(tensor), tensor->rank);
}

/// Strides of new memory.
Dims contiguousStrides(const Dims &sizes, int64_t format = Contiguous);
bool isContiguous(const mtrt_tensor *tensor, int64_t format = Contiguous);
/// No two elements share memory, and none of it is left out.
bool isDense(const mtrt_tensor *tensor);
/// The format that the order of the strides looks like.
int64_t suggestedFormat(const mtrt_tensor *tensor);
/// Strides of a copy in `format`; Preserve keeps the order of dimensions.
Dims stridesOfCopy(const mtrt_tensor *tensor, int64_t format);
/// Bytes that a storage needs; raises where they are too many.
int64_t bytesOf(const Geometry &geometry, int64_t elementSize);

/// Raises for sizes that no tensor has.
void checkSizes(const Dims &sizes);
/// Raises for sizes whose product is no number.
void checkCount(const Dims &sizes);
/// Raises where elements lie behind the storage's end.
void checkInStorage(const Geometry &geometry, int64_t elementSize,
                    const mtrt_storage *storage);

/// A dimension counted from the front. A tensor of rank 0 counts as one of
/// rank 1. Raises where there is no such dimension.
int64_t wrapDim(int64_t dim, int64_t rank);
/// Likewise, but a tensor of rank 0 has no dimension.
int64_t wrapExistingDim(int64_t dim, int64_t rank);

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

inline void putPart(std::string &out, const char *part) { out += part; }
inline void putPart(std::string &out, const std::string &part) { out += part; }
inline void putPart(std::string &out, int64_t part) {
  out += std::to_string(part);
}
inline void putPart(std::string &out, int part) { out += std::to_string(part); }
void putPart(std::string &out, const Dims &part);

template <typename... Parts>
[[noreturn]] void fail(const char *type, const Parts &...parts) {
  std::string text;
  (putPart(text, parts), ...);
  raiseText(std::move(text), type);
}
template <typename... Parts> void check(bool holds, const Parts &...parts) {
  if (!holds)
    fail("RuntimeError", parts...);
}
template <typename... Parts>
void checkIndex(bool holds, const Parts &...parts) {
  if (!holds)
    fail("IndexError", parts...);
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

/// A new tensor of the same storage.
mtrt_object *makeView(const mtrt_tensor *tensor, const Geometry &geometry);
/// A tensor of new memory, not initialized.
Ref makeTensor(int64_t dtype, Dims sizes, Dims strides);
Ref makeTensor(int64_t dtype, const Dims &sizes);
/// Sizes, strides and offset of an existing tensor.
void setGeometry(mtrt_tensor *tensor, const Geometry &geometry);

inline mtrt_object *retained(mtrt_object *object) {
  mtrt_object_retain(object);
  return object;
}

/// Raises where two elements share memory, as those of expanded tensors do.
void checkWritable(const mtrt_tensor *tensor);
/// Copies and converts; the sizes are those of `target`, and the strides of the
/// source fit them.
void copyElements(mtrt_tensor *target, const mtrt_tensor *source,
                  const Dims &sourceStrides, int64_t sourceOffset);
/// A copy, in other memory.
Ref cloneOf(const mtrt_tensor *tensor, int64_t dtype, int64_t format);
/// The geometry of `sizes`, of which the tensor's are a part; raises as
/// expand does.
Geometry expandedGeometry(const mtrt_tensor *tensor, const Dims &sizes);
/// Strides with which memory of `sizes` and `strides` has `newSizes`; false
/// where there are none.
bool stridesOfView(const Dims &sizes, const Dims &strides, const Dims &newSizes,
                   Dims &newStrides);

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

/// A number of Python: Bool, I64, F64 or C128.
struct Scalar {
  int64_t dtype;
  int64_t integer = 0;
  double re = 0, im = 0;

  double real() const {
    return dtype == F64 || dtype == C128 ? re : static_cast<double>(integer);
  }
};

Scalar scalarOf(int64_t tag, int64_t bits);
Scalar scalarAt(int64_t dtype, const char *at);
/// Owned.
mtrt_value valueOf(const Scalar &scalar);
/// Writes an element; raises for a number that the dtype has no room for.
void putScalar(const Scalar &scalar, int64_t dtype, char *at);
void fill(mtrt_tensor *tensor, const Scalar &scalar);

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

inline int64_t intOr(int64_t tag, int64_t bits, int64_t otherwise) {
  return tag == MTRT_TAG_NONE ? otherwise : bits;
}
/// The ints of a list.
Dims dimsIn(const mtrt_object *list);
/// The tensors of a list.
std::vector<mtrt_tensor *> tensorsIn(mtrt_object *list);
/// A list of tensors.
Ref makeTensorList();
void append(const Ref &list, Ref tensor);
/// Raises for another layout than strided, and another device than the CPU.
void checkPlace(int64_t layoutTag, int64_t layout, int64_t deviceTag,
                int64_t device);

} // namespace mtrt

#endif // MINITORCH_LIB_RUNTIME_TENSOROBJECTS_H
