//===- Tensor.cpp - A tensor of the caller ------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Values/Tensor.h"

#include "MiniTorch-c/Runtime.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/STLExtras.h"

#include <algorithm>

using namespace llvm;
using namespace minitorch;

namespace {
struct DTypeInfo {
  DType dtype;
  const char *word, *torchName;
  int64_t bytes;
};
} // namespace

/// In the order of the enum.
static constexpr DTypeInfo infos[] = {
    {DType::F16, "f16", "float16", 2},
    {DType::BF16, "bf16", "bfloat16", 2},
    {DType::F32, "f32", "float32", 4},
    {DType::F64, "f64", "float64", 8},
    {DType::I8, "i8", "int8", 1},
    {DType::I16, "i16", "int16", 2},
    {DType::I32, "i32", "int32", 4},
    {DType::I64, "i64", "int64", 8},
    {DType::UI8, "ui8", "uint8", 1},
    {DType::I1, "i1", "bool", 1},
    {DType::C32, "c32", "complex32", 4},
    {DType::C64, "c64", "complex64", 8},
    {DType::C128, "c128", "complex128", 16},
    {DType::UI16, "ui16", "uint16", 2},
};

static const DTypeInfo &info(DType dtype) {
  return infos[static_cast<unsigned>(dtype)];
}

int64_t minitorch::byteSize(DType dtype) { return info(dtype).bytes; }
StringRef minitorch::toWord(DType dtype) { return info(dtype).word; }
StringRef minitorch::toTorchName(DType dtype) { return info(dtype).torchName; }

std::optional<DType> minitorch::parseDType(StringRef text) {
  for (const DTypeInfo &entry : infos)
    if (text == entry.word || text == entry.torchName)
      return entry.dtype;
  return std::nullopt;
}

std::string minitorch::describe(DType dtype, ArrayRef<int64_t> sizes) {
  std::string text = toTorchName(dtype).str() + " [";
  for (size_t i = 0; i < sizes.size(); ++i) {
    text += i ? ", " : "";
    text += sizes[i] < 0 ? "?" : std::to_string(sizes[i]);
  }
  text += "]";
  return text;
}

SmallVector<int64_t, 4> minitorch::contiguousStrides(ArrayRef<int64_t> sizes) {
  SmallVector<int64_t, 4> strides(sizes.size());
  int64_t stride = 1;
  for (size_t i = sizes.size(); i-- > 0;) {
    strides[i] = stride;
    // As in PyTorch, an empty dimension does not make strides zero.
    stride *= std::max<int64_t>(sizes[i], 1);
  }
  return strides;
}

TensorRef Tensor::allocate(DType dtype, ArrayRef<int64_t> sizes) {
  int64_t bytes = byteSize(dtype);
  for (int64_t size : sizes)
    if (size < 0 ||
        __builtin_mul_overflow(bytes, std::max<int64_t>(size, 1), &bytes))
      return nullptr;
  void *buffer = mtrt_buffer_alloc(bytes);
  if (!buffer)
    return nullptr;
  auto tensor = std::make_shared<Tensor>();
  tensor->dtype = dtype;
  tensor->sizes.assign(sizes.begin(), sizes.end());
  tensor->strides = contiguousStrides(sizes);
  tensor->data = static_cast<char *>(buffer);
  tensor->storage = std::shared_ptr<void>(buffer, mtrt_buffer_free);
  tensor->memoryBytes = tensor->numElements() * byteSize(dtype);
  return tensor;
}

int64_t Tensor::numElements() const {
  int64_t count = 1;
  for (int64_t size : sizes)
    count *= size;
  return count;
}

bool Tensor::isContiguous() const {
  if (is_contained(sizes, 0))
    return true;
  int64_t expected = 1;
  for (size_t i = sizes.size(); i-- > 0;) {
    if (sizes[i] != 1 && strides[i] != expected)
      return false;
    expected *= sizes[i];
  }
  return true;
}

bool Tensor::hasNewStrides() const {
  return strides == contiguousStrides(sizes);
}

