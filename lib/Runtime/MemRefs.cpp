//===- MemRefs.cpp - Copies between strided memory ------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MemRefs.h"

#include "MiniTorch-c/Runtime.h"

#include <algorithm>
#include <cstring>

using namespace mtrt;

namespace {
/// The head of a descriptor; sizes and strides follow.
struct Descriptor {
  char *allocated;
  char *aligned;
  int64_t offset;
};
} // namespace

View::View(int64_t rank, void *descriptor) : rank(rank) {
  auto *head = static_cast<Descriptor *>(descriptor);
  aligned = head->aligned;
  offset = head->offset;
  sizes = reinterpret_cast<int64_t *>(head + 1);
  strides = sizes + rank;
}

/// One strided row of elements of `Size` bytes.
template <int64_t Size>
static void copyRow(int64_t count, const char *source, int64_t sourceStep,
                    char *target, int64_t targetStep) {
  for (int64_t i = 0; i < count; ++i)
    std::memcpy(target + i * targetStep, source + i * sourceStep, Size);
}

static void copyRow(int64_t elementSize, int64_t count, const char *source,
                    int64_t sourceStep, char *target, int64_t targetStep) {
  if (sourceStep == elementSize && targetStep == elementSize) {
    std::copy_n(source, count * elementSize, target);
    return;
  }
  switch (elementSize) {
  case 1:
    return copyRow<1>(count, source, sourceStep, target, targetStep);
  case 2:
    return copyRow<2>(count, source, sourceStep, target, targetStep);
  case 4:
    return copyRow<4>(count, source, sourceStep, target, targetStep);
  case 8:
    return copyRow<8>(count, source, sourceStep, target, targetStep);
  default:
    for (int64_t i = 0; i < count; ++i)
      std::memcpy(target + i * targetStep, source + i * sourceStep,
                  elementSize);
  }
}

/// Copies blocks of `bytes`; strides count `scale` bytes.
static void copyLevel(int64_t bytes, int64_t scale, int64_t rank,
                      const int64_t *sizes, const char *source,
                      const int64_t *sourceStrides, char *target,
                      const int64_t *targetStrides) {
  if (rank == 0) {
    std::copy_n(source, bytes, target);
    return;
  }
  int64_t sourceStep = sourceStrides[0] * scale;
  int64_t targetStep = targetStrides[0] * scale;
  if (rank == 1) {
    copyRow(bytes, sizes[0], source, sourceStep, target, targetStep);
    return;
  }
  for (int64_t i = 0; i < sizes[0]; ++i)
    copyLevel(bytes, scale, rank - 1, sizes + 1, source + i * sourceStep,
              sourceStrides + 1, target + i * targetStep, targetStrides + 1);
}

void mtrt::copyStrided(int64_t elementSize, int64_t rank, const int64_t *sizes,
                       const char *source, const int64_t *sourceStrides,
                       char *target, const int64_t *targetStrides) {
  for (int64_t i = 0; i < rank; ++i)
    if (sizes[i] == 0)
      return;
  // Trailing dimensions that are contiguous on both sides are one block.
  int64_t block = 1, outer = rank;
  while (outer > 0 &&
         (sizes[outer - 1] == 1 || (sourceStrides[outer - 1] == block &&
                                    targetStrides[outer - 1] == block)))
    block *= sizes[--outer];
  copyLevel(elementSize * block, elementSize, outer, sizes, source,
            sourceStrides, target, targetStrides);
}

void memrefCopy(int64_t elementSize, mtrt_unranked *source,
                mtrt_unranked *target) {
  View from(source->rank, source->descriptor);
  View to(target->rank, target->descriptor);
  copyStrided(elementSize, from.rank, from.sizes, from.data(elementSize),
              from.strides, to.data(elementSize), to.strides);
}
