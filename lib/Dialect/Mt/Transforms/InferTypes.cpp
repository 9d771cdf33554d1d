//===- InferTypes.cpp - Shapes and dtypes, in program order -----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InferTypes/InferTypes.h"
#include "MiniTorch/Dialect/Mt/IR/DtypeErrors.h"
#include "MiniTorch/Dialect/Mt/IR/OperandErrors.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/TypeOracle.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "OperandChecks.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace minitorch::mt {
#define GEN_PASS_DEF_MTINFERTYPESPASS
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"
} // namespace minitorch::mt

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

//===----------------------------------------------------------------------===//
// The walk
//===----------------------------------------------------------------------===//

LogicalResult TypeInference::run(Block &block) {
  for (Operation *op = block.empty() ? nullptr : &block.front(); op;) {
    Operation *before = op->getPrevNode();
    if (failed(visit(op)))
      return failure();
    if (settled) {
      // A loop was replaced by its typed copy, which is done.
      op = std::exchange(settled, nullptr)->getNextNode();
      continue;
    }
    // Erased or replaced: go on with what now stands in its place.
    Operation *now = before ? before->getNextNode() : &block.front();
    op = now == op ? now->getNextNode() : now;
  }
  return success();
}

LogicalResult TypeInference::visit(Operation *op) {
  if (auto ifOp = dyn_cast<PrimIfOp>(op))
    return visitIf(ifOp);
  if (auto loop = dyn_cast<PrimLoopOp>(op))
    return visitLoop(loop);
  return visitOperator(op);
}

void TypeInference::raiseInstead(Operation *op, StringRef reason,
                                 StringRef exception, Value text) {
  op->emitWarning() << "always raises " << exception << ": " << reason;
  OpBuilder builder(op);
  Location loc = op->getLoc();
  auto str = [&](StringRef text) -> Value {
    return ConstantStrOp::create(builder, loc, StrType::get(op->getContext()),
                                 text);
  };
  PrimRaiseOp::create(builder, loc, text ? text : str(reason), str(exception));

  Block *block = op->getBlock();
  Operation *terminator = block->getTerminator();
  SmallVector<Operation *> dead;
  for (Operation *next = op; next != terminator; next = next->getNextNode())
    dead.push_back(next);
  builder.setInsertionPoint(terminator);
  // What a call would have left in arguments and state, after the results.
  SmallVector<Value> kept;
  if (auto func = dyn_cast<func::FuncOp>(block->getParentOp())) {
    if (auto state = func->getAttrOfType<ArrayAttr>("mt.state"))
      llvm::append_range(kept, block->getArguments().take_back(state.size()));
    if (auto mutated = func->getAttrOfType<DenseI64ArrayAttr>(mutatedAttrName))
      for (int64_t argument : mutated.asArrayRef())
        kept.push_back(block->getArgument(argument));
  }
  bool isReturn = isa<func::ReturnOp>(terminator);
  unsigned numResults = terminator->getNumOperands() - kept.size();
  for (OpOperand &operand : terminator->getOpOperands()) {
    Operation *definition = operand.get().getDefiningOp();
    if (!definition || definition->getBlock() != block ||
        definition->isBeforeInBlock(op))
      continue;
    // A function that returns nothing has a signature whatever its types are.
    unsigned number = operand.getOperandNumber();
    operand.set(isReturn && number >= numResults ? kept[number - numResults]
                : isReturn
                    ? Value(ConstantNoneOp::create(
                          builder, loc, mt::NoneType::get(op->getContext())))
                    : Value(PrimUninitializedOp::create(
                          builder, loc, operand.get().getType())));
  }
  // Users first.
  for (Operation *each : llvm::reverse(dead))
    each->erase();
}

/// Name of an argument that must be a tensor and is None, as in a branch whose
/// condition is the value being there; empty where there is none.
static StringRef getMissingTensor(Operation *op) {
  if (const Schema *schema = lookupSchema(op))
    for (auto [operand, argument] :
         llvm::zip(op->getOperands(), schema->arguments))
      if (isa<mt::NoneType>(operand.getType()) && argument.type == "Tensor")
        return argument.name;
  return "";
}

void TypeInference::askOracle(Operation *op) {
  auto isUnknown = [](Type type) {
    auto shape = TensorShape::of(type);
    return shape && (!shape->hasRank || !shape->dtype);
  };
  if (llvm::none_of(op->getResultTypes(), isUnknown))
    return;
  SmallVector<Type> types;
  std::string reason;
  const TypeOracleInterface *oracle = getTypeOracle(op->getContext());
  if (oracle && succeeded(oracle->inferTypes(op, types, reason)))
    for (auto [result, type] : llvm::zip(op->getResults(), types))
      result.setType(refine(type, result.getType()));
  else if (!reason.empty())
    op->setAttr(reasonAttrName, StringAttr::get(op->getContext(), reason));
}

