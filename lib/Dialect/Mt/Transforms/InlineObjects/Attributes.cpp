//===- Attributes.cpp - Attributes to constants and state -------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Attributes.h"
#include "../AttributeValues.h"
#include "AttributeUses.h"
#include "InlineObjects.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/Instances.h"
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtTaskOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeNames.h"
#include "MiniTorch/Dialect/Mt/IR/ValueForms.h"
#include "MiniTorch/Dialect/Mt/Transforms/PromoteVariables.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "SharedMemory.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include <set>

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

namespace {
/// Makes constants of the attributes that never change, and arguments and
/// results of the others.
class AttributeResolver {
public:
  AttributeResolver(func::FuncOp entry, ObjectOp root, SymbolTable &symbols,
                    const ObjectVariables &variables)
      : entry(entry), root(root), symbols(symbols), variables(variables),
        body(entry.getBody().front()), builder(&body, body.begin()) {}

  /// Finds the accesses; reports those to objects that are not known.
  LogicalResult collect();
  /// Finds which attributes change: set by the program, or objects that it
  /// writes to.
  void findWritten();
  /// Adds the attributes that share memory with those that change: what is
  /// written by one name is read by the others, here or in other methods. Fails
  /// where tensors are values.
  LogicalResult addSharing(const SharedMemory &memory, bool boxed);
  LogicalResult makeConstants();
  LogicalResult makeState(const SharedMemory &memory);

  unsigned getNumState() const { return writtenOrder.size(); }

private:
  /// "fc.weight"
  std::string getPath(const AttributeKey &key);
  /// `loc` with the path as the name of the value there.
  Location getPlace(const AttributeKey &key, Location loc) {
    return NameLoc::get(builder.getStringAttr(getPath(key)), withoutName(loc));
  }

  func::FuncOp entry;
  ObjectOp root;
  SymbolTable &symbols;
  const ObjectVariables &variables;
  Block &body;
  OpBuilder builder;
  std::map<AttributeKey, VariableAccesses> accesses;
  SmallVector<AttributeKey> readOrder, writtenOrder;
  /// Attributes that change and that the call leaves in a result or elsewhere.
  std::set<AttributeKey> escaping;
};
} // namespace

static std::optional<AttributeKey> getKey(Value object, StringAttr name) {
  if (auto constant = object.getDefiningOp<ConstantObjectOp>())
    return AttributeKey{constant.getObjectAttr().getAttr(), name};
  return std::nullopt;
}

Type mt::getAttributeType(const AttributeKey &key, SymbolTable &symbols) {
  auto object = symbols.lookup<ObjectOp>(key.object);
  auto classOp =
      object ? symbols.lookup<ClassOp>(object.getClassNameAttr().getAttr())
             : ClassOp();
  return classOp ? classOp.getAttributeType(key.name) : Type();
}

std::string AttributeResolver::getPath(const AttributeKey &key) {
  StringRef object = key.object.getValue();
  if (object.consume_front(root.getSymName()))
    object.consume_front(".");
  return (object + (object.empty() ? "" : ".") + key.name.getValue()).str();
}

LogicalResult AttributeResolver::collect() {
  bool ok = true;
  entry.walk([&](Operation *op) {
    Value object;
    StringAttr name;
    if (auto get = dyn_cast<PrimGetAttrOp>(op)) {
      object = get.getObject();
      name = get.getNameAttr();
    } else if (auto set = dyn_cast<PrimSetAttrOp>(op)) {
      object = set.getObject();
      name = set.getNameAttr();
    } else {
      return;
    }
    // Of an instance.
    if (op->hasAttr(fieldAttrName))
      return;
    std::optional<AttributeKey> key = getKey(object, name);
    if (!key) {
      op->emitError() << "accesses attribute '" << name.getValue()
                      << "' of an object that is not known when the program "
                         "is compiled";
      ok = false;
      return;
    }
    VariableAccesses &found = accesses[*key];
    if (found.reads.empty() && found.writes.empty())
      readOrder.push_back(*key);
    if (isa<PrimGetAttrOp>(op)) {
      found.reads.push_back(op);
      return;
    }
    found.writes.push_back(op);
  });
  return success(ok);
}

