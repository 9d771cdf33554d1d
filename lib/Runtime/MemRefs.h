//===- MemRefs.h - Views of strided memory ----------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_RUNTIME_MEMREFS_H
#define MINITORCH_LIB_RUNTIME_MEMREFS_H

#include <cstdint>

namespace mtrt {

/// A descriptor whose rank is known only now: pointers into the descriptor.
struct View {
  View(int64_t rank, void *descriptor);

  int64_t rank;
  /// The first element, once its size is known.
  char *data(int64_t elementSize) const {
    return aligned + offset * elementSize;
  }
  const int64_t *sizes;
  const int64_t *strides;

private:
  char *aligned;
  int64_t offset;
};

/// Copies elements between strided places. Sizes and strides count elements.
void copyStrided(int64_t elementSize, int64_t rank, const int64_t *sizes,
                 const char *source, const int64_t *sourceStrides, char *target,
                 const int64_t *targetStrides);

} // namespace mtrt

#endif // MINITORCH_LIB_RUNTIME_MEMREFS_H
