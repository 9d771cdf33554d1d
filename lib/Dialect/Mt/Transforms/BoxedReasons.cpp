//===- BoxedReasons.cpp - Why a value stays an object -----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BoxedReasons.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtTaskOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

StringRef mt::getOperatorName(Operation *op) {
  if (auto generic = dyn_cast<OperatorOp>(op))
    return generic.getName();
  if (auto schemaOp = dyn_cast<SchemaOpInterface>(op))
    return schemaOp.getSchemaName();
  return op->getName().getStringRef();
}

std::string mt::describeUse(Operation *user) {
  bool isInLoop =
      isa_and_nonnull<scf::ForOp, scf::WhileOp>(user->getParentOp());
  if (isa<PrimLoopOp, PrimLoopConditionOp, scf::ForOp, scf::WhileOp,
          scf::ConditionOp>(user) ||
      (isa<scf::YieldOp>(user) && isInLoop))
    return "a loop carries it";
  if (isa<PrimYieldOp, scf::YieldOp>(user))
    return "a branch chooses it";
  if (isa<TaskYieldOp>(user))
    return "a task gives it";
  if (isa<func::ReturnOp>(user))
    return "the method returns it";
  if (isa<PrimListConstructOp>(user))
    return "a list holds it";
  if (isa<PrimDictConstructOp>(user))
    return "a dict holds it";
  if (isa<PrimTupleConstructOp>(user))
    return "a tuple holds it";
  if (auto set = dyn_cast<PrimSetAttrOp>(user))
    return ("attribute '" + set.getName() + "' holds it").str();
  return ("'" + getOperatorName(user) + "' takes it").str();
}

void mt::noteBoxed(Operation *maker, const Twine &reason, Operation *cause) {
  auto text = StringAttr::get(maker->getContext(), reason);
  maker->setAttr(boxedByAttrName, NameLoc::get(text, cause->getLoc()));
}
