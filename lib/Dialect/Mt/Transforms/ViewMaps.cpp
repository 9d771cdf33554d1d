//===- ViewMaps.cpp - Where the elements of a view are --------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ViewMaps.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"

using namespace mlir;
using namespace minitorch::mt;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::StringRef;

std::optional<SmallVector<int64_t>> ViewMap::getInversePermutation() const {
  SmallVector<int64_t> inverse(dims.size(), -1);
  if (!starts.empty())
    return std::nullopt;
  for (auto [i, dim] : llvm::enumerate(dims)) {
    if (dim.dims.size() != 1 || dim.step || dim.mayRepeat ||
        dim.dims.front() >= static_cast<int64_t>(dims.size()) ||
        inverse[dim.dims.front()] >= 0)
      return std::nullopt;
    inverse[dim.dims.front()] = i;
  }
  return inverse;
}

//===----------------------------------------------------------------------===//
// Maps
//===----------------------------------------------------------------------===//

using Map = std::optional<ViewMap>;

/// A dim that operand `i` says, counted from the front.
static std::optional<int64_t> getDim(Operation *op, unsigned i, int64_t rank) {
  std::optional<int64_t> dim = getConstantInt(op->getOperand(i));
  return dim ? wrapDim(*dim, rank) : std::nullopt;
}

/// Dims that a list says, or the one that a number does.
static std::optional<SmallVector<int64_t>> getDims(Operation *op, unsigned i,
                                                   int64_t rank) {
  auto dims = getIntList(op->getOperand(i));
  if (!dims)
    return std::nullopt;
  for (int64_t &dim : *dims) {
    auto wrapped =
        ShapedType::isDynamic(dim) ? std::nullopt : wrapDim(dim, rank);
    if (!wrapped)
      return std::nullopt;
    dim = *wrapped;
  }
  return dims;
}

static ViewMap getIdentity(int64_t rank) {
  ViewMap map;
  for (int64_t i = 0; i < rank; ++i)
    map.dims.push_back({{i}});
  return map;
}

static Map getPermuted(ArrayRef<int64_t> dims) {
  ViewMap map;
  for (int64_t dim : dims)
    map.dims.push_back({{dim}});
  return map;
}

static Map mapWhole(Operation *, const TensorShape &source) {
  return getIdentity(source.getRank());
}

static Map mapTranspose(Operation *op, const TensorShape &source) {
  int64_t rank = source.getRank();
  std::optional<int64_t> a = getDim(op, 1, rank), b = getDim(op, 2, rank);
  if (!a || !b)
    return std::nullopt;
  ViewMap map = getIdentity(rank);
  if (rank > 0)
    std::swap(map.dims[*a], map.dims[*b]);
  return map;
}

static Map mapReversed(Operation *, const TensorShape &source) {
  ViewMap map = getIdentity(source.getRank());
  std::reverse(map.dims.begin(), map.dims.end());
  return map;
}

static Map mapMatrixTransposed(Operation *, const TensorShape &source) {
  int64_t rank = source.getRank();
  if (rank < 2)
    return std::nullopt;
  ViewMap map = getIdentity(rank);
  std::swap(map.dims[rank - 1], map.dims[rank - 2]);
  return map;
}

static Map mapPermute(Operation *op, const TensorShape &source) {
  auto dims = getDims(op, 1, source.getRank());
  return dims ? getPermuted(*dims) : std::nullopt;
}

/// Takes dims out and puts them in elsewhere; the others keep their order.
static Map mapMovedim(Operation *op, const TensorShape &source) {
  int64_t rank = source.getRank();
  auto from = getDims(op, 1, rank), to = getDims(op, 2, rank);
  if (!from || !to || from->size() != to->size() || rank == 0)
    return std::nullopt;
  SmallVector<int64_t> order(rank, -1), others;
  for (auto [a, b] : llvm::zip(*from, *to))
    order[b] = a;
  for (int64_t i = 0; i < rank; ++i)
    if (!llvm::is_contained(*from, i))
      others.push_back(i);
  if (others.size() + from->size() != order.size())
    return std::nullopt; // a dim twice
  auto *next = others.begin();
  for (int64_t &dim : order)
    if (dim < 0)
      dim = *next++;
  return getPermuted(order);
}

/// `value` if it is a number for certain, or null.
static Value getNumber(Value value) {
  return value.getType().isSignlessInteger(64) ? value : Value();
}

