//===- Created.cpp - Objects that the program makes -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An object of which only attributes are used is as many variables. Making
// them values may show which object another attribute, a tuple's element or a
// branch is, so this goes on as long as something changes.
//
//===----------------------------------------------------------------------===//

#include "../BoxedReasons.h"
#include "InlineObjects.h"
#include "MiniTorch/Dialect/Mt/IR/Instances.h"
#include "MiniTorch/Dialect/Mt/IR/MtTaskOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeNames.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "MiniTorch/Dialect/Mt/Transforms/PromoteVariables.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

/// The object whose attribute `op` reads or writes; null for other operations.
static OpOperand *getReceiver(Operation *op) {
  return isa<PrimGetAttrOp, PrimSetAttrOp>(op) ? &op->getOpOperand(0) : nullptr;
}

static bool holdsObject(Type type) {
  bool holds = false;
  type.walk([&](ObjectType) { holds = true; });
  return holds;
}

/// What `value` certainly is.
static std::optional<ObjectCandidate> getKnown(Value value,
                                               SymbolTable &symbols) {
  value = stripCasts(value);
  auto lookup = [&](Attribute symbol) {
    return symbols.lookup<ClassOp>(cast<FlatSymbolRefAttr>(symbol).getAttr());
  };
  ObjectCandidate known;
  if (auto create = value.getDefiningOp<PrimCreateObjectOp>()) {
    known.classOp = lookup(cast<ObjectType>(create.getType()).getClassName());
  } else if (auto constant = value.getDefiningOp<ConstantObjectOp>()) {
    known.object = constant.getObjectAttr().getAttr();
    if (auto object = symbols.lookup<ObjectOp>(known.object))
      known.classOp = lookup(object.getClassNameAttr());
  }
  return known.classOp ? std::optional(known) : std::nullopt;
}

//===----------------------------------------------------------------------===//
// What is known of single operations
//===----------------------------------------------------------------------===//

namespace {
class Simplifier {
public:
  explicit Simplifier(SymbolTable &symbols) : symbols(symbols) {}

  /// True if something changed.
  bool run(func::FuncOp entry) {
    changed = false;
    // Post-order: the operation may go away.
    entry.walk([&](Operation *op) { visit(op); });
    return changed;
  }

private:
  void visit(Operation *op);
  void visitOperator(OperatorOp op);
  void visitIf(PrimIfOp op);
  void replace(Operation *op, ValueRange values);
  void replaceBy(OperatorOp op, bool answer) {
    OpBuilder b(op);
    replace(op, Value(arith::ConstantOp::create(b, op.getLoc(),
                                                b.getBoolAttr(answer))));
  }

  SymbolTable &symbols;
  bool changed = false;
};
} // namespace

void Simplifier::replace(Operation *op, ValueRange values) {
  OpBuilder b(op);
  SmallVector<Value> cast;
  for (auto [value, result] : llvm::zip_equal(values, op->getResults()))
    cast.push_back(value.getType() == result.getType()
                       ? value
                       : PrimUncheckedCastOp::create(b, op->getLoc(),
                                                     result.getType(), value));
  op->replaceAllUsesWith(cast);
  op->erase();
  changed = true;
}

void Simplifier::visit(Operation *op) {
  if (OpOperand *receiver = getReceiver(op)) {
    Value object = stripCasts(receiver->get());
    if (object != receiver->get() && getKnown(object, symbols)) {
      receiver->set(object);
      changed = true;
    }
    return;
  }
  if (auto cast = dyn_cast<PrimUncheckedCastOp>(op)) {
    if (!cast->use_empty() || !holdsObject(cast.getType()))
      return;
    op->erase();
    changed = true;
    return;
  }
  if (isa<PrimTupleUnpackOp, PrimTupleIndexOp>(op)) {
    auto construct =
        stripCasts(op->getOperand(0)).getDefiningOp<PrimTupleConstructOp>();
    if (!construct || !holdsObject(construct.getType()))
      return;
    OperandRange elements = construct.getElements();
    if (isa<PrimTupleUnpackOp>(op)) {
      if (elements.size() == op->getNumResults())
        replace(op, SmallVector<Value>(elements));
      return;
    }
    std::optional<int64_t> i = getConstantInt(op->getOperand(1));
    int64_t size = elements.size();
    if (i && *i >= -size && *i < size)
      replace(op, elements[*i < 0 ? *i + size : *i]);
    return;
  }
  // A tuple that nobody takes apart any more lets its objects go.
  if (auto construct = dyn_cast<PrimTupleConstructOp>(op)) {
    if (!construct->use_empty() || !holdsObject(construct.getType()))
      return;
    op->erase();
    changed = true;
    return;
  }
  if (auto generic = dyn_cast<OperatorOp>(op))
    return visitOperator(generic);
  if (auto ifOp = dyn_cast<PrimIfOp>(op))
    visitIf(ifOp);
}

