//===- SignatureAttr.cpp - A function's calling convention ------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttributeSyntax.h"
#include "MiniTorch/Dialect/Mt/IR/MtAttributes.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

using EmitError = llvm::function_ref<InFlightDiagnostic()>;

//===----------------------------------------------------------------------===//
// Arguments and state
//===----------------------------------------------------------------------===//

/// `"x" : number<i64>`
static ParseResult parseNamed(AsmParser &parser, StringAttr &name,
                              SlotAttr &slot) {
  std::string text;
  if (parser.parseString(&text) || parser.parseColon() ||
      parseSlot(parser, slot))
    return failure();
  name = parser.getBuilder().getStringAttr(text);
  return success();
}

static void printNamed(AsmPrinter &printer, StringAttr name, SlotAttr slot) {
  printer << name << " : ";
  printBare(printer, slot);
}

static ParseResult parseArgument(AsmParser &parser, ArgumentAttr &argument) {
  StringAttr name;
  SlotAttr slot;
  if (parseNamed(parser, name, slot))
    return failure();
  argument = ArgumentAttr::get(name, slot);
  return success();
}

static void printArgument(AsmPrinter &printer, ArgumentAttr argument) {
  printNamed(printer, argument.getName(), argument.getSlot());
}

static ParseResult parseState(AsmParser &parser, StateAttr &state) {
  llvm::SMLoc loc = parser.getCurrentLocation();
  StringAttr path;
  SlotAttr slot;
  RelationAttr after;
  if (parseNamed(parser, path, slot) ||
      (succeeded(parser.parseOptionalKeyword("becomes")) &&
       parseRelation(parser, after)))
    return failure();
  bool isWritten = succeeded(parser.parseOptionalKeyword("written"));
  state =
      StateAttr::getChecked([&] { return parser.emitError(loc); },
                            parser.getContext(), path, slot, after, isWritten);
  return success(state != nullptr);
}

static void printState(AsmPrinter &printer, StateAttr state) {
  printNamed(printer, state.getPath(), state.getSlot());
  if (state.getAfter()) {
    printer << " becomes ";
    printRelation(printer, state.getAfter());
  }
  if (state.getIsWritten())
    printer << " written";
}

Attribute ArgumentAttr::parse(AsmParser &parser, Type) {
  ArgumentAttr argument;
  if (parser.parseLess() || parseArgument(parser, argument) ||
      parser.parseGreater())
    return {};
  return argument;
}

void ArgumentAttr::print(AsmPrinter &printer) const {
  printer << '<';
  printArgument(printer, *this);
  printer << '>';
}

Attribute StateAttr::parse(AsmParser &parser, Type) {
  StateAttr state;
  if (parser.parseLess() || parseState(parser, state) || parser.parseGreater())
    return {};
  return state;
}

void StateAttr::print(AsmPrinter &printer) const {
  printer << '<';
  printState(printer, *this);
  printer << '>';
}

LogicalResult StateAttr::verify(EmitError emitError, StringAttr path,
                                SlotAttr slot, RelationAttr after, bool) {
  if (!after)
    return success();
  if (after.getKind() == RelationKind::Placed ||
      after.getKind() == RelationKind::Either)
    return emitError() << "attribute " << path << " becomes '"
                       << stringifyRelationKind(after.getKind())
                       << "', which only results are";
  auto tensor = dyn_cast<TensorSlotAttr>(slot);
  if (after.getKind() != RelationKind::View)
    return success();
  if (!tensor)
    return emitError() << "attribute " << path
                       << " becomes a view, and is no tensor of known sizes";
  return TensorSlotAttr::verify(emitError, tensor.getShape(), tensor.getDtype(),
                                {}, after);
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

SignatureAttr SignatureAttr::withState(ArrayRef<StateAttr> state) const {
  return get(getContext(), getArgs(), state, getResult(), getMutated(),
             getContiguous(), getWhole(), getDistinct(), getReshaped(),
             getClasses());
}

template <typename T>
static ParseResult
parseList(AsmParser &parser, SmallVectorImpl<T> &list,
          llvm::function_ref<ParseResult(AsmParser &, T &)> parse) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&] {
    return parse(parser, list.emplace_back());
  });
}

static ParseResult parsePair(AsmParser &parser,
                             std::pair<int64_t, int64_t> &pair) {
  return failure(parser.parseLSquare() || parser.parseInteger(pair.first) ||
                 parser.parseComma() || parser.parseInteger(pair.second) ||
                 parser.parseRSquare());
}

static ParseResult parseChange(AsmParser &parser, TensorChangeAttr &change) {
  return parseBareAs(parser, change, "'permuted', 'strided' or 'replaced'");
}

