//===- InsertRefCounts.cpp - References to boxed values ---------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Everything is decided first and inserted then: what is inserted would
// otherwise be looked at as well.
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/MtCountingOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "llvm/ADT/SmallBitVector.h"

namespace minitorch::mt {
#define GEN_PASS_DEF_MTINSERTREFCOUNTSPASS
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"
} // namespace minitorch::mt

using namespace mlir;
using namespace minitorch;
using namespace minitorch::mt;

static bool isCountedValue(Value value) { return isCounted(value.getType()); }

static bool touchesCounted(Operation *op) {
  return llvm::any_of(op->getOperands(), isCountedValue) ||
         llvm::any_of(op->getResults(), isCountedValue) ||
         llvm::any_of(op->getRegions(), [](Region &region) {
           return llvm::any_of(region.getArguments(), isCountedValue);
         });
}

static bool hasCountedInside(Operation *op) {
  return op
      ->walk([](Operation *nested) {
        return touchesCounted(nested) ? WalkResult::interrupt()
                                      : WalkResult::advance();
      })
      .wasInterrupted();
}

/// Regions into and out of which values are moved.
static bool isStructured(Operation *op) {
  return isa<func::FuncOp, scf::IfOp, scf::ForOp, scf::WhileOp,
             scf::IndexSwitchOp, scf::ExecuteRegionOp>(op);
}

/// The result is one of the operands, of which it is a new reference.
static bool handsThrough(Operation *op) {
  return isa<arith::SelectOp, PrimUncheckedCastOp, UnrealizedConversionCastOp>(
      op);
}

static bool isUncounted(Operation *op) {
  return op->hasTrait<OpTrait::ConstantLike>() ||
         isa<PrimUninitializedOp, ub::PoisonOp>(op);
}

//===----------------------------------------------------------------------===//
// What is known of one function
//===----------------------------------------------------------------------===//

namespace {
/// What happens to the one reference that an owned value is.
struct Lifetime {
  Value value;
  /// In the block of the value; null if nobody uses it.
  Operation *last = nullptr;
  /// Whether `last` moves the reference, or it is released behind `last`.
  bool isMoved = false;
  /// Whether something in between may raise.
  bool isRooted = false;
  /// Operations that move a reference of their own, once for each.
  SmallVector<Operation *> retains;
};

class FunctionReferences {
public:
  FunctionReferences(func::FuncOp func, SymbolTableCollection &symbols)
      : func(func), symbols(symbols), views(func) {}

  LogicalResult check();
  void collect();
  FailureOr<Lifetime> plan(Value value);
  bool isMove(OpOperand &use) const;

  SmallVector<Value> owned, borrowed, handedThrough;

private:
  void collect(Block &block);
  void collectCall(CallOpInterface call);
  bool mayRaise(Operation *op);
  bool raisesBetween(Block *block, Operation *first, Operation *last,
                     bool withLast) const;
  Operation *getCallee(CallOpInterface call) {
    return call.resolveCallableInTable(&symbols);
  }

  func::FuncOp func;
  SymbolTableCollection &symbols;
  BufferViewFlowAnalysis views;
  /// Operands whose callee takes the reference.
  llvm::DenseSet<OpOperand *> taken;
  /// What may raise, itself or inside, in the order of each block.
  llvm::DenseMap<Block *, SmallVector<Operation *>> raising;
};
} // namespace

