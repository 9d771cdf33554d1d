//===- Einsum.cpp - einsum as batched matrix products -----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "TensorBuilder.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

// Operands are contracted from left to right. A label that no later operand and
// not the output has is summed as soon as it is not needed; what two operands
// share and the rest needs is a batch, what they share and nothing needs is
// contracted, so that each step is one batched matrix product.
// Source: the definition of torch.einsum.

namespace minitorch::mt {
namespace {

/// Labels are the letters' codes; the dimensions of an ellipsis are negative,
/// aligned at the last one.
using Labels = SmallVector<int>;

struct Equation {
  SmallVector<Labels> inputs;
  Labels output;
};

struct Term {
  Value tensor;
  Labels labels;
};

/// The labels of one side of an equation; `ellipsisRank` dimensions for `...`.
std::optional<Labels> parseLabels(StringRef text, int64_t ellipsisRank) {
  Labels labels;
  while (!text.empty()) {
    if (text.consume_front("...")) {
      for (int64_t i = ellipsisRank; i > 0; --i)
        labels.push_back(-static_cast<int>(i));
      continue;
    }
    if (!llvm::isAlpha(text.front()))
      return std::nullopt;
    labels.push_back(text.front());
    text = text.drop_front();
  }
  return labels;
}

std::optional<Equation> parseEquation(StringRef text, ValueRange operands) {
  std::string compact;
  for (char c : text)
    if (c != ' ')
      compact += c;
  auto [left, right] = StringRef(compact).split("->");
  bool hasOutput = StringRef(compact).contains("->");
  SmallVector<StringRef> parts;
  left.split(parts, ',');
  if (parts.size() != operands.size())
    return std::nullopt;
  Equation equation;
  int64_t largest = 0;
  for (auto [part, operand] : llvm::zip(parts, operands)) {
    std::optional<int64_t> rank = getRank(operand);
    if (!rank)
      return std::nullopt;
    int64_t named = llvm::count_if(part, llvm::isAlpha);
    int64_t rest = part.contains("...") ? *rank - named : 0;
    if (rest < 0)
      return std::nullopt;
    largest = std::max(largest, rest);
    std::optional<Labels> labels = parseLabels(part, rest);
    if (!labels || static_cast<int64_t>(labels->size()) != *rank)
      return std::nullopt;
    equation.inputs.push_back(*labels);
  }
  if (hasOutput) {
    std::optional<Labels> labels = parseLabels(right, largest);
    if (!labels)
      return std::nullopt;
    equation.output = *labels;
    return equation;
  }
  // Without an output: the ellipsis, then what occurs once, in order.
  for (int64_t i = largest; i > 0; --i)
    equation.output.push_back(-static_cast<int>(i));
  Labels once;
  for (char c : left)
    if (llvm::isAlpha(c) && left.count(c) == 1)
      once.push_back(c);
  llvm::sort(once);
  equation.output.append(once);
  return equation;
}

bool has(ArrayRef<int> labels, int label) {
  return llvm::is_contained(labels, label);
}

/// Sums the dimensions whose labels are not in `needed`.
Term sumUnneeded(TensorBuilder &b, Term term, ArrayRef<int> needed) {
  SmallVector<int64_t> dims;
  Labels kept;
  for (auto [dim, label] : llvm::enumerate(term.labels)) {
    if (has(needed, label))
      kept.push_back(label);
    else
      dims.push_back(dim);
  }
  if (dims.empty())
    return term;
  return {b.sum(term.tensor, dims, /*keepDim=*/false), kept};
}

/// The term with its dimensions in the order of `labels`.
Value permuteTo(TensorBuilder &b, const Term &term, ArrayRef<int> labels) {
  SmallVector<int64_t> order;
  for (int label : labels)
    order.push_back(llvm::find(term.labels, label) - term.labels.begin());
  if (llvm::equal(order, llvm::seq<int64_t>(0, order.size())))
    return term.tensor;
  return b.permute(term.tensor, order);
}

/// A label that repeats stands for a diagonal, which becomes the last
/// dimension.
Term takeDiagonals(TensorBuilder &b, Term term) {
  for (size_t i = 0; i < term.labels.size();) {
    int label = term.labels[i];
    auto it = std::find(term.labels.begin() + i + 1, term.labels.end(), label);
    if (it == term.labels.end()) {
      ++i;
      continue;
    }
    int64_t first = i, second = it - term.labels.begin();
    term.tensor =
        b.create<AtenDiagonalOp>({term.tensor, b.constant(int64_t(0)),
                                  b.constant(first), b.constant(second)});
    term.labels.erase(it);
    term.labels.erase(term.labels.begin() + i);
    term.labels.push_back(label);
  }
  return term;
}

/// A dimension of size one that broadcasts: as if it had no label.
Term dropUnits(TensorBuilder &b, Term term, const Term &other) {
  for (int64_t dim = static_cast<int64_t>(term.labels.size()) - 1; dim >= 0;
       --dim) {
    int label = term.labels[dim];
    auto it = llvm::find(other.labels, label);
    if (it == other.labels.end() || getStaticSize(term.tensor, dim) != 1 ||
        getStaticSize(other.tensor, it - other.labels.begin()) == 1)
      continue;
    term.tensor = b.squeeze(term.tensor, dim);
    term.labels.erase(term.labels.begin() + dim);
  }
  return term;
}

/// The product of two terms with the labels that `needed` has, as
/// [batch, left, contracted] @ [batch, contracted, right].
Term multiply(TensorBuilder &b, Term x, Term y, ArrayRef<int> needed) {
  x = dropUnits(b, x, y);
  y = dropUnits(b, y, x);
  auto neededWith = [&](const Labels &labels) {
    Labels all(needed.begin(), needed.end());
    all.append(labels);
    return all;
  };
  x = sumUnneeded(b, x, neededWith(y.labels));
  y = sumUnneeded(b, y, neededWith(x.labels));
  // A sum of integers is int64.
  Type dtypes[] = {getDtype(x.tensor), getDtype(y.tensor)};
  if (dtypes[0] != dtypes[1] &&
      llvm::all_of(dtypes, llvm::IsaAndPresentPred<IntegerType>)) {
    Type wide = b.getRewriter().getI64Type();
    x.tensor = b.toDtype(x.tensor, wide);
    y.tensor = b.toDtype(y.tensor, wide);
  }
  Labels batch, left, contracted, right;
  for (int label : x.labels) {
    if (!has(y.labels, label))
      left.push_back(label);
    else if (has(needed, label))
      batch.push_back(label);
    else
      contracted.push_back(label);
  }
  for (int label : y.labels)
    if (!has(x.labels, label))
      right.push_back(label);

  auto join = [](ArrayRef<Labels> lists) {
    Labels all;
    for (const Labels &list : lists)
      all.append(list);
    return all;
  };
  Value lhs = permuteTo(b, x, join({batch, left, contracted}));
  Value rhs = permuteTo(b, y, join({batch, contracted, right}));
  if (contracted.empty()) {
    // Nothing is summed: a product that broadcasts, and promotes.
    for (size_t i = 0; i < right.size(); ++i)
      lhs = b.unsqueeze(lhs, -1);
    for (size_t i = 0; i < left.size(); ++i)
      rhs = b.unsqueeze(rhs, static_cast<int64_t>(batch.size()));
    return {b.mul(lhs, rhs), join({batch, left, right})};
  }
  // Sizes of the pieces, and of their products.
  SmallVector<Value> lhsSizes = b.sizes(lhs), rhsSizes = b.sizes(rhs);
  auto product = [&](ArrayRef<Value> sizes) {
    Value total = b.constant(int64_t(1));
    for (Value size : sizes)
      total = b.mulInt(total, size);
    return total;
  };
  ArrayRef<Value> batchSizes = ArrayRef(lhsSizes).take_front(batch.size());
  ArrayRef<Value> leftSizes =
      ArrayRef(lhsSizes).slice(batch.size(), left.size());
  ArrayRef<Value> rightSizes = ArrayRef(rhsSizes).take_back(right.size());
  Value n = product(batchSizes);
  Value k = product(ArrayRef(lhsSizes).take_back(contracted.size()));
  Value result =
      b.create<AtenBmmOp>({b.reshape(lhs, {n, product(leftSizes), k}),
                           b.reshape(rhs, {n, k, product(rightSizes)})});
  SmallVector<Value> sizes(batchSizes);
  sizes.append(leftSizes.begin(), leftSizes.end());
  sizes.append(rightSizes.begin(), rightSizes.end());
  return {b.reshape(result, sizes), join({batch, left, right})};
}

struct EinsumDecomposition : OpRewritePattern<AtenEinsumOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenEinsumOp op,
                                PatternRewriter &rewriter) const override {
    std::optional<StringRef> text = getConstantStr(op.getEquation());
    std::optional<SmallVector<Value>> operands =
        getListElements(op.getTensors());
    if (!text || !operands || operands->empty())
      return rewriter.notifyMatchFailure(
          op, "the equation or the operands are not known");
    std::optional<Equation> equation = parseEquation(*text, *operands);
    if (!equation)
      return rewriter.notifyMatchFailure(
          op, "the equation does not fit the ranks of the operands");
    auto repeats = [](const Labels &labels) {
      for (auto [i, label] : llvm::enumerate(labels))
        if (has(ArrayRef(labels).drop_front(i + 1), label))
          return true;
      return false;
    };
    if (repeats(equation->output))
      return rewriter.notifyMatchFailure(op, "a label repeats in the output");
    for (int label : equation->output)
      if (llvm::none_of(equation->inputs, [&](const Labels &labels) {
            return has(labels, label);
          }))
        return rewriter.notifyMatchFailure(op, "an output label has no input");

    TensorBuilder b(rewriter, op.getLoc());
    SmallVector<Term> terms;
    for (auto [operand, labels] : llvm::zip(*operands, equation->inputs))
      terms.push_back(takeDiagonals(b, {operand, labels}));
    Term term = terms.front();
    for (size_t i = 1; i < operands->size(); ++i) {
      Labels needed = equation->output;
      for (const Term &later : ArrayRef(terms).drop_front(i + 1))
        needed.append(later.labels);
      term = multiply(b, term, terms[i], needed);
    }
    term = sumUnneeded(b, term, equation->output);
    b.replace(op, permuteTo(b, term, equation->output));
    return success();
  }
};

} // namespace

void populateEinsumDecompositions(RewritePatternSet &patterns) {
  patterns.add<EinsumDecomposition>(patterns.getContext());
}

} // namespace minitorch::mt
