//===- ConvertConvolutions.cpp - Convolutions as contractions -----------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Codegen/CPU/Passes.h"
#include "MiniTorch/Codegen/Kernels/Contraction.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace minitorch {
#define GEN_PASS_DEF_MTCPUCONVERTCONVOLUTIONSPASS
#include "MiniTorch/Codegen/CPU/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;

namespace {

/// Rewrites one convolution of [n, g, c, h, w] by [g, f, c, kh, kw], where
/// neither has a dimension g unless `isGrouped`.
class ConvolutionRewriter {
public:
  ConvolutionRewriter(IRRewriter &rewriter, linalg::LinalgOp op,
                      DenseIntElementsAttr strides,
                      DenseIntElementsAttr dilations, bool isGrouped)
      : b(rewriter), loc(op.getLoc()), op(op), isGrouped(isGrouped),
        strides(strides.getValues<int64_t>()),
        dilations(dilations.getValues<int64_t>()) {
    input = op.getDpsInputs()[0];
    weight = op.getDpsInputs()[1];
    init = op.getDpsInits()[0];
    inputSizes = tensor::getMixedSizes(b, loc, input);
    weightSizes = tensor::getMixedSizes(b, loc, weight);
    outputSizes = tensor::getMixedSizes(b, loc, init);
  }

  void run() {
    unsigned g = isGrouped;
    int64_t inputRank = inputSizes.size(), weightRank = weightSizes.size();
    Value lhs = collapse(weight, group(weightRank, 1 + g, weightRank));
    Value rhs = isPointwise()
                    ? collapse(input, group(inputRank, 2 + g, inputRank))
                    : createWindows();
    Value acc = collapseInit(group(inputRank, 2 + g, inputRank));

    // Loops: n, (g,) f, p, k.
    unsigned loops = 4 + g;
    auto d = [&](unsigned i) { return b.getAffineDimExpr(i); };
    AffineExpr f = d(1 + g), p = d(2 + g), k = d(3 + g);
    SmallVector<AffineExpr> lhsExprs{f, k}, rhsExprs{d(0), k, p},
        accExprs{d(0), f, p};
    if (isGrouped) {
      lhsExprs.insert(lhsExprs.begin(), d(1));
      rhsExprs.insert(rhsExprs.begin() + 1, d(1));
      accExprs.insert(accExprs.begin() + 1, d(1));
    }
    auto map = [&](ArrayRef<AffineExpr> exprs) {
      return AffineMap::get(loops, 0, exprs, b.getContext());
    };
    SmallVector<utils::IteratorType> kinds(loops,
                                           utils::IteratorType::parallel);
    kinds.back() = utils::IteratorType::reduction;
    auto sum = linalg::GenericOp::create(
        b, loc, TypeRange(acc.getType()), ValueRange{lhs, rhs}, ValueRange(acc),
        ArrayRef<AffineMap>{map(lhsExprs), map(rhsExprs), map(accExprs)}, kinds,
        [](OpBuilder &nested, Location at, ValueRange args) {
          auto flags = arith::FastMathFlagsAttr::get(
              nested.getContext(),
              arith::FastMathFlags::reassoc | arith::FastMathFlags::contract);
          Value product =
              arith::MulFOp::create(nested, at, args[0], args[1], flags);
          Value total =
              arith::AddFOp::create(nested, at, args[2], product, flags);
          linalg::YieldOp::create(nested, at, total);
        });
    Value result = tensor::ExpandShapeOp::create(
        b, loc, init.getType(), sum.getResult(0),
        group(inputRank, 2 + g, inputRank), outputSizes);
    b.replaceOp(op, result);
  }

private:
  /// Dimensions [0, rank) one by one, but [from, to) as one.
  static SmallVector<ReassociationIndices> group(int64_t rank, int64_t from,
                                                 int64_t to) {
    SmallVector<ReassociationIndices> groups;
    for (int64_t i = 0; i < rank; ++i) {
      if (i > from && i < to)
        groups.back().push_back(i);
      else
        groups.push_back({i});
    }
    return groups;
  }

  Value collapse(Value tensor, ArrayRef<ReassociationIndices> groups) {
    return tensor::CollapseShapeOp::create(b, loc, tensor, groups);
  }

  /// A fill stays one, so that it can be computed a tile at a time.
  Value collapseInit(ArrayRef<ReassociationIndices> groups) {
    auto fill = init.getDefiningOp<linalg::FillOp>();
    if (!fill)
      return collapse(init, groups);
    Value empty = collapse(fill.getDpsInits()[0], groups);
    return linalg::FillOp::create(b, loc, fill.getInputs(), empty).getResult(0);
  }

