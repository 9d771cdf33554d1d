//===- Pooling.cpp - Pooling to linalg --------------------------*- C++ -*-===//
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

/// A pooling of [N, C, spatial...] while it is being built.
namespace {
struct Pooling {
  DtypedValue input;
  Window window;
  SmallVector<OpFoldResult> counts;

  SmallVector<OpFoldResult> getOutputSizes(OpBuilder &b, Location loc) const {
    SmallVector<OpFoldResult> sizes{getSize(b, loc, input.value, 0),
                                    getSize(b, loc, input.value, 1)};
    llvm::append_range(sizes, counts);
    return sizes;
  }
};
} // namespace

/// Reads the operands that all poolings have.
static FailureOr<Pooling> readPooling(const AtenLowering &a) {
  Pooling pooling;
  pooling.input = a.get("self");
  int64_t rank = pooling.input.getRank();
  if (rank < 4)
    return a.fail("the pooling is not in its canonical form");
  unsigned count = rank - 2;
  std::optional<bool> ceilMode = a.getBool("ceil_mode");
  auto kernel = getWindowInts(a, "kernel_size", count, {});
  if (!kernel || kernel->size() != count || !ceilMode)
    return a.fail("kernel_size or ceil_mode is not constant");
  SmallVector<int64_t> ones(count, 1), zeros(count, 0);
  auto stride = getWindowInts(a, "stride", count, *kernel);
  auto padding = getWindowInts(a, "padding", count, zeros);
  auto dilation = a.get("dilation") ? getWindowInts(a, "dilation", count, ones)
                                    : std::optional(ones);
  if (!stride || !padding || !dilation)
    return a.fail("stride, padding or dilation is not constant");
  SmallVector<OpFoldResult> kernelSizes;
  for (int64_t size : *kernel)
    kernelSizes.push_back(a.b.getIndexAttr(size));
  pooling.window = {kernelSizes, *stride, *padding, *dilation, *ceilMode};
  pooling.counts = getWindowCounts(a, pooling.input.value, pooling.window);
  for (OpFoldResult size : pooling.counts)
    if (!getConstantIntValue(size)) {
      Value positive = arith::CmpIOp::create(
          a.b, a.loc, arith::CmpIPredicate::sgt, toIndex(a.b, a.loc, size),
          toIndex(a.b, a.loc, a.b.getIndexAttr(0)));
      a.check(positive, "RuntimeError",
              "The window of a pooling is larger than its padded input");
    }
  return pooling;
}

/// Gives the new accumulators from the element, the indices of the loops and
/// the accumulators.
using PoolBody =
    llvm::function_ref<SmallVector<Value>(OpBuilder &, Value, ValueRange)>;

/// linalg.generic over (n, c, positions..., offsets...) of a padded input.
static SmallVector<Value> createPooling(OpBuilder &b, Location loc,
                                        const Pooling &pooling, Value padded,
                                        ValueRange inits, PoolBody body) {
  unsigned count = pooling.window.getRank(), loops = 2 + 2 * count;
  MLIRContext *context = b.getContext();
  SmallVector<AffineExpr> inputExprs{b.getAffineDimExpr(0),
                                     b.getAffineDimExpr(1)};
  SmallVector<AffineExpr> outputExprs = inputExprs, windowExprs;
  for (unsigned i = 0; i < count; ++i) {
    AffineExpr position = b.getAffineDimExpr(2 + i);
    AffineExpr offset = b.getAffineDimExpr(2 + count + i);
    inputExprs.push_back(getWindowExpr(position, offset,
                                       pooling.window.stride[i],
                                       pooling.window.dilation[i]));
    outputExprs.push_back(position);
    windowExprs.push_back(offset);
  }
  SmallVector<AffineMap> maps{AffineMap::get(loops, 0, inputExprs, context),
                              AffineMap::get(loops, 0, windowExprs, context)};
  maps.append(inits.size(), AffineMap::get(loops, 0, outputExprs, context));
  SmallVector<utils::IteratorType> iterators(2 + count,
                                             utils::IteratorType::parallel);
  iterators.append(count, utils::IteratorType::reduction);
  // Only the shape of the second operand is used: it says how far the offsets
  // go.
  Type dtype = cast<RankedTensorType>(padded.getType()).getElementType();
  Value window = createEmpty(b, loc, pooling.window.kernel, dtype);
  auto generic = linalg::GenericOp::create(
      b, loc, inits.getTypes(), ValueRange{padded, window}, inits, maps,
      iterators, [&](OpBuilder &nested, Location, ValueRange arguments) {
        linalg::YieldOp::create(
            nested, loc, body(nested, arguments[0], arguments.drop_front(2)));
      });
  return llvm::to_vector_of<Value>(generic.getResults());
}

