//===- RuntimeCalls.cpp - Calls of functions of the runtime -----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RuntimeCalls.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"
#include "MiniTorch/Dialect/Mt/IR/RuntimeTable.h"
#include "MiniTorch/Dialect/Mt/IR/TypeNames.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace minitorch;
using namespace minitorch::mt;

Value RuntimeCalls::integer(int64_t value) {
  return arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(value));
}

Value RuntimeCalls::typeWord(Type type, int64_t flags) {
  Value number =
      TypeNumberOp::create(b, loc, b.getI64Type(), getTypeName(type));
  return flags ? Value(arith::OrIOp::create(b, loc, integer(flags), number))
               : number;
}

Value RuntimeCalls::text(StringRef text) {
  OpBuilder atStart = OpBuilder::atBlockBegin(module.getBody());
  auto type = LLVM::LLVMArrayType::get(b.getI8Type(), text.size());
  std::string name;
  unsigned number = 0;
  do
    name = "mt.text" + std::to_string(number++);
  while (module.lookupSymbol(name));
  auto global = LLVM::GlobalOp::create(atStart, loc, type, /*isConstant=*/true,
                                       LLVM::Linkage::Internal, name,
                                       b.getStringAttr(text));
  return LLVM::AddressOfOp::create(b, loc, global);
}

Value RuntimeCalls::call(StringRef name, ValueRange operands, Type result) {
  SmallVector<Type> results;
  if (result)
    results.push_back(result);
  if (!module.lookupSymbol(name)) {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(module.getBody());
    auto declaration = func::FuncOp::create(
        b, loc, name,
        mlir::FunctionType::get(b.getContext(), operands.getTypes(), results));
    declaration.setPrivate();
    for (auto [i, operand] : llvm::enumerate(operands))
      if (isa<mlir::TensorType>(operand.getType()))
        declaration.setArgAttr(i, "bufferization.access",
                               b.getStringAttr("read"));
  }
  auto op = func::CallOp::create(b, loc, name, results, operands);
  return result ? op.getResult(0) : Value();
}

/// The elements of unsigned integers are signless once they are in memory: the
/// casts go away with those of the conversion that made them so.
static RankedTensorType getSignless(RankedTensorType type) {
  Type element = type.getElementType();
  if (!element.isUnsignedInteger())
    return type;
  return type.clone(
      IntegerType::get(type.getContext(), element.getIntOrFloatBitWidth()));
}

Value RuntimeCalls::castTo(RankedTensorType type, Value tensor) {
  if (tensor.getType() == type)
    return tensor;
  return UnrealizedConversionCastOp::create(b, loc, type, tensor).getResult(0);
}

Value RuntimeCalls::callWithTensor(StringRef name, ArrayRef<Value> operands,
                                   Value tensor, Type result) {
  auto type = cast<RankedTensorType>(tensor.getType());
  Type element = type.getElementType();
  SmallVector<Value> all(operands);
  all.push_back(elementSize(element));
  all.push_back(toUnranked(castTo(getSignless(type), tensor)));
  return call((name + "_" + getDtypeWord(element)).str(), all, result);
}

Value RuntimeCalls::callFilling(StringRef name, ArrayRef<Value> operands,
                                RankedTensorType type,
                                llvm::function_ref<Value(int64_t)> size) {
  SmallVector<Value> sizes;
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    if (type.isDynamicDim(dim))
      sizes.push_back(
          arith::IndexCastOp::create(b, loc, b.getIndexType(), size(dim)));
  Type element = type.getElementType();
  Type inMemory = getSignless(type).getElementType();
  Value buffer = allocate(MemRefType::get(type.getShape(), inMemory), sizes);
  SmallVector<Value> all(operands);
  all.push_back(elementSize(element));
  all.push_back(memref::CastOp::create(
      b, loc, UnrankedMemRefType::get(inMemory, Attribute()), buffer));
  call((name + "_" + getDtypeWord(element)).str(), all);
  return castTo(type, toTensor(buffer));
}

SmallVector<Value> RuntimeCalls::callKernel(StringRef name,
                                            ArrayRef<Value> numbers,
                                            ArrayRef<Value> inputs,
                                            ArrayRef<NewTensor> results) {
  SmallVector<Value> all(numbers), buffers;
  for (Value input : inputs)
    all.push_back(toUnranked(input));
  for (const NewTensor &result : results) {
    SmallVector<int64_t> shape;
    SmallVector<Value> sizes;
    dispatchIndexOpFoldResults(result.sizes, sizes, shape);
    buffers.push_back(
        allocate(MemRefType::get(shape, result.elementType), sizes));
    all.push_back(memref::CastOp::create(
        b, loc, UnrankedMemRefType::get(result.elementType, Attribute()),
        buffers.back()));
  }
  Type first =
      cast<RankedTensorType>(inputs.front().getType()).getElementType();
  call((name + "_" + getDtypeWord(first)).str(), all);
  return llvm::map_to_vector(buffers,
                             [&](Value buffer) { return toTensor(buffer); });
}

