//===- GatherToVector.cpp - Windows of an image as columns --------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Contraction.h"
#include "LoopVectorizer.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace minitorch;

namespace {

/// out[..., k, p] = in[tap(k) + pixel(p)], with pixel() increasing. Lanes
/// whose places follow one another are a run, which one masked load reads; the
/// runs of a vector of pixels are the same for every k.
class GatherEmitter {
public:
  GatherEmitter(linalg::GenericOp op, memref::LoadOp load, unsigned tap,
                const CPUTarget &target)
      : op(op), b(op.getLoc(), op), in(load.getMemRef()),
        taps(op.getDpsInputOperand(tap)), pixels(op.getDpsInputOperand(1 - tap)),
        out(op.getDpsInitOperand(0)) {
    type = getElementTypeOrSelf(out->get().getType());
    lanes = target.lanes(type);
    for (unsigned dim = 0; dim < op.getNumLoops(); ++dim)
      sizes.push_back(memref::DimOp::create(b, out->get(), dim));
    indices.resize(sizes.size());
  }

  void emit() { emitOuter(0); }

private:
  Value constant(int64_t value) {
    return arith::ConstantIndexOp::create(b, value);
  }
  VectorType vectorOf(Type element) { return VectorType::get(lanes, element); }
  Value broadcast(Value scalar) {
    return vector::BroadcastOp::create(b, vectorOf(scalar.getType()), scalar);
  }

  void emitLoop(Value to, int64_t step, llvm::function_ref<void(Value)> body) {
    auto loop = scf::ForOp::create(b, constant(0), to, constant(step));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    body(loop.getInductionVar());
  }

  void emitOuter(unsigned dim) {
    unsigned last = sizes.size() - 1;
    if (dim + 1 < last)
      return emitLoop(sizes[dim], 1, [&](Value index) {
        indices[dim] = index;
        emitOuter(dim + 1);
      });
    emitLoop(sizes[last], lanes, [&](Value index) {
      indices[last] = index;
      emitPixels();
    });
  }

  SmallVector<Value> getIndices(OpOperand *operand) {
    SmallVector<Value> result;
    for (AffineExpr expr : op.getMatchingIndexingMap(operand).getResults()) {
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        result.push_back(indices[dim.getPosition()]);
      else
        result.push_back(
            constant(cast<AffineConstantExpr>(expr).getValue()));
    }
    return result;
  }

  /// One vector of pixels, for all taps.
  void emitPixels() {
    unsigned last = sizes.size() - 1;
    Value left = arith::SubIOp::create(b, sizes[last], indices[last]);
    Value valid =
        vector::CreateMaskOp::create(b, vectorOf(b.getI1Type()), left);
    VectorType places = vectorOf(b.getIndexType());
    auto at = getIndices(pixels);
    Value first = memref::LoadOp::create(b, pixels->get(), at);
    Value none = broadcast(first);
    Value place = vector::MaskedLoadOp::create(b, places, pixels->get(), at,
                                               valid, none);
    // Lanes of one run have the same distance to their lane number, and the
    // distance only grows.
    Value distance = arith::SubIOp::create(
        b, place, vector::StepOp::create(b, places));
    distance = arith::SelectOp::create(b, valid, distance, none);

    SmallVector<Value> starts{first}, masks;
    Value far = arith::ConstantOp::create(
        b, DenseElementsAttr::get(
               places, b.getIndexAttr(std::numeric_limits<int64_t>::max())));
    Value isLater;
    for (unsigned run = 0; run < kRuns; ++run) {
      Value start = broadcast(starts[run]);
      Value same = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, distance,
                                         start);
      masks.push_back(arith::AndIOp::create(b, same, valid));
      isLater = arith::CmpIOp::create(b, arith::CmpIPredicate::sgt, distance,
                                      start);
      if (run + 1 == kRuns)
        break;
      Value rest = arith::SelectOp::create(b, isLater, distance, far);
      // After the last run there is nothing to read: any place will do.
      Value next = vector::ReductionOp::create(
          b, vector::CombiningKind::MINSI, rest);
      Value any = vector::ReductionOp::create(b, vector::CombiningKind::OR,
                                              isLater);
      starts.push_back(arith::SelectOp::create(b, any, next, starts[run]));
    }
    Value isShort = arith::XOrIOp::create(
        b,
        vector::ReductionOp::create(b, vector::CombiningKind::OR, isLater),
        arith::ConstantIntOp::create(b, 1, 1));

