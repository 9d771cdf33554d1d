//===- MtOps.h - Operations of the mt dialect -------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_MTOPS_H
#define MINITORCH_DIALECT_MT_IR_MTOPS_H

#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/MtDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "MiniTorch/Dialect/Mt/IR/MtInterfaces.h.inc"

#define GET_OP_CLASSES
#include "MiniTorch/Dialect/Mt/IR/MtOps.h.inc"

namespace minitorch::mt {

/// Creates the operator of schema `name`: its class, or mt.operator where it
/// has none.
mlir::Operation *createOperator(mlir::OpBuilder &builder, mlir::Location loc,
                                llvm::StringRef name,
                                mlir::TypeRange resultTypes,
                                mlir::ValueRange operands);

} // namespace minitorch::mt

#endif // MINITORCH_DIALECT_MT_IR_MTOPS_H
