//===- InlineObjects.h - Parts of mt-inline-objects -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_INLINEOBJECTS_INLINEOBJECTS_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_INLINEOBJECTS_INLINEOBJECTS_H

#include "../Casts.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

namespace minitorch::mt {

/// The operator `(position) {objects}`: one of these objects of the loaded
/// program. Goes away within the pass.
inline constexpr llvm::StringLiteral objectAtName = "prim::object_at";

/// What an object may be: one of the loaded program (`object` is its symbol),
/// or any that the program creates of the class.
struct ObjectCandidate {
  ClassOp classOp;
  mlir::StringAttr object;
  bool operator==(const ObjectCandidate &other) const {
    return classOp == other.classOp && object == other.object;
  }
};

/// What of the objects of the loaded program is known only when it runs.
class ObjectVariables {
public:
  ObjectVariables() = default;
  ObjectVariables(mlir::ModuleOp module, mlir::SymbolTable &symbols);

  /// Whether objects of the class are values like any that the program makes
  /// itself: attributes get other ones, keep them in lists and dicts, or
  /// callers get them.
  bool isValue(mlir::StringAttr className) const {
    return classes.contains(className);
  }
  /// Whether an attribute, of this class and declared to be of `type`, may hold
  /// another object than at first.
  bool changes(mlir::StringAttr className, mlir::StringAttr name,
               mlir::Type type) const;

private:
  llvm::SetVector<mlir::StringAttr> classes;
  /// Attributes that get another one of the modules that an interface stands
  /// for: classes and names.
  llvm::DenseSet<std::pair<mlir::Attribute, mlir::Attribute>> replaced;
};

/// Knows which objects may stand behind a value.
class ObjectCandidates {
public:
  ObjectCandidates(mlir::ModuleOp module, mlir::SymbolTable &symbols,
                   const ObjectVariables &variables);

  /// All that `value`, an object, may be: followed to where it is made, or else
  /// whatever its type allows.
  llvm::SmallVector<ObjectCandidate> get(mlir::Value value);
  /// All that a value of class or interface `type` may be.
  llvm::SmallVector<ObjectCandidate> get(ClassOp type);

private:
  bool trace(mlir::Value value, llvm::SmallVectorImpl<ObjectCandidate> &found,
             llvm::SmallPtrSetImpl<void *> &seen);
  bool fits(ClassOp classOp, ClassOp type);

  mlir::SymbolTable &symbols;
  /// Classes of which the program makes objects.
  llvm::SetVector<mlir::StringAttr> created;
  /// Classes whose objects may be values, not only what a method is called of.
  llvm::SetVector<mlir::StringAttr> values;
  llvm::SmallVector<ObjectOp> objects;
};

/// A location without the name of a value: that of a call is not that of what
/// is inlined there.
mlir::Location withoutName(mlir::Location loc);

/// A cast to a class that was asked for: no object of the loaded program.
inline constexpr llvm::StringLiteral exactAttrName = "mt.exact";

/// `object.name(...)` of one of `candidates` => a choice by what it is, with a
/// call in each branch. Those for which `isRefused` holds raise.
void dispatchCall(PrimCallMethodOp call,
                  llvm::ArrayRef<ObjectCandidate> candidates,
                  mlir::SymbolTable &symbols,
                  llvm::function_ref<bool(ObjectCandidate)> isRefused);

/// A module in a ModuleList or ModuleDict, by an index or key that is known at
/// run time => a check, and `prim::object_at`.
mlir::LogicalResult expandContainerIndex(OperatorOp op,
                                         mlir::SymbolTable &symbols);

/// The same for uses other than calls => a choice of the objects.
void expandObjectAt(OperatorOp op);

/// What the type of an instance is called, and a comparison of that of `value`.
mlir::StringAttr getInstanceType(ObjectCandidate candidate);
mlir::Value createIsClass(mlir::OpBuilder &b, mlir::Location loc,
                          mlir::Value value, ObjectCandidate candidate);

/// Whether `call` enters or leaves a block of `torch.autocast`. PyTorch's
/// interpreter never calls these methods either.
bool isAutocastBorder(PrimCallMethodOp call, ClassOp classOp);
/// Refuses a block in which operators may compute in another dtype than they
/// say: one that is on, and not for another device.
mlir::LogicalResult checkAutocast(PrimCallMethodOp call);
void dropAutocastBorder(PrimCallMethodOp call);

bool isFork(mlir::Operation *op);
/// Makes mt.fork of prim::fork, or prim::awaitable, and the function that it
/// names.
mlir::FailureOr<mlir::Operation *> inlineTask(OperatorOp op,
                                              mlir::SymbolTable &symbols);
/// An awaitable that is waited for, or made of a value => operators on tasks.
/// Returns what took the place of `op`.
mlir::Operation *convertAwaitable(OperatorOp op);

/// Whether objects are sorted, by their `__lt__`.
bool isSortOfObjects(mlir::Operation *op);
/// Makes mt.sort_by of it, which calls the method.
mlir::Operation *convertSort(OperatorOp op);

/// Marks where a `with` block begins or ends, if `call` does that.
void markWith(PrimCallMethodOp call);
/// Runs `__exit__` in front of each raise in a marked block. Refuses blocks
/// where that does not suffice.
mlir::LogicalResult runExits(mlir::func::FuncOp entry);

/// `is` between members of enums, of which every mention makes another object
/// => constants, as far as it is known which objects these are.
void resolveEnumIdentity(mlir::func::FuncOp entry);

/// Erases what only computes what nobody uses, as PyTorch does when it saves a
/// method.
void eraseUnused(mlir::func::FuncOp function);

/// Whether gradients are recorded, wherever the program asks => what was set,
/// or one question at the beginning: what the caller has set.
mlir::LogicalResult resolveGradMode(mlir::func::FuncOp entry);

/// Makes values of the attributes of objects that the program creates, as far
/// as it is known which object each access is to. `explain`: notes on the
/// others why that is not so.
void promoteCreatedObjects(mlir::func::FuncOp entry, mlir::SymbolTable &symbols,
                           bool explain);

/// Makes objects of the program that could not be resolved instances of the
/// run time, and accesses to them accesses to fields. Objects of the loaded
/// program are left.
mlir::LogicalResult makeInstances(mlir::func::FuncOp entry,
                                  ObjectCandidates &candidates,
                                  mlir::SymbolTable &symbols);
/// Says on `entry` what the objects that may go in or come out consist of.
void describeClasses(mlir::func::FuncOp entry, mlir::SymbolTable &symbols);
/// Makes an instance without fields of each object of the loaded program that
/// is still used: it is what it is compared with.
void makeObjectInstances(mlir::func::FuncOp entry);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_INLINEOBJECTS_INLINEOBJECTS_H
