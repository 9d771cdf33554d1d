//===- Roots.h - References of frames that a raise leaves -------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_RUNTIME_ROOTS_H
#define MINITORCH_LIB_RUNTIME_ROOTS_H

#include <vector>

struct mtrt_object;
struct mtrt_roots;

namespace mtrt {

/// This thread's innermost frame with slots, or null.
mtrt_roots *currentRoots();
void setCurrentRoots(mtrt_roots *roots);

/// The references in the slots of all frames above `base`, which are unlinked;
/// released with the set.
class RootSet {
public:
  explicit RootSet(mtrt_roots *base);
  RootSet(RootSet &&) = default;
  ~RootSet();

private:
  std::vector<mtrt_object *> references;
};

} // namespace mtrt

#endif // MINITORCH_LIB_RUNTIME_ROOTS_H
