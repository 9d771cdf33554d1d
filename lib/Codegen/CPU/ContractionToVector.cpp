//===- ContractionToVector.cpp - Register-tiled contractions ------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/CPU/Passes.h"
#include "MiniTorch/Codegen/Kernels/Contraction.h"
#include "Target.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace minitorch {
#define GEN_PASS_DEF_MTCPUCONTRACTIONTOVECTORPASS
#include "MiniTorch/Codegen/CPU/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;

namespace {

/// Emits the loops of one contraction on buffers.
class KernelEmitter {
public:
  KernelEmitter(const Contraction &contraction, const CPUTarget &target)
      : c(contraction), b(contraction.op.getLoc(), contraction.op) {
    type = c.getElementType();
    lanes = target.lanes(type);
    rows = target.panelRows();
    columns = c.panelColumns ? c.panelColumns : target.panelColumns(type);
    vectorType = VectorType::get(lanes, type);
    maskType = VectorType::get(lanes, b.getI1Type());
    auto linalgOp = cast<linalg::LinalgOp>(c.op.getOperation());
    for (Range range : linalgOp.createLoopRanges(b, b.getLoc()))
      sizes.push_back(range.size);
    indices.resize(sizes.size());
  }

  void emit() {
    SmallVector<unsigned> outer(c.batch);
    std::optional<unsigned> row = c.getRowDim();
    for (unsigned dim : c.m)
      if (dim != row)
        outer.push_back(dim);
    emitOuter(outer, row);
  }

private:
  Value constant(int64_t value) {
    return arith::ConstantIndexOp::create(b, value);
  }
  Value asValue(OpFoldResult ofr) {
    return getValueOrCreateConstantIndexOp(b, b.getLoc(), ofr);
  }

  /// for i = lower; i < upper; i += step, or its body alone if it runs once.
  void emitLoop(OpFoldResult lower, OpFoldResult upper, int64_t step,
                llvm::function_ref<void(Value)> body) {
    auto from = getConstantIntValue(lower), to = getConstantIntValue(upper);
    if (from && to) {
      if (*from >= *to)
        return;
      if (*from + step >= *to)
        return body(asValue(lower));
    }
    auto loop =
        scf::ForOp::create(b, asValue(lower), asValue(upper), constant(step));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    body(loop.getInductionVar());
  }

  void emitOuter(ArrayRef<unsigned> dims, std::optional<unsigned> row) {
    if (dims.empty())
      return emitColumns(row);
    emitLoop(b.getIndexAttr(0), sizes[dims.front()], 1, [&](Value index) {
      indices[dims.front()] = index;
      emitOuter(dims.drop_front(), row);
    });
  }

  void emitColumns(std::optional<unsigned> row) {
    emitLoop(b.getIndexAttr(0), sizes[c.n], columns, [&](Value column) {
      indices[c.n] = column;
      auto size = getConstantIntValue(sizes[c.n]);
      // Every panel is full.
      if (size && *size % columns == 0)
        return emitRows(row, {});
      Value left = arith::SubIOp::create(b, asValue(sizes[c.n]), column);
      SmallVector<Value> masks;
      auto makeMasks = [&] {
        for (int64_t offset = 0; offset < columns; offset += lanes) {
          Value count = arith::SubIOp::create(b, left, constant(offset));
          masks.push_back(vector::CreateMaskOp::create(b, maskType, count));
        }
      };
      // No panel is full.
      if (size && *size < columns) {
        makeMasks();
        return emitRows(row, masks);
      }
      Value isFull = arith::CmpIOp::create(b, arith::CmpIPredicate::sge, left,
                                           constant(columns));
      auto ifOp = scf::IfOp::create(b, isFull, /*withElseRegion=*/true);
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(ifOp.thenBlock());
      emitRows(row, {});
      b.setInsertionPointToStart(ifOp.elseBlock());
      makeMasks();
      emitRows(row, masks);
    });
  }

  /// As many full tiles as fit, then ever smaller ones.
  void emitRows(std::optional<unsigned> row, ArrayRef<Value> masks) {
    if (!row)
      return emitTile(std::nullopt, 1, masks);
    OpFoldResult from = b.getIndexAttr(0);
    for (int64_t height = rows; height > 0;
         height = height == rows ? llvm::bit_floor<uint64_t>(height - 1)
                                 : height / 2) {
      OpFoldResult to = affine::makeComposedFoldedAffineApply(
          b, b.getLoc(),
          b.getAffineDimExpr(0) +
              (b.getAffineDimExpr(1) - b.getAffineDimExpr(0)).floorDiv(height) *
                  height,
          {from, sizes[*row]});
      emitLoop(from, to, height, [&](Value index) {
        indices[*row] = index;
        emitTile(row, height, masks);
      });
      from = to;
    }
  }

  /// The indices of an operand with the tile's row and column moved.
  SmallVector<Value> getIndices(OpOperand *operand, std::optional<unsigned> row,
                                int64_t rowOffset, int64_t columnOffset,
                                Value k) {
    SmallVector<OpFoldResult> dims(indices.begin(), indices.end());
    auto shift = [&](unsigned dim, int64_t offset) {
      if (offset)
        dims[dim] = affine::makeComposedFoldedAffineApply(
            b, b.getLoc(), b.getAffineDimExpr(0) + offset, {dims[dim]});
    };
    if (row)
      shift(*row, rowOffset);
    shift(c.n, columnOffset);
    dims[c.k] = k ? OpFoldResult(k) : b.getIndexAttr(0);
    AffineMap map = c.getMap(operand);
    SmallVector<Value> result;
    for (unsigned i = 0; i < map.getNumResults(); ++i)
      result.push_back(asValue(affine::makeComposedFoldedAffineApply(
          b, b.getLoc(), map.getSubMap({i}), dims)));
    return result;
  }

