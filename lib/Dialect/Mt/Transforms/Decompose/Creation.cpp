//===- Creation.cpp - Creation of tensors in its base forms -----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Formula.h"
#include "TensorBuilder.h"

using namespace mlir;

namespace minitorch::mt {
namespace {

/// The value that an operator fills with.
template <typename OpTy> Value getFillValue(TensorBuilder &b, OpTy op) {
  if constexpr (requires { op.getFillValue(); })
    return op.getFillValue();
  StringRef name = op.getSchemaName();
  if (name.contains("empty"))
    return Value();
  return b.constant(int64_t(name.contains("ones") ? 1 : 0));
}

/// Replaces `op` by its base form.
template <typename OpTy>
void replaceByFull(TensorBuilder &b, OpTy op, ValueRange sizes, Type dtype) {
  if (Value value = getFillValue(b, op)) {
    b.replace(op, b.full(sizes, value, dtype));
    return;
  }
  Value number = b.constant(*getScalarTypeNumber(dtype));
  Value none = b.none();
  b.replace(op, b.create<AtenEmptyMemoryFormatOp>(
                    {b.intList(sizes), number, none, none, none, none}));
}

/// The dtype of the new tensor, if it is known.
template <typename OpTy> Type getNewDtype(OpTy op) {
  return getOptionalDtype(op.getDtype(), getDtype(op.getSelf()))
      .value_or(Type());
}

/// zeros_like, ones_like, full_like, empty_like: of the same sizes and, unless
/// said otherwise, dtype.
template <typename OpTy> struct LikeDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    Type dtype = getNewDtype(op);
    if (!getRank(op.getSelf()) || !dtype)
      return rewriter.notifyMatchFailure(op, "rank or dtype is not known");
    TensorBuilder b(rewriter, op.getLoc());
    replaceByFull(b, op, b.sizes(op.getSelf()), dtype);
    return success();
  }
};

/// new_zeros, new_ones, new_full, new_empty: of the given sizes, with the
/// tensor's dtype unless said otherwise.
template <typename OpTy> struct NewDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    std::optional<SmallVector<Value>> sizes = getIntValues(op.getSize());
    Type dtype = getNewDtype(op);
    if (!sizes || !dtype)
      return rewriter.notifyMatchFailure(op, "sizes or dtype are not known");
    TensorBuilder b(rewriter, op.getLoc());
    replaceByFull(b, op, *sizes, dtype);
    return success();
  }
};

/// one_hot(x, n)[..., i] = (x[...] == i) as int64; n = -1 is max(x) + 1.
struct OneHotDecomposition : OpRewritePattern<AtenOneHotOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenOneHotOp op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getSelf();
    std::optional<int64_t> count = getConstantInt(op.getNumClasses());
    if (!getRank(x) || !count)
      return rewriter.notifyMatchFailure(op, "rank or classes are not known");
    TensorBuilder b(rewriter, op.getLoc());
    Type i64 = rewriter.getI64Type();
    Value classes = op.getNumClasses();
    b.raiseUnlessAll(b.create<AtenGeScalarOp>({x, b.constant(int64_t(0))}),
                     "Class values must be non-negative.");
    if (*count != -1)
      b.raiseUnlessAll(b.create<AtenLtScalarOp>({x, classes}),
                       "Class values must be smaller than num_classes.");
    if (*count == -1)
      classes =
          b.addInt(b.itemInt(b.create<AtenMaxOp>({x})), b.constant(int64_t(1)));
    Value equal =
        b.create<AtenEqTensorOp>({b.unsqueeze(x, -1), b.arange(classes, i64)});
    b.replace(op, b.toDtype(equal, i64));
    return success();
  }
};

/// tril keeps the elements with column - row <= diagonal, triu those with
/// column - row >= diagonal; the others are 0.
template <typename OpTy, typename DroppedOp>
struct TriangleDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    Value x = op.getSelf();
    std::optional<int64_t> rank = getRank(x);
    if (!rank || *rank < 2)
      return rewriter.notifyMatchFailure(op, "the rank is not known");
    TensorBuilder b(rewriter, op.getLoc());
    Type i64 = rewriter.getI64Type();
    Value rows = b.unsqueeze(b.arange(b.size(x, -2), i64), 1);
    Value columns = b.unsqueeze(b.arange(b.size(x, -1), i64), 0);
    Value dropped =
        b.create<DroppedOp>({b.sub(columns, rows), op.getDiagonal()});
    b.replace(op, b.create<AtenMaskedFillScalarOp>(
                      {x, dropped, b.constant(int64_t(0))}));
    return success();
  }
};

