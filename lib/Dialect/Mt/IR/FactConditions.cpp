//===- FactConditions.cpp - When a fact about an operator holds -----------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;
using llvm::StringRef;

namespace {
/// True, false, or not known.
using Truth = std::optional<bool>;

/// An operator, and the operand that a fact is about.
class Conditions {
public:
  Conditions(Operation *op, unsigned operand)
      : op(op), schema(*lookupSchema(op)), operand(op->getOperand(operand)),
        shape(TensorShape::of(this->operand.getType())),
        result(op->getNumResults() == 1
                   ? TensorShape::of(op->getResult(0).getType())
                   : std::nullopt) {}

  Truth eval() const;
  Truth hasOneElement() const;
  Truth hasRankAtLeast(int64_t rank) const;
  Truth isReal() const;
  Truth joinsOneDim() const;
  Truth keepsDtype() const;
  Truth keepsFormat() const;
  Truth keepsSizes() const;
  Truth observesOnce() const;
  Truth resultHasNoDims() const;
  /// A flag of the operator.
  Truth isSet(StringRef name) const {
    Value flag = getOperand(name);
    return flag ? getConstantBool(flag) : std::nullopt;
  }
  Value getOperand(StringRef name) const {
    int index = schema.getArgumentIndex(name);
    return index >= 0 ? op->getOperand(index) : Value();
  }

private:
  Operation *op;
  const Schema &schema;
  Value operand;
  std::optional<TensorShape> shape, result;
};
} // namespace

static Truth both(Truth a, Truth b) {
  if (a == false || b == false)
    return false;
  return a && b ? Truth(true) : std::nullopt;
}

static Truth negate(Truth a) { return a ? Truth(!*a) : std::nullopt; }

/// Dropout that drops nothing: outside of training, at a probability of zero,
/// or of a tensor without elements. (Only static sizes are taken to be zero:
/// what is written to no elements, nobody sees.)
Truth Conditions::eval() const {
  Truth trains = isSet("train");
  if (trains == false)
    return true;
  if (shape && shape->hasRank && llvm::is_contained(shape->sizes, 0))
    return true;
  Value probability = getOperand("p");
  std::optional<double> p =
      probability ? getConstantFloat(probability) : std::nullopt;
  if (p == 0.0)
    return true;
  return trains && p ? Truth(false) : std::nullopt;
}

Truth Conditions::hasOneElement() const {
  auto elements = getListElements(operand);
  return elements ? Truth(elements->size() == 1) : std::nullopt;
}

Truth Conditions::hasRankAtLeast(int64_t rank) const {
  return shape && shape->hasRank ? Truth(shape->getRank() >= rank)
                                 : std::nullopt;
}

Truth Conditions::isReal() const {
  return shape && shape->dtype ? Truth(!isa<ComplexType>(shape->dtype))
                               : std::nullopt;
}

/// Whether a `flatten` has one dim to join.
Truth Conditions::joinsOneDim() const {
  Value first = getOperand("start_dim"), last = getOperand("end_dim");
  std::optional<int64_t> start = first ? getConstantInt(first) : std::nullopt;
  std::optional<int64_t> end = last ? getConstantInt(last) : std::nullopt;
  if (!shape || !shape->hasRank || !start || !end)
    return std::nullopt;
  int64_t rank = shape->getRank();
  return rank > 0 && wrapDim(*start, rank) == wrapDim(*end, rank);
}

/// Whether the result, if it is a copy, may lie as its operand does.
Truth Conditions::keepsFormat() const {
  constexpr int64_t preserve = 1;
  Value format = getOperand("memory_format");
  if (!format || isNone(format) || getConstantInt(format) == preserve)
    return true;
  return std::nullopt;
}

