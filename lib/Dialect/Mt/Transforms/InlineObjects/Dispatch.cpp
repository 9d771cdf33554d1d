//===- Dispatch.cpp - Methods that are chosen at run time -------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InlineObjects.h"
#include "MiniTorch/Dialect/Mt/IR/Instances.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

static Value createStr(OpBuilder &b, Location loc, StringRef text) {
  return ConstantStrOp::create(b, loc, StrType::get(b.getContext()), text);
}

/// Raises, and gives results that are never read.
static SmallVector<Value> createRaise(OpBuilder &b, Location loc, Value message,
                                      TypeRange types) {
  PrimRaiseOp::create(b, loc, message,
                      createStr(b, loc, "builtins.RuntimeError"));
  SmallVector<Value> results;
  for (Type type : types)
    results.push_back(PrimUninitializedOp::create(b, loc, type));
  return results;
}

static Value castTo(OpBuilder &b, Location loc, Value value, Type type) {
  if (value.getType() == type)
    return value;
  return PrimUncheckedCastOp::create(b, loc, type, value);
}

/// if condition: then() else: otherwise()
static SmallVector<Value>
createIf(OpBuilder &b, Location loc, TypeRange types, Value condition,
         llvm::function_ref<SmallVector<Value>()> then,
         llvm::function_ref<SmallVector<Value>()> otherwise) {
  auto ifOp = PrimIfOp::create(b, loc, types, condition);
  OpBuilder::InsertionGuard guard(b);
  b.createBlock(&ifOp.getThenRegion());
  PrimYieldOp::create(b, loc, then());
  b.createBlock(&ifOp.getElseRegion());
  PrimYieldOp::create(b, loc, otherwise());
  return llvm::to_vector_of<Value>(ifOp.getResults());
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

namespace {
class Dispatcher {
public:
  Dispatcher(PrimCallMethodOp call, SymbolTable &symbols,
             llvm::function_ref<bool(ObjectCandidate)> isRefused)
      : call(call), symbols(symbols), isRefused(isRefused), b(call),
        loc(call.getLoc()), self(stripCasts(call.getObject())) {
    auto generic = self.getDefiningOp<OperatorOp>();
    if (generic && generic.getName() == objectAtName) {
      position = generic.getInputs()[0];
      objects = generic->getAttrOfType<ArrayAttr>("objects");
    }
  }

  SmallVector<Value> choose(ArrayRef<ObjectCandidate> candidates);

private:
  Value isCandidate(ObjectCandidate candidate);
  SmallVector<Value> callOf(ObjectCandidate candidate);

  PrimCallMethodOp call;
  SymbolTable &symbols;
  llvm::function_ref<bool(ObjectCandidate)> isRefused;
  OpBuilder b;
  Location loc;
  Value self;
  /// Of a module in a ModuleList: where it is in it.
  Value position;
  ArrayAttr objects;
};
} // namespace

Value Dispatcher::isCandidate(ObjectCandidate candidate) {
  if (!position)
    return createIsClass(b, loc, self, candidate);
  Value answer;
  for (auto [i, symbol] : llvm::enumerate(objects)) {
    if (cast<FlatSymbolRefAttr>(symbol).getAttr() != candidate.object)
      continue;
    Value index = arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(i));
    Value isHere = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq,
                                         position, index);
    answer =
        answer ? Value(arith::OrIOp::create(b, loc, answer, isHere)) : isHere;
  }
  return answer;
}

SmallVector<Value> Dispatcher::callOf(ObjectCandidate candidate) {
  TypeRange types = call.getResultTypes();
  if (isRefused(candidate))
    return createRaise(
        b, loc,
        createStr(b, loc,
                  ("minitorch: '" + call.getName() + "' of " +
                   candidate.classOp.getSymName() +
                   " calls itself through an interface, which is not supported")
                      .str()),
        types);
  Type type = ObjectType::get(b.getContext(),
                              FlatSymbolRefAttr::get(candidate.classOp));
  Value object;
  if (candidate.object) {
    object = ConstantObjectOp::create(b, loc, type,
                                      FlatSymbolRefAttr::get(candidate.object));
  } else {
    auto cast = PrimUncheckedCastOp::create(b, loc, type, self);
    cast->setAttr(exactAttrName, b.getUnitAttr());
    object = cast;
  }
  // A method may take more, and give less, than the interface says.
  SmallVector<Value> inputs(call.getInputs());
  SmallVector<Type> own(types);
  auto method = candidate.classOp.getMethod(call.getName());
  if (auto callee = method ? symbols.lookup<func::FuncOp>(method.getAttr())
                           : func::FuncOp()) {
    if (callee.getNumArguments() == inputs.size() + 1)
      for (auto [input, wanted] :
           llvm::zip(inputs, callee.getArgumentTypes().drop_front()))
        input = castTo(b, loc, input, wanted);
    if (callee.getNumResults() == own.size())
      own.assign(callee.getResultTypes().begin(),
                 callee.getResultTypes().end());
  }
  auto made =
      PrimCallMethodOp::create(b, loc, own, object, call.getNameAttr(), inputs);
  made->setDiscardableAttrs(call->getDiscardableAttrDictionary());
  SmallVector<Value> results;
  for (auto [result, wanted] : llvm::zip_equal(made.getResults(), types))
    results.push_back(castTo(b, loc, result, wanted));
  return results;
}

