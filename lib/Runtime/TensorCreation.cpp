//===- TensorCreation.cpp - New tensors, of numbers and of sizes ----------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Printing.h"
#include "TensorObjects.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

using namespace mtrt;

/// dtype, layout, device and pin_memory, as every factory takes them.
#define OPTIONS                                                                \
  int64_t dtypeTag, int64_t dtype, int64_t layoutTag, int64_t layout,          \
      int64_t deviceTag, int64_t device, int64_t pinTag, int64_t pin

static int64_t dtypeOr(int64_t otherwise, OPTIONS) {
  checkPlace(layoutTag, layout, deviceTag, device);
  check(pinTag == MTRT_TAG_NONE || !pin,
        "pin_memory=True requires a CUDA or other accelerator backend; no "
        "pinned memory allocator is available on this system.");
  return intOr(dtypeTag, dtype, otherwise);
}
#define DTYPE_OR(otherwise)                                                    \
  dtypeOr(otherwise, dtypeTag, dtype, layoutTag, layout, deviceTag, device,    \
          pinTag, pin)

/// The dtype that a number has in a tensor, if nobody says which.
static int64_t dtypeOf(const Scalar &scalar) {
  return scalar.dtype == F64 ? F32 : scalar.dtype == C128 ? C64 : scalar.dtype;
}

static mtrt_object *filled(Ref tensor, const Scalar &value) {
  fill(toTensor(tensor.get()), value);
  return tensor.take();
}
static const Scalar zero = {I64, 0}, one = {I64, 1};

//===----------------------------------------------------------------------===//
// Of given sizes
//===----------------------------------------------------------------------===//

mtrt_object *mtrt_new_empty(mtrt_object *sizes, OPTIONS, int64_t formatTag,
                            int64_t format) {
  int64_t made = DTYPE_OR(F32);
  Dims dims = dimsIn(sizes);
  checkSizes(dims);
  check(formatTag == MTRT_TAG_NONE || format != Preserve,
        "unsupported memory format Preserve");
  if (formatTag == MTRT_TAG_NONE || format == Contiguous)
    return makeTensor(made, dims).take();
  return makeTensor(made, dims, contiguousStrides(dims, format)).take();
}

static Ref makeStrided(int64_t dtype, const mtrt_object *sizes,
                       const mtrt_object *strides) {
  Dims dims = dimsIn(sizes), steps = dimsIn(strides);
  checkSizes(dims);
  check(dims.size() == steps.size(), "dimensionality of sizes (",
        static_cast<int64_t>(dims.size()),
        ") must match dimensionality of strides (",
        static_cast<int64_t>(steps.size()), ")");
  for (int64_t step : steps)
    check(step >= 0, "Storage size calculation overflowed with sizes=", dims,
          " and strides=", steps);
  return makeTensor(dtype, std::move(dims), std::move(steps));
}
mtrt_object *mtrt_new_empty_strided(mtrt_object *sizes, mtrt_object *strides,
                                    OPTIONS) {
  return makeStrided(DTYPE_OR(F32), sizes, strides).take();
}
mtrt_object *mtrt_tensor_new_empty_strided(mtrt_object *self,
                                           mtrt_object *sizes,
                                           mtrt_object *strides, OPTIONS) {
  return makeStrided(DTYPE_OR(toTensor(self)->dtype), sizes, strides).take();
}

static mtrt_object *makeFilled(int64_t dtype, const mtrt_object *sizes,
                               const Scalar &value, const char *name) {
  Dims dims = dimsIn(sizes);
  for (int64_t size : dims)
    check(size >= 0 || !name, name, ": Dimension size must be non-negative.");
  return filled(makeTensor(dtype, dims), value);
}

mtrt_object *mtrt_new_zeros(mtrt_object *sizes, OPTIONS) {
  return makeFilled(DTYPE_OR(F32), sizes, zero, "zeros");
}
mtrt_object *mtrt_new_ones(mtrt_object *sizes, OPTIONS) {
  return makeFilled(DTYPE_OR(F32), sizes, one, nullptr);
}
mtrt_object *mtrt_new_full(mtrt_object *sizes, int64_t tag, int64_t bits,
                           OPTIONS) {
  Scalar value = scalarOf(tag, bits);
  return makeFilled(DTYPE_OR(dtypeOf(value)), sizes, value, nullptr);
}

