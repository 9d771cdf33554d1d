//===- Operands.cpp - How rules read their operands -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operands.h"
#include "MiniTorch/Dialect/Mt/IR/DtypeErrors.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace minitorch::mt::type_rules {

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

int64_t addSizes(int64_t a, int64_t b) {
  int64_t sum;
  if (isDynamic(a) || isDynamic(b) || llvm::AddOverflow(a, b, sum))
    return kDynamic;
  return sum;
}

int64_t multiplySizes(int64_t a, int64_t b) {
  if (a == 0 || b == 0)
    return 0;
  int64_t product;
  if (isDynamic(a) || isDynamic(b) || llvm::MulOverflow(a, b, product))
    return kDynamic;
  return product;
}

int64_t multiplySizes(ArrayRef<int64_t> sizes) {
  int64_t product = 1;
  for (int64_t size : sizes)
    product = multiplySizes(product, size);
  // A product that overflowed before a zero came is dynamic all the same.
  return product;
}

bool mergeSize(int64_t &size, int64_t other) {
  if (isDynamic(size))
    size = other;
  return isDynamic(other) || size == other;
}

TensorShape getUnranked(Type dtype) {
  TensorShape shape;
  shape.dtype = dtype;
  return shape;
}

TensorShape getDynamic(int64_t rank, Type dtype) {
  return TensorShape(Sizes(rank, kDynamic), dtype);
}

std::string describe(ArrayRef<int64_t> sizes) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << '[';
  llvm::interleave(
      sizes, os,
      [&](int64_t size) {
        if (isDynamic(size))
          os << '?';
        else
          os << size;
      },
      ", ");
  os << ']';
  return text;
}

std::string describe(const TensorShape &shape) {
  return shape.hasRank ? describe(shape.sizes) : "of unknown rank";
}

std::string describeDtypes(Type a, Type b) {
  std::string text;
  llvm::raw_string_ostream(text) << a << " and " << b;
  return text;
}

//===----------------------------------------------------------------------===//
// Operands by the schema's names
//===----------------------------------------------------------------------===//

StringRef getSchemaName(const TypeRuleContext &context) {
  const Schema *schema = lookupSchema(context.getOperation());
  return schema ? StringRef(schema->name) : StringRef();
}

int64_t getSpatialRank(const TypeRuleContext &context) {
  StringRef name = getSchemaName(context);
  return name.contains("1d") ? 1 : name.contains("2d") ? 2 : 3;
}

TensorShape getTensor(const TypeRuleContext &context, StringRef name) {
  Value operand = context.getOperand(name);
  if (!operand)
    return TensorShape();
  return TensorShape::of(operand.getType()).value_or(TensorShape());
}

int64_t getInt(const TypeRuleContext &context, StringRef name) {
  Value operand = context.getOperand(name);
  return operand ? getConstantInt(operand).value_or(kDynamic) : kDynamic;
}

std::optional<bool> getFlag(const TypeRuleContext &context, StringRef name) {
  Value operand = context.getOperand(name);
  return operand ? getConstantBool(operand) : std::nullopt;
}

bool isNone(const TypeRuleContext &context, StringRef name) {
  Value operand = context.getOperand(name);
  return operand && mt::isNone(operand);
}

FailureOr<int64_t> getDim(const TypeRuleContext &context, StringRef name,
                          int64_t rank) {
  int64_t dim = getInt(context, name);
  if (isDynamic(dim))
    return dim;
  if (std::optional<int64_t> wrapped = wrapDim(dim, rank))
    return *wrapped;
  return failDim(context, dim, rank);
}

LogicalResult failDim(const TypeRuleContext &context, int64_t dim,
                      int64_t rank) {
  int64_t count = std::max<int64_t>(rank, 1);
  return context.fail("Dimension out of range (expected to be in range of [" +
                      Twine(-count) + ", " + Twine(count - 1) + "], but got " +
                      Twine(dim) + ")");
}

LogicalResult checkSameDtypes(const TypeRuleContext &context) {
  Type a = context.getTensor(0).dtype, b = context.getTensor(1).dtype;
  if (a && b && a != b)
    return context.fail(getDtypeName(a) + Twine(" did not match ") +
                        getDtypeName(b));
  return success();
}

