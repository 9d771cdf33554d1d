//===- Facts.cpp - What schemas do not say of operators -------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Dialect/Mt/IR/Facts.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace minitorch::mt;
namespace mt = minitorch::mt;
using llvm::StringRef;

/// The operator's name without namespace and overload.
static StringRef getBaseName(StringRef schemaName) {
  StringRef name = schemaName.split('.').first;
  name.consume_front("aten::");
  return name;
}

/// The argument that says whether running statistics are written; null where
/// the operator has none, or its schema says it.
static StringRef getTrainingArgument(StringRef schemaName) {
  return llvm::StringSwitch<StringRef>(schemaName)
      .Cases({"aten::batch_norm", "aten::native_batch_norm",
              "aten::_batch_norm_impl_index"},
             "training")
      .Case("aten::instance_norm", "use_input_stats")
      .Default(StringRef());
}

bool mt::writesOperand(Operation *op, unsigned i) {
  const Schema *schema = lookupSchema(op);
  if (!schema || i >= schema->arguments.size() ||
      op->getNumOperands() != schema->arguments.size())
    return false;
  const SchemaArgument &argument = schema->arguments[i];
  if (argument.isWrite)
    return true;
  if (schema->name == "aten::cov")
    return i == 0 && isa<mt::NoneType>(op->getOperand(2).getType()) !=
                         isa<mt::NoneType>(op->getOperand(3).getType());
  if (argument.name != "running_mean" && argument.name != "running_var")
    return false;
  if (schema->name == "aten::batch_norm_update_stats")
    return !isa<mt::NoneType>(op->getOperand(i).getType());
  int training = schema->getArgumentIndex(getTrainingArgument(schema->name));
  return training >= 0 && !isa<mt::NoneType>(op->getOperand(i).getType()) &&
         getConstantBool(op->getOperand(training)) != false;
}

int mt::getHiddenAlias(StringRef schemaName) {
  return llvm::StringSwitch<int>(getBaseName(schemaName))
      .Cases({"_cast_Byte",      "_cast_Char",
              "_cast_Double",    "_cast_Float",
              "_cast_Half",      "_cast_Int",
              "_cast_Long",      "_cast_Short",
              "_unsafe_view",    "alpha_dropout",
              "atleast_1d",      "atleast_2d",
              "atleast_3d",      "cartesian_prod",
              "conj_physical",   "data",
              "dropout",         "feature_alpha_dropout",
              "feature_dropout", "lift",
              "sum_to_size",     "to_dense",
              "type_as"},
             0)
      .Case("einsum", 1)
      .Default(-1);
}

Value mt::getReturnedOperand(Operation *op) {
  const Schema *schema = lookupSchema(op);
  if (!schema || op->getNumOperands() != schema->arguments.size() ||
      op->getNumOperands() == 0)
    return {};
  StringRef name = schema->name;
  Value first = op->getOperand(0);
  auto shape = TensorShape::of(first.getType());
  if (name == "aten::as_tensor") {
    Value dtype = op->getOperand(1);
    bool keepsDtype =
        isNone(dtype) ||
        (shape && shape->dtype && getConstantInt(dtype) &&
         getConstantInt(dtype) == getScalarTypeNumber(shape->dtype));
    return shape && keepsDtype && isNone(op->getOperand(2)) ? first : Value();
  }
  if (name == "aten::conj_physical" || name == "aten::resolve_conj" ||
      name == "aten::conj" || name == "aten::real")
    return shape && shape->dtype && !isa<ComplexType>(shape->dtype) ? first
                                                                    : Value();
  if (name == "aten::resolve_neg" || name == "aten::lift_fresh")
    return shape ? first : Value();
  // Of one vector.
  if (name == "aten::cartesian_prod") {
    auto elements = getListElements(first);
    if (!elements || elements->size() != 1)
      return {};
    auto only = TensorShape::of(elements->front().getType());
    return only && only->hasRank && only->getRank() == 1 ? elements->front()
                                                         : Value();
  }
  return {};
}

