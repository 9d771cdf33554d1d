//===- DirectCall.cpp - Calls with tensor objects, at once --------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/ExecutionEngine/DirectCall.h"

#include "MiniTorch/ExecutionEngine/BoxedTensors.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

#include <cstring>

using namespace llvm;
using namespace minitorch;

using Kind = ValueType::Kind;

/// Words of a descriptor before its sizes: allocated, aligned, offset.
static constexpr size_t kHead = 3;

size_t DirectCall::Leaf::countWords() const {
  if (kind == Kind::Tensor)
    return operand < 0 ? kHead + 2 * shape.size() : 0;
  return kind == Kind::None ? 0 : 1;
}

std::optional<DirectCall::Leaf> DirectCall::getLeaf(const ValueType &type) {
  Leaf leaf;
  leaf.kind = type.kind;
  if (type.constant || !type.strides.empty() || type.isEither())
    return std::nullopt;
  switch (type.kind) {
  case Kind::Tensor:
    leaf.dtype = getNumber(type.dtype);
    leaf.elementSize = byteSize(type.dtype);
    leaf.shape.assign(type.shape.begin(), type.shape.end());
    if (leaf.dtype < 0)
      return std::nullopt;
    break;
  case Kind::Int:
  case Kind::Float:
  case Kind::Bool:
  case Kind::None:
    break;
  default:
    return std::nullopt;
  }
  if (type.relation) {
    if (type.relation->kind != ValueType::Relation::Kind::Same ||
        type.relation->isOfResult)
      return std::nullopt;
    leaf.operand = type.relation->index;
  }
  return leaf;
}

