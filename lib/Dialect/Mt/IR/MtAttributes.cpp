//===- MtAttributes.cpp - Attributes of the mt dialect ----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/MtAttributes.h"
#include "AttributeSyntax.h"
#include "MiniTorch/Dialect/Mt/IR/TypeNames.h"
#include "MiniTorch/Dialect/Mt/IR/ValueForms.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

//===----------------------------------------------------------------------===//
// Parts of the syntax
//===----------------------------------------------------------------------===//

ParseResult mt::parseSizes(AsmParser &parser, SmallVectorImpl<int64_t> &sizes) {
  return parser.parseCommaSeparatedList(
      AsmParser::Delimiter::Square, [&]() -> ParseResult {
        if (succeeded(parser.parseOptionalQuestion())) {
          sizes.push_back(ShapedType::kDynamic);
          return success();
        }
        return parser.parseInteger(sizes.emplace_back());
      });
}

void mt::printSizes(AsmPrinter &printer, ArrayRef<int64_t> sizes) {
  printer << '[';
  llvm::interleave(
      sizes, printer.getStream(),
      [&](int64_t size) {
        if (ShapedType::isDynamic(size))
          printer << '?';
        else
          printer << size;
      },
      ",");
  printer << ']';
}

static ParseResult parseExact(AsmParser &parser, bool &isExact) {
  isExact = true;
  return parser.parseKeyword("exact");
}

static void printExact(AsmPrinter &printer, bool) { printer << "exact"; }

static ParseResult parseTagged(AsmParser &parser, bool &isTagged) {
  isTagged = true;
  return parser.parseKeyword("tagged");
}

static void printTagged(AsmPrinter &printer, bool) { printer << "tagged"; }

static ParseResult parseSlots(AsmParser &parser,
                              SmallVectorImpl<SlotAttr> &slots) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&] {
    return parseSlot(parser, slots.emplace_back());
  });
}

static void printSlots(AsmPrinter &printer, ArrayRef<SlotAttr> slots) {
  printer << '[';
  llvm::interleaveComma(slots, printer.getStream(),
                        [&](SlotAttr slot) { printBare(printer, slot); });
  printer << ']';
}

static ParseResult parseNames(AsmParser &parser,
                              SmallVectorImpl<StringAttr> &names) {
  return parser.parseCommaSeparatedList(
      AsmParser::Delimiter::Square, [&]() -> ParseResult {
        std::string name;
        if (parser.parseString(&name))
          return failure();
        names.push_back(parser.getBuilder().getStringAttr(name));
        return success();
      });
}

static void printNames(AsmPrinter &printer, ArrayRef<StringAttr> names) {
  printer << '[';
  llvm::interleaveComma(names, printer);
  printer << ']';
}

static ParseResult parseEntries(AsmParser &parser,
                                SmallVectorImpl<Attribute> &keys,
                                SmallVectorImpl<SlotAttr> &items) {
  return parser.parseCommaSeparatedList(
      AsmParser::Delimiter::Square, [&]() -> ParseResult {
        return failure(parser.parseAttribute(keys.emplace_back()) ||
                       parser.parseEqual() ||
                       parseSlot(parser, items.emplace_back()));
      });
}

static void printEntries(AsmPrinter &printer, ArrayRef<Attribute> keys,
                         ArrayRef<SlotAttr> items) {
  printer << '[';
  llvm::interleaveComma(llvm::zip(keys, items), printer.getStream(),
                        [&](const auto &entry) {
                          printer << std::get<0>(entry) << " = ";
                          printBare(printer, std::get<1>(entry));
                        });
  printer << ']';
}

#include "MiniTorch/Dialect/Mt/IR/MtEnums.cpp.inc"

#include "MiniTorch/Dialect/Mt/IR/MtAttrInterfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "MiniTorch/Dialect/Mt/IR/MtAttributes.cpp.inc"

void MtDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "MiniTorch/Dialect/Mt/IR/MtAttributes.cpp.inc"
      >();
}

