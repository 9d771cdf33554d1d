//===- Parallel.cpp - Parallel loops on one pool of threads ---------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One pool for the process. A worker that finds nothing to do looks for a few
// microseconds and then sleeps, so that between calls the cores are free for
// whoever else has a pool (libgomp). Parts are taken from a counter: a core
// that others use gets fewer of them. The caller waits only for workers that
// joined: one that has not been woken yet costs nothing.
//
//===----------------------------------------------------------------------===//

#include "Frame.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>

using namespace mtrt;
using Clock = std::chrono::steady_clock;

/// How long a worker, or a caller, looks before it sleeps.
static constexpr std::chrono::microseconds kSpin{20};
/// Less work than this is done before a worker is awake.
static constexpr std::chrono::microseconds kWorthWaking{15};
/// The part of a loop that is tried if nothing is known of it.
static constexpr int64_t kTrial = 64;
/// Parts that a thread takes at a time: so many times all threads.
static constexpr int64_t kTurns = 4;

static thread_local int threadLimit = 1;
static thread_local bool isInLoop = false;

namespace {
/// What a turn of a loop cost when it was run last, by the loop's function, so
/// that little work wakes nobody. Two loops may have one place: then they are
/// measured again and again.
class Costs {
public:
  /// In picoseconds; nothing for a loop that is not known.
  std::optional<uint32_t> find(mtrt_loop_body body) const {
    uint64_t word = place(body).load(std::memory_order_relaxed);
    if (uint32_t(word >> 32) != tag(body))
      return std::nullopt;
    return uint32_t(word);
  }
  void set(mtrt_loop_body body, Clock::duration time, int64_t turns) {
    using Picoseconds = std::chrono::duration<double, std::pico>;
    double each = Picoseconds(time).count() / static_cast<double>(turns);
    uint64_t cost = static_cast<uint64_t>(std::min(each, 4e9));
    place(body).store(uint64_t(tag(body)) << 32 | cost,
                      std::memory_order_relaxed);
  }

private:
  static uint32_t tag(mtrt_loop_body body) {
    return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(body) >> 4);
  }
  std::atomic<uint64_t> &place(mtrt_loop_body body) const {
    return words[tag(body) * 2654435761u >> 22];
  }
  mutable std::atomic<uint64_t> words[1024] = {};
};
} // namespace

static Costs costs;

static void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Waits until `word` is not `old`.
template <typename T> static void waitForChange(std::atomic<T> &word, T old) {
  Clock::time_point end = Clock::now() + kSpin;
  do {
    for (int i = 0; i < 64; ++i) {
      if (word.load(std::memory_order_acquire) != old)
        return;
      relax();
    }
  } while (Clock::now() < end);
  word.wait(old, std::memory_order_acquire);
}

namespace {
/// The loop that is run. Written by its caller alone, while it is closed and
/// nobody has joined.
struct Loop {
  mtrt_loop_body body;
  void *context;
  int64_t end, step;
  mtrt_frame *frame;
};

class Pool {
public:
  /// Never destroyed: its threads run until the process ends.
  static Pool &get() {
    static Pool *pool = new Pool;
    return *pool;
  }

  /// Runs `loop` from `begin` on and returns how many threads did; 0 if the
  /// workers are somebody else's.
  int run(const Loop &newLoop, int64_t begin, int threads) {
    std::unique_lock<std::mutex> lock(busy, std::try_to_lock);
    if (!lock)
      return 0;
    addWorkers(threads - 1);
    loop = newLoop;
    error.reset();
    helpers.store(0, std::memory_order_relaxed);
    next.store(begin, std::memory_order_relaxed);
    state.store(kOpen | uint32_t(threads - 1) * kSeat,
                std::memory_order_release);
    epoch.fetch_add(1, std::memory_order_release);
    epoch.notify_all();

    std::exception_ptr own;
    try {
      takeParts();
    } catch (...) {
      own = std::current_exception();
      next.store(loop.end, std::memory_order_relaxed);
    }
    // Nobody joins any more; who did, ends.
    uint32_t left =
        state.fetch_and(kJoined, std::memory_order_acq_rel) & kJoined;
    while (left != 0) {
      waitForChange(state, left);
      left = state.load(std::memory_order_acquire);
    }
    if (own)
      std::rethrow_exception(own);
    if (error)
      raise(error->type.c_str(), "%s", error->message.c_str());
    return 1 + helpers.load(std::memory_order_relaxed);
  }

private:
  // The state: how many joined, how many more may, and whether it is open.
  static constexpr uint32_t kSeat = 1u << 12, kJoined = kSeat - 1,
                            kOpen = 1u << 24;
  static constexpr int kMaxWorkers = kSeat - 1;

