//===- Layouts.cpp - How the results of functions lie in memory ---------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Layouts.h"

#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRuleTable.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

#include <algorithm>
#include <numeric>

using namespace llvm;
using namespace minitorch;

//===----------------------------------------------------------------------===//
// PyTorch's iterators
//===----------------------------------------------------------------------===//

/// The dims of an image, or a volume, of this rank from the innermost on, with
/// the channels last.
static ArrayRef<unsigned> getChannelsLastOrder(size_t rank) {
  static constexpr unsigned image[] = {1, 3, 2, 0}, volume[] = {1, 4, 3, 2, 0};
  return rank == 4   ? ArrayRef<unsigned>(image)
         : rank == 5 ? ArrayRef<unsigned>(volume)
                     : ArrayRef<unsigned>();
}

static bool isChannelsLast(const Tensor &tensor) {
  if (tensor.sizes.size() != 4)
    return false;
  int64_t expected = 1;
  for (unsigned dim : getChannelsLastOrder(4)) {
    if (tensor.sizes[dim] != 1 && tensor.strides[dim] != expected)
      return false;
    expected *= tensor.sizes[dim];
  }
  return true;
}

/// Whether operators on images take it for one with its channels last: the
/// strides need only be in that order (c10::is_channels_last_strides_2d).
static bool isLikeChannelsLast(const Tensor &tensor) {
  ArrayRef<unsigned> order = getChannelsLastOrder(tensor.sizes.size());
  if (order.empty() || tensor.strides[1] == 0)
    return false;
  int64_t least = 0;
  for (unsigned dim : order) {
    if (tensor.sizes[dim] == 0 || tensor.strides[dim] < least ||
        (dim == 0 && least == tensor.strides[1]))
      return false;
    least = tensor.strides[dim] * std::max<int64_t>(tensor.sizes[dim], 1);
  }
  return true;
}

static SmallVector<int64_t, 4> getChannelsLastStrides(ArrayRef<int64_t> sizes) {
  SmallVector<int64_t, 4> strides(sizes.size());
  int64_t stride = 1;
  for (unsigned dim : getChannelsLastOrder(sizes.size())) {
    strides[dim] = stride;
    stride *= std::max<int64_t>(sizes[dim], 1);
  }
  return strides;
}

bool minitorch::isDense(const Tensor &tensor) {
  if (tensor.isContiguous())
    return true;
  SmallVector<size_t> order;
  for (auto [dim, size] : enumerate(tensor.sizes))
    if (size > 1)
      order.push_back(dim);
  llvm::sort(order, [&](size_t a, size_t b) {
    return tensor.strides[a] < tensor.strides[b];
  });
  int64_t expected = 1;
  for (size_t dim : order) {
    if (tensor.strides[dim] != expected)
      return false;
    expected *= tensor.sizes[dim];
  }
  return true;
}

/// Operands of equal sizes that all lie alike: how the result does.
static std::optional<SmallVector<int64_t, 4>>
getCommonStrides(ArrayRef<int64_t> sizes, ArrayRef<const Tensor *> tensors) {
  auto isEach = [&](auto predicate) { return all_of(tensors, predicate); };
  if (!isEach([&](const Tensor *tensor) {
        return ArrayRef(tensor->sizes) == sizes;
      }))
    return std::nullopt;
  if (isEach([](const Tensor *tensor) { return tensor->isContiguous(); }))
    return contiguousStrides(sizes);
  if (isEach([](const Tensor *tensor) { return isChannelsLast(*tensor); }))
    return getChannelsLastStrides(sizes);
  if (isEach([&](const Tensor *tensor) {
        return isDense(*tensor) && tensor->strides == tensors[0]->strides;
      }))
    return tensors[0]->strides;
  return std::nullopt;
}

