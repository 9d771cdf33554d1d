//===- StructuredOps.cpp - linalg.generic from scalar formulas --*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace minitorch;

Value minitorch::createEmpty(OpBuilder &b, Location loc,
                             ArrayRef<OpFoldResult> sizes, Type dtype) {
  return tensor::EmptyOp::create(b, loc, sizes, getStorageType(dtype));
}

Value minitorch::createFilled(OpBuilder &b, Location loc,
                              ArrayRef<OpFoldResult> sizes, Value scalar) {
  Value empty = createEmpty(b, loc, sizes, scalar.getType());
  return linalg::FillOp::create(b, loc, scalar, empty).getResult(0);
}

//===----------------------------------------------------------------------===//
// Broadcasting
//===----------------------------------------------------------------------===//

/// Whether there is no element: then a tensor of the right shape is all it
/// takes.
static bool isEmptyShape(ArrayRef<OpFoldResult> sizes) {
  return llvm::any_of(sizes, isZeroInteger);
}

static bool isOne(OpFoldResult size) { return isConstantIntValue(size, 1); }

/// Whether a size is known to be 1 or equal to `target`: `target` was built as
/// the broadcast of this size and others.
static bool broadcastsTo(OpFoldResult size, OpFoldResult target) {
  if (isOne(size) || areSizesEqual(size, target))
    return true;
  auto value = dyn_cast<Value>(target);
  auto select = value ? value.getDefiningOp<arith::SelectOp>() : nullptr;
  if (!select)
    return false;
  auto isUnit = select.getCondition().getDefiningOp<arith::CmpIOp>();
  if (!isUnit || isUnit.getPredicate() != arith::CmpIPredicate::eq ||
      isUnit.getLhs() != select.getFalseValue() ||
      !isConstantIntValue(isUnit.getRhs(), 1))
    return false;
  return broadcastsTo(size, select.getFalseValue()) ||
         broadcastsTo(size, select.getTrueValue());
}

/// The common size of the operands along the result's dim `dim`.
static OpFoldResult broadcastDim(OpBuilder &b, Location loc, size_t dim,
                                 ArrayRef<OpFoldResult> sizes) {
  // Sizes other than 1; those known to be equal once.
  SmallVector<OpFoldResult> distinct;
  for (OpFoldResult size : sizes)
    if (!isOne(size) && llvm::none_of(distinct, [&](OpFoldResult other) {
          return areSizesEqual(size, other);
        }))
      distinct.push_back(size);
  for (size_t i = 0; i < distinct.size();) {
    bool isCovered = false;
    for (size_t j = 0; j < distinct.size() && !isCovered; ++j)
      isCovered = i != j && broadcastsTo(distinct[i], distinct[j]);
    if (isCovered)
      distinct.erase(distinct.begin() + i);
    else
      ++i;
  }
  if (distinct.empty())
    return b.getIndexAttr(1);
  if (distinct.size() == 1)
    return distinct.front();

  // A static size decides, else the first that is not 1 when the program runs.
  OpFoldResult result;
  for (OpFoldResult size : distinct)
    if (getConstantIntValue(size) && !result)
      result = size;
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  if (!result) {
    Value value = toIndex(b, loc, distinct.back());
    for (OpFoldResult size : llvm::reverse(ArrayRef(distinct).drop_back())) {
      Value current = toIndex(b, loc, size);
      Value isUnit =
          arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, current, one);
      value = arith::SelectOp::create(b, loc, isUnit, value, current);
    }
    result = value;
  }
  for (OpFoldResult size : distinct) {
    if (size == result)
      continue;
    Value value = toIndex(b, loc, size);
    Value fits = arith::OrIOp::create(
        b, loc,
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, value,
                              toIndex(b, loc, result)),
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, value, one));
    bool isFirst = size == distinct.front();
    createRuntimeCheck(
        b, loc, fits, "RuntimeError",
        "The size of tensor a ({}) must match the size of tensor b ({}) at "
        "non-singleton dimension " +
            Twine(dim),
        {toInt(b, loc, isFirst ? size : distinct.front()),
         toInt(b, loc, isFirst ? result : size)});
  }
  return result;
}

