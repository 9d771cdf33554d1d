//===- RuntimeLists.cpp - Lists known only at run time ----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Where all that is known of a program's types does not tell how many pieces a
// split has, its list is filled in a loop.
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace minitorch::mt {
namespace {

/// The tensor and the dim that an operator splits.
struct Split {
  Value x;
  int64_t dim;
  Value size;
};
std::optional<Split> getSplit(TensorBuilder &b, Value x, Value dimOperand) {
  std::optional<int64_t> rank = getRank(x), dim = getConstantInt(dimOperand);
  if (!rank || *rank == 0 || !getDtype(x) || !dim || !wrapDim(*dim, *rank))
    return std::nullopt;
  dim = wrapDim(*dim, *rank);
  return Split{x, *dim, b.size(x, *dim)};
}

/// [piece(0), piece(1), ... piece(count - 1)]; `drops` says whether a piece is
/// without the dim that is split.
Value fillList(TensorBuilder &b, Split split, Value count, bool drops,
               llvm::function_ref<Value(Value)> piece) {
  SmallVector<int64_t> sizes;
  for (int64_t dim = 0; dim < *getRank(split.x); ++dim) {
    if (dim != split.dim)
      sizes.push_back(
          getStaticSize(split.x, dim).value_or(ShapedType::kDynamic));
    else if (!drops)
      sizes.push_back(ShapedType::kDynamic);
  }
  Type element = TensorType::get(b.getRewriter().getContext(), sizes,
                                 /*hasRank=*/true, getDtype(split.x));
  Value list = b.list({}, element);
  b.loop(count, {}, [&](Value i, ValueRange) {
    OperatorOp::create(b.getRewriter(), b.getLoc(), list.getType(),
                       "aten::append.t",
                       ValueRange{list, b.cast(piece(i), element)});
    return SmallVector<Value>();
  });
  return list;
}

/// Pieces of `step`, the last one smaller.
Value fillBySteps(TensorBuilder &b, Split split, Value step, Value count) {
  Value one = b.constant(int64_t(1));
  return fillList(b, split, count, /*drops=*/false, [&](Value i) {
    Value start = b.mulInt(i, step), end = b.mulInt(b.addInt(i, one), step);
    return b.slice(split.x, split.dim, start, b.minInt(end, split.size));
  });
}

Value compareWithZero(TensorBuilder &b, arith::CmpIPredicate predicate,
                      Value x) {
  return b.getRewriter().createOrFold<arith::CmpIOp>(b.getLoc(), predicate, x,
                                                     b.constant(int64_t(0)));
}

/// Raises unless `count`, a number of pieces, is at least one.
void requirePositive(TensorBuilder &b, Value count, StringRef message) {
  b.raiseUnless(compareWithZero(b, arith::CmpIPredicate::sgt, count), message,
                count);
}

/// split.Tensor(x, n, dim): at least one piece
FormulaResult split(TensorBuilder &b, ValueRange in) {
  std::optional<Split> split = getSplit(b, in[0], in[2]);
  if (!split)
    return std::nullopt;
  Value one = b.constant(int64_t(1));
  b.raiseUnless(compareWithZero(b, arith::CmpIPredicate::sge, in[1]),
                "split expects split_size be non-negative, but got "
                "split_size={}",
                in[1]);
  b.raiseUnless(b.getRewriter().createOrFold<arith::OrIOp>(
                    b.getLoc(),
                    compareWithZero(b, arith::CmpIPredicate::ne, in[1]),
                    compareWithZero(b, arith::CmpIPredicate::eq, split->size)),
                "split_size can only be 0 if dimension size is 0, but got "
                "dimension size of {}",
                split->size);
  Value count = b.ceilDivInt(split->size, b.maxInt(in[1], one));
  return {{fillBySteps(b, *split, in[1], b.maxInt(count, one))}};
}

/// chunk(x, n, dim): as a split by ceil(size / n); of nothing there are n
FormulaResult chunk(TensorBuilder &b, ValueRange in) {
  std::optional<Split> split = getSplit(b, in[0], in[2]);
  if (!split)
    return std::nullopt;
  Value one = b.constant(int64_t(1));
  requirePositive(b, in[1],
                  "chunk expects `chunks` to be greater than 0, got: {}");
  Value step = b.ceilDivInt(split->size, b.maxInt(in[1], one));
  Value count = b.ceilDivInt(split->size, b.maxInt(step, one));
  Value isEmpty = compareWithZero(b, arith::CmpIPredicate::eq, split->size);
  count = b.getRewriter().createOrFold<arith::SelectOp>(b.getLoc(), isEmpty,
                                                        in[1], count);
  return {{fillBySteps(b, *split, step, count)}};
}

/// unbind(x, dim)
FormulaResult unbind(TensorBuilder &b, ValueRange in) {
  std::optional<Split> split = getSplit(b, in[0], in[1]);
  if (!split)
    return std::nullopt;
  return {{fillList(b, *split, split->size, /*drops=*/true, [&](Value i) {
    return b.select(split->x, split->dim, i);
  })}};
}

/// tensor_split(x, n, dim): n pieces, the first size % n of them one longer
Value fillSections(TensorBuilder &b, Split split, Value count) {
  Value one = b.constant(int64_t(1));
  requirePositive(b, count, "number of sections must be larger than 0, got {}");
  count = b.maxInt(count, one);
  Value least = b.floorDivInt(split.size, count);
  Value longer = b.subInt(split.size, b.mulInt(least, count));
  auto bound = [&](Value i) {
    return b.addInt(b.mulInt(i, least), b.minInt(i, longer));
  };
  return fillList(b, split, count, /*drops=*/false, [&](Value i) {
    return b.slice(split.x, split.dim, bound(i), bound(b.addInt(i, one)));
  });
}
FormulaResult splitSections(TensorBuilder &b, ValueRange in) {
  std::optional<Split> split = getSplit(b, in[0], in[2]);
  if (!split)
    return std::nullopt;
  return {{fillSections(b, *split, in[1])}};
}

/// tensor_split(x, t, dim): t is the number of pieces, or where they end
FormulaResult splitAtTensor(TensorBuilder &b, ValueRange in) {
  std::optional<Split> split = getSplit(b, in[0], in[2]);
  std::optional<int64_t> rank = getRank(in[1]);
  if (!split || !rank || *rank > 1)
    return std::nullopt;
  if (*rank == 0)
    return {{fillSections(b, *split, b.itemInt(in[1]))}};
  Type i64 = b.getRewriter().getI64Type();
  Value zero = b.constant(int64_t(0)), one = b.constant(int64_t(1));
  Value bounds = b.cat({b.full({one}, zero, i64), b.toDtype(in[1], i64),
                        b.full({one}, split->size, i64)},
                       0);
  auto bound = [&](Value i) { return b.itemInt(b.select(bounds, 0, i)); };
  return {{fillList(b, *split, b.addInt(b.size(in[1], 0), one),
                    /*drops=*/false, [&](Value i) {
                      return b.slice(split->x, split->dim, bound(i),
                                     bound(b.addInt(i, one)));
                    })}};
}

constexpr NamedFormula formulas[] = {
    {"aten::chunk", chunk},
    {"aten::split.Tensor", split},
    {"aten::tensor_split.sections", splitSections},
    {"aten::tensor_split.tensor_indices_or_sections", splitAtTensor},
    {"aten::unbind.int", unbind},
};

} // namespace

void populateRuntimeListDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
}

} // namespace minitorch::mt
