//===- MtStructureOps.td - Classes, objects, methods -------*- tablegen -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_MTSTRUCTUREOPS_TD
#define MINITORCH_DIALECT_MT_IR_MTSTRUCTUREOPS_TD

include "MiniTorch/Dialect/Mt/IR/MtOpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/IR/RegionKindInterface.td"

def Mt_ClassOp : Mt_Op<"class", [
    Symbol, NoTerminator, SingleBlock, NoRegionArguments, IsolatedFromAbove,
    HasParent<"::mlir::ModuleOp">]> {
  let summary = "a TorchScript class or module type";
  let description = [{
    Lists the attributes of a class and the functions that are its methods.

    ```mlir
    mt.class @Linear {
      mt.attr @weight : !mt.tensor
      mt.attr @bias : !mt.tensor
      mt.method @forward = @Linear.forward
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, UnitAttr:$interface);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "(`interface` $interface^)? $sym_name attr-dict-with-keyword $body";
  let extraClassDeclaration = [{
    /// The declared type of attribute `name`, or null.
    ::mlir::Type getAttributeType(::llvm::StringRef name);
    /// The function that implements method `name`, or null.
    ::mlir::FlatSymbolRefAttr getMethod(::llvm::StringRef name);
  }];
}

def Mt_AttrOp : Mt_Op<"attr", [HasParent<"ClassOp">]> {
  let summary = "one attribute of a class";
  let description = [{
    ```mlir
    mt.attr @weight : !mt.tensor
    mt.attr @training : i1
    ```
  }];
  let arguments = (ins SymbolNameAttr:$name, TypeAttr:$type);
  let assemblyFormat = "$name `:` $type attr-dict";
}

def Mt_MethodOp : Mt_Op<"method", [HasParent<"ClassOp">]> {
  let summary = "one method of a class, by the function that implements it";
  let description = [{
    ```mlir
    mt.method @forward = @Linear.forward
    ```
  }];
  let arguments = (ins SymbolNameAttr:$name, FlatSymbolRefAttr:$function);
  let assemblyFormat = "$name `=` $function attr-dict";
}

def Mt_ObjectOp : Mt_Op<"object", [
    Symbol, HasParent<"::mlir::ModuleOp">,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "an object that exists before the program runs";
  let description = [{
    A module instance of the loaded program with the values of its attributes.
    A tensor is an elements attribute (`dense_resource` for anything large, so
    that weights are neither printed nor copied); objects are symbol
    references; a list or tuple is an array; None is `unit`. Two attributes
    with the same resource are the same tensor.

    ```mlir
    mt.object @net.fc : @Linear {
      weight = dense_resource<w0> : tensor<4x4xf32>,
      bias = dense<0.0> : tensor<4xf32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, FlatSymbolRefAttr:$class_name,
                       DictionaryAttr:$values, UnitAttr:$root);
  let assemblyFormat = [{
    (`root` $root^)? $sym_name `:` $class_name $values attr-dict
  }];
}

#endif // MINITORCH_DIALECT_MT_IR_MTSTRUCTUREOPS_TD
