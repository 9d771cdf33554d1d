//===- HiddenWrites.cpp - Writes that schemas do not say --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// batch_norm, native_batch_norm and instance_norm update their running
// statistics while training, and their schemas do not mark them as written. In
// evaluation nothing is written, which is what the schemas say.
//
//===----------------------------------------------------------------------===//

#include "HiddenWrites.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "Views.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;
using llvm::SmallVector;
using llvm::StringRef;

bool minitorch::mt::isNormWithStatistics(Operation *op) {
  auto schemaOp = dyn_cast<SchemaOpInterface>(op);
  const Schema *schema = schemaOp ? schemaOp.getSchema() : nullptr;
  return schema && !schema->facts->writes.empty() &&
         schemaOp.getFunctionalSchema();
}

using namespace NormOperand;

/// On a `cov` whose write stands behind it.
static constexpr llvm::StringLiteral exposedAttrName = "mt.exposed";

/// Whether `op` writes to both of its running statistics.
static bool writesStatistics(Operation *op) {
  return getConstantBool(op->getOperand(UsesBatch)) == true &&
         TensorShape::of(op->getOperand(RunningMean).getType()) &&
         TensorShape::of(op->getOperand(RunningVar).getType());
}

static SmallVector<Value> createTrainingNorm(OpBuilder &b, Location loc,
                                             ValueRange operands, Type type) {
  Type unknown = mt::TensorType::getUnknown(b.getContext());
  return llvm::to_vector_of<Value>(
      createOperator(b, loc, "aten::_native_batch_norm_legit",
                     {type, unknown, unknown}, operands.take_front(Eps + 1))
          ->getResults());
}

/// instance_norm of [N, C, ...] is batch_norm of [1, N * C, ...]. Each image
/// moves running statistics of its own; their mean over the images is written.
static Value createTrainingInstanceNorm(OpBuilder &b, Operation *op,
                                        int64_t rank) {
  Location loc = op->getLoc();
  MLIRContext *context = b.getContext();
  Type unknown = mt::TensorType::getUnknown(context);
  Type i64 = b.getI64Type();
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantIntOp::create(b, loc, value, 64);
  };
  auto list = [&](ValueRange elements) -> Value {
    return PrimListConstructOp::create(b, loc, ListType::get(i64), elements);
  };
  auto create = [&](StringRef name, ValueRange operands) {
    return createOperator(b, loc, name, unknown, operands)->getResult(0);
  };
  Value x = op->getOperand(Input);
  SmallVector<Value> sizes;
  for (int64_t dim = 0; dim < rank; ++dim)
    sizes.push_back(
        createOperator(b, loc, "aten::size.int", i64, {x, constant(dim)})
            ->getResult(0));
  SmallVector<Value> flat(sizes);
  flat[0] = constant(1);
  flat[1] = arith::MulIOp::create(b, loc, sizes[0], sizes[1]);

  SmallVector<Value> operands(op->getOperands());
  operands[Input] = create("aten::reshape", {x, list(flat)});
  for (unsigned i : {Weight, Bias, RunningMean, RunningVar})
    if (!isNone(operands[i]))
      operands[i] = create("aten::repeat", {operands[i], list(sizes[0])});
  Value y = createTrainingNorm(b, loc, operands, unknown).front();
  Value no = arith::ConstantIntOp::create(b, loc, 0, 1);
  Value none = ConstantNoneOp::create(b, loc, mt::NoneType::get(context));
  for (unsigned i : {RunningMean, RunningVar}) {
    Value rows =
        create("aten::reshape", {operands[i], list({sizes[0], sizes[1]})});
    Value mean = create("aten::mean.dim", {rows, list(constant(0)), no, none});
    Value target = op->getOperand(i);
    createOperator(b, loc, "aten::copy_", target.getType(), {target, mean, no});
  }
  return create("aten::reshape", {y, list(sizes)});
}

void minitorch::mt::exposeCovarianceWrites(func::FuncOp func) {
  SmallVector<Operation *> ops;
  func.walk([&](SchemaOpInterface op) {
    if (op.getSchemaName() == "aten::cov" && writesOperand(op, 0))
      ops.push_back(op);
  });
  for (Operation *op : ops) {
    Value x = op->getOperand(0);
    auto shape = TensorShape::of(x.getType());
    if (!shape || !shape->hasRank || op->hasAttr(exposedAttrName))
      continue;
    OpBuilder b(op->getContext());
    b.setInsertionPointAfter(op);
    Location loc = op->getLoc();
    op->setAttr(exposedAttrName, b.getUnitAttr());
    auto constant = [&](int64_t value) -> Value {
      return arith::ConstantIntOp::create(b, loc, value, 64);
    };
    Value count = constant(1);
    if (int64_t rank = shape->getRank(); rank > 0)
      count = createOperator(b, loc, "aten::size.int", b.getI64Type(),
                             {x, constant(rank - 1)})
                  ->getResult(0);
    Value isOne = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, count,
                                        constant(1));
    auto ifOp = PrimIfOp::create(b, loc, TypeRange(), isOne);
    b.createBlock(&ifOp.getElseRegion());
    PrimYieldOp::create(b, loc, ValueRange());
    b.createBlock(&ifOp.getThenRegion());
    createOperator(b, loc, "aten::zero_", x.getType(), x);
    PrimYieldOp::create(b, loc, ValueRange());
  }
}

LogicalResult minitorch::mt::exposeHiddenWrites(func::FuncOp func) {
  exposeCovarianceWrites(func);
  SmallVector<Operation *> writing;
  bool failed = false;
  func.walk([&](SchemaOpInterface op) {
    if (!isNormWithStatistics(op))
      return;
    if (writesStatistics(op)) {
      writing.push_back(op);
    } else if (writesOperand(op, RunningMean) ||
               writesOperand(op, RunningVar)) {
      op->emitError() << "'" << op.getSchemaName()
                      << "': whether it writes to its running statistics is "
                         "not known when the program is compiled";
      failed = true;
    }
  });
  for (Operation *op : writing) {
    OpBuilder b(op);
    SmallVector<Value> results;
    if (cast<SchemaOpInterface>(op).getSchemaName() == "aten::instance_norm") {
      auto shape = TensorShape::of(op->getOperand(Input).getType());
      if (!shape || !shape->hasRank || shape->getRank() < 2) {
        failed = true;
        op->emitError() << "'aten::instance_norm': the rank of its input is "
                           "not known when the program is compiled";
        continue;
      }
      results.push_back(createTrainingInstanceNorm(b, op, shape->getRank()));
    } else {
      results = createTrainingNorm(b, op->getLoc(), op->getOperands(),
                                   op->getResult(0).getType());
      results.resize(op->getNumResults());
    }
    for (auto [result, value] : llvm::zip(op->getResults(), results)) {
      if (value.getType() != result.getType())
        value = PrimUncheckedCastOp::create(b, op->getLoc(), result.getType(),
                                            value);
      result.replaceAllUsesWith(value);
    }
    op->erase();
  }
  return failure(failed);
}
