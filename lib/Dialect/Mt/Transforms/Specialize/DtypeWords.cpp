//===- DtypeWords.cpp - What dtypes are called ------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;

std::string minitorch::mt::getDtypeWord(Type dtype) {
  if (auto complex = dyn_cast<ComplexType>(dtype))
    return complex.getElementType().isF16()   ? "c32"
           : complex.getElementType().isF32() ? "c64"
                                              : "c128";
  std::string text;
  llvm::raw_string_ostream(text) << dtype;
  return text;
}

Type minitorch::mt::parseDtypeWord(MLIRContext *context, StringRef word) {
  Builder builder(context);
  if (word == "f16")
    return builder.getF16Type();
  if (word == "bf16")
    return builder.getBF16Type();
  if (word == "f32")
    return builder.getF32Type();
  if (word == "f64")
    return builder.getF64Type();
  if (word == "c32")
    return ComplexType::get(builder.getF16Type());
  if (word == "c64")
    return ComplexType::get(builder.getF32Type());
  if (word == "c128")
    return ComplexType::get(builder.getF64Type());
  if (word == "i1")
    return builder.getI1Type();
  if (word == "i8" || word == "si8")
    return builder.getI8Type();
  if (word == "ui8")
    return builder.getIntegerType(8, /*isSigned=*/false);
  if (word == "i16" || word == "si16")
    return builder.getIntegerType(16);
  if (word == "i32" || word == "si32")
    return builder.getIntegerType(32);
  if (word == "i64" || word == "si64")
    return builder.getIntegerType(64);
  return {};
}
