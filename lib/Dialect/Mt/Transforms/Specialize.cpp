//===- Specialize.cpp - The entry function's input types --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttributeValues.h"
#include "MiniTorch/Dialect/Mt/IR/Instances.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"
#include "MiniTorch/Dialect/Mt/IR/MtTaskOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeNames.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "Specialize/InputParser.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"

namespace minitorch::mt {
#define GEN_PASS_DEF_MTSPECIALIZEPASS
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"
} // namespace minitorch::mt

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {
class MtSpecializePass
    : public minitorch::mt::impl::MtSpecializePassBase<MtSpecializePass> {
public:
  using Base::Base;
  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (func.isPublic() && !func.isExternal() &&
          !func->hasAttr(signatureAttrName))
        if (failed(specialize(func)))
          return signalPassFailure();
  }

private:
  LogicalResult specialize(func::FuncOp func);
  void widenState(func::FuncOp func, unsigned numState);
};
} // namespace

/// A call may leave state of other sizes than it found: what differs in a copy
/// of the function whose types are inferred is not known. Once more for what
/// depends on that.
void MtSpecializePass::widenState(func::FuncOp func, unsigned numState) {
  if (llvm::none_of(func.getArguments().take_back(numState),
                    [](BlockArgument argument) {
                      return TensorShape::of(argument.getType()).has_value();
                    }))
    return;
  OpPassManager inference(func::FuncOp::getOperationName());
  inference.addPass(createMtInferTypesPass());
  bool changed = true;
  while (changed) {
    changed = false;
    func::FuncOp copy = func.clone();
    copy.setName((func.getName() + ".state").str());
    copy.setPrivate();
    getOperation().push_back(copy);
    {
      // What it says, it says of the function itself too.
      ScopedDiagnosticHandler silence(&getContext(),
                                      [](Diagnostic &) { return success(); });
      if (failed(runPipeline(inference, copy))) {
        copy.erase();
        return;
      }
    }
    for (auto [argument, value] : llvm::zip(
             func.getArguments().take_back(numState),
             copy.getBody().front().getTerminator()->getOperands().take_back(
                 numState))) {
      auto before = TensorShape::of(argument.getType());
      auto after = TensorShape::of(value.getType());
      if (!before || !before->hasRank || !after || !after->hasRank ||
          before->sizes == after->sizes)
        continue;
      // Another rank is another program.
      if (before->getRank() != after->getRank())
        continue;
      TensorShape joined = *before;
      for (auto [size, other] : llvm::zip(joined.sizes, after->sizes))
        if (size != other)
          size = ShapedType::kDynamic;
      if (joined.sizes == before->sizes)
        continue;
      argument.setType(joined.getBoxed(&getContext()));
      changed = true;
    }
    copy.erase();
  }
}

/// What argument `i` is where it is not given. A caller who gives one calls
/// another program.
static Value materializeDefault(func::FuncOp func, unsigned i,
                                OpBuilder &builder, SlotAttr &slot) {
  Attribute value = func.getArgAttr(i, "mt.default");
  if (!value)
    return {};
  slot = NoneSlotAttr::get(builder.getContext());
  return createFromAttribute(builder, func.getLoc(), value,
                             func.getArgumentTypes()[i],
                             SymbolTable(func->getParentOfType<ModuleOp>()));
}

