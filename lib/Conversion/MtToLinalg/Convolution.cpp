//===- Convolution.cpp - Convolution to linalg ------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/StructuredOps.h"
#include "Patterns.h"
#include "Window.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;
using namespace minitorch;

/// What a convolution's pieces share.
namespace {
struct Convolution {
  Value input, weight;
  int64_t groups;
  Window window;
  SmallVector<OpFoldResult> counts;
  /// The dtype of the sums.
  Type sumDtype;
};
} // namespace

/// A [C, ...] dimension as [groups, C / groups, ...].
static Value splitDim(OpBuilder &b, Location loc, Value tensor, int64_t dim,
                      int64_t groups) {
  auto type = cast<RankedTensorType>(tensor.getType());
  SmallVector<int64_t> shape;
  SmallVector<OpFoldResult> sizes;
  SmallVector<ReassociationIndices> pieces;
  for (int64_t i = 0; i < type.getRank(); ++i) {
    OpFoldResult size = getSize(b, loc, tensor, i);
    ReassociationIndices piece;
    if (i == dim) {
      piece.push_back(shape.size());
      shape.push_back(groups);
      sizes.push_back(b.getIndexAttr(groups));
      size = divideSize(b, loc, size, groups);
    }
    piece.push_back(shape.size());
    shape.push_back(getConstantIntValue(size).value_or(ShapedType::kDynamic));
    sizes.push_back(size);
    pieces.push_back(piece);
  }
  return tensor::ExpandShapeOp::create(
      b, loc, RankedTensorType::get(shape, type.getElementType()), tensor,
      pieces, sizes);
}

static Value createZeros(OpBuilder &b, Location loc,
                         ArrayRef<OpFoldResult> sizes, Type dtype) {
  return createFilled(b, loc, sizes, ScalarMath(b, loc, dtype).constant(0));
}

/// The strides or dilations of a named operation.
static DenseIntElementsAttr getIntsAttr(OpBuilder &b, ArrayRef<int64_t> ints) {
  return b.getI64TensorAttr(ints);
}

/// [N, C, H, W] by [F, C, h, w] => linalg.conv_2d_nchw_fchw
static Value convolve2d(OpBuilder &b, Location loc, const Convolution &conv) {
  SmallVector<OpFoldResult> sizes{getSize(b, loc, conv.input, 0),
                                  getSize(b, loc, conv.weight, 0)};
  llvm::append_range(sizes, conv.counts);
  Value init = createZeros(b, loc, sizes, conv.sumDtype);
  return linalg::Conv2DNchwFchwOp::create(
             b, loc, init.getType(), ValueRange{conv.input, conv.weight}, init,
             getIntsAttr(b, conv.window.stride),
             getIntsAttr(b, conv.window.dilation))
      .getResult(0);
}

/// One channel a group in and out => linalg.depthwise_conv_2d_nchw_chw
static Value convolveDepthwise2d(OpBuilder &b, Location loc,
                                 const Convolution &conv) {
  SmallVector<OpFoldResult> sizes{getSize(b, loc, conv.input, 0),
                                  b.getIndexAttr(conv.groups)};
  llvm::append_range(sizes, conv.counts);
  Value init = createZeros(b, loc, sizes, conv.sumDtype);
  Value weight = dropUnitDims(b, loc, conv.weight, 1);
  return linalg::DepthwiseConv2DNchwChwOp::create(
             b, loc, init.getType(), ValueRange{conv.input, weight}, init,
             getIntsAttr(b, conv.window.stride),
             getIntsAttr(b, conv.window.dilation))
      .getResult(0);
}

/// Groups => linalg.conv_2d_ngchw_gfchw on [N, G, C / G, H, W].
static Value convolveGrouped2d(OpBuilder &b, Location loc,
                               const Convolution &conv) {
  Value input = splitDim(b, loc, conv.input, 1, conv.groups);
  Value weight = splitDim(b, loc, conv.weight, 0, conv.groups);
  SmallVector<OpFoldResult> sizes{getSize(b, loc, input, 0),
                                  b.getIndexAttr(conv.groups),
                                  getSize(b, loc, weight, 1)};
  llvm::append_range(sizes, conv.counts);
  Value init = createZeros(b, loc, sizes, conv.sumDtype);
  Value result = linalg::Conv2DNgchwGfchwOp::create(
                     b, loc, init.getType(), ValueRange{input, weight}, init,
                     getIntsAttr(b, conv.window.stride),
                     getIntsAttr(b, conv.window.dilation))
                     .getResult(0);
  return tensor::CollapseShapeOp::create(
      b, loc, result, SmallVector<ReassociationIndices>{{0}, {1, 2}, {3}, {4}});
}

