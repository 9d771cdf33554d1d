//===- Constants.cpp - Data of a module's external constants ------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/ExecutionEngine/Constants.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/DialectResourceBlobManager.h"

#include <cstdlib>
#include <cstring>

using namespace mlir;

static constexpr size_t kAlignment = 64;

/// Bytes of one element in memory; 0 when it has no such form.
static size_t elementBytes(Type type) {
  if (auto complex = dyn_cast<ComplexType>(type))
    return 2 * elementBytes(complex.getElementType());
  if (type.isIndex())
    return 8;
  if (!type.isIntOrFloat())
    return 0;
  unsigned bits = type.getIntOrFloatBitWidth();
  return bits == 1 ? 1 : bits % 8 == 0 ? bits / 8 : 0;
}

static char *allocate(size_t bytes, minitorch::AlignedCopy &copy) {
  bytes = (bytes + kAlignment - 1) / kAlignment * kAlignment;
  copy.reset(static_cast<char *>(
      std::aligned_alloc(kAlignment, bytes ? bytes : kAlignment)));
  return copy.get();
}

llvm::Expected<const char *> minitorch::constantData(ElementsAttr attribute,
                                                     AlignedCopy &copy) {
  ShapedType type = attribute.getShapedType();
  size_t element = elementBytes(type.getElementType());
  if (element == 0 || !type.hasStaticShape())
    return llvm::createStringError("a constant has an unsupported type");
  size_t count = type.getNumElements();
  size_t bytes = count * element;

  // Bytes of all elements, or of one that is repeated.
  ArrayRef<char> source;
  bool repeated = false;
  if (auto dense = dyn_cast<DenseElementsAttr>(attribute)) {
    if (type.getElementType().isInteger(1)) {
      // Held as bits.
      char *target = allocate(bytes, copy);
      if (!target)
        return llvm::createStringError("out of memory for a constant");
      for (bool value : dense.getValues<bool>())
        *target++ = value;
      return copy.get();
    }
    source = dense.getRawData();
    repeated = dense.isSplat();
  } else if (auto resource = dyn_cast<DenseResourceElementsAttr>(attribute)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return llvm::createStringError("the data of the constant '" +
                                     resource.getRawHandle().getKey() +
                                     "' is not in the file");
    source = blob->getData();
    repeated = count > 1 && source.size() == element;
  } else {
    return llvm::createStringError("a constant is neither dense nor a "
                                   "resource");
  }
  if (source.size() != (repeated ? element : bytes))
    return llvm::createStringError(
        "a constant has %zu bytes of data instead of "
        "%zu",
        source.size(), bytes);

  if (!repeated && reinterpret_cast<uintptr_t>(source.data()) % kAlignment == 0)
    return source.data();
  char *target = allocate(bytes, copy);
  if (!target)
    return llvm::createStringError("out of memory for a constant");
  if (!repeated)
    std::memcpy(target, source.data(), bytes);
  for (size_t i = 0; repeated && i < count; ++i)
    std::memcpy(target + i * element, source.data(), element);
  return target;
}
