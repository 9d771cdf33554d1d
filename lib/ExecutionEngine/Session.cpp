//===- Session.cpp - Calls of a compiled function with values -----------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/ExecutionEngine/Session.h"

#include "MiniTorch/ExecutionEngine/CompiledModule.h"
#include "Slots.h"

#include "llvm/ADT/ScopeExit.h"

using namespace llvm;
using namespace minitorch;

Expected<std::unique_ptr<Session>>
Session::create(std::shared_ptr<const CompiledModule> module,
                StringRef function, std::shared_ptr<ObjectState> state) {
  auto entry = module->lookup(function);
  if (!entry)
    return entry.takeError();
  const Signature *signature = module->signature(function);
  if (!signature)
    return createStringError("function '" + function +
                             "' has no attribute 'mt.signature', and its types "
                             "do not tell what its arguments are");
  auto owner = std::const_pointer_cast<CompiledModule>(module);
  return std::make_unique<Session>(*entry, *signature, owner, std::move(state));
}

Session::Session(mtrt_entry entry, Signature signature,
                 std::shared_ptr<void> owner,
                 std::shared_ptr<ObjectState> state)
    : entry(entry), sig(std::move(signature)), owner(std::move(owner)),
      state(std::move(state)) {}

char ArgumentMemoryError::ID = 0;
char AssumptionError::ID = 0;
char StateTypeError::ID = 0;

/// Puts each argument where its parameter is.
static Error bindArguments(const Signature &signature, ArrayRef<Value> args,
                           const NamedValues &kwargs, Slots &slots) {
  size_t count = signature.args.size();
  size_t given = args.size();
  if (given > count)
    return createStringError("expected at most %zu argument%s, got %zu", count,
                             count == 1 ? "" : "s", given);
  for (const auto &entry : kwargs) {
    const std::string &name = entry.first;
    bool found = any_of(signature.args, [&](const Signature::Named &arg) {
      return arg.name == name;
    });
    if (!found)
      return createStringError("no parameter named '" + name + "'");
  }
  for (auto [i, parameter] : enumerate(signature.args)) {
    const Value *value = nullptr;
    std::string path;
    if (i < given && args[i].kind != Value::Kind::Absent) {
      value = &args[i];
      path = "0." + std::to_string(i);
    }
    for (const auto &[name, named] : kwargs) {
      if (name != parameter.name)
        continue;
      if (value)
        return createStringError("argument '" + name + "' is given twice");
      value = &named;
      path = "1." + name;
    }
    static const Value absent = Value::absent();
    if (Error error = slots.add(parameter.type, value ? *value : absent,
                                "argument '" + parameter.name + "'", path))
      return error;
  }
  return Error::success();
}

/// Makes the caller's tensor what the function made of it.
static void reshape(Tensor &tensor, const Signature::Reshaped &change,
                    const TensorRef &replacement) {
  switch (change.kind) {
  case Signature::Reshaped::Kind::Dims: {
    SmallVector<int64_t, 4> sizes, strides;
    for (int64_t dim : change.dims) {
      sizes.push_back(dim < 0 ? 1 : tensor.sizes[dim]);
      strides.push_back(dim < 0 ? 1 : tensor.strides[dim]);
    }
    tensor.sizes = std::move(sizes);
    tensor.strides = std::move(strides);
    return;
  }
  case Signature::Reshaped::Kind::Strided:
    tensor.data += change.offset * byteSize(tensor.dtype);
    tensor.storageOffset += change.offset;
    tensor.sizes.assign(change.sizes.begin(), change.sizes.end());
    tensor.strides.assign(change.strides.begin(), change.strides.end());
    return;
  case Signature::Reshaped::Kind::Replaced:
    break;
  }
  // In the same memory where it fits.
  if (replacement->numElements() > tensor.numElements()) {
    tensor = *replacement;
    return;
  }
  tensor.sizes = replacement->sizes;
  tensor.strides = contiguousStrides(tensor.sizes);
  tensor.copyFrom(*replacement);
}

static void appendOutput(void *data, const char *text, size_t size) {
  static_cast<std::string *>(data)->append(text, size);
}

/// Calls `visit` with each list, dict and object in `value`, until it returns
/// false for one.
template <typename ValueT>
static void visitShared(ValueT &value, function_ref<bool(ValueT &)> visit) {
  if (value.identity && !visit(value))
    return;
  for (ValueT &item : value.items)
    visitShared(item, visit);
}

