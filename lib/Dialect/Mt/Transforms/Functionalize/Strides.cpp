//===- Strides.cpp - Strides when the program runs ------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Strides.h"
#include "../Checks.h"
#include "../Splits.h"
#include "../ViewMaps.h"
#include "MiniTorch/Dialect/Mt/IR/AtenOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "Storage.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::StringRef;

static StringRef getName(Operation *op) {
  const Schema *schema = lookupSchema(op);
  StringRef name = schema ? StringRef(schema->name) : StringRef();
  return name.consume_front("aten::") ? name : StringRef();
}

/// Operators that tell strides.
static bool isQuestion(Operation *op) {
  auto schemaOp = dyn_cast<SchemaOpInterface>(op);
  return schemaOp && schemaOp.readsMemory() && op->getNumResults() == 1 &&
         !TensorShape::of(op->getResult(0).getType());
}

/// Operators that raise where a tensor cannot be seen at other sizes.
static bool isStrictView(Operation *op) {
  const ViewRule *rule = getViewRule(op);
  return rule && rule->keepsOrder && !rule->map &&
         !cast<SchemaOpInterface>(op).dependsOnLayout();
}

bool mt::asksForStrides(func::FuncOp func) {
  return func
      ->walk([](Operation *op) {
        return isQuestion(op) || isStrictView(op) ? WalkResult::interrupt()
                                                  : WalkResult::advance();
      })
      .wasInterrupted();
}

namespace {
/// Integers at one place of the program.
class Numbers {
public:
  Numbers(OpBuilder &builder, Location loc) : b(builder), loc(loc) {}

  Value constant(int64_t value) {
    return arith::ConstantIntOp::create(b, loc, value, 64);
  }
  Value boolean(bool value) {
    return arith::ConstantIntOp::create(b, loc, value, 1);
  }
  Value size(Value tensor, int64_t dim) {
    int64_t known = TensorShape::of(tensor.getType())->sizes[dim];
    if (!ShapedType::isDynamic(known))
      return constant(known);
    return AtenSizeIntOp::create(b, loc, b.getI64Type(),
                                 ValueRange{tensor, constant(dim)});
  }
  SmallVector<Value> sizes(Value tensor) {
    SmallVector<Value> result;
    for (int64_t dim = 0; dim < TensorShape::of(tensor.getType())->getRank();
         ++dim)
      result.push_back(size(tensor, dim));
    return result;
  }
  Value mul(Value x, Value y) {
    return b.createOrFold<arith::MulIOp>(loc, x, y);
  }
  Value add(Value x, Value y) {
    return b.createOrFold<arith::AddIOp>(loc, x, y);
  }
  Value max(Value x, Value y) {
    return b.createOrFold<arith::MaxSIOp>(loc, x, y);
  }
  Value min(Value x, Value y) {
    return b.createOrFold<arith::MinSIOp>(loc, x, y);
  }
  Value divideUp(Value x, int64_t by) {
    return b.createOrFold<arith::DivSIOp>(loc, add(x, constant(by - 1)),
                                          constant(by));
  }
  Value less(Value x, Value y) {
    return b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::slt, x, y);
  }
  Value equal(Value x, Value y) {
    return b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, x, y);
  }
  Value both(Value x, Value y) {
    return b.createOrFold<arith::AndIOp>(loc, x, y);
  }
  Value either(Value x, Value y) {
    return b.createOrFold<arith::OrIOp>(loc, x, y);
  }
  Value select(Value condition, Value x, Value y) {
    return b.createOrFold<arith::SelectOp>(loc, condition, x, y);
  }

  OpBuilder &b;
  Location loc;
};

/// Strides of a view as values of the program.
struct Values {
  Numbers &n;
  Value source, view;

  Value constant(int64_t value) { return n.constant(value); }
  Value value(Value value) { return value; }
  Value sourceSize(int64_t dim) { return n.size(source, dim); }
  Value viewSize(int64_t dim) { return n.size(view, dim); }
  Value add(Value x, Value y) { return n.add(x, y); }
  Value mul(Value x, Value y) { return n.mul(x, y); }
  Value selectEqual(Value a, Value b, Value x, Value y) {
    return n.select(n.equal(a, b), x, y);
  }
};