/// Strides in the order that the operands' strides have, those of the first
/// before those of the others.
static SmallVector<int64_t, 4>
getOrderedStrides(ArrayRef<int64_t> sizes, ArrayRef<const Tensor *> tensors) {
  size_t rank = sizes.size();
  auto strideIn = [&](const Tensor &tensor, size_t dim) -> int64_t {
    size_t missing = rank - tensor.sizes.size();
    if (dim < missing || (tensor.sizes[dim - missing] == 1 && sizes[dim] != 1))
      return 0;
    return tensor.strides[dim - missing] * byteSize(tensor.dtype);
  };
  // Not an order that a sort would take: what is broadcast says nothing.
  auto compare = [&](size_t a, size_t b) {
    for (const Tensor *tensor : tensors) {
      int64_t first = strideIn(*tensor, a), second = strideIn(*tensor, b);
      if (first == 0 || second == 0)
        continue;
      if (first != second)
        return first < second ? -1 : 1;
      if (sizes[a] > sizes[b])
        return 1;
    }
    return 0;
  };
  SmallVector<size_t> order(rank);
  std::iota(order.rbegin(), order.rend(), 0);
  for (size_t i = 1; i < rank; ++i)
    for (size_t at = i, before = i; before-- > 0;) {
      int found = compare(order[before], order[at]);
      if (found > 0) {
        std::swap(order[before], order[at]);
        at = before;
      } else if (found < 0) {
        break;
      }
    }
  if (std::is_sorted(order.rbegin(), order.rend()))
    return contiguousStrides(sizes);
  SmallVector<int64_t, 4> strides(rank);
  int64_t stride = 1;
  for (size_t dim : order) {
    strides[dim] = stride;
    stride *= sizes[dim];
  }
  return strides;
}

/// Column by column, of each of the matrices.
static SmallVector<int64_t, 4> getColumnStrides(ArrayRef<int64_t> sizes) {
  SmallVector<int64_t, 4> turned(sizes.begin(), sizes.end());
  std::swap(turned.end()[-1], turned.end()[-2]);
  auto strides = contiguousStrides(turned);
  std::swap(strides.end()[-1], strides.end()[-2]);
  return {strides.begin(), strides.end()};
}

/// Whether elements are one in memory.
static bool repeats(const Tensor &tensor) {
  return any_of(zip(tensor.sizes, tensor.strides), [](auto dim) {
    return std::get<0>(dim) > 1 && std::get<1>(dim) == 0;
  });
}

/// As empty_like has it.
static SmallVector<int64_t, 4> getDenseStrides(const Tensor &tensor) {
  if (isDense(tensor))
    return SmallVector<int64_t, 4>(tensor.strides.begin(),
                                   tensor.strides.end());
  return getOrderedStrides(tensor.sizes, {&tensor});
}

/// x[i, j] is read by an iterator over x, whose indexed dims have no strides,
/// and the indices, which have none along the others.
static SmallVector<int64_t, 4>
getIndexedStrides(ArrayRef<int64_t> sizes, const Tensor &tensor,
                  ArrayRef<const Tensor *> indices) {
  // Which dims are indexed, and with what: a mask is a list of places.
  SmallVector<bool> isIndexed;
  SmallVector<const Tensor *> places;
  static const Tensor list = [] {
    Tensor one;
    one.dtype = DType::I64;
    one.sizes = {2};
    one.strides = {1};
    return one;
  }();
  for (const Tensor *index : indices) {
    bool isMask =
        index && (index->dtype == DType::I1 || index->dtype == DType::UI8);
    isIndexed.append(isMask ? index->sizes.size() : 1, index != nullptr);
    if (index)
      places.push_back(isMask ? &list : index);
  }
  size_t rank = tensor.sizes.size(), first = rank, last = 0, count = 0;
  isIndexed.resize(rank, false);
  for (size_t dim = 0; dim < rank; ++dim)
    if (isIndexed[dim]) {
      first = std::min(first, dim);
      last = dim + 1;
      ++count;
    }
  // Dims apart from one another go to the front.
  bool isTogether = last - first == count;
  size_t before = isTogether ? first : 0;
  size_t replaced = sizes.size() + count - rank;
  Tensor source;
  source.dtype = tensor.dtype;
  source.sizes.assign(sizes.begin(), sizes.end());
  source.strides.assign(sizes.size(), 0);
  size_t to = 0;
  for (auto [dim, stride] : enumerate(tensor.strides)) {
    if (isIndexed[dim])
      continue;
    if (to == before)
      to += replaced;
    source.strides[to++] = stride;
  }
  SmallVector<Tensor> expanded;
  for (const Tensor *place : places) {
    Tensor index;
    index.dtype = DType::I64;
    index.sizes.assign(sizes.size(), 1);
    index.strides.assign(sizes.size(), 0);
    size_t own = place->sizes.size();
    for (size_t at = before + replaced; own > 0 && at-- > before;) {
      --own;
      bool repeats = place->sizes[own] == 1 && sizes[at] != 1;
      index.sizes[at] = sizes[at];
      index.strides[at] = repeats ? 0 : place->strides[own];
    }
    expanded.push_back(std::move(index));
  }
  SmallVector<const Tensor *> operands{&source};
  for (const Tensor &index : expanded)
    operands.push_back(&index);
  if (auto strides = getCommonStrides(sizes, operands))
    return *strides;
  return getOrderedStrides(sizes, operands);
}

