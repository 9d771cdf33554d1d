// RUN: mt-opt %s --convert-mt-to-linalg --canonicalize --split-input-file | FileCheck %s

// A maximum is padded with what is less than everything; the size of the result
// is computed where the input's is dynamic.

// CHECK-LABEL: func @max_pool2d
// CHECK: tensor.pad %{{.*}} low[0, 0, 1, 1] high[0, 0, 1, 0]
// CHECK: linalg.pooling_nchw_max {{.*}}strides = dense<2>{{.*}} -> tensor<1x3x?x4xf32>
func.func @max_pool2d(%x: tensor<1x3x?x8xf32>) -> tensor<1x3x?x4xf32> {
  %c1 = arith.constant 1 : i64
  %c2 = arith.constant 2 : i64
  %c3 = arith.constant 3 : i64
  %false = arith.constant false
  %ones = mt.prim.list_construct %c1, %c1 : (i64, i64) -> !mt.list<i64>
  %twos = mt.prim.list_construct %c2, %c2 : (i64, i64) -> !mt.list<i64>
  %kernel = mt.prim.list_construct %c3, %c3 : (i64, i64) -> !mt.list<i64>
  %y = mt.aten.max_pool2d %x, %kernel, %twos, %ones, %ones, %false : (tensor<1x3x?x8xf32>, !mt.list<i64>, !mt.list<i64>, !mt.list<i64>, !mt.list<i64>, i1) -> tensor<1x3x?x4xf32>
  return %y : tensor<1x3x?x4xf32>
}

// -----

// Where all windows cover as much there is one divisor: 2 * 2.

// CHECK-LABEL: func @avg_pool2d
// CHECK: %[[FOUR:.*]] = arith.constant 4.0
// CHECK: linalg.pooling_nchw_sum
// CHECK: arith.divf %{{.*}}, %[[FOUR]]
func.func @avg_pool2d(%x: tensor<1x3x8x8xf32>) -> tensor<1x3x4x4xf32> {
  %none = mt.constant.none
  %c0 = arith.constant 0 : i64
  %c2 = arith.constant 2 : i64
  %false = arith.constant false
  %true = arith.constant true
  %zeros = mt.prim.list_construct %c0, %c0 : (i64, i64) -> !mt.list<i64>
  %twos = mt.prim.list_construct %c2, %c2 : (i64, i64) -> !mt.list<i64>
  %stride = mt.prim.list_construct : () -> !mt.list<i64>
  %y = mt.aten.avg_pool2d %x, %twos, %stride, %zeros, %false, %true, %none : (tensor<1x3x8x8xf32>, !mt.list<i64>, !mt.list<i64>, !mt.list<i64>, i1, i1, !mt.none) -> tensor<1x3x4x4xf32>
  return %y : tensor<1x3x4x4xf32>
}
