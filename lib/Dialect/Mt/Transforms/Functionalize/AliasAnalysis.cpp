//===- AliasAnalysis.cpp - Which tensor is a view of which ------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AliasAnalysis.h"
#include "../Splits.h"
#include "../ViewMaps.h"
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
// Types
//===----------------------------------------------------------------------===//

bool AliasAnalysis::isTensor(Type type) {
  if (auto optional = dyn_cast<OptionalType>(type))
    return isTensor(optional.getElementType());
  return isa<mt::TensorType, RankedTensorType>(type);
}

bool AliasAnalysis::isContainer(Type type) {
  auto holdsTensor = [](Type element) {
    return isTensor(element) || isContainer(element);
  };
  if (auto optional = dyn_cast<OptionalType>(type))
    return isContainer(optional.getElementType());
  if (auto list = dyn_cast<ListType>(type))
    return holdsTensor(list.getElementType());
  if (auto dict = dyn_cast<DictType>(type))
    return holdsTensor(dict.getKeyType()) || holdsTensor(dict.getValueType());
  if (auto tuple = dyn_cast<mt::TupleType>(type))
    return llvm::any_of(tuple.getTypes(), holdsTensor);
  if (auto oneOf = dyn_cast<UnionType>(type))
    return llvm::any_of(oneOf.getTypes(), holdsTensor);
  if (auto future = dyn_cast<FutureType>(type))
    return holdsTensor(future.getElementType());
  return isa<AnyType, ObjectType>(type);
}

//===----------------------------------------------------------------------===//
// Links and roots
//===----------------------------------------------------------------------===//

const AliasLink *AliasAnalysis::getLink(Value value) const {
  auto it = links.find(value);
  return it == links.end() ? nullptr : &it->second;
}

Value AliasAnalysis::getRoot(Value value) const {
  while (const AliasLink *link = getLink(value))
    value = link->parent;
  return value;
}

Value AliasAnalysis::getSame(Value value) const {
  for (const AliasLink *link = getLink(value); link && !link->view;
       link = getLink(value))
    value = link->parent;
  return value;
}

Value AliasAnalysis::getObject(Value value) const {
  for (const AliasLink *link = getLink(value);
       link && !link->view && link->isObject; link = getLink(value))
    value = link->parent;
  return value;
}

bool AliasAnalysis::isOneTensor(Value value) const {
  auto it = roots.find(getRoot(value));
  return it != roots.end() && it->second.kind != RootInfo::Joined;
}

bool AliasAnalysis::isContiguousObject(Value root) const {
  auto it = roots.find(root);
  return it != roots.end() &&
         (it->second.kind == RootInfo::Plain ||
          it->second.kind == RootInfo::Argument) &&
         layouts.isContiguous(root) && layouts.getOffset(root) == 0;
}

ArrayRef<Value> AliasAnalysis::getElements(Value value) const {
  auto it = elements.find(getSame(value));
  return it == elements.end() ? ArrayRef<Value>() : ArrayRef(it->second);
}

SmallVector<TensorWrite> AliasAnalysis::getWrites(Operation *op) const {
  SmallVector<TensorWrite> result;
  for (const TensorWrite &write : writes)
    if (write.op == op)
      result.push_back(write);
  return result;
}

void AliasAnalysis::setRoot(Value value, RootInfo info) {
  links.erase(value);
  roots[value] = std::move(info);
}

void AliasAnalysis::setLink(Value value, AliasLink link) {
  roots.erase(value);
  links[value] = link;
}

void AliasAnalysis::join(Value value, ArrayRef<Value> sources,
                         Operation *scope) {
  RootInfo info;
  info.kind = RootInfo::Joined;
  info.sources.append(sources.begin(), sources.end());
  info.scope = scope;
  setRoot(value, std::move(info));
}

//===----------------------------------------------------------------------===//
// Containers
//===----------------------------------------------------------------------===//

Value AliasAnalysis::getLeader(Value container) {
  containers.insert(container.getAsOpaquePointer());
  containerValues.insert(container);
  return Value::getFromOpaquePointer(
      containers.getLeaderValue(container.getAsOpaquePointer()));
}

void AliasAnalysis::unite(Value a, Value b) {
  a = getLeader(a);
  b = getLeader(b);
  if (a == b)
    return;
  containers.unionSets(a.getAsOpaquePointer(), b.getAsOpaquePointer());
  Value leader = getLeader(a);
  Value other = leader == a ? b : a;
  if (auto it = stored.find(other); it != stored.end()) {
    SmallVector<Stored> moved = std::move(it->second);
    stored.erase(other);
    stored[leader].append(moved.begin(), moved.end());
  }
  if (openContainers.contains(other))
    openContainers.insert(leader);
}

