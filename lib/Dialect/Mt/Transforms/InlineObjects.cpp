//===- InlineObjects.cpp - Methods and objects to one function --*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InlineObjects/InlineObjects.h"
#include "Functionalize/HiddenWrites.h"
#include "InlineObjects/AttributeUses.h"
#include "InlineObjects/SharedMemory.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/Instances.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtTaskOps.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/TypeNames.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "MiniTorch/Dialect/Mt/IR/ValueForms.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "MiniTorch/Dialect/Mt/Transforms/PromoteVariables.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include <set>

namespace minitorch::mt {
#define GEN_PASS_DEF_MTINLINEOBJECTSPASS
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"
} // namespace minitorch::mt

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

namespace {

/// One attribute of one object of the loaded program.
struct AttributeKey {
  StringAttr object;
  StringAttr name;
  bool operator<(const AttributeKey &other) const {
    return std::tuple(object.getAsOpaquePointer(), name.getAsOpaquePointer()) <
           std::tuple(other.object.getAsOpaquePointer(),
                      other.name.getAsOpaquePointer());
  }
};

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
  FailureOr<Operation *> inlineTask(OperatorOp op);
  LogicalResult resolveAttributes(func::FuncOp entry, ObjectOp root);
  using Accesses = std::map<AttributeKey, VariableAccesses>;
  /// Adds the attributes that share memory with those of `written`: what is
  /// written by one name is read by the others, here or in other methods. Fails
  /// where tensors are values.
  LogicalResult addSharing(const SharedMemory &memory, Accesses &accesses,
                           SmallVectorImpl<AttributeKey> &written);
  Value materialize(OpBuilder &builder, Location loc, Attribute value,
                    Type type);
  std::optional<AttributeKey> getKey(Value object, StringAttr name);
  /// What an attribute is declared to be, or null.
  Type getAttributeType(const AttributeKey &key);

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

ClassOp MtInlineObjectsPass::getClass(Value value) {
  if (auto constant = value.getDefiningOp<ConstantObjectOp>())
    if (auto object =
            symbols->lookup<ObjectOp>(constant.getObjectAttr().getAttr()))
      return symbols->lookup<ClassOp>(object.getClassNameAttr().getAttr());
  auto type = dyn_cast<ObjectType>(value.getType());
  return type ? symbols->lookup<ClassOp>(type.getClassName().getAttr())
              : ClassOp();
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
  for (Operation *op = before ? before->getNextNode()
                              : &call->getBlock()->front();
       op != call; op = op->getNextNode())
    op->walk([&](Operation *nested) {
      nested->setLoc(CallSiteLoc::get(nested->getLoc(), call->getLoc()));
    });
  SmallVector<Value> results;
  for (Value value : body.getTerminator()->getOperands())
    results.push_back(mapping.lookupOrDefault(value));
  call->replaceAllUsesWith(results);
  ++numCalls;
  return success();
}

//===----------------------------------------------------------------------===//
// Autocast
//===----------------------------------------------------------------------===//

/// Whether `call` enters or leaves a block of `torch.autocast`. PyTorch's
/// interpreter never calls these methods either.
static bool isAutocastBorder(PrimCallMethodOp call, ClassOp classOp) {
  return classOp && (call->hasAttr("mt.enter") || call->hasAttr("mt.exit")) &&
         classOp.getSymName().ends_with("autocast_mode.autocast");
}

/// The value that the constructor, which is inlined by now, gave an attribute.
static Value getAttributeOfCreated(Value object, StringRef name) {
  for (Operation *user : object.getUsers())
    if (auto set = dyn_cast<PrimSetAttrOp>(user);
        set && set.getObject() == object && set.getName() == name)
      return set.getValue();
  return {};
}

/// Refuses a block in which operators may compute in another dtype than they
/// say: one that is on, and not for another device.
static LogicalResult checkAutocast(PrimCallMethodOp call) {
  Value object = call.getObject();
  Value enabled = getAttributeOfCreated(object, "_enabled");
  Value device = getAttributeOfCreated(object, "device");
  while (enabled && enabled.getDefiningOp<PrimUncheckedCastOp>())
    enabled = enabled.getDefiningOp<PrimUncheckedCastOp>().getValue();
  std::optional<StringRef> name =
      device ? getConstantStr(device) : std::optional<StringRef>();
  if ((enabled && getConstantBool(enabled) == false) ||
      (name && !name->starts_with("cpu")))
    return success();
  // Reported where the block begins, once.
  if (call->hasAttr("mt.exit"))
    return success();
  Location loc = object.getLoc();
  return emitError(loc)
         << "'with torch.autocast' is not supported: the operators in the "
            "block "
            "would compute in another dtype; convert the model's dtypes, or "
            "switch it off (enabled=False)";
}

static void dropAutocastBorder(PrimCallMethodOp call) {
  OpBuilder builder(call);
  for (Value result : call.getResults()) {
    Value value = call.getObject();
    if (value.getType() != result.getType())
      value =
          PrimUninitializedOp::create(builder, call.getLoc(), result.getType());
    result.replaceAllUsesWith(value);
  }
  call.erase();
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

//===----------------------------------------------------------------------===//
// Tasks
//===----------------------------------------------------------------------===//

static bool isFork(Operation *op) {
  auto generic = dyn_cast<OperatorOp>(op);
  return generic && (generic.getName() == "prim::fork" ||
                     generic.getName() == "prim::awaitable");
}

/// An awaitable that is waited for, or made of a value => operators on tasks.
/// Returns what took the place of `op`.
static Operation *convertAwaitable(OperatorOp op) {
  if (op.getName() == "prim::awaitable_wait")
    op.setName("aten::wait");
  if (op.getName() != "prim::awaitable_nowait" || op.getInputs().size() != 1 ||
      op->getNumResults() != 1)
    return op;
  OpBuilder b(op);
  auto done = ForkOp::create(b, op.getLoc(), op->getResultTypes(),
                             /*lazy=*/UnitAttr());
  b.createBlock(&done.getBody());
  TaskYieldOp::create(b, op.getLoc(), op.getInputs()[0]);
  op.replaceAllUsesWith(done->getResults());
  op.erase();
  return done;
}

/// Makes mt.fork of prim::fork, or prim::awaitable, and the function that it
/// names.
FailureOr<Operation *> MtInlineObjectsPass::inlineTask(OperatorOp op) {
  auto name = op->getAttrOfType<FlatSymbolRefAttr>("Subgraph");
  auto callee =
      name ? symbols->lookup<func::FuncOp>(name.getAttr()) : func::FuncOp();
  if (!callee || callee.isExternal() || op->getNumResults() != 1 ||
      callee.getNumResults() != 1 ||
      callee.getNumArguments() != op.getInputs().size())
    return op.emitError() << "forks a task whose function is not known";
  OpBuilder builder(op);
  auto fork = ForkOp::create(
      builder, op.getLoc(), op->getResultTypes(),
      op.getName() == "prim::awaitable" ? builder.getUnitAttr() : UnitAttr());
  IRMapping mapping;
  Block &body = callee.getBody().front();
  mapping.map(body.getArguments(), op.getInputs());
  builder.createBlock(&fork.getBody());
  for (Operation &inner : body.without_terminator())
    builder.clone(inner, mapping);
  fork->walk([&](Operation *inner) {
    if (inner != fork)
      inner->setLoc(CallSiteLoc::get(inner->getLoc(), op.getLoc()));
  });
  TaskYieldOp::create(
      builder, op.getLoc(),
      mapping.lookupOrDefault(body.getTerminator()->getOperand(0)));
  op.replaceAllUsesWith(fork->getResults());
  op.erase();
  return fork.getOperation();
}

/// Whether objects are sorted, by their `__lt__`.
static bool isSortOfObjects(Operation *op) {
  auto generic = dyn_cast<OperatorOp>(op);
  if (!generic || generic.getInputs().empty() ||
      !(generic.getName().starts_with("aten::sort.") ||
        generic.getName().starts_with("aten::sorted.")))
    return false;
  auto list = dyn_cast<ListType>(generic.getInputs()[0].getType());
  return list && isa<ObjectType>(list.getElementType());
}

/// Makes mt.sort_by of it, which calls the method.
static Operation *convertSort(OperatorOp op) {
  OpBuilder b(op);
  Location loc = op.getLoc();
  Value list = op.getInputs()[0];
  Value reverse = op.getInputs().size() > 1
                      ? op.getInputs()[1]
                      : Value(arith::ConstantIntOp::create(b, loc, 0, 1));
  if (op->getNumResults() == 1) {
    OperationState copy(loc, OperatorOp::getOperationName());
    copy.addAttribute("name", b.getStringAttr("aten::copy.t"));
    copy.addOperands(list);
    copy.addTypes(list.getType());
    list = b.create(copy)->getResult(0);
    op->getResult(0).replaceAllUsesWith(list);
  }
  auto sort = SortByOp::create(b, loc, list, reverse);
  Type item = cast<ListType>(list.getType()).getElementType();
  Block *body = b.createBlock(&sort.getBody(), {}, {item, item}, {loc, loc});
  auto isLess = PrimCallMethodOp::create(
      b, loc, TypeRange(b.getI1Type()), body->getArgument(0),
      b.getStringAttr("__lt__"), ValueRange(body->getArgument(1)));
  TaskYieldOp::create(b, loc, isLess.getResult(0));
  op.erase();
  return sort;
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
        if (part && !variables.changes(
                        object.getClassNameAttr().getAttr(), get.getNameAttr(),
                        getAttributeType(
                            {object.getSymNameAttr(), get.getNameAttr()}))) {
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
      auto fork = inlineTask(cast<OperatorOp>(op));
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

/// The value of an attribute as operations.
Value MtInlineObjectsPass::materialize(OpBuilder &builder, Location loc,
                                       Attribute value, Type type) {
  MLIRContext *context = builder.getContext();
  if (auto optional = dyn_cast<OptionalType>(type)) {
    if (!value || isa<UnitAttr>(value))
      return ConstantNoneOp::create(builder, loc, mt::NoneType::get(context));
    type = optional.getElementType();
  }
  if (auto elements = dyn_cast<ElementsAttr>(value)) {
    auto ranked = cast<RankedTensorType>(elements.getType());
    return ConstantTensorOp::create(builder, loc,
                                    mt::TensorType::getBoxed(ranked), elements);
  }
  if (isa<IntegerAttr, FloatAttr>(value))
    return arith::ConstantOp::create(builder, loc, cast<TypedAttr>(value));
  if (auto str = dyn_cast<StringAttr>(value)) {
    if (isa<DeviceType>(type))
      return ConstantDeviceOp::create(builder, loc, DeviceType::get(context),
                                      str);
    return ConstantStrOp::create(builder, loc, StrType::get(context), str);
  }
  if (isa<UnitAttr>(value))
    return ConstantNoneOp::create(builder, loc, mt::NoneType::get(context));
  if (auto member = EnumMember::of(value)) {
    auto className = StringAttr::get(context, member->className);
    auto enumType = dyn_cast<EnumType>(type);
    // A wider type may be declared.
    if (!enumType || enumType.getClassName() != className)
      enumType = EnumType::get(context, className,
                               isa<StringAttr>(member->value)
                                   ? Type(StrType::get(context))
                                   : cast<TypedAttr>(member->value).getType());
    return ConstantEnumOp::create(builder, loc, enumType,
                                  cast<DictionaryAttr>(value));
  }
  if (auto symbol = dyn_cast<FlatSymbolRefAttr>(value)) {
    auto object = symbols->lookup<ObjectOp>(symbol.getAttr());
    if (!object)
      return {};
    return ConstantObjectOp::create(
        builder, loc, ObjectType::get(context, object.getClassNameAttr()),
        symbol);
  }
  if (auto array = dyn_cast<ArrayAttr>(value)) {
    SmallVector<Value> elements;
    if (auto dict = dyn_cast<DictType>(type)) {
      for (Attribute item : array) {
        auto pair = cast<ArrayAttr>(item);
        elements.push_back(
            materialize(builder, loc, pair[0], dict.getKeyType()));
        elements.push_back(
            materialize(builder, loc, pair[1], dict.getValueType()));
      }
      if (!llvm::all_of(elements, [](Value v) { return v != nullptr; }))
        return {};
      return PrimDictConstructOp::create(builder, loc, type, elements);
    }
    for (auto [i, element] : llvm::enumerate(array)) {
      Type elementType = AnyType::get(context);
      if (auto list = dyn_cast<ListType>(type))
        elementType = list.getElementType();
      else if (auto tuple = dyn_cast<mt::TupleType>(type))
        elementType = tuple.getTypes()[i];
      Value v = materialize(builder, loc, element, elementType);
      if (!v)
        return {};
      elements.push_back(v);
    }
    if (isa<ListType>(type))
      return PrimListConstructOp::create(builder, loc, type, elements);
    if (isa<mt::TupleType>(type))
      return PrimTupleConstructOp::create(builder, loc, type, elements);
  }
  return {};
}

std::optional<AttributeKey> MtInlineObjectsPass::getKey(Value object,
                                                        StringAttr name) {
  if (auto constant = object.getDefiningOp<ConstantObjectOp>())
    return AttributeKey{constant.getObjectAttr().getAttr(), name};
  return std::nullopt;
}

namespace {
/// Follows values through branches whose conditions attributes decide, as
/// `self.training` does.
class AttributeFlow {
public:
  /// The value of an attribute that never changes, or null.
  using Constants = llvm::function_ref<Attribute(PrimGetAttrOp)>;
  explicit AttributeFlow(Constants constants) : constants(constants) {}

  /// What `value` is in the branches that are taken.
  Value resolve(Value value) {
    while (Operation *op = value.getDefiningOp()) {
      if (auto cast = dyn_cast<PrimUncheckedCastOp>(op)) {
        value = cast.getValue();
        continue;
      }
      auto ifOp = dyn_cast<PrimIfOp>(op);
      std::optional<bool> taken =
          ifOp ? evaluate(ifOp.getCondition()) : std::nullopt;
      if (!taken)
        break;
      value = (*taken ? ifOp.thenYield() : ifOp.elseYield())
                  .getValues()[cast<OpResult>(value).getResultNumber()];
    }
    return value;
  }

  std::optional<bool> evaluate(Value value) {
    value = resolve(value);
    if (std::optional<bool> known = getConstantBool(value))
      return known;
    Operation *op = value.getDefiningOp();
    if (auto get = dyn_cast_or_null<PrimGetAttrOp>(op)) {
      auto attribute = dyn_cast_or_null<IntegerAttr>(constants(get));
      if (attribute && attribute.getType().isInteger(1))
        return attribute.getValue().isOne();
      return std::nullopt;
    }
    const Schema *schema = op ? lookupSchema(op) : nullptr;
    if (!schema)
      return std::nullopt;
    if (schema->name == "aten::__not__") {
      std::optional<bool> operand = evaluate(op->getOperand(0));
      return operand ? std::optional<bool>(!*operand) : std::nullopt;
    }
    // A tensor attribute is not None.
    if (schema->name == "aten::__is__" || schema->name == "aten::__isnot__") {
      Value object = resolve(op->getOperand(0));
      if (isNone(op->getOperand(1)) &&
          isa_and_nonnull<ElementsAttr>(
              object.getDefiningOp<PrimGetAttrOp>()
                  ? constants(object.getDefiningOp<PrimGetAttrOp>())
                  : Attribute()))
        return schema->name == "aten::__isnot__";
    }
    return std::nullopt;
  }

private:
  Constants constants;
};
} // namespace

/// The attributes that normalization writes to while it trains, although its
/// schemas do not say so (see mt-functionalize).
static SmallVector<PrimGetAttrOp>
getHiddenWrites(func::FuncOp entry, AttributeFlow::Constants constants) {
  SmallVector<PrimGetAttrOp> written;
  AttributeFlow flow(constants);
  entry.walk([&](Operation *op) {
    if (!isNormWithStatistics(op) ||
        flow.evaluate(op->getOperand(NormOperand::UsesBatch)) != true)
      return;
    for (unsigned statistics :
         {NormOperand::RunningMean, NormOperand::RunningVar})
      if (auto get = flow.resolve(op->getOperand(statistics))
                         .getDefiningOp<PrimGetAttrOp>();
          // A layer that does not track them has None.
          get && isa_and_nonnull<ElementsAttr>(constants(get)))
        written.push_back(get);
  });
  return written;
}

LogicalResult
MtInlineObjectsPass::addSharing(const SharedMemory &memory, Accesses &accesses,
                                SmallVectorImpl<AttributeKey> &written) {
  std::set<AttributeKey> known(written.begin(), written.end());
  for (unsigned i = 0; i < written.size(); ++i) {
    AttributeKey key = written[i];
    auto holders = memory.getHolders({key.object, key.name});
    for (const auto &[object, name] : holders)
      if (known.insert({object, name}).second)
        written.push_back({object, name});
    if (boxed || holders.empty())
      continue;
    InFlightDiagnostic error = emitError(accesses[key].getFirst()->getLoc())
                               << "the tensor of attribute '"
                               << key.name.getValue() << "' is written, and ";
    holders.remove({key.object, key.name});
    if (holders.empty())
      error << "it holds one memory several times";
    else
      error << "attribute '" << holders.front().second.getValue() << "' of @"
            << holders.front().first.getValue() << " shares its memory";
    return error << "; that takes tensors that are objects";
  }
  return success();
}

/// An object for variables that several tasks use; null for none.
static PrimCreateObjectOp createShared(Block &body, int64_t count) {
  if (!count)
    return {};
  OpBuilder b(&body, body.begin());
  auto made = PrimCreateObjectOp::create(
      b, body.getParentOp()->getLoc(),
      ObjectType::get(b.getContext(),
                      FlatSymbolRefAttr::get(b.getContext(), "variables")));
  made->setAttr(fieldsAttrName, b.getI64IntegerAttr(count));
  // No class has such a name.
  made->setAttr(typeAttrName, b.getStringAttr("@variables"));
  return made;
}

/// Makes field `index` of `object` of a variable, whose value is `init` at
/// first, and returns its last one.
static Value shareVariable(PrimCreateObjectOp object, int64_t index,
                           StringAttr name, const VariableAccesses &accesses,
                           Value init) {
  OpBuilder b(object->getContext());
  auto mark = [&](Operation *op) {
    op->setAttr(fieldAttrName, b.getI64IntegerAttr(index));
    op->setAttr(classAttrName, b.getStringAttr("@variables"));
    return op;
  };
  b.setInsertionPointAfter(object);
  mark(PrimSetAttrOp::create(b, object.getLoc(), object, name, init));
  for (Operation *access :
       llvm::concat<Operation *const>(accesses.reads, accesses.writes)) {
    access->setOperand(0, object);
    mark(access);
  }
  b.setInsertionPoint(object->getBlock()->getTerminator());
  return mark(PrimGetAttrOp::create(b, object.getLoc(), init.getType(), object,
                                    name))
      ->getResult(0);
}

Type MtInlineObjectsPass::getAttributeType(const AttributeKey &key) {
  auto object = symbols->lookup<ObjectOp>(key.object);
  auto classOp =
      object ? symbols->lookup<ClassOp>(object.getClassNameAttr().getAttr())
             : ClassOp();
  return classOp ? classOp.getAttributeType(key.name) : Type();
}

LogicalResult MtInlineObjectsPass::resolveAttributes(func::FuncOp entry,
                                                     ObjectOp root) {
  Accesses read;
  SmallVector<AttributeKey> readOrder, writtenOrder;
  bool ok = true;
  entry.walk([&](Operation *op) {
    Value object;
    StringAttr name;
    if (auto get = dyn_cast<PrimGetAttrOp>(op)) {
      object = get.getObject();
      name = get.getNameAttr();
    } else if (auto set = dyn_cast<PrimSetAttrOp>(op)) {
      object = set.getObject();
      name = set.getNameAttr();
    } else {
      return;
    }
    // Of an instance.
    if (op->hasAttr(fieldAttrName))
      return;
    std::optional<AttributeKey> key = getKey(object, name);
    if (!key) {
      op->emitError() << "accesses attribute '" << name.getValue()
                      << "' of an object that is not known when the program "
                         "is compiled";
      ok = false;
      return;
    }
    VariableAccesses &accesses = read[*key];
    if (accesses.reads.empty() && accesses.writes.empty())
      readOrder.push_back(*key);
    if (isa<PrimGetAttrOp>(op)) {
      accesses.reads.push_back(op);
      return;
    }
    accesses.writes.push_back(op);
  });
  if (!ok)
    return failure();

  // Which ones change: set by the program, or objects that it writes to.
  auto getConstant = [&](PrimGetAttrOp get) -> Attribute {
    std::optional<AttributeKey> key =
        getKey(get.getObject(), get.getNameAttr());
    if (!key || !read[*key].writes.empty())
      return {};
    auto object = symbols->lookup<ObjectOp>(key->object);
    return object ? object.getValues().get(key->name) : Attribute();
  };
  std::set<AttributeKey> escaping;
  llvm::SmallDenseSet<Operation *> hidden;
  for (PrimGetAttrOp get : getHiddenWrites(entry, getConstant))
    hidden.insert(get);
  for (AttributeKey &key : readOrder) {
    VariableAccesses &accesses = read[key];
    auto object = symbols->lookup<ObjectOp>(key.object);
    bool changes =
        !accesses.writes.empty() ||
        (object && variables.changes(object.getClassNameAttr().getAttr(),
                                     key.name, getAttributeType(key)));
    for (Operation *get : accesses.reads) {
      Value value = get->getResult(0);
      if (mayEscape(value))
        escaping.insert(key);
      changes |= escaping.count(key) || hidden.contains(get) ||
                 mayBeMutated(value) || mayBeWritten(value);
    }
    if (changes)
      writtenOrder.push_back(key);
  }
  SharedMemory memory(getOperation());
  if (failed(addSharing(memory, read, writtenOrder)))
    return failure();

  Block &body = entry.getBody().front();
  OpBuilder builder(&body, body.begin());
  SmallVector<Attribute> state;
  SmallVector<Type> resultTypes(entry.getResultTypes());
  llvm::DenseMap<Attribute, Value> constants;

  // Attributes that never change are constants, one value an attribute.
  for (AttributeKey &key : readOrder) {
    if (llvm::any_of(writtenOrder, [&](const AttributeKey &other) {
          return !(key < other) && !(other < key);
        }))
      continue;
    auto object = symbols->lookup<ObjectOp>(key.object);
    Type type = getAttributeType(key);
    Attribute value = object ? object.getValues().get(key.name) : Attribute();
    Operation *first = read[key].reads.front();
    if (!type || !value)
      return first->emitError()
             << "reads attribute '" << key.name.getValue() << "' of @"
             << key.object.getValue() << ", which has no value";
    // Two attributes that hold the same tensor are the same tensor.
    Value &constant =
        constants[isa<ElementsAttr>(value)
                      ? value
                      : Attribute(ArrayAttr::get(&getContext(),
                                                 {key.object, key.name}))];
    if (!constant)
      constant = materialize(builder, first->getLoc(), value, type);
    if (!constant)
      return first->emitError()
             << "reads attribute '" << key.name.getValue() << "' of type "
             << type << ", which cannot be a constant of the program yet";
    for (Operation *get : read[key].reads) {
      get->getResult(0).replaceAllUsesWith(constant);
      get->erase();
    }
  }

  // Those that change are variables; or, where a task uses them, fields of one
  // object.
  auto isShared = [](const VariableAccesses &accesses) {
    auto isInTask = [](Operation *op) {
      return op->getParentOfType<ForkOp>() ||
             op->getParentOfType<BeginWithOp>();
    };
    return llvm::any_of(accesses.reads, isInTask) ||
           llvm::any_of(accesses.writes, isInTask);
  };
  PrimCreateObjectOp shared = createShared(
      body, llvm::count_if(writtenOrder, [&](const AttributeKey &key) {
        return isShared(read[key]);
      }));
  int64_t numShared = 0;
  Operation *terminator = body.getTerminator();
  for (AttributeKey &key : writtenOrder) {
    VariableAccesses &accesses = read[key];
    Operation *first = accesses.getFirst();
    Location loc = first ? first->getLoc() : entry.getLoc();
    auto object = symbols->lookup<ObjectOp>(key.object);
    Type type = getAttributeType(key);
    if (!type && first)
      type = isa<PrimGetAttrOp>(first)
                 ? first->getResult(0).getType()
                 : cast<PrimSetAttrOp>(first).getValue().getType();
    if (!type || (!isa<mt::TensorType>(type) && !type.isIntOrFloat() &&
                  !(getValueForm(type) && isPassedBoxed(type))))
      return emitError(loc)
             << "attribute '" << key.name.getValue() << "' of type " << type
             << " is written; state of this type is not supported yet";
    Value init = body.addArgument(type, loc);
    StringRef rootName = root.getSymName();
    StringRef path = key.object.getValue();
    if (path.consume_front(rootName))
      path.consume_front(".");
    std::string fullPath =
        (path + (path.empty() ? "" : ".") + key.name.getValue()).str();
    SmallVector<NamedAttribute> entryAttrs{
        builder.getNamedAttr("path", builder.getStringAttr(fullPath))};
    if (Attribute value = object.getValues().get(key.name))
      entryAttrs.push_back(builder.getNamedAttr("value", value));
    if (escaping.count(key))
      entryAttrs.push_back(
          builder.getNamedAttr(escapesAttrName, builder.getUnitAttr()));
    if (ArrayAttr places = memory.getPlaces({key.object, key.name}))
      entryAttrs.push_back(builder.getNamedAttr("places", places));
    state.push_back(builder.getDictionaryAttr(entryAttrs));
    ++numState;
    // A call that raises leaves what was written before.
    for (Operation *set : accesses.writes) {
      OpBuilder at(set);
      Value name = ConstantStrOp::create(at, set->getLoc(),
                                         StrType::get(&getContext()), fullPath);
      OperatorOp::create(at, set->getLoc(), TypeRange(), keepContentsName,
                         ValueRange{cast<PrimSetAttrOp>(set).getValue(), name});
    }
    Value last = isShared(accesses) ? shareVariable(shared, numShared++,
                                                    key.name, accesses, init)
                                    : promoteVariable(body, accesses, init);
    terminator = body.getTerminator();
    terminator->insertOperands(terminator->getNumOperands(), last);
    resultTypes.push_back(last.getType());
  }
  entry.setType(
      mlir::FunctionType::get(&getContext(), body.getArgumentTypes(),
                              body.getTerminator()->getOperandTypes()));
  if (!state.empty())
    entry->setAttr("mt.state", builder.getArrayAttr(state));
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
    promoteCreatedObjects(entry, *symbols);
    if (failed(makeInstances(entry, *candidates, *symbols)) ||
        failed(resolveAttributes(entry, root)))
      return failure();
    resolveEnumIdentity(entry);
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
