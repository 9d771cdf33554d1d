//===- Forms.cpp - The forms in which a method can be compiled ------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Model/Forms.h"

#include "MiniTorch/Fallback/Fallback.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace minitorch;

SmallVector<Form> minitorch::orderForms(const FormOptions &options) {
  SmallVector<Form> forms;
  auto addTyped = [&](MethodOptions how) {
    for (unsigned i = 0; i < options.numTyped; ++i)
      forms.push_back({how, i});
  };
  addTyped({});
  // Whatever the types are.
  if (options.allowsBoxed)
    forms.push_back({{/*allowsFallback=*/false, /*isBoxed=*/true}});
  if (options.allowsFallback)
    addTyped({/*allowsFallback=*/true});
  // An operator that is never reached is no reason to refuse a program.
  if (options.allowsBoxed && options.allowsRaising)
    forms.push_back({{/*allowsFallback=*/false, /*isBoxed=*/true,
                      /*raisesUnsupported=*/true}});
  return forms;
}

bool minitorch::isAvailable(const Form &form) {
  return !form.options.allowsFallback || hasFallback();
}

StringRef minitorch::getBestReasons(ArrayRef<Refusal> refusals) {
  // What the form that takes most refuses says it best; of several ways to
  // describe the arguments, the first is what the caller asked for.
  StringRef best;
  for (const Refusal &refusal : refusals) {
    const MethodOptions &options = refusal.form.options;
    bool takesMost = (options.isBoxed && !options.raisesUnsupported) ||
                     (options.allowsFallback && refusal.form.choice == 0);
    if (best.empty() || takesMost)
      best = refusal.reasons;
  }
  return best;
}

StringRef minitorch::describe(const MethodOptions &options) {
  if (options.raisesUnsupported)
    return "the boxed form in which operators that cannot be compiled raise";
  if (options.isBoxed)
    return "the boxed form";
  return options.allowsFallback ? "the typed form with operators of PyTorch"
                                : "the typed form";
}

std::string minitorch::explainForm(StringRef method, StringRef inputs,
                                   const MethodOptions &options,
                                   ArrayRef<Refusal> refusals) {
  std::string text;
  raw_string_ostream os(text);
  os << method << "(" << inputs << "): compiled in " << describe(options)
     << "\n";
  StringRef last;
  for (const Refusal &refusal : refusals) {
    os << "  " << describe(refusal.form.options) << " for (" << refusal.inputs
       << ") is refused";
    if (refusal.reasons == last) {
      os << " for the same reasons\n";
      continue;
    }
    last = refusal.reasons;
    os << ":\n";
    for (StringRef rest = last; !rest.empty();) {
      auto [line, behind] = rest.split('\n');
      os << "    " << line << "\n";
      rest = behind;
    }
  }
  return text;
}
