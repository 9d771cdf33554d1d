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
    An operator of PyTorch's. What its results are to its operands, what it
    writes and what it depends on are facts of its schema, of PyTorch's tags and
    of the exceptions in AtenFacts.txt; whoever wants to know asks here. Of one
    that PyTorch has no schema of, nothing is known.
  }];
  let cppNamespace = "::minitorch::mt";
  let methods = [
    InterfaceMethod<"The qualified name with overload, `aten::add.Tensor`.",
      "::llvm::StringRef", "getSchemaName">
  ];
  let extraClassDeclaration = [{
    /// Its schema, where it has all operands and results of it; else null.
    const ::minitorch::mt::Schema *getSchema();
    /// What the result is to operand `i`.
    ::minitorch::mt::ResultRelation
    getResultRelation(unsigned i,
                      ::minitorch::mt::LayoutConditions layouts = nullptr);
    /// The operand that a result may be, or be a view of, and is not written;
    /// -1 where there is none. For a list: its elements.
    int getAliasedOperand(unsigned result);
    /// Whether the result may be the very object that is an operand.
    bool mayReturnOperand();
    /// Whether the result is a view or not by how an operand lies in memory.
    bool dependsOnLayout();
    /// Whether operand `i` is written; nullopt where that is not known.
    std::optional<bool> getWrite(unsigned i);
    /// Whether what the schema marks as written keeps elements and sizes.
    bool keepsContents();
    /// Whether what it writes may get other sizes, strides or memory.
    bool changesMetadata();
    bool drawsRandomNumbers();
    /// Whether it depends on how its operand lies in memory.
    bool readsMemory();
    /// Whether the elements of operand `i` matter, not only its sizes and type.
    bool readsElements(unsigned i);
    /// Whether it computes each element from those at the same index.
    bool isPointwise();
    /// Whether it writes to a tensor in which several elements are one in
    /// memory, where other operators raise.
    bool writesRepeats();
    ::minitorch::mt::NewLayout getResultLayout();
    /// What computes the same without writing; null where nothing does.
    const ::minitorch::mt::Schema *getFunctionalSchema();
  }];
}

#endif // MINITORCH_DIALECT_MT_IR_MTINTERFACES_TD
