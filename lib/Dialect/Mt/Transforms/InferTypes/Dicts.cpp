//===- Dicts.cpp - Dicts whose keys are known -------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A dict whose keys are constants is followed as a list in which keys and
// values alternate, in the order of insertion.
//
//===----------------------------------------------------------------------===//

#include "InferTypes.h"
#include "MiniTorch/Dialect/Mt/IR/DictKeys.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

/// Position of the value of `key`, or nothing where the dict has none.
static std::optional<size_t> findKey(ArrayRef<Value> entries, Value key) {
  for (size_t i = 0; i < entries.size(); i += 2)
    if (isSameConstantKey(entries[i], key))
      return i + 1;
  return std::nullopt;
}

static void setEntry(SmallVectorImpl<Value> &entries, Value key, Value value) {
  if (auto at = findKey(entries, key)) {
    entries[*at] = value;
    return;
  }
  entries.append({key, value});
}

void TypeInference::visitRuntimeDict(OperatorOp op, DictType dict) {
  StringRef name = op.getName().split('.').first;
  OperandRange inputs = op.getInputs();
  bool stores = name == "aten::_set_item" || name == "aten::setdefault";
  if (stores && inputs.size() > 2)
    noteElement(inputs[0], inputs[2].getType());
  else if (auto other = name == "aten::update" && inputs.size() > 1
                            ? dyn_cast<DictType>(inputs[1].getType())
                            : DictType())
    noteElement(inputs[0], other.getValueType());
  if (op->getNumResults() != 1)
    return;

  Value result = op->getResult(0);
  // As it is now.
  Type value = cast<DictType>(inputs[0].getType()).getValueType();
  auto refine = [&](Type type) {
    result.setType(refineElement(result.getType(), type));
  };
  if (name == "aten::__getitem__" || name == "aten::setdefault") {
    refine(value);
  } else if (name == "aten::get" || name == "aten::pop") {
    if (inputs.size() > 2)
      refine(joinTypes(value, inputs[2].getType()));
    else if (name == "aten::pop")
      refine(value);
    else
      refine(isa<OptionalType>(value) ? value : OptionalType::get(value));
  } else if (name == "aten::copy" || name == "aten::dict") {
    result.setType(inputs[0].getType());
  } else if (name == "aten::values") {
    result.setType(ListType::get(value));
  } else if (name == "aten::items") {
    result.setType(ListType::get(
        mt::TupleType::get(op.getContext(), {dict.getKeyType(), value})));
  }
}

