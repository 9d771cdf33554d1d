//===- MiniTorch-c/Runtime.h - C interface of the runtime ---------*- C -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What compiled code calls, and what calls compiled code. No LLVM, no PyTorch.
//
// Calling sequence of a compiled function `f`:
//
//   void *slots[] = {&x_descriptor, &n, &result_descriptor};
//   mtrt_frame *frame = mtrt_frame_create();
//   if (mtrt_frame_call(frame, mt_invoke_f, slots) == MTRT_OK)
//     mtrt_frame_take(frame, result_descriptor.allocated);  // ours from now on
//   else
//     puts(mtrt_error_message(mtrt_frame_error(frame)));
//   mtrt_frame_destroy(frame);
//   ...
//   mtrt_buffer_free(result_descriptor.allocated);
//
// One slot an argument, then one slot a result. A tensor's slot points to a
// descriptor {allocated, aligned, offset, sizes[rank], strides[rank]}: offset,
// sizes and strides count elements (not bytes) and are 64-bit; an empty rank
// has neither sizes nor strides. A number's slot points to an int64_t, a
// double, or a one-byte bool. Argument tensors are contiguous in row-major
// order. The function writes the result slots only when it succeeds.
//
// Every function may be called from any thread. A frame is used by one thread
// at a time.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_C_RUNTIME_H
#define MINITORCH_C_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define MTRT_EXPORT __attribute__((visibility("default")))
#define MTRT_NORETURN __attribute__((noreturn))
#else
#define MTRT_EXPORT
#define MTRT_NORETURN
#endif

