//===- MtTaskOps.td - Tasks and with blocks ----------------*- tablegen -*-===//
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

class Mt_TaskOp<string mnemonic, list<Trait> traits = [NoRegionArguments]>
    : Op<Mt_Dialect, mnemonic,
         [MemoryEffects<[MemRead, MemWrite]>, SingleBlock] # traits>;

def Mt_ForkOp : Mt_TaskOp<"fork"> {
  let summary = "runs a task whose result, or error, somebody may wait for";
  let description = [{
    What `torch.jit.fork` calls, inlined. An exception that leaves the body is
    raised by `aten::wait`, if at all. A `lazy` task, an awaitable, does not run
    before somebody waits for it.

    ```mlir
    %f = mt.fork {
      %y = mt.aten.relu %x : (!mt.tensor) -> !mt.tensor
      mt.task_yield %y : !mt.tensor
    } : !mt.future<!mt.tensor>
    ```
  }];
  let arguments = (ins UnitAttr:$lazy);
  let results = (outs Mt_FutureType:$future);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    (`lazy` $lazy^)? $body attr-dict `:` qualified(type($future))
  }];
}

def Mt_BeginWithOp : Mt_TaskOp<"begin_with"> {
  let summary = "begins a `with` block that an exception may leave";
  let description = [{
    The body is what `__exit__` does. It runs where an exception is raised
    before the `mt.end_with` of this block; an exception of its own is
    forgotten.

    ```mlir
    mt.begin_with {
      mt.operator "prim::Print"(%text) : (!mt.str) -> ()
      mt.task_yield %none : !mt.none
    }
    %x = mt.operator "aten::__getitem__.t"(%xs, %i)
      : (!mt.list<i64>, i64) -> i64
    mt.end_with
    ```
  }];
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$body attr-dict";
}

def Mt_EndWithOp : Op<Mt_Dialect, "end_with",
    [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "ends the innermost `with` block that was begun";
  let description = [{
    What `__exit__` does follows it.

    ```mlir
    mt.end_with
    ```
  }];
  let assemblyFormat = "attr-dict";
}

def Mt_SortByOp : Mt_TaskOp<"sort_by", []> {
  let summary = "sorts a list by a comparison of the program's own";
  let description = [{
    The body says whether an item comes in front of another, as `__lt__` of a
    class does. In place.

    ```mlir
    mt.sort_by %rows, %reverse : !mt.list<!mt.object<@Row>>, i1 {
    ^bb0(%a: !mt.object<@Row>, %b: !mt.object<@Row>):
      %0 = mt.prim.call_method %a, "__lt__"(%b)
        : (!mt.object<@Row>, !mt.object<@Row>) -> i1
      mt.task_yield %0 : i1
    }
    ```
  }];
  let arguments = (ins Mt_ListType:$list, I1:$reverse);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $list `,` $reverse `:` qualified(type($list)) `,` type($reverse) $body
    attr-dict
  }];
}

def Mt_TaskYieldOp : Op<Mt_Dialect, "task_yield",
    [Pure, ReturnLike, Terminator,
     ParentOneOf<["ForkOp", "BeginWithOp", "SortByOp"]>]> {
  let summary = "ends the body of a task with its result";
  let description = [{
    ```mlir
    mt.task_yield %y : !mt.tensor
    ```
  }];
  let arguments = (ins AnyType:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

#endif // MINITORCH_DIALECT_MT_IR_MTTASKOPS_TD
