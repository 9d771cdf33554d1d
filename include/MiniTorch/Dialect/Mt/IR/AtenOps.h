//===- AtenOps.h - The generated ATen operations ----------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Kept apart from MtOps.h: most files need a few of the hand-written operations
// and none of these several hundred classes.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_ATENOPS_H
#define MINITORCH_DIALECT_MT_IR_ATENOPS_H

#include "MiniTorch/Dialect/Mt/IR/MtOps.h"

#define GET_OP_CLASSES
#include "MiniTorch/Dialect/Mt/IR/AtenOps.h.inc"

#endif // MINITORCH_DIALECT_MT_IR_ATENOPS_H
