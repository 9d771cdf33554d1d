//===- SameResults.cpp - Results that are tensors of the caller -*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SameResults.h"
#include "../Splits.h"
#include "../ViewMaps.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "Storage.h"
#include "Strides.h"

using namespace mlir;
using namespace minitorch::mt;

namespace {
class SameResults {
public:
  SameResults(func::FuncOp func, const AliasAnalysis &aliases,
              const ChosenResults &chosen)
      : func(func), builder(func.getBody().front().getTerminator()),
        aliases(aliases), chosen(chosen) {
    for (BlockArgument argument : func.getArguments())
      known[argument] = builder.getI64IntegerAttr(argument.getArgNumber());
  }

  void setKnown(Value object, int64_t argument) {
    known[object] = builder.getI64IntegerAttr(argument);
  }
  /// Visits `value`, at `path` in the result, and what it contains.
  void visit(Value value, const Twine &path, bool isState = false);

  NamedAttrList found;
  /// The tensors that were visited, and the containers whose contents are not
  /// known.
  SmallVector<Value> tensors, containers;
  /// Views of what the caller has, of which it is not known where they are.
  SmallVector<Value> unplaced;
  /// What may be None, or something else.
  SmallVector<Value> open;

private:
  void visitTensor(Value value, StringRef path, bool isState);
  void addView(Value value, StringRef path, Attribute of);
  void addChoice(Value number, StringRef path);
  bool mayBeView(Value value);
  bool mayShare(Value value, Value other);
  /// Whether it is what the caller passes, and no attribute.
  bool isPassed(Value value) {
    auto state = func->getAttrOfType<ArrayAttr>("mt.state");
    return llvm::is_contained(
        func.getArguments().drop_back(state ? state.size() : 0), value);
  }
  /// Nobody reads its elements here, but it may raise.
  void require(Value value) {
    OperatorOp::create(builder, value.getLoc(), TypeRange(), requireResultName,
                       value);
  }
  void add(StringRef path, Attribute of, StringRef how) {
    found.set(path, builder.getDictionaryAttr(
                        {builder.getNamedAttr("of", of),
                         builder.getNamedAttr(how, builder.getUnitAttr())}));
  }

  func::FuncOp func;
  OpBuilder builder;
  const AliasAnalysis &aliases;
  const ChosenResults &chosen;
  /// What the caller has already: an argument's number, or a path.
  llvm::DenseMap<Value, Attribute> known;
};
} // namespace

/// Whether an `as_strided` reads memory behind the end of a tensor of
/// `rootType`: nothing of the caller's then, but an error when it runs.
static bool isOutside(Value value, const StridedView &view,
                      const TensorShape &type, const TensorShape &rootType) {
  const Schema *schema =
      value.getDefiningOp() ? lookupSchema(value.getDefiningOp()) : nullptr;
  if (!schema || schema->name != "aten::as_strided" || !rootType.hasRank ||
      ShapedType::isDynamicShape(rootType.sizes) ||
      view.strides.size() != type.sizes.size())
    return false;
  int64_t last = view.offset;
  for (auto [size, stride] : llvm::zip(type.sizes, view.strides))
    last += (size - 1) * stride;
  return last >= ShapedType::getNumElements(rootType.sizes);
}

/// The element of an operator's list operand that `value` is, taken out of a
/// list that gives these back; or null.
static Value getGivenElement(Value value) {
  auto unpack = value.getDefiningOp<PrimListUnpackOp>();
  auto op = unpack ? dyn_cast_or_null<SchemaOpInterface>(
                         unpack->getOperand(0).getDefiningOp())
                   : nullptr;
  if (!op)
    return Value();
  unsigned index = cast<OpResult>(value).getResultNumber();
  for (unsigned i = 0; i < op->getNumOperands(); ++i)
    if (op.getResultRelation(i) == ResultRelation::Itself)
      if (auto elements = getListElements(op->getOperand(i));
          elements && index < elements->size())
        return (*elements)[index];
  return Value();
}

