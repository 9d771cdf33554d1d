//===- Storage.cpp - Operators that see the memory of a tensor --*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Storage.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "Views.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::StringRef;

/// The schema of an operator that makes a tensor of memory, else null.
static const Schema *getMemoryOperator(Operation *op) {
  auto schemaOp = dyn_cast_or_null<SchemaOpInterface>(op);
  const Schema *schema = schemaOp ? schemaOp.getSchema() : nullptr;
  return schema && schemaOp.readsMemory() && !schema->isMutating() &&
                 op->getNumResults() == 1 &&
                 TensorShape::of(op->getResult(0).getType())
             ? schema
             : nullptr;
}

static bool hasArgument(Operation *op, StringRef name) {
  const Schema *schema = getMemoryOperator(op);
  return schema && schema->getArgumentIndex(name) >= 0;
}

/// `resize`, not `as_strided`.
static bool isResize(Operation *op) { return hasArgument(op, "memory_format"); }

bool minitorch::mt::seesMemory(func::FuncOp func) {
  return func
      ->walk([](Operation *op) {
        return getMemoryOperator(op) ? WalkResult::interrupt()
                                     : WalkResult::advance();
      })
      .wasInterrupted();
}

static bool haveSameStaticSizes(Value a, Value b) {
  auto first = TensorShape::of(a.getType());
  auto second = TensorShape::of(b.getType());
  return first && second && first->hasRank && second->hasRank &&
         first->sizes == second->sizes &&
         !ShapedType::isDynamicShape(first->sizes);
}

/// How many arguments are not the model's state.
static unsigned getNumArguments(func::FuncOp func) {
  auto state = func->getAttrOfType<ArrayAttr>("mt.state");
  return func.getNumArguments() - (state ? state.size() : 0);
}

bool minitorch::mt::isState(func::FuncOp func, Value value) {
  auto argument = dyn_cast<BlockArgument>(value);
  return argument && argument.getOwner() == &func.getBody().front() &&
         argument.getArgNumber() >= getNumArguments(func);
}

void minitorch::mt::relyOnMemory(func::FuncOp func, BlockArgument argument,
                                 StringRef attrName) {
  if (!isState(func, argument))
    func.setArgAttr(argument.getArgNumber(), attrName,
                    UnitAttr::get(func.getContext()));
}

void minitorch::mt::relyOnOrder(func::FuncOp func, const AliasAnalysis &aliases,
                                Value tensor, StringRef attrName) {
  SmallVector<Value> open{tensor};
  llvm::SmallPtrSet<Value, 8> seen;
  auto add = [&](Value value) {
    if (AliasAnalysis::isTensor(value.getType()))
      open.push_back(value);
  };
  while (!open.empty()) {
    Value root = aliases.getRoot(open.pop_back_val());
    if (!seen.insert(root).second)
      continue;
    if (auto argument = dyn_cast<BlockArgument>(root)) {
      if (argument.getOwner() == &func.getBody().front() &&
          !func.getArgAttr(argument.getArgNumber(), stridesAttrName))
        relyOnMemory(func, argument, attrName);
      continue;
    }
    // What it is made of, keeps its elements elsewhere.
    attrName = contiguousAttrName;
    auto op = dyn_cast_or_null<SchemaOpInterface>(root.getDefiningOp());
    if (!op || op.getResultLayout() != NewLayout::Kept)
      continue;
    for (Value operand : op->getOperands()) {
      add(operand);
      if (auto list = operand.getDefiningOp<PrimListConstructOp>())
        llvm::for_each(list.getElements(), add);
    }
  }
}

namespace {
class MemoryResolver {
public:
  MemoryResolver(func::FuncOp func, const AliasAnalysis &aliases)
      : func(func), aliases(aliases) {}

  LogicalResult resolve(Operation *op);

private:
  LogicalResult resolveStrided(Operation *op, StringRef name, Value root);
  bool canRelyOn(Value root);
  /// Arguments have to lie as the program sees `root`.
  void rely(Value root, StringRef attrName) {
    relyOnOrder(func, aliases, root, attrName);
  }

  func::FuncOp func;
  const AliasAnalysis &aliases;
};
} // namespace

