//===- FoldByTypes.cpp - Queries that types answer --------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InferTypes.h"
#include "MiniTorch/Dialect/Mt/IR/AtenOps.h"
#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/Instances.h"
#include "MiniTorch/Dialect/Mt/IR/MtRuntimeOps.h"
#include "MiniTorch/Dialect/Mt/IR/Schema.h"
#include "MiniTorch/Dialect/Mt/Transforms/Passes.h"
#include "MiniTorch/Dialect/Mt/Transforms/Signature.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/CheckedArithmetic.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;

namespace {
/// The pieces that the folds below share.
struct Fold {
  Operation *op;
  OpBuilder &builder;
  SmallVectorImpl<Value> &results;

  LogicalResult value(Value v) {
    results.push_back(v);
    return success();
  }
  LogicalResult integer(int64_t v) {
    return value(arith::ConstantOp::create(builder, op->getLoc(),
                                           builder.getI64IntegerAttr(v)));
  }
  LogicalResult boolean(bool v) {
    return value(arith::ConstantOp::create(builder, op->getLoc(),
                                           builder.getBoolAttr(v)));
  }
  LogicalResult str(StringRef v) {
    return value(ConstantStrOp::create(builder, op->getLoc(),
                                       StrType::get(op->getContext()),
                                       builder.getStringAttr(v)));
  }
};
} // namespace

/// Whether a value of this type is None: yes, no, or not known.
static std::optional<bool> isNoneType(Type type) {
  if (isa<mt::NoneType>(type))
    return true;
  if (isa<OptionalType, AnyType, UnionType>(type))
    return std::nullopt;
  return false;
}

/// The number behind a 0-d tensor that was made of one.
static Value getNumber(Value tensor) {
  if (auto generic = tensor.getDefiningOp<OperatorOp>())
    if (generic.getName() == "prim::NumToTensor.Scalar" ||
        generic.getName() == "prim::NumToTensor.bool")
      return generic.getInputs()[0];
  return {};
}

/// The int that a 0-d integer tensor of the program holds, as an SSA value:
/// from a number, or a constant.
static Value getIntScalar(Value value, OpBuilder &builder) {
  if (value.getType().isSignlessInteger(64))
    return value;
  if (Value number = getNumber(value))
    return number.getType().isSignlessInteger(64) ? number : Value();
  auto constant = value.getDefiningOp<ConstantTensorOp>();
  if (!constant)
    return {};
  auto elements = dyn_cast<DenseIntElementsAttr>(constant.getValue());
  auto type = cast<RankedTensorType>(constant.getValue().getType());
  if (!elements || type.getRank() != 0 ||
      !type.getElementType().isSignlessInteger(64))
    return {};
  return arith::ConstantOp::create(
      builder, value.getLoc(),
      builder.getI64IntegerAttr((*elements.begin()).getSExtValue()));
}

/// Arithmetic on sizes that tracing recorded as arithmetic on 0-d tensors.
static LogicalResult foldSizeArithmetic(Fold fold) {
  Operation *op = fold.op;
  StringRef schema = cast<SchemaOpInterface>(op).getSchemaName();
  StringRef name = schema.split('.').first;
  bool takesAlpha = name == "aten::add" || name == "aten::sub";
  if (!takesAlpha && name != "aten::mul" && name != "aten::floor_divide")
    return failure();
  if (op->getNumOperands() < 2 ||
      (!getNumber(op->getOperand(0)) && !getNumber(op->getOperand(1))))
    return failure();
  if (takesAlpha && getConstantInt(op->getOperand(2)).value_or(0) != 1)
    return failure();
  Value a = getIntScalar(op->getOperand(0), fold.builder);
  Value b = getIntScalar(op->getOperand(1), fold.builder);
  if (!a || !b)
    return failure();
  Location loc = op->getLoc();
  Value number;
  if (name == "aten::add")
    number = arith::AddIOp::create(fold.builder, loc, a, b);
  else if (name == "aten::sub")
    number = arith::SubIOp::create(fold.builder, loc, a, b);
  else if (name == "aten::mul")
    number = arith::MulIOp::create(fold.builder, loc, a, b);
  else if (getConstantInt(b).value_or(0) != 0)
    number = arith::FloorDivSIOp::create(fold.builder, loc, a, b);
  else
    return failure();
  return fold.value(
      OperatorOp::create(
          fold.builder, loc,
          TypeRange{mt::TensorType::get(op->getContext(), ArrayRef<int64_t>{},
                                        fold.builder.getI64Type())},
          fold.builder.getStringAttr("prim::NumToTensor.Scalar"),
          ValueRange{number})
          .getResult(0));
}

