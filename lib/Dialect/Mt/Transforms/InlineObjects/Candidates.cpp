//===- Candidates.cpp - Which objects a value may be ------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// TorchScript's classes have no subclasses, so a value of a class is of that
// class. One of an interface may be of any class with its methods: of those,
// the ones whose objects the program uses as values at all.
//
//===----------------------------------------------------------------------===//

#include "InlineObjects.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

/// Whether operand `i` is the object whose attribute or method it is.
static bool isReceiver(Operation *op, unsigned i) {
  return i == 0 && isa<PrimGetAttrOp, PrimSetAttrOp, PrimCallMethodOp>(op);
}

static StringAttr getClassName(Type type) {
  auto object = dyn_cast<ObjectType>(type);
  return object ? object.getClassName().getAttr() : StringAttr();
}

bool ObjectVariables::changes(StringAttr className, StringAttr name,
                              Type type) const {
  bool holdsValue = false;
  if (type)
    type.walk([&](ObjectType object) {
      holdsValue |= isValue(object.getClassName().getAttr());
    });
  return holdsValue || replaced.contains({className, name});
}

ObjectVariables::ObjectVariables(ModuleOp module, SymbolTable &symbols) {
  auto note = [&](Type type) {
    type.walk([&](ObjectType object) {
      StringAttr name = object.getClassName().getAttr();
      if (auto classOp = symbols.lookup<ClassOp>(name);
          classOp && !classOp.getInterface())
        classes.insert(name);
    });
  };
  llvm::SetVector<ClassOp> loaded;
  for (auto object : module.getOps<ObjectOp>()) {
    auto classOp = symbols.lookup<ClassOp>(object.getClassNameAttr().getAttr());
    if (!classOp)
      continue;
    loaded.insert(classOp);
    // What callers get.
    if (object.getRoot())
      for (auto method : classOp.getBody().getOps<MethodOp>())
        if (auto func = symbols.lookup<func::FuncOp>(
                method.getFunctionAttr().getAttr()))
          llvm::for_each(func.getResultTypes(), note);
  }
  // Modules are in no containers.
  for (ClassOp classOp : loaded)
    for (auto attr : classOp.getBody().getOps<AttrOp>())
      if (!isa<ObjectType>(attr.getType()))
        note(attr.getType());
  module.walk([&](PrimSetAttrOp set) {
    StringAttr name = getClassName(set.getObject().getType());
    auto classOp = name ? symbols.lookup<ClassOp>(name) : ClassOp();
    auto func = set->getParentOfType<func::FuncOp>();
    bool isOwnInit = func.getName().ends_with(".__init__") &&
                     set.getObject() == func.getArgument(0);
    Type type = classOp && !isOwnInit && loaded.contains(classOp)
                    ? classOp.getAttributeType(set.getName())
                    : Type();
    if (!type)
      return;
    note(type);
    if (isa<ObjectType>(type))
      replaced.insert({name, set.getNameAttr()});
  });
  // What an object holds is as it is.
  for (unsigned before = 0; before != classes.size();) {
    before = classes.size();
    for (StringAttr name : llvm::to_vector(classes))
      for (auto attr : symbols.lookup<ClassOp>(name).getBody().getOps<AttrOp>())
        note(attr.getType());
  }
}

ObjectCandidates::ObjectCandidates(ModuleOp module, SymbolTable &symbols,
                                   const ObjectVariables &variables)
    : symbols(symbols) {
  module.walk([&](Operation *op) {
    if (auto create = dyn_cast<PrimCreateObjectOp>(op))
      created.insert(getClassName(create.getType()));
    if (auto object = dyn_cast<ObjectOp>(op);
        object && !variables.isValue(object.getClassNameAttr().getAttr()))
      objects.push_back(object);
    bool isIndex = false;
    if (auto generic = dyn_cast<OperatorOp>(op))
      isIndex = generic.getName().starts_with("prim::ModuleContainerIndex");
    for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
      StringAttr name = getClassName(operand.getType());
      if (!name || isReceiver(op, i))
        continue;
      if (!isIndex) {
        values.insert(name);
        continue;
      }
      // What is in it, not itself.
      if (auto container = symbols.lookup<ClassOp>(name))
        for (auto attr : container.getBody().getOps<AttrOp>())
          if (StringAttr element = getClassName(attr.getType()))
            values.insert(element);
    }
  });
  // Those in lists, and those that attributes of a value are.
  auto noteObject = [&](Attribute symbol) {
    auto reference = dyn_cast<FlatSymbolRefAttr>(symbol);
    if (auto object = reference ? symbols.lookup<ObjectOp>(reference.getAttr())
                                : ObjectOp())
      values.insert(object.getClassNameAttr().getAttr());
  };
  for (ObjectOp object : objects)
    for (NamedAttribute value : object.getValues())
      if (!isa<FlatSymbolRefAttr>(value.getValue()) ||
          variables.changes(object.getClassNameAttr().getAttr(),
                            value.getName(), Type()))
        value.getValue().walk(
            [&](FlatSymbolRefAttr symbol) { noteObject(symbol); });
  for (unsigned before = 0; before != values.size();) {
    before = values.size();
    for (ObjectOp object : objects)
      if (values.contains(object.getClassNameAttr().getAttr()))
        for (NamedAttribute value : object.getValues())
          noteObject(value.getValue());
  }
}