//===----------------------------------------------------------------------===//
// ResultLayout
//===----------------------------------------------------------------------===//

/// Whether the operators with this type rule are loops over all elements of
/// operands that are broadcast.
static bool isPointwiseRule(StringRef rule) {
  return StringSwitch<bool>(rule)
      .Cases({"unaryFloat", "unarySame", "unaryBool", "unaryAbs", "unaryAngle"},
             true)
      .Cases({"binaryPromote", "binaryFloat", "compare", "divMode",
              "floatPower", "polygamma"},
             true)
      .Cases({"clampScalar", "clampTensor", "addcmul", "square", "where"}, true)
      .Default(false);
}

/// Whether the operators with this type rule give images that lie as the ones
/// do that they are given.
static bool isImageRule(StringRef rule) {
  return StringSwitch<bool>(rule)
      .Cases({"convolutionNd", "convolution", "convTranspose"}, true)
      .Cases({"pool", "poolWithIndices", "adaptivePool", "adaptivePoolIndices"},
             true)
      .Cases({"upsample", "upsampleVec", "padNd", "halveDim"}, true)
      .Cases({"normalizedImage", "nativeBatchNorm", "nativeGroupNorm"}, true)
      .Cases({"pixelShuffle", "pixelUnshuffle"}, true)
      .Default(false);
}

/// A bit a result of the operators with this type rule that is matrices in
/// LAPACK's order.
static unsigned getColumnResults(StringRef rule) {
  return StringSwitch<unsigned>(rule)
      .Cases({"squareFactor", "columnsAsInput", "reflectedProduct",
              "choleskyFactor"},
             1)
      .Cases({"luFactor", "ldlFactor", "reflectors", "leastSquares"}, 1)
      .Cases({"choleskySolve", "solveTriangular", "luSolveOld"}, 1)
      .Cases({"luSolve", "ldlSolve", "linearSystem"}, 1)
      .Cases({"eigenHermitian", "eigenGeneral"}, 2)
      .Cases({"qrFactors", "triangularSolve"}, 3)
      .Case("svdWithV", 1)
      .Case("svdFactors", 5)
      .Default(0);
}

/// Whether the operators with this type rule make new tensors in the order of
/// their first operand, without its gaps.
static bool isOrderedRule(StringRef rule) {
  return StringSwitch<bool>(rule)
      .Cases(
          {"sortPair", "argsort", "reordered", "orderedAsInput", "createLike"},
          true)
      .Default(false);
}

/// Whether numbers among the operands become tensors.
static bool wrapsNumbers(StringRef rule, StringRef name) {
  return name != "aten::pow.Tensor_Scalar" &&
         StringSwitch<bool>(rule)
             .Cases({"binaryPromote", "binaryFloat", "compare", "divMode",
                     "where"},
                    true)
             .Default(false);
}

mlir::Operation *minitorch::getOperator(mlir::func::FuncOp func) {
  mlir::Operation *op = nullptr;
  for (mlir::Operation &each : func.getBody().front())
    if (isa<mt::SchemaOpInterface>(each) && mt::lookupSchema(&each))
      op = &each;
  return op;
}

