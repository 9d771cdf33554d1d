//===- Views.h - Views taken again and written back -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_VIEWS_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_VIEWS_H

#include "Layout.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "mlir/IR/Builders.h"
#include <optional>

namespace minitorch::mt {

/// A list of constants.
mlir::Value intList(mlir::OpBuilder &builder, mlir::Location loc,
                    llvm::ArrayRef<int64_t> values);

/// The view `view` (an operator, or the extraction from a list of views) of
/// `parent` in place of the parent it was made of.
mlir::Value replayView(mlir::OpBuilder &builder, mlir::Operation *view,
                       unsigned operand, unsigned result, mlir::Value parent);

/// `parent` with the part that `view` sees replaced by `contents`. Null, with
/// `reason` set, where that cannot be done. If `raises`, the program raises
/// where `view` has elements that are one in memory.
mlir::Value writeThroughView(mlir::OpBuilder &builder, mlir::Location loc,
                             mlir::Operation *view, mlir::Value parent,
                             mlir::Value contents, bool raises,
                             std::string &reason);

/// `root`, which is contiguous, with the elements of one of its views replaced
/// by `contents`.
mlir::Value writeToPositions(mlir::OpBuilder &builder, mlir::Location loc,
                             mlir::Value root, mlir::Value contents,
                             const StridedView &view);

/// `parent` with element `index` of the list of views that `split` makes of it
/// replaced by `contents`; null as above.
mlir::Value writeThroughSplit(mlir::OpBuilder &builder, mlir::Location loc,
                              mlir::Operation *split, int64_t index,
                              mlir::Value parent, mlir::Value contents,
                              std::string &reason);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_VIEWS_H
