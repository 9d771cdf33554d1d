//===- MtAttributes.h - Attributes of the mt dialect ------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_MTATTRIBUTES_H
#define MINITORCH_DIALECT_MT_IR_MTATTRIBUTES_H

#include "MiniTorch/Dialect/Mt/IR/MtDialect.h"
#include "mlir/IR/BuiltinAttributes.h"

#include "MiniTorch/Dialect/Mt/IR/MtEnums.h.inc"

#include "MiniTorch/Dialect/Mt/IR/MtAttrInterfaces.h.inc"

#define GET_ATTRDEF_CLASSES
#include "MiniTorch/Dialect/Mt/IR/MtAttributes.h.inc"

namespace minitorch::mt {

/// On a public function, a SignatureAttr.
inline constexpr llvm::StringLiteral signatureAttrName = "mt.signature";

/// The slot of a value of a type that is one leaf: a tensor of known rank and
/// dtype, a number, or else a boxed value.
SlotAttr getLeafSlot(mlir::Type type);

} // namespace minitorch::mt

#endif // MINITORCH_DIALECT_MT_IR_MTATTRIBUTES_H
