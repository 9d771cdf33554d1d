//===- Tasks.cpp - Tasks, their futures, and with blocks ------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ListSorting.h"
#include "MiniTorch-c/Functions.h"
#include "Objects.h"

#include <algorithm>
#include <new>
#include <utility>
#include <vector>

using namespace mtrt;

namespace {
/// What a task gives.
struct Future {
  mtrt_object object;
  mtrt_value value;
  /// What it raised instead.
  mtrt_error *error;
  /// One that has not run yet.
  Task *deferred;
};
} // namespace

static Future *toFuture(mtrt_object *object) {
  return reinterpret_cast<Future *>(object);
}

mtrt_value mtrt::valueOfFuture(mtrt_object *object) {
  return toFuture(object)->value;
}

static void freeTask(Task *task) {
  if (task)
    releaseOperands(*task);
  delete task;
}

void mtrt::freeFuture(mtrt_object *object) {
  delete toFuture(object)->error;
  freeTask(toFuture(object)->deferred);
}

void mtrt::releaseOperands(Task &task) {
  for (mtrt_value operand : task.operands)
    mtrt_value_release(operand.tag, operand.bits);
  task.operands.clear();
}

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

/// A task that holds its operands.
static Task makeTask(int64_t entry, mtrt_object *letters, int64_t count,
                     const mtrt_value *operands) {
  for (int64_t i = 0; i < count; ++i)
    mtrt_value_retain(operands[i].tag, operands[i].bits);
  return {reinterpret_cast<mtrt_entry>(entry), std::string(textOf(letters)),
          std::vector<mtrt_value>(operands, operands + count)};
}

/// Runs a task, and stores its result or what it raised.
static void run(mtrt_entry entry, std::string_view letters,
                const mtrt_value *operands, mtrt_value &value,
                mtrt_error *&error) {
  TaskSlots slots(letters, operands);
  mtrt_frame *frame = mtrt_frame_create();
  if (!frame)
    throw std::bad_alloc();
  frame->isPart = true;
  if (mtrt_frame *outer = currentFrame())
    mtrt_frame_set_writer(frame, outer->writer, outer->writerData);
  if (mtrt_frame_call(frame, entry, slots.data()) == MTRT_OK)
    value = slots.takeResult();
  else
    std::swap(error, frame->error);
  mtrt_frame_destroy(frame);
}

mtrt_object *mtrt_fork(int64_t entry, mtrt_object *letters, int64_t count,
                       const mtrt_value *operands) {
  Ref future(&makeObject<Future>(MTRT_KIND_FUTURE, 0)->object);
  // In turn: what it does is done before what follows. Only an error waits.
  run(reinterpret_cast<mtrt_entry>(entry), textOf(letters), operands,
      toFuture(future.get())->value, toFuture(future.get())->error);
  return future.take();
}

mtrt_object *mtrt_defer(int64_t entry, mtrt_object *letters, int64_t count,
                        const mtrt_value *operands) {
  Ref future(&makeObject<Future>(MTRT_KIND_FUTURE, 0)->object);
  toFuture(future.get())->deferred =
      new Task(makeTask(entry, letters, count, operands));
  return future.take();
}

mtrt_value mtrt_future_wait(mtrt_object *object) {
  Future *future = toFuture(object);
  if (Task *task = std::exchange(future->deferred, nullptr)) {
    run(task->entry, task->letters, task->operands.data(), future->value,
        future->error);
    freeTask(task);
  }
  if (future->error)
    raiseAgain(*future->error);
  mtrt_value_retain(future->value.tag, future->value.bits);
  return future->value;
}

//===----------------------------------------------------------------------===//
// With blocks
//===----------------------------------------------------------------------===//

// Nothing catches exceptions before the call, or the task, is over, so what
// happens on their way may as well happen where they are thrown.

void mtrt_with_begin(int64_t entry, mtrt_object *letters, int64_t count,
                     const mtrt_value *operands) {
  currentFrame()->withBlocks.push_back(
      makeTask(entry, letters, count, operands));
}

void mtrt_with_end(void) {
  std::vector<Task> &blocks = currentFrame()->withBlocks;
  releaseOperands(blocks.back());
  blocks.pop_back();
}

void mtrt::leaveWithBlocks(mtrt_frame *frame) {
  while (!frame->withBlocks.empty()) {
    Task block = std::move(frame->withBlocks.back());
    frame->withBlocks.pop_back();
    mtrt_value none = {MTRT_TAG_NONE, 0};
    mtrt_error *error = nullptr;
    run(block.entry, block.letters, block.operands.data(), none, error);
    delete error;
    releaseOperands(block);
  }
}

//===----------------------------------------------------------------------===//
// Sorting
//===----------------------------------------------------------------------===//

void mtrt_list_sort_by(mtrt_object *list, int64_t reverse, int64_t entry,
                       mtrt_object *letters, int64_t count,
                       const mtrt_value *operands) {
  // Copies: the list may be read, and written, while items are compared.
  std::vector<Ref> items;
  int64_t size = mtrt_list_size(list);
  for (int64_t i = 0; i < size; ++i)
    items.emplace_back(objectOf(mtrt_list_item(list, i)));
  std::vector<mtrt_object *> order;
  for (Ref &item : items)
    order.push_back(item.get());
  std::vector<mtrt_value> all(operands, operands + count);
  all.resize(count + 2);
  auto isLess = [&](mtrt_object *a, mtrt_object *b) {
    if (a == b)
      return false;
    all[count] = toValue(a);
    all[count + 1] = toValue(b);
    mtrt_value answer = {MTRT_TAG_NONE, 0};
    mtrt_error *error = nullptr;
    run(reinterpret_cast<mtrt_entry>(entry), textOf(letters), all.data(),
        answer, error);
    if (error) {
      mtrt_error raised = std::move(*error);
      delete error;
      raiseAgain(raised);
    }
    return answer.bits != 0;
  };
  ListSorter(order.data(), size, [&](mtrt_object *a, mtrt_object *b) {
    return reverse ? isLess(b, a) : isLess(a, b);
  }).sort();
  mtrt_list_clear_items(list);
  for (mtrt_object *item : order)
    mtrt_list_add(list, MTRT_TAG_OBJECT, reinterpret_cast<int64_t>(item));
}
