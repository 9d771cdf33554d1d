//===- TransposeToVector.cpp - Transposes in registers ------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoopVectorizer.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace minitorch;

namespace {

/// out[..., i, ..., j] = in[..., j, ..., i], i and j innermost on one side
/// each: squares of lanes x lanes through registers, edges one by one.
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
      sizes.push_back(memref::DimOp::create(
          b, out,
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

  Value roundDown(Value size) {
    Value rest = arith::RemUIOp::create(b, size, constant(lanes));
    return arith::SubIOp::create(b, size, rest);
  }

  void emitOuter(ArrayRef<unsigned> outer) {
    Value zero = constant(0);
    if (!outer.empty())
      return emitLoop(zero, sizes[outer.front()], 1, [&](Value index) {
        indices[outer.front()] = index;
        emitOuter(outer.drop_front());
      });
    Value inMain = roundDown(sizes[inDim]), outMain = roundDown(sizes[outDim]);
    emitLoop(zero, inMain, lanes, [&](Value i) {
      indices[inDim] = i;
      emitLoop(zero, outMain, lanes, [&](Value j) {
        indices[outDim] = j;
        emitSquare();
      });
    });
    emitScalars(inMain, zero, outMain);
    emitScalars(zero, outMain, sizes[outDim]);
  }

  /// Elements from row `from` on, of columns [columnFrom, columnTo).
  void emitScalars(Value from, Value columnFrom, Value columnTo) {
    emitLoop(from, sizes[inDim], 1, [&](Value i) {
      emitLoop(columnFrom, columnTo, 1, [&](Value j) {
        indices[inDim] = i;
        indices[outDim] = j;
        Value value = memref::LoadOp::create(b, in, apply(inMap));
        memref::StoreOp::create(b, value, out, apply(outMap));
      });
    });
  }

  SmallVector<Value> apply(AffineMap map) {
    SmallVector<Value> result;
    for (AffineExpr expr : map.getResults())
      result.push_back(indices[cast<AffineDimExpr>(expr).getPosition()]);
    return result;
  }

  void emitSquare() {
    auto vector = VectorType::get(lanes, type);
    Value row = indices[inDim], column = indices[outDim];
    SmallVector<Value> rows;
    for (int64_t r = 0; r < lanes; ++r) {
      indices[outDim] = arith::AddIOp::create(b, column, constant(r));
      rows.push_back(vector::LoadOp::create(b, vector, in, apply(inMap)));
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
      vector::StoreOp::create(b, rows[r], out, apply(outMap));
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
