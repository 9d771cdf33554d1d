//===- FlattenResults.cpp - Results as leaves -------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Casts.h"
#include "MiniTorch/Dialect/Mt/IR/DictKeys.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/TypeNames.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "MiniTorch/Dialect/Mt/IR/ValueForms.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace minitorch::mt {
#define GEN_PASS_DEF_MTFLATTENRESULTSPASS
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"
} // namespace minitorch::mt

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

namespace {
/// Spreads results into leaves and describes them.
class ResultFlattener {
public:
  /// `arguments`: the numbers that arguments have in the signature, -1 for
  /// those that go away.
  ResultFlattener(Operation *where, DictionaryAttr same,
                  ArrayRef<int64_t> arguments)
      : where(where), same(same), arguments(arguments) {
    takePlaces();
  }

  /// `value` is at `path` in the result. Fails where its structure is not
  /// known.
  FailureOr<SlotAttr> flatten(Value value, const std::string &path);
  /// What the tensor of attribute number `i` becomes, or null.
  RelationAttr takeState(unsigned i);

  SmallVector<Value> leaves;

private:
  void takePlaces();
  FailureOr<SlotAttr> flattenBoxed(Value value);
  FailureOr<SmallVector<SlotAttr>> flattenAll(ValueRange values,
                                              const std::string &path);
  FailureOr<SlotAttr> flattenDict(PrimDictConstructOp dict,
                                  const std::string &path);
  RelationAttr getRelation(const std::string &path);
  FailureOr<SlotAttr> flattenTensor(Value value, const TensorShape &shape,
                                    const std::string &path);

  Operation *where;
  /// See sameResultsAttrName.
  DictionaryAttr same;
  ArrayRef<int64_t> arguments;
  /// The number of the tensor at a path, of all tensors of the result.
  llvm::StringMap<int64_t> tensorAt;
  /// The numbers that say where the view at a path is.
  llvm::StringMap<SmallVector<Value>> places;
};
} // namespace

void ResultFlattener::takePlaces() {
  for (Operation &op : llvm::make_early_inc_range(*where->getBlock())) {
    auto placed = dyn_cast<OperatorOp>(op);
    if (!placed || placed.getName() != placeResultName)
      continue;
    if (auto path = getConstantStr(op.getOperand(0)))
      places[*path].assign(op.operand_begin() + 1, op.operand_end());
    op.erase();
  }
}

/// What the program knows only when it runs: one leaf.
FailureOr<SlotAttr> ResultFlattener::flattenBoxed(Value value) {
  Type type = value.getType();
  if (!isPassedBoxed(type) || !getValueForm(type))
    // A function's end is no place in its source.
    return emitError(isa<UnknownLoc>(where->getLoc()) ? value.getLoc()
                                                      : where->getLoc())
           << "returns a value of type " << type
           << ", which is not supported yet";
  MLIRContext *context = type.getContext();
  auto typeName = StringAttr::get(context, getTypeName(type));
  // No pointer: what it is, it says itself.
  if (getValueForm(type) == ValueForm::Integer) {
    OpBuilder b(where);
    type = AnyType::get(context);
    value = PrimUncheckedCastOp::create(b, where->getLoc(), type, value);
  }
  leaves.push_back(value);
  return SlotAttr(BoxedSlotAttr::get(context, typeName,
                                     getValueForm(type) == ValueForm::Tagged));
}

FailureOr<SmallVector<SlotAttr>>
ResultFlattener::flattenAll(ValueRange values, const std::string &path) {
  SmallVector<SlotAttr> parts;
  for (auto [i, element] : llvm::enumerate(values)) {
    FailureOr<SlotAttr> part = flatten(element, path + "." + std::to_string(i));
    if (failed(part))
      return failure();
    parts.push_back(*part);
  }
  return parts;
}

