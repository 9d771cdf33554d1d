//===- FallbackTypes.cpp - Types that the fallback computes -----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The library runs the operator on tensors without data. Examples stand there
// for sizes and numbers that are not known. Only ranks and dtypes follow from
// such runs, and only where different examples give the same: what they depend
// on is not guessed.
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/TypeOracle.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "MiniTorch/Fallback/Fallback.h"
#include "MiniTorch/Fallback/TypeOracle.h"

using namespace mlir;
using namespace minitorch;
using namespace minitorch::mt;

namespace {
/// What stands for the unknown sizes and numbers of an operator, in the order
/// in which it has them.
struct Examples {
  /// The size of most; one of them (-1: none) has another.
  int64_t size = 4;
  int64_t odd = -1;
  int64_t oddSize = 1;
  /// Every size is different.
  bool isMixed = false;
  int64_t number = 1;

  int64_t getSize(int64_t i) const {
    return isMixed ? 2 + 3 * i : i == odd ? oddSize : size;
  }
};

/// A call of one operator, with examples for what is not known.
class ExampleCall {
public:
  ExampleCall(const mtrt_fallback *library, StringRef schema, Examples examples)
      : library(library), call(library->begin(schema.data(), schema.size())),
        examples(examples) {}
  ~ExampleCall() {
    if (call)
      library->end(call);
  }
  ExampleCall(const ExampleCall &) = delete;

  bool exists() const { return call; }
  /// Whether anything stands for something unknown.
  bool isExample() const { return hasExamples; }
  int64_t getNumSizes() const { return numSizes; }
  bool hasNumbers() const { return numNumbers > 0; }

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
  Examples examples;
  int64_t numSizes = 0, numNumbers = 0;
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
      size = examples.getSize(numSizes++);
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
  if (!getConstantNumber(value)) {
    hasExamples = true;
    ++numNumbers;
  }
  if (type.isSignlessInteger(1))
    library->push_bool(call,
                       getConstantInt(value).value_or(examples.number & 1));
  else if (type.isSignlessInteger(64))
    library->push_int(call, getConstantInt(value).value_or(examples.number));
  else if (type.isF64())
    library->push_float(call,
                        getConstantFloat(value).value_or(examples.number));
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

/// Whether an argument of that type says what the result is: such a number is
/// no example for another.
static bool decidesTypes(StringRef type) {
  return type.starts_with("ScalarType") || type.starts_with("Layout") ||
         type.starts_with("MemoryFormat") || type.starts_with("Device");
}

/// Rank and dtype, or the type of a number; null for an unknown one.
static Type withoutSizes(Type type) {
  auto tensor = TensorShape::of(type);
  if (!tensor)
    return type;
  tensor->sizes.assign(tensor->sizes.size(), ShapedType::kDynamic);
  return tensor->getBoxed(type.getContext());
}

namespace {
/// Runs an operator on one example after the other.
class ExampleRuns {
public:
  ExampleRuns(const mtrt_fallback *library, Operation *op, const Schema &schema,
              std::string &reason)
      : library(library), op(op), schema(schema), reason(reason) {}

  /// The result types on which all examples agree that PyTorch takes.
  LogicalResult infer(SmallVectorImpl<Type> &types);

private:
  enum class Outcome { Agrees, Differs, Raises, Impossible };
  Outcome run(Examples examples, SmallVectorImpl<Type> &types);

