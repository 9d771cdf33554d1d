// RUN: mt-opt %s --mt-decompose-ops --split-input-file | FileCheck %s

// A contraction of two operands is a batched matrix product: b is a batch, i
// and o stay, k is contracted.

// CHECK-LABEL: func @einsum
func.func @einsum(%x: !mt.tensor<[2,3,4],f32>, %y: !mt.tensor<[2,5,4],f32>) -> !mt.tensor<[2,5,3],f32> {
  %s = mt.constant.str "bik,bok->boi"
  %none = mt.constant.none
  %l = mt.prim.list_construct %x, %y : (!mt.tensor<[2,3,4],f32>, !mt.tensor<[2,5,4],f32>) -> !mt.list<!mt.tensor>
  // CHECK: mt.aten.bmm {{.*}} : (!mt.tensor<[2,3,4],f32>, !mt.tensor<[2,4,5],f32>) -> !mt.tensor<[2,3,5],f32>
  // CHECK: mt.aten.permute {{.*}} -> !mt.tensor<[2,5,3],f32>
  %z = mt.aten.einsum %s, %l, %none : (!mt.str, !mt.list<!mt.tensor>, !mt.none) -> !mt.tensor<[2,5,3],f32>
  return %z : !mt.tensor<[2,5,3],f32>
}

// -----

// With beta = 0 the first operand is not read.

// CHECK-LABEL: func @addmm
// CHECK-SAME: %[[S:.*]]: !mt.tensor<[5],f32>
func.func @addmm(%s: !mt.tensor<[5],f32>, %x: !mt.tensor<[3,4],f32>, %y: !mt.tensor<[4,5],f32>) -> !mt.tensor<[3,5],f32> {
  %c0 = arith.constant 0 : i64
  %c1 = arith.constant 1 : i64
  // CHECK-NEXT: %[[P:.*]] = mt.aten.matmul
  // CHECK-NEXT: return %[[P]]
  %z = mt.aten.addmm %s, %x, %y, %c0, %c1 : (!mt.tensor<[5],f32>, !mt.tensor<[3,4],f32>, !mt.tensor<[4,5],f32>, i64, i64) -> !mt.tensor<[3,5],f32>
  return %z : !mt.tensor<[3,5],f32>
}

// -----

// A bool mask hides keys, and what is wholly hidden gives 0.

// CHECK-LABEL: func @attention
func.func @attention(%q: !mt.tensor<[2,3,4],f32>, %k: !mt.tensor<[2,5,4],f32>, %m: !mt.tensor<[3,5],i1>) -> !mt.tensor<[2,3,4],f32> {
  %none = mt.constant.none
  %false = arith.constant false
  %p = arith.constant 0.0 : f64
  // CHECK: mt.aten.matmul {{.*}} -> !mt.tensor<[2,3,5],f32>
  // CHECK: mt.aten.logical_not
  // CHECK: mt.aten.masked_fill.Scalar
  // CHECK: mt.aten.amax
  // CHECK: mt.aten.matmul {{.*}} -> !mt.tensor<[2,3,4],f32>
  %z = mt.aten.scaled_dot_product_attention %q, %k, %k, %m, %p, %false, %none, %false : (!mt.tensor<[2,3,4],f32>, !mt.tensor<[2,5,4],f32>, !mt.tensor<[2,5,4],f32>, !mt.tensor<[3,5],i1>, f64, i1, !mt.none, i1) -> !mt.tensor<[2,3,4],f32>
  return %z : !mt.tensor<[2,3,4],f32>
}
