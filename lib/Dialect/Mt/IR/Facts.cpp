//===- Facts.cpp - What operators do --------------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtTaskOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;
using llvm::ArrayRef;
using llvm::StringRef;

//===----------------------------------------------------------------------===//
// SchemaOpInterface
//===----------------------------------------------------------------------===//

const Schema *SchemaOpInterface::getSchema() {
  const Schema *schema = lookupSchema(getSchemaName());
  Operation *op = getOperation();
  return schema && op->getNumOperands() == schema->arguments.size() &&
                 op->getNumResults() == schema->results.size()
             ? schema
             : nullptr;
}

/// The steps of what a result is to argument `i`; none where the schema says
/// it.
static ArrayRef<ResultStep> getSteps(const Schema &schema, unsigned i) {
  for (const ResultFact &fact : schema.facts->results)
    if (fact.argument == i)
      return fact.steps;
  return {};
}

ResultRelation SchemaOpInterface::getResultRelation(unsigned i,
                                                    LayoutConditions layouts) {
  const Schema *schema = getSchema();
  if (!schema)
    return ResultRelation::Unknown;
  ArrayRef<ResultStep> steps = getSteps(*schema, i);
  if (steps.empty()) {
    const SchemaArgument &argument = schema->arguments[i];
    bool isAlias = argument.aliasSet &&
                   llvm::any_of(schema->results, [&](const SchemaArgument &r) {
                     return r.aliasSet == argument.aliasSet;
                   });
    if (!isAlias)
      return ResultRelation::New;
    return argument.isWrite ? ResultRelation::Itself : ResultRelation::View;
  }
  std::optional<ResultRelation> possible;
  auto add = [&](ResultRelation relation) {
    possible =
        !possible || possible == relation ? relation : ResultRelation::Unknown;
  };
  for (const ResultStep &step : steps) {
    std::optional<bool> applies =
        holds(step.condition, getOperation(), i, layouts);
    if (applies != false)
      add(step.relation);
    if (applies == true)
      return *possible;
  }
  add(ResultRelation::New);
  return *possible;
}

int SchemaOpInterface::getAliasedOperand(unsigned result) {
  const Schema *schema = getSchema();
  if (!schema)
    return -1;
  // The last: in-place forms of out= operators come behind their operands.
  int found = -1;
  char aliasSet = schema->results[result].aliasSet;
  for (auto [i, argument] : llvm::enumerate(schema->arguments))
    if (aliasSet && argument.aliasSet == aliasSet)
      found = i;
  if (found < 0 && !schema->facts->results.empty())
    found = schema->facts->results.front().argument;
  return found;
}

bool SchemaOpInterface::mayReturnOperand() {
  const Schema *schema = getSchema();
  if (!schema)
    return false;
  for (const ResultFact &fact : schema->facts->results)
    for (const ResultStep &step : fact.steps) {
      std::optional<bool> applies =
          holds(step.condition, getOperation(), fact.argument);
      if (step.relation == ResultRelation::Itself && applies != false)
        return true;
      if (applies == true)
        break;
    }
  return false;
}

bool SchemaOpInterface::dependsOnLayout() {
  const Schema *schema = getSchema();
  return schema &&
         llvm::any_of(schema->facts->results, [](const ResultFact &fact) {
           return llvm::any_of(fact.steps, [](const ResultStep &step) {
             return step.condition == FactCondition::Contiguous ||
                    step.condition == FactCondition::OneContiguous ||
                    step.condition == FactCondition::Viewable;
           });
         });
}

std::optional<bool> SchemaOpInterface::getWrite(unsigned i) {
  const Schema *schema = getSchema();
  if (!schema || isa<mt::NoneType>(getOperation()->getOperand(i).getType()))
    return false;
  if (schema->arguments[i].isWrite)
    return true;
  for (const WriteFact &fact : schema->facts->writes)
    if (fact.argument == i)
      return holds(fact.condition, getOperation(), i);
  return false;
}

bool SchemaOpInterface::keepsContents() {
  const Schema *schema = getSchema();
  return schema && schema->facts->isUnchanged;
}

bool SchemaOpInterface::changesMetadata() {
  const Schema *schema = getSchema();
  return schema && !schema->facts->isUnchanged &&
         getOperation()->getNumOperands() > 0 &&
         holds(schema->facts->keepsSizes, getOperation(), 0) != true;
}

bool SchemaOpInterface::drawsRandomNumbers() {
  const Schema *schema = getSchema();
  if (!schema || !schema->facts->isRandom)
    return false;
  // Dropout draws none outside of training, or at a probability of zero.
  auto isArgument = [&](StringRef name, auto holds) {
    int i = schema->getArgumentIndex(name);
    return i >= 0 && holds(getOperation()->getOperand(i));
  };
  auto isFalse = [](Value flag) { return getConstantBool(flag) == false; };
  auto isZero = [](Value number) { return getConstantFloat(number) == 0.0; };
  return !isArgument("train", isFalse) && !isArgument("training", isFalse) &&
         !isArgument("dropout", isZero) && !isArgument("dropout_p", isZero);
}

bool SchemaOpInterface::readsMemory() {
  const Schema *schema = getSchema();
  return schema && schema->facts->readsMemory;
}

bool SchemaOpInterface::readsElements(unsigned i) {
  const Schema *schema = getSchema();
  return !schema || !llvm::is_contained(schema->facts->metadata, i);
}

bool SchemaOpInterface::isPointwise() {
  const Schema *schema = getSchema();
  return schema && schema->facts->isPointwise;
}

