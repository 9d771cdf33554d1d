//===- State.h - Values in attributes -----------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_MODEL_STATE_H
#define MINITORCH_LIB_MODEL_STATE_H

#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Values/Value.h"
#include "mlir/IR/BuiltinOps.h"

#include <map>

namespace minitorch {

/// The object that holds the root object's attribute at `path`, or null; and
/// the attribute's name there.
std::pair<mt::ObjectOp, llvm::StringRef> findAttribute(mlir::ModuleOp module,
                                                       llvm::StringRef path);

/// The value of an attribute of the IR: a number, string, tensor or array.
/// Absent if it is of another kind. A tensor is a copy.
Value valueOf(mlir::Attribute attribute, mlir::Type type = {},
              mlir::ModuleOp objects = {});

/// The value of the root object's attribute at `path` ("fc.weight").
Value attributeOfRoot(mlir::ModuleOp module, llvm::StringRef path);
/// The type that it is declared to be of; null where there is none.
mlir::Type attributeTypeOfRoot(mlir::ModuleOp module, llvm::StringRef path);

/// Tensors of a program's attributes that share memory, by the numbers that
/// `mt.shared` gives to them and to their memories.
struct SharedTensors {
  /// Puts the tensors in `value` where `places` says. All attributes of one
  /// memory come here before any of them is written.
  void place(Value &value, mlir::ArrayAttr places);

private:
  TensorRef get(const TensorRef &contents, mlir::DictionaryAttr place);
  std::map<int64_t, TensorRef> tensors, memories;
};

/// Gives the root object's attribute at `path` a value. Does nothing if there
/// is no such attribute or the value is of a kind that the IR has no form for.
void setAttributeOfRoot(mlir::ModuleOp module, llvm::StringRef path,
                        const Value &value);

/// Whether the values are the same, tensors and floats bit by bit.
bool areSameBits(const Value &a, const Value &b);

/// Whether two modules, perhaps of different contexts, have the same functions
/// by name, and the same objects with the same values.
bool haveSameObjects(mlir::ModuleOp a, mlir::ModuleOp b);

} // namespace minitorch

#endif // MINITORCH_LIB_MODEL_STATE_H