//===----------------------------------------------------------------------===//
// Boxed values
//===----------------------------------------------------------------------===//

Value RuntimeCalls::castBoxed(Value value, Type type) {
  if (value.getType() == type)
    return value;
  return PrimUncheckedCastOp::create(b, loc, type, value);
}

Value RuntimeCalls::box(Value tensor) {
  Type element = cast<RankedTensorType>(tensor.getType()).getElementType();
  return callWithTensor("mtrt_tensor_box",
                        integer(*getScalarTypeNumber(element)), tensor,
                        mt::TensorType::getUnknown(b.getContext()));
}

Value RuntimeCalls::refer(ElementsAttr elements) {
  Type element = elements.getElementType();
  return callWithTensor(
      "mtrt_tensor_refer", integer(*getScalarTypeNumber(element)),
      arith::ConstantOp::create(b, loc, cast<TypedAttr>(elements)),
      mt::TensorType::getUnknown(b.getContext()));
}

Value RuntimeCalls::unbox(Value object, RankedTensorType type) {
  // Functions of the runtime are declared once, for any tensor.
  object = castBoxed(object, mt::TensorType::getUnknown(b.getContext()));
  Value dtype = integer(*getScalarTypeNumber(type.getElementType()));
  return callFilling("mtrt_tensor_read", {object, dtype}, type,
                     [&](int64_t dim) {
                       return callBoxed({"mtrt_tensor_size", "oi", "i"},
                                        {object, integer(dim)}, b.getI64Type());
                     });
}

SmallVector<Value> RuntimeCalls::callBoxed(const RuntimeFunction &function,
                                           ValueRange operands,
                                           TypeRange results) {
  // A complex number among values of unknown type is an object.
  Type number = NumberType::get(b.getContext());
  StringRef parameters = function.parameters, returns = function.returns;
  SmallVector<Value> boxed;
  for (auto [i, operand] : llvm::enumerate(operands)) {
    char letter = i < parameters.size() ? parameters[i] : '.';
    if (isa<RankedTensorType>(operand.getType()))
      boxed.push_back(box(operand));
    else if (isa<ComplexType>(operand.getType()) && letter != 'c')
      boxed.push_back(
          callBoxed({"mtrt_complex_value", "c", "v"}, operand, number));
    else
      boxed.push_back(operand);
  }
  SmallVector<Type> types;
  for (auto [i, type] : llvm::enumerate(results)) {
    if (isa<RankedTensorType>(type))
      types.push_back(mt::TensorType::getUnknown(b.getContext()));
    else
      types.push_back(isa<ComplexType>(type) && returns[i] == 'v' ? number
                                                                  : type);
  }
  auto call = CallRuntimeOp::create(
      b, loc, types, b.getStringAttr(function.symbol),
      b.getStringAttr(function.parameters), b.getStringAttr(function.returns),
      boxed, function.raises ? b.getUnitAttr() : UnitAttr(),
      function.taking.empty() ? StringAttr() : b.getStringAttr(function.taking),
      /*takes=*/UnitAttr(),
      function.container ? b.getI64IntegerAttr(*function.container)
                         : IntegerAttr(),
      function.type.empty() ? StringAttr() : b.getStringAttr(function.type));
  SmallVector<Value> values;
  for (auto [result, type] : llvm::zip_equal(call.getResults(), results)) {
    if (auto tensor = dyn_cast<RankedTensorType>(type))
      values.push_back(unbox(result, tensor));
    else if (isa<ComplexType>(type) && result.getType() == number)
      values.push_back(
          callBoxed({"mtrt_complex_of_v", "v", "c"}, result, type));
    else
      values.push_back(result);
  }
  return values;
}

Value RuntimeCalls::callItem(Value list, Value index, Type type) {
  char letter = getElementLetter(type);
  return callBoxed({expandSymbol("mtrt_list_get_{T}", letter), "oi",
                    std::string(1, letter), /*raises=*/true},
                   {list, index}, type);
}

Value RuntimeCalls::elementSize(Type element) {
  unsigned bits = isa<ComplexType>(element) ? 2 * cast<ComplexType>(element)
                                                      .getElementType()
                                                      .getIntOrFloatBitWidth()
                                            : element.getIntOrFloatBitWidth();
  return integer(std::max(1u, bits / 8));
}

Value RuntimeCalls::toUnranked(Value tensor) {
  Type element = cast<RankedTensorType>(tensor.getType()).getElementType();
  return tensor::CastOp::create(b, loc, UnrankedTensorType::get(element),
                                tensor);
}

Value RuntimeCalls::allocate(MemRefType type, ValueRange sizes) {
  return memref::AllocOp::create(b, loc, type, sizes);
}

Value RuntimeCalls::toTensor(Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  return bufferization::ToTensorOp::create(
      b, loc, RankedTensorType::get(type.getShape(), type.getElementType()),
      buffer, /*restrict=*/true, /*writable=*/true);
}
