//===- Linear.cpp - addmm and its kin by matmul -----------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decompose.h"
#include "Matrices.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace minitorch::mt {
namespace {

/// `number` as a factor of elements of `dtype`: PyTorch converts it to the
/// tensor's dtype, so that 0.6 is 0 for integers.
Value getFactor(TensorBuilder &b, Value number, Type dtype) {
  auto integer = dyn_cast_or_null<IntegerType>(dtype);
  if (!integer || number.getType() == integer)
    return number;
  auto &rewriter = b.getRewriter();
  Location loc = b.getLoc();
  if (std::optional<double> known = getConstantFloat(number))
    return integer.isInteger(1) ? b.constant(*known != 0.0)
                                : b.constant(static_cast<int64_t>(*known));
  bool isFloat = isa<FloatType>(number.getType());
  if (integer.isInteger(1) && isFloat)
    return rewriter.createOrFold<arith::CmpFOp>(loc, arith::CmpFPredicate::UNE,
                                                number, b.constant(0.0));
  if (integer.isInteger(1))
    return rewriter.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::ne,
                                                number, b.constant(int64_t(0)));
  return isFloat ? rewriter.createOrFold<arith::FPToSIOp>(
                       loc, rewriter.getI64Type(), number)
                 : number;
}

/// beta * self + alpha * product, in the product's dtype. With beta = 0, self
/// is not read: its NaNs do not count.
std::optional<Value> addScaled(TensorBuilder &b, Value self, Value product,
                               Value beta, Value alpha) {
  Type dtype = getDtype(product);
  if (!dtype)
    return std::nullopt;
  beta = getFactor(b, beta, dtype);
  alpha = getFactor(b, alpha, dtype);
  std::optional<double> weight = getConstantFloat(beta);
  if (!weight && !isa<ComplexType>(beta.getType()))
    return std::nullopt;
  auto scale = [&](Value x, Value number) {
    return getConstantFloat(number) == 1.0 ? x : b.mulScalar(x, number);
  };
  product = scale(product, alpha);
  if (*weight == 0.0)
    return product;
  return b.add(product, scale(self, beta));
}

/// addmm, addmv, baddbmm: beta * self + alpha * (a @ b)
template <typename OpTy>
struct AddMatmulDecomposition : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;
  LogicalResult matchAndRewrite(OpTy op,
                                PatternRewriter &rewriter) const override {
    auto dtype = getDtype(op->getOperand(1));
    if (!dtype)
      return rewriter.notifyMatchFailure(op, "the dtype is not known");
    if (isa<FloatType>(dtype) && dtype.getIntOrFloatBitWidth() < 32)
      return rewriter.notifyMatchFailure(
          op, "the sum is taken before the product is rounded");
    TensorBuilder b(rewriter, op.getLoc());
    Value product =
        b.create<AtenMatmulOp>({op->getOperand(1), op->getOperand(2)});
    std::optional<Value> sum =
        addScaled(b, op.getSelf(), product, op.getBeta(), op.getAlpha());
    if (!sum)
      return rewriter.notifyMatchFailure(op, "beta is not a constant");
    b.replace(op, *sum);
    return success();
  }
};

/// outer(a, b)[i, j] = a[i] * b[j]
struct OuterDecomposition : OpRewritePattern<AtenOuterOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenOuterOp op,
                                PatternRewriter &rewriter) const override {
    TensorBuilder b(rewriter, op.getLoc());
    b.replace(
        op, b.mul(b.unsqueeze(op.getSelf(), 1), b.unsqueeze(op.getVec2(), 0)));
    return success();
  }
};

/// bilinear: y[..., o] = sum_ij x1[..., i] * W[o, i, j] * x2[..., j] + bias[o],
/// as sum_j (x1 @ W)[..., o, j] * x2[..., j]. Half precision is rounded once.
struct BilinearDecomposition : OpRewritePattern<AtenBilinearOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AtenBilinearOp op,
                                PatternRewriter &rewriter) const override {
    Value x1 = op.getInput1(), x2 = op.getInput2(), weight = op.getWeight();
    std::optional<Value> bias = getOptionalTensor(op.getBias());
    std::optional<int64_t> rank = getRank(x1);
    Type dtype = getDtype(x1);
    if (!bias || !rank || *rank < 1 || !dtype)
      return rewriter.notifyMatchFailure(op, "operands are not known enough");
    TensorBuilder b(rewriter, op.getLoc());
    if (dtype.isF16() || dtype.isBF16())
      for (Value *x : {&x1, &x2, &weight})
        *x = b.toDtype(*x, rewriter.getF32Type());
    Value out = b.size(weight, 0), in1 = b.size(weight, 1),
          in2 = b.size(weight, 2);
    // [O, I, J] -> [I, O * J]
    Value matrix =
        b.reshape(b.permute(weight, {1, 0, 2}), {in1, b.mulInt(out, in2)});
    SmallVector<Value> sizes = b.sizes(x1);
    sizes.back() = out;
    sizes.push_back(in2);
    Value inner = b.reshape(b.create<AtenMatmulOp>({x1, matrix}), sizes);
    Value y = b.sum(b.mul(inner, b.unsqueeze(x2, -2)), {-1}, false);
    if (*bias)
      y = b.add(y, *bias);
    b.replace(op, b.toDtype(y, dtype));
    return success();
  }
};

