//===- Diagonals.cpp - Diagonals, triangles and combinations ----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"

using namespace mlir;

// Source: the operators' pages of PyTorch's documentation.

namespace minitorch::mt {
namespace {

/// diag_embed: zeros with the last dimension of x as a diagonal
Value embedDiagonal(TensorBuilder &b, Value x, int64_t offset, int64_t dim1,
                    int64_t dim2) {
  int64_t rank = *getRank(x) + 1;
  Value length = b.size(x, rank - 2);
  Value side = b.addInt(length, b.constant(std::abs(offset)));
  SmallVector<Value> sizes = b.sizes(x);
  sizes.pop_back();
  sizes.insert(sizes.begin() + std::min(dim1, dim2), side);
  sizes.insert(sizes.begin() + std::max(dim1, dim2), side);
  return b.create<AtenDiagonalScatterOp>({b.zeros(sizes, getDtype(x)), x,
                                          b.constant(offset), b.constant(dim1),
                                          b.constant(dim2)});
}

FormulaResult diagEmbed(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> rank = getRank(in[0]);
  auto offset = getConstantInt(in[1]), dim1 = getConstantInt(in[2]),
       dim2 = getConstantInt(in[3]);
  if (!rank || *rank == 0 || !getDtype(in[0]) || !offset || !dim1 || !dim2)
    return std::nullopt;
  dim1 = wrapDim(*dim1, *rank + 1);
  dim2 = wrapDim(*dim2, *rank + 1);
  if (!dim1 || !dim2 || *dim1 == *dim2)
    return std::nullopt;
  return {{embedDiagonal(b, in[0], *offset, *dim1, *dim2)}};
}

/// diagflat: all elements as a diagonal
FormulaResult diagFlat(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> offset = getConstantInt(in[1]);
  if (!getRank(in[0]) || !getDtype(in[0]) || !offset)
    return std::nullopt;
  Value x = b.reshape(in[0], {b.constant(int64_t(-1))});
  return {{embedDiagonal(b, x, *offset, 0, 1)}};
}

/// diag: of a vector the matrix, of a matrix the diagonal
FormulaResult diag(TensorBuilder &b, ValueRange in) {
  if (getRank(in[0]) == 1)
    return diagFlat(b, in);
  if (getRank(in[0]) != 2)
    return std::nullopt;
  return {{b.create<AtenDiagonalOp>(
      {in[0], in[1], b.constant(int64_t(0)), b.constant(int64_t(1))})}};
}

/// diagonal_copy, linalg_diagonal: the latter's dims default to the last two
FormulaResult diagonalCopy(TensorBuilder &b, ValueRange in) {
  return {{b.create<AtenDiagonalOp>(in)}};
}

/// tril_indices, triu_indices: where column - row is at most, or at least, the
/// offset
template <typename CompareOp>
FormulaResult triangleIndices(TensorBuilder &b, ValueRange in) {
  Type i64 = b.getRewriter().getI64Type();
  std::optional<Type> dtype = getOptionalDtype(in[3], i64);
  if (!dtype)
    return std::nullopt;
  Value rows = b.unsqueeze(b.arange(in[0], i64), 1);
  Value columns = b.unsqueeze(b.arange(in[1], i64), 0);
  Value isInside = b.create<CompareOp>({b.sub(columns, rows), in[2]});
  Value places = b.transpose(b.create<AtenNonzeroOp>({isInside}), 0, 1);
  return {{b.toDtype(places, *dtype)}};
}

/// block_diag: one block after the other along both dimensions, zeros around
FormulaResult blockDiag(TensorBuilder &b, ValueRange in) {
  std::optional<SmallVector<Value>> blocks = getListElements(in[0]);
  if (!blocks || blocks->empty())
    return std::nullopt;
  Value width = b.constant(int64_t(0)), one = b.constant(int64_t(1));
  for (Value &x : *blocks) {
    std::optional<int64_t> rank = getRank(x);
    if (!rank || *rank > 2 || !getDtype(x))
      return std::nullopt;
    if (*rank < 2)
      x = b.reshape(x, {one, *rank == 0 ? one : b.size(x, 0)});
    width = b.addInt(width, b.size(x, 1));
  }
  Value start = b.constant(int64_t(0));
  for (Value &x : *blocks) {
    Value rows = b.size(x, 0), end = b.addInt(start, b.size(x, 1));
    Value left = b.zeros({rows, start}, getDtype(x));
    Value right = b.zeros({rows, b.subInt(width, end)}, getDtype(x));
    x = b.cat({left, x, right}, 1);
    start = end;
  }
  return {{b.cat(*blocks, 0)}};
}

/// combinations: the elements at all increasing (with replacement: not
/// decreasing) tuples of places
FormulaResult combinations(TensorBuilder &b, ValueRange in) {
  Value x = in[0];
  std::optional<int64_t> count = getConstantInt(in[1]);
  std::optional<bool> isRepeating = getConstantBool(in[2]);
  if (getRank(x) != 1 || !count || *count < 1 || *count > 16 || !isRepeating)
    return std::nullopt;
  Value size = b.size(x, 0), one = b.constant(int64_t(1));
  Value places = b.arange(size, b.getRewriter().getI64Type());
  auto along = [&](int64_t dim) {
    SmallVector<Value> sizes(*count, one);
    sizes[dim] = size;
    return b.reshape(places, sizes);
  };
  Value isWanted = b.full(SmallVector<Value>(*count, size), b.constant(true),
                          b.getRewriter().getI1Type());
  for (int64_t dim = 1; dim < *count; ++dim) {
    Value low = along(dim - 1), high = along(dim);
    Value isOrdered = *isRepeating ? b.create<AtenLeTensorOp>({low, high})
                                   : b.create<AtenLtTensorOp>({low, high});
    isWanted = b.create<AtenLogicalAndOp>({isWanted, isOrdered});
  }
  return {{b.create<AtenTakeOp>({x, b.create<AtenNonzeroOp>({isWanted})})}};
}

/// cartesian_prod: tensor i repeated along all other dimensions, as a column
FormulaResult cartesianProduct(TensorBuilder &b, ValueRange in) {
  std::optional<SmallVector<Value>> tensors = getListElements(in[0]);
  if (!tensors || tensors->empty() ||
      llvm::any_of(*tensors, [](Value x) { return getRank(x) != 1; }))
    return std::nullopt;
  if (tensors->size() == 1)
    return {{tensors->front()}};
  SmallVector<Value> sizes, columns;
  for (Value x : *tensors)
    sizes.push_back(b.size(x, 0));
  for (auto [i, x] : llvm::enumerate(*tensors)) {
    SmallVector<Value> own(sizes.size(), b.constant(int64_t(1)));
    own[i] = sizes[i];
    columns.push_back(b.reshape(b.expand(b.reshape(x, own), sizes),
                                {b.constant(int64_t(-1))}));
  }
  return {{b.stack(columns, 1)}};
}

/// vander: the powers N - 1, ..., 1, 0 of x, or the other way round
FormulaResult vander(TensorBuilder &b, Value x, Value count, bool increasing) {
  std::optional<int64_t> rank = getRank(x);
  Type dtype = getDtype(x);
  if (!rank || (*rank == 0 && isNone(count)) || !dtype)
    return std::nullopt;
  Type i64 = b.getRewriter().getI64Type();
  if (*rank == 0)
    x = b.unsqueeze(x, 0);
  if (isa<IntegerType>(dtype))
    x = b.toDtype(x, i64);
  if (isNone(count))
    count = b.size(x, *rank - 1);
  Value powers = b.arange(count, i64);
  if (!increasing)
    powers = b.create<AtenFlipOp>({powers, b.intList(ArrayRef<int64_t>{0})});
  return {{b.create<AtenPowTensorTensorOp>({b.unsqueeze(x, -1), powers})}};
}
FormulaResult vanderDecreasing(TensorBuilder &b, ValueRange in) {
  std::optional<bool> increasing = getConstantBool(in[2]);
  if (!increasing)
    return std::nullopt;
  return vander(b, in[0], in[1], *increasing);
}
FormulaResult vanderIncreasing(TensorBuilder &b, ValueRange in) {
  return vander(b, in[0], in[1], /*increasing=*/true);
}

/// rot90: k quarter turns from the first dimension towards the second
FormulaResult rot90(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> rank = getRank(in[0]), turns = getConstantInt(in[1]);
  std::optional<SmallVector<int64_t>> dims = getIntList(in[2]);
  if (!rank || !turns || !dims || dims->size() != 2 ||
      llvm::any_of(*dims, ShapedType::isDynamic))
    return std::nullopt;
  auto flip = [&](Value x, ArrayRef<int64_t> which) {
    return b.create<AtenFlipOp>({x, b.intList(which)});
  };
  switch (((*turns % 4) + 4) % 4) {
  case 1:
    return {{b.transpose(flip(in[0], (*dims)[1]), (*dims)[0], (*dims)[1])}};
  case 2:
    return {{flip(in[0], *dims)}};
  case 3:
    return {{b.transpose(flip(in[0], (*dims)[0]), (*dims)[0], (*dims)[1])}};
  default:
    return {{in[0]}};
  }
}

constexpr NamedFormula formulas[] = {
    {"aten::block_diag", blockDiag},
    {"aten::cartesian_prod", cartesianProduct},
    {"aten::combinations", combinations},
    {"aten::diag", diag},
    {"aten::diag_embed", diagEmbed},
    {"aten::diagflat", diagFlat},
    {"aten::diagonal_copy", diagonalCopy},
    {"aten::linalg_diagonal", diagonalCopy},
    {"aten::linalg_vander", vanderIncreasing},
    {"aten::rot90", rot90},
    {"aten::tril_indices", triangleIndices<AtenLeScalarOp>},
    {"aten::triu_indices", triangleIndices<AtenGeScalarOp>},
    {"aten::vander", vanderDecreasing},
};

} // namespace

void populateDiagonalDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
}

} // namespace minitorch::mt
