//===- ContractionToVector.cpp - Register-tiled contractions ------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fills.h"
#include "MiniTorch/Codegen/CPU/Passes.h"
#include "MiniTorch/Codegen/Kernels/Contraction.h"
#include "Target.h"
#include "VectorBody.h"

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
    start = takeFill(c.op, c.acc->get());
    takeEpilogue();
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
    if (epilogueOp)
      epilogueOp.erase();
    c.op.erase();
  }

private:
  /// The elementwise op behind the contraction that overwrites its result: it
  /// is computed while the result is in registers.
  void takeEpilogue() {
    Value result = c.acc->get();
    Operation *next = c.op->getNextNode();
    while (next && isMemoryEffectFree(next))
      next = next->getNextNode();
    auto op = dyn_cast_or_null<linalg::GenericOp>(next);
    AffineMap map = c.getMap(c.acc);
    if (!op || op.getNumReductionLoops() > 0 || op.getNumDpsInits() != 1 ||
        op.getDpsInits()[0] != result || !op.hasPureBufferSemantics() ||
        op.getNumLoops() != map.getNumResults() ||
        !op.getMatchingIndexingMap(op.getDpsInitOperand(0)).isIdentity() ||
        llvm::is_contained(op.getDpsInputs(), result) ||
        !VectorBody::isVectorizable(op))
      return;
    epilogue.emplace(op, b);
    if (!epilogue->setVectorDim(op.getNumLoops() - 1, lanes)) {
      epilogue.reset();
      return;
    }
    epilogueOp = op;
    // Its operands may be made between the two.
    b.setInsertionPoint(op);
  }

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
    auto size = getConstantIntValue(sizes[c.n]);
    std::optional<int64_t> rest = getRest();
    emitLoop(b.getIndexAttr(0), sizes[c.n], columns, [&](Value column) {
      indices[c.n] = column;
      vectors = columns / lanes;
      // Every panel is full.
      if (size && *size % columns == 0)
        return emitRows(row, {});
      // No panel is full.
      if (size && *size < columns)
        return emitPart(row, constant(*size), llvm::divideCeil(*size, lanes));
      Value left = arith::SubIOp::create(b, asValue(sizes[c.n]), column);
      emitIfFits(
          left, constant(columns), [&] { emitRows(row, {}); },
          [&] {
            if (rest)
              emitPart(row, constant(*rest), llvm::divideCeil(*rest, lanes));
            else
              emitSmallParts(row, left, 1);
          });
    });
  }

  /// The columns in the last panel, if that is known and not all.
  std::optional<int64_t> getRest() {
    if (std::optional<int64_t> size = getConstantIntValue(sizes[c.n]))
      return *size % columns ? std::optional(*size % columns) : std::nullopt;
    // min(columns, n - i), for a multiple i of the columns.
    auto min = cast<Value>(sizes[c.n]).getDefiningOp<affine::AffineMinOp>();
    if (!min || min.getAffineMap().getNumResults() != 2 ||
        min.getNumOperands() != 1 || min.getAffineMap().getNumDims() != 1)
      return std::nullopt;
    AffineExpr d = b.getAffineDimExpr(0);
    for (auto [width, left] : {std::pair(min.getAffineMap().getResult(0),
                                         min.getAffineMap().getResult(1)),
                               std::pair(min.getAffineMap().getResult(1),
                                         min.getAffineMap().getResult(0))}) {
      auto whole = dyn_cast<AffineConstantExpr>(width);
      // What is left for i = 0, if each i takes itself off it.
      auto all =
          dyn_cast<AffineConstantExpr>(simplifyAffineExpr(left + d, 1, 0));
      if (whole && whole.getValue() == columns && all &&
          isMultiple(min.getOperand(0)) && all.getValue() % columns)
        return all.getValue() % columns;
    }
    return std::nullopt;
  }

  /// Whether `index` is a multiple of the columns of a panel.
  bool isMultiple(Value index) const {
    if (std::optional<int64_t> value = getConstantIntValue(index))
      return *value % columns == 0;
    if (auto apply = index.getDefiningOp<affine::AffineApplyOp>())
      return apply.getAffineMap().getResult(0).isMultipleOf(columns);
    if (auto mul = index.getDefiningOp<arith::MulIOp>())
      return isMultiple(mul.getLhs()) || isMultiple(mul.getRhs());
    if (auto add = index.getDefiningOp<arith::AddIOp>())
      return isMultiple(add.getLhs()) && isMultiple(add.getRhs());
    if (scf::ForOp loop = scf::getForInductionVarOwner(index))
      return isMultiple(loop.getLowerBound()) && isMultiple(loop.getStep());
    return false;
  }

  /// The part of a panel, with as few vectors as hold it.
  void emitSmallParts(std::optional<unsigned> row, Value left, int64_t count) {
    if (count == columns / lanes)
      return emitPart(row, left, count);
    emitIfFits(
        constant(count * lanes), left, [&] { emitPart(row, left, count); },
        [&] { emitSmallParts(row, left, count + 1); });
  }

  void emitPart(std::optional<unsigned> row, Value left, int64_t count) {
    vectors = count;
    SmallVector<Value> masks;
    for (int64_t v = 0; v < vectors; ++v) {
      Value lanesLeft = arith::SubIOp::create(b, left, constant(v * lanes));
      masks.push_back(vector::CreateMaskOp::create(b, maskType, lanesLeft));
    }
    emitRows(row, masks);
  }

  /// if size >= needed { fits() } else { otherwise() }
  void emitIfFits(Value size, Value needed, llvm::function_ref<void()> fits,
                  llvm::function_ref<void()> otherwise) {
    Value isEnough =
        arith::CmpIOp::create(b, arith::CmpIPredicate::sge, size, needed);
    auto ifOp = scf::IfOp::create(b, isEnough, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(ifOp.thenBlock());
    fits();
    b.setInsertionPointToStart(ifOp.elseBlock());
    otherwise();
  }

  /// As many full tiles as fit, then what is left: one tile if it is known how
  /// much that is, or ever smaller ones.
  void emitRows(std::optional<unsigned> row, ArrayRef<Value> masks) {
    if (!row)
      return emitTile(std::nullopt, 1, masks);
    auto known = getConstantIntValue(sizes[*row]);
    OpFoldResult from = b.getIndexAttr(0);
    for (int64_t height = known ? evenHeight(*known) : rows; height > 0;) {
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
      height = known            ? *known - *getConstantIntValue(to)
               : height == rows ? llvm::bit_floor<uint64_t>(height - 1)
                                : height / 2;
    }
  }

  /// The height of tiles that are as high as each other, or nearly.
  int64_t evenHeight(int64_t size) const {
    return size ? llvm::divideCeil(size, llvm::divideCeil(size, rows)) : 0;
  }

  /// The indices of an operand with the tile's row and column moved.
  SmallVector<Value> getIndices(OpOperand *operand, std::optional<unsigned> row,
                                int64_t rowOffset, int64_t columnOffset) {
    SmallVector<OpFoldResult> dims;
    for (Value index : indices)
      dims.push_back(index ? OpFoldResult(index) : b.getIndexAttr(0));
    if (row)
      dims[*row] = shift(dims[*row], rowOffset);
    dims[c.n] = shift(dims[c.n], columnOffset);
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
                ArrayRef<Value> masks, MutableArrayRef<Value> acc) {
    SmallVector<Value> rhs;
    for (int64_t v = 0; v < vectors; ++v) {
      // What a packed panel is padded with may be read.
      bool isMasked = !masks.empty() && !c.panelColumns;
      rhs.push_back(load(c.rhs, getIndices(c.rhs, row, 0, v * lanes),
                         isMasked ? masks[v] : Value()));
    }
    for (int64_t r = 0; r < height; ++r) {
      Value scalar =
          memref::LoadOp::create(b, c.lhs->get(), getIndices(c.lhs, row, r, 0));
      Value lhs = vector::BroadcastOp::create(b, vectorType, scalar);
      for (int64_t v = 0; v < vectors; ++v) {
        Value &sum = acc[r * vectors + v];
        sum = vector::FMAOp::create(b, lhs, rhs[v], sum);
      }
    }
  }

  using Step =
      llvm::function_ref<void(int64_t turn, MutableArrayRef<Value> sums)>;

  /// for k = from; k < to; k += turns: `turns` steps that carry the sums.
  void emitSteps(unsigned k, OpFoldResult from, OpFoldResult to, int64_t turns,
                 SmallVectorImpl<Value> &sums, Step step) {
    if (from == to)
      return;
    auto emitTurns = [&](Value start, MutableArrayRef<Value> next) {
      for (int64_t u = 0; u < turns; ++u) {
        indices[k] = asValue(shift(start, u));
        step(u, next);
      }
    };
    auto first = getConstantIntValue(from), last = getConstantIntValue(to);
    if (first && last && *last - *first == turns)
      return emitTurns(asValue(from), sums);
    auto loop = scf::ForOp::create(b, asValue(from), asValue(to),
                                   constant(turns), sums);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> next(loop.getRegionIterArgs());
    emitTurns(loop.getInductionVar(), next);
    scf::YieldOp::create(b, next);
    sums.assign(loop.result_begin(), loop.result_end());
  }

  OpFoldResult shift(OpFoldResult index, int64_t offset) {
    return affine::makeComposedFoldedAffineApply(
        b, b.getLoc(), b.getAffineDimExpr(0) + offset, {index});
  }

  /// The loops over `dims`, the innermost unrolled.
  void emitReduction(ArrayRef<unsigned> dims, SmallVectorImpl<Value> &sums,
                     Step step) {
    unsigned k = dims.front();
    OpFoldResult size = sizes[k], zero = b.getIndexAttr(0);
    if (dims.size() > 1) {
      emitSteps(k, zero, size, 1, sums,
                [&](int64_t, MutableArrayRef<Value> next) {
                  SmallVector<Value> inner(next);
                  emitReduction(dims.drop_front(), inner, step);
                  llvm::copy(inner, next.begin());
                });
      return;
    }
    auto known = getConstantIntValue(size);
    int64_t turns =
        known && *known > 0 && *known <= 2 * kUnroll ? *known : kUnroll;
    OpFoldResult main = affine::makeComposedFoldedAffineApply(
        b, b.getLoc(), b.getAffineDimExpr(0).floorDiv(turns) * turns, {size});
    emitSteps(k, zero, main, turns, sums, step);
    emitSteps(k, main, size, 1, sums, step);
  }

  void emitTile(std::optional<unsigned> row, int64_t height,
                ArrayRef<Value> masks) {
    int64_t tile = height * vectors;
    SmallVector<Value> acc;
    for (int64_t r = 0; r < height; ++r)
      for (int64_t v = 0; v < vectors; ++v)
        acc.push_back(
            start ? Value(vector::BroadcastOp::create(b, vectorType, start))
                  : load(c.acc, getIndices(c.acc, row, r, v * lanes),
                         masks.empty() ? Value() : masks[v]));
    // A short tile has too few sums to hide the latency of an addition, so
    // each unrolled step gets its own.
    int64_t copies = tile >= 8 ? 1 : tile >= 4 ? 2 : kUnroll;
    for (int64_t i = tile; i < tile * copies; ++i)
      acc.push_back(zero());
    emitReduction(c.k, acc, [&](int64_t turn, MutableArrayRef<Value> sums) {
      emitStep(row, height, masks, sums.slice((turn % copies) * tile, tile));
    });
    for (unsigned k : c.k)
      indices[k] = Value();

    for (int64_t i = tile; i < tile * copies; ++i)
      acc[i % tile] = arith::AddFOp::create(b, acc[i % tile], acc[i]);
    for (int64_t r = 0; r < height; ++r)
      for (int64_t v = 0; v < vectors; ++v)
        store(acc[r * vectors + v], row, r, v * lanes,
              masks.empty() ? Value() : masks[v]);
  }

  void store(Value sum, std::optional<unsigned> row, int64_t rowOffset,
             int64_t columnOffset, Value mask) {
    if (epilogue) {
      // Its loops are the dimensions of the result.
      epilogue->indices = getIndices(c.acc, row, rowOffset, columnOffset);
      Value result = epilogue->emitBody(sum, mask).front();
      epilogue->store(*epilogueOp.getDpsInitOperand(0), result, mask);
      return;
    }
    auto at = getIndices(c.acc, row, rowOffset, columnOffset);
    if (mask)
      vector::MaskedStoreOp::create(b, c.acc->get(), at, mask, sum);
    else
      vector::StoreOp::create(b, sum, c.acc->get(), at);
  }

  static constexpr int64_t kUnroll = 4;

  const Contraction &c;
  ImplicitLocOpBuilder b;
  Type type;
  int64_t lanes, rows, columns;
  /// How many vectors of the panel at hand are used.
  int64_t vectors = 0;
  VectorType vectorType, maskType;
  /// What the sums start with, if it is not what lies in memory.
  Value start;
  SmallVector<OpFoldResult> sizes;
  SmallVector<Value> indices;
  linalg::GenericOp epilogueOp;
  std::optional<VectorBody> epilogue;
};

struct ContractionToVector
    : minitorch::impl::MtCPUContractionToVectorPassBase<ContractionToVector> {
  using Base::Base;

  void runOnOperation() override {
    CPUTarget target = CPUTarget::get(vectorBits, registers);
    SmallVector<Contraction> work;
    getOperation()->walk([&](linalg::GenericOp op) {
      std::optional<Contraction> c = matchContraction(op);
      if (c && op.hasPureBufferSemantics() && hasUnitStride(c->acc->get()) &&
          hasUnitStride(c->rhs->get()) &&
          (c->panelColumns
               ? c->panelColumns % target.lanes(c->getElementType()) == 0
               : c->isRhsRowMajor()))
        work.push_back(*c);
    });
    for (Contraction &c : work) {
      KernelEmitter(c, target).emit();
      ++numKernels;
    }
  }
};

} // namespace