class StrideResolver {
public:
  StrideResolver(func::FuncOp func, const AliasAnalysis &aliases)
      : func(func), aliases(aliases) {}

  LogicalResult answer(Operation *op);
  LogicalResult checkView(Operation *op);
  std::optional<std::pair<Value, SmallVector<Value>>> getPlace(Numbers &n,
                                                               Value tensor);
  void checkOverlap(Operation *op, Value written, Value read);

private:
  using Strides = SmallVector<Value>;
  /// A view and what it is of; for a list of parts also which part.
  struct Step {
    Operation *view = nullptr;
    Value source = {};
    int64_t index = -1;
  };
  std::optional<Strides> getStrides(Numbers &n, Value tensor);
  std::optional<Strides> getStrides(Numbers &n, const AliasLink &link,
                                    Value tensor);
  Step getStep(const AliasLink &link);
  std::optional<Strides> getStrides(Numbers &n, const Step &step, Value tensor,
                                    Strides strides);
  Value getOffset(Numbers &n, const Step &step, ArrayRef<Value> strides);
  Strides ofNewTensor(Numbers &n, Value tensor);
  Value isContiguous(Numbers &n, Value tensor, ArrayRef<Value> strides,
                     ArrayRef<int64_t> order);
  void rely(Value tensor) {
    relyOnOrder(func, aliases, tensor, contiguousAttrName);
  }
  bool isInOrderOfStrided(Value tensor);

  func::FuncOp func;
  const AliasAnalysis &aliases;
};
} // namespace

//===----------------------------------------------------------------------===//
// Strides
//===----------------------------------------------------------------------===//

static std::optional<int64_t> getRank(Value tensor) {
  auto shape = TensorShape::of(tensor.getType());
  return shape && shape->hasRank ? std::optional(shape->getRank())
                                 : std::nullopt;
}

SmallVector<Value> StrideResolver::ofNewTensor(Numbers &n, Value tensor) {
  SmallVector<Value> sizes = n.sizes(tensor);
  Strides strides(sizes.size());
  Value stride = n.constant(1);
  for (size_t i = sizes.size(); i-- > 0;) {
    strides[i] = stride;
    if (i > 0)
      stride = n.mul(stride, n.max(sizes[i], n.constant(1)));
  }
  return strides;
}

/// Whether `tensor` lies in the order of an argument that is not contiguous.
bool StrideResolver::isInOrderOfStrided(Value tensor) {
  SmallVector<Value> open{tensor};
  llvm::SmallPtrSet<Value, 8> seen;
  while (!open.empty()) {
    Value root = aliases.getRoot(open.pop_back_val());
    if (!seen.insert(root).second)
      continue;
    auto argument = dyn_cast<BlockArgument>(root);
    if (argument && argument.getOwner() == &func.getBody().front() &&
        func.getArgAttr(argument.getArgNumber(), stridesAttrName))
      return true;
    auto op = dyn_cast_or_null<SchemaOpInterface>(root.getDefiningOp());
    if (op && op.getResultLayout() == NewLayout::Kept)
      llvm::copy_if(op->getOperands(), std::back_inserter(open),
                    [](Value operand) {
                      return AliasAnalysis::isTensor(operand.getType());
                    });
  }
  return false;
}

std::optional<SmallVector<Value>> StrideResolver::getStrides(Numbers &n,
                                                             Value tensor) {
  // Constants and state are copies, which lie as new tensors do whatever
  // PyTorch's do.
  Value root = aliases.getRoot(tensor);
  if (!getRank(tensor) || aliases.isConstant(root) || isState(func, root))
    return std::nullopt;
  if (auto known = aliases.getStrides(tensor)) {
    rely(tensor);
    return llvm::map_to_vector(*known,
                               [&](int64_t s) { return n.constant(s); });
  }
  if (aliases.isStandard(tensor)) {
    rely(tensor);
    return ofNewTensor(n, tensor);
  }
  const AliasLink *link = aliases.getLink(tensor);
  if (!link)
    return std::nullopt;
  return link->view ? getStrides(n, *link, tensor)
                    : getStrides(n, link->parent);
}

