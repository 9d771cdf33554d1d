//===- Fields.cpp - Types of what instances hold ----------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which instance an access is to is not known, so a field has one type for all
// instances: the join of all that is stored there. Only tensors, and None where
// one may be, have more precise types than the class declares.
//
//===----------------------------------------------------------------------===//

#include "InferTypes.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/Instances.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

/// `declared`, where `known` says more of the tensors in it.
static Type refineField(Type declared, Type known) {
  if (!known || declared == known)
    return declared;
  if (TensorShape::of(declared))
    return TensorShape::of(known) ? known : declared;
  if (auto optional = dyn_cast<OptionalType>(declared)) {
    if (!TensorShape::of(optional.getElementType()))
      return declared;
    auto inner = dyn_cast<OptionalType>(known);
    bool isTensor =
        TensorShape::of(inner ? inner.getElementType() : known).has_value();
    return isTensor || isa<mt::NoneType>(known) ? known : declared;
  }
  auto a = dyn_cast<mt::TupleType>(declared),
       b = dyn_cast<mt::TupleType>(known);
  if (!a || !b || a.getTypes().size() != b.getTypes().size())
    return declared;
  SmallVector<Type> types;
  for (auto [x, y] : llvm::zip(a.getTypes(), b.getTypes()))
    types.push_back(refineField(x, y));
  return mt::TupleType::get(a.getContext(), types, a.getName(),
                            a.getFieldNames());
}

static std::pair<Attribute, int64_t> getField(Operation *op) {
  return {op->getAttr(classAttrName),
          op->getAttrOfType<IntegerAttr>(fieldAttrName).getInt()};
}

void FieldTypes::store(PrimSetAttrOp op) {
  // What is never read.
  if (op.getValue().getDefiningOp<PrimUninitializedOp>())
    return;
  Type &type = stored[getField(op)];
  type = joinTypes(type, op.getValue().getType());
}

Type FieldTypes::load(PrimGetAttrOp op) {
  auto field = getField(op);
  Type declared = op.getType();
  Type known =
      isOpen ? Type() : joinTypes(assumed.lookup(field), stored.lookup(field));
  Type type = refineField(declared, known);
  Type &sofar = read[field];
  sofar = joinTypes(sofar, known);
  return type;
}

bool FieldTypes::startOver() {
  bool again = false;
  for (auto &[field, type] : read) {
    Type all = joinTypes(type, stored.lookup(field));
    again |= all != type;
    assumed[field] = all;
  }
  read.clear();
  stored.clear();
  return again && !isOpen;
}

/// `type` without what is known of the tensors in it.
static Type forgetTensors(Type type) {
  MLIRContext *context = type.getContext();
  if (TensorShape::of(type))
    return mt::TensorType::getUnknown(context);
  if (auto list = dyn_cast<ListType>(type))
    return ListType::get(forgetTensors(list.getElementType()));
  if (auto optional = dyn_cast<OptionalType>(type))
    return OptionalType::get(forgetTensors(optional.getElementType()));
  if (auto dict = dyn_cast<DictType>(type))
    return DictType::get(context, dict.getKeyType(),
                         forgetTensors(dict.getValueType()));
  if (auto tuple = dyn_cast<mt::TupleType>(type)) {
    SmallVector<Type> types;
    for (Type each : tuple.getTypes())
      types.push_back(forgetTensors(each));
    return mt::TupleType::get(context, types, tuple.getName(),
                              tuple.getFieldNames());
  }
  return type;
}

/// Whether a list or dict is in it, so that its contents may change.
static bool holdsContainer(Type type) {
  bool holds = false;
  type.walk([&](Type each) { holds |= isa<ListType, DictType>(each); });
  return holds;
}

LogicalResult TypeInference::visitField(Operation *op) {
  if (!op->hasAttr(fieldAttrName))
    return success();
  if (auto get = dyn_cast<PrimGetAttrOp>(op)) {
    get.getResult().setType(fields.load(get));
    return success();
  }
  auto set = cast<PrimSetAttrOp>(op);
  Value value = set.getValue();
  Type type = value.getType(), plain = forgetTensors(type);
  // Tensors of other types may get into a list by way of the field.
  if (holdsContainer(type) && plain != type) {
    auto list = value.getDefiningOp<PrimListConstructOp>();
    auto dict = value.getDefiningOp<PrimDictConstructOp>();
    bool isOnly = (list && !holdsContainer(list.getType().getElementType())) ||
                  (dict && !holdsContainer(dict.getType().getValueType()));
    for (OpOperand &use : value.getUses()) {
      Operation *user = use.getOwner();
      isOnly &= isa<PrimSetAttrOp, func::ReturnOp>(user) ||
                (isa<OperatorOp>(user) &&
                 !keepsOperand(user, use.getOperandNumber()));
    }
    if (!isOnly)
      return op->emitError()
             << "attribute '" << set.getName()
             << "' gets a list of tensors that has other names; this is not "
                "supported yet";
    value.setType(plain);
    if (auto it = elementTypes.find(value); it != elementTypes.end())
      it->second = isa<ListType>(plain) ? cast<ListType>(plain).getElementType()
                                        : cast<DictType>(plain).getValueType();
    // Reads in front of this, in an earlier turn of a loop.
    elementTypesChanged |= value.getParentBlock() != op->getBlock();
  }
  fields.store(set);
  return success();
}
