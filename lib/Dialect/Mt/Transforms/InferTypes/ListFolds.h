//===- ListFolds.h - What is known of known lists ---------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_INFERTYPES_LISTFOLDS_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_INFERTYPES_LISTFOLDS_H

#include "mlir/IR/Builders.h"
#include <optional>

namespace minitorch::mt {

/// The position of the first element that equals `item`, the list's size where
/// none does; nullopt where that is not known.
std::optional<int64_t> findItem(llvm::ArrayRef<mlir::Value> list,
                                mlir::Value item);

/// How many ints or constants equal `item`; null where that is not known.
mlir::Value countItem(mlir::OpBuilder &b, mlir::Location loc,
                      llvm::ArrayRef<mlir::Value> list, mlir::Value item);

/// Sorts constant numbers, or a few ints; false where they are others.
bool sortNumbers(mlir::OpBuilder &b, mlir::Location loc,
                 llvm::MutableArrayRef<mlir::Value> numbers, bool reverse);

/// Compares or searches lists of constants.
std::optional<bool> evaluateOnConstants(llvm::StringRef name,
                                        llvm::ArrayRef<mlir::Value> a,
                                        llvm::ArrayRef<mlir::Value> b,
                                        mlir::Value item);

/// The sizes that two shapes broadcast to: of two, the one that is not 1.
llvm::SmallVector<mlir::Value> broadcastSizes(mlir::OpBuilder &b,
                                              mlir::Location loc,
                                              llvm::ArrayRef<mlir::Value> x,
                                              llvm::ArrayRef<mlir::Value> y);

/// As evaluateOnConstants, for ints that are known when the program runs: `item in a`, or
/// a == b elementwise. Null for other elements.
mlir::Value compareNumbers(mlir::OpBuilder &b, mlir::Location loc,
                           llvm::ArrayRef<mlir::Value> x,
                           llvm::ArrayRef<mlir::Value> y, mlir::Value item,
                           bool negate);

/// The sum, least or greatest of numbers; null for what is none of these.
mlir::Value foldNumbers(mlir::OpBuilder &b, mlir::Location loc,
                        llvm::StringRef name,
                        llvm::ArrayRef<mlir::Value> numbers);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_INFERTYPES_LISTFOLDS_H
