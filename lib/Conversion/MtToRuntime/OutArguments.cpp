//===- OutArguments.cpp - Results that go into out= arguments ---*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OutArguments.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "RuntimeCalls.h"

using namespace mlir;
using namespace minitorch;
using namespace minitorch::mt;

/// The operands that `op` gives as out=, if it writes no others.
static SmallVector<Value> getOutArguments(Operation *op, const Schema &schema) {
  SmallVector<Value> outs;
  for (auto [argument, operand] :
       llvm::zip(schema.arguments, op->getOperands()))
    if (argument.isWrite) {
      if (!argument.isKeywordOnly || !isa<mt::TensorType>(operand.getType()))
        return {};
      outs.push_back(operand);
    }
  return outs;
}

bool minitorch::hasOutArguments(Operation *op) {
  const Schema *schema = lookupSchema(op);
  const Schema *functional =
      schema && schema->isMutating() ? getFunctionalSchema(*schema) : nullptr;
  if (!functional)
    return false;
  size_t numOuts = getOutArguments(op, *schema).size();
  return numOuts && numOuts == functional->results.size() &&
         op->getNumResults() <= numOuts &&
         llvm::all_of(functional->results,
                      [](const auto &each) { return each.type == "Tensor"; }) &&
         llvm::all_of(functional->arguments, [&](const auto &each) {
           return schema->getArgumentIndex(each.name) >= 0;
         });
}

Operation *minitorch::expandOutArguments(Operation *op) {
  const Schema &schema = *lookupSchema(op);
  const Schema &functional = *getFunctionalSchema(schema);
  SmallVector<Value> outs = getOutArguments(op, schema), operands;
  for (const SchemaArgument &argument : functional.arguments)
    operands.push_back(op->getOperand(schema.getArgumentIndex(argument.name)));
  IRRewriter rewriter(op);
  SmallVector<Type> types(outs.size(),
                          mt::TensorType::getUnknown(op->getContext()));
  Operation *compute =
      createOperator(rewriter, op->getLoc(), functional.name, types, operands);
  // What is an operand, too, is not resized.
  RuntimeCalls calls(rewriter, op);
  if (auto schemaOp = dyn_cast<SchemaOpInterface>(compute);
      schemaOp && schemaOp.isPointwise())
    for (auto [out, result] : llvm::zip(outs, compute->getResults()))
      for (Value operand : operands)
        if (isa<mt::TensorType>(operand.getType()))
          calls.callBoxed({"mtrt_tensor_check_out", "ooo", "", /*raises=*/true},
                          {out, result, operand}, TypeRange());
  for (auto [out, result] : llvm::zip(outs, compute->getResults()))
    calls.callBoxed({"mtrt_tensor_write_out", "oo", "", /*raises=*/true},
                    {out, result}, TypeRange());
  op->replaceAllUsesWith(ValueRange(outs).take_front(op->getNumResults()));
  op->erase();
  return compute;
}