//===----------------------------------------------------------------------===//
// Like another one
//===----------------------------------------------------------------------===//

mtrt_object *mtrt_tensor_new_empty(mtrt_object *self, mtrt_object *sizes,
                                   OPTIONS) {
  return makeTensor(DTYPE_OR(toTensor(self)->dtype), dimsIn(sizes)).take();
}
mtrt_object *mtrt_tensor_new_zeros(mtrt_object *self, mtrt_object *sizes,
                                   OPTIONS) {
  return makeFilled(DTYPE_OR(toTensor(self)->dtype), sizes, zero, nullptr);
}
mtrt_object *mtrt_tensor_new_ones(mtrt_object *self, mtrt_object *sizes,
                                  OPTIONS) {
  return makeFilled(DTYPE_OR(toTensor(self)->dtype), sizes, one, nullptr);
}
mtrt_object *mtrt_tensor_new_full(mtrt_object *self, mtrt_object *sizes,
                                  int64_t tag, int64_t bits, OPTIONS) {
  return makeFilled(DTYPE_OR(toTensor(self)->dtype), sizes, scalarOf(tag, bits),
                    nullptr);
}

static Ref makeLike(const mtrt_object *self, int64_t dtype, int64_t formatTag,
                    int64_t format) {
  const mtrt_tensor *tensor = toTensor(self);
  return makeTensor(dtype, sizesIn(self),
                    stridesOfCopy(tensor, intOr(formatTag, format, Preserve)));
}

mtrt_object *mtrt_tensor_empty_like(mtrt_object *self, OPTIONS,
                                    int64_t formatTag, int64_t format) {
  return makeLike(self, DTYPE_OR(toTensor(self)->dtype), formatTag, format)
      .take();
}
mtrt_object *mtrt_tensor_zeros_like(mtrt_object *self, OPTIONS,
                                    int64_t formatTag, int64_t format) {
  int64_t made = DTYPE_OR(toTensor(self)->dtype);
  return filled(makeLike(self, made, formatTag, format), zero);
}
mtrt_object *mtrt_tensor_ones_like(mtrt_object *self, OPTIONS,
                                   int64_t formatTag, int64_t format) {
  int64_t made = DTYPE_OR(toTensor(self)->dtype);
  return filled(makeLike(self, made, formatTag, format), one);
}
mtrt_object *mtrt_tensor_full_like(mtrt_object *self, int64_t tag, int64_t bits,
                                   OPTIONS, int64_t formatTag, int64_t format) {
  int64_t made = DTYPE_OR(toTensor(self)->dtype);
  return filled(makeLike(self, made, formatTag, format), scalarOf(tag, bits));
}

//===----------------------------------------------------------------------===//
// Of numbers
//===----------------------------------------------------------------------===//

static Ref makeScalar(int64_t dtype, const Scalar &value) {
  Ref tensor = makeTensor(dtype, Dims());
  fill(toTensor(tensor.get()), value);
  return tensor;
}

/// What torch.tensor makes of a tensor of the numbers' own dtype.
static mtrt_object *castTo(Ref tensor, int64_t dtypeTag, int64_t dtype,
                           int64_t deviceTag, int64_t device) {
  checkPlace(MTRT_TAG_NONE, 0, deviceTag, device);
  const mtrt_tensor *made = toTensor(tensor.get());
  if (dtypeTag == MTRT_TAG_NONE || dtype == made->dtype)
    return tensor.take();
  return cloneOf(made, dtype, Preserve).take();
}
static mtrt_object *makeNumber(const Scalar &value, int64_t dtypeTag,
                               int64_t dtype, int64_t deviceTag,
                               int64_t device) {
  // A float passes through the default dtype, as in PyTorch.
  return castTo(makeScalar(dtypeOf(value), value), dtypeTag, dtype, deviceTag,
                device);
}