Attribute SignatureAttr::parse(AsmParser &parser, Type) {
  llvm::SMLoc loc = parser.getCurrentLocation();
  SmallVector<ArgumentAttr> args;
  SmallVector<StateAttr> state;
  SlotAttr result;
  SmallVector<int64_t> mutated, contiguous, whole;
  SmallVector<std::pair<int64_t, int64_t>> distinct;
  SmallVector<TensorChangeAttr> reshaped;
  DictionaryAttr classes;
  SmallVector<StringRef> seen;
  auto parseField = [&]() -> ParseResult {
    llvm::SMLoc keyLoc = parser.getCurrentLocation();
    StringRef key;
    if (parser.parseKeyword(&key) || parser.parseEqual())
      return failure();
    if (llvm::is_contained(seen, key))
      return parser.emitError(keyLoc) << "'" << key << "' is given twice";
    seen.push_back(key);
    if (key == "args")
      return parseList<ArgumentAttr>(parser, args, parseArgument);
    if (key == "state")
      return parseList<StateAttr>(parser, state, parseState);
    if (key == "result")
      return parseSlot(parser, result);
    if (key == "mutated")
      return parseSizes(parser, mutated);
    if (key == "contiguous")
      return parseSizes(parser, contiguous);
    if (key == "whole")
      return parseSizes(parser, whole);
    if (key == "distinct")
      return parseList<std::pair<int64_t, int64_t>>(parser, distinct,
                                                    parsePair);
    if (key == "reshaped")
      return parseList<TensorChangeAttr>(parser, reshaped, parseChange);
    if (key == "classes")
      return parser.parseAttribute(classes);
    return parser.emitError(keyLoc)
           << "a signature has no '" << key
           << "'; expected args, state, result, mutated, contiguous, whole, "
              "distinct, reshaped or classes";
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater,
                                     parseField))
    return {};
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    ArrayRef(args), ArrayRef(state), result, ArrayRef(mutated),
                    ArrayRef(contiguous), ArrayRef(whole), ArrayRef(distinct),
                    ArrayRef(reshaped), classes);
}

void SignatureAttr::print(AsmPrinter &printer) const {
  printer << '<';
  StringRef separator = "";
  auto begin = [&](StringRef key) {
    printer << separator << key << " = ";
    separator = ", ";
  };
  auto printList = [&](StringRef key, const auto &list, auto print) {
    if (list.empty())
      return;
    begin(key);
    printer << '[';
    llvm::interleaveComma(list, printer.getStream(), print);
    printer << ']';
  };
  auto printLeaf = [&](int64_t leaf) { printer << leaf; };
  printList("args", getArgs(),
            [&](ArgumentAttr each) { printArgument(printer, each); });
  printList("state", getState(),
            [&](StateAttr each) { printState(printer, each); });
  if (getResult()) {
    begin("result");
    printBare(printer, getResult());
  }
  printList("mutated", getMutated(), printLeaf);
  printList("contiguous", getContiguous(), printLeaf);
  printList("whole", getWhole(), printLeaf);
  printList("distinct", getDistinct(), [&](std::pair<int64_t, int64_t> pair) {
    printer << '[' << pair.first << ", " << pair.second << ']';
  });
  printList("reshaped", getReshaped(),
            [&](TensorChangeAttr each) { printBare(printer, each); });
  if (getClasses()) {
    begin("classes");
    printer << getClasses();
  }
  printer << '>';
}

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

/// Checks that a tensor is related to one of `leaves` leaves or `tensors`
/// tensors of the result.
static LogicalResult verifyRelation(EmitError emitError, const Twine &what,
                                    RelationAttr relation, int64_t leaves,
                                    int64_t tensors) {
  if (!relation || relation.getKind() == RelationKind::Either)
    return success();
  int64_t count = relation.getIsOfResult() ? tensors : leaves;
  if (relation.getIndex() < count)
    return success();
  return emitError() << what << " is related to "
                     << (relation.getIsOfResult() ? "result " : "arg ")
                     << relation.getIndex() << " of " << count;
}

static LogicalResult verifyRelations(EmitError emitError, const Twine &what,
                                     SlotAttr slot, int64_t leaves,
                                     int64_t tensors) {
  LogicalResult result = success();
  slot.walk([&](SlotAttr each) {
    auto tensor = dyn_cast<TensorSlotAttr>(each);
    if (tensor && succeeded(result))
      result = verifyRelation(emitError, what, tensor.getRelation(), leaves,
                              tensors);
  });
  return result;
}

/// Arguments and attributes have no leaves that say what a result is.
static LogicalResult verifyIsTaken(EmitError emitError, const Twine &what,
                                   SlotAttr slot) {
  LogicalResult result = success();
  slot.walk([&](SlotAttr each) {
    auto tensor = dyn_cast<TensorSlotAttr>(each);
    RelationAttr relation = tensor ? tensor.getRelation() : RelationAttr();
    if (succeeded(result) && relation &&
        relation.getKind() != RelationKind::Same)
      result = emitError() << what << " is '"
                           << stringifyRelationKind(relation.getKind())
                           << "', which only results are";
  });
  return result;
}