ParseResult mt::parseBare(AsmParser &parser, Attribute &result) {
  llvm::SMLoc loc = parser.getCurrentLocation();
  StringRef mnemonic;
  OptionalParseResult parsed =
      generatedAttributeParser(parser, &mnemonic, Type(), result);
  if (parsed.has_value())
    return *parsed;
  return parser.emitError(loc)
         << "'" << mnemonic << "' is no attribute of the mt dialect";
}

void mt::printBare(AsmPrinter &printer, Attribute attribute) {
  (void)generatedAttributePrinter(attribute, printer);
}

ParseResult mt::parseRelation(AsmParser &parser, RelationAttr &relation) {
  llvm::SMLoc loc = parser.getCurrentLocation();
  StringRef word;
  if (parser.parseKeyword(&word))
    return failure();
  std::optional<RelationKind> kind = symbolizeRelationKind(word);
  if (!kind)
    return parser.emitError(loc) << "expected 'same', 'alias', 'view', "
                                    "'placed' or 'either', got '"
                                 << word << "'";
  bool isOfResult = false;
  int64_t index = 0, offset = 0;
  SmallVector<int64_t> strides;
  if (*kind != RelationKind::Either) {
    isOfResult = succeeded(parser.parseOptionalKeyword("result"));
    if ((!isOfResult && parser.parseKeyword("arg", " or 'result'")) ||
        parser.parseInteger(index))
      return failure();
  }
  if (*kind == RelationKind::View &&
      (parser.parseKeyword("offset") || parser.parseInteger(offset) ||
       parser.parseKeyword("strides") || parseSizes(parser, strides)))
    return failure();
  relation = RelationAttr::getChecked([&] { return parser.emitError(loc); },
                                      parser.getContext(), *kind, isOfResult,
                                      index, offset, strides);
  return success(relation != nullptr);
}

void mt::printRelation(AsmPrinter &printer, RelationAttr relation) {
  printer << stringifyRelationKind(relation.getKind());
  if (relation.getKind() == RelationKind::Either)
    return;
  printer << (relation.getIsOfResult() ? " result " : " arg ")
          << relation.getIndex();
  if (relation.getKind() != RelationKind::View)
    return;
  printer << " offset " << relation.getOffset() << " strides ";
  printSizes(printer, relation.getStrides());
}

//===----------------------------------------------------------------------===//
// Slots
//===----------------------------------------------------------------------===//

void SlotAttr::walk(llvm::function_ref<void(SlotAttr)> visit) const {
  visit(*this);
  for (SlotAttr item : getItems())
    item.walk(visit);
}

SlotAttr mt::getLeafSlot(Type type) {
  if (auto shape = TensorShape::of(type);
      shape && shape->hasRank && shape->dtype)
    return TensorSlotAttr::get(shape->sizes, shape->dtype);
  if (isNumberType(type))
    return NumberSlotAttr::get(type);
  return BoxedSlotAttr::get(type);
}

BoxedSlotAttr BoxedSlotAttr::get(Type type) {
  MLIRContext *context = type.getContext();
  return get(context, StringAttr::get(context, mt::getTypeName(type)),
             getValueForm(type) == ValueForm::Tagged);
}

static bool isNegative(int64_t value) { return value < 0; }

LogicalResult
RelationAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                     RelationKind, bool, int64_t index, int64_t offset,
                     ArrayRef<int64_t> strides) {
  if (index < 0)
    return emitError() << "a relation to tensor number " << index;
  if (offset < 0 || llvm::any_of(strides, isNegative))
    return emitError() << "a view has a negative offset or stride";
  return success();
}

Attribute RelationAttr::parse(AsmParser &parser, Type) {
  RelationAttr relation;
  if (parser.parseLess() || parseRelation(parser, relation) ||
      parser.parseGreater())
    return {};
  return relation;
}

void RelationAttr::print(AsmPrinter &printer) const {
  printer << '<';
  printRelation(printer, *this);
  printer << '>';
}