void Simplifier::visitOperator(OperatorOp op) {
  StringRef name = op.getName();
  if (name == objectAtName && op->use_empty()) {
    op->erase();
    changed = true;
    return;
  }
  if (name == isClassName) {
    std::optional<ObjectCandidate> known = getKnown(op.getInputs()[0], symbols);
    if (known)
      replaceBy(op, getInstanceType(*known) == op->getAttr("type"));
    return;
  }
  if ((name == "aten::__is__" || name == "aten::__isnot__") &&
      op.getInputs().size() == 2) {
    auto isKnown = [&](Value value) {
      return getKnown(value, symbols).has_value();
    };
    bool first = isNone(op.getInputs()[0]), second = isNone(op.getInputs()[1]);
    if ((first && isKnown(op.getInputs()[1])) ||
        (second && isKnown(op.getInputs()[0])))
      replaceBy(op, name == "aten::__isnot__");
  }
}

void Simplifier::visitIf(PrimIfOp op) {
  std::optional<bool> condition = getConstantBool(op.getCondition());
  if (!condition)
    return;
  Block &block = (*condition ? op.getThenRegion() : op.getElseRegion()).front();
  auto yield = cast<PrimYieldOp>(block.getTerminator());
  SmallVector<Value> values(yield.getValues());
  yield.erase();
  op->getBlock()->getOperations().splice(op->getIterator(),
                                         block.getOperations());
  replace(op, values);
}

//===----------------------------------------------------------------------===//
// Attributes as values
//===----------------------------------------------------------------------===//

/// The innermost task that `op` is a part of, or null.
static Operation *getTask(Operation *op) {
  do
    op = op->getParentOp();
  while (op && !isa<ForkOp, BeginWithOp, SortByOp>(op));
  return op;
}

/// A use of the object that is not one of an attribute, in the same task; null
/// where there is none.
static Operation *getOtherUse(PrimCreateObjectOp create) {
  Operation *task = getTask(create);
  for (OpOperand &use : create->getUses())
    if (getReceiver(use.getOwner()) != &use || getTask(use.getOwner()) != task)
      return use.getOwner();
  return nullptr;
}

static void promote(PrimCreateObjectOp create) {
  llvm::MapVector<StringAttr, VariableAccesses> attributes;
  // Users are listed from the last to the first.
  SmallVector<Operation *> users(create->getUsers());
  for (Operation *op : llvm::reverse(users)) {
    if (auto get = dyn_cast<PrimGetAttrOp>(op)) {
      attributes[get.getNameAttr()].reads.push_back(op);
      continue;
    }
    auto set = cast<PrimSetAttrOp>(op);
    attributes[set.getNameAttr()].writes.push_back(op);
    // PyTorch computes it, and may raise, also if nobody reads it.
    if (Value value = set.getValue();
        isa<mt::TensorType>(value.getType()) &&
        isa_and_nonnull<SchemaOpInterface>(value.getDefiningOp())) {
      OpBuilder b(op);
      OperatorOp::create(b, op->getLoc(), TypeRange(), requireResultName,
                         value);
    }
  }
  for (auto &[name, accesses] : attributes) {
    Type type =
        accesses.reads.empty()
            ? cast<PrimSetAttrOp>(accesses.writes.front()).getValue().getType()
            : accesses.reads.front()->getResult(0).getType();
    OpBuilder at(create);
    Value init = PrimUninitializedOp::create(at, create.getLoc(), type);
    // An object that a branch or a loop makes is seen nowhere else.
    promoteVariable(*create->getBlock(), accesses, init);
  }
}

void mt::promoteCreatedObjects(func::FuncOp entry, SymbolTable &symbols,
                               bool explain) {
  bool changed = true;
  while (changed) {
    changed = Simplifier(symbols).run(entry);
    SmallVector<PrimCreateObjectOp> created;
    entry.walk([&](PrimCreateObjectOp op) { created.push_back(op); });
    for (PrimCreateObjectOp create : created) {
      if (Operation *other = getOtherUse(create)) {
        if (explain)
          noteBoxed(create,
                    getTask(other) != getTask(create) ? "another task uses it"
                                                      : describeUse(other),
                    other);
        continue;
      }
      promote(create);
      create.erase();
      changed = true;
    }
  }
}

//===----------------------------------------------------------------------===//
// Instances
//===----------------------------------------------------------------------===//

namespace {
/// Makes instances of what is left.
class InstanceMaker {
public:
  InstanceMaker(ObjectCandidates &candidates, SymbolTable &symbols)
      : candidates(candidates), symbols(symbols) {}

