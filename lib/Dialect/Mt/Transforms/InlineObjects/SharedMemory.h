//===- SharedMemory.h - Attributes that share memory ------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_INLINEOBJECTS_SHAREDMEMORY_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_INLINEOBJECTS_SHAREDMEMORY_H

#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"

namespace minitorch::mt {

/// What the objects of a program say of their attributes' memory (`mt.shared`).
class SharedMemory {
public:
  /// An attribute, by the symbol of its object and its name.
  using Holder = std::pair<mlir::StringAttr, mlir::StringAttr>;

  explicit SharedMemory(mlir::ModuleOp module);

  /// All attributes that share memory with `attribute`, directly or through
  /// others, itself among them; empty where it shares none.
  llvm::SetVector<Holder> getHolders(Holder attribute) const;
  /// How the tensors of `attribute` lie; null where it shares no memory.
  mlir::ArrayAttr getPlaces(Holder attribute) const;

private:
  llvm::DenseMap<Holder, mlir::ArrayAttr> places;
  /// By the number of a memory.
  llvm::DenseMap<int64_t, llvm::SetVector<Holder>> holders;
};

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_INLINEOBJECTS_SHAREDMEMORY_H
