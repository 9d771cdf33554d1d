//===- AttributeUses.h - What becomes of an attribute's tensors -*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_INLINEOBJECTS_ATTRIBUTEUSES_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_INLINEOBJECTS_ATTRIBUTEUSES_H

#include "mlir/IR/Value.h"

namespace minitorch::mt {

/// Whether an operator may write to `value`, a tensor, list or dict, to a view
/// of it or to something in it.
bool mayBeMutated(mlir::Value value);

/// Whether `value`, if it is a tensor, a view of it or a tensor in it is left
/// by the call, in its result or in an attribute: through views, containers,
/// branches and loops.
bool mayEscape(mlir::Value value);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_INLINEOBJECTS_ATTRIBUTEUSES_H
