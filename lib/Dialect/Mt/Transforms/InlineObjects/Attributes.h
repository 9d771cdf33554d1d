//===- Attributes.h - Attributes of the loaded objects ----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_INLINEOBJECTS_ATTRIBUTES_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_INLINEOBJECTS_ATTRIBUTES_H

#include "InlineObjects.h"

namespace minitorch::mt {

/// One attribute of one object of the loaded program.
struct AttributeKey {
  mlir::StringAttr object;
  mlir::StringAttr name;
  bool operator<(const AttributeKey &other) const {
    return std::tuple(object.getAsOpaquePointer(), name.getAsOpaquePointer()) <
           std::tuple(other.object.getAsOpaquePointer(),
                      other.name.getAsOpaquePointer());
  }
};

/// What an attribute is declared to be, or null.
mlir::Type getAttributeType(const AttributeKey &key,
                            mlir::SymbolTable &symbols);

/// The value of an attribute that never changes, or null.
using ConstantAttributes = llvm::function_ref<mlir::Attribute(PrimGetAttrOp)>;

/// The attributes that normalization writes to while it trains, although its
/// schemas do not say so (see mt-functionalize).
llvm::SmallVector<PrimGetAttrOp> getHiddenWrites(mlir::func::FuncOp entry,
                                                 ConstantAttributes constants);

/// Makes constants of the attributes that never change, and arguments and
/// results of `entry` of the others; returns how many those are. `boxed`:
/// tensors are objects.
mlir::FailureOr<unsigned> resolveAttributes(mlir::func::FuncOp entry,
                                            ObjectOp root,
                                            mlir::SymbolTable &symbols,
                                            const ObjectVariables &variables,
                                            bool boxed);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_INLINEOBJECTS_ATTRIBUTES_H
