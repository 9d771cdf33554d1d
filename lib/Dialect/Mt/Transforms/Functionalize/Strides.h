//===- Strides.h - Strides when the program runs ----------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A tensor that is a value has no strides; the one that the program means has.
// Where it is a chain of views of a tensor that lies as a new one does, they
// follow from sizes, which are there when the program runs.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_STRIDES_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_STRIDES_H

#include "AliasAnalysis.h"

namespace minitorch::mt {

/// Whether some operator of `func` asks for strides, or raises by them.
bool asksForStrides(mlir::func::FuncOp func);

/// Answers `stride` and `is_contiguous`, and lets `view` raise where the tensor
/// cannot be seen at the new sizes. Arguments whose strides this takes for
/// those of a new tensor are marked (`mt.contiguous`). Fails, with an error,
/// where a question cannot be answered; a `view` of a tensor of which nothing
/// is known is taken to be possible.
mlir::LogicalResult resolveStrides(mlir::func::FuncOp func,
                                   const AliasAnalysis &aliases);

/// Where the elements of a view are in its root: its offset there, its sizes
/// and its strides, as numbers that `builder` makes. The root lies as a new
/// tensor does, or as an argument is known to; one that has to is marked. Empty
/// where that is not known.
llvm::SmallVector<mlir::Value> describeView(mlir::OpBuilder &builder,
                                            mlir::Location loc,
                                            mlir::func::FuncOp func,
                                            const AliasAnalysis &aliases,
                                            mlir::Value view);

/// Lets writes raise where they read some of what they write, as other
/// elements: as far as that is known when the program runs only.
void checkOverlaps(mlir::func::FuncOp func, const AliasAnalysis &aliases);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_STRIDES_H
