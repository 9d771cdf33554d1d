//===- AtenLowering.h - What a lowering sees of its operator ----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CONVERSION_LOWERING_ATENLOWERING_H
#define MINITORCH_CONVERSION_LOWERING_ATENLOWERING_H

#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Transforms/DialectConversion.h"
#include <functional>
#include <optional>

namespace minitorch {

class BuiltinTensorConverter;

/// A converted value together with its dtype: ui8 and i8 are the same type by
/// now, and not the same arithmetic.
struct DtypedValue {
  mlir::Value value;
  /// Element type of a tensor, type of a number, as PyTorch means it.
  mlir::Type dtype;

  explicit operator bool() const { return static_cast<bool>(value); }
  bool isTensor() const {
    return llvm::isa<mlir::RankedTensorType>(value.getType());
  }
  mlir::RankedTensorType getTensorType() const {
    return llvm::cast<mlir::RankedTensorType>(value.getType());
  }
  int64_t getRank() const { return isTensor() ? getTensorType().getRank() : 0; }
};

/// One mt.aten operator on builtin tensors while it is being converted: its
/// operands by the names of PyTorch's schema, and where the result goes.
class AtenLowering {
public:
  AtenLowering(mlir::Operation *op, mlir::ValueRange operands,
               mlir::ConversionPatternRewriter &rewriter,
               const BuiltinTensorConverter &converter);

  mlir::Operation *op;
  mlir::ConversionPatternRewriter &b;
  mlir::Location loc;

  /// Name without dialect and overload: `sum` of mt.aten.sum.dim_IntList.
  llvm::StringRef getName() const;

  //===--------------------------------------------------------------------===//
  // Operands. An operand that the schema lacks is null, and none.
  //===--------------------------------------------------------------------===//

  DtypedValue get(llvm::StringRef name) const;
  DtypedValue get(unsigned index) const;
  unsigned getNumOperands() const { return operands.size(); }
  bool isNone(llvm::StringRef name) const;
  std::optional<int64_t> getInt(llvm::StringRef name) const;
  std::optional<bool> getBool(llvm::StringRef name) const;
  std::optional<double> getFloat(llvm::StringRef name) const;
  std::optional<llvm::StringRef> getStr(llvm::StringRef name) const;
  /// The elements of a list whose structure is known, converted. One int stands
  /// for a list of one.
  std::optional<llvm::SmallVector<DtypedValue>>
  getList(llvm::StringRef name) const;
  /// The ints of such a list when all are constants.
  std::optional<llvm::SmallVector<int64_t>>
  getConstantInts(llvm::StringRef name) const;
  /// The sizes of a new tensor, a list; static where the result's type says so.
  llvm::FailureOr<llvm::SmallVector<mlir::OpFoldResult>>
  getSizes(llvm::StringRef name) const;
  /// A list of dims or one dim, wrapped into [0, rank) and checked; None and
  /// the empty list mean every dim.
  llvm::FailureOr<llvm::SmallVector<int64_t>> getDims(llvm::StringRef name,
                                                      int64_t rank) const;
  /// One constant dim, wrapped into [0, rank). A scalar has dims 0 and -1.
  llvm::FailureOr<int64_t> getDim(llvm::StringRef name, int64_t rank) const;

  //===--------------------------------------------------------------------===//
  // Results
  //===--------------------------------------------------------------------===//

  mlir::RankedTensorType getResultType(unsigned i = 0) const;
  mlir::Type getResultDtype(unsigned i = 0) const;

  /// Replaces the operator; tensors whose static shape differs from what was
  /// inferred are cast to it.
  llvm::LogicalResult replace(mlir::ValueRange values) const;
  /// Leaves the operator, saying why.
  llvm::LogicalResult fail(const llvm::Twine &reason) const;

  /// Raises `exception` unless `condition` holds when the program runs; see
  /// createRuntimeCheck.
  void check(mlir::Value condition, llvm::StringRef exception,
             const llvm::Twine &message, mlir::ValueRange values = {}) const;

private:
  int getIndex(llvm::StringRef name) const;
  DtypedValue remap(mlir::Value value) const;

  mlir::ValueRange operands;
  const BuiltinTensorConverter &converter;
};

using AtenLoweringFn = std::function<llvm::LogicalResult(const AtenLowering &)>;

/// Lowers each of `names` (`add.Tensor`, as in the schema) by `lowering`, where
/// all its tensors are unboxed. `converter` is a BuiltinTensorConverter.
void addAtenLowering(mlir::RewritePatternSet &patterns,
                     const mlir::TypeConverter &converter,
                     llvm::ArrayRef<llvm::StringRef> names,
                     AtenLoweringFn lowering);

} // namespace minitorch

#endif // MINITORCH_CONVERSION_LOWERING_ATENLOWERING_H
