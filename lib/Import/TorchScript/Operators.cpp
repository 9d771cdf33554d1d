//===- Operators.cpp - Constants and operators by name ----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Importer.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/IR/Verifier.h"
#include <ATen/core/jit_type.h>

using namespace mlir;
using namespace minitorch;
using namespace minitorch::torchscript;
using torch::jit::AttributeKind;
using torch::jit::Node;

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

/// The constant `value`, of which the graph says that it is a `type`.
Value GraphImporter::materialize(const c10::IValue &value,
                                 const c10::Type &type, Location loc) {
  MLIRContext *context = importer.context;
  if (value.isNone())
    return mt::ConstantNoneOp::create(builder, loc, mt::NoneType::get(context));
  if (value.isInt())
    return arith::ConstantOp::create(builder, loc,
                                     builder.getI64IntegerAttr(value.toInt()));
  if (value.isDouble())
    return arith::ConstantOp::create(builder, loc,
                                     builder.getF64FloatAttr(value.toDouble()));
  if (value.isBool())
    return arith::ConstantOp::create(builder, loc,
                                     builder.getBoolAttr(value.toBool()));
  if (value.isComplexDouble()) {
    c10::complex<double> number = value.toComplexDouble();
    return complex::ConstantOp::create(
        builder, loc, ComplexType::get(builder.getF64Type()),
        builder.getF64ArrayAttr({number.real(), number.imag()}));
  }
  if (value.isString())
    return mt::ConstantStrOp::create(
        builder, loc, mt::StrType::get(context),
        builder.getStringAttr(value.toStringRef()));
  if (value.isDevice())
    return mt::ConstantDeviceOp::create(
        builder, loc, mt::DeviceType::get(context),
        builder.getStringAttr(value.toDevice().str()));
  if (value.isTensor() && value.toTensor().defined())
    if (auto elements = importer.convertTensor(
            value.toTensor(), functionName.str() + ".constant"))
      return mt::ConstantTensorOp::create(
          builder, loc,
          mt::TensorType::getBoxed(
              llvm::cast<RankedTensorType>(elements.getType())),
          elements);
  if (value.isObject())
    return mt::ConstantObjectOp::create(
        builder, loc, importer.convertType(*value.type()),
        importer.getObjectSymbol(value.toObject(),
                                 functionName.str() + ".constant"));

  Type resultType = importer.convertType(type);
  // By the value's own type: the graph may say less of it.
  if (value.isEnum()) {
    auto member = llvm::dyn_cast<DictionaryAttr>(
        importer.convertValue(value, functionName.str()));
    if (mt::EnumMember::of(member))
      return mt::ConstantEnumOp::create(
          builder, loc, importer.convertType(*value.toEnumHolder()->type()),
          member);
  }
  SmallVector<Value> elements;
  if (value.isList() && isa<mt::ListType>(resultType)) {
    const auto &elementType = *type.expectRef<c10::ListType>().getElementType();
    for (const c10::IValue &element : value.toListRef())
      elements.push_back(materialize(element, elementType, loc));
    return mt::PrimListConstructOp::create(builder, loc, resultType, elements);
  }
  if (value.isTuple() && isa<mt::TupleType>(resultType)) {
    const auto &tuple = type.expectRef<c10::TupleType>();
    for (auto [element, elementType] :
         llvm::zip_equal(value.toTupleRef().elements(), tuple.elements()))
      elements.push_back(cast(materialize(element, *elementType, loc),
                              importer.convertType(*elementType), loc));
    return mt::PrimTupleConstructOp::create(builder, loc, resultType, elements);
  }
  if (value.isGenericDict() && isa<mt::DictType>(resultType)) {
    const auto &dict = type.expectRef<c10::DictType>();
    for (const auto &entry : value.toGenericDict()) {
      elements.push_back(materialize(entry.key(), *dict.getKeyType(), loc));
      elements.push_back(materialize(entry.value(), *dict.getValueType(), loc));
    }
    return mt::PrimDictConstructOp::create(builder, loc, resultType, elements);
  }
  // What no constant op is for.
  OperationState state(loc, mt::OperatorOp::getOperationName());
  state.addAttribute("name", builder.getStringAttr("prim::Constant"));
  state.addAttribute("value", importer.convertValue(value, functionName.str()));
  state.addTypes(resultType);
  return builder.create(state)->getResult(0);
}

/// The value of a prim::Constant node.
static c10::IValue getConstantValue(const Node &node) {
  if (!node.hasAttribute(c10::attr::value))
    return {};
  switch (node.kindOf(c10::attr::value)) {
  case AttributeKind::i:
    // Bools are stored as ints.
    if (node.output()->type()->kind() == c10::TypeKind::BoolType)
      return node.i(c10::attr::value) != 0;
    return node.i(c10::attr::value);
  case AttributeKind::f:
    return node.f(c10::attr::value);
  case AttributeKind::c:
    return node.c(c10::attr::value);
  case AttributeKind::s:
    if (node.output()->type()->kind() == c10::TypeKind::DeviceObjType)
      return c10::Device(node.s(c10::attr::value));
    return node.s(c10::attr::value);
  case AttributeKind::t:
    return node.t(c10::attr::value);
  case AttributeKind::ss:
    return node.ss(c10::attr::value);
  case AttributeKind::ts:
    return node.ts(c10::attr::value);
  case AttributeKind::is:
    return node.is(c10::attr::value);
  case AttributeKind::fs:
    return node.fs(c10::attr::value);
  default:
    return node.ival(c10::attr::value);
  }
}

