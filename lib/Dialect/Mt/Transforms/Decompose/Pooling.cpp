//===- Pooling.cpp - Adaptive and 1-d pooling decomposed --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"

using namespace mlir;

namespace minitorch::mt {
namespace {

/// The spatial dimensions of an operator by its name, as in `max_pool2d`.
int64_t getSpatialRank(StringRef name) {
  return name.contains("1d") ? 1 : name.contains("3d") ? 3 : 2;
}

/// Adaptive pooling in simpler forms, where there is one: to the size that the
/// input has it is the identity (of a mean), to one element a reduction, to a
/// divisor of the input's size a pooling with equal windows.
struct AdaptiveDecomposition : OpInterfaceRewritePattern<SchemaOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(SchemaOpInterface op,
                                PatternRewriter &rewriter) const override {
    StringRef name = op.getSchemaName();
    name.consume_front("aten::");
    name.consume_front("_");
    bool isMean = name.starts_with("adaptive_avg_pool");
    if ((!isMean && !name.starts_with("adaptive_max_pool")) ||
        name.contains("backward"))
      return rewriter.notifyMatchFailure(op, "not an adaptive pooling");
    int64_t count = getSpatialRank(name);
    Value x = op->getOperand(0);
    std::optional<int64_t> rank = getRank(x);
    Type dtype = getDtype(x);
    auto output = getInts(op->getOperand(1), count);
    if (!rank || *rank < count || !output || !isa_and_present<FloatType>(dtype))
      return rewriter.notifyMatchFailure(op, "sizes or dtype are not known");
    if (!isMean && !op->getResult(1).use_empty())
      return rewriter.notifyMatchFailure(op, "its indices are used");
    TensorBuilder b(rewriter, op.getLoc());
    SmallVector<int64_t> dims =
        llvm::to_vector(llvm::seq<int64_t>(*rank - count, *rank));
    if (llvm::all_of(*output, [](int64_t size) { return size == 1; })) {
      if (isMean) {
        Value wide = b.toDtype(x, getAccumulationDtype(dtype));
        Value mean = b.mean(wide, dims, /*keepDim=*/true);
        b.replace(op, b.toDtype(mean, dtype));
      } else {
        replaceFirst(b, op, b.amax(x, dims, /*keepDim=*/true));
      }
      return success();
    }
    // Volumes of half precision are not added up in float32.
    if (isMean && count == 3 && getAccumulationDtype(dtype) != dtype)
      return rewriter.notifyMatchFailure(op, "it adds up in half precision");
    SmallVector<int64_t> kernel;
    for (auto [dim, size] : llvm::zip(dims, *output)) {
      std::optional<int64_t> input = getStaticSize(x, dim);
      if (!input || *input == 0 || size < 1 || *input % size != 0)
        return rewriter.notifyMatchFailure(op, "its windows differ");
      kernel.push_back(*input / size);
    }
    bool isIdentity = llvm::all_of(kernel, [](int64_t k) { return k == 1; });
    SmallVector<int64_t> zeros(count, 0), ones(count, 1);
    Value sizes = b.intList(kernel), padding = b.intList(zeros);
    Value no = b.constant(false), yes = b.constant(true);
    SmallVector<Value> operands{x, sizes, sizes, padding};
    if (isMean) {
      operands.append({no, yes});
      if (count > 1)
        operands.push_back(b.none());
    } else {
      operands.append({b.intList(ones), no});
    }
    if (isIdentity) {
      replaceFirst(b, op, x);
      return success();
    }
    std::string target = (isMean ? "aten::avg_pool" : "aten::max_pool") +
                         std::to_string(count) + "d";
    replaceFirst(b, op, b.call(target, operands));
    return success();
  }

private:
  /// Results after the first have no uses.
  static void replaceFirst(TensorBuilder &b, Operation *op, Value value) {
    if (op->getNumResults() == 1)
      return b.replace(op, value);
    b.getRewriter().replaceAllUsesWith(op->getResult(0), value);
    b.getRewriter().eraseOp(op);
  }
};

/// The operand list [1, x] or [0, x] of a 2-d pooling for [x] of a 1-d one; an
/// empty stride stays empty.
std::optional<Value> widenList(TensorBuilder &b, Value list, int64_t first) {
  std::optional<SmallVector<Value>> values = getIntValues(list);
  if (!values || values->size() > 1)
    return std::nullopt;
  if (!values->empty())
    values->insert(values->begin(), b.constant(first));
  return b.intList(*values);
}

/// max_pool1d(x) = max_pool2d of x as an image of height one.
struct MaxPool1dDecomposition : OpRewritePattern<AtenMaxPool1dOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenMaxPool1dOp op,
                                PatternRewriter &rewriter) const override {
    TensorBuilder b(rewriter, op.getLoc());
    auto kernel = widenList(b, op.getKernelSize(), 1);
    auto stride = widenList(b, op.getStride(), 1);
    auto padding = widenList(b, op.getPadding(), 0);
    auto dilation = widenList(b, op.getDilation(), 1);
    if (!kernel || !stride || !padding || !dilation)
      return rewriter.notifyMatchFailure(op, "parameters are not known");
    Value y = b.create<AtenMaxPool2dOp>({b.unsqueeze(op.getSelf(), -2), *kernel,
                                         *stride, *padding, *dilation,
                                         op.getCeilMode()});
    b.replace(op, b.squeeze(y, -2));
    return success();
  }
};

