//===- MtCountingOps.h - References to boxed values -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_MTCOUNTINGOPS_H
#define MINITORCH_DIALECT_MT_IR_MTCOUNTINGOPS_H

#include "MiniTorch/Dialect/Mt/IR/MtDialect.h"
#include "MiniTorch/Dialect/Mt/IR/ValueForms.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace minitorch::mt {

// On the declaration or definition of a function, for whoever calls it.

/// It raises nothing. Without it a call may raise.
inline constexpr llvm::StringLiteral noRaiseAttrName = "mt.no_raise";
/// `array<i64: ...>`: the arguments whose references it takes, also where it
/// raises. The others are borrowed.
inline constexpr llvm::StringLiteral takesAttrName = "mt.takes";
/// Its boxed results are objects that live as long as the program: literals,
/// weights. The results of others are owned by the caller.
inline constexpr llvm::StringLiteral immortalAttrName = "mt.immortal";

} // namespace minitorch::mt

#define GET_OP_CLASSES
#include "MiniTorch/Dialect/Mt/IR/MtCountingOps.h.inc"

#endif // MINITORCH_DIALECT_MT_IR_MTCOUNTINGOPS_H
