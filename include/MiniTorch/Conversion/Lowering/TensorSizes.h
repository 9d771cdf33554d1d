//===- TensorSizes.h - Sizes of tensors, and which are equal ----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CONVERSION_LOWERING_TENSORSIZES_H
#define MINITORCH_CONVERSION_LOWERING_TENSORSIZES_H

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Builders.h"
#include <optional>

namespace minitorch {

//===----------------------------------------------------------------------===//
// Building sizes
//===----------------------------------------------------------------------===//

/// The size of `tensor` in `dim`: an attribute where it is static, else the
/// index value it was made with, else a tensor.dim.
mlir::OpFoldResult getSize(mlir::OpBuilder &b, mlir::Location loc,
                           mlir::Value tensor, int64_t dim);
llvm::SmallVector<mlir::OpFoldResult>
getSizes(mlir::OpBuilder &b, mlir::Location loc, mlir::Value tensor);

/// `size` as an index value.
mlir::Value toIndex(mlir::OpBuilder &b, mlir::Location loc,
                    mlir::OpFoldResult size);
/// An int of the program as a size, constants as attributes.
mlir::OpFoldResult toSize(mlir::OpBuilder &b, mlir::Location loc,
                          mlir::Value value);
/// `size` as an int of the program.
mlir::Value toInt(mlir::OpBuilder &b, mlir::Location loc,
                  mlir::OpFoldResult size);
/// The product of `sizes`; 1 of none.
mlir::OpFoldResult multiplySizes(mlir::OpBuilder &b, mlir::Location loc,
                                 llvm::ArrayRef<mlir::OpFoldResult> sizes);
/// The number of elements.
mlir::OpFoldResult getNumElements(mlir::OpBuilder &b, mlir::Location loc,
                                  mlir::Value tensor);

/// An i1: whether two sizes are equal. A constant where that is known.
mlir::Value createSizesEqual(mlir::OpBuilder &b, mlir::Location loc,
                             mlir::OpFoldResult x, mlir::OpFoldResult y);

//===----------------------------------------------------------------------===//
// Reasoning about sizes
//===----------------------------------------------------------------------===//

/// A size as a product: a coefficient times sizes about which nothing is known
/// but their origin.
class SizeProduct {
public:
  /// An index value, or the size `dim` of a tensor.
  struct Factor {
    mlir::Value value;
    int64_t dim;
    bool operator==(const Factor &other) const;
  };

  SizeProduct() = default;
  static SizeProduct of(mlir::OpFoldResult size);
  static SizeProduct of(mlir::Value tensor, int64_t dim);

  int64_t getCoefficient() const { return coefficient; }
  bool isStatic() const { return factors.empty(); }
  bool isOne() const { return isStatic() && coefficient == 1; }
  bool operator==(const SizeProduct &other) const;
  SizeProduct operator*(const SizeProduct &other) const;
  /// The quotient where `other` divides this product whatever its factors are.
  std::optional<SizeProduct> divideBy(const SizeProduct &other) const;

private:
  int64_t coefficient = 1;
  llvm::SmallVector<Factor, 2> factors;

  static SizeProduct ofIndex(mlir::Value value, unsigned depth);
  static SizeProduct ofDim(mlir::Value tensor, int64_t dim, unsigned depth);
};

/// Whether two sizes are equal whenever the program runs.
bool areSizesEqual(mlir::OpFoldResult x, mlir::OpFoldResult y);

} // namespace minitorch

#endif // MINITORCH_CONVERSION_LOWERING_TENSORSIZES_H