/// Whether an operator with several results makes this one. Facts are about the
/// one that may be an operand.
static bool isMadeBeside(Value value) {
  auto result = dyn_cast<OpResult>(value);
  const Schema *schema = result ? lookupSchema(result.getOwner()) : nullptr;
  return schema && schema->results.size() > 1 &&
         result.getResultNumber() == 0 && schema->results[0].aliasSet == 0;
}

void SameResults::visitTensor(Value value, StringRef path, bool isState) {
  if (Value given = getGivenElement(value))
    value = given;
  tensors.push_back(value);
  // What is the argument, a view or a copy by how it lies.
  for (Value part = value;;) {
    auto op = part.getDefiningOp<SchemaOpInterface>();
    if (op && op.dependsOnLayout())
      relyOnOrder(func, aliases, part, contiguousAttrName);
    const AliasLink *link = aliases.getLink(part);
    if (!link)
      break;
    part = link->parent;
  }
  Value object = aliases.getObject(value);
  if (Attribute same = known.lookup(object))
    return add(path, same, "same");
  known[object] = builder.getStringAttr(path);
  Value lying = aliases.getSame(value);
  if (Attribute same = known.lookup(lying); same && lying != object)
    return add(path, same, "alias");
  Value root = aliases.getRoot(value);
  if (Attribute source = known.lookup(root); source && root != object)
    addView(value, path, source);
  if (Value number = chosen.lookup(value))
    addChoice(number, path);
  if (!isState &&
      (mayBeView(value) ||
       llvm::any_of(ArrayRef(tensors).drop_back(),
                    [&](Value other) { return mayShare(value, other); })))
    unplaced.push_back(value);
  auto shares = [&](Value other) {
    return other != value && AliasAnalysis::isTensor(other.getType()) &&
           aliases.mayShareMemory(value, other);
  };
  if (aliases.comesOutOfContainer(value) && !isMadeBeside(value) &&
      (llvm::any_of(func.getArguments(), shares) ||
       llvm::any_of(tensors, shares)))
    unplaced.push_back(value);
}

/// `number`: the argument that the tensor at `path` is, -1 for a new one.
void SameResults::addChoice(Value number, StringRef path) {
  Value text = ConstantStrOp::create(builder, number.getLoc(),
                                     StrType::get(func.getContext()), path);
  OperatorOp::create(builder, number.getLoc(), TypeRange(), placeResultName,
                     {text, number});
  found.set(path, builder.getDictionaryAttr(
                      builder.getNamedAttr("chosen", builder.getUnitAttr())));
}

/// Whether a branch or loop decides if `value` is state, a part of an argument,
/// or another object of it.
bool SameResults::mayBeView(Value value) {
  SmallVector<Value> choices = getChoices(value);
  return choices.size() > 1 && llvm::any_of(choices, [&](Value choice) {
           return !isPassed(choice) &&
                  llvm::any_of(func.getArguments(), [&](Value argument) {
                    return AliasAnalysis::isTensor(argument.getType()) &&
                           aliases.mayShareMemory(choice, argument);
                  });
         });
}

/// Whether a branch or loop decides if two results are in one memory. (Which
/// argument one is, it says itself.)
bool SameResults::mayShare(Value value, Value other) {
  SmallVector<Value> choices = getChoices(value), others = getChoices(other);
  auto mayBe = [&](ArrayRef<Value> choices, Value other) {
    return llvm::any_of(choices, [&](Value choice) {
      return !isPassed(choice) && aliases.mayShareMemory(choice, other);
    });
  };
  return (choices.size() > 1 || others.size() > 1) &&
         (mayBe(choices, other) || mayBe(others, value));
}

