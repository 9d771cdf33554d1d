//===- MtTaskOps.h - Forked tasks -------------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_MTTASKOPS_H
#define MINITORCH_DIALECT_MT_IR_MTTASKOPS_H

#include "MiniTorch/Dialect/Mt/IR/MtDialect.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace minitorch::mt {

/// On a function: the runtime calls it, as a task (convert-mt-tensors-to-
/// runtime).
inline constexpr llvm::StringLiteral taskAttrName = "mt.task";
/// On a call of the runtime that runs one: it may change the lists and dicts
/// that are its operands.
inline constexpr llvm::StringLiteral runsTaskAttrName = "mt.runs_task";

} // namespace minitorch::mt

#define GET_OP_CLASSES
#include "MiniTorch/Dialect/Mt/IR/MtTaskOps.h.inc"

#endif // MINITORCH_DIALECT_MT_IR_MTTASKOPS_H
