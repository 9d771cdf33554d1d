//===- DirectCall.h - Calls with tensor objects, at once --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_EXECUTIONENGINE_DIRECTCALL_H
#define MINITORCH_EXECUTIONENGINE_DIRECTCALL_H

#include "MiniTorch-c/Functions.h"
#include "MiniTorch/ExecutionEngine/Session.h"
#include "llvm/ADT/SmallVector.h"

namespace minitorch {

/// Fills an error, with copies of the texts; returns MTRT_RAISED.
int setError(mtrt_function_error *error, llvm::StringRef type,
             llvm::StringRef message);

/// A compiled function of tensors and numbers, called with the runtime's values
/// where they lie: without a Value for each of them.
class DirectCall {
public:
  /// Null where the function takes, returns or does anything else.
  static std::unique_ptr<DirectCall> create(std::shared_ptr<Session> session);

  /// Whether the function was compiled for operands of these types, which lie
  /// as it wants them.
  bool fits(llvm::ArrayRef<mtrt_value> operands) const;

  /// What mtrt_function_caller does, for operands that fit. An error that is
  /// no exception of the program has the type MTRT_ASSUMPTION.
  int call(llvm::ArrayRef<mtrt_value> operands, mtrt_value *results,
           mtrt_function_error *error) const;

private:
  struct Leaf {
    ValueType::Kind kind;
    int64_t dtype = 0, elementSize = 0;
    llvm::SmallVector<int64_t, 6> shape;
    /// Of a result: the operand that it is, or -1.
    int64_t operand = -1;

    size_t countWords() const;
  };

  DirectCall() = default;
  static std::optional<Leaf> getLeaf(const ValueType &type);

  std::shared_ptr<Session> session;
  llvm::SmallVector<Leaf, 6> arguments, results;
  /// Operands that are written, which come last.
  llvm::SmallVector<int64_t, 2> written;
  size_t numWords = 0;
};

} // namespace minitorch

#endif // MINITORCH_EXECUTIONENGINE_DIRECTCALL_H
