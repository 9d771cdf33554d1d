//===- DictKeys.h - Keys of dicts that are constants ------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_DICTKEYS_H
#define MINITORCH_DIALECT_MT_IR_DICTKEYS_H

#include "MiniTorch/Dialect/Mt/IR/MtOps.h"

namespace minitorch::mt {

/// Whether a key is a constant text or int.
bool isConstantKey(mlir::Value key);
/// Whether two constant keys are equal.
bool isSameConstantKey(mlir::Value a, mlir::Value b);

/// Whether the operands are the entries of the dict: constant keys, each once.
bool hasKnownEntries(PrimDictConstructOp dict);

} // namespace minitorch::mt

#endif // MINITORCH_DIALECT_MT_IR_DICTKEYS_H