/// where(condition), nonzero_numpy: nonzero's columns, of which a scalar has
/// one, as views.
static LogicalResult foldNonzeroColumns(Fold fold, Value x, int64_t rank) {
  OpBuilder &b = fold.builder;
  Location loc = fold.op->getLoc();
  Type tensor = TensorShape().getBoxed(fold.op->getContext());
  auto constant = [&](int64_t value) -> Value {
    return arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(value));
  };
  if (rank == 0)
    x = AtenUnsqueezeOp::create(b, loc, tensor, ValueRange{x, constant(0)});
  Value places = AtenNonzeroOp::create(b, loc, tensor, x);
  return fold.value(AtenUnbindIntOp::create(b, loc, ListType::get(tensor),
                                            ValueRange{places, constant(1)}));
}

static LogicalResult foldSizes(Fold fold, Value tensor) {
  auto shape = TensorShape::of(tensor.getType());
  if (!shape || !shape->hasRank)
    return failure();
  SmallVector<Value> sizes;
  Location loc = fold.op->getLoc();
  for (auto [i, size] : llvm::enumerate(shape->sizes)) {
    if (!ShapedType::isDynamic(size)) {
      sizes.push_back(arith::ConstantOp::create(
          fold.builder, loc, fold.builder.getI64IntegerAttr(size)));
      continue;
    }
    Value dim = arith::ConstantOp::create(fold.builder, loc,
                                          fold.builder.getI64IntegerAttr(i));
    sizes.push_back(AtenSizeIntOp::create(fold.builder, loc,
                                          TypeRange{fold.builder.getI64Type()},
                                          ValueRange{tensor, dim})
                        .getResult());
  }
  return fold.value(PrimListConstructOp::create(
      fold.builder, loc, ListType::get(fold.builder.getI64Type()), sizes));
}

/// Whether a value of the type may be an instance of a class.
static bool mayBeInstance(Type type) {
  if (auto optional = dyn_cast<OptionalType>(type))
    return mayBeInstance(optional.getElementType());
  if (auto oneOf = dyn_cast<UnionType>(type))
    return llvm::any_of(oneOf.getTypes(), mayBeInstance);
  return isa<ObjectType, AnyType>(type);
}

/// Whether `x` and `y`, two origins, are two tensors: noted as what the code
/// relies on, if they are arguments. Not where these are objects.
static bool areDistinct(Value x, Value y) {
  auto a = dyn_cast<BlockArgument>(x), b = dyn_cast<BlockArgument>(y);
  auto func =
      a ? dyn_cast<func::FuncOp>(a.getOwner()->getParentOp()) : func::FuncOp();
  if (!func || !b || b.getOwner() != a.getOwner())
    return true;
  auto shape = TensorShape::of(a.getType());
  if (!shape || !shape->hasRank)
    return false;
  auto [first, second] = std::minmax({a.getArgNumber(), b.getArgNumber()});
  Builder builder(func.getContext());
  Attribute pair = builder.getDenseI64ArrayAttr({first, second});
  SmallVector<Attribute> pairs;
  if (auto known = func->getAttrOfType<ArrayAttr>(distinctAttrName))
    llvm::append_range(pairs, known);
  if (!llvm::is_contained(pairs, pair)) {
    pairs.push_back(pair);
    func->setAttr(distinctAttrName, builder.getArrayAttr(pairs));
  }
  return true;
}