int64_t TensorSlotAttr::getNumOwnLeaves() const {
  if (!getRelation())
    return 1;
  switch (getRelation().getKind()) {
  case RelationKind::Same:
  case RelationKind::Alias:
  case RelationKind::View:
    return 0;
  case RelationKind::Placed:
    return 1 + 2 * getRank();
  case RelationKind::Either:
    return 2;
  }
  return 1;
}

LogicalResult
TensorSlotAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                       ArrayRef<int64_t> shape, Type dtype,
                       ArrayRef<int64_t> strides, RelationAttr relation) {
  if (!dtype)
    return emitError() << "a tensor's slot has no element type";
  if (failed(mt::TensorType::verify(emitError, shape, /*hasRank=*/true, dtype)))
    return failure();
  if (!strides.empty() && strides.size() != shape.size())
    return emitError() << "a tensor has " << strides.size() << " strides for "
                       << shape.size() << " sizes";
  for (int64_t stride : strides)
    if (stride < 0 && !ShapedType::isDynamic(stride))
      return emitError() << "a stride is negative: " << stride;
  if (!relation || relation.getKind() != RelationKind::View)
    return success();
  if (ShapedType::isDynamicShape(shape))
    return emitError() << "a view of sizes that are not known is 'placed'";
  if (relation.getStrides().size() != shape.size())
    return emitError() << "a view has " << relation.getStrides().size()
                       << " strides for " << shape.size() << " sizes";
  return success();
}

Attribute TensorSlotAttr::parse(AsmParser &parser, Type) {
  llvm::SMLoc loc = parser.getCurrentLocation();
  SmallVector<int64_t> shape, strides;
  Type dtype;
  RelationAttr relation;
  if (parser.parseLess() || parseSizes(parser, shape) || parser.parseComma() ||
      parser.parseType(dtype))
    return {};
  while (succeeded(parser.parseOptionalComma())) {
    if (succeeded(parser.parseOptionalKeyword("strides"))) {
      if (parseSizes(parser, strides))
        return {};
    } else if (parseRelation(parser, relation)) {
      return {};
    }
  }
  if (parser.parseGreater())
    return {};
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    shape, dtype, strides, relation);
}

void TensorSlotAttr::print(AsmPrinter &printer) const {
  printer << '<';
  printSizes(printer, getShape());
  printer << ',' << getDtype();
  if (!getStrides().empty()) {
    printer << ", strides ";
    printSizes(printer, getStrides());
  }
  if (getRelation()) {
    printer << ", ";
    printRelation(printer, getRelation());
  }
  printer << '>';
}

LogicalResult
NumberSlotAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                       Type type, bool) {
  if (!isNumberType(type))
    return emitError() << "a number is i64, f64 or i1, not " << type;
  return success();
}

LogicalResult
ConstantSlotAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                         Attribute value, bool) {
  auto typed = dyn_cast<TypedAttr>(value);
  if (isa<StringAttr>(value) ||
      (isa<IntegerAttr, FloatAttr>(value) && isNumberType(typed.getType())))
    return success();
  return emitError() << "a constant is an i64, f64, i1 or string, not "
                     << value;
}

LogicalResult
EnumSlotAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                     StringAttr, StringAttr, Attribute value) {
  return ConstantSlotAttr::verify(emitError, value, /*isExact=*/false);
}

LogicalResult
TupleSlotAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                      ArrayRef<SlotAttr> items, StringAttr name,
                      ArrayRef<StringAttr> fieldNames) {
  if (name && fieldNames.size() != items.size())
    return emitError() << "a tuple has " << fieldNames.size() << " names for "
                       << items.size() << " items";
  return success();
}

LogicalResult
DictSlotAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                     ArrayRef<Attribute> keys, ArrayRef<SlotAttr> items) {
  if (keys.size() != items.size())
    return emitError() << "a dict has " << keys.size() << " keys for "
                       << items.size() << " items";
  for (Attribute key : keys)
    if (failed(ConstantSlotAttr::verify(emitError, key, /*isExact=*/false)))
      return failure();
  return success();
}
