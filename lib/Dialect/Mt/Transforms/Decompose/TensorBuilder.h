//===- TensorBuilder.h - Writes formulas as mt operators --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_DIALECT_MT_TRANSFORMS_DECOMPOSE_TENSORBUILDER_H
#define MINITORCH_LIB_DIALECT_MT_TRANSFORMS_DECOMPOSE_TENSORBUILDER_H

#include "MiniTorch/Dialect/Mt/IR/AtenOps.h"
#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"
#include "mlir/IR/PatternMatch.h"

namespace minitorch::mt {

/// Creates operators at one place of the program. Each gets the types that its
/// own rule infers, so that a decomposition of a decomposition knows its ranks.
class TensorBuilder {
public:
  TensorBuilder(mlir::PatternRewriter &rewriter, mlir::Location loc)
      : rewriter(rewriter), loc(loc) {}

  mlir::PatternRewriter &getRewriter() { return rewriter; }
  mlir::Location getLoc() const { return loc; }

  /// An operator with one tensor as its result.
  template <typename OpTy> mlir::Value create(mlir::ValueRange operands) {
    return createMulti<OpTy>(operands, 1)->getResult(0);
  }
  /// An operator with `numResults` tensors.
  template <typename OpTy>
  mlir::Operation *createMulti(mlir::ValueRange operands, unsigned numResults) {
    llvm::SmallVector<mlir::Type> types(
        numResults, TensorType::getUnknown(rewriter.getContext()));
    mlir::Operation *op = OpTy::create(rewriter, loc, types, operands);
    inferResults(op);
    return op;
  }
  /// The same by name, whether the operator has a class or not:
  /// `aten::linalg_eigh`.
  mlir::Value call(llvm::StringRef name, mlir::ValueRange operands) {
    return callMulti(name, operands, 1)->getResult(0);
  }
  mlir::Operation *callMulti(llvm::StringRef name, mlir::ValueRange operands,
                             unsigned numResults);

  //===--------------------------------------------------------------------===//
  // Constants and lists
  //===--------------------------------------------------------------------===//

  mlir::Value constant(int64_t value);
  mlir::Value constant(double value);
  mlir::Value constant(bool value);
  mlir::Value none();
  mlir::Value list(mlir::ValueRange elements, mlir::Type elementType);
  mlir::Value intList(mlir::ValueRange elements);
  mlir::Value intList(llvm::ArrayRef<int64_t> elements);
  mlir::Value tensorList(mlir::ValueRange elements);

  //===--------------------------------------------------------------------===//
  // Integers: sizes and indices
  //===--------------------------------------------------------------------===//

  mlir::Value addInt(mlir::Value a, mlir::Value b);
  mlir::Value subInt(mlir::Value a, mlir::Value b);
  mlir::Value mulInt(mlir::Value a, mlir::Value b);
  mlir::Value floorDivInt(mlir::Value a, mlir::Value b);
  mlir::Value ceilDivInt(mlir::Value a, mlir::Value b);
  mlir::Value minInt(mlir::Value a, mlir::Value b);
  mlir::Value maxInt(mlir::Value a, mlir::Value b);
  /// The size that two sizes broadcast to: the one that is not 1.
  mlir::Value broadcastInt(mlir::Value a, mlir::Value b);
  /// Size of dimension `dim`, a constant where the type knows it.
  mlir::Value size(mlir::Value tensor, int64_t dim);
  /// All sizes of a tensor of known rank.
  llvm::SmallVector<mlir::Value> sizes(mlir::Value tensor);

  //===--------------------------------------------------------------------===//
  // Tensors
  //===--------------------------------------------------------------------===//

  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value div(mlir::Value a, mlir::Value b);
  /// With a number: i64, f64 or i1.
  mlir::Value addScalar(mlir::Value a, mlir::Value number);
  mlir::Value mulScalar(mlir::Value a, mlir::Value number);
  mlir::Value divScalar(mlir::Value a, mlir::Value number);

  mlir::Value sum(mlir::Value a, llvm::ArrayRef<int64_t> dims, bool keepDim);
  mlir::Value mean(mlir::Value a, llvm::ArrayRef<int64_t> dims, bool keepDim);
  mlir::Value amax(mlir::Value a, llvm::ArrayRef<int64_t> dims, bool keepDim);
  /// The same, but the lowest number instead of an error where there is nothing
  /// to reduce.
  mlir::Value amaxOrLowest(mlir::Value a, llvm::ArrayRef<int64_t> dims,
                           bool keepDim);

