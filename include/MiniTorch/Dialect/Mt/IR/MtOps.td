//===- MtOps.td - Hand-written operations of mt ------------*- tablegen -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_MTOPS_TD
#define MINITORCH_DIALECT_MT_IR_MTOPS_TD

include "MiniTorch/Dialect/Mt/IR/MtOpBase.td"
include "MiniTorch/Dialect/Mt/IR/MtStructureOps.td"
include "MiniTorch/Dialect/Mt/IR/MtPrimOps.td"

def Mt_OperatorOp : Mt_Op<"operator", [
    DeclareOpInterfaceMethods<Mt_TypeRuleOpInterface>,
    DeclareOpInterfaceMethods<Mt_SchemaOpInterface>,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "an operator by name: any operator without a class of its own";
  let description = [{
    What it aliases and mutates is looked up in the schema table; an operator
    that the table does not have is taken to read and write everything.

    ```mlir
    %1 = mt.operator "aten::add_.Tensor"(%a, %b, %alpha)
        : (!mt.tensor, !mt.tensor, i64) -> !mt.tensor
    ```
  }];
  let arguments = (ins StrAttr:$name, Variadic<AnyType>:$inputs);
  let results = (outs Variadic<AnyType>:$results);
  let assemblyFormat = "$name `(` $inputs `)` attr-dict `:` functional-type($inputs, $results)";
}

def Mt_BoxOp : Mt_Op<"box", [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "a new tensor object with these contents";
  let description = [{
    ```mlir
    %o = mt.box %t : tensor<4xf32> -> !mt.tensor<[4],f32>
    ```
  }];
  let arguments = (ins AnyRankedTensor:$value);
  let results = (outs Mt_TensorType:$result);
  let assemblyFormat = "$value attr-dict `:` type($value) `->` type($result)";
}

def Mt_UnboxOp : Mt_Op<"unbox", [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "the present contents of a tensor object";
  let description = [{
    ```mlir
    %t = mt.unbox %o : !mt.tensor<[4],f32> -> tensor<4xf32>
    ```
  }];
  let arguments = (ins Mt_TensorType:$value);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$value attr-dict `:` type($value) `->` type($result)";
  let hasFolder = 1;
}

#endif // MINITORCH_DIALECT_MT_IR_MTOPS_TD
