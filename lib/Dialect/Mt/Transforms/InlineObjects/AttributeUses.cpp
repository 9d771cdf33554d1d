//===- AttributeUses.cpp - What becomes of an attribute's tensors ---------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttributeUses.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

static bool isContainer(Type type) {
  return isa<ListType, DictType, mt::TupleType, OptionalType, UnionType,
             AnyType>(type) &&
         !TensorShape::of(type);
}

/// Whether a value of the type may be a tensor or hold some.
static bool mayHoldTensors(Type type) {
  if (auto list = dyn_cast<ListType>(type))
    return mayHoldTensors(list.getElementType());
  if (auto dict = dyn_cast<DictType>(type))
    return mayHoldTensors(dict.getValueType());
  if (auto optional = dyn_cast<OptionalType>(type))
    return mayHoldTensors(optional.getElementType());
  if (auto tuple = dyn_cast<mt::TupleType>(type))
    return llvm::any_of(tuple.getTypes(), mayHoldTensors);
  if (auto oneOf = dyn_cast<UnionType>(type))
    return llvm::any_of(oneOf.getTypes(), mayHoldTensors);
  return TensorShape::of(type) || isa<AnyType>(type);
}

namespace {
/// Looks for a use of a value, of a view of it, and of what it is in or holds.
class UseSearch {
public:
  explicit UseSearch(llvm::function_ref<bool(OpOperand &)> isSought)
      : isSought(isSought) {}

  bool reaches(Value value) {
    return seen.insert(value.getAsOpaquePointer()).second &&
           llvm::any_of(value.getUses(), [&](OpOperand &use) {
             return isSought(use) || goesOn(use);
           });
  }

private:
  bool reachesAny(ValueRange values) {
    return llvm::any_of(values, [&](Value value) { return reaches(value); });
  }

  bool goesOn(OpOperand &use) {
    Operation *user = use.getOwner();
    unsigned number = use.getOperandNumber();
    if (const Schema *schema = lookupSchema(user))
      return goesOn(use, *schema);
    // What a region ends with, its operation gives; a loop's next turn takes.
    if (isa<PrimYieldOp, PrimLoopConditionOp>(user)) {
      Operation *parent = user->getParentOp();
      auto loop = dyn_cast<PrimLoopOp>(parent);
      return reachesAny(parent->getResults()) ||
             (loop && number > 0 && reaches(loop.getCarried()[number - 1]));
    }
    if (auto loop = dyn_cast<PrimLoopOp>(user); loop && number >= 2)
      return reaches(loop.getCarried()[number - 2]) ||
             reaches(loop.getResult(number - 2));
    return reachesAny(user->getResults());
  }

  bool goesOn(OpOperand &use, const Schema &schema) {
    Operation *user = use.getOwner();
    unsigned number = use.getOperandNumber();
    if (number >= schema.arguments.size())
      return false;
    const SchemaArgument &argument = schema.arguments[number];
    bool isInContainer = isContainer(use.get().getType());
    for (auto [i, result] : llvm::enumerate(user->getResults())) {
      if (i >= schema.results.size())
        break;
      char aliasSet = schema.results[i].aliasSet;
      bool isLink = isInContainer
                        ? aliasSet || isContainer(result.getType())
                        : argument.aliasSet && aliasSet == argument.aliasSet;
      if (isLink && reaches(result))
        return true;
    }
    // What `append` puts there, comes out of there.
    return number > 0 && schema.arguments[0].isWrite &&
           isa<ListType, DictType>(user->getOperand(0).getType()) &&
           reaches(user->getOperand(0));
  }

  llvm::function_ref<bool(OpOperand &)> isSought;
  llvm::SmallPtrSet<void *, 8> seen;
};
} // namespace

bool mt::mayBeMutated(Value value) {
  // A list that a tensor is put into is no part of it.
  bool isTensor = TensorShape::of(value.getType()).has_value();
  auto isWrite = [&](OpOperand &use) {
    const Schema *schema = lookupSchema(use.getOwner());
    return schema && use.getOperandNumber() < schema->arguments.size() &&
           schema->arguments[use.getOperandNumber()].isWrite &&
           (!isTensor || TensorShape::of(use.get().getType()));
  };
  return UseSearch(isWrite).reaches(value);
}

/// Whether a use keeps the value beyond the call: it is returned, or becomes an
/// attribute or something in one.
static bool outlivesCall(OpOperand &use) {
  Operation *user = use.getOwner();
  if (isa<func::ReturnOp>(user))
    return true;
  if (auto set = dyn_cast<PrimSetAttrOp>(user))
    return use.get() == set.getValue();
  const Schema *schema = lookupSchema(user);
  return schema && use.getOperandNumber() > 0 && schema->arguments[0].isWrite &&
         isa<ListType, DictType>(user->getOperand(0).getType()) &&
         user->getOperand(0).getDefiningOp<PrimGetAttrOp>();
}

bool mt::mayEscape(Value value) {
  return mayHoldTensors(value.getType()) &&
         UseSearch(outlivesCall).reaches(value);
}
