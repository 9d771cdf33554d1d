//===- MtRuntimeOps.td - Calls of the runtime --------------*- tablegen -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What `convert-mt-to-runtime` makes and `convert-mt-to-llvm` lowers, and members
// of enums, which are objects of the runtime from the start.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_MTRUNTIMEOPS_TD
#define MINITORCH_DIALECT_MT_IR_MTRUNTIMEOPS_TD

include "MiniTorch/Dialect/Mt/IR/MtDialect.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Mt_CallRuntimeOp : Op<Mt_Dialect, "call_runtime",
    [MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "calls a C function of the runtime on boxed values";
  let description = [{
    `parameters` says how each operand is passed, `returns` how each result
    comes back, by the letters of `include/MiniTorch/Conversion/RuntimeOps.txt`:

    | letter | the C function sees |
    |---|---|
    | `i` `f` `b` `c` | the number: `int64_t`, `double`, `int64_t` of 0 or 1, two doubles |
    | `o` | a pointer to an object; null is None |
    | `v` | a value of unknown type: tag, bits |
    | `.` | all operands from here on: their count, a pointer to as many values |

    A `v` may be of any type here: the tag follows from it. With more than one
    result, the function takes a pointer to as many values behind its other
    arguments. `container` comes last: flags of a new container << 32 | number of
    its type, which is that of the name `type`, or 0.

    Operands are borrowed and results owned. Without `raises` the function always
    returns. `taking` names a function that does the same and takes the reference
    to the first operand; `mt-insert-refcounts` calls it where that reference ends
    with the call, which `takes` then says.

    ```mlir
    %t = mt.call_runtime "mtrt_str_concat"(%s, %s) "oo" -> "o" : (!mt.str, !mt.str) -> !mt.str
    mt.call_runtime "mtrt_dict_set"(%d, %s, %n) "ovv" -> "" : (!mt.dict<!mt.str, i64>, !mt.str, i64) -> ()
    %c = mt.call_runtime "mtrt_list_get_o"(%l, %n) "oi" -> "o" raises : (!mt.list<!mt.str>, i64) -> !mt.str
    ```
  }];
  let arguments = (ins StrAttr:$callee, StrAttr:$parameters, StrAttr:$returns,
                       Variadic<AnyType>:$inputs, UnitAttr:$raises,
                       OptionalAttr<StrAttr>:$taking, UnitAttr:$takes,
                       OptionalAttr<I64Attr>:$container,
                       OptionalAttr<StrAttr>:$type);
  let results = (outs Variadic<AnyType>:$results);
  let assemblyFormat = [{
    $callee `(` $inputs `)` $parameters `->` $returns (`raises` $raises^)?
    (`taking` $taking^)? (`takes` $takes^)? (`container` $container^)?
    (`type` $type^)? attr-dict
    `:` functional-type($inputs, $results)
  }];
  let hasVerifier = 1;
}

def Mt_ConstantEnumOp : Op<Mt_Dialect, "constant.enum", [ConstantLike, Pure]> {
  let summary = "a member of an enum";
  let description = [{
    `value` has the `class`, by its qualified name, the `name` of the member, and
    its `value`, a number or a string. At run time, each member is one object of
    the process.

    ```mlir
    %c = mt.constant.enum {class = "__torch__.Color", name = "RED", value = 1 : i64}
        : !mt.enum<"__torch__.Color", i64>
    ```
  }];
  let arguments = (ins DictionaryAttr:$value);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$value attr-dict `:` type($result)";
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Mt_TypeNumberOp : Op<Mt_Dialect, "type_number", [Pure]> {
  let summary = "the runtime's number of a type";
  let description = [{
    The number that `mtrt_type_intern` gives the name of a type, asked for once.

    ```mlir
    %t = mt.type_number "List[int]"
    ```
  }];
  let arguments = (ins StrAttr:$type);
  let results = (outs I64:$result);
  let assemblyFormat = "$type attr-dict";
}

#endif // MINITORCH_DIALECT_MT_IR_MTRUNTIMEOPS_TD
