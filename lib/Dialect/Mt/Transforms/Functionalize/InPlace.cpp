//===- InPlace.cpp - Functional forms of operators that write ---*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InPlace.h"
#include "../Checks.h"
#include "AliasAnalysis.h"
#include "MiniTorch/Dialect/Mt/IR/AtenOps.h"
#include "MiniTorch/Dialect/Mt/IR/DtypeErrors.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRuleTable.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "Views.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;
using llvm::SmallVector;
using llvm::StringRef;

/// An argument that is left out, by its default in the schema.
static Value createDefault(OpBuilder &builder, Location loc,
                           const SchemaArgument &argument) {
  if (!argument.defaultValue)
    return {};
  StringRef text = *argument.defaultValue;
  if (text == "None")
    return ConstantNoneOp::create(builder, loc,
                                  mt::NoneType::get(builder.getContext()));
  if (text == "True" || text == "False")
    return arith::ConstantIntOp::create(builder, loc, text == "True", 1);
  int64_t integer;
  if (!text.getAsInteger(10, integer))
    return arith::ConstantIntOp::create(builder, loc, integer, 64);
  double number;
  if (!text.getAsDouble(number))
    return arith::ConstantFloatOp::create(builder, loc, builder.getF64Type(),
                                          llvm::APFloat(number));
  return {};
}

static Value none(OpBuilder &builder, Location loc) {
  return ConstantNoneOp::create(builder, loc,
                                mt::NoneType::get(builder.getContext()));
}

/// PyTorch's rule for results that go into a tensor of another dtype: only
/// towards the more general kind.
static bool canCast(Type from, Type to) {
  auto rank = [](Type type) {
    if (isa<ComplexType>(type))
      return 3;
    if (isa<FloatType>(type))
      return 2;
    return type.isInteger(1) ? 0 : 1;
  };
  return rank(from) <= rank(to);
}

/// Whether the result always has the shape of the first operand, to which no
/// other one is broadcast.
static bool keepsShape(const Schema &schema) {
  StringRef rule = getTypeRuleName(schema);
  return rule == "sameAsInput" || rule == "orderedAsInput" ||
         rule == "stridedAsInput" || rule == "columnsAsInput";
}

/// Gives the results of a new operator the types that follow from its operands.
static void inferTypes(Operation *op) {
  auto rule = dyn_cast<TypeRuleOpInterface>(op);
  SmallVector<Type> types;
  std::string reason;
  if (!rule || failed(rule.inferTypes(types, reason)) ||
      types.size() != op->getNumResults())
    return;
  for (auto [result, type] : llvm::zip(op->getResults(), types))
    if (TensorShape::of(type))
      result.setType(type);
}

namespace {
/// What PyTorch demands of what is written.
enum class Writes {
  /// A copy: any dtype, and sizes that broadcast to the target's.
  Copy,
  /// The result of a pointwise operator: the target's sizes.
  Pointwise,
  /// That of another operator: the same, in other words.
  Other
};
} // namespace

/// A tensor's sizes, in the text of a message; what is not known is "{}" and
/// appended to `numbers`.
static std::string describeSizes(OpBuilder &builder, Location loc, Value tensor,
                                 SmallVectorImpl<Value> &numbers) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << '[';
  std::optional<TensorShape> shape = TensorShape::of(tensor.getType());
  for (auto [i, size] : llvm::enumerate(shape->sizes)) {
    os << (i ? ", " : "");
    if (!ShapedType::isDynamic(size)) {
      os << size;
      continue;
    }
    os << "{}";
    Value dim = arith::ConstantIntOp::create(builder, loc, i, 64);
    numbers.push_back(AtenSizeIntOp::create(builder, loc, builder.getI64Type(),
                                            ValueRange{tensor, dim}));
  }
  os << ']';
  return text;
}

