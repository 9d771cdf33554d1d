//===- AliasWalk.cpp - Aliases, operation by operation ----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Splits.h"
#include "../ViewMaps.h"
#include "AliasAnalysis.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::StringRef;

//===----------------------------------------------------------------------===//
// The walk
//===----------------------------------------------------------------------===//

void AliasAnalysis::run() {
  for (BlockArgument argument : func.getArguments()) {
    if (isTensor(argument.getType())) {
      RootInfo info;
      info.kind = RootInfo::Argument;
      setRoot(argument, info);
      auto strides = func.getArgAttrOfType<DenseI64ArrayAttr>(
          argument.getArgNumber(), stridesAttrName);
      if (strides)
        layouts.setStrides(argument, strides);
      else
        layouts.setContiguous(argument);
    } else if (isContainer(argument.getType())) {
      openContainers.insert(getLeader(argument));
    }
  }
  visit(func.getBody().front());
  collectWrites();
  collectFamilies();
  computeSelections();
  computeTokens();
}

void AliasAnalysis::visit(Block &block) {
  for (Operation &op : block)
    visit(&op);
}

void AliasAnalysis::visit(Operation *op) {
  if (auto ifOp = dyn_cast<PrimIfOp>(op))
    return visitIf(ifOp);
  if (auto loop = dyn_cast<PrimLoopOp>(op))
    return visitLoop(loop);
  if (llvm::none_of(op->getResultTypes(),
                    [](Type t) { return isTensor(t) || isContainer(t); }) &&
      llvm::none_of(op->getOperandTypes(), isContainer))
    return;
  if (isa<func::ReturnOp, PrimYieldOp, PrimLoopConditionOp>(op))
    return;

  if (isa<PrimListConstructOp, PrimTupleConstructOp, PrimDictConstructOp>(op)) {
    Value result = op->getResult(0);
    if (!isContainer(result.getType()))
      return;
    if (isPrivateContainer(result)) {
      elements[result] = llvm::to_vector(op->getOperands());
      return;
    }
    getLeader(result);
    for (Value element : op->getOperands()) {
      if (isTensor(element.getType()))
        store(result, op, element);
      else if (isContainer(element.getType()))
        unite(result, element);
    }
    return;
  }
  if (isa<PrimTupleUnpackOp, PrimTupleIndexOp, PrimListUnpackOp>(op) ||
      isGetItem(op))
    return visitExtraction(op);
  if (auto cast = dyn_cast<PrimUncheckedCastOp>(op)) {
    Value from = cast.getValue(), to = cast.getResult();
    bool same = isTensor(from.getType()) && isTensor(to.getType());
    if (same || isPrivateContainer(getSame(from))) {
      setLink(to, {from});
      if (same)
        layouts.setSame(to, from);
    } else if (isContainer(from.getType()) && isContainer(to.getType())) {
      unite(from, to);
    } else if (isTensor(from.getType()) && isContainer(to.getType())) {
      store(to, op, from);
    } else if (isTensor(to.getType())) {
      RootInfo info;
      info.kind = RootInfo::Joined;
      if (isContainer(from.getType()))
        info.container = from;
      setRoot(to, info);
    }
    return;
  }
  if (isa<ConstantTensorOp>(op)) {
    RootInfo info;
    info.kind = RootInfo::Constant;
    setRoot(op->getResult(0), info);
    layouts.setContiguous(op->getResult(0));
    return;
  }
  if (isa<PrimUninitializedOp, ConstantNoneOp, ConstantObjectOp, BoxOp,
          UnboxOp>(op)) {
    for (Value result : op->getResults()) {
      if (isTensor(result.getType()))
        setRoot(result);
      else if (isContainer(result.getType()))
        getLeader(result);
    }
    return;
  }
  if (auto schemaOp = dyn_cast<SchemaOpInterface>(op);
      schemaOp && schemaOp.getSchema())
    return visitSchemaOp(schemaOp);
  // They copy, or do nothing.
  if (auto generic = dyn_cast<OperatorOp>(op);
      generic && (generic.getName() == keepContentsName ||
                  generic.getName() == requireResultName ||
                  generic.getName() == checkWriteName))
    return;
  visitUnknownOp(op);
}

