//===- TensorCopies.cpp - Copies and conversions of elements --------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MemRefs.h"
#include "Printing.h"
#include "TensorObjects.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

using namespace mtrt;

//===----------------------------------------------------------------------===//
// Conversion of rows
//===----------------------------------------------------------------------===//
//
// Between two dtypes goes the widest of the source's kind, which holds all of
// its numbers: one loop for reading a dtype and one for writing it, instead of
// one for each pair.

namespace {
struct Half {
  uint16_t bits;
};
struct Brain {
  uint16_t bits;
};
struct Complex64 {
  float re, im;
};
struct Boolean {
  uint8_t value;
};
} // namespace

static float asRegister(uint32_t bits) { return std::bit_cast<float>(bits); }
static uint16_t lowBits(float inRegister) {
  return static_cast<uint16_t>(std::bit_cast<uint32_t>(inRegister));
}

/// Runs `body` with a value of the type of the elements.
template <typename Body> static void withElementType(int64_t dtype, Body body) {
  switch (dtype) {
  case U8:
    return body(uint8_t());
  case I8:
    return body(int8_t());
  case I16:
    return body(int16_t());
  case I32:
    return body(int32_t());
  case I64:
    return body(int64_t());
  case F16:
    return body(Half());
  case F32:
    return body(float());
  case F64:
    return body(double());
  case C64:
    return body(Complex64());
  case C128:
    return body(mtrt_complex());
  case Bool:
    return body(Boolean());
  case BF16:
    return body(Brain());
  default:
    nameOfDtype(dtype); // raises
  }
}

static int64_t widen(uint8_t x) { return x; }
static int64_t widen(int8_t x) { return x; }
static int64_t widen(int16_t x) { return x; }
static int64_t widen(int32_t x) { return x; }
static int64_t widen(int64_t x) { return x; }
static int64_t widen(Boolean x) { return x.value != 0; }
static double widen(Half x) { return halfToFloat(asRegister(x.bits)); }
static double widen(Brain x) { return asRegister(uint32_t(x.bits) << 16); }
static double widen(float x) { return x; }
static double widen(double x) { return x; }
static mtrt_complex widen(Complex64 x) { return {x.re, x.im}; }
static mtrt_complex widen(mtrt_complex x) { return x; }

/// A float out of range gives what x86 gives, as PyTorch does there.
template <typename T> static T truncate(double x) {
  constexpr double bound = -static_cast<double>(std::numeric_limits<T>::min());
  return x >= -bound && x < bound ? static_cast<T>(x)
                                  : std::numeric_limits<T>::min();
}

template <typename T> struct Narrow {
  static T of(int64_t x) { return static_cast<T>(x); }
  static T of(double x) {
    if constexpr (std::is_floating_point_v<T>)
      return static_cast<T>(x);
    else if constexpr (std::is_same_v<T, int64_t> || std::is_same_v<T, uint8_t>)
      return static_cast<T>(truncate<int64_t>(x));
    else
      return static_cast<T>(truncate<int32_t>(x));
  }
  static T of(mtrt_complex x) { return of(x.re); }
};
template <> struct Narrow<Half> {
  static Half of(float x) { return {lowBits(floatToHalf(x))}; }
  static Half of(int64_t x) { return of(static_cast<float>(x)); }
  static Half of(double x) { return of(static_cast<float>(x)); }
  static Half of(mtrt_complex x) { return of(x.re); }
};
template <> struct Narrow<Brain> {
  static Brain of(float x) { return {lowBits(floatToBrain(x))}; }
  static Brain of(int64_t x) { return of(static_cast<float>(x)); }
  static Brain of(double x) { return of(static_cast<float>(x)); }
  static Brain of(mtrt_complex x) { return of(x.re); }
};
template <> struct Narrow<Boolean> {
  static Boolean of(int64_t x) { return {x != 0}; }
  static Boolean of(double x) { return {x != 0}; }
  static Boolean of(mtrt_complex x) { return {x.re != 0 || x.im != 0}; }
};
template <> struct Narrow<Complex64> {
  static Complex64 of(int64_t x) { return {static_cast<float>(x), 0}; }
  static Complex64 of(double x) { return {static_cast<float>(x), 0}; }
  static Complex64 of(mtrt_complex x) {
    return {static_cast<float>(x.re), static_cast<float>(x.im)};
  }
};
template <> struct Narrow<mtrt_complex> {
  static mtrt_complex of(int64_t x) { return {static_cast<double>(x), 0}; }
  static mtrt_complex of(double x) { return {x, 0}; }
  static mtrt_complex of(mtrt_complex x) { return x; }
};

