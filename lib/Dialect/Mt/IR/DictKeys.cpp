//===- DictKeys.cpp - Keys of dicts that are constants ----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/DictKeys.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"

using namespace mlir;
using namespace minitorch;

bool mt::isConstantKey(Value key) {
  return getConstantStr(key) || getConstantInt(key);
}

bool mt::isSameConstantKey(Value a, Value b) {
  auto s = getConstantStr(a), t = getConstantStr(b);
  if (s || t)
    return s == t;
  return getConstantInt(a) == getConstantInt(b);
}

bool mt::hasKnownEntries(PrimDictConstructOp dict) {
  OperandRange elements = dict.getElements();
  for (unsigned i = 0; i + 1 < elements.size(); i += 2) {
    if (!isConstantKey(elements[i]))
      return false;
    for (unsigned j = 0; j < i; j += 2)
      if (isSameConstantKey(elements[i], elements[j]))
        return false;
  }
  return true;
}
