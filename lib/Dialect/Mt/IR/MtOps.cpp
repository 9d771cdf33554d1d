//===- MtOps.cpp - Verifiers and interfaces of mt operations ----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRuleTable.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace minitorch::mt;

#include "MiniTorch/Dialect/Mt/IR/MtInterfaces.cpp.inc"

#define GET_OP_CLASSES
#include "MiniTorch/Dialect/Mt/IR/MtOps.cpp.inc"

//===----------------------------------------------------------------------===//
// Structure
//===----------------------------------------------------------------------===//

Type ClassOp::getAttributeType(StringRef name) {
  for (auto attr : getBody().getOps<AttrOp>())
    if (attr.getName() == name)
      return attr.getType();
  return {};
}

FlatSymbolRefAttr ClassOp::getMethod(StringRef name) {
  for (auto method : getBody().getOps<MethodOp>())
    if (method.getName() == name)
      return method.getFunctionAttr();
  return {};
}

LogicalResult ObjectOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto classOp =
      symbols.lookupNearestSymbolFrom<ClassOp>(*this, getClassNameAttr());
  if (!classOp)
    return emitOpError() << "is of class " << getClassNameAttr()
                         << ", which the module does not define";
  for (NamedAttribute value : getValues())
    if (!classOp.getAttributeType(value.getName()))
      return emitOpError() << "has a value for '" << value.getName().getValue()
                           << "', which class " << getClassNameAttr()
                           << " does not declare";
  return success();
}

//===----------------------------------------------------------------------===//
// prim.if
//===----------------------------------------------------------------------===//

PrimYieldOp PrimIfOp::thenYield() {
  return cast<PrimYieldOp>(getThenRegion().front().getTerminator());
}
PrimYieldOp PrimIfOp::elseYield() {
  return cast<PrimYieldOp>(getElseRegion().front().getTerminator());
}

void PrimIfOp::getSuccessorRegions(RegionBranchPoint point,
                                   SmallVectorImpl<RegionSuccessor> &regions) {
  if (!point.isParent()) {
    regions.push_back(RegionSuccessor(getOperation(), getResults()));
    return;
  }
  regions.push_back(RegionSuccessor(&getThenRegion()));
  regions.push_back(RegionSuccessor(&getElseRegion()));
}

/// Whether a value of type `from` may stand where `to` is declared. Only what
/// can never hold is refused: TorchScript has subtyping (int where
/// Optional[int] is declared), and types become more precise at different
/// times.
static bool isCompatible(Type from, Type to) {
  auto isTensor = [](Type type) {
    return isa<minitorch::mt::TensorType, RankedTensorType>(type);
  };
  if (from == to)
    return true;
  if (isTensor(from) && isTensor(to)) {
    auto a = *TensorShape::of(from), b = *TensorShape::of(to);
    if (a.dtype && b.dtype && a.dtype != b.dtype)
      return false;
    return !a.hasRank || !b.hasRank || a.getRank() == b.getRank();
  }
  auto isPlain = [&](Type type) {
    return isTensor(type) || type.isIntOrFloat() || isa<StrType>(type);
  };
  return !isPlain(from) || !isPlain(to);
}

bool PrimIfOp::areTypesCompatible(Type from, Type to) {
  return isCompatible(from, to);
}
bool PrimLoopOp::areTypesCompatible(Type from, Type to) {
  return isCompatible(from, to);
}

static LogicalResult verifyYield(Operation *op, StringRef what,
                                 TypeRange yielded, TypeRange expected) {
  if (yielded.size() != expected.size())
    return op->emitOpError() << what << " yields " << yielded.size()
                             << " values, expected " << expected.size();
  for (auto [i, got, want] : llvm::enumerate(yielded, expected))
    if (!isCompatible(got, want))
      return op->emitOpError() << what << " yields " << got << " for value #"
                               << i << ", expected " << want;
  return success();
}

