//===- MiniTorch-c/Fallback.h - Operators of somebody else --------*- C -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a library provides that runs operators which the compiler has no
// lowering for. libMiniTorchATen.so is one: it calls PyTorch's own.
//
//   mtrt_fallback_call *call = fallback->begin("aten::cumsum", 12);
//   fallback->push_tensor(call, dtype, rank, sizes, strides, data);
//   fallback->push_int(call, 1);
//   fallback->push_none(call);
//   if (fallback->run(call) == MTRT_OK) ... fallback->tensor(call, 0, &tensor)
//   else puts(fallback->message(call));
//   fallback->end(call);
//
// Operands are pushed in the order of the operator's schema, all of them. No
// function throws or raises.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_C_FALLBACK_H
#define MINITORCH_C_FALLBACK_H

#include "MiniTorch-c/Runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct mtrt_fallback_call mtrt_fallback_call;

/// What a result is.
enum {
  MTRT_FALLBACK_TENSOR,
  MTRT_FALLBACK_BOOL,
  MTRT_FALLBACK_INT,
  MTRT_FALLBACK_FLOAT,
  /// Anything else, such as a list or None.
  MTRT_FALLBACK_OTHER
};

/// A dense tensor. `sizes` and `strides` (of `rank` elements; strides count
/// elements) and `data` (the first element) live as long as the call.
typedef struct {
  int64_t dtype; // PyTorch's number (6 is float32)
  int64_t rank;
  const int64_t *sizes;
  const int64_t *strides;
  const void *data;
} mtrt_fallback_tensor;

/// Grows by one with each incompatible change of this file.
#define MTRT_FALLBACK_VERSION 1

struct mtrt_fallback {
  /// MTRT_FALLBACK_VERSION of the library.
  int version;
  /// Whose operators these are, "PyTorch 2.13.0".
  const char *name;

  /// A call of `aten::name.overload` (`size` bytes); null where there is no
  /// such operator. `end` frees it.
  mtrt_fallback_call *(*begin)(const char *schema, size_t size);
  void (*end)(mtrt_fallback_call *call);

  void (*push_none)(mtrt_fallback_call *call);
  void (*push_bool)(mtrt_fallback_call *call, int64_t value);
  void (*push_int)(mtrt_fallback_call *call, int64_t value);
  void (*push_float)(mtrt_fallback_call *call, double value);
  void (*push_complex)(mtrt_fallback_call *call, double real, double imaginary);
  /// A string, or a device.
  void (*push_str)(mtrt_fallback_call *call, const char *text, size_t size);
  /// The tensor's memory is only read, until `end`. Without `data` it is a
  /// tensor of which nothing but its type is known: see `run`.
  void (*push_tensor)(mtrt_fallback_call *call,
                      const mtrt_fallback_tensor *tensor);
  /// Makes the last `count` operands one, a list of them.
  void (*push_list)(mtrt_fallback_call *call, int64_t count);

  /// MTRT_OK, or MTRT_RAISED when something failed in this call; then `message`
  /// is "Type: text". When some tensor has no data, only the types of results
  /// are computed.
  int (*run)(mtrt_fallback_call *call);
  const char *(*message)(const mtrt_fallback_call *call);

  /// Results, after `run`.
  int64_t (*num_results)(const mtrt_fallback_call *call);
  int (*kind)(const mtrt_fallback_call *call, int64_t result);
  /// MTRT_OK, or MTRT_RAISED with a `message` for a tensor that is not dense.
  int (*tensor)(mtrt_fallback_call *call, int64_t result,
                mtrt_fallback_tensor *tensor);
  int64_t (*integer)(const mtrt_fallback_call *call, int64_t result);
  double (*real)(const mtrt_fallback_call *call, int64_t result);
  /// Whether sizes of results depend on operands' types alone, after a run
  /// without data. Where they do not, `tensor` gives some sizes.
  int (*sizes_are_exact)(const mtrt_fallback_call *call);
};

/// What the library exports: its table, which lives as long as the process.
#define MTRT_FALLBACK_SYMBOL "mtrt_fallback_library"
typedef const mtrt_fallback *(*mtrt_fallback_library_fn)(void);
/// And the generator that those operators draw random numbers from.
#define MTRT_GENERATOR_SYMBOL "mtrt_generator_library"
typedef const mtrt_generator *(*mtrt_generator_library_fn)(void);
#define MTRT_ATEN_LIBRARY "libMiniTorchATen.so"

#ifdef __cplusplus
}
#endif

#endif // MINITORCH_C_FALLBACK_H