  Value load(OpOperand *operand, ValueRange at, Value mask) {
    if (!mask)
      return vector::LoadOp::create(b, vectorType, operand->get(), at);
    return vector::MaskedLoadOp::create(b, vectorType, operand->get(), at, mask,
                                        zero());
  }

  Value zero() {
    return arith::ConstantOp::create(b, b.getZeroAttr(vectorType));
  }

  /// One step of k: acc[row][vector] += broadcast(A) * B.
  void emitStep(std::optional<unsigned> row, int64_t height,
                ArrayRef<Value> masks, Value k, MutableArrayRef<Value> acc) {
    int64_t vectors = columns / lanes;
    SmallVector<Value> rhs;
    for (int64_t v = 0; v < vectors; ++v)
      rhs.push_back(load(c.rhs, getIndices(c.rhs, row, 0, v * lanes, k),
                         masks.empty() ? Value() : masks[v]));
    for (int64_t r = 0; r < height; ++r) {
      Value scalar = memref::LoadOp::create(b, c.lhs->get(),
                                            getIndices(c.lhs, row, r, 0, k));
      Value lhs = vector::BroadcastOp::create(b, vectorType, scalar);
      for (int64_t v = 0; v < vectors; ++v) {
        Value &sum = acc[r * vectors + v];
        sum = vector::FMAOp::create(b, lhs, rhs[v], sum);
      }
    }
  }

  void emitTile(std::optional<unsigned> row, int64_t height,
                ArrayRef<Value> masks) {
    int64_t vectors = columns / lanes, tile = height * vectors;
    SmallVector<Value> acc;
    for (int64_t r = 0; r < height; ++r)
      for (int64_t v = 0; v < vectors; ++v)
        acc.push_back(load(c.acc, getIndices(c.acc, row, r, v * lanes, Value()),
                           masks.empty() ? Value() : masks[v]));
    // A short tile has too few sums to hide the latency of an addition, so
    // each unrolled step gets its own.
    int64_t copies = tile >= 8 ? 1 : tile >= 4 ? 2 : kUnroll;
    for (int64_t i = tile; i < tile * copies; ++i)
      acc.push_back(zero());

    OpFoldResult size = sizes[c.k];
    OpFoldResult main = affine::makeComposedFoldedAffineApply(
        b, b.getLoc(), b.getAffineDimExpr(0).floorDiv(kUnroll) * kUnroll,
        {size});
    auto emitK = [&](OpFoldResult from, OpFoldResult to, int64_t step) {
      if (from == to)
        return;
      auto loop = scf::ForOp::create(b, asValue(from), asValue(to),
                                     constant(step), acc);
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(loop.getBody());
      SmallVector<Value> sums(loop.getRegionIterArgs());
      for (int64_t u = 0; u < step; ++u) {
        Value k = loop.getInductionVar();
        if (u)
          k = arith::AddIOp::create(b, k, constant(u));
        emitStep(row, height, masks, k,
                 MutableArrayRef<Value>(sums).slice((u % copies) * tile, tile));
      }
      scf::YieldOp::create(b, sums);
      acc.assign(loop.result_begin(), loop.result_end());
    };
    emitK(b.getIndexAttr(0), main, kUnroll);
    emitK(main, size, 1);

    for (int64_t i = tile; i < tile * copies; ++i)
      acc[i % tile] = arith::AddFOp::create(b, acc[i % tile], acc[i]);
    for (int64_t r = 0; r < height; ++r) {
      for (int64_t v = 0; v < vectors; ++v) {
        auto at = getIndices(c.acc, row, r, v * lanes, Value());
        Value sum = acc[r * vectors + v];
        if (masks.empty())
          vector::StoreOp::create(b, sum, c.acc->get(), at);
        else
          vector::MaskedStoreOp::create(b, c.acc->get(), at, masks[v], sum);
      }
    }
  }

  static constexpr int64_t kUnroll = 4;

  const Contraction &c;
  ImplicitLocOpBuilder b;
  Type type;
  int64_t lanes, rows, columns;
  VectorType vectorType, maskType;
  SmallVector<OpFoldResult> sizes;
  SmallVector<Value> indices;
};

struct ContractionToVector
    : minitorch::impl::MtCPUContractionToVectorPassBase<ContractionToVector> {
  using Base::Base;

  void runOnOperation() override {
    CPUTarget target = CPUTarget::get(vectorBits, registers);
    SmallVector<Contraction> work;
    getOperation()->walk([&](linalg::GenericOp op) {
      std::optional<Contraction> c = matchContraction(op);
      if (c && op.hasPureBufferSemantics() && hasUnitStride(c->acc) &&
          hasUnitStride(c->rhs) &&
          (c->panelColumns
               ? c->panelColumns % target.lanes(c->getElementType()) == 0
               : c->isRhsRowMajor()))
        work.push_back(*c);
    });
    for (Contraction &c : work) {
      KernelEmitter(c, target).emit();
      c.op.erase();
      ++numKernels;
    }
  }

private:
  static bool hasUnitStride(OpOperand *operand) {
    SmallVector<int64_t> strides;
    int64_t offset;
    auto type = dyn_cast<MemRefType>(operand->get().getType());
    return type && succeeded(type.getStridesAndOffset(strides, offset)) &&
           !strides.empty() && strides.back() == 1;
  }
};

} // namespace
