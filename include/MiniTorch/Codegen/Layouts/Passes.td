//===- Passes.td - Layouts ---------------------------------*- tablegen -*-===//
//
// Part of MiniTorch, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINITORCH_CODEGEN_LAYOUTS_PASSES_TD
#define MINITORCH_CODEGEN_LAYOUTS_PASSES_TD

include "mlir/Pass/PassBase.td"

def MtConvertConvToChannelsLastPass
    : Pass<"mt-convert-conv-to-channels-last"> {
  let summary = "Convert convolutions to sums whose channels lie side by side";
  let description = [{
    A convolution of any number of spatial dimensions, grouped, depthwise,
    strided, dilated or not, becomes a `linalg.generic` on an image and a result
    with their channels innermost, between two transposes. A window is then a run
    of memory, and a row of the result a row of a matrix product: no windows have
    to be copied. `mt-propagate-transposes` removes the transposes between
    convolutions.

    ```mlir
    %y = linalg.conv_2d_nchw_fchw ins(%x, %w) outs(%zero)
    // becomes
    %xt = linalg.transpose ins(%x) outs(%e) permutation = [0, 2, 3, 1]
    %yt = linalg.generic {indexing_maps = [
        (n, h, w, f, kh, kw, c) -> (n, h + kh, w + kw, c),
        (n, h, w, f, kh, kw, c) -> (f, c, kh, kw),
        (n, h, w, f, kh, kw, c) -> (n, h, w, f)]} ins(%xt, %w) outs(%zerot)
    %y = linalg.transpose ins(%yt) outs(%e2) permutation = [0, 3, 1, 2]
    ```

    With fewer channels than `min-channels` in the result (of each group) most of
    a vector would be empty; such a convolution stays as it is.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
  let options = [
    Option<"minChannels", "min-channels", "int64_t", /*default=*/"8",
           "A convolution with fewer channels in its result stays">,
  ];
  let statistics = [
    Statistic<"numConverted", "num-converted",
              "Number of convolutions converted">,
  ];
}

def MtFoldConstantReshapesPass : Pass<"mt-fold-constant-reshapes"> {
  let summary = "Reshape constants at compile time";
  let description = [{
    A reshape does not move an element, so that a reshaped weight is one more type
    for the same bytes. Packing and transposing look for constants.

    ```mlir
    %w = arith.constant dense_resource<w> : tensor<16x32x1x1xf32>
    %m = tensor.collapse_shape %w [[0], [1, 2, 3]]
    // becomes
    %m = arith.constant dense_resource<w> : tensor<16x32xf32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def MtPropagateTransposesPass : Pass<"mt-propagate-transposes"> {
  let summary = "Move transposes to where they cancel";
  let description = [{
    An op that reads a transposed tensor works on the tensor as it is instead, and
    its result is transposed: elementwise ops, poolings, reductions, paddings,
    concatenations, slices and reshapes. Two transposes that meet are one or none,
    so that a network of convolutions changes its layout where it begins and ends.

    ```mlir
    %t = linalg.transpose ins(%x) outs(%e) permutation = [0, 3, 1, 2]
    %r = linalg.generic {...relu...} ins(%t) outs(%e)
    // becomes
    %s = linalg.generic {...relu...} ins(%x) outs(%f)
    %r = linalg.transpose ins(%s) outs(%e) permutation = [0, 3, 1, 2]
    ```

    A transpose that stays, and only moves dimensions of size one, is a reshape;
    one of a padded tensor moves before the padding.

    An op with another operand that would have to be transposed for it stays as it
    is, unless that is a constant, which is laid out anew here.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

#endif // MINITORCH_CODEGEN_LAYOUTS_PASSES_TD