/// Whether `value` is a view by an operator that computes its elements when
/// they are read: a conjugate. It is a copy.
static bool isComputed(Value value, const AliasAnalysis &aliases) {
  auto type = TensorShape::of(value.getType());
  if (!type || !isa_and_present<ComplexType>(type->dtype))
    return false;
  for (; const AliasLink *link = aliases.getLink(value); value = link->parent)
    if (link->view && !getViewRule(link->view) && !isMemoryView(link->view) &&
        AliasAnalysis::isTensor(link->parent.getType()) &&
        getSplitOperand(link->view) < 0)
      return true;
  return false;
}

/// Where `value`, a view of a root that lies as a new tensor does, is in it.
void SameResults::addView(Value value, StringRef path, Attribute of) {
  Value root = aliases.getRoot(value);
  auto type = TensorShape::of(value.getType());
  auto rootType = TensorShape::of(root.getType());
  // Elements of another dtype are a copy.
  if (!type || !rootType || type->dtype != rootType->dtype ||
      isComputed(value, aliases))
    return;
  std::optional<StridedView> view = aliases.getStridedView(value);
  if (view && isOutside(value, *view, *type, *rootType))
    return;
  NamedAttrList relation;
  relation.set("of", of);
  if (view) {
    if (auto argument = dyn_cast<BlockArgument>(root);
        argument && !func.getArgAttr(argument.getArgNumber(), stridesAttrName))
      relyOnMemory(func, argument, contiguousAttrName);
    relation.set("offset", builder.getI64IntegerAttr(view->offset));
    relation.set("strides", builder.getDenseI64ArrayAttr(view->strides));
    require(value);
  } else {
    // What it matters for in the state, is refused there.
    if (isStatePath(path))
      return;
    SmallVector<Value> numbers =
        describeView(builder, value.getLoc(), func, aliases, value);
    if (numbers.empty()) {
      unplaced.push_back(value);
      return;
    }
    Value text = ConstantStrOp::create(builder, value.getLoc(),
                                       StrType::get(func.getContext()), path);
    numbers.insert(numbers.begin(), text);
    OperatorOp::create(builder, value.getLoc(), TypeRange(), placeResultName,
                       numbers);
    require(value);
    relation.set("placed", builder.getUnitAttr());
  }
  found.set(path, relation.getDictionary(func.getContext()));
}

void SameResults::visit(Value value, const Twine &path, bool isState) {
  if (auto cast = value.getDefiningOp<PrimUncheckedCastOp>();
      cast && !AliasAnalysis::isTensor(value.getType()))
    return visit(cast.getValue(), path, isState);
  if (!isState && isa<OptionalType, UnionType, AnyType>(value.getType()))
    return open.push_back(value);
  if (AliasAnalysis::isTensor(value.getType()))
    return visitTensor(value, path.str(), isState);
  // The same numbering as in mt-flatten-results.
  Operation *op = value.getDefiningOp();
  bool isKnown = isa_and_nonnull<PrimTupleConstructOp, PrimListConstructOp,
                                 PrimDictConstructOp>(op) &&
                 (isa<PrimTupleConstructOp>(op) || !mayBeWritten(value));
  if (!isKnown && AliasAnalysis::isContainer(value.getType()))
    containers.push_back(value);
  if (isa_and_nonnull<PrimTupleConstructOp, PrimListConstructOp>(op))
    for (auto [i, element] : llvm::enumerate(op->getOperands()))
      visit(element, path + "." + Twine(i));
  if (isa_and_nonnull<PrimDictConstructOp>(op))
    for (unsigned i = 1; i < op->getNumOperands(); i += 2)
      visit(op->getOperand(i), path + "." + Twine(i / 2));
}

/// Whether `op` may run again while `value` is the same tensor.
static bool runsAgainFor(Operation *op, Value value) {
  for (auto loop = op->getParentOfType<PrimLoopOp>(); loop;
       loop = loop->getParentOfType<PrimLoopOp>())
    if (!isDefinedInside(value, loop))
      return true;
  return false;
}