SmallVector<OpFoldResult>
minitorch::broadcastSizes(OpBuilder &b, Location loc,
                          ArrayRef<SmallVector<OpFoldResult>> shapes) {
  size_t rank = 0;
  for (const SmallVector<OpFoldResult> &shape : shapes)
    rank = std::max(rank, shape.size());
  SmallVector<OpFoldResult> result;
  for (size_t dim = 0; dim < rank; ++dim) {
    SmallVector<OpFoldResult> sizes;
    for (const SmallVector<OpFoldResult> &shape : shapes)
      if (dim + shape.size() >= rank)
        sizes.push_back(shape[dim + shape.size() - rank]);
    result.push_back(broadcastDim(b, loc, dim, sizes));
  }
  return result;
}

/// `value` with the sizes `target` along `dims`, where its own size is either
/// equal or 1. Copies only where one is not equal when the program runs.
static Value expandWhereUnit(OpBuilder &b, Location loc, Value value,
                             ArrayRef<int64_t> dims,
                             ArrayRef<OpFoldResult> target) {
  SmallVector<OpFoldResult> sizes = getSizes(b, loc, value);
  Value mustExpand;
  for (int64_t dim : dims) {
    Value differs = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne,
                                          toIndex(b, loc, sizes[dim]),
                                          toIndex(b, loc, target[dim]));
    mustExpand = mustExpand
                     ? Value(arith::OrIOp::create(b, loc, mustExpand, differs))
                     : differs;
  }
  SmallVector<OpFoldResult> expandedSizes = sizes;
  for (int64_t dim : dims)
    expandedSizes[dim] = target[dim];
  Type elementType = cast<RankedTensorType>(value.getType()).getElementType();
  SmallVector<int64_t> shape;
  for (OpFoldResult size : expandedSizes)
    shape.push_back(getConstantIntValue(size).value_or(ShapedType::kDynamic));
  auto type = RankedTensorType::get(shape, elementType);

  auto expand = [&](OpBuilder &nested, Location) {
    Value zero = arith::ConstantIndexOp::create(nested, loc, 0);
    SmallVector<Value> isUnit(shape.size());
    for (int64_t dim : dims)
      isUnit[dim] = arith::CmpIOp::create(nested, loc, arith::CmpIPredicate::ne,
                                          toIndex(nested, loc, sizes[dim]),
                                          toIndex(nested, loc, target[dim]));
    Value expanded = createFromIndices(
        nested, loc, expandedSizes, elementType,
        [&](OpBuilder &body, ValueRange indices) -> Value {
          SmallVector<Value> source(indices);
          for (int64_t dim : dims)
            source[dim] = arith::SelectOp::create(body, loc, isUnit[dim], zero,
                                                  indices[dim]);
          return tensor::ExtractOp::create(body, loc, value, source);
        });
    scf::YieldOp::create(
        nested, loc,
        tensor::CastOp::create(nested, loc, type, expanded).getResult());
  };
  auto keep = [&](OpBuilder &nested, Location) {
    scf::YieldOp::create(
        nested, loc,
        tensor::CastOp::create(nested, loc, type, value).getResult());
  };
  return scf::IfOp::create(b, loc, mustExpand, expand, keep).getResult(0);
}

SmallVector<int64_t> minitorch::fitToSizes(OpBuilder &b, Location loc,
                                           Value &value,
                                           ArrayRef<OpFoldResult> sizes) {
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<int64_t> uncertain, unit, kept;
  for (auto [dim, size] : llvm::enumerate(sizes)) {
    OpFoldResult own = getSize(b, loc, value, dim);
    if (type.getDimSize(dim) == 1 && !isOne(size)) {
      unit.push_back(dim);
      continue;
    }
    kept.push_back(dim);
    if (!getConstantIntValue(own) && !areSizesEqual(own, size))
      uncertain.push_back(dim);
  }
  if (!uncertain.empty())
    value = expandWhereUnit(b, loc, value, uncertain, sizes);
  value = dropUnitDims(b, loc, value, unit);
  return kept;
}

