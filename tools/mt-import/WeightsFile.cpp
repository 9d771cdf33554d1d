//===- WeightsFile.cpp - Weights in an .npz file ----------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WeightsFile.h"
#include "MiniTorch/Values/Npz.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace minitorch;

static std::optional<DType> getDType(Type type) {
  if (type.isUnsignedInteger(8))
    return DType::UI8;
  if (auto complexType = dyn_cast<ComplexType>(type))
    return complexType.getElementType().isF32() ? DType::C64 : DType::C128;
  std::string word;
  llvm::raw_string_ostream(word) << type;
  return parseDType(word);
}

llvm::Error minitorch::writeWeightsFile(ModuleOp module, llvm::StringRef path) {
  llvm::SetVector<Attribute> resources;
  AttrTypeWalker walker;
  walker.addWalk(
      [&](DenseResourceElementsAttr attr) { resources.insert(attr); });
  module->walk([&](Operation *op) {
    for (NamedAttribute attr : op->getAttrs())
      walker.walk(attr.getValue());
  });
  ZipWriter archive;
  for (Attribute attr : resources) {
    auto resource = cast<DenseResourceElementsAttr>(attr);
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    std::optional<DType> dtype = getDType(resource.getType().getElementType());
    if (!blob || !dtype)
      continue;
    auto tensor = std::make_shared<Tensor>();
    tensor->dtype = *dtype;
    tensor->sizes.assign(resource.getType().getShape().begin(),
                         resource.getType().getShape().end());
    tensor->strides = contiguousStrides(tensor->sizes);
    // Only read; the module owns it.
    tensor->data = const_cast<char *>(blob->getData().data());
    archive.addArray(resource.getRawHandle().getKey().str(), tensor);
  }
  return archive.write(path);
}
