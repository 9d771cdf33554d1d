//===- PropagateTransposes.cpp - Transposes that meet cancel --------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/Kernels/Contraction.h"
#include "MiniTorch/Codegen/Layouts/Passes.h"
#include "TransposeConstant.h"
#include "Transposes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace minitorch {
#define GEN_PASS_DEF_MTPROPAGATETRANSPOSESPASS
#include "MiniTorch/Codegen/Layouts/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;

/// Replaces `op` by `value`, of whose sizes more or fewer may be known.
static void replaceOp(PatternRewriter &rewriter, Operation *op, Value value) {
  Type type = op->getResult(0).getType();
  if (value.getType() != type)
    value = tensor::CastOp::create(rewriter, op->getLoc(), type, value);
  rewriter.replaceOp(op, value);
}

/// The same by the transpose of `value`.
static void replaceByTranspose(PatternRewriter &rewriter, Operation *op,
                               Value value, ArrayRef<int64_t> permutation) {
  replaceOp(rewriter, op,
            createTranspose(rewriter, op->getLoc(), value, permutation));
}

/// One number for each dimension, in another order of the dimensions.
static SmallVector<OpFoldResult> permute(ArrayRef<OpFoldResult> values,
                                         ArrayRef<int64_t> permutation) {
  return applyPermutation(values, permutation);
}

/// `map`, for the tensor before the transpose that the map reads.
static AffineMap skipTranspose(AffineMap map, linalg::TransposeOp transpose) {
  SmallVector<int64_t> inverse =
      invertPermutationVector(transpose.getPermutation());
  return AffineMap::get(map.getNumDims(), map.getNumSymbols(),
                        applyPermutation(map.getResults(), inverse),
                        map.getContext());
}

namespace {

/// transpose(transpose(x)) => transpose(x) or x; the transpose of a constant is
/// a constant.
struct FoldTranspose : OpRewritePattern<linalg::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics())
      return rewriter.notifyMatchFailure(op, "it is on buffers");
    auto constant = op.getInput().getDefiningOp<arith::ConstantOp>();
    auto elements =
        constant ? dyn_cast<ElementsAttr>(constant.getValue()) : nullptr;
    if (elements) {
      ElementsAttr moved = transposeConstant(elements, op.getPermutation());
      if (!moved)
        return rewriter.notifyMatchFailure(op, "its elements are not at hand");
      replaceOp(rewriter, op,
                arith::ConstantOp::create(rewriter, constant.getLoc(),
                                          cast<TypedAttr>(moved)));
      return success();
    }
    if (!getTranspose(op.getInput()) &&
        !isIdentityPermutation(op.getPermutation()))
      return rewriter.notifyMatchFailure(op, "it reads no transpose");
    replaceByTranspose(rewriter, op, op.getInput(), op.getPermutation());
    return success();
  }
};

/// Poolings keep their names unless their layout changes.
template <typename PoolingOp>
struct GeneralizePooling : OpRewritePattern<PoolingOp> {
  using OpRewritePattern<PoolingOp>::OpRewritePattern;

  LogicalResult matchAndRewrite(PoolingOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || !getTranspose(op.getDpsInputs()[0]))
      return rewriter.notifyMatchFailure(op, "it reads no transpose");
    return linalg::generalizeNamedOp(rewriter,
                                     cast<linalg::LinalgOp>(op.getOperation()));
  }
};

