//===- Operands.h - How rules read their operands ---------------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A size or number that is not known at compile time is kDynamic throughout.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_TYPERULES_OPERANDS_H
#define MINITORCH_DIALECT_MT_IR_TYPERULES_OPERANDS_H

#include "MiniTorch/Dialect/Mt/IR/TypeRules.h"

namespace minitorch::mt::type_rules {

inline constexpr int64_t kDynamic = mlir::ShapedType::kDynamic;
using Sizes = llvm::SmallVector<int64_t>;

inline bool isDynamic(int64_t size) { return size == kDynamic; }

/// Whether a size or parameter is known; a larger one means nothing and might
/// overflow.
inline bool isUsable(int64_t value) {
  constexpr int64_t limit = int64_t(1) << 31;
  return !isDynamic(value) && value > -limit && value < limit;
}

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

/// Sum and product; kDynamic where an operand is, or on overflow. Zero times
/// anything is zero.
int64_t addSizes(int64_t a, int64_t b);
int64_t multiplySizes(int64_t a, int64_t b);
int64_t multiplySizes(llvm::ArrayRef<int64_t> sizes);

/// Makes `size` equal to `other` where one of them is unknown; false where
/// they are known to differ.
bool mergeSize(int64_t &size, int64_t other);

/// A tensor of unknown rank; one of known rank and unknown sizes.
TensorShape getUnranked(mlir::Type dtype);
TensorShape getDynamic(int64_t rank, mlir::Type dtype);

/// `[2, ?]`, for messages.
std::string describe(llvm::ArrayRef<int64_t> sizes);
std::string describe(const TensorShape &shape);
/// `f32 and f64`, for messages.
std::string describeDtypes(mlir::Type a, mlir::Type b);

//===----------------------------------------------------------------------===//
// Operands by the schema's names
//===----------------------------------------------------------------------===//

/// `aten::add.Tensor`; empty for an operator without a schema.
llvm::StringRef getSchemaName(const TypeRuleContext &context);

/// The number of spatial dimensions of an operator that has it in its name:
/// 2 of `conv2d`, 1 of `max_pool1d`, 3 where there is neither.
int64_t getSpatialRank(const TypeRuleContext &context);

/// The tensor `name`; unknown where it is optional or there is none.
TensorShape getTensor(const TypeRuleContext &context, llvm::StringRef name);

/// An int operand; kDynamic where it is not constant.
int64_t getInt(const TypeRuleContext &context, llvm::StringRef name);
std::optional<bool> getFlag(const TypeRuleContext &context,
                            llvm::StringRef name);
bool isNone(const TypeRuleContext &context, llvm::StringRef name);

/// A dimension's number, from 0; kDynamic where it is not constant. Fails
/// where it is out of range.
llvm::FailureOr<int64_t> getDim(const TypeRuleContext &context,
                                llvm::StringRef name, int64_t rank);

/// Fails where the first two tensors have other dtypes, which a few operators
/// do not promote.
llvm::LogicalResult checkSameDtypes(const TypeRuleContext &context);

/// A list of ints, as `getIntList`.
std::optional<Sizes> getInts(const TypeRuleContext &context,
                             llvm::StringRef name);

/// A list of `count` ints for as many spatial dimensions; a single one stands
/// for all of them; all kDynamic where the list is not known. Fails for any
/// other length. An empty list is left empty.
llvm::FailureOr<Sizes> getWindow(const TypeRuleContext &context,
                                 llvm::StringRef name, int64_t count);

/// The dtype operand: `ifNone` where it is None, null where it is not known.
mlir::Type getDtype(const TypeRuleContext &context, mlir::Type ifNone,
                    llvm::StringRef name = "dtype");

/// The shapes of a list's tensors; nullopt where the list is not known.
std::optional<llvm::SmallVector<TensorShape>>
getTensorList(const TypeRuleContext &context, llvm::StringRef name);

/// What a list's type says of each of its tensors.
TensorShape getElementShape(const TypeRuleContext &context,
                            llvm::StringRef name);

//===----------------------------------------------------------------------===//
// Answers
//===----------------------------------------------------------------------===//

/// A result of `shape` with another dtype.
llvm::LogicalResult setResult(const TypeRuleContext &context, TensorShape shape,
                              mlir::Type dtype);

/// A result of the operands' common shape; numbers and None have none.
llvm::LogicalResult setBroadcast(const TypeRuleContext &context,
                                 llvm::ArrayRef<unsigned> operands,
                                 mlir::Type dtype);

/// Fails as PyTorch does for a dimension that is out of range.
llvm::LogicalResult failDim(const TypeRuleContext &context, int64_t dim,
                            int64_t rank);

/// Fails as PyTorch does for shapes that do not broadcast.
llvm::LogicalResult failBroadcast(const TypeRuleContext &context,
                                  const TensorShape &a, const TensorShape &b);

/// The default dtype, float32.
mlir::Type getDefaultDtype(const TypeRuleContext &context);
mlir::Type getInt64(const TypeRuleContext &context);
mlir::Type getBool(const TypeRuleContext &context);

} // namespace minitorch::mt::type_rules

#endif // MINITORCH_DIALECT_MT_IR_TYPERULES_OPERANDS_H