/// Raises where the sizes of `value` are not those that `target` takes. False
/// where they are not for certain.
static bool checkSizes(OpBuilder &builder, Location loc, Value target,
                       Value value, Writes writes) {
  auto want = TensorShape::of(target.getType());
  auto got = TensorShape::of(value.getType());
  if (!want->hasRank || !got->hasRank)
    return true;
  int64_t added = want->getRank() - got->getRank();
  bool fits = writes == Writes::Copy ? added >= 0 : added == 0;
  Value all;
  auto require = [&](Value condition) {
    all = all ? Value(arith::AndIOp::create(builder, loc, all, condition))
              : condition;
  };
  for (int64_t i = 0; fits && i < got->getRank(); ++i) {
    int64_t from = got->sizes[i], to = want->sizes[i + added];
    // Other sizes that do not broadcast are the copy's own error.
    bool isOpen =
        writes == Writes::Copy ? ShapedType::isDynamic(to) || to == 1 : true;
    if (from == 1 && writes == Writes::Copy)
      continue;
    if (!ShapedType::isDynamic(from) && !ShapedType::isDynamic(to)) {
      fits &= from == to || (writes == Writes::Copy && to != 1);
      continue;
    }
    if (!isOpen)
      continue;
    auto size = [&](Value tensor, int64_t dim) -> Value {
      Value index = arith::ConstantIntOp::create(builder, loc, dim, 64);
      return AtenSizeIntOp::create(builder, loc, builder.getI64Type(),
                                   ValueRange{tensor, index});
    };
    Value source = size(value, i), room = size(target, i + added);
    Value same = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                       source, room);
    if (writes == Writes::Copy) {
      Value one = arith::ConstantIntOp::create(builder, loc, 1, 64);
      Value isWide = arith::CmpIOp::create(builder, loc,
                                           arith::CmpIPredicate::ne, room, one);
      Value isOne = arith::CmpIOp::create(
          builder, loc, arith::CmpIPredicate::eq, source, one);
      same = arith::OrIOp::create(
          builder, loc, same,
          arith::OrIOp::create(builder, loc, isWide, isOne));
    }
    require(same);
  }
  if (fits && !all)
    return true;
  SmallVector<Value> numbers;
  std::string to = describeSizes(builder, loc, target, numbers);
  std::string from = describeSizes(builder, loc, value, numbers);
  raiseUnless(builder, loc,
              fits ? all
                   : Value(arith::ConstantIntOp::create(builder, loc, 0, 1)),
              writes == Writes::Other
                  ? "Bad in-place call: input tensor size " + to +
                        " and output tensor size " + from + " should match"
                  : "output with shape " + to +
                        " doesn't match the broadcast shape " + from,
              "builtins.RuntimeError", numbers);
  return fits;
}

/// Raises, and returns false, where PyTorch does not store the dtype of `value`
/// in `target`. `isAsked` is whether the operator was given it.
static bool checkDtype(OpBuilder &builder, Location loc, Value target,
                       Value value, Writes writes, bool isAsked) {
  Type want = TensorShape::of(target.getType())->dtype;
  Type got = TensorShape::of(value.getType())->dtype;
  if (!want || !got || writes == Writes::Copy)
    return true;
  std::string message;
  if (isAsked && writes == Writes::Other && want != got)
    message =
        ("Bad in-place call: input tensor dtype " + getDtypeTypeName(want) +
         " and output tensor dtype " + getDtypeTypeName(got) + " should match")
            .str();
  else if (!canCast(got, want))
    message =
        ("result type " + getDtypeName(got) +
         " can't be cast to the desired output type " + getDtypeName(want))
            .str();
  if (message.empty())
    return true;
  raiseUnless(builder, loc, arith::ConstantIntOp::create(builder, loc, 0, 1),
              message);
  return false;
}

/// `value` as the new contents of `target`: at its shape and dtype. Raises at
/// run time where PyTorch does not store it there.
static FailureOr<Value> fitInto(OpBuilder &builder, Location loc, Value target,
                                Value value, bool sameShape, Writes writes,
                                bool isAsked, std::string &reason) {
  auto want = TensorShape::of(target.getType());
  auto got = TensorShape::of(value.getType());
  if (!want || !got) {
    reason = "it writes to something that is not a tensor";
    return failure();
  }
  bool isOpen = (!sameShape && (!want->hasRank || !got->hasRank)) ||
                (writes != Writes::Copy && (!want->dtype || !got->dtype));
  if (isOpen) {
    auto number = [&](int64_t number, unsigned width) -> Value {
      return arith::ConstantIntOp::create(builder, loc, number, width);
    };
    OperatorOp::create(builder, loc, TypeRange(), checkWriteName,
                       ValueRange{target, value,
                                  number(static_cast<int64_t>(writes), 64),
                                  number(isAsked, 1), number(sameShape, 1)});
  } else if (!checkDtype(builder, loc, target, value, writes, isAsked) ||
             (!sameShape && !checkSizes(builder, loc, target, value, writes))) {
    return target;
  }
  bool equal = want->dtype && want->dtype == got->dtype && want->hasRank &&
               got->hasRank && want->sizes == got->sizes &&
               (sameShape || !ShapedType::isDynamicShape(want->sizes));
  if (equal)
    return value;
  Value blocking = arith::ConstantIntOp::create(builder, loc, 0, 1);
  return createOperator(builder, loc, "aten::copy", target.getType(),
                        {target, value, blocking})
      ->getResult(0);
}

