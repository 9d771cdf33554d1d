//===- TransposeToVector.cpp - Transposes in registers ------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoopVectorizer.h"
#include "VectorBody.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace minitorch;

namespace {

/// out[..., i, ..., j] = in[..., j, ..., i], i and j innermost on one side
/// each: squares of lanes x lanes through registers, masked at the edges.
class TransposeEmitter {
public:
  TransposeEmitter(linalg::GenericOp op, const CPUTarget &target)
      : op(op), b(op.getLoc(), op), in(op.getDpsInputs().front()),
        out(op.getDpsInits().front()) {
    type = getElementTypeOrSelf(out.getType());
    lanes = target.lanes(type);
    inMap = op.getIndexingMapsArray()[0];
    outMap = op.getIndexingMapsArray()[1];
    inDim = inMap.getDimPosition(inMap.getNumResults() - 1);
    outDim = outMap.getDimPosition(outMap.getNumResults() - 1);
    for (unsigned dim = 0; dim < op.getNumLoops(); ++dim)
      sizes.push_back(getSize(
          *outMap.getResultPosition(getAffineDimExpr(dim, op.getContext()))));
    indices.resize(sizes.size());
  }

  void emit() {
    SmallVector<unsigned> outer;
    for (unsigned dim = 0; dim < sizes.size(); ++dim)
      if (dim != inDim && dim != outDim)
        outer.push_back(dim);
    emitOuter(outer);
  }

private:
  /// The size of the result, as a constant if it is one.
  Value getSize(unsigned dim) {
    auto type = cast<MemRefType>(out.getType());
    if (!type.isDynamicDim(dim))
      return constant(type.getDimSize(dim));
    return memref::DimOp::create(b, out, dim);
  }
  Value constant(int64_t value) {
    return arith::ConstantIndexOp::create(b, value);
  }

  void emitLoop(Value from, Value to, int64_t step,
                llvm::function_ref<void(Value)> body) {
    auto loop = scf::ForOp::create(b, from, to, constant(step));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    body(loop.getInductionVar());
  }

  void emitOuter(ArrayRef<unsigned> outer) {
    Value zero = constant(0);
    if (!outer.empty())
      return emitLoop(zero, sizes[outer.front()], 1, [&](Value index) {
        indices[outer.front()] = index;
        emitOuter(outer.drop_front());
      });
    emitLoop(zero, sizes[inDim], lanes, [&](Value i) {
      indices[inDim] = i;
      emitLoop(zero, sizes[outDim], lanes, [&](Value j) {
        indices[outDim] = j;
        emitSquares();
      });
    });
  }

  /// How many elements are left along a dimension.
  Value getLeft(unsigned dim) {
    return arith::SubIOp::create(b, sizes[dim], indices[dim]);
  }

