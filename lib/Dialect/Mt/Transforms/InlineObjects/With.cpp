//===- With.cpp - Blocks that an exception leaves ---------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An exception in a `with` block, or in `__enter__`, runs `__exit__` on its
// way, innermost first. In front of a `raise` that is done by saying so. Where
// an operator may raise, the runtime does it, if anybody can see it afterwards.
//
//===----------------------------------------------------------------------===//

#include "InlineObjects.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/Instances.h"
#include "MiniTorch/Dialect/Mt/IR/MtTaskOps.h"
#include "MiniTorch/Dialect/Mt/IR/RuntimeTable.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

/// Operators without operands that stand in front of `__enter__`, in front of
/// `__exit__` and behind it.
static constexpr llvm::StringLiteral enterName = "prim::with_enter";
static constexpr llvm::StringLiteral exitName = "prim::with_exit";
static constexpr llvm::StringLiteral doneName = "prim::with_done";

static StringRef getOperatorName(Operation *op) {
  auto generic = dyn_cast<OperatorOp>(op);
  return generic ? generic.getName() : StringRef();
}

void mt::markWith(PrimCallMethodOp call) {
  OpBuilder b(call);
  auto mark = [&](StringRef name) {
    OperatorOp::create(b, call.getLoc(), TypeRange(), name, ValueRange());
  };
  if (call->removeAttr("mt.enter"))
    mark(enterName);
  if (!call->removeAttr("mt.exit"))
    return;
  mark(exitName);
  b.setInsertionPointAfter(call);
  mark(doneName);
}

/// Whether a number of placeholders is known not to be too large.
static bool formatsAll(Operation *op) {
  std::optional<StringRef> pattern = getConstantStr(op->getOperand(0));
  return pattern && pattern->count("{}") < op->getNumOperands();
}

/// Whether an operator, other than `raise`, may end in an error. Most may.
static bool mayRaise(Operation *op) {
  if (op->hasTrait<OpTrait::ConstantLike>() ||
      isa<PrimRaiseOp, PrimIfOp, PrimLoopOp, PrimYieldOp, PrimLoopConditionOp,
          PrimGetAttrOp, PrimSetAttrOp, PrimCreateObjectOp, PrimUninitializedOp,
          PrimUncheckedCastOp, PrimTupleConstructOp, PrimTupleUnpackOp,
          PrimTupleIndexOp, PrimListConstructOp, PrimDictConstructOp,
          ConstantTensorOp, ForkOp, TaskYieldOp>(op) ||
      isa_and_nonnull<arith::ArithDialect>(op->getDialect()))
    return false;
  if (llvm::is_contained(
          {enterName, exitName, doneName, isClassName, objectAtName},
          getOperatorName(op)))
    return false;
  const Schema *schema = lookupSchema(op);
  if (!schema)
    return true;
  StringRef name = schema->name;
  if (name == "prim::Print")
    return false;
  if (name == "aten::format" && op->getNumOperands())
    return !formatsAll(op);
  unsigned tensors = llvm::count_if(op->getOperandTypes(), [](Type type) {
    return TensorShape::of(type).has_value();
  });
  if (tensors == 0)
    if (const RuntimeOp *entry = lookupRuntimeOp(name))
      return entry->raises && name != "aten::str";
  return tensors > 1 || !neverRaises(name);
}

/// Whether only attributes of an object that the program makes are used.
static bool isPrivate(Value object) {
  return object.getDefiningOp<PrimCreateObjectOp>() &&
         llvm::all_of(object.getUses(), [](OpOperand &use) {
           return use.getOperandNumber() == 0 &&
                  isa<PrimGetAttrOp, PrimSetAttrOp>(use.getOwner());
         });
}

/// Whether what `op` does can be seen when the call has raised.
static bool isSeen(Operation *op) {
  if (auto set = dyn_cast<PrimSetAttrOp>(op))
    return !isPrivate(stripCasts(set.getObject()));
  if (getOperatorName(op) == "prim::Print")
    return true;
  if (!isa<SchemaOpInterface>(op))
    return false;
  const Schema *schema = lookupSchema(op);
  return schema ? schema->isMutating()
                : !llvm::is_contained({enterName, exitName, doneName,
                                       isClassName, objectAtName},
                                      getOperatorName(op));
}

namespace {
/// Makes what an exception does explicit.
class WithBlocks {
public:
  LogicalResult run(Block &block);

private:
  LogicalResult finish(Operation *enter, Operation *exit, Operation *done);
  LogicalResult copyExit(OpBuilder &b, Operation *enter, Operation *exit,
                         Operation *done);
  LogicalResult callAtRaise(Operation *enter, Operation *exit, Operation *done);
};
} // namespace

