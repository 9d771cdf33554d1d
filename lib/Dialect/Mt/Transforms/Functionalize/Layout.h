//===- Layout.h - Strides of tensor values ----------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_LAYOUT_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_LAYOUT_H

#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "llvm/ADT/DenseMap.h"
#include <optional>

namespace minitorch::mt {

/// How a tensor lies in memory, as far as it is known. It only matters for the
/// operators that return a view where they can and a copy where they must
/// (`reshape`, `contiguous`, ...).
struct Layout {
  /// Contiguous in the order of its sizes. False: not known to be.
  bool contiguous = false;
  /// Contiguous, with the strides of a new tensor of its sizes, those of sizes
  /// of one among them. What operators make of such tensors, lies so too; where
  /// a size of one has another stride, they may take it for another order.
  bool standard = false;
  /// With all sizes static: the strides, where they are known.
  std::optional<llvm::SmallVector<int64_t>> strides;
  /// Where it begins, counted from the beginning of the tensor that it is a
  /// view of in the end.
  std::optional<int64_t> offset;
};

/// A view by where its elements are, all known.
struct StridedView {
  llvm::SmallVector<int64_t> sizes;
  llvm::SmallVector<int64_t> strides;
  int64_t offset;

  /// Whether several elements may be one in memory.
  bool overlapsItself() const;
};

/// How the elements of two views of one tensor lie.
enum class Overlap {
  /// They share no element.
  None,
  /// They are the same elements in the same order.
  Full,
  /// They share some.
  Partial,
  Unknown
};

class LayoutAnalysis {
public:
  /// What the result of `op` is to its operand `operand`.
  ResultRelation classify(SchemaOpInterface op, unsigned operand);
  /// Records the layout of the results of `op`, of which the first is a
  /// `relation` of its operand `operand`.
  void record(SchemaOpInterface op, ResultRelation relation, unsigned operand);
  /// Records the layout of element `index` of the list of views that `split`
  /// makes.
  void recordElement(mlir::Value element, mlir::Operation *split,
                     int64_t index);
  /// How two views of the same tensor overlap. `samePlaces`: for an operator on
  /// corresponding elements, to which elements are the same only where both
  /// views have them at the same index; `b` broadcasts to `a`.
  Overlap compare(mlir::Value a, mlir::Value b, bool samePlaces = false) const;
  /// Sizes, strides and offset of a view of a tensor that is contiguous, or
  /// nullopt where they are not known.
  std::optional<StridedView> getStridedView(mlir::Value value,
                                            mlir::Value root) const;
  bool isContiguous(mlir::Value value) const {
    return lookup(value).contiguous;
  }
  bool isStandard(mlir::Value value) const { return lookup(value).standard; }
  /// With all sizes static: the strides, where they are known.
  std::optional<llvm::SmallVector<int64_t>>
  getStrides(mlir::Value value) const {
    return lookup(value).strides;
  }
  std::optional<int64_t> getOffset(mlir::Value value) const {
    return lookup(value).offset;
  }
  /// Records that `value` lies like `source`, or as if just made.
  void setSame(mlir::Value value, mlir::Value source) {
    layouts[value] = lookup(source);
  }
  void setContiguous(mlir::Value value);
  /// Records strides, of which some may be dynamic.
  void setStrides(mlir::Value value, llvm::ArrayRef<int64_t> strides);
  /// The layout of a new tensor of which nothing is known.
  void forget(mlir::Value value) { layouts[value] = Layout(); }

private:
  std::optional<llvm::SmallVector<int64_t>>
  getKeptStrides(SchemaOpInterface op) const;
  void settleSmall(mlir::Value value);
  void settleStandard(mlir::Value value);
  Layout lookup(mlir::Value value) const { return layouts.lookup(value); }
  /// Strides of `op`, a view, from those of its source.
  Layout getViewLayout(mlir::Operation *op, mlir::Value source);

  llvm::DenseMap<mlir::Value, Layout> layouts;
};

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_FUNCTIONALIZE_LAYOUT_H
