//===- MiniTorch-c/Functions.h - Functions compiled on first use --*- C -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// In the boxed form of a program, what computes on tensors are functions of
// their own: their operands' dtypes and ranks are known only when they are
// called. The runtime hands such a call to whoever holds a compiler.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_C_FUNCTIONS_H
#define MINITORCH_C_FUNCTIONS_H

#include "MiniTorch-c/Objects.h"

#ifdef __cplusplus
extern "C" {
#endif

/// An error of such a call: both from malloc.
typedef struct mtrt_function_error {
  /// "RuntimeError"
  char *type;
  char *message;
} mtrt_function_error;

/// Calls `function`, the text of an MLIR module with one public function on
/// boxed values, with `count` borrowed operands, and stores `numResults` owned
/// results. Returns MTRT_OK or, with `error` filled, MTRT_RAISED. Does not
/// throw; may be called from several threads.
typedef int (*mtrt_function_caller)(mtrt_object *function, int64_t count,
                                    const mtrt_value *operands,
                                    int64_t numResults, mtrt_value *results,
                                    mtrt_function_error *error);
/// Null: functions raise.
MTRT_EXPORT void mtrt_set_function_caller(mtrt_function_caller caller);

/// Whether PyTorch records gradients in the calling thread. Does not throw.
typedef int64_t (*mtrt_grad_mode)(void);
/// Null: it does, as it does when it starts.
MTRT_EXPORT void mtrt_set_grad_mode(mtrt_grad_mode mode);

/// What compiled code calls: without, with one, and with several results, for
/// which there is room. May raise.
MTRT_EXPORT void mtrt_run_function(mtrt_object *function, int64_t count,
                                   const mtrt_value *operands);
MTRT_EXPORT mtrt_value mtrt_call_function(mtrt_object *function, int64_t count,
                                          const mtrt_value *operands);
MTRT_EXPORT void mtrt_call_function_multi(mtrt_object *function, int64_t count,
                                          const mtrt_value *operands,
                                          mtrt_value *results);

/// Refuses, in front of an operator that writes to `target`, to do so if
/// several of its elements are one in memory, as PyTorch does.
MTRT_EXPORT void mtrt_tensor_check_writable(mtrt_object *target);
/// Gives the out= argument `self` the sizes and the elements of the result
/// `source`. Raises where its dtype is of a less general kind.
MTRT_EXPORT void mtrt_tensor_write_out(mtrt_object *self, mtrt_object *source);

/// Raises if `self`, which `result` will be written to, is `operand`, and has
/// other sizes than the result: what is read is not resized.
MTRT_EXPORT void mtrt_tensor_check_out(mtrt_object *self, mtrt_object *result,
                                       mtrt_object *operand);
/// Refuses, in front of an operator that writes to `target`, to read the memory
/// of `source` meanwhile, as PyTorch does; the same elements only if `same` is
/// 0.
MTRT_EXPORT void mtrt_tensor_check_overlap(mtrt_object *target,
                                           mtrt_object *source, int64_t same);

//===----------------------------------------------------------------------===//
// Tasks
//===----------------------------------------------------------------------===//

/// Runs a task: the address of an mtrt_entry, called with `count` borrowed
/// operands. `letters` says how it takes each (i, f, b: the number; o: a
/// pointer; v: tag, bits) and, behind a `:`, how it returns its result. The
/// future is for mtrt_future_wait, which raises what the task raised.
MTRT_EXPORT mtrt_object *mtrt_fork(int64_t entry, mtrt_object *letters,
                                   int64_t count, const mtrt_value *operands);
/// The same of a task that runs when somebody waits for it.
MTRT_EXPORT mtrt_object *mtrt_defer(int64_t entry, mtrt_object *letters,
                                    int64_t count, const mtrt_value *operands);

/// Sorts a list of objects in place by a task that says whether one comes in
/// front of another: the two last of its operands. Raises what that raises.
MTRT_EXPORT void mtrt_list_sort_by(mtrt_object *list, int64_t reverse,
                                   int64_t entry, mtrt_object *letters,
                                   int64_t count, const mtrt_value *operands);

/// Begins a `with` block: where something raises before its end, the task runs,
/// those of inner blocks first. What it raises itself is forgotten.
MTRT_EXPORT void mtrt_with_begin(int64_t entry, mtrt_object *letters,
                                 int64_t count, const mtrt_value *operands);
/// Ends the innermost block.
MTRT_EXPORT void mtrt_with_end(void);

#ifdef __cplusplus
}
#endif

#endif // MINITORCH_C_FUNCTIONS_H