/// What a link is a view by, and of.
StrideResolver::Step StrideResolver::getStep(const AliasLink &link) {
  if (!isa<ListType>(link.parent.getType()))
    return {link.view, link.parent};
  // An element of a list of parts.
  const AliasLink *list = aliases.getLink(aliases.getSame(link.parent));
  if (!list || !list->view)
    return {};
  return {list->view, list->parent,
          getPartIndex(link.view, link.result, list->view).value_or(-1)};
}

/// Strides of a view from those of what it is a view of.
std::optional<SmallVector<Value>>
StrideResolver::getStrides(Numbers &n, const AliasLink &link, Value tensor) {
  Step step = getStep(link);
  std::optional<Strides> strides =
      step.view ? getStrides(n, step.source) : std::nullopt;
  return strides ? getStrides(n, step, tensor, *strides) : std::nullopt;
}

/// The dim of which a list of parts is made.
static std::optional<int64_t> getPartDim(Operation *split, int64_t rank) {
  int index = lookupSchema(split)->getArgumentIndex("dim");
  std::optional<int64_t> dim =
      index >= 0 ? getConstantInt(split->getOperand(index)) : std::nullopt;
  return dim && rank > 0 ? wrapDim(*dim, rank) : std::nullopt;
}

std::optional<SmallVector<Value>> StrideResolver::getStrides(Numbers &n,
                                                             const Step &step,
                                                             Value tensor,
                                                             Strides strides) {
  std::optional<int64_t> rank = getRank(step.source), newRank = getRank(tensor);
  if (!rank || !newRank)
    return std::nullopt;
  if (getSplitOperand(step.view) >= 0) {
    std::optional<int64_t> dim = getPartDim(step.view, *rank);
    if (!dim)
      return std::nullopt;
    if (getSplitName(step.view) == "unbind")
      strides.erase(strides.begin() + *dim);
    return strides;
  }
  std::optional<ViewMap> map =
      getViewMap(step.view, *TensorShape::of(step.source.getType()));
  if (!map || static_cast<int64_t>(map->dims.size()) != *newRank)
    return std::nullopt;
  Values values{n, step.source, tensor};
  return getMappedStrides(*map, values, ArrayRef<Value>(strides));
}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

/// Where a part of a dim begins.
static Value getPartStart(Numbers &n, Operation *split, int64_t index,
                          Value size, int64_t staticSize) {
  if (index < 0)
    return {};
  if (getSplitName(split) == "unbind")
    return n.constant(index);
  if (auto known = getSplitStart(split, index, staticSize))
    return n.constant(*known);
  std::optional<int64_t> count = getConstantInt(split->getOperand(1));
  if (!count || *count <= 0)
    return {};
  // Past the end there is no part.
  if (getSplitName(split) == "split")
    return n.constant(*count * index);
  return getSplitName(split) == "chunk"
             ? n.mul(n.divideUp(size, *count), n.constant(index))
             : Value();
}

/// How far from where `step`'s source begins its result does; null where that
/// is not known.
Value StrideResolver::getOffset(Numbers &n, const Step &step,
                                ArrayRef<Value> strides) {
  auto shape = TensorShape::of(step.source.getType());
  if (getSplitOperand(step.view) >= 0) {
    std::optional<int64_t> dim = getPartDim(step.view, shape->getRank());
    Value start =
        dim ? getPartStart(n, step.view, step.index, n.size(step.source, *dim),
                           shape->sizes[*dim])
            : Value();
    return start ? n.mul(start, strides[*dim]) : Value();
  }
  Value offset = n.constant(0);
  std::optional<ViewMap> map = getViewMap(step.view, *shape);
  for (const ViewStart &start : map->starts) {
    if (!start.index && !start.value)
      return {};
    Value index;
    if (start.index) {
      index = n.constant(*start.index);
    } else {
      Value size = n.size(step.source, start.dim), zero = n.constant(0);
      Value fromEnd = n.add(start.value, size);
      index = n.select(n.less(start.value, zero), fromEnd, start.value);
      index = n.max(n.min(index, size), zero);
    }
    offset = n.add(offset, n.mul(index, strides[start.dim]));
  }
  return offset;
}

