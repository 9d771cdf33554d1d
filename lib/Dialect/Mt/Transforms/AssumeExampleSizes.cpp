//===- AssumeExampleSizes.cpp - Ranks from example sizes --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checks.h"
#include "Decompose/Decompose.h"
#include "Functionalize/HiddenWrites.h"
#include "Functionalize/Views.h"
#include "MiniTorch/Dialect/Mt/IR/AtenOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace minitorch::mt {
#define GEN_PASS_DEF_MTASSUMEEXAMPLESIZESPASS
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"
} // namespace minitorch::mt

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

/// Numbers an operator, to find it again in the copy of its function.
static constexpr llvm::StringLiteral siteAttrName = "mt.site";

namespace {
/// Something about a size of an operand that the type of a result depends on.
struct Fact {
  unsigned operand;
  int64_t dim;
  /// Whether the size is this one.
  int64_t size;
  bool holds;

  bool operator==(const Fact &other) const {
    return std::tie(operand, dim, size, holds) ==
           std::tie(other.operand, other.dim, other.size, other.holds);
  }
};
using Facts = SmallVector<Fact>;

/// An operator with results whose types depend on sizes.
struct Rule {
  StringRef name;
  /// The facts in the example, to whose sizes the types in `op` refer; nothing
  /// where they are not known.
  std::optional<Facts> (*getFacts)(Operation *op);
  /// What the operator gives where the facts hold; its types follow.
  Value (*replace)(OpBuilder &builder, Operation *op, const Facts &facts);
};
} // namespace

static bool hasUnknownRank(Operation *op) {
  auto shape = TensorShape::of(op->getResult(0).getType());
  return shape && !shape->hasRank;
}

static Value constant(OpBuilder &builder, Operation *op, int64_t value) {
  return arith::ConstantIntOp::create(builder, op->getLoc(), value, 64);
}

static Value create(OpBuilder &builder, Operation *op, StringRef name,
                    ValueRange operands) {
  return createOperator(builder, op->getLoc(), name,
                        mt::TensorType::getUnknown(builder.getContext()),
                        operands)
      ->getResult(0);
}

//===----------------------------------------------------------------------===//
// squeeze
//===----------------------------------------------------------------------===//

/// The dims that may be dropped, in order: whether they are 1.
static std::optional<Facts> getSqueezed(Operation *op) {
  auto shape = TensorShape::of(op->getOperand(0).getType());
  if (!shape || !shape->hasRank)
    return std::nullopt;
  int64_t rank = shape->getRank();
  SmallVector<int64_t> dims;
  if (op->getNumOperands() == 1) {
    dims = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  } else if (auto list = getIntList(op->getOperand(1))) {
    dims = *list;
  } else if (auto dim = getConstantInt(op->getOperand(1))) {
    dims = {*dim};
  } else {
    return std::nullopt;
  }
  Facts facts;
  for (int64_t dim : dims) {
    auto wrapped = wrapDim(dim, rank);
    if (ShapedType::isDynamic(dim) || !wrapped)
      return std::nullopt;
    if (rank == 0)
      continue;
    int64_t size = shape->sizes[*wrapped];
    if (ShapedType::isDynamic(size))
      return std::nullopt;
    facts.push_back({0, *wrapped, 1, size == 1});
  }
  llvm::sort(facts, [](const Fact &a, const Fact &b) { return a.dim < b.dim; });
  return facts;
}

static Value squeeze(OpBuilder &builder, Operation *op, const Facts &facts) {
  Value x = op->getOperand(0);
  for (const Fact &fact : llvm::reverse(facts))
    if (fact.holds)
      x = create(
          builder, op, "aten::select.int",
          {x, constant(builder, op, fact.dim), constant(builder, op, 0)});
  // Another object, also where no dim goes.
  return x == op->getOperand(0) ? create(builder, op, "aten::alias", x) : x;
}

/// The same, but never a view.
static Value squeezeCopy(OpBuilder &builder, Operation *op,
                         const Facts &facts) {
  Value none = ConstantNoneOp::create(builder, op->getLoc(),
                                      mt::NoneType::get(builder.getContext()));
  return create(builder, op, "aten::clone",
                {squeeze(builder, op, facts), none});
}

