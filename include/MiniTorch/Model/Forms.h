//===- Forms.h - The forms in which a method can be compiled ----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_MODEL_FORMS_H
#define MINITORCH_MODEL_FORMS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <vector>

namespace minitorch {

/// How a method is compiled.
struct MethodOptions {
  /// Let PyTorch run operators without a lowering.
  bool allowsFallback = false;
  /// As CompileOptions::boxed.
  bool isBoxed = false;
  /// As CompileOptions::raisesUnsupported.
  bool raisesUnsupported = false;
};

/// One form of a method that may be tried.
struct Form {
  MethodOptions options;
  /// Of a typed form: which of the ways to describe the arguments.
  unsigned choice = 0;
};

/// Which forms there are.
struct FormOptions {
  /// In how many ways typed forms can be described.
  unsigned numTyped = 0;
  bool allowsBoxed = true;
  bool allowsFallback = false;
  /// Of the boxed form, the one in which operators that cannot be compiled
  /// raise when they are reached.
  bool allowsRaising = true;
};

/// All forms, in the order in which they are tried.
llvm::SmallVector<Form> orderForms(const FormOptions &options);

/// Whether the form can be tried in this process. What only PyTorch can run
/// comes after what needs it not: nothing loads it until it is asked here.
bool isAvailable(const Form &form);

/// What a caller says of the arguments, for every form (as in mt-specialize).
struct FormInputs {
  /// In the order in which they are tried.
  std::vector<std::string> typed;
  /// None: there is no boxed form.
  std::optional<std::string> boxed;
  bool allowsFallback = false;
  bool allowsRaising = true;
};

/// A form that does not take the program.
struct Refusal {
  Form form;
  std::string inputs;
  /// Every reason, one a line, each with its source line.
  std::string reasons;
};

/// The reasons to report where no form takes the program.
llvm::StringRef getBestReasons(llvm::ArrayRef<Refusal> refusals);

/// "the typed form".
llvm::StringRef describe(const MethodOptions &options);

/// Text for people: the form that a method has, and what every form in front of
/// it refuses.
std::string explainForm(llvm::StringRef method, llvm::StringRef inputs,
                        const MethodOptions &options,
                        llvm::ArrayRef<Refusal> refusals);

} // namespace minitorch

#endif // MINITORCH_MODEL_FORMS_H