BroadcastOperands minitorch::broadcastOperands(OpBuilder &b, Location loc,
                                               ValueRange values,
                                               int64_t rank) {
  BroadcastOperands result;
  result.values = llvm::to_vector(values);
  SmallVector<SmallVector<OpFoldResult>> shapes;
  for (Value value : values)
    if (isa<RankedTensorType>(value.getType()))
      shapes.push_back(getSizes(b, loc, value));
  result.sizes = broadcastSizes(b, loc, shapes);
  rank = std::max<int64_t>(rank, result.sizes.size());
  result.sizes.insert(result.sizes.begin(), rank - result.sizes.size(),
                      b.getIndexAttr(1));
  for (Value &value : result.values) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (!type) {
      result.maps.push_back(AffineMap());
      continue;
    }
    int64_t offset = rank - type.getRank();
    SmallVector<AffineExpr> exprs;
    for (int64_t dim :
         fitToSizes(b, loc, value, ArrayRef(result.sizes).drop_front(offset)))
      exprs.push_back(b.getAffineDimExpr(dim + offset));
    result.maps.push_back(AffineMap::get(rank, 0, exprs, b.getContext()));
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

Value minitorch::createElementwise(OpBuilder &b, Location loc,
                                   ArrayRef<DtypedValue> operands, int64_t rank,
                                   Type computeDtype, Type formulaDtype,
                                   Type resultDtype, ScalarFormula formula) {
  SmallVector<Value> values;
  for (const DtypedValue &operand : operands)
    values.push_back(operand.value);
  BroadcastOperands broadcast = broadcastOperands(b, loc, values, rank);
  rank = broadcast.sizes.size();

  // Numbers are cast once, outside.
  SmallVector<Value> scalars(operands.size()), inputs;
  SmallVector<AffineMap> maps;
  for (auto [i, operand] : llvm::enumerate(operands)) {
    if (!broadcast.maps[i]) {
      scalars[i] = computeDtype ? castNumber(b, loc, operand.value,
                                             operand.dtype, computeDtype)
                                : operand.value;
      continue;
    }
    inputs.push_back(broadcast.values[i]);
    maps.push_back(broadcast.maps[i]);
  }
  maps.push_back(b.getMultiDimIdentityMap(rank));
  Value init = createEmpty(b, loc, broadcast.sizes, resultDtype);
  if (isEmptyShape(broadcast.sizes))
    return init;
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      b, loc, init.getType(), inputs, init, maps, iterators,
      [&](OpBuilder &nested, Location, ValueRange arguments) {
        ScalarMath m(nested, loc, computeDtype ? computeDtype : formulaDtype);
        SmallVector<Value> elements;
        unsigned next = 0;
        for (auto [i, operand] : llvm::enumerate(operands)) {
          if (scalars[i]) {
            elements.push_back(scalars[i]);
            continue;
          }
          Value element = arguments[next++];
          elements.push_back(computeDtype ? m.cast(element, operand.dtype)
                                          : element);
        }
        Value value = formula(m, elements);
        linalg::YieldOp::create(
            nested, loc,
            castScalar(nested, loc, value, formulaDtype, resultDtype));
      });
  return generic.getResult(0);
}

Value minitorch::castElements(OpBuilder &b, Location loc,
                              const DtypedValue &operand, Type to) {
  if (getStorageType(operand.dtype) == getStorageType(to))
    return operand.value;
  return createElementwise(
      b, loc, operand, operand.getRank(), to, to, to,
      [](const ScalarMath &, ValueRange x) { return x[0]; });
}

Value minitorch::createFromIndices(
    OpBuilder &b, Location loc, ArrayRef<OpFoldResult> sizes, Type dtype,
    llvm::function_ref<Value(OpBuilder &, ValueRange)> body) {
  int64_t rank = sizes.size();
  Value init = createEmpty(b, loc, sizes, dtype);
  if (isEmptyShape(sizes))
    return init;
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      b, loc, init.getType(), ValueRange(), init,
      b.getMultiDimIdentityMap(rank), iterators,
      [&](OpBuilder &nested, Location, ValueRange) {
        SmallVector<Value> indices;
        for (int64_t dim = 0; dim < rank; ++dim)
          indices.push_back(linalg::IndexOp::create(nested, loc, dim));
        linalg::YieldOp::create(nested, loc, body(nested, indices));
      });
  return generic.getResult(0);
}

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