/// Whether `op` gives what a task returns.
static bool waits(Operation *op) {
  return llvm::any_of(op->getOperandTypes(),
                      [](Type type) { return isa<FutureType>(type); });
}

/// What decides which tensor object `value` is: an argument, or the result of
/// an operator that makes a new one. Null where that is not known.
static Value getObjectOrigin(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (auto cast = dyn_cast<PrimUncheckedCastOp>(op)) {
      value = cast.getValue();
      continue;
    }
    const Schema *schema = lookupSchema(op);
    unsigned number = cast<OpResult>(value).getResultNumber();
    if (!schema || number >= schema->results.size())
      return Value();
    const auto &aliasSet = schema->results[number].aliasSet;
    // What a task returns may be anything that it was given.
    if (!aliasSet)
      return mayReturnOperand(op) || waits(op) ? Value() : value;
    // A view's object is not that of a view of another tensor.
    Value source;
    for (auto [operand, argument] :
         llvm::zip(op->getOperands(), schema->arguments))
      if (argument.aliasSet == aliasSet)
        source = operand;
    if (!source || !TensorShape::of(source.getType()))
      return Value();
    value = source;
  }
  bool isArgument =
      isa<func::FuncOp>(cast<BlockArgument>(value).getOwner()->getParentOp());
  return isArgument ? value : Value();
}

/// Whether `value` is an argument of the function, or a tensor object that its
/// operator makes.
static bool isOwnObject(Value value) {
  value = stripCasts(value);
  Operation *op = value.getDefiningOp();
  if (!op)
    return isa<func::FuncOp>(
        cast<BlockArgument>(value).getOwner()->getParentOp());
  const Schema *schema = lookupSchema(op);
  unsigned number = cast<OpResult>(value).getResultNumber();
  return schema && number < schema->results.size() &&
         TensorShape::of(value.getType()) && !schema->isMutating() &&
         !schema->results[number].escapes && !mayReturnOperand(op) &&
         !waits(op) &&
         llvm::all_of(
             op->getOperandTypes(),
             [](Type type) {
               return !isa<ListType, DictType, mt::TupleType, ObjectType,
                           AnyType, UnionType>(type) ||
                      (isa<ListType>(type) &&
                       !TensorShape::of(cast<ListType>(type).getElementType()));
             });
}

/// Arithmetic of ints.
static std::optional<int64_t> evaluateInts(StringRef name, int64_t a,
                                           int64_t b) {
  if (name == "aten::add.int")
    return llvm::checkedAdd(a, b);
  if (name == "aten::sub.int")
    return llvm::checkedSub(a, b);
  if (name == "aten::mul.int")
    return llvm::checkedMul(a, b);
  return std::nullopt;
}

/// "{} and {}".format(a, b) of strings.
static std::optional<std::string> formatStrings(ValueRange inputs) {
  std::string text;
  StringRef rest;
  for (auto [i, input] : llvm::enumerate(inputs)) {
    std::optional<StringRef> string = getConstantStr(input);
    if (!string)
      return std::nullopt;
    if (i == 0) {
      rest = *string;
      continue;
    }
    auto [before, after] = rest.split("{}");
    if (before.size() == rest.size())
      return std::nullopt;
    text += (before + *string).str();
    rest = after;
  }
  return text + rest.str();
}

/// Whether a value of the type may be a member of an enum.
static bool isMember(Type type) {
  if (auto optional = dyn_cast<OptionalType>(type))
    type = optional.getElementType();
  return isa<EnumType>(type);
}

