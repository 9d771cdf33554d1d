//===- TypeRules.h - Shape and dtype rules of operators ---------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_TYPERULES_H
#define MINITORCH_DIALECT_MT_IR_TYPERULES_H

#include "MiniTorch/Dialect/Mt/IR/MtDialect.h"
#include "MiniTorch/Dialect/Mt/IR/MtOps.h"
#include <optional>
#include <string>

namespace minitorch::mt {

/// The element of a scalar operand at compile time.
struct ConstantNumber {
  enum Kind { Int, Float, Bool } kind;
  int64_t intValue = 0;
  double floatValue = 0;
};

/// If `value` is a number known at compile time (arith.constant).
std::optional<ConstantNumber> getConstantNumber(mlir::Value value);
std::optional<int64_t> getConstantInt(mlir::Value value);
std::optional<bool> getConstantBool(mlir::Value value);
std::optional<double> getConstantFloat(mlir::Value value); // ints convert
/// The string of an mt.constant.str.
std::optional<llvm::StringRef> getConstantStr(mlir::Value value);
bool isNone(mlir::Value value);
/// The elements of a list whose structure is known: an mt.prim.list_construct
/// that nothing mutates. Nullopt otherwise.
std::optional<llvm::SmallVector<mlir::Value>> getListElements(mlir::Value list);
/// The ints of such a list; elements that are not constant are kDynamic. A
/// single int stands for a list of one (PyTorch's `int[2] x=0` broadcasts it,
/// which is the caller's business).
std::optional<llvm::SmallVector<int64_t>> getIntList(mlir::Value list);

/// What a type rule sees of its operator, and where it puts the answer.
///
/// A rule sets one result type a result (`setResult` for a tensor), or calls
/// `unknown()` where nothing follows. It fails only for operands that PyTorch
/// itself would refuse whatever their unknown parts are.
class TypeRuleContext {
public:
  TypeRuleContext(mlir::Operation *op,
                  llvm::SmallVectorImpl<mlir::Type> &results,
                  std::string &reason)
      : op(op), results(results), reason(reason) {}

  mlir::Operation *getOperation() const { return op; }
  mlir::MLIRContext *getContext() const { return op->getContext(); }
  unsigned getNumOperands() const { return op->getNumOperands(); }
  mlir::Value getOperand(unsigned i) const { return op->getOperand(i); }
  /// Index of the schema's argument `name`, or -1. Operands are in the schema's
  /// order, all present.
  int getIndex(llvm::StringRef name) const;
  /// Operand of the schema's argument `name`, or null.
  mlir::Value getOperand(llvm::StringRef name) const;

  /// The tensor at operand `i`; unknown shape for anything else (optionals).
  TensorShape getTensor(unsigned i) const;
  bool isTensor(unsigned i) const;
  bool isNone(unsigned i) const;

  /// Sets result `results.size()`.
  llvm::LogicalResult setResult(const TensorShape &shape) const;
  llvm::LogicalResult setResult(llvm::ArrayRef<int64_t> sizes,
                                mlir::Type dtype) const {
    return setResult(TensorShape(sizes, dtype));
  }
  /// A result of another type.
  llvm::LogicalResult setType(mlir::Type type) const;
  /// Leaves every result at the type it has.
  llvm::LogicalResult unknown() const;
  llvm::LogicalResult fail(const llvm::Twine &message) const;

private:
  mlir::Operation *op;
  llvm::SmallVectorImpl<mlir::Type> &results;
  std::string &reason;
};

//===----------------------------------------------------------------------===//
// Pieces that rules share
//===----------------------------------------------------------------------===//

/// torch.result_type: dtype of an operation on these operands (tensors, 0-d
/// tensors, Python numbers in PyTorch's three priority classes). Null where a
/// dtype or rank that matters is unknown.
/// Source: the "Type Promotion" section of PyTorch's tensor attributes page.
mlir::Type promoteTypes(mlir::ValueRange operands);
/// Promotion of two dtypes of the same class.
mlir::Type promoteDtypes(mlir::Type a, mlir::Type b);
/// The default float dtype for an integer or bool dtype, else the dtype.
mlir::Type toFloatDtype(mlir::Type dtype);
bool isFloatOrComplex(mlir::Type dtype);

/// Broadcasts two shapes; unknown rank gives unknown rank; fails where two
/// known sizes cannot match.
llvm::FailureOr<TensorShape> broadcastShapes(const TensorShape &a,
                                             const TensorShape &b);
/// Wraps a negative dim; nullopt where it is out of range.
std::optional<int64_t> wrapDim(int64_t dim, int64_t rank);

namespace type_rules {
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h.inc"
} // namespace type_rules

} // namespace minitorch::mt

#endif // MINITORCH_DIALECT_MT_IR_TYPERULES_H
