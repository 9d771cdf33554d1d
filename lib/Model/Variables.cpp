//===- Variables.cpp - Attributes that other methods write --------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Variables.h"

#include "State.h"

#include "MiniTorch/Dialect/Mt/IR/MtAttributes.h"

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

/// Gives the tensor `argument` and its slot in the signature sizes that fit
/// both its own and `sizes`.
static mt::SlotAttr widen(BlockArgument argument, mt::SlotAttr slot,
                          llvm::ArrayRef<int64_t> sizes) {
  auto shape = mt::TensorShape::of(argument.getType());
  auto tensor = dyn_cast<mt::TensorSlotAttr>(slot);
  if (!shape || !shape->hasRank || !tensor ||
      tensor.getShape().size() != sizes.size() ||
      shape->sizes.size() != sizes.size())
    return slot;
  llvm::SmallVector<int64_t> described(tensor.getShape());
  for (auto [i, size] : llvm::enumerate(sizes))
    if (shape->sizes[i] != size)
      shape->sizes[i] = described[i] = ShapedType::kDynamic;
  argument.setType(shape->getBoxed(argument.getContext()));
  return mt::TensorSlotAttr::get(described, tensor.getDtype());
}

void minitorch::keepVariables(ModuleOp module, const VariableSizes &variables) {
  for (auto func : module.getOps<func::FuncOp>()) {
    auto state = func->getAttrOfType<ArrayAttr>("mt.state");
    auto signature =
        func->getAttrOfType<mt::SignatureAttr>(mt::signatureAttrName);
    if (!state || !signature || signature.getState().size() != state.size())
      continue;
    Block &body = func.getBody().front();
    Operation *end = body.getTerminator();
    Builder builder(func.getContext());
    llvm::SmallVector<Attribute> entries;
    llvm::SmallVector<mt::StateAttr> attributes(signature.getState());
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
      if (variable->second)
        attributes[i] = mt::StateAttr::get(
            attributes[i].getPath(),
            widen(argument, attributes[i].getSlot(), *variable->second));
    }
    func->setAttr("mt.state", builder.getArrayAttr(entries));
    func->setAttr(mt::signatureAttrName, signature.withState(attributes));
    func.setType(FunctionType::get(func.getContext(), body.getArgumentTypes(),
                                   end->getOperandTypes()));
  }
}

LogicalResult minitorch::checkStateTypes(ModuleOp module) {
  LogicalResult result = success();
  for (auto func : module.getOps<func::FuncOp>()) {
    auto signature =
        func->getAttrOfType<mt::SignatureAttr>(mt::signatureAttrName);
    if (!signature || !signature.getResult() || func.isExternal())
      continue;
    size_t count = signature.getState().size();
    // Behind the state.
    size_t others = signature.getMutated().size() +
                    llvm::count_if(signature.getReshaped(), [](auto change) {
                      return isa<mt::ReplacedChangeAttr>(change);
                    });
    auto before = func.getArgumentTypes();
    auto after = func.getResultTypes();
    if (before.size() < count || after.size() < count + others)
      continue;
    before = before.take_back(count);
    after = after.drop_back(others).take_back(count);
    for (auto [attribute, from, to] :
         llvm::zip(signature.getState(), before, after)) {
      auto shape = dyn_cast<RankedTensorType>(from);
      auto other = dyn_cast<RankedTensorType>(to);
      bool isAlike = shape && other && shape.getRank() == other.getRank() &&
                     shape.getElementType() == other.getElementType();
      if ((!shape && !other) || isAlike)
        continue;
      result = func.emitError()
               << "attribute '" << attribute.getPath().getValue() << "' is "
               << from << " and gets " << to
               << "; another rank, dtype or None takes tensors that are "
                  "objects";
    }
  }
  return result;
}
