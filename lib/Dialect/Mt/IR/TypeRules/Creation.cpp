//===- Creation.cpp - Type rules of tensor creation -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Operands.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace mlir;

namespace minitorch::mt::type_rules {

/// A result with the sizes of operand `size`.
static LogicalResult setSizes(const TypeRuleContext &context, Type dtype) {
  std::optional<Sizes> sizes = getInts(context, "size");
  if (!sizes)
    return context.setResult(getUnranked(dtype));
  return context.setResult(*sizes, dtype);
}

/// The dtype that PyTorch gives a tensor made of one number of this type.
static Type getNumberDtype(Type type) {
  if (isa<FloatType>(type))
    return Float32Type::get(type.getContext());
  if (isa<ComplexType>(type))
    return ComplexType::get(Float32Type::get(type.getContext()));
  return isa<IntegerType>(type) ? type : Type();
}

LogicalResult createSizes(const TypeRuleContext &context) {
  return setSizes(context, getDtype(context, getDefaultDtype(context)));
}

LogicalResult createFull(const TypeRuleContext &context) {
  Type fill = context.getOperand("fill_value").getType();
  return setSizes(context, getDtype(context, getNumberDtype(fill)));
}

LogicalResult createRandint(const TypeRuleContext &context) {
  return setSizes(context, getDtype(context, getInt64(context)));
}

LogicalResult createLike(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  return setResult(context, self, getDtype(context, self.dtype));
}

LogicalResult createNew(const TypeRuleContext &context) {
  return setSizes(context, getDtype(context, context.getTensor(0).dtype));
}

LogicalResult createNewFull(const TypeRuleContext &context) {
  return createNew(context);
}

//===----------------------------------------------------------------------===//
// Ranges
//===----------------------------------------------------------------------===//

static double toDouble(const ConstantNumber &number) {
  return number.kind == ConstantNumber::Float
             ? number.floatValue
             : static_cast<double>(number.intValue);
}

/// The number of elements from `start` to `end` by `step`, which is not zero;
/// kDynamic where it is not finite.
static int64_t getRangeLength(const ConstantNumber &start,
                              const ConstantNumber &end,
                              const ConstantNumber &step, bool inIntegers) {
  double length;
  if (inIntegers) {
    // Floats are truncated first; a step that becomes zero has no meaning.
    for (const ConstantNumber *number : {&start, &end, &step})
      if (!(std::abs(toDouble(*number)) < 9007199254740992.0))
        return kDynamic;
    int64_t by = static_cast<int64_t>(toDouble(step));
    int64_t span = static_cast<int64_t>(toDouble(end)) -
                   static_cast<int64_t>(toDouble(start));
    if (by == 0)
      return kDynamic;
    length = static_cast<double>(span / by + (span % by != 0 ? 1 : 0));
  } else {
    length = std::ceil((toDouble(end) - toDouble(start)) / toDouble(step));
  }
  if (!(length >= 0 && length < 9007199254740992.0))
    return kDynamic;
  return static_cast<int64_t>(length);
}

LogicalResult createArange(const TypeRuleContext &context) {
  // All ints give int64; one float gives the default dtype.
  constexpr StringRef names[] = {"start", "end", "step"};
  bool known = true, anyFloat = false;
  std::optional<ConstantNumber> numbers[3] = {
      ConstantNumber{ConstantNumber::Int, 0, 0}, std::nullopt,
      ConstantNumber{ConstantNumber::Int, 1, 0}};
  for (auto [i, name] : llvm::enumerate(names)) {
    Value operand = context.getOperand(name);
    if (!operand)
      continue;
    anyFloat |= isa<FloatType>(operand.getType());
    known &= isa<FloatType, IntegerType>(operand.getType());
    numbers[i] = getConstantNumber(operand);
  }
  Type dtype = anyFloat ? getDefaultDtype(context)
               : known  ? getInt64(context)
                        : Type();
  dtype = getDtype(context, dtype);
  auto &[start, end, step] = numbers;
  if (step && toDouble(*step) == 0)
    return context.fail("step must be nonzero");
  // int64 counts in integers, every other dtype in doubles.
  bool isInt64 = dtype && dtype.isSignlessInteger(64);
  if (!start || !end || !step || !dtype)
    return context.setResult({kDynamic}, dtype);
  double from = toDouble(*start), to = toDouble(*end);
  if (!std::isfinite(from) || !std::isfinite(to)) {
    std::string text;
    llvm::raw_string_ostream(text)
        << "unsupported range: " << llvm::format("%g -> %g", from, to);
    return context.fail(text);
  }
  if (toDouble(*step) > 0 ? to < from : to > from)
    return context.fail(
        "upper bound and lower bound inconsistent with step sign");
  return context.setResult({getRangeLength(*start, *end, *step, isInt64)},
                           dtype);
}

LogicalResult createLinspace(const TypeRuleContext &context) {
  Type dtype = getDefaultDtype(context);
  for (StringRef name : {"start", "end"}) {
    Type type = context.getOperand(name).getType();
    if (auto shape = TensorShape::of(type))
      type = shape->dtype;
    // A tensor whose dtype is not known may be complex.
    if (!type || isa<NumberType>(type))
      dtype = Type();
    else if (dtype && isa<ComplexType>(type))
      dtype = ComplexType::get(getDefaultDtype(context));
  }
  int64_t steps = getInt(context, "steps");
  if (!isDynamic(steps) && steps < 0)
    return context.fail("number of steps must be non-negative");
  return context.setResult({steps}, getDtype(context, dtype));
}

LogicalResult createEye(const TypeRuleContext &context) {
  int64_t rows = getInt(context, "n");
  int64_t columns = context.getOperand("m") ? getInt(context, "m") : rows;
  return context.setResult({rows, columns},
                           getDtype(context, getDefaultDtype(context)));
}

//===----------------------------------------------------------------------===//
// Python values as tensors
//===----------------------------------------------------------------------===//

LogicalResult createScalar(const TypeRuleContext &context) {
  return context.setResult(ArrayRef<int64_t>(),
                           getDtype(context, getDefaultDtype(context)));
}

LogicalResult createScalarDefault(const TypeRuleContext &context) {
  Type dtype = getNumberDtype(context.getOperand(0u).getType());
  return context.setResult(ArrayRef<int64_t>(), getDtype(context, dtype));
}

/// Appends the sizes of a list of lists as far as they are known.
static void appendListSizes(Value list, Sizes &sizes) {
  Type type = list.getType();
  std::optional<llvm::SmallVector<Value>> elements = getListElements(list);
  auto inner = [](Type type) { return cast<ListType>(type).getElementType(); };
  sizes.push_back(elements ? elements->size() : kDynamic);
  if (!isa<ListType>(inner(type)))
    return;
  if (elements && !elements->empty() &&
      isa<ListType>(elements->front().getType())) {
    appendListSizes(elements->front(), sizes);
    return;
  }
  for (type = inner(type); isa<ListType>(type); type = inner(type))
    sizes.push_back(elements ? 0 : kDynamic);
}

// torch.tensor([[1, 2], [3, 4]])
LogicalResult createFromList(const TypeRuleContext &context) {
  Value data = context.getOperand(0u);
  Type type = data.getType();
  while (auto list = dyn_cast<ListType>(type))
    type = list.getElementType();
  Type dtype = getDtype(context, getNumberDtype(type));
  if (!isa<ListType>(data.getType()))
    return context.setResult(getUnranked(dtype));
  Sizes sizes;
  appendListSizes(data, sizes);
  return context.setResult(sizes, dtype);
}

// hann_window and its kind
LogicalResult createWindow(const TypeRuleContext &context) {
  return context.setResult({getInt(context, "window_length")},
                           getDtype(context, getDefaultDtype(context)));
}

// The points of a grid [N, spatial...]: [N, spatial..., coordinate].
LogicalResult affineGrid(const TypeRuleContext &context) {
  Type dtype = context.getTensor(0).dtype;
  std::optional<Sizes> size = getInts(context, "size");
  if (!size)
    return context.setResult(getUnranked(dtype));
  if (size->size() != 4 && size->size() != 5)
    return context.fail("affine_grid takes a size of length 4 or 5; got " +
                        Twine(size->size()));
  size->erase(size->begin() + 1);
  size->push_back(size->size() - 1);
  return context.setResult(*size, dtype);
}

// Values are dense tensors. A program may make nested ones in a branch that it
// does not take.
LogicalResult nestedTensor(const TypeRuleContext &context) {
  return context.fail("nested tensors are not supported; a TransformerEncoder "
                      "with enable_nested_tensor=False makes none");
}

// 0, 1, ... n - 1 in some order
LogicalResult createPermutation(const TypeRuleContext &context) {
  return context.setResult({getInt(context, "n")},
                           getDtype(context, getInt64(context)));
}

// [samples], or [rows, samples]
LogicalResult multinomial(const TypeRuleContext &context) {
  TensorShape self = context.getTensor(0);
  if (!self.hasRank)
    return context.setResult(getUnranked(getInt64(context)));
  if (self.getRank() != 1 && self.getRank() != 2)
    return context.fail("multinomial takes a tensor of rank 1 or 2; got rank " +
                        Twine(self.getRank()));
  self.sizes.back() = getInt(context, "num_samples");
  return setResult(context, self, getInt64(context));
}

} // namespace minitorch::mt::type_rules