/// A tensor of the caller's can be looked at when it comes; what is resized may
/// have more memory than elements.
bool MemoryResolver::canRelyOn(Value root) {
  if (auto argument = dyn_cast<BlockArgument>(root))
    return argument.getOwner() == &func.getBody().front() &&
           argument.getArgNumber() < getNumArguments(func);
  return !isResize(root.getDefiningOp());
}

static LogicalResult refuse(Operation *op, StringRef name) {
  return op->emitError() << "cannot functionalize '" << name
                         << "': it depends on how its tensor lies in memory, "
                            "which is not known";
}

LogicalResult MemoryResolver::resolveStrided(Operation *op, StringRef name,
                                             Value root) {
  Value tensor = op->getOperand(0);
  unsigned last = op->getNumOperands() - 1;
  OpBuilder builder(op);
  Location loc = op->getLoc();
  std::optional<int64_t> start = aliases.getOffset(tensor);
  bool isRelative = isNone(op->getOperand(last));
  if (isRelative && !start)
    return refuse(op, name);
  // What PyTorch raises for.
  auto strides = getIntList(op->getOperand(last - 1));
  if (getConstantInt(op->getOperand(last)).value_or(0) < 0 ||
      (strides && llvm::any_of(*strides, [](int64_t stride) {
         return !ShapedType::isDynamic(stride) && stride < 0;
       })))
    return op->emitError() << "'" << name
                           << "' has a negative stride or offset";
  rely(root, isRelative ? contiguousAttrName : wholeAttrName);
  if (isRelative)
    op->setOperand(last,
                   arith::ConstantIntOp::create(builder, loc, *start, 64));
  op->setOperand(0, root);
  if (name != "aten::as_strided_scatter" || aliases.getSame(tensor) == root)
    return success();
  // What it changes in memory, as `tensor` shows it.
  std::optional<StridedView> view = aliases.getStridedView(tensor);
  if (!view)
    return refuse(op, name);
  builder.setInsertionPointAfter(op);
  Operation *seen = createOperator(
      builder, loc, "aten::as_strided_copy", op->getResult(0).getType(),
      {root, intList(builder, loc, view->sizes),
       intList(builder, loc, view->strides),
       arith::ConstantIntOp::create(builder, loc, view->offset, 64)});
  op->getResult(0).replaceAllUsesWith(seen->getResult(0));
  seen->setOperand(0, op->getResult(0));
  op->getResult(0).setType(root.getType());
  return success();
}

LogicalResult MemoryResolver::resolve(Operation *op) {
  StringRef name = getMemoryOperator(op)->name;
  Value tensor = op->getOperand(0);
  if (isResize(op) && haveSameStaticSizes(tensor, op->getResult(0))) {
    op->getResult(0).replaceAllUsesWith(tensor);
    op->erase();
    return success();
  }
  Value root = aliases.getRoot(tensor);
  auto shape = TensorShape::of(tensor.getType());
  auto whole = TensorShape::of(root.getType());
  if (!aliases.isContiguousObject(root) || !canRelyOn(root) || !shape ||
      !whole || shape->dtype != whole->dtype ||
      (!isResize(op) && !hasArgument(op, "storage_offset")))
    return refuse(op, name);
  if (!isResize(op))
    return resolveStrided(op, name, root);
  // Only all of what there is.
  unsigned last = op->getNumOperands() - 1;
  std::optional<int64_t> format = getConstantInt(op->getOperand(last));
  bool isPlain = isNone(op->getOperand(last)) || format == 0;
  if (aliases.getSame(tensor) != root || !isPlain)
    return refuse(op, name);
  rely(root, contiguousAttrName);
  return success();
}

LogicalResult minitorch::mt::resolveMemory(func::FuncOp func,
                                           const AliasAnalysis &aliases) {
  SmallVector<Operation *> ops;
  func.walk([&](Operation *op) {
    if (getMemoryOperator(op))
      ops.push_back(op);
  });
  MemoryResolver resolver(func, aliases);
  bool failed = false;
  for (Operation *op : ops)
    failed |= mlir::failed(resolver.resolve(op));
  return failure(failed);
}
