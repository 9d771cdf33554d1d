//===- Indexing.h - What gathers and scatters share -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_CONVERSION_MTTOLINALG_INDEXING_H
#define MINITORCH_LIB_CONVERSION_MTTOLINALG_INDEXING_H

#include "MiniTorch/Conversion/Lowering/StructuredOps.h"

namespace minitorch::detail {

/// Raises an IndexError unless every element of `index` is in [0, size), or,
/// with `allowNegative`, in [-size, size). One reduction before any access.
/// Each
/// "{}" in the message is the first such element, then the size.
void checkIndices(const AtenLowering &lowering, const DtypedValue &index,
                  mlir::OpFoldResult size, bool allowNegative,
                  const llvm::Twine &message);

/// Raises a RuntimeError unless `index` has no elements: only then may its rank
/// be another than that of `others`.
void checkEmpty(const AtenLowering &lowering, const DtypedValue &index,
                const llvm::Twine &others);

/// An element of an index tensor as an index, counted from the end where it is
/// negative.
mlir::Value toOffset(mlir::OpBuilder &b, mlir::Location loc, mlir::Value index,
                     mlir::Type dtype, mlir::OpFoldResult size);

/// A sequential loop over `sizes`; `body` gets the indices and the carried
/// values, and gives the next carried values.
llvm::SmallVector<mlir::Value> createLoopNest(
    mlir::OpBuilder &b, mlir::Location loc,
    llvm::ArrayRef<mlir::OpFoldResult> sizes, mlir::ValueRange carried,
    llvm::function_ref<llvm::SmallVector<mlir::Value>(
        mlir::OpBuilder &, mlir::ValueRange indices, mlir::ValueRange carried)>
        body);

/// The indices of the elements that are not zero, as tensor<?x[rank]xi64>, in
/// row-major order. Counts them first.
mlir::Value createNonzero(const AtenLowering &lowering,
                          const DtypedValue &self);

} // namespace minitorch::detail

#endif // MINITORCH_LIB_CONVERSION_MTTOLINALG_INDEXING_H
