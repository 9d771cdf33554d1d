// RUN: mt-opt %s --mt-decompose-ops | FileCheck %s

// The elements of the diagonal are written by their indices; the dims of the
// diagonal are put first for it and back afterwards.

// CHECK-LABEL: func @diagonal_scatter
// CHECK: mt.aten.arange
// CHECK: %[[I:.*]] = mt.prim.list_construct %{{.*}}, %{{.*}} : (!mt.tensor<[?],i64>, !mt.tensor<[?],i64>)
// CHECK: %[[X:.*]] = mt.aten.permute %arg0, {{.*}} -> !mt.tensor<[4,3,2],f32>
// CHECK: %[[Y:.*]] = mt.aten.permute %arg1, {{.*}} -> !mt.tensor<[?,2],f32>
// CHECK: %[[R:.*]] = mt.aten.index_put %[[X]], %[[I]], %[[Y]]
// CHECK: mt.aten.permute %[[R]], {{.*}} -> !mt.tensor<[2,3,4],f32>
func.func @diagonal_scatter(%x: !mt.tensor<[2,3,4],f32>, %y: !mt.tensor<[2,?],f32>) -> !mt.tensor<[2,3,4],f32> {
  %offset = arith.constant 1 : i64
  %a = arith.constant -1 : i64
  %b = arith.constant 1 : i64
  %r = mt.aten.diagonal_scatter %x, %y, %offset, %a, %b : (!mt.tensor<[2,3,4],f32>, !mt.tensor<[2,?],f32>, i64, i64, i64) -> !mt.tensor<[2,3,4],f32>
  return %r : !mt.tensor<[2,3,4],f32>
}