static LogicalResult checkOperation(Operation *op) {
  if (op->getNumRegions() > 0 && !isStructured(op)) {
    if (hasCountedInside(op))
      return op->emitError("how this operation passes references to boxed "
                           "values is not known");
    return success();
  }
  for (Region &region : op->getRegions())
    if (!region.empty() && !region.hasOneBlock() && hasCountedInside(op))
      return op->emitError("references to boxed values are counted on "
                           "structured control flow: this region has several "
                           "blocks");
  bool hasCountedOperand = llvm::any_of(op->getOperands(), isCountedValue);
  if (op->hasTrait<OpTrait::IsTerminator>() && hasCountedOperand &&
      !isa<func::ReturnOp, scf::YieldOp, scf::ConditionOp>(op))
    return op->emitError("how this terminator passes references to boxed "
                         "values is not known");
  if (llvm::any_of(op->getResults(), isCountedValue) && !isStructured(op) &&
      !isa<CallOpInterface, CallRuntimeOp>(op) && !isUncounted(op) &&
      !handsThrough(op))
    return op->emitError("who owns the boxed result is not known");
  if (hasCountedOperand && llvm::any_of(op->getResultTypes(), [](Type type) {
        return isa<mlir::TensorType>(type);
      }))
    return op->emitError("a tensor made of a boxed value was not bufferized");
  return success();
}

LogicalResult FunctionReferences::check() {
  bool ok = true;
  func.walk<WalkOrder::PreOrder>([&](Operation *op) {
    ok &= succeeded(checkOperation(op));
    // Once for an operation and all that it holds.
    return op->getNumRegions() > 0 && !isStructured(op) ? WalkResult::skip()
                                                        : WalkResult::advance();
  });
  auto checkTakes = [&](Operation *op, Operation *callee, TypeRange types) {
    auto takes = callee->getAttrOfType<DenseI64ArrayAttr>(takesAttrName);
    if (takes && !llvm::all_of(takes.asArrayRef(), [&](int64_t i) {
          return i >= 0 && i < static_cast<int64_t>(types.size()) &&
                 isCounted(types[i]);
        })) {
      op->emitError() << "'" << takesAttrName
                      << "' names an argument that is no boxed value";
      ok = false;
    }
  };
  checkTakes(func, func, func.getArgumentTypes());
  func.walk([&](CallOpInterface call) {
    if (Operation *callee = getCallee(call))
      checkTakes(call, callee, TypeRange(call.getArgOperands()));
  });
  return success(ok);
}

bool FunctionReferences::mayRaise(Operation *op) {
  if (auto call = dyn_cast<CallRuntimeOp>(op))
    return call.getRaises();
  if (auto call = dyn_cast<CallOpInterface>(op)) {
    Operation *callee = getCallee(call);
    return !callee || !callee->hasAttr(noRaiseAttrName);
  }
  if (isa<cf::AssertOp>(op) || !op->isRegistered())
    return true;
  return isa_and_nonnull<MtDialect>(op->getDialect()) &&
         !isMemoryEffectFree(op);
}

void FunctionReferences::collectCall(CallOpInterface call) {
  Operation *callee = getCallee(call);
  if (!callee)
    return;
  if (auto takes = callee->getAttrOfType<DenseI64ArrayAttr>(takesAttrName))
    for (int64_t i : takes.asArrayRef())
      taken.insert(&call.getArgOperandsMutable()[i]);
}

void FunctionReferences::collect(Block &block) {
  auto isTaken = [&](BlockArgument argument) {
    auto takes = func->getAttrOfType<DenseI64ArrayAttr>(takesAttrName);
    return takes && llvm::is_contained(takes.asArrayRef(),
                                       int64_t(argument.getArgNumber()));
  };
  for (BlockArgument argument : block.getArguments())
    if (isCountedValue(argument))
      (block.getParentOp() == func && !isTaken(argument) ? borrowed : owned)
          .push_back(argument);
  for (Operation &op : block) {
    if (auto call = dyn_cast<CallRuntimeOp>(op); call && call.getTakes())
      taken.insert(&call->getOpOperand(0));
    if (auto call = dyn_cast<CallOpInterface>(op)) {
      collectCall(call);
      if (Operation *callee = getCallee(call))
        if (callee->hasAttr(immortalAttrName))
          continue;
    }
    if (isUncounted(&op))
      continue;
    for (Value result : op.getResults())
      if (isCountedValue(result)) {
        if (!handsThrough(&op))
          owned.push_back(result);
        else if (!result.use_empty())
          handedThrough.push_back(result);
      }
  }
}