/// A list, dict or object that an attribute of `taken` is, or holds, may also
/// be in other attributes, which the call did not take: it changes there, too.
static void updateOthers(ObjectState &state, ArrayRef<Signature::Named> taken) {
  DenseMap<uint64_t, const Value *> current;
  for (const Signature::Named &attribute : taken)
    visitShared<const Value>(state[attribute.name], [&](const Value &value) {
      return current.try_emplace(value.identity, &value).second;
    });
  if (current.empty())
    return;
  for (auto &entry : state) {
    if (any_of(taken, [&](const Signature::Named &attribute) {
          return attribute.name == entry.first;
        }))
      continue;
    visitShared<Value>(entry.second, [&](Value &value) {
      auto known = current.find(value.identity);
      if (known == current.end())
        return true;
      value = *known->second;
      return false;
    });
  }
}

/// A call that raised leaves what it wrote before.
void Session::takeWrites(mtrt_frame *frame, Slots &slots, CallResult &result) {
  for (const TensorRef &tensor : slots.getTensors().update())
    result.changed.emplace_back("", tensor);
  BoxedReader reader(slots.getTensors(), &sig.classes);
  reader.beginState(slots.getStateObjects());
  // Lists and dicts are written where they are.
  for (const Signature::Named &attribute : sig.state)
    if (attribute.type.kind == ValueType::Kind::Boxed)
      (*state)[attribute.name] = reader.read(slots.getBoxed(attribute.type));
  const char *text;
  mtrt_value kept;
  SmallVector<size_t> changed;
  for (int64_t i = 0; mtrt_frame_kept(frame, i, &text, &kept); ++i) {
    StringRef name = text;
    Value value = reader.read(kept);
    size_t leaf;
    if (name.consume_front("~")) {
      if (!name.getAsInteger(10, leaf))
        changed.push_back(leaf);
      continue;
    }
    if (!name.consume_front("#")) {
      if (state)
        (*state)[name.str()] = std::move(value);
      continue;
    }
    if (name.getAsInteger(10, leaf) || leaf >= slots.leaves().size() ||
        !value.isTensor())
      continue;
    const Slots::Leaf &argument = slots.leaves()[leaf];
    // What would be an error of its own stays as it is.
    if (!argument.given || value.tensor->sizes != argument.given->sizes ||
        haveSameBits(*value.tensor, *argument.given))
      continue;
    argument.given->copyFrom(*value.tensor);
    result.changed.emplace_back(argument.path, argument.given);
  }
  // Contents above are of the sizes that the call was given.
  for (const Signature::Reshaped &change : sig.reshaped) {
    if (!is_contained(changed, change.leaf) ||
        change.kind == Signature::Reshaped::Kind::Replaced)
      continue;
    const Slots::Leaf &argument = slots.leaves()[change.leaf];
    reshape(*argument.given, change, nullptr);
    result.changed.emplace_back(argument.path, argument.given);
  }
  if (state)
    updateOthers(*state, sig.state);
}

/// The path of a written tensor in which several elements are one in memory.
static std::optional<StringRef> findRepeated(const Slots &slots,
                                             ArrayRef<int64_t> written) {
  for (int64_t index : written)
    if (const Slots::Leaf &leaf = slots.leaves()[index];
        leaf.given && leaf.given->repeatsElements())
      return StringRef(leaf.path);
  return std::nullopt;
}

bool Session::isForOtherMemory(ArrayRef<Value> args, const NamedValues &kwargs,
                               Matching matching) const {
  Slots slots(sig, matching);
  if (Error error = bindArguments(sig, args, kwargs, slots)) {
    bool isMemory = error.isA<ArgumentMemoryError>();
    consumeError(std::move(error));
    return isMemory;
  }
  return findRepeated(slots, sig.mutated) || slots.findShared(sig.mutated) ||
         slots.findSame();
}

/// "0.2" is the third argument, "1.y" one given by its name, "2.a.b" an
/// attribute of the model.
static std::string nameOf(const Signature &signature, StringRef path) {
  auto [kind, rest] = path.split('.');
  if (kind == "2")
    return ("attribute '" + rest + "'").str();
  StringRef head = rest.split('.').first;
  size_t index;
  if (kind == "0" && !head.getAsInteger(10, index) &&
      index < signature.args.size())
    head = signature.args[index].name;
  return ("argument '" + head + "'").str();
}

