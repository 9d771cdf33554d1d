//===- Sorting.cpp - Sorting by calls of the runtime ------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/AtenLowering.h"
#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "MiniTorch/Conversion/MtToRuntime.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "RuntimeCalls.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace minitorch;

/// A bool operand as a number of a call.
static Value getFlag(const AtenLowering &l, StringRef name) {
  return arith::ExtUIOp::create(l.b, l.loc, l.b.getI64Type(),
                                l.get(name).value);
}

/// Calls `name` along `dim`; values and indices have `sizes`.
static SmallVector<Value> callSort(const AtenLowering &l, StringRef name,
                                   const DtypedValue &self, int64_t dim,
                                   ArrayRef<Value> flags,
                                   ArrayRef<OpFoldResult> sizes) {
  RuntimeCalls calls(l.b, l.op);
  SmallVector<Value> numbers = {
      calls.integer(*mt::getScalarTypeNumber(self.dtype)), calls.integer(dim)};
  llvm::append_range(numbers, flags);
  Type element = self.getTensorType().getElementType();
  return calls.callKernel(
      name, numbers, self.value,
      {NewTensor{llvm::to_vector(sizes), element},
       NewTensor{llvm::to_vector(sizes), l.b.getI64Type()}});
}

/// A scalar is in order.
static SmallVector<Value> sortScalar(const AtenLowering &l,
                                     const DtypedValue &self) {
  ScalarMath m(l.b, l.loc, l.b.getI64Type());
  return {self.value, createFilled(l.b, l.loc, {}, m.constantInt(0))};
}

/// sort, argsort
static LogicalResult lowerSort(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<int64_t> dim = l.getDim("dim", self.getRank());
  if (failed(dim))
    return failure();
  if (isa<ComplexType>(self.dtype))
    return l.fail("complex numbers have no order");
  SmallVector<Value> results =
      self.getRank() == 0
          ? sortScalar(l, self)
          : callSort(l, "mtrt_sort", self, *dim, getFlag(l, "descending"),
                     getSizes(l.b, l.loc, self.value));
  if (l.op->getNumResults() == 1)
    return l.replace(results[1]);
  return l.replace(results);
}

static LogicalResult lowerTopk(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<int64_t> dim = l.getDim("dim", self.getRank());
  if (failed(dim))
    return failure();
  if (isa<ComplexType>(self.dtype))
    return l.fail("complex numbers have no order");
  OpBuilder &b = l.b;
  OpFoldResult k = toSize(b, l.loc, l.get("k").value);
  SmallVector<OpFoldResult> sizes;
  OpFoldResult size = b.getIndexAttr(1);
  if (self.getRank() > 0) {
    sizes = getSizes(b, l.loc, self.value);
    size = sizes[*dim];
  }
  std::optional<int64_t> count = getConstantIntValue(k);
  std::optional<int64_t> length = getConstantIntValue(size);
  if (!count || !length || *count < 0 || *count > *length)
    // As unsigned, a negative k is out of range too.
    l.check(arith::CmpIOp::create(b, l.loc, arith::CmpIPredicate::ule,
                                  toIndex(b, l.loc, k),
                                  toIndex(b, l.loc, size)),
            "RuntimeError", "selected index k out of range");
  if (self.getRank() == 0)
    return l.replace(sortScalar(l, self));
  sizes[*dim] = k;
  return l.replace(callSort(l, "mtrt_topk", self, *dim,
                            {getFlag(l, "largest"), getFlag(l, "sorted")},
                            sizes));
}

void minitorch::populateSortingPatterns(const TypeConverter &converter,
                                        RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter, {"sort", "sort.stable", "argsort"},
                  lowerSort);
  addAtenLowering(patterns, converter, {"topk"}, lowerTopk);
}
