//===- OperandChecks.cpp - Checks of operands in a program ------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OperandChecks.h"
#include "MiniTorch/Dialect/Mt/IR/AtenOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include <cmath>

using namespace mlir;
using namespace minitorch::mt;

namespace {
class CheckBuilder {
public:
  CheckBuilder(OpBuilder &builder, Operation *op)
      : b(builder), loc(op->getLoc()), op(op), schema(*lookupSchema(op)) {}

  Value createText(StringRef message);
  Value createAll(StringRef conditions);

private:
  /// An i64 or f64; null where it is not known.
  Value createTerm(const OperandTerm &term);
  Value createSum(ArrayRef<OperandTerm> terms);
  Value createSize(Value tensor, int64_t dim);
  Value createComparison(const OperandComparison &comparison);
  Value createItem(Value tensor, const TensorShape &shape);
  Value createOverflow(StringRef number, StringRef tensor);
  Value createDiffer(StringRef operands);
  Value createOutside(Value number, Type dtype);
  Value constant(double number, Type type);
  Value compare(arith::CmpFPredicate predicate, Value a, double b);
  Value both(Value x, Value y) { return arith::AndIOp::create(b, loc, x, y); }
  Value either(Value x, Value y) { return arith::OrIOp::create(b, loc, x, y); }

  OpBuilder &b;
  Location loc;
  Operation *op;
  const Schema &schema;
};
} // namespace

Value CheckBuilder::constant(double number, Type type) {
  if (type.isF64())
    return arith::ConstantOp::create(b, loc, b.getF64FloatAttr(number));
  return arith::ConstantIntOp::create(b, loc, static_cast<int64_t>(number), 64);
}

Value CheckBuilder::compare(arith::CmpFPredicate predicate, Value a,
                            double number) {
  return arith::CmpFOp::create(b, loc, predicate, a,
                               constant(number, b.getF64Type()));
}

Value CheckBuilder::createSize(Value tensor, int64_t dim) {
  return AtenSizeIntOp::create(
      b, loc, b.getI64Type(),
      ValueRange{tensor, constant(static_cast<double>(dim), b.getI64Type())});
}

Value CheckBuilder::createTerm(const OperandTerm &term) {
  if (std::optional<double> number = getOperandTerm(op, schema, term))
    return constant(*number,
                    *number == std::floor(*number) && std::abs(*number) < 0x1p62
                        ? Type(b.getI64Type())
                        : Type(b.getF64Type()));
  if (std::optional<OperandTerm> divisor = getDivisor(term)) {
    OperandTerm dividend = term;
    dividend.divisor = {};
    // A divisor of 0 has a line of its own.
    std::optional<double> by = getOperandTerm(op, schema, *divisor);
    Value a = createTerm(dividend);
    if (!by || *by == 0 || !a || !a.getType().isInteger(64))
      return {};
    return arith::RemSIOp::create(b, loc, a, constant(*by, b.getI64Type()));
  }
  Value operand = getNamedOperand(op, schema, term.name);
  if (!operand)
    return {};
  if (term.kind == OperandTerm::Number)
    return operand.getType().isF64() || operand.getType().isInteger(64)
               ? operand
               : Value();
  auto shape = TensorShape::of(operand.getType());
  if (!shape || !shape->hasRank)
    return {};
  if (term.kind == OperandTerm::Size) {
    std::optional<int64_t> dim = term.index;
    if (!term.indexName.empty()) {
      Value index = getNamedOperand(op, schema, term.indexName);
      dim = index ? getConstantInt(index) : std::nullopt;
    }
    return dim && wrapDim(*dim, shape->getRank()) && shape->getRank()
               ? createSize(operand, *dim)
               : Value();
  }
  if (term.kind != OperandTerm::Count)
    return {};
  Value count;
  for (int64_t dim = 0; dim < shape->getRank(); ++dim) {
    Value size = createSize(operand, dim);
    count = count ? Value(arith::MulIOp::create(b, loc, count, size)) : size;
  }
  return count;
}

Value CheckBuilder::createSum(ArrayRef<OperandTerm> terms) {
  Value sum = createTerm(terms.front());
  for (const OperandTerm &term : terms.drop_front()) {
    Value value = createTerm(term);
    if (!sum || !value || !sum.getType().isInteger(64) ||
        !value.getType().isInteger(64))
      return {};
    sum = arith::AddIOp::create(b, loc, sum, value);
  }
  return sum;
}

Value CheckBuilder::createComparison(const OperandComparison &comparison) {
  Value left = createSum(comparison.left), right = createSum(comparison.right);
  if (!left || !right)
    return {};
  bool isFloat = left.getType().isF64() || right.getType().isF64();
  if (!isFloat) {
    auto predicate =
        llvm::StringSwitch<arith::CmpIPredicate>(comparison.predicate)
            .Case("=", arith::CmpIPredicate::eq)
            .Case("!=", arith::CmpIPredicate::ne)
            .Case("<", arith::CmpIPredicate::slt)
            .Case("<=", arith::CmpIPredicate::sle)
            .Case(">", arith::CmpIPredicate::sgt)
            .Default(arith::CmpIPredicate::sge);
    return arith::CmpIOp::create(b, loc, predicate, left, right);
  }
  for (Value *value : {&left, &right}) {
    if (value->getType().isF64())
      continue;
    std::optional<int64_t> known = getConstantInt(*value);
    *value =
        known ? constant(static_cast<double>(*known), b.getF64Type())
              : Value(arith::SIToFPOp::create(b, loc, b.getF64Type(), *value));
  }
  auto predicate =
      llvm::StringSwitch<arith::CmpFPredicate>(comparison.predicate)
          .Case("=", arith::CmpFPredicate::OEQ)
          .Case("!=", arith::CmpFPredicate::UNE)
          .Case("<", arith::CmpFPredicate::ULT)
          .Case("<=", arith::CmpFPredicate::ULE)
          .Case(">", arith::CmpFPredicate::UGT)
          .Default(arith::CmpFPredicate::UGE);
  return arith::CmpFOp::create(b, loc, predicate, left, right);
}

