//===- Module.cpp - Classes, objects and functions --------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Importer.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Complex/IR/Complex.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <ATen/core/jit_type.h>
#include <torch/csrc/jit/api/function_impl.h>

using namespace mlir;
using namespace minitorch;
using namespace minitorch::torchscript;

/// The symbol of the module that was loaded; every other object is named by
/// the path of attributes that leads to it.
static constexpr llvm::StringLiteral kRootName = "model";

//===----------------------------------------------------------------------===//
// Symbols
//===----------------------------------------------------------------------===//

FlatSymbolRefAttr Importer::makeSymbol(StringRef name) {
  std::string unique = name.str();
  for (unsigned i = 1; !symbolNames.insert(unique).second; ++i)
    unique = (name + "_" + Twine(i)).str();
  return FlatSymbolRefAttr::get(context, unique);
}

FlatSymbolRefAttr Importer::getClassSymbol(const c10::NamedType &type) {
  FlatSymbolRefAttr &symbol = symbols[&type];
  if (!symbol) {
    symbol = makeSymbol(type.name() ? type.name()->qualifiedName() : "class");
    pendingClasses.emplace_back(&type, symbol.getAttr());
  }
  return symbol;
}

FlatSymbolRefAttr Importer::getFunctionSymbol(torch::jit::Function &function) {
  FlatSymbolRefAttr &symbol = symbols[&function];
  if (!symbol) {
    symbol = makeSymbol(function.qualname().qualifiedName());
    pendingFunctions.emplace_back(&function, symbol.getAttr());
  }
  return symbol;
}

FlatSymbolRefAttr
Importer::getGraphSymbol(const std::shared_ptr<torch::jit::Graph> &graph,
                         StringRef name) {
  FlatSymbolRefAttr &symbol = symbols[graph.get()];
  if (!symbol) {
    symbol = makeSymbol(name);
    pendingGraphs.push_back({graph, symbol.getAttr()});
  }
  return symbol;
}

FlatSymbolRefAttr
Importer::getObjectSymbol(const c10::intrusive_ptr<c10::ivalue::Object> &object,
                          const std::string &path) {
  FlatSymbolRefAttr &symbol = symbols[object.get()];
  if (!symbol) {
    std::string name = kRootName.str() + (path.empty() ? "" : ".") + path;
    symbol = makeSymbol(name);
    pendingObjects.push_back({object, symbol.getAttr(), path});
  }
  return symbol;
}

//===----------------------------------------------------------------------===//
// Classes and objects
//===----------------------------------------------------------------------===//

void Importer::importClass(const c10::NamedType &type, StringAttr symbol) {
  Location loc = builder.getUnknownLoc();
  const auto *classType = type.castRaw<c10::ClassType>();
  auto op = mt::ClassOp::create(builder, loc, symbol,
                                classType ? UnitAttr() : builder.getUnitAttr());
  classes.emplace_back(op);
  OpBuilder::InsertionGuard guard(builder);
  builder.createBlock(&op.getBody());
  // An interface has methods without bodies.
  if (!classType) {
    const auto *interface = type.castRaw<c10::InterfaceType>();
    for (const c10::FunctionSchema &schema :
         interface ? interface->methods()
                   : std::vector<c10::FunctionSchema>()) {
      FlatSymbolRefAttr function =
          makeSymbol(symbol.str() + "." + schema.name());
      declareFunction(schema, function.getAttr());
      mt::MethodOp::create(builder, loc, builder.getStringAttr(schema.name()),
                           function);
    }
    return;
  }
  for (size_t i = 0, e = classType->numAttributes(); i < e; ++i)
    mt::AttrOp::create(builder, loc,
                       builder.getStringAttr(classType->getAttributeName(i)),
                       TypeAttr::get(convertType(*classType->getAttribute(i))));
  llvm::StringSet<> seen;
  if (hasHooks(*classType)) {
    FlatSymbolRefAttr forward = makeSymbol(symbol.str() + ".forward");
    mt::MethodOp::create(builder, loc, builder.getStringAttr("forward"),
                         forward);
    mt::MethodOp::create(builder, loc, builder.getStringAttr(plainForwardName),
                         getFunctionSymbol(classType->getMethod("forward")));
    seen.insert("forward");
    importHookedForward(*classType, forward.getAttr());
  }
  for (const auto *list : {&classType->methods(), &classType->getForwardHooks(),
                           &classType->getForwardPreHooks()})
    for (torch::jit::Function *method : *list)
      if (seen.insert(method->name()).second)
        mt::MethodOp::create(builder, loc,
                             builder.getStringAttr(method->name()),
                             getFunctionSymbol(*method));
}

