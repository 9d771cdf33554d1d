//===- InlineObjects.cpp - Methods and objects to one function --*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InlineObjects/InlineObjects.h"
#include "InlineObjects/Attributes.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtTaskOps.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/StringExtras.h"

namespace minitorch::mt {
#define GEN_PASS_DEF_MTINLINEOBJECTSPASS
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"
} // namespace minitorch::mt

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

namespace {

class MtInlineObjectsPass
    : public minitorch::mt::impl::MtInlineObjectsPassBase<MtInlineObjectsPass> {
public:
  using Base::Base;
  void runOnOperation() override;

private:
  LogicalResult inlineCalls(Block &block, unsigned depth);
  LogicalResult inlineCall(Operation *call, func::FuncOp callee,
                           ValueRange operands);
  /// What `call` is of, if that is one object or any object of one class: the
  /// object, or else null after choices between calls took its place.
  FailureOr<Value> chooseReceiver(PrimCallMethodOp call);
  /// The class of the object behind `value`, through constants and types.
  ClassOp getClass(Value value);

  SymbolTable *symbols = nullptr;
  ObjectCandidates *candidates = nullptr;
  ObjectVariables variables;
  /// Methods that are being inlined, with the object that each is of where it
  /// is one of the loaded program.
  SmallVector<std::pair<func::FuncOp, StringAttr>> active;
  unsigned numChoices = 0;
};

/// Nested calls deeper than this are a recursion, which TorchScript refuses.
constexpr unsigned maxCallDepth = 500;
/// More methods to choose from than this take too long to compile.
constexpr unsigned maxChoices = 4096;

} // namespace

Location mt::withoutName(Location loc) {
  while (auto named = dyn_cast<NameLoc>(loc))
    loc = named.getChildLoc();
  return loc;
}

ClassOp MtInlineObjectsPass::getClass(Value value) {
  if (auto constant = value.getDefiningOp<ConstantObjectOp>())
    if (auto object =
            symbols->lookup<ObjectOp>(constant.getObjectAttr().getAttr()))
      return symbols->lookup<ClassOp>(object.getClassNameAttr().getAttr());
  auto type = dyn_cast<ObjectType>(value.getType());
  return type ? symbols->lookup<ClassOp>(type.getClassName().getAttr())
              : ClassOp();
}

/// The result of `call` keeps the name that it had, if the callee has none for
/// what it computes.
static void nameResult(Operation *call, ArrayRef<Value> results) {
  auto named = dyn_cast<NameLoc>(call->getLoc());
  if (!named || results.size() != 1)
    return;
  Operation *op = results[0].getDefiningOp();
  // Only what was inlined: any other value is one of the caller's.
  auto place = op ? dyn_cast<CallSiteLoc>(op->getLoc()) : CallSiteLoc();
  if (op && op->getNumResults() == 1 && place &&
      place.getCaller() == named.getChildLoc() &&
      !op->getLoc()->findInstanceOf<NameLoc>())
    op->setLoc(NameLoc::get(named.getName(), op->getLoc()));
}

LogicalResult MtInlineObjectsPass::inlineCall(Operation *call,
                                              func::FuncOp callee,
                                              ValueRange operands) {
  if (callee.isExternal())
    return call->emitError()
           << "calls @" << callee.getName() << ", which has no body";
  Block &body = callee.getBody().front();
  if (body.getNumArguments() != operands.size())
    return call->emitError()
           << "calls @" << callee.getName() << " with " << operands.size()
           << " arguments, expected " << body.getNumArguments();
  IRMapping mapping;
  mapping.map(body.getArguments(), operands);
  OpBuilder builder(call);
  Operation *before = call->getPrevNode();
  for (Operation &op : body.without_terminator())
    builder.clone(op, mapping);
  // The place of the call stays visible behind the place in the callee.
  Location caller = withoutName(call->getLoc());
  for (Operation *op = before ? before->getNextNode()
                              : &call->getBlock()->front();
       op != call; op = op->getNextNode())
    op->walk([&](Operation *nested) {
      nested->setLoc(CallSiteLoc::get(nested->getLoc(), caller));
    });
  SmallVector<Value> results;
  for (Value value : body.getTerminator()->getOperands())
    results.push_back(mapping.lookupOrDefault(value));
  nameResult(call, results);
  call->replaceAllUsesWith(results);
  ++numCalls;
  return success();
}

static StringAttr getObjectSymbol(Value value) {
  auto constant =
      value ? value.getDefiningOp<ConstantObjectOp>() : ConstantObjectOp();
  return constant ? constant.getObjectAttr().getAttr() : StringAttr();
}

