//===- AdaptivePooling.cpp - Pooling of windows that differ -----*- C++ -*-===//
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

// Windows whose start and length are functions of their position: every one is
// visited as if it were as long as the longest, and what is past its end does
// not count.

namespace {
struct Bounds {
  Value start, end;
};

/// One pooled dimension.
struct WindowAxis {
  OpFoldResult inputSize, outputSize;
  /// No window is longer.
  OpFoldResult extent;
  /// The window at a position; the indices before it are of batch and channel.
  std::function<Bounds(OpBuilder &, ValueRange leading, Value position)>
      getBounds;
};
} // namespace

static SmallVector<OpFoldResult> getPooledSizes(OpBuilder &b, Location loc,
                                                Value input,
                                                ArrayRef<WindowAxis> axes) {
  SmallVector<OpFoldResult> sizes{getSize(b, loc, input, 0),
                                  getSize(b, loc, input, 1)};
  for (const WindowAxis &axis : axes)
    sizes.push_back(axis.outputSize);
  return sizes;
}

/// Gives the new accumulators from an element, its index in the flat image,
/// whether it counts, and the accumulators.
using WindowBody = llvm::function_ref<SmallVector<Value>(
    OpBuilder &, Value element, Value index, Value counts, ValueRange)>;

/// linalg.generic over (n, c, positions..., offsets...).
static SmallVector<Value> createWindowReduction(OpBuilder &b, Location loc,
                                                Value input,
                                                ArrayRef<WindowAxis> axes,
                                                ValueRange inits,
                                                WindowBody body) {
  unsigned count = axes.size(), loops = 2 + 2 * count;
  MLIRContext *context = b.getContext();
  SmallVector<AffineExpr> outputExprs{b.getAffineDimExpr(0),
                                      b.getAffineDimExpr(1)};
  SmallVector<AffineExpr> windowExprs;
  SmallVector<OpFoldResult> extents;
  for (auto [i, axis] : llvm::enumerate(axes)) {
    outputExprs.push_back(b.getAffineDimExpr(2 + i));
    windowExprs.push_back(b.getAffineDimExpr(2 + count + i));
    extents.push_back(axis.extent);
  }
  SmallVector<AffineMap> maps{AffineMap::get(loops, 0, windowExprs, context)};
  maps.append(inits.size(), AffineMap::get(loops, 0, outputExprs, context));
  SmallVector<utils::IteratorType> iterators(2 + count,
                                             utils::IteratorType::parallel);
  iterators.append(count, utils::IteratorType::reduction);
  // Only its shape is used: it says how far the offsets go.
  Type dtype = cast<RankedTensorType>(input.getType()).getElementType();
  Value window = createEmpty(b, loc, extents, dtype);
  auto generic = linalg::GenericOp::create(
      b, loc, inits.getTypes(), window, inits, maps, iterators,
      [&](OpBuilder &nested, Location, ValueRange arguments) {
        SmallVector<Value> place{linalg::IndexOp::create(nested, loc, 0),
                                 linalg::IndexOp::create(nested, loc, 1)};
        SmallVector<Value> leading = place;
        Value flat, counts;
        for (auto [i, axis] : llvm::enumerate(axes)) {
          Value position = linalg::IndexOp::create(nested, loc, 2 + i);
          Value offset = linalg::IndexOp::create(nested, loc, 2 + count + i);
          Bounds bounds = axis.getBounds(nested, leading, position);
          Value at = arith::AddIOp::create(nested, loc, bounds.start, offset);
          Value inside = arith::CmpIOp::create(
              nested, loc, arith::CmpIPredicate::slt, at, bounds.end);
          counts =
              counts ? Value(arith::AndIOp::create(nested, loc, counts, inside))
                     : inside;
          // What does not count is read somewhere in the image.
          at = arith::SelectOp::create(nested, loc, inside, at, bounds.start);
          place.push_back(at);
          if (flat) {
            Value size = toIndex(nested, loc, axis.inputSize);
            flat = arith::MulIOp::create(nested, loc, flat, size);
            flat = arith::AddIOp::create(nested, loc, flat, at);
          } else {
            flat = at;
          }
        }
        Value element = tensor::ExtractOp::create(nested, loc, input, place);
        linalg::YieldOp::create(
            nested, loc,
            body(nested, element, flat, counts, arguments.drop_front(1)));
      });
  return llvm::to_vector_of<Value>(generic.getResults());
}