void Importer::importObject(const c10::ivalue::Object &object,
                            StringAttr symbol, const std::string &path,
                            bool isRoot) {
  const c10::ClassType &type = *object.type();
  SmallVector<NamedAttribute> values;
  // A custom class of C++ has state of its own and no attributes.
  size_t count = std::min(type.numAttributes(), object.slots().size());
  for (size_t i = 0; i < count; ++i) {
    std::string name = type.getAttributeName(i);
    std::string place = path.empty() ? name : path + "." + name;
    values.push_back(builder.getNamedAttr(
        builder.getStringAttr(name), convertValue(object.slots()[i], place)));
    noteTensors(object.slots()[i], builder.getStringAttr(name));
  }
  objects.emplace_back(mt::ObjectOp::create(
      builder, builder.getUnknownLoc(), symbol, getClassSymbol(type),
      builder.getDictionaryAttr(values),
      isRoot ? builder.getUnitAttr() : UnitAttr()));
}

void Importer::noteTensors(const c10::IValue &value, StringAttr attribute) {
  if (value.isTensor()) {
    held[{objects.size(), attribute}].push_back(value.toTensor());
  } else if (value.isList()) {
    for (const c10::IValue &element : value.toListRef())
      noteTensors(element, attribute);
  } else if (value.isTuple()) {
    for (const c10::IValue &element : value.toTupleRef().elements())
      noteTensors(element, attribute);
  } else if (value.isGenericDict()) {
    for (const auto &entry : value.toGenericDict())
      noteTensors(entry.value(), attribute);
  }
}

/// The memory of a tensor; null where it has none that others could share.
static const void *getMemory(const at::Tensor &tensor) {
  return tensor.defined() && tensor.has_storage() && tensor.numel() > 0
             ? tensor.storage().data()
             : nullptr;
}

