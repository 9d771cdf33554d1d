//===- IsInstance.cpp - What is of which type, when compiling ---*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What lib/Runtime/Types.cpp answers when the program runs, as far as it is
// known now.
//
//===----------------------------------------------------------------------===//

#include "InferTypes.h"
#include "MiniTorch/Dialect/Mt/IR/TypeNames.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

/// Whether every value that is declared `type` is of type `other`.
static bool isSubtype(Type type, Type other) {
  if (isa<AnyType>(other) || getTypeName(type) == getTypeName(other))
    return true;
  auto isPart = [&](Type part) { return isSubtype(type, part); };
  if (auto optional = dyn_cast<OptionalType>(type))
    return isSubtype(mt::NoneType::get(type.getContext()), other) &&
           isSubtype(optional.getElementType(), other);
  if (auto each = dyn_cast<UnionType>(type))
    return llvm::all_of(each.getTypes(),
                        [&](Type part) { return isSubtype(part, other); });
  if (auto optional = dyn_cast<OptionalType>(other))
    return isa<mt::NoneType>(type) || isPart(optional.getElementType());
  if (auto each = dyn_cast<UnionType>(other))
    return llvm::any_of(each.getTypes(), isPart);
  if (isa<NumberType>(other))
    return type.isSignlessInteger(64) || type.isF64() || isa<ComplexType>(type);
  auto a = dyn_cast<mt::TupleType>(type), b = dyn_cast<mt::TupleType>(other);
  if (!a || !b || a.getTypes().size() != b.getTypes().size() ||
      (b.getName() && a.getFieldNames() != b.getFieldNames()))
    return false;
  return llvm::all_of(llvm::zip(a.getTypes(), b.getTypes()), [](auto pair) {
    return isSubtype(std::get<0>(pair), std::get<1>(pair));
  });
}

static std::optional<bool> isInstanceOf(Value value, Type type, Type candidate);

/// A plain tuple is what is in it, and may be a named one by another name:
/// where it is made, that is known.
static std::optional<bool> isTuple(Value value, mt::TupleType candidate) {
  auto construct = value
                       ? stripCasts(value).getDefiningOp<PrimTupleConstructOp>()
                       : PrimTupleConstructOp();
  if (!construct)
    return std::nullopt;
  auto type = cast<mt::TupleType>(construct.getType());
  if (type.getName())
    return isSubtype(type, candidate);
  if (candidate.getName() ||
      type.getTypes().size() != candidate.getTypes().size())
    return false;
  std::optional<bool> all = true;
  for (auto [element, part] :
       llvm::zip(construct.getElements(), candidate.getTypes())) {
    auto is = isInstanceOf(element, element.getType(), part);
    if (is == false)
      return false;
    if (!is)
      all = std::nullopt;
  }
  return all;
}

/// Whether `value`, if there is one, is a `candidate`, being of type `type`.
static std::optional<bool> isInstanceOf(Value value, Type type,
                                        Type candidate) {
  if (isa<AnyType>(candidate))
    return true;
  if (isa<AnyType>(type))
    return std::nullopt;
  // Of an object of an interface, its type does not say the class.
  if (isa<ObjectType>(type) && isa<ObjectType>(candidate) && candidate != type)
    return std::nullopt;
  // One answer for all that it may be.
  if (isa<OptionalType, UnionType, NumberType>(type)) {
    SmallVector<Type> members;
    MLIRContext *context = type.getContext();
    if (auto optional = dyn_cast<OptionalType>(type))
      members = {optional.getElementType(), mt::NoneType::get(context)};
    else if (auto each = dyn_cast<UnionType>(type))
      llvm::append_range(members, each.getTypes());
    else
      return std::nullopt;
    std::optional<bool> answer;
    for (auto [i, member] : llvm::enumerate(members)) {
      auto is = isInstanceOf(Value(), member, candidate);
      if (!is || (i && is != answer))
        return std::nullopt;
      answer = is;
    }
    return answer;
  }
  auto anyOf = [&](ArrayRef<Type> parts) {
    std::optional<bool> any = false;
    for (Type part : parts) {
      auto is = isInstanceOf(value, type, part);
      if (is == true)
        return is;
      if (!is)
        any = std::nullopt;
    }
    return any;
  };
  if (auto optional = dyn_cast<OptionalType>(candidate))
    return anyOf(
        {mt::NoneType::get(type.getContext()), optional.getElementType()});
  if (auto each = dyn_cast<UnionType>(candidate))
    return anyOf(each.getTypes());
  if (isa<mt::TupleType>(type) && isa<mt::TupleType>(candidate))
    return isTuple(value, cast<mt::TupleType>(candidate));
  return isSubtype(type, candidate);
}

std::optional<bool> mt::isInstance(Value value, ArrayAttr types) {
  std::optional<bool> any = false;
  for (Attribute attr : types) {
    std::optional<bool> is;
    Type type = value.getType();
    bool mayBeAny = isa<OptionalType, AnyType, UnionType>(type);
    if (auto typeAttr = dyn_cast<TypeAttr>(attr))
      is = isInstanceOf(value, type, typeAttr.getValue());
    else if (auto word = dyn_cast<StringAttr>(attr); word && !mayBeAny)
      is = word.getValue() == "list" ? isa<ListType>(type)
                                     : isa<mt::TupleType>(type);
    if (is == true)
      return true;
    if (!is)
      any = std::nullopt;
  }
  return any;
}