bool ObjectCandidates::fits(ClassOp classOp, ClassOp type) {
  if (!type.getInterface())
    return classOp == type;
  auto getArity = [&](FlatSymbolRefAttr function) -> int64_t {
    auto func = symbols.lookup<func::FuncOp>(function.getAttr());
    return func ? func.getNumArguments() : -1;
  };
  return !classOp.getInterface() &&
         llvm::all_of(type.getBody().getOps<MethodOp>(), [&](MethodOp method) {
           FlatSymbolRefAttr own = classOp.getMethod(method.getName());
           return own && getArity(own) == getArity(method.getFunctionAttr());
         });
}

SmallVector<ObjectCandidate> ObjectCandidates::get(ClassOp type) {
  SmallVector<ObjectCandidate> found;
  if (!type)
    return found;
  auto isValue = [&](ClassOp classOp) {
    return classOp && fits(classOp, type) &&
           values.contains(classOp.getSymNameAttr());
  };
  // An object that the program makes is given to its own __init__.
  for (StringAttr name : created)
    if (auto classOp = symbols.lookup<ClassOp>(name);
        classOp && (classOp == type || isValue(classOp)))
      found.push_back({classOp, StringAttr()});
  for (ObjectOp object : objects)
    if (auto classOp =
            symbols.lookup<ClassOp>(object.getClassNameAttr().getAttr());
        isValue(classOp))
      found.push_back({classOp, object.getSymNameAttr()});
  return found;
}

SmallVector<ObjectCandidate> ObjectCandidates::get(Value value) {
  SmallVector<ObjectCandidate> found;
  llvm::SmallPtrSet<void *, 8> seen;
  if (trace(value, found, seen))
    return found;
  StringAttr name = getClassName(value.getType());
  return get(name ? symbols.lookup<ClassOp>(name) : ClassOp());
}

bool ObjectCandidates::trace(Value value,
                             SmallVectorImpl<ObjectCandidate> &found,
                             llvm::SmallPtrSetImpl<void *> &seen) {
  if (!seen.insert(value.getAsOpaquePointer()).second)
    return true;
  auto add = [&](StringAttr className, StringAttr object) {
    auto classOp = symbols.lookup<ClassOp>(className);
    if (!classOp)
      return false;
    ObjectCandidate candidate{classOp, object};
    if (!llvm::is_contained(found, candidate))
      found.push_back(candidate);
    return true;
  };
  auto addObject = [&](StringAttr symbol) {
    auto object = symbols.lookup<ObjectOp>(symbol);
    return object && add(object.getClassNameAttr().getAttr(), symbol);
  };
  auto traceAll = [&](ValueRange values) {
    return llvm::all_of(values,
                        [&](Value each) { return trace(each, found, seen); });
  };
  Operation *op = value.getDefiningOp();
  if (!op) {
    auto argument = cast<BlockArgument>(value);
    auto loop = dyn_cast<PrimLoopOp>(argument.getOwner()->getParentOp());
    if (!loop || argument.getArgNumber() == 0)
      return false;
    unsigned i = argument.getArgNumber() - 1;
    return traceAll({loop.getInits()[i], loop.getTerminator().getValues()[i]});
  }
  if (auto cast = dyn_cast<PrimUncheckedCastOp>(op)) {
    StringAttr name = getClassName(cast.getType());
    return cast->hasAttr(exactAttrName) ? add(name, StringAttr())
                                        : traceAll(cast.getValue());
  }
  if (auto constant = dyn_cast<ConstantObjectOp>(op))
    return addObject(constant.getObjectAttr().getAttr());
  if (auto create = dyn_cast<PrimCreateObjectOp>(op))
    return add(getClassName(create.getType()), StringAttr());
  if (isa<PrimUninitializedOp, ConstantNoneOp>(op))
    return true;
  if (auto generic = dyn_cast<OperatorOp>(op);
      generic && generic.getName() == objectAtName)
    return llvm::all_of(
        generic->getAttrOfType<ArrayAttr>("objects"), [&](Attribute symbol) {
          return addObject(cast<FlatSymbolRefAttr>(symbol).getAttr());
        });
  unsigned i = cast<OpResult>(value).getResultNumber();
  if (auto ifOp = dyn_cast<PrimIfOp>(op))
    return traceAll(
        {ifOp.thenYield().getValues()[i], ifOp.elseYield().getValues()[i]});
  if (auto loop = dyn_cast<PrimLoopOp>(op))
    return traceAll({loop.getInits()[i], loop.getTerminator().getValues()[i]});
  return false;
}
