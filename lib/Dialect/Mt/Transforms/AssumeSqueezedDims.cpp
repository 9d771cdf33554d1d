//===- AssumeSqueezedDims.cpp - Ranks from example sizes --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checks.h"
#include "MiniTorch/Dialect/Mt/IR/AtenOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"

namespace minitorch::mt {
#define GEN_PASS_DEF_MTASSUMESQUEEZEDDIMSPASS
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"
} // namespace minitorch::mt

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

/// Numbers a squeeze, to find it again in the copy of its function.
static constexpr llvm::StringLiteral siteAttrName = "mt.site";

namespace {
/// What the example sizes make of one squeeze.
struct Squeeze {
  int64_t rank;
  /// The dims that the operator may drop, and whether it does.
  SmallVector<std::pair<int64_t, bool>> dims;

  bool operator==(const Squeeze &other) const {
    return rank == other.rank && dims == other.dims;
  }
};
} // namespace

static bool hasUnknownRank(Operation *op) {
  auto shape = TensorShape::of(op->getResult(0).getType());
  return shape && !shape->hasRank;
}

static std::optional<Squeeze> getSqueeze(Operation *op) {
  auto shape = TensorShape::of(op->getOperand(0).getType());
  if (!shape || !shape->hasRank)
    return std::nullopt;
  Squeeze squeeze{shape->getRank(), {}};
  SmallVector<int64_t> dims;
  if (isa<AtenSqueezeOp>(op)) {
    dims = llvm::to_vector(llvm::seq<int64_t>(0, squeeze.rank));
  } else if (auto list = getIntList(op->getOperand(1))) {
    dims = *list;
  } else if (auto dim = getConstantInt(op->getOperand(1))) {
    dims = {*dim};
  } else {
    return std::nullopt;
  }
  for (int64_t &dim : dims) {
    auto wrapped = wrapDim(dim, squeeze.rank);
    if (ShapedType::isDynamic(dim) || !wrapped)
      return std::nullopt;
    if (squeeze.rank == 0)
      continue;
    int64_t size = shape->sizes[*wrapped];
    if (ShapedType::isDynamic(size))
      return std::nullopt;
    squeeze.dims.push_back({*wrapped, size == 1});
  }
  llvm::sort(squeeze.dims);
  return squeeze;
}

/// Replaces `op` by what it does to the example, after testing that the sizes
/// are as there.
static void assume(Operation *op, const Squeeze &squeeze) {
  OpBuilder builder(op);
  Location loc = op->getLoc();
  Value x = op->getOperand(0);
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIntOp::create(builder, loc, value, 64);
  };
  Value one = constant(1);
  for (auto [dim, isOne] : squeeze.dims) {
    Value size = AtenSizeIntOp::create(builder, loc, builder.getI64Type(),
                                       ValueRange{x, constant(dim)});
    Value holds = arith::CmpIOp::create(
        builder, loc,
        isOne ? arith::CmpIPredicate::eq : arith::CmpIPredicate::ne, size, one);
    raiseUnless(builder, loc, holds,
                ("squeeze: dimension " + Twine(dim) +
                 (isOne ? " has to be 1" : " must not be 1") +
                 ", as in the example inputs that the program was compiled "
                 "for: the rank of the result depends on it")
                    .str());
  }
  for (auto [dim, isOne] : llvm::reverse(squeeze.dims))
    if (isOne)
      x = AtenSelectIntOp::create(
          builder, loc, mt::TensorType::getUnknown(builder.getContext()),
          ValueRange{x, constant(dim), constant(0)});
  op->getResult(0).replaceAllUsesWith(x);
  op->erase();
}

namespace {
class MtAssumeSqueezedDimsPass
    : public minitorch::mt::impl::MtAssumeSqueezedDimsPassBase<
          MtAssumeSqueezedDimsPass> {
public:
  using Base::Base;
  void runOnOperation() override {
    for (auto func : llvm::to_vector(getOperation().getOps<func::FuncOp>()))
      if (!func.isExternal())
        run(func);
  }

private:
  void run(func::FuncOp func);
  llvm::DenseMap<int64_t, Squeeze> inferFromExample(func::FuncOp func);
};
} // namespace

/// The squeezes of a copy of `func` whose arguments have the example's sizes,
/// by their numbers. One that is copied itself and differs has no entry.
llvm::DenseMap<int64_t, Squeeze>
MtAssumeSqueezedDimsPass::inferFromExample(func::FuncOp func) {
  func::FuncOp copy = func.clone();
  copy.setName((func.getName() + ".example").str());
  copy.setPrivate();
  getOperation().push_back(copy);
  for (BlockArgument argument : copy.getArguments())
    if (auto sizes = copy.getArgAttrOfType<DenseI64ArrayAttr>(
            argument.getArgNumber(), exampleAttrName))
      argument.setType(
          mt::TensorType::get(&getContext(), sizes.asArrayRef(),
                              TensorShape::of(argument.getType())->dtype));
  copy.setFunctionType(mlir::FunctionType::get(
      &getContext(), copy.getBody().getArgumentTypes(), copy.getResultTypes()));

  OpPassManager inference(func::FuncOp::getOperationName());
  inference.addPass(createMtInferTypesPass());
  llvm::DenseMap<int64_t, Squeeze> squeezes;
  llvm::DenseSet<int64_t> unknown;
  bool inferred = false;
  {
    // What it says, it says of the function itself too.
    ScopedDiagnosticHandler silence(&getContext(),
                                    [](Diagnostic &) { return success(); });
    inferred = succeeded(runPipeline(inference, copy));
  }
  if (inferred)
    copy.walk([&](Operation *op) {
      auto site = op->getAttrOfType<IntegerAttr>(siteAttrName);
      if (!site)
        return;
      std::optional<Squeeze> squeeze = getSqueeze(op);
      auto [it, isNew] = squeezes.try_emplace(
          site.getInt(), squeeze.value_or(Squeeze{-1, {}}));
      if (!squeeze || !(it->second == *squeeze))
        unknown.insert(site.getInt());
    });
  for (int64_t site : unknown)
    squeezes.erase(site);
  copy.erase();
  return squeezes;
}

void MtAssumeSqueezedDimsPass::run(func::FuncOp func) {
  bool hasExample = false;
  for (unsigned i = 0; i < func.getNumArguments(); ++i)
    hasExample |= func.getArgAttr(i, exampleAttrName) != nullptr;
  if (!hasExample)
    return;
  SmallVector<Operation *> sites;
  func.walk([&](Operation *op) {
    if (isa<AtenSqueezeOp, AtenSqueezeDimOp, AtenSqueezeDimsOp>(op) &&
        hasUnknownRank(op))
      sites.push_back(op);
  });
  Builder builder(&getContext());
  if (!sites.empty()) {
    for (auto [i, op] : llvm::enumerate(sites))
      op->setAttr(siteAttrName, builder.getI64IntegerAttr(i));
    auto squeezes = inferFromExample(func);
    for (auto [i, op] : llvm::enumerate(sites)) {
      op->removeAttr(siteAttrName);
      if (auto it = squeezes.find(i); it != squeezes.end())
        assume(op, it->second);
    }
    // The ranks of everything behind them.
    OpPassManager inference(func::FuncOp::getOperationName());
    inference.addPass(createMtInferTypesPass());
    if (failed(runPipeline(inference, func)))
      return signalPassFailure();
  }
  for (unsigned i = 0; i < func.getNumArguments(); ++i)
    func.removeArgAttr(i, exampleAttrName);
}
