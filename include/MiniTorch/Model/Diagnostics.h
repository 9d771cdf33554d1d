//===- Diagnostics.h - Diagnostics as text ------------------------------===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_MODEL_DIAGNOSTICS_H
#define MINITORCH_MODEL_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"

#include <string>

namespace minitorch {

/// Collects the errors of a context, or its diagnostics of another severity,
/// while it lives, instead of printing them: "file:line: error: text", one a
/// line, notes below their error. One that is made later is asked first, and
/// leaves others alone unless it is for errors.
class DiagnosticCollector {
public:
  explicit DiagnosticCollector(
      mlir::MLIRContext *context,
      mlir::DiagnosticSeverity severity = mlir::DiagnosticSeverity::Error);

  /// All of it, or `fallback` when nothing was said.
  std::string text(llvm::StringRef fallback) const;

private:
  std::string collected;
  mlir::ScopedDiagnosticHandler handler;
};

} // namespace minitorch

#endif // MINITORCH_MODEL_DIAGNOSTICS_H
