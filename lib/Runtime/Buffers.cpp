//===- Buffers.cpp - Aligned buffers from a cache of size classes ---------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Models allocate the same sizes in every call, and a fresh large block costs a
// page fault for every 4 KiB of it. Freed blocks are therefore kept by size
// class, four classes for each power of two, up to a limit.
//
//===----------------------------------------------------------------------===//

#include "Frame.h"

#include <bit>
#include <cstdlib>
#include <mutex>
#include <sys/mman.h>

using namespace mtrt;

namespace {

constexpr size_t kHeader = sizeof(BlockHeader);
constexpr uint32_t kUncached = UINT32_MAX;
/// Smallest class: 128 bytes with its header. Largest: 2^36.
constexpr unsigned kMinLog = 7, kMaxLog = 36, kSteps = 4;
constexpr unsigned kNumClasses = (kMaxLog - kMinLog) * kSteps + 1;
/// From this size on, ask for huge pages.
constexpr size_t kHugePage = size_t(2) << 20;

/// Class of `bytes`, whose size `bytes` is rounded up to.
uint32_t classOf(size_t &bytes) {
  if (bytes <= (size_t(1) << kMinLog)) {
    bytes = size_t(1) << kMinLog;
    return 0;
  }
  unsigned log = std::bit_width(bytes - 1) - 1; // 2^log < bytes <= 2^(log+1)
  if (log >= kMaxLog)
    return kUncached;
  size_t step = (size_t(1) << log) / kSteps;
  size_t steps = (bytes - (size_t(1) << log) + step - 1) / step;
  bytes = (size_t(1) << log) + steps * step;
  return (log - kMinLog) * kSteps + static_cast<uint32_t>(steps);
}

struct FreeList {
  std::mutex mutex;
  BlockHeader *head = nullptr;
};

struct Cache {
  FreeList lists[kNumClasses];
  std::atomic<size_t> bytes{0};
  std::atomic<size_t> limit{size_t(1) << 30};
  std::atomic<size_t> live{0};
};

/// Never destroyed: buffers may outlive static destructors.
Cache &cache() {
  static Cache *instance = new Cache;
  return *instance;
}

BlockHeader *headerOf(void *buffer) {
  return reinterpret_cast<BlockHeader *>(static_cast<char *>(buffer) - kHeader);
}
void *bufferOf(BlockHeader *header) {
  return reinterpret_cast<char *>(header) + kHeader;
}

void lockFrame(mtrt_frame *frame) {
  while (frame->lock.test_and_set(std::memory_order_acquire)) {
  }
}
void unlockFrame(mtrt_frame *frame) {
  frame->lock.clear(std::memory_order_release);
}

void link(BlockHeader *header, mtrt_frame *frame) {
  header->frame = frame;
  header->prev = nullptr;
  if (!frame)
    return;
  lockFrame(frame);
  header->next = frame->blocks;
  if (header->next)
    header->next->prev = header;
  frame->blocks = header;
  unlockFrame(frame);
}

void unlink(BlockHeader *header) {
  mtrt_frame *frame = header->frame;
  if (!frame)
    return;
  lockFrame(frame);
  (header->prev ? header->prev->next : frame->blocks) = header->next;
  if (header->next)
    header->next->prev = header->prev;
  unlockFrame(frame);
  header->frame = nullptr;
}

BlockHeader *takeCached(uint32_t sizeClass) {
  FreeList &list = cache().lists[sizeClass];
  std::lock_guard<std::mutex> guard(list.mutex);
  BlockHeader *header = list.head;
  if (header) {
    list.head = header->next;
    cache().bytes.fetch_sub(header->bytes, std::memory_order_relaxed);
  }
  return header;
}

BlockHeader *newBlock(size_t alignment, size_t bytes, uint32_t sizeClass) {
  size_t baseAlignment = bytes >= kHugePage ? kHugePage : 64;
  if (alignment > baseAlignment)
    baseAlignment = alignment;
  void *base = nullptr;
  if (posix_memalign(&base, baseAlignment, bytes) != 0)
    return nullptr;
#ifdef MADV_HUGEPAGE
  if (bytes >= kHugePage)
    madvise(base, bytes & ~(kHugePage - 1), MADV_HUGEPAGE); // a hint only
#endif
  // With a large alignment the header goes to the end of the padding.
  size_t offset = alignment > kHeader ? alignment - kHeader : 0;
  auto *header =
      reinterpret_cast<BlockHeader *>(static_cast<char *>(base) + offset);
  header->base = base;
  header->bytes = bytes;
  header->sizeClass = sizeClass;
  return header;
}

void *allocate(size_t alignment, size_t size) {
  bool wide = alignment > kHeader;
  size_t bytes = size + (wide ? alignment : kHeader);
  BlockHeader *header = nullptr;
  // Sizes above this come from a negative or overflowing dimension.
  if (size <= (size_t(1) << 47) && (!wide || std::has_single_bit(alignment))) {
    uint32_t sizeClass = wide ? kUncached : classOf(bytes);
    if (sizeClass != kUncached)
      header = takeCached(sizeClass);
    if (!header)
      header = newBlock(alignment, bytes, sizeClass);
    if (!header && cache().bytes.load() != 0) {
      mtrt_buffer_trim();
      header = newBlock(alignment, bytes, sizeClass);
    }
  }
  if (!header) {
    if (currentFrame())
      raise("RuntimeError", "cannot allocate %lld bytes",
            static_cast<long long>(size));
    return nullptr;
  }
  link(header, currentFrame());
  cache().live.fetch_add(1, std::memory_order_relaxed);
  return bufferOf(header);
}

} // namespace

