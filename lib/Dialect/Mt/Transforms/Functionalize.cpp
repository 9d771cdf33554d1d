//===- Functionalize.cpp - Mutation of tensors to values --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The alias analysis runs first, on the function as it is, and refuses writes
// whose effect it cannot tell. Then one walk in program order rewrites: it
// keeps the present contents of every root, gives each operator the present
// contents of its operands, and turns a write into new contents of the root.
//
//===----------------------------------------------------------------------===//

#include "Functionalize/AliasAnalysis.h"
#include "Functionalize/ChosenResults.h"
#include "Functionalize/HiddenWrites.h"
#include "Functionalize/InPlace.h"
#include "Functionalize/Rebinding.h"
#include "Functionalize/SameResults.h"
#include "Functionalize/Storage.h"
#include "Functionalize/Strides.h"
#include "Functionalize/Views.h"
#include "MiniTorch/Dialect/Mt/IR/AtenOps.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "Splits.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/SetVector.h"

namespace minitorch::mt {
#define GEN_PASS_DEF_MTFUNCTIONALIZEPASS
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"
} // namespace minitorch::mt

using namespace mlir;
using namespace minitorch::mt;

namespace {
class Functionalizer {
public:
  Functionalizer(func::FuncOp func, AliasAnalysis &aliases)
      : func(func), aliases(aliases) {}

  LogicalResult run();

private:
  /// Contents as of one point of the program.
  struct State {
    /// The present contents of a root and how many writes made them.
    llvm::DenseMap<Value, Value> contents;
    llvm::DenseMap<Value, unsigned> version;
    /// A value that was taken from its root's contents at some version.
    llvm::DenseMap<Value, std::pair<Value, unsigned>> taken;
    /// What a selected root may be and was written since its contents were.
    llvm::DenseMap<Value, SmallVector<Value>> stale;
  };

  LogicalResult rewrite(Block &block);
  LogicalResult rewrite(Operation *op);
  LogicalResult rewriteWrite(Operation *op, const Schema &schema);
  LogicalResult rewriteIf(PrimIfOp op);
  LogicalResult rewriteLoop(PrimLoopOp op);
  LogicalResult finish(func::ReturnOp op);

  bool isTracked(Value value) {
    return AliasAnalysis::isTensor(value.getType()) ||
           AliasAnalysis::isContainer(value.getType());
  }
  /// The present value of `value`, made before `builder`'s insertion point.
  Value get(OpBuilder &builder, Location loc, Value value);
  void setOperands(Operation *op);
  /// The value of `value` is `present` at this point.
  void define(Value value, Value present);
  /// Roots defined outside of `op` that were written since `before`.
  SmallVector<Value> getChanged(const State &before, Operation *op);
  LogicalResult write(OpBuilder &builder, Operation *op, Value value,
                      Value contents);
  /// Whether `value` is `candidate`, an i1.
  Value isCandidate(OpBuilder &builder, Location loc, Value value,
                    Value candidate);
  /// The contents of a selected root after writes to what it may be.
  Value getSelected(OpBuilder &builder, Location loc, Value root);
  /// Brings up to date what may be `root`, which was written, other than
  /// `writer`, through which it was.
  void markStale(Value root, Value writer);
  /// A write to a selected root is one to what it is.
  LogicalResult writeCandidates(Operation *op, Value root, Value contents);
  /// The roots that the operators in `loop` may write and that exist outside.
  SmallVector<Value> getWrittenIn(PrimLoopOp loop);

  void keepWritten(OpBuilder &builder, Location loc, unsigned version);
  bool writeByPositions(OpBuilder &builder, Operation *op, Value value,
                        Value contents);

  func::FuncOp func;
  AliasAnalysis &aliases;
  State state;
  /// For a selected root and what it may be: whether it is that.
  llvm::DenseMap<std::pair<Value, Value>, Value> flags;
  /// The selected root whose candidates are being written.
  Value writer;
  unsigned lastVersion = 0;
  SmallVector<Operation *> dead;
};
} // namespace

