//===- ValueForms.h - What a boxed value is at run time ---------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_VALUEFORMS_H
#define MINITORCH_DIALECT_MT_IR_VALUEFORMS_H

#include "mlir/IR/Types.h"
#include <optional>

namespace minitorch::mt {

/// How a value of an `!mt` type is held by the host program.
enum class ValueForm {
  /// Not at all: there is one value of the type.
  Nothing,
  /// One `i64`.
  Integer,
  /// A pointer to an object; null is None where the type allows it, and what a
  /// variable holds that was never set.
  Pointer,
  /// Two `i64`: a tag, and bits that are a number or a pointer.
  Tagged,
};

/// The form of `type`; nullopt for types of other dialects and for types that
/// no value has at run time.
std::optional<ValueForm> getValueForm(mlir::Type type);

/// Whether a container holds elements of the two types in the same way: as the
/// same kind of number, as pointers, or as tagged values. A builtin tensor is
/// an object there.
bool isHeldAlike(mlir::Type a, mlir::Type b);

/// Whether a value of `type` may hold a reference that is counted.
bool isCounted(mlir::Type type);

} // namespace minitorch::mt

#endif // MINITORCH_DIALECT_MT_IR_VALUEFORMS_H
