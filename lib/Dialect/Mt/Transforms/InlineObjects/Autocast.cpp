//===- Autocast.cpp - Blocks of torch.autocast ------------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InlineObjects.h"
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

bool mt::isAutocastBorder(PrimCallMethodOp call, ClassOp classOp) {
  return classOp && (call->hasAttr("mt.enter") || call->hasAttr("mt.exit")) &&
         classOp.getSymName().ends_with("autocast_mode.autocast");
}

/// The value that the constructor, which is inlined by now, gave an attribute.
static Value getAttributeOfCreated(Value object, StringRef name) {
  for (Operation *user : object.getUsers())
    if (auto set = dyn_cast<PrimSetAttrOp>(user);
        set && set.getObject() == object && set.getName() == name)
      return set.getValue();
  return {};
}

LogicalResult mt::checkAutocast(PrimCallMethodOp call) {
  Value object = call.getObject();
  Value enabled = getAttributeOfCreated(object, "_enabled");
  Value device = getAttributeOfCreated(object, "device");
  while (enabled && enabled.getDefiningOp<PrimUncheckedCastOp>())
    enabled = enabled.getDefiningOp<PrimUncheckedCastOp>().getValue();
  std::optional<StringRef> name =
      device ? getConstantStr(device) : std::optional<StringRef>();
  if ((enabled && getConstantBool(enabled) == false) ||
      (name && !name->starts_with("cpu")))
    return success();
  // Reported where the block begins, once.
  if (call->hasAttr("mt.exit"))
    return success();
  Location loc = object.getLoc();
  return emitError(loc)
         << "'with torch.autocast' is not supported: the operators in the "
            "block "
            "would compute in another dtype; convert the model's dtypes, or "
            "switch it off (enabled=False)";
}

void mt::dropAutocastBorder(PrimCallMethodOp call) {
  OpBuilder builder(call);
  for (Value result : call.getResults()) {
    Value value = call.getObject();
    if (value.getType() != result.getType())
      value =
          PrimUninitializedOp::create(builder, call.getLoc(), result.getType());
    result.replaceAllUsesWith(value);
  }
  call.erase();
}
