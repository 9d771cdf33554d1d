//===- MtKernelOps.h - Calls of kernels -------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_MTKERNELOPS_H
#define MINITORCH_DIALECT_MT_IR_MTKERNELOPS_H

#include "MiniTorch/Dialect/Mt/IR/MtDialect.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace minitorch::mt {

/// On a kernel: a KernelAttr.
inline constexpr llvm::StringLiteral kernelAttrName = "mt.kernel";

} // namespace minitorch::mt

#define GET_OP_CLASSES
#include "MiniTorch/Dialect/Mt/IR/MtKernelOps.h.inc"

#endif // MINITORCH_DIALECT_MT_IR_MTKERNELOPS_H