Expected<CallResult> Session::call(ArrayRef<Value> args,
                                   const NamedValues &kwargs,
                                   Matching matching) {
  Slots slots(sig, matching);
  if (Error error = bindArguments(sig, args, kwargs, slots))
    return std::move(error);
  size_t firstState = slots.leaves().size();
  std::vector<int64_t> written = sig.mutated;
  slots.beginState();
  for (const Signature::Named &attribute : sig.state) {
    auto found = state ? state->find(attribute.name) : ObjectState::iterator();
    if (!state || found == state->end())
      return createStringError("the model's attribute '" + attribute.name +
                               "' has no value");
    size_t leaf = slots.leaves().size();
    if (attribute.isWritten && attribute.staysItself(leaf))
      written.push_back(leaf);
    if (Error error = slots.add(attribute.type, found->second,
                                "attribute '" + attribute.name + "'",
                                "2." + attribute.name))
      return make_error<StateTypeError>(toString(std::move(error)));
  }
  if (auto path = findRepeated(slots, written))
    return make_error<ArgumentMemoryError>(
        "the program writes to " + nameOf(sig, *path) +
        ", in which several elements are one in memory; pass a copy");
  if (auto shared = slots.findShared(written))
    return make_error<ArgumentMemoryError>(
        "the program writes to " + nameOf(sig, shared->first) +
        ", which shares memory with " + nameOf(sig, shared->second) +
        "; pass a copy of one");
  if (auto same = slots.findSame())
    return make_error<ArgumentMemoryError>(
        nameOf(sig, same->first) + " and " + nameOf(sig, same->second) +
        " are one tensor, and the program was compiled for two");
  slots.addResult(sig.result);
  for (const Signature::Named &attribute : sig.state)
    slots.addResult(attribute.type);
  for (int64_t index : sig.mutated) {
    const ValueType &type = slots.leafType(index);
    if (type.kind != ValueType::Kind::Tensor)
      return createStringError("malformed signature: a number is mutated");
    slots.addResultTensor(type.shape.size());
  }
  for (const Signature::Reshaped &change : sig.reshaped)
    if (change.kind == Signature::Reshaped::Kind::Replaced)
      slots.addResultTensor(change.rank);

  mtrt_frame *frame = mtrt_frame_create();
  if (!frame)
    return createStringError("out of memory for a call");
  scope_exit destroy([&] { mtrt_frame_destroy(frame); });
  CallResult result;
  mtrt_frame_set_writer(frame, appendOutput, &result.output);
  if (mtrt_frame_call(frame, entry, slots.data()) != MTRT_OK) {
    const mtrt_error *error = mtrt_frame_error(frame);
    if (StringRef(mtrt_error_type(error)) == MTRT_ASSUMPTION) {
      std::string text = mtrt_error_message(error);
      if (StringRef place = mtrt_error_location(error); !place.empty())
        text += ("\n" + place).str();
      return make_error<AssumptionError>(std::move(text));
    }
    result.exception =
        Exception{mtrt_error_type(error), mtrt_error_message(error),
                  mtrt_error_location(error)};
    takeWrites(frame, slots, result);
    return result;
  }

  result.result = slots.takeResult(sig.result, frame);
  slots.beginState();
  for (auto [i, attribute] : enumerate(sig.state))
    (*state)[attribute.name] =
        slots.takeState(attribute, firstState + i, frame);
  if (state)
    updateOthers(*state, sig.state);
  if (StringRef name = slots.getUnknownClass(); !name.empty())
    return createStringError("the call returns an object of '" + name +
                             "', which is no script class; this is not "
                             "supported yet");
  for (int64_t index : sig.mutated) {
    const Slots::Leaf &leaf = slots.leaves()[index];
    const ValueType &type = slots.leafType(index);
    TensorRef contents = slots.takeTensor(type.dtype, type.shape.size(), frame);
    if (!contents || contents->sizes != leaf.given->sizes)
      return createStringError("a call changed the size of an argument, which "
                               "is not supported");
    if (haveSameBits(*contents, *leaf.given))
      continue;
    leaf.given->copyFrom(*contents);
    result.changed.emplace_back(leaf.path, leaf.given);
  }
  slots.finishViews();
  for (const TensorRef &tensor : slots.getTensors().update())
    result.changed.emplace_back("", tensor);
  for (const Signature::Reshaped &change : sig.reshaped) {
    const Slots::Leaf &leaf = slots.leaves()[change.leaf];
    TensorRef replacement;
    if (change.kind == Signature::Reshaped::Kind::Replaced)
      replacement = slots.takeTensor(slots.leafType(change.leaf).dtype,
                                     change.rank, frame);
    if (change.kind == Signature::Reshaped::Kind::Replaced && !replacement)
      return createStringError("out of memory for a copy");
    reshape(*leaf.given, change, replacement);
    if (none_of(result.changed,
                [&](const auto &other) { return other.second == leaf.given; }))
      result.changed.emplace_back(leaf.path, leaf.given);
  }
  return result;
}
