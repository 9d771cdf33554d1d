//===- LoopVectorizer.h - Structured ops as vector loops --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_CODEGEN_CPU_LOOPVECTORIZER_H
#define MINITORCH_LIB_CODEGEN_CPU_LOOPVECTORIZER_H

#include "Target.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace minitorch {

/// Writes a linalg.generic on buffers as loops over vectors, before the op, if
/// it can: along the innermost dimension of the results, or, if that does not
/// exist, along the innermost reduction. Fails without a change otherwise.
llvm::LogicalResult vectorizeGeneric(mlir::linalg::GenericOp op,
                                     const CPUTarget &target);

/// Writes an op that only moves elements, and whose input and output are
/// contiguous along different dimensions, as transposes of square tiles of
/// vectors. Fails without a change on any other op.
llvm::LogicalResult vectorizeTranspose(mlir::linalg::GenericOp op,
                                       const CPUTarget &target);

/// Writes the copy of a convolution's windows into a panel, an op that reads
/// in[a(k) + b(p)] for tables a and b of offsets, as loads of runs of pixels.
/// Fails without a change on any other op.
llvm::LogicalResult vectorizeWindows(mlir::linalg::GenericOp op,
                                     const CPUTarget &target);

/// Merges loops of an op on buffers that walk memory as one loop would. Returns
/// the op that is left.
mlir::linalg::GenericOp collapseLoops(mlir::linalg::GenericOp op);

} // namespace minitorch

#endif // MINITORCH_LIB_CODEGEN_CPU_LOOPVECTORIZER_H
