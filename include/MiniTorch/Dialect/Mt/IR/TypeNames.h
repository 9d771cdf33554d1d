//===- TypeNames.h - Types as TorchScript spells them -----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_TYPENAMES_H
#define MINITORCH_DIALECT_MT_IR_TYPENAMES_H

#include "mlir/IR/Types.h"
#include <string>

namespace minitorch::mt {

/// "List[Optional[int]]", "Enum[__torch__.Color]",
/// "NamedTuple[__torch__.Point, x: int, y: int]", and the name of a class: what
/// mtrt_type_intern takes. A type that TorchScript has no name for is printed.
std::string getTypeName(mlir::Type type);

/// Whether it is TorchScript's int, float or bool.
bool isNumberType(mlir::Type type);

/// Whether a value of the type can be taken from a caller, and handed out, as a
/// boxed value: all that its parts may be says itself what it is.
bool isPassedBoxed(mlir::Type type);

} // namespace minitorch::mt

#endif // MINITORCH_DIALECT_MT_IR_TYPENAMES_H
