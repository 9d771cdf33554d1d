//===- DeriveSignatures.cpp - Signatures of plain functions -------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/MtAttributes.h"
#include "MiniTorch/ExecutionEngine/Signature.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace minitorch;

std::optional<DType> minitorch::toDType(Type type) {
  if (type.isF16())
    return DType::F16;
  if (type.isBF16())
    return DType::BF16;
  if (type.isF32())
    return DType::F32;
  if (type.isF64())
    return DType::F64;
  if (auto integer = dyn_cast<IntegerType>(type)) {
    switch (integer.getWidth()) {
    case 1:
      return DType::I1;
    case 8:
      return integer.isUnsigned() ? DType::UI8 : DType::I8;
    case 16:
      return DType::I16;
    case 32:
      return DType::I32;
    case 64:
      return DType::I64;
    }
  }
  if (type.isIndex())
    return DType::I64;
  if (auto complex = dyn_cast<ComplexType>(type)) {
    if (complex.getElementType().isF16())
      return DType::C32;
    if (complex.getElementType().isF32())
      return DType::C64;
    if (complex.getElementType().isF64())
      return DType::C128;
  }
  return std::nullopt;
}

/// The element type of a tensor's slot: that of a dtype, whatever sign is
/// given.
static Type getSlotDtype(Type type) {
  if (type.isIndex())
    return IntegerType::get(type.getContext(), 64);
  auto integer = dyn_cast<IntegerType>(type);
  if (!integer || integer.isSignless() || integer.isUnsignedInteger(8))
    return type;
  return IntegerType::get(type.getContext(), integer.getWidth());
}

/// Null for a type that no caller can give.
static mt::SlotAttr slotOf(Type type) {
  if (auto shaped = dyn_cast<ShapedType>(type)) {
    if (!isa<RankedTensorType, MemRefType>(type) ||
        !toDType(shaped.getElementType()))
      return {};
    return mt::TensorSlotAttr::get(shaped.getShape(),
                                   getSlotDtype(shaped.getElementType()));
  }
  if (type.isInteger(64) || type.isIndex())
    return mt::NumberSlotAttr::get(IntegerType::get(type.getContext(), 64));
  if (type.isF64())
    return mt::NumberSlotAttr::get(type);
  if (type.isInteger(1))
    return mt::NumberSlotAttr::get(IntegerType::get(type.getContext(), 1));
  return {};
}

static mt::SignatureAttr signatureOf(FunctionOpInterface function) {
  Builder builder(function.getContext());
  SmallVector<mt::ArgumentAttr> args;
  for (auto [i, type] : llvm::enumerate(function.getArgumentTypes())) {
    mt::SlotAttr slot = slotOf(type);
    if (!slot)
      return {};
    args.push_back(mt::ArgumentAttr::get(
        builder.getStringAttr("arg" + std::to_string(i)), slot));
  }
  SmallVector<mt::SlotAttr> results;
  for (Type type : function.getResultTypes()) {
    results.push_back(slotOf(type));
    if (!results.back())
      return {};
  }
  // No result is None, one is itself, several are a tuple.
  MLIRContext *context = builder.getContext();
  mt::SlotAttr result =
      results.empty()       ? mt::SlotAttr(mt::NoneSlotAttr::get(context))
      : results.size() == 1 ? results[0]
                            : mt::SlotAttr(mt::TupleSlotAttr::get(
                                  context, results, StringAttr(), {}));
  return mt::SignatureAttr::get(context, args, {}, result);
}

void minitorch::deriveSignatures(ModuleOp module) {
  // A module of other dialects only has not loaded it.
  module.getContext()->getOrLoadDialect<mt::MtDialect>();
  for (auto function : module.getOps<FunctionOpInterface>()) {
    if (function.isExternal() || !function.isPublic() ||
        function->hasAttr(mt::signatureAttrName))
      continue;
    if (mt::SignatureAttr signature = signatureOf(function))
      function->setAttr(mt::signatureAttrName, signature);
  }
}
