//===- Slots.cpp - Values as slots of a call ----------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Slots.h"

#include "llvm/ADT/STLExtras.h"

#include <cstring>

using namespace llvm;
using namespace minitorch;

using Kind = ValueType::Kind;

/// Words of a descriptor before its sizes: allocated, aligned, offset.
static constexpr size_t kHead = 3;

int64_t *Slots::addSlot(size_t words) {
  memory.emplace_back(words);
  pointers.push_back(memory.back().data());
  return memory.back().data();
}

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

static Error mismatch(const std::string &where, const ValueType &type,
                      const Value &value) {
  std::string wanted = describe(type);
  bool isVowel = StringRef("aeiou").contains(wanted[0]);
  bool isPlainWord = type.kind == Kind::None || type.constant;
  return createStringError(where + ": expected " +
                           (isPlainWord ? ""
                            : isVowel   ? "an "
                                        : "a ") +
                           wanted + ", got " + describe(value));
}

/// A tensor of rank 0 as the number that the signature wants there.
static std::optional<Value> asNumber(const ValueType &type,
                                     const Tensor &tensor) {
  if (!tensor.sizes.empty())
    return std::nullopt;
  auto as = [&](auto zero) {
    std::memcpy(&zero, tensor.data, sizeof(zero));
    return zero;
  };
  Value value;
  switch (tensor.dtype) {
  case DType::F32:
    value = Value::ofFloat(as(float()));
    break;
  case DType::F64:
    value = Value::ofFloat(as(double()));
    break;
  case DType::I8:
    value = Value::ofInt(as(int8_t()));
    break;
  case DType::UI8:
    value = Value::ofInt(as(uint8_t()));
    break;
  case DType::I16:
    value = Value::ofInt(as(int16_t()));
    break;
  case DType::I32:
    value = Value::ofInt(as(int32_t()));
    break;
  case DType::I64:
    value = Value::ofInt(as(int64_t()));
    break;
  case DType::I1:
    value = Value::ofBool(as(uint8_t()) != 0);
    break;
  default:
    return std::nullopt;
  }
  return value;
}

Error Slots::add(const ValueType &type, const Value &value,
                 const std::string &where, const std::string &path) {
  switch (type.kind) {
  case Kind::Tensor:
    return addTensor(type, value, where, path);
  case Kind::Int:
  case Kind::Float:
  case Kind::Bool:
    return addNumber(type, value, where);
  case Kind::None:
    if (value.kind != Value::Kind::None && value.kind != Value::Kind::Absent)
      return mismatch(where, type, value);
    return Error::success();
  case Kind::Str:
  case Kind::Enum:
    if (value.kind != Value::Kind::Absent && !isSame(value, *type.constant))
      return mismatch(where, type, value);
    return Error::success();
  case Kind::Complex:
    return mismatch(where, type, value);
  case Kind::Boxed:
    return addBoxed(type, value, where);
  case Kind::Tuple:
  case Kind::List:
  case Kind::Dict:
    return addItems(type, value, where, path);
  }
  return Error::success();
}

Error Slots::addBoxed(const ValueType &type, const Value &value,
                      const std::string &where) {
  if (value.kind == Value::Kind::Absent)
    return createStringError(where + " is missing: expected " + type.typeName);
  auto made = BoxedWriter(where, boxedTensors, &signature.classes,
                          isState ? &stateObjects : nullptr)
                  .write(type.typeName, value);
  if (!made)
    return made.takeError();
  boxedArguments.emplace_back(&type, *made);
  if (type.isTagged) {
    *addSlot(1) = made->tag;
    *addSlot(1) = made->bits;
  } else {
    // The packed entry takes a slot for the pointer itself.
    pointers.push_back(reinterpret_cast<void *>(made->bits));
  }
  argumentLeaves.push_back({nullptr, nullptr, ""});
  types.push_back(&type);
  return Error::success();
}

Slots::~Slots() {
  for (const auto &[type, value] : boxedArguments)
    mtrt_value_release(value.tag, value.bits);
}

mtrt_value Slots::getBoxed(const ValueType &type) const {
  for (const auto &[known, value] : boxedArguments)
    if (known == &type)
      return value;
  return {MTRT_TAG_NONE, 0};
}