/// The offset of a view in its root, and its strides.
std::optional<std::pair<Value, SmallVector<Value>>>
StrideResolver::getPlace(Numbers &n, Value tensor) {
  if (!getRank(tensor))
    return std::nullopt;
  const AliasLink *link = aliases.getLink(tensor);
  if (link && !link->view)
    return getPlace(n, link->parent);
  if (!link) {
    rely(tensor);
    auto argument = dyn_cast<BlockArgument>(tensor);
    if (!argument || argument.getOwner() != &func.getBody().front() ||
        !func.getArgAttr(argument.getArgNumber(), stridesAttrName))
      return std::pair(n.constant(0), ofNewTensor(n, tensor));
    auto known = aliases.getStrides(tensor);
    if (!known)
      return std::nullopt;
    return std::pair(n.constant(0),
                     llvm::map_to_vector(*known, [&](int64_t stride) {
                       return n.constant(stride);
                     }));
  }
  Step step = getStep(*link);
  auto place = step.view ? getPlace(n, step.source) : std::nullopt;
  if (!place || !getRank(step.source))
    return std::nullopt;
  auto &[offset, strides] = *place;
  const ViewRule *rule = getViewRule(step.view);
  if (rule && rule->keepsOrder && !rule->map) {
    if (!aliases.isContiguous(step.source))
      return std::nullopt;
    return std::pair(offset, ofNewTensor(n, tensor));
  }
  std::optional<Strides> seen = getStrides(n, step, tensor, strides);
  Value start = seen ? getOffset(n, step, strides) : Value();
  if (!start)
    return std::nullopt;
  return std::pair(n.add(offset, start), std::move(*seen));
}

SmallVector<Value> mt::describeView(OpBuilder &builder, Location loc,
                                    func::FuncOp func,
                                    const AliasAnalysis &aliases, Value view) {
  Numbers n(builder, loc);
  auto place = StrideResolver(func, aliases).getPlace(n, view);
  if (!place)
    return {};
  SmallVector<Value> numbers{place->first};
  llvm::append_range(numbers, n.sizes(view));
  llvm::append_range(numbers, place->second);
  return numbers;
}

//===----------------------------------------------------------------------===//
// Questions
//===----------------------------------------------------------------------===//

/// Whether the dims in `order`, from the innermost on, lie one in another.
Value StrideResolver::isContiguous(Numbers &n, Value tensor,
                                   ArrayRef<Value> strides,
                                   ArrayRef<int64_t> order) {
  Value result = n.boolean(true), expected = n.constant(1);
  for (int64_t dim : order) {
    Value size = n.size(tensor, dim);
    Value fits =
        n.either(n.equal(size, n.constant(1)), n.equal(strides[dim], expected));
    result = n.both(result, fits);
    expected = n.mul(expected, size);
  }
  // Of nothing, any order is right, but PyTorch does not say so of channels
  // last.
  bool isInOrder =
      order.empty() || order.front() == static_cast<int64_t>(order.size()) - 1;
  return isInOrder ? n.either(result, n.equal(expected, n.constant(0)))
                   : result;
}

