//===- Objects.cpp - Counts of objects ------------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Walks over objects keep what is still to do in the objects themselves or in a
// vector, never on the stack: chains are as long as the program makes them.
//
//===----------------------------------------------------------------------===//

#include "Objects.h"

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

using namespace mtrt;

//===----------------------------------------------------------------------===//
// Live objects
//===----------------------------------------------------------------------===//

namespace {
struct Counter;

/// Counters of all threads, and what threads that ended have left.
struct Counters {
  std::mutex mutex;
  Counter *first = nullptr;
  int64_t ended = 0;
};

/// Never destroyed: threads may outlive static destructors.
Counters &counters() {
  static Counters *instance = new Counters;
  return *instance;
}

/// Written by one thread only, so that counting is no atomic update. Objects
/// freed elsewhere make it negative.
struct Counter {
  Counter() {
    Counters &all = counters();
    std::lock_guard<std::mutex> guard(all.mutex);
    next = all.first;
    if (next)
      next->prev = this;
    all.first = this;
  }
  ~Counter() {
    Counters &all = counters();
    std::lock_guard<std::mutex> guard(all.mutex);
    all.ended += value.load(std::memory_order_relaxed);
    (prev ? prev->next : all.first) = next;
    if (next)
      next->prev = prev;
  }
  void add(int64_t difference) {
    value.store(value.load(std::memory_order_relaxed) + difference,
                std::memory_order_relaxed);
  }
  std::atomic<int64_t> value{0};
  Counter *prev = nullptr, *next = nullptr;
};
} // namespace

/// The calling thread's counter. The pointer needs no initialization, which
/// every use of a thread_local object with a constructor would check for.
static Counter &counter() {
  static constinit thread_local Counter *own = nullptr;
  if (!own) [[unlikely]] {
    static thread_local Counter instance;
    own = &instance;
  }
  return *own;
}

int64_t mtrt_object_live_count(void) {
  Counters &all = counters();
  std::lock_guard<std::mutex> guard(all.mutex);
  int64_t count = all.ended;
  for (Counter *each = all.first; each; each = each->next)
    count += each->value.load(std::memory_order_relaxed);
  return count;
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

void *mtrt::resizeBlock(void *block, size_t bytes) {
  // A size that went through zero on its way is refused, too.
  void *resized =
      bytes <= size_t(PTRDIFF_MAX) ? std::realloc(block, bytes) : nullptr;
  if (!resized)
    raise("RuntimeError", "cannot allocate %zu bytes", bytes);
  return resized;
}

void *mtrt::allocateObject(size_t bytes, size_t zeroed, uint16_t kind,
                           uint32_t type, uint16_t flags) {
  // glibc's calloc takes nothing from the thread's own cache of small blocks.
  void *memory = bytes <= size_t(PTRDIFF_MAX) ? std::malloc(bytes) : nullptr;
  if (!memory)
    raise("RuntimeError", "cannot allocate %zu bytes", bytes);
  std::memset(memory, 0, zeroed);
  auto *object = static_cast<mtrt_object *>(memory);
  object->count = 1;
  object->kind = kind;
  object->flags = flags;
  object->type = type;
  counter().add(1);
  return object;
}

static void freeObject(mtrt_object *object) {
  switch (object->kind) {
  case MTRT_KIND_STR:
    freeStr(object);
    break;
  case MTRT_KIND_LIST:
    freeList(object);
    break;
  case MTRT_KIND_DICT:
    freeDict(object);
    break;
  case MTRT_KIND_STORAGE:
    freeStorage(object);
    break;
  case MTRT_KIND_FUTURE:
    freeFuture(object);
    break;
  case MTRT_KIND_TENSOR:
    freeTensor(object);
    break;
  default:
    break;
  }
  std::free(object);
  counter().add(-1);
}

//===----------------------------------------------------------------------===//
// Counts
//===----------------------------------------------------------------------===//

void mtrt_object_retain(mtrt_object *object) noexcept {
  if (!object)
    return;
  std::atomic_ref<int32_t> count(object->count);
  int32_t now = count.load(std::memory_order_relaxed);
  if (now > 0) {
    if (now != INT32_MAX)
      object->count = now + 1;
    return;
  }
  // A margin before the end: other threads may count meanwhile.
  if (now < 0 && now > INT32_MIN + 1000)
    count.fetch_sub(1, std::memory_order_relaxed);
}

/// Gives one reference back; whether it was the last.
static bool drop(mtrt_object *object) {
  std::atomic_ref<int32_t> count(object->count);
  int32_t now = count.load(std::memory_order_relaxed);
  if (now > 0) {
    if (now == INT32_MAX)
      return false;
    object->count = now - 1;
    return now == 1;
  }
  if (now == 0 || now <= INT32_MIN + 1000)
    return false;
  // The last one sees what the others wrote.
  return count.fetch_add(1, std::memory_order_acq_rel) == -1;
}

/// A dead object's type and hash are not needed any more: their place links
/// the objects that are still to be freed.
static_assert(offsetof(mtrt_object, type) == 8 && sizeof(mtrt_object) == 16);
static char *placeOfNext(mtrt_object *object) {
  return reinterpret_cast<char *>(object) + offsetof(mtrt_object, type);
}
static mtrt_object *getNextDead(mtrt_object *object) {
  mtrt_object *next;
  std::memcpy(&next, placeOfNext(object), sizeof(next));
  return next;
}
static void setNextDead(mtrt_object *object, mtrt_object *next) {
  std::memcpy(placeOfNext(object), &next, sizeof(next));
}

void mtrt_object_release(mtrt_object *object) noexcept {
  if (!object || !drop(object))
    return;
  mtrt_object *dead = object;
  setNextDead(dead, nullptr);
  while (dead) {
    mtrt_object *each = dead;
    dead = getNextDead(each);
    visitParts(each, [&](mtrt_object *part) {
      if (!drop(part))
        return;
      setNextDead(part, dead);
      dead = part;
    });
    freeObject(each);
  }
}

void mtrt_value_retain(int64_t tag, int64_t bits) noexcept {
  mtrt_object_retain(objectOf({tag, bits}));
}

void mtrt_value_release(int64_t tag, int64_t bits) noexcept {
  mtrt_object_release(objectOf({tag, bits}));
}

//===----------------------------------------------------------------------===//
// Marks
//===----------------------------------------------------------------------===//

/// Calls `mark` with an object and all it reaches, but not behind those for
/// which it returns false.
template <typename Mark> static void walk(mtrt_object *object, Mark mark) {
  std::vector<mtrt_object *> todo;
  if (object && mark(object))
    todo.push_back(object);
  while (!todo.empty()) {
    mtrt_object *each = todo.back();
    todo.pop_back();
    visitParts(each, [&](mtrt_object *part) {
      if (mark(part))
        todo.push_back(part);
    });
  }
}

void mtrt_object_share(mtrt_object *object) {
  walk(object, [](mtrt_object *each) {
    if (each->count <= 0)
      return false;
    each->count = -each->count;
    return true;
  });
}

void mtrt_object_immortalize(mtrt_object *object) {
  walk(object, [](mtrt_object *each) {
    if (each->count == 0)
      return false;
    each->count = 0;
    counter().add(-1);
    return true;
  });
}

void Guard::lock() {
  while (flags().fetch_or(MTRT_FLAG_LOCKED, std::memory_order_acquire) &
         MTRT_FLAG_LOCKED)
    std::this_thread::yield();
}
