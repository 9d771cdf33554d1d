//===- MtTaskOps.td - Forked tasks -------------------------*- tablegen -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_MTTASKOPS_TD
#define MINITORCH_DIALECT_MT_IR_MTTASKOPS_TD

include "MiniTorch/Dialect/Mt/IR/MtDialect.td"
include "MiniTorch/Dialect/Mt/IR/MtTypes.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Mt_ForkOp : Op<Mt_Dialect, "fork",
    [MemoryEffects<[MemRead, MemWrite]>, NoRegionArguments, SingleBlock]> {
  let summary = "runs a task whose result, or error, somebody may wait for";
  let description = [{
    What `torch.jit.fork` calls, inlined. An exception that leaves the body is
    raised by `aten::wait`, if at all.

    ```mlir
    %f = mt.fork {
      %y = mt.aten.relu %x : (!mt.tensor) -> !mt.tensor
      mt.fork_yield %y : !mt.tensor
    } : !mt.future<!mt.tensor>
    ```
  }];
  let results = (outs Mt_FutureType:$future);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$body attr-dict `:` qualified(type($future))";
}

def Mt_ForkYieldOp : Op<Mt_Dialect, "fork_yield",
    [Pure, ReturnLike, Terminator, HasParent<"ForkOp">]> {
  let summary = "ends the body of `mt.fork` with the task's result";
  let description = [{
    ```mlir
    mt.fork_yield %y : !mt.tensor
    ```
  }];
  let arguments = (ins AnyType:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

#endif // MINITORCH_DIALECT_MT_IR_MTTASKOPS_TD