  void addWorkers(int count) {
    for (; numWorkers < std::min(count, kMaxWorkers); ++numWorkers) {
      try {
        std::thread([this, seen = epoch.load(std::memory_order_relaxed)] {
          work(seen);
        }).detach();
      } catch (const std::system_error &) {
        return; // Those that there are will do.
      }
    }
  }

  void work(uint32_t seen) {
    for (;;) {
      waitForChange(epoch, seen);
      seen = epoch.load(std::memory_order_acquire);
      if (!join())
        continue;
      helpers.fetch_add(1, std::memory_order_relaxed);
      mtrt_frame *outer = exchangeFrame(loop.frame);
      try {
        takeParts();
      } catch (const Raised &raised) {
        fail(raised.error);
      } catch (const std::exception &exception) {
        fail({"RuntimeError", exception.what(), ""});
      }
      exchangeFrame(outer);
      // The last one behind a closed door tells the caller.
      if (state.fetch_sub(1, std::memory_order_acq_rel) == 1)
        state.notify_one();
    }
  }

  bool join() {
    uint32_t now = state.load(std::memory_order_relaxed);
    while ((now & kOpen) && (now & ~kOpen) >= kSeat)
      if (state.compare_exchange_weak(now, now - kSeat + 1,
                                      std::memory_order_acq_rel))
        return true;
    return false;
  }

  void takeParts() {
    isInLoop = true;
    struct Leave {
      ~Leave() { isInLoop = false; }
    } leave;
    int64_t from;
    while ((from = next.fetch_add(loop.step, std::memory_order_relaxed)) <
           loop.end)
      loop.body(loop.context, from, std::min(from + loop.step, loop.end));
  }

  void fail(const mtrt_error &what) {
    std::lock_guard<std::mutex> guard(errorLock);
    if (!error)
      error = what;
    next.store(loop.end, std::memory_order_relaxed);
  }

  alignas(64) std::atomic<uint32_t> epoch{0};
  alignas(64) std::atomic<uint32_t> state{0};
  alignas(64) std::atomic<int64_t> next{0};
  alignas(64) Loop loop{};
  std::atomic<int> helpers{0};
  std::mutex busy, errorLock;
  std::optional<mtrt_error> error;
  int numWorkers = 0;
};
} // namespace

void mtrt_set_threads(int threads) {
  if (threads <= 0)
    threads = static_cast<int>(std::thread::hardware_concurrency());
  threadLimit = std::max(threads, 1);
}

int mtrt_threads(void) { return threadLimit; }

void mtrt_parallel_for(mtrt_loop_body body, void *context, int64_t count) {
  if (count <= 0)
    return;
  if (threadLimit == 1 || count == 1 || isInLoop)
    return body(context, 0, count);
  Clock::time_point start = Clock::now();
  int64_t begin = 0;
  std::optional<uint32_t> cost = costs.find(body);
  if (!cost) {
    // The first turns tell.
    begin = (count + kTrial - 1) / kTrial;
    body(context, 0, begin);
    costs.set(body, Clock::now() - start, begin);
    cost = costs.find(body);
  }
  int64_t step = std::max<int64_t>(1, (count - begin) / (threadLimit * kTurns));
  Loop loop{body, context, count, step, currentFrame()};
  double left = double(cost.value_or(0)) * double(count - begin) / 1e6;
  int threads = left < double(kWorthWaking.count())
                    ? 0
                    : Pool::get().run(loop, begin, threadLimit);
  if (threads == 0) {
    body(context, begin, count);
    threads = 1;
  }
  costs.set(body, (Clock::now() - start) * threads, count);
}