void mtrt::releaseBlock(BlockHeader *header) {
  Cache &c = cache();
  c.live.fetch_sub(1, std::memory_order_relaxed);
  if (header->sizeClass == kUncached ||
      c.bytes.load(std::memory_order_relaxed) + header->bytes >
          c.limit.load(std::memory_order_relaxed)) {
    std::free(header->base);
    return;
  }
  c.bytes.fetch_add(header->bytes, std::memory_order_relaxed);
  FreeList &list = c.lists[header->sizeClass];
  std::lock_guard<std::mutex> guard(list.mutex);
  header->next = list.head;
  list.head = header;
}

void *mtrt_buffer_alloc(size_t size) { return allocate(64, size); }

void *mtrt::allocateShared(size_t size) {
  void *buffer = allocate(64, size);
  if (!buffer)
    raise("RuntimeError", "cannot allocate %zu bytes", size);
  unlink(headerOf(buffer));
  return buffer;
}

void mtrt_buffer_free(void *buffer) {
  if (!buffer)
    return;
  BlockHeader *header = headerOf(buffer);
  unlink(header);
  releaseBlock(header);
}

int mtrt_frame_take(mtrt_frame *frame, void *allocated) {
  // Walks what is left of the call, a few results, instead of trusting that
  // `allocated` has a header.
  for (BlockHeader *header = frame->blocks; header; header = header->next) {
    if (bufferOf(header) != allocated)
      continue;
    unlink(header);
    return 1;
  }
  return 0;
}

void mtrt_buffer_set_cache_limit(size_t bytes) {
  cache().limit.store(bytes);
  if (cache().bytes.load() > bytes)
    mtrt_buffer_trim();
}

size_t mtrt_buffer_cached_bytes(void) { return cache().bytes.load(); }

size_t mtrt_buffer_live_count(void) { return cache().live.load(); }

void mtrt_buffer_trim(void) {
  for (uint32_t sizeClass = 0; sizeClass < kNumClasses; ++sizeClass)
    while (BlockHeader *header = takeCached(sizeClass))
      std::free(header->base);
}

void *_mlir_memref_to_llvm_alloc(size_t size) { return allocate(64, size); }

void *_mlir_memref_to_llvm_aligned_alloc(size_t alignment, size_t size) {
  return allocate(alignment, size);
}

void _mlir_memref_to_llvm_free(void *buffer) { mtrt_buffer_free(buffer); }