  /// Whether every window is one element, and every element one window.
  bool isPointwise() {
    return isConstantIntValue(weightSizes.back(), 1) &&
           isConstantIntValue(weightSizes[weightSizes.size() - 2], 1) &&
           llvm::all_of(strides, [](int64_t stride) { return stride == 1; });
  }

  Value asValue(OpFoldResult ofr) {
    return getValueOrCreateConstantIndexOp(b, loc, ofr);
  }
  OpFoldResult product(ArrayRef<OpFoldResult> factors) {
    OpFoldResult result = b.getIndexAttr(1);
    for (OpFoldResult factor : factors)
      result = affine::makeComposedFoldedAffineApply(
          b, loc, b.getAffineDimExpr(0) * b.getAffineSymbolExpr(0),
          {result, factor});
    return result;
  }

  /// A table of `rows` x `columns` offsets: row * rowStride + the sum of the
  /// digits of the column, in the mixed base `base`, times `strides`.
  Value createOffsets(OpFoldResult rows, OpFoldResult columns,
                      OpFoldResult rowStride, ArrayRef<OpFoldResult> base,
                      ArrayRef<OpFoldResult> digitStrides) {
    SmallVector<OpFoldResult> all{rows, columns, rowStride};
    llvm::append_range(all, base);
    llvm::append_range(all, digitStrides);
    if (std::optional<SmallVector<int64_t>> values = getConstantIntValues(all))
      return createConstantOffsets(*values, base.size());

    Value empty = tensor::EmptyOp::create(
        b, loc, ArrayRef<OpFoldResult>{rows, columns}, b.getIndexType());
    AffineMap map = b.getMultiDimIdentityMap(2);
    SmallVector<Value> bases, factors;
    for (auto [size, stride] : llvm::zip(base, digitStrides)) {
      bases.push_back(asValue(size));
      factors.push_back(asValue(stride));
    }
    Value rowFactor = asValue(rowStride);
    return linalg::GenericOp::create(
               b, loc, TypeRange(empty.getType()), ValueRange(),
               ValueRange(empty), ArrayRef<AffineMap>{map},
               SmallVector<utils::IteratorType>(2,
                                                utils::IteratorType::parallel),
               [&](OpBuilder &nested, Location at, ValueRange) {
                 Value rest = linalg::IndexOp::create(nested, at, 1);
                 Value sum = arith::MulIOp::create(
                     nested, at, linalg::IndexOp::create(nested, at, 0),
                     rowFactor);
                 for (unsigned i = bases.size(); i-- > 0;) {
                   Value digit = rest;
                   if (i > 0) {
                     digit = arith::RemUIOp::create(nested, at, rest, bases[i]);
                     rest = arith::DivUIOp::create(nested, at, rest, bases[i]);
                   }
                   sum = arith::AddIOp::create(
                       nested, at, sum,
                       arith::MulIOp::create(nested, at, digit, factors[i]));
                 }
                 linalg::YieldOp::create(nested, at, sum);
               })
        .getResult(0);
  }

  Value createConstantOffsets(ArrayRef<int64_t> values, unsigned digits) {
    int64_t rows = values[0], columns = values[1];
    ArrayRef<int64_t> base = values.slice(3, digits);
    ArrayRef<int64_t> factors = values.slice(3 + digits, digits);
    SmallVector<int64_t> table;
    table.reserve(rows * columns);
    for (int64_t row = 0; row < rows; ++row) {
      for (int64_t column = 0; column < columns; ++column) {
        int64_t sum = row * values[2], rest = column;
        for (unsigned i = digits; i-- > 0; rest /= base[i])
          sum += (i > 0 ? rest % base[i] : rest) * factors[i];
        table.push_back(sum);
      }
    }
    auto type = RankedTensorType::get({rows, columns}, b.getIndexType());
    return arith::ConstantOp::create(
        b, loc, DenseIntElementsAttr::get(type, ArrayRef<int64_t>(table)));
  }