static StringRef getOpName(Operation *op) {
  if (auto schemaOp = dyn_cast<SchemaOpInterface>(op))
    return schemaOp.getSchemaName();
  return op->getName().getStringRef();
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

void Functionalizer::define(Value value, Value present) {
  if (!aliases.getLink(value))
    state.contents[value] = present;
  state.taken[value] = {present, state.version.lookup(aliases.getRoot(value))};
}

Value Functionalizer::get(OpBuilder &builder, Location loc, Value value) {
  if (!isTracked(value))
    return value;
  // A list or tuple is made again with the present contents of its elements.
  ArrayRef<Value> elements = aliases.getElements(value);
  if (!elements.empty()) {
    Value made = aliases.getSame(value);
    Operation *construct = made.getDefiningOp();
    auto it = state.taken.find(made);
    if (it != state.taken.end())
      construct = it->second.first.getDefiningOp();
    SmallVector<Value> present;
    for (Value element : elements)
      present.push_back(get(builder, loc, element));
    if (llvm::equal(present, construct->getOperands()))
      return it != state.taken.end() && made != value ? it->second.first
                                                      : construct->getResult(0);
    Operation *copy = builder.clone(*construct);
    copy->setOperands(present);
    state.taken[made] = {copy->getResult(0), 0};
    return copy->getResult(0);
  }

  Value root = aliases.getRoot(value);
  if (value == root && state.stale.contains(root))
    return getSelected(builder, loc, root);
  unsigned version = state.version.lookup(root);
  auto it = state.taken.find(value);
  if (it != state.taken.end() && it->second.second == version)
    return it->second.first;
  const AliasLink *link = aliases.getLink(value);
  if (!link) {
    auto contents = state.contents.find(value);
    return contents != state.contents.end() ? contents->second : value;
  }
  Value present = get(builder, loc, link->parent);
  if (link->view)
    present =
        replayView(builder, link->view, link->operand, link->result, present);
  state.taken[value] = {present, version};
  return present;
}

Value Functionalizer::isCandidate(OpBuilder &builder, Location loc, Value value,
                                  Value candidate) {
  Value same = aliases.getSame(value);
  Value answer;
  if (const Selection *selection = aliases.getSelection(same);
      selection && same != candidate)
    for (Value one : selection->candidates) {
      Value flag = flags.lookup({same, one});
      if (!flag)
        continue;
      // One of them, which may be the candidate itself or another selected one.
      if (one != candidate)
        flag = arith::AndIOp::create(builder, loc, flag,
                                     isCandidate(builder, loc, one, candidate));
      answer = answer ? Value(arith::OrIOp::create(builder, loc, answer, flag))
                      : flag;
    }
  if (answer)
    return answer;
  return arith::ConstantIntOp::create(builder, loc, same == candidate, 1);
}

Value Functionalizer::getSelected(OpBuilder &builder, Location loc,
                                  Value root) {
  SmallVector<Value> changed = state.stale.lookup(root);
  state.stale.erase(root);
  Value contents = state.contents.lookup(root);
  for (Value candidate : changed) {
    Value present = get(builder, loc, candidate);
    auto ifOp = PrimIfOp::create(builder, loc, contents.getType(),
                                 flags.lookup({root, candidate}));
    OpBuilder::InsertionGuard guard(builder);
    builder.createBlock(&ifOp.getThenRegion());
    PrimYieldOp::create(builder, loc, present);
    builder.createBlock(&ifOp.getElseRegion());
    PrimYieldOp::create(builder, loc, contents);
    contents = ifOp.getResult(0);
  }
  state.contents[root] = contents;
  state.taken[root] = {contents, state.version.lookup(root)};
  return contents;
}

void Functionalizer::markStale(Value root, Value writer) {
  for (Value selected : aliases.getSelected()) {
    // Only what exists here.
    if (selected == root || selected == writer ||
        !state.taken.contains(selected))
      continue;
    for (Value candidate : aliases.getSelection(selected)->candidates) {
      if (aliases.getRoot(candidate) != root ||
          !flags.contains({selected, candidate}))
        continue;
      SmallVector<Value> &stale = state.stale[selected];
      if (llvm::is_contained(stale, candidate))
        continue;
      stale.push_back(candidate);
      state.version[selected] = ++lastVersion;
      markStale(selected, writer);
    }
  }
}

LogicalResult Functionalizer::writeCandidates(Operation *op, Value root,
                                              Value contents) {
  const Selection *selection = aliases.getSelection(root);
  if (!selection)
    return success();
  Value outer = std::exchange(writer, root);
  for (Value candidate : selection->candidates) {
    // As if the program had said so.
    Value flag = flags.lookup({root, candidate});
    if (!flag)
      continue;
    OpBuilder builder(op);
    Location loc = op->getLoc();
    auto ifOp = PrimIfOp::create(builder, loc, TypeRange(), flag);
    builder.createBlock(&ifOp.getElseRegion());
    PrimYieldOp::create(builder, loc, ValueRange());
    builder.createBlock(&ifOp.getThenRegion());
    Value blocking = arith::ConstantIntOp::create(builder, loc, 0, 1);
    Operation *copy =
        createOperator(builder, loc, "aten::copy_", candidate.getType(),
                       {candidate, contents, blocking});
    PrimYieldOp::create(builder, loc, ValueRange());
    aliases.addWrite({copy, 0, candidate});
    if (failed(rewriteIf(ifOp)))
      return failure();
  }
  writer = outer;
  state.stale.erase(root);
  state.contents[root] = contents;
  state.version[root] = ++lastVersion;
  state.taken[root] = {contents, lastVersion};
  return success();
}

void Functionalizer::setOperands(Operation *op) {
  OpBuilder builder(op);
  for (OpOperand &operand : op->getOpOperands())
    operand.set(get(builder, op->getLoc(), operand.get()));
}

/// The same as `write`, not view by view but by where the elements of `value`
/// are in its root; false where that is not known, or where the elements of
/// `contents` are not one another's and share their memory.
bool Functionalizer::writeByPositions(OpBuilder &builder, Operation *op,
                                      Value value, Value contents) {
  std::optional<StridedView> view = aliases.getStridedView(value);
  bool fills = isa_and_nonnull<AtenFullLikeOp, AtenZerosLikeOp>(
      contents.getDefiningOp());
  if (!view || (!fills && view->overlapsItself()))
    return false;
  Value root = aliases.getRoot(value);
  Value present = writeToPositions(
      builder, op->getLoc(), get(builder, op->getLoc(), root), contents, *view);
  state.contents[root] = present;
  state.stale.erase(root);
  state.version[root] = ++lastVersion;
  state.taken[root] = {present, lastVersion};
  markStale(root, writer);
  return succeeded(writeCandidates(op, root, present));
}

/// If the call raises from here on, arguments and attributes that were written
/// since `version` have their present contents.
void Functionalizer::keepWritten(OpBuilder &builder, Location loc,
                                 unsigned version) {
  auto stateAttr = func->getAttrOfType<ArrayAttr>("mt.state");
  unsigned numState = stateAttr ? stateAttr.size() : 0;
  unsigned firstState = func.getNumArguments() - numState;
  for (BlockArgument argument : func.getArguments()) {
    if (state.version.lookup(argument) <= version)
      continue;
    unsigned number = argument.getArgNumber();
    std::string name = "#" + std::to_string(number);
    if (number >= firstState)
      name = cast<DictionaryAttr>(stateAttr[number - firstState])
                 .getAs<StringAttr>("path")
                 .str();
    Value text = ConstantStrOp::create(
        builder, loc, StrType::get(builder.getContext()), name);
    OperatorOp::create(builder, loc, TypeRange(), keepContentsName,
                       ValueRange{get(builder, loc, argument), text});
  }
}

/// Makes `contents` the contents of `value` and of everything it is a view of.
LogicalResult Functionalizer::write(OpBuilder &builder, Operation *op,
                                    Value value, Value contents) {
  SmallVector<std::pair<Value, Value>> levels{{value, contents}};
  while (const AliasLink *link = aliases.getLink(value)) {
    Value parent = link->parent;
    std::string reason;
    if (link->view) {
      Operation *view = link->view;
      // An element of a list of views is written into what the list is of.
      const AliasLink *list = aliases.getLink(aliases.getSame(parent));
      bool isElement = list && list->view && isa<ListType>(parent.getType());
      if (isElement) {
        int64_t index =
            getPartIndex(view, link->result, list->view).value_or(-1);
        parent = list->parent;
        contents = writeThroughSplit(builder, op->getLoc(), list->view, index,
                                     get(builder, op->getLoc(), parent),
                                     contents, reason);
      } else {
        // What the operator itself sees; not what it is a part of.
        auto schemaOp = dyn_cast<SchemaOpInterface>(op);
        bool raises =
            levels.size() == 1 && !(schemaOp && schemaOp.writesRepeats());
        contents = writeThroughView(builder, op->getLoc(), view,
                                    get(builder, op->getLoc(), parent),
                                    contents, raises, reason);
      }
      if (!contents && writeByPositions(builder, op, levels.front().first,
                                        levels.front().second))
        return success();
      if (!contents) {
        InFlightDiagnostic diagnostic = op->emitError()
                                        << "cannot functionalize '"
                                        << getOpName(op) << "': " << reason;
        diagnostic.attachNote(view->getLoc()) << "the view is made here";
        return diagnostic;
      }
    }
    value = parent;
    levels.push_back({value, contents});
  }
  state.contents[value] = contents;
  state.stale.erase(value);
  state.version[value] = ++lastVersion;
  for (auto [level, present] : levels)
    state.taken[level] = {present, lastVersion};
  markStale(value, writer);
  return writeCandidates(op, value, contents);
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

LogicalResult Functionalizer::rewrite(Block &block) {
  for (Operation &op : llvm::make_early_inc_range(block))
    if (failed(rewrite(&op)))
      return failure();
  return success();
}

LogicalResult Functionalizer::rewrite(Operation *op) {
  if (auto ifOp = dyn_cast<PrimIfOp>(op))
    return rewriteIf(ifOp);
  if (auto loop = dyn_cast<PrimLoopOp>(op))
    return rewriteLoop(loop);
  if (auto returnOp = dyn_cast<func::ReturnOp>(op))
    return finish(returnOp);
  const Schema *schema = lookupSchema(op);
  if (schema && !aliases.getWrites(op).empty())
    return rewriteWrite(op, *schema);
  setOperands(op);
  for (Value result : op->getResults())
    if (isTracked(result))
      define(result, result);
  return success();
}

LogicalResult Functionalizer::rewriteWrite(Operation *op,
                                           const Schema &schema) {
  SmallVector<TensorWrite> writes = aliases.getWrites(op);
  setOperands(op);
  dead.push_back(op);
  if (cast<SchemaOpInterface>(op).keepsContents())
    return success();
  OpBuilder builder(op);
  std::string reason;
  FailureOr<FunctionalForm> form =
      createFunctionalForm(builder, op, schema, reason);
  if (failed(form))
    return op->emitError() << "cannot functionalize '" << getOpName(op)
                           << "': " << reason;
  unsigned versionBefore = lastVersion;
  for (auto [operand, contents] : form->written)
    for (const TensorWrite &written : writes)
      if (written.operand == operand &&
          failed(write(builder, op, written.written, contents)))
        return failure();
  keepWritten(builder, op->getLoc(), versionBefore);
  for (auto [result, value] : llvm::zip(op->getResults(), form->results))
    if (value)
      define(result, value);
  return success();
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

SmallVector<Value> Functionalizer::getChanged(const State &before,
                                              Operation *op) {
  SmallVector<Value> changed;
  for (auto [root, version] : state.version)
    if (version != before.version.lookup(root) && !isDefinedInside(root, op))
      changed.push_back(root);
  // In the order of the writes, which does not depend on addresses.
  llvm::sort(changed, [&](Value a, Value b) {
    return state.version.lookup(a) < state.version.lookup(b);
  });
  return changed;
}

LogicalResult Functionalizer::rewriteIf(PrimIfOp op) {
  State before = state;
  SmallVector<Value> changed;
  State afterThen;
  SmallVector<Value> onTrue(op.thenYield().getValues());
  SmallVector<Value> onFalse(op.elseYield().getValues());
  if (failed(rewrite(op.getThenRegion().front())))
    return failure();
  changed = getChanged(before, op);
  afterThen = std::move(state);
  state = before;
  if (failed(rewrite(op.getElseRegion().front())))
    return failure();
  for (Value root : getChanged(before, op))
    if (!llvm::is_contained(changed, root))
      changed.push_back(root);

  // Each branch also yields the contents of what either of them wrote, unless
  // a result is that tensor already.
  SmallVector<Type> types(op.getResultTypes());
  SmallVector<int64_t> position;
  OpBuilder onElse(op.elseYield()), onThen(op.thenYield());
  SmallVector<Value> elseValues, thenValues;
  for (Value root : changed) {
    int64_t at = -1;
    for (auto [i, result] : llvm::enumerate(op.getResults()))
      if (isTracked(result) && aliases.getSame(result) == root)
        at = i;
    if (at < 0) {
      at = types.size() + thenValues.size();
      elseValues.push_back(get(onElse, op.getLoc(), root));
      thenValues.push_back(Value());
    }
    position.push_back(at);
  }
  // And which tensor a result is, where it may be several.
  SmallVector<std::pair<Value, Value>> asked;
  for (auto [i, result] : llvm::enumerate(op.getResults()))
    if (const Selection *selection = aliases.getSelection(result))
      for (Value candidate : selection->candidates) {
        asked.push_back({result, candidate});
        elseValues.push_back(
            isCandidate(onElse, op.getLoc(), onFalse[i], candidate));
        thenValues.push_back(
            isCandidate(onThen, op.getLoc(), onTrue[i], candidate));
      }
  state = std::move(afterThen);
  for (auto [i, root] : llvm::enumerate(changed))
    if (int64_t slot = position[i] - static_cast<int64_t>(types.size());
        slot >= 0)
      thenValues[slot] = get(onThen, op.getLoc(), root);
  state = std::move(before);
  op.thenYield().getValuesMutable().append(thenValues);
  op.elseYield().getValuesMutable().append(elseValues);
  for (auto [root, at] : llvm::zip(changed, position))
    if (at >= static_cast<int64_t>(types.size()))
      types.push_back(root.getType());
  types.append(asked.size(), onThen.getI1Type());

  PrimIfOp merged = op;
  if (types.size() != op.getNumResults()) {
    OpBuilder builder(op);
    merged = PrimIfOp::create(builder, op.getLoc(), types, op.getCondition());
    merged->setAttrs(op->getAttrs());
    merged.getThenRegion().takeBody(op.getThenRegion());
    merged.getElseRegion().takeBody(op.getElseRegion());
    dead.push_back(op);
  }
  for (auto [root, at] : llvm::zip(changed, position)) {
    state.contents[root] = merged.getResult(at);
    state.stale.erase(root);
    state.version[root] = ++lastVersion;
    state.taken[root] = {merged.getResult(at), lastVersion};
  }
  for (auto [i, key] : llvm::enumerate(asked))
    flags[key] = merged.getResult(merged.getNumResults() - asked.size() + i);
  for (auto [i, result] : llvm::enumerate(op.getResults())) {
    if (isTracked(result))
      define(result, merged.getResult(i));
    else if (merged != op)
      result.replaceAllUsesWith(merged.getResult(i));
  }
  return success();
}

SmallVector<Value> Functionalizer::getWrittenIn(PrimLoopOp loop) {
  llvm::SetVector<Value> written;
  for (const TensorWrite &write : aliases.getWrites())
    if (loop->isProperAncestor(write.op))
      for (Value root : aliases.getWrittenRoots(aliases.getRoot(write.written)))
        written.insert(root);
  // What may be one of them changes with it.
  for (unsigned i = 0; i < written.size(); ++i)
    for (Value selected : aliases.getSelected())
      if (state.taken.contains(selected) &&
          llvm::is_contained(aliases.getWrittenRoots(selected), written[i]))
        written.insert(selected);
  SmallVector<Value> outside;
  for (Value root : written)
    if (!isDefinedInside(root, loop))
      outside.push_back(root);
  return outside;
}

LogicalResult Functionalizer::rewriteLoop(PrimLoopOp op) {
  OpBuilder builder(op);
  SmallVector<Value> initial(op.getInits());
  SmallVector<Value> next(op.getTerminator().getValues());
  setOperands(op);
  unsigned count = op.getInits().size();

  // What the body writes is carried.
  SmallVector<Value> changed = getWrittenIn(op);
  Block &body = op.getBody().front();
  SmallVector<Value> arguments(op.getCarried().begin(), op.getCarried().end());
  SmallVector<Value> inits(op.getInits());
  SmallVector<unsigned> position;
  for (Value root : changed) {
    unsigned at = inits.size();
    for (unsigned i = 0; i < count; ++i)
      if (isTracked(arguments[i]) && aliases.getSame(arguments[i]) == root)
        at = i;
    position.push_back(at);
    if (at == inits.size())
      inits.push_back(get(builder, op.getLoc(), root));
  }
  // Which tensor a carried value is, where it may be several.
  struct Asked {
    unsigned value;
    Value candidate;
  };
  SmallVector<Asked> asked;
  for (unsigned i = 0; i < count; ++i)
    if (const Selection *selection = aliases.getSelection(arguments[i]))
      for (Value candidate : selection->candidates) {
        asked.push_back({i, candidate});
        inits.push_back(
            isCandidate(builder, op.getLoc(), initial[i], candidate));
      }

  State before = state;
  SmallVector<Type> types(op.getResultTypes());
  for (auto [root, at] : llvm::zip(changed, position)) {
    if (at >= arguments.size()) {
      arguments.push_back(body.addArgument(root.getType(), root.getLoc()));
      types.push_back(root.getType());
    }
    state.contents[root] = arguments[at];
    state.stale.erase(root);
    state.version[root] = ++lastVersion;
    state.taken[root] = {arguments[at], lastVersion};
  }
  SmallVector<Value> carried(arguments.begin(), arguments.begin() + count);
  for (const Asked &one : asked) {
    arguments.push_back(body.addArgument(builder.getI1Type(), op.getLoc()));
    types.push_back(builder.getI1Type());
    flags[{carried[one.value], one.candidate}] = arguments.back();
  }
  for (unsigned i = 0; i < count; ++i)
    if (isTracked(arguments[i]))
      define(arguments[i], arguments[i]);
  if (failed(rewrite(body)))
    return failure();
  PrimLoopConditionOp end = op.getTerminator();
  OpBuilder atEnd(end);
  SmallVector<Value> last;
  for (auto [root, at] : llvm::zip(changed, position))
    if (at >= count)
      last.push_back(get(atEnd, op.getLoc(), root));
  for (const Asked &one : asked)
    last.push_back(
        isCandidate(atEnd, op.getLoc(), next[one.value], one.candidate));
  end.getValuesMutable().append(last);
  state = std::move(before);

  PrimLoopOp merged = op;
  if (types.size() != count) {
    merged =
        PrimLoopOp::create(builder, op.getLoc(), types, op.getMaxTripCount(),
                           op.getInitialCondition(), inits);
    merged->setAttrs(op->getAttrs());
    merged.getBody().takeBody(op.getBody());
    dead.push_back(op);
  }
  for (auto [root, at] : llvm::zip(changed, position)) {
    state.contents[root] = merged.getResult(at);
    state.stale.erase(root);
    state.version[root] = ++lastVersion;
    state.taken[root] = {merged.getResult(at), lastVersion};
  }
  for (auto [i, one] : llvm::enumerate(asked))
    flags[{op.getResult(one.value), one.candidate}] =
        merged.getResult(merged.getNumResults() - asked.size() + i);
  for (auto [i, result] : llvm::enumerate(op.getResults())) {
    if (isTracked(result))
      define(result, merged.getResult(i));
    else if (merged != op)
      result.replaceAllUsesWith(merged.getResult(i));
  }
  return success();
}

//===----------------------------------------------------------------------===//
// The function
//===----------------------------------------------------------------------===//

/// Adds the new contents of arguments to the results. State is returned anyway.
LogicalResult Functionalizer::finish(func::ReturnOp op) {
  FailureOr<SmallVector<Value>> replaced = takeRebound(func, op, aliases);
  if (failed(replaced))
    return failure();
  setOperands(op);
  OpBuilder builder(op);
  unsigned numState = 0;
  if (auto stateAttr = func->getAttrOfType<ArrayAttr>("mt.state"))
    numState = stateAttr.size();
  SmallVector<int64_t> mutated;
  for (BlockArgument argument : func.getArguments()) {
    if (argument.getArgNumber() + numState >= func.getNumArguments() ||
        !state.version.lookup(argument))
      continue;
    mutated.push_back(argument.getArgNumber());
    op.getOperandsMutable().append(get(builder, op.getLoc(), argument));
  }
  if (!mutated.empty())
    func->setAttr(mutatedAttrName, builder.getDenseI64ArrayAttr(mutated));
  for (Value tensor : *replaced)
    op.getOperandsMutable().append(get(builder, op.getLoc(), tensor));
  return success();
}

LogicalResult Functionalizer::run() {
  Block &body = func.getBody().front();
  for (BlockArgument argument : func.getArguments())
    if (isTracked(argument))
      define(argument, argument);
  if (failed(rewrite(body)))
    return failure();
  for (Operation *op : llvm::reverse(dead)) {
    if (!op->use_empty())
      return op->emitError() << "internal error: '" << getOpName(op)
                             << "' is still used after functionalization";
    op->erase();
  }
  func.setFunctionType(
      mlir::FunctionType::get(func.getContext(), func.getArgumentTypes(),
                              body.getTerminator()->getOperandTypes()));
  return success();
}

namespace {
class MtFunctionalizePass
    : public minitorch::mt::impl::MtFunctionalizePassBase<MtFunctionalizePass> {
public:
  using Base::Base;
  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isDeclaration())
      return;
    if (!func.getBody().hasOneBlock()) {
      func.emitError("has more than one block; control flow is in regions "
                     "before mt-functionalize");
      return signalPassFailure();
    }
    if (failed(exposeHiddenWrites(func)))
      return signalPassFailure();
    if (seesMemory(func) || asksForStrides(func)) {
      AliasAnalysis memory(func);
      memory.run();
      if (failed(resolveStrides(func, memory)) ||
          failed(resolveMemory(func, memory)))
        return signalPassFailure();
    }
    // Before the analysis: it makes branches and loops again.
    ChosenResults chosen = chooseResults(func);
    AliasAnalysis aliases(func);
    aliases.run();
    if (failed(markSameResults(func, aliases, chosen)))
      return signalPassFailure();
    if (aliases.getWrites().empty() && !func->hasAttr(reboundAttrName))
      return;
    if (failed(aliases.checkWrites()))
      return signalPassFailure();
    checkOverlaps(func, aliases);
    for (BlockArgument argument : aliases.getContiguousArguments())
      relyOnMemory(func, argument, contiguousAttrName);
    if (failed(Functionalizer(func, aliases).run()))
      signalPassFailure();
  }
};
} // namespace
