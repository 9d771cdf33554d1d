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

static bool isGetItem(Operation *op) {
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
                  generic.getName() == requireResultName))
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
      if (isTensor(operand.getType()) && argument.escapes)
        store(first, op, operand);

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

bool AliasAnalysis::mayAlias(Value a, Value b) const {
  auto first = tokens.find(a), second = tokens.find(b);
  if (first == tokens.end() || second == tokens.end())
    return false;
  return llvm::any_of(first->second, [&](Token token) {
    return second->second.contains(token);
  });
}

bool minitorch::mt::readsOnlyMetadata(OpOperand &use) {
  auto op = dyn_cast<SchemaOpInterface>(use.getOwner());
  return op && !op.readsElements(use.getOperandNumber());
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

//===----------------------------------------------------------------------===//
// Order
//===----------------------------------------------------------------------===//

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

/// An operator that reads some of the elements that it writes in another order
/// depends on the order in which it works. PyTorch refuses the cases that it
/// sees and leaves the others undefined; where sizes are not known, so do we:
/// all is read before anything is written.
LogicalResult AliasAnalysis::checkOverlap(const TensorWrite &write) {
  Value root = getRoot(write.written);
  auto check = [&](Value read) -> LogicalResult {
    if (!isTensor(read.getType()) || getRoot(read) != root)
      return success();
    Overlap overlap =
        getSame(read) == getSame(write.written)
            ? Overlap::Full
            : layouts.compare(write.written, read,
                              cast<SchemaOpInterface>(write.op).isPointwise());
    if (overlap != Overlap::Partial)
      return success();
    return write.op->emitError()
           << "cannot functionalize '" << getOpName(write.op)
           << "': it writes to elements that it reads as others; clone the "
              "operand that it reads";
  };
  for (OpOperand &operand : write.op->getOpOperands()) {
    if (operand.getOperandNumber() == write.operand)
      continue;
    if (failed(check(operand.get())))
      return failure();
    for (Value element : getElements(operand.get()))
      if (failed(check(element)))
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
      if (!mayAlias(storedRoot, root) &&
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

LogicalResult AliasAnalysis::checkWrites() {
  bool failed = false;
  for (const TensorWrite &write : writes)
    failed |= mlir::failed(check(write));
  return failure(failed);
}
