//===- Facts.h - What operators do ------------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What an operator's results are to its operands, what it writes, and what it
// depends on: of its schema, of PyTorch's tags (AtenSchemas.txt) and of the
// exceptions to them (AtenFacts.txt), merged into one row an overload at build
// time. C++ asks these through SchemaOpInterface; it has no lists of names.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_FACTS_H
#define MINITORCH_DIALECT_MT_IR_FACTS_H

#include "MiniTorch/Dialect/Mt/IR/Schema.h"

namespace minitorch::mt {

//===----------------------------------------------------------------------===//
// A row of the table
//===----------------------------------------------------------------------===//

/// What a result is to an operand, or to the elements of a list.
enum class ResultRelation : uint8_t {
  /// Another tensor, in memory of its own.
  New,
  /// Another tensor, in the same memory.
  View,
  /// The same object.
  Itself,
  /// One or another of these.
  Unknown
};

/// How a new result lies in memory.
enum class NewLayout : uint8_t {
  Unknown,
  /// As a new tensor of its sizes does, where all arguments do.
  Kept,
  /// As a new tensor of its sizes does.
  Any
};

/// Conditions of AtenFacts.txt, on an operand and the result.
enum class FactCondition : uint8_t {
  Always,
  Never,
  Coalesced,
  Contiguous,
  Eval,
  NoDims,
  NoSize,
  OneContiguous,
  OneDim,
  OneObservation,
  OneTensor,
  Pinned,
  Rank1,
  Rank2,
  Rank3,
  Real,
  RealScalar,
  Resolved,
  SameDevice,
  SameDtype,
  SameSizes,
  Scalar,
  Training,
  UseInputStats,
  Viewable
};

/// `relation` where the condition holds, and none of an earlier step does.
struct ResultStep {
  ResultRelation relation;
  FactCondition condition;
};

struct ResultFact {
  uint8_t argument;
  llvm::ArrayRef<ResultStep> steps;
};

struct WriteFact {
  uint8_t argument;
  FactCondition condition;
};

/// What is known of an overload beyond its schema.
struct OperatorFacts {
  llvm::ArrayRef<ResultFact> results;
  llvm::ArrayRef<WriteFact> writes;
  /// Arguments whose elements do not matter.
  llvm::ArrayRef<uint8_t> metadata;
  /// What computes the same without writing, where its name does not say it.
  llvm::StringLiteral functional;
  /// Where this does not hold, an argument gets other sizes or memory.
  FactCondition keepsSizes;
  NewLayout layout;
  bool isUnchanged;
  bool isRandom;
  bool readsMemory;
  bool isPointwise;
  bool writesRepeats;
};

//===----------------------------------------------------------------------===//
// Questions that any operation may be asked
//===----------------------------------------------------------------------===//

/// Answers the conditions that depend on how tensors lie in memory (Contiguous,
/// Viewable, OneContiguous); nullopt where that is not known.
using LayoutConditions =
    llvm::function_ref<std::optional<bool>(FactCondition condition)>;

/// Whether `condition` holds for operand `operand` of `op`, which has all
/// operands of its schema; nullopt where that is not known.
std::optional<bool> holds(FactCondition condition, mlir::Operation *op,
                          unsigned operand, LayoutConditions layouts = nullptr);

/// Whether `op` may write to its operand `i`. (Not where it is no operator with
/// a schema.)
bool writesOperand(mlir::Operation *op, unsigned i);

/// The operand that `op` returns, the object itself; null where it is not known
/// to do so (although it may).
mlir::Value getReturnedOperand(mlir::Operation *op);

/// Whether a result of `op` may be the very object that it was given (and does
/// not write to).
bool mayReturnOperand(mlir::Operation *op);

//===----------------------------------------------------------------------===//
// State, lists and dicts
//===----------------------------------------------------------------------===//

/// On an mt.object: of each attribute that shares memory with another, or holds
/// some twice, how its tensors lie, in the order in which they are found in it:
/// `[{tensor = 0, memory = 0, offset = 4, strides = array<i64: 1>, bytes =
/// 64}]` are the numbers of the tensor object and of its memory in the program,
/// where in the memory it begins and its strides (in elements), and the
/// memory's size.
inline constexpr llvm::StringLiteral sharedAttrName = "mt.shared";

/// The operator `(value, name)` after each write to what the caller sees: the
/// attribute of the model that `name`, a text, is the path of, or the argument
/// that it is the number of ("#0"). If the call raises, `value` is what it
/// leaves there.
inline constexpr llvm::StringLiteral keepContentsName = "prim::keep_contents";

/// The operator `(value)`: the operator that makes the value runs, for the
/// errors that it may raise. Goes away when these are checks of their own.
inline constexpr llvm::StringLiteral requireResultName = "prim::require_result";

/// The operator `(target, value, kind, is asked, has same shape)`: raises where
/// PyTorch does not store `value` in `target`. Made where their types are not
/// known when writes become values; mt-check-operands makes tests of it.
inline constexpr llvm::StringLiteral checkWriteName = "prim::check_write";

/// The operator `(path, offset, sizes and strides...)`: where the elements of
/// the result at `path`, a text, are in the memory of what it is a view of.
inline constexpr llvm::StringLiteral placeResultName = "prim::place_result";

/// Whether an operator keeps a list, dict or tuple (or those in it) that is
/// operand number `operand` in the container that is its first: `append`.
bool keepsOperand(mlir::Operation *op, unsigned operand);

/// Whether something in the function may write to `container`, a list, dict or
/// tuple, or to one that it may be, hold or come out of again: under any name,
/// behind branches, loops and other containers.
bool mayBeWritten(mlir::Value container);

} // namespace minitorch::mt

#endif // MINITORCH_DIALECT_MT_IR_FACTS_H
