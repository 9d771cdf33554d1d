//===- MtDialect.h - The mt dialect -----------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_MTDIALECT_H
#define MINITORCH_DIALECT_MT_IR_MTDIALECT_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"

#include "MiniTorch/Dialect/Mt/IR/MtDialect.h.inc"

#define GET_TYPEDEF_CLASSES
#include "MiniTorch/Dialect/Mt/IR/MtTypes.h.inc"

namespace minitorch::mt {

/// What is known of a tensor's shape and element type, boxed or not.
struct TensorShape {
  bool hasRank = false;
  llvm::SmallVector<int64_t> sizes;
  mlir::Type dtype;

  TensorShape() = default;
  TensorShape(llvm::ArrayRef<int64_t> sizes, mlir::Type dtype)
      : hasRank(true), sizes(sizes.begin(), sizes.end()), dtype(dtype) {}

  int64_t getRank() const { return sizes.size(); }

  /// What `type` says, for !mt.tensor and ranked builtin tensors; nullopt for
  /// every other type.
  static std::optional<TensorShape> of(mlir::Type type);
  /// The boxed type that says the same.
  TensorType getBoxed(mlir::MLIRContext *context) const;
};

/// PyTorch's ScalarType number of an element type (float32 is 6), or nullopt.
std::optional<int64_t> getScalarTypeNumber(mlir::Type dtype);
/// The element type of a ScalarType number, or null where there is none.
mlir::Type getScalarType(mlir::MLIRContext *context, int64_t number);

} // namespace minitorch::mt

#endif // MINITORCH_DIALECT_MT_IR_MTDIALECT_H
