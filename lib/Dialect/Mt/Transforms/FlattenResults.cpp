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
#include "llvm/Support/JSON.h"

namespace minitorch::mt {
#define GEN_PASS_DEF_MTFLATTENRESULTSPASS
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"
} // namespace minitorch::mt

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;
namespace json = llvm::json;

static json::Object describeTensor(const TensorShape &shape) {
  json::Array sizes;
  for (int64_t size : shape.sizes)
    sizes.push_back(ShapedType::isDynamic(size) ? -1 : size);
  return json::Object{{"t", "tensor"},
                      {"dtype", getDtypeWord(shape.dtype)},
                      {"shape", std::move(sizes)}};
}

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
  FailureOr<json::Value> flatten(Value value, const std::string &path);
  /// Adds to the description of an attribute at `path` what it becomes.
  void describeState(const std::string &path, json::Object &description);

  SmallVector<Value> leaves;

private:
  void takePlaces();
  FailureOr<json::Value> flattenBoxed(Value value);
  FailureOr<json::Array> flattenAll(ValueRange values, const std::string &path);
  FailureOr<json::Value> flattenDict(PrimDictConstructOp dict,
                                     const std::string &path);
  std::optional<json::Object> describeKnown(const std::string &path);
  json::Value flattenTensor(Value value, const TensorShape &shape,
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
FailureOr<json::Value> ResultFlattener::flattenBoxed(Value value) {
  Type type = value.getType();
  if (!isPassedBoxed(type) || !getValueForm(type))
    // A function's end is no place in its source.
    return emitError(isa<UnknownLoc>(where->getLoc()) ? value.getLoc()
                                                      : where->getLoc())
           << "returns a value of type " << type
           << ", which is not supported yet";
  json::Object object{{"t", "boxed"}, {"type", getTypeName(type)}};
  // No pointer: what it is, it says itself.
  if (getValueForm(type) == ValueForm::Integer) {
    OpBuilder b(where);
    type = AnyType::get(b.getContext());
    value = PrimUncheckedCastOp::create(b, where->getLoc(), type, value);
  }
  leaves.push_back(value);
  if (getValueForm(type) == ValueForm::Tagged)
    object["tagged"] = true;
  // What the elements of a list are, any cast on the way may know.
  for (Value list = value; list && isa<ListType>(list.getType());) {
    auto shape =
        TensorShape::of(cast<ListType>(list.getType()).getElementType());
    if (shape && shape->hasRank && shape->dtype) {
      object["of"] = describeTensor(*shape);
      break;
    }
    auto cast = list.getDefiningOp<PrimUncheckedCastOp>();
    list = cast ? cast.getValue() : Value();
  }
  return json::Value(std::move(object));
}

FailureOr<json::Array> ResultFlattener::flattenAll(ValueRange values,
                                                   const std::string &path) {
  json::Array parts;
  for (auto [i, element] : llvm::enumerate(values)) {
    FailureOr<json::Value> part =
        flatten(element, path + "." + std::to_string(i));
    if (failed(part))
      return failure();
    parts.push_back(std::move(*part));
  }
  return parts;
}

FailureOr<json::Value> ResultFlattener::flattenDict(PrimDictConstructOp dict,
                                                    const std::string &path) {
  json::Array items;
  for (unsigned i = 0; i + 1 < dict.getElements().size(); i += 2) {
    Value key = dict.getElements()[i];
    json::Array item;
    if (auto text = getConstantStr(key))
      item.push_back(text->str());
    else
      item.push_back(*getConstantInt(key));
    FailureOr<json::Value> part =
        flatten(dict.getElements()[i + 1], path + "." + std::to_string(i / 2));
    if (failed(part))
      return failure();
    item.push_back(std::move(*part));
    items.push_back(std::move(item));
  }
  return json::Value(json::Object{{"t", "dict"}, {"v", std::move(items)}});
}

/// What the tensor at `path` is of the caller's, if anything.
std::optional<json::Object>
ResultFlattener::describeKnown(const std::string &path) {
  auto entry = same ? same.getAs<DictionaryAttr>(path) : DictionaryAttr();
  if (!entry)
    return std::nullopt;
  json::Object source;
  if (auto argument = entry.getAs<IntegerAttr>("of")) {
    int64_t number = arguments[argument.getInt()];
    if (number < 0)
      return std::nullopt;
    source["arg"] = number;
  } else {
    auto tensor = tensorAt.find(entry.getAs<StringAttr>("of"));
    if (tensor == tensorAt.end())
      return std::nullopt;
    source["result"] = tensor->second;
  }
  for (StringRef word : {"same", "alias"})
    if (entry.contains(word))
      return json::Object{{word, std::move(source)}};
  if (!entry.contains("placed")) {
    source["offset"] = entry.getAs<IntegerAttr>("offset").getInt();
    source["strides"] =
        json::Array(entry.getAs<DenseI64ArrayAttr>("strides").asArrayRef());
  }
  return json::Object{{"view", std::move(source)}};
}

void ResultFlattener::describeState(const std::string &path,
                                    json::Object &description) {
  if (std::optional<json::Object> known = describeKnown(path))
    for (auto &[key, value] : *known)
      description[key] = value;
  tensorAt.try_emplace(path, tensorAt.size());
}

json::Value ResultFlattener::flattenTensor(Value value,
                                           const TensorShape &shape,
                                           const std::string &path) {
  json::Object description = describeTensor(shape);
  auto relation = same ? same.getAs<DictionaryAttr>(path) : DictionaryAttr();
  if (relation && relation.contains("chosen")) {
    tensorAt.try_emplace(path, tensorAt.size());
    description["either"] = true;
    leaves.push_back(value);
    llvm::append_range(leaves, places.lookup(path));
    return description;
  }
  std::optional<json::Object> known = describeKnown(path);
  tensorAt.try_emplace(path, tensorAt.size());
  if (known) {
    for (auto &[key, value] : *known)
      description[key] = value;
    llvm::append_range(leaves, places.lookup(path));
    return description;
  }
  leaves.push_back(value);
  return description;
}

FailureOr<json::Value> ResultFlattener::flatten(Value value,
                                                const std::string &path) {
  if (isa<ListType>(value.getType())) {
    Value list = stripCasts(value);
    auto construct = list.getDefiningOp<PrimListConstructOp>();
    if (!construct || mayBeWritten(list))
      return flattenBoxed(value);
    auto parts = flattenAll(construct.getElements(), path);
    if (failed(parts))
      return failure();
    return json::Value(json::Object{{"t", "list"}, {"v", std::move(*parts)}});
  }
  if (auto cast = value.getDefiningOp<PrimUncheckedCastOp>())
    return flatten(cast.getValue(), path);
  if (auto tuple = value.getDefiningOp<PrimTupleConstructOp>()) {
    auto parts = flattenAll(tuple.getElements(), path);
    if (failed(parts))
      return failure();
    json::Object object{{"t", "tuple"}, {"v", std::move(*parts)}};
    auto type = cast<mt::TupleType>(tuple.getType());
    if (type.getName()) {
      json::Array fields;
      for (StringAttr field : type.getFieldNames())
        fields.push_back(field.str());
      object["name"] = type.getName().str();
      object["fields"] = std::move(fields);
    }
    return json::Value(std::move(object));
  }
  if (auto dict = value.getDefiningOp<PrimDictConstructOp>();
      dict && hasKnownEntries(dict) && !mayBeWritten(dict))
    return flattenDict(dict, path);
  Type type = value.getType();
  if (isa<mt::NoneType>(type))
    return json::Value(json::Object{{"t", "none"}});
  if (auto text = getConstantStr(value))
    return json::Value(json::Object{{"t", "str"}, {"v", text->str()}});
  if (auto shape = TensorShape::of(type);
      shape && shape->hasRank && shape->dtype)
    return flattenTensor(value, *shape, path);
  if (auto complexType = dyn_cast<ComplexType>(type);
      complexType && complexType.getElementType().isF64()) {
    OpBuilder builder(where);
    auto parts =
        flattenAll({complex::ReOp::create(builder, where->getLoc(), value),
                    complex::ImOp::create(builder, where->getLoc(), value)},
                   path);
    return json::Value(
        json::Object{{"t", "complex"}, {"v", std::move(*parts)}});
  }
  StringRef word = getNumberWord(type);
  if (word.empty())
    return flattenBoxed(value);
  leaves.push_back(value);
  return json::Value(json::Object{{"t", word}});
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
static void pruneState(func::FuncOp func, json::Object &signature,
                       SmallVectorImpl<Value> &operands, unsigned numResults,
                       unsigned firstState, ArrayRef<bool> isKept,
                       MutableArrayRef<Value> leaves) {
  auto state = func->getAttrOfType<ArrayAttr>("mt.state");
  json::Array *descriptions = signature.getArray("state");
  if (!state || !descriptions)
    return;
  Block &body = func.getBody().front();
  SmallVector<Attribute> kept;
  json::Array keptDescriptions;
  unsigned argument = firstState, result = numResults;
  OpBuilder builder(&body, body.begin());
  for (auto [i, attr] : llvm::enumerate(state)) {
    Attribute value = cast<DictionaryAttr>(attr).get("value");
    BlockArgument state = body.getArgument(argument);
    if (isKept[i]) {
      kept.push_back(attr);
      keptDescriptions.push_back((*descriptions)[i]);
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
  *descriptions = std::move(keptDescriptions);
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

/// What is relied on of the memory of arguments, and what they become.
static void describeMemory(func::FuncOp func, ValueRange replaced,
                           ArrayRef<int64_t> arguments,
                           json::Object &signature) {
  json::Array distinct;
  if (auto pairs = func->getAttrOfType<ArrayAttr>(distinctAttrName))
    for (auto pair : pairs.getAsRange<DenseI64ArrayAttr>()) {
      int64_t first = arguments[pair[0]], second = arguments[pair[1]];
      // Nobody has a constant.
      if (first >= 0 && second >= 0)
        distinct.push_back(json::Array{first, second});
    }
  func->removeAttr(distinctAttrName);
  if (!distinct.empty())
    signature["distinct"] = std::move(distinct);
  for (unsigned i = 0; i < func.getNumArguments(); ++i)
    func.removeArgAttr(i, stridesAttrName);
  for (auto [attrName, key] :
       {std::pair<StringRef, StringRef>{contiguousAttrName, "contiguous"},
        {wholeAttrName, "whole"}}) {
    json::Array leaves;
    for (unsigned i = 0; i < func.getNumArguments(); ++i)
      if (func.removeArgAttr(i, attrName))
        leaves.push_back(i);
    if (!leaves.empty())
      signature[key] = std::move(leaves);
  }
  auto reshaped = func->getAttrOfType<ArrayAttr>(reshapedAttrName);
  json::Array entries;
  for (Attribute entry :
       reshaped ? reshaped.getValue() : ArrayRef<Attribute>()) {
    json::Object object;
    for (NamedAttribute field : cast<DictionaryAttr>(entry)) {
      StringRef key =
          field.getName() == "argument" ? "leaf" : field.getName().strref();
      if (auto list = dyn_cast<DenseI64ArrayAttr>(field.getValue())) {
        object[key] = json::Array(list.asArrayRef());
      } else if (key == "replaced") {
        // Where it is not known, the contract's check says so.
        auto shape = TensorShape::of(replaced.front().getType());
        object["rank"] = shape && shape->hasRank ? shape->getRank() : 0;
        replaced = replaced.drop_front();
      } else {
        object[key] = cast<IntegerAttr>(field.getValue()).getInt();
      }
    }
    entries.push_back(std::move(object));
  }
  if (!entries.empty())
    signature["reshaped"] = std::move(entries);
}

namespace {
class MtFlattenResultsPass
    : public minitorch::mt::impl::MtFlattenResultsPassBase<
          MtFlattenResultsPass> {
public:
  using Base::Base;
  void runOnOperation() override {
    func::FuncOp func = getOperation();
    auto text = func->getAttrOfType<StringAttr>(signatureAttrName);
    if (func.isExternal() || !text)
      return;
    llvm::Expected<json::Value> parsed = json::parse(text.getValue());
    json::Object *signature = parsed ? parsed->getAsObject() : nullptr;
    if (!signature) {
      if (!parsed)
        llvm::consumeError(parsed.takeError());
      func.emitError("has a signature that is not a JSON object");
      return signalPassFailure();
    }
    if (signature->get("result"))
      return; // done before

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
    json::Array results;
    for (unsigned i = 0; i < numResults; ++i) {
      FailureOr<json::Value> part =
          flattener.flatten(operands[i], std::to_string(i));
      if (failed(part))
        return signalPassFailure();
      results.push_back(std::move(*part));
    }
    for (unsigned i = 0; i < numState; ++i)
      if (json::Object *entry =
              (*signature->getArray("state"))[i].getAsObject();
          kept[i] &&
          TensorShape::of(func.getArgument(firstState + i).getType())) {
        flattener.describeState(getStatePath(i), *entry);
        if (operands[numResults + i] != func.getArgument(firstState + i))
          (*entry)["written"] = true;
      }
    pruneState(func, *signature, operands, numResults, firstState, kept,
               leaves);
    numState = operands.size() - numResults - mutated.size();
    if (numResults == 0)
      (*signature)["result"] = json::Object{{"t", "none"}};
    else if (numResults == 1)
      (*signature)["result"] = std::move(results[0]);
    else
      (*signature)["result"] =
          json::Object{{"t", "tuple"}, {"v", std::move(results)}};
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
    json::Array mutatedLeaves;
    for (auto [i, argument] : llvm::enumerate(mutated)) {
      if (argument >= firstState)
        continue;
      leaves.push_back(operands[numResults + numState + i]);
      mutatedLeaves.push_back(argument);
    }
    (*signature)["mutated"] = std::move(mutatedLeaves);
    llvm::append_range(leaves, replaced);
    describeMemory(func, replaced, arguments, *signature);

    terminator->setOperands(leaves);
    func.setType(mlir::FunctionType::get(
        &getContext(), func.getBody().front().getArgumentTypes(),
        ValueRange(leaves).getTypes()));
    func.removeResAttrsAttr();
    func->removeAttr(mutatedAttrName);
    func->removeAttr(sameResultsAttrName);
    func->removeAttr(reshapedAttrName);
    std::string printed;
    llvm::raw_string_ostream(printed) << *parsed;
    func->setAttr(signatureAttrName, StringAttr::get(&getContext(), printed));
  }
};
} // namespace
