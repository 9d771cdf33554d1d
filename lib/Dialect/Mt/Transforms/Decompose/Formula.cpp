//===- Formula.cpp - Operators without a class, by name ---------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Formula.h"
#include "Decompose.h"
#include "llvm/ADT/StringMap.h"

using namespace mlir;

namespace minitorch::mt {
namespace {

struct FormulaDecomposition : OpInterfaceRewritePattern<SchemaOpInterface> {
  FormulaDecomposition(MLIRContext *context, ArrayRef<NamedFormula> formulas)
      : OpInterfaceRewritePattern(context) {
    for (const NamedFormula &entry : formulas)
      table[entry.name] = entry.formula;
  }
  LogicalResult matchAndRewrite(SchemaOpInterface op,
                                PatternRewriter &rewriter) const override {
    Formula formula = table.lookup(op.getSchemaName());
    if (!formula)
      return rewriter.notifyMatchFailure(op, "it has no formula here");
    TensorBuilder b(rewriter, op.getLoc());
    FormulaResult results = formula(b, op->getOperands());
    if (!results || results->size() != op->getNumResults())
      return rewriter.notifyMatchFailure(op, "operands are not known enough");
    b.replace(op, *results);
    return success();
  }

private:
  llvm::StringMap<Formula> table;
};

struct AliasDecomposition : OpRewritePattern<OperatorOp> {
  AliasDecomposition(MLIRContext *context, ArrayRef<Alias> aliases)
      : OpRewritePattern(context) {
    for (const Alias &alias : aliases)
      table[alias.name] = alias.target;
  }
  LogicalResult matchAndRewrite(OperatorOp op,
                                PatternRewriter &rewriter) const override {
    StringRef target = table.lookup(op.getName());
    if (target.empty())
      return rewriter.notifyMatchFailure(op, "it is no other name");
    OperationState state(op.getLoc(), ("mt.aten." + target).str());
    state.addOperands(op.getInputs());
    state.addTypes(op->getResultTypes());
    Operation *renamed = rewriter.create(state);
    TensorBuilder b(rewriter, op.getLoc());
    b.inferResults(renamed);
    b.replace(op, renamed->getResults());
    return success();
  }

private:
  llvm::StringMap<StringRef> table;
};

/// An operator whose operands have got better types since it was typed.
struct TypeRefinement : OpInterfaceRewritePattern<TypeRuleOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(TypeRuleOpInterface op,
                                PatternRewriter &rewriter) const override {
    auto isOpen = [](Value result) {
      auto type = dyn_cast<TensorType>(result.getType());
      return type && !type.canUnbox();
    };
    if (llvm::none_of(op->getResults(), isOpen))
      return rewriter.notifyMatchFailure(op, "ranks and dtypes are known");
    SmallVector<Type> types;
    std::string reason;
    if (failed(op.inferTypes(types, reason)) ||
        types.size() != op->getNumResults())
      return rewriter.notifyMatchFailure(op, "no types follow");
    bool changes = false;
    for (auto [result, type] : llvm::zip(op->getResults(), types)) {
      auto tensor = dyn_cast<TensorType>(type);
      changes |= isOpen(result) && tensor && tensor.canUnbox();
    }
    if (!changes)
      return rewriter.notifyMatchFailure(op, "nothing more is known");
    SmallVector<Type> oldTypes(op->getResultTypes());
    rewriter.modifyOpInPlace(op, [&] {
      for (auto [result, type] : llvm::zip(op->getResults(), types))
        if (isOpen(result))
          result.setType(type);
    });
    rewriter.setInsertionPointAfter(op);
    TensorBuilder b(rewriter, op->getLoc());
    for (auto [result, oldType] : llvm::zip(op->getResults(), oldTypes)) {
      for (OpOperand &use : llvm::make_early_inc_range(result.getUses())) {
        // A return sees the old type; every other user is looked at again.
        Operation *user = use.getOwner();
        bool isTied = user->hasTrait<OpTrait::IsTerminator>();
        Value value = isTied ? b.cast(result, oldType) : result;
        rewriter.modifyOpInPlace(user, [&] { use.set(value); });
      }
    }
    return success();
  }
};

} // namespace

/// Labels by which hasDecomposition finds what a pattern is for.
template <typename Entry>
static SmallVector<StringRef> getNames(ArrayRef<Entry> entries) {
  return llvm::map_to_vector(
      entries, [](const Entry &entry) -> StringRef { return entry.name; });
}

void addFormulas(RewritePatternSet &patterns, ArrayRef<NamedFormula> formulas) {
  patterns.addWithLabel<FormulaDecomposition>(getNames(formulas),
                                              patterns.getContext(), formulas);
}

void addAliases(RewritePatternSet &patterns, ArrayRef<Alias> aliases) {
  patterns.addWithLabel<AliasDecomposition>(getNames(aliases),
                                            patterns.getContext(), aliases);
}

void populateTypeRefinements(RewritePatternSet &patterns) {
  patterns.add<TypeRefinement>(patterns.getContext());
}

} // namespace minitorch::mt
