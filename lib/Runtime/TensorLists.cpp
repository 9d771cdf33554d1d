//===- TensorLists.cpp - Tensors as lists of numbers ----------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Objects.h"

#include <string>

using namespace mtrt;

/// c10::ScalarType's numbers.
enum : int32_t { Half = 5, Float = 6, Double = 7, Bool = 11, Long = 4 };

static const char *nameOf(int32_t dtype) {
  static const char *const names[] = {
      "Byte",        "Char",         "Short",         "Int",
      "Long",        "Half",         "Float",         "Double",
      "ComplexHalf", "ComplexFloat", "ComplexDouble", "Bool"};
  return dtype == 15 ? "BFloat16" : dtype <= 11 ? names[dtype] : "unknown";
}

/// What a program declares as the type of the numbers.
enum Declared : int64_t { DeclaredInt, DeclaredFloat, DeclaredBool };

static void check(const mtrt_tensor *tensor, int64_t dim, int64_t declared) {
  static const int32_t wanted[] = {Long, Float, Bool};
  int32_t dtype = tensor->dtype;
  bool isFloat =
      dtype == Float || dtype == Double || dtype == Half || dtype == 15;
  if (declared < 0 || declared > DeclaredBool)
    raiseText("tolist() of numbers of this type is not supported");
  if (dtype != wanted[declared] && !(declared == DeclaredFloat && isFloat))
    raiseText("Output annotation element type and runtime tensor element type "
              "must match for tolist(): " +
              std::string(nameOf(wanted[declared])) + " vs " + nameOf(dtype));
  if (dim != tensor->rank)
    raiseText("Output annotation list dimension and runtime tensor dimension "
              "must match for tolist()");
  if (declared == DeclaredFloat && dtype != Float && dtype != Double)
    raiseText("Unexpected scalar type for Tensor");
}

static mtrt_value readNumber(const mtrt_tensor *tensor, int64_t at) {
  const void *data = tensor->storage->data;
  switch (tensor->dtype) {
  case Float:
    return toValue(static_cast<double>(static_cast<const float *>(data)[at]));
  case Double:
    return toValue(static_cast<const double *>(data)[at]);
  case Bool:
    return {MTRT_TAG_BOOL, static_cast<const uint8_t *>(data)[at] != 0};
  default:
    return toValue(static_cast<const int64_t *>(data)[at]);
  }
}

/// The elements from dimension `dim` on, of those that begin at `at`; owned.
static mtrt_value listOf(const mtrt_tensor *tensor, int64_t dim, int64_t at,
                         int64_t declared) {
  static const int64_t classes[] = {MTRT_CLASS_INT, MTRT_CLASS_FLOAT,
                                    MTRT_CLASS_BOOL};
  static const char *const names[] = {"int", "float", "bool"};
  if (dim == tensor->rank)
    return readNumber(tensor, at);
  bool isInner = dim + 1 == tensor->rank;
  std::string type = names[declared];
  for (int64_t i = dim; i < tensor->rank; ++i)
    type = "List[" + type + "]";
  int64_t word = (isInner ? classes[declared] : MTRT_CLASS_OBJECT) << 32 |
                 mtrt_type_intern(type.data(), type.size());
  Ref list(mtrt_list_make(word, 0, nullptr));
  int64_t stride = tensor->dims[tensor->rank + dim];
  for (int64_t i = 0; i < tensor->dims[dim]; ++i) {
    mtrt_value item = listOf(tensor, dim + 1, at + i * stride, declared);
    mtrt_list_add(list.get(), item.tag, item.bits);
    mtrt_value_release(item.tag, item.bits);
  }
  return toValue(list.take());
}

mtrt_value mtrt_tensor_to_list(mtrt_object *object, int64_t dim,
                               int64_t declared) {
  auto *tensor = reinterpret_cast<mtrt_tensor *>(object);
  check(tensor, dim, declared);
  return listOf(tensor, 0, tensor->offset, declared);
}
