//===- ListFolds.cpp - What is known of known lists -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ListFolds.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include <cmath>

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

/// Whether two constants are equal; nullopt where one is not constant.
static std::optional<bool> isEqual(Value x, Value y) {
  auto n = getConstantNumber(x), m = getConstantNumber(y);
  if (n && m)
    return n->kind == ConstantNumber::Float || m->kind == ConstantNumber::Float
               ? *getConstantFloat(x) == *getConstantFloat(y)
               : n->intValue == m->intValue;
  // Not all floats equal themselves.
  if (x == y && isa<IntegerType, StrType>(x.getType()))
    return true;
  auto s = getConstantStr(x), t = getConstantStr(y);
  if (s && t)
    return *s == *t;
  return std::nullopt;
}

/// The position of the first element that equals `item`, the list's size where
/// none does; nullopt where that is not known.
std::optional<int64_t> mt::findItem(ArrayRef<Value> list, Value item) {
  for (auto [i, element] : llvm::enumerate(list)) {
    std::optional<bool> same = isEqual(element, item);
    if (!same)
      return std::nullopt;
    if (*same)
      return i;
  }
  return list.size();
}

/// How many ints or constants equal `item`; null where that is not known.
Value mt::countItem(OpBuilder &b, Location loc, ArrayRef<Value> list,
                    Value item) {
  auto isInt = [](Value value) {
    return value.getType().isSignlessInteger(64);
  };
  // Nothing is built that is not used: it would be visited again and again.
  if (!llvm::all_of(list, [&](Value element) {
        return isEqual(element, item) || (isInt(element) && isInt(item));
      }))
    return {};
  Value count = arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(0));
  for (Value element : list) {
    Value same;
    if (std::optional<bool> known = isEqual(element, item))
      same = arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(*known));
    else
      same = arith::ExtUIOp::create(
          b, loc, b.getI64Type(),
          arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, element,
                                item));
    count = b.createOrFold<arith::AddIOp>(loc, count, same);
  }
  return count;
}

/// Sorts constant numbers, or a few ints; false where they are others.
bool mt::sortNumbers(OpBuilder &b, Location loc, MutableArrayRef<Value> numbers,
                     bool reverse) {
  constexpr size_t maxCount = 16;
  // Of more, the runtime knows in which order PyTorch leaves both zeros.
  auto isHard = [&](Value v) {
    std::optional<double> number = getConstantFloat(v);
    return number && (std::isnan(*number) || numbers.size() > maxCount);
  };
  if (llvm::all_of(numbers, getConstantNumber) &&
      llvm::none_of(numbers, isHard)) {
    std::stable_sort(numbers.begin(), numbers.end(), [&](Value x, Value y) {
      if (reverse)
        std::swap(x, y);
      auto n = getConstantNumber(x), m = getConstantNumber(y);
      return n->kind == ConstantNumber::Float ? n->floatValue < m->floatValue
                                              : n->intValue < m->intValue;
    });
    return true;
  }
  // Sizes, which are as few as dimensions.
  if (numbers.size() > maxCount || llvm::any_of(numbers, [](Value v) {
        return !v.getType().isSignlessInteger(64);
      }))
    return false;
  for (size_t end = numbers.size(); end > 1; --end)
    for (size_t i = 0; i + 1 < end; ++i) {
      Value x = numbers[i], y = numbers[i + 1];
      numbers[i] = b.createOrFold<arith::MinSIOp>(loc, x, y);
      numbers[i + 1] = b.createOrFold<arith::MaxSIOp>(loc, x, y);
      if (reverse)
        std::swap(numbers[i], numbers[i + 1]);
    }
  return true;
}

/// Compares or searches lists of constants.
std::optional<bool> mt::evaluateOnConstants(StringRef name, ArrayRef<Value> a,
                                            ArrayRef<Value> b, Value item) {
  if (item) {
    bool unknown = false;
    for (Value element : a) {
      std::optional<bool> same = isEqual(element, item);
      if (same && *same)
        return true;
      unknown |= !same;
    }
    return unknown ? std::nullopt : std::optional<bool>(false);
  }
  bool negate = name.starts_with("aten::ne.");
  if (a.size() != b.size())
    return negate;
  bool unknown = false;
  for (auto [x, y] : llvm::zip(a, b)) {
    std::optional<bool> same = isEqual(x, y);
    if (same && !*same)
      return negate;
    unknown |= !same;
  }
  return unknown ? std::nullopt : std::optional<bool>(!negate);
}