bool mt::mayReturnOperand(Operation *op) {
  const Schema *schema = lookupSchema(op);
  if (!schema)
    return false;
  StringRef name = getBaseName(schema->name);
  // These are always another object.
  if (name == "_unsafe_view" || name == "data")
    return false;
  if (getHiddenAlias(schema->name) >= 0)
    return true;
  // A tensor without dims is its own transpose.
  if (llvm::StringSwitch<bool>(name)
          .Cases({"adjoint", "mH", "mT", "matrix_H"}, true)
          .Default(false)) {
    auto shape = TensorShape::of(op->getOperand(0).getType());
    return !shape || !shape->hasRank || shape->getRank() == 0;
  }
  return llvm::StringSwitch<bool>(name)
      .Cases({"_autocast_to_full_precision", "_autocast_to_reduced_precision",
              "_grad_sum_to_size", "as_tensor", "coalesce", "conj",
              "contiguous", "cpu", "cuda", "flatten", "lift_fresh",
              "pin_memory", "positive", "real", "resolve_conj", "resolve_neg",
              "to"},
             true)
      .Default(false);
}

//===----------------------------------------------------------------------===//
// Lists and dicts
//===----------------------------------------------------------------------===//

static bool holdsList(Type type) {
  if (auto optional = dyn_cast<OptionalType>(type))
    return holdsList(optional.getElementType());
  return isa<ListType, DictType, mt::TupleType, AnyType, UnionType>(type);
}

bool mt::keepsOperand(Operation *op, unsigned operand) {
  if (operand == 0 || !isa<OperatorOp>(op) || !writesOperand(op, 0) ||
      !isa<ListType, DictType>(op->getOperand(0).getType()))
    return false;
  Type type = op->getOperand(operand).getType();
  StringRef name = getBaseName(lookupSchema(op)->name);
  if (name == "extend" || name == "add_" || name == "update") {
    // What is in it, not itself.
    if (auto list = dyn_cast<ListType>(type))
      type = list.getElementType();
    else if (auto dict = dyn_cast<DictType>(type))
      type = dict.getValueType();
  }
  return holdsList(type);
}

/// Whether something may write to `list`, or to a list that it may be, hold or
/// come out of again: behind branches, loops and containers.
static bool mayBeWritten(Value list, llvm::SmallPtrSetImpl<void *> &seen) {
  if (!holdsList(list.getType()) ||
      !seen.insert(list.getAsOpaquePointer()).second)
    return false;
  auto mayAny = [&](ValueRange values) {
    return llvm::any_of(values, [&](Value v) { return mayBeWritten(v, seen); });
  };
  return llvm::any_of(list.getUses(), [&](OpOperand &use) {
    Operation *user = use.getOwner();
    unsigned i = use.getOperandNumber();
    // In an attribute it has another name.
    if (writesOperand(user, i) || keepsOperand(user, i) ||
        (isa<PrimSetAttrOp>(user) && i == 1))
      return true;
    Operation *parent = user->getParentOp();
    if (auto loop = dyn_cast<PrimLoopOp>(user))
      return mayAny({loop.getCarried()[i - 2], loop.getResult(i - 2)});
    if (auto loop = dyn_cast_or_null<PrimLoopOp>(parent);
        loop && isa<PrimLoopConditionOp>(user))
      return mayAny({loop.getCarried()[i - 1], loop.getResult(i - 1)});
    if (auto ifOp = dyn_cast_or_null<PrimIfOp>(parent);
        ifOp && isa<PrimYieldOp>(user))
      return mayBeWritten(ifOp.getResult(i), seen);
    // What takes it, or something, out of it or puts it into something.
    return isa<OperatorOp, PrimUncheckedCastOp, PrimListConstructOp,
               PrimTupleConstructOp, PrimDictConstructOp, PrimTupleUnpackOp,
               PrimTupleIndexOp, PrimListUnpackOp>(user) &&
           mayAny(user->getResults());
  });
}

bool mt::mayBeWritten(Value container) {
  llvm::SmallPtrSet<void *, 8> seen;
  return ::mayBeWritten(container, seen);
}
