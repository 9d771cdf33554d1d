//===- Columns.cpp - Windows as columns -------------------------*- C++ -*-===//
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
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace minitorch;

static std::optional<Window> readWindow(const AtenLowering &a, unsigned count) {
  auto kernel = getWindowInts(a, "kernel_size", count, {});
  auto stride = getWindowInts(a, "stride", count, {});
  auto padding = getWindowInts(a, "padding", count, {});
  auto dilation = getWindowInts(a, "dilation", count, {});
  if (!kernel || !stride || !padding || !dilation)
    return std::nullopt;
  Window window;
  for (int64_t size : *kernel)
    window.kernel.push_back(a.b.getIndexAttr(size));
  window.stride = *stride;
  window.padding = *padding;
  window.dilation = *dilation;
  return window;
}

static void checkCounts(const AtenLowering &a, ArrayRef<OpFoldResult> counts) {
  OpBuilder &b = a.b;
  Value zero = arith::ConstantIndexOp::create(b, a.loc, 0);
  for (OpFoldResult size : counts)
    a.check(arith::CmpIOp::create(b, a.loc, arith::CmpIPredicate::sgt,
                                  toIndex(b, a.loc, size), zero),
            "RuntimeError", "The window is larger than the padded image");
}

/// im2col of [N, C, spatial...] => the padded input read in the order
/// (n, c, offsets..., positions...), as [N, C * offsets, positions].
static LogicalResult lowerIm2col(const AtenLowering &a) {
  OpBuilder &b = a.b;
  Location loc = a.loc;
  DtypedValue input = a.get("self");
  if (input.getRank() != 4)
    return a.fail("the input is not in its canonical form");
  unsigned count = input.getRank() - 2;
  std::optional<Window> window = readWindow(a, count);
  if (!window)
    return a.fail("the window is not constant");
  SmallVector<OpFoldResult> counts = getWindowCounts(a, input.value, *window);
  checkCounts(a, counts);
  Value padded =
      padForWindow(a, input.value, ScalarMath(b, loc, input.dtype).constant(0),
                   *window, counts);

  unsigned loops = 2 + 2 * count;
  SmallVector<OpFoldResult> sizes{getSize(b, loc, input.value, 0),
                                  getSize(b, loc, input.value, 1)};
  llvm::append_range(sizes, window->kernel);
  llvm::append_range(sizes, counts);
  SmallVector<AffineExpr> exprs{b.getAffineDimExpr(0), b.getAffineDimExpr(1)};
  for (unsigned i = 0; i < count; ++i)
    exprs.push_back(getWindowExpr(b.getAffineDimExpr(2 + count + i),
                                  b.getAffineDimExpr(2 + i), window->stride[i],
                                  window->dilation[i]));
  Value init = createEmpty(b, loc, sizes, input.dtype);
  Value columns =
      linalg::GenericOp::create(
          b, loc, init.getType(), padded, init,
          ArrayRef<AffineMap>{AffineMap::get(loops, 0, exprs, b.getContext()),
                              b.getMultiDimIdentityMap(loops)},
          SmallVector<utils::IteratorType>(loops,
                                           utils::IteratorType::parallel),
          [&](OpBuilder &nested, Location, ValueRange arguments) {
            linalg::YieldOp::create(nested, loc, arguments.front());
          })
          .getResult(0);
  return a.replace(
      tensor::CollapseShapeOp::create(
          b, loc, columns,
          SmallVector<ReassociationIndices>{{0}, {1, 2, 3}, {4, 5}})
          .getResult());
}

