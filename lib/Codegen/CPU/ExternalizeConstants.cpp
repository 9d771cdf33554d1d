//===- ExternalizeConstants.cpp - Weights outside of the code -----------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/CPU/Passes.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"

namespace minitorch {
#define GEN_PASS_DEF_MTCPUEXTERNALIZECONSTANTSPASS
#include "MiniTorch/Codegen/CPU/Passes.h.inc"
} // namespace minitorch

using namespace mlir;

/// The size in bytes of one element in memory.
static int64_t elementBytes(Type type) {
  if (auto complex = dyn_cast<ComplexType>(type))
    return 2 * elementBytes(complex.getElementType());
  if (type.isIndex())
    return 8;
  return llvm::divideCeil(type.getIntOrFloatBitWidth(), 8);
}

/// Attributes hold a splat as one element and booleans as bits; this gives the
/// bytes of the buffer instead, and returns other attributes as they are.
static ElementsAttr expandPacked(ElementsAttr attr) {
  auto dense = dyn_cast<DenseElementsAttr>(attr);
  Type element = attr.getElementType();
  if (!dense || (!dense.isSplat() && !element.isInteger(1)))
    return attr;
  int64_t size = elementBytes(element), count = attr.getNumElements();
  AsmResourceBlob blob =
      HeapAsmResourceBlob::allocate(size * count, /*align=*/64);
  char *data = blob.getMutableData().data();
  if (element.isInteger(1)) {
    for (bool value : dense.getValues<bool>())
      *data++ = value;
  } else {
    ArrayRef<char> raw = dense.getRawData();
    for (int64_t i = 0; i < count; ++i)
      data = std::copy(raw.begin(), raw.begin() + size, data);
  }
  return DenseResourceElementsAttr::get(attr.getShapedType(), "mt_constant",
                                        std::move(blob));
}

namespace {

struct ExternalizeConstants
    : minitorch::impl::MtCPUExternalizeConstantsPassBase<ExternalizeConstants> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<NamedAttribute> constants;
    if (auto known = module->getAttrOfType<DictionaryAttr>(kConstants))
      llvm::append_range(constants, known);

    for (auto global : module.getOps<memref::GlobalOp>()) {
      auto value = dyn_cast_or_null<ElementsAttr>(
          global.getInitialValue().value_or(Attribute()));
      if (!value || !global.getConstant())
        continue;
      int64_t bytes =
          elementBytes(value.getElementType()) * value.getNumElements();
      // A resource must never be printed into the code, whatever its size.
      if (bytes <= threshold && !isa<DenseResourceElementsAttr>(value))
        continue;
      constants.emplace_back(global.getSymNameAttr(), expandPacked(value));
      global.removeInitialValueAttr();
      global.setVisibility(SymbolTable::Visibility::Public);
      ++numExternalized;
    }
    if (!constants.empty())
      module->setAttr(kConstants,
                      DictionaryAttr::get(&getContext(), constants));
  }

private:
  static constexpr StringLiteral kConstants = "mt.constants";
};

} // namespace
