//===- MtPrimOps.td - prim:: nodes -------------------------*- tablegen -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_MTPRIMOPS_TD
#define MINITORCH_DIALECT_MT_IR_MTPRIMOPS_TD

include "MiniTorch/Dialect/Mt/IR/MtOpBase.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/CallInterfaces.td"

//===----------------------------------------------------------------------===//
// Constants (numbers are arith.constant)
//===----------------------------------------------------------------------===//

def Mt_ConstantNoneOp : Mt_ConstantOp<"none"> {
  let summary = "None";
  let description = [{
    ```mlir
    %none = mt.constant.none
    ```
  }];
  let results = (outs Mt_NoneType:$result);
  let assemblyFormat = "attr-dict";
}

def Mt_ConstantStrOp : Mt_ConstantOp<"str"> {
  let summary = "a string literal";
  let description = [{
    ```mlir
    %s = mt.constant.str "zeros"
    ```
  }];
  let arguments = (ins StrAttr:$value);
  let results = (outs Mt_StrType:$result);
  let assemblyFormat = "$value attr-dict";
}

def Mt_ConstantDeviceOp : Mt_ConstantOp<"device"> {
  let summary = "a device literal";
  let description = [{
    ```mlir
    %cpu = mt.constant.device "cpu"
    ```
  }];
  let arguments = (ins StrAttr:$value);
  let results = (outs Mt_DeviceType:$result);
  let assemblyFormat = "$value attr-dict";
}

