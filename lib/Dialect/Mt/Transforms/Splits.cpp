//===- Splits.cpp - Operators that split a tensor into views ----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Splits.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"

using namespace mlir;
using namespace minitorch::mt;
using llvm::StringRef;

int minitorch::mt::getSplitOperand(Operation *op) {
  auto schemaOp = dyn_cast<SchemaOpInterface>(op);
  if (!schemaOp || op->getNumResults() != 1 || op->getNumOperands() == 0 ||
      !isa<ListType>(op->getResult(0).getType()) ||
      !TensorShape::of(op->getOperand(0).getType()))
    return -1;
  bool isSplit = schemaOp.getAliasedOperand(0) == 0 &&
                 schemaOp.getResultRelation(0) == ResultRelation::View;
  return isSplit ? 0 : -1;
}

static int64_t divideCeil(int64_t size, int64_t by) {
  return (size + by - 1) / by;
}

StringRef minitorch::mt::getSplitName(Operation *split) {
  StringRef name = StringRef(lookupSchema(split)->name).split('.').first;
  name.consume_front("aten::");
  name.consume_front("unsafe_");
  return name;
}

/// The sum of the first `count` ints of a list, where they are known.
static std::optional<int64_t> sumUpTo(Value list, int64_t count) {
  auto ints = getIntList(list);
  if (!ints || count > static_cast<int64_t>(ints->size()))
    return std::nullopt;
  int64_t sum = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (ShapedType::isDynamic((*ints)[i]))
      return std::nullopt;
    sum += (*ints)[i];
  }
  return sum;
}

/// Whether the parts' sizes are listed.
static bool listsSizes(Operation *split) {
  StringRef name = getSplitName(split);
  return name == "split_with_sizes" ||
         (name == "split" &&
          !split->getOperand(1).getType().isSignlessInteger(64));
}

std::optional<int64_t>
minitorch::mt::getSplitStart(Operation *split, int64_t index, int64_t size) {
  StringRef name = getSplitName(split);
  Value amount = split->getOperand(1);
  if (listsSizes(split))
    return sumUpTo(amount, index);
  std::optional<int64_t> count = getConstantInt(amount);
  if (!count || ShapedType::isDynamic(size))
    return std::nullopt;
  if (name == "split")
    return std::min(index * *count, size);
  if (*count <= 0)
    return std::nullopt;
  if (name == "chunk")
    return std::min(divideCeil(size, *count) * index, size);
  if (lookupSchema(split)->name == "aten::tensor_split.sections")
    return size / *count * index + std::min(index, size % *count);
  return std::nullopt;
}

/// The dim that is split and its size (which may be dynamic).
static std::optional<std::pair<int64_t, int64_t>> getSplitDim(Operation *split,
                                                              Type source) {
  auto shape = TensorShape::of(source);
  int operand = lookupSchema(split)->getArgumentIndex("dim");
  if (operand < 0 || !shape || !shape->hasRank)
    return std::nullopt;
  std::optional<int64_t> dim = getConstantInt(split->getOperand(operand));
  dim = dim ? wrapDim(*dim, shape->getRank()) : std::nullopt;
  if (!dim || *dim >= shape->getRank())
    return std::nullopt;
  return std::make_pair(*dim, shape->sizes[*dim]);
}

/// How many parts there are of a dim of size `size`.
static std::optional<int64_t> getSplitCount(Operation *split, int64_t size) {
  if (listsSizes(split)) {
    auto ints = getIntList(split->getOperand(1));
    return ints ? std::optional<int64_t>(ints->size()) : std::nullopt;
  }
  std::optional<int64_t> amount = getConstantInt(split->getOperand(1));
  if (amount && *amount > 0 &&
      lookupSchema(split)->name == "aten::tensor_split.sections")
    return amount;
  if (ShapedType::isDynamic(size))
    return std::nullopt;
  StringRef name = getSplitName(split);
  if (name == "unbind")
    return size;
  if (!amount || *amount <= 0 || size == 0)
    return std::nullopt;
  if (name == "chunk")
    return divideCeil(size, divideCeil(size, *amount));
  return name == "split" ? std::optional<int64_t>(divideCeil(size, *amount))
                         : std::nullopt;
}

std::optional<int64_t> minitorch::mt::getPartCount(Operation *split) {
  auto dim = getSplitDim(split, split->getOperand(0).getType());
  return dim ? getSplitCount(split, dim->second) : std::nullopt;
}

std::optional<int64_t> minitorch::mt::getPartIndex(Operation *extraction,
                                                   unsigned result,
                                                   Operation *split) {
  if (isa<PrimListUnpackOp>(extraction))
    return result;
  std::optional<int64_t> index = getConstantInt(extraction->getOperand(1));
  if (!index || *index >= 0)
    return index;
  std::optional<int64_t> count = getPartCount(split);
  if (!count || *count + *index < 0)
    return std::nullopt;
  return *count + *index;
}

Type minitorch::mt::getPartType(Operation *split, int64_t index) {
  Type source = split->getOperand(0).getType();
  auto shape = TensorShape::of(source);
  auto dim = getSplitDim(split, source);
  if (!dim || !isa<minitorch::mt::TensorType>(source))
    return {};
  if (getSplitName(split) == "unbind") {
    shape->sizes.erase(shape->sizes.begin() + dim->first);
  } else {
    std::optional<int64_t> start = getSplitStart(split, index, dim->second);
    std::optional<int64_t> end = getSplitStart(split, index + 1, dim->second);
    shape->sizes[dim->first] =
        start && end ? *end - *start : ShapedType::kDynamic;
  }
  return shape->getBoxed(split->getContext());
}