/// max_pool2d => linalg.pooling_nchw_max, max_pool3d => linalg.generic; what is
/// padded with is less than everything.
static LogicalResult lowerMaxPool(const AtenLowering &a) {
  OpBuilder &b = a.b;
  Location loc = a.loc;
  FailureOr<Pooling> pooling = readPooling(a);
  if (failed(pooling))
    return failure();
  Type dtype = pooling->input.dtype;
  if (isa<ComplexType>(dtype))
    return a.fail("complex numbers have no order");
  Value lowest = ScalarMath(b, loc, dtype).lowest();
  Value padded = padForWindow(a, pooling->input.value, lowest, pooling->window,
                              pooling->counts);
  Value init = createFilled(b, loc, pooling->getOutputSizes(b, loc), lowest);
  if (pooling->window.getRank() == 2 && !isUnsignedDtype(dtype)) {
    Value window = createEmpty(b, loc, pooling->window.kernel, dtype);
    auto ints = [&](ArrayRef<int64_t> values) {
      return b.getI64TensorAttr(values);
    };
    return a.replace(linalg::PoolingNchwMaxOp::create(
                         b, loc, init.getType(), ValueRange{padded, window},
                         init, ints(pooling->window.stride),
                         ints(pooling->window.dilation))
                         .getResult(0));
  }
  return a.replace(createPooling(
      b, loc, *pooling, padded, init,
      [&](OpBuilder &nested, Value element, ValueRange accumulators) {
        ScalarMath m(nested, loc, dtype);
        return SmallVector<Value>{m.max(accumulators[0], element)};
      }));
}

/// max_pool2d_with_indices, max_pool3d_with_indices => linalg.generic with the
/// maximum and where it was.
static LogicalResult lowerMaxPoolWithIndices(const AtenLowering &a) {
  OpBuilder &b = a.b;
  Location loc = a.loc;
  FailureOr<Pooling> pooling = readPooling(a);
  if (failed(pooling))
    return failure();
  Type dtype = pooling->input.dtype;
  if (isa<ComplexType>(dtype))
    return a.fail("complex numbers have no order");
  unsigned count = pooling->window.getRank();
  Value lowest = ScalarMath(b, loc, dtype).lowest();
  Value padded = padForWindow(a, pooling->input.value, lowest, pooling->window,
                              pooling->counts);
  SmallVector<OpFoldResult> sizes = pooling->getOutputSizes(b, loc);
  SmallVector<Value> inputSizes;
  for (unsigned i = 0; i < count; ++i)
    inputSizes.push_back(
        toIndex(b, loc, getSize(b, loc, pooling->input.value, 2 + i)));
  Value noIndex = arith::ConstantIntOp::create(b, loc, -1, 64);
  Value values = createFilled(b, loc, sizes, lowest);
  Value indices = createFilled(b, loc, sizes, noIndex);
  return a.replace(createPooling(
      b, loc, *pooling, padded, {values, indices},
      [&](OpBuilder &nested, Value element, ValueRange accumulators) {
        ScalarMath m(nested, loc, dtype);
        // The position in the input, and whether it is in the padding.
        Value flat, inside;
        for (unsigned i = 0; i < count; ++i) {
          auto scaled = [&](unsigned loop, int64_t factor) -> Value {
            Value index = linalg::IndexOp::create(nested, loc, loop);
            return arith::MulIOp::create(
                nested, loc, index,
                arith::ConstantIndexOp::create(nested, loc, factor));
          };
          Value at = arith::AddIOp::create(
              nested, loc, scaled(2 + i, pooling->window.stride[i]),
              scaled(2 + count + i, pooling->window.dilation[i]));
          at = arith::SubIOp::create(
              nested, loc, at,
              arith::ConstantIndexOp::create(nested, loc,
                                             pooling->window.padding[i]));
          // As unsigned numbers, negative ones are too large as well.
          Value fits = arith::CmpIOp::create(
              nested, loc, arith::CmpIPredicate::ult, at, inputSizes[i]);
          inside = inside
                       ? Value(arith::AndIOp::create(nested, loc, inside, fits))
                       : fits;
          flat =
              flat
                  ? Value(arith::AddIOp::create(
                        nested, loc,
                        arith::MulIOp::create(nested, loc, flat, inputSizes[i]),
                        at))
                  : at;
        }
        return takeMaximum(m, element, flat, inside, accumulators);
      }));
}

/// The number of elements that the window at `position` covers in one
/// dimension: of the padded input, or of the input alone. In ceil mode a window
/// can reach over the padding, where nothing counts.
static Value countCovered(OpBuilder &b, Location loc, Value position,
                          Value size, const Window &window, unsigned i,
                          bool countsPadding) {
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(b, loc, value);
  };
  Value padding = constant(window.padding[i]);
  Value start = arith::SubIOp::create(
      b, loc,
      arith::MulIOp::create(b, loc, position, constant(window.stride[i])),
      padding);
  Value end =
      arith::AddIOp::create(b, loc, start, toIndex(b, loc, window.kernel[i]));
  if (countsPadding) {
    end = arith::MinSIOp::create(b, loc, end,
                                 arith::AddIOp::create(b, loc, size, padding));
  } else {
    start = arith::MaxSIOp::create(b, loc, start, constant(0));
    end = arith::MinSIOp::create(b, loc, end, size);
  }
  return arith::SubIOp::create(b, loc, end, start);
}

