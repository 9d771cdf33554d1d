//===- FallbackTypes.cpp - Types that the fallback computes -----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The library runs the operator on tensors without data. Unknown sizes stand
// for examples there, so only ranks and dtypes follow from such a run.
//
//===----------------------------------------------------------------------===//

#include "InferTypes.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Fallback/Fallback.h"

using namespace mlir;
using namespace minitorch;
using namespace minitorch::mt;

namespace {
/// A call of one operator, with examples for what is not known.
class ExampleCall {
public:
  ExampleCall(const mtrt_fallback *library, StringRef schema, int64_t size)
      : library(library), call(library->begin(schema.data(), schema.size())),
        exampleSize(size) {}
  ~ExampleCall() {
    if (call)
      library->end(call);
  }
  ExampleCall(const ExampleCall &) = delete;

  bool exists() const { return call; }
  /// Whether anything stands for something unknown.
  bool isExample() const { return hasExamples; }

  /// False for a value that has no form here.
  bool push(Value value);
  bool run() { return library->run(call) == MTRT_OK; }
  StringRef message() const { return library->message(call); }
  /// Null for a result that is not represented.
  Type getType(MLIRContext *context, int64_t result) const;
  int64_t numResults() const { return library->num_results(call); }

private:
  bool pushTensor(const TensorShape &shape);

  const mtrt_fallback *library;
  mtrt_fallback_call *call;
  int64_t exampleSize;
  bool hasExamples = false;
};
} // namespace

bool ExampleCall::pushTensor(const TensorShape &shape) {
  std::optional<int64_t> dtype = getScalarTypeNumber(shape.dtype);
  if (!shape.hasRank || !dtype)
    return false;
  SmallVector<int64_t> sizes(shape.sizes);
  for (int64_t &size : sizes)
    if (ShapedType::isDynamic(size)) {
      size = exampleSize;
      hasExamples = true;
    }
  mtrt_fallback_tensor tensor = {*dtype, static_cast<int64_t>(sizes.size()),
                                 sizes.data(), nullptr, nullptr};
  library->push_tensor(call, &tensor);
  return true;
}

bool ExampleCall::push(Value value) {
  while (auto cast = value.getDefiningOp<PrimUncheckedCastOp>())
    value = cast.getValue();
  Type type = value.getType();
  if (auto shape = TensorShape::of(type))
    return pushTensor(*shape);
  if (isNone(value)) {
    library->push_none(call);
    return true;
  }
  if (std::optional<StringRef> text = getConstantStr(value)) {
    library->push_str(call, text->data(), text->size());
    return true;
  }
  if (auto device = value.getDefiningOp<ConstantDeviceOp>()) {
    library->push_str(call, device.getValue().data(), device.getValue().size());
    return true;
  }
  if (std::optional<SmallVector<Value>> elements = getListElements(value)) {
    for (Value element : *elements)
      if (!push(element))
        return false;
    library->push_list(call, elements->size());
    return true;
  }
  if (!getConstantNumber(value))
    hasExamples = true;
  if (type.isSignlessInteger(1))
    library->push_bool(call, getConstantInt(value).value_or(0));
  else if (type.isSignlessInteger(64))
    library->push_int(call, getConstantInt(value).value_or(1));
  else if (type.isF64())
    library->push_float(call, getConstantFloat(value).value_or(1));
  else
    return false;
  return true;
}

Type ExampleCall::getType(MLIRContext *context, int64_t result) const {
  switch (library->kind(call, result)) {
  case MTRT_FALLBACK_BOOL:
    return IntegerType::get(context, 1);
  case MTRT_FALLBACK_INT:
    return IntegerType::get(context, 64);
  case MTRT_FALLBACK_FLOAT:
    return Float64Type::get(context);
  case MTRT_FALLBACK_TENSOR:
    break;
  default:
    return Type();
  }
  mtrt_fallback_tensor tensor;
  if (library->tensor(call, result, &tensor) != MTRT_OK)
    return Type();
  Type dtype = getScalarType(context, tensor.dtype);
  if (!dtype)
    return Type();
  SmallVector<int64_t> sizes(tensor.sizes, tensor.sizes + tensor.rank);
  if (hasExamples || !library->sizes_are_exact(call))
    sizes.assign(tensor.rank, ShapedType::kDynamic);
  return TensorShape(sizes, dtype).getBoxed(context);
}

LogicalResult minitorch::mt::inferFallbackTypes(Operation *op,
                                                SmallVectorImpl<Type> &types,
                                                std::string &reason) {
  const Schema *schema = lookupSchema(op);
  if (!schema || schema->isMutating())
    return failure();
  llvm::Expected<const mtrt_fallback *> library = loadFallback();
  if (!library) {
    reason = llvm::toString(library.takeError());
    return failure();
  }
  // Sizes that must be equal are, sizes that must divide others may; 1
  // broadcasts with everything.
  for (int64_t size : {4, 1, 2, 3, 8, 16}) {
    ExampleCall call(*library, schema->name, size);
    if (!call.exists()) {
      reason = "PyTorch has no such operator";
      return failure();
    }
    if (!llvm::all_of(op->getOperands(),
                      [&](Value operand) { return call.push(operand); }))
      return failure();
    if (!call.run()) {
      if (reason.empty())
        reason = call.message().str();
      if (call.isExample())
        continue;
      return failure();
    }
    if (call.numResults() != op->getNumResults())
      return failure();
    types.clear();
    for (unsigned i = 0; i < op->getNumResults(); ++i) {
      Type type = call.getType(op->getContext(), i);
      types.push_back(type ? type : op->getResult(i).getType());
    }
    return success();
  }
  return failure();
}