/// f(transpose(x)) => transpose(f'(x))
struct SinkThroughGeneric : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || op.getNumDpsInits() == 0)
      return rewriter.notifyMatchFailure(op, "it has no tensors");
    OpOperand *through = nullptr;
    for (OpOperand *input : op.getDpsInputOperands())
      if (getTranspose(input->get()))
        through = input;
    if (!through)
      return rewriter.notifyMatchFailure(op, "it reads no transpose");
    // A contraction reads its operands in any order.
    if (matchContraction(op))
      return rewriter.notifyMatchFailure(op, "it is a contraction");
    AffineMap resultMap = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
    if (!resultMap.isProjectedPermutation() ||
        llvm::any_of(op.getDpsInitsMutable(), [&](OpOperand &init) {
          return op.getMatchingIndexingMap(&init) != resultMap;
        }))
      return rewriter.notifyMatchFailure(op, "its results lie differently");

    // The loops over the results, in the order of what is read.
    AffineMap map = skipTranspose(op.getMatchingIndexingMap(through),
                                  getTranspose(through->get()));
    llvm::SmallSetVector<unsigned, 8> loops;
    for (AffineExpr expr : map.getResults())
      for (AffineExpr result : resultMap.getResults()) {
        unsigned dim = cast<AffineDimExpr>(result).getPosition();
        if (expr.isFunctionOfDim(dim))
          loops.insert(dim);
      }
    if (loops.size() != resultMap.getNumResults())
      return rewriter.notifyMatchFailure(op, "it reads a part of its result");
    for (unsigned dim = 0; dim < op.getNumLoops(); ++dim)
      loops.insert(dim);
    // What the loops are called then.
    SmallVector<AffineExpr> names(op.getNumLoops());
    for (auto [i, dim] : llvm::enumerate(loops))
      names[dim] = rewriter.getAffineDimExpr(i);
    auto rename = [&](AffineMap map) {
      return map.replaceDimsAndSymbols(names, {}, map.getNumDims(), 0);
    };
    for (OpOperand *input : op.getDpsInputOperands()) {
      AffineMap inputMap = op.getMatchingIndexingMap(input);
      if (linalg::TransposeOp transpose = getTranspose(input->get()))
        inputMap = skipTranspose(inputMap, transpose);
      else if (matchPattern(input->get(), m_Constant()))
        continue;
      if (!isInOrder(rename(inputMap), resultMap.getNumResults()))
        return rewriter.notifyMatchFailure(
            op, "another operand would have to be transposed");
    }

    SmallVector<unsigned> order(loops.begin(), loops.end());
    FailureOr<linalg::GenericOp> interchanged =
        linalg::interchangeGenericOp(rewriter, op, order);
    if (succeeded(interchanged))
      op = *interchanged;
    for (OpOperand *input : op.getDpsInputOperands()) {
      AffineMap inputMap = op.getMatchingIndexingMap(input);
      linalg::TransposeOp transpose = getTranspose(input->get());
      if (transpose)
        permuteOperand(rewriter, op, *input,
                       invertPermutationVector(transpose.getPermutation()));
      else if (!isInOrder(inputMap, resultMap.getNumResults()))
        permuteOperand(rewriter, op, *input, getLoopOrder(inputMap));
    }
    sortResults(rewriter, op);
    return success();
  }

private:
  /// Whether the first `count` loops appear in ascending order.
  static bool isInOrder(AffineMap map, unsigned count) {
    unsigned last = 0;
    for (AffineExpr expr : map.getResults())
      for (unsigned dim = 0; dim < count; ++dim)
        if (expr.isFunctionOfDim(dim)) {
          if (dim < last)
            return false;
          last = dim;
          break;
        }
    return true;
  }
};

/// pad(transpose(x)) => transpose(pad(x))
struct SinkThroughPad : OpRewritePattern<tensor::PadOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::PadOp op,
                                PatternRewriter &rewriter) const override {
    linalg::TransposeOp transpose = getTranspose(op.getSource());
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "it reads no transpose");
    Value value = op.getConstantPaddingValue();
    if (!value)
      return rewriter.notifyMatchFailure(op, "the padding is not one value");
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    SmallVector<int64_t> inverse = invertPermutationVector(permutation);
    auto type = RankedTensorType::get(
        applyPermutation(op.getResultType().getShape(), inverse),
        op.getResultType().getElementType());
    Value padded = tensor::PadOp::create(
        rewriter, op.getLoc(), type, transpose.getInput(),
        permute(op.getMixedLowPad(), inverse),
        permute(op.getMixedHighPad(), inverse), value, op.getNofold());
    replaceByTranspose(rewriter, op, padded, permutation);
    return success();
  }
};

/// slice(transpose(x)) => transpose(slice(x))
struct SinkThroughExtractSlice : OpRewritePattern<tensor::ExtractSliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::ExtractSliceOp op,
                                PatternRewriter &rewriter) const override {
    linalg::TransposeOp transpose = getTranspose(op.getSource());
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "it reads no transpose");
    if (op.getSourceType().getRank() != op.getType().getRank())
      return rewriter.notifyMatchFailure(op, "it drops dimensions");
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    SmallVector<int64_t> inverse = invertPermutationVector(permutation);
    Value slice = tensor::ExtractSliceOp::create(
        rewriter, op.getLoc(), transpose.getInput(),
        permute(op.getMixedOffsets(), inverse),
        permute(op.getMixedSizes(), inverse),
        permute(op.getMixedStrides(), inverse));
    replaceByTranspose(rewriter, op, slice, permutation);
    return success();
  }
};

