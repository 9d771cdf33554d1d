//===- Matrices.h - What formulas on matrices share -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_DECOMPOSE_MATRICES_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_DECOMPOSE_MATRICES_H

#include "Formula.h"

namespace minitorch::mt {

/// Whether LAPACK computes with `x`: float or complex, single or double.
bool hasLapackDtype(mlir::Value x);
/// Whether `x` is a batch of such matrices, of known rank.
bool isMatrix(mlir::Value x);
bool isComplex(mlir::Value x);
/// The dtype of the absolute values of `x`.
mlir::Type getRealDtype(mlir::Value x);
/// The distance from 1 to the next number of a float dtype.
double getEpsilon(mlir::Type dtype);

mlir::Value conjugate(TensorBuilder &b, mlir::Value x);
/// The last two dims swapped, and conjugated.
mlir::Value transpose(TensorBuilder &b, mlir::Value x);
mlir::Value adjoint(TensorBuilder &b, mlir::Value x);
/// An n x m identity.
mlir::Value identity(TensorBuilder &b, mlir::Value n, mlir::Value m,
                     mlir::Type dtype);
mlir::Value diagonal(TensorBuilder &b, mlir::Value x);
mlir::Value triangle(TensorBuilder &b, mlir::Value x, bool upper,
                     int64_t offset = 0);
mlir::Value matmul(TensorBuilder &b, mlir::Value x, mlir::Value y);
/// A tensor of no elements, for results that were not asked for.
mlir::Value nothing(TensorBuilder &b, mlir::Type dtype);

/// x[i] of a tensor in its last dimension, 0 <= i; counted from the end for
/// i < 0. Keeps the dimension where `keepDim`: of size 0 for an empty x.
mlir::Value item(TensorBuilder &b, mlir::Value x, int64_t i, bool keepDim);

/// Raises `message` unless every element of LAPACK's `info` is 0.
void checkInfo(TensorBuilder &b, mlir::Value info, llvm::StringRef message);

/// Whether `right` is a batch of vectors rather than of matrices in A X = B; of
/// sizes that are not known it is one if its rank says so.
/// Source: torch.linalg.solve.
bool isVectorOf(mlir::Value matrices, mlir::Value right);

/// torch.linalg.inv_ex: the inverse and LAPACK's info.
std::pair<mlir::Value, mlir::Value> inverse(TensorBuilder &b, mlir::Value x);

/// torch.linalg.vector_norm over constant dims.
mlir::Value vectorNorm(TensorBuilder &b, mlir::Value x, double order,
                       llvm::ArrayRef<int64_t> dims, bool keepDim);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_DECOMPOSE_MATRICES_H
