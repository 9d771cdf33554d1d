//===- TensorOperators.cpp - Operators on tensor objects --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The boxed form of a program: every tensor is an object of the runtime whose
// rank and dtype are known only when the program runs. What an operator
// computes is a function of its own, compiled when it is first called with
// operands of some types.
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/MtToRuntime.h"
#include "MiniTorch/Dialect/Mt/IR/AtenOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtTaskOps.h"
#include "MiniTorch/Dialect/Mt/IR/OperandErrors.h"
#include "MiniTorch/Dialect/Mt/IR/RuntimeTable.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRuleTable.h"
#include "MiniTorch/Dialect/Mt/Transforms/Decompositions.h"
#include "OutArguments.h"
#include "RuntimeCalls.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"

namespace minitorch {
#define GEN_PASS_DEF_CONVERTMTTENSORSTORUNTIMEPASS
#include "MiniTorch/Conversion/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;
using namespace minitorch::mt;

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

/// `type` with nothing known of the tensors in it: an object may become another
/// tensor at any time (`resize_`).
static Type forgetTensors(Type type) {
  MLIRContext *context = type.getContext();
  auto forgetAll = [](ArrayRef<Type> types) {
    return llvm::map_to_vector(types, forgetTensors);
  };
  return llvm::TypeSwitch<Type, Type>(type)
      .Case<mt::TensorType>(
          [&](Type) { return mt::TensorType::getUnknown(context); })
      .Case<ListType>([&](ListType list) {
        return ListType::get(forgetTensors(list.getElementType()));
      })
      .Case<OptionalType>([&](OptionalType optional) {
        return OptionalType::get(forgetTensors(optional.getElementType()));
      })
      .Case<FutureType>([&](FutureType future) {
        return FutureType::get(forgetTensors(future.getElementType()));
      })
      .Case<DictType>([&](DictType dict) {
        return DictType::get(context, dict.getKeyType(),
                             forgetTensors(dict.getValueType()));
      })
      .Case<mt::TupleType>([&](mt::TupleType tuple) {
        return mt::TupleType::get(context, forgetAll(tuple.getTypes()),
                                  tuple.getName(), tuple.getFieldNames());
      })
      .Default([](Type other) { return other; });
}

/// Whether values of `type` are, or may hold, what only a compiled function
/// computes with: tensors, and numbers whose kind is not known.
static bool needsFunction(Type type) {
  return llvm::TypeSwitch<Type, bool>(type)
      .Case<mt::TensorType, NumberType>([](Type) { return true; })
      .Case<ListType>(
          [](ListType list) { return needsFunction(list.getElementType()); })
      .Case<OptionalType>([](OptionalType optional) {
        return needsFunction(optional.getElementType());
      })
      .Default(false);
}

//===----------------------------------------------------------------------===//
// Functions of single operators
//===----------------------------------------------------------------------===//

namespace {
/// Takes an operator with what only it uses out of its function.
class Outliner {
public:
  explicit Outliner(Operation *op) : op(op), b(op->getContext()) {}

  /// The function, as the text of a module; fills `operands`.
  std::string outline(SmallVectorImpl<Value> &operands);

private:
  Value getInner(Value value);
  Value getArgument(Value value);

