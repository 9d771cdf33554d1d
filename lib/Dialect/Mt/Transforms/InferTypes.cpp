//===- InferTypes.cpp - Shapes and dtypes, in program order -----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InferTypes/InferTypes.h"
#include "MiniTorch/Dialect/Mt/IR/DtypeErrors.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/TypeNames.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"

namespace minitorch::mt {
#define GEN_PASS_DEF_MTINFERTYPESPASS
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"
} // namespace minitorch::mt

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

//===----------------------------------------------------------------------===//
// Joining types
//===----------------------------------------------------------------------===//

Type minitorch::mt::joinTypes(Type a, Type b) {
  if (!a || a == b)
    return b;
  if (!b)
    return a;
  MLIRContext *context = a.getContext();
  auto shapeA = TensorShape::of(a), shapeB = TensorShape::of(b);
  if (shapeA && shapeB) {
    TensorShape joined;
    if (shapeA->dtype == shapeB->dtype)
      joined.dtype = shapeA->dtype;
    if (shapeA->hasRank && shapeB->hasRank &&
        shapeA->getRank() == shapeB->getRank()) {
      joined.hasRank = true;
      for (auto [x, y] : llvm::zip(shapeA->sizes, shapeB->sizes))
        joined.sizes.push_back(x == y ? x : ShapedType::kDynamic);
    }
    return joined.getBoxed(context);
  }
  // Lists of other elements have nothing in common.
  if (auto listA = dyn_cast<ListType>(a))
    if (auto listB = dyn_cast<ListType>(b))
      return getTypeName(a) == getTypeName(b)
                 ? Type(ListType::get(joinTypes(listA.getElementType(),
                                                listB.getElementType())))
                 : Type(AnyType::get(context));
  auto tupleA = dyn_cast<mt::TupleType>(a), tupleB = dyn_cast<mt::TupleType>(b);
  if (tupleA && tupleB &&
      tupleA.getTypes().size() == tupleB.getTypes().size()) {
    SmallVector<Type> types;
    for (auto [x, y] : llvm::zip(tupleA.getTypes(), tupleB.getTypes()))
      types.push_back(joinTypes(x, y));
    // Of two names, neither is that of both.
    if (tupleA.getName() != tupleB.getName())
      return mt::TupleType::get(context, types);
    return mt::TupleType::get(context, types, tupleA.getName(),
                              tupleA.getFieldNames());
  }
  // Which class, an instance says itself.
  if (isa<ObjectType>(a) && isa<ObjectType>(b))
    return ObjectType::get(context, FlatSymbolRefAttr::get(context, "object"));
  auto optionalOf = [&](Type type) -> Type {
    return isa<OptionalType>(type) ? cast<OptionalType>(type).getElementType()
                                   : type;
  };
  if (isa<mt::NoneType>(a))
    return OptionalType::get(optionalOf(b));
  if (isa<mt::NoneType>(b))
    return OptionalType::get(optionalOf(a));
  if (isa<OptionalType>(a) || isa<OptionalType>(b))
    return OptionalType::get(joinTypes(optionalOf(a), optionalOf(b)));
  return AnyType::get(context);
}

/// Whether control never leaves the block by its end: it raises.
static bool alwaysRaises(Block &block) {
  for (Operation &op : block) {
    if (isa<PrimRaiseOp>(op))
      return true;
    if (auto ifOp = dyn_cast<PrimIfOp>(op))
      if (alwaysRaises(ifOp.getThenRegion().front()) &&
          alwaysRaises(ifOp.getElseRegion().front()))
        return true;
  }
  return false;
}

/// The type that `value` contributes to a join: none for one that is never
/// read.
static Type contribution(Value value) {
  return value.getDefiningOp<PrimUninitializedOp>() ? Type() : value.getType();
}

/// Gives operands that are never read the types of where they go.
static void giveTypes(MutableArrayRef<OpOperand> operands, TypeRange types) {
  for (auto [operand, type] : llvm::zip(operands, types)) {
    Value value = operand.get();
    if (value.getType() == type || !value.getDefiningOp<PrimUninitializedOp>())
      continue;
    // One is shared by all that need some value.
    OpBuilder builder(operand.getOwner());
    operand.set(PrimUninitializedOp::create(builder, value.getLoc(), type));
  }
}