void FunctionReferences::collect() {
  func.walk<WalkOrder::PreOrder>([&](Block *block) { collect(*block); });
  owned.append(handedThrough.begin(), handedThrough.end());
  llvm::DenseSet<Operation *> raises;
  func.walk<WalkOrder::PostOrder>([&](Operation *op) {
    if (op == func || !(raises.contains(op) || mayRaise(op)))
      return;
    raises.insert(op->getParentOp());
    // Post-order is the order of operations within one block.
    raising[op->getBlock()].push_back(op);
  });
}

/// Whether this use hands the reference over.
bool FunctionReferences::isMove(OpOperand &use) const {
  return isa<func::ReturnOp, scf::YieldOp, scf::ConditionOp, scf::ForOp,
             scf::WhileOp>(use.getOwner()) ||
         taken.contains(&use);
}

/// Whether something behind `first` (null: the block's start) and before `last`
/// may raise.
bool FunctionReferences::raisesBetween(Block *block, Operation *first,
                                       Operation *last, bool withLast) const {
  auto ops = raising.find(block);
  if (ops == raising.end())
    return false;
  auto next = llvm::partition_point(ops->second, [&](Operation *op) {
    return first && !first->isBeforeInBlock(op);
  });
  return next != ops->second.end() &&
         ((*next)->isBeforeInBlock(last) || (withLast && *next == last));
}

FailureOr<Lifetime> FunctionReferences::plan(Value value) {
  Block *block = value.getParentBlock();
  Lifetime life;
  life.value = value;
  auto extendTo = [&](Operation *op) {
    if (!life.last || life.last->isBeforeInBlock(op))
      life.last = op;
  };
  llvm::SmallPtrSet<Operation *, 4> readers; // of memory that the object lends
  for (Operation *user : value.getUsers()) {
    extendTo(block->findAncestorOpInBlock(*user));
    // What control flow gives beside the object is no memory of it.
    if (isStructured(user))
      continue;
    for (Value loan : user->getResults()) {
      if (!isa<BaseMemRefType>(loan.getType()))
        continue;
      for (Value alias : views.resolve(loan))
        for (Operation *reader : alias.getUsers()) {
          Operation *here = block->findAncestorOpInBlock(*reader);
          if (!here || here == block->getTerminator()) {
            InFlightDiagnostic diagnostic = reader->emitError(
                "memory of an object outlives its owner: a snapshot was "
                "needed");
            diagnostic.attachNote(value.getLoc()) << "this is the owner";
            return failure();
          }
          readers.insert(here);
          extendTo(here);
        }
    }
  }
  if (auto call = dyn_cast_or_null<CallRuntimeOp>(life.last);
      call && call.getTaking() && !readers.contains(call) &&
      call.getInputs()[0] == value &&
      llvm::count(call.getInputs(), value) == 1) {
    call.setCallee(*call.getTaking());
    call.removeTakingAttr();
    call.setTakes(true);
    taken.insert(&call->getOpOperand(0));
  }
  life.isMoved =
      life.last && !readers.contains(life.last) &&
      llvm::all_of(value.getUses(), [&](OpOperand &use) {
        return block->findAncestorOpInBlock(*use.getOwner()) != life.last ||
               (use.getOwner() == life.last && isMove(use));
      });
  bool isSpared = !life.isMoved;
  for (OpOperand &use : value.getUses()) {
    if (!isMove(use))
      continue;
    if (!isSpared && use.getOwner() == life.last)
      isSpared = true; // the reference that ends
    else
      life.retains.push_back(use.getOwner());
  }
  life.isRooted = life.last && raisesBetween(block, value.getDefiningOp(),
                                             life.last, !life.isMoved);
  return life;
}

//===----------------------------------------------------------------------===//
// Insertion
//===----------------------------------------------------------------------===//