/// A tensor in a container is a new object: refuses one that is somewhere else,
/// too, where the caller can tell.
static LogicalResult checkContainers(func::FuncOp func, AliasAnalysis &aliases,
                                     const SameResults &same) {
  for (Value container : same.containers) {
    // What an operator makes a list of, is its own matter.
    Operation *op = container.getDefiningOp();
    const Schema *schema = op ? lookupSchema(op) : nullptr;
    unsigned number = schema ? cast<OpResult>(container).getResultNumber() : 0;
    if (schema && number < schema->results.size() &&
        !schema->results[number].aliasSet)
      continue;
    ArrayRef<AliasAnalysis::Stored> stored = aliases.getStored(container);
    for (const AliasAnalysis::Stored &entry : stored) {
      auto shares = [&](Value other) {
        return AliasAnalysis::isTensor(other.getType()) &&
               aliases.mayShareMemory(entry.value, other);
      };
      if (llvm::any_of(func.getArguments(), shares) ||
          llvm::any_of(same.tensors, shares) ||
          llvm::any_of(stored,
                       [&](const AliasAnalysis::Stored &other) {
                         return &other != &entry && shares(other.value);
                       }) ||
          runsAgainFor(entry.op, aliases.getRoot(entry.value)))
        return entry.op->emitError()
               << "puts a tensor that the caller gets or has by another name, "
                  "too, into a list or dict that the call leaves, which takes "
                  "tensors that are objects";
    }
  }
  return success();
}

/// The tensors that an Optional may be.
static void collectTensors(Value value, llvm::SmallPtrSetImpl<void *> &seen,
                           SmallVectorImpl<Value> &tensors) {
  if (!seen.insert(value.getAsOpaquePointer()).second)
    return;
  if (auto cast = value.getDefiningOp<PrimUncheckedCastOp>())
    return collectTensors(cast.getValue(), seen, tensors);
  if (auto ifOp = value.getDefiningOp<PrimIfOp>()) {
    unsigned number = cast<OpResult>(value).getResultNumber();
    collectTensors(ifOp.thenYield().getValues()[number], seen, tensors);
    collectTensors(ifOp.elseYield().getValues()[number], seen, tensors);
    return;
  }
  if (AliasAnalysis::isTensor(value.getType()))
    return tensors.push_back(value);
  auto loop = value.getDefiningOp<PrimLoopOp>();
  unsigned number = loop ? cast<OpResult>(value).getResultNumber() : 0;
  // The first one counts turns.
  if (auto argument = dyn_cast<BlockArgument>(value);
      argument && argument.getArgNumber() > 0) {
    loop = dyn_cast<PrimLoopOp>(argument.getOwner()->getParentOp());
    number = argument.getArgNumber() - 1;
  }
  if (!loop)
    return;
  collectTensors(loop.getInits()[number], seen, tensors);
  collectTensors(loop.getTerminator().getValues()[number], seen, tensors);
}
static SmallVector<Value> collectTensors(Value value) {
  llvm::SmallPtrSet<void *, 8> seen;
  SmallVector<Value> tensors;
  collectTensors(value, seen, tensors);
  return tensors;
}

/// Whether what may be None is a tensor that the caller has by another name:
/// such a result is an object of its own.
static bool isHeldElsewhere(func::FuncOp func, const AliasAnalysis &aliases,
                            const SameResults &same, Value value) {
  auto shares = [&](ValueRange others) {
    return llvm::any_of(collectTensors(value), [&](Value tensor) {
      return llvm::any_of(others, [&](Value other) {
        return AliasAnalysis::isTensor(other.getType()) &&
               aliases.mayShareMemory(tensor, other);
      });
    });
  };
  return shares(func.getArguments()) || shares(same.tensors) ||
         llvm::any_of(same.open, [&](Value other) {
           return other != value && shares(collectTensors(other));
         });
}

