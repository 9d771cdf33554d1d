//===- MtDialect.td - The mt dialect -----------------------*- tablegen -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_MTDIALECT_TD
#define MINITORCH_DIALECT_MT_IR_MTDIALECT_TD

include "mlir/IR/OpBase.td"

def Mt_Dialect : Dialect {
  let name = "mt";
  let cppNamespace = "::minitorch::mt";
  let summary = "TorchScript programs: graphs, blocks and nodes";
  let description = [{
    `mt` represents a TorchScript program. A value is *boxed* (a reference
    counted object of the runtime, with identity: `!mt.tensor`, `!mt.list`,
    `!mt.object`, ...) or *unboxed* (a builtin value: `tensor<2x?xf32>`, `i64`,
    `f64`, `i1`). TorchScript's `int`, `float` and `bool` are `i64`, `f64` and
    `i1`. Tensor operators accept both forms, so unboxing a program changes its
    types and not its operations.

    Operators named `mt.aten.<name>` are generated from PyTorch's schemas; an
    operator without a class of its own is `mt.operator "aten::name.overload"`.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect"
  ];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let extraClassDeclaration = [{
    void registerAttributes();
  }];
  let hasConstantMaterializer = 1;
}

#endif // MINITORCH_DIALECT_MT_IR_MTDIALECT_TD