FailureOr<SlotAttr> ResultFlattener::flattenDict(PrimDictConstructOp dict,
                                                 const std::string &path) {
  Builder b(dict.getContext());
  SmallVector<Attribute> keys;
  SmallVector<Value> values;
  for (unsigned i = 0; i + 1 < dict.getElements().size(); i += 2) {
    Value key = dict.getElements()[i];
    if (auto text = getConstantStr(key))
      keys.push_back(b.getStringAttr(*text));
    else
      keys.push_back(b.getI64IntegerAttr(*getConstantInt(key)));
    values.push_back(dict.getElements()[i + 1]);
  }
  auto parts = flattenAll(values, path);
  if (failed(parts))
    return failure();
  return SlotAttr(DictSlotAttr::get(b.getContext(), keys, *parts));
}

/// What the tensor at `path` is of the caller's; null if nothing is known.
RelationAttr ResultFlattener::getRelation(const std::string &path) {
  auto entry = same ? same.getAs<DictionaryAttr>(path) : DictionaryAttr();
  if (!entry)
    return {};
  MLIRContext *context = entry.getContext();
  if (entry.contains("chosen"))
    return RelationAttr::get(context, RelationKind::Either);
  auto argument = entry.getAs<IntegerAttr>("of");
  int64_t index;
  if (argument) {
    index = arguments[argument.getInt()];
    if (index < 0)
      return {};
  } else {
    auto tensor = tensorAt.find(entry.getAs<StringAttr>("of"));
    if (tensor == tensorAt.end())
      return {};
    index = tensor->second;
  }
  bool isOfResult = !argument;
  if (entry.contains("same"))
    return RelationAttr::get(context, RelationKind::Same, isOfResult, index);
  if (entry.contains("alias"))
    return RelationAttr::get(context, RelationKind::Alias, isOfResult, index);
  if (entry.contains("placed"))
    return RelationAttr::get(context, RelationKind::Placed, isOfResult, index);
  return RelationAttr::get(
      context, RelationKind::View, isOfResult, index,
      entry.getAs<IntegerAttr>("offset").getInt(),
      entry.getAs<DenseI64ArrayAttr>("strides").asArrayRef());
}

RelationAttr ResultFlattener::takeState(unsigned i) {
  std::string path = getStatePath(i);
  RelationAttr relation = getRelation(path);
  tensorAt.try_emplace(path, tensorAt.size());
  // Which argument it is, only a result says.
  if (relation && relation.getKind() == RelationKind::Either)
    return {};
  return relation;
}

FailureOr<SlotAttr> ResultFlattener::flattenTensor(Value value,
                                                   const TensorShape &shape,
                                                   const std::string &path) {
  RelationAttr relation = getRelation(path);
  tensorAt.try_emplace(path, tensorAt.size());
  if (!relation || relation.getKind() == RelationKind::Either)
    leaves.push_back(value);
  if (relation)
    llvm::append_range(leaves, places.lookup(path));
  auto slot = TensorSlotAttr::getChecked(
      [&] { return emitError(value.getLoc()); }, value.getContext(),
      ArrayRef<int64_t>(shape.sizes), shape.dtype, ArrayRef<int64_t>(),
      relation);
  if (!slot)
    return failure();
  return SlotAttr(slot);
}

FailureOr<SlotAttr> ResultFlattener::flatten(Value value,
                                             const std::string &path) {
  MLIRContext *context = value.getContext();
  if (isa<ListType>(value.getType())) {
    Value list = stripCasts(value);
    auto construct = list.getDefiningOp<PrimListConstructOp>();
    if (!construct || mayBeWritten(list))
      return flattenBoxed(value);
    auto parts = flattenAll(construct.getElements(), path);
    if (failed(parts))
      return failure();
    return SlotAttr(ListSlotAttr::get(context, *parts));
  }
  if (auto cast = value.getDefiningOp<PrimUncheckedCastOp>())
    return flatten(cast.getValue(), path);
  if (auto tuple = value.getDefiningOp<PrimTupleConstructOp>()) {
    auto parts = flattenAll(tuple.getElements(), path);
    if (failed(parts))
      return failure();
    auto type = cast<mt::TupleType>(tuple.getType());
    return SlotAttr(TupleSlotAttr::get(
        context, *parts, type.getName(),
        type.getName() ? type.getFieldNames() : ArrayRef<StringAttr>()));
  }
  if (auto dict = value.getDefiningOp<PrimDictConstructOp>();
      dict && hasKnownEntries(dict) && !mayBeWritten(dict))
    return flattenDict(dict, path);
  Type type = value.getType();
  if (isa<mt::NoneType>(type))
    return SlotAttr(NoneSlotAttr::get(context));
  if (auto text = getConstantStr(value))
    return SlotAttr(ConstantSlotAttr::get(StringAttr::get(context, *text)));
  if (auto shape = TensorShape::of(type);
      shape && shape->hasRank && shape->dtype)
    return flattenTensor(value, *shape, path);
  if (auto complexType = dyn_cast<ComplexType>(type);
      complexType && complexType.getElementType().isF64()) {
    OpBuilder builder(where);
    leaves.push_back(complex::ReOp::create(builder, where->getLoc(), value));
    leaves.push_back(complex::ImOp::create(builder, where->getLoc(), value));
    return SlotAttr(ComplexSlotAttr::get(context));
  }
  if (!isNumberType(type))
    return flattenBoxed(value);
  leaves.push_back(value);
  return SlotAttr(NumberSlotAttr::get(type));
}

