//===- AliasAnalysis.h - Which tensor is a view of which --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every value that is a tensor has a root: the tensor whose memory it is for
// certain a view of, through a chain of links. Where control flow, a container
// or an operator that may or may not copy leaves it open what a value is, the
// value is a root of its own, with tokens that say which other roots it may
// share memory with. A write is fine unless such a relative is read afterwards.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_ALIASANALYSIS_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_ALIASANALYSIS_H

#include "Layout.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace minitorch::mt {

/// How a value comes from another that it shares its memory with.
struct AliasLink {
  /// The value it is a view of, or the same as.
  mlir::Value parent;
  /// The view operator; null where the value is the same tensor as `parent`.
  mlir::Operation *view = nullptr;
  /// Which operand of `view` the parent is, and which result the value.
  unsigned operand = 0;
  unsigned result = 0;
  /// Where there is no view: whether it is `parent` itself, and not another
  /// object that lies in the same memory.
  bool isObject = true;
};

/// A write to a tensor.
struct TensorWrite {
  mlir::Operation *op;
  /// The operand that is written, and the value it was when the analysis ran.
  unsigned operand;
  mlir::Value written;
};

/// A tensor that a branch or a loop gives: one of `candidates`, which were
/// there before (which one is known when the program runs), or one of its own.
struct Selection {
  llvm::SmallVector<mlir::Value> candidates;
};

/// Whether PyTorch reads the operand as a number, before anything is written.
bool readsAsNumber(mlir::OpOperand &use);

/// Whether an operator asks for the shape or type of a tensor there, not for
/// its contents.
bool readsOnlyMetadata(mlir::OpOperand &use);

/// Whether `op` gives an element of a list.
bool isGetItem(mlir::Operation *op);

/// Whether `value` is defined inside `op`'s regions.
bool isDefinedInside(mlir::Value value, mlir::Operation *op);

class AliasAnalysis {
public:
  explicit AliasAnalysis(mlir::func::FuncOp func) : func(func) {}

  void run();
  /// Reports every write whose effect cannot be told.
  mlir::LogicalResult checkWrites();

  /// Arguments, without known strides, by whose contiguity it is decided
  /// whether something that is written is a view or a copy.
  llvm::SetVector<mlir::BlockArgument> getContiguousArguments() const;

  /// The link of `value`, or null where it is a root.
  const AliasLink *getLink(mlir::Value value) const;
  mlir::Value getRoot(mlir::Value value) const;
  /// The first value that is the same tensor.
  mlir::Value getSame(mlir::Value value) const;
  /// The first value that is the same object.
  mlir::Value getObject(mlir::Value value) const;
  /// The elements of a list or tuple that nothing but the function sees, and
  /// that nothing changes; empty otherwise.
  llvm::ArrayRef<mlir::Value> getElements(mlir::Value value) const;
  /// Where the elements of `value` are in its root, where that is known.
  std::optional<StridedView> getStridedView(mlir::Value value) const {
    return layouts.getStridedView(value, getRoot(value));
  }
  /// Strides of `value`, with static sizes, where they are known.
  std::optional<llvm::SmallVector<int64_t>>
  getStrides(mlir::Value value) const {
    return layouts.getStrides(value);
  }
  /// Whether `value` lies in the order of its sizes (an argument if it is
  /// contiguous), and whether it has the strides of a new tensor.
  bool isContiguous(mlir::Value value) const {
    return layouts.isContiguous(value);
  }
  bool isStandard(mlir::Value value) const { return layouts.isStandard(value); }
  /// A tensor that an operator puts into a container.
  struct Stored {
    mlir::Operation *op;
    mlir::Value value;
  };
  /// All that is put into containers that may be `container`, or hold it or be
  /// in it.
  llvm::ArrayRef<Stored> getStored(mlir::Value container);
  /// Whether two tensors may lie in one memory.
  bool mayShareMemory(mlir::Value a, mlir::Value b) const;
  /// How two views of one tensor overlap (see LayoutAnalysis).
  Overlap compare(mlir::Value a, mlir::Value b, bool samePlaces) const {
    return layouts.compare(a, b, samePlaces);
  }
  /// Whether `root` is a constant of the program.
  bool isConstant(mlir::Value root) const {
    return roots.lookup(root).kind == RootInfo::Constant;
  }
  /// Where `value` begins in its root's memory, where that is known.
  std::optional<int64_t> getOffset(mlir::Value value) const {
    return layouts.getOffset(value);
  }
  /// Whether `value` is (a view of) one of those in a list, dict or object, and
  /// it is not known which.
  bool comesOutOfContainer(mlir::Value value) const {
    return roots.lookup(getRoot(value)).container != nullptr;
  }
  /// Whether it is certain which tensor `value` is (a view of).
  bool isOneTensor(mlir::Value value) const;
  /// Whether `root` is one tensor for certain, which no constant of the program
  /// is, and whose memory is its elements in order (an argument's if it is
  /// contiguous).
  bool isContiguousObject(mlir::Value root) const;
  llvm::ArrayRef<TensorWrite> getWrites() const { return writes; }
  /// What `root` is selected from; null where it is one tensor for certain, or
  /// where too little is known.
  const Selection *getSelection(mlir::Value root) const;
  /// All selected roots, in program order.
  llvm::ArrayRef<mlir::Value> getSelected() const { return selected; }
  /// The roots that a write to `root` may change: itself, and what it may be.
  llvm::SmallVector<mlir::Value> getWrittenRoots(mlir::Value root) const;
  void addWrite(TensorWrite write) { writes.push_back(write); }
  llvm::SmallVector<TensorWrite> getWrites(mlir::Operation *op) const;