FailureOr<Value> MtInlineObjectsPass::chooseReceiver(PrimCallMethodOp call) {
  Value object = call.getObject(), origin = stripCasts(object);
  if (origin.getDefiningOp<ConstantObjectOp>() ||
      origin.getDefiningOp<PrimCreateObjectOp>())
    return origin;
  ClassOp type = getClass(object);
  if (!type)
    return object;
  SmallVector<ObjectCandidate> found = candidates->get(object);
  // No class has a subclass.
  if (!type.getInterface() &&
      llvm::none_of(found, [](ObjectCandidate each) { return each.object; }))
    return object;
  numChoices += found.size();
  if (numChoices > maxChoices)
    return call.emitError() << "too many objects may be what '"
                            << call.getName() << "' is called of here";
  markWith(call);
  dispatchCall(call, found, *symbols, [&](ObjectCandidate candidate) {
    FlatSymbolRefAttr method = candidate.classOp.getMethod(call.getName());
    auto callee = method ? symbols->lookup<func::FuncOp>(method.getAttr())
                         : func::FuncOp();
    return llvm::is_contained(active, std::pair(callee, candidate.object));
  });
  return Value();
}

LogicalResult MtInlineObjectsPass::inlineCalls(Block &block, unsigned depth) {
  // In order, and again over what was inlined: a call's object is known once
  // the reads before it are resolved.
  SmallVector<std::pair<Operation *, unsigned>> ends; // call ends, depth
  unsigned current = depth;
  for (Operation *op = &block.front(); op;) {
    while (!ends.empty() && ends.back().first == op) {
      current = ends.back().second;
      ends.pop_back();
      active.pop_back();
      Operation *next = op->getNextNode();
      op->erase();
      op = next;
      if (!op)
        return success();
    }
    for (Region &region : op->getRegions())
      for (Block &nested : region)
        if (!nested.empty() && failed(inlineCalls(nested, current)))
          return failure();

    if (auto get = dyn_cast<PrimGetAttrOp>(op)) {
      // A submodule: an object that is known now.
      if (auto constant = get.getObject().getDefiningOp<ConstantObjectOp>()) {
        auto object =
            symbols->lookup<ObjectOp>(constant.getObjectAttr().getAttr());
        if (!object)
          return get.emitError()
                 << "reads an attribute of " << constant.getObjectAttr()
                 << ", which the module does not define";
        Attribute value = object.getValues().get(get.getName());
        auto symbol = dyn_cast_or_null<FlatSymbolRefAttr>(value);
        auto part =
            symbol ? symbols->lookup<ObjectOp>(symbol.getAttr()) : ObjectOp();
        if (part &&
            !variables.changes(
                object.getClassNameAttr().getAttr(), get.getNameAttr(),
                getAttributeType({object.getSymNameAttr(), get.getNameAttr()},
                                 *symbols))) {
          OpBuilder builder(op);
          auto known = ConstantObjectOp::create(
              builder, op->getLoc(),
              ObjectType::get(op->getContext(), part.getClassNameAttr()),
              symbol);
          get.replaceAllUsesWith(known.getResult());
          Operation *next = op->getNextNode();
          op->erase();
          op = next;
          continue;
        }
      }
    }

    Operation *before = op->getPrevNode();
    if (auto index = dyn_cast<OperatorOp>(op);
        index && index.getName().starts_with("prim::ModuleContainerIndex") &&
        index.getInputs().size() == 2) {
      if (failed(expandContainerIndex(index, *symbols)))
        return failure();
      op = before ? before->getNextNode() : &block.front();
      continue;
    }

    if (auto generic = dyn_cast<OperatorOp>(op);
        generic && generic.getName().starts_with("prim::awaitable_")) {
      op = convertAwaitable(generic)->getNextNode();
      continue;
    }

    if (isSortOfObjects(op)) {
      op = convertSort(cast<OperatorOp>(op));
      continue;
    }

    if (isFork(op)) {
      auto fork = inlineTask(cast<OperatorOp>(op), *symbols);
      if (failed(fork))
        return failure();
      op = *fork;
      continue;
    }

    func::FuncOp callee;
    SmallVector<Value> operands;
    if (auto call = dyn_cast<PrimCallMethodOp>(op)) {
      FailureOr<Value> receiver = chooseReceiver(call);
      if (failed(receiver))
        return failure();
      if (!*receiver) {
        op = before ? before->getNextNode() : &block.front();
        continue;
      }
      call.getObjectMutable().assign(*receiver);
      ClassOp classOp = getClass(call.getObject());
      if (isAutocastBorder(call, classOp)) {
        if (failed(checkAutocast(call)))
          return failure();
        Operation *next = op->getNextNode();
        dropAutocastBorder(call);
        op = next;
        continue;
      }
      markWith(call);
      before = op->getPrevNode();
      FlatSymbolRefAttr method =
          classOp ? classOp.getMethod(call.getName()) : FlatSymbolRefAttr();
      if (method)
        callee = symbols->lookup<func::FuncOp>(method.getAttr());
      if (!callee)
        return call.emitError() << "cannot tell which method '"
                                << call.getName() << "' of an object of type "
                                << call.getObject().getType() << " is";
      operands.push_back(call.getObject());
      llvm::append_range(operands, call.getInputs());
    } else if (auto call = dyn_cast<func::CallOp>(op)) {
      callee = symbols->lookup<func::FuncOp>(call.getCallee());
      if (!callee)
        return call.emitError() << "calls @" << call.getCallee()
                                << ", which the module does not define";
      operands = llvm::to_vector(call.getOperands());
    }
    if (!callee) {
      op = op->getNextNode();
      continue;
    }
    if (++current > maxCallDepth)
      return op->emitError() << "calls @" << callee.getName()
                             << " recursively; TorchScript has no recursion";
    active.emplace_back(
        callee, getObjectSymbol(operands.empty() ? Value() : operands.front()));
    if (failed(inlineCall(op, callee, operands)))
      return failure();
    ends.push_back({op, current - 1});
    op = before ? before->getNextNode() : &block.front();
  }
  return success();
}

