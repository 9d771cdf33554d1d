//===- Joins.cpp - Types of values from several places ----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InferTypes.h"
#include "MiniTorch/Dialect/Mt/IR/TypeNames.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

Type mt::joinTypes(Type a, Type b) {
  if (!a || a == b)
    return b;
  if (!b)
    return a;
  MLIRContext *context = a.getContext();
  auto shapeA = TensorShape::of(a), shapeB = TensorShape::of(b);
  if (shapeA && shapeB) {
    TensorShape joined;
    if (shapeA->dtype == shapeB->dtype)
      joined.dtype = shapeA->dtype;
    if (shapeA->hasRank && shapeB->hasRank &&
        shapeA->getRank() == shapeB->getRank()) {
      joined.hasRank = true;
      for (auto [x, y] : llvm::zip(shapeA->sizes, shapeB->sizes))
        joined.sizes.push_back(x == y ? x : ShapedType::kDynamic);
    }
    return joined.getBoxed(context);
  }
  // Lists of other elements have nothing in common.
  if (auto listA = dyn_cast<ListType>(a))
    if (auto listB = dyn_cast<ListType>(b))
      return getTypeName(a) == getTypeName(b)
                 ? Type(ListType::get(joinTypes(listA.getElementType(),
                                                listB.getElementType())))
                 : Type(AnyType::get(context));
  auto tupleA = dyn_cast<mt::TupleType>(a), tupleB = dyn_cast<mt::TupleType>(b);
  if (tupleA && tupleB &&
      tupleA.getTypes().size() == tupleB.getTypes().size()) {
    SmallVector<Type> types;
    for (auto [x, y] : llvm::zip(tupleA.getTypes(), tupleB.getTypes()))
      types.push_back(joinTypes(x, y));
    // Of two names, neither is that of both.
    if (tupleA.getName() != tupleB.getName())
      return mt::TupleType::get(context, types);
    return mt::TupleType::get(context, types, tupleA.getName(),
                              tupleA.getFieldNames());
  }
  // Which class, an instance says itself.
  if (isa<ObjectType>(a) && isa<ObjectType>(b))
    return ObjectType::get(context, FlatSymbolRefAttr::get(context, "object"));
  auto optionalOf = [&](Type type) -> Type {
    return isa<OptionalType>(type) ? cast<OptionalType>(type).getElementType()
                                   : type;
  };
  if (isa<mt::NoneType>(a))
    return OptionalType::get(optionalOf(b));
  if (isa<mt::NoneType>(b))
    return OptionalType::get(optionalOf(a));
  if (isa<OptionalType>(a) || isa<OptionalType>(b))
    return OptionalType::get(joinTypes(optionalOf(a), optionalOf(b)));
  return AnyType::get(context);
}

Type mt::contribution(Value value) {
  return value.getDefiningOp<PrimUninitializedOp>() ? Type() : value.getType();
}

void mt::giveTypes(MutableArrayRef<OpOperand> operands, TypeRange types) {
  for (auto [operand, type] : llvm::zip(operands, types)) {
    Value value = operand.get();
    if (value.getType() == type || !value.getDefiningOp<PrimUninitializedOp>())
      continue;
    // One is shared by all that need some value.
    OpBuilder builder(operand.getOwner());
    operand.set(PrimUninitializedOp::create(builder, value.getLoc(), type));
  }
}

Type mt::inFormOf(Type type, Type like) {
  auto shape = TensorShape::of(type);
  if (shape && isa<RankedTensorType>(like) && shape->hasRank && shape->dtype)
    return RankedTensorType::get(shape->sizes, shape->dtype);
  return type;
}

Type mt::refine(Type inferred, Type declared) {
  auto a = TensorShape::of(inferred), b = TensorShape::of(declared);
  if (!a || !b)
    return inferred;
  if (!a->dtype)
    a->dtype = b->dtype;
  if (!a->hasRank) {
    a->hasRank = b->hasRank;
    a->sizes = b->sizes;
  } else if (b->hasRank && a->getRank() == b->getRank()) {
    for (auto [x, y] : llvm::zip(a->sizes, b->sizes))
      if (ShapedType::isDynamic(x))
        x = y;
  }
  return inFormOf(a->getBoxed(inferred.getContext()), declared);
}

Type mt::joinElements(ArrayRef<Value> elements) {
  Type joined;
  for (Value element : elements)
    joined = joinTypes(joined, element.getType());
  return joined;
}

// isinstance asks what a list was declared to hold: only what is known of
// tensors is added to that.
Type mt::refineElement(Type declared, Type known) {
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
