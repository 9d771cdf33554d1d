//===- Graph.cpp - Nodes and blocks to operations ---------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Importer.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <ATen/core/jit_type.h>

using namespace mlir;
using namespace minitorch;
using namespace minitorch::torchscript;
using torch::jit::Node;
namespace prim = c10::prim;

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

Value GraphImporter::cast(Value value, Type type, Location loc) {
  if (value.getType() == type)
    return value;
  return mt::PrimUncheckedCastOp::create(builder, loc, type, value);
}

Value GraphImporter::get(const torch::jit::Value *from, Type type) {
  Value value = get(from);
  return cast(value, type, value.getLoc());
}

SmallVector<Value> GraphImporter::getInputs(const Node &node) {
  SmallVector<Value> inputs;
  for (const torch::jit::Value *input : node.inputs())
    inputs.push_back(get(input));
  return inputs;
}

SmallVector<Type> GraphImporter::getResultTypes(const Node &node) {
  SmallVector<Type> types;
  for (const torch::jit::Value *output : node.outputs())
    types.push_back(importer.convertType(*output->type()));
  return types;
}

void GraphImporter::setResults(const Node &node, ValueRange results) {
  for (auto [output, result] : llvm::zip_equal(node.outputs(), results))
    map(output, result);
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

void GraphImporter::importIf(const Node &node) {
  Location loc = importer.convertLocation(node);
  SmallVector<Type> types = getResultTypes(node);
  auto op = mt::PrimIfOp::create(builder, loc, types, get(node.inputs()[0]));
  for (auto [block, region] :
       {std::pair(node.blocks()[0], &op.getThenRegion()),
        std::pair(node.blocks()[1], &op.getElseRegion())}) {
    OpBuilder::InsertionGuard guard(builder);
    builder.createBlock(region);
    importNodes(*block);
    SmallVector<Value> results;
    for (auto [output, type] : llvm::zip_equal(block->outputs(), types))
      results.push_back(get(output, type));
    mt::PrimYieldOp::create(builder, loc, results);
  }
  setResults(node, op.getResults());
}

void GraphImporter::importLoop(const Node &node) {
  Location loc = importer.convertLocation(node);
  const torch::jit::Block &body = *node.blocks()[0];
  SmallVector<Type> carried;
  for (const torch::jit::Value *input : body.inputs().slice(1))
    carried.push_back(importer.convertType(*input->type()));
  SmallVector<Value> inits;
  for (auto [input, type] : llvm::zip_equal(node.inputs().slice(2), carried))
    inits.push_back(get(input, type));
  auto op = mt::PrimLoopOp::create(builder, loc, getResultTypes(node),
                                   get(node.inputs()[0]), get(node.inputs()[1]),
                                   inits);
  {
    OpBuilder::InsertionGuard guard(builder);
    mlir::Block *block = builder.createBlock(&op.getBody());
    map(body.inputs()[0], block->addArgument(builder.getI64Type(), loc));
    for (auto [input, type] : llvm::zip_equal(body.inputs().slice(1), carried))
      map(input, block->addArgument(type, loc));
    importNodes(body);
    SmallVector<Value> results;
    for (auto [output, type] :
         llvm::zip_equal(body.outputs().slice(1), carried))
      results.push_back(get(output, type));
    mt::PrimLoopConditionOp::create(builder, loc, get(body.outputs()[0]),
                                    results);
  }
  setResults(node, op.getResults());
}

//===----------------------------------------------------------------------===//
// Calls and objects
//===----------------------------------------------------------------------===//

/// The types that `schema` declares, `self` included.
static SmallVector<Type>
convertArguments(Importer &importer,
                 const std::vector<c10::Argument> &arguments) {
  SmallVector<Type> types;
  for (const c10::Argument &argument : arguments)
    types.push_back(importer.convertType(*argument.type()));
  return types;
}

void GraphImporter::importCallFunction(const Node &node) {
  Location loc = importer.convertLocation(node);
  auto type = node.inputs()[0]->type()->expect<c10::FunctionType>();
  torch::jit::Function &function = *type->function();
  SmallVector<Type> types =
      convertArguments(importer, function.getSchema().arguments());
  SmallVector<Value> operands;
  for (auto [input, declared] : llvm::zip_equal(node.inputs().slice(1), types))
    operands.push_back(get(input, declared));
  auto call = func::CallOp::create(
      builder, loc, importer.getFunctionSymbol(function),
      convertArguments(importer, function.getSchema().returns()), operands);
  SmallVector<Value> results;
  for (auto [result, declared] :
       llvm::zip_equal(call.getResults(), getResultTypes(node)))
    results.push_back(cast(result, declared, loc));
  setResults(node, results);
}

void GraphImporter::importCallMethod(const Node &node, StringRef method,
                                     StringRef mark) {
  Location loc = importer.convertLocation(node);
  SmallVector<Value> inputs = getInputs(node);
  // Arguments at the types that the method declares: an int where
  // Optional[int] is declared, a class where an interface is.
  c10::TypePtr receiver = node.inputs()[0]->type();
  const c10::FunctionSchema *schema = nullptr;
  if (auto interface = receiver->cast<c10::InterfaceType>()) {
    schema = interface->getMethod(method.str());
  } else if (auto classType = receiver->cast<c10::ClassType>()) {
    torch::jit::Function *function = classType->findMethod(method.str());
    if (!function)
      function = classType->findHook(method.str());
    schema = function ? &function->getSchema() : nullptr;
  }
  // A graph calls hooks itself.
  if (method == "forward" && importer.hasHooks(*receiver))
    method = Importer::plainForwardName;
  // `__exit__` gets the exception, which is none here.
  if (schema && mark == "mt.exit")
    while (inputs.size() < schema->arguments().size())
      inputs.push_back(mt::ConstantNoneOp::create(
          builder, loc, mt::NoneType::get(builder.getContext())));
  SmallVector<Type> resultTypes = getResultTypes(node);
  SmallVector<Type> declaredResults = resultTypes;
  if (schema && schema->arguments().size() == inputs.size() &&
      schema->returns().size() == resultTypes.size()) {
    for (size_t i = 1, e = inputs.size(); i < e; ++i)
      inputs[i] = cast(
          inputs[i], importer.convertType(*schema->arguments()[i].type()), loc);
    declaredResults = convertArguments(importer, schema->returns());
  }
  auto call = mt::PrimCallMethodOp::create(
      builder, loc, declaredResults, inputs[0], builder.getStringAttr(method),
      ArrayRef<Value>(inputs).drop_front());
  if (!mark.empty())
    call->setAttr(mark, builder.getUnitAttr());
  SmallVector<Value> results;
  for (auto [result, type] : llvm::zip_equal(call.getResults(), resultTypes))
    results.push_back(cast(result, type, loc));
  setResults(node, results);
}

bool GraphImporter::importObjectAccess(const Node &node) {
  Location loc = importer.convertLocation(node);
  switch (node.kind()) {
  case prim::GetAttr: {
    Value object = get(node.inputs()[0]);
    // Fields of a named tuple and of an enum go through GetAttr as well.
    if (!isa<mt::ObjectType>(object.getType()))
      return false;
    auto op = mt::PrimGetAttrOp::create(
        builder, loc, getResultTypes(node)[0], object,
        builder.getStringAttr(node.s(c10::attr::name)));
    map(node.output(), op.getResult());
    return true;
  }
  case prim::SetAttr: {
    const std::string &name = node.s(c10::attr::name);
    Value object = get(node.inputs()[0]), value = get(node.inputs()[1]);
    if (auto type = node.inputs()[0]->type()->cast<c10::ClassType>())
      if (c10::TypePtr declared = type->findAttribute(name))
        value = cast(value, importer.convertType(*declared), loc);
    mt::PrimSetAttrOp::create(builder, loc, object, builder.getStringAttr(name),
                              value);
    return true;
  }
  case prim::CreateObject: {
    auto op =
        mt::PrimCreateObjectOp::create(builder, loc, getResultTypes(node)[0]);
    map(node.output(), op.getResult());
    return true;
  }
  case prim::CallMethod:
    importCallMethod(node, node.s(c10::attr::name));
    return true;
  case prim::CallFunction:
    importCallFunction(node);
    return true;
  // `with`: the calls are plain; the marks say that an exception in between
  // runs the second one.
  case prim::Enter:
    importCallMethod(node, "__enter__", "mt.enter");
    return true;
  case prim::Exit:
    importCallMethod(node, "__exit__", "mt.exit");
    return true;
  default:
    return false;
  }
}

//===----------------------------------------------------------------------===//
// Containers and other prim nodes
//===----------------------------------------------------------------------===//

bool GraphImporter::importContainer(const Node &node) {
  Location loc = importer.convertLocation(node);
  auto finish = [&](Operation *op) {
    setResults(node, op->getResults());
    return true;
  };
  SmallVector<Type> types = getResultTypes(node);
  switch (node.kind()) {
  case prim::ListConstruct:
    return finish(mt::PrimListConstructOp::create(builder, loc, types[0],
                                                  getInputs(node)));
  case prim::DictConstruct:
    return finish(mt::PrimDictConstructOp::create(builder, loc, types[0],
                                                  getInputs(node)));
  case prim::TupleConstruct: {
    // A NamedTuple's fields may be declared wider than what they get.
    SmallVector<Value> inputs = getInputs(node);
    auto tuple = llvm::cast<mt::TupleType>(types[0]);
    for (auto [input, type] : llvm::zip_equal(inputs, tuple.getTypes()))
      input = cast(input, type, loc);
    return finish(
        mt::PrimTupleConstructOp::create(builder, loc, tuple, inputs));
  }
  case prim::TupleUnpack:
    return finish(mt::PrimTupleUnpackOp::create(builder, loc, types,
                                                get(node.inputs()[0])));
  case prim::TupleIndex:
    return finish(mt::PrimTupleIndexOp::create(
        builder, loc, types[0], get(node.inputs()[0]), get(node.inputs()[1])));
  case prim::ListUnpack:
    return finish(mt::PrimListUnpackOp::create(builder, loc, types,
                                               get(node.inputs()[0])));
  case prim::unchecked_cast:
  case prim::unchecked_unwrap_optional:
    map(node.output(), cast(get(node.inputs()[0]), types[0], loc));
    return true;
  case prim::Uninitialized:
    return finish(mt::PrimUninitializedOp::create(builder, loc, types[0]));
  case prim::RaiseException: {
    SmallVector<Value> inputs = getInputs(node);
    if (inputs.size() == 1)
      inputs.push_back(mt::ConstantNoneOp::create(
          builder, loc, mt::NoneType::get(importer.context)));
    mt::PrimRaiseOp::create(builder, loc, inputs[0], inputs[1]);
    return true;
  }
  default:
    return false;
  }
}

bool GraphImporter::importPrim(const Node &node) {
  switch (node.kind()) {
  case prim::Constant:
    importConstant(node);
    return true;
  case prim::If:
    importIf(node);
    return true;
  case prim::Loop:
    importLoop(node);
    return true;
  default:
    return importObjectAccess(node) || importContainer(node);
  }
}

void GraphImporter::importNode(const Node &node) {
  if (!node.kind().is_prim() || !importPrim(node))
    importOperator(node);
}

void GraphImporter::importNodes(const torch::jit::Block &block) {
  for (const Node *node : block.nodes())
    importNode(*node);
}