/// Any number of spatial dimensions and groups => linalg.generic over
/// (n, g, f, positions..., c, offsets...).
static Value convolveGeneric(OpBuilder &b, Location loc,
                             const Convolution &conv) {
  unsigned rank = conv.window.getRank(), loops = 4 + 2 * rank;
  Value input = splitDim(b, loc, conv.input, 1, conv.groups);
  Value weight = splitDim(b, loc, conv.weight, 0, conv.groups);
  auto dim = [&](unsigned i) { return b.getAffineDimExpr(i); };
  AffineExpr n = dim(0), g = dim(1), f = dim(2), c = dim(3 + rank);
  SmallVector<AffineExpr> inputExprs{n, g, c}, weightExprs{g, f, c},
      outputExprs{n, g, f};
  for (unsigned i = 0; i < rank; ++i) {
    AffineExpr position = dim(3 + i), offset = dim(4 + rank + i);
    inputExprs.push_back(getWindowExpr(position, offset, conv.window.stride[i],
                                       conv.window.dilation[i]));
    weightExprs.push_back(offset);
    outputExprs.push_back(position);
  }
  SmallVector<utils::IteratorType> iterators(3 + rank,
                                             utils::IteratorType::parallel);
  iterators.append(1 + rank, utils::IteratorType::reduction);
  SmallVector<OpFoldResult> sizes{getSize(b, loc, input, 0),
                                  b.getIndexAttr(conv.groups),
                                  getSize(b, loc, weight, 1)};
  llvm::append_range(sizes, conv.counts);
  Value init = createZeros(b, loc, sizes, conv.sumDtype);
  MLIRContext *context = b.getContext();
  Type dtype = cast<RankedTensorType>(conv.input.getType()).getElementType();
  Value result =
      linalg::GenericOp::create(
          b, loc, init.getType(), ValueRange{input, weight}, init,
          ArrayRef<AffineMap>{AffineMap::get(loops, 0, inputExprs, context),
                              AffineMap::get(loops, 0, weightExprs, context),
                              AffineMap::get(loops, 0, outputExprs, context)},
          iterators,
          [&](OpBuilder &nested, Location, ValueRange arguments) {
            ScalarMath m(nested, loc, conv.sumDtype);
            Value product =
                m.mul(m.cast(arguments[0], dtype), m.cast(arguments[1], dtype));
            linalg::YieldOp::create(nested, loc, m.add(arguments[2], product));
          })
          .getResult(0);
  SmallVector<ReassociationIndices> pieces{{0}, {1, 2}};
  for (unsigned i = 0; i < rank; ++i)
    pieces.push_back({3 + i});
  return tensor::CollapseShapeOp::create(b, loc, result, pieces);
}

/// mt.aten.convolution of a batched input, not transposed => tensor.pad, a
/// convolution of linalg, and the bias as an elementwise operation that can
/// become its epilogue. Half precision is summed in f32.
static LogicalResult lowerConvolution(const AtenLowering &a) {
  OpBuilder &b = a.b;
  Location loc = a.loc;
  DtypedValue input = a.get("input"), weight = a.get("weight"),
              bias = a.get("bias");
  unsigned count = weight.getRank() - 2;
  if (input.getRank() != weight.getRank() || input.getRank() < 4)
    return a.fail("the convolution is not in its canonical form");
  if (a.getBool("transposed") != false)
    return a.fail("transposed convolutions are decomposed");
  auto stride = getWindowInts(a, "stride", count, {});
  auto padding = getWindowInts(a, "padding", count, {});
  auto dilation = getWindowInts(a, "dilation", count, {});
  std::optional<int64_t> groups = a.getInt("groups");
  if (!stride || !padding || !dilation || !groups)
    return a.fail("stride, padding, dilation or groups are not constant");

  Convolution conv;
  conv.groups = *groups;
  conv.sumDtype = getComputeDtype(input.dtype);
  conv.weight = weight.value;
  SmallVector<OpFoldResult> weightSizes = getSizes(b, loc, weight.value);
  conv.window = {llvm::to_vector(ArrayRef(weightSizes).drop_front(2)), *stride,
                 *padding, *dilation};
  a.check(createSizesEqual(b, loc, getSize(b, loc, input.value, 1),
                           scaleSize(b, loc, weightSizes[1], *groups)),
          "RuntimeError",
          "The input of a convolution has another number of channels than its "
          "weight");
  conv.counts = getWindowCounts(a, input.value, conv.window);
  for (OpFoldResult size : conv.counts)
    if (!getConstantIntValue(size)) {
      Value positive = arith::CmpIOp::create(
          b, loc, arith::CmpIPredicate::sgt, toIndex(b, loc, size),
          toIndex(b, loc, b.getIndexAttr(0)));
      a.check(positive, "RuntimeError",
              "The kernel of a convolution is larger than its padded input");
    }
  Value zero = ScalarMath(b, loc, input.dtype).constant(0);
  conv.input = padForWindow(a, input.value, zero, conv.window, conv.counts);

  bool isDepthwise = *groups > 1 &&
                     isConstantIntValue(weightSizes[0], *groups) &&
                     isConstantIntValue(weightSizes[1], 1);
  Value result;
  // The named operations are of real numbers.
  if (count != 2 || isa<ComplexType>(input.dtype))
    result = convolveGeneric(b, loc, conv);
  else if (*groups == 1)
    result = convolve2d(b, loc, conv);
  else if (isDepthwise)
    result = convolveDepthwise2d(b, loc, conv);
  else
    result = convolveGrouped2d(b, loc, conv);

  Type dtype = a.getResultDtype();
  DtypedValue sum{result, conv.sumDtype};
  if (a.isNone("bias"))
    return a.replace(castElements(b, loc, sum, dtype));
  SmallVector<int64_t> spatial =
      llvm::to_vector(llvm::seq<int64_t>(1, 1 + count));
  Value column = insertUnitDims(b, loc, bias.value, spatial);
  return a.replace(createElementwise(
      b, loc, {sum, {column, bias.dtype}}, count + 2, conv.sumDtype,
      conv.sumDtype, dtype,
      [](const ScalarMath &m, ValueRange x) { return m.add(x[0], x[1]); }));
}

void minitorch::detail::populateConvolutionPatterns(
    const TypeConverter &converter, RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter, {"convolution"}, lowerConvolution);
}
