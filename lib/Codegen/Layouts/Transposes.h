//===- Transposes.h - Operands in the order of the loops --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_CODEGEN_LAYOUTS_TRANSPOSES_H
#define MINITORCH_LIB_CODEGEN_LAYOUTS_TRANSPOSES_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/PatternMatch.h"

namespace minitorch {

/// The transpose of tensors that makes `value`, or null.
mlir::linalg::TransposeOp getTranspose(mlir::Value value);

/// `tensor` with dimension `permutation[i]` as dimension i. Of a transpose that
/// is one transpose or none, of a constant a constant.
mlir::Value createTranspose(mlir::OpBuilder &b, mlir::Location loc,
                            mlir::Value tensor,
                            llvm::ArrayRef<int64_t> permutation);

/// The order that `map`'s results have to be in for the first loop that each of
/// them depends on to ascend. Results that depend on none stay behind the one
/// before them.
llvm::SmallVector<int64_t> getLoopOrder(mlir::AffineMap map);

/// Makes dimension `permutation[i]` of an input of `op` its dimension i.
void permuteOperand(mlir::RewriterBase &rewriter, mlir::linalg::GenericOp op,
                    mlir::OpOperand &operand,
                    llvm::ArrayRef<int64_t> permutation);

/// Replaces `op`, whose results all have one map, by an op whose results have
/// their dimensions in the order of the loops, and transposes of them.
mlir::linalg::GenericOp sortResults(mlir::RewriterBase &rewriter,
                                    mlir::linalg::GenericOp op);

} // namespace minitorch

#endif // MINITORCH_LIB_CODEGEN_LAYOUTS_TRANSPOSES_H
