//===- Diagnostics.cpp - Diagnostics as text ----------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MiniTorch/Model/Diagnostics.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace minitorch;

/// "file:line: ", or nothing for an unknown place.
static void printPlace(llvm::raw_ostream &os, Location loc) {
  if (auto place = loc->findInstanceOf<FileLineColLoc>())
    os << place.getFilename().getValue() << ":" << place.getLine() << ": ";
}

static StringRef getWord(DiagnosticSeverity severity) {
  switch (severity) {
  case DiagnosticSeverity::Note:
    return "note";
  case DiagnosticSeverity::Warning:
    return "warning";
  case DiagnosticSeverity::Error:
    return "error";
  case DiagnosticSeverity::Remark:
    return "remark";
  }
  llvm_unreachable("a severity of another kind");
}

DiagnosticCollector::DiagnosticCollector(MLIRContext *context,
                                         DiagnosticSeverity severity)
    : handler(context, [this, severity](Diagnostic &diagnostic) {
        if (diagnostic.getSeverity() != severity) {
          // Remarks and warnings do not stop anything; who collects them came
          // first.
          bool isForOther =
              severity != DiagnosticSeverity::Error ||
              diagnostic.getSeverity() == DiagnosticSeverity::Remark;
          return success(!isForOther);
        }
        llvm::raw_string_ostream os(collected);
        if (!collected.empty())
          os << "\n";
        printPlace(os, diagnostic.getLocation());
        os << getWord(severity) << ": " << diagnostic.str();
        for (Diagnostic &note : diagnostic.getNotes()) {
          os << "\n  ";
          printPlace(os, note.getLocation());
          os << "note: " << note.str();
        }
        return success();
      }) {}

std::string DiagnosticCollector::text(llvm::StringRef fallback) const {
  return collected.empty() ? fallback.str() : collected;
}