LogicalResult MtSpecializePass::specialize(func::FuncOp func) {
  if (!boxed) {
    WalkResult walked = func.walk([](Operation *op) {
      for (Type type : op->getResultTypes())
        if (auto dict = dyn_cast<DictType>(type);
            dict && TensorShape::of(dict.getKeyType())) {
          op->emitError() << "a dict whose keys are tensors, which it knows by "
                             "their identity, needs the boxed form of the "
                             "program";
          return WalkResult::interrupt();
        }
      if (!isa<ForkOp, BeginWithOp, SortByOp>(op))
        return WalkResult::advance();
      op->emitError() << (isa<ForkOp>(op)     ? "a forked task"
                          : isa<SortByOp>(op) ? "a sort that calls a method"
                                              : "a 'with' block in which an "
                                                "operator may raise")
                      << " needs the boxed form of the program";
      return WalkResult::interrupt();
    });
    if (walked.wasInterrupted())
      return failure();
  }
  Block &body = func.getBody().front();
  OpBuilder builder(&body, body.begin());
  auto state = func->getAttrOfType<ArrayAttr>("mt.state");
  unsigned numState = state ? state.size() : 0;
  unsigned numArgs = func.getNumArguments() - numState;
  if (inputs.empty() && numArgs)
    return success(); // the types stay as they are declared

  // New leaves go behind the declared arguments, which go away at the end.
  InputParser parser(inputs, builder, func.getLoc(), body, numArgs);
  parser.boxesTensors = boxed;
  SmallVector<ArgumentAttr> args;
  for (unsigned i = 0; i < numArgs; ++i) {
    auto name = func.getArgAttrOfType<StringAttr>(i, "mt.name");
    std::string argName = name ? name.str() : "arg" + std::to_string(i);
    if (i && !parser.consume(","))
      return func.emitError()
             << "the inputs give " << i << " types, the method takes "
             << numArgs << " (next: '" << argName << "')";
    SlotAttr slot;
    Type declared = body.getArgument(i).getType();
    parser.loc = body.getArgument(i).getLoc();
    if (parser.consume("missing"))
      return func.emitError()
             << "argument '" << argName << "' is missing: expected "
             << getTypeName(declared);
    bool isDefault = parser.consume("default");
    bool isBoxed = !isDefault && parser.consume("boxed");
    Value value = isDefault ? materializeDefault(func, i, builder, slot)
                  : isBoxed ? parser.parseBoxed(declared, slot)
                            : parser.parse(declared, slot);
    if (!value && isDefault)
      return func.emitError() << "argument '" << argName
                              << "' has a default that is no constant";
    if (!value)
      return func.emitError() << "inputs: " << parser.error;
    // A tensor where a number is declared is a number, and the reverse.
    if (TensorShape::of(value.getType()) && declared.isIntOrFloat())
      return func.emitError() << "argument '" << argName << "' is declared "
                              << declared << ", not a tensor";
    body.getArgument(i).replaceAllUsesWith(value);
    args.push_back(ArgumentAttr::get(builder.getStringAttr(argName), slot));
  }
  if (!parser.atEnd())
    return func.emitError() << "the inputs give more types than the " << numArgs
                            << " arguments that the method takes";
  func.removeArgAttrsAttr();
  body.eraseArguments(0, numArgs);

  auto setType = [&] {
    func.setType(
        mlir::FunctionType::get(&getContext(), body.getArgumentTypes(),
                                body.getTerminator()->getOperandTypes()));
  };
  auto stateArguments = body.getArguments().take_back(numState);
  for (auto [i, argument] : llvm::enumerate(stateArguments)) {
    auto elements = cast<DictionaryAttr>(state[i]).getAs<ElementsAttr>("value");
    if (!elements)
      continue;
    if (!boxed)
      argument.setType(
          mt::TensorType::getBoxed(cast<RankedTensorType>(elements.getType())));
    // An Optional or Union may become something else.
    else if (TensorShape::of(argument.getType()))
      argument.setType(mt::TensorType::getUnknown(&getContext()));
  }
  setType();
  if (!boxed)
    widenState(func, numState);
  setType();
  SmallVector<StateAttr> states;
  for (auto [i, argument] : llvm::enumerate(stateArguments)) {
    auto entry = cast<DictionaryAttr>(state[i]);
    states.push_back(StateAttr::get(entry.getAs<StringAttr>("path"),
                                    getLeafSlot(argument.getType())));
  }
  for (auto [i, example] : llvm::enumerate(parser.examples))
    if (!example.empty())
      func.setArgAttr(i, exampleAttrName,
                      builder.getDenseI64ArrayAttr(example));
  for (auto [i, strides] : llvm::enumerate(parser.strides))
    if (!strides.empty())
      func.setArgAttr(i, stridesAttrName,
                      builder.getDenseI64ArrayAttr(strides));
  auto classes =
      dyn_cast_or_null<DictionaryAttr>(func->removeAttr(classesAttrName));
  auto signature =
      SignatureAttr::get(&getContext(), args, states, SlotAttr(), classes);
  func->setAttr(signatureAttrName, signature);
  return success();
}