/// empty_strided, empty_permuted(size, strides or order, dtype, ...): strides
/// are no part of a value.
FormulaResult emptyStrided(TensorBuilder &b, ValueRange in) {
  std::optional<SmallVector<Value>> sizes = getIntValues(in[0]);
  std::optional<Type> dtype =
      getOptionalDtype(in[2], b.getRewriter().getF32Type());
  if (!sizes || !dtype)
    return std::nullopt;
  return {{b.zeros(*sizes, *dtype)}};
}

/// new_empty_strided(self, size, stride, dtype, ...)
FormulaResult newEmptyStrided(TensorBuilder &b, ValueRange in) {
  std::optional<SmallVector<Value>> sizes = getIntValues(in[1]);
  std::optional<Type> dtype = getOptionalDtype(in[3], getDtype(in[0]));
  if (!sizes || !dtype || !*dtype)
    return std::nullopt;
  return {{b.zeros(*sizes, *dtype)}};
}

/// logspace(start, end, steps, base, dtype, ...) = base ** linspace(start, end,
/// steps), in double; the bounds are first of an integer dtype
FormulaResult logspace(TensorBuilder &b, ValueRange in) {
  Type f64 = b.getRewriter().getF64Type();
  bool isComplex = false;
  for (Value bound : in.take_front(2)) {
    Type type = getDtype(bound) ? getDtype(bound) : bound.getType();
    isComplex |= isa<ComplexType>(type);
    if (isa<TensorType>(bound.getType()) && !getDtype(bound))
      return std::nullopt;
  }
  Type fallback = b.getRewriter().getF32Type();
  std::optional<Type> dtype = getOptionalDtype(
      in[4], isComplex ? Type(ComplexType::get(fallback)) : fallback);
  if (!dtype)
    return std::nullopt;
  isComplex |= isa<ComplexType>(*dtype);
  Type wide = isComplex ? Type(ComplexType::get(f64)) : f64;
  Value none = b.none();
  SmallVector<Value> operands{
      in[0], in[1], in[2], b.constant(*getScalarTypeNumber(wide)),
      none,  none,  none};
  if (isa<IntegerType>(*dtype))
    for (Value &bound : MutableArrayRef(operands).take_front(2))
      bound = isa<TensorType>(bound.getType()) ? b.toDtype(bound, *dtype)
                                               : b.full({}, bound, *dtype);
  bool isFirstTensor = isa<TensorType>(operands[0].getType());
  bool isLastTensor = isa<TensorType>(operands[1].getType());
  Value exponents =
      isFirstTensor  ? b.call(isLastTensor ? "aten::linspace.Tensor_Tensor"
                                           : "aten::linspace.Tensor_Scalar",
                              operands)
      : isLastTensor ? b.call("aten::linspace.Scalar_Tensor", operands)
                     : b.create<AtenLinspaceOp>(operands);
  Value powers = b.create<AtenPowScalarOp>({in[3], exponents});
  return {{b.toDtype(powers, *dtype)}};
}

/// A number that tracing recorded as a tensor: int64, float64 or bool.
FormulaResult numberToTensor(TensorBuilder &b, ValueRange in) {
  if (!in[0].getType().isIntOrFloat())
    return std::nullopt;
  return {{b.full({}, in[0], in[0].getType())}};
}

/// as_tensor(data, dtype, device)
FormulaResult asTensor(TensorBuilder &b, ValueRange in) {
  std::optional<Type> dtype = getOptionalDtype(in[1], getDtype(in[0]));
  if (!getRank(in[0]) || !dtype || !*dtype)
    return std::nullopt;
  return {{b.toDtype(in[0], *dtype)}};
}