  LogicalResult makeAccess(Operation *op);
  LogicalResult makeOperator(OperatorOp op);
  void makeCreated(PrimCreateObjectOp op);

private:
  LogicalResult markField(Operation *op, ClassOp classOp);
  LogicalResult chooseAccess(Operation *op, ClassOp classOp,
                             ArrayRef<ObjectCandidate> of);

  ObjectCandidates &candidates;
  SymbolTable &symbols;
};
} // namespace

static StringAttr getAccessedName(Operation *op) {
  return op->getAttrOfType<StringAttr>("name");
}

LogicalResult InstanceMaker::markField(Operation *op, ClassOp classOp) {
  int64_t index = 0;
  for (auto attr : classOp.getBody().getOps<AttrOp>()) {
    if (attr.getName() == getAccessedName(op).getValue()) {
      OpBuilder b(op);
      op->setAttr(fieldAttrName, b.getI64IntegerAttr(index));
      op->setAttr(classAttrName, classOp.getSymNameAttr());
      return success();
    }
    ++index;
  }
  return op->emitError() << "accesses attribute '"
                         << getAccessedName(op).getValue() << "', which class @"
                         << classOp.getSymName() << " does not declare";
}

LogicalResult InstanceMaker::makeAccess(Operation *op) {
  Value object = op->getOperand(0);
  if (object.getDefiningOp<ConstantObjectOp>())
    return success();
  auto classOp = symbols.lookup<ClassOp>(
      cast<ObjectType>(object.getType()).getClassName().getAttr());
  if (!classOp || classOp.getInterface())
    return op->emitError() << "accesses attribute '"
                           << getAccessedName(op).getValue()
                           << "' of an object whose class is not known";
  SmallVector<ObjectCandidate> of = candidates.get(object);
  if (llvm::any_of(of, [](ObjectCandidate each) { return each.object; }))
    return chooseAccess(op, classOp, of);
  return markField(op, classOp);
}

/// An attribute of what may be an object of the loaded program: of which one.
LogicalResult InstanceMaker::chooseAccess(Operation *op, ClassOp classOp,
                                          ArrayRef<ObjectCandidate> of) {
  OpBuilder b(op);
  Location loc = op->getLoc();
  SmallVector<Operation *> made;
  std::function<SmallVector<Value>()> access = [&]() -> SmallVector<Value> {
    Value object = op->getOperand(0);
    if (of.front().object)
      object = ConstantObjectOp::create(
          b, loc, object.getType(), FlatSymbolRefAttr::get(of.front().object));
    Operation *copy = b.clone(*op);
    copy->setOperand(0, object);
    if (!of.front().object)
      made.push_back(copy);
    of = of.drop_front();
    return llvm::to_vector_of<Value>(copy->getResults());
  };
  std::function<SmallVector<Value>()> choose = [&]() -> SmallVector<Value> {
    if (of.size() == 1)
      return access();
    Value condition = createIsClass(b, loc, op->getOperand(0), of.front());
    auto ifOp = PrimIfOp::create(b, loc, op->getResultTypes(), condition);
    OpBuilder::InsertionGuard guard(b);
    b.createBlock(&ifOp.getThenRegion());
    PrimYieldOp::create(b, loc, access());
    b.createBlock(&ifOp.getElseRegion());
    PrimYieldOp::create(b, loc, choose());
    return llvm::to_vector_of<Value>(ifOp.getResults());
  };
  op->replaceAllUsesWith(choose());
  op->erase();
  for (Operation *each : made)
    if (failed(markField(each, classOp)))
      return failure();
  return success();
}

