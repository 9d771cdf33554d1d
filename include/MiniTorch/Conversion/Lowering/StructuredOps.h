//===- StructuredOps.h - linalg.generic from scalar formulas ----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CONVERSION_LOWERING_STRUCTUREDOPS_H
#define MINITORCH_CONVERSION_LOWERING_STRUCTUREDOPS_H

#include "MiniTorch/Conversion/Lowering/AtenLowering.h"
#include "MiniTorch/Conversion/Lowering/ScalarMath.h"
#include "MiniTorch/Conversion/Lowering/TensorSizes.h"
#include "mlir/Dialect/Utils/StructuredOpsUtils.h"
#include "mlir/IR/AffineMap.h"

namespace minitorch {

/// tensor.empty of `sizes` and the storage type of `dtype`.
mlir::Value createEmpty(mlir::OpBuilder &b, mlir::Location loc,
                        llvm::ArrayRef<mlir::OpFoldResult> sizes,
                        mlir::Type dtype);
/// A tensor of `sizes` whose elements are all `scalar`.
mlir::Value createFilled(mlir::OpBuilder &b, mlir::Location loc,
                         llvm::ArrayRef<mlir::OpFoldResult> sizes,
                         mlir::Value scalar);

/// Operands brought to one iteration space. A number has no map.
struct BroadcastOperands {
  llvm::SmallVector<mlir::OpFoldResult> sizes;
  llvm::SmallVector<mlir::Value> values;
  llvm::SmallVector<mlir::AffineMap> maps;
};

/// Broadcasts `values` (tensors and numbers) by PyTorch's rule. Sizes that are
/// `?` and not known to be equal are checked when the program runs, and an
/// operand whose size turns out to be 1 is expanded there; where it does not,
/// nothing is copied. Size-1 dims that broadcast are collapsed away, so that
/// every map is a projected permutation. The rank is `rank`, or that of an
/// operand that has more (and whose result then fits nowhere).
BroadcastOperands broadcastOperands(mlir::OpBuilder &b, mlir::Location loc,
                                    mlir::ValueRange values, int64_t rank);

/// The sizes of a broadcast of `shapes`, aligned at their last dims, with the
/// runtime checks that PyTorch makes.
llvm::SmallVector<mlir::OpFoldResult>
broadcastSizes(mlir::OpBuilder &b, mlir::Location loc,
               llvm::ArrayRef<llvm::SmallVector<mlir::OpFoldResult>> shapes);

/// Makes the leading dims of `value` fit `sizes`, a broadcast of them: size-1
/// dims that broadcast are collapsed away, `?` ones expanded if need be.
/// Returns the leading dims that remain.
llvm::SmallVector<int64_t> fitToSizes(mlir::OpBuilder &b, mlir::Location loc,
                                      mlir::Value &value,
                                      llvm::ArrayRef<mlir::OpFoldResult> sizes);

using ScalarFormula =
    llvm::function_ref<mlir::Value(const ScalarMath &, mlir::ValueRange)>;

/// The elementwise `formula` of broadcast `operands`, each cast to
/// `computeDtype` first (null: left as it is). The formula's result has dtype
/// `formulaDtype` and is cast to `resultDtype`.
mlir::Value createElementwise(mlir::OpBuilder &b, mlir::Location loc,
                              llvm::ArrayRef<DtypedValue> operands,
                              int64_t rank, mlir::Type computeDtype,
                              mlir::Type formulaDtype, mlir::Type resultDtype,
                              ScalarFormula formula);

/// `operand` with elements of dtype `to`; itself where nothing changes.
mlir::Value castElements(mlir::OpBuilder &b, mlir::Location loc,
                         const DtypedValue &operand, mlir::Type to);

/// linalg.generic over every element of a new tensor of `sizes`: `body` gets
/// the indices.
mlir::Value createFromIndices(
    mlir::OpBuilder &b, mlir::Location loc,
    llvm::ArrayRef<mlir::OpFoldResult> sizes, mlir::Type dtype,
    llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::ValueRange)> body);

/// Reduces `dims` of `input` (which it keeps out of the result's shape), one
/// accumulator for each of `inits`. `body` gets the element, the indices and
/// the accumulators, and gives the new accumulators.
llvm::SmallVector<mlir::Value> createReduction(
    mlir::OpBuilder &b, mlir::Location loc, mlir::Value input,
    llvm::ArrayRef<int64_t> dims, mlir::ValueRange inits,
    llvm::function_ref<llvm::SmallVector<mlir::Value>(
        mlir::OpBuilder &, mlir::Value element, mlir::ValueRange accumulators)>
        body);

/// Puts size-1 dims where a reduction removed `dims`.
mlir::Value insertUnitDims(mlir::OpBuilder &b, mlir::Location loc,
                           mlir::Value tensor, llvm::ArrayRef<int64_t> dims);
/// Removes `dims`, whose static size is 1.
mlir::Value dropUnitDims(mlir::OpBuilder &b, mlir::Location loc,
                         mlir::Value tensor, llvm::ArrayRef<int64_t> dims);
/// All elements in one dim.
mlir::Value flatten(mlir::OpBuilder &b, mlir::Location loc, mlir::Value tensor);

} // namespace minitorch

#endif // MINITORCH_CONVERSION_LOWERING_STRUCTUREDOPS_H
