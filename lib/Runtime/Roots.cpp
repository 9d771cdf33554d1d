//===- Roots.cpp - References that compiled frames own --------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Slots lie in stack frames, which are gone by the time an exception is caught:
// whoever throws takes the references out, and the exception carries them.
//
//===----------------------------------------------------------------------===//

#include "Roots.h"

#include "MiniTorch-c/Objects.h"

#include <algorithm>

using namespace mtrt;

static thread_local mtrt_roots *chain = nullptr;

mtrt_roots **mtrt_roots_chain(void) noexcept { return &chain; }

void mtrt_roots_enter(mtrt_roots *roots, int64_t count) noexcept {
  roots->outer = chain;
  roots->count = count;
  std::fill_n(roots->slots, count, nullptr);
  chain = roots;
}

void mtrt_roots_leave(mtrt_roots *roots) noexcept { chain = roots->outer; }

mtrt_roots *mtrt::currentRoots() { return chain; }
void mtrt::setCurrentRoots(mtrt_roots *roots) { chain = roots; }

RootSet::RootSet(mtrt_roots *base) {
  for (; chain != base; chain = chain->outer)
    for (int64_t i = 0; i < chain->count; ++i)
      if (chain->slots[i])
        references.push_back(chain->slots[i]);
}

RootSet::~RootSet() {
  for (mtrt_object *reference : references)
    mtrt_object_release(reference);
}