bool minitorch::mt::expandWriteCheck(OperatorOp op) {
  Value target = op->getOperand(0), value = op->getOperand(1);
  auto want = TensorShape::of(target.getType());
  auto got = TensorShape::of(value.getType());
  if (!want || !got || !want->hasRank || !got->hasRank || !want->dtype ||
      !got->dtype)
    return false;
  auto writes = static_cast<Writes>(*getConstantInt(op->getOperand(2)));
  OpBuilder builder(op);
  if (checkDtype(builder, op->getLoc(), target, value, writes,
                 *getConstantBool(op->getOperand(3))) &&
      !*getConstantBool(op->getOperand(4)))
    checkSizes(builder, op->getLoc(), target, value, writes);
  op->erase();
  return true;
}

/// `self` with `value` where all indices are the same; null where its sizes are
/// too little known, or it is filled again further down.
static Value fillDiagonal(OpBuilder &builder, Location loc, Value self,
                          Value value, Value wrap) {
  auto shape = TensorShape::of(self.getType());
  if (!shape || !shape->hasRank || getConstantBool(wrap) != false)
    return {};
  int64_t rank = shape->getRank();
  ArrayRef<int64_t> sizes = shape->sizes;
  if (rank < 2 || (rank > 2 && (ShapedType::isDynamicShape(sizes) ||
                                !llvm::all_equal(sizes))))
    return {};
  Type tensor = mt::TensorType::getUnknown(builder.getContext());
  auto create = [&](StringRef name, ValueRange operands) {
    Type type = name == "aten::size.int" ? Type(builder.getI64Type()) : tensor;
    return createOperator(builder, loc, name, type, operands)->getResult(0);
  };
  auto number = [&](int64_t value) -> Value {
    return arith::ConstantIntOp::create(builder, loc, value, 64);
  };
  Value empty = none(builder, loc);
  // The index along `dim`, which is the same along all others.
  auto getIndex = [&](int64_t dim) {
    Value size = create("aten::size.int", {self, number(dim)});
    Value index = create("aten::arange", {size, empty, empty, empty, empty});
    for (int64_t behind = dim + 1; behind < rank; ++behind)
      index = create("aten::unsqueeze", {index, number(-1)});
    return index;
  };
  Value first = getIndex(0), mask;
  for (int64_t dim = 1; dim < rank; ++dim) {
    Value same = create("aten::eq.Tensor", {first, getIndex(dim)});
    mask = mask ? create("aten::logical_and", {mask, same}) : same;
  }
  return createOperator(builder, loc, "aten::masked_fill.Scalar",
                        self.getType(), {self, mask, value})
      ->getResult(0);
}

