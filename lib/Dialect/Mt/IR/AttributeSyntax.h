//===- AttributeSyntax.h - Parts of the syntax of attributes ----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_IR_ATTRIBUTESYNTAX_H
#define MINITORCH_LIB_DIALECT_MT_IR_ATTRIBUTESYNTAX_H

#include "MiniTorch/Dialect/Mt/IR/MtAttributes.h"
#include "mlir/IR/OpImplementation.h"

namespace minitorch::mt {

/// `[2,?,-1]`
mlir::ParseResult parseSizes(mlir::AsmParser &parser,
                             llvm::SmallVectorImpl<int64_t> &sizes);
void printSizes(mlir::AsmPrinter &printer, llvm::ArrayRef<int64_t> sizes);

/// An attribute of the dialect without `#mt.`.
mlir::ParseResult parseBare(mlir::AsmParser &parser, mlir::Attribute &result);
void printBare(mlir::AsmPrinter &printer, mlir::Attribute attribute);

/// The same, of a kind; `what` is that kind for messages.
template <typename AttrT>
mlir::ParseResult parseBareAs(mlir::AsmParser &parser, AttrT &result,
                              llvm::StringRef what) {
  llvm::SMLoc loc = parser.getCurrentLocation();
  mlir::Attribute attribute;
  if (failed(parseBare(parser, attribute)))
    return mlir::failure();
  result = llvm::dyn_cast<AttrT>(attribute);
  if (!result)
    return parser.emitError(loc)
           << "expected " << what << ", got " << attribute;
  return mlir::success();
}

inline mlir::ParseResult parseSlot(mlir::AsmParser &parser, SlotAttr &slot) {
  return parseBareAs(parser, slot, "a slot (tensor, number, tuple, ...)");
}

/// `view arg 0 offset 4 strides [4,1]`, without the brackets.
mlir::ParseResult parseRelation(mlir::AsmParser &parser,
                                RelationAttr &relation);
void printRelation(mlir::AsmPrinter &printer, RelationAttr relation);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_IR_ATTRIBUTESYNTAX_H
