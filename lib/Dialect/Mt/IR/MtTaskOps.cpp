//===- MtTaskOps.cpp - Forked tasks -----------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/MtTaskOps.h"

#define GET_OP_CLASSES
#include "MiniTorch/Dialect/Mt/IR/MtTaskOps.cpp.inc"
