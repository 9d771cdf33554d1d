//===- Printing.h - Tensors as TorchScript prints them --------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_RUNTIME_PRINTING_H
#define MINITORCH_LIB_RUNTIME_PRINTING_H

#include "MemRefs.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mtrt {

/// Bytes of an element of a dtype, by PyTorch's number.
int64_t sizeOfDtype(int64_t dtype);

/// An element as a double; of a dtype that is not complex.
double elementAt(int64_t dtype, const char *at);

void putTensor(std::string &out, int64_t dtype, int64_t elementSize,
               const View &view);

} // namespace mtrt

#endif // MINITORCH_LIB_RUNTIME_PRINTING_H
