//===- Lists.cpp - Lists whose structure is known ---------------*- C++ -*-===//
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

#include "../Splits.h"
#include "InferTypes.h"
#include "MiniTorch/Dialect/Mt/IR/AtenOps.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/ValueForms.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <cmath>
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

static bool hasWrites(Value list) {
  return llvm::any_of(list.getUses(), [](OpOperand &use) {
    return writesOperand(use.getOwner(), use.getOperandNumber());
  });
}

bool TypeInference::mayBeWritten(Value list) {
  if (mt::mayBeWritten(list))
    return true;
  auto it = lists.find(list);
  return it != lists.end() &&
         llvm::any_of(it->second.elements,
                      [&](Value each) { return mayBeWritten(each); });
}

/// Index `i` of a list of `size`, wrapped; nullopt where out of range.
static std::optional<int64_t> wrapIndex(std::optional<int64_t> i,
                                        int64_t size) {
  if (!i)
    return std::nullopt;
  int64_t wrapped = *i < 0 ? *i + size : *i;
  if (wrapped < 0 || wrapped >= size)
    return std::nullopt;
  return wrapped;
}

/// The type of what result `i` of `extraction` takes out of a run-time list.
/// The parts of a tensor have sizes of their own.
static Type getElementType(Value list, Operation *extraction, unsigned i) {
  Operation *split = list.getDefiningOp();
  if (split && getSplitOperand(split) >= 0 && !hasWrites(list))
    if (std::optional<int64_t> index = getPartIndex(extraction, i, split))
      if (Type type = getPartType(split, *index))
        return type;
  return cast<ListType>(list.getType()).getElementType();
}

static Type joinElements(ArrayRef<Value> elements) {
  Type joined;
  for (Value element : elements)
    joined = joinTypes(joined, element.getType());
  return joined;
}

// isinstance asks what a list was declared to hold: only what is known of
// tensors is added to that.
Type minitorch::mt::refineElement(Type declared, Type known) {
  if (!known || declared == known)
    return declared;
  MLIRContext *context = declared.getContext();
  if (TensorShape::of(declared) && TensorShape::of(known))
    return known;
  if (auto optional = dyn_cast<OptionalType>(declared)) {
    if (auto inner = dyn_cast<OptionalType>(known))
      known = inner.getElementType();
    return OptionalType::get(refineElement(optional.getElementType(), known));
  }
  auto list = dyn_cast<ListType>(declared);
  if (auto other = dyn_cast<ListType>(known); list && other)
    return ListType::get(
        refineElement(list.getElementType(), other.getElementType()));
  auto dict = dyn_cast<DictType>(declared);
  if (auto other = dyn_cast<DictType>(known); dict && other)
    return DictType::get(
        context, dict.getKeyType(),
        refineElement(dict.getValueType(), other.getValueType()));
  auto tuple = dyn_cast<mt::TupleType>(declared);
  if (auto other = dyn_cast<mt::TupleType>(known);
      tuple && other && tuple.getTypes().size() == other.getTypes().size()) {
    SmallVector<Type> types;
    for (auto [type, better] : llvm::zip(tuple.getTypes(), other.getTypes()))
      types.push_back(refineElement(type, better));
    return mt::TupleType::get(context, types, tuple.getName(),
                              tuple.getFieldNames());
  }
  return declared;
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
  OpBuilder builder(at);
  auto snapshots = [&](ValueRange values) {
    return llvm::map_to_vector(values,
                               [&](Value each) { return snapshot(each, at); });
  };
  if (auto tuple = list.getDefiningOp<PrimTupleConstructOp>()) {
    SmallVector<Value> elements = snapshots(tuple.getElements());
    auto old = cast<mt::TupleType>(tuple.getType());
    return PrimTupleConstructOp::create(
        builder, at->getLoc(),
        mt::TupleType::get(at->getContext(),
                           llvm::to_vector(ValueRange(elements).getTypes()),
                           old.getName(), old.getFieldNames()),
        elements);
  }
  SmallVector<Value> elements =
      snapshots(SmallVector<Value>(lists[list].elements));
  if (auto dict = dyn_cast<DictType>(list.getType())) {
    Type value =
        refineElement(dict.getValueType(), joinElements(takeValues(elements)));
    Value copy = PrimDictConstructOp::create(
        builder, at->getLoc(),
        DictType::get(dict.getContext(), dict.getKeyType(), value), elements);
    lists[copy] = {elements, false};
    return copy;
  }
  Type element = refineElement(cast<ListType>(list.getType()).getElementType(),
                               joinElements(elements));
  Value copy = PrimListConstructOp::create(builder, at->getLoc(),
                                           ListType::get(element), elements);
  lists[copy] = {elements, false};
  return copy;
}

