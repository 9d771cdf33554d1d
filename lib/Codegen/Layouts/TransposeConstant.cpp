//===- TransposeConstant.cpp - Constants in another order -----------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TransposeConstant.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace minitorch;

ElementsAttr minitorch::transposeConstant(ElementsAttr elements,
                                          ArrayRef<int64_t> permutation) {
  auto type = cast<RankedTensorType>(elements.getType());
  auto newType = RankedTensorType::get(
      applyPermutation(type.getShape(), permutation), type.getElementType());
  ArrayRef<char> bytes;
  if (auto dense = dyn_cast<DenseElementsAttr>(elements)) {
    if (dense.isSplat())
      return dense.resizeSplat(newType);
    bytes = dense.getRawData();
  } else if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements)) {
    if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
      bytes = blob->getData();
  }
  int64_t count = type.getNumElements();
  if (count == 0 || bytes.size() % count != 0)
    return nullptr;
  size_t width = bytes.size() / count;

  SmallVector<int64_t> strides =
      applyPermutation(computeStrides(type.getShape()), permutation);
  SmallVector<int64_t> suffix = computeStrides(newType.getShape());
  AsmResourceBlob blob =
      HeapAsmResourceBlob::allocate(bytes.size(), /*align=*/64);
  char *out = blob.getMutableData().data();
  for (int64_t i = 0; i < count; ++i) {
    int64_t from = linearize(delinearize(i, suffix), strides);
    std::copy_n(bytes.data() + from * width, width, out + i * width);
  }
  return DenseResourceElementsAttr::get(newType, "mt_transposed",
                                        std::move(blob));
}
