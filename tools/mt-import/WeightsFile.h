//===- WeightsFile.h - Weights in an .npz file ------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_TOOLS_MT_IMPORT_WEIGHTSFILE_H
#define MINITORCH_TOOLS_MT_IMPORT_WEIGHTSFILE_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

namespace minitorch {

/// Writes every resource of `module` to `path`, a NumPy .npz archive: one array
/// a resource, under the resource's name. bfloat16 is stored as its uint16
/// bits. Whole or not at all.
llvm::Error writeWeightsFile(mlir::ModuleOp module, llvm::StringRef path);

} // namespace minitorch

#endif // MINITORCH_TOOLS_MT_IMPORT_WEIGHTSFILE_H
