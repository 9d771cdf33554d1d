//===- FallbackCalls.cpp - Operators that PyTorch runs ----------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "MiniTorch/Conversion/MtToRuntime.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/RuntimeTable.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "MiniTorch/Dialect/Mt/IR/TypeOracle.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "RuntimeCalls.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/MapVector.h"

namespace minitorch {
#define GEN_PASS_DEF_CONVERTMTTOFALLBACKCALLSPASS
#include "MiniTorch/Conversion/Passes.h.inc"
} // namespace minitorch

using namespace mlir;
using namespace minitorch;
using namespace minitorch::mt;

static Value lookThroughCasts(Value value) {
  while (auto cast = value.getDefiningOp<PrimUncheckedCastOp>())
    value = cast.getValue();
  return value;
}

static bool isNumber(Type type) {
  return type.isSignlessInteger(1) || type.isSignlessInteger(64) ||
         type.isF64();
}

static bool isPassedTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && getScalarTypeNumber(tensor.getElementType());
}

static bool canPush(Value value) {
  value = lookThroughCasts(value);
  if (isNumber(value.getType()) || isPassedTensor(value.getType()) ||
      isNone(value) || getConstantStr(value) ||
      value.getDefiningOp<ConstantDeviceOp>())
    return true;
  std::optional<SmallVector<Value>> elements = getListElements(value);
  return elements && llvm::all_of(*elements, canPush);
}

/// Whether the operator takes and gives what a call can.
static bool canCall(Operation *op) {
  // The runtime's own functions come later.
  if (auto generic = dyn_cast<OperatorOp>(op);
      generic && lookupRuntimeOp(generic.getName()))
    return false;
  const Schema *schema = lookupSchema(op);
  // Tensors may lie in other memory here than in PyTorch.
  bool readsMemory = schema && cast<SchemaOpInterface>(op).readsMemory();
  return schema && !readsMemory && !schema->isMutating() &&
         op->getNumResults() > 0 &&
         schema->arguments.size() == op->getNumOperands() &&
         llvm::all_of(op->getOperands(), canPush) &&
         llvm::all_of(op->getResultTypes(), [](Type type) {
           return isNumber(type) || isPassedTensor(type);
         });
}

//===----------------------------------------------------------------------===//
// Building the call
//===----------------------------------------------------------------------===//

namespace {
class CallBuilder {
public:
  CallBuilder(ConversionPatternRewriter &rewriter, Operation *op)
      : b(rewriter), op(op), calls(rewriter, op) {}

  void begin() {
    StringRef name = lookupSchema(op)->name;
    call = calls.callInt("mtrt_fallback_begin",
                         {calls.text(name), calls.integer(name.size())});
  }
  void push(Value value);
  void run() {
    std::string place = formatSourcePosition(op->getLoc());
    calls.call("mtrt_fallback_run",
               {call, calls.text(place), calls.integer(place.size())});
  }
  Value getResult(unsigned index, Type type);
  void end() { calls.call("mtrt_release", call); }

private:
  void pushText(StringRef text) {
    calls.call("mtrt_fallback_push_str",
               {call, calls.text(text), calls.integer(text.size())});
  }

  ConversionPatternRewriter &b;
  Operation *op;
  RuntimeCalls calls;
  Value call;
};
} // namespace

void CallBuilder::push(Value value) {
  value = lookThroughCasts(value);
  Type type = value.getType();
  if (auto tensor = dyn_cast<RankedTensorType>(type)) {
    calls.callWithTensor(
        "mtrt_fallback_push_tensor",
        {call, calls.integer(*getScalarTypeNumber(tensor.getElementType()))},
        value);
    return;
  }
  if (isNone(value)) {
    calls.call("mtrt_fallback_push_none", call);
    return;
  }
  if (std::optional<StringRef> text = getConstantStr(value))
    return pushText(*text);
  if (auto device = value.getDefiningOp<ConstantDeviceOp>())
    return pushText(device.getValue());
  if (std::optional<SmallVector<Value>> elements = getListElements(value)) {
    for (Value element : *elements)
      push(element);
    calls.call("mtrt_fallback_push_list",
               {call, calls.integer(elements->size())});
    return;
  }
  if (type.isF64()) {
    calls.call("mtrt_fallback_push_float", {call, value});
    return;
  }
  if (type.isSignlessInteger(1)) {
    value = arith::ExtUIOp::create(b, op->getLoc(), b.getI64Type(), value);
    calls.call("mtrt_fallback_push_bool", {call, value});
    return;
  }
  calls.call("mtrt_fallback_push_int", {call, value});
}

