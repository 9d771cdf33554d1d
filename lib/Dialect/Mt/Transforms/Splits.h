//===- Splits.h - Operators that split a tensor into views ------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_SPLITS_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_SPLITS_H

#include "MiniTorch/Dialect/Mt/IR/MtDialect.h"
#include <optional>

namespace minitorch::mt {

/// The operator that splits a tensor into a list of views (`split`, `chunk`,
/// `unbind`, ...): the number of that tensor's operand, or -1.
int getSplitOperand(mlir::Operation *op);

/// The name of a split without the `unsafe_` that makes no difference here.
llvm::StringRef getSplitName(mlir::Operation *split);

/// Where part `index` begins of what `split` makes of a dim of size `size`, or
/// nullopt where that is not known.
std::optional<int64_t> getSplitStart(mlir::Operation *split, int64_t index,
                                     int64_t size);

/// The part of `split` that result `result` of `extraction` (an unpacking of
/// its list, or an element taken out of it) is, or nullopt where that is not
/// known.
std::optional<int64_t> getPartIndex(mlir::Operation *extraction,
                                    unsigned result, mlir::Operation *split);

/// How many parts there are, or nullopt where that is not known.
std::optional<int64_t> getPartCount(mlir::Operation *split);

/// The type of part `index`; null where nothing but the list's is known.
mlir::Type getPartType(mlir::Operation *split, int64_t index);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_SPLITS_H