/// `requiresGrad` has no meaning without gradients, but an error.
static void checkGrad(int64_t requiresGrad, bool isFloat) {
  check(!requiresGrad || isFloat, "Only Tensors of floating point and complex "
                                  "dtype can require gradients");
}
/// Whether the tensor that is made may have gradients.
static bool mayHaveGrad(int64_t own, int64_t dtypeTag, int64_t dtype) {
  int64_t made = intOr(dtypeTag, dtype, own);
  return isFloating(made) || isComplex(made);
}

mtrt_object *mtrt_new_of_int(int64_t value, int64_t dtypeTag, int64_t dtype,
                             int64_t deviceTag, int64_t device,
                             int64_t requiresGrad) {
  checkGrad(requiresGrad, mayHaveGrad(I64, dtypeTag, dtype));
  return makeNumber({I64, value}, dtypeTag, dtype, deviceTag, device);
}
mtrt_object *mtrt_new_of_bool(int64_t value, int64_t dtypeTag, int64_t dtype,
                              int64_t deviceTag, int64_t device,
                              int64_t requiresGrad) {
  checkGrad(requiresGrad, mayHaveGrad(Bool, dtypeTag, dtype));
  return makeNumber({Bool, value}, dtypeTag, dtype, deviceTag, device);
}
mtrt_object *mtrt_new_of_float(double value, int64_t dtypeTag, int64_t dtype,
                               int64_t deviceTag, int64_t device,
                               int64_t requiresGrad) {
  checkGrad(requiresGrad, mayHaveGrad(F32, dtypeTag, dtype));
  return makeNumber({F64, 0, value}, dtypeTag, dtype, deviceTag, device);
}
mtrt_object *mtrt_new_of_complex(double re, double im, int64_t dtypeTag,
                                 int64_t dtype, int64_t deviceTag,
                                 int64_t device, int64_t requiresGrad) {
  checkGrad(requiresGrad, mayHaveGrad(C64, dtypeTag, dtype));
  return makeNumber({C128, 0, re, im}, dtypeTag, dtype, deviceTag, device);
}

mtrt_object *mtrt_new_as_int(int64_t value, int64_t dtypeTag, int64_t dtype,
                             int64_t deviceTag, int64_t device) {
  return mtrt_new_of_int(value, dtypeTag, dtype, deviceTag, device, 0);
}
mtrt_object *mtrt_new_as_bool(int64_t value, int64_t dtypeTag, int64_t dtype,
                              int64_t deviceTag, int64_t device) {
  return mtrt_new_of_bool(value, dtypeTag, dtype, deviceTag, device, 0);
}
mtrt_object *mtrt_new_as_float(double value, int64_t dtypeTag, int64_t dtype,
                               int64_t deviceTag, int64_t device) {
  return mtrt_new_of_float(value, dtypeTag, dtype, deviceTag, device, 0);
}
mtrt_object *mtrt_new_as_complex(double re, double im, int64_t dtypeTag,
                                 int64_t dtype, int64_t deviceTag,
                                 int64_t device) {
  return mtrt_new_of_complex(re, im, dtypeTag, dtype, deviceTag, device, 0);
}

mtrt_object *mtrt_new_scalar(int64_t tag, int64_t bits, OPTIONS) {
  return makeScalar(DTYPE_OR(F32), scalarOf(tag, bits)).take();
}
mtrt_object *mtrt_new_number(int64_t tag, int64_t bits) {
  Scalar value = scalarOf(tag, bits);
  return makeScalar(value.dtype, value).take();
}
mtrt_object *mtrt_new_truth(int64_t value) {
  return makeScalar(Bool, {Bool, value}).take();
}

//===----------------------------------------------------------------------===//
// Of lists
//===----------------------------------------------------------------------===//