/// avg_pool1d(x) = avg_pool2d of x as an image of height one.
struct AvgPool1dDecomposition : OpRewritePattern<AtenAvgPool1dOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenAvgPool1dOp op,
                                PatternRewriter &rewriter) const override {
    TensorBuilder b(rewriter, op.getLoc());
    auto kernel = widenList(b, op.getKernelSize(), 1);
    auto stride = widenList(b, op.getStride(), 1);
    auto padding = widenList(b, op.getPadding(), 0);
    if (!kernel || !stride || !padding)
      return rewriter.notifyMatchFailure(op, "parameters are not known");
    Value y = b.create<AtenAvgPool2dOp>({b.unsqueeze(op.getSelf(), -2), *kernel,
                                         *stride, *padding, op.getCeilMode(),
                                         op.getCountIncludePad(), b.none()});
    b.replace(op, b.squeeze(y, -2));
    return success();
  }
};

/// max_pool2d_with_indices whose indices are not used is max_pool2d.
struct UnusedIndicesDecomposition
    : OpRewritePattern<AtenMaxPool2dWithIndicesOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenMaxPool2dWithIndicesOp op,
                                PatternRewriter &rewriter) const override {
    if (!op->getResult(1).use_empty())
      return rewriter.notifyMatchFailure(op, "its indices are used");
    TensorBuilder b(rewriter, op.getLoc());
    Value y = b.create<AtenMaxPool2dOp>(op->getOperands());
    rewriter.replaceAllUsesWith(op->getResult(0), y);
    rewriter.eraseOp(op);
    return success();
  }
};

/// max_pool1d_with_indices(x) = max_pool2d_with_indices of x as an image of
/// height one.
FormulaResult flatMaxPoolWithIndices(TensorBuilder &b, ValueRange in) {
  auto kernel = widenList(b, in[1], 1), stride = widenList(b, in[2], 1);
  auto padding = widenList(b, in[3], 0), dilation = widenList(b, in[4], 1);
  if (!kernel || !stride || !padding || !dilation)
    return std::nullopt;
  Operation *pool = b.createMulti<AtenMaxPool2dWithIndicesOp>(
      {b.unsqueeze(in[0], -2), *kernel, *stride, *padding, *dilation, in[5]},
      2);
  return {
      {b.squeeze(pool->getResult(0), -2), b.squeeze(pool->getResult(1), -2)}};
}

/// The last `count` dimensions of `x` as one.
Value flattenLast(TensorBuilder &b, Value x, int64_t count) {
  SmallVector<Value> sizes = b.sizes(x);
  Value flat = b.constant(int64_t(1));
  for (Value size : ArrayRef(sizes).take_back(count))
    flat = b.mulInt(flat, size);
  sizes.resize(sizes.size() - count);
  sizes.push_back(flat);
  return b.reshape(x, sizes);
}