/// Whether `tensor`, the next leaf, lies as the program was compiled for: some
/// operators depend on strides, which it does not see.
Error Slots::checkMemory(const Tensor &tensor, const ValueType &type,
                         const std::string &where) {
  int64_t leaf = argumentLeaves.size();
  bool isWhole = is_contained(signature.whole, leaf);
  if ((isWhole || is_contained(signature.contiguous, leaf)) &&
      !tensor.hasNewStrides())
    return make_error<ArgumentMemoryError>(
        where + ": the result depends on how it lies in memory, and the "
                "program was compiled for a contiguous tensor");
  if (isWhole && tensor.storageOffset != 0)
    return make_error<ArgumentMemoryError>(
        where + ": the result depends on where it lies in memory, and the "
                "program was compiled for a tensor that begins where its "
                "memory does");
  for (size_t i = 0; i < type.strides.size(); ++i)
    if (type.strides[i] >= 0 && type.strides[i] != tensor.strides[i])
      return make_error<ArgumentMemoryError>(
          where + ": the program was compiled for other strides");
  return Error::success();
}

Error Slots::addTensor(const ValueType &type, const Value &value,
                       const std::string &where, const std::string &path) {
  if (value.kind == Value::Kind::Absent)
    return createStringError(where + " is missing: expected a " +
                             describe(type));
  if (!value.isTensor())
    return mismatch(where, type, value);
  const Tensor &tensor = *value.tensor;
  DType dtype = tensor.dtype;
  if (matching == Matching::Plain && dtype == DType::UI16 &&
      type.dtype == DType::BF16)
    dtype = DType::BF16;
  bool fits = dtype == type.dtype && tensor.sizes.size() == type.shape.size();
  for (size_t i = 0; fits && i < type.shape.size(); ++i)
    fits = type.shape[i] < 0 || type.shape[i] == tensor.sizes[i];
  if (!fits)
    return mismatch(where, type, value);

  if (type.relation) {
    const TensorRef &other = argumentLeaves[type.relation->index].given;
    if (!other || !areSameMemory(*other, tensor))
      return createStringError(where + ": expected the same tensor as another "
                                       "argument, which it is in the example");
    return Error::success();
  }
  if (Error error = checkMemory(tensor, type, where))
    return error;

  TensorRef passed = makeContiguous(value.tensor);
  if (!passed)
    return createStringError(where + ": out of memory for a copy");
  int64_t *words = addSlot(kHead + 2 * passed->sizes.size());
  words[0] = words[1] = reinterpret_cast<int64_t>(passed->data);
  llvm::copy(passed->sizes, words + kHead);
  // Strides of dimensions of size 1 or 0 are arbitrary in the caller's tensor.
  llvm::copy(contiguousStrides(passed->sizes),
             words + kHead + passed->sizes.size());
  argumentLeaves.push_back({value.tensor, passed, path});
  types.push_back(&type);
  return Error::success();
}

Error Slots::addNumber(const ValueType &type, const Value &given,
                       const std::string &where) {
  Value value = given;
  if (value.kind == Value::Kind::Absent) {
    if (type.constant)
      return Error::success();
    return createStringError(where + " is missing: expected a " +
                             describe(type));
  }
  if (matching == Matching::Plain && value.isTensor())
    if (auto number = asNumber(type, *value.tensor))
      value = std::move(*number);

  // An int is a float where a float is wanted, and a bool is an int.
  if (!type.isExact && type.kind == Kind::Float &&
      value.kind == Value::Kind::Int)
    value = Value::ofFloat(value.integer);
  if (!type.isExact && type.kind == Kind::Int &&
      value.kind == Value::Kind::Bool)
    value = Value::ofInt(value.integer);
  Value::Kind wanted = type.kind == Kind::Float ? Value::Kind::Float
                       : type.kind == Kind::Int ? Value::Kind::Int
                                                : Value::Kind::Bool;
  if (value.kind != wanted)
    return mismatch(where, type, given);
  if (type.constant) {
    if (!isSame(value, *type.constant))
      return mismatch(where, type, value);
    return Error::success();
  }
  int64_t *word = addSlot(1);
  if (type.kind == Kind::Float)
    std::memcpy(word, &value.real, sizeof(value.real));
  else if (type.kind == Kind::Bool)
    *reinterpret_cast<uint8_t *>(word) = value.integer != 0;
  else
    *word = value.integer;
  argumentLeaves.push_back({nullptr, nullptr, ""});
  types.push_back(&type);
  return Error::success();
}