void GraphImporter::importConstant(const Node &node) {
  Location loc = importer.convertLocation(node);
  const c10::Type &type = *node.output()->type();
  if (const auto *function = type.castRaw<c10::FunctionType>()) {
    // A function that is only called is an operand of no operation.
    if (llvm::all_of(node.output()->uses(), [](const torch::jit::Use &use) {
          return use.user->kind() == c10::prim::CallFunction;
        }))
      return;
    OperationState state(loc, mt::OperatorOp::getOperationName());
    state.addAttribute("name", builder.getStringAttr("prim::Constant"));
    state.addAttribute("function",
                       importer.getFunctionSymbol(*function->function()));
    state.addTypes(importer.convertType(type));
    map(node.output(), builder.create(state)->getResult(0));
    return;
  }
  Value value = materialize(getConstantValue(node), type, loc);
  // The type of a tensor is what its contents say; None may stand for any
  // optional type.
  Type declared = importer.convertType(type);
  if (!isa<mt::TensorType>(value.getType()) && !isa<mt::AnyType>(declared))
    value = cast(value, declared, loc);
  map(node.output(), value);
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

/// A type to ask a value for. Those that stand for others are words.
static Attribute convertCandidate(Importer &importer, const c10::Type &type) {
  switch (type.kind()) {
  case c10::TypeKind::AnyListType:
    return importer.builder.getStringAttr("list");
  case c10::TypeKind::AnyTupleType:
    return importer.builder.getStringAttr("tuple");
  case c10::TypeKind::AnyType:
    return TypeAttr::get(importer.convertType(type));
  default:
    break;
  }
  Type converted = importer.convertType(type);
  // Nothing is known of it: no type is it.
  if (isa<mt::AnyType>(converted))
    return importer.builder.getUnitAttr();
  return TypeAttr::get(converted);
}

/// Attributes of a node, under their own names.
void GraphImporter::addAttributes(const Node &node, OperationState &state) {
  for (c10::Symbol name : node.attributeNames()) {
    Attribute value;
    switch (node.kindOf(name)) {
    case AttributeKind::f:
      value = builder.getF64FloatAttr(node.f(name));
      break;
    case AttributeKind::fs:
      value = builder.getF64ArrayAttr(node.fs(name));
      break;
    case AttributeKind::i:
      value = builder.getI64IntegerAttr(node.i(name));
      break;
    case AttributeKind::is:
      value = builder.getI64ArrayAttr(node.is(name));
      break;
    case AttributeKind::s:
      value = builder.getStringAttr(node.s(name));
      break;
    case AttributeKind::ss: {
      SmallVector<Attribute> strings;
      for (const std::string &text : node.ss(name))
        strings.push_back(builder.getStringAttr(text));
      value = builder.getArrayAttr(strings);
      break;
    }
    case AttributeKind::t:
      value = importer.convertValue(node.t(name), functionName.str());
      break;
    case AttributeKind::g:
      value = importer.getGraphSymbol(
          node.g(name), (functionName + "." + name.toUnqualString()).str());
      break;
    case AttributeKind::ty:
      value = TypeAttr::get(importer.convertType(*node.ty(name)));
      break;
    case AttributeKind::tys: {
      SmallVector<Attribute> types;
      for (const c10::TypePtr &type : node.tys(name))
        types.push_back(convertCandidate(importer, *type));
      value = builder.getArrayAttr(types);
      break;
    }
    case AttributeKind::ival:
      value = importer.convertValue(node.ival(name), functionName.str());
      break;
    default:
      value = builder.getStringAttr(torch::jit::toString(node.kindOf(name)));
      break;
    }
    // `name` is the operator's.
    StringRef key = name.toUnqualString();
    state.addAttribute(key == "name" ? "attr_name" : key, value);
  }
}

/// The operator's name with its overload. TorchScript has twins of some that
/// take `Tensor[]` for `Tensor?[]`, as its lists are of one type; lists here
/// are what is in them.
static std::string getName(const Node &node) {
  std::string name = node.kind().toQualString();
  const c10::FunctionSchema *schema = node.maybeSchema();
  if (!schema)
    return name;
  StringRef overload = schema->overload_name();
  if (overload.consume_back("hacked_twin"))
    overload.consume_back("_");
  return overload.empty() ? name : name + "." + overload.str();
}

void GraphImporter::importOperator(const Node &node) {
  MLIRContext *context = importer.context;
  Location loc = importer.convertLocation(node);
  std::string name = getName(node);
  SmallVector<Value> operands = getInputs(node);
  SmallVector<Type> types = getResultTypes(node);

  // The operator's own class, where it has one and the operands are what it
  // wants.
  StringRef unqualified = name;
  if (unqualified.consume_front("aten::") && node.attributeNames().empty()) {
    auto own = RegisteredOperationName::lookup(("mt.aten." + unqualified).str(),
                                               context);
    if (own) {
      OperationState state(loc, *own);
      state.addOperands(operands);
      state.addTypes(types);
      Operation *op = builder.create(state);
      ScopedDiagnosticHandler silence(context,
                                      [](Diagnostic &) { return success(); });
      if (succeeded(op->getName().verifyInvariants(op)))
        return setResults(node, op->getResults());
      op->erase();
    }
  }
  OperationState state(loc, mt::OperatorOp::getOperationName());
  state.addAttribute("name", builder.getStringAttr(name));
  state.addOperands(operands);
  state.addTypes(types);
  addAttributes(node, state);
  setResults(node, builder.create(state)->getResults());
}