/// insert(transpose(x), transpose(y)) => transpose(insert(x, y)); y may be
/// something new, too.
struct SinkThroughInsertSlice : OpRewritePattern<tensor::InsertSliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::InsertSliceOp op,
                                PatternRewriter &rewriter) const override {
    linalg::TransposeOp transpose = getTranspose(op.getSource());
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "it inserts no transpose");
    if (op.getSourceType().getRank() != op.getType().getRank())
      return rewriter.notifyMatchFailure(op, "it adds dimensions");
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    SmallVector<int64_t> inverse = invertPermutationVector(permutation);
    Value dest = op.getDest();
    if (linalg::TransposeOp other = getTranspose(dest)) {
      if (other.getPermutation() != permutation)
        return rewriter.notifyMatchFailure(op, "it is transposed differently");
      dest = other.getInput();
    } else if (auto empty = dest.getDefiningOp<tensor::EmptyOp>()) {
      dest = tensor::EmptyOp::create(rewriter, op.getLoc(),
                                     permute(empty.getMixedSizes(), inverse),
                                     empty.getType().getElementType());
    } else {
      return rewriter.notifyMatchFailure(
          op, "the destination would have to be transposed");
    }
    Value inserted = tensor::InsertSliceOp::create(
        rewriter, op.getLoc(), transpose.getInput(), dest,
        permute(op.getMixedOffsets(), inverse),
        permute(op.getMixedSizes(), inverse),
        permute(op.getMixedStrides(), inverse));
    replaceByTranspose(rewriter, op, inserted, permutation);
    return success();
  }
};

/// expand(transpose(x)) => transpose(expand(x))
struct SinkThroughExpand : OpRewritePattern<tensor::ExpandShapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::ExpandShapeOp op,
                                PatternRewriter &rewriter) const override {
    linalg::TransposeOp transpose = getTranspose(op.getSrc());
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "it reads no transpose");
    SmallVector<int64_t> inverse =
        invertPermutationVector(transpose.getPermutation());
    SmallVector<ReassociationIndices> groups = op.getReassociationIndices();
    if (groups.empty())
      return rewriter.notifyMatchFailure(op, "it expands a scalar");
    SmallVector<OpFoldResult> sizes = op.getMixedOutputShape();
    // The dimensions of the result, in the order of x.
    SmallVector<int64_t> order;
    SmallVector<ReassociationIndices> newGroups;
    SmallVector<int64_t> shape;
    SmallVector<OpFoldResult> newSizes;
    for (int64_t dim : inverse) {
      newGroups.emplace_back();
      for (int64_t part : groups[dim]) {
        newGroups.back().push_back(order.size());
        order.push_back(part);
        shape.push_back(op.getType().getDimSize(part));
        newSizes.push_back(sizes[part]);
      }
    }
    Value expanded = tensor::ExpandShapeOp::create(
        rewriter, op.getLoc(),
        RankedTensorType::get(shape, op.getType().getElementType()),
        transpose.getInput(), newGroups, newSizes);
    replaceByTranspose(rewriter, op, expanded, invertPermutationVector(order));
    return success();
  }
};

/// collapse(transpose(x)) => transpose(collapse(x)) where what is collapsed
/// lies side by side in x.
struct SinkThroughCollapse : OpRewritePattern<tensor::CollapseShapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::CollapseShapeOp op,
                                PatternRewriter &rewriter) const override {
    linalg::TransposeOp transpose = getTranspose(op.getSrc());
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "it reads no transpose");
    RankedTensorType type = op.getSrcType();
    SmallVector<ReassociationIndices> groups = op.getReassociationIndices();
    SmallVector<int64_t> groupOf(type.getRank());
    for (auto [number, group] : llvm::enumerate(groups))
      for (int64_t dim : group)
        groupOf[dim] = number;
    // The groups in the order of x, each once.
    SmallVector<int64_t> order;
    SmallVector<ReassociationIndices> newGroups;
    int64_t last = -1;
    for (auto [position, dim] :
         llvm::enumerate(invertPermutationVector(transpose.getPermutation()))) {
      if (order.empty() || order.back() != groupOf[dim]) {
        if (llvm::is_contained(order, groupOf[dim]))
          return rewriter.notifyMatchFailure(op, "it merges across others");
        order.push_back(groupOf[dim]);
        newGroups.emplace_back();
        last = -1;
      }
      newGroups.back().push_back(position);
      if (type.getDimSize(dim) == 1)
        continue;
      if (dim < last)
        return rewriter.notifyMatchFailure(op, "it merges in another order");
      last = dim;
    }
    if (order.size() != groups.size())
      return rewriter.notifyMatchFailure(op, "it collapses to a scalar");
    Value collapsed = tensor::CollapseShapeOp::create(
        rewriter, op.getLoc(), transpose.getInput(), newGroups);
    replaceByTranspose(rewriter, op, collapsed, invertPermutationVector(order));
    return success();
  }
};

