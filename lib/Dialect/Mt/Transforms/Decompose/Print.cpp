//===- Print.cpp - print by its pieces ------------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "MiniTorch/Dialect/Mt/IR/DictKeys.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"
#include "TensorBuilder.h"

using namespace mlir;

namespace minitorch::mt {
namespace {

/// Collects what is written: text that is known now, and values.
class Pieces {
public:
  /// False where something cannot be written yet.
  bool add(Value value) {
    Type type = value.getType();
    if (auto str = getConstantStr(value)) {
      text += *str;
      return true;
    }
    if (isa<NoneType>(type)) {
      text += "None";
      return true;
    }
    if (std::optional<EnumMember> member = getConstantEnum(value)) {
      StringRef name = member->className.rsplit('.').second;
      text += ("Enum<" + (name.empty() ? member->className : name) + "." +
               member->name + ">")
                  .str();
      return true;
    }
    if (std::optional<llvm::SmallVector<Value>> elements =
            isa<ListType>(type) ? getListElements(value) : std::nullopt)
      return addAll(*elements, "[", "]");
    if (auto tuple = value.getDefiningOp<PrimTupleConstructOp>())
      return addAll(tuple.getElements(), "(",
                    tuple.getElements().size() == 1 ? ",)" : ")");
    if (auto dict = value.getDefiningOp<PrimDictConstructOp>();
        dict && hasKnownEntries(dict) && !mayBeWritten(dict))
      return addEntries(dict->getOperands());
    auto shape = TensorShape::of(type);
    bool isWritable = type.isF64() || type.isSignlessInteger(64) ||
                      type.isSignlessInteger(1) ||
                      (shape && shape->hasRank && shape->dtype &&
                       !isa<ComplexType>(shape->dtype));
    if (!isWritable)
      return false;
    flush();
    values.push_back({{}, value});
    return true;
  }
  void add(StringRef literal) { text += literal; }

  /// One mt.prim.write each.
  void write(PatternRewriter &rewriter, Location loc) {
    flush();
    for (auto &[literal, value] : values) {
      IntegerAttr dtype;
      if (!value)
        value = ConstantStrOp::create(
            rewriter, loc, StrType::get(rewriter.getContext()), literal);
      else if (auto shape = TensorShape::of(value.getType()))
        dtype = rewriter.getI64IntegerAttr(*getScalarTypeNumber(shape->dtype));
      PrimWriteOp::create(rewriter, loc, value, dtype);
    }
  }

private:
  bool addAll(ValueRange elements, StringRef open, StringRef close) {
    text += open;
    for (auto [i, element] : llvm::enumerate(elements)) {
      text += i ? ", " : "";
      if (!add(element))
        return false;
    }
    text += close;
    return true;
  }
  bool addEntries(ValueRange keysAndValues) {
    text += "{";
    for (size_t i = 0; i + 1 < keysAndValues.size(); i += 2) {
      text += i ? ", " : "";
      if (!add(keysAndValues[i]))
        return false;
      text += ": ";
      if (!add(keysAndValues[i + 1]))
        return false;
    }
    text += "}";
    return true;
  }
  void flush() {
    if (!text.empty())
      values.push_back({std::exchange(text, std::string()), Value()});
  }

  std::string text;
  llvm::SmallVector<std::pair<std::string, Value>> values;
};

/// print(a, b): the values with a space between, then a new line.
struct PrintDecomposition : OpRewritePattern<OperatorOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(OperatorOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getName() != "prim::Print")
      return rewriter.notifyMatchFailure(op, "it prints nothing");
    Pieces pieces;
    for (auto [i, value] : llvm::enumerate(op.getInputs())) {
      if (i)
        pieces.add(StringRef(" "));
      if (!pieces.add(value))
        return rewriter.notifyMatchFailure(op, "a value cannot be printed");
    }
    pieces.add(StringRef("\n"));
    pieces.write(rewriter, op.getLoc());
    rewriter.eraseOp(op);
    return success();
  }
};

} // namespace

void populatePrintDecompositions(RewritePatternSet &patterns) {
  patterns.add<PrintDecomposition>(patterns.getContext());
}

} // namespace minitorch::mt
