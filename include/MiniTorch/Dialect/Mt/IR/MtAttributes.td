//===- MtAttributes.td - Attributes of the mt dialect ------*- tablegen -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// `#mt.signature`, a function's calling convention, and what it is made of;
// `#mt.kernel`, what a kernel is.
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_MTATTRIBUTES_TD
#define MINITORCH_DIALECT_MT_IR_MTATTRIBUTES_TD

include "MiniTorch/Dialect/Mt/IR/MtDialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

class Mt_Attr<string name, string attrMnemonic, list<Trait> traits = []>
    : AttrDef<Mt_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
}

//===----------------------------------------------------------------------===//
// Slots
//===----------------------------------------------------------------------===//

def Mt_SlotAttr : AttrInterface<"SlotAttr"> {
  let description = [{
    How a value goes into or out of a compiled function: a tree whose leaves are
    values of the function. Inside another attribute a slot is written without
    `#mt.`.
  }];
  let cppNamespace = "::minitorch::mt";
  let methods = [
    InterfaceMethod<"The slots that this one is made of.",
      "::llvm::ArrayRef<::minitorch::mt::SlotAttr>", "getItems", (ins), "",
      [{ return {}; }]>,
    InterfaceMethod<"How many leaves it is, without those of its items.",
      "int64_t", "getNumOwnLeaves", (ins), "", [{ return 0; }]>
  ];
  let extraClassDeclaration = [{
    /// Calls `visit` with this slot, then with all that it is made of, depth
    /// first: the order of leaves, and the order in which tensors count.
    void walk(::llvm::function_ref<void(SlotAttr)> visit) const;
  }];
}

class Mt_Slot<string name, string attrMnemonic>
    : Mt_Attr<name # "Slot", attrMnemonic, [Mt_SlotAttr]>;

/// A slot that is one leaf, always.
class Mt_LeafSlot<string name, string attrMnemonic> : Mt_Slot<name, attrMnemonic> {
  string leafDeclaration = [{
    int64_t getNumOwnLeaves() const { return 1; }
  }];
  let extraClassDeclaration = leafDeclaration;
}

def Mt_RelationKind : I32Enum<"RelationKind", "what a tensor is of another", [
    I32EnumCase<"Same", 0, "same">, I32EnumCase<"Alias", 1, "alias">,
    I32EnumCase<"View", 2, "view">, I32EnumCase<"Placed", 3, "placed">,
    I32EnumCase<"Either", 4, "either">]> {
  let cppNamespace = "::minitorch::mt";
}

def Mt_RelationAttr : Mt_Attr<"Relation", "relation"> {
  let summary = "what a tensor is of another one";
  let description = [{
    The other one is `arg N`, the leaf number N of the arguments and the state,
    or `result N`, the tensor number N of all in the result (and the state
    behind it).

    ```mlir
    #mt.relation<same arg 0>      // that tensor: no leaf
    #mt.relation<alias result 1>  // another tensor of the same elements: no leaf
    #mt.relation<view arg 0 offset 4 strides [4,1]>  // in the memory of one that
                                  // is contiguous, from that element: no leaf
    #mt.relation<placed arg 0>    // such a view; its leaves are numbers that say
                                  // where: offset, sizes and strides
    #mt.relation<either>          // two leaves: a new tensor, and the number of
                                  // the argument that it is instead, or -1
    ```

    Of an argument there is only `same`, of an attribute of the state not
    `placed` and `either`.
  }];
  let parameters = (ins
    EnumParameter<Mt_RelationKind>:$kind,
    "bool":$isOfResult,
    "int64_t":$index,
    "int64_t":$offset,
    OptionalArrayRefParameter<"int64_t">:$strides);
  let builders = [
    AttrBuilder<(ins "::minitorch::mt::RelationKind":$kind,
                     CArg<"bool", "false">:$isOfResult, CArg<"int64_t", "0">:$index), [{
      return $_get($_ctxt, kind, isOfResult, index, /*offset=*/0,
                   ::llvm::ArrayRef<int64_t>());
    }]>
  ];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def Mt_TensorSlotAttr : Mt_Slot<"Tensor", "tensor"> {
  let summary = "a tensor of known rank and dtype";
  let description = [{
    `strides` is how an argument has to lie, `?` for any; without it, as the
    signature's `contiguous` and `whole` say.

    ```mlir
    #mt.tensor<[2,?],f32>
    #mt.tensor<[2,?],f32, strides [1,?]>
    #mt.tensor<[2,?],f32, same arg 0>     // see #mt.relation
    ```
  }];
  let parameters = (ins
    OptionalArrayRefParameter<"int64_t">:$shape,
    "::mlir::Type":$dtype,
    OptionalArrayRefParameter<"int64_t">:$strides,
    OptionalParameter<"::minitorch::mt::RelationAttr">:$relation);
  let builders = [
    AttrBuilderWithInferredContext<(ins "::llvm::ArrayRef<int64_t>":$shape, "::mlir::Type":$dtype), [{
      return $_get(dtype.getContext(), shape, dtype, ::llvm::ArrayRef<int64_t>(),
                   ::minitorch::mt::RelationAttr());
    }]>
  ];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    int64_t getNumOwnLeaves() const;
    int64_t getRank() const { return getShape().size(); }
  }];
}

