//===- TensorSizes.cpp - Sizes of tensors, and which are equal --*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/TensorSizes.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"

using namespace mlir;
using namespace minitorch;

//===----------------------------------------------------------------------===//
// Building sizes
//===----------------------------------------------------------------------===//

OpFoldResult minitorch::getSize(OpBuilder &b, Location loc, Value tensor,
                                int64_t dim) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (!type.isDynamicDim(dim))
    return b.getIndexAttr(type.getDimSize(dim));
  Operation *def = tensor.getDefiningOp();
  if (auto cast = dyn_cast_or_null<tensor::CastOp>(def);
      cast && isa<RankedTensorType>(cast.getSource().getType()))
    return getSize(b, loc, cast.getSource(), dim);
  if (auto style = dyn_cast_or_null<DestinationStyleOpInterface>(def))
    return getSize(b, loc,
                   style.getTiedOpOperand(cast<OpResult>(tensor))->get(), dim);
  if (auto empty = dyn_cast_or_null<tensor::EmptyOp>(def))
    return empty.getMixedSizes()[dim];
  if (auto expand = dyn_cast_or_null<tensor::ExpandShapeOp>(def))
    return expand.getMixedOutputShape()[dim];
  if (auto slice = dyn_cast_or_null<tensor::ExtractSliceOp>(def);
      slice && slice.getDroppedDims().none())
    return slice.getMixedSizes()[dim];
  return tensor::DimOp::create(b, loc, tensor, dim).getResult();
}

SmallVector<OpFoldResult> minitorch::getSizes(OpBuilder &b, Location loc,
                                              Value tensor) {
  SmallVector<OpFoldResult> sizes;
  int64_t rank = cast<RankedTensorType>(tensor.getType()).getRank();
  for (int64_t dim = 0; dim < rank; ++dim)
    sizes.push_back(getSize(b, loc, tensor, dim));
  return sizes;
}

Value minitorch::toIndex(OpBuilder &b, Location loc, OpFoldResult size) {
  return getValueOrCreateConstantIndexOp(b, loc, size);
}

OpFoldResult minitorch::toSize(OpBuilder &b, Location loc, Value value) {
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return b.getIndexAttr(constant.getSExtValue());
  if (isa<IndexType>(value.getType()))
    return value;
  if (auto cast = value.getDefiningOp<arith::IndexCastOp>();
      cast && isa<IndexType>(cast.getIn().getType()))
    return cast.getIn();
  return arith::IndexCastOp::create(b, loc, b.getIndexType(), value)
      .getResult();
}

Value minitorch::toInt(OpBuilder &b, Location loc, OpFoldResult size) {
  if (std::optional<int64_t> constant = getConstantIntValue(size))
    return arith::ConstantIntOp::create(b, loc, *constant, 64);
  return arith::IndexCastOp::create(b, loc, b.getI64Type(), cast<Value>(size));
}

OpFoldResult minitorch::multiplySizes(OpBuilder &b, Location loc,
                                      ArrayRef<OpFoldResult> sizes) {
  int64_t coefficient = 1;
  Value product;
  for (OpFoldResult size : sizes) {
    if (std::optional<int64_t> constant = getConstantIntValue(size)) {
      coefficient *= *constant;
      continue;
    }
    Value value = cast<Value>(size);
    product =
        product ? Value(arith::MulIOp::create(b, loc, product, value)) : value;
  }
  if (!product || coefficient == 0)
    return b.getIndexAttr(coefficient);
  if (coefficient == 1)
    return product;
  Value factor = arith::ConstantIndexOp::create(b, loc, coefficient);
  return arith::MulIOp::create(b, loc, product, factor).getResult();
}

OpFoldResult minitorch::getNumElements(OpBuilder &b, Location loc,
                                       Value tensor) {
  return multiplySizes(b, loc, getSizes(b, loc, tensor));
}

Value minitorch::createSizesEqual(OpBuilder &b, Location loc, OpFoldResult x,
                                  OpFoldResult y) {
  if (areSizesEqual(x, y))
    return arith::ConstantIntOp::create(b, loc, 1, 1);
  return arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq,
                               toIndex(b, loc, x), toIndex(b, loc, y));
}

//===----------------------------------------------------------------------===//
// Reasoning about sizes
//===----------------------------------------------------------------------===//

/// Bounds the walk towards the origin of a size.
static constexpr unsigned kMaxDepth = 32;

/// Whether two values are computed alike from the same values.
static bool isSameComputation(Value x, Value y, unsigned depth = 0) {
  if (x == y)
    return true;
  Operation *xDef = x.getDefiningOp(), *yDef = y.getDefiningOp();
  if (!xDef || !yDef || depth == 8 || xDef->getNumRegions() != 0 ||
      xDef->getName() != yDef->getName() ||
      xDef->getNumOperands() != yDef->getNumOperands() ||
      xDef->getNumOperands() == 0 || !isPure(xDef) ||
      xDef->getAttrDictionary() != yDef->getAttrDictionary() ||
      x.getType() != y.getType() ||
      cast<OpResult>(x).getResultNumber() !=
          cast<OpResult>(y).getResultNumber())
    return isa_and_nonnull<arith::ConstantOp>(xDef) &&
           isa_and_nonnull<arith::ConstantOp>(yDef) &&
           cast<arith::ConstantOp>(xDef).getValue() ==
               cast<arith::ConstantOp>(yDef).getValue();
  for (auto [a, b] : llvm::zip(xDef->getOperands(), yDef->getOperands()))
    if (!isSameComputation(a, b, depth + 1))
      return false;
  return true;
}