/// The number of the argument that `value` is, or `otherwise`.
static unsigned getArgument(mlir::Value value, unsigned otherwise) {
  while (auto cast = value.getDefiningOp<mt::PrimUncheckedCastOp>())
    value = cast.getValue();
  auto argument = dyn_cast<mlir::BlockArgument>(value);
  return argument ? argument.getArgNumber() : otherwise;
}

ResultLayout::ResultLayout(mlir::func::FuncOp func) {
  mlir::Operation *op = getOperator(func);
  if (!op)
    return;
  const mt::Schema &schema = *mt::lookupSchema(op);
  StringRef rule = mt::getTypeRuleName(schema);
  isPointwise = isPointwiseRule(rule);
  isLikeFirst = isOrderedRule(rule);
  hasStridesOfFirst = rule == "stridedAsInput";
  isImage = isImageRule(rule);
  columns = getColumnResults(rule);
  auto getOperand = [&](StringRef name) {
    int index = schema.getArgumentIndex(name);
    return index >= 0 ? op->getOperand(index) : mlir::Value();
  };
  if (mlir::Value format = getOperand("memory_format");
      format && !mt::isNone(format) && mt::getConstantInt(format) != 1)
    isLikeFirst = false; // nor preserved
  if (mlir::Value left = getOperand("left");
      left && rule != "solveTriangular" && rule != "reflectedProduct" &&
      mt::getConstantBool(left) != true)
    columns = 0;
  if (mlir::Value vectors = getOperand("compute_uv");
      vectors && mt::getConstantBool(vectors) != true)
    columns = 0;
  isPartOfColumns = rule == "leastSquares";
  if (rule == "tensorInverse")
    inverted = mt::getConstantInt(getOperand("ind")).value_or(0);
  if (rule == "quantile" && isa<mt::TensorType>(op->getOperand(1).getType()))
    quantiles = getArgument(op->getOperand(1), isNumber);
  if (rule == "rot90") {
    std::optional<SmallVector<int64_t>> dims =
        mt::getIntList(getOperand("dims"));
    if (dims && dims->size() == 2) {
      turned.assign(dims->begin(), dims->end());
      turns = mt::getConstantInt(getOperand("k")).value_or(0);
    }
  }
  if (rule == "roll") {
    std::optional<SmallVector<int64_t>> dims =
        mt::getIntList(getOperand("dims"));
    isImage = dims && !dims->empty();
  }
  // Those of volumes go otherwise.
  isVolume = isImage && !rule.starts_with("conv") &&
             !rule.contains_insensitive("pool");
  // Copied part by part.
  int mode = schema.getArgumentIndex("mode");
  if (mode >= 0 && mt::getConstantStr(op->getOperand(mode)) == "circular")
    isImage = false;
  isPadded =
      rule == "padNd" &&
      (mode < 0 ? schema.getArgumentIndex("value") >= 0
                : mt::getConstantStr(op->getOperand(mode)) == "constant");
  if (isImage) {
    bool hasWeights = rule.starts_with("conv");
    for (mlir::Value operand : op->getOperands().take_front(hasWeights ? 2 : 1))
      operands.push_back(getArgument(operand, isNumber));
    return;
  }
  if (isLikeFirst || hasStridesOfFirst || isPartOfColumns || turns % 4 != 0 ||
      schema.name == "aten::index.Tensor")
    operands.push_back(getArgument(op->getOperand(0), isNumber));
  if (schema.name == "aten::index.Tensor") {
    auto list = op->getOperand(1).getDefiningOp<mt::PrimListConstructOp>();
    if (!list)
      return;
    for (mlir::Value index : list.getOperands())
      indices.push_back(getArgument(index, isNumber));
    bool isKnown = all_of(zip(list.getOperands(), indices), [](auto entry) {
      auto [index, argument] = entry;
      return argument != isNumber || isa<mt::NoneType>(index.getType());
    });
    if (!isKnown)
      indices.clear();
  }
  if (isLikeFirst || !operands.empty())
    return;
  isColumnMajor = rule == "nonzero";
  bool wraps = wrapsNumbers(rule, schema.name);
  for (auto [operand, argument] : zip(op->getOperands(), schema.arguments)) {
    if (isa<mt::TensorType>(operand.getType())) {
      auto value = dyn_cast<mlir::BlockArgument>(operand);
      if (!value) {
        isPointwise = false;
        return;
      }
      operands.push_back(value.getArgNumber());
    } else if (wraps && argument.type == "Scalar" &&
               (argument.name == "self" || argument.name == "other")) {
      operands.push_back(isNumber);
    }
  }
}

