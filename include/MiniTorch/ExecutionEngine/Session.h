//===- Session.h - Calls of a compiled function with values -------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_EXECUTIONENGINE_SESSION_H
#define MINITORCH_EXECUTIONENGINE_SESSION_H

#include "MiniTorch-c/Runtime.h"
#include "MiniTorch/ExecutionEngine/Signature.h"
#include "MiniTorch/Values/ValueFile.h"

#include <map>

namespace minitorch {

class CompiledModule;

/// The attributes of one object, between calls, by path. Functions compiled
/// from the same object share it.
using ObjectState = std::map<std::string, Value>;

/// How values are matched with a signature.
enum class Matching {
  /// As TorchScript does.
  Strict,
  /// As the plain form of files needs it: a tensor of rank 0 is a number where
  /// the signature says so, a tuple is any container, and the uint16 bits of
  /// bfloat16 are bfloat16.
  Plain,
};

/// Arguments lie in memory as the function was not compiled for: two of them
/// share what it writes to, or one is not contiguous where that matters.
class ArgumentMemoryError : public llvm::ErrorInfo<ArgumentMemoryError> {
public:
  static char ID;
  explicit ArgumentMemoryError(std::string text) : text(std::move(text)) {}
  void log(llvm::raw_ostream &os) const override { os << text; }
  std::error_code convertToErrorCode() const override {
    return llvm::inconvertibleErrorCode();
  }

private:
  std::string text;
};

/// The function was compiled for something that turned out otherwise when it
/// ran, as the sizes of an example. It left nothing behind.
class AssumptionError : public llvm::ErrorInfo<AssumptionError> {
public:
  static char ID;
  explicit AssumptionError(std::string text) : text(std::move(text)) {}
  void log(llvm::raw_ostream &os) const override { os << text; }
  std::error_code convertToErrorCode() const override {
    return llvm::inconvertibleErrorCode();
  }

private:
  std::string text;
};

/// An attribute has another type than the function was compiled for: another
/// function wrote it. Nothing was called.
class StateTypeError : public llvm::ErrorInfo<StateTypeError> {
public:
  static char ID;
  explicit StateTypeError(std::string text) : text(std::move(text)) {}
  void log(llvm::raw_ostream &os) const override { os << text; }
  std::error_code convertToErrorCode() const override {
    return llvm::inconvertibleErrorCode();
  }

private:
  std::string text;
};

/// A compiled function that is called with values and returns values.
///
/// Tensors are passed and returned where they lie, except that a tensor that is
/// not contiguous is copied. Functions without state may be called from several
/// threads; of those that share state, one at a time.
class Session {
public:
  /// `function` of `module`, with the state of the object it is a method of.
  static llvm::Expected<std::unique_ptr<Session>>
  create(std::shared_ptr<const CompiledModule> module, llvm::StringRef function,
         std::shared_ptr<ObjectState> state = nullptr);

  /// Any entry, kept valid by `owner`.
  Session(mtrt_entry entry, Signature signature, std::shared_ptr<void> owner,
          std::shared_ptr<ObjectState> state);

  const Signature &signature() const { return sig; }
  /// What a caller may call who makes the slots of `signature` himself.
  mtrt_entry getEntry() const { return entry; }

  /// Whether a call with these arguments would be an ArgumentMemoryError.
  bool isForOtherMemory(llvm::ArrayRef<Value> args,
                        const NamedValues &kwargs = {},
                        Matching matching = Matching::Strict) const;

  /// Calls the function. An Error says why the arguments do not fit; an
  /// exception of the program is part of the result.
  llvm::Expected<CallResult> call(llvm::ArrayRef<Value> args,
                                  const NamedValues &kwargs = {},
                                  Matching matching = Matching::Strict);

private:
  void takeWrites(mtrt_frame *frame, class Slots &slots, CallResult &result);

  mtrt_entry entry;
  Signature sig;
  std::shared_ptr<void> owner;
  std::shared_ptr<ObjectState> state;
};

} // namespace minitorch

#endif // MINITORCH_EXECUTIONENGINE_SESSION_H