//===----------------------------------------------------------------------===//
// cross and sum_to_size
//===----------------------------------------------------------------------===//

/// Without a dim it is along the first of size 3.
static std::optional<Facts> getCrossed(Operation *op) {
  auto shape = TensorShape::of(op->getOperand(0).getType());
  if (!shape || !shape->hasRank || !isNone(op->getOperand(2)))
    return std::nullopt;
  Facts facts;
  for (auto [dim, size] : llvm::enumerate(shape->sizes)) {
    if (ShapedType::isDynamic(size))
      return std::nullopt;
    facts.push_back({0, static_cast<int64_t>(dim), 3, size == 3});
    if (size == 3)
      return facts;
  }
  return std::nullopt;
}

static Value cross(OpBuilder &builder, Operation *op, const Facts &facts) {
  return create(builder, op, "aten::linalg_cross",
                {op->getOperand(0), op->getOperand(1),
                 constant(builder, op, facts.back().dim)});
}

/// A sum of integers over a dim is of int64, and over a dim of size 1 no sum.
static std::optional<Facts> getSummed(Operation *op) {
  auto shape = TensorShape::of(op->getOperand(0).getType());
  auto sizes = getIntList(op->getOperand(1));
  if (!shape || !shape->hasRank || !sizes ||
      static_cast<int64_t>(sizes->size()) > shape->getRank())
    return std::nullopt;
  Facts facts;
  int64_t added = shape->getRank() - sizes->size();
  for (int64_t dim = added; dim < shape->getRank(); ++dim) {
    int64_t size = shape->sizes[dim], wanted = (*sizes)[dim - added];
    if (ShapedType::isDynamic(wanted) ||
        (wanted == 1 && ShapedType::isDynamic(size)))
      return std::nullopt;
    if (wanted == 1)
      facts.push_back({0, dim, 1, size == 1});
  }
  return facts;
}

static Value sumToSize(OpBuilder &builder, Operation *op, const Facts &facts) {
  Value x = op->getOperand(0);
  Location loc = op->getLoc();
  Value yes = arith::ConstantIntOp::create(builder, loc, 1, 1);
  Value none = ConstantNoneOp::create(builder, loc,
                                      mt::NoneType::get(builder.getContext()));
  // Either way the dim is known to be 1 afterwards.
  for (const Fact &fact : facts) {
    Value dim = constant(builder, op, fact.dim);
    if (fact.holds) {
      x = create(builder, op, "aten::select.int",
                 {x, dim, constant(builder, op, 0)});
      x = create(builder, op, "aten::unsqueeze", {x, dim});
    } else {
      x = create(builder, op, "aten::sum.dim_IntList",
                 {x, intList(builder, loc, fact.dim), yes, none});
    }
  }
  return create(builder, op, "aten::sum_to_size", {x, op->getOperand(1)});
}

static constexpr Rule rules[] = {
    {"aten::cross", getCrossed, cross},
    {"aten::squeeze", getSqueezed, squeeze},
    {"aten::squeeze.dim", getSqueezed, squeeze},
    {"aten::squeeze.dims", getSqueezed, squeeze},
    {"aten::squeeze_copy", getSqueezed, squeezeCopy},
    {"aten::squeeze_copy.dim", getSqueezed, squeezeCopy},
    {"aten::squeeze_copy.dims", getSqueezed, squeezeCopy},
    {"aten::sum_to_size", getSummed, sumToSize},
};

