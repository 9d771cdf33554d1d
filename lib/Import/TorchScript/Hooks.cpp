//===- Hooks.cpp - What is run around a model's forward -------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where a graph calls a submodule, it calls the submodule's hooks, too. Those
// of the root are run by who calls it (torch::jit::Module::operator()): here by
// the method `forward`, which calls the hooks and, between them, the program's
// own.
//
//===----------------------------------------------------------------------===//

#include "Importer.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <ATen/core/jit_type.h>
#include <torch/csrc/jit/api/function_impl.h>

using namespace mlir;
using namespace minitorch;
using namespace minitorch::torchscript;

bool Importer::hasHooks(const c10::Type &type) const {
  const auto *classType = type.castRaw<c10::ClassType>();
  return classType && classType == rootType &&
         classType->findMethod("forward") &&
         !(classType->getForwardHooks().empty() &&
           classType->getForwardPreHooks().empty());
}

/// `value`, or `other` where that is None.
static Value orElse(OpBuilder &b, Location loc, Value value, Value other) {
  Value none =
      mt::ConstantNoneOp::create(b, loc, mt::NoneType::get(b.getContext()));
  Value isNone = mt::OperatorOp::create(b, loc, b.getI1Type(), "aten::__is__",
                                        {value, none})
                     .getResult(0);
  auto choice = mt::PrimIfOp::create(b, loc, other.getType(), isNone);
  OpBuilder::InsertionGuard guard(b);
  b.createBlock(&choice.getThenRegion());
  mt::PrimYieldOp::create(b, loc, other);
  b.createBlock(&choice.getElseRegion());
  if (value.getType() != other.getType())
    value = mt::PrimUncheckedCastOp::create(b, loc, other.getType(), value);
  mt::PrimYieldOp::create(b, loc, value);
  return choice.getResult(0);
}

void Importer::importHookedForward(const c10::ClassType &type,
                                   StringAttr symbol) {
  const c10::FunctionSchema &schema = type.getMethod("forward").getSchema();
  func::FuncOp func = declareFunction(schema, symbol);
  describeArguments(func, schema);

  OpBuilder::InsertionGuard guard(builder);
  Location loc = builder.getUnknownLoc();
  Block *body = func.addEntryBlock();
  builder.setInsertionPointToStart(body);
  Value self = body->getArgument(0);
  SmallVector<Value> inputs(body->getArguments().drop_front());
  auto call = [&](StringRef name, const c10::FunctionSchema &callee,
                  ValueRange operands) -> Value {
    return mt::PrimCallMethodOp::create(builder, loc,
                                        convertTypes(callee.returns()), self,
                                        builder.getStringAttr(name), operands)
        .getResult(0);
  };
  auto pack = [&] {
    auto type = mt::TupleType::get(
        context, llvm::to_vector(ValueRange(inputs).getTypes()));
    return mt::PrimTupleConstructOp::create(builder, loc, type, inputs)
        .getResult();
  };
  for (torch::jit::Function *hook : type.getForwardPreHooks()) {
    Value result = call(hook->name(), hook->getSchema(), pack());
    if (isa<mt::NoneType>(result.getType()))
      continue;
    auto tuple = dyn_cast<mt::TupleType>(result.getType());
    if (!tuple) {
      inputs.assign({result});
      continue;
    }
    auto unpack =
        mt::PrimTupleUnpackOp::create(builder, loc, tuple.getTypes(), result);
    inputs.assign(unpack->result_begin(), unpack->result_end());
  }
  Value output = call(plainForwardName, schema, inputs);
  for (torch::jit::Function *hook : type.getForwardHooks()) {
    Value result = call(hook->name(), hook->getSchema(), {pack(), output});
    if (isa<mt::NoneType>(result.getType()))
      continue;
    output = isa<mt::OptionalType>(result.getType())
                 ? orElse(builder, loc, result, output)
                 : result;
  }
  func.setType(
      builder.getFunctionType(func.getArgumentTypes(), output.getType()));
  func::ReturnOp::create(builder, loc, output);
}