LogicalResult InstanceMaker::makeOperator(OperatorOp op) {
  StringRef name = op.getName();
  if (name == objectAtName) {
    expandObjectAt(op);
    return success();
  }
  // Of tuples, say; those of objects alone are mt.sort_by by now.
  if ((name.starts_with("aten::sort.") || name.starts_with("aten::sorted.")) &&
      !op.getInputs().empty() && isa<ListType>(op.getInputs()[0].getType()) &&
      holdsObject(op.getInputs()[0].getType()))
    return op.emitError() << "'" << name
                          << "' of values that hold objects, which calls their "
                             "'__lt__', is not supported yet";
  auto types = op->getAttrOfType<ArrayAttr>("types");
  if (name != "prim::isinstance" || !types)
    return success();
  // What is no class is asked for as before.
  SmallVector<Attribute> others;
  SmallVector<ObjectCandidate> classes;
  bool asksForClass = false;
  for (Attribute each : types) {
    auto type = dyn_cast<TypeAttr>(each);
    auto object = type ? dyn_cast<ObjectType>(type.getValue()) : ObjectType();
    if (!object) {
      others.push_back(each);
      continue;
    }
    asksForClass = true;
    auto classOp = symbols.lookup<ClassOp>(object.getClassName().getAttr());
    llvm::append_range(classes, candidates.get(classOp));
    // One that came from outside.
    if (ObjectCandidate any{classOp, {}};
        classOp && !classOp.getInterface() && !llvm::is_contained(classes, any))
      classes.push_back(any);
  }
  if (!asksForClass)
    return success();
  OpBuilder b(op);
  Value answer =
      arith::ConstantOp::create(b, op.getLoc(), b.getBoolAttr(false));
  if (!others.empty()) {
    Operation *rest = b.clone(*op);
    rest->setAttr("types", b.getArrayAttr(others));
    answer = rest->getResult(0);
  }
  for (ObjectCandidate candidate : classes)
    answer = arith::OrIOp::create(
        b, op.getLoc(), answer,
        createIsClass(b, op.getLoc(), op.getInputs()[0], candidate));
  op.replaceAllUsesWith(ValueRange(answer));
  op.erase();
  return success();
}

void InstanceMaker::makeCreated(PrimCreateObjectOp op) {
  StringAttr name = cast<ObjectType>(op.getType()).getClassName().getAttr();
  int64_t count = 0;
  if (auto classOp = symbols.lookup<ClassOp>(name))
    count = llvm::range_size(classOp.getBody().getOps<AttrOp>());
  op->setAttr(fieldsAttrName, OpBuilder(op).getI64IntegerAttr(count));
  op->setAttr(typeAttrName, name);
}

LogicalResult mt::makeInstances(func::FuncOp entry,
                                ObjectCandidates &candidates,
                                SymbolTable &symbols) {
  InstanceMaker maker(candidates, symbols);
  SmallVector<Operation *> accesses;
  SmallVector<OperatorOp> operators;
  entry.walk([&](Operation *op) {
    if (getReceiver(op))
      accesses.push_back(op);
    if (auto generic = dyn_cast<OperatorOp>(op))
      operators.push_back(generic);
    if (auto create = dyn_cast<PrimCreateObjectOp>(op))
      maker.makeCreated(create);
  });
  bool ok = true;
  for (Operation *op : accesses)
    ok &= succeeded(maker.makeAccess(op));
  for (OperatorOp op : operators)
    ok &= succeeded(maker.makeOperator(op));
  return success(ok);
}

void mt::describeClasses(func::FuncOp entry, SymbolTable &symbols) {
  llvm::SetVector<StringAttr> names;
  auto note = [&](Type type) {
    type.walk([&](ObjectType object) {
      names.insert(object.getClassName().getAttr());
    });
  };
  entry.walk([&](Operation *op) {
    if (!isa<ConstantObjectOp>(op))
      llvm::for_each(op->getResultTypes(), note);
  });
  llvm::for_each(entry.getArgumentTypes(), note);
  llvm::for_each(entry.getResultTypes(), note);
  OpBuilder b(entry);
  NamedAttrList classes;
  // It grows by what attributes hold.
  for (unsigned i = 0; i < names.size(); ++i) {
    auto classOp = symbols.lookup<ClassOp>(names[i]);
    if (!classOp || classOp.getInterface())
      continue;
    SmallVector<Attribute> fields;
    for (auto attr : classOp.getBody().getOps<AttrOp>()) {
      note(attr.getType());
      fields.push_back(b.getArrayAttr(
          {attr.getNameAttr(), b.getStringAttr(getTypeName(attr.getType()))}));
    }
    classes.set(names[i], b.getArrayAttr(fields));
  }
  if (!classes.empty())
    entry->setAttr(classesAttrName, classes.getDictionary(b.getContext()));
}

void mt::makeObjectInstances(func::FuncOp entry) {
  llvm::MapVector<StringAttr, SmallVector<ConstantObjectOp>> used;
  entry.walk([&](ConstantObjectOp op) {
    if (!op->use_empty())
      used[op.getObjectAttr().getAttr()].push_back(op);
  });
  for (auto &[symbol, constants] : used) {
    OpBuilder b = OpBuilder::atBlockBegin(&entry.getBody().front());
    auto made = PrimCreateObjectOp::create(b, constants.front().getLoc(),
                                           constants.front().getType());
    made->setAttr(fieldsAttrName, b.getI64IntegerAttr(0));
    made->setAttr(typeAttrName, b.getStringAttr("@" + symbol.getValue()));
    for (ConstantObjectOp constant : constants) {
      constant.replaceAllUsesWith(made.getResult());
      constant.erase();
    }
  }
}