/// transpose(x) => expand(collapse(x)) if all that moves is of size one.
struct ReshapeUnitDims : OpRewritePattern<linalg::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto type = dyn_cast<RankedTensorType>(op.getInput().getType());
    if (!type)
      return rewriter.notifyMatchFailure(op, "it is on buffers");
    // The other dimensions, in the order of the result.
    SmallVector<int64_t> moved;
    for (int64_t dim : op.getPermutation())
      if (type.getDimSize(dim) != 1)
        moved.push_back(dim);
    if (!llvm::is_sorted(moved))
      return rewriter.notifyMatchFailure(op, "it moves elements");
    auto resultType = cast<RankedTensorType>(op->getResult(0).getType());
    SmallVector<OpFoldResult> sizes =
        tensor::getMixedSizes(rewriter, op.getLoc(), op.getDpsInits()[0]);
    Value flat = tensor::CollapseShapeOp::create(
        rewriter, op.getLoc(), op.getInput(), groupAround(type));
    rewriter.replaceOpWithNewOp<tensor::ExpandShapeOp>(
        op, resultType, flat, groupAround(resultType), sizes);
    return success();
  }

private:
  /// One group for each dimension that is not of size one, and at least one.
  static SmallVector<ReassociationIndices> groupAround(RankedTensorType type) {
    SmallVector<ReassociationIndices> groups(1);
    bool hasOther = false;
    for (auto [dim, size] : llvm::enumerate(type.getShape())) {
      if (size != 1 && hasOther)
        groups.emplace_back();
      hasOther |= size != 1;
      groups.back().push_back(dim);
    }
    return groups;
  }
};

/// transpose(pad(x)) => pad(transpose(x)): the transpose can write into the
/// padded tensor.
struct HoistAbovePad : OpRewritePattern<linalg::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    auto pad = op.getInput().getDefiningOp<tensor::PadOp>();
    if (!pad || !pad->hasOneUse() || !pad.getConstantPaddingValue())
      return rewriter.notifyMatchFailure(op, "it reads no padding of its own");
    ArrayRef<int64_t> permutation = op.getPermutation();
    Value moved =
        createTranspose(rewriter, op.getLoc(), pad.getSource(), permutation);
    rewriter.replaceOpWithNewOp<tensor::PadOp>(
        op, cast<RankedTensorType>(op->getResult(0).getType()), moved,
        permute(pad.getMixedLowPad(), permutation),
        permute(pad.getMixedHighPad(), permutation),
        pad.getConstantPaddingValue(), pad.getNofold());
    return success();
  }
};

struct PropagateTransposes
    : minitorch::impl::MtPropagateTransposesPassBase<PropagateTransposes> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet down(context), rest(context);
    down.add<FoldTranspose, GeneralizePooling<linalg::PoolingNchwMaxOp>,
             GeneralizePooling<linalg::PoolingNchwSumOp>, SinkThroughGeneric,
             SinkThroughPad, SinkThroughExtractSlice, SinkThroughInsertSlice,
             SinkThroughExpand, SinkThroughCollapse>(context);
    tensor::CastOp::getCanonicalizationPatterns(down, context);
    rest.add<ReshapeUnitDims, HoistAbovePad>(context);
    tensor::CollapseShapeOp::getCanonicalizationPatterns(rest, context);
    tensor::ExpandShapeOp::getCanonicalizationPatterns(rest, context);
    auto config = GreedyRewriteConfig().setUseTopDownTraversal();
    if (failed(
            applyPatternsGreedily(getOperation(), std::move(down), config)) ||
        failed(applyPatternsGreedily(getOperation(), std::move(rest), config)))
      signalPassFailure();
  }
};

} // namespace