bool TypeInference::visitDict(Operation *op) {
  OpBuilder builder(op);
  Location loc = op->getLoc();
  auto replace = [&](ValueRange values) {
    op->replaceAllUsesWith(values);
    op->erase();
    return true;
  };

  if (auto construct = dyn_cast<PrimDictConstructOp>(op)) {
    SmallVector<Value> entries;
    for (size_t i = 0; i + 1 < op->getNumOperands(); i += 2) {
      if (!isConstantKey(op->getOperand(i))) {
        Type joined;
        for (size_t j = 1; j < op->getNumOperands(); j += 2)
          joined = joinTypes(joined, op->getOperand(j).getType());
        auto type = cast<DictType>(construct.getType());
        elementTypes[construct.getResult()] = joined;
        construct.getResult().setType(
            DictType::get(op->getContext(), type.getKeyType(),
                          refineElement(type.getValueType(), joined)));
        return false;
      }
      setEntry(entries, op->getOperand(i), op->getOperand(i + 1));
    }
    lists[construct.getResult()] = {entries, false};
    return false;
  }
  auto generic = dyn_cast<OperatorOp>(op);
  if (!generic || generic.getInputs().empty())
    return false;
  OperandRange inputs = generic.getInputs();
  auto it = lists.find(inputs[0]);
  auto type = dyn_cast<DictType>(inputs[0].getType());
  if (!type)
    return false;
  if (it == lists.end()) {
    visitRuntimeDict(generic, type);
    return false;
  }
  SmallVector<Value> &entries = it->second.elements;
  StringRef name = generic.getName().split('.').first;
  auto changed = [&](ValueRange results = {}) {
    it->second.changed = true;
    return replace(results);
  };
  // Every second entry, from the first or the second on.
  auto makeList = [&](size_t first) {
    SmallVector<Value> parts;
    for (size_t i = first; i < entries.size(); i += 2)
      parts.push_back(entries[i]);
    Type element;
    for (Value part : parts)
      element = joinTypes(element, part.getType());
    auto declared = cast<ListType>(op->getResult(0).getType());
    Value list = PrimListConstructOp::create(
        builder, loc,
        ListType::get(refineElement(declared.getElementType(), element)),
        parts);
    lists[list] = {parts, false};
    return replace(list);
  };

  if (name == "aten::len")
    return replace(ValueRange{arith::ConstantOp::create(
        builder, loc, builder.getI64IntegerAttr(entries.size() / 2))});
  if (name == "aten::keys")
    return makeList(0);
  if (name == "aten::values")
    return makeList(1);
  if (name == "aten::items") {
    SmallVector<Value> tuples;
    Type element;
    for (size_t i = 0; i < entries.size(); i += 2) {
      ValueRange entry(ArrayRef<Value>(entries).slice(i, 2));
      auto type = mt::TupleType::get(op->getContext(),
                                     llvm::to_vector(entry.getTypes()));
      tuples.push_back(PrimTupleConstructOp::create(builder, loc, type, entry));
      element = joinTypes(element, type);
    }
    auto declared = cast<ListType>(op->getResult(0).getType());
    Value list = PrimListConstructOp::create(
        builder, loc,
        ListType::get(refineElement(declared.getElementType(), element)),
        tuples);
    lists[list] = {tuples, false};
    return replace(list);
  }
  if (name == "aten::clear") {
    entries.clear();
    return changed();
  }
  if (name == "aten::copy" || name == "aten::dict") {
    SmallVector<Value> same = entries;
    Value dict = PrimDictConstructOp::create(builder, loc,
                                             op->getResult(0).getType(), same);
    lists[dict] = {same, false};
    return replace(dict);
  }
  if (name == "aten::update") {
    auto other = lists.find(inputs[1]);
    if (other == lists.end())
      return false;
    SmallVector<Value> added = other->second.elements;
    for (size_t i = 0; i + 1 < added.size(); i += 2)
      setEntry(entries, added[i], added[i + 1]);
    return changed();
  }

  // What remains looks up one key.
  if (inputs.size() < 2 || !isConstantKey(inputs[1]))
    return false;
  std::optional<size_t> at = findKey(entries, inputs[1]);
  auto none = [&]() -> Value {
    return ConstantNoneOp::create(builder, loc,
                                  mt::NoneType::get(op->getContext()));
  };
  if (name == "aten::__contains__")
    return replace(ValueRange{arith::ConstantOp::create(
        builder, loc, builder.getBoolAttr(at.has_value()))});
  if (name == "aten::get")
    return replace(at ? entries[*at] : inputs.size() > 2 ? inputs[2] : none());
  if (name == "aten::__getitem__" && at)
    return replace(entries[*at]);
  if (name == "aten::_set_item" && inputs.size() > 2) {
    setEntry(entries, inputs[1], inputs[2]);
    return changed();
  }
  if (name == "aten::setdefault" && inputs.size() > 2) {
    if (!at)
      setEntry(entries, inputs[1], inputs[2]);
    return changed(at ? entries[*at] : inputs[2]);
  }
  if ((name == "aten::pop" || name == "aten::Delete") &&
      (at || inputs.size() > 2)) {
    Value taken = at ? entries[*at] : inputs[2];
    if (at)
      entries.erase(entries.begin() + *at - 1, entries.begin() + *at + 1);
    return changed(op->getNumResults() ? ValueRange(taken) : ValueRange());
  }
  return false;
}