Value CallBuilder::getResult(unsigned index, Type type) {
  Value number = calls.integer(index);
  if (auto tensor = dyn_cast<RankedTensorType>(type)) {
    calls.call("mtrt_fallback_expect",
               {call, number,
                calls.integer(*getScalarTypeNumber(tensor.getElementType())),
                calls.integer(tensor.getRank())});
    return calls.callFilling(
        "mtrt_fallback_get", {call, number}, tensor, [&](int64_t dim) {
          return calls.callInt("mtrt_fallback_dim",
                               {call, number, calls.integer(dim)});
        });
  }
  if (type.isF64())
    return calls.call("mtrt_fallback_get_float", {call, number}, type);
  Value value = calls.callInt("mtrt_fallback_get_int", {call, number});
  if (type.isSignlessInteger(1))
    return arith::CmpIOp::create(b, op->getLoc(), arith::CmpIPredicate::ne,
                                 value, calls.integer(0));
  return value;
}

namespace {
/// Any operator => a call of PyTorch's
struct OperatorConversion : public ConversionPattern {
  explicit OperatorConversion(MLIRContext *context)
      : ConversionPattern(Pattern::MatchAnyOpTypeTag(), /*benefit=*/1,
                          context) {}

  LogicalResult
  matchAndRewrite(Operation *op, ArrayRef<Value>,
                  ConversionPatternRewriter &rewriter) const override {
    if (!canCall(op))
      return rewriter.notifyMatchFailure(
          op, "an operand or a result has no form in a call");
    CallBuilder call(rewriter, op);
    call.begin();
    // The operator's own operands: the type converter changes nothing.
    for (Value operand : op->getOperands())
      call.push(operand);
    call.run();
    SmallVector<Value> results;
    for (auto [i, type] : llvm::enumerate(op->getResultTypes()))
      results.push_back(call.getResult(i, type));
    call.end();
    rewriter.replaceOp(op, results);
    return success();
  }
};

using Uses = llvm::MapVector<const Schema *, SmallVector<Operation *>>;

class ConvertMtToFallbackCallsPass
    : public minitorch::impl::ConvertMtToFallbackCallsPassBase<
          ConvertMtToFallbackCallsPass> {
public:
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    Uses uses;
    module.walk([&](Operation *op) {
      if (isa_and_nonnull<MtDialect>(op->getDialect()) && canCall(op))
        uses[lookupSchema(op)].push_back(op);
    });
    if (uses.empty())
      return;
    const TypeOracleInterface *oracle = getTypeOracle(&getContext());
    std::string reason = "nobody is registered who runs it";
    if (!oracle || !oracle->isThere(reason))
      return explain(uses, reason);

    llvm::DenseSet<Operation *> called = choose(*oracle, uses);
    ConversionTarget target(getContext());
    target.markUnknownOpDynamicallyLegal(
        [&](Operation *op) { return !called.contains(op); });
    RewritePatternSet patterns(&getContext());
    patterns.add<OperatorConversion>(&getContext());
    if (failed(applyPartialConversion(module, target, std::move(patterns))))
      signalPassFailure();
  }

private:
  /// Leaves the operators to a later pass, which names them with the reason.
  void explain(const Uses &uses, StringRef reason) {
    for (const auto &[schema, ops] : uses)
      for (Operation *op : ops)
        if (!op->hasAttr(reasonAttrName))
          op->setAttr(reasonAttrName, StringAttr::get(&getContext(), reason));
  }

  /// The operators that the library has; says so to whoever compiles and, in
  /// an attribute, to whoever runs the module.
  llvm::DenseSet<Operation *> choose(const TypeOracleInterface &oracle,
                                     const Uses &uses) {
    Builder builder(&getContext());
    llvm::DenseSet<Operation *> called;
    NamedAttrList places;
    for (const auto &[schema, ops] : uses) {
      StringRef name = schema->name;
      if (!oracle.runs(name))
        continue;
      called.insert(ops.begin(), ops.end());
      numCalls += ops.size();
      ops.front()->emitWarning() << "'" << name << "' has no lowering; "
                                 << oracle.getName() << " will run it";
      std::string place = formatSourcePosition(ops.front()->getLoc());
      places.set(name, builder.getStringAttr(StringRef(place).ltrim("\n at")));
    }
    if (!places.empty())
      getOperation()->setAttr(fallbackAttrName,
                              places.getDictionary(&getContext()));
    return called;
  }
};
} // namespace