/// Whether attribute number `i` of the state stays state. One that turned out
/// not to change (the write was in a branch that is never taken) is a constant
/// again.
static bool isKept(func::FuncOp func, unsigned i, ValueRange operands,
                   unsigned numResults, unsigned firstState,
                   ArrayRef<int64_t> mutated) {
  auto entry =
      cast<DictionaryAttr>(func->getAttrOfType<ArrayAttr>("mt.state")[i]);
  BlockArgument state = func.getArgument(firstState + i);
  auto shape = TensorShape::of(state.getType());
  // Who writes to an object is not known.
  return operands[numResults + i] != state || (shape && !shape->hasRank) ||
         llvm::is_contained(mutated, int64_t(firstState + i)) ||
         entry.contains(escapesAttrName) ||
         !isa_and_nonnull<TypedAttr>(entry.get("value"));
}

/// Makes attributes that are not `kept` constants.
static void pruneState(func::FuncOp func, SmallVectorImpl<Value> &operands,
                       unsigned numResults, unsigned firstState,
                       ArrayRef<bool> isKept, MutableArrayRef<Value> leaves) {
  auto state = func->getAttrOfType<ArrayAttr>("mt.state");
  if (!state)
    return;
  Block &body = func.getBody().front();
  SmallVector<Attribute> kept;
  unsigned argument = firstState, result = numResults;
  OpBuilder builder(&body, body.begin());
  for (auto [i, attr] : llvm::enumerate(state)) {
    Attribute value = cast<DictionaryAttr>(attr).get("value");
    BlockArgument state = body.getArgument(argument);
    if (isKept[i]) {
      kept.push_back(attr);
      ++argument;
      ++result;
      continue;
    }
    // A result may be the state itself.
    bool isResult = llvm::is_contained(leaves, Value(state));
    if (isResult || llvm::any_of(state.getUsers(), [&](Operation *user) {
          return user != body.getTerminator();
        })) {
      Value constant;
      if (auto elements = dyn_cast<ElementsAttr>(value))
        constant = ConstantTensorOp::create(
            builder, func.getLoc(),
            mt::TensorType::getBoxed(
                cast<RankedTensorType>(elements.getType())),
            elements);
      else if (auto text = dyn_cast<StringAttr>(value))
        constant = ConstantStrOp::create(builder, func.getLoc(),
                                         StrType::get(func.getContext()), text);
      else
        constant = arith::ConstantOp::create(builder, func.getLoc(),
                                             cast<TypedAttr>(value));
      state.replaceAllUsesWith(constant);
      llvm::replace(leaves, Value(state), constant);
      llvm::replace(operands, Value(state), constant);
    }
    operands.erase(operands.begin() + result);
    body.getTerminator()->setOperands(operands);
    body.eraseArgument(argument);
  }
  if (kept.empty())
    func->removeAttr("mt.state");
  else
    func->setAttr("mt.state", builder.getArrayAttr(kept));
}