/// `type`, in the form (boxed or builtin tensor) that `like` has.
static Type inFormOf(Type type, Type like) {
  auto shape = TensorShape::of(type);
  if (shape && isa<RankedTensorType>(like) && shape->hasRank && shape->dtype)
    return RankedTensorType::get(shape->sizes, shape->dtype);
  return type;
}

/// Takes what both types say of a tensor. A rule never knows less than the
/// operand types that it was given, but the declared result may know more.
static Type refine(Type inferred, Type declared) {
  auto a = TensorShape::of(inferred), b = TensorShape::of(declared);
  if (!a || !b)
    return inferred;
  if (!a->dtype)
    a->dtype = b->dtype;
  if (!a->hasRank) {
    a->hasRank = b->hasRank;
    a->sizes = b->sizes;
  } else if (b->hasRank && a->getRank() == b->getRank()) {
    for (auto [x, y] : llvm::zip(a->sizes, b->sizes))
      if (ShapedType::isDynamic(x))
        x = y;
  }
  return inFormOf(a->getBoxed(inferred.getContext()), declared);
}

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
                                 StringRef exception) {
  op->emitWarning() << "always raises " << exception << ": " << reason;
  OpBuilder builder(op);
  Location loc = op->getLoc();
  auto text = [&](StringRef text) {
    return ConstantStrOp::create(builder, loc, StrType::get(op->getContext()),
                                 text);
  };
  PrimRaiseOp::create(builder, loc, text(reason), text(exception));

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

void TypeInference::askFallback(Operation *op) {
  auto isUnknown = [](Type type) {
    auto shape = TensorShape::of(type);
    return shape && (!shape->hasRank || !shape->dtype);
  };
  if (llvm::none_of(op->getResultTypes(), isUnknown))
    return;
  SmallVector<Type> types;
  std::string reason;
  if (succeeded(inferFallbackTypes(op, types, reason)))
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

  if (refusesDtypes)
    if (std::optional<OperatorError> error = getDtypeError(op)) {
      raiseInstead(op, error->message, error->exception);
      return success();
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
      askFallback(op);
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
  // What an optional tensor is where it is not None.
  if (auto cast = dyn_cast<PrimUncheckedCastOp>(op)) {
    auto optional = dyn_cast<OptionalType>(cast.getValue().getType());
    if (optional && TensorShape::of(cast.getType()) &&
        TensorShape::of(optional.getElementType()))
      cast.getResult().setType(
          refine(optional.getElementType(), cast.getType()));
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
// If
//===----------------------------------------------------------------------===//

void TypeInference::inlineBranch(PrimIfOp op, Region &region) {
  Block &branch = region.front();
  auto yield = cast<PrimYieldOp>(branch.getTerminator());
  op.replaceAllUsesWith(yield.getValues());
  yield.erase();
  op->getBlock()->getOperations().splice(op->getIterator(),
                                         branch.getOperations());
  op.erase();
}

/// Appends the elements of a tuple. A value that is never read has elements
/// that are never read.
static void appendElements(OpBuilder &builder, Location loc, Value tuple,
                           TypeRange types, SmallVectorImpl<Value> &values) {
  if (!tuple.getDefiningOp<PrimUninitializedOp>()) {
    auto unpack = PrimTupleUnpackOp::create(builder, loc, types, tuple);
    llvm::append_range(values, unpack.getResults());
    return;
  }
  for (Type type : types)
    values.push_back(PrimUninitializedOp::create(builder, loc, type));
}

/// The tuple that every one of `values` is by its own name, where they are
/// declared `type`; null for other values.
static mt::TupleType getFlatTuple(Type type, ValueRange values) {
  auto tuple = dyn_cast<mt::TupleType>(type);
  for (Value value : values) {
    while (auto cast = value.getDefiningOp<PrimUncheckedCastOp>())
      value = cast.getValue();
    if (value.getDefiningOp<PrimUninitializedOp>())
      continue;
    auto own = dyn_cast<mt::TupleType>(value.getType());
    if (!tuple || !own || own.getName() != tuple.getName())
      return {};
  }
  return tuple;
}

bool TypeInference::flattenTuples(PrimIfOp op) {
  SmallVector<mt::TupleType> tuples;
  for (auto [i, type] : llvm::enumerate(op.getResultTypes()))
    tuples.push_back(getFlatTuple(
        type, {op.thenYield().getValues()[i], op.elseYield().getValues()[i]}));
  if (llvm::none_of(tuples, [](mt::TupleType tuple) { return tuple; }))
    return false;
  SmallVector<Type> types;
  SmallVector<unsigned> counts;
  for (auto [type, tuple] : llvm::zip(op.getResultTypes(), tuples)) {
    counts.push_back(tuple ? tuple.getTypes().size() : 0);
    if (tuple)
      llvm::append_range(types, tuple.getTypes());
    else
      types.push_back(type);
  }
  OpBuilder builder(op);
  for (PrimYieldOp yield : {op.thenYield(), op.elseYield()}) {
    builder.setInsertionPoint(yield);
    SmallVector<Value> values;
    for (auto [i, value] : llvm::enumerate(yield.getValues())) {
      if (!tuples[i]) {
        values.push_back(value);
        continue;
      }
      appendElements(builder, yield.getLoc(), value, tuples[i].getTypes(),
                     values);
    }
    yield.getValuesMutable().assign(values);
  }
  builder.setInsertionPoint(op);
  auto flat = PrimIfOp::create(builder, op.getLoc(), types, op.getCondition());
  flat.getThenRegion().takeBody(op.getThenRegion());
  flat.getElseRegion().takeBody(op.getElseRegion());
  SmallVector<Value> replacements;
  unsigned next = 0;
  for (auto [i, count] : llvm::enumerate(counts)) {
    if (!tuples[i]) {
      replacements.push_back(flat.getResult(next++));
      continue;
    }
    ValueRange elements = flat.getResults().slice(next, count);
    next += count;
    replacements.push_back(PrimTupleConstructOp::create(builder, op.getLoc(),
                                                        tuples[i], elements));
  }
  op.replaceAllUsesWith(replacements);
  op.erase();
  return true;
}

LogicalResult TypeInference::visitIf(PrimIfOp op) {
  if (std::optional<bool> condition = getConstantBool(op.getCondition())) {
    inlineBranch(op, *condition ? op.getThenRegion() : op.getElseRegion());
    return success();
  }
  if (flattenTuples(op))
    return success(); // visited again in its new form
  materializeLists(op);
  if (failed(run(op.getThenRegion().front())) ||
      failed(run(op.getElseRegion().front())))
    return failure();
  bool thenRaises = alwaysRaises(op.getThenRegion().front());
  bool elseRaises = alwaysRaises(op.getElseRegion().front());
  for (auto [i, result] : llvm::enumerate(op.getResults())) {
    Type thenType = contribution(op.thenYield().getValues()[i]);
    Type elseType = contribution(op.elseYield().getValues()[i]);
    if (thenRaises && !elseRaises)
      thenType = {};
    if (elseRaises && !thenRaises)
      elseType = {};
    if (Type joined = joinTypes(thenType, elseType))
      result.setType(refine(joined, result.getType()));
  }
  // Values of a branch that raises are never read.
  for (auto [raises, yield] : {std::pair(thenRaises, op.thenYield()),
                               std::pair(elseRaises, op.elseYield())}) {
    if (!raises)
      continue;
    OpBuilder builder(yield);
    for (auto [i, operand] : llvm::enumerate(yield->getOpOperands()))
      if (operand.get().getType() != op.getResult(i).getType())
        operand.set(PrimUninitializedOp::create(builder, yield.getLoc(),
                                                op.getResult(i).getType()));
  }
  for (PrimYieldOp yield : {op.thenYield(), op.elseYield()})
    giveTypes(yield->getOpOperands(), op.getResultTypes());
  return success();
}

//===----------------------------------------------------------------------===//
// Loop
//===----------------------------------------------------------------------===//

bool TypeInference::flattenTuples(PrimLoopOp op) {
  SmallVector<mt::TupleType> tuples;
  for (auto [i, init] : llvm::enumerate(op.getInits())) {
    // What is not changed is what it was.
    Value next = op.getTerminator().getValues()[i];
    tuples.push_back(getFlatTuple(
        init.getType(), {init, next == op.getCarried()[i] ? init : next}));
  }
  if (llvm::none_of(tuples, [](mt::TupleType tuple) { return tuple; }))
    return false;
  Block &body = op.getBody().front();
  OpBuilder builder(op);
  SmallVector<Value> inits;
  SmallVector<Type> types;
  for (auto [init, tuple] : llvm::zip(op.getInits(), tuples)) {
    if (!tuple) {
      inits.push_back(init);
      types.push_back(init.getType());
      continue;
    }
    appendElements(builder, op.getLoc(), init, tuple.getTypes(), inits);
    llvm::append_range(types, tuple.getTypes());
  }
  auto flat =
      PrimLoopOp::create(builder, op.getLoc(), types, op.getMaxTripCount(),
                         op.getInitialCondition(), inits);
  auto terminator = op.getTerminator();
  builder.setInsertionPoint(terminator);
  SmallVector<Value> values;
  for (auto [i, value] : llvm::enumerate(terminator.getValues())) {
    if (!tuples[i]) {
      values.push_back(value);
      continue;
    }
    appendElements(builder, op.getLoc(), value, tuples[i].getTypes(), values);
  }
  terminator.getValuesMutable().assign(values);
  // New block arguments, and the tuples made of them again.
  builder.setInsertionPointToStart(&body);
  unsigned oldCount = tuples.size();
  SmallVector<Value> carried;
  for (Type type : types)
    carried.push_back(body.addArgument(type, op.getLoc()));
  unsigned next = 0;
  for (unsigned i = 0; i < oldCount; ++i) {
    Value replacement;
    if (!tuples[i]) {
      replacement = carried[next++];
    } else {
      unsigned count = tuples[i].getTypes().size();
      replacement =
          PrimTupleConstructOp::create(builder, op.getLoc(), tuples[i],
                                       ArrayRef(carried).slice(next, count));
      next += count;
    }
    body.getArgument(1 + i).replaceAllUsesWith(replacement);
  }
  body.eraseArguments(1, oldCount);
  flat.getBody().takeBody(op.getBody());
  builder.setInsertionPointAfter(flat);
  SmallVector<Value> replacements;
  next = 0;
  for (mt::TupleType tuple : tuples) {
    if (!tuple) {
      replacements.push_back(flat.getResult(next++));
      continue;
    }
    ValueRange elements =
        flat.getResults().slice(next, tuple.getTypes().size());
    next += tuple.getTypes().size();
    replacements.push_back(
        PrimTupleConstructOp::create(builder, op.getLoc(), tuple, elements));
  }
  op.replaceAllUsesWith(replacements);
  op.erase();
  return true;
}

/// A loop that picks elements out of lists of objects, tuples or tensors by its
/// turn's number, where each turn may see other types; that carries what is
/// None at first and mostly something else later; or that builds a list of
/// numbers, which are mostly sizes.
bool TypeInference::needsUnrolling(PrimLoopOp op) {
  if (llvm::any_of(op.getInits().getTypes(), llvm::IsaPred<mt::NoneType>))
    return true;
  return op.getBody()
      .walk([&](Operation *nested) {
        auto generic = dyn_cast<OperatorOp>(nested);
        if (!generic || generic.getInputs().empty())
          return WalkResult::advance();
        Value list = generic.getInputs()[0];
        if (generic.getName() == "aten::append.t" && lists.contains(list) &&
            generic.getInputs()[1].getType().isIntOrFloat())
          return WalkResult::interrupt();
        if (generic.getName() != "aten::__getitem__.t")
          return WalkResult::advance();
        return lists.contains(list) && !getConstantInt(generic.getInputs()[1])
                   ? WalkResult::interrupt()
                   : WalkResult::advance();
      })
      .wasInterrupted();
}

/// A tensor whose rank or dtype is not known.
static bool isUnknownTensor(Value value) {
  auto shape = TensorShape::of(value.getType());
  return shape && (!shape->hasRank || !shape->dtype);
}

/// Whether `typed`, the loop with the types that hold in every turn, makes
/// tensors of unknown types out of what is all known where the loop begins.
static bool losesTypes(PrimLoopOp typed, PrimLoopOp loop) {
  bool loses = false, isKnown = true;
  auto note = [&](Value value) {
    if (!typed->isAncestor(value.getParentRegion()->getParentOp()))
      isKnown &= !isUnknownTensor(value);
  };
  llvm::for_each(loop.getInits(), note);
  typed.getBody().walk([&](Operation *op) {
    llvm::for_each(op->getOperands(), note);
    loses |= llvm::any_of(op->getResults(), isUnknownTensor);
  });
  return loses && isKnown;
}

void TypeInference::unroll(PrimLoopOp op, int64_t tripCount) {
  Block &body = op.getBody().front();
  SmallVector<Value> carried(op.getInits());
  OpBuilder builder(op);
  for (int64_t turn = 0; turn < tripCount; ++turn) {
    IRMapping mapping;
    mapping.map(body.getArgument(0),
                arith::ConstantOp::create(builder, op.getLoc(),
                                          builder.getI64IntegerAttr(turn)));
    for (auto [argument, value] :
         llvm::zip(body.getArguments().drop_front(), carried))
      mapping.map(argument, value);
    for (Operation &nested : body.without_terminator())
      builder.clone(nested, mapping);
    for (auto [value, next] :
         llvm::zip(carried, op.getTerminator().getValues()))
      value = mapping.lookupOrDefault(next);
  }
  op.replaceAllUsesWith(carried);
  op.erase();
}

LogicalResult TypeInference::visitLoop(PrimLoopOp op) {
  if (std::optional<bool> enter = getConstantBool(op.getInitialCondition());
      enter && !*enter) {
    op.replaceAllUsesWith(op.getInits());
    op.erase();
    return success();
  }
  if (flattenTuples(op))
    return success();
  std::optional<int64_t> tripCount = getConstantInt(op.getMaxTripCount());
  bool forLike = op.isForLike();
  if (tripCount && forLike &&
      (*tripCount <= 0 || (*tripCount <= maxUnroll && needsUnrolling(op)))) {
    unroll(op, std::max<int64_t>(*tripCount, 0));
    return success();
  }
  materializeLists(op);

  // The carried types are a fixed point: assume those of the initial values,
  // infer a copy of the body (folding makes it depend on the assumption), and
  // generalize until the next turn's types are those assumed. What a value that
  // is never read could be is no bound for what the turns make.
  SmallVector<Type> assumed;
  for (auto [init, argument] : llvm::zip(op.getInits(), op.getCarried())) {
    Type type = contribution(init);
    assumed.push_back(
        inFormOf(type ? type : argument.getType(), argument.getType()));
  }
  llvm::DenseMap<Value, KnownList> listsBefore = lists;
  llvm::DenseMap<Value, Value> renamedBefore = renamed;
  for (unsigned attempt = 0; attempt < 16; ++attempt) {
    OpBuilder builder(op);
    auto trial = cast<PrimLoopOp>(builder.clone(*op));
    for (auto [argument, type] : llvm::zip(trial.getCarried(), assumed))
      argument.setType(type);
    lists = listsBefore;
    renamed = renamedBefore;
    elementTypesChanged = false;
    if (failed(run(trial.getBody().front())))
      return failure();
    bool stable = !elementTypesChanged;
    SmallVector<Type> next;
    for (auto [type, value] :
         llvm::zip(assumed, trial.getTerminator().getValues())) {
      Type made = contribution(value);
      bool isBound =
          attempt > 0 || !made || contribution(op.getInits()[next.size()]);
      Type joined = inFormOf(isBound ? joinTypes(type, made) : made, type);
      stable &= joined == type;
      next.push_back(joined);
    }
    if (!stable) {
      trial.erase();
      assumed = next;
      continue;
    }
    // Turn by turn, more may be known.
    if (tripCount && forLike && *tripCount <= maxUnroll &&
        losesTypes(trial, op)) {
      trial.erase();
      lists = listsBefore;
      renamed = renamedBefore;
      unroll(op, *tripCount);
      return success();
    }
    for (auto [result, type] : llvm::zip(trial.getResults(), assumed))
      result.setType(type);
    giveTypes(trial->getOpOperands().drop_front(2), assumed);
    giveTypes(trial.getTerminator()->getOpOperands().drop_front(), assumed);
    op.replaceAllUsesWith(trial.getResults());
    op.erase();
    settled = trial;
    lists = listsBefore;
    renamed = renamedBefore;
    return success();
  }
  return op.emitError("the types of this loop's values do not settle");
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
    if (failed(TypeInference(maxUnroll, fallback, refusesDtypes, fields)
                   .run(func.getBody().front())))
      return failure();
    if (!fields.startOver())
      return success();
    func.getBody().takeBody(before->getBody());
  }
}
