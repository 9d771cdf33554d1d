//===- InferTypes.h - The walk that infers types ----------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_INFERTYPES_INFERTYPES_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_INFERTYPES_INFERTYPES_H

#include "../Casts.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

namespace minitorch::mt {

/// The least general type that holds a value of either type.
mlir::Type joinTypes(mlir::Type a, mlir::Type b);

/// The type that holds every element; null for none.
mlir::Type joinElements(llvm::ArrayRef<mlir::Value> elements);

/// The type that `value` contributes to a join: none for one that is never
/// read.
mlir::Type contribution(mlir::Value value);

/// Gives operands that are never read the types of where they go.
void giveTypes(llvm::MutableArrayRef<mlir::OpOperand> operands,
               mlir::TypeRange types);

/// `type`, in the form (boxed or builtin tensor) that `like` has.
mlir::Type inFormOf(mlir::Type type, mlir::Type like);

/// Takes what both types say of a tensor. A rule never knows less than the
/// operand types that it was given, but the declared result may know more.
mlir::Type refine(mlir::Type inferred, mlir::Type declared);

/// The element type of a container that is `declared`, once what is in it has
/// the type `known`, if any: a list of Optional[int] stays one, shapes of
/// tensors are added.
mlir::Type refineElement(mlir::Type declared, mlir::Type known);

/// What a query that types alone answer is replaced by; null results where
/// they do not. New operations are made at `builder`'s place.
/// Covers `dtype`, `device`, `dim`, `size`, `is None`, `isinstance`,
/// conversions between numbers and 0-d tensors, and the like.
mlir::LogicalResult foldByTypes(mlir::Operation *op, mlir::OpBuilder &builder,
                                llvm::SmallVectorImpl<mlir::Value> &results);

/// Whether a value is of one of the types (types, and "list" and "tuple" for
/// all of these), as `isinstance` says; nullopt where it is known only at run
/// time.
std::optional<bool> isInstance(mlir::Value value, mlir::ArrayAttr types);

/// Chooses a string's length where nothing else is asked of the string that
/// branches choose.
void chooseLengths(mlir::func::FuncOp func);

/// The tensors that fields of instances hold, whichever instance and whenever.
class FieldTypes {
public:
  /// Notes a write.
  void store(PrimSetAttrOp op);
  /// The type of what a read gives, as far as known now.
  mlir::Type load(PrimGetAttrOp op);
  /// Whether a read got a type that a write behind it does not keep. What was
  /// learned is what the next walk, over the function as it was, begins with.
  bool startOver();
  /// From now on reads give what classes declare.
  void giveUp() { isOpen = true; }

private:
  using Field = std::pair<mlir::Attribute, int64_t>;
  llvm::DenseMap<Field, mlir::Type> assumed, stored, read;
  bool isOpen = false;
};

/// One forward walk over a function, in program order.
class TypeInference {
public:
  TypeInference(int64_t maxUnroll, bool asksFallback, bool refusesDtypes,
                bool explains, FieldTypes &fields)
      : maxUnroll(maxUnroll), asksFallback(asksFallback),
        refusesDtypes(refusesDtypes), explains(explains), fields(fields) {}

  mlir::LogicalResult run(mlir::Block &block);

private:
  mlir::LogicalResult visit(mlir::Operation *op);
  mlir::LogicalResult visitIf(PrimIfOp op);
  mlir::LogicalResult visitLoop(PrimLoopOp op);
  mlir::LogicalResult visitOperator(mlir::Operation *op);
  /// Reads and writes of an instance's fields.
  mlir::LogicalResult visitField(mlir::Operation *op);
  /// Asks the type oracle for types of tensors that no rule gives.
  void askOracle(mlir::Operation *op);
  /// Raises where `op` stands, which fails on operands of these types; what
  /// follows it in its block goes away.
  /// `text` is the message where it has values in it.
  void raiseInstead(mlir::Operation *op, llvm::StringRef reason,
                    llvm::StringRef exception = "RuntimeError",
                    mlir::Value text = {});

  /// Takes a branch into the enclosing block.
  void inlineBranch(PrimIfOp op, mlir::Region &region);
  /// Replaces carried or yielded tuples by their elements; true if it did.
  bool flattenTuples(PrimIfOp op);
  bool flattenTuples(PrimLoopOp op);
  void unroll(PrimLoopOp op, int64_t tripCount);
  bool needsUnrolling(PrimLoopOp op);

  //===--------------------------------------------------------------------===//
  // Lists and dicts whose structure is known at this point of the walk
  //===--------------------------------------------------------------------===//

  /// Handles a list operator on known lists; true if `op` was replaced.
  bool visitList(mlir::Operation *op);
  /// Unpacks the parts of a tensor into a known list where their list is used
  /// as one.
  void unpackSplit(mlir::Operation *split);
  /// The same as visitList for dicts.
  bool visitDict(mlir::Operation *op);
  /// Notes what goes into a run-time dict, and gives what comes out its type.
  void visitRuntimeDict(OperatorOp op, DictType dict);
  /// Puts the present contents in place of known lists that `op` reads, and
  /// gives up on those that it changes in a way that is not known.
  void materializeLists(mlir::Operation *op);
  /// What stands for a list in front of an operator.
  llvm::DenseMap<std::pair<mlir::Value, mlir::Operation *>, mlir::Value>
      snapshots;
  /// Whether a result of `op` may hold lists that the known list `list` does,
  /// and that may be written.
  bool passesOn(mlir::Operation *op, mlir::Value list);
  /// Whether something that comes later may write to `list` or to a list in it,
  /// under any name.
  bool mayBeWritten(mlir::Value list);
  /// From `at` on the list is a run-time object with its present contents, as
  /// `cause`, which is `at` or in it, uses it in a way that is not known.
  void giveUp(mlir::Value list, mlir::Operation *at, mlir::Operation *cause);
  /// Whether a known list or dict, one in it, or one in a tuple, has other
  /// contents than the operation that makes it says.
  bool isChanged(mlir::Value value);
  /// `value` with the present contents of all known lists and dicts in it, made
  /// in front of `at`, to be read there.
  mlir::Value snapshot(mlir::Value value, mlir::Operation *at);
  /// Notes what goes into a run-time list, or a dict as a value, for its
  /// element type.
  void noteElement(mlir::Value list, mlir::Type type);

  struct KnownList {
    /// Of a dict: keys and values in turn.
    llvm::SmallVector<mlir::Value> elements;
    bool changed = false;
  };
  llvm::DenseMap<mlir::Value, KnownList> lists;
  /// What a list is since it was given up, for tuples that hold it.
  llvm::DenseMap<mlir::Value, mlir::Value> renamed;
  /// Run-time lists and dicts made here, with the join of what went in so far
  /// (of a dict, the values).
  llvm::DenseMap<mlir::Value, mlir::Type> elementTypes;
  bool elementTypesChanged = false;

  /// Set by a visit that replaced its operation by one that is done.
  mlir::Operation *settled = nullptr;
  int64_t maxUnroll;
  bool asksFallback, refusesDtypes, explains;
  FieldTypes &fields;
};

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_INFERTYPES_INFERTYPES_H
