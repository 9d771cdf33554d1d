//===- WriteOrder.cpp - Which writes can be told ----------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../ViewMaps.h"
#include "AliasAnalysis.h"
#include "MiniTorch/Dialect/Mt/IR/AtenOps.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/OperandErrors.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::StringRef;

/// -1 where `a` runs before `b`, 1 where after; 0 where one contains the other
/// or they are on different branches.
static int compareOrder(Operation *a, Operation *b) {
  for (Operation *outer = a; outer; outer = outer->getParentOp()) {
    if (!outer->getBlock())
      return 0;
    Operation *other = outer->getBlock()->findAncestorOpInBlock(*b);
    if (!other)
      continue;
    if (other == outer)
      return 0;
    return outer->isBeforeInBlock(other) ? -1 : 1;
  }
  return 0;
}

/// Whether `later` may run after `earlier` for one and the same instance of a
/// value that is defined at `scope` (null: outside of every loop).
static bool mayFollow(Operation *earlier, Operation *later, Value instance) {
  if (compareOrder(earlier, later) < 0)
    return true;
  for (Operation *loop = earlier->getParentOp(); loop;
       loop = loop->getParentOp())
    if (isa<PrimLoopOp>(loop) && loop->isAncestor(later) &&
        !(instance && isDefinedInside(instance, loop)))
      return true;
  return false;
}

/// Whether `value` exists when `op` runs, in the same turn of every loop.
static bool isDefinedBefore(Value value, Operation *op) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return argument.getOwner()->getParentOp()->isProperAncestor(op);
  return compareOrder(value.getDefiningOp(), op) < 0;
}

static StringRef getOpName(Operation *op) {
  if (auto schemaOp = dyn_cast<SchemaOpInterface>(op))
    return schemaOp.getSchemaName();
  return op->getName().getStringRef();
}

/// Whether two tensors are each one of the slices of a tensor along one
/// dimension: the same one, or two that share nothing.
bool AliasAnalysis::areSelections(Value a, Value b) const {
  auto first = getSame(a).getDefiningOp<AtenSelectIntOp>();
  auto second = getSame(b).getDefiningOp<AtenSelectIntOp>();
  if (!first || !second ||
      getSame(first->getOperand(0)) != getSame(second->getOperand(0)))
    return false;
  std::optional<int64_t> dim = getConstantInt(first->getOperand(1));
  return dim && dim == getConstantInt(second->getOperand(1));
}

/// An operator that reads some of the elements that it writes in another order
/// depends on the order in which it works. PyTorch refuses the cases that it
/// sees and leaves the others undefined; so do we: all is read before anything
/// is written. Where sizes are not known, it depends on them what it sees.
LogicalResult AliasAnalysis::checkOverlap(const TensorWrite &write) {
  Value root = getRoot(write.written);
  const Schema *schema = lookupSchema(write.op);
  bool isPointwise = cast<SchemaOpInterface>(write.op).isPointwise();
  auto check = [&](Value read, unsigned operand) -> LogicalResult {
    if (!isTensor(read.getType()) || getRoot(read) != root)
      return success();
    Overlap overlap = getSame(read) == getSame(write.written)
                          ? Overlap::Full
                          : layouts.compare(write.written, read, isPointwise);
    bool isApart = schema && refusesOverlap(*schema, operand);
    if ((overlap == Overlap::Full && isApart) ||
        (overlap == Overlap::Unknown && (isPointwise || isApart) &&
         !areSelections(write.written, read)))
      overlap = Overlap::Partial;
    if (overlap != Overlap::Partial)
      return success();
    return write.op->emitError()
           << "cannot functionalize '" << getOpName(write.op)
           << "': it writes to elements that it reads as others; clone the "
              "operand that it reads";
  };
  for (OpOperand &operand : write.op->getOpOperands()) {
    if (operand.getOperandNumber() == write.operand || readsAsNumber(operand))
      continue;
    if (failed(check(operand.get(), operand.getOperandNumber())))
      return failure();
    for (Value element : getElements(operand.get()))
      if (failed(check(element, operand.getOperandNumber())))
        return failure();
  }
  return success();
}

