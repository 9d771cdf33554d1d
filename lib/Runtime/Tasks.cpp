//===- Tasks.cpp - Forked tasks and their futures -------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch-c/Functions.h"
#include "Objects.h"

#include <new>
#include <vector>

using namespace mtrt;

namespace {
/// A task that is done.
struct Future {
  mtrt_object object;
  mtrt_value value;
  /// What it raised instead.
  mtrt_error *error;
};
} // namespace

static Future *toFuture(mtrt_object *object) {
  return reinterpret_cast<Future *>(object);
}

mtrt_value mtrt::valueOfFuture(mtrt_object *object) {
  return toFuture(object)->value;
}

void mtrt::freeFuture(mtrt_object *object) { delete toFuture(object)->error; }

/// Words of a call through a packed entry.
namespace {
class TaskSlots {
public:
  TaskSlots(std::string_view letters, const mtrt_value *operands) {
    // One word a value at most, and two for a tagged one.
    words.reserve(2 * letters.size() + 2);
    size_t i = 0;
    for (; i < letters.size() && letters[i] != ':'; ++i)
      addOperand(letters[i], operands[i]);
    if (i + 1 < letters.size())
      result = letters[i + 1];
    firstResult = words.size();
    for (int n = result == 'v' ? 2 : result ? 1 : 0; n > 0; --n)
      addWord(0);
  }

  void **data() { return pointers.data(); }

  mtrt_value takeResult() const {
    const int64_t *word = words.data() + firstResult;
    switch (result) {
    case 'i':
      return {MTRT_TAG_INT, *word};
    case 'f':
      return {MTRT_TAG_FLOAT, *word};
    case 'b':
      return {MTRT_TAG_BOOL, *reinterpret_cast<const uint8_t *>(word) != 0};
    case 'o':
      return {*word ? MTRT_TAG_OBJECT : MTRT_TAG_NONE, *word};
    case 'v':
      return {word[0], word[1]};
    default:
      return {MTRT_TAG_NONE, 0};
    }
  }

private:
  void addWord(int64_t word) {
    words.push_back(word);
    pointers.push_back(&words.back());
  }
  void addOperand(char letter, mtrt_value value) {
    if (letter == 'o') {
      // The slot of a pointer is the pointer itself.
      pointers.push_back(reinterpret_cast<void *>(value.bits));
      return;
    }
    if (letter == 'v')
      addWord(value.tag);
    addWord(value.bits);
  }

  std::vector<int64_t> words;
  std::vector<void *> pointers;
  size_t firstResult = 0;
  char result = 0;
};
} // namespace

mtrt_object *mtrt_fork(int64_t entry, mtrt_object *letters, int64_t count,
                       const mtrt_value *operands) {
  TaskSlots slots(textOf(letters), operands);
  Ref future(&makeObject<Future>(MTRT_KIND_FUTURE, 0)->object);
  mtrt_frame *frame = mtrt_frame_create();
  if (!frame)
    throw std::bad_alloc();
  if (mtrt_frame *outer = currentFrame())
    mtrt_frame_set_writer(frame, outer->writer, outer->writerData);
  // In turn: what it does is done before what follows. Only an error waits.
  if (mtrt_frame_call(frame, reinterpret_cast<mtrt_entry>(entry),
                      slots.data()) == MTRT_OK)
    toFuture(future.get())->value = slots.takeResult();
  else
    std::swap(toFuture(future.get())->error, frame->error);
  mtrt_frame_destroy(frame);
  return future.take();
}

mtrt_value mtrt_future_wait(mtrt_object *object) {
  Future *future = toFuture(object);
  if (future->error)
    raiseAgain(*future->error);
  mtrt_value_retain(future->value.tag, future->value.bits);
  return future->value;
}