/// col2im of [N, C * offsets, positions] => each pixel of [N, C, spatial...]
/// as the sum over the offsets of the window that reaches it there,
///   position = (pixel + padding - offset * dilation) / stride,
/// where there is one.
static LogicalResult lowerCol2im(const AtenLowering &a) {
  OpBuilder &b = a.b;
  Location loc = a.loc;
  DtypedValue input = a.get("self");
  constexpr unsigned count = 2;
  auto outputs = a.getList("output_size");
  std::optional<Window> window = readWindow(a, count);
  if (input.getRank() != 3 || !window || !outputs || outputs->size() != count)
    return a.fail("the columns are not in their canonical form");
  Type dtype = getComputeDtype(input.dtype);
  SmallVector<OpFoldResult> sizes{getSize(b, loc, input.value, 0)};
  int64_t offsetCount = 1;
  for (OpFoldResult size : window->kernel)
    offsetCount *= *getConstantIntValue(size);
  if (offsetCount <= 0)
    return a.fail("the window is empty");
  OpFoldResult columns = getSize(b, loc, input.value, 1);
  sizes.push_back(divideSize(b, loc, columns, offsetCount));
  for (const DtypedValue &size : *outputs)
    sizes.push_back(toSize(b, loc, size.value));

  // The positions of the windows are those of im2col of the result.
  Value image = createEmpty(b, loc, sizes, input.dtype);
  SmallVector<OpFoldResult> counts = getWindowCounts(a, image, *window);
  checkCounts(a, counts);
  SmallVector<Value> countValues;
  for (OpFoldResult size : counts)
    countValues.push_back(toIndex(b, loc, size));
  Value expected =
      arith::MulIOp::create(b, loc, countValues[0], countValues[1]);
  a.check(createSizesEqual(b, loc, getSize(b, loc, input.value, 2),
                           OpFoldResult(expected)),
          "RuntimeError",
          "The columns are not as many as the image has windows");
  a.check(createSizesEqual(b, loc, columns,
                           scaleSize(b, loc, sizes[1], offsetCount)),
          "RuntimeError",
          "Expected size of input's dimension 1 to be divisible by the product "
          "of kernel_size");

  unsigned loops = 2 + 2 * count;
  SmallVector<AffineExpr> outputExprs, windowExprs;
  for (unsigned i = 0; i < 2 + count; ++i)
    outputExprs.push_back(b.getAffineDimExpr(i));
  for (unsigned i = 0; i < count; ++i)
    windowExprs.push_back(b.getAffineDimExpr(2 + count + i));
  SmallVector<utils::IteratorType> iterators(2 + count,
                                             utils::IteratorType::parallel);
  iterators.append(count, utils::IteratorType::reduction);
  // Only its shape is used: it says how far the offsets go.
  Value shape = createEmpty(b, loc, window->kernel, input.dtype);
  Value init =
      createFilled(b, loc, sizes, ScalarMath(b, loc, dtype).constant(0));
  auto generic = linalg::GenericOp::create(
      b, loc, init.getType(), shape, init,
      ArrayRef<AffineMap>{
          AffineMap::get(loops, 0, windowExprs, b.getContext()),
          AffineMap::get(loops, 0, outputExprs, b.getContext())},
      iterators, [&](OpBuilder &nested, Location, ValueRange arguments) {
        auto constant = [&](int64_t value) -> Value {
          return arith::ConstantIndexOp::create(nested, loc, value);
        };
        auto isBelow = [&](Value x, Value y) -> Value {
          return arith::CmpIOp::create(nested, loc, arith::CmpIPredicate::slt,
                                       x, y);
        };
        Value zero = constant(0);
        Value column = linalg::IndexOp::create(nested, loc, 1);
        Value flat = zero;
        Value reaches = arith::ConstantIntOp::create(nested, loc, 1, 1);
        for (unsigned i = 0; i < count; ++i) {
          Value pixel = linalg::IndexOp::create(nested, loc, 2 + i);
          Value offset = linalg::IndexOp::create(nested, loc, 2 + count + i);
          Value start = arith::SubIOp::create(
              nested, loc,
              arith::AddIOp::create(nested, loc, pixel,
                                    constant(window->padding[i])),
              arith::MulIOp::create(nested, loc, offset,
                                    constant(window->dilation[i])));
          Value stride = constant(window->stride[i]);
          Value at = arith::DivSIOp::create(nested, loc, start, stride);
          Value isWhole = arith::CmpIOp::create(
              nested, loc, arith::CmpIPredicate::eq, start,
              arith::MulIOp::create(nested, loc, at, stride));
          Value isPositive = arith::CmpIOp::create(
              nested, loc, arith::CmpIPredicate::sge, start, zero);
          for (Value condition :
               {isWhole, isPositive, isBelow(at, countValues[i])})
            reaches = arith::AndIOp::create(nested, loc, reaches, condition);
          flat = arith::AddIOp::create(
              nested, loc,
              arith::MulIOp::create(nested, loc, flat, countValues[i]), at);
          column = arith::AddIOp::create(
              nested, loc,
              arith::MulIOp::create(
                  nested, loc, column,
                  constant(*getConstantIntValue(window->kernel[i]))),
              offset);
        }
        // What does not count is read at the first position.
        flat = arith::SelectOp::create(nested, loc, reaches, flat, zero);
        ScalarMath m(nested, loc, dtype);
        Value element = tensor::ExtractOp::create(
            nested, loc, input.value,
            ValueRange{linalg::IndexOp::create(nested, loc, 0), column, flat});
        Value sum = m.add(arguments[1], m.cast(element, input.dtype));
        linalg::YieldOp::create(nested, loc,
                                m.select(reaches, sum, arguments[1]));
      });
  return a.replace(
      castElements(b, loc, {generic.getResult(0), dtype}, input.dtype));
}

void minitorch::detail::populateColumnPatterns(const TypeConverter &converter,
                                               RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter, {"im2col"}, lowerIm2col);
  addAtenLowering(patterns, converter, {"col2im"}, lowerCol2im);
}