def Mt_NumberSlotAttr : Mt_LeafSlot<"Number", "number"> {
  let summary = "an int (i64), a float (f64) or a bool (i1)";
  let description = [{
    `exact`: a bool is no int here, and an int no float.

    ```mlir
    #mt.number<i64>
    #mt.number<f64, exact>
    ```
  }];
  let parameters = (ins "::mlir::Type":$type, OptionalParameter<"bool">:$isExact);
  let builders = [AttrBuilderWithInferredContext<(ins "::mlir::Type":$type), [{
    return $_get(type.getContext(), type, /*isExact=*/false);
  }]>];
  let assemblyFormat = "`<` $type (`,` custom<Exact>($isExact)^)? `>`";
  let genVerifyDecl = 1;
}

def Mt_ConstantSlotAttr : Mt_Slot<"Constant", "constant"> {
  let summary = "an int, float, bool or str that was fixed when compiling";
  let description = [{
    ```mlir
    #mt.constant<3 : i64>
    #mt.constant<true, exact>
    #mt.constant<"mean">
    ```
  }];
  let parameters = (ins "::mlir::Attribute":$value, OptionalParameter<"bool">:$isExact);
  let builders = [AttrBuilderWithInferredContext<(ins "::mlir::Attribute":$value), [{
    return $_get(value.getContext(), value, /*isExact=*/false);
  }]>];
  let assemblyFormat = "`<` $value (`,` custom<Exact>($isExact)^)? `>`";
  let genVerifyDecl = 1;
}

def Mt_EnumSlotAttr : Mt_Slot<"Enum", "enum"> {
  let summary = "a member of an enum that was fixed when compiling";
  let description = [{
    ```mlir
    #mt.enum<"__torch__.Color", "RED", 1 : i64>
    ```
  }];
  let parameters = (ins "::mlir::StringAttr":$className, "::mlir::StringAttr":$member,
                        "::mlir::Attribute":$value);
  let assemblyFormat = "`<` $className `,` $member `,` $value `>`";
  let genVerifyDecl = 1;
}

def Mt_NoneSlotAttr : Mt_Slot<"None", "none"> {
  let summary = "None, which is not passed";
}

def Mt_ComplexSlotAttr : Mt_Slot<"Complex", "complex"> {
  let summary = "a complex number of a result: its two parts, as f64";
  let extraClassDeclaration = [{
    int64_t getNumOwnLeaves() const { return 2; }
  }];
}

def Mt_BoxedSlotAttr : Mt_LeafSlot<"Boxed", "boxed"> {
  let summary = "an object of the runtime, or a value that says itself what it is";
  let description = [{
    TorchScript's name of its type. `tagged`: it comes as tag and bits, in two
    values of the compiled function, instead of a pointer.

    ```mlir
    #mt.boxed<"List[Tensor]">
    #mt.boxed<"Optional[float]", tagged>
    ```
  }];
  let parameters = (ins "::mlir::StringAttr":$typeName, OptionalParameter<"bool">:$isTagged);
  let builders = [AttrBuilderWithInferredContext<(ins "::mlir::Type":$type)>];
  let assemblyFormat = "`<` $typeName (`,` custom<Tagged>($isTagged)^)? `>`";
}

def Mt_TupleSlotAttr : Mt_Slot<"Tuple", "tuple"> {
  let summary = "a tuple";
  let description = [{
    ```mlir
    #mt.tuple<[number<i64>, none]>
    #mt.tuple<[number<i64>, number<i64>], "__torch__.Point" ["x", "y"]>
    ```
  }];
  let parameters = (ins
    OptionalArrayRefParameter<"::minitorch::mt::SlotAttr">:$items,
    OptionalParameter<"::mlir::StringAttr">:$name,
    OptionalArrayRefParameter<"::mlir::StringAttr">:$fieldNames);
  let assemblyFormat = "`<` custom<Slots>($items) (`,` $name^ custom<Names>($fieldNames))? `>`";
  let genVerifyDecl = 1;
}

