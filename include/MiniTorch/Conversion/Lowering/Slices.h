//===- Slices.h - Slices that may have no elements --------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CONVERSION_LOWERING_SLICES_H
#define MINITORCH_CONVERSION_LOWERING_SLICES_H

#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace minitorch {

/// tensor.extract_slice without the unit dims `dropped`. It wants its static
/// offsets inside of the tensor, which those of a slice without elements need
/// not be: such a slice is a new, empty tensor.
mlir::Value extractSlice(mlir::OpBuilder &b, mlir::Location loc,
                         mlir::Value tensor,
                         llvm::ArrayRef<mlir::OpFoldResult> offsets,
                         llvm::ArrayRef<mlir::OpFoldResult> sizes,
                         llvm::ArrayRef<mlir::OpFoldResult> strides,
                         llvm::ArrayRef<int64_t> dropped = {});

/// tensor.insert_slice; `tensor` itself where `part` has no elements.
mlir::Value insertSlice(mlir::OpBuilder &b, mlir::Location loc,
                        mlir::Value part, mlir::Value tensor,
                        llvm::ArrayRef<mlir::OpFoldResult> offsets,
                        llvm::ArrayRef<mlir::OpFoldResult> sizes,
                        llvm::ArrayRef<mlir::OpFoldResult> strides,
                        llvm::ArrayRef<int64_t> dropped = {});

} // namespace minitorch

#endif // MINITORCH_CONVERSION_LOWERING_SLICES_H
