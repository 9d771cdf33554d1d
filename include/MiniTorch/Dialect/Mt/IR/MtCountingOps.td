//===- MtCountingOps.td - References to boxed values -------*- tablegen -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What `mt-insert-refcounts` inserts and `convert-mt-to-llvm` lowers. All of
// them write, so that nothing merges, hoists or drops one.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_MTCOUNTINGOPS_TD
#define MINITORCH_DIALECT_MT_IR_MTCOUNTINGOPS_TD

include "MiniTorch/Dialect/Mt/IR/MtDialect.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Mt_Counted : Type<CPred<"::minitorch::mt::isCounted($_self)">,
  "boxed value with a reference count", "::mlir::Type">;

class Mt_CountingOp<string mnemonic, list<Trait> traits = []>
    : Op<Mt_Dialect, mnemonic, traits>;

def Mt_RetainOp : Mt_CountingOp<"retain"> {
  let summary = "one more reference to the object";
  let description = [{
    Nothing happens to a null pointer (None, a value that was never set), to an
    immortal object, or to a number in a value that may be either.

    ```mlir
    mt.retain %s : !mt.str
    ```
  }];
  let arguments = (ins Arg<Mt_Counted, "", [MemRead, MemWrite]>:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

def Mt_ReleaseOp : Mt_CountingOp<"release"> {
  let summary = "one reference to the object less; the last one frees it";
  let description = [{
    ```mlir
    mt.release %s : !mt.str
    ```
  }];
  let arguments = (ins Arg<Mt_Counted, "", [MemRead, MemWrite]>:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

def Mt_EnterRootsOp : Mt_CountingOp<"enter_roots", [MemoryEffects<[MemWrite]>]> {
  let summary = "links a frame with empty slots into the thread's chain";
  let description = [{
    Begins a function that owns references across something that may raise. One
    a function, in its entry block. A raise releases what stands in the slots of
    the frames that it leaves.

    ```mlir
    mt.enter_roots 3
    ```
  }];
  let arguments = (ins ConfinedAttr<I64Attr, [IntPositive]>:$size);
  let assemblyFormat = "$size attr-dict";
}

def Mt_LeaveRootsOp : Mt_CountingOp<"leave_roots", [MemoryEffects<[MemWrite]>]> {
  let summary = "unlinks the function's frame, whose slots are empty again";
  let description = [{
    Before every return of a function with `mt.enter_roots`.

    ```mlir
    mt.leave_roots
    ```
  }];
  let assemblyFormat = "attr-dict";
}

def Mt_RootOp : Mt_CountingOp<"root"> {
  let summary = "stands an owned reference in a slot of the function's frame";
  let description = [{
    The count does not change: a raise releases the reference that the function
    owns.

    ```mlir
    mt.root %s in 0 : !mt.str
    ```
  }];
  let arguments = (ins Arg<Mt_Counted, "", [MemRead, MemWrite]>:$value,
                       ConfinedAttr<I64Attr, [IntNonNegative]>:$slot);
  let assemblyFormat = "$value `in` $slot attr-dict `:` type($value)";
}

def Mt_UnrootOp : Mt_CountingOp<"unroot", [MemoryEffects<[MemWrite]>]> {
  let summary = "empties a slot: its reference is released or moved next";
  let description = [{
    ```mlir
    mt.unroot 0
    mt.release %s : !mt.str
    ```
  }];
  let arguments = (ins ConfinedAttr<I64Attr, [IntNonNegative]>:$slot);
  let assemblyFormat = "$slot attr-dict";
}

#endif // MINITORCH_DIALECT_MT_IR_MTCOUNTINGOPS_TD
