//===- Unbox.cpp - Tensor objects to builtin tensors ------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace minitorch::mt {
#define GEN_PASS_DEF_MTUNBOXPASS
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"
} // namespace minitorch::mt

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

static void unboxType(Value value) {
  if (auto tensor = dyn_cast<mt::TensorType>(value.getType()))
    if (tensor.canUnbox())
      value.setType(tensor.getUnboxed());
}

namespace {
class MtUnboxPass : public minitorch::mt::impl::MtUnboxPassBase<MtUnboxPass> {
public:
  using Base::Base;
  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isExternal())
      return;
    func.walk([](Operation *op) {
      for (Region &region : op->getRegions())
        for (Block &block : region)
          for (Value argument : block.getArguments())
            unboxType(argument);
      if (auto constant = dyn_cast<ConstantTensorOp>(op)) {
        OpBuilder builder(op);
        Value value = arith::ConstantOp::create(
            builder, op->getLoc(), cast<TypedAttr>(constant.getValue()));
        constant.getResult().replaceAllUsesWith(value);
        op->erase();
        return;
      }
      // Operators and structure; mt.box makes objects on purpose.
      if (isa<BoxOp>(op))
        return;
      for (Value result : op->getResults())
        unboxType(result);
    });
    Block &body = func.getBody().front();
    func.setType(
        mlir::FunctionType::get(&getContext(), body.getArgumentTypes(),
                                body.getTerminator()->getOperandTypes()));
  }
};
} // namespace
