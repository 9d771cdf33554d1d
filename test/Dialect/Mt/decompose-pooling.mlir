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

// Windows that are equal are those of an average pooling.

// CHECK-LABEL: func @adaptive_equal_windows
func.func @adaptive_equal_windows(%x: !mt.tensor<[2,3,4,6],f32>) -> !mt.tensor<[2,3,2,2],f32> {
  %c2 = arith.constant 2 : i64
  %l = mt.prim.list_construct %c2, %c2 : (i64, i64) -> !mt.list<i64>
  // CHECK: %[[K:.*]] = mt.prim.list_construct %c2_i64, %c3_i64
  // CHECK: mt.aten.avg_pool2d %{{.*}}, %[[K]], %[[K]], {{.*}} -> !mt.tensor<[2,3,2,2],f32>
  %y = mt.aten.adaptive_avg_pool2d %x, %l : (!mt.tensor<[2,3,4,6],f32>, !mt.list<i64>) -> !mt.tensor<[2,3,2,2],f32>
  return %y : !mt.tensor<[2,3,2,2],f32>
}

// -----

// Others are not simpler: [0, 3) and [2, 5).

// CHECK-LABEL: func @adaptive_windows
func.func @adaptive_windows(%x: !mt.tensor<[2,3,5],f32>) -> !mt.tensor<[2,3,2],f32> {
  %c2 = arith.constant 2 : i64
  %l = mt.prim.list_construct %c2 : (i64) -> !mt.list<i64>
  // CHECK: mt.aten.adaptive_avg_pool1d
  %y = mt.aten.adaptive_avg_pool1d %x, %l : (!mt.tensor<[2,3,5],f32>, !mt.list<i64>) -> !mt.tensor<[2,3,2],f32>
  return %y : !mt.tensor<[2,3,2],f32>
}
