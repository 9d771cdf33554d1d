//===- MtKernelOps.cpp - Calls of kernels -----------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/MtKernelOps.h"

#include "mlir/Dialect/Tensor/IR/Tensor.h"

#define GET_OP_CLASSES
#include "MiniTorch/Dialect/Mt/IR/MtKernelOps.cpp.inc"

using namespace mlir;
using namespace minitorch::mt;

//===----------------------------------------------------------------------===//
// mt.launch
//===----------------------------------------------------------------------===//

func::FuncOp LaunchOp::lookupKernel(SymbolTableCollection &symbols) {
  return symbols.lookupNearestSymbolFrom<func::FuncOp>(*this, getKernelAttr());
}

/// Whether a launch may hand `given` to an argument of type `taken`: a kernel
/// on tensors does not say how they lie.
static bool isTaken(Type given, Type taken) {
  auto givenShape = dyn_cast<ShapedType>(given);
  auto takenShape = dyn_cast<ShapedType>(taken);
  if (!givenShape || !takenShape)
    return given == taken;
  return givenShape.getElementType() == takenShape.getElementType() &&
         givenShape.getShape() == takenShape.getShape() &&
         (given == taken || isa<RankedTensorType>(taken));
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  func::FuncOp kernel = lookupKernel(symbols);
  if (!kernel)
    return emitOpError("there is no kernel ") << getKernelAttr();
  if (!kernel->hasAttr(kernelAttrName))
    return emitOpError("calls ")
           << getKernelAttr() << ", which has no '" << kernelAttrName << "'";
  if (kernel.getNumArguments() != getNumOperands())
    return emitOpError("has ")
           << getNumOperands() << " operands, but " << getKernelAttr()
           << " takes " << kernel.getNumArguments();
  for (auto [number, types] : llvm::enumerate(
           llvm::zip_equal(getOperandTypes(), kernel.getArgumentTypes()))) {
    auto [given, taken] = types;
    if (!isTaken(given, taken))
      return emitOpError("operand ")
             << number << " has type " << given << ", but " << getKernelAttr()
             << " takes " << taken;
  }
  return success();
}

void LaunchOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  for (OpOperand &operand : (*this)->getOpOperands()) {
    if (!isa<BaseMemRefType>(operand.get().getType()))
      continue;
    bool isInit = isDpsInit(&operand);
    if (!isInit || getAccumulates())
      effects.emplace_back(MemoryEffects::Read::get(), &operand);
    if (isInit)
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
  }
}

LogicalResult LaunchOp::reifyResultShapes(OpBuilder &builder,
                                          ReifiedRankedShapedTypeDims &shapes) {
  for (Value out : getOuts().take_front(getNumResults()))
    shapes.push_back(tensor::getMixedSizes(builder, getLoc(), out));
  return success();
}

//===----------------------------------------------------------------------===//
// mt.parallel_call
//===----------------------------------------------------------------------===//

LogicalResult ParallelCallOp::verifySymbolUses(SymbolTableCollection &symbols) {
  Operation *part = symbols.lookupNearestSymbolFrom(*this, getPartAttr());
  auto function = dyn_cast_or_null<FunctionOpInterface>(part);
  if (!function)
    return emitOpError("there is no function ") << getPartAttr();
  // Behind the conversion to LLVM, types are others.
  if (!isa<func::FuncOp>(part))
    return success();
  Type index = IndexType::get(getContext());
  SmallVector<Type> types{index, index};
  llvm::append_range(types, getInputs().getTypes());
  if (function.getArgumentTypes() != ArrayRef<Type>(types) ||
      !function.getResultTypes().empty())
    return emitOpError("calls ")
           << getPartAttr() << " of type " << function.getFunctionType()
           << ", but hands it " << mlir::FunctionType::get(getContext(), types, {});
  return success();
}

void ParallelCallOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  for (OpOperand &operand : getInputsMutable()) {
    if (!isa<BaseMemRefType>(operand.get().getType()))
      continue;
    effects.emplace_back(MemoryEffects::Read::get(), &operand);
    effects.emplace_back(MemoryEffects::Write::get(), &operand);
  }
}