/// Slots from which each root takes the first that is free. A slot is emptied
/// in the block in which it was filled, so branches start from the same.
static int64_t numberSlots(Region &region,
                           const llvm::DenseMap<Operation *, RootOp> &filledBy,
                           llvm::SmallBitVector &isUsed) {
  int64_t size = 0;
  for (Operation &op : region.getOps()) {
    if (auto root = dyn_cast<RootOp>(op)) {
      int slot = isUsed.find_first_unset();
      if (slot < 0) {
        slot = isUsed.size();
        isUsed.resize(slot + 1);
      }
      isUsed.set(slot);
      root.setSlot(slot);
      size = std::max<int64_t>(size, slot + 1);
    } else if (auto unroot = dyn_cast<UnrootOp>(op)) {
      unroot.setSlot(filledBy.lookup(unroot).getSlot());
      isUsed.reset(unroot.getSlot());
    }
    for (Region &nested : op.getRegions())
      size = std::max(size, numberSlots(nested, filledBy, isUsed));
  }
  return size;
}

namespace {
class InsertRefCounts
    : public minitorch::mt::impl::MtInsertRefCountsPassBase<InsertRefCounts> {
public:
  using Base::Base;

  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isDeclaration() || !hasCountedInside(func))
      return;
    SymbolTableCollection symbols;
    FunctionReferences references(func, symbols);
    if (failed(references.check()))
      return signalPassFailure();
    references.collect();
    SmallVector<Lifetime> lifetimes;
    bool ok = true;
    for (Value value : references.owned) {
      FailureOr<Lifetime> lifetime = references.plan(value);
      ok &= succeeded(lifetime);
      if (succeeded(lifetime))
        lifetimes.push_back(std::move(*lifetime));
    }
    if (!ok)
      return signalPassFailure();

    for (Value value : references.borrowed)
      for (OpOperand &use : value.getUses())
        if (references.isMove(use))
          retains.emplace_back(use.getOwner(), value);
    for (const Lifetime &lifetime : lifetimes)
      insert(lifetime);
    for (auto [user, value] : retains) {
      OpBuilder b(user);
      retain(b, user->getLoc(), value);
    }
    // Last, so that it stands first: its operand may be released behind it.
    for (Value value : references.handedThrough) {
      OpBuilder b(func.getContext());
      b.setInsertionPointAfterValue(value);
      retain(b, value.getLoc(), value);
    }
    insertFrame(func);
    retains.clear();
    filledBy.clear();
  }

private:
  void retain(OpBuilder &b, Location loc, Value value) {
    RetainOp::create(b, loc, value);
    ++numRetains;
  }
  void insert(const Lifetime &lifetime);
  void insertFrame(func::FuncOp func);

  SmallVector<std::pair<Operation *, Value>> retains;
  /// The root whose slot an `mt.unroot` empties.
  llvm::DenseMap<Operation *, RootOp> filledBy;
};
} // namespace

void InsertRefCounts::insert(const Lifetime &lifetime) {
  Value value = lifetime.value;
  for (Operation *user : lifetime.retains)
    retains.emplace_back(user, value);
  OpBuilder b(value.getContext());
  b.setInsertionPointAfterValue(value);
  Location loc = value.getLoc();
  RootOp root;
  if (lifetime.isRooted) {
    root = RootOp::create(b, loc, value, /*slot=*/0);
    ++numRoots;
  }
  if (lifetime.last) {
    loc = lifetime.last->getLoc();
    if (lifetime.isMoved)
      b.setInsertionPoint(lifetime.last);
    else
      b.setInsertionPointAfter(lifetime.last);
  }
  if (root)
    filledBy[UnrootOp::create(b, loc, /*slot=*/0)] = root;
  if (lifetime.isMoved) {
    ++numMoves;
    return;
  }
  ReleaseOp::create(b, loc, value);
  ++numReleases;
}

void InsertRefCounts::insertFrame(func::FuncOp func) {
  llvm::SmallBitVector isUsed;
  int64_t size = numberSlots(func.getBody(), filledBy, isUsed);
  if (size == 0)
    return;
  OpBuilder b = OpBuilder::atBlockBegin(&func.getBody().front());
  EnterRootsOp::create(b, func.getLoc(), size);
  Operation *end = func.getBody().front().getTerminator();
  b.setInsertionPoint(end);
  LeaveRootsOp::create(b, end->getLoc());
}
