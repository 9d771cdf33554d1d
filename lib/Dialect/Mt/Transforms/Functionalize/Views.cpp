//===- Views.cpp - Views taken again and written back -----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Views.h"
#include "../Checks.h"
#include "../Splits.h"
#include "../ViewMaps.h"
#include "MiniTorch/Dialect/Mt/IR/AtenOps.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace minitorch::mt;
using llvm::SmallVector;
using llvm::StringRef;

Value minitorch::mt::replayView(OpBuilder &builder, Operation *view,
                                unsigned operand, unsigned result,
                                Value parent) {
  Operation *copy = builder.clone(*view);
  copy->setOperand(operand, parent);
  return copy->getResult(result);
}

static Value constantInt(OpBuilder &builder, Location loc, int64_t value) {
  return arith::ConstantIntOp::create(builder, loc, value, 64);
}

Value minitorch::mt::intList(OpBuilder &builder, Location loc,
                             llvm::ArrayRef<int64_t> values) {
  SmallVector<Value> elements;
  for (int64_t value : values)
    elements.push_back(constantInt(builder, loc, value));
  return PrimListConstructOp::create(
      builder, loc, ListType::get(builder.getI64Type()), elements);
}

/// `contents` at the sizes of `parent`.
static Value viewLike(OpBuilder &builder, Location loc, Value contents,
                      Value parent) {
  auto shape = TensorShape::of(parent.getType());
  if (shape && shape->hasRank && !ShapedType::isDynamicShape(shape->sizes))
    return createOperator(builder, loc, "aten::view", parent.getType(),
                          {contents, intList(builder, loc, shape->sizes)})
        ->getResult(0);
  return createOperator(builder, loc, "aten::reshape_as", parent.getType(),
                        {contents, parent})
      ->getResult(0);
}

/// start + length as the end of a slice: a start counted from the back may
/// reach the very end, which is not 0.
static Value getSliceEnd(OpBuilder &builder, Location loc, Value start,
                         Value length) {
  Value end = arith::AddIOp::create(builder, loc, start, length);
  Value zero = constantInt(builder, loc, 0);
  Value fromBack = arith::CmpIOp::create(
      builder, loc, arith::CmpIPredicate::slt, start, zero);
  Value atEnd =
      arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, end, zero);
  Value both = arith::AndIOp::create(builder, loc, fromBack, atEnd);
  Value last = constantInt(builder, loc, std::numeric_limits<int64_t>::max());
  return arith::SelectOp::create(builder, loc, both, last, end);
}

/// One number goes into all elements, also into those that are one in memory.
/// Null for other contents.
static Value fillThrough(OpBuilder &builder, Location loc, Value parent,
                         Value contents) {
  Operation *fill = contents.getDefiningOp();
  if (!isa_and_nonnull<AtenFullLikeOp, AtenZerosLikeOp>(fill))
    return {};
  // A view without elements writes nothing.
  Type i64 = builder.getI64Type();
  Value count =
      createOperator(builder, loc, "aten::numel", i64, contents)->getResult(0);
  Value some = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne,
                                     count, constantInt(builder, loc, 0));
  auto ifOp = PrimIfOp::create(builder, loc, parent.getType(), some);
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&ifOp.getThenRegion());
  Operation *filled = builder.clone(*fill);
  filled->setOperand(0, parent);
  filled->getResult(0).setType(parent.getType());
  PrimYieldOp::create(builder, loc, filled->getResult(0));
  builder.createBlock(&ifOp.getElseRegion());
  PrimYieldOp::create(builder, loc, parent);
  return ifOp.getResult(0);
}