static Map mapSelect(Operation *op, const TensorShape &source) {
  std::optional<int64_t> dim = getDim(op, 1, source.getRank());
  if (!dim || source.getRank() == 0)
    return std::nullopt;
  std::optional<int64_t> index = getConstantInt(op->getOperand(2));
  int64_t size = source.sizes[*dim];
  if (index && *index < 0)
    index = ShapedType::isDynamic(size) ? std::nullopt
                                        : std::optional(*index + size);
  ViewMap map = getIdentity(source.getRank());
  map.dims.erase(map.dims.begin() + *dim);
  map.starts.push_back({*dim, index, getNumber(op->getOperand(2))});
  return map;
}

/// Where a part of a dim of size `size` begins, or nullopt.
static std::optional<int64_t> getPartStart(Value start, int64_t size) {
  if (isNone(start))
    return 0;
  std::optional<int64_t> from = getConstantInt(start);
  if (!from || (*from != 0 && ShapedType::isDynamic(size)))
    return std::nullopt;
  if (*from == 0)
    return 0;
  return std::clamp<int64_t>(*from < 0 ? *from + size : *from, 0, size);
}

static Map mapPart(Operation *op, const TensorShape &source) {
  std::optional<int64_t> dim = getDim(op, 1, source.getRank());
  if (!dim || source.getRank() == 0)
    return std::nullopt;
  ViewMap map = getIdentity(source.getRank());
  int step = lookupSchema(op)->getArgumentIndex("step");
  if (step >= 0)
    map.dims[*dim].step = op->getOperand(step);
  Value start = op->getOperand(2);
  map.starts.push_back(
      {*dim, getPartStart(start, source.sizes[*dim]), getNumber(start)});
  return map;
}

static Map mapDiagonal(Operation *op, const TensorShape &source) {
  int64_t rank = source.getRank();
  std::optional<int64_t> by = getConstantInt(op->getOperand(1));
  std::optional<int64_t> a = getDim(op, 2, rank), b = getDim(op, 3, rank);
  auto result = TensorShape::of(op->getResult(0).getType());
  if (!a || !b || *a == *b)
    return std::nullopt;
  ViewMap map;
  for (int64_t i = 0; i < rank; ++i)
    if (i != *a && i != *b)
      map.dims.push_back({{i}});
  map.dims.push_back({{*a, *b}});
  // One outside of the tensor begins where the tensor does.
  int64_t count = result && result->hasRank && !result->sizes.empty()
                      ? result->sizes.back()
                      : ShapedType::kDynamic;
  if (!by || (*by != 0 && ShapedType::isDynamic(count)))
    map.starts.push_back({*a, std::nullopt, {}});
  else if (*by != 0 && count != 0)
    map.starts.push_back({*by > 0 ? *b : *a, std::abs(*by), {}});
  return map;
}

static Map mapExpand(Operation *op, const TensorShape &source) {
  auto result = TensorShape::of(op->getResult(0).getType());
  if (!result || !result->hasRank || result->getRank() < source.getRank())
    return std::nullopt;
  ViewMap map;
  map.dims.resize(result->getRank() - source.getRank());
  for (int64_t i = 0; i < source.getRank(); ++i) {
    map.dims.push_back({{i}});
    map.dims.back().mayRepeat = true;
  }
  return map;
}

static Map mapUnfold(Operation *op, const TensorShape &source) {
  std::optional<int64_t> dim = getDim(op, 1, source.getRank());
  if (!dim || source.getRank() == 0)
    return std::nullopt;
  ViewMap map = getIdentity(source.getRank());
  map.dims[*dim].step = op->getOperand(3);
  map.dims.push_back({{*dim}});
  return map;
}

static Map mapUnsqueeze(Operation *op, const TensorShape &source) {
  std::optional<int64_t> dim = getDim(op, 1, source.getRank() + 1);
  if (!dim)
    return std::nullopt;
  ViewMap map = getIdentity(source.getRank());
  map.dims.insert(map.dims.begin() + *dim, ViewDim());
  return map;
}

static Map mapSqueeze(Operation *op, const TensorShape &source) {
  int64_t rank = source.getRank();
  auto dims = op->getNumOperands() == 1
                  ? std::optional(llvm::to_vector(llvm::seq<int64_t>(0, rank)))
                  : getDims(op, 1, rank);
  if (!dims)
    return std::nullopt;
  auto result = TensorShape::of(op->getResult(0).getType());
  ViewMap map;
  for (int64_t i = 0; i < rank; ++i) {
    bool isDropped = llvm::is_contained(*dims, i);
    if (isDropped && ShapedType::isDynamic(source.sizes[i])) {
      // The result's rank says whether the one dim is dropped.
      if (dims->size() != 1 || !result || !result->hasRank)
        return std::nullopt;
      isDropped = result->getRank() < rank;
    } else {
      isDropped &= source.sizes[i] == 1;
    }
    if (!isDropped)
      map.dims.push_back({{i}});
  }
  return map;
}