  Operation *op;
  OpBuilder b;
  Block *body = nullptr;
  IRMapping mapping;
  SmallVector<Value> arguments;
};
} // namespace

Value Outliner::getArgument(Value value) {
  arguments.push_back(value);
  Type type = forgetTensors(value.getType());
  // Which of them it is, a number says itself.
  if (auto each = dyn_cast<UnionType>(type);
      each && llvm::all_of(each.getTypes(), [](Type type) {
        return isa<Float64Type, ComplexType>(type) || type.isInteger(64);
      }))
    type = NumberType::get(b.getContext());
  return body->addArgument(type, b.getUnknownLoc());
}

/// What stands for `value` in the function.
Value Outliner::getInner(Value value) {
  if (Value known = mapping.lookupOrNull(value))
    return known;
  Value inner;
  Operation *definition = value.getDefiningOp();
  if (isa<DeviceType>(value.getType())) {
    // There is one.
    inner = ConstantDeviceOp::create(b, b.getUnknownLoc(),
                                     DeviceType::get(b.getContext()), "cpu");
  } else if (definition && definition->hasTrait<OpTrait::ConstantLike>() &&
             !isa<ConstantTensorOp, ConstantObjectOp>(definition)) {
    Operation *copy = b.clone(*definition);
    copy->setLoc(b.getUnknownLoc());
    inner = copy->getResult(0);
  } else if (auto list = value.getDefiningOp<PrimListConstructOp>();
             list && value.hasOneUse()) {
    // Nobody else sees that it is a list.
    SmallVector<Value> elements;
    for (Value element : list.getElements())
      elements.push_back(getInner(element));
    inner = PrimListConstructOp::create(
        b, b.getUnknownLoc(), forgetTensors(value.getType()), elements);
  } else {
    inner = getArgument(value);
  }
  mapping.map(value, inner);
  return inner;
}

/// Results that the function gives: those that are used, if any is. Some exist
/// only for a gradient.
static SmallVector<OpResult> getOutlinedResults(Operation *op) {
  SmallVector<OpResult> used;
  for (OpResult result : op->getResults())
    if (!result.use_empty() || op->use_empty())
      used.push_back(result);
  return used;
}

std::string Outliner::outline(SmallVectorImpl<Value> &operands) {
  OwningOpRef<ModuleOp> module(ModuleOp::create(b.getUnknownLoc()));
  b.setInsertionPointToEnd(module->getBody());
  auto func = func::FuncOp::create(b, b.getUnknownLoc(), "forward",
                                   b.getFunctionType({}, {}));
  body = func.addEntryBlock();
  b.setInsertionPointToEnd(body);
  for (Value operand : op->getOperands())
    getInner(operand);
  Operation *copy = b.clone(*op, mapping);
  copy->setLoc(b.getUnknownLoc());
  for (OpResult result : copy->getResults())
    result.setType(forgetTensors(result.getType()));
  SmallVector<Value> results;
  for (OpResult result : getOutlinedResults(op))
    results.push_back(copy->getResult(result.getResultNumber()));
  func::ReturnOp::create(b, b.getUnknownLoc(), results);
  func.setFunctionType(b.getFunctionType(body->getArgumentTypes(),
                                         ValueRange(results).getTypes()));
  operands.append(arguments);
  std::string text;
  llvm::raw_string_ostream os(text);
  module->print(os, OpPrintingFlags().useLocalScope());
  return text;
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

/// The runtime's function for an operator on tensor objects, if there is one
/// for operands and results of these types.
static const RuntimeOp *findRuntimeOp(Operation *op) {
  auto schemaOp = dyn_cast<SchemaOpInterface>(op);
  const RuntimeOp *entry =
      schemaOp ? lookupBoxedTensorOp(schemaOp.getSchemaName()) : nullptr;
  if (!entry || entry->parameters.size() != op->getNumOperands())
    return nullptr;
  for (auto [type, letter] :
       llvm::zip(op->getOperandTypes(), entry->parameters))
    if (!isPassedAs(forgetTensors(type), letter))
      return nullptr;
  if (entry->results != "=")
    for (auto [type, letter] : llvm::zip(op->getResultTypes(), entry->results))
      if (!isPassedAs(forgetTensors(type), letter))
        return nullptr;
  return entry;
}

/// A call in the place of `op`.
static SmallVector<Value> createCall(Operation *op,
                                     const RuntimeFunction &function,
                                     ValueRange operands, TypeRange results) {
  IRRewriter rewriter(op);
  return RuntimeCalls(rewriter, op).callBoxed(function, operands, results);
}

static void callRuntime(Operation *op, const RuntimeOp &entry) {
  bool isSelf = entry.results == "=";
  SmallVector<Value> results =
      createCall(op,
                 {entry.symbol.str(), entry.parameters.str(),
                  isSelf ? "" : entry.results.str(), entry.raises},
                 op->getOperands(),
                 isSelf ? TypeRange() : TypeRange(op->getResultTypes()));
  if (isSelf)
    for (Value result : op->getResults())
      result.replaceAllUsesWith(op->getOperand(0));
  else
    op->replaceAllUsesWith(results);
  op->erase();
}

/// Whether only a compiled function runs the operator.
static bool isOutlined(Operation *op) {
  auto schemaOp = dyn_cast<SchemaOpInterface>(op);
  if (!schemaOp || !lookupSchema(op) ||
      lookupRuntimeOp(schemaOp.getSchemaName()))
    return false;
  return llvm::any_of(op->getOperandTypes(), needsFunction) ||
         llvm::any_of(op->getResultTypes(), needsFunction);
}

/// Whether the operator may give an operand, or a view of one: a function on
/// values cannot.
static bool mayGiveView(Operation *op) {
  auto schemaOp = cast<SchemaOpInterface>(op);
  return llvm::any_of(llvm::seq(op->getNumOperands()), [&](unsigned i) {
    return schemaOp.getWrite(i) == false &&
           schemaOp.getResultRelation(i) != ResultRelation::New;
  });
}

/// On a module that does, from the first run of the pass to the last.
static constexpr llvm::StringLiteral tellsViewsAttrName = "mt.tells_views";

/// Whether the program may tell a view from a copy: it writes to a tensor, or
/// asks where one lies or which one it is.
static bool tellsViews(ModuleOp module) {
  return module
      .walk([](SchemaOpInterface op) {
        bool tells = llvm::any_of(op->getOpOperands(), [&](OpOperand &use) {
          Type type = use.get().getType();
          if (auto list = dyn_cast<ListType>(type))
            type = list.getElementType();
          return TensorShape::of(type) &&
                 (op.readsMemory() ||
                  op.getWrite(use.getOperandNumber()) != false);
        });
        return tells ? WalkResult::interrupt() : WalkResult::advance();
      })
      .wasInterrupted();
}

/// Why no function could run the operator; empty if one can.
static std::string getReason(Operation *op, bool tellsViews) {
  const Schema &schema = *lookupSchema(op);
  // Else a copy is as good.
  if (tellsViews && mayGiveView(op))
    return "'" + schema.name +
           "' has no form on tensor objects: it may give a view";
  bool hasTensors = llvm::any_of(schema.arguments, [](const auto &argument) {
    return StringRef(argument.type).contains("Tensor");
  });
  const Schema *functional =
      schema.isMutating() ? getFunctionalSchema(schema) : &schema;
  if (hasTensors && !hasTypeRule(schema, op->getContext()) &&
      !(functional && hasDecomposition(functional->name, op->getContext())))
    return "'" + schema.name + "' has no lowering";
  return "";
}

/// Raises where `op` stands, before it.
static void raiseInstead(Operation *op, StringRef reason) {
  OpBuilder b(op);
  Location loc = op->getLoc();
  Type str = StrType::get(op->getContext());
  PrimRaiseOp::create(b, loc, ConstantStrOp::create(b, loc, str, reason),
                      ConstantStrOp::create(b, loc, str, "RuntimeError"));
  for (OpResult result : op->getResults())
    result.replaceAllUsesWith(
        PrimUninitializedOp::create(b, loc, result.getType()));
  op->erase();
}

/// Tests, in front of an operator that writes, that no two elements that it
/// writes are one in memory, and that it does not read that memory.
static void checkWrites(Operation *op) {
  auto schemaOp = cast<SchemaOpInterface>(op);
  const Schema &schema = *lookupSchema(op);
  if (!schemaOp.writesRepeats())
    for (auto [argument, operand] :
         llvm::zip(schema.arguments, op->getOperands()))
      if (argument.isWrite && isa<mt::TensorType>(operand.getType()))
        createCall(op, {"mtrt_tensor_check_writable", "o", "", /*raises=*/true},
                   operand, TypeRange());
  if (op->getNumOperands() == 0 || schemaOp.getWrite(0) == false)
    return;
  Value target = op->getOperand(0);
  auto check = [&](Value source, bool allowsSame) {
    if (!isa<mt::TensorType>(source.getType()) ||
        (allowsSame && source == target))
      return;
    OpBuilder b(op);
    Value same =
        arith::ConstantIntOp::create(b, op->getLoc(), allowsSame ? 1 : 0, 64);
    createCall(op, {"mtrt_tensor_check_overlap", "ooi", "", /*raises=*/true},
               {target, source, same}, TypeRange());
  };
  for (OpOperand &operand : llvm::drop_begin(op->getOpOperands())) {
    bool isApart = refusesOverlap(schema, operand.getOperandNumber());
    // `value` is a number, in a tensor of rank 0.
    if (!isApart &&
        (!schemaOp.isPointwise() ||
         schema.arguments[operand.getOperandNumber()].name == "value"))
      continue;
    check(operand.get(), !isApart);
    if (auto list = operand.get().getDefiningOp<PrimListConstructOp>())
      for (Value element : list.getElements())
        check(element, !isApart);
  }
}

static void callOutlined(Operation *op) {
  checkWrites(op);
  OpBuilder b(op);
  Location loc = op->getLoc();
  Type str = StrType::get(op->getContext());
  SmallVector<Value> operands;
  std::string text = Outliner(op).outline(operands);
  operands.insert(operands.begin(), ConstantStrOp::create(b, loc, str, text));
  SmallVector<OpResult> results = getOutlinedResults(op);
  SmallVector<Type> types;
  for (OpResult result : results)
    types.push_back(result.getType());
  StringRef callee = results.empty()       ? "mtrt_run_function"
                     : results.size() == 1 ? "mtrt_call_function"
                                           : "mtrt_call_function_multi";
  SmallVector<Value> values =
      createCall(op,
                 {callee.str(), "o.", std::string(results.size(), 'v'),
                  /*raises=*/true},
                 operands, types);
  for (auto [result, value] : llvm::zip(results, values))
    result.replaceAllUsesWith(value);
  llvm::SmallSetVector<Operation *, 4> lists;
  for (Value operand : op->getOperands())
    if (auto list = operand.getDefiningOp<PrimListConstructOp>())
      lists.insert(list);
  op->erase();
  // What went into the function.
  for (Operation *list : lists)
    if (list->use_empty())
      list->erase();
}

//===----------------------------------------------------------------------===//
// Tasks
//===----------------------------------------------------------------------===//

/// How the runtime passes a value of `type` to a task, or takes it; nullopt for
/// a type that it cannot.
static std::optional<StringRef> getSlotLetter(Type type) {
  for (StringRef letter : {"i", "f", "b"})
    if (isPassedAs(type, letter[0]))
      return letter;
  switch (getValueForm(type).value_or(ValueForm::Integer)) {
  case ValueForm::Nothing:
    return "";
  case ValueForm::Pointer:
    return "o";
  case ValueForm::Tagged:
    return "v";
  case ValueForm::Integer:
    return std::nullopt;
  }
  return std::nullopt;
}

/// mt.fork, mt.begin_with or mt.sort_by => a function, and a call of the
/// runtime that is given it.
static LogicalResult outlineTask(Operation *op, ModuleOp module) {
  Location loc = op->getLoc();
  Region &region = op->getRegion(0);
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(region, captured);
  Block &body = region.front();
  auto yield = cast<TaskYieldOp>(body.getTerminator());
  OpBuilder b(&body, body.begin());
  SmallVector<Value> arguments;
  std::string letters, ownLetters;
  // What the body itself takes comes last.
  unsigned numOwn = body.getNumArguments();
  for (Type type : body.getArgumentTypes()) {
    std::optional<StringRef> letter = getSlotLetter(type);
    if (!letter)
      return op->emitError() << "a task takes a value of type " << type
                             << ", which is not supported";
    ownLetters += *letter;
  }
  for (Value value : captured) {
    auto isInside = [&](OpOperand &use) {
      return region.isAncestor(use.getOwner()->getParentRegion());
    };
    Operation *definition = value.getDefiningOp();
    if (definition && definition->hasTrait<OpTrait::ConstantLike>()) {
      value.replaceUsesWithIf(b.clone(*definition)->getResult(0), isInside);
      continue;
    }
    std::optional<StringRef> letter = getSlotLetter(value.getType());
    if (!letter)
      return op->emitError() << "a task takes a value of type "
                             << value.getType() << ", which is not supported";
    if (letter->empty()) {
      value.replaceUsesWithIf(
          ConstantNoneOp::create(b, loc, value.getType()).getResult(),
          isInside);
      continue;
    }
    letters += *letter;
    arguments.push_back(value);
    value.replaceUsesWithIf(body.insertArgument(body.getNumArguments() - numOwn,
                                                value.getType(),
                                                value.getLoc()),
                            isInside);
  }
  letters += ownLetters;
  Type result = yield.getValue().getType();
  std::optional<StringRef> letter = getSlotLetter(result);
  if (!letter)
    return op->emitError() << "a task returns a value of type " << result
                           << ", which is not supported";
  letters += ":";
  letters += *letter;

  b.setInsertionPointToEnd(module.getBody());
  std::string name;
  unsigned number = 0;
  do
    name = "task" + std::to_string(number++);
  while (module.lookupSymbol(name));
  auto task = func::FuncOp::create(
      b, loc, name, b.getFunctionType(body.getArgumentTypes(), result));
  task->setAttr(taskAttrName, b.getUnitAttr());
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  auto entry = LLVM::LLVMFuncOp::create(
      b, loc, "mt_invoke_" + name,
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()),
                                  pointer));
  b.setInsertionPoint(yield);
  func::ReturnOp::create(b, yield.getLoc(), yield.getValue());
  yield.erase();
  task.getBody().takeBody(region);

