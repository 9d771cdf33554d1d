//===- Variables.cpp - Attributes that other methods write --------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Variables.h"

#include "State.h"

#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "MiniTorch/ExecutionEngine/Signature.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace minitorch;

void minitorch::joinSizes(std::optional<std::vector<int64_t>> &joined,
                          llvm::ArrayRef<int64_t> sizes) {
  if (!joined || joined->size() != sizes.size()) {
    joined = sizes.vec();
    return;
  }
  for (auto [size, other] : llvm::zip(*joined, sizes))
    if (size != other)
      size = -1;
}

void minitorch::writeBack(ModuleOp module, func::FuncOp method,
                          const VariableSizes &variables) {
  SymbolTable symbols(module);
  OpBuilder builder(method.getBody().front().getTerminator());
  Location loc = method.getLoc();
  for (const auto &entry : variables) {
    auto [object, name] = findAttribute(module, entry.first);
    auto classOp =
        object
            ? symbols.lookup<mt::ClassOp>(object.getClassNameAttr().getAttr())
            : mt::ClassOp();
    Type type = classOp ? classOp.getAttributeType(name) : Type();
    if (!type)
      continue;
    auto self = mt::ConstantObjectOp::create(
        builder, loc,
        mt::ObjectType::get(builder.getContext(), object.getClassNameAttr()),
        FlatSymbolRefAttr::get(object.getSymNameAttr()));
    auto value = mt::PrimGetAttrOp::create(builder, loc, type, self,
                                           builder.getStringAttr(name));
    mt::PrimSetAttrOp::create(builder, loc, self, builder.getStringAttr(name),
                              value);
  }
}

/// Gives the tensor `argument` and its description in the signature sizes that
/// fit both its own and `sizes`.
static void widen(BlockArgument argument, llvm::json::Object *description,
                  llvm::ArrayRef<int64_t> sizes) {
  auto shape = mt::TensorShape::of(argument.getType());
  llvm::json::Array *described =
      description ? description->getArray("shape") : nullptr;
  if (!shape || !shape->hasRank || !described ||
      described->size() != sizes.size() || shape->sizes.size() != sizes.size())
    return;
  for (auto [i, size] : llvm::enumerate(sizes))
    if (shape->sizes[i] != size) {
      shape->sizes[i] = ShapedType::kDynamic;
      (*described)[i] = -1;
    }
  argument.setType(shape->getBoxed(argument.getContext()));
}

void minitorch::keepVariables(ModuleOp module, const VariableSizes &variables) {
  for (auto func : module.getOps<func::FuncOp>()) {
    auto state = func->getAttrOfType<ArrayAttr>("mt.state");
    auto text = func->getAttrOfType<StringAttr>(mt::signatureAttrName);
    if (!state || !text)
      continue;
    llvm::Expected<llvm::json::Value> signature =
        llvm::json::parse(text.getValue());
    llvm::json::Array *descriptions =
        signature && signature->getAsObject()
            ? signature->getAsObject()->getArray("state")
            : nullptr;
    if (!descriptions || descriptions->size() != state.size()) {
      if (!signature)
        llvm::consumeError(signature.takeError());
      continue;
    }
    Block &body = func.getBody().front();
    Operation *end = body.getTerminator();
    Builder builder(func.getContext());
    llvm::SmallVector<Attribute> entries;
    for (auto [i, argument] :
         llvm::enumerate(body.getArguments().take_back(state.size()))) {
      auto entry = cast<DictionaryAttr>(state[i]);
      auto path = entry.getAs<StringAttr>("path");
      auto variable = variables.find(path.str());
      entries.push_back(entry);
      // State that turns out not to change becomes a constant, if its value is
      // known; one that is only passed on goes away.
      mlir::Value after =
          end->getOperand(end->getNumOperands() - state.size() + i);
      bool isPassedOn = after == argument && argument.hasOneUse();
      if (variable == variables.end() || isPassedOn)
        continue;
      entries.back() =
          builder.getDictionaryAttr(builder.getNamedAttr("path", path));
      llvm::json::Object *description = (*descriptions)[i].getAsObject();
      if (variable->second && description)
        widen(argument, description->getObject("type"), *variable->second);
    }
    func->setAttr("mt.state", builder.getArrayAttr(entries));
    std::string rewritten;
    llvm::raw_string_ostream(rewritten) << *signature;
    func->setAttr(mt::signatureAttrName, builder.getStringAttr(rewritten));
    func.setType(FunctionType::get(func.getContext(), body.getArgumentTypes(),
                                   end->getOperandTypes()));
  }
}

LogicalResult minitorch::checkStateTypes(ModuleOp module) {
  LogicalResult result = success();
  for (auto func : module.getOps<func::FuncOp>()) {
    auto text = func->getAttrOfType<StringAttr>(mt::signatureAttrName);
    if (!text || func.isExternal())
      continue;
    auto signature = Signature::parse(text.getValue());
    if (!signature) {
      llvm::consumeError(signature.takeError());
      continue;
    }
    size_t count = signature->state.size();
    // Behind the state.
    size_t others = signature->mutated.size() +
                    llvm::count_if(signature->reshaped, [](const auto &change) {
                      return change.kind == Signature::Reshaped::Kind::Replaced;
                    });
    auto before = func.getArgumentTypes();
    auto after = func.getResultTypes();
    if (before.size() < count || after.size() < count + others)
      continue;
    before = before.take_back(count);
    after = after.drop_back(others).take_back(count);
    for (auto [attribute, from, to] :
         llvm::zip(signature->state, before, after)) {
      auto shape = dyn_cast<RankedTensorType>(from);
      auto other = dyn_cast<RankedTensorType>(to);
      bool isAlike = shape && other && shape.getRank() == other.getRank() &&
                     shape.getElementType() == other.getElementType();
      if ((!shape && !other) || isAlike)
        continue;
      result = func.emitError()
               << "attribute '" << attribute.name << "' is " << from
               << " and gets " << to
               << "; another rank, dtype or None takes tensors that are "
                  "objects";
    }
  }
  return result;
}