SmallVector<Value> minitorch::createReduction(
    OpBuilder &b, Location loc, Value input, ArrayRef<int64_t> dims,
    ValueRange inits,
    llvm::function_ref<SmallVector<Value>(OpBuilder &, Value, ValueRange)>
        body) {
  int64_t rank = cast<RankedTensorType>(input.getType()).getRank();
  SmallVector<utils::IteratorType> iterators;
  SmallVector<AffineExpr> kept;
  SmallVector<OpFoldResult> sizes;
  for (int64_t dim = 0; dim < rank; ++dim) {
    if (llvm::is_contained(dims, dim)) {
      iterators.push_back(utils::IteratorType::reduction);
      continue;
    }
    iterators.push_back(utils::IteratorType::parallel);
    kept.push_back(b.getAffineDimExpr(dim));
    sizes.push_back(getSize(b, loc, input, dim));
  }
  SmallVector<Value> filled;
  SmallVector<Type> types;
  SmallVector<AffineMap> maps = {b.getMultiDimIdentityMap(rank)};
  for (Value init : inits) {
    filled.push_back(createFilled(b, loc, sizes, init));
    types.push_back(filled.back().getType());
    maps.push_back(AffineMap::get(rank, 0, kept, b.getContext()));
  }
  if (isEmptyShape(getSizes(b, loc, input)))
    return filled;
  auto generic = linalg::GenericOp::create(
      b, loc, types, input, filled, maps, iterators,
      [&](OpBuilder &nested, Location, ValueRange arguments) {
        linalg::YieldOp::create(
            nested, loc,
            body(nested, arguments.front(), arguments.drop_front()));
      });
  return llvm::to_vector_of<Value>(generic.getResults());
}

//===----------------------------------------------------------------------===//
// Unit dims
//===----------------------------------------------------------------------===//

/// Groups of a shape of `rank` in which each of `dims` joins a neighbour.
static SmallVector<ReassociationIndices>
getUnitDimGroups(int64_t rank, ArrayRef<int64_t> dims) {
  SmallVector<ReassociationIndices> groups;
  ReassociationIndices pending;
  for (int64_t dim = 0; dim < rank; ++dim) {
    pending.push_back(dim);
    if (llvm::is_contained(dims, dim))
      continue;
    groups.push_back(pending);
    pending.clear();
  }
  if (!groups.empty())
    groups.back().append(pending);
  return groups;
}

Value minitorch::insertUnitDims(OpBuilder &b, Location loc, Value tensor,
                                ArrayRef<int64_t> dims) {
  if (dims.empty())
    return tensor;
  auto type = cast<RankedTensorType>(tensor.getType());
  int64_t rank = type.getRank() + dims.size();
  SmallVector<OpFoldResult> sizes;
  SmallVector<int64_t> shape;
  for (int64_t dim = 0, own = 0; dim < rank; ++dim) {
    bool isUnit = llvm::is_contained(dims, dim);
    sizes.push_back(isUnit ? b.getIndexAttr(1) : getSize(b, loc, tensor, own));
    shape.push_back(isUnit ? 1 : type.getDimSize(own));
    own += !isUnit;
  }
  return tensor::ExpandShapeOp::create(
      b, loc, RankedTensorType::get(shape, type.getElementType()), tensor,
      getUnitDimGroups(rank, dims), sizes);
}

Value minitorch::dropUnitDims(OpBuilder &b, Location loc, Value tensor,
                              ArrayRef<int64_t> dims) {
  if (dims.empty())
    return tensor;
  auto type = cast<RankedTensorType>(tensor.getType());
  SmallVector<ReassociationIndices> groups =
      getUnitDimGroups(type.getRank(), dims);
  // What an expand_shape inserted needs no collapse.
  if (auto expand = tensor.getDefiningOp<tensor::ExpandShapeOp>();
      expand && expand.getReassociationIndices() == groups)
    return expand.getSrc();
  return tensor::CollapseShapeOp::create(b, loc, tensor, groups);
}

Value minitorch::flatten(OpBuilder &b, Location loc, Value tensor) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (type.getRank() == 1)
    return tensor;
  if (type.getRank() == 0)
    return insertUnitDims(b, loc, tensor, 0);
  SmallVector<ReassociationIndices> groups = {
      llvm::to_vector_of<int64_t, 2>(llvm::seq<int64_t>(0, type.getRank()))};
  return tensor::CollapseShapeOp::create(b, loc, tensor, groups);
}