#ifdef __cplusplus
extern "C" {
#endif

/// Grows by one with each incompatible change of this file.
#define MTRT_ABI_VERSION 1
MTRT_EXPORT int mtrt_abi_version(void);

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

/// A compiled function behind its packed entry.
typedef void (*mtrt_entry)(void **slots);

/// Everything that one call owns: its buffers, its boxed objects, its error.
typedef struct mtrt_frame mtrt_frame;
typedef struct mtrt_error mtrt_error;

enum { MTRT_OK = 0, MTRT_RAISED = 1 };

/// A new frame, or null when memory is out. The caller destroys it.
MTRT_EXPORT mtrt_frame *mtrt_frame_create(void);

/// Runs `entry` on `slots` within `frame`. Returns MTRT_OK, or MTRT_RAISED when
/// the program raised: then nothing that it allocated is left, no result slot
/// is valid, and mtrt_frame_error tells why. Calls may nest, each on a frame of
/// its own.
MTRT_EXPORT int mtrt_frame_call(mtrt_frame *frame, mtrt_entry entry,
                                void **slots);

/// Hands the buffer `allocated` from the frame to the caller, who frees it with
/// mtrt_buffer_free. Returns 1; or 0 when the frame does not own it (it belongs
/// to an argument or to a constant, or was taken before).
MTRT_EXPORT int mtrt_frame_take(mtrt_frame *frame, void *allocated);

/// Why the call failed, or null. Owned by the frame.
MTRT_EXPORT const mtrt_error *mtrt_frame_error(const mtrt_frame *frame);

/// Where the program's own output (`print`) goes: `write` is called with UTF-8
/// text, not terminated by zero. Default: the process's standard output.
typedef void (*mtrt_writer)(void *data, const char *text, size_t size);
MTRT_EXPORT void mtrt_frame_set_writer(mtrt_frame *frame, mtrt_writer write,
                                       void *data);

/// Frees the frame and what it still owns. Returns how many buffers those were:
/// after a successful call, results that were not taken, and leaks.
MTRT_EXPORT size_t mtrt_frame_destroy(mtrt_frame *frame);

/// All of the above in one: every buffer that is left after success belongs to
/// the caller. On MTRT_RAISED, `*error` (if `error` is not null) is an error
/// object that the caller frees with mtrt_error_free.
MTRT_EXPORT int mtrt_call(mtrt_entry entry, void **slots, mtrt_error **error);

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

/// The type of an error of a program that was compiled for something which
/// turned out otherwise when it ran. It left nothing behind but what it wrote
/// to tensor objects.
#define MTRT_ASSUMPTION "MiniTorchAssumption"

/// The exception's class, such as "RuntimeError". All texts are UTF-8, never
/// null, and live as long as the error.
MTRT_EXPORT const char *mtrt_error_type(const mtrt_error *error);
MTRT_EXPORT const char *mtrt_error_message(const mtrt_error *error);
/// Source lines of the program, "file:line", innermost first, one a line; or
/// the empty text.
MTRT_EXPORT const char *mtrt_error_location(const mtrt_error *error);
MTRT_EXPORT void mtrt_error_free(mtrt_error *error);

/// Called by compiled code: ends the running call with an error. `message` is
/// "Type: text", optionally followed by lines "  at file:line"; it is copied.
/// It throws a C++ exception that mtrt_frame_call and mtrt_call catch, so what
/// lies between needs unwind information. Outside of a call there is nothing to
/// return to, and the process ends.
MTRT_EXPORT MTRT_NORETURN void mtrt_raise(const char *message);

/// Called by compiled code right before mtrt_raise: the value takes the place
/// of the next "{}" in the message, as TorchScript's `format` writes it.
MTRT_EXPORT void mtrt_message_int(int64_t value);
MTRT_EXPORT void mtrt_message_bool(int64_t value);
MTRT_EXPORT void mtrt_message_float(double value);

/// Called by compiled code behind a write to an argument ("#0" is the first
/// leaf) or to an attribute (its path): what is there if the call raises. A
/// later one of the same name takes its place. `name` is not terminated.
MTRT_EXPORT void mtrt_keep_int(const char *name, int64_t size, int64_t value);
MTRT_EXPORT void mtrt_keep_bool(const char *name, int64_t size, int64_t value);
MTRT_EXPORT void mtrt_keep_float(const char *name, int64_t size, double value);
MTRT_EXPORT void mtrt_keep_tensor(const char *name, int64_t size, int64_t dtype,
                                  int64_t elementSize, int64_t rank,
                                  void *descriptor);

/// Called by compiled code: writes the program's own output.
MTRT_EXPORT void mtrt_print(const char *text, int64_t size);
/// The same for one value, as TorchScript's `print` writes it. `dtype` is
/// PyTorch's number (6 is float32); complex tensors are not written.
MTRT_EXPORT void mtrt_print_int(int64_t value);
MTRT_EXPORT void mtrt_print_bool(int64_t value);
MTRT_EXPORT void mtrt_print_float(double value);
MTRT_EXPORT void mtrt_print_tensor(int64_t dtype, int64_t elementSize,
                                   int64_t rank, void *descriptor);

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

/// `size` bytes aligned to 64 bytes, not zeroed, from a cache of freed buffers.
/// Within a call the call's frame owns them. When memory is out: raises within
/// a call, returns null outside of one.
MTRT_EXPORT void *mtrt_buffer_alloc(size_t size);

/// Frees a buffer of this runtime (null is fine), from any thread.
MTRT_EXPORT void mtrt_buffer_free(void *buffer);

/// How many bytes of freed buffers are kept for reuse (default 1 GiB), and how
/// many are kept now. mtrt_buffer_trim gives all of them back to the system.
MTRT_EXPORT void mtrt_buffer_set_cache_limit(size_t bytes);
MTRT_EXPORT size_t mtrt_buffer_cached_bytes(void);
MTRT_EXPORT void mtrt_buffer_trim(void);
/// How many buffers are allocated and not freed, in the whole process.
MTRT_EXPORT size_t mtrt_buffer_live_count(void);

/// What MLIR's memref.alloc and memref.dealloc are lowered to.
MTRT_EXPORT void *_mlir_memref_to_llvm_alloc(size_t size);
MTRT_EXPORT void *_mlir_memref_to_llvm_aligned_alloc(size_t alignment,
                                                     size_t size);
MTRT_EXPORT void _mlir_memref_to_llvm_free(void *buffer);

/// An unranked memref as MLIR passes it: `descriptor` as described above.
typedef struct {
  int64_t rank;
  void *descriptor;
} mtrt_unranked;

/// What MLIR's memref.copy is lowered to: copies `source` to `target`, of the
/// same sizes, any strides, not overlapping. `elementSize` in bytes.
MTRT_EXPORT void memrefCopy(int64_t elementSize, mtrt_unranked *source,
                            mtrt_unranked *target);

//===----------------------------------------------------------------------===//
// Threads
//===----------------------------------------------------------------------===//

/// A part of a loop: the turns from `from` to `to`, without `to`.
typedef void (*mtrt_loop_body)(void *context, int64_t from, int64_t to);

/// Called by compiled code: runs `body` for parts that make up [0, count), on
/// this thread and on those of the pool, in any order, and returns when all are
/// done. Within another loop, and while another thread has the pool, this thread
/// does it alone; so it does if the last time, or the first turns, show that it
/// is little work.
/// What a part raises, the loop raises; other parts may have been left out.
MTRT_EXPORT void mtrt_parallel_for(mtrt_loop_body body, void *context,
                                   int64_t count);

/// How many threads the loops of this thread's calls run on, this one included;
/// 1 at first. 0 stands for as many as there are cores. Workers are made when
/// they are needed, and sleep when they are not.
MTRT_EXPORT void mtrt_set_threads(int threads);
MTRT_EXPORT int mtrt_threads(void);

//===----------------------------------------------------------------------===//
// Sorting
//===----------------------------------------------------------------------===//
//
// Called by compiled code, each under a name a `dtype` (PyTorch's number): one
// tensor after the other as rank and descriptor. `values` has x's dtype, and
// `indices`, which says where each value was along `dim`, is int64. NaN is the
// greatest number.

/// Stable.
MTRT_EXPORT void mtrt_sort(int64_t dtype, int64_t dim, int64_t descending,
                           int64_t xRank, void *x, int64_t valuesRank,
                           void *values, int64_t indicesRank, void *indices);
/// As many of the largest or smallest elements as the results have room for, in
/// order if `sorted`; of equal ones those that torch.topk finds.
MTRT_EXPORT void mtrt_topk(int64_t dtype, int64_t dim, int64_t largest,
                           int64_t sorted, int64_t xRank, void *x,
                           int64_t valuesRank, void *values,
                           int64_t indicesRank, void *indices);

//===----------------------------------------------------------------------===//
// Random numbers
//===----------------------------------------------------------------------===//
//
// Numbers are drawn one after the other from one generator, as PyTorch draws
// them from its own on the CPU: the same seed gives the same numbers.

/// A Mersenne twister of 32 bits (mt19937), laid out as PyTorch does.
typedef struct {
  uint64_t seed;
  int32_t left;  // until all words are made anew: when it gets to 0
  uint32_t next; // the word to draw
  uint32_t words[624];
  int32_t has_normal; // whether there is a second number of a normal pair
  double normal;
} mtrt_random_state;

/// Whose generator is drawn from. No other thread draws from `acquire`, which
/// reads the state, to `release`, which writes it.
typedef struct {
  void (*acquire)(mtrt_random_state *state);
  void (*release)(const mtrt_random_state *state);
} mtrt_generator;

/// Draws from `generator`, which outlives the process; null (the default): from
/// one of the runtime's, whose seed is PyTorch's default.
MTRT_EXPORT void mtrt_set_generator(const mtrt_generator *generator);
/// Seeds it.
MTRT_EXPORT void mtrt_random_seed(uint64_t seed);

// Called by compiled code, each under a name a dtype: fills a new tensor in the
// order of its memory.

/// PyTorch's uniform_, random_ of [low, high) (or, without, of all numbers
/// of the dtype that are not negative), normal_, bernoulli_, exponential_,
/// geometric_, cauchy_ and log_normal_, and randperm.
MTRT_EXPORT void mtrt_random_uniform(double from, double to, int64_t dtype,
                                     int64_t elementSize, int64_t rank,
                                     void *descriptor);
MTRT_EXPORT void mtrt_random_between(int64_t low, int64_t high, int64_t dtype,
                                     int64_t elementSize, int64_t rank,
                                     void *descriptor);
MTRT_EXPORT void mtrt_random_from(int64_t low, int64_t dtype,
                                  int64_t elementSize, int64_t rank,
                                  void *descriptor);
MTRT_EXPORT void mtrt_random_integer(int64_t dtype, int64_t elementSize,
                                     int64_t rank, void *descriptor);
MTRT_EXPORT void mtrt_random_normal(double mean, double deviation,
                                    int64_t dtype, int64_t elementSize,
                                    int64_t rank, void *descriptor);
MTRT_EXPORT void mtrt_random_bernoulli(double probability, int64_t dtype,
                                       int64_t elementSize, int64_t rank,
                                       void *descriptor);
MTRT_EXPORT void mtrt_random_exponential(double rate, int64_t dtype,
                                         int64_t elementSize, int64_t rank,
                                         void *descriptor);
MTRT_EXPORT void mtrt_random_geometric(double probability, int64_t dtype,
                                       int64_t elementSize, int64_t rank,
                                       void *descriptor);
MTRT_EXPORT void mtrt_random_cauchy(double median, double scale, int64_t dtype,
                                    int64_t elementSize, int64_t rank,
                                    void *descriptor);
MTRT_EXPORT void mtrt_random_log_normal(double mean, double deviation,
                                        int64_t dtype, int64_t elementSize,
                                        int64_t rank, void *descriptor);
MTRT_EXPORT void mtrt_random_permutation(int64_t dtype, int64_t elementSize,
                                         int64_t rank, void *descriptor);
/// rrelu of x while training.
MTRT_EXPORT void mtrt_random_rrelu(int64_t dtype, double lower, double upper,
                                   int64_t xRank, void *x, int64_t rank,
                                   void *descriptor);

//===----------------------------------------------------------------------===//
// Operators of somebody else
//===----------------------------------------------------------------------===//
//
// How compiled code calls an operator that has no lowering, if a library that
// runs it was set (MiniTorch-c/Fallback.h). A call is an object: begin returns
// a reference. Whatever goes wrong raises.

/// A counted object, as a number of the compiled program. The call's frame
/// frees what the program left.
typedef int64_t mtrt_handle;
MTRT_EXPORT void mtrt_retain(mtrt_handle object);
MTRT_EXPORT void mtrt_release(mtrt_handle object);

typedef struct mtrt_fallback mtrt_fallback;
/// Sets the library for the whole process. It must outlive it.
MTRT_EXPORT void mtrt_set_fallback(const mtrt_fallback *library);

MTRT_EXPORT mtrt_handle mtrt_fallback_begin(const char *schema, int64_t size);
MTRT_EXPORT void mtrt_fallback_push_none(mtrt_handle call);
MTRT_EXPORT void mtrt_fallback_push_bool(mtrt_handle call, int64_t value);
MTRT_EXPORT void mtrt_fallback_push_int(mtrt_handle call, int64_t value);
MTRT_EXPORT void mtrt_fallback_push_float(mtrt_handle call, double value);
MTRT_EXPORT void mtrt_fallback_push_str(mtrt_handle call, const char *text,
                                        int64_t size);
MTRT_EXPORT void mtrt_fallback_push_tensor(mtrt_handle call, int64_t dtype,
                                           int64_t elementSize, int64_t rank,
                                           void *descriptor);
MTRT_EXPORT void mtrt_fallback_push_list(mtrt_handle call, int64_t count);
/// Runs. `place` goes behind the message of an error.
MTRT_EXPORT void mtrt_fallback_run(mtrt_handle call, const char *place,
                                   int64_t size);
/// Makes sure that a result is the tensor that compiled code expects.
MTRT_EXPORT void mtrt_fallback_expect(mtrt_handle call, int64_t result,
                                      int64_t dtype, int64_t rank);
/// A size of such a result, for allocating what get fills.
MTRT_EXPORT int64_t mtrt_fallback_dim(mtrt_handle call, int64_t result,
                                      int64_t dim);
MTRT_EXPORT void mtrt_fallback_get(mtrt_handle call, int64_t result,
                                   int64_t elementSize, int64_t rank,
                                   void *descriptor);
/// Of a bool or an int; of a float.
MTRT_EXPORT int64_t mtrt_fallback_get_int(mtrt_handle call, int64_t result);
MTRT_EXPORT double mtrt_fallback_get_float(mtrt_handle call, int64_t result);

//===----------------------------------------------------------------------===//
// Symbols
//===----------------------------------------------------------------------===//

/// Every function that compiled code may call, for binding it without a search
/// through the process. The table ends with a null name and lives forever.
typedef struct {
  const char *name;
  void *address;
} mtrt_symbol;
MTRT_EXPORT const mtrt_symbol *mtrt_symbols(void);

#ifdef __cplusplus
}
#endif

#endif // MINITORCH_C_RUNTIME_H
