//===- KnownTensors.h - Tensors of PyTorch that a program holds -*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_PYTHON_KNOWNTENSORS_H
#define MINITORCH_PYTHON_KNOWNTENSORS_H

#include "MiniTorch/Values/Tensor.h"

#include <nanobind/nanobind.h>
#include <unordered_map>

namespace minitorch {

/// Which tensor of PyTorch is which of a program, from call to call, for as
/// long as both live; and in whose torch storage the memory of a program's
/// tensor lies. Under the GIL.
class KnownTensors {
public:
  /// The program's tensor for an object; null where there is none.
  TensorRef find(nanobind::handle object) const;
  /// The object for the program's tensor; null where there is none.
  nanobind::object find(const TensorRef &tensor) const;
  /// `object` and `tensor` are one.
  void add(nanobind::handle object, const TensorRef &tensor);
  /// A new tensor of PyTorch for `tensor`, in the torch storage of one that is
  /// known to have its memory; null where there is none.
  nanobind::object makeBeside(const Tensor &tensor) const;
  /// The same in the torch storage of `holder`, if the tensor lies in it.
  static nanobind::object makeBeside(nanobind::handle holder,
                                     const Tensor &tensor);

private:
  struct Entry {
    nanobind::object object; // A weak reference.
    std::weak_ptr<Tensor> tensor;
    std::weak_ptr<void> memory;
  };
  /// Forgets what is dead, when there has become much of it.
  void sweep();

  std::unordered_map<PyObject *, Entry> byObject;
  std::unordered_map<const Tensor *, PyObject *> byTensor;
  std::unordered_map<const void *, PyObject *> byMemory;
  size_t sweepAt = 64;
};

} // namespace minitorch

#endif // MINITORCH_PYTHON_KNOWNTENSORS_H
