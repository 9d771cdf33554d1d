//===- Variables.h - Attributes that other methods write ----------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An attribute that the method itself does not write is a constant of its code.
// Where another method writes it, the code has to take its present value.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_MODEL_VARIABLES_H
#define MINITORCH_LIB_MODEL_VARIABLES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <map>
#include <optional>

namespace minitorch {

/// By path, the sizes that a tensor has between calls; -1 where they differ.
using VariableSizes =
    std::map<std::string, std::optional<std::vector<int64_t>>>;

/// Makes -1 of what differs. Another rank is another program.
void joinSizes(std::optional<std::vector<int64_t>> &joined,
               llvm::ArrayRef<int64_t> sizes);

/// Lets `method` of the root object end with `self.a = self.a` for each of
/// `variables`, which makes state of them.
void writeBack(mlir::ModuleOp module, mlir::func::FuncOp method,
               const VariableSizes &variables);

/// After the phase `functions`: what the method reads of `variables` stays
/// state, although nothing changes it, and gets their sizes.
void keepVariables(mlir::ModuleOp module, const VariableSizes &variables);

/// After the phase `contract`: says which state gets a tensor of another rank
/// or dtype. A function returns its state as it takes it, so such a one has no
/// form yet.
mlir::LogicalResult checkStateTypes(mlir::ModuleOp module);

} // namespace minitorch

#endif // MINITORCH_LIB_MODEL_VARIABLES_H