/// The maximum of each window and where it is in the flat image.
static SmallVector<Value> poolMaximum(OpBuilder &b, Location loc,
                                      const DtypedValue &input,
                                      ArrayRef<WindowAxis> axes) {
  SmallVector<OpFoldResult> sizes = getPooledSizes(b, loc, input.value, axes);
  Value lowest = ScalarMath(b, loc, input.dtype).lowest();
  Value noIndex = arith::ConstantIntOp::create(b, loc, -1, 64);
  SmallVector<Value> inits{createFilled(b, loc, sizes, lowest),
                           createFilled(b, loc, sizes, noIndex)};
  return createWindowReduction(
      b, loc, input.value, axes, inits,
      [&](OpBuilder &nested, Value element, Value index, Value counts,
          ValueRange accumulators) {
        return takeMaximum(ScalarMath(nested, loc, input.dtype), element, index,
                           counts, accumulators);
      });
}

//===----------------------------------------------------------------------===//
// Adaptive pooling
//===----------------------------------------------------------------------===//

/// The longest window of an adaptive pooling.
static OpFoldResult getAdaptiveExtent(OpBuilder &b, Location loc,
                                      OpFoldResult input, OpFoldResult output) {
  std::optional<int64_t> in = getConstantIntValue(input);
  std::optional<int64_t> out = getConstantIntValue(output);
  if (in && out && *out > 0) {
    int64_t quotient = *in / *out;
    // Windows that start and end between elements cover one more at each side.
    if (*in % *out == 0)
      return b.getIndexAttr(quotient);
    return b.getIndexAttr(quotient + (*out % (*in % *out) == 0 ? 1 : 2));
  }
  Value one = arith::ConstantIndexOp::create(b, loc, 1);
  Value divisor = arith::MaxSIOp::create(b, loc, toIndex(b, loc, output), one);
  Value quotient =
      arith::FloorDivSIOp::create(b, loc, toIndex(b, loc, input), divisor);
  Value two = arith::ConstantIndexOp::create(b, loc, 2);
  return arith::AddIOp::create(b, loc, quotient, two).getResult();
}

/// Window i of an adaptive pooling is
///   [floor(i * in / out), ceil((i + 1) * in / out)).
/// Source: torch.nn.AdaptiveAvgPool2d.
static FailureOr<SmallVector<WindowAxis>>
readAdaptivePooling(const AtenLowering &a) {
  OpBuilder &b = a.b;
  Location loc = a.loc;
  DtypedValue input = a.get("self");
  int64_t count = input.getRank() - 2;
  auto outputs = a.getList("output_size");
  if (count < 1 || !outputs || outputs->empty() ||
      (outputs->size() != 1 && static_cast<int64_t>(outputs->size()) != count))
    return a.fail("the pooling is not in its canonical form");
  SmallVector<WindowAxis> axes;
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  for (int64_t i = 0; i < count; ++i) {
    WindowAxis axis;
    axis.inputSize = getSize(b, loc, input.value, 2 + i);
    axis.outputSize =
        toSize(b, loc, (*outputs)[outputs->size() == 1 ? 0 : i].value);
    axis.extent = getAdaptiveExtent(b, loc, axis.inputSize, axis.outputSize);
    Value in = toIndex(b, loc, axis.inputSize);
    Value out = toIndex(b, loc, axis.outputSize);
    a.check(arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sgt, in, zero),
            "RuntimeError",
            "Expected input to have non-zero size for non-batch dimensions");
    a.check(arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sge, out, zero),
            "RuntimeError", "The output size of a pooling is negative");
    axis.getBounds = [loc, in, out](OpBuilder &nested, ValueRange,
                                    Value position) {
      Value one = arith::ConstantIndexOp::create(nested, loc, 1);
      Value next = arith::AddIOp::create(nested, loc, position, one);
      return Bounds{
          arith::DivUIOp::create(
              nested, loc, arith::MulIOp::create(nested, loc, position, in),
              out),
          arith::CeilDivUIOp::create(
              nested, loc, arith::MulIOp::create(nested, loc, next, in), out)};
    };
    axes.push_back(std::move(axis));
  }
  return axes;
}

