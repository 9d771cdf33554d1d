//===- TensorBuilder.cpp - Writes formulas as mt operators ------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorBuilder.h"
#include "../Checks.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace minitorch::mt {

void TensorBuilder::inferResults(Operation *op) {
  auto rule = dyn_cast<TypeRuleOpInterface>(op);
  if (!rule)
    return;
  SmallVector<Type> types;
  std::string reason;
  // Where the rule refuses, the operator stays as it is and type inference
  // reports it with the operator's source line.
  if (failed(rule.inferTypes(types, reason)) ||
      types.size() != op->getNumResults())
    return;
  for (auto [result, type] : llvm::zip(op->getResults(), types))
    result.setType(type);
}

Operation *TensorBuilder::callMulti(StringRef name, ValueRange operands,
                                    unsigned numResults) {
  SmallVector<Type> types(numResults,
                          TensorType::getUnknown(rewriter.getContext()));
  StringRef plain = name;
  plain.consume_front("aten::");
  std::string opName = ("mt.aten." + plain).str();
  Operation *op;
  if (RegisteredOperationName::lookup(opName, rewriter.getContext())) {
    OperationState state(loc, opName);
    state.addTypes(types);
    state.addOperands(operands);
    op = rewriter.create(state);
  } else {
    op = OperatorOp::create(rewriter, loc, types, name, operands);
  }
  inferResults(op);
  return op;
}

//===----------------------------------------------------------------------===//
// Constants and lists
//===----------------------------------------------------------------------===//

Value TensorBuilder::constant(int64_t value) {
  return arith::ConstantOp::create(rewriter, loc,
                                   rewriter.getI64IntegerAttr(value));
}
Value TensorBuilder::constant(double value) {
  return arith::ConstantOp::create(rewriter, loc,
                                   rewriter.getF64FloatAttr(value));
}
Value TensorBuilder::constant(bool value) {
  return arith::ConstantOp::create(rewriter, loc, rewriter.getBoolAttr(value));
}
Value TensorBuilder::none() {
  return ConstantNoneOp::create(rewriter, loc,
                                NoneType::get(rewriter.getContext()));
}
Value TensorBuilder::list(ValueRange elements, Type elementType) {
  return PrimListConstructOp::create(rewriter, loc, ListType::get(elementType),
                                     elements);
}
Value TensorBuilder::intList(ValueRange elements) {
  return list(elements, rewriter.getI64Type());
}
Value TensorBuilder::intList(ArrayRef<int64_t> elements) {
  SmallVector<Value> values;
  for (int64_t element : elements)
    values.push_back(constant(element));
  return intList(values);
}
Value TensorBuilder::tensorList(ValueRange elements) {
  return list(elements, TensorType::getUnknown(rewriter.getContext()));
}

//===----------------------------------------------------------------------===//
// Integers
//===----------------------------------------------------------------------===//

Value TensorBuilder::addInt(Value a, Value b) {
  return rewriter.createOrFold<arith::AddIOp>(loc, a, b);
}
Value TensorBuilder::subInt(Value a, Value b) {
  return rewriter.createOrFold<arith::SubIOp>(loc, a, b);
}
Value TensorBuilder::mulInt(Value a, Value b) {
  return rewriter.createOrFold<arith::MulIOp>(loc, a, b);
}
Value TensorBuilder::floorDivInt(Value a, Value b) {
  return rewriter.createOrFold<arith::FloorDivSIOp>(loc, a, b);
}
Value TensorBuilder::ceilDivInt(Value a, Value b) {
  return rewriter.createOrFold<arith::CeilDivSIOp>(loc, a, b);
}
Value TensorBuilder::minInt(Value a, Value b) {
  return rewriter.createOrFold<arith::MinSIOp>(loc, a, b);
}
Value TensorBuilder::maxInt(Value a, Value b) {
  return rewriter.createOrFold<arith::MaxSIOp>(loc, a, b);
}