namespace {
/// One side of a copy: steps in bytes.
struct Side {
  int64_t dtype, elementSize;
  char *data;
  const int64_t *strides;
};
} // namespace

template <typename Wide>
static void convertRow(const Side &from, const char *source, const Side &to,
                       char *target, int64_t count, int64_t sourceStep,
                       int64_t targetStep) {
  constexpr int64_t chunk = 128;
  Wide buffer[chunk];
  for (int64_t done = 0; done < count; done += chunk) {
    int64_t size = std::min(chunk, count - done);
    withElementType(from.dtype, [&](auto kind) {
      if constexpr (std::is_same_v<decltype(widen(kind)), Wide>)
        for (int64_t i = 0; i < size; ++i) {
          std::memcpy(&kind, source + (done + i) * sourceStep, sizeof(kind));
          buffer[i] = widen(kind);
        }
    });
    withElementType(to.dtype, [&](auto kind) {
      for (int64_t i = 0; i < size; ++i) {
        kind = Narrow<decltype(kind)>::of(buffer[i]);
        std::memcpy(target + (done + i) * targetStep, &kind, sizeof(kind));
      }
    });
  }
}

static void convertLevel(const Side &from, const char *source, const Side &to,
                         char *target, const int64_t *sizes, int64_t dim,
                         int64_t rank) {
  int64_t count = rank == 0 ? 1 : sizes[dim];
  int64_t sourceStep = rank == 0 ? 0 : from.strides[dim] * from.elementSize;
  int64_t targetStep = rank == 0 ? 0 : to.strides[dim] * to.elementSize;
  if (dim + 1 < rank) {
    for (int64_t i = 0; i < count; ++i)
      convertLevel(from, source + i * sourceStep, to, target + i * targetStep,
                   sizes, dim + 1, rank);
    return;
  }
  if (isComplex(from.dtype))
    convertRow<mtrt_complex>(from, source, to, target, count, sourceStep,
                             targetStep);
  else if (isFloating(from.dtype))
    convertRow<double>(from, source, to, target, count, sourceStep, targetStep);
  else
    convertRow<int64_t>(from, source, to, target, count, sourceStep,
                        targetStep);
}

/// Makes one dimension of two where both sides step through them as through
/// one.
static void joinDims(Dims &sizes, Dims &source, Dims &target) {
  auto erase = [](Dims &dims, size_t at) { dims.erase(dims.begin() + at); };
  for (size_t i = sizes.size(); i-- > 1;) {
    bool joins = sizes[i] == 1 || sizes[i - 1] == 1 ||
                 (source[i - 1] == source[i] * sizes[i] &&
                  target[i - 1] == target[i] * sizes[i]);
    if (!joins)
      continue;
    bool dropsOuter = sizes[i] != 1;
    sizes[i - 1] *= sizes[i];
    if (dropsOuter) {
      source[i - 1] = source[i];
      target[i - 1] = target[i];
    }
    erase(sizes, i);
    erase(source, i);
    erase(target, i);
  }
}

/// The bytes between the first and the last element.
static std::pair<const char *, const char *> rangeOf(const mtrt_tensor *tensor,
                                                     const Dims &sizes,
                                                     const Dims &strides,
                                                     int64_t offset) {
  int64_t elementSize = sizeOfDtype(tensor->dtype), last = 0;
  for (size_t i = 0; i < sizes.size(); ++i)
    last += (sizes[i] - 1) * strides[i];
  const char *begin =
      static_cast<const char *>(tensor->storage->data) + offset * elementSize;
  return {begin, begin + (last + 1) * elementSize};
}

