//===- Fallback.cpp - Calls of operators of somebody else -----------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch-c/Fallback.h"
#include "Frame.h"
#include "MemRefs.h"

#include <cstring>

using namespace mtrt;

static std::atomic<const mtrt_fallback *> library = nullptr;

void mtrt_set_fallback(const mtrt_fallback *table) { library = table; }

namespace {
struct Call : Object {
  explicit Call(const mtrt_fallback *library, mtrt_fallback_call *call)
      : library(library), call(call) {}
  ~Call() override { library->end(call); }

  const mtrt_fallback *library;
  mtrt_fallback_call *call;
};
} // namespace

static Call *toCall(mtrt_handle handle) {
  return static_cast<Call *>(reinterpret_cast<Object *>(handle));
}

/// `size` bytes of `text` as the argument of a `%.*s`.
static int lengthOf(int64_t size) { return static_cast<int>(size); }

mtrt_handle mtrt_fallback_begin(const char *schema, int64_t size) {
  const mtrt_fallback *table = library;
  if (!table)
    raise("RuntimeError", "%.*s is an operator of a library that is not loaded",
          lengthOf(size), schema);
  mtrt_fallback_call *call = table->begin(schema, size);
  if (!call)
    raise("RuntimeError", "%s has no operator %.*s", table->name,
          lengthOf(size), schema);
  Call *object = new Call(table, call);
  adopt(object);
  return reinterpret_cast<mtrt_handle>(static_cast<Object *>(object));
}

void mtrt_fallback_push_none(mtrt_handle handle) {
  Call *call = toCall(handle);
  call->library->push_none(call->call);
}

void mtrt_fallback_push_bool(mtrt_handle handle, int64_t value) {
  Call *call = toCall(handle);
  call->library->push_bool(call->call, value);
}

void mtrt_fallback_push_int(mtrt_handle handle, int64_t value) {
  Call *call = toCall(handle);
  call->library->push_int(call->call, value);
}

void mtrt_fallback_push_float(mtrt_handle handle, double value) {
  Call *call = toCall(handle);
  call->library->push_float(call->call, value);
}

void mtrt_fallback_push_str(mtrt_handle handle, const char *text,
                            int64_t size) {
  Call *call = toCall(handle);
  call->library->push_str(call->call, text, size);
}

void mtrt_fallback_push_tensor(mtrt_handle handle, int64_t dtype,
                               int64_t elementSize, int64_t rank,
                               void *descriptor) {
  Call *call = toCall(handle);
  View view(rank, descriptor);
  // An empty tensor may have no memory.
  static const char nothing = 0;
  const char *data = view.data(elementSize);
  mtrt_fallback_tensor tensor = {dtype, rank, view.sizes, view.strides,
                                 data ? data : &nothing};
  call->library->push_tensor(call->call, &tensor);
}

void mtrt_fallback_push_list(mtrt_handle handle, int64_t count) {
  Call *call = toCall(handle);
  call->library->push_list(call->call, count);
}

/// Raises what the library said, with the program's `place` behind it.
[[noreturn]] static void raiseMessage(Call *call, const char *place,
                                      int64_t size) {
  const char *message = call->library->message(call->call);
  size_t length = std::strlen(message);
  // The frame frees it.
  char *text = static_cast<char *>(mtrt_buffer_alloc(length + size + 1));
  std::memcpy(text, message, length);
  std::memcpy(text + length, place, size);
  text[length + size] = 0;
  mtrt_raise(text);
}

void mtrt_fallback_run(mtrt_handle handle, const char *place, int64_t size) {
  Call *call = toCall(handle);
  if (call->library->run(call->call) != MTRT_OK)
    raiseMessage(call, place, size);
}

static mtrt_fallback_tensor getTensor(Call *call, int64_t result) {
  mtrt_fallback_tensor tensor;
  if (result >= call->library->num_results(call->call) ||
      call->library->kind(call->call, result) != MTRT_FALLBACK_TENSOR)
    raise("RuntimeError", "result %lld of the operator is not a tensor",
          static_cast<long long>(result));
  if (call->library->tensor(call->call, result, &tensor) != MTRT_OK)
    raiseMessage(call, "", 0);
  return tensor;
}

void mtrt_fallback_expect(mtrt_handle handle, int64_t result, int64_t dtype,
                          int64_t rank) {
  mtrt_fallback_tensor tensor = getTensor(toCall(handle), result);
  if (tensor.rank != rank || tensor.dtype != dtype)
    raise(MTRT_ASSUMPTION,
          "the operator returned a tensor of rank %lld and dtype %lld; the "
          "program was compiled for rank %lld and dtype %lld",
          static_cast<long long>(tensor.rank),
          static_cast<long long>(tensor.dtype), static_cast<long long>(rank),
          static_cast<long long>(dtype));
}

int64_t mtrt_fallback_dim(mtrt_handle handle, int64_t result, int64_t dim) {
  return getTensor(toCall(handle), result).sizes[dim];
}

void mtrt_fallback_get(mtrt_handle handle, int64_t result, int64_t elementSize,
                       int64_t rank, void *descriptor) {
  mtrt_fallback_tensor tensor = getTensor(toCall(handle), result);
  View view(rank, descriptor);
  for (int64_t dim = 0; dim < rank; ++dim)
    if (tensor.sizes[dim] != view.sizes[dim])
      raise(MTRT_ASSUMPTION,
            "the operator returned a tensor whose size %lld is %lld; the "
            "program was compiled for %lld",
            static_cast<long long>(dim),
            static_cast<long long>(tensor.sizes[dim]),
            static_cast<long long>(view.sizes[dim]));
  copyStrided(elementSize, rank, view.sizes,
              static_cast<const char *>(tensor.data), tensor.strides,
              view.data(elementSize), view.strides);
}

int64_t mtrt_fallback_get_int(mtrt_handle handle, int64_t result) {
  Call *call = toCall(handle);
  return call->library->integer(call->call, result);
}

double mtrt_fallback_get_float(mtrt_handle handle, int64_t result) {
  Call *call = toCall(handle);
  return call->library->real(call->call, result);
}
