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
  return tensor::ExtractSliceOp::create(b, loc,
                                        RankedTensorType::get(shape, element),
                                        tensor, offsets, sizes, strides);
}

Value minitorch::insertSlice(OpBuilder &b, Location loc, Value part,
                             Value tensor, ArrayRef<OpFoldResult> offsets,
                             ArrayRef<OpFoldResult> sizes,
                             ArrayRef<OpFoldResult> strides) {
  if (isEmptySlice(tensor, offsets, sizes))
    return tensor;
  return tensor::InsertSliceOp::create(b, loc, part, tensor, offsets, sizes,
                                       strides);
}
