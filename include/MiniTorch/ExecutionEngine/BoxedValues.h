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
#include "MiniTorch/ExecutionEngine/Signature.h"
#include "MiniTorch/Values/Value.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/Error.h"

namespace minitorch {

/// Which list, dict or object of a program's state is which, during one call:
/// several attributes may be, or hold, the same one. Holds no references.
class StateObjects {
public:
  /// The object that was made for `identity`, or null.
  mtrt_object *lookup(uint64_t identity) const {
    return objects.lookup(identity);
  }
  void add(uint64_t identity, mtrt_object *object);
  /// The number of an object, a new one where it has none.
  uint64_t identify(mtrt_object *object);

private:
  llvm::DenseMap<uint64_t, mtrt_object *> objects;
  llvm::DenseMap<mtrt_object *, uint64_t> identities;
};

/// Reads what a call returns.
class BoxedReader {
public:
  /// `classes` are those of objects that may come out; borrowed.
  explicit BoxedReader(BoxedTensors &tensors,
                       const ClassTable *classes = nullptr)
      : tensors(tensors), classes(classes) {}

  /// Borrows the value.
  Value read(mtrt_value value);

  /// What is read from now on is state.
  void beginState(StateObjects &objects) { state = &objects; }
  /// The class of an object that was read and that is not known; empty where
  /// there was none.
  llvm::StringRef getUnknownClass() const { return unknownClass; }

private:
  Value read(mtrt_object *object);
  Value readObject(mtrt_object *object);

  BoxedTensors &tensors;
  const ClassTable *classes;
  StateObjects *state = nullptr;
  std::string unknownClass;
};

/// Makes the objects of one argument.
class BoxedWriter {
public:
  /// `where` names the argument in messages; `classes` are those of objects
  /// that may go in; `state` is given for an attribute. Borrowed.
  BoxedWriter(std::string where, BoxedTensors &tensors,
              const ClassTable *classes = nullptr,
              StateObjects *state = nullptr)
      : where(std::move(where)), tensors(tensors), classes(classes),
        state(state) {}

  /// `type` is TorchScript's name of the parameter's type. The caller owns the
  /// value. Fails for a value of another type.
  llvm::Expected<mtrt_value> write(llvm::StringRef type, const Value &value);

private:
  std::string where;
  BoxedTensors &tensors;
  const ClassTable *classes;
  StateObjects *state;
};

} // namespace minitorch

#endif // MINITORCH_EXECUTIONENGINE_BOXEDVALUES_H