/// Takes the tensors that arguments become off the operands, where they are
/// last.
static SmallVector<Value> takeReplaced(ArrayAttr reshaped,
                                       SmallVectorImpl<Value> &operands) {
  unsigned count =
      reshaped ? llvm::count_if(reshaped,
                                [](Attribute entry) {
                                  return cast<DictionaryAttr>(entry).contains(
                                      "replaced");
                                })
               : 0;
  SmallVector<Value> replaced(operands.end() - count, operands.end());
  operands.pop_back_n(count);
  return replaced;
}

/// Pairs of leaves that are not the same tensor.
static SmallVector<std::pair<int64_t, int64_t>>
takeDistinct(func::FuncOp func, ArrayRef<int64_t> arguments) {
  SmallVector<std::pair<int64_t, int64_t>> distinct;
  if (auto pairs =
          dyn_cast_or_null<ArrayAttr>(func->removeAttr(distinctAttrName)))
    for (auto pair : pairs.getAsRange<DenseI64ArrayAttr>()) {
      int64_t first = arguments[pair[0]], second = arguments[pair[1]];
      // Nobody has a constant.
      if (first >= 0 && second >= 0)
        distinct.emplace_back(first, second);
    }
  return distinct;
}

/// The arguments that have the attribute `name`, which they lose.
static SmallVector<int64_t> takeNoted(func::FuncOp func, StringRef name) {
  SmallVector<int64_t> noted;
  for (unsigned i = 0; i < func.getNumArguments(); ++i)
    if (func.removeArgAttr(i, name))
      noted.push_back(i);
  return noted;
}

/// What the caller's tensors become; some, these that are returned.
static SmallVector<TensorChangeAttr> takeChanges(func::FuncOp func,
                                                 ValueRange replaced) {
  SmallVector<TensorChangeAttr> changes;
  auto reshaped =
      dyn_cast_or_null<ArrayAttr>(func->removeAttr(reshapedAttrName));
  if (!reshaped)
    return changes;
  MLIRContext *context = func.getContext();
  for (auto entry : reshaped.getAsRange<DictionaryAttr>()) {
    int64_t leaf = entry.getAs<IntegerAttr>("argument").getInt();
    auto getInts = [&](StringRef key) {
      return entry.getAs<DenseI64ArrayAttr>(key).asArrayRef();
    };
    if (entry.contains("dims")) {
      changes.push_back(
          PermutedChangeAttr::get(context, leaf, getInts("dims")));
    } else if (entry.contains("replaced")) {
      // Where it is not known, the contract's check says so.
      auto shape = TensorShape::of(replaced.front().getType());
      changes.push_back(ReplacedChangeAttr::get(
          context, leaf, shape && shape->hasRank ? shape->getRank() : 0));
      replaced = replaced.drop_front();
    } else {
      changes.push_back(StridedChangeAttr::get(
          context, leaf, getInts("sizes"), getInts("strides"),
          entry.getAs<IntegerAttr>("offset").getInt()));
    }
  }
  return changes;
}

