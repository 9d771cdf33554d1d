//===- AtenOps.cpp - Methods of the generated ATen operations ---*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/AtenOps.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"

namespace minitorch::mt {
#include "MiniTorch/Dialect/Mt/IR/AtenOpMethods.cpp.inc"
} // namespace minitorch::mt