def Mt_ConstantTensorOp : Mt_ConstantOp<"tensor"> {
  let summary = "a tensor whose contents are known";
  let description = [{
    The result is boxed until the program is unboxed; then it is an
    `arith.constant` of the same attribute.

    ```mlir
    %w = mt.constant.tensor dense_resource<w0> : tensor<4x4xf32> -> !mt.tensor<[4,4],f32>
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Mt_TensorType:$result);
  let assemblyFormat = "$value attr-dict `->` type($result)";
}

def Mt_ConstantObjectOp : Mt_ConstantOp<"object"> {
  let summary = "an object of the loaded program";
  let description = [{
    ```mlir
    %fc = mt.constant.object @net.fc : !mt.object<@Linear>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$object);
  let results = (outs Mt_ObjectType:$result);
  let assemblyFormat = "$object attr-dict `:` type($result)";
}

//===----------------------------------------------------------------------===//
// Lists, tuples, dicts
//===----------------------------------------------------------------------===//

def Mt_PrimListConstructOp : Mt_PrimOp<"list_construct",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "`[a, b, ...]`: a new list";
  let description = [{
    ```mlir
    %l = mt.prim.list_construct %a, %b : (i64, i64) -> !mt.list<i64>
    ```
  }];
  let arguments = (ins Variadic<AnyType>:$elements);
  let results = (outs Mt_ListType:$result);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

def Mt_PrimDictConstructOp : Mt_PrimOp<"dict_construct",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "`{k: v, ...}`: a new dict; keys and values alternate";
  let description = [{
    ```mlir
    %d = mt.prim.dict_construct %k, %v : (!mt.str, i64) -> !mt.dict<!mt.str, i64>
    ```
  }];
  let arguments = (ins Variadic<AnyType>:$elements);
  let results = (outs Mt_DictType:$result);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

def Mt_PrimTupleConstructOp : Mt_PrimOp<"tuple_construct", [Pure]> {
  let summary = "`(a, b, ...)`";
  let description = [{
    ```mlir
    %t = mt.prim.tuple_construct %a, %b : (i64, !mt.tensor) -> !mt.tuple<i64, !mt.tensor>
    ```
  }];
  let arguments = (ins Variadic<AnyType>:$elements);
  let results = (outs Mt_TupleType:$result);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

def Mt_PrimTupleUnpackOp : Mt_PrimOp<"tuple_unpack", [Pure]> {
  let summary = "`a, b = t`";
  let description = [{
    ```mlir
    %a, %b = mt.prim.tuple_unpack %t : (!mt.tuple<i64, !mt.tensor>) -> (i64, !mt.tensor)
    ```
  }];
  let arguments = (ins Mt_TupleType:$tuple);
  let results = (outs Variadic<AnyType>:$elements);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def Mt_PrimTupleIndexOp : Mt_PrimOp<"tuple_index", [Pure]> {
  let summary = "`t[i]`";
  let description = [{
    ```mlir
    %a = mt.prim.tuple_index %t, %i : (!mt.tuple<i64, !mt.tensor>, i64) -> i64
    ```
  }];
  let arguments = (ins Mt_TupleType:$tuple, Mt_Int:$index);
  let results = (outs AnyType:$result);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def Mt_PrimListUnpackOp : Mt_PrimOp<"list_unpack",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "`a, b = l`; raises where the length differs";
  let description = [{
    ```mlir
    %a, %b = mt.prim.list_unpack %l : (!mt.list<i64>) -> (i64, i64)
    ```
  }];
  let arguments = (ins Mt_ListType:$list);
  let results = (outs Variadic<AnyType>:$elements);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

def Mt_PrimYieldOp : Mt_PrimOp<"yield", [Pure, ReturnLike, Terminator,
    HasParent<"PrimIfOp">]> {
  let summary = "ends a branch of `mt.prim.if`";
  let description = [{
    ```mlir
    mt.prim.yield %a : i64
    ```
  }];
  let arguments = (ins Variadic<AnyType>:$values);
  let builders = [OpBuilder<(ins), [{ (void)$_state; }]>];
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
}

def Mt_PrimIfOp : Mt_PrimOp<"if", [
    SingleBlock, RecursiveMemoryEffects, NoRegionArguments,
    DeclareOpInterfaceMethods<RegionBranchOpInterface, ["areTypesCompatible"]>]> {
  let summary = "`if`: both branches yield the results";
  let description = [{
    ```mlir
    %r = mt.prim.if %cond -> (i64) {
      mt.prim.yield %a : i64
    } else {
      mt.prim.yield %b : i64
    }
    ```
  }];
  let arguments = (ins Mt_Bool:$condition);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$thenRegion, SizedRegion<1>:$elseRegion);
  let assemblyFormat = [{
    $condition (`->` `(` type($results)^ `)`)? $thenRegion `else` $elseRegion attr-dict
  }];
  let extraClassDeclaration = [{
    PrimYieldOp thenYield();
    PrimYieldOp elseYield();
  }];
  let hasVerifier = 1;
}

def Mt_PrimLoopConditionOp : Mt_PrimOp<"loop_condition", [Pure, Terminator,
    DeclareOpInterfaceMethods<RegionBranchTerminatorOpInterface>,
    HasParent<"PrimLoopOp">]> {
  let summary = "ends a loop body: whether to go on, and the carried values";
  let description = [{
    ```mlir
    mt.prim.loop_condition %continue, %x : !mt.tensor
    ```
  }];
  let arguments = (ins Mt_Bool:$condition, Variadic<AnyType>:$values);
  let assemblyFormat = "$condition (`,` $values^ `:` type($values))? attr-dict";
}

def Mt_PrimLoopOp : Mt_PrimOp<"loop", [
    SingleBlock, RecursiveMemoryEffects,
    DeclareOpInterfaceMethods<RegionBranchOpInterface,
      ["getEntrySuccessorOperands", "areTypesCompatible"]>]> {
  let summary = "`for` and `while`: at most `maxTripCount` turns while the condition holds";
  let description = [{
    The body's first argument is the turn's number, from 0; the others are the
    carried values. `for i in range(n)` has a constant true condition, `while c`
    has the largest trip count.

    ```mlir
    %r = mt.prim.loop %n, %true, %x : (i64, i1, !mt.tensor) -> !mt.tensor {
    ^bb0(%i: i64, %xi: !mt.tensor):
      mt.prim.loop_condition %true, %xi : !mt.tensor
    }
    ```
  }];
  let arguments = (ins Mt_Int:$maxTripCount, Mt_Bool:$initialCondition,
                       Variadic<AnyType>:$inits);
  let results = (outs Variadic<AnyType>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results) $body";
  let extraClassDeclaration = [{
    PrimLoopConditionOp getTerminator();
    ::mlir::BlockArgument getInductionVar() { return getBody().getArgument(0); }
    ::llvm::MutableArrayRef<::mlir::BlockArgument> getCarried() {
      return getBody().getArguments().drop_front();
    }
    /// True when every turn ends with a constant true: a `for` loop.
    bool isForLike();
  }];
  let hasVerifier = 1;
}

def Mt_PrimRaiseOp : Mt_PrimOp<"raise"> {
  let summary = "raises an exception; nothing after it runs";
  let description = [{
    ```mlir
    mt.prim.raise %message, %exception : !mt.str, !mt.optional<!mt.str>
    ```
  }];
  let arguments = (ins AnyType:$message, AnyType:$exception);
  let assemblyFormat = "operands attr-dict `:` type(operands)";
}

def Mt_PrimWriteOp : Mt_PrimOp<"write", [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "writes one value to the program's output";
  let description = [{
    A piece of what `print` writes: a text, a number, or a tensor, whose dtype
    (PyTorch's number) stands here because its element type is signless later.

    ```mlir
    mt.prim.write %text : !mt.str
    mt.prim.write %x {dtype = 6 : i64} : tensor<2x?xf32>
    ```
  }];
  let arguments = (ins AnyType:$value, OptionalAttr<I64Attr>:$dtype);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

def Mt_PrimUncheckedCastOp : Mt_PrimOp<"unchecked_cast", [Pure]> {
  let summary = "the same value at a type that is known to hold";
  let description = [{
    Refinement after `is not None` or `isinstance`, and the change between a
    type and a more or less precise form of it.

    ```mlir
    %t = mt.prim.unchecked_cast %o : !mt.optional<!mt.tensor> -> !mt.tensor
    ```
  }];
  let arguments = (ins AnyType:$value);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$value attr-dict `:` type($value) `->` type($result)";
  let hasFolder = 1;
}

def Mt_PrimUninitializedOp : Mt_PrimOp<"uninitialized", [Pure]> {
  let summary = "a value that is never read";
  let description = [{
    ```mlir
    %u = mt.prim.uninitialized : i64
    ```
  }];
  let results = (outs AnyType:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

//===----------------------------------------------------------------------===//
// Objects
//===----------------------------------------------------------------------===//

def Mt_PrimGetAttrOp : Mt_PrimOp<"get_attr"> {
  let summary = "`object.name`";
  let description = [{
    ```mlir
    %w = mt.prim.get_attr %self["weight"] : !mt.object<@Linear> -> !mt.tensor
    ```
  }];
  let arguments = (ins Mt_ObjectType:$object, StrAttr:$name);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$object `[` $name `]` attr-dict `:` type($object) `->` type($result)";
}

def Mt_PrimSetAttrOp : Mt_PrimOp<"set_attr"> {
  let summary = "`object.name = value`";
  let description = [{
    ```mlir
    mt.prim.set_attr %self["calls"], %n : !mt.object<@Net>, i64
    ```
  }];
  let arguments = (ins Mt_ObjectType:$object, StrAttr:$name, AnyType:$value);
  let assemblyFormat = "$object `[` $name `]` `,` $value attr-dict `:` type($object) `,` type($value)";
}

def Mt_PrimCreateObjectOp : Mt_PrimOp<"create_object"> {
  let summary = "a new object whose attributes are not set";
  let description = [{
    ```mlir
    %o = mt.prim.create_object : !mt.object<@Point>
    ```
  }];
  let results = (outs Mt_ObjectType:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

def Mt_PrimCallMethodOp : Mt_PrimOp<"call_method"> {
  let summary = "`object.name(...)`";
  let description = [{
    ```mlir
    %y = mt.prim.call_method %fc["forward"](%x) : !mt.object<@Linear>, (!mt.tensor) -> !mt.tensor
    ```
  }];
  let arguments = (ins Mt_ObjectType:$object, StrAttr:$name, Variadic<AnyType>:$inputs);
  let results = (outs Variadic<AnyType>:$results);
  let assemblyFormat = [{
    $object `[` $name `]` `(` $inputs `)` attr-dict `:` type($object) `,`
    functional-type($inputs, $results)
  }];
}

#endif // MINITORCH_DIALECT_MT_IR_MTPRIMOPS_TD
