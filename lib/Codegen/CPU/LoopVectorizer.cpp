//===- LoopVectorizer.cpp - Structured ops as vector loops --------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoopVectorizer.h"
#include "Fills.h"
#include "VectorBody.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace minitorch;

namespace {

/// LLVM leaves the loop as it is. Whole rows in straight code are slower.
static void keepRolled(scf::ForOp loop) {
  MLIRContext *context = loop.getContext();
  auto disable = LLVM::LoopUnrollAttr::get(
      context, BoolAttr::get(context, true), {}, {}, {}, {}, {}, {});
  loop->setAttr("loop_annotation", LLVM::LoopAnnotationAttr::get(
                                       context, {}, {}, {}, disable, {}, {}, {},
                                       {}, {}, {}, {}, {}, {}, {}, {}));
}

class LoopVectorizer : VectorBody {
public:
  LoopVectorizer(linalg::GenericOp op, ImplicitLocOpBuilder &b,
                 const CPUTarget &target)
      : VectorBody(op, b), target(target) {}

  LogicalResult run() {
    if (!op.hasPureBufferSemantics() || op.getNumDpsInits() == 0 ||
        !isVectorizable(op) || !chooseVectorDim())
      return failure();
    Type type = getElementTypeOrSelf(op.getDpsInits().front().getType());
    if (!type.isIntOrFloat())
      return failure();
    int64_t width =
        target.vectorBits / std::max(32u, type.getIntOrFloatBitWidth());
    if (width < 2 || !setVectorDim(vectorDim, width))
      return failure();
    // A short row is better off with its neighbours in scalar loops.
    int64_t length = op.getStaticLoopRanges()[vectorDim];
    if (!ShapedType::isDynamic(length) && length < lanes / 4)
      return failure();

    auto linalgOp = cast<linalg::LinalgOp>(op.getOperation());
    for (Range range : linalgOp.createLoopRanges(b, b.getLoc()))
      sizes.push_back(range.size);
    starts.resize(op.getNumDpsInits());
    SmallVector<unsigned> outer, inner;
    for (auto [dim, kind] : llvm::enumerate(op.getIteratorTypesArray()))
      if (dim != vectorDim)
        (kind == utils::IteratorType::parallel ? outer : inner).push_back(dim);
    // Each element of the result is loaded once: it may start in a register.
    if (!outer.empty() && isWindow(inner))
      for (auto [start, init] : llvm::zip(starts, op.getDpsInitsMutable()))
        start = takeFill(op, init.get());
    emitOuter(outer, inner);
    return success();
  }

private:
  //===--------------------------------------------------------------------===//
  // Analysis
  //===--------------------------------------------------------------------===//

  bool chooseVectorDim() {
    auto kinds = op.getIteratorTypesArray();
    for (OpOperand &init : op.getDpsInitsMutable())
      if (!op.getMatchingIndexingMap(&init).isProjectedPermutation())
        return false;
    AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
    std::optional<unsigned> candidate;
    if (map.getNumResults() > 0 && hasUnitStride(op.getDpsInits()[0]))
      candidate = map.getDimPosition(map.getNumResults() - 1);
    // A row sum runs along the row, not along the column of sums.
    if (op.getNumReductionLoops() > 0) {
      std::optional<unsigned> along = getContiguousReduction();
      if (along && (!candidate || !isContiguousSomewhere(*candidate))) {
        vectorDim = *along;
        isReduction = true;
        return matchCombiners();
      }
    }
    if (!candidate)
      return false;
    vectorDim = *candidate;
    for (OpOperand &init : op.getDpsInitsMutable()) {
      AffineMap initMap = op.getMatchingIndexingMap(&init);
      if (initMap.getNumResults() == 0 || !hasUnitStride(init.get()) ||
          initMap.getDimPosition(initMap.getNumResults() - 1) != vectorDim)
        return false;
    }
    return kinds[vectorDim] == utils::IteratorType::parallel;
  }

  /// The reduction dimension along which an input is contiguous.
  std::optional<unsigned> getContiguousReduction() {
    for (OpOperand *input : op.getDpsInputOperands()) {
      AffineMap map = op.getMatchingIndexingMap(input);
      if (map.getNumResults() == 0 || !hasUnitStride(input->get()))
        continue;
      auto dim = dyn_cast<AffineDimExpr>(map.getResults().back());
      if (dim && op.getIteratorTypesArray()[dim.getPosition()] ==
                     utils::IteratorType::reduction)
        return dim.getPosition();
    }
    return std::nullopt;
  }