void Importer::markShared() {
  llvm::DenseMap<const void *, unsigned> uses;
  for (const auto &entry : held)
    for (const at::Tensor &tensor : entry.second)
      ++uses[getMemory(tensor)];
  std::map<size_t, NamedAttrList> shared;
  llvm::MapVector<const void *, int64_t> tensors, memories;
  auto number = [](auto &numbers, const void *key) {
    return numbers.try_emplace(key, numbers.size()).first->second;
  };
  auto place = [&](const at::Tensor &tensor) -> Attribute {
    const void *memory = getMemory(tensor);
    if (!memory)
      return builder.getDictionaryAttr({});
    auto integer = [&](StringRef name, int64_t value) {
      return builder.getNamedAttr(name, builder.getI64IntegerAttr(value));
    };
    ArrayRef<int64_t> strides(tensor.strides().data(), tensor.strides().size());
    return builder.getDictionaryAttr(
        {integer("tensor", number(tensors, tensor.unsafeGetTensorImpl())),
         integer("memory", number(memories, memory)),
         integer("offset", tensor.storage_offset()),
         builder.getNamedAttr("strides", builder.getDenseI64ArrayAttr(strides)),
         integer("bytes", tensor.storage().nbytes())});
  };
  for (const auto &[holder, values] : held) {
    if (llvm::none_of(values, [&](const at::Tensor &tensor) {
          return getMemory(tensor) && uses[getMemory(tensor)] > 1;
        }))
      continue;
    SmallVector<Attribute> places;
    for (const at::Tensor &tensor : values)
      places.push_back(place(tensor));
    shared[holder.first].set(holder.second, builder.getArrayAttr(places));
  }
  for (auto &[object, places] : shared)
    (*objects[object])
        ->setAttr(mt::sharedAttrName, places.getDictionary(context));
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

SmallVector<Type>
Importer::convertTypes(const std::vector<c10::Argument> &arguments) {
  SmallVector<Type> types;
  for (const c10::Argument &argument : arguments)
    types.push_back(convertType(*argument.type()));
  return types;
}

func::FuncOp Importer::declareFunction(const c10::FunctionSchema &schema,
                                       StringAttr symbol) {
  OpBuilder::InsertionGuard guard(builder);
  builder.clearInsertionPoint();
  auto op = func::FuncOp::create(
      builder, builder.getUnknownLoc(), symbol,
      builder.getFunctionType(convertTypes(schema.arguments()),
                              convertTypes(schema.returns())));
  op.setPrivate();
  functions.emplace_back(op);
  return op;
}

void Importer::describeArguments(func::FuncOp func,
                                 const c10::FunctionSchema &schema) {
  size_t count =
      std::min<size_t>(func.getNumArguments(), schema.arguments().size());
  for (size_t i = 0; i < count; ++i) {
    const c10::Argument &argument = schema.arguments()[i];
    func.setArgAttr(i, "mt.name", builder.getStringAttr(argument.name()));
    if (argument.default_value())
      func.setArgAttr(
          i, "mt.default",
          convertValue(*argument.default_value(),
                       func.getName().str() + "." + argument.name()));
  }
}

void Importer::importFunction(torch::jit::Function &function,
                              StringAttr symbol) {
  if (auto *graphFunction = torch::jit::tryToGraphFunction(function)) {
    // Bodies of loaded functions are compiled when first asked for.
    graphFunction->ensure_defined();
    importGraph(*graphFunction->graph(), symbol, &function.getSchema());
    return;
  }
  // Implemented in C++, a method of a custom class.
  declareFunction(function.getSchema(), symbol);
}

/// Where a function is: the place of its first node that has one.
static Location getFunctionLoc(Importer &importer,
                               const torch::jit::Graph &graph) {
  for (const torch::jit::Node *node : graph.nodes()) {
    Location loc = importer.convertLocation(*node);
    if (!isa<UnknownLoc>(loc))
      return loc;
  }
  return UnknownLoc::get(importer.context);
}

void Importer::importGraph(const torch::jit::Graph &graph, StringAttr symbol,
                           const c10::FunctionSchema *schema) {
  SmallVector<Type> argumentTypes, resultTypes;
  for (const torch::jit::Value *input : graph.inputs())
    argumentTypes.push_back(convertType(*input->type()));
  for (auto [i, output] : llvm::enumerate(graph.outputs())) {
    bool declared = schema && i < schema->returns().size();
    resultTypes.push_back(
        convertType(declared ? *schema->returns()[i].type() : *output->type()));
  }
  Location loc = getFunctionLoc(*this, graph);
  auto op =
      func::FuncOp::create(builder, loc, symbol,
                           builder.getFunctionType(argumentTypes, resultTypes));
  op.setPrivate();
  functions.emplace_back(op);

  OpBuilder::InsertionGuard guard(builder);
  mlir::Block *body = op.addEntryBlock();
  builder.setInsertionPointToStart(body);
  GraphImporter importer(*this, builder, symbol.getValue());
  for (auto [i, input] : llvm::enumerate(graph.inputs()))
    importer.map(input, body->getArgument(i));
  if (schema)
    describeArguments(op, *schema);
  importer.importNodes(*graph.block());
  SmallVector<Value> results;
  for (auto [output, type] : llvm::zip_equal(graph.outputs(), resultTypes))
    results.push_back(importer.get(output, type));
  func::ReturnOp::create(builder, convertLocation(*graph.return_node()),
                         results);
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

OwningOpRef<ModuleOp> Importer::run(const torch::jit::Module &root) {
  context->loadDialect<mt::MtDialect, arith::ArithDialect,
                       complex::ComplexDialect, func::FuncDialect>();
  rootType = root.type().get();
  getObjectSymbol(root._ivalue(), "");
  bool isRoot = true;
  // Objects breadth first, so that what two paths lead to is named by the
  // shorter one; classes and functions as they are mentioned.
  while (!pendingObjects.empty() || !pendingClasses.empty() ||
         !pendingFunctions.empty() || !pendingGraphs.empty()) {
    if (!pendingObjects.empty()) {
      PendingObject next = std::move(pendingObjects.front());
      pendingObjects.pop_front();
      importObject(*next.object, next.symbol, next.path, isRoot);
      isRoot = false;
    } else if (!pendingClasses.empty()) {
      auto [type, symbol] = pendingClasses.front();
      pendingClasses.pop_front();
      importClass(*type, symbol);
    } else if (!pendingFunctions.empty()) {
      auto [function, symbol] = pendingFunctions.front();
      pendingFunctions.pop_front();
      importFunction(*function, symbol);
    } else {
      PendingGraph next = std::move(pendingGraphs.front());
      pendingGraphs.pop_front();
      importGraph(*next.graph, next.symbol, /*schema=*/nullptr);
    }
  }

  markShared();
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder.getUnknownLoc());
  for (auto *list : {&classes, &objects, &functions})
    for (OwningOpRef<Operation *> &op : *list)
      module->push_back(op.release());
  return module;
}
