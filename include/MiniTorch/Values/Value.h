//===- Value.h - A TorchScript value outside of a program ---------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_VALUES_VALUE_H
#define MINITORCH_VALUES_VALUE_H

#include "MiniTorch/Values/Tensor.h"

#include <vector>

namespace minitorch {

/// What goes into a method and comes out of it.
struct Value {
  enum class Kind {
    /// Not given: the parameter's default.
    Absent,
    None,
    Bool,
    Int,
    Float,
    Complex,
    Str,
    Device,
    DType,
    Tensor,
    List,
    Tuple,
    NamedTuple,
    Dict,
    Enum,
    Object,
  };

  Kind kind = Kind::None;
  /// Bool, Int; whether the member of an Enum is an int or a str, too.
  int64_t integer = 0;
  /// Float; real part of Complex.
  double real = 0;
  double imaginary = 0;
  /// Str, Device, DType; class of NamedTuple, Enum, Object.
  std::string text;
  /// Names of the items of a NamedTuple or Object; the Enum's member.
  std::vector<std::string> fields;
  /// Items; key, value, key, value, ... of a Dict; the value of an Enum.
  std::vector<Value> items;
  TensorRef tensor;
  /// Of a list, dict or object that is state: which one it is. The same number
  /// stands for the same one; 0 for one that is nothing else.
  uint64_t identity = 0;

  static Value absent() { return ofKind(Kind::Absent); }
  static Value none() { return ofKind(Kind::None); }
  static Value ofBool(bool value);
  static Value ofInt(int64_t value);
  static Value ofFloat(double value);
  static Value ofStr(std::string value);
  static Value ofTensor(TensorRef value);
  /// A member of an enum: its class by its qualified name.
  static Value ofMember(std::string className, std::string name, Value value);
  static Value ofKind(Kind kind);
  static Value ofItems(Kind kind, std::vector<Value> items);

  bool isTensor() const { return kind == Kind::Tensor; }
};

/// "int 3", "float32 [2, 3]", "tuple of 2": for messages.
std::string describe(const Value &value);

/// Whether two qualified names may be of one class: where it lies depends on
/// who loaded it.
bool isSameClass(llvm::StringRef a, llvm::StringRef b);

/// Equality of values without tensors (dict keys, constants).
bool isSame(const Value &a, const Value &b);

} // namespace minitorch

#endif // MINITORCH_VALUES_VALUE_H