/// The class of the numbers in nested lists, of which some may be empty: then
/// the name of the type says it, if there is one.
static int classOfNumbers(const mtrt_object *list) {
  while (classOf(list) == MTRT_CLASS_OBJECT) {
    const mtrt_object *first = nullptr;
    auto *items = static_cast<mtrt_object *const *>(toList(list)->items);
    for (int64_t i = 0; i < toList(list)->size && !first; ++i)
      if (items[i]->kind == MTRT_KIND_LIST)
        first = items[i];
    if (!first)
      break;
    list = first;
  }
  if (classOf(list) != MTRT_CLASS_OBJECT)
    return classOf(list);
  std::string name = mtrt_type_name(list->type);
  size_t at = name.rfind("List[");
  name = at == std::string::npos ? "" : name.substr(at + 5);
  name = name.substr(0, name.find(']'));
  return name == "int"       ? MTRT_CLASS_INT
         : name == "float"   ? MTRT_CLASS_FLOAT
         : name == "bool"    ? MTRT_CLASS_BOOL
         : name == "complex" ? MTRT_CLASS_COMPLEX
                             : MTRT_CLASS_OBJECT;
}

/// Stores numbers in row-major order.
static void storeNumbers(const mtrt_object *object, const Dims &sizes,
                         size_t dim, int64_t dtype, char *&at) {
  const mtrt_list *list = toList(object);
  check(list->size == sizes[dim], "Expected sequence of length ", sizes[dim],
        " at dim ", static_cast<int64_t>(dim), " (got ", list->size, ")");
  for (int64_t i = 0; i < list->size; ++i) {
    if (classOf(object) == MTRT_CLASS_OBJECT) {
      storeNumbers(static_cast<mtrt_object *const *>(list->items)[i], sizes,
                   dim + 1, dtype, at);
      continue;
    }
    mtrt_value item = boxedItem(list, i);
    Scalar value = scalarOf(item.tag, item.bits);
    mtrt_object_release(objectOf(item));
    // Out of range of a float is infinity here.
    if (dtype == F32)
      value.re = static_cast<float>(value.re);
    putScalar(value, dtype, at);
    at += sizeOfDtype(dtype);
  }
}

static mtrt_object *makeOfList(const mtrt_object *list, int64_t dtypeTag,
                               int64_t dtype, int64_t deviceTag,
                               int64_t device) {
  Dims sizes;
  for (const mtrt_object *at = list;;) {
    sizes.push_back(toList(at)->size);
    if (classOf(at) != MTRT_CLASS_OBJECT || toList(at)->size == 0)
      break;
    at = static_cast<mtrt_object *const *>(toList(at)->items)[0];
    check(at && at->kind == MTRT_KIND_LIST,
          "Input must be of ints, floats, or bools");
  }
  int numbers = classOfNumbers(list);
  check(numbers <= MTRT_CLASS_COMPLEX ||
            (dtypeTag != MTRT_TAG_NONE && countOf(sizes) == 0),
        "Input must be of ints, floats, or bools");
  int64_t own = numbers == MTRT_CLASS_INT       ? I64
                : numbers == MTRT_CLASS_BOOL    ? Bool
                : numbers == MTRT_CLASS_COMPLEX ? C128
                                                : F32;
  Ref tensor = makeTensor(own, sizes);
  char *at = dataOf(toTensor(tensor.get()), sizeOfDtype(own));
  if (countOf(sizes) != 0)
    storeNumbers(list, sizes, 0, own, at);
  return castTo(std::move(tensor), dtypeTag, dtype, deviceTag, device);
}

mtrt_object *mtrt_new_of_list(mtrt_object *list, int64_t dtypeTag,
                              int64_t dtype, int64_t deviceTag, int64_t device,
                              int64_t requiresGrad) {
  Ref made(makeOfList(list, dtypeTag, dtype, deviceTag, device));
  checkGrad(requiresGrad, isFloating(toTensor(made.get())->dtype) ||
                              isComplex(toTensor(made.get())->dtype));
  return made.take();
}
mtrt_object *mtrt_new_as_list(mtrt_object *list, int64_t dtypeTag,
                              int64_t dtype, int64_t deviceTag,
                              int64_t device) {
  return makeOfList(list, dtypeTag, dtype, deviceTag, device);
}

