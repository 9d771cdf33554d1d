// RUN: mt-opt %s --mt-cpu-convert-convolutions --canonicalize | FileCheck %s

// CHECK-DAG: #[[A:.*]] = affine_map<(d0, d1, d2, d3) -> (d1, d3)>
// CHECK-DAG: #[[B:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d3, d2)>

// Nine taps and four pixels; the sum of two offsets is the place.
// CHECK: func.func @windows
// CHECK-DAG: %[[TAPS:.*]] = arith.constant dense<{{\[\[}}0, 1, 2, 4, 5, 6, 8, 9, 10]]> : tensor<1x9xindex>
// CHECK-DAG: %[[PIXELS:.*]] = arith.constant dense<[0, 1, 4, 5]> : tensor<4xindex>
// CHECK: %[[COLUMNS:.*]] = linalg.generic {{.*}} ins(%[[TAPS]], %[[PIXELS]] :
// CHECK: tensor.extract
// CHECK: %[[SUM:.*]] = linalg.generic {indexing_maps = [#[[A]], #[[B]], {{.*}} ins(%{{.*}}, %[[COLUMNS]]
// CHECK: tensor.expand_shape %[[SUM]] {{\[\[}}0], [1], [2, 3]]
func.func @windows(%x: tensor<1x1x4x4xf32>, %w: tensor<8x1x3x3xf32>) -> tensor<1x8x2x2xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x8x2x2xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x8x2x2xf32>) -> tensor<1x8x2x2xf32>
  %0 = linalg.conv_2d_nchw_fchw {strides = dense<1> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%x, %w : tensor<1x1x4x4xf32>, tensor<8x1x3x3xf32>) outs(%f : tensor<1x8x2x2xf32>) -> tensor<1x8x2x2xf32>
  return %0 : tensor<1x8x2x2xf32>
}

// One pixel a window: the image is B as it is.
// CHECK: func.func @pointwise
// CHECK-NOT: tensor.extract
// CHECK: tensor.collapse_shape %{{.*}} {{\[\[}}0], [1], [2, 3]]
// CHECK: linalg.generic {indexing_maps = [#[[A]], #[[B]],
func.func @pointwise(%x: tensor<?x16x?x?xf32>, %w: tensor<8x16x1x1xf32>, %e: tensor<?x8x?x?xf32>) -> tensor<?x8x?x?xf32> {
  %zero = arith.constant 0.0 : f32
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<?x8x?x?xf32>) -> tensor<?x8x?x?xf32>
  %0 = linalg.conv_2d_nchw_fchw {strides = dense<1> : tensor<2xi64>, dilations = dense<1> : tensor<2xi64>}
      ins(%x, %w : tensor<?x16x?x?xf32>, tensor<8x16x1x1xf32>) outs(%f : tensor<?x8x?x?xf32>) -> tensor<?x8x?x?xf32>
  return %0 : tensor<?x8x?x?xf32>
}