  const mtrt_fallback *library;
  Operation *op;
  const Schema &schema;
  std::string &reason;
  bool hasExamples = false, hasNumbers = false;
  int64_t numSizes = 0;
};
} // namespace

ExampleRuns::Outcome ExampleRuns::run(Examples examples,
                                      SmallVectorImpl<Type> &types) {
  ExampleCall call(library, schema.name, examples);
  if (!call.exists()) {
    reason = "PyTorch has no such operator";
    return Outcome::Impossible;
  }
  if (!llvm::all_of(op->getOperands(),
                    [&](Value operand) { return call.push(operand); }))
    return Outcome::Impossible;
  hasExamples = call.isExample();
  hasNumbers = call.hasNumbers();
  numSizes = call.getNumSizes();
  if (!call.run()) {
    if (reason.empty())
      reason = call.message().str();
    return Outcome::Raises;
  }
  if (call.numResults() != op->getNumResults())
    return Outcome::Impossible;
  SmallVector<Type> found;
  for (unsigned i = 0; i < op->getNumResults(); ++i) {
    Type type = call.getType(op->getContext(), i);
    found.push_back(type ? type : op->getResult(i).getType());
  }
  if (types.empty()) {
    types.assign(found);
    return Outcome::Agrees;
  }
  bool same = llvm::all_of(llvm::zip(types, found), [](auto pair) {
    auto [a, b] = pair;
    return withoutSizes(a) == withoutSizes(b);
  });
  return same ? Outcome::Agrees : Outcome::Differs;
}

LogicalResult ExampleRuns::infer(SmallVectorImpl<Type> &types) {
  // Sizes that must be equal are, sizes that must divide others may; 1
  // broadcasts with everything, and is what results lose dims by.
  SmallVector<Examples> all;
  for (int64_t size : {4, 1, 2, 3, 8, 16})
    all.push_back({size});
  all.push_back({/*size=*/4, /*odd=*/-1, /*oddSize=*/1, /*isMixed=*/true});
  for (unsigned i = 0; i < all.size(); ++i) {
    Outcome outcome = run(all[i], types);
    if (outcome == Outcome::Impossible ||
        (outcome == Outcome::Raises && !hasExamples))
      return failure();
    if (outcome == Outcome::Differs) {
      reason = "the rank or dtype of its result depends on sizes or numbers "
               "that are only known when the program runs";
      return failure();
    }
    if (!hasExamples)
      return success();
    if (i > 0)
      continue;
    // What more there is to vary, is known now.
    constexpr int64_t maxSizes = 8;
    for (int64_t odd = 0; odd < std::min(numSizes, maxSizes); ++odd) {
      all.push_back({/*size=*/4, odd, /*oddSize=*/1});
      all.push_back({/*size=*/1, odd, /*oddSize=*/4});
    }
    if (!hasNumbers)
      continue;
    for (Examples examples : SmallVector<Examples>(all))
      for (int64_t number : {0, -1, 2}) {
        examples.number = number;
        all.push_back(examples);
      }
  }
  return success(!types.empty());
}

//===----------------------------------------------------------------------===//
// The oracle
//===----------------------------------------------------------------------===//

namespace {
class FallbackTypes : public TypeOracleInterface {
public:
  using TypeOracleInterface::TypeOracleInterface;

  bool isThere(std::string &reason) const override {
    return getLibrary(reason);
  }
  StringRef getName() const override {
    std::string reason;
    return getLibrary(reason)->name;
  }
  bool runs(StringRef name) const override {
    std::string reason;
    const mtrt_fallback *library = getLibrary(reason);
    mtrt_fallback_call *call = library->begin(name.data(), name.size());
    if (call)
      library->end(call);
    return call;
  }
  LogicalResult inferTypes(Operation *op, SmallVectorImpl<Type> &types,
                           std::string &reason) const override;

private:
  /// Null with a reason where there is none.
  static const mtrt_fallback *getLibrary(std::string &reason) {
    llvm::Expected<const mtrt_fallback *> library = loadFallback();
    if (library)
      return *library;
    reason = llvm::toString(library.takeError());
    return nullptr;
  }
};
} // namespace

LogicalResult FallbackTypes::inferTypes(Operation *op,
                                        SmallVectorImpl<Type> &types,
                                        std::string &reason) const {
  const Schema *schema = lookupSchema(op);
  if (!schema || schema->isMutating() ||
      op->getNumOperands() != schema->arguments.size())
    return failure();
  for (auto [operand, argument] :
       llvm::zip(op->getOperands(), schema->arguments))
    if (decidesTypes(argument.type) && !isNone(operand) &&
        operand.getType().isSignlessInteger(64) && !getConstantInt(operand)) {
      reason = "argument '" + argument.name +
               "' is only known when the program runs";
      return failure();
    }
  const mtrt_fallback *library = getLibrary(reason);
  if (!library)
    return failure();
  types.clear();
  return ExampleRuns(library, op, *schema, reason).infer(types);
}

void minitorch::registerFallbackTypes(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *, MtDialect *dialect) {
    dialect->addInterfaces<FallbackTypes>();
  });
}
