//===- runtime_calls.cpp - Calls the runtime as compiled code does --------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For boxed.py: a function that raises must not be called from
// Python directly, since the exception would pass through the interpreter.
//
//===----------------------------------------------------------------------===//

#include "MiniTorch-c/Objects.h"

namespace {
struct Ints {
  int64_t first, second;
};
struct Floats {
  double first, second;
};

/// Registers are filled in order, those for ints and those for floats apart;
/// what a function does not ask for does no harm.
#define ARGUMENTS(R)                                                           \
  R (*)(int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t,         \
        int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t,         \
        int64_t, int64_t, double, double, double, double)

struct Call {
  void *function;
  int64_t ints[16];
  double floats[4];
  int64_t resultIsFloat;
  Ints intResult;
  Floats floatResult;
  /// References in root slots while the function runs.
  int64_t numRoots;
  mtrt_object *roots[4];
};

template <typename R> R invoke(const Call &c) {
  return reinterpret_cast<ARGUMENTS(R)>(c.function)(
      c.ints[0], c.ints[1], c.ints[2], c.ints[3], c.ints[4], c.ints[5],
      c.ints[6], c.ints[7], c.ints[8], c.ints[9], c.ints[10], c.ints[11],
      c.ints[12], c.ints[13], c.ints[14], c.ints[15], c.floats[0], c.floats[1],
      c.floats[2], c.floats[3]);
}
} // namespace

/// An entry whose slot 0 is a Call.
extern "C" MTRT_EXPORT void call_function(void **arguments) {
  Call &call = *static_cast<Call *>(arguments[0]);
  // Room for four slots behind the two words in front of them.
  alignas(mtrt_roots) int64_t memory[2 + 4];
  auto *roots = reinterpret_cast<mtrt_roots *>(memory);
  mtrt_roots_enter(roots, call.numRoots);
  mtrt_object **slots = roots->slots;
  for (int64_t i = 0; i < call.numRoots; ++i)
    slots[i] = call.roots[i];
  if (call.resultIsFloat)
    call.floatResult = invoke<Floats>(call);
  else
    call.intResult = invoke<Ints>(call);
  mtrt_roots_leave(roots);
}

static int64_t comparisons = 0;

/// `__lt__` of instances whose first field is an int. Raises at the call that
/// `raise_at` says.
static int64_t raiseAt = 0;
extern "C" MTRT_EXPORT int64_t less(mtrt_object *left, mtrt_object *right) {
  if (++comparisons == raiseAt)
    mtrt_raise("ValueError: not comparable\n  at program.py:3");
  return reinterpret_cast<mtrt_tuple *>(left)->items[0].bits <
         reinterpret_cast<mtrt_tuple *>(right)->items[0].bits;
}
extern "C" MTRT_EXPORT void raise_at(int64_t comparison) {
  comparisons = 0;
  raiseAt = comparison;
}