static const Rule *getRule(Operation *op) {
  const Schema *schema = lookupSchema(op);
  for (const Rule &rule : rules)
    if (schema && schema->name == rule.name)
      return &rule;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Branches
//===----------------------------------------------------------------------===//

/// Whether `value` is, or may become in an outer branch, the dtype, layout or
/// memory format that an operator asks for.
static bool decidesTypes(Value value) {
  return llvm::any_of(value.getUses(), [](OpOperand &use) {
    Operation *user = use.getOwner();
    auto outer = dyn_cast_or_null<PrimIfOp>(user->getParentOp());
    if (isa<PrimYieldOp>(user) && outer)
      return decidesTypes(outer.getResult(use.getOperandNumber()));
    const Schema *schema = lookupSchema(user);
    if (!schema || use.getOperandNumber() >= schema->arguments.size())
      return false;
    const SchemaArgument &argument = schema->arguments[use.getOperandNumber()];
    return argument.name == "dtype" ||
           StringRef(argument.type).starts_with("ScalarType");
  });
}

/// Whether the branches give tensors of different ranks or dtypes, or different
/// dtypes.
static bool haveDifferentTypes(PrimIfOp op) {
  for (auto [result, onTrue, onFalse] :
       llvm::zip(op.getResults(), op.thenYield().getValues(),
                 op.elseYield().getValues()))
    if (getConstantInt(onTrue) && getConstantInt(onFalse) &&
        getConstantInt(onTrue) != getConstantInt(onFalse) &&
        decidesTypes(result))
      return true;
  return llvm::any_of(
      llvm::zip(op.thenYield().getValues(), op.elseYield().getValues()),
      [](auto values) {
        auto [onTrue, onFalse] = values;
        auto first = TensorShape::of(onTrue.getType());
        auto second = TensorShape::of(onFalse.getType());
        return first && second && first->hasRank && second->hasRank &&
               first->dtype && second->dtype &&
               !onTrue.template getDefiningOp<PrimUninitializedOp>() &&
               !onFalse.template getDefiningOp<PrimUninitializedOp>() &&
               (first->getRank() != second->getRank() ||
                first->dtype != second->dtype);
      });
}

/// Stands before a branch, with its condition: the branch itself goes away
/// where the condition is known.
static constexpr llvm::StringLiteral markName = "prim::condition";

static bool isMark(Operation *op) {
  auto mark = dyn_cast<OperatorOp>(op);
  return mark && mark.getName() == markName;
}

static Operation *markCondition(PrimIfOp op) {
  OpBuilder builder(op);
  return OperatorOp::create(builder, op.getLoc(), TypeRange(), markName,
                            ValueRange(op.getCondition()));
}

static std::optional<Facts> getCondition(Operation *mark) {
  std::optional<bool> value = getConstantBool(mark->getOperand(0));
  return value ? std::optional<Facts>({{0, 0, 0, *value}}) : std::nullopt;
}

/// The branch behind `mark` is the one that the example takes.
static void assumeCondition(Operation *mark, const Facts &facts) {
  OpBuilder builder(mark);
  Location loc = mark->getLoc();
  Value known =
      arith::ConstantIntOp::create(builder, loc, facts.front().holds, 1);
  Value holds = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                      mark->getOperand(0), known);
  raiseUnless(builder, loc, holds,
              ("if: the condition has to be " +
               Twine(facts.front().holds ? "true" : "false") +
               ", as with the example inputs that the program was compiled "
               "for: the type of the result depends on it")
                  .str(),
              assumptionName);
  cast<PrimIfOp>(mark->getNextNode()).getConditionMutable().assign(known);
}

/// Replaces `op` by what it does to the example, after testing that the sizes
/// are as there.
static void assume(Operation *op, const Rule &rule, const Facts &facts) {
  OpBuilder builder(op);
  Location loc = op->getLoc();
  StringRef name = rule.name.split('.').first;
  name.consume_front("aten::");
  for (const Fact &fact : facts) {
    Value size =
        AtenSizeIntOp::create(builder, loc, builder.getI64Type(),
                              ValueRange{op->getOperand(fact.operand),
                                         constant(builder, op, fact.dim)});
    Value holds = arith::CmpIOp::create(builder, loc,
                                        fact.holds ? arith::CmpIPredicate::eq
                                                   : arith::CmpIPredicate::ne,
                                        size, constant(builder, op, fact.size));
    raiseUnless(builder, loc, holds,
                (name + ": dimension " + Twine(fact.dim) +
                 (fact.holds ? " has to be " : " must not be ") +
                 Twine(fact.size) +
                 ", as in the example inputs that the program was compiled "
                 "for: the type of the result depends on it")
                    .str(),
                assumptionName);
  }
  op->getResult(0).replaceAllUsesWith(rule.replace(builder, op, facts));
  op->erase();
}