LogicalResult PrimIfOp::verify() {
  for (auto [region, name] :
       {std::pair<Region *, StringRef>{&getThenRegion(), "the then branch"},
        {&getElseRegion(), "the else branch"}}) {
    auto yield = dyn_cast_if_present<PrimYieldOp>(
        region->front().empty() ? nullptr : &region->front().back());
    if (!yield)
      return emitOpError() << name << " must end with mt.prim.yield";
    if (failed(verifyYield(*this, name, yield.getValues().getTypes(),
                           getResultTypes())))
      return failure();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// prim.loop
//===----------------------------------------------------------------------===//

PrimLoopConditionOp PrimLoopOp::getTerminator() {
  return cast<PrimLoopConditionOp>(getBody().front().getTerminator());
}

bool PrimLoopOp::isForLike() {
  auto isTrue = [](Value value) { return matchPattern(value, m_One()); };
  return isTrue(getInitialCondition()) &&
         isTrue(getTerminator().getCondition());
}

OperandRange PrimLoopOp::getEntrySuccessorOperands(RegionSuccessor) {
  return getInits();
}

void PrimLoopOp::getSuccessorRegions(
    RegionBranchPoint, SmallVectorImpl<RegionSuccessor> &regions) {
  regions.push_back(RegionSuccessor(&getBody(), getCarried()));
  regions.push_back(RegionSuccessor(getOperation(), getResults()));
}

MutableOperandRange
PrimLoopConditionOp::getMutableSuccessorOperands(RegionSuccessor) {
  return getValuesMutable();
}

LogicalResult PrimLoopOp::verify() {
  Block &body = getBody().front();
  auto terminator = dyn_cast_if_present<PrimLoopConditionOp>(
      body.empty() ? nullptr : &body.back());
  if (!terminator)
    return emitOpError("the body must end with mt.prim.loop_condition");
  if (body.getNumArguments() != getInits().size() + 1)
    return emitOpError() << "the body takes " << body.getNumArguments()
                         << " arguments, expected the turn's number and "
                         << getInits().size() << " carried values";
  if (!body.getArgument(0).getType().isSignlessInteger(64))
    return emitOpError() << "the body's first argument is the turn's number, "
                            "an i64; got "
                         << body.getArgument(0).getType();
  TypeRange carried = ValueRange(body.getArguments()).drop_front().getTypes();
  if (failed(verifyYield(*this, "the initial list", getInits().getTypes(),
                         carried)) ||
      failed(verifyYield(*this, "the body", terminator.getValues().getTypes(),
                         carried)) ||
      failed(verifyYield(*this, "the body", terminator.getValues().getTypes(),
                         getResultTypes())))
    return failure();
  return success();
}

//===----------------------------------------------------------------------===//
// Effects
//===----------------------------------------------------------------------===//

using EffectList =
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>;

// A list is new each time: not to be merged with an equal one, free to be
// dropped when nothing uses it.
void PrimListConstructOp::getEffects(EffectList &effects) {
  effects.emplace_back(MemoryEffects::Allocate::get(),
                       getOperation()->getOpResult(0));
}
void PrimDictConstructOp::getEffects(EffectList &effects) {
  effects.emplace_back(MemoryEffects::Allocate::get(),
                       getOperation()->getOpResult(0));
}
void PrimListUnpackOp::getEffects(EffectList &effects) {
  effects.emplace_back(MemoryEffects::Read::get(), &getListMutable());
}
void BoxOp::getEffects(EffectList &effects) {
  effects.emplace_back(MemoryEffects::Allocate::get(),
                       getOperation()->getOpResult(0));
}
void UnboxOp::getEffects(EffectList &effects) {
  effects.emplace_back(MemoryEffects::Read::get(), &getValueMutable());
}

//===----------------------------------------------------------------------===//
// mt.operator
//===----------------------------------------------------------------------===//

StringRef OperatorOp::getSchemaName() { return getName(); }

void OperatorOp::getEffects(EffectList &effects) {
  getSchemaEffects(getOperation(), effects);
}

void PrimWriteOp::getEffects(EffectList &effects) {
  if (TensorShape::of(getValue().getType()))
    effects.emplace_back(MemoryEffects::Read::get(), &getValueMutable());
  effects.emplace_back(MemoryEffects::Write::get());
}

/// The rules of operators without a class, sorted by name.
static constexpr struct {
  StringLiteral name;
  LogicalResult (*rule)(const TypeRuleContext &);
} genericRules[] = {
    {"", nullptr}, // sorts first, and keeps the table from being empty
#include "MiniTorch/Dialect/Mt/IR/GenericRules.cpp.inc"
};

static const auto *lookupGenericRule(StringRef name) {
  auto *entry = llvm::lower_bound(
      genericRules, name,
      [](const auto &entry, StringRef name) { return entry.name < name; });
  return entry != std::end(genericRules) && entry->name == name ? entry
                                                                : nullptr;
}

bool minitorch::mt::hasTypeRule(const Schema &schema, MLIRContext *context) {
  StringRef name = schema.name;
  if (lookupGenericRule(name) ||
      (name.consume_front("aten::") &&
       RegisteredOperationName::lookup(("mt.aten." + name).str(), context)))
    return true;
  const Schema *functional =
      schema.isMutating() ? getFunctionalSchema(schema) : nullptr;
  return functional && hasTypeRule(*functional, context);
}

StringRef minitorch::mt::getTypeRuleName(const Schema &schema) {
  static constexpr struct {
    StringLiteral name, rule;
  } ruleNames[] = {
#include "MiniTorch/Dialect/Mt/IR/RuleNames.cpp.inc"
  };
  static constexpr struct {
    StringLiteral name, target;
  } aliases[] = {
#include "MiniTorch/Dialect/Mt/IR/AtenAliases.cpp.inc"
  };
  std::string name = schema.name;
  for (const auto &alias : aliases)
    if (alias.name == StringRef(schema.name))
      name = ("aten::" + alias.target).str();
  auto *entry = llvm::lower_bound(
      ruleNames, StringRef(name),
      [](const auto &entry, StringRef name) { return entry.name < name; });
  return entry != std::end(ruleNames) && entry->name == name
             ? StringRef(entry->rule)
             : StringRef();
}

LogicalResult OperatorOp::inferTypes(SmallVectorImpl<Type> &results,
                                     std::string &reason) {
  if (const auto *entry = lookupGenericRule(getName()))
    return entry->rule(TypeRuleContext(getOperation(), results, reason));
  // An in-place operator returns the object that it writes; its shape and
  // dtype are those it had. Nothing is known of any other.
  const Schema *schema = lookupSchema(getName());
  for (auto [i, type] : llvm::enumerate(getResultTypes())) {
    Type result = type;
    if (schema && i < schema->results.size() && schema->results[i].isWrite)
      for (auto [j, argument] : llvm::enumerate(schema->arguments))
        if (argument.isWrite &&
            argument.aliasSet == schema->results[i].aliasSet &&
            j < getInputs().size() && TensorShape::of(getInputs()[j].getType()))
          result =
              TensorShape::of(getInputs()[j].getType())->getBoxed(getContext());
    results.push_back(result);
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Operators by name
//===----------------------------------------------------------------------===//

Operation *minitorch::mt::createOperator(OpBuilder &builder, Location loc,
                                         StringRef name, TypeRange resultTypes,
                                         ValueRange operands) {
  StringRef plain = name;
  plain.consume_front("aten::");
  std::string opName = ("mt.aten." + plain).str();
  if (name.starts_with("aten::") &&
      RegisteredOperationName::lookup(opName, builder.getContext())) {
    OperationState state(loc, opName);
    state.addTypes(resultTypes);
    state.addOperands(operands);
    return builder.create(state);
  }
  return OperatorOp::create(builder, loc, resultTypes, name, operands);
}