def Mt_ListSlotAttr : Mt_Slot<"List", "list"> {
  let summary = "a list of a length that was fixed when compiling";
  let description = [{
    ```mlir
    #mt.list<[tensor<[3],f32>, tensor<[3],f32>]>
    ```
  }];
  let parameters = (ins OptionalArrayRefParameter<"::minitorch::mt::SlotAttr">:$items);
  let assemblyFormat = "`<` custom<Slots>($items) `>`";
}

def Mt_DictSlotAttr : Mt_Slot<"Dict", "dict"> {
  let summary = "a dict whose keys were fixed when compiling";
  let description = [{
    ```mlir
    #mt.dict<["k" = tensor<[3],f32>, 3 : i64 = none]>
    ```
  }];
  let parameters = (ins
    OptionalArrayRefParameter<"::mlir::Attribute">:$keys,
    OptionalArrayRefParameter<"::minitorch::mt::SlotAttr">:$items);
  let assemblyFormat = "`<` custom<Entries>($keys, $items) `>`";
  let genVerifyDecl = 1;
}

//===----------------------------------------------------------------------===//
// What becomes of an argument's tensor
//===----------------------------------------------------------------------===//

def Mt_TensorChangeAttr : AttrInterface<"TensorChangeAttr"> {
  let description = [{
    What a call makes of the caller's tensor for an argument's leaf, besides its
    elements.
  }];
  let cppNamespace = "::minitorch::mt";
  let methods = [InterfaceMethod<"The leaf.", "int64_t", "getLeaf">];
}

class Mt_TensorChange<string name, string attrMnemonic>
    : Mt_Attr<name # "Change", attrMnemonic, [Mt_TensorChangeAttr]>;

def Mt_PermutedChangeAttr : Mt_TensorChange<"Permuted", "permuted"> {
  let summary = "dims that it had, in this order; -1: a new one of size 1";
  let description = [{
    ```mlir
    #mt.permuted<0, [1,-1,0]>
    ```
  }];
  let parameters = (ins "int64_t":$leaf, OptionalArrayRefParameter<"int64_t">:$dims);
  let assemblyFormat = "`<` $leaf `,` custom<Sizes>($dims) `>`";
}

def Mt_StridedChangeAttr : Mt_TensorChange<"Strided", "strided"> {
  let summary = "other sizes and strides in its memory, from where it began";
  let description = [{
    ```mlir
    #mt.strided<0, sizes [2,2] strides [1,2] offset 0>
    ```
  }];
  let parameters = (ins "int64_t":$leaf,
    OptionalArrayRefParameter<"int64_t">:$sizes,
    OptionalArrayRefParameter<"int64_t">:$strides, "int64_t":$offset);
  let assemblyFormat = [{
    `<` $leaf `,` `sizes` custom<Sizes>($sizes) `strides` custom<Sizes>($strides)
    `offset` $offset `>`
  }];
}

def Mt_ReplacedChangeAttr : Mt_TensorChange<"Replaced", "replaced"> {
  let summary = "another tensor, which is one more result";
  let description = [{
    ```mlir
    #mt.replaced<0, rank 2>
    ```
  }];
  let parameters = (ins "int64_t":$leaf, "int64_t":$rank);
  let assemblyFormat = "`<` $leaf `,` `rank` $rank `>`";
}

//===----------------------------------------------------------------------===//
// The signature
//===----------------------------------------------------------------------===//

def Mt_ArgumentAttr : Mt_Attr<"Argument", "argument"> {
  let summary = "a parameter of a method";
  let description = [{
    ```mlir
    #mt.argument<"x" : tensor<[2],f32>>
    ```
  }];
  let parameters = (ins "::mlir::StringAttr":$name, "::minitorch::mt::SlotAttr":$slot);
  let builders = [AttrBuilderWithInferredContext<
      (ins "::mlir::StringAttr":$name, "::minitorch::mt::SlotAttr":$slot), [{
    return $_get(name.getContext(), name, slot);
  }]>];
  let hasCustomAssemblyFormat = 1;
}