    Value isOneRun = arith::CmpIOp::create(b, arith::CmpIPredicate::eq,
                                           starts[1], starts[0]);
    Value isFull = arith::CmpIOp::create(b, arith::CmpIPredicate::sge, left,
                                         constant(lanes));
    emitIf(arith::AndIOp::create(b, isOneRun, isFull),
           [&] {
             emitTaps([&](Value tap) -> Value {
               Value where = arith::AddIOp::create(b, tap, first);
               return vector::LoadOp::create(b, vectorOf(type), in, where);
             }, Value());
           },
           [&] {
             emitIf(isShort, [&] { emitRuns(starts, masks, valid); },
                    [&] { emitGather(place, valid); });
           });
  }

  void emitIf(Value condition, llvm::function_ref<void()> then,
              llvm::function_ref<void()> otherwise) {
    auto ifOp = scf::IfOp::create(b, condition, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(ifOp.thenBlock());
    then();
    b.setInsertionPointToStart(ifOp.elseBlock());
    otherwise();
  }

  void emitRuns(ArrayRef<Value> starts, ArrayRef<Value> masks, Value valid) {
    Value zero = arith::ConstantOp::create(b, b.getZeroAttr(vectorOf(type)));
    emitTaps([&](Value tap) {
      Value result = zero;
      for (auto [start, mask] : llvm::zip(starts, masks)) {
        Value where = arith::AddIOp::create(b, tap, start);
        result = vector::MaskedLoadOp::create(b, vectorOf(type), in, where,
                                              mask, result);
      }
      return result;
    }, valid);
  }

  void emitGather(Value place, Value valid) {
    Value zero = arith::ConstantOp::create(b, b.getZeroAttr(vectorOf(type)));
    emitTaps([&](Value tap) -> Value {
      return vector::GatherOp::create(b, vectorOf(type), in, tap, place, valid,
                                      zero);
    }, valid);
  }

  void emitTaps(llvm::function_ref<Value(Value)> read, Value mask) {
    unsigned dim = sizes.size() - 2;
    emitLoop(sizes[dim], 1, [&](Value index) {
      indices[dim] = index;
      Value tap = memref::LoadOp::create(b, taps->get(), getIndices(taps));
      Value value = read(tap);
      auto at = getIndices(out);
      if (mask)
        vector::MaskedStoreOp::create(b, out->get(), at, mask, value);
      else
        vector::StoreOp::create(b, value, out->get(), at);
    });
  }

  /// More runs than this are gathered one by one.
  static constexpr unsigned kRuns = 4;

  linalg::GenericOp op;
  ImplicitLocOpBuilder b;
  Value in;
  OpOperand *taps, *pixels, *out;
  Type type;
  int64_t lanes;
  SmallVector<Value> sizes, indices;
};

} // namespace

LogicalResult minitorch::vectorizeWindows(linalg::GenericOp op,
                                          const CPUTarget &target) {
  unsigned loops = op.getNumLoops();
  if (!op->hasAttr(kPanelCopyAttr) || loops < 2 || op.getNumDpsInputs() != 2 ||
      op.getNumDpsInits() != 1 || op.getNumReductionLoops() != 0 ||
      !op.getIndexingMapsArray().back().isIdentity() ||
      !llvm::hasNItems(op.getBody()->without_terminator(), 2))
    return failure();
  auto load = op.getBody()
                  ->getTerminator()
                  ->getOperand(0)
                  .getDefiningOp<memref::LoadOp>();
  if (!load || load.getIndices().size() != 1 ||
      load->getParentOp() != op.getOperation())
    return failure();
  auto add = load.getIndices()[0].getDefiningOp<arith::AddIOp>();
  if (!add || add->getParentOp() != op.getOperation())
    return failure();
  // One operand of the sum depends on p, the other on k.
  std::optional<unsigned> tap;
  for (unsigned i : {0u, 1u}) {
    AffineMap map = op.getIndexingMapsArray()[i];
    if (!map.isFunctionOfDim(loops - 1) && map.isFunctionOfDim(loops - 2))
      tap = i;
  }
  if (!tap)
    return failure();
  AffineMap pixels = op.getIndexingMapsArray()[1 - *tap];
  if (pixels.getResults().back() !=
          getAffineDimExpr(loops - 1, op.getContext()) ||
      pixels.isFunctionOfDim(loops - 2) ||
      !hasUnitStride(op.getDpsInputs()[1 - *tap]) ||
      !hasUnitStride(op.getDpsInits()[0]) || !hasUnitStride(load.getMemRef()))
    return failure();
  for (AffineMap map : op.getIndexingMapsArray())
    if (!map.isProjectedPermutation(/*allowZeroInResults=*/true))
      return failure();
  GatherEmitter(op, load, *tap, target).emit();
  return success();
}