void mtrt::copyElements(mtrt_tensor *target, const mtrt_tensor *source,
                        const Dims &sourceStrides, int64_t sourceOffset) {
  Geometry to = geometryOf(target);
  if (countOf(to.sizes) == 0)
    return;
  auto [sourceBegin, sourceEnd] =
      rangeOf(source, to.sizes, sourceStrides, sourceOffset);
  auto [targetBegin, targetEnd] =
      rangeOf(target, to.sizes, to.strides, to.offset);
  if (sourceBegin < targetEnd && targetBegin < sourceEnd) {
    if (sourceBegin == targetBegin && source->dtype == target->dtype &&
        sourceStrides == to.strides)
      return;
    // Each element is read before any is written.
    Ref copy = makeTensor(source->dtype, to.sizes);
    mtrt_tensor *made = toTensor(copy.get());
    copyElements(made, source, sourceStrides, sourceOffset);
    copyElements(target, made, geometryOf(made).strides, 0);
    return;
  }
  Dims sizes = to.sizes, strides = sourceStrides;
  joinDims(sizes, strides, to.strides);
  int64_t elementSize = sizeOfDtype(source->dtype);
  char *data = dataOf(target, sizeOfDtype(target->dtype));
  auto rank = static_cast<int64_t>(sizes.size());
  if (source->dtype == target->dtype) {
    copyStrided(elementSize, rank, sizes.data(), sourceBegin, strides.data(),
                data, to.strides.data());
    return;
  }
  Side from = {source->dtype, elementSize, nullptr, strides.data()};
  Side into = {target->dtype, sizeOfDtype(target->dtype), nullptr,
               to.strides.data()};
  convertLevel(from, sourceBegin, into, data, sizes.data(), 0, rank);
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

Scalar mtrt::scalarOf(int64_t tag, int64_t bits) {
  mtrt_value value = {tag, bits};
  switch (tag) {
  case MTRT_TAG_BOOL:
    return {Bool, bits};
  case MTRT_TAG_INT:
    return {I64, bits};
  case MTRT_TAG_FLOAT:
    return {F64, 0, toFloat(value)};
  default:
    check(isKind(value, MTRT_KIND_COMPLEX), "expected a number");
    mtrt_complex number = Element<MTRT_CLASS_COMPLEX>::unbox(value);
    return {C128, 0, number.re, number.im};
  }
}

static Scalar toScalar(int64_t x, int64_t dtype) {
  return {dtype == Bool ? Bool : I64, x};
}
static Scalar toScalar(double x, int64_t) { return {F64, 0, x}; }
static Scalar toScalar(mtrt_complex x, int64_t) {
  return {C128, 0, x.re, x.im};
}

Scalar mtrt::scalarAt(int64_t dtype, const char *at) {
  Scalar scalar = {};
  withElementType(dtype, [&](auto kind) {
    std::memcpy(&kind, at, sizeof(kind));
    scalar = toScalar(widen(kind), dtype);
  });
  return scalar;
}

mtrt_value mtrt::valueOf(const Scalar &scalar) {
  if (scalar.dtype == C128)
    return toValue(mtrt_complex_make(scalar.re, scalar.im));
  if (scalar.dtype == F64)
    return toValue(scalar.re);
  return {scalar.dtype == Bool ? MTRT_TAG_BOOL : MTRT_TAG_INT, scalar.integer};
}

namespace {
/// What a dtype is called where a number does not fit, and the numbers that do.
struct Range {
  const char *name;
  double least, most;
};
} // namespace

static Range rangeOf(int64_t dtype) {
  switch (dtype) {
  case U8:
    return {"uint8_t", -255, 255}; // negative ones wrap
  case I8:
    return {"int8_t", -128, 127};
  case I16:
    return {"int16_t", -0x1p15, 0x1p15 - 1};
  case I32:
    return {"int", -0x1p31, 0x1p31 - 1};
  case I64: // PyTorch compares with the bound as a double, 2^63
    return {"int64_t", -0x1p63, 0x1p63};
  case F16:
    return {"c10::Half", -65504, 65504};
  case BF16:
    return {"c10::BFloat16", -0x1.fep127, 0x1.fep127};
  case F32:
    return {"float", -0x1.fffffep127, 0x1.fffffep127};
  case C64:
    return {"c10::complex<float>", -0x1.fffffep127, 0x1.fffffep127};
  default:
    return {"double", -INFINITY, INFINITY};
  }
}

void mtrt::putScalar(const Scalar &scalar, int64_t dtype, char *at) {
  Range range = rangeOf(dtype);
  bool isWhole = !isFloating(dtype) && !isComplex(dtype);
  auto fits = [&](double x) {
    if (std::isnan(x) || std::isinf(x))
      return !isWhole;
    return range.least <= x && x <= range.most;
  };
  bool isInteger = scalar.dtype == Bool || scalar.dtype == I64;
  bool fitsAll = dtype == Bool || (isInteger && dtype == I64) ||
                 (fits(scalar.real()) && fits(scalar.im) &&
                  (isComplex(dtype) || scalar.im == 0) &&
                  !(dtype == U8 && scalar.dtype == F64 && scalar.re < 0));
  check(fitsAll, "value cannot be converted to type ", range.name,
        " without overflow");
  withElementType(dtype, [&](auto kind) {
    using Kind = decltype(kind);
    if (scalar.dtype == C128)
      kind = Narrow<Kind>::of(mtrt_complex{scalar.re, scalar.im});
    else if (scalar.dtype == F64)
      kind = Narrow<Kind>::of(scalar.re);
    else
      kind = Narrow<Kind>::of(scalar.integer);
    std::memcpy(at, &kind, sizeof(kind));
  });
}

void mtrt::checkWritable(const mtrt_tensor *tensor) {
  if (isDense(tensor))
    return;
  for (int64_t dim = 0; dim < tensor->rank; ++dim)
    check(stridesOf(tensor)[dim] != 0 || sizesOf(tensor)[dim] <= 1,
          "unsupported operation: more than one element of the written-to "
          "tensor refers to a single memory location. Please clone() the "
          "tensor before performing the operation.");
}

void mtrt::fill(mtrt_tensor *tensor, const Scalar &scalar) {
  alignas(mtrt_complex) char element[sizeof(mtrt_complex)];
  Geometry geometry = geometryOf(tensor);
  int64_t count = countOf(geometry.sizes);
  // PyTorch has a shorter way for one element, which lets a 16-bit one be
  // infinite.
  bool isHalf = tensor->dtype == F16 || tensor->dtype == BF16;
  if (count == 1 && isHalf) {
    double value;
    putScalar(scalar, F64, reinterpret_cast<char *>(&value));
    withElementType(tensor->dtype, [&](auto kind) {
      kind = Narrow<decltype(kind)>::of(value);
      std::memcpy(element, &kind, sizeof(kind));
    });
  } else {
    putScalar(scalar, tensor->dtype, element);
  }
  if (count == 0)
    return;
  // Every element is read from the same place.
  Dims stay(geometry.rank(), 0);
  joinDims(geometry.sizes, stay, geometry.strides);
  int64_t elementSize = sizeOfDtype(tensor->dtype);
  copyStrided(elementSize, geometry.rank(), geometry.sizes.data(), element,
              stay.data(), dataOf(tensor, elementSize),
              geometry.strides.data());
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

Ref mtrt::cloneOf(const mtrt_tensor *tensor, int64_t dtype, int64_t format) {
  Ref copy = makeTensor(dtype, geometryOf(tensor).sizes,
                        stridesOfCopy(tensor, format));
  copyElements(toTensor(copy.get()), tensor, geometryOf(tensor).strides,
               tensor->offset);
  return copy;
}

mtrt_object *mtrt_tensor_clone(mtrt_object *self, int64_t formatTag,
                               int64_t format) {
  return cloneOf(toTensor(self), toTensor(self)->dtype,
                 intOr(formatTag, format, Preserve))
      .take();
}

/// self.to(dtype): the tensor itself where that changes nothing.
static mtrt_object *convert(mtrt_object *self, int64_t dtype, bool copies,
                            int64_t format) {
  const mtrt_tensor *tensor = toTensor(self);
  if (!copies && dtype == tensor->dtype &&
      (format == Preserve || format == suggestedFormat(tensor)))
    return retained(self);
  return cloneOf(tensor, dtype, format).take();
}

mtrt_object *mtrt_tensor_to_dtype(mtrt_object *self, int64_t dtype, int64_t,
                                  int64_t copies, int64_t formatTag,
                                  int64_t format) {
  return convert(self, dtype, copies, intOr(formatTag, format, Preserve));
}
mtrt_object *mtrt_tensor_to_other(mtrt_object *self, mtrt_object *other,
                                  int64_t, int64_t copies, int64_t formatTag,
                                  int64_t format) {
  return convert(self, toTensor(other)->dtype, copies,
                 intOr(formatTag, format, Preserve));
}
mtrt_object *mtrt_tensor_to_device(mtrt_object *self, int64_t device,
                                   int64_t dtype, int64_t, int64_t copies,
                                   int64_t formatTag, int64_t format) {
  checkPlace(MTRT_TAG_NONE, 0, MTRT_TAG_DEVICE, device);
  return convert(self, dtype, copies, intOr(formatTag, format, Preserve));
}
mtrt_object *mtrt_tensor_to_options(mtrt_object *self, int64_t dtypeTag,
                                    int64_t dtype, int64_t layoutTag,
                                    int64_t layout, int64_t deviceTag,
                                    int64_t device, int64_t, int64_t, int64_t,
                                    int64_t copies, int64_t formatTag,
                                    int64_t format) {
  checkPlace(layoutTag, layout, deviceTag, device);
  return convert(self, intOr(dtypeTag, dtype, toTensor(self)->dtype), copies,
                 intOr(formatTag, format, Preserve));
}
mtrt_object *mtrt_tensor_copy_to_options(mtrt_object *self, int64_t dtypeTag,
                                         int64_t dtype, int64_t layoutTag,
                                         int64_t layout, int64_t deviceTag,
                                         int64_t device, int64_t, int64_t,
                                         int64_t, int64_t formatTag,
                                         int64_t format) {
  checkPlace(layoutTag, layout, deviceTag, device);
  return convert(self, intOr(dtypeTag, dtype, toTensor(self)->dtype), true,
                 intOr(formatTag, format, Preserve));
}
mtrt_object *mtrt_tensor_prim_to_dtype(mtrt_object *self, int64_t dtypeTag,
                                       int64_t dtype, int64_t, int64_t copies) {
  return convert(self, intOr(dtypeTag, dtype, toTensor(self)->dtype), copies,
                 Preserve);
}
mtrt_object *mtrt_tensor_prim_to_device(mtrt_object *self, int64_t deviceTag,
                                        int64_t device, int64_t dtypeTag,
                                        int64_t dtype, int64_t,
                                        int64_t copies) {
  checkPlace(MTRT_TAG_NONE, 0, deviceTag, device);
  return convert(self, intOr(dtypeTag, dtype, toTensor(self)->dtype), copies,
                 Preserve);
}
mtrt_object *mtrt_tensor_prim_to_other(mtrt_object *self, int64_t,
                                       int64_t copies) {
  return convert(self, toTensor(self)->dtype, copies, Preserve);
}
mtrt_object *mtrt_tensor_type_as(mtrt_object *self, mtrt_object *other) {
  return convert(self, toTensor(other)->dtype, false, Preserve);
}
mtrt_object *mtrt_tensor_as_tensor(mtrt_object *self, int64_t dtypeTag,
                                   int64_t dtype, int64_t deviceTag,
                                   int64_t device) {
  checkPlace(MTRT_TAG_NONE, 0, deviceTag, device);
  return convert(self, intOr(dtypeTag, dtype, toTensor(self)->dtype), false,
                 Preserve);
}