/// addr: beta * self + alpha * outer(v1, v2)
FormulaResult addr(TensorBuilder &b, ValueRange in) {
  if (!getDtype(in[1]) || !getDtype(in[2]))
    return std::nullopt;
  Value product = b.mul(b.unsqueeze(in[1], 1), b.unsqueeze(in[2], 0));
  std::optional<Value> sum = addScaled(b, in[0], product, in[3], in[4]);
  return sum ? FormulaResult{{*sum}} : std::nullopt;
}

/// inner: sum over the last dimension of both
FormulaResult inner(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> x = getRank(in[0]), y = getRank(in[1]);
  if (!x || !y)
    return std::nullopt;
  if (*x == 0 || *y == 0)
    return {{b.mul(in[0], in[1])}};
  if (*y == 1)
    return {{b.create<AtenMatmulOp>({in[0], in[1]})}};
  // [..., K] by [M, K]
  SmallVector<Value> sizes = b.sizes(in[0]), other = b.sizes(in[1]);
  sizes.pop_back();
  sizes.append(other.begin(), other.end() - 1);
  Value matrix = b.reshape(in[1], {b.constant(int64_t(-1)), other.back()});
  Value product = b.create<AtenMatmulOp>({in[0], b.transpose(matrix, 0, 1)});
  return {{b.reshape(product, sizes)}};
}

/// vdot(x, y) = dot(conj(x), y)
FormulaResult vdot(TensorBuilder &b, ValueRange in) {
  if (!getDtype(in[0]))
    return std::nullopt;
  return {{b.create<AtenDotOp>({conjugate(b, in[0]), in[1]})}};
}

/// linalg_vecdot: sum(conj(x) * y) over dim
FormulaResult vecdot(TensorBuilder &b, ValueRange in) {
  std::optional<int64_t> dim = getConstantInt(in[2]);
  if (!dim || !getDtype(in[0]))
    return std::nullopt;
  Value product = b.mul(conjugate(b, in[0]), in[1]);
  return {{b.sum(product, {*dim}, /*keepDim=*/false)}};
}

/// Constant dims, wrapped.
std::optional<SmallVector<int64_t>> getDims(Value tensor, Value list) {
  std::optional<int64_t> rank = getRank(tensor);
  std::optional<SmallVector<int64_t>> dims = getIntList(list);
  if (!rank || !dims)
    return std::nullopt;
  for (int64_t &dim : *dims) {
    std::optional<int64_t> wrapped = wrapDim(dim, *rank);
    if (ShapedType::isDynamic(dim) || !wrapped || *wrapped >= *rank)
      return std::nullopt;
    dim = *wrapped;
  }
  return dims;
}

/// Dimensions that are contracted with each other get the same size: where one
/// is 1, the other is summed.
void broadcastContracted(TensorBuilder &b, Value &x, int64_t dimX, Value &y,
                         int64_t dimY) {
  std::optional<int64_t> sizeX = getStaticSize(x, dimX);
  std::optional<int64_t> sizeY = getStaticSize(y, dimY);
  auto sum = [&](Value tensor, int64_t dim) {
    return b.toDtype(b.sum(tensor, {dim}, /*keepDim=*/true), getDtype(tensor));
  };
  if (sizeX == 1 && sizeY != 1) {
    y = sum(y, dimY);
  } else if (sizeY == 1 && sizeX != 1) {
    x = sum(x, dimX);
  } else if (!sizeX || !sizeY) {
    Value size = b.broadcastInt(b.size(x, dimX), b.size(y, dimY));
    auto widen = [&](Value tensor, int64_t dim) {
      SmallVector<Value> sizes = b.sizes(tensor);
      sizes[dim] = size;
      return b.expand(tensor, sizes);
    };
    x = widen(x, dimX);
    y = widen(y, dimY);
  }
}