static LogicalResult verifyLeaves(EmitError emitError, StringRef key,
                                  ArrayRef<int64_t> named, int64_t leaves) {
  for (int64_t leaf : named)
    if (leaf < 0 || leaf >= leaves)
      return emitError() << "'" << key << "' names leaf " << leaf << " of "
                         << leaves;
  return success();
}

static LogicalResult verifyChange(EmitError emitError, TensorChangeAttr change,
                                  ArrayRef<SlotAttr> leaves) {
  if (failed(
          verifyLeaves(emitError, "reshaped", change.getLeaf(), leaves.size())))
    return failure();
  auto tensor = dyn_cast<TensorSlotAttr>(leaves[change.getLeaf()]);
  if (!tensor)
    return emitError() << "'reshaped' names leaf " << change.getLeaf()
                       << ", which is no tensor";
  if (auto permuted = dyn_cast<PermutedChangeAttr>(change))
    for (int64_t dim : permuted.getDims())
      if (dim < -1 || dim >= tensor.getRank())
        return emitError() << "'permuted' names dim " << dim << " of "
                           << tensor.getRank();
  auto isNegative = [](int64_t each) { return each < 0; };
  if (auto strided = dyn_cast<StridedChangeAttr>(change))
    if (strided.getSizes().size() != strided.getStrides().size() ||
        llvm::any_of(strided.getSizes(), isNegative) ||
        llvm::any_of(strided.getStrides(), isNegative) ||
        strided.getOffset() < 0)
      return emitError() << "'strided' has to have as many strides as sizes, "
                            "and nothing that is negative";
  if (auto replaced = dyn_cast<ReplacedChangeAttr>(change))
    if (replaced.getRank() < 0)
      return emitError() << "'replaced' has rank " << replaced.getRank();
  return success();
}

static LogicalResult verifyClasses(EmitError emitError,
                                   DictionaryAttr classes) {
  for (NamedAttribute entry : classes) {
    auto fields = dyn_cast<ArrayAttr>(entry.getValue());
    auto isField = [](Attribute field) {
      auto pair = dyn_cast<ArrayAttr>(field);
      return pair && pair.size() == 2 && isa<StringAttr>(pair[0]) &&
             isa<StringAttr>(pair[1]);
    };
    if (!fields || !llvm::all_of(fields, isField))
      return emitError() << "class " << entry.getName()
                         << " has to be an array of [name, type's name]";
  }
  return success();
}

LogicalResult SignatureAttr::verify(
    EmitError emitError, ArrayRef<ArgumentAttr> args, ArrayRef<StateAttr> state,
    SlotAttr result, ArrayRef<int64_t> mutated, ArrayRef<int64_t> contiguous,
    ArrayRef<int64_t> whole, ArrayRef<std::pair<int64_t, int64_t>> distinct,
    ArrayRef<TensorChangeAttr> reshaped, DictionaryAttr classes) {
  SmallVector<SlotAttr> leaves;
  for (ArgumentAttr arg : args) {
    std::string what = ("argument '" + arg.getName().getValue() + "'").str();
    arg.getSlot().walk(
        [&](SlotAttr slot) { leaves.append(slot.getNumOwnLeaves(), slot); });
    if (failed(verifyIsTaken(emitError, what, arg.getSlot())) ||
        failed(verifyRelations(emitError, what, arg.getSlot(), leaves.size(),
                               /*tensors=*/0)))
      return failure();
  }
  int64_t taken = leaves.size() + state.size();
  int64_t tensors = 0;
  if (result) {
    result.walk([&](SlotAttr slot) { tensors += isa<TensorSlotAttr>(slot); });
    if (failed(
            verifyRelations(emitError, "the result", result, taken, tensors)))
      return failure();
  }
  // Results count on through the state.
  for (StateAttr attribute : state) {
    std::string what =
        ("attribute '" + attribute.getPath().getValue() + "'").str();
    if (failed(verifyIsTaken(emitError, what, attribute.getSlot())) ||
        failed(verifyRelation(emitError, what, attribute.getAfter(), taken,
                              tensors)))
      return failure();
    tensors += isa<TensorSlotAttr>(attribute.getSlot());
  }
  for (auto [key, named] :
       {std::pair<StringRef, ArrayRef<int64_t>>("mutated", mutated),
        {"contiguous", contiguous},
        {"whole", whole}})
    if (failed(verifyLeaves(emitError, key, named, leaves.size())))
      return failure();
  for (auto [first, second] : distinct)
    if (failed(verifyLeaves(emitError, "distinct", {first, second}, taken)))
      return failure();
  for (TensorChangeAttr change : reshaped)
    if (failed(verifyChange(emitError, change, leaves)))
      return failure();
  return classes ? verifyClasses(emitError, classes) : success();
}

LogicalResult MtDialect::verifyOperationAttribute(Operation *op,
                                                  NamedAttribute attribute) {
  if (attribute.getName() == signatureAttrName &&
      !isa<SignatureAttr>(attribute.getValue()))
    return op->emitOpError()
           << "has a '" << signatureAttrName
           << "' that is no #mt.signature<...>: " << attribute.getValue();
  return success();
}
