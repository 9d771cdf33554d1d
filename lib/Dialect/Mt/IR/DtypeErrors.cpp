//===- DtypeErrors.cpp - Dtypes that operators refuse -----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/DtypeErrors.h"
#include "MiniTorch/Dialect/Mt/IR/OperandErrors.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "llvm/ADT/StringExtras.h"
#include <algorithm>

using namespace mlir;
using namespace minitorch::mt;

namespace {
/// A line of DtypeErrors.txt.
struct Line {
  llvm::StringLiteral name;
  /// Names of operands, with commas between them.
  llvm::StringLiteral operands;
  /// A bit for each dtype, by PyTorch's number of it.
  uint32_t dtypes;
  /// As in OperandErrors.txt.
  llvm::StringLiteral conditions;
  llvm::StringLiteral exception, message;
};
} // namespace

static constexpr Line lines[] = {
#include "MiniTorch/Dialect/Mt/IR/DtypeErrors.cpp.inc"
};

static llvm::ArrayRef<Line> getLines(llvm::StringRef name) {
  struct ByName {
    bool operator()(const Line &line, llvm::StringRef name) const {
      return line.name < name;
    }
    bool operator()(llvm::StringRef name, const Line &line) const {
      return name < line.name;
    }
  };
  auto [begin, end] =
      std::equal_range(std::begin(lines), std::end(lines), name, ByName());
  return {begin, end};
}

/// The dtype in which the operator computes, if these operands decide it.
static Type getDecidingDtype(Operation *op, const Schema &schema,
                             llvm::StringRef operands) {
  llvm::SmallVector<llvm::StringRef, 3> names;
  operands.split(names, ',');
  llvm::SmallVector<Value, 3> values;
  for (llvm::StringRef name : names) {
    Value value = getNamedOperand(op, schema, name);
    if (!value)
      return {};
    values.push_back(value);
  }
  if (values.size() > 1)
    return promoteTypes(values);
  auto shape = TensorShape::of(values.front().getType());
  return shape ? shape->dtype : Type();
}

static std::string replace(llvm::StringRef text, llvm::StringRef what,
                           llvm::StringRef by) {
  std::string result;
  for (size_t at; (at = text.find(what)) != llvm::StringRef::npos;
       text = text.drop_front(at + what.size()))
    result += (text.take_front(at) + by).str();
  return result + text.str();
}

static std::optional<OperatorError> findError(Operation *op,
                                              const Schema &schema,
                                              llvm::ArrayRef<Line> candidates) {
  // Operands are converted to a dtype that is asked for, and division that does
  // not round is of floats.
  Value asked = getNamedOperand(op, schema, "dtype");
  Value rounding = getNamedOperand(op, schema, "rounding_mode");
  if ((asked && !isNone(asked)) || (rounding && isNone(rounding)))
    return std::nullopt;
  for (const Line &line : candidates) {
    Type dtype = getDecidingDtype(op, schema, line.operands);
    std::optional<int64_t> number = getScalarTypeNumber(dtype);
    if (!number || !(line.dtypes >> *number & 1))
      continue;
    if (holds(op, schema, line.conditions) != true)
      continue;
    std::string message = replace(line.message, "{}", getDtypeName(dtype));
    return OperatorError{line.exception,
                         replace(message, "{type}", getDtypeTypeName(dtype))};
  }
  return std::nullopt;
}

std::optional<OperatorError> minitorch::mt::getDtypeError(Operation *op) {
  const Schema *schema = lookupSchema(op);
  if (!schema)
    return std::nullopt;
  if (auto error = findError(op, *schema, getLines(schema->name)))
    return error;
  const Schema *functional =
      schema->isMutating() ? getFunctionalSchema(*schema) : nullptr;
  if (!functional)
    return std::nullopt;
  return findError(op, *schema, getLines(functional->name));
}

llvm::StringRef minitorch::mt::getDtypeName(Type dtype) {
  static constexpr llvm::StringLiteral names[] = {"Byte",
                                                  "Char",
                                                  "Short",
                                                  "Int",
                                                  "Long",
                                                  "Half",
                                                  "Float",
                                                  "Double",
                                                  "ComplexHalf",
                                                  "ComplexFloat",
                                                  "ComplexDouble",
                                                  "Bool",
                                                  "",
                                                  "",
                                                  "",
                                                  "BFloat16"};
  std::optional<int64_t> number = getScalarTypeNumber(dtype);
  return number ? llvm::StringRef(names[*number]) : llvm::StringRef();
}

llvm::StringRef minitorch::mt::getDtypeTypeName(Type dtype) {
  static constexpr llvm::StringLiteral names[] = {"unsigned char",
                                                  "signed char",
                                                  "short int",
                                                  "int",
                                                  "long int",
                                                  "c10::Half",
                                                  "float",
                                                  "double",
                                                  "c10::complex<c10::Half>",
                                                  "c10::complex<float>",
                                                  "c10::complex<double>",
                                                  "bool",
                                                  "",
                                                  "",
                                                  "",
                                                  "c10::BFloat16"};
  std::optional<int64_t> number = getScalarTypeNumber(dtype);
  return number ? llvm::StringRef(names[*number]) : llvm::StringRef();
}