void TypeInference::giveUp(Value list, Operation *at) {
  // Its lists stay those that they are only as objects, too.
  for (Value element : SmallVector<Value>(lists[list].elements))
    if (lists.contains(element) && mayBeWritten(element))
      giveUp(element, at);
  Value object = snapshot(list, at);
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
  if (auto dict = dyn_cast<DictType>(list.getType()))
    list.setType(DictType::get(dict.getContext(), dict.getKeyType(),
                               refineElement(dict.getValueType(), joined)));
  else
    list.setType(ListType::get(refineElement(
        cast<ListType>(list.getType()).getElementType(), joined)));
  elementTypesChanged = true;
}

/// Whether `value` is not made in a region of `op`.
static bool isDefinedOutside(Value value, Operation *op) {
  return !op->isAncestor(value.getParentRegion()->getParentOp());
}

void TypeInference::materializeLists(Operation *op) {
  if (isa<PrimListConstructOp>(op) && op->getNumOperands() == 0)
    return;
  // What is in a tuple, or in another known list, keeps its name.
  if (isa<PrimTupleConstructOp>(op) ||
      (isa<PrimListConstructOp, PrimDictConstructOp>(op) &&
       lists.contains(op->getResult(0))))
    return;
  // Lists that a region of `op` uses.
  SmallVector<Value> changed;
  std::function<void(Value)> note = [&](Value value) {
    while (auto cast = value.getDefiningOp<PrimUncheckedCastOp>())
      value = cast.getValue();
    if (lists.contains(value)) {
      changed.push_back(value);
      return;
    }
    if (auto tuple = value.getDefiningOp<PrimTupleConstructOp>()) {
      llvm::for_each(tuple.getElements(), note);
      return;
    }
    // An element of a list of lists: any of them.
    Operation *taken = value.getDefiningOp();
    if (taken && op->isProperAncestor(taken) && taken->getNumOperands())
      if (auto it = lists.find(taken->getOperand(0)); it != lists.end())
        for (Value element : it->second.elements)
          if (lists.contains(element))
            changed.push_back(element);
  };
  op->walk([&](Operation *nested) {
    if (nested == op)
      return;
    for (OpOperand &operand : nested->getOpOperands())
      if (isa<ListType, DictType, mt::TupleType>(operand.get().getType()) &&
          (writesOperand(nested, operand.getOperandNumber()) ||
           (storesOperand(operand) && mayBeWritten(operand.get()))))
        note(operand.get());
  });
  for (OpOperand &operand : op->getOpOperands())
    if (keepsOperand(op, operand.getOperandNumber()))
      note(operand.get());
  for (Value list : changed)
    if (lists.contains(list))
      giveUp(list, op);
  for (OpOperand &operand : op->getOpOperands()) {
    Value list = operand.get();
    if (!lists.contains(list)) {
      if (isChanged(list))
        operand.set(snapshot(list, op));
      continue;
    }
    if (writesOperand(op, operand.getOperandNumber()) ||
        (storesOperand(operand) && mayBeWritten(list)))
      giveUp(list, op);
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

/// Whether an operator writes to a tensor, or to a view of it.
static bool isWrittenTo(Value tensor) {
  return llvm::any_of(tensor.getUses(), [](OpOperand &use) {
    Operation *user = use.getOwner();
    unsigned i = use.getOperandNumber();
    if (writesOperand(user, i))
      return true;
    const Schema *schema = lookupSchema(user);
    if (!schema || i >= schema->arguments.size() ||
        !schema->arguments[i].aliasSet)
      return false;
    return llvm::any_of(user->getResults(), isWrittenTo);
  });
}

/// Past this many parts, code for each of them is not worth it.
static constexpr int64_t kMaxParts = 64;

void TypeInference::unpackSplit(Operation *split) {
  std::optional<int64_t> count = getPartCount(split);
  if (!count || *count == 0 || *count > kMaxParts)
    return;
  Value list = split->getResult(0);
  // These know splits themselves. A loop over parts that are only read stays
  // one.
  auto takesParts = [](OpOperand &use) {
    Operation *user = use.getOwner();
    auto generic = dyn_cast<OperatorOp>(user);
    return isa<PrimListUnpackOp, AtenCatOp, AtenStackOp, func::ReturnOp>(
               user) ||
           (generic && generic.getName() == "aten::len.t") ||
           (generic && generic.getName() == "aten::__getitem__.t" &&
            (getConstantInt(generic.getInputs()[1]) ||
             !isWrittenTo(generic.getResult(0))));
  };
  if (llvm::all_of(list.getUses(), takesParts))
    return;
  OpBuilder builder(split->getContext());
  builder.setInsertionPointAfter(split);
  SmallVector<Type> types(*count,
                          cast<ListType>(list.getType()).getElementType());
  auto unpack = PrimListUnpackOp::create(builder, split->getLoc(), types, list);
  Value parts = PrimListConstructOp::create(
      builder, split->getLoc(), list.getType(), unpack.getResults());
  list.replaceAllUsesExcept(parts, unpack);
}

/// Whether two constants are equal; nullopt where one is not constant.
static std::optional<bool> isEqual(Value x, Value y) {
  auto n = getConstantNumber(x), m = getConstantNumber(y);
  if (n && m)
    return n->kind == ConstantNumber::Float || m->kind == ConstantNumber::Float
               ? *getConstantFloat(x) == *getConstantFloat(y)
               : n->intValue == m->intValue;
  // Not all floats equal themselves.
  if (x == y && isa<IntegerType, StrType>(x.getType()))
    return true;
  auto s = getConstantStr(x), t = getConstantStr(y);
  if (s && t)
    return *s == *t;
  return std::nullopt;
}

/// The position of the first element that equals `item`, the list's size where
/// none does; nullopt where that is not known.
static std::optional<int64_t> findItem(ArrayRef<Value> list, Value item) {
  for (auto [i, element] : llvm::enumerate(list)) {
    std::optional<bool> same = isEqual(element, item);
    if (!same)
      return std::nullopt;
    if (*same)
      return i;
  }
  return list.size();
}

/// How many ints or constants equal `item`; null where that is not known.
static Value countItem(OpBuilder &b, Location loc, ArrayRef<Value> list,
                       Value item) {
  Value count = arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(0));
  for (Value element : list) {
    Value same;
    if (std::optional<bool> known = isEqual(element, item))
      same = arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(*known));
    else if (element.getType().isSignlessInteger(64) &&
             item.getType().isSignlessInteger(64))
      same = arith::ExtUIOp::create(
          b, loc, b.getI64Type(),
          arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, element,
                                item));
    else
      return {};
    count = b.createOrFold<arith::AddIOp>(loc, count, same);
  }
  return count;
}