std::unique_ptr<DirectCall>
DirectCall::create(std::shared_ptr<Session> session) {
  const Signature &signature = session->signature();
  if (!signature.state.empty() || !signature.contiguous.empty() ||
      !signature.whole.empty() || !signature.reshaped.empty())
    return nullptr;
  std::unique_ptr<DirectCall> made(new DirectCall);
  // Leaves count what takes a slot; here every argument is one operand.
  SmallVector<int64_t> operandOfLeaf;
  for (auto [i, argument] : enumerate(signature.args)) {
    std::optional<Leaf> leaf = getLeaf(argument.type);
    if (!leaf || leaf->operand >= 0)
      return nullptr;
    if (leaf->kind != Kind::None)
      operandOfLeaf.push_back(i);
    made->arguments.push_back(std::move(*leaf));
  }
  ArrayRef<ValueType> parts = signature.result;
  if (signature.result.kind == Kind::Tuple)
    parts = signature.result.items;
  for (const ValueType &type : parts) {
    std::optional<Leaf> leaf = getLeaf(type);
    if (!leaf || (leaf->kind == Kind::None && parts.size() > 1))
      return nullptr;
    if (leaf->operand >= 0)
      leaf->operand = operandOfLeaf[leaf->operand];
    if (leaf->kind != Kind::None)
      made->results.push_back(std::move(*leaf));
  }
  for (int64_t leaf : signature.mutated)
    made->written.push_back(operandOfLeaf[leaf]);
  for (const Leaf &leaf : made->arguments)
    made->numWords += leaf.countWords();
  for (const Leaf &leaf : made->results)
    made->numWords += leaf.countWords();
  for (int64_t operand : made->written)
    made->numWords += made->arguments[operand].countWords();
  made->session = std::move(session);
  return made;
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

static mtrt_tensor *getTensor(mtrt_value value) {
  auto *object = reinterpret_cast<mtrt_object *>(value.bits);
  return value.tag == MTRT_TAG_OBJECT && object->kind == MTRT_KIND_TENSOR
             ? reinterpret_cast<mtrt_tensor *>(object)
             : nullptr;
}

/// Whether it has the strides of a new tensor: others, also those of sizes of
/// one, may be seen in the result's.
static bool hasNewStrides(const mtrt_tensor *tensor) {
  ArrayRef<int64_t> sizes(tensor->dims, tensor->rank);
  ArrayRef<int64_t> strides(tensor->dims + tensor->rank, tensor->rank);
  int64_t expected = 1;
  for (auto [size, stride] : zip(reverse(sizes), reverse(strides))) {
    if (stride != expected)
      return false;
    expected *= std::max<int64_t>(size, 1);
  }
  return true;
}

bool DirectCall::fits(ArrayRef<mtrt_value> operands) const {
  if (operands.size() != arguments.size())
    return false;
  for (auto [value, leaf] : zip(operands, arguments)) {
    switch (leaf.kind) {
    case Kind::Int:
      if (value.tag != MTRT_TAG_INT)
        return false;
      break;
    case Kind::Float:
      if (value.tag != MTRT_TAG_FLOAT)
        return false;
      break;
    case Kind::Bool:
      if (value.tag != MTRT_TAG_BOOL)
        return false;
      break;
    case Kind::None:
      if (value.tag != MTRT_TAG_NONE)
        return false;
      break;
    default: {
      const mtrt_tensor *tensor = getTensor(value);
      if (!tensor || tensor->dtype != leaf.dtype ||
          tensor->rank != static_cast<int64_t>(leaf.shape.size()) ||
          !hasNewStrides(tensor))
        return false;
      for (auto [size, wanted] :
           zip(ArrayRef(tensor->dims, tensor->rank), leaf.shape))
        if (wanted >= 0 && size != wanted)
          return false;
    }
    }
  }
  // What is written shares no memory, and is no constant.
  for (int64_t index : written) {
    const mtrt_storage *storage = getTensor(operands[index])->storage;
    if (storage->object.extra == MTRT_STORAGE_CONSTANT)
      return false;
    for (auto [i, value] : enumerate(operands))
      if (const mtrt_tensor *other = getTensor(value))
        if (static_cast<int64_t>(i) != index && other->storage == storage)
          return false;
  }
  return true;
}

//===----------------------------------------------------------------------===//
// The call
//===----------------------------------------------------------------------===//

namespace {
/// Slots and their words, in the order of the function's leaves.
class DirectSlots {
public:
  explicit DirectSlots(size_t numWords) : words(numWords) {}

  int64_t *add(size_t count) {
    int64_t *first = words.data() + used;
    pointers.push_back(first);
    used += count;
    return first;
  }
  int64_t *add(mtrt_tensor *tensor, int64_t elementSize) {
    int64_t rank = tensor->rank;
    int64_t *descriptor = add(kHead + 2 * rank);
    auto *data = static_cast<char *>(tensor->storage->data) +
                 tensor->offset * elementSize;
    descriptor[0] = descriptor[1] = reinterpret_cast<int64_t>(data);
    descriptor[2] = 0;
    int64_t count = 1;
    for (int64_t i = rank - 1; i >= 0; --i) {
      descriptor[kHead + i] = tensor->dims[i];
      descriptor[kHead + rank + i] = count;
      count *= tensor->dims[i];
    }
    return descriptor;
  }

  void **data() { return pointers.data(); }
  const int64_t *operator[](size_t slot) const {
    return static_cast<const int64_t *>(pointers[slot]);
  }
  size_t size() const { return pointers.size(); }

private:
  SmallVector<int64_t, 96> words;
  SmallVector<void *, 12> pointers;
  size_t used = 0;
};
} // namespace

static int64_t countElements(const int64_t *descriptor, size_t rank) {
  int64_t count = 1;
  for (size_t i = 0; i < rank; ++i)
    count *= descriptor[kHead + i];
  return count;
}

/// The tensor that a descriptor describes, of which a copy is made where the
/// call does not own its memory.
static mtrt_object *takeTensor(const int64_t *descriptor, int64_t dtype,
                               int64_t elementSize, size_t rank,
                               mtrt_frame *frame) {
  auto *allocated = reinterpret_cast<void *>(descriptor[0]);
  auto *data =
      reinterpret_cast<char *>(descriptor[1]) + descriptor[2] * elementSize;
  const int64_t *sizes = descriptor + kHead, *strides = sizes + rank;
  int64_t bytes = countElements(descriptor, rank) * elementSize;
  mtrt_object *storage;
  SmallVector<int64_t, 6> packed;
  if (mtrt_frame_take(frame, allocated)) {
    storage = mtrt_storage_make(data, bytes, mtrt_buffer_free, allocated);
    // A memref's strides of sizes of one and none are not a tensor's.
    auto usual = contiguousStrides(ArrayRef<int64_t>(sizes, rank));
    if (bytes == 0 || all_of(seq<size_t>(0, rank), [&](size_t i) {
          return sizes[i] == 1 || strides[i] == usual[i];
        })) {
      packed.assign(usual.begin(), usual.end());
      strides = packed.data();
    }
  } else {
    Tensor source;
    source.dtype = *getDType(dtype);
    source.sizes.assign(sizes, sizes + rank);
    source.strides.assign(strides, strides + rank);
    source.data = data;
    storage = mtrt_storage_allocate(std::max<int64_t>(bytes, 1));
    Tensor copy = source;
    copy.strides = contiguousStrides(copy.sizes);
    copy.data =
        static_cast<char *>(reinterpret_cast<mtrt_storage *>(storage)->data);
    copy.copyFrom(source);
    packed.assign(copy.strides.begin(), copy.strides.end());
    strides = packed.data();
  }
  mtrt_object *tensor =
      mtrt_tensor_make(storage, dtype, rank, 0, sizes, strides);
  mtrt_object_release(storage);
  return tensor;
}

static char *copyText(StringRef text) {
  auto *copy = static_cast<char *>(std::malloc(text.size() + 1));
  if (copy) {
    std::memcpy(copy, text.data(), text.size());
    copy[text.size()] = 0;
  }
  return copy;
}

int minitorch::setError(mtrt_function_error *error, StringRef type,
                        StringRef message) {
  error->type = copyText(type);
  error->message = copyText(message);
  return MTRT_RAISED;
}

int DirectCall::call(ArrayRef<mtrt_value> operands, mtrt_value *values,
                     mtrt_function_error *error) const {
  DirectSlots slots(numWords);
  for (auto [value, leaf] : zip(operands, arguments)) {
    if (leaf.kind == Kind::Tensor)
      slots.add(getTensor(value), leaf.elementSize);
    else if (leaf.kind != Kind::None)
      *slots.add(1) = value.bits;
  }
  size_t firstResult = slots.size();
  for (const Leaf &leaf : results)
    if (leaf.countWords())
      slots.add(leaf.countWords());
  for (int64_t operand : written)
    slots.add(arguments[operand].countWords());

  mtrt_frame *frame = mtrt_frame_create();
  if (!frame)
    return MTRT_RAISED;
  int status = mtrt_frame_call(frame, session->getEntry(), slots.data());
  if (status != MTRT_OK) {
    const mtrt_error *raised = mtrt_frame_error(frame);
    setError(error, mtrt_error_type(raised), mtrt_error_message(raised));
    mtrt_frame_destroy(frame);
    return status;
  }
  size_t slot = firstResult;
  for (auto [i, leaf] : enumerate(results)) {
    if (leaf.operand >= 0) {
      values[i] = operands[leaf.operand];
      mtrt_value_retain(values[i].tag, values[i].bits);
      continue;
    }
    const int64_t *words = slots[slot++];
    switch (leaf.kind) {
    case Kind::Int:
      values[i] = {MTRT_TAG_INT, *words};
      break;
    case Kind::Float:
      values[i] = {MTRT_TAG_FLOAT, *words};
      break;
    case Kind::Bool:
      values[i] = {MTRT_TAG_BOOL, *reinterpret_cast<const uint8_t *>(words)};
      break;
    default:
      values[i] = {MTRT_TAG_OBJECT, reinterpret_cast<int64_t>(takeTensor(
                                        words, leaf.dtype, leaf.elementSize,
                                        leaf.shape.size(), frame))};
    }
  }
  // Nothing is written before everything is computed.
  for (int64_t operand : written) {
    const int64_t *words = slots[slot++];
    mtrt_tensor *tensor = getTensor(operands[operand]);
    const Leaf &leaf = arguments[operand];
    size_t rank = leaf.shape.size();
    Tensor source, target;
    source.dtype = target.dtype = *getDType(leaf.dtype);
    source.sizes.assign(words + kHead, words + kHead + rank);
    source.strides.assign(words + kHead + rank, words + kHead + 2 * rank);
    source.data =
        reinterpret_cast<char *>(words[1]) + words[2] * leaf.elementSize;
    target.sizes.assign(tensor->dims, tensor->dims + rank);
    target.strides = contiguousStrides(target.sizes);
    target.data = static_cast<char *>(tensor->storage->data) +
                  tensor->offset * leaf.elementSize;
    if (source.sizes == target.sizes && source.data != target.data)
      target.copyFrom(source);
  }
  mtrt_frame_destroy(frame);
  return MTRT_OK;
}
