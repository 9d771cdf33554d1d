//===- Passes.td - CPU code generation passes --------------*- tablegen -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CODEGEN_CPU_PASSES_TD
#define MINITORCH_CODEGEN_CPU_PASSES_TD

include "mlir/Pass/PassBase.td"

//===----------------------------------------------------------------------===//
// On tensors
//===----------------------------------------------------------------------===//

def MtCPUMarkEntryPointsPass : Pass<"mt-cpu-mark-entry-points", "::mlir::ModuleOp"> {
  let summary = "Make public functions callable from C and their inputs read-only";
  let description = [{
    Sets `llvm.emit_c_interface` on every public function with a body, and
    `bufferization.writable = false` on its tensor arguments: a caller's tensor
    is never written, whatever bufferization finds profitable.

    ```mlir
    func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {...}
    // becomes
    func.func @f(%x: tensor<4xf32> {bufferization.writable = false})
        -> tensor<4xf32> attributes {llvm.emit_c_interface} {...}
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
                           "::mlir::bufferization::BufferizationDialect"];
}

def MtCPURelaxReductionsPass : Pass<"mt-cpu-relax-reductions"> {
  let summary = "Let floating-point sums and products in reductions reassociate";
  let description = [{
    PyTorch promises no order of summation. Sets the `reassoc` and `contract`
    fast-math flags on the additions and multiplications of structured ops with
    a reduction dimension, so that they vectorize. Nothing is assumed about NaN
    or infinity.

    ```mlir
    %s = arith.addf %x, %acc : f32
    // becomes
    %s = arith.addf %x, %acc fastmath<reassoc,contract> : f32
    ```
  }];
}

//===----------------------------------------------------------------------===//
// On buffers
//===----------------------------------------------------------------------===//

def MtCPUExpandCopiesPass : Pass<"mt-cpu-expand-copies"> {
  let summary = "Convert strided copies to structured ops";
  let description = [{
    Between contiguous buffers `memref.copy` is a memcpy. Any other becomes a
    `linalg.copy`, which is vectorized like its neighbours, where upstream would
    call a library routine that copies element by element.

    ```mlir
    memref.copy %a, %b : memref<8x32xf32, strided<[64, 1]>> to memref<8x32xf32>
    // becomes
    linalg.copy ins(%a : memref<8x32xf32, strided<[64, 1]>>)
                outs(%b : memref<8x32xf32>)
    ```
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect"];
}

def MtCPUConvertAssertPass : Pass<"mt-cpu-convert-assert", "::mlir::ModuleOp"> {
  let summary = "Convert cf.assert to a call that raises an error";
  let description = [{
    A check that fails must not end the process. `mtrt_raise` records the
    message and leaves the compiled function; it does not return.

    ```mlir
    cf.assert %ok, "RuntimeError: sizes do not match"
    // becomes
    %bad = arith.xori %ok, %true : i1
    scf.if %bad {
      %m = llvm.mlir.addressof @mt.message0 : !llvm.ptr
      llvm.call @mtrt_raise(%m) : (!llvm.ptr) -> ()
    }
    ```

    Runs before `scf` is converted, since a check may sit in a loop.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::arith::ArithDialect"];
}

def MtCPUExternalizeConstantsPass
    : Pass<"mt-cpu-externalize-constants", "::mlir::ModuleOp"> {
  let summary = "Turn large constant globals into external symbols";
  let description = [{
    Weights are data of the compiled module, not of its code. A
    `memref.global` whose initial value is larger than `threshold` bytes becomes
    an external symbol; the module attribute `mt.constants` tells the data of
    each, which the execution engine binds without a copy.

    ```mlir
    memref.global "private" constant @w : memref<64x64xf32> = dense_resource<w>
    // becomes
    module attributes {mt.constants = {w = dense_resource<w>}}
    memref.global @w : memref<64x64xf32>
    ```

    The data in `mt.constants` is always the raw bytes of the buffer: splat and
    boolean constants, which attributes hold in packed form, are expanded.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
  let options = [
    Option<"threshold", "threshold", "int64_t", /*default=*/"64",
           "Largest constant, in bytes, that stays in the code">,
  ];
  let statistics = [
    Statistic<"numExternalized", "num-externalized",
              "Number of constants made external">,
  ];
}

def MtCPUApproximateMathPass : Pass<"mt-cpu-approximate-math"> {
  let summary = "Expand f32 transcendental functions to polynomials";
  let description = [{
    A call to libm stops vectorization. Replaces `exp`, `expm1`, `log`, `log1p`
    and `tanh` on f32 with MLIR's polynomial approximations, and `erf` with one
    of ours (absolute error below 2e-7). The rest, and f64, is left to libm.

    ```mlir
    %y = math.exp %x : vector<16xf32>
    // becomes
    %a = arith.mulf %x, %log2e : vector<16xf32>
    %b = math.floor %a : vector<16xf32>
    ...
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::vector::VectorDialect"];
}

#endif // MINITORCH_CODEGEN_CPU_PASSES_TD
