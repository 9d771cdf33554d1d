//===- Tensor.h - A tensor of the caller --------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_VALUES_TENSOR_H
#define MINITORCH_VALUES_TENSOR_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <memory>
#include <optional>
#include <string>

namespace minitorch {

enum class DType : uint8_t {
  F16,
  BF16,
  F32,
  F64,
  I8,
  I16,
  I32,
  I64,
  UI8,
  I1,
  C32,
  C64,
  C128,
  /// Only in files, as the bits of a bfloat16.
  UI16,
};

/// Bytes of one element.
int64_t byteSize(DType dtype);
/// The word of signatures: "f32".
llvm::StringRef toWord(DType dtype);
/// PyTorch's name: "float32".
llvm::StringRef toTorchName(DType dtype);
/// Either spelling.
std::optional<DType> parseDType(llvm::StringRef text);

/// "float32 [2, 3]", for messages. A negative size prints as "?".
std::string describe(DType dtype, llvm::ArrayRef<int64_t> sizes);

/// Elements in memory, with identity: a program may change them.
struct Tensor {
  DType dtype = DType::F32;
  llvm::SmallVector<int64_t, 4> sizes;
  /// Count elements.
  llvm::SmallVector<int64_t, 4> strides;
  /// The first element.
  char *data = nullptr;
  /// How many elements its memory has before it, where that is known.
  int64_t storageOffset = 0;
  /// How large its memory is; 0 where that is not known.
  int64_t memoryBytes = 0;
  /// Owns the memory.
  std::shared_ptr<void> storage;
  /// Of an attribute of a program: whether somebody else has the tensor, or
  /// another one in its memory.
  bool isShared = false;

  /// A new contiguous tensor with arbitrary elements; null when the size
  /// overflows or memory is out.
  static std::shared_ptr<Tensor> allocate(DType dtype,
                                          llvm::ArrayRef<int64_t> sizes);

  int64_t numElements() const;
  bool isContiguous() const;
  /// Whether it has the strides of a new tensor of its sizes, those of sizes of
  /// one among them: operators may take another for another memory format.
  bool hasNewStrides() const;
  /// Whether a dimension is the same elements again and again, as `expand`
  /// makes it.
  bool repeatsElements() const;
  /// Copies the elements of a tensor of the same dtype and sizes.
  void copyFrom(const Tensor &other);
};

using TensorRef = std::shared_ptr<Tensor>;

/// `tensor` itself if it is contiguous, else a copy that is; null when memory
/// is out.
TensorRef makeContiguous(const TensorRef &tensor);

/// Row-major strides.
llvm::SmallVector<int64_t, 4> contiguousStrides(llvm::ArrayRef<int64_t> sizes);

/// Whether two tensors are the same elements in the same order, of one dtype.
bool areSameMemory(const Tensor &a, const Tensor &b);
/// Whether some byte of memory belongs to an element of each.
bool shareMemory(const Tensor &a, const Tensor &b);

/// Whether two tensors have the same dtype, sizes and bits.
bool haveSameBits(const Tensor &a, const Tensor &b);

} // namespace minitorch

#endif // MINITORCH_VALUES_TENSOR_H