  bool isContiguousSomewhere(unsigned dim) {
    return llvm::any_of(op.getDpsInputOperands(), [&](OpOperand *input) {
      AffineMap map = op.getMatchingIndexingMap(input);
      return map.getNumResults() > 0 && hasUnitStride(input->get()) &&
             map.getResults().back().isFunctionOfDim(dim);
    });
  }

  /// Every result must be init (+) f(inputs), so that lanes can be summed
  /// apart and combined at the end.
  bool matchCombiners() {
    auto yield = cast<linalg::YieldOp>(op.getBody()->getTerminator());
    unsigned inputs = op.getNumDpsInputs();
    for (auto [i, value] : llvm::enumerate(yield.getValues())) {
      BlockArgument init = op.getBody()->getArgument(inputs + i);
      Operation *combiner = value.getDefiningOp();
      if (!combiner || combiner->getNumOperands() != 2 || !init.hasOneUse() ||
          *init.user_begin() != combiner || !value.hasOneUse() ||
          !linalg::getCombinerOpKind(combiner) ||
          !arith::getNeutralElement(combiner))
        return false;
      combiners.push_back(combiner);
    }
    return true;
  }

  //===--------------------------------------------------------------------===//
  // Emission
  //===--------------------------------------------------------------------===//

  /// Runs `body` in a loop that carries `carried`, and returns what it leaves.
  SmallVector<Value>
  emitLoop(OpFoldResult lower, OpFoldResult upper, int64_t step,
           ValueRange carried,
           llvm::function_ref<SmallVector<Value>(Value, ValueRange)> body) {
    auto from = getConstantIntValue(lower), to = getConstantIntValue(upper);
    if (from && to) {
      if (*from >= *to)
        return SmallVector<Value>(carried);
      if (*from + step >= *to)
        return body(asValue(lower), carried);
    }
    auto loop = scf::ForOp::create(b, asValue(lower), asValue(upper),
                                   constant(step), carried);
    keepRolled(loop);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> next =
        body(loop.getInductionVar(), loop.getRegionIterArgs());
    if (!carried.empty())
      scf::YieldOp::create(b, next);
    return SmallVector<Value>(loop.getResults());
  }

  void emitOuter(ArrayRef<unsigned> outer, ArrayRef<unsigned> inner) {
    if (outer.size() == 1 && isWindow(inner))
      return emitNeighbours(outer.front(), inner);
    if (!outer.empty()) {
      emitLoop(b.getIndexAttr(0), sizes[outer.front()], 1, {},
               [&](Value index, ValueRange) {
                 indices[outer.front()] = index;
                 emitOuter(outer.drop_front(), inner);
                 return SmallVector<Value>();
               });
      return;
    }
    computeInvariants(inner);
    if (isReduction)
      emitReduction(inner);
    else
      emitParallel(inner);
  }

  /// Whether the reductions are those of a window, and the result a row of
  /// vectors.
  bool isWindow(ArrayRef<unsigned> inner) {
    return !isReduction && !inner.empty() &&
           getTurns(inner).value_or(kManyRows) < kManyRows;
  }

  /// How often the body of these loops runs.
  std::optional<int64_t> getTurns(ArrayRef<unsigned> dims) {
    int64_t turns = 1;
    for (unsigned dim : dims) {
      std::optional<int64_t> size = getConstantIntValue(sizes[dim]);
      if (!size)
        return std::nullopt;
      turns *= *size;
    }
    return turns;
  }

  /// Some neighbours along `dim` together: their windows overlap, or share
  /// weights.
  void emitNeighbours(unsigned dim, ArrayRef<unsigned> inner) {
    SmallVector<unsigned> varying(inner);
    varying.push_back(dim);
    neighbourDim = dim;
    OpFoldResult main = roundDown(sizes[dim], kNeighbours);
    auto emitFrom = [&](OpFoldResult from, OpFoldResult to, int64_t count) {
      emitLoop(from, to, count, {}, [&](Value index, ValueRange) {
        neighbours.clear();
        for (int64_t u = 0; u < count; ++u)
          neighbours.push_back(u ? arith::AddIOp::create(b, index, constant(u))
                                 : index);
        computeInvariants(varying);
        emitParallel(inner);
        return SmallVector<Value>();
      });
    };
    emitFrom(b.getIndexAttr(0), main, kNeighbours);
    emitFrom(main, sizes[dim], 1);
  }