std::optional<std::pair<std::string, std::string>>
Slots::findShared(ArrayRef<int64_t> written) const {
  for (int64_t index : written)
    for (auto [other, leaf] : enumerate(argumentLeaves)) {
      const Leaf &changed = argumentLeaves[index];
      if (static_cast<int64_t>(other) != index && leaf.given && changed.given &&
          shareMemory(*changed.given, *leaf.given))
        return std::pair(changed.path, leaf.path);
    }
  return std::nullopt;
}

std::optional<std::pair<std::string, std::string>> Slots::findSame() const {
  auto areSame = [&](size_t first, size_t second) {
    return std::max(first, second) < argumentLeaves.size() &&
           argumentLeaves[first].given &&
           argumentLeaves[first].given == argumentLeaves[second].given;
  };
  auto paths = [&](size_t first, size_t second) {
    return std::pair(argumentLeaves[first].path, argumentLeaves[second].path);
  };
  for (auto [first, second] : signature.distinct)
    if (areSame(first, second))
      return paths(first, second);
  // By its other name, a tensor has other sizes, too.
  for (const Signature::Reshaped &change : signature.reshaped)
    for (size_t other = 0; other < argumentLeaves.size(); ++other)
      if (static_cast<int64_t>(other) != change.leaf &&
          areSame(change.leaf, other))
        return paths(change.leaf, other);
  return std::nullopt;
}

/// Where the value for `key` is in a dict, or past its end.
static size_t findKey(const Value &dict, const Value &key) {
  for (size_t i = 0; i + 1 < dict.items.size(); i += 2)
    if (isSame(dict.items[i], key))
      return i + 1;
  return dict.items.size();
}

