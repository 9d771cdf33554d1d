//===- Linear.cpp - Type rules of products ----------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/DtypeErrors.h"
#include "Operands.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;

namespace minitorch::mt::type_rules {

/// The dtype of operators whose tensors must all have the same.
static Type getCommonDtype(ArrayRef<TensorShape> tensors) {
  for (const TensorShape &tensor : tensors)
    if (tensor.dtype)
      return tensor.dtype;
  return Type();
}

/// `2x3`
static std::string describeMatrix(int64_t rows, int64_t columns) {
  return describe({rows}).substr(1, describe({rows}).size() - 2) + "x" +
         describe({columns}).substr(1, describe({columns}).size() - 2);
}

/// Fails for dtypes that differ, as the kernel that PyTorch takes for these
/// ranks does: a product does not promote.
static LogicalResult checkDtypes(const TypeRuleContext &context,
                                 const TensorShape &a, const TensorShape &b) {
  if (!a.dtype || !b.dtype || a.dtype == b.dtype)
    return success();
  int64_t rankA = a.getRank(), rankB = b.getRank();
  if (rankA == 1 && rankB == 1)
    return context.fail("dot : expected both vectors to have same dtype, but "
                        "found " +
                        getDtypeName(a.dtype) + " and " +
                        getDtypeName(b.dtype));
  if (rankA > 2 && rankB > 2)
    return context.fail("expected scalar type " + getDtypeName(a.dtype) +
                        " but found " + getDtypeName(b.dtype));
  return context.fail("expected m1 and m2 to have the same dtype, but got: " +
                      getDtypeTypeName(a.dtype) +
                      " != " + getDtypeTypeName(b.dtype));
}

/// The same for sizes that differ.
static LogicalResult failSizes(const TypeRuleContext &context,
                               const TensorShape &a, const TensorShape &b) {
  int64_t rankA = a.getRank(), rankB = b.getRank(), last = a.sizes.back();
  if (rankA == 1 && rankB == 1)
    return context.fail("inconsistent tensor size, expected tensor " +
                        describe(a) + " and src " + describe(b) +
                        " to have the same number of elements, but got " +
                        Twine(last) + " and " + Twine(b.sizes[0]) +
                        " elements respectively");
  if (rankA == 2 && rankB == 1)
    return context.fail("size mismatch, got input (" + Twine(a.sizes[0]) +
                        "), mat (" + describeMatrix(a.sizes[0], last) +
                        "), vec (" + Twine(b.sizes[0]) + ")");
  int64_t rows = rankB > 1 ? b.sizes[rankB - 2] : b.sizes[0];
  if (rankA > 2 && rankB > 2) {
    int64_t count = multiplySizes(ArrayRef<int64_t>(a.sizes).drop_back(2));
    return context.fail("Expected size for first two dimensions of batch2 "
                        "tensor to be: " +
                        describe({count, last}) +
                        " but got: " + describe({count, rows}) + ".");
  }
  int64_t rowsA = multiplySizes(ArrayRef<int64_t>(a.sizes).drop_back());
  int64_t columnsB = rankB > 1 ? b.sizes.back() : 1;
  return context.fail("mat1 and mat2 shapes cannot be multiplied (" +
                      describeMatrix(rowsA, last) + " and " +
                      describeMatrix(rows, columnsB) + ")");
}

/// Fails unless the two sizes that a product contracts can be equal, and the
/// dtypes.
static LogicalResult checkContracted(const TypeRuleContext &context,
                                     const TensorShape &a, const TensorShape &b,
                                     int64_t sizeA, int64_t sizeB) {
  // PyTorch's matrix products look at the dtypes first, batches at the sizes.
  if (mergeSize(sizeA, sizeB))
    return checkDtypes(context, a, b);
  if (a.dtype && b.dtype && a.dtype != b.dtype && a.getRank() < 3)
    return checkDtypes(context, a, b);
  return failSizes(context, a, b);
}

/// Gives `tensor` rank `rank` if it has none; fails if it has another.
static LogicalResult assumeRank(const TypeRuleContext &context,
                                TensorShape &tensor, int64_t rank) {
  if (!tensor.hasRank)
    tensor = getDynamic(rank, tensor.dtype);
  if (tensor.getRank() == rank)
    return success();
  return context.fail("expected a tensor of rank " + Twine(rank) +
                      "; got shape " + describe(tensor));
}

/// torch.matmul of tensors of known ranks.
static LogicalResult getProduct(const TypeRuleContext &context,
                                const TensorShape &a, const TensorShape &b,
                                Sizes &sizes) {
  int64_t rankA = a.getRank(), rankB = b.getRank();
  if (rankA == 0 || rankB == 0)
    return context.fail("both arguments to matmul need to be at least 1D, but "
                        "they are " +
                        Twine(rankA) + "D and " + Twine(rankB) + "D");
  int64_t contractedB = rankB == 1 ? b.sizes[0] : b.sizes[rankB - 2];
  if (failed(checkContracted(context, a, b, a.sizes.back(), contractedB)))
    return failure();
  TensorShape batchA(
      ArrayRef<int64_t>(a.sizes).drop_back(std::min<int64_t>(rankA, 2)),
      a.dtype);
  TensorShape batchB(
      ArrayRef<int64_t>(b.sizes).drop_back(std::min<int64_t>(rankB, 2)),
      a.dtype);
  FailureOr<TensorShape> batch = broadcastShapes(batchA, batchB);
  if (failed(batch))
    return failBroadcast(context, batchA, batchB);
  sizes = batch->sizes;
  if (rankA > 1)
    sizes.push_back(a.sizes[rankA - 2]);
  if (rankB > 1)
    sizes.push_back(b.sizes[rankB - 1]);
  return success();
}

// matmul, and the products of given ranks: mm, bmm, mv, dot.
LogicalResult matmul(const TypeRuleContext &context) {
  TensorShape a = context.getTensor(0), b = context.getTensor(1);
  Type dtype = getCommonDtype({a, b});
  auto [rankA, rankB] =
      llvm::StringSwitch<std::pair<int64_t, int64_t>>(getSchemaName(context))
          .Case("aten::mm", {2, 2})
          .Case("aten::bmm", {3, 3})
          .Case("aten::mv", {2, 1})
          .Case("aten::dot", {1, 1})
          .Default({-1, -1});
  if (rankA != -1) {
    bool fitsA = !a.hasRank || a.getRank() == rankA;
    bool fitsB = !b.hasRank || b.getRank() == rankB;
    if (rankA == rankB && rankA > 1 && (!fitsA || !fitsB)) {
      if (rankA == 2)
        return context.fail(Twine(fitsA ? "mat2" : "self") +
                            " must be a matrix");
      return context.fail(Twine(fitsA ? "batch2" : "batch1") +
                          " must be a 3D tensor");
    }
    if (a.hasRank && b.hasRank && (!fitsA || !fitsB)) {
      if (rankA == 1)
        return context.fail("1D tensors expected, but got " +
                            Twine(a.getRank()) + "D and " + Twine(b.getRank()) +
                            "D tensors");
      return context.fail("vector + matrix @ vector expected, got 1, " +
                          Twine(a.getRank()) + ", " + Twine(b.getRank()));
    }
    if (failed(assumeRank(context, a, rankA)) ||
        failed(assumeRank(context, b, rankB)))
      return failure();
    // bmm and dot do not broadcast.
    if (rankA == 3 && !mergeSize(a.sizes[0], b.sizes[0]))
      return context.fail("Expected size for first two dimensions of batch2 "
                          "tensor to be: " +
                          describe({a.sizes[0], a.sizes[2]}) + " but got: " +
                          describe({b.sizes[0], b.sizes[1]}) + ".");
    if (rankA == 3)
      b.sizes[0] = a.sizes[0];
  }
  if (!a.hasRank || !b.hasRank)
    return context.setResult(getUnranked(dtype));
  Sizes sizes;
  if (failed(getProduct(context, a, b, sizes)))
    return failure();
  return context.setResult(sizes, dtype);
}

// The product of matrices of bytes.
LogicalResult integerMatmul(const TypeRuleContext &context) {
  TensorShape a = context.getTensor(0), b = context.getTensor(1);
  if (failed(assumeRank(context, a, 2)) || failed(assumeRank(context, b, 2)))
    return failure();
  if (!mergeSize(a.sizes[1], b.sizes[0]))
    return context.fail("int_mm_out_cpu: self.size(1) needs to match "
                        "mat2.size(0) but got " +
                        Twine(a.sizes[1]) + " and " + Twine(b.sizes[0]));
  return context.setResult({a.sizes[0], b.sizes[1]},
                           IntegerType::get(context.getContext(), 32));
}

// addmm, baddbmm, addmv: the addend broadcasts to the product.
LogicalResult addmm(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  TensorShape a = context.getTensor(1), b = context.getTensor(2);
  StringRef name = getSchemaName(context);
  int64_t rankA = name == "aten::baddbmm" ? 3 : 2;
  int64_t rankB = name == "aten::addmv" ? 1 : rankA;
  if (failed(assumeRank(context, a, rankA)) ||
      failed(assumeRank(context, b, rankB)))
    return failure();
  if (rankA == 3 && !mergeSize(a.sizes[0], b.sizes[0]))
    return context.fail("baddbmm's batches " + Twine(a.sizes[0]) + " and " +
                        Twine(b.sizes[0]) + " differ");
  if (rankA == 3)
    b.sizes[0] = a.sizes[0];
  TensorShape product(ArrayRef<int64_t>(), getCommonDtype({a, b, self}));
  if (failed(getProduct(context, a, b, product.sizes)))
    return failure();
  FailureOr<TensorShape> both = broadcastShapes(product, self);
  bool fits = succeeded(both);
  if (fits && both->hasRank) {
    fits = both->getRank() == product.getRank();
    for (int64_t i = 0; fits && i < product.getRank(); ++i)
      fits = mergeSize(product.sizes[i], both->sizes[i]);
  }
  if (!fits)
    return context.fail("the addend " + describe(self) +
                        " does not broadcast to the product " +
                        describe(product));
  return context.setResult(product);
}

// input @ weight.T + bias
LogicalResult linear(const TypeRuleContext &context) {
  TensorShape input = context.getTensor(0), weight = context.getTensor(1);
  Type dtype = getCommonDtype({input, weight});
  if (weight.hasRank && weight.getRank() != 1 && weight.getRank() != 2)
    return context.fail("linear's weight must have rank 1 or 2; got shape " +
                        describe(weight));
  if (!input.hasRank)
    return context.setResult(getUnranked(dtype));
  if (input.getRank() == 0)
    return context.fail("linear of a tensor of rank 0");
  if (!weight.hasRank)
    return context.setResult(getUnranked(dtype));
  if (failed(checkContracted(context, input, weight, input.sizes.back(),
                             weight.sizes.back())))
    return failure();
  input.sizes.pop_back();
  if (weight.getRank() == 2)
    input.sizes.push_back(weight.sizes[0]);
  return context.setResult(input.sizes, dtype);
}

// input1.shape[:-1] + [weight.shape[0]]
LogicalResult bilinear(const TypeRuleContext &context) {
  TensorShape input1 = context.getTensor(0), input2 = context.getTensor(1);
  TensorShape weight = context.getTensor(2);
  Type dtype = getCommonDtype({input1, input2, weight});
  if (failed(assumeRank(context, weight, 3)))
    return failure();
  if (!input1.hasRank || !input2.hasRank)
    return context.setResult(getUnranked(dtype));
  if (input1.getRank() == 0 || input1.getRank() != input2.getRank())
    return context.fail("bilinear of shapes " + describe(input1) + " and " +
                        describe(input2));
  if (failed(checkContracted(context, input1, weight, input1.sizes.back(),
                             weight.sizes[1])) ||
      failed(checkContracted(context, input2, weight, input2.sizes.back(),
                             weight.sizes[2])))
    return failure();
  Sizes sizes;
  for (int64_t i = 0; i + 1 < input1.getRank(); ++i) {
    sizes.push_back(input1.sizes[i]);
    if (!mergeSize(sizes.back(), input2.sizes[i]))
      return context.fail("bilinear of shapes " + describe(input1) + " and " +
                          describe(input2));
  }
  sizes.push_back(weight.sizes[0]);
  return context.setResult(sizes, dtype);
}

LogicalResult outer(const TypeRuleContext &context) {
  TensorShape a = context.getTensor(0), b = context.getTensor(1);
  if (failed(assumeRank(context, a, 1)) || failed(assumeRank(context, b, 1)))
    return failure();
  return context.setResult(
      {a.sizes[0], b.sizes[0]},
      promoteTypes(context.getOperation()->getOperands().take_front(2)));
}

//===----------------------------------------------------------------------===//
// einsum
//===----------------------------------------------------------------------===//

namespace {
/// The sizes of an equation's letters and of its `...`.
struct EinsumSizes {
  llvm::MapVector<char, int64_t> letters;
  llvm::MapVector<char, unsigned> uses;
  TensorShape ellipsis{ArrayRef<int64_t>(), Type()};
  /// The letters that are 1 somewhere and something else elsewhere.
  llvm::SmallDenseSet<char> broadcast;