void AliasAnalysis::store(Value container, Operation *op, Value tensor) {
  SmallVector<Stored> &list = stored[getLeader(container)];
  if (llvm::none_of(list, [&](const Stored &entry) {
        return entry.op == op && entry.value == tensor;
      }))
    list.push_back({op, tensor});
}

ArrayRef<AliasAnalysis::Stored> AliasAnalysis::getStored(Value container) {
  auto entries = stored.find(getLeader(container));
  return entries == stored.end() ? ArrayRef<Stored>()
                                 : ArrayRef<Stored>(entries->second);
}

bool mt::isGetItem(Operation *op) {
  const Schema *schema = lookupSchema(op);
  return schema && schema->name == "aten::__getitem__.t";
}

/// Whether a use of a list or tuple only takes constant elements out of it or
/// reads it within the operator.
bool AliasAnalysis::isPrivateUse(OpOperand &use) {
  Operation *user = use.getOwner();
  if (isa<PrimTupleUnpackOp, PrimListUnpackOp, func::ReturnOp>(user))
    return true;
  if (auto index = dyn_cast<PrimTupleIndexOp>(user))
    return getConstantInt(index.getIndex()).has_value();
  if (isa<PrimListConstructOp, PrimTupleConstructOp>(user))
    return isPrivateContainer(user->getResult(0));
  if (isa<PrimUncheckedCastOp>(user))
    return isContainer(user->getResult(0).getType()) &&
           !isa<AnyType, UnionType>(user->getResult(0).getType()) &&
           llvm::all_of(user->getResult(0).getUses(),
                        [&](OpOperand &use) { return isPrivateUse(use); });
  if (isGetItem(user))
    return getConstantInt(user->getOperand(1)).has_value();
  const Schema *schema = lookupSchema(user);
  if (!schema || use.getOperandNumber() >= schema->arguments.size())
    return false;
  const SchemaArgument &argument = schema->arguments[use.getOperandNumber()];
  return !argument.isWrite && !argument.escapes && !argument.aliasSet &&
         llvm::none_of(user->getResultTypes(), isContainer);
}

bool AliasAnalysis::isPrivateContainer(Value value) {
  if (auto it = privateContainers.find(value); it != privateContainers.end())
    return it->second;
  privateContainers[value] = false;
  Operation *op = value.getDefiningOp();
  bool result = op &&
                (isa<PrimListConstructOp, PrimTupleConstructOp>(op) ||
                 getSplitOperand(op) >= 0) &&
                llvm::all_of(value.getUses(),
                             [&](OpOperand &use) { return isPrivateUse(use); });
  return privateContainers[value] = result;
}

//===----------------------------------------------------------------------===//
// Who may be whom
//===----------------------------------------------------------------------===//

void AliasAnalysis::collectWrites() {
  func.walk([&](Operation *op) {
    const Schema *schema = lookupSchema(op);
    if (!schema || !schema->isMutating())
      return;
    for (auto [i, operand, argument] :
         llvm::enumerate(op->getOperands(), schema->arguments))
      if (argument.isWrite &&
          (isTensor(operand.getType()) || argument.aliasesElements))
        writes.push_back({op, static_cast<unsigned>(i), operand});
  });
}

void AliasAnalysis::collectFamilies() {
  for (auto &entry : roots)
    families[entry.first].push_back(entry.first);
  // In program order, so that messages do not depend on addresses.
  auto add = [&](Value value) {
    if (links.contains(value))
      families[getRoot(value)].push_back(value);
  };
  func.walk<WalkOrder::PreOrder>([&](Operation *op) {
    for (Region &region : op->getRegions())
      for (BlockArgument argument : region.getArguments())
        add(argument);
    for (Value result : op->getResults())
      add(result);
  });
}

void AliasAnalysis::computeTokens() {
  bool changed = true;
  while (changed) {
    changed = false;
    for (auto &[root, info] : roots) {
      TokenSet &set = tokens[root];
      size_t before = set.size();
      set.insert(Token(root.getAsOpaquePointer(), false));
      // What it may be is kept up to date with it.
      if (getSelection(root)) {
        changed |= set.size() != before;
        continue;
      }
      auto take = [&](Value source, bool bothWays) {
        TokenSet other;
        for (Value one : getWrittenRoots(getRoot(source)))
          other.insert_range(tokens.lookup(one));
        for (Token token : other) {
          Value value = Value::getFromOpaquePointer(token.getPointer());
          bool over = info.scope && isDefinedInside(value, info.scope);
          if (!over || bothWays)
            set.insert(token);
          if (over || bothWays)
            set.insert(Token(token.getPointer(), true));
        }
      };
      for (Value source : info.sources)
        take(source, false);
      if (info.container) {
        Value leader = getLeader(info.container);
        if (openContainers.contains(leader))
          set.insert(Token(leader.getAsOpaquePointer(), false));
        auto it = stored.find(leader);
        if (it != stored.end())
          for (const Stored &entry : it->second)
            take(entry.value, true);
      }
      changed |= set.size() != before;
    }
  }
}

