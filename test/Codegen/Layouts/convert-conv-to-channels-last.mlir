// RUN: mt-opt %s --split-input-file --mt-convert-conv-to-channels-last --canonicalize | FileCheck %s
// RUN: mt-opt %s --split-input-file --mt-convert-conv-to-channels-last=min-channels=32 --canonicalize | FileCheck %s --check-prefix=FEW

// A window is a run of memory; the weights stay.
// CHECK-DAG: #[[X:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1 * 2 + d4, d2 + d5 * 3, d6)>
// CHECK-DAG: #[[W:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d3, d6, d4, d5)>
// CHECK-DAG: #[[Y:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d3)>
// CHECK: func.func @plain(
// CHECK-SAME: %[[X0:.*]]: tensor<1x4x9x9xf32>, %[[W0:.*]]: tensor<16x4x3x3xf32>
// CHECK: %[[XT:.*]] = linalg.transpose ins(%[[X0]] {{.*}} permutation = [0, 2, 3, 1]
// CHECK: %[[FILL:.*]] = linalg.fill {{.*}} -> tensor<1x4x3x16xf32>
// CHECK: %[[SUM:.*]] = linalg.generic {indexing_maps = [#[[X]], #[[W]], #[[Y]]]
// CHECK-SAME: ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]
// CHECK-SAME: ins(%[[XT]], %[[W0]]
// CHECK-SAME: outs(%[[FILL]]
// CHECK: %[[YT:.*]] = linalg.transpose ins(%[[SUM]] {{.*}} permutation = [0, 3, 1, 2]
// CHECK: return %[[YT]]

// FEW: func.func @plain(
// FEW: linalg.conv_2d_nchw_fchw
func.func @plain(%x: tensor<1x4x9x9xf32>, %w: tensor<16x4x3x3xf32>) -> tensor<1x16x4x3xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x16x4x3xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x16x4x3xf32>) -> tensor<1x16x4x3xf32>
  %0 = linalg.conv_2d_nchw_fchw {strides = dense<[2, 1]> : tensor<2xi64>, dilations = dense<[1, 3]> : tensor<2xi64>}
      ins(%x, %w : tensor<1x4x9x9xf32>, tensor<16x4x3x3xf32>) outs(%f : tensor<1x16x4x3xf32>) -> tensor<1x16x4x3xf32>
  return %0 : tensor<1x16x4x3xf32>
}

// -----

// The weights of a depthwise convolution are laid out as the image is.
// CHECK-DAG: #[[X:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1 + d4, d2 + d5, d3)>
// CHECK-DAG: #[[W:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d4, d5, d3)>
// CHECK: func.func @depthwise(
// CHECK: arith.constant dense_resource<{{.*}}> : tensor<1x2x32xf32>
// CHECK: linalg.generic {indexing_maps = [#[[X]], #[[W]],
func.func @depthwise(%x: tensor<?x32x?x?xf32>, %e: tensor<?x32x?x?xf32>) -> tensor<?x32x?x?xf32> {
  %w = arith.constant dense_resource<w> : tensor<32x1x2xf32>
  %0 = linalg.depthwise_conv_2d_nchw_chw {strides = dense<1> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%x, %w : tensor<?x32x?x?xf32>, tensor<32x1x2xf32>) outs(%e : tensor<?x32x?x?xf32>) -> tensor<?x32x?x?xf32>
  return %0 : tensor<?x32x?x?xf32>
}
{-# dialect_resources: { builtin: { w: "0x04000000000000000000803F0000004000004040000080400000A0400000C0400000E0400000004100001041000020410000304100004041000050410000604100007041000080410000884100009041000098410000A0410000A8410000B0410000B8410000C0410000C8410000D0410000D8410000E0410000E8410000F0410000F84100000042000004420000084200000C4200001042000014420000184200001C4200002042000024420000284200002C4200003042000034420000384200003C4200004042000044420000484200004C4200005042000054420000584200005C4200006042000064420000684200006C4200007042000074420000784200007C42" } } #-}

// -----

// Three spatial dimensions, in groups.
// CHECK-DAG: #[[X:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7, d8, d9) -> (d0, d1 + d6, d2 + d7, d3 + d8, d4, d9)>
// CHECK-DAG: #[[Y:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6, d7, d8, d9) -> (d0, d1, d2, d3, d4, d5)>
// CHECK: func.func @volume(
// CHECK: linalg.transpose {{.*}} permutation = [0, 3, 4, 5, 1, 2]
// CHECK: linalg.generic {indexing_maps = [#[[X]], #{{.*}}, #[[Y]]]
// CHECK: linalg.transpose {{.*}} permutation = [0, 4, 5, 1, 2, 3]
#x = affine_map<(n, g, f, a, b, c, k, p, q, r) -> (n, g, k, a + p, b + q, c + r)>
#w = affine_map<(n, g, f, a, b, c, k, p, q, r) -> (g, f, k, p, q, r)>
#y = affine_map<(n, g, f, a, b, c, k, p, q, r) -> (n, g, f, a, b, c)>
func.func @volume(%x: tensor<1x2x4x8x8x8xf64>, %w: tensor<2x8x4x3x3x3xf64>, %e: tensor<1x2x8x6x6x6xf64>) -> tensor<1x2x8x6x6x6xf64> {
  %0 = linalg.generic {indexing_maps = [#x, #w, #y], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]}
      ins(%x, %w : tensor<1x2x4x8x8x8xf64>, tensor<2x8x4x3x3x3xf64>) outs(%e : tensor<1x2x8x6x6x6xf64>) {
  ^bb0(%a: f64, %b: f64, %c: f64):
    %m = arith.mulf %a, %b : f64
    %s = arith.addf %c, %m : f64
    linalg.yield %s : f64
  } -> tensor<1x2x8x6x6x6xf64>
  return %0 : tensor<1x2x8x6x6x6xf64>
}

// -----

// Half precision and windows without weights are not for the kernels of f32.
// CHECK: func.func @others(
// CHECK: linalg.conv_2d_nchw_fchw
// CHECK: linalg.pooling_nchw_max
func.func @others(%x: tensor<1x4x9x9xbf16>, %w: tensor<16x4x3x3xbf16>, %e: tensor<1x16x7x7xbf16>,
                  %p: tensor<1x4x9x9xf32>, %k: tensor<3x3xf32>, %q: tensor<1x4x7x7xf32>)
    -> (tensor<1x16x7x7xbf16>, tensor<1x4x7x7xf32>) {
  %0 = linalg.conv_2d_nchw_fchw {strides = dense<1> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%x, %w : tensor<1x4x9x9xbf16>, tensor<16x4x3x3xbf16>) outs(%e : tensor<1x16x7x7xbf16>) -> tensor<1x16x7x7xbf16>
  %1 = linalg.pooling_nchw_max {strides = dense<1> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%p, %k : tensor<1x4x9x9xf32>, tensor<3x3xf32>) outs(%q : tensor<1x4x7x7xf32>) -> tensor<1x4x7x7xf32>
  return %0, %1 : tensor<1x16x7x7xbf16>, tensor<1x4x7x7xf32>
}
