//===- AtenLowering.cpp - What a lowering sees of its operator --*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Conversion/Lowering/AtenLowering.h"
#include "MiniTorch/Conversion/Lowering/BuiltinTensorConverter.h"
#include "MiniTorch/Conversion/Lowering/RuntimeCheck.h"
#include "MiniTorch/Conversion/Lowering/ScalarMath.h"
#include "MiniTorch/Conversion/Lowering/TensorSizes.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace minitorch;

AtenLowering::AtenLowering(Operation *op, ValueRange operands,
                           ConversionPatternRewriter &rewriter,
                           const BuiltinTensorConverter &converter)
    : op(op), b(rewriter), loc(op->getLoc()), operands(operands),
      converter(converter) {}

StringRef AtenLowering::getName() const {
  StringRef name = cast<mt::SchemaOpInterface>(op).getSchemaName();
  name.consume_front("aten::");
  return name.split('.').first;
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

static Type getDtype(Value value) {
  if (auto type = dyn_cast<ShapedType>(value.getType()))
    return type.getElementType();
  if (auto type = dyn_cast<mt::TensorType>(value.getType()))
    return type.getDtype();
  return value.getType();
}

int AtenLowering::getIndex(StringRef name) const {
  const mt::Schema *schema = mt::lookupSchema(op);
  return schema ? schema->getArgumentIndex(name) : -1;
}

DtypedValue AtenLowering::get(unsigned index) const {
  return {operands[index], getDtype(op->getOperand(index))};
}

DtypedValue AtenLowering::get(StringRef name) const {
  int index = getIndex(name);
  return index < 0 ? DtypedValue() : get(index);
}

bool AtenLowering::isNone(StringRef name) const {
  int index = getIndex(name);
  return index < 0 || mt::isNone(op->getOperand(index));
}

std::optional<int64_t> AtenLowering::getInt(StringRef name) const {
  DtypedValue value = get(name);
  return value ? mt::getConstantInt(value.value) : std::nullopt;
}

std::optional<bool> AtenLowering::getBool(StringRef name) const {
  DtypedValue value = get(name);
  return value ? mt::getConstantBool(value.value) : std::nullopt;
}

std::optional<double> AtenLowering::getFloat(StringRef name) const {
  DtypedValue value = get(name);
  return value ? mt::getConstantFloat(value.value) : std::nullopt;
}

std::optional<StringRef> AtenLowering::getStr(StringRef name) const {
  DtypedValue value = get(name);
  return value ? mt::getConstantStr(value.value) : std::nullopt;
}

/// A list's elements are operands of an operation that is not converted, so
/// they are looked up one by one.
DtypedValue AtenLowering::remap(Value value) const {
  // A tensor in a list whose element type is boxed.
  if (Operation *box = value.getDefiningOp();
      box && box->getName().getStringRef() == "mt.box")
    value = box->getOperand(0);
  Value remapped = b.getRemappedValue(value);
  return {remapped ? remapped : value, getDtype(value)};
}

std::optional<SmallVector<DtypedValue>>
AtenLowering::getList(StringRef name) const {
  int index = getIndex(name);
  if (index < 0)
    return std::nullopt;
  Value list = op->getOperand(index);
  if (list.getType().isIntOrIndexOrFloat())
    return SmallVector<DtypedValue>{get(index)};
  std::optional<SmallVector<Value>> elements = mt::getListElements(list);
  if (!elements)
    return std::nullopt;
  return llvm::map_to_vector(*elements, [&](Value v) { return remap(v); });
}

std::optional<SmallVector<int64_t>>
AtenLowering::getConstantInts(StringRef name) const {
  std::optional<SmallVector<DtypedValue>> list = getList(name);
  if (!list)
    return std::nullopt;
  SmallVector<int64_t> result;
  for (const DtypedValue &element : *list) {
    std::optional<int64_t> value = mt::getConstantInt(element.value);
    if (!value)
      return std::nullopt;
    result.push_back(*value);
  }
  return result;
}

FailureOr<SmallVector<OpFoldResult>>
AtenLowering::getSizes(StringRef name) const {
  std::optional<SmallVector<DtypedValue>> list = getList(name);
  RankedTensorType type = getResultType();
  if (!list || static_cast<int64_t>(list->size()) != type.getRank())
    return fail("sizes that are not a list of known length");
  SmallVector<OpFoldResult> sizes;
  for (auto [dim, size] : llvm::enumerate(*list)) {
    OpFoldResult value = toSize(b, loc, size.value);
    std::optional<int64_t> constant = getConstantIntValue(value);
    if (constant && *constant < 0)
      return fail("a negative size");
    if (!constant) {
      Value zero = arith::ConstantIndexOp::create(b, loc, 0);
      check(arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sge,
                                  cast<Value>(value), zero),
            "RuntimeError", "Trying to create tensor with negative dimension");
    }
    if (!type.isDynamicDim(dim))
      value = b.getIndexAttr(type.getDimSize(dim));
    sizes.push_back(value);
  }
  return sizes;
}

