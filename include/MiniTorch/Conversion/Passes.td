//===- Passes.td - Conversions of the mt dialect -----------*- tablegen -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CONVERSION_PASSES_TD
#define MINITORCH_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

// In alphabetical order.

def ConvertMtToLinalgPass : Pass<"convert-mt-to-linalg", "::mlir::ModuleOp"> {
  let summary = "Convert tensor operators to linalg on tensors";
  let description = [{
    Operators that compute become `linalg.generic`; the scalar formula, PyTorch's
    type promotion, and broadcasting of sizes known only at run time are all in
    it. Operators that index or sort become loops over elements. uint8 becomes
    signless `i8`, here and in the signatures of functions.

    Assumes the backend contract (`mt-verify-backend-contract`). The patterns of
    `convert-mt-to-tensor` are part of this conversion, because what one set
    builds is what the other proves sizes equal from. An operator that has no
    conversion, or works on boxed values, stays; `mt.reason` on it says why a
    conversion refused.

    Before:
    ```mlir
    %r = mt.aten.relu %x : (tensor<2x?xf32>) -> tensor<2x?xf32>
    ```
    After:
    ```mlir
    %r = linalg.generic {...} ins(%x) outs(%init) {
    ^bb0(%in: f32, %out: f32):
      %m = arith.maximumf %in, %zero : f32
      linalg.yield %m : f32
    }
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect",
    "::mlir::complex::ComplexDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::math::MathDialect", "::mlir::scf::SCFDialect",
    "::mlir::tensor::TensorDialect"
  ];
}

def ConvertMtToTensorPass : Pass<"convert-mt-to-tensor", "::mlir::ModuleOp"> {
  let summary = "Convert views, joins and size queries to the tensor dialect";
  let description = [{
    A view becomes `tensor.expand_shape` and `tensor.collapse_shape` wherever
    its sizes are provably products of the source's, so that fusion sees through
    it; `tensor.reshape` elsewhere. Slices become `tensor.extract_slice`, joins
    `tensor.insert_slice` into a new tensor, sizes `tensor.dim`.

    Before:
    ```mlir
    %v = mt.aten.view %x, %sizes : (tensor<?x12xf32>, !mt.list<i64>) -> tensor<?x3x4xf32>
    ```
    After:
    ```mlir
    %v = tensor.expand_shape %x [[0], [1, 2]] output_shape [%d, 3, 4] : tensor<?x12xf32> into tensor<?x3x4xf32>
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::scf::SCFDialect",
    "::mlir::tensor::TensorDialect"
  ];
}

#endif // MINITORCH_CONVERSION_PASSES_TD