static LogicalResult lowerAdaptiveMaxPool(const AtenLowering &a) {
  DtypedValue input = a.get("self");
  if (isa<ComplexType>(input.dtype))
    return a.fail("complex numbers have no order");
  auto axes = readAdaptivePooling(a);
  if (failed(axes))
    return failure();
  return a.replace(poolMaximum(a.b, a.loc, input, *axes));
}

static LogicalResult lowerAdaptiveAvgPool(const AtenLowering &a) {
  OpBuilder &b = a.b;
  Location loc = a.loc;
  DtypedValue input = a.get("self");
  if (!isa<FloatType>(input.dtype))
    return a.fail("only floats are averaged");
  auto axes = readAdaptivePooling(a);
  if (failed(axes))
    return failure();
  // Volumes of half precision are added up in it, as PyTorch does.
  Type dtype = axes->size() == 3 ? input.dtype : getComputeDtype(input.dtype);
  SmallVector<OpFoldResult> sizes = getPooledSizes(b, loc, input.value, *axes);
  Value init =
      createFilled(b, loc, sizes, ScalarMath(b, loc, dtype).constant(0));
  Value sum =
      createWindowReduction(
          b, loc, input.value, *axes, init,
          [&](OpBuilder &nested, Value element, Value, Value counts,
              ValueRange accumulators) {
            ScalarMath m(nested, loc, dtype);
            Value next = m.add(accumulators[0], m.cast(element, input.dtype));
            return SmallVector<Value>{m.select(counts, next, accumulators[0])};
          })
          .front();
  int64_t rank = sizes.size();
  AffineMap identity = b.getMultiDimIdentityMap(rank);
  Value result = createEmpty(b, loc, sizes, input.dtype);
  auto generic = linalg::GenericOp::create(
      b, loc, result.getType(), sum, result,
      ArrayRef<AffineMap>{identity, identity},
      SmallVector<utils::IteratorType>(rank, utils::IteratorType::parallel),
      [&](OpBuilder &nested, Location, ValueRange arguments) {
        ScalarMath m(nested, loc, dtype);
        Type i64 = nested.getI64Type();
        Value mean = arguments[0];
        for (auto [i, axis] : llvm::enumerate(*axes)) {
          Bounds bounds = axis.getBounds(
              nested, {}, linalg::IndexOp::create(nested, loc, 2 + i));
          Value length =
              arith::SubIOp::create(nested, loc, bounds.end, bounds.start);
          length = arith::IndexCastOp::create(nested, loc, i64, length);
          mean = m.div(mean, m.cast(length, i64));
        }
        linalg::YieldOp::create(
            nested, loc, castScalar(nested, loc, mean, dtype, input.dtype));
      });
  return a.replace(generic.getResults());
}

//===----------------------------------------------------------------------===//
// Fractional pooling
//===----------------------------------------------------------------------===//

