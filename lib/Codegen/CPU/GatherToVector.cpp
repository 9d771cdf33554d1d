//===- GatherToVector.cpp - Windows of an image as columns --------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoopVectorizer.h"
#include "MiniTorch/Codegen/Kernels/PanelCopy.h"
#include "VectorBody.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace minitorch;

namespace {

/// out[..., k, p] = in[tap(k) + stride * pixel(p)]. Lanes whose places follow
/// one another, or every other, are a run, which masked loads read; the runs of
/// a vector of pixels are the same for every k.
class GatherEmitter {
public:
  GatherEmitter(linalg::GenericOp op, const Windows &windows,
                const CPUTarget &target)
      : op(op), b(op.getLoc(), op), in(windows.image), taps(windows.taps),
        pixels(windows.pixels), out(op.getDpsInitOperand(0)),
        scale(windows.stride), stride(windows.stride == 2 ? 2 : 1) {
    elementType = getElementTypeOrSelf(out->get().getType());
    lanes = target.lanes(elementType);
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
        result.push_back(constant(cast<AffineConstantExpr>(expr).getValue()));
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
    first = memref::LoadOp::create(b, pixels->get(), at);
    place = vector::MaskedLoadOp::create(b, places, pixels->get(), at, valid,
                                         broadcast(first));
    if (scale != 1) {
      first = arith::MulIOp::create(b, first, constant(scale));
      place = arith::MulIOp::create(b, place, broadcast(constant(scale)));
    }
    Value none = broadcast(first);
    // Lanes of one run are as far from their lane number times the stride.
    Value steps = vector::StepOp::create(b, places);
    Value distance = arith::SubIOp::create(
        b, place, arith::MulIOp::create(b, steps, broadcast(constant(stride))));
    distance = arith::SelectOp::create(b, valid, distance, none);
    findRuns(distance, valid);

    Value isFull = arith::CmpIOp::create(b, arith::CmpIPredicate::sge, left,
                                         constant(lanes));
    emitIf(isFull, [&] { emitByRuns(Value()); }, [&] { emitByRuns(valid); });
  }

  /// Start and lanes of each run, and whether there are more.
  void findRuns(Value distance, Value valid) {
    starts = {first};
    masks.clear();
    isMore.clear();
    Value rest = valid;
    Value far = arith::ConstantOp::create(
        b, DenseElementsAttr::get(
               vectorOf(b.getIndexType()),
               b.getIndexAttr(std::numeric_limits<int64_t>::max())));
    for (unsigned run = 0; run < kRuns; ++run) {
      Value start = broadcast(starts[run]);
      Value same =
          arith::CmpIOp::create(b, arith::CmpIPredicate::eq, distance, start);
      masks.push_back(arith::AndIOp::create(b, same, valid));
      Value other =
          arith::CmpIOp::create(b, arith::CmpIPredicate::ne, distance, start);
      rest = arith::AndIOp::create(b, rest, other);
      isMore.push_back(
          vector::ReductionOp::create(b, vector::CombiningKind::OR, rest));
      if (run + 1 == kRuns)
        break;
      Value next = vector::ReductionOp::create(
          b, vector::CombiningKind::MINSI,
          arith::SelectOp::create(b, rest, distance, far));
      // After the last run there is nothing to read: any place will do.
      starts.push_back(
          arith::SelectOp::create(b, isMore[run], next, starts[run]));
    }
  }

  /// The cheapest way for as many runs as there are.
  void emitByRuns(Value valid) {
    emitIf(
        isMore[0],
        [&] {
          emitIf(
              isMore[1],
              [&] {
                emitIf(
                    isMore[kRuns - 1], [&] { emitGather(valid); },
                    [&] { emitRuns(kRuns, valid); });
              },
              [&] { emitRuns(2, valid); });
        },
        [&] { emitRuns(1, valid); });
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

  void emitRuns(unsigned count, Value valid) {
    VectorType type = vectorOf(elementType);
    Value zero = arith::ConstantOp::create(b, b.getZeroAttr(type));
    if (stride == 1)
      return emitTaps(
          [&](Value tap) -> Value {
            Value result = zero;
            for (unsigned run = 0; run < count; ++run) {
              Value where = arith::AddIOp::create(b, tap, starts[run]);
              if (count == 1 && !valid)
                return vector::LoadOp::create(b, type, in, where);
              result = vector::MaskedLoadOp::create(b, type, in, where,
                                                    masks[run], result);
            }
            return result;
          },
          valid);

    // With stride two, lane i of a run is element 2 i of two vectors.
    SmallVector<int64_t> low, high, even;
    for (int64_t i = 0; i < lanes; ++i) {
      low.push_back(i % 2 ? lanes : i / 2);
      high.push_back(i % 2 ? lanes : (lanes + i) / 2);
      even.push_back(2 * i);
    }
    Value none =
        arith::ConstantOp::create(b, b.getZeroAttr(vectorOf(b.getI1Type())));
    SmallVector<Value> lowMasks, highMasks;
    for (unsigned run = 0; run < count; ++run) {
      lowMasks.push_back(vector::ShuffleOp::create(b, masks[run], none, low));
      highMasks.push_back(vector::ShuffleOp::create(b, masks[run], none, high));
    }
    emitTaps(
        [&](Value tap) {
          Value lower = zero, upper = zero;
          for (unsigned run = 0; run < count; ++run) {
            Value where = arith::AddIOp::create(b, tap, starts[run]);
            lower = vector::MaskedLoadOp::create(b, type, in, where,
                                                 lowMasks[run], lower);
            where = arith::AddIOp::create(b, where, constant(lanes));
            upper = vector::MaskedLoadOp::create(b, type, in, where,
                                                 highMasks[run], upper);
          }
          return vector::ShuffleOp::create(b, lower, upper, even);
        },
        valid);
  }

  void emitGather(Value valid) {
    VectorType type = vectorOf(elementType);
    Value zero = arith::ConstantOp::create(b, b.getZeroAttr(type));
    Value mask =
        valid ? valid
              : vector::ConstantMaskOp::create(b, vectorOf(b.getI1Type()),
                                               ArrayRef<int64_t>{lanes});
    emitTaps(
        [&](Value tap) -> Value {
          return vector::GatherOp::create(b, type, in, tap, place, mask, zero);
        },
        valid);
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
  Type elementType;
  int64_t lanes, scale, stride;
  SmallVector<Value> sizes, indices;
  /// Of the vector of pixels at hand.
  Value first, place;
  SmallVector<Value> starts, masks, isMore;
};

} // namespace

LogicalResult minitorch::vectorizeWindows(linalg::GenericOp op,
                                          const CPUTarget &target) {
  std::optional<Windows> windows = matchWindows(op);
  if (!windows || !op.hasPureBufferSemantics() ||
      !hasUnitStride(windows->pixels->get()) ||
      !hasUnitStride(op.getDpsInits()[0]) || !hasUnitStride(windows->image))
    return failure();
  GatherEmitter(op, *windows, target).emit();
  return success();
}
