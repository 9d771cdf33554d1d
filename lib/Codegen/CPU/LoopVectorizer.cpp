//===- LoopVectorizer.cpp - Structured ops as vector loops --------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoopVectorizer.h"

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

bool minitorch::hasUnitStride(Value buffer) {
  SmallVector<int64_t> strides;
  int64_t offset;
  auto type = dyn_cast<MemRefType>(buffer.getType());
  return type && succeeded(type.getStridesAndOffset(strides, offset)) &&
         !strides.empty() && strides.back() == 1;
}

/// Whether `op` has a vector form that beats a call for each element.
static bool isVectorizable(Operation &op) {
  if (op.getNumRegions() > 0)
    return false;
  if (isa<linalg::IndexOp, arith::ConstantOp>(op))
    return llvm::all_of(op.getResultTypes(),
                        [](Type type) { return type.isIntOrIndexOrFloat(); });
  // Lanes that are masked off may divide by zero.
  if (!OpTrait::hasElementwiseMappableTraits(&op) ||
      isa<arith::DivSIOp, arith::DivUIOp, arith::RemSIOp, arith::RemUIOp,
          arith::CeilDivSIOp, arith::CeilDivUIOp, arith::FloorDivSIOp>(op))
    return false;
  for (Type type :
       llvm::concat<const Type>(op.getOperandTypes(), op.getResultTypes()))
    if (!type.isIntOrIndexOrFloat())
      return false;
  if (!isa<math::MathDialect>(op.getDialect()))
    return true;
  if (isa<math::AbsFOp, math::AbsIOp, math::CeilOp, math::FloorOp,
          math::TruncOp, math::RoundEvenOp, math::SqrtOp, math::RsqrtOp,
          math::FmaOp, math::CopySignOp>(op))
    return true;
  return isa<math::ExpOp, math::ExpM1Op, math::LogOp, math::Log1pOp,
             math::TanhOp, math::ErfOp>(op) &&
         !op.getResult(0).getType().isF64();
}

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

/// How an operand varies along the vector.
enum class Access { Scalar, Uniform, Contiguous, Strided };

class LoopVectorizer {
public:
  LoopVectorizer(linalg::GenericOp op, const CPUTarget &target)
      : op(op), target(target), b(op.getLoc(), op) {}

  LogicalResult run() {
    if (!op.hasPureBufferSemantics() || op.getNumDpsInits() == 0 ||
        !llvm::all_of(*op.getBody(),
                      [&](Operation &inner) {
                        return &inner == op.getBody()->getTerminator() ||
                               isVectorizable(inner);
                      }) ||
        !chooseVectorDim() || !classifyOperands())
      return failure();
    Type type = getElementTypeOrSelf(op.getDpsInits().front().getType());
    lanes = target.vectorBits / std::max(32u, type.getIntOrFloatBitWidth());
    if (lanes < 2)
      return failure();
    // A short row is better off with its neighbours in scalar loops.
    int64_t length = op.getStaticLoopRanges()[vectorDim];
    if (!ShapedType::isDynamic(length) && length < lanes / 4)
      return failure();

    auto linalgOp = cast<linalg::LinalgOp>(op.getOperation());
    for (Range range : linalgOp.createLoopRanges(b, b.getLoc()))
      sizes.push_back(range.size);
    indices.resize(sizes.size());
    SmallVector<unsigned> outer, inner;
    for (auto [dim, kind] : llvm::enumerate(op.getIteratorTypesArray()))
      if (dim != vectorDim)
        (kind == utils::IteratorType::parallel ? outer : inner).push_back(dim);
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

  bool classifyOperands() {
    for (OpOperand &operand : op->getOpOperands()) {
      auto type = dyn_cast<MemRefType>(operand.get().getType());
      Access access;
      if (!type) {
        if (!operand.get().getType().isIntOrIndexOrFloat())
          return false;
        access = Access::Scalar;
      } else {
        Type element = type.getElementType();
        // In memory a boolean is a byte, in a vector it is a bit.
        if (!element.isIntOrFloat() || element.getIntOrFloatBitWidth() < 8)
          return false;
        std::optional<Access> found = classify(operand, type);
        if (!found)
          return false;
        access = *found;
      }
      accesses.push_back(access);
    }
    return true;
  }

  std::optional<Access> classify(OpOperand &operand, MemRefType type) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    if (!map.isFunctionOfDim(vectorDim))
      return Access::Uniform;
    if (!hasUnitStride(operand.get()))
      return std::nullopt;
    for (AffineExpr expr : map.getResults().drop_back())
      if (expr.isFunctionOfDim(vectorDim))
        return std::nullopt;
    std::optional<int64_t> step = getStep(map.getResults().back());
    if (!step)
      return std::nullopt;
    if (*step == 1)
      return Access::Contiguous;
    if (type.getElementTypeBitWidth() < 32)
      return std::nullopt;
    return Access::Strided;
  }