/// Sorts constant numbers, or a few ints; false where they are others.
static bool sortNumbers(OpBuilder &b, Location loc,
                        MutableArrayRef<Value> numbers, bool reverse) {
  auto isNaN = [](Value v) {
    std::optional<double> number = getConstantFloat(v);
    return number && std::isnan(*number);
  };
  if (llvm::all_of(numbers, getConstantNumber) &&
      llvm::none_of(numbers, isNaN)) {
    std::stable_sort(numbers.begin(), numbers.end(), [&](Value x, Value y) {
      if (reverse)
        std::swap(x, y);
      auto n = getConstantNumber(x), m = getConstantNumber(y);
      return n->kind == ConstantNumber::Float ? n->floatValue < m->floatValue
                                              : n->intValue < m->intValue;
    });
    return true;
  }
  // Sizes, which are as few as dimensions.
  constexpr size_t maxCount = 16;
  if (numbers.size() > maxCount || llvm::any_of(numbers, [](Value v) {
        return !v.getType().isSignlessInteger(64);
      }))
    return false;
  for (size_t end = numbers.size(); end > 1; --end)
    for (size_t i = 0; i + 1 < end; ++i) {
      Value x = numbers[i], y = numbers[i + 1];
      numbers[i] = b.createOrFold<arith::MinSIOp>(loc, x, y);
      numbers[i + 1] = b.createOrFold<arith::MaxSIOp>(loc, x, y);
      if (reverse)
        std::swap(numbers[i], numbers[i + 1]);
    }
  return true;
}