  static bool isTensor(mlir::Type type);
  /// A value that may hold tensors: lists, tuples, objects, Any.
  static bool isContainer(mlir::Type type);

private:
  /// A root and whether it is one of an earlier turn of a loop, or of a branch
  /// that is over: nothing but other values with the same token can share its
  /// memory.
  using Token = llvm::PointerIntPair<void *, 1, bool>;
  using TokenSet = llvm::SmallSetVector<Token, 4>;

  struct RootInfo {
    enum Kind { Plain, Argument, Constant, Joined } kind = Plain;
    /// For Joined: what it may be.
    llvm::SmallVector<mlir::Value> sources;
    /// The `if` or `loop` that joins them.
    mlir::Operation *scope = nullptr;
    /// The containers that it may have been in.
    mlir::Value container;
  };

  void visit(mlir::Block &block);
  void visit(mlir::Operation *op);
  void visitIf(PrimIfOp op);
  void visitLoop(PrimLoopOp op);
  void visitExtraction(mlir::Operation *op);
  void visitSchemaOp(SchemaOpInterface op);
  void visitUnknownOp(mlir::Operation *op);

  void setRoot(mlir::Value value) { setRoot(value, RootInfo()); }
  void setRoot(mlir::Value value, RootInfo info);
  void setLink(mlir::Value value, AliasLink link);
  void join(mlir::Value value, llvm::ArrayRef<mlir::Value> sources,
            mlir::Operation *scope);

  bool isPrivateContainer(mlir::Value value);
  bool isPrivateUse(mlir::OpOperand &use);
  void unite(mlir::Value a, mlir::Value b);
  void store(mlir::Value container, mlir::Operation *op, mlir::Value tensor);
  mlir::Value getLeader(mlir::Value container);

  void computeSelections();
  bool select(mlir::Value root);
  bool mayReach(mlir::Value from, mlir::Value root,
                llvm::SmallPtrSetImpl<void *> &seen);
  bool isOwn(mlir::Value value, mlir::Operation *scope);

  void collectArguments(mlir::Value value,
                        llvm::SetVector<mlir::BlockArgument> &arguments) const;
  void collectWrites();
  void collectFamilies();
  void computeTokens();
  /// Whether two roots may share memory; `atAnyTime`: also one of an earlier
  /// turn of a loop.
  bool mayAlias(mlir::Value a, mlir::Value b, bool atAnyTime = false) const;
  void collectReads(mlir::Value value,
                    llvm::SmallVectorImpl<mlir::Operation *> &reads);
  mlir::LogicalResult check(const TensorWrite &write);
  mlir::LogicalResult checkRoot(mlir::Operation *op, mlir::Value root);
  mlir::LogicalResult checkOverlap(const TensorWrite &write);
  bool areSelections(mlir::Value a, mlir::Value b) const;

  mlir::func::FuncOp func;
  LayoutAnalysis layouts;
  llvm::DenseMap<mlir::Value, AliasLink> links;
  llvm::MapVector<mlir::Value, RootInfo> roots;
  llvm::DenseMap<mlir::Value, TokenSet> tokens;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<mlir::Value>> elements;
  llvm::DenseMap<mlir::Value, bool> privateContainers;
  llvm::MapVector<mlir::Value, llvm::SmallVector<mlir::Value>> families;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<mlir::Operation *>> familyReads;

  llvm::EquivalenceClasses<void *> containers;
  llvm::SetVector<mlir::Value> containerValues;
  llvm::MapVector<mlir::Value, llvm::SmallVector<Stored>> stored;
  /// What is a view or a copy by how it lies, and what it is one of.
  llvm::DenseSet<mlir::Value> layoutDependent;
  /// Containers with contents that come from elsewhere.
  llvm::DenseSet<mlir::Value> openContainers;

  llvm::SmallVector<TensorWrite> writes;
  llvm::DenseMap<mlir::Value, Selection> selections;
  llvm::SmallVector<mlir::Value> selected;
};

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_ALIASANALYSIS_H
