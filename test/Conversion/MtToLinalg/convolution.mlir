// RUN: mt-opt %s --convert-mt-to-linalg --canonicalize --split-input-file | FileCheck %s

// Padding as far as a window reaches, the convolution, and the bias as an
// elementwise operation after it.

// CHECK-LABEL: func @conv2d
// CHECK: %[[P:.*]] = tensor.pad %{{.*}} low[0, 0, 1, 1] high[0, 0, 0, 0]
// CHECK: %[[Z:.*]] = linalg.fill
// CHECK: %[[C:.*]] = linalg.conv_2d_nchw_fchw {{.*}}strides = dense<2>{{.*}} ins(%[[P]], {{.*}} outs(%[[Z]]
// CHECK: linalg.generic {{.*}} ins(%[[C]], %{{.*}} : tensor<1x8x4x4xf32>, tensor<8xf32>)
// CHECK: arith.addf
func.func @conv2d(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x3x3xf32>, %b: tensor<8xf32>) -> tensor<1x8x4x4xf32> {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i64
  %false = arith.constant false
  %zeros = mt.prim.list_construct %c0, %c0 : (i64, i64) -> !mt.list<i64>
  %ones = mt.prim.list_construct %c1, %c1 : (i64, i64) -> !mt.list<i64>
  %twos = mt.prim.list_construct %c2, %c2 : (i64, i64) -> !mt.list<i64>
  %y = mt.aten.convolution %x, %w, %b, %twos, %ones, %ones, %false, %zeros, %c1 : (tensor<1x3x8x8xf32>, tensor<8x3x3x3xf32>, tensor<8xf32>, !mt.list<i64>, !mt.list<i64>, !mt.list<i64>, i1, !mt.list<i64>, i64) -> tensor<1x8x4x4xf32>
  return %y : tensor<1x8x4x4xf32>
}

// -----

// CHECK-LABEL: func @depthwise
// CHECK: linalg.depthwise_conv_2d_nchw_chw {{.*}} ins(%{{.*}}, %{{.*}} : tensor<1x8x8x8xf32>, tensor<8x3x3xf32>)
func.func @depthwise(%x: tensor<1x8x8x8xf32>, %w: tensor<8x1x3x3xf32>) -> tensor<1x8x6x6xf32> {
  %none = mt.constant.none
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %c8 = arith.constant 8 : i64
  %false = arith.constant false
  %zeros = mt.prim.list_construct %c0, %c0 : (i64, i64) -> !mt.list<i64>
  %ones = mt.prim.list_construct %c1, %c1 : (i64, i64) -> !mt.list<i64>
  %y = mt.aten.convolution %x, %w, %none, %ones, %zeros, %ones, %false, %zeros, %c8 : (tensor<1x8x8x8xf32>, tensor<8x1x3x3xf32>, !mt.none, !mt.list<i64>, !mt.list<i64>, !mt.list<i64>, i1, !mt.list<i64>, i64) -> tensor<1x8x6x6xf32>
  return %y : tensor<1x8x6x6xf32>
}

// -----

// Half precision is summed in f32.

// CHECK-LABEL: func @half
// CHECK: linalg.conv_2d_nchw_fchw {{.*}} outs({{.*}} : tensor<1x4x6x6xf32>)
// CHECK: arith.truncf
func.func @half(%x: tensor<1x3x8x8xf16>, %w: tensor<4x3x3x3xf16>) -> tensor<1x4x6x6xf16> {
  %none = mt.constant.none
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %false = arith.constant false
  %zeros = mt.prim.list_construct %c0, %c0 : (i64, i64) -> !mt.list<i64>
  %ones = mt.prim.list_construct %c1, %c1 : (i64, i64) -> !mt.list<i64>
  %y = mt.aten.convolution %x, %w, %none, %ones, %zeros, %ones, %false, %zeros, %c1 : (tensor<1x3x8x8xf16>, tensor<4x3x3x3xf16>, !mt.none, !mt.list<i64>, !mt.list<i64>, !mt.list<i64>, i1, !mt.list<i64>, i64) -> tensor<1x4x6x6xf16>
  return %y : tensor<1x4x6x6xf16>
}