//===----------------------------------------------------------------------===//
// The operators
//===----------------------------------------------------------------------===//

static constexpr ViewRule rules[] = {
    // The same elements in the same order.
    {"aten::_unsafe_view", nullptr, true, "", ""},
    {"aten::flatten.using_ints", nullptr, true, "", ""},
    {"aten::ravel", nullptr, true, "", ""},
    {"aten::reshape", nullptr, true, "", ""},
    {"aten::reshape_as", nullptr, true, "", ""},
    {"aten::squeeze", mapSqueeze, true, "", ""},
    {"aten::squeeze.dim", mapSqueeze, true, "", ""},
    {"aten::squeeze.dims", mapSqueeze, true, "", ""},
    {"aten::unflatten.int", nullptr, true, "", ""},
    {"aten::unsqueeze", mapUnsqueeze, true, "", ""},
    {"aten::view", nullptr, true, "", ""},
    {"aten::view_as", nullptr, true, "", ""},
    // The same tensor.
    {"aten::alias", mapWhole, true, "", ""},
    {"aten::detach", mapWhole, true, "", ""},
    // Dims in another order.
    {"aten::mT", mapMatrixTransposed, false, "", ""},
    {"aten::moveaxis.intlist", mapMovedim, false, "", ""},
    {"aten::movedim.int", mapMovedim, false, "", ""},
    {"aten::movedim.intlist", mapMovedim, false, "", ""},
    {"aten::numpy_T", mapReversed, false, "", ""},
    {"aten::permute", mapPermute, false, "", ""},
    {"aten::t", mapReversed, false, "", ""},
    {"aten::transpose.int", mapTranspose, false, "", ""},
    // Some of the elements.
    {"aten::diagonal", mapDiagonal, false, "aten::diagonal_scatter", ""},
    {"aten::linalg_diagonal", mapDiagonal, false, "aten::diagonal_scatter", ""},
    {"aten::narrow", mapPart, false, "", ""},
    {"aten::select.int", mapSelect, false, "aten::select_scatter", ""},
    {"aten::slice.Tensor", mapPart, false, "aten::slice_scatter", ""},
    // Elements that repeat.
    {"aten::broadcast_to", mapExpand, false, "", ""},
    {"aten::expand", mapExpand, false, "", ""},
    {"aten::expand_as", mapExpand, false, "", ""},
    {"aten::unfold", mapUnfold, false, "", ""},
    // Elements of another dtype.
    {"aten::view_as_complex", nullptr, false, "", "aten::view_as_real"},
    {"aten::view_as_real", nullptr, false, "", "aten::view_as_complex"},
};

/// The name by which the operator goes in the end.
static StringRef getFinalName(StringRef name) {
  static constexpr struct {
    StringLiteral name, target;
  } aliases[] = {
#include "MiniTorch/Dialect/Mt/IR/AtenAliases.cpp.inc"
  };
  for (const auto &alias : aliases)
    if (alias.name == name)
      return alias.target;
  name.consume_front("aten::");
  return name;
}

const ViewRule *minitorch::mt::getViewRule(Operation *op) {
  const Schema *schema = lookupSchema(op);
  if (!schema)
    return nullptr;
  StringRef name = getFinalName(schema->name);
  for (const ViewRule &rule : rules)
    if (rule.name.drop_front(strlen("aten::")) == name)
      return &rule;
  return nullptr;
}

std::optional<ViewMap> minitorch::mt::getViewMap(Operation *op,
                                                 const TensorShape &source) {
  const ViewRule *rule = getViewRule(op);
  return rule && rule->map && source.hasRank ? rule->map(op, source)
                                             : std::nullopt;
}

bool minitorch::mt::isWholeView(Operation *op) {
  const ViewRule *rule = getViewRule(op);
  return rule && rule->map == mapWhole;
}

bool minitorch::mt::isMemoryView(Operation *op) {
  auto schemaOp = dyn_cast<SchemaOpInterface>(op);
  return schemaOp && schemaOp.readsMemory() && schemaOp.getSchema() &&
         schemaOp.getSchema()->getArgumentIndex("storage_offset") >= 0;
}