LogicalResult AliasAnalysis::check(const TensorWrite &write) {
  if (isContainer(write.written.getType()))
    return write.op->emitError()
           << "cannot functionalize '" << getOpName(write.op)
           << "': it writes to the tensors of a list";
  if (failed(checkOverlap(write)))
    return failure();
  for (Value root : getWrittenRoots(getRoot(write.written)))
    if (failed(checkRoot(write.op, root)))
      return failure();
  return success();
}

/// Whether the effect of `op`, which writes to `root`, can be told.
LogicalResult AliasAnalysis::checkRoot(Operation *op, Value root) {
  const RootInfo &info = roots[root];
  if (info.kind == RootInfo::Constant)
    return op->emitError()
           << "cannot functionalize '" << getOpName(op)
           << "': it writes to a constant of the program, which would keep "
              "the change for later calls";

  auto refuse = [&](StringRef why, Operation *where) -> LogicalResult {
    InFlightDiagnostic diagnostic = op->emitError()
                                    << "cannot functionalize '" << getOpName(op)
                                    << "': it writes to a tensor " << why;
    if (where)
      diagnostic.attachNote(where->getLoc())
          << "read here by '" << getOpName(where) << "'";
    return diagnostic;
  };

  for (Token token : tokens[root])
    if (openContainers.contains(
            Value::getFromOpaquePointer(token.getPointer())))
      return refuse("that comes out of a list, dict or object whose elements "
                    "are not known",
                    nullptr);

  for (auto &[other, otherInfo] : roots) {
    // Not where it is known when the program runs.
    if (other == root || llvm::none_of(getWrittenRoots(other), [&](Value one) {
          return one != root && mayAlias(root, one);
        }))
      continue;
    if (!isDefinedBefore(other, op))
      continue;
    if (otherInfo.kind == RootInfo::Argument)
      return refuse("that may or may not be an argument of the function (or a "
                    "view of it)",
                    nullptr);
    auto [it, isNew] = familyReads.try_emplace(other);
    if (isNew)
      for (Value member : families[other])
        collectReads(member, it->second);
    for (Operation *read : it->second)
      if (read != op || mayFollow(op, read, other))
        if (mayFollow(op, read, other))
          return refuse("that may or may not share its memory with another "
                        "one, which is read later",
                        read);
  }

  // Containers that have it already and are used again.
  for (auto &[leader, entries] : stored) {
    bool inside = llvm::any_of(entries, [&](const Stored &entry) {
      Value storedRoot = getRoot(entry.value);
      // A container keeps also what is of an earlier turn, or of a branch that
      // is over.
      if (!mayAlias(storedRoot, root, /*atAnyTime=*/true) &&
          !llvm::is_contained(getWrittenRoots(storedRoot), root))
        return false;
      bool exact = roots[storedRoot].kind == RootInfo::Plain;
      return mayFollow(entry.op, op, exact ? storedRoot : Value());
    });
    if (!inside)
      continue;
    for (Value container : containerValues) {
      if (getLeader(container) != leader)
        continue;
      for (OpOperand &use : container.getUses()) {
        Operation *user = use.getOwner();
        // Putting something else into it reads nothing.
        const Schema *schema = lookupSchema(user);
        if (schema && use.getOperandNumber() < schema->arguments.size() &&
            schema->arguments[use.getOperandNumber()].isWrite &&
            llvm::none_of(user->getResults(),
                          [](Value v) { return isTensor(v.getType()); }))
          continue;
        if (mayFollow(op, user, Value()))
          return refuse("while a list, tuple, dict or object holds it, which "
                        "is read later",
                        user);
      }
    }
  }
  return success();
}

LogicalResult AliasAnalysis::checkWrites() {
  bool failed = false;
  for (const TensorWrite &write : writes)
    failed |= mlir::failed(check(write));
  return failure(failed);
}
