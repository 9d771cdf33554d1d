//===- Statistics.cpp - Attributes that normalization writes ----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Functionalize/HiddenWrites.h"
#include "Attributes.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

namespace {
/// Follows values through branches whose conditions attributes decide, as
/// `self.training` does.
class AttributeFlow {
public:
  explicit AttributeFlow(ConstantAttributes constants) : constants(constants) {}

  /// What `value` is in the branches that are taken.
  Value resolve(Value value) {
    while (Operation *op = value.getDefiningOp()) {
      if (auto cast = dyn_cast<PrimUncheckedCastOp>(op)) {
        value = cast.getValue();
        continue;
      }
      auto ifOp = dyn_cast<PrimIfOp>(op);
      std::optional<bool> taken =
          ifOp ? evaluate(ifOp.getCondition()) : std::nullopt;
      if (!taken)
        break;
      value = (*taken ? ifOp.thenYield() : ifOp.elseYield())
                  .getValues()[cast<OpResult>(value).getResultNumber()];
    }
    return value;
  }

  /// The attributes that `value` may be.
  void collect(Value value, SmallVectorImpl<PrimGetAttrOp> &attributes) {
    value = resolve(value);
    if (auto get = value.getDefiningOp<PrimGetAttrOp>())
      attributes.push_back(get);
    if (auto ifOp = value.getDefiningOp<PrimIfOp>()) {
      unsigned number = cast<OpResult>(value).getResultNumber();
      collect(ifOp.thenYield().getValues()[number], attributes);
      collect(ifOp.elseYield().getValues()[number], attributes);
    }
  }

  std::optional<bool> evaluate(Value value) {
    value = resolve(value);
    if (std::optional<bool> known = getConstantBool(value))
      return known;
    Operation *op = value.getDefiningOp();
    if (auto get = dyn_cast_or_null<PrimGetAttrOp>(op)) {
      auto attribute = dyn_cast_or_null<IntegerAttr>(constants(get));
      if (attribute && attribute.getType().isInteger(1))
        return attribute.getValue().isOne();
      return std::nullopt;
    }
    const Schema *schema = op ? lookupSchema(op) : nullptr;
    if (!schema)
      return std::nullopt;
    if (schema->name == "aten::__not__") {
      std::optional<bool> operand = evaluate(op->getOperand(0));
      return operand ? std::optional<bool>(!*operand) : std::nullopt;
    }
    // A tensor attribute is not None.
    if (schema->name == "aten::__is__" || schema->name == "aten::__isnot__") {
      Value object = resolve(op->getOperand(0));
      if (isNone(op->getOperand(1)) &&
          isa_and_nonnull<ElementsAttr>(
              object.getDefiningOp<PrimGetAttrOp>()
                  ? constants(object.getDefiningOp<PrimGetAttrOp>())
                  : Attribute()))
        return schema->name == "aten::__isnot__";
    }
    return std::nullopt;
  }

private:
  ConstantAttributes constants;
};
} // namespace

SmallVector<PrimGetAttrOp> mt::getHiddenWrites(func::FuncOp entry,
                                               ConstantAttributes constants) {
  SmallVector<PrimGetAttrOp> written;
  AttributeFlow flow(constants);
  entry.walk([&](Operation *op) {
    if (!isNormWithStatistics(op) ||
        flow.evaluate(op->getOperand(NormOperand::UsesBatch)) == false)
      return;
    SmallVector<PrimGetAttrOp> statistics;
    for (unsigned i : {NormOperand::RunningMean, NormOperand::RunningVar})
      flow.collect(op->getOperand(i), statistics);
    // A layer that does not track them has None.
    llvm::copy_if(statistics, std::back_inserter(written),
                  [&](PrimGetAttrOp get) {
                    return isa_and_nonnull<ElementsAttr>(constants(get));
                  });
  });
  return written;
}
