//===- Slices.cpp - Slices that may have no elements ------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/Slices.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;

/// Whether a slice of `tensor` is known to have no elements, or has none in
/// every program that is right.
static bool isEmptySlice(Value tensor, ArrayRef<OpFoldResult> offsets,
                         ArrayRef<OpFoldResult> sizes) {
  auto type = cast<RankedTensorType>(tensor.getType());
  for (auto [extent, offset, size] :
       llvm::zip(type.getShape(), offsets, sizes)) {
    std::optional<int64_t> start = getConstantIntValue(offset);
    if (isZeroInteger(size) ||
        (!ShapedType::isDynamic(extent) && start && *start >= extent))
      return true;
  }
  return false;
}

/// Whether a slice that drops dims also keeps one of size 1: which of them is
/// dropped is forgotten once upstream folds its operands.
static bool isAmbiguous(ArrayRef<OpFoldResult> sizes,
                        ArrayRef<int64_t> dropped) {
  if (dropped.empty())
    return false;
  for (auto [dim, size] : llvm::enumerate(sizes))
    if (!llvm::is_contained(dropped, static_cast<int64_t>(dim)) &&
        getConstantIntValue(size) == 1)
      return true;
  return false;
}

/// The groups of dims of a slice that are one dim without `dropped`.
static SmallVector<ReassociationIndices>
getReassociation(int64_t rank, ArrayRef<int64_t> dropped) {
  SmallVector<ReassociationIndices> groups;
  ReassociationIndices leading;
  for (int64_t dim = 0; dim < rank; ++dim) {
    if (!llvm::is_contained(dropped, dim)) {
      groups.emplace_back(leading);
      groups.back().push_back(dim);
      leading.clear();
    } else if (groups.empty()) {
      leading.push_back(dim);
    } else {
      groups.back().push_back(dim);
    }
  }
  return groups;
}

Value minitorch::extractSlice(OpBuilder &b, Location loc, Value tensor,
                              ArrayRef<OpFoldResult> offsets,
                              ArrayRef<OpFoldResult> sizes,
                              ArrayRef<OpFoldResult> strides,
                              ArrayRef<int64_t> dropped) {
  SmallVector<OpFoldResult> kept;
  SmallVector<int64_t> shape;
  for (auto [dim, size] : llvm::enumerate(sizes)) {
    if (llvm::is_contained(dropped, static_cast<int64_t>(dim)))
      continue;
    kept.push_back(size);
    shape.push_back(getConstantIntValue(size).value_or(ShapedType::kDynamic));
  }
  Type element = cast<RankedTensorType>(tensor.getType()).getElementType();
  if (isEmptySlice(tensor, offsets, sizes))
    return tensor::EmptyOp::create(b, loc, kept, element);
  auto type = RankedTensorType::get(shape, element);
  if (!isAmbiguous(sizes, dropped))
    return tensor::ExtractSliceOp::create(b, loc, type, tensor, offsets, sizes,
                                          strides);
  Value slice =
      tensor::ExtractSliceOp::create(b, loc, tensor, offsets, sizes, strides);
  return tensor::CollapseShapeOp::create(
      b, loc, type, slice, getReassociation(sizes.size(), dropped));
}

Value minitorch::insertSlice(OpBuilder &b, Location loc, Value part,
                             Value tensor, ArrayRef<OpFoldResult> offsets,
                             ArrayRef<OpFoldResult> sizes,
                             ArrayRef<OpFoldResult> strides,
                             ArrayRef<int64_t> dropped) {
  if (isEmptySlice(tensor, offsets, sizes))
    return tensor;
  // The sizes may say more than the type of the part, or less.
  SmallVector<int64_t> kept;
  for (auto [dim, size] : llvm::enumerate(sizes))
    if (!llvm::is_contained(dropped, static_cast<int64_t>(dim)))
      kept.push_back(getConstantIntValue(size).value_or(ShapedType::kDynamic));
  auto partType = cast<RankedTensorType>(part.getType());
  if (partType.getShape() != ArrayRef<int64_t>(kept))
    part = tensor::CastOp::create(b, loc, partType.clone(kept), part);
  if (isAmbiguous(sizes, dropped)) {
    SmallVector<int64_t> shape;
    for (OpFoldResult size : sizes)
      shape.push_back(getConstantIntValue(size).value_or(ShapedType::kDynamic));
    auto type = cast<RankedTensorType>(part.getType()).clone(shape);
    part = tensor::ExpandShapeOp::create(
        b, loc, type, part, getReassociation(sizes.size(), dropped), sizes);
  }
  return tensor::InsertSliceOp::create(b, loc, part, tensor, offsets, sizes,
                                       strides);
}