/// The same of a number or list: a new tensor.
template <typename TensorOp>
FormulaResult asNewTensor(TensorBuilder &b, ValueRange in) {
  return {{b.create<TensorOp>({in[0], in[1], in[2], b.constant(false)})}};
}

/// affine_grid_generator(theta, size, align_corners): theta @ (x, y, 1) for the
/// points of a grid over [-1, 1] in each dimension, from corner to corner or
/// between the centers of the outer elements.
/// Source: torch.nn.functional.affine_grid's page.
FormulaResult affineGrid(TensorBuilder &b, ValueRange in) {
  Value theta = in[0];
  std::optional<SmallVector<Value>> size = getIntValues(in[1]);
  std::optional<bool> alignCorners = getConstantBool(in[2]);
  auto dtype = dyn_cast_if_present<FloatType>(getDtype(theta));
  if (!size || (size->size() != 4 && size->size() != 5) || !alignCorners ||
      !dtype || getRank(theta) != 3)
    return std::nullopt;
  Type wide = getAccumulationDtype(dtype);
  SmallVector<Value> spatial(llvm::drop_begin(*size, 2));
  int64_t rank = spatial.size();
  Value one = b.constant(int64_t(1)), points = one;
  SmallVector<Value> coordinates;
  for (auto [i, count] : llvm::enumerate(spatial)) {
    Value twice = b.mulScalar(b.arange(count, wide), b.constant(2.0));
    Value last = b.subInt(count, one);
    Value centered = b.sub(twice, b.full({}, last, wide));
    Value line =
        b.divScalar(centered, *alignCorners ? b.maxInt(last, one) : count);
    for (int64_t k = i + 1; k < rank; ++k)
      line = b.unsqueeze(line, -1);
    // The last dimension's coordinate is the first.
    coordinates.insert(coordinates.begin(), b.expand(line, spatial));
    points = b.mulInt(points, count);
  }
  coordinates.push_back(b.full(spatial, b.constant(1.0), wide));
  Value base = b.reshape(b.stack(coordinates, -1),
                         {points, b.constant(int64_t(rank + 1))});
  Value grid =
      b.create<AtenMatmulOp>({base, b.transpose(b.toDtype(theta, wide), 1, 2)});
  SmallVector<Value> sizes{size->front()};
  llvm::append_range(sizes, spatial);
  sizes.push_back(b.constant(rank));
  return {{b.toDtype(b.reshape(grid, sizes), dtype)}};
}

constexpr NamedFormula formulas[] = {
    {"aten::affine_grid_generator", affineGrid},
    {"aten::as_tensor", asTensor},
    {"aten::as_tensor.bool", asNewTensor<AtenTensorBoolOp>},
    {"aten::as_tensor.float", asNewTensor<AtenTensorFloatOp>},
    {"aten::as_tensor.int", asNewTensor<AtenTensorIntOp>},
    {"aten::as_tensor.list", asNewTensor<AtenTensorOp>},
    {"aten::empty_permuted", emptyStrided},
    {"aten::empty_strided", emptyStrided},
    {"aten::logspace", logspace},
    {"aten::logspace.Scalar_Tensor", logspace},
    {"aten::logspace.Tensor_Scalar", logspace},
    {"aten::logspace.Tensor_Tensor", logspace},
    {"aten::new_empty_strided", newEmptyStrided},
    {"prim::NumToTensor.Scalar", numberToTensor},
    {"prim::NumToTensor.bool", numberToTensor},
};

} // namespace

void populateCreationDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
  patterns.add<
      LikeDecomposition<AtenZerosLikeOp>, LikeDecomposition<AtenOnesLikeOp>,
      LikeDecomposition<AtenFullLikeOp>, LikeDecomposition<AtenEmptyLikeOp>,
      NewDecomposition<AtenNewZerosOp>, NewDecomposition<AtenNewOnesOp>,
      NewDecomposition<AtenNewFullOp>, NewDecomposition<AtenNewEmptyOp>,
      OneHotDecomposition, TriangleDecomposition<AtenTrilOp, AtenGtScalarOp>,
      TriangleDecomposition<AtenTriuOp, AtenLtScalarOp>>(patterns.getContext());
}

} // namespace minitorch::mt
