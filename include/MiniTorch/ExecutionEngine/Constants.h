//===- Constants.h - Data of a module's external constants --------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_EXECUTIONENGINE_CONSTANTS_H
#define MINITORCH_EXECUTIONENGINE_CONSTANTS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/Support/Error.h"

#include <memory>

namespace minitorch {

/// Memory from aligned_alloc.
using AlignedCopy = std::unique_ptr<char, void (*)(void *)>;

/// The address of the elements of `attribute` in memory order, aligned to 64
/// bytes: where they lie if possible, else in a new `copy`.
llvm::Expected<const char *> constantData(mlir::ElementsAttr attribute,
                                          AlignedCopy &copy);

} // namespace minitorch

#endif // MINITORCH_EXECUTIONENGINE_CONSTANTS_H
