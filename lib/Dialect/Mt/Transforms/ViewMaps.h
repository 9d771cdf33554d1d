//===- ViewMaps.h - Where the elements of a view are ------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A view operator is described once: by the index of the source that an index
// of the result stands for. Strides, when the program is compiled and when it
// runs, the shapes of rebound arguments and writes through views follow from
// it.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_VIEWMAPS_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_VIEWMAPS_H

#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include <optional>

namespace minitorch::mt {

/// A dim of a view.
struct ViewDim {
  /// The dims of the source along which an index moves: one, or two for a
  /// diagonal; none for a new dim, along which elements repeat.
  llvm::SmallVector<int64_t, 2> dims;
  /// By how many elements; null for one.
  mlir::Value step = {};
  /// Elements repeat where the source's size is another one.
  bool mayRepeat = false;
};

/// Where a view begins along a dim of its source.
struct ViewStart {
  int64_t dim;
  /// nullopt where it is not known when the program is compiled.
  std::optional<int64_t> index;
  /// The number that says it then, if one does: counted from the end where it
  /// is negative, and cut to the dim's size.
  mlir::Value value = {};
};

/// From the indices of a view to those of its source.
struct ViewMap {
  llvm::SmallVector<ViewDim> dims;
  /// At zero along all other dims.
  llvm::SmallVector<ViewStart> starts;

  /// For a view of the same elements in another order of dims: the dim of the
  /// result that each dim of the source becomes.
  std::optional<llvm::SmallVector<int64_t>> getInversePermutation() const;
};

/// A view operator.
struct ViewRule {
  /// The operator, by the name that it has in the end (AtenAliases.txt).
  llvm::StringLiteral name;
  /// Its map, from a source of known rank; null where only the sizes are others
  /// (`view`), or the elements.
  std::optional<ViewMap> (*map)(mlir::Operation *op, const TensorShape &source);
  /// Whether the elements are the source's in the same order, at other sizes.
  bool keepsOrder;
  /// Writes back: an operator of the source, the view's new contents and the
  /// view's other operands, or of the contents alone; empty where the map says
  /// how, or nothing does.
  llvm::StringLiteral scatter;
  llvm::StringLiteral inverse;
};

/// Null for what is no view, or one that is not followed.
const ViewRule *getViewRule(mlir::Operation *op);

/// The map of `op`, a view of a tensor of shape `source`; nullopt where it
/// depends on what is not known.
std::optional<ViewMap> getViewMap(mlir::Operation *op,
                                  const TensorShape &source);

/// Whether `op` makes another object with the elements of its operand, in the
/// same order: `detach`.
bool isWholeView(mlir::Operation *op);

/// Whether `op` is a view by strides that it is given: `as_strided`.
bool isMemoryView(mlir::Operation *op);

/// The strides of a view from those of its source. `Numbers` computes with
/// them: as integers, or as values of the program.
template <typename NumbersT, typename T>
llvm::SmallVector<T> getMappedStrides(const ViewMap &map, NumbersT &n,
                                      llvm::ArrayRef<T> strides) {
  llvm::SmallVector<T> result(map.dims.size());
  for (int64_t i = static_cast<int64_t>(map.dims.size()) - 1; i >= 0; --i) {
    const ViewDim &dim = map.dims[i];
    if (dim.dims.empty()) {
      // A size of one has the stride that it would have in a new tensor.
      T stride = i + 1 < static_cast<int64_t>(map.dims.size())
                     ? n.mul(n.viewSize(i + 1), result[i + 1])
                     : n.constant(1);
      result[i] =
          n.selectEqual(n.viewSize(i), n.constant(1), stride, n.constant(0));
      continue;
    }
    T stride = strides[dim.dims.front()];
    for (int64_t other : llvm::drop_begin(dim.dims))
      stride = n.add(stride, strides[other]);
    if (dim.step)
      stride = n.mul(stride, n.value(dim.step));
    if (dim.mayRepeat)
      stride = n.selectEqual(n.sourceSize(dim.dims.front()), n.viewSize(i),
                             stride, n.constant(0));
    result[i] = stride;
  }
  return result;
}

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_VIEWMAPS_H