Value TensorBuilder::broadcastInt(Value a, Value b) {
  // A size that is known and not 1 decides.
  std::optional<int64_t> first = getConstantInt(a), second = getConstantInt(b);
  if (second == 1 || (first && first != 1))
    return a;
  if (first == 1 || second)
    return b;
  Value isUnit = arith::CmpIOp::create(rewriter, loc, arith::CmpIPredicate::eq,
                                       a, constant(int64_t(1)));
  return arith::SelectOp::create(rewriter, loc, isUnit, b, a);
}

Value TensorBuilder::size(Value tensor, int64_t dim) {
  if (std::optional<int64_t> size = getStaticSize(tensor, dim))
    return constant(*size);
  return AtenSizeIntOp::create(rewriter, loc, rewriter.getI64Type(),
                               ValueRange{tensor, constant(dim)});
}

SmallVector<Value> TensorBuilder::sizes(Value tensor) {
  SmallVector<Value> result;
  for (int64_t dim = 0, rank = getRank(tensor).value_or(0); dim < rank; ++dim)
    result.push_back(size(tensor, dim));
  return result;
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

Value TensorBuilder::add(Value a, Value b) {
  return create<AtenAddTensorOp>({a, b, constant(int64_t(1))});
}
Value TensorBuilder::sub(Value a, Value b) {
  return create<AtenSubTensorOp>({a, b, constant(int64_t(1))});
}
Value TensorBuilder::mul(Value a, Value b) {
  return create<AtenMulTensorOp>({a, b});
}
Value TensorBuilder::div(Value a, Value b) {
  return create<AtenDivTensorOp>({a, b});
}
Value TensorBuilder::addScalar(Value a, Value number) {
  return create<AtenAddScalarOp>({a, number, constant(int64_t(1))});
}
Value TensorBuilder::mulScalar(Value a, Value number) {
  return create<AtenMulScalarOp>({a, number});
}
Value TensorBuilder::divScalar(Value a, Value number) {
  return create<AtenDivScalarOp>({a, number});
}

Value TensorBuilder::sum(Value a, ArrayRef<int64_t> dims, bool keepDim) {
  return create<AtenSumDimIntListOp>(
      {a, intList(dims), constant(keepDim), none()});
}
Value TensorBuilder::mean(Value a, ArrayRef<int64_t> dims, bool keepDim) {
  return create<AtenMeanDimOp>({a, intList(dims), constant(keepDim), none()});
}
Value TensorBuilder::amax(Value a, ArrayRef<int64_t> dims, bool keepDim) {
  return create<AtenAmaxOp>({a, intList(dims), constant(keepDim)});
}
Value TensorBuilder::amaxOrLowest(Value a, ArrayRef<int64_t> dims,
                                  bool keepDim) {
  Value max = amax(a, dims, keepDim);
  max.getDefiningOp()->setAttr("mt.allow_empty", rewriter.getUnitAttr());
  return max;
}

Value TensorBuilder::transpose(Value a, int64_t dim0, int64_t dim1) {
  return create<AtenTransposeIntOp>({a, constant(dim0), constant(dim1)});
}
Value TensorBuilder::permute(Value a, ArrayRef<int64_t> order) {
  return create<AtenPermuteOp>({a, intList(order)});
}
Value TensorBuilder::reshape(Value a, ValueRange sizes) {
  return create<AtenReshapeOp>({a, intList(sizes)});
}
Value TensorBuilder::expand(Value a, ValueRange sizes) {
  return create<AtenExpandOp>({a, intList(sizes), constant(false)});
}
Value TensorBuilder::unsqueeze(Value a, int64_t dim) {
  return create<AtenUnsqueezeOp>({a, constant(dim)});
}
Value TensorBuilder::squeeze(Value a, int64_t dim) {
  return create<AtenSqueezeDimOp>({a, constant(dim)});
}
Value TensorBuilder::select(Value a, int64_t dim, Value index) {
  return create<AtenSelectIntOp>({a, constant(dim), index});
}
Value TensorBuilder::slice(Value a, int64_t dim, Value start, Value end,
                           int64_t step) {
  return create<AtenSliceTensorOp>(
      {a, constant(dim), start, end, constant(step)});
}
Value TensorBuilder::narrow(Value a, int64_t dim, Value start, Value length) {
  return create<AtenNarrowOp>({a, constant(dim), start, length});
}
Value TensorBuilder::sliceScatter(Value a, Value part, int64_t dim, Value start,
                                  Value end, int64_t step) {
  return create<AtenSliceScatterOp>(
      {a, part, constant(dim), start, end, constant(step)});
}
Value TensorBuilder::selectScatter(Value a, Value part, int64_t dim,
                                   Value index) {
  return create<AtenSelectScatterOp>({a, part, constant(dim), index});
}
Value TensorBuilder::cat(ValueRange parts, int64_t dim) {
  if (parts.size() == 1)
    return parts.front();
  return create<AtenCatOp>({tensorList(parts), constant(dim)});
}
Value TensorBuilder::stack(ValueRange parts, int64_t dim) {
  if (parts.size() == 1)
    return unsqueeze(parts.front(), dim);
  return create<AtenStackOp>({tensorList(parts), constant(dim)});
}

/// The operand that names `dtype`.
static Value dtypeOperand(TensorBuilder &builder, Type dtype) {
  std::optional<int64_t> number = getScalarTypeNumber(dtype);
  return number ? builder.constant(*number) : builder.none();
}

Value TensorBuilder::full(ValueRange sizes, Value value, Type dtype) {
  return create<AtenFullOp>({intList(sizes), value, dtypeOperand(*this, dtype),
                             none(), none(), none()});
}
Value TensorBuilder::zeros(ValueRange sizes, Type dtype) {
  return create<AtenZerosOp>(
      {intList(sizes), dtypeOperand(*this, dtype), none(), none(), none()});
}
Value TensorBuilder::arange(Value end, Type dtype) {
  return create<AtenArangeStartStepOp>(
      {constant(int64_t(0)), end, constant(int64_t(1)),
       dtypeOperand(*this, dtype), none(), none(), none()});
}

Value TensorBuilder::toDtype(Value a, Type dtype) {
  if (getDtype(a) == dtype)
    return a;
  return create<AtenToDtypeOp>({a, dtypeOperand(*this, dtype), constant(false),
                                constant(false), none()});
}

Value TensorBuilder::itemInt(Value tensor) {
  return AtenIntTensorOp::create(rewriter, loc, rewriter.getI64Type(), tensor);
}

Value TensorBuilder::itemBool(Value tensor) {
  return AtenBoolTensorOp::create(rewriter, loc, rewriter.getI1Type(), tensor);
}

void TensorBuilder::raiseUnless(Value condition, StringRef message,
                                ValueRange numbers) {
  mt::raiseUnless(rewriter, loc, condition, message, "builtins.RuntimeError",
                  numbers);
}

void TensorBuilder::raiseUnlessAll(Value holds, StringRef message,
                                   ValueRange numbers) {
  raiseUnless(itemBool(create<AtenAllOp>({holds})), message, numbers);
}

SmallVector<Value>
TensorBuilder::loop(Value tripCount, ValueRange inits,
                    function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  Value yes = constant(true);
  SmallVector<Value> operands{tripCount, yes};
  llvm::append_range(operands, inits);
  auto loopOp = PrimLoopOp::create(rewriter, loc, inits.getTypes(), tripCount,
                                   yes, inits);
  SmallVector<Type> argumentTypes{rewriter.getI64Type()};
  llvm::append_range(argumentTypes, inits.getTypes());
  OpBuilder::InsertionGuard guard(rewriter);
  Block *block =
      rewriter.createBlock(&loopOp.getBody(), {}, argumentTypes,
                           SmallVector<Location>(argumentTypes.size(), loc));
  SmallVector<Value> next =
      body(block->getArgument(0), block->getArguments().drop_front());
  for (auto [value, type] : llvm::zip(next, inits.getTypes()))
    value = cast(value, type);
  PrimLoopConditionOp::create(rewriter, loc, yes, next);
  return loopOp.getResults();
}

Value TensorBuilder::cast(Value value, Type type) {
  if (value.getType() == type)
    return value;
  return PrimUncheckedCastOp::create(rewriter, loc, type, value);
}

/// Both types are true of one value: what they say together.
static Type meet(Type a, Type b) {
  if (auto list = dyn_cast<ListType>(a), other = dyn_cast<ListType>(b);
      list && other)
    return ListType::get(meet(list.getElementType(), other.getElementType()));
  auto first = dyn_cast<TensorType>(a), second = dyn_cast<TensorType>(b);
  if (!first || !second)
    return b;
  Type dtype = first.hasDtype() ? first.getDtype() : second.getDtype();
  if (!first.getHasRank() || !second.getHasRank()) {
    TensorType shape = first.getHasRank() ? first : second;
    return TensorType::get(a.getContext(), shape.getSizes(), shape.getHasRank(),
                           dtype);
  }
  if (first.getRank() != second.getRank())
    return b;
  SmallVector<int64_t> sizes(first.getSizes());
  for (auto [size, other] : llvm::zip(sizes, second.getSizes()))
    if (ShapedType::isDynamic(size))
      size = other;
  return TensorType::get(a.getContext(), sizes, dtype);
}

void TensorBuilder::replace(Operation *op, ValueRange values) {
  SmallVector<Value> replacements;
  for (auto [result, value] : llvm::zip(op->getResults(), values)) {
    Type both = meet(value.getType(), result.getType());
    Value refined = cast(value, both);
    // Where a use is tied to the old type (a return), it sees that type.
    bool tied = both != result.getType() &&
                llvm::any_of(result.getUsers(), [](Operation *user) {
                  return user->hasTrait<OpTrait::IsTerminator>();
                });
    replacements.push_back(tied ? cast(refined, result.getType()) : refined);
  }
  rewriter.replaceOp(op, replacements);
}

//===----------------------------------------------------------------------===//
// Questions
//===----------------------------------------------------------------------===//

std::optional<int64_t> getRank(Value tensor) {
  auto shape = TensorShape::of(tensor.getType());
  if (!shape || !shape->hasRank)
    return std::nullopt;
  return shape->getRank();
}

Type getDtype(Value tensor) {
  auto shape = TensorShape::of(tensor.getType());
  return shape ? shape->dtype : Type();
}

std::optional<int64_t> getStaticSize(Value tensor, int64_t dim) {
  auto shape = TensorShape::of(tensor.getType());
  if (!shape || !shape->hasRank)
    return std::nullopt;
  std::optional<int64_t> wrapped = wrapDim(dim, shape->getRank());
  if (!wrapped || *wrapped >= shape->getRank() ||
      ShapedType::isDynamic(shape->sizes[*wrapped]))
    return std::nullopt;
  return shape->sizes[*wrapped];
}

std::optional<Value> getOptionalTensor(Value value) {
  while (!isa<TensorType>(value.getType())) {
    if (isa<NoneType>(value.getType()))
      return Value();
    auto cast = value.getDefiningOp<PrimUncheckedCastOp>();
    if (!cast)
      return std::nullopt;
    value = cast.getValue();
  }
  return value;
}

std::optional<Type> getOptionalDtype(Value value, Type fallback) {
  if (isNone(value))
    return fallback;
  if (std::optional<int64_t> number = getConstantInt(value))
    if (Type dtype = getScalarType(value.getContext(), *number))
      return dtype;
  return std::nullopt;
}

std::optional<SmallVector<int64_t>> getInts(Value list, unsigned count) {
  std::optional<SmallVector<int64_t>> ints = getIntList(list);
  if (!ints || llvm::any_of(*ints, ShapedType::isDynamic))
    return std::nullopt;
  if (ints->size() == 1)
    ints->resize(count, ints->front());
  if (ints->size() != count)
    return std::nullopt;
  return ints;
}

std::optional<SmallVector<Value>> getIntValues(Value list) {
  if (list.getType().isInteger(64))
    return SmallVector<Value>{list};
  return getListElements(list);
}

Type getAccumulationDtype(Type dtype) {
  if (dtype && (dtype.isF16() || dtype.isBF16()))
    return Float32Type::get(dtype.getContext());
  return dtype;
}

} // namespace minitorch::mt