  /// How far `expr` moves when the vector dimension advances by one, if that
  /// is the same everywhere.
  std::optional<int64_t> getStep(AffineExpr expr) {
    MLIRContext *context = op.getContext();
    AffineExpr dim = getAffineDimExpr(vectorDim, context);
    AffineExpr difference = simplifyAffineExpr(
        expr.replace(dim, dim + 1) - expr, op.getNumLoops(), 0);
    auto constant = dyn_cast<AffineConstantExpr>(difference);
    if (!constant || constant.getValue() <= 0)
      return std::nullopt;
    return constant.getValue();
  }

  //===--------------------------------------------------------------------===//
  // Emission
  //===--------------------------------------------------------------------===//

  Value constant(int64_t value) {
    return arith::ConstantIndexOp::create(b, value);
  }
  Value asValue(OpFoldResult ofr) {
    return getValueOrCreateConstantIndexOp(b, b.getLoc(), ofr);
  }
  VectorType vectorOf(Type element) { return VectorType::get(lanes, element); }
  Value broadcast(Value scalar) {
    return vector::BroadcastOp::create(b, vectorOf(scalar.getType()), scalar);
  }

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

  /// Computes what is the same in all inner loops once, as scalars: in memory
  /// it might be what the loops write, for all that LLVM knows.
  void computeInvariants(ArrayRef<unsigned> inner) {
    invariants.clear();
    Block *body = op.getBody();
    for (OpOperand *input : op.getDpsInputOperands()) {
      BlockArgument arg = body->getArgument(input->getOperandNumber());
      Access access = accesses[input->getOperandNumber()];
      AffineMap map = op.getMatchingIndexingMap(input);
      if (arg.use_empty())
        continue;
      if (access == Access::Scalar)
        invariants.map(arg, input->get());
      else if (access == Access::Uniform &&
               llvm::none_of(inner, [&](unsigned dim) {
                 return map.isFunctionOfDim(dim);
               }))
        invariants.map(
            arg, memref::LoadOp::create(b, input->get(), getIndices(*input)));
    }
    for (Operation &inner : body->without_terminator())
      if (inner.getNumOperands() > 0 && inner.getNumResults() == 1 &&
          isPure(&inner) && isSpeculatable(&inner) &&
          llvm::all_of(inner.getOperands(), [&](Value operand) {
            return operand.getParentBlock() != body ||
                   invariants.contains(operand) ||
                   matchPattern(operand, m_Constant());
          })) {
        for (Value operand : inner.getOperands())
          if (operand.getParentBlock() == body && !invariants.contains(operand))
            invariants.map(operand,
                           b.clone(*operand.getDefiningOp())->getResult(0));
        b.clone(inner, invariants);
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
    unsigned inputs = op.getNumDpsInputs();
    for (auto [i, init] : llvm::enumerate(op.getDpsInitsMutable())) {
      // An init that the body does not read has nothing to load.
      bool isRead =
          !op.getBody()->getArgument(inputs + i).use_empty() || !inner.empty();
      results.push_back(isRead ? load(init, mask) : Value());
    }
    results = emitInner(inner, results, mask);
    for (auto [init, value] : llvm::zip(op.getDpsInitsMutable(), results))
      store(init, value, mask);
  }

  /// The reduction loops inside of a vector of results.
  SmallVector<Value> emitInner(ArrayRef<unsigned> dims, ValueRange carried,
                               Value mask) {
    if (dims.empty())
      return emitBody(carried, mask);
    // A window is straight code.
    if (auto size = getConstantIntValue(sizes[dims.front()]);
        size && *size <= kFewTurns) {
      SmallVector<Value> next(carried);
      for (int64_t i = 0; i < *size; ++i) {
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

  //===--------------------------------------------------------------------===//
  // One vector
  //===--------------------------------------------------------------------===//

  SmallVector<Value> getIndices(OpOperand &operand) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    SmallVector<OpFoldResult> dims;
    for (Value index : indices)
      dims.push_back(index ? OpFoldResult(index) : b.getIndexAttr(0));
    SmallVector<Value> result;
    for (unsigned i = 0; i < map.getNumResults(); ++i)
      result.push_back(asValue(affine::makeComposedFoldedAffineApply(
          b, b.getLoc(), map.getSubMap({i}), dims)));
    return result;
  }

  Value load(OpOperand &operand, Value mask) {
    Value buffer = operand.get();
    Access access = accesses[operand.getOperandNumber()];
    if (access == Access::Scalar)
      return broadcast(buffer);
    auto at = getIndices(operand);
    if (access == Access::Uniform)
      return broadcast(memref::LoadOp::create(b, buffer, at));
    VectorType type = vectorOf(getElementTypeOrSelf(buffer.getType()));
    if (access == Access::Contiguous && !mask)
      return vector::LoadOp::create(b, type, buffer, at);
    Value zero = arith::ConstantOp::create(b, b.getZeroAttr(type));
    if (access == Access::Contiguous)
      return vector::MaskedLoadOp::create(b, type, buffer, at, mask, zero);
    int64_t step =
        *getStep(op.getMatchingIndexingMap(&operand).getResults().back());
    if (step == 2 && !mask)
      return loadEven(buffer, type, at, zero);
    SmallVector<int32_t> offsets;
    for (int64_t i = 0; i < lanes; ++i)
      offsets.push_back(i * step);
    Value index = arith::ConstantOp::create(b, b.getI32VectorAttr(offsets));
    if (!mask)
      mask = vector::ConstantMaskOp::create(b, vectorOf(b.getI1Type()),
                                            ArrayRef<int64_t>{lanes});
    return vector::GatherOp::create(b, type, buffer, at, index, mask, zero);
  }

  /// Every other element of two vectors; the last element of the second one may
  /// lie behind the end.
  Value loadEven(Value buffer, VectorType type, SmallVector<Value> at,
                 Value zero) {
    Value low = vector::LoadOp::create(b, type, buffer, at);
    at.back() = arith::AddIOp::create(b, at.back(), constant(lanes));
    Value all = vector::ConstantMaskOp::create(b, vectorOf(b.getI1Type()),
                                               ArrayRef<int64_t>{lanes - 1});
    Value high = vector::MaskedLoadOp::create(b, type, buffer, at, all, zero);
    SmallVector<int64_t> even;
    for (int64_t i = 0; i < lanes; ++i)
      even.push_back(2 * i);
    return vector::ShuffleOp::create(b, low, high, even);
  }

  void store(OpOperand &operand, Value value, Value mask) {
    auto at = getIndices(operand);
    if (mask)
      vector::MaskedStoreOp::create(b, operand.get(), at, mask, value);
    else
      vector::StoreOp::create(b, value, operand.get(), at);
  }

  /// Clones the body with vectors for scalars.
  SmallVector<Value> emitBody(ValueRange carried, Value mask) {
    IRMapping mapping;
    Block *body = op.getBody();
    for (OpOperand *input : op.getDpsInputOperands()) {
      BlockArgument arg = body->getArgument(input->getOperandNumber());
      if (!arg.use_empty() && !invariants.contains(arg))
        mapping.map(arg, load(*input, mask));
    }
    for (auto [i, value] : llvm::enumerate(carried))
      if (value && i < unsigned(op.getNumDpsInits()))
        mapping.map(body->getArgument(op.getNumDpsInputs() + i), value);
    // Values from outside of the op are the same in every lane.
    auto lookup = [&](Value value) {
      if (Value known = mapping.lookupOrNull(value))
        return known;
      Value splat = broadcast(invariants.lookupOrDefault(value));
      mapping.map(value, splat);
      return splat;
    };
    for (Operation &inner : body->without_terminator())
      if (inner.getNumResults() != 1 ||
          !invariants.contains(inner.getResult(0)))
        emitInnerOp(inner, mapping, lookup);
    SmallVector<Value> results;
    for (Value value : body->getTerminator()->getOperands())
      results.push_back(lookup(value));
    return results;
  }

  void emitInnerOp(Operation &inner, IRMapping &mapping,
                   llvm::function_ref<Value(Value)> lookup) {
    if (auto index = dyn_cast<linalg::IndexOp>(inner)) {
      Value value = indices[index.getDim()];
      if (index.getDim() == vectorDim) {
        Value steps = vector::StepOp::create(b, vectorOf(b.getIndexType()));
        value = arith::AddIOp::create(b, broadcast(value), steps);
      } else {
        value = broadcast(value);
      }
      return mapping.map(index.getResult(), value);
    }
    if (auto constantOp = dyn_cast<arith::ConstantOp>(inner)) {
      Operation *clone = b.clone(inner);
      return mapping.map(inner.getResult(0), broadcast(clone->getResult(0)));
    }
    SmallVector<Value> operands;
    for (Value operand : inner.getOperands())
      operands.push_back(lookup(operand));
    SmallVector<Type> types;
    for (Type type : inner.getResultTypes())
      types.push_back(vectorOf(type));
    OperationState state(inner.getLoc(), inner.getName(), operands, types,
                         inner.getAttrs());
    Operation *clone = b.create(state);
    mapping.map(inner.getResults(), clone->getResults());
  }

  static constexpr int64_t kUnroll = 4;
  /// Rows that are reduced at a time, and how many are many.
  static constexpr int64_t kRows = 8, kManyRows = 64;
  /// Turns of a loop that are written one after the other.
  static constexpr int64_t kFewTurns = 4;

  linalg::GenericOp op;
  const CPUTarget &target;
  ImplicitLocOpBuilder b;
  unsigned vectorDim = 0;
  int64_t lanes = 0;
  bool isReduction = false;
  SmallVector<Access> accesses;
  SmallVector<Operation *> combiners;
  SmallVector<OpFoldResult> sizes;
  SmallVector<Value> indices;
  /// Values of the body that are the same in all inner loops, as scalars.
  IRMapping invariants;
};

} // namespace

LogicalResult minitorch::vectorizeGeneric(linalg::GenericOp op,
                                          const CPUTarget &target) {
  return LoopVectorizer(op, target).run();
}
