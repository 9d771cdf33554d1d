//===- Fallback.h - The library of other operators --------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_FALLBACK_FALLBACK_H
#define MINITORCH_FALLBACK_FALLBACK_H

#include "MiniTorch-c/Fallback.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace minitorch {

/// The ATen library, loaded at the first call; why it is not there otherwise.
/// Thread safe.
llvm::Expected<const mtrt_fallback *> loadFallback();

/// Whether that library is there.
bool hasFallback();

/// The generator of that library, null where it is not there.
const mtrt_generator *loadGenerator();

/// Opens a library that belongs to this program but is not linked to it,
/// because it needs PyTorch: beside this code, in the `lib` folder beside that,
/// or where the loader looks. Null with a `reason` where it cannot; the reason
/// is empty where there is no such file.
void *openOptionalLibrary(const char *name, std::string &reason);

} // namespace minitorch

#endif // MINITORCH_FALLBACK_FALLBACK_H