  /// Runs `body` for each element that is computed together.
  void forEachNeighbour(llvm::function_ref<void(unsigned)> body) {
    if (!neighbourDim)
      return body(0);
    for (auto [i, index] : llvm::enumerate(neighbours)) {
      indices[*neighbourDim] = index;
      body(i);
    }
  }

  OpFoldResult roundDown(OpFoldResult size, int64_t multiple) {
    return affine::makeComposedFoldedAffineApply(
        b, b.getLoc(), b.getAffineDimExpr(0).floorDiv(multiple) * multiple,
        {size});
  }

  /// Runs `body` with the mask of the last, partial vector if there is one.
  SmallVector<Value> emitTail(
      OpFoldResult from, ValueRange carried,
      llvm::function_ref<SmallVector<Value>(Value, Value, ValueRange)> body) {
    OpFoldResult size = sizes[vectorDim];
    auto fromValue = getConstantIntValue(from), to = getConstantIntValue(size);
    if (from == size || (fromValue && to && *fromValue >= *to))
      return SmallVector<Value>(carried);
    auto emit = [&] {
      Value left = arith::SubIOp::create(b, asValue(size), asValue(from));
      Value mask =
          vector::CreateMaskOp::create(b, vectorOf(b.getI1Type()), left);
      return body(asValue(from), mask, carried);
    };
    if (fromValue && to)
      return emit();
    Value isPartial = arith::CmpIOp::create(b, arith::CmpIPredicate::slt,
                                            asValue(from), asValue(size));
    SmallVector<Type> types(carried.getTypes());
    auto ifOp = scf::IfOp::create(b, types, isPartial,
                                  /*withElseRegion=*/!carried.empty());
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(ifOp.thenBlock());
    SmallVector<Value> next = emit();
    if (!carried.empty()) {
      scf::YieldOp::create(b, next);
      b.setInsertionPointToStart(ifOp.elseBlock());
      scf::YieldOp::create(b, carried);
    }
    return SmallVector<Value>(ifOp.getResults());
  }

  //===--------------------------------------------------------------------===//
  // Along a parallel dimension
  //===--------------------------------------------------------------------===//

  void emitParallel(ArrayRef<unsigned> inner) {
    if (isLongReduction(inner))
      return emitRows(inner);
    // Two independent vectors hide the latency of a short body; a long one has
    // enough of its own.
    int64_t vectors =
        llvm::any_of(*op.getBody(),
                     llvm::IsaPred<math::ErfOp, math::TanhOp, math::LogOp,
                                   math::Log1pOp, math::ExpM1Op>)
            ? 1
            : 2;
    OpFoldResult unrolled = roundDown(sizes[vectorDim], lanes * vectors);
    OpFoldResult main = roundDown(sizes[vectorDim], lanes);
    emitLoop(b.getIndexAttr(0), unrolled, lanes * vectors, {},
             [&](Value index, ValueRange) {
               for (int64_t u = 0; u < vectors; ++u)
                 emitParallelVector(
                     inner,
                     u ? arith::AddIOp::create(b, index, constant(u * lanes))
                       : index,
                     Value());
               return SmallVector<Value>();
             });
    emitLoop(unrolled, main, lanes, {}, [&](Value index, ValueRange) {
      emitParallelVector(inner, index, Value());
      return SmallVector<Value>();
    });
    emitTail(main, {}, [&](Value index, Value mask, ValueRange) {
      emitParallelVector(inner, index, mask);
      return SmallVector<Value>();
    });
  }

  /// Whether so many rows are reduced to one that walking down their columns
  /// would leave a page with each element.
  bool isLongReduction(ArrayRef<unsigned> inner) {
    if (inner.empty())
      return false;
    SmallVector<int64_t> ranges = op.getStaticLoopRanges();
    int64_t length = ranges[vectorDim], rows = 1;
    for (unsigned dim : inner) {
      int64_t size =
          ShapedType::isDynamic(ranges[dim]) ? kManyRows : ranges[dim];
      rows = std::min(kManyRows, rows * size);
    }
    return rows >= kManyRows &&
           (ShapedType::isDynamic(length) || length >= 2 * lanes) &&
           llvm::none_of(accesses, [](Access access) {
             return access == Access::Strided;
           });
  }