bool Tensor::repeatsElements() const {
  return numElements() > 0 && any_of(zip(sizes, strides), [](auto dim) {
           return std::get<0>(dim) > 1 && std::get<1>(dim) == 0;
         });
}

/// The descriptor that the runtime reads.
static SmallVector<int64_t, 12> descriptorOf(const Tensor &tensor) {
  auto address = reinterpret_cast<int64_t>(tensor.data);
  SmallVector<int64_t, 12> words = {address, address, 0};
  append_range(words, tensor.sizes);
  append_range(words, tensor.strides);
  return words;
}

void Tensor::copyFrom(const Tensor &other) {
  SmallVector<int64_t, 12> from = descriptorOf(other), to = descriptorOf(*this);
  int64_t rank = sizes.size();
  mtrt_unranked source = {rank, from.data()}, target = {rank, to.data()};
  memrefCopy(byteSize(dtype), &source, &target);
}

TensorRef minitorch::makeContiguous(const TensorRef &tensor) {
  if (tensor->isContiguous())
    return tensor;
  TensorRef copy = Tensor::allocate(tensor->dtype, tensor->sizes);
  if (copy)
    copy->copyFrom(*tensor);
  return copy;
}

bool minitorch::areSameMemory(const Tensor &a, const Tensor &b) {
  if (a.data != b.data || a.dtype != b.dtype || a.sizes != b.sizes)
    return false;
  // The stride of a dimension of size one leads nowhere.
  for (auto [size, x, y] : zip(a.sizes, a.strides, b.strides))
    if (size > 1 && x != y)
      return false;
  return true;
}

/// Calls `visit` with the address of each element.
template <typename Visit>
static void forEachElement(const Tensor &tensor, Visit visit) {
  int64_t rank = tensor.sizes.size(), bytes = byteSize(tensor.dtype);
  SmallVector<int64_t, 4> index(rank, 0);
  const char *element = tensor.data;
  for (int64_t left = tensor.numElements(); left > 0; --left) {
    visit(element);
    for (int64_t dim = rank - 1; dim >= 0; --dim) {
      element += tensor.strides[dim] * bytes;
      if (++index[dim] < tensor.sizes[dim])
        break;
      element -= tensor.sizes[dim] * tensor.strides[dim] * bytes;
      index[dim] = 0;
    }
  }
}

/// The addresses from the first byte to behind the last.
static std::pair<const char *, const char *> extentOf(const Tensor &tensor) {
  const char *first = tensor.data, *last = tensor.data;
  int64_t bytes = byteSize(tensor.dtype);
  for (auto [size, stride] : zip(tensor.sizes, tensor.strides))
    (stride < 0 ? first : last) += (size - 1) * stride * bytes;
  return {first, last + bytes};
}

bool minitorch::shareMemory(const Tensor &a, const Tensor &b) {
  if (a.numElements() == 0 || b.numElements() == 0)
    return false;
  auto [firstOfA, endOfA] = extentOf(a);
  auto [firstOfB, endOfB] = extentOf(b);
  if (endOfA <= firstOfB || endOfB <= firstOfA)
    return false;
  if (a.isContiguous() && b.isContiguous())
    return true;
  // Columns of one matrix lie between one another.
  BitVector isOfA(endOfA - firstOfA);
  forEachElement(a, [&, first = firstOfA](const char *element) {
    isOfA.set(element - first, element - first + byteSize(a.dtype));
  });
  bool isShared = false;
  forEachElement(b, [&, first = firstOfA, end = endOfA](const char *element) {
    for (int64_t i = 0; i < byteSize(b.dtype); ++i)
      isShared |= element + i >= first && element + i < end &&
                  isOfA[element + i - first];
  });
  return isShared;
}

bool minitorch::haveSameBits(const Tensor &a, const Tensor &b) {
  if (a.dtype != b.dtype || a.sizes != b.sizes)
    return false;
  TensorRef left = makeContiguous(std::make_shared<Tensor>(a));
  TensorRef right = makeContiguous(std::make_shared<Tensor>(b));
  // Of nothing there may be no data.
  return left && right &&
         std::equal(left->data,
                    left->data + a.numElements() * byteSize(a.dtype),
                    right->data);
}
