// RUN: mt-opt %s --mt-decompose-ops --split-input-file | FileCheck %s

// Pooling to one element is the mean.

// CHECK-LABEL: func @adaptive_to_one
// CHECK-SAME: %[[X:.*]]: !mt.tensor
func.func @adaptive_to_one(%x: !mt.tensor<[2,3,?,?],f32>) -> !mt.tensor<[2,3,1,1],f32> {
  %c1 = arith.constant 1 : i64
  %l = mt.prim.list_construct %c1, %c1 : (i64, i64) -> !mt.list<i64>
  // CHECK: %[[M:.*]] = mt.aten.mean.dim %[[X]], {{.*}} -> !mt.tensor<[2,3,1,1],f32>
  // CHECK-NEXT: return %[[M]]
  %y = mt.aten.adaptive_avg_pool2d %x, %l : (!mt.tensor<[2,3,?,?],f32>, !mt.list<i64>) -> !mt.tensor<[2,3,1,1],f32>
  return %y : !mt.tensor<[2,3,1,1],f32>
}

// -----

// Otherwise each window is reduced by itself: [0, 3) and [2, 5).

// CHECK-LABEL: func @adaptive_windows
func.func @adaptive_windows(%x: !mt.tensor<[2,3,5],f32>) -> !mt.tensor<[2,3,2],f32> {
  %c2 = arith.constant 2 : i64
  %l = mt.prim.list_construct %c2 : (i64) -> !mt.list<i64>
  // CHECK-COUNT-2: mt.aten.slice.Tensor {{.*}} -> !mt.tensor<[2,3,3],f32>
  // CHECK: mt.aten.cat {{.*}} -> !mt.tensor<[2,3,2],f32>
  %y = mt.aten.adaptive_avg_pool1d %x, %l : (!mt.tensor<[2,3,5],f32>, !mt.list<i64>) -> !mt.tensor<[2,3,2],f32>
  return %y : !mt.tensor<[2,3,2],f32>
}