  /// The reductions outside, some rows at a time; the results, one row, stay in
  /// the first cache.
  void emitRows(ArrayRef<unsigned> dims) {
    if (dims.size() > 1) {
      emitLoop(b.getIndexAttr(0), sizes[dims.front()], 1, {},
               [&](Value index, ValueRange) {
                 indices[dims.front()] = index;
                 emitRows(dims.drop_front());
                 return SmallVector<Value>();
               });
      return;
    }
    unsigned dim = dims.front();
    OpFoldResult main = roundDown(sizes[dim], kRows);
    auto emitFrom = [&](OpFoldResult from, OpFoldResult to, int64_t rows) {
      emitLoop(from, to, rows, {}, [&](Value row, ValueRange) {
        auto emitVector = [&](Value index, Value mask) {
          indices[vectorDim] = index;
          SmallVector<Value> results;
          for (OpOperand &init : op.getDpsInitsMutable())
            results.push_back(load(init, mask));
          for (int64_t u = 0; u < rows; ++u) {
            indices[dim] = u ? arith::AddIOp::create(b, row, constant(u)) : row;
            results = emitBody(results, mask);
          }
          for (auto [init, value] : llvm::zip(op.getDpsInitsMutable(), results))
            store(init, value, mask);
        };
        OpFoldResult whole = roundDown(sizes[vectorDim], lanes);
        emitLoop(b.getIndexAttr(0), whole, lanes, {},
                 [&](Value index, ValueRange) {
                   emitVector(index, Value());
                   return SmallVector<Value>();
                 });
        emitTail(whole, {}, [&](Value index, Value mask, ValueRange) {
          emitVector(index, mask);
          return SmallVector<Value>();
        });
        return SmallVector<Value>();
      });
    };
    emitFrom(b.getIndexAttr(0), main, kRows);
    emitFrom(main, sizes[dim], 1);
  }

  void emitParallelVector(ArrayRef<unsigned> inner, Value index, Value mask) {
    indices[vectorDim] = index;
    SmallVector<Value> results;
    unsigned inputs = op.getNumDpsInputs(), count = op.getNumDpsInits();
    forEachNeighbour([&](unsigned) {
      for (auto [i, init] : llvm::enumerate(op.getDpsInitsMutable())) {
        // An init that the body does not read has nothing to load.
        bool isRead = !op.getBody()->getArgument(inputs + i).use_empty() ||
                      !inner.empty();
        results.push_back(!isRead     ? Value()
                          : starts[i] ? broadcast(starts[i])
                                      : load(init, mask));
      }
    });
    results = emitInner(inner, results, mask);
    forEachNeighbour([&](unsigned number) {
      for (auto [i, init] : llvm::enumerate(op.getDpsInitsMutable()))
        store(init, results[number * count + i], mask);
    });
  }

  /// The reduction loops inside of a vector of results.
  SmallVector<Value> emitInner(ArrayRef<unsigned> dims, ValueRange carried,
                               Value mask) {
    if (dims.empty()) {
      SmallVector<Value> next;
      unsigned count = op.getNumDpsInits();
      forEachNeighbour([&](unsigned number) {
        llvm::append_range(
            next, emitBody(carried.slice(number * count, count), mask));
      });
      return next;
    }
    // A small window is straight code.
    if (getTurns(dims).value_or(kSmallWindow + 1) <= kSmallWindow) {
      SmallVector<Value> next(carried);
      for (int64_t i = 0, e = *getConstantIntValue(sizes[dims.front()]); i < e;
           ++i) {
        indices[dims.front()] = constant(i);
        next = emitInner(dims.drop_front(), next, mask);
      }
      return next;
    }
    return emitLoop(b.getIndexAttr(0), sizes[dims.front()], 1, carried,
                    [&](Value index, ValueRange next) {
                      indices[dims.front()] = index;
                      return emitInner(dims.drop_front(), next, mask);
                    });
  }

  //===--------------------------------------------------------------------===//
  // Along a reduction
  //===--------------------------------------------------------------------===//

