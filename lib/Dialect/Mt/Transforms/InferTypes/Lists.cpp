//===- Lists.cpp - Operators on lists ---------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Operators on lists that are known (KnownLists.cpp), and on those of the run
// time as far as types go.
//
//===----------------------------------------------------------------------===//

#include "../Splits.h"
#include "InferTypes.h"
#include "ListFolds.h"
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

static bool hasWrites(Value list) {
  return llvm::any_of(list.getUses(), [](OpOperand &use) {
    return writesOperand(use.getOwner(), use.getOperandNumber());
  });
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
    Operation *split = unpack.getList().getDefiningOp();
    std::optional<int64_t> count;
    if (it != lists.end())
      count = it->second.elements.size();
    else if (split && getSplitOperand(split) >= 0)
      count = getPartCount(split);
    if (count && *count != op->getNumResults()) {
      raiseInstead(op, ("Expected " + Twine(op->getNumResults()) +
                        " elements in a list but found " + Twine(*count))
                           .str());
      return true;
    }
    if (it == lists.end()) {
      for (auto [i, result] : llvm::enumerate(op->getResults()))
        result.setType(getElementType(unpack.getList(), op, i));
      return false;
    }
    return replace(SmallVector<Value>(it->second.elements));
  }
  auto generic = dyn_cast<OperatorOp>(op);
  if (!generic || generic.getInputs().empty())
    return false;
  StringRef name = generic.getName();
  OperandRange inputs = generic.getInputs();
  // A list or dict that is known is one value, by all of its names.
  if (name == "aten::__is__" || name == "aten::__isnot__") {
    Value a = stripCasts(inputs[0]), b = stripCasts(inputs[1]);
    if (!lists.contains(a) && !lists.contains(b))
      return false;
    return replace(ValueRange{arith::ConstantOp::create(
        builder, loc,
        builder.getBoolAttr((a == b) == (name == "aten::__is__")))});
  }
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
    // What is declared to be this or that has no order.
    if (isa<OptionalType, UnionType, AnyType>(
            cast<ListType>(list.getType()).getElementType()))
      return false;
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