/// avg_pool2d, avg_pool3d => a sum of the windows of the input padded with 0,
/// divided by how many elements count.
static LogicalResult lowerAvgPool(const AtenLowering &a) {
  OpBuilder &b = a.b;
  Location loc = a.loc;
  FailureOr<Pooling> pooling = readPooling(a);
  if (failed(pooling))
    return failure();
  Type dtype = pooling->input.dtype, sumDtype = getComputeDtype(dtype);
  if (isa<ComplexType>(dtype) || dtype.isInteger(1))
    return a.fail("only floats and integers are averaged");
  std::optional<bool> countsPadding = a.getBool("count_include_pad");
  std::optional<int64_t> divisor = a.getInt("divisor_override");
  if (!countsPadding || (!divisor && !a.isNone("divisor_override")))
    return a.fail("count_include_pad or divisor_override is not constant");
  if (divisor == 0)
    return a.fail("the divisor is zero");
  const Window &window = pooling->window;
  unsigned count = window.getRank();
  Value input = castElements(b, loc, pooling->input, sumDtype);
  Value zero = ScalarMath(b, loc, sumDtype).constant(0);
  Value padded = padForWindow(a, input, zero, window, pooling->counts);
  SmallVector<OpFoldResult> sizes = pooling->getOutputSizes(b, loc);
  Value init = createFilled(b, loc, sizes, zero);
  Value sum;
  if (count == 2) {
    Value shape = createEmpty(b, loc, window.kernel, sumDtype);
    sum = linalg::PoolingNchwSumOp::create(b, loc, init.getType(),
                                           ValueRange{padded, shape}, init,
                                           b.getI64TensorAttr(window.stride),
                                           b.getI64TensorAttr(window.dilation))
              .getResult(0);
  } else {
    sum = createPooling(
              b, loc, *pooling, padded, init,
              [&](OpBuilder &nested, Value element, ValueRange accumulators) {
                ScalarMath m(nested, loc, sumDtype);
                return SmallVector<Value>{m.add(accumulators[0], element)};
              })
              .front();
  }

  // One divisor for all windows, where they all cover as much.
  bool isUniform = !window.ceilMode &&
                   (*countsPadding ||
                    llvm::all_of(window.padding, [](int64_t p) { return !p; }));
  if (!divisor && isUniform) {
    divisor = 1;
    for (OpFoldResult size : window.kernel)
      *divisor *= *getConstantIntValue(size);
  }
  if (divisor)
    return a.replace(createElementwise(
        b, loc, DtypedValue{sum, sumDtype}, count + 2, sumDtype, sumDtype,
        dtype, [&](const ScalarMath &m, ValueRange x) {
          return m.div(x[0], m.constant(*divisor));
        }));

  SmallVector<Value> inputSizes;
  for (unsigned i = 0; i < count; ++i)
    inputSizes.push_back(
        toIndex(b, loc, getSize(b, loc, pooling->input.value, 2 + i)));
  Value result = createEmpty(b, loc, sizes, dtype);
  AffineMap identity = b.getMultiDimIdentityMap(count + 2);
  SmallVector<utils::IteratorType> iterators(count + 2,
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      b, loc, result.getType(), sum, result,
      ArrayRef<AffineMap>{identity, identity}, iterators,
      [&](OpBuilder &nested, Location, ValueRange arguments) {
        Value covered;
        for (unsigned i = 0; i < count; ++i) {
          Value one = countCovered(nested, loc,
                                   linalg::IndexOp::create(nested, loc, 2 + i),
                                   inputSizes[i], window, i, *countsPadding);
          covered =
              covered ? Value(arith::MulIOp::create(nested, loc, covered, one))
                      : one;
        }
        ScalarMath m(nested, loc, sumDtype);
        Value number = arith::IndexCastOp::create(nested, loc,
                                                  nested.getI64Type(), covered);
        Value mean = m.div(arguments[0], m.cast(number, nested.getI64Type()));
        linalg::YieldOp::create(nested, loc,
                                castScalar(nested, loc, mean, sumDtype, dtype));
      });
  return a.replace(generic.getResults());
}

void minitorch::detail::populatePoolingPatterns(const TypeConverter &converter,
                                                RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter, {"max_pool2d", "max_pool3d"},
                  lowerMaxPool);
  addAtenLowering(patterns, converter,
                  {"max_pool2d_with_indices", "max_pool3d_with_indices"},
                  lowerMaxPoolWithIndices);
  addAtenLowering(patterns, converter, {"avg_pool2d", "avg_pool3d"},
                  lowerAvgPool);
}