/// Whether a number, i64 or f64, is outside of a dtype's range.
Value CheckBuilder::createOutside(Value number, Type dtype) {
  bool isFloat = number.getType().isF64();
  if (!isFloat)
    number = arith::SIToFPOp::create(b, loc, b.getF64Type(), number);
  ElementRange range = getElementRange(dtype);
  if (isa<IntegerType>(dtype)) {
    double least = isFloat && dtype.isUnsignedInteger() ? 0 : range.least;
    return either(compare(arith::CmpFPredicate::ULT, number, least),
                  compare(arith::CmpFPredicate::UGT, number, range.most));
  }
  Value low = both(compare(arith::CmpFPredicate::OLT, number, range.least),
                   compare(arith::CmpFPredicate::ONE, number, -INFINITY));
  Value high = both(compare(arith::CmpFPredicate::OGT, number, range.most),
                    compare(arith::CmpFPredicate::ONE, number, INFINITY));
  return either(low, high);
}

/// The number in a tensor of rank 0; null where it has another rank.
Value CheckBuilder::createItem(Value tensor, const TensorShape &shape) {
  if (!shape.hasRank || shape.getRank() != 0 || !shape.dtype)
    return {};
  if (isa<ComplexType>(shape.dtype))
    return AtenItemOp::create(b, loc, ComplexType::get(b.getF64Type()), tensor);
  if (isa<FloatType>(shape.dtype))
    return AtenFloatTensorOp::create(b, loc, b.getF64Type(), tensor);
  return AtenIntTensorOp::create(b, loc, b.getI64Type(), tensor);
}

Value CheckBuilder::createOverflow(StringRef number, StringRef tensor) {
  Value value = getNamedOperand(op, schema, number);
  Type dtype = getNamedDtype(op, schema, tensor);
  if (!value || !dtype)
    return {};
  if (auto shape = TensorShape::of(value.getType()))
    value = createItem(value, *shape);
  if (!value)
    return {};
  if (value.getType().isF64() || value.getType().isInteger(64))
    return createOutside(value, dtype);
  auto complexType = dyn_cast<ComplexType>(value.getType());
  if (!complexType || !complexType.getElementType().isF64())
    return {};
  Value re = complex::ReOp::create(b, loc, b.getF64Type(), value);
  Value im = complex::ImOp::create(b, loc, b.getF64Type(), value);
  return either(createOutside(re, dtype),
                isa<ComplexType>(dtype)
                    ? createOutside(im, dtype)
                    : compare(arith::CmpFPredicate::UNE, im, 0));
}

Value CheckBuilder::createDiffer(StringRef operands) {
  auto [first, rest] = operands.split(',');
  Value a = getNamedOperand(op, schema, first);
  Value b = getNamedOperand(op, schema, rest.split(',').first);
  std::optional<SmallVector<int64_t>> open = getOpenDims(op, schema, operands);
  if (!a || !b || !open)
    return {};
  Value any;
  for (int64_t dim : *open) {
    Value one = arith::CmpIOp::create(this->b, loc, arith::CmpIPredicate::ne,
                                      createSize(a, dim), createSize(b, dim));
    any = any ? either(any, one) : one;
  }
  return any;
}

Value CheckBuilder::createAll(StringRef conditions) {
  Value all;
  for (StringRef condition : llvm::split(conditions, '&')) {
    if (holds(op, schema, condition) == true)
      continue;
    Value one;
    if (condition.consume_front("overflows(")) {
      auto [number, tensor] = condition.drop_back().split(',');
      one = createOverflow(number, tensor);
    } else if (condition.consume_front("differ(")) {
      one = createDiffer(condition.drop_back());
    } else if (auto comparison = parseOperandComparison(condition)) {
      one = createComparison(*comparison);
    }
    if (!one)
      return {};
    all = all ? both(all, one) : one;
  }
  return all ? all : Value(arith::ConstantIntOp::create(b, loc, 1, 1));
}

Value CheckBuilder::createText(StringRef message) {
  SmallVector<OperandTerm> open;
  std::string text = getOperandMessage(op, schema, message, open);
  auto type = StrType::get(b.getContext());
  Value str = ConstantStrOp::create(b, loc, type, text);
  if (open.empty())
    return str;
  SmallVector<Value> operands{str};
  for (const OperandTerm &term : open) {
    Value value = createTerm(term);
    operands.push_back(value ? value
                             : Value(ConstantStrOp::create(b, loc, type, "?")));
  }
  return OperatorOp::create(b, loc, type, "aten::format", operands)
      .getResult(0);
}

Value minitorch::mt::createCheckMessage(OpBuilder &builder, Operation *op,
                                        const OperandCheck &check) {
  return CheckBuilder(builder, op).createText(check.message);
}

Value minitorch::mt::createCheckConditions(OpBuilder &builder, Operation *op,
                                           const OperandCheck &check) {
  return CheckBuilder(builder, op).createAll(check.conditions);
}