  void emitReduction(ArrayRef<unsigned> inner) {
    // Several sums hide the latency of one addition.
    unsigned results = combiners.size();
    SmallVector<Value> neutral, sums;
    for (Operation *combiner : combiners) {
      TypedAttr attr = *arith::getNeutralElement(combiner);
      neutral.push_back(broadcast(arith::ConstantOp::create(b, attr)));
    }
    for (int64_t u = 0; u < kUnroll; ++u)
      llvm::append_range(sums, neutral);
    sums = emitReductionLoops(inner, sums, neutral);

    for (unsigned i = 0; i < results; ++i) {
      Value total = sums[i];
      for (int64_t u = 1; u < kUnroll; ++u)
        total = combine(combiners[i], total, sums[u * results + i]);
      OpOperand &init = op.getDpsInitsMutable()[i];
      auto at = getIndices(init);
      Value start = memref::LoadOp::create(b, init.get(), at);
      Value result = vector::ReductionOp::create(
          b, *linalg::getCombinerOpKind(combiners[i]), total, start,
          arith::FastMathFlags::reassoc);
      memref::StoreOp::create(b, result, init.get(), at);
    }
  }

  SmallVector<Value> emitReductionLoops(ArrayRef<unsigned> dims,
                                        ValueRange carried,
                                        ArrayRef<Value> neutral) {
    if (!dims.empty())
      return emitLoop(b.getIndexAttr(0), sizes[dims.front()], 1, carried,
                      [&](Value index, ValueRange next) {
                        indices[dims.front()] = index;
                        return emitReductionLoops(dims.drop_front(), next,
                                                  neutral);
                      });
    unsigned results = combiners.size();
    auto step = [&](Value index, Value mask, MutableArrayRef<Value> sums) {
      indices[vectorDim] = index;
      SmallVector<Value> next = emitBody(sums, mask);
      for (unsigned i = 0; i < results; ++i)
        sums[i] =
            mask ? arith::SelectOp::create(b, mask, next[i], sums[i]) : next[i];
    };
    OpFoldResult unrolled = roundDown(sizes[vectorDim], lanes * kUnroll);
    OpFoldResult main = roundDown(sizes[vectorDim], lanes);
    SmallVector<Value> sums = emitLoop(
        b.getIndexAttr(0), unrolled, lanes * kUnroll, carried,
        [&](Value index, ValueRange args) {
          SmallVector<Value> next(args);
          for (int64_t u = 0; u < kUnroll; ++u)
            step(u ? arith::AddIOp::create(b, index, constant(u * lanes))
                   : index,
                 Value(), MutableArrayRef(next).slice(u * results, results));
          return next;
        });
    sums = emitLoop(
        unrolled, main, lanes, sums, [&](Value index, ValueRange args) {
          SmallVector<Value> next(args);
          step(index, Value(), MutableArrayRef(next).take_front(results));
          return next;
        });
    return emitTail(main, sums, [&](Value index, Value mask, ValueRange args) {
      SmallVector<Value> next(args);
      step(index, mask, MutableArrayRef(next).take_front(results));
      return next;
    });
  }

  Value combine(Operation *combiner, Value lhs, Value rhs) {
    OperationState state(b.getLoc(), combiner->getName(), {lhs, rhs},
                         {lhs.getType()}, combiner->getAttrs());
    return b.create(state)->getResult(0);
  }

  static constexpr int64_t kUnroll = 4;
  /// Rows that are reduced at a time, and how many are many.
  static constexpr int64_t kRows = 8, kManyRows = 64;
  /// Elements of the largest window that is written without loops, and how many
  /// neighbours are computed together.
  static constexpr int64_t kSmallWindow = 16, kNeighbours = 4;

  const CPUTarget &target;
  bool isReduction = false;
  SmallVector<Operation *> combiners;
  SmallVector<OpFoldResult> sizes;
  /// The loop whose next few turns are computed together, and their indices.
  std::optional<unsigned> neighbourDim;
  SmallVector<Value> neighbours;
  /// What the results start with, where it is not what lies in memory.
  SmallVector<Value> starts;
};

} // namespace

LogicalResult minitorch::vectorizeGeneric(linalg::GenericOp op,
                                          const CPUTarget &target) {
  ImplicitLocOpBuilder b(op.getLoc(), op);
  return LoopVectorizer(op, b, target).run();
}