FailureOr<FunctionalForm>
minitorch::mt::createFunctionalForm(OpBuilder &builder, Operation *op,
                                    const Schema &schema, std::string &reason) {
  Location loc = op->getLoc();
  StringRef name = schema.name;
  MLIRContext *context = op->getContext();
  FunctionalForm form;
  form.results.resize(op->getNumResults());
  if (cast<SchemaOpInterface>(op).changesMetadata()) {
    reason = "it changes the shape or the memory of an existing tensor";
    return failure();
  }
  if (op->getNumOperands() != schema.arguments.size() ||
      op->getNumResults() != schema.results.size()) {
    reason = "its operands are not those of its schema";
    return failure();
  }
  SmallVector<unsigned> targets;
  for (auto [i, argument] : llvm::enumerate(schema.arguments))
    if (argument.isWrite &&
        AliasAnalysis::isTensor(op->getOperand(i).getType()))
      targets.push_back(i);

  // Filling needs no operator of its own.
  StringRef base = name.split('.').first;
  auto likeSelf = [&](StringRef like, SmallVector<Value> operands) {
    operands.resize(lookupSchema(like)->arguments.size(), none(builder, loc));
    Value self = operands.front();
    form.written.push_back(
        {0, createOperator(builder, loc, like, self.getType(), operands)
                ->getResult(0)});
    return form;
  };
  bool toTensor =
      op->getNumOperands() > 1 && TensorShape::of(op->getOperand(1).getType());
  if (base == "aten::zero_")
    return likeSelf("aten::zeros_like", {op->getOperand(0)});
  if ((base == "aten::fill_" || base == "aten::copy_") && !toTensor)
    return likeSelf("aten::full_like", {op->getOperand(0), op->getOperand(1)});
  if (base == "aten::fill_" || base == "aten::copy_") {
    // Any dtype may be copied into any other.
    FailureOr<Value> fitted =
        fitInto(builder, loc, op->getOperand(0), op->getOperand(1),
                /*sameShape=*/false, Writes::Copy, /*isAsked=*/false, reason);
    if (failed(fitted))
      return failure();
    form.written.push_back({0, *fitted});
    return form;
  }

  if (base == "aten::fill_diagonal_") {
    Value filled = fillDiagonal(builder, loc, op->getOperand(0),
                                op->getOperand(1), op->getOperand(2));
    if (!filled) {
      reason = "its sizes are not known, or 'wrap' is given";
      return failure();
    }
    form.written.push_back({0, filled});
    return form;
  }

  const Schema *functional = getFunctionalSchema(schema);
  if (!functional) {
    reason = "there is no operator that computes the same without writing";
    return failure();
  }
  SmallVector<Value> operands;
  bool oneTensor = true;
  for (auto [i, argument] : llvm::enumerate(functional->arguments)) {
    int j = schema.getArgumentIndex(argument.name);
    // Names differ in a few schemas; self comes first in all.
    if (j < 0 && i == 0 && !schema.arguments[0].isKeywordOnly)
      j = 0;
    Value value =
        j >= 0 ? op->getOperand(j) : createDefault(builder, loc, argument);
    if (!value) {
      reason = "its functional form '" + functional->name +
               "' needs an argument '" + argument.name + "'";
      return failure();
    }
    // A 0-d operand changes no shape.
    auto shape = TensorShape::of(value.getType());
    if (shape ? !operands.empty() && !(shape->hasRank && !shape->getRank())
              : AliasAnalysis::isContainer(value.getType()))
      oneTensor = false;
    operands.push_back(value);
  }
  SmallVector<Type> types;
  for (const SchemaArgument &result : functional->results) {
    if (result.type != "Tensor") {
      reason = "its functional form '" + functional->name +
               "' gives something that is not a tensor";
      return failure();
    }
    types.push_back(mt::TensorType::getUnknown(context));
  }
  // The result that goes into each written argument: by the order of out=
  // arguments and of results.
  if (targets.size() > types.size()) {
    reason = "it writes more tensors than '" + functional->name + "' computes";
    return failure();
  }
  Operation *compute =
      createOperator(builder, loc, functional->name, types, operands);
  inferTypes(compute);
  bool isOut = schema.arguments[targets.front()].isKeywordOnly;
  for (auto [i, target] : llvm::enumerate(targets)) {
    Value self = op->getOperand(target);
    // By name where it has one: running_mean_out.
    unsigned index = i;
    std::string resultName = schema.arguments[target].name + "_out";
    for (auto [j, result] : llvm::enumerate(functional->results))
      if (result.name == resultName)
        index = j;
    Value value = compute->getResult(index);
    auto want = TensorShape::of(self.getType());
    auto got = TensorShape::of(value.getType());
    // out= resizes a tensor of another size: only the same is a write.
    if (isOut && !(want && got && want->hasRank && got->hasRank &&
                   want->sizes == got->sizes &&
                   !llvm::is_contained(want->sizes, ShapedType::kDynamic))) {
      reason = "its out argument may not have the sizes of its result";
      compute->erase();
      return failure();
    }
    bool keeps = keepsShape(*functional) || oneTensor;
    if (keeps && want && got && !got->hasRank) {
      got->hasRank = want->hasRank;
      got->sizes = want->sizes;
      value.setType(got->getBoxed(context));
    }
    bool isPointwise = isOut || cast<SchemaOpInterface>(op).isPointwise();
    int dtype = schema.getArgumentIndex("dtype");
    // One element is its own sum, for which nothing is computed.
    bool isOneElement = want && want->hasRank && want->sizes.empty() &&
                        getTypeRuleName(*functional) == "cumulative";
    FailureOr<Value> fitted =
        fitInto(builder, loc, self, value, keeps || isOut,
                isOneElement  ? Writes::Copy
                : isPointwise ? Writes::Pointwise
                              : Writes::Other,
                dtype >= 0 && !isOut && !isNone(op->getOperand(dtype)), reason);
    if (failed(fitted)) {
      compute->erase();
      return failure();
    }
    form.written.push_back({target, *fitted});
  }
  // Results that are not the written tensors.
  for (auto [i, result] : llvm::enumerate(schema.results))
    if (!result.isWrite && AliasAnalysis::isTensor(op->getResult(i).getType()))
      form.results[i] = compute->getResult(
          std::min<unsigned>(i, compute->getNumResults() - 1));
  return form;
}