static LogicalResult foldGeneric(OperatorOp op, Fold fold) {
  StringRef name = op.getName();
  OperandRange inputs = op.getInputs();
  Value first = inputs.empty() ? Value() : inputs[0];
  auto shape = first ? TensorShape::of(first.getType()) : std::nullopt;

  if (name == "aten::__is__" || name == "aten::__isnot__") {
    bool negate = name == "aten::__isnot__";
    // Of one member there are many holders in TorchScript, and those are what
    // it compares.
    if (isMember(inputs[0].getType()) && isMember(inputs[1].getType()) &&
        (inputs[0] != inputs[1] || getConstantEnum(inputs[0]))) {
      op->setAttr(reasonAttrName,
                  StringAttr::get(op.getContext(),
                                  "whether two members of an enum are one "
                                  "object is not defined; use =="));
      return failure();
    }
    if (inputs[0] == inputs[1])
      return fold.boolean(!negate);
    auto a = isNoneType(inputs[0].getType()),
         b = isNoneType(inputs[1].getType());
    if (!a || !b)
      return failure();
    if (*a && *b)
      return fold.boolean(!negate);
    if (*a != *b)
      return fold.boolean(negate);
    // Two objects. Arguments are different tensors, as in functionalization;
    // a call of which that is not true needs other code.
    Value x = getObjectOrigin(inputs[0]), y = getObjectOrigin(inputs[1]);
    if (x && y && x != y)
      return areDistinct(x, y) ? fold.boolean(negate) : failure();
    // Each view is an object of its own.
    if (isOwnObject(inputs[0]) && isOwnObject(inputs[1]) &&
        stripCasts(inputs[0]) != stripCasts(inputs[1]))
      return fold.boolean(negate);
    return failure();
  }
  if (inputs.size() == 2)
    if (auto a = getConstantInt(inputs[0]), b = getConstantInt(inputs[1]);
        a && b)
      if (auto result = evaluateInts(name, *a, *b))
        return fold.integer(*result);
  if (name == "prim::dtype" && shape && shape->dtype)
    if (auto number = getScalarTypeNumber(shape->dtype))
      return fold.integer(*number);
  if (name.starts_with("aten::result_type."))
    if (Type dtype = promoteTypes(inputs))
      if (auto number = getScalarTypeNumber(dtype))
        return fold.integer(*number);
  if (name == "aten::promote_types")
    if (auto a = getConstantInt(inputs[0]), b = getConstantInt(inputs[1]);
        a && b) {
      Type first = getScalarType(op.getContext(), *a),
           second = getScalarType(op.getContext(), *b);
      Type dtype = first && second ? promoteDtypes(first, second) : Type();
      if (auto number = dtype ? getScalarTypeNumber(dtype) : std::nullopt)
        return fold.integer(*number);
    }
  if (name == "prim::device" && shape)
    return fold.value(ConstantDeviceOp::create(
        fold.builder, op.getLoc(), DeviceType::get(op.getContext()),
        fold.builder.getStringAttr("cpu")));
  if (name == "prim::type")
    if (auto device = first.getDefiningOp<ConstantDeviceOp>())
      return fold.str(device.getValue().split(':').first);
  if (name == "prim::index")
    if (first.getDefiningOp<ConstantDeviceOp>())
      return fold.value(ConstantNoneOp::create(
          fold.builder, op.getLoc(), mt::NoneType::get(op.getContext())));
  if ((name == "aten::where" || name == "aten::nonzero_numpy") && shape &&
      shape->hasRank)
    return foldNonzeroColumns(fold, first, shape->getRank());
  if (name == "prim::layout" && shape)
    return fold.integer(0); // strided
  if (name == "prim::is_cpu" && shape)
    return fold.boolean(true);
  if (name.starts_with("prim::is_") && shape)
    return fold.boolean(false); // cuda, sparse, quantized, meta, ...
  if (name == "prim::requires_grad" || name == "aten::retains_grad" ||
      name == "aten::is_pinned" || name == "aten::is_autocast_enabled" ||
      name == "aten::is_autocast_cpu_enabled")
    return fold.boolean(false);
  // There are no gradients to switch off.
  if (name == "aten::set_grad_enabled" && op->use_empty())
    return success();
  if (name == "aten::is_complex" && shape && shape->dtype)
    return fold.boolean(isa<ComplexType>(shape->dtype));
  if (name == isClassName && !mayBeInstance(first.getType()))
    return fold.boolean(false);
  if (name == "prim::isinstance")
    if (auto types = op->getAttrOfType<ArrayAttr>("types"))
      if (auto answer = isInstance(first, types))
        return fold.boolean(*answer);
  if (name == "prim::unchecked_unwrap_optional" &&
      isNoneType(first.getType()) == false)
    return fold.value(first);
  if (name == "aten::_unwrap_optional" && isNoneType(first.getType()) == false)
    return fold.value(first);
  // Another object in the same memory.
  if (name == "prim::data" && shape)
    return fold.value(AtenDetachOp::create(fold.builder, op.getLoc(),
                                           first.getType(), first));
  if (cast<SchemaOpInterface>(op.getOperation()).keepsContents() && shape &&
      op->getNumResults() == 1)
    return fold.value(first);
  // No tensor here is nested, so that there is nothing to pad.
  if (name == "aten::to_padded_tensor" && shape)
    return fold.value(first);
  if (name == "aten::format")
    if (std::optional<std::string> text = formatStrings(inputs))
      return fold.str(*text);
  if (name == "aten::all.bool" || name == "aten::any.bool" ||
      name == "aten::all.int" || name == "aten::any.int") {
    // What decides: a false element for all, a true one for any.
    bool decisive = name.starts_with("aten::any"), isKnown = true;
    std::optional<SmallVector<Value>> elements = getListElements(first);
    for (Value element : elements.value_or(SmallVector<Value>())) {
      std::optional<ConstantNumber> number = getConstantNumber(element);
      if (number && (number->intValue != 0) == decisive)
        return fold.boolean(decisive);
      isKnown &= number.has_value();
    }
    if (elements && isKnown)
      return fold.boolean(!decisive);
  }
  if (name == "aten::len.str")
    if (auto string = getConstantStr(first))
      return fold.integer(string->size());
  if (name == "aten::eq.str" || name == "aten::ne.str") {
    auto a = getConstantStr(inputs[0]), b = getConstantStr(inputs[1]);
    if (a && b)
      return fold.boolean((*a == *b) == (name == "aten::eq.str"));
  }
  if (name == "aten::eq.enum" || name == "aten::ne.enum") {
    bool isEqual = name == "aten::eq.enum";
    auto a = getConstantEnum(inputs[0]), b = getConstantEnum(inputs[1]);
    if (inputs[0] == inputs[1])
      return fold.boolean(isEqual);
    if (a && b)
      return fold.boolean(
          (a->className == b->className && a->name == b->name) == isEqual);
    return failure();
  }
  if (std::optional<EnumMember> member =
          first ? getConstantEnum(first) : std::nullopt) {
    if (name == "prim::EnumName")
      return fold.str(member->name);
    if (name.starts_with("prim::EnumValue.")) {
      if (auto text = dyn_cast<StringAttr>(member->value))
        return fold.str(text.getValue());
      return fold.value(arith::ConstantOp::create(
          fold.builder, op.getLoc(), cast<TypedAttr>(member->value)));
    }
  }
  if (name == "aten::eq.device" || name == "aten::ne.device") {
    auto a = inputs[0].getDefiningOp<ConstantDeviceOp>();
    auto b = inputs[1].getDefiningOp<ConstantDeviceOp>();
    if (a && b)
      return fold.boolean((a.getValue() == b.getValue()) ==
                          (name == "aten::eq.device"));
  }
  // NumToTensor says its type: int64, float64 or bool.
  if ((name == "prim::NumToTensor.Scalar" ||
       name == "prim::NumToTensor.bool") &&
      first.getType().isIntOrFloat()) {
    op.getResult(0).setType(mt::TensorType::get(
        op.getContext(), ArrayRef<int64_t>{}, first.getType()));
    return failure();
  }
  return failure();
}

