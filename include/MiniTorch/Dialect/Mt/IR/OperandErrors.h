//===- OperandErrors.h - Operands that operators refuse ---------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What PyTorch checks of ranks, sizes and numbers before it computes stands in
// OperandErrors.txt, a line a check. Of the conditions there, some are decided
// by types and constants; the rest is tested when the program runs.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_OPERANDERRORS_H
#define MINITORCH_DIALECT_MT_IR_OPERANDERRORS_H

#include "MiniTorch/Dialect/Mt/IR/DtypeErrors.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"

namespace minitorch::mt {

/// A number that a condition or a message is about.
struct OperandTerm {
  enum Kind {
    Literal, // -1.5
    Number,  // n
    Rank,    // self.dim()
    Size,    // self.size(-1), self.size(dim)
    Count,   // self.numel()
    Length,  // len(dims)
    Item,    // dims[0]
    Least    // min(dims)
  } kind;
  llvm::StringRef name;
  /// Of a size or an item; of a size, it may be the number of that name.
  int64_t index = 0;
  llvm::StringRef indexName;
  double literal = 0;
  /// `a%b`: the number that it is a remainder by, if any.
  llvm::StringRef divisor = {};
};
std::optional<OperandTerm> parseOperandTerm(llvm::StringRef text);
/// What `term` is a remainder by.
std::optional<OperandTerm> getDivisor(const OperandTerm &term);

/// `A+B < C`. Of a number that is NaN, `<` and `>` hold, as in checks that ask
/// for the contrary.
struct OperandComparison {
  llvm::SmallVector<OperandTerm, 2> left, right; // sums
  llvm::StringRef predicate;                     // = != < <= > >=
};
/// Nullopt for a condition of another form, which types decide.
std::optional<OperandComparison> parseOperandComparison(llvm::StringRef text);

/// The operand that a line calls `name`, or null.
mlir::Value getNamedOperand(mlir::Operation *op, const Schema &schema,
                            llvm::StringRef name);
/// The dimensions in which two tensors that have to be of equal sizes, except
/// perhaps in one dimension, may differ: none if they are equal; nullopt where
/// they differ for certain, or a rank is not known.
std::optional<llvm::SmallVector<int64_t>> getOpenDims(mlir::Operation *op,
                                                      const Schema &schema,
                                                      llvm::StringRef operands);

/// The dtype of the operand `name`, of `result`, or that is called so; null
/// where it is not known.
mlir::Type getNamedDtype(mlir::Operation *op, const Schema &schema,
                         llvm::StringRef name);
/// A term's value, where it is known.
std::optional<double> getOperandTerm(mlir::Operation *op, const Schema &schema,
                                     const OperandTerm &term);
/// Whether conditions (with '&' between them) hold; nullopt where that is not
/// known.
std::optional<bool> holds(mlir::Operation *op, const Schema &schema,
                          llvm::StringRef conditions);

/// The range of numbers that become elements of a dtype, as PyTorch tests it.
struct ElementRange {
  llvm::StringRef type; // int8_t
  double least, most;
};
ElementRange getElementRange(mlir::Type dtype);

/// A line of OperandErrors.txt: what is raised where conditions hold.
struct OperandCheck {
  llvm::StringLiteral name, conditions, exception, message;
};
/// The lines of an operator; an in-place one has those of the operator that
/// computes the same, too.
llvm::ArrayRef<OperandCheck> getOperandChecks(llvm::StringRef name);
llvm::SmallVector<OperandCheck, 2> getOperandChecks(const Schema &schema);

/// Whether a line says that the operator's first operand, which it writes to,
/// must not share memory with its operand `i` (or with tensors of that list).
bool refusesOverlap(const Schema &schema, unsigned i);

/// The check that fails for these operands, as types and constants tell.
std::optional<OperandCheck> getFailedCheck(mlir::Operation *op);

/// A check's message with its placeholders filled in. What is not known is
/// "{}", and its term appended to `open`.
std::string getOperandMessage(mlir::Operation *op, const Schema &schema,
                              llvm::StringRef message,
                              llvm::SmallVectorImpl<OperandTerm> &open);

} // namespace minitorch::mt

#endif // MINITORCH_DIALECT_MT_IR_OPERANDERRORS_H
