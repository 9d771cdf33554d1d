//===- MtRuntimeOps.h - Calls of the runtime --------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_MTRUNTIMEOPS_H
#define MINITORCH_DIALECT_MT_IR_MTRUNTIMEOPS_H

#include "MiniTorch/Dialect/Mt/IR/MtDialect.h"
#include "MiniTorch/Dialect/Mt/IR/ValueForms.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace minitorch::mt {

/// Whether a value of `type` can be passed as a letter of `parameters` or
/// `returns` says. A builtin tensor counts as the object that it is boxed as.
bool isPassedAs(mlir::Type type, char letter);

/// The class, name and value of a member of an enum, as mt.constant.enum has
/// them.
struct EnumMember {
  llvm::StringRef className, name;
  /// An i64, i1, f64 or string.
  mlir::Attribute value;

  /// Nullopt for an attribute that is no member.
  static std::optional<EnumMember> of(mlir::Attribute attribute);
};

/// The member that `value` is known to be, or nullopt.
std::optional<EnumMember> getConstantEnum(mlir::Value value);

} // namespace minitorch::mt

#define GET_OP_CLASSES
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h.inc"

#endif // MINITORCH_DIALECT_MT_IR_MTRUNTIMEOPS_H