/// Elements taken out of lists and tuples.
void AliasAnalysis::visitExtraction(Operation *op) {
  Value container = op->getOperand(0);
  // Copies: what follows inserts into the maps that these are in.
  SmallVector<Value> known(getElements(container));
  Operation *split = nullptr;
  if (const AliasLink *link = getLink(getSame(container)))
    split = link->view;
  for (auto [i, result] : llvm::enumerate(op->getResults())) {
    bool tensor = isTensor(result.getType());
    if (!tensor && !isContainer(result.getType()))
      continue;
    if (split) {
      setLink(result, {container, op, 0, static_cast<unsigned>(i)});
      layouts.recordElement(result, split,
                            getPartIndex(op, i, split).value_or(-1));
      continue;
    }
    if (!known.empty()) {
      int64_t index = i;
      if (!isa<PrimTupleUnpackOp, PrimListUnpackOp>(op))
        index = *getConstantInt(op->getOperand(1));
      if (index < 0)
        index += known.size();
      if (index >= 0 && index < static_cast<int64_t>(known.size())) {
        Value element = known[index];
        if (isTensor(element.getType()) && tensor) {
          setLink(result, {element});
          layouts.setSame(result, element);
          continue;
        }
        if (isContainer(element.getType()) && !tensor) {
          if (isPrivateContainer(getSame(element)))
            setLink(result, {element});
          else
            unite(result, element);
          continue;
        }
        // An optional, a union: something else than was put in.
      }
      if (tensor)
        setRoot(result);
      else
        openContainers.insert(getLeader(result));
      continue;
    }
    if (!tensor) {
      unite(result, container);
      continue;
    }
    RootInfo info;
    info.kind = RootInfo::Joined;
    info.container = container;
    setRoot(result, info);
  }
}

void AliasAnalysis::visitSchemaOp(SchemaOpInterface op) {
  const Schema &schema = *op.getSchema();
  // What is put into a container, and which containers become one.
  Value first;
  auto joinContainers = [&](Value value) {
    if (!first)
      first = value;
    else
      unite(first, value);
  };
  bool makesContainer = llvm::any_of(op->getResultTypes(), isContainer);
  for (auto [operand, argument] :
       llvm::zip(op->getOperands(), schema.arguments))
    if (isContainer(operand.getType()) &&
        (argument.isWrite || argument.escapes || makesContainer) &&
        !isPrivateContainer(getSame(operand)))
      joinContainers(operand);
  if (first)
    for (auto [operand, argument] :
         llvm::zip(op->getOperands(), schema.arguments))
      if (isTensor(operand.getType()) && argument.escapes) {
        store(first, op, operand);
      } else if (isContainer(operand.getType()) && schema.isMutating()) {
        // What one list holds, goes into the other.
        for (Value element : getElements(operand))
          store(first, op, element);
      }

  for (auto [i, result, declared] :
       llvm::enumerate(op->getResults(), schema.results)) {
    bool tensor = isTensor(result.getType());
    if (!tensor && !isContainer(result.getType()))
      continue;
    // The operand it comes from.
    int from = op.getAliasedOperand(i);
    if (!tensor) {
      int split = getSplitOperand(op);
      if (split >= 0 && isPrivateContainer(result)) {
        setLink(result,
                {op->getOperand(split), op, static_cast<unsigned>(split), 0});
      } else {
        getLeader(result);
        if (split >= 0)
          store(result, op, op->getOperand(split));
        else if (!first)
          // The elements may be one another's views.
          openContainers.insert(getLeader(result));
        if (first)
          unite(first, result);
      }
      continue;
    }
    Value source = from >= 0 ? op->getOperand(from) : Value();
    if (source && isTensor(source.getType())) {
      if (schema.arguments[from].isWrite) {
        setLink(result, {source});
        layouts.setSame(result, source);
        continue;
      }
      ResultRelation relation = layouts.classify(op, from);
      layouts.record(op, relation, from);
      // View or copy, it could be the other for arguments with other strides.
      if (op.dependsOnLayout()) {
        layoutDependent.insert(result);
        layoutDependent.insert(source);
      }
      switch (relation) {
      case ResultRelation::New:
        setRoot(result);
        break;
      case ResultRelation::Itself:
        setLink(result, {source});
        break;
      case ResultRelation::View:
        // Another object with the same elements, or a view of some of them.
        if (isWholeView(op)) {
          AliasLink link{source};
          link.isObject = false;
          setLink(result, link);
        } else {
          setLink(result, {source, op, static_cast<unsigned>(from),
                           static_cast<unsigned>(i)});
        }
        break;
      case ResultRelation::Unknown:
        join(result, source, nullptr);
        break;
      }
      continue;
    }
    layouts.record(op, ResultRelation::New, 0);
    // Elements of a list that it makes something new of.
    if (source && isa<ListType>(source.getType()) && !declared.escapes &&
        op.getResultRelation(from) == ResultRelation::New)
      source = Value();
    if (declared.escapes && first == Value())
      for (Value operand : op->getOperands())
        if (isContainer(operand.getType()))
          source = operand;
    if (declared.escapes && first)
      source = first;
    if (source && isContainer(source.getType())) {
      RootInfo info;
      info.kind = RootInfo::Joined;
      if (isPrivateContainer(getSame(source)))
        for (Value element : getElements(source)) {
          if (isTensor(element.getType()))
            info.sources.push_back(element);
        }
      else
        info.container = source;
      setRoot(result, info);
      continue;
    }
    setRoot(result);
  }
}