bool SchemaOpInterface::writesRepeats() {
  const Schema *schema = getSchema();
  return schema &&
         (schema->facts->writesRepeats || keepsContents() || changesMetadata());
}

NewLayout SchemaOpInterface::getResultLayout() {
  const Schema *schema = getSchema();
  if (!schema)
    return NewLayout::Unknown;
  int format = schema->getArgumentIndex("memory_format");
  Value asked = format < 0 ? Value() : getOperation()->getOperand(format);
  if (!asked || isNone(asked))
    return schema->facts->layout;
  // torch.contiguous_format and torch.preserve_format; the others are orders of
  // their own.
  std::optional<int64_t> number = getConstantInt(asked);
  if (number == 0 && schema->facts->layout != NewLayout::Unknown)
    return NewLayout::Any;
  return number == 1 ? schema->facts->layout : NewLayout::Unknown;
}

const Schema *SchemaOpInterface::getFunctionalSchema() {
  const Schema *schema = getSchema();
  return schema ? mt::getFunctionalSchema(*schema) : nullptr;
}

//===----------------------------------------------------------------------===//
// Any operation
//===----------------------------------------------------------------------===//

static bool holdsList(Type type) {
  if (auto optional = dyn_cast<OptionalType>(type))
    return holdsList(optional.getElementType());
  return isa<ListType, DictType, mt::TupleType, AnyType, UnionType>(type);
}

bool mt::writesOperand(Operation *op, unsigned i) {
  auto schemaOp = dyn_cast<SchemaOpInterface>(op);
  if (auto generic = dyn_cast<OperatorOp>(op);
      generic && (generic.getName() == requireResultName ||
                  generic.getName() == checkWriteName))
    return false;
  if (op->hasAttr(runsTaskAttrName))
    return holdsList(op->getOperand(i).getType());
  return schemaOp && schemaOp.getWrite(i) != false;
}

bool mt::mayReturnOperand(Operation *op) {
  auto schemaOp = dyn_cast<SchemaOpInterface>(op);
  return schemaOp && schemaOp.mayReturnOperand();
}

Value mt::getReturnedOperand(Operation *op) {
  auto schemaOp = dyn_cast<SchemaOpInterface>(op);
  const Schema *schema = schemaOp ? schemaOp.getSchema() : nullptr;
  if (!schema || schema->facts->results.empty())
    return {};
  unsigned i = schema->facts->results.front().argument;
  if (schemaOp.getResultRelation(i) != ResultRelation::Itself)
    return {};
  Value operand = op->getOperand(i);
  if (TensorShape::of(operand.getType()))
    return operand;
  // The only element of a list: a vector. Of one of another rank, the operator
  // may raise.
  auto elements = getListElements(operand);
  if (!elements || elements->size() != 1)
    return {};
  auto shape = TensorShape::of(elements->front().getType());
  return shape && shape->hasRank && shape->getRank() == 1 ? elements->front()
                                                          : Value();
}

//===----------------------------------------------------------------------===//
// Lists and dicts
//===----------------------------------------------------------------------===//

bool mt::keepsOperand(Operation *op, unsigned operand) {
  if (operand == 0 || !isa<OperatorOp>(op) || !writesOperand(op, 0) ||
      !isa<ListType, DictType>(op->getOperand(0).getType()))
    return false;
  Type type = op->getOperand(operand).getType();
  if (!lookupSchema(op)->arguments[operand].escapes) {
    // What is in it, not itself: `extend`.
    if (auto list = dyn_cast<ListType>(type))
      type = list.getElementType();
    else if (auto dict = dyn_cast<DictType>(type))
      type = dict.getValueType();
  }
  return holdsList(type);
}

/// Whether something may write to `list`, or to a list that it may be, hold or
/// come out of again: behind branches, loops and containers.
static bool mayBeWritten(Value list, llvm::SmallPtrSetImpl<void *> &seen) {
  if (!holdsList(list.getType()) ||
      !seen.insert(list.getAsOpaquePointer()).second)
    return false;
  auto mayAny = [&](ValueRange values) {
    return llvm::any_of(values, [&](Value v) { return mayBeWritten(v, seen); });
  };
  return llvm::any_of(list.getUses(), [&](OpOperand &use) {
    Operation *user = use.getOwner();
    unsigned i = use.getOperandNumber();
    // In an attribute it has another name.
    if (writesOperand(user, i) || keepsOperand(user, i) ||
        (isa<PrimSetAttrOp>(user) && i == 1))
      return true;
    Operation *parent = user->getParentOp();
    if (auto loop = dyn_cast<PrimLoopOp>(user))
      return mayAny({loop.getCarried()[i - 2], loop.getResult(i - 2)});
    if (auto loop = dyn_cast_or_null<PrimLoopOp>(parent);
        loop && isa<PrimLoopConditionOp>(user))
      return mayAny({loop.getCarried()[i - 1], loop.getResult(i - 1)});
    if (auto ifOp = dyn_cast_or_null<PrimIfOp>(parent);
        ifOp && isa<PrimYieldOp>(user))
      return mayBeWritten(ifOp.getResult(i), seen);
    // What takes it, or something, out of it or puts it into something.
    return isa<OperatorOp, PrimUncheckedCastOp, PrimListConstructOp,
               PrimTupleConstructOp, PrimDictConstructOp, PrimTupleUnpackOp,
               PrimTupleIndexOp, PrimListUnpackOp>(user) &&
           mayAny(user->getResults());
  });
}

bool mt::mayBeWritten(Value container) {
  llvm::SmallPtrSet<void *, 8> seen;
  return ::mayBeWritten(container, seen);
}
