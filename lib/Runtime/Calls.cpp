//===- Calls.cpp - Frames, calls and errors -------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A failing check throws. The exception passes through compiled frames, which
// have nothing to clean up, and ends in mtrt_frame_call; what the runtime's own
// functions hold is destroyed on the way.
//
//===----------------------------------------------------------------------===//

#include "Objects.h"

#include <cctype>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>
#include <utility>

using namespace mtrt;

static thread_local mtrt_frame *current = nullptr;
static thread_local const char *place = nullptr;

const char **mtrt_place(void) { return &place; }

mtrt_frame *mtrt::currentFrame() { return current; }

mtrt_frame *mtrt::exchangeFrame(mtrt_frame *frame) {
  return std::exchange(current, frame);
}

int mtrt_abi_version(void) { return MTRT_ABI_VERSION; }

mtrt_frame *mtrt_frame_create(void) { return new (std::nothrow) mtrt_frame; }

/// Frees what the frame owns; returns the number of buffers.
static size_t clear(mtrt_frame *frame) {
  while (Object *object = frame->objects) {
    disown(object);
    delete object;
  }
  for (Task &block : frame->withBlocks)
    releaseOperands(block);
  frame->withBlocks.clear();
  size_t count = 0;
  while (BlockHeader *header = frame->blocks) {
    frame->blocks = header->next;
    header->frame = nullptr;
    releaseBlock(header);
    ++count;
  }
  return count;
}

size_t mtrt_frame_destroy(mtrt_frame *frame) {
  if (!frame)
    return 0;
  size_t count = clear(frame);
  forgetKept(frame);
  delete frame->error;
  delete frame;
  return count;
}

namespace {
/// Makes `frame` the current one, also when somebody else's exception passes.
struct Entered {
  explicit Entered(mtrt_frame *frame) : frame(frame) {
    frame->outer = current;
    frame->roots = currentRoots();
    current = frame;
    outerPlace = std::exchange(place, nullptr);
  }
  ~Entered() {
    current = frame->outer;
    place = outerPlace;
    setCurrentRoots(frame->roots);
  }
  mtrt_frame *frame;
  const char *outerPlace;
};
} // namespace

int mtrt_frame_call(mtrt_frame *frame, mtrt_entry entry, void **slots) {
  delete frame->error;
  frame->error = nullptr;
  forgetKept(frame);
  Entered entered(frame);
  try {
    entry(slots);
    forgetKept(frame);
    return MTRT_OK;
  } catch (Raised &raised) {
    frame->error = new mtrt_error(std::move(raised.error));
  } catch (const std::exception &exception) {
    frame->error = new mtrt_error{"RuntimeError", exception.what(), ""};
  }
  clear(frame);
  return MTRT_RAISED;
}

int mtrt_call(mtrt_entry entry, void **slots, mtrt_error **error) {
  mtrt_frame *frame = mtrt_frame_create();
  if (error)
    *error = nullptr;
  if (!frame) {
    if (error)
      *error = new (std::nothrow)
          mtrt_error{"RuntimeError", "cannot allocate a frame", ""};
    return MTRT_RAISED;
  }
  int status = mtrt_frame_call(frame, entry, slots);
  if (status == MTRT_RAISED && error)
    std::swap(*error, frame->error);
  while (frame->blocks)
    mtrt_frame_take(frame, reinterpret_cast<char *>(frame->blocks) +
                               sizeof(BlockHeader));
  mtrt_frame_destroy(frame);
  return status;
}

const mtrt_error *mtrt_frame_error(const mtrt_frame *frame) {
  return frame->error;
}

void mtrt_frame_set_writer(mtrt_frame *frame, mtrt_writer write, void *data) {
  frame->writer = write;
  frame->writerData = data;
}

void mtrt_print(const char *text, int64_t size) {
  if (current && current->writer)
    current->writer(current->writerData, text, size);
  else
    std::fwrite(text, 1, size, stdout);
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

/// "Type: text\n  at a.py:3" => {Type, text, "a.py:3"}.
static mtrt_error parseError(std::string text) {
  mtrt_error error;
  static const char marker[] = "\n  at ";
  for (size_t at; (at = text.rfind(marker)) != std::string::npos;) {
    std::string line = text.substr(at + sizeof(marker) - 1);
    if (line.find('\n') != std::string::npos)
      break; // part of the message itself
    error.location =
        error.location.empty() ? line : line + "\n" + error.location;
    text.resize(at);
  }
  size_t colon = text.find(": ");
  bool typed = colon != std::string::npos && colon != 0;
  for (size_t i = 0; typed && i < colon; ++i) {
    unsigned char c = text[i];
    typed = std::isalnum(c) || c == '_' || c == '.';
  }
  error.type = typed ? text.substr(0, colon) : "RuntimeError";
  error.message = typed ? text.substr(colon + 2) : text;
  return error;
}

const char *mtrt_error_type(const mtrt_error *error) {
  return error->type.c_str();
}
const char *mtrt_error_message(const mtrt_error *error) {
  return error->message.c_str();
}
const char *mtrt_error_location(const mtrt_error *error) {
  return error->location.c_str();
}
void mtrt_error_free(mtrt_error *error) { delete error; }

[[noreturn]] static void raiseError(mtrt_error error) {
  if (!current) {
    std::fprintf(stderr, "error outside of a call: %s: %s\n",
                 error.type.c_str(), error.message.c_str());
    std::abort();
  }
  if (error.location.empty() && place)
    error.location = place;
  leaveWithBlocks(current);
  throw Raised{std::move(error), RootSet(current->roots)};
}

void mtrt_raise(const char *message) {
  raiseError(parseError(fillMessage(message ? message : "")));
}

void mtrt::raiseText(std::string message, const char *type) {
  raiseError({type, std::move(message), ""});
}

void mtrt::raiseAgain(const mtrt_error &error) { raiseError(error); }

void mtrt::raise(const char *type, const char *format, ...) {
  char text[512];
  int size = std::snprintf(text, sizeof(text), "%s: ", type);
  va_list args;
  va_start(args, format);
  std::vsnprintf(text + size, sizeof(text) - size, format, args);
  va_end(args);
  mtrt_raise(text);
}

//===----------------------------------------------------------------------===//
// Boxed objects
//===----------------------------------------------------------------------===//

void mtrt::adopt(Object *object) {
  object->frame = current;
  if (!current)
    return;
  object->next = current->objects;
  if (object->next)
    object->next->prev = object;
  current->objects = object;
}

void mtrt::disown(Object *object) {
  if (!object->frame)
    return;
  (object->prev ? object->prev->next : object->frame->objects) = object->next;
  if (object->next)
    object->next->prev = object->prev;
  object->frame = nullptr;
  object->prev = object->next = nullptr;
}

static Object *toObject(mtrt_handle handle) {
  return reinterpret_cast<Object *>(handle);
}

void mtrt_retain(mtrt_handle object) {
  if (object)
    ++toObject(object)->refs;
}

void mtrt_release(mtrt_handle handle) {
  Object *object = toObject(handle);
  if (!object || --object->refs != 0)
    return;
  disown(object);
  delete object;
}
