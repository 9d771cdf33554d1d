//===- RowGroup.h - Softmax and normalization -------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CODEGEN_KERNELS_ROWGROUP_H
#define MINITORCH_CODEGEN_KERNELS_ROWGROUP_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/SetVector.h"

namespace minitorch {

/// The elementwise op `root` and the producers that serve it alone, whose loops
/// each follow one loop of the root, or run in full: what can be computed a row
/// at a time.
class RowGroup {
public:
  /// Whether a group may end in `op`.
  static bool isRoot(mlir::linalg::GenericOp op);

  explicit RowGroup(mlir::linalg::GenericOp root);

  /// Whether there is something to gain: a reduction along the row.
  bool isWorthwhile() const;

  mlir::linalg::GenericOp root;
  /// The root first, each producer behind its consumers.
  llvm::SetVector<mlir::Operation *> members;
  /// By loop of the root: whether it runs over rows.
  llvm::SmallVector<bool> isRow;

private:
  void visit(mlir::linalg::GenericOp op);
  bool follow(mlir::linalg::GenericOp producer);
  void keepSharedRows();
  void disallow(int loop);
  void dropRowless();

  /// By member: which loop of the root each of its loops follows.
  llvm::DenseMap<mlir::Operation *, llvm::SmallVector<int>> follows;
};

} // namespace minitorch

#endif // MINITORCH_CODEGEN_KERNELS_ROWGROUP_H