std::optional<Sizes> getInts(const TypeRuleContext &context, StringRef name) {
  Value operand = context.getOperand(name);
  return operand ? getIntList(operand) : std::nullopt;
}

FailureOr<Sizes> getWindow(const TypeRuleContext &context, StringRef name,
                           int64_t count) {
  std::optional<Sizes> ints = getInts(context, name);
  if (!ints)
    return Sizes(count, kDynamic);
  if (ints->size() == 1)
    return Sizes(count, ints->front());
  if (!ints->empty() && static_cast<int64_t>(ints->size()) != count)
    return context.fail(Twine(name) + " has " + Twine(ints->size()) +
                        " elements; expected one or " + Twine(count));
  return *ints;
}

Type getDtype(const TypeRuleContext &context, Type ifNone, StringRef name) {
  Value operand = context.getOperand(name);
  if (!operand || mt::isNone(operand))
    return ifNone;
  std::optional<int64_t> number = getConstantInt(operand);
  return number ? getScalarType(context.getContext(), *number) : Type();
}

std::optional<llvm::SmallVector<TensorShape>>
getTensorList(const TypeRuleContext &context, StringRef name) {
  Value operand = context.getOperand(name);
  if (!operand)
    return std::nullopt;
  std::optional<llvm::SmallVector<Value>> elements = getListElements(operand);
  if (!elements)
    return std::nullopt;
  return llvm::map_to_vector(*elements, [](Value element) {
    return TensorShape::of(element.getType()).value_or(TensorShape());
  });
}

TensorShape getElementShape(const TypeRuleContext &context, StringRef name) {
  Value operand = context.getOperand(name);
  if (auto list = operand ? dyn_cast<ListType>(operand.getType()) : nullptr)
    return TensorShape::of(list.getElementType()).value_or(TensorShape());
  return TensorShape();
}

//===----------------------------------------------------------------------===//
// Answers
//===----------------------------------------------------------------------===//

LogicalResult setResult(const TypeRuleContext &context, TensorShape shape,
                        Type dtype) {
  shape.dtype = dtype;
  return context.setResult(shape);
}

LogicalResult failBroadcast(const TypeRuleContext &context,
                            const TensorShape &a, const TensorShape &b) {
  int64_t rank = std::max(a.getRank(), b.getRank());
  // The last dimension first.
  for (int64_t i = 1; i <= std::min(a.getRank(), b.getRank()); ++i) {
    int64_t x = a.sizes[a.getRank() - i], y = b.sizes[b.getRank() - i];
    if (x != y && x != 1 && y != 1 && !isDynamic(x) && !isDynamic(y))
      return context.fail("The size of tensor a (" + Twine(x) +
                          ") must match the size of tensor b (" + Twine(y) +
                          ") at non-singleton dimension " + Twine(rank - i));
  }
  return context.fail("shapes " + describe(a) + " and " + describe(b) +
                      " do not broadcast");
}

LogicalResult setBroadcast(const TypeRuleContext &context,
                           ArrayRef<unsigned> operands, Type dtype) {
  TensorShape common(ArrayRef<int64_t>(), dtype);
  for (unsigned i : operands) {
    if (i >= context.getNumOperands())
      continue;
    Type type = context.getOperand(i).getType();
    if (isa<IntegerType, FloatType, ComplexType, NumberType>(type) ||
        context.isNone(i))
      continue;
    TensorShape shape = context.getTensor(i);
    FailureOr<TensorShape> both = broadcastShapes(common, shape);
    if (failed(both))
      return failBroadcast(context, common, shape);
    common = *both;
  }
  return setResult(context, common, dtype);
}

Type getDefaultDtype(const TypeRuleContext &context) {
  return Float32Type::get(context.getContext());
}

Type getInt64(const TypeRuleContext &context) {
  return IntegerType::get(context.getContext(), 64);
}

Type getBool(const TypeRuleContext &context) {
  return IntegerType::get(context.getContext(), 1);
}

} // namespace minitorch::mt::type_rules