/// Nothing is known: every result may be any operand, or in any container.
void AliasAnalysis::visitUnknownOp(Operation *op) {
  SmallVector<Value> tensors;
  Value container;
  for (Value value : op->getOperands()) {
    if (isTensor(value.getType())) {
      tensors.push_back(value);
    } else if (isContainer(value.getType())) {
      if (container)
        unite(container, value);
      container = value;
    }
  }
  for (Value value : op->getResults())
    if (isContainer(value.getType())) {
      if (container)
        unite(container, value);
      container = value;
    }
  if (container) {
    openContainers.insert(getLeader(container));
    for (Value tensor : tensors)
      store(container, op, tensor);
  }
  for (Value value : op->getResults()) {
    if (!isTensor(value.getType()))
      continue;
    join(value, tensors, nullptr);
    roots[value].container = container;
    layouts.forget(value);
  }
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

static bool isUninitialized(Value value) {
  return value.getDefiningOp<PrimUninitializedOp>() != nullptr;
}

bool minitorch::mt::isDefinedInside(Value value, Operation *op) {
  return op->isAncestor(value.getParentRegion()->getParentOp());
}

void AliasAnalysis::visitIf(PrimIfOp op) {
  visit(op.getThenRegion().front());
  visit(op.getElseRegion().front());
  for (auto [result, onTrue, onFalse] :
       llvm::zip(op.getResults(), op.thenYield().getValues(),
                 op.elseYield().getValues())) {
    if (isContainer(result.getType())) {
      for (Value value : {onTrue, onFalse}) {
        if (isContainer(value.getType()))
          unite(result, value);
        else if (isTensor(value.getType()))
          store(result, op, value);
      }
      continue;
    }
    if (!isTensor(result.getType()))
      continue;
    layouts.forget(result);
    SmallVector<Value> sources;
    for (Value value : {onTrue, onFalse})
      if (!isUninitialized(value) && isTensor(value.getType()))
        sources.push_back(value);
    // The same tensor on both ways.
    bool bothTensors = sources.size() == 2 || isUninitialized(onTrue) ||
                       isUninitialized(onFalse);
    if (bothTensors && !sources.empty() &&
        getSame(sources.front()) == getSame(sources.back()) &&
        !isDefinedInside(getSame(sources.front()), op)) {
      setLink(result, {getSame(sources.front())});
      layouts.setSame(result, getSame(sources.front()));
      continue;
    }
    join(result, sources, op);
    for (Value value : {onTrue, onFalse})
      if (isContainer(value.getType()))
        roots[result].container = value;
  }
}

void AliasAnalysis::visitLoop(PrimLoopOp op) {
  // A carried value is taken for the same tensor in every turn until the body
  // shows otherwise.
  PrimLoopConditionOp end = op.getTerminator();
  unsigned count = op.getInits().size();
  SmallVector<bool> same(count);
  for (unsigned i = 0; i < count; ++i) {
    Value argument = op.getCarried()[i], init = op.getInits()[i];
    if (isContainer(argument.getType())) {
      for (Value value :
           {init, end.getValues()[i], Value(op.getResults()[i])}) {
        if (isContainer(value.getType()))
          unite(argument, value);
        else if (isTensor(value.getType()))
          store(argument, op, value);
      }
    }
    same[i] = isTensor(argument.getType()) && isTensor(init.getType()) &&
              isTensor(op.getResult(i).getType());
  }
  bool changed = true;
  while (changed) {
    changed = false;
    for (unsigned i = 0; i < count; ++i) {
      Value argument = op.getCarried()[i], init = op.getInits()[i];
      if (same[i]) {
        setLink(argument, {init});
        layouts.setSame(argument, init);
      } else if (isTensor(argument.getType())) {
        SmallVector<Value> sources;
        for (Value value : {init, end.getValues()[i]})
          if (!isUninitialized(value) && isTensor(value.getType()))
            sources.push_back(value);
        join(argument, sources, op);
        layouts.forget(argument);
      }
    }
    visit(op.getBody().front());
    for (unsigned i = 0; i < count; ++i)
      if (same[i] && getSame(end.getValues()[i]) != getSame(op.getInits()[i])) {
        same[i] = false;
        changed = true;
      }
  }
  for (unsigned i = 0; i < count; ++i) {
    Value result = op.getResult(i), argument = op.getCarried()[i];
    if (!isTensor(result.getType()))
      continue;
    if (same[i]) {
      setLink(result, {op.getInits()[i]});
      layouts.setSame(result, op.getInits()[i]);
    } else {
      join(result, roots[argument].sources, op);
      layouts.forget(result);
    }
  }
}
