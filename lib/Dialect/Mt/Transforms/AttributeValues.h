//===- AttributeValues.h - Values of attributes as operations -*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_ATTRIBUTEVALUES_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_ATTRIBUTEVALUES_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/SymbolTable.h"

namespace minitorch::mt {

/// The value that `value` stands for in `mt.object` and `mt.default`, declared
/// to be of `type`, as operations. Null if nothing makes it.
mlir::Value createFromAttribute(mlir::OpBuilder &builder, mlir::Location loc,
                                mlir::Attribute value, mlir::Type type,
                                const mlir::SymbolTable &symbols);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_ATTRIBUTEVALUES_H
