//===- VerifyBackendContract.cpp - What conversions start from --*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/Instances.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace minitorch::mt {
#define GEN_PASS_DEF_MTVERIFYBACKENDCONTRACTPASS
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h.inc"
} // namespace minitorch::mt

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

/// A tensor object that could not be unboxed, other than in a container.
static mt::TensorType findBoxedTensor(TypeRange types) {
  for (Type type : types)
    if (auto tensor = dyn_cast<mt::TensorType>(type))
      return tensor;
  return {};
}

/// Whether a value is, or holds, the contents of a tensor: it is a new object
/// wherever an object is needed.
static bool isTensorValue(Type type) {
  auto optional = dyn_cast<OptionalType>(type);
  auto shape = TensorShape::of(optional ? optional.getElementType() : type);
  return shape && shape->hasRank && shape->dtype;
}

/// Whether nothing is known of the result because nothing is known of another
/// operator's: that one is reported. An operator without a class is reported in
/// any case.
static bool isConsequence(Operation *op) {
  return !isa<OperatorOp>(op) && llvm::any_of(op->getOperands(), [](Value in) {
    return isa<mt::TensorType>(in.getType()) &&
           isa_and_nonnull<SchemaOpInterface>(in.getDefiningOp());
  });
}

static StringRef getOperatorName(Operation *op) {
  if (auto schemaOp = dyn_cast<SchemaOpInterface>(op))
    return schemaOp.getSchemaName();
  return op->getName().getStringRef();
}

namespace {
class MtVerifyBackendContractPass
    : public minitorch::mt::impl::MtVerifyBackendContractPassBase<
          MtVerifyBackendContractPass> {
public:
  using Base::Base;
  void runOnOperation() override {
    bool ok = true;
    getOperation().walk([&](Operation *op) {
      if (failed(check(op)))
        ok = false;
    });
    // A tensor that no operator is to blame for, such as a branch's.
    if (ok)
      getOperation().walk([&](func::ReturnOp op) {
        if (findBoxedTensor(op.getOperandTypes())) {
          op.emitError("returns a tensor whose rank or dtype is not known when "
                       "the program is compiled");
          ok = false;
        }
      });
    if (!ok)
      signalPassFailure();
  }

private:
  /// What is made of a tensor that loops carry may have a rank all the same.
  LogicalResult checkCarried(Operation *op) {
    for (Value operand : op->getOperands())
      if (auto tensor = dyn_cast<mt::TensorType>(operand.getType());
          tensor && !tensor.getHasRank() && isa<BlockArgument>(operand) &&
          !isa<OperatorOp>(op))
        return op->emitError()
               << "'" << getOperatorName(op)
               << "': the rank of a tensor that a loop carries is not known "
                  "when the program is compiled";
    return success();
  }

  LogicalResult check(Operation *op) {
    if (isa<PrimCallMethodOp, PrimGetAttrOp, PrimSetAttrOp, PrimCreateObjectOp,
            ConstantObjectOp>(op) &&
        !op->hasAttr(fieldAttrName) && !op->hasAttr(fieldsAttrName))
      return op->emitError() << "'" << getOperatorName(op)
                             << "' works on an object that is not known when "
                                "the program is compiled";
    const Schema *schema = lookupSchema(op);
    if (schema &&
        (schema->name == "aten::__is__" || schema->name == "aten::__isnot__") &&
        llvm::all_of(op->getOperandTypes(), isTensorValue))
      return op->emitError()
             << "'" << schema->name
             << "' asks whether two tensors are one object, which is not known "
                "when the program is compiled";
    if (schema && schema->isMutating())
      for (auto [i, operand] : llvm::enumerate(op->getOperands()))
        if (i < schema->arguments.size() && schema->arguments[i].isWrite &&
            TensorShape::of(operand.getType()))
          return op->emitError()
                 << "'" << schema->name
                 << "' writes to a tensor and has no form as a value";
    if (!isa<SchemaOpInterface>(op) || isConsequence(op))
      return success();
    mt::TensorType tensor = findBoxedTensor(op->getResultTypes());
    if (!tensor)
      return checkCarried(op);
    InFlightDiagnostic error = op->emitError();
    error << "'" << getOperatorName(op) << "': the "
          << (tensor.getHasRank() ? "dtype" : "rank")
          << " of the result is not known when the program is compiled";
    if (auto reason = op->getAttrOfType<StringAttr>(reasonAttrName))
      error.attachNote() << reason.getValue();
    return error;
  }
};
} // namespace