SmallVector<int64_t, 4> ResultLayout::getStrides(unsigned index,
                                                 ArrayRef<int64_t> sizes,
                                                 ArrayRef<Value> args) const {
  if (isColumnMajor && sizes.size() == 2)
    return {1, sizes[0]};
  bool hasFirst = !operands.empty() && operands[0] != isNumber &&
                  args[operands[0]].isTensor();
  const Tensor *first = hasFirst ? args[operands[0]].tensor.get() : nullptr;
  bool hasSizesOfFirst = first && ArrayRef(first->sizes) == sizes;
  if ((columns >> index & 1) && sizes.size() > 1) {
    if (!isPartOfColumns || !first || first->sizes.size() != sizes.size())
      return getColumnStrides(sizes);
    // What the right sides were is below, where there are more of them.
    SmallVector<int64_t> whole(sizes.begin(), sizes.end());
    whole.end()[-2] = std::max(first->sizes.end()[-2], first->sizes.end()[-1]);
    return getColumnStrides(whole);
  }
  if (inverted > 0 && inverted < static_cast<int64_t>(sizes.size())) {
    auto rows = contiguousStrides(sizes.drop_back(inverted));
    int64_t count = 1;
    for (int64_t size : sizes.drop_back(inverted))
      count *= size;
    SmallVector<int64_t, 4> strides(rows.begin(), rows.end());
    for (int64_t stride : contiguousStrides(sizes.take_back(inverted)))
      strides.push_back(stride * count);
    return strides;
  }
  if (quantiles && sizes.size() > 1 && *quantiles != isNumber &&
      args[*quantiles].isTensor() &&
      args[*quantiles].tensor->sizes.size() == 1) {
    SmallVector<int64_t, 4> last(sizes.drop_front());
    last.push_back(sizes.front());
    auto strides = contiguousStrides(last);
    std::rotate(strides.begin(), strides.end() - 1, strides.end());
    return {strides.begin(), strides.end()};
  }
  if (hasStridesOfFirst && hasSizesOfFirst && !repeats(*first))
    return {first->strides.begin(), first->strides.end()};
  if (isPadded && hasSizesOfFirst)
    return getDenseStrides(*first);
  if (turns % 4 != 0 && first && first->sizes.size() == sizes.size()) {
    SmallVector<int64_t, 4> strides = getDenseStrides(*first);
    int64_t rank = sizes.size();
    if (turns % 2 != 0)
      std::swap(strides[(turned[0] + rank) % rank],
                strides[(turned[1] + rank) % rank]);
    return strides;
  }
  if (isLikeFirst && hasSizesOfFirst)
    return getDenseStrides(*first);
  if (!indices.empty() && sizes.size() > 1 && hasFirst) {
    SmallVector<const Tensor *> tensors;
    for (unsigned index : indices)
      tensors.push_back(index != isNumber && args[index].isTensor()
                            ? args[index].tensor.get()
                            : nullptr);
    return getIndexedStrides(sizes, *first, tensors);
  }
  auto isChannelsLastHere = [&](unsigned operand) {
    return operand != isNumber && args[operand].isTensor() &&
           isLikeChannelsLast(*args[operand].tensor);
  };
  if (isImage && (sizes.size() == 4 || (isVolume && sizes.size() == 5)) &&
      any_of(operands, isChannelsLastHere))
    return getChannelsLastStrides(sizes);
  if (!isPointwise || sizes.size() < 2)
    return contiguousStrides(sizes);
  static const Tensor number;
  SmallVector<const Tensor *> tensors;
  for (unsigned operand : operands) {
    if (operand != isNumber && !args[operand].isTensor())
      return contiguousStrides(sizes);
    tensors.push_back(operand == isNumber ? &number
                                          : args[operand].tensor.get());
  }
  if (auto strides = getCommonStrides(sizes, tensors))
    return *strides;
  return getOrderedStrides(sizes, tensors);
}
