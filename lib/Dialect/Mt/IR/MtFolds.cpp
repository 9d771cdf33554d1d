//===- MtFolds.cpp - Folds of mt operations ---------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"

using namespace mlir;
using namespace minitorch::mt;

OpFoldResult ConstantNoneOp::fold(FoldAdaptor) {
  return UnitAttr::get(getContext());
}
OpFoldResult ConstantStrOp::fold(FoldAdaptor) { return getValueAttr(); }
OpFoldResult ConstantDeviceOp::fold(FoldAdaptor) { return getValueAttr(); }
OpFoldResult ConstantObjectOp::fold(FoldAdaptor) { return getObjectAttr(); }
OpFoldResult ConstantTensorOp::fold(FoldAdaptor) { return getValueAttr(); }

// unpack(construct(a, b)) = a, b
LogicalResult PrimTupleUnpackOp::fold(FoldAdaptor,
                                      SmallVectorImpl<OpFoldResult> &results) {
  auto construct = getTuple().getDefiningOp<PrimTupleConstructOp>();
  if (!construct || construct.getElements().size() != getNumResults())
    return failure();
  for (auto [element, type] :
       llvm::zip(construct.getElements(), getResultTypes())) {
    if (element.getType() != type)
      return failure();
    results.push_back(element);
  }
  return success();
}

// construct(a, b)[i] = the i-th
OpFoldResult PrimTupleIndexOp::fold(FoldAdaptor) {
  auto construct = getTuple().getDefiningOp<PrimTupleConstructOp>();
  std::optional<int64_t> index = getConstantInt(getIndex());
  if (!construct || !index)
    return {};
  int64_t size = construct.getElements().size();
  int64_t i = *index < 0 ? *index + size : *index;
  if (i < 0 || i >= size || construct.getElements()[i].getType() != getType())
    return {};
  return construct.getElements()[i];
}

OpFoldResult PrimUncheckedCastOp::fold(FoldAdaptor) {
  if (getValue().getType() == getType())
    return getValue();
  // cast(cast(x)) = x where the types agree
  if (auto inner = getValue().getDefiningOp<PrimUncheckedCastOp>())
    if (inner.getValue().getType() == getType())
      return inner.getValue();
  return {};
}

// unbox(box(x)) = x: nothing writes to a box whose only reader this is.
OpFoldResult UnboxOp::fold(FoldAdaptor) {
  auto box = getValue().getDefiningOp<BoxOp>();
  if (box && box->hasOneUse() && box.getValue().getType() == getType())
    return box.getValue();
  return {};
}