FailureOr<int64_t> AtenLowering::getDim(StringRef name, int64_t rank) const {
  std::optional<int64_t> dim = getInt(name);
  if (!dim)
    return fail("'" + name + "' is not a constant");
  std::optional<int64_t> wrapped =
      mt::wrapDim(*dim, std::max<int64_t>(rank, 1));
  if (!wrapped)
    return fail("'" + name + "' is out of range");
  return *wrapped;
}

FailureOr<SmallVector<int64_t>> AtenLowering::getDims(StringRef name,
                                                      int64_t rank) const {
  SmallVector<int64_t> dims;
  if (!isNone(name)) {
    std::optional<SmallVector<int64_t>> constants = getConstantInts(name);
    if (!constants)
      return fail("'" + name + "' is not constant");
    dims = *constants;
  }
  if (dims.empty())
    return llvm::to_vector(llvm::seq<int64_t>(0, rank));
  if (rank == 0)
    return SmallVector<int64_t>();
  for (int64_t &dim : dims) {
    std::optional<int64_t> wrapped = mt::wrapDim(dim, rank);
    if (!wrapped)
      return fail("'" + name + "' is out of range");
    dim = *wrapped;
  }
  llvm::sort(dims);
  dims.erase(llvm::unique(dims), dims.end());
  return dims;
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

RankedTensorType AtenLowering::getResultType(unsigned i) const {
  return converter.convertType<RankedTensorType>(op->getResult(i).getType());
}

Type AtenLowering::getResultDtype(unsigned i) const {
  return getDtype(op->getResult(i));
}

LogicalResult AtenLowering::replace(ValueRange values) const {
  SmallVector<Value> results;
  for (auto [i, value] : llvm::enumerate(values)) {
    Type type = converter.convertType(op->getResult(i).getType());
    if (!type)
      return fail("result type without a conversion");
    if (value.getType() != type) {
      if (!tensor::CastOp::areCastCompatible(value.getType(), type))
        return fail("computed type differs from the inferred one");
      value = tensor::CastOp::create(b, loc, type, value);
    }
    results.push_back(value);
  }
  b.replaceOp(op, results);
  return success();
}

LogicalResult AtenLowering::fail(const Twine &reason) const {
  converter.setReason(op, reason.str());
  return b.notifyMatchFailure(op, reason);
}

void AtenLowering::check(Value condition, StringRef exception,
                         const Twine &message, ValueRange values) const {
  createRuntimeCheck(b, loc, condition, exception, message, values);
}

//===----------------------------------------------------------------------===//
// Patterns
//===----------------------------------------------------------------------===//

/// Whether the one result has no elements. What is upstream mostly takes sizes
/// of 0, but does not slice or pad them. All sizes are known, so that the type
/// rules have said which do not fit.
static bool isEmptyForCertain(Operation *op) {
  auto isStatic = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return !tensor || tensor.hasStaticShape();
  };
  if (op->getNumResults() != 1 ||
      !llvm::all_of(op->getOperandTypes(), isStatic))
    return false;
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  return type && type.hasStaticShape() && type.getNumElements() == 0;
}

namespace {
/// mt.aten.<name>, or mt.operator "aten::<name>" where it has no class, on
/// builtin tensors => what its lowering function builds.
class AtenOpConversion : public ConversionPattern {
public:
  AtenOpConversion(const TypeConverter &converter, StringRef root,
                   StringRef schema, AtenLoweringFn lowering,
                   MLIRContext *context)
      : ConversionPattern(converter, root, /*benefit=*/1, context),
        schema(schema), lowering(std::move(lowering)) {}

  LogicalResult
  matchAndRewrite(Operation *op, ArrayRef<Value> operands,
                  ConversionPatternRewriter &rewriter) const override {
    if (cast<mt::SchemaOpInterface>(op).getSchemaName() != schema)
      return rewriter.notifyMatchFailure(op, "another operator");
    auto isBoxed = [](Type type) {
      return isa<mt::TensorType, mt::NumberType, UnrankedTensorType>(type);
    };
    if (llvm::any_of(op->getOperandTypes(), isBoxed) ||
        llvm::any_of(op->getResultTypes(), isBoxed))
      return rewriter.notifyMatchFailure(op, "works on boxed values");
    if (isEmptyForCertain(op)) {
      auto type = cast<RankedTensorType>(
          getTypeConverter()->convertType(op->getResult(0).getType()));
      rewriter.replaceOpWithNewOp<tensor::EmptyOp>(op, type.getShape(),
                                                   type.getElementType());
      return success();
    }
    return lowering(AtenLowering(
        op, operands, rewriter,
        static_cast<const BuiltinTensorConverter &>(*getTypeConverter())));
  }

private:
  std::string schema;
  AtenLoweringFn lowering;
};
} // namespace

void minitorch::addAtenLowering(RewritePatternSet &patterns,
                                const TypeConverter &converter,
                                ArrayRef<StringRef> names,
                                AtenLoweringFn lowering) {
  MLIRContext *context = patterns.getContext();
  for (StringRef name : names) {
    std::string root = ("mt.aten." + name).str();
    if (!RegisteredOperationName::lookup(root, context))
      root = mt::OperatorOp::getOperationName();
    patterns.add<AtenOpConversion>(converter, root, ("aten::" + name).str(),
                                   lowering, context);
  }
}
