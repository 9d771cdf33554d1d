//===- Value.cpp - A TorchScript value outside of a program -------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Values/Value.h"

#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace minitorch;

Value Value::ofKind(Kind kind) {
  Value value;
  value.kind = kind;
  return value;
}

Value Value::ofBool(bool boolean) {
  Value value = ofKind(Kind::Bool);
  value.integer = boolean;
  return value;
}

Value Value::ofInt(int64_t integer) {
  Value value = ofKind(Kind::Int);
  value.integer = integer;
  return value;
}

Value Value::ofFloat(double real) {
  Value value = ofKind(Kind::Float);
  value.real = real;
  return value;
}

Value Value::ofStr(std::string text) {
  Value value = ofKind(Kind::Str);
  value.text = std::move(text);
  return value;
}

Value Value::ofTensor(TensorRef tensor) {
  Value value = ofKind(Kind::Tensor);
  value.tensor = std::move(tensor);
  return value;
}

Value Value::ofMember(std::string className, std::string name, Value value) {
  Value member = ofKind(Kind::Enum);
  member.text = std::move(className);
  member.fields.push_back(std::move(name));
  member.items.push_back(std::move(value));
  return member;
}

Value Value::ofItems(Kind kind, std::vector<Value> items) {
  Value value = ofKind(kind);
  value.items = std::move(items);
  return value;
}

std::string minitorch::describe(const Value &value) {
  std::string text;
  raw_string_ostream os(text);
  switch (value.kind) {
  case Value::Kind::Absent:
    return "nothing";
  case Value::Kind::None:
    return "None";
  case Value::Kind::Bool:
    return value.integer ? "bool True" : "bool False";
  case Value::Kind::Int:
    os << "int " << value.integer;
    break;
  case Value::Kind::Float:
    os << "float " << value.real;
    break;
  case Value::Kind::Complex:
    os << "complex (" << value.real << ", " << value.imaginary << ")";
    break;
  case Value::Kind::Str:
    os << "str \"" << value.text << "\"";
    break;
  case Value::Kind::Device:
    os << "device " << value.text;
    break;
  case Value::Kind::DType:
    os << "dtype " << value.text;
    break;
  case Value::Kind::Tensor:
    return describe(value.tensor->dtype, value.tensor->sizes);
  case Value::Kind::List:
    os << "list of " << value.items.size();
    break;
  case Value::Kind::Tuple:
    os << "tuple of " << value.items.size();
    break;
  case Value::Kind::Dict:
    os << "dict of " << value.items.size() / 2;
    break;
  case Value::Kind::Enum:
    os << value.text << "." << (value.fields.empty() ? "" : value.fields[0]);
    break;
  case Value::Kind::NamedTuple:
  case Value::Kind::Object:
    os << value.text;
    break;
  }
  return text;
}

bool minitorch::isSameClass(StringRef a, StringRef b) {
  auto lastName = [](StringRef name) {
    return name.substr(name.rfind('.') + 1);
  };
  return lastName(a) == lastName(b);
}

bool minitorch::isSame(const Value &a, const Value &b) {
  if (a.kind == Value::Kind::Enum && b.kind == a.kind) {
    return isSameClass(a.text, b.text) && a.fields == b.fields &&
           a.items.size() == b.items.size() &&
           std::equal(a.items.begin(), a.items.end(), b.items.begin(), isSame);
  }
  if (a.kind != b.kind || a.integer != b.integer || a.text != b.text ||
      a.fields != b.fields || a.items.size() != b.items.size() ||
      a.tensor != b.tensor)
    return false;
  // NaN is the same constant as NaN.
  auto same = [](double x, double y) { return x == y || (x != x && y != y); };
  if (!same(a.real, b.real) || !same(a.imaginary, b.imaginary))
    return false;
  for (size_t i = 0; i < a.items.size(); ++i)
    if (!isSame(a.items[i], b.items[i]))
      return false;
  return true;
}
