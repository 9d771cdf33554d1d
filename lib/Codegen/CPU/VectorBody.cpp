//===- VectorBody.cpp - The body of a structured op on vectors ------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VectorBody.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

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
static bool hasVectorForm(Operation &op) {
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

bool VectorBody::isVectorizable(linalg::GenericOp op) {
  return llvm::all_of(op.getBody()->without_terminator(),
                      [](Operation &inner) { return hasVectorForm(inner); });
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

bool VectorBody::setVectorDim(unsigned dim, int64_t count) {
  vectorDim = dim;
  lanes = count;
  accesses.clear();
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

std::optional<VectorBody::Access> VectorBody::classify(OpOperand &operand,
                                                       MemRefType type) {
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
std::optional<int64_t> VectorBody::getStep(AffineExpr expr) {
  MLIRContext *context = op.getContext();
  AffineExpr dim = getAffineDimExpr(vectorDim, context);
  AffineExpr difference = simplifyAffineExpr(expr.replace(dim, dim + 1) - expr,
                                             op.getNumLoops(), 0);
  auto constant = dyn_cast<AffineConstantExpr>(difference);
  if (!constant || constant.getValue() <= 0)
    return std::nullopt;
  return constant.getValue();
}

Value VectorBody::constant(int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

Value VectorBody::asValue(OpFoldResult ofr) {
  return getValueOrCreateConstantIndexOp(b, b.getLoc(), ofr);
}

Value VectorBody::broadcast(Value scalar) {
  return vector::BroadcastOp::create(b, vectorOf(scalar.getType()), scalar);
}

void VectorBody::computeInvariants(ArrayRef<unsigned> varying) {
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
             llvm::none_of(varying, [&](unsigned dim) {
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

//===----------------------------------------------------------------------===//
// One vector
//===----------------------------------------------------------------------===//

SmallVector<Value> VectorBody::getIndices(OpOperand &operand) {
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

Value VectorBody::load(OpOperand &operand, Value mask) {
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
Value VectorBody::loadEven(Value buffer, VectorType type, SmallVector<Value> at,
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

void VectorBody::store(OpOperand &operand, Value value, Value mask) {
  auto at = getIndices(operand);
  if (mask)
    vector::MaskedStoreOp::create(b, operand.get(), at, mask, value);
  else
    vector::StoreOp::create(b, value, operand.get(), at);
}

SmallVector<Value> VectorBody::emitBody(ValueRange carried, Value mask) {
  IRMapping mapping;
  Block *body = op.getBody();
  for (OpOperand *input : op.getDpsInputOperands()) {
    BlockArgument arg = body->getArgument(input->getOperandNumber());
    if (!arg.use_empty() && !invariants.contains(arg))
      mapping.map(arg, load(*input, mask));
  }
  for (auto [i, value] : llvm::enumerate(carried))
    if (value)
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
    if (inner.getNumResults() != 1 || !invariants.contains(inner.getResult(0)))
      emitInnerOp(inner, mapping, lookup);
  SmallVector<Value> results;
  for (Value value : body->getTerminator()->getOperands())
    results.push_back(lookup(value));
  return results;
}

void VectorBody::emitInnerOp(Operation &inner, IRMapping &mapping,
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