namespace {
class MtFlattenResultsPass
    : public minitorch::mt::impl::MtFlattenResultsPassBase<
          MtFlattenResultsPass> {
public:
  using Base::Base;
  void runOnOperation() override {
    func::FuncOp func = getOperation();
    auto signature = func->getAttrOfType<SignatureAttr>(signatureAttrName);
    if (func.isExternal() || !signature || signature.getResult())
      return; // no entry, or done before

    auto state = func->getAttrOfType<ArrayAttr>("mt.state");
    auto mutatedAttr = func->getAttrOfType<DenseI64ArrayAttr>(mutatedAttrName);
    ArrayRef<int64_t> mutated =
        mutatedAttr ? mutatedAttr.asArrayRef() : ArrayRef<int64_t>();
    unsigned numState = state ? state.size() : 0;
    Operation *terminator = func.getBody().front().getTerminator();
    SmallVector<Value> operands(terminator->getOperands());
    SmallVector<Value> replaced = takeReplaced(
        func->getAttrOfType<ArrayAttr>(reshapedAttrName), operands);
    unsigned numResults = operands.size() - numState - mutated.size();
    unsigned firstState = func.getNumArguments() - numState;

    // The numbers of arguments without the state that goes away.
    SmallVector<int64_t> arguments =
        llvm::to_vector(llvm::seq<int64_t>(0, firstState));
    SmallVector<bool> kept;
    int64_t next = firstState;
    for (unsigned i = 0; i < numState; ++i) {
      kept.push_back(
          isKept(func, i, operands, numResults, firstState, mutated));
      arguments.push_back(kept.back() ? next++ : -1);
    }
    ResultFlattener flattener(
        terminator, func->getAttrOfType<DictionaryAttr>(sameResultsAttrName),
        arguments);
    SmallVector<Value> &leaves = flattener.leaves;
    SmallVector<SlotAttr> results;
    for (unsigned i = 0; i < numResults; ++i) {
      FailureOr<SlotAttr> part =
          flattener.flatten(operands[i], std::to_string(i));
      if (failed(part))
        return signalPassFailure();
      results.push_back(*part);
    }
    if (signature.getState().size() != numState) {
      func.emitError() << "has " << numState << " attributes of state, and "
                       << signature.getState().size() << " in its signature";
      return signalPassFailure();
    }
    SmallVector<StateAttr> keptState;
    for (auto [i, attribute] : llvm::enumerate(signature.getState())) {
      if (!kept[i])
        continue;
      BlockArgument before = func.getArgument(firstState + i);
      keptState.push_back(attribute);
      if (!TensorShape::of(before.getType()))
        continue;
      RelationAttr after = flattener.takeState(i);
      keptState.back() = StateAttr::getChecked(
          [&] { return func.emitError(); }, &getContext(), attribute.getPath(),
          attribute.getSlot(), after, operands[numResults + i] != before);
      if (!keptState.back())
        return signalPassFailure();
    }
    pruneState(func, operands, numResults, firstState, kept, leaves);
    numState = operands.size() - numResults - mutated.size();
    SlotAttr result;
    if (numResults == 0)
      result = NoneSlotAttr::get(&getContext());
    else if (numResults == 1)
      result = results[0];
    else
      result = TupleSlotAttr::get(&getContext(), results, StringAttr(), {});
    for (unsigned i = 0; i < numState; ++i) {
      Value after = operands[numResults + i];
      Type declared = func.getArgument(firstState + i).getType();
      // It comes back as it went in: None and a number in one form.
      if (getValueForm(declared) && !TensorShape::of(declared) &&
          after.getType() != declared) {
        OpBuilder builder(terminator);
        after = PrimUncheckedCastOp::create(builder, terminator->getLoc(),
                                            declared, after);
      }
      leaves.push_back(after);
    }
    // State that is mutated is returned as state already.
    SmallVector<int64_t> mutatedLeaves;
    for (auto [i, argument] : llvm::enumerate(mutated)) {
      if (argument >= firstState)
        continue;
      leaves.push_back(operands[numResults + numState + i]);
      mutatedLeaves.push_back(argument);
    }
    llvm::append_range(leaves, replaced);
    SmallVector<std::pair<int64_t, int64_t>> distinct =
        takeDistinct(func, arguments);
    SmallVector<int64_t> contiguous = takeNoted(func, contiguousAttrName);
    SmallVector<int64_t> whole = takeNoted(func, wholeAttrName);
    (void)takeNoted(func, stridesAttrName);
    auto flattened = SignatureAttr::getChecked(
        [&] { return func.emitError(); }, &getContext(), signature.getArgs(),
        ArrayRef(keptState), result, ArrayRef(mutatedLeaves),
        ArrayRef(contiguous), ArrayRef(whole), ArrayRef(distinct),
        ArrayRef(takeChanges(func, replaced)), signature.getClasses());
    if (!flattened)
      return signalPassFailure();

    terminator->setOperands(leaves);
    func.setType(mlir::FunctionType::get(
        &getContext(), func.getBody().front().getArgumentTypes(),
        ValueRange(leaves).getTypes()));
    func.removeResAttrsAttr();
    func->removeAttr(mutatedAttrName);
    func->removeAttr(sameResultsAttrName);
    func->setAttr(signatureAttrName, flattened);
  }
};
} // namespace
