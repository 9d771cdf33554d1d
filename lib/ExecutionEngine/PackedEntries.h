//===- PackedEntries.h - One calling convention for all functions -------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_EXECUTIONENGINE_PACKEDENTRIES_H
#define MINITORCH_LIB_EXECUTIONENGINE_PACKEDENTRIES_H

#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"
#include <optional>

namespace minitorch {

/// Name of the packed entry of `function`.
std::string packedEntryName(llvm::StringRef function);

/// Adds `void mt_invoke_f(void **slots)` for the function `f`, which must have
/// a C interface `_mlir_ciface_f`. Leaves an entry that is there. `numResults`:
/// where one of the results is a pointer, so that their types do not tell.
llvm::Error addPackedEntry(llvm::Module &module, llvm::StringRef function,
                           std::optional<unsigned> numResults);

} // namespace minitorch

#endif // MINITORCH_LIB_EXECUTIONENGINE_PACKEDENTRIES_H