  /// The windows as columns: [n, (g,) k, p], read through two tables of
  /// offsets, one of (n, (g,) k) and one of p. matchWindows knows this form.
  Value createWindows() {
    unsigned g = isGrouped;
    OpFoldResult one = b.getIndexAttr(1);
    OpFoldResult groups = isGrouped ? inputSizes[1] : one;
    OpFoldResult channels = inputSizes[1 + g], height = inputSizes[2 + g],
                 width = inputSizes[3 + g];
    OpFoldResult kernelHeight = weightSizes[2 + g],
                 kernelWidth = weightSizes[3 + g];
    OpFoldResult outHeight = outputSizes[2 + g], outWidth = outputSizes[3 + g];
    auto scaled = [&](OpFoldResult size, int64_t factor) {
      return product({size, b.getIndexAttr(factor)});
    };
    OpFoldResult taps = product({channels, kernelHeight, kernelWidth});
    OpFoldResult pixels = product({outHeight, outWidth});
    // The group and the image are part of the tap, so that the pixels can be
    // counted in steps of the stride, which the body then tells.
    Value tapOffsets =
        createOffsets(product({inputSizes[0], groups}), taps,
                      product({channels, height, width}),
                      {channels, kernelHeight, kernelWidth},
                      {product({height, width}), scaled(width, dilations[0]),
                       b.getIndexAttr(dilations[1])});
    int64_t stepSize = strides[0] % strides[1] == 0 ? strides[1] : 1;
    Value pixelOffsets = collapse(
        createOffsets(one, pixels, b.getIndexAttr(0), {outHeight, outWidth},
                      {scaled(width, strides[0] / stepSize),
                       b.getIndexAttr(strides[1] / stepSize)}),
        {{0, 1}});

    Value flat =
        collapse(input, group(inputSizes.size(), 0, inputSizes.size()));
    SmallVector<OpFoldResult> sizes{inputSizes[0], taps, pixels};
    unsigned loops = 3 + g;
    auto d = [&](unsigned i) { return b.getAffineDimExpr(i); };
    SmallVector<AffineExpr> tapExprs{d(0), d(1 + g)};
    if (isGrouped) {
      sizes.insert(sizes.begin() + 1, groups);
      tapExprs.insert(tapExprs.begin() + 1, d(1));
      SmallVector<OpFoldResult> tapSizes(llvm::drop_end(sizes));
      tapOffsets = tensor::ExpandShapeOp::create(
          b, loc,
          RankedTensorType::get(decomposeMixedValues(tapSizes).first,
                                b.getIndexType()),
          tapOffsets, ArrayRef<ReassociationIndices>{{0, 1}, {2}}, tapSizes);
    }
    Value step = arith::ConstantIndexOp::create(b, loc, stepSize);
    Value empty =
        tensor::EmptyOp::create(b, loc, sizes, getElementTypeOrSelf(input));
    return linalg::GenericOp::create(
               b, loc, TypeRange(empty.getType()),
               ValueRange{tapOffsets, pixelOffsets}, ValueRange(empty),
               ArrayRef<AffineMap>{
                   AffineMap::get(loops, 0, tapExprs, b.getContext()),
                   AffineMap::get(loops, 0, d(2 + g)),
                   b.getMultiDimIdentityMap(loops)},
               SmallVector<utils::IteratorType>(loops,
                                                utils::IteratorType::parallel),
               [&](OpBuilder &nested, Location at, ValueRange args) {
                 Value pixel = arith::MulIOp::create(nested, at, args[1], step);
                 Value place =
                     arith::AddIOp::create(nested, at, args[0], pixel);
                 Value element =
                     tensor::ExtractOp::create(nested, at, flat, place);
                 linalg::YieldOp::create(nested, at, element);
               })
        .getResult(0);
  }

  IRRewriter &b;
  Location loc;
  linalg::LinalgOp op;
  bool isGrouped;
  SmallVector<int64_t> strides, dilations;
  Value input, weight, init;
  SmallVector<OpFoldResult> inputSizes, weightSizes, outputSizes;
};

struct ConvertConvolutions
    : minitorch::impl::MtCPUConvertConvolutionsPassBase<ConvertConvolutions> {
  void runOnOperation() override {
    SmallVector<linalg::LinalgOp> work;
    getOperation()->walk([&](linalg::LinalgOp op) {
      if (!isa<linalg::Conv2DNchwFchwOp, linalg::Conv2DNgchwGfchwOp>(op) ||
          !op.hasPureTensorSemantics())
        return;
      // The sum has to be of the type that the kernel computes in.
      Type type = getElementTypeOrSelf(op->getResult(0).getType());
      if ((type.isF32() || type.isF64()) &&
          llvm::all_of(op->getOperandTypes(), [&](Type operand) {
            return getElementTypeOrSelf(operand) == type;
          }))
        work.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    for (linalg::LinalgOp op : work) {
      rewriter.setInsertionPoint(op);
      if (auto plain = dyn_cast<linalg::Conv2DNchwFchwOp>(op.getOperation()))
        ConvolutionRewriter(rewriter, op, plain.getStrides(),
                            plain.getDilations(), /*isGrouped=*/false)
            .run();
      else if (auto grouped =
                   dyn_cast<linalg::Conv2DNgchwGfchwOp>(op.getOperation()))
        ConvolutionRewriter(rewriter, op, grouped.getStrides(),
                            grouped.getDilations(), /*isGrouped=*/true)
            .run();
      ++numConverted;
    }
  }
};

} // namespace
