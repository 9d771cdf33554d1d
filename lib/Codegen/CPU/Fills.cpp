//===- Fills.cpp - Sums that start in registers ---------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fills.h"

using namespace mlir;
using namespace minitorch;

Value minitorch::takeFill(Operation *op, Value buffer) {
  for (Operation *before = op->getPrevNode(); before;
       before = before->getPrevNode()) {
    if (auto fill = dyn_cast<linalg::FillOp>(before)) {
      if (fill.getDpsInits()[0] != buffer)
        return nullptr;
      Value value = fill.getInputs()[0];
      fill.erase();
      return value;
    }
    if (!isMemoryEffectFree(before))
      return nullptr;
  }
  return nullptr;
}