/// Compares or searches lists of constants.
static std::optional<bool> evaluateOnConstants(StringRef name,
                                               ArrayRef<Value> a,
                                               ArrayRef<Value> b, Value item) {
  if (item) {
    bool unknown = false;
    for (Value element : a) {
      std::optional<bool> same = isEqual(element, item);
      if (same && *same)
        return true;
      unknown |= !same;
    }
    return unknown ? std::nullopt : std::optional<bool>(false);
  }
  bool negate = name.starts_with("aten::ne.");
  if (a.size() != b.size())
    return negate;
  bool unknown = false;
  for (auto [x, y] : llvm::zip(a, b)) {
    std::optional<bool> same = isEqual(x, y);
    if (same && !*same)
      return negate;
    unknown |= !same;
  }
  return unknown ? std::nullopt : std::optional<bool>(!negate);
}

/// The sizes that two shapes broadcast to: of two, the one that is not 1.
static SmallVector<Value> broadcastSizes(OpBuilder &b, Location loc,
                                         ArrayRef<Value> x, ArrayRef<Value> y) {
  if (x.size() < y.size())
    std::swap(x, y);
  SmallVector<Value> sizes(x);
  for (auto [size, other] :
       llvm::zip(MutableArrayRef(sizes).take_back(y.size()), y)) {
    std::optional<int64_t> known = getConstantInt(size);
    if (known ? *known != 1 : getConstantInt(other) == 1)
      continue;
    if (known || getConstantInt(other)) {
      size = other;
      continue;
    }
    Value one = arith::ConstantIntOp::create(b, loc, 1, 64);
    Value isUnit =
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, size, one);
    size = arith::SelectOp::create(b, loc, isUnit, other, size);
  }
  return sizes;
}

/// The same for ints that are known when the program runs: `item in a`, or
/// a == b elementwise. Null for other elements.
static Value compareNumbers(OpBuilder &b, Location loc, ArrayRef<Value> x,
                            ArrayRef<Value> y, Value item, bool negate) {
  auto isInt = [](Value v) { return v.getType().isSignlessInteger(64); };
  if (!llvm::all_of(x, isInt) || !llvm::all_of(y, isInt) ||
      (item && !isInt(item)))
    return {};
  Value result =
      arith::ConstantOp::create(b, loc, b.getBoolAttr(!item && !negate));
  for (auto [i, element] : llvm::enumerate(x)) {
    Value same = arith::CmpIOp::create(
        b, loc,
        !item && negate ? arith::CmpIPredicate::ne : arith::CmpIPredicate::eq,
        element, item ? item : y[i]);
    if (item || negate)
      result = arith::OrIOp::create(b, loc, result, same);
    else
      result = arith::AndIOp::create(b, loc, result, same);
  }
  return result;
}

