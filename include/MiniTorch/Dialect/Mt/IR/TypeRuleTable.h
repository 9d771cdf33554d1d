//===- TypeRuleTable.h - Which operators have type rules --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_TYPERULETABLE_H
#define MINITORCH_DIALECT_MT_IR_TYPERULETABLE_H

#include "MiniTorch/Dialect/Mt/IR/Schema.h"

namespace minitorch::mt {

/// Whether the operator of the schema, or its functional form, has a line in
/// AtenOps.txt: what has none cannot be compiled.
bool hasTypeRule(const Schema &schema, mlir::MLIRContext *context);

/// The name of the rule in that line; empty if there is none.
llvm::StringRef getTypeRuleName(const Schema &schema);

} // namespace minitorch::mt

#endif // MINITORCH_DIALECT_MT_IR_TYPERULETABLE_H
