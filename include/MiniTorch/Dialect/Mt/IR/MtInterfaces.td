//===- MtInterfaces.td - Interfaces of mt operators --------*- tablegen -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_MTINTERFACES_TD
#define MINITORCH_DIALECT_MT_IR_MTINTERFACES_TD

include "mlir/IR/OpBase.td"

def Mt_TypeRuleOpInterface : OpInterface<"TypeRuleOpInterface"> {
  let description = [{
    Shape and dtype inference of one operator. Every operand type may be boxed
    or unboxed; results are always given boxed, as `!mt.tensor<...>`, with `?`
    for sizes that are not known; scalar results are left as they are.
  }];
  let cppNamespace = "::minitorch::mt";
  let methods = [
    InterfaceMethod<[{
      Computes the most precise result types that follow from the operands.
      Fails, with `reason` set, where the operands can never be valid (shapes
      that cannot match); succeeds with unknown types where nothing follows.
    }], "::llvm::LogicalResult", "inferTypes",
    (ins "::llvm::SmallVectorImpl<::mlir::Type> &":$results,
         "std::string &":$reason)>
  ];
}

def Mt_SchemaOpInterface : OpInterface<"SchemaOpInterface"> {
  let description = [{
    An operator with a PyTorch schema: what it aliases and what it mutates are
    facts of the schema.
  }];
  let cppNamespace = "::minitorch::mt";
  let methods = [
    InterfaceMethod<"The qualified name with overload, `aten::add.Tensor`.",
      "::llvm::StringRef", "getSchemaName">
  ];
}

#endif // MINITORCH_DIALECT_MT_IR_MTINTERFACES_TD
