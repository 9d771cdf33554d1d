//===- Instances.h - Objects that exist at run time -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What mt-inline-objects leaves of objects that it cannot resolve: their
// classes are gone by then, so operations say what they need of them.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_INSTANCES_H
#define MINITORCH_DIALECT_MT_IR_INSTANCES_H

#include "llvm/ADT/StringRef.h"

namespace minitorch::mt {

/// On mt.prim.create_object: how many fields it has, an i64, and the text of
/// its type, which runs of `is_class` compare.
inline constexpr llvm::StringLiteral fieldsAttrName = "mt.fields";
inline constexpr llvm::StringLiteral typeAttrName = "mt.type";

/// On mt.prim.get_attr and set_attr: the index of the field, an i64, and the
/// name of the class that declares it.
inline constexpr llvm::StringLiteral fieldAttrName = "mt.field";
inline constexpr llvm::StringLiteral classAttrName = "mt.class";

/// The operator `(value) {type}`: whether a value of any type is an object that
/// was created with this type.
inline constexpr llvm::StringLiteral isClassName = "prim::is_class";

/// On the entry function: the classes of objects that may go in or come out, by
/// their names: an array of [name, type's name] of their attributes.
inline constexpr llvm::StringLiteral classesAttrName = "mt.classes";

} // namespace minitorch::mt

#endif // MINITORCH_DIALECT_MT_IR_INSTANCES_H