/// Whether a conversion has nothing to do: it converts to the dtype that there
/// is, and nobody asks for a copy.
Truth Conditions::keepsDtype() const {
  Value dtype = getOperand("dtype");
  Type from = shape ? shape->dtype : Type();
  Type to = result ? result->dtype : Type();
  if (!to && dtype)
    if (std::optional<int64_t> number = getConstantInt(dtype))
      to = getScalarType(op->getContext(), *number);
  Truth same;
  if (dtype && isNone(dtype))
    same = true;
  else if (from && to)
    same = from == to;
  Truth copies = getOperand("copy") ? isSet("copy") : false;
  return both(same, both(negate(copies), keepsFormat()));
}

Truth Conditions::keepsSizes() const {
  if (!shape || !result || !shape->hasRank || !result->hasRank)
    return std::nullopt;
  if (shape->getRank() != result->getRank())
    return false;
  Truth same = true;
  for (auto [from, to] : llvm::zip(shape->sizes, result->sizes)) {
    bool isKnown = !ShapedType::isDynamic(from) && !ShapedType::isDynamic(to);
    same = both(same, isKnown ? Truth(from == to) : std::nullopt);
  }
  return same;
}

/// Weights of one kind, and one observation: the last dim's size.
Truth Conditions::observesOnce() const {
  Value frequencies = getOperand("fweights"), weights = getOperand("aweights");
  if (frequencies && weights && isNone(frequencies) == isNone(weights))
    return false;
  if (!shape || !shape->hasRank)
    return std::nullopt;
  int64_t count = shape->getRank() == 0 ? 1 : shape->sizes.back();
  return ShapedType::isDynamic(count) ? std::nullopt : Truth(count == 1);
}

Truth Conditions::resultHasNoDims() const {
  if (result && result->hasRank)
    return result->getRank() == 0;
  Value size = getOperand("size");
  auto sizes = size ? getIntList(size) : std::nullopt;
  return sizes && sizes->empty() ? Truth(true) : std::nullopt;
}

std::optional<bool> mt::holds(FactCondition condition, Operation *op,
                              unsigned operand, LayoutConditions layouts) {
  Conditions conditions(op, operand);
  switch (condition) {
  case FactCondition::Always:
    return true;
  case FactCondition::Never:
    return false;
  case FactCondition::Contiguous:
  case FactCondition::OneContiguous:
  case FactCondition::Viewable:
    return layouts ? layouts(condition) : std::nullopt;
  // What only a caller knows: sparse tensors, other devices, pinned memory,
  // lazy conjugation.
  case FactCondition::Coalesced:
  case FactCondition::Pinned:
  case FactCondition::Resolved:
  case FactCondition::SameDevice:
    return std::nullopt;
  case FactCondition::Eval:
    return conditions.eval();
  case FactCondition::NoDims:
    return conditions.resultHasNoDims();
  case FactCondition::NoSize: {
    Value size = conditions.getOperand("size");
    return size ? Truth(isNone(size)) : std::nullopt;
  }
  case FactCondition::OneDim:
    return conditions.joinsOneDim();
  case FactCondition::OneObservation:
    return conditions.observesOnce();
  case FactCondition::OneTensor:
    return conditions.hasOneElement();
  case FactCondition::Rank1:
    return conditions.hasRankAtLeast(1);
  case FactCondition::Rank2:
    return conditions.hasRankAtLeast(2);
  case FactCondition::Rank3:
    return conditions.hasRankAtLeast(3);
  case FactCondition::Real:
    return conditions.isReal();
  case FactCondition::RealScalar:
    return both(conditions.isReal(), negate(conditions.hasRankAtLeast(1)));
  case FactCondition::SameDtype:
    return conditions.keepsDtype();
  case FactCondition::SameSizes:
    return conditions.keepsSizes();
  case FactCondition::Scalar:
    return negate(conditions.hasRankAtLeast(1));
  case FactCondition::Training:
    return conditions.isSet("training");
  case FactCondition::UseInputStats:
    return conditions.isSet("use_input_stats");
  }
  llvm_unreachable("unknown condition");
}
