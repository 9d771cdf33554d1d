//===- MtKernelOps.td - Calls of kernels -------------------*- tablegen -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_MTKERNELOPS_TD
#define MINITORCH_DIALECT_MT_IR_MTKERNELOPS_TD

include "MiniTorch/Dialect/Mt/IR/MtDialect.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Mt_LaunchOp : Op<Mt_Dialect, "launch", [
    AttrSizedOperandSegments, DestinationStyleOpInterface,
    DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
                              ["reifyResultShapes"]>,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "calls a kernel, which writes into its destinations";
  let description = [{
    A kernel is a function of a module of its own: what it computes is nobody's
    business here, so that it may be compiled elsewhere, or be there already. It
    reads `inputs` and writes all of `outs`; with `accumulates` it reads those,
    too. On tensors each destination comes out as a result; on buffers there are
    no results.

    ```mlir
    %e = tensor.empty() : tensor<128x3072xf32>
    %y = mt.launch @linear::@linear(%x, %w) outs(%e)
      : (tensor<128x768xf32>, tensor<768x3072xf32>, tensor<128x3072xf32>)
        -> tensor<128x3072xf32>
    mt.launch @linear::@linear(%a, %b) outs(%c) : (memref<128x768xf32>,
        memref<768x3072xf32>, memref<128x3072xf32>) -> ()
    ```
  }];
  let arguments = (ins SymbolRefAttr:$kernel, Variadic<AnyType>:$inputs,
                       Variadic<AnyShaped>:$outs, UnitAttr:$accumulates);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    $kernel `(` $inputs `)` (`accumulates` $accumulates^)? `outs` `(` $outs `)`
    attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutsMutable(); }
    /// The function that is called, or null if it is not there.
    ::mlir::func::FuncOp lookupKernel(::mlir::SymbolTableCollection &symbols);
  }];
}

def Mt_ParallelCallOp : Op<Mt_Dialect, "parallel_call", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "calls a function for parts of a range, perhaps at the same time";
  let description = [{
    The function takes the part, from and to (without it), then the operands. It
    is called any number of times, so that each of the turns 0 to `count` is in
    one part, from any number of threads.

    ```mlir
    mt.parallel_call @rows(%x, %y) times %n : memref<?x16xf32>, memref<?x16xf32>
    func.func private @rows(%from: index, %to: index, %x: memref<?x16xf32>,
                            %y: memref<?x16xf32>) {...}
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$part, Index:$count,
                       Variadic<AnyType>:$inputs);
  let assemblyFormat = [{
    $part `(` $inputs `)` `times` $count attr-dict `:` type($inputs)
  }];
}

#endif // MINITORCH_DIALECT_MT_IR_MTKERNELOPS_TD
