//===- RebindTensors.cpp - In-place changes of shape to views ---*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Functionalize/Views.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRuleTable.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "MiniTorch/Dialect/Mt/Transforms/Decompositions.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "MiniTorch/Dialect/Mt/Transforms/PromoteVariables.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "Splits.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/SetVector.h"

namespace minitorch::mt {
#define GEN_PASS_DEF_MTREBINDTENSORSPASS
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"
} // namespace minitorch::mt

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

/// The operator whose result the tensor of `op` becomes: `aten::unsqueeze` for
/// `aten::unsqueeze_`; empty for any operator that keeps the tensor's shape.
static std::string getReplacement(Operation *op) {
  auto schemaOp = dyn_cast<SchemaOpInterface>(op);
  if (!schemaOp || !schemaOp.changesMetadata())
    return {};
  const Schema *functional = schemaOp.getFunctionalSchema();
  MLIRContext *context = op->getContext();
  bool isKnown = functional && (hasTypeRule(*functional, context) ||
                                hasDecomposition(functional->name, context));
  return isKnown ? functional->name : std::string();
}

/// The operand that the result of `op` is the same object as; null for a new
/// one.
static Value getSameObject(Operation *op) {
  if (auto cast = dyn_cast<PrimUncheckedCastOp>(op))
    return cast.getValue();
  const Schema *schema = lookupSchema(op);
  if (!schema || schema->results.size() != 1 || op->getNumResults() != 1 ||
      op->getNumOperands() != schema->arguments.size() ||
      !schema->results[0].isWrite)
    return {};
  for (auto [operand, argument] :
       llvm::zip(op->getOperands(), schema->arguments))
    if (argument.isWrite && argument.aliasSet == schema->results[0].aliasSet)
      return operand;
  return {};
}

/// Whether `op` makes a tensor that nothing else is: not one that it may have
/// been given.
static bool createsObject(Operation *op) {
  const Schema *schema = lookupSchema(op);
  // A part that was split off, where the list of parts goes away.
  if (isa<PrimListUnpackOp>(op) ||
      (schema && schema->name == "aten::__getitem__.t")) {
    Value list = op->getOperand(0);
    return list.getDefiningOp() && list.hasOneUse() &&
           getSplitOperand(list.getDefiningOp()) >= 0;
  }
  if (!schema || op->getNumResults() != 1 || getSameObject(op) ||
      schema->results.size() != 1 || schema->results[0].type != "Tensor" ||
      !StringRef(schema->name).starts_with("aten::"))
    return false;
  // Out of a container.
  if (llvm::any_of(op->getOperandTypes(), [](Type type) {
        return isa<DictType, AnyType, UnionType>(type);
      }))
    return false;
  return !mayReturnOperand(op);
}

/// Whether a list is only read where it is used: `cat([x, y])`.
static bool isTemporaryList(Operation *op) {
  return isa<PrimListConstructOp>(op) &&
         llvm::all_of(op->getResult(0).getUses(), [](OpOperand &use) {
           const Schema *schema = lookupSchema(use.getOwner());
           return schema && use.getOperandNumber() < schema->arguments.size() &&
                  !schema->arguments[use.getOperandNumber()].aliasSet &&
                  createsObject(use.getOwner());
         });
}

namespace {
/// One tensor object: all values that are it.
class TensorObject {
public:
  explicit TensorObject(Value root) : root(root) {
    members.insert(root);
    for (unsigned i = 0; i < members.size(); ++i)
      for (Operation *user : members[i].getUsers())
        if (getSameObject(user) == members[i])
          members.insert(user->getResult(0));
  }

  bool canBeRebound();
  /// How often it becomes another tensor.
  unsigned getNumChanges();
  /// Returns what it is at the end of its block. `note` is called behind each
  /// change.
  Value rebind(llvm::function_ref<void(OpBuilder &, Location)> note = {});

private:
  /// The ancestor of `op` in the block of `root`.
  Operation *atRoot(Operation *op) {
    return root.getParentBlock()->findAncestorOpInBlock(*op);
  }

  Value root;
  llvm::SetVector<Value> members;
};
} // namespace

/// Whether a result of `op` is a view of one of its operands.
static bool makesView(Operation *op) {
  const Schema *schema = lookupSchema(op);
  return schema &&
         llvm::any_of(schema->results, [](const SchemaArgument &result) {
           return result.aliasSet && !result.isWrite;
         });
}

