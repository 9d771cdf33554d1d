//===- Importer.h - State shared by the parts of the importer ---*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_IMPORT_TORCHSCRIPT_IMPORTER_H
#define MINITORCH_LIB_IMPORT_TORCHSCRIPT_IMPORTER_H

#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"
#include "MiniTorch/Import/TorchScript.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSet.h"
#include <deque>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/ir/ir.h>

namespace minitorch::torchscript {

/// One import: maps what PyTorch identifies by pointer (types, functions,
/// objects, tensors) to symbols and resources, and keeps lists of what was
/// mentioned and still has to be imported.
class Importer {
public:
  Importer(mlir::MLIRContext *context, const ImportOptions &options)
      : context(context), options(options), builder(context) {}

  /// Imports everything that is reachable from `root`. Throws what PyTorch
  /// throws.
  mlir::OwningOpRef<mlir::ModuleOp> run(const torch::jit::Module &root);

  //===--------------------------------------------------------------------===//
  // Types.cpp
  //===--------------------------------------------------------------------===//

  mlir::Type convertType(const c10::Type &type);

  //===--------------------------------------------------------------------===//
  // Locations.cpp
  //===--------------------------------------------------------------------===//

  mlir::Location convertLocation(const torch::jit::Node &node);
  mlir::Location convertLocation(const torch::jit::SourceRange &range);
  /// Puts the name that the source gives to `from` into the location of `to`,
  /// where the printer looks for it.
  void nameValue(const torch::jit::Value &from, mlir::Value to);

  //===--------------------------------------------------------------------===//
  // Values.cpp
  //===--------------------------------------------------------------------===//

  /// The attribute that stands for `value`; `path` names the resources and
  /// objects found in it.
  mlir::Attribute convertValue(const c10::IValue &value,
                               const std::string &path);
  /// Null for what has no dense host memory (a sparse or a meta tensor).
  mlir::ElementsAttr convertTensor(const at::Tensor &tensor,
                                   const std::string &path);

  //===--------------------------------------------------------------------===//
  // Symbols: each asks that the thing be imported
  //===--------------------------------------------------------------------===//

  mlir::FlatSymbolRefAttr getClassSymbol(const c10::NamedType &type);
  mlir::FlatSymbolRefAttr getFunctionSymbol(torch::jit::Function &function);
  /// A function for a graph that has no name of its own (a forked closure).
  mlir::FlatSymbolRefAttr
  getGraphSymbol(const std::shared_ptr<torch::jit::Graph> &graph,
                 llvm::StringRef name);
  mlir::FlatSymbolRefAttr
  getObjectSymbol(const c10::intrusive_ptr<c10::ivalue::Object> &object,
                  const std::string &path);

  /// Whether `type` is the root's, and has hooks: its method `forward` calls
  /// them, and the program's own is `plainForwardName`.
  bool hasHooks(const c10::Type &type) const;
  static constexpr llvm::StringLiteral plainForwardName =
      "forward_without_hooks";

  mlir::MLIRContext *const context;
  const ImportOptions options;
  mlir::OpBuilder builder;

private:
  mlir::FlatSymbolRefAttr makeSymbol(llvm::StringRef name);
  void importClass(const c10::NamedType &type, mlir::StringAttr symbol);
  void importObject(const c10::ivalue::Object &object, mlir::StringAttr symbol,
                    const std::string &path, bool isRoot);
  /// Notes every tensor in `value`, which attribute `attribute` holds.
  void noteTensors(const c10::IValue &value, mlir::StringAttr attribute);
  /// Marks the attributes that hold the same memory as others.
  void markShared();
  /// A function without a body.
  mlir::func::FuncOp declareFunction(const c10::FunctionSchema &schema,
                                     mlir::StringAttr symbol);
  llvm::SmallVector<mlir::Type>
  convertTypes(const std::vector<c10::Argument> &arguments);
  void importFunction(torch::jit::Function &function, mlir::StringAttr symbol);
  /// The root's hooks around its `forward`.
  void importHookedForward(const c10::ClassType &type, mlir::StringAttr symbol);
  /// Names and defaults.
  void describeArguments(mlir::func::FuncOp func,
                         const c10::FunctionSchema &schema);
  void importGraph(const torch::jit::Graph &graph, mlir::StringAttr symbol,
                   const c10::FunctionSchema *schema);

