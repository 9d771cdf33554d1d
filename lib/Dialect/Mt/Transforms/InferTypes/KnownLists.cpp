//===- KnownLists.cpp - Lists whose structure is known ----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A list is followed through the walk: its elements are SSA values, and an
// operator that changes it changes the record and goes away. Where the change
// depends on run-time values (an append in a loop, an index that is not
// constant) the list becomes a run-time object from there on.
//
//===----------------------------------------------------------------------===//

#include "../BoxedReasons.h"
#include "InferTypes.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/MtTaskOps.h"
#include "llvm/ADT/ScopeExit.h"
#include <functional>

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

/// Whether `op` keeps the list itself (not its contents) where it can be
/// reached later.
static bool storesOperand(Operation *op) {
  return isa<PrimYieldOp, PrimLoopConditionOp, PrimLoopOp, PrimListConstructOp,
             PrimTupleConstructOp, PrimDictConstructOp, PrimSetAttrOp>(op);
}

static bool storesOperand(OpOperand &use) {
  return storesOperand(use.getOwner()) ||
         keepsOperand(use.getOwner(), use.getOperandNumber());
}

bool TypeInference::mayBeWritten(Value list) {
  if (mt::mayBeWritten(list))
    return true;
  auto it = lists.find(list);
  return it != lists.end() &&
         llvm::any_of(it->second.elements,
                      [&](Value each) { return mayBeWritten(each); });
}

/// The values of a dict's keys and values in turn.
static SmallVector<Value> takeValues(ArrayRef<Value> entries) {
  SmallVector<Value> values;
  for (size_t i = 1; i < entries.size(); i += 2)
    values.push_back(entries[i]);
  return values;
}

bool TypeInference::isChanged(Value value) {
  auto anyChanged = [&](ValueRange values) {
    return llvm::any_of(values, [&](Value each) { return isChanged(each); });
  };
  if (renamed.contains(value))
    return true;
  if (auto it = lists.find(value); it != lists.end())
    return it->second.changed || anyChanged(it->second.elements);
  auto tuple = value.getDefiningOp<PrimTupleConstructOp>();
  return tuple && anyChanged(tuple.getElements());
}

Value TypeInference::snapshot(Value list, Operation *at) {
  if (!isChanged(list))
    return list;
  if (Value object = renamed.lookup(list))
    return object;
  // One list is one, however often an operator takes it.
  if (Value known = snapshots.lookup({list, at}))
    return known;
  OpBuilder builder(at);
  auto copyAll = [&](ValueRange values) {
    return llvm::map_to_vector(values,
                               [&](Value each) { return snapshot(each, at); });
  };
  if (auto tuple = list.getDefiningOp<PrimTupleConstructOp>()) {
    SmallVector<Value> elements = copyAll(tuple.getElements());
    auto old = cast<mt::TupleType>(tuple.getType());
    return PrimTupleConstructOp::create(
        builder, at->getLoc(),
        mt::TupleType::get(at->getContext(),
                           llvm::to_vector(ValueRange(elements).getTypes()),
                           old.getName(), old.getFieldNames()),
        elements);
  }
  SmallVector<Value> elements =
      copyAll(SmallVector<Value>(lists[list].elements));
  if (auto dict = dyn_cast<DictType>(list.getType())) {
    Type value =
        refineElement(dict.getValueType(), joinElements(takeValues(elements)));
    Value copy = PrimDictConstructOp::create(
        builder, at->getLoc(),
        DictType::get(dict.getContext(), dict.getKeyType(), value), elements);
    lists[copy] = {elements, false};
    snapshots[{list, at}] = copy;
    return copy;
  }
  Type element = refineElement(cast<ListType>(list.getType()).getElementType(),
                               joinElements(elements));
  Value copy = PrimListConstructOp::create(builder, at->getLoc(),
                                           ListType::get(element), elements);
  lists[copy] = {elements, false};
  snapshots[{list, at}] = copy;
  return copy;
}

/// What `cause`, which is `at` or in it, does with a list.
static std::string describeChange(Operation *at, Operation *cause) {
  bool isWrite = false;
  for (unsigned i = 0; i < cause->getNumOperands(); ++i)
    isWrite |= writesOperand(cause, i);
  std::string text = isWrite
                         ? ("'" + getOperatorName(cause) + "' changes it").str()
                         : describeUse(cause);
  if (at != cause && isWrite)
    text += isa<PrimLoopOp>(at) ? " in a loop that is not unrolled"
            : isa<PrimIfOp>(at) ? " in a branch"
                                : " when the program runs";
  return text;
}

void TypeInference::giveUp(Value list, Operation *at, Operation *cause) {
  // Its lists stay those that they are only as objects, too.
  for (Value element : SmallVector<Value>(lists[list].elements))
    if (lists.contains(element) && mayBeWritten(element))
      giveUp(element, at, cause);
  Value object = snapshot(list, at);
  Operation *maker = object.getDefiningOp();
  // It is the list of the source, with its name.
  if (object != list)
    maker->setLoc(list.getLoc());
  if (explains && maker)
    noteBoxed(maker, describeChange(at, cause), cause);
  if (object != list)
    list.replaceUsesWithIf(object, [&](OpOperand &use) {
      Operation *ancestor =
          at->getBlock()->findAncestorOpInBlock(*use.getOwner());
      return ancestor && (ancestor == at || at->isBeforeInBlock(ancestor));
    });
  if (object != list)
    for (auto &entry : lists)
      for (Value &element : entry.second.elements)
        if (element == list) {
          element = object;
          entry.second.changed = true;
        }
  ArrayRef<Value> held = lists[object].elements;
  elementTypes[object] = isa<DictType>(list.getType())
                             ? joinElements(takeValues(held))
                             : joinElements(held);
  lists.erase(list);
  lists.erase(object);
  if (object != list)
    renamed[list] = object;
}