Value minitorch::mt::writeThroughView(OpBuilder &builder, Location loc,
                                      Operation *view, Value parent,
                                      Value contents, bool raises,
                                      std::string &reason) {
  const Schema *schema = lookupSchema(view);
  const ViewRule *rule = getViewRule(view);
  StringRef name = schema ? StringRef(schema->name) : StringRef();
  Type type = parent.getType();
  auto create = [&](StringRef op, ValueRange operands) {
    return createOperator(builder, loc, op, type, operands)->getResult(0);
  };
  // The operands after the tensor, with `contents` before them.
  auto scatter = [&](StringRef op) {
    SmallVector<Value> operands{parent, contents};
    llvm::append_range(operands, view->getOperands().drop_front());
    return create(op, operands);
  };
  auto refuse = [&](StringRef why) -> Value {
    reason = ("it is a view by '" + name + "', " + why).str();
    return {};
  };
  auto shape = TensorShape::of(type);
  auto newShape = TensorShape::of(contents.getType());

  if (isMemoryView(view)) {
    auto sizes = getIntList(view->getOperand(1));
    auto strides = getIntList(view->getOperand(2));
    if (!sizes || !strides || sizes->size() != strides->size() ||
        ShapedType::isDynamicShape(*sizes) ||
        ShapedType::isDynamicShape(*strides) ||
        StridedView{*sizes, *strides, 0}.overlapsItself())
      return refuse("in which several elements may be one in memory");
    return scatter("aten::as_strided_scatter");
  }
  if (!rule || !shape || !newShape)
    return refuse("through which writing is not supported");
  if (!rule->scatter.empty())
    return scatter(rule->scatter);
  if (!rule->inverse.empty())
    return create(rule->inverse, contents);
  if (rule->keepsOrder && shape->dtype == newShape->dtype)
    return viewLike(builder, loc, contents, parent);
  if (int i = schema->getArgumentIndex("length"); i >= 0) {
    Value start = view->getOperand(i - 1), length = view->getOperand(i);
    return create("aten::slice_scatter",
                  {parent, contents, view->getOperand(i - 2), start,
                   getSliceEnd(builder, loc, start, length),
                   constantInt(builder, loc, 1)});
  }
  std::optional<ViewMap> map = getViewMap(view, *shape);
  if (!map)
    return refuse("whose dims are not known");
  if (auto inverse = map->getInversePermutation())
    return create("aten::permute", {contents, intList(builder, loc, *inverse)});
  bool repeats =
      llvm::any_of(map->dims, [](const ViewDim &dim) { return dim.mayRepeat; });
  if (!repeats)
    return refuse("through which writing is not supported");
  // Of known sizes, the places of the elements say it all.
  bool isKnown = !ShapedType::isDynamicShape(shape->sizes) &&
                 !ShapedType::isDynamicShape(newShape->sizes);
  if (Value filled =
          isKnown ? Value() : fillThrough(builder, loc, parent, contents))
    return filled;
  if (raises &&
      raiseUnlessSameSizes(
          builder, loc, parent, contents,
          "unsupported operation: more than one element of the written-to "
          "tensor refers to a single memory location. Please clone() the "
          "tensor before performing the operation."))
    return viewLike(builder, loc, contents, parent);
  return refuse("in which several elements may be one in memory");
}

Value minitorch::mt::writeToPositions(OpBuilder &builder, Location loc,
                                      Value root, Value contents,
                                      const StridedView &view) {
  return createOperator(builder, loc, "aten::as_strided_scatter",
                        root.getType(),
                        {root, contents, intList(builder, loc, view.sizes),
                         intList(builder, loc, view.strides),
                         constantInt(builder, loc, view.offset)})
      ->getResult(0);
}

Value minitorch::mt::writeThroughSplit(OpBuilder &builder, Location loc,
                                       Operation *split, int64_t index,
                                       Value parent, Value contents,
                                       std::string &reason) {
  const Schema *schema = lookupSchema(split);
  StringRef name = getSplitName(split);
  auto refuse = [&]() -> Value {
    reason = "it is a view by '" + schema->name +
             "', through which writing is not supported";
    return {};
  };
  if (index < 0)
    return refuse();
  if (name == "unbind")
    return createOperator(builder, loc, "aten::select_scatter",
                          parent.getType(),
                          {parent, contents, split->getOperand(1),
                           constantInt(builder, loc, index)})
        ->getResult(0);

  int dimIndex = schema->getArgumentIndex("dim");
  if (dimIndex < 0)
    return refuse();
  Value dim = split->getOperand(dimIndex);
  Value amount = split->getOperand(1);
  int64_t size = ShapedType::kDynamic;
  auto shape = TensorShape::of(parent.getType());
  if (std::optional<int64_t> at = getConstantInt(dim);
      at && shape && shape->hasRank)
    if (auto wrapped = wrapDim(*at, shape->getRank()))
      size = shape->sizes[*wrapped];

  Value start, end;
  std::optional<int64_t> from = getSplitStart(split, index, size);
  std::optional<int64_t> to = getSplitStart(split, index + 1, size);
  if (from && to) {
    start = constantInt(builder, loc, *from);
    end = constantInt(builder, loc, *to);
  } else if (amount.getType().isSignlessInteger(64) &&
             (name == "split" || name == "chunk")) {
    Value step = amount;
    if (name == "chunk") {
      // Parts of ceil(size / chunks).
      Value total = createOperator(builder, loc, "aten::size.int",
                                   builder.getI64Type(), {parent, dim})
                        ->getResult(0);
      step = arith::CeilDivSIOp::create(builder, loc, total, amount);
    }
    // A last part that is shorter ends where the tensor does.
    start = arith::MulIOp::create(builder, loc, step,
                                  constantInt(builder, loc, index));
    end = arith::AddIOp::create(builder, loc, start, step);
  }
  if (!start)
    return refuse();
  return createOperator(
             builder, loc, "aten::slice_scatter", parent.getType(),
             {parent, contents, dim, start, end, constantInt(builder, loc, 1)})
      ->getResult(0);
}