/// Writes operators that end in a squeeze as what they are.
static void exposeSqueezes(func::FuncOp func) {
  SmallVector<Operation *> ops;
  func.walk([&](Operation *op) {
    const Schema *schema = lookupSchema(op);
    if (schema &&
        llvm::is_contained({"aten::cov", "aten::corrcoef"}, schema->name))
      ops.push_back(op);
  });
  if (ops.empty())
    return;
  RewritePatternSet patterns(func.getContext());
  populateStatisticsDecompositions(patterns);
  GreedyRewriteConfig config;
  config.setStrictness(GreedyRewriteStrictness::ExistingOps);
  (void)applyOpPatternsGreedily(ops, std::move(patterns), config);
}

namespace {
class MtAssumeExampleSizesPass
    : public minitorch::mt::impl::MtAssumeExampleSizesPassBase<
          MtAssumeExampleSizesPass> {
public:
  using Base::Base;
  void runOnOperation() override {
    for (auto func : llvm::to_vector(getOperation().getOps<func::FuncOp>()))
      if (!func.isExternal())
        run(func);
  }

private:
  void run(func::FuncOp func);
  bool decide(func::FuncOp func);
  llvm::DenseMap<int64_t, Facts> inferFromExample(func::FuncOp func);
};
} // namespace

/// The facts of the operators in a copy of `func` whose arguments have the
/// example's sizes, by their numbers. One that is copied itself and differs has
/// no entry.
llvm::DenseMap<int64_t, Facts>
MtAssumeExampleSizesPass::inferFromExample(func::FuncOp func) {
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
  llvm::DenseMap<int64_t, Facts> known;
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
      std::optional<Facts> facts =
          isMark(op) ? getCondition(op) : getRule(op)->getFacts(op);
      auto [it, isNew] =
          known.try_emplace(site.getInt(), facts.value_or(Facts()));
      if (!facts || it->second != *facts)
        unknown.insert(site.getInt());
    });
  for (int64_t site : unknown)
    known.erase(site);
  copy.erase();
  return known;
}

/// Whether something that other operators' types may depend on was decided.
bool MtAssumeExampleSizesPass::decide(func::FuncOp func) {
  SmallVector<Operation *> sites;
  func.walk([&](Operation *op) {
    // What the types say needs no example.
    const Rule *rule = getRule(op);
    if (rule && op->getNumResults() == 1 && hasUnknownRank(op) &&
        !rule->getFacts(op))
      sites.push_back(op);
    else if (auto ifOp = dyn_cast<PrimIfOp>(op);
             ifOp && haveDifferentTypes(ifOp))
      sites.push_back(markCondition(ifOp));
  });
  if (sites.empty())
    return false;
  Builder builder(&getContext());
  for (auto [i, op] : llvm::enumerate(sites))
    op->setAttr(siteAttrName, builder.getI64IntegerAttr(i));
  auto known = inferFromExample(func);
  for (auto [i, op] : llvm::enumerate(sites)) {
    op->removeAttr(siteAttrName);
    auto it = known.find(i);
    if (isMark(op)) {
      if (it != known.end())
        assumeCondition(op, it->second);
      op->erase();
    } else if (it != known.end()) {
      assume(op, *getRule(op), it->second);
    }
  }
  return !known.empty();
}

void MtAssumeExampleSizesPass::run(func::FuncOp func) {
  bool hasExample = false;
  for (unsigned i = 0; i < func.getNumArguments(); ++i)
    hasExample |= func.getArgAttr(i, exampleAttrName) != nullptr;
  if (!hasExample)
    return;
  // What is decomposed here does not say later that it writes.
  exposeCovarianceWrites(func);
  // The types of some depend on others.
  exposeSqueezes(func);
  OpPassManager inference(func::FuncOp::getOperationName());
  inference.addPass(createMtInferTypesPass());
  for (bool changed = true; changed;) {
    changed = decide(func);
    if (changed && failed(runPipeline(inference, func)))
      return signalPassFailure();
  }
  for (unsigned i = 0; i < func.getNumArguments(); ++i)
    func.removeArgAttr(i, exampleAttrName);
}
