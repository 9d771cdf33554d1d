//===- ATen.cpp - PyTorch's own operators as a fallback -------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch-c/Fallback.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_strided.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <optional>
#include <torch/headeronly/version.h>

using c10::IValue;
using c10::TypePtr;

struct mtrt_fallback_call {
  explicit mtrt_fallback_call(c10::OperatorHandle op) : op(std::move(op)) {}

  c10::OperatorHandle op;
  /// Operands; lists are tuples until the schema says what they are lists of.
  std::vector<IValue> operands;
  std::vector<IValue> results;
  /// The tensors that `tensor` described.
  std::vector<at::Tensor> described;
  bool lacksData = false;
  bool sizesAreExact = true;
  std::string message;
};

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// `value` as an argument of `type`; raises where it is none.
static IValue convert(const IValue &value, const TypePtr &type,
                      std::optional<int32_t> listSize = std::nullopt) {
  if (auto optional = type->cast<c10::OptionalType>())
    return value.isNone()
               ? value
               : convert(value, optional->getElementType(), listSize);
  if (auto list = type->cast<c10::ListType>()) {
    const TypePtr &element = list->getElementType();
    c10::impl::GenericList converted(element);
    if (value.isTuple())
      for (const IValue &item : value.toTupleRef().elements())
        converted.push_back(convert(item, element));
    else // One number stands for `int[2]`.
      for (int32_t i = 0; i < listSize.value_or(1); ++i)
        converted.push_back(convert(value, element));
    return converted;
  }
  if (type->kind() == c10::TypeKind::FloatType && value.isInt())
    return static_cast<double>(value.toInt());
  if (type->kind() == c10::TypeKind::DeviceObjType && value.isString())
    return c10::Device(value.toStringRef());
  TORCH_CHECK_TYPE(!value.isTuple(), "a list is no ", type->str());
  return value;
}

