//===- GradMode.cpp - Whether gradients are recorded ----------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A compiled program records no gradients, but may ask whether its caller does:
// `is_grad_enabled` is what was last set (by `no_grad`, which is a class with
// `__enter__` and `__exit__`), or else what the caller has set. Nothing is set
// when the program runs.
//
//===----------------------------------------------------------------------===//

#include "InlineObjects.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

static constexpr llvm::StringLiteral asks = "aten::is_grad_enabled";
static constexpr llvm::StringLiteral sets = "aten::set_grad_enabled";

namespace {
class GradModes {
public:
  /// `callers`: what the caller has set.
  explicit GradModes(Value callers) : callers(callers) {}

  /// Answers the questions in `block`, before which `mode` was set, and sets
  /// it.
  LogicalResult resolve(Block &block, Value &mode);

private:
  Value callers;
};
} // namespace

LogicalResult GradModes::resolve(Block &block, Value &mode) {
  for (Operation &op : llvm::make_early_inc_range(block)) {
    auto generic = dyn_cast<OperatorOp>(op);
    if (generic && generic.getName() == asks) {
      if (op.getResult(0) == callers)
        continue;
      op.getResult(0).replaceAllUsesWith(mode);
      op.erase();
      continue;
    }
    if (generic && generic.getName() == sets) {
      mode = op.getOperand(0);
      op.erase();
      continue;
    }
    for (Region &region : op.getRegions())
      for (Block &inner : region) {
        Value after = mode;
        if (failed(resolve(inner, after)))
          return failure();
        if (after != mode)
          return op.emitError("sets on one way only whether gradients are "
                              "recorded, and the program asks for it");
      }
  }
  return success();
}

LogicalResult mt::resolveGradMode(func::FuncOp entry) {
  bool isAsked = entry
                     ->walk([](OperatorOp op) {
                       return op.getName() == asks && !op->use_empty()
                                  ? WalkResult::interrupt()
                                  : WalkResult::advance();
                     })
                     .wasInterrupted();
  if (!isAsked)
    return success();
  Block &body = entry.getBody().front();
  auto builder = OpBuilder::atBlockBegin(&body);
  Type boolean = builder.getI1Type();
  auto callers = OperatorOp::create(builder, entry.getLoc(), TypeRange(boolean),
                                    asks, ValueRange());
  Value mode = callers.getResult(0);
  if (failed(GradModes(mode).resolve(body, mode)))
    return failure();
  if (callers.use_empty())
    callers.erase();
  return success();
}
