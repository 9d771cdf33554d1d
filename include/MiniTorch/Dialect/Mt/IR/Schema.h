//===- Schema.h - PyTorch operator schemas ----------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_SCHEMA_H
#define MINITORCH_DIALECT_MT_IR_SCHEMA_H

#include "mlir/IR/Operation.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>

namespace minitorch::mt {

struct OperatorFacts;

/// One argument or result of a schema.
struct SchemaArgument {
  std::string name;
  /// The type without alias annotations: `Tensor`, `int[]`, `Tensor?`.
  std::string type;
  /// The alias set's letter in `Tensor(a!)`; 0 where there is none. `(a -> *)`
  /// (stored in a container) has the letter and `escapes`; of `(b|a)` (new, or
  /// an alias) it is the alias.
  char aliasSet = 0;
  bool isWrite = false;
  bool escapes = false;
  /// For a list: the alias set is that of its elements, `Tensor(a)[]`, and not
  /// that of the list itself, `Tensor[](a)`.
  bool aliasesElements = false;
  bool isKeywordOnly = false;
  /// The default as the schema writes it, or nullopt.
  std::optional<std::string> defaultValue;
};

/// A parsed operator schema. Source: PyTorch's registry, AtenSchemas.txt.
struct Schema {
  std::string name; // aten::add.Tensor
  llvm::SmallVector<SchemaArgument> arguments;
  llvm::SmallVector<SchemaArgument> results;
  /// What else is known of the operator (Facts.h).
  const OperatorFacts *facts = nullptr;

  /// Whether some argument is written to: `Tensor(a!)`.
  bool isMutating() const;
  /// Index of argument `name`, or -1.
  int getArgumentIndex(llvm::StringRef name) const;
};

/// The schema of `aten::name.overload`, or null. Thread safe; the result lives
/// as long as the process.
const Schema *lookupSchema(llvm::StringRef name);

/// The schema of an mt.aten.* or mt.operator operation, or null.
const Schema *lookupSchema(mlir::Operation *op);

/// The operator that computes what an operator writes: that of AtenFacts.txt,
/// or by PyTorch's rule of names: `aten::add_.Tensor` -> `aten::add.Tensor`,
/// `aten::add.out` -> `aten::add` (or the overload with the same arguments).
/// Null where there is none.
const Schema *getFunctionalSchema(const Schema &schema);

/// Memory effects of an operator: none on builtin values; on boxed ones what
/// the schema says.
void getSchemaEffects(
    mlir::Operation *op,
    llvm::SmallVectorImpl<mlir::MemoryEffects::EffectInstance> &effects);

} // namespace minitorch::mt

#endif // MINITORCH_DIALECT_MT_IR_SCHEMA_H
