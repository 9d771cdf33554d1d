//===- VectorBody.h - The body of a structured op on vectors ----*- C++ -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_LIB_CODEGEN_CPU_VECTORBODY_H
#define MINITORCH_LIB_CODEGEN_CPU_VECTORBODY_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace minitorch {

/// Writes the body of a linalg.generic on buffers once for a vector of turns of
/// one of its loops. Who uses it makes the loops, and says where they are.
class VectorBody {
public:
  VectorBody(mlir::linalg::GenericOp op, mlir::ImplicitLocOpBuilder &b)
      : op(op), b(b), indices(op.getNumLoops()) {}

  /// Whether every op of the body has a vector form that beats a call for each
  /// element.
  static bool isVectorizable(mlir::linalg::GenericOp op);

  /// Chooses the loop; false if an operand cannot be read along it.
  bool setVectorDim(unsigned dim, int64_t lanes);

  /// Computes what is the same in the loops `varying`, and along the vector,
  /// once, as scalars: in memory it might be what the loops write, for all that
  /// LLVM knows. `indices` holds the other loops.
  void computeInvariants(llvm::ArrayRef<unsigned> varying);

  /// The vector of an operand at `indices`; of what the mask leaves out, zero.
  mlir::Value load(mlir::OpOperand &operand, mlir::Value mask);
  void store(mlir::OpOperand &operand, mlir::Value value, mlir::Value mask);

  /// The results of the body at `indices`. `carried` holds what it has for the
  /// results before, null where it does not read it.
  llvm::SmallVector<mlir::Value> emitBody(mlir::ValueRange carried,
                                          mlir::Value mask);

protected:
  /// How an operand varies along the vector.
  enum class Access { Scalar, Uniform, Contiguous, Strided };

  mlir::Value constant(int64_t value);
  mlir::Value asValue(mlir::OpFoldResult ofr);
  mlir::VectorType vectorOf(mlir::Type element) const {
    return mlir::VectorType::get(lanes, element);
  }
  mlir::Value broadcast(mlir::Value scalar);
  llvm::SmallVector<mlir::Value> getIndices(mlir::OpOperand &operand);

  mlir::linalg::GenericOp op;
  mlir::ImplicitLocOpBuilder &b;
  unsigned vectorDim = 0;
  int64_t lanes = 0;
  llvm::SmallVector<Access> accesses;

public:
  /// Where each loop is; null stands for zero.
  llvm::SmallVector<mlir::Value> indices;

private:
  std::optional<Access> classify(mlir::OpOperand &operand,
                                 mlir::MemRefType type);
  std::optional<int64_t> getStep(mlir::AffineExpr expr);
  mlir::Value loadEven(mlir::Value buffer, mlir::VectorType type,
                       llvm::SmallVector<mlir::Value> at, mlir::Value zero);
  void emitInnerOp(mlir::Operation &inner, mlir::IRMapping &mapping,
                   llvm::function_ref<mlir::Value(mlir::Value)> lookup);

  /// Values of the body that are the same in all inner loops, as scalars.
  mlir::IRMapping invariants;
};

/// Whether the buffer's innermost dimension is contiguous.
bool hasUnitStride(mlir::Value buffer);

} // namespace minitorch

#endif // MINITORCH_LIB_CODEGEN_CPU_VECTORBODY_H