  /// False where `size` does not broadcast with what the letter had.
  bool add(char letter, int64_t size) {
    ++uses[letter];
    int64_t &known = letters.insert({letter, size}).first->second;
    if ((known == 1) != (size == 1))
      broadcast.insert(letter);
    if (known == 1)
      known = size;
    return size == 1 || mergeSize(known, size);
  }
};
} // namespace

/// Adds what one operand's `term` says; fails where it cannot fit.
static LogicalResult addTerm(const TypeRuleContext &context, StringRef term,
                             const TensorShape &tensor, EinsumSizes &sizes) {
  auto misfit = [&] {
    return context.fail("einsum's term '" + Twine(term) +
                        "' does not fit a tensor of shape " + describe(tensor));
  };
  auto [before, after] = term.split("...");
  bool hasEllipsis = term.contains("...");
  for (char letter : (before + after).str())
    if (!llvm::isAlpha(letter))
      return context.fail("einsum's term '" + Twine(term) +
                          "' has something other than letters and '...'");
  int64_t named = before.size() + after.size();
  if (!tensor.hasRank) {
    for (char letter : (before + after).str())
      if (!sizes.add(letter, kDynamic))
        return misfit();
    if (hasEllipsis)
      sizes.ellipsis = TensorShape();
    return success();
  }
  int64_t unnamed = tensor.getRank() - named;
  if (unnamed < 0 || (unnamed > 0 && !hasEllipsis))
    return misfit();
  for (auto [i, letter] : llvm::enumerate(before))
    if (!sizes.add(letter, tensor.sizes[i]))
      return misfit();
  for (auto [i, letter] : llvm::enumerate(after))
    if (!sizes.add(letter, tensor.sizes[before.size() + unnamed + i]))
      return misfit();
  if (!hasEllipsis)
    return success();
  FailureOr<TensorShape> both = broadcastShapes(
      sizes.ellipsis,
      TensorShape(ArrayRef<int64_t>(tensor.sizes).slice(before.size(), unnamed),
                  Type()));
  if (failed(both))
    return misfit();
  sizes.ellipsis = *both;
  return success();
}

/// Whether dimensions of one operand are summed by themselves, rather than in a
/// product with another: such sums of integers are int64.
static bool hasPlainSum(ArrayRef<StringRef> terms,
                        ArrayRef<TensorShape> tensors, StringRef output,
                        const EinsumSizes &sizes) {
  for (auto [letter, size] : sizes.letters)
    if (!output.contains(letter) &&
        (sizes.broadcast.contains(letter) ||
         llvm::count_if(terms, [letter = letter](StringRef term) {
           return term.contains(letter);
         }) == 1))
      return true;
  unsigned withEllipsis = 0;
  for (auto [term, tensor] : llvm::zip(terms, tensors))
    withEllipsis += term.contains("...") && tensor.hasRank &&
                    tensor.getRank() > static_cast<int64_t>(term.size()) - 3;
  return !output.contains("...") && withEllipsis == 1;
}

LogicalResult einsum(const TypeRuleContext &context) {
  std::optional<llvm::SmallVector<TensorShape>> tensors =
      getTensorList(context, "tensors");
  Type dtype = tensors ? getCommonDtype(*tensors)
                       : getElementShape(context, "tensors").dtype;
  std::optional<StringRef> equation =
      getConstantStr(context.getOperand("equation"));
  if (!tensors || !equation)
    return context.setResult(getUnranked(dtype));

  std::string text = equation->str();
  llvm::erase(text, ' ');
  auto [left, right] = StringRef(text).split("->");
  bool isExplicit = StringRef(text).contains("->");
  llvm::SmallVector<StringRef> terms;
  left.split(terms, ',');
  if (terms.size() != tensors->size())
    return context.fail("einsum's equation has " + Twine(terms.size()) +
                        " terms for " + Twine(tensors->size()) + " tensors");
  EinsumSizes sizes;
  for (auto [term, tensor] : llvm::zip(terms, *tensors))
    if (failed(addTerm(context, term, tensor, sizes)))
      return failure();

  std::string output = right.str();
  if (!isExplicit) {
    // Without `->`: the broadcast dimensions, then the letters used once.
    if (left.contains("..."))
      output = "...";
    std::string once;
    for (auto [letter, count] : sizes.uses)
      if (count == 1)
        once += letter;
    llvm::sort(once);
    output += once;
  }
  if (isa_and_nonnull<IntegerType>(dtype) &&
      hasPlainSum(terms, *tensors, output, sizes))
    dtype = IntegerType::get(context.getContext(), 64);
  Sizes result;
  auto [before, after] = StringRef(output).split("...");
  for (char letter : before) {
    if (!sizes.letters.contains(letter))
      return context.fail("einsum's result has a letter that no term has");
    result.push_back(sizes.letters[letter]);
  }
  if (StringRef(output).contains("...")) {
    if (!sizes.ellipsis.hasRank)
      return context.setResult(getUnranked(dtype));
    result.append(sizes.ellipsis.sizes);
  }
  for (char letter : after) {
    if (!sizes.letters.contains(letter))
      return context.fail("einsum's result has a letter that no term has");
    result.push_back(sizes.letters[letter]);
  }
  return context.setResult(result, dtype);
}

} // namespace minitorch::mt::type_rules
