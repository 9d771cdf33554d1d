//===- TypeOracle.h - Who knows types that no rule gives --------*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_TYPEORACLE_H
#define MINITORCH_DIALECT_MT_IR_TYPEORACLE_H

#include "mlir/IR/DialectInterface.h"
#include "mlir/IR/Operation.h"

namespace minitorch::mt {

/// Operators that somebody else runs, and what types their results have. The
/// passes ask this interface of the `mt` dialect; who stands behind it is said
/// where dialects are registered (registerAllDialects). Without one, operators
/// that have no type rule and no lowering are refused.
class TypeOracleInterface
    : public mlir::DialectInterface::Base<TypeOracleInterface> {
public:
  explicit TypeOracleInterface(mlir::Dialect *dialect) : Base(dialect) {}

  /// Whether it can be asked; if not, `reason` says why.
  virtual bool isThere(std::string &reason) const = 0;
  /// What runs the operators, for messages. It has to be there.
  virtual llvm::StringRef getName() const = 0;
  /// Whether it runs the operator of that name, `aten::add.Tensor`. It has to
  /// be there.
  virtual bool runs(llvm::StringRef name) const = 0;
  /// Result types that follow from the operands; fails where they do not, with
  /// a `reason` if there is one to tell.
  virtual llvm::LogicalResult
  inferTypes(mlir::Operation *op, llvm::SmallVectorImpl<mlir::Type> &types,
             std::string &reason) const = 0;
};

/// The oracle of a context, or null.
const TypeOracleInterface *getTypeOracle(mlir::MLIRContext *context);

} // namespace minitorch::mt

#endif // MINITORCH_DIALECT_MT_IR_TYPEORACLE_H