LogicalResult WithBlocks::run(Block &block) {
  SmallVector<std::pair<Operation *, Operation *>> open; // enter, exit
  SmallVector<Operation *> marks;
  for (Operation &op : llvm::make_early_inc_range(block)) {
    // Inner blocks first.
    for (Region &region : op.getRegions())
      for (Block &nested : region)
        if (failed(run(nested)))
          return failure();
    StringRef name = getOperatorName(&op);
    if (name == enterName) {
      open.emplace_back(&op, nullptr);
    } else if (name == exitName || name == doneName) {
      if (open.empty() || (name == doneName) != (open.back().second != nullptr))
        return op.emitError("this 'with' block is left in a way that is not "
                            "supported");
      if (name == exitName) {
        open.back().second = &op;
      } else {
        auto [enter, exit] = open.pop_back_val();
        if (failed(finish(enter, exit, &op)))
          return failure();
      }
    } else {
      continue;
    }
    marks.push_back(&op);
  }
  if (!open.empty())
    return open.back().first->emitError(
        "this 'with' block is left in a way that is not supported");
  for (Operation *mark : marks)
    mark->erase();
  return success();
}

LogicalResult WithBlocks::finish(Operation *enter, Operation *exit,
                                 Operation *done) {
  auto forEach = [](Operation *first, Operation *last,
                    llvm::function_ref<void(Operation *)> visit) {
    for (Operation *op = first->getNextNode(); op != last;
         op = op->getNextNode())
      op->walk<WalkOrder::PreOrder>([&](Operation *nested) {
        visit(nested);
        // Exceptions stay in there.
        return isa<ForkOp, BeginWithOp>(nested) ? WalkResult::skip()
                                                : WalkResult::advance();
      });
  };
  bool seen = false, exitRaises = false;
  forEach(exit, done, [&](Operation *op) {
    seen |= isSeen(op);
    exitRaises |= isa<PrimRaiseOp>(op) || mayRaise(op);
  });
  if (!seen)
    return success();
  SmallVector<Operation *> raises;
  Operation *unknown = nullptr;
  forEach(enter, exit, [&](Operation *op) {
    if (isa<PrimRaiseOp>(op))
      raises.push_back(op);
    else if (!unknown && mayRaise(op))
      unknown = op;
  });
  // An exception in an `__exit__` that another one runs is forgotten.
  if (unknown || (!raises.empty() && exitRaises))
    return callAtRaise(enter, exit, done);
  for (Operation *raise : raises) {
    OpBuilder b(raise);
    if (failed(copyExit(b, enter, exit, done)))
      return failure();
  }
  return success();
}

/// What `__exit__` does, once more.
LogicalResult WithBlocks::copyExit(OpBuilder &b, Operation *enter,
                                   Operation *exit, Operation *done) {
  IRMapping mapping;
  for (Operation *op = exit->getNextNode(); op != done;
       op = op->getNextNode()) {
    bool isKnown = true;
    op->walk([&](Operation *nested) {
      for (Value operand : nested->getOperands()) {
        if (mapping.contains(operand) ||
            op->isAncestor(operand.getParentRegion()->getParentOp()))
          continue;
        Operation *made = operand.getDefiningOp();
        if (made && made->hasTrait<OpTrait::ConstantLike>())
          mapping.map(operand, b.clone(*made)->getResult(0));
        else
          isKnown &= !enter->getParentOp()->isProperAncestor(
                         operand.getParentRegion()->getParentOp()) &&
                     (!made || made->getBlock() != enter->getBlock() ||
                      made->isBeforeInBlock(enter));
      }
    });
    if (!isKnown) {
      InFlightDiagnostic error =
          op->emitError("in a 'with' block that an exception may leave, "
                        "'__exit__' uses what the block makes; this is not "
                        "supported yet");
      error.attachNote(exit->getLoc()) << "the block ends here";
      return error;
    }
    b.clone(*op, mapping);
  }
  return success();
}

/// Has the runtime do what `__exit__` does, wherever it raises.
LogicalResult WithBlocks::callAtRaise(Operation *enter, Operation *exit,
                                      Operation *done) {
  OpBuilder b(enter);
  Location loc = enter->getLoc();
  auto begin = BeginWithOp::create(b, loc);
  b.createBlock(&begin.getBody());
  if (failed(copyExit(b, enter, exit, done)))
    return failure();
  Value none =
      ConstantNoneOp::create(b, loc, mt::NoneType::get(b.getContext()));
  TaskYieldOp::create(b, loc, none);
  b.setInsertionPoint(exit);
  EndWithOp::create(b, exit->getLoc());
  return success();
}

LogicalResult mt::runExits(func::FuncOp entry) {
  return WithBlocks().run(entry.getBody().front());
}