def Mt_StateAttr : Mt_Attr<"State", "state"> {
  let summary = "an attribute of the model that a function takes and returns";
  let description = [{
    `becomes`: what its tensor is when the function returns, if it is no new
    one, perhaps what it was itself. `written`: that object has other elements
    then.

    ```mlir
    #mt.state<"encoder.calls" : number<i64>>
    #mt.state<"cache" : tensor<[2],f32> becomes same arg 1 written>
    ```
  }];
  let parameters = (ins "::mlir::StringAttr":$path, "::minitorch::mt::SlotAttr":$slot,
    OptionalParameter<"::minitorch::mt::RelationAttr">:$after,
    OptionalParameter<"bool">:$isWritten);
  let builders = [AttrBuilderWithInferredContext<
      (ins "::mlir::StringAttr":$path, "::minitorch::mt::SlotAttr":$slot), [{
    return $_get(path.getContext(), path, slot, ::minitorch::mt::RelationAttr(),
                 /*isWritten=*/false);
  }]>];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def Mt_SignatureAttr : Mt_Attr<"Signature", "signature"> {
  let summary = "how a caller's values are those of a public function";
  let description = [{
    The leaves of `args`, depth first, are the function's arguments, then `state`.
    The function returns the leaves of `result`, then the new state, then the new
    contents of each leaf of `mutated`, then the tensors that leaves of `reshaped`
    are replaced by. Until mt-flatten-results has run there is no `result`.

    The caller's tensor for a leaf of `contiguous` has to have the strides of a new
    tensor of its sizes, and for one of `whole` also to begin where its memory
    does; the two leaves of an entry of `distinct` are not the same tensor.
    `classes` are those of objects that may go in or come out, by their names: an
    array of [name, type's name] of their attributes.

    What is empty is not written.

    ```mlir
    func.func @forward(%x: tensor<2x?xf32>, %n: i64, %calls: i64) -> (tensor<2x?xf32>, i64, tensor<2x?xf32>)
        attributes {mt.signature = #mt.signature<
          args = ["x" : tensor<[2,?],f32>, "n" : number<i64>, "mode" : constant<"mean">],
          state = ["calls" : number<i64>],
          result = tuple<[tensor<[2,?],f32>, tensor<[2,?],f32, same arg 0>]>,
          mutated = [0], contiguous = [0], whole = [0], distinct = [[0, 2]],
          reshaped = [permuted<0, [1,0]>],
          classes = {__torch__.Point = [["x", "int"], ["y", "int"]]}>}
    ```
  }];
  let parameters = (ins
    OptionalArrayRefParameter<"::minitorch::mt::ArgumentAttr">:$args,
    OptionalArrayRefParameter<"::minitorch::mt::StateAttr">:$state,
    OptionalParameter<"::minitorch::mt::SlotAttr">:$result,
    OptionalArrayRefParameter<"int64_t">:$mutated,
    OptionalArrayRefParameter<"int64_t">:$contiguous,
    OptionalArrayRefParameter<"int64_t">:$whole,
    OptionalArrayRefParameter<"std::pair<int64_t, int64_t>">:$distinct,
    OptionalArrayRefParameter<"::minitorch::mt::TensorChangeAttr">:$reshaped,
    OptionalParameter<"::mlir::DictionaryAttr">:$classes);
  let builders = [
    AttrBuilder<(ins "::llvm::ArrayRef<ArgumentAttr>":$args,
                     "::llvm::ArrayRef<StateAttr>":$state,
                     CArg<"SlotAttr", "{}">:$result,
                     CArg<"::mlir::DictionaryAttr", "{}">:$classes), [{
      return $_get($_ctxt, args, state, result, ::llvm::ArrayRef<int64_t>(),
                   ::llvm::ArrayRef<int64_t>(), ::llvm::ArrayRef<int64_t>(),
                   ::llvm::ArrayRef<std::pair<int64_t, int64_t>>(),
                   ::llvm::ArrayRef<TensorChangeAttr>(), classes);
    }]>
  ];
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The same with other state.
    SignatureAttr withState(::llvm::ArrayRef<StateAttr> state) const;
  }];
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

def Mt_KernelKind : I32Enum<"KernelKind", "what is at the root of a kernel", [
    I32EnumCase<"Contraction", 0, "contraction">,
    I32EnumCase<"Convolution", 1, "convolution">,
    I32EnumCase<"Rows", 2, "rows">, I32EnumCase<"Reduction", 3, "reduction">,
    I32EnumCase<"Pointwise", 4, "pointwise">]> {
  let cppNamespace = "::minitorch::mt";
}

def Mt_KernelAttr : Mt_Attr<"Kernel", "kernel"> {
  let summary = "what a kernel computes";
  let description = [{
    `ops` are the operations that were fused into it, in order, `lines` those of
    the source that they come from, of all calls.

    ```mlir
    func.func @linear(%x: tensor<128x768xf32>, ...) -> tensor<128x3072xf32>
        attributes {mt.kernel = #mt.kernel<contraction, ops = ["addf", "mulf"],
                                           lines = ["model.py:12"]>}
    ```
  }];
  let parameters = (ins EnumParameter<Mt_KernelKind>:$kind,
    OptionalParameter<"::mlir::ArrayAttr">:$ops,
    OptionalParameter<"::mlir::ArrayAttr">:$lines);
  let assemblyFormat = [{
    `<` $kind (`,` `ops` `=` $ops^)? (`,` `lines` `=` $lines^)? `>`
  }];
}

#endif // MINITORCH_DIALECT_MT_IR_MTATTRIBUTES_TD