void TypeInference::noteElement(Value list, Type type) {
  auto it = elementTypes.find(list);
  if (it == elementTypes.end())
    return;
  Type joined = joinTypes(it->second, type);
  if (joined == it->second)
    return;
  it->second = joined;
  Type before = list.getType();
  if (auto dict = dyn_cast<DictType>(list.getType()))
    list.setType(DictType::get(dict.getContext(), dict.getKeyType(),
                               refineElement(dict.getValueType(), joined)));
  else
    list.setType(ListType::get(refineElement(
        cast<ListType>(list.getType()).getElementType(), joined)));
  // What was visited before has no other type than it had.
  elementTypesChanged |= list.getType() != before;
}

/// Whether `value` is not made in a region of `op`.
static bool isDefinedOutside(Value value, Operation *op) {
  return !op->isAncestor(value.getParentRegion()->getParentOp());
}

bool TypeInference::passesOn(Operation *op, Value list) {
  auto holdsLists = [](Type type) {
    if (auto own = dyn_cast<ListType>(type))
      type = own.getElementType();
    else if (auto dict = dyn_cast<DictType>(type))
      type = dict.getValueType();
    else
      return false;
    return isa<ListType, DictType, mt::TupleType, AnyType, OptionalType,
               UnionType>(type);
  };
  return op->getNumRegions() == 0 &&
         llvm::any_of(op->getResultTypes(), holdsLists) &&
         llvm::any_of(lists[list].elements, [&](Value element) {
           if (auto tuple = element.getDefiningOp<PrimTupleConstructOp>())
             return llvm::any_of(tuple.getElements(), [&](Value each) {
               return lists.contains(each) && mayBeWritten(each);
             });
           return lists.contains(element) && mayBeWritten(element);
         });
}

void TypeInference::materializeLists(Operation *op) {
  // For this operator alone: another one may have its place in memory later.
  llvm::scope_exit forget([&] { snapshots.clear(); });
  if (isa<PrimListConstructOp>(op) && op->getNumOperands() == 0)
    return;
  // What is in a tuple, or in another known list, keeps its name; so does what
  // is taken out of a tuple.
  if (isa<PrimTupleConstructOp, PrimTupleIndexOp, PrimTupleUnpackOp>(op) ||
      (isa<PrimListConstructOp, PrimDictConstructOp>(op) &&
       lists.contains(op->getResult(0))))
    return;
  // Lists that a region of `op` uses.
  llvm::SmallVector<std::pair<Value, Operation *>> changed;
  Operation *cause = op;
  // All that a list or tuple holds, and what it holds in turn.
  std::function<void(Value)> noteInside = [&](Value container) {
    container = stripCasts(container);
    Operation *maker = container.getDefiningOp();
    SmallVector<Value> held;
    if (auto it = lists.find(container); it != lists.end())
      held = it->second.elements;
    else if (auto tuple = dyn_cast_or_null<PrimTupleConstructOp>(maker))
      held = tuple.getElements();
    else if (maker && op->isProperAncestor(maker) && maker->getNumOperands())
      noteInside(maker->getOperand(0));
    for (Value element : held) {
      if (lists.contains(element))
        changed.push_back({element, cause});
      noteInside(element);
    }
  };
  std::function<void(Value)> note = [&](Value value) {
    value = stripCasts(value);
    if (lists.contains(value)) {
      changed.push_back({value, cause});
      return;
    }
    if (auto tuple = value.getDefiningOp<PrimTupleConstructOp>()) {
      llvm::for_each(tuple.getElements(), note);
      return;
    }
    // What is taken out of a list or tuple: anything in it.
    Operation *taken = value.getDefiningOp();
    if (taken && op->isProperAncestor(taken) && taken->getNumOperands())
      noteInside(taken->getOperand(0));
  };
  op->walk([&](Operation *nested) {
    if (nested == op)
      return;
    cause = nested;
    for (OpOperand &operand : nested->getOpOperands())
      if (isa<ListType, DictType, mt::TupleType>(operand.get().getType()) &&
          (writesOperand(nested, operand.getOperandNumber()) ||
           (storesOperand(operand) && mayBeWritten(operand.get()))))
        note(operand.get());
  });
  cause = op;
  for (OpOperand &operand : op->getOpOperands())
    if (keepsOperand(op, operand.getOperandNumber()) ||
        op->hasAttr(runsTaskAttrName))
      note(operand.get());
  for (auto [list, use] : changed)
    if (lists.contains(list))
      giveUp(list, op, use);
  Value returned = getReturnedOperand(op);
  for (OpOperand &operand : op->getOpOperands()) {
    Value list = operand.get();
    // The same list by another name.
    if (list == returned)
      continue;
    if (!lists.contains(list)) {
      if (isChanged(list))
        operand.set(snapshot(list, op));
      continue;
    }
    if (writesOperand(op, operand.getOperandNumber()) ||
        (storesOperand(operand) && mayBeWritten(list)) || passesOn(op, list))
      giveUp(list, op, op);
    else
      operand.set(snapshot(list, op));
  }
  op->walk([&](Operation *nested) {
    for (OpOperand &operand : nested->getOpOperands())
      if (nested != op && isDefinedOutside(operand.get(), op) &&
          isChanged(operand.get()))
        operand.set(snapshot(operand.get(), op));
  });
}
