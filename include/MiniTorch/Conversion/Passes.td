//===- Passes.td - Conversions of the mt dialect -----------*- tablegen -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CONVERSION_PASSES_TD
#define MINITORCH_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

// In alphabetical order.

def ConvertMtToArithPass : Pass<"convert-mt-to-arith", "::mlir::func::FuncOp"> {
  let summary = "Convert operators on numbers to arith and math";
  let description = [{
    TorchScript's ints, floats and bools are builtin values, so its operators on
    them are arith and math operations, with the checks that TorchScript makes
    (division by zero, a float that does not fit an int). Runs early, because
    arith folds and sizes are numbers.

    Before: `%s = mt.operator "aten::add.int"(%a, %b) : (i64, i64) -> i64`
    After:  `%s = arith.addi %a, %b : i64`
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect",
    "::mlir::math::MathDialect"
  ];
}

def ConvertMtToFallbackCallsPass
    : Pass<"convert-mt-to-fallback-calls", "::mlir::ModuleOp"> {
  let summary = "Convert operators without a lowering to calls of PyTorch's";
  let description = [{
    What is left of operators on tensors and numbers after the other conversions
    becomes a call of the same operator in libMiniTorchATen.so, if that library
    is there and has it: operands are pushed one by one, results copied out.
    Each operator is warned of once, and is named in the module's attribute
    `mt.fallback`, with the place of its first use. Operators that work on
    run-time lists stay.

    Before: `%r = mt.operator "aten::foo"(%x, %n) : (tensor<4xf32>, i64) -> tensor<4xf32>`
    After:
    ```mlir
    %call = func.call @mtrt_fallback_begin(%name, %length) : (!llvm.ptr, i64) -> i64
    func.call @mtrt_fallback_push_tensor_f32(%call, %dtype, %size, %u) : (i64, i64, i64, tensor<*xf32>) -> ()
    func.call @mtrt_fallback_push_int(%call, %n) : (i64, i64) -> ()
    func.call @mtrt_fallback_run(%call, %place, %length_of_place) : (i64, !llvm.ptr, i64) -> ()
    func.call @mtrt_fallback_get_f32(%call, %index, %size, %result) : (i64, i64, i64, memref<*xf32>) -> ()
    func.call @mtrt_release(%call) : (i64) -> ()
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::bufferization::BufferizationDialect",
    "::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::memref::MemRefDialect", "::mlir::tensor::TensorDialect"
  ];
  let statistics = [
    Statistic<"numCalls", "calls", "Operators that became calls">
  ];
}

def ConvertMtToLLVMPass : Pass<"convert-mt-to-llvm", "::mlir::ModuleOp"> {
  let summary = "Convert boxed values and their counting to LLVM's types";
  let description = [{
    Boxed types become what the host program holds (`getValueForm`), in
    signatures, calls, scf and cf:

    | type | becomes |
    |---|---|
    | str, tensor, list, dict, tuple, object, future, generator, enum, and the Optional of one | `!llvm.ptr` |
    | Any, Number, Union, every other Optional | `i64` tag, `i64` bits |
    | device | `i64` |
    | None | no value |

    `mt.call_runtime` becomes a call of the C function that it names, a string
    literal an immortal object in a global.

    `mt.retain` and `mt.release` become calls of private functions that LLVM
    inlines: they look at the count in the header and call the runtime
    (`mtrt_object_retain`, `mtrt_object_release`) only where it is negative,
    about to reach zero, or at its largest. A frame of root slots becomes memory
    on the stack, linked by `mtrt_roots_enter` and `mtrt_roots_leave`.
    `MtToLLVM.h` has the layouts and what the runtime promises.

    Runs after `mt-insert-refcounts`; a module that nobody counted converts as
    well. An operation on boxed values that no pattern takes is an error.
    Attributes for callers (`mt.no_raise`, `mt.takes`, `mt.immortal`) go, as
    arguments have other numbers afterwards.

    Before:
    ```mlir
    func.func @f(%s: !mt.str, %a: !mt.any) {
      mt.enter_roots 1
      mt.root %s in 0 : !mt.str
      mt.retain %a : !mt.any
      mt.unroot 0
      mt.leave_roots
      return
    }
    ```
    After:
    ```mlir
    func.func @f(%s: !llvm.ptr, %tag: i64, %bits: i64) {
      %frame = llvm.alloca %one x !llvm.struct<(ptr, i64, array<1 x ptr>)> : (i32) -> !llvm.ptr
      llvm.call @mtrt_roots_enter(%frame, %count) : (!llvm.ptr, i64) -> ()
      llvm.store %s, %slot0 : !llvm.ptr, !llvm.ptr
      llvm.call @mt.retain_value(%tag, %bits) : (i64, i64) -> ()
      llvm.store %null, %slot0 : !llvm.ptr, !llvm.ptr
      llvm.call @mtrt_roots_leave(%frame) : (!llvm.ptr) -> ()
      return
    }
    ```
  }];
  let dependentDialects = [
    "::mlir::complex::ComplexDialect", "::mlir::LLVM::LLVMDialect"
  ];
}

def ConvertMtToLinalgPass : Pass<"convert-mt-to-linalg", "::mlir::ModuleOp"> {
  let summary = "Convert tensor operators to linalg on tensors";
  let description = [{
    Operators that compute become `linalg.generic`; the scalar formula, PyTorch's
    type promotion, and broadcasting of sizes known only at run time are all in
    it. Operators that index or sort become loops over elements; factorizations
    of matrices and Fourier transforms become calls (MiniTorch-c/Numerics.h).
    uint8 becomes signless `i8`, here and in the signatures of functions.

    Assumes the backend contract (`mt-verify-backend-contract`). The patterns of
    `convert-mt-to-tensor` are part of this conversion, because what one set
    builds is what the other proves sizes equal from. An operator that has no
    conversion, or works on boxed values, stays; `mt.reason` on it says why a
    conversion refused.

    Before:
    ```mlir
    %r = mt.aten.relu %x : (tensor<2x?xf32>) -> tensor<2x?xf32>
    ```
    After:
    ```mlir
    %r = linalg.generic {...} ins(%x) outs(%init) {
    ^bb0(%in: f32, %out: f32):
      %m = arith.maximumf %in, %zero : f32
      linalg.yield %m : f32
    }
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::bufferization::BufferizationDialect",
    "::mlir::cf::ControlFlowDialect",
    "::mlir::complex::ComplexDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect",
    "::mlir::tensor::TensorDialect"
  ];
}

def ConvertMtToTensorPass : Pass<"convert-mt-to-tensor", "::mlir::ModuleOp"> {
  let summary = "Convert views, joins and size queries to the tensor dialect";
  let description = [{
    A view becomes `tensor.expand_shape` and `tensor.collapse_shape` wherever
    its sizes are provably products of the source's, so that fusion sees through
    it; `tensor.reshape` elsewhere. Slices become `tensor.extract_slice`, joins
    `tensor.insert_slice` into a new tensor, sizes `tensor.dim`.

    Before:
    ```mlir
    %v = mt.aten.view %x, %sizes : (tensor<?x12xf32>, !mt.list<i64>) -> tensor<?x3x4xf32>
    ```
    After:
    ```mlir
    %v = tensor.expand_shape %x [[0], [1, 2]] output_shape [%d, 3, 4] : tensor<?x12xf32> into tensor<?x3x4xf32>
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect",
    "::mlir::linalg::LinalgDialect", "::mlir::scf::SCFDialect",
    "::mlir::tensor::TensorDialect"
  ];
}

def ConvertMtToRuntimePass : Pass<"convert-mt-to-runtime", "::mlir::ModuleOp"> {
  let summary = "Convert operators on boxed values to calls of the runtime";
  let description = [{
    Strings, lists, dicts and tuples that are not known when the program is
    compiled are objects of the runtime. Operators on them become
    `mt.call_runtime`, by one pattern over `RuntimeOps.txt`; types stay
    (`convert-mt-to-llvm` makes pointers of them after bufferization, when
    references are counted). Tensors go into objects and come out by copy.

    Before: `%c = mt.operator "aten::__getitem__.t"(%l, %i) : (!mt.list<!mt.str>, i64) -> !mt.str`
    After:
    ```mlir
    %c = mt.call_runtime "mtrt_list_get_o"(%l, %i) "oi" -> "o" raises : (!mt.list<!mt.str>, i64) -> !mt.str
    ```
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::bufferization::BufferizationDialect",
    "::mlir::cf::ControlFlowDialect", "::mlir::func::FuncDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"
  ];
}

def ConvertMtTensorsToRuntimePass
    : Pass<"convert-mt-tensors-to-runtime", "::mlir::ModuleOp"> {
  let summary = "Convert operators on tensor objects to calls of the runtime";
  let description = [{
    The boxed form of a program, for what cannot be compiled with tensors as
    values: every tensor is an object, with identity, memory and strides, and
    its rank and dtype are known only when the program runs. An operator becomes
    a call of the runtime function of its schema, or else of a function of its
    own, which the runtime has compiled for the types of the operands that come.
    Constants, and lists that nobody else sees, are part of that function. A
    forked task becomes a function that the runtime calls.

    Before: `%s = mt.aten.softmax.int(%x, %dim, %none) : (!mt.tensor, i64, !mt.none) -> !mt.tensor`
    After:
    ```mlir
    %f = mt.constant.str "module {\n  func.func @forward(%arg0: !mt.tensor, ..."
    %s = mt.call_runtime "mtrt_call_function"(%f, %x, %dim) "o." -> "v" raises : (!mt.str, !mt.tensor, i64) -> !mt.tensor
    ```
  }];
  let options = [
    Option<"last", "last", "bool", /*default=*/"false",
           "Branches that are never taken are gone: what has no lowering is an "
           "error">,
    Option<"raises", "raises", "bool", /*default=*/"false",
           "What has no lowering raises when it is reached, unless it always is">
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::LLVM::LLVMDialect"
  ];
}

def ConvertMtToSCFPass : Pass<"convert-mt-to-scf", "::mlir::func::FuncOp"> {
  let summary = "Convert control flow to scf";
  let description = [{
    A loop whose trip count is fixed at entry is `scf.for`, every other one
    `scf.while`; a raise is a `cf.assert` that fails. Values whose sizes are
    more precise than the loop carries are cast.

    Before: `%r = mt.prim.loop %n, %true, %x : ... { ... }`
    After:  `%r = scf.for %i = %c0 to %n step %c1 iter_args(%a = %x) ...`
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::bufferization::BufferizationDialect",
    "::mlir::cf::ControlFlowDialect", "::mlir::scf::SCFDialect", "::mlir::tensor::TensorDialect"
  ];
}

#endif // MINITORCH_CONVERSION_PASSES_TD