/// Whether what the object becomes by `change` is a new tensor (`resize_`), and
/// no view of what it was.
static bool leavesMemory(Operation *change) {
  const Schema *functional =
      cast<SchemaOpInterface>(change).getFunctionalSchema();
  return functional && !functional->results.empty() &&
         !functional->results[0].aliasSet;
}

/// Whether all that can see the object is a member, or sees it after its last
/// change.
bool TensorObject::canBeRebound() {
  Operation *last = nullptr;
  // By another name, its memory is seen.
  bool isView = (root.getDefiningOp() && makesView(root.getDefiningOp())) ||
                llvm::any_of(members, [](Value member) {
                  return llvm::any_of(member.getUsers(), makesView);
                });
  for (Value member : members)
    for (Operation *user : member.getUsers())
      if (!getReplacement(user).empty() && getSameObject(user) == member) {
        if (isView && leavesMemory(user))
          return false;
        Operation *change = atRoot(user);
        if (!last || last->isBeforeInBlock(change))
          last = change;
      }
  for (Value member : members)
    for (OpOperand &use : member.getUses()) {
      Operation *user = use.getOwner();
      const Schema *schema = lookupSchema(user);
      bool keeps =
          !schema && !isa<PrimUncheckedCastOp>(user) && !isTemporaryList(user);
      if (schema && use.getOperandNumber() < schema->arguments.size()) {
        const SchemaArgument &argument =
            schema->arguments[use.getOperandNumber()];
        bool mayBeSame = getSameObject(user) != member &&
                         user->getNumResults() == 1 &&
                         isa<mt::TensorType>(user->getResult(0).getType()) &&
                         argument.aliasSet && !createsObject(user);
        // The parts that it is split into are tensors of their own.
        keeps = mayBeSame || (argument.escapes && getSplitOperand(user) < 0);
      }
      if (keeps && !(last && last->isBeforeInBlock(atRoot(user))))
        return false;
    }
  return true;
}

unsigned TensorObject::getNumChanges() {
  unsigned count = 0;
  for (Value member : members)
    for (Operation *user : member.getUsers())
      count += getSameObject(user) == member && !getReplacement(user).empty();
  return count;
}

Value TensorObject::rebind(
    llvm::function_ref<void(OpBuilder &, Location)> note) {
  // Later values are of other types.
  root.setType(mt::TensorType::getUnknown(root.getContext()));
  VariableAccesses accesses;
  SmallVector<OpOperand *> uses;
  for (Value member : members)
    for (OpOperand &use : member.getUses())
      uses.push_back(&use);
  OpBuilder builder(root.getContext());
  auto access = [&](Location loc, Value value) {
    return PrimUncheckedCastOp::create(builder, loc, root.getType(), value);
  };
  // It may be an operand twice: `x.resize_as_(x)`.
  llvm::SetVector<Operation *> changes;
  for (OpOperand *use : uses)
    if (Operation *user = use->getOwner();
        getSameObject(user) == use->get() && !getReplacement(user).empty())
      changes.insert(user);
  for (OpOperand *use : uses) {
    Operation *user = use->getOwner();
    builder.setInsertionPoint(user);
    auto read = access(user->getLoc(), root);
    accesses.reads.push_back(read);
    use->set(read);
  }
  for (Operation *change : changes) {
    builder.setInsertionPoint(change);
    Value changed =
        createOperator(builder, change->getLoc(), getReplacement(change),
                       root.getType(), change->getOperands())
            ->getResult(0);
    accesses.writes.push_back(access(change->getLoc(), changed));
    if (note)
      note(builder, change->getLoc());
  }
  Value last = promoteVariable(*root.getParentBlock(), accesses, root);
  for (Operation *change : llvm::reverse(changes))
    change->erase();
  return last;
}

