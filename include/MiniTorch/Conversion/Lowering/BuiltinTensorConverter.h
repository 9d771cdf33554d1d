//===- BuiltinTensorConverter.h - Signless element types --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CONVERSION_LOWERING_BUILTINTENSORCONVERTER_H
#define MINITORCH_CONVERSION_LOWERING_BUILTINTENSORCONVERTER_H

#include "mlir/Transforms/DialectConversion.h"

namespace minitorch {

/// Converts tensors of ui8 (uint8 of the mt dialect) to i8, the form upstream
/// dialects take; every other type is itself.
class BuiltinTensorConverter : public mlir::TypeConverter {
public:
  BuiltinTensorConverter();

  /// Remembers why `op` is not converted, for `mt.reason`.
  void setReason(mlir::Operation *op, std::string reason) const {
    reasons[op] = std::move(reason);
  }
  llvm::StringRef getReason(mlir::Operation *op) const {
    auto it = reasons.find(op);
    return it == reasons.end() ? llvm::StringRef() : it->second;
  }

private:
  /// Patterns see the converter as constant, and run one after the other.
  mutable llvm::DenseMap<mlir::Operation *, std::string> reasons;
};

/// Converts, in `root`, what `patterns` match; and functions, calls, scf and
/// constants where a type of theirs changes. What is not matched stays, with
/// the reason in `mt.reason` where a pattern gave one.
llvm::LogicalResult
convertBuiltinTensors(mlir::Operation *root,
                      const BuiltinTensorConverter &converter,
                      mlir::RewritePatternSet &&patterns);

} // namespace minitorch

#endif // MINITORCH_CONVERSION_LOWERING_BUILTINTENSORCONVERTER_H
