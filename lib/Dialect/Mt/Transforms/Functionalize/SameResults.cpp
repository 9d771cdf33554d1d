//===- SameResults.cpp - Results that are tensors of the caller -*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SameResults.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"

using namespace mlir;
using namespace minitorch::mt;

namespace {
class SameResults {
public:
  SameResults(func::FuncOp func, const AliasAnalysis &aliases)
      : func(func), aliases(aliases) {}

  /// Visits `value`, at `path` in the result, and what it contains.
  void visit(Value value, const Twine &path);

  NamedAttrList found;

private:
  void visitTensor(Value value, StringRef path);

  func::FuncOp func;
  const AliasAnalysis &aliases;
  /// The path at which a tensor was first.
  llvm::DenseMap<Value, std::string> first;
};
} // namespace

void SameResults::visitTensor(Value value, StringRef path) {
  Builder builder(func.getContext());
  Value same = aliases.getSame(value);
  unsigned numState = 0;
  if (auto state = func->getAttrOfType<ArrayAttr>("mt.state"))
    numState = state.size();
  auto argument = dyn_cast<BlockArgument>(same);
  if (argument && argument.getOwner() == &func.getBody().front() &&
      argument.getArgNumber() + numState < func.getNumArguments()) {
    found.set(path, builder.getI64IntegerAttr(argument.getArgNumber()));
    return;
  }
  auto [earlier, isFirst] = first.try_emplace(same, path);
  if (!isFirst)
    found.set(path, builder.getStringAttr(earlier->second));
}

void SameResults::visit(Value value, const Twine &path) {
  if (auto cast = value.getDefiningOp<PrimUncheckedCastOp>();
      cast && !AliasAnalysis::isTensor(value.getType()))
    return visit(cast.getValue(), path);
  if (AliasAnalysis::isTensor(value.getType()))
    return visitTensor(value, path.str());
  // The same numbering as in mt-flatten-results.
  Operation *op = value.getDefiningOp();
  if (isa_and_nonnull<PrimTupleConstructOp, PrimListConstructOp>(op))
    for (auto [i, element] : llvm::enumerate(op->getOperands()))
      visit(element, path + "." + Twine(i));
  if (isa_and_nonnull<PrimDictConstructOp>(op))
    for (unsigned i = 1; i < op->getNumOperands(); i += 2)
      visit(op->getOperand(i), path + "." + Twine(i / 2));
}

void minitorch::mt::markSameResults(func::FuncOp func,
                                    const AliasAnalysis &aliases) {
  auto returnOp =
      dyn_cast<func::ReturnOp>(func.getBody().front().getTerminator());
  if (!returnOp || !func->hasAttr(signatureAttrName))
    return;
  unsigned numState = 0;
  if (auto state = func->getAttrOfType<ArrayAttr>("mt.state"))
    numState = state.size();
  SameResults same(func, aliases);
  for (auto [i, result] :
       llvm::enumerate(returnOp.getOperands().drop_back(numState)))
    same.visit(result, Twine(i));
  if (!same.found.empty())
    func->setAttr(sameResultsAttrName,
                  same.found.getDictionary(func.getContext()));
}