SmallVector<Value> Dispatcher::choose(ArrayRef<ObjectCandidate> candidates) {
  if (candidates.empty())
    return createRaise(
        b, loc,
        createStr(b, loc,
                  ("minitorch: no object of the program is what '" +
                   call.getName() + "' is called of here")
                      .str()),
        call.getResultTypes());
  // Which position there is was checked.
  if (position && candidates.size() == 1)
    return callOf(candidates.front());
  return createIf(
      b, loc, call.getResultTypes(), isCandidate(candidates.front()),
      [&] { return callOf(candidates.front()); },
      [&] { return choose(candidates.drop_front()); });
}

Value mt::createIsClass(OpBuilder &b, Location loc, Value value,
                        ObjectCandidate candidate) {
  OperationState state(loc, OperatorOp::getOperationName());
  state.addAttribute("name", b.getStringAttr(isClassName));
  state.addAttribute("type", getInstanceType(candidate));
  state.addOperands(value);
  state.addTypes(b.getI1Type());
  return b.create(state)->getResult(0);
}

StringAttr mt::getInstanceType(ObjectCandidate candidate) {
  MLIRContext *context = candidate.classOp.getContext();
  // No class has such a name.
  return candidate.object
             ? StringAttr::get(context, "@" + candidate.object.getValue())
             : candidate.classOp.getSymNameAttr();
}

void mt::dispatchCall(PrimCallMethodOp call,
                      ArrayRef<ObjectCandidate> candidates,
                      SymbolTable &symbols,
                      llvm::function_ref<bool(ObjectCandidate)> isRefused) {
  SmallVector<Value> results =
      Dispatcher(call, symbols, isRefused).choose(candidates);
  call.replaceAllUsesWith(results);
  call.erase();
}

//===----------------------------------------------------------------------===//
// Modules in containers
//===----------------------------------------------------------------------===//

/// Whether the index or key is that of the attribute `name`.
static Value isAttribute(OpBuilder &b, Location loc, Value index,
                         StringRef name) {
  if (!index.getType().isInteger(64))
    return OperatorOp::create(b, loc, b.getI1Type(),
                              b.getStringAttr("aten::eq.str"),
                              ValueRange{index, createStr(b, loc, name)})
        .getResult(0);
  int64_t number = 0;
  // Another attribute of the list, such as a method's state.
  if (name.getAsInteger(10, number))
    return {};
  Value own = arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(number));
  return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, index, own);
}

LogicalResult mt::expandContainerIndex(OperatorOp op, SymbolTable &symbols) {
  auto constant =
      stripCasts(op.getInputs()[0]).getDefiningOp<ConstantObjectOp>();
  auto container =
      constant ? symbols.lookup<ObjectOp>(constant.getObjectAttr().getAttr())
               : ObjectOp();
  if (!container)
    return op.emitError() << "takes a module out of a container that is not "
                             "known when the program is compiled";
  OpBuilder b(op);
  Location loc = op.getLoc();
  Value index = op.getInputs()[1];
  auto classOp =
      symbols.lookup<ClassOp>(container.getClassNameAttr().getAttr());
  SmallVector<std::pair<StringRef, Attribute>> entries;
  if (classOp)
    for (auto attr : classOp.getBody().getOps<AttrOp>()) {
      Attribute value = container.getValues().get(attr.getName());
      if (isa_and_nonnull<FlatSymbolRefAttr>(value))
        entries.emplace_back(attr.getName(), value);
    }
  SmallVector<Attribute> objects;
  std::function<SmallVector<Value>(size_t)> locate =
      [&](size_t i) -> SmallVector<Value> {
    Type i64 = b.getI64Type();
    if (i == entries.size()) {
      std::string text =
          (container.getClassName() + " does not have a field with name '{}'")
              .str();
      Value message =
          OperatorOp::create(b, loc, StrType::get(b.getContext()),
                             b.getStringAttr("aten::format"),
                             ValueRange{createStr(b, loc, text), index})
              .getResult(0);
      return createRaise(b, loc, message, i64);
    }
    Value isHere = isAttribute(b, loc, index, entries[i].first);
    if (!isHere)
      return locate(i + 1);
    Value position =
        arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(objects.size()));
    objects.push_back(entries[i].second);
    return createIf(
        b, loc, i64, isHere, [&] { return SmallVector<Value>{position}; },
        [&] { return locate(i + 1); });
  };
  Value position = locate(0)[0];
  OperationState state(loc, OperatorOp::getOperationName());
  state.addAttribute("name", b.getStringAttr(objectAtName));
  state.addAttribute("objects", b.getArrayAttr(objects));
  state.addOperands(position);
  state.addTypes(op->getResultTypes());
  op.replaceAllUsesWith(b.create(state));
  op.erase();
  return success();
}

/// `prim::object_at` whose object is used other than for calls => a choice of
/// the objects.
void mt::expandObjectAt(OperatorOp op) {
  OpBuilder b(op);
  Location loc = op.getLoc();
  auto objects = op->getAttrOfType<ArrayAttr>("objects");
  Type type = op->getResult(0).getType();
  std::function<SmallVector<Value>(size_t)> choose =
      [&](size_t i) -> SmallVector<Value> {
    auto constant = [&]() -> SmallVector<Value> {
      return {ConstantObjectOp::create(b, loc, type,
                                       cast<FlatSymbolRefAttr>(objects[i]))};
    };
    if (i + 1 == objects.size())
      return constant();
    Value own = arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(i));
    Value isHere = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq,
                                         op.getInputs()[0], own);
    return createIf(b, loc, type, isHere, constant,
                    [&] { return choose(i + 1); });
  };
  SmallVector<Value> chosen;
  if (objects.empty())
    chosen = {PrimUninitializedOp::create(b, loc, type)};
  else
    chosen = choose(0);
  op.replaceAllUsesWith(chosen);
  op.erase();
}