LogicalResult StrideResolver::answer(Operation *op) {
  StringRef name = getName(op);
  Value tensor = op->getOperand(0);
  OpBuilder builder(op);
  Numbers n(builder, op->getLoc());
  auto refuse = [&](StringRef why) {
    return op->emitError() << "'aten::" << name << "': " << why;
  };
  std::optional<int64_t> rank = getRank(tensor);
  if (!rank)
    return refuse("the rank of the tensor is not known when the program is "
                  "compiled");
  // Contiguous, or with channels last: formats 0, 2 and 3 of PyTorch.
  int64_t format = -1;
  if (name == "is_contiguous")
    format = 0;
  else if (name == "is_contiguous.memory_format")
    format = getConstantInt(op->getOperand(1)).value_or(-1);
  if (format == 0 && aliases.isContiguous(tensor) &&
      !aliases.isConstant(aliases.getRoot(tensor)) &&
      !isState(func, aliases.getRoot(tensor))) {
    rely(tensor);
    op->getResult(0).replaceAllUsesWith(n.boolean(true));
    op->erase();
    return success();
  }
  std::optional<Strides> strides = getStrides(n, tensor);
  if (!strides)
    return refuse("how the tensor lies in memory is not known when the program "
                  "is compiled");
  Value result;
  if (name == "stride") {
    result = PrimListConstructOp::create(builder, op->getLoc(),
                                         op->getResult(0).getType(), *strides);
  } else if (name == "stride.int") {
    std::optional<int64_t> dim = getConstantInt(op->getOperand(1));
    dim = dim ? wrapDim(*dim, *rank) : std::nullopt;
    if (!dim || *rank == 0)
      return refuse("the dim is not one that is known when the program is "
                    "compiled");
    result = (*strides)[*dim];
  } else {
    SmallVector<int64_t> order;
    if (format == 0)
      order = llvm::to_vector(llvm::reverse(llvm::seq<int64_t>(0, *rank)));
    else if (format == 2 && *rank == 4)
      order = {1, 3, 2, 0};
    else if (format == 3 && *rank == 5)
      order = {1, 4, 3, 2, 0};
    else if (format != 2 && format != 3)
      return refuse("the memory format is not one that is known when the "
                    "program is compiled");
    result = static_cast<int64_t>(order.size()) == *rank
                 ? isContiguous(n, tensor, *strides, order)
                 : n.boolean(false);
  }
  op->getResult(0).replaceAllUsesWith(result);
  op->erase();
  return success();
}

//===----------------------------------------------------------------------===//
// Views
//===----------------------------------------------------------------------===//

/// A tensor can be seen at other sizes where none of the new dims spans two
/// runs of its memory (ATen's computeStride): each place where one run ends and
/// the next begins has to be one between two new dims.
LogicalResult StrideResolver::checkView(Operation *op) {
  Value tensor = op->getOperand(0), view = op->getResult(0);
  std::optional<int64_t> rank = getRank(tensor), newRank = getRank(view);
  if (!rank || !newRank)
    return success();
  if (aliases.isContiguous(tensor)) {
    // A vector can be seen at any sizes.
    if (*rank > 1)
      rely(tensor);
    return success();
  }
  OpBuilder builder(op->getContext());
  builder.setInsertionPointAfter(op);
  Numbers n(builder, op->getLoc());
  std::optional<Strides> strides = getStrides(n, tensor);
  if (!strides && isInOrderOfStrided(tensor))
    return op->emitError() << "sees a tensor at other sizes that lies as an "
                              "argument does which "
                              "is not contiguous; whether it can is only known "
                              "for tensors that "
                              "are objects";
  if (!strides)
    return success();
  SmallVector<Value> ends, sizes = n.sizes(view);
  Value end = n.constant(1);
  for (Value size : llvm::reverse(sizes)) {
    ends.push_back(end);
    end = n.mul(end, size);
  }
  ends.push_back(end);

  Value one = n.constant(1);
  Value fits = n.boolean(true), behind = one, run = one;
  Value stride = *rank > 0 ? strides->back() : Value();
  for (int64_t dim = *rank - 1; dim > 0; --dim) {
    Value size = n.size(tensor, dim), outer = (*strides)[dim - 1];
    behind = n.mul(behind, size);
    run = n.mul(run, size);
    Value goesOn = n.either(n.equal(n.size(tensor, dim - 1), one),
                            n.equal(outer, n.mul(run, stride)));
    Value isEnd = goesOn;
    for (Value place : ends)
      isEnd = n.either(isEnd, n.equal(place, behind));
    fits = n.both(fits, isEnd);
    run = n.select(goesOn, run, one);
    stride = n.select(goesOn, stride, outer);
  }
  fits = n.either(fits, n.equal(end, n.constant(0)));
  if (getConstantBool(fits) == true)
    return success();
  raiseUnless(builder, op->getLoc(), fits,
              "view size is not compatible with input tensor's size and stride "
              "(at least one dimension spans across two contiguous subspaces). "
              "Use .reshape(...) instead.");
  return success();
}

//===----------------------------------------------------------------------===//
// Writes
//===----------------------------------------------------------------------===//