  mlir::Value transpose(mlir::Value a, int64_t dim0, int64_t dim1);
  mlir::Value permute(mlir::Value a, llvm::ArrayRef<int64_t> order);
  mlir::Value reshape(mlir::Value a, mlir::ValueRange sizes);
  mlir::Value expand(mlir::Value a, mlir::ValueRange sizes);
  mlir::Value unsqueeze(mlir::Value a, int64_t dim);
  mlir::Value squeeze(mlir::Value a, int64_t dim);
  mlir::Value select(mlir::Value a, int64_t dim, mlir::Value index);
  mlir::Value slice(mlir::Value a, int64_t dim, mlir::Value start,
                    mlir::Value end, int64_t step = 1);
  /// a[..., start : start + length, ...], which has to be inside: unlike a
  /// slice's, its size is known to be `length`.
  mlir::Value narrow(mlir::Value a, int64_t dim, mlir::Value start,
                     mlir::Value length);
  /// `a` with `part` written over a[..., start:end:step, ...].
  mlir::Value sliceScatter(mlir::Value a, mlir::Value part, int64_t dim,
                           mlir::Value start, mlir::Value end,
                           int64_t step = 1);
  mlir::Value selectScatter(mlir::Value a, mlir::Value part, int64_t dim,
                            mlir::Value index);
  mlir::Value cat(mlir::ValueRange parts, int64_t dim);
  mlir::Value stack(mlir::ValueRange parts, int64_t dim);

  /// A new tensor filled with `value`, an i64, f64 or i1.
  mlir::Value full(mlir::ValueRange sizes, mlir::Value value, mlir::Type dtype);
  mlir::Value zeros(mlir::ValueRange sizes, mlir::Type dtype);
  /// 0, 1, ... end - 1.
  mlir::Value arange(mlir::Value end, mlir::Type dtype);
  /// `a` in another dtype; `a` itself where it has it.
  mlir::Value toDtype(mlir::Value a, mlir::Type dtype);
  /// The number in a tensor of one element.
  mlir::Value itemInt(mlir::Value tensor);

  /// `for i in range(tripCount)`; `body` gives the next carried values, which
  /// keep the types of the initial ones.
  llvm::SmallVector<mlir::Value>
  loop(mlir::Value tripCount, mlir::ValueRange inits,
       llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value index,
                                                         mlir::ValueRange)>
           body);

  /// Raises RuntimeError with `message` unless `condition` holds. Each "{}" in
  /// it is the next one of `numbers`.
  void raiseUnless(mlir::Value condition, llvm::StringRef message,
                   mlir::ValueRange numbers = {});
  /// The same unless all elements of a bool tensor hold.
  void raiseUnlessAll(mlir::Value holds, llvm::StringRef message,
                      mlir::ValueRange numbers = {});
  /// The bool in a tensor of one element.
  mlir::Value itemBool(mlir::Value tensor);

  /// `value` known as `type`.
  mlir::Value cast(mlir::Value value, mlir::Type type);

  /// Replaces `op`; where the new values' types say less than the old results'
  /// did, they are refined.
  void replace(mlir::Operation *op, mlir::ValueRange values);

  /// Gives `op` the types that its rule infers.
  void inferResults(mlir::Operation *op);

private:
  mlir::PatternRewriter &rewriter;
  mlir::Location loc;
};

//===----------------------------------------------------------------------===//
// Questions that many patterns ask
//===----------------------------------------------------------------------===//

/// Rank of a tensor, or nullopt.
std::optional<int64_t> getRank(mlir::Value tensor);
/// Element type of a tensor, or null.
mlir::Type getDtype(mlir::Value tensor);
/// Static size of a dimension (negative dims count from the end), or nullopt.
std::optional<int64_t> getStaticSize(mlir::Value tensor, int64_t dim);

/// A `Tensor?` operand: the tensor, a null value for None, nullopt where it is
/// not known which.
std::optional<mlir::Value> getOptionalTensor(mlir::Value value);
/// The dtype that a `ScalarType?` operand names, `fallback` for None, nullopt
/// where it is not known.
std::optional<mlir::Type> getOptionalDtype(mlir::Value value,
                                           mlir::Type fallback);
/// `count` ints of an `int[count]` operand; one int stands for all of them.
std::optional<llvm::SmallVector<int64_t>> getInts(mlir::Value list,
                                                  unsigned count);
/// The list's elements as values; one int stands for all of `count`.
std::optional<llvm::SmallVector<mlir::Value>> getIntValues(mlir::Value list);

/// The dtype that PyTorch's CPU kernels accumulate in: float32 for the half
/// precision ones.
mlir::Type getAccumulationDtype(mlir::Type dtype);

} // namespace minitorch::mt

#endif // MINITORCH_LIB_DIALECT_MT_TRANSFORMS_DECOMPOSE_TENSORBUILDER_H
