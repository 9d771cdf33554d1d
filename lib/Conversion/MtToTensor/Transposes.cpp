//===- Transposes.cpp - Views that permute dims -----------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "Patterns.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;
using namespace minitorch;

/// Dim i of the result is dim `permutation[i]` of `self`.
static LogicalResult lowerToPermutation(const AtenLowering &l, DtypedValue self,
                                        ArrayRef<int64_t> permutation) {
  if (llvm::equal(permutation, llvm::seq<int64_t>(0, permutation.size())))
    return l.replace(self.value);
  SmallVector<OpFoldResult> sizes;
  SmallVector<int64_t> known(self.getRank());
  for (int64_t dim : permutation) {
    sizes.push_back(getSize(l.b, l.loc, self.value, dim));
    known[dim] =
        getConstantIntValue(sizes.back()).value_or(ShapedType::kDynamic);
  }
  // The verifier wants the operand to know what the result knows.
  Value operand = self.value;
  RankedTensorType type = self.getTensorType().clone(known);
  if (type != operand.getType())
    operand = tensor::CastOp::create(l.b, l.loc, type, operand);
  Value init = createEmpty(l.b, l.loc, sizes, self.dtype);
  return l.replace(
      linalg::TransposeOp::create(l.b, l.loc, operand, init, permutation)
          ->getResults());
}

static SmallVector<int64_t> getIdentity(int64_t rank) {
  return llvm::to_vector(llvm::seq<int64_t>(0, rank));
}

static LogicalResult lowerTranspose(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<int64_t> dim0 = l.getDim("dim0", self.getRank());
  FailureOr<int64_t> dim1 = l.getDim("dim1", self.getRank());
  if (failed(dim0) || failed(dim1))
    return failure();
  SmallVector<int64_t> permutation = getIdentity(self.getRank());
  if (self.getRank() > 0)
    std::swap(permutation[*dim0], permutation[*dim1]);
  return lowerToPermutation(l, self, permutation);
}

/// t and numpy_T: every dim in reverse.
static LogicalResult lowerReverse(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  SmallVector<int64_t> permutation = getIdentity(self.getRank());
  std::reverse(permutation.begin(), permutation.end());
  return lowerToPermutation(l, self, permutation);
}

static LogicalResult lowerPermute(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  std::optional<SmallVector<int64_t>> dims = l.getConstantInts("dims");
  if (!dims || static_cast<int64_t>(dims->size()) != self.getRank())
    return l.fail("dims that are not constant, or too few");
  for (int64_t &dim : *dims)
    dim = dim < 0 ? dim + self.getRank() : dim;
  if (!isPermutationVector(*dims))
    return l.fail("dims that are no permutation");
  return lowerToPermutation(l, self, *dims);
}

static LogicalResult lowerMovedim(const AtenLowering &l) {
  DtypedValue self = l.get("self");
  FailureOr<int64_t> source = l.getDim("source", self.getRank());
  FailureOr<int64_t> destination = l.getDim("destination", self.getRank());
  if (failed(source) || failed(destination))
    return failure();
  SmallVector<int64_t> permutation = getIdentity(self.getRank());
  if (self.getRank() > 0) {
    permutation.erase(permutation.begin() + *source);
    permutation.insert(permutation.begin() + *destination, *source);
  }
  return lowerToPermutation(l, self, permutation);
}

void minitorch::detail::populateTransposePatterns(
    const TypeConverter &converter, RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter, {"transpose.int"}, lowerTranspose);
  addAtenLowering(patterns, converter, {"t", "numpy_T"}, lowerReverse);
  addAtenLowering(patterns, converter, {"permute"}, lowerPermute);
  addAtenLowering(patterns, converter, {"movedim.int"}, lowerMovedim);
}