Error Slots::addItems(const ValueType &type, const Value &value,
                      const std::string &where, const std::string &path) {
  auto inner = [&](size_t i) { return path + "." + std::to_string(i); };
  bool isPlain =
      matching == Matching::Plain && value.kind == Value::Kind::Tuple;
  if (value.kind == Value::Kind::Absent && type.items.empty())
    return Error::success();
  if (type.kind == Kind::Dict && !isPlain) {
    if (value.kind != Value::Kind::Dict ||
        value.items.size() != 2 * type.items.size())
      return mismatch(where, type, value);
    for (auto [key, item] : zip(type.keys, type.items)) {
      size_t at = findKey(value, key);
      if (at == value.items.size())
        return createStringError(where + ": no key " + describe(key));
      std::string name =
          key.kind == Value::Kind::Str ? key.text : std::to_string(key.integer);
      if (Error error = add(item, value.items[at], where + "[" + name + "]",
                            path + "." + name))
        return error;
    }
    return Error::success();
  }
  bool isRightKind =
      isPlain ||
      (type.kind == Kind::List ? value.kind == Value::Kind::List
                               : value.kind == Value::Kind::Tuple ||
                                     value.kind == Value::Kind::NamedTuple);
  if (!isRightKind || value.items.size() != type.items.size())
    return mismatch(where, type, value);
  for (auto [i, item] : enumerate(value.items))
    if (Error error = add(type.items[i], item,
                          where + "[" + std::to_string(i) + "]", inner(i)))
      return error;
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

void Slots::addResultTensor(int64_t rank) {
  if (!hasResults) {
    hasResults = true;
    nextResult = memory.size();
  }
  addSlot(kHead + 2 * rank);
}

void Slots::addResult(const ValueType &type) {
  if (type.isLeaf())
    addResultTensor(type.kind == Kind::Tensor ? type.shape.size() : 0);
  if (type.isTagged)
    addSlot(1); // the bits, behind the tag
  for (const ValueType &item : type.items)
    addResult(item);
}

TensorRef Slots::takeTensor(DType dtype, size_t rank, mtrt_frame *frame) {
  const int64_t *words = memory[nextResult++].data();
  auto *allocated = reinterpret_cast<void *>(words[0]);
  auto tensor = std::make_shared<Tensor>();
  tensor->dtype = dtype;
  tensor->sizes.assign(words + kHead, words + kHead + rank);
  tensor->strides.assign(words + kHead + rank, words + kHead + 2 * rank);
  tensor->data =
      reinterpret_cast<char *>(words[1]) + words[2] * byteSize(dtype);
  if (mtrt_frame_take(frame, allocated)) {
    tensor->storage = std::shared_ptr<void>(allocated, mtrt_buffer_free);
    // A memref's strides of sizes of one and none are not a tensor's.
    if (tensor->numElements() == 0 || tensor->isContiguous())
      tensor->strides = contiguousStrides(tensor->sizes);
    if (words[2] == 0 && tensor->isContiguous())
      tensor->memoryBytes = tensor->numElements() * byteSize(dtype);
    return tensor;
  }
  // Memory of an argument, a constant, or another result.
  TensorRef copy = Tensor::allocate(dtype, tensor->sizes);
  if (copy)
    copy->copyFrom(*tensor);
  return copy;
}

void Slots::dropTensor(mtrt_frame *frame) {
  auto *allocated = reinterpret_cast<void *>(memory[nextResult++][0]);
  if (mtrt_frame_take(frame, allocated))
    dropped.emplace_back(allocated, mtrt_buffer_free);
}

double Slots::takeFloat() {
  double number;
  std::memcpy(&number, memory[nextResult++].data(), sizeof(number));
  return number;
}

Value Slots::takeBoxed(bool isTagged) {
  mtrt_value value;
  if (isTagged) {
    value.tag = memory[nextResult++][0];
    value.bits = memory[nextResult++][0];
  } else {
    value.bits = memory[nextResult++][0];
    value.tag = value.bits ? MTRT_TAG_OBJECT : MTRT_TAG_NONE;
  }
  Value result = boxed.read(value);
  mtrt_value_release(value.tag, value.bits);
  return result;
}

/// The elements of a view of a contiguous tensor.
static Tensor viewOf(const Tensor &source, const ValueType &type) {
  Tensor view = source;
  view.sizes.assign(type.shape.begin(), type.shape.end());
  view.strides.assign(type.relation->strides.begin(),
                      type.relation->strides.end());
  view.storageOffset += type.relation->offset;
  view.data += type.relation->offset * byteSize(source.dtype);
  return view;
}

/// `type` with the numbers that say where it is.
ValueType Slots::takePlace(const ValueType &type, mtrt_frame *frame) {
  ValueType placed = type;
  placed.relation->offset = takeResult(type.items[0], frame).integer;
  placed.relation->strides.resize(type.shape.size());
  for (auto [i, size] : enumerate(placed.shape))
    size = takeResult(type.items[1 + i], frame).integer;
  for (auto [i, stride] : enumerate(placed.relation->strides))
    stride = takeResult(type.items[1 + type.shape.size() + i], frame).integer;
  return placed;
}

TensorRef Slots::takeRelated(const ValueType &type) {
  const ValueType::Relation &relation = *type.relation;
  TensorRef source = relation.isOfResult ? taken[relation.index]
                                         : argumentLeaves[relation.index].given;
  if (source)
    source->isShared = true;
  if (relation.kind == ValueType::Relation::Kind::Same || !source)
    return source;
  if (relation.kind == ValueType::Relation::Kind::Alias)
    return std::make_shared<Tensor>(*source);
  // The numbers are of how an argument lies.
  size_t numArguments = argumentLeaves.size() - signature.state.size();
  bool isArgument = !relation.isOfResult &&
                    static_cast<size_t>(relation.index) < numArguments;
  if (source->isContiguous() || (relation.isPlaced && isArgument))
    return std::make_shared<Tensor>(viewOf(*source, type));
  TensorRef copy = Tensor::allocate(source->dtype, type.shape);
  if (copy)
    // As it lies now; the call may make another tensor of it.
    copiedViews.push_back({copy, std::make_shared<Tensor>(*source), type});
  return copy;
}

void Slots::finishViews() {
  for (const CopiedView &view : copiedViews)
    if (TensorRef contiguous = makeContiguous(view.source))
      view.copy->copyFrom(viewOf(*contiguous, view.type));
}

TensorRef Slots::takeEither(const ValueType &type, mtrt_frame *frame) {
  // The number is behind the tensor.
  uint64_t leaf = memory[nextResult + 1][0];
  if (leaf >= argumentLeaves.size() || !argumentLeaves[leaf].given) {
    TensorRef made = takeTensor(type.dtype, type.shape.size(), frame);
    ++nextResult;
    return made;
  }
  dropTensor(frame);
  ++nextResult;
  argumentLeaves[leaf].given->isShared = true;
  return argumentLeaves[leaf].given;
}

Value Slots::takeState(const Signature::Named &attribute, size_t leaf,
                       mtrt_frame *frame) {
  if (attribute.type.kind != Kind::Tensor)
    return takeResult(attribute.type, frame);
  auto result = [&](TensorRef tensor) {
    taken.push_back(tensor);
    return tensor ? Value::ofTensor(std::move(tensor)) : Value::none();
  };
  size_t rank = attribute.type.shape.size();
  const TensorRef &own = argumentLeaves[leaf].given;
  if (attribute.staysItself(leaf) && own) {
    if (!attribute.isWritten) {
      dropTensor(frame);
      return result(own);
    }
    TensorRef contents = takeTensor(attribute.type.dtype, rank, frame);
    // Where nobody can tell, it may as well be a new one.
    if (!own->isShared || !contents || contents->sizes != own->sizes)
      return result(std::move(contents));
    own->copyFrom(*contents);
    dropped.push_back(contents->storage);
    return result(own);
  }
  if (!attribute.after)
    return result(takeTensor(attribute.type.dtype, rank, frame));
  // As large as it is.
  ValueType type = attribute.type;
  type.relation = attribute.after;
  dropTensor(frame);
  return result(takeRelated(type));
}

Value Slots::takeResult(const ValueType &type, mtrt_frame *frame) {
  if (type.constant)
    return *type.constant;
  if (type.relation) {
    TensorRef tensor = type.relation->isPlaced
                           ? takeRelated(takePlace(type, frame))
                           : takeRelated(type);
    taken.push_back(tensor);
    return tensor ? Value::ofTensor(std::move(tensor)) : Value::none();
  }
  switch (type.kind) {
  case Kind::Tensor: {
    TensorRef tensor = type.isEither()
                           ? takeEither(type, frame)
                           : takeTensor(type.dtype, type.shape.size(), frame);
    taken.push_back(tensor);
    return tensor ? Value::ofTensor(std::move(tensor)) : Value::none();
  }
  case Kind::Int:
    return Value::ofInt(memory[nextResult++][0]);
  case Kind::Float:
    return Value::ofFloat(takeFloat());
  case Kind::Bool:
    return Value::ofBool(
        *reinterpret_cast<uint8_t *>(memory[nextResult++].data()) != 0);
  case Kind::Complex: {
    Value value = Value::ofKind(Value::Kind::Complex);
    value.real = takeResult(type.items[0], frame).real;
    value.imaginary = takeResult(type.items[1], frame).real;
    return value;
  }
  case Kind::Boxed:
    return takeBoxed(type.isTagged);
  case Kind::None:
  case Kind::Str:
  case Kind::Enum:
    return Value::none();
  case Kind::Tuple:
  case Kind::List:
  case Kind::Dict:
    break;
  }
  Value value;
  value.kind = type.kind == Kind::List   ? Value::Kind::List
               : type.kind == Kind::Dict ? Value::Kind::Dict
               : !type.fields.empty()    ? Value::Kind::NamedTuple
                                         : Value::Kind::Tuple;
  // The class's name without its module.
  value.text = StringRef(type.name).rsplit('.').second.str();
  if (value.text.empty())
    value.text = type.name;
  value.fields = type.fields;
  for (auto [i, item] : enumerate(type.items)) {
    if (type.kind == Kind::Dict)
      value.items.push_back(type.keys[i]);
    value.items.push_back(takeResult(item, frame));
  }
  return value;
}