bool AliasAnalysis::mayAlias(Value a, Value b, bool atAnyTime) const {
  auto first = tokens.find(a), second = tokens.find(b);
  if (first == tokens.end() || second == tokens.end())
    return false;
  return llvm::any_of(first->second, [&](Token token) {
    Token other(token.getPointer(), !token.getInt());
    return second->second.contains(token) ||
           (atAnyTime && second->second.contains(other));
  });
}

bool AliasAnalysis::mayShareMemory(Value a, Value b) const {
  // What is selected may be each of its candidates.
  SmallVector<Value> others = getWrittenRoots(getRoot(b));
  return llvm::any_of(getWrittenRoots(getRoot(a)), [&](Value one) {
    return llvm::any_of(others, [&](Value other) {
      return one == other || mayAlias(one, other);
    });
  });
}

bool minitorch::mt::readsOnlyMetadata(OpOperand &use) {
  auto op = dyn_cast<SchemaOpInterface>(use.getOwner());
  if (auto generic = dyn_cast<OperatorOp>(use.getOwner());
      generic && (generic.getName() == requireResultName ||
                  generic.getName() == checkWriteName))
    return true;
  return op && !op.readsElements(use.getOperandNumber());
}

bool minitorch::mt::readsAsNumber(OpOperand &use) {
  const Schema *schema = lookupSchema(use.getOwner());
  auto shape = TensorShape::of(use.get().getType());
  return schema && use.getOperandNumber() < schema->arguments.size() &&
         schema->arguments[use.getOperandNumber()].name == "value" && shape &&
         shape->hasRank && shape->getRank() == 0;
}

void AliasAnalysis::collectReads(Value value,
                                 SmallVectorImpl<Operation *> &reads) {
  for (OpOperand &use : value.getUses()) {
    Operation *user = use.getOwner();
    if (readsOnlyMetadata(use))
      continue;
    // Its results are in the family themselves.
    bool isLink = llvm::any_of(user->getResults(),
                               [&](Value v) { return getLink(v) != nullptr; });
    for (Value result : user->getResults()) {
      const AliasLink *link = getLink(result);
      isLink &=
          link ? getSame(link->parent) == getSame(value) ||
                     !getElements(value).empty()
               : !isTensor(result.getType()) && !isContainer(result.getType());
    }
    const Schema *schema = lookupSchema(user);
    if (isLink && !isa<PrimIfOp, PrimLoopOp>(user) &&
        !(schema && schema->isMutating()))
      continue;
    if (isa<PrimListConstructOp, PrimTupleConstructOp>(user) &&
        elements.contains(user->getResult(0))) {
      collectReads(user->getResult(0), reads);
      continue;
    }
    reads.push_back(user);
  }
}

/// Adds the function's arguments that `value` may be computed from: what is
/// made of tensors that are not contiguous may not be, either.
void AliasAnalysis::collectArguments(
    Value value, llvm::SetVector<BlockArgument> &arguments) const {
  llvm::SetVector<Value> values;
  values.insert(value);
  for (unsigned i = 0; i < values.size(); ++i) {
    if (auto argument = dyn_cast<BlockArgument>(values[i])) {
      if (roots.lookup(argument).kind == RootInfo::Argument)
        arguments.insert(argument);
      else if (Operation *parent = argument.getOwner()->getParentOp())
        values.insert(parent->operand_begin(), parent->operand_end());
      continue;
    }
    // A region may use anything.
    values[i].getDefiningOp()->walk([&](Operation *op) {
      values.insert(op->operand_begin(), op->operand_end());
    });
  }
}

llvm::SetVector<BlockArgument> AliasAnalysis::getContiguousArguments() const {
  llvm::SetVector<BlockArgument> arguments;
  for (const TensorWrite &write : writes)
    for (Value root : getWrittenRoots(getRoot(write.written))) {
      auto family = families.find(root);
      if (family != families.end() &&
          llvm::any_of(family->second, [&](Value member) {
            return layoutDependent.contains(member);
          }))
        collectArguments(root, arguments);
    }
  // How the others lie, is known.
  func::FuncOp function = func;
  arguments.remove_if([&](BlockArgument argument) {
    return function.getArgAttr(argument.getArgNumber(), stridesAttrName) !=
           nullptr;
  });
  return arguments;
}