/// The sizes that two shapes broadcast to: of two, the one that is not 1.
SmallVector<Value> mt::broadcastSizes(OpBuilder &b, Location loc,
                                      ArrayRef<Value> x, ArrayRef<Value> y) {
  if (x.size() < y.size())
    std::swap(x, y);
  SmallVector<Value> sizes(x);
  for (auto [size, other] :
       llvm::zip(MutableArrayRef(sizes).take_back(y.size()), y)) {
    std::optional<int64_t> known = getConstantInt(size);
    if (known ? *known != 1 : getConstantInt(other) == 1)
      continue;
    if (known || getConstantInt(other)) {
      size = other;
      continue;
    }
    Value one = arith::ConstantIntOp::create(b, loc, 1, 64);
    Value isUnit =
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, size, one);
    size = arith::SelectOp::create(b, loc, isUnit, other, size);
  }
  return sizes;
}

/// As evaluateOnConstants, for ints that are known when the program runs: `item
/// in a`, or a == b elementwise. Null for other elements.
Value mt::compareNumbers(OpBuilder &b, Location loc, ArrayRef<Value> x,
                         ArrayRef<Value> y, Value item, bool negate) {
  auto isInt = [](Value v) { return v.getType().isSignlessInteger(64); };
  if (!llvm::all_of(x, isInt) || !llvm::all_of(y, isInt) ||
      (item && !isInt(item)))
    return {};
  Value result =
      arith::ConstantOp::create(b, loc, b.getBoolAttr(!item && !negate));
  for (auto [i, element] : llvm::enumerate(x)) {
    Value same = arith::CmpIOp::create(
        b, loc,
        !item && negate ? arith::CmpIPredicate::ne : arith::CmpIPredicate::eq,
        element, item ? item : y[i]);
    if (item || negate)
      result = arith::OrIOp::create(b, loc, result, same);
    else
      result = arith::AndIOp::create(b, loc, result, same);
  }
  return result;
}

/// The sum, least or greatest of numbers; null for what is none of these.
Value mt::foldNumbers(OpBuilder &b, Location loc, StringRef name,
                      ArrayRef<Value> numbers) {
  bool isFloat = name.ends_with("float");
  Type type = isFloat ? Type(b.getF64Type()) : Type(b.getI64Type());
  bool isSum = name == "aten::sum.int" || name == "aten::sum.float";
  bool isMost = name == "prim::max.self_int" || name == "prim::max.self_float";
  bool isLeast = name == "prim::min.self_int" || name == "prim::min.self_float";
  // The greatest of nothing raises.
  if (!(isSum || (!numbers.empty() && (isMost || isLeast))) ||
      llvm::any_of(numbers, [&](Value v) { return v.getType() != type; }))
    return {};
  Value result = isSum
                     ? Value(arith::ConstantOp::create(
                           b, loc, type, cast<TypedAttr>(b.getZeroAttr(type))))
                     : numbers.front();
  for (Value number : numbers.drop_front(isSum ? 0 : 1)) {
    if (isSum) {
      result = isFloat ? Value(arith::AddFOp::create(b, loc, result, number))
                       : Value(arith::AddIOp::create(b, loc, result, number));
      continue;
    }
    Value isBetter =
        isFloat
            ? Value(arith::CmpFOp::create(b, loc,
                                          isMost ? arith::CmpFPredicate::OGT
                                                 : arith::CmpFPredicate::OLT,
                                          number, result))
            : Value(arith::CmpIOp::create(b, loc,
                                          isMost ? arith::CmpIPredicate::sgt
                                                 : arith::CmpIPredicate::slt,
                                          number, result));
    result = arith::SelectOp::create(b, loc, isBetter, number, result);
  }
  return result;
}