static constexpr llvm::StringLiteral overlapText =
    "unsupported operation: some elements of the input tensor and the "
    "written-to tensor refer to a single memory location. Please clone() the "
    "tensor before performing the operation.";

/// As at::get_overlap_status, which does not look into tensors with gaps.
void StrideResolver::checkOverlap(Operation *op, Value written, Value read) {
  OpBuilder builder(op);
  Numbers n(builder, op->getLoc());
  auto a = getPlace(n, written), b = a ? getPlace(n, read) : std::nullopt;
  if (!b)
    return;
  Value areSame = n.boolean(*getRank(written) == *getRank(read));
  if (*getRank(written) == *getRank(read)) {
    areSame = n.equal(a->first, b->first);
    for (int64_t dim = 0; dim < *getRank(written); ++dim) {
      Value sameSize = n.equal(n.size(written, dim), n.size(read, dim));
      Value sameStride = n.equal(a->second[dim], b->second[dim]);
      areSame = n.both(areSame, n.both(sameSize, sameStride));
    }
  }
  // Whether it ends before the other one begins, or has gaps or no elements.
  auto isClear = [&](Value tensor, const auto &place, const auto &other) {
    int64_t rank = *getRank(tensor);
    Value count = n.constant(1), no = n.boolean(false);
    for (Value size : n.sizes(tensor))
      count = n.mul(count, size);
    Value isWhole = isContiguous(
        n, tensor, place.second,
        llvm::to_vector(llvm::reverse(llvm::seq<int64_t>(0, rank))));
    Value last = n.add(n.add(place.first, count), n.constant(-1));
    Value clear = n.either(n.less(last, other.first), n.equal(isWhole, no));
    return n.either(clear, n.equal(count, n.constant(0)));
  };
  Value fits = n.either(
      areSame, n.either(isClear(written, *a, *b), isClear(read, *b, *a)));
  if (getConstantBool(fits) == true)
    return;
  raiseUnless(builder, op->getLoc(), fits, overlapText);
}

/// Whether indices say what an operator writes: PyTorch does not let it read
/// what it writes then, not even the same elements.
static bool writesAtIndices(Operation *op) {
  const Schema *schema = lookupSchema(op);
  return schema && (schema->getArgumentIndex("index") >= 0 ||
                    schema->getArgumentIndex("indices") >= 0);
}

void mt::checkOverlaps(func::FuncOp func, const AliasAnalysis &aliases) {
  StrideResolver resolver(func, aliases);
  for (const TensorWrite &write : aliases.getWrites()) {
    auto check = [&](Value read) {
      if (!AliasAnalysis::isTensor(read.getType()) ||
          aliases.getRoot(read) != aliases.getRoot(write.written))
        return;
      Overlap overlap =
          aliases.getSame(read) == aliases.getSame(write.written)
              ? Overlap::Full
              : aliases.compare(
                    write.written, read,
                    cast<SchemaOpInterface>(write.op).isPointwise());
      if (overlap == Overlap::Unknown)
        resolver.checkOverlap(write.op, write.written, read);
      if (overlap == Overlap::Full && writesAtIndices(write.op)) {
        OpBuilder builder(write.op);
        Numbers n(builder, write.op->getLoc());
        raiseUnless(builder, write.op->getLoc(), n.boolean(false), overlapText);
      }
    };
    if (!AliasAnalysis::isTensor(write.written.getType()))
      continue;
    for (OpOperand &operand : write.op->getOpOperands()) {
      if (operand.getOperandNumber() == write.operand || readsAsNumber(operand))
        continue;
      check(operand.get());
      for (Value element : aliases.getElements(operand.get()))
        check(element);
    }
  }
}

LogicalResult mt::resolveStrides(func::FuncOp func,
                                 const AliasAnalysis &aliases) {
  SmallVector<Operation *> questions, views;
  func.walk([&](Operation *op) {
    if (isQuestion(op))
      questions.push_back(op);
    else if (isStrictView(op))
      views.push_back(op);
  });
  StrideResolver resolver(func, aliases);
  for (Operation *op : views)
    if (failed(resolver.checkView(op)))
      return failure();
  bool failed = false;
  for (Operation *op : questions)
    failed |= mlir::failed(resolver.answer(op));
  return failure(failed);
}
