//===- ExplainBoxed.cpp - Which values stay objects -------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BoxedReasons.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtTaskOps.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/TypeNames.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringSet.h"

namespace minitorch::mt {
#define GEN_PASS_DEF_MTEXPLAINBOXEDPASS
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"
} // namespace minitorch::mt

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

/// Containers, instances, tasks, and what may be one. Strings, devices and
/// members of enums are never anything but objects.
static bool isContainer(Type type) {
  if (auto optional = dyn_cast<OptionalType>(type))
    return isContainer(optional.getElementType());
  return isa<ListType, DictType, mt::TupleType, ObjectType, FutureType,
             AnyType>(type);
}

/// Whether the value is made by `op`, and not taken out of something else.
static bool isMade(OpResult value) {
  Operation *op = value.getOwner();
  if (isa<BoxOp>(op))
    return true;
  if (!isContainer(value.getType()))
    return false;
  if (isa<PrimListConstructOp, PrimDictConstructOp, PrimTupleConstructOp,
          PrimCreateObjectOp, ForkOp>(op))
    return true;
  const Schema *schema = lookupSchema(op);
  return schema && value.getResultNumber() < schema->results.size() &&
         schema->results[value.getResultNumber()].aliasSet == 0 &&
         !isa<AnyType>(value.getType());
}

static std::string getSourceName(Value value) {
  auto named = value.getLoc()->findInstanceOf<NameLoc>();
  return named ? ("'" + named.getName().getValue() + "', ").str() : "";
}

/// The reason, and where it is.
static std::pair<std::string, std::optional<Location>>
getReason(OpResult value) {
  Operation *op = value.getOwner();
  if (auto noted = op->getAttrOfType<LocationAttr>(boxedByAttrName))
    if (auto reason = dyn_cast<NameLoc>(noted))
      return {reason.getName().str(), reason.getChildLoc()};
  if (!isa<BoxOp, PrimListConstructOp, PrimDictConstructOp,
           PrimTupleConstructOp, PrimCreateObjectOp, ForkOp>(op))
    return {("'" + getOperatorName(op) + "' makes it").str(), std::nullopt};
  // Users are listed from the last to the first.
  Operation *user = nullptr;
  for (Operation *each : value.getUsers())
    user = each;
  if (!user)
    return {"it is never used", std::nullopt};
  return {describeUse(user), user->getLoc()};
}

namespace {
class MtExplainBoxedPass
    : public minitorch::mt::impl::MtExplainBoxedPassBase<MtExplainBoxedPass> {
public:
  using Base::Base;
  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isExternal())
      return;
    known.clear();
    explainArguments(func);
    func.walk<WalkOrder::PreOrder>([&](Operation *op) {
      for (OpResult result : op->getResults()) {
        if (!isMade(result))
          continue;
        auto [reason, place] = getReason(result);
        explain(result, reason, place);
      }
    });
    markAllAnalysesPreserved();
  }

private:
  void explainArguments(func::FuncOp func) {
    auto state = func->getAttrOfType<ArrayAttr>("mt.state");
    unsigned numState = state ? state.size() : 0;
    unsigned numArguments = func.getNumArguments() - numState;
    for (BlockArgument argument : func.getArguments())
      if (isContainer(argument.getType()))
        explain(argument,
                argument.getArgNumber() < numArguments
                    ? "the caller passes it as one"
                    : "methods change this attribute",
                std::nullopt);
  }

  void explain(Value value, StringRef reason, std::optional<Location> place) {
    ++numBoxed;
    std::string text = getSourceName(value);
    text += getTypeName(value.getType());
    text += text.front() == '\'' ? ", stays an object: " : " stays an object: ";
    text += reason;
    // What was inlined or copied several times is one line of the source.
    std::string key = text;
    llvm::raw_string_ostream(key) << value.getLoc();
    if (!known.insert(key).second)
      return;
    InFlightDiagnostic remark = emitRemark(value.getLoc()) << text;
    Location own = value.getLoc();
    if (auto named = dyn_cast<NameLoc>(own))
      own = named.getChildLoc();
    // A container has no place of its own: it is that of its first use.
    if (place && *place != own)
      remark.attachNote(*place) << "here";
  }

  llvm::StringSet<> known;
};
} // namespace