  b.setInsertionPoint(op);
  Value address = LLVM::PtrToIntOp::create(
      b, loc, b.getI64Type(), LLVM::AddressOfOp::create(b, loc, entry));
  SmallVector<Value> operands{
      address,
      ConstantStrOp::create(b, loc, StrType::get(b.getContext()), letters)};
  if (auto sort = dyn_cast<SortByOp>(op))
    operands.insert(operands.begin(), {sort.getList(), sort.getReverse()});
  llvm::append_range(operands, arguments);
  auto fork = dyn_cast<ForkOp>(op);
  RuntimeFunction call{"mtrt_with_begin", "io.", ""};
  if (isa<SortByOp>(op))
    call = {"mtrt_list_sort_by", "obio.", "", /*raises=*/true};
  else if (fork)
    call = {fork.getLazy() ? "mtrt_defer" : "mtrt_fork", "io.", "o",
            /*raises=*/true};
  op->replaceAllUsesWith(createCall(op, call, operands, op->getResultTypes()));
  op->getPrevNode()->setAttr(runsTaskAttrName, b.getUnitAttr());
  op->erase();
  return success();
}

/// where(x), whose number of results is the rank: the columns of nonzero(x).
static void expandWhere(OperatorOp op) {
  OpBuilder b(op);
  Location loc = op.getLoc();
  Type tensor = mt::TensorType::getUnknown(op.getContext());
  auto create = [&](StringRef name, ValueRange operands, Type type) {
    OperationState state(loc, OperatorOp::getOperationName());
    state.addAttribute("name", b.getStringAttr(name));
    state.addOperands(operands);
    state.addTypes(type);
    return b.create(state)->getResult(0);
  };
  Value one = arith::ConstantIntOp::create(b, loc, 1, 64);
  Value whole = create("aten::atleast_1d", op.getInputs()[0], tensor);
  Value places = AtenNonzeroOp::create(b, loc, tensor, whole);
  op->getResult(0).replaceAllUsesWith(
      create("aten::unbind.int", {places, one}, op->getResult(0).getType()));
  op.erase();
}