/// The sum, least or greatest of numbers; null for what is none of these.
static Value foldNumbers(OpBuilder &b, Location loc, StringRef name,
                         ArrayRef<Value> numbers) {
  bool isFloat = name.ends_with("float");
  Type type = isFloat ? Type(b.getF64Type()) : Type(b.getI64Type());
  bool isSum = name == "aten::sum.int" || name == "aten::sum.float";
  bool isMost = name == "prim::max.self_int" || name == "prim::max.self_float";
  bool isLeast = name == "prim::min.self_int" || name == "prim::min.self_float";
  // The greatest of nothing raises.
  if (!(isSum || (!numbers.empty() && (isMost || isLeast))) ||
      llvm::any_of(numbers, [&](Value v) { return v.getType() != type; }))
    return {};
  Value result = isSum
                     ? Value(arith::ConstantOp::create(
                           b, loc, type, cast<TypedAttr>(b.getZeroAttr(type))))
                     : numbers.front();
  for (Value number : numbers.drop_front(isSum ? 0 : 1)) {
    if (isSum) {
      result = isFloat ? Value(arith::AddFOp::create(b, loc, result, number))
                       : Value(arith::AddIOp::create(b, loc, result, number));
      continue;
    }
    Value isBetter =
        isFloat
            ? Value(arith::CmpFOp::create(b, loc,
                                          isMost ? arith::CmpFPredicate::OGT
                                                 : arith::CmpFPredicate::OLT,
                                          number, result))
            : Value(arith::CmpIOp::create(b, loc,
                                          isMost ? arith::CmpIPredicate::sgt
                                                 : arith::CmpIPredicate::slt,
                                          number, result));
    result = arith::SelectOp::create(b, loc, isBetter, number, result);
  }
  return result;
}