void MtInlineObjectsPass::runOnOperation() {
  ModuleOp module = getOperation();
  SymbolTable table(module);
  symbols = &table;
  variables = ObjectVariables(module, table);
  ObjectCandidates flow(module, table, variables);
  candidates = &flow;
  active.clear();
  numChoices = 0;

  ObjectOp root;
  for (auto object : module.getOps<ObjectOp>())
    if (object.getRoot())
      root = object;
  // Already functions: nothing to do.
  if (!root)
    return;

  auto classOp = symbols->lookup<ClassOp>(root.getClassNameAttr().getAttr());
  FlatSymbolRefAttr methodRef =
      classOp ? classOp.getMethod(method) : FlatSymbolRefAttr();
  auto implementation = methodRef
                            ? symbols->lookup<func::FuncOp>(methodRef.getAttr())
                            : func::FuncOp();
  if (!implementation) {
    InFlightDiagnostic error = root.emitError() << "the model has no method '"
                                                << method << "'; it has: ";
    SmallVector<StringRef> names;
    if (classOp)
      for (auto known : classOp.getBody().getOps<MethodOp>())
        names.push_back(known.getName());
    error << llvm::join(names, ", ");
    return signalPassFailure();
  }

  // The entry: the method with the root object in place of self.
  // Before methods are inlined: what they do they do for their callers.
  for (auto function : module.getOps<func::FuncOp>())
    if (!function.isExternal())
      eraseUnused(function);
  auto entry = cast<func::FuncOp>(implementation->clone());
  Block &body = entry.getBody().front();
  OpBuilder builder(&body, body.begin());
  auto self = ConstantObjectOp::create(
      builder, entry.getLoc(),
      ObjectType::get(&getContext(), root.getClassNameAttr()),
      FlatSymbolRefAttr::get(root.getSymNameAttr()));
  body.getArgument(0).replaceAllUsesWith(self);
  SmallVector<DictionaryAttr> argAttrs;
  entry.getAllArgAttrs(argAttrs);
  body.eraseArgument(0);
  if (!argAttrs.empty())
    argAttrs.erase(argAttrs.begin());
  entry.setType(mlir::FunctionType::get(&getContext(), body.getArgumentTypes(),
                                        entry.getResultTypes()));
  entry.removeArgAttrsAttr();

  auto resolve = [&]() -> LogicalResult {
    if (failed(inlineCalls(body, 0)) || failed(runExits(entry)))
      return failure();
    promoteCreatedObjects(entry, *symbols, explain);
    if (failed(makeInstances(entry, *candidates, *symbols)))
      return failure();
    FailureOr<unsigned> count =
        resolveAttributes(entry, root, *symbols, variables, boxed);
    if (failed(count))
      return failure();
    numState += *count;
    resolveEnumIdentity(entry);
    if (failed(resolveGradMode(entry)))
      return failure();
    describeClasses(entry, *symbols);
    makeObjectInstances(entry);
    return success();
  };
  if (failed(resolve())) {
    entry.erase();
    return signalPassFailure();
  }
  // Arguments' attributes (names, defaults) and none for state.
  if (!argAttrs.empty()) {
    argAttrs.resize(entry.getNumArguments(),
                    DictionaryAttr::get(&getContext()));
    entry.setAllArgAttrs(argAttrs);
  }

  // Objects and everything that was inlined are gone.
  SmallVector<Operation *> dead;
  entry.walk([&](Operation *op) {
    if (isa<ConstantObjectOp, PrimCreateObjectOp>(op) && op->use_empty())
      dead.push_back(op);
  });
  for (Operation *op : dead)
    op->erase();
  for (Operation &op : llvm::make_early_inc_range(module.getOps()))
    op.erase();
  entry.setName(method);
  entry.setPublic();
  module.push_back(entry);
}