namespace {
class ConvertMtTensorsToRuntimePass
    : public minitorch::impl::ConvertMtTensorsToRuntimePassBase<
          ConvertMtTensorsToRuntimePass> {
public:
  using Base::Base;
  void runOnOperation() override {
    // Tasks in tasks first.
    SmallVector<Operation *> tasks, ends;
    getOperation().walk([&](Operation *op) {
      if (isa<ForkOp, BeginWithOp, SortByOp>(op))
        tasks.push_back(op);
      else if (isa<EndWithOp>(op))
        ends.push_back(op);
    });
    for (Operation *task : tasks)
      if (failed(outlineTask(task, getOperation())))
        return signalPassFailure();
    for (Operation *end : ends) {
      createCall(end, {"mtrt_with_end", "", ""}, ValueRange(), TypeRange());
      end->erase();
    }
    // What tells it may be gone in the last run.
    isTold = getOperation()->hasAttr(tellsViewsAttrName) ||
             tellsViews(getOperation());
    if (isTold && !last)
      getOperation()->setAttr(tellsViewsAttrName, UnitAttr::get(&getContext()));
    if (last)
      getOperation()->removeAttr(tellsViewsAttrName);
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (!func.isExternal())
        convert(func);
  }

private:
  bool isTold = true;

  void refuse(Operation *op, StringRef reason) {
    if (raises && !isa<func::FuncOp>(op->getParentOp()))
      return raiseInstead(op, reason);
    op->emitError() << reason;
    signalPassFailure();
  }

  void convert(func::FuncOp func) {
    func.walk([](OperatorOp op) {
      if ((op.getName() == "aten::where" ||
           op.getName() == "aten::nonzero_numpy") &&
          op.getInputs().size() == 1)
        expandWhere(op);
    });
    SmallVector<Operation *> outlined;
    func.walk([&](Operation *op) {
      for (Region &region : op->getRegions())
        for (Value argument : region.getArguments())
          argument.setType(forgetTensors(argument.getType()));
      for (Value result : op->getResults())
        result.setType(forgetTensors(result.getType()));
      if (findRuntimeOp(op) || isOutlined(op))
        outlined.push_back(op);
    });
    for (Operation *op : outlined) {
      if (const RuntimeOp *entry = findRuntimeOp(op)) {
        callRuntime(op, *entry);
        continue;
      }
      if (hasOutArguments(op)) {
        checkWrites(op);
        op = expandOutArguments(op);
      }
      if (const RuntimeOp *entry = findRuntimeOp(op))
        callRuntime(op, *entry);
      else if (std::string reason = getReason(op, isTold); reason.empty())
        callOutlined(op);
      else if (last)
        refuse(op, reason);
    }
    Block &body = func.getBody().front();
    func.setType(
        mlir::FunctionType::get(&getContext(), body.getArgumentTypes(),
                                body.getTerminator()->getOperandTypes()));
  }
};
} // namespace