LogicalResult minitorch::mt::markSameResults(func::FuncOp func,
                                             AliasAnalysis &aliases,
                                             const ChosenResults &chosen) {
  auto returnOp =
      dyn_cast<func::ReturnOp>(func.getBody().front().getTerminator());
  if (!returnOp || !func->hasAttr(signatureAttrName))
    return success();
  auto state = func->getAttrOfType<ArrayAttr>("mt.state");
  unsigned numState = state ? state.size() : 0;
  ValueRange operands = returnOp.getOperands();
  if (auto rebound = func->getAttrOfType<DenseI64ArrayAttr>(reboundAttrName))
    operands = operands.drop_back(rebound.size());
  SameResults same(func, aliases, chosen);
  // What an argument becomes, it is.
  if (auto rebound = func->getAttrOfType<DenseI64ArrayAttr>(reboundAttrName))
    for (auto [index, last] :
         llvm::zip(rebound.asArrayRef(),
                   returnOp.getOperands().take_back(rebound.size())))
      same.setKnown(aliases.getObject(last), index);
  for (auto [i, result] : llvm::enumerate(operands.drop_back(numState)))
    same.visit(result, Twine(i));
  for (auto [i, after] : llvm::enumerate(operands.take_back(numState))) {
    BlockArgument own = func.getArgument(func.getNumArguments() - numState + i);
    SmallVector<Value> tensors = collectTensors(after);
    // Whether it is its old self, nobody but its holders can tell.
    auto isOpen = [&](Value tensor) {
      auto mayBe = [&](Value other) {
        return other != own && AliasAnalysis::isTensor(other.getType()) &&
               aliases.mayShareMemory(tensor, other);
      };
      return llvm::any_of(func.getArguments(), mayBe) ||
             llvm::any_of(same.tensors, mayBe);
    };
    bool needsRelation =
        llvm::any_of(tensors, isOpen) ||
        (llvm::is_contained(tensors, after) && aliases.getRoot(after) == own &&
         aliases.getObject(after) != own);
    if (AliasAnalysis::isTensor(after.getType()))
      same.visit(after, getStatePath(i), /*isState=*/true);
    else if (AliasAnalysis::isContainer(after.getType()))
      same.containers.push_back(after);
    // What is written to an attribute's old object comes back with it only.
    bool isWritten = AliasAnalysis::isTensor(own.getType()) &&
                     llvm::any_of(aliases.getWrites(), [&](const auto &write) {
                       return aliases.mayShareMemory(write.written, own);
                     });
    if (isWritten && aliases.getObject(after) != own)
      return returnOp.emitError()
             << "attribute " << cast<DictionaryAttr>(state[i]).get("path")
             << " is written in place and becomes another tensor, which takes "
                "tensors that are objects";
    // A part needs something contiguous, which state may be not.
    if (auto found =
            dyn_cast_or_null<DictionaryAttr>(same.found.get(getStatePath(i)));
        found && found.contains("offset"))
      if (auto source = found.getAs<IntegerAttr>("of");
          source && source.getInt() >= func.getNumArguments() - numState)
        same.found.erase(getStatePath(i));
    // An Optional is an object of its own.
    if (needsRelation && (!AliasAnalysis::isTensor(own.getType()) ||
                          !same.found.get(getStatePath(i))))
      return returnOp.emitError()
             << "attribute " << cast<DictionaryAttr>(state[i]).get("path")
             << " may become a tensor that the caller has, too, or a part of "
                "it, which takes tensors that are objects";
  }
  if (!same.unplaced.empty() || llvm::any_of(same.open, [&](Value value) {
        return isHeldElsewhere(func, aliases, same, value);
      }))
    return returnOp.emitError()
           << "a result is a part of a tensor that the caller has, too, at a "
              "place that is not known, which takes tensors that are objects";
  if (!same.found.empty())
    func->setAttr(sameResultsAttrName,
                  same.found.getDictionary(func.getContext()));
  return checkContainers(func, aliases, same);
}