/// The caller's tensor for `argument` becomes another one: returned after the
/// state, for mt-functionalize to tell how. If the call raises behind the
/// change, it has become that, too.
static void rebindArgument(func::FuncOp func, BlockArgument argument) {
  OpBuilder builder = OpBuilder::atBlockBegin(argument.getOwner());
  auto object = PrimUncheckedCastOp::create(builder, argument.getLoc(),
                                            argument.getType(), argument);
  argument.replaceAllUsesExcept(object, object);
  std::string name =
      reboundPrefix.str() + std::to_string(argument.getArgNumber());
  Value last =
      TensorObject(object).rebind([&](OpBuilder &builder, Location loc) {
        Value done = arith::ConstantIntOp::create(builder, loc, 1, 1);
        Value text = ConstantStrOp::create(
            builder, loc, StrType::get(builder.getContext()), name);
        OperatorOp::create(builder, loc, TypeRange(), keepContentsName,
                           ValueRange{done, text});
      });
  Operation *end = argument.getOwner()->getTerminator();
  end->insertOperands(end->getNumOperands(), last);
  auto rebound = func->getAttrOfType<DenseI64ArrayAttr>(reboundAttrName);
  SmallVector<int64_t> indices;
  if (rebound)
    llvm::append_range(indices, rebound.asArrayRef());
  indices.push_back(argument.getArgNumber());
  func->setAttr(reboundAttrName, builder.getDenseI64ArrayAttr(indices));
  func.setType(mlir::FunctionType::get(
      func.getContext(), func.getArgumentTypes(), end->getOperandTypes()));
}

/// Whether `value` is an argument of a function that the compiler's caller
/// calls, and no state.
static bool isCallersTensor(Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  auto func = dyn_cast_or_null<func::FuncOp>(
      argument ? argument.getOwner()->getParentOp() : nullptr);
  if (!func || !func->hasAttr(signatureAttrName))
    return false;
  auto state = func->getAttrOfType<ArrayAttr>("mt.state");
  return argument.getArgNumber() + (state ? state.size() : 0) <
         func.getNumArguments();
}

/// The first value that is the same object.
static Value getFirst(Value value) {
  while (value && value.getDefiningOp()) {
    Value same = getSameObject(value.getDefiningOp());
    if (!same)
      break;
    value = same;
  }
  return value;
}

/// Whether `change`, of the object that is first `root`, may have been done
/// when `op` runs.
static bool mayBeBehind(Operation *op, Operation *change, Value root) {
  for (Operation *parent = op->getParentOp(); parent;
       parent = parent->getParentOp())
    if (isa<PrimLoopOp>(parent) && parent->isAncestor(change) &&
        !parent->isAncestor(root.getParentRegion()->getParentOp()))
      return true;
  for (Operation *at = op; at; at = at->getParentOp())
    if (Operation *other = at->getBlock()->findAncestorOpInBlock(*change))
      return !at->isBeforeInBlock(other);
  return true;
}

/// Writes operators that return an operand as that, as far as types tell in
/// front of changes.
static void exposeReturnedOperands(func::FuncOp func) {
  SmallVector<Operation *> ops, changes;
  func.walk([&](Operation *op) {
    if (op->getNumResults() == 1 && getReturnedOperand(op))
      ops.push_back(op);
    if (!getReplacement(op).empty())
      changes.push_back(op);
  });
  for (Operation *op : ops) {
    Value root = getFirst(getReturnedOperand(op));
    if (llvm::any_of(changes, [&](Operation *change) {
          return getFirst(getSameObject(change)) == root &&
                 mayBeBehind(op, change, root);
        }))
      continue;
    OpBuilder builder(op);
    Type type = op->getResult(0).getType();
    Value same = getReturnedOperand(op);
    if (same.getType() != type)
      same = PrimUncheckedCastOp::create(builder, op->getLoc(), type, same);
    op->getResult(0).replaceAllUsesWith(same);
    op->erase();
  }
}

namespace {
class MtRebindTensorsPass
    : public minitorch::mt::impl::MtRebindTensorsPassBase<MtRebindTensorsPass> {
public:
  using Base::Base;
  void runOnOperation() override {
    exposeReturnedOperands(getOperation());
    SmallVector<Operation *> changes;
    getOperation().walk([&](Operation *op) {
      if (!getReplacement(op).empty() && op->getNumResults() == 1)
        changes.push_back(op);
    });
    llvm::SetVector<Value> roots;
    for (Operation *change : changes) {
      Value root = getFirst(getSameObject(change));
      if (root &&
          (isCallersTensor(root) ||
           (root.getDefiningOp() && createsObject(root.getDefiningOp()))))
        roots.insert(root);
    }
    bool mayRaise =
        getOperation()
            ->walk([](PrimRaiseOp) { return WalkResult::interrupt(); })
            .wasInterrupted();
    for (Value root : roots) {
      TensorObject object(root);
      if (!object.canBeRebound())
        continue;
      auto argument = dyn_cast<BlockArgument>(root);
      // Which of them were done when it raises is not noted.
      if (argument && object.getNumChanges() > 1 && mayRaise)
        continue;
      if (argument)
        rebindArgument(getOperation(), argument);
      else
        object.rebind();
    }
  }
};
} // namespace
