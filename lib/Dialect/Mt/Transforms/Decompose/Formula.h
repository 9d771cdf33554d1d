//===- Formula.h - Operators without a class, by name -----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_DECOMPOSE_FORMULA_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_DECOMPOSE_FORMULA_H

#include "TensorBuilder.h"

namespace minitorch::mt {

/// The results of an operator in terms of other operators; nothing, and nothing
/// built, where its operands are not known enough.
using FormulaResult = std::optional<llvm::SmallVector<mlir::Value>>;
using Formula = FormulaResult (*)(TensorBuilder &b, mlir::ValueRange operands);

/// An operator, with a class or without, and its formula.
struct NamedFormula {
  llvm::StringRef name; // aten::addr
  Formula formula;
};

/// Adds one pattern for all of `formulas`, a table that outlives it.
void addFormulas(mlir::RewritePatternSet &patterns,
                 llvm::ArrayRef<NamedFormula> formulas);

/// Another name of an operator with a class and the same operands.
struct Alias {
  llvm::StringRef name;   // aten::absolute
  llvm::StringRef target; // abs
};
void addAliases(mlir::RewritePatternSet &patterns,
                llvm::ArrayRef<Alias> aliases);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_DECOMPOSE_FORMULA_H