/// max_unpool2d, 3d: zeros with the input's elements where the indices say.
template <int64_t count> FormulaResult unpool(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> rank = getRank(in[0]);
  std::optional<SmallVector<Value>> output = getIntValues(in[2]);
  Type dtype = getDtype(in[0]);
  if (!rank || *rank < count || rank != getRank(in[1]) || !output ||
      output->size() != count || !dtype)
    return std::nullopt;
  SmallVector<Value> sizes = b.sizes(in[0]);
  sizes.resize(*rank - count);
  SmallVector<Value> flat = sizes;
  llvm::append_range(sizes, *output);
  Value total = b.constant(int64_t(1));
  for (Value size : *output)
    total = b.mulInt(total, size);
  flat.push_back(total);
  Value y = b.create<AtenScatterSrcOp>(
      {b.zeros(flat, dtype), b.constant(*rank - count),
       flattenLast(b, in[1], count), flattenLast(b, in[0], count)});
  return {{b.reshape(y, sizes)}};
}

/// max_pool2d_with_indices_backward, 3d: every gradient added up where its
/// maximum was.
template <int64_t count>
FormulaResult unpoolGradient(TensorBuilder &b, ValueRange in) {
  Value gradient = in.front(), self = in[1], indices = in.back();
  std::optional<int64_t> rank = getRank(self);
  Type dtype = getDtype(gradient);
  if (!rank || *rank < count || rank != getRank(indices) ||
      rank != getRank(gradient) || !dtype)
    return std::nullopt;
  SmallVector<Value> sizes = b.sizes(self);
  Value zeros = flattenLast(b, b.zeros(sizes, dtype), count);
  Value y = b.create<AtenScatterAddOp>({zeros, b.constant(*rank - count),
                                        flattenLast(b, indices, count),
                                        flattenLast(b, gradient, count)});
  return {{b.reshape(y, sizes)}};
}

/// col2im of columns without a batch dimension.
FormulaResult batchColumns(TensorBuilder &b, ValueRange in) {
  if (getRank(in[0]) != 2)
    return std::nullopt;
  SmallVector<Value> operands(in);
  operands[0] = b.unsqueeze(in[0], 0);
  return {{b.squeeze(b.call("aten::col2im", operands), 0)}};
}

constexpr NamedFormula formulas[] = {
    {"aten::col2im", batchColumns},
    {"aten::max_pool1d_with_indices", flatMaxPoolWithIndices},
    {"aten::max_pool2d_with_indices_backward", unpoolGradient<2>},
    {"aten::max_pool3d_with_indices_backward", unpoolGradient<3>},
    {"aten::max_unpool2d", unpool<2>},
    {"aten::max_unpool3d", unpool<3>},
};

/// Operators on images whose lowerings want a batch dimension.
constexpr StringLiteral batched[] = {
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "_adaptive_avg_pool2d",
    "_adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "adaptive_max_pool3d",
    "avg_pool2d",
    "avg_pool3d",
    "fractional_max_pool2d",
    "fractional_max_pool3d",
    "im2col",
    "max_pool2d",
    "max_pool3d",
    "max_pool2d_with_indices",
    "max_pool3d_with_indices",
};

/// An image without its batch dimension gets one.
struct BatchDecomposition : OpInterfaceRewritePattern<SchemaOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(SchemaOpInterface op,
                                PatternRewriter &rewriter) const override {
    StringRef name = op.getSchemaName();
    name.consume_front("aten::");
    if (!llvm::is_contained(batched, name))
      return rewriter.notifyMatchFailure(op, "it takes no images");
    if (getRank(op->getOperand(0)) != getSpatialRank(name) + 1)
      return rewriter.notifyMatchFailure(op, "it has a batch dimension");
    TensorBuilder b(rewriter, op.getLoc());
    SmallVector<Value> operands(op->getOperands());
    operands[0] = b.unsqueeze(operands[0], 0);
    SmallVector<Value> results;
    for (Value result :
         b.callMulti(op.getSchemaName(), operands, op->getNumResults())
             ->getResults())
      results.push_back(b.squeeze(result, 0));
    b.replace(op, results);
    return success();
  }
};

} // namespace

void populatePoolingDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
  patterns.add<AdaptiveDecomposition, MaxPool1dDecomposition,
               AvgPool1dDecomposition, UnusedIndicesDecomposition,
               BatchDecomposition>(patterns.getContext());
}

} // namespace minitorch::mt