  struct PendingObject {
    c10::intrusive_ptr<c10::ivalue::Object> object;
    mlir::StringAttr symbol;
    std::string path;
  };
  struct PendingGraph {
    std::shared_ptr<torch::jit::Graph> graph;
    mlir::StringAttr symbol;
  };
  /// What makes two tensors the same to a reader: memory and its layout.
  using TensorKey = std::tuple<const void *, at::ScalarType,
                               std::vector<int64_t>, std::vector<int64_t>>;

  const c10::ClassType *rootType = nullptr;
  llvm::StringSet<> symbolNames;
  llvm::DenseMap<const void *, mlir::FlatSymbolRefAttr> symbols;
  std::map<TensorKey, mlir::ElementsAttr> tensors;
  std::deque<std::pair<const c10::NamedType *, mlir::StringAttr>>
      pendingClasses;
  std::deque<std::pair<torch::jit::Function *, mlir::StringAttr>>
      pendingFunctions;
  std::deque<PendingGraph> pendingGraphs;
  std::deque<PendingObject> pendingObjects;
  /// The tensors in each attribute, by the place in `objects` of its object.
  llvm::MapVector<std::pair<size_t, mlir::StringAttr>, std::vector<at::Tensor>>
      held;
  std::vector<mlir::OwningOpRef<mlir::Operation *>> classes, objects, functions;
};

/// Builds the body of one function from a graph.
class GraphImporter {
public:
  GraphImporter(Importer &importer, mlir::OpBuilder &builder,
                llvm::StringRef functionName)
      : importer(importer), builder(builder), functionName(functionName) {}

  void map(const torch::jit::Value *from, mlir::Value to) {
    importer.nameValue(*from, to);
    values[from] = to;
  }
  /// Imports the nodes of `block`, and not its return node.
  void importNodes(const torch::jit::Block &block);
  /// The value of `from` at type `type`.
  mlir::Value get(const torch::jit::Value *from, mlir::Type type);
  mlir::Value get(const torch::jit::Value *from) { return values.at(from); }

private:
  void importNode(const torch::jit::Node &node);
  bool importPrim(const torch::jit::Node &node);
  bool importContainer(const torch::jit::Node &node);
  bool importObjectAccess(const torch::jit::Node &node);
  void importConstant(const torch::jit::Node &node);
  void importIf(const torch::jit::Node &node);
  void importLoop(const torch::jit::Node &node);
  void importCallFunction(const torch::jit::Node &node);
  void importCallMethod(const torch::jit::Node &node, llvm::StringRef method,
                        llvm::StringRef mark = "");
  void importOperator(const torch::jit::Node &node);
  void setResults(const torch::jit::Node &node, mlir::ValueRange results);
  mlir::Value materialize(const c10::IValue &value, const c10::Type &type,
                          mlir::Location loc);
  mlir::Value cast(mlir::Value value, mlir::Type type, mlir::Location loc);
  llvm::SmallVector<mlir::Value> getInputs(const torch::jit::Node &node);
  llvm::SmallVector<mlir::Type> getResultTypes(const torch::jit::Node &node);
  void addAttributes(const torch::jit::Node &node, mlir::OperationState &state);

  Importer &importer;
  mlir::OpBuilder &builder;
  llvm::StringRef functionName;
  llvm::DenseMap<const torch::jit::Value *, mlir::Value> values;
};

} // namespace minitorch::torchscript

#endif // MINITORCH_LIB_IMPORT_TORCHSCRIPT_IMPORTER_H
