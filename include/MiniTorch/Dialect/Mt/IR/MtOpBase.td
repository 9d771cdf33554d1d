//===- MtOpBase.td - Base classes of mt operators ----------*- tablegen -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_MTOPBASE_TD
#define MINITORCH_DIALECT_MT_IR_MTOPBASE_TD

include "MiniTorch/Dialect/Mt/IR/MtDialect.td"
include "MiniTorch/Dialect/Mt/IR/MtTypes.td"
include "MiniTorch/Dialect/Mt/IR/MtInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Mt_Op<string mnemonic, list<Trait> traits = []> : Op<Mt_Dialect, mnemonic, traits>;

class Mt_PrimOp<string mnemonic, list<Trait> traits = []>
    : Mt_Op<"prim." # mnemonic, traits>;

class Mt_ConstantOp<string mnemonic, list<Trait> traits = []>
    : Mt_Op<"constant." # mnemonic, !listconcat([ConstantLike, Pure], traits)> {
  let hasFolder = 1;
}

/// Base of the generated operators. Effects follow from the operand types: an
/// operator on builtin values is pure; on boxed values it reads its operands
/// and its results are new objects (or views).
class Mt_AtenOp<string mnemonic, list<Trait> traits = []>
    : Mt_Op<"aten." # mnemonic, !listconcat([
        DeclareOpInterfaceMethods<Mt_TypeRuleOpInterface>,
        DeclareOpInterfaceMethods<Mt_SchemaOpInterface>,
        DeclareOpInterfaceMethods<MemoryEffectsOpInterface>
      ], traits)> {
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let skipDefaultBuilders = 1;
  let builders = [
    OpBuilder<(ins "::mlir::TypeRange":$resultTypes, "::mlir::ValueRange":$operands), [{
      $_state.addTypes(resultTypes);
      $_state.addOperands(operands);
    }]>,
    OpBuilder<(ins "::mlir::TypeRange":$resultTypes, "::mlir::ValueRange":$operands,
                   "::llvm::ArrayRef<::mlir::NamedAttribute>":$attributes), [{
      $_state.addTypes(resultTypes);
      $_state.addOperands(operands);
      $_state.addAttributes(attributes);
    }]>
  ];
}

#endif // MINITORCH_DIALECT_MT_IR_MTOPBASE_TD
