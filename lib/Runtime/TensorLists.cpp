//===- TensorLists.cpp - Tensors as lists of numbers ----------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Printing.h"
#include "TensorObjects.h"

#include <string>

using namespace mtrt;

/// Also of dtypes that no operator takes.
static const char *nameOf(int64_t dtype) {
  static const char *const names[] = {
      "Byte",        "Char",         "Short",         "Int",
      "Long",        "Half",         "Float",         "Double",
      "ComplexHalf", "ComplexFloat", "ComplexDouble", "Bool"};
  return dtype == BF16 ? "BFloat16" : dtype <= Bool ? names[dtype] : "unknown";
}

/// What a program declares as the type of the numbers.
enum Declared : int64_t { DeclaredInt, DeclaredFloat, DeclaredBool };

static void check(const mtrt_tensor *tensor, int64_t dim, int64_t declared) {
  static const int64_t wanted[] = {I64, F32, Bool};
  int64_t dtype = tensor->dtype;
  if (declared < 0 || declared > DeclaredBool)
    raiseText("tolist() of numbers of this type is not supported");
  if (dtype != wanted[declared] &&
      !(declared == DeclaredFloat && isFloating(dtype)))
    raiseText("Output annotation element type and runtime tensor element type "
              "must match for tolist(): " +
              std::string(nameOf(wanted[declared])) + " vs " + nameOf(dtype));
  if (dim != tensor->rank)
    raiseText("Output annotation list dimension and runtime tensor dimension "
              "must match for tolist()");
  if (declared == DeclaredFloat && dtype != F32 && dtype != F64)
    raiseText("Unexpected scalar type for Tensor");
}

/// The elements from dimension `dim` on, of those that begin at `at`; owned.
static mtrt_value listOf(const mtrt_tensor *tensor, int64_t dim, int64_t at,
                         int64_t declared) {
  static const int64_t classes[] = {MTRT_CLASS_INT, MTRT_CLASS_FLOAT,
                                    MTRT_CLASS_BOOL};
  static const char *const names[] = {"int", "float", "bool"};
  if (dim == tensor->rank)
    return valueOf(
        scalarAt(tensor->dtype, static_cast<char *>(tensor->storage->data) +
                                    at * sizeOfDtype(tensor->dtype)));
  bool isInner = dim + 1 == tensor->rank;
  std::string type = names[declared];
  for (int64_t i = dim; i < tensor->rank; ++i)
    type = "List[" + type + "]";
  int64_t word = (isInner ? classes[declared] : MTRT_CLASS_OBJECT) << 32 |
                 mtrt_type_intern(type.data(), type.size());
  Ref list(mtrt_list_make(word, 0, nullptr));
  int64_t stride = stridesOf(tensor)[dim];
  for (int64_t i = 0; i < sizesOf(tensor)[dim]; ++i) {
    mtrt_value item = listOf(tensor, dim + 1, at + i * stride, declared);
    mtrt_list_add(list.get(), item.tag, item.bits);
    mtrt_value_release(item.tag, item.bits);
  }
  return toValue(list.take());
}

mtrt_value mtrt_tensor_to_list(mtrt_object *object, int64_t dim,
                               int64_t declared) {
  const mtrt_tensor *tensor = toTensor(object);
  check(tensor, dim, declared);
  return listOf(tensor, 0, tensor->offset, declared);
}
