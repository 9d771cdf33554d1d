// RUN: mt-opt %s --mt-decompose-ops --split-input-file | FileCheck %s

// Statistics that are constants go into the weights of the convolution before:
// scale = 2 / sqrt(0.25 + 0) = 4.

// CHECK-LABEL: func @batch_norm_of_convolution
func.func @batch_norm_of_convolution(%x: !mt.tensor<[1,1,4,4],f32>) -> !mt.tensor<[1,2,4,4],f32> {
  %none = mt.constant.none
  %false = arith.constant false
  %eps = arith.constant 0.0 : f64
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  %zeros = mt.prim.list_construct %c0, %c0 : (i64, i64) -> !mt.list<i64>
  %ones = mt.prim.list_construct %c1, %c1 : (i64, i64) -> !mt.list<i64>
  %k = mt.constant.tensor dense<1.0> : tensor<2x1x1x1xf32> -> !mt.tensor<[2,1,1,1],f32>
  %w = mt.constant.tensor dense<2.0> : tensor<2xf32> -> !mt.tensor<[2],f32>
  %b = mt.constant.tensor dense<1.0> : tensor<2xf32> -> !mt.tensor<[2],f32>
  %m = mt.constant.tensor dense<[0.0, 0.5]> : tensor<2xf32> -> !mt.tensor<[2],f32>
  %v = mt.constant.tensor dense<0.25> : tensor<2xf32> -> !mt.tensor<[2],f32>
  // CHECK-DAG: %[[W:.*]] = mt.constant.tensor dense_resource<folded_weight> : tensor<2x1x1x1xf32>
  // CHECK-DAG: %[[B:.*]] = mt.constant.tensor dense_resource<folded_bias> : tensor<2xf32>
  // CHECK: mt.aten.convolution %{{.*}}, %[[W]], %[[B]]
  // CHECK-NOT: mt.aten.mul
  %y = mt.aten.conv2d %x, %k, %none, %ones, %zeros, %ones, %c1 : (!mt.tensor<[1,1,4,4],f32>, !mt.tensor<[2,1,1,1],f32>, !mt.none, !mt.list<i64>, !mt.list<i64>, !mt.list<i64>, i64) -> !mt.tensor<[1,2,4,4],f32>
  %z = mt.aten.batch_norm %y, %w, %b, %m, %v, %false, %eps, %eps, %false : (!mt.tensor<[1,2,4,4],f32>, !mt.tensor<[2],f32>, !mt.tensor<[2],f32>, !mt.tensor<[2],f32>, !mt.tensor<[2],f32>, i1, f64, f64, i1) -> !mt.tensor<[1,2,4,4],f32>
  return %z : !mt.tensor<[1,2,4,4],f32>
}

// CHECK: folded_bias: "0x400000000000803F000080BF"
// CHECK: folded_weight: "0x400000000000804000008040"
