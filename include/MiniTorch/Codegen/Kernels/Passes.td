//===- Passes.td - Kernels ---------------------------------*- tablegen -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CODEGEN_KERNELS_PASSES_TD
#define MINITORCH_CODEGEN_KERNELS_PASSES_TD

include "mlir/Pass/PassBase.td"

def MtFormKernelsPass : Pass<"mt-form-kernels", "::mlir::ModuleOp"> {
  let summary = "Cut a program on tensors into kernels";
  let description = [{
    A root (a contraction, a softmax or normalization of rows, or any other
    structured op) becomes a function with what is computed along with it: the
    epilogue and the packing of a contraction, the producers of a row. The
    program launches it with a destination. Each kernel stands in a module of its
    own, so that it can be compiled apart; equal ones are one. Control flow,
    boxed values, checks, slices, and ops on tensors of so few elements that they
    fit registers stay with the program.

    ```mlir
    %c = linalg.matmul ins(%a, %b) outs(%zero)
    %e = tensor.empty() : tensor<8x16xf32>
    %d = linalg.generic {...tanh...} ins(%c) outs(%e)
    // becomes
    %e = tensor.empty() : tensor<8x16xf32>
    %d = mt.launch @contraction_0::@contraction_0(%a, %b) outs(%e)

    module @contraction_0 {
      func.func @contraction_0(%a: tensor<8x4xf32>, %b: tensor<4x16xf32>,
                               %e: tensor<8x16xf32>) -> tensor<8x16xf32>
          attributes {mt.kernel = #mt.kernel<contraction, ops = ["tanh"]>} {
        %z = tensor.empty() : tensor<8x16xf32>
        %zero = linalg.fill ...
        %c = linalg.matmul ins(%a, %b) outs(%zero)
        %d = linalg.generic {...tanh...} ins(%c) outs(%e)
        return %d
      }
    }
    ```
  }];
  let dependentDialects = ["::minitorch::mt::MtDialect",
                           "::mlir::func::FuncDialect"];
  let options = [
    Option<"maxHostElements", "max-host-elements", "int64_t", /*default=*/"64",
           "An op that computes at most so many elements stays in the program">,
  ];
  let statistics = [
    Statistic<"numKernels", "num-kernels", "Number of kernels formed">,
    Statistic<"numLaunches", "num-launches", "Number of launches">,
  ];
}

def MtPlaceDestinationsPass : Pass<"mt-place-destinations"> {
  let summary = "Make room for results before they are computed";
  let description = [{
    What is padded or joined with others is written into its place by the kernel
    that computes it: a `tensor.pad` becomes the insertion of its source into a
    tensor whose border is filled, and the tensors that a launch's result is
    inserted into are made just before the launch, if their sizes are known there.
    `eliminate-empty-tensors` can then give a launch a slice of them as its
    destination.

    ```mlir
    %e = tensor.empty() : tensor<14xf32>
    %x = mt.launch @k::@k(%a) outs(%e)
    %p = tensor.pad %x low[1] high[1] {...zero...}
    // becomes
    %e = tensor.empty() : tensor<14xf32>
    %b = tensor.empty() : tensor<16xf32>
    %l = linalg.fill ins(%zero) outs(%e1)
    %b1 = tensor.insert_slice %l into %b[0] [1]
    %h = linalg.fill ins(%zero) outs(%e2)
    %b2 = tensor.insert_slice %h into %b1[15] [1]
    %x = mt.launch @k::@k(%a) outs(%e)
    %p = tensor.insert_slice %x into %b2[1] [14]
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
  let statistics = [
    Statistic<"numPads", "num-pads", "Number of paddings placed">,
  ];
}

def MtBufferizeKernelsPass
    : Pass<"mt-bufferize-kernels", "::mlir::ModuleOp"> {
  let summary = "Give kernels the buffers that they are launched with";
  let description = [{
    Behind the bufferization of the program, launches say how the operands of
    kernels lie. Makes arguments that are tensors buffers of those types, and
    what a kernel returns a write to its destination; the bodies are on tensors
    still, for upstream's bufferization. Where launches of a kernel differ, each
    way gets a copy of it: a slice is read where it is.

    ```mlir
    mt.launch @k::@k(%a) outs(%b) : (memref<8xf32, strided<[2]>>, memref<8xf32>) -> ()
    func.func @k(%x: tensor<8xf32>, %y: tensor<8xf32>) -> tensor<8xf32> {
      %r = linalg.exp ins(%x) outs(%y)
      return %r
    }
    // the kernel becomes
    func.func @k(%a: memref<8xf32, strided<[2]>>, %b: memref<8xf32>) {
      %x = bufferization.to_tensor %a restrict
      %y = bufferization.to_tensor %b restrict writable
      %r = linalg.exp ins(%x) outs(%y)
      bufferization.materialize_in_destination %r in restrict writable %b
      return
    }
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect"];
}

def MtLinkKernelsPass : Pass<"mt-link-kernels", "::mlir::ModuleOp"> {
  let summary = "Make launches calls of functions of the same module";
  let description = [{
    ```mlir
    mt.launch @k::@k(%a) outs(%b) : (memref<8xf32>, memref<8xf32>) -> ()
    module @k {
      func.func @k(%x: memref<8xf32>, %y: memref<8xf32>) {...}
    }
    // becomes
    call @k(%a, %b) : (memref<8xf32>, memref<8xf32>) -> ()
    func.func private @k(%x: memref<8xf32>, %y: memref<8xf32>) {...}
    ```
  }];
  let dependentDialects = ["::mlir::func::FuncDialect"];
}

#endif // MINITORCH_CODEGEN_KERNELS_PASSES_TD
