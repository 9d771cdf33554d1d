//===- DeriveSignatures.cpp - Signatures of plain functions -------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/ExecutionEngine/Signature.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
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

static std::optional<ValueType> typeOf(Type type) {
  ValueType result;
  if (auto shaped = dyn_cast<ShapedType>(type)) {
    auto dtype = toDType(shaped.getElementType());
    if (!isa<RankedTensorType, MemRefType>(type) || !dtype)
      return std::nullopt;
    result.kind = ValueType::Kind::Tensor;
    result.dtype = *dtype;
    for (int64_t size : shaped.getShape())
      result.shape.push_back(ShapedType::isDynamic(size) ? -1 : size);
    return result;
  }
  if (type.isInteger(64) || type.isIndex())
    result.kind = ValueType::Kind::Int;
  else if (type.isF64())
    result.kind = ValueType::Kind::Float;
  else if (type.isInteger(1))
    result.kind = ValueType::Kind::Bool;
  else
    return std::nullopt;
  return result;
}

static std::optional<Signature> signatureOf(FunctionOpInterface function) {
  Signature signature;
  for (auto [i, type] : llvm::enumerate(function.getArgumentTypes())) {
    auto converted = typeOf(type);
    if (!converted)
      return std::nullopt;
    signature.args.push_back({"arg" + std::to_string(i), *converted});
  }
  for (Type type : function.getResultTypes()) {
    auto converted = typeOf(type);
    if (!converted)
      return std::nullopt;
    signature.result.items.push_back(*converted);
  }
  // No result is None, one is itself, several are a tuple.
  if (signature.result.items.size() == 1) {
    ValueType only = signature.result.items[0];
    signature.result = only;
  } else if (!signature.result.items.empty()) {
    signature.result.kind = ValueType::Kind::Tuple;
  }
  return signature;
}

void minitorch::deriveSignatures(ModuleOp module) {
  for (auto function : module.getOps<FunctionOpInterface>()) {
    if (function.isExternal() || !function.isPublic() ||
        function->hasAttr("mt.signature"))
      continue;
    if (auto signature = signatureOf(function))
      function->setAttr("mt.signature",
                        StringAttr::get(module.getContext(), signature->str()));
  }
}
