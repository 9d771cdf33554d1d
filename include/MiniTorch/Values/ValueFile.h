//===- ValueFile.h - Calls and results in files -------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_VALUES_VALUEFILE_H
#define MINITORCH_VALUES_VALUEFILE_H

#include "MiniTorch/Values/Value.h"
#include "llvm/Support/Error.h"

namespace minitorch {

using NamedValues = std::vector<std::pair<std::string, Value>>;

struct CallRequest {
  std::string method;
  std::vector<Value> args;
  NamedValues kwargs;
};

/// What an input file asks for.
struct Requests {
  /// The full form (a manifest) or the plain one. In the plain form a value is
  /// a tensor or a Tuple of values; which of them are numbers or lists is for
  /// the method's signature to say.
  bool isFull = false;
  std::vector<CallRequest> calls;
  /// Attributes whose value after the last call is wanted.
  std::vector<std::string> wantState;
};

struct Exception {
  std::string type, message;
  /// Lines of the program, one a line.
  std::string location;
};

struct CallResult {
  /// What the program printed.
  std::string output;
  std::optional<Exception> exception;
  Value result;
  /// Tensor arguments that the call changed, by path: "0.2.1" is item 1 of the
  /// positional argument 2, "1.x" the keyword argument x.
  std::vector<std::pair<std::string, TensorRef>> changed;
};

struct Responses {
  std::vector<CallResult> calls;
  NamedValues state;
};

/// Reads a .npz of either form; a plain one is one call of `method`.
llvm::Expected<Requests> readRequests(llvm::StringRef path,
                                      llvm::StringRef method);

/// Writes the full form.
llvm::Error writeResponses(llvm::StringRef path, const Responses &responses);

/// Writes the plain form: the leaves of one result.
llvm::Error writePlainResult(llvm::StringRef path, const Value &result);

} // namespace minitorch

#endif // MINITORCH_VALUES_VALUEFILE_H
