//===- Frame.h - What one call owns -----------------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_RUNTIME_FRAME_H
#define MINITORCH_LIB_RUNTIME_FRAME_H

#include "MiniTorch-c/Objects.h"
#include "Roots.h"

#include <atomic>
#include <string>
#include <utility>
#include <vector>

struct mtrt_error {
  std::string type, message, location;
};

namespace mtrt {

/// Base of the boxed objects of a program: counted, and linked into the frame
/// that frees what the program left behind. Not shared between threads.
struct Object {
  virtual ~Object() = default;
  int64_t refs = 1;
  mtrt_frame *frame = nullptr;
  Object *prev = nullptr, *next = nullptr;
};

/// Sits right before each buffer.
struct alignas(64) BlockHeader {
  mtrt_frame *frame;
  BlockHeader *prev, *next;
  /// What to give back to the system.
  void *base;
  /// Bytes from `base` on.
  size_t bytes;
  uint32_t sizeClass;
};
static_assert(sizeof(BlockHeader) == 64, "keeps buffers aligned to 64 bytes");

/// The frame of the running call on this thread, or null.
mtrt_frame *currentFrame();
/// Makes `frame` the one of this thread, which runs a part of its call; returns
/// the one before.
mtrt_frame *exchangeFrame(mtrt_frame *frame);

/// Links a new object to the current frame (if any); unlinks on release.
void adopt(Object *object);
void disown(Object *object);

/// A buffer that no frame owns: an object does. Raises where there is none.
void *allocateShared(size_t size);

/// Gives a block back without touching a frame.
void releaseBlock(BlockHeader *header);

/// What a failing check throws. Caught by mtrt_frame_call and nowhere else:
/// compiled frames have unwind information, but nothing to clean up.
struct Raised {
  mtrt_error error;
  /// What the frames it passes through own.
  RootSet roots;
};

/// A function of the program with the operands of a call.
struct Task {
  mtrt_entry entry;
  std::string letters;
  std::vector<mtrt_value> operands;
};
void releaseOperands(Task &task);
/// Does what leaving the frame's open `with` blocks by an exception does.
void leaveWithBlocks(mtrt_frame *frame);

/// Raises "type: text".
[[noreturn]] void raise(const char *type, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/// Releases what was kept for an error.
void forgetKept(mtrt_frame *frame);

/// A message with the values that were noted for it; see Messages.cpp.
std::string fillMessage(std::string message);
/// A float as TorchScript writes it.
std::string formatFloat(double value);

/// Conversions of 16-bit numbers; see HalfFloats.cpp.
float doubleToHalf(double value);
float floatToHalf(float value);
float doubleToBrain(double value);
float floatToBrain(float value);
float halfToFloat(float halfInRegister);
double halfToDouble(float halfInRegister);

} // namespace mtrt

struct mtrt_frame {
  /// Buffers of the call; the lock is held for a few instructions, since
  /// threads of one call share it.
  mtrt::BlockHeader *blocks = nullptr;
  std::atomic_flag lock = ATOMIC_FLAG_INIT;

  mtrt::Object *objects = nullptr;
  mtrt_error *error = nullptr;
  /// What the call wrote so far, by name; see KeptContents.cpp.
  std::vector<std::pair<std::string, mtrt_value>> kept;
  /// A task's: what it writes is written by the call around it.
  bool isPart = false;
  /// The `with` blocks that are open, the innermost last; see Tasks.cpp.
  std::vector<mtrt::Task> withBlocks;
  mtrt_writer writer = nullptr;
  void *writerData = nullptr;

  /// The frame of the call around this one.
  mtrt_frame *outer = nullptr;
  /// The innermost frame with slots when the call began.
  mtrt_roots *roots = nullptr;
};

#endif // MINITORCH_LIB_RUNTIME_FRAME_H
