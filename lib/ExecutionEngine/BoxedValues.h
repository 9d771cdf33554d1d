//===- BoxedValues.h - Objects of the runtime as values ---------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_EXECUTIONENGINE_BOXEDVALUES_H
#define MINITORCH_LIB_EXECUTIONENGINE_BOXEDVALUES_H

#include "MiniTorch-c/Objects.h"
#include "MiniTorch/Values/Value.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/Error.h"

namespace minitorch {

/// Reads what a call returns. One tensor object of the program becomes one
/// tensor, however often it is there; tensors share the object's memory.
class BoxedReader {
public:
  /// Borrows the value.
  Value read(mtrt_value value);

  /// What is read from now on belongs to something else than before.
  void beginOwner() { ++owner; }
  /// Whether a list or dict was read for two of these.
  bool sharesContainers() const { return isShared; }

private:
  Value read(mtrt_object *object);
  Value readTensor(mtrt_object *object);

  llvm::DenseMap<mtrt_object *, TensorRef> tensors;
  /// Who a list or dict belongs to.
  llvm::DenseMap<mtrt_object *, unsigned> owners;
  unsigned owner = 0;
  bool isShared = false;
};

/// Makes the objects of one argument.
class BoxedWriter {
public:
  /// `where` names the argument in messages.
  explicit BoxedWriter(std::string where) : where(std::move(where)) {}

  /// `type` is TorchScript's name of the parameter's type. The caller owns the
  /// value. Fails for a value of another type.
  llvm::Expected<mtrt_value> write(llvm::StringRef type, const Value &value);

private:
  std::string where;
};

} // namespace minitorch

#endif // MINITORCH_LIB_EXECUTIONENGINE_BOXEDVALUES_H