//===----------------------------------------------------------------------===//
// Ranges
//===----------------------------------------------------------------------===//

static int64_t toInt(const Scalar &scalar) {
  int64_t value;
  putScalar(scalar, I64, reinterpret_cast<char *>(&value));
  return value;
}
static double toDouble(const Scalar &scalar) {
  check(scalar.im == 0,
        "value cannot be converted to type double without overflow");
  return scalar.real();
}

static mtrt_object *makeRange(const Scalar &start, const Scalar &end,
                              const Scalar &step, bool hasDtype,
                              int64_t dtype) {
  auto isInt = [](const Scalar &x) {
    return x.dtype == I64 || x.dtype == Bool;
  };
  if (!hasDtype)
    dtype = isInt(start) && isInt(end) && isInt(step) ? I64 : F32;
  if (dtype == Bool || isComplex(dtype))
    fail("NotImplementedError", "\"arange_cpu\" not implemented for '",
         nameOfDtype(dtype), "'");
  double first = toDouble(start), last = toDouble(end), by = toDouble(step);
  check(by != 0, "step must be nonzero");
  if (!std::isfinite(first) || !std::isfinite(last)) {
    char text[80];
    std::snprintf(text, sizeof(text), "%g -> %g", first, last);
    fail("RuntimeError", "unsupported range: ", std::string(text));
  }
  check((by > 0 && last >= first) || (by < 0 && last <= first),
        "upper bound and lower bound inconsistent with step sign");
  bool isWhole = !isFloating(dtype);
  double size = std::ceil((last - first) / by);
  int64_t from = isWhole ? toInt(start) : 0, stride = isWhole ? toInt(step) : 0;
  if (dtype == I64) {
    if (stride == 0)
      fail("ValueError", "step must be nonzero");
    // Wraps where the range has more numbers than an int has.
    auto span = static_cast<int64_t>(
        static_cast<uint64_t>(toInt(end)) - static_cast<uint64_t>(from) +
        static_cast<uint64_t>(stride) -
        static_cast<uint64_t>(stride > 0 ? 1 : -1));
    size = static_cast<double>(span / stride);
  }
  check(size >= 0 && size < 0x1p63, "invalid size, possible overflow?");
  auto count = static_cast<int64_t>(size);
  Ref wide = makeTensor(isWhole ? I64 : F64, {count});
  char *data = dataOf(toTensor(wide.get()), 8);
  for (int64_t i = 0; i < count; ++i)
    if (isWhole)
      reinterpret_cast<uint64_t *>(data)[i] =
          static_cast<uint64_t>(from) +
          static_cast<uint64_t>(stride) * static_cast<uint64_t>(i);
    else
      reinterpret_cast<double *>(data)[i] = first + by * static_cast<double>(i);
  if (dtype == toTensor(wide.get())->dtype)
    return wide.take();
  return cloneOf(toTensor(wide.get()), dtype, Preserve).take();
}

mtrt_object *mtrt_new_range(int64_t endTag, int64_t end, OPTIONS) {
  int64_t made = DTYPE_OR(F32);
  return makeRange(zero, scalarOf(endTag, end), one, dtypeTag != MTRT_TAG_NONE,
                   made);
}
mtrt_object *mtrt_new_range_from(int64_t startTag, int64_t start,
                                 int64_t endTag, int64_t end, OPTIONS) {
  int64_t made = DTYPE_OR(F32);
  return makeRange(scalarOf(startTag, start), scalarOf(endTag, end), one,
                   dtypeTag != MTRT_TAG_NONE, made);
}
mtrt_object *mtrt_new_range_by(int64_t startTag, int64_t start, int64_t endTag,
                               int64_t end, int64_t stepTag, int64_t step,
                               OPTIONS) {
  int64_t made = DTYPE_OR(F32);
  return makeRange(scalarOf(startTag, start), scalarOf(endTag, end),
                   scalarOf(stepTag, step), dtypeTag != MTRT_TAG_NONE, made);
}