void AttributeResolver::findWritten() {
  auto getConstant = [&](PrimGetAttrOp get) -> Attribute {
    std::optional<AttributeKey> key =
        getKey(get.getObject(), get.getNameAttr());
    if (!key || !accesses[*key].writes.empty())
      return {};
    auto object = symbols.lookup<ObjectOp>(key->object);
    return object ? object.getValues().get(key->name) : Attribute();
  };
  llvm::SmallDenseSet<Operation *> hidden;
  for (PrimGetAttrOp get : getHiddenWrites(entry, getConstant))
    hidden.insert(get);
  for (AttributeKey &key : readOrder) {
    VariableAccesses &found = accesses[key];
    auto object = symbols.lookup<ObjectOp>(key.object);
    bool changes =
        !found.writes.empty() ||
        (object && variables.changes(object.getClassNameAttr().getAttr(),
                                     key.name, getAttributeType(key, symbols)));
    for (Operation *get : found.reads) {
      Value value = get->getResult(0);
      if (mayEscape(value))
        escaping.insert(key);
      changes |= escaping.count(key) || hidden.contains(get) ||
                 mayBeMutated(value) || mayBeWritten(value);
    }
    if (changes)
      writtenOrder.push_back(key);
  }
}

LogicalResult AttributeResolver::addSharing(const SharedMemory &memory,
                                            bool boxed) {
  std::set<AttributeKey> known(writtenOrder.begin(), writtenOrder.end());
  for (unsigned i = 0; i < writtenOrder.size(); ++i) {
    AttributeKey key = writtenOrder[i];
    auto holders = memory.getHolders({key.object, key.name});
    for (const auto &[object, name] : holders)
      if (known.insert({object, name}).second)
        writtenOrder.push_back({object, name});
    if (boxed || holders.empty())
      continue;
    InFlightDiagnostic error = emitError(accesses[key].getFirst()->getLoc())
                               << "the tensor of attribute '"
                               << key.name.getValue() << "' is written, and ";
    holders.remove({key.object, key.name});
    if (holders.empty())
      error << "it holds one memory several times";
    else
      error << "attribute '" << holders.front().second.getValue() << "' of @"
            << holders.front().first.getValue() << " shares its memory";
    return error << "; that takes tensors that are objects";
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

LogicalResult AttributeResolver::makeConstants() {
  // One value an attribute.
  llvm::DenseMap<Attribute, Value> constants;
  for (AttributeKey &key : readOrder) {
    if (llvm::any_of(writtenOrder, [&](const AttributeKey &other) {
          return !(key < other) && !(other < key);
        }))
      continue;
    auto object = symbols.lookup<ObjectOp>(key.object);
    Type type = getAttributeType(key, symbols);
    Attribute value = object ? object.getValues().get(key.name) : Attribute();
    Operation *first = accesses[key].reads.front();
    if (!type || !value)
      return first->emitError()
             << "reads attribute '" << key.name.getValue() << "' of @"
             << key.object.getValue() << ", which has no value";
    // Two attributes that hold the same tensor are the same tensor.
    Value &constant =
        constants[isa<ElementsAttr>(value) ? value
                                           : Attribute(builder.getArrayAttr(
                                                 {key.object, key.name}))];
    if (!constant)
      constant = createFromAttribute(builder, getPlace(key, first->getLoc()),
                                     value, type, symbols);
    if (!constant)
      return first->emitError()
             << "reads attribute '" << key.name.getValue() << "' of type "
             << type << ", which cannot be a constant of the program yet";
    for (Operation *get : accesses[key].reads) {
      get->getResult(0).replaceAllUsesWith(constant);
      get->erase();
    }
  }
  return success();
}

//===----------------------------------------------------------------------===//
// State
//===----------------------------------------------------------------------===//

/// An object for variables that several tasks use; null for none.
static PrimCreateObjectOp createShared(Block &body, int64_t count) {
  if (!count)
    return {};
  OpBuilder b(&body, body.begin());
  auto made = PrimCreateObjectOp::create(
      b, body.getParentOp()->getLoc(),
      ObjectType::get(b.getContext(),
                      FlatSymbolRefAttr::get(b.getContext(), "variables")));
  made->setAttr(fieldsAttrName, b.getI64IntegerAttr(count));
  // No class has such a name.
  made->setAttr(typeAttrName, b.getStringAttr("@variables"));
  return made;
}

/// Makes field `index` of `object` of a variable, whose value is `init` at
/// first, and returns its last one.
static Value shareVariable(PrimCreateObjectOp object, int64_t index,
                           StringAttr name, const VariableAccesses &accesses,
                           Value init) {
  OpBuilder b(object->getContext());
  auto mark = [&](Operation *op) {
    op->setAttr(fieldAttrName, b.getI64IntegerAttr(index));
    op->setAttr(classAttrName, b.getStringAttr("@variables"));
    return op;
  };
  b.setInsertionPointAfter(object);
  mark(PrimSetAttrOp::create(b, object.getLoc(), object, name, init));
  for (Operation *access :
       llvm::concat<Operation *const>(accesses.reads, accesses.writes)) {
    access->setOperand(0, object);
    mark(access);
  }
  b.setInsertionPoint(object->getBlock()->getTerminator());
  return mark(PrimGetAttrOp::create(b, object.getLoc(), init.getType(), object,
                                    name))
      ->getResult(0);
}

LogicalResult AttributeResolver::makeState(const SharedMemory &memory) {
  SmallVector<Attribute> state;
  SmallVector<Type> resultTypes(entry.getResultTypes());
  // Those that change are variables; or, where a task uses them, fields of one
  // object.
  auto isShared = [](const VariableAccesses &accesses) {
    auto isInTask = [](Operation *op) {
      return op->getParentOfType<ForkOp>() ||
             op->getParentOfType<BeginWithOp>();
    };
    return llvm::any_of(accesses.reads, isInTask) ||
           llvm::any_of(accesses.writes, isInTask);
  };
  PrimCreateObjectOp shared = createShared(
      body, llvm::count_if(writtenOrder, [&](const AttributeKey &key) {
        return isShared(accesses[key]);
      }));
  int64_t numShared = 0;
  Operation *terminator = body.getTerminator();
  // What has no slot of its own comes and goes as Any.
  auto castTo = [](OpBuilder &b, Location loc, Type type,
                   Value value) -> Value {
    if (value.getType() == type)
      return value;
    return PrimUncheckedCastOp::create(b, loc, type, value);
  };
  for (AttributeKey &key : writtenOrder) {
    VariableAccesses &found = accesses[key];
    Operation *first = found.getFirst();
    Location loc = first ? first->getLoc() : entry.getLoc();
    auto object = symbols.lookup<ObjectOp>(key.object);
    Type type = getAttributeType(key, symbols);
    if (!type && first)
      type = isa<PrimGetAttrOp>(first)
                 ? first->getResult(0).getType()
                 : cast<PrimSetAttrOp>(first).getValue().getType();
    if (!type ||
        (!isa<mt::TensorType, ComplexType>(type) && !type.isIntOrFloat() &&
         !(getValueForm(type) && isPassedBoxed(type))))
      return emitError(loc)
             << "attribute '" << key.name.getValue() << "' of type " << type
             << " is written; state of this type is not supported yet";
    std::string path = getPath(key);
    bool isWide = isa<ComplexType, DeviceType>(type);
    Value argument = body.addArgument(
        isWide ? AnyType::get(builder.getContext()) : type, getPlace(key, loc));
    Value init = castTo(builder, loc, type, argument);
    SmallVector<NamedAttribute> entryAttrs{
        builder.getNamedAttr("path", builder.getStringAttr(path))};
    if (Attribute value = object.getValues().get(key.name))
      entryAttrs.push_back(builder.getNamedAttr("value", value));
    if (escaping.count(key))
      entryAttrs.push_back(
          builder.getNamedAttr(escapesAttrName, builder.getUnitAttr()));
    if (ArrayAttr places = memory.getPlaces({key.object, key.name}))
      entryAttrs.push_back(builder.getNamedAttr("places", places));
    state.push_back(builder.getDictionaryAttr(entryAttrs));
    // A call that raises leaves what was written before.
    for (Operation *set : found.writes) {
      OpBuilder at(set);
      Value name = ConstantStrOp::create(
          at, set->getLoc(), StrType::get(builder.getContext()), path);
      OperatorOp::create(at, set->getLoc(), TypeRange(), keepContentsName,
                         ValueRange{cast<PrimSetAttrOp>(set).getValue(), name});
    }
    Value last = isShared(found)
                     ? shareVariable(shared, numShared++, key.name, found, init)
                     : promoteVariable(body, found, init);
    terminator = body.getTerminator();
    OpBuilder end(terminator);
    last = castTo(end, loc, argument.getType(), last);
    terminator->insertOperands(terminator->getNumOperands(), last);
    resultTypes.push_back(last.getType());
  }
  entry.setType(
      mlir::FunctionType::get(builder.getContext(), body.getArgumentTypes(),
                              body.getTerminator()->getOperandTypes()));
  if (!state.empty())
    entry->setAttr("mt.state", builder.getArrayAttr(state));
  return success();
}

FailureOr<unsigned> mt::resolveAttributes(func::FuncOp entry, ObjectOp root,
                                          SymbolTable &symbols,
                                          const ObjectVariables &variables,
                                          bool boxed) {
  SharedMemory memory(cast<ModuleOp>(symbols.getOp()));
  AttributeResolver resolver(entry, root, symbols, variables);
  if (failed(resolver.collect()))
    return failure();
  resolver.findWritten();
  if (failed(resolver.addSharing(memory, boxed)) ||
      failed(resolver.makeConstants()) || failed(resolver.makeState(memory)))
    return failure();
  return resolver.getNumState();
}