LogicalResult TypeInference::visitOperator(Operation *op) {
  if (visitList(op) || visitDict(op))
    return success();
  materializeLists(op);
  if (isa<PrimGetAttrOp, PrimSetAttrOp>(op))
    return visitField(op);

  StringRef missing = getMissingTensor(op);
  if (!missing.empty()) {
    raiseInstead(op, ("expected a tensor for argument '" + missing + "' of " +
                      lookupSchema(op)->name + ", got None")
                         .str());
    return success();
  }
  OpBuilder builder(op);
  if (refusesDtypes) {
    if (std::optional<OperandCheck> check = getFailedCheck(op)) {
      raiseInstead(op, check->message, check->exception,
                   createCheckMessage(builder, op, *check));
      return success();
    }
    if (std::optional<OperatorError> error = getDtypeError(op)) {
      raiseInstead(op, error->message, error->exception);
      return success();
    }
  }
  // What types answer.
  SmallVector<Value> replacements;
  if (succeeded(foldByTypes(op, builder, replacements))) {
    // Out of a tuple: a list may be another value by now.
    for (Value &value : replacements)
      if (Value object = renamed.lookup(value))
        value = object;
    op->replaceAllUsesWith(replacements);
    op->erase();
    return success();
  }
  // What constants answer, by the operations' own folds. A fold leaves the
  // constants that it made in front of `op`.
  if (op->getNumResults() && !op->hasTrait<OpTrait::ConstantLike>() &&
      !isa<ConstantTensorOp>(op)) {
    SmallVector<Value> folded;
    if (succeeded(builder.tryFold(op, folded)) && !folded.empty()) {
      op->replaceAllUsesWith(folded);
      op->erase();
      return success();
    }
  }

  if (auto rule = dyn_cast<TypeRuleOpInterface>(op)) {
    SmallVector<Type> types;
    std::string reason;
    if (failed(rule.inferTypes(types, reason))) {
      raiseInstead(op, reason);
      return success();
    }
    for (auto [result, type] : llvm::zip(op->getResults(), types))
      result.setType(refine(type, result.getType()));
    if (asksFallback)
      askOracle(op);
    return success();
  }
  if (auto tuple = dyn_cast<PrimTupleConstructOp>(op)) {
    auto old = cast<mt::TupleType>(tuple.getType());
    auto type = mt::TupleType::get(
        op->getContext(), llvm::to_vector(tuple.getElements().getTypes()),
        old.getName(), old.getFieldNames());
    // A plain tuple is what is in it; a named one is what it is declared to be.
    tuple.getResult().setType(
        old.getName() ? cast<mt::TupleType>(refineElement(old, type)) : type);
    return success();
  }
  // What is known of an optional tensor is known of the tensor.
  if (auto cast = dyn_cast<PrimUncheckedCastOp>(op)) {
    if (auto optional = dyn_cast<OptionalType>(cast.getValue().getType()))
      if (Value result = cast.getResult();
          TensorShape::of(optional.getElementType()))
        result.setType(refine(optional.getElementType(), result.getType()));
    return success();
  }
  if (auto unpack = dyn_cast<PrimTupleUnpackOp>(op)) {
    auto type = cast<mt::TupleType>(unpack.getTuple().getType());
    for (auto [result, element] :
         llvm::zip(unpack.getResults(), type.getTypes()))
      result.setType(refine(element, result.getType()));
  }
  return success();
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {
class MtInferTypesPass
    : public minitorch::mt::impl::MtInferTypesPassBase<MtInferTypesPass> {
public:
  using Base::Base;
  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isExternal())
      return;
    chooseLengths(func);
    if (failed(infer(func)))
      return signalPassFailure();
    Block &body = func.getBody().front();
    func.setType(
        mlir::FunctionType::get(&getContext(), body.getArgumentTypes(),
                                body.getTerminator()->getOperandTypes()));
    // What folding left without a use; users and nested operations first.
    SmallVector<Operation *> all;
    func.walk<WalkOrder::PreOrder>([&](Operation *op) { all.push_back(op); });
    for (Operation *op : llvm::reverse(all))
      if (isOpTriviallyDead(op))
        op->erase();
  }

private:
  LogicalResult infer(func::FuncOp func);
};
} // namespace

/// Again, if a field turned out to hold other tensors than a read in front of
/// the write was told.
LogicalResult MtInferTypesPass::infer(func::FuncOp func) {
  constexpr unsigned maxAttempts = 8;
  bool hasFields =
      func.walk([](PrimSetAttrOp) { return WalkResult::interrupt(); })
          .wasInterrupted();
  FieldTypes fields;
  // Objects that others made hold what others stored.
  for (Type type : func.getArgumentTypes())
    type.walk([&](Type part) {
      if (isa<ObjectType, AnyType>(part))
        fields.giveUp();
    });
  for (unsigned attempt = 0;; ++attempt) {
    OwningOpRef<func::FuncOp> before;
    if (hasFields)
      before = func.clone();
    if (attempt == maxAttempts)
      fields.giveUp();
    if (failed(
            TypeInference(maxUnroll, fallback, refusesDtypes, explain, fields)
                .run(func.getBody().front())))
      return failure();
    if (!fields.startOver())
      return success();
    func.getBody().takeBody(before->getBody());
  }
}