  void emitSquares() {
    auto isWhole = [&](unsigned dim) {
      std::optional<int64_t> size = getConstantIntValue(sizes[dim]);
      return size && *size % lanes == 0;
    };
    if (isWhole(inDim) && isWhole(outDim))
      return emitSquare(Value(), Value());
    Value inLeft = getLeft(inDim), outLeft = getLeft(outDim);
    Value isFull = arith::CmpIOp::create(
        b, arith::CmpIPredicate::sge,
        arith::MinSIOp::create(b, inLeft, outLeft), constant(lanes));
    auto ifOp = scf::IfOp::create(b, isFull, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(ifOp.thenBlock());
    emitSquare(Value(), Value());
    b.setInsertionPointToStart(ifOp.elseBlock());
    emitSquare(inLeft, outLeft);
  }

  SmallVector<Value> apply(AffineMap map) {
    SmallVector<Value> result;
    for (AffineExpr expr : map.getResults())
      result.push_back(indices[cast<AffineDimExpr>(expr).getPosition()]);
    return result;
  }

  /// With `inLeft`, only as many elements along each dimension.
  void emitSquare(Value inLeft, Value outLeft) {
    auto vector = VectorType::get(lanes, type);
    auto maskType = VectorType::get(lanes, b.getI1Type());
    Value row = indices[inDim], column = indices[outDim];
    SmallVector<Value> rows;
    Value inMask, zeros, last;
    if (inLeft) {
      inMask = vector::CreateMaskOp::create(b, maskType, inLeft);
      zeros = arith::ConstantOp::create(b, b.getZeroAttr(vector));
      last = arith::SubIOp::create(b, sizes[outDim], constant(1));
    }
    for (int64_t r = 0; r < lanes; ++r) {
      Value at = arith::AddIOp::create(b, column, constant(r));
      // What is behind the last row is not stored: any row will do.
      indices[outDim] = inLeft ? arith::MinSIOp::create(b, at, last) : at;
      rows.push_back(inLeft
                         ? Value(vector::MaskedLoadOp::create(
                               b, vector, in, apply(inMap), inMask, zeros))
                         : vector::LoadOp::create(b, vector, in, apply(inMap)));
    }
    // Interleaving row r with row r + lanes / 2, log2(lanes) times over, is a
    // transpose.
    SmallVector<int64_t> low, high;
    for (int64_t i = 0; i < lanes / 2; ++i) {
      low.append({i, lanes + i});
      high.append({lanes / 2 + i, lanes + lanes / 2 + i});
    }
    for (int64_t stage = 1; stage < lanes; stage *= 2) {
      SmallVector<Value> next;
      for (int64_t r = 0; r < lanes / 2; ++r)
        for (ArrayRef<int64_t> mask : {ArrayRef(low), ArrayRef(high)})
          next.push_back(
              vector::ShuffleOp::create(b, rows[r], rows[r + lanes / 2], mask));
      rows = std::move(next);
    }
    indices[outDim] = column;
    for (int64_t r = 0; r < lanes; ++r) {
      indices[inDim] = arith::AddIOp::create(b, row, constant(r));
      if (!inLeft) {
        vector::StoreOp::create(b, rows[r], out, apply(outMap));
        continue;
      }
      Value isThere = arith::CmpIOp::create(b, arith::CmpIPredicate::sgt,
                                            inLeft, constant(r));
      Value count = arith::SelectOp::create(b, isThere, outLeft, constant(0));
      Value mask = vector::CreateMaskOp::create(b, maskType, count);
      vector::MaskedStoreOp::create(b, out, apply(outMap), mask, rows[r]);
    }
    indices[inDim] = row;
  }

  linalg::GenericOp op;
  ImplicitLocOpBuilder b;
  Value in, out;
  Type type;
  int64_t lanes;
  AffineMap inMap, outMap;
  unsigned inDim, outDim;
  SmallVector<Value> sizes, indices;
};

} // namespace

LogicalResult minitorch::vectorizeTranspose(linalg::GenericOp op,
                                            const CPUTarget &target) {
  if (op.getNumDpsInputs() != 1 || op.getNumDpsInits() != 1 ||
      op.getNumReductionLoops() != 0 ||
      !op.getBody()->without_terminator().empty() ||
      op.getBody()->getTerminator()->getOperand(0) !=
          op.getBody()->getArgument(0))
    return failure();
  AffineMap in = op.getIndexingMapsArray()[0];
  AffineMap out = op.getIndexingMapsArray()[1];
  if (!in.isPermutation() || !out.isPermutation() || in.getNumResults() < 2 ||
      in.getResults().back() == out.getResults().back() ||
      !hasUnitStride(op.getDpsInputs().front()) ||
      !hasUnitStride(op.getDpsInits().front()))
    return failure();
  Type type = getElementTypeOrSelf(op.getDpsInits().front().getType());
  if (!type.isIntOrFloat() || (type.getIntOrFloatBitWidth() != 32 &&
                               type.getIntOrFloatBitWidth() != 64))
    return failure();
  TransposeEmitter(op, target).emit();
  return success();
}
