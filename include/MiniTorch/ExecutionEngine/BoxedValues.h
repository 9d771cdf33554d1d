//===- BoxedValues.h - Objects of the runtime as values ---------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_EXECUTIONENGINE_BOXEDVALUES_H
#define MINITORCH_EXECUTIONENGINE_BOXEDVALUES_H

#include "MiniTorch/ExecutionEngine/BoxedTensors.h"
#include "MiniTorch/Values/Value.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/Error.h"

namespace minitorch {

/// Reads what a call returns.
class BoxedReader {
public:
  explicit BoxedReader(BoxedTensors &tensors) : tensors(tensors) {}

  /// Borrows the value.
  Value read(mtrt_value value);

  /// What is read from now on belongs to something else than before.
  void beginOwner() { ++owner; }
  /// Whether a list or dict was read for two of these.
  bool sharesContainers() const { return isShared; }

private:
  Value read(mtrt_object *object);

  BoxedTensors &tensors;
  /// Who a list or dict belongs to.
  llvm::DenseMap<mtrt_object *, unsigned> owners;
  unsigned owner = 0;
  bool isShared = false;
};

/// Makes the objects of one argument.
class BoxedWriter {
public:
  /// `where` names the argument in messages.
  BoxedWriter(std::string where, BoxedTensors &tensors)
      : where(std::move(where)), tensors(tensors) {}

  /// `type` is TorchScript's name of the parameter's type. The caller owns the
  /// value. Fails for a value of another type.
  llvm::Expected<mtrt_value> write(llvm::StringRef type, const Value &value);

private:
  std::string where;
  BoxedTensors &tensors;
};

} // namespace minitorch

#endif // MINITORCH_EXECUTIONENGINE_BOXEDVALUES_H
