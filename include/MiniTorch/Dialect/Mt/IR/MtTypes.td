//===- MtTypes.td - Types of the mt dialect ----------------*- tablegen -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_DIALECT_MT_IR_MTTYPES_TD
#define MINITORCH_DIALECT_MT_IR_MTTYPES_TD

include "MiniTorch/Dialect/Mt/IR/MtDialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinTypes.td"
include "mlir/IR/CommonTypeConstraints.td"

class Mt_Type<string name, string typeMnemonic, list<Trait> traits = []>
    : TypeDef<Mt_Dialect, name, traits> {
  let mnemonic = typeMnemonic;
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

def Mt_TensorType : Mt_Type<"Tensor", "tensor"> {
  let summary = "a tensor object: reference counted, aliasable, mutable";
  let description = [{
    Any part of the shape and of the element type may be unknown.

    ```mlir
    !mt.tensor                 // nothing is known
    !mt.tensor<[2,?],f32>      // rank 2, second size unknown
    !mt.tensor<*,f32>          // unknown rank
    !mt.tensor<[2,3]>          // unknown element type
    ```

    Element types: `f16 bf16 f32 f64 i8 i16 i32 i64 ui8 i1 complex<f32>
    complex<f64>`; `ui8` is PyTorch's uint8 and `i1` its bool.
  }];
  let parameters = (ins
    OptionalArrayRefParameter<"int64_t">:$sizes,
    "bool":$hasRank,
    "::mlir::Type":$dtype);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The type that says nothing.
    static TensorType getUnknown(::mlir::MLIRContext *context) {
      return get(context, {}, /*hasRank=*/false, ::mlir::Type());
    }
    static TensorType get(::mlir::MLIRContext *context,
                          ::llvm::ArrayRef<int64_t> sizes, ::mlir::Type dtype) {
      return get(context, sizes, /*hasRank=*/true, dtype);
    }
    int64_t getRank() const { return getSizes().size(); }
    bool hasDtype() const { return static_cast<bool>(getDtype()); }
    /// True when rank and element type are known: the type can be unboxed.
    bool canUnbox() const { return getHasRank() && hasDtype(); }
    /// The builtin tensor with the same shape and element type.
    ::mlir::RankedTensorType getUnboxed() const;
    static TensorType getBoxed(::mlir::RankedTensorType type);
  }];
}

//===----------------------------------------------------------------------===//
// Containers
//===----------------------------------------------------------------------===//

class Mt_ElementType<string name, string typeMnemonic> : Mt_Type<name, typeMnemonic> {
  let parameters = (ins "::mlir::Type":$elementType);
  let assemblyFormat = "`<` $elementType `>`";
  let builders = [TypeBuilderWithInferredContext<(ins "::mlir::Type":$elementType), [{
    return $_get(elementType.getContext(), elementType);
  }]>];
}

def Mt_ListType : Mt_ElementType<"List", "list"> {
  let summary = "a mutable list, `List[T]`";
}

def Mt_OptionalType : Mt_ElementType<"Optional", "optional"> {
  let summary = "`Optional[T]`: a `T` or None";
}

def Mt_FutureType : Mt_ElementType<"Future", "future"> {
  let summary = "`Future[T]`, the result of `torch.jit.fork`";
}

def Mt_DictType : Mt_Type<"Dict", "dict"> {
  let summary = "a mutable dict that keeps insertion order, `Dict[K, V]`";
  let parameters = (ins "::mlir::Type":$keyType, "::mlir::Type":$valueType);
  let assemblyFormat = "`<` $keyType `,` $valueType `>`";
}

def Mt_TupleType : Mt_Type<"Tuple", "tuple"> {
  let summary = "`Tuple[...]` or a NamedTuple";
  let description = [{
    ```mlir
    !mt.tuple<i64, !mt.tensor>
    !mt.tuple<"Point" ["x", "y"] f64, f64>   // a NamedTuple
    ```
  }];
  let parameters = (ins
    OptionalArrayRefParameter<"::mlir::Type">:$types,
    "::mlir::StringAttr":$name,
    OptionalArrayRefParameter<"::mlir::StringAttr">:$fieldNames);
  let hasCustomAssemblyFormat = 1;
  let builders = [TypeBuilder<(ins "::llvm::ArrayRef<::mlir::Type>":$types), [{
    return $_get($_ctxt, types, ::mlir::StringAttr(),
                 ::llvm::ArrayRef<::mlir::StringAttr>());
  }]>];
}

def Mt_UnionType : Mt_Type<"Union", "union"> {
  let summary = "`Union[...]`";
  let parameters = (ins OptionalArrayRefParameter<"::mlir::Type">:$types);
  let assemblyFormat = "`<` $types `>`";
}

//===----------------------------------------------------------------------===//
// Objects and the rest
//===----------------------------------------------------------------------===//

def Mt_ObjectType : Mt_Type<"Object", "object"> {
  let summary = "an instance of a class, interface or module";
  let parameters = (ins "::mlir::FlatSymbolRefAttr":$className);
  let assemblyFormat = "`<` $className `>`";
}

def Mt_EnumType : Mt_Type<"Enum", "enum"> {
  let summary = "a member of a Python enum, by its qualified class name";
  let parameters = (ins "::mlir::StringAttr":$className, "::mlir::Type":$valueType);
  let assemblyFormat = "`<` $className `,` $valueType `>`";
}

def Mt_FunctionType : Mt_Type<"Function", "function"> {
  let summary = "a function value, known by its symbol";
}

def Mt_StrType : Mt_Type<"Str", "str"> { let summary = "a byte string, `str`"; }
def Mt_NoneType : Mt_Type<"None", "none"> { let summary = "the type of None"; }
def Mt_AnyType : Mt_Type<"Any", "any"> { let summary = "`Any`"; }
def Mt_NumberType : Mt_Type<"Number", "number"> {
  let summary = "`Scalar`: an int, float, bool or complex, known only at run time";
}
def Mt_DeviceType : Mt_Type<"Device", "device"> { let summary = "`torch.device`"; }
def Mt_GeneratorType : Mt_Type<"Generator", "generator"> { let summary = "`torch.Generator`"; }

//===----------------------------------------------------------------------===//
// Constraints
//===----------------------------------------------------------------------===//

def Mt_AnyTensor : Type<
  CPred<"::llvm::isa<::minitorch::mt::TensorType, ::mlir::RankedTensorType>($_self)">,
  "boxed or ranked builtin tensor", "::mlir::Type">;
defvar Mt_Int = I64;
defvar Mt_Float = F64;
defvar Mt_Bool = I1;

#endif // MINITORCH_DIALECT_MT_IR_MTTYPES_TD