bool SizeProduct::Factor::operator==(const Factor &other) const {
  return dim == other.dim && isSameComputation(value, other.value);
}

SizeProduct SizeProduct::operator*(const SizeProduct &other) const {
  SizeProduct result = *this;
  result.coefficient *= other.coefficient;
  result.factors.append(other.factors);
  return result;
}

std::optional<SizeProduct>
SizeProduct::divideBy(const SizeProduct &other) const {
  if (other.coefficient == 0 || coefficient % other.coefficient != 0)
    return std::nullopt;
  SizeProduct result = *this;
  result.coefficient /= other.coefficient;
  for (const Factor &factor : other.factors) {
    auto it = llvm::find(result.factors, factor);
    if (it == result.factors.end())
      return std::nullopt;
    result.factors.erase(it);
  }
  return result;
}

bool SizeProduct::operator==(const SizeProduct &other) const {
  if (coefficient == 0 || other.coefficient == 0)
    return coefficient == other.coefficient && isStatic() && other.isStatic();
  std::optional<SizeProduct> quotient = divideBy(other);
  return quotient && quotient->isOne();
}

SizeProduct SizeProduct::of(OpFoldResult size) {
  if (auto attribute = dyn_cast<Attribute>(size)) {
    SizeProduct result;
    result.coefficient = cast<IntegerAttr>(attribute).getInt();
    return result;
  }
  return ofIndex(cast<Value>(size), 0);
}

SizeProduct SizeProduct::of(Value tensor, int64_t dim) {
  return ofDim(tensor, dim, 0);
}

SizeProduct SizeProduct::ofIndex(Value value, unsigned depth) {
  SizeProduct result;
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant))) {
    result.coefficient = constant.getSExtValue();
    return result;
  }
  Operation *def = depth < kMaxDepth ? value.getDefiningOp() : nullptr;
  if (isa_and_nonnull<arith::IndexCastOp>(def))
    return ofIndex(def->getOperand(0), depth + 1);
  if (isa_and_nonnull<arith::MulIOp>(def))
    return ofIndex(def->getOperand(0), depth + 1) *
           ofIndex(def->getOperand(1), depth + 1);
  if (auto dim = dyn_cast_or_null<tensor::DimOp>(def))
    if (std::optional<int64_t> index = dim.getConstantIndex();
        index && isa<RankedTensorType>(dim.getSource().getType()))
      return ofDim(dim.getSource(), *index, depth + 1);
  // Arithmetic on sizes still refers to the query while it is being converted.
  if (def && def->getName().getStringRef() == "mt.aten.size.int" &&
      matchPattern(def->getOperand(1), m_ConstantInt(&constant)))
    if (auto type = dyn_cast<RankedTensorType>(def->getOperand(0).getType())) {
      int64_t dim = constant.getSExtValue();
      dim = dim < 0 ? dim + type.getRank() : dim;
      if (dim >= 0 && dim < type.getRank())
        return ofDim(def->getOperand(0), dim, depth + 1);
    }
  result.factors.push_back({value, -1});
  return result;
}

SizeProduct SizeProduct::ofDim(Value tensor, int64_t dim, unsigned depth) {
  SizeProduct result;
  auto type = cast<RankedTensorType>(tensor.getType());
  if (!type.isDynamicDim(dim)) {
    result.coefficient = type.getDimSize(dim);
    return result;
  }
  auto ofMixed = [&](OpFoldResult size) {
    if (auto value = dyn_cast<Value>(size))
      return ofIndex(value, depth + 1);
    return of(size);
  };
  Operation *def = depth < kMaxDepth ? tensor.getDefiningOp() : nullptr;
  if (isa_and_nonnull<tensor::CastOp, UnrealizedConversionCastOp>(def) &&
      def->getNumOperands() == 1 &&
      isa<RankedTensorType>(def->getOperand(0).getType()))
    return ofDim(def->getOperand(0), dim, depth + 1);
  if (auto style = dyn_cast_or_null<DestinationStyleOpInterface>(def))
    return ofDim(style.getTiedOpOperand(cast<OpResult>(tensor))->get(), dim,
                 depth + 1);
  if (auto empty = dyn_cast_or_null<tensor::EmptyOp>(def))
    return ofMixed(empty.getMixedSizes()[dim]);
  if (auto expand = dyn_cast_or_null<tensor::ExpandShapeOp>(def))
    return ofMixed(expand.getMixedOutputShape()[dim]);
  if (auto slice = dyn_cast_or_null<tensor::ExtractSliceOp>(def);
      slice && slice.getDroppedDims().none())
    return ofMixed(slice.getMixedSizes()[dim]);
  if (auto collapse = dyn_cast_or_null<tensor::CollapseShapeOp>(def)) {
    SmallVector<ReassociationIndices> groups =
        collapse.getReassociationIndices();
    for (int64_t source : groups[dim])
      result = result * ofDim(collapse.getSrc(), source, depth + 1);
    return result;
  }
  if (auto reshape = dyn_cast_or_null<tensor::ReshapeOp>(def))
    if (auto shape = reshape.getShape().getDefiningOp<tensor::FromElementsOp>())
      return ofIndex(shape.getElements()[dim], depth + 1);
  result.factors.push_back({tensor, dim});
  return result;
}

bool minitorch::areSizesEqual(OpFoldResult x, OpFoldResult y) {
  return SizeProduct::of(x) == SizeProduct::of(y);
}
