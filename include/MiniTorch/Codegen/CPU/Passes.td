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

def MtCPUConvertConvolutionsPass : Pass<"mt-cpu-convert-convolutions"> {
  let summary = "Convert two-dimensional convolutions to contractions";
  let description = [{
    For those that `mt-convert-conv-to-channels-last` leaves: with few channels in
    the result, or a single product of matrices.
    The windows of the image become the columns of B, the weights are A, and C
    comes out as [channels, pixels], which is the image's own layout. B is
    written by an op that is tiled with the contraction, so that only one panel
    of 32 pixels exists at a time. It reads the image through a table of offsets
    for k and one for p; the latter counts in steps of the stride. Later passes
    know the op by this form alone. A 1x1 kernel with stride one needs no
    windows at all.

    ```mlir
    %y = linalg.conv_2d_nchw_fchw ins(%x, %w) outs(%zero)
    // becomes
    %a = tensor.collapse_shape %w [[0], [1, 2, 3]]
    %b = linalg.generic ins(%taps, %pixels) {
      %s = arith.muli %pixel, %stride : index
      %i = arith.addi %tap, %s : index
      %e = tensor.extract %flat[%i]
      linalg.yield %e
    }
    %c = linalg.generic {...contraction...} ins(%a, %b) outs(%zero)
    %y = tensor.expand_shape %c [[0], [1], [2, 3]]
    ```

    Depthwise convolutions keep their form.
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
  let statistics = [
    Statistic<"numConverted", "num-converted",
              "Number of convolutions converted">,
  ];
}

def MtCPUGeneralizePass : Pass<"mt-cpu-generalize"> {
  let summary = "Bring structured ops into one form";
  let description = [{
    Named ops become `linalg.generic`, the one form that fuses; only fills keep
    their name. A softmax becomes the ops that it is made of.

    ```mlir
    %t = linalg.transpose ins(%b) outs(%e) permutation = [1, 0]
    // becomes
    %t = linalg.generic {indexing_maps = [(i, j) -> (j, i), (i, j) -> (i, j)],
                         ...} ins(%b) outs(%e) {...}
    ```
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect"];
}

def MtCPUFuseElementwisePass : Pass<"mt-cpu-fuse-elementwise"> {
  let summary = "Fuse elementwise operations into one structured op";
  let description = [{
    Fuses elementwise producers into their only consumer, but not where a tensor
    would be read across its rows: that is a transpose, which stays one. A
    contraction takes in transposes and broadcasts of its operands, since its
    kernel reads them in any order, but no arithmetic, since it would be
    repeated for every row or column.

    ```mlir
    %t = linalg.generic {...transpose...} ins(%b) outs(%e)
    %c = linalg.generic {...contraction...} ins(%a, %t) outs(%z)
    // becomes
    %c = linalg.generic {indexing_maps = [(m, n, k) -> (m, k),
                                          (m, n, k) -> (n, k),
                                          (m, n, k) -> (m, n)], ...}
         ins(%a, %b) outs(%z) {...}
    ```
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::tensor::TensorDialect"];
}

def MtCPUPackContractionsPass
    : Pass<"mt-cpu-pack-contractions", "::mlir::ModuleOp"> {
  let summary = "Lay out the second operand of contractions in panels";
  let description = [{
    A contraction `C[m, n] += A[m, k] * B[k, n]` (any order of dimensions, any
    number of row, batch and reduced dimensions) runs along panels of B that are two
    vectors wide. A constant B is packed here, once for all its uses, and its
    last panel is padded with zeros. Any other B is copied to `[k, n]` by an op
    that `mt-cpu-tile-and-fuse` moves into the loop over panels, unless so few
    rows of A read it that the copy costs more than it saves.

    ```mlir
    %w = arith.constant dense_resource<w> : tensor<768x3072xf32>
    linalg.generic {indexing_maps = [..., (m, n, k) -> (k, n), ...]}
    // becomes
    %p = arith.constant dense_resource<p> : tensor<96x768x32xf32>
    linalg.generic {indexing_maps =
        [..., (m, n, k) -> (n floordiv 32, k, n mod 32), ...]}
    ```
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
  let options = [
    Option<"vectorBits", "vector-bits", "unsigned", /*default=*/"0",
           "Width of a vector register in bits; 0 asks the host">,
    Option<"registers", "registers", "unsigned", /*default=*/"0",
           "Number of vector registers; 0 asks the host">,
  ];
  let statistics = [
    Statistic<"numPackedConstants", "num-packed-constants",
              "Number of operands packed at compile time">,
    Statistic<"numPackedAtRunTime", "num-packed-at-run-time",
              "Number of operands packed at run time">,
  ];
}

def MtCPUTileAndFusePass : Pass<"mt-cpu-tile-and-fuse", "::mlir::func::FuncOp"> {
  let summary = "Tile contractions together with what surrounds them";
  let description = [{
    The root of a group is the elementwise op that consumes a contraction (bias,
    activation, residual), or the contraction itself. The root is tiled: batch
    dimensions by one, blocks of some hundred rows where there are several row
    dimensions (an image), then panels of columns; contraction, initialization
    and the copy of B move inside. The epilogue overwrites the contraction's tile
    in place. A panel is an `alloc_tensor`, and what merely copies into it is no
    structured op any more: nothing that works on tensors takes the copy away.

    A reduction of small windows (a pooling, a depthwise convolution) and its
    epilogue are tiled by rows of the result that stay in the cache.

    The outer loops are an `scf.forall` where there is work for more than one
    thread: their tiles know nothing of each other.

    ```mlir
    %c = linalg.generic {...contraction...} ins(%a, %b) outs(%zero)
    %d = linalg.generic {...} ins(%c, %bias) outs(%empty)
    // becomes
    scf.forall (%n) = (0) to (N) step (32) {
      %panel = bufferization.alloc_tensor(%k) : tensor<?x32xf32>
      %b1 = bufferization.materialize_in_destination %b_slice in %panel
      %z = linalg.fill ...
      %t = linalg.generic {...contraction...} outs(%z : tensor<?x32xf32>)
      %e = linalg.generic {...} ins(%bias_slice) outs(%t)
    }
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::bufferization::BufferizationDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect"];
  let options = [
    Option<"vectorBits", "vector-bits", "unsigned", /*default=*/"0",
           "Width of a vector register in bits; 0 asks the host">,
    Option<"registers", "registers", "unsigned", /*default=*/"0",
           "Number of vector registers; 0 asks the host">,
  ];
  let statistics = [
    Statistic<"numGroups", "num-groups", "Number of groups tiled">,
  ];
}

def MtCPUTileForThreadsPass
    : Pass<"mt-cpu-tile-for-threads", "::mlir::func::FuncOp"> {
  let summary = "Cut elementwise ops and reductions into parts";
  let description = [{
    An op that no other pass has put into loops, and that is worth more than one
    thread, becomes an `scf.forall` over parts of some ten thousand elements: as
    many outer turns as make one, or, where a row is longer, parts of rows. Sums
    are never cut, so that results do not depend on the number of threads.

    ```mlir
    %y = linalg.generic {...relu...} ins(%x : tensor<64x4096xf32>)
    // becomes
    %y = scf.forall (%i) = (0) to (64) step (4) shared_outs(%o = %e) {
      %part = linalg.generic {...relu...} ins(%slice : tensor<4x4096xf32>)
    }
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect"];
  let statistics = [
    Statistic<"numTiled", "num-tiled", "Number of ops cut into parts">,
  ];
}

def MtCPUFuseRowsPass : Pass<"mt-cpu-fuse-rows", "::mlir::func::FuncOp"> {
  let summary = "Compute softmax and normalization one row at a time";
  let description = [{
    An elementwise op that uses reductions of the same rows (softmax, layer
    norm) is tiled to single rows together with the reductions and everything
    between, so that what passes between them stays in the first cache. A
    producer joins if the group holds all of its consumers. The rows are an
    `scf.forall` where there is work for more than one thread.

    ```mlir
    %max = linalg.generic {...max over j...} ins(%x)
    %exp = linalg.generic {...exp(x - max)...} ins(%x, %max)
    %sum = linalg.generic {...sum over j...} ins(%exp)
    %y = linalg.generic {...exp / sum...} ins(%exp, %sum)
    // becomes
    scf.forall (%i) = (0) to (M) step (1) {
      %max = linalg.generic ... -> tensor<1xf32>
      %exp = linalg.generic ... -> tensor<1xNxf32>
      %sum = linalg.generic ... -> tensor<1xf32>
      %y = linalg.generic ... -> tensor<1xNxf32>
    }
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::tensor::TensorDialect"];
  let statistics = [
    Statistic<"numGroups", "num-groups", "Number of groups tiled">,
  ];
}

def MtCPUSeparateResultsPass : Pass<"mt-cpu-separate-results"> {
  let summary = "Copy a tensor that a loop yields twice";
  let description = [{
    Bufferization takes the results of a loop for different buffers: one that is
    written later must not be another one too.

    ```mlir
    scf.yield %a, %a : tensor<4xf32>, tensor<4xf32>
    // becomes
    %b = bufferization.alloc_tensor() copy(%a) : tensor<4xf32>
    scf.yield %a, %b : tensor<4xf32>, tensor<4xf32>
    ```
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect"];
}

def MtCPUSplitDestinationsPass : Pass<"mt-cpu-split-destinations"> {
  let summary = "Give each use of an empty or filled tensor its own";
  let description = [{
    CSE makes one `tensor.empty` of all that have the same sizes. To
    bufferization that is one buffer which everything wants to write to, and
    finding out that nothing can share it is quadratic. Clones `tensor.empty`
    and `linalg.fill` for each use, in front of the use.

    ```mlir
    %e = tensor.empty(%n) : tensor<?xf32>
    %a = linalg.generic ... outs(%e)
    %b = linalg.generic ... outs(%e)
    // becomes
    %e0 = tensor.empty(%n) : tensor<?xf32>
    %a = linalg.generic ... outs(%e0)
    %e1 = tensor.empty(%n) : tensor<?xf32>
    %b = linalg.generic ... outs(%e1)
    ```
  }];
}

//===----------------------------------------------------------------------===//
// On buffers
//===----------------------------------------------------------------------===//

def MtCPUOutlineParallelLoopsPass
    : Pass<"mt-cpu-outline-parallel-loops", "::mlir::ModuleOp"> {
  let summary = "Make parts of parallel loops functions";
  let description = [{
    A part is some turns of the loop, one after the other. What a turn allocates
    can then be allocated once for all turns of a part, by the thread that runs
    it.

    ```mlir
    scf.forall (%i, %j) in (%m, %n) {
      %c = memref.load %x[%i, %j]
      ...
    }
    // becomes
    %count = arith.muli %m, %n
    mt.parallel_call @f_part(%x, %n) times %count

    func.func private @f_part(%from: index, %to: index, %x: memref<?x?xf32>, %n: index) {
      scf.for %turn = %from to %to step %c1 {
        %j = arith.remui %turn, %n
        %i = arith.divui %turn, %n
        %c = memref.load %x[%i, %j]
        ...
      }
      return
    }
    ```
  }];
  let dependentDialects = ["::minitorch::mt::MtDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::func::FuncDialect",
                           "::mlir::scf::SCFDialect"];
  let statistics = [
    Statistic<"numOutlined", "num-outlined", "Number of loops outlined">,
  ];
}

def MtCPUOutlineKernelsPass : Pass<"mt-cpu-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "Compile each repeated loop nest once, as a function";
  let description = [{
    The layers of a model are the same loops over other buffers. Each outermost
    loop nest or structured op that works on memory alone becomes a function of
    what it uses; equal ones become one function. The time that later passes and
    LLVM take then follows the number of different kernels, not the depth of the
    model. In a small program a kernel that occurs once stays where it is.

    ```mlir
    linalg.generic {...exp...} ins(%a : memref<?xf32>) outs(%b : memref<?xf32>)
    linalg.generic {...exp...} ins(%b : memref<?xf32>) outs(%c : memref<?xf32>)
    // becomes
    func.call @kernel(%a, %b) : (memref<?xf32>, memref<?xf32>) -> ()
    func.call @kernel(%b, %c) : (memref<?xf32>, memref<?xf32>) -> ()
    ```

    Loops that allocate, raise or call belong to the program: the kernels in
    their bodies are taken one by one.
  }];
  let dependentDialects = ["::mlir::func::FuncDialect"];
  let options = [
    Option<"maxInline", "max-inline", "unsigned", /*default=*/"48",
           "In a program of more kernels than this, every kernel is a function">,
  ];
  let statistics = [
    Statistic<"numKernels", "num-kernels", "Number of functions made">,
    Statistic<"numCalls", "num-calls", "Number of loop nests that are calls">,
  ];
}

def MtCPUContractionToVectorPass : Pass<"mt-cpu-contraction-to-vector"> {
  let summary = "Convert contractions on buffers to register tiles";
  let description = [{
    Keeps a tile of C (8 x 32 f32 with AVX-512) in registers as loop-carried
    vectors while k advances, reading A as broadcast scalars and B as vectors.
    There may be several k (the rows, columns and channels of a window): the
    sums stay in registers through all of their loops. They start with the value
    of a fill before the op, and an elementwise op in place behind it is computed
    before they are stored. Rows that do not fill a tile go through a lower one,
    or, if their number is not known, tiles of 4, 2 and 1; a part of a panel takes
    as many vectors as hold it, masked. Expects f32 or f64 with unit-stride rows
    of B and C; other contractions are left for loops.

    ```mlir
    linalg.generic {...} ins(%A, %B : memref<8x768xf32, ...>,
                                      memref<1x768x32xf32, ...>)
                         outs(%C : memref<8x32xf32, ...>)
    // becomes
    %r:16 = scf.for %k = %c0 to %c768 step %c4 iter_args(...) {
      %b0 = vector.load %B[%c0, %k, %c0]
      %a0 = vector.broadcast (memref.load %A[%c0, %k])
      %x0 = vector.fma %a0, %b0, %acc0 : vector<16xf32>
      ...
    }
    vector.store %r#0, %C[%c0, %c0]
    ```
  }];
  let dependentDialects = ["::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
  let options = [
    Option<"vectorBits", "vector-bits", "unsigned", /*default=*/"0",
           "Width of a vector register in bits; 0 asks the host">,
    Option<"registers", "registers", "unsigned", /*default=*/"0",
           "Number of vector registers; 0 asks the host">,
  ];
  let statistics = [
    Statistic<"numKernels", "num-kernels", "Number of contractions converted">,
  ];
}

def MtCPUVectorizePass : Pass<"mt-cpu-vectorize"> {
  let summary = "Convert structured ops on buffers to loops over vectors";
  let description = [{
    Loops run along the innermost dimension of the result in whole vectors, and
    through a mask for what is left; a reduction to that dimension runs along
    the innermost reduced one, with four vectors of partial results. Loops that
    walk memory as one are merged first, and a transpose goes through square tiles
    in registers. Four neighbours whose small windows are reduced are computed
    together: they share weights, or overlap. Where each result is loaded once, a
    fill before the op becomes what the registers start with.

    ```mlir
    linalg.generic {...exp...} ins(%x : memref<40xf32>) outs(%y : memref<40xf32>)
    // becomes
    scf.for %i = %c0 to %c32 step %c16 {
      %v = vector.load %x[%i] : memref<40xf32>, vector<16xf32>
      %e = math.exp %v : vector<16xf32>
      vector.store %e, %y[%i] : memref<40xf32>, vector<16xf32>
    }
    %mask = vector.create_mask %c8 : vector<16xi1>
    ...
    ```

    Ops with booleans in memory, complex numbers, integer division, functions
    that have no vector form, or access that is not contiguous stay as they are.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
                           "::mlir::affine::AffineDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect",
                           "::mlir::vector::VectorDialect"];
  let options = [
    Option<"vectorBits", "vector-bits", "unsigned", /*default=*/"0",
           "Width of a vector register in bits; 0 asks the host">,
    Option<"registers", "registers", "unsigned", /*default=*/"0",
           "Number of vector registers; 0 asks the host">,
  ];
  let statistics = [
    Statistic<"numVectorized", "num-vectorized", "Number of ops vectorized">,
  ];
}

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

def MtCPUExpandReshapesPass : Pass<"mt-cpu-expand-reshapes"> {
  let summary = "Expand reshapes with several dynamic sizes";
  let description = [{
    `memref.expand_shape` with more than one size of a group that is not static
    becomes a `memref.reinterpret_cast` of the sizes that it gives; upstream's
    expand-strided-metadata knows one such size a group only.

    Before: `%r = memref.expand_shape %m [[0, 1, 2]] output_shape [%a, %b, 4]`
    After:  `%r = memref.reinterpret_cast %base to offset: [0], sizes: [%a, %b, 4], ...`
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect"
  ];
}

def MtCPUHideSizesPass : Pass<"mt-cpu-hide-sizes"> {
  let summary = "Keep bufferization from following sizes through the program";
  let description = [{
    Whether two slices are the same is decided by comparing their sizes, and
    upstream's value bounds follow a size through every select, loop and branch
    that it or its tensor went through: cubic in the program's length. A cast
    there and back is a value like any other; equal sizes are one value by
    then. The canonicalizer takes the casts away afterwards.

    Before: `%d = tensor.dim %t, %c0`
    After:  `%d = tensor.dim %t, %c0`, `%i = arith.index_cast %d : index to i64`,
            `%h = arith.index_cast %i : i64 to index`, and uses of `%h`
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def MtCPUConvertParallelCallsPass
    : Pass<"mt-cpu-convert-parallel-calls", "::mlir::ModuleOp"> {
  let summary = "Hand parallel loops to the runtime's threads";
  let description = [{
    The operands lie on the caller's stack; a function of their address and the
    part is what `mtrt_parallel_for` calls.

    ```mlir
    mt.parallel_call @f_part(%x, %n) times %count : memref<?xf32>, index
    // becomes
    %context = llvm.alloca ... x !llvm.struct<(struct<(ptr, ptr, i64, ...)>, i64)>
    llvm.store %operands, %context
    llvm.call @mtrt_parallel_for(%f_part_body, %context, %count)

    func.func private @f_part_body(%context: !llvm.ptr, %from: i64, %to: i64) {
      %operands = llvm.load %context
      ...
      call @f_part(%from, %to, %x, %n)
      return
    }
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::func::FuncDialect"];
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