LogicalResult minitorch::mt::foldByTypes(Operation *op, OpBuilder &builder,
                                         SmallVectorImpl<Value> &results) {
  Fold fold{op, builder, results};
  if (Value same = getReturnedOperand(op))
    return fold.value(same);
  if (auto generic = dyn_cast<OperatorOp>(op))
    return foldGeneric(generic, fold);

  // A tuple's elements, at the types that they have by now.
  if (auto unpack = dyn_cast<PrimTupleUnpackOp>(op)) {
    auto construct = unpack.getTuple().getDefiningOp<PrimTupleConstructOp>();
    if (!construct || construct.getElements().size() != op->getNumResults())
      return failure();
    llvm::append_range(results, construct.getElements());
    return success();
  }
  if (auto index = dyn_cast<PrimTupleIndexOp>(op)) {
    auto construct = index.getTuple().getDefiningOp<PrimTupleConstructOp>();
    std::optional<int64_t> i = getConstantInt(index.getIndex());
    if (!construct || !i)
      return failure();
    int64_t size = construct.getElements().size();
    int64_t at = *i < 0 ? *i + size : *i;
    if (at < 0 || at >= size)
      return failure();
    return fold.value(construct.getElements()[at]);
  }
  // A refinement to a type that the value has anyway.
  if (auto cast = dyn_cast<PrimUncheckedCastOp>(op)) {
    Type type = cast.getValue().getType();
    if (isNoneType(type).has_value())
      return fold.value(cast.getValue());
    return failure();
  }

  auto schemaOp = dyn_cast<SchemaOpInterface>(op);
  if (!schemaOp || op->getNumOperands() == 0)
    return failure();
  Value self = op->getOperand(0);
  auto shape = TensorShape::of(self.getType());
  if (!shape)
    return failure();
  if (succeeded(foldSizeArithmetic(fold)))
    return success();
  if (isa<AtenDimOp>(op) && shape->hasRank)
    return fold.integer(shape->getRank());
  if (isa<AtenSizeOp>(op))
    return foldSizes(fold, self);
  if (isa<AtenSizeIntOp>(op) && shape->hasRank) {
    if (std::optional<int64_t> dim = getConstantInt(op->getOperand(1)))
      if (auto wrapped = wrapDim(*dim, shape->getRank()))
        if (!ShapedType::isDynamic(shape->sizes[*wrapped]))
          return fold.integer(shape->sizes[*wrapped]);
    return failure();
  }
  if (isa<AtenLenTensorOp>(op) && shape->hasRank && shape->getRank() > 0 &&
      !ShapedType::isDynamic(shape->sizes[0]))
    return fold.integer(shape->sizes[0]);
  if (isa<AtenNumelOp>(op) && shape->hasRank &&
      llvm::none_of(shape->sizes, ShapedType::isDynamic)) {
    int64_t count = 1;
    for (int64_t size : shape->sizes)
      count *= size;
    return fold.integer(count);
  }
  if (isa<AtenIsFloatingPointOp>(op) && shape->dtype)
    return fold.boolean(isa<FloatType>(shape->dtype));
  if (isa<AtenIntTensorOp, AtenFloatTensorOp, AtenBoolTensorOp, AtenItemOp,
          AtenIntImplicitOp, AtenFloatImplicitOp, AtenScalarImplicitOp>(op))
    if (Value number = getNumber(self);
        number && (number.getType() == op->getResult(0).getType() ||
                   isa<NumberType>(op->getResult(0).getType())))
      return fold.value(number);
  // The element type says which number `item` gives.
  if (isa<AtenItemOp, AtenScalarImplicitOp>(op) && shape->dtype &&
      isa<NumberType>(op->getResult(0).getType())) {
    Type type = shape->dtype;
    if (type.isSignlessInteger(1))
      op->getResult(0).setType(type);
    else if (isa<IntegerType>(type))
      op->getResult(0).setType(builder.getI64Type());
    else if (isa<FloatType>(type))
      op->getResult(0).setType(builder.getF64Type());
  }
  return failure();
}