/// `value` with tensors that have no data replaced by zeros.
static IValue withData(const IValue &value) {
  if (value.isTensor() && value.toTensor().is_meta()) {
    constexpr int64_t limit = 1 << 24;
    TORCH_CHECK(value.toTensor().numel() <= limit,
                "PyTorch infers no types for this operator, and the tensors "
                "are too large to try");
    return at::zeros(value.toTensor().sizes(), value.toTensor().scalar_type());
  }
  if (!value.isTuple())
    return value;
  std::vector<IValue> items;
  for (const IValue &item : value.toTupleRef().elements())
    items.push_back(withData(item));
  return c10::ivalue::Tuple::create(std::move(items));
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

static const char *getExceptionName(const c10::Error &error) {
  if (dynamic_cast<const c10::IndexError *>(&error))
    return "IndexError";
  if (dynamic_cast<const c10::ValueError *>(&error))
    return "ValueError";
  if (dynamic_cast<const c10::TypeError *>(&error))
    return "TypeError";
  if (dynamic_cast<const c10::NotImplementedError *>(&error))
    return "NotImplementedError";
  return "RuntimeError";
}

/// Does `work`; its exceptions become the call's message.
template <typename Work>
static int guard(mtrt_fallback_call *call, Work work) noexcept {
  try {
    work();
    return MTRT_OK;
  } catch (const c10::Error &error) {
    call->message = getExceptionName(error);
    call->message += ": ";
    call->message += error.what_without_backtrace();
  } catch (const std::exception &error) {
    call->message = "RuntimeError: ";
    call->message += error.what();
  }
  return MTRT_RAISED;
}

static void runOn(mtrt_fallback_call *call,
                  const std::vector<IValue> &operands) {
  const auto &arguments = call->op.schema().arguments();
  TORCH_CHECK_TYPE(arguments.size() == operands.size(), "expected ",
                   arguments.size(), " operands, got ", operands.size());
  std::vector<IValue> stack;
  for (size_t i = 0; i < arguments.size(); ++i)
    stack.push_back(
        convert(operands[i], arguments[i].type(), arguments[i].N()));
  c10::InferenceMode noAutograd;
  call->op.callBoxed(&stack);
  call->results = std::move(stack);
}

static int run(mtrt_fallback_call *call) {
  call->described.clear();
  call->sizesAreExact = true;
  int status = guard(call, [&] { runOn(call, call->operands); });
  if (status == MTRT_OK || !call->lacksData)
    return status;
  // PyTorch cannot say without computing. Sizes may depend on what is computed.
  call->sizesAreExact = false;
  return guard(call, [&] {
    std::vector<IValue> operands;
    for (const IValue &operand : call->operands)
      operands.push_back(withData(operand));
    runOn(call, operands);
  });
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

static mtrt_fallback_call *begin(const char *schema, size_t size) {
  std::string name(schema, size), overload;
  if (size_t dot = name.find('.'); dot != std::string::npos) {
    overload = name.substr(dot + 1);
    name.resize(dot);
  }
  auto op = c10::Dispatcher::singleton().findSchema({name, overload});
  return op ? new mtrt_fallback_call(*op) : nullptr;
}

static void end(mtrt_fallback_call *call) { delete call; }

static void pushNone(mtrt_fallback_call *call) {
  call->operands.emplace_back();
}
static void pushBool(mtrt_fallback_call *call, int64_t value) {
  call->operands.emplace_back(value != 0);
}
static void pushInt(mtrt_fallback_call *call, int64_t value) {
  call->operands.emplace_back(value);
}
static void pushFloat(mtrt_fallback_call *call, double value) {
  call->operands.emplace_back(value);
}
static void pushComplex(mtrt_fallback_call *call, double real,
                        double imaginary) {
  call->operands.emplace_back(c10::complex<double>(real, imaginary));
}
static void pushStr(mtrt_fallback_call *call, const char *text, size_t size) {
  call->operands.emplace_back(std::string(text, size));
}

static void pushTensor(mtrt_fallback_call *call,
                       const mtrt_fallback_tensor *tensor) {
  c10::InferenceMode noAutograd;
  at::IntArrayRef sizes(tensor->sizes, tensor->rank);
  auto options = at::TensorOptions(static_cast<c10::ScalarType>(tensor->dtype));
  if (tensor->data) {
    call->operands.emplace_back(
        at::from_blob(const_cast<void *>(tensor->data), sizes,
                      at::IntArrayRef(tensor->strides, tensor->rank), options));
    return;
  }
  call->operands.emplace_back(at::empty(sizes, options.device(at::kMeta)));
  call->lacksData = true;
}

static void pushList(mtrt_fallback_call *call, int64_t count) {
  auto first = call->operands.end() - count;
  std::vector<IValue> items(first, call->operands.end());
  call->operands.erase(first, call->operands.end());
  call->operands.emplace_back(c10::ivalue::Tuple::create(std::move(items)));
}

static const char *message(const mtrt_fallback_call *call) {
  return call->message.c_str();
}

static int64_t numResults(const mtrt_fallback_call *call) {
  return call->results.size();
}

static int kind(const mtrt_fallback_call *call, int64_t result) {
  const IValue &value = call->results[result];
  return value.isTensor()   ? MTRT_FALLBACK_TENSOR
         : value.isBool()   ? MTRT_FALLBACK_BOOL
         : value.isInt()    ? MTRT_FALLBACK_INT
         : value.isDouble() ? MTRT_FALLBACK_FLOAT
                            : MTRT_FALLBACK_OTHER;
}

static int describe(mtrt_fallback_call *call, int64_t result,
                    mtrt_fallback_tensor *description) {
  return guard(call, [&] {
    at::Tensor tensor = call->results[result].toTensor();
    TORCH_CHECK(tensor.defined(), "the result is no tensor");
    TORCH_CHECK(tensor.layout() == c10::kStrided, "the result is sparse");
    // Memory holds what the tensor says, not its negation.
    tensor = tensor.resolve_conj().resolve_neg();
    call->described.push_back(tensor);
    *description = {static_cast<int64_t>(tensor.scalar_type()), tensor.dim(),
                    tensor.sizes().data(), tensor.strides().data(),
                    tensor.is_meta() ? nullptr : tensor.const_data_ptr()};
  });
}

static int64_t integer(const mtrt_fallback_call *call, int64_t result) {
  const IValue &value = call->results[result];
  return value.isBool() ? value.toBool() : value.isInt() ? value.toInt() : 0;
}

static double real(const mtrt_fallback_call *call, int64_t result) {
  const IValue &value = call->results[result];
  return value.isDouble() ? value.toDouble() : 0;
}

static int sizesAreExact(const mtrt_fallback_call *call) {
  return call->sizesAreExact;
}

extern "C" MTRT_EXPORT const mtrt_fallback *mtrt_fallback_library(void) {
  static const mtrt_fallback table = {
      MTRT_FALLBACK_VERSION,
      "PyTorch " TORCH_VERSION,
      begin,
      end,
      pushNone,
      pushBool,
      pushInt,
      pushFloat,
      pushComplex,
      pushStr,
      pushTensor,
      pushList,
      run,
      message,
      numResults,
      kind,
      describe,
      integer,
      real,
      sizesAreExact,
  };
  return &table;
}