/// fractional_max_pool2d, 3d: windows of the kernel's size whose starts step by
/// alpha = (in - kernel) / (out - 1) from a random point u of each channel,
///   floor((i + u) * alpha) - floor(u * alpha), and in - kernel for the last.
/// Source: B. Graham, "Fractional max-pooling", 2014, section 3.
static LogicalResult lowerFractionalMaxPool(const AtenLowering &a) {
  OpBuilder &b = a.b;
  Location loc = a.loc;
  DtypedValue input = a.get("self"), samples = a.get("random_samples");
  int64_t count = input.getRank() - 2;
  auto kernel = getWindowInts(a, "kernel_size", count, {});
  auto outputs = a.getList("output_size");
  if (count < 1 || !kernel || static_cast<int64_t>(kernel->size()) != count ||
      !outputs || static_cast<int64_t>(outputs->size()) != count ||
      samples.getRank() != 3 || !isa<FloatType>(input.dtype) ||
      !isa<FloatType>(samples.dtype))
    return a.fail("the pooling is not in its canonical form");
  Type dtype = getComputeDtype(input.dtype);
  SmallVector<WindowAxis> axes;
  for (int64_t i = 0; i < count; ++i) {
    WindowAxis axis;
    axis.inputSize = getSize(b, loc, input.value, 2 + i);
    axis.outputSize = toSize(b, loc, (*outputs)[i].value);
    axis.extent = b.getIndexAttr((*kernel)[i]);
    Value one = arith::ConstantIndexOp::create(b, loc, 1);
    Value length = arith::ConstantIndexOp::create(b, loc, (*kernel)[i]);
    Value out = toIndex(b, loc, axis.outputSize);
    Value room =
        arith::SubIOp::create(b, loc, toIndex(b, loc, axis.inputSize), length);
    Value gaps = arith::SubIOp::create(b, loc, out, one);
    a.check(
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sge, room, gaps),
        "RuntimeError",
        "fractional_max_pool: the pool is too large relative to its input");
    // The samples of an image name the last axis first, those of a volume the
    // first.
    int64_t column = count == 2 ? count - 1 - i : i;
    axis.getBounds = [=](OpBuilder &nested, ValueRange leading,
                         Value position) {
      ScalarMath m(nested, loc, dtype);
      Type i64 = nested.getI64Type();
      auto toFloat = [&](Value index) {
        return m.cast(arith::IndexCastOp::create(nested, loc, i64, index), i64);
      };
      auto toWhole = [&](Value number) -> Value {
        return arith::IndexCastOp::create(
            nested, loc, nested.getIndexType(),
            castScalar(nested, loc, number, dtype, i64));
      };
      SmallVector<Value> place(leading);
      place.push_back(arith::ConstantIndexOp::create(nested, loc, column));
      Value u =
          m.cast(tensor::ExtractOp::create(nested, loc, samples.value, place),
                 samples.dtype);
      Value alpha = m.div(toFloat(room), toFloat(gaps));
      Value start = arith::SubIOp::create(
          nested, loc, toWhole(m.mul(m.add(toFloat(position), u), alpha)),
          toWhole(m.mul(u, alpha)));
      Value isLast = arith::CmpIOp::create(
          nested, loc, arith::CmpIPredicate::eq, position, gaps);
      start = arith::SelectOp::create(nested, loc, isLast, room, start);
      // Rounding must not lead out of the image.
      start = arith::MinSIOp::create(nested, loc, start, room);
      start = arith::MaxSIOp::create(
          nested, loc, start, arith::ConstantIndexOp::create(nested, loc, 0));
      return Bounds{start, arith::AddIOp::create(nested, loc, start, length)};
    };
    axes.push_back(std::move(axis));
  }
  return a.replace(poolMaximum(b, loc, input, axes));
}

void minitorch::detail::populateAdaptivePoolingPatterns(
    const TypeConverter &converter, RewritePatternSet &patterns) {
  addAtenLowering(patterns, converter,
                  {"adaptive_avg_pool1d", "adaptive_avg_pool2d",
                   "adaptive_avg_pool3d", "_adaptive_avg_pool2d",
                   "_adaptive_avg_pool3d"},
                  lowerAdaptiveAvgPool);
  addAtenLowering(
      patterns, converter,
      {"adaptive_max_pool1d", "adaptive_max_pool2d", "adaptive_max_pool3d"},
      lowerAdaptiveMaxPool);
  addAtenLowering(patterns, converter,
                  {"fractional_max_pool2d", "fractional_max_pool3d"},
                  lowerFractionalMaxPool);
}
