//===- Joins.cpp - Joins and views without a class --------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"

using namespace mlir;

namespace minitorch::mt {

/// The tensors of a list operand, if all ranks are known.
static std::optional<SmallVector<Value>> getTensors(Value list) {
  std::optional<SmallVector<Value>> tensors = getListElements(list);
  if (!tensors || tensors->empty() ||
      !llvm::all_of(*tensors, [](Value x) { return getRank(x).has_value(); }))
    return std::nullopt;
  return tensors;
}

/// atleast_1d, atleast_2d, atleast_3d: where the missing dimensions go.
static Value atLeast(TensorBuilder &b, Value x, int64_t rank) {
  int64_t own = *getRank(x);
  if (own == 0)
    x = b.reshape(x, {b.constant(int64_t(1))});
  if (rank >= 2 && own <= 1)
    x = b.unsqueeze(x, 0);
  if (rank >= 3 && own <= 2)
    x = b.unsqueeze(x, -1);
  return x;
}

template <int64_t rank>
static FormulaResult atLeastRank(TensorBuilder &b, ValueRange in) {
  if (!getRank(in[0]))
    return std::nullopt;
  return {{atLeast(b, in[0], rank)}};
}

template <int64_t rank>
static FormulaResult atLeastRanks(TensorBuilder &b, ValueRange in) {
  std::optional<SmallVector<Value>> tensors = getTensors(in[0]);
  if (!tensors)
    return std::nullopt;
  for (Value &x : *tensors)
    x = atLeast(b, x, rank);
  return {{b.tensorList(*tensors)}};
}

/// hstack, vstack, dstack: cat along dimension 1 (0 of vectors), 0, 2.
template <int64_t rank, int64_t dim>
static FormulaResult stackAlong(TensorBuilder &b, ValueRange in) {
  std::optional<SmallVector<Value>> tensors = getTensors(in[0]);
  if (!tensors)
    return std::nullopt;
  for (Value &x : *tensors)
    x = atLeast(b, x, rank);
  bool areVectors = *getRank(tensors->front()) == 1;
  return {{b.cat(*tensors, areVectors ? 0 : dim)}};
}

/// column_stack: vectors are columns.
/// pad_sequence(sequences, batch_first, padding_value, padding_side): a stack
/// of the sequences, each padded to the longest.
static FormulaResult padSequence(TensorBuilder &b, ValueRange in) {
  std::optional<SmallVector<Value>> sequences = getListElements(in[0]);
  std::optional<bool> isBatchFirst = getConstantBool(in[1]);
  std::optional<StringRef> side = getConstantStr(in[3]);
  if (!sequences || sequences->empty() || !isBatchFirst || !side ||
      (*side != "left" && *side != "right"))
    return std::nullopt;
  std::optional<int64_t> rank = getRank(sequences->front());
  Type dtype = getDtype(sequences->front());
  if (!rank || *rank == 0 || !dtype)
    return std::nullopt;
  for (Value sequence : *sequences)
    if (getRank(sequence) != rank || !getDtype(sequence))
      return std::nullopt;
  Value longest = b.size(sequences->front(), 0);
  for (Value sequence : llvm::drop_begin(*sequences))
    longest = b.maxInt(longest, b.size(sequence, 0));
  SmallVector<Value> sizes = b.sizes(sequences->front());
  sizes.front() = longest;
  Value padding = b.full(sizes, in[2], dtype);
  for (Value &sequence : *sequences) {
    Value length = b.size(sequence, 0);
    Value start =
        *side == "left" ? b.subInt(longest, length) : b.constant(int64_t(0));
    sequence = b.sliceScatter(padding, b.toDtype(sequence, dtype), 0, start,
                              b.addInt(start, length));
  }
  return {{b.stack(*sequences, *isBatchFirst ? 0 : 1)}};
}

static FormulaResult columnStack(TensorBuilder &b, ValueRange in) {
  std::optional<SmallVector<Value>> tensors = getTensors(in[0]);
  if (!tensors)
    return std::nullopt;
  Value one = b.constant(int64_t(1)), rest = b.constant(int64_t(-1));
  for (Value &x : *tensors)
    if (*getRank(x) <= 1)
      x = b.reshape(x, {rest, one});
  return {{b.cat(*tensors, 1)}};
}

/// ravel: all elements in one dimension
static FormulaResult ravel(TensorBuilder &b, ValueRange in) {
  if (!getRank(in[0]))
    return std::nullopt;
  Value count = b.constant(int64_t(1));
  for (Value size : b.sizes(in[0]))
    count = b.mulInt(count, size);
  return {{b.reshape(in[0], {count})}};
}

/// fliplr, flipud
template <int64_t dim>
static FormulaResult flipOne(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> rank = getRank(in[0]);
  if (!rank)
    return std::nullopt;
  if (*rank <= dim) {
    b.raiseUnless(b.constant(false),
                  "Input must be >= " + std::to_string(dim + 1) + "-d.");
    return {{in[0]}};
  }
  return {{b.create<AtenFlipOp>({in[0], b.intList({dim})})}};
}

/// mT, mH: the last two dimensions swapped, and, for mH, conjugated
template <bool conjugates>
static FormulaResult matrixTranspose(TensorBuilder &b, ValueRange in) {
  if (!getRank(in[0]) || *getRank(in[0]) < 2 || !getDtype(in[0]))
    return std::nullopt;
  Value x = b.transpose(in[0], -2, -1);
  if (conjugates && isa<ComplexType>(getDtype(x)))
    x = b.call("aten::conj_physical", {x});
  return {{x}};
}

/// movedim to several places; the other dimensions keep their order.
static FormulaResult moveDims(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> rank = getRank(in[0]);
  auto sources = getIntList(in[1]), destinations = getIntList(in[2]);
  if (!rank || !sources || !destinations ||
      sources->size() != destinations->size())
    return std::nullopt;
  SmallVector<int64_t> order(*rank, -1);
  SmallVector<bool> isMoved(*rank, false);
  for (auto [source, destination] : llvm::zip(*sources, *destinations)) {
    auto from = wrapDim(source, *rank), to = wrapDim(destination, *rank);
    if (!from || !to || *from >= *rank || *to >= *rank)
      return std::nullopt;
    order[*to] = *from;
    isMoved[*from] = true;
  }
  int64_t next = 0;
  for (int64_t &dim : order) {
    if (dim >= 0)
      continue;
    while (next < *rank && isMoved[next])
      ++next;
    dim = next++;
  }
  return {{b.permute(in[0], order)}};
}

/// The sizes that tensors broadcast to. Where neither of two sizes is known, it
/// is the one that is not 1 when the program runs.
static SmallVector<Value> broadcastSizes(TensorBuilder &b,
                                         ArrayRef<Value> tensors) {
  int64_t rank = 0;
  for (Value x : tensors)
    rank = std::max(rank, *getRank(x));
  SmallVector<Value> sizes(rank, b.constant(int64_t(1)));
  for (Value x : tensors) {
    int64_t offset = rank - *getRank(x);
    for (int64_t dim = offset; dim < rank; ++dim)
      sizes[dim] = b.broadcastInt(sizes[dim], b.size(x, dim - offset));
  }
  return sizes;
}

static FormulaResult broadcastTensors(TensorBuilder &b, ValueRange in) {
  std::optional<SmallVector<Value>> tensors = getTensors(in[0]);
  if (!tensors)
    return std::nullopt;
  SmallVector<Value> sizes = broadcastSizes(b, *tensors);
  for (Value &x : *tensors)
    x = b.expand(x, sizes);
  return {{b.tensorList(*tensors)}};
}

/// meshgrid: tensor i along dimension i; "xy" swaps the first two.
static FormulaResult meshgrid(TensorBuilder &b, ValueRange in) {
  std::optional<SmallVector<Value>> tensors = getTensors(in[0]);
  StringRef indexing = "ij";
  if (in.size() > 1) {
    std::optional<StringRef> text = getConstantStr(in[1]);
    if (!text)
      return std::nullopt;
    indexing = *text;
  }
  if (!tensors)
    return std::nullopt;
  StringRef problem;
  if (tensors->empty())
    problem = "meshgrid expects a non-empty TensorList";
  else if (!llvm::all_equal(llvm::map_range(*tensors, getDtype)))
    problem = "meshgrid expects all tensors to have the same dtype";
  else if (llvm::any_of(*tensors, [](Value x) { return *getRank(x) > 1; }))
    problem = "torch.meshgrid: Expected 0D or 1D tensor in the tensor list";
  if (!problem.empty()) {
    b.raiseUnless(b.constant(false), problem);
    return {{b.tensorList(*tensors)}};
  }
  int64_t count = tensors->size();
  bool swaps = indexing == "xy" && count >= 2;
  if (swaps)
    std::swap((*tensors)[0], (*tensors)[1]);
  SmallVector<Value> sizes;
  for (Value x : *tensors)
    sizes.push_back(*getRank(x) == 0 ? b.constant(int64_t(1)) : b.size(x, 0));
  for (auto [i, x] : llvm::enumerate(*tensors)) {
    SmallVector<Value> own(count, b.constant(int64_t(1)));
    own[i] = sizes[i];
    x = b.expand(b.reshape(x, own), sizes);
  }
  if (swaps)
    std::swap((*tensors)[0], (*tensors)[1]);
  return {{b.tensorList(*tensors)}};
}

/// hsplit, vsplit, dsplit into equal parts: along dimension 1 (0 of vectors),
/// 0, 2.
template <int64_t dim>
static FormulaResult splitAlong(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> rank = getRank(in[0]);
  if (!rank)
    return std::nullopt;
  int64_t own = *rank == 1 ? 0 : dim;
  auto op = AtenTensorSplitSectionsOp::create(
      b.getRewriter(), b.getLoc(),
      ListType::get(TensorType::getUnknown(b.getRewriter().getContext())),
      ValueRange{in[0], in[1], b.constant(own)});
  return {{op->getResult(0)}};
}

/// x[..., :i0, ...], x[..., i0:i1, ...], ... x[..., in:, ...] of ints i0 ... in
static Value splitAt(TensorBuilder &b, Value x, int64_t dim,
                     ArrayRef<Value> indices) {
  SmallVector<Value> parts;
  Value start = b.constant(int64_t(0));
  for (Value end : indices) {
    parts.push_back(b.slice(x, dim, start, end));
    start = end;
  }
  parts.push_back(b.slice(x, dim, start, b.none()));
  return b.tensorList(parts);
}

/// hsplit, vsplit, dsplit, tensor_split at indices
static FormulaResult splitAtList(TensorBuilder &b, Value x, Value list,
                                 std::optional<int64_t> dim) {
  std::optional<int64_t> rank = getRank(x);
  std::optional<SmallVector<Value>> indices = getIntValues(list);
  if (!rank || *rank == 0 || !indices || !dim || !wrapDim(*dim, *rank))
    return std::nullopt;
  return {{splitAt(b, x, *wrapDim(*dim, *rank), *indices)}};
}
template <int64_t dim>
static FormulaResult splitAtAlong(TensorBuilder &b, ValueRange in) {
  return splitAtList(b, in[0], in[1], getRank(in[0]) == 1 ? 0 : dim);
}
static FormulaResult tensorSplit(TensorBuilder &b, ValueRange in) {
  return splitAtList(b, in[0], in[1], getConstantInt(in[2]));
}
/// tensor_split at the indices in a tensor, whose number is known
static FormulaResult tensorSplitAtTensor(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> rank = getRank(in[0]), dim = getConstantInt(in[2]);
  if (!rank || *rank == 0 || !dim || !wrapDim(*dim, *rank) ||
      getRank(in[1]) != 1 || !getStaticSize(in[1], 0))
    return std::nullopt;
  SmallVector<Value> indices;
  for (int64_t i = 0; i < *getStaticSize(in[1], 0); ++i)
    indices.push_back(b.itemInt(b.select(in[1], 0, b.constant(i))));
  return {{splitAt(b, in[0], *wrapDim(*dim, *rank), indices)}};
}

/// diff: x[1:] - x[:-1] along dim, n times
static FormulaResult diff(TensorBuilder &b, ValueRange in) {
  Value x = in[0];
  auto count = getConstantInt(in[1]), dim = getConstantInt(in[2]);
  auto before = getOptionalTensor(in[3]), after = getOptionalTensor(in[4]);
  if (!getRank(x) || *getRank(x) == 0 || !count || *count < 0 || *count > 64 ||
      !dim || !before || !after || !getDtype(x))
    return std::nullopt;
  SmallVector<Value> parts;
  for (Value part : {*before, x, *after})
    if (part)
      parts.push_back(part);
  x = b.cat(parts, *dim);
  Value zero = b.constant(int64_t(0)), one = b.constant(int64_t(1));
  for (int64_t i = 0; i < *count; ++i) {
    Value size = b.size(x, *dim);
    Value high = b.slice(x, *dim, one, size);
    Value low = b.slice(x, *dim, zero, b.constant(int64_t(-1)));
    x = getDtype(x).isInteger(1) ? b.create<AtenLogicalXorOp>({high, low})
                                 : b.sub(high, low);
  }
  return {{x}};
}

/// take_along_dim: gather, of everything without a dim
static FormulaResult takeAlongDim(TensorBuilder &b, ValueRange in) {
  Value x = in[0], index = in[1];
  if (!getRank(x) || !getRank(index))
    return std::nullopt;
  Value no = b.constant(false);
  if (isNone(in[2])) {
    Value all = b.constant(int64_t(-1));
    return {
        {b.create<AtenGatherOp>({b.reshape(x, {all}), b.constant(int64_t(0)),
                                 b.reshape(index, {all}), no})}};
  }
  std::optional<int64_t> dim = getConstantInt(in[2]);
  if (!dim || getRank(x) != getRank(index) || *getRank(x) == 0 ||
      !wrapDim(*dim, *getRank(x)))
    return std::nullopt;
  // Here, and only with a dim, an index may count from the end.
  Value isNegative = b.create<AtenLtScalarOp>({index, b.constant(int64_t(0))});
  index = b.create<AtenWhereSelfOp>(
      {isNegative, b.addScalar(index, b.size(x, *dim)), index});
  // Every other dimension broadcasts.
  SmallVector<Value> sizes = broadcastSizes(b, {x, index});
  SmallVector<Value> own = sizes, indexSizes = sizes;
  dim = wrapDim(*dim, *getRank(x));
  own[*dim] = b.size(x, *dim);
  indexSizes[*dim] = b.size(index, *dim);
  return {{b.create<AtenGatherOp>(
      {b.expand(x, own), b.constant(*dim), b.expand(index, indexSizes), no})}};
}

/// _chunk_cat: each tensor filled up with zeros to `count` equal chunks along
/// dim, its later dimensions flattened, then joined chunk by chunk
static FormulaResult chunkCat(TensorBuilder &b, ValueRange in) {
  std::optional<SmallVector<Value>> tensors = getTensors(in[0]);
  std::optional<int64_t> dim = getConstantInt(in[1]);
  if (!tensors || !dim)
    return std::nullopt;
  int64_t rank = *getRank(tensors->front());
  for (Value x : *tensors)
    if (*getRank(x) <= *dim || !getDtype(x) || !wrapDim(*dim, rank))
      return std::nullopt;
  dim = wrapDim(*dim, rank);
  for (Value &x : *tensors) {
    SmallVector<Value> sizes = b.sizes(x);
    Value length = b.ceilDivInt(sizes[*dim], in[2]);
    Value missing = b.subInt(b.mulInt(length, in[2]), sizes[*dim]);
    Value width = length;
    for (Value size : ArrayRef(sizes).drop_front(*dim + 1))
      width = b.mulInt(width, size);
    SmallVector<Value> padding = sizes;
    padding[*dim] = missing;
    x = b.cat({x, b.zeros(padding, getDtype(x))}, *dim);
    sizes.truncate(*dim);
    sizes.append({in[2], width});
    x = b.reshape(x, sizes);
  }
  return {{b.cat(*tensors, *dim + 1)}};
}

/// narrow.Tensor: the start is in a tensor
static FormulaResult narrowAtTensor(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> dim = getConstantInt(in[1]);
  if (!dim || !getRank(in[0]) || !getRank(in[2]))
    return std::nullopt;
  return {{b.narrow(in[0], *dim, b.itemInt(in[2]), in[3])}};
}

/// sum_to_size: the sum over what broadcasting `size` to x repeats
static FormulaResult sumToSize(TensorBuilder &b, ValueRange in) {
  Value x = in[0];
  std::optional<int64_t> rank = getRank(x);
  std::optional<SmallVector<Value>> sizes = getListElements(in[1]);
  Type dtype = getDtype(x);
  if (!rank || !dtype || !sizes || static_cast<int64_t>(sizes->size()) > *rank)
    return std::nullopt;
  if (sizes->empty())
    return {{b.create<AtenSumOp>({x, b.none()})}};
  int64_t added = *rank - sizes->size();
  SmallVector<int64_t> dims = llvm::to_vector(llvm::seq<int64_t>(0, added));
  bool isSum = added > 0;
  for (int64_t dim = added; dim < *rank; ++dim) {
    std::optional<int64_t> size = getConstantInt((*sizes)[dim - added]);
    std::optional<int64_t> own = getStaticSize(x, dim);
    if (!size)
      return std::nullopt;
    if (*size == 1 && own != 1) {
      dims.push_back(dim);
      isSum |= own.has_value();
    }
  }
  // A sum over one element is the element, but of integers has another dtype
  // than what is not summed.
  if (!dims.empty() && !isSum && isa<IntegerType>(dtype) &&
      !dtype.isInteger(64))
    return std::nullopt;
  if (!dims.empty())
    x = b.sum(x, dims, /*keepDim=*/true);
  return {{added == 0 ? x : b.create<AtenViewOp>({x, in[1]})}};
}

/// reflection_pad3d, replication_pad3d: pad with a mode
template <bool isReflected>
static FormulaResult padVolume(TensorBuilder &b, ValueRange in) {
  Value mode = ConstantStrOp::create(
      b.getRewriter(), b.getLoc(), StrType::get(in[0].getContext()),
      isReflected ? "reflect" : "replicate");
  return {{b.create<AtenPadOp>({in[0], in[1], mode, b.none()})}};
}

static constexpr NamedFormula formulas[] = {
    {"aten::_chunk_cat", chunkCat},
    {"aten::adjoint", matrixTranspose<true>},
    {"aten::atleast_1d", atLeastRank<1>},
    {"aten::atleast_1d.Sequence", atLeastRanks<1>},
    {"aten::atleast_2d", atLeastRank<2>},
    {"aten::atleast_2d.Sequence", atLeastRanks<2>},
    {"aten::atleast_3d", atLeastRank<3>},
    {"aten::atleast_3d.Sequence", atLeastRanks<3>},
    {"aten::broadcast_tensors", broadcastTensors},
    {"aten::column_stack", columnStack},
    {"aten::diff", diff},
    {"aten::dsplit.array", splitAtAlong<2>},
    {"aten::dsplit.int", splitAlong<2>},
    {"aten::dstack", stackAlong<3, 2>},
    {"aten::fliplr", flipOne<1>},
    {"aten::flipud", flipOne<0>},
    {"aten::hsplit.array", splitAtAlong<1>},
    {"aten::hsplit.int", splitAlong<1>},
    {"aten::hstack", stackAlong<1, 1>},
    {"aten::mH", matrixTranspose<true>},
    {"aten::mT", matrixTranspose<false>},
    {"aten::matrix_H", matrixTranspose<true>},
    {"aten::meshgrid", meshgrid},
    {"aten::meshgrid.indexing", meshgrid},
    {"aten::moveaxis.intlist", moveDims},
    {"aten::movedim.intlist", moveDims},
    {"aten::narrow.Tensor", narrowAtTensor},
    {"aten::pad_sequence", padSequence},
    {"aten::ravel", ravel},
    {"aten::reflection_pad3d", padVolume<true>},
    {"aten::replication_pad3d", padVolume<false>},
    {"aten::sum_to_size", sumToSize},
    {"aten::take_along_dim", takeAlongDim},
    {"aten::tensor_split.indices", tensorSplit},
    {"aten::tensor_split.tensor_indices_or_sections", tensorSplitAtTensor},
    {"aten::vsplit.array", splitAtAlong<0>},
    {"aten::vsplit.int", splitAlong<0>},
    {"aten::vstack", stackAlong<2, 0>},
};

void populateJoinDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
}

} // namespace minitorch::mt
