//===- BoxedTensors.h - Tensor objects of one call --------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_EXECUTIONENGINE_BOXEDTENSORS_H
#define MINITORCH_EXECUTIONENGINE_BOXEDTENSORS_H

#include "MiniTorch-c/Objects.h"
#include "MiniTorch/Values/Tensor.h"
#include "llvm/ADT/MapVector.h"

namespace minitorch {

/// Tensors of the caller's and the runtime's objects for them: one object a
/// tensor and one tensor an object, in one memory, for as long as this lives.
class BoxedTensors {
public:
  BoxedTensors() = default;
  BoxedTensors(const BoxedTensors &) = delete;
  BoxedTensors &operator=(const BoxedTensors &) = delete;
  ~BoxedTensors();

  /// The object for a tensor; the caller owns it. Null for a dtype that the
  /// runtime does not have.
  mtrt_object *write(const TensorRef &tensor);
  /// The tensor for an object; null for a dtype that tensors cannot have. What
  /// lies in a constant of the program is copied.
  TensorRef read(mtrt_object *object);

  /// Gives tensors the sizes, strides and memory that their objects have now;
  /// returns those that changed.
  llvm::SmallVector<TensorRef> update();

private:
  /// A storage over the memory of `tensor`; owned. `offset`: where it begins.
  mtrt_object *getStorage(const Tensor &tensor, int64_t &offset);

  /// Every object is retained.
  llvm::MapVector<mtrt_object *, TensorRef> tensors;
  llvm::DenseMap<const Tensor *, mtrt_object *> objects;
  /// By the memory that they begin with; retained.
  llvm::DenseMap<char *, mtrt_object *> storages;
};

/// PyTorch's number of a dtype, as objects have it.
std::optional<DType> getDType(int64_t number);
/// The reverse; -1 for a dtype that objects do not have.
int64_t getNumber(DType dtype);

} // namespace minitorch

#endif // MINITORCH_EXECUTIONENGINE_BOXEDTENSORS_H