bool TypeInference::visitList(Operation *op) {
  OpBuilder builder(op);
  Location loc = op->getLoc();
  auto replace = [&](ValueRange values) {
    op->replaceAllUsesWith(values);
    op->erase();
    return true;
  };
  auto makeList = [&](ArrayRef<Value> elements) {
    Type element = refineElement(
        cast<ListType>(op->getResult(0).getType()).getElementType(),
        joinElements(elements));
    Value list = PrimListConstructOp::create(builder, loc,
                                             ListType::get(element), elements);
    return replace(list);
  };
  // The same object by another type: what is written to one is in the other.
  if (auto cast = dyn_cast<PrimUncheckedCastOp>(op))
    return lists.contains(cast.getValue()) && replace(cast.getValue());

  if (getSplitOperand(op) >= 0) {
    unpackSplit(op);
    return false;
  }
  if (auto construct = dyn_cast<PrimListConstructOp>(op)) {
    SmallVector<Value> elements(construct.getElements());
    construct.getResult().setType(ListType::get(refineElement(
        construct.getType().getElementType(), joinElements(elements))));
    lists[construct.getResult()] = {elements, false};
    return false;
  }
  if (auto unpack = dyn_cast<PrimListUnpackOp>(op)) {
    auto it = lists.find(unpack.getList());
    if (it == lists.end()) {
      for (auto [i, result] : llvm::enumerate(op->getResults()))
        result.setType(getElementType(unpack.getList(), op, i));
      return false;
    }
    if (it->second.elements.size() != op->getNumResults())
      return false;
    return replace(SmallVector<Value>(it->second.elements));
  }
  auto generic = dyn_cast<OperatorOp>(op);
  if (!generic || generic.getInputs().empty())
    return false;
  StringRef name = generic.getName();
  OperandRange inputs = generic.getInputs();
  Value list = inputs[0];
  if (!isa<ListType>(list.getType()))
    return false;
  auto it = lists.find(list);

  if (it == lists.end()) {
    // A run-time list.
    Type element = cast<ListType>(list.getType()).getElementType();
    if (name == "aten::append.t")
      noteElement(list, inputs[1].getType());
    else if (name == "aten::insert.t" || name == "aten::_set_item.t")
      noteElement(list, inputs[2].getType());
    else if (name == "aten::extend.t" || name == "aten::add_.t")
      noteElement(list, cast<ListType>(inputs[1].getType()).getElementType());
    else if (name == "aten::__getitem__.t")
      op->getResult(0).setType(getElementType(list, op, 0));
    else if (name == "aten::pop.t")
      op->getResult(0).setType(element);
    else if (name == "aten::slice.t" || name == "aten::list.t" ||
             name == "aten::copy.t")
      op->getResult(0).setType(list.getType());
    else if (name == "aten::add.t")
      op->getResult(0).setType(joinTypes(list.getType(), inputs[1].getType()));
    return false;
  }

  SmallVector<Value> &elements = it->second.elements;
  int64_t size = elements.size();
  auto known = [&](Value other) -> const SmallVector<Value> * {
    auto found = lists.find(other);
    return found == lists.end() ? nullptr : &found->second.elements;
  };
  auto changed = [&] {
    it->second.changed = true;
    SmallVector<Value> results;
    if (op->getNumResults())
      results.push_back(list);
    return replace(results);
  };
  auto constantInt = [&](int64_t value) {
    return replace(ValueRange{arith::ConstantOp::create(
        builder, loc, builder.getI64IntegerAttr(value))});
  };

  if (name == "aten::len.t")
    return constantInt(size);
  if (Value number = foldNumbers(builder, loc, name, elements))
    return replace(number);
  if (name == "aten::__getitem__.t") {
    if (auto i = wrapIndex(getConstantInt(inputs[1]), size))
      return replace(elements[*i]);
    if (Type element = joinElements(elements))
      op->getResult(0).setType(element);
    return false;
  }
  if (name == "aten::append.t") {
    elements.push_back(inputs[1]);
    return changed();
  }
  if (name == "aten::extend.t" || name == "aten::add_.t") {
    if (const auto *other = known(inputs[1])) {
      SmallVector<Value> added = *other;
      elements.append(added);
      return changed();
    }
    return false;
  }
  if (name == "aten::insert.t") {
    std::optional<int64_t> at = getConstantInt(inputs[1]);
    if (!at)
      return false;
    int64_t i = *at < 0 ? std::max<int64_t>(*at + size, 0)
                        : std::min<int64_t>(*at, size);
    elements.insert(elements.begin() + i, inputs[2]);
    return changed();
  }
  if (name == "aten::_set_item.t") {
    auto i = wrapIndex(getConstantInt(inputs[1]), size);
    if (!i)
      return false;
    elements[*i] = inputs[2];
    return changed();
  }
  if (name == "aten::pop.t" || name == "aten::Delete.t") {
    auto i = wrapIndex(getConstantInt(inputs[1]), size);
    if (!i)
      return false;
    Value taken = elements[*i];
    elements.erase(elements.begin() + *i);
    it->second.changed = true;
    SmallVector<Value> results;
    if (op->getNumResults())
      results.push_back(taken);
    return replace(results);
  }
  if (name == "aten::clear.t") {
    elements.clear();
    return changed();
  }
  if (name == "aten::reverse.t") {
    std::reverse(elements.begin(), elements.end());
    return changed();
  }
  if (name.starts_with("aten::sort.") || name.starts_with("aten::sorted.")) {
    bool inPlace = name.starts_with("aten::sort.");
    std::optional<bool> reverse =
        inPlace ? getConstantBool(inputs[1]) : std::optional<bool>(false);
    SmallVector<Value> numbers(elements);
    if (!reverse || !sortNumbers(builder, loc, numbers, *reverse))
      return false;
    if (!inPlace)
      return makeList(numbers);
    elements = numbers;
    return changed();
  }
  if (name.starts_with("aten::index.list_")) {
    std::optional<int64_t> i = findItem(elements, inputs[1]);
    return i && *i < size && constantInt(*i);
  }
  if (name.starts_with("aten::remove.")) {
    std::optional<int64_t> i = findItem(elements, inputs[1]);
    if (!i || *i == size)
      return false;
    elements.erase(elements.begin() + *i);
    return changed();
  }
  if (name.starts_with("aten::count.")) {
    Value count = countItem(builder, loc, elements, inputs[1]);
    return count && replace(count);
  }
  if (name == "aten::list.t" || name == "aten::copy.t")
    return makeList(SmallVector<Value>(elements));
  if (name == "aten::add.t") {
    const auto *other = known(inputs[1]);
    if (!other) {
      Type element = joinElements(elements);
      op->getResult(0).setType(
          joinTypes(element ? Type(ListType::get(element)) : Type(),
                    inputs[1].getType()));
      return false;
    }
    SmallVector<Value> both(elements);
    both.append(*other);
    return makeList(both);
  }
  if (name == "aten::mul.left_t") {
    std::optional<int64_t> count = getConstantInt(inputs[1]);
    if (!count || *count < 0 || *count * size > 4096)
      return false;
    SmallVector<Value> repeated;
    for (int64_t i = 0; i < *count; ++i)
      repeated.append(elements);
    return makeList(repeated);
  }
  if (name == "aten::slice.t") {
    std::optional<int64_t> step = getConstantInt(inputs[3]);
    if (!step || *step == 0)
      return false;
    // Backwards from the last element to the one in front of the first.
    bool back = *step < 0;
    int64_t least = back ? -1 : 0, most = back ? size - 1 : size;
    auto bound = [&](Value value, int64_t absent) -> std::optional<int64_t> {
      if (isNone(value))
        return absent;
      std::optional<int64_t> i = getConstantInt(value);
      if (!i)
        return std::nullopt;
      return std::clamp<int64_t>(*i < 0 ? *i + size : *i, least, most);
    };
    auto start = bound(inputs[1], back ? most : least);
    auto end = bound(inputs[2], back ? least : most);
    if (!start || !end)
      return false;
    // A longer step takes the first element, too.
    *step = std::clamp<int64_t>(*step, -size - 1, size + 1);
    SmallVector<Value> slice;
    for (int64_t i = *start; back ? i > *end : i < *end; i += *step)
      slice.push_back(elements[i]);
    return makeList(slice);
  }
  if (name == "aten::broadcast_shapes") {
    const auto *other = known(inputs[1]);
    if (!other)
      return false;
    return makeList(broadcastSizes(builder, loc, elements, *other));
  }
  bool contains = name.starts_with("aten::__contains__.");
  bool compares =
      (name.starts_with("aten::eq.") || name.starts_with("aten::ne.")) &&
      name.ends_with("_list");
  if (contains || compares) {
    const auto *other = contains ? nullptr : known(inputs[1]);
    if (!contains && !other)
      return false;
    std::optional<bool> answer = evaluateOnConstants(
        name, elements, other ? ArrayRef<Value>(*other) : ArrayRef<Value>(),
        contains ? inputs[1] : Value());
    if (answer)
      return replace(ValueRange{arith::ConstantOp::create(
          builder, loc, builder.getBoolAttr(*answer))});
    if (Value comparison = compareNumbers(
            builder, loc, elements,
            other ? ArrayRef<Value>(*other) : ArrayRef<Value>(),
            contains ? inputs[1] : Value(), name.starts_with("aten::ne.")))
      return replace(comparison);
    return false;
  }
  return false;
}
