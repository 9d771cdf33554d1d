//===- Pointwise.h - Tables of scalar formulas ------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_CONVERSION_MTTOLINALG_POINTWISE_H
#define MINITORCH_LIB_CONVERSION_MTTOLINALG_POINTWISE_H

#include "MiniTorch/Conversion/Lowering/StructuredOps.h"

namespace minitorch::detail {

/// The dtype a formula is computed in and gives.
enum class Computes {
  /// Computed in the result's dtype.
  Result,
  /// Computed in the operands' common dtype, gives a bool.
  Predicate,
};

/// A pointwise operator: PyTorch's definition of one element.
struct PointwiseOperator {
  /// `exp`, or several overloads that share operand names.
  llvm::SmallVector<llvm::StringRef, 2> names;
  /// The schema's operands that the formula takes, in its order.
  llvm::SmallVector<llvm::StringRef, 3> operands;
  Computes computes;
  mlir::Value (*formula)(const ScalarMath &, mlir::ValueRange);
  /// Whether the formula is defined on complex numbers.
  bool isComplex = false;
  /// Whether an integer 0 as the last operand raises.
  bool isDivision = false;
};

void addPointwiseOperators(mlir::RewritePatternSet &patterns,
                           const mlir::TypeConverter &converter,
                           llvm::ArrayRef<PointwiseOperator> operators);

/// Replaces the operator of `lowering` by `formula` of `operands`.
llvm::LogicalResult replaceByFormula(const AtenLowering &lowering,
                                     llvm::ArrayRef<DtypedValue> operands,
                                     Computes computes, ScalarFormula formula);

} // namespace minitorch::detail

#endif // MINITORCH_LIB_CONVERSION_MTTOLINALG_POINTWISE_H