/// tensordot: the dimensions of one contracted with those of the other
FormulaResult tensordot(TensorBuilder &b, ValueRange in) {
  Value operands[] = {in[0], in[1]};
  std::optional<SmallVector<int64_t>> contracted[] = {getDims(in[0], in[2]),
                                                      getDims(in[1], in[3])};
  if (!contracted[0] || !contracted[1] || !getDtype(in[0]) ||
      !getDtype(in[1]) || contracted[0]->size() != contracted[1]->size())
    return std::nullopt;
  for (auto [dimX, dimY] : llvm::zip(*contracted[0], *contracted[1]))
    broadcastContracted(b, operands[0], dimX, operands[1], dimY);
  SmallVector<Value> kept, matrices;
  for (int64_t side = 0; side < 2; ++side) {
    Value operand = operands[side];
    std::optional<int64_t> rank = getRank(operand);
    const std::optional<SmallVector<int64_t>> &dims = contracted[side];
    SmallVector<Value> sizes = b.sizes(operand);
    SmallVector<int64_t> free;
    Value rows = b.constant(int64_t(1)), inner = rows;
    for (int64_t dim = 0; dim < *rank; ++dim)
      if (!llvm::is_contained(*dims, dim)) {
        free.push_back(dim);
        kept.push_back(sizes[dim]);
        rows = b.mulInt(rows, sizes[dim]);
      }
    for (int64_t dim : *dims)
      inner = b.mulInt(inner, sizes[dim]);
    SmallVector<int64_t> order = side == 0 ? free : *dims;
    order.append(side == 0 ? *dims : free);
    Value x = b.permute(operand, order);
    matrices.push_back(side == 0 ? b.reshape(x, {rows, inner})
                                 : b.reshape(x, {inner, rows}));
  }
  return {{b.reshape(b.create<AtenMmOp>(matrices), kept)}};
}

/// linalg_multi_dot, chain_matmul: from left to right
FormulaResult chainMatmul(TensorBuilder &b, ValueRange in) {
  std::optional<SmallVector<Value>> matrices = getListElements(in[0]);
  if (!matrices || matrices->empty())
    return std::nullopt;
  Value product = matrices->front();
  for (Value matrix : ArrayRef(*matrices).drop_front())
    product = b.create<AtenMatmulOp>({product, matrix});
  return {{product}};
}

/// addbmm: beta * self + alpha * sum over the batch of a @ b
FormulaResult addbmm(TensorBuilder &b, ValueRange in) {
  Type dtype = getDtype(in[1]);
  if (!dtype)
    return std::nullopt;
  Value product = b.sum(b.create<AtenBmmOp>({in[1], in[2]}), {0}, false);
  product = b.toDtype(product, dtype); // Integers are summed as int64.
  std::optional<Value> sum = addScaled(b, in[0], product, in[3], in[4]);
  return sum ? FormulaResult{{*sum}} : std::nullopt;
}

/// _grouped_mm(x, w, offs): rows offs[g - 1] to offs[g] of a matrix x times
/// w[g]
FormulaResult groupedMatmul(TensorBuilder &b, ValueRange in) {
  Value x = in[0], w = in[1], ends = in[2];
  std::optional<int64_t> rank = getRank(x);
  if (!rank || getRank(w) != 3 || !isNone(in[3]) || !isNone(in[4]))
    return std::nullopt;
  if (*rank == 3 && isNone(ends))
    return {{b.create<AtenBmmOp>({x, w})}};
  std::optional<int64_t> groups = getStaticSize(w, 0);
  if (*rank != 2 || getRank(ends) != 1 || !groups || !getDtype(x))
    return std::nullopt;
  SmallVector<Value> parts;
  Value start = b.constant(int64_t(0));
  for (int64_t group = 0; group < *groups; ++group) {
    Value index = b.constant(group);
    Value end = b.itemInt(b.select(ends, 0, index));
    parts.push_back(
        b.create<AtenMmOp>({b.slice(x, 0, start, end), b.select(w, 0, index)}));
    start = end;
  }
  Value rows = b.size(x, 0);
  parts.push_back(b.zeros({b.subInt(rows, start), b.size(w, 2)}, getDtype(x)));
  int64_t dynamic = ShapedType::kDynamic;
  TensorShape type({getStaticSize(x, 0).value_or(dynamic),
                    getStaticSize(w, 2).value_or(dynamic)},
                   getDtype(x));
  return {
      {b.cast(b.cat(parts, 0), type.getBoxed(b.getRewriter().getContext()))}};
}

/// _int_mm: the product of matrices of bytes in int32
FormulaResult integerMatmul(TensorBuilder &b, ValueRange in) {
  Type wide = b.getRewriter().getI32Type();
  return {
      {b.create<AtenMmOp>({b.toDtype(in[0], wide), b.toDtype(in[1], wide)})}};
}

constexpr NamedFormula formulas[] = {
    {"aten::_grouped_mm", groupedMatmul},
    {"aten::_int_mm", integerMatmul},
    {"aten::addbmm", addbmm},
    {"aten::addr", addr},
    {"aten::chain_matmul", chainMatmul},
    {"aten::inner", inner},
    {"aten::linalg_multi_dot", chainMatmul},
    {"aten::linalg_vecdot", vecdot},
    {"aten::tensordot", tensordot},
    {"aten::vdot", vdot},
};

} // namespace

void populateLinearDecompositions(RewritePatternSet &patterns) {
  addFormulas(patterns, formulas);
  patterns.add<AddMatmulDecomposition<AtenAddmmOp>,
               AddMatmulDecomposition<AtenAddmvOp>,
               AddMatmulDecomposition<AtenBaddbmmOp>, OuterDecomposition,
               BilinearDecomposition>(patterns.getContext());
}

} // namespace minitorch::mt
